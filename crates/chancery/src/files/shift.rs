//! Moving: another name, another folder, another library, or the place of something else.
//!
//! A document keeps its id, its address and its history. What was made to take a document's place becomes
//! its next version; what a document makes room for is for who moved it out of the way.

use super::change::{bin_unlocked, taken_away};
use super::guard::{Guard, Touches, cover, facts_in_turn};
use super::put::{bring, may_change};
use super::sql::{self, Facts};
use super::unscrap::from_scrap;
use super::{Changed, Conditions, Entry, Looked, Outcome, Spot, Stop, What, locks, rules, scraps};
use crate::kernel::{Actor, Id, Needs, Place, Queries as _, Role, Write, args, thing};
use crate::libraries::rules::{ItemName, item_name, media_type};
use crate::libraries::{
    ItemMoved, ItemRenamed, MoveItems, OnSelection, RenameItem, place_anew, place_of,
};
use crate::{Error, Result};

/// Moves what was found to where the other address is.
pub async fn shift(
    actor: &Actor,
    from: &Looked,
    to: &Looked,
    overwrite: bool,
    conditions: &Conditions,
) -> Outcome<Changed> {
    let (source, entry) = source(from)?;
    let target = target(to)?;
    let inside = from.address.holds(&to.address);
    if inside && from.address.names().len() < to.address.names().len() {
        return Err(Stop::Itself);
    }
    may_change(source)?;
    may_change(target)?;
    if let What::Scrap(scrap) = &from.what {
        return from_scrap(actor, from, scrap, to, target, overwrite, conditions).await;
    }
    if let (What::Document(_), false) = (&from.what, inside)
        && source.library == target.library
        && rules::out_of_the_way(&source.name, &target.name)
        && matches!(to.what, What::Nothing | What::Scrap(_))
    {
        let guard = Guard::of(actor, conditions, &[from, to]).await?;
        return out_of_the_way(actor, &guard, from, entry, target).await;
    }
    if rules::is_scrap(&target.name) && matches!(from.what, What::Document(_)) {
        // Nobody else would see it any more.
        return Err(Error::Refused(
            "Programs keep files of such names for themselves. Use another name",
        )
        .into());
    }
    let name = item_name(&target.name)?;
    let guard = Guard::of(actor, conditions, &[from, to]).await?;
    let me = actor.me()?;
    let mut moving = Moving::begin(actor, source.library, target.library).await?;
    let now = taken_away(&mut moving.w, &guard, from, entry.id).await?;
    if now.sealed {
        return Err(Error::Sealed.into());
    }
    moving.lets_in(&guard, to, target, &now).await?;
    if let What::Scrap(scrap) = &to.what {
        if !overwrite {
            return Err(Stop::Condition);
        }
        scraps::used(&mut moving.w, me, scrap.id).await?;
    }
    let there = moving.occupant(target, &name).await?;
    let created = there.is_none() || matches!(to.what, What::Aside(_));
    match there {
        Some(other) if other == now.id && now.name == name.name => return Err(Stop::Itself),
        Some(other) if other == now.id => {}
        Some(_) if !overwrite && !matches!(to.what, What::Aside(_)) => return Err(Stop::Condition),
        Some(other) => {
            let other = facts_in_turn(&mut moving.w, me, other)
                .await
                .map_err(hidden)?;
            moving.replaced(&guard, &other).await?;
            let same_library = source.library == target.library;
            if same_library && other.is_document && moving.was_made_for_that(me, &now).await? {
                let etag = moving.absorb(me, &now, &other).await?;
                moving.w.commit_each().await?;
                return Ok(Changed { created, etag });
            }
            if matches!(to.what, What::Aside(_)) {
                // It is still there for everybody else, and was not moved away to be deleted.
                return Err(Error::Conflict(format!(
                    "“{}” was only moved out of the way, and a document with a history of its own does not \
                     become its next version. Use another name",
                    crate::libraries::rules::shown(&other.name)
                ))
                .into());
            }
            let place = moving.place(target.library);
            bin_unlocked(&mut moving.w, me, place, other.id).await?;
        }
        None => {}
    }
    locks::left_behind(&mut moving.w, me, &now).await?;
    moving.carry(me, source, target, &now, &name).await?;
    moving.w.commit_each().await?;
    let etag = now.version_id.map(super::look::tag).unwrap_or_default();
    Ok(Changed { created, etag })
}

