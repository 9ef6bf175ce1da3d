//! Programs and tokens: how a program acts for somebody.

use std::sync::Arc;

use askama::Template;
use chancery::Error;
use chancery::kernel::{Id, May, Once, thing};
use chancery::people::{self, TokenForm, TokenLine, TokenSite};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::libraries::ConfirmPage;
use super::you::under_you;
use crate::components::{Button, Choice, Crumb, Field};
use crate::failure::{Answer, Failure};
use crate::format;
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, done, overtaken_page, page};
use crate::named::Named;
use crate::posted::Posted;
use crate::routes::routes;

routes! {
    get "/you/tokens" => list;
    get "/you/tokens/new" => ask;
    post "/you/tokens/new" => make;
    get "/you/tokens/{id}/end" => ask_end;
    post "/you/tokens/{id}/end" => end;
}

/// What a token may do, in words.
pub(super) fn words(may: May) -> &'static str {
    match may {
        May::Read => "Read",
        May::Contribute => "Read, and add and change documents",
        May::Everything => "Everything that you may",
    }
}

#[derive(Template)]
#[template(path = "you/tokens.html")]
struct TokensPage {
    frame: Frame,
    tokens: Vec<TokenLine>,
    zone: TimeZone,
}

#[allow(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_self,
    reason = "templates hand over references"
)]
impl TokensPage {
    fn when(&self, at: &chancery::kernel::Time) -> String {
        format::moment(at.timestamp(), &self.zone)
    }

    fn used(&self, at: &Option<chancery::kernel::Time>) -> String {
        match at {
            Some(at) => self.when(at),
            None => "Not yet".to_owned(),
        }
    }

    fn may(&self, may: &May) -> &'static str {
        words(*may)
    }

    fn place(&self, site: &TokenSite) -> String {
        match site {
            TokenSite::Every => "On every site of yours".to_owned(),
            TokenSite::One(_, name) => format!("On {name} only"),
            TokenSite::Unseen => {
                "On a site that you no longer see, so it reaches nothing".to_owned()
            }
        }
    }
}

async fn list(guest: Guest) -> Answer {
    let tokens = people::tokens(&guest.actor).await?;
    page(&TokensPage {
        frame: under_you(&guest, "Programs and tokens"),
        tokens,
        zone: guest.portal.zone().clone(),
    })
}

fn under_tokens(guest: &Guest, title: &str) -> Frame {
    let mut frame = under_you(guest, title);
    frame
        .crumbs
        .push(Crumb::new("Programs and tokens", "/you/tokens"));
    frame
}

#[derive(Deserialize, Default)]
pub(super) struct Asked {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) may: String,
    #[serde(default)]
    pub(super) site: String,
    #[serde(default)]
    pub(super) days: String,
    /// Another one for each time that the form is asked for, so that a token is made once.
    #[serde(default)]
    pub(super) once: String,
}

/// The longest that our own forms have is a quarter of this.
const LONGEST_ONCE: usize = 100;

impl Asked {
    pub(super) fn once(&self) -> Option<Arc<Once>> {
        let ours = (1..=LONGEST_ONCE).contains(&self.once.len());
        ours.then(|| Arc::new(Once::new(format!("token form {}", self.once), [0; 32])))
    }

    /// What is said of the token. A site that cannot be read is one that nobody has, and more days
    /// than there can be are too many.
    pub(super) fn form(&self) -> TokenForm {
        TokenForm {
            name: self.name.clone(),
            may: self.may.clone(),
            site: (!self.site.is_empty()).then(|| self.site.parse().unwrap_or(Id::from_raw(1))),
            days: self.days.trim().parse().unwrap_or_default(),
        }
    }
}

