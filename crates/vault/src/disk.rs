//! Blobs as files.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{
    StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use tempfile::NamedTempFile;
use tokio::task::JoinHandle;

use crate::{
    Address, Error, Existing, Found, HEAD, Head, Listed, Store, Upload,
    files::{Directory, blocking, make_directory},
};

const PIECE: u64 = 128 * 1024;

/// Blobs as files below one directory, which any number of processes of one machine may use at
/// the same time:
///
/// ```text
/// blobs/3f/a0/3fa0…   one file per blob, under the first two bytes of its address
/// incoming/           uploads on their way; each is locked by the process that writes it
/// ```
///
/// A file is synced before it is renamed into place, and its directory is synced before the upload
/// is acknowledged. Whatever changes what stands under an address holds the lock of its directory.
/// The file system must support `flock`, as local ones do.
#[derive(Clone, Debug)]
pub struct Disk(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    blobs: PathBuf,
    incoming: PathBuf,
    /// Directories of blobs that this process has seen durable.
    durable: Mutex<HashSet<[u8; 2]>>,
}

impl Disk {
    /// Opens the store in a directory, which is made if it is not there, and clears away what
    /// uploads of dead processes left behind. Blocks for a moment, so call it at the start.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, Error> {
        let directory = directory.as_ref();
        let inner = Inner {
            blobs: directory.join("blobs"),
            incoming: directory.join("incoming"),
            durable: Mutex::default(),
        };
        for made in [directory, &inner.blobs, &inner.incoming] {
            make_directory(made)?;
        }
        for leftover in fs::read_dir(&inner.incoming)? {
            let path = leftover?.path();
            let Ok(file) = File::open(&path) else {
                continue;
            };
            // A living process holds the lock of what it is writing.
            if file.try_lock().is_ok() {
                remove_file(&path)?;
            }
        }
        Ok(Self(Arc::new(inner)))
    }
}

impl Inner {
    fn directory(&self, address: &Address) -> PathBuf {
        let [first, second, ..] = address.as_bytes();
        self.blobs
            .join(format!("{first:02x}"))
            .join(format!("{second:02x}"))
    }

    fn file(&self, address: &Address) -> PathBuf {
        self.directory(address).join(address.to_string())
    }

    /// Makes the directory of an address, and makes sure once per process that it will last.
    fn make(&self, address: &Address) -> io::Result<PathBuf> {
        let [first, second, ..] = *address.as_bytes();
        let directory = self.directory(address);
        let seen = |durable: &Mutex<HashSet<_>>, new: bool| {
            let mut durable = durable.lock().unwrap_or_else(PoisonError::into_inner);
            if new {
                durable.insert([first, second])
            } else {
                durable.contains(&[first, second])
            }
        };
        if !seen(&self.durable, false) {
            make_directory(&self.blobs.join(format!("{first:02x}")))?;
            make_directory(&directory)?;
            seen(&self.durable, true);
        }
        Ok(directory)
    }

