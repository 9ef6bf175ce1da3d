//! Moving what is beside the documents: it takes a document's place, becomes a document, gets another name; or
//! what was moved out of the way comes back.

use super::guard::{Being, Guard, Subject, Touches, facts, facts_in_turn};
use super::put::{bring, make, room};
use super::shift::Moving;
use super::sql::{self, ScrapContent};
use super::{Changed, Conditions, Entry, Looked, Outcome, Spot, Stop, What, rules, scraps};
use crate::Error;
use crate::kernel::{Actor, Id, Queries as _, Write, args};
use crate::libraries::MoveItems;
use crate::libraries::rules::item_name;

/// A scrap takes a document's place, becomes a document, or gets another name.
pub(super) async fn from_scrap(
    actor: &Actor,
    from: &Looked,
    scrap: &Entry,
    to: &Looked,
    target: &Spot,
    overwrite: bool,
    conditions: &Conditions,
) -> Outcome<Changed> {
    if !to.is_nothing() && !overwrite {
        return Err(Stop::Condition);
    }
    let created = to.is_nothing();
    let changed = |etag: &str| Changed {
        created,
        etag: etag.to_owned(),
    };
    let source = from.spot.as_ref().ok_or(Stop::Fixed)?;
    if scrap.stands_for.is_none() && rules::is_scrap(&target.name) {
        scraps::rename(actor, source, scrap, target).await?;
        return Ok(changed(&scrap.etag));
    }
    let guard = Guard::of(actor, conditions, &[from, to]).await?;
    let me = actor.me()?;
    let mut w = actor.write::<MoveItems>(target.library).await?;
    let at = w.at();
    let mut row: ScrapContent = w.one(sql::SCRAP, args![at, me, scrap.id]).await?;
    if let Some((document, version)) = row.earlier() {
        // It goes back into the document that it was of, and is nobody else's content.
        if !matches!(&to.what, What::Document(entry) | What::Aside(entry) if entry.id == document.item())
        {
            return Err(Error::Refused(
                "This is what a document was before. Find it with the document's versions",
            )
            .into());
        }
        row = w.one(sql::EARLIER, args![document, version]).await?;
    } else if row.item_id != 0 {
        return back(actor, w, &guard, scrap, row.item_id, to, target).await;
    }
    let etag = match &to.what {
        What::Document(entry) | What::Aside(entry) => {
            let other = facts_in_turn(&mut w, me, entry.id).await?;
            let etag = other.etag(me);
            let subject = Subject {
                library: other.library_id,
                item: other.id.raw(),
                state: Being::of(&etag),
            };
            guard
                .check(&mut w, subject, &to.address, Touches::Itself)
                .await?;
            let brought = bring(&mut w, me, &other, row.content_id, row.size).await?;
            if matches!(to.what, What::Aside(_)) {
                scraps::step_back(&mut w, me, &other).await?;
            }
            if brought.is_none() {
                // The same content: only the scrap goes.
                drop(w);
                scraps::step_back_alone(actor, &other).await?;
                scraps::remove(actor, target, scrap).await?;
                return Ok(changed(&etag));
            }
            brought.unwrap_or(etag)
        }
        What::Folder(_) => return Err(Stop::IsFolder),
        _ => {
            let name = item_name(&target.name)?;
            room(&mut w, &guard, to, target).await?;
            make(&mut w, me, target, &name, row.content_id, row.size)
                .await?
                .1
        }
    };
    scraps::used(&mut w, me, scrap.id).await?;
    w.commit_each().await?;
    Ok(changed(&etag))
}

/// What was moved out of the way comes back, to its own name or to another.
async fn back(
    actor: &Actor,
    mut w: Write<MoveItems>,
    guard: &Guard<'_>,
    scrap: &Entry,
    document: i64,
    to: &Looked,
    target: &Spot,
) -> Outcome<Changed> {
    let me = actor.me()?;
    let now = facts(&mut w, me, Id::from_raw(document)).await?;
    let changed = Changed {
        created: to.is_nothing(),
        etag: now.etag(me),
    };
    if let What::Aside(entry) = &to.what
        && entry.id == now.id
    {
        drop(w);
        scraps::remove(actor, target, scrap).await?;
        return Ok(changed);
    }
    if !matches!(to.what, What::Nothing) || now.library_id != target.library {
        return Err(Error::Conflict(
            "Something else is there already. Use another name".to_owned(),
        )
        .into());
    }
    let name = item_name(&target.name)?;
    room(&mut w, guard, to, target).await?;
    let mut moving = Moving {
        from: w.standing().place,
        to: w.standing().place,
        w,
    };
    let source = Spot {
        folder: (now.folder_id != 0).then(|| Id::from_raw(now.folder_id)),
        name: now.name.clone(),
        ..target.clone()
    };
    moving.carry(me, &source, target, &now, &name).await?;
    scraps::used(&mut moving.w, me, scrap.id).await?;
    moving.w.commit_each().await?;
    Ok(changed)
}
