//! Check-outs, drafts and check-ins.

use std::time::Duration;

use super::{NONE, read, rows};
use crate::documents::{
    self, NewVersion, check_in, check_out, discard, held_by_me, my_drafts, open_draft, release,
    renew, save_draft,
};
use crate::kernel::{Actor, args};
use crate::libraries;
use crate::libraries::tests::fixture::{
    Cast, assert_conflict, assert_held, assert_invalid, assert_refused,
};
use crate::testing::{assert_not_found, both};

const DAY: Duration = Duration::from_hours(24);

/// The number of the version that was checked in.
fn number(made: crate::Result<Option<NewVersion>>) -> Option<u64> {
    made.unwrap().map(|made| made.number)
}

#[tokio::test]
async fn work_is_private_until_it_is_checked_in() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let until = check_out(&cast.ann, document, "  Fixing the dates ")
            .await
            .unwrap();
        assert_eq!(until, cast.world.realm.now().plus(7 * DAY));
        assert_held(check_out(&cast.ben, document, "").await, "Ann Brook");
        assert_conflict(check_out(&cast.ann, document, "").await);
        save_draft(&cast.ann, document, &b"half"[..]).await.unwrap();
        save_draft(&cast.ann, document, &b"whole"[..])
            .await
            .unwrap();

        let page = documents::document(&cast.ben, document, None)
            .await
            .unwrap();
        let held = page.held.unwrap();
        assert_eq!(
            (held.by.name.as_str(), held.note.as_str(), held.mine),
            ("Ann Brook", "Fixing the dates", false)
        );
        assert_eq!(
            (held.until, held.by.organisation.as_str()),
            (until, "Harbour Lights")
        );
        assert!(page.draft.is_none(), "only its author sees a draft");
        assert_not_found(open_draft(&cast.ben, document).await);
        assert_not_found(open_draft(&cast.olive, document).await);
        let page = documents::document(&cast.ann, document, None)
            .await
            .unwrap();
        let draft = page.draft.unwrap();
        assert_eq!((draft.size, draft.based_on, draft.stale), (5, 1, false));
        assert_eq!(
            read(open_draft(&cast.ann, document).await.unwrap()).await,
            b"whole"
        );
        let held = held_by_me(&mut cast.ann.scope().unwrap()).await.unwrap();
        let [line] = &held[..] else {
            panic!("{held:?}")
        };
        assert_eq!(
            (line.site.as_str(), line.library.as_str(), line.draft),
            ("Resettlement", "Papers", true)
        );
        assert!(
            my_drafts(&mut cast.ann.scope().unwrap())
                .await
                .unwrap()
                .is_empty()
        );

        assert_eq!(
            number(check_in(&cast.ann, document, NONE, "Dates").await),
            Some(2)
        );
        let page = documents::document(&cast.rita, document, None)
            .await
            .unwrap();
        assert!(page.held.is_none());
        assert_eq!(page.versions[0].comment, "Dates");
        let current = documents::open(&cast.rita, document, None, false)
            .await
            .unwrap();
        assert_eq!(read(current).await, b"whole");
        assert_not_found(open_draft(&cast.ann, document).await);
        assert!(
            held_by_me(&mut cast.ann.scope().unwrap())
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            rows(&cast.world, "drafts").await,
            2,
            "what was a draft is kept"
        );
        let outcomes = cast
            .world
            .count(
                "SELECT COUNT(*) AS value FROM check_outs WHERE outcome = 'checked in'",
                vec![],
            )
            .await;
        assert_eq!(outcomes, 1);
    })
    .await;
}

