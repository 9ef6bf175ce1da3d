//! The trail as a file, made while it is read.

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use serde_json::json;

use super::rules::{Chosen, describe};
use super::sql::Trailed;
use super::view::{left_out, lines};
use super::{
    DocumentTrailExported, ExportDocumentTrail, ExportLibraryTrail, ExportSiteTrail,
    LibraryTrailExported, Of, SiteTrailExported, TrailFilter, TrailLine, csv,
};
use crate::Result;
use crate::kernel::{Actor, Id, Read, Sort, Time, thing};

/// How many lines are in memory at a time.
const AT_A_TIME: u32 = 500;

/// What the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, for a spreadsheet (RFC 4180).
    Csv,
    /// One JSON object on each line, for a program.
    JsonLines,
}

impl Format {
    /// Every format, in the order in which a page offers them.
    pub const ALL: [Self; 2] = [Self::Csv, Self::JsonLines];

    /// As a form names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// In words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::JsonLines => "JSON Lines",
        }
    }

    /// From its name, which is also the ending of the file.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The media type of the file.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/jsonl",
        }
    }

    fn heading(self) -> String {
        match self {
            Self::Csv => csv::heading(),
            Self::JsonLines => String::new(),
        }
    }

    /// That something is not in it, as its last line.
    fn left_out(self, said: &str) -> String {
        match self {
            Self::Csv => csv::left_out(said),
            Self::JsonLines => format!("{}\n", json!({ "left_out": said })),
        }
    }

    fn line(self, line: &TrailLine) -> String {
        match self {
            Self::Csv => csv::line(line),
            Self::JsonLines => json_line(line),
        }
    }
}

/// An export, piece by piece; an error ends it.
pub type Export = BoxStream<'static, Result<Bytes>>;

/// The whole trail as the filter says (its page and limit aside), newest first, as a file. The
/// export is in the journal before its first byte leaves, and is therefore its own first line. Where something is
/// left out because of the library it happened in, the last line says so.
pub async fn export(actor: &Actor, of: Of, filter: &TrailFilter, format: Format) -> Result<Export> {
    let (said, filtered) = (format.label().to_owned(), describe(filter));
    let chosen = Chosen {
        before: i64::MAX,
        limit: AT_A_TIME,
        ..Chosen::of(filter)
    };
    Ok(match of {
        Of::Site(id) => {
            let proof = actor.read::<ExportSiteTrail>(id).await?;
            proof
                .record(&SiteTrailExported {
                    format: said,
                    filter: filtered,
                })
                .await?;
            stream(proof, chosen, filter.sort, format).await?
        }
        Of::Library(id) => {
            let proof = actor.read::<ExportLibraryTrail>(id).await?;
            proof
                .record(&LibraryTrailExported {
                    format: said,
                    filter: filtered,
                })
                .await?;
            stream(proof, chosen, filter.sort, format).await?
        }
        Of::Document(id) => {
            let proof = actor.read::<ExportDocumentTrail>(id).await?;
            proof
                .record(&DocumentTrailExported {
                    format: said,
                    filter: filtered,
                })
                .await?;
            stream(proof, chosen, filter.sort, format).await?
        }
    })
}

async fn stream<A: Trailed>(
    mut proof: Read<A>,
    chosen: Chosen,
    sort: Option<Sort>,
    format: Format,
) -> Result<Export> {
    let left_out = left_out(&mut proof, sort).await?;
    let last = left_out.map(|left| Ok(Bytes::from(format.left_out(&left.says()))));
    let heading = format.heading();
    let first = (!heading.is_empty()).then(|| Ok(Bytes::from(heading)));
    let pages = stream::try_unfold(Some((proof, chosen)), move |state| async move {
        let Some((mut proof, chosen)) = state else {
            return Ok(None);
        };
        let found = lines(&mut proof, &chosen).await?;
        let Some(last) = found.last() else {
            return Ok(None);
        };
        let full = found.len() == chosen.limit as usize;
        let next = full.then(|| Chosen {
            before: last.id.raw(),
            ..chosen.clone()
        });
        let text: String = found.iter().map(|line| format.line(line)).collect();
        Ok(Some((
            Bytes::from(text),
            next.map(|chosen| (proof, chosen)),
        )))
    });
    Ok(stream::iter(first)
        .chain(pages)
        .chain(stream::iter(last))
        .boxed())
}

fn json_line(line: &TrailLine) -> String {
    let thing = |id: String, name: &str| json!({ "id": id, "name": name });
    let object = json!({
        "entry": line.id,
        "position": line.position,
        "at": moment(line.at),
        "person": (!line.who.is_console()).then(|| shown(line.who.id)),
        "name": line.who.name,
        "organisation": line.who.organisation,
        "action": line.action,
        "about": line.sort,
        "says": line.says,
        "document": line.document.as_ref().map(|(id, name, _)| thing(id.to_string(), name)),
        "library": line.library.as_ref().map(|(id, name)| thing(id.to_string(), name)),
        "data": line.data,
    });
    format!("{object}\n")
}

/// A moment as both exports write it: RFC 3339 in UTC, always with milliseconds, so that every one has the
/// same length and their order as text is their order in time.
pub(super) fn moment(at: Time) -> String {
    jiff::fmt::temporal::DateTimePrinter::new()
        .precision(Some(3))
        .timestamp_to_string(&at.timestamp())
}

/// A person's id as people see ids.
pub(super) fn shown(person: i64) -> String {
    Id::<thing::Person>::from_raw(person).to_string()
}
