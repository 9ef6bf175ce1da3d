//! The log: on standard error, as text for people or as JSON for programs, one line each.

use std::io::{self, IsTerminal as _};

use clap::ValueEnum;
use serde::Deserialize;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::Settings;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// A line for people.
    #[default]
    Text,
    /// An object a line.
    Json,
}

/// What is logged when nothing else is said.
pub(crate) const LEVEL: &str = "info,sqlx=warn";

/// Libraries that print what passes through them once they are asked to say everything: cookies,
/// tokens and passwords among it. They never say more than this here.
const DISCREET: [&str; 9] = [
    "h2=info",
    "hyper=info",
    "hyper_util=info",
    "multer=info",
    "rustls=info",
    "rustls_acme=info",
    "async_web_client=info",
    "sqlx=info",
    "tower_http=info",
];

/// Opens the log. The environment wins over the configuration, which may not be there (yet).
pub(crate) fn open(format: Option<LogFormat>, settings: Option<&Settings>) {
    let said = settings.map(|settings| &settings.log);
    let format = format.or(said.map(|log| log.format)).unwrap_or_default();
    let level = said.map_or(LEVEL, |log| log.level.as_str());
    let mut filter =
        EnvFilter::try_from_env("CHANCERY_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    for directive in DISCREET {
        let name = directive.split('=').next().unwrap_or_default();
        // What is quieter already stays so.
        let quieter = filter.to_string().split(',').any(|part| {
            part.strip_prefix(name)
                .is_some_and(|rest| matches!(rest, "=warn" | "=error" | "=off"))
        });
        if let (false, Ok(directive)) = (quieter, directive.parse()) {
            filter = filter.add_directive(directive);
        }
    }
    let log = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_env_filter(filter)
        .with_span_events(FmtSpan::NONE);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .init(),
    }
}

/// Whether a text says what to log: `info`, or `info,sqlx=warn`.
pub(crate) fn is_level(text: &str) -> bool {
    !text.trim().is_empty() && EnvFilter::builder().parse(text).is_ok()
}
