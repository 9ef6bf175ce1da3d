//! Looking after organisations, people and teams: for operators and coordinators.

use askama::Template;
use axum::extract::Path;
use chancery::kernel::{Id, thing};
use chancery::people::{
    self, AccountPage, Coordination, OrganisationForm, OrganisationLine, Sector, TeamForm,
};
use chancery::sites::{self, SiteLine};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::people::id;
use crate::components::{Button, Choice, Crumb, Field, PageLink};
use crate::failure::{Answer, url_escape};
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, Part, done, page};
use crate::posted::{Asked, Posted};
use crate::routes::routes;

routes! {
    get "/operations" => show;
    get "/operations/sites" => all_sites;
    get "/operations/organisations/new" => new_organisation;
    post "/operations/organisations/new" => create_organisation;
    get "/organisations/{id}/edit" => edit_organisation;
    post "/organisations/{id}/edit" => save_organisation;
    get "/organisations/{id}/people" => coordination;
    get "/operations/teams/new" => new_team;
    post "/operations/teams/new" => create_team;
    get "/teams/{id}/edit" => edit_team;
    post "/teams/{id}/edit" => save_team;
    get "/teams/{id}/add" => add_to_team;
    post "/teams/{id}/add" => save_member;
    post "/teams/{id}/people/{person}/remove" => remove_from_team;
}

pub(super) fn under_operations(guest: &Guest, title: &str, crumbs: Vec<Crumb>) -> Frame {
    let mut all = vec![Crumb::new("Operations", "/operations")];
    all.extend(crumbs);
    Frame {
        crumbs: all,
        ..guest.frame(title, Part::Operations)
    }
}

/// An empty form shows nothing, and the verb behind it decides; to others it does not exist all the same.
fn only_operators(guest: &Guest) -> Result<(), crate::Failure> {
    if guest.arrived.operator {
        Ok(())
    } else {
        Err(chancery::Error::NotFound.into())
    }
}

#[derive(Template)]
#[template(path = "operations/operations.html")]
struct OperationsPage {
    frame: Frame,
    organisations: Vec<OrganisationLine>,
    operator: bool,
}

async fn show(guest: Guest) -> Answer {
    // A page for those who look after somebody; for everybody else it does not exist.
    if !guest.arrived.operator && !guest.arrived.coordinator {
        return Err(chancery::Error::NotFound.into());
    }
    let organisations = people::coordinated(&guest.actor).await?;
    page(&OperationsPage {
        frame: guest.frame("Operations", Part::Operations),
        organisations,
        operator: guest.arrived.operator,
    })
}

#[derive(Template)]
#[template(path = "operations/sites.html")]
struct SitesPage {
    frame: Frame,
    sites: Vec<SiteLine>,
}

async fn all_sites(guest: Guest) -> Answer {
    let sites = sites::all(&guest.actor).await?;
    page(&SitesPage {
        frame: under_operations(&guest, "All sites", Vec::new()),
        sites,
    })
}

#[derive(Deserialize, Default)]
struct OrganisationAsked {
    #[serde(default)]
    name: String,
    #[serde(default)]
    sector: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    umbrella: String,
}

impl OrganisationAsked {
    fn form(&self) -> OrganisationForm {
        OrganisationForm {
            name: self.name.clone(),
            sector: self.sector.clone(),
            about: self.about.clone(),
            umbrella: self.umbrella.parse().ok(),
        }
    }
}

async fn organisation_page(
    guest: &Guest,
    frame: Frame,
    asked: &OrganisationAsked,
    cancel: &str,
) -> Result<FormPage, crate::Failure> {
    let others = people::organisations(&guest.actor).await?;
    let sectors = Sector::ALL.map(|sector| Choice::new(sector.name(), sector.label()));
    let mut umbrellas = vec![Choice::new("", "None")];
    umbrellas.extend(
        others
            .iter()
            .filter(|other| other.name != asked.name)
            .map(|other| Choice::new(other.id.to_string(), other.name.clone())),
    );
    let fields = vec![
        Field::text("name", "Name").value(&asked.name),
        Field::radios("sector", "Sector", sectors).value(&asked.sector),
        Field::textarea("about", "What it does (optional)").value(&asked.about),
        Field::select("umbrella", "Umbrella body it is a member of", umbrellas)
            .value(&asked.umbrella),
    ];
    Ok(FormPage::new(frame, fields, Button::submit("Save"), cancel))
}

