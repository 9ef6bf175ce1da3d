//! Many connections that ask at once, each as fast as it is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hyper::{Request, StatusCode};
use tokio::task::JoinSet;

use crate::Outcome;
use crate::figures::{Figures, Percentiles, Times, times};
use crate::program::Served;
use crate::wire::{Body, Wire};

/// When a load is over.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    /// After this long.
    Time(Duration),
    /// After this many requests in all.
    Count(u64),
}

/// Makes the request of a number; numbers are given out once each.
pub(crate) type Make = Arc<dyn Fn(u64) -> Outcome<Request<Body>> + Send + Sync>;

/// A load to put on the program.
pub(crate) struct Load {
    pub(crate) measure: String,
    pub(crate) connections: usize,
    pub(crate) until: Until,
    /// The first number: what came before was used by another load.
    pub(crate) first: u64,
    /// Requests that are sent before the clock runs, with numbers of their own.
    pub(crate) warm_up: u64,
    pub(crate) expect: StatusCode,
    pub(crate) make: Make,
}

struct Tally {
    wall: Times,
    server: Times,
    queries: Option<(u64, u64)>,
    bytes: u64,
}

impl Tally {
    fn new() -> Outcome<Self> {
        Ok(Self {
            wall: times()?,
            server: times()?,
            queries: None,
            bytes: 0,
        })
    }

    fn add(&mut self, other: &Self) -> Outcome {
        self.wall.add(&other.wall)?;
        self.server.add(&other.server)?;
        self.bytes += other.bytes;
        self.queries = match (self.queries, other.queries) {
            (Some((few, many)), Some((less, more))) => Some((few.min(less), many.max(more))),
            (one, other) => one.or(other),
        };
        Ok(())
    }
}

impl Load {
    /// Puts it on, and says what came of it and which number comes next.
    pub(crate) async fn put(self, program: &impl Served) -> Outcome<(Figures, u64)> {
        let next = Arc::new(AtomicU64::new(self.first));
        let mut wires = Vec::new();
        for _ in 0..self.connections {
            let mut wire = Wire::open(program.address()).await?;
            for _ in 0..self.warm_up.div_ceil(self.connections as u64) {
                let number = next.fetch_add(1, Ordering::Relaxed);
                expect(&self, wire.send((self.make)(number)?, false).await?.status)?;
            }
            wires.push(wire);
        }
        let before = program.cpu();
        let begun = Instant::now();
        let (deadline, last) = match self.until {
            Until::Time(time) => (Some(begun + time), u64::MAX),
            Until::Count(count) => (None, next.load(Ordering::Relaxed) + count),
        };
        let load = Arc::new(self);
        let mut workers = JoinSet::new();
        for wire in wires {
            let (load, next) = (Arc::clone(&load), Arc::clone(&next));
            workers.spawn(work(load, wire, next, deadline, last));
        }
        let mut tally = Tally::new()?;
        while let Some(worked) = workers.join_next().await {
            tally.add(&worked??)?;
        }
        let took = begun.elapsed();
        let after = program.cpu();
        let requests = tally.wall.len();
        let each = |ticks: Duration| ticks.as_secs_f64() * 1000.0 / requests as f64;
        let mut figures = Figures {
            engine: program.name(),
            measure: load.measure.clone(),
            connections: Some(load.connections),
            wall: Percentiles::of(&tally.wall),
            server: Percentiles::of(&tally.server),
            queries: tally.queries,
            bytes: Some(tally.bytes / requests.max(1)),
            server_cpu: Some(each(after.server.saturating_sub(before.server))),
            database_cpu: (after.database > Duration::ZERO)
                .then(|| each(after.database.saturating_sub(before.database))),
            ..Figures::default()
        };
        figures.rate(requests, took);
        Ok((figures, next.load(Ordering::Relaxed)))
    }
}

fn expect(load: &Load, status: StatusCode) -> Outcome {
    if status == load.expect {
        return Ok(());
    }
    Err(format!(
        "{}: answered {status} instead of {}",
        load.measure, load.expect
    )
    .into())
}

async fn work(
    load: Arc<Load>,
    mut wire: Wire,
    next: Arc<AtomicU64>,
    deadline: Option<Instant>,
    last: u64,
) -> Outcome<Tally> {
    let mut tally = Tally::new()?;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= last || deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Ok(tally);
        }
        let request = (load.make)(number)?;
        let begun = Instant::now();
        let answer = wire.send(request, false).await?;
        let took = begun.elapsed();
        expect(&load, answer.status)?;
        tally.wall.saturating_record(micros(took));
        tally.bytes += answer.length;
        if let Some((time, queries)) = answer.timing() {
            tally.server.saturating_record(micros(time));
            let (few, many) = tally.queries.unwrap_or((queries, queries));
            tally.queries = Some((few.min(queries), many.max(queries)));
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
