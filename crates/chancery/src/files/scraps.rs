//! What programs put beside documents for a moment: seen by whoever put it there, and by nobody else; in no
//! trail, in no list, and gone after a day.

use tokio::io::AsyncRead;
use vault::{Address as Blob, Kept};

use super::look::tag;
use super::sql::{self, Facts, ScrapContent, StoredScrap};
use super::{Changed, Entry, Outcome, Spot, Stop, ViewScraps, rules};
use crate::documents::within::deposit_for;
use crate::documents::{self, Content, within};
use crate::kernel::{Action, Actor, Arg, Id, Queries as _, Write, args, thing};
use crate::libraries::rules::{item_name, media_type};
use crate::people::text::name_key;
use crate::{Error, Result};

/// Keeps a scrap, in place of another of its name.
pub(super) async fn put(
    actor: &Actor,
    spot: &Spot,
    content: impl AsyncRead + Send + Unpin,
) -> Outcome<Changed> {
    let mut proof = actor.read::<ViewScraps>(spot.library).await?;
    let (at, me) = (proof.at(), actor.me()?);
    let name = item_name(&spot.name)?;
    let (count,): (i64,) = proof.one(sql::COUNT_SCRAPS, args![at, me]).await?;
    if count >= rules::SCRAPS_MOST {
        return Err(Stop::Full(
            "There are too many temporary files of yours. They are gone after a day",
        ));
    }
    let deposit = deposit_for(actor, content).await?;
    let address = deposit.address.as_bytes().to_vec();
    let inline = match deposit.kept {
        Kept::Inline(bytes) => Some(bytes),
        Kept::Stored => None,
    };
    let (row, scrap): (Id<thing::Content>, Id<thing::Item>) = (actor.new_id(), actor.new_id());
    let folder = spot.folder.map_or(0, Id::raw);
    let at = actor.now();
    actor
        .realm()
        .upkeep_all(vec![
            (
                sql::STORE_SCRAP,
                args![row, address.clone(), deposit.size, inline, at],
            ),
            (
                sql::PUT_SCRAP,
                args![
                    scrap,
                    me,
                    spot.library,
                    folder,
                    name.name,
                    name.key,
                    address,
                    at,
                    at.plus(rules::SCRAP_LASTS)
                ],
            ),
        ])
        .await?;
    Ok(Changed {
        created: true,
        etag: tag(scrap),
    })
}

/// The content of a scrap, for who put it there. What a scrap shows of a document is that document's, and is
/// read and journalled as such.
pub(super) async fn open(actor: &Actor, spot: &Spot, entry: &Entry) -> Result<Content> {
    let mut proof = actor.read::<ViewScraps>(spot.library).await?;
    let (at, me) = (proof.at(), actor.me()?);
    let shown: ScrapContent = proof.one(sql::SCRAP, args![at, me, entry.id]).await?;
    if let Some((document, version)) = shown.earlier() {
        return documents::open(actor, document, Some(version), true).await;
    }
    let row: StoredScrap = proof
        .one(sql::SCRAP_CONTENT, args![at, me, entry.id])
        .await?;
    let address = <[u8; 32]>::try_from(row.address.as_slice())
        .map_err(|_| Error::unavailable("an address of content is not 32 bytes"))?;
    within::content(
        actor,
        entry.name.clone(),
        media_type(&entry.name),
        row.size,
        entry.etag.clone(),
        &Blob::from_bytes(address),
        row.inline,
    )
    .await
}

/// Removes a scrap.
pub(super) async fn remove(actor: &Actor, spot: &Spot, entry: &Entry) -> Outcome<()> {
    let proof = actor.read::<ViewScraps>(spot.library).await?;
    let removed = proof
        .actor()
        .realm()
        .upkeep(sql::DELETE_SCRAP, args![entry.id, actor.me()?])
        .await?;
    if removed == 0 {
        return Err(Error::NotFound.into());
    }
    Ok(())
}

impl ScrapContent {
    /// For a scrap that shows what a document was before: which document, and which version.
    pub(super) fn earlier(&self) -> Option<(Id<thing::Document>, u64)> {
        let version = u64::try_from(self.content_id).ok()?;
        (self.item_id < 0).then(|| (Id::from_raw(-self.item_id), version))
    }
}

/// Gives a scrap another name of a scrap, in its library.
pub(super) async fn rename(actor: &Actor, from: &Spot, entry: &Entry, to: &Spot) -> Outcome<()> {
    if from.library != to.library {
        return Err(Error::Refused("A temporary file stays in its library").into());
    }
    let proof = actor.read::<ViewScraps>(to.library).await?;
    let me = actor.me()?;
    let name = item_name(&to.name)?;
    let folder = to.folder.map_or(0, Id::raw);
    proof
        .actor()
        .realm()
        .upkeep_all(vec![
            (
                sql::DELETE_SCRAP_NAMED,
                args![me, to.library, folder, &name.key, entry.id],
            ),
            (
                sql::RENAME_SCRAP,
                args![entry.id, me, to.library, folder, name.name, &name.key],
            ),
        ])
        .await?;
    Ok(())
}

/// A scrap stands for a document that was moved out of the way: the document stays where it is for
/// everybody else, and is nowhere for this person until they put something in its place.
pub(super) async fn stand_for(actor: &Actor, document: &Entry, to: &Spot) -> Outcome<()> {
    let proof = actor.read::<ViewScraps>(to.library).await?;
    let me = actor.me()?;
    let name = item_name(&to.name)?;
    let scrap: Id<thing::Item> = actor.new_id();
    let at = proof.at();
    let folder = to.folder.map_or(0, Id::raw);
    actor
        .realm()
        .upkeep_all(vec![
            (sql::STAND_NO_MORE, args![document.id, me]),
            (
                sql::STAND_FOR,
                args![
                    scrap,
                    me,
                    to.library,
                    folder,
                    name.name,
                    name_key(&to.name),
                    document.size,
                    document.id,
                    at,
                    at.plus(rules::SCRAP_LASTS)
                ],
            ),
        ])
        .await?;
    Ok(())
}

/// Removes a scrap within a change that used it.
pub(super) async fn used<A: Action>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    scrap: Id<thing::Item>,
) -> Result<()> {
    w.execute(sql::DELETE_SCRAP, args![scrap, me]).await?;
    Ok(())
}

/// A document has something in its place again: what stood for it shows the version that it had before.
pub(super) async fn step_back<A: Action>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    document: &Facts,
) -> Result<()> {
    w.execute(sql::STEP_BACK, stepping_back(me, document))
        .await?;
    Ok(())
}

/// The same where nothing else is to be written: what was put there is what it was before.
pub(super) async fn step_back_alone(actor: &Actor, document: &Facts) -> Result<()> {
    let args = stepping_back(actor.me()?, document);
    actor.realm().upkeep(sql::STEP_BACK, args).await?;
    Ok(())
}

fn stepping_back(me: Id<thing::Person>, document: &Facts) -> Vec<Arg> {
    args![document.id, me, document.version, document.size]
}
