//! One's own account: details, password, devices.

use askama::Template;
use axum::extract::Path;
use chancery::kernel::{Id, thing};
use chancery::people::{self, Device, PersonForm, PersonPage};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::sign_in::new_password;
use crate::components::{Button, Crumb, Field};
use crate::failure::Answer;
use crate::format;
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, Part, done, page};
use crate::posted::Posted;
use crate::routes::routes;

routes! {
    get "/you" => show;
    get "/you/details" => details;
    post "/you/details" => save_details;
    get "/you/password" => password;
    post "/you/password" => save_password;
    post "/you/devices/{id}/end" => end_device;
    post "/you/devices/end-others" => end_others;
}

#[derive(Template)]
#[template(path = "you/you.html")]
struct YouPage {
    frame: Frame,
    me: PersonPage,
    devices: Vec<Device>,
    zone: TimeZone,
}

impl YouPage {
    #[allow(
        clippy::trivially_copy_pass_by_ref,
        reason = "templates hand over references"
    )]
    fn when(&self, at: &chancery::kernel::Time) -> String {
        format::moment(at.timestamp(), &self.zone)
    }
}

async fn show(guest: Guest) -> Answer {
    let me = people::me(&guest.actor).await?;
    let devices = people::devices(&guest.actor).await?;
    page(&YouPage {
        frame: guest.frame("Your account", Part::None),
        me,
        devices,
        zone: guest.portal.zone().clone(),
    })
}

pub(super) fn under_you(guest: &Guest, title: &str) -> Frame {
    Frame {
        crumbs: vec![Crumb::new("Your account", "/you")],
        ..guest.frame(title, Part::None)
    }
}

/// What is filled in about a person, on one's own page and on a coordinator's.
#[derive(Deserialize, Default)]
pub(super) struct Details {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) email: String,
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) phone: String,
}

impl Details {
    pub(super) fn of(person: &PersonPage) -> Self {
        Self {
            name: person.line.name.clone(),
            email: person.email.clone(),
            title: person.line.title.clone(),
            phone: person.phone.clone(),
        }
    }

    pub(super) fn form(&self) -> PersonForm {
        PersonForm {
            name: self.name.clone(),
            email: self.email.clone(),
            title: self.title.clone(),
            phone: self.phone.clone(),
        }
    }

    /// The questions; `own` fills in for oneself, which browsers can help with (WCAG 1.3.5).
    pub(super) fn fields(&self, own: bool) -> Vec<Field> {
        let purpose = |name| if own { name } else { "off" };
        let name = Field::text("name", "Full name")
            .value(&self.name)
            .autocomplete(purpose("name"));
        let email = Field::email("email", "Email address")
            .hint("Used to sign in, and shown to people with whom they share a site")
            .value(&self.email)
            .autocomplete("off");
        let title = Field::text("title", "Job title (optional)")
            .value(&self.title)
            .autocomplete(purpose("organization-title"));
        let phone = Field::text("phone", "Telephone number (optional)")
            .value(&self.phone)
            .class("govuk-input--width-20")
            .autocomplete(purpose("tel"));
        if own {
            vec![name, title, phone]
        } else {
            vec![name, email, title, phone]
        }
    }
}

fn details_page(guest: &Guest, details: &Details) -> FormPage {
    FormPage::new(
        under_you(guest, "Change your details"),
        details.fields(true),
        Button::submit("Save"),
        "/you",
    )
    .intro("To change your email address, ask the coordinator of your organisation.")
}

async fn details(guest: Guest) -> Answer {
    let me = people::me(&guest.actor).await?;
    details_page(&guest, &Details::of(&me)).ask()
}

async fn save_details(guest: Guest, Posted(details): Posted<Details>) -> Answer {
    let me = people::me(&guest.actor).await?;
    let form = PersonForm {
        email: me.email,
        ..details.form()
    };
    let outcome = people::edit_me(&guest.actor, &form).await;
    details_page(&guest, &details).after(outcome, |()| done("/you", "Your details are saved."))
}

#[derive(Deserialize)]
struct Passwords {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

fn password_page(guest: &Guest) -> FormPage {
    let (password, again) = new_password();
    let current = Field::password("current", "Current password").autocomplete("current-password");
    FormPage::new(
        under_you(guest, "Change your password"),
        vec![current, password, again],
        Button::submit("Change password"),
        "/you",
    )
    .intro("You are signed out on every other device when you change it.")
}

async fn password(guest: Guest) -> Answer {
    password_page(&guest).ask()
}

async fn save_password(guest: Guest, Posted(form): Posted<Passwords>) -> Answer {
    let outcome =
        people::set_password(&guest.actor, &form.current, &form.password, &form.again).await;
    password_page(&guest).after(outcome, |()| {
        done(
            "/you",
            "Your password is changed. Other devices are signed out.",
        )
    })
}

#[derive(Deserialize)]
struct Nothing {}

async fn end_device(
    guest: Guest,
    Path(id): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let id: Id<thing::Session> = id.parse().map_err(|_| chancery::Error::NotFound)?;
    people::end_session(&guest.actor, id).await?;
    done("/you", "The device is signed out.")
}

async fn end_others(guest: Guest, Posted(Nothing {}): Posted<Nothing>) -> Answer {
    let ended = people::end_other_sessions(&guest.actor).await?;
    done(
        "/you",
        format!(
            "{} signed out.",
            format::count(ended, "other device is", "other devices are")
        ),
    )
}
