//! Copying: new documents that begin with what another is now, and remember of which they are copies.

use std::borrow::Cow;
use std::collections::HashMap;

use super::change::bin_unlocked;
use super::guard::{Being, Guard, Subject, Touches, facts_in_turn};
use super::put::{bring, may_change, room};
use super::shift::{replaceable, target};
use super::sql::{self, BranchRow, Facts, MarkingRow};
use super::{
    Changed, Conditions, CopyItems, How, ItemCopied, Looked, Outcome, Spot, Stop, What, rules,
    scraps,
};
use crate::documents::{DownloadVersion, VersionDownloaded, within};
use crate::kernel::{
    Actor, Id, Needs, Place, Queries as _, Role, Time, Write, args, published, thing,
};
use crate::libraries::carried;
use crate::libraries::columns::copy_values;
use crate::libraries::rules::{ItemName, item_name};
use crate::libraries::{OnSelection, folder_within};
use crate::{Error, Result};

impl OnSelection for CopyItems {}

/// Copies what was found to where the other address is: all of it in one change, or nothing. What this
/// person may not know of is not copied; a protective marking is.
pub async fn copy(
    actor: &Actor,
    from: &Looked,
    to: &Looked,
    how: How,
    conditions: &Conditions,
) -> Outcome<Changed> {
    let (source, entry) = match (&from.what, &from.spot) {
        (What::Realm | What::Site(_) | What::Library, _) | (_, None) => return Err(Stop::Fixed),
        (What::Folder(entry) | What::Document(entry) | What::Scrap(entry), Some(spot)) => {
            (spot, entry)
        }
        _ => return Err(Error::NotFound.into()),
    };
    let target = target(to)?;
    if from.address.holds(&to.address)
        && (entry.is_folder || from.address.names().len() == to.address.names().len())
    {
        return Err(Stop::Itself);
    }
    may_change(target)?;
    if matches!(from.what, What::Scrap(_)) || rules::is_scrap(&target.name) {
        return Err(Error::Refused(
            "Programs keep files of such names for themselves. Use another name",
        )
        .into());
    }
    let name = item_name(&target.name)?;
    if !to.is_nothing() && !how.overwrite {
        return Err(Stop::Condition);
    }
    let guard = Guard::of(actor, conditions, &[from, to]).await?;
    let me = actor.me()?;
    let mut w = actor.write::<CopyItems>(target.library).await?;
    let (mut read_in, mut tree) = (None, Cow::Borrowed(sql::TREE));
    if source.library != target.library {
        let standing = w
            .also_needs(source.library, Needs::Role(Role::Reader))
            .await?;
        // Who may only read there takes along what is published there.
        if standing.sees_only_published() {
            tree = published(sql::TREE);
        }
        read_in = Some(standing.place);
    }
    let at = w.at();
    let tree: Vec<BranchRow> = w
        .all(
            &tree,
            args![
                at,
                me,
                entry.id,
                rules::COPIED_MOST as u64 + 1,
                source.library
            ],
        )
        .await?;
    if tree.is_empty() {
        return Err(Error::NotFound.into());
    }
    if tree.len() > rules::COPIED_MOST {
        return Err(Stop::Full("At most 10,000 things are copied at a time"));
    }
    if tree.iter().any(|row| row.sealed) {
        return Err(Error::Sealed.into());
    }
    let copying = Copying {
        me,
        target,
        how,
        read_in,
    };
    let other = occupant(&mut w, me, to, target).await?;
    let etag = match other {
        Some(other) if other.is_document && !entry.is_folder => {
            copying.onto(&mut w, &guard, to, &tree[0], &other).await?
        }
        other => {
            if let Some(other) = other {
                if matches!(to.what, What::Aside(_)) {
                    // It is still there for everybody else, and was not moved away to be deleted.
                    return Err(Error::Conflict("This name cannot be used here".to_owned()).into());
                }
                replaceable(&mut w, &guard, &other).await?;
                let place = w.standing().place;
                bin_unlocked(&mut w, me, place, other.id).await?;
            }
            room(&mut w, &guard, to, target).await?;
            copying.all(&mut w, &tree, &name).await?
        }
    };
    w.commit_each().await?;
    Ok(Changed {
        created: to.is_nothing(),
        etag,
    })
}

/// What has the name already. A scrap gives way.
async fn occupant(
    w: &mut Write<CopyItems>,
    me: Id<thing::Person>,
    to: &Looked,
    target: &Spot,
) -> Outcome<Option<Facts>> {
    let id = match &to.what {
        What::Nothing => return Ok(None),
        What::Scrap(scrap) => {
            scraps::used(w, me, scrap.id).await?;
            return Ok(None);
        }
        What::Aside(entry) => Some(entry.id),
        _ => to.entry().map(|entry| entry.id),
    };
    let there = facts_in_turn(w, me, id.ok_or(Error::NotFound)?).await?;
    there.still_in(target.library)?;
    Ok(Some(there))
}

struct Copying<'a> {
    me: Id<thing::Person>,
    target: &'a Spot,
    how: How,
    /// The library that it is taken out of, if that is another one.
    read_in: Option<Place>,
}

