//! What documents say, and what is different between two versions. Reading it is in the trail like opening.

use axum::Json;
use chancery::documents::{self, Line, Piece, Row, Unread};
use chancery::kernel::{Id, thing};
use chancery::libraries::columns::Became;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Version;
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema;
use crate::{Asked, Caller, Named};

routes! { text, compare }

/// Why the text of a document is not known.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Why {
    /// It has no text, or is of a kind whose text cannot be read here.
    NotText,
    /// It is damaged, protected by a password, or not what it says it is.
    Broken,
    /// It, or what it says, is too large.
    TooLarge,
    /// Reading it took too long.
    TimedOut,
    /// Text cannot be read in this realm at the moment.
    NoReader,
}

impl From<Unread> for Why {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::NotText => Self::NotText,
            Unread::Broken => Self::Broken,
            Unread::TooLarge => Self::TooLarge,
            Unread::TimedOut => Self::TimedOut,
            Unread::NoReader => Self::NoReader,
        }
    }
}

/// Which version is read.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct Which {
    /// The version, from 1; the current one for none.
    version: Option<u64>,
}

/// What a version of a document says.
#[derive(Debug, Serialize, ToSchema)]
struct DocumentText {
    /// The document's name.
    name: String,
    /// The version that was read.
    version: u64,
    /// What kind of content it is (RFC 6838).
    media_type: String,
    /// Its text; none when it is not known.
    text: Option<String>,
    /// Whether there is more text than is given.
    truncated: bool,
    /// Why its text is not known.
    unread: Option<Why>,
}

/// What a document says, as plain text
///
/// That it is read is in the trail.
#[utoipa::path(get, path = "/documents/{id}/text", tag = "documents", operation_id = "documentText",
    params(("id" = schema::Id, Path, description = "The document"), Which),
    responses((status = 200, body = DocumentText)))]
async fn text(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Asked(which): Asked<Which>,
) -> Answer<Json<DocumentText>> {
    let reading = documents::text(&caller.actor, id, which.version).await?;
    let (text, truncated, unread) = match reading.found {
        Ok(text) => (Some(text.text), text.truncated, None),
        Err(unread) => (None, false, Some(unread.into())),
    };
    Ok(Json(DocumentText {
        name: reading.name,
        version: reading.version,
        media_type: reading.media_type,
        text,
        truncated,
        unread,
    }))
}

/// Which versions are compared.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Between {
    /// The one version, from 1.
    from: u64,
    /// The other version, from 1.
    to: u64,
}

/// What is different between two versions of a document.
#[derive(Debug, Serialize, ToSchema)]
struct ComparedVersions {
    /// The one version.
    from: Version,
    /// The other version.
    to: Version,
    /// What the columns of its library said of it while each was the current one.
    properties: Vec<ComparedProperty>,
    /// Its lines; none when the text of one of them is not known.
    rows: Option<Vec<ComparedRow>>,
    /// How many lines were added or changed.
    added: u64,
    /// How many lines were taken away or changed.
    removed: u64,
    /// Whether this is not all that is different.
    cut: bool,
    /// Whether more may be given as changed than was: it took long.
    rough: bool,
    /// Why the text of one of them is not known.
    unread: Option<Why>,
}

/// What a column said of a document.
#[derive(Debug, Serialize, ToSchema)]
struct ComparedProperty {
    /// The column.
    #[schema(value_type = schema::Id)]
    column: String,
    /// Its name.
    name: String,
    /// What it said while the one version was current.
    from: Option<String>,
    /// What it said while the other was.
    to: Option<String>,
}

impl From<Became> for ComparedProperty {
    fn from(became: Became) -> Self {
        Self {
            column: became.column.id.to_string(),
            name: became.column.name,
            from: became.before.map(|said| said.shown),
            to: became.after.map(|said| said.shown),
        }
    }
}

/// A line of a comparison: the same in both, changed, or a stretch of lines that are the same.
#[derive(Debug, Default, Serialize, ToSchema)]
struct ComparedRow {
    /// How many lines that are the same are left out here.
    same: Option<u64>,
    /// The line as it is in the one version.
    from: Option<ComparedLine>,
    /// The line as it is in the other version.
    to: Option<ComparedLine>,
}

/// A line of a version.
#[derive(Debug, Serialize, ToSchema)]
struct ComparedLine {
    /// Its number, from 1.
    number: u64,
    /// What it says, in order.
    pieces: Vec<ComparedPiece>,
}

/// Some words of a line.
#[derive(Debug, Serialize, ToSchema)]
struct ComparedPiece {
    /// The words.
    text: String,
    /// Whether these are what is not the same.
    changed: bool,
}

impl From<Line> for ComparedLine {
    fn from(line: Line) -> Self {
        let piece = |piece: Piece| ComparedPiece {
            text: piece.text,
            changed: piece.changed,
        };
        Self {
            number: line.number,
            pieces: line.pieces.into_iter().map(piece).collect(),
        }
    }
}

impl From<Row> for ComparedRow {
    fn from(row: Row) -> Self {
        let line = |number, text: &str| ComparedLine {
            number,
            pieces: vec![ComparedPiece {
                text: text.to_owned(),
                changed: false,
            }],
        };
        match row {
            Row::Folded(lines) => Self {
                same: Some(lines),
                ..Self::default()
            },
            Row::Same(from, to, text) => Self {
                same: None,
                from: Some(line(from, &text)),
                to: Some(line(to, &text)),
            },
            Row::Changed(from, to) => Self {
                same: None,
                from: from.map(ComparedLine::from),
                to: to.map(ComparedLine::from),
            },
        }
    }
}

/// What is different between two versions
///
/// Both are read for this, which is in the trail.
#[utoipa::path(get, path = "/documents/{id}/compare", tag = "documents", operation_id = "compareVersions",
    params(("id" = schema::Id, Path, description = "The document"), Between),
    responses((status = 200, body = ComparedVersions)))]
async fn compare(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Asked(between): Asked<Between>,
) -> Answer<Json<ComparedVersions>> {
    let compared = documents::compare(&caller.actor, id, between.from, between.to).await?;
    let (from, to) = (compared.from.into(), compared.to.into());
    let properties = compared
        .properties
        .into_iter()
        .map(ComparedProperty::from)
        .collect();
    Ok(Json(match compared.difference {
        Ok(found) => ComparedVersions {
            from,
            to,
            properties,
            rows: Some(found.rows.into_iter().map(ComparedRow::from).collect()),
            added: found.added,
            removed: found.removed,
            cut: found.cut || found.truncated,
            rough: found.rough,
            unread: None,
        },
        Err(unread) => ComparedVersions {
            from,
            to,
            properties,
            rows: None,
            added: 0,
            removed: 0,
            cut: false,
            rough: false,
            unread: Some(unread.into()),
        },
    }))
}
