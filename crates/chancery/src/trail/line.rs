//! A line of the trail, and which lines are asked for.

use serde_json::Value;

use crate::kernel::{Id, Sort, Time, thing};
use crate::people::Author;

/// Whose trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A site and the libraries in it that the viewer owns (for activity: can read), and who may see its other
    /// libraries, which is theirs to decide too.
    Site(Id<thing::Site>),
    /// A library.
    Library(Id<thing::Library>),
    /// A document, wherever it was at the time.
    Document(Id<thing::Document>),
}

/// Which lines of a trail.
#[derive(Debug, Clone, Default)]
pub struct TrailFilter {
    /// Only what this person did.
    pub person: Option<Id<thing::Person>>,
    /// Only from this moment on.
    pub from: Option<Time>,
    /// Only before this moment.
    pub until: Option<Time>,
    /// Only what is about this.
    pub sort: Option<Sort>,
    /// Only this action, by its name in the journal.
    pub action: Option<String>,
    /// Only lines older than this one: where the next page begins.
    pub before: Option<Id<thing::Entry>>,
    /// How many lines; 0 for the usual 50, at most 200.
    pub limit: u32,
}

/// One line of a trail.
#[derive(Debug, Clone)]
pub struct TrailLine {
    /// The entry.
    pub id: Id<thing::Entry>,
    /// When it happened.
    pub at: Time,
    /// Who did it, with the organisation they were of at that time.
    pub who: Author,
    /// What they did, after their name: "checked out Agenda.docx".
    pub says: String,
    /// The same in a word or two: "Checked out".
    pub label: &'static str,
    /// What it is about.
    pub sort: Sort,
    /// The document or folder, as it is called now, and whether it is a document. None where the
    /// viewer can no longer open it; `says` has the name it had then.
    pub document: Option<(Id<thing::Item>, String, bool)>,
    /// The library it happened in, where the viewer can open that or (for a change of access) still decides who can.
    pub library: Option<(Id<thing::Library>, String)>,
    /// Of a move to another library, from where to where, and of what was said of a document, what before and after that, with
    /// names as far as the viewer may know them: what `says` says too.
    pub moved: Option<(String, String)>,
    /// Its place in the sealed journal; none for the moment until it is sealed.
    pub position: Option<u64>,
    /// The action's name in the journal.
    pub action: String,
    /// What the journal keeps of it.
    pub data: Value,
}

/// Some lines of a trail, newest first.
#[derive(Debug, Clone)]
pub struct TrailPage {
    /// The lines.
    pub lines: Vec<TrailLine>,
    /// What to ask for with [`TrailFilter::before`] to see older ones; none at the end.
    pub next: Option<Id<thing::Entry>>,
    /// Who appears in the latest few thousand lines, whatever the filter, by name, with the organisation they are
    /// of now: the choices of the filter.
    pub people: Vec<Appearing>,
    /// What is not in it because the viewer may not see it.
    pub left_out: Option<LeftOut>,
}

/// Somebody who appears in a trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appearing {
    /// Who.
    pub who: Author,
    /// What tells them from others of that name and organisation in the same trail; empty where nobody else has them.
    pub apart: String,
}

/// What is not in a trail of a site, because the viewer may not see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOut {
    /// What was done and read in these libraries, which the viewer does not own but decides who can see.
    Libraries(Vec<(Id<thing::Library>, String)>),
    /// Whatever happened in libraries that the viewer cannot see, if there are any: which is not said.
    Unseen,
}

/// More libraries than this are counted.
const NAMED: usize = 5;

impl LeftOut {
    /// The same in a sentence.
    pub fn says(&self) -> String {
        let libraries = match self {
            Self::Unseen => {
                return "Only what happened in libraries that you can see is listed here."
                    .to_owned();
            }
            Self::Libraries(libraries) => libraries,
        };
        let named: Vec<&str> = libraries
            .iter()
            .take(NAMED)
            .map(|(_, name)| name.as_str())
            .collect();
        let all = match (named.as_slice(), libraries.len().saturating_sub(NAMED)) {
            ([one], 0) => (*one).to_owned(),
            ([most @ .., last], 0) => format!("{} and {last}", most.join(", ")),
            (named, 1) => format!("{} and 1 other library", named.join(", ")),
            (named, more) => format!("{} and {more} other libraries", named.join(", ")),
        };
        format!(
            "What was done and read in {all} is not listed here, because you do not own {}. How access to {} changed is listed.",
            if libraries.len() == 1 { "it" } else { "them" },
            if libraries.len() == 1 { "it" } else { "them" },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::LeftOut;
    use crate::kernel::Id;

    #[test]
    fn what_is_left_out_is_said_in_a_sentence() {
        let of = |count: i64| {
            let libraries = (1..=count).map(|number| (Id::from_raw(number), format!("L{number}")));
            LeftOut::Libraries(libraries.collect()).says()
        };
        assert!(of(1).starts_with(
            "What was done and read in L1 is not listed here, because you do not own it."
        ));
        assert!(of(3).starts_with("What was done and read in L1, L2 and L3 is not"));
        assert!(of(6).contains("L5 and 1 other library is not"));
        assert!(of(9).contains("L5 and 4 other libraries is not"));
    }
}
