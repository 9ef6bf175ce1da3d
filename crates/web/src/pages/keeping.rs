//! How long the things of a library are kept, and what goes for good.

use askama::Template;
use chancery::kernel::{Id, thing};
use chancery::libraries::LibraryHead;
use chancery::retention::{
    self, BIN_DAYS_LEAST, BIN_DAYS_MOST, Due, GoneLine, GonePage, Keep, Retention, RetentionPage,
    Since,
};
use chancery::{documents, people::Author};
use serde::Deserialize;

use super::libraries::When;
use crate::components::{Button, Choice, Crumb, Field, PageLink};
use crate::failure::{Answer, Failure, url_escape};
use crate::format;
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, done, page};
use crate::named::Named;
use crate::posted::{Asked, Posted};
use crate::routes::routes;

routes! {
    get "/libraries/{id}/keeping" => show;
    get "/libraries/{id}/keeping/change" => ask;
    post "/libraries/{id}/keeping/change" => change;
    get "/documents/{id}/keeping" => ask_of_document;
    post "/documents/{id}/keeping" => change_of_document;
    get "/libraries/{id}/bin/remove" => ask_to_remove;
    post "/libraries/{id}/bin/remove" => remove;
    get "/libraries/{id}/bin/gone" => gone;
}

fn here(library: Id<thing::Library>) -> String {
    format!("/libraries/{library}/keeping")
}

struct DueLine {
    href: String,
    name: String,
    changed: When,
    on: When,
    held: bool,
}

#[derive(Template)]
#[template(path = "keeping/keeping.html")]
struct Keeping {
    frame: Frame,
    head: LibraryHead,
    bin: String,
    keep: String,
    delete: String,
    set: Option<(String, When)>,
    due: Vec<DueLine>,
    own: Vec<(String, String, String)>,
}

fn years(number: u32) -> String {
    format::count(u64::from(number), "year", "years")
}

fn keep_says(keep: Keep) -> String {
    let from = match keep.since {
        Since::Changed => "the last change",
        Since::Added => "when it was added",
    };
    format!("At least {} from {from}", years(keep.years))
}

async fn show(guest: Guest, Named(id): Named<Id<thing::Library>>) -> Answer {
    let found = retention::retention(&guest.actor, id).await?;
    let zone = guest.portal.zone();
    let rule = found.retention;
    let days = |days: u32| format::count(u64::from(days), "day", "days");
    let due = |due: Due| DueLine {
        href: format!("/documents/{}", due.id),
        name: due.name,
        changed: When::day(due.changed_at, zone),
        on: When::day(due.on, zone),
        held: due.held,
    };
    page(&Keeping {
        frame: guest.in_library("How long things are kept", &found.head, Vec::new()),
        bin: match rule.bin_days {
            Some(chosen) => format!("{}, as the owners of this library chose", days(chosen)),
            None => format!("{}, as everywhere in this realm", days(found.realm_days)),
        },
        keep: rule.keep.map_or_else(
            || "No rule: what leaves the recycle bin goes for good".to_owned(),
            keep_says,
        ),
        delete: rule.delete_years.map_or_else(
            || "No rule: nothing is deleted by itself".to_owned(),
            |number| format!("After {} without a change", years(number)),
        ),
        set: found
            .set
            .map(|(by, at): (Author, _)| (by.in_full(), When::day(at, zone))),
        due: found.due.into_iter().map(due).collect(),
        own: found
            .own
            .into_iter()
            .map(|own| {
                let href = format!("/documents/{}/keeping", own.id);
                (href, own.name, keep_says(own.keep))
            })
            .collect(),
        head: found.head,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    bin_days: String,
    keep_years: String,
    keep_since: String,
    delete_years: String,
}

/// A whole number; what is none is larger than any that can be chosen, so that the verb says what would be right.
fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.parse().unwrap_or(u32::MAX))
}

