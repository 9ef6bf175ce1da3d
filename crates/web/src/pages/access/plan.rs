//! A change of access as forms carry it: typed on one page, shown on the next, saved from there.

use chancery::grants::{Change, Subject, last_day, until_after};
use chancery::kernel::{Role, Time};
use chancery::{Error, Problems, Result};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::components::Field;
use crate::failure::url_escape;
use crate::forms::{day_field, no_day, read_day, typed_day};

/// What was typed on any of the forms, and what the preview keeps of it in hidden fields.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Plan {
    /// `give`, `alter`, `end`, `stop` or `inherit`.
    pub(super) what: String,
    /// What was looked for to find whom to give access to.
    pub(super) find: String,
    /// To whom: the kind and the id, as in `team:0D3…`.
    pub(super) who: String,
    /// Which grant is changed.
    pub(super) grant: String,
    pub(super) role: String,
    /// Whether what the site gives now is kept: `yes` or `no`.
    pub(super) keep: String,
    /// The last day of access; empty for no end.
    pub(super) until: String,
    /// Why it is made.
    pub(super) why: String,
    /// What the preview showed, so that saving does that and nothing else.
    pub(super) shown: String,
}

/// The form's name for somebody.
pub(super) fn subject_value(subject: Subject) -> String {
    format!("{}:{}", subject.kind(), subject.id())
}

impl Plan {
    /// The change that was asked for, or what is wrong with each answer.
    pub(super) fn change(&self, zone: &TimeZone) -> Result<Change> {
        let mut problems = Problems::new();
        let change = match self.what.as_str() {
            "give" => {
                let to = self.subject();
                if to.is_none() {
                    problems.add("who", "Choose who to give access to");
                }
                let role = self.role(&mut problems);
                let until = self.end(zone, &mut problems);
                to.zip(role)
                    .map(|(to, role)| Change::Give { to, role, until })
            }
            "alter" => {
                let role = self.role(&mut problems);
                let until = self.end(zone, &mut problems);
                let grant = self.grant.parse().map_err(|_| Error::NotFound)?;
                role.map(|role| Change::Alter { grant, role, until })
            }
            "end" => Some(Change::End {
                grant: self.grant.parse().map_err(|_| Error::NotFound)?,
            }),
            "stop" => match self.keep.as_str() {
                "yes" => Some(Change::StopInheriting { keep: true }),
                "no" => Some(Change::StopInheriting { keep: false }),
                _ => {
                    problems.add("keep", "Choose what happens to people who can see it now");
                    None
                }
            },
            "inherit" => Some(Change::Inherit),
            _ => return Err(Error::NotFound),
        };
        problems.check()?;
        change.ok_or(Error::NotFound)
    }

    fn subject(&self) -> Option<Subject> {
        let (kind, id) = self.who.split_once(':')?;
        Subject::from_form(kind, id)
    }

    fn role(&self, problems: &mut Problems) -> Option<Role> {
        let role = Role::from_name(&self.role);
        if role.is_none() {
            problems.add("role", "Choose what they can do");
        }
        role
    }

    fn end(&self, zone: &TimeZone, problems: &mut Problems) -> Option<Time> {
        if self.until.trim().is_empty() {
            return None;
        }
        let end = read_day(&self.until).and_then(|day| until_after(day, zone).ok());
        if end.is_none() {
            problems.add("until", no_day("The last day"));
        }
        end
    }

    /// The question how long, with what was typed.
    pub(super) fn until_field(&self) -> Field {
        day_field("until", "Last day of access (optional)", &self.until)
            .hint_too("Leave it empty for access without an end")
            .bold()
    }

    /// Fills in the last day of access that ends at this moment.
    pub(super) fn ending(mut self, until: Option<Time>, zone: &TimeZone) -> Self {
        self.until = until.map_or_else(String::new, |until| typed_day(last_day(until, zone)));
        self
    }

    /// The change, for the hidden fields of the preview: names and values.
    pub(super) fn hidden(&self) -> Vec<(&'static str, &str)> {
        [
            ("what", &self.what),
            ("find", &self.find),
            ("who", &self.who),
            ("grant", &self.grant),
            ("role", &self.role),
            ("keep", &self.keep),
            ("until", &self.until),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name, value.as_str()))
        .collect()
    }

    /// The form that this was typed on, with what was typed.
    pub(super) fn form(&self, access: &str) -> String {
        let page = match self.what.as_str() {
            "give" => format!("{access}/give"),
            "alter" | "end" => format!("{access}/grants/{}", self.grant),
            _ => format!("{access}/inherit"),
        };
        let query: Vec<String> = self
            .hidden()
            .into_iter()
            .filter(|(name, _)| !["what", "grant"].contains(name))
            .map(|(name, value)| format!("{name}={}", url_escape(value)))
            .collect();
        if query.is_empty() {
            page
        } else {
            format!("{page}?{}", query.join("&"))
        }
    }
}

#[cfg(test)]
mod tests {
    use chancery::Error;
    use chancery::grants::{Change, Subject};
    use chancery::kernel::{Id, Role, Time};
    use jiff::tz::TimeZone;

    use super::{Plan, subject_value};

    fn give() -> Plan {
        Plan {
            what: "give".to_owned(),
            find: "tessel & co".to_owned(),
            who: subject_value(Subject::Organisation(Id::from_raw(12))),
            role: "reader".to_owned(),
            until: "30 June 2026".to_owned(),
            ..Plan::default()
        }
    }

    #[test]
    fn a_last_day_is_included() {
        let until: jiff::Timestamp = "2026-07-01T00:00:00Z".parse().expect("a moment");
        let expected = Change::Give {
            to: Subject::Organisation(Id::from_raw(12)),
            role: Role::Reader,
            until: Some(Time::from(until)),
        };
        assert_eq!(give().change(&TimeZone::UTC).expect("a change"), expected);
        let again = give().ending(Some(Time::from(until)), &TimeZone::UTC);
        assert_eq!(again.until, "30/6/2026");
    }

    #[test]
    fn every_answer_that_is_missing_or_wrong_is_said() {
        let wrong = Plan {
            what: "give".to_owned(),
            until: "31/2/2026".to_owned(),
            ..Plan::default()
        };
        let Err(Error::Invalid(problems)) = wrong.change(&TimeZone::UTC) else {
            panic!("it is not a change");
        };
        let named: Vec<&str> = problems.iter().map(|(name, _)| name).collect();
        assert_eq!(named, ["role", "until", "who"]);
        let forged = Plan {
            what: "everything".to_owned(),
            ..Plan::default()
        };
        assert!(matches!(
            forged.change(&TimeZone::UTC),
            Err(Error::NotFound)
        ));
    }

    #[test]
    fn the_way_back_keeps_what_was_typed() {
        let back = give().form("/sites/1/access");
        assert!(
            back.starts_with("/sites/1/access/give?find=tessel%20%26%20co&who=organisation%3A")
        );
        assert!(back.ends_with("&role=reader&until=30%20June%202026"));
        let alter = Plan {
            what: "alter".to_owned(),
            grant: "7".to_owned(),
            role: "owner".to_owned(),
            ..Plan::default()
        };
        assert_eq!(
            alter.form("/sites/1/access"),
            "/sites/1/access/grants/7?role=owner"
        );
    }
}
