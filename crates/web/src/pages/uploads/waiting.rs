//! Files that are here and wait for their sender's answer: their name is used, or their content is here already.

use askama::Template;
use chancery::Error;
use chancery::kernel::{Id, thing};
use chancery::libraries;
use chancery::uploads::{self, Answer as Decision, Became, Waiting};
use serde::Deserialize;

use crate::components::{Button, Choice, Crumb, Field, Problem};
use crate::failure::{Answer, Failure};
use crate::format;
use crate::forms::{FormPage, mark};
use crate::frame::Frame;
use crate::guest::{Guest, Part, done, page, problem_page};
use crate::named::Named;
use crate::pages::libraries::{When, library_address};
use crate::posted::Posted;
use crate::routes::routes;

routes! {
    get "/waiting" => list;
    post "/waiting" => decide_all;
    get "/waiting/{id}" => ask;
    post "/waiting/{id}" => decide;
}

/// The address of the page that asks what becomes of this file.
pub(super) fn waiting_address(upload: Id<thing::Upload>) -> String {
    format!("/waiting/{upload}")
}

/// What is in the way, in a sentence.
pub(super) fn says(waiting: &Waiting) -> String {
    if let Some(namesake) = &waiting.namesake {
        let held = match &namesake.held_by {
            Some(by) => format!(", and {by} has it checked out"),
            None => String::new(),
        };
        return format!(
            "A document with this name is here already, at version {}{held}.",
            match &namesake.label {
                Some(label) => label.clone(),
                None => namesake.version.to_string(),
            }
        );
    }
    match waiting.same.first() {
        Some(same) => format!(
            "The same content is already in {} as {}.",
            same.library, same.name
        ),
        None => "What was in the way is not there any more: it can be added.".to_owned(),
    }
}

/// What the page says has the name of this file: the document and its version; empty for nothing. It is posted with the
/// answer, which is for this and not for what came since.
fn namesake(waiting: &Waiting) -> String {
    waiting
        .namesake
        .as_ref()
        .map(|namesake| format!("{}.{}", namesake.id, namesake.version))
        .unwrap_or_default()
}

struct Line {
    shown: String,
    name: String,
    size: String,
    says: String,
    href: String,
    expires: When,
}

#[derive(Template)]
#[template(path = "uploads/waiting.html")]
struct List {
    frame: Frame,
    problems: Vec<Problem>,
    lines: Vec<Line>,
    fields: Vec<Field>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    what: String,
    name: String,
    reason: String,
    /// Of the page of one file: its [`namesake`] when that was shown.
    namesake: String,
    /// Of the page of all of them: each file that it showed, with its [`namesake`] then.
    shown: Vec<String>,
}

fn reason_field(reason: &str) -> Field {
    Field::text("reason", "Why both are kept, if you keep both")
        .hint("It is shown on both documents")
        .value(reason)
}

async fn list_page(guest: &Guest, typed: &Typed) -> Result<List, Failure> {
    let waiting = uploads::waiting(&guest.actor).await?;
    let zone = guest.portal.zone();
    let mut choices = Vec::new();
    if waiting.iter().any(|waiting| waiting.namesake.is_some()) {
        choices.push(Choice::new(
            "version",
            "Add each as a new version of the document with its name",
        ));
        choices.push(
            Choice::new("name", "Give each a name that is free")
                .hint("For example, “Q3 return (2).docx”"),
        );
    }
    let both = waiting.iter().any(|waiting| !waiting.same.is_empty());
    if both {
        choices.push(Choice::new(
            "both",
            "Keep each besides what has the same content",
        ));
    }
    choices.push(
        Choice::new("leave", "Leave all of them out").hint("What is there already stays as it is"),
    );
    for choice in &mut choices {
        choice.checked = choice.value == typed.what;
    }
    let mut fields = vec![Field::radios("what", "What becomes of all of them", choices).bold()];
    if both {
        fields.push(reason_field(&typed.reason));
    }
    Ok(List {
        frame: guest.frame("Files that wait for your answer", Part::None),
        problems: Vec::new(),
        lines: waiting
            .iter()
            .map(|waiting| Line {
                shown: format!("{}.{}", waiting.id, namesake(waiting)),
                name: waiting.name.clone(),
                size: format::size(waiting.size),
                says: says(waiting),
                href: waiting_address(waiting.id),
                expires: When::moment(waiting.expires, zone),
            })
            .collect(),
        fields,
    })
}

async fn list(guest: Guest) -> Answer {
    page(&list_page(&guest, &Typed::default()).await?)
}

