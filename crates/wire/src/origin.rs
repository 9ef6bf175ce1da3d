//! The name of a request, and where it comes from.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;

/// The name of one request, in the log and in the answer that reports a fault.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// The network address that a request comes from, as the door found it; empty when it is not known.
pub fn address(parts: &Parts) -> String {
    parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip().to_string())
        .unwrap_or_default()
}
