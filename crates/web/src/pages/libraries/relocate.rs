//! Moving what was ticked in a list: where to, what that does to who can see it, and the move.

use std::fmt::Write as _;

use chancery::grants::{self, MovePreview};
use chancery::kernel::{Id, thing};
use chancery::libraries::{self, Destination};
use chancery::{Error, Problems, publishing};

use super::chosen::{Chosen, Ticked, chosen_address, said};
use super::moving::{self, Move, MovePage};
use super::{ConfirmPage, library_address};
use crate::Failure;
use crate::components::{Button, Choice, Field};
use crate::failure::{Answer, url_escape};
use crate::forms::FormPage;
use crate::guest::{Guest, done, go};
use crate::named::Named;
use crate::posted::{Asked, Posted};

/// More places than this are a closed list.
const MOST_RADIOS: usize = 12;
/// What cannot be done to something that somebody else has checked out.
const MOVED: &str = "moved to another library";

/// What a place is called in the form.
fn written(place: &Destination) -> String {
    match place.folder {
        Some(folder) => format!("{}.{folder}", place.library),
        None => place.library.to_string(),
    }
}

fn read_place(text: &str) -> Option<(Id<thing::Library>, Option<Id<thing::Folder>>)> {
    match text.split_once('.') {
        Some((library, folder)) => Some((library.parse().ok()?, Some(folder.parse().ok()?))),
        None => Some((text.parse().ok()?, None)),
    }
}

/// The places by site, this one first.
fn where_field(here: Id<thing::Library>, places: &[Destination], chosen: &str) -> Field {
    let site = places
        .iter()
        .find(|place| place.library == here)
        .map_or("", |place| place.site.as_str());
    let (near, far): (Vec<_>, Vec<_>) = places.iter().partition(|place| place.site == site);
    let one_site = far.is_empty();
    let one_library = places.iter().all(|place| place.library == here);
    let choices: Vec<Choice> = near
        .into_iter()
        .chain(far)
        .map(|place| {
            let text = match (place.library == here, place.folder) {
                (true, None) => format!("{}, not in any folder", place.library_name),
                (true, Some(_)) if one_library => place.path.clone(),
                (true, Some(_)) => format!("{} / {}", place.library_name, place.path),
                (false, None) => place.library_name.clone(),
                (false, Some(_)) => format!("{} in {}", place.path, place.library_name),
            };
            let choice = Choice::new(written(place), text);
            if one_site {
                choice
            } else {
                choice.group(&place.site)
            }
        })
        .collect();
    let field = if choices.len() > MOST_RADIOS {
        let none = Choice::new("", "Choose a place");
        Field::select("to", "Where to", std::iter::once(none).chain(choices))
    } else {
        Field::radios("to", "Where to", choices)
    };
    field.bold().value(chosen)
}

/// The page that asks where to, or that says why nothing can be moved.
enum Where {
    Form(Box<FormPage>),
    Stopped(Box<ConfirmPage>),
}

impl Where {
    fn ask(self) -> Answer {
        match self {
            Self::Form(page) => page.ask(),
            Self::Stopped(page) => page.ask(),
        }
    }

    fn refuse(self, problems: &Problems) -> Answer {
        match self {
            Self::Form(page) => page.refuse(problems),
            Self::Stopped(page) => page.hindered(),
        }
    }
}

