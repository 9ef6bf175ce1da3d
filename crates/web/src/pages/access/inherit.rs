//! Whether a library takes its site's access as well as its own.

use chancery::Problems;
use chancery::grants::{self, Change, Preview};
use chancery::kernel::{Id, thing};

use super::plan::Plan;
use super::{address, frame};
use crate::components::{Button, Choice, Field};
use crate::failure::{Answer, Failure};
use crate::format;
use crate::forms::FormPage;
use crate::guest::Guest;
use crate::named::Named;
use crate::posted::Asked;

async fn form(guest: &Guest, id: Id<thing::Library>, plan: &Plan) -> Result<FormPage, Failure> {
    let place = grants::place(&guest.actor, id).await?;
    let here = address(id);
    let about = format!("Access to {}", place.name);
    let form = if place.inherits == Some(true) {
        let stop = [Change::StopInheriting { keep: false }];
        let lost = lost(&grants::preview(&guest.actor, id, &stop).await?);
        let choices = [
            Choice::new("yes", "They keep it").hint(
                "What the site gives now becomes the library’s own. Later changes on the site do not count here",
            ),
            Choice::new("no", "They lose it").hint(
                format!("Only access that was given on this library stays. {lost}"),
            ),
        ];
        FormPage::new(
            frame(guest, &place, "Stop taking the site’s access", &here, true),
            vec![
                Field::radios(
                    "keep",
                    "What happens to people who can see it through the site",
                    choices,
                )
                .bold()
                .value(&plan.keep),
            ],
            Button::submit("See what changes").named("what", "stop"),
            &here,
        )
    } else {
        FormPage::new(
            frame(guest, &place, "Take the site’s access again", &here, true),
            Vec::new(),
            Button::submit("See who gains access").named("what", "inherit"),
            &here,
        )
        .intro(format!(
            "Whoever can see {} can then see this library too, now and whenever that changes. What was given on this library stays.",
            place.site.line.name
        ))
    };
    Ok(form
        .by_address(format!("{here}/preview"))
        .about(about)
        .intro("Nothing changes yet. You see who gains or loses access before you save it."))
}

/// Who would lose access if nothing of the site's were kept.
fn lost(preview: &Preview) -> String {
    let who = format::people(preview.lose.len() as u64, preview.lose_organisations);
    match (preview.lose.len(), preview.after.0) {
        (0, _) => "Nobody loses access".to_owned(),
        (_, 0) => {
            format!("Everybody would lose it ({who}), so somebody has to be made an owner first")
        }
        (1, _) => format!("{who} loses it"),
        (_, 1) => format!("{who} lose it, and 1 person keeps it"),
        (_, left) => format!("{who} lose it, and {} people keep it", format::number(left)),
    }
}

pub(super) async fn ask(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(plan): Asked<Plan>,
) -> Answer {
    form(&guest, id, &plan).await?.ask()
}

/// The form again, with what is wrong beside what was chosen.
pub(super) async fn again(
    guest: &Guest,
    id: Id<thing::Library>,
    plan: &Plan,
    problems: &Problems,
) -> Answer {
    form(guest, id, plan).await?.refuse(problems)
}
