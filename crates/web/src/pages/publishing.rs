//! Drafts and published versions: whether a library requires publishing, and what waits for an owner. What is decided and
//! asked about a document has pages of its own.

mod asking;
mod deciding;

use askama::Template;
use chancery::kernel::{Id, thing};
use chancery::libraries::LibraryHead;
use chancery::publishing::{self, Publication, Publishing, PublishingPage, Waiting};
use chancery::{Error, Problems, documents};
use serde::Deserialize;

use asking::{ask, ask_to_ask, ask_withdraw, withdraw};
use deciding::{ask_publish, ask_send_back, ask_unpublish, publish, send_back, unpublish};

use super::libraries::{CHANGERS, ConfirmPage, When};
use crate::components::{Button, Choice, Crumb, Field};
use crate::failure::Answer;
use crate::format;
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, done, page};
use crate::named::Named;
use crate::posted::{Asked, Posted};
use crate::routes::routes;

routes! {
    get "/libraries/{id}/publishing" => ask_setting;
    post "/libraries/{id}/publishing" => change_setting;
    get "/libraries/{id}/approvals" => approvals;
    get "/documents/{id}/publish" => ask_publish;
    post "/documents/{id}/publish" => publish;
    get "/documents/{id}/unpublish" => ask_unpublish;
    post "/documents/{id}/unpublish" => unpublish;
    get "/documents/{id}/ask-to-publish" => ask_to_ask;
    post "/documents/{id}/ask-to-publish" => ask;
    get "/documents/{id}/send-back" => ask_send_back;
    post "/documents/{id}/send-back" => send_back;
    get "/documents/{id}/withdraw-request" => ask_withdraw;
    post "/documents/{id}/withdraw-request" => withdraw;
}

fn library(id: Id<thing::Library>) -> String {
    format!("/libraries/{id}")
}

fn document(id: Id<thing::Document>) -> String {
    format!("/documents/{id}")
}

const EVERYTHING: &str = "no";
const CONTRIBUTORS: &str = "contributors";
const OWNERS: &str = "owners";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Setting {
    how: String,
    /// How many drafts would be seen, as the page said that asked about it.
    drafts: String,
}

fn written(publishing: Option<Publishing>) -> &'static str {
    match publishing {
        None => EVERYTHING,
        Some(Publishing { approval: false }) => CONTRIBUTORS,
        Some(Publishing { approval: true }) => OWNERS,
    }
}

fn read_setting(how: &str) -> Result<Option<Publishing>, Problems> {
    match how {
        EVERYTHING => Ok(None),
        CONTRIBUTORS => Ok(Some(Publishing { approval: false })),
        OWNERS => Ok(Some(Publishing { approval: true })),
        _ => Err(Problems::one("how", "Choose what readers see")),
    }
}

fn setting_page(guest: &Guest, found: &PublishingPage, how: &str) -> FormPage {
    let field = Field::radios(
        "how",
        "What do readers see?",
        [
            Choice::new(EVERYTHING, "Every version, as soon as it is there"),
            Choice::new(CONTRIBUTORS, "What contributors publish")
                .hint("A new version is a draft until somebody publishes it. Readers do not know of drafts"),
            Choice::new(OWNERS, "What an owner publishes")
                .hint("Contributors ask for a draft to be published. An owner publishes it, or sends it back with the reason"),
        ],
    )
    .value(how);
    let head = &found.head;
    let mut page = FormPage::new(
        guest.in_library("Drafts and publishing", head, Vec::new()),
        vec![field],
        Button::submit("Save"),
        library(head.id),
    );
    page = if found.publishing.is_some() {
        page.intro(format!(
            "{} {} a draft that readers do not see now.",
            format::count(found.drafts, "document", "documents"),
            if found.drafts == 1 { "has" } else { "have" },
        ))
    } else {
        page.intro("When you choose that versions are published, everything that is here now counts as published: readers go on seeing it. Only versions that are added from then on are drafts.")
    };
    page.intro("Contributors and owners always see every version.")
}

async fn ask_setting(guest: Guest, Named(id): Named<Id<thing::Library>>) -> Answer {
    let found = publishing::setting(&guest.actor, id).await?;
    setting_page(&guest, &found, written(found.publishing)).ask()
}