async fn where_page(
    guest: &Guest,
    library: Id<thing::Library>,
    ticked: &Ticked,
    chosen: &Chosen,
) -> Result<Where, Error> {
    let mut places = libraries::destinations(&guest.actor, library, &chosen.ids()).await?;
    let stopped = chosen.stopped(guest, library, MOVED).await?;
    if stopped.is_some() {
        // Within its library it can still be moved.
        places.retain(|place| place.library == library);
    }
    let frame = |title: String| guest.in_library(title, &chosen.head, chosen.crumbs.clone());
    let cancel = ticked.query().address(library);
    if stopped.is_some() && places.len() < 2 {
        let title = format!("You cannot move {} now", chosen.called());
        let page = ConfirmPage::new(frame(title), "", cancel)
            .what(chosen.several_whole())
            .stopped(stopped);
        return Ok(Where::Stopped(Box::new(page)));
    }
    let others = places.iter().any(|place| place.library != library);
    let page = FormPage::new(
        frame(format!("Move {}", chosen.called())),
        vec![where_field(library, &places, &ticked.to)],
        Button::submit(if others { "Continue" } else { "Move" }),
        cancel,
    );
    let mut page = match stopped {
        Some(stopped) => page
            .what(chosen.several_whole())
            .stopped(stopped)
            .intro(format!(
                "You can move it within {} meanwhile.",
                chosen.head.name
            )),
        None => page.what(chosen.several()),
    };
    if others {
        page = page.intro(
            "What you move to another library is seen by the people who can see that library, and nobody else. You see who that is before anything is moved. Addresses, versions and history stay.",
        );
    }
    for (name, value) in chosen.hidden() {
        page = page.hidden(name, value);
    }
    let page = page
        .hidden("back", ticked.back.clone())
        .hidden("asked", "where");
    Ok(Where::Form(Box::new(page)))
}

/// What comes before a move.
enum First {
    /// A page is shown.
    Page(Answer),
    /// Nothing: it is made, if it still does what this preview says, and shows no more drafts than these.
    Move(Option<(String, u64)>),
}

/// What says who gains and who loses sight of what is moved to another library; nothing when nobody does, or
/// when it was seen and is still so.
async fn shown_first(
    guest: &Guest,
    library: Id<thing::Library>,
    ticked: &Ticked,
    to: Id<thing::Library>,
) -> Result<First, Error> {
    if to == library || (ticked.asked.is_empty() && ticked.shown.is_empty()) {
        return Ok(First::Move(None));
    }
    let preview = moving::look(guest, library, to).await?;
    let drafts = drafts_shown(guest, library, ticked, to).await?;
    // That drafts are shown is agreed to by the button of the page that says so.
    let agreed = ticked.drafts.parse() == Ok(drafts);
    if (drafts == 0 || agreed) && (preview.fingerprint == ticked.shown || preview.changes_nothing())
    {
        return Ok(First::Move(Some((preview.fingerprint, drafts))));
    }
    let chosen = Chosen::find(guest, library, ticked).await?;
    if chosen.is_empty() {
        return Ok(First::Move(Some((preview.fingerprint, drafts))));
    }
    // What stands in the way is said where the place is chosen.
    if chosen.stopped(guest, library, MOVED).await?.is_some() {
        let page = where_page(guest, library, ticked, &chosen).await?;
        return Ok(First::Page(page.ask()));
    }
    if ticked.shown.is_empty() {
        // The preview has an address, so that one can come back to it.
        let mut address = chosen_address(library, "move", &chosen.ids(), &ticked.back);
        let _ = write!(address, "&to={}", url_escape(&ticked.to));
        return Ok(First::Page(go(&address)));
    }
    let page = move_page(guest, library, ticked, &chosen, to, &preview).await?;
    Ok(First::Page(page.again()))
}

async fn move_page(
    guest: &Guest,
    library: Id<thing::Library>,
    ticked: &Ticked,
    chosen: &Chosen,
    to: Id<thing::Library>,
    preview: &MovePreview,
) -> Result<MovePage, Error> {
    let title = format!("Move {}", chosen.called());
    let mut hidden: Vec<_> = chosen.hidden().collect();
    hidden.push(("back", ticked.back.clone()));
    hidden.push(("to", ticked.to.clone()));
    let drafts = drafts_shown(guest, library, ticked, to).await?;
    hidden.push(("drafts", drafts.to_string()));
    let page = MovePage::of(
        guest,
        &chosen.head,
        to,
        preview,
        Move {
            frame: guest.in_library(title, &chosen.head, chosen.crumbs.clone()),
            what: chosen.several(),
            hidden,
            back: chosen_address(library, "move", &chosen.ids(), &ticked.back),
            cancel: ticked.query().address(library),
        },
    )
    .await?;
    Ok(page.showing(drafts))
}

