//! The people that somebody may know of: the directory, a person, an organisation, a team.

use askama::Template;
use axum::extract::Path;
use chancery::Error;
use chancery::kernel::Id;
use chancery::people::{
    self, OrganisationLine, OrganisationPage, PersonLine, PersonPage, TeamLine, TeamPage,
};
use serde::Deserialize;

use crate::components::{Crumb, PageLink};
use crate::failure::{Answer, url_escape};
use crate::frame::Frame;
use crate::guest::{Guest, Part, page};
use crate::posted::Asked;
use crate::routes::routes;

routes! {
    get "/people" => directory;
    get "/people/{id}" => person;
    get "/organisations" => organisations;
    get "/organisations/{id}" => organisation;
    get "/teams" => teams;
    get "/teams/{id}" => team;
}

/// An id from an address: what is not one leads nowhere, like what may not be seen.
pub(super) fn id<T>(text: &str) -> Result<Id<T>, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

#[derive(Deserialize, Default)]
struct Find {
    #[serde(default)]
    find: String,
    #[serde(default)]
    after: String,
}

#[derive(Template)]
#[template(path = "people/directory.html")]
struct DirectoryPage {
    frame: Frame,
    find: String,
    people: Vec<PersonLine>,
    next: Option<PageLink>,
}

/// Where a list goes on, in an address: the id and the name it stopped at.
fn read_after(text: &str) -> Option<(String, i64)> {
    let (id, name) = text.split_once('.')?;
    Some((name.to_owned(), id.parse().ok()?))
}

async fn directory(guest: Guest, Asked(asked): Asked<Find>) -> Answer {
    let mut scope = guest.scope()?;
    let found = people::directory(&mut scope, &asked.find, read_after(&asked.after)).await?;
    let next = found.next.map(|(name, id)| {
        let after = format!("{id}.{name}");
        let href = format!(
            "/people?find={}&after={}",
            url_escape(&asked.find),
            url_escape(&after)
        );
        PageLink::new(href, "More people")
    });
    page(&DirectoryPage {
        frame: guest.frame("People", Part::People),
        find: asked.find,
        people: found.items,
        next,
    })
}

fn under_people(guest: &Guest, title: &str, crumbs: Vec<Crumb>) -> Frame {
    let mut all = vec![Crumb::new("People", "/people")];
    all.extend(crumbs);
    Frame {
        crumbs: all,
        ..guest.frame(title, Part::People)
    }
}

#[derive(Template)]
#[template(path = "people/person.html")]
struct PersonTemplate {
    frame: Frame,
    person: PersonPage,
}

async fn person(guest: Guest, Path(text): Path<String>) -> Answer {
    let person = people::person(&guest.actor, id(&text)?).await?;
    page(&PersonTemplate {
        frame: under_people(&guest, &person.line.name, Vec::new()),
        person,
    })
}

#[derive(Template)]
#[template(path = "people/organisations.html")]
struct OrganisationsPage {
    frame: Frame,
    organisations: Vec<OrganisationLine>,
}

async fn organisations(guest: Guest) -> Answer {
    let organisations = people::organisations(&guest.actor).await?;
    page(&OrganisationsPage {
        frame: under_people(&guest, "Organisations", Vec::new()),
        organisations,
    })
}

#[derive(Template)]
#[template(path = "people/organisation.html")]
struct OrganisationTemplate {
    frame: Frame,
    organisation: OrganisationPage,
    find: String,
}

async fn organisation(guest: Guest, Path(text): Path<String>) -> Answer {
    let organisation = people::organisation(&guest.actor, id(&text)?).await?;
    page(&OrganisationTemplate {
        frame: under_people(
            &guest,
            &organisation.name,
            vec![Crumb::new("Organisations", "/organisations")],
        ),
        find: url_escape(&organisation.name),
        organisation,
    })
}

#[derive(Template)]
#[template(path = "people/teams.html")]
struct TeamsPage {
    frame: Frame,
    teams: Vec<TeamLine>,
    can_create: bool,
}

async fn teams(guest: Guest) -> Answer {
    let teams = people::teams(&guest.actor).await?;
    page(&TeamsPage {
        frame: under_people(&guest, "Teams", Vec::new()),
        teams,
        can_create: guest.arrived.operator,
    })
}

#[derive(Template)]
#[template(path = "people/team.html")]
struct TeamTemplate {
    frame: Frame,
    team: TeamPage,
}

async fn team(guest: Guest, Path(text): Path<String>) -> Answer {
    let team = people::team(&guest.actor, id(&text)?).await?;
    page(&TeamTemplate {
        frame: under_people(&guest, &team.name, vec![Crumb::new("Teams", "/teams")]),
        team,
    })
}
