//! Beginning an upload, looking at it, and giving it up.

use std::time::Duration;

use super::nouns::{Beginning, To, UploadLine};
use super::sql::{self, UploadRow};
use super::{ViewUploads, rules};
use crate::documents::{self, AddDocument, AddVersion};
use crate::kernel::{Actor, Id, Queries as _, args, thing};
use crate::libraries::rules::{item_name, shown, typed_name};
use crate::libraries::{self, taken};
use crate::{Error, Result};

/// How long there is for sending it.
pub(super) const TIME: Duration = Duration::from_hours(3 * 24);

/// Says what is about to be sent, and where to. Whether this person may, and whether the name is free, is
/// decided before anything is sent, and again when it is whole.
pub async fn begin(actor: &Actor, what: &Beginning) -> Result<UploadLine> {
    let me = actor.me()?;
    let limit = actor.realm().settings().limits.upload;
    if what.size > limit {
        return Err(Error::TooLarge { limit });
    }
    let mut mine = actor.read::<ViewUploads>(me).await?;
    let now = mine.at();
    let once = what.once.as_deref().map(rules::key).transpose()?;
    if let Some(once) = once {
        let found: Option<UploadRow> = mine.first(sql::FIND_ONCE, args![once, me, now]).await?;
        if let Some(row) = found {
            return row.again(what);
        }
    }
    let (unfinished,): (u64,) = mine.one(sql::COUNT, args![me, now]).await?;
    if unfinished >= rules::UNFINISHED {
        return Err(Error::Conflict(format!(
            "You have {unfinished} uploads that are not finished. Finish or cancel some of them first"
        )));
    }
    let (library, folder, document, seen, comment) = match &what.to {
        To::Library {
            library,
            folder,
            path,
        } => {
            // Before a folder is made for it.
            item_name(&what.name)?;
            let folder = folder_at(actor, *library, *folder, path).await?;
            match documents::would_add(actor, *library, folder, &what.name).await {
                // It is asked about when it is here, so that it is sent once.
                Err(Error::Conflict(_))
                    if what.asks && namesake(actor, *library, folder, &what.name).await? => {}
                other => other?,
            }
            (library.raw(), folder.map_or(0, Id::raw), 0, 0, "")
        }
        To::Document {
            document,
            seen,
            comment,
        } => {
            let proof = actor.read::<AddVersion>(*document).await?;
            let library = proof.standing().place.library.ok_or(Error::NotFound)?;
            let seen = seen.unwrap_or(0);
            (library.raw(), 0, document.raw(), seen, comment.as_str())
        }
    };
    let id: Id<thing::Upload> = actor.new_id();
    let expires = now.plus(TIME);
    let key = once.map_or_else(|| id.to_string(), str::to_owned);
    let args = args![
        id,
        me,
        &key,
        library,
        folder,
        document,
        seen,
        &what.name,
        comment,
        what.size,
        now,
        expires,
        i64::from(what.asks)
    ];
    if actor.realm().upkeep(sql::BEGIN, args).await? == 0 {
        // It was asked for twice at the same moment.
        let row: Option<UploadRow> = mine.first(sql::FIND_ONCE, args![&key, me, now]).await?;
        return row.ok_or_else(asked_before)?.again(what);
    }
    Ok(UploadLine {
        id,
        offset: 0,
        size: what.size,
        expires,
        became: None,
    })
}

fn asked_before() -> Error {
    Error::Conflict("This key was used before. Begin again with another".to_owned())
}

/// The folder of this path, made where it is not there.
async fn folder_at(
    actor: &Actor,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    path: &[String],
) -> Result<Option<Id<thing::Folder>>> {
    let mut inside = folder;
    for name in rules::folders(path)? {
        inside = Some(match there(actor, library, inside, name).await? {
            Some(folder) => folder,
            None => match libraries::create_folder(actor, library, inside, name).await {
                Ok(folder) => folder,
                // Another file of the same folder may have been first.
                Err(refused @ Error::Invalid(_)) => {
                    there(actor, library, inside, name).await?.ok_or(refused)?
                }
                Err(other) => return Err(other),
            },
        });
    }
    Ok(inside)
}

async fn there(
    actor: &Actor,
    library: Id<thing::Library>,
    inside: Option<Id<thing::Folder>>,
    name: &str,
) -> Result<Option<Id<thing::Folder>>> {
    let mut proof = actor.read::<AddDocument>(library).await?;
    let (at, me) = (proof.at(), actor.me()?);
    let name = typed_name(name)?;
    match taken(&mut proof, at, me, library, inside, &name).await? {
        None => Ok(None),
        Some(found) if found.is_document => Err(Error::Conflict(format!(
            "There is already a document called “{}” here, so there can be no folder of that name",
            shown(&name.name)
        ))),
        Some(found) => Ok(Some(Id::from_raw(found.id.raw()))),
    }
}

/// Whether a document has this name there of which this person may know: one that their file can be a version of.
pub(super) async fn namesake(
    actor: &Actor,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &str,
) -> Result<bool> {
    let mut proof = actor.read::<AddDocument>(library).await?;
    let (at, me) = (proof.at(), actor.me()?);
    let found = taken(&mut proof, at, me, library, folder, &item_name(name)?).await?;
    Ok(found.is_some_and(|found| found.known && found.is_document))
}

/// How far an upload of one's own has come.
pub async fn look(actor: &Actor, upload: Id<thing::Upload>) -> Result<UploadLine> {
    Ok(find(actor, upload).await?.line())
}

/// Gives an upload up; [`Error::NotFound`] when it is not one's own, or has become something.
pub async fn cancel(actor: &Actor, upload: Id<thing::Upload>) -> Result<()> {
    let row = find(actor, upload).await?;
    let me = actor.me()?;
    let realm = actor.realm();
    let gone = realm.upkeep(sql::CANCEL, args![row.id, me]).await?;
    if gone == 0 {
        return Err(Error::NotFound);
    }
    realm.upkeep(sql::FORGET_PARTS, args![row.id]).await?;
    Ok(())
}

pub(super) async fn find(actor: &Actor, upload: Id<thing::Upload>) -> Result<UploadRow> {
    let me = actor.me()?;
    let mut proof = actor.read::<ViewUploads>(me).await?;
    let args = args![upload, me, proof.at()];
    proof.first(sql::FIND, args).await?.ok_or(Error::NotFound)
}

impl UploadRow {
    pub(super) fn line(&self) -> UploadLine {
        UploadLine {
            id: self.id,
            // The pieces of what has become something are gone.
            offset: match self.became_id {
                0 => self.received,
                _ => self.size,
            },
            size: self.size,
            expires: self.expires_at,
            became: self.became(),
        }
    }

    /// The one that was begun before, if it is what is begun now.
    fn again(self, what: &Beginning) -> Result<UploadLine> {
        if self.size == what.size && self.name == what.name {
            Ok(self.line())
        } else {
            Err(asked_before())
        }
    }

    pub(super) fn became(&self) -> Option<Id<thing::Document>> {
        (self.became_id != 0).then(|| Id::from_raw(self.became_id))
    }
}
