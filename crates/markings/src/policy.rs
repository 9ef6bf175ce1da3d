//! Policies: what a realm does with every marking of every scheme.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Schemes;
use crate::broken::{self, Broken, Fault, Place};

/// Why a policy is refused.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The file is not as a policy is written.
    #[error("{0}")]
    Toml(#[from] Box<toml::de::Error>),
    /// It says something that cannot be, or leaves out what it must say.
    #[error("policy {policy}: {what}")]
    Wrong {
        /// The policy.
        policy: String,
        /// What is wrong with it.
        what: String,
    },
}

/// What a realm does with a marking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It may be here, for everybody who may see the library.
    Allowed,
    /// It may be here, for people who are cleared for it.
    Clearance,
    /// Whoever made it says whether it may be here.
    Ask,
    /// It may not be here.
    Above,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// What is done with it.
    pub outcome: Outcome,
    /// On one line with the markings of other schemes, in this realm: a person's clearance is such a number.
    pub number: i64,
}

/// What is done with what could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// Nobody but its author opens it until somebody has decided.
    Block,
    /// It is said, and it is opened.
    Flag,
    /// It is taken as it is. For pictures in documents only.
    Accept,
}

/// What is done with what carries no marking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unmarked {
    /// It is taken, with the library's own marking.
    Accept,
    /// Its author is asked.
    Ask,
}

/// What a realm does with every marking of every scheme.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What it is called by programs.
    pub id: String,
    /// What it is called by people.
    pub name: String,
    /// The designation it belongs to.
    pub designation: String,
    /// Which scheme a word belongs to that stands in several: the first of these.
    pub schemes: Vec<String>,
    /// What could not be read.
    pub unread: Unreadable,
    /// Pictures within documents.
    pub pictures: Unreadable,
    /// What carries no marking.
    pub unmarked: Unmarked,
    /// A marking that contradicts its scheme.
    pub malformed: Outcome,
    /// Labels by their ids.
    #[serde(default, rename = "label")]
    pub labels: Vec<LabelRow>,
    markings: BTreeMap<String, BTreeMap<String, Row>>,
}

/// What a label of an organisation's Microsoft 365 or Boldon James stands for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelRow {
    /// Its id, with or without braces.
    pub id: String,
    /// The scheme.
    pub scheme: String,
    /// The level.
    pub level: String,
}

const SHIPPED: [(&str, &str); 3] = [
    ("il2", include_str!("../policies/il2.toml")),
    ("il3", include_str!("../policies/il3.toml")),
    ("official", include_str!("../policies/official.toml")),
];

/// A line of a policy in which this stands, as it would be right.
fn example(name: &str) -> Option<&'static str> {
    Some(match name {
        "id" => "id = \"ours\"",
        "name" => "name = \"Ours: up to PROTECT\"",
        "designation" => "designation = \"PROTECT\"",
        "schemes" => "schemes = [\"gsc\", \"gpms\", \"nato\", \"eu\", \"pspf\"]",
        "unread" => "unread = \"block\"",
        "pictures" => "pictures = \"flag\"",
        "unmarked" => "unmarked = \"accept\"",
        "malformed" => "malformed = \"ask\"",
        "markings" => "[markings.gsc], and under it a line for each of its markings",
        "outcome" => "outcome = \"above\"",
        "number" => "number = 2",
        "scheme" => "scheme = \"gsc\"",
        "level" => "level = \"official\"",
        _ => return None,
    })
}

impl Policy {
    /// One that comes with the program: `il2`, `il3` or `official`.
    pub fn shipped(id: &str, schemes: &Schemes) -> Option<Self> {
        let (_, text) = SHIPPED.iter().find(|(name, _)| *name == id)?;
        // They are tested to be right.
        Self::parse(text, schemes).ok()
    }

