//! Which lines, and how each is spoken.

use serde_json::Value;

use super::sql::LineRow;
use super::{TrailFilter, TrailLine};
use crate::capabilities::spoken;
use crate::kernel::{Id, Sort, Spoken, Time, thing};
use crate::{Error, Result};

const USUAL: u32 = 50;
const MOST: u32 = 200;

/// The filter as a statement takes it: nothing chosen is 0, an empty text, or the widest bound.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) person: i64,
    pub(super) sort: &'static str,
    pub(super) action: String,
    pub(super) from: Time,
    pub(super) until: Time,
    pub(super) before: i64,
    pub(super) limit: u32,
}

impl Chosen {
    pub(super) fn of(filter: &TrailFilter) -> Self {
        Self {
            person: filter.person.map_or(0, Id::raw),
            sort: filter.sort.map_or("", Sort::name),
            action: filter.action.clone().unwrap_or_default(),
            from: filter.from.unwrap_or(Time::from_micros(i64::MIN)),
            until: filter.until.unwrap_or(Time::FOREVER),
            before: filter.before.map_or(i64::MAX, Id::raw),
            limit: match filter.limit {
                0 => USUAL,
                asked => asked.min(MOST),
            },
        }
    }
}

/// The filter in words, for the journal's entry of an export.
pub(super) fn describe(filter: &TrailFilter) -> String {
    let mut said = Vec::new();
    if let Some(person) = filter.person {
        said.push(format!("person {person}"));
    }
    if let Some(sort) = filter.sort {
        said.push(format!("about {}", sort.name()));
    }
    if let Some(action) = &filter.action {
        // Somebody typed it: only a name that is in the list is repeated in the journal.
        said.push(format!(
            "action {}",
            spoken(action).map_or("unknown", |known| known.action)
        ));
    }
    if let Some(from) = filter.from {
        said.push(format!("from {from}"));
    }
    if let Some(until) = filter.until {
        said.push(format!("until {until}"));
    }
    if said.is_empty() {
        "everything".to_owned()
    } else {
        said.join(", ")
    }
}

impl LineRow {
    /// The line that the row is: the sentence comes from the one list of capabilities.
    pub(super) fn line(self, data: Value, moved: Option<(String, String)>) -> Result<TrailLine> {
        let known = spoken(&self.action);
        let speak = |known: &Spoken| match &moved {
            None => known.speak(&data),
            Some((before, after)) => {
                let mut named = data.clone();
                named["before"] = before.as_str().into();
                named["after"] = after.as_str().into();
                known.speak(&named)
            }
        };
        Ok(TrailLine {
            id: self.id,
            at: self.at,
            who: self.who,
            says: known.map_or_else(|| self.action.clone(), speak),
            label: known.map_or("Something else", |known| known.label),
            sort: Sort::from_name(&self.sort)
                .ok_or_else(|| Error::unavailable("an entry of an unknown sort"))?,
            document: named::<thing::Item>(self.item_id, self.item_name)
                .map(|(id, name)| (id, name, self.is_document == Some(1))),
            library: named(self.library_id, self.library_name),
            position: (self.position > 0).then_some(self.position),
            action: self.action,
            data,
            moved,
        })
    }

    /// What the journal keeps of it.
    pub(super) fn kept(&self) -> Result<Value> {
        serde_json::from_str(&self.data).map_err(Error::unavailable)
    }
}

fn named<T: ?Sized>(id: Option<i64>, name: Option<String>) -> Option<(Id<T>, String)> {
    Some((Id::from_raw(id?), name?))
}
