//! The next version of a document, and old ones brought back.

use tokio::io::AsyncRead;

use super::content;
use super::rules::{comment as checked, nobody_holds, same_kind};
use super::sql::{self, LabelRow, Now, StoredRow};
use super::{AddVersion, CheckIn, NewVersion, RestoreVersion, VersionAdded, VersionRestored};
use crate::kernel::{Action, Actor, Id, Queries, Time, Write, args, thing};
use crate::libraries::publishing::Label;
use crate::libraries::rules::media_type;
use crate::libraries::{as_expected, as_expected_yet};
use crate::{Error, Result, uploads};

/// The actions that make the next version of a document.
pub(super) trait Publishes: Action<Target = thing::Document> {}
impl Publishes for AddVersion {}
impl Publishes for RestoreVersion {}
impl Publishes for CheckIn {}

/// Adds a version to a document that nobody holds, and says which it is. `file_name` is what the
/// file was called (it may be empty): a file of another kind was chosen by mistake.
pub async fn add_version(
    actor: &Actor,
    document: Id<thing::Document>,
    file_name: &str,
    content: impl AsyncRead + Send + Unpin,
    comment: &str,
) -> Result<NewVersion> {
    let as_it_is = How::default();
    add_as(actor, document, file_name, content, comment, as_it_is).await
}

/// The same, unless it is what the latest version is already: [`Error::Invalid`] on `file` then, and nothing is kept. For
/// people, who have chosen the file that they had before they changed it; a program that sends the same means it.
pub async fn add_changed_version(
    actor: &Actor,
    document: Id<thing::Document>,
    file_name: &str,
    content: impl AsyncRead + Send + Unpin,
    comment: &str,
) -> Result<NewVersion> {
    let changed = How {
        changed: true,
        upload: None,
    };
    add_as(actor, document, file_name, content, comment, changed).await
}

/// Why a file was not made the next version: the problem on `file`.
const SAME_CONTENT: &str = "This file is the same as the latest version, so nothing was added. Choose the file that you changed";

/// How content comes.
#[derive(Debug, Clone, Copy, Default)]
struct How {
    /// It has to be other than what is there.
    changed: bool,
    /// It came piece by piece.
    upload: Option<Id<thing::Upload>>,
}

/// The same of an upload that is whole, which says in the same commit what it became; with whether it has to be other than
/// the latest version.
pub(crate) async fn add_version_uploaded(
    actor: &Actor,
    document: Id<thing::Document>,
    file_name: &str,
    content: impl AsyncRead + Send + Unpin,
    comment: &str,
    (upload, changed): (Id<thing::Upload>, bool),
) -> Result<NewVersion> {
    let whole = How {
        changed,
        upload: Some(upload),
    };
    add_as(actor, document, file_name, content, comment, whole).await
}

async fn add_as(
    actor: &Actor,
    document: Id<thing::Document>,
    file_name: &str,
    content: impl AsyncRead + Send + Unpin,
    comment: &str,
    how: How,
) -> Result<NewVersion> {
    let mut proof = actor.read::<AddVersion>(document).await?;
    as_expected_yet(&mut proof, document.item()).await?;
    let me = actor.me()?;
    let at = proof.at();
    let now = look(&mut proof, at, document, me).await?;
    nobody_holds(&now, me)?;
    same_kind(&now.name, file_name)?;
    let comment = checked(comment)?;
    let deposit = content::deposit(&proof, content).await?;

    let mut w = actor.write::<AddVersion>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let at = w.at();
    let now = look(&mut w, at, document, me).await?;
    nobody_holds(&now, me)?;
    let stored = content::keep(&mut w, deposit).await?;
    if how.changed && stored.id == now.content_id {
        return Err(Error::invalid("file", SAME_CONTENT));
    }
    let next = Next {
        content_id: stored.id,
        size: stored.size,
        media_type: media_type(&now.name),
        comment: comment.clone(),
        restored_from: 0,
    };
    let (version, label) = publish(&mut w, &now, next).await?;
    if let Some(upload) = how.upload {
        uploads::became(&mut w, upload, document).await?;
    }
    let made = NewVersion::of(version, &label);
    w.commit(VersionAdded {
        document: now.name,
        version: signed(version),
        label,
        size: stored.size,
        comment,
    })
    .await?;
    Ok(made)
}

