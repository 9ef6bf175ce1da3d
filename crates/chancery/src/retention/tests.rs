//! What is held stays, whoever would rather have it gone.

mod keeping;

use super::*;
use crate::documents;
use crate::libraries;
use crate::libraries::tests::fixture::{Cast, assert_conflict, assert_invalid, assert_refused};
use crate::testing::{assert_not_found, both};

#[tokio::test]
async fn a_held_document_is_neither_deleted_nor_moved_away_until_the_hold_is_lifted() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let folder = cast.folder(None, "Returns").await;
        let held = cast.document_in(Some(folder), "held.txt").await;
        let free = cast.document_in(Some(folder), "free.txt").await;
        let placed = place_legal_hold(&cast.olive, cast.papers, Some(held), " Inquiry 12/2026 ")
            .await
            .unwrap();
        let again = place_legal_hold(&cast.olive, cast.papers, Some(held), "Again").await;
        assert!(assert_conflict(again).contains("already"));

        for who in [&cast.olive, &cast.ben] {
            for item in [held.item(), folder.item()] {
                let outcome = libraries::bin(who, cast.papers, &[item]).await;
                assert!(assert_conflict(outcome).contains("“held.txt” is under legal hold"));
            }
        }
        let away =
            libraries::relocate(&cast.olive, cast.papers, &[held.item()], cast.archive, None).await;
        assert!(assert_conflict(away).contains("legal hold"));
        // Within its library it can go anywhere, be renamed, and have more versions.
        libraries::relocate(&cast.ben, cast.papers, &[held.item()], cast.papers, None)
            .await
            .unwrap();
        libraries::rename(&cast.ben, held.item(), "renamed.txt")
            .await
            .unwrap();
        documents::add_version(&cast.ben, held, "", &b"more"[..], "")
            .await
            .unwrap();
        libraries::bin(&cast.ben, cast.papers, &[free.item()])
            .await
            .unwrap();

        let (_, holds) = legal_holds(&cast.olive, cast.papers).await.unwrap();
        let [line] = &holds[..] else {
            panic!("{holds:?}")
        };
        assert_eq!(
            line.document
                .as_ref()
                .map(|(id, name)| (*id, name.as_str())),
            Some((held, "renamed.txt"))
        );
        assert_eq!(
            (line.reason.as_str(), line.placed_by.name.as_str()),
            ("Inquiry 12/2026", "Olive Marsh")
        );

        assert_refused(lift_legal_hold(&cast.ben, cast.papers, placed, "No").await);
        assert_not_found(lift_legal_hold(&cast.olive, cast.archive, placed, "Not here").await);
        lift_legal_hold(&cast.olive, cast.papers, placed, "It ended")
            .await
            .unwrap();
        assert_not_found(lift_legal_hold(&cast.olive, cast.papers, placed, "Twice").await);
        assert!(
            legal_holds(&cast.olive, cast.papers)
                .await
                .unwrap()
                .1
                .is_empty()
        );
        libraries::bin(&cast.ben, cast.papers, &[held.item()])
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_held_library_keeps_everything_in_it() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document_in(None, "a.txt").await;
        let other = libraries::relocate(
            &cast.olive,
            cast.papers,
            &[document.item()],
            cast.archive,
            None,
        )
        .await;
        other.unwrap();
        place_legal_hold(&cast.olive, cast.archive, None, "All of it")
            .await
            .unwrap();
        let outcome = libraries::bin(&cast.ben, cast.archive, &[document.item()]).await;
        assert!(assert_conflict(outcome).contains("legal hold"));
        let outcome = libraries::relocate(
            &cast.ben,
            cast.archive,
            &[document.item()],
            cast.papers,
            None,
        )
        .await;
        assert!(assert_conflict(outcome).contains("legal hold"));
        // What is elsewhere is not held.
        let free = cast.document_in(None, "b.txt").await;
        libraries::bin(&cast.ben, cast.papers, &[free.item()])
            .await
            .unwrap();
        // And what comes in is.
        let late = cast.document_in(None, "c.txt").await;
        libraries::relocate(&cast.ben, cast.papers, &[late.item()], cast.archive, None)
            .await
            .unwrap();
        assert_conflict(libraries::bin(&cast.ben, cast.archive, &[late.item()]).await);
    })
    .await;
}

#[tokio::test]
async fn only_owners_place_holds_and_say_why() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document_in(None, "a.txt").await;
        for who in [&cast.ben, &cast.rita] {
            assert_refused(place_legal_hold(who, cast.papers, Some(document), "Why").await);
        }
        assert_not_found(place_legal_hold(&cast.stranger, cast.papers, None, "Why").await);
        for who in [&cast.ben, &cast.rita] {
            assert_refused(legal_holds(who, cast.papers).await);
        }
        assert_invalid(
            place_legal_hold(&cast.olive, cast.papers, None, " \u{2063} ").await,
            "reason",
        );
        let long = "x".repeat(501);
        assert_invalid(
            place_legal_hold(&cast.olive, cast.papers, None, &long).await,
            "reason",
        );
        // Nor is one above one's clearance there to be held, or known to be held.
        let marked = cast.document_in(None, "marked.txt").await;
        place_legal_hold(&cast.olive, cast.papers, Some(marked), "Why")
            .await
            .unwrap();
        cast.mark(marked).await;
        assert_not_found(place_legal_hold(&cast.olive, cast.papers, Some(marked), "Why").await);
        let (_, known) = legal_holds(&cast.olive, cast.papers).await.unwrap();
        assert!(known.is_empty());
        // A document of another library is not in this one.
        assert_not_found(place_legal_hold(&cast.olive, cast.archive, Some(document), "Why").await);
    })
    .await;
}

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| {
        world.prepares(sql::STATEMENTS).await;
        world.prepares(&keep_sql::statements()).await;
    })
    .await;
}
