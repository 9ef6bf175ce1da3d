//! Two nodes at work, and one of them killed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chancery::grants::{self, Change, Subject};
use chancery::kernel::{Actor, Role};
use chancery::people;
use reqwest::StatusCode;
use rustix::process::Signal;

use crate::program::{self, until};
use crate::realm::{Browser, Kept, Shared, all_there, until_ready};
use crate::workplace::{PASSWORD, content, open};

/// How many uploads a second go through these nodes, 6 at a time.
async fn pace(nodes: &[Browser], library: &str, name: &str) -> f64 {
    const ABREAST: u64 = 6;
    const EACH: u64 = 10;
    // Content that is not there yet.
    let seed = 7_000_000 + name.len() as u64 * 1000;
    let since = Instant::now();
    let mut work = tokio::task::JoinSet::new();
    for (worker, browser) in (0..ABREAST).zip(nodes.iter().cycle()) {
        let (browser, library, name) = (browser.clone(), library.to_owned(), name.to_owned());
        work.spawn(async move {
            for number in 0..EACH {
                let bytes = content(seed + worker * EACH + number, 100_000);
                let name = format!("{name} {worker} {number}.bin");
                browser.upload(&library, &name, bytes).await.unwrap();
            }
        });
    }
    work.join_all().await;
    f64::from(u32::try_from(ABREAST * EACH).unwrap()) / since.elapsed().as_secs_f64()
}

