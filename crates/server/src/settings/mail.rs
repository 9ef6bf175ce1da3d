//! `[mail]`: the server that the realm's people are written to by.

use std::path::{Path, PathBuf};

use chancery::mail::{Encryption, MailSettings, Mailer};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::SettingsError;
use super::store::is_loopback;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WrittenMail {
    server: Option<String>,
    from: Option<String>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    authority: Option<PathBuf>,
    without_tls: bool,
}

/// The mail server, before its password and authority are read from their files.
#[derive(Debug, Clone)]
pub struct PostSettings {
    host: String,
    port: u16,
    encryption: Encryption,
    from: String,
    user: Option<(String, PathBuf)>,
    authority: Option<PathBuf>,
}

fn wrong(key: &str, problem: impl std::fmt::Display) -> SettingsError {
    SettingsError::key(&format!("mail.{key}"), problem)
}

impl WrittenMail {
    pub(super) fn check(self, base: &Path) -> Result<Option<PostSettings>, SettingsError> {
        let Some(server) = self.server else {
            // Without a server the others would look as if they did something.
            let any = self.from.is_some()
                || self.user.is_some()
                || self.password_file.is_some()
                || self.authority.is_some()
                || self.without_tls;
            return if any {
                Err(wrong(
                    "server",
                    "must be set, such as smtp://mail.example.org:587",
                ))
            } else {
                Ok(None)
            };
        };
        let (implicit, host, port) = address(&server).ok_or_else(|| {
            wrong(
                "server",
                "must be smtp:// (with STARTTLS) or smtps://, a host and perhaps a port, such as smtp://mail.example.org:587",
            )
        })?;
        let encryption = match (implicit, self.without_tls) {
            (true, false) => Encryption::Tls,
            (false, false) => Encryption::StartTls,
            (false, true) if is_loopback(&bracketed(&host)) => Encryption::None,
            (false, true) => {
                return Err(wrong(
                    "without_tls",
                    "must be false unless the server is this machine itself (127.0.0.1)",
                ));
            }
            (true, true) => {
                return Err(wrong("without_tls", "must be false with smtps://"));
            }
        };
        let from = self.from.filter(|from| !from.trim().is_empty());
        let from = from.ok_or_else(|| {
            wrong(
                "from",
                "must be set, such as Northmoor <noreply@northmoor.example>",
            )
        })?;
        let user = match (self.user, self.password_file) {
            (Some(user), Some(file)) if !user.is_empty() => Some((user, base.join(file))),
            (None, None) => None,
            (None, Some(_)) => {
                return Err(wrong("user", "must be set where there is a password_file"));
            }
            _ => {
                return Err(wrong(
                    "password_file",
                    "must name a file with the password of mail.user",
                ));
            }
        };
        let port = port.unwrap_or(match encryption {
            Encryption::Tls => 465,
            Encryption::StartTls => 587,
            Encryption::None => 25,
        });
        let settings = PostSettings {
            host,
            port,
            encryption,
            from,
            user,
            authority: self.authority.map(|file| base.join(file)),
        };
        // What can be known without its files is known now.
        let without = settings.with(None, None, String::new());
        Mailer::new(without).map_err(|(key, problem)| wrong(key, problem))?;
        Ok(Some(settings))
    }
}

/// Whether TLS comes first, the host, and the port if there is one.
fn address(text: &str) -> Option<(bool, String, Option<u16>)> {
    let (implicit, rest) = match text.strip_prefix("smtps://") {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix("smtp://")?),
    };
    let (host, port) = match rest.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            let port = match after.strip_prefix(':') {
                Some(port) => Some(port),
                None if after.is_empty() => None,
                None => return None,
            };
            (host, port)
        }
        None => match rest.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        },
    };
    let clean = |letter: char| letter.is_ascii_alphanumeric() || "-._:".contains(letter);
    if host.is_empty() || !host.chars().all(clean) {
        return None;
    }
    let port = match port {
        None => None,
        Some(port) => Some(port.parse().ok().filter(|port| *port > 0)?),
    };
    Some((implicit, host.to_owned(), port))
}

