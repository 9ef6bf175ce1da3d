//! Folders, names and destinations.

use super::super::{self as libraries, Listing};
use super::fixture::{Cast, assert_held, assert_invalid, assert_refused};
use crate::Error;
use crate::documents;
use crate::kernel::{Actor, Id, Role};
use crate::testing::{assert_not_found, both};

#[tokio::test]
async fn folders_are_made_one_in_another_and_named_once() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let returns = cast.folder(None, "Returns").await;
        let year = cast.folder(Some(returns), " 2026 ").await;
        let march = cast.folder(Some(year), "März").await;
        let listing = Listing {
            folder: Some(march),
            ..Listing::default()
        };
        let page = libraries::list(&cast.rita, cast.papers, &listing)
            .await
            .unwrap();
        let folder = page.folder.unwrap();
        assert_eq!(folder.whole_path(), "Returns / 2026 / März");
        assert_eq!(
            folder.path.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
            [returns, year]
        );

        for again in ["returns", "RETURNS", "Ｒｅｔｕｒｎｓ"] {
            let said = assert_invalid(
                libraries::create_folder(&cast.ann, cast.papers, None, again).await,
                "name",
            );
            assert!(said.contains("“Returns”"), "{said}");
        }
        assert_invalid(
            libraries::create_folder(&cast.ann, cast.papers, None, "a/b").await,
            "name",
        );
        cast.folder(Some(year), "Returns").await;
        let item = libraries::item(&cast.rita, march.item()).await.unwrap();
        assert_eq!(
            (item.name.as_str(), item.is_document, item.path.len()),
            ("März", false, 2)
        );
    })
    .await;
}

#[tokio::test]
async fn a_folder_is_made_only_where_there_is_one() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let folder = cast.folder(None, "Returns").await;
        let document = cast.document("a.txt").await;
        let make = async |inside: i64| {
            libraries::create_folder(&cast.ann, cast.papers, Some(Id::from_raw(inside)), "New")
                .await
        };
        assert_not_found(make(12_345).await);
        assert_not_found(make(document.raw()).await);
        assert_not_found(
            libraries::create_folder(&cast.ann, cast.archive, Some(folder), "New").await,
        );
        libraries::bin(&cast.ann, cast.papers, &[folder.item()])
            .await
            .unwrap();
        assert_not_found(make(folder.raw()).await);
        let listing = Listing {
            folder: Some(folder),
            ..Listing::default()
        };
        assert_not_found(libraries::list(&cast.ann, cast.papers, &listing).await);
        assert_refused(libraries::create_folder(&cast.rita, cast.papers, None, "New").await);
        assert_not_found(libraries::create_folder(&cast.stranger, cast.papers, None, "New").await);
    })
    .await;
}

#[tokio::test]
async fn two_people_who_take_one_name_at_once_get_it_once() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let make = |who: &Actor| {
            let who = who.clone();
            async move { libraries::create_folder(&who, cast.papers, None, "Returns").await }
        };
        let (one, other) = tokio::join!(make(&cast.ann), make(&cast.ben));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let folders = cast
            .world
            .count("SELECT COUNT(*) AS value FROM items", vec![])
            .await;
        assert_eq!(folders, 1);
    })
    .await;
}

