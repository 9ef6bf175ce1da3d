//! The sites that this person is in.

use askama::Template;
use chancery::sites::{self, SiteLine};

use crate::failure::Answer;
use crate::frame::Frame;
use crate::guest::{Guest, Part, page};

#[derive(Template)]
#[template(path = "sites/list.html")]
struct SitesPage {
    frame: Frame,
    sites: Vec<SiteLine>,
    can_open_sites: bool,
    /// Operators can find every site elsewhere.
    operator: bool,
}

pub(super) async fn show(guest: Guest) -> Answer {
    let sites = sites::mine(&mut guest.scope()?).await?;
    page(&SitesPage {
        frame: guest.frame("My sites", Part::Sites),
        sites,
        can_open_sites: guest.arrived.can_open_sites,
        operator: guest.arrived.operator,
    })
}
