//! A line of the journal as it is told on a page: what changed, and what it leads to.

use askama::Template;
use askama::filters::HtmlSafe;
use chancery::kernel::{Sort, Time};
use chancery::trail::TrailLine;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::components::Link;
use crate::format;

/// One thing that changed, or one burst of them, inside a day of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "trail/told.html")]
pub(in crate::pages) struct Told {
    /// What comes before the link.
    pub(super) before: String,
    /// The document, folder or library that it is about, where the viewer can open it.
    pub(super) link: Option<Link>,
    /// What comes after it.
    pub(super) after: String,
    /// What was said of it: a comment, a note.
    pub(super) quote: String,
    /// Who did it: "Daniel Okafor, Harbour Lights".
    pub(super) by: String,
    /// When, on the clock.
    pub(super) clock: String,
    /// When, for machines.
    pub(super) machine: String,
}

impl HtmlSafe for Told {}

impl Told {
    /// One line by itself.
    pub(super) fn one(line: &TrailLine, zone: &TimeZone) -> Self {
        let told = Self {
            quote: quote(&line.data),
            ..Self::by(line, zone)
        };
        let Some(thing) = thing(line) else {
            return Self {
                before: capital(&line.says),
                ..told
            };
        };
        let text = |field: &str| text(&line.data, field);
        let number = |field: &str| number(&line.data, field);
        // Where publishing is required a version has a name of its own.
        let called = |label: &str, field: &str| match text(label) {
            label if label.is_empty() => number(field).to_string(),
            label => label,
        };
        let after = match line.action.as_str() {
            "CreateFolder" => String::new(),
            "AddDocument" => " added".to_owned(),
            "AddVersion" | "CheckIn" => format!(", version {}", called("label", "version")),
            "PublishVersion" => format!(", version {} published", text("label")),
            "RestoreVersion" => format!(
                ", version {}, brought back from version {}",
                called("label", "version"),
                called("from_label", "from")
            ),
            "RenameItem" => format!(", called {} before", text("before")),
            "MoveItems" => {
                let (before, after) = moved(line);
                format!(" moved from {before} to {after}")
            }
            "ReleaseCheckOut" => format!(", check-out by {} released", text("holder")),
            "FillIn" => format!(", {}", moved(line).1),
            _ => format!(", {}", small(line.label)),
        };
        let before = if line.action == "CreateFolder" {
            "New folder "
        } else {
            ""
        };
        Self {
            before: before.to_owned(),
            link: Some(thing),
            after,
            ..told
        }
    }

    /// Several of the same by the same person in the same library on the same day, the newest of
    /// which is `line`. `more`: there may have been others before these.
    pub(super) fn burst(line: &TrailLine, count: usize, more: bool, zone: &TimeZone) -> Self {
        let things = |one: &str, many: &str| {
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            if more {
                format!("{} or more {many}", format::number(count))
            } else {
                format::count(count, one, many)
            }
        };
        let documents = things("document", "documents");
        let items = things("item", "items");
        let before = match line.action.as_str() {
            "AddDocument" => format!("{documents} added to "),
            "AddVersion" | "CheckIn" => format!("{} in ", things("new version", "new versions")),
            "CheckOut" => format!("{documents} checked out in "),
            "RenameItem" => format!("{items} renamed in "),
            "MoveItems" => format!("{items} moved in "),
            "BinItems" => format!("{items} deleted from "),
            "RestoreItems" => format!("{items} brought back from the recycle bin of "),
            "CreateFolder" => format!("{} in ", things("new folder", "new folders")),
            _ => format!("{}: {items} in ", line.label),
        };
        Self {
            before,
            link: line
                .library
                .as_ref()
                .map(|(id, name)| Link::new(name, format!("/libraries/{id}"))),
            ..Self::by(line, zone)
        }
    }

    fn by(line: &TrailLine, zone: &TimeZone) -> Self {
        Self {
            before: String::new(),
            link: None,
            after: String::new(),
            quote: String::new(),
            by: who(line),
            clock: format::clock(line.at.timestamp(), zone),
            machine: format::machine(line.at.timestamp()),
        }
    }
}

/// "Daniel Okafor, Harbour Lights".
pub(super) fn who(line: &TrailLine) -> String {
    line.who.in_full()
}

