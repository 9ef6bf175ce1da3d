//! Folders and documents, and the rows of a document.

use super::content::Contents;
use super::find::Found;
use super::{event, exists};
use crate::Result;
use crate::keeping::{BringBack, Manifest};
use crate::kernel::{Id, Line, Place, Queries as _, Write, args, now_and_on, record};
use crate::libraries::columns::NEW_CELLS;
use crate::libraries::opens_at;
use crate::people::text::name_key;

const ITEM: &str =
    "SELECT library_id, folder_id, name, binned_at, gone_at FROM items WHERE id = $1";
const NAMED: &str = "SELECT COUNT(*) AS value FROM items
  WHERE library_id = $1 AND folder_id = $2 AND name_key = $3 AND binned_at = 0 AND id <> $4";
const FOLDER: &str = "SELECT COUNT(*) AS value FROM items
  WHERE id = $1 AND library_id = $2 AND is_document = 0 AND binned_at = 0";
/// What was deleted with a folder that comes out of the recycle bin stays there by itself.
const BY_ITSELF: &str = "UPDATE items SET binned_with = id WHERE binned_with = $1 AND id <> $1";
/// Whether this was deleted by itself, and is in the recycle bin.
const ROOT_IN_BIN: &str = "SELECT COUNT(*) AS value FROM items
  WHERE id = $1 AND binned_with = id AND binned_at > 0 AND gone_at = 0";
const OUT_OF_BIN: &str = "UPDATE items SET binned_at = 0, binned_by = 0, binned_with = 0, folder_id = $2, name = $3, name_key = $4 WHERE id = $1";
/// What went for good is in the recycle bin again, until more is said of it.
const HERE_AGAIN: &str =
    "UPDATE items SET gone_at = 0, gone_by = 0, binned_at = $2, binned_with = id, version = $3, size = $4, media_type = $5,
    changed_at = $6, changed_by = $7, author_key = COALESCE((SELECT p.name_key FROM people p WHERE p.id = $7), '')
   WHERE id = $1";
const NOT_GONE: &str = "DELETE FROM gone_versions WHERE document_id = $1";
const NOT_GONE_ONE: &str = "DELETE FROM gone_versions WHERE document_id = $1 AND number = $2";
const NUMBERED: &str =
    "SELECT COUNT(*) AS value FROM versions WHERE document_id = $1 AND number = $2";
/// From when on a version is open to others that comes back at `$1`.
const OPENS_AT: &str = concat!("SELECT ", opens_at!("$1"), " AS value");

macro_rules! rule_in_force {
    () => {
        "EXISTS (SELECT 1 FROM items i JOIN publishing_rules u ON u.library_id = i.library_id
           WHERE i.id = $1 AND u.from_at <= $2 AND $2 < u.until_at)"
    };
}
/// What was published of a document that comes back ends with the versions that do not, and where its library does not
/// require publishing now.
const END_PUBLICATIONS: &str = concat!(
    "UPDATE publications SET until_at = $2 WHERE document_id = $1 AND until_at = ",
    now_and_on!(),
    " AND (NOT ",
    rule_in_force!(),
    " OR NOT EXISTS (SELECT 1 FROM versions v WHERE v.document_id = publications.document_id AND v.number = publications.number))"
);
const END_REQUESTS: &str = concat!(
    "UPDATE publication_requests SET until_at = $2, outcome = 'overtaken' WHERE document_id = $1 AND until_at = ",
    now_and_on!()
);
/// What readers see of a document that comes back is what is still published of it, or nothing, where its library requires
/// publishing now; and everything, where it does not.
const TOWARDS_READERS: &str = concat!(
    "UPDATE items SET published = CASE WHEN ",
    rule_in_force!(),
    " THEN COALESCE((SELECT MAX(n.number) FROM publications n WHERE n.document_id = $1 AND n.until_at = ",
    now_and_on!(),
    "), 0) ELSE NULL END WHERE id = $1 AND is_document = 1"
);
const AS_READERS_SEE_IT: &str = concat!(
    "UPDATE items SET
       published_size = (SELECT v.size FROM versions v WHERE v.document_id = $1 AND v.number = items.published),
       published_by = (SELECT v.author_id FROM versions v WHERE v.document_id = $1 AND v.number = items.published),
       published_at = (SELECT MAX(n.dated_at) FROM publications n WHERE n.document_id = $1 AND n.number = items.published
           AND n.until_at = ",
    now_and_on!(),
    "),
       first_published_at = CASE WHEN published IS NULL THEN NULL ELSE first_published_at END,
       first_published_by = CASE WHEN published IS NULL THEN NULL ELSE first_published_by END
      WHERE id = $1 AND is_document = 1"
);

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    ITEM,
    NAMED,
    FOLDER,
    OUT_OF_BIN,
    HERE_AGAIN,
    NOT_GONE,
    NOT_GONE_ONE,
    NUMBERED,
    OPENS_AT,
    BY_ITSELF,
    ROOT_IN_BIN,
    END_PUBLICATIONS,
    END_REQUESTS,
    TOWARDS_READERS,
    AS_READERS_SEE_IT,
];

