//! Alerts, for assurance officers and for the owners of the library that they are about.

use super::sql::{self, AlertRow, CountRow, WaitingAlertsRow};
use super::{AlertKind, Unread, ViewAlerts, ViewLibraryAlerts};
use crate::kernel::{Actor, FromRow, Id, Queries as _, Read, Row, Time, args, thing};
use crate::libraries::{LibraryHead, head_of};
use crate::people::Author;
use crate::{Error, Result};

/// How many lines a page of alerts has.
const PAGE: usize = 50;

/// Which alerts are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AlertState {
    /// Those that wait for a decision.
    #[default]
    Open,
    /// Those that were decided.
    Decided,
    /// All.
    All,
}

impl AlertState {
    /// As a filter names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Decided => "decided",
            Self::All => "all",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Decided, Self::All]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// What was decided about an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decided {
    /// It was a false alarm, or what could not be read may be here.
    FalseAlarm,
    /// The document was given the marking that it should have had.
    Downgraded,
    /// The document stays sealed.
    Kept,
    /// All content of the document was destroyed.
    Destroyed,
    /// The rules now in force do not raise it.
    Rules,
    /// Whoever made the document said what its marking is.
    Answered,
    /// The document went for good, so there is nothing to decide about.
    Gone,
}

impl Decided {
    /// As it is stored and as programs are told it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FalseAlarm => "false alarm",
            Self::Downgraded => "downgraded",
            Self::Kept => "kept",
            Self::Destroyed => "destroyed",
            Self::Rules => "rules",
            Self::Answered => "answered",
            Self::Gone => "gone",
        }
    }

    /// In a few words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FalseAlarm => "False alarm",
            Self::Downgraded => "Marking corrected",
            Self::Kept => "Kept sealed",
            Self::Destroyed => "Content destroyed",
            Self::Rules => "Rules changed",
            Self::Answered => "Answered",
            Self::Gone => "Document gone",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::FalseAlarm,
            Self::Downgraded,
            Self::Kept,
            Self::Destroyed,
            Self::Rules,
            Self::Answered,
            Self::Gone,
        ]
        .into_iter()
        .find(|decided| decided.name() == name)
    }
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertLine {
    /// Which.
    pub id: Id<thing::Alert>,
    /// Why it was raised.
    pub kind: AlertKind,
    /// The marking that was found, or the malware; may be empty.
    pub label: String,
    /// The document.
    pub document: Id<thing::Document>,
    /// What it is called.
    pub name: String,
    /// The version.
    pub version: u64,
    /// Its library and site.
    pub library: (Id<thing::Library>, String),
    /// Its site.
    pub site: String,
    /// Who made that version.
    pub placed_by: Author,
    /// When it was raised.
    pub raised_at: Time,
    /// Who has it in hand, and since when.
    pub in_hand: Option<(Author, Time)>,
    /// Whether its seal stands, and whether that leaves the document open to whoever made it.
    pub sealed: Option<Sealed>,
    /// What was decided, by whom, when and why. The realm itself is nobody.
    pub decided: Option<(Decided, Author, Time, String)>,
}

/// Whom a seal closes a document to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// Everybody.
    ToAll,
    /// Everybody but whoever made the version.
    ToOthers,
}

impl Sealed {
    /// As programs are told it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ToAll => "to_all",
            Self::ToOthers => "to_others",
        }
    }

    /// In a few words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ToAll => "To everybody",
            Self::ToOthers => "To everybody but its author",
        }
    }
}

impl FromRow for AlertLine {
    fn from_row(row: &Row) -> Result<Self> {
        let facts = AlertRow::from_row(row)?;
        let kind = AlertKind::from_name(&facts.kind)
            .ok_or_else(|| Error::unavailable("not a kind of alert"))?;
        let decided = match facts.decision.as_str() {
            "" => None,
            name => {
                let decided =
                    Decided::from_name(name).ok_or_else(|| Error::unavailable("not a decision"))?;
                let by = Author::read(row, "decided_by")?;
                Some((decided, by, facts.decided_at, facts.reason))
            }
        };
        let in_hand = (facts.in_hand_at > Time::default())
            .then(|| Ok::<_, Error>((Author::read(row, "in_hand_by")?, facts.in_hand_at)))
            .transpose()?;
        Ok(Self {
            id: facts.id,
            kind,
            label: facts.label,
            document: facts.document_id,
            name: facts.name,
            version: facts.version,
            library: (facts.library_id, facts.library),
            site: facts.site,
            placed_by: Author::read(row, "placed_by")?,
            raised_at: facts.raised_at,
            in_hand,
            sealed: match (facts.sealed, facts.open_to) {
                (false, _) => None,
                (true, 0) => Some(Sealed::ToAll),
                (true, _) => Some(Sealed::ToOthers),
            },
            decided,
        })
    }
}

