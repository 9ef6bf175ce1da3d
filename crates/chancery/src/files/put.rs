//! What is put somewhere: a new document, the next version of one, work on one that is held, or a scrap.

use tokio::io::AsyncRead;
use vault::Deposit;

use super::guard::{Being, Guard, Subject, Touches, facts};
use super::look::tag;
use super::sql::{self, BinnedRow, Facts};
use super::{Changed, Conditions, Entry, Looked, Outcome, Spot, Stop, What, rules, scraps};
use crate::documents::within::{self, deposit_for};
use crate::documents::{
    AddDocument, AddVersion, DocumentAdded, DraftSaved, SaveDraft, VersionAdded,
};
use crate::kernel::{Action, Actor, Id, Place, Queries as _, Role, Write, args, thing};
use crate::libraries::rules::{ItemName, item_name};
use crate::libraries::{ItemRestored, RestoreItems};
use crate::{Error, Result};

/// The refusal of who may read only: decided by the rule again in the transaction.
pub(super) fn may_change(spot: &Spot) -> Result<()> {
    if spot.role >= Role::Contributor {
        return Ok(());
    }
    Err(Error::Refused(
        "You can read this, and only contributors and owners can change it",
    ))
}

/// Puts content where this was found. Content that is there already makes no version.
///
/// Whether it may be put there is decided before it is read and again when it has arrived, together with
/// the locks and conditions, in the transaction that makes it count.
pub async fn put(
    actor: &Actor,
    looked: &Looked,
    conditions: &Conditions,
    content: impl AsyncRead + Send + Unpin,
) -> Outcome<Changed> {
    let spot = match (&looked.what, &looked.spot) {
        (What::Realm | What::Site(_), _) | (_, None) => return Err(Stop::Fixed),
        (What::Library | What::Folder(_), _) => return Err(Stop::IsFolder),
        (What::Nowhere, _) => return Err(Stop::NoFolder),
        (_, Some(spot)) => spot,
    };
    may_change(spot)?;
    let guard = Guard::of(actor, conditions, &[looked]).await?;
    match &looked.what {
        What::Document(entry) | What::Aside(entry) => {
            let deposit = deposit_for(actor, content).await?;
            onto(actor, &guard, looked, entry, deposit).await
        }
        _ if rules::is_scrap(&spot.name) => scraps::put(actor, spot, content).await,
        _ => {
            let name = item_name(&spot.name)?;
            let deposit = deposit_for(actor, content).await?;
            // What somebody puts under an ordinary name is a document, whatever was kept there for a moment.
            let scrap = match &looked.what {
                What::Scrap(scrap) => Some(scrap.id),
                _ => None,
            };
            let making = Making {
                looked,
                spot,
                name,
                scrap,
            };
            new(actor, &guard, &making, deposit).await
        }
    }
}

async fn onto(
    actor: &Actor,
    guard: &Guard<'_>,
    looked: &Looked,
    entry: &Entry,
    deposit: Deposit,
) -> Outcome<Changed> {
    let aside = matches!(looked.what, What::Aside(_));
    let mut w = actor
        .write::<AddVersion>(Id::from_raw(entry.id.raw()))
        .await?;
    let me = actor.me()?;
    let now = facts(&mut w, me, entry.id).await?;
    let etag = now.etag(me);
    let state = if aside {
        Being::Nothing
    } else {
        Being::of(&etag)
    };
    let subject = Subject {
        library: now.library_id,
        item: now.id.raw(),
        state,
    };
    guard
        .check(&mut w, subject, &looked.address, Touches::Itself)
        .await?;
    let stored = within::keep(&mut w, deposit).await?;
    let etag = match bring(&mut w, me, &now, stored.id, stored.size).await? {
        None => {
            drop(w);
            if aside {
                scraps::step_back_alone(actor, &now).await?;
            }
            etag
        }
        Some(etag) => {
            if aside {
                scraps::step_back(&mut w, me, &now).await?;
            }
            w.commit_each().await?;
            etag
        }
    };
    Ok(Changed {
        created: aside,
        etag,
    })
}

