//! What is stored and no longer referred to.

use std::time::Duration;

use super::{blobs, read, rows};
use crate::documents::{self, Garbage, collect_garbage};
use crate::kernel::{Time, args};
use crate::libraries::tests::fixture::{Cast, put};
use crate::testing::both;

/// Later than the machine's clock, by which the vault knows how old a blob is.
const LATER: Time = Time::from_micros(32_503_680_000_000_000);
const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn only_what_nothing_refers_to_is_removed_and_only_after_a_day() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let large = |byte: u8| vec![byte; 100_000];
        let add = async |name: &str, byte| {
            documents::add(&cast.ann, cast.papers, None, name, &large(byte)[..])
                .await
                .unwrap()
                .id
        };
        // Referred to by an old version, by a current one, by a draft, and by a draft that ended.
        let document = add("kept.bin", 1).await;
        documents::add_version(&cast.ann, document, "", &large(2)[..], "")
            .await
            .unwrap();
        documents::check_out(&cast.ann, document, "").await.unwrap();
        documents::save_draft(&cast.ann, document, &large(3)[..])
            .await
            .unwrap();
        documents::save_draft(&cast.ann, document, &large(4)[..])
            .await
            .unwrap();
        cast.document("small.txt").await;
        // Referred to by nothing: a row whose version is gone, and a blob without a row.
        let gone = add("gone.bin", 5).await;
        put(
            &cast.world,
            "DELETE FROM versions WHERE document_id = $1",
            args![gone],
        )
        .await;
        let realm = &cast.world.realm;
        realm
            .vault()
            .deposit(&large(6)[..], 1_000_000)
            .await
            .unwrap();

        assert_eq!(blobs(&cast.world).await, 6);
        assert_eq!(
            collect_garbage(realm).await.unwrap(),
            Garbage::default(),
            "nothing is a day old"
        );
        cast.world.clock.set(LATER);
        put(
            &cast.world,
            "UPDATE contents SET stored_at = $1",
            args![LATER.minus(DAY).plus(Duration::from_micros(1))],
        )
        .await;
        let garbage = collect_garbage(realm).await.unwrap();
        assert_eq!(
            (garbage.contents, garbage.blobs),
            (0, 1),
            "the row is younger than a day"
        );
        cast.world.clock.advance(Duration::from_micros(1));
        let garbage = collect_garbage(realm).await.unwrap();
        assert_eq!((garbage.contents, garbage.blobs), (1, 1));
        assert!(garbage.freed > 100_000);
        assert_eq!(collect_garbage(realm).await.unwrap(), Garbage::default());

        assert_eq!(
            (
                blobs(&cast.world).await,
                rows(&cast.world, "contents").await
            ),
            (4, 5)
        );
        // Everything is there still. The check-out has long expired; the draft has not.
        for (number, byte) in [(1, 1), (2, 2)] {
            let opened = documents::open(&cast.rita, document, Some(number), false)
                .await
                .unwrap();
            assert_eq!(read(opened).await, large(byte));
        }
        let draft = documents::open_draft(&cast.ann, document).await.unwrap();
        assert_eq!(read(draft).await, large(4));
    })
    .await;
}

#[tokio::test]
async fn reading_everything_back_finds_what_is_damaged_or_gone() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let large = vec![1; 100_000];
        documents::add(&cast.ann, cast.papers, None, "large.bin", &large[..]).await.unwrap();
        for name in ["a.txt", "b.txt", "c.txt"] {
            cast.document(name).await;
        }
        let report = documents::verify(&cast.world.realm).await.unwrap();
        assert_eq!((report.whole, report.damaged.len()), (4, 0));
        // The content of one document under the address of another; and a blob that is gone.
        put(
            &cast.world,
            "UPDATE contents SET inline = (SELECT t.inline FROM contents t WHERE t.inline IS NOT NULL
               ORDER BY t.id DESC LIMIT 1)
              WHERE id = (SELECT MIN(t.id) FROM contents t WHERE t.inline IS NOT NULL)",
            args![],
        )
        .await;
        put(&cast.world, "UPDATE contents SET inline = $1 WHERE inline IS NULL", args![&b"short"[..]]).await;
        let report = documents::verify(&cast.world.realm).await.unwrap();
        assert_eq!((report.whole, report.damaged.len()), (2, 2), "{report:?}");
    })
    .await;
}

#[tokio::test]
async fn content_that_was_removed_can_be_added_again() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let content = vec![9; 100_000];
        let first = documents::add(&cast.ann, cast.papers, None, "a.bin", &content[..])
            .await
            .unwrap()
            .id;
        put(
            &cast.world,
            "DELETE FROM versions WHERE document_id = $1",
            args![first],
        )
        .await;
        cast.world.clock.set(LATER);
        let garbage = collect_garbage(&cast.world.realm).await.unwrap();
        assert_eq!((garbage.contents, garbage.blobs), (1, 1));
        let again = documents::add(&cast.ann, cast.papers, None, "b.bin", &content[..])
            .await
            .unwrap()
            .id;
        let opened = documents::open(&cast.rita, again, None, false)
            .await
            .unwrap();
        assert_eq!(read(opened).await, content);
    })
    .await;
}

#[tokio::test]
async fn content_that_comes_again_is_as_young_as_new() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let content = vec![9; 100_000];
        let first = documents::add(&cast.ann, cast.papers, None, "a.bin", &content[..])
            .await
            .unwrap()
            .id;
        put(
            &cast.world,
            "DELETE FROM versions WHERE document_id = $1",
            args![first],
        )
        .await;
        cast.world.clock.advance(2 * DAY);
        documents::add(&cast.ann, cast.papers, None, "b.bin", &content[..])
            .await
            .unwrap();
        let stored = cast
            .world
            .count("SELECT stored_at AS value FROM contents", vec![])
            .await;
        assert_eq!(stored, cast.world.realm.now().micros());
    })
    .await;
}
