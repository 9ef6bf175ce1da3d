//! What is in a library, a page at a time.

use super::columns::{self, Column};
use super::cursor::{Cursor, Key, order};
use super::head::{folder_of, head_of};
use super::sql::{self, Begin, FEW, Found, ItemRow, Narrow, Part, PlaceRow, Question, Reach};
use super::{COUNTED, Closing, Held, ItemLine, LibraryPage, Listing, Sort, ViewLibrary};
use crate::kernel::{Actor, Id, Queries as _, Read, Time, args, like, searchable, thing};
use crate::libraries::publishing::Label;
use crate::people::CONSOLE;
use crate::people::text::name_key;
use crate::{Error, Result};

const LIMIT: u32 = 50;
const LIMIT_MAX: u32 = 200;
/// A folder that is ordered as a whole, every line of it looked up: of a larger one, a page is found by going through the
/// order.
const SMALL: u64 = 2_000;

/// What is in a library: a folder, or everything that fits what is looked for. The number of
/// queries does not depend on how much that is.
pub async fn list(
    actor: &Actor,
    library: Id<thing::Library>,
    listing: &Listing,
) -> Result<LibraryPage> {
    let mut proof = actor.read::<ViewLibrary>(library).await?;
    let me = actor.me()?;
    let head = head_of(&mut proof).await?;
    let folder = match listing.folder {
        Some(folder) => Some(folder_of(&mut proof, library, folder).await?),
        None => None,
    };
    let mut asked = Asked::new(&mut proof, me, listing, LIMIT_MAX).await?;
    // Which way to a page of a folder is shorter depends on how much there is in it.
    let counted = if asked.question.reach == Reach::Directly && !is_indexed(listing.sort) {
        Some(asked.count(&mut proof, SMALL).await?)
    } else {
        None
    };
    if counted.is_some_and(|counted| counted > SMALL) {
        asked.begin = Begin::Order;
    }
    let (rows, fitting) = asked.rows(&mut proof).await?;
    let next = asked.next(&rows);
    let total = match counted.or(fitting) {
        Some(counted) => counted,
        None => asked.count(&mut proof, COUNTED).await?,
    };
    let mut items = asked.lines(rows);
    if listing.properties {
        columns::look_up(&mut proof, &asked.columns, &mut items).await?;
    }
    Ok(LibraryPage {
        head,
        folder,
        columns: asked.columns,
        items,
        next,
        total: total.min(COUNTED + 1),
    })
}

/// The lines of a page alone, decided about anew, and where the next begins: for what is made of many pages.
pub(super) async fn lines(
    actor: &Actor,
    library: Id<thing::Library>,
    listing: &Listing,
) -> Result<(Vec<Column>, Vec<ItemLine>, Option<String>)> {
    let mut proof = actor.read::<ViewLibrary>(library).await?;
    let me = actor.me()?;
    if let Some(folder) = listing.folder {
        folder_of(&mut proof, library, folder).await?;
    }
    let mut asked = Asked::new(&mut proof, me, listing, u32::MAX).await?;
    // A folder of which there is another page is large: to order it anew for each page would take the longer the more
    // there are.
    if asked.question.reach == Reach::Directly
        && !is_indexed(listing.sort)
        && (asked.cursor.is_some() || asked.count(&mut proof, SMALL).await? > SMALL)
    {
        asked.begin = Begin::Order;
    }
    let (rows, _) = asked.rows(&mut proof).await?;
    let next = asked.next(&rows);
    let mut items = asked.lines(rows);
    columns::look_up(&mut proof, &asked.columns, &mut items).await?;
    Ok((asked.columns, items, next))
}

/// Whether a list is ordered by the names of persons, of some of whom whoever looks may not know.
fn is_of_persons(columns: &[Column], sort: Sort) -> bool {
    columns.iter().any(|column| {
        Some(column.id.raw()) == sort.column() && column.kind == columns::ColumnKind::Person
    })
}

/// What the last line of a page says in the column that the list is ordered by, for a place that does not say it itself.
async fn place_in_order(
    proof: &mut Read<ViewLibrary>,
    me: Id<thing::Person>,
    listing: &Listing,
    item: i64,
) -> Result<Key> {
    let column = listing.sort.column().unwrap_or_default();
    let args = args![proof.at(), me, proof.target(), item, column];
    let row: Option<PlaceRow> = proof.first(sql::PLACE_IN_ORDER, args).await?;
    let row = row.ok_or_else(|| {
        Error::invalid(
            "after",
            "What this page ended with is not there any more. Begin at the first page",
        )
    })?;
    Ok(Key::Cell(row.number, row.text))
}

/// Whether each folder has an index for this order.
fn is_indexed(sort: Sort) -> bool {
    matches!(sort, Sort::Name | Sort::Changed | Sort::Size)
}

/// What was found of a page so far.
#[derive(Default)]
struct Lines {
    rows: Vec<(Part, ItemRow)>,
    fitting: Option<u64>,
    /// It has to be found in another way.
    again: bool,
}

