//! The trail on a page.

use super::rules::Chosen;
use super::sql::{LineRow, PersonRow, Trailed};
use super::{
    Of, TrailFilter, TrailLine, TrailPage, ViewDocumentActivity, ViewDocumentTrail,
    ViewLibraryActivity, ViewLibraryTrail, ViewSiteActivity, ViewSiteTrail,
};
use crate::Result;
use crate::kernel::{Actor, Queries as _, Read, args};
use crate::people::Author;

/// Who did what and who read what: for those who own the place.
pub async fn trail(actor: &Actor, of: Of, filter: &TrailFilter) -> Result<TrailPage> {
    match of {
        Of::Site(id) => page(actor.read::<ViewSiteTrail>(id).await?, filter).await,
        Of::Library(id) => page(actor.read::<ViewLibraryTrail>(id).await?, filter).await,
        Of::Document(id) => page(actor.read::<ViewDocumentTrail>(id).await?, filter).await,
    }
}

/// What changed, without the reads and without access: for those who can see the place.
pub async fn activity(actor: &Actor, of: Of, filter: &TrailFilter) -> Result<TrailPage> {
    match of {
        Of::Site(id) => page(actor.read::<ViewSiteActivity>(id).await?, filter).await,
        Of::Library(id) => page(actor.read::<ViewLibraryActivity>(id).await?, filter).await,
        Of::Document(id) => page(actor.read::<ViewDocumentActivity>(id).await?, filter).await,
    }
}

async fn page<A: Trailed>(mut proof: Read<A>, filter: &TrailFilter) -> Result<TrailPage> {
    let chosen = Chosen::of(filter);
    // One line more than the page shows says whether there is another page.
    let asked = Chosen {
        limit: chosen.limit + 1,
        ..chosen.clone()
    };
    let mut found = lines(&mut proof, &asked).await?;
    let more = found.len() > chosen.limit as usize;
    found.truncate(chosen.limit as usize);
    let next = found.last().filter(|_| more).map(|line| line.id);
    let args = args![
        proof.at(),
        proof.actor().me()?,
        proof.target(),
        on_site(&proof)
    ];
    let mut people: Vec<PersonRow> = proof.all(A::PEOPLE, args).await?;
    people.sort_by(|one, other| (&one.name_key, one.who_id).cmp(&(&other.name_key, other.who_id)));
    Ok(TrailPage {
        lines: found,
        next,
        people: people
            .into_iter()
            .map(|row| Author {
                id: row.who_id,
                name: row.who_name,
                organisation: row.who_organisation.unwrap_or_default(),
            })
            .collect(),
    })
}

/// Whether the viewer has a role on the site itself, and not only on a library in it.
fn on_site<A: Trailed>(proof: &Read<A>) -> bool {
    proof.standing().site_role.is_some()
}

/// The lines that the proof is good for, newest first.
pub(super) async fn lines<A: Trailed>(
    proof: &mut Read<A>,
    chosen: &Chosen,
) -> Result<Vec<TrailLine>> {
    let args = args![
        proof.at(),
        proof.actor().me()?,
        proof.target(),
        on_site(proof),
        chosen.person,
        chosen.sort,
        &chosen.action,
        chosen.from,
        chosen.until,
        chosen.before,
        chosen.limit,
    ];
    let rows: Vec<LineRow> = proof.all(A::LINES, args).await?;
    rows.into_iter().map(LineRow::line).collect()
}
