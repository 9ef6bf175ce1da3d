//! Locks (RFC 4918 §6 and §7). An exclusive lock on a document is a check-out that ends with it: what is put
//! under it is a draft, and giving it back publishes that as one version, however often it was saved.

use std::fmt::Write as _;

use super::guard::{Being, Guard, Subject, below, cover, facts, line};
use super::put::{make, may_change, room};
use super::sql::{self, Facts, LockRow};
use super::{
    Conditions, ItemLocked, ItemUnlocked, LockForm, LockItem, LockLine, Looked, Outcome, Stop,
    UnlockItem, What, rules,
};
use crate::documents::within;
use crate::documents::{
    AddDocument, CheckIn, CheckOut, CheckOutDiscarded, CheckOutRenewed, CheckedIn, CheckedOut,
    DiscardCheckOut, RenewCheckOut,
};
use crate::kernel::{Action, Actor, Id, Place, Queries as _, Realm, Write, args, thing};
use crate::libraries::rules::item_name;
use crate::{Error, Result};

/// What a check-out by a file program says that it is for.
const NOTE: &str = "Open in a program";

/// A lock that was taken, and whether it made an empty document of a name that was free.
#[derive(Debug, Clone)]
pub struct Locked {
    /// The lock.
    pub lock: LockLine,
    /// There was nothing before.
    pub created: bool,
}

/// Takes a lock on what was found, or on a new, empty document where nothing is.
pub async fn lock(
    actor: &Actor,
    looked: &Looked,
    form: &LockForm,
    conditions: &Conditions,
) -> Outcome<Locked> {
    let spot = match (&looked.what, &looked.spot) {
        (What::Realm | What::Site(_), _) | (_, None) => return Err(Stop::Fixed),
        (What::Nowhere, _) => return Err(Stop::NoFolder),
        (_, Some(spot)) => spot,
    };
    may_change(spot)?;
    let guard = Guard::of(actor, conditions, &[looked]).await?;
    let me = actor.me()?;
    match &looked.what {
        What::Nothing | What::Scrap(_) if rules::is_scrap(&spot.name) => {
            // Nobody else sees it: there is nothing to keep anybody from.
            Ok(Locked {
                lock: LockLine {
                    token: new_token(actor.realm()),
                    shared: form.shared,
                    deep: false,
                    owner: form.owner.clone(),
                    seconds: rules::lasts(form.seconds).as_secs(),
                    above: 0,
                    mine: true,
                },
                created: false,
            })
        }
        What::Nothing => {
            let name = item_name(&spot.name)?;
            let deposit = within::deposit_for(actor, tokio::io::empty()).await?;
            let mut w = actor.write::<AddDocument>(spot.library).await?;
            room(&mut w, &guard, looked, spot).await?;
            let stored = within::keep(&mut w, deposit).await?;
            let (document, _) = make(&mut w, me, spot, &name, stored.id, stored.size).await?;
            let now = facts(&mut w, me, document.item()).await?;
            let lock = put_on_document(&mut w, me, &now, form).await?;
            w.commit_each().await?;
            Ok(Locked {
                lock,
                created: true,
            })
        }
        What::Document(entry) | What::Aside(entry) => {
            let mut w = actor
                .write::<CheckOut>(Id::from_raw(entry.id.raw()))
                .await?;
            // A lock on the folder around it takes this turn, and neither may miss the other.
            w.lock(spot.library).await?;
            let now = facts(&mut w, me, entry.id).await?;
            now.still_in(spot.library)?;
            let etag = now.etag(me);
            check(
                &mut w,
                &guard,
                looked,
                spot.library,
                now.id.raw(),
                &etag,
                form,
            )
            .await?;
            let lock = put_on_document(&mut w, me, &now, form).await?;
            w.commit_each().await?;
            Ok(Locked {
                lock,
                created: false,
            })
        }
        _ => {
            let item = looked.entry().map_or(0, |entry| entry.id.raw());
            let name = looked
                .entry()
                .map_or_else(|| spot.library_name.clone(), |entry| entry.name.clone());
            let mut w = actor.write::<LockItem>(spot.library).await?;
            if item != 0 {
                let now = facts(&mut w, me, Id::from_raw(item)).await?;
                now.still_in(spot.library)?;
            }
            check(&mut w, &guard, looked, spot.library, item, "", form).await?;
            if form.deep && item != 0 {
                let inside = below(&mut w, item).await?;
                conflict(&inside, form)?;
            }
            let target = if item == 0 { spot.library.raw() } else { item };
            let lock = insert(&mut w, me, spot.library, target, 0, form).await?;
            w.place_mut().item = (item != 0).then(|| Id::from_raw(item));
            w.commit(ItemLocked { name }).await?;
            Ok(Locked {
                lock,
                created: false,
            })
        }
    }
}

