//! What this person was told.

use askama::Template;
use chancery::kernel::{Id, thing};
use chancery::notices::{self, About, NoticeLine};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::components::PageLink;
use crate::failure::Answer;
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, Part, done, page};
use crate::posted::{Asked, Posted};
use crate::routes::routes;

routes! {
    get "/notices" => show;
    post "/notices/read" => mark_read;
}

/// Notices on one page: as many as the verb gives.
const PAGE: usize = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
struct From {
    before: String,
}

/// A notice in the list.
struct Notice {
    says: String,
    href: Option<String>,
    when: String,
    machine: String,
    read: bool,
}

#[derive(Template)]
#[template(path = "notices/notices.html")]
struct NoticesPage {
    frame: Frame,
    notices: Vec<Notice>,
    unread: u64,
    newest: Option<PageLink>,
    older: Option<PageLink>,
}

impl NoticesPage {
    fn heading(&self) -> String {
        match self.unread {
            0 => "You have read all your notices".to_owned(),
            unread => format!(
                "{} not read yet",
                format::count(unread, "notice", "notices")
            ),
        }
    }
}

/// Where a notice leads; nowhere when what it is about cannot be seen any more.
pub(super) fn href(about: Option<&About>) -> Option<String> {
    Some(match about? {
        About::Document(id) => format!("/documents/{id}"),
        About::Library(id) => format!("/libraries/{id}"),
        About::Site(id) => format!("/sites/{id}"),
        About::Access(id) => format!("/libraries/{id}/access"),
        About::Approvals(id) => format!("/libraries/{id}/approvals"),
        About::Retention(id) => format!("/libraries/{id}/keeping"),
        About::Alert(id) => format!("/alerts/{id}"),
        About::LibraryAlerts(id) => format!("/libraries/{id}/alerts"),
        About::Seal(id) => format!("/documents/{id}/sealed"),
        About::MarkingRequest(id) => format!("/documents/{id}/marking/decide"),
    })
}

fn notice(line: NoticeLine, zone: &TimeZone) -> Notice {
    let at = line.at.timestamp();
    Notice {
        href: href(line.href_kind.as_ref()),
        says: line.says,
        when: format::moment(at, zone),
        machine: format::machine(at),
        read: line.read,
    }
}

async fn show(guest: Guest, Asked(asked): Asked<From>) -> Answer {
    let before: Option<Id<thing::Notice>> = asked.before.parse().ok();
    let lines = notices::list(&mut guest.scope()?, before).await?;
    let last = lines
        .last()
        .filter(|_| lines.len() == PAGE)
        .map(|line| line.id);
    let zone = guest.portal.zone();
    page(&NoticesPage {
        frame: guest.frame("Notices", Part::None),
        unread: guest.arrived.unread,
        newest: before.map(|_| PageLink::new("/notices", "Newest notices")),
        older: last.map(|id| PageLink::new(format!("/notices?before={id}"), "Older notices")),
        notices: lines.into_iter().map(|line| notice(line, zone)).collect(),
    })
}

#[derive(Deserialize)]
struct Nothing {}

async fn mark_read(guest: Guest, Posted(Nothing {}): Posted<Nothing>) -> Answer {
    notices::mark_all_read(&guest.scope()?).await?;
    done("/notices", "All your notices are marked as read.")
}
