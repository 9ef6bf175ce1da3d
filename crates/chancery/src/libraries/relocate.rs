//! Moving documents and folders. Addresses and histories stay; access follows the library.

use std::collections::{HashMap, HashSet};

use super::carried;
use super::columns::carry;
use super::edition::all_as_expected;
use super::head::folder_of;
use super::publishing;
use super::rules::{ItemName, inside, place_name, shown};
use super::selection::{chosen, hindered, selected, with_ids};
use super::sql::{self, Branch, ItemPath, Obstacle, Selected, batches, padded};
use super::{ItemMoved, MoveItems};
use crate::kernel::{Actor, Id, Needs, Place, Queries as _, Role, Time, Write, args, thing};
use crate::{Error, Result};

/// What a library is called in the journal of another: who can see one may not know of the other.
pub(crate) const ELSEWHERE: &str = "another library";

/// Moves documents and folders of a library to a folder of it or of another, or to the top. Says
/// how many of what was selected moved: what is there already does not.
///
/// In another library everything in a folder is placed anew, so that from this moment on it is
/// seen by those who can see that library, and by nobody else.
pub async fn relocate(
    actor: &Actor,
    library: Id<thing::Library>,
    items: &[Id<thing::Item>],
    to: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
) -> Result<u64> {
    let relocation = Relocation::begin(actor, library, items, to, folder).await?;
    relocation.finish().await
}

/// A move that is decided and not made yet: whoever has it may look once more at what it does, in the
/// transaction that makes it.
pub(crate) struct Relocation {
    w: Write<MoveItems>,
    me: Id<thing::Person>,
    moving: Moving,
    roots: Vec<Selected>,
}

impl Relocation {
    /// Takes the turns of both libraries, and finds out what is to be moved where.
    pub(crate) async fn begin(
        actor: &Actor,
        library: Id<thing::Library>,
        items: &[Id<thing::Item>],
        to: Id<thing::Library>,
        folder: Option<Id<thing::Folder>>,
    ) -> Result<Self> {
        let ids = chosen(items)?;
        let me = actor.me()?;
        // Both libraries need the same, so the lesser id can take its turn first: two moves in
        // opposite directions then never wait for each other.
        let mut w = actor.write::<MoveItems>(library.min(to)).await?;
        let first = w.standing().place;
        let (from_place, to_place) = if library == to {
            (first, first)
        } else {
            let other = library.max(to);
            w.lock(other).await?;
            let second = w
                .also_needs(other, Needs::Role(Role::Contributor))
                .await?
                .place;
            if library < to {
                (first, second)
            } else {
                (second, first)
            }
        };
        let destination = match folder {
            Some(folder) => Some(folder_of(&mut w, to, folder).await?),
            None => None,
        };
        let mut roots = selected(&mut w, me, library, &ids).await?;
        all_as_expected(&mut w, &ids).await?;
        if let Some(destination) = &destination {
            let around: HashSet<i64> = destination
                .path
                .iter()
                .map(|(folder, _)| folder.raw())
                .chain([destination.id.raw()])
                .collect();
            if roots.iter().any(|root| around.contains(&root.id.raw())) {
                return Err(Error::invalid(
                    "folder",
                    "A folder cannot be moved into itself",
                ));
            }
        }
        let folder_id = folder.map_or(0, Id::raw);
        roots.retain(|root| library != to || root.folder_id != folder_id);
        let moving = Moving {
            from: from_place,
            to: to_place,
            library: to,
            folder_id,
            path: destination
                .map(|folder| folder.whole_path())
                .unwrap_or_default(),
            ids: padded(&roots.iter().map(|root| root.id.raw()).collect::<Vec<_>>()),
            drafts: None,
        };
        Ok(Self {
            w,
            me,
            moving,
            roots,
        })
    }

    /// The transaction.
    pub(crate) fn write(&mut self) -> &mut Write<MoveItems> {
        &mut self.w
    }

    /// Whoever decided was told of so many documents with drafts that readers see there and do not see here: more than
    /// these are not moved.
    pub(crate) fn shows_drafts(&mut self, told: u64) {
        self.moving.drafts = Some(told);
    }

