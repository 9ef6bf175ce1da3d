//! What a trial of rules found, for officers: change by change, by library, and as a file.

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use serde_json::json;

use super::trial::Effect;
use super::trial_sql::{self, ChangeRow, LibraryRow};
use super::{ExportTrial, RulebookLine, TrialExported, ViewAlerts};
use crate::csv::{MARK, record};
use crate::kernel::{Actor, FromRow, Id, Queries, Read, Row, args, thing};
use crate::trail::{Export, Format};
use crate::{Error, Result};

/// How many lines a page has.
const PAGE: usize = 50;
/// How many lines of a file are in memory at a time.
const AT_A_TIME: usize = 500;

/// Something that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialChange {
    /// Where it is in the list.
    pub place: Id<thing::Interval>,
    /// What would be done.
    pub effect: Effect,
    /// The document.
    pub document: Id<thing::Document>,
    /// What it is called.
    pub name: String,
    /// The version; none where it is about the marking of the document as a whole.
    pub version: Option<u64>,
    /// Its library.
    pub library: (Id<thing::Library>, String),
    /// Its site.
    pub site: String,
    /// What was found in it, by name: the verdict and the marking. Either may be empty.
    pub before: (String, String),
    /// What the proposed rules find in it.
    pub after: (String, String),
    /// In a sentence without a capital; may be empty.
    pub why: String,
}

impl FromRow for TrialChange {
    fn from_row(row: &Row) -> Result<Self> {
        let row = ChangeRow::from_row(row)?;
        Ok(Self {
            place: Id::from_raw(row.id),
            effect: Effect::from_name(&row.effect)
                .ok_or_else(|| Error::unavailable("not an effect of rules"))?,
            document: row.document_id,
            name: row.name,
            version: Some(row.version).filter(|number| *number > 0),
            library: (row.library_id, row.library),
            site: row.site,
            before: (row.verdict_before, row.label_before),
            after: (row.verdict_after, row.label_after),
            why: row.why,
        })
    }
}

/// Which of the changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WhichChanges {
    /// Of this kind only.
    pub effect: Option<Effect>,
    /// In this library only.
    pub library: Option<Id<thing::Library>>,
}

impl WhichChanges {
    async fn some(
        self,
        queries: &mut impl Queries,
        id: Id<thing::Rulebook>,
        after: Option<Id<thing::Interval>>,
        most: u64,
    ) -> Result<Vec<TrialChange>> {
        let mut args = args![
            id,
            after.map_or(0, Id::raw),
            self.effect.map_or("", Effect::name),
            most
        ];
        let sql = match self.library {
            Some(library) => {
                args.extend(args![library]);
                trial_sql::CHANGES_OF_LIBRARY
            }
            None => trial_sql::CHANGES,
        };
        queries.all(sql, args).await
    }
}

/// What would change by rules that were tried, for officers: of one kind or of all, in one library or in all, 50 at a time, after
/// `after`, with what to ask for the next.
pub async fn trial_changes(
    actor: &Actor,
    id: Id<thing::Rulebook>,
    which: WhichChanges,
    after: Option<Id<thing::Interval>>,
) -> Result<(Vec<TrialChange>, Option<Id<thing::Interval>>)> {
    // Names of documents are for officers, who see them in alerts too, and not for the console.
    let mut proof = actor.read::<ViewAlerts>(Id::REALM).await?;
    let _: RulebookLine = proof.one(trial_sql::BOOK, args![id]).await?;
    let mut changes = which.some(&mut proof, id, after, PAGE as u64 + 1).await?;
    let more = changes.len() > PAGE;
    changes.truncate(PAGE);
    let next = changes.last().filter(|_| more).map(|line| line.place);
    Ok((changes, next))
}

/// What would change in one library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryTotals {
    /// Which.
    pub library: (Id<thing::Library>, String),
    /// Its site.
    pub site: String,
    /// How many changes there would be of each kind, also where there are none: the gravest first.
    pub counts: [(Effect, u64); 6],
}

