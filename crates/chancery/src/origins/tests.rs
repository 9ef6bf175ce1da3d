//! Where documents come from, and what their sender is asked before they are there twice.

use super::*;
use crate::documents::{self, Same};
use crate::kernel::{Actor, Id};
use crate::libraries;
use crate::libraries::tests::fixture::{Cast, add, assert_conflict, assert_invalid, put};
use crate::testing::{assert_not_found, both};
use crate::uploads::{self, Answer, Became, Brought, Waiting};

async fn bring(who: &Actor, cast: &Cast, name: &str, content: &str) -> Brought {
    uploads::bring(who, cast.papers, None, name, content.as_bytes())
        .await
        .unwrap()
}

fn waits(brought: &Brought) -> Id<thing::Upload> {
    match brought {
        Brought::Waits(upload) => *upload,
        Brought::Added(added) => panic!("{added:?} was added"),
    }
}

async fn one(who: &Actor, upload: Id<thing::Upload>) -> Waiting {
    uploads::waiting_one(who, upload).await.unwrap()
}

async fn of(who: &Actor, document: Id<thing::Document>) -> Origins {
    origins(&mut who.scope().unwrap(), document).await.unwrap()
}

#[tokio::test]
async fn a_name_that_is_used_is_asked_about_and_nothing_is_sent_again() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let there = cast.document("Q3 return.docx").await;
        let upload = waits(&bring(&cast.ben, &cast, "q3 RETURN.docx", "more").await);
        let asked = one(&cast.ben, upload).await;
        let namesake = asked.namesake.unwrap();
        assert_eq!((namesake.id, namesake.version), (there, 1));
        assert_eq!(asked.other_name, "q3 RETURN (2).docx");
        assert_eq!(asked.size, 4);
        // Only its sender knows of it.
        for who in [&cast.ann, &cast.olive, &cast.rita] {
            assert!(uploads::waiting(who).await.unwrap().is_empty());
            assert_not_found(uploads::answer(who, upload, &Answer::LeaveOut).await);
        }
        let version = Answer::Version {
            document: there,
            seen: Some(1),
        };
        let became = uploads::answer(&cast.ben, upload, &version).await.unwrap();
        assert_eq!(became, Some(Became::Version(there)));
        let page = documents::document(&cast.rita, there, None).await.unwrap();
        assert_eq!((page.version, page.size), (2, 4));
        assert!(uploads::waiting(&cast.ben).await.unwrap().is_empty());
        // Answered twice, it is done once.
        uploads::answer(&cast.ben, upload, &version).await.unwrap();
        let page = documents::document(&cast.rita, there, None).await.unwrap();
        assert_eq!(page.version, 2);

        // Another name, and the first that is free.
        let upload = waits(&bring(&cast.ben, &cast, "Q3 return.docx", "other").await);
        let outcome = uploads::answer(&cast.ben, upload, &Answer::Name("a/b".to_owned())).await;
        assert!(matches!(outcome, Err(Error::Invalid(_))), "{outcome:?}");
        let outcome = uploads::answer(
            &cast.ben,
            upload,
            &Answer::Name("Q3 return.docx".to_owned()),
        )
        .await;
        assert_conflict(outcome);
        uploads::answer(&cast.ben, upload, &Answer::Name(String::new()))
            .await
            .unwrap();
        let upload = waits(&bring(&cast.ben, &cast, "Q3 return.docx", "third").await);
        uploads::answer(&cast.ben, upload, &Answer::Name(String::new()))
            .await
            .unwrap();
        let names = cast.names(&cast.rita, &libraries::Listing::default()).await;
        assert_eq!(
            names,
            ["Q3 return (2).docx", "Q3 return (3).docx", "Q3 return.docx"]
        );
        // Left out.
        let upload = waits(&bring(&cast.ben, &cast, "Q3 return.docx", "fourth").await);
        let left = uploads::answer(&cast.ben, upload, &Answer::LeaveOut).await;
        assert_eq!(left.unwrap(), None);
        assert_not_found(uploads::waiting_one(&cast.ben, upload).await);
    })
    .await;
}

