//! What files say of themselves beside their text.

use std::collections::BTreeSet;

use super::{Work, bare, context, others, short};
use crate::decision::{Alert, Evidence, Source};
use crate::find::find;
use crate::folded::fold;
use crate::input::Kind;
use crate::labels::{Said, said};
use crate::rules::{Strength, judge};

impl Work<'_> {
    pub(super) fn properties(&mut self) {
        let all = said(&self.input.properties);
        let spoken: BTreeSet<usize> = all
            .iter()
            .map(|said| match said {
                Said::Words { property, .. } | Said::Label { property, .. } => *property,
            })
            .collect();
        for said in all {
            match said {
                Said::Words {
                    property,
                    words,
                    at,
                    namespace,
                    whole,
                } => {
                    let namespace = namespace.as_deref();
                    self.words(property, &words, at, namespace, "property", whole);
                }
                Said::Label { property, id, name } => self.label(property, &id, name),
            }
        }
        for property in &spoken {
            self.letter(*property);
        }
        for (number, property) in self.input.properties.iter().enumerate() {
            if !spoken.contains(&number) {
                self.other(number, &property.name, &property.value);
            }
        }
    }

    /// A letter for a level, where nothing but a marking stands: it may be one.
    fn letter(&mut self, property: usize) {
        let value = &self.input.properties[property].value;
        let level = match value.trim() {
            "S" => "secret",
            "TS" => "top-secret",
            _ => return,
        };
        let Some(marking) = self.of_level(level) else {
            return;
        };
        self.evidence.push(Evidence {
            source: Source::Property(property),
            range: 0..value.len(),
            text: short(value),
            marking,
            rule: "property".to_owned(),
            strength: Strength::Possible,
            disguised: false,
        });
    }

    /// Words that stand where nothing but a marking does. Says whether there was one.
    fn words(
        &mut self,
        property: usize,
        words: &str,
        at: usize,
        namespace: Option<&str>,
        rule: &str,
        alone: bool,
    ) -> bool {
        let mut order = self.order.clone();
        if let Some(name) = namespace {
            let of = |scheme: &usize| {
                let names = &self.schemes.at(*scheme).namespaces;
                !names.iter().any(|own| name.ends_with(own.as_str()))
            };
            order.sort_by_key(of);
        }
        let folded = fold(words);
        let mut any = false;
        let value = self.input.properties[property].value.clone();
        let at = if value.get(at..).is_some_and(|rest| rest.starts_with(words)) {
            at
        } else {
            value.find(words).unwrap_or(0)
        };
        let whole = if value.get(at..).is_some_and(|rest| rest.starts_with(words)) {
            value.clone()
        } else {
            words.to_owned()
        };
        for found in find(&folded, self.schemes, &order) {
            let context = context(&folded, &found, Kind::Header);
            // A label's name is its organisation's, and so is what an organisation says of its own: "Confidential" is what
            // Microsoft proposes to every business.
            let weak = (rule == "label" || alone)
                && self.schemes.at(found.scheme).levels[found.level].common
                && found.case != crate::find::Case::Upper
                && found.words.len() == 1;
            let strength = match judge(&context) {
                ("negated", strength) => strength,
                _ if alone && !context.alone() => Strength::Mention,
                _ if weak => Strength::Possible,
                _ => Strength::Certain,
            };
            any |= strength == Strength::Certain;
            let mut evidence = self.evidence_of(
                Source::Property(property),
                &whole,
                at,
                &folded,
                &found,
                rule,
                strength,
            );
            // Where the words are not in the value, as the id of a label is not, the whole of it is what is pointed at.
            if value.get(evidence.range.clone()).is_none() || whole != value {
                evidence.range = 0..value.len();
            }
            self.evidence.push(evidence);
        }
        any
    }

    fn label(&mut self, property: usize, id: &str, name: Option<String>) {
        if let Some(row) = self.policy.label(id) {
            let marking = self
                .schemes
                .get(&row.scheme)
                .and_then(|scheme| bare(scheme, &row.level));
            if let Some(marking) = marking {
                self.evidence.push(Evidence {
                    source: Source::Property(property),
                    range: 0..self.input.properties[property].value.len(),
                    text: short(name.as_deref().unwrap_or(id)),
                    marking,
                    rule: "label".to_owned(),
                    strength: Strength::Certain,
                    disguised: false,
                });
                return;
            }
        }
        let words = name.clone().unwrap_or_else(|| id.to_owned());
        if !self.words(property, &words, 0, None, "label", false) {
            self.unmapped = true;
            self.alerts.insert(Alert::UnmappedLabel {
                id: id.to_owned(),
                name,
            });
        }
    }

    /// A property that holds anything: a title, keywords.
    fn other(&mut self, number: usize, name: &str, value: &str) {
        const FREE: &[&str] = &[
            "title",
            "subject",
            "keywords",
            "keyword",
            "category",
            "contentstatus",
            "status",
            "comments",
            "description",
        ];
        let lower = name.to_ascii_lowercase();
        let free = FREE.iter().any(|word| lower.ends_with(word));
        // Of keywords each is looked at for itself; a title is one.
        let listing = lower.ends_with("keywords") || lower.ends_with("category") || !free;
        let mut at = 0;
        for part in
            value.split(|letter: char| letter == '\n' || listing && matches!(letter, ';' | ','))
        {
            let begin = at;
            at += part.len() + 1;
            let folded = fold(part);
            let all = find(&folded, self.schemes, &self.order);
            for (one, found) in all.iter().enumerate() {
                let mut context = context(&folded, found, Kind::Subject);
                if !listing {
                    context.others = others(&folded, &all, one);
                }
                let (mut rule, mut strength) = judge(&context);
                let whole = context.alone() && strength >= Strength::Likely;
                if !(free || whole) {
                    (rule, strength) = ("in-words", Strength::Mention);
                } else if strength == Strength::Certain {
                    strength = Strength::Likely;
                }
                let evidence = self.evidence_of(
                    Source::Property(number),
                    value,
                    begin,
                    &folded,
                    found,
                    rule,
                    strength,
                );
                self.evidence.push(evidence);
            }
        }
    }
}
