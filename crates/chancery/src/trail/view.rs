//! The trail on a page.

use super::moves::spoken;
use super::people::apart;
use super::rules::Chosen;
use super::sql::{LibraryRow, LineRow, NOT_OWNED, Omits, PersonRow, Trailed};
use super::{
    LeftOut, Of, TrailFilter, TrailLine, TrailPage, ViewDocumentActivity, ViewDocumentTrail,
    ViewLibraryActivity, ViewLibraryTrail, ViewSiteActivity, ViewSiteTrail,
};
use crate::Result;
use crate::kernel::{Actor, Queries as _, Read, Sort, args};

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
    let people: Vec<PersonRow> = proof.all(A::PEOPLE, args).await?;
    let (at, me) = (proof.at(), proof.actor().me()?);
    Ok(TrailPage {
        people: apart(&mut proof, at, me, people).await?,
        left_out: left_out(&mut proof, filter.sort).await?,
        lines: found,
        next,
    })
}

/// What is not among the lines because of the library that it happened in.
pub(super) async fn left_out<A: Trailed>(
    proof: &mut Read<A>,
    sort: Option<Sort>,
) -> Result<Option<LeftOut>> {
    match A::OMITS {
        Omits::Nothing => return Ok(None),
        Omits::Unseen => return Ok(Some(LeftOut::Unseen)),
        // Every change of access is there.
        Omits::NotOwned if sort == Some(Sort::Access) => return Ok(None),
        Omits::NotOwned => {}
    }
    let args = args![proof.at(), proof.actor().me()?, proof.target()];
    let mut rows: Vec<LibraryRow> = proof.all(NOT_OWNED, args).await?;
    // The engines order text differently; the page orders it one way.
    rows.sort_by(|one, other| (&one.name_key, one.id).cmp(&(&other.name_key, other.id)));
    let libraries: Vec<_> = rows.into_iter().map(|row| (row.id, row.name)).collect();
    Ok((!libraries.is_empty()).then_some(LeftOut::Libraries(libraries)))
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
    let (at, me) = (proof.at(), proof.actor().me()?);
    let args = args![
        at,
        me,
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
    spoken(proof, at, me, rows).await
}