#[tokio::test(flavor = "multi_thread")]
#[allow(
    clippy::too_many_lines,
    reason = "one realm, walked through to its end"
)]
async fn what_one_node_does_holds_for_the_other_at_once() {
    let database = testkit::postgres::fresh();
    let shared = Shared::on(&database.url).await;
    let (mut one, other) = (shared.serve(0), shared.serve(1));
    until_ready(&one);
    until_ready(&other);
    let (at_one, at_other) = (shared.owner_at(0), shared.owner_at(1));
    let library = shared.library();

    // Content: in a row, in one object, in parts.
    for size in [100, 300_000, 9_000_000] {
        let bytes = content(size, usize::try_from(size).unwrap());
        let document = at_one
            .upload(&library, &format!("{size}.bin"), bytes.clone())
            .await
            .unwrap();
        assert!(at_other.download(&document).await.unwrap() == bytes);
    }

    // Piece by piece, each by another node; what comes by both at once comes once.
    let bytes = content(77, 9_500_000);
    let upload = at_one.announce(&library, "Pieces.bin", bytes.len()).await;
    let first = at_other.piece(&upload, 0, &bytes[..200_000]).await;
    assert_eq!(first.status(), StatusCode::NO_CONTENT);
    let (same, again) = tokio::join!(
        at_one.piece(&upload, 200_000, &bytes[200_000..500_000]),
        at_other.piece(&upload, 200_000, &bytes[200_000..500_000]),
    );
    let mut both = [same.status(), again.status()];
    both.sort_unstable();
    assert_eq!(both, [StatusCode::NO_CONTENT, StatusCode::CONFLICT]);
    let last = at_one.piece(&upload, 500_000, &bytes[500_000..]).await;
    assert_eq!(last.status(), StatusCode::NO_CONTENT);
    let document = last.headers()["chancery-document"].to_str().unwrap();
    assert!(at_other.download(document).await.unwrap() == bytes);

    let alone = pace(std::slice::from_ref(&at_one), &library, "alone").await;
    let both = pace(&[at_one.clone(), at_other.clone()], &library, "both").await;
    eprintln!(
        "uploads of 100 KB, 6 at a time: {alone:.0} a second through one node, {both:.0} through two, ratio {:.2}",
        both / alone
    );

    // Signing in, and out.
    let (nobody_one, nobody_other) = (shared.stranger_at(0), shared.stranger_at(1));
    let session = nobody_one
        .sign_in(&shared.place.email, PASSWORD)
        .await
        .unwrap();
    let there = at_other.with_session(&session);
    assert_eq!(there.status("/you").await, StatusCode::OK);
    let out = there.post("/sign-out", "/you", &[]).await;
    assert!(out.status().is_redirection(), "{}", out.status());
    let ended = at_one.with_session(&session).status("/you").await;
    assert!(
        ended.is_redirection(),
        "a session that ended works: {ended}"
    );

    // Failed attempts count on both together.
    for attempt in 0..6 {
        let browser = if attempt % 2 == 0 {
            &nobody_one
        } else {
            &nobody_other
        };
        assert!(
            browser
                .sign_in("reader@test.example", "guessed wrongly")
                .await
                .is_err()
        );
    }
    for browser in [&nobody_one, &nobody_other] {
        let fields = [
            ("email", "reader@test.example"),
            ("password", "guessed wrongly"),
            ("next", ""),
        ];
        let page = browser
            .post("/sign-in", "/sign-in", &fields)
            .await
            .text()
            .await
            .unwrap();
        assert!(
            page.contains("too many attempts"),
            "the throttle is not shared"
        );
    }

    // A grant that ends on one node, and an account that is suspended, on a third process.
    let realm = open(shared.nodes[0].path()).await;
    let owner = Actor::person(&realm, shared.place.owner);
    let (guest, opened) = (shared.place.people[3], shared.place.libraries[0]);
    let link = people::issue_link(&Actor::console(&realm), guest)
        .await
        .unwrap();
    let nobody = Actor::nobody(&realm);
    let visit = people::use_link(
        &nobody,
        link.as_str(),
        PASSWORD,
        PASSWORD,
        &crate::workplace::VISIT,
    );
    let guest_session = visit.await.unwrap().token;
    let guest_there = at_other.with_session(guest_session.as_str());
    let address = format!("/libraries/{opened}");
    assert_eq!(guest_there.status(&address).await, StatusCode::OK);
    let mut longest = Duration::ZERO;
    for round in 0..5 {
        let access = grants::access(&owner, opened).await.unwrap();
        let mut given = access.grants.iter();
        let given = given
            .find(|line| line.subject == Subject::Person(guest))
            .unwrap();
        let revoke = [Change::End { grant: given.id }];
        grants::change(&owner, opened, &revoke, "For the test")
            .await
            .unwrap();
        let since = Instant::now();
        let first = guest_there.status(&address).await;
        assert_eq!(
            first,
            StatusCode::NOT_FOUND,
            "the very next request, round {round}"
        );
        longest = longest.max(since.elapsed());
        let give = [Change::Give {
            to: Subject::Person(guest),
            role: Role::Reader,
            until: None,
        }];
        grants::change(&owner, opened, &give, "For the test")
            .await
            .unwrap();
        assert_eq!(guest_there.status(&address).await, StatusCode::OK);
    }
    eprintln!(
        "a revocation held on the other node at its next request, answered within {longest:?}"
    );
    people::suspend(&Actor::console(&realm), guest, "For the test")
        .await
        .unwrap();
    assert!(guest_there.status(&address).await.is_redirection());
    assert_eq!(realm.nodes().await.unwrap().len(), 2);

    // One that is told to stop says that it is not ready, and leaves.
    one.signal(Signal::TERM);
    assert!(one.ended().success(), "{}", one.log());
    assert_eq!(realm.nodes().await.unwrap().len(), 1);
    assert_eq!(program::status(&other.get("/readyz")), 200);
    realm.close().await;
    drop(other);
    shared.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_loses_nothing_and_the_other_takes_over() {
    let database = testkit::postgres::fresh();
    let shared = Shared::on(&database.url).await;
    let (mut one, other) = (shared.serve(0), shared.serve(1));
    let kept = Kept::default();
    let stop = Arc::new(AtomicBool::new(false));
    let mut workers = Vec::new();
    for worker in 0..6_u64 {
        let browser = shared.owner_at(usize::from(worker % 2 == 1));
        let (kept, stop, library) = (Arc::clone(&kept), Arc::clone(&stop), shared.library());
        workers.push(tokio::spawn(async move {
            let mut failed = 0;
            for number in 0.. {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let size = [2_000, 60_000, 1_500_000][number % 3];
                let bytes = content(worker * 10_000 + number as u64, size);
                let name = format!("Paper {worker} {number}.bin");
                match browser.upload(&library, &name, bytes.clone()).await {
                    Ok(document) => {
                        let read = browser.download(&document).await;
                        assert!(read.is_err() || read.as_ref() == Ok(&bytes));
                        kept.lock().unwrap().push((document, bytes));
                    }
                    Err(_) if worker % 2 == 0 => failed += 1,
                    Err(refusal) => panic!("the node that lives refused: {refusal:?}"),
                }
                if failed > 3 {
                    break;
                }
            }
        }));
    }
    let count = || kept.lock().unwrap().len();
    until("uploads are under way", || count() >= 20);
    one.signal(Signal::KILL);
    one.ended();
    let then = count();
    until("the other goes on", || count() >= then + 15);
    stop.store(true, Ordering::SeqCst);
    for worker in workers {
        worker.await.unwrap();
    }
    assert!(all_there(&shared.owner_at(1), &kept).await >= 35);

    // The lease of the dead runs out, and the survivor seals what both wrote.
    let realm = open(shared.nodes[1].path()).await;
    let since = Instant::now();
    let mut waiting = u64::MAX;
    for _ in 0..400 {
        waiting = realm.check_journal().await.unwrap().waiting;
        if waiting == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(waiting, 0, "nobody seals");
    eprintln!(
        "the survivor had sealed everything {:?} after the uploads",
        since.elapsed()
    );
    realm.close().await;
    drop(other);
    shared.check();
}

/// A sealer that is stopped for longer than its lease, in the middle of its work, and goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_sealer_that_slept_seals_nothing_twice() {
    let database = testkit::postgres::fresh();
    let shared = Shared::on(&database.url).await;
    let (one, other) = (shared.serve(0), shared.serve(1));
    until_ready(&one);
    until_ready(&other);
    let at_other = shared.owner_at(1);
    let library = shared.library();
    one.signal(Signal::STOP);
    let realm = open(shared.nodes[1].path()).await;
    let since = Instant::now();
    let mut number = 0;
    // Longer than a lease, and until somebody has sealed what was written meanwhile.
    loop {
        let name = format!("While one sleeps {number}.txt");
        at_other
            .upload(&library, &name, content(number, 500))
            .await
            .unwrap();
        number += 1;
        let waiting = realm.check_journal().await.unwrap().waiting;
        if since.elapsed() > Duration::from_secs(12) && waiting < 20 {
            break;
        }
        assert!(since.elapsed() < Duration::from_secs(40), "{waiting} wait");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    one.signal(Signal::CONT);
    let at_one = shared.owner_at(0);
    for more in 0..20 {
        let name = format!("Awake {more}.txt");
        at_one
            .upload(&library, &name, content(1000 + more, 500))
            .await
            .unwrap();
    }
    until_ready(&one);
    realm.close().await;
    drop((one, other));
    shared.check();
}
