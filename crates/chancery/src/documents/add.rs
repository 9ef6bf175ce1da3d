//! Adding documents.

use tokio::io::AsyncRead;
use vault::Deposit;

use super::content::{self, Stored};
use super::sql::{self, SameRow};
use super::{AddDocument, Added, DocumentAdded, Same};
use crate::kernel::{Actor, Id, Queries, Time, Write, args, thing};
use crate::libraries::columns::NEW_CELLS;
use crate::libraries::rules::{ItemName, item_name, media_type, shown};
use crate::libraries::{folder_of, taken};
use crate::{Error, Result, origins, uploads};

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
    let deposit = arriving(actor, library, folder, name, content).await?;
    match add_deposited(actor, library, folder, name, deposit, Coming::default()).await? {
        Deposited::Added(added) => Ok(added),
        Deposited::Same => Err(Error::unavailable("asked about what nobody asked about")),
    }
}

/// Adds a document as a program does that says beforehand what is to be done when its content is here already: with
/// `because` it is kept besides, for that reason, and otherwise [`Error::Conflict`] names what is there.
pub async fn add_unless_same(
    actor: &Actor,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &str,
    content: impl AsyncRead + Send + Unpin,
    because: Option<&str>,
) -> Result<Added> {
    let because = because.map(origins::reason).transpose()?;
    let deposit = arriving(actor, library, folder, name, content).await?;
    let coming = Coming {
        asks: true,
        because,
        upload: None,
    };
    match add_deposited(actor, library, folder, name, deposit, coming).await? {
        Deposited::Added(added) => Ok(added),
        Deposited::Same => Err(Error::Conflict(
            "The same content is already in a document that you can see. Use that one, or say why both are kept"
                .to_owned(),
        )),
    }
}

/// What is to be known of content that is coming besides where it goes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Coming {
    /// The upload that it is, which says in the same commit what it became.
    pub(crate) upload: Option<Id<thing::Upload>>,
    /// Whether its sender is asked first when the content is here already.
    pub(crate) asks: bool,
    /// Why it is kept although it is.
    pub(crate) because: Option<String>,
}

/// What became of content that was deposited.
#[derive(Debug, Clone)]
pub(crate) enum Deposited {
    /// It is a document now.
    Added(Added),
    /// Nothing was added: the same content is somewhere else where its sender can see it.
    Same,
}

/// The same of an upload that is whole; gives the address of its content too.
pub(crate) async fn add_uploaded(
    actor: &Actor,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &str,
    content: impl AsyncRead + Send + Unpin,
    coming: Coming,
) -> Result<(Deposited, Vec<u8>)> {
    let deposit = arriving(actor, library, folder, name, content).await?;
    let address = deposit.address.as_bytes().to_vec();
    let outcome = add_deposited(actor, library, folder, name, deposit, coming).await?;
    Ok((outcome, address))
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

/// Takes the content, when it is decided that this person may bring it and that its name is free.
async fn arriving(
    actor: &Actor,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &str,
    content: impl AsyncRead + Send + Unpin,
) -> Result<Deposit> {
    let mut proof = actor.read::<AddDocument>(library).await?;
    let me = actor.me()?;
    let name = item_name(name)?;
    let at = proof.at();
    room(&mut proof, at, me, library, folder, &name).await?;
    content::deposit(&proof, content).await
}

/// Makes a document of content that has arrived.
pub(crate) async fn add_deposited(
    actor: &Actor,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &str,
    deposit: Deposit,
    coming: Coming,
) -> Result<Deposited> {
    let me = actor.me()?;
    let name = item_name(name)?;
    let mut w = actor.write::<AddDocument>(library).await?;
    if let Some(folder) = folder {
        folder_of(&mut w, library, folder).await?;
    }
    let stored = content::keep(&mut w, deposit).await?;
    let document = insert(&mut w, me, folder, &name, stored);
    let already = same(&mut w, me, stored, document).await?;
    if coming.asks && coming.because.is_none() && !already.is_empty() {
        return Ok(Deposited::Same);
    }
    if let Some(upload) = coming.upload {
        uploads::became(&mut w, upload, document).await?;
    }
    if let Some(reason) = coming.because.filter(|_| !already.is_empty()) {
        origins::keep_apart(&mut w, document, &name.name, &already, &reason)?;
    }
    w.place_mut().item = Some(document.item());
    let event = DocumentAdded {
        document: name.name.clone(),
        size: stored.size,
    };
    let at = w.at();
    let outcome = w.commit(event).await;
    if let Err(Error::Conflict(_)) = outcome {
        // A name is used once, the database sees to that; who took it meanwhile is looked up only now.
        let mut proof = actor.read::<AddDocument>(library).await?;
        room(&mut proof, at, me, library, folder, &name).await?;
    }
    outcome?;
    Ok(Deposited::Added(Added {
        id: document,
        already,
    }))
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
    w.with_commit(NEW_CELLS, args![at, library, document]);
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
