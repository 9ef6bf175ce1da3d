//! `[vault]`: where content is kept, on this machine or in an object store.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use vault::{Disk, S3, S3Settings, Store};

use super::{Secret, SettingsError};

/// How long a node waits for an object store before a person is told to try again.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenVault {
    directory: Option<PathBuf>,
    s3: Option<WrittenS3>,
    pub(super) keys: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenS3 {
    endpoint: String,
    bucket: String,
    #[serde(default = "region")]
    region: String,
    #[serde(default)]
    prefix: String,
    access_key_id: String,
    secret_access_key: Secret,
}

fn region() -> String {
    "us-east-1".to_owned()
}

/// Where content is kept.
#[derive(Debug, Clone)]
pub enum StoreSettings {
    /// In a directory of this machine.
    Disk(PathBuf),
    /// In an object store, which many nodes share.
    S3(S3Settings),
}

impl StoreSettings {
    /// Opens it; one in a directory is made if it is not there.
    pub async fn open(&self) -> Result<Arc<dyn Store>, vault::Error> {
        Ok(match self {
            Self::Disk(directory) => Arc::new(Disk::open(directory)?),
            Self::S3(settings) => Arc::new(S3::connect(settings).await?),
        })
    }

    /// Opens it as [`open`](Self::open) does, and says in words what was found.
    pub(crate) async fn look(&self) -> Result<String, vault::Error> {
        Ok(match self {
            Self::Disk(directory) => {
                Disk::open(directory)?;
                format!("{self} can be used")
            }
            Self::S3(settings) => {
                if S3::connect(settings).await?.removes() {
                    format!("{self} can be used")
                } else {
                    format!(
                        "{self} can be used; as it ignores the conditions of writes, nothing is ever removed from it"
                    )
                }
            }
        })
    }
}

impl fmt::Display for StoreSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(directory) => directory.display().fmt(f),
            Self::S3(settings) => write!(f, "bucket {} at {}", settings.bucket, settings.endpoint),
        }
    }
}

impl WrittenVault {
    pub(super) fn check(self, base: &Path) -> Result<StoreSettings, SettingsError> {
        match (self.s3, self.directory) {
            (Some(s3), _) => s3.check("vault.s3.").map(StoreSettings::S3),
            (None, Some(directory)) => Ok(StoreSettings::Disk(base.join(directory))),
            (None, None) => Err(SettingsError::key(
                "vault.directory",
                "must be set, such as \"vault\"; or set [vault.s3] for an object store",
            )),
        }
    }
}

/// Another object store than the realm's own, from a file that says what `[vault.s3]` would.
pub(crate) fn object_store(text: &str) -> Result<S3Settings, SettingsError> {
    let written: WrittenS3 =
        toml::from_str(text).map_err(|error| SettingsError::key("s3", error.message()))?;
    written.check("")
}

impl WrittenS3 {
    fn check(self, section: &str) -> Result<S3Settings, SettingsError> {
        let endpoint = self.endpoint.trim_end_matches('/').to_owned();
        let wrong =
            |key: &str, problem: &str| Err(SettingsError::key(&format!("{section}{key}"), problem));
        if let Some(host) = endpoint.strip_prefix("http://") {
            if !is_loopback(host) {
                return wrong(
                    "endpoint",
                    "must be https:// unless it is on this machine itself (127.0.0.1)",
                );
            }
        } else if !endpoint.starts_with("https://") {
            return wrong(
                "endpoint",
                "must be an address, such as https://s3.eu-west-2.amazonaws.com",
            );
        }
        let prefix = self.prefix.trim_matches('/').to_owned();
        let clean = |text: &str, more: &str| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
            text.chars().all(allowed)
        };
        if self.bucket.len() < 3 || !clean(&self.bucket, "-._") {
            return wrong(
                "bucket",
                "must be the name of a bucket, such as chancery-realm",
            );
        }
        if !clean(&prefix, "-._/") || prefix.contains("//") || prefix.contains("..") {
            return wrong(
                "prefix",
                "must be of letters, digits and -._ between slashes, such as realms/one",
            );
        }
        for (key, text) in [
            ("region", self.region.as_str()),
            ("access_key_id", &self.access_key_id),
            ("secret_access_key", self.secret_access_key.expose()),
        ] {
            if text.trim().is_empty() {
                return wrong(key, "must not be empty");
            }
        }
        Ok(S3Settings {
            endpoint,
            bucket: self.bucket,
            region: self.region,
            prefix,
            access_key_id: self.access_key_id,
            secret_access_key: self.secret_access_key.expose().to_owned(),
            patience: PATIENCE,
        })
    }
}

/// Whether a host (with a port) is this machine: plain HTTP goes no further.
pub(super) fn is_loopback(host: &str) -> bool {
    let host = host.split('/').next().unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name == "localhost"
        || name
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    const RIGHT: &str = "keys = \"keys.txt\"\n[s3]\nendpoint = \"http://127.0.0.1:9000/\"\nbucket = \"realm\"\n\
        prefix = \"/realms/one/\"\naccess_key_id = \"id\"\nsecret_access_key = \"not to be seen\"\n";

    fn check(text: &str) -> Result<StoreSettings, String> {
        toml::from_str::<WrittenVault>(text)
            .map_err(|error| error.to_string())?
            .check(Path::new("/srv/realm"))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn an_object_store_is_read_and_its_secret_not_shown() {
        let settings = check(RIGHT).unwrap();
        let StoreSettings::S3(s3) = &settings else {
            panic!("{settings:?}");
        };
        assert_eq!(s3.endpoint, "http://127.0.0.1:9000");
        assert_eq!(
            (s3.prefix.as_str(), s3.region.as_str()),
            ("realms/one", "us-east-1")
        );
        let shown = format!("{settings:?} {settings}");
        assert!(!shown.contains("not to be seen"), "{shown}");
        let both = check(&RIGHT.replace("[s3]", "directory = \"vault\"\n[s3]"));
        assert!(matches!(both, Ok(StoreSettings::S3(_))));
    }

    #[test]
    fn a_directory_is_relative_to_the_file() {
        let disk = check("keys = \"k\"\ndirectory = \"vault\"").unwrap();
        assert_eq!(disk.to_string(), "/srv/realm/vault");
        assert!(
            check("keys = \"k\"")
                .unwrap_err()
                .contains("vault.directory")
        );
    }

    #[test]
    fn what_is_wrong_is_named_by_its_key() {
        for (from, to, key) in [
            (
                "http://127.0.0.1:9000/",
                "http://store.example",
                "vault.s3.endpoint",
            ),
            (
                "http://127.0.0.1:9000/",
                "http://127.0.0.1.example",
                "vault.s3.endpoint",
            ),
            ("http://127.0.0.1:9000/", "store", "vault.s3.endpoint"),
            ("\"realm\"", "\"a bucket\"", "vault.s3.bucket"),
            ("/realms/one/", "a//b", "vault.s3.prefix"),
            ("\"id\"", "\" \"", "vault.s3.access_key_id"),
            ("not to be seen", "", "vault.s3.secret_access_key"),
            ("access_key_id", "access_key", "access_key"),
        ] {
            let error = check(&RIGHT.replace(from, to)).unwrap_err();
            assert!(error.contains(key), "{key}: {error}");
        }
        for fine in [
            "http://localhost:9000",
            "http://[::1]:9000",
            "https://store.example",
        ] {
            check(&RIGHT.replace("http://127.0.0.1:9000/", fine)).unwrap();
        }
    }
}
