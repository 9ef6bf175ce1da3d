//! Schemes of markings, as data.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::broken::{self, Broken, Fault, Place};
use crate::folded::words_of;

/// Why a scheme is refused.
#[derive(Debug, thiserror::Error)]
pub enum SchemeError {
    /// The file is not as a scheme is written.
    #[error("{0}")]
    Toml(#[from] Box<toml::de::Error>),
    /// It says something that cannot be.
    #[error("scheme {scheme}: {what}")]
    Wrong {
        /// The scheme.
        scheme: String,
        /// What is wrong with it.
        what: String,
    },
}

impl SchemeError {
    /// The same for whoever wrote the file.
    pub fn broken(self, text: &str) -> Broken {
        match self {
            Self::Toml(error) => broken::unreadable(&error, text, example),
            Self::Wrong { what, .. } => fault(&what).of(text),
        }
    }
}

/// A scheme of markings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// What policies call it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where it is laid down.
    pub sources: Vec<String>,
    /// Names that an e-mail's `X-Protective-Marking` gives it.
    pub namespaces: Vec<String>,
    /// Its levels, lowest first.
    pub levels: Vec<Level>,
    /// Whose scheme it is, where it is one nation's.
    pub nation: Option<String>,
    pub(crate) prefixes: BTreeSet<String>,
    /// What stands before a level, as words; valid like what stands after it.
    pub(crate) before: Vec<Vec<String>>,
    pub(crate) additions: Vec<Addition>,
    /// Additions that say something only beside a high level: beside another they are words of anything.
    pub(crate) after: Vec<Addition>,
    pub(crate) beside_from: Option<i64>,
    pub(crate) caveats_from: Option<i64>,
    pub(crate) code_words_from: Option<i64>,
}

/// A level of a scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// What policies call it.
    pub id: String,
    /// As it is written.
    pub name: String,
    /// The confidentiality impact level that went with it, where one did.
    pub impact: Option<String>,
    /// Higher is more, within the scheme only.
    pub rank: i64,
    /// Every business writes this word on papers of its own: in small letters it says little.
    pub common: bool,
    /// The ways of writing it, as words.
    pub(crate) written: Vec<Vec<String>>,
    /// Ways of writing it as one word that are no run of the others.
    pub(crate) short: Vec<String>,
}

/// What kind of addition stands beside a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdditionKind {
    /// How it is to be handled.
    Handling,
    /// Why it is sensitive.
    Descriptor,
    /// Which nations may see it.
    Caveat,
    /// A word for a programme.
    CodeWord,
}

/// An addition that a scheme knows. `*` in its words stands for one to four words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// What kind it is of.
    pub kind: AdditionKind,
    pub(crate) words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    name: String,
    sources: Vec<String>,
    #[serde(default)]
    nation: Option<String>,
    #[serde(default)]
    prefixes: Vec<String>,
    #[serde(default)]
    namespaces: Vec<String>,
    level: Vec<WrittenLevel>,
    #[serde(default)]
    additions: WrittenAdditions,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLevel {
    id: String,
    name: String,
    #[serde(default)]
    impact: Option<String>,
    rank: i64,
    #[serde(default)]
    common: bool,
    written: Vec<String>,
    #[serde(default)]
    glued: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenAdditions {
    handling: Vec<String>,
    descriptors: Vec<String>,
    caveats: Vec<String>,
    before: Vec<String>,
    after: Vec<String>,
    beside_from: Option<String>,
    caveats_from: Option<String>,
    code_words_from: Option<String>,
}

/// A line of a scheme in which this stands, as it would be right.
fn example(name: &str) -> Option<&'static str> {
    Some(match name {
        "id" => "id = \"ours\"",
        "name" => "name = \"Ours\"",
        "sources" => "sources = [\"where it is laid down\"]",
        "level" => "[[level]], and under it id, name, rank and written",
        "rank" => "rank = 1",
        "written" => "written = [\"SECRET\"]",
        _ => return None,
    })
}

/// Where a scheme says what cannot be, and what would be right.
fn fault(what: &str) -> Fault {
    let (subject, said) = what.split_once(": ").unwrap_or((what, ""));
    let (place, instead) = match subject.strip_prefix("level ") {
        Some(level) => {
            let id = level.split(' ').next().unwrap_or_default();
            let instead = if said.is_empty() {
                "Take one of them away, or give it another id"
            } else {
                "Write, say, written = [\"SECRET\"]"
            };
            (Place::Says(format!("id = \"{id}\"")), instead)
        }
        None if subject == "sources" => {
            (Place::Key("sources".to_owned()), "Write sources = [\"…\"]")
        }
        None if !said.is_empty() => (
            Place::In("additions".to_owned(), subject.to_owned()),
            "Name the id of one of the levels",
        ),
        None if subject.starts_with("levels") => (
            Place::Whole,
            "Put the levels in their order, and give each a higher rank than the one before",
        ),
        None if subject.starts_with("an addition") => (
            Place::Says("\"*\"".to_owned()),
            "Put a word beside the star",
        ),
        None => (Place::Key("id".to_owned()), "Choose another id"),
    };
    Fault::new(place, what, instead)
}

