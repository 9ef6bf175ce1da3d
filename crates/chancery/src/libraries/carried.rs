//! What documents carry by what their library says of those in which no marking is found, when they come into another library.
//!
//! **Invariant:** moving or copying lowers nothing. What the new library says counts where it is as much as the document carried by
//! its library before, or more; otherwise the document keeps that, from now on as the word of whoever said it for that library,
//! which is lowered as any other: when somebody else agrees.

use markings::Outcome;

use super::sql::padded;
use super::{CarryMarking, MarkingCarried, sql::set::places};
use crate::Result;
use crate::kernel::{Action, Id, Place, Queries as _, Rules, Time, Write, args, record, thing};

/// How many documents are looked at in one statement.
const CHUNK: usize = 64;

record! {
    /// What the library says.
    struct DefaultRow { scheme: String, marking: String, set_by: i64 }
}
record! {
    /// What a document carries by what its library said, and the name of it.
    struct CarriedRow {
        document_id: Id<thing::Document>, name: String, level: i64, rank: i64, label: String,
        scheme: String, marking: String, set_by: i64,
    }
}
record! {
    struct BareRow { document_id: Id<thing::Document>, name: String }
}

/// What documents of the library `$2` carry in which no marking is found.
const DEFAULT: &str = "SELECT d.scheme, d.marking, d.set_by FROM library_markings d
  WHERE d.library_id = $2 AND d.from_at <= $1 AND $1 < d.until_at ORDER BY d.id DESC LIMIT 1";
const END_BY_LIBRARY: &str = "UPDATE markings SET until_at = $1
  WHERE document_id = $2 AND source = 'library' AND from_at <= $1 AND until_at > $1";
const MARK: &str =
    "INSERT INTO markings (id, document_id, level, label, from_at, until_at, source, scheme, marking, set_by, rank)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// What those of these documents carry by their library which carry something by it.
fn carried(count: usize) -> String {
    format!(
        "SELECT k.document_id, i.name, k.level, k.rank, k.label, k.scheme, k.marking, k.set_by
           FROM markings k JOIN items i ON i.id = k.document_id
          WHERE k.document_id IN ({}) AND k.source = 'library' AND k.from_at <= $1 AND $1 < k.until_at
          ORDER BY k.document_id, k.level DESC, k.rank DESC, k.id DESC",
        places(2, count)
    )
}

/// Those of these documents that carry nothing, of which everything was read.
fn bare(count: usize) -> String {
    format!(
        "SELECT i.id AS document_id, i.name FROM items i WHERE i.id IN ({}) AND i.is_document = 1
            AND NOT EXISTS (SELECT 1 FROM markings k WHERE k.document_id = i.id AND k.from_at <= $1 AND $1 < k.until_at)
            AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.document_id = i.id AND v.read_at > $1)
          ORDER BY i.id",
        places(2, count)
    )
}

#[cfg(test)]
pub(super) fn statements(count: usize) -> Vec<String> {
    let mut all: Vec<String> = [DEFAULT, END_BY_LIBRARY, MARK]
        .iter()
        .map(ToString::to_string)
        .collect();
    all.extend([carried(count), bare(count)]);
    all
}

/// What a library says, by the rules in force.
struct Says {
    row: DefaultRow,
    label: String,
    level: i64,
    rank: i64,
}

impl Says {
    /// None where the realm asks authors instead, or may not hold that any more.
    fn of(rules: &Rules, row: DefaultRow) -> Option<Self> {
        if rules.policy.unmarked != markings::Unmarked::Accept {
            return None;
        }
        let found = rules.policy.row(&row.scheme, &row.marking)?;
        let level = match found.outcome {
            Outcome::Allowed => 0,
            Outcome::Clearance => found.number,
            Outcome::Ask | Outcome::Above => return None,
        };
        let label = &rules.schemes.get(&row.scheme)?.level(&row.marking)?.name;
        Some(Self {
            label: label.clone(),
            level,
            rank: found.number,
            row,
        })
    }

    fn is_below(&self, carried: &CarriedRow) -> bool {
        (self.level, self.rank) < (carried.level, carried.rank)
    }

