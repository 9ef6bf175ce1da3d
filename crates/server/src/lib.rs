//! The program `chancery`: its configuration, its commands, and the pages served.

#![allow(
    clippy::print_stdout,
    reason = "a command answers on standard output; the log goes to standard error"
)]

mod backup;
mod check;
mod command;
mod door;
mod export;
mod figures;
mod health;
mod log;
mod mail;
mod open;
mod people;
mod play;
mod ready;
mod request;
mod restore;
mod rotate;
mod rules;
mod scan;
mod serve;
mod settings;
mod stop;
mod timing;

pub use command::{Command, run};
pub use door::DoorSettings;
pub use log::LogFormat;
pub use open::Opened;
pub use settings::{
    AcmeSettings, LogSettings, MalwareSettings, PostSettings, ServerSettings, Settings,
    SettingsError, StoreSettings, TlsSettings,
};

/// Why a command did not do what it was asked, as one message for the person at the keyboard.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The configuration is not right; the message names the key.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The product refused, or could not.
    #[error("{}", spoken(.0))]
    Product(#[from] chancery::Error),
    /// The vault or its keys.
    #[error("vault: {0}")]
    Vault(#[from] vault::Error),
    /// The machine.
    #[error("{what}: {source}")]
    Machine {
        /// What was being done.
        what: String,
        /// What the machine said.
        source: std::io::Error,
    },
    /// Anything else, in words.
    #[error("{0}")]
    Said(String),
}

impl Fault {
    fn machine(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Machine { what, source }
    }
}

fn spoken(error: &chancery::Error) -> String {
    match error {
        chancery::Error::Invalid(problems) => problems
            .iter()
            .map(|(field, text)| format!("{field}: {text}"))
            .collect::<Vec<_>>()
            .join("\n"),
        other => other.to_string(),
    }
}