/// What readers would see that they do not see now.
fn opens_drafts(guest: &Guest, found: &PublishingPage, shown: Option<u64>) -> Answer {
    let documents = format::count(found.drafts, "document", "documents");
    let title = format!("Readers will see drafts of {documents}");
    let mut page = ConfirmPage::new(
        guest.in_library(title, &found.head, Vec::new()),
        "Let readers see every version",
        format!("{}/publishing", library(found.head.id)),
    )
    .says(format!(
        "Nothing has been changed yet. {} can see this library. If publishing is no longer required, its readers see every version of every document: also the drafts of {documents} that they do not see now.",
        format::people(found.head.people, found.head.organisations)
    ));
    if found.unpublished > 0 {
        page = page.says(format!(
            "They do not know yet that {} of these documents exist.",
            found.unpublished
        ));
    }
    page = page
        .says("To keep some of them to contributors, move them to another library first.")
        .hidden("how", EVERYTHING)
        .hidden("drafts", found.drafts.to_string());
    match shown {
        None => page.ask(),
        // Somebody added or published drafts while this was being read.
        Some(shown) => page
            .wrong(format!(
                "Nothing was changed: when you were asked, {} had drafts that readers do not see, and now {documents} {}. Look again",
                format::count(shown, "document", "documents"),
                if found.drafts == 1 { "has" } else { "have" },
            ))
            .hindered(),
    }
}

async fn change_setting(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(setting): Posted<Setting>,
) -> Answer {
    let found = publishing::setting(&guest.actor, id).await?;
    let wanted = match read_setting(&setting.how) {
        Ok(wanted) => wanted,
        Err(problems) => return setting_page(&guest, &found, "").refuse(&problems),
    };
    let said = setting.drafts.parse::<u64>();
    if wanted.is_none() && found.publishing.is_some() && found.drafts > 0 {
        // What they were shown has to be what is so.
        if said != Ok(found.drafts) {
            return opens_drafts(&guest, &found, said.ok());
        }
    }
    let outcome = publishing::change_publishing(&guest.actor, id, wanted, said.unwrap_or(0)).await;
    setting_page(&guest, &found, &setting.how).after(outcome, |()| {
        let says = match wanted {
            None => "Readers see every version from now on.",
            Some(_) => "Readers see what is published from now on. New versions are drafts.",
        };
        done(&library(id), says)
    })
}

struct Line {
    name: String,
    href: String,
    label: String,
    moved_on: bool,
    note: String,
    asked: When,
    by: String,
}

#[derive(Template)]
#[template(path = "libraries/approvals.html")]
struct Approvals {
    frame: Frame,
    head: LibraryHead,
    lines: Vec<Line>,
    next: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct From {
    after: Option<i64>,
}

async fn approvals(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(from): Asked<From>,
) -> Answer {
    let (head, waiting, next) = publishing::requests(&guest.actor, id, from.after).await?;
    let zone = guest.portal.zone();
    let own = head.can_own;
    let line = |waiting: Waiting| Line {
        href: if own {
            format!(
                "{}/publish?version={}",
                document(waiting.document),
                waiting.version.0
            )
        } else {
            document(waiting.document)
        },
        label: waiting.version.1.to_string(),
        moved_on: waiting.moved_on,
        asked: When::moment(waiting.asked_at, zone),
        by: waiting.asked_by.in_full(),
        name: waiting.name,
        note: waiting.note,
    };
    page(&Approvals {
        lines: waiting.into_iter().map(line).collect(),
        next: next.map(|next| format!("/libraries/{id}/approvals?after={next}")),
        frame: guest.in_library("Waiting for approval", &head, Vec::new()),
        head,
    })
}

/// The document, and how it stands towards its readers.
async fn stands(
    guest: &Guest,
    id: Id<thing::Document>,
) -> Result<(LibraryHead, Publication), Error> {
    let stands = publishing::publication(&guest.actor, id).await?;
    let found = documents::document(&guest.actor, id, None).await?;
    if !found.head.can_contribute {
        return Err(Error::Refused(CHANGERS));
    }
    let stands = stands.ok_or_else(|| {
        Error::Conflict(
            "Nothing is published here: its library does not require it, or it is in the recycle bin".to_owned(),
        )
    })?;
    Ok((found.head, stands))
}

fn under(
    guest: &Guest,
    head: &LibraryHead,
    id: Id<thing::Document>,
    name: &str,
    title: String,
) -> Frame {
    guest.in_library(title, head, vec![Crumb::new(name, document(id))])
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Decided {
    version: u64,
    /// The page said that somebody waits for it: then it is published as an answer to them, or not at all.
    asked: String,
    comment: String,
    note: String,
    reason: String,
}
