//! What a move to another library does to who can see what is moved, before it is done.

use askama::Template;
use chancery::Error;
use chancery::grants::{self, MovePreview};
use chancery::kernel::{Id, Role, thing};
use chancery::libraries::{self, LibraryHead};

use crate::failure::Answer;
use crate::frame::Frame;
use crate::guest::{Guest, page, problem_page};
use crate::pages::access::people::{People, answer, so_many};

const NEWS: &str = "Who gains and who loses access is different now: something was changed since you looked, perhaps by you. Check it again before you move anything.";

/// Says who gains and who loses sight of what is about to be moved, with one button that moves it.
#[derive(Debug, Template)]
#[template(path = "libraries/move.html")]
pub(super) struct MovePage {
    frame: Frame,
    /// What is moved, above the heading.
    caption: String,
    /// What is different from what was shown before.
    news: Option<&'static str>,
    /// What is moved, where that is several things.
    what: Vec<String>,
    from: String,
    to: String,
    before: String,
    after: String,
    /// What it does to the mover's own sight.
    warning: Option<String>,
    /// Drafts that readers see there.
    drafts: Option<String>,
    lists: Vec<People>,
    hidden: Vec<(&'static str, String)>,
    /// Where to choose another place.
    back: String,
    cancel: String,
}

/// What is moved where, and the ways out of the page.
#[derive(Debug)]
pub(super) struct Move {
    pub(super) frame: Frame,
    pub(super) what: Vec<String>,
    pub(super) hidden: Vec<(&'static str, String)>,
    pub(super) back: String,
    pub(super) cancel: String,
}

/// What moving to this other library would do.
pub(super) async fn look(
    guest: &Guest,
    from: Id<thing::Library>,
    to: Id<thing::Library>,
) -> Result<MovePreview, Error> {
    grants::preview_move(&guest.actor, from, to).await
}

impl MovePage {
    pub(super) async fn of(
        guest: &Guest,
        from: &LibraryHead,
        to: Id<thing::Library>,
        preview: &MovePreview,
        moved: Move,
    ) -> Result<Self, Error> {
        let to = libraries::head(&guest.actor, to).await?;
        let Move {
            mut frame,
            what,
            mut hidden,
            back,
            cancel,
        } = moved;
        let differ = preview.differ_count;
        let heading = answer(preview.gain_count.0, preview.lose_count.0, differ);
        let caption = std::mem::replace(&mut frame.title, heading);
        hidden.push(("shown", preview.fingerprint.clone()));
        let mut lists = vec![
            People::gaining(&preview.gain, preview.gain_count),
            People::losing(&preview.lose, preview.lose_count),
            People::differing(&preview.differ, differ),
        ];
        lists.retain(People::is_some);
        let called = |head: &LibraryHead| format!("{} on {}", head.name, head.site.line.name);
        Ok(Self {
            frame,
            caption,
            news: None,
            what,
            from: called(from),
            to: called(&to),
            before: so_many(preview.before),
            after: so_many(preview.after),
            warning: own(guest, preview),
            drafts: None,
            lists,
            hidden,
            back,
            cancel,
        })
    }

    /// Says of how many documents readers see drafts there that they do not see here.
    #[must_use]
    pub(super) fn showing(mut self, drafts: u64) -> Self {
        self.drafts = (drafts > 0).then(|| {
            format!(
                "That library does not require publishing: its readers will see every version, also the drafts of {} that readers do not see here.",
                crate::format::count(drafts, "document", "documents")
            )
        });
        self
    }

    pub(super) fn ask(&self) -> Answer {
        page(self)
    }

    /// The page again, because the answer is another one now.
    pub(super) fn again(mut self) -> Answer {
        self.news = Some(NEWS);
        problem_page(&self)
    }
}

/// What the move does to the mover's own sight of what is moved.
fn own(guest: &Guest, preview: &MovePreview) -> Option<String> {
    let me = guest.actor.me().ok()?;
    if preview.lose.iter().any(|one| one.line.id == me) {
        return Some("You will not be able to see it there yourself.".to_owned());
    }
    let differ = preview.differ.iter().find(|one| one.line.id == me)?;
    Some(match differ.after {
        Role::Owner => "You will be an owner of it there, and decide who can see it.".to_owned(),
        after => format!(
            "You are an owner of it here, and will be a {} there: you will no longer decide who can see it, or see who has read it.",
            after.name()
        ),
    })
}
