//! Making folders, and deleting.

use super::guard::{Being, Guard, Subject, Touches, below, facts};
use super::put::{may_change, room};
use super::sql;
use super::{Changed, Conditions, Looked, Outcome, Stop, What, scraps};
use crate::kernel::{Action, Actor, Id, Place, Write, args, thing};
use crate::libraries::rules::item_name;
use crate::libraries::{
    BinItems, CreateFolder, FolderCreated, OnSelection, bin_within, folder_within,
};
use crate::{Error, Result};

/// Makes a folder where nothing is.
pub async fn make_folder(
    actor: &Actor,
    looked: &Looked,
    conditions: &Conditions,
) -> Outcome<Changed> {
    let spot = match (&looked.what, &looked.spot) {
        (What::Nothing, Some(spot)) => spot,
        (What::Nowhere, _) => return Err(Stop::NoFolder),
        _ => return Err(Stop::Exists),
    };
    may_change(spot)?;
    let name = item_name(&spot.name)?;
    let guard = Guard::of(actor, conditions, &[looked]).await?;
    let mut w = actor.write::<CreateFolder>(spot.library).await?;
    room(&mut w, &guard, looked, spot).await?;
    let folder = spot.folder.map_or(0, Id::raw);
    let made = match folder_within(&mut w, spot.library, folder, &name).await {
        Ok(made) => made,
        // Somebody else was quicker, or has a document of this name that may not be known of.
        Err(Error::Conflict(_)) => return Err(Stop::Exists),
        Err(error) => return Err(error.into()),
    };
    w.place_mut().item = Some(made.item());
    w.commit(FolderCreated { folder: name.name }).await?;
    Ok(Changed {
        created: true,
        etag: String::new(),
    })
}

/// Puts a folder or document in the recycle bin, with everything in it; removes a scrap.
pub async fn remove(actor: &Actor, looked: &Looked, conditions: &Conditions) -> Outcome<()> {
    let (spot, entry) = match (&looked.what, &looked.spot) {
        (What::Realm | What::Site(_) | What::Library, _) | (_, None) => return Err(Stop::Fixed),
        (What::Nothing | What::Nowhere | What::Aside(_), _) => return Err(Error::NotFound.into()),
        (What::Scrap(entry), Some(spot)) => return scraps::remove(actor, spot, entry).await,
        (What::Folder(entry) | What::Document(entry), Some(spot)) => (spot, entry),
    };
    may_change(spot)?;
    let guard = Guard::of(actor, conditions, &[looked]).await?;
    let mut w = actor.write::<BinItems>(spot.library).await?;
    let me = actor.me()?;
    taken_away(&mut w, &guard, looked, entry.id).await?;
    let place = w.standing().place;
    bin_unlocked(&mut w, me, place, entry.id).await?;
    w.commit_each().await?;
    Ok(())
}

/// That locks and conditions let a thing be taken out of its folder, and everything in it along.
pub(super) async fn taken_away<A: Action>(
    w: &mut Write<A>,
    guard: &Guard<'_>,
    looked: &Looked,
    item: Id<thing::Item>,
) -> Outcome<sql::Facts> {
    let me = w.actor().me()?;
    let now = facts(w, me, item).await?;
    if let Some(spot) = &looked.spot {
        now.still_in(spot.library)?;
    }
    let etag = now.etag(me);
    let subject = Subject {
        library: now.library_id,
        item: now.id.raw(),
        state: Being::of(&etag),
    };
    guard
        .check(w, subject, &looked.address, Touches::Both)
        .await?;
    now.held_by(me)?;
    if !now.is_document {
        let inside = below(w, now.id.raw()).await?;
        guard.locks(&inside, Touches::Itself)?;
    }
    Ok(now)
}

/// Puts a thing in the bin; the locks on it and on what is in it end.
pub(super) async fn bin_unlocked<A: OnSelection>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    place: Place,
    item: Id<thing::Item>,
) -> Result<()> {
    let at = w.at();
    bin_within(w, me, place, item).await?;
    w.execute(sql::RELEASE_BINNED, args![item, at]).await?;
    w.execute(sql::UNLOCK_BINNED, args![item]).await?;
    Ok(())
}
