//! A page that says what will happen before it does.

use askama::Template;

use crate::components::Problem;
use crate::failure::Answer;
use crate::frame::Frame;
use crate::guest::{overtaken_page, page};
use crate::pages::{Meanwhile, Stopped};

/// Says what will happen and to what, with one button that does it.
#[derive(Debug, Template)]
#[template(path = "libraries/confirm.html")]
pub(in crate::pages) struct ConfirmPage {
    frame: Frame,
    problems: Vec<Problem>,
    /// What it was called before something came between; may be empty.
    caption: String,
    /// What others did since the page was opened.
    meanwhile: Option<Meanwhile>,
    /// What will happen, a paragraph each.
    says: Vec<String>,
    /// What it will happen to, where that is several things.
    what: Vec<String>,
    /// What stands in the way, so that there is nothing to press yet.
    stopped: Option<Stopped>,
    hidden: Vec<(&'static str, String)>,
    button: String,
    red: bool,
    cancel: String,
}

impl ConfirmPage {
    /// A page about something that takes away; its button is red.
    pub(in crate::pages) fn new(
        frame: Frame,
        button: impl Into<String>,
        cancel: impl Into<String>,
    ) -> Self {
        Self {
            frame,
            problems: Vec::new(),
            caption: String::new(),
            meanwhile: None,
            says: Vec::new(),
            what: Vec::new(),
            stopped: None,
            hidden: Vec::new(),
            button: button.into(),
            red: true,
            cancel: cancel.into(),
        }
    }

    /// Takes nothing away: the button is green.
    #[must_use]
    pub(in crate::pages) fn harmless(mut self) -> Self {
        self.red = false;
        self
    }

    /// Adds a paragraph.
    #[must_use]
    pub(in crate::pages) fn says(mut self, text: impl Into<String>) -> Self {
        self.says.push(text.into());
        self
    }

    /// Lists what it will happen to.
    #[must_use]
    pub(in crate::pages) fn what(mut self, what: Vec<String>) -> Self {
        self.what = what;
        self
    }

    /// Says what stands in the way instead of offering to do it.
    #[must_use]
    pub(in crate::pages) fn stopped(mut self, why: Option<Stopped>) -> Self {
        self.stopped = why;
        self
    }

    /// Says why it was not done.
    #[must_use]
    pub(in crate::pages) fn wrong(mut self, why: impl Into<String>) -> Self {
        self.problems.push(Problem::whole(why));
        self.frame.error = true;
        self
    }

    /// Posts this too.
    #[must_use]
    pub(in crate::pages) fn hidden(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.hidden.push((name, value.into()));
        self
    }

    /// The page again, when others published something since it was opened.
    pub(in crate::pages) fn overtaken(mut self, meanwhile: Meanwhile) -> Answer {
        self.caption = std::mem::replace(&mut self.frame.title, meanwhile.title().to_owned());
        self.meanwhile = Some(meanwhile);
        overtaken_page(&self)
    }

    /// The page after something was tried that cannot be done now.
    pub(in crate::pages) fn hindered(&self) -> Answer {
        overtaken_page(self)
    }

    /// The page.
    pub(in crate::pages) fn ask(&self) -> Answer {
        page(self)
    }
}
