//! The recycle bin.

use std::time::Duration;

use super::super::{self as libraries, Listing};
use super::fixture::{Cast, add, assert_conflict, assert_invalid, assert_refused};
use crate::Error;
use crate::documents;
use crate::kernel::{Id, args, count_queries, thing};
use crate::testing::{assert_not_found, both};

#[tokio::test]
async fn what_is_deleted_is_in_the_bin_and_comes_back() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let returns = cast.folder(None, "Returns").await;
        let document = cast.document_in(Some(returns), "a.txt").await;
        cast.world.clock.advance(Duration::from_secs(5));
        assert_eq!(
            libraries::bin(&cast.ben, cast.papers, &[document.item()])
                .await
                .unwrap(),
            1
        );

        let listing = Listing {
            folder: Some(returns),
            ..Listing::default()
        };
        assert!(cast.names(&cast.ann, &listing).await.is_empty());
        assert_not_found(documents::document(&cast.rita, document, None).await);
        assert_not_found(documents::open(&cast.rita, document, None, true).await);
        let page = documents::document(&cast.ann, document, None)
            .await
            .unwrap();
        let (at, by) = page.binned.unwrap();
        assert_eq!(
            (at, by.name.as_str()),
            (cast.world.realm.now(), "Ben Field")
        );
        documents::open(&cast.ann, document, None, false)
            .await
            .unwrap();
        let outcome = documents::add_version(&cast.ann, document, "", &b"x"[..], "").await;
        assert!(assert_conflict(outcome).contains("recycle bin"));
        assert_not_found(libraries::bin(&cast.ben, cast.papers, &[document.item()]).await);

        let bin = libraries::bin_list(&cast.ann, cast.papers, None)
            .await
            .unwrap();
        let [line] = &bin.items[..] else {
            panic!("{:?}", bin.items)
        };
        assert_eq!(
            (line.id, line.name.as_str(), line.is_document),
            (document.item(), "a.txt", true)
        );
        assert_eq!(
            (
                line.was_in.as_str(),
                line.binned_by.name.as_str(),
                line.inside
            ),
            ("Returns", "Ben Field", 0)
        );

        assert_eq!(
            libraries::restore(&cast.ann, cast.papers, &[document.item()])
                .await
                .unwrap(),
            1
        );
        assert_eq!(cast.names(&cast.rita, &listing).await, ["a.txt"]);
        assert_not_found(libraries::restore(&cast.ann, cast.papers, &[document.item()]).await);
        let bin = libraries::bin_list(&cast.ann, cast.papers, None)
            .await
            .unwrap();
        assert!(bin.items.is_empty() && bin.next.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_folder_takes_hundreds_along_and_brings_them_back_in_a_few_statements() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let returns = cast.folder(None, "Returns").await;
        let year = cast.folder(Some(returns), "2026").await;
        let before = cast.document_in(Some(year), "deleted before.txt").await;
        libraries::bin(&cast.ann, cast.papers, &[before.item()])
            .await
            .unwrap();
        cast.world.clock.advance(Duration::from_secs(5));
        cast.many(Some(year), "Doc", 500).await;
        let items = [returns.item()];

        let (binned, queries) = count_queries(libraries::bin(&cast.ann, cast.papers, &items)).await;
        assert_eq!(binned.unwrap(), 1);
        assert!(queries < 20, "{queries}");
        let lines = async |action: &str| {
            cast.world
                .count(
                    "SELECT COUNT(*) AS value FROM journal WHERE action = $1",
                    args![action],
                )
                .await
        };
        assert_eq!(
            lines("BinItems").await,
            1 + 501,
            "a line for each document and for the folder"
        );
        let page = libraries::bin_list(&cast.ann, cast.papers, None)
            .await
            .unwrap();
        let told: Vec<_> = page
            .items
            .iter()
            .map(|line| (line.name.as_str(), line.inside, line.was_in.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("Returns", 500, ""),
                ("deleted before.txt", 0, "Returns / 2026")
            ]
        );

        let (restored, queries) =
            count_queries(libraries::restore(&cast.ann, cast.papers, &items)).await;
        assert_eq!(restored.unwrap(), 1);
        assert!(queries < 20, "{queries}");
        assert_eq!(lines("RestoreItems").await, 501);
        let listing = Listing {
            folder: Some(year),
            ..Listing::default()
        };
        let page = libraries::list(&cast.rita, cast.papers, &listing)
            .await
            .unwrap();
        assert_eq!(page.total, 500, "what was deleted before stays in the bin");
    })
    .await;
}

