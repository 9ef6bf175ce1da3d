//! What forms have in common: problems put beside their fields, dates read and shown.

use std::borrow::Cow;

use askama::Template;
use chancery::kernel::Time;
use chancery::{Error, Problems};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::components::{Button, DateParts, Field, Link, Problem};
use crate::failure::Answer;
use crate::frame::Frame;
use crate::guest::{overtaken_page, page, problem_page};
use crate::pages::{Exposure, Meanwhile, Stopped};

/// Puts each problem beside the field it is about, and gives the error summary in the order of the fields. A
/// problem whose field is not on this page stands in the summary alone, at its end.
pub(crate) fn mark(fields: &mut [&mut Field], problems: &Problems) -> Vec<Problem> {
    let mut marked: Vec<(usize, Problem)> = problems
        .iter()
        .map(|(name, text)| {
            let text = as_typed(text);
            match fields.iter().position(|field| field.name == name) {
                Some(place) => {
                    let field = &mut *fields[place];
                    field.error.clone_from(&text);
                    let problem = field.problem().unwrap_or_else(|| Problem::whole(text));
                    (place, problem)
                }
                None => (usize::MAX, Problem::whole(text)),
            }
        })
        .collect();
    marked.sort_by_key(|(place, _)| *place);
    marked.into_iter().map(|(_, problem)| problem).collect()
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

/// How a day is asked for, everywhere: one box, with the calendar of the MoJ date picker where the script runs.
pub(crate) fn day_field(name: &str, label: &str, typed: &str) -> Field {
    Field::day(name, label)
        .hint(format!("For example, {EXAMPLE}"))
        .value(typed.trim())
}

/// What would be right, for a box about `what` whose text is no day.
pub(crate) fn no_day(what: &str) -> String {
    format!("{what} must be a real date, such as {EXAMPLE}")
}

const EXAMPLE: &str = "27/3/2026";

/// What is wrong with something that was typed, with days as the boxes of pages take them: programs write them otherwise.
pub(crate) fn as_typed(why: &str) -> String {
    why.replace("2026-03-27", EXAMPLE)
}

/// A day in the box of [`day_field`]: `27/3/2026`.
pub(crate) fn typed_day(day: Date) -> String {
    day.strftime("%-d/%-m/%Y").to_string()
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

/// Questions of a form are bold, so that they stand out from their help and their answers; only where a question
/// is the heading of its page it is larger. Boxes that narrow a list are no questions, and stay plain.
fn weighed(field: Field) -> Field {
    if field.label_size.is_empty() && !field.label.is_empty() {
        field.bold()
    } else {
        field
    }
}

/// A page that asks a few things and does one: the questions, one button, a way out. What was
/// typed is in its fields.
#[derive(Template)]
#[template(path = "form.html")]
pub(crate) struct FormPage {
    frame: Frame,
    problems: Vec<Problem>,
    /// What the page is about, above its heading; may be empty.
    caption: String,
    /// What could go wrong, or cannot be taken back; may be empty.
    warning: String,
    /// What others did since the page was opened.
    meanwhile: Option<Meanwhile>,
    /// What stands in the way of a part of what the form could do.
    stopped: Option<Stopped>,
    intro: Vec<String>,
    exposure: Option<Exposure>,
    /// What comes before they do; may be empty.
    read_first: &'static str,
    /// Where to look at what it is about.
    look: Vec<Link>,
    /// What it will be done to, where that is several things.
    what: Vec<String>,
    hidden: Vec<(Cow<'static, str>, String)>,
    fields: Vec<Field>,
    multipart: bool,
    /// Its file goes piece by piece where scripts run.
    sends: bool,
    /// Where the answers go as an address, for a form that changes nothing; otherwise they are posted here.
    by_address: Option<String>,
    submit: Button,
    cancel: String,
}

impl FormPage {
    /// A form whose heading is the page's title; `cancel` leads back to where nothing has changed.
    pub(crate) fn new(
        frame: Frame,
        fields: Vec<Field>,
        submit: Button,
        cancel: impl Into<String>,
    ) -> Self {
        Self {
            frame,
            problems: Vec::new(),
            caption: String::new(),
            warning: String::new(),
            meanwhile: None,
            stopped: None,
            intro: Vec::new(),
            exposure: None,
            read_first: "",
            look: Vec::new(),
            what: Vec::new(),
            hidden: Vec::new(),
            fields: fields.into_iter().map(weighed).collect(),
            multipart: false,
            sends: false,
            by_address: None,
            submit,
            cancel: cancel.into(),
        }
    }

    /// What the page is about, above its heading.
    #[must_use]
    pub(crate) fn about(mut self, caption: impl Into<String>) -> Self {
        self.caption = caption.into();
        self
    }

    /// A paragraph before the questions.
    #[must_use]
    pub(crate) fn intro(mut self, paragraph: impl Into<String>) -> Self {
        self.intro.push(paragraph.into());
        self
    }

    /// Says first what could go wrong, or cannot be taken back; nothing when it is empty.
    #[must_use]
    pub(crate) fn warning(mut self, text: impl Into<String>) -> Self {
        self.warning = text.into();
        self
    }

    /// Says what stands in the way of a part of what the form could do.
    #[must_use]
    pub(crate) fn stopped(mut self, stopped: Stopped) -> Self {
        self.stopped = Some(stopped);
        self
    }

    /// Says who will see what is added.
    #[must_use]
    pub(crate) fn exposure(mut self, exposure: Exposure) -> Self {
        self.exposure = Some(exposure);
        self
    }

    /// Says what comes before they do.
    #[must_use]
    pub(crate) fn read_first(mut self, words: Option<&'static str>) -> Self {
        self.read_first = words.unwrap_or_default();
        self
    }

    /// Leads to what the form is about.
    #[must_use]
    pub(crate) fn look(mut self, link: Link) -> Self {
        self.look.push(link);
        self
    }

    /// Lists what it will be done to.
    #[must_use]
    pub(crate) fn what(mut self, what: Vec<String>) -> Self {
        self.what = what;
        self
    }

    /// Posts this too.
    #[must_use]
    pub(crate) fn hidden(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
    ) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// Changes nothing: the answers become the address of the next page, which one can come back to.
    #[must_use]
    pub(crate) fn by_address(mut self, action: impl Into<String>) -> Self {
        self.by_address = Some(action.into());
        self
    }

    /// Takes a file. It stands last, because the server reads a form as it comes.
    #[must_use]
    pub(crate) fn with_file(mut self, file: Field) -> Self {
        self.multipart = true;
        self.fields.push(weighed(file));
        self
    }

    /// Its file goes piece by piece where scripts run, and goes on by itself after the line broke.
    #[must_use]
    pub(crate) fn sends(mut self) -> Self {
        self.sends = true;
        self.frame.scripted = crate::frame::Scripted::ToSend;
        self
    }

    /// The page, asking.
    pub(crate) fn ask(&self) -> Answer {
        page(self)
    }

    /// The page again, saying what is wrong beside what was typed.
    pub(crate) fn refuse(mut self, problems: &Problems) -> Answer {
        let mut fields: Vec<&mut Field> = self.fields.iter_mut().collect();
        self.problems = mark(&mut fields, problems);
        self.frame.error = true;
        problem_page(&self)
    }

    /// The page again, when others published something since it was opened: it says what, and asks anew.
    pub(crate) fn overtaken(mut self, meanwhile: Meanwhile) -> Answer {
        self.caption = std::mem::replace(&mut self.frame.title, meanwhile.title().to_owned());
        self.meanwhile = Some(meanwhile);
        overtaken_page(&self)
    }

    /// The page after the verb: on when it went well, or again with its problems.
    pub(crate) fn after<T>(
        self,
        outcome: Result<T, Error>,
        on: impl FnOnce(T) -> Answer,
    ) -> Answer {
        match outcome {
            Ok(done) => on(done),
            Err(Error::Invalid(problems)) => self.refuse(&problems),
            // What stands in the way is said on the form, so that nothing typed is lost.
            Err(Error::Conflict(why)) => self.refuse(&Problems::one("form", why)),
            Err(other) => Err(other.into()),
        }
    }
}