    /// The text of one that comes with the program, to begin one's own from.
    pub fn text(id: &str) -> Option<&'static str> {
        let (_, text) = SHIPPED.iter().find(|(name, _)| *name == id)?;
        Some(text)
    }

    /// The ids of those that come with the program.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// A policy from its file. It must say something of every marking of every scheme, so that none is forgotten.
    pub fn parse(text: &str, schemes: &Schemes) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(Box::new)?;
        policy.checked(schemes)
    }

    /// A policy that was complete when it was put in force, maybe by an earlier program: markings that the schemes have got since
    /// are above the designation until somebody decides about them.
    pub fn kept(text: &str, schemes: &Schemes) -> Result<Self, PolicyError> {
        let mut policy: Self = toml::from_str(text).map_err(Box::new)?;
        for scheme in schemes.iter() {
            if !policy.schemes.contains(&scheme.id) {
                policy.schemes.push(scheme.id.clone());
            }
            let rows = policy.markings.entry(scheme.id.clone()).or_default();
            for level in &scheme.levels {
                rows.entry(level.id.clone()).or_insert(Row {
                    outcome: Outcome::Above,
                    number: level.rank,
                });
            }
        }
        policy.checked(schemes)
    }

    /// What is wrong with such a file, for whoever wrote it; nothing where [`Policy::parse`] takes it.
    pub fn broken(text: &str, schemes: &Schemes) -> Vec<Broken> {
        match toml::from_str::<Self>(text) {
            Err(error) => vec![broken::unreadable(&error, text, example)],
            Ok(policy) => policy
                .faults(schemes)
                .into_iter()
                .map(|fault| fault.of(text))
                .collect(),
        }
    }

    /// Why it cannot be read at all, whatever schemes there are.
    pub fn unreadable(text: &str) -> Option<Broken> {
        let error = toml::from_str::<Self>(text).err()?;
        Some(broken::unreadable(&error, text, example))
    }

    fn checked(self, schemes: &Schemes) -> Result<Self, PolicyError> {
        match self.faults(schemes).into_iter().next() {
            None => Ok(self),
            Some(fault) => Err(PolicyError::Wrong {
                policy: self.id,
                what: fault.what,
            }),
        }
    }

    /// What it says that cannot be, and what it leaves out.
    fn faults(&self, schemes: &Schemes) -> Vec<Fault> {
        let policy = self;
        let mut faults = Vec::new();
        if policy.unread == Unreadable::Accept {
            faults.push(Fault::new(
                Place::Key("unread".to_owned()),
                "unread: what could not be read is blocked or flagged, never accepted",
                "Write unread = \"block\" or unread = \"flag\"",
            ));
        }
        for scheme in schemes.iter() {
            if !policy.schemes.contains(&scheme.id) {
                faults.push(Fault::new(
                    Place::Key("schemes".to_owned()),
                    format!("schemes: {} is not among them", scheme.id),
                    format!("Add \"{}\" to that list", scheme.id),
                ));
            }
            for level in &scheme.levels {
                if policy.row(&scheme.id, &level.id).is_none() {
                    let table = format!("markings.{}", scheme.id);
                    let row = format!("{} = {{ outcome = \"above\", number = 2 }}", level.id);
                    let instead = if policy.markings.contains_key(&scheme.id) {
                        format!("Add a line such as {row}")
                    } else {
                        format!("Add a line [{table}], and under it lines such as {row}")
                    };
                    faults.push(Fault::new(
                        Place::Table(table.clone()),
                        format!("{table}: it says nothing of {}", level.id),
                        instead,
                    ));
                }
            }
        }
        for (id, place) in policy
            .schemes
            .iter()
            .map(|id| (id, Place::Key("schemes".to_owned())))
            .chain(
                policy
                    .markings
                    .keys()
                    .map(|id| (id, Place::Table(format!("markings.{id}")))),
            )
        {
            if schemes.get(id).is_none() {
                faults.push(Fault::new(
                    place,
                    format!("there is no scheme {id}"),
                    "Correct its id, or add the text of that scheme",
                ));
            }
        }
        for (scheme, rows) in &policy.markings {
            for level in rows.keys() {
                if schemes
                    .get(scheme)
                    .and_then(|one| one.level(level))
                    .is_none()
                {
                    faults.push(Fault::new(
                        Place::In(format!("markings.{scheme}"), level.clone()),
                        format!("markings.{scheme}: there is no {level}"),
                        "Take that line away, or correct its name",
                    ));
                }
            }
        }
        for label in &policy.labels {
            if policy.row(&label.scheme, &label.level).is_none() {
                faults.push(Fault::new(
                    Place::Says(label.id.clone()),
                    format!(
                        "label {}: there is no {} in {}",
                        label.id, label.level, label.scheme
                    ),
                    "Name a scheme and the id of one of its levels",
                ));
            }
        }
        faults
    }

    /// What is done with a marking.
    pub fn row(&self, scheme: &str, level: &str) -> Option<Row> {
        self.markings.get(scheme)?.get(level).copied()
    }

    /// What a label stands for.
    pub(crate) fn label(&self, id: &str) -> Option<&LabelRow> {
        let plain = |id: &str| id.trim_matches(['{', '}']).to_ascii_lowercase();
        let id = plain(id);
        self.labels.iter().find(|label| plain(&label.id) == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shipped_says_something_of_every_marking() {
        let schemes = Schemes::with(&[]).unwrap();
        for id in Policy::names() {
            let policy = Policy::parse(Policy::text(id).unwrap(), &schemes).unwrap();
            assert_eq!(policy.id, id);
            assert!(Policy::shipped(id, &schemes).is_some());
        }
    }

    #[test]
    fn ceilings_are_where_the_designations_say() {
        let schemes = Schemes::with(&[]).unwrap();
        let outcome = |policy: &str, scheme: &str, level: &str| {
            let policy = Policy::shipped(policy, &schemes).unwrap();
            policy.row(scheme, level).unwrap().outcome
        };
        for (policy, scheme, level, expected) in [
            ("il2", "gpms", "protect", Outcome::Allowed),
            ("il2", "gpms", "restricted", Outcome::Above),
            ("il2", "gpms", "confidential", Outcome::Above),
            ("il2", "gsc", "official", Outcome::Allowed),
            ("il2", "gsc", "official-sensitive", Outcome::Ask),
            ("il2", "gsc", "secret", Outcome::Above),
            ("il3", "gpms", "restricted", Outcome::Allowed),
            ("il3", "gpms", "confidential", Outcome::Ask),
            ("il3", "gpms", "secret", Outcome::Above),
            ("il3", "gsc", "official-sensitive", Outcome::Clearance),
            ("il3", "gsc", "secret", Outcome::Above),
            ("official", "gsc", "official-sensitive", Outcome::Allowed),
        ] {
            assert_eq!(
                outcome(policy, scheme, level),
                expected,
                "{policy} {scheme} {level}"
            );
        }
        for policy in Policy::names() {
            for scheme in ["nato", "eu"] {
                for level in &schemes.get(scheme).unwrap().levels {
                    assert_eq!(outcome(policy, scheme, &level.id), Outcome::Above);
                }
            }
        }
    }

    #[test]
    fn a_marking_that_a_kept_policy_does_not_know_is_above() {
        let schemes = Schemes::with(&[]).unwrap();
        let whole = Policy::text("il3").unwrap();
        let older = whole
            .lines()
            .filter(|line| !line.starts_with("protected ="))
            .collect::<Vec<_>>()
            .join("\n");
        assert!(Policy::parse(&older, &schemes).is_err());
        let kept = Policy::kept(&older, &schemes).unwrap();
        assert_eq!(
            kept.row("pspf", "protected").unwrap().outcome,
            Outcome::Above
        );
        assert_eq!(
            kept.row("gpms", "restricted").unwrap().outcome,
            Outcome::Allowed
        );
        assert_eq!(
            Policy::kept(whole, &schemes).unwrap(),
            Policy::parse(whole, &schemes).unwrap()
        );
    }

    #[test]
    fn a_policy_that_forgets_something_is_refused() {
        let schemes = Schemes::with(&[]).unwrap();
        let good = Policy::text("il2").unwrap();
        for (from, to, says) in [
            (
                "restricted = { outcome = \"above\", number = 2 }\nconfidential = { outcome = \"above\", number = 3 }\nsecret = { outcome = \"above\", number = 4 }\ntop-secret = { outcome = \"above\", number = 5 }\n\n[markings.gsc]",
                "[markings.gsc]",
                "says nothing of restricted",
            ),
            (
                "unread = \"block\"",
                "unread = \"accept\"",
                "never accepted",
            ),
            ("\"pspf\"]", "\"pspf\", \"mars\"]", "no scheme mars"),
            (", \"pspf\"]", "]", "pspf is not among them"),
            (
                "[markings.gpms]",
                "[[label]]\nid = \"1\"\nscheme = \"gsc\"\nlevel = \"blue\"\n[markings.gpms]",
                "no blue in gsc",
            ),
            (
                "[markings.gpms]",
                "[markings.gpms]\nblue = { outcome = \"above\", number = 2 }",
                "there is no blue",
            ),
        ] {
            assert!(good.contains(from), "{from}");
            let error = Policy::parse(&good.replacen(from, to, 1), &schemes).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
        }
    }
}
