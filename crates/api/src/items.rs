//! What is in a library: lists, folders, names, moving, the recycle bin.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use chancery::kernel::{Id, Role, thing};
use chancery::libraries::{self, BinLine, Held, ItemLine, Listing, Sort, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::columns::{Property, filters};
use crate::documents::made;
use crate::problem::{Answer, Problem};
use crate::routes::routes;
use crate::schema::{self, Moment, Named as NamedThing};
use crate::{Asked, Body, Caller, Named, Page, Tagged};

routes! { list, create_folder, item, rename, delete_item, move_items, delete_items, bin, restore_items }

/// What is asked of a library: which of its items, in which order, from where.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Asking {
    /// In this folder; at the top of the library for none.
    #[param(value_type = Option<schema::Id>)]
    folder: Option<Id<thing::Folder>>,
    /// Whose names contain this: everything below the folder is looked through.
    find: Option<String>,
    /// By `name`, when it `changed`, its `size`, whom it was changed `by`, its `kind`, its `version`, or the id of a column of
    /// the library. Folders come before documents; documents that say nothing come last.
    #[param(example = "name")]
    sort: Option<String>,
    /// The other way round.
    descending: Option<bool>,
    /// Only documents that are `checked-out`, or that I have checked out (`mine`).
    #[param(value_type = Option<DocumentState>, inline)]
    state: Option<String>,
    /// Only documents changed at this moment or later.
    changed_since: Option<Moment>,
    /// Only documents changed before this moment.
    changed_until: Option<Moment>,
    /// Everything below the folder, without the folders themselves.
    flat: Option<bool>,
    /// Only documents of which all of this is true: a list in JSON of `on` (the id of a column, or `changed`, `by`, `kind`,
    /// `held-by`, `publishing`), `test` (`is`, `contains`, `starts`, `from`, `to`, `none`, or `days`) and `value`. Where the library requires
    /// publishing, `publishing` `is` `drafts` (not published, or with newer drafts) or `waiting` (for approval): of readers, nothing.
    #[param(example = r#"[{"on":"kind","test":"is","value":"pdf"}]"#)]
    filters: Option<String>,
    /// With what the columns of the library say of each document.
    properties: Option<bool>,
    /// Of a list as a file: `version`, `size`, `changed`, `by`, `kind` and ids of columns, with commas between. All for none.
    pub(crate) columns: Option<String>,
    /// How many lines a page has.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// Which documents a list shows.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "kebab-case")]
#[allow(
    dead_code,
    reason = "it stands in the document for the names of chancery's own"
)]
enum DocumentState {
    Any,
    CheckedOut,
    Mine,
}

impl Asking {
    pub(crate) fn listing(self) -> Answer<Listing> {
        let sort = match self.sort.as_deref() {
            None => Sort::default(),
            Some(name) => Sort::from_name(name).ok_or_else(|| {
                Problem::field(
                    "sort",
                    "Send name, changed, size, by, kind, version or the id of a column",
                )
            })?,
        };
        let state = match self.state.as_deref() {
            None => State::default(),
            Some(name) => State::from_name(name)
                .ok_or_else(|| Problem::field("state", "Send any, checked-out or mine"))?,
        };
        if self.limit == Some(0) || self.limit.is_some_and(|limit| limit > 200) {
            return Err(Problem::field("limit", "Send a number from 1 to 200"));
        }
        Ok(Listing {
            folder: self.folder,
            find: self.find.unwrap_or_default(),
            sort,
            descending: self.descending == Some(true),
            state,
            changed_since: self.changed_since.map(|moment| moment.0),
            changed_until: self.changed_until.map(|moment| moment.0),
            flat: self.flat == Some(true),
            filters: filters(self.filters.as_deref())?,
            properties: self.properties == Some(true),
            after: self.after,
            limit: self.limit.unwrap_or_default(),
        })
    }
}

