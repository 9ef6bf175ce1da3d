//! Decisions that need no database: how long to pause after failed attempts, what a form must
//! say, what state an account is in.

use std::net::IpAddr;
use std::time::Duration;

use super::sql::accounts::Details;
use super::sql::organisations::Description;
use super::sql::throttle::Failures;
use super::{AccountState, OrganisationForm, PersonForm, Sector, TeamForm, text};
use crate::Problems;
use crate::kernel::{Time, subscriber};

/// Failures further apart than this do not add up.
const WINDOW: Duration = Duration::from_mins(15);
const FIRST_PAUSE: Duration = Duration::from_mins(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(15);
/// How many failures an account has before its first pause.
pub(super) const ACCOUNT_LIMIT: i64 = 5;
/// The same for an address, which a whole office may share.
pub(super) const ADDRESS_LIMIT: i64 = 20;

/// What one more attempt makes of the failures so far: `Err` with the end of the pause when it
/// may not be made. An attempt counts as failed until it succeeds, so that a hundred attempts at
/// once are no better than a hundred in turn.
pub(super) fn attempt(before: Failures, now: Time, limit: i64) -> Result<Failures, Time> {
    if before.until_at > now {
        return Err(before.until_at);
    }
    let last = before.last_at.max(before.until_at);
    let failures = if last.plus(WINDOW) <= now {
        1
    } else {
        before.failures.saturating_add(1)
    };
    let until_at = if failures < limit {
        Time::default()
    } else {
        let doublings = u32::try_from(failures - limit).unwrap_or(u32::MAX).min(10);
        now.plus(
            FIRST_PAUSE
                .saturating_mul(1 << doublings)
                .min(LONGEST_PAUSE),
        )
    };
    Ok(Failures {
        failures,
        last_at: now,
        until_at,
    })
}

/// What the failures of an account are counted under. Hashed: people type passwords into the
/// wrong field.
pub(super) fn account_subject(email_key: &str) -> String {
    format!("account:{}", blake3::hash(email_key.as_bytes()).to_hex())
}

/// What the failures of an address are counted under. A subscriber of IPv6 has a whole /64.
pub(super) fn address_subject(address: &str) -> String {
    let subject = match address.parse::<IpAddr>().map(subscriber) {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(network)) => format!("{network}/64"),
        Err(_) => shorten(address, 64),
    };
    format!("address:{subject}")
}

/// The first characters of what a stranger sent, without control characters.
pub(super) fn shorten(text: &str, longest: usize) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(longest)
        .collect()
}

/// How often a session in use is written down: often enough for its idle limit.
pub(super) fn touch_every(idle: Duration) -> Duration {
    (idle / 4).min(Duration::from_mins(5))
}

/// The state of an account, and the moment that the page tells with it.
pub(super) fn account_state(
    open_until: Option<Time>,
    ended_at: Option<Time>,
    last_seen: Option<Time>,
) -> (AccountState, Option<Time>) {
    match (open_until, last_seen) {
        (None, _) => (AccountState::Suspended, ended_at),
        (Some(until), None) => (AccountState::NeverSignedIn, until.ends()),
        (Some(until), Some(_)) => (AccountState::Active, until.ends()),
    }
}

/// Keeps the value, or notes the problem with its field.
fn field<T: Default>(problems: &mut Problems, name: &str, value: Result<T, text::Unfit>) -> T {
    value.unwrap_or_else(|unfit| {
        problems.add(name, unfit);
        T::default()
    })
}

/// A person's details, checked.
pub(super) fn details(form: &PersonForm) -> Result<Details, Problems> {
    let mut problems = Problems::new();
    let name = field(&mut problems, "name", text::clean_name(&form.name));
    let email = field(&mut problems, "email", email(&form.email));
    let title = field(
        &mut problems,
        "title",
        text::clean_line(&form.title, text::LONGEST_NAME),
    );
    let phone = field(&mut problems, "phone", phone(&form.phone));
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Details {
        name_key: text::name_key(&name),
        email_key: text::name_key(&email),
        name,
        email,
        title,
        phone,
    })
}

