//! The mail server that this realm sends by (SMTP, RFC 5321), spoken to by lettre.
//!
//! lettre's connection is used rather than its transport: that one says that a message was refused, and not whether it was
//! the receiver or us, of which only the first is a reason to give up.

use std::fmt;
use std::time::Duration;

use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::Letter;

/// How long connecting, encrypting and signing in may take.
const CONNECTING: Duration = Duration::from_secs(30);
/// How long one message may take.
pub(super) const SENDING: Duration = Duration::from_mins(1);

/// How a connection is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte (`smtps://`).
    Tls,
    /// TLS after STARTTLS, or nothing is sent.
    StartTls,
    /// None: only to a server on this machine itself.
    None,
}

/// How mail is sent.
#[derive(Clone)]
pub struct MailSettings {
    /// The server's name, which its certificate must have.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept private.
    pub encryption: Encryption,
    /// From whom: `Northmoor <noreply@northmoor.example>`, or an address alone.
    pub from: String,
    /// Who signs in there, and their password. Nobody signs in otherwise.
    pub user: Option<(String, Zeroizing<String>)>,
    /// Whose certificates are believed, in PEM, instead of those that are publicly known.
    pub authority: Option<Vec<u8>>,
    /// The realm's address, which every link begins with.
    pub pages: String,
}

impl fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("encryption", &self.encryption)
            .field("from", &self.from)
            .field("user", &self.user.as_ref().map(|(user, _)| user))
            .finish_non_exhaustive()
    }
}

/// Sends mail by one server. Nothing is connected until something is sent.
#[derive(Clone)]
pub struct Mailer {
    settings: MailSettings,
    from: Mailbox,
    hello: ClientId,
    tls: Option<TlsParameters>,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mailer").field(&self.settings).finish()
    }
}

/// Why a message was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// The server cannot be used as it is set: for this message or any other.
    #[error("the mail server: {0}")]
    Server(String),
    /// The server does not take this message now.
    #[error("not taken now: {0}")]
    Later(String),
    /// The server will never take this message: there is no such address, or it refuses what it says.
    #[error("refused: {0}")]
    Never(String),
}

impl Mailer {
    /// Checks what was set; says which of it is wrong, by its name in `[mail]`.
    pub fn new(settings: MailSettings) -> Result<Self, (&'static str, String)> {
        let from: Mailbox = settings.from.parse().map_err(|_| {
            let right = "must be an address, such as noreply@realm.example, or a name and an address, such as Realm <noreply@realm.example>";
            ("from", right.to_owned())
        })?;
        let tls = match settings.encryption {
            Encryption::None => None,
            _ => Some(tls(&settings)?),
        };
        let hello = hello(&settings.pages);
        Ok(Self {
            settings,
            from,
            hello,
            tls,
        })
    }

    /// The server, for a person to read.
    pub fn server(&self) -> String {
        let private = match self.settings.encryption {
            Encryption::Tls => "with TLS",
            Encryption::StartTls => "with STARTTLS",
            Encryption::None => "on this machine, without TLS",
        };
        format!("{}:{} {private}", self.settings.host, self.settings.port)
    }

    /// A link to this page of the realm.
    pub(super) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.settings.pages.trim_end_matches('/'))
    }

    /// Connects, signs in and goes away again.
    pub async fn check(&self) -> Result<(), Undelivered> {
        let mut line = self.connect().await?;
        line.quit().await;
        Ok(())
    }

    /// Sends one letter, on a connection of its own.
    pub async fn send(&self, letter: &Letter) -> Result<(), Undelivered> {
        let mut line = self.connect().await?;
        line.send(letter).await?;
        line.quit().await;
        Ok(())
    }

    /// A connection on which letters can be sent.
    pub(super) async fn connect(&self) -> Result<Line<'_>, Undelivered> {
        match timeout(CONNECTING, self.signed_in()).await {
            Ok(Ok(smtp)) => Ok(Line { mailer: self, smtp }),
            Ok(Err(error)) => Err(Undelivered::Server(error.to_string())),
            Err(_) => Err(Undelivered::Server(
                "it took too long to connect".to_owned(),
            )),
        }
    }

    async fn signed_in(&self) -> Result<AsyncSmtpConnection, Error> {
        let MailSettings {
            host,
            port,
            encryption,
            user,
            ..
        } = &self.settings;
        let at_once = self.tls.clone().filter(|_| *encryption == Encryption::Tls);
        let server = (host.as_str(), *port);
        let mut smtp = AsyncSmtpConnection::connect_tokio1(
            server,
            Some(CONNECTING),
            &self.hello,
            at_once,
            None,
        )
        .await?;
        if let (Encryption::StartTls, Some(tls)) = (encryption, self.tls.clone()) {
            // It fails where the server does not offer it: nothing is sent in clear.
            smtp.starttls(tls, &self.hello).await?;
        }
        if let Some((user, password)) = user {
            let who = Credentials::new(user.clone(), password.to_string());
            smtp.auth(DEFAULT_MECHANISMS, &who).await?;
        }
        Ok(smtp)
    }
}