impl Lines {
    fn add(&mut self, lines: Vec<(Part, ItemRow)>) {
        let fitting = lines.first().and_then(|(_, line)| line.fitting);
        self.fitting = self.fitting.or(fitting);
        self.rows.extend(lines);
    }
}

/// What was asked, by whom, and for how many lines.
struct Asked<'a> {
    listing: &'a Listing,
    me: Id<thing::Person>,
    wanted: usize,
    question: Question,
    begin: Begin,
    cursor: Option<Cursor>,
    columns: Vec<Column>,
    /// Whoever asks sees more than what is published.
    sees_drafts: bool,
}

impl<'a> Asked<'a> {
    async fn new(
        proof: &mut Read<ViewLibrary>,
        me: Id<thing::Person>,
        listing: &'a Listing,
        most: u32,
    ) -> Result<Self> {
        searchable(&listing.find)?;
        let mut cursor = listing
            .after
            .as_deref()
            .map(|after| Cursor::read(after, listing.sort, listing.descending))
            .transpose()?;
        let columns = if listing.properties
            || listing.sort.column().is_some()
            || listing.filters.iter().any(columns::Filter::is_of_column)
        {
            columns::of_library(proof, proof.at(), proof.target()).await?
        } else {
            Vec::new()
        };
        // Only we say where a name is in the order of persons: whoever could, could find it out by asking.
        if let Some(Cursor {
            key: key @ (Key::Person | Key::Cell(..)),
            id,
            ..
        }) = &mut cursor
            && (*key == Key::Person || is_of_persons(&columns, listing.sort))
        {
            *key = place_in_order(proof, me, listing, *id).await?;
        }
        if let Some(column) = listing.sort.column()
            && columns.iter().all(|known| known.id.raw() != column)
        {
            return Err(Error::invalid(
                "sort",
                "Order the list by something that it has",
            ));
        }
        let mut narrows = Vec::new();
        if !listing.find.trim().is_empty() {
            narrows.push(Narrow::Named(like(&name_key(&listing.find))));
        }
        narrows.extend(sql::held(listing.state, me));
        if listing.changed_since.is_some() || listing.changed_until.is_some() {
            narrows.push(Narrow::Changed(
                listing.changed_since.unwrap_or_default(),
                listing.changed_until.unwrap_or(Time::FOREVER),
            ));
        }
        let publishing = proof.standing().publishing;
        columns::checked(&listing.filters, proof.at(), &columns, publishing)?;
        for filter in &listing.filters {
            columns::narrow(proof, me, filter, &columns, &mut narrows).await?;
        }
        let named_only = narrows
            .iter()
            .all(|narrow| matches!(narrow, Narrow::Named(_)));
        let reach = match (listing.is_search(), listing.folder) {
            (false, _) => Reach::Directly,
            (true, None) => Reach::Whole,
            (true, Some(_)) => Reach::Below,
        };
        Ok(Self {
            question: Question {
                at: proof.at(),
                me,
                library: proof.target(),
                folder: listing.folder.map_or(0, Id::raw),
                reach,
                sort: listing.sort,
                descending: listing.descending,
                documents_only: listing.flat || !named_only,
                narrows,
            },
            begin: match reach {
                Reach::Whole => Begin::Order,
                _ => Begin::Place,
            },
            listing,
            me,
            wanted: match listing.limit {
                0 => LIMIT as usize,
                limit => limit.min(most) as usize,
            },
            cursor,
            columns,
            sees_drafts: !proof.standing().sees_only_published(),
        })
    }

    /// Finds out with which filter a page of the whole library is found soonest, and how much that one leaves at most: more
    /// than [`FEW`] where the order is gone through.
    async fn weigh(&mut self, proof: &mut Read<ViewLibrary>) -> Result<u64> {
        let (text, args) = self.question.weigh();
        let found: Vec<Found> = proof.all(&text, args).await?;
        let least = found.first().ok_or(Error::NotFound)?;
        self.begin = if least.found <= FEW {
            Begin::Filter(usize::try_from(least.which).unwrap_or_default())
        } else {
            Begin::Order
        };
        Ok(least.found)
    }

    /// How many lines there are on all pages, up to a limit and one more.
    async fn count(&self, proof: &mut Read<ViewLibrary>, limit: u64) -> Result<u64> {
        let begin = match self.begin {
            Begin::Order if !self.question.narrows.is_empty() => Begin::Filter(0),
            other => other,
        };
        // Folders have names too.
        let begin = if self.question.documents_only {
            begin
        } else {
            Begin::Place
        };
        let (text, args) = self.question.count(begin, limit + 1);
        let (total,): (u64,) = proof.one(&text, args).await?;
        Ok(total)
    }

