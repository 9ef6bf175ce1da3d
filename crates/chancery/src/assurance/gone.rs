//! Alerts about documents that go for good: there is nothing left to decide about, so they end in the commit in which those go, and
//! the trail says so. What is sealed does not go, so these are alerts without a seal.

use super::alerts::Decided;
use super::{AlertEnded, EndAlert, says};
use crate::Result;
use crate::kernel::{Action, Id, Place, Queries as _, Write, args, record, thing};

record! {
    struct EndingRow {
        id: Id<thing::Alert>, document_id: Id<thing::Document>, name: String, version: u64, library_id: Id<thing::Library>,
        site_id: Id<thing::Site>,
    }
}

/// Those that wait about what has gone from the library `$1` at this moment.
const ENDING: &str = "SELECT a.id, a.document_id, i.name, a.version, l.id AS library_id, l.site_id
  FROM alerts a JOIN items i ON i.id = a.document_id JOIN libraries l ON l.id = i.library_id
 WHERE a.decided_at = 0 AND i.library_id = $1 AND i.gone_at = $2 ORDER BY a.id";
const END: &str = "UPDATE alerts SET decision = $2, reason = $3, decided_by = $4, decided_at = $5 WHERE id = $1 AND decided_at = 0";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[ENDING, END];

/// Ends what waits about documents that have gone for good from this library in this transaction, and says why. Whoever let them go
/// is who ended it.
pub(crate) async fn end_with_documents<A: Action>(
    w: &mut Write<A>,
    library: Id<thing::Library>,
    why: &str,
) -> Result<()> {
    let (at, by) = (w.at(), w.by());
    let ending: Vec<EndingRow> = w.all(ENDING, args![library, at]).await?;
    for alert in ending {
        let gone = Decided::Gone.name();
        w.execute(END, args![alert.id, gone, why, by, at]).await?;
        says::overtaken(w, alert.document_id, None).await?;
        let place = Place {
            site: Some(alert.site_id),
            library: Some(alert.library_id),
            item: Some(alert.document_id.item()),
            subject: None,
        };
        w.also_of::<EndAlert>(
            place,
            &AlertEnded {
                document: alert.name,
                version: alert.version,
                why: why.to_owned(),
                alert: alert.id.to_string(),
            },
        )?;
    }
    Ok(())
}
