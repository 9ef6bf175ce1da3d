//! A page that asks a few things and does one.

use askama::Template;
use chancery::Problems;

use super::Exposure;
use crate::components::{Field, Problem};
use crate::failure::Answer;
use crate::forms;
use crate::frame::Frame;
use crate::guest::{page, problem_page};

/// A page that asks a few things and does one. What was typed is in its fields.
#[derive(Debug, Template)]
#[template(path = "libraries/form.html")]
pub(in crate::pages) struct FormPage {
    frame: Frame,
    problems: Vec<Problem>,
    fields: Vec<Field>,
    button: &'static str,
    cancel: String,
    intro: Vec<String>,
    warning: Option<String>,
    exposure: Option<Exposure>,
    hidden: Vec<(&'static str, String)>,
    /// What it will be done to, where that is several things.
    what: Vec<String>,
    multipart: bool,
}

impl FormPage {
    /// Asks these things, titled as the frame is; `cancel` leads back to where nothing has changed.
    pub(in crate::pages) fn new(
        frame: Frame,
        fields: Vec<Field>,
        button: &'static str,
        cancel: impl Into<String>,
    ) -> Self {
        Self {
            frame,
            problems: Vec::new(),
            multipart: false,
            fields,
            button,
            cancel: cancel.into(),
            intro: Vec::new(),
            warning: None,
            exposure: None,
            hidden: Vec::new(),
            what: Vec::new(),
        }
    }

    /// Adds a paragraph above the questions.
    #[must_use]
    pub(in crate::pages) fn intro(mut self, text: impl Into<String>) -> Self {
        self.intro.push(text.into());
        self
    }

    /// Says first what could go wrong.
    #[must_use]
    pub(in crate::pages) fn warning(mut self, text: Option<String>) -> Self {
        self.warning = text;
        self
    }

    /// Says who will see what is added.
    #[must_use]
    pub(in crate::pages) fn exposure(mut self, exposure: Exposure) -> Self {
        self.exposure = Some(exposure);
        self
    }

    /// Posts this too.
    #[must_use]
    pub(in crate::pages) fn hidden(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.hidden.push((name, value.into()));
        self
    }

    /// Lists what it will be done to.
    #[must_use]
    pub(in crate::pages) fn what(mut self, what: Vec<String>) -> Self {
        self.what = what;
        self
    }

    /// Takes a file. It stands last, because the server reads a form as it comes.
    #[must_use]
    pub(in crate::pages) fn with_file(mut self, file: Field) -> Self {
        self.multipart = true;
        self.fields.push(file);
        self
    }

    /// The page, asking.
    pub(in crate::pages) fn ask(&self) -> Answer {
        page(self)
    }

    /// The page again, saying what is wrong beside what was typed.
    pub(in crate::pages) fn refuse(mut self, problems: &Problems) -> Answer {
        let mut fields: Vec<&mut Field> = self.fields.iter_mut().collect();
        self.problems = forms::mark(&mut fields, problems);
        self.frame.error = true;
        problem_page(&self)
    }
}
