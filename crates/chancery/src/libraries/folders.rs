//! Making folders, and giving folders and documents another name.

use super::edition::{Edition, as_expected};
use super::head::{folder_of, head_of, path_of};
use super::rules::{self, ItemName};
use super::selection::{chosen, with_ids};
use super::sql::{self, FolderPath, HoldRow, ItemFacts, OtherLibrary, TakenRow, padded};
use super::{
    CreateFolder, Destination, FolderCreated, ItemPage, ItemRenamed, LibraryHead, RenameItem,
    ViewDestinations, ViewItem,
};
use crate::kernel::{Action, Actor, Id, Queries, Time, Write, args, thing};
use crate::{Error, Result};

/// How many folders of a library [`destinations`] offers.
const FOLDERS_OFFERED: i64 = 2_000;
/// How many other libraries it offers.
const LIBRARIES_OFFERED: i64 = 1_000;

/// Makes a folder, in another or at the top of the library.
pub async fn create_folder(
    actor: &Actor,
    library: Id<thing::Library>,
    inside: Option<Id<thing::Folder>>,
    name: &str,
) -> Result<Id<thing::Folder>> {
    let mut w = actor.write::<CreateFolder>(library).await?;
    let me = actor.me()?;
    let name = rules::typed_name(name)?;
    let (library, at) = (w.target(), w.at());
    if let Some(inside) = inside {
        folder_of(&mut w, library, inside).await?;
    }
    if let Some(taken) = taken(&mut w, at, me, library, inside, &name).await? {
        return Err(Error::invalid("name", taken.says()));
    }
    let folder: Id<thing::Folder> = w.new_id();
    w.execute(
        sql::INSERT_FOLDER,
        args![
            folder,
            library,
            inside.map_or(0, Id::raw),
            &name.name,
            name.key,
            at,
            me
        ],
    )
    .await?;
    w.place_mut().item = Some(folder.item());
    w.commit(FolderCreated { folder: name.name }).await?;
    Ok(folder)
}

/// Makes a folder within another change of the library; whether its name is free is the database's to say.
pub(crate) async fn folder_within<A: Action>(
    w: &mut Write<A>,
    library: Id<thing::Library>,
    inside: i64,
    name: &ItemName,
) -> Result<Id<thing::Folder>> {
    let folder: Id<thing::Folder> = w.new_id();
    let (at, by) = (w.at(), w.by());
    w.execute(
        sql::INSERT_FOLDER,
        args![folder, library, inside, &name.name, &name.key, at, by],
    )
    .await?;
    Ok(folder)
}

/// Gives a folder or document another name. Its address stays, and so do the kinds of its versions.
pub async fn rename(actor: &Actor, item: Id<thing::Item>, name: &str) -> Result<()> {
    let mut w = actor.write::<RenameItem>(item).await?;
    let me = actor.me()?;
    let name = rules::typed_name(name)?;
    let item = w.target();
    let library = w.standing().place.library.ok_or(Error::NotFound)?;
    // Names are given out one at a time in a library.
    w.lock(library).await?;
    let at = w.at();
    as_expected(&mut w, item).await?;
    let before: ItemFacts = w.one(sql::ITEM, args![item, library]).await?;
    let holder: Option<HoldRow> = w.first(sql::HELD_BY_ANOTHER, args![at, me, item]).await?;
    if let Some(hold) = holder {
        return Err(Error::CheckedOut {
            by: hold.holder,
            since: hold.since,
        });
    }
    let other = taken(&mut w, at, me, library, before.folder_id, &name).await?;
    if let Some(other) = other.filter(|other| other.id != item) {
        return Err(Error::invalid("name", other.says()));
    }
    let kind = if before.is_document {
        rules::media_type(&name.name)
    } else {
        String::new()
    };
    let changed = w
        .execute(sql::RENAME, args![item, &name.name, name.key, kind])
        .await?;
    if changed == 0 {
        return Err(Error::NotFound);
    }
    w.commit(ItemRenamed {
        before: before.name,
        after: name.name,
    })
    .await
}

