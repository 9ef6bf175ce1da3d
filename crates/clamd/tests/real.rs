//! ClamAV's real daemon, with a signature of the test file that every scanner knows.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may panic")]

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixListener;
use std::time::Duration;

use bytes::Bytes;
use clamd::{Clamd, Failure, Limits, Verdict};
use futures::{Stream, StreamExt as _, stream};
use testkit::clamd::{LARGEST, SIGNATURE, eicar};
use testkit::line::Line;

fn at(address: &str) -> Clamd {
    Clamd::at(address, Limits::default()).unwrap()
}

fn pieces(bytes: &[u8], size: usize) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    let pieces: Vec<_> = bytes
        .chunks(size)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    stream::iter(pieces)
}

/// Bytes in which nothing is found.
fn harmless(length: u64) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let piece = Bytes::from(vec![b'a'; 10_000]);
    let whole = usize::try_from(length / 10_000).unwrap();
    let rest = piece.slice(..usize::try_from(length % 10_000).unwrap());
    stream::iter(vec![piece; whole])
        .chain(stream::iter([rest]))
        .map(Ok)
}

#[tokio::test]
async fn it_answers_and_finds_what_it_knows() {
    let clamd = testkit::Clamd::start().unwrap();
    for address in [clamd.address(), format!("tcp://{}", clamd.on_network())] {
        let asked = at(&address);
        asked.ping().await.unwrap();
        let version = asked.version().await.unwrap();
        assert!(version.starts_with("ClamAV "), "{version}");
        let infected = Verdict::Infected {
            name: SIGNATURE.to_owned(),
        };
        // In one piece, and byte by byte.
        for size in [usize::MAX, 1] {
            let verdict = asked.scan(pieces(&eicar(), size)).await.unwrap();
            assert_eq!(verdict, infected);
        }
        assert_eq!(asked.scan(stream::empty()).await.unwrap(), Verdict::Clean);
        let plain = asked.scan(pieces(b"Minutes of the meeting", 5)).await;
        assert_eq!(plain.unwrap(), Verdict::Clean);
    }
}

#[tokio::test]
async fn an_empty_piece_is_not_the_end() {
    let clamd = testkit::Clamd::start().unwrap();
    let content = stream::iter([
        Ok(Bytes::new()),
        Ok(Bytes::from_static(b"before ")),
        Ok(Bytes::new()),
    ])
    .chain(pieces(&eicar(), 7));
    let verdict = at(&clamd.address()).scan(content).await.unwrap();
    assert!(matches!(verdict, Verdict::Infected { .. }), "{verdict:?}");
}

#[tokio::test]
async fn what_is_too_long_is_never_clean() {
    let clamd = testkit::Clamd::start().unwrap();
    for address in [clamd.address(), format!("tcp://{}", clamd.on_network())] {
        let asked = at(&address);
        let just = asked.scan(harmless(LARGEST)).await.unwrap();
        assert_eq!(just, Verdict::Clean);
        // clamd says so itself, a little above and far above; several times, since it is told while it still writes.
        for length in [LARGEST + 1, LARGEST + 10_000, 40 * LARGEST] {
            for _ in 0..5 {
                let verdict = asked.scan(harmless(length)).await.unwrap();
                assert_eq!(verdict, Verdict::TooLarge, "{length}");
            }
        }
        // We know it ourselves, whatever comes after.
        let limits = Limits {
            largest: 1000,
            ..Limits::default()
        };
        let asked = Clamd::at(&address, limits).unwrap();
        let verdict = asked.scan(harmless(1001)).await.unwrap();
        assert_eq!(verdict, Verdict::TooLarge);
        assert_eq!(asked.scan(harmless(1000)).await.unwrap(), Verdict::Clean);
    }
}

#[tokio::test]
async fn content_that_breaks_off_has_no_verdict() {
    let clamd = testkit::Clamd::start().unwrap();
    let broken = pieces(b"half of it", 3).chain(stream::iter([Err(io::Error::other("gone"))]));
    let outcome = at(&clamd.address()).scan(broken).await;
    assert!(matches!(outcome, Err(Failure::Content(_))), "{outcome:?}");
}

