//! Alerts as a file, made while they are read.

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use serde_json::json;

use super::alerts::after;
use super::{AlertKind, AlertLine, AlertState, AlertsExported, ExportAlerts};
use crate::Result;
use crate::csv::{MARK, record};
use crate::kernel::{Actor, Id, Queries as _, Read, Time, args, thing};
use crate::people::Author;
use crate::trail::{Export, Format};

/// How many lines are in memory at a time.
const AT_A_TIME: usize = 500;

const COLUMNS: [&str; 18] = [
    "Alert",
    "Kind",
    "Marking",
    "Document",
    "Version",
    "Library",
    "Site",
    "Added by",
    "Organisation",
    "Raised",
    "In hand by",
    "In hand since",
    "Sealed",
    "Decision",
    "Reason",
    "Decided by",
    "Decided",
    "Document id",
];

/// The alerts of this state and kind as a file, without the words that were found. The export is in the journal before its
/// first byte leaves.
pub async fn export_alerts(
    actor: &Actor,
    state: AlertState,
    kind: Option<AlertKind>,
    format: Format,
) -> Result<Export> {
    let proof: Read<ExportAlerts> = actor.read(Id::REALM).await?;
    proof
        .record(&AlertsExported {
            format: format.label().to_owned(),
            filter: match kind {
                Some(kind) => format!("{}, {}", state.name(), kind.name()),
                None => state.name().to_owned(),
            },
        })
        .await?;
    let of = kind.map_or("", AlertKind::name);
    let heading =
        (format == Format::Csv).then(|| Ok(Bytes::from(format!("{MARK}{}", record(&COLUMNS)))));
    let pages = stream::try_unfold(
        Some((proof, None::<Id<thing::Alert>>)),
        move |step| async move {
            let Some((mut proof, last)) = step else {
                return Ok(None);
            };
            let (sql, from) = after(state, last);
            let lines: Vec<AlertLine> = proof
                .all(sql, args![proof.at(), of, from, AT_A_TIME as u64])
                .await?;
            let Some(last) = lines.last() else {
                return Ok(None);
            };
            let next = (lines.len() == AT_A_TIME).then_some(last.id);
            let text: String = lines
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

/// RFC 3339 in UTC, always with milliseconds, as the trail has it.
fn moment(at: Time) -> String {
    jiff::fmt::temporal::DateTimePrinter::new()
        .precision(Some(3))
        .timestamp_to_string(&at.timestamp())
}

fn csv_line(line: &AlertLine) -> String {
    let (in_hand_by, in_hand_at) = match &line.in_hand {
        Some((by, at)) => (by.in_full(), moment(*at)),
        None => Default::default(),
    };
    let (decision, reason, decided_by, decided_at) = match &line.decided {
        Some((decided, by, at, reason)) => {
            (decided.label(), reason.as_str(), by.in_full(), moment(*at))
        }
        None => Default::default(),
    };
    record(&[
        &line.id.to_string(),
        line.kind.label(),
        &line.label,
        &line.name,
        &line.version.to_string(),
        &line.library.1,
        &line.site,
        &line.placed_by.name,
        &line.placed_by.organisation,
        &moment(line.raised_at),
        &in_hand_by,
        &in_hand_at,
        line.sealed.map_or("No", super::Sealed::label),
        decision,
        reason,
        &decided_by,
        &decided_at,
        &line.document.to_string(),
    ])
}

fn json_line(line: &AlertLine) -> String {
    let who = |author: &Author| {
        let id: Id<thing::Person> = Id::from_raw(author.id);
        json!({
            "id": (!author.is_console()).then(|| id.to_string()),
            "name": author.name,
            "organisation": author.organisation,
        })
    };
    let object = json!({
        "alert": line.id.to_string(),
        "kind": line.kind.name(),
        "label": line.label,
        "document": { "id": line.document.to_string(), "name": line.name },
        "version": line.version,
        "library": { "id": line.library.0.to_string(), "name": line.library.1 },
        "site": line.site,
        "placed_by": who(&line.placed_by),
        "raised_at": moment(line.raised_at),
        "in_hand": line.in_hand.as_ref().map(|(by, at)| json!({ "by": who(by), "since": moment(*at) })),
        "sealed": line.sealed.map(super::Sealed::name),
        "decided": line.decided.as_ref().map(|(decided, by, at, reason)| json!({
            "decision": decided.name(), "by": who(by), "at": moment(*at), "reason": reason,
        })),
    });
    format!("{object}\n")
}