async fn new_organisation(guest: Guest) -> Answer {
    only_operators(&guest)?;
    let frame = under_operations(&guest, "New organisation", Vec::new());
    organisation_page(&guest, frame, &OrganisationAsked::default(), "/operations")
        .await?
        .ask()
}

async fn create_organisation(guest: Guest, Posted(asked): Posted<OrganisationAsked>) -> Answer {
    let outcome = people::create_organisation(&guest.actor, &asked.form()).await;
    let frame = under_operations(&guest, "New organisation", Vec::new());
    organisation_page(&guest, frame, &asked, "/operations")
        .await?
        .after(outcome, |id| {
            done(
                &format!("/organisations/{id}/people"),
                format!("{} is in the realm.", asked.name),
            )
        })
}

async fn edit_organisation(guest: Guest, Path(text): Path<String>) -> Answer {
    let now = people::organisation(&guest.actor, id(&text)?).await?;
    if !now.can_edit {
        return Err(chancery::Error::NotFound.into());
    }
    let asked = OrganisationAsked {
        name: now.name.clone(),
        sector: now.sector.name().to_owned(),
        about: now.about.clone(),
        umbrella: now
            .umbrella
            .as_ref()
            .map(|(id, _)| id.to_string())
            .unwrap_or_default(),
    };
    let here = format!("/organisations/{}", now.id);
    let frame = under_operations(&guest, &format!("Change {}", now.name), Vec::new());
    organisation_page(&guest, frame, &asked, &here).await?.ask()
}

async fn save_organisation(
    guest: Guest,
    Path(text): Path<String>,
    Posted(asked): Posted<OrganisationAsked>,
) -> Answer {
    let id: Id<thing::Organisation> = id(&text)?;
    let outcome = people::edit_organisation(&guest.actor, id, &asked.form()).await;
    let here = format!("/organisations/{id}");
    let frame = under_operations(&guest, "Change an organisation", Vec::new());
    organisation_page(&guest, frame, &asked, &here)
        .await?
        .after(outcome, |()| done(&here, "The organisation is saved."))
}

#[derive(Deserialize, Default)]
struct Find {
    #[serde(default)]
    find: String,
    #[serde(default)]
    after: String,
}

#[derive(Template)]
#[template(path = "operations/people.html")]
struct CoordinationPage {
    frame: Frame,
    coordination: Coordination,
    find: String,
    next: Option<PageLink>,
    zone: TimeZone,
}

impl CoordinationPage {
    #[allow(
        clippy::trivially_copy_pass_by_ref,
        reason = "templates hand over references"
    )]
    fn when(&self, at: &chancery::kernel::Time) -> String {
        crate::format::moment(at.timestamp(), &self.zone)
    }
}

async fn coordination(guest: Guest, Path(text): Path<String>, Asked(asked): Asked<Find>) -> Answer {
    let after = asked
        .after
        .split_once('.')
        .and_then(|(id, name)| Some((name.to_owned(), id.parse().ok()?)));
    let coordination =
        people::coordination_after(&guest.actor, id(&text)?, &asked.find, after).await?;
    let next = coordination.next.as_ref().map(|(name, id)| {
        let after = url_escape(&format!("{id}.{name}"));
        PageLink::new(
            format!("?find={}&after={after}", url_escape(&asked.find)),
            "More people",
        )
    });
    page(&CoordinationPage {
        frame: under_operations(&guest, &coordination.organisation.name, Vec::new()),
        coordination,
        find: asked.find,
        next,
        zone: guest.portal.zone().clone(),
    })
}

#[derive(Deserialize, Default)]
struct TeamAsked {
    #[serde(default)]
    name: String,
    #[serde(default)]
    purpose: String,
}

impl TeamAsked {
    fn form(&self) -> TeamForm {
        TeamForm {
            name: self.name.clone(),
            purpose: self.purpose.clone(),
        }
    }
}

