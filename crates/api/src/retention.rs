//! How long things are kept, and what went for good.

use axum::Json;
use axum::http::StatusCode;
use chancery::kernel::{Id, thing};
use chancery::retention::{self, GoneLine};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::lists::DONE;
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Moment};
use crate::{Asked, Body, Caller, Named, Page};

routes! { rules, set_rules, document_rule, set_document_rule, remove, gone }

/// From when the years of a rule count.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum CountedFrom {
    /// From the last change.
    Changed,
    /// From when it was added.
    Added,
}

/// Nothing goes for good for so many years.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeepFor {
    /// How many years.
    #[schema(minimum = 1, maximum = 100)]
    years: u32,
    /// From when they count.
    since: CountedFrom,
}

impl From<retention::Keep> for KeepFor {
    fn from(keep: retention::Keep) -> Self {
        Self {
            years: keep.years,
            since: match keep.since {
                retention::Since::Changed => CountedFrom::Changed,
                retention::Since::Added => CountedFrom::Added,
            },
        }
    }
}

impl From<KeepFor> for retention::Keep {
    fn from(keep: KeepFor) -> Self {
        Self {
            years: keep.years,
            since: match keep.since {
                CountedFrom::Changed => retention::Since::Changed,
                CountedFrom::Added => retention::Since::Added,
            },
        }
    }
}

/// How long the things of a library are kept.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RetentionRules {
    /// For how many days its recycle bin keeps things; as long as the realm says for none.
    #[schema(minimum = 30, maximum = 2557)]
    bin_days: Option<u32>,
    /// Nothing in it goes for good before then. It can be deleted, and waits in the recycle bin.
    keep: Option<KeepFor>,
    /// What nobody has changed for so many years is put in the recycle bin; owners are told 30 days before.
    #[schema(minimum = 1, maximum = 100)]
    delete_after_years: Option<u32>,
}

/// Something that goes to the recycle bin by a rule.
#[derive(Debug, Serialize, ToSchema)]
struct DueDocument {
    /// The document.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// When it was changed last.
    changed_at: Moment,
    /// When it goes, unless somebody changes it.
    on: Moment,
    /// It is under legal hold, and stays.
    legally_held: bool,
}

/// How long the things of a library are kept, and what that means soon.
#[derive(Debug, Serialize, ToSchema)]
struct LibraryRetention {
    /// The rules in force.
    rules: RetentionRules,
    /// For how many days the realm's recycle bins keep things.
    realm_bin_days: u32,
    /// What goes to the recycle bin within 30 days, at most 200.
    due: Vec<DueDocument>,
}

/// How long one document is kept by a rule of its own.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DocumentRetention {
    /// Nothing of it goes for good before then; the rules of its library alone for none.
    keep: Option<KeepFor>,
}

/// Something in the recycle bin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OneDeleted {
    /// The folder or document, as the recycle bin lists it.
    #[schema(value_type = schema::Id)]
    item: Id<thing::Item>,
}

/// How many documents went.
#[derive(Debug, Serialize, ToSchema)]
struct WentForGood {
    /// How many documents.
    documents: u64,
}

/// Something that went for good.
#[derive(Debug, Serialize, ToSchema)]
struct GoneItem {
    /// Which.
    #[schema(value_type = schema::Id)]
    id: String,
    /// What it was called.
    name: String,
    /// Whether it was a document; otherwise a folder.
    is_document: bool,
    /// How many versions it had.
    versions: u64,
    /// When it was deleted.
    binned_at: Moment,
    /// Who deleted it.
    binned_by: schema::Doer,
    /// When it went for good.
    gone_at: Moment,
    /// Who removed it; the console where its time in the recycle bin was over.
    gone_by: schema::Doer,
    /// Why, where an assurance officer destroyed its content; none where it went from the recycle bin.
    destroyed: Option<String>,
}

impl From<GoneLine> for GoneItem {
    fn from(line: GoneLine) -> Self {
        Self {
            id: line.id.to_string(),
            name: line.name,
            is_document: line.is_document,
            versions: line.versions,
            binned_at: line.binned_at.into(),
            binned_by: line.binned_by.into(),
            gone_at: line.gone_at.into(),
            gone_by: line.gone_by.into(),
            destroyed: line.destroyed,
        }
    }
}