/// A folder or document in a list.
#[derive(Debug, Serialize, ToSchema)]
struct Item {
    /// Which.
    #[schema(value_type = schema::Id)]
    id: String,
    /// `document` or `folder`.
    kind: ItemKind,
    /// Its name.
    name: String,
    /// The number of its current version; 0 for a folder.
    version: u64,
    /// What that version is called where publishing is required: "2.0", or "2.1" for a draft.
    label: Option<String>,
    /// What the next draft will be called, where publishing is required and you may change the library.
    next_label: Option<String>,
    /// The size of its current version, in bytes; 0 for a folder.
    size: u64,
    /// What kind of content it is (RFC 6838); empty for a folder.
    media_type: String,
    /// When its current version was published; when a folder was made.
    changed_at: Moment,
    /// Who did that.
    changed_by: String,
    /// Who has it checked out.
    held: Option<HeldBy>,
    /// Its protective marking.
    marking: Option<String>,
    /// You cannot open it for now: a version has yet to be read, or an assurance officer has to decide.
    sealed: bool,
    /// Why: `being_read` for a moment, `held` (only its author can open it) or `sealed`; none where it is open.
    #[schema(example = "sealed")]
    closing: Option<&'static str>,
    /// Why only you can open it, who made it: `being_read` for a moment, or `held`; none where others can open it too, or you cannot.
    #[schema(example = "being_read")]
    mine_alone: Option<&'static str>,
    /// For a folder: how many documents are directly in it.
    inside: u64,
    /// When something was looked for: the folders it is in, empty at the top.
    found_in: Option<String>,
    /// What the columns of the library say of it, where that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<Property>,
}

/// A folder or a document.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum ItemKind {
    Document,
    Folder,
}

impl ItemKind {
    fn of(is_document: bool) -> Self {
        if is_document {
            Self::Document
        } else {
            Self::Folder
        }
    }
}

/// Who has a document checked out, in a list.
#[derive(Debug, Serialize, ToSchema)]
struct HeldBy {
    /// The holder.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Their name.
    name: String,
    /// When they took it.
    since: Moment,
    /// When their hold ends unless they renew it.
    until: Moment,
    /// Whether that is the person who asks.
    mine: bool,
}

impl From<ItemLine> for Item {
    fn from(line: ItemLine) -> Self {
        Self {
            id: line.id.to_string(),
            kind: ItemKind::of(line.is_document),
            name: line.name,
            version: line.version,
            label: line.label.map(|(label, _)| label),
            next_label: line.next_label,
            size: line.size,
            media_type: line.media_type,
            changed_at: line.changed_at.into(),
            changed_by: line.changed_by,
            held: line.held.map(HeldBy::from),
            marking: line.marking,
            sealed: line.sealed,
            closing: line.closing.map(chancery::libraries::Closing::name),
            mine_alone: line.mine_alone.map(chancery::libraries::Closing::name),
            inside: line.inside,
            found_in: line.where_,
            properties: line.properties.into_iter().map(Property::from).collect(),
        }
    }
}

impl From<Held> for HeldBy {
    fn from(held: Held) -> Self {
        Self {
            id: held.by.to_string(),
            name: held.name,
            since: held.since.into(),
            until: held.until.into(),
            mine: held.mine,
        }
    }
}

/// What is in a library: a folder, or everything below it that fits what is looked for
#[utoipa::path(get, path = "/libraries/{id}/items", tag = "items", operation_id = "items",
    params(("id" = schema::Id, Path, description = "The library"), Asking),
    responses((status = 200, body = Page<Item>)))]
async fn list(
    caller: Caller,
    Named(library): Named<Id<thing::Library>>,
    Asked(asking): Asked<Asking>,
) -> Answer<Page<Item>> {
    let page = libraries::list(&caller.actor, library, &asking.listing()?).await?;
    Ok(Page {
        items: page.items.into_iter().map(Item::from).collect(),
        next: page.next,
    })
}

/// A folder that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewFolder {
    /// Its name.
    #[schema(example = "Returns 2026", max_length = 255)]
    name: String,
    /// The folder that it is in; at the top of the library for none.
    #[serde(default)]
    #[schema(value_type = Option<schema::Id>)]
    inside: Option<Id<thing::Folder>>,
}

/// A folder that was made.
#[derive(Debug, Serialize, ToSchema)]
struct MadeFolder {
    /// The folder.
    #[schema(value_type = schema::Id)]
    id: String,
}

/// Make a folder
#[utoipa::path(post, path = "/libraries/{id}/folders", tag = "items", operation_id = "createFolder",
    params(("id" = schema::Id, Path, description = "The library")),
    request_body = NewFolder,
    responses((status = 201, description = "Made", body = MadeFolder,
        headers(("Location" = String, description = "The folder")))))]