/// A new lock may stand beside others only if all of them are shared.
fn conflict(locks: &[LockRow], form: &LockForm) -> Outcome<()> {
    if locks.iter().any(|row| !row.shared || !form.shared) {
        return Err(Stop::LockConflict);
    }
    Ok(())
}

async fn check<A: Action>(
    w: &mut Write<A>,
    guard: &Guard<'_>,
    looked: &Looked,
    library: Id<thing::Library>,
    item: i64,
    etag: &str,
    form: &LockForm,
) -> Outcome<()> {
    let locks = cover(w, item, library).await?;
    let own: Vec<LockRow> = locks
        .iter()
        .filter(|row| row.distance == 0 || row.deep)
        .cloned()
        .collect();
    conflict(&own, form)?;
    let subject = Subject {
        library,
        item,
        state: Being::of(etag),
    };
    guard.conditions(w, subject, &looked.address, &locks).await
}

/// A lock on a document: an exclusive one is a check-out too, unless one has the document already.
async fn put_on_document<A: Action>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    now: &Facts,
    form: &LockForm,
) -> Outcome<LockLine> {
    let document = now.document()?;
    if now.sealed {
        return Err(Error::Sealed.into());
    }
    let mine = now.held_by(me)?;
    let place = Place {
        library: Some(now.library_id),
        item: Some(now.id),
        ..w.standing().place
    };
    let hold = if form.shared || mine {
        w.also_of::<LockItem>(
            place,
            &ItemLocked {
                name: now.name.clone(),
            },
        )?;
        0
    } else {
        let until = w.at().plus(rules::lasts(form.seconds));
        let hold = within::hold(w, document, NOTE, until).await?;
        w.also_of::<CheckOut>(
            place,
            &CheckedOut {
                document: now.name.clone(),
                note: NOTE.to_owned(),
            },
        )?;
        hold.raw()
    };
    insert(w, me, now.library_id, now.id.raw(), hold, form).await
}

async fn insert<A: Action>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    library: Id<thing::Library>,
    target: i64,
    hold: i64,
    form: &LockForm,
) -> Outcome<LockLine> {
    let at = w.at();
    let (count,): (i64,) = w.one(sql::COUNT_LOCKS, args![at, me]).await?;
    if count >= rules::LOCKS_MOST {
        return Err(Stop::Full(
            "You have a thousand locks. Give some back, or wait until they end",
        ));
    }
    let (beside,): (i64,) = w.one(sql::COUNT_LOCKS_ON, args![at, target]).await?;
    if beside >= rules::LOCKS_ON_ONE_MOST {
        return Err(Stop::Full("There are 16 locks on this already"));
    }
    let lasts = rules::lasts(form.seconds);
    let id: Id<thing::Interval> = w.new_id();
    let row = LockRow {
        id: id.raw(),
        token: new_token(w.actor().realm()),
        target_id: target,
        person_id: me,
        shared: form.shared,
        deep: form.deep,
        owner: form.owner.clone(),
        check_out_id: hold,
        seconds: lasts.as_secs(),
        until_at: at.plus(lasts),
        distance: 0,
    };
    w.execute(
        sql::INSERT_LOCK,
        args![
            id,
            &row.token,
            library,
            target,
            me,
            row.shared,
            row.deep,
            &row.owner,
            hold,
            row.seconds,
            at,
            row.until_at
        ],
    )
    .await?;
    Ok(line(row, me, at))
}

