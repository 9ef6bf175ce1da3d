//! Figures for those who watch over the program, in the text format of Prometheus, on a listener
//! of their own. Their labels are route patterns, methods and the like: never an id, a name or an
//! address, so that their number does not grow with what people do.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chancery::kernel::{Realm, Time};
use chancery::{assurance, mail, people};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::Fault;

/// Seconds, from what a statement takes to what a large upload takes.
const SPANS: [f64; 14] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0,
];

/// What is asked of the database for the figures is good for this long.
const GOOD_FOR: Duration = Duration::from_secs(2);
/// How long the database may take over it.
const PATIENCE: Duration = Duration::from_secs(3);

/// How a figure moves.
#[derive(Clone, Copy)]
enum Sort {
    /// Only up.
    Counter,
    /// Up and down.
    Gauge,
    /// Many values, by how large they are.
    Spans,
}

/// Every figure and what it says.
const FIGURES: &[(&str, Sort, &str)] = &[
    (
        "chancery_build_info",
        Sort::Gauge,
        "1, with the version of the program",
    ),
    (
        "chancery_ready",
        Sort::Gauge,
        "Whether the database and the store answered the last question",
    ),
    (
        "chancery_requests_total",
        Sort::Counter,
        "Requests answered, by method, route and class of status",
    ),
    (
        "chancery_request_seconds",
        Sort::Spans,
        "From the head of a request to the last byte of its answer",
    ),
    (
        "chancery_sent_bytes_total",
        Sort::Counter,
        "Bytes of answers, as sent",
    ),
    (
        "chancery_requests_under_way",
        Sort::Gauge,
        "Requests under way",
    ),
    (
        "chancery_uploads_under_way",
        Sort::Gauge,
        "Contents coming in",
    ),
    (
        "chancery_throttled_total",
        Sort::Counter,
        "What was refused because there was too much of it",
    ),
    ("chancery_connections_open", Sort::Gauge, "Connections open"),
    (
        "chancery_connections_turned_away_total",
        Sort::Counter,
        "Connections that there was no place for",
    ),
    (
        "chancery_queries_total",
        Sort::Counter,
        "Statements sent to the database",
    ),
    (
        "chancery_query_errors_total",
        Sort::Counter,
        "Statements and commits that the database refused",
    ),
    (
        "chancery_query_seconds",
        Sort::Spans,
        "How long statements and commits took, waiting for a connection included",
    ),
    (
        "chancery_database_connections",
        Sort::Gauge,
        "Connections to the database",
    ),
    (
        "chancery_database_connections_idle",
        Sort::Gauge,
        "Those of them that nobody is using",
    ),
    (
        "chancery_journal_entries",
        Sort::Gauge,
        "Entries of the journal that are sealed",
    ),
    (
        "chancery_journal_unsealed",
        Sort::Gauge,
        "Entries that wait for the sealer",
    ),
    (
        "chancery_journal_unsealed_seconds",
        Sort::Gauge,
        "How long the oldest of them has waited",
    ),
    (
        "chancery_journal_sealer",
        Sort::Gauge,
        "Whether this node is the one that seals",
    ),
    (
        "chancery_follower_lag",
        Sort::Gauge,
        "Sealed entries that a follower has not taken yet",
    ),
    ("chancery_sessions", Sort::Gauge, "Sessions that are open"),
    (
        "chancery_sign_ins_total",
        Sort::Counter,
        "Attempts to sign in, by how they ended",
    ),
    (
        "chancery_mail_total",
        Sort::Counter,
        "Messages to people, by what came of trying to send them",
    ),
    (
        "chancery_mail_waiting",
        Sort::Gauge,
        "Messages to people that wait to be sent",
    ),
    (
        "chancery_unread_versions",
        Sort::Gauge,
        "Versions that nobody has read for their marking yet, and that only their authors can open",
    ),
    (
        "chancery_unread_seconds",
        Sort::Gauge,
        "How long the oldest of them has waited",
    ),
    (
        "chancery_tls_certificate_expires_seconds",
        Sort::Gauge,
        "When the certificate ends, in seconds since 1970",
    ),
    ("vault_deposits_total", Sort::Counter, "Contents deposited"),
    (
        "vault_deposited_bytes_total",
        Sort::Counter,
        "Bytes of content deposited",
    ),
    (
        "vault_read_bytes_total",
        Sort::Counter,
        "Bytes of content read",
    ),
    (
        "vault_errors_total",
        Sort::Counter,
        "Deposits and readings that failed by a fault of the store or of what it holds",
    ),
    (
        "process_start_time_seconds",
        Sort::Gauge,
        "When the program started, in seconds since 1970",
    ),
    (
        "process_resident_memory_bytes",
        Sort::Gauge,
        "Memory in use",
    ),
    (
        "process_open_fds",
        Sort::Gauge,
        "Files and connections open",
    ),
    (
        "process_cpu_seconds_total",
        Sort::Counter,
        "Time on the processors",
    ),
];

