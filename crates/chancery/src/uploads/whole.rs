//! An upload of which nothing is missing becomes what it was to become.

use std::io;

use bytes::Bytes;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use tokio::io::AsyncRead;
use tokio_util::io::StreamReader;
use vault::Address;

use super::ViewUploads;
use super::begin::{find, namesake};
use super::nouns::Became;
use super::sql::{self, PartRow, UploadRow};
use crate::documents::{self, Added, Coming, Deposited};
use crate::kernel::{Action, Actor, Id, Queries as _, Read, Write, args, thing};
use crate::libraries::rules::item_name;
use crate::{Error, Result};

/// How many pieces are looked up at a time.
const AT_A_TIME: u32 = 64;

pub(super) async fn finish(actor: &Actor, row: UploadRow) -> Result<Became> {
    let outcome = become_what_it_is(actor, &row).await;
    if let Err(Error::Conflict(_) | Error::Changed) = &outcome
        // The last piece was sent twice, or it was answered twice, and the other was first.
        && let Some(document) = find(actor, row.id).await?.became()
    {
        return Ok(match row.document_id {
            0 => Became::Document(Added {
                id: document,
                already: Vec::new(),
            }),
            _ => Became::Version(document),
        });
    }
    let became = outcome?;
    if matches!(became, Became::Waits(_)) {
        return Ok(became);
    }
    // What is left over when this fails is garbage.
    if let Err(error) = actor.realm().upkeep(sql::FORGET_PARTS, args![row.id]).await {
        tracing::warn!(%error, "the pieces of an upload are left over");
    }
    Ok(became)
}

async fn become_what_it_is(actor: &Actor, row: &UploadRow) -> Result<Became> {
    let content = content(actor, row.id).await?;
    if row.document_id == 0 {
        let folder = (row.folder_id != 0).then(|| Id::from_raw(row.folder_id));
        let coming = Coming {
            upload: Some(row.id),
            asks: row.asks,
            because: row.because.clone(),
        };
        let (library, name) = (row.library_id, &row.name);
        let added = documents::add_uploaded(actor, library, folder, name, content, coming).await;
        // Of what is in the way because of its name it is not known yet which content it is.
        let address = match added {
            Ok((Deposited::Added(added), _)) => return Ok(Became::Document(added)),
            Ok((Deposited::Same, address)) => address,
            Err(Error::Conflict(why)) => {
                let line = find(actor, row.id).await?;
                let asked = row.asks && line.became().is_none() && !row.answered;
                if !asked || !namesake(actor, library, folder, name).await? {
                    return Err(Error::Conflict(why));
                }
                Vec::new()
            }
            Err(other) => return Err(other),
        };
        let args = args![item_name(name)?.key, address, row.id, actor.me()?];
        actor.realm().upkeep(sql::KNOWN_AS, args).await?;
        return Ok(Became::Waits(row.id));
    }
    let document: Id<thing::Document> = Id::from_raw(row.document_id);
    let actor = seen(actor, document, row.seen).await?;
    let (name, comment) = (&row.name, &row.comment);
    // A form says which version it was opened on: there the same file again is a mistake.
    let which = (row.id, row.seen != 0);
    documents::add_version_uploaded(&actor, document, name, content, comment, which).await?;
    Ok(Became::Version(document))
}

/// Whoever sent it, on the condition that the document still has the version that they saw.
async fn seen(actor: &Actor, document: Id<thing::Document>, seen: u64) -> Result<Actor> {
    if seen == 0 {
        return Ok(actor.clone());
    }
    let now = documents::document(actor, document, None).await?;
    if now.version != seen {
        return Err(Error::Changed);
    }
    Ok(actor
        .clone()
        .expecting(vec![now.edition.as_str().to_owned()]))
}

/// Says in the commit that makes it what the upload became: once.
pub(crate) async fn became<A: Action>(
    w: &mut Write<A>,
    upload: Id<thing::Upload>,
    document: Id<thing::Document>,
) -> Result<()> {
    let args = args![document, upload, w.by(), w.at()];
    match w.execute(sql::BECAME, args).await? {
        0 => Err(Error::Conflict(
            "This upload is finished, or was cancelled".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// The pieces one after the other.
async fn content(
    actor: &Actor,
    upload: Id<thing::Upload>,
) -> Result<impl AsyncRead + Send + Unpin + use<>> {
    let proof = actor.read::<ViewUploads>(actor.me()?).await?;
    let batches = stream::try_unfold((proof, -1_i64), move |(mut proof, after)| async move {
        let rows: Vec<PartRow> = proof
            .all(sql::PARTS, args![upload, after, AT_A_TIME])
            .await?;
        let Some(last) = rows.last() else {
            return Ok::<_, Error>(None);
        };
        let last = last.from_byte;
        let pieces = pieces(&proof, rows).await?;
        Ok(Some((pieces, (proof, last))))
    });
    let bytes = batches
        .try_flatten()
        .map_err(|error: Error| io::Error::other(error));
    Ok(StreamReader::new(Box::pin(bytes)))
}

async fn pieces(
    proof: &Read<ViewUploads>,
    rows: Vec<PartRow>,
) -> Result<impl futures::Stream<Item = Result<Bytes>> + Send + use<>> {
    let vault = proof.actor().realm().vault();
    let mut blobs = Vec::with_capacity(rows.len());
    for row in rows {
        let address = <[u8; 32]>::try_from(row.address.as_slice())
            .map_err(|_| Error::unavailable("an address of content is not 32 bytes"))?;
        blobs.push(
            vault
                .open(&Address::from_bytes(address), row.inline)
                .await?,
        );
    }
    Ok(stream::iter(blobs)
        .map(|blob| Ok::<_, Error>(blob.read(0..blob.size()).map_err(Error::from)))
        .try_flatten())
}