#[tokio::test]
async fn content_that_is_here_already_is_offered_and_kept_twice_only_for_a_reason() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let there = add(&cast.ann, cast.archive, None, "First.txt", &b"the same"[..])
            .await
            .unwrap()
            .id;
        let upload = waits(&bring(&cast.ben, &cast, "Second.txt", "the same").await);
        let asked = one(&cast.ben, upload).await;
        assert_eq!(
            asked.same,
            [Same {
                id: there,
                name: "First.txt".to_owned(),
                library: "Archive".to_owned()
            }]
        );
        assert_eq!(asked.namesake, None);
        // Nothing is there yet, for anybody.
        let names = cast.names(&cast.rita, &libraries::Listing::default()).await;
        assert!(names.is_empty());
        assert_invalid(
            uploads::answer(&cast.ben, upload, &Answer::KeepBoth(" ".to_owned())).await,
            "reason",
        );
        let reason = Answer::KeepBoth("The archive's copy is for the inquiry".to_owned());
        let Some(Became::Document(added)) =
            uploads::answer(&cast.ben, upload, &reason).await.unwrap()
        else {
            panic!("it is a document")
        };
        for (document, other) in [(added.id, there), (there, added.id)] {
            let known = of(&cast.rita, document).await;
            let [
                Use::KeptApart {
                    other: told,
                    reason,
                    by,
                },
            ] = &known.used[..]
            else {
                panic!("{known:?}")
            };
            assert_eq!(told.id, other);
            assert_eq!(reason, "The archive's copy is for the inquiry");
            assert_eq!(by.name, "Ben Field");
        }
        // Empty files are all alike, and what cannot be seen is not offered.
        assert!(matches!(
            bring(&cast.ben, &cast, "empty.txt", "").await,
            Brought::Added(_)
        ));
        assert!(matches!(
            bring(&cast.ben, &cast, "empty too.txt", "").await,
            Brought::Added(_)
        ));
        add(&cast.ann, cast.private, None, "Hidden.txt", &b"hidden"[..])
            .await
            .unwrap();
        assert!(matches!(
            bring(&cast.ben, &cast, "mine.txt", "hidden").await,
            Brought::Added(_)
        ));
        // A program is told, or says why beforehand.
        let outcome = documents::add_unless_same(
            &cast.ben,
            cast.papers,
            None,
            "third.txt",
            &b"the same"[..],
            None,
        )
        .await;
        assert!(assert_conflict(outcome).contains("same content"));
        documents::add_unless_same(
            &cast.ben,
            cast.papers,
            None,
            "third.txt",
            &b"the same"[..],
            Some("A test"),
        )
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_upload_in_pieces_waits_for_its_answer_too() {
    both(async |world| {
        let cast = Cast::new(world).await;
        cast.document("there.txt").await;
        let content = b"what there.txt says";
        let beginning = uploads::Beginning {
            name: "again.txt".to_owned(),
            size: content.len() as u64,
            to: uploads::To::Library {
                library: cast.papers,
                folder: None,
                path: Vec::new(),
            },
            once: None,
            asks: true,
        };
        let line = uploads::begin(&cast.ben, &beginning).await.unwrap();
        let outcome = uploads::receive(&cast.ben, line.id, 0, &content[..], None)
            .await
            .unwrap();
        assert!(
            matches!(outcome, uploads::Outcome::Whole(Became::Waits(upload)) if upload == line.id)
        );
        assert_eq!(one(&cast.ben, line.id).await.same.len(), 1);
        // The garbage of a day leaves it alone, and the end of its time does not.
        world_passes(&cast, 25);
        documents::collect_garbage(&cast.world.realm).await.unwrap();
        uploads::answer(&cast.ben, line.id, &Answer::KeepBoth("Needed".to_owned()))
            .await
            .unwrap();
        let upload = waits(&bring(&cast.ben, &cast, "there.txt", "x").await);
        world_passes(&cast, 73);
        assert_not_found(uploads::waiting_one(&cast.ben, upload).await);
        assert_not_found(uploads::answer(&cast.ben, upload, &Answer::LeaveOut).await);
    })
    .await;
}

fn world_passes(cast: &Cast, hours: u64) {
    cast.world
        .clock
        .advance(std::time::Duration::from_hours(hours));
}

#[tokio::test]
async fn a_copy_says_where_it_comes_from_to_those_who_can_see_that() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        let hidden = add(&cast.ann, cast.private, None, "Original.txt", &b"one"[..])
            .await
            .unwrap()
            .id;
        let copy = cast.document("Copy.txt").await;
        put(
            &world,
            "UPDATE items SET copied_from = $1, copied_version = 1 WHERE id = $2",
            crate::kernel::args![hidden, copy],
        )
        .await;
        documents::add_version(&cast.ann, hidden, "", &b"two"[..], "")
            .await
            .unwrap();
        let known = of(&cast.ann, copy).await;
        let (origin, version) = known.copied_from.unwrap();
        assert_eq!((origin.id, origin.version, version), (hidden, 2, 1));
        // Ben sees the copy and not the original; Elsa the original and not the copy.
        assert_eq!(of(&cast.ben, copy).await, Origins::default());
        assert_eq!(of(&cast.elsewhere, hidden).await, Origins::default());
        assert_eq!(of(&cast.elsewhere, copy).await, Origins::default());
        let known = of(&cast.ann, hidden).await;
        assert!(
            matches!(&known.used[..], [Use::Copied { copy: other, version: 1, .. }] if other.id == copy)
        );
        // Nor of one that is above one's clearance, or sealed, or deleted.
        cast.mark(copy).await;
        assert_eq!(of(&cast.ann, hidden).await.used, []);
        assert_eq!(of(&cast.ann, copy).await, Origins::default());
    })
    .await;
}

