//! What one measure found.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::Outcome;

/// Microseconds of many requests, to three digits.
pub(crate) type Times = Histogram<u64>;

/// An empty histogram: up to ten minutes.
pub(crate) fn times() -> Outcome<Times> {
    Ok(Histogram::new_with_bounds(1, 600_000_000, 3)?)
}

/// In milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
}

impl Percentiles {
    /// Of these times; nothing when there are none.
    pub(crate) fn of(times: &Times) -> Option<Self> {
        let at = |quantile: f64| times.value_at_quantile(quantile) as f64 / 1000.0;
        (!times.is_empty()).then(|| Self {
            p50: at(0.50),
            p95: at(0.95),
            p99: at(0.99),
        })
    }
}

/// What one measure found. What does not apply is absent.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Figures {
    pub(crate) engine: &'static str,
    pub(crate) measure: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connections: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requests: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) per_second: Option<f64>,
    /// Milliseconds from the request to the last byte, as the client sees them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wall: Option<Percentiles>,
    /// Milliseconds that the program says it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) server: Option<Percentiles>,
    /// SQL statements of one request: the fewest and the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) queries: Option<(u64, u64)>,
    /// The body of an answer, on the wire, on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<u64>,
    /// Milliseconds of processor time of the program for each request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) server_cpu: Option<f64>,
    /// The same of PostgreSQL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) database_cpu: Option<f64>,
    /// Any other single figure, in the words of its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<(f64, &'static str)>,
}

impl Figures {
    /// A single figure.
    pub(crate) fn value(
        engine: &'static str,
        measure: impl Into<String>,
        value: f64,
        unit: &'static str,
    ) -> Self {
        Self {
            engine,
            measure: measure.into(),
            value: Some((value, unit)),
            ..Self::default()
        }
    }

    /// How much of something was done in how long.
    pub(crate) fn rate(&mut self, requests: u64, took: Duration) {
        self.requests = Some(requests);
        self.seconds = Some(took.as_secs_f64());
        self.per_second = Some(requests as f64 / took.as_secs_f64());
    }
}