impl Copying<'_> {
    /// A document is copied onto another: that has one more version.
    async fn onto(
        &self,
        w: &mut Write<CopyItems>,
        guard: &Guard<'_>,
        to: &Looked,
        source: &BranchRow,
        other: &Facts,
    ) -> Outcome<String> {
        let etag = other.etag(self.me);
        let subject = Subject {
            library: other.library_id,
            item: other.id.raw(),
            state: Being::of(&etag),
        };
        guard
            .check(w, subject, &to.address, Touches::Itself)
            .await?;
        let content = source.content_id.ok_or(Error::NotFound)?;
        self.carry_marking(w, source, other.document()?).await?;
        if source.marked {
            self.placed(w, &[other.id.raw()]).await?;
        }
        self.carry_said(w, source, other.id).await?;
        let brought = bring(w, self.me, other, content, source.size).await?;
        if matches!(to.what, What::Aside(_)) {
            scraps::step_back(w, self.me, other).await?;
        }
        if !w.has_entries() {
            let place = w.standing().place;
            let place = Place {
                item: Some(other.id),
                ..place
            };
            w.also_of::<super::SetProperties>(
                place,
                &super::PropertiesSet {
                    name: other.name.clone(),
                },
            )?;
        }
        self.taken_out(w, source)?;
        Ok(brought.unwrap_or(etag))
    }

    async fn all(
        &self,
        w: &mut Write<CopyItems>,
        tree: &[BranchRow],
        name: &ItemName,
    ) -> Outcome<String> {
        let mut copies: HashMap<i64, i64> = HashMap::new();
        let mut marked = Vec::new();
        let mut etag = String::new();
        for (depth, row) in tree.iter().enumerate() {
            let root = depth == 0;
            if !root && !self.how.deep {
                break;
            }
            let folder = if root {
                self.target.folder.map_or(0, Id::raw)
            } else {
                match copies.get(&row.folder_id) {
                    Some(folder) => *folder,
                    None => continue,
                }
            };
            let called = if root {
                name.clone()
            } else {
                ItemName {
                    name: row.name.clone(),
                    key: row.name_key.clone(),
                }
            };
            let copy = if row.is_document {
                let content = row.content_id.ok_or(Error::NotFound)?;
                let (copy, version) =
                    within::add(w, self.target.library, folder, &called, content, row.size).await?;
                within::copied_from(w, copy, Id::from_raw(row.id.raw()), row.version).await?;
                self.carry_marking(w, row, copy).await?;
                if row.marked {
                    marked.push(copy.raw());
                }
                copy_values(w, self.target.library, row.id.raw(), copy).await?;
                self.taken_out(w, row)?;
                if root {
                    etag = super::look::tag(version);
                }
                copy.item()
            } else {
                let copy = folder_within(w, self.target.library, folder, &called).await?;
                copies.insert(row.id.raw(), copy.raw());
                copy.item()
            };
            if row.said {
                w.execute(sql::SAY_THE_SAME, args![row.id, copy]).await?;
            }
            let place = Place {
                item: Some(copy),
                ..w.standing().place
            };
            w.also(
                place,
                &ItemCopied {
                    name: called.name,
                    of: row.id.to_string(),
                    version: row.version,
                },
            )?;
        }
        self.placed(w, &marked).await?;
        Ok(etag)
    }

    /// What the library says of documents in which no marking is found counts of these too.
    async fn placed(&self, w: &mut Write<CopyItems>, documents: &[i64]) -> Result<()> {
        let place = w.standing().place;
        carried::placed(w, place, self.target.library, documents).await
    }

    /// Who looks at the trail of the library that a document was copied out of finds it there as read.
    fn taken_out(&self, w: &mut Write<CopyItems>, source: &BranchRow) -> Result<()> {
        let Some(place) = self.read_in else {
            return Ok(());
        };
        let place = Place {
            item: Some(source.id),
            ..place
        };
        w.also_of::<DownloadVersion>(
            place,
            &VersionDownloaded {
                document: source.name.clone(),
                version: i64::try_from(source.version).unwrap_or(i64::MAX),
                label: source.label(),
            },
        )
    }

    /// What is marked stays so in its copy.
    async fn carry_marking(
        &self,
        w: &mut Write<CopyItems>,
        source: &BranchRow,
        copy: Id<thing::Document>,
    ) -> Result<()> {
        if !source.marked {
            return Ok(());
        }
        let at = w.at();
        let markings: Vec<MarkingRow> = w.all(sql::MARKINGS, args![at, source.id]).await?;
        for marking in markings {
            let id: Id<thing::Interval> = w.new_id();
            w.execute(sql::MARK, args![id, copy, marking.id, at, Time::FOREVER])
                .await?;
        }
        Ok(())
    }

    async fn carry_said(
        &self,
        w: &mut Write<CopyItems>,
        source: &BranchRow,
        copy: Id<thing::Item>,
    ) -> Result<()> {
        w.execute(sql::UNSAY, args![copy]).await?;
        if source.said {
            w.execute(sql::SAY_THE_SAME, args![source.id, copy]).await?;
        }
        Ok(())
    }
}
