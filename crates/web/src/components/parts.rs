//! The small values that components are drawn from.

use std::fmt;
use std::str::FromStr;

use askama::Template;

use super::Field;

/// A colour of the GOV.UK palette, for tags and for the band of a realm. Never the only sign of anything: the words
/// beside it say the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hue {
    /// Blue: something is going on.
    Blue,
    /// Grey: the ordinary state.
    Grey,
    /// Teal: the program is at work.
    Teal,
    /// Green: done.
    Green,
    /// Purple, the band of a realm unless it chooses another.
    #[default]
    Purple,
    /// Magenta.
    Magenta,
    /// Red: stopped, or above what is allowed.
    Red,
    /// Orange.
    Orange,
    /// Yellow: soon.
    Yellow,
}

impl Hue {
    /// The name, which is also the end of the class: `govuk-tag--teal`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Grey => "grey",
            Self::Teal => "teal",
            Self::Green => "green",
            Self::Purple => "purple",
            Self::Magenta => "magenta",
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
        }
    }
}

impl fmt::Display for Hue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Hue {
    type Err = String;

    /// Reads the name that a realm's configuration gives its colour.
    fn from_str(name: &str) -> Result<Self, String> {
        [
            Self::Blue,
            Self::Grey,
            Self::Teal,
            Self::Green,
            Self::Purple,
            Self::Magenta,
            Self::Red,
            Self::Orange,
            Self::Yellow,
        ]
        .into_iter()
        .find(|hue| hue.name() == name)
        .ok_or_else(|| {
            format!(
                "{name:?} is not a colour: choose blue, grey, teal, green, purple, magenta, red, orange or yellow"
            )
        })
    }
}

/// A state or a marking, in words on a coloured ground.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    source = r#"{% import "components/tag.html" as tag %}{{ tag::show(self.text, self.hue) }}"#,
    ext = "html"
)]
pub struct Tag {
    /// The words.
    pub text: String,
    /// The colour.
    pub hue: Hue,
}

impl askama::filters::HtmlSafe for Tag {}

impl Tag {
    /// A tag of those words and that colour.
    pub fn new(text: impl Into<String>, hue: Hue) -> Self {
        Self {
            text: text.into(),
            hue,
        }
    }

    /// The tag of a marking: red when it is above the realm's designation, the realm's own hue when it is the
    /// designation, otherwise the faintest.
    pub fn marking(marking: &str, designation: &str, realm: Hue, above: bool) -> Self {
        let hue = if above {
            Hue::Red
        } else if marking == designation {
            realm
        } else {
            Hue::Grey
        };
        Self::new(marking, hue)
    }
}

/// A link with, where its text alone would not say enough, further words for those who hear the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Template)]
#[template(
    source = r#"<a class="govuk-link" href="{{ href }}">{{ text }}{% if !hidden.is_empty() %}<span class="govuk-visually-hidden">{{ hidden }}</span>{% endif %}</a>"#,
    ext = "html"
)]
pub struct Link {
    /// What is read.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// Words after the text that are heard and not seen; begin them with a blank.
    pub hidden: String,
}

impl askama::filters::HtmlSafe for Link {}

impl Link {
    /// A link that reads `text`.
    pub fn new(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: href.into(),
            hidden: String::new(),
        }
    }

    /// Adds words that are heard and not seen; begin them with a blank.
    #[must_use]
    pub fn hidden(mut self, words: impl Into<String>) -> Self {
        self.hidden = words.into();
        self
    }
}

/// A place above this page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crumb {
    /// The name of the place.
    pub text: String,
    /// Its address; empty for this page itself, which is then not a link.
    pub href: String,
}

impl Crumb {
    /// A place above this page.
    pub fn new(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: href.into(),
        }
    }
}

/// An entry of a navigation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NavItem {
    /// What is read.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// Whether this page is it, or below it.
    pub current: bool,
}

impl NavItem {
    /// An entry that leads to `href`.
    pub fn new(text: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self {
            text: text.into(),
            href: href.into(),
            current,
        }
    }
}

/// The way to the previous or next page of a long list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageLink {
    /// Where it leads.
    pub href: String,
    /// What is there, such as `From “Verification checklist.docx”`; empty for nothing.
    pub label: String,
}

impl PageLink {
    /// A page of a long list, and what is there.
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            label: label.into(),
        }
    }
}

/// One line of the error summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, in the same words as beside the field.
    pub text: String,
    /// Where to mend it; empty when it is of no one field.
    pub href: String,
}

impl Problem {
    /// A problem of the control with that id.
    pub fn on(id: &str, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: format!("#{id}"),
        }
    }

    /// A problem of no one field.
    pub fn whole(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: String::new(),
        }
    }
}

/// The error summary of a form: the problems of its fields, in the order of the page.
pub fn problems<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Vec<Problem> {
    fields.into_iter().filter_map(Field::problem).collect()
}

/// A row of a summary list whose value is plain words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub key: String,
    /// Its value.
    pub value: String,
    /// What can be done about it.
    pub actions: Vec<Link>,
}

impl Row {
    /// A row without actions.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            value: value.into(),
            actions: Vec::new(),
        }
    }

    /// Adds an action.
    #[must_use]
    pub fn action(mut self, link: Link) -> Self {
        self.actions.push(link);
        self
    }
}

/// One thing that needs somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What to do.
    pub title: String,
    /// Where to do it; empty when it cannot be begun yet.
    pub href: String,
    /// More about it; empty for nothing.
    pub hint: String,
    /// How it stands.
    pub status: Status,
}

impl Task {
    /// A task without a hint.
    pub fn new(title: impl Into<String>, href: impl Into<String>, status: Status) -> Self {
        Self {
            title: title.into(),
            href: href.into(),
            hint: String::new(),
            status,
        }
    }

    /// Adds more about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// How a task stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// In plain words.
    Text(String),
    /// As a tag, where it should be seen first.
    Tag(Tag),
    /// In grey words: it cannot be begun yet.
    Waiting(String),
}

impl Status {
    /// The words, where they are not a tag.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Text(words) | Self::Waiting(words) => Some(words),
            Self::Tag(_) => None,
        }
    }

    /// The tag, where there is one.
    pub fn tag(&self) -> Option<&Tag> {
        match self {
            Self::Tag(tag) => Some(tag),
            Self::Text(_) | Self::Waiting(_) => None,
        }
    }

    /// Whether the task cannot be begun yet.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Self::Waiting(_))
    }
}

/// A tab: its panel has the same id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TabItem {
    /// The id of the panel.
    pub id: String,
    /// What is read.
    pub label: String,
}

impl TabItem {
    /// A tab that shows the panel of that id.
    pub fn new(id: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
        }
    }
}

/// One of several things that were selected about which nothing is done, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// What it is called.
    pub name: String,
    /// Where it is; empty where there is nothing to go to.
    pub href: String,
    /// Why.
    pub why: String,
}

impl Left {
    /// What is called so, is there, and is left out for that; what has no name is not there for whoever selected it.
    pub fn new(name: Option<&str>, href: impl Into<String>, why: impl fmt::Display) -> Self {
        Self {
            href: name.map_or_else(String::new, |_| href.into()),
            name: name.unwrap_or("Something that you selected").to_owned(),
            why: why.to_string(),
        }
    }
}
