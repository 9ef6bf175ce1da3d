//! What people do to their own documents.

use super::acts::{Common, Judged, Next};
use super::content::Content;
use super::desk::{Desk, Doc, Pending, State};
use super::person::{Came, Person};

/// Does something to one of one's own documents.
pub(super) async fn change(desk: &mut Desk, person: &Person, common: &Common) -> Next {
    let Some(doc) = desk.some(|_| true) else {
        return Next::GoOn;
    };
    let Doc { id, ref state, .. } = desk.docs[doc];
    let (held, mut after) = (state.held, state.clone());
    let asked = if held {
        while_held(desk, person, doc, &mut after).await
    } else {
        while_free(desk, person, common, doc, &mut after).await
    };
    let Some((what, came)) = asked else {
        return Next::GoOn;
    };
    match common.judge(came, what) {
        Judged::Done(answer) => {
            assert_eq!(answer.status, 303, "{what} {id}: {}", answer.words());
            desk.tally.changes += 1;
            desk.docs[doc].state = after;
            desk.docs[doc].touched = true;
            Next::GoOn
        }
        Judged::Conflict => panic!("{what} {id}: nobody else works on it"),
        Judged::Unknown => {
            desk.pending = Some(Pending::Change { doc, after });
            Next::Stop
        }
        Judged::NotDone => Next::Stop,
    }
}

/// What one does with a document that one has checked out.
async fn while_held(
    desk: &mut Desk,
    person: &Person,
    doc: usize,
    after: &mut State,
) -> Option<(&'static str, Came)> {
    let Doc { id, ref state, .. } = desk.docs[doc];
    let has_draft = state.draft.is_some();
    let at = |verb: &str| format!("/documents/{id}/{verb}");
    let done = match desk.chance.below(10) {
        0..3 => {
            let content = Content::any(&mut desk.chance);
            after.draft = Some(content);
            let bytes = content.bytes();
            let came = person.upload(&at("work"), &[], "work.txt", bytes).await;
            ("saving work", came)
        }
        3..6 if has_draft => {
            after.versions.extend(after.draft.take());
            after.held = false;
            let fields = [("comment", "from my work")];
            let came = person
                .upload(&at("check-in"), &fields, "", Vec::new())
                .await;
            ("checking in one's work", came)
        }
        3..9 => {
            let content = Content::any(&mut desk.chance);
            after.versions.push(content);
            (after.held, after.draft) = (false, None);
            let fields = [("comment", "from a file")];
            let came = person
                .upload(&at("check-in"), &fields, "in.txt", content.bytes())
                .await;
            ("checking in", came)
        }
        _ => {
            (after.held, after.draft) = (false, None);
            ("discarding", person.post(&at("discard"), &[]).await)
        }
    };
    Some(done)
}

/// What one does with a document that nobody has checked out.
async fn while_free(
    desk: &mut Desk,
    person: &Person,
    common: &Common,
    doc: usize,
    after: &mut State,
) -> Option<(&'static str, Came)> {
    let before = desk.docs[doc].state.clone();
    let id = desk.docs[doc].id;
    let library = common.libraries[before.library];
    let item = id.to_string();
    let at = |verb: &str| format!("/documents/{id}/{verb}");
    let done = match desk.chance.below(10) {
        _ if before.binned => {
            after.binned = false;
            let path = format!("/libraries/{library}/bin/restore");
            ("restoring", person.post(&path, &[("item", &item)]).await)
        }
        0..3 => {
            after.held = true;
            let came = person.post(&at("check-out"), &[("note", "mine")]).await;
            ("checking out", came)
        }
        3..6 => {
            let content = Content::any(&mut desk.chance);
            after.versions.push(content);
            let bytes = content.bytes();
            let came = person.upload(&at("upload"), &[], "new.txt", bytes).await;
            ("adding a version", came)
        }
        6 => {
            after.name = desk.name(".txt");
            let path = format!("/items/{id}/rename");
            let came = person.post(&path, &[("name", &after.name)]).await;
            ("renaming", came)
        }
        7 if before.versions.len() > 1 => {
            let number = 1 + desk.chance.below(before.versions.len() - 1);
            after.versions.push(before.versions[number - 1]);
            let path = at(&format!("versions/{number}/restore"));
            ("restoring a version", person.post(&path, &[]).await)
        }
        8 => {
            after.binned = true;
            let path = format!("/libraries/{library}/delete");
            let fields = [("item", item.as_str()), ("back", "")];
            ("deleting", person.post(&path, &fields).await)
        }
        _ => {
            after.library = desk.chance.below(2);
            after.folder = desk.folder(after.library);
            if *after == before {
                return None;
            }
            let mut to = common.libraries[after.library].to_string();
            if let Some(folder) = after.folder {
                to = format!("{to}.{folder}");
            }
            let path = format!("/libraries/{library}/move");
            let fields = [("item", item.as_str()), ("to", to.as_str()), ("back", "")];
            ("moving", person.post(&path, &fields).await)
        }
    };
    Some(done)
}
