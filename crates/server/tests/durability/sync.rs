//! A disk that takes writes and then refuses to make them durable: nothing is acknowledged on it.

use std::path::{Path, PathBuf};

use crate::harness::chance::Chance;
use crate::harness::content::Content;
use crate::harness::person::{Answer, Person, between};
use crate::harness::place::{Cast, Place};
use crate::harness::program::Program;
use crate::harness::shim::FailingSyncs;

struct Scene {
    place: Place,
    cast: Cast,
    syncs: FailingSyncs,
    _directory: tempfile::TempDir,
}

impl Scene {
    async fn set(database: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let here = directory.path().canonicalize().unwrap();
        let syncs = FailingSyncs::new(&here);
        let place = Place::init(&here.join("realm"), database);
        let cast = Cast::new(&place, 1).await;
        Self {
            place,
            cast,
            syncs,
            _directory: directory,
        }
    }

    fn person(&self) -> &Person {
        &self.cast.contributors[0]
    }

    async fn add(&self, name: &str, content: Content) -> Answer {
        let [library, _] = self.cast.libraries;
        let came = self.person().add(library, "", name, content.bytes()).await;
        came.answer()
    }

    async fn added(&self, name: &str, content: Content) -> String {
        let answer = self.add(name, content).await;
        assert_eq!(answer.status, 201, "{}", answer.words());
        between(&answer.text(), "/documents/", "\"").to_owned()
    }

    async fn refused(&self, name: &str, content: Content) {
        is_clear(&self.add(name, content).await);
    }

    /// `/readyz` says so within the second for which it is good.
    async fn until_ready_is(&self, ready: bool, why: &str) {
        for _ in 0..100 {
            let answer = self.person().get("/readyz").await.answer();
            if (answer.status == 200) == ready && answer.text().contains(why) {
                return;
            }
            #[allow(clippy::disallowed_methods, reason = "a finding is good for a second")]
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("/readyz does not say {why}");
    }

    async fn download(&self, id: &str) -> Answer {
        let path = format!("/documents/{id}/content?download=1");
        self.person().get(&path).await.answer()
    }
}

fn is_clear(refusal: &Answer) {
    let said = refusal.words();
    assert_eq!(refusal.status, 503, "{said}");
    assert!(refusal.retry_after().is_some());
    assert!(said.contains("may not have been kept"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_acknowledged_that_sqlite_could_not_sync() {
    let mut scene = Scene::set("sqlite:realm.db").await;
    let mut chance = Chance::new(11);
    let mut some = || Content::small(&mut chance);
    let program = Program::start_with(&scene.place, &scene.syncs.environment());
    let first = some();
    let id = scene.added("first.txt", first).await;

    scene.syncs.fail(scene.place.directory());
    let lost = some();
    scene.refused("lost.txt", lost).await;
    // A reading that cannot be journalled is refused before its first byte leaves.
    let reading = scene.download(&id).await;
    is_clear(&reading);
    assert!(reading.body != Some(first.bytes()));
    scene.until_ready_is(false, "does not take writes").await;
    // What needs no write goes on.
    let page = format!("/documents/{id}");
    assert_eq!(scene.person().get(&page).await.answer().status, 200);

    // That a later sync succeeds proves nothing about what an earlier one dropped.
    scene.syncs.mend();
    scene.refused("still not.txt", some()).await;
    is_clear(&scene.download(&id).await);
    scene.until_ready_is(false, "does not take writes").await;
    assert!(program.log().contains("could not be synced"));
    program.stop();

    // Started again, it has read what the disk holds, and goes on from there.
    let program = Program::start(&scene.place);
    scene.cast.contributors[0].reconnect();
    scene.until_ready_is(true, "").await;
    assert!(scene.download(&id).await.body == Some(first.bytes()));
    let second = some();
    let after = scene.added("second.txt", second).await;
    assert!(scene.download(&after).await.body == Some(second.bytes()));
    // What was not acknowledged is there wholly or not at all: then its name is free.
    let again = scene.add("lost.txt", some()).await;
    assert!(
        [201, 409].contains(&again.status.as_u16()),
        "{}",
        again.words()
    );
    scene.place.check();
    program.stop();
}

fn blobs(below: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            blobs(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_acknowledged_that_the_vault_could_not_sync() {
    let database = testkit::postgres::fresh();
    let scene = Scene::set(&database.url).await;
    let mut chance = Chance::new(12);
    let program = Program::start_with(&scene.place, &scene.syncs.environment());
    let vault = scene.place.directory().join("vault");
    let stored = || {
        let mut found = Vec::new();
        blobs(&vault, &mut found);
        found.len()
    };
    let first = Content::of(&mut chance, 200_000);
    let id = scene.added("first.txt", first).await;
    assert_eq!(stored(), 1);

    // The file itself, and then the directory that names it.
    for (number, failing) in ["incoming", "blobs"].into_iter().enumerate() {
        scene.syncs.fail(&vault.join(failing));
        let content = Content::of(&mut chance, 200_000);
        let name = format!("after {failing}.txt");
        scene.refused(&name, content).await;
        assert_eq!(stored(), 1 + number, "a refused upload leaves nothing");
        scene
            .until_ready_is(false, r#""store":"does not answer""#)
            .await;
        // Reading, and what is kept in the database, go on.
        assert!(scene.download(&id).await.body == Some(first.bytes()));
        scene
            .added(
                &format!("small {failing}.txt"),
                Content::of(&mut chance, 900),
            )
            .await;
        scene.syncs.mend();
        scene.until_ready_is(true, "").await;
        // The same content is written anew, and not taken for what was refused.
        let id = scene.added(&name, content).await;
        assert!(scene.download(&id).await.body == Some(content.bytes()));
    }
    scene.place.check();
    program.stop();
}
