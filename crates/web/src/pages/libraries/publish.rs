//! Several documents that were ticked in a list: published in one decision, or an owner is asked for it.

use askama::Template;
use chancery::kernel::{Id, thing};
use chancery::publishing::{self, LeftOut, Outcome, Ready, Several};
use chancery::{Error, Problems};
use serde::Deserialize;

use super::Exposure;
use super::chosen::Ticked;
use crate::components::{Button, Field, Left, Problem};
use crate::failure::{Answer, Failure};
use crate::format;
use crate::forms::mark;
use crate::frame::Frame;
use crate::guest::{Guest, done, go, page, problem_page};
use crate::named::Named;
use crate::posted::{Asked, Posted};

/// Says what becomes of each, or became of it.
#[derive(Template)]
#[template(path = "libraries/publish.html")]
struct PublishPage {
    frame: Frame,
    problems: Vec<Problem>,
    says: Vec<String>,
    exposure: Option<Exposure>,
    caption: &'static str,
    lines: Vec<Line>,
    left_caption: &'static str,
    left_out: Vec<Left>,
    fields: Vec<Field>,
    hidden: Vec<(&'static str, String)>,
    /// None where there is nothing to decide.
    submit: Option<Button>,
    back: String,
}

/// A document of which a version is published or asked for.
struct Line {
    name: String,
    href: String,
    note: &'static str,
    version: String,
    readers: String,
}

impl Line {
    fn of(ready: &Ready, asks: bool) -> Self {
        let (number, label) = ready.version;
        Self {
            name: ready.name.clone(),
            href: if asks {
                format!("/documents/{}", ready.document)
            } else {
                format!("/documents/{}/publish?version={number}", ready.document)
            },
            note: match (ready.asked, ready.moved_on) {
                (true, true) => "Asked for. There is a newer draft, which stays a draft",
                (true, false) => "Asked for",
                _ => "",
            },
            version: match (label.is_draft(), asks) {
                (true, false) => format!("Draft {label}, as version {}", ready.becomes),
                (true, true) => format!("Draft {label}"),
                (false, _) => format!("Version {label}"),
            },
            readers: match ready.readers_see {
                Some(shown) => format!("Version {shown}"),
                None => "Nothing".to_owned(),
            },
        }
    }
}

/// Something that is left out.
fn left_out(library: Id<thing::Library>, left: &LeftOut) -> Left {
    let href = match &left.why {
        publishing::WhyNot::Folder => format!("/libraries/{library}?folder={}", left.item),
        _ => format!("/documents/{}", left.item),
    };
    Left::new(left.name.as_deref(), href, &left.why)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Decided {
    /// Each document with the number of the version that the page showed: `0AN640Q9KNB04.3`.
    document: Vec<String>,
    /// Whether the page asked an owner for it.
    asks: String,
    comment: String,
    note: String,
    /// The query of the list.
    back: String,
}

impl Decided {
    fn documents(&self) -> Vec<(Id<thing::Document>, u64)> {
        self.document
            .iter()
            .filter_map(|text| {
                let (document, number) = text.split_once('.')?;
                Some((document.parse().ok()?, number.parse().ok()?))
            })
            .collect()
    }

    fn back(&self, library: Id<thing::Library>) -> String {
        Ticked::of_form(Vec::new(), self.back.clone())
            .query()
            .address(library)
    }
}

impl PublishPage {
    /// What would become of them.
    fn asking(guest: &Guest, several: &Several, typed: &Decided) -> Self {
        let (head, asks) = (&several.head, several.asks);
        let count = several.ready.len() as u64;
        let documents = format::count(count, "document", "documents");
        let title = match (count, asks) {
            (0, true) => "There is nothing to ask for".to_owned(),
            (0, false) => "There is nothing to publish".to_owned(),
            (_, true) => format!("Ask for {documents} to be published"),
            (_, false) => format!("Publish {documents}"),
        };
        let says = match (count, asks) {
            (0, _) => "None of what you selected can be published now. The list says why.",
            (_, true) => {
                "The owners of this library are told. One of them publishes exactly these drafts, or sends them back with the reason."
            }
            (_, false) => "Readers see these versions once you publish them, and not before.",
        };
        let field = if asks {
            Field::textarea("note", "What an owner should know (optional)")
                .hint("For example, what changed and who has agreed. It is said of each of them")
                .value(&typed.note)
        } else {
            Field::textarea("comment", "What is new (optional)")
                .hint("Readers see this in the activity of each document")
                .value(&typed.comment)
        };
        let mut hidden = vec![
            ("back", typed.back.clone()),
            ("asks", if asks { "yes" } else { "" }.to_owned()),
        ];
        hidden.extend(several.ready.iter().map(|ready| {
            (
                "document",
                format!("{}.{}", ready.document, ready.version.0),
            )
        }));
        Self {
            problems: Vec::new(),
            says: vec![says.to_owned()],
            exposure: (count > 0 && !asks)
                .then(|| Exposure::of(head).tail(" can see this library, and will see them")),
            caption: if asks {
                "What you ask for"
            } else {
                "What will be published"
            },
            lines: several
                .ready
                .iter()
                .map(|ready| Line::of(ready, asks))
                .collect(),
            left_caption: "What is left out",
            left_out: several
                .left_out
                .iter()
                .map(|left| left_out(head.id, left))
                .collect(),
            fields: vec![field.bold().rows(3)],
            hidden,
            submit: (count > 0)
                .then(|| Button::submit(if asks { "Ask for approval" } else { "Publish" })),
            back: typed.back(head.id),
            frame: guest.in_library(title, head, Vec::new()),
        }
    }

    /// What became of them, where something was left out.
    async fn told(
        guest: &Guest,
        library: Id<thing::Library>,
        outcome: &Outcome,
        asks: bool,
        back: String,
    ) -> Result<Self, Error> {
        let head = chancery::libraries::head(&guest.actor, library).await?;
        let done = format::count(outcome.done.len() as u64, "document was", "documents were");
        let left = format::count(outcome.left_out.len() as u64, "was", "were");
        let how = if asks { "asked for" } else { "published" };
        Ok(Self {
            frame: guest.in_library(format!("{done} {how}, {left} not"), &head, Vec::new()),
            problems: Vec::new(),
            says: vec![
                "What was left out stays as it is. Look at it, and decide again.".to_owned(),
            ],
            exposure: None,
            caption: if asks {
                "What you asked for"
            } else {
                "What was published"
            },
            lines: outcome
                .done
                .iter()
                .map(|(document, name, (_, label))| Line {
                    name: name.clone(),
                    href: format!("/documents/{document}"),
                    note: "",
                    version: if label.is_draft() {
                        format!("Draft {label}")
                    } else {
                        format!("Version {label}")
                    },
                    readers: if asks {
                        "As before".to_owned()
                    } else {
                        format!("Version {label}")
                    },
                })
                .collect(),
            left_caption: "What was left out",
            left_out: outcome
                .left_out
                .iter()
                .map(|left| left_out(library, left))
                .collect(),
            fields: Vec::new(),
            hidden: Vec::new(),
            submit: None,
            back,
        })
    }

    /// The page again, saying what is wrong.
    fn refuse(mut self, problems: &Problems) -> Answer {
        let mut fields: Vec<&mut Field> = self.fields.iter_mut().collect();
        self.problems = mark(&mut fields, problems);
        self.frame.error = true;
        problem_page(&self)
    }
}

pub(super) async fn ask(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(ticked): Asked<Ticked>,
) -> Answer {
    let items = ticked.items();
    if items.is_empty() {
        return go(&ticked.query().address(id));
    }
    let several = publishing::several(&guest.actor, id, &items).await?;
    let typed = Decided {
        back: ticked.back,
        ..Decided::default()
    };
    page(&PublishPage::asking(&guest, &several, &typed))
}

/// The page as things are now, after something came between.
async fn again(
    guest: &Guest,
    id: Id<thing::Library>,
    decided: &Decided,
) -> Result<PublishPage, Failure> {
    let items: Vec<Id<thing::Item>> = decided
        .documents()
        .iter()
        .map(|(document, _)| document.item())
        .collect();
    let several = publishing::several(&guest.actor, id, &items).await?;
    Ok(PublishPage::asking(guest, &several, decided))
}

pub(super) async fn decide(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(decided): Posted<Decided>,
) -> Answer {
    let documents = decided.documents();
    let asks = decided.asks == "yes";
    let outcome = if asks {
        publishing::ask_for_several(&guest.actor, id, &documents, &decided.note).await
    } else {
        publishing::publish_several(&guest.actor, id, &documents, &decided.comment).await
    };
    let back = decided.back(id);
    match outcome {
        Ok(outcome) if outcome.left_out.is_empty() => {
            let count = outcome.done.len() as u64;
            let says = if asks {
                format!(
                    "The owners of this library have been told of {}.",
                    format::count(count, "document", "documents")
                )
            } else {
                format!(
                    "{} published. Readers see them now.",
                    format::count(count, "document was", "documents were")
                )
            };
            done(&back, says)
        }
        Ok(outcome) => page(&PublishPage::told(&guest, id, &outcome, asks, back).await?),
        Err(Error::Invalid(problems)) if problems.of("documents").is_some() => go(&back),
        Err(Error::Invalid(problems)) => again(&guest, id, &decided).await?.refuse(&problems),
        Err(Error::Conflict(why)) => match again(&guest, id, &decided).await {
            Ok(form) => form.refuse(&Problems::one("form", why)),
            // The library does not require publishing any more.
            Err(_) => Err(Error::Conflict(why).into()),
        },
        Err(other) => Err(other.into()),
    }
}
