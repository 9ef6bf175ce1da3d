//! Comparing the realm with what people know they did.

use std::collections::BTreeMap;

use chancery::documents;
use chancery::grants::{self, Subject};
use chancery::kernel::{Actor, Id, Realm, thing};
use chancery::libraries::{self, Listing};

use super::acts::Common;
use super::content::Content;
use super::desk::{Desk, Doc, Pending, State};
use super::person::Person;

/// What the realm says of a document, its content aside.
#[derive(Debug, PartialEq)]
struct Facts {
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: String,
    version: usize,
    size: u64,
    held: bool,
    draft: Option<u64>,
    binned: bool,
}

impl Facts {
    fn of(state: &State, common: &Common) -> Self {
        let size = |content: &Content| content.len() as u64;
        Self {
            library: common.libraries[state.library],
            folder: state.folder,
            name: state.name.clone(),
            version: state.versions.len(),
            size: size(state.versions.last().unwrap()),
            held: state.held,
            draft: state.draft.as_ref().map(size),
            binned: state.binned,
        }
    }

    async fn found(actor: &Actor, id: Id<thing::Document>) -> Self {
        let page = documents::document(actor, id, None).await.unwrap();
        Self {
            library: page.head.id,
            folder: page.path.last().map(|(folder, _)| *folder),
            version: usize::try_from(page.version).unwrap(),
            size: page.size,
            held: page.held.is_some_and(|held| held.mine),
            draft: page.draft.map(|draft| draft.size),
            binned: page.binned.is_some(),
            name: page.name,
        }
    }
}

/// Looks at what was touched since the last look, or at everything.
pub struct Look {
    pub realm: Realm,
    pub common: Common,
    pub whole: bool,
}

impl Look {
    /// At everything that one person did. Their last act, whose answer never came, is there wholly or not at all.
    pub async fn at(&self, desk: &mut Desk, person: &Person) {
        let actor = Actor::person(&self.realm, person.id);
        self.settle(desk, &actor, person).await;
        for doc in &mut desk.docs {
            if doc.touched || self.whole {
                let found = Facts::found(&actor, doc.id).await;
                assert_eq!(found, Facts::of(&doc.state, &self.common), "{}", doc.id);
                let seen = if self.whole { 0 } else { doc.seen };
                let same = compare(person, doc.id, &doc.state, seen).await;
                desk.tally.compared += same.unwrap_or_else(|what| panic!("{what}"));
                doc.seen = doc.state.versions.len();
                doc.touched = false;
            }
        }
    }

    async fn settle(&self, desk: &mut Desk, actor: &Actor, person: &Person) {
        let Some(pending) = desk.pending.take() else {
            return;
        };
        let done = match pending {
            Pending::Add { state, must } => {
                let found = self.named(actor, state.library, &state.name).await;
                assert!(found.is_some() || !must, "{} is lost", state.name);
                if let Some(id) = found {
                    desk.docs.push(Doc {
                        id: Id::from_raw(id.raw()),
                        state,
                        seen: 0,
                        touched: true,
                    });
                }
                found.is_some()
            }
            Pending::Change { doc, after } => {
                let doc = &mut desk.docs[doc];
                let found = Facts::found(actor, doc.id).await;
                let is_after = found == Facts::of(&after, &self.common)
                    && compare(person, doc.id, &after, doc.seen).await.is_ok();
                // What it is otherwise is compared below, as everything that was touched.
                doc.touched = true;
                if is_after {
                    doc.state = after;
                }
                is_after
            }
            Pending::Folder { library, name } => {
                let found = self.named(actor, library, &name).await;
                if let Some(id) = found {
                    desk.folders.push((library, Id::from_raw(id.raw())));
                }
                found.is_some()
            }
            // What everybody works on is looked at together.
            shared => {
                desk.tally.unknown += 1;
                desk.pending = Some(shared);
                return;
            }
        };
        desk.tally.unknown += 1;
        desk.tally.done += u64::from(done);
    }

    async fn named(&self, actor: &Actor, library: usize, name: &str) -> Option<Id<thing::Item>> {
        let listing = Listing {
            find: name.to_owned(),
            limit: 200,
            ..Listing::default()
        };
        let library = self.common.libraries[library];
        let page = libraries::list(actor, library, &listing).await.unwrap();
        let mut found = page.items.into_iter().filter(|item| item.name == name);
        let id = found.next().map(|item| item.id);
        assert!(found.next().is_none(), "{name} is there twice");
        id
    }

    /// At what everybody works on: each outcome must be one that the answers allow. `seen` says
    /// which versions of the common document were looked at before.
    pub async fn at_shared(&self, desks: &mut [Desk], owner: &Person, seen: &mut Vec<Content>) {
        let actor = Actor::person(&self.realm, owner.id);
        let mut wanted: Vec<Content> = Vec::new();
        let mut allowed: Vec<Content> = Vec::new();
        for desk in &mut *desks {
            wanted.extend(&desk.shared);
            if let Some(Pending::Shared { content }) = desk.pending {
                allowed.push(content);
                desk.pending = None;
            }
        }
        wanted.retain(|content| !seen.contains(content));
        allowed.extend(&wanted);
        let page = documents::document(&actor, self.common.shared, None)
            .await
            .unwrap();
        let version = usize::try_from(page.version).unwrap();
        for number in seen.len() + 1..=version {
            let bytes = version_of(owner, self.common.shared, number).await;
            let found = allowed.iter().position(|content| content.bytes() == bytes);
            let found = found.unwrap_or_else(|| panic!("nobody uploaded version {number}"));
            let content = allowed.swap_remove(found);
            seen.push(content);
            desks[0].tally.compared += 1;
            if !wanted.contains(&content) {
                desks[0].tally.done += 1;
            }
        }
        for content in wanted {
            assert!(
                seen.contains(&content),
                "a version that was acknowledged is lost"
            );
        }
    }

