//! Moving documents and folders.

use std::time::Duration;

use super::super::{self as libraries, Listing, SELECTED_MAX};
use super::fixture::{Cast, add, assert_conflict, assert_invalid, assert_refused, names};
use crate::Error;
use crate::documents;
use crate::kernel::{Id, args, count_queries, thing};
use crate::testing::{assert_not_found, both};

#[tokio::test]
async fn within_a_library_only_the_folder_changes() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let returns = cast.folder(None, "Returns").await;
        let year = cast.folder(Some(returns), "2026").await;
        let document = cast.document_in(Some(year), "a.txt").await;
        let target = cast.folder(None, "Target").await;
        let moved = libraries::relocate(
            &cast.ben,
            cast.papers,
            &[year.item()],
            cast.papers,
            Some(target),
        )
        .await
        .unwrap();
        assert_eq!(moved, 1);
        let page = documents::document(&cast.rita, document, None)
            .await
            .unwrap();
        let path: Vec<_> = page.path.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(path, ["Target", "2026"]);
        let rows = cast
            .world
            .look(
                "SELECT data FROM journal WHERE action = 'MoveItems'",
                vec![],
            )
            .await;
        assert_eq!(rows.len(), 1);
        assert_eq!(
            rows[0].get::<String>("data").unwrap(),
            format!(
                r#"{{"name":"2026","before":"Returns","after":"Target","library_before":"{0}","library_after":"{0}"}}"#,
                cast.papers
            )
        );
        let placements = cast
            .world
            .count("SELECT COUNT(*) AS value FROM placements", vec![])
            .await;
        assert_eq!(placements, 1, "its placement is the same");
        // What is there already does not move, and says so.
        let again = [year.item(), document.item()];
        let moved =
            libraries::relocate(&cast.ben, cast.papers, &again, cast.papers, Some(target)).await;
        assert_eq!(moved.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn in_another_library_access_follows_at_once_and_the_address_stays() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let returns = cast.folder(None, "Returns").await;
        let year = cast.folder(Some(returns), "2026").await;
        let document = cast.document_in(Some(year), "a.txt").await;
        cast.world.clock.advance(Duration::from_mins(1));
        let before = cast.world.realm.now();
        cast.world.clock.advance(Duration::from_mins(1));
        assert_not_found(documents::document(&cast.elsewhere, document, None).await);

        let inbox = libraries::create_folder(&cast.elsewhere, cast.private, None, "Inbox").await.unwrap();
        let moved =
            libraries::relocate(&cast.ann, cast.papers, &[returns.item()], cast.private, Some(inbox)).await;
        assert_eq!(moved.unwrap(), 1);

        for who in [&cast.rita, &cast.olive, &cast.ben] {
            assert_not_found(documents::document(who, document, None).await);
            assert_not_found(documents::open(who, document, None, false).await);
            assert!(cast.names(who, &Listing::default()).await.is_empty());
        }
        let page = documents::document(&cast.elsewhere, document, None).await.unwrap();
        let path: Vec<_> = page.path.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!((page.id, page.head.id, path), (document, cast.private, vec!["Inbox", "Returns", "2026"]));
        documents::open(&cast.elsewhere, document, None, false).await.unwrap();

        let rows = cast
            .world
            .look(
                "SELECT library_id, from_at, until_at FROM placements WHERE document_id = $1 ORDER BY from_at",
                args![document],
            )
            .await;
        let spans: Vec<(i64, i64, i64)> = rows
            .iter()
            .map(|row| {
                let get = |name| row.get::<i64>(name).unwrap();
                (get("library_id"), get("from_at"), get("until_at"))
            })
            .collect();
        let now = cast.world.realm.now().micros();
        assert_eq!(spans.len(), 2);
        assert_eq!((spans[0].0, spans[0].2), (cast.papers.raw(), now));
        assert_eq!(spans[1], (cast.private.raw(), now, i64::MAX));
        assert!(spans[0].1 < before.micros());

        // Each library's trail has its own line for each thing, and neither names the other.
        for (library, says, lines) in [
            (cast.papers, "to another library", 2),
            (cast.private, "from another library", 2),
        ] {
            let rows = cast
                .world
                .look(
                    "SELECT data, item_id FROM journal WHERE action = 'MoveItems' AND library_id = $1 ORDER BY id",
                    args![library],
                )
                .await;
            assert_eq!(rows.len(), lines);
            for row in rows {
                let data: serde_json::Value =
                    serde_json::from_str(&row.get::<String>("data").unwrap()).unwrap();
                let said = crate::capabilities::spoken("MoveItems").unwrap().speak(&data);
                assert!(said.contains(says), "{said}");
                assert_eq!(row.get::<i64>("item_id").unwrap() != 0, library == cast.private);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_folder_never_moves_into_itself() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let outer = cast.folder(None, "Outer").await;
        let inner = cast.folder(Some(outer), "Inner").await;
        let innermost = cast.folder(Some(inner), "Innermost").await;
        let document = cast.document("a.txt").await;
        for into in [outer, inner, innermost] {
            let items = [document.item(), outer.item()];
            let outcome =
                libraries::relocate(&cast.ann, cast.papers, &items, cast.papers, Some(into)).await;
            assert_invalid(outcome, "folder");
        }
        assert_eq!(
            cast.names(&cast.ann, &Listing::default()).await,
            ["Outer", "a.txt"]
        );
        let up = libraries::relocate(
            &cast.ann,
            cast.papers,
            &[innermost.item()],
            cast.papers,
            Some(outer),
        )
        .await;
        assert_eq!(up.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_in_a_folder_that_moves_goes_with_it() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let outer = cast.folder(None, "Outer").await;
        let document = cast.document_in(Some(outer), "a.txt").await;
        let target = cast.folder(None, "Target").await;
        let both_selected = [document.item(), outer.item(), outer.item()];
        let moved = libraries::relocate(
            &cast.ann,
            cast.papers,
            &both_selected,
            cast.papers,
            Some(target),
        )
        .await;
        assert_eq!(moved.unwrap(), 1);
        let page = documents::document(&cast.ann, document, None)
            .await
            .unwrap();
        let path: Vec<_> = page.path.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(path, ["Target", "Outer"]);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_taken_there_stops_the_whole_move() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let one = cast.folder(None, "One").await;
        let two = cast.folder(None, "Two").await;
        let in_one = cast.document_in(Some(one), "same.txt").await;
        let in_two = cast.document_in(Some(two), "SAME.txt").await;
        let free = cast.document("free.txt").await;
        let twice = [in_one.item(), in_two.item(), free.item()];
        let outcome = libraries::relocate(&cast.ann, cast.papers, &twice, cast.archive, None).await;
        assert!(assert_conflict(outcome).to_lowercase().contains("same.txt"));
        let there = [in_one.item(), free.item()];
        let outcome =
            libraries::relocate(&cast.ann, cast.papers, &there, cast.papers, Some(two)).await;
        assert!(assert_conflict(outcome).contains("same.txt"));
        assert_eq!(
            cast.names(&cast.ann, &Listing::default()).await,
            ["One", "Two", "free.txt"]
        );
        assert!(
            names(&cast.ann, cast.archive, &Listing::default())
                .await
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn one_moves_only_what_one_may_and_where_one_may() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let theirs = add(&cast.elsewhere, cast.private, None, "b.txt", &b"b"[..])
            .await
            .unwrap()
            .id;
        let folder = libraries::create_folder(&cast.elsewhere, cast.private, None, "F")
            .await
            .unwrap();
        let relocate = async |who, from, items: &[Id<thing::Document>], to, folder| {
            let items: Vec<_> = items.iter().map(|id| id.item()).collect();
            libraries::relocate(who, from, &items, to, folder).await
        };
        let (papers, archive, private) = (cast.papers, cast.archive, cast.private);
        assert_refused(relocate(&cast.rita, papers, &[document], archive, None).await);
        assert_not_found(relocate(&cast.stranger, papers, &[document], archive, None).await);
        assert_not_found(relocate(&cast.ben, papers, &[document], private, None).await);
        assert_not_found(relocate(&cast.ben, private, &[theirs], papers, None).await);
        assert_not_found(relocate(&cast.ann, papers, &[theirs], archive, None).await);
        assert_not_found(relocate(&cast.ann, papers, &[document, theirs], archive, None).await);
        assert_not_found(relocate(&cast.ann, papers, &[document], archive, Some(folder)).await);
        assert_invalid(
            relocate(&cast.ann, papers, &[], archive, None).await,
            "items",
        );
        let many: Vec<_> = (0..=i64::try_from(SELECTED_MAX).unwrap())
            .map(|id| Id::from_raw(id + 1))
            .collect();
        assert_invalid(
            relocate(&cast.ann, papers, &many, archive, None).await,
            "items",
        );
        let secret = cast.document("secret.txt").await;
        cast.mark(secret).await;
        assert_not_found(relocate(&cast.ann, papers, &[secret], archive, None).await);
        assert_eq!(
            relocate(&cast.ann, papers, &[document], private, Some(folder))
                .await
                .unwrap(),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn what_somebody_else_holds_or_is_sealed_stays_in_its_library() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let folder = cast.folder(None, "Returns").await;
        let document = cast.document_in(Some(folder), "a.txt").await;
        documents::check_out(&cast.ben, document, "").await.unwrap();
        let moving = async |who| {
            libraries::relocate(who, cast.papers, &[folder.item()], cast.archive, None).await
        };
        let said = assert_conflict(moving(&cast.ann).await);
        assert!(
            said.contains("Ben Field") && said.contains("a.txt"),
            "{said}"
        );
        let asked = async |who| libraries::hindrance(who, cast.papers, &[folder.item()]).await;
        let hindrance = asked(&cast.ann).await.unwrap().unwrap();
        assert_eq!(hindrance.says, said, "it is said beforehand");
        assert_eq!(
            (hindrance.document, hindrance.name.as_str()),
            (document, "a.txt")
        );
        let (by, _) = hindrance.held.unwrap();
        assert!(by.starts_with("Ben Field of "), "{by}");
        assert_eq!(asked(&cast.ben).await.unwrap(), None);
        assert_refused(asked(&cast.rita).await);
        assert_eq!(moving(&cast.ben).await.unwrap(), 1, "the holder may");
        let other = cast.folder(None, "Other").await;
        cast.seal(cast.document_in(Some(other), "b.txt").await)
            .await;
        let outcome =
            libraries::relocate(&cast.ann, cast.papers, &[other.item()], cast.archive, None).await;
        assert!(matches!(outcome, Err(Error::Sealed)), "{outcome:?}");
    })
    .await;
}

#[tokio::test]
async fn moves_in_opposite_directions_never_wait_for_each_other() {
    both(async |world| {
        let cast = Cast::new(world).await;
        for round in 0..5 {
            let name = format!("r{round}.txt");
            let one = cast.document(&name).await;
            let two = add(
                &cast.ben,
                cast.archive,
                None,
                &format!("b{name}"),
                &b"b"[..],
            )
            .await
            .unwrap()
            .id;
            let (one, two) = ([one.item()], [two.item()]);
            let (there, back) = tokio::join!(
                libraries::relocate(&cast.ann, cast.papers, &one, cast.archive, None),
                libraries::relocate(&cast.ben, cast.archive, &two, cast.papers, None),
            );
            assert_eq!((there.unwrap(), back.unwrap()), (1, 1));
        }
    })
    .await;
}

#[tokio::test]
async fn a_folder_of_hundreds_moves_in_a_few_statements() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let folder = cast.folder(None, "Returns").await;
        cast.many(Some(folder), "Doc", 500).await;
        let items = [folder.item()];
        let (moved, queries) = count_queries(libraries::relocate(
            &cast.ann,
            cast.papers,
            &items,
            cast.archive,
            None,
        ))
        .await;
        assert_eq!(moved.unwrap(), 1);
        // 16 batches of entries (two for each document) and 8 of placements among them.
        assert!(queries < 45, "{queries}");
        let listing = Listing {
            folder: Some(folder),
            ..Listing::default()
        };
        let page = libraries::list(&cast.rita, cast.archive, &listing)
            .await
            .unwrap();
        assert_eq!(page.total, 500);
        let open = cast
            .world
            .count(
                "SELECT COUNT(*) AS value FROM placements WHERE library_id = $1 AND until_at = $2",
                args![cast.archive, i64::MAX],
            )
            .await;
        assert_eq!(open, 500);
    })
    .await;
}
