//! What a file system must be asked so that a write survives a power cut.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use crate::Error;

/// Runs file operations where they may block.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(failed) => Err(Error::Io(io::Error::other(failed))),
    }
}

/// A directory held open: for making its entries durable, and for a lock that every process that
/// uses the directory respects. The lock ends with the value.
pub(crate) struct Directory(File);

impl Directory {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        File::open(path).map(Self)
    }

    pub(crate) fn locked(path: &Path) -> io::Result<Self> {
        let directory = Self::open(path)?;
        directory.0.lock()?;
        Ok(directory)
    }

    /// Makes entries that were added, renamed or removed durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.0.sync_all()
    }
}

/// The directory that a file is in.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Makes a directory, for its owner alone, unless it is there; durable when it returns.
pub(crate) fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
        other => other?,
    }
    Directory::open(parent(path))?.sync()
}