async fn create_folder(
    caller: Caller,
    Named(library): Named<Id<thing::Library>>,
    Body(new): Body<NewFolder>,
) -> Answer<Response> {
    let folder = libraries::create_folder(&caller.actor, library, new.inside, &new.name).await?;
    let body = MadeFolder {
        id: folder.to_string(),
    };
    Ok(made(&format!("/items/{folder}"), body))
}

/// A folder or document by itself, and where it is.
#[derive(Debug, Serialize, ToSchema)]
struct ItemPlace {
    /// Which.
    #[schema(value_type = schema::Id)]
    id: String,
    /// `document` or `folder`.
    kind: ItemKind,
    /// Its name.
    name: String,
    /// The site that it is on.
    site: NamedThing,
    /// The library that it is in.
    library: NamedThing,
    /// The folders that it is in, from the top of the library.
    folders: Vec<NamedThing>,
    /// This person's role on the library, as far as the token reaches.
    role: Option<String>,
}

/// A folder or document, and where it is
///
/// The `ETag` is expected by `If-Match` of whatever changes it: the part before the dot is its edition, which is
/// another one as soon as its name or place is, or the version of a document.
#[utoipa::path(get, path = "/items/{id}", tag = "items", operation_id = "item",
    params(("id" = schema::Id, Path, description = "The folder or document")),
    responses(
        (status = 200, body = ItemPlace, headers(("ETag" = String, description = "Its edition, and how this answer describes it"))),
        (status = 304, description = "`If-None-Match` has it already")))]
async fn item(caller: Caller, Named(id): Named<Id<thing::Item>>) -> Answer<Tagged<ItemPlace>> {
    let page = libraries::item(&caller.actor, id).await?;
    let edition = page.edition.as_str().to_owned();
    let body = ItemPlace {
        id: page.id.to_string(),
        kind: ItemKind::of(page.is_document),
        name: page.name,
        site: NamedThing::new(page.head.site.line.id, page.head.site.line.name),
        library: NamedThing::new(page.head.id, page.head.name),
        folders: page
            .path
            .into_iter()
            .map(|(id, name)| NamedThing::new(id, name))
            .collect(),
        role: page.head.role.map(|role| Role::name(role).to_owned()),
    };
    Ok(Tagged { edition, body })
}

/// Another name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewName {
    /// The name.
    #[schema(example = "Minutes of March.docx", max_length = 255)]
    name: String,
}

/// Give a folder or document another name; its address stays
#[utoipa::path(patch, path = "/items/{id}", tag = "items", operation_id = "rename",
    params(("id" = schema::Id, Path, description = "The folder or document"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the folder or document as it was seen")),
    request_body = NewName,
    responses((status = 204, description = "Renamed")))]