record! {
    struct ItemRow { library_id: i64, folder_id: i64, name: String, binned_at: i64, gone_at: i64 }
}

/// A name beside one that is taken: "Agenda (restored).docx", then "(restored 2)".
pub(super) fn beside(name: &str, number: u32) -> String {
    let word = match number {
        1 => "restored".to_owned(),
        number => format!("restored {number}"),
    };
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => format!("{stem} ({word}).{ending}"),
        _ => format!("{name} ({word})"),
    }
}

/// A name that is free in that folder.
async fn free(
    w: &mut Write<BringBack>,
    library: i64,
    folder: i64,
    name: &str,
    id: i64,
) -> Result<(String, String)> {
    let mut now = name.to_owned();
    for number in 1.. {
        let key = name_key(&now);
        let (taken,): (i64,) = w.one(NAMED, args![library, folder, &key, id]).await?;
        if taken == 0 {
            return Ok((now, key));
        }
        now = beside(name, number);
    }
    Ok((now.clone(), name_key(&now)))
}

/// The folder, or the top of the library when that folder is not there.
async fn folder(w: &mut Write<BringBack>, library: i64, folder: i64) -> Result<i64> {
    let (there,): (i64,) = w.one(FOLDER, args![folder, library]).await?;
    Ok(if there > 0 { folder } else { 0 })
}

/// What became of a folder or a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// It was here.
    Here,
    /// It had gone for good, and is here again.
    Again,
    /// It was lost, and is here again.
    Back,
    /// It was lost, and had gone for good before: what is known of it is here again.
    Known,
    /// It had gone for good already when the snapshot was taken, which so has nothing of it.
    Gone,
}

impl Came {
    /// Whether it has rows of its own here.
    pub(super) fn had_rows(self) -> bool {
        matches!(self, Self::Here | Self::Again)
    }

    pub(super) fn came_back(self) -> bool {
        matches!(self, Self::Again | Self::Back)
    }
}

/// Puts back a folder or a document that is gone, and takes out of the recycle bin one that was not
/// in it then. One that is somewhere else stays there.
pub(super) async fn item(
    w: &mut Write<BringBack>,
    line: &Line<'_>,
    place: Place,
    manifest: &Manifest,
    said: &mut Vec<String>,
) -> Result<Came> {
    let id = line.int("id")?;
    // Backups of earlier releases have no such column.
    let gone = line.int("gone_at").is_ok_and(|at| at > 0);
    let (was, library) = (line.text("name")?, line.int("library_id")?);
    let place = Place {
        item: Some(Id::from_raw(id)),
        ..place
    };
    let here: Option<ItemRow> = w.first(ITEM, args![id]).await?;
    let Some(here) = here else {
        return lost(w, line, place, manifest, said).await;
    };
    if gone {
        return Ok(Came::Gone);
    }
    let mut came = Came::Here;
    if here.gone_at > 0 {
        // As far as the backup knows it: versions made since then are not in it.
        let as_it_was = args![
            id,
            w.at(),
            line.int("version")?,
            line.int("size")?,
            line.text("media_type")?,
            line.int("changed_at")?,
            line.int("changed_by")?
        ];
        w.execute(HERE_AGAIN, as_it_was).await?;
        w.execute(NOT_GONE, args![id]).await?;
        came = Came::Again;
        said.push(format!("“{was}” had gone for good, and is here again"));
        if line.int("binned_at")? > 0 {
            w.also(place, &event(&here.name, manifest, "it had gone for good"))?;
            return Ok(came);
        }
    }
    if here.binned_at > 0 && line.int("binned_at")? == 0 {
        let inside = folder(w, here.library_id, here.folder_id).await?;
        let (name, key) = free(w, here.library_id, inside, &here.name, id).await?;
        w.execute(OUT_OF_BIN, args![id, inside, &name, key]).await?;
        w.execute(BY_ITSELF, args![id]).await?;
        said.push(format!("“{name}” comes out of the recycle bin"));
        w.also(
            Place {
                library: Some(Id::from_raw(here.library_id)),
                ..place
            },
            &event(&name, manifest, "it was in the recycle bin"),
        )?;
        return Ok(came);
    }
    if here.library_id != library || here.folder_id != line.int("folder_id")? || here.name != was {
        said.push(format!(
            "“{was}” is here as “{}”, in another place or under another name, and stays there",
            here.name
        ));
    }
    Ok(came)
}

