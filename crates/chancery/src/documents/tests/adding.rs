//! Adding documents.

use super::{HangsUp, MustNotBeRead, blobs, read, rows};
use crate::Error;
use crate::documents::{self, add};
use crate::kernel::{Engine, Id, Limits, args};
use crate::libraries::tests::fixture::{Cast, assert_conflict, assert_invalid, assert_refused};
use crate::libraries::{self, Listing};
use crate::testing::{assert_not_found, both, world_with};

#[tokio::test]
async fn what_is_added_is_what_is_read() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let folder = cast.folder(None, "Returns").await;
        let large: Vec<u8> = (0..300_000_u32)
            .map(|number| (number % 251) as u8)
            .collect();
        for (name, content, kind) in [
            (
                "Agenda.docx",
                &b"what we will talk about"[..],
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            ("empty.txt", &b""[..], "text/plain"),
            ("一枚.pdf", &large[..], "application/pdf"),
            (
                "no extension",
                &b"\0\xff\xfe"[..],
                "application/octet-stream",
            ),
        ] {
            let added = add(&cast.ann, cast.papers, Some(folder), name, content)
                .await
                .unwrap();
            assert!(added.already.is_empty());
            let opened = documents::open(&cast.rita, added.id, None, false)
                .await
                .unwrap();
            assert_eq!(
                (opened.name.as_str(), opened.media_type.as_str()),
                (name, kind)
            );
            assert_eq!(opened.size, content.len() as u64);
            assert!(opened.etag.starts_with('"') && opened.etag.ends_with('"'));
            assert_eq!(read(opened).await, content);
            let page = documents::document(&cast.rita, added.id, None)
                .await
                .unwrap();
            assert_eq!((page.version, page.size), (1, content.len() as u64));
            assert_eq!(page.created_by.name, "Ann Brook");
            assert_eq!(page.changed_by.organisation, "Harbour Lights");
            assert_eq!(page.path, [(folder, "Returns".to_owned())]);
        }
        assert_eq!(
            blobs(&cast.world).await,
            1,
            "what is small is kept in its row"
        );
    })
    .await;
}

#[tokio::test]
async fn content_over_the_limit_leaves_nothing() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let limits = Limits {
            upload: 100_000,
            ..Limits::default()
        };
        let cast = Cast::new(world_with(engine, limits).await).await;
        let fits = vec![7; 100_000];
        let too_large = vec![7; 100_001];
        let document = add(&cast.ann, cast.papers, None, "fits.bin", &fits[..])
            .await
            .unwrap()
            .id;
        let before = (
            rows(&cast.world, "items").await,
            rows(&cast.world, "journal").await,
        );
        documents::check_out(&cast.ann, document, "").await.unwrap();
        let outcomes = [
            add(&cast.ann, cast.papers, None, "large.bin", &too_large[..])
                .await
                .map(|_| ()),
            documents::save_draft(&cast.ann, document, &too_large[..]).await,
            documents::check_in(&cast.ann, document, Some(&too_large[..]), "")
                .await
                .map(|_| ()),
        ];
        for outcome in outcomes {
            assert!(
                matches!(outcome, Err(Error::TooLarge { limit: 100_000 })),
                "{outcome:?}"
            );
        }
        documents::discard(&cast.ann, document).await.unwrap();
        let outcome = documents::add_version(&cast.ann, document, "", &too_large[..], "").await;
        assert!(
            matches!(outcome, Err(Error::TooLarge { limit: 100_000 })),
            "{outcome:?}"
        );
        assert_eq!(blobs(&cast.world).await, 1);
        let after = (
            rows(&cast.world, "items").await,
            rows(&cast.world, "journal").await,
        );
        assert_eq!(
            after,
            (before.0, before.1 + 2),
            "the check-out and its end, and nothing else"
        );
        assert_eq!(rows(&cast.world, "drafts").await, 0);
    }
}

#[tokio::test]
async fn a_sender_who_hangs_up_half_way_leaves_nothing() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let entries = rows(&cast.world, "journal").await;
        for bytes in [0, 10, 70_000, 1_000_000] {
            let outcome = add(&cast.ann, cast.papers, None, "new.txt", HangsUp(bytes)).await;
            assert!(assert_invalid(outcome, "file").contains("cut off"));
            let outcome = documents::add_version(&cast.ann, document, "", HangsUp(bytes), "").await;
            assert!(assert_invalid(outcome, "file").contains("cut off"));
        }
        assert_eq!(blobs(&cast.world).await, 0);
        assert_eq!(rows(&cast.world, "contents").await, 1);
        assert_eq!(rows(&cast.world, "versions").await, 1);
        assert_eq!(rows(&cast.world, "journal").await, entries);
        assert_eq!(cast.names(&cast.ann, &Listing::default()).await, ["a.txt"]);
    })
    .await;
}

