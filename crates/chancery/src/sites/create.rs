//! Opening a site, and changing what is said of it.

use super::rules;
use super::sql::{self, OrganisationRow, SiteRow};
use super::{CreateSite, EditSite, SiteCreated, SiteEdited, ViewNewSite};
use crate::kernel::{Action, Actor, Id, Needs, Queries as _, Time, Write, args, thing};
use crate::{Error, Result};

/// What somebody says of a site.
#[derive(Debug, Clone, Default)]
pub struct SiteForm {
    /// Its name.
    pub name: String,
    /// The name of a [`SiteKind`](super::SiteKind).
    pub kind: String,
    /// What it is for.
    pub purpose: String,
    /// Who runs it; for none, the organisation of whoever opens it, and no change afterwards.
    pub organisation: Option<Id<thing::Organisation>>,
}

/// What is to be another about a site.
#[derive(Debug, Clone, Default)]
pub struct SiteChange {
    /// Its name.
    pub name: Option<String>,
    /// The name of a [`SiteKind`](super::SiteKind).
    pub kind: Option<String>,
    /// What it is for.
    pub purpose: Option<String>,
    /// Who runs it.
    pub organisation: Option<Id<thing::Organisation>>,
}

impl From<&SiteForm> for SiteChange {
    fn from(form: &SiteForm) -> Self {
        let form = form.clone();
        Self {
            name: Some(form.name),
            kind: Some(form.kind),
            purpose: Some(form.purpose),
            organisation: form.organisation,
        }
    }
}

/// What the form for a new site offers.
#[derive(Debug, Clone)]
pub struct NewSite {
    /// The organisations that may run it, by name.
    pub organisations: Vec<(Id<thing::Organisation>, String)>,
    /// The one that runs it when nothing is chosen.
    pub mine: Option<Id<thing::Organisation>>,
}

/// Whether this person may open a site (an error otherwise), and what they can choose.
pub async fn new_site(actor: &Actor) -> Result<NewSite> {
    let mut proof = actor.read::<ViewNewSite>(Id::REALM).await?;
    let operator = proof.standing().operator;
    let mut rows: Vec<OrganisationRow> = proof
        .all(sql::MAY_RUN, args![proof.at(), actor.me()?, operator])
        .await?;
    rows.sort_by(|one, other| one.name_key.cmp(&other.name_key));
    Ok(NewSite {
        mine: rows.iter().find(|row| row.mine).map(|row| row.id),
        organisations: rows.into_iter().map(|row| (row.id, row.name)).collect(),
    })
}

/// Opens a site. Whoever opens it owns it, by a grant like any other.
pub async fn create(actor: &Actor, form: &SiteForm) -> Result<Id<thing::Site>> {
    let mut w = actor.write::<CreateSite>(Id::REALM).await?;
    let me = actor.me()?;
    let said = rules::check(form)?;
    let own: Option<(Id<thing::Organisation>,)> =
        w.first(sql::MY_ORGANISATION, args![w.at(), me]).await?;
    let own = own.map(|row| row.0);
    let organisation = match form.organisation {
        Some(other) if Some(other) != own => may_run(&mut w, other).await?,
        Some(_) | None => own.ok_or_else(rules::whose)?,
    };
    let site: Id<thing::Site> = w.new_id();
    w.execute(
        sql::INSERT_SITE,
        args![
            site,
            &said.name,
            said.key,
            said.kind.name(),
            said.purpose,
            organisation,
            w.at(),
            me
        ],
    )
    .await?;
    let grant: Id<thing::Grant> = w.new_id();
    w.execute(
        sql::INSERT_OWNER,
        args![grant, site, me, w.at(), Time::FOREVER],
    )
    .await?;
    w.place_mut().site = Some(site);
    w.commit(SiteCreated {
        site: said.name,
        kind: said.kind.name().to_owned(),
    })
    .await?;
    Ok(site)
}

/// Changes what is said of a site; what the change does not name stays as it is then.
pub async fn edit(
    actor: &Actor,
    site: Id<thing::Site>,
    change: impl Into<SiteChange>,
) -> Result<()> {
    let change = change.into();
    let mut w = actor.write::<EditSite>(site).await?;
    let before: SiteRow = w.one(sql::SITE, args![w.target()]).await?;
    let said = rules::check(&SiteForm {
        name: change.name.unwrap_or_else(|| before.name.clone()),
        kind: change.kind.unwrap_or(before.kind),
        purpose: change.purpose.unwrap_or(before.purpose),
        organisation: change.organisation,
    })?;
    let organisation = match change.organisation {
        Some(other) if other != before.organisation_id => may_run(&mut w, other).await?,
        Some(_) | None => before.organisation_id,
    };
    w.execute(
        sql::UPDATE_SITE,
        args![
            w.target(),
            &said.name,
            said.key,
            said.kind.name(),
            said.purpose,
            organisation
        ],
    )
    .await?;
    w.commit(SiteEdited {
        site: said.name,
        before: before.name,
    })
    .await
}

/// A site is run by one's own organisation, or by one that one looks after.
async fn may_run<A: Action>(
    w: &mut Write<A>,
    organisation: Id<thing::Organisation>,
) -> Result<Id<thing::Organisation>> {
    match w.also_needs(organisation, Needs::Coordinate).await {
        Ok(_) => Ok(organisation),
        Err(Error::NotFound) => Err(rules::whose()),
        Err(error) => Err(error),
    }
}
