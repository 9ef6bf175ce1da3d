//! What changed, for everybody who can see the place.

use askama::Template;
use chancery::kernel::{Id, thing};
use chancery::trail::{self, TrailFilter};
use serde::Deserialize;

use super::days::{Day, in_full};
use super::subject::{Subject, Trailed};
use crate::components::PageLink;
use crate::failure::Answer;
use crate::frame::Frame;
use crate::guest::{Guest, InSite, page};
use crate::named::Named;
use crate::posted::Asked;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct From {
    before: String,
}

#[derive(Template)]
#[template(path = "trail/activity.html")]
struct ActivityPage {
    frame: Frame,
    name: String,
    /// In a word: "library".
    kind: &'static str,
    days: Vec<Day>,
    /// The trail, for those who may see it.
    trail: Option<String>,
    /// That something may not be listed because the viewer cannot see it.
    left_out: String,
    newest: Option<PageLink>,
    older: Option<PageLink>,
}

pub(super) async fn show<T: Trailed>(
    guest: Guest,
    Named(id): Named<Id<T>>,
    Asked(asked): Asked<From>,
) -> Answer {
    let here = format!("/{}/{id}/activity", T::ROOT);
    let before: Option<Id<thing::Entry>> = asked.before.parse().ok();
    let filter = TrailFilter {
        before,
        ..TrailFilter::default()
    };
    let subject = Subject::find(&guest, T::of(id), "What changed in", InSite::Activity).await?;
    let found = trail::activity(&guest.actor, T::of(id), &filter).await?;
    page(&ActivityPage {
        days: in_full(&guest, &found.lines),
        frame: subject.frame,
        name: subject.name,
        kind: T::NAME,
        trail: subject.owns.then(|| format!("/{}/{id}/trail", T::ROOT)),
        left_out: found.left_out.map_or_else(String::new, |left| left.says()),
        newest: before.map(|_| PageLink::new(here.clone(), "The newest")),
        older: found
            .next
            .map(|entry| PageLink::new(format!("{here}?before={entry}"), "Older changes")),
    })
}
