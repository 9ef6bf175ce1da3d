//! Opening a site, and changing what is said of it.

use chancery::kernel::{Id, thing};
use chancery::sites::{self, NewSite, SiteForm, SiteHead, SiteKind};
use serde::Deserialize;

use crate::components::{Button, Choice, Crumb, Field};
use crate::failure::{Answer, Failure};
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, InSite, Part, done};
use crate::named::Named;
use crate::posted::Posted;

/// What was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    name: String,
    kind: String,
    purpose: String,
    organisation: String,
}

impl Typed {
    fn of(head: &SiteHead) -> Self {
        Self {
            name: head.line.name.clone(),
            kind: head.line.kind.name().to_owned(),
            purpose: head.line.purpose.clone(),
            organisation: head.organisation_id.to_string(),
        }
    }

    fn form(&self) -> SiteForm {
        SiteForm {
            name: self.name.clone(),
            kind: self.kind.clone(),
            purpose: self.purpose.clone(),
            organisation: self.organisation.parse().ok(),
        }
    }

    /// The questions. Who runs it is asked where there is a choice.
    fn fields(&self, organisations: Vec<Choice>) -> Vec<Field> {
        let kinds =
            SiteKind::ALL.map(|kind| Choice::new(kind.name(), kind.label()).hint(describe(kind)));
        let mut fields = vec![
            Field::text("name", "Name of the site")
                .bold()
                .value(&self.name),
            Field::radios("kind", "What kind of site it is", kinds)
                .bold()
                .value(&self.kind),
            Field::textarea("purpose", "What it is for (optional)")
                .hint("A sentence or two, shown to everybody who can see the site")
                .bold()
                .rows(3)
                .value(&self.purpose),
        ];
        if organisations.len() > 1 {
            fields.push(
                Field::select("organisation", "Who runs it", organisations)
                    .bold()
                    .value(&self.organisation),
            );
        }
        fields
    }
}

fn describe(kind: SiteKind) -> &'static str {
    match kind {
        SiteKind::Team => "For a group of people who work together for good",
        SiteKind::Project => "For a piece of work with an end",
        SiteKind::Community => "For people who share a practice",
        SiteKind::Organisation => "For one organisation, or an umbrella body and its members",
    }
}

fn choices(new: &NewSite) -> Vec<Choice> {
    new.organisations
        .iter()
        .map(|(id, name)| Choice::new(id.to_string(), name))
        .collect()
}

fn new_page(guest: &Guest, new: &NewSite, typed: &Typed) -> FormPage {
    let frame = Frame {
        crumbs: vec![Crumb::new("Sites", "/sites")],
        ..guest.frame("Open a site", Part::Sites)
    };
    FormPage::new(
        frame,
        typed.fields(choices(new)),
        Button::submit("Open this site"),
        "/sites",
    )
    .intro("You own the site that you open, and only you can see it until you give others access.")
}

pub(super) async fn ask_new(guest: Guest) -> Answer {
    let new = sites::new_site(&guest.actor).await?;
    let typed = Typed {
        organisation: new.mine.map(|id| id.to_string()).unwrap_or_default(),
        ..Typed::default()
    };
    new_page(&guest, &new, &typed).ask()
}

pub(super) async fn create(guest: Guest, Posted(typed): Posted<Typed>) -> Answer {
    let new = sites::new_site(&guest.actor).await?;
    let outcome = sites::create(&guest.actor, &typed.form()).await;
    new_page(&guest, &new, &typed).after(outcome, |site| {
        done(
            &format!("/sites/{site}"),
            format!(
                "{} is open. Add a library, then give others access.",
                typed.name.trim()
            ),
        )
    })
}

async fn edit_page(guest: &Guest, head: &SiteHead, typed: &Typed) -> Result<FormPage, Failure> {
    if !head.can_edit {
        return Err(chancery::Error::Refused("Only an owner can do this").into());
    }
    let mut organisations = choices(&sites::new_site(&guest.actor).await?);
    let current = head.organisation_id.to_string();
    if !organisations.iter().any(|choice| choice.value == current) {
        organisations.insert(0, Choice::new(current, &head.line.organisation));
    }
    Ok(FormPage::new(
        guest.in_site("Change this site", head, InSite::Overview),
        typed.fields(organisations),
        Button::submit("Save"),
        format!("/sites/{}", head.line.id),
    ))
}

pub(super) async fn ask(guest: Guest, Named(id): Named<Id<thing::Site>>) -> Answer {
    let head = sites::head(&guest.actor, id).await?;
    edit_page(&guest, &head, &Typed::of(&head)).await?.ask()
}

pub(super) async fn save(
    guest: Guest,
    Named(id): Named<Id<thing::Site>>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let head = sites::head(&guest.actor, id).await?;
    let form = edit_page(&guest, &head, &typed).await?;
    let outcome = sites::edit(&guest.actor, id, &typed.form()).await;
    form.after(outcome, |()| {
        done(&format!("/sites/{id}"), "The site is changed.")
    })
}