async fn token_page(guest: &Guest, asked: &Asked) -> Result<FormPage, Failure> {
    let choice = |may: May| Choice::new(may.name(), words(may)).checked(asked.may == may.name());
    let may = [
        choice(May::Read).hint("Also download. Choose this unless the program must do more"),
        choice(May::Contribute),
        choice(May::Everything)
            .hint("Also decide who can see your sites, if you own any. It cannot change your password or make other tokens"),
    ];
    let sites = people::token_sites(&guest.actor).await?;
    let sites = sites.into_iter().map(|(id, name)| {
        let id = id.to_string();
        let chosen = asked.site == id;
        Choice::new(id, name).checked(chosen)
    });
    let everywhere = Choice::new("", "Every site of yours").checked(asked.site.is_empty());
    let fields = vec![
        Field::text("name", "What it is for")
            .hint("So that you know later which one to end. For example, “Nightly copy of the minutes”")
            .value(&asked.name)
            .autocomplete("off"),
        Field::radios("may", "What it may do", may),
        Field::select("site", "Where", std::iter::once(everywhere).chain(sites)),
        Field::number("days", "For how many days it works")
            .hint("Up to 366")
            .value(&asked.days)
            .class("govuk-input--width-4"),
    ];
    Ok(FormPage::new(
        under_tokens(guest, "Make a token"),
        fields,
        Button::submit("Make the token"),
        "/you/tokens",
    )
    .hidden("once", &asked.once)
    .intro("A program that has the token acts for you, and what it does is in the trail under your name."))
}

async fn ask(guest: Guest) -> Answer {
    let asked = Asked {
        may: May::Read.name().to_owned(),
        days: people::TOKEN_DAYS.to_string(),
        once: guest.portal.realm().reference(),
        ..Asked::default()
    };
    token_page(&guest, &asked).await?.ask()
}

#[derive(Template)]
#[template(path = "you/token.html")]
struct TokenPage {
    frame: Frame,
    secret: String,
    until: String,
    address: String,
}

#[derive(Template)]
#[template(path = "you/made.html")]
struct MadePage {
    frame: Frame,
    what: &'static str,
    list: &'static str,
}

/// Sent twice, by a second press or by going back: `what` is in the list at `list`.
pub(super) fn made_already(frame: Frame, what: &'static str, list: &'static str) -> Answer {
    overtaken_page(&MadePage { frame, what, list })
}

fn token_made_already(guest: &Guest) -> Answer {
    let frame = under_tokens(guest, "This token has been made already");
    made_already(frame, "token", "/you/tokens")
}

async fn make(guest: Guest, Posted(asked): Posted<Asked>) -> Answer {
    let mut actor = guest.actor.clone();
    let once = asked.once();
    if let Some(once) = &once {
        if guest.actor.done_already(once).await?.is_some() {
            return token_made_already(&guest);
        }
        actor = actor.once(Arc::clone(once));
    }
    let outcome = people::make_token(&actor, &asked.form()).await;
    if once.is_some_and(|once| once.was_lost()) {
        return token_made_already(&guest);
    }
    let asked_again = token_page(&guest, &asked).await?;
    asked_again.after(outcome, |made| {
        page(&TokenPage {
            frame: under_tokens(&guest, "Your new token"),
            secret: made.secret.as_str().to_owned(),
            until: format::moment(made.until.timestamp(), guest.portal.zone()),
            address: guest.portal.absolute("/api/v1/me"),
        })
    })
}

#[derive(Deserialize)]
struct Nothing {}

const ENDED: &str = "You have no such token that still works, so there was nothing to end.";

async fn ask_end(guest: Guest, Named(id): Named<Id<thing::Token>>) -> Answer {
    let tokens = people::tokens(&guest.actor).await?;
    let Some(token) = tokens.into_iter().find(|token| token.id == id) else {
        return done("/you/tokens", ENDED);
    };
    let zone = guest.portal.zone();
    let used = match token.seen_at {
        Some(at) => format!(
            "It was last used on {}.",
            format::moment(at.timestamp(), zone)
        ),
        None => "It has not been used yet.".to_owned(),
    };
    ConfirmPage::new(
        under_tokens(&guest, &format!("End the token {}", token.name)),
        "End the token",
        "/you/tokens",
    )
    .says("Programs that have it can do nothing more from that moment. You cannot take this back, and can make another token.")
    .says(used)
    .ask()
}

async fn end(
    guest: Guest,
    Named(id): Named<Id<thing::Token>>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    match people::end_token(&guest.actor, id).await {
        Ok(()) => done(
            "/you/tokens",
            "The token is ended. Programs that have it can do nothing more.",
        ),
        Err(Error::NotFound) => done("/you/tokens", ENDED),
        Err(other) => Err(other.into()),
    }
}
