//! File clients and app passwords: how Explorer, Finder and office programs open libraries for somebody.

use std::sync::Arc;

use askama::Template;
use chancery::kernel::{Id, May, Time, thing};
use chancery::people::{self, TokenLine, TokenSite};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::libraries::ConfirmPage;
use super::tokens::{Asked, made_already, words};
use super::you::under_you;
use crate::components::{Button, Choice, Crumb, Field};
use crate::failure::{Answer, Failure};
use crate::format;
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, done, page};
use crate::named::Named;
use crate::posted::Posted;
use crate::routes::routes;

routes! {
    get "/you/app-passwords" => list;
    get "/you/app-passwords/new" => ask;
    post "/you/app-passwords/new" => make;
    get "/you/app-passwords/{id}/end" => ask_to_end;
    post "/you/app-passwords/{id}/end" => end;
}

const HERE: &str = "/you/app-passwords";

/// One app password in the list.
struct Line {
    id: Id<thing::Token>,
    name: String,
    may: &'static str,
    place: String,
    made: String,
    used: String,
    until: String,
}

impl Line {
    fn of(line: TokenLine, zone: &TimeZone) -> Self {
        let when = |at: Time| format::moment(at.timestamp(), zone);
        Self {
            id: line.id,
            may: words(line.may),
            place: match line.site {
                TokenSite::Every => "On every site of yours".to_owned(),
                TokenSite::One(_, name) => format!("On {name} only"),
                TokenSite::Unseen => "On a site that you no longer see".to_owned(),
            },
            made: when(line.created_at),
            used: line.seen_at.map_or_else(|| "Not yet".to_owned(), when),
            until: when(line.until),
            name: line.name,
        }
    }
}

#[derive(Template)]
#[template(path = "you/app_passwords.html")]
struct ListPage {
    frame: Frame,
    address: String,
    passwords: Vec<Line>,
}

async fn list(guest: Guest) -> Answer {
    let passwords = people::app_passwords(&guest.actor).await?;
    let zone = guest.portal.zone();
    page(&ListPage {
        passwords: passwords
            .into_iter()
            .map(|line| Line::of(line, zone))
            .collect(),
        address: guest.portal.absolute("/dav/"),
        frame: under_you(&guest, "File clients and app passwords"),
    })
}

fn under_list(guest: &Guest, title: &str) -> Frame {
    let mut frame = under_you(guest, title);
    frame
        .crumbs
        .push(Crumb::new("File clients and app passwords", HERE));
    frame
}

async fn form_page(guest: &Guest, asked: &Asked) -> Result<FormPage, Failure> {
    let choice = |may: May| Choice::new(may.name(), words(may)).checked(asked.may == may.name());
    let sites = people::token_sites(&guest.actor).await?;
    let sites = sites.into_iter().map(|(id, name)| {
        let id = id.to_string();
        let chosen = asked.site == id;
        Choice::new(id, name).checked(chosen)
    });
    let everywhere = Choice::new("", "Every site of yours").checked(asked.site.is_empty());
    let fields = vec![
        Field::text("name", "Which device or program it is for")
            .hint("So that you know later which one to end. For example, “Office laptop”")
            .value(&asked.name)
            .autocomplete("off"),
        Field::radios(
            "may",
            "What it may do",
            [choice(May::Contribute), choice(May::Read)],
        ),
        Field::select("site", "Where", std::iter::once(everywhere).chain(sites)),
        Field::number("days", "For how many days it works")
            .hint("Up to 366")
            .value(&asked.days)
            .class("govuk-input--width-4"),
    ];
    Ok(FormPage::new(
        under_list(guest, "Make an app password"),
        fields,
        Button::submit("Make the app password"),
        HERE,
    )
    .hidden("once", &asked.once)
    .intro("Make one for each device or program, so that you can end one without the others. It opens libraries in file clients and nothing else: nobody can sign in to these pages with it."))
}

async fn ask(guest: Guest) -> Answer {
    let asked = Asked {
        may: May::Contribute.name().to_owned(),
        days: people::TOKEN_DAYS_MOST.to_string(),
        once: guest.portal.realm().reference(),
        ..Asked::default()
    };
    form_page(&guest, &asked).await?.ask()
}

#[derive(Template)]
#[template(path = "you/app_password.html")]
struct MadePage {
    frame: Frame,
    secret: String,
    until: String,
    address: String,
    email: String,
}

fn app_password_made_already(guest: &Guest) -> Answer {
    let frame = under_list(guest, "This app password has been made already");
    made_already(frame, "app password", HERE)
}

async fn make(guest: Guest, Posted(asked): Posted<Asked>) -> Answer {
    let mut actor = guest.actor.clone();
    let once = asked.once();
    if let Some(once) = &once {
        if guest.actor.done_already(once).await?.is_some() {
            return app_password_made_already(&guest);
        }
        actor = actor.once(Arc::clone(once));
    }
    let outcome = people::make_app_password(&actor, &asked.form()).await;
    if once.is_some_and(|once| once.was_lost()) {
        return app_password_made_already(&guest);
    }
    let asked_again = form_page(&guest, &asked).await?;
    let me = people::me(&guest.actor).await?;
    asked_again.after(outcome, |made| {
        page(&MadePage {
            frame: under_list(&guest, "Your new app password"),
            secret: made.secret.as_str().to_owned(),
            until: format::moment(made.until.timestamp(), guest.portal.zone()),
            address: guest.portal.absolute("/dav/"),
            email: me.email,
        })
    })
}

const ENDED: &str = "You have no such app password that still works, so there was nothing to end.";

async fn ask_to_end(guest: Guest, Named(id): Named<Id<thing::Token>>) -> Answer {
    let passwords = people::app_passwords(&guest.actor).await?;
    let Some(line) = passwords.into_iter().find(|line| line.id == id) else {
        return done(HERE, ENDED);
    };
    ConfirmPage::new(
        under_list(&guest, &format!("End the app password {}", line.name)),
        "End the app password",
        HERE,
    )
    .says("The device or program that has it opens nothing more from that moment. What it has copied stays where it is. You cannot take this back, and can make another app password.")
    .ask()
}

#[derive(Deserialize)]
struct Nothing {}

async fn end(
    guest: Guest,
    Named(id): Named<Id<thing::Token>>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    match people::end_app_password(&guest.actor, id).await {
        Ok(()) => done(
            HERE,
            "The app password is ended. What has it opens nothing more.",
        ),
        Err(chancery::Error::NotFound) => done(HERE, ENDED),
        Err(other) => Err(other.into()),
    }
}
