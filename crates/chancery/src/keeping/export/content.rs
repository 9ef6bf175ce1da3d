//! The documents of a library: their files, and what is known of them.

use std::collections::HashMap;

use futures::TryStreamExt as _;
use serde_json::json;
use vault::{Address, Vault};

use super::Exported;
use super::bundle::Files;
use super::lines::{As, line};
use crate::kernel::{Arg, Id, Queries as _, Snapshot, Time, args, record, thing};
use crate::{Error, Result};

const BATCH: i64 = 200;
const FOLDERS: &str =
    "SELECT i.id, i.folder_id, i.name, i.created_at, i.created_by, i.binned_at FROM items i
  WHERE i.library_id = $1 AND i.is_document = 0 AND i.id > $2 ORDER BY i.id LIMIT $3";
const DOCUMENTS: &str = "SELECT i.id, i.folder_id, i.name, i.media_type, i.created_at, i.created_by, i.changed_at,
    i.changed_by, i.version, i.binned_at, i.binned_by, i.gone_at, i.gone_by,
    COALESCE((SELECT MAX(m.label) FROM markings m WHERE m.document_id = i.id AND m.until_at = 9223372036854775807), '') AS marking,
    CASE WHEN EXISTS (SELECT 1 FROM seals e WHERE e.document_id = i.id AND e.until_at = 9223372036854775807)
         THEN 1 ELSE 0 END AS sealed
  FROM items i WHERE i.library_id = $1 AND i.is_document = 1 AND i.id > $2 ORDER BY i.id LIMIT $3";
const VERSIONS: &str = "SELECT v.id, v.document_id, v.number, v.size, v.media_type, v.comment, v.author_id, v.created_at,
    v.restored_from, i.name, i.folder_id, i.version AS current, i.binned_at, c.address, c.inline,
    CASE WHEN v.read_at = 9223372036854775807
           OR EXISTS (SELECT 1 FROM seals e WHERE e.document_id = i.id AND e.until_at = 9223372036854775807)
         THEN 1 ELSE 0 END AS sealed
  FROM items i JOIN versions v ON v.document_id = i.id JOIN contents c ON c.id = v.content_id
 WHERE i.library_id = $1 AND i.is_document = 1 AND v.id > $2 ORDER BY v.id LIMIT $3";
const CHECK_OUTS: &str =
    "SELECT k.id, k.document_id, k.person_id, k.note, k.outcome, k.from_at, k.until_at
  FROM check_outs k JOIN items i ON i.id = k.document_id
 WHERE i.library_id = $1 AND k.id > $2 ORDER BY k.id LIMIT $3";
/// What is known of versions whose content went for good.
const GONE_VERSIONS: &str = "SELECT v.id, v.document_id, v.number, v.size, v.media_type, v.comment, v.author_id, v.created_at,
    v.restored_from
  FROM gone_versions v JOIN items i ON i.id = v.document_id
 WHERE i.library_id = $1 AND v.id > $2 ORDER BY v.id LIMIT $3";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[FOLDERS, DOCUMENTS, VERSIONS, CHECK_OUTS, GONE_VERSIONS];

record! {
    struct VersionRow {
        id: i64, document_id: Id<thing::Document>, number: i64, size: u64, media_type: String,
        comment: String, author_id: i64, created_at: Time, restored_from: i64, name: String,
        folder_id: i64, current: i64, binned_at: i64, address: Vec<u8>, inline: Option<Vec<u8>>, sealed: bool,
    }
}

const FOLDER_LINE: &[(&str, As)] = &[
    ("id", As::Id),
    ("folder_id", As::Id),
    ("name", As::Text),
    ("created_at", As::Moment),
    ("created_by", As::Id),
    ("binned_at", As::Moment),
];
const DOCUMENT_LINE: &[(&str, As)] = &[
    ("id", As::Id),
    ("folder_id", As::Id),
    ("name", As::Text),
    ("media_type", As::Text),
    ("marking", As::Text),
    ("sealed", As::Flag),
    ("version", As::Number),
    ("created_at", As::Moment),
    ("created_by", As::Id),
    ("changed_at", As::Moment),
    ("changed_by", As::Id),
    ("binned_at", As::Moment),
    ("binned_by", As::Id),
    ("gone_at", As::Moment),
    ("gone_by", As::Id),
];
const GONE_VERSION_LINE: &[(&str, As)] = &[
    ("document_id", As::Id),
    ("number", As::Number),
    ("size", As::Number),
    ("media_type", As::Text),
    ("comment", As::Text),
    ("author_id", As::Id),
    ("created_at", As::Moment),
    ("restored_from", As::Number),
];
const CHECK_OUT_LINE: &[(&str, As)] = &[
    ("document_id", As::Id),
    ("person_id", As::Id),
    ("note", As::Text),
    ("outcome", As::Text),
    ("from_at", As::Moment),
    ("until_at", As::Until),
];

/// The folders of a library: what each is called and what it is in.
type Folders = HashMap<i64, (i64, String)>;