/// Puts back one of which there is no row.
async fn lost(
    w: &mut Write<BringBack>,
    line: &Line<'_>,
    place: Place,
    manifest: &Manifest,
    said: &mut Vec<String>,
) -> Result<Came> {
    let id = line.int("id")?;
    let (was, library) = (line.text("name")?, line.int("library_id")?);
    let mut row = line.clone();
    let inside = folder(w, library, line.int("folder_id")?).await?;
    row.set("folder_id", inside)?;
    if line.int("gone_at").is_ok_and(|at| at > 0) {
        let (sql, args) = row.insert("items")?;
        w.execute(&sql, args).await?;
        said.push(format!(
            "“{was}” had gone for good before, and what is known of it comes back"
        ));
        w.also(
            place,
            &event(
                was,
                manifest,
                "what was known of it, which had gone for good",
            ),
        )?;
        return Ok(Came::Known);
    }
    let mut now = was.to_owned();
    if line.int("binned_at")? == 0 {
        let (name, key) = free(w, library, inside, was, id).await?;
        row.set("name", name.as_str())?;
        row.set("name_key", key)?;
        now = name;
    } else {
        // The recycle bin keeps it for the whole of its time from now on, and with what it was deleted with if that is there.
        row.set("binned_at", w.at().micros())?;
        let (root,): (i64,) = w.one(ROOT_IN_BIN, args![line.int("binned_with")?]).await?;
        if root == 0 {
            row.set("binned_with", id)?;
        }
    }
    let (sql, args) = row.insert("items")?;
    w.execute(&sql, args).await?;
    if line.int("is_document")? != 0 {
        let at = w.at();
        w.execute(NEW_CELLS, args![at, library, id]).await?;
    }
    said.push(format!("“{was}” comes back as “{now}”"));
    w.also(place, &event(&now, manifest, "it was gone"))?;
    Ok(Came::Back)
}

/// Settles what readers see of a document that came back, when its versions are here.
pub(super) async fn towards_readers(w: &mut Write<BringBack>, document: i64) -> Result<()> {
    let at = w.at();
    for sql in [END_PUBLICATIONS, END_REQUESTS, TOWARDS_READERS] {
        w.execute(sql, args![document, at]).await?;
    }
    w.execute(AS_READERS_SEE_IT, args![document]).await?;
    Ok(())
}

/// Puts back the rows of a document: all of them when it was gone, and the versions that it lacks
/// when it is here. Says how many those were.
pub(super) async fn rows(
    w: &mut Write<BringBack>,
    found: &Found<'_>,
    document: &Line<'_>,
    here: bool,
    contents: &mut Contents,
    said: &mut Vec<String>,
) -> Result<u64> {
    let id = document.int("id")?;
    let name = document.text("name")?;
    let mut lacked = 0;
    for (table, line) in found.rows.get(&id).into_iter().flatten() {
        let mut row = line.clone();
        if here {
            if *table != "versions" || exists(w, "versions", line.int("id")?).await? {
                continue;
            }
            let number = line.int("number")?;
            let (taken,): (i64,) = w.one(NUMBERED, args![id, number]).await?;
            if taken > 0 {
                said.push(format!(
                    "“{name}” has another version {number} now, which stays"
                ));
                continue;
            }
            said.push(format!("version {number} of “{name}” comes back"));
            w.execute(NOT_GONE_ONE, args![id, number]).await?;
        }
        if matches!(*table, "versions" | "drafts") {
            match contents.row(w, line.int("content_id")?).await? {
                Some(content) => row.set("content_id", content)?,
                None => continue,
            }
        }
        // What was found in it then is not known now, and it may have been destroyed for that: it is read anew.
        if *table == "versions" && line.int("read_at").is_ok() {
            let at = w.at();
            let (opens,): (i64,) = w.one(OPENS_AT, args![at]).await?;
            row.set("read_at", opens)?;
            row.set("judged_by", 0)?;
        }
        let of_somebody = matches!(*table, "check_outs" | "drafts");
        if of_somebody && !exists(w, "people", line.int("person_id")?).await? {
            continue;
        }
        // Which a document keeps although its row was lost.
        if matches!(*table, "legal_holds" | "retention_rules")
            && exists(w, table, line.int("id")?).await?
        {
            continue;
        }
        if matches!(*table, "placements" | "legal_holds" | "retention_rules")
            && !exists(w, "libraries", line.int("library_id")?).await?
        {
            continue;
        }
        // Nobody holds what was gone: the check-out is history, and ended when this one did.
        if *table == "check_outs" && line.int("until_at")? > w.at().micros() {
            row.set("until_at", w.at().micros())?;
            row.set("outcome", "released")?;
        }
        let (sql, args) = row.insert(table)?;
        w.execute(&sql, args).await?;
        lacked += u64::from(here);
    }
    Ok(lacked)
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn a_name_beside_another_says_so() {
        assert_eq!(beside("Agenda.docx", 1), "Agenda (restored).docx");
        assert_eq!(beside("Agenda.docx", 2), "Agenda (restored 2).docx");
        assert_eq!(beside("2026", 1), "2026 (restored)");
        assert_eq!(beside(".profile", 1), ".profile (restored)");
    }
}