#[tokio::test]
async fn what_was_selected_twice_over_is_one_deletion() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let returns = cast.folder(None, "Returns").await;
        let year = cast.folder(Some(returns), "2026").await;
        let document = cast.document_in(Some(year), "a.txt").await;
        let all = [
            document.item(),
            year.item(),
            returns.item(),
            document.item(),
        ];
        assert_eq!(
            libraries::bin(&cast.ann, cast.papers, &all).await.unwrap(),
            1
        );
        let page = libraries::bin_list(&cast.ann, cast.papers, None)
            .await
            .unwrap();
        assert_eq!((page.items.len(), page.items[0].inside), (1, 1));
        assert_not_found(libraries::restore(&cast.ann, cast.papers, &[document.item()]).await);
        libraries::restore(&cast.ann, cast.papers, &[returns.item()])
            .await
            .unwrap();
        let page = documents::document(&cast.rita, document, None)
            .await
            .unwrap();
        assert_eq!(page.path.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_taken_meanwhile_comes_back_beside_it() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let mut deleted = Vec::new();
        for _ in 0..3 {
            let document = cast.document("Return.txt").await;
            libraries::bin(&cast.ann, cast.papers, &[document.item()])
                .await
                .unwrap();
            deleted.push(document.item());
        }
        let folder = cast.folder(None, "Plans").await;
        libraries::bin(&cast.ann, cast.papers, &[folder.item()])
            .await
            .unwrap();
        deleted.push(folder.item());
        cast.folder(None, "PLANS").await;
        cast.document("return.TXT").await;
        cast.document("Return (Restored).txt").await;
        assert_eq!(
            libraries::restore(&cast.ann, cast.papers, &deleted)
                .await
                .unwrap(),
            4
        );
        let mut names = cast.names(&cast.ann, &Listing::default()).await;
        names.sort();
        assert_eq!(
            names,
            [
                "PLANS",
                "Plans (restored)",
                "Return (Restored).txt",
                "Return (restored 2).txt",
                "Return (restored 3).txt",
                "Return (restored 4).txt",
                "return.TXT",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn what_has_lost_its_folder_comes_back_at_the_top() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let folder = cast.folder(None, "Returns").await;
        let first = cast.document_in(Some(folder), "first.txt").await;
        let second = cast.document_in(Some(folder), "second.txt").await;
        libraries::bin(&cast.ann, cast.papers, &[first.item()])
            .await
            .unwrap();
        libraries::bin(&cast.ann, cast.papers, &[second.item()])
            .await
            .unwrap();
        libraries::bin(&cast.ann, cast.papers, &[folder.item()])
            .await
            .unwrap();
        // With its folder it comes back into it; without, at the top.
        libraries::restore(&cast.ann, cast.papers, &[first.item()])
            .await
            .unwrap();
        assert_eq!(
            cast.names(&cast.ann, &Listing::default()).await,
            ["first.txt"]
        );
        libraries::restore(&cast.ann, cast.papers, &[second.item(), folder.item()])
            .await
            .unwrap();
        let inside = Listing {
            folder: Some(folder),
            ..Listing::default()
        };
        assert_eq!(cast.names(&cast.ann, &inside).await, ["second.txt"]);

        // A folder that moved to another library is gone from this one.
        libraries::bin(&cast.ann, cast.papers, &[second.item()])
            .await
            .unwrap();
        libraries::relocate(&cast.ann, cast.papers, &[folder.item()], cast.private, None)
            .await
            .unwrap();
        let page = libraries::bin_list(&cast.ben, cast.papers, None)
            .await
            .unwrap();
        assert_eq!(
            page.items[0].was_in, "",
            "the other library's names are not told"
        );
        let page = documents::document(&cast.ben, second, None).await.unwrap();
        assert!(page.path.is_empty());
        libraries::restore(&cast.ben, cast.papers, &[second.item()])
            .await
            .unwrap();
        assert_eq!(
            cast.names(&cast.ben, &Listing::default()).await,
            ["first.txt", "second.txt"]
        );
    })
    .await;
}

