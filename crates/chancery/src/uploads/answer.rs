//! Files whose sender is asked something before they become a document: the name is used, or the content is here already.
//! The file is kept as an upload that is whole, until its sender answers or its time is over, so it is not sent again.

use std::collections::HashMap;

use tokio::io::AsyncRead;
use vault::{Deposit, Kept};

use super::begin::{TIME, find};
use super::nouns::Became;
use super::sql::{self, SameRow, UploadRow, WaitingRow};
use super::{ViewUploads, rules, whole};
use crate::documents::{self, AddDocument, Added, Coming, Deposited, Same, within};
use crate::kernel::{Actor, Arg, Id, Queries as _, Time, args, thing};
use crate::libraries::publishing::Label;
use crate::libraries::rules::{beside_name, item_name};
use crate::libraries::{folder_of, taken};
use crate::{Error, Result, origins};

/// What has the name that a file was to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namesake {
    /// The document.
    pub id: Id<thing::Document>,
    /// Its name.
    pub name: String,
    /// The number of its current version.
    pub version: u64,
    /// What that version is called where publishing is required: there the next is a draft.
    pub label: Option<String>,
    /// What that draft will be called.
    pub next_label: Option<String>,
    /// Who has it checked out, in words, so that nobody else can add a version.
    pub held_by: Option<String>,
}

/// A file that waits for its sender's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The upload.
    pub id: Id<thing::Upload>,
    /// What the file is called.
    pub name: String,
    /// How long it is, in bytes.
    pub size: u64,
    /// When it is given up unless it is answered.
    pub expires: Time,
    /// The library that it was sent to.
    pub library: Id<thing::Library>,
    /// The folder; none for the top.
    pub folder: Option<Id<thing::Folder>>,
    /// The document that has its name there.
    pub namesake: Option<Namesake>,
    /// A name beside that one.
    pub other_name: String,
    /// Documents with the same content that this person can see.
    pub same: Vec<Same>,
}

/// What becomes of a file that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is the next version of this document.
    Version {
        /// Which.
        document: Id<thing::Document>,
        /// The version that the sender saw; with another it is not added.
        seen: Option<u64>,
    },
    /// It is a document of another name; of one that is free, for none.
    Name(String),
    /// It is a document besides those with the same content, for this reason.
    KeepBoth(String),
    /// Nothing: what is there already is used, or it was sent by mistake.
    LeaveOut,
}

/// What came of a file that came at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brought {
    /// It was added.
    Added(Added),
    /// Its sender is asked.
    Waits(Id<thing::Upload>),
}

/// Takes a file for a library: it is added where nothing is to be asked, and kept until its sender answers where its name
/// is used by a document or its content is here already.
pub async fn bring(
    actor: &Actor,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &str,
    content: impl AsyncRead + Send + Unpin,
) -> Result<Brought> {
    let mut proof = actor.read::<AddDocument>(library).await?;
    let (at, me) = (proof.at(), actor.me()?);
    let checked = item_name(name)?;
    if let Some(folder) = folder {
        folder_of(&mut proof, library, folder).await?;
    }
    let clash = taken(&mut proof, at, me, library, folder, &checked).await?;
    if let Some(other) = clash
        .as_ref()
        .filter(|other| !other.known || !other.is_document)
    {
        return Err(Error::Conflict(other.says()));
    }
    let deposit = within::deposit_for(actor, content).await?;
    if clash.is_none() {
        let coming = Coming {
            asks: true,
            ..Coming::default()
        };
        match documents::add_deposited(actor, library, folder, name, deposit.clone(), coming).await
        {
            Ok(Deposited::Added(added)) => return Ok(Brought::Added(added)),
            Ok(Deposited::Same) => {}
            // Somebody took the name meanwhile.
            Err(Error::Conflict(why)) => {
                match taken(&mut proof, actor.now(), me, library, folder, &checked).await? {
                    Some(other) if other.known && other.is_document => {}
                    _ => return Err(Error::Conflict(why)),
                }
            }
            Err(other) => return Err(other),
        }
    }
    set_aside(actor, library, folder, name, &checked.key, deposit)
        .await
        .map(Brought::Waits)
}

async fn set_aside(
    actor: &Actor,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &str,
    key: &str,
    deposit: Deposit,
) -> Result<Id<thing::Upload>> {
    let me = actor.me()?;
    let mut mine = actor.read::<ViewUploads>(me).await?;
    let now = mine.at();
    let (unfinished,): (u64,) = mine.one(sql::COUNT, args![me, now]).await?;
    if unfinished >= rules::UNFINISHED {
        return Err(Error::Conflict(format!(
            "You have {unfinished} uploads that are not finished. Finish or cancel some of them first"
        )));
    }
    let (id, part): (Id<thing::Upload>, Id<thing::Content>) = (actor.new_id(), actor.new_id());
    let realm = actor.realm();
    let address = deposit.address.as_bytes().to_vec();
    let args: Vec<Arg> = args![
        id,
        me,
        id.to_string(),
        library,
        folder.map_or(0, Id::raw),
        0_i64,
        0_i64,
        name,
        "",
        deposit.size,
        now,
        now.plus(TIME),
        1_i64
    ];
    realm.upkeep(sql::BEGIN, args).await?;
    realm
        .upkeep(sql::KNOWN_AS, args![key, address.clone(), id, me])
        .await?;
    if deposit.size > 0 {
        let inline = match deposit.kept {
            Kept::Inline(bytes) => Some(bytes),
            Kept::Stored => None,
        };
        let piece = args![part, id, 0_i64, deposit.size, 1_i64, address, inline];
        realm.upkeep(sql::PUT, piece).await?;
    }
    Ok(id)
}