impl Scheme {
    /// What is wrong with such a file, for whoever wrote it; nothing where [`Scheme::parse`] takes it.
    pub fn broken(text: &str) -> Vec<Broken> {
        match Self::parse(text) {
            Ok(_) => Vec::new(),
            Err(error) => vec![error.broken(text)],
        }
    }

    /// A scheme from its file.
    pub fn parse(text: &str) -> Result<Self, SchemeError> {
        let written: Written = toml::from_str(text).map_err(Box::new)?;
        let id = written.id.clone();
        let wrong = |what: String| SchemeError::Wrong {
            scheme: id.clone(),
            what,
        };
        if written.sources.is_empty() {
            return Err(wrong(
                "sources: say where the scheme is laid down".to_owned(),
            ));
        }
        let mut ids = BTreeSet::new();
        let mut levels = Vec::new();
        for level in written.level {
            if !ids.insert(level.id.clone()) {
                return Err(wrong(format!("level {} is there twice", level.id)));
            }
            let ways: Vec<Vec<String>> = level.written.iter().map(|way| words_of(way)).collect();
            if ways.is_empty() || ways.iter().any(Vec::is_empty) {
                return Err(wrong(format!(
                    "level {}: `written` needs at least one way with words in it",
                    level.id
                )));
            }
            levels.push(Level {
                id: level.id,
                name: level.name,
                impact: level.impact,
                rank: level.rank,
                common: level.common,
                written: ways,
                short: level.glued,
            });
        }
        if levels.windows(2).any(|two| two[0].rank >= two[1].rank) {
            return Err(wrong(
                "levels stand lowest first, each with a higher rank".to_owned(),
            ));
        }
        let from = |name: &Option<String>, key: &str| match name {
            None => Ok(None),
            Some(name) => levels
                .iter()
                .find(|level| level.id == *name)
                .map(|level| Some(level.rank))
                .ok_or_else(|| wrong(format!("{key}: there is no level {name}"))),
        };
        let caveats_from = from(&written.additions.caveats_from, "caveats_from")?;
        let code_words_from = from(&written.additions.code_words_from, "code_words_from")?;
        let beside_from = from(&written.additions.beside_from, "beside_from")?;
        let mut additions = Vec::new();
        let mut after = Vec::new();
        for (kind, list, high) in [
            (AdditionKind::Handling, &written.additions.handling, false),
            (
                AdditionKind::Descriptor,
                &written.additions.descriptors,
                false,
            ),
            (AdditionKind::Caveat, &written.additions.caveats, false),
            (AdditionKind::Handling, &written.additions.after, true),
        ] {
            for words in list {
                let words = with_stars(words);
                if words.iter().all(|word| word == "*") {
                    return Err(wrong("an addition needs a word of its own".to_owned()));
                }
                let into = if high { &mut after } else { &mut additions };
                into.push(Addition { kind, words });
            }
        }
        // Longest first, and what is written out before what anything fits.
        for list in [&mut additions, &mut after] {
            list.sort_by_key(|addition| {
                let free = addition.words.iter().any(|word| word == "*");
                (free, std::cmp::Reverse(addition.words.len()))
            });
        }
        let mut before: Vec<Vec<String>> = written
            .additions
            .before
            .iter()
            .map(|words| words_of(words))
            .collect();
        before.sort_by_key(|words| std::cmp::Reverse(words.len()));
        Ok(Self {
            id: written.id,
            name: written.name,
            sources: written.sources,
            namespaces: written.namespaces,
            levels,
            nation: written.nation,
            prefixes: written.prefixes.into_iter().collect(),
            before,
            additions,
            after,
            beside_from,
            caveats_from,
            code_words_from,
        })
    }

    /// A level by its id.
    pub fn level(&self, id: &str) -> Option<&Level> {
        self.levels.iter().find(|level| level.id == id)
    }
}

/// The words of an addition, its stars among them.
fn with_stars(text: &str) -> Vec<String> {
    text.split_whitespace()
        .flat_map(|word| match word {
            "*" => vec!["*".to_owned()],
            word => words_of(word),
        })
        .collect()
}

/// All the schemes that are looked for.
#[derive(Debug, Clone)]
pub struct Schemes {
    all: Vec<Scheme>,
    /// Ways of writing levels, by their first word, longest first: the words, and which scheme and level.
    phrases: BTreeMap<String, Vec<Phrase>>,
    /// The same run together into one word.
    glued: BTreeMap<String, Vec<(usize, usize)>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    pub(crate) words: Vec<String>,
    pub(crate) means: Vec<(usize, usize)>,
}

/// The schemes that come with the program.
const SHIPPED: [&str; 5] = [
    include_str!("../schemes/gsc.toml"),
    include_str!("../schemes/gpms.toml"),
    include_str!("../schemes/nato.toml"),
    include_str!("../schemes/eu.toml"),
    include_str!("../schemes/pspf.toml"),
];