impl Typed {
    fn of(retention: Retention) -> Self {
        let text = |number: Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
        Self {
            bin_days: text(retention.bin_days),
            keep_years: text(retention.keep.map(|keep| keep.years)),
            keep_since: retention
                .keep
                .map(|keep| keep.since.name().to_owned())
                .unwrap_or_default(),
            delete_years: text(retention.delete_years),
        }
    }

    fn keep(&self) -> Option<Keep> {
        number(&self.keep_years).map(|years| Keep {
            years,
            since: Since::from_name(&self.keep_since).unwrap_or_default(),
        })
    }

    fn retention(&self) -> Retention {
        Retention {
            bin_days: number(&self.bin_days),
            keep: self.keep(),
            delete_years: number(&self.delete_years),
        }
    }

    fn keep_fields(&self, label: &str, hint: &str) -> Vec<Field> {
        let since = Since::from_name(&self.keep_since).unwrap_or_default();
        vec![
            Field::number("keep_years", label)
                .hint(hint)
                .value(&self.keep_years),
            Field::radios(
                "keep_since",
                "Those years count from",
                [
                    Choice::new("changed", "Its last change").checked(since == Since::Changed),
                    Choice::new("added", "When it was added").checked(since == Since::Added),
                ],
            ),
        ]
    }
}

fn change_page(guest: &Guest, found: &RetentionPage, typed: &Typed) -> FormPage {
    let id = found.head.id;
    let mut fields = vec![
        Field::number("bin_days", "Days in the recycle bin (optional)")
            .hint(format!(
                "From {BIN_DAYS_LEAST} to {BIN_DAYS_MOST} (7 years). Leave it empty for as long as everywhere in this realm: {} days",
                found.realm_days
            ))
            .value(&typed.bin_days),
    ];
    fields.extend(typed.keep_fields(
        "Years that everything is kept at least (optional)",
        "What is deleted earlier waits in the recycle bin until then, and nobody can remove it for good",
    ));
    fields.push(
        Field::number(
            "delete_years",
            "Years without a change after which a document is deleted (optional)",
        )
        .hint("Owners are told 30 days before. It goes to the recycle bin, and can be restored from there")
        .value(&typed.delete_years),
    );
    let above = Crumb::new("How long things are kept", here(id));
    FormPage::new(
        guest.in_library(
            "Change how long things are kept",
            &found.head,
            vec![above],
        ),
        fields,
        Button::submit("Save"),
        here(id),
    )
    .intro("The rules hold for everything in this library from now on. What is under legal hold stays in any case.")
}

async fn ask(guest: Guest, Named(id): Named<Id<thing::Library>>) -> Answer {
    let found = retention::retention(&guest.actor, id).await?;
    let typed = Typed::of(found.retention);
    change_page(&guest, &found, &typed).ask()
}

async fn change(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let found = retention::retention(&guest.actor, id).await?;
    let outcome = retention::set_retention(&guest.actor, id, typed.retention()).await;
    change_page(&guest, &found, &typed).after(outcome, |()| {
        done(&here(id), "How long things are kept was saved.")
    })
}

async fn document_page(
    guest: &Guest,
    id: Id<thing::Document>,
    typed: Option<&Typed>,
) -> Result<FormPage, Failure> {
    let (name, keep) = retention::document_retention(&guest.actor, id).await?;
    let head = documents::document(&guest.actor, id, None).await?.head;
    let said = Typed::of(Retention {
        keep,
        ..Retention::default()
    });
    let typed = typed.unwrap_or(&said);
    let above = Crumb::new(name.clone(), format!("/documents/{id}"));
    Ok(FormPage::new(
        guest.in_library(format!("How long {name} is kept"), &head, vec![above]),
        typed.keep_fields(
            "Years that it is kept at least (optional)",
            "Leave it empty for no rule of its own. The rules of its library hold besides, and the longer one counts",
        ),
        Button::submit("Save"),
        format!("/documents/{id}"),
    )
    .intro("It can be deleted earlier, and then waits in the recycle bin: nobody can remove it for good before this time is over."))
}

async fn ask_of_document(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    document_page(&guest, id, None).await?.ask()
}

