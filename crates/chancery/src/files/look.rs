//! What there is at an address, and what is in it.

use std::collections::HashMap;
use std::sync::Arc;

use super::guard::{line, said};
use super::sql::{
    self, ChildRow, DraftRow, FoundRow, LibraryRow, LockRow, ScrapRow, SiteRow, SpotRow,
};
use super::{Address, Entry, LockLine, Looked, Property, Spot, ViewFiles, What};
use crate::kernel::{Actor, Arg, Id, Queries as _, Read, Role, Scope, Time, args, thing};
use crate::libraries::rules::media_type;
use crate::people::text::name_key;
use crate::{Error, Result};

/// How many lines of a folder are read at a time.
const PAGE: u64 = 1_000;
/// The same where what programs said of each comes along, which may be 64 KiB.
const PAGE_WITH_PROPERTIES: u64 = 200;

/// A site's or library's name in an address: what would be a folder in a folder there is written another way.
pub fn in_address(name: &str) -> String {
    name.replace('/', "\u{2215}")
}

fn place_key(name: &str) -> String {
    name_key(&name.replace('\u{2215}', "/"))
}

/// What there is at this address for this person: one statement. [`Error::NotFound`] where they may not
/// know of the site or the library.
pub async fn look(actor: &Actor, address: &Address) -> Result<Looked> {
    let mut scope = actor.scope()?;
    actor.me()?;
    let looked = |spot, what| Looked {
        address: address.clone(),
        spot,
        what,
    };
    let (site, library, names) = match address.names() {
        [] => return Ok(looked(None, What::Realm)),
        [site] => {
            let row: SiteRow = scope.one(sql::SITE, args![place_key(site)]).await?;
            return Ok(looked(None, What::Site(row.name)));
        }
        [site, library, names @ ..] => (site, library, names),
    };
    if address.names().len() > Address::DEEPEST {
        return Err(Error::NotFound);
    }
    let mut args = args![place_key(site), place_key(library)];
    args.extend(names.iter().map(|name| Arg::from(name_key(name))));
    let text = sql::found(names.len());
    let Some(name) = names.last() else {
        let row: SpotRow = scope.one(&text, args).await?;
        let spot = Spot {
            library: row.library_id,
            library_name: row.library_name,
            folder: None,
            name: String::new(),
            role: Role::from_level(row.role).ok_or(Error::NotFound)?,
        };
        return Ok(looked(Some(spot), What::Library));
    };
    let row: FoundRow = scope.one(&text, args).await?;
    let spot = Spot {
        library: row.library_id,
        library_name: row.library_name.clone(),
        folder: row.parent_id.filter(|id| *id != 0).map(Id::from_raw),
        name: name.clone(),
        role: Role::from_level(row.role).ok_or(Error::NotFound)?,
    };
    Ok(looked(Some(spot), row.what()?))
}

impl FoundRow {
    fn what(self) -> Result<What> {
        if self.parent_id.is_none() {
            return Ok(What::Nowhere);
        }
        if let (Some(id), Some(name), Some(size), Some(made_at)) = (
            self.scrap_id,
            &self.scrap_name,
            self.scrap_size,
            self.scrap_made_at,
        ) {
            let row = ScrapRow {
                id,
                name: name.clone(),
                size,
                made_at,
                item_id: self.scrap_item.unwrap_or(0),
            };
            return Ok(What::Scrap(scrap(row)));
        }
        let Some(id) = self.id else {
            return Ok(What::Nothing);
        };
        let missing = || Error::unavailable("an item without its facts");
        let is_folder = !self.is_document.ok_or_else(missing)?;
        let mut entry = Entry {
            id,
            name: self.name.ok_or_else(missing)?,
            is_folder,
            created_at: self.created_at.ok_or_else(missing)?,
            changed_at: self.changed_at.ok_or_else(missing)?,
            size: self.size.ok_or_else(missing)?,
            media_type: self.media_type.unwrap_or_default(),
            etag: self.version_id.map(tag).unwrap_or_default(),
            draft: false,
            stands_for: None,
            locks: Vec::new(),
            properties: Vec::new(),
        };
        if let (Some(draft), Some(size), Some(at)) =
            (self.draft_id, self.draft_size, self.draft_saved_at)
        {
            entry.show_draft(draft, size, at);
        }
        Ok(match (is_folder, self.aside) {
            (true, _) => What::Folder(entry),
            (false, true) => What::Aside(entry),
            (false, false) => What::Document(entry),
        })
    }
}

