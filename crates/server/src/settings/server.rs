//! `[server]`: where the program listens, and what it believes about who asks.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::SettingsError;
use super::tls::{AcmeSettings, TlsSettings, WrittenAcme, WrittenTls};
use crate::door::Network;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WrittenServer {
    listen: String,
    address: String,
    tls: Option<WrittenTls>,
    acme: Option<WrittenAcme>,
    plain_http_anywhere: bool,
    proxies: Vec<String>,
    drain_seconds: Option<u64>,
    finish_seconds: u64,
    timing: bool,
}

impl Default for WrittenServer {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            address: "http://localhost:8080".to_owned(),
            tls: None,
            acme: None,
            plain_http_anywhere: false,
            proxies: Vec::new(),
            drain_seconds: None,
            finish_seconds: 30,
            timing: false,
        }
    }
}

/// Where the program listens.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address that people type.
    pub address: String,
    /// The certificate, when the program itself ends TLS.
    pub tls: Option<TlsSettings>,
    /// Or the authority that gives one by itself.
    pub acme: Option<AcmeSettings>,
    /// The proxies whose word about the client's address counts.
    pub proxies: Vec<Network>,
    /// How long the program serves on, no longer ready, when it is told to stop.
    pub drain: Duration,
    /// How long requests under way may take then.
    pub finish: Duration,
    /// Whether each answer says what it cost: for measurements on the machine itself.
    pub timing: bool,
}

impl WrittenServer {
    pub(super) fn check(self, base: &Path) -> Result<ServerSettings, SettingsError> {
        let listen: SocketAddr = self.listen.parse().map_err(|_| {
            SettingsError::key(
                "server.listen",
                "must be an address and a port, such as 127.0.0.1:8080",
            )
        })?;
        let address = self.address.trim_end_matches('/').to_owned();
        if !address.starts_with("http://") && !address.starts_with("https://") {
            return Err(SettingsError::key(
                "server.address",
                "must be what people type, such as https://realm.example",
            ));
        }
        let tls = self.tls.map(|tls| tls.check(base)).transpose()?;
        let acme = self.acme.map(|acme| acme.check(base)).transpose()?;
        if tls.is_some() && acme.is_some() {
            return Err(SettingsError::key(
                "server.acme",
                "must not be set together with server.tls: only one of them can have the certificate",
            ));
        }
        let here = listen.ip().is_loopback();
        let private = tls.is_some() || acme.is_some();
        if address.starts_with("http://") && (private || !here) {
            return Err(SettingsError::key(
                "server.address",
                "must be https:// unless server.listen is this machine itself (127.0.0.1) and there is neither server.tls nor server.acme",
            ));
        }
        if !private && !here && !self.plain_http_anywhere {
            return Err(SettingsError::key(
                "server.tls",
                "or server.acme must be set where others can connect to server.listen. If a proxy ends TLS and nobody else reaches this address, say server.plain_http_anywhere = true",
            ));
        }
        if self.timing && (!here || !self.proxies.is_empty()) {
            return Err(SettingsError::key(
                "server.timing",
                "must be false unless server.listen is this machine itself (127.0.0.1) and there is no proxy: how long an answer took says something about what cannot be seen",
            ));
        }
        let proxies = self
            .proxies
            .iter()
            .map(|text| network(text))
            .collect::<Result<Vec<_>, _>>()?;
        // Draining is for those who spread the load, and without a proxy there is nobody to notice.
        let drain = self
            .drain_seconds
            .unwrap_or(if proxies.is_empty() { 0 } else { 5 });
        Ok(ServerSettings {
            listen,
            address,
            tls,
            acme,
            proxies,
            drain: seconds("server.drain_seconds", drain, 0, 300)?,
            finish: seconds("server.finish_seconds", self.finish_seconds, 1, 3600)?,
            timing: self.timing,
        })
    }
}

fn seconds(key: &str, value: u64, least: u64, most: u64) -> Result<Duration, SettingsError> {
    if (least..=most).contains(&value) {
        Ok(Duration::from_secs(value))
    } else {
        let range = format!("must be from {least} to {most}");
        Err(SettingsError::key(key, range))
    }
}

/// A network, or one address.
fn network(text: &str) -> Result<Network, SettingsError> {
    text.parse()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(Network::from))
        .map_err(|_| {
            SettingsError::key(
                "server.proxies",
                format!("{text} is neither an address nor a network, such as 10.0.0.0/8"),
            )
        })
}