/// How many alerts of a kind wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertCount {
    /// The kind.
    pub kind: AlertKind,
    /// How many wait.
    pub open: u64,
    /// How many of those somebody has in hand.
    pub in_hand: u64,
    /// Since when the oldest waits.
    pub oldest: Time,
}

/// A page of alerts.
#[derive(Debug, Clone)]
pub struct AlertPage {
    /// The newest first; those that wait before a decision are the oldest first, as they should be done.
    pub lines: Vec<AlertLine>,
    /// What to ask for those after these.
    pub next: Option<Id<thing::Alert>>,
    /// What waits, by kind.
    pub counts: Vec<AlertCount>,
    /// What nobody has read yet; none for those who do not see the whole realm.
    pub unread: Option<Unread>,
}

/// The alerts of the realm: open ones the oldest first, 50 at a time, after `after`.
pub async fn alerts(
    actor: &Actor,
    state: AlertState,
    kind: Option<AlertKind>,
    after: Option<Id<thing::Alert>>,
) -> Result<AlertPage> {
    let mut proof: Read<ViewAlerts> = actor.read(Id::REALM).await?;
    let of = kind.map_or("", AlertKind::name);
    let (sql, from) = self::after(state, after);
    let lines: Vec<AlertLine> = proof
        .all(sql, args![proof.at(), of, from, PAGE as u64 + 1])
        .await?;
    let counts: Vec<CountRow> = proof.all(sql::ALERT_COUNTS, args![]).await?;
    let counts = counts
        .into_iter()
        .filter_map(|row| {
            Some(AlertCount {
                kind: AlertKind::from_name(&row.kind)?,
                open: row.open,
                in_hand: row.in_hand,
                oldest: row.oldest,
            })
        })
        .collect();
    let unread = Unread::of(&mut proof).await?;
    Ok(page(lines, counts, Some(unread)))
}

/// What waits for assurance officers, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertsWaiting {
    /// How many alerts wait for a decision.
    pub open: u64,
    /// How many of them somebody has in hand.
    pub in_hand: u64,
    /// How many of those it is whoever asks who has them in hand.
    pub mine: u64,
    /// Since when the oldest waits; none where none does.
    pub oldest: Option<Time>,
}

/// What waits for assurance officers, in numbers: for them.
pub async fn alerts_waiting(actor: &Actor) -> Result<AlertsWaiting> {
    let mut proof: Read<ViewAlerts> = actor.read(Id::REALM).await?;
    let row: WaitingAlertsRow = proof.one(sql::WAITING_ALERTS, args![actor.me()?]).await?;
    Ok(AlertsWaiting {
        open: row.open,
        in_hand: row.in_hand,
        mine: row.mine,
        oldest: row.oldest,
    })
}

/// What lists alerts of this state, and from where on.
pub(super) fn after(state: AlertState, last: Option<Id<thing::Alert>>) -> (&'static str, i64) {
    match state {
        AlertState::Open => (sql::OPEN_ALERTS, last.map_or(0, Id::raw)),
        AlertState::Decided => (sql::DECIDED_ALERTS, last.map_or(i64::MAX, Id::raw)),
        AlertState::All => (sql::ALL_ALERTS, last.map_or(i64::MAX, Id::raw)),
    }
}

fn page(
    mut lines: Vec<AlertLine>,
    mut counts: Vec<AlertCount>,
    unread: Option<Unread>,
) -> AlertPage {
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    counts.sort_by_key(|count| count.kind);
    AlertPage {
        next: lines.last().filter(|_| more).map(|line| line.id),
        lines,
        counts,
        unread,
    }
}

/// The alerts of a library, for its owners: the newest first, 50 at a time.
pub async fn library_alerts(
    actor: &Actor,
    library: Id<thing::Library>,
    after: Option<Id<thing::Alert>>,
) -> Result<(LibraryHead, AlertPage)> {
    let mut proof: Read<ViewLibraryAlerts> = actor.read(library).await?;
    let head = head_of(&mut proof).await?;
    let from = after.map_or(i64::MAX, Id::raw);
    let lines: Vec<AlertLine> = proof
        .all(
            sql::LIBRARY_ALERTS,
            args![
                proof.at(),
                actor.me()?,
                proof.target(),
                from,
                PAGE as u64 + 1
            ],
        )
        .await?;
    Ok((head, page(lines, Vec::new(), None)))
}
