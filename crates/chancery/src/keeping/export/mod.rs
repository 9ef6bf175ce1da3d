//! Everything that one organisation owns, in open formats, to take away.
//!
//! What an organisation owns is on the sites that are its own: their libraries, documents and versions,
//! who could see them when, and what the journal has of them. People of other organisations are in it
//! as far as they had access there or acted there, by name and organisation and without contact details.
//!
//! An export reads content, so it is journalled as a reading before the first byte leaves: once for the
//! organisation, and on each site and in each library, where the owners see it in their trail.

mod bundle;
mod content;
mod lines;
mod names;

use serde_json::json;

pub use self::bundle::Bundle;
use self::bundle::Files;
use super::{ExportOrganisation, OrganisationExported};
use crate::Result;
use crate::kernel::{Actor, CONTENT, Id, Place, Queries as _, Snapshot, Time, args, record, thing};

const ORGANISATION: &str =
    "SELECT id, name, sector, about, created_at FROM organisations WHERE id = $1";
const SITES: &str = "SELECT s.id, s.name, s.kind, s.purpose, s.created_at FROM sites s WHERE s.organisation_id = $1 ORDER BY s.id";
const LIBRARIES: &str = "SELECT l.id, l.site_id, l.name, l.purpose, l.created_at FROM libraries l
  JOIN sites s ON s.id = l.site_id WHERE s.organisation_id = $1 ORDER BY l.id";

/// The statements here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    let mut all = vec![ORGANISATION, SITES, LIBRARIES];
    all.extend(content::STATEMENTS);
    all.extend(lines::FILES.iter().map(|file| file.sql));
    all
}

record! {
    struct OrganisationRow {
        id: Id<thing::Organisation>, name: String, sector: String, about: String, created_at: Time,
    }
}
record! {
    struct SiteRow {
        id: Id<thing::Site>, name: String, kind: String, purpose: String, created_at: Time,
    }
}
record! {
    struct LibraryRow {
        id: Id<thing::Library>, site_id: Id<thing::Site>, name: String, purpose: String, created_at: Time,
    }
}

/// What an export holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// Its name.
    pub organisation: String,
    /// Files of content.
    pub contents: u64,
    /// Their size in all.
    pub bytes: u64,
    /// Versions whose content is not in it because the document is sealed.
    pub sealed: u64,
    /// Versions whose content could not be read, each with what is wrong.
    pub damaged: Vec<String>,
}

/// Writes everything that an organisation owns into a bundle. The database is held still meanwhile, so
/// that all of it is of one moment; content is streamed.
pub async fn export(
    actor: &Actor,
    organisation: Id<thing::Organisation>,
    bundle: &mut dyn Bundle,
) -> Result<Exported> {
    let hold = actor.realm().hold(CONTENT).await?;
    let outcome = exported(actor, organisation, bundle).await;
    hold.release().await?;
    outcome
}

