//! The SQL of several alerts at once.

use super::sql::alert_lines;
use crate::kernel::{Id, Place, record, thing};
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