    /// Moves what is not there already, and says how many that were.
    pub(crate) async fn finish(mut self) -> Result<u64> {
        if self.roots.is_empty() {
            return Ok(0);
        }
        self.moving.name_is_free(&mut self.w, &self.roots).await?;
        self.moving
            .carry_out(&mut self.w, self.me, &self.roots)
            .await?;
        self.w.commit_each().await?;
        Ok(self.roots.len() as u64)
    }
}

/// Moves one thing to a folder of another library under another name, within a change that has the turns of
/// both and has found the name free; with everything in it.
#[allow(clippy::too_many_arguments, reason = "from where, what, to where")]
pub(crate) async fn place_anew(
    w: &mut Write<MoveItems>,
    me: Id<thing::Person>,
    from: Place,
    to: Place,
    item: Id<thing::Item>,
    folder: Option<Id<thing::Folder>>,
    name: &ItemName,
    kind: &str,
) -> Result<()> {
    let (left, library) = (
        from.library.ok_or(Error::NotFound)?,
        to.library.ok_or(Error::NotFound)?,
    );
    let path = match folder {
        Some(folder) => folder_of(w, library, folder).await?.whole_path(),
        None => String::new(),
    };
    let moving = Moving {
        from,
        to,
        library,
        folder_id: folder.map_or(0, Id::raw),
        path,
        ids: vec![item.raw()],
        drafts: None,
    };
    let roots = selected(w, me, left, &moving.ids).await?;
    let paths: Vec<ItemPath> = w
        .all(&sql::paths(1), with_ids(args![], &moving.ids))
        .await?;
    let was = paths
        .into_iter()
        .map(|row| (row.id.raw(), row.path))
        .collect();
    w.execute(
        sql::RELOCATE_AS,
        args![library, moving.folder_id, item, &name.name, &name.key, kind],
    )
    .await?;
    moving.say(w, me, &roots, &was).await
}

/// Where something in this folder is, in a sentence of the journal.
pub(crate) async fn place_of(
    w: &mut Write<MoveItems>,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
) -> Result<String> {
    Ok(match folder {
        Some(folder) => folder_of(w, library, folder).await?.whole_path(),
        None => place_name(""),
    })
}

/// A move that was found possible so far.
struct Moving {
    from: Place,
    to: Place,
    library: Id<thing::Library>,
    /// 0 for the top of the library.
    folder_id: i64,
    path: String,
    /// What was selected, filled up for the statements.
    ids: Vec<i64>,
    /// Of how many documents with drafts whoever decided was told, where they were told.
    drafts: Option<u64>,
}

impl Moving {
    fn crosses(&self) -> bool {
        self.from.library != self.to.library
    }

    /// A name is used once in its folder: neither there nor twice among what arrives.
    async fn name_is_free(&self, w: &mut Write<MoveItems>, roots: &[Selected]) -> Result<()> {
        let mut keys = HashSet::new();
        let twice = roots
            .iter()
            .find(|root| !keys.insert(root.name_key.as_str()));
        let taken: Option<(String,)> = match twice {
            Some(root) => Some((root.name.clone(),)),
            None => {
                w.first(
                    &sql::name_taken(self.ids.len()),
                    with_ids(args![self.library, self.folder_id], &self.ids),
                )
                .await?
            }
        };
        match taken {
            None => Ok(()),
            Some((name,)) => Err(Error::Conflict(format!(
                "The name “{}” can be used only once in a folder, and it is taken where you want to move it. Rename it first",
                shown(&name)
            ))),
        }
    }

    async fn carry_out(
        &self,
        w: &mut Write<MoveItems>,
        me: Id<thing::Person>,
        roots: &[Selected],
    ) -> Result<()> {
        let count = self.ids.len();
        let paths: Vec<ItemPath> = w
            .all(&sql::paths(count), with_ids(args![], &self.ids))
            .await?;
        let was: HashMap<i64, String> = paths
            .into_iter()
            .map(|row| (row.id.raw(), row.path))
            .collect();
        w.execute(
            &sql::relocate(count),
            with_ids(args![self.library, self.folder_id], &self.ids),
        )
        .await?;
        self.say(w, me, roots, &was).await
    }