async fn exported(
    actor: &Actor,
    organisation: Id<thing::Organisation>,
    bundle: &mut dyn Bundle,
) -> Result<Exported> {
    say(actor, organisation).await?;
    let proof = actor.read::<ExportOrganisation>(organisation).await?;
    let mut snapshot = Snapshot::of(&proof).await?;
    let target = args![proof.target()];
    let owner: OrganisationRow = snapshot.one(ORGANISATION, target.clone()).await?;
    let sites: Vec<SiteRow> = snapshot.all(SITES, target.clone()).await?;
    let libraries: Vec<LibraryRow> = snapshot.all(LIBRARIES, target).await?;
    let mut files = Files::new(bundle);
    let mut done = Exported {
        organisation: owner.name.clone(),
        ..Exported::default()
    };
    let about = json!({
        "format": "chancery-export 1",
        "realm": actor.realm().settings().name,
        "taken_at": proof.at().to_string(),
        "organisation": {
            "id": owner.id, "name": owner.name, "sector": owner.sector, "about": owner.about,
            "created_at": owner.created_at.to_string(),
        },
    });
    files.whole("organisation.json", &pretty(&about)?)?;
    lines::write(&mut snapshot, proof.target(), &mut files).await?;
    for site in &sites {
        let folder = files.folder("sites", &site.name);
        let about = json!({
            "id": site.id, "name": site.name, "kind": site.kind, "purpose": site.purpose,
            "created_at": site.created_at.to_string(),
        });
        files.whole(&format!("{folder}/site.json"), &pretty(&about)?)?;
        for library in libraries
            .iter()
            .filter(|library| library.site_id == site.id)
        {
            let folder = files.folder(&folder, &library.name);
            let about = json!({
                "id": library.id, "name": library.name, "purpose": library.purpose,
                "created_at": library.created_at.to_string(),
            });
            files.whole(&format!("{folder}/library.json"), &pretty(&about)?)?;
            let vault = actor.realm().vault();
            content::write(
                &mut snapshot,
                vault,
                library.id,
                &folder,
                &mut files,
                &mut done,
            )
            .await?;
        }
    }
    files.whole("README.txt", readme(&done, proof.at()).as_bytes())?;
    let manifest = json!({ "format": "chancery-export 1", "files": files.manifest() });
    files.whole("manifest.json", &pretty(&manifest)?)?;
    Ok(done)
}

/// The export is in the journal before anything of it is read.
async fn say(actor: &Actor, organisation: Id<thing::Organisation>) -> Result<()> {
    let mut w = actor.write::<ExportOrganisation>(organisation).await?;
    let target = args![w.target()];
    let owner: OrganisationRow = w.one(ORGANISATION, target.clone()).await?;
    let sites: Vec<SiteRow> = w.all(SITES, target.clone()).await?;
    let libraries: Vec<LibraryRow> = w.all(LIBRARIES, target).await?;
    let event = OrganisationExported {
        organisation: owner.name,
    };
    for site in sites {
        let place = Place {
            site: Some(site.id),
            ..Place::NOWHERE
        };
        w.also(place, &event)?;
    }
    for library in libraries {
        let place = Place {
            site: Some(library.site_id),
            library: Some(library.id),
            ..Place::NOWHERE
        };
        w.also(place, &event)?;
    }
    w.commit(event).await
}

fn pretty(value: &serde_json::Value) -> Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value).map_err(crate::Error::unavailable)?;
    text.push(b'\n');
    Ok(text)
}

fn readme(done: &Exported, at: Time) -> String {
    format!(
        "Everything that {} owns, as it was at {at} (UTC).\n\n\
         sites/           a folder for each site and, in it, for each library:\n\
         \x20 documents/     the current version of each document, in its folders\n\
         \x20 versions/      the earlier versions, with ~v and their number after the name\n\
         \x20 recycle bin/   what was deleted and can be restored\n\
         \x20 *.jsonl        what is known of folders, documents, versions and check-outs; each version names its file\n\
         access/          people, organisations, teams, and who was given which role on what, from when until when\n\
         journal.jsonl    everything that happened on these sites, with its position and hash in the realm's journal\n\
         manifest.json    the size and the SHA-256 of every file\n\n\
         A .jsonl file has one JSON object on each line (https://jsonlines.org). Times are in UTC; an interval without\n\
         \"until_at\" has not ended. Names that some computers cannot save were changed; the .jsonl files have the true ones.\n\n\
         Somebody could read a library at a moment when, at that moment, their account was active, and a grant on the\n\
         library, or on its site where the library inherited, was given to them, to a team they were in, to their\n\
         organisation, or to everyone in the realm.\n\n\
         People of other organisations are named where they had access or did something. Who they are beyond their\n\
         name and organisation is not in this export. Nor are drafts, which are their authors' own.\n\n\
         {} files of content, {} bytes. {} versions of sealed documents are without their content.\n{}",
        done.organisation,
        done.contents,
        done.bytes,
        done.sealed,
        if done.damaged.is_empty() {
            String::new()
        } else {
            format!(
                "{} versions could not be read:\n{}\n",
                done.damaged.len(),
                done.damaged.join("\n")
            )
        }
    )
}
