//! What is in a library, a page at a time.

use super::cursor::{Cursor, Key, order};
use super::head::{folder_of, head_of};
use super::sql::{self, Arm, ItemRow, Reach};
use super::{COUNTED, FolderHead, Held, ItemLine, LibraryPage, Listing, State, ViewLibrary, rules};
use crate::Result;
use crate::kernel::{Actor, Arg, Id, Queries as _, Read, args, like, searchable, thing};
use crate::people::CONSOLE;
use crate::people::text::name_key;
use crate::publishing::Label;

const LIMIT: u32 = 50;
const LIMIT_MAX: u32 = 200;

/// What is in a library: a folder, or everything that fits what is looked for. The number of
/// queries does not depend on how much that is.
pub async fn list(
    actor: &Actor,
    library: Id<thing::Library>,
    listing: &Listing,
) -> Result<LibraryPage> {
    let mut proof = actor.read::<ViewLibrary>(library).await?;
    let me = actor.me()?;
    searchable(&listing.find)?;
    let cursor = listing
        .after
        .as_deref()
        .map(|after| Cursor::read(after, listing.sort, listing.descending))
        .transpose()?;
    let head = head_of(&mut proof).await?;
    let folder = match listing.folder {
        Some(folder) => Some(folder_of(&mut proof, library, folder).await?),
        None => None,
    };
    let asked = Asked {
        listing,
        me,
        wanted: match listing.limit {
            0 => LIMIT as usize,
            limit => limit.min(LIMIT_MAX) as usize,
        },
    };
    let rows = asked.rows(&mut proof, cursor.as_ref()).await?;
    let next = asked.next(&rows);
    // A search goes through every name, and does so once where all that it found is here.
    let total = if listing.is_search() && cursor.is_none() && rows.len() <= asked.wanted {
        rows.len() as u64
    } else {
        let counted = sql::count(asked.reach());
        let (total,): (u64,) = proof.one(&counted, asked.counting(&proof)).await?;
        total
    };
    let above = folder.as_ref().map(FolderHead::whole_path);
    let items = rows
        .into_iter()
        .take(asked.wanted)
        .map(|(is_folder, row)| asked.line(is_folder, row, above.as_deref()))
        .collect();
    Ok(LibraryPage {
        head,
        folder,
        items,
        next,
        total,
    })
}

/// What was asked, by whom, and for how many lines.
struct Asked<'a> {
    listing: &'a Listing,
    me: Id<thing::Person>,
    wanted: usize,
}

impl Asked<'_> {
    /// A state or a change is of documents: folders have neither.
    fn reach(&self) -> Reach {
        if self.listing.state != State::Any || self.listing.changed_since.is_some() {
            Reach::Filtered
        } else if self.listing.is_search() {
            Reach::Named
        } else {
            Reach::Directly
        }
    }

    /// What every statement of this listing begins with.
    fn fixed(&self, proof: &Read<ViewLibrary>) -> Vec<Arg> {
        let listing = self.listing;
        let mut args = args![
            proof.at(),
            self.me,
            proof.target(),
            listing.folder.map_or(0, Id::raw)
        ];
        let reach = self.reach();
        if reach != Reach::Directly {
            args.push(Arg::from(like(&name_key(&listing.find))));
        }
        if reach == Reach::Filtered {
            args.push(Arg::from(listing.changed_since.unwrap_or_default()));
            args.push(Arg::from(match listing.state {
                State::Any => 0_i64,
                State::CheckedOut => 1,
                State::Mine => 2,
            }));
        }
        args
    }

    fn counting(&self, proof: &Read<ViewLibrary>) -> Vec<Arg> {
        let mut args = self.fixed(proof);
        args.push(Arg::from(COUNTED + 1));
        args
    }

    /// One line more than wanted, when there is one: folders, then documents.
    async fn rows(
        &self,
        proof: &mut Read<ViewLibrary>,
        cursor: Option<&Cursor>,
    ) -> Result<Vec<(bool, ItemRow)>> {
        let mut rows = Vec::new();
        for folders in [true, false] {
            let beyond = cursor.is_some_and(|cursor| folders && !cursor.folder);
            if beyond || (folders && self.reach() == Reach::Filtered) {
                continue;
            }
            let after = cursor.filter(|cursor| cursor.folder == folders);
            let arm = Arm {
                folders,
                sort: self.listing.sort,
                descending: self.listing.descending,
                after: after.is_some(),
                reach: self.reach(),
            };
            let mut args = self.fixed(proof);
            args.push(Arg::from(
                (self.wanted + 1).saturating_sub(rows.len()) as u64
            ));
            if let Some(cursor) = after {
                args.push(Arg::from(cursor.key.clone()));
                args.push(Arg::from(cursor.id));
            }
            let found: Vec<ItemRow> = proof.all(&arm.sql(), args).await?;
            rows.extend(found.into_iter().map(|row| (folders, row)));
        }
        Ok(rows)
    }

    /// Where the next page begins, when there is one.
    fn next(&self, rows: &[(bool, ItemRow)]) -> Option<String> {
        let (folder, row) = (rows.len() > self.wanted)
            .then(|| rows.get(self.wanted - 1))
            .flatten()?;
        let Listing {
            sort, descending, ..
        } = *self.listing;
        let key = match order(*folder, sort, descending).0 {
            "changed_at" => Key::Number(row.changed_at.micros()),
            "size" => Key::Number(i64::try_from(row.size).unwrap_or(i64::MAX)),
            _ => Key::Text(row.name_key.clone()),
        };
        let cursor = Cursor {
            folder: *folder,
            key,
            id: row.id,
        };
        Some(cursor.write(sort, descending))
    }

    fn line(&self, is_folder: bool, row: ItemRow, above: Option<&str>) -> ItemLine {
        let held = match (row.holder_id, row.held_since, row.held_until) {
            (Some(by), Some(since), Some(until)) => Some(Held {
                by,
                name: row.holder_name.unwrap_or_default(),
                organisation: row.holder_organisation.unwrap_or_default(),
                since,
                until,
                mine: by == self.me,
            }),
            _ => None,
        };
        ItemLine {
            id: Id::from_raw(row.id),
            is_document: !is_folder,
            name: row.name,
            version: row.version,
            label: row.major.zip(row.minor).map(|(major, minor)| {
                let label = Label { major, minor };
                let draft = row.published != Some(row.version);
                (label.name(row.version), draft)
            }),
            size: row.size,
            media_type: row.media_type,
            changed_at: row.changed_at,
            changed_by: row.changed_by_name.unwrap_or_else(|| CONSOLE.to_owned()),
            changed_by_organisation: row.changed_by_organisation.unwrap_or_default(),
            held,
            marking: row.marking,
            sealed: row.sealed,
            inside: row.inside,
            where_: self
                .listing
                .is_search()
                .then(|| rules::inside(above.unwrap_or_default(), &row.path)),
        }
    }
}
