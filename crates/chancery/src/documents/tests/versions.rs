//! The next version of a document, and old ones brought back.

use std::time::Duration;

use super::{MustNotBeRead, read, rows};
use crate::Error;
use crate::documents::{self, add_changed_version, add_version, restore_version};
use crate::kernel::{Id, args};
use crate::libraries::tests::fixture::{
    Cast, assert_conflict, assert_held, assert_invalid, assert_refused,
};
use crate::testing::{assert_not_found, both};

#[tokio::test]
async fn versions_are_numbered_and_never_change() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        cast.world.clock.advance(Duration::from_mins(1));
        let second = add_version(
            &cast.ben,
            document,
            "draft 2.txt",
            &b"two"[..],
            " Corrected\r\nthe date ",
        )
        .await;
        assert_eq!(second.unwrap().in_words(), "version 2");
        let page = documents::document(&cast.rita, document, None)
            .await
            .unwrap();
        assert_eq!(
            (page.version, page.size, page.changed_at),
            (2, 3, cast.world.realm.now())
        );
        assert_eq!(
            (page.changed_by.name.as_str(), page.created_by.name.as_str()),
            ("Ben Field", "Ann Brook")
        );
        let [two, one] = &page.versions[..] else {
            panic!("{:?}", page.versions)
        };
        assert_eq!(
            (two.number, two.author.name.as_str(), two.comment.as_str()),
            (2, "Ben Field", "Corrected\nthe date")
        );
        assert_eq!(
            (one.number, one.author.name.as_str(), one.restored_from),
            (1, "Ann Brook", None)
        );
        let first = documents::open(&cast.rita, document, Some(1), false)
            .await
            .unwrap();
        let current = documents::open(&cast.rita, document, None, false)
            .await
            .unwrap();
        assert_ne!(first.etag, current.etag);
        assert_eq!(read(first).await, b"what a.txt says");
        assert_eq!(read(current).await, b"two");
        assert_not_found(documents::open(&cast.rita, document, Some(3), false).await);
        assert_not_found(documents::open(&cast.rita, document, Some(0), false).await);
        assert_not_found(documents::open(&cast.rita, document, Some(u64::MAX), false).await);
    })
    .await;
}

#[tokio::test]
async fn a_file_of_another_kind_is_no_version() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("Plan.docx").await;
        for wrong in ["Plan.pdf", "plan.doc", "photo.JPG"] {
            let outcome = add_version(&cast.ann, document, wrong, &b"x"[..], "").await;
            assert!(assert_invalid(outcome, "file").contains("Plan.docx"));
        }
        for right in ["", "other name.DOCX", "no extension", "plan.unheardof"] {
            add_version(&cast.ann, document, right, right.as_bytes(), "")
                .await
                .unwrap();
        }
        let long = "x".repeat(3_000);
        assert_invalid(
            add_version(&cast.ann, document, "", &b"x"[..], &long).await,
            "comment",
        );
        assert_invalid(
            add_version(&cast.ann, document, "", &b"x"[..], "a\0b").await,
            "comment",
        );
        let photo = cast.document("photo.jpg").await;
        add_version(&cast.ann, photo, "photo.jpeg", &b"x"[..], "")
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_was_published_meanwhile_is_not_passed_over() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let edition = async || {
            let page = documents::document(&cast.ann, document, None)
                .await
                .unwrap();
            page.edition.as_str().to_owned()
        };
        let seen = edition().await;
        add_version(&cast.ben, document, "", &b"Ben's"[..], "")
            .await
            .unwrap();
        let late = cast.ann.clone().expecting(vec![seen.clone()]);
        // Nothing of the content is read.
        let outcome = add_version(&late, document, "", MustNotBeRead, "").await;
        assert!(matches!(outcome, Err(Error::Changed)), "{outcome:?}");
        let late = cast.ann.clone().expecting(vec![seen.clone()]);
        let outcome = restore_version(&late, document, 1).await;
        assert!(matches!(outcome, Err(Error::Changed)), "{outcome:?}");
        documents::check_out(&cast.ann, document, "").await.unwrap();
        let late = cast.ann.clone().expecting(vec![seen]);
        let outcome = documents::check_in(&late, document, Some(MustNotBeRead), "").await;
        assert!(matches!(outcome, Err(Error::Changed)), "{outcome:?}");
        documents::discard(&cast.ann, document).await.unwrap();
        assert_eq!(rows(&cast.world, "versions").await, 2);

        let knowing = cast.ann.clone().expecting(vec![edition().await]);
        let made = add_version(&knowing, document, "", &b"Ann's"[..], "").await;
        assert_eq!(made.unwrap().number, 3);
        let knowing = cast.ann.clone().expecting(vec![edition().await]);
        let restored = restore_version(&knowing, document, 1).await;
        assert_eq!(restored.unwrap().number, 4);
    })
    .await;
}

