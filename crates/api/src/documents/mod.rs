//! Documents: their facts and versions, their content, and the work that one person at a time does on them.

mod content;
mod origins;
mod reading;
mod work;

pub(crate) use content::made;

use chancery::documents::{self, Can, DocumentPage, DraftLine, Holding, VersionLine};
use chancery::kernel::thing;
use chancery::libraries::Closing;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::{Answer, Problem};
use crate::routes::{Api, routes};
use crate::schema::{Doer, Id, Moment, Named as NamedThing, Person};
use crate::{Asked, Caller, Named, Page, Tagged};

routes! { facts, versions }

/// Adds every address of documents.
pub(crate) fn add_all(
    router: utoipa_axum::router::OpenApiRouter<Api>,
) -> utoipa_axum::router::OpenApiRouter<Api> {
    origins::add(reading::add(work::add(content::add(add(router)))))
}

/// A document: its facts, who holds it, and what this person may do.
#[derive(Debug, Serialize, ToSchema)]
struct Document {
    /// The document.
    #[schema(value_type = Id)]
    id: String,
    /// Its name.
    #[schema(example = "Agenda.docx")]
    name: String,
    /// Another one as soon as its version, name or place is: the part of the `ETag` before the dot.
    edition: String,
    /// What kind of content it is (RFC 6838), from its name.
    #[schema(example = "application/pdf")]
    media_type: String,
    /// The size of its current version, in bytes.
    size: u64,
    /// The number of its current version.
    #[schema(minimum = 1)]
    version: u64,
    /// What that version is called: its number, or where publishing is required "2.0", or "2.1" for a draft.
    #[schema(example = "2.1")]
    label: String,
    /// What the next draft will be called, where publishing is required and you may change it.
    #[schema(example = "2.2")]
    next_label: Option<String>,
    /// The site that it is on.
    site: NamedThing,
    /// The library that it is in.
    library: NamedThing,
    /// The folders that it is in, from the top of the library.
    folders: Vec<NamedThing>,
    /// When it was added.
    created_at: Moment,
    /// Who added it.
    created_by: Doer,
    /// When its current version was published.
    changed_at: Moment,
    /// Who published it.
    changed_by: Doer,
    /// Its protective marking.
    marking: Option<String>,
    /// Why only you can open it, who made it: `being_read` for a moment, or `held`; none where others can open it too.
    #[schema(example = "being_read")]
    mine_alone: Option<&'static str>,
    /// When it is in the recycle bin.
    binned: Option<Binned>,
    /// Who has it checked out.
    held: Option<Held>,
    /// This person's own unpublished work on it.
    draft: Option<Draft>,
    /// How many people have opened or downloaded it: for its owners.
    readers: Option<u64>,
    /// It is under legal hold: nobody can delete it or move it to another library.
    legally_held: bool,
    /// Until when a retention rule keeps it from going for good.
    kept_until: Option<Moment>,
    /// When it goes for good, where it is in the recycle bin and not held.
    goes_at: Option<Moment>,
    /// What this person, by this token, may do.
    can: Abilities,
}

/// Since when something is in the recycle bin, and who put it there.
#[derive(Debug, Serialize, ToSchema)]
struct Binned {
    /// When.
    at: Moment,
    /// Who.
    by: Doer,
}

/// Who has a document checked out.
#[derive(Debug, Serialize, ToSchema)]
struct Held {
    /// The holder.
    by: Person,
    /// When they took it.
    since: Moment,
    /// When their hold ends unless they renew it.
    until: Moment,
    /// What they said they are doing; may be empty.
    note: String,
    /// Whether that is the person who asks.
    mine: bool,
}

/// One's own unpublished work.
#[derive(Debug, Serialize, ToSchema)]
struct Draft {
    /// When it was saved.
    saved_at: Moment,
    /// Its size, in bytes.
    size: u64,
    /// The version that was current when it was saved.
    based_on: u64,
    /// Another version was published since.
    stale: bool,
}

/// What a person may do to a document as it is now.
#[derive(Debug, Serialize, ToSchema)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one thing that can be done"
)]
struct Abilities {
    /// Add a version without checking out, and bring an old version back.
    add_version: bool,
    /// Check it out.
    check_out: bool,
    /// Check it in.
    check_in: bool,
    /// Give up one's check-out, or a draft that was left over.
    discard: bool,
    /// Keep one's check-out for longer.
    renew: bool,
    /// Take it back from somebody else.
    release: bool,
    /// Give it another name, and move it.
    rename: bool,
    /// Put it in the recycle bin.
    delete: bool,
    /// Bring it back from the recycle bin.
    restore: bool,
    /// Publish a draft that was left over when its check-out ended.
    publish_draft: bool,
}

