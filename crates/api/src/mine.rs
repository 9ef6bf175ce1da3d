//! What is one's own: details, devices, and what changed where one may read.

use axum::http::StatusCode;
use chancery::kernel::{Id, thing};
use chancery::people::{self, Device};
use chancery::trail::{self, RecentSite};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::lists::{DONE, whole};
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Moment, Named as NamedThing};
use crate::trail::TrailLine;
use crate::{Body, Caller, Named, Page};

routes! { edit, devices, end_device, end_devices, changes }

/// Lines of each library among what changed: as many as the home page looks at.
const OF_EACH: u32 = 20;

/// What changes about you; what is left out stays as it is. Those who look after your
/// organisation change your e-mail address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OwnChange {
    /// Your name.
    name: Option<String>,
    /// Your job title.
    title: Option<String>,
    /// Your telephone number.
    phone: Option<String>,
}

/// Change your details
#[utoipa::path(patch, path = "/me", tag = "me", operation_id = "editMe", request_body = OwnChange,
    responses((status = 204, description = "They are changed")))]
async fn edit(caller: Caller, Body(change): Body<OwnChange>) -> Answer<StatusCode> {
    let change = people::PersonChange {
        name: change.name,
        email: None,
        title: change.title,
        phone: change.phone,
    };
    people::edit_me(&caller.actor, change).await?;
    Ok(DONE)
}

/// A device on which you are signed in.
#[derive(Debug, Serialize, ToSchema)]
struct SignedInDevice {
    /// The session on it.
    #[schema(value_type = schema::Id)]
    id: String,
    /// What it is, in words.
    #[schema(example = "Chromium on Linux")]
    device: String,
    /// The network address that you signed in from.
    address: String,
    /// When you signed in.
    created_at: Moment,
    /// When it was last used, to within five minutes.
    seen_at: Moment,
}

impl From<Device> for SignedInDevice {
    fn from(device: Device) -> Self {
        Self {
            id: device.id.to_string(),
            device: device.device,
            address: device.address,
            created_at: device.created_at.into(),
            seen_at: device.seen_at.into(),
        }
    }
}

/// Where you are signed in
///
/// All of them, the last used first.
#[utoipa::path(get, path = "/me/devices", tag = "me", operation_id = "devices",
    responses((status = 200, description = "All of them", body = Page<SignedInDevice>)))]
async fn devices(caller: Caller) -> Answer<Page<SignedInDevice>> {
    Ok(whole(people::devices(&caller.actor).await?))
}

/// Sign out one of your devices
#[utoipa::path(delete, path = "/me/devices/{id}", tag = "me", operation_id = "endDevice",
    params(("id" = schema::Id, Path, description = "The session on it")),
    responses((status = 204, description = "It is signed out")))]
async fn end_device(caller: Caller, Named(id): Named<Id<thing::Session>>) -> Answer<StatusCode> {
    people::end_session(&caller.actor, id).await?;
    Ok(DONE)
}

/// Sign out all your devices
#[utoipa::path(delete, path = "/me/devices", tag = "me", operation_id = "endDevices",
    responses((status = 204, description = "They are signed out")))]
async fn end_devices(caller: Caller) -> Answer<StatusCode> {
    people::end_other_sessions(&caller.actor).await?;
    Ok(DONE)
}

/// What changed lately on one site.
#[derive(Debug, Serialize, ToSchema)]
struct ChangedSite {
    /// The site.
    site: NamedThing,
    /// What changed in its libraries, newest first.
    lines: Vec<TrailLine>,
}

impl From<RecentSite> for ChangedSite {
    fn from(recent: RecentSite) -> Self {
        Self {
            site: recent.site.into(),
            lines: recent.lines.into_iter().map(TrailLine::from).collect(),
        }
    }
}

/// What changed lately in the libraries that you can read
///
/// By site, the site of the newest change first: at most 20 changes of each library, and 200 in all.
#[utoipa::path(get, path = "/me/changes", tag = "me", operation_id = "changes",
    responses((status = 200, description = "The sites", body = Page<ChangedSite>)))]
async fn changes(caller: Caller) -> Answer<Page<ChangedSite>> {
    Ok(whole(trail::recent(&mut caller.scope()?, OF_EACH).await?))
}
