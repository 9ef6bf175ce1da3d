//! The files of an export, each under a name that every file system can save, with its SHA-256.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io;

use aws_lc_rs::digest::{Context, SHA256};
use serde_json::{Map, Value, json};

use super::names;
use crate::{Error, Result};

/// Where an export goes: a directory or an archive. Files come one after the other.
pub trait Bundle: Send {
    /// Begins a file. The path has `/` between its names, and none of them is `.` or `..`.
    fn begin(&mut self, path: &str) -> io::Result<()>;
    /// Adds to the file.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Ends the file.
    fn end(&mut self) -> io::Result<()>;
    /// Ends the whole; it is on the disk when this returns.
    fn finish(&mut self) -> io::Result<()>;
}

pub(super) struct Files<'a> {
    bundle: &'a mut dyn Bundle,
    /// Every path in small letters: some file systems do not tell capitals apart.
    taken: HashSet<String>,
    manifest: Map<String, Value>,
    open: Option<(String, Context, u64)>,
}

impl<'a> Files<'a> {
    pub(super) fn new(bundle: &'a mut dyn Bundle) -> Self {
        Self {
            bundle,
            taken: HashSet::new(),
            manifest: Map::new(),
            open: None,
        }
    }

    /// A path for a new folder of this name.
    pub(super) fn folder(&mut self, within: &str, name: &str) -> String {
        self.free(within, name, "")
    }

    /// A path for a new file of this name; `mark` comes before its ending.
    pub(super) fn free(&mut self, within: &str, name: &str, mark: &str) -> String {
        let mut number = 1;
        loop {
            let tried = format!("{within}/{}", names::safe(name, mark, number));
            if self.taken.insert(tried.to_lowercase()) {
                return tried;
            }
            number += 1;
        }
    }

    pub(super) fn begin(&mut self, path: &str) -> Result<()> {
        self.bundle.begin(path).map_err(Error::unavailable)?;
        self.open = Some((path.to_owned(), Context::new(&SHA256), 0));
        Ok(())
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if let Some((_, context, size)) = &mut self.open {
            context.update(bytes);
            *size += bytes.len() as u64;
        }
        self.bundle.write(bytes).map_err(Error::unavailable)
    }

    /// Ends the file and gives its SHA-256.
    pub(super) fn end(&mut self) -> Result<String> {
        self.bundle.end().map_err(Error::unavailable)?;
        let Some((path, context, size)) = self.open.take() else {
            return Err(Error::unavailable("no file of the export is open"));
        };
        let mut hash = String::with_capacity(64);
        for byte in context.finish().as_ref() {
            let _ = write!(hash, "{byte:02x}");
        }
        self.manifest
            .insert(path, json!({ "sha256": hash, "bytes": size }));
        Ok(hash)
    }

    pub(super) fn whole(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        self.begin(path)?;
        self.write(bytes)?;
        self.end().map(drop)
    }

    pub(super) fn manifest(&self) -> &Map<String, Value> {
        &self.manifest
    }
}