    /// One line more than wanted, when there is one: folders, then documents, then those that say nothing in the
    /// column that the list is ordered by. And how many fit in all, where that was found on the way.
    async fn rows(
        &mut self,
        proof: &mut Read<ViewLibrary>,
    ) -> Result<(Vec<(Part, ItemRow)>, Option<u64>)> {
        // Whether what a single filter leaves is little, the page that is begun with it says, by being empty.
        let mut weighed = true;
        if self.question.reach == Reach::Whole && !self.question.narrows.is_empty() {
            if self.question.is_by_name() {
                // In the order of names that is one and the same.
                if self.listing.sort != Sort::Name {
                    self.begin = Begin::Filter(0);
                }
            } else if self.question.narrows.len() == 1 {
                self.begin = Begin::Filter(0);
                weighed = false;
            } else if self.weigh(proof).await? == 0 {
                return Ok((Vec::new(), Some(0)));
            }
        }
        loop {
            let mut found = Lines::default();
            for part in [Part::Folders, Part::Documents, Part::Lacking] {
                if !self.is_asked(part) || found.rows.len() > self.wanted {
                    continue;
                }
                let lines = self.part(proof, part, found.rows.len()).await?;
                if matches!(self.begin, Begin::Filter(_)) && !self.question.is_by_name() {
                    let least = match lines.first() {
                        Some((_, line)) => line.weighed,
                        None if weighed => 0,
                        None => {
                            weighed = true;
                            let least = self.weigh(proof).await?;
                            if least == 0 {
                                return Ok((Vec::new(), Some(0)));
                            }
                            least
                        }
                    };
                    if least > FEW {
                        self.begin = Begin::Order;
                        found.again = true;
                        break;
                    }
                }
                found.add(lines);
            }
            if !found.again {
                let fitting = found.fitting.filter(|_| self.question.documents_only);
                return Ok((found.rows, fitting));
            }
        }
    }

    /// Which part the last page ended in.
    fn at(&self) -> Option<Part> {
        self.cursor.as_ref().map(|cursor| match cursor.key {
            _ if cursor.folder => Part::Folders,
            Key::Lacking => Part::Lacking,
            _ => Part::Documents,
        })
    }

    fn is_asked(&self, part: Part) -> bool {
        let absent = match part {
            Part::Folders => self.question.documents_only,
            Part::Documents => false,
            Part::Lacking => self.listing.sort.column().is_none(),
        };
        !absent && self.at().is_none_or(|at| part >= at)
    }

    async fn part(
        &self,
        proof: &mut Read<ViewLibrary>,
        part: Part,
        already: usize,
    ) -> Result<Vec<(Part, ItemRow)>> {
        let after = self.cursor.as_ref().filter(|_| self.at() == Some(part));
        let limit = (self.wanted + 1).saturating_sub(already) as u64;
        let (text, args) = self.question.page(part, self.begin, after, limit);
        let found: Vec<ItemRow> = proof.all(&text, args).await?;
        Ok(found.into_iter().map(|row| (part, row)).collect())
    }

    /// Where the next page begins, when there is one.
    fn next(&self, rows: &[(Part, ItemRow)]) -> Option<String> {
        let (part, row) = (rows.len() > self.wanted)
            .then(|| rows.get(self.wanted - 1))
            .flatten()?;
        let Listing {
            sort, descending, ..
        } = *self.listing;
        let number = |number: u64| Key::Number(i64::try_from(number).unwrap_or(i64::MAX));
        let key = match order(*part == Part::Folders, sort, descending).0 {
            "changed_at" => Key::Number(row.changed_at.micros()),
            "size" => number(row.size),
            "version" => number(row.version),
            "author_key" => Key::Text(row.author_key.clone()),
            "media_type" => Key::Text(row.media_type.clone()),
            "" if *part == Part::Lacking => Key::Lacking,
            "" if is_of_persons(&self.columns, sort) => Key::Person,
            "" => Key::Cell(row.cell_number, row.cell_text.clone()),
            _ => Key::Text(row.name_key.clone()),
        };
        let cursor = Cursor {
            folder: *part == Part::Folders,
            key,
            id: row.id,
        };
        Some(cursor.write(sort, descending))
    }

    fn lines(&self, rows: Vec<(Part, ItemRow)>) -> Vec<ItemLine> {
        rows.into_iter()
            .take(self.wanted)
            .map(|(part, row)| self.line(part == Part::Folders, row))
            .collect()
    }

    fn line(&self, is_folder: bool, row: ItemRow) -> ItemLine {
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
            next_label: row
                .major
                .zip(row.minor)
                .filter(|_| self.sees_drafts)
                .map(|(major, minor)| Label { major, minor }.next().to_string()),
            size: row.size,
            media_type: row.media_type,
            changed_at: row.changed_at,
            changed_by: row.changed_by_name.unwrap_or_else(|| CONSOLE.to_owned()),
            changed_by_organisation: row.changed_by_organisation.unwrap_or_default(),
            held,
            marking: row.marking,
            closing: Closing::from_level(row.closing),
            mine_alone: Closing::to_others(row.closing),
            sealed: row.closing > 0,
            inside: row.inside,
            where_: self.listing.is_search().then_some(row.path),
            properties: Vec::new(),
        }
    }
}
