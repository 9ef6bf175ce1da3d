//! Configuration: one TOML file plus the environment, checked once into typed settings.
//!
//! `CHANCERY__SECTION__KEY` in the environment wins over `key` under `[section]` in the file.
//! Paths are relative to the file.

mod limits;
mod mail;
mod malware;
mod markings;
mod server;
mod store;
mod tls;
mod watch;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chancery::kernel::RealmSettings;
use config::{Config, Environment, File, FileFormat};
use jiff::tz::TimeZone;
use serde::Deserialize;
use web::components::Hue;

use crate::door::DoorSettings;
use limits::WrittenLimits;
pub use mail::PostSettings;
use mail::WrittenMail;
pub use malware::MalwareSettings;
use malware::WrittenMalware;
use markings::WrittenMarkings;
pub use server::ServerSettings;
use server::WrittenServer;
pub use store::StoreSettings;
use store::WrittenVault;
pub(crate) use store::object_store;
pub use tls::{AcmeSettings, TlsSettings};
pub use watch::LogSettings;
use watch::{WrittenLog, WrittenMetrics};

/// The configuration is not right. The message names the key and says what would be.
#[derive(Debug, thiserror::Error)]
#[error("configuration: {0}")]
pub struct SettingsError(String);

impl SettingsError {
    pub(crate) fn key(key: &str, problem: impl fmt::Display) -> Self {
        Self(format!("{key}: {problem}"))
    }
}

/// A text that is never printed: it may hold a password.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// What a realm may be designated: the markings of the Government Security Classifications (since
/// 2014) and of the scheme before it, lowest first.
const DESIGNATIONS: [&str; 9] = [
    "OFFICIAL",
    "OFFICIAL-SENSITIVE",
    "SECRET",
    "TOP SECRET",
    "NOT PROTECTIVELY MARKED",
    "UNCLASSIFIED",
    "PROTECT",
    "RESTRICTED",
    "CONFIDENTIAL",
];

/// What the file and the environment say, before it is checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    realm: WrittenRealm,
    #[serde(default)]
    server: WrittenServer,
    database: WrittenDatabase,
    vault: WrittenVault,
    #[serde(default)]
    markings: WrittenMarkings,
    #[serde(default)]
    limits: WrittenLimits,
    #[serde(default)]
    malware: WrittenMalware,
    #[serde(default)]
    mail: WrittenMail,
    #[serde(default)]
    log: WrittenLog,
    #[serde(default)]
    metrics: WrittenMetrics,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRealm {
    name: String,
    designation: String,
    run_by: String,
    time_zone: String,
    band: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDatabase {
    url: Secret,
}

/// Settings that were checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the realm itself knows.
    pub realm: RealmSettings,
    /// By which rules documents are judged in a realm that has none yet; none where markings are not read.
    pub markings: Option<chancery::assurance::Written>,
    /// The colour of the band.
    pub hue: Hue,
    /// Where the program listens.
    pub server: ServerSettings,
    /// What a connection can cost at most.
    pub door: DoorSettings,
    /// Who looks for malware, if anybody does.
    pub malware: Option<MalwareSettings>,
    /// The server that people are written to by, if they are.
    pub mail: Option<PostSettings>,
    /// What is logged, and how.
    pub log: LogSettings,
    /// Where the figures are shown, if anywhere.
    pub metrics: Option<SocketAddr>,
    /// The database's address.
    pub database: Secret,
    /// Where content is kept.
    pub vault: StoreSettings,
    /// Where the keys of the content are kept.
    pub keys: PathBuf,
}

impl Settings {
    /// Reads and checks the file and the environment.
    pub fn read(file: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(file).map_err(|error| {
            SettingsError(format!(
                "{}: {error}. Make a realm with `chancery init`, or name its file with --config",
                file.display()
            ))
        })?;
        let environment = Environment::with_prefix("CHANCERY")
            .prefix_separator("__")
            .separator("__")
            .try_parsing(true);
        Self::parse(&text, environment, file.parent().unwrap_or(Path::new("")))
    }

