//! One question on a form: [`Field`].

use askama::Template;

use super::{Attributes, Choice, DateInput, DatePart, DateParts, DrawnChoice, Problem};

/// Which control a [`Field`] is drawn as; each has a macro file of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// One line: `components/input.html`.
    Input,
    /// A password with a "Show" button: `components/password-input.html`.
    Password,
    /// Several lines: `components/textarea.html`.
    Textarea,
    /// A closed list: `components/select.html`.
    Select,
    /// One of several: `components/radios.html`.
    Radios,
    /// Any of several: `components/checkboxes.html`.
    Checkboxes,
    /// A day in one box, with a calendar where the script runs: `components/date-picker.html`.
    Day,
    /// Day, month and year: `components/date-input.html`.
    Date,
    /// Files from the person's machine: `components/file-upload.html`.
    File,
}

/// One question on a form, with what was typed and what was wrong with it.
///
/// Printing a field in a template draws it: `{{ page.email }}`. The markup is that of the GOV.UK Design System.
///
/// ```
/// use web::components::Field;
/// let email = Field::email("email", "Email address").hint("The one your invitation was sent to");
/// assert!(email.to_string().contains(r#"aria-describedby="email-hint""#));
/// ```
#[derive(Clone, Debug, Template)]
#[template(path = "components/field.html")]
pub struct Field {
    /// How the question is asked.
    pub control: Control,
    /// The name that the form posts; a date posts `name-day`, `name-month` and `name-year`.
    pub name: String,
    /// The `id`, and the start of the ids of its parts; the name unless set.
    pub id: String,
    /// The label, or the legend of radios, checkboxes and a date.
    pub label: String,
    /// The size of the label: empty, `s`, `m`, `l` or `xl`.
    pub label_size: &'static str,
    /// Whether the label is the heading of the page.
    pub heading: bool,
    /// Help under the label; empty for none.
    pub hint: String,
    /// What is wrong, as a sentence; empty for nothing.
    pub error: String,
    /// What was typed, or the chosen value of a select or of radios.
    pub value: String,
    /// The `type` of an input: `text`, `email`, `search`, `tel`, `url`.
    pub kind: &'static str,
    /// Further classes of the control, such as `govuk-input--width-10` or `govuk-radios--inline`.
    pub class: String,
    /// Further classes of the form group.
    pub group_class: String,
    /// The `autocomplete` purpose (WCAG 1.3.5); empty for none.
    pub autocomplete: &'static str,
    /// The `inputmode`, such as `numeric`; empty for none.
    pub inputmode: &'static str,
    /// The `autocapitalize` attribute; empty for none.
    pub autocapitalize: &'static str,
    /// The `spellcheck` attribute; `Some(false)` for addresses, codes and names.
    pub spellcheck: Option<bool>,
    /// Text drawn before the input, such as `£`; empty for none.
    pub prefix: String,
    /// Text drawn after the input, such as `days`; empty for none.
    pub suffix: String,
    /// Rows of a textarea.
    pub rows: u16,
    /// The most characters a textarea takes, counted down as the person types.
    pub limit: Option<u32>,
    /// What a select, radios or checkboxes offer.
    pub choices: Vec<Choice>,
    /// What was typed into a date.
    pub date: DateParts,
    /// The part of a date that is wrong; with an error and `None`, all of it.
    pub wrong_part: Option<DatePart>,
    /// Whether a file field takes several files.
    pub multiple: bool,
    /// Whether the control is switched off. A disabled control is not posted.
    pub disabled: bool,
    /// Ids of other elements that describe the control, separated by spaces.
    pub described_by: String,
    /// Any further attributes of the control.
    pub attributes: Attributes,
}

impl askama::filters::HtmlSafe for Field {}

