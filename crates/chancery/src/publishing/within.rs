//! What publishing has to do when a library begins or ceases to require it, and when documents come from a library of the
//! one kind to one of the other. Whoever calls these has decided, and holds the turns of the libraries.

use super::sql::{self, BareVersion, IdRow, RuleRow};
use crate::Result;
use crate::kernel::{Action, Arg, Id, Queries as _, Time, Write, args, thing};

/// Documents were placed in another library in this change: what readers saw of them stays what readers see.
pub(crate) async fn moved<A: Action>(
    w: &mut Write<A>,
    from: Id<thing::Library>,
    to: Id<thing::Library>,
    documents: &[i64],
) -> Result<()> {
    let at = w.at();
    let left: Option<RuleRow> = w.first(sql::RULE, args![at, from]).await?;
    let entered: Option<RuleRow> = w.first(sql::RULE, args![at, to]).await?;
    for some in documents.chunks(sql::CHUNK) {
        match (&left, &entered) {
            (None, Some(_)) => settle(w, some).await?,
            (Some(_), None) => unsettle(w, some).await?,
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
    Ok(())
}

/// Every document of the library, in the recycle bin too, is settled or unsettled.
pub(super) async fn all_of<A: Action>(
    w: &mut Write<A>,
    library: Id<thing::Library>,
    required: bool,
) -> Result<()> {
    let mut after = 0;
    loop {
        let rows: Vec<IdRow> = w
            .all(sql::DOCUMENTS, args![library, after, sql::CHUNK as u64])
            .await?;
        let some: Vec<i64> = rows.into_iter().map(|row| row.value).collect();
        let Some(last) = some.last() else {
            return Ok(());
        };
        after = *last;
        if required {
            settle(w, &some).await?;
        } else {
            unsettle(w, &some).await?;
        }
    }
}

fn with(at: Time, documents: &[i64]) -> Vec<Arg> {
    let mut args = args![at];
    let last = documents.last().copied().unwrap_or_default();
    let filled = documents.iter().copied().chain(std::iter::repeat(last));
    args.extend(filled.take(sql::CHUNK).map(Arg::from));
    args
}

/// Up to [`sql::CHUNK`] documents whose readers saw every version: all of these count as published.
async fn settle<A: Action>(w: &mut Write<A>, documents: &[i64]) -> Result<()> {
    let (at, by) = (w.at(), w.by());
    // The rows of the documents are taken first: whoever adds a version at this moment is before this, and its version
    // counts as published, or after it, and makes a draft.
    w.execute(&sql::show_all(), with(at, documents)).await?;
    w.execute(&sql::name_all(), with(at, documents)).await?;
    let versions: Vec<BareVersion> = w.all(&sql::versions(), with(at, documents)).await?;
    for some in versions.chunks(sql::CHUNK) {
        let mut args = Vec::with_capacity(some.len() * 7);
        for version in some {
            let id: Id<thing::Interval> = w.new_id();
            args.extend(args![
                id,
                version.document_id,
                version.number,
                by,
                version.created_at,
                at,
                Time::FOREVER
            ]);
        }
        w.execute(&sql::publish(some.len()), args).await?;
    }
    Ok(())
}

/// Up to [`sql::CHUNK`] documents whose readers see every version from now on.
async fn unsettle<A: Action>(w: &mut Write<A>, documents: &[i64]) -> Result<()> {
    let at = w.at();
    w.execute(&sql::show_whole(), with(at, documents)).await?;
    w.execute(&sql::end_publications(), with(at, documents))
        .await?;
    w.execute(&sql::end_requests(), with(at, documents)).await?;
    Ok(())
}
