//! Organisations, and the accounts of their people for those who look after them.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use chancery::kernel::{Id, thing};
use chancery::people::{self, OrganisationForm, OrganisationPage, PersonForm};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::accounts::{AccountLine, NewLink};
use crate::lists::{DONE, Find, Made, by_name, given, secret, whole};
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Moment, Named as NamedThing, Person};
use crate::words::{Sector, Which};
use crate::{Api, Asked, Body, Caller, Named, Page};

routes! { list, create, organisation, edit, accounts, create_person }

/// An organisation in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrganisationLine {
    /// The organisation.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// Its sector.
    sector: Sector,
    /// The name of the umbrella body that it is a member of.
    umbrella: Option<String>,
    /// How many active accounts it has: only for those who look after it.
    people: Option<u64>,
}

impl From<people::OrganisationLine> for OrganisationLine {
    fn from(line: people::OrganisationLine) -> Self {
        Self {
            id: line.id.to_string(),
            name: line.name,
            sector: line.sector.into(),
            umbrella: line.umbrella,
            people: line.people,
        }
    }
}

/// An organisation, with those of its people whom you may know of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Organisation {
    /// The organisation.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// Its sector.
    sector: Sector,
    /// What it does; may be empty.
    about: String,
    /// The umbrella body that it is a member of.
    umbrella: Option<NamedThing>,
    /// Its member organisations, when it is an umbrella body.
    members: Vec<NamedThing>,
    /// The first of its people by name, when you may know of them.
    people: Vec<Person>,
    /// Whether there are more people than these: `GET /people` finds them by the organisation's name.
    more_people: bool,
    /// Whether you look after it.
    can_coordinate: bool,
    /// Whether you may change it.
    can_edit: bool,
}

impl From<OrganisationPage> for Organisation {
    fn from(page: OrganisationPage) -> Self {
        Self {
            id: page.id.to_string(),
            name: page.name,
            sector: page.sector.into(),
            about: page.about,
            umbrella: page.umbrella.map(NamedThing::from),
            members: page.members.into_iter().map(NamedThing::from).collect(),
            people: page.people.into_iter().map(Person::from).collect(),
            more_people: page.more_people,
            can_coordinate: page.can_coordinate,
            can_edit: page.can_edit,
        }
    }
}

/// Which organisations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Choose {
    /// `all`, as without it, or `mine`: those that you look after.
    #[param(required = false)]
    #[param(inline)]
    which: Which,
}

impl Default for Choose {
    fn default() -> Self {
        Self { which: Which::All }
    }
}

/// A new organisation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOrganisation {
    /// Its name.
    name: String,
    /// Its sector.
    sector: Sector,
    /// What it does.
    #[serde(default)]
    about: String,
    /// The umbrella body that it is a member of.
    #[schema(value_type = Option<schema::Id>)]
    umbrella: Option<Id<thing::Organisation>>,
}

/// What changes about an organisation; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrganisationChange {
    /// Its name.
    name: Option<String>,
    /// Its sector.
    sector: Option<Sector>,
    /// What it does.
    about: Option<String>,
    /// The umbrella body that it is a member of; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Id>)]
    #[allow(clippy::option_option, reason = "left out is not the same as none")]
    umbrella: Option<Option<Id<thing::Organisation>>>,
}

/// The organisations of the realm
///
/// All of them, by name: everybody in the realm may know which there are.
#[utoipa::path(get, path = "/organisations", tag = "organisations", operation_id = "organisations",
    params(Choose),
    responses((status = 200, description = "All of them", body = Page<OrganisationLine>)))]
async fn list(caller: Caller, Asked(choose): Asked<Choose>) -> Answer<Page<OrganisationLine>> {
    let lines = match choose.which {
        Which::All => people::organisations(&caller.actor).await?,
        Which::Mine => people::coordinated(&caller.actor).await?,
    };
    Ok(whole(lines))
}