    fn parse(text: &str, environment: Environment, base: &Path) -> Result<Self, SettingsError> {
        let written: Written = Config::builder()
            .add_source(File::from_str(text, FileFormat::Toml))
            .add_source(environment)
            .build()
            .and_then(Config::try_deserialize)
            .map_err(|error| SettingsError(error.to_string()))?;
        written.check(base)
    }
}

impl Written {
    fn check(self, base: &Path) -> Result<Settings, SettingsError> {
        let realm = self.realm;
        for (key, text) in [
            ("realm.name", &realm.name),
            ("realm.designation", &realm.designation),
            ("realm.run_by", &realm.run_by),
        ] {
            if text.trim().is_empty() {
                return Err(SettingsError::key(key, "must not be empty"));
            }
        }
        if !DESIGNATIONS.contains(&realm.designation.as_str()) {
            return Err(SettingsError::key(
                "realm.designation",
                format!(
                    "{} is not a marking; it must be one of {}",
                    realm.designation,
                    DESIGNATIONS.join(", ")
                ),
            ));
        }
        let time_zone = TimeZone::get(&realm.time_zone).map_err(|_| {
            SettingsError::key(
                "realm.time_zone",
                format!(
                    "{} is not a time zone, such as Europe/London",
                    realm.time_zone
                ),
            )
        })?;
        let hue = hue(&realm.band)?;
        let server = self.server.check(base)?;
        let door = DoorSettings {
            proxies: server.proxies.clone(),
            ..self.limits.door()?
        };
        let markings = self.markings.check(&realm.designation, base)?;
        Ok(Settings {
            markings,
            realm: RealmSettings {
                name: realm.name,
                designation: realm.designation,
                run_by: realm.run_by,
                time_zone,
                limits: self.limits.realm()?,
            },
            hue,
            server,
            door,
            malware: self.malware.check()?,
            mail: self.mail.check(base)?,
            log: self.log.check()?,
            metrics: self.metrics.check()?,
            database: database(&self.database.url, base)?,
            keys: base.join(&self.vault.keys),
            vault: self.vault.check(base)?,
        })
    }
}

fn hue(name: &str) -> Result<Hue, SettingsError> {
    name.parse()
        .map_err(|problem: String| SettingsError::key("realm.band", problem))
}

/// A file of SQLite is relative to the configuration, like every other path.
fn database(url: &Secret, base: &Path) -> Result<Secret, SettingsError> {
    let text = url.expose();
    if let Some(path) = text.strip_prefix("sqlite:") {
        return Ok(Secret(format!("sqlite:{}", base.join(path).display())));
    }
    if text.starts_with("postgres:") || text.starts_with("postgresql:") {
        return Ok(url.clone());
    }
    Err(SettingsError::key(
        "database.url",
        "must begin with sqlite: or postgres:, such as sqlite:realm.db",
    ))
}

