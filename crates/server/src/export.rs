//! `chancery export`: everything that one organisation owns, into a directory or an archive.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chancery::keeping::{self, Bundle};
use chancery::kernel::{Actor, Id, thing};
use clap::Args;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::{Fault, Opened};

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The organisation; its id is in the address of its page.
    #[arg(long)]
    organisation: Id<thing::Organisation>,
    /// A directory that is not there yet, or a file that ends in .zip.
    #[arg(long)]
    to: PathBuf,
}

/// Writes beside the place first, and moves there what is whole.
pub(crate) async fn perform(config: &Path, asked: &Export) -> Result<ExitCode, Fault> {
    let to = &asked.to;
    if to.exists() {
        return Err(Fault::Said(format!("{} is there already", to.display())));
    }
    let opened = Opened::from_file(config).await?;
    let parent = match to.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let making = tempfile::Builder::new()
        .prefix(".export-")
        .tempdir_in(parent)
        .map_err(Fault::machine("making a directory for the export"))?;
    let archive = to
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    let made = making.path().join("export");
    let mut bundle: Box<dyn Bundle> = if archive {
        Box::new(Archive::create(&made).map_err(Fault::machine("making the archive"))?)
    } else {
        Box::new(Folder::create(&made).map_err(Fault::machine("making the export"))?)
    };
    let console = Actor::console(&opened.realm);
    let outcome = keeping::export(&console, asked.organisation, &mut *bundle).await;
    opened.realm.close().await;
    let done = outcome.map_err(|error| match error {
        chancery::Error::NotFound => {
            Fault::Said(format!("there is no organisation {}", asked.organisation))
        }
        other => other.into(),
    })?;
    bundle
        .finish()
        .and_then(|()| fs::rename(&made, to))
        .and_then(|()| File::open(parent)?.sync_all())
        .map_err(Fault::machine("putting the export in its place"))?;
    println!(
        "Everything that {} owns is in {}: {} files of content, {} bytes. It is not encrypted: keep it as safe as the realm.",
        done.organisation,
        to.display(),
        done.contents,
        done.bytes
    );
    if done.sealed > 0 {
        println!(
            "{} versions of sealed documents are without their content.",
            done.sealed
        );
    }
    for damaged in &done.damaged {
        println!("  WRONG  {damaged}");
    }
    Ok(if done.damaged.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Files in a directory, for its owner alone.
struct Folder {
    root: PathBuf,
    open: Option<BufWriter<File>>,
}

impl Folder {
    fn create(root: &Path) -> io::Result<Self> {
        directory(root)?;
        Ok(Self {
            root: root.to_owned(),
            open: None,
        })
    }
}

fn directory(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

fn file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

fn none_open() -> io::Error {
    io::Error::other("no file of the export is open")
}

impl Bundle for Folder {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        let path = self.root.join(path);
        if let Some(parent) = path.parent() {
            directory(parent)?;
        }
        self.open = Some(BufWriter::with_capacity(128 * 1024, file(&path)?));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.open.as_mut().ok_or_else(none_open)?.write_all(bytes)
    }

    fn end(&mut self) -> io::Result<()> {
        let file = self.open.take().ok_or_else(none_open)?;
        file.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Files in a ZIP archive.
struct Archive(Option<ZipWriter<BufWriter<File>>>);

impl Archive {
    fn create(path: &Path) -> io::Result<Self> {
        Ok(Self(Some(ZipWriter::new(BufWriter::new(file(path)?)))))
    }

    fn open(&mut self) -> io::Result<&mut ZipWriter<BufWriter<File>>> {
        self.0.as_mut().ok_or_else(none_open)
    }
}

impl Bundle for Archive {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        // Files of more than 4 GiB need to be foreseen.
        let options = SimpleFileOptions::default()
            .large_file(true)
            .unix_permissions(0o600);
        Ok(self.open()?.start_file(path, options)?)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.open()?.write_all(bytes)
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let writer = self.0.take().ok_or_else(none_open)?;
        let file = writer.finish()?;
        file.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()
    }
}