/// `urn:uuid:` and a random UUID (RFC 9562, version 4).
fn new_token(realm: &Realm) -> String {
    let mut bytes = [0_u8; 16];
    realm.rng().fill(&mut bytes);
    bytes[6] = (bytes[6] & 0x0F) | 0x40;
    bytes[8] = (bytes[8] & 0x3F) | 0x80;
    let mut token = String::from("urn:uuid:");
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            token.push('-');
        }
        // Writing to a String cannot fail.
        let _ = write!(token, "{byte:02x}");
    }
    token
}

/// Lets a lock last for as long again. It is the one that covers this and whose token was submitted.
pub async fn refresh(
    actor: &Actor,
    looked: &Looked,
    seconds: Option<u64>,
    conditions: &Conditions,
) -> Outcome<LockLine> {
    let spot = looked.spot.as_ref().ok_or(Stop::Fixed)?;
    let me = actor.me()?;
    let target = match &looked.what {
        What::Library => 0,
        What::Folder(entry) | What::Document(entry) => entry.id.raw(),
        _ => return Err(Stop::NoSuchLock),
    };
    let mut w = actor.write::<LockItem>(spot.library).await?;
    let locks = cover(&mut w, target, spot.library).await?;
    let row = locks
        .into_iter()
        .filter(|row| row.distance == 0 || row.deep)
        .find(|row| row.person_id == me && conditions.tokens().any(|token| token == row.token))
        .ok_or(Stop::NoSuchLock)?;
    let at = w.at();
    let lasts = match seconds {
        Some(_) => rules::lasts(seconds),
        None => rules::lasts(Some(row.seconds)),
    };
    let until = at.plus(lasts);
    w.execute(sql::REFRESH_LOCK, args![row.id, until, lasts.as_secs()])
        .await?;
    let on_library = row.target_id == spot.library.raw();
    let name = if on_library {
        spot.library_name.clone()
    } else {
        facts(&mut w, me, Id::from_raw(row.target_id)).await?.name
    };
    let place = Place {
        item: (!on_library).then(|| Id::from_raw(row.target_id)),
        ..w.standing().place
    };
    if row.check_out_id == 0 {
        w.also(place, &ItemLocked { name })?;
    } else {
        within::renew(&mut w, row.check_out_id, until).await?;
        w.also_of::<RenewCheckOut>(place, &CheckOutRenewed { document: name })?;
    }
    w.commit_each().await?;
    Ok(line(
        LockRow {
            until_at: until,
            seconds: lasts.as_secs(),
            ..row
        },
        me,
        at,
    ))
}

/// Gives a lock back. What was put under it is published as one version; without that, nothing is.
pub async fn unlock(actor: &Actor, looked: &Looked, token: &str) -> Outcome<()> {
    let spot = looked.spot.as_ref().ok_or(Stop::NoSuchLock)?;
    let me = actor.me()?;
    let target = match &looked.what {
        What::Library => 0,
        What::Folder(entry) | What::Document(entry) | What::Aside(entry) => entry.id.raw(),
        // What is seen by nobody else is never locked in earnest.
        What::Scrap(_) | What::Nothing if rules::is_scrap(&spot.name) => return Ok(()),
        _ => return Err(Stop::NoSuchLock),
    };
    let mut w = actor.write::<UnlockItem>(spot.library).await?;
    let locks = cover(&mut w, target, spot.library).await?;
    let row = locks
        .into_iter()
        .filter(|row| row.distance == 0 || row.deep)
        .find(|row| row.token == token)
        .ok_or(Stop::NoSuchLock)?;
    if row.person_id != me {
        return Err(Error::Refused("Somebody else holds this lock").into());
    }
    w.execute(sql::DELETE_LOCK, args![row.id]).await?;
    if row.target_id == spot.library.raw() {
        w.commit(ItemUnlocked {
            name: spot.library_name.clone(),
        })
        .await?;
        return Ok(());
    }
    let now = facts(&mut w, me, Id::from_raw(row.target_id)).await?;
    if row.check_out_id != 0 && now.hold_id == Some(row.check_out_id) {
        // Whoever checks in makes a version, and needs more than who gives something back.
        let draft = now.current_draft(me).is_some();
        drop(w);
        return if draft {
            check_in(actor, &now, &row).await
        } else {
            give_back(actor, &now, &row).await
        };
    }
    w.place_mut().item = Some(now.id);
    w.commit(ItemUnlocked { name: now.name }).await?;
    Ok(())
}

