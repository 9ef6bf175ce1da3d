//! What changed lately, for the home page.

use super::TrailLine;
use super::moves::spoken;
use super::sql::{self, RecentRow};
use crate::Result;
use crate::kernel::{Id, Queries as _, Scope, args, thing};

/// How many lines there are at most, however many libraries.
const MOST: u32 = 200;

/// What changed lately on one site.
#[derive(Debug, Clone)]
pub struct RecentSite {
    /// The site.
    pub site: (Id<thing::Site>, String),
    /// What changed in its libraries, newest first.
    pub lines: Vec<TrailLine>,
}

/// What changed lately in the libraries that this person can read: at most so many changes of
/// each library, grouped by site, the site of the newest change first. One query.
pub async fn recent(scope: &mut Scope, each: u32) -> Result<Vec<RecentSite>> {
    let beyond = each.clamp(1, MOST) - 1;
    let rows: Vec<RecentRow> = scope.all(sql::RECENT, args![beyond, MOST]).await?;
    let mut sites: Vec<RecentSite> = Vec::new();
    let (places, rows): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .map(|row| ((row.site_id, row.site_name), row.line))
        .unzip();
    let (at, me) = (scope.at(), scope.actor().me());
    let lines = match me {
        Ok(me) => spoken(scope, at, me, rows).await?,
        // The console reads nothing.
        Err(_) => Vec::new(),
    };
    for (place, line) in places.into_iter().zip(lines) {
        match sites.iter_mut().find(|site| site.site.0 == place.0) {
            Some(site) => site.lines.push(line),
            None => sites.push(RecentSite {
                site: place,
                lines: vec![line],
            }),
        }
    }
    Ok(sites)
}