/// The document or folder that a line is about, where the viewer can open it.
pub(super) fn thing(line: &TrailLine) -> Option<Link> {
    let (id, name, is_document) = line.document.as_ref()?;
    if *is_document {
        return Some(Link::new(name, format!("/documents/{id}")));
    }
    let (library, _) = line.library.as_ref()?;
    Some(Link::new(name, format!("/libraries/{library}?folder={id}")))
}

/// What more there is to know of a line about the thing that it names, in a few words.
pub(super) fn facts(line: &TrailLine, zone: &TimeZone) -> String {
    let text = |field: &str| text(&line.data, field);
    let mut facts = Vec::new();
    let version = number(&line.data, "version");
    let from = number(&line.data, "from");
    // What is done about a marking names that, and everything else the version: where publishing is required it has a name of its own.
    let marks = line.sort == Sort::Marking;
    let called = |label: &str, number: i64| match text(label) {
        label if marks || label.is_empty() => number.to_string(),
        label => label,
    };
    if version > 0 && from > 0 {
        facts.push(format!(
            "Version {}, from version {}",
            called("label", version),
            called("from_label", from)
        ));
    } else if version > 0 {
        facts.push(format!("Version {}", called("label", version)));
    }
    if marks && !text("label").is_empty() {
        facts.push(text("label"));
    }
    match moved(line) {
        (before, after) if !before.is_empty() && !after.is_empty() => {
            facts.push(format!("from {before} to {after}"));
        }
        (before, _) if !before.is_empty() => facts.push(format!("called {before} before")),
        _ => {}
    }
    if !text("holder").is_empty() {
        facts.push(format!("held by {}", text("holder")));
    }
    if let Some((_, now, _)) = &line.document {
        let then = [text("document"), text("name"), text("folder")];
        if let Some(then) = then.iter().find(|then| !then.is_empty() && *then != now) {
            facts.push(format!("called {then} at that time"));
        }
    }
    let until = line.data.get("until").and_then(Value::as_i64);
    if let Some(until) = until.map(Time::from_micros).and_then(Time::ends) {
        facts.push(format!("until {}", format::moment(until.timestamp(), zone)));
    }
    let quote = match quote(&line.data) {
        said if said.is_empty() => text("reason"),
        said => said,
    };
    // Where there is nothing to open the whole sentence is told.
    let told = thing(line).is_none() && line.says.contains(&quote);
    if !quote.is_empty() {
        if !told {
            facts.push(format!("“{quote}”"));
        }
    } else if line.action == "CheckIn" || line.action == "AddVersion" {
        facts.push("no comment".to_owned());
    }
    capital(&facts.join(", "))
}

/// Whether something was done rather than looked at.
pub(super) fn changes(line: &TrailLine) -> bool {
    line.sort != Sort::Read
}

/// From where to where something was moved, or what was called or said what before and after.
fn moved(line: &TrailLine) -> (String, String) {
    line.moved
        .clone()
        .unwrap_or_else(|| (text(&line.data, "before"), text(&line.data, "after")))
}

