//! The people whom one may know of.

use axum::Json;
use chancery::kernel::{Id, thing};
use chancery::people::{self, PersonPage, TeamDuty};
use serde::Serialize;
use utoipa::ToSchema;

use crate::lists::{Find, by_name};
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Person};
use crate::words::Sector;
use crate::{Asked, Caller, Named, Page};

routes! { directory, person }

/// What one person may know of another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonDetails {
    #[serde(flatten)]
    person: Person,
    /// Their e-mail address.
    email: String,
    /// Their telephone number; may be empty.
    phone: String,
    /// The sector of their organisation.
    sector: Sector,
    /// The teams they are in that you may know of.
    teams: Vec<Duty>,
    /// Whether you look after this person's organisation.
    can_coordinate: bool,
    /// Whether this is you.
    me: bool,
}

/// A person's place in a team.
#[allow(clippy::struct_field_names, reason = "the names are those of the JSON")]
#[derive(Debug, Serialize, ToSchema)]
struct Duty {
    /// The team.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// What they do in it; may be empty.
    duty: String,
}

impl From<TeamDuty> for Duty {
    fn from(team: TeamDuty) -> Self {
        Self {
            id: team.id.to_string(),
            name: team.name,
            duty: team.duty,
        }
    }
}

impl From<PersonPage> for PersonDetails {
    fn from(page: PersonPage) -> Self {
        Self {
            person: page.line.into(),
            email: page.email,
            phone: page.phone,
            sector: page.sector.into(),
            teams: page.teams.into_iter().map(Duty::from).collect(),
            can_coordinate: page.can_coordinate,
            me: page.me,
        }
    }
}

/// The people of organisations with whom you share a place, and those you look after
///
/// By name, 50 at a time.
#[utoipa::path(get, path = "/people", tag = "people", operation_id = "people", params(Find),
    responses((status = 200, description = "Some of them", body = Page<Person>)))]
async fn directory(caller: Caller, Asked(asked): Asked<Find>) -> Answer<Page<Person>> {
    let after = asked.after.map(|after| after.0);
    let found = people::directory(&mut caller.scope()?, &asked.find, after).await?;
    Ok(by_name(found.items, found.next))
}

/// Somebody with whom you share a place, or whom you look after
#[utoipa::path(get, path = "/people/{id}", tag = "people", operation_id = "person",
    params(("id" = schema::Id, Path, description = "The person")),
    responses((status = 200, description = "Who they are", body = PersonDetails)))]
async fn person(
    caller: Caller,
    Named(id): Named<Id<thing::Person>>,
) -> Answer<Json<PersonDetails>> {
    let person = people::person(&caller.actor, id).await?;
    Ok(Json(person.into()))
}