pub(super) async fn write(
    snapshot: &mut Snapshot,
    vault: &Vault,
    library: Id<thing::Library>,
    folder: &str,
    files: &mut Files<'_>,
    done: &mut Exported,
) -> Result<()> {
    let mut folders = Folders::new();
    for (name, sql, columns) in [
        ("folders", FOLDERS, FOLDER_LINE),
        ("documents", DOCUMENTS, DOCUMENT_LINE),
        ("check-outs", CHECK_OUTS, CHECK_OUT_LINE),
        ("versions gone for good", GONE_VERSIONS, GONE_VERSION_LINE),
    ] {
        files.begin(&format!("{folder}/{name}.jsonl"))?;
        let mut after = 0_i64;
        loop {
            let args = vec![Arg::from(library), Arg::from(after), Arg::from(BATCH)];
            let rows = snapshot.rows(sql, args).await?;
            let Some(last) = rows.last() else {
                break;
            };
            after = last.get("id")?;
            for row in &rows {
                files.write(line(row, columns)?.as_bytes())?;
                if name == "folders" {
                    folders.insert(row.get("id")?, (row.get("folder_id")?, row.get("name")?));
                }
            }
        }
        files.end()?;
    }
    let mut places = Places {
        library: folder,
        folders,
        made: HashMap::new(),
    };
    // What is known of the versions of one library is in memory until their files are written.
    let mut versions = String::new();
    let mut after = 0_i64;
    loop {
        let rows: Vec<VersionRow> = snapshot.all(VERSIONS, args![library, after, BATCH]).await?;
        let Some(last) = rows.last() else {
            break;
        };
        after = last.id;
        for row in rows {
            let file = content(vault, &row, &mut places, files, done).await?;
            versions.push_str(&said(&row, file.as_ref())?);
        }
    }
    files.whole(&format!("{folder}/versions.jsonl"), versions.as_bytes())
}

/// Where the files of a library go. Each folder has one place, whatever it is called.
struct Places<'a> {
    library: &'a str,
    folders: Folders,
    made: HashMap<(&'static str, i64), String>,
}

impl Places<'_> {
    fn folder(&mut self, within: &'static str, id: i64, files: &mut Files<'_>) -> String {
        // From the top down; a folder of a folder of a folder is cut off where it would go on for ever.
        let mut names = Vec::new();
        let mut next = id;
        while let Some((above, name)) = self.folders.get(&next) {
            names.push((next, name.clone()));
            next = *above;
            if names.len() > 64 {
                break;
            }
        }
        let mut path = format!("{}/{within}", self.library);
        for (id, name) in names.into_iter().rev() {
            path = match self.made.get(&(within, id)) {
                Some(made) => made.clone(),
                // So deep that Windows could not save it: beside the others, then.
                None if path.len() > 150 => {
                    let top = format!("{}/{within}", self.library);
                    files.folder(&top, &format!("{name} (from deep below)"))
                }
                None => files.folder(&path, &name),
            };
            self.made.insert((within, id), path.clone());
        }
        path
    }

    fn file(&mut self, row: &VersionRow, files: &mut Files<'_>) -> String {
        let earlier = row.number != row.current;
        let mark = if earlier {
            format!("~v{}", row.number)
        } else {
            String::new()
        };
        let within = match (row.binned_at > 0, earlier) {
            (true, _) => "recycle bin",
            (false, true) => "versions",
            (false, false) => "documents",
        };
        let folder = self.folder(within, row.folder_id, files);
        files.free(&folder, &row.name, &mark)
    }
}

/// Writes the content of a version; gives its file and SHA-256, if it could be written whole.
async fn content(
    vault: &Vault,
    row: &VersionRow,
    places: &mut Places<'_>,
    files: &mut Files<'_>,
    done: &mut Exported,
) -> Result<Option<(String, String)>> {
    if row.sealed {
        done.sealed += 1;
        return Ok(None);
    }
    let address = <[u8; 32]>::try_from(row.address.as_slice())
        .map(Address::from_bytes)
        .map_err(|_| Error::unavailable("an address of content is not 32 bytes"))?;
    let mut damaged = |error: vault::Error| {
        done.damaged
            .push(format!("version {} of {}: {error}", row.number, row.name));
    };
    let blob = match vault.open(&address, row.inline.clone()).await {
        Ok(blob) => blob,
        Err(error) => {
            damaged(error);
            return Ok(None);
        }
    };
    let path = places.file(row, files);
    files.begin(&path)?;
    let mut pieces = blob.read(0..blob.size());
    let whole = loop {
        match pieces.try_next().await {
            Ok(Some(piece)) => files.write(&piece)?,
            Ok(None) => break true,
            Err(error) => {
                damaged(error);
                break false;
            }
        }
    };
    let hash = files.end()?;
    if !whole {
        return Ok(None);
    }
    done.contents += 1;
    done.bytes += blob.size();
    Ok(Some((path, hash)))
}

fn said(row: &VersionRow, file: Option<&(String, String)>) -> Result<String> {
    let id = |id: i64| (id != 0).then(|| Id::<thing::Interval>::from_raw(id).to_string());
    let object = json!({
        "document_id": row.document_id,
        "number": row.number,
        "name": row.name,
        "size": row.size,
        "media_type": row.media_type,
        "comment": row.comment,
        "author_id": id(row.author_id),
        "created_at": row.created_at.to_string(),
        "restored_from": (row.restored_from != 0).then_some(row.restored_from),
        "file": file.map(|(path, _)| path),
        "sha256": file.map(|(_, hash)| hash),
        "sealed": row.sealed,
    });
    let mut text = serde_json::to_string(&object).map_err(Error::unavailable)?;
    text.push('\n');
    Ok(text)
}