impl Field {
    /// A question drawn as `control`.
    pub fn new(control: Control, name: impl Into<String>, label: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            control,
            id: name.clone(),
            name,
            label: label.into(),
            label_size: "",
            heading: false,
            hint: String::new(),
            error: String::new(),
            value: String::new(),
            kind: "text",
            class: String::new(),
            group_class: String::new(),
            autocomplete: "",
            inputmode: "",
            autocapitalize: "",
            spellcheck: None,
            prefix: String::new(),
            suffix: String::new(),
            rows: 5,
            limit: None,
            choices: Vec::new(),
            date: DateParts::default(),
            wrong_part: None,
            multiple: false,
            disabled: false,
            described_by: String::new(),
            attributes: Attributes::default(),
        }
    }

    /// One line of text.
    pub fn text(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(Control::Input, name, label)
    }

    /// An e-mail address.
    pub fn email(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            kind: "email",
            autocomplete: "email",
            spellcheck: Some(false),
            ..Self::text(name, label)
        }
    }

    /// A whole number, typed with digits.
    pub fn number(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            inputmode: "numeric",
            spellcheck: Some(false),
            class: "govuk-input--width-4".to_owned(),
            ..Self::text(name, label)
        }
    }

    /// A password that the person already has; for a new one add `.autocomplete("new-password")`.
    pub fn password(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            autocomplete: "current-password",
            ..Self::new(Control::Password, name, label)
        }
    }

    /// Several lines of text.
    pub fn textarea(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(Control::Textarea, name, label)
    }

    /// A closed list of choices; ten or fewer read better as [`Field::radios`].
    pub fn select(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Self {
        Self::new(Control::Select, name, label).choices(choices)
    }

    /// One of several choices.
    pub fn radios(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Self {
        Self::new(Control::Radios, name, label).choices(choices)
    }

    /// Any of several choices.
    pub fn checkboxes(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Self {
        Self::new(Control::Checkboxes, name, label).choices(choices)
    }

    /// One tick box that stands alone and posts `name=yes`.
    pub fn tick(name: impl Into<String>, text: impl Into<String>, ticked: bool) -> Self {
        Self::checkboxes(name, "", [Choice::new("yes", text).checked(ticked)])
    }

    /// A date that the person knows or can look up.
    pub fn date(name: impl Into<String>, label: impl Into<String>, typed: DateParts) -> Self {
        Self {
            date: typed,
            ..Self::new(Control::Date, name, label)
        }
    }

    /// A day in one box, as 27/3/2026. Where the script runs it has a calendar to choose from (MoJ date picker).
    pub fn day(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            class: "moj-js-datepicker-input".to_owned(),
            autocomplete: "off",
            ..Self::new(Control::Day, name, label)
        }
    }

    /// Files from the person's machine; the form needs `enctype="multipart/form-data"`.
    pub fn file(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(Control::File, name, label)
    }

    /// Sets an id other than the name, for a form that appears twice on a page.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Adds help under the label.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Adds a sentence to the help under the label.
    #[must_use]
    pub fn hint_too(mut self, more: &str) -> Self {
        if !self.hint.is_empty() {
            self.hint.push_str(". ");
        }
        self.hint.push_str(more);
        self
    }

    /// Sets what was typed; for radios, checkboxes and selects it marks the choice with that value as chosen.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        for choice in &mut self.choices {
            choice.checked |= !choice.is_divider() && choice.value == self.value;
        }
        self
    }

    /// Says what is wrong, or nothing when `None`.
    #[must_use]
    pub fn error(mut self, error: Option<&str>) -> Self {
        error.unwrap_or_default().clone_into(&mut self.error);
        self
    }

    /// Makes the label bold, at the smallest heading size; for a form of several questions.
    #[must_use]
    pub fn bold(mut self) -> Self {
        self.label_size = "s";
        self
    }

    /// Makes the label the heading of the page; for a page that asks one thing.
    #[must_use]
    pub fn heading(mut self) -> Self {
        self.heading = true;
        self.label_size = "l";
        self
    }

    /// Adds classes to the control.
    #[must_use]
    pub fn class(mut self, class: impl Into<String>) -> Self {
        self.class = class.into();
        self
    }

    /// Says what the answer is for, so that a browser can fill it in (WCAG 1.3.5).
    #[must_use]
    pub fn autocomplete(mut self, purpose: &'static str) -> Self {
        self.autocomplete = purpose;
        self
    }

    /// Counts characters down from `limit` as the person types into a textarea.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Sets the rows of a textarea.
    #[must_use]
    pub fn rows(mut self, rows: u16) -> Self {
        self.rows = rows;
        self
    }

    /// Sets what is offered.
    #[must_use]
    pub fn choices(mut self, choices: impl IntoIterator<Item = Choice>) -> Self {
        self.choices = choices.into_iter().collect();
        self
    }

    /// Adds one attribute to the control.
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push(name, value);
        self
    }

    /// The line for the error summary, which leads to the first control that is wrong.
    pub fn problem(&self) -> Option<Problem> {
        if self.error.is_empty() {
            return None;
        }
        let id = match (self.control, self.wrong_part) {
            (Control::Date, part) => format!("{}-{}", self.id, part.unwrap_or(DatePart::Day)),
            _ => self.id.clone(),
        };
        Some(Problem::on(&id, &self.error))
    }

    /// The ids that describe the control: hint, error and the count of characters, in reading order.
    pub fn description(&self) -> String {
        let mut ids = Vec::new();
        if self.limit.is_some() && self.control == Control::Textarea {
            ids.push(format!("{}-info", self.id));
        }
        if !self.described_by.is_empty() {
            ids.push(self.described_by.clone());
        }
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.id));
        }
        if !self.error.is_empty() {
            ids.push(format!("{}-error", self.id));
        }
        ids.join(" ")
    }

    /// The choices with the ids that they are drawn with. The first has the id of the field itself, so that the error
    /// summary leads to it.
    pub fn drawn_choices(&self) -> impl Iterator<Item = DrawnChoice<'_>> {
        // Without a fieldset nothing else says the field's own hint and error beside a checkbox.
        let own = match self.control {
            Control::Checkboxes if self.label.is_empty() => self.description(),
            _ => String::new(),
        };
        let mut group = "";
        self.choices.iter().enumerate().map(move |(place, choice)| {
            let opens = if choice.group == group {
                ""
            } else {
                choice.group.as_str()
            };
            group = choice.group.as_str();
            let id = match place {
                0 => self.id.clone(),
                _ => format!("{}-{}", self.id, place + 1),
            };
            let mut description = own.clone();
            if !choice.hint.is_empty() {
                if !description.is_empty() {
                    description.push(' ');
                }
                description.push_str(&id);
                description.push_str("-item-hint");
            }
            DrawnChoice {
                choice,
                id,
                description,
                opens,
            }
        })
    }

    /// The choices by group, in their order; those of no group under an empty name.
    pub fn groups(&self) -> Vec<(&str, &[Choice])> {
        self.choices
            .chunk_by(|one, other| one.group == other.group)
            .map(|group| {
                (
                    group.first().map_or("", |first| first.group.as_str()),
                    group,
                )
            })
            .collect()
    }

    /// The three inputs of a date.
    pub fn date_inputs(&self) -> [DateInput<'_>; 3] {
        let input = |part, label, value, width| DateInput {
            part,
            label,
            value,
            width,
            wrong: !self.error.is_empty() && self.wrong_part.is_none_or(|wrong| wrong == part),
        };
        [
            input(DatePart::Day, "Day", self.date.day.as_str(), 2),
            input(DatePart::Month, "Month", self.date.month.as_str(), 2),
            input(DatePart::Year, "Year", self.date.year.as_str(), 4),
        ]
    }
}
