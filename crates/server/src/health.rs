//! Whether the program lives, and whether it can do its work: for those who watch over it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chancery::kernel::{Readiness, Realm};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::stop::Stop;

/// How long a finding is good for. Whoever asks more often gets the same again, so that asking
/// cannot be a load.
const GOOD_FOR: Duration = Duration::from_secs(1);
/// Who does not answer within this time does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks at a realm for those who ask.
#[derive(Clone)]
struct Health(Arc<Inner>);

struct Inner {
    realm: Realm,
    stop: Stop,
    /// Held while looking: one look at a time, and everybody who waits shares it.
    last: Mutex<Option<(Instant, Readiness)>>,
}

/// `/healthz` and `/readyz`.
pub(crate) fn router(realm: Realm, stop: Stop) -> Router {
    Router::new()
        .route("/healthz", get(lives))
        .route("/readyz", get(ready))
        .with_state(Health(Arc::new(Inner {
            realm,
            stop,
            last: Mutex::new(None),
        })))
}

async fn lives() -> Response {
    ([(header::CACHE_CONTROL, "no-store")], "alive\n").into_response()
}

async fn ready(State(health): State<Health>) -> Response {
    let found = health.look().await;
    let draining = health.0.stop.draining();
    let word = |fine: bool, what: &'static str| if fine { "ok" } else { what };
    let ready = found.ready() && !draining;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = serde_json::json!({
        "ready": ready,
        "database": word(found.database && found.keeps, if found.database { "does not take writes" } else { "does not answer" }),
        "schema": word(found.schema, if found.database { "is not this program's" } else { "is not known" }),
        "store": word(found.store, "does not answer"),
        "stopping": draining,
    });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

impl Health {
    async fn look(&self) -> Readiness {
        let health = self.clone();
        // In a task of its own: a client that goes away leaves what was found to the next.
        let look = tokio::spawn(async move {
            let mut last = health.0.last.lock().await;
            match *last {
                Some((at, found)) if now().duration_since(at) < GOOD_FOR => found,
                _ => {
                    let found = health.0.realm.readiness(PATIENCE).await;
                    *last = Some((now(), found));
                    found
                }
            }
        });
        look.await.unwrap_or_default()
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the age of a finding is measured, never stored or shown"
)]
fn now() -> Instant {
    Instant::now()
}
