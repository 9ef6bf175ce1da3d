//! Giving access: who, what they can do, until when.

use askama::Template;
use chancery::Problems;
use chancery::grants::{self, Governed, PlaceHead, SubjectChoice};
use chancery::kernel::Id;

use super::plan::{Plan, subject_value};
use super::{address, frame, role_field};
use crate::components::{Choice, Field, Problem};
use crate::failure::{Answer, Failure};
use crate::forms::mark;
use crate::frame::Frame;
use crate::guest::{Guest, page, problem_page};
use crate::named::Named;
use crate::posted::Asked;

#[derive(Template)]
#[template(path = "access/give.html")]
struct GivePage {
    frame: Frame,
    problems: Vec<Problem>,
    name: String,
    here: String,
    find: String,
    /// Whether something was looked for.
    looked: bool,
    /// The questions, once somebody was found.
    fields: Vec<Field>,
}

fn who_field(found: &[SubjectChoice], chosen: &str) -> Field {
    let choices = found.iter().map(|choice| {
        Choice::new(subject_value(choice.subject), &choice.name).hint(&choice.detail)
    });
    Field::radios("who", "Who to give access to", choices)
        .bold()
        .value(chosen)
}

/// The form with what was typed. Somebody who is found alone is chosen.
async fn form<P: Governed>(
    guest: &Guest,
    id: Id<P>,
    place: &PlaceHead,
    plan: &Plan,
) -> Result<GivePage, Failure> {
    let here = address(id);
    let found = grants::find_subjects(&guest.actor, id, &plan.find).await?;
    let only = (found.len() == 1).then(|| subject_value(found[0].subject));
    let chosen = only.unwrap_or_else(|| plan.who.clone());
    let fields = if found.is_empty() {
        Vec::new()
    } else {
        vec![
            who_field(&found, &chosen),
            role_field(P::IS_LIBRARY, &plan.role),
            plan.until_field(),
        ]
    };
    Ok(GivePage {
        frame: frame(guest, place, "Give access", &here, true),
        problems: Vec::new(),
        name: place.name.clone(),
        here,
        find: plan.find.clone(),
        looked: !plan.find.trim().is_empty(),
        fields,
    })
}

pub(super) async fn ask<P: Governed>(
    guest: Guest,
    Named(id): Named<Id<P>>,
    Asked(plan): Asked<Plan>,
) -> Answer {
    let place = grants::place(&guest.actor, id).await?;
    page(&form(&guest, id, &place, &plan).await?)
}

/// The form again, with what is wrong beside what was typed.
pub(super) async fn again<P: Governed>(
    guest: &Guest,
    id: Id<P>,
    plan: &Plan,
    problems: &Problems,
) -> Answer {
    let place = grants::place(&guest.actor, id).await?;
    let mut form = form(guest, id, &place, plan).await?;
    let mut fields: Vec<&mut Field> = form.fields.iter_mut().collect();
    form.problems = mark(&mut fields, problems);
    form.frame.error = true;
    problem_page(&form)
}