/// The files of one's own that wait for an answer, the oldest first; at most 100. Two queries after the decision.
pub async fn waiting(actor: &Actor) -> Result<Vec<Waiting>> {
    which(actor, 0).await
}

/// One of them; [`Error::NotFound`] when it does not wait any more.
pub async fn waiting_one(actor: &Actor, upload: Id<thing::Upload>) -> Result<Waiting> {
    which(actor, upload.raw())
        .await?
        .pop()
        .ok_or(Error::NotFound)
}

async fn which(actor: &Actor, upload: i64) -> Result<Vec<Waiting>> {
    let me = actor.me()?;
    let proof = actor.read::<ViewUploads>(me).await?;
    let at = proof.at();
    let mut scope = actor.scope()?;
    let rows: Vec<WaitingRow> = scope.all(sql::WAITING, args![at, upload]).await?;
    let mut same: HashMap<Id<thing::Upload>, Vec<SameRow>> = HashMap::new();
    let others: Vec<SameRow> = scope.all(sql::WAITING_SAME, args![at, upload]).await?;
    for other in others {
        same.entry(other.upload_id).or_default().push(other);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let same = same.remove(&row.id).unwrap_or_default();
            row.waiting(same)
        })
        .collect())
}

impl WaitingRow {
    fn waiting(self, same: Vec<SameRow>) -> Waiting {
        let called = self.major.zip(self.minor);
        let called = called.map(|(major, minor)| Label { major, minor });
        let namesake = match (self.namesake_id, self.namesake, self.version) {
            (Some(id), Some(name), Some(version)) => Some(Namesake {
                id,
                name,
                version,
                label: called.map(|label| label.name(version)),
                next_label: called.map(|label| label.next().to_string()),
                held_by: self.held_by,
            }),
            _ => None,
        };
        Waiting {
            id: self.id,
            other_name: beside_name(&self.name, 2),
            name: self.name,
            size: self.size,
            expires: self.expires_at,
            library: self.library_id,
            folder: (self.folder_id != 0).then(|| Id::from_raw(self.folder_id)),
            namesake,
            same: same
                .into_iter()
                .map(|same| Same {
                    id: same.id,
                    name: same.name,
                    library: same.library,
                })
                .collect(),
        }
    }
}

/// Says what becomes of a file that waits. Gives what it became; nothing where it was left out. Problems are on `name` and
/// `reason`.
pub async fn answer(
    actor: &Actor,
    upload: Id<thing::Upload>,
    answer: &Answer,
) -> Result<Option<Became>> {
    let mut row = find(actor, upload).await?;
    if let Some(document) = row.became() {
        return Ok(Some(Became::Version(document)));
    }
    // What was sent by mistake need not be whole to be given up.
    if *answer == Answer::LeaveOut {
        super::cancel(actor, upload).await?;
        return Ok(None);
    }
    if row.received != row.size {
        return Err(Error::Conflict(
            "This upload is not whole yet. Send the rest of it first".to_owned(),
        ));
    }
    row.answered = true;
    match answer {
        Answer::LeaveOut => return Ok(None),
        Answer::Version { document, seen } => {
            row.document_id = document.raw();
            row.seen = seen.unwrap_or(0);
        }
        Answer::Name(name) => {
            row.name = if name.trim().is_empty() {
                free_name(actor, &row).await?
            } else {
                name.clone()
            };
            let key = item_name(&row.name)?.key;
            let me = actor.me()?;
            let args = args![&row.name, key, upload, me];
            actor.realm().upkeep(sql::RENAME, args).await?;
        }
        Answer::KeepBoth(reason) => row.because = Some(origins::reason(reason)?),
    }
    whole::finish(actor, row).await.map(Some)
}

/// The first name beside its own that is free.
async fn free_name(actor: &Actor, row: &UploadRow) -> Result<String> {
    let mut proof = actor.read::<AddDocument>(row.library_id).await?;
    let (at, me) = (proof.at(), actor.me()?);
    let folder = (row.folder_id != 0).then(|| Id::from_raw(row.folder_id));
    for number in 2..100 {
        let name = beside_name(&row.name, number);
        let checked = item_name(&name)?;
        let used = taken(&mut proof, at, me, row.library_id, folder, &checked).await?;
        if used.is_none() {
            return Ok(name);
        }
    }
    Err(Error::invalid("name", "Enter another name"))
}
