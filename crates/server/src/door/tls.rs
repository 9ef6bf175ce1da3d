//! Private connections: the certificate that is shown, and when it changes.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{Acceptor, ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::signal::unix::{SignalKind, signal};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::settings::{SettingsError, TlsSettings};

/// How connections are made private: TLS 1.2 or later, with the suites that rustls has.
#[derive(Clone)]
pub(crate) struct Tls {
    ordinary: Arc<ServerConfig>,
    /// For an authority that asks over TLS itself whether this name is ours (TLS-ALPN-01).
    challenge: Option<Arc<ServerConfig>>,
}

impl Tls {
    /// Shows what this resolver says.
    pub(super) fn showing(
        certificates: Arc<dyn ResolvesServerCert>,
        challenge: Option<Arc<ServerConfig>>,
    ) -> Result<Self, rustls::Error> {
        let mut ordinary = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(certificates);
        ordinary.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            ordinary: Arc::new(ordinary),
            challenge,
        })
    }

    /// Shakes hands. An error when there is nothing to serve after it.
    pub(super) async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        if let Some(challenge) = &self.challenge
            && rustls_acme::is_tls_alpn_challenge(&start.client_hello())
        {
            let mut asked = start.into_stream(Arc::clone(challenge)).await?;
            asked.shutdown().await?;
            return Err(io::Error::other("the authority asked whether we are here"));
        }
        start.into_stream(Arc::clone(&self.ordinary)).await
    }
}

pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// A certificate from two files, read again when they change.
#[derive(Debug)]
pub(crate) struct Certificate {
    settings: TlsSettings,
    shown: RwLock<Arc<CertifiedKey>>,
    seen: Mutex<Stamp>,
}

/// What tells that a file was changed.
type Stamp = [Option<(SystemTime, u64, u64)>; 2];

impl Certificate {
    /// Reads both files.
    pub(crate) fn read(settings: &TlsSettings) -> Result<Arc<Self>, SettingsError> {
        // The stamp first: what changes while we read is read again.
        let seen = stamp(settings);
        let shown = load(settings)?;
        tell_expiry(&shown);
        Ok(Arc::new(Self {
            settings: settings.clone(),
            shown: RwLock::new(Arc::new(shown)),
            seen: Mutex::new(seen),
        }))
    }

    /// How private connections are made with it.
    pub(crate) fn tls(self: &Arc<Self>) -> Result<Tls, rustls::Error> {
        Tls::showing(Arc::clone(self) as _, None)
    }

    /// The last moment that it is good for, in seconds since 1970.
    pub(crate) fn good_until(&self) -> Option<i64> {
        good_until(&self.shown())
    }

    fn shown(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks whether the files changed, every few seconds and on SIGHUP. Connections that are
    /// open go on with what they were opened with; a pair that does not fit is not taken.
    pub(crate) async fn watch(self: Arc<Self>) {
        const EVERY: Duration = Duration::from_secs(2);
        let Ok(mut hangup) = signal(SignalKind::hangup()) else {
            return;
        };
        let mut ticks = tokio::time::interval(EVERY);
        loop {
            let told = tokio::select! {
                _ = hangup.recv() => true,
                _ = ticks.tick() => false,
            };
            let this = Arc::clone(&self);
            let _ = tokio::task::spawn_blocking(move || this.look(told)).await;
        }
    }

    fn look(&self, told: bool) {
        let now = stamp(&self.settings);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !told && *seen == now {
            return;
        }
        *seen = now;
        match load(&self.settings) {
            Ok(new) => {
                tell_expiry(&new);
                *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
                tracing::info!(
                    certificate = %self.settings.certificate.display(),
                    "the certificate was read again"
                );
            }
            Err(error) => tracing::error!(%error, "the certificate stays as it was"),
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.shown())
    }
}

fn stamp(settings: &TlsSettings) -> Stamp {
    [&settings.certificate, &settings.key].map(|file| {
        let found = std::fs::metadata(file).ok()?;
        Some((found.modified().ok()?, found.len(), found.ino()))
    })
}

fn load(settings: &TlsSettings) -> Result<CertifiedKey, SettingsError> {
    const CERTIFICATE: &str = "server.tls.certificate";
    const KEY: &str = "server.tls.key";
    let wrong = |key: &str, path: &Path, problem: &dyn std::fmt::Display| {
        SettingsError::key(key, format!("{}: {problem}", path.display()))
    };
    let certificates = CertificateDer::pem_file_iter(&settings.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(CERTIFICATE, &settings.certificate, &error))?;
    if certificates.is_empty() {
        let none = "there is no certificate in it. It must be in PEM and begin with -----BEGIN CERTIFICATE-----";
        return Err(wrong(CERTIFICATE, &settings.certificate, &none));
    }
    let mode = std::fs::metadata(&settings.key)
        .map_err(|error| wrong(KEY, &settings.key, &error))?
        .mode();
    if mode & 0o007 != 0 {
        let open =
            "everybody on this machine can read or change it. Make it 600, or 640 with a group";
        return Err(wrong(KEY, &settings.key, &open));
    }
    let key = PrivateKeyDer::from_pem_file(&settings.key).map_err(|error| {
        let problem = format!("there is no private key in PEM in it ({error})");
        wrong(KEY, &settings.key, &problem)
    })?;
    CertifiedKey::from_der(certificates, key, &provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            let other = format!(
                "it is not the key of the certificate in {}",
                settings.certificate.display()
            );
            wrong(KEY, &settings.key, &other)
        }
        other => wrong(KEY, &settings.key, &other),
    })
}

fn good_until(shown: &CertifiedKey) -> Option<i64> {
    let (_, certificate) = X509Certificate::from_der(shown.end_entity_cert().ok()?).ok()?;
    Some(certificate.validity().not_after.timestamp())
}

#[allow(
    clippy::cast_precision_loss,
    reason = "seconds since 1970 are far below 2^52"
)]
fn tell_expiry(shown: &CertifiedKey) {
    if let Some(until) = good_until(shown) {
        metrics::gauge!("chancery_tls_certificate_expires_seconds").set(until as f64);
    }
}
