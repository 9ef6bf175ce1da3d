//! What assurance officers decide about, what owners see of it, and what those are told whose document is sealed.

mod certificate;
mod decide;
mod destroy_version;
mod guidance;
mod list;
mod of_library;
mod rules;
mod sealed;
mod several;
mod show;
mod take_back;

use chancery::assurance::{AlertKind, AlertLine, AlertState, Sealed};
use chancery::kernel::Time;

use crate::components::{Crumb, Hue, Tag};
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, Part};
use crate::routes::routes;

pub(super) use sealed::{again as sealed_again, answer as sealed_answer};

routes! {
    get "/alerts" => list::show;
    get "/alerts/several" => several::ask;
    post "/alerts/several" => several::decide;
    get "/alerts/rules" => rules::show;
    get "/alerts/certificates/{id}" => certificate::show;
    get "/alerts/{id}" => show::show;
    post "/alerts/{id}/in-hand" => decide::in_hand;
    get "/alerts/{id}/false-alarm" => decide::ask_false_alarm;
    post "/alerts/{id}/false-alarm" => decide::false_alarm;
    get "/alerts/{id}/downgrade" => decide::ask_downgrade;
    post "/alerts/{id}/downgrade" => decide::downgrade;
    get "/alerts/{id}/keep-sealed" => decide::ask_keep_sealed;
    post "/alerts/{id}/keep-sealed" => decide::keep_sealed;
    get "/alerts/{id}/destroy" => decide::ask_destroy;
    post "/alerts/{id}/destroy" => decide::destroy;
    get "/alerts/{id}/take-back" => take_back::ask;
    post "/alerts/{id}/take-back" => take_back::take_back;
    get "/alerts/{id}/destroy-version" => destroy_version::ask;
    post "/alerts/{id}/destroy-version" => destroy_version::destroy;
    get "/libraries/{id}/alerts" => of_library::show;
    get "/documents/{id}/sealed" => sealed::show;
}

/// Alerts as files: content, which is not compressed on the way.
pub(super) mod export {
    use super::list;
    use crate::pages::rulebooks;
    use crate::routes::routes;

    routes! {
        get "/alerts/export" => list::export;
        get "/alerts/rules/{id}/export" => rulebooks::report::export;
    }
}

/// The frame of a page for officers, below their list.
pub(super) fn under_alerts(guest: &Guest, title: impl Into<String>, crumbs: Vec<Crumb>) -> Frame {
    let mut all = vec![Crumb::new("Alerts", "/alerts")];
    all.extend(crumbs);
    Frame {
        crumbs: all,
        ..guest.frame(title, Part::Alerts)
    }
}

fn kind_tag(kind: AlertKind) -> Tag {
    let hue = match kind {
        AlertKind::Malware | AlertKind::Above => Hue::Red,
        AlertKind::Unread | AlertKind::Ask | AlertKind::Doubtful => Hue::Orange,
        AlertKind::Unmarked | AlertKind::Odd => Hue::Yellow,
    };
    Tag::new(kind.label(), hue)
}

fn sealed_said(sealed: Option<Sealed>) -> &'static str {
    match sealed {
        None => "Not sealed",
        Some(Sealed::ToAll) => "Sealed to everybody",
        Some(Sealed::ToOthers) => "Sealed to everybody but its author",
    }
}

fn state_said(state: AlertState) -> &'static str {
    match state {
        AlertState::Open => "Waiting for a decision",
        AlertState::Decided => "Decided",
        AlertState::All => "All",
    }
}

/// What was decided, in a few words: "Kept sealed by Oriel Penn of Harbour Lights".
fn decision(guest: &Guest, line: &AlertLine) -> Option<String> {
    line.decided.as_ref().map(|(decided, by, ..)| {
        if by.is_console() {
            decided.label().to_owned()
        } else {
            format!("{} by {}", decided.label(), guest.by(by))
        }
    })
}

/// The same before a full stop or alone: "Just now", "5 minutes ago".
pub(super) fn ago(from: Time, now: Time) -> String {
    if now.micros() - from.micros() < 60_000_000 {
        "Just now".to_owned()
    } else {
        format!("{} ago", age(from, now))
    }
}

/// How long ago that was: "5 minutes", "3 hours", "12 days".
pub(super) fn age(from: Time, now: Time) -> String {
    let minutes = u64::try_from((now.micros() - from.micros()) / 60_000_000).unwrap_or_default();
    match minutes {
        0 => "less than a minute".to_owned(),
        1..60 => format::count(minutes, "minute", "minutes"),
        60..2880 => format::count(minutes / 60, "hour", "hours"),
        _ => format::count(minutes / 1440, "day", "days"),
    }
}