    /// At who holds the document that everybody wants.
    pub async fn at_contested(&self, desks: &mut [Desk], people: &[Person]) {
        let actor = Actor::person(&self.realm, people[0].id);
        let page = documents::document(&actor, self.common.contested, None)
            .await
            .unwrap();
        let holder = page.held.map(|held| held.by.id);
        for (desk, person) in desks.iter_mut().zip(people) {
            let holds = holder == Some(person.id);
            if let Some(Pending::Contest { held }) = desk.pending {
                desk.pending = None;
                desk.tally.done += u64::from(holds == held);
                desk.contested = holds;
            }
            assert_eq!(
                desk.contested, holds,
                "{} and the hold of the document that everybody wants",
                person.name
            );
        }
    }

    /// At who was given access.
    pub async fn at_access(&self, desk: &mut Desk, owner: &Person) {
        let actor = Actor::person(&self.realm, owner.id);
        let page = grants::access(&actor, self.common.register).await.unwrap();
        let found: BTreeMap<Id<thing::Person>, Option<String>> = page
            .grants
            .iter()
            .filter(|line| !line.inherited)
            .filter_map(|line| match line.subject {
                Subject::Person(id) if id != owner.id => Some((id, Some(line.id.to_string()))),
                _ => None,
            })
            .collect();
        let mut expected: Vec<_> = desk.given.keys().copied().collect();
        if let Some(Pending::Grant { who, given }) = desk.pending {
            desk.pending = None;
            desk.tally.unknown += 1;
            if found.contains_key(&who) == given {
                desk.tally.done += 1;
                expected.retain(|other| *other != who);
                expected.extend(given.then_some(who));
                expected.sort_unstable();
            }
        }
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), expected);
        desk.given = found;
    }
}

/// Looks at the trail, as an owner exports it: every reading that was acknowledged is in it, and
/// nothing that nobody did.
pub async fn at_trail(common: &Common, desks: &[Desk], people: &[Person], owner: &Person) {
    let path = format!("/sites/{}/trail.jsonl", common.site);
    let answer = owner.get(&path).await.answer();
    assert_eq!(answer.status, 200, "{}", answer.words());
    let mut downloads: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut published: BTreeMap<String, usize> = BTreeMap::new();
    for line in answer.text().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let document = text(&line["document"]["id"]);
        match line["action"].as_str().unwrap() {
            "DownloadVersion" => {
                *downloads
                    .entry((text(&line["person"]), document))
                    .or_default() += 1;
            }
            "AddDocument" | "AddVersion" | "CheckIn" | "RestoreVersion" => {
                *published.entry(document).or_default() += 1;
            }
            _ => {}
        }
    }
    for (desk, person) in desks.iter().zip(people) {
        for (document, (acknowledged, perhaps)) in &desk.reads {
            let key = (person.id.to_string(), document.to_string());
            let found = downloads.remove(&key).unwrap_or_default();
            assert!(
                (*acknowledged..=acknowledged + perhaps).contains(&found),
                "{} downloaded {document} {acknowledged} times (and perhaps {perhaps} more); the trail says {found}",
                person.name
            );
        }
        for doc in &desk.docs {
            let found = published.get(&doc.id.to_string()).copied();
            assert_eq!(found, Some(doc.state.versions.len()), "{}", doc.id);
        }
    }
    assert!(downloads.is_empty(), "nobody did this: {downloads:?}");
}

/// Compares the versions from one on, and the draft; says how many contents were the same.
async fn compare(
    person: &Person,
    id: Id<thing::Document>,
    state: &State,
    seen: usize,
) -> Result<u64, String> {
    let mut same = 0;
    for (place, content) in state.versions.iter().enumerate().skip(seen) {
        if version_of(person, id, place + 1).await != content.bytes() {
            return Err(format!(
                "version {} of {id} is not what was uploaded",
                place + 1
            ));
        }
        same += 1;
    }
    if let Some(draft) = state.draft {
        let answer = person.get(&format!("/documents/{id}/draft")).await.answer();
        if answer.status != 200 || answer.body != Some(draft.bytes()) {
            return Err(format!("the draft of {id} is not what was uploaded"));
        }
        same += 1;
    }
    Ok(same)
}

/// A version's content, opened and not downloaded: the two are told apart in the trail.
async fn version_of(person: &Person, id: Id<thing::Document>, number: usize) -> Vec<u8> {
    let path = format!("/documents/{id}/versions/{number}");
    let answer = person.get(&path).await.answer();
    assert_eq!(answer.status, 200, "{path}: {}", answer.words());
    answer.body.expect("the content comes whole")
}