#[tokio::test]
async fn it_may_be_away_from_the_start_or_die_half_way() {
    let mut clamd = testkit::Clamd::start().unwrap();
    let asked = at(&clamd.address());
    let (more, mut wanted) = tokio::sync::mpsc::channel::<Bytes>(1);
    let content = stream::poll_fn(move |cx| wanted.poll_recv(cx)).map(Ok);
    let scan = tokio::spawn({
        let asked = asked.clone();
        async move { asked.scan(content).await }
    });
    more.send(Bytes::from_static(b"the first half"))
        .await
        .unwrap();
    more.send(Bytes::from_static(b"and some more"))
        .await
        .unwrap();
    clamd.kill();
    let _ = more.send(Bytes::from_static(b"the second half")).await;
    drop(more);
    let outcome = scan.await.unwrap();
    assert!(matches!(outcome, Err(Failure::Away(_))), "{outcome:?}");

    for outcome in [asked.ping().await, asked.version().await.map(drop)] {
        assert!(matches!(outcome, Err(Failure::Away(_))), "{outcome:?}");
    }
    let outcome = asked.scan(harmless(10)).await;
    assert!(matches!(outcome, Err(Failure::Away(_))), "{outcome:?}");

    clamd.start_again().unwrap();
    assert_eq!(asked.scan(harmless(10)).await.unwrap(), Verdict::Clean);
}

#[tokio::test]
async fn it_may_fall_silent() {
    let clamd = testkit::Clamd::start().unwrap();
    let line = Line::to(&clamd.on_network()).unwrap();
    let limits = Limits {
        connect: Duration::from_millis(300),
        whole: Duration::from_millis(600),
        ..Limits::default()
    };
    let asked = Clamd::at(&format!("tcp://{}", line.address()), limits).unwrap();
    asked.ping().await.unwrap();
    line.fall_silent();
    let outcome = asked.ping().await;
    assert!(matches!(outcome, Err(Failure::TimedOut)), "{outcome:?}");
    let outcome = asked.scan(harmless(10)).await;
    assert!(matches!(outcome, Err(Failure::TimedOut)), "{outcome:?}");
    line.go_on();
    asked.ping().await.unwrap();
}

/// Somebody else who listens there and says this.
fn stranger(says: &'static [u8]) -> (tempfile::TempDir, Clamd) {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("ctl");
    let listener = UnixListener::bind(&socket).unwrap();
    std::thread::spawn(move || {
        for mut caller in listener.incoming().flatten() {
            let _ = caller.read(&mut [0; 6]);
            let _ = caller.write_all(says);
        }
    });
    let asked = at(&format!("unix:{}", socket.display()));
    (directory, asked)
}

#[tokio::test]
async fn somebody_else_there_is_not_believed() {
    let (_keep, web) = stranger(b"HTTP/1.1 400 Bad Request\0");
    for outcome in [
        web.ping().await,
        web.version().await.map(drop),
        web.scan(harmless(10)).await.map(drop),
    ] {
        assert!(matches!(outcome, Err(Failure::Nonsense(_))), "{outcome:?}");
    }
    // An answer without its end was cut off, and one that never ends is not listened to.
    let (_keep, cut) = stranger(b"stream: OK");
    let outcome = cut.scan(harmless(10)).await;
    assert!(matches!(outcome, Err(Failure::Away(_))), "{outcome:?}");
    let (_keep, endless) = stranger(&[b'a'; 10_000]);
    let outcome = endless.scan(harmless(10)).await;
    assert!(
        matches!(outcome, Err(Failure::Nonsense(_) | Failure::Away(_))),
        "{outcome:?}"
    );
    // An answer before everything was sent says nothing about the rest.
    let (_keep, early) = stranger(b"stream: OK\0");
    let outcome = early.scan(harmless(50_000_000)).await;
    assert!(matches!(outcome, Err(Failure::Nonsense(_))), "{outcome:?}");
}
