//! What one was told.

use axum::http::StatusCode;
use chancery::kernel::{Id, thing};
use chancery::notices::{self, About, NoticeLine};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::lists::DONE;
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Moment};
use crate::{Asked, Caller, Page};

routes! { list, mark_read }

/// Notices on one page: as many as the verb gives.
const AT_A_TIME: usize = 50;

/// Something that you were told.
#[derive(Debug, Serialize, ToSchema)]
struct Notice {
    /// The notice.
    #[schema(value_type = schema::Id)]
    id: String,
    /// When it happened.
    at: Moment,
    /// What, in a sentence.
    says: String,
    /// What it is about, when you can (still) see it.
    about: Option<NoticeAbout>,
    /// Whether it was read.
    read: bool,
}

/// What a notice is about.
#[derive(Debug, Serialize, ToSchema)]
struct NoticeAbout {
    /// `document`, `library` or `site`; `access` for a library whose access you decide without seeing it;
    /// `approvals` for what waits for approval in a library that you own; `retention` for how long things of a library are kept; `alert` for an alert that you decide about;
    /// `library_alerts` for the alerts of a library that you own; `seal` for why a document of yours is sealed;
    /// `marking_request` for a document that somebody asks to be marked otherwise, about which you decide.
    #[schema(example = "document")]
    kind: &'static str,
    /// Which.
    #[schema(value_type = schema::Id)]
    id: String,
}

impl From<About> for NoticeAbout {
    fn from(about: About) -> Self {
        let (kind, id) = match about {
            About::Document(id) => ("document", id.to_string()),
            About::Library(id) => ("library", id.to_string()),
            About::Site(id) => ("site", id.to_string()),
            About::Access(id) => ("access", id.to_string()),
            About::Approvals(id) => ("approvals", id.to_string()),
            About::Retention(id) => ("retention", id.to_string()),
            About::Alert(id) => ("alert", id.to_string()),
            About::LibraryAlerts(id) => ("library_alerts", id.to_string()),
            About::Seal(id) => ("seal", id.to_string()),
            About::MarkingRequest(id) => ("marking_request", id.to_string()),
        };
        Self { kind, id }
    }
}

impl From<NoticeLine> for Notice {
    fn from(line: NoticeLine) -> Self {
        Self {
            id: line.id.to_string(),
            at: line.at.into(),
            says: line.says,
            about: line.href_kind.map(NoticeAbout::from),
            read: line.read,
        }
    }
}

/// Where to go on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Since {
    /// The `next` of the page before.
    #[param(value_type = Option<schema::Id>)]
    after: Option<Id<thing::Notice>>,
}

/// What you were told
///
/// Newest first, 50 at a time.
#[utoipa::path(get, path = "/notices", tag = "me", operation_id = "notices", params(Since),
    responses((status = 200, description = "Some of them", body = Page<Notice>)))]
async fn list(caller: Caller, Asked(asked): Asked<Since>) -> Answer<Page<Notice>> {
    let lines = notices::list(&mut caller.scope()?, asked.after).await?;
    let last = lines.last().filter(|_| lines.len() == AT_A_TIME);
    Ok(Page {
        next: last.map(|line| line.id.to_string()),
        items: lines.into_iter().map(Notice::from).collect(),
    })
}

/// Mark everything that you were told as read
#[utoipa::path(post, path = "/notices/read", tag = "me", operation_id = "readNotices",
    responses((status = 204, description = "It is read")))]
async fn mark_read(caller: Caller) -> Answer<StatusCode> {
    notices::mark_all_read(&caller.scope()?).await?;
    Ok(DONE)
}