/// To readers a draft is not there: neither that it is a copy, nor how many versions there are, nor as the same content.
#[tokio::test]
async fn drafts_are_not_told_of_to_readers() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        let origin = cast.document("Origin.txt").await;
        let rule = Some(crate::libraries::publishing::Publishing { approval: false });
        crate::libraries::publishing::change_publishing(&cast.olive, cast.papers, rule, 0)
            .await
            .unwrap();
        documents::add_version(&cast.ann, origin, "", &b"a draft"[..], "")
            .await
            .unwrap();
        // A copy of the draft elsewhere, where everything is seen; and one that is a draft itself.
        let there = add(&cast.ann, cast.archive, None, "Copy.txt", &b"x"[..])
            .await
            .unwrap()
            .id;
        let unseen = cast.document("Unpublished.txt").await;
        for copy in [there, unseen] {
            put(
                &world,
                "UPDATE items SET copied_from = $1, copied_version = 2 WHERE id = $2",
                crate::kernel::args![origin, copy],
            )
            .await;
        }
        let told = async |who| {
            let (other, version) = of(who, there).await.copied_from.unwrap();
            (other.version, version, of(who, origin).await.used.len())
        };
        assert_eq!(told(&cast.ben).await, (2, 2, 2));
        assert_eq!(told(&cast.rita).await, (1, 0, 1));
        let used = of(&cast.rita, origin).await.used;
        assert!(
            matches!(&used[..], [Use::Copied { version: 0, .. }]),
            "{used:?}"
        );
        assert_eq!(of(&cast.rita, unseen).await, Origins::default());

        // Rita adds elsewhere what is a draft here, and what is published here.
        let own = cast.library(cast.site, "Rita's").await;
        cast.give(own.raw(), &cast.rita, crate::kernel::Role::Contributor)
            .await;
        for (name, content, asked) in [
            ("one.txt", "a draft", 0),
            ("two.txt", "what Unpublished.txt says", 0),
            ("three.txt", "what Origin.txt says", 1),
        ] {
            add(&cast.olive, own, None, name, &b"there"[..])
                .await
                .unwrap();
            let brought = uploads::bring(&cast.rita, own, None, name, content.as_bytes()).await;
            let upload = waits(&brought.unwrap());
            assert_eq!(one(&cast.rita, upload).await.same.len(), asked, "{name}");
        }
    })
    .await;
}

/// One's own check-out is not in the way, what was not whole can be left out, and two tabs are one answer.
#[tokio::test]
async fn an_answer_is_given_once_and_by_whoever_may() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let there = cast.document("there.txt").await;
        documents::check_out(&cast.ben, there, "").await.unwrap();
        let upload = waits(&bring(&cast.ben, &cast, "there.txt", "x").await);
        assert_eq!(one(&cast.ben, upload).await.namesake.unwrap().held_by, None);
        let other = waits(&bring(&cast.ann, &cast, "there.txt", "y").await);
        let held_by = one(&cast.ann, other).await.namesake.unwrap().held_by;
        assert_eq!(held_by.as_deref(), Some("Ben Field of Harbour Lights"));

        let beginning = uploads::Beginning {
            name: "half.txt".to_owned(),
            size: 10,
            to: uploads::To::Library {
                library: cast.papers,
                folder: None,
                path: Vec::new(),
            },
            once: None,
            asks: true,
        };
        let half = uploads::begin(&cast.ben, &beginning).await.unwrap().id;
        uploads::receive(&cast.ben, half, 0, &b"12345"[..], None)
            .await
            .unwrap();
        let left = uploads::answer(&cast.ben, half, &Answer::LeaveOut).await;
        assert_eq!(left.unwrap(), None);
        assert_not_found(uploads::look(&cast.ben, half).await);
    })
    .await;
}

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| world.prepares(sql::STATEMENTS).await).await;
}
