//! Teams: named groups of people across organisations.

use super::sql::teams as sql;
use super::{
    AddToTeam, CreateTeam, EditTeam, RemoveFromTeam, TeamChange, TeamCreated, TeamEdited, TeamForm,
    TeamJoined, TeamLeft, TeamLine, TeamPage, ViewTeam, ViewTeams, rules, text,
};
use crate::kernel::{Actor, Id, thing::Person, thing::Team};
use crate::{Error, Result};

const TAKEN: &str = "A team with this name is in the realm already";

/// The teams that I am in or share a place with, by name; for operators all.
pub async fn teams(actor: &Actor) -> Result<Vec<TeamLine>> {
    let mut read = actor.read::<ViewTeams>(Id::REALM).await?;
    let rows = sql::list(&mut read).await?;
    Ok(rows
        .into_iter()
        .map(|row| TeamLine {
            id: row.id,
            name: row.name,
            purpose: row.purpose,
            people: row.people,
        })
        .collect())
}

/// A team and who is in it.
pub async fn team(actor: &Actor, id: Id<Team>) -> Result<TeamPage> {
    let mut read = actor.read::<ViewTeam>(id).await?;
    let row = sql::team(&mut read).await?;
    let members = sql::members(&mut read).await?;
    Ok(TeamPage {
        id: row.id,
        name: row.name,
        purpose: row.purpose,
        members,
        can_edit: read.standing().operator,
    })
}

/// Makes a team. Problems are on `name` and `purpose`.
pub async fn create_team(actor: &Actor, form: &TeamForm) -> Result<Id<Team>> {
    let mut write = actor.write::<CreateTeam>(Id::REALM).await?;
    let (team, purpose) = rules::team(form).map_err(Error::Invalid)?;
    let id: Id<Team> = write.new_id();
    if !sql::put(&mut write, id, &team, &text::name_key(&team), &purpose).await? {
        return Err(Error::invalid("name", TAKEN));
    }
    write.place_mut().subject = Some(id.raw());
    write.commit(TeamCreated { team }).await?;
    Ok(id)
}

/// Changes what is said of a team; what the change does not name stays as it is then.
pub async fn edit_team(actor: &Actor, id: Id<Team>, change: impl Into<TeamChange>) -> Result<()> {
    let change = change.into();
    let mut write = actor.write::<EditTeam>(id).await?;
    let now = sql::held(&mut write).await?;
    let form = change.of(TeamForm {
        name: now.name,
        purpose: now.purpose,
    });
    let (team, purpose) = rules::team(&form).map_err(Error::Invalid)?;
    sql::edit(&mut write, &team, &text::name_key(&team), &purpose)
        .await
        .map_err(|error| match error {
            Error::Conflict(_) => Error::invalid("name", TAKEN),
            other => other,
        })?;
    write.commit(TeamEdited { team }).await
}

/// Puts whoever has this e-mail address in a team, or gives a member another duty. Problems are
/// on `email` and `duty`.
pub async fn add_to_team(actor: &Actor, id: Id<Team>, email: &str, duty: &str) -> Result<()> {
    let mut write = actor.write::<AddToTeam>(id).await?;
    let duty = text::clean_line(duty, text::LONGEST_NAME)
        .map_err(|unfit| Error::invalid("duty", unfit))?;
    let member = sql::by_email(&mut write, &text::name_key(email))
        .await?
        .ok_or_else(|| Error::invalid("email", "Nobody in this realm has this email address"))?;
    if let Some(present) = &member.duty {
        if *present == duty {
            return Err(Error::invalid(
                "email",
                format!("{} is in this team already", member.name),
            ));
        }
        sql::close_member(&mut write, member.id).await?;
    }
    sql::put_member(&mut write, member.id, &duty).await?;
    let team = sql::name(&mut write).await?;
    write
        .commit(TeamJoined {
            person: member.name,
            team,
            duty: if duty.is_empty() {
                "member".to_owned()
            } else {
                duty
            },
        })
        .await
}

/// Takes somebody out of a team.
pub async fn remove_from_team(actor: &Actor, id: Id<Team>, person: Id<Person>) -> Result<()> {
    let mut write = actor.write::<RemoveFromTeam>(id).await?;
    let member = sql::member(&mut write, person).await?;
    sql::close_member(&mut write, person).await?;
    let team = sql::name(&mut write).await?;
    write
        .commit(TeamLeft {
            person: member.name,
            team,
        })
        .await
}
