//! Tests of uploads, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use tokio::io::AsyncRead;

use super::rules::PIECE;
use super::*;
use crate::Error;
use crate::documents::{collect_garbage, open, unreferred};
use crate::kernel::{Actor, Id, args, thing};
use crate::libraries::tests::fixture::Cast;
use crate::testing::both;

type Library = Id<thing::Library>;

fn into(library: Library, name: &str, size: u64) -> Beginning {
    in_folders(library, name, size, &[])
}

fn in_folders(library: Library, name: &str, size: u64, path: &[&str]) -> Beginning {
    Beginning {
        name: name.to_owned(),
        size,
        to: To::Library {
            library,
            folder: None,
            path: path.iter().map(|name| (*name).to_owned()).collect(),
        },
        once: None,
        asks: false,
    }
}

/// A line that breaks after these bytes.
fn broken(bytes: &[u8]) -> impl AsyncRead + Send + Unpin + use<> {
    let end = futures::stream::iter([
        Ok(bytes::Bytes::copy_from_slice(bytes)),
        Err(std::io::Error::other("the line broke")),
    ]);
    tokio_util::io::StreamReader::new(end)
}

async fn read(who: &Actor, document: Id<thing::Document>) -> Vec<u8> {
    use futures::TryStreamExt as _;
    let content = open(who, document, None, false).await.unwrap();
    let size = content.size;
    let pieces: Vec<bytes::Bytes> = content.read(0..size).try_collect().await.unwrap();
    pieces.concat()
}

async fn offset(who: &Actor, upload: Id<thing::Upload>) -> u64 {
    look(who, upload).await.unwrap().offset
}

fn document(outcome: Outcome) -> Id<thing::Document> {
    match outcome {
        Outcome::Whole(Became::Document(added)) => added.id,
        Outcome::Whole(Became::Version(id)) => id,
        other => panic!("it is not whole: {other:?}"),
    }
}

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| world.prepares(STATEMENTS).await).await;
}

#[test]
fn every_verb_can_be_awaited_on_any_thread() {
    fn sends(_: impl Send) {}
    fn verbs(actor: &Actor, what: &Beginning) {
        let upload = Id::from_raw(1);
        sends(begin(actor, what));
        sends(look(actor, upload));
        sends(cancel(actor, upload));
        sends(receive(actor, upload, 0, &b""[..], None));
    }
    let _ = verbs;
}