    fn begin(&self) -> io::Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
        loop {
            let mut file = builder
                .prefix("")
                .suffix(".part")
                .tempfile_in(&self.incoming)?;
            file.as_file().lock()?;
            // Another process may have opened the store between the two lines above and have
            // taken the file, not yet locked, for a leftover.
            if fs::exists(file.path())? {
                file.seek(SeekFrom::Start(HEAD as u64))?;
                return Ok(file);
            }
        }
    }

    fn finish(
        &self,
        mut file: NamedTempFile,
        address: &Address,
        head: &Head,
        existing: Existing,
    ) -> io::Result<()> {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(head)?;
        file.as_file().sync_all()?;
        let directory = Directory::locked(&self.make(address)?)?;
        let path = self.file(address);
        if existing == Existing::Keep && fs::exists(&path)? {
            touch(&File::open(&path)?)?;
            // Whoever put it there may have died before it was durable.
            return directory.sync();
        }
        touch(file.as_file())?;
        file.persist(&path)?;
        directory.sync().inspect_err(|_| {
            // Not acknowledged, so not there: whoever brings it next begins anew and does not take
            // this one for durable. Nobody has refreshed it yet, since its directory is still locked.
            if existing == Existing::Keep {
                let _ = fs::remove_file(&path);
            }
        })
    }

    fn refresh(&self, address: &Address) -> io::Result<bool> {
        let found = Directory::locked(&self.directory(address))
            .and_then(|directory| Ok((directory, File::open(self.file(address))?)));
        let Some((directory, file)) = unless_absent(found)? else {
            return Ok(false);
        };
        touch(&file)?;
        directory.sync()?;
        Ok(true)
    }

    fn remove(&self, address: &Address, unused_since: SystemTime) -> io::Result<bool> {
        let path = self.file(address);
        let found = Directory::locked(&self.directory(address))
            .and_then(|directory| Ok((directory, fs::metadata(&path)?.modified()?)));
        let Some((_locked, refreshed)) = unless_absent(found)? else {
            return Ok(false);
        };
        if refreshed > unused_since {
            return Ok(false);
        }
        // Not synced: a blob that comes back after a power cut is garbage for the next collection.
        fs::remove_file(&path)?;
        Ok(true)
    }

    /// The blobs in one directory. Files that are not blobs are not the store's and are left alone.
    fn list(directory: &Path) -> Result<Vec<Listed>, Error> {
        let mut listed = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let Some(address) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
            else {
                continue;
            };
            let Some(metadata) = unless_absent(entry.metadata())? else {
                continue;
            };
            listed.push(Listed {
                address,
                size: metadata.len(),
                refreshed: metadata.modified()?,
            });
        }
        Ok(listed)
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the age of a blob is real time in every store"
)]
fn touch(file: &File) -> io::Result<()> {
    file.set_modified(SystemTime::now())
}

fn unless_absent<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn remove_file(path: &Path) -> io::Result<()> {
    unless_absent(fs::remove_file(path)).map(drop)
}

fn directories(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// A file being read, and how many bytes of it are still wanted.
struct Reading {
    file: File,
    wanted: u64,
}

impl Reading {
    fn piece(&mut self) -> io::Result<Bytes> {
        let piece = self.wanted.min(PIECE);
        let mut bytes = Vec::with_capacity(usize::try_from(piece).unwrap_or_default());
        (&mut self.file).take(piece).read_to_end(&mut bytes)?;
        // Short only where the file ends.
        self.wanted = if (bytes.len() as u64) < piece {
            0
        } else {
            self.wanted - piece
        };
        Ok(bytes.into())
    }
}

#[async_trait]
impl Store for Disk {
    async fn begin(&self) -> Result<Box<dyn Upload>, Error> {
        let inner = Arc::clone(&self.0);
        blocking(move || {
            let file = inner.begin()?;
            Ok(Box::new(Arriving::new(inner, file)) as Box<dyn Upload>)
        })
        .await
    }

    async fn get(&self, address: &Address, range: Range<u64>) -> Result<Found, Error> {
        let path = self.0.file(address);
        let (size, first, reading) = blocking(move || {
            let mut file = unless_absent(File::open(path))?.ok_or(Error::NotFound)?;
            let size = file.metadata()?.len();
            let start = range.start.min(size);
            file.seek(SeekFrom::Start(start))?;
            let mut reading = Reading {
                file,
                wanted: range.end.min(size).saturating_sub(start),
            };
            // Most reads end with the first piece, and so are done in one go.
            let first = reading.piece()?;
            Ok((size, first, reading))
        })
        .await?;
        let rest = stream::try_unfold(reading, async |mut reading| {
            if reading.wanted == 0 {
                return Ok(None);
            }
            blocking(move || Ok(Some((reading.piece()?, reading)))).await
        });
        let first = stream::iter((!first.is_empty()).then_some(Ok(first)));
        Ok(Found {
            size,
            bytes: first.chain(rest).boxed(),
        })
    }

    async fn size(&self, address: &Address) -> Result<Option<u64>, Error> {
        let path = self.0.file(address);
        blocking(move || Ok(unless_absent(fs::metadata(path))?.map(|found| found.len()))).await
    }

    async fn refresh(&self, address: &Address) -> Result<bool, Error> {
        let (inner, address) = (Arc::clone(&self.0), *address);
        blocking(move || Ok(inner.refresh(&address)?)).await
    }

    async fn remove(&self, address: &Address, unused_since: SystemTime) -> Result<bool, Error> {
        let (inner, address) = (Arc::clone(&self.0), *address);
        blocking(move || Ok(inner.remove(&address, unused_since)?)).await
    }

    async fn answers(&self) -> Result<(), Error> {
        // A directory that is gone, such as a disk that is not mounted, would look empty otherwise; and
        // one that cannot be synced takes what it does not keep. A full one still gives what it has.
        let inner = Arc::clone(&self.0);
        blocking(move || {
            File::open(&inner.blobs)?.sync_all()?;
            let kept = NamedTempFile::new_in(&inner.incoming).and_then(|mut probe| {
                probe.write_all(b"1")?;
                probe.as_file().sync_all()
            });
            let full = |error: &io::Error| {
                matches!(
                    error.kind(),
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
                )
            };
            match kept {
                Err(error) if !full(&error) => Err(error.into()),
                Err(_) | Ok(()) => Ok(()),
            }
        })
        .await
    }

    fn list(&self) -> BoxStream<'static, Result<Listed, Error>> {
        // One directory of the second level at a time, so that memory does not grow with the store.
        let children = |path: PathBuf| async move {
            let found = blocking(move || directories(&path)).await?;
            Ok(stream::iter(found.into_iter().map(Ok)))
        };
        let blobs = self.0.blobs.clone();
        stream::once(async move { Ok(blobs) })
            .and_then(children)
            .try_flatten()
            .and_then(children)
            .try_flatten()
            .and_then(|path| blocking(move || Inner::list(&path)))
            .map_ok(|listed| stream::iter(listed.into_iter().map(Ok)))
            .try_flatten()
            .boxed()
    }
}