#[tokio::test]
async fn a_check_in_brings_content_or_publishes_the_draft() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        assert_conflict(check_in(&cast.ann, document, Some(&b"x"[..]), "").await);
        check_out(&cast.ann, document, "").await.unwrap();
        assert_invalid(check_in(&cast.ann, document, NONE, "").await, "file");
        save_draft(&cast.ann, document, &b"draft"[..])
            .await
            .unwrap();
        assert_eq!(
            number(check_in(&cast.ann, document, Some(&b"file"[..]), "").await),
            Some(2)
        );
        let current = documents::open(&cast.rita, document, None, false)
            .await
            .unwrap();
        assert_eq!(
            read(current).await,
            b"file",
            "the content that came goes before the draft"
        );
        assert_not_found(open_draft(&cast.ann, document).await);

        // Nothing was changed: no version, and the document is free again.
        check_out(&cast.ann, document, "").await.unwrap();
        assert_eq!(
            check_in(&cast.ann, document, Some(&b"file"[..]), "")
                .await
                .unwrap(),
            None
        );
        let page = documents::document(&cast.ann, document, None)
            .await
            .unwrap();
        assert!(page.held.is_none());
        assert_eq!(page.version, 2);
        let given_back = cast
            .world
            .count(
                "SELECT COUNT(*) AS value FROM journal WHERE action = 'DiscardCheckOut'",
                vec![],
            )
            .await;
        assert_eq!(given_back, 1);
        assert_refused(check_in(&cast.rita, document, Some(&b"x"[..]), "").await);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_come_at_once_one_holds_it() {
    both(async |world| {
        let cast = Cast::new(world).await;
        for round in 0..6 {
            let document = cast.document(&format!("r{round}.txt")).await;
            let (one, other) = tokio::join!(
                check_out(&cast.ann, document, ""),
                check_out(&cast.ben, document, ""),
            );
            let (holder, loser) = if one.is_ok() {
                assert_held(other, "Ann Brook");
                (&cast.ann, &cast.ben)
            } else {
                assert_held(one, "Ben Field");
                (&cast.ben, &cast.ann)
            };
            // The holder from two windows, and somebody else at the same moment.
            let (first, second, third) = tokio::join!(
                check_in(holder, document, Some(&b"first"[..]), ""),
                check_in(holder, document, Some(&b"second"[..]), ""),
                check_in(loser, document, Some(&b"third"[..]), ""),
            );
            assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
            assert!(third.is_err());
            assert_conflict(first.and(second));
            let page = documents::document(holder, document, None).await.unwrap();
            assert_eq!((page.version, page.versions.len()), (2, 2));
        }
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_expires_ends_and_its_draft_stays() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let until = check_out(&cast.ann, document, "").await.unwrap();
        save_draft(&cast.ann, document, &b"ann's work"[..])
            .await
            .unwrap();
        cast.world.clock.set(until.minus(Duration::from_micros(1)));
        assert_held(check_out(&cast.ben, document, "").await, "Ann Brook");
        cast.world.clock.advance(Duration::from_micros(1));

        let page = documents::document(&cast.ann, document, None)
            .await
            .unwrap();
        assert!(
            page.held.is_none()
                && page.draft.is_some()
                && page.can.publish_draft
                && page.can.discard
        );
        assert_conflict(renew(&cast.ann, document).await);
        assert_conflict(save_draft(&cast.ann, document, &b"more"[..]).await);
        let left = my_drafts(&mut cast.ann.scope().unwrap()).await.unwrap();
        assert_eq!(
            (left.len(), left[0].id, left[0].held, left[0].draft.stale),
            (1, document, false, false)
        );
        assert_eq!(
            read(open_draft(&cast.ann, document).await.unwrap()).await,
            b"ann's work"
        );

        check_out(&cast.ben, document, "").await.unwrap();
        assert_held(check_in(&cast.ann, document, NONE, "").await, "Ben Field");
        assert!(my_drafts(&mut cast.ann.scope().unwrap()).await.unwrap()[0].held);
        check_in(&cast.ben, document, Some(&b"ben's work"[..]), "")
            .await
            .unwrap();
        let page = documents::document(&cast.ann, document, None)
            .await
            .unwrap();
        assert!(page.draft.unwrap().stale);
        assert!(
            my_drafts(&mut cast.ann.scope().unwrap()).await.unwrap()[0]
                .draft
                .stale
        );
        assert_eq!(
            number(check_in(&cast.ann, document, NONE, "").await),
            Some(3)
        );
        let current = documents::open(&cast.rita, document, None, false)
            .await
            .unwrap();
        assert_eq!(read(current).await, b"ann's work");
        assert!(
            my_drafts(&mut cast.ann.scope().unwrap())
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn a_hold_is_renewed_from_now() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let first = check_out(&cast.ann, document, "").await.unwrap();
        cast.world.clock.advance(6 * DAY);
        let until = renew(&cast.ann, document).await.unwrap();
        assert_eq!(until, first.plus(6 * DAY));
        assert_held(renew(&cast.ben, document).await, "Ann Brook");
        cast.world.clock.advance(2 * DAY);
        assert_held(check_out(&cast.ben, document, "").await, "Ann Brook");
        cast.world.clock.advance(5 * DAY);
        check_out(&cast.ben, document, "").await.unwrap();
        assert_held(renew(&cast.ann, document).await, "Ben Field");
    })
    .await;
}

#[tokio::test]
async fn an_owner_takes_a_document_back_and_its_holder_keeps_the_draft() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        assert_conflict(release(&cast.olive, document).await);
        check_out(&cast.ann, document, "").await.unwrap();
        save_draft(&cast.ann, document, &b"kept"[..]).await.unwrap();
        assert_refused(release(&cast.ben, document).await);
        assert_not_found(release(&cast.stranger, document).await);
        assert!(documents::document(&cast.olive, document, None).await.unwrap().can.release);
        release(&cast.olive, document).await.unwrap();
        let ann = cast.ann.me().unwrap();
        let told = cast
            .world
            .look(
                "SELECT data FROM journal WHERE action = 'ReleaseCheckOut' AND subject_id = $1 AND item_id = $2",
                args![ann, document],
            )
            .await;
        assert_eq!(
            told[0].get::<String>("data").unwrap(),
            format!(r#"{{"document":"a.txt","holder":"Ann Brook of Harbour Lights","holder_id":"{ann}"}}"#)
        );
        assert_eq!(read(open_draft(&cast.ann, document).await.unwrap()).await, b"kept");
        let page = documents::document(&cast.ann, document, None).await.unwrap();
        assert!(page.held.is_none() && page.can.publish_draft && !page.can.check_in);
        assert_eq!(number(check_in(&cast.ann, document, NONE, "").await), Some(2));
    })
    .await;
}

