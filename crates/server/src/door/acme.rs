//! A certificate that an authority gives by itself (ACME, RFC 8555), by the challenge that comes
//! over TLS (TLS-ALPN-01, RFC 8737): no second port and no other program.

use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;

use futures::StreamExt as _;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_acme::caches::DirCache;
use rustls_acme::{AcmeConfig, AcmeState};

use super::tls::{Tls, provider};
use crate::settings::{AcmeSettings, SettingsError};

/// Gets certificates and renews them; runs until it is dropped.
pub(crate) struct Renewal(AcmeState<std::io::Error>);

/// Prepares to ask the authority; the first certificate comes once the door is open.
pub(crate) fn prepare(settings: &AcmeSettings) -> Result<(Tls, Renewal), SettingsError> {
    // Keys are kept in here, and the library leaves their permissions to us.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&settings.cache)
        .map_err(|error| {
            let problem = format!("{}: {error}", settings.cache.display());
            SettingsError::key("server.acme.cache", problem)
        })?;
    let domains = settings.domains.iter();
    let config = match &settings.authority {
        None => AcmeConfig::new_with_provider(domains, provider()),
        Some(file) => {
            let trusting = trusting(file)
                .map_err(|problem| SettingsError::key("server.acme.authority", problem))?;
            AcmeConfig::new_with_client_config(domains, Arc::new(trusting))
        }
    };
    let state = config
        .contact(
            settings
                .contact
                .iter()
                .map(|email| format!("mailto:{email}")),
        )
        .directory(&settings.directory)
        .cache(DirCache::new(settings.cache.clone()))
        .state();
    let challenge = state.challenge_rustls_config_with_provider(provider());
    let tls = Tls::showing(state.resolver(), Some(challenge))
        .map_err(|error| SettingsError::key("server.acme", error))?;
    Ok((tls, Renewal(state)))
}

fn trusting(file: &std::path::Path) -> Result<ClientConfig, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(file).map_err(|error| wrong(&error))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| wrong(&error))?;
        roots.add(certificate).map_err(|error| wrong(&error))?;
    }
    if roots.is_empty() {
        return Err(wrong(&"there is no certificate in it"));
    }
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

impl Renewal {
    /// Asks, waits and asks again before the certificate ends.
    pub(crate) async fn run(mut self) {
        while let Some(event) = self.0.next().await {
            match event {
                Ok(event) => tracing::info!(?event, "certificate"),
                Err(error) => {
                    tracing::error!(%error, "no certificate from the authority; trying again");
                }
            }
        }
    }
}