const NOT_AN_ADDRESS: &str = "Enter an email address in the correct format, like name@example.org";

/// An e-mail address as it is kept. What it may be is wider than what RFC 5321 allows (letters of
/// every script, RFC 6531) and narrower (no quoted parts, no comments).
fn email(text: &str) -> Result<String, text::Unfit> {
    let address = text::clean_line(text, 254).map_err(|_| NOT_AN_ADDRESS)?;
    if address.is_empty() {
        return Err("Enter an email address");
    }
    let Some((local, domain)) = address.split_once('@') else {
        return Err(NOT_AN_ADDRESS);
    };
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains("..")
            && part.chars().all(|letter| {
                !letter.is_whitespace()
                    && !matches!(
                        letter,
                        '@' | ',' | ';' | ':' | '<' | '>' | '(' | ')' | '[' | ']' | '\\' | '"'
                    )
            })
    };
    let domain_fits = plain(domain)
        && domain.contains('.')
        && domain
            .split('.')
            .all(|label| !label.starts_with('-') && !label.ends_with('-'))
        && domain
            .chars()
            .all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-'));
    if address.len() > 254 || local.len() > 64 || !plain(local) || !domain_fits {
        return Err(NOT_AN_ADDRESS);
    }
    Ok(address)
}

/// A telephone number, however it is written; may be empty.
fn phone(text: &str) -> Result<String, text::Unfit> {
    const NOT_A_NUMBER: &str =
        "Enter a telephone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192";
    let phone = text::clean_line(text, 50).map_err(|_| NOT_A_NUMBER)?;
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let fits = phone.chars().all(|letter| {
        letter.is_ascii_alphanumeric()
            || matches!(
                letter,
                ' ' | '+' | '(' | ')' | '-' | '.' | ',' | '/' | '#' | '*'
            )
    });
    if phone.is_empty() || (fits && digits >= 3) {
        Ok(phone)
    } else {
        Err(NOT_A_NUMBER)
    }
}

/// What is said of an organisation, checked.
pub(super) fn description(form: &OrganisationForm) -> Result<Description, Problems> {
    let mut problems = Problems::new();
    let name = field(&mut problems, "name", text::clean_name(&form.name));
    let about = field(
        &mut problems,
        "about",
        text::clean_text(&form.about, text::LONGEST_TEXT),
    );
    let sector = Sector::from_name(&form.sector);
    match sector {
        Some(sector) if problems.is_empty() => Ok(Description {
            name_key: text::name_key(&name),
            name,
            sector,
            about,
        }),
        Some(_) => Err(problems),
        None => {
            problems.add("sector", "Select a sector");
            Err(problems)
        }
    }
}

