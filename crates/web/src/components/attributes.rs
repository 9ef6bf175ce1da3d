//! Further attributes of an element.

use std::fmt;

use askama::filters::{Escaper as _, Html, HtmlSafe};

/// Attributes that a component prints after its own, each preceded by a blank. Names are the program's, values may
/// be anybody's and are escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes(Vec<(&'static str, String)>);

impl Attributes {
    /// Adds one attribute.
    pub fn push(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.push((name, value.into()));
    }
}

impl fmt::Display for Attributes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            write!(out, " {name}=\"")?;
            Html.write_escaped_str(&mut *out, value)?;
            out.write_str("\"")?;
        }
        Ok(())
    }
}

impl HtmlSafe for Attributes {}
