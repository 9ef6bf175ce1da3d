//! Drafts and published versions: whether a library requires publishing, publishing a version and taking it back, and
//! what waits for an owner.

use askama::Template;
use chancery::kernel::{Id, thing};
use chancery::libraries::LibraryHead;
use chancery::publishing::{self, Publication, Publishing, PublishingPage, Waiting};
use chancery::{Error, Problems, documents};
use serde::Deserialize;

use super::libraries::{CHANGERS, ConfirmPage, Exposure, When};
use crate::components::{Button, Choice, Crumb, Field, Link};
use crate::failure::{Answer, Failure};
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
struct Which {
    version: Option<u64>,
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

/// What the version to be decided about is, and what else there is to know of it.
fn about_request(guest: &Guest, form: FormPage, waiting: &Waiting) -> FormPage {
    let asked = format::moment(waiting.asked_at.timestamp(), guest.portal.zone());
    let by = guest.who(&waiting.asked_by);
    let mut form = form.intro(format!("{by} asked for this on {asked}."));
    if !waiting.note.is_empty() {
        form = form.intro(format!("“{}”", waiting.note));
    }
    if waiting.moved_on {
        form = form.warning(format!(
            "There is a newer draft now. You decide about draft {}, which was asked for.",
            waiting.version.1
        ));
    }
    form
}

/// That somebody asked for this version, and has taken that back.
fn was_withdrawn(guest: &Guest, stands: &Publication, number: u64) -> Option<String> {
    let withdrawn = stands.withdrawn.as_ref();
    let withdrawn = withdrawn.filter(|one| one.version.0 == number)?;
    let on = format::moment(withdrawn.at.timestamp(), guest.portal.zone());
    Some(format!(
        "{} withdrew the request to publish this draft on {on}. Nobody waits for it.",
        guest.who(&withdrawn.by)
    ))
}

async fn publish_page(
    guest: &Guest,
    id: Id<thing::Document>,
    wanted: Option<u64>,
    comment: &str,
) -> Result<FormPage, Failure> {
    let (head, stands) = stands(guest, id).await?;
    let asked = stands
        .request
        .as_ref()
        .filter(|waiting| wanted.is_none_or(|number| number == waiting.version.0));
    let (number, label) = match asked {
        Some(waiting) if stands.can.decide => waiting.version,
        _ => stands.latest,
    };
    if stands.can == publishing::CanPublish::default() || !(stands.can.publish || stands.can.decide)
    {
        return Err(not_now(&stands).into());
    }
    let name = &stands.name;
    let called = if label.is_draft() {
        format!("draft {label}")
    } else {
        format!("version {label}")
    };
    let mut form = FormPage::new(
        under(
            guest,
            &head,
            id,
            name,
            format!("Publish {called} of {name}"),
        ),
        vec![
            Field::textarea("comment", "What is new (optional)")
                .hint("Readers see this in the activity of the document")
                .rows(3)
                .value(comment),
        ],
        Button::submit("Publish"),
        document(id),
    )
    .hidden("version", number.to_string())
    .exposure(Exposure::of(&head).tail(" will see this version"));
    form = match &stands.shown {
        Some((_, shown)) => form.intro(format!("Readers see version {shown} now.")),
        None => form.intro("Readers do not know of this document now."),
    };
    if let Some(waiting) = asked.filter(|waiting| waiting.version.0 == number) {
        form = about_request(guest, form, waiting).hidden("asked", "yes");
    } else if let Some(says) = was_withdrawn(guest, &stands, number) {
        form = form.intro(says);
    }
    let form = form.look(Link::new(
        format!("Preview {called}"),
        format!("/documents/{id}/preview?version={number}"),
    ));
    Ok(match stands.shown {
        Some((shown, readers_see)) if shown != number => form.look(Link::new(
            format!("Compare with version {readers_see}, which readers see"),
            format!("/documents/{id}/compare?from={shown}&to={number}"),
        )),
        _ => form,
    })
}

fn not_now(stands: &Publication) -> Error {
    if stands.approval && stands.can == publishing::CanPublish::default() {
        return Error::Refused(
            "An owner decides what is published in this library. Ask for it to be published",
        );
    }
    Error::Conflict("Readers see the latest version already".to_owned())
}

async fn ask_publish(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Asked(which): Asked<Which>,
) -> Answer {
    publish_page(&guest, id, which.version, "").await?.ask()
}

async fn publish(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(decided): Posted<Decided>,
) -> Answer {
    let (number, comment) = (decided.version, &decided.comment);
    let outcome = if decided.asked == "yes" {
        publishing::publish_asked(&guest.actor, id, number, comment).await
    } else {
        publishing::publish(&guest.actor, id, number, comment).await
    };
    match outcome {
        Ok(label) => done(
            &document(id),
            format!("Published. Readers see version {label} now."),
        ),
        Err(Error::Conflict(why)) => {
            match publish_page(&guest, id, Some(decided.version), &decided.comment).await {
                Ok(form) => form.refuse(&Problems::one("form", why)),
                Err(_) => Err(Error::Conflict(why).into()),
            }
        }
        Err(Error::Invalid(problems)) => {
            publish_page(&guest, id, Some(decided.version), &decided.comment)
                .await?
                .refuse(&problems)
        }
        Err(other) => Err(other.into()),
    }
}

fn reason_field(hint: &str, reason: &str) -> Field {
    Field::textarea("reason", "Why")
        .hint(hint)
        .rows(3)
        .value(reason)
}

async fn unpublish_page(
    guest: &Guest,
    id: Id<thing::Document>,
    reason: &str,
) -> Result<FormPage, Failure> {
    let (head, stands) = stands(guest, id).await?;
    let Some((_, shown)) = stands.shown.filter(|_| stands.can.unpublish) else {
        return Err(if stands.shown.is_some() {
            not_now(&stands).into()
        } else {
            Error::Conflict("Readers see no version of it".to_owned()).into()
        });
    };
    let name = &stands.name;
    Ok(FormPage::new(
        under(guest, &head, id, name, format!("Unpublish {name}")),
        vec![reason_field("Contributors and owners see it on the page of the document, and it is in the trail", reason)],
        Button::submit("Unpublish").warning(),
        document(id),
    )
    .intro(format!(
        "Readers see version {shown} now. From then on they find no version of it, until one is published again. Who has read it stays in the trail, and what somebody has downloaded they keep."
    )))
}

async fn ask_unpublish(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    unpublish_page(&guest, id, "").await?.ask()
}

async fn unpublish(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(decided): Posted<Decided>,
) -> Answer {
    let form = unpublish_page(&guest, id, &decided.reason).await?;
    let outcome = publishing::unpublish(&guest.actor, id, &decided.reason).await;
    form.after(outcome, |()| {
        done(
            &document(id),
            "Unpublished. Readers do not see it any more.",
        )
    })
}

async fn ask_page(guest: &Guest, id: Id<thing::Document>, note: &str) -> Result<FormPage, Failure> {
    let (head, stands) = stands(guest, id).await?;
    if !stands.can.ask {
        return Err(Error::Conflict(
            "This waits for an owner already, or there is nothing to ask for".to_owned(),
        )
        .into());
    }
    let (number, label) = stands.latest;
    let name = &stands.name;
    let title = format!("Ask for draft {label} of {name} to be published");
    let mut form = FormPage::new(
        under(guest, &head, id, name, title),
        vec![
            Field::textarea("note", "What an owner should know (optional)")
                .hint("For example, what changed and who has agreed")
                .rows(3)
                .value(note),
        ],
        Button::submit("Ask for approval"),
        document(id),
    )
    .hidden("version", number.to_string())
    .intro("The owners of this library are told. One of them publishes exactly this draft, or sends it back with the reason. You are told either way.");
    if let Some(waiting) = &stands.request {
        form = form.intro(format!(
            "Draft {} waits already. This takes its place.",
            waiting.version.1
        ));
    }
    Ok(form)
}

async fn ask_to_ask(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    ask_page(&guest, id, "").await?.ask()
}

async fn ask(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(decided): Posted<Decided>,
) -> Answer {
    let form = ask_page(&guest, id, &decided.note).await?;
    let outcome =
        publishing::ask_to_publish(&guest.actor, id, decided.version, &decided.note).await;
    form.after(outcome, |()| {
        done(&document(id), "The owners of this library have been told.")
    })
}

async fn send_back_page(
    guest: &Guest,
    id: Id<thing::Document>,
    reason: &str,
) -> Result<FormPage, Failure> {
    let (head, stands) = stands(guest, id).await?;
    if !head.can_own {
        return Err(Error::Refused("Only an owner can do this").into());
    }
    let waiting = stands.request.as_ref().ok_or_else(|| {
        let withdrawn = was_withdrawn(guest, &stands, stands.latest.0);
        let why = withdrawn.map(|says| says.trim_end_matches('.').to_owned());
        Error::Conflict(
            why.unwrap_or_else(|| "Nobody waits for it to be published any more".to_owned()),
        )
    })?;
    let name = &stands.name;
    let title = format!("Send back draft {} of {name}", waiting.version.1);
    let form = FormPage::new(
        under(guest, &head, id, name, title),
        vec![reason_field(
            "Whoever asked is told this, and it is in the trail",
            reason,
        )],
        Button::submit("Send back"),
        document(id),
    )
    .hidden("version", waiting.version.0.to_string());
    Ok(about_request(guest, form, waiting))
}

async fn ask_send_back(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    send_back_page(&guest, id, "").await?.ask()
}

async fn send_back(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(decided): Posted<Decided>,
) -> Answer {
    let form = send_back_page(&guest, id, &decided.reason).await?;
    let outcome = publishing::send_back(&guest.actor, id, decided.version, &decided.reason).await;
    form.after(outcome, |()| {
        done(
            &document(id),
            "Sent back. Whoever asked for it is told why.",
        )
    })
}

async fn ask_withdraw(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    let (head, stands) = stands(&guest, id).await?;
    let waiting = stands.request.as_ref().ok_or_else(|| {
        Error::Conflict("Nobody waits for it to be published any more".to_owned())
    })?;
    if !stands.can.withdraw {
        return Err(Error::Refused(
            "Only whoever asked for it can withdraw the request. An owner can send it back",
        )
        .into());
    }
    let (number, label) = waiting.version;
    let asked = format::moment(waiting.asked_at.timestamp(), guest.portal.zone());
    let title = format!(
        "Withdraw the request to publish draft {label} of {}",
        stands.name
    );
    ConfirmPage::new(
        under(&guest, &head, id, &stands.name, title),
        "Withdraw the request",
        document(id),
    )
    .harmless()
    .says(format!("You asked for this on {asked}. The owners of this library no longer find it among what waits for them, and what they were told of it says that it was withdrawn."))
    .says("The draft stays as it is. You can ask for it again, or for a newer one.")
    .hidden("version", number.to_string())
    .ask()
}

async fn withdraw(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(decided): Posted<Decided>,
) -> Answer {
    publishing::withdraw(&guest.actor, id, decided.version).await?;
    done(&document(id), "The request was withdrawn.")
}