/// Of how many documents readers would see drafts there that they do not see here.
async fn drafts_shown(
    guest: &Guest,
    library: Id<thing::Library>,
    ticked: &Ticked,
    to: Id<thing::Library>,
) -> Result<u64, Error> {
    publishing::drafts_shown_by_moving(&guest.actor, library, &ticked.items(), to).await
}

/// Where something is that is not here any more: it was moved before, perhaps by the same form sent twice. None
/// when it is here, or nowhere that this person can see.
async fn gone_to(guest: &Guest, library: Id<thing::Library>, ticked: &Ticked) -> Option<Answer> {
    let items = ticked.items();
    let item = libraries::item(&guest.actor, *items.first()?).await.ok()?;
    if item.head.id == library {
        return None;
    }
    let folder = item.path.last().map(|(folder, _)| *folder);
    Some(done(
        &library_address(item.head.id, folder),
        format!("{} is here already. Nothing was moved now.", item.name),
    ))
}

/// Asks where to; with a place in another library, says what moving there would do.
pub(super) async fn ask_where(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(ticked): Asked<Ticked>,
) -> Answer {
    let chosen = match Chosen::find(&guest, id, &ticked).await {
        Err(Error::NotFound) => None,
        found => Some(found?).filter(|chosen| !chosen.is_empty()),
    };
    let Some(chosen) = chosen else {
        return match gone_to(&guest, id, &ticked).await {
            Some(answer) => answer,
            None if ticked.items().len() == 1 => Err(Error::NotFound.into()),
            None => go(&ticked.query().address(id)),
        };
    };
    if let Some((to, _)) = read_place(&ticked.to)
        && to != id
        && chosen.stopped(&guest, id, MOVED).await?.is_none()
    {
        let preview = moving::look(&guest, id, to).await?;
        let page = move_page(&guest, id, &ticked, &chosen, to, &preview).await?;
        return page.ask();
    }
    where_page(&guest, id, &ticked, &chosen).await?.ask()
}

pub(super) async fn relocate(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(ticked): Posted<Ticked>,
) -> Answer {
    match try_to_relocate(&guest, id, &ticked).await {
        Err(Failure(Error::NotFound)) => match gone_to(&guest, id, &ticked).await {
            Some(answer) => answer,
            None => Err(Error::NotFound.into()),
        },
        answer => answer,
    }
}

async fn try_to_relocate(guest: &Guest, id: Id<thing::Library>, ticked: &Ticked) -> Answer {
    let place = read_place(&ticked.to);
    let problems = match place {
        None => Problems::one("to", "Choose where to move it"),
        Some((to, folder)) => {
            let (actor, items) = (&guest.actor, ticked.items());
            let moved = match shown_first(guest, id, ticked, to).await? {
                First::Page(page) => return page,
                First::Move(None) => libraries::relocate(actor, id, &items, to, folder).await,
                First::Move(Some((shown, drafts))) => {
                    grants::move_as_shown(actor, id, &items, to, folder, &shown, drafts).await
                }
            };
            match moved {
                Ok(0) => {
                    let here = library_address(to, folder);
                    return done(&here, "It is here already. Nothing was moved.");
                }
                Ok(count) => {
                    return done(&library_address(to, folder), said(count, "moved here"));
                }
                Err(Error::Invalid(problems)) => match problems.of("folder") {
                    Some(why) => Problems::one("to", why),
                    None => problems,
                },
                Err(Error::Conflict(why)) => Problems::one("to", why),
                Err(other) => return Err(other.into()),
            }
        }
    };
    let chosen = Chosen::find(guest, id, ticked).await?;
    if chosen.is_empty() {
        return go(&ticked.query().address(id));
    }
    let page = where_page(guest, id, ticked, &chosen).await?;
    // What stands in the way of leaving the library is said once, by the page itself.
    let crosses = place.is_some_and(|(to, _)| to != id);
    if crosses && chosen.stopped(guest, id, MOVED).await?.is_some() {
        return page.ask();
    }
    page.refuse(&problems)
}
