//! PostgreSQL stops and comes back under a running program: clear answers, no loss, and no help needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chancery::kernel::{Id, thing};
use testkit::line::Line;
use testkit::postgres::{Cluster, Durability};

use crate::harness::chance::Chance;
use crate::harness::content::Content;
use crate::harness::person::{Answer, Came, Person, between};
use crate::harness::place::{Cast, Place};
use crate::harness::program::Program;

fn is_clear(refusal: &Answer) {
    let said = refusal.words();
    assert_eq!(refusal.status, 503, "{said}");
    assert!(refusal.retry_after().is_some(), "{:?}", refusal.headers);
    assert!(said.contains("Try again"), "{said}");
}

/// Uploads one document after the other until told to stop; gives what was acknowledged.
async fn upload(
    person: Person,
    library: Id<thing::Library>,
    number: u64,
    stop: Arc<AtomicBool>,
) -> (Person, Vec<(String, Content)>) {
    let mut chance = Chance::new(number + 1);
    let (mut kept, mut tried) = (Vec::new(), 0);
    while !stop.load(Ordering::SeqCst) {
        let content = Content::any(&mut chance);
        let name = format!("{number} {tried}.txt");
        tried += 1;
        match person.add(library, "", &name, content.bytes()).await {
            Came::Answer(answer) if answer.status == 201 => {
                let id = between(&answer.text(), "/documents/", "\"").to_owned();
                kept.push((id, content));
            }
            Came::Answer(answer) => is_clear(&answer),
            // The token of the forms could not be asked for.
            Came::NotSent => {}
            Came::Lost => panic!("the program itself goes on"),
        }
    }
    (person, kept)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_is_gone_and_comes_back() {
    let mut cluster = Cluster::start(Durability::Full).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let place = Place::init(&directory.path().join("realm"), &cluster.url());
    let mut cast = Cast::new(&place, 4).await;
    let [library, _] = cast.libraries;
    let page = format!("/libraries/{library}");
    let program = Program::start(&place);

    let stop = Arc::new(AtomicBool::new(false));
    let uploading: Vec<_> = cast
        .contributors
        .drain(..)
        .zip(0..)
        .map(|(person, number)| tokio::spawn(upload(person, library, number, Arc::clone(&stop))))
        .collect();
    for _ in 0..20 {
        assert_eq!(cast.owner.get(&page).await.answer().status, 200);
    }
    cluster.stop();
    is_clear(&cast.owner.get(&page).await.answer());
    let answer = cast
        .owner
        .add(library, "", "meanwhile.txt", b"x".to_vec())
        .await;
    match answer {
        Came::Answer(answer) => is_clear(&answer),
        Came::NotSent => {}
        Came::Lost => panic!("the program itself goes on"),
    }
    cluster.start_again().unwrap();
    // The first page that is asked for now is answered: nothing is left over from before.
    assert_eq!(cast.owner.get(&page).await.answer().status, 200);
    let answer = cast.owner.add(library, "", "back.txt", b"x".to_vec()).await;
    assert_eq!(answer.answer().status, 201);
    stop.store(true, Ordering::SeqCst);
    let mut people = Vec::new();
    let mut acknowledged = 0;
    for uploading in uploading {
        let (person, kept) = uploading.await.unwrap();
        acknowledged += kept.len();
        for (id, content) in &kept {
            let path = format!("/documents/{id}/content?download=1");
            let answer = person.get(&path).await.answer();
            assert_eq!(answer.status, 200, "{}", answer.words());
            assert!(answer.body == Some(content.bytes()), "{id}");
        }
        people.push(person);
    }
    assert!(acknowledged > 4, "too little was done to prove anything");

    // A restart that nobody notices: connections that idled through it are found out and replaced.
    cluster.stop();
    cluster.start_again().unwrap();
    for number in 0..20 {
        let name = format!("last {number}.txt");
        let answer = cast.owner.add(library, "", &name, b"x".to_vec()).await;
        assert_eq!(answer.answer().status, 201);
    }
    for person in people.iter().cycle().take(12) {
        assert_eq!(person.get(&page).await.answer().status, 200);
    }

    // What was not acknowledged is there wholly or not at all: the check looks at all of it.
    place.check();
    program.stop();
}

/// Nobody is told that the database is gone: its machine, or the network, is silent.
#[tokio::test(flavor = "multi_thread")]
async fn the_database_falls_silent_and_answers_again() {
    let cluster = Cluster::start(Durability::Full).unwrap();
    let (line, url) = Line::to_database(&cluster.url()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let place = Place::init(&directory.path().join("realm"), &url);
    let cast = Cast::new(&place, 1).await;
    let [library, _] = cast.libraries;
    let page = format!("/libraries/{library}");
    let program = Program::start(&place);
    let add = async |name: &str| {
        let content = b"x".to_vec();
        cast.owner.add(library, "", name, content).await.answer()
    };
    assert_eq!(add("before.txt").await.status, 201);

    line.fall_silent();
    is_clear(&cast.owner.get(&page).await.answer());
    // It is known by now: who comes later does not wait.
    let soon = tokio::time::timeout(Duration::from_secs(3), cast.owner.get(&page));
    is_clear(&soon.await.unwrap().answer());
    assert_eq!(cast.owner.get("/readyz").await.answer().status, 503);

    line.go_on();
    let goes_on = async { while cast.owner.get(&page).await.answer().status != 200 {} };
    tokio::time::timeout(Duration::from_secs(20), goes_on)
        .await
        .unwrap();
    assert_eq!(add("after.txt").await.status, 201);
    assert!(program.log().contains("the database is silent"));
    assert!(program.log().contains("the database answers again"));
    place.check();
    program.stop();
}
