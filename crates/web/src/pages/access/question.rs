//! Can this person see it, on this date, and why?

use chancery::grants::{self, Governed, Subject, last_day};
use chancery::kernel::thing::Person;
use chancery::kernel::{Id, Time};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::holders::reason;
use super::role_label;
use super::show::Query;
use crate::components::Field;
use crate::failure::{Failure, url_escape};
use crate::format;
use crate::forms::{day_field, end_of, no_day, read_day, typed_day};
use crate::guest::Guest;

/// What the page says to the question.
pub(super) enum Said {
    /// Nothing was asked.
    Nothing,
    /// The answer.
    Answer {
        heading: String,
        because: Vec<String>,
    },
    /// Several people are called that: which one is meant.
    Several(Vec<Candidate>),
    /// Nobody is called that.
    Nobody,
}

/// Somebody who may be meant.
pub(super) struct Candidate {
    pub(super) name: String,
    pub(super) detail: String,
    pub(super) href: String,
}

/// The question as it was typed.
pub(super) fn fields(query: &Query, today: Date) -> Vec<Field> {
    let on = match read_day(&query.on) {
        Some(day) => typed_day(day),
        None if query.on.trim().is_empty() => typed_day(today),
        None => query.on.clone(),
    };
    let wrong = read_day(&on).is_none().then(|| no_day("The date"));
    vec![
        Field::text("who", "Can this person see it, and why")
            .value(&query.who)
            .autocomplete("off"),
        day_field("on", "On which date", &on).error(wrong.as_deref()),
    ]
}

/// The answer, for a person who is called what was typed.
pub(super) async fn ask<P: Governed>(
    guest: &Guest,
    place: Id<P>,
    query: &Query,
    here: &str,
) -> Result<Said, Failure> {
    if let Ok(person) = query.person.parse::<Id<Person>>() {
        return answer(guest, place, person, &query.on).await;
    }
    let who = query.who.trim();
    if who.is_empty() {
        return Ok(Said::Nothing);
    }
    let mut found: Vec<(Id<Person>, Candidate)> = grants::find_subjects(&guest.actor, place, who)
        .await?
        .into_iter()
        .filter_map(|choice| match choice.subject {
            Subject::Person(id) => Some((
                id,
                Candidate {
                    name: choice.name,
                    detail: choice.detail,
                    href: format!(
                        "{here}?who={}&person={id}&on={}#answer",
                        url_escape(who),
                        url_escape(query.on.trim())
                    ),
                },
            )),
            _ => None,
        })
        .collect();
    match found.len() {
        0 => Ok(Said::Nobody),
        1 => {
            let (person, _) = found.remove(0);
            answer(guest, place, person, &query.on).await
        }
        _ => Ok(Said::Several(
            found.into_iter().map(|(_, candidate)| candidate).collect(),
        )),
    }
}

/// The moment that a day is asked about: now for today, otherwise the end of it.
pub(super) fn moment(on: &str, today: Date, zone: &TimeZone) -> Option<Time> {
    let day = read_day(on).filter(|day| *day != today)?;
    let end = end_of(day, zone)?;
    Some(Time::from_micros(end.micros() - 1))
}

async fn answer<P: Governed>(
    guest: &Guest,
    place: Id<P>,
    person: Id<Person>,
    on: &str,
) -> Result<Said, Failure> {
    let (now, zone) = (guest.portal.now(), guest.portal.zone());
    let at = moment(on, now.timestamp().to_zoned(zone.clone()).date(), zone);
    let answer = grants::why(&guest.actor, place, person, at).await?;
    let day = format::date(last_day(answer.at, zone));
    let name = &answer.line.name;
    let heading = match (answer.role.is_some(), at.map(|at| at > now)) {
        (true, None) => format!("Yes, {name} can see this"),
        (false, None) => format!("No, {name} cannot see this"),
        (true, Some(false)) => format!("Yes, {name} could see this at the end of {day}"),
        (false, Some(false)) => format!("No, {name} could not see this at the end of {day}"),
        (true, Some(true)) => {
            format!("Yes, as things stand {name} will be able to see this on {day}")
        }
        (false, Some(true)) => {
            format!("No, as things stand {name} will not be able to see this on {day}")
        }
    };
    let because = match answer.role {
        Some(_) => answer
            .because
            .iter()
            .map(|because| {
                format!(
                    "{}: {}",
                    role_label(because.role),
                    reason(because, because.role, zone)
                )
            })
            .collect(),
        None => vec![because_not(answer.account, at.map(|at| at > now)).to_owned()],
    };
    Ok(Said::Answer { heading, because })
}

/// Why somebody cannot see a place; `later` says whether the date is to come, and nothing for now.
fn because_not(account: bool, later: Option<bool>) -> &'static str {
    match (account, later) {
        (false, None) => "Their account cannot be used.",
        (false, Some(false)) => "They had no account that could be used then.",
        (false, Some(true)) => "Their account will have ended by then.",
        (true, None) => {
            "It is not given to them, to a team they are in, to their organisation or to everyone."
        }
        (true, Some(false)) => {
            "It was not given to them, to a team they were in, to their organisation or to everyone."
        }
        (true, Some(true)) => {
            "Nothing gives it to them, to a team they are in, to their organisation or to everyone on that day."
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::moment;

    #[test]
    fn today_is_now_and_another_day_is_the_end_of_it() {
        let today = date(2026, 3, 12);
        assert_eq!(moment("12 March 2026", today, &TimeZone::UTC), None);
        assert_eq!(moment("nonsense", today, &TimeZone::UTC), None);
        let at = moment("3/3/2026", today, &TimeZone::UTC).expect("a day");
        assert_eq!(at.to_string(), "2026-03-03T23:59:59.999999Z");
    }
}