async fn check_in(actor: &Actor, now: &Facts, row: &LockRow) -> Outcome<()> {
    let me = actor.me()?;
    let mut w = actor.write::<CheckIn>(now.document()?).await?;
    let now = facts(&mut w, me, now.id).await?;
    if now.hold_id != Some(row.check_out_id) || now.current_draft(me).is_none() {
        return Err(Stop::NoSuchLock);
    }
    w.execute(sql::DELETE_LOCK, args![row.id]).await?;
    publish_draft(&mut w, me, &now, row.check_out_id).await?;
    w.commit_each().await?;
    Ok(())
}

async fn give_back(actor: &Actor, now: &Facts, row: &LockRow) -> Outcome<()> {
    let me = actor.me()?;
    let mut w = actor.write::<DiscardCheckOut>(now.document()?).await?;
    let now = facts(&mut w, me, now.id).await?;
    if now.hold_id != Some(row.check_out_id) {
        return Err(Stop::NoSuchLock);
    }
    if now.current_draft(me).is_some() {
        // Something was put under the lock meanwhile.
        drop(w);
        return check_in(actor, &now, row).await;
    }
    w.execute(sql::DELETE_LOCK, args![row.id]).await?;
    within::end_hold(&mut w, row.check_out_id, "discarded").await?;
    w.commit(CheckOutDiscarded {
        document: now.name.clone(),
    })
    .await?;
    Ok(())
}

/// Publishes the person's draft as one version and ends their hold, with its entry.
async fn publish_draft<A: Action>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    now: &Facts,
    hold: i64,
) -> Result<()> {
    let (Some(draft), Some(content), Some(size)) =
        (now.current_draft(me), now.draft_content_id, now.draft_size)
    else {
        return Err(Error::NotFound);
    };
    let document = now.document()?;
    let place = Place {
        library: Some(now.library_id),
        item: Some(now.id),
        ..w.standing().place
    };
    within::end_draft(w, draft.raw()).await?;
    if Some(content) == now.content_id {
        within::end_hold(w, hold, "discarded").await?;
        return w.also_of::<DiscardCheckOut>(
            place,
            &CheckOutDiscarded {
                document: now.name.clone(),
            },
        );
    }
    let (number, _, label) =
        within::publish(w, document, &now.name, now.version, content, size).await?;
    within::end_hold(w, hold, "checked in").await?;
    w.also_of::<CheckIn>(
        place,
        &CheckedIn {
            document: now.name.clone(),
            version: i64::try_from(number).unwrap_or(i64::MAX),
            label,
            comment: String::new(),
        },
    )
}

/// Locks stay behind when a thing moves (RFC 4918 §7.5). Work that was put under the lock of a document
/// is published before.
pub(super) async fn left_behind<A: Action>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    now: &Facts,
) -> Result<()> {
    let at = w.at();
    if let (true, Some(hold), true) = (
        now.is_document,
        now.hold_id,
        now.current_draft(me).is_some(),
    ) {
        let locks = cover(w, now.id.raw(), now.library_id).await?;
        if locks
            .iter()
            .any(|row| row.distance == 0 && row.check_out_id == hold)
        {
            publish_draft(w, me, now, hold).await?;
        }
    }
    w.execute(sql::RELEASE_TREE, args![now.id, at]).await?;
    w.execute(sql::UNLOCK_TREE, args![now.id]).await?;
    Ok(())
}