fn tls(settings: &MailSettings) -> Result<TlsParameters, (&'static str, String)> {
    let mut tls = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.authority {
        let wrong = || ("authority", "must be certificates in PEM".to_owned());
        let authority = Certificate::from_pem(pem).map_err(|_| wrong())?;
        if !pem.windows(10).any(|part| part == b"-----BEGIN") {
            return Err(wrong());
        }
        tls = tls
            .certificate_store(CertificateStore::None)
            .add_root_certificate(authority);
    }
    tls.build_rustls()
        .map_err(|error| ("authority", error.to_string()))
}

/// Who we say that we are: the realm's host.
fn hello(pages: &str) -> ClientId {
    let host = pages.split("://").last().unwrap_or_default();
    let host = host.split(['/', ':']).next().unwrap_or_default();
    let clean = |letter: char| letter.is_ascii_alphanumeric() || "-.".contains(letter);
    if host.is_empty() || !host.chars().all(clean) {
        return ClientId::default();
    }
    ClientId::Domain(host.to_owned())
}

/// A connection to the mail server.
pub(super) struct Line<'a> {
    mailer: &'a Mailer,
    smtp: AsyncSmtpConnection,
}

impl Line<'_> {
    /// Sends one letter. After anything but success the connection is not to be used any more.
    pub(super) async fn send(&mut self, letter: &Letter) -> Result<(), Undelivered> {
        let (address, text) = letter
            .written(&self.mailer.from)
            .map_err(Undelivered::Never)?;
        match timeout(SENDING, self.hand_over(address, &text)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Undelivered::Server("it took too long to answer".to_owned())),
        }
    }

    async fn hand_over(&mut self, to: Address, text: &[u8]) -> Result<(), Undelivered> {
        let mut how = Vec::new();
        if !AsRef::<str>::as_ref(&to).is_ascii() {
            if !self
                .smtp
                .server_info()
                .supports_feature(Extension::SmtpUtfEight)
            {
                let why = "the mail server takes no addresses in other letters than ASCII";
                return Err(Undelivered::Never(why.to_owned()));
            }
            how.push(MailParameter::SmtpUtfEight);
        }
        let from = Some(self.mailer.from.email.clone());
        // Not from us: nothing is wrong with the message.
        let begun = self.smtp.command(Mail::new(from, how)).await;
        begun.map_err(|error| Undelivered::Server(error.to_string()))?;
        let receiver = self.smtp.command(Rcpt::new(to, Vec::new())).await;
        receiver.map_err(|error| of_the_message(&error))?;
        let may = self.smtp.command(Data).await;
        may.map_err(|error| of_the_message(&error))?;
        let taken = self.smtp.message(text).await;
        taken.map_err(|error| of_the_message(&error))?;
        Ok(())
    }

    /// Says goodbye, which the server need not answer.
    pub(super) async fn quit(&mut self) {
        let _ = timeout(Duration::from_secs(5), self.smtp.quit()).await;
    }
}

fn of_the_message(error: &Error) -> Undelivered {
    let why = error.to_string();
    if error.is_permanent() {
        Undelivered::Never(why)
    } else if error.is_transient() {
        Undelivered::Later(why)
    } else {
        Undelivered::Server(why)
    }
}