/// How much of an upload is gathered before it is written: a change of threads for each segment would take longer than
/// encrypting it.
const GATHERED: usize = 1024 * 1024;

/// An upload on its way. What was gathered is written while the next is received, so an error may show one append later.
/// The temporary file goes with the value; an operation that is cancelled holds the file until it is done and drops it then.
struct Arriving {
    inner: Arc<Inner>,
    /// `None` after an error, and while it is written to.
    file: Option<NamedTempFile>,
    writing: Option<JoinHandle<io::Result<NamedTempFile>>>,
    gathered: Vec<Bytes>,
    length: usize,
}

impl Arriving {
    fn new(inner: Arc<Inner>, file: NamedTempFile) -> Self {
        Self {
            inner,
            file: Some(file),
            writing: None,
            gathered: Vec::new(),
            length: 0,
        }
    }

    /// The file, once what is being written is written.
    async fn take(&mut self) -> Result<NamedTempFile, Error> {
        if let Some(writing) = self.writing.take() {
            return Ok(writing.await.map_err(io::Error::other)??);
        }
        self.file
            .take()
            .ok_or_else(|| Error::Io(io::Error::other("this upload has failed before")))
    }
}

fn write(mut file: NamedTempFile, gathered: Vec<Bytes>) -> io::Result<NamedTempFile> {
    for bytes in gathered {
        file.write_all(&bytes)?;
    }
    Ok(file)
}

#[async_trait]
impl Upload for Arriving {
    async fn append(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.length += bytes.len();
        self.gathered.push(bytes);
        if self.length >= GATHERED {
            let file = self.take().await?;
            let gathered = std::mem::take(&mut self.gathered);
            self.length = 0;
            self.writing = Some(tokio::task::spawn_blocking(move || write(file, gathered)));
        }
        Ok(())
    }

    async fn finish(
        mut self: Box<Self>,
        address: &Address,
        head: &Head,
        existing: Existing,
    ) -> Result<(), Error> {
        let (file, inner) = (self.take().await?, Arc::clone(&self.inner));
        let gathered = std::mem::take(&mut self.gathered);
        let (address, head) = (*address, *head);
        blocking(move || {
            let file = write(file, gathered)?;
            Ok(inner.finish(file, &address, &head, existing)?)
        })
        .await
    }

    async fn abort(mut self: Box<Self>) -> Result<(), Error> {
        // After an error the file is gone already.
        let Ok(file) = self.take().await else {
            return Ok(());
        };
        blocking(move || Ok(file.close()?)).await
    }
}