/// Open an organisation in the realm, as an operator
#[utoipa::path(post, path = "/organisations", tag = "organisations",
    operation_id = "createOrganisation", request_body = NewOrganisation,
    responses((status = 201, description = "It is in the realm", body = Made)))]
async fn create(caller: Caller, Body(new): Body<NewOrganisation>) -> Answer<Made> {
    let form = OrganisationForm {
        name: new.name,
        sector: people::Sector::from(new.sector).name().to_owned(),
        about: new.about,
        umbrella: new.umbrella,
    };
    let id = people::create_organisation(&caller.actor, &form).await?;
    Ok(Made::new("/organisations", id))
}

/// An organisation
#[utoipa::path(get, path = "/organisations/{id}", tag = "organisations", operation_id = "organisation",
    params(("id" = schema::Id, Path, description = "The organisation")),
    responses((status = 200, description = "What it is", body = Organisation)))]
async fn organisation(
    caller: Caller,
    Named(id): Named<Id<thing::Organisation>>,
) -> Answer<Json<Organisation>> {
    let organisation = people::organisation(&caller.actor, id).await?;
    Ok(Json(organisation.into()))
}

/// Change what is said of an organisation, as an operator
#[utoipa::path(patch, path = "/organisations/{id}", tag = "organisations",
    operation_id = "editOrganisation", request_body = OrganisationChange,
    params(("id" = schema::Id, Path, description = "The organisation")),
    responses((status = 204, description = "It is changed")))]
async fn edit(
    caller: Caller,
    Named(id): Named<Id<thing::Organisation>>,
    Body(change): Body<OrganisationChange>,
) -> Answer<StatusCode> {
    let sector = change.sector.map(people::Sector::from);
    let change = people::OrganisationChange {
        name: change.name,
        sector: sector.map(|sector| sector.name().to_owned()),
        about: change.about,
        umbrella: change.umbrella,
    };
    people::edit_organisation(&caller.actor, id, change).await?;
    Ok(DONE)
}

/// The accounts of an organisation, for those who look after it
///
/// By name, 100 at a time.
#[utoipa::path(get, path = "/organisations/{id}/people", tag = "accounts", operation_id = "accounts",
    params(("id" = schema::Id, Path, description = "The organisation"), Find),
    responses((status = 200, description = "Some of them", body = Page<AccountLine>)))]
async fn accounts(
    caller: Caller,
    Named(id): Named<Id<thing::Organisation>>,
    Asked(asked): Asked<Find>,
) -> Answer<Page<AccountLine>> {
    let after = asked.after.map(|after| after.0);
    let found = people::coordination_after(&caller.actor, id, &asked.find, after).await?;
    Ok(by_name(found.people, found.next))
}

/// Somebody who is given an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPerson {
    /// Their name.
    name: String,
    /// Their e-mail address: what they sign in with.
    email: String,
    /// Their job title.
    #[serde(default)]
    title: String,
    /// Their telephone number.
    #[serde(default)]
    phone: String,
    /// The first moment at which the account cannot be used any more; it goes on for none.
    until: Option<Moment>,
}

/// Give somebody of an organisation an account, as one who looks after it
///
/// The answer has a one-time link for them, with which they set their password. It is told once.
#[utoipa::path(post, path = "/organisations/{id}/people", tag = "accounts",
    operation_id = "createPerson", request_body = NewPerson,
    params(("id" = schema::Id, Path, description = "The organisation")),
    responses((status = 201, description = "They have an account", body = NewLink)))]
async fn create_person(
    axum::extract::State(api): axum::extract::State<Api>,
    caller: Caller,
    Named(id): Named<Id<thing::Organisation>>,
    Body(new): Body<NewPerson>,
) -> Answer<Response> {
    let form = PersonForm {
        name: new.name,
        email: new.email,
        title: new.title,
        phone: new.phone,
    };
    let until = new.until.map(|until| until.0);
    let (person, token) = people::create_person(&caller.actor, id, &form, until).await?;
    let link = NewLink::new(&api, person, &token);
    Ok(secret((StatusCode::CREATED, link.location(), Json(link))))
}
