//! What forms have in common: problems put beside their fields, dates read and shown.

use askama::Template;
use chancery::kernel::Time;
use chancery::{Error, Problems};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::components::{Button, DateParts, Field, Link, Problem};
use crate::failure::Answer;
use crate::frame::Frame;
use crate::guest::{page, problem_page};

/// Puts each problem beside the field it is about, and gives the error summary. A problem whose
/// field is not on this page stands in the summary alone.
pub(crate) fn mark(fields: &mut [&mut Field], problems: &Problems) -> Vec<Problem> {
    problems
        .iter()
        .map(
            |(name, text)| match fields.iter_mut().find(|field| field.name == name) {
                Some(field) => {
                    text.clone_into(&mut field.error);
                    field.problem().unwrap_or_else(|| Problem::whole(text))
                }
                None => Problem::whole(text),
            },
        )
        .collect()
}

/// The first moment after this day, in the realm's time zone: "until 30 June" includes the 30th.
pub(crate) fn end_of(day: Date, zone: &TimeZone) -> Option<Time> {
    start_of(day.tomorrow().ok()?, zone)
}

/// The first moment of this day, in the realm's time zone.
pub(crate) fn start_of(day: Date, zone: &TimeZone) -> Option<Time> {
    day.to_zoned(zone.clone())
        .ok()
        .map(|start| Time::from(start.timestamp()))
}

/// A day typed in one box: `2026-03-12` (as browsers send `type=date`), `12/3/2026` or `12 March 2026`.
pub(crate) fn read_day(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Ok(date) = text.parse::<Date>() {
        return Some(date);
    }
    let mut parts = text.split(['/', '.', ' ']).filter(|part| !part.is_empty());
    let (Some(day), Some(month), Some(year), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let typed = DateParts {
        day: day.to_owned(),
        month: month.to_owned(),
        year: year.to_owned(),
    };
    typed.date()
}

/// A page that is one form: the questions, one button, a way out.
#[derive(Template)]
#[template(path = "form.html")]
pub(crate) struct FormPage {
    pub(crate) frame: Frame,
    pub(crate) problems: Vec<Problem>,
    /// What the page is about, above its heading; may be empty.
    pub(crate) caption: String,
    pub(crate) heading: String,
    pub(crate) intro: Vec<String>,
    /// What cannot be taken back; may be empty.
    pub(crate) warning: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) submit: Button,
    pub(crate) cancel: Link,
}

impl FormPage {
    /// A form whose heading is the page's title.
    pub(crate) fn new(frame: Frame, fields: Vec<Field>, submit: Button, cancel: &str) -> Self {
        Self {
            heading: frame.title.clone(),
            frame,
            problems: Vec::new(),
            caption: String::new(),
            intro: Vec::new(),
            warning: String::new(),
            fields,
            submit,
            cancel: Link::new("Cancel", cancel),
        }
    }

    /// What the page is about, above its heading.
    pub(crate) fn about(mut self, caption: impl Into<String>) -> Self {
        self.caption = caption.into();
        self
    }

    /// A paragraph before the questions.
    pub(crate) fn intro(mut self, paragraph: impl Into<String>) -> Self {
        self.intro.push(paragraph.into());
        self
    }

    /// What cannot be taken back.
    pub(crate) fn warning(mut self, text: impl Into<String>) -> Self {
        self.warning = text.into();
        self
    }

    /// The page, empty of problems.
    pub(crate) fn show(&self) -> Answer {
        page(self)
    }

    /// The page after the verb: on when it went well, or again with its problems beside what was typed.
    pub(crate) fn after<T>(
        mut self,
        outcome: Result<T, Error>,
        on: impl FnOnce(T) -> Answer,
    ) -> Answer {
        let problems = match outcome {
            Ok(done) => return on(done),
            Err(Error::Invalid(problems)) => problems,
            // What stands in the way is said on the form, so that nothing typed is lost.
            Err(Error::Conflict(why)) => Problems::one("form", why),
            Err(other) => return Err(other.into()),
        };
        let mut fields: Vec<&mut Field> = self.fields.iter_mut().collect();
        self.problems = mark(&mut fields, &problems);
        self.frame.error = true;
        problem_page(&self)
    }
}
