//! Teams: named groups of people across organisations.

use axum::Json;
use axum::http::StatusCode;
use chancery::kernel::{Id, thing};
use chancery::people::{self, Member, TeamForm, TeamPage};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::lists::{DONE, Made, whole};
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Person};
use crate::{Body, Caller, Named, Page};

routes! { list, create, team, edit, put_in, take_out }

/// A team in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeamLine {
    /// The team.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// What it is for; may be empty.
    purpose: String,
    /// How many people with an active account are in it.
    people: u64,
}

impl From<people::TeamLine> for TeamLine {
    fn from(line: people::TeamLine) -> Self {
        Self {
            id: line.id.to_string(),
            name: line.name,
            purpose: line.purpose,
            people: line.people,
        }
    }
}

/// A team and who is in it.
#[derive(Debug, Serialize, ToSchema)]
struct Team {
    /// The team.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// What it is for; may be empty.
    purpose: String,
    /// Who is in it, by name.
    members: Vec<TeamMember>,
    /// Whether you may change it.
    can_edit: bool,
}

/// Somebody in a team.
#[derive(Debug, Serialize, ToSchema)]
struct TeamMember {
    #[serde(flatten)]
    person: Person,
    /// What they do in it; may be empty.
    duty: String,
    /// Their e-mail address.
    email: String,
    /// Their telephone number; may be empty.
    phone: String,
}

impl From<Member> for TeamMember {
    fn from(member: Member) -> Self {
        Self {
            person: member.line.into(),
            duty: member.duty,
            email: member.email,
            phone: member.phone,
        }
    }
}

impl From<TeamPage> for Team {
    fn from(page: TeamPage) -> Self {
        Self {
            id: page.id.to_string(),
            name: page.name,
            purpose: page.purpose,
            members: page.members.into_iter().map(TeamMember::from).collect(),
            can_edit: page.can_edit,
        }
    }
}

/// A new team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTeam {
    /// Its name.
    name: String,
    /// What it is for.
    #[serde(default)]
    purpose: String,
}

/// What changes about a team; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TeamChange {
    /// Its name.
    name: Option<String>,
    /// What it is for.
    purpose: Option<String>,
}

/// Somebody who is put in a team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMember {
    /// The e-mail address of somebody in the realm.
    email: String,
    /// What they do in it.
    #[serde(default)]
    duty: String,
}

/// The teams that you are in or share a place with
///
/// All of them, by name; for operators all of the realm.
#[utoipa::path(get, path = "/teams", tag = "teams", operation_id = "teams",
    responses((status = 200, description = "All of them", body = Page<TeamLine>)))]
async fn list(caller: Caller) -> Answer<Page<TeamLine>> {
    Ok(whole(people::teams(&caller.actor).await?))
}

/// Make a team, as an operator
#[utoipa::path(post, path = "/teams", tag = "teams", operation_id = "createTeam",
    request_body = NewTeam,
    responses((status = 201, description = "It is made", body = Made)))]
async fn create(caller: Caller, Body(new): Body<NewTeam>) -> Answer<Made> {
    let form = TeamForm {
        name: new.name,
        purpose: new.purpose,
    };
    let id = people::create_team(&caller.actor, &form).await?;
    Ok(Made::new("/teams", id))
}

/// A team and who is in it
#[utoipa::path(get, path = "/teams/{id}", tag = "teams", operation_id = "team",
    params(("id" = schema::Id, Path, description = "The team")),
    responses((status = 200, description = "Who is in it", body = Team)))]
async fn team(caller: Caller, Named(id): Named<Id<thing::Team>>) -> Answer<Json<Team>> {
    Ok(Json(people::team(&caller.actor, id).await?.into()))
}

/// Change what is said of a team, as an operator
#[utoipa::path(patch, path = "/teams/{id}", tag = "teams", operation_id = "editTeam",
    request_body = TeamChange, params(("id" = schema::Id, Path, description = "The team")),
    responses((status = 204, description = "It is changed")))]
async fn edit(
    caller: Caller,
    Named(id): Named<Id<thing::Team>>,
    Body(change): Body<TeamChange>,
) -> Answer<StatusCode> {
    let change = people::TeamChange {
        name: change.name,
        purpose: change.purpose,
    };
    people::edit_team(&caller.actor, id, change).await?;
    Ok(DONE)
}

/// Put somebody in a team, or give a member another duty, as an operator
///
/// They can see at once what the team has been given access to.
#[utoipa::path(post, path = "/teams/{id}/people", tag = "teams", operation_id = "addToTeam",
    request_body = NewMember, params(("id" = schema::Id, Path, description = "The team")),
    responses((status = 204, description = "They are in it")))]
async fn put_in(
    caller: Caller,
    Named(id): Named<Id<thing::Team>>,
    Body(new): Body<NewMember>,
) -> Answer<StatusCode> {
    people::add_to_team(&caller.actor, id, &new.email, &new.duty).await?;
    Ok(DONE)
}

/// Take somebody out of a team, as an operator
#[utoipa::path(delete, path = "/teams/{id}/people/{person}", tag = "teams",
    operation_id = "removeFromTeam",
    params(("id" = schema::Id, Path, description = "The team"),
           ("person" = schema::Id, Path, description = "The person")),
    responses((status = 204, description = "They are no longer in it")))]
async fn take_out(
    caller: Caller,
    Named((id, person)): Named<(Id<thing::Team>, Id<thing::Person>)>,
) -> Answer<StatusCode> {
    people::remove_from_team(&caller.actor, id, person).await?;
    Ok(DONE)
}
