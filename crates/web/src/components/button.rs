//! A button, or a link that looks like one.

use askama::Template;

use super::Attributes;

/// How much a button asks for. A page has one primary button at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The next step of the page: green.
    #[default]
    Primary,
    /// Anything else: grey.
    Secondary,
    /// Something that cannot be undone: red, and only on the page that says what will happen.
    Warning,
    /// A low grey button for rows and bulk actions.
    Small,
}

/// A button, or a link that looks like one.
#[derive(Clone, Debug, Default, Template)]
#[template(
    source = r#"{% import "components/button.html" as button %}{{ button::show(self) }}"#,
    ext = "html"
)]
pub struct Button {
    /// What it does, as a verb.
    pub text: String,
    /// Words after the text for those who hear the page, where the text alone would not say which thing is meant.
    pub hidden: String,
    /// How much it asks for.
    pub kind: ButtonKind,
    /// Where it leads; empty for a button that posts a form.
    pub href: String,
    /// The `type` of a button: `submit` unless set.
    pub action: &'static str,
    /// The name that it posts; empty for none.
    pub name: String,
    /// The value that it posts.
    pub value: String,
    /// The id of the form that it posts, if it is not inside it; empty for the form around it.
    pub form: String,
    /// The address that it posts to instead of the form's; empty for the form's.
    pub form_action: String,
    /// Whether a second press within a second is ignored.
    pub once: bool,
    /// Whether it is switched off. Prefer a button that says what is missing.
    pub disabled: bool,
    /// Further classes.
    pub class: String,
    /// Any further attributes.
    pub attributes: Attributes,
}

impl askama::filters::HtmlSafe for Button {}

impl Button {
    /// A button that posts its form. A second press within a second is ignored.
    pub fn submit(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            once: true,
            ..Self::default()
        }
    }

    /// A link that looks like a button, for a step that begins on another page.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: href.into(),
            ..Self::default()
        }
    }

    /// Makes it grey.
    #[must_use]
    pub fn secondary(mut self) -> Self {
        self.kind = ButtonKind::Secondary;
        self
    }

    /// Makes it red, for what cannot be undone.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.kind = ButtonKind::Warning;
        self
    }

    /// Makes it low and grey, for rows and bulk actions.
    #[must_use]
    pub fn small(mut self) -> Self {
        self.kind = ButtonKind::Small;
        self
    }

    /// Adds words for those who hear the page; begin them with a blank: `" Q3 return.docx"`.
    #[must_use]
    pub fn hidden(mut self, words: impl Into<String>) -> Self {
        self.hidden = words.into();
        self
    }

    /// Posts a name and value, so that a form with several buttons knows which was pressed.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.name = name.into();
        self.value = value.into();
        self
    }

    /// Posts the form of that id, from outside it.
    #[must_use]
    pub fn form(mut self, id: impl Into<String>) -> Self {
        self.form = id.into();
        self
    }

    /// Posts to another address than the form's.
    #[must_use]
    pub fn form_action(mut self, href: impl Into<String>) -> Self {
        self.form_action = href.into();
        self
    }

    /// Adds one attribute.
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push(name, value);
        self
    }

    /// The classes after `govuk-button`, each preceded by a blank.
    pub fn classes(&self) -> String {
        let kind = match self.kind {
            ButtonKind::Primary => "",
            ButtonKind::Secondary => " govuk-button--secondary",
            ButtonKind::Warning => " govuk-button--warning",
            ButtonKind::Small => " govuk-button--secondary ch-button",
        };
        match self.class.as_str() {
            "" => kind.to_owned(),
            class => format!("{kind} {class}"),
        }
    }
}
