//! What may be said of a site.

use super::{SiteForm, SiteKind};
use crate::people::text::{LONGEST_TEXT, clean_name, clean_text, name_key};
use crate::{Error, Problems, Result};

/// A form without problems.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) name: String,
    pub(super) key: String,
    pub(super) kind: SiteKind,
    pub(super) purpose: String,
}

pub(super) fn check(form: &SiteForm) -> Result<Said> {
    let mut problems = Problems::new();
    let name = clean_name(&form.name).unwrap_or_else(|message| {
        problems.add("name", message);
        String::new()
    });
    let kind = SiteKind::from_name(&form.kind);
    if kind.is_none() {
        problems.add("kind", "Choose what kind of site this is");
    }
    let purpose = clean_text(&form.purpose, LONGEST_TEXT).unwrap_or_else(|message| {
        problems.add("purpose", message);
        String::new()
    });
    problems.check()?;
    Ok(Said {
        key: name_key(&name),
        name,
        kind: kind.unwrap_or(SiteKind::Team),
        purpose,
    })
}

/// The problem with an organisation that this person cannot choose.
pub(super) fn whose() -> Error {
    Error::invalid(
        "organisation",
        "Choose your own organisation, or one that you look after",
    )
}
