//! `server.tls` and `server.acme`: the certificate that the program shows, and its key.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::SettingsError;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenTls {
    certificate: PathBuf,
    key: PathBuf,
}

/// Where the certificate and its key are. Both are read at the start, and again when they change.
#[derive(Debug, Clone)]
pub struct TlsSettings {
    /// The certificate and those between it and its authority, in PEM.
    pub certificate: PathBuf,
    /// Its key, in PEM, readable by its owner alone.
    pub key: PathBuf,
}

/// The authority that most people mean.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenAcme {
    domains: Vec<String>,
    #[serde(default)]
    contact: Vec<String>,
    cache: PathBuf,
    #[serde(default)]
    directory: Option<String>,
    #[serde(default)]
    authority: Option<PathBuf>,
}

/// An authority that gives certificates by itself (ACME).
#[derive(Debug, Clone)]
pub struct AcmeSettings {
    /// The names that the certificate is for.
    pub domains: Vec<String>,
    /// The e-mail addresses that the authority may write to.
    pub contact: Vec<String>,
    /// Where the account's and the certificate's keys are kept.
    pub cache: PathBuf,
    /// The authority's directory.
    pub directory: String,
    /// Whom to trust when asking it, if it is not publicly known: certificates in PEM.
    pub authority: Option<PathBuf>,
}

impl WrittenAcme {
    pub(super) fn check(self, base: &Path) -> Result<AcmeSettings, SettingsError> {
        if self.domains.is_empty() || self.domains.iter().any(|name| name.trim().is_empty()) {
            return Err(SettingsError::key(
                "server.acme.domains",
                "must name the realm, such as [\"realm.example\"]",
            ));
        }
        if let Some(wrong) = self.contact.iter().find(|email| !email.contains('@')) {
            return Err(SettingsError::key(
                "server.acme.contact",
                format!("{wrong} is not an email address"),
            ));
        }
        let directory = self.directory.unwrap_or_else(|| LETS_ENCRYPT.to_owned());
        if !directory.starts_with("https://") {
            return Err(SettingsError::key(
                "server.acme.directory",
                "must begin with https://",
            ));
        }
        Ok(AcmeSettings {
            domains: self.domains,
            contact: self.contact,
            cache: base.join(self.cache),
            directory,
            authority: self.authority.map(|file| base.join(file)),
        })
    }
}

impl WrittenTls {
    pub(super) fn check(self, base: &Path) -> Result<TlsSettings, SettingsError> {
        for (key, path) in [
            ("server.tls.certificate", &self.certificate),
            ("server.tls.key", &self.key),
        ] {
            if path.as_os_str().is_empty() {
                return Err(SettingsError::key(key, "must name a file in PEM"));
            }
        }
        Ok(TlsSettings {
            certificate: base.join(self.certificate),
            key: base.join(self.key),
        })
    }
}
