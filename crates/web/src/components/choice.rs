//! What a select, radios or checkboxes offer.

use super::Field;

/// One thing that a select, radios or checkboxes offer.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// What is posted.
    pub value: String,
    /// What is read.
    pub text: String,
    /// Help under the text; empty for none.
    pub hint: String,
    /// The name that is posted, where a checkbox has one of its own; empty for the field's.
    pub name: String,
    /// Whether it is chosen.
    pub checked: bool,
    /// Whether it cannot be chosen.
    pub disabled: bool,
    /// What it is among the others.
    pub kind: ChoiceKind,
    /// The group of choices that it stands in, one after the other; empty for none.
    pub group: String,
    /// Questions that appear once it is chosen.
    pub reveal: Vec<Field>,
}

impl Choice {
    /// A choice that posts `value` and reads `text`.
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            text: text.into(),
            ..Self::default()
        }
    }

    /// The word between two groups of choices, usually "or".
    pub fn divider(text: impl Into<String>) -> Self {
        Self {
            kind: ChoiceKind::Divider,
            ..Self::new("", text)
        }
    }

    /// Adds help under the text.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Puts it in a group with those beside it.
    #[must_use]
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = group.into();
        self
    }

    /// Marks it as chosen.
    #[must_use]
    pub fn checked(mut self, checked: bool) -> Self {
        self.checked = checked;
        self
    }

    /// Makes it one that unticks the others: "None of these".
    #[must_use]
    pub fn exclusive(mut self) -> Self {
        self.kind = ChoiceKind::Exclusive;
        self
    }

    /// Whether it is only the word between two groups of choices.
    pub fn is_divider(&self) -> bool {
        self.kind == ChoiceKind::Divider
    }

    /// Whether ticking it unticks the others.
    pub fn is_exclusive(&self) -> bool {
        self.kind == ChoiceKind::Exclusive
    }

    /// Asks a further question once it is chosen.
    #[must_use]
    pub fn reveal(mut self, field: Field) -> Self {
        self.reveal.push(field);
        self
    }
}

/// What a choice is among the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChoiceKind {
    /// Something to choose.
    #[default]
    Ordinary,
    /// Something that cannot be chosen with any other ("None of these").
    Exclusive,
    /// Not a choice but the word between two groups of them ("or").
    Divider,
}

/// A choice with the ids that it is drawn with, for the macros that draw it.
#[derive(Clone, Debug)]
pub struct DrawnChoice<'a> {
    /// The choice.
    pub choice: &'a Choice,
    /// The id of its input.
    pub id: String,
    /// The ids of what describes it, separated by blanks; empty for none.
    pub description: String,
    /// The group that begins with it; empty where none does.
    pub opens: &'a str,
}
