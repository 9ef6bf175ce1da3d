//! A disk that is full refuses what is new in clear words, keeps what is there, and is used again
//! as soon as there is room.

use std::path::Path;

use chancery::kernel::{Id, thing};

use crate::harness::chance::Chance;
use crate::harness::content::Content;
use crate::harness::disk::Disk;
use crate::harness::person::{Answer, Person, between};
use crate::harness::place::{Cast, Place};
use crate::harness::program::Program;
use crate::harness::until;

const SIZE: u64 = 24 * 1024 * 1024;
const BALLAST: usize = 6 * 1024 * 1024;

/// Uploads contents of one length until one is refused; gives the refusal.
async fn fill(
    person: &Person,
    library: Id<thing::Library>,
    length: usize,
    chance: &mut Chance,
    kept: &mut Vec<(String, Content)>,
) -> Answer {
    for _ in 0..2_000 {
        let content = Content::of(chance, length);
        let name = format!("{length} {}.txt", kept.len());
        let answer = person
            .add(library, "", &name, content.bytes())
            .await
            .answer();
        if answer.status != 201 {
            return answer;
        }
        let id = between(&answer.text(), "/documents/", "\"").to_owned();
        kept.push((id, content));
    }
    panic!("the disk does not fill");
}

fn is_clear(refusal: &Answer) {
    let said = refusal.words();
    assert_eq!(refusal.status, 507, "{said}");
    assert!(refusal.retry_after().is_some(), "{:?}", refusal.headers);
    for words in [
        "Its disk is full",
        "nothing new was kept",
        "before is safe",
        "the people who run this realm",
    ] {
        assert!(said.contains(words), "{words} is not in: {said}");
    }
}

async fn fills(database: &str, all_of_it: bool) {
    let Some(disk) = Disk::small(SIZE) else {
        return;
    };
    let ballast = disk.mounted().join("ballast");
    std::fs::write(&ballast, vec![1; BALLAST]).unwrap();
    let place = Place::init(&disk.mounted().join("realm"), database).logging_to(disk.beside());
    let mut cast = Cast::new(&place, 1).await;
    let person = cast.contributors.pop().unwrap();
    let [library, _] = cast.libraries;
    let program = Program::start(&place);
    let mut chance = Chance::new(7);
    let mut kept = Vec::new();

    let refusal = fill(&person, library, 700_000, &mut chance, &mut kept).await;
    is_clear(&refusal);
    until("debris is cleared away", || place.incoming().is_empty()).await;
    if all_of_it {
        // Small content is in the database, which is on this disk as well.
        let refusal = fill(&person, library, 30_000, &mut chance, &mut kept).await;
        is_clear(&refusal);
    }
    // A person sees a page, with a reference to read out.
    let (document, _) = kept[0].clone();
    let path = format!("/documents/{document}/upload");
    let bytes = Content::of(&mut chance, 900_000).bytes();
    let refusal = person
        .upload(&path, &[("comment", "")], "more.txt", bytes)
        .await
        .answer();
    is_clear(&refusal);
    let said = refusal.words();
    assert!(said.contains("The reference is"), "{said}");

    // Pages are read as before. Content is too, where its reading can be journalled; where not,
    // that is said, since nobody reads what the journal does not know of.
    for path in [
        format!("/libraries/{library}"),
        format!("/documents/{document}"),
    ] {
        assert_eq!(person.get(&path).await.answer().status, 200, "{path}");
    }
    for (id, content) in kept.iter().take(20) {
        let path = format!("/documents/{id}/content?download=1");
        let answer = person.get(&path).await.answer();
        if answer.status == 200 {
            assert!(answer.body == Some(content.bytes()), "{id}");
        } else {
            assert!(all_of_it, "the journal is on another disk");
            is_clear(&answer);
        }
    }

    // Room is made, and the same program goes on.
    std::fs::remove_file(&ballast).unwrap();
    for length in [700_000, 30_000, 700_000] {
        let content = Content::of(&mut chance, length);
        let name = format!("after {}.txt", kept.len());
        let answer = person
            .add(library, "", &name, content.bytes())
            .await
            .answer();
        assert_eq!(answer.status, 201, "{}", answer.words());
        let id = between(&answer.text(), "/documents/", "\"").to_owned();
        kept.push((id, content));
    }
    whole(&person, &kept).await;
    assert!(place.incoming().is_empty());
    place.check();
    program.stop();
    place.check();
}

async fn whole(person: &Person, kept: &[(String, Content)]) {
    for (id, content) in kept {
        let path = format!("/documents/{id}/content?download=1");
        let answer = person.get(&path).await.answer();
        assert_eq!(answer.status, 200, "{}", answer.words());
        assert!(answer.body == Some(content.bytes()), "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_everything() {
    fills("sqlite:realm.db", true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_the_vault_alone() {
    let database = testkit::postgres::fresh();
    fills(&database.url, false).await;
}

/// Where the database is that could not even be begun, nothing is left that says it was.
#[test]
fn a_realm_is_not_half_made_on_a_full_disk() {
    let Some(disk) = Disk::small(256 * 1024) else {
        return;
    };
    let place = Place::named(&disk.mounted().join("realm"));
    let made = place.try_init("sqlite:realm.db");
    assert!(!made.status.success());
    assert!(!exists(&place, "realm.toml"));
}

fn exists(place: &Place, file: &str) -> bool {
    Path::exists(&place.directory().join(file))
}