#[tokio::test]
async fn what_was_acknowledged_stays_and_the_rest_follows() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let text: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let size = text.len() as u64;
        let upload = begin(&cast.ann, &into(cast.papers, "Large.bin", size))
            .await
            .unwrap()
            .id;
        assert_eq!(offset(&cast.ann, upload).await, 0);
        let first = receive(&cast.ann, upload, 0, &text[..50_000], None).await;
        assert!(matches!(first.unwrap(), Outcome::Here { offset: 50_000 }));
        // The line breaks, and nothing that had arrived is lost.
        let second = receive(
            &cast.ann,
            upload,
            50_000,
            broken(&text[50_000..90_001]),
            None,
        )
        .await;
        assert!(matches!(
            second.unwrap(),
            Outcome::CutOff { offset: 90_001 }
        ));
        assert_eq!(offset(&cast.ann, upload).await, 90_001);
        // Nobody sees it yet, in the library or anywhere.
        assert!(
            !cast
                .names(&cast.ann, &crate::libraries::Listing::default())
                .await
                .contains(&"Large.bin".to_owned())
        );
        // What comes twice, or with a gap, is not kept.
        for wrong in [0, 50_000, 90_000, 90_002, size, u64::MAX] {
            let sent = receive(&cast.ann, upload, wrong, &b"x"[..], None).await;
            assert!(matches!(
                sent.unwrap(),
                Outcome::Misplaced { offset: 90_001 }
            ));
        }
        let last = receive(&cast.ann, upload, 90_001, &text[90_001..], None).await;
        let added = document(last.unwrap());
        assert_eq!(read(&cast.rita, added).await, text);
        // Asked again it says the same, and nothing is made twice.
        let line = look(&cast.ann, upload).await.unwrap();
        assert_eq!((line.offset, line.became), (size, Some(added)));
        let again = receive(&cast.ann, upload, size, &b""[..], None).await;
        assert_eq!(document(again.unwrap()), added);
        assert!(matches!(
            cancel(&cast.ann, upload).await,
            Err(Error::NotFound)
        ));
        // The pieces are garbage, and after a day they are gone.
        let pieces = "SELECT COUNT(*) AS value FROM upload_parts";
        assert_eq!(cast.world.count(pieces, args![]).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_long_piece_is_kept_in_pieces_of_its_own() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let length = usize::try_from(PIECE).unwrap();
        let bytes = vec![7_u8; 2 * length + 10];
        let size = bytes.len() as u64;
        let upload = begin(&cast.ann, &into(cast.papers, "Long.bin", size))
            .await
            .unwrap()
            .id;
        // A machine that stops in the middle of the third piece loses that one.
        let sent = receive(&cast.ann, upload, 0, broken(&bytes[..=2 * length]), None).await;
        assert!(matches!(sent.unwrap(), Outcome::CutOff { offset } if offset == 2 * PIECE + 1));
        let pieces = "SELECT COUNT(*) AS value FROM upload_parts";
        assert_eq!(cast.world.count(pieces, args![]).await, 3);
        let last = receive(&cast.ann, upload, 2 * PIECE + 1, &bytes[..9], None).await;
        let added = document(last.unwrap());
        assert_eq!(read(&cast.ann, added).await.len() as u64, size);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_what_was_said_is_not_kept() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let upload = begin(&cast.ann, &into(cast.papers, "Sums.txt", 10))
            .await
            .unwrap()
            .id;
        let sum = |of: &[u8]| {
            Some(Checksum {
                algorithm: Algorithm::Sha256,
                sum: aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, of)
                    .as_ref()
                    .to_vec(),
            })
        };
        let damaged = receive(&cast.ann, upload, 0, &b"0123X"[..], sum(b"01234")).await;
        assert!(matches!(damaged.unwrap(), Outcome::Damaged));
        let cut = receive(&cast.ann, upload, 0, broken(b"012"), sum(b"01234")).await;
        assert!(matches!(cut.unwrap(), Outcome::CutOff { offset: 0 }));
        assert_eq!(offset(&cast.ann, upload).await, 0);
        let right = receive(&cast.ann, upload, 0, &b"01234"[..], sum(b"01234")).await;
        assert!(matches!(right.unwrap(), Outcome::Here { offset: 5 }));
        // More than was announced is a mistake, and nothing is made of it.
        let more = receive(&cast.ann, upload, 5, &b"56789and more"[..], None).await;
        assert!(matches!(more.unwrap(), Outcome::TooMuch));
        assert_eq!(offset(&cast.ann, upload).await, 5);
        let last = receive(&cast.ann, upload, 5, &b"56789"[..], sum(b"56789")).await;
        assert_eq!(
            read(&cast.ann, document(last.unwrap())).await,
            b"0123456789"
        );

        let limit = cast.world.realm.settings().limits.upload;
        let large = begin(&cast.ann, &into(cast.papers, "Huge.bin", limit + 1)).await;
        assert!(matches!(large, Err(Error::TooLarge { limit: most }) if most == limit));
    })
    .await;
}

