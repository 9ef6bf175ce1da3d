//! What happened: activity for those who can see a place, the trail with every reading for those who own it.

mod activity;
mod days;
pub(super) mod export;
mod filter;
mod show;
mod subject;
mod told;

use chancery::kernel::thing::{Document, Library, Site};

use crate::format;
use crate::guest::Guest;
use crate::routes::routes;

pub(super) use days::{Day, in_short};

routes! {
    get "/sites/{id}/activity" => activity::show::<Site>;
    get "/libraries/{id}/activity" => activity::show::<Library>;
    get "/documents/{id}/activity" => activity::show::<Document>;
    get "/sites/{id}/trail" => show::show::<Site>;
    get "/libraries/{id}/trail" => show::show::<Library>;
    get "/documents/{id}/trail" => show::show::<Document>;
}

/// What a printed copy says of itself: when it was made, and for whom.
pub(super) fn printed(guest: &Guest) -> String {
    format!(
        "As it was on {}. Printed for {}, {}.",
        format::moment(guest.portal.now().timestamp(), guest.portal.zone()),
        guest.arrived.name,
        guest.arrived.organisation
    )
}
