//! `[log]` and `[metrics]`: what those who watch over the program see of it.

use std::net::SocketAddr;

use serde::Deserialize;

use super::SettingsError;
use crate::log::{self, LogFormat};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WrittenLog {
    format: LogFormat,
    level: Option<String>,
}

/// How and what the program logs.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// As text or as JSON.
    pub format: LogFormat,
    /// How much: `info`, or `info,sqlx=warn`.
    pub level: String,
}

impl WrittenLog {
    pub(super) fn check(self) -> Result<LogSettings, SettingsError> {
        let level = self.level.unwrap_or_else(|| log::LEVEL.to_owned());
        if !log::is_level(&level) {
            return Err(SettingsError::key(
                "log.level",
                format!("{level} is not a level, such as info, or warn,chancery=debug"),
            ));
        }
        Ok(LogSettings {
            format: self.format,
            level,
        })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WrittenMetrics {
    listen: Option<String>,
}

impl WrittenMetrics {
    /// Where the operator's listener is, if there is one.
    pub(super) fn check(self) -> Result<Option<SocketAddr>, SettingsError> {
        let Some(listen) = self.listen else {
            return Ok(None);
        };
        listen.parse().map(Some).map_err(|_| {
            SettingsError::key(
                "metrics.listen",
                "must be an address and a port, such as 127.0.0.1:9464",
            )
        })
    }
}