/// The text of a new realm's file.
pub(crate) fn template(
    name: &str,
    designation: &str,
    markings: Option<&str>,
    run_by: &str,
    database: &str,
    listen: SocketAddr,
) -> String {
    let quote = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let policy = markings.map_or_else(
        || "# policy = \"official\"".to_owned(),
        |named| format!("policy = {}", quote(named)),
    );
    format!(
        "# The configuration of this realm. CHANCERY__SECTION__KEY in the environment wins over what stands here.\n\
         # Paths are relative to this file.\n\n\
         [realm]\n\
         name = {}\n\
         # The highest marking that this realm may hold, at the top of every page.\n\
         designation = {}\n\
         run_by = {}\n\
         time_zone = \"Europe/London\"\n\
         # The colour of the band that says the designation.\n\
         band = \"purple\"\n\n\
         [server]\n\
         listen = {}\n\
         # What people type. https:// with tls below, or when a proxy in front ends TLS.\n\
         address = {}\n\
         # tls = {{ certificate = \"certificate.pem\", key = \"key.pem\" }}\n\
         # Proxies in front, whose X-Forwarded-For is believed.\n\
         proxies = []\n\n\
         [database]\n\
         # sqlite: and a file, or postgres://…\n\
         url = {}\n\n\
         [vault]\n\
         # With [vault.s3] (endpoint, bucket, region, prefix, access_key_id, secret_access_key) content is in an\n\
         # object store instead, which many nodes share.\n\
         directory = \"vault\"\n\
         # Without this file no content can be read. Keep a copy somewhere else.\n\
         keys = \"keys.txt\"\n\n\
         [markings]\n\
         # Every document is read for its protective marking: by il2 (up to PROTECT), il3 (up to RESTRICTED), official, or the\n\
         # file of a policy of your own; \"off\" reads none. Without this line it is what belongs to the designation. What is\n\
         # written here counts for a new realm; docs/markings.md says how to change it later.\n\
         {policy}\n\
         # Files of schemes of markings besides those that come with the program.\n\
         # schemes = []\n\n\
         # Who looks for malware in what people upload (docs/operating.md, \"Malware\").\n\
         # [malware]\n\
         # clamd = \"unix:/run/clamav/clamd.ctl\"\n\
         # What nobody could look at while clamd is away: \"block\" keeps it closed, \"flag\" lets it be opened.\n\
         # when_away = \"block\"\n\n\
         # The server that people are written to by (docs/mail.md). Try it with `chancery mail test` and an address.\n\
         # [mail]\n\
         # server = \"smtp://mail.example.org:587\"\n\
         # from = \"Our realm <noreply@example.org>\"\n\
         # user = \"realm\"\n\
         # password_file = \"mail-password.txt\"\n",
        quote(name),
        quote(designation),
        quote(run_by),
        quote(&listen.to_string()),
        quote(&format!("http://localhost:{}", listen.port())),
        quote(database),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn written() -> String {
        template(
            "A \"quoted\" realm",
            "OFFICIAL",
            None,
            "Somebody",
            "sqlite:realm.db",
            "127.0.0.1:8080".parse().unwrap(),
        )
    }

    fn parse(text: &str) -> Result<Settings, SettingsError> {
        Settings::parse(
            text,
            Environment::with_prefix("NONE_OF_THESE"),
            Path::new("/srv/realm"),
        )
    }

    #[test]
    fn a_new_realms_file_is_right() {
        let settings = parse(&written()).unwrap();
        assert_eq!(settings.realm.name, "A \"quoted\" realm");
        assert_eq!(settings.database.expose(), "sqlite:/srv/realm/realm.db");
        assert_eq!(settings.vault.to_string(), "/srv/realm/vault");
        assert_eq!(format!("{:?}", settings.database), "[secret]");
        assert!(settings.malware.is_none() && settings.mail.is_none());
    }

    /// What stands in comments in a new realm's file is right once it is no comment any more.
    #[test]
    fn what_a_new_realms_file_suggests_is_right() {
        let mut text = written();
        for section in ["malware", "mail"] {
            let (before, suggested) = text.split_once(&format!("# [{section}]\n")).unwrap();
            let lines: Vec<&str> = suggested
                .lines()
                .map(|line| match line.strip_prefix("# ") {
                    Some(rest) if rest.contains(" = ") => rest,
                    _ => line,
                })
                .collect();
            text = format!("{before}[{section}]\n{}\n", lines.join("\n"));
        }
        let settings = parse(&text).unwrap();
        assert!(settings.malware.is_some() && settings.mail.is_some());
        let wrong = text.replace("smtp://", "mail://");
        assert!(
            parse(&wrong)
                .unwrap_err()
                .to_string()
                .contains("mail.server")
        );
        let wrong = text.replace("unix:/", "unix:");
        assert!(
            parse(&wrong)
                .unwrap_err()
                .to_string()
                .contains("malware.clamd")
        );
    }

    /// The keys under a section, with their sections: the parser lists them when it meets one that
    /// it does not know.
    fn keys(section: &str, found: &mut std::collections::BTreeSet<String>) {
        let heading = match section {
            "" => String::new(),
            section => format!("[{section}]\n"),
        };
        let error = toml::from_str::<Written>(&format!("{heading}no_such_key = 1\n"))
            .unwrap_err()
            .to_string();
        let Some((_, known)) = error.split_once("unknown field `no_such_key`, expected ") else {
            found.insert(section.to_owned());
            return;
        };
        let known = known.lines().next().unwrap_or_default();
        for key in known.split('`').skip(1).step_by(2) {
            match section {
                "" => keys(key, found),
                section => keys(&format!("{section}.{key}"), found),
            }
        }
    }

    #[test]
    fn the_guide_for_operators_has_every_key_and_no_other() {
        let mut known = std::collections::BTreeSet::new();
        keys("", &mut known);
        assert!(
            known.contains("server.tls.key") && known.len() > 30,
            "{known:?}"
        );
        let guide = include_str!("../../../../docs/operating.md");
        let written: std::collections::BTreeSet<String> = guide
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .filter(|key| {
                key.contains('.')
                    && key.chars().all(|letter| {
                        letter.is_ascii_lowercase()
                            || letter.is_ascii_digit()
                            || "._".contains(letter)
                    })
            })
            .map(str::to_owned)
            .collect();
        let missing: Vec<_> = known.difference(&written).collect();
        let unknown: Vec<_> = written.difference(&known).collect();
        assert!(
            missing.is_empty() && unknown.is_empty(),
            "docs/operating.md lacks {missing:?} and has {unknown:?}"
        );
    }

    #[test]
    fn what_is_wrong_is_named_by_its_key() {
        for (from, to, key) in [
            ("Europe/London", "Europe/Londinium", "realm.time_zone"),
            ("band = \"purple\"", "band = \"plaid\"", "realm.band"),
            (
                "designation = \"OFFICIAL\"",
                "designation = \"OFICIAL\"",
                "realm.designation",
            ),
            ("127.0.0.1:8080", "here", "server.listen"),
            ("http://localhost:8080", "localhost", "server.address"),
            (
                "listen = \"127.0.0.1:8080\"",
                "listen = \"0.0.0.0:80\"",
                "server.address",
            ),
            (
                "address = \"http://localhost:8080\"",
                "address = \"http://localhost:8080\"\ntls = { certificate = \"c.pem\", key = \"k.pem\" }",
                "server.address",
            ),
            (
                "listen = \"127.0.0.1:8080\"\n# What people type. https:// with tls below, or when a proxy in front ends TLS.\naddress = \"http:",
                "listen = \"0.0.0.0:80\"\naddress = \"https:",
                "server.tls",
            ),
            (
                "proxies = []",
                "proxies = [\"10.0.0.0/40\"]",
                "server.proxies",
            ),
            (
                "proxies = []",
                "drain_seconds = 301",
                "server.drain_seconds",
            ),
            (
                "proxies = []",
                "proxies = [\"10.0.0.1\"]\ntiming = true",
                "server.timing",
            ),
            ("sqlite:realm.db", "mysql://x", "database.url"),
            ("name = 'A \"quoted\" realm'", "name = \" \"", "realm.name"),
            (
                "[vault]",
                "[limits]\nupload_megabytes = 0\n\n[vault]",
                "limits.upload_megabytes",
            ),
            ("proxies", "poxies", "poxies"),
            ("run_by = \"Somebody\"\n", "", "run_by"),
        ] {
            let text = written();
            assert!(text.contains(from), "{from}");
            let error = parse(&text.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(key), "{key}: {error}");
        }
    }
}
