//! A view of a library as a file, made while it is read.

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};

use super::{Column, ColumnKind};
use crate::csv::{Cell, MARK, record, record_of};
use crate::kernel::{Actor, Id, thing};
use crate::libraries::list::lines;
use crate::libraries::{ExportView, ItemLine, LibraryHead, Listing, ViewExported, head_of};
use crate::{Error, Result};

/// How many lines are in memory at a time.
const AT_A_TIME: u32 = 500;

/// A list as a file.
pub struct ViewFile {
    /// The library.
    pub head: LibraryHead,
    /// Comma-separated values (RFC 4180), piece by piece; an error ends it.
    pub content: BoxStream<'static, Result<Bytes>>,
}

/// What a listing shows on all its pages as comma-separated values, with the columns of these names: those of
/// [`BUILT_IN`](super::BUILT_IN) and ids. That somebody takes it is in the journal before its first byte leaves. Each page of it is decided
/// about when its turn comes, so that what is revoked half way is not in it.
pub async fn export(
    actor: &Actor,
    library: Id<thing::Library>,
    listing: &Listing,
    shown: &[String],
) -> Result<ViewFile> {
    let mut proof = actor.read::<ExportView>(library).await?;
    let head = head_of(&mut proof).await?;
    let listing = Listing {
        properties: true,
        after: None,
        limit: AT_A_TIME,
        ..listing.clone()
    };
    // What cannot be listed is said before anything is sent.
    let first = lines(actor, library, &listing).await?;
    proof
        .record(&ViewExported {
            library: head.name.clone(),
        })
        .await?;
    let heading = heading(&first.0, shown);
    let (columns, items, next) = first;
    let state = State {
        actor: actor.clone(),
        library,
        listing,
        columns,
        shown: shown.to_vec(),
    };
    let pages = stream::try_unfold(Some((state, Some((items, next)))), |state| async move {
        let Some((mut state, found)) = state else {
            return Ok::<_, Error>(None);
        };
        let (items, next) = if let Some(found) = found {
            found
        } else {
            let (_, items, next) = lines(&state.actor, state.library, &state.listing).await?;
            (items, next)
        };
        let text: String = items
            .iter()
            .map(|item| line(item, &state.columns, &state.shown))
            .collect();
        state.listing.after.clone_from(&next);
        Ok(Some((Bytes::from(text), next.map(|_| (state, None)))))
    });
    Ok(ViewFile {
        head,
        content: stream::iter([Ok(Bytes::from(heading))])
            .chain(pages)
            .boxed(),
    })
}

struct State {
    actor: Actor,
    library: Id<thing::Library>,
    listing: Listing,
    /// As they were when the heading was made: every line has a cell for each, whatever becomes of them meanwhile.
    columns: Vec<Column>,
    shown: Vec<String>,
}

fn heading(columns: &[Column], shown: &[String]) -> String {
    let mut cells = vec!["Name", "Folder", "Type"];
    for name in shown {
        match name.as_str() {
            "version" => cells.push("Version"),
            "size" => cells.push("Size in bytes"),
            "changed" => cells.push("Changed"),
            "by" => cells.push("Changed by"),
            "kind" => cells.push("Kind of content"),
            id => cells.extend(
                columns
                    .iter()
                    .find(|column| column.id.to_string() == id)
                    .map(|column| column.name.as_str()),
            ),
        }
    }
    cells.push("Id");
    format!("{MARK}{}", record(&cells))
}

fn line(item: &ItemLine, columns: &[Column], shown: &[String]) -> String {
    let kind = if item.is_document {
        "Document"
    } else {
        "Folder"
    };
    let mut cells = vec![
        Cell::Text(item.name.clone()),
        Cell::Text(item.where_.clone().unwrap_or_default()),
        Cell::Text(kind.to_owned()),
    ];
    let of_documents = |text: String| {
        if item.is_document {
            Cell::Text(text)
        } else {
            Cell::Text(String::new())
        }
    };
    for name in shown {
        match name.as_str() {
            "version" => cells.push(of_documents(match &item.label {
                Some((label, _)) => label.clone(),
                None => item.version.to_string(),
            })),
            "size" => cells.push(of_documents(item.size.to_string())),
            "changed" => cells.push(Cell::Text(item.changed_at.timestamp().to_string())),
            "by" => cells.push(Cell::Text(if item.changed_by_organisation.is_empty() {
                item.changed_by.clone()
            } else {
                format!("{}, {}", item.changed_by, item.changed_by_organisation)
            })),
            "kind" => cells.push(Cell::Text(item.media_type.clone())),
            id => cells.extend(
                columns
                    .iter()
                    .find(|column| column.id.to_string() == id)
                    .map(|column| said(item, column)),
            ),
        }
    }
    cells.push(Cell::Text(item.id.to_string()));
    record_of(&cells)
}

/// What a column says of a line; nothing is an empty cell.
fn said(item: &ItemLine, column: &Column) -> Cell {
    let said = item
        .properties
        .iter()
        .find(|property| property.column == column.id)
        .map(|property| property.shown.clone())
        .unwrap_or_default();
    match column.kind {
        ColumnKind::Number => Cell::Number(said),
        _ => Cell::Text(said),
    }
}