/// One folder or document by itself.
pub async fn item(actor: &Actor, item: Id<thing::Item>) -> Result<ItemPage> {
    let mut proof = actor.read::<ViewItem>(item).await?;
    let head = head_of(&mut proof).await?;
    let facts: ItemFacts = proof.one(sql::ITEM, args![proof.target(), head.id]).await?;
    Ok(ItemPage {
        path: path_of(&mut proof, head.id, facts.folder_id).await?,
        edition: Edition::of(
            facts.version,
            &facts.name,
            head.id,
            facts.folder_id,
            false,
            facts.filled,
        ),
        id: item,
        name: facts.name,
        is_document: facts.is_document,
        head,
    })
}

/// Where these things of this library can be moved to: its top and its folders (but for those that are
/// moved, and what is in them), then the top of every other library to which this person may add.
pub async fn destinations(
    actor: &Actor,
    library: Id<thing::Library>,
    moving: &[Id<thing::Item>],
) -> Result<Vec<Destination>> {
    let without = padded(&chosen(moving)?);
    let mut proof = actor.read::<ViewDestinations>(library).await?;
    let me = actor.me()?;
    let LibraryHead { site, id, name, .. } = head_of(&mut proof).await?;
    let here = |folder: Option<FolderPath>| Destination {
        library: id,
        site: site.line.name.clone(),
        library_name: name.clone(),
        folder: folder.as_ref().map(|folder| folder.id),
        path: folder.map(|folder| folder.path).unwrap_or_default(),
    };
    let mut folders: Vec<FolderPath> = proof
        .all(
            &sql::folders(without.len()),
            with_ids(args![id, FOLDERS_OFFERED], &without),
        )
        .await?;
    // The engines order text differently; the page orders it one way.
    folders.sort_by(|one, other| (&one.path_key, one.id).cmp(&(&other.path_key, other.id)));
    let mut all = vec![here(None)];
    all.extend(folders.into_iter().map(|folder| here(Some(folder))));
    let mut others: Vec<OtherLibrary> = proof
        .all(
            sql::OTHER_LIBRARIES,
            args![proof.at(), me, id, LIBRARIES_OFFERED],
        )
        .await?;
    others.sort_by(|one, other| {
        (&one.site_key, &one.name_key, one.id).cmp(&(&other.site_key, &other.name_key, other.id))
    });
    all.extend(others.into_iter().map(|other| Destination {
        library: other.id,
        site: other.site,
        library_name: other.name,
        folder: None,
        path: String::new(),
    }));
    Ok(all)
}

/// Who has a name in a folder.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) id: Id<thing::Item>,
    pub(crate) is_document: bool,
    pub(crate) name: String,
    /// Whether the person who asks may know of it.
    pub(crate) known: bool,
}

impl Taken {
    /// A sentence for the page, that tells nothing of what the person may not know of.
    pub(crate) fn says(&self) -> String {
        let name = rules::shown(&self.name);
        match (self.known, self.is_document) {
            (true, true) => {
                format!("There is already a document called “{name}” here. Enter another name")
            }
            (true, false) => {
                format!("There is already a folder called “{name}” here. Enter another name")
            }
            (false, _) => "This name cannot be used here. Enter another name".to_owned(),
        }
    }
}

/// Who has this name in this folder of the library, if anybody has. One query.
pub(crate) async fn taken(
    proof: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &ItemName,
) -> Result<Option<Taken>> {
    let row: Option<TakenRow> = proof
        .first(
            sql::TAKEN,
            args![at, me, library, folder.map_or(0, Id::raw), &name.key],
        )
        .await?;
    Ok(row.map(|row| Taken {
        id: row.id,
        is_document: row.is_document,
        name: row.name,
        known: row.known,
    }))
}