    /// What follows from having moved: the documents are placed anew, and there is a line for each.
    async fn say(
        &self,
        w: &mut Write<MoveItems>,
        me: Id<thing::Person>,
        roots: &[Selected],
        was: &HashMap<i64, String>,
    ) -> Result<()> {
        let count = self.ids.len();
        if !self.crosses() {
            for root in roots {
                let place = Place {
                    item: Some(root.id),
                    ..self.to
                };
                let before = was.get(&root.id.raw()).cloned().unwrap_or_default();
                let event = self.moved(&root.name, &place_name(&before), &place_name(&self.path));
                w.also(place, &event)?;
            }
            return Ok(());
        }
        let left = self.from.library.ok_or(Error::NotFound)?;
        // Asked after the rows are ours: who checks out meanwhile waits, and finds it moved.
        let obstacle: Option<Obstacle> = w
            .first(
                &sql::obstacle(count),
                with_ids(args![w.at(), me, left], &self.ids),
            )
            .await?;
        hindered(obstacle)?;
        let branches: Vec<Branch> = w
            .all(&sql::branches(count), with_ids(args![], &self.ids))
            .await?;
        self.place_anew(w, &branches).await?;
        let documents: Vec<i64> = branches
            .iter()
            .filter(|branch| branch.is_document)
            .map(|branch| branch.id.raw())
            .collect();
        carry(w, left, self.library, &documents).await?;
        carried::placed(w, self.to, self.library, &documents).await?;
        for branch in &branches {
            if branch.is_document || branch.id == branch.root {
                let was = was.get(&branch.root.raw()).map_or("", String::as_str);
                self.tell(w, branch, was)?;
            }
        }
        Ok(())
    }

    /// Closes the placements of the documents and opens new ones.
    async fn place_anew(&self, w: &mut Write<MoveItems>, branches: &[Branch]) -> Result<()> {
        let documents: Vec<_> = branches
            .iter()
            .filter(|branch| branch.is_document)
            .collect();
        let closed = w
            .execute(
                &sql::close_placements(self.ids.len()),
                with_ids(args![w.at()], &self.ids),
            )
            .await?;
        if closed != documents.len() as u64 {
            return Err(Error::Conflict(
                "Somebody else is moving these at this moment. Try again".to_owned(),
            ));
        }
        for batch in batches(&documents) {
            let mut args = Vec::with_capacity(batch.len() * 5);
            for document in batch {
                let id: Id<thing::Interval> = w.new_id();
                args.extend(args![id, document.id, self.library, w.at(), Time::FOREVER]);
            }
            w.execute(&sql::open_placements(batch.len()), args).await?;
        }
        let left = self.from.library.ok_or(Error::NotFound)?;
        let placed: Vec<i64> = documents.iter().map(|document| document.id.raw()).collect();
        publishing::within::moved(w, left, self.library, &placed, self.drafts).await
    }

    /// What the journal keeps. The ids of both libraries are for whoever inquires later who could
    /// see it when; they say nothing to somebody who may not see the library.
    fn moved(&self, name: &str, before: &str, after: &str) -> ItemMoved {
        let id = |place: &Place| place.library.map(|id| id.to_string()).unwrap_or_default();
        ItemMoved {
            name: name.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
            library_before: id(&self.from),
            library_after: id(&self.to),
        }
    }

    /// One line in the library that it leaves, and one in that where it arrives: neither names the
    /// other. The second is the document's own.
    fn tell(&self, w: &mut Write<MoveItems>, branch: &Branch, was: &str) -> Result<()> {
        let before = place_name(&inside(was, &branch.path));
        let after = place_name(&inside(&self.path, &branch.path));
        w.also(self.from, &self.moved(&branch.name, &before, ELSEWHERE))?;
        let arrived = Place {
            item: Some(branch.id),
            ..self.to
        };
        w.also(arrived, &self.moved(&branch.name, ELSEWHERE, &after))
    }
}
