//! One account, for those who look after it.

use askama::Template;
use axum::extract::{Path, State};
use chancery::kernel::{Id, thing};
use chancery::people::{self, AccountPage, Office};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::operations::{under_account, under_operations};
use super::people::id;
use super::you::Details;
use crate::components::{Button, Choice, Crumb, Field};
use crate::failure::{Answer, Failure};
use crate::forms::{FormPage, day_field, end_of, no_day, read_day};
use crate::frame::Frame;
use crate::guest::{Guest, done, page};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::routes::routes;

routes! {
    get "/organisations/{id}/people/new" => new_person;
    post "/organisations/{id}/people/new" => create_person;
    get "/people/{id}/account" => show;
    get "/people/{id}/account/edit" => edit;
    post "/people/{id}/account/edit" => save;
    get "/people/{id}/account/suspend" => suspend;
    post "/people/{id}/account/suspend" => save_suspension;
    post "/people/{id}/account/reinstate" => reinstate;
    post "/people/{id}/account/link" => issue_link;
    get "/people/{id}/account/move" => transfer;
    post "/people/{id}/account/move" => save_transfer;
    get "/people/{id}/account/appoint" => appoint;
    post "/people/{id}/account/appoint" => save_appointment;
    post "/people/{id}/account/offices/{office}/end" => dismiss;
}

#[derive(Template)]
#[template(path = "operations/account.html")]
struct AccountTemplate {
    frame: Frame,
    account: AccountPage,
    zone: TimeZone,
}

impl AccountTemplate {
    #[allow(
        clippy::trivially_copy_pass_by_ref,
        reason = "templates hand over references"
    )]
    fn when(&self, at: &chancery::kernel::Time) -> String {
        crate::format::moment(at.timestamp(), &self.zone)
    }
}

async fn show(guest: Guest, Path(text): Path<String>) -> Answer {
    let account = people::account(&guest.actor, id(&text)?).await?;
    let frame = under_operations(
        &guest,
        &account.line.name,
        vec![Crumb::new(
            account.line.organisation.clone(),
            format!("/organisations/{}/people", account.line.organisation_id),
        )],
    );
    page(&AccountTemplate {
        frame,
        account,
        zone: guest.portal.zone().clone(),
    })
}

#[derive(Template)]
#[template(path = "operations/link.html")]
struct LinkPage {
    frame: Frame,
    name: String,
    email: String,
    link: String,
    account: String,
    fresh: bool,
}

#[derive(Deserialize, Default)]
struct NewPerson {
    #[serde(flatten)]
    details: Details,
    #[serde(default)]
    until: String,
}

async fn new_person_page(
    guest: &Guest,
    organisation: Id<thing::Organisation>,
    asked: &NewPerson,
) -> Result<FormPage, Failure> {
    let of = people::coordination(&guest.actor, organisation)
        .await?
        .organisation;
    let mut fields = asked.details.fields(false);
    fields.push(
        day_field("until", "Last day of the account (optional)", &asked.until)
            .hint_too("Leave it empty for an account without an end"),
    );
    let here = format!("/organisations/{organisation}/people");
    let frame = under_operations(
        guest,
        "New person",
        vec![Crumb::new(of.name.clone(), here.clone())],
    );
    Ok(
        FormPage::new(frame, fields, Button::submit("Create account"), &here)
            .about(of.name)
            .intro("You are given a one-time link for them, with which they set their password."),
    )
}

async fn new_person(guest: Guest, Path(text): Path<String>) -> Answer {
    new_person_page(&guest, id(&text)?, &NewPerson::default())
        .await?
        .ask()
}

async fn create_person(
    State(portal): State<Portal>,
    guest: Guest,
    Path(text): Path<String>,
    Posted(asked): Posted<NewPerson>,
) -> Answer {
    let organisation = id(&text)?;
    let form = new_person_page(&guest, organisation, &asked).await?;
    let until = if asked.until.trim().is_empty() {
        None
    } else if let Some(until) = read_day(&asked.until).and_then(|day| end_of(day, portal.zone())) {
        Some(until)
    } else {
        let problem = chancery::Error::invalid("until", no_day("The last day"));
        return form.after::<()>(Err(problem), |()| done("/operations", ""));
    };
    let outcome =
        people::create_person(&guest.actor, organisation, &asked.details.form(), until).await;
    let name = asked.details.name.clone();
    let email = asked.details.email.clone();
    let frame = under_operations(&guest, "One-time link", Vec::new());
    form.after(outcome, |(person, token)| {
        page(&LinkPage {
            frame,
            name,
            email,
            link: portal.absolute(&format!("/welcome/{}", token.as_str())),
            account: format!("/people/{person}/account"),
            fresh: true,
        })
    })
}

