//! The rows of the list of a library, and its columns.

use chancery::kernel::{Id, thing};
use chancery::libraries::columns::{Column, View};
use chancery::libraries::{Closing, ItemLine, Sort};

use super::super::When;
use super::super::properties::said_of;
use super::super::query::{Heading, Query};
use crate::components::{Hue, Tag};
use crate::format;
use crate::guest::Guest;
use crate::pages::documents::kind;

/// How many of the library's own columns are shown where no view says which.
const OWN_SHOWN: usize = 3;

/// A column after the name.
pub(super) struct Shown {
    /// As views and addresses name it.
    pub(super) key: String,
    /// One that no list is ordered by has no address.
    pub(super) heading: Heading,
    pub(super) width: &'static str,
}

/// What a row says in a column.
pub(super) struct Cell {
    /// Said before it where the table is a list; empty where it says nothing.
    pub(super) label: String,
    pub(super) text: String,
    pub(super) when: Option<When>,
    /// Stands in place of its text.
    pub(super) tag: Option<Tag>,
    pub(super) sub: String,
    pub(super) class: &'static str,
}

/// One row.
pub(super) struct Line {
    pub(super) id: Id<thing::Item>,
    pub(super) name: String,
    pub(super) href: String,
    pub(super) is_document: bool,
    /// What a folder holds, or where a found item is.
    pub(super) note: String,
    /// That it is checked out, and what there is to know of that.
    pub(super) held: Option<(Tag, String)>,
    /// How it is closed, and what that means.
    pub(super) closed: Option<(Tag, &'static str)>,
    pub(super) marking: Option<Tag>,
    pub(super) cells: Vec<Cell>,
}

impl Line {
    pub(super) fn of(
        guest: &Guest,
        library: Id<thing::Library>,
        columns: &[Column],
        shown: &[Shown],
        line: ItemLine,
    ) -> Self {
        let zone = guest.portal.zone();
        let cells = shown
            .iter()
            .map(|shown| cell(guest, columns, shown, &line))
            .collect();
        let href = if line.is_document {
            format!("/documents/{}", line.id)
        } else {
            format!("/libraries/{library}?folder={}", line.id)
        };
        let mut notes = Vec::new();
        if !line.is_document {
            // Only what is directly inside is counted; a folder of folders is not called empty.
            notes.push(match line.inside {
                0 => "Folder".to_owned(),
                some => format!("Folder, {}", format::count(some, "document", "documents")),
            });
        }
        if let Some(path) = line.where_.filter(|path| !path.is_empty()) {
            notes.push(format!("In {path}"));
        }
        let held = line.held.map(|held| {
            let until = format::day(held.until.timestamp(), zone);
            if held.mine {
                let since = format::day(held.since.timestamp(), zone);
                let tag = Tag::new("Checked out by you", Hue::Blue);
                (tag, format!("since {since}, until {until}"))
            } else {
                let by = format!("by {} of {} until {until}", held.name, held.organisation);
                (Tag::new("Checked out", Hue::Blue), by)
            }
        });
        Self {
            id: line.id,
            href,
            is_document: line.is_document,
            note: notes.join(". "),
            held,
            closed: line
                .closing
                .map(closed)
                .or_else(|| line.mine_alone.map(mine_alone)),
            marking: line
                .marking
                .as_deref()
                .map(|marking| marked(guest, marking, line.sealed)),
            cells,
            name: line.name,
        }
    }
}

impl Line {
    pub(super) fn tick_label(&self) -> String {
        format!("Select {}", self.name)
    }
}

/// What a row says in this column.
fn cell(guest: &Guest, columns: &[Column], shown: &Shown, line: &ItemLine) -> Cell {
    let by = match line.changed_by_organisation.as_str() {
        "" => line.changed_by.clone(),
        organisation => format!("{}, {organisation}", line.changed_by),
    };
    let mut cell = Cell {
        label: shown.heading.text.clone(),
        text: String::new(),
        when: None,
        tag: None,
        sub: String::new(),
        class: "",
    };
    match shown.key.as_str() {
        "changed" => {
            cell.when = Some(When::moment(line.changed_at, guest.portal.zone()));
            cell.sub = by;
        }
        "by" => cell.text = by,
        "version" if line.is_document => match &line.label {
            Some((label, true)) => cell.tag = Some(Tag::new(format!("Draft {label}"), Hue::Yellow)),
            Some((label, false)) => label.clone_into(&mut cell.text),
            None => cell.text = line.version.to_string(),
        },
        "size" => {
            cell.class = " ch-nowrap";
            if line.is_document {
                cell.text = format::size(line.size);
            }
        }
        "kind" if line.is_document => kind(&line.media_type).clone_into(&mut cell.text),
        key => {
            let column = columns.iter().find(|column| column.id.to_string() == key);
            let said = line
                .properties
                .iter()
                .find(|property| property.column.to_string() == key);
            if let (Some(column), Some(said)) = (column, said) {
                cell.class = " ch-said";
                cell.text = said_of(column, said);
            }
        }
    }
    if cell.text.is_empty() && cell.when.is_none() && cell.tag.is_none() {
        cell.label = String::new();
    }
    cell
}

/// The columns after the name: those of the view, or else the usual ones and the first of the library's own.
pub(super) fn shown(
    query: &Query,
    id: Id<thing::Library>,
    columns: &[Column],
    view: Option<&View>,
) -> Vec<Shown> {
    let usual = || {
        let own = columns
            .iter()
            .take(OWN_SHOWN)
            .map(|column| column.id.to_string());
        ["version", "size", "changed"]
            .map(str::to_owned)
            .into_iter()
            .chain(own)
            .collect()
    };
    let keys: Vec<String> = match view {
        Some(view) if !view.shape.columns.is_empty() => view.shape.columns.clone(),
        _ => usual(),
    };
    keys.into_iter()
        .filter_map(|key| {
            let (sort, text, width) = match key.as_str() {
                "version" => (Sort::Version, "Version", "ch-col-narrow"),
                "size" => (Sort::Size, "Size", "ch-col-narrow"),
                "changed" => (Sort::Changed, "Changed", "ch-col-wide"),
                "by" => (Sort::By, "Changed by", "ch-col-middle"),
                "kind" => (Sort::Kind, "Type", "ch-col-narrow"),
                _ => {
                    let column = columns.iter().find(|column| column.id.to_string() == key)?;
                    (Sort::Column(column.id), column.name.as_str(), "")
                }
            };
            Some(Shown {
                heading: query.heading(id, sort, text),
                width,
                key,
            })
        })
        .collect()
}

/// The tag of a marking, coloured by how it stands to the realm's designation.
fn marked(guest: &Guest, marking: &str, above: bool) -> Tag {
    let designation = &guest.portal.realm().settings().designation;
    Tag::marking(marking, designation, guest.portal.hue(), above)
}

/// How a document is closed, and what that means.
fn closed(closing: Closing) -> (Tag, &'static str) {
    match closing {
        Closing::BeingRead => (
            Tag::new("Being checked", Hue::Teal),
            "It can be opened in a moment",
        ),
        Closing::Held => (
            Tag::new("Held", Hue::Orange),
            "Only its author can open it until an assurance officer has decided",
        ),
        Closing::Sealed => (
            Tag::new("Sealed", Hue::Red),
            "Nobody can open it until an assurance officer has decided",
        ),
    }
}

/// The same where it is closed to everybody but whoever looks.
fn mine_alone(closing: Closing) -> (Tag, &'static str) {
    let (tag, _) = closed(closing);
    let says = match closing {
        Closing::BeingRead => "Only you can open it until that is done",
        Closing::Held | Closing::Sealed => {
            "Only you can open it. Its page says why, and what to do"
        }
    };
    (tag, says)
}