fn team_page(frame: Frame, asked: &TeamAsked, cancel: &str) -> FormPage {
    let fields = vec![
        Field::text("name", "Name of the team").value(&asked.name),
        Field::textarea("purpose", "What it is for (optional)").value(&asked.purpose),
    ];
    FormPage::new(frame, fields, Button::submit("Save"), cancel)
}

async fn new_team(guest: Guest) -> Answer {
    only_operators(&guest)?;
    let frame = under_operations(&guest, "New team", Vec::new());
    team_page(frame, &TeamAsked::default(), "/teams").ask()
}

async fn create_team(guest: Guest, Posted(asked): Posted<TeamAsked>) -> Answer {
    let outcome = people::create_team(&guest.actor, &asked.form()).await;
    let frame = under_operations(&guest, "New team", Vec::new());
    team_page(frame, &asked, "/teams").after(outcome, |id| {
        done(
            &format!("/teams/{id}"),
            "The team is made. Add the people who are in it.",
        )
    })
}

async fn edit_team(guest: Guest, Path(text): Path<String>) -> Answer {
    let now = people::team(&guest.actor, id(&text)?).await?;
    if !now.can_edit {
        return Err(chancery::Error::NotFound.into());
    }
    let frame = under_operations(&guest, &format!("Change {}", now.name), Vec::new());
    let asked = TeamAsked {
        name: now.name,
        purpose: now.purpose,
    };
    team_page(frame, &asked, &format!("/teams/{}", now.id)).ask()
}

async fn save_team(
    guest: Guest,
    Path(text): Path<String>,
    Posted(asked): Posted<TeamAsked>,
) -> Answer {
    let id: Id<thing::Team> = id(&text)?;
    let outcome = people::edit_team(&guest.actor, id, &asked.form()).await;
    let here = format!("/teams/{id}");
    let frame = under_operations(&guest, "Change a team", Vec::new());
    team_page(frame, &asked, &here).after(outcome, |()| done(&here, "The team is saved."))
}

#[derive(Deserialize, Default)]
struct NewMember {
    #[serde(default)]
    email: String,
    #[serde(default)]
    duty: String,
}

async fn member_page(
    guest: &Guest,
    id: Id<thing::Team>,
    asked: &NewMember,
) -> Result<FormPage, crate::Failure> {
    let team = people::team(&guest.actor, id).await?;
    if !team.can_edit {
        return Err(chancery::Error::NotFound.into());
    }
    let fields = vec![
        Field::email("email", "Their email address").value(&asked.email),
        Field::text("duty", "What they do in this team (optional)")
            .hint("For example, chair or finance lead")
            .value(&asked.duty),
    ];
    let frame = under_operations(guest, "Add somebody", Vec::new());
    Ok(
        FormPage::new(frame, fields, Button::submit("Add"), format!("/teams/{id}"))
            .about(team.name)
            .intro("They can see at once what this team has been given access to."),
    )
}

async fn add_to_team(guest: Guest, Path(text): Path<String>) -> Answer {
    member_page(&guest, id(&text)?, &NewMember::default())
        .await?
        .ask()
}

async fn save_member(
    guest: Guest,
    Path(text): Path<String>,
    Posted(asked): Posted<NewMember>,
) -> Answer {
    let id: Id<thing::Team> = id(&text)?;
    let outcome = people::add_to_team(&guest.actor, id, &asked.email, &asked.duty).await;
    member_page(&guest, id, &asked).await?.after(outcome, |()| {
        done(&format!("/teams/{id}"), "They are in the team.")
    })
}

#[derive(Deserialize)]
struct Nothing {}

async fn remove_from_team(
    guest: Guest,
    Path((team, person)): Path<(String, String)>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let team: Id<thing::Team> = id(&team)?;
    people::remove_from_team(&guest.actor, team, id(&person)?).await?;
    done(&format!("/teams/{team}"), "They are no longer in the team.")
}

/// Shown to whoever looks after an account; used by the pages of accounts.
pub(super) fn under_account(guest: &Guest, title: &str, account: &AccountPage) -> Frame {
    under_operations(
        guest,
        title,
        vec![
            Crumb::new(
                account.line.organisation.clone(),
                format!("/organisations/{}/people", account.line.organisation_id),
            ),
            Crumb::new(
                account.line.name.clone(),
                format!("/people/{}/account", account.line.id),
            ),
        ],
    )
}