fn text(data: &Value, field: &str) -> String {
    data.get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn number(data: &Value, field: &str) -> i64 {
    data.get(field).and_then(Value::as_i64).unwrap_or_default()
}

/// What its author said of it.
fn quote(data: &Value) -> String {
    ["comment", "note", "why"]
        .iter()
        .map(|field| text(data, field))
        .find(|said| !said.is_empty())
        .unwrap_or_default()
}

/// With a capital letter, to begin a sentence.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn small(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use chancery::kernel::{Id, Sort, Time};
    use chancery::people::Author;
    use chancery::trail::TrailLine;
    use jiff::tz::TimeZone;
    use serde_json::{Value, json};

    use super::{Told, facts};

    fn line(action: &str, label: &'static str, data: Value) -> TrailLine {
        let at: jiff::Timestamp = "2026-03-12T09:42:00Z".parse().expect("a moment");
        TrailLine {
            id: Id::from_raw(9),
            at: Time::from(at),
            who: Author {
                id: 5,
                name: "Daniel Okafor".to_owned(),
                organisation: "Harbour Lights".to_owned(),
            },
            says: "did something to Q3 return.docx".to_owned(),
            label,
            sort: Sort::Document,
            document: Some((Id::from_raw(3), "Q3 return.docx".to_owned(), true)),
            library: Some((Id::from_raw(2), "Case papers".to_owned())),
            position: None,
            moved: None,
            action: action.to_owned(),
            data,
        }
    }

    /// The words that are read.
    fn words(told: &Told) -> String {
        let thing = told.link.as_ref().map_or("", |link| &link.text);
        format!("{}{thing}{}", told.before, told.after)
    }

    #[test]
    fn a_change_is_told_by_the_thing_that_changed() {
        let told =
            |action, label, data| words(&Told::one(&line(action, label, data), &TimeZone::UTC));
        assert_eq!(
            told("AddDocument", "Added", json!({})),
            "Q3 return.docx added"
        );
        let checked_in = json!({ "version": 4, "comment": "Figures for February added" });
        assert_eq!(
            told("CheckIn", "Checked in", checked_in),
            "Q3 return.docx, version 4"
        );
        assert_eq!(
            told("CheckOut", "Checked out", json!({})),
            "Q3 return.docx, checked out"
        );
        let mut gone = line("BinItems", "Deleted", json!({}));
        gone.document = None;
        assert_eq!(
            words(&Told::one(&gone, &TimeZone::UTC)),
            "Did something to Q3 return.docx"
        );
    }

    #[test]
    fn a_burst_says_how_many_and_where() {
        let added = line("AddDocument", "Added", json!({}));
        let told = |more| words(&Told::burst(&added, 6, more, &TimeZone::UTC));
        assert_eq!(told(false), "6 documents added to Case papers");
        assert_eq!(told(true), "6 or more documents added to Case papers");
    }

    #[test]
    fn names_in_what_is_told_are_text_and_not_markup() {
        let mut line = line(
            "AddVersion",
            "New version",
            json!({ "version": 2, "comment": "<b>now</b>" }),
        );
        line.document = Some((Id::from_raw(3), "<img src=x>.docx".to_owned(), true));
        let html = Told::one(&line, &TimeZone::UTC).to_string();
        assert!(!html.contains("<img") && !html.contains("<b>"), "{html}");
        assert!(html.contains(
            "Daniel Okafor, Harbour Lights, <time datetime=\"2026-03-12T09:42:00Z\">9:42am</time>"
        ));
    }

    #[test]
    fn a_move_names_the_libraries_that_the_reader_may_see() {
        let kept = json!({ "before": "Returns", "after": "another library" });
        let mut line = line("MoveItems", "Moved", kept);
        assert_eq!(
            facts(&line, &TimeZone::UTC),
            "From Returns to another library"
        );
        line.moved = Some(("Returns".to_owned(), "the library Papers".to_owned()));
        assert_eq!(
            facts(&line, &TimeZone::UTC),
            "From Returns to the library Papers"
        );
        assert_eq!(
            words(&Told::one(&line, &TimeZone::UTC)),
            "Q3 return.docx moved from Returns to the library Papers"
        );
    }

    #[test]
    fn the_facts_of_a_line_are_those_that_its_name_does_not_say() {
        let facts = |data| facts(&line("CheckIn", "Checked in", data), &TimeZone::UTC);
        assert_eq!(
            facts(json!({ "version": 4, "document": "Q3 return.docx" })),
            "Version 4, no comment"
        );
        assert_eq!(
            facts(json!({ "version": 4, "document": "Q3.docx", "comment": "Done" })),
            "Version 4, called Q3.docx at that time, “Done”"
        );
        assert_eq!(
            facts(json!({ "before": "Returns", "after": "Returns / 2026", "comment": "-" })),
            "From Returns to Returns / 2026, “-”"
        );
    }

    #[test]
    fn a_decision_is_told_with_its_reason_and_a_reading_with_what_was_found() {
        let facts = |action, label, data| {
            let line = TrailLine {
                sort: Sort::Marking,
                ..line(action, label, data)
            };
            facts(&line, &TimeZone::UTC)
        };
        assert_eq!(
            facts(
                "RecordScan",
                "Read for its marking",
                json!({ "version": 2, "document": "Q3 return.docx", "label": "SECRET", "found": "it is marked SECRET" })
            ),
            "Version 2, SECRET"
        );
        assert_eq!(
            facts(
                "DestroyVersion",
                "Version destroyed",
                json!({ "version": 2, "document": "Q3 return.docx", "reason": "A spill" })
            ),
            "Version 2, “A spill”"
        );
        assert_eq!(
            facts(
                "Downgrade",
                "Marking corrected",
                json!({ "document": "Q3 return.docx", "label": "OFFICIAL", "reason": "Out of date" })
            ),
            "OFFICIAL, “Out of date”"
        );
    }
}