async fn rename(
    caller: Caller,
    Named(id): Named<Id<thing::Item>>,
    Body(new): Body<NewName>,
) -> Answer<StatusCode> {
    libraries::rename(&caller.actor, id, &new.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put a folder or document in the recycle bin, with everything in it
#[utoipa::path(delete, path = "/items/{id}", tag = "items", operation_id = "deleteItem",
    params(("id" = schema::Id, Path, description = "The folder or document"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the folder or document as it was seen")),
    responses((status = 204, description = "In the recycle bin")))]
async fn delete_item(caller: Caller, Named(id): Named<Id<thing::Item>>) -> Answer<StatusCode> {
    let library = libraries::item(&caller.actor, id).await?.head.id;
    libraries::bin(&caller.actor, library, &[id]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Folders and documents of one library.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Chosen {
    /// Which.
    #[schema(value_type = Vec<schema::Id>, min_items = 1, max_items = 1000)]
    items: Vec<Id<thing::Item>>,
}

/// Folders and documents of one library, and where they are moved to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Moving {
    /// Which.
    #[schema(value_type = Vec<schema::Id>, min_items = 1, max_items = 1000)]
    items: Vec<Id<thing::Item>>,
    /// The library; it may be the same.
    #[schema(value_type = schema::Id)]
    to: Id<thing::Library>,
    /// The folder; the top of the library for none.
    #[serde(default)]
    #[schema(value_type = Option<schema::Id>)]
    folder: Option<Id<thing::Folder>>,
}

/// How many of what was chosen.
#[derive(Debug, Serialize, ToSchema)]
struct Count {
    /// How many.
    count: u64,
}

/// Move folders and documents to another folder or library; their addresses stay
///
/// In another library everything is seen by those who can see that library, and by nobody else. `If-Match` is for one
/// folder or document at a time.
#[utoipa::path(post, path = "/libraries/{id}/move", tag = "items", operation_id = "moveItems",
    params(("id" = schema::Id, Path, description = "The library that they are in"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the one folder or document as it was seen")),
    request_body = Moving,
    responses((status = 200, description = "Moved; what is there already does not count", body = Count)))]
async fn move_items(
    caller: Caller,
    Named(library): Named<Id<thing::Library>>,
    Body(moving): Body<Moving>,
) -> Answer<Json<Count>> {
    let Moving { items, to, folder } = moving;
    let count = libraries::relocate(&caller.actor, library, &items, to, folder).await?;
    Ok(Json(Count { count }))
}

/// Put folders and documents in the recycle bin, with everything in them
#[utoipa::path(post, path = "/libraries/{id}/delete", tag = "items", operation_id = "deleteItems",
    params(("id" = schema::Id, Path, description = "The library that they are in"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the one folder or document as it was seen")),
    request_body = Chosen,
    responses((status = 200, description = "In the recycle bin", body = Count)))]
async fn delete_items(
    caller: Caller,
    Named(library): Named<Id<thing::Library>>,
    Body(chosen): Body<Chosen>,
) -> Answer<Json<Count>> {
    let count = libraries::bin(&caller.actor, library, &chosen.items).await?;
    Ok(Json(Count { count }))
}

/// Where the list of a recycle bin goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct BinOnwards {
    /// The `next` of the page before.
    after: Option<String>,
}

/// Something in the recycle bin.
#[derive(Debug, Serialize, ToSchema)]
struct BinnedItem {
    /// Which.
    #[schema(value_type = schema::Id)]
    id: String,
    /// `document` or `folder`.
    kind: ItemKind,
    /// Its name.
    name: String,
    /// When it was deleted.
    binned_at: Moment,
    /// Who deleted it.
    binned_by: String,
    /// The organisation they were of then; empty for the console.
    binned_by_organisation: String,
    /// The folders that it was in, empty for the top of the library.
    was_in: String,
    /// For a folder: how many documents its deletion took along.
    inside: u64,
    /// When it goes for good, as the rules are now; none while it is under legal hold.
    goes_at: Option<Moment>,
    /// It, or a document in it, is under legal hold.
    legally_held: bool,
}

impl From<BinLine> for BinnedItem {
    fn from(line: BinLine) -> Self {
        Self {
            id: line.id.to_string(),
            kind: ItemKind::of(line.is_document),
            name: line.name,
            binned_at: line.binned_at.into(),
            binned_by: line.binned_by.name,
            binned_by_organisation: line.binned_by.organisation,
            was_in: line.was_in,
            inside: line.inside,
            goes_at: line.goes_at.map(Moment::from),
            legally_held: line.held,
        }
    }
}

/// A library's recycle bin, what was deleted last first
#[utoipa::path(get, path = "/libraries/{id}/bin", tag = "items", operation_id = "bin",
    params(("id" = schema::Id, Path, description = "The library"), BinOnwards),
    responses((status = 200, body = Page<BinnedItem>)))]
async fn bin(
    caller: Caller,
    Named(library): Named<Id<thing::Library>>,
    Asked(from): Asked<BinOnwards>,
) -> Answer<Page<BinnedItem>> {
    let page = libraries::bin_list(&caller.actor, library, from.after.as_deref()).await?;
    Ok(Page {
        items: page.items.into_iter().map(BinnedItem::from).collect(),
        next: page.next,
    })
}

/// Bring folders and documents back from the recycle bin
///
/// Something whose folder is gone comes back at the top of the library; something whose name is taken
/// meanwhile comes back as "Name (restored)".
#[utoipa::path(post, path = "/libraries/{id}/restore", tag = "items", operation_id = "restoreItems",
    params(("id" = schema::Id, Path, description = "The library"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the one folder or document as it was seen")),
    request_body = Chosen,
    responses((status = 200, description = "Brought back", body = Count)))]
async fn restore_items(
    caller: Caller,
    Named(library): Named<Id<thing::Library>>,
    Body(chosen): Body<Chosen>,
) -> Answer<Json<Count>> {
    let count = libraries::restore(&caller.actor, library, &chosen.items).await?;
    Ok(Json(Count { count }))
}
