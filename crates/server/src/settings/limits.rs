//! `[limits]`: what a stranger or a mistake can cost at most.

use std::time::Duration;

use chancery::kernel::Limits;
use serde::Deserialize;

use super::SettingsError;
use crate::door::DoorSettings;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WrittenLimits {
    upload_megabytes: Option<u64>,
    check_out_days: Option<u64>,
    bin_days: Option<u64>,
    idle_session_minutes: Option<u64>,
    session_hours: Option<u64>,
    link_hours: Option<u64>,
    password_memory_kib: Option<u64>,
    connections: Option<u64>,
    connections_per_address: Option<u64>,
    head_seconds: Option<u64>,
    keep_alive_seconds: Option<u64>,
    stall_seconds: Option<u64>,
    slowest_bytes_per_second: Option<u64>,
    header_kilobytes: Option<u64>,
    streams_per_connection: Option<u64>,
    requests_per_person: Option<u64>,
    uploads_per_person: Option<u64>,
    requests_per_address: Option<u64>,
    form_kilobytes: Option<u64>,
    form_fields: Option<u64>,
    form_files: Option<u64>,
}

fn between(
    key: &str,
    value: Option<u64>,
    least: u64,
    most: u64,
) -> Result<Option<u64>, SettingsError> {
    match value {
        Some(value) if !(least..=most).contains(&value) => Err(SettingsError::key(
            &format!("limits.{key}"),
            format!("must be from {least} to {most}"),
        )),
        other => Ok(other),
    }
}

fn number<T: TryFrom<u64>>(value: u64) -> Option<T> {
    T::try_from(value).ok()
}

impl WrittenLimits {
    /// The limits of the realm itself.
    pub(super) fn realm(&self) -> Result<Limits, SettingsError> {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        const DAY: u64 = 24 * HOUR;
        let mut limits = Limits::default();
        if let Some(megabytes) = between("upload_megabytes", self.upload_megabytes, 1, 1_048_576)? {
            limits.upload = megabytes * 1024 * 1024;
        }
        if let Some(days) = between("check_out_days", self.check_out_days, 1, 90)? {
            limits.check_out = Duration::from_secs(days * DAY);
        }
        if let Some(days) = between("bin_days", self.bin_days, 30, 2557)?.and_then(number) {
            limits.bin_days = days;
        }
        if let Some(minutes) = between("idle_session_minutes", self.idle_session_minutes, 5, 1440)?
        {
            limits.idle_session = Duration::from_secs(minutes * MINUTE);
        }
        if let Some(hours) = between("session_hours", self.session_hours, 1, 720)? {
            limits.session = Duration::from_secs(hours * HOUR);
        }
        if let Some(hours) = between("link_hours", self.link_hours, 1, 720)? {
            limits.link = Duration::from_secs(hours * HOUR);
        }
        let memory = between(
            "password_memory_kib",
            self.password_memory_kib,
            19 * 1024,
            1024 * 1024,
        )?;
        if let Some(kib) = memory.and_then(number) {
            limits.hash_memory = kib;
        }
        for (key, value, limit) in [
            (
                "requests_per_person",
                self.requests_per_person,
                &mut limits.requests_per_person,
            ),
            (
                "uploads_per_person",
                self.uploads_per_person,
                &mut limits.uploads_per_person,
            ),
            (
                "requests_per_address",
                self.requests_per_address,
                &mut limits.requests_per_address,
            ),
            ("form_fields", self.form_fields, &mut limits.form_fields),
            ("form_files", self.form_files, &mut limits.form_files),
        ] {
            if let Some(most) = between(key, value, 1, 100_000)?.and_then(number) {
                *limit = most;
            }
        }
        if let Some(kilobytes) = between("form_kilobytes", self.form_kilobytes, 64, 65_536)? {
            limits.form_bytes = kilobytes * 1024;
        }
        Ok(limits)
    }

    /// The limits of the door. The proxies are the server's to say.
    pub(super) fn door(&self) -> Result<DoorSettings, SettingsError> {
        let mut door = DoorSettings::default();
        if let Some(most) = between("connections", self.connections, 1, 1_000_000)?.and_then(number)
        {
            door.connections = most;
        }
        let per_address = between(
            "connections_per_address",
            self.connections_per_address,
            1,
            1_000_000,
        )?;
        if let Some(most) = per_address.and_then(number) {
            door.connections_per_address = most;
        }
        if let Some(seconds) = between("head_seconds", self.head_seconds, 1, 600)? {
            door.head = Duration::from_secs(seconds);
        }
        if let Some(seconds) = between("keep_alive_seconds", self.keep_alive_seconds, 1, 3600)? {
            door.keep_alive = Duration::from_secs(seconds);
        }
        if let Some(seconds) = between("stall_seconds", self.stall_seconds, 1, 3600)? {
            door.stall = Duration::from_secs(seconds);
        }
        let slowest = between(
            "slowest_bytes_per_second",
            self.slowest_bytes_per_second,
            0,
            1_048_576,
        )?;
        if let Some(pace) = slowest {
            door.pace = pace;
        }
        if let Some(kilobytes) =
            between("header_kilobytes", self.header_kilobytes, 8, 1024)?.and_then(number::<usize>)
        {
            door.head_bytes = kilobytes * 1024;
        }
        let streams = between(
            "streams_per_connection",
            self.streams_per_connection,
            1,
            1000,
        )?;
        if let Some(streams) = streams.and_then(number) {
            door.streams = streams;
        }
        Ok(door)
    }
}
