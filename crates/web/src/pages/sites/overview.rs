//! The overview of a site: what it is for, its libraries, what changed, whom to ask.

use askama::Template;
use chancery::kernel::{Id, thing};
use chancery::sites::{self, COUNTED, LibraryLine, SitePage};
use chancery::trail::{self, Of, TrailFilter};
use jiff::tz::TimeZone;

use crate::failure::Answer;
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, InSite, page};
use crate::named::Named;
use crate::pages::trail::{Day, in_short};

/// Lines that are looked at for what changed, and things that are told of them.
const ASKED: u32 = 40;
const CHANGES: usize = 6;

/// A library, as a card.
struct Card {
    href: String,
    name: String,
    purpose: String,
    facts: String,
}

#[derive(Template)]
#[template(path = "sites/overview.html")]
struct OverviewPage {
    frame: Frame,
    site: SitePage,
    libraries: Vec<Card>,
    days: Vec<Day>,
    /// Who works here, for those who do: "61 people from 8 organisations work here".
    heading: String,
}

impl Card {
    fn of(line: LibraryLine, zone: &TimeZone) -> Self {
        let mut facts = vec![format::counted(
            line.documents,
            COUNTED,
            "document",
            "documents",
        )];
        if let Some(at) = line.changed_at {
            facts.push(format!("changed {}", format::day(at.timestamp(), zone)));
        }
        if !line.inherits {
            facts.push("has its own access".to_owned());
        }
        Self {
            href: format!("/libraries/{}", line.id),
            name: line.name,
            purpose: line.purpose,
            facts: facts.join(", "),
        }
    }
}

pub(super) async fn show(guest: Guest, Named(id): Named<Id<thing::Site>>) -> Answer {
    let mut site = sites::site(&guest.actor, id).await?;
    let filter = TrailFilter {
        limit: ASKED,
        ..TrailFilter::default()
    };
    let activity = trail::activity(&guest.actor, Of::Site(id), &filter).await?;
    let asked = usize::try_from(ASKED).unwrap_or(usize::MAX);
    let zone = guest.portal.zone();
    let libraries = std::mem::take(&mut site.libraries);
    page(&OverviewPage {
        frame: guest.in_site(site.head.line.name.clone(), &site.head, InSite::Overview),
        libraries: libraries
            .into_iter()
            .map(|line| Card::of(line, zone))
            .collect(),
        days: in_short(&guest, &activity.lines, CHANGES, asked),
        heading: match site.people {
            Some((people, organisations)) => {
                let verb = if people == 1 { "works" } else { "work" };
                format!("{} {verb} here", format::people(people, organisations))
            }
            None => site.head.line.name.clone(),
        },
        site,
    })
}