    fn is(&self, carried: &CarriedRow) -> bool {
        (self.row.scheme.as_str(), self.row.marking.as_str())
            == (carried.scheme.as_str(), carried.marking.as_str())
            && (self.level, self.rank) == (carried.level, carried.rank)
    }
}

/// These documents came into this library in this change, whose place it is: what it says of documents in which no marking is found
/// is said of them.
pub(crate) async fn placed<A: Action>(
    w: &mut Write<A>,
    place: Place,
    library: Id<thing::Library>,
    documents: &[i64],
) -> Result<()> {
    // Where nothing is read, nothing is said of it either, and what is carried stays as it is.
    let Some(rules) = w.actor().realm().rules() else {
        return Ok(());
    };
    if documents.is_empty() {
        return Ok(());
    }
    let at = w.at();
    let row: Option<DefaultRow> = w.first(DEFAULT, args![at, library]).await?;
    let says = row.and_then(|row| Says::of(&rules, row));
    for some in documents.chunks(CHUNK) {
        let ids = padded(some);
        let with_ids = || {
            let mut args = args![at];
            args.extend(ids.iter().map(|id| crate::kernel::Arg::from(*id)));
            args
        };
        let rows: Vec<CarriedRow> = w.all(&carried(ids.len()), with_ids()).await?;
        // The highest comes first.
        for rows in rows.chunk_by(|one, other| one.document_id == other.document_id) {
            settle(w, place, says.as_ref(), rows).await?;
        }
        let Some(says) = &says else {
            continue;
        };
        let bare: Vec<BareRow> = w.all(&bare(ids.len()), with_ids()).await?;
        for one in bare {
            let why = "no marking is found in it, and its library says so";
            say(w, place, says, one.document_id, &one.name, why).await?;
        }
    }
    Ok(())
}

/// A document that carried this by what its library said.
async fn settle<A: Action>(
    w: &mut Write<A>,
    place: Place,
    says: Option<&Says>,
    rows: &[CarriedRow],
) -> Result<()> {
    let Some(highest) = rows.first() else {
        return Ok(());
    };
    let at = w.at();
    let document = highest.document_id;
    match says {
        Some(says) if rows.len() == 1 && says.is(highest) => Ok(()),
        Some(says) if !says.is_below(highest) => {
            w.execute(END_BY_LIBRARY, args![at, document]).await?;
            let why = "its new library says so of documents in which no marking is found";
            say(w, place, says, document, &highest.name, why).await
        }
        _ => {
            w.execute(END_BY_LIBRARY, args![at, document]).await?;
            let id: Id<thing::Interval> = w.new_id();
            w.execute(
                MARK,
                args![
                    id,
                    document,
                    highest.level,
                    &highest.label,
                    at,
                    Time::FOREVER,
                    "person",
                    &highest.scheme,
                    &highest.marking,
                    highest.set_by,
                    highest.rank
                ],
            )
            .await?;
            let why = "it did so in the library that it comes from, and here it would carry less";
            tell(w, place, document, &highest.name, &highest.label, why)
        }
    }
}

/// A document carries what its library says.
async fn say<A: Action>(
    w: &mut Write<A>,
    place: Place,
    says: &Says,
    document: Id<thing::Document>,
    name: &str,
    why: &str,
) -> Result<()> {
    let (at, id): (Time, Id<thing::Interval>) = (w.at(), w.new_id());
    w.execute(
        MARK,
        args![
            id,
            document,
            says.level,
            &says.label,
            at,
            Time::FOREVER,
            "library",
            &says.row.scheme,
            &says.row.marking,
            says.row.set_by,
            says.rank
        ],
    )
    .await?;
    tell(w, place, document, name, &says.label, why)
}

fn tell<A: Action>(
    w: &mut Write<A>,
    place: Place,
    document: Id<thing::Document>,
    name: &str,
    label: &str,
    why: &str,
) -> Result<()> {
    let place = Place {
        item: Some(document.item()),
        ..place
    };
    w.also_of::<CarryMarking>(
        place,
        &MarkingCarried {
            document: name.to_owned(),
            label: label.to_owned(),
            why: why.to_owned(),
        },
    )
}