/// A strong entity tag of what never changes.
pub(super) fn tag<T>(id: Id<T>) -> String {
    format!("\"{id}\"")
}

impl Entry {
    fn show_draft(&mut self, draft: Id<thing::Draft>, size: u64, saved_at: Time) {
        self.etag = tag(draft);
        self.size = size;
        self.changed_at = saved_at;
        self.draft = true;
    }
}

fn scrap(row: ScrapRow) -> Entry {
    Entry {
        id: row.id,
        media_type: media_type(&row.name),
        name: row.name,
        is_folder: false,
        created_at: row.made_at,
        changed_at: row.made_at,
        size: row.size,
        etag: tag(row.id),
        draft: false,
        stands_for: (row.item_id > 0).then(|| Id::from_raw(row.item_id)),
        locks: Vec::new(),
        properties: Vec::new(),
    }
}

/// The sites, or the libraries of a site, each with when it was opened. They are few, and come at once.
pub async fn places(actor: &Actor, site: Option<&str>) -> Result<Vec<(String, Time)>> {
    let mut scope: Scope = actor.scope()?;
    let mut places: Vec<(String, Time)> = match site {
        None => {
            let rows: Vec<SiteRow> = scope.all(sql::SITES, args![]).await?;
            rows.into_iter()
                .map(|row| (row.name, row.created_at))
                .collect()
        }
        Some(site) => {
            let rows: Vec<LibraryRow> = scope.all(sql::LIBRARIES, args![place_key(site)]).await?;
            rows.into_iter()
                .map(|row| (row.name, row.created_at))
                .collect()
        }
    };
    // Those that share a name share an address.
    places.dedup_by(|one, other| name_key(&one.0) == name_key(&other.0));
    Ok(places)
}

/// What is asked about the things in a listing, besides their facts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// What covers them.
    pub locks: bool,
    /// What programs said of them.
    pub properties: bool,
}

/// What covers a thing, and what was said of it.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// Its locks, and those above it that cover it.
    pub locks: Vec<Arc<LockLine>>,
    /// What programs said of it.
    pub properties: Vec<Property>,
}

/// What is to be known of the thing itself: at most two statements after the decision.
pub async fn about(actor: &Actor, looked: &Looked, wanted: Wanted) -> Result<About> {
    let Some(spot) = &looked.spot else {
        return Ok(About::default());
    };
    let mut proof = actor.read::<ViewFiles>(spot.library).await?;
    let me = actor.me()?;
    let at = proof.at();
    let target = match (&looked.what, looked.entry()) {
        (What::Library, _) => 0,
        (What::Scrap(_), _) | (_, None) => return Ok(About::default()),
        (_, Some(entry)) => entry.id.raw(),
    };
    let mut about = About::default();
    if wanted.locks {
        let rows: Vec<LockRow> = proof
            .all(sql::COVER, args![at, target, spot.library])
            .await?;
        about.locks = rows
            .into_iter()
            .filter(|row| row.distance == 0 || row.deep)
            .map(|row| Arc::new(line(row, me, at)))
            .collect();
    }
    if wanted.properties {
        let target = if target == 0 {
            spot.library.raw()
        } else {
            target
        };
        let row: Option<(String,)> = proof.first(sql::SAID, args![target]).await?;
        about.properties = row
            .map(|(text,)| said(&text))
            .transpose()?
            .unwrap_or_default();
    }
    Ok(about)
}

/// How many bytes the documents of the library have that this person may know of.
pub async fn used(actor: &Actor, library: Id<thing::Library>) -> Result<u64> {
    let mut proof = actor.read::<ViewFiles>(library).await?;
    let (at, me, target) = (proof.at(), actor.me()?, proof.target());
    let (used,): (u64,) = proof.one(sql::USED, args![at, me, target]).await?;
    Ok(used)
}

/// What is in a folder or library, read a page at a time: folders, then documents, each by name, and then
/// what the person put beside them. The number of statements for a page is the same whatever it shows.
pub struct Children {
    proof: Read<ViewFiles>,
    me: Id<thing::Person>,
    folder: i64,
    wanted: Wanted,
    locked: bool,
    /// One of each, however many things it covers.
    above: Vec<Arc<LockLine>>,
    drafts: HashMap<i64, DraftRow>,
    stage: Stage,
    after: (String, i64),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Folders,
    Documents,
    Scraps,
    Done,
}

