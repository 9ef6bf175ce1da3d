//! What people do: one act after the other, each remembered with its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chancery::kernel::{Id, thing};

use super::changes;
use super::content::Content;
use super::desk::{Desk, Doc, Pending, State};
use super::person::{Answer, Came, Person, between};

/// What everybody knows of.
#[derive(Clone)]
pub struct Common {
    pub site: Id<thing::Site>,
    pub libraries: [Id<thing::Library>; 2],
    pub register: Id<thing::Library>,
    /// Everybody adds versions to this document.
    pub shared: Id<thing::Document>,
    /// Everybody wants to hold this one.
    pub contested: Id<thing::Document>,
    pub others: Vec<(Id<thing::Person>, String)>,
    /// The power is being cut: from now on an error is an answer that says nothing.
    pub dark: Arc<AtomicBool>,
}

/// Whether this person can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    GoOn,
    Stop,
}

pub(super) enum Judged {
    Done(Answer),
    /// Somebody else was first.
    Conflict,
    Unknown,
    NotDone,
}

impl Common {
    /// What an answer means; one that the model cannot explain ends the test.
    pub(super) fn judge(&self, came: Came, what: &str) -> Judged {
        match came {
            Came::NotSent => Judged::NotDone,
            Came::Lost => Judged::Unknown,
            Came::Answer(answer) => match answer.status.as_u16() {
                200 | 201 | 303 => Judged::Done(answer),
                409 => Judged::Conflict,
                500.. if self.dark.load(Ordering::SeqCst) => Judged::Unknown,
                other => panic!("{what}: {other}: {}", answer.words()),
            },
        }
    }
}

/// Works on documents until the connection breaks.
pub async fn work(desk: &mut Desk, person: &Person, common: &Common) {
    loop {
        // Few documents, so that each has a history.
        let next = match desk.chance.below(20) {
            0..3 if desk.docs.len() < 12 || desk.chance.once_in(6) => {
                add(desk, person, common).await
            }
            3 => folder(desk, person, common).await,
            4 => add_shared(desk, person, common).await,
            5 => contest(desk, person, common).await,
            6..9 => read(desk, person, common).await,
            _ => changes::change(desk, person, common).await,
        };
        if next == Next::Stop {
            return;
        }
    }
}

async fn add(desk: &mut Desk, person: &Person, common: &Common) -> Next {
    let library = desk.chance.below(2);
    let state = State {
        library,
        folder: desk.folder(library),
        name: desk.name(".txt"),
        versions: vec![Content::any(&mut desk.chance)],
        held: false,
        draft: None,
        binned: false,
    };
    let folder = state.folder.map(|id| id.to_string()).unwrap_or_default();
    let bytes = state.versions[0].bytes();
    let to = common.libraries[library];
    let came = person.add(to, &folder, &state.name, bytes).await;
    match common.judge(came, "adding a document") {
        Judged::Done(answer) => {
            desk.tally.changes += 1;
            let text = answer.text();
            let id = between(&text, "/documents/", "\"").parse();
            if let Ok(id) = id {
                desk.docs.push(Doc {
                    id,
                    state,
                    seen: 0,
                    touched: true,
                });
                return Next::GoOn;
            }
            assert!(answer.body.is_none(), "no address in {text}");
            desk.pending = Some(Pending::Add { state, must: true });
            Next::Stop
        }
        Judged::Conflict => panic!("{} is taken", state.name),
        Judged::Unknown => {
            desk.pending = Some(Pending::Add { state, must: false });
            Next::Stop
        }
        Judged::NotDone => Next::Stop,
    }
}

async fn folder(desk: &mut Desk, person: &Person, common: &Common) -> Next {
    if desk.folders.len() > 8 {
        return Next::GoOn;
    }
    let (library, name) = (desk.chance.below(2), desk.name(""));
    let path = format!("/libraries/{}/folders/new", common.libraries[library]);
    let came = person.post(&path, &[("folder", ""), ("name", &name)]).await;
    match common.judge(came, "making a folder") {
        Judged::Done(answer) => {
            desk.tally.changes += 1;
            let made = answer.location().split("folder=").nth(1).unwrap();
            desk.folders.push((library, made.parse().unwrap()));
            Next::GoOn
        }
        Judged::Conflict => panic!("{name} is taken"),
        Judged::Unknown => {
            desk.pending = Some(Pending::Folder { library, name });
            Next::Stop
        }
        Judged::NotDone => Next::Stop,
    }
}

async fn add_shared(desk: &mut Desk, person: &Person, common: &Common) -> Next {
    let content = Content::any(&mut desk.chance);
    let path = format!("/documents/{}/upload", common.shared);
    let came = person
        .upload(&path, &[("comment", "")], "shared.txt", content.bytes())
        .await;
    match common.judge(came, "adding a version to the document of all") {
        Judged::Done(_) => {
            desk.tally.changes += 1;
            desk.shared.push(content);
            Next::GoOn
        }
        Judged::Conflict => Next::GoOn,
        Judged::Unknown => {
            desk.pending = Some(Pending::Shared { content });
            Next::Stop
        }
        Judged::NotDone => Next::Stop,
    }
}

async fn contest(desk: &mut Desk, person: &Person, common: &Common) -> Next {
    let held = !desk.contested;
    let verb = if held { "check-out" } else { "discard" };
    let path = format!("/documents/{}/{verb}", common.contested);
    match common.judge(person.post(&path, &[]).await, "contesting") {
        Judged::Done(_) => {
            desk.tally.changes += 1;
            desk.contested = held;
            Next::GoOn
        }
        Judged::Conflict => {
            assert!(held, "the one who holds it can give it back");
            Next::GoOn
        }
        Judged::Unknown => {
            desk.pending = Some(Pending::Contest { held });
            Next::Stop
        }
        Judged::NotDone => Next::Stop,
    }
}

/// Downloads a document. Its reading is in the trail before the head of the answer comes.
async fn read(desk: &mut Desk, person: &Person, common: &Common) -> Next {
    let own = desk.some(|state| !state.binned);
    let (id, content) = match own {
        Some(doc) if !desk.chance.once_in(4) => {
            let doc = &desk.docs[doc];
            (doc.id, doc.state.versions.last().copied())
        }
        _ => (common.shared, None),
    };
    let came = person
        .get(&format!("/documents/{id}/content?download=1"))
        .await;
    let (acknowledged, perhaps) = desk.reads.entry(id).or_default();
    match common.judge(came, "downloading") {
        Judged::Done(answer) => {
            *acknowledged += 1;
            desk.tally.reads += 1;
            match (answer.body, content) {
                (Some(bytes), Some(content)) => {
                    assert!(bytes == content.bytes(), "{id} is not what was uploaded");
                    Next::GoOn
                }
                (Some(_), None) => Next::GoOn,
                (None, _) => Next::Stop,
            }
        }
        Judged::Conflict => panic!("{id} cannot be downloaded"),
        Judged::Unknown => {
            *perhaps += 1;
            Next::Stop
        }
        Judged::NotDone => Next::Stop,
    }
}
