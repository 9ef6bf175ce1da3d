//! Content on its way in and out. It goes into the vault before the transaction that refers to
//! it, and is garbage until that transaction commits.

use std::ops::Range;

use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use tokio::io::AsyncRead;
use vault::{Address, Deposit, Kept};

use super::sql::{self, StoredRow};
use super::versions::called;
use super::watch::{Door, Watch};
use super::{
    AddDocument, AddVersion, CheckIn, DownloadVersion, DraftOpened, OpenDraft, OpenVersion,
    SaveDraft, VersionDownloaded, VersionOpened,
};
use crate::kernel::{Action, Actor, Id, Passage, Queries as _, Read, Write, args, thing};
use crate::{Error, Result};

/// The content of a version or draft, whose reading is in the journal already.
#[derive(Debug, Clone)]
pub struct Content {
    /// The document's name: what a download is called.
    pub name: String,
    /// What kind of content it is (RFC 6838).
    pub media_type: String,
    /// How long it is, in bytes.
    pub size: u64,
    /// A strong entity tag with its quotation marks (RFC 9110 §8.8.3): a version never changes.
    pub etag: String,
    pub(super) blob: vault::Blob,
    /// Who reads it; nobody where it is no version or draft of a document.
    pub(super) watch: Option<Watch>,
}

impl Content {
    /// The bytes within `range`, cut short where the content ends. Each piece was checked before
    /// it is given out, and while it leaves it is decided about again, every second at most; the stream ends with the
    /// first error.
    pub fn read(
        self,
        range: Range<u64>,
    ) -> impl Stream<Item = std::result::Result<Bytes, std::io::Error>> + Send + 'static {
        let pieces = Box::pin(self.blob.read(range));
        stream::try_unfold((pieces, self.watch), async |(mut pieces, mut watch)| {
            let Some(piece) = pieces.next().await else {
                return Ok(None);
            };
            let piece = piece.map_err(std::io::Error::other)?;
            if let Some(watch) = &mut watch {
                watch.look().await.map_err(std::io::Error::other)?;
            }
            Ok(Some((piece, (pieces, watch))))
        })
    }

    /// The same, for as long as whoever came by it in this way may have it.
    pub(super) fn watched(
        mut self,
        actor: &Actor,
        document: Id<thing::Document>,
        door: Door,
    ) -> Self {
        self.watch = Some(Watch::begin(actor, document, door));
        self
    }
}

/// The actions that bring content.
pub(super) trait Brings: Action {}
impl Brings for AddDocument {}
impl Brings for AddVersion {}
impl Brings for SaveDraft {}
impl Brings for CheckIn {}

/// Content that a row can refer to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored {
    pub(crate) id: i64,
    pub(crate) size: u64,
    /// It was there before.
    pub(crate) known: bool,
}

/// Puts content into the vault, once it is decided that this person may bring it: the proof is
/// held by whoever calls this, and is asked for again when the content has arrived.
pub(super) async fn deposit<A: Brings>(
    proof: &Read<A>,
    content: impl AsyncRead + Send + Unpin,
) -> Result<Deposit> {
    deposit_for(proof.actor(), content).await
}

/// The same for a verb that has decided in its own way.
pub(crate) async fn deposit_for(
    actor: &Actor,
    content: impl AsyncRead + Send + Unpin,
) -> Result<Deposit> {
    let _uploading = Passage::uploading()?;
    let limit = actor.realm().settings().limits.upload;
    Ok(actor.realm().vault().deposit(content, limit).await?)
}

/// Finds or makes the row of deposited content: equal content has one.
pub(super) async fn keep<A: Action>(w: &mut Write<A>, deposit: Deposit) -> Result<Stored> {
    let id: Id<thing::Content> = w.new_id();
    let inline = match deposit.kept {
        Kept::Inline(bytes) => Some(bytes),
        Kept::Stored => None,
    };
    let address = deposit.address.as_bytes().to_vec();
    let (kept,): (i64,) = w
        .one(
            sql::KEEP_CONTENT,
            args![id, address, deposit.size, inline, w.at()],
        )
        .await?;
    Ok(Stored {
        id: kept,
        size: deposit.size,
        known: kept != id.raw(),
    })
}

/// Opens a version of a document, or its current one, in the browser or to keep it. That it is
/// read is in the journal, on the disk, before this returns.
pub async fn open(
    actor: &Actor,
    document: Id<thing::Document>,
    number: Option<u64>,
    download: bool,
) -> Result<Content> {
    let number = match number {
        Some(0) => return Err(Error::NotFound),
        other => other.unwrap_or(0),
    };
    let id = document;
    if download {
        let mut proof = actor.read::<DownloadVersion>(id).await?;
        let row: StoredRow = proof
            .one(sql::VERSION, args![proof.target(), number])
            .await?;
        let (document, version) = (row.name.clone(), row.number);
        let label = called(row.major, row.minor);
        let content = content(actor, row).await?;
        proof
            .record(&VersionDownloaded {
                document,
                version,
                label,
            })
            .await?;
        Ok(content.watched(actor, id, Door::Downloaded))
    } else {
        let mut proof = actor.read::<OpenVersion>(id).await?;
        let row: StoredRow = proof
            .one(sql::VERSION, args![proof.target(), number])
            .await?;
        let (document, version) = (row.name.clone(), row.number);
        let label = called(row.major, row.minor);
        let content = content(actor, row).await?;
        let event = VersionOpened {
            document,
            version,
            label,
        };
        proof.record(&event).await?;
        Ok(content.watched(actor, id, Door::Opened))
    }
}

/// Opens one's own draft. That it is read is in the journal before this returns.
pub async fn open_draft(actor: &Actor, document: Id<thing::Document>) -> Result<Content> {
    let mut proof = actor.read::<OpenDraft>(document).await?;
    let row: StoredRow = proof
        .one(sql::DRAFT, args![proof.at(), proof.target(), actor.me()?])
        .await?;
    let name = row.name.clone();
    let content = content(actor, row).await?;
    proof.record(&DraftOpened { document: name }).await?;
    Ok(content.watched(actor, document, Door::Draft))
}

pub(super) async fn content(actor: &Actor, row: StoredRow) -> Result<Content> {
    let address = <[u8; 32]>::try_from(row.address.as_slice())
        .map_err(|_| Error::unavailable("an address of content is not 32 bytes"))?;
    let blob = actor
        .realm()
        .vault()
        .open(&Address::from_bytes(address), row.inline)
        .await?;
    Ok(Content {
        name: row.name,
        media_type: row.media_type,
        size: row.size,
        etag: format!("\"{}\"", row.row_id),
        blob,
        watch: None,
    })
}
