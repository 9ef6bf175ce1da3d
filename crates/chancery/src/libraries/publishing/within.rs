//! What publishing has to do when a library begins or ceases to require it, and when documents come from a library of the
//! one kind to one of the other. Whoever calls these has decided, and holds the turns of the libraries.

use super::sql::{self, BareVersion, IdRow, RuleRow, Which};
use crate::kernel::{Action, Arg, Id, Queries as _, Time, Write, args, thing};
use crate::{Error, Result};

/// Documents were placed in another library in this change: what readers saw of them stays what readers see. Where readers
/// see drafts by it, `told` is how many documents with drafts whoever decided was told of: [`Error::Conflict`] where
/// there are more. The rows of the documents are ours already, so that there are not more a moment later.
pub(crate) async fn moved<A: Action>(
    w: &mut Write<A>,
    from: Id<thing::Library>,
    to: Id<thing::Library>,
    documents: &[i64],
    told: Option<u64>,
) -> Result<()> {
    let at = w.at();
    let left: Option<RuleRow> = w.first(sql::RULE, args![at, from]).await?;
    let entered: Option<RuleRow> = w.first(sql::RULE, args![at, to]).await?;
    if let (Some(told), Some(_), None) = (told, &left, &entered) {
        let mut drafts = 0;
        for some in documents.chunks(sql::CHUNK) {
            let (found,): (u64,) = w.one(&sql::drafts_of(), with(at, some)).await?;
            drafts += found;
        }
        if drafts > told {
            return Err(Error::Conflict(format!(
                "{drafts} of these documents have drafts now that readers would see, and you were shown {told}. Choose the place again to see it"
            )));
        }
    }
    for some in documents.chunks(sql::CHUNK) {
        match (&left, &entered) {
            (None, Some(_)) => settle(w, Which::These, &with(at, some)).await?,
            (Some(_), None) => unsettle(w, Which::These, &with(at, some)).await?,
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
    let (at, mut after) = (w.at(), 0_i64);
    loop {
        let rows: Vec<IdRow> = w
            .all(sql::DOCUMENTS, args![library, after, sql::MANY as u64])
            .await?;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(());
        };
        after = last.value;
        let args = args![at, library, first.value, last.value];
        if required {
            settle(w, Which::Between, &args).await?;
        } else {
            unsettle(w, Which::Between, &args).await?;
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

/// Documents whose readers saw every version: all of these count as published.
async fn settle<A: Action>(w: &mut Write<A>, which: Which, documents: &[Arg]) -> Result<()> {
    let (at, by) = (w.at(), w.by());
    // The rows of the documents are taken first: whoever adds a version at this moment is before this, and its version
    // counts as published, or after it, and makes a draft.
    w.execute(&sql::show_all(which), documents.to_vec()).await?;
    // What may still count as published from before ends, so that nothing is published twice.
    w.execute(&sql::end_publications(which), documents.to_vec())
        .await?;
    w.execute(&sql::name_all(which), documents.to_vec()).await?;
    let versions: Vec<BareVersion> = w.all(&sql::versions(which), documents.to_vec()).await?;
    for some in versions.chunks(sql::ROWS) {
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

/// Documents whose readers see every version from now on.
async fn unsettle<A: Action>(w: &mut Write<A>, which: Which, documents: &[Arg]) -> Result<()> {
    for statement in [
        sql::show_whole(which),
        sql::end_publications(which),
        sql::end_requests(which),
    ] {
        w.execute(&statement, documents.to_vec()).await?;
    }
    Ok(())
}
