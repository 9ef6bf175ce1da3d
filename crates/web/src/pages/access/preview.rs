//! What a change of access would do, before it is made.

use askama::Template;
use chancery::grants::{self, Governed, Preview, last_day};
use chancery::kernel::{Id, thing};
use chancery::{Error, Problems};
use jiff::tz::TimeZone;

use super::people::{People, answer, so_many};
use super::plan::Plan;
use super::{address, frame, give, grant, inherit};
use crate::components::{Field, Problem};
use crate::failure::Answer;
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, page};
use crate::named::Named;
use crate::posted::Asked;

#[derive(Template)]
#[template(path = "access/preview.html")]
pub(super) struct PreviewPage {
    pub(super) frame: Frame,
    pub(super) problems: Vec<Problem>,
    /// What is different from what was shown before.
    pub(super) news: Option<&'static str>,
    name: String,
    heading: String,
    here: String,
    /// The form that the change was typed on.
    form: String,
    sentences: Vec<String>,
    before: String,
    after: String,
    warnings: Vec<String>,
    lists: Vec<People>,
    can_save: bool,
    hidden: Vec<(&'static str, String)>,
    pub(super) why: Field,
}

/// What the change in the address would do, as a page that saves it; or the form that it was typed on again, with
/// what is wrong.
pub(super) async fn show<P: Governed>(
    guest: Guest,
    Named(id): Named<Id<P>>,
    Asked(plan): Asked<Plan>,
) -> Answer {
    let change = match plan.change(guest.portal.zone()) {
        Ok(change) => change,
        Err(Error::Invalid(problems)) => return again(&guest, id, &plan, problems).await,
        Err(other) => return Err(other.into()),
    };
    match grants::preview(&guest.actor, id, &[change]).await {
        Ok(preview) => page(&PreviewPage::of(&guest, id, &plan, &preview)),
        Err(Error::Invalid(problems)) => again(&guest, id, &plan, problems).await,
        Err(Error::Conflict(why)) => again(&guest, id, &plan, Problems::one("form", why)).await,
        Err(other) => Err(other.into()),
    }
}

async fn again<P: Governed>(guest: &Guest, id: Id<P>, plan: &Plan, problems: Problems) -> Answer {
    match plan.what.as_str() {
        "give" => give::again(guest, id, plan, &problems).await,
        "alter" | "end" => grant::again(guest, id, plan, &problems).await,
        _ if P::IS_LIBRARY => {
            let library: Id<thing::Library> = Id::from_raw(id.raw());
            inherit::again(guest, library, plan, &problems).await
        }
        _ => Err(Error::Invalid(problems).into()),
    }
}

impl PreviewPage {
    pub(super) fn of<P: Governed>(
        guest: &Guest,
        id: Id<P>,
        plan: &Plan,
        preview: &Preview,
    ) -> Self {
        let here = address(id);
        let heading = heading(preview, guest.portal.zone());
        let mut hidden: Vec<(&'static str, String)> = plan
            .hidden()
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        hidden.push(("shown", preview.fingerprint.clone()));
        Self {
            frame: frame(guest, &preview.place, &heading, &here, true),
            problems: Vec::new(),
            news: None,
            name: preview.place.name.clone(),
            heading,
            form: plan.form(&here),
            sentences: preview.sentence.clone(),
            before: so_many(preview.before),
            after: so_many(preview.after),
            warnings: preview.warnings.clone(),
            lists: lists(preview, guest.portal.zone()),
            can_save: preview.can_save,
            hidden,
            why: Field::textarea("why", "Why you are making this change (optional)")
                .hint(format!(
                    "Kept with the record, and shown to the owners of this {}",
                    P::NAME
                ))
                .bold()
                .rows(3)
                .value(&plan.why),
            here,
        }
    }
}

/// The answer: "6 people gain access and 2 lose it".
fn heading(preview: &Preview, zone: &TimeZone) -> String {
    let (gain, lose, differ) = (preview.gain.len(), preview.lose.len(), preview.differ.len());
    match &preview.later {
        Some(later) if (gain, lose, differ) == (0, 0, 0) => format!(
            "{} {} access at the end of {}",
            format::count(later.lose.len() as u64, "person", "people"),
            if later.lose.len() == 1 {
                "loses"
            } else {
                "lose"
            },
            format::date(last_day(later.at, zone))
        ),
        _ => answer(gain as u64, lose as u64, differ as u64),
    }
}

fn lists(preview: &Preview, zone: &TimeZone) -> Vec<People> {
    let later = preview.later.as_ref().map(|later| {
        let day = format::date(last_day(later.at, zone));
        let count = later.lose.len() as u64;
        let verb = if count == 1 { "loses" } else { "lose" };
        let who = format::people(count, later.organisations);
        let caption = format!("{who} {verb} access at the end of {day}");
        People::moved(caption, "Until then", &later.lose, count)
    });
    let gain = (preview.gain.len() as u64, preview.gain_organisations);
    let lose = (preview.lose.len() as u64, preview.lose_organisations);
    let mut lists = vec![
        People::gaining(&preview.gain, gain),
        People::losing(&preview.lose, lose),
        People::differing(&preview.differ, preview.differ.len() as u64),
    ];
    lists.extend(later);
    lists.retain(People::is_some);
    lists
}

#[cfg(test)]
mod tests {
    use chancery::grants::{Differ, Moved, PlaceHead, Preview};
    use chancery::kernel::{Id, Role};
    use chancery::people::PersonLine;
    use chancery::sites::{SiteHead, SiteKind, SiteLine};