#[tokio::test]
async fn an_upload_is_its_senders_alone_and_only_while_they_may() {
    both(async |world| {
        let cast = Cast::new(world).await;
        for who in [&cast.rita, &cast.stranger] {
            assert!(begin(who, &into(cast.papers, "a.txt", 3)).await.is_err());
        }
        let upload = begin(&cast.ann, &into(cast.papers, "a.txt", 3))
            .await
            .unwrap()
            .id;
        for who in [&cast.ben, &cast.olive, &cast.rita, &cast.stranger] {
            assert!(matches!(look(who, upload).await, Err(Error::NotFound)));
            assert!(matches!(cancel(who, upload).await, Err(Error::NotFound)));
            let sent = receive(who, upload, 0, &b"abc"[..], None).await;
            assert!(matches!(sent, Err(Error::NotFound)));
        }
        // Who may no longer add here cannot go on, nor finish.
        receive(&cast.ann, upload, 0, &b"ab"[..], None)
            .await
            .unwrap();
        cast.world
            .realm
            .upkeep(
                "UPDATE grants SET until_at = $1 WHERE subject_id = $2",
                args![cast.world.realm.now(), cast.ann.me().unwrap()],
            )
            .await
            .unwrap();
        let sent = receive(&cast.ann, upload, 2, &b"c"[..], None).await;
        assert!(matches!(sent, Err(Error::NotFound)), "{sent:?}");
        cancel(&cast.ann, upload).await.unwrap();
        assert!(matches!(
            look(&cast.ann, upload).await,
            Err(Error::NotFound)
        ));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_taken_is_said_before_and_after() {
    both(async |world| {
        let cast = Cast::new(world).await;
        cast.document("Agenda.txt").await;
        let taken = begin(&cast.ann, &into(cast.papers, "agenda.TXT", 3)).await;
        assert!(matches!(taken, Err(Error::Conflict(_))));
        let upload = begin(&cast.ann, &into(cast.papers, "b.txt", 3))
            .await
            .unwrap()
            .id;
        let other = cast.document("b.txt").await;
        let sent = receive(&cast.ann, upload, 0, &b"abc"[..], None).await;
        assert!(matches!(sent, Err(Error::Conflict(_))), "{sent:?}");
        // Everything of it is here, and when the name is free it goes on where it stopped.
        assert_eq!(offset(&cast.ann, upload).await, 3);
        crate::libraries::bin(&cast.ann, cast.papers, &[other.item()])
            .await
            .unwrap();
        let again = receive(&cast.ann, upload, 3, &b""[..], None).await;
        assert_eq!(read(&cast.ann, document(again.unwrap())).await, b"abc");
    })
    .await;
}

#[tokio::test]
async fn folders_are_made_once_and_an_empty_file_is_whole_at_once() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let path = ["Returns", "2026"];
        for name in ["March.txt", "April.txt"] {
            let what = in_folders(cast.papers, name, 0, &path);
            let upload = begin(&cast.ann, &what).await.unwrap().id;
            document(receive(&cast.ann, upload, 0, &b""[..], None).await.unwrap());
        }
        let folders = "SELECT COUNT(*) AS value FROM items WHERE is_document = 0";
        assert_eq!(cast.world.count(folders, args![]).await, 2);
        let in_the_way = in_folders(cast.papers, "x.txt", 0, &["Returns", "2026", "March.txt"]);
        let refused = begin(&cast.ann, &in_the_way).await;
        assert!(matches!(refused, Err(Error::Conflict(_))));
        let no_name = in_folders(cast.papers, "x.txt", 0, &["a/b"]);
        assert!(matches!(
            begin(&cast.ann, &no_name).await,
            Err(Error::Invalid(_))
        ));
    })
    .await;
}

#[tokio::test]
async fn a_version_is_added_to_what_its_sender_saw() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let agenda = cast.document("Agenda.txt").await;
        let next = |seen| Beginning {
            name: "Agenda.txt".to_owned(),
            size: 3,
            to: To::Document {
                document: agenda,
                seen: Some(seen),
                comment: "Shorter".to_owned(),
            },
            once: None,
            asks: false,
        };
        let (one, two) = (
            begin(&cast.ann, &next(1)).await.unwrap().id,
            begin(&cast.ben, &next(1)).await.unwrap().id,
        );
        let sent = receive(&cast.ann, one, 0, &b"abc"[..], None).await.unwrap();
        assert!(matches!(sent, Outcome::Whole(Became::Version(id)) if id == agenda));
        let late = receive(&cast.ben, two, 0, &b"xyz"[..], None).await;
        assert!(matches!(late, Err(Error::Changed)), "{late:?}");
        assert_eq!(read(&cast.ann, agenda).await, b"abc");
    })
    .await;
}