#[tokio::test]
async fn one_deletes_only_what_one_may_and_nobody_holds() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let folder = cast.folder(None, "Returns").await;
        let document = cast.document_in(Some(folder), "a.txt").await;
        let theirs = add(&cast.elsewhere, cast.private, None, "b.txt", &b"b"[..])
            .await
            .unwrap()
            .id;
        let bin =
            async |who, library, item: Id<thing::Item>| libraries::bin(who, library, &[item]).await;
        assert_refused(bin(&cast.rita, cast.papers, folder.item()).await);
        assert_not_found(bin(&cast.stranger, cast.papers, folder.item()).await);
        assert_not_found(bin(&cast.ann, cast.papers, theirs.item()).await);
        assert_invalid(libraries::bin(&cast.ann, cast.papers, &[]).await, "items");
        assert_refused(libraries::bin_list(&cast.rita, cast.papers, None).await);
        assert_refused(libraries::restore(&cast.rita, cast.papers, &[folder.item()]).await);
        assert_not_found(libraries::bin_list(&cast.stranger, cast.papers, None).await);

        documents::check_out(&cast.ben, document, "").await.unwrap();
        let said = assert_conflict(bin(&cast.olive, cast.papers, folder.item()).await);
        assert!(
            said.contains("Ben Field") && said.contains("a.txt"),
            "{said}"
        );
        assert_eq!(
            cast.names(&cast.ann, &Listing::default()).await,
            ["Returns"],
            "nothing happened"
        );
        documents::release(&cast.olive, document).await.unwrap();
        cast.seal(document).await;
        let outcome = bin(&cast.olive, cast.papers, folder.item()).await;
        assert!(matches!(outcome, Err(Error::Sealed)), "{outcome:?}");
        let secret = cast.document("secret.txt").await;
        cast.mark(secret).await;
        assert_not_found(bin(&cast.olive, cast.papers, secret.item()).await);
    })
    .await;
}

#[tokio::test]
async fn the_bin_is_listed_a_page_at_a_time() {
    both(async |world| {
        let cast = Cast::new(world).await;
        cast.many(None, "Doc", 120).await;
        let listing = Listing {
            limit: 200,
            ..Listing::default()
        };
        let all = libraries::list(&cast.ann, cast.papers, &listing)
            .await
            .unwrap();
        let mut ids: Vec<_> = all.items.iter().map(|item| item.id).collect();
        for batch in ids.chunks(47) {
            libraries::bin(&cast.ann, cast.papers, batch).await.unwrap();
            cast.world.clock.advance(Duration::from_secs(1));
        }
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = libraries::bin_list(&cast.ben, cast.papers, after.as_deref())
                .await
                .unwrap();
            found.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert!(
            found.is_sorted_by(|one, next| (one.binned_at, one.id) > (next.binned_at, next.id))
        );
        let mut found: Vec<_> = found.iter().map(|line| line.id).collect();
        found.sort();
        ids.sort();
        assert_eq!(found, ids);
        assert_invalid(
            libraries::bin_list(&cast.ben, cast.papers, Some("x")).await,
            "after",
        );
    })
    .await;
}

#[tokio::test]
async fn deleting_and_checking_out_at_once_never_both_succeed() {
    both(async |world| {
        let cast = Cast::new(world).await;
        for round in 0..8 {
            let document = cast.document(&format!("r{round}.txt")).await;
            let items = [document.item()];
            let (deleted, held) = tokio::join!(
                libraries::bin(&cast.ann, cast.papers, &items),
                documents::check_out(&cast.ben, document, ""),
            );
            assert!(deleted.is_ok() != held.is_ok(), "{deleted:?} {held:?}");
        }
    })
    .await;
}