impl From<LibraryRow> for LibraryTotals {
    fn from(row: LibraryRow) -> Self {
        Self {
            library: (row.library_id, row.library),
            site: row.site,
            counts: [
                (Effect::Sealed, row.sealed),
                (Effect::Held, row.held),
                (Effect::Alerted, row.alerted),
                (Effect::Lifted, row.lifted),
                (Effect::Marked, row.marked),
                (Effect::Read, row.reads),
            ],
        }
    }
}

/// What would change in each library, for officers: those in which most would be closed first, 50 at a time, after `after`, with
/// what to ask for the next.
pub async fn trial_libraries(
    actor: &Actor,
    id: Id<thing::Rulebook>,
    after: Option<Id<thing::Library>>,
) -> Result<(Vec<LibraryTotals>, Option<Id<thing::Library>>)> {
    let mut proof = actor.read::<ViewAlerts>(Id::REALM).await?;
    let _: RulebookLine = proof.one(trial_sql::BOOK, args![id]).await?;
    let mut rows: Vec<LibraryRow> = proof
        .all(
            trial_sql::LIBRARIES,
            args![id, after.map_or(0, Id::raw), PAGE as u64 + 1],
        )
        .await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.library_id);
    Ok((rows.into_iter().map(LibraryTotals::from).collect(), next))
}

const COLUMNS: [&str; 12] = [
    "What would be done",
    "Document",
    "Version",
    "Library",
    "Site",
    "Verdict before",
    "Found before",
    "Verdict by these rules",
    "Found by these rules",
    "Why",
    "Document id",
    "Library id",
];

/// What would change, as a file, without a word of any document. The export is in the journal before its first byte leaves.
pub async fn export_trial(
    actor: &Actor,
    id: Id<thing::Rulebook>,
    which: WhichChanges,
    format: Format,
) -> Result<Export> {
    let mut proof: Read<ExportTrial> = actor.read(Id::REALM).await?;
    let line: RulebookLine = proof.one(trial_sql::BOOK, args![id]).await?;
    proof
        .record(&TrialExported {
            name: line.name,
            format: format.label().to_owned(),
            filter: which.effect.map_or("", Effect::name).to_owned(),
            rulebook: id.to_string(),
        })
        .await?;
    let heading =
        (format == Format::Csv).then(|| Ok(Bytes::from(format!("{MARK}{}", record(&COLUMNS)))));
    let pages = stream::try_unfold(
        Some((proof, None::<Id<thing::Interval>>)),
        move |step| async move {
            let Some((mut proof, last)) = step else {
                return Ok(None);
            };
            let changes = which.some(&mut proof, id, last, AT_A_TIME as u64).await?;
            let Some(last) = changes.last() else {
                return Ok(None);
            };
            let next = (changes.len() == AT_A_TIME).then_some(last.place);
            let text: String = changes
                .iter()
                .map(|one| match format {
                    Format::Csv => csv_line(one),
                    Format::JsonLines => json_line(one),
                })
                .collect();
            Ok(Some((
                Bytes::from(text),
                next.map(|last| (proof, Some(last))),
            )))
        },
    );
    Ok(stream::iter(heading).chain(pages).boxed())
}

fn csv_line(change: &TrialChange) -> String {
    let version = change
        .version
        .map_or_else(String::new, |number| number.to_string());
    record(&[
        change.effect.label(),
        &change.name,
        &version,
        &change.library.1,
        &change.site,
        &change.before.0,
        &change.before.1,
        &change.after.0,
        &change.after.1,
        &change.why,
        &change.document.to_string(),
        &change.library.0.to_string(),
    ])
}

fn json_line(change: &TrialChange) -> String {
    let object = json!({
        "effect": change.effect.name(),
        "document": { "id": change.document.to_string(), "name": change.name },
        "version": change.version,
        "library": { "id": change.library.0.to_string(), "name": change.library.1 },
        "site": change.site,
        "verdict_before": change.before.0,
        "label_before": change.before.1,
        "verdict_after": change.after.0,
        "label_after": change.after.1,
        "why": change.why,
    });
    format!("{object}\n")
}