async fn change_of_document(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let outcome = retention::set_document_retention(&guest.actor, id, typed.keep()).await;
    let asked_again = document_page(&guest, id, Some(&typed)).await?;
    asked_again.after(outcome, |()| {
        done(
            &format!("/documents/{id}"),
            "How long it is kept was saved.",
        )
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct One {
    item: String,
}

impl One {
    fn item(&self) -> Id<thing::Item> {
        self.item.parse().unwrap_or(Id::from_raw(1))
    }
}

#[derive(Template)]
#[template(path = "keeping/remove.html")]
struct Remove {
    frame: Frame,
    item: Id<thing::Item>,
    bin: String,
    says: String,
    hindrance: Option<String>,
}

async fn ask_to_remove(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(one): Asked<One>,
) -> Answer {
    let found = retention::removal(&guest.actor, id, one.item()).await?;
    let bin = format!("/libraries/{id}/bin");
    let says = if found.is_document {
        let versions = format::count(found.versions, "version", "versions");
        format!("The document and its {versions} go for good.")
    } else {
        let inside = format::count(found.inside, "document", "documents");
        format!("The folder and {inside} that were deleted with it go for good.")
    };
    page(&Remove {
        frame: guest.in_library(
            format!("Remove {} for good", found.name),
            &found.head,
            vec![Crumb::new("Recycle bin", bin.clone())],
        ),
        item: one.item(),
        bin,
        says,
        hindrance: found.hindrance,
    })
}

async fn remove(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(one): Posted<One>,
) -> Answer {
    let count = retention::remove_for_good(&guest.actor, id, one.item()).await?;
    let said = match count {
        0 => "The folder is gone for good.".to_owned(),
        1 => "1 document is gone for good.".to_owned(),
        many => format!("{many} documents are gone for good."),
    };
    done(&format!("/libraries/{id}/bin"), said)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Onwards {
    after: String,
}

struct GoneRow {
    name: String,
    note: String,
    /// When, and by whom; none where it was not.
    deleted: Option<(When, String)>,
    gone: When,
    gone_by: String,
}

/// Who removed it, or that nobody did.
pub(super) fn gone_by(line: &GoneLine) -> String {
    match &line.destroyed {
        Some(reason) => format!(
            "Content destroyed by {}, as an assurance officer: “{reason}”. A certificate lists what it was",
            line.gone_by.in_full()
        ),
        None if line.gone_by.is_console() => "Its time in the recycle bin was over".to_owned(),
        None => line.gone_by.in_full(),
    }
}

#[derive(Template)]
#[template(path = "keeping/gone.html")]
struct Gone {
    frame: Frame,
    lines: Vec<GoneRow>,
    first: Option<PageLink>,
    next: Option<PageLink>,
}

async fn gone(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(from): Asked<Onwards>,
) -> Answer {
    let after = (!from.after.is_empty()).then_some(from.after.as_str());
    let GonePage { head, lines, next } = retention::gone_list(&guest.actor, id, after).await?;
    let here = format!("/libraries/{id}/bin/gone");
    let zone = guest.portal.zone();
    let row = |line: GoneLine| GoneRow {
        note: if line.is_document {
            format::count(line.versions, "version", "versions")
        } else {
            "Folder".to_owned()
        },
        // What was destroyed where it was has not been in the recycle bin.
        deleted: (line.destroyed.is_none() || line.binned_at != line.gone_at)
            .then(|| (When::day(line.binned_at, zone), line.binned_by.in_full())),
        gone: When::day(line.gone_at, zone),
        gone_by: gone_by(&line),
        name: line.name,
    };
    let above = Crumb::new("Recycle bin", format!("/libraries/{id}/bin"));
    page(&Gone {
        frame: guest.in_library("Gone for good", &head, vec![above]),
        lines: lines.into_iter().map(row).collect(),
        first: after.map(|_| PageLink::new(here.clone(), "From the beginning")),
        next: next.map(|next| PageLink::new(format!("{here}?after={}", url_escape(&next)), "")),
    })
}