#[derive(Deserialize)]
struct Nothing {}

async fn issue_link(
    State(portal): State<Portal>,
    guest: Guest,
    Path(text): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let person = id(&text)?;
    let account = people::account(&guest.actor, person).await?;
    let token = people::issue_link(&guest.actor, person).await?;
    page(&LinkPage {
        frame: under_account(&guest, "One-time link", &account),
        name: account.line.name,
        email: account.email,
        link: portal.absolute(&format!("/welcome/{}", token.as_str())),
        account: format!("/people/{person}/account"),
        fresh: false,
    })
}

fn edit_page(guest: &Guest, account: &AccountPage, details: &Details) -> FormPage {
    FormPage::new(
        under_account(guest, "Change details", account),
        details.fields(false),
        Button::submit("Save"),
        format!("/people/{}/account", account.line.id),
    )
    .about(account.line.name.clone())
}

async fn edit(guest: Guest, Path(text): Path<String>) -> Answer {
    let account = people::account(&guest.actor, id(&text)?).await?;
    let details = Details {
        name: account.line.name.clone(),
        email: account.email.clone(),
        title: account.line.title.clone(),
        phone: account.phone.clone(),
    };
    edit_page(&guest, &account, &details).ask()
}

async fn save(guest: Guest, Path(text): Path<String>, Posted(details): Posted<Details>) -> Answer {
    let person = id(&text)?;
    let account = people::account(&guest.actor, person).await?;
    let outcome = people::edit_person(&guest.actor, person, &details.form()).await;
    edit_page(&guest, &account, &details).after(outcome, |()| {
        done(
            &format!("/people/{person}/account"),
            "The details are saved.",
        )
    })
}

#[derive(Deserialize, Default)]
struct Reason {
    #[serde(default)]
    reason: String,
}

fn suspend_page(guest: &Guest, account: &AccountPage, reason: &str) -> FormPage {
    FormPage::new(
        under_account(guest, "Suspend this account", account),
        vec![
            Field::textarea("reason", "Why are you suspending it?")
                .hint("Kept in the record")
                .rows(3)
                .value(reason),
        ],
        Button::submit("Suspend account").warning(),
        format!("/people/{}/account", account.line.id),
    )
    .about(account.line.name.clone())
    .warning(format!(
        "{} is signed out everywhere at once and can see nothing until the account is reinstated.",
        account.line.name
    ))
}

async fn suspend(guest: Guest, Path(text): Path<String>) -> Answer {
    let account = people::account(&guest.actor, id(&text)?).await?;
    suspend_page(&guest, &account, "").ask()
}

async fn save_suspension(
    guest: Guest,
    Path(text): Path<String>,
    Posted(asked): Posted<Reason>,
) -> Answer {
    let person = id(&text)?;
    let account = people::account(&guest.actor, person).await?;
    let outcome = people::suspend(&guest.actor, person, &asked.reason).await;
    suspend_page(&guest, &account, &asked.reason).after(outcome, |()| {
        done(
            &format!("/people/{person}/account"),
            "The account is suspended.",
        )
    })
}

async fn reinstate(
    guest: Guest,
    Path(text): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let person: Id<thing::Person> = id(&text)?;
    people::reinstate(&guest.actor, person).await?;
    done(
        &format!("/people/{person}/account"),
        "The account can be used again.",
    )
}

#[derive(Deserialize, Default)]
struct Move {
    #[serde(default)]
    organisation: String,
}

