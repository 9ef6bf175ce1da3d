//! What people are told of a document: those whom it is closed to, that it is; those who made it or own its library, why; and
//! whoever may read it, what was found when it was read. Never the words themselves, which are for officers.

use super::told_sql::{self, ClosedRow, PlacesRow, ReadRow};
use super::{AlertKind, AlertLine, Findings, ViewReading, ViewSeal, says, verdict_of};
use crate::kernel::{Actor, FromRow, Id, Queries as _, Read, Role, Row, Time, args, thing};
use crate::libraries::{Closing, LibraryHead, head_of};
use crate::people::Author;
use crate::{Error, Result};
use markings::Verdict;

/// How many places are named to those who are told why.
const PLACES: usize = 5;

/// Why a document is sealed, for those who made it or own its library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The alert: what was found, in which version, who made it, who has it in hand, and what was decided.
    pub alert: AlertLine,
    /// Where it was found; never the words themselves.
    pub places: Vec<String>,
    /// Who said so, where that was not read: "Ann Brook of Harbour Lights said that it is marked SECRET".
    pub said: Option<String>,
    /// Whether this person made the version.
    pub mine: bool,
}

impl Why {
    /// Whether this person is asked about it: they made the version, and nobody has decided.
    pub fn asks_me(&self) -> bool {
        self.mine
            && self.alert.decided.is_none()
            && matches!(
                self.alert.kind,
                AlertKind::Unmarked | AlertKind::Doubtful | AlertKind::Ask
            )
    }

    /// What happened, in a sentence without a capital or a full stop: "it is marked SECRET in header 1, line 1".
    pub fn says(&self, designation: &str) -> String {
        let label = &self.alert.label;
        let place = match self.places.as_slice() {
            [] => String::new(),
            [one] => format!(" ({one})"),
            [one, ..] => format!(" ({one}, and elsewhere)"),
        };
        if let Some(said) = &self.said {
            return match self.alert.kind {
                AlertKind::Above => format!("{said}, which is above {designation}"),
                _ => format!("{said}, and whoever marked it must say whether it may be here"),
            };
        }
        match self.alert.kind {
            AlertKind::Malware => format!("it is malware: {label}"),
            AlertKind::Above => {
                format!("it is marked {label}{place}, which is above {designation}")
            }
            AlertKind::Unread => {
                "it could not be read wholly, so nobody can say whether it carries a marking"
                    .to_owned()
            }
            AlertKind::Ask => format!(
                "it is marked {label}{place}, and whoever marked it must say whether it may be here"
            ),
            AlertKind::Doubtful if label.is_empty() => {
                format!("it may carry a marking that may not be here{place}")
            }
            AlertKind::Doubtful => {
                format!("it may be marked {label}{place}, which may not be here")
            }
            AlertKind::Unmarked => "it carries no marking, and documents here need one".to_owned(),
            AlertKind::Odd => format!("something about its marking is odd{place}"),
        }
    }
}

/// That a document is closed, as far as this person may know.
#[derive(Debug, Clone)]
pub struct SealPage {
    /// Its library.
    pub head: LibraryHead,
    /// The document.
    pub id: Id<thing::Document>,
    /// What it is called.
    pub name: String,
    /// How it is closed; none where it is open to everybody who may read it.
    pub closing: Option<Closing>,
    /// Since when; none where a version is being read.
    pub since: Option<Time>,
    /// Whether this person can open it all the same.
    pub open_to_me: bool,
    /// Why: for those who made a sealed version, and owners of the library. Nobody else is told.
    pub why: Vec<Why>,
}

/// That a document is sealed or being read: for everybody who may know of it. Who made it, or owns its library, is told why.
pub async fn sealed(actor: &Actor, document: Id<thing::Document>) -> Result<SealPage> {
    let mut proof: Read<ViewSeal> = actor.read(document).await?;
    let (at, me) = (proof.at(), actor.me()?);
    let head = head_of(&mut proof).await?;
    let row: ClosedRow = proof
        .first(told_sql::CLOSED, args![at, document])
        .await?
        .ok_or(Error::NotFound)?;
    let (closing, since) = match (row.sealed_since, row.held_since) {
        (Some(since), _) => (Some(Closing::Sealed), Some(since)),
        (None, Some(since)) => (Some(Closing::Held), Some(since)),
        (None, None) if row.being_read => (Some(Closing::BeingRead), None),
        (None, None) => (None, None),
    };
    let standing = *proof.standing();
    let why = if row.sealed_since.is_some() || row.held_since.is_some() {
        why(&mut proof, document, standing.role, me).await?
    } else {
        Vec::new()
    };
    Ok(SealPage {
        head,
        id: document,
        name: row.name,
        closing,
        since,
        open_to_me: !standing.sealed && !standing.being_read,
        why,
    })
}

