//! Reading content: journalled first, and by nobody who may not.

use std::time::Duration;

use futures::TryStreamExt as _;

use super::{read, rows};
use crate::Error;
use crate::documents::{self, open};
use crate::kernel::{Time, args, count_queries};
use crate::libraries::tests::fixture::{Cast, put};
use crate::testing::{assert_not_found, both};

#[tokio::test]
async fn a_reading_is_in_the_journal_before_its_content_is_given_out() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let opened = open(&cast.rita, document, None, false).await.unwrap();
        let entries = async |action: &str| {
            cast.world
                .look(
                    "SELECT person_id, sort, data FROM journal WHERE item_id = $1 AND action = $2",
                    args![document, action],
                )
                .await
        };
        // The content has not been asked for yet.
        let [row] = &entries("OpenVersion").await[..] else {
            panic!("one entry")
        };
        assert_eq!(
            row.get::<i64>("person_id").unwrap(),
            cast.rita.me().unwrap().raw()
        );
        assert_eq!(row.get::<String>("sort").unwrap(), "read");
        assert_eq!(
            row.get::<String>("data").unwrap(),
            r#"{"document":"a.txt","version":1}"#
        );
        assert_eq!(read(opened).await, b"what a.txt says");
        open(&cast.rita, document, Some(1), true).await.unwrap();
        assert_eq!(entries("DownloadVersion").await.len(), 1);
        assert_eq!(entries("OpenVersion").await.len(), 1);
        documents::check_out(&cast.ann, document, "").await.unwrap();
        documents::save_draft(&cast.ann, document, &b"x"[..])
            .await
            .unwrap();
        documents::open_draft(&cast.ann, document).await.unwrap();
        assert_eq!(entries("OpenDraft").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn many_readings_at_once_are_all_kept() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let readings = (0..30).map(|_| open(&cast.rita, document, None, false));
        futures::future::try_join_all(readings).await.unwrap();
        let kept = cast
            .world
            .count(
                "SELECT COUNT(*) AS value FROM journal WHERE action = 'OpenVersion'",
                vec![],
            )
            .await;
        assert_eq!(kept, 30);
    })
    .await;
}

#[tokio::test]
async fn what_may_not_be_read_is_not_and_leaves_no_entry() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let entries = rows(&cast.world, "journal").await;
        assert_not_found(open(&cast.stranger, document, None, false).await);
        assert_not_found(open(&cast.elsewhere, document, None, true).await);
        assert_not_found(open(&cast.world.console(), document, None, true).await);
        assert_not_found(open(&cast.rita, document, Some(2), true).await);
        let nobody = crate::kernel::Actor::nobody(&cast.world.realm);
        assert!(matches!(
            open(&nobody, document, None, true).await,
            Err(Error::SignedOut)
        ));
        put(
            &cast.world,
            "UPDATE accounts SET until_at = $1 WHERE person_id = $2",
            args![cast.world.realm.now(), cast.rita.me().unwrap()],
        )
        .await;
        assert!(matches!(
            open(&cast.rita, document, None, true).await,
            Err(Error::SignedOut)
        ));
        cast.mark(document).await;
        assert_not_found(open(&cast.ann, document, None, true).await);
        assert_not_found(documents::document(&cast.olive, document, None).await);
        let sealed = cast.document("b.txt").await;
        cast.seal(sealed).await;
        assert!(matches!(
            open(&cast.olive, sealed, None, true).await,
            Err(Error::Sealed)
        ));
        let left = rows(&cast.world, "journal").await;
        assert_eq!(left, entries + 1, "only that the second document was added");
    })
    .await;
}

#[tokio::test]
async fn any_range_is_read() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let content: Vec<u8> = (0..200_000_u32)
            .map(|number| (number % 253) as u8)
            .collect();
        let document = documents::add(&cast.ann, cast.papers, None, "a.bin", &content[..])
            .await
            .unwrap()
            .id;
        let opened = open(&cast.rita, document, None, false).await.unwrap();
        for (from, to) in [
            (0, 1),
            (65_535, 65_537),
            (199_999, 200_000),
            (150_000, u64::MAX),
            (7, 7),
            (300_000, 400_000),
        ] {
            let pieces: Vec<bytes::Bytes> =
                opened.clone().read(from..to).try_collect().await.unwrap();
            let (from, to) = (from.min(200_000), to.min(200_000));
            let expected = &content[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()];
            assert_eq!(pieces.concat(), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn the_page_of_a_document_asks_ten_times_at_most() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let outer = cast.folder(None, "Returns").await;
        let inner = cast.folder(Some(outer), "2026").await;
        let document = cast.document_in(Some(inner), "a.txt").await;
        for number in 0..30 {
            let content = format!("version {number}");
            documents::add_version(&cast.ann, document, "", content.as_bytes(), "")
                .await
                .unwrap();
        }
        documents::check_out(&cast.olive, document, "")
            .await
            .unwrap();
        let (page, queries) = count_queries(documents::document(&cast.olive, document, None)).await;
        assert_eq!(page.unwrap().versions.len(), 20);
        assert!(queries <= 10, "{queries}");
    })
    .await;
}

#[tokio::test]
async fn owners_see_how_many_people_have_read() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        for who in [&cast.rita, &cast.rita, &cast.ben] {
            open(who, document, None, false).await.unwrap();
            open(who, document, None, true).await.unwrap();
        }
        let readers = async |who| {
            documents::document(who, document, None)
                .await
                .unwrap()
                .readers
        };
        assert_eq!(readers(&cast.olive).await, Some(2));
        assert_eq!(readers(&cast.ann).await, None);
    })
    .await;
}

#[tokio::test]
async fn what_may_not_be_had_any_more_breaks_off_on_its_way_out() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let content = vec![7_u8; 3_000_000];
        let document = documents::add(&cast.ann, cast.papers, None, "a.bin", &content[..])
            .await
            .unwrap()
            .id;
        let second = Duration::from_secs(1);
        for download in [false, true] {
            let opened = open(&cast.rita, document, None, download).await.unwrap();
            let whole = read(opened.clone()).await;
            assert_eq!(whole.len(), content.len());
            let mut leaving = std::pin::pin!(opened.read(0..u64::MAX));
            let mut next = async || leaving.try_next().await;
            assert!(next().await.unwrap().is_some());
            // Somebody adds a version, which is yet to be read: the one that leaves is no worse for it.
            put(
                &cast.world,
                "UPDATE versions SET read_at = $1 WHERE document_id = $2",
                args![Time::FOREVER, document],
            )
            .await;
            cast.world.clock.advance(second);
            assert!(next().await.unwrap().is_some());
            put(
                &cast.world,
                "UPDATE versions SET read_at = 0 WHERE document_id = $1",
                args![document],
            )
            .await;
            cast.seal(document).await;
            // What was decided is good for a second.
            assert!(next().await.unwrap().is_some());
            cast.world.clock.advance(second);
            assert!(next().await.is_err());
            put(
                &cast.world,
                "UPDATE seals SET until_at = 0 WHERE document_id = $1",
                args![document],
            )
            .await;
        }
    })
    .await;
}
