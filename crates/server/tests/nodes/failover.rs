//! The primary of the database is killed, and its standby takes over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use testkit::postgres::Pair;

use crate::program::until;
use crate::realm::{Kept, Refusal, Shared, all_there, until_ready};
use crate::workplace::content;

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_takes_over_and_no_acknowledged_write_is_lost() {
    let mut pair = Pair::start().unwrap();
    let shared = Shared::on(&pair.url()).await;
    let nodes = [shared.serve(0), shared.serve(1)];
    nodes.iter().for_each(until_ready);

    let kept = Kept::default();
    let refusals = Arc::new(std::sync::Mutex::new(Vec::<Refusal>::new()));
    let stop = Arc::new(AtomicBool::new(false));
    let mut workers = Vec::new();
    for worker in 0..4_u64 {
        let browser = shared.owner_at(usize::from(worker % 2 == 1));
        let (kept, refusals, stop) = (Arc::clone(&kept), Arc::clone(&refusals), Arc::clone(&stop));
        let library = shared.library();
        workers.push(tokio::spawn(async move {
            for number in 0.. {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let bytes = content(
                    worker * 10_000 + number,
                    3_000 + usize::try_from(number % 3).unwrap() * 40_000,
                );
                let name = format!("Paper {worker} {number}.bin");
                match browser.upload(&library, &name, bytes.clone()).await {
                    Ok(document) => kept.lock().unwrap().push((document, bytes)),
                    Err(refusal) => {
                        refusals.lock().unwrap().push(refusal);
                        // As a person would, only sooner.
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
            }
        }));
    }
    let count = || kept.lock().unwrap().len();
    until("uploads are under way", || count() >= 20);

    let killed = Instant::now();
    pair.kill_primary();
    pair.promote().unwrap();
    let promoted = Instant::now();
    let then = count();
    until("writes are taken again", || count() > then);
    eprintln!(
        "first write {:?} after the kill, {:?} after the promotion",
        killed.elapsed(),
        promoted.elapsed()
    );
    until("both nodes go on", || count() >= then + 20);
    stop.store(true, Ordering::SeqCst);
    for worker in workers {
        worker.await.unwrap();
    }
    nodes.iter().for_each(until_ready);
    for node in 0..2 {
        assert!(all_there(&shared.owner_at(node), &kept).await >= 40);
    }
    for refusal in refusals.lock().unwrap().iter() {
        let Some(status) = refusal.status else {
            panic!("no answer at all: {refusal:?}");
        };
        // What was done and not acknowledged may be there when it is tried again under its name.
        assert!(status == 503 || status == 409, "{refusal:?}");
        if status == 503 {
            assert!(
                refusal.again.is_some(),
                "when to try again is not said: {refusal:?}"
            );
        }
    }
    drop(nodes);
    shared.check();
}