/// Where the list goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct GoneOnwards {
    /// The `next` of the page before.
    after: Option<String>,
}

/// How long the things of a library are kept
#[utoipa::path(get, path = "/libraries/{id}/retention", tag = "libraries", operation_id = "retention",
    params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 200, description = "The rules, and what goes soon", body = LibraryRetention)))]
async fn rules(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
) -> Answer<Json<LibraryRetention>> {
    let found = retention::retention(&caller.actor, id).await?;
    Ok(Json(LibraryRetention {
        rules: RetentionRules {
            bin_days: found.retention.bin_days,
            keep: found.retention.keep.map(KeepFor::from),
            delete_after_years: found.retention.delete_years,
        },
        realm_bin_days: found.realm_days,
        due: found
            .due
            .into_iter()
            .map(|due| DueDocument {
                id: due.id.to_string(),
                name: due.name,
                changed_at: due.changed_at.into(),
                on: due.on.into(),
                legally_held: due.held,
            })
            .collect(),
    }))
}

/// Say how long the things of a library are kept
///
/// In place of everything that was said before. What is under legal hold stays in any case.
#[utoipa::path(put, path = "/libraries/{id}/retention", tag = "libraries", operation_id = "setRetention",
    request_body = RetentionRules, params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 204, description = "From now on")))]
async fn set_rules(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Body(rules): Body<RetentionRules>,
) -> Answer<StatusCode> {
    let asked = retention::Retention {
        bin_days: rules.bin_days,
        keep: rules.keep.map(retention::Keep::from),
        delete_years: rules.delete_after_years,
    };
    retention::set_retention(&caller.actor, id, asked).await?;
    Ok(DONE)
}

/// How long one document is kept by a rule of its own
#[utoipa::path(get, path = "/documents/{id}/retention", tag = "documents", operation_id = "documentRetention",
    params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 200, description = "Its own rule", body = DocumentRetention)))]
async fn document_rule(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
) -> Answer<Json<DocumentRetention>> {
    let (_, keep) = retention::document_retention(&caller.actor, id).await?;
    Ok(Json(DocumentRetention {
        keep: keep.map(KeepFor::from),
    }))
}

/// Say how long one document is kept
#[utoipa::path(put, path = "/documents/{id}/retention", tag = "documents", operation_id = "setDocumentRetention",
    request_body = DocumentRetention, params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 204, description = "From now on")))]
async fn set_document_rule(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Body(rule): Body<DocumentRetention>,
) -> Answer<StatusCode> {
    let keep = rule.keep.map(retention::Keep::from);
    retention::set_document_retention(&caller.actor, id, keep).await?;
    Ok(DONE)
}

/// Remove something from the recycle bin for good
///
/// With everything that was deleted with it. Nobody can bring it back.
#[utoipa::path(post, path = "/libraries/{id}/bin/remove", tag = "items", operation_id = "removeForGood",
    request_body = OneDeleted, params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 200, description = "It is gone", body = WentForGood),
        (status = 409, description = "A legal hold or a retention rule keeps it")))]
async fn remove(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Body(one): Body<OneDeleted>,
) -> Answer<Json<WentForGood>> {
    let documents = retention::remove_for_good(&caller.actor, id, one.item).await?;
    Ok(Json(WentForGood { documents }))
}

/// What went for good from a library, what went last first
#[utoipa::path(get, path = "/libraries/{id}/bin/gone", tag = "items", operation_id = "gone",
    params(("id" = schema::Id, Path, description = "The library"), GoneOnwards),
    responses((status = 200, description = "Some of it", body = Page<GoneItem>)))]
async fn gone(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Asked(from): Asked<GoneOnwards>,
) -> Answer<Page<GoneItem>> {
    let page = retention::gone_list(&caller.actor, id, from.after.as_deref()).await?;
    Ok(Page {
        items: page.lines.into_iter().map(GoneItem::from).collect(),
        next: page.next,
    })
}