/// A document that this person may not know of has the name.
fn hidden(error: Error) -> Error {
    match error {
        Error::NotFound => Error::Conflict("This name cannot be used here".to_owned()),
        other => other,
    }
}

fn source(from: &Looked) -> Outcome<(&Spot, &Entry)> {
    match (&from.what, &from.spot) {
        (What::Realm | What::Site(_) | What::Library, _) | (_, None) => Err(Stop::Fixed),
        (What::Folder(entry) | What::Document(entry) | What::Scrap(entry), Some(spot)) => {
            Ok((spot, entry))
        }
        _ => Err(Error::NotFound.into()),
    }
}

/// Where something can be put.
pub(super) fn target(to: &Looked) -> Outcome<&Spot> {
    match (&to.what, &to.spot) {
        (What::Realm | What::Site(_) | What::Library, _) | (_, None) => Err(Stop::Fixed),
        (What::Nowhere, _) => Err(Stop::NoFolder),
        (_, Some(spot)) => Ok(spot),
    }
}

/// The document stays for everybody else until something takes its place.
async fn out_of_the_way(
    actor: &Actor,
    guard: &Guard<'_>,
    from: &Looked,
    entry: &Entry,
    target: &Spot,
) -> Outcome<Changed> {
    let mut w = actor.write::<MoveItems>(target.library).await?;
    taken_away(&mut w, guard, from, entry.id).await?;
    // Nothing is changed that others see: there is nothing to commit.
    drop(w);
    scraps::stand_for(actor, entry, target).await?;
    Ok(Changed {
        created: true,
        etag: entry.etag.clone(),
    })
}

/// A move under way, with the turns of both libraries.
pub(super) struct Moving {
    pub(super) w: Write<MoveItems>,
    pub(super) from: Place,
    pub(super) to: Place,
}

impl Moving {
    async fn begin(
        actor: &Actor,
        from: Id<thing::Library>,
        to: Id<thing::Library>,
    ) -> Result<Self> {
        // The lesser id takes its turn first, as every move does.
        let mut w = actor.write::<MoveItems>(from.min(to)).await?;
        let first = w.standing().place;
        let second = if from == to {
            first
        } else {
            let other = from.max(to);
            w.lock(other).await?;
            w.also_needs(other, Needs::Role(Role::Contributor))
                .await?
                .place
        };
        let (from, to) = if from <= to {
            (first, second)
        } else {
            (second, first)
        };
        Ok(Self { w, from, to })
    }

    fn place(&self, library: Id<thing::Library>) -> Place {
        if self.to.library == Some(library) {
            self.to
        } else {
            self.from
        }
    }

    /// That the folder is there, is not inside what moves, and lets it in.
    async fn lets_in(
        &mut self,
        guard: &Guard<'_>,
        to: &Looked,
        target: &Spot,
        now: &Facts,
    ) -> Outcome<()> {
        let folder = target.folder.map_or(0, Id::raw);
        if folder != 0 {
            let there: Option<(i64,)> = self
                .w
                .first(sql::FOLDER, args![target.library, folder])
                .await?;
            if there.is_none() {
                return Err(Stop::NoFolder);
            }
            let around: Option<(i64,)> = self.w.first(sql::IS_IN, args![folder, now.id]).await?;
            if around.is_some() {
                return Err(Stop::Itself);
            }
        }
        if !matches!(to.what, What::Document(_) | What::Folder(_)) {
            let locks = cover(&mut self.w, folder, target.library).await?;
            guard.locks(&locks, Touches::Members)?;
        }
        Ok(())
    }

    async fn occupant(
        &mut self,
        target: &Spot,
        name: &ItemName,
    ) -> Result<Option<Id<thing::Item>>> {
        let folder = target.folder.map_or(0, Id::raw);
        let there: Option<(i64,)> = self
            .w
            .first(sql::NAMED, args![target.library, folder, &name.key])
            .await?;
        Ok(there.map(|(id,)| Id::from_raw(id)))
    }

    /// That the locks on what is there already let it be replaced.
    async fn replaced(&mut self, guard: &Guard<'_>, other: &Facts) -> Outcome<()> {
        replaceable(&mut self.w, guard, other).await
    }