/// A version of a document. It never changes.
#[derive(Debug, Serialize, ToSchema)]
struct Version {
    /// Its number, from 1.
    #[schema(minimum = 1)]
    number: u64,
    /// What it is called: its number, or where publishing is required "2.0", or "2.1" for a draft.
    #[schema(example = "2.1")]
    label: String,
    /// Whether readers see it, where publishing is required.
    readers_see: Option<bool>,
    /// Who published it.
    author: Doer,
    /// When.
    at: Moment,
    /// Its size, in bytes.
    size: u64,
    /// What kind of content it is (RFC 6838).
    media_type: String,
    /// What its author said of it; may be empty.
    comment: String,
    /// The version that it brought back.
    restored_from: Option<u64>,
}

impl From<DocumentPage> for Document {
    fn from(page: DocumentPage) -> Self {
        Self {
            id: page.id.to_string(),
            name: page.name,
            edition: page.edition.as_str().to_owned(),
            media_type: page.media_type,
            size: page.size,
            version: page.version,
            next_label: page.next_label,
            label: page.label,
            site: NamedThing::new(page.head.site.line.id, page.head.site.line.name),
            library: NamedThing::new(page.head.id, page.head.name),
            folders: page
                .path
                .into_iter()
                .map(|(id, name)| NamedThing::new(id, name))
                .collect(),
            created_at: page.created_at.into(),
            created_by: page.created_by.into(),
            changed_at: page.changed_at.into(),
            changed_by: page.changed_by.into(),
            marking: page.marking,
            mine_alone: page.mine_alone.map(Closing::name),
            binned: page.binned.map(|(at, by)| Binned {
                at: at.into(),
                by: by.into(),
            }),
            held: page.held.map(Held::from),
            draft: page.draft.map(Draft::from),
            readers: page.readers,
            legally_held: page.kept.held,
            kept_until: page.kept.until.map(Moment::from),
            goes_at: page.kept.goes_at.map(Moment::from),
            can: page.can.into(),
        }
    }
}

impl From<Holding> for Held {
    fn from(holding: Holding) -> Self {
        Self {
            by: holding.by.into(),
            since: holding.since.into(),
            until: holding.until.into(),
            note: holding.note,
            mine: holding.mine,
        }
    }
}

impl From<DraftLine> for Draft {
    fn from(draft: DraftLine) -> Self {
        Self {
            saved_at: draft.saved_at.into(),
            size: draft.size,
            based_on: draft.based_on,
            stale: draft.stale,
        }
    }
}

impl From<Can> for Abilities {
    fn from(can: Can) -> Self {
        Self {
            add_version: can.add_version,
            check_out: can.check_out,
            check_in: can.check_in,
            discard: can.discard,
            renew: can.renew,
            release: can.release,
            rename: can.rename,
            delete: can.delete,
            restore: can.restore,
            publish_draft: can.publish_draft,
        }
    }
}

impl From<VersionLine> for Version {
    fn from(line: VersionLine) -> Self {
        Self {
            number: line.number,
            label: line.label,
            readers_see: line.shown,
            author: line.author.into(),
            at: line.at.into(),
            size: line.size,
            media_type: line.media_type,
            comment: line.comment,
            restored_from: line.restored_from,
        }
    }
}

/// A document's facts
///
/// The `ETag` is expected by `If-Match` of whatever changes the document: the part before the dot is its
/// edition, which is another one as soon as its version, name or place is.
#[utoipa::path(get, path = "/documents/{id}", tag = "documents", operation_id = "document",
    params(("id" = Id, Path, description = "The document")),
    responses(
        (status = 200, body = Document, headers(("ETag" = String, description = "Its edition, and how this answer describes it"))),
        (status = 304, description = "`If-None-Match` has it already")))]
async fn facts(
    caller: Caller,
    Named(id): Named<chancery::kernel::Id<thing::Document>>,
) -> Answer<Tagged<Document>> {
    let body = Document::from(documents::document(&caller.actor, id, None).await?);
    Ok(Tagged {
        edition: body.edition.clone(),
        body,
    })
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct Onwards {
    /// The `next` of the page before.
    after: Option<String>,
}

/// A document's versions, newest first
#[utoipa::path(get, path = "/documents/{id}/versions", tag = "documents", operation_id = "versions",
    params(("id" = Id, Path, description = "The document"), Onwards),
    responses((status = 200, body = Page<Version>)))]
async fn versions(
    caller: Caller,
    Named(id): Named<chancery::kernel::Id<thing::Document>>,
    Asked(from): Asked<Onwards>,
) -> Answer<Page<Version>> {
    let before = from
        .after
        .map(|after| after.parse::<u64>())
        .transpose()
        .map_err(|_| Problem::field("after", "Send the `next` of the page before"))?;
    let page = documents::document(&caller.actor, id, before).await?;
    Ok(Page {
        items: page.versions.into_iter().map(Version::from).collect(),
        next: page.older.map(|older| older.to_string()),
    })
}
