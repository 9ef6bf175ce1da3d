//! What a snapshot has of a document or a library. All of its rows are in memory at once; its content is not.

use std::collections::{HashMap, HashSet};

use super::What;
use crate::keeping::manifest::ContentLine;
use crate::keeping::{Manifest, Target};
use crate::kernel::Line;
use crate::{Error, Result};

/// The tables whose rows belong to a document, in an order in which they can be put back.
pub(super) const OF_A_DOCUMENT: [&str; 10] = [
    "placements",
    "publications",
    "seals",
    "markings",
    "versions",
    "check_outs",
    "drafts",
    "gone_versions",
    "legal_holds",
    "retention_rules",
];

/// Tables that backups of earlier releases do not have.
const SINCE: [&str; 5] = [
    "publications",
    "publishing_rules",
    "gone_versions",
    "legal_holds",
    "retention_rules",
];

pub(super) struct Found<'a> {
    pub(super) library: Line<'a>,
    pub(super) inheritances: Vec<Line<'a>>,
    pub(super) publishing: Vec<Line<'a>>,
    /// The legal holds on all of the library, and its rules of retention.
    pub(super) holds: Vec<Line<'a>>,
    pub(super) retention: Vec<Line<'a>>,
    pub(super) folders: Vec<Line<'a>>,
    pub(super) documents: Vec<Line<'a>>,
    /// The rows of each document, by its id, each with its table.
    pub(super) rows: HashMap<i64, Vec<(&'static str, Line<'a>)>>,
    /// What versions and drafts refer to, by the id that it had in the snapshot.
    pub(super) contents: HashMap<i64, ContentLine>,
}

pub(super) async fn select<'a>(
    target: &Target,
    manifest: &'a Manifest,
    table: &str,
    wanted: impl Fn(&Line<'_>) -> Result<bool>,
) -> Result<Vec<Line<'a>>> {
    let mut found = Vec::new();
    // An older backup has no such tables: then nothing was published, held or gone for good in it.
    if SINCE.contains(&table) && !manifest.has(table) {
        return Ok(found);
    }
    let table = manifest.table(table)?;
    for part in &table.parts {
        let text = target.rows(part).await?;
        for line in table.lines(&text)? {
            if wanted(&line)? {
                found.push(line);
            }
        }
    }
    Ok(found)
}

impl<'a> Found<'a> {
    pub(super) async fn of(target: &Target, manifest: &'a Manifest, what: What) -> Result<Self> {
        let missing = |field, what: &str| {
            Error::invalid(
                field,
                format!("there is no such {what} in snapshot {}", manifest.id),
            )
        };
        let (library, document) = match what {
            What::Library(id) => (id.raw(), None),
            What::Document(id) => {
                let wanted = |line: &Line<'_>| {
                    Ok(line.int("id")? == id.raw() && line.int("is_document")? == 1)
                };
                let lines = select(target, manifest, "items", wanted).await?;
                let line = lines
                    .first()
                    .ok_or_else(|| missing("document", "document"))?;
                (line.int("library_id")?, Some(id.raw()))
            }
        };
        let items = select(target, manifest, "items", |line| {
            Ok(line.int("library_id")? == library)
        })
        .await?;
        let (mut documents, mut folders) = (Vec::new(), Vec::new());
        for line in items {
            if line.int("is_document")? == 0 {
                folders.push(line);
            } else if document.is_none_or(|id| line.int("id").is_ok_and(|it| it == id)) {
                documents.push(line);
            }
        }
        if document.is_some() {
            folders = above(&documents, folders)?;
        }
        let ids = documents
            .iter()
            .map(|line| line.int("id"))
            .collect::<Result<HashSet<_>>>()?;
        let mut rows: HashMap<i64, Vec<_>> = HashMap::new();
        let mut needed = HashSet::new();
        for table in OF_A_DOCUMENT {
            let some = select(target, manifest, table, |line| {
                Ok(ids.contains(&line.int("document_id")?))
            });
            for line in some.await? {
                if matches!(table, "versions" | "drafts") {
                    needed.insert(line.int("content_id")?);
                }
                rows.entry(line.int("document_id")?)
                    .or_default()
                    .push((table, line));
            }
        }
        let contents = select(target, manifest, "contents", |line| {
            Ok(needed.contains(&line.int("id")?))
        });
        let contents = contents
            .await?
            .iter()
            .map(|line| ContentLine::of(line).map(|content| (content.id, content)))
            .collect::<Result<_>>()?;
        let of_library = |name| {
            select(target, manifest, name, move |line: &Line<'_>| {
                let key = if name == "libraries" {
                    "id"
                } else {
                    "library_id"
                };
                let of_all = !matches!(name, "legal_holds" | "retention_rules")
                    || line.int("document_id")? == 0;
                Ok(line.int(key)? == library && of_all)
            })
        };
        Ok(Self {
            library: of_library("libraries")
                .await?
                .into_iter()
                .next()
                .ok_or_else(|| missing("library", "library"))?,
            inheritances: of_library("inheritances").await?,
            publishing: of_library("publishing_rules").await?,
            holds: of_library("legal_holds").await?,
            retention: of_library("retention_rules").await?,
            folders,
            documents,
            rows,
            contents,
        })
    }

    pub(super) fn library_id(&self) -> Result<i64> {
        self.library.int("id")
    }

    /// The folders, each after the one that it is in.
    pub(super) fn folders_from_the_top(&self) -> Result<Vec<&Line<'a>>> {
        let mut left: Vec<&Line<'a>> = self.folders.iter().collect();
        let mut placed = HashSet::from([0]);
        let mut ordered = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let before = left.len();
            let mut later = Vec::new();
            for line in left {
                if placed.contains(&line.int("folder_id")?) {
                    placed.insert(line.int("id")?);
                    ordered.push(line);
                } else {
                    later.push(line);
                }
            }
            if later.len() == before {
                // In a folder of another library by now: at the top, then.
                ordered.append(&mut later);
            }
            left = later;
        }
        Ok(ordered)
    }
}

/// The folders that these documents are in.
fn above<'a>(documents: &[Line<'a>], folders: Vec<Line<'a>>) -> Result<Vec<Line<'a>>> {
    let mut by_id = HashMap::new();
    for folder in folders {
        by_id.insert(folder.int("id")?, folder);
    }
    let mut found = Vec::new();
    for document in documents {
        let mut next = document.int("folder_id")?;
        while let Some(folder) = by_id.remove(&next) {
            next = folder.int("folder_id")?;
            found.push(folder);
        }
    }
    Ok(found)
}