#[tokio::test]
async fn what_is_discarded_leaves_no_draft() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        assert_conflict(discard(&cast.ann, document).await);
        check_out(&cast.ann, document, "").await.unwrap();
        save_draft(&cast.ann, document, &b"x"[..]).await.unwrap();
        assert_held(discard(&cast.ben, document).await, "Ann Brook");
        discard(&cast.ann, document).await.unwrap();
        let page = documents::document(&cast.ann, document, None)
            .await
            .unwrap();
        assert!(page.held.is_none() && page.draft.is_none());
        assert_eq!(page.version, 1);
        // A draft that was left over, while somebody else holds the document.
        check_out(&cast.ann, document, "").await.unwrap();
        save_draft(&cast.ann, document, &b"x"[..]).await.unwrap();
        release(&cast.olive, document).await.unwrap();
        check_out(&cast.ben, document, "").await.unwrap();
        discard(&cast.ann, document).await.unwrap();
        assert_not_found(open_draft(&cast.ann, document).await);
        let page = documents::document(&cast.ben, document, None)
            .await
            .unwrap();
        assert!(page.held.unwrap().mine, "Ben's hold is his own");
    })
    .await;
}

#[tokio::test]
async fn work_follows_the_document_and_what_one_may_no_longer_see_is_not_told() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        check_out(&cast.ben, document, "").await.unwrap();
        save_draft(&cast.ben, document, &b"x"[..]).await.unwrap();
        release(&cast.olive, document).await.unwrap();
        let lines = async |who: &Actor| {
            let mut scope = who.scope().unwrap();
            let held = held_by_me(&mut scope).await.unwrap().len();
            (held, my_drafts(&mut scope).await.unwrap().len())
        };
        assert_eq!(lines(&cast.ben).await, (0, 1));
        libraries::bin(&cast.ann, cast.papers, &[document.item()])
            .await
            .unwrap();
        assert_eq!(
            lines(&cast.ben).await,
            (0, 1),
            "those who can change the library see its bin"
        );
        libraries::restore(&cast.ann, cast.papers, &[document.item()])
            .await
            .unwrap();
        check_out(&cast.ben, document, "").await.unwrap();
        assert_eq!(lines(&cast.ben).await, (1, 0));
        assert_eq!(lines(&cast.ann).await, (0, 0));
        cast.mark(document).await;
        assert_eq!(lines(&cast.ben).await, (0, 0));
        assert_not_found(open_draft(&cast.ben, document).await);
    })
    .await;
}

#[tokio::test]
async fn a_note_is_one_short_line() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        assert_invalid(
            check_out(&cast.ann, document, &"x".repeat(201)).await,
            "note",
        );
        assert_invalid(check_out(&cast.ann, document, "a\u{202e}b").await, "note");
        check_out(&cast.ann, document, &"x".repeat(200))
            .await
            .unwrap();
    })
    .await;
}
