//! The SQL of several alerts at once.

use super::sql::alert_lines;
use crate::kernel::{Id, Place, now_and_on, record, thing};
use crate::libraries::reads_markings;
use crate::people::author;

/// How many alerts can be decided about at once: how many ids each statement has.
pub(super) const MOST: usize = 100;

record! {
    /// Where the document of an alert is.
    pub(super) struct PlaceRow {
        pub(super) id: i64, pub(super) document_id: Id<thing::Item>, pub(super) library_id: Id<thing::Library>,
        pub(super) site_id: Id<thing::Site>, pub(super) gone: bool,
    }
}

impl PlaceRow {
    /// As an entry of the journal has it.
    pub(super) fn place(&self) -> Place {
        Place {
            site: Some(self.site_id),
            library: Some(self.library_id),
            item: Some(self.document_id),
            subject: None,
        }
    }
}

/// The placeholders of the ids, from `$first`.
fn ids(first: usize) -> String {
    let ids: Vec<String> = (first..first + MOST)
        .map(|number| format!("${number}"))
        .collect();
    ids.join(", ")
}

/// These alerts, the oldest first, at `$1`.
pub(super) fn lines() -> String {
    format!("{}a.id IN ({}) ORDER BY a.id", alert_lines!(""), ids(2))
}

/// Where the documents of these alerts are.
pub(super) fn places() -> String {
    format!(
        "SELECT a.id, a.document_id, i.library_id, l.site_id, CASE WHEN i.gone_at > 0 THEN 1 ELSE 0 END AS gone
           FROM alerts a JOIN items i ON i.id = a.document_id JOIN libraries l ON l.id = i.library_id
          WHERE a.id IN ({})",
        ids(1)
    )
}

/// Whoever `$1` is has them in hand.
pub(super) fn in_hand() -> String {
    format!(
        "UPDATE alerts SET in_hand_by = $1, in_hand_at = $2 WHERE id IN ({})",
        ids(3)
    )
}

/// Their versions are their authors' alone until they were judged anew, where that is read.
pub(super) fn judge_anew() -> String {
    format!(
        concat!(
            "UPDATE versions SET judged_by = 0, read_at = CASE WHEN ",
            reads_markings!("$1"),
            " THEN ",
            now_and_on!(),
            " ELSE read_at END WHERE id IN (SELECT v.id FROM alerts a JOIN versions v ON v.document_id = a.document_id
                AND v.number = a.version WHERE a.id IN ({}))"
        ),
        ids(2)
    )
}

/// Their seals are lifted.
pub(super) fn lift() -> String {
    format!(
        "UPDATE seals SET until_at = $1 WHERE from_at <= $1 AND $1 < until_at AND alert_id IN ({})",
        ids(2)
    )
}

/// Whoever waits for an answer to one of them has it.
pub(super) fn overtake() -> String {
    format!(
        concat!(
            "UPDATE marking_requests SET until_at = $1, outcome = 'overtaken' WHERE until_at = ",
            now_and_on!(),
            " AND alert_id IN ({})"
        ),
        ids(2)
    )
}

/// They are decided.
pub(super) fn decide() -> String {
    format!(
        "UPDATE alerts SET decision = $1, reason = $2, decided_by = $3, decided_at = $4
          WHERE (decided_at = 0 OR decision = 'kept') AND id IN ({})",
        ids(5)
    )
}
