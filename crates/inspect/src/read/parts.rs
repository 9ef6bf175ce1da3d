//! The parts of an archive, unpacked one at a time and no further than the limits.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::Limits;
use crate::failure::Told;

/// How many parts an archive may have.
const PARTS: usize = 20_000;

pub(super) struct Parts<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// How much may still be unpacked.
    left: u64,
}

impl<'a> Parts<'a> {
    pub(super) fn open(file: &'a [u8], limits: &Limits) -> Result<Self, Told> {
        let archive = ZipArchive::new(Cursor::new(file)).map_err(told)?;
        if archive.len() > PARTS {
            return Err(Told::TooLarge);
        }
        Ok(Self {
            archive,
            left: limits.unpacked,
        })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// The parts whose names begin and end like this, `header2` before `header10`.
    pub(super) fn like(&self, begin: &str, end: &str) -> Vec<String> {
        let mut names: Vec<String> = self
            .archive
            .file_names()
            .filter_map(|name| Some(name.ok()?.into_owned()))
            .filter(|name| name.starts_with(begin) && name.ends_with(end))
            .collect();
        names.sort_by_key(|name| (name.len(), name.clone()));
        names
    }

    /// A part, unpacked; what it says of its own length is not believed.
    pub(super) fn read(&mut self, name: &str) -> Result<Vec<u8>, Told> {
        let part = self.archive.by_name(name).map_err(told)?;
        let mut bytes = Vec::new();
        part.take(self.left + 1)
            .read_to_end(&mut bytes)
            .map_err(|error: io::Error| Told::unreadable(format!("{name} is damaged: {error}")))?;
        self.left = self
            .left
            .checked_sub(bytes.len() as u64)
            .ok_or(Told::TooLarge)?;
        Ok(bytes)
    }
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "it is what errors are mapped with"
)]
fn told(error: ZipError) -> Told {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            Told::unreadable("it is protected by a password")
        }
        other => Told::unreadable(other),
    }
}