/// What is decided for this one, where the decision for all of them fits it: it was on the page, and what has its name is
/// still what the page said.
fn fits(typed: &Typed, waiting: &Waiting) -> Option<Decision> {
    let id = waiting.id.to_string();
    let shown = typed.shown.iter().find_map(|shown| {
        let (upload, namesake) = shown.split_once('.')?;
        (upload == id).then_some(namesake)
    })?;
    match typed.what.as_str() {
        "version" => waiting
            .namesake
            .as_ref()
            .filter(|namesake| namesake.held_by.is_none())
            .filter(|_| shown == namesake(waiting))
            .map(|namesake| Decision::Version {
                document: namesake.id,
                seen: Some(namesake.version),
            }),
        "name" if waiting.namesake.is_some() => Some(Decision::Name(String::new())),
        "both" if waiting.namesake.is_none() => Some(Decision::KeepBoth(typed.reason.clone())),
        "leave" => Some(Decision::LeaveOut),
        _ => None,
    }
}

async fn decide_all(guest: Guest, Posted(typed): Posted<Typed>) -> Answer {
    if !matches!(typed.what.as_str(), "version" | "name" | "both" | "leave") {
        return refuse_all(&guest, &typed, "what", "Choose what becomes of them").await;
    }
    if typed.what == "both" && typed.reason.trim().is_empty() {
        let text = "Say why both are kept, in a few words";
        return refuse_all(&guest, &typed, "reason", text).await;
    }
    let mut answered = 0_u64;
    let mut library = None;
    for waiting in uploads::waiting(&guest.actor).await? {
        let Some(decision) = fits(&typed, &waiting) else {
            continue;
        };
        match uploads::answer(&guest.actor, waiting.id, &decision).await {
            Ok(Some(Became::Waits(_))) => {}
            Ok(_) => {
                answered += 1;
                library = Some((waiting.library, waiting.folder));
            }
            Err(Error::Invalid(problems)) if typed.what == "both" => {
                let text = problems.of("reason").unwrap_or_default().to_owned();
                return refuse_all(&guest, &typed, "reason", &text).await;
            }
            // What is in the way of one is said when it is looked at, and the others go on.
            Err(
                Error::Conflict(_)
                | Error::Invalid(_)
                | Error::Changed
                | Error::CheckedOut { .. }
                | Error::NotFound,
            ) => {}
            Err(other) => return Err(other.into()),
        }
    }
    let left = uploads::waiting(&guest.actor).await?.len() as u64;
    let files = format::count(answered, "file was", "files were");
    let how = match typed.what.as_str() {
        "version" => "added as new versions",
        "leave" => "left out",
        _ => "added",
    };
    if answered == 0 && left > 0 {
        let text = "None of the files could be dealt with in this way: what is in the way is said of each. Choose something else, or open a file to decide about it alone";
        return refuse_all(&guest, &typed, "what", text).await;
    }
    match (left, library) {
        (0, Some((library, folder))) => {
            done(&library_address(library, folder), format!("{files} {how}."))
        }
        (0, None) => done("/waiting", "No file waits for an answer."),
        (left, _) => done(
            "/waiting",
            format!(
                "{files} {how}. {} for another answer.",
                format::count(left, "file still waits", "files still wait")
            ),
        ),
    }
}

async fn refuse_all(guest: &Guest, typed: &Typed, field: &str, text: &str) -> Answer {
    let mut again = list_page(guest, typed).await?;
    let problems = chancery::Problems::one(field, text);
    let mut fields: Vec<&mut Field> = again.fields.iter_mut().collect();
    again.problems = mark(&mut fields, &problems);
    again.frame.error = true;
    problem_page(&again)
}

