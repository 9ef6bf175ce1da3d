//! Adding documents.

use tokio::io::AsyncRead;

use super::content::{self, Stored};
use super::sql::{self, SameRow};
use super::{AddDocument, Added, DocumentAdded, Same};
use crate::kernel::{Actor, Id, Queries, Time, Write, args, thing};
use crate::libraries::rules::{ItemName, item_name, media_type, shown};
use crate::libraries::{folder_of, taken};
use crate::{Error, Result, uploads};

/// Adds a document with its first version.
///
/// Whether this person may, and whether the name is free, is decided before the content is read,
/// and again when it has arrived.
pub async fn add(
    actor: &Actor,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &str,
    content: impl AsyncRead + Send + Unpin,
) -> Result<Added> {
    add_as(actor, library, folder, name, content, None).await
}

/// The same of an upload that is whole, which says in the same commit what it became.
pub(crate) async fn add_uploaded(
    actor: &Actor,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &str,
    content: impl AsyncRead + Send + Unpin,
    upload: Id<thing::Upload>,
) -> Result<Added> {
    add_as(actor, library, folder, name, content, Some(upload)).await
}

/// Whether it could be added as things are, before any of its content is sent.
pub(crate) async fn would_add(
    actor: &Actor,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &str,
) -> Result<()> {
    let mut proof = actor.read::<AddDocument>(library).await?;
    let (at, me) = (proof.at(), actor.me()?);
    room(&mut proof, at, me, library, folder, &item_name(name)?).await
}

async fn add_as(
    actor: &Actor,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &str,
    content: impl AsyncRead + Send + Unpin,
    upload: Option<Id<thing::Upload>>,
) -> Result<Added> {
    let mut proof = actor.read::<AddDocument>(library).await?;
    let me = actor.me()?;
    let name = item_name(name)?;
    let at = proof.at();
    room(&mut proof, at, me, library, folder, &name).await?;
    let deposit = content::deposit(&proof, content).await?;

    let mut w = actor.write::<AddDocument>(library).await?;
    if let Some(folder) = folder {
        folder_of(&mut w, library, folder).await?;
    }
    let stored = content::keep(&mut w, deposit).await?;
    let document = insert(&mut w, me, folder, &name, stored);
    let already = same(&mut w, me, stored, document).await?;
    if let Some(upload) = upload {
        uploads::became(&mut w, upload, document).await?;
    }
    w.place_mut().item = Some(document.item());
    let event = DocumentAdded {
        document: name.name.clone(),
        size: stored.size,
    };
    let outcome = w.commit(event).await;
    if let Err(Error::Conflict(_)) = outcome {
        // A name is used once, the database sees to that; who took it meanwhile is looked up only now.
        room(&mut proof, at, me, library, folder, &name).await?;
    }
    outcome?;
    Ok(Added {
        id: document,
        already,
    })
}

/// Whether the folder is there and the name in it is free.
async fn room(
    proof: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &ItemName,
) -> Result<()> {
    if let Some(folder) = folder {
        folder_of(proof, library, folder).await?;
    }
    match taken(proof, at, me, library, folder, name).await? {
        None => Ok(()),
        Some(other) if other.known && other.is_document => Err(Error::Conflict(format!(
            "There is already a document called “{}” here. Upload your file as a new version of it",
            shown(&other.name)
        ))),
        Some(other) => Err(Error::Conflict(other.says())),
    }
}

fn insert(
    w: &mut Write<AddDocument>,
    me: Id<thing::Person>,
    folder: Option<Id<thing::Folder>>,
    name: &ItemName,
    stored: Stored,
) -> Id<thing::Document> {
    let (library, at) = (w.target(), w.at());
    let document: Id<thing::Document> = w.new_id();
    let kind = media_type(&name.name);
    w.with_commit(
        sql::INSERT_DOCUMENT,
        args![
            document,
            library,
            folder.map_or(0, Id::raw),
            &name.name,
            &name.key,
            at,
            me,
            stored.size,
            &kind
        ],
    );
    let placement: Id<thing::Interval> = w.new_id();
    w.with_commit(
        sql::INSERT_PLACEMENT,
        args![placement, document, library, at, Time::FOREVER],
    );
    let version: Id<thing::Version> = w.new_id();
    w.with_commit(
        sql::INSERT_FIRST_VERSION,
        args![
            version,
            document,
            stored.id,
            stored.size,
            kind,
            me,
            at,
            library
        ],
    );
    document
}

/// Documents with the same content that this person can see. Empty files are all alike, and
/// nobody means another of them.
async fn same(
    w: &mut Write<AddDocument>,
    me: Id<thing::Person>,
    stored: Stored,
    document: Id<thing::Document>,
) -> Result<Vec<Same>> {
    if !stored.known || stored.size == 0 {
        return Ok(Vec::new());
    }
    let rows: Vec<SameRow> = w
        .all(sql::SAME, args![w.at(), me, stored.id, document])
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Same {
            id: row.id,
            name: row.name,
            library: row.library,
        })
        .collect())
}