    use jiff::tz::TimeZone;

    use super::{heading, lists};

    fn line(number: usize) -> PersonLine {
        let number = i64::try_from(number).expect("a small number");
        PersonLine {
            id: Id::from_raw(number),
            name: format!("Person {number}"),
            title: String::new(),
            organisation_id: Id::from_raw(1),
            organisation: "Harbour Lights".to_owned(),
        }
    }

    fn preview(gain: usize, lose: usize, differ: usize) -> Preview {
        let moved = |people: usize| {
            (0..people)
                .map(|number| Moved {
                    line: line(number),
                    role: Role::Reader,
                })
                .collect()
        };
        let site = SiteHead {
            line: SiteLine {
                id: Id::from_raw(1),
                name: "Resettlement Pathway".to_owned(),
                kind: SiteKind::Project,
                organisation: "Northmoor Probation Trust".to_owned(),
                purpose: String::new(),
            },
            organisation_id: Id::from_raw(1),
            role: None,
            can_edit: false,
            can_govern: true,
            can_see_members: false,
            can_see_trail: false,
        };
        Preview {
            place: PlaceHead {
                name: site.line.name.clone(),
                site,
                library: None,
                inherits: None,
            },
            sentence: Vec::new(),
            gain: moved(gain),
            lose: moved(lose),
            differ: (0..differ)
                .map(|number| Differ {
                    line: line(number),
                    before: Role::Owner,
                    after: Role::Reader,
                })
                .collect(),
            later: None,
            gain_organisations: 1,
            lose_organisations: 1,
            before: (0, 0),
            after: (0, 0),
            warnings: Vec::new(),
            can_save: true,
            fingerprint: String::new(),
        }
    }

    #[test]
    fn the_heading_is_the_answer() {
        let table = [
            ((6, 2, 0), "6 people gain access and 2 lose it"),
            ((1, 1, 4), "1 person gains access and 1 loses it"),
            ((6, 0, 1), "6 people gain access"),
            ((0, 1, 0), "1 person loses access"),
            ((0, 0, 1), "1 person gets another role"),
            ((0, 0, 3), "3 people get another role"),
            ((0, 0, 0), "Nobody gains or loses access"),
        ];
        for ((gain, lose, differ), expected) in table {
            assert_eq!(
                heading(&preview(gain, lose, differ), &TimeZone::UTC),
                expected
            );
        }
    }

    #[test]
    fn a_long_list_of_names_ends_with_how_many_more_there_are() {
        let lists = lists(&preview(502, 0, 1), &TimeZone::UTC);
        assert_eq!(lists.len(), 2);
        assert_eq!(lists[0].named.len(), 500);
        assert_eq!(lists[0].more.as_deref(), Some("And 2 more people."));
        assert_eq!(
            lists[0].caption,
            "502 people from 1 organisation gain access"
        );
        assert_eq!(lists[1].named[0].what, "From owner to reader");
    }
}
