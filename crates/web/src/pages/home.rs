//! The home page: what needs this person, what changed, their sites.

use askama::Template;
use chancery::Error;
use chancery::assurance::{self, AlertsWaiting};
use chancery::documents::{self, HeldLine, LeftDraft};
use chancery::kernel::Time;
use chancery::publishing::{self, Waiting};
use chancery::sites::{self, SiteLine};
use chancery::{notices, trail};
use jiff::tz::TimeZone;

use super::assurance::age;
use super::notices::href;
use super::trail::{Day, in_short};
use crate::components::{Hue, Status, Tag, Task};
use crate::failure::Answer;
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, Part, page};
use crate::routes::routes;

routes! {
    get "/" => show;
}

/// Lines asked for of each library: enough to tell a burst from a few.
const ASKED: u32 = 20;
/// Sites with changes that are shown, and changes of each.
const CHANGED_SITES: usize = 6;
const CHANGES: usize = 5;
/// Sites that are shown as cards; the rest are on their own page.
const CARDS: usize = 8;
/// Unread notices that are shown one by one; more are one task.
const NOTICES: u64 = 4;

/// What changed on one site.
struct Changed {
    name: String,
    href: String,
    days: Vec<Day>,
}

#[derive(Template)]
#[template(path = "home/home.html")]
struct HomePage {
    frame: Frame,
    tasks: Vec<Task>,
    /// What this person has not read yet: news, and nothing that waits for them.
    news: Vec<Task>,
    changed: Vec<Changed>,
    cards: Vec<SiteLine>,
    sites: u64,
    can_open_sites: bool,
}

impl HomePage {
    fn heading(&self) -> String {
        match self.tasks.len() {
            0 => "Nothing needs you".to_owned(),
            1 => "1 thing needs you".to_owned(),
            many => format!("{many} things need you"),
        }
    }
}

async fn show(guest: Guest) -> Answer {
    let mut scope = guest.scope()?;
    let (now, zone) = (guest.portal.now(), guest.portal.zone());
    let mut tasks: Vec<Task> = Vec::new();
    if guest.arrived.alerts.is_some_and(|waiting| waiting > 0) {
        match assurance::alerts_waiting(&guest.actor).await {
            Ok(waiting) => tasks.extend(alerts_task(&waiting, now)),
            // They are no assurance officer any more.
            Err(Error::NotFound) => {}
            Err(other) => return Err(other.into()),
        }
    }
    for held in documents::held_by_me(&mut scope).await? {
        tasks.push(held_task(&held, now, zone));
    }
    for left in documents::my_drafts(&mut scope).await? {
        tasks.push(draft_task(&left, zone));
    }
    for waiting in publishing::waiting_for_me(&mut scope).await? {
        tasks.push(approval_task(&waiting, zone));
    }
    let mut news = Vec::new();
    let unread = guest.arrived.unread;
    if unread > NOTICES {
        let title = format!("Read {}", format::count(unread, "notice", "notices"));
        news.push(Task::new(
            title,
            "/notices",
            Status::Tag(Tag::new("New", Hue::Blue)),
        ));
    } else if unread > 0 {
        let lines = notices::list(&mut scope, None).await?;
        for line in lines.into_iter().filter(|line| !line.read) {
            let told = format!("Notice of {}", format::moment(line.at.timestamp(), zone));
            let href = href(line.href_kind.as_ref()).unwrap_or_else(|| "/notices".to_owned());
            let status = Status::Tag(Tag::new("New", Hue::Blue));
            news.push(Task::new(line.says, href, status).hint(told));
        }
    }
    let mut changed = Vec::new();
    for site in trail::recent(&mut scope, ASKED)
        .await?
        .into_iter()
        .take(CHANGED_SITES)
    {
        let (id, name) = site.site;
        let asked = usize::try_from(ASKED).unwrap_or(usize::MAX);
        let days = in_short(&guest, &site.lines, CHANGES, asked);
        if !days.is_empty() {
            changed.push(Changed {
                name,
                href: format!("/sites/{id}"),
                days,
            });
        }
    }
    let mut cards = sites::mine(&mut scope).await?;
    let sites = cards.len() as u64;
    cards.truncate(CARDS);
    page(&HomePage {
        frame: guest.frame("Home", Part::Home),
        tasks,
        news,
        changed,
        cards,
        sites,
        can_open_sites: guest.arrived.can_open_sites,
    })
}

/// What waits for assurance officers: how much, for how long, and how much of it nobody deals with.
fn alerts_task(waiting: &AlertsWaiting, now: Time) -> Option<Task> {
    let oldest = waiting.oldest?;
    let many = waiting.open > 1;
    let age = age(oldest, now);
    let waits = if many {
        format!("The oldest has waited for {age}.")
    } else {
        format!("It has waited for {age}.")
    };
    let free = waiting.open.saturating_sub(waiting.in_hand);
    let hand = match (free, many) {
        (0, true) => "Each of them is in somebody’s hand.".to_owned(),
        (0, false) => "Somebody has it in hand.".to_owned(),
        (_, false) => "Nobody has it in hand.".to_owned(),
        (free, true) if free == waiting.open => "Nobody has any of them in hand.".to_owned(),
        (free, true) => format!("Nobody has {} of them in hand.", format::number(free)),
    };
    let mine = match waiting.mine {
        0 => String::new(),
        _ if !many => " That is you.".to_owned(),
        mine => format!(" You have {} in hand.", format::number(mine)),
    };
    let title = format!(
        "Decide about {}",
        format::count(waiting.open, "alert", "alerts")
    );
    let status = if free > 0 {
        Status::Tag(Tag::new("Not in hand", Hue::Orange))
    } else {
        Status::Tag(Tag::new("In hand", Hue::Blue))
    };
    Some(Task::new(title, "/alerts", status).hint(format!("{waits} {hand}{mine}")))
}