async fn why(
    proof: &mut Read<ViewSeal>,
    document: Id<thing::Document>,
    role: Option<Role>,
    me: Id<thing::Person>,
) -> Result<Vec<Why>> {
    let at = proof.at();
    let owns = i64::from(role == Some(Role::Owner));
    let alerts: Vec<AlertLine> = proof
        .all(told_sql::SEALING, args![at, document, owns, me])
        .await?;
    if alerts.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<PlacesRow> = proof.all(told_sql::PLACES, args![at, document]).await?;
    alerts
        .into_iter()
        .map(|alert| {
            let row = found.iter().find(|row| row.id == alert.id);
            let places = match row {
                Some(row) => places(&row.evidence, &alert.label)?,
                None => Vec::new(),
            };
            let said = match row {
                Some(row) if row.rule == says::SAID => says::who_said(&row.evidence)?,
                _ => None,
            };
            Ok(Why {
                said,
                mine: alert.placed_by.id == me.raw(),
                alert,
                places,
            })
        })
        .collect()
}

/// Where this marking was found.
fn places(evidence: &str, label: &str) -> Result<Vec<String>> {
    let findings: Findings = serde_json::from_str(evidence).map_err(Error::unavailable)?;
    Ok(findings
        .evidence
        .into_iter()
        .filter(|one| one.label == label)
        .map(|one| one.place)
        .take(PLACES)
        .collect())
}

/// Where the marking of a document is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkedBy {
    /// It was read in the document.
    Reading,
    /// An assurance officer set it.
    Officer(Author),
    /// A person said so.
    Person(Author),
    /// It is what documents of its library have in which none is found; who set that.
    Library(Author),
}

impl MarkedBy {
    pub(super) fn of(source: &str, by: Author) -> Self {
        match source {
            "read" => Self::Reading,
            "officer" => Self::Officer(by),
            "library" => Self::Library(by),
            _ => Self::Person(by),
        }
    }

    /// As programs are told it, with who that was.
    pub fn name(&self) -> (&'static str, Option<&Author>) {
        match self {
            Self::Reading => ("read", None),
            Self::Officer(by) => ("officer", Some(by)),
            Self::Person(by) => ("person", Some(by)),
            Self::Library(by) => ("library", Some(by)),
        }
    }
}

/// The marking that counts of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The marking.
    pub label: String,
    /// Where it is from.
    pub by: MarkedBy,
    /// Since when.
    pub since: Time,
}

impl FromRow for Marked {
    fn from_row(row: &Row) -> Result<Self> {
        let by = Author::read(row, "set_by")?;
        let source: String = row.get("source")?;
        Ok(Self {
            label: row.get("label")?,
            by: MarkedBy::of(&source, by),
            since: row.get("since")?,
        })
    }
}

/// That a version was read, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WasRead {
    /// The version.
    pub version: u64,
    /// When.
    pub at: Time,
    /// What that means here.
    pub verdict: Verdict,
    /// The marking that was found; empty for none.
    pub label: String,
    /// Where that stands, in words: "header 1, line 1"; empty for nowhere.
    pub place: String,
}

/// What is known of the marking of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingOf {
    /// The marking that counts.
    pub marked: Option<Marked>,
    /// What was found in the newest version that was read, of those that this person is shown.
    pub read: Option<WasRead>,
    /// That somebody asks for it to be marked otherwise: for owners of the library, and whoever asked.
    pub request: Option<says::Request>,
    /// Whether this person may say what its marking is.
    pub can_say: bool,
}

/// What is known of the marking of a document, for everybody who may read it.
pub async fn reading_of(actor: &Actor, document: Id<thing::Document>) -> Result<ReadingOf> {
    let mut proof: Read<ViewReading> = actor.read(document).await?;
    let at = proof.at();
    let marked: Option<Marked> = proof.first(told_sql::COUNTS, args![at, document]).await?;
    let row: Option<ReadRow> = proof.first(told_sql::READING, args![document]).await?;
    let read = row
        .map(|row| {
            let mut places = places(&row.evidence, &row.label)?;
            Ok::<_, Error>(WasRead {
                version: row.number,
                at: row.at,
                verdict: verdict_of(&row.verdict)
                    .ok_or_else(|| Error::unavailable("not a verdict"))?,
                place: if row.label.is_empty() || places.is_empty() {
                    String::new()
                } else {
                    places.swap_remove(0)
                },
                label: row.label,
            })
        })
        .transpose()?;
    let (request, can_say) = says::of_page(&mut proof).await?;
    Ok(ReadingOf {
        marked,
        read,
        request,
        can_say,
    })
}