#[tokio::test]
async fn two_that_send_the_same_at_the_same_moment_make_one() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let upload = begin(&cast.ann, &into(cast.papers, "Twice.txt", 40_000))
            .await
            .unwrap()
            .id;
        let text = vec![b'a'; 40_000];
        let (one, other) = tokio::join!(
            receive(&cast.ann, upload, 0, &text[..], None),
            receive(&cast.ann, upload, 0, &text[..], None),
        );
        let whole = |outcome: &crate::Result<Outcome>| matches!(outcome, Ok(Outcome::Whole(_)));
        assert!(whole(&one) || whole(&other), "{one:?} {other:?}");
        let made = "SELECT COUNT(*) AS value FROM items WHERE name = 'Twice.txt'";
        assert_eq!(cast.world.count(made, args![]).await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_whole_in_time_is_garbage_and_nothing_before() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let realm = &cast.world.realm;
        let large = vec![1_u8; 70_000];
        let upload = begin(&cast.ann, &into(cast.papers, "Slow.bin", 80_000))
            .await
            .unwrap()
            .id;
        receive(&cast.ann, upload, 0, &large[..], None)
            .await
            .unwrap();
        let small = begin(&cast.ann, &into(cast.papers, "Small.txt", 9))
            .await
            .unwrap()
            .id;
        receive(&cast.ann, small, 0, &b"abc"[..], None)
            .await
            .unwrap();
        assert_eq!(unreferred(realm).await.unwrap(), 0, "a row names the piece");
        // A blob that is older than the grace stays while its time is not over.
        cast.world.clock.advance(Duration::from_hours(50));
        assert_eq!(collect_garbage(realm).await.unwrap().blobs, 0);
        assert_eq!(offset(&cast.ann, upload).await, 70_000);
        cast.world.clock.advance(Duration::from_hours(30));
        assert!(matches!(
            look(&cast.ann, upload).await,
            Err(Error::NotFound)
        ));
        collect_garbage(realm).await.unwrap();
        for table in ["uploads", "upload_parts"] {
            let sql = format!("SELECT COUNT(*) AS value FROM {table}");
            assert_eq!(cast.world.count(&sql, args![]).await, 0, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_begun_twice_under_one_key_is_one() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let keyed = |name: &str, size| Beginning {
            once: Some("a-key".to_owned()),
            asks: false,
            ..into(cast.papers, name, size)
        };
        let first = begin(&cast.ann, &keyed("Once.txt", 3)).await.unwrap();
        let again = begin(&cast.ann, &keyed("Once.txt", 3)).await.unwrap();
        assert_eq!(first.id, again.id);
        // Also when it has become something, whose name is taken by itself.
        let added = document(
            receive(&cast.ann, first.id, 0, &b"abc"[..], None)
                .await
                .unwrap(),
        );
        let again = begin(&cast.ann, &keyed("Once.txt", 3)).await.unwrap();
        assert_eq!((again.offset, again.became), (3, Some(added)));
        // The key is its sender's, and is of one thing.
        let other = begin(&cast.ann, &keyed("Other.txt", 3)).await;
        assert!(matches!(other, Err(Error::Conflict(_))));
        assert_ne!(
            begin(&cast.ben, &keyed("Bens.txt", 3)).await.unwrap().id,
            first.id
        );
        let wrong = Beginning {
            once: Some("not a key".to_owned()),
            asks: false,
            ..into(cast.papers, "x.txt", 1)
        };
        assert!(matches!(
            begin(&cast.ann, &wrong).await,
            Err(Error::Invalid(_))
        ));
        let two = Beginning {
            once: Some("at-once".to_owned()),
            asks: false,
            ..into(cast.papers, "Two.txt", 1)
        };
        let (one, other) = tokio::join!(begin(&cast.ann, &two), begin(&cast.ann, &two));
        assert_eq!(one.unwrap().id, other.unwrap().id);
    })
    .await;
}