    /// Whether this was made a moment ago, by whoever moves it, to take a document's place. What anybody
    /// else wrote into, marked or put under legal hold is a document in its own right.
    async fn was_made_for_that(&mut self, me: Id<thing::Person>, now: &Facts) -> Result<bool> {
        let at = self.w.at();
        let by_me = now.created_by == me.raw();
        if !now.is_document || !rules::is_temporary(now.created_at, by_me, now.version, at) {
            return Ok(false);
        }
        let plain: Option<(i64,)> = self.w.first(sql::IS_PLAIN, args![at, me, now.id]).await?;
        Ok(plain.is_some())
    }

    /// What was made to take a document's place becomes its next version, and is gone itself.
    async fn absorb(
        &mut self,
        me: Id<thing::Person>,
        now: &Facts,
        other: &Facts,
    ) -> Outcome<String> {
        let content = match now.current_draft(me) {
            Some(_) => now.draft_content_id,
            None => now.content_id,
        };
        let size = match now.current_draft(me) {
            Some(_) => now.draft_size.unwrap_or_default(),
            None => now.size,
        };
        let content = content.ok_or(Error::NotFound)?;
        let w = &mut self.w;
        let at = w.at();
        let etag = bring(w, me, other, content, size)
            .await?
            .unwrap_or_else(|| other.etag(me));
        scraps::step_back(w, me, other).await?;
        w.execute(sql::RELEASE_TREE, args![now.id, at]).await?;
        w.execute(sql::UNLOCK_TREE, args![now.id]).await?;
        if let Some(draft) = now.draft_id {
            crate::documents::within::end_draft(w, draft.raw()).await?;
        }
        w.execute(sql::ABSORB, args![now.id, at, me]).await?;
        let place = Place {
            item: Some(now.id),
            ..self.from
        };
        self.w.also_of::<RenameItem>(
            place,
            &ItemRenamed {
                before: now.name.clone(),
                after: other.name.clone(),
            },
        )?;
        Ok(etag)
    }

    /// Gives it its new folder and name, and says so.
    pub(super) async fn carry(
        &mut self,
        me: Id<thing::Person>,
        source: &Spot,
        target: &Spot,
        now: &Facts,
        name: &ItemName,
    ) -> Result<()> {
        let folder = target.folder.map_or(0, Id::raw);
        let kind = if now.is_document {
            media_type(&name.name)
        } else {
            String::new()
        };
        if self.from.library == self.to.library {
            let before = place_of(&mut self.w, source.library, source.folder).await?;
            let after = place_of(&mut self.w, target.library, target.folder).await?;
            self.w
                .execute(
                    sql::PUT_ELSEWHERE,
                    args![now.id, folder, &name.name, &name.key, kind],
                )
                .await?;
            let place = Place {
                item: Some(now.id),
                ..self.to
            };
            if now.name != name.name {
                self.w.also_of::<RenameItem>(
                    place,
                    &ItemRenamed {
                        before: now.name.clone(),
                        after: name.name.clone(),
                    },
                )?;
            }
            if now.folder_id != folder {
                let id = target.library.to_string();
                self.w.also(
                    place,
                    &ItemMoved {
                        name: name.name.clone(),
                        before,
                        after,
                        library_before: id.clone(),
                        library_after: id,
                    },
                )?;
            }
            return same_if_unchanged(&self.w, now);
        }
        place_anew(
            &mut self.w,
            me,
            self.from,
            self.to,
            now.id,
            target.folder,
            name,
            &kind,
        )
        .await
    }
}

/// Whoever moves a thing to where it is already changes nothing, and there is nothing to say of it.
fn same_if_unchanged(w: &Write<MoveItems>, now: &Facts) -> Result<()> {
    if w.has_entries() {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "“{}” is there already",
        crate::libraries::rules::shown(&now.name)
    )))
}

/// That the locks on something and on what is in it let it make room.
pub(super) async fn replaceable<A: OnSelection>(
    w: &mut Write<A>,
    guard: &Guard<'_>,
    other: &Facts,
) -> Outcome<()> {
    let me = w.actor().me()?;
    let locks = cover(w, other.id.raw(), other.library_id).await?;
    let touches = if other.is_document {
        Touches::Itself
    } else {
        Touches::Both
    };
    guard.locks(&locks, touches)?;
    other.held_by(me)?;
    if !other.is_document {
        let inside = super::guard::below(w, other.id.raw()).await?;
        guard.locks(&inside, Touches::Itself)?;
    }
    Ok(())
}