/// Begins to count; the faces and the kernel count by themselves.
pub(crate) fn begin(now: Time) -> Result<PrometheusHandle, Fault> {
    let wrong = |error: &dyn std::fmt::Display| Fault::Said(format!("metrics: {error}"));
    let mut builder = PrometheusBuilder::new();
    for (name, sort, _) in FIGURES {
        if matches!(sort, Sort::Spans) {
            builder = builder
                .set_buckets_for_metric(Matcher::Full((*name).to_owned()), &SPANS)
                .map_err(|error| wrong(&error))?;
        }
    }
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|error| wrong(&error))?;
    for (name, sort, text) in FIGURES {
        match sort {
            Sort::Counter => describe_counter!(*name, *text),
            Sort::Gauge => describe_gauge!(*name, *text),
            Sort::Spans => describe_histogram!(*name, Unit::Seconds, *text),
        }
    }
    // Those without labels are there from the start, so that a graph shows nothing rather than no data.
    for name in [
        "chancery_sent_bytes_total",
        "chancery_connections_turned_away_total",
        "chancery_queries_total",
        "chancery_query_errors_total",
        "vault_deposits_total",
        "vault_deposited_bytes_total",
        "vault_read_bytes_total",
        "vault_errors_total",
    ] {
        counter!(name).increment(0);
    }
    for name in [
        "chancery_requests_under_way",
        "chancery_uploads_under_way",
        "chancery_journal_sealer",
    ] {
        gauge!(name).set(0.0);
    }
    for what in ["requests", "uploads", "links", "passwords"] {
        counter!("chancery_throttled_total", "what" => what).increment(0);
    }
    for outcome in ["signed in", "refused", "throttled"] {
        counter!("chancery_sign_ins_total", "outcome" => outcome).increment(0);
    }
    for outcome in ["sent", "later", "given up"] {
        counter!("chancery_mail_total", "outcome" => outcome).increment(0);
    }
    gauge!("chancery_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    gauge!("process_start_time_seconds").set(seconds(now));
    Ok(handle)
}

/// The operator's page of figures.
pub(crate) fn router(realm: Realm, handle: PrometheusHandle) -> Router {
    Router::new()
        .route("/metrics", get(show))
        .with_state(Arc::new(Figures {
            realm,
            handle,
            asked: Mutex::new(None),
        }))
}

struct Figures {
    realm: Realm,
    handle: PrometheusHandle,
    /// When the database was last asked. One question at a time.
    asked: Mutex<Option<Instant>>,
}

async fn show(State(figures): State<Arc<Figures>>) -> Response {
    figures.refresh().await;
    process().await;
    figures.handle.run_upkeep();
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    let headers = [(header::CONTENT_TYPE, kind)];
    (StatusCode::OK, headers, figures.handle.render()).into_response()
}

impl Figures {
    async fn refresh(&self) {
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|at| now().duration_since(at) < GOOD_FOR) {
            return;
        }
        *asked = Some(now());
        let outcome = tokio::time::timeout(PATIENCE, self.ask()).await;
        let answered = matches!(outcome, Ok(Ok(())));
        gauge!("chancery_ready").set(f64::from(u8::from(answered)));
        if let Ok(Err(error)) = outcome {
            tracing::warn!(%error, "the figures of the database are those of earlier");
        }
    }

    /// How many seconds something has waited; 0 where nothing does.
    fn since(&self, oldest: Option<Time>) -> f64 {
        oldest.map_or(0.0, |oldest| {
            (seconds(self.realm.now()) - seconds(oldest)).max(0.0)
        })
    }

    async fn ask(&self) -> chancery::Result<()> {
        let figures = self.realm.figures().await?;
        gauge!("chancery_database_connections").set(figures.connections);
        gauge!("chancery_database_connections_idle").set(figures.idle);
        gauge!("chancery_journal_entries").set(count(figures.sealed));
        gauge!("chancery_journal_unsealed").set(count(figures.unsealed));
        gauge!("chancery_journal_unsealed_seconds").set(self.since(figures.oldest));
        for (follower, reached) in figures.followers {
            let lag = count(figures.sealed.saturating_sub(reached));
            gauge!("chancery_follower_lag", "follower" => follower).set(lag);
        }
        let sessions = people::sessions_open(&self.realm).await?;
        gauge!("chancery_sessions").set(count(sessions));
        gauge!("chancery_mail_waiting").set(count(mail::waiting(&self.realm).await?));
        let unread = assurance::unread(&self.realm).await?;
        gauge!("chancery_unread_versions").set(count(unread.versions));
        gauge!("chancery_unread_seconds").set(self.since(unread.since));
        Ok(())
    }
}

/// What the system says about this process, where it says so.
async fn process() {
    let read = tokio::task::spawn_blocking(|| {
        let text = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
        let descriptors = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
        (
            text("/proc/self/status"),
            text("/proc/self/stat"),
            descriptors,
        )
    });
    let Ok((status, stat, descriptors)) = read.await else {
        return;
    };
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|kib| kib.parse::<u64>().ok());
    if let Some(kib) = resident {
        gauge!("process_resident_memory_bytes").set(count(kib * 1024));
    }
    gauge!("process_open_fds").set(count(descriptors as u64));
    // The name, in parentheses, may hold anything; user and system time are the 12th and 13th after it.
    let ticks: Option<u64> = stat.rsplit_once(')').and_then(|(_, rest)| {
        let mut fields = rest.split_whitespace().skip(11);
        let user: u64 = fields.next()?.parse().ok()?;
        let system: u64 = fields.next()?.parse().ok()?;
        Some(user + system)
    });
    if let Some(ticks) = ticks {
        counter!("process_cpu_seconds_total")
            .absolute(ticks / rustix::param::clock_ticks_per_second());
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a figure of 2^52 or more may be a little off"
)]
fn count(number: u64) -> f64 {
    number as f64
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a figure of 2^52 or more may be a little off"
)]
fn seconds(at: Time) -> f64 {
    at.micros() as f64 / 1_000_000.0
}

#[allow(
    clippy::disallowed_methods,
    reason = "the age of a figure is measured, never stored or shown"
)]
fn now() -> Instant {
    Instant::now()
}