/// As it stands in an address: an IPv6 one in brackets.
fn bracketed(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

impl PostSettings {
    fn with(
        &self,
        password: Option<Zeroizing<String>>,
        authority: Option<Vec<u8>>,
        pages: String,
    ) -> MailSettings {
        let who = self.user.as_ref().map(|(user, _)| user.clone());
        MailSettings {
            host: self.host.clone(),
            port: self.port,
            encryption: self.encryption,
            from: self.from.clone(),
            user: who.zip(password),
            authority,
            pages,
        }
    }

    /// What sends by this server, with links to these pages. Its files are read now.
    pub(crate) fn open(&self, pages: &str) -> Result<Mailer, SettingsError> {
        let password = match &self.user {
            Some((_, file)) => Some(password(file)?),
            None => None,
        };
        let authority = match &self.authority {
            Some(file) => Some(
                std::fs::read(file)
                    .map_err(|error| wrong("authority", format!("{}: {error}", file.display())))?,
            ),
            None => None,
        };
        Mailer::new(self.with(password, authority, pages.to_owned()))
            .map_err(|(key, problem)| wrong(key, problem))
    }
}

/// The first line of a file that only its owner reads.
fn password(file: &Path) -> Result<Zeroizing<String>, SettingsError> {
    use std::os::unix::fs::PermissionsExt as _;
    let key = "password_file";
    let unread = |error| wrong(key, format!("{}: {error}", file.display()));
    let mode = std::fs::metadata(file)
        .map_err(unread)?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        return Err(wrong(
            key,
            format!("{} can be read by others: chmod 600 {0}", file.display()),
        ));
    }
    let text = Zeroizing::new(std::fs::read_to_string(file).map_err(unread)?);
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(wrong(key, format!("{} is empty", file.display())));
    }
    Ok(Zeroizing::new(line.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const RIGHT: &str = "server = \"smtp://mail.example.org\"\nfrom = \"Northmoor <noreply@northmoor.example>\"\nuser = \"realm\"\npassword_file = \"mail.txt\"\n";

    fn check(text: &str, base: &Path) -> Result<Option<PostSettings>, String> {
        toml::from_str::<WrittenMail>(text)
            .map_err(|error| error.to_string())?
            .check(base)
            .map_err(|error| error.to_string())
    }

    fn server(text: &str) -> Result<PostSettings, String> {
        let text = RIGHT.replace("smtp://mail.example.org", text);
        check(&text, Path::new("/srv/realm")).map(Option::unwrap)
    }

    #[test]
    fn a_server_is_encrypted_unless_it_is_here_and_that_is_asked_for() {
        assert!(check("", Path::new("")).unwrap().is_none());
        for (text, encryption, port) in [
            ("smtp://mail.example.org", Encryption::StartTls, 587),
            ("smtp://127.0.0.1", Encryption::StartTls, 587),
            ("smtp://mail.example.org:2525", Encryption::StartTls, 2525),
            ("smtps://mail.example.org", Encryption::Tls, 465),
            ("smtps://[2001:db8::1]:4650", Encryption::Tls, 4650),
        ] {
            let settings = server(text).unwrap();
            assert_eq!(
                (settings.encryption, settings.port),
                (encryption, port),
                "{text}"
            );
        }
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let text = format!("smtp://{host}\"\nwithout_tls = true\n#");
            let settings = server(&text).unwrap();
            assert_eq!((settings.encryption, settings.port), (Encryption::None, 25));
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_key() {
        for (from, to, key) in [
            ("smtp://mail", "http://mail", "mail.server"),
            ("mail.example.org", "", "mail.server"),
            ("mail.example.org", "mail.example.org:0", "mail.server"),
            (
                "mail.example.org",
                "me:secret@mail.example.org",
                "mail.server",
            ),
            ("server = \"smtp://mail.example.org\"\n", "", "mail.server"),
            ("user =", "without_tls = true\nuser =", "mail.without_tls"),
            (
                "smtp://mail.example.org\"",
                "smtps://localhost\"\nwithout_tls = true",
                "mail.without_tls",
            ),
            ("Northmoor <noreply@northmoor.example>", "", "mail.from"),
            (
                "Northmoor <noreply@northmoor.example>",
                "Northmoor",
                "mail.from",
            ),
            ("user = \"realm\"\n", "", "mail.user"),
            ("password_file = \"mail.txt\"\n", "", "mail.password_file"),
            ("password_file", "password", "password"),
        ] {
            assert!(RIGHT.contains(from), "{from}");
            let error = check(&RIGHT.replace(from, to), Path::new("")).unwrap_err();
            assert!(error.contains(key), "{key}: {error}");
        }
    }

    #[test]
    fn the_password_is_its_owners_and_never_shown() {
        let directory = tempfile::tempdir().unwrap();
        let settings = check(RIGHT, directory.path()).unwrap().unwrap();
        let open = || {
            settings
                .open("https://realm.example")
                .map_err(|error| error.to_string())
        };
        assert!(open().unwrap_err().contains("mail.password_file"));
        let file = directory.path().join("mail.txt");
        std::fs::write(&file, "not to be seen\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(open().unwrap_err().contains("chmod 600"));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let shown = format!("{:?} {settings:?}", open().unwrap());
        assert!(!shown.contains("not to be seen"), "{shown}");
        std::fs::write(&file, "").unwrap();
        assert!(open().unwrap_err().contains("is empty"));
    }
}