async fn transfer_page(
    guest: &Guest,
    account: &AccountPage,
    chosen: &str,
) -> Result<FormPage, Failure> {
    let organisations = people::organisations(&guest.actor).await?;
    let choices: Vec<Choice> = organisations
        .into_iter()
        .filter(|line| line.id != account.line.organisation_id)
        .map(|line| Choice::new(line.id.to_string(), line.name))
        .collect();
    Ok(FormPage::new(
        under_account(guest, "Move to another organisation", account),
        vec![Field::select("organisation", "New organisation", choices).value(chosen)],
        Button::submit("Move"),
        format!("/people/{}/account", account.line.id),
    )
    .about(account.line.name.clone())
    .intro("They lose at once what their present organisation was given, and gain what the new one was given. What was given to them by name or through a team stays."))
}

fn operates(account: &AccountPage) -> Result<(), Failure> {
    if account.can_operate {
        Ok(())
    } else {
        Err(chancery::Error::NotFound.into())
    }
}

async fn transfer(guest: Guest, Path(text): Path<String>) -> Answer {
    let account = people::account(&guest.actor, id(&text)?).await?;
    operates(&account)?;
    transfer_page(&guest, &account, "").await?.ask()
}

async fn save_transfer(
    guest: Guest,
    Path(text): Path<String>,
    Posted(asked): Posted<Move>,
) -> Answer {
    let person = id(&text)?;
    let account = people::account(&guest.actor, person).await?;
    operates(&account)?;
    let outcome = match asked.organisation.parse() {
        Ok(organisation) => people::transfer(&guest.actor, person, organisation).await,
        Err(_) => Err(chancery::Error::invalid(
            "organisation",
            "Choose an organisation",
        )),
    };
    transfer_page(&guest, &account, &asked.organisation)
        .await?
        .after(outcome, |()| {
            done(&format!("/people/{person}/account"), "They are moved.")
        })
}

#[derive(Deserialize, Default)]
struct Appointment {
    #[serde(default)]
    office: String,
    #[serde(default)]
    organisation: String,
}

async fn appoint_page(
    guest: &Guest,
    account: &AccountPage,
    asked: &Appointment,
) -> Result<FormPage, Failure> {
    let organisations = people::organisations(&guest.actor).await?;
    let mut choices = vec![Choice::new("", "Choose an organisation")];
    choices.extend(
        organisations
            .into_iter()
            .map(|line| Choice::new(line.id.to_string(), line.name)),
    );
    let of = Field::select("organisation", "Coordinator of which organisation", choices)
        .hint("Leave this alone for an operator or an assurance officer. The coordinator of an umbrella body looks after its member organisations too")
        .value(&asked.organisation);
    let offices = vec![
        Choice::new(
            Office::Coordinator.name(),
            "Coordinator, who looks after the people of an organisation",
        ),
        Choice::new(Office::Operator.name(), "Operator, who runs the realm"),
        Choice::new(
            Office::Assurance.name(),
            "Assurance officer, who decides about what was found in documents",
        ),
    ];
    Ok(FormPage::new(
        under_account(guest, "Appoint", account),
        vec![
            Field::radios("office", "Office", offices).value(&asked.office),
            of,
        ],
        Button::submit("Appoint"),
        format!("/people/{}/account", account.line.id),
    )
    .about(account.line.name.clone()))
}

async fn appoint(guest: Guest, Path(text): Path<String>) -> Answer {
    let account = people::account(&guest.actor, id(&text)?).await?;
    operates(&account)?;
    appoint_page(&guest, &account, &Appointment::default())
        .await?
        .ask()
}

async fn save_appointment(
    guest: Guest,
    Path(text): Path<String>,
    Posted(asked): Posted<Appointment>,
) -> Answer {
    let person = id(&text)?;
    let account = people::account(&guest.actor, person).await?;
    operates(&account)?;
    let outcome = match Office::from_name(&asked.office) {
        Some(office) => {
            people::appoint(
                &guest.actor,
                person,
                office,
                asked.organisation.parse().ok(),
            )
            .await
        }
        None => Err(chancery::Error::invalid("office", "Choose an office")),
    };
    appoint_page(&guest, &account, &asked)
        .await?
        .after(outcome, |_| {
            done(&format!("/people/{person}/account"), "They are appointed.")
        })
}

async fn dismiss(
    guest: Guest,
    Path((person, office)): Path<(String, String)>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let person: Id<thing::Person> = id(&person)?;
    people::dismiss(&guest.actor, person, id(&office)?).await?;
    done(
        &format!("/people/{person}/account"),
        "The appointment is ended.",
    )
}