/// Begins to list what is in the folder or library that was found.
pub async fn children(
    actor: &Actor,
    looked: &Looked,
    wanted: Wanted,
    above: &[Arc<LockLine>],
) -> Result<Children> {
    let (Some(spot), folder) = (
        &looked.spot,
        match &looked.what {
            What::Library => 0,
            What::Folder(entry) => entry.id.raw(),
            _ => return Err(Error::NotFound),
        },
    ) else {
        return Err(Error::NotFound);
    };
    let mut proof = actor.read::<ViewFiles>(spot.library).await?;
    let (at, me, library) = (proof.at(), actor.me()?, proof.target());
    let any_lock = if wanted.locks {
        let any: Option<(i64,)> = proof.first(sql::ANY_LOCK, args![at, library]).await?;
        any.is_some()
    } else {
        false
    };
    let drafts: Vec<DraftRow> = proof
        .all(sql::MY_DRAFTS, args![at, me, library, folder])
        .await?;
    Ok(Children {
        proof,
        me,
        folder,
        wanted,
        locked: any_lock,
        above: above
            .iter()
            .filter(|lock| lock.deep)
            .map(|lock| {
                Arc::new(LockLine {
                    above: lock.above + 1,
                    ..LockLine::clone(lock)
                })
            })
            .collect(),
        drafts: drafts
            .into_iter()
            .map(|row| (row.document_id, row))
            .collect(),
        stage: Stage::Folders,
        after: (String::new(), 0),
    })
}

impl Children {
    /// The next page; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<Entry>>> {
        match self.stage {
            Stage::Done => Ok(None),
            Stage::Scraps => {
                self.stage = Stage::Done;
                let (at, library) = (self.proof.at(), self.proof.target());
                let rows: Vec<ScrapRow> = self
                    .proof
                    .all(sql::MY_SCRAPS, args![at, self.me, library, self.folder])
                    .await?;
                Ok(Some(rows.into_iter().map(scrap).collect()))
            }
            stage => self.page(stage == Stage::Documents).await.map(Some),
        }
    }

    async fn page(&mut self, documents: bool) -> Result<Vec<Entry>> {
        let (at, library) = (self.proof.at(), self.proof.target());
        let (key, id) = std::mem::take(&mut self.after);
        let most = if self.wanted.properties {
            PAGE_WITH_PROPERTIES
        } else {
            PAGE
        };
        let rows: Vec<ChildRow> = self
            .proof
            .all(
                &sql::children(documents, self.wanted.properties),
                args![at, self.me, library, self.folder, &key, id, most],
            )
            .await?;
        let locks = self.locks(&rows).await?;
        if (rows.len() as u64) < most {
            self.stage = if documents {
                Stage::Scraps
            } else {
                Stage::Documents
            };
        } else if let Some(last) = rows.last() {
            self.after = (last.name_key.clone(), last.id.raw());
        }
        let mut entries = Vec::with_capacity(rows.len());
        let mut by_target: HashMap<i64, Vec<Arc<LockLine>>> = HashMap::new();
        for row in locks {
            let target = row.target_id;
            by_target
                .entry(target)
                .or_default()
                .push(Arc::new(line(row, self.me, at)));
        }
        for row in rows {
            let mut entry = Entry {
                id: row.id,
                name: row.name,
                is_folder: !documents,
                created_at: row.created_at,
                changed_at: row.changed_at,
                size: row.size,
                media_type: row.media_type,
                etag: row.version_id.map(tag).unwrap_or_default(),
                draft: false,
                stands_for: None,
                locks: by_target.remove(&row.id.raw()).unwrap_or_default(),
                properties: row
                    .properties
                    .map(|text| said(&text))
                    .transpose()?
                    .unwrap_or_default(),
            };
            entry.locks.extend(self.above.iter().cloned());
            if let Some(draft) = self.drafts.get(&entry.id.raw()) {
                entry.show_draft(draft.id, draft.size, draft.saved_at);
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    async fn locks(&mut self, rows: &[ChildRow]) -> Result<Vec<LockRow>> {
        let (Some(first), Some(last), true) = (rows.first(), rows.last(), self.locked) else {
            return Ok(Vec::new());
        };
        let (at, library) = (self.proof.at(), self.proof.target());
        let args = args![at, library, self.folder, &first.name_key, &last.name_key];
        self.proof.all(sql::CHILD_LOCKS, args).await
    }
}