/// Content becomes the next version of a document, or the draft of whoever holds it; gives the tag that
/// it has then, and `None` when it is that content already, so that nothing is to be done.
pub(super) async fn bring<A: Action>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    now: &Facts,
    content_id: i64,
    size: u64,
) -> Result<Option<String>> {
    let document = now.document()?;
    if now.sealed {
        return Err(Error::Sealed);
    }
    let place = Place {
        library: Some(now.library_id),
        item: Some(now.id),
        ..w.standing().place
    };
    let mine = now.held_by(me)?;
    let draft = now.current_draft(me);
    let shown = match draft {
        Some(_) => now.draft_content_id,
        None => now.content_id,
    };
    if shown == Some(content_id) {
        return Ok(None);
    }
    if mine {
        let stored = within::stored(content_id, size);
        let earlier = now.draft_id.map(Id::raw);
        let draft =
            within::save_draft(w, document, &now.name, earlier, stored, now.version).await?;
        w.also_of::<SaveDraft>(
            place,
            &DraftSaved {
                document: now.name.clone(),
                size,
            },
        )?;
        return Ok(Some(tag(draft)));
    }
    let (number, version, label) =
        within::publish(w, document, &now.name, now.version, content_id, size).await?;
    w.also_of::<AddVersion>(
        place,
        &VersionAdded {
            document: now.name.clone(),
            version: i64::try_from(number).unwrap_or(i64::MAX),
            label,
            size,
            comment: String::new(),
        },
    )?;
    Ok(Some(tag(version)))
}

/// A document to be made, and the scrap that gives way to it.
struct Making<'a> {
    looked: &'a Looked,
    spot: &'a Spot,
    name: ItemName,
    scrap: Option<Id<thing::Item>>,
}

async fn new(
    actor: &Actor,
    guard: &Guard<'_>,
    making: &Making<'_>,
    deposit: Deposit,
) -> Outcome<Changed> {
    let spot = making.spot;
    let mut w = actor.write::<AddDocument>(spot.library).await?;
    let me = actor.me()?;
    room(&mut w, guard, making.looked, spot).await?;
    let stored = within::keep(&mut w, deposit).await?;
    let etag = make(&mut w, me, spot, &making.name, stored.id, stored.size)
        .await?
        .1;
    if let Some(scrap) = making.scrap {
        scraps::used(&mut w, me, scrap).await?;
    }
    w.commit_each().await?;
    Ok(Changed {
        created: true,
        etag,
    })
}

/// That the folder is there, and that locks and conditions let something new into it.
pub(super) async fn room<A: Action>(
    w: &mut Write<A>,
    guard: &Guard<'_>,
    looked: &Looked,
    spot: &Spot,
) -> Outcome<()> {
    let folder = spot.folder.map_or(0, Id::raw);
    if folder != 0 {
        let there: Option<(i64,)> = w.first(sql::FOLDER, args![spot.library, folder]).await?;
        if there.is_none() {
            return Err(Stop::NoFolder);
        }
    }
    let subject = Subject {
        library: spot.library,
        item: folder,
        state: Being::Nothing,
    };
    guard
        .check(w, subject, &looked.address, Touches::Members)
        .await?;
    Ok(())
}

/// A document of this name with this content, and its entries: a new one, or the one that the same person
/// deleted here a moment ago, because some programs save by deleting and making anew.
pub(super) async fn make<A: Action>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    spot: &Spot,
    name: &ItemName,
    content_id: i64,
    size: u64,
) -> Result<(Id<thing::Document>, String)> {
    let at = w.at();
    let folder = spot.folder.map_or(0, Id::raw);
    let gone: Option<BinnedRow> = w
        .first(
            sql::JUST_BINNED,
            args![
                at,
                me,
                spot.library,
                folder,
                &name.key,
                rules::recreated_since(at)
            ],
        )
        .await?;
    let place = |id: Id<thing::Document>| Place {
        library: Some(spot.library),
        item: Some(id.item()),
        ..w.standing().place
    };
    if let Some(gone) = gone {
        let place = place(gone.id);
        w.execute(sql::UNBIN, args![gone.id]).await?;
        w.also_of::<RestoreItems>(
            place,
            &ItemRestored {
                name: name.name.clone(),
            },
        )?;
        let now = facts(w, me, gone.id.item()).await?;
        let etag = bring(w, me, &now, content_id, size).await?;
        return Ok((gone.id, etag.unwrap_or_else(|| now.etag(me))));
    }
    let (document, version) = within::add(w, spot.library, folder, name, content_id, size).await?;
    let place = Place {
        library: Some(spot.library),
        item: Some(document.item()),
        ..w.standing().place
    };
    w.also_of::<AddDocument>(
        place,
        &DocumentAdded {
            document: name.name.clone(),
            size,
        },
    )?;
    Ok((document, tag(version)))
}