impl Schemes {
    /// The schemes that come with the program, and these besides.
    pub fn with(own: &[&str]) -> Result<Self, SchemeError> {
        let mut all: Vec<Scheme> = Vec::new();
        for text in SHIPPED.iter().chain(own) {
            let scheme = Scheme::parse(text)?;
            if all.iter().any(|other| other.id == scheme.id) {
                return Err(SchemeError::Wrong {
                    scheme: scheme.id,
                    what: "there is a scheme of this id already".to_owned(),
                });
            }
            all.push(scheme);
        }
        Ok(Self::of(all))
    }

    fn of(all: Vec<Scheme>) -> Self {
        let mut phrases: BTreeMap<String, Vec<Phrase>> = BTreeMap::new();
        let mut glued: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        for (scheme, one) in all.iter().enumerate() {
            for (level, of) in one.levels.iter().enumerate() {
                let means = (scheme, level);
                for words in &of.written {
                    let list = phrases.entry(words[0].clone()).or_default();
                    match list.iter_mut().find(|phrase| phrase.words == *words) {
                        Some(phrase) => phrase.means.push(means),
                        None => list.push(Phrase {
                            words: words.clone(),
                            means: vec![means],
                        }),
                    }
                    if words.len() > 1 {
                        glued.entry(words.concat()).or_default().push(means);
                    }
                    for prefix in &one.prefixes {
                        let run = format!("{prefix}{}", words.concat());
                        glued.entry(run).or_default().push(means);
                    }
                }
                for word in &of.short {
                    glued.entry(word.clone()).or_default().push(means);
                }
            }
        }
        for list in phrases.values_mut() {
            list.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        }
        Self {
            all,
            phrases,
            glued,
        }
    }

    /// Every scheme.
    pub fn iter(&self) -> impl Iterator<Item = &Scheme> {
        self.all.iter()
    }

    /// A scheme by its id.
    pub fn get(&self, id: &str) -> Option<&Scheme> {
        self.all.iter().find(|scheme| scheme.id == id)
    }

    pub(crate) fn at(&self, scheme: usize) -> &Scheme {
        &self.all[scheme]
    }

    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.all.iter().position(|scheme| scheme.id == id)
    }

    pub(crate) fn phrases(&self, first: &str) -> &[Phrase] {
        self.phrases.get(first).map_or(&[], Vec::as_slice)
    }

    /// Every way of writing a level with whose first word this one begins.
    pub(crate) fn beginning(&self, word: &str) -> impl Iterator<Item = &Phrase> {
        self.phrases
            .iter()
            .filter(move |(first, _)| word.starts_with(first.as_str()))
            .flat_map(|(_, list)| list)
    }

    pub(crate) fn glued(&self, word: &str) -> &[(usize, usize)] {
        self.glued.get(word).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shipped_is_right_and_says_where_it_is_from() {
        let schemes = Schemes::with(&[]).unwrap();
        for scheme in schemes.iter() {
            assert!(!scheme.sources.is_empty(), "{}", scheme.id);
            for level in &scheme.levels {
                // A level is found by its own name.
                let words = words_of(&level.name);
                let found = schemes
                    .phrases(&words[0])
                    .iter()
                    .any(|phrase| phrase.words == words);
                assert!(found, "{}: {}", scheme.id, level.name);
            }
        }
    }

    #[test]
    fn an_organisation_adds_its_own() {
        let own = "id = 'acme'\nname = 'Acme'\nsources = ['Handbook, page 4']\n[[level]]\nid = 'red'\nname = 'ACME RED'\nrank = 1\nwritten = ['ACME RED']";
        let schemes = Schemes::with(&[own]).unwrap();
        assert_eq!(schemes.get("acme").unwrap().levels[0].name, "ACME RED");
        assert!(Schemes::with(&[own, own]).is_err());
    }

    #[test]
    fn a_scheme_that_is_wrong_says_what() {
        let level = "[[level]]\nid = 'red'\nname = 'RED'\nrank = 1\nwritten = ['RED']\n";
        let head = "id = 'x'\nname = 'X'\nsources = ['a']\n";
        for (text, says) in [
            (
                format!("id = 'x'\nname = 'X'\nsources = []\n{level}"),
                "sources",
            ),
            (format!("{head}{level}{level}"), "twice"),
            (head.to_owned(), "level"),
            (
                format!("{head}[[level]]\nid = 'a'\nname = 'A'\nrank = 1\nwritten = ['--']"),
                "written",
            ),
            (
                format!("{head}{level}[additions]\ncaveats_from = 'blue'"),
                "no level blue",
            ),
            (
                format!("{head}{level}[additions]\nhandling = ['*']"),
                "word of its own",
            ),
            (format!("{head}colour = 'red'\n{level}"), "colour"),
        ] {
            let error = Scheme::parse(&text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
