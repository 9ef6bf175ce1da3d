//! A document or a library from a snapshot, into the living realm.
//!
//! **Invariant:** what is missing comes back, and nothing that is here is taken away or overwritten.
//! What comes back has its old id, its versions with their authors, times and comments, and its old
//! place; where another thing has its name now it stands beside that, under a name that says so.

mod content;
mod find;
mod grants;
mod items;

use self::content::Contents;
use self::find::Found;
pub use self::grants::give_back_access;
use self::items::Came;
use super::{BringBack, Manifest, Target};
use crate::kernel::{Actor, Id, Place, Queries as _, Write, args, thing};
use crate::{Error, Result};

/// What is to come back.
#[derive(Debug, Clone, Copy)]
pub enum What {
    /// One document.
    Document(Id<thing::Document>),
    /// A library with everything that was in it.
    Library(Id<thing::Library>),
}

/// How old versions of a statement are told apart by what they are asked about.
const EXISTS: [(&str, &str); 8] = [
    ("sites", "SELECT COUNT(*) AS value FROM sites WHERE id = $1"),
    (
        "libraries",
        "SELECT COUNT(*) AS value FROM libraries WHERE id = $1",
    ),
    (
        "people",
        "SELECT COUNT(*) AS value FROM people WHERE id = $1",
    ),
    (
        "inheritances",
        "SELECT COUNT(*) AS value FROM inheritances WHERE id = $1",
    ),
    (
        "versions",
        "SELECT COUNT(*) AS value FROM versions WHERE id = $1",
    ),
    (
        "legal_holds",
        "SELECT COUNT(*) AS value FROM legal_holds WHERE id = $1",
    ),
    (
        "retention_rules",
        "SELECT COUNT(*) AS value FROM retention_rules WHERE id = $1",
    ),
    ("items", "SELECT COUNT(*) AS value FROM items WHERE id = $1"),
];
const LIBRARY_NAMED: &str =
    "SELECT COUNT(*) AS value FROM libraries WHERE site_id = $1 AND name_key = $2";

/// The statements here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    let mut all: Vec<_> = EXISTS.iter().map(|(_, sql)| *sql).collect();
    all.push(LIBRARY_NAMED);
    all.extend(content::STATEMENTS);
    all.extend(items::STATEMENTS);
    all.extend(grants::STATEMENTS);
    all
}

/// Whether there is a row with this id.
async fn exists(w: &mut Write<BringBack>, table: &str, id: i64) -> Result<bool> {
    let sql = EXISTS.iter().find(|(name, _)| *name == table);
    let (_, sql) = sql.ok_or_else(|| Error::unavailable("no such question"))?;
    let (count,): (i64,) = w.one(sql, args![id]).await?;
    Ok(count > 0)
}

/// Brings back what is missing, and says line by line what that was. With `dry_run` everything is
/// done and then undone, so that what is said is exactly what would be.
pub async fn bring_back(
    actor: &Actor,
    target: &Target,
    manifest: &Manifest,
    what: What,
    dry_run: bool,
) -> Result<Vec<String>> {
    let proof = actor.read::<BringBack>(Id::REALM).await?;
    let found = Found::of(target, manifest, what).await?;
    let mut contents = Contents::of(proof, target, &found, dry_run).await?;
    let mut w = actor.write::<BringBack>(Id::REALM).await?;
    let mut said = Vec::new();
    let library = found.library_id()?;
    let site = found.library.int("site_id")?;
    if !exists(&mut w, "libraries", library).await? {
        library_back(&mut w, &found, &mut said, manifest).await?;
    }
    let place = Place {
        site: Some(Id::from_raw(site)),
        library: Some(Id::from_raw(library)),
        ..Place::NOWHERE
    };
    for folder in found.folders_from_the_top()? {
        items::item(&mut w, folder, place, manifest, &mut said).await?;
    }
    let mut gone = 0_u64;
    for document in &found.documents {
        let came = items::item(&mut w, document, place, manifest, &mut said).await?;
        if came == Came::Gone {
            gone += 1;
            continue;
        }
        let had = came.had_rows();
        let lacked = items::rows(&mut w, &found, document, had, &mut contents, &mut said).await?;
        // A document that was here all the time says in its trail that it lacked something.
        if came == items::Came::Here && lacked > 0 {
            let item = Some(Id::from_raw(document.int("id")?));
            let name = document.text("name")?;
            let versions = format!("{lacked} of its versions were gone");
            w.also(Place { item, ..place }, &event(name, manifest, &versions))?;
        }
        if came.came_back() {
            items::towards_readers(&mut w, document.int("id")?).await?;
        }
    }
    if gone > 0 {
        let documents = if gone == 1 {
            "1 document".to_owned()
        } else {
            format!("{gone} documents")
        };
        said.push(format!(
            "{documents} had gone for good before snapshot {} was taken: it has no content of that",
            manifest.id
        ));
    }
    contents.mend(&mut w, &mut said).await?;
    if said.is_empty() {
        said.push("Nothing is missing: all of it is here.".to_owned());
        return Ok(said);
    }
    if !dry_run && w.has_entries() {
        w.commit_each().await?;
    } else if !dry_run && contents.mended() {
        let event = event(
            found.library.text("name")?,
            manifest,
            "content that was lost or damaged",
        );
        *w.place_mut() = place;
        w.commit(event).await?;
    }
    Ok(said)
}

fn event(name: &str, manifest: &Manifest, how: &str) -> super::BroughtBack {
    super::BroughtBack {
        document: name.to_owned(),
        snapshot: manifest.id.clone(),
        taken_at: manifest.taken_at.to_string(),
        how: how.to_owned(),
    }
}

async fn library_back(
    w: &mut Write<BringBack>,
    found: &Found<'_>,
    said: &mut Vec<String>,
    manifest: &Manifest,
) -> Result<()> {
    let mut line = found.library.clone();
    let (id, site) = (line.int("id")?, line.int("site_id")?);
    if !exists(w, "sites", site).await? {
        return Err(Error::invalid(
            "library",
            "the site that it was on is not here any more, so there is no place for it to come back to",
        ));
    }
    let name = line.text("name")?.to_owned();
    let mut now = name.clone();
    for number in 1.. {
        let key = crate::people::text::name_key(&now);
        let (taken,): (i64,) = w.one(LIBRARY_NAMED, args![site, &key]).await?;
        if taken == 0 {
            line.set("name", now.as_str())?;
            line.set("name_key", key)?;
            break;
        }
        now = items::beside(&name, number);
    }
    let (sql, args) = line.insert("libraries")?;
    w.execute(&sql, args).await?;
    for row in &found.inheritances {
        if !exists(w, "inheritances", row.int("id")?).await? {
            let (sql, args) = row.insert("inheritances")?;
            w.execute(&sql, args).await?;
        }
    }
    for row in &found.publishing {
        let (sql, args) = row.insert("publishing_rules")?;
        w.execute(&sql, args).await?;
    }
    for (table, rows) in [
        ("legal_holds", &found.holds),
        ("retention_rules", &found.retention),
    ] {
        for row in rows {
            if !exists(w, table, row.int("id")?).await? {
                let (sql, args) = row.insert(table)?;
                w.execute(&sql, args).await?;
            }
        }
    }
    said.push(format!(
        "library “{now}” comes back, without the access that was given to it"
    ));
    let place = Place {
        site: Some(Id::from_raw(site)),
        library: Some(Id::from_raw(id)),
        ..Place::NOWHERE
    };
    w.also(place, &event(&now, manifest, "the library"))
}