#[tokio::test]
async fn it_is_decided_before_the_content_is_read() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("taken.txt").await;
        let folder = cast.folder(None, "Folder.txt").await;
        let add = async |who, library, folder, name| {
            documents::add(who, library, folder, name, MustNotBeRead).await
        };
        assert_refused(add(&cast.rita, cast.papers, None, "new.txt").await);
        assert_not_found(add(&cast.stranger, cast.papers, None, "new.txt").await);
        assert_not_found(add(&cast.ann, cast.papers, Some(Id::from_raw(7)), "new.txt").await);
        assert_not_found(add(&cast.ann, cast.archive, Some(folder), "new.txt").await);
        let said = assert_invalid(add(&cast.ann, cast.papers, None, "con.txt").await, "name");
        assert!(said.contains("“con.txt”"), "{said}");
        let said = assert_conflict(add(&cast.ann, cast.papers, None, "TAKEN.txt").await);
        assert!(said.contains("new version"), "{said}");
        let said = assert_conflict(add(&cast.ann, cast.papers, None, "folder.txt").await);
        assert!(said.contains("folder"), "{said}");

        let version =
            async |who| documents::add_version(who, document, "", MustNotBeRead, "").await;
        assert_refused(version(&cast.rita).await);
        assert_not_found(version(&cast.stranger).await);
        documents::check_out(&cast.ben, document, "").await.unwrap();
        assert!(matches!(
            version(&cast.ann).await,
            Err(Error::CheckedOut { .. })
        ));
        assert_conflict(version(&cast.ben).await);
        let draft = async |who| documents::save_draft(who, document, MustNotBeRead).await;
        assert!(matches!(
            draft(&cast.ann).await,
            Err(Error::CheckedOut { .. })
        ));
        assert_refused(draft(&cast.rita).await);
        let check_in =
            async |who| documents::check_in(who, document, Some(MustNotBeRead), "").await;
        assert!(matches!(
            check_in(&cast.ann).await,
            Err(Error::CheckedOut { .. })
        ));
        assert_not_found(check_in(&cast.stranger).await);
    })
    .await;
}

#[tokio::test]
async fn equal_content_is_stored_once_and_what_one_can_see_of_it_is_told() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let content = vec![42; 200_000];
        let add = async |who, library, name| {
            documents::add(who, library, None, name, &content[..])
                .await
                .unwrap()
        };
        let first = add(&cast.ann, cast.papers, "first.bin").await;
        assert!(first.already.is_empty());
        let hidden = add(&cast.elsewhere, cast.private, "hidden.bin").await;
        assert!(hidden.already.is_empty(), "Elsa cannot see the first");
        let second = add(&cast.ben, cast.archive, "second.bin").await;
        let told: Vec<_> = second
            .already
            .iter()
            .map(|same| (same.id, same.library.as_str()))
            .collect();
        assert_eq!(told, [(first.id, "Papers")]);
        let third = add(&cast.ann, cast.papers, "third.bin").await;
        let told: Vec<_> = third
            .already
            .iter()
            .map(|same| same.name.as_str())
            .collect();
        assert_eq!(
            told,
            ["first.bin", "hidden.bin", "second.bin"],
            "Ann can see all"
        );

        assert_eq!(blobs(&cast.world).await, 1);
        assert_eq!(rows(&cast.world, "contents").await, 1);
        // What is in the bin, above one's clearance, sealed, or no longer current is not offered.
        libraries::bin(&cast.ann, cast.papers, &[first.id.item()])
            .await
            .unwrap();
        cast.mark(second.id).await;
        cast.seal(third.id).await;
        documents::add_version(&cast.ann, hidden.id, "", &b"other"[..], "")
            .await
            .unwrap();
        assert!(
            add(&cast.ann, cast.papers, "fourth.bin")
                .await
                .already
                .is_empty()
        );
        for name in ["e1.txt", "e2.txt"] {
            let empty =
                documents::add(&cast.ann, cast.papers, None, name, tokio::io::empty()).await;
            assert!(
                empty.unwrap().already.is_empty(),
                "empty files are all alike"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn two_people_who_add_one_name_at_once_add_it_once() {
    both(async |world| {
        let cast = Cast::new(world).await;
        for round in 0..4 {
            let (lower, upper) = (format!("return {round}.txt"), format!("RETURN {round}.TXT"));
            let (one, other) = tokio::join!(
                add(&cast.ann, cast.papers, None, &lower, &b"one"[..]),
                add(&cast.ben, cast.papers, None, &upper, &b"other"[..]),
            );
            assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
            assert_conflict(one.and(other));
        }
        assert_eq!(rows(&cast.world, "items").await, 4);
    })
    .await;
}

#[tokio::test]
async fn two_people_who_add_the_same_content_at_once_store_it_once() {
    both(async |world| {
        let cast = Cast::new(world).await;
        for round in 0..4_u8 {
            let content = vec![round; 100_000];
            let (first, second) = (format!("a{round}"), format!("b{round}"));
            let (one, other) = tokio::join!(
                add(&cast.ann, cast.papers, None, &first, &content[..]),
                add(&cast.ben, cast.archive, None, &second, &content[..]),
            );
            let (one, other) = (one.unwrap(), other.unwrap());
            assert!(one.already.len() + other.already.len() <= 1);
        }
        assert_eq!(rows(&cast.world, "contents").await, 4);
        assert_eq!(blobs(&cast.world).await, 4);
    })
    .await;
}

#[tokio::test]
async fn each_addition_has_its_place_and_its_entry() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let entries = cast
            .world
            .count(
                "SELECT COUNT(*) AS value FROM journal WHERE action = 'AddDocument' AND item_id = $1
                  AND library_id = $2 AND site_id = $3 AND person_id = $4",
                args![document, cast.papers, cast.site, cast.ann.me().unwrap()],
            )
            .await;
        assert_eq!(entries, 1);
        let placed = cast
            .world
            .count(
                "SELECT COUNT(*) AS value FROM placements WHERE document_id = $1 AND library_id = $2 AND until_at = $3",
                args![document, cast.papers, i64::MAX],
            )
            .await;
        assert_eq!(placed, 1);
    })
    .await;
}
