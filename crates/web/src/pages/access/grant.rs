//! Changing or ending something that gives access.

use askama::Template;
use chancery::grants::{self, Governed, GrantLine, PlaceHead};
use chancery::kernel::{Id, thing};
use chancery::{Error, Problems};

use super::plan::Plan;
use super::{address, frame, role_field, role_label};
use crate::components::{Field, Problem};
use crate::failure::{Answer, Failure};
use crate::format;
use crate::forms::mark;
use crate::frame::Frame;
use crate::guest::{Guest, page, problem_page};
use crate::named::Named;
use crate::posted::Asked;

type Address<P> = Named<(Id<P>, Id<thing::Grant>)>;

#[derive(Template)]
#[template(path = "access/grant.html")]
struct GrantPage {
    frame: Frame,
    problems: Vec<Problem>,
    place: String,
    here: String,
    line: GrantLine,
    /// "Owner, given by Helen Marsh on 3 November 2025".
    given: String,
    fields: Vec<Field>,
}

/// A grant of this very place: one that is inherited is changed where it is.
async fn find<P: Governed>(
    guest: &Guest,
    id: Id<P>,
    grant: Id<thing::Grant>,
) -> Result<(PlaceHead, GrantLine), Failure> {
    let access = grants::access(&guest.actor, id).await?;
    let line = access
        .grants
        .into_iter()
        .find(|line| line.id == grant && !line.inherited)
        .ok_or(Error::NotFound)?;
    Ok((access.place, line))
}

fn form<P: Governed>(
    guest: &Guest,
    id: Id<P>,
    (place, line): (PlaceHead, GrantLine),
    plan: &Plan,
) -> GrantPage {
    let here = address(id);
    let title = format!("Change access of {}", line.name);
    let given = format!(
        "{}, given by {} on {}",
        role_label(line.role),
        line.given_by.in_words(),
        format::day(line.from.timestamp(), guest.portal.zone())
    );
    GrantPage {
        frame: frame(guest, &place, &title, &here, true),
        problems: Vec::new(),
        place: place.name,
        fields: vec![role_field(P::IS_LIBRARY, &plan.role), plan.until_field()],
        here,
        line,
        given,
    }
}

/// As it is now, or as it was typed by somebody who comes back from the preview.
pub(super) async fn ask<P: Governed>(
    guest: Guest,
    Named((id, grant)): Address<P>,
    Asked(typed): Asked<Plan>,
) -> Answer {
    let found = find(&guest, id, grant).await?;
    let plan = if typed.role.is_empty() {
        Plan {
            role: found.1.role.name().to_owned(),
            ..Plan::default()
        }
        .ending(found.1.until, guest.portal.zone())
    } else {
        typed
    };
    page(&form(&guest, id, found, &plan))
}

/// The form again, with what is wrong beside what was typed.
pub(super) async fn again<P: Governed>(
    guest: &Guest,
    id: Id<P>,
    plan: &Plan,
    problems: &Problems,
) -> Answer {
    let grant = plan.grant.parse().map_err(|_| Error::NotFound)?;
    let found = find(guest, id, grant).await?;
    let mut form = form(guest, id, found, plan);
    let mut fields: Vec<&mut Field> = form.fields.iter_mut().collect();
    form.problems = mark(&mut fields, problems);
    form.frame.error = true;
    problem_page(&form)
}