/// A team's name and purpose, checked.
pub(super) fn team(form: &TeamForm) -> Result<(String, String), Problems> {
    let mut problems = Problems::new();
    let name = field(&mut problems, "name", text::clean_name(&form.name));
    let purpose = field(
        &mut problems,
        "purpose",
        text::clean_text(&form.purpose, text::LONGEST_TEXT),
    );
    if problems.is_empty() {
        Ok((name, purpose))
    } else {
        Err(problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Time::from_micros(1_773_306_000_000_000);

    fn minutes(count: u64) -> Duration {
        Duration::from_mins(count)
    }

    #[test]
    fn the_pause_doubles_and_failures_far_apart_do_not_add_up() {
        let mut now = START;
        let mut failures = Failures::default();
        // Four failures cost nothing; then each pause is twice the one before, up to 15 minutes.
        for pause in [0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15] {
            failures = attempt(failures, now, ACCOUNT_LIMIT).expect("the pause is over");
            if pause == 0 {
                assert_eq!(failures.until_at, Time::default());
            } else {
                assert_eq!(failures.until_at, now.plus(minutes(pause)), "{failures:?}");
                assert_eq!(
                    attempt(failures, now, ACCOUNT_LIMIT),
                    Err(failures.until_at)
                );
                let before_end = Time::from_micros(failures.until_at.micros() - 1);
                assert_eq!(
                    attempt(failures, before_end, ACCOUNT_LIMIT),
                    Err(failures.until_at)
                );
                now = failures.until_at;
            }
        }
        // A quarter of an hour after the end of the pause everything is forgotten.
        let later = attempt(failures, failures.until_at.plus(minutes(15)), ACCOUNT_LIMIT);
        assert_eq!(later.map(|after| after.failures), Ok(1));
        let sooner = attempt(failures, failures.until_at.plus(minutes(14)), ACCOUNT_LIMIT);
        assert_eq!(sooner.map(|after| after.failures), Ok(12));
    }

    #[test]
    fn addresses_of_one_subscriber_are_counted_together() {
        for (one, other, same) in [
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("::ffff:192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("\u{0}unknown", "unknown", true),
        ] {
            assert_eq!(
                address_subject(one) == address_subject(other),
                same,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn email_addresses() {
        for fits in [
            "amara.osei@northmoor.example.org",
            "a@b.cd",
            "o'brien+papers@x-y.example.org",
            "дарья@пример.рф",
            "  padded@example.org ",
        ] {
            assert!(email(fits).is_ok(), "{fits}");
        }
        for unfit in [
            "",
            " ",
            "plain",
            "@example.org",
            "a@",
            "a@b",
            "a@@example.org",
            "a@b@example.org",
            "a b@example.org",
            "a@exa mple.org",
            "a@-example.org",
            "a@example-.org",
            "a@.example.org",
            "a@example.org.",
            ".a@example.org",
            "a..b@example.org",
            "<a@example.org>",
            "a,b@example.org",
            "a\u{0}b@example.org",
            "a\u{202E}b@example.org",
            "a@example.org/path",
            "\"a\"@example.org",
        ] {
            assert!(email(unfit).is_err(), "{unfit:?}");
        }
        assert!(email(&format!("{}@example.org", "a".repeat(65))).is_err());
        assert!(email(&format!("a@{}.org", "b".repeat(300))).is_err());
    }

    #[test]
    fn telephone_numbers() {
        for fits in [
            "",
            "01632 960 001",
            "+44 (0)1632 960001 ext. 12",
            "0800/123",
            "*99#1",
        ] {
            assert!(phone(fits).is_ok(), "{fits}");
        }
        for unfit in ["call me", "12", "01632 960 001 <script>", &"0".repeat(51)] {
            assert!(phone(unfit).is_err(), "{unfit}");
        }
    }

    #[test]
    fn the_state_of_an_account() {
        let (past, seen) = (Some(START), Some(START));
        for (open, ended, last_seen, expected) in [
            (
                Some(Time::FOREVER),
                None,
                seen,
                (AccountState::Active, None),
            ),
            (Some(START), None, seen, (AccountState::Active, Some(START))),
            (
                Some(Time::FOREVER),
                past,
                None,
                (AccountState::NeverSignedIn, None),
            ),
            (None, past, seen, (AccountState::Suspended, past)),
            (None, past, None, (AccountState::Suspended, past)),
        ] {
            assert_eq!(account_state(open, ended, last_seen), expected);
        }
    }

    #[test]
    fn every_problem_of_a_form_is_named_at_once() {
        let problems = details(&PersonForm {
            name: "\u{202E}reversed".to_owned(),
            email: "nobody".to_owned(),
            title: "x".repeat(201),
            phone: "none".to_owned(),
        })
        .expect_err("nothing in it fits");
        for field in ["name", "email", "title", "phone"] {
            assert!(problems.of(field).is_some(), "{field}");
        }
        let problems = description(&OrganisationForm::default()).expect_err("it is empty");
        assert!(problems.of("name").is_some() && problems.of("sector").is_some());
        assert!(team(&TeamForm::default()).is_err());
    }
}