#[tokio::test]
async fn another_name_keeps_the_address_and_the_kind_of_every_version() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("draft.txt").await;
        let folder = cast.folder(None, "Returns").await;
        libraries::rename(&cast.ben, document.item(), "Final.pdf ")
            .await
            .unwrap();
        let page = documents::document(&cast.rita, document, None)
            .await
            .unwrap();
        assert_eq!(
            (page.name.as_str(), page.media_type.as_str()),
            ("Final.pdf", "application/pdf")
        );
        assert_eq!(page.versions[0].media_type, "text/plain");
        let said = assert_invalid(
            libraries::rename(&cast.ben, document.item(), "returns").await,
            "name",
        );
        assert!(said.contains("folder called “Returns”"), "{said}");
        libraries::rename(&cast.ben, document.item(), "FINAL.pdf")
            .await
            .unwrap();
        libraries::rename(&cast.ben, folder.item(), "RETURNS")
            .await
            .unwrap();
        assert_invalid(
            libraries::rename(&cast.ben, folder.item(), "CON").await,
            "name",
        );
        assert_refused(libraries::rename(&cast.rita, document.item(), "x").await);
        assert_not_found(libraries::rename(&cast.stranger, document.item(), "x").await);

        documents::check_out(&cast.ann, document, "").await.unwrap();
        assert_held(
            libraries::rename(&cast.ben, document.item(), "x.pdf").await,
            "Ann Brook",
        );
        libraries::rename(&cast.ann, document.item(), "x.pdf")
            .await
            .unwrap();
        documents::discard(&cast.ann, document).await.unwrap();
        libraries::bin(&cast.ann, cast.papers, &[document.item()])
            .await
            .unwrap();
        let binned = libraries::rename(&cast.ann, document.item(), "y.pdf").await;
        assert!(matches!(binned, Err(Error::Conflict(_))), "{binned:?}");
    })
    .await;
}

#[tokio::test]
async fn a_name_that_one_may_not_know_of_is_not_told() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("Operation Heron.txt").await;
        cast.mark(document).await;
        let said = assert_invalid(
            libraries::create_folder(&cast.ben, cast.papers, None, "OPERATION heron.txt").await,
            "name",
        );
        assert!(
            !said.to_lowercase().contains("heron") && !said.contains("already"),
            "{said}"
        );
    })
    .await;
}

#[tokio::test]
async fn destinations_are_folders_here_and_libraries_to_which_one_may_add() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let returns = cast.folder(None, "Returns").await;
        let year = cast.folder(Some(returns), "2026").await;
        let gone = cast.folder(None, "Gone").await;
        libraries::bin(&cast.ann, cast.papers, &[gone.item()])
            .await
            .unwrap();
        let closed = cast.library(cast.site, "Closed").await;
        let moved = [cast.document("a.txt").await.item()];
        let to = libraries::destinations(&cast.ann, cast.papers, &moved)
            .await
            .unwrap();
        let told: Vec<_> = to
            .iter()
            .map(|to| {
                (
                    to.site.as_str(),
                    to.library_name.as_str(),
                    to.folder,
                    to.path.as_str(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("Resettlement", "Papers", None, ""),
                ("Resettlement", "Papers", Some(returns), "Returns"),
                ("Resettlement", "Papers", Some(year), "Returns / 2026"),
                ("Board", "Private", None, ""),
                ("Resettlement", "Archive", None, ""),
                ("Resettlement", "Closed", None, ""),
            ]
        );
        assert!(to.iter().any(|to| to.library == closed));
        // A folder is not offered as a place for itself, nor is any that is in it.
        let to = libraries::destinations(&cast.ann, cast.papers, &[returns.item()])
            .await
            .unwrap();
        assert!(to.iter().all(|to| to.folder.is_none()), "{to:?}");
        let to = libraries::destinations(&cast.ann, cast.papers, &[year.item()])
            .await
            .unwrap();
        let folders: Vec<_> = to.iter().filter_map(|to| to.folder).collect();
        assert_eq!(folders, [returns]);
        let to = libraries::destinations(&cast.ben, cast.papers, &moved)
            .await
            .unwrap();
        assert!(to.iter().all(|to| to.site == "Resettlement"));
        let sam = cast.person("Una Reed").await;
        cast.give(cast.papers.raw(), &sam, Role::Contributor).await;
        assert_eq!(
            libraries::destinations(&sam, cast.papers, &moved)
                .await
                .unwrap()
                .len(),
            3
        );
        assert_refused(libraries::destinations(&cast.rita, cast.papers, &moved).await);
        assert_not_found(libraries::destinations(&cast.stranger, cast.papers, &moved).await);
    })
    .await;
}