/// Brings an old version back as a new one, and says which that is. Nothing is copied: both
/// versions refer to the same content.
pub async fn restore_version(
    actor: &Actor,
    document: Id<thing::Document>,
    number: u64,
) -> Result<NewVersion> {
    let mut w = actor.write::<RestoreVersion>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let me = actor.me()?;
    let at = w.at();
    let now = look(&mut w, at, document, me).await?;
    nobody_holds(&now, me)?;
    if number == 0 {
        return Err(Error::NotFound);
    }
    let old: StoredRow = w.one(sql::VERSION, args![document, number]).await?;
    let from_label = called(old.major, old.minor);
    if number == now.version {
        return Err(Error::Conflict(
            "This is the current version already".to_owned(),
        ));
    }
    let next = Next {
        content_id: old.content_id,
        size: old.size,
        media_type: old.media_type,
        comment: String::new(),
        restored_from: old.number,
    };
    let (version, label) = publish(&mut w, &now, next).await?;
    let made = NewVersion::of(version, &label);
    w.commit(VersionRestored {
        document: now.name,
        from: old.number,
        from_label,
        version: signed(version),
        label,
    })
    .await?;
    Ok(made)
}

impl NewVersion {
    /// Of its number, and of what the journal says it is called.
    pub(super) fn of(number: u64, called: &str) -> Self {
        Self {
            number,
            label: if called.is_empty() {
                number.to_string()
            } else {
                called.to_owned()
            },
            draft: !called.is_empty(),
        }
    }
}

/// A document as it is now, towards this person. One query.
pub(super) async fn look(
    proof: &mut impl Queries,
    at: Time,
    document: Id<thing::Document>,
    me: Id<thing::Person>,
) -> Result<Now> {
    proof.one(sql::NOW, args![at, document, me]).await
}

/// What a version is made of.
pub(super) struct Next {
    pub(super) content_id: i64,
    pub(super) size: u64,
    pub(super) media_type: String,
    pub(super) comment: String,
    /// 0 for none.
    pub(super) restored_from: i64,
}

/// Makes the next version the current one, and gives its number and what it is called where publishing is required
/// (elsewhere that is empty).
pub(super) async fn publish<A: Publishes>(
    w: &mut Write<A>,
    now: &Now,
    next: Next,
) -> Result<(u64, String)> {
    let number = now.version + 1;
    let (document, at, by) = (w.target(), w.at(), w.by());
    let advanced = w
        .execute(
            sql::ADVANCE,
            args![document, number, next.size, &next.media_type, at, by],
        )
        .await?;
    if advanced == 0 {
        return Err(in_bin());
    }
    let id: Id<thing::Version> = w.new_id();
    let row: LabelRow = w
        .one(
            sql::INSERT_VERSION,
            args![
                id,
                document,
                number,
                next.content_id,
                next.size,
                next.media_type,
                next.comment,
                by,
                at,
                next.restored_from
            ],
        )
        .await?;
    Ok((number, called(row.major, row.minor)))
}

/// What a version is called in the journal: nothing, where its number says it all.
pub(crate) fn called(major: u64, minor: u64) -> String {
    if major == 0 && minor == 0 {
        String::new()
    } else {
        Label { major, minor }.to_string()
    }
}

/// It was deleted at this very moment.
pub(super) fn in_bin() -> Error {
    Error::Conflict("This is in the recycle bin. Restore it first".to_owned())
}

/// A number as the journal keeps it.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