#[tokio::test]
async fn two_people_who_add_a_version_at_once_each_get_a_number() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        for round in 0..4_u64 {
            let (one, other) = tokio::join!(
                add_version(&cast.ann, document, "", &b"one"[..], ""),
                add_version(&cast.ben, document, "", &b"other"[..], ""),
            );
            let mut numbers = [one, other].map(|made| made.unwrap().number);
            numbers.sort_unstable();
            assert_eq!(numbers, [2 + round * 2, 3 + round * 2]);
        }
        let page = documents::document(&cast.ann, document, None)
            .await
            .unwrap();
        assert_eq!((page.version, page.versions.len()), (9, 9));
    })
    .await;
}

#[tokio::test]
async fn an_old_version_comes_back_as_a_new_one_with_the_same_content() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        add_version(&cast.ann, document, "", &b"two"[..], "")
            .await
            .unwrap();
        let restored = restore_version(&cast.ben, document, 1).await;
        assert_eq!(restored.unwrap().number, 3);
        let page = documents::document(&cast.ann, document, None)
            .await
            .unwrap();
        assert_eq!((page.version, page.size), (3, 15));
        assert_eq!(page.versions[0].restored_from, Some(1));
        let current = documents::open(&cast.rita, document, None, false)
            .await
            .unwrap();
        assert_eq!(read(current).await, b"what a.txt says");
        assert_eq!(rows(&cast.world, "contents").await, 2);

        assert_conflict(restore_version(&cast.ben, document, 3).await);
        assert_not_found(restore_version(&cast.ben, document, 4).await);
        assert_not_found(restore_version(&cast.ben, document, 0).await);
        assert_refused(restore_version(&cast.rita, document, 1).await);
        assert_not_found(restore_version(&cast.stranger, document, 1).await);
        documents::check_out(&cast.ann, document, "").await.unwrap();
        assert_held(restore_version(&cast.ben, document, 1).await, "Ann Brook");
        assert_conflict(restore_version(&cast.ann, document, 1).await);
    })
    .await;
}

#[tokio::test]
async fn the_history_is_shown_a_page_at_a_time() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        for number in 2..=45 {
            let content = format!("version {number}");
            add_version(&cast.ann, document, "", content.as_bytes(), "")
                .await
                .unwrap();
        }
        let mut numbers = Vec::new();
        let mut before = None;
        loop {
            let page = documents::document(&cast.rita, document, before)
                .await
                .unwrap();
            assert!(page.versions.len() <= 20);
            numbers.extend(page.versions.iter().map(|version| version.number));
            before = page.older;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(numbers, (1..=45).rev().collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn a_folder_is_no_document() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let folder = Id::from_raw(cast.folder(None, "Returns").await.raw());
        assert_not_found(documents::document(&cast.ann, folder, None).await);
        assert_not_found(documents::open(&cast.ann, folder, None, false).await);
        assert_not_found(documents::open_draft(&cast.ann, folder).await);
        assert_not_found(documents::check_out(&cast.ann, folder, "").await);
        assert_not_found(documents::renew(&cast.ann, folder).await);
        assert_not_found(documents::discard(&cast.ann, folder).await);
        assert_not_found(documents::release(&cast.olive, folder).await);
        assert_not_found(restore_version(&cast.ann, folder, 1).await);
        assert_not_found(add_version(&cast.ann, folder, "", &b"x"[..], "").await);
        assert_not_found(documents::save_draft(&cast.ann, folder, &b"x"[..]).await);
        assert_not_found(documents::check_in(&cast.ann, folder, Some(&b"x"[..]), "").await);
        let held = cast
            .world
            .count("SELECT COUNT(*) AS value FROM check_outs", args![])
            .await;
        assert_eq!(held, 0);
    })
    .await;
}

#[tokio::test]
async fn a_person_who_sends_the_same_file_again_is_told_so() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let same = add_changed_version(&cast.ben, document, "", &b"what a.txt says"[..], "").await;
        assert_invalid(same, "file");
        let page = documents::document(&cast.ben, document, None)
            .await
            .unwrap();
        assert_eq!(page.version, 1, "nothing was added");
        let other = add_changed_version(&cast.ben, document, "", &b"other"[..], "").await;
        assert_eq!(other.unwrap().number, 2);
        // What it was before is another thing to be now; and a program that sends the same means it.
        let before = &b"what a.txt says"[..];
        let again = add_changed_version(&cast.ben, document, "", before, "").await;
        assert_eq!(again.unwrap().number, 3);
        let same = add_version(&cast.ben, document, "", before, "").await;
        assert_eq!(same.unwrap().number, 4);
    })
    .await;
}