async fn one_page(
    guest: &Guest,
    upload: Id<thing::Upload>,
    typed: &Typed,
) -> Result<(Waiting, FormPage), Failure> {
    let waiting = uploads::waiting_one(&guest.actor, upload).await?;
    let head = libraries::head(&guest.actor, waiting.library).await?;
    let (mut choices, mut more) = (Vec::new(), Vec::new());
    if let Some(namesake) = waiting.namesake.as_ref().filter(|n| n.held_by.is_none()) {
        choices.push(
            Choice::new(
                "version",
                match &namesake.next_label {
                    Some(next) => format!("Add as draft {next} of {}", namesake.name),
                    None => format!(
                        "Add as version {} of {}",
                        namesake.version + 1,
                        namesake.name
                    ),
                },
            )
            .hint("Earlier versions stay"),
        );
    }
    if waiting.namesake.is_none() {
        for same in &waiting.same {
            choices.push(
                Choice::new(
                    format!("use-{}", same.id),
                    format!("Use {} in {}", same.name, same.library),
                )
                .hint("It has the same content. This file is left out, and you go to that document: copy its link, or move it here"),
            );
        }
        if !waiting.same.is_empty() {
            choices.push(Choice::new("both", "Keep both"));
            more.push(reason_field(&typed.reason));
        }
    }
    if waiting.namesake.is_some() || waiting.same.is_empty() {
        let name = if typed.name.is_empty() {
            &waiting.other_name
        } else {
            &typed.name
        };
        choices.push(Choice::new("name", "Give it another name"));
        more.push(
            Field::text("name", "Name, if you give it another")
                .hint("Keep the ending, so that it opens in the right program")
                .value(name),
        );
    }
    choices.push(Choice::new("leave", "Leave it out"));
    for choice in &mut choices {
        choice.checked = choice.value == typed.what;
    }
    let zone = guest.portal.zone();
    let expires = format::moment(waiting.expires.timestamp(), zone);
    let to = library_address(waiting.library, waiting.folder);
    let above = Crumb::new("Files that wait for your answer", "/waiting");
    let mut fields = vec![Field::radios("what", "What becomes of it", choices)];
    fields.append(&mut more);
    let form = FormPage::new(
        guest.in_library(
            format!("What becomes of {}", waiting.name),
            &head,
            vec![above],
        ),
        fields,
        Button::submit("Continue"),
        to,
    )
    .hidden("namesake", namesake(&waiting))
    .intro(says(&waiting))
    .intro(format!(
        "Your file is here ({}) and need not be sent again. Only you can see it until you decide; it is kept until {expires}.",
        format::size(waiting.size)
    ));
    Ok((waiting, form))
}

async fn ask(guest: Guest, Named(id): Named<Id<thing::Upload>>) -> Answer {
    match one_page(&guest, id, &Typed::default()).await {
        Ok((_, form)) => form.ask(),
        Err(Failure(Error::NotFound)) => answered(&guest, id).await,
        Err(other) => Err(other),
    }
}

/// On to what a file became that does not wait any more: it was answered in another tab.
async fn answered(guest: &Guest, upload: Id<thing::Upload>) -> Answer {
    let line = uploads::look(&guest.actor, upload).await?;
    let document = line.became.ok_or(Error::NotFound)?;
    done(
        &format!("/documents/{document}"),
        "You have decided already what becomes of that file: it is here.",
    )
}

async fn decide(
    guest: Guest,
    Named(id): Named<Id<thing::Upload>>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (waiting, form) = match one_page(&guest, id, &typed).await {
        Ok(there) => there,
        Err(Failure(Error::NotFound)) => return answered(&guest, id).await,
        Err(other) => return Err(other),
    };
    if typed.what == "version" && typed.namesake != namesake(&waiting) {
        let why = "What has this name has changed since you opened the page, which says now how it is. Look again, and choose";
        return form.after::<()>(Err(Error::Conflict(why.to_owned())), |()| {
            done("/waiting", "")
        });
    }
    let used = typed
        .what
        .strip_prefix("use-")
        .and_then(|id| waiting.same.iter().find(|same| same.id.to_string() == id));
    let decision = match (typed.what.as_str(), used, &waiting.namesake) {
        (_, Some(_), _) | ("leave", ..) => Decision::LeaveOut,
        ("version", _, Some(namesake)) => Decision::Version {
            document: namesake.id,
            seen: Some(namesake.version),
        },
        ("name", ..) => Decision::Name(typed.name.clone()),
        ("both", ..) => Decision::KeepBoth(typed.reason.clone()),
        _ => {
            let problem = Error::invalid("what", "Choose what becomes of the file");
            return form.after::<()>(Err(problem), |()| done("/waiting", ""));
        }
    };
    let outcome = match uploads::answer(&guest.actor, id, &decision).await {
        Err(error @ (Error::Changed | Error::CheckedOut { .. })) => {
            let why = match error {
                Error::CheckedOut { by, .. } => format!("{by} has checked it out meanwhile"),
                _ => "Another version was added meanwhile. Look at it before you add yours"
                    .to_owned(),
            };
            Err(Error::Conflict(why))
        }
        Err(Error::NotFound) => return answered(&guest, id).await,
        other => other,
    };
    let back = library_address(waiting.library, waiting.folder);
    form.after(outcome, |became| match became {
        Some(Became::Waits(upload)) => done(
            &waiting_address(upload),
            "The same content is here already, so there is one more question.",
        ),
        Some(Became::Document(added)) => done(
            &format!("/documents/{}", added.id),
            "The document was added.",
        ),
        Some(Became::Version(document)) => done(
            &format!("/documents/{document}"),
            "Your file was added as a new version.",
        ),
        None => match used {
            Some(same) => done(
                &format!("/documents/{}", same.id),
                "Your file was left out: this document has the same content.",
            ),
            None => done(&back, format!("{} was left out.", waiting.name)),
        },
    })
}
