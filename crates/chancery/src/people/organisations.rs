//! Organisations and umbrella bodies.

use super::sql::organisations::{self as sql, SetsUmbrella};
use super::{
    CreateOrganisation, EditOrganisation, OrganisationChange, OrganisationCreated,
    OrganisationEdited, OrganisationForm, OrganisationLine, OrganisationPage, ViewOrganisation,
    ViewOrganisations, rules,
};
use crate::kernel::{Actor, Id, Write, thing::Organisation, thing::Realm};
use crate::{Error, Result};

const TAKEN: &str = "An organisation with this name is in the realm already";

/// Every organisation, by name: everybody in the realm may know which there are. People are
/// counted for those who look after them.
pub async fn organisations(actor: &Actor) -> Result<Vec<OrganisationLine>> {
    let mut read = actor.read::<ViewOrganisations>(Id::REALM).await?;
    sql::list(&mut read, false).await
}

/// The organisations that I look after, by name; for operators all.
pub async fn coordinated(actor: &Actor) -> Result<Vec<OrganisationLine>> {
    let mut read = actor.read::<ViewOrganisations>(Id::REALM).await?;
    sql::list(&mut read, true).await
}

/// One organisation, with those of its people whom I may know of.
pub async fn organisation(actor: &Actor, id: Id<Organisation>) -> Result<OrganisationPage> {
    let mut read = actor.read::<ViewOrganisation>(id).await?;
    let standing = *read.standing();
    let coordinates = standing.operator || standing.coordinator;
    let row = sql::organisation(&mut read).await?;
    let members = sql::members(&mut read).await?;
    let mut people = sql::people(&mut read, coordinates).await?;
    let more_people = people.len() > sql::PEOPLE;
    people.truncate(sql::PEOPLE);
    Ok(OrganisationPage {
        id: row.id,
        name: row.name,
        sector: row.sector,
        about: row.about,
        umbrella: row.umbrella_id.zip(row.umbrella),
        members,
        people,
        more_people,
        can_coordinate: coordinates,
        can_edit: standing.operator,
    })
}

/// Opens an organisation in the realm. Problems are on `name`, `sector`, `about`, `umbrella`.
pub async fn create_organisation(
    actor: &Actor,
    form: &OrganisationForm,
) -> Result<Id<Organisation>> {
    let mut write = actor.write::<CreateOrganisation>(Id::REALM).await?;
    let said = rules::description(form).map_err(Error::Invalid)?;
    let id: Id<Organisation> = write.new_id();
    if !sql::put(&mut write, id, &said).await? {
        return Err(Error::invalid("name", TAKEN));
    }
    if let Some(umbrella) = form.umbrella {
        stand_under(&mut write, id, umbrella).await?;
    }
    write.place_mut().subject = Some(id.raw());
    write
        .commit(OrganisationCreated {
            organisation: said.name,
            sector: said.sector.name().to_owned(),
        })
        .await?;
    Ok(id)
}

/// Changes what is said of an organisation, and under which umbrella body it stands; what the change
/// does not name stays as it is then.
pub async fn edit_organisation(
    actor: &Actor,
    id: Id<Organisation>,
    change: impl Into<OrganisationChange>,
) -> Result<()> {
    let change = change.into();
    let mut write = actor.write::<EditOrganisation>(id).await?;
    // Two organisations that are put under each other at the same moment take turns.
    write.lock(Id::<Realm>::REALM).await?;
    let now = sql::held(&mut write).await?;
    let before = now.umbrella_id;
    let form = change.of(OrganisationForm {
        name: now.name,
        sector: now.sector.name().to_owned(),
        about: now.about,
        umbrella: before,
    });
    let said = rules::description(&form).map_err(Error::Invalid)?;
    if before != form.umbrella {
        sql::close_umbrella(&mut write).await?;
        if let Some(umbrella) = form.umbrella {
            stand_under(&mut write, id, umbrella).await?;
        }
    }
    sql::edit(&mut write, &said)
        .await
        .map_err(|error| match error {
            Error::Conflict(_) => Error::invalid("name", TAKEN),
            other => other,
        })?;
    let organisation = said.name;
    write.commit(OrganisationEdited { organisation }).await
}

async fn stand_under<A: SetsUmbrella>(
    write: &mut Write<A>,
    member: Id<Organisation>,
    umbrella: Id<Organisation>,
) -> Result<()> {
    if !sql::stands_under(write, umbrella, umbrella).await? {
        return Err(Error::invalid("umbrella", "Select an organisation"));
    }
    if sql::stands_under(write, umbrella, member).await? {
        return Err(Error::invalid(
            "umbrella",
            "An organisation cannot stand under itself or under one of its own members",
        ));
    }
    sql::put_umbrella(write, member, umbrella).await
}
