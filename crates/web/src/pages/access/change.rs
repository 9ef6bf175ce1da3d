//! Saving a change of access that its preview showed.

use chancery::Error;
use chancery::grants::{self, Governed, Preview};
use chancery::kernel::{Id, Role};

use super::address;
use super::plan::Plan;
use super::preview::PreviewPage;
use crate::components::Field;
use crate::failure::Answer;
use crate::format;
use crate::forms::mark;
use crate::guest::{Guest, done, problem_page};
use crate::named::Named;
use crate::posted::Posted;

const NEWS: &str = "What this change does is different now: something was changed since you looked, perhaps by you. Check it again before you save it.";

pub(super) async fn save<P: Governed>(
    guest: Guest,
    Named(id): Named<Id<P>>,
    Posted(plan): Posted<Plan>,
) -> Answer {
    let change = plan.change(guest.portal.zone())?;
    let preview = match grants::preview(&guest.actor, id, &[change]).await {
        // Sent twice, or somebody else was first: what it was about is not there any more.
        Err(Error::Invalid(problems)) => {
            let why = problems.iter().map(|(_, text)| text).next();
            let why = why.unwrap_or("This cannot be done any more");
            return done(&address(id), format!("{why}. Nothing was changed now."));
        }
        preview => preview?,
    };
    match grants::change_as_shown(&guest.actor, id, &[change], &plan.why, &plan.shown).await {
        Ok(()) => done(&next(&guest, id, &preview), said(&preview)),
        Err(Error::Invalid(problems)) => {
            let mut page = PreviewPage::of(&guest, id, &plan, &preview);
            let mut fields: Vec<&mut Field> = vec![&mut page.why];
            page.problems = mark(&mut fields, &problems);
            page.frame.error = true;
            problem_page(&page)
        }
        Err(Error::Conflict(_)) => {
            let preview = grants::preview(&guest.actor, id, &[change]).await?;
            let mut page = PreviewPage::of(&guest, id, &plan, &preview);
            page.news = Some(NEWS);
            problem_page(&page)
        }
        Err(other) => Err(other.into()),
    }
}

/// Back to the access page; home for somebody who has just given it up.
fn next<P: Governed>(guest: &Guest, id: Id<P>, preview: &Preview) -> String {
    let me = guest.actor.me().ok();
    let lost = preview.lose.iter().any(|moved| Some(moved.line.id) == me)
        || preview
            .differ
            .iter()
            .any(|differ| Some(differ.line.id) == me && differ.after != Role::Owner);
    let governs =
        guest.arrived.operator || (P::IS_LIBRARY && preview.place.site.role == Some(Role::Owner));
    if lost && !governs {
        "/".to_owned()
    } else {
        address(id)
    }
}

/// What was done: "Access to Case conference papers is changed. 6 people gained access."
fn said(preview: &Preview) -> String {
    let mut said = format!("Access to {} is changed.", preview.place.name);
    let counts = [
        (preview.gain.len(), "gained access"),
        (preview.lose.len(), "lost access"),
        (preview.differ.len(), "got another role"),
    ];
    let done: Vec<String> = counts
        .into_iter()
        .filter(|(people, _)| *people > 0)
        .map(|(people, what)| {
            format!(
                "{} {what}",
                format::count(people as u64, "person", "people")
            )
        })
        .collect();
    if !done.is_empty() {
        said.push(' ');
        said.push_str(&format::list(&done));
        said.push('.');
    }
    said
}