/// Something that I hold: nobody else can change it until I give it back.
fn held_task(held: &HeldLine, now: Time, zone: &TimeZone) -> Task {
    let since = format::day(held.since.timestamp(), zone);
    let draft = if held.draft {
        " Your draft is saved."
    } else {
        ""
    };
    let hint = format!(
        "In {}, {}. Checked out by you on {since}. Nobody else can change it until you check it in.{draft}",
        held.library, held.site
    );
    Task::new(
        format!("Check in {}", held.name),
        format!("/documents/{}", held.id),
        ending(held.until, now, zone),
    )
    .hint(hint)
}

/// When a check-out ends: as a tag on its last two days.
fn ending(until: Time, now: Time, zone: &TimeZone) -> Status {
    let date = |at: Time| at.timestamp().to_zoned(zone.clone()).date();
    let (last, today) = (date(until), date(now));
    if last <= today {
        let clock = format::clock(until.timestamp(), zone);
        Status::Tag(Tag::new(format!("Ends today at {clock}"), Hue::Red))
    } else if Some(last) == today.tomorrow().ok() {
        Status::Tag(Tag::new("Ends tomorrow", Hue::Yellow))
    } else {
        Status::Text(format!("Ends {}", last.strftime("%-d %B")))
    }
}

/// Work of mine whose check-out has ended: it is not lost, and not published either.
fn draft_task(left: &LeftDraft, zone: &TimeZone) -> Task {
    let saved = format::day(left.draft.saved_at.timestamp(), zone);
    let mut hint = format!(
        "In {}, {}. Your check-out has ended. Only you can see what you saved on {saved}.",
        left.library, left.site
    );
    if left.draft.stale {
        hint.push_str(" A newer version was added since.");
    }
    if left.held {
        hint.push_str(" Somebody else has it checked out now.");
    }
    Task::new(
        format!("Publish or discard your draft of {}", left.name),
        format!("/documents/{}", left.id),
        Status::Tag(Tag::new("Not checked in", Hue::Yellow)),
    )
    .hint(hint)
}

/// A draft that somebody asks me, who own its library, to publish.
fn approval_task(waiting: &Waiting, zone: &TimeZone) -> Task {
    let asked = format::day(waiting.asked_at.timestamp(), zone);
    let place = waiting
        .place
        .as_ref()
        .map(|(site, library)| format!("In {library}, {site}. "))
        .unwrap_or_default();
    let (number, label) = waiting.version;
    Task::new(
        format!("Decide about publishing draft {label} of {}", waiting.name),
        format!("/documents/{}/publish?version={number}", waiting.document),
        Status::Tag(Tag::new("Waiting", Hue::Yellow)),
    )
    .hint(format!(
        "{place}Asked for by {} on {asked}.",
        waiting.asked_by.in_full()
    ))
}

#[cfg(test)]
mod tests {
    use chancery::kernel::Time;
    use jiff::tz::TimeZone;

    use super::{alerts_task, ending};
    use crate::components::Status;

    #[test]
    fn what_waits_for_officers_is_said_in_words() {
        let hint = |open, in_hand, mine| {
            let waiting = chancery::assurance::AlertsWaiting {
                open,
                in_hand,
                mine,
                oldest: (open > 0).then_some(Time::from_micros(0)),
            };
            let now = Time::from_micros(3 * 24 * 3_600_000_000);
            alerts_task(&waiting, now).map(|task| format!("{}: {}", task.title, task.hint))
        };
        assert_eq!(hint(0, 0, 0), None);
        for (open, in_hand, mine, says) in [
            (
                1,
                0,
                0,
                "Decide about 1 alert: It has waited for 3 days. Nobody has it in hand.",
            ),
            (
                1,
                1,
                1,
                "Decide about 1 alert: It has waited for 3 days. Somebody has it in hand. That is you.",
            ),
            (
                5,
                0,
                0,
                "Decide about 5 alerts: The oldest has waited for 3 days. Nobody has any of them in hand.",
            ),
            (
                5,
                2,
                1,
                "Decide about 5 alerts: The oldest has waited for 3 days. Nobody has 3 of them in hand. You have 1 in hand.",
            ),
            (
                5,
                5,
                0,
                "Decide about 5 alerts: The oldest has waited for 3 days. Each of them is in somebody’s hand.",
            ),
        ] {
            assert_eq!(hint(open, in_hand, mine).as_deref(), Some(says));
        }
    }

    #[test]
    fn an_end_is_a_tag_once_it_is_near() {
        let at = |text: &str| Time::from(text.parse::<jiff::Timestamp>().expect("a moment"));
        let words =
            |until: &str| match ending(at(until), at("2026-03-12T09:00:00Z"), &TimeZone::UTC) {
                Status::Text(words) => (words, false),
                Status::Tag(tag) => (tag.text, true),
                Status::Waiting(_) => unreachable!("an end is not waited for"),
            };
        assert_eq!(
            words("2026-03-12T16:30:00Z"),
            ("Ends today at 4:30pm".to_owned(), true)
        );
        assert_eq!(
            words("2026-03-13T08:00:00Z"),
            ("Ends tomorrow".to_owned(), true)
        );
        assert_eq!(
            words("2026-03-17T08:00:00Z"),
            ("Ends 17 March".to_owned(), false)
        );
    }
}
