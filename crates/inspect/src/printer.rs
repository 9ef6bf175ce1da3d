//! The pages of an office document as a PDF, made by LibreOffice in a room of its own.
//!
//! LibreOffice is a large program that opens hundreds of files and starts others, so it cannot be shut in as a worker
//! shuts itself in: bubblewrap builds a room around it instead ([`Room`]).
//!
//! **Invariant:** without bubblewrap nothing is printed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::Failure;
use crate::room::{Room, Standing, on_path};

/// What one document can cost at most.
#[derive(Debug, Clone, Copy)]
pub struct PrintLimits {
    /// The largest document that is printed, in bytes.
    pub input: u64,
    /// The memory in which it, its pages and LibreOffice's own files lie, in bytes.
    pub room: u64,
    /// The addresses that each process in there may take, in bytes.
    pub memory: u64,
    /// The time that each process in there may compute.
    pub processor: Duration,
    /// The time that passes on the wall until the pages are there.
    pub time: Duration,
    /// How long a document waits for its turn.
    pub patience: Duration,
    /// How many may be printed at one time.
    pub at_once: usize,
}

impl Default for PrintLimits {
    fn default() -> Self {
        Self {
            input: 64 * 1024 * 1024,
            room: 512 * 1024 * 1024,
            memory: 4 * 1024 * 1024 * 1024,
            processor: Duration::from_mins(1),
            time: Duration::from_secs(90),
            patience: Duration::from_mins(1),
            at_once: 1,
        }
    }
}

/// How long pages that are there take to be taken at most.
const ALL_TAKEN: Duration = Duration::from_mins(10);

impl PrintLimits {
    /// How long its room stands at most, whatever happens.
    fn stands(&self) -> Duration {
        self.time + ALL_TAKEN
    }
}

/// Prints office documents. Cheap to clone; clones share their turns.
#[derive(Debug, Clone)]
pub struct Printer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    room: Room,
    office: PathBuf,
    limits: PrintLimits,
    turns: Arc<Semaphore>,
}

/// What is printed, by the end of its name (the media type that goes with it, RFC 6838).
const KINDS: &[(&str, &str)] = &[
    ("doc", "application/msword"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("docm", "application/vnd.ms-word.document.macroenabled.12"),
    ("rtf", "application/rtf"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("xls", "application/vnd.ms-excel"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("xlsm", "application/vnd.ms-excel.sheet.macroenabled.12"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("ppt", "application/vnd.ms-powerpoint"),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    (
        "pptm",
        "application/vnd.ms-powerpoint.presentation.macroenabled.12",
    ),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("odg", "application/vnd.oasis.opendocument.graphics"),
];

/// As what a document of this name and media type is printed: the end of a name. None when it is not printed.
pub fn prints(name: &str, media_type: &str) -> Option<&'static str> {
    let end = name
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase());
    KINDS
        .iter()
        .find(|(kind, _)| end.as_deref() == Some(*kind))
        .or_else(|| {
            KINDS
                .iter()
                .find(|(_, known)| known.eq_ignore_ascii_case(media_type))
        })
        .map(|(kind, _)| *kind)
}

/// How long one piece of them takes at most.
const TAKEN: Duration = Duration::from_secs(30);

/// What happens in the room. Its arguments: seconds of computing, KiB of addresses, the end of the name, the program.
///
/// It ends with 4 where the document is at fault: LibreOffice could not read it, ran out of its time or memory, or wrote less
/// than a whole PDF.
const SCRIPT: &str = r#"ulimit -c 0; ulimit -t "$1"; ulimit -v "$2"; ulimit -u 512 2>/dev/null || ulimit -p 512
cat > "/room/document.$3" || exit 3
"$4" -env:UserInstallation=file:///room/profile --headless --norestore --nolockcheck --nodefault --nologo \
  --convert-to pdf --outdir /room "/room/document.$3" </dev/null >/dev/null 2>&1 || exit 4
tail -c 1024 /room/document.pdf | grep -aq '%%EOF' || exit 4
exec cat /room/document.pdf"#;

impl Printer {
    /// Finds bubblewrap and LibreOffice on this machine and prints a page to see that they work here. Says what is missing.
    pub async fn find(limits: PrintLimits) -> Result<Self, String> {
        let office = on_path("soffice").ok_or("LibreOffice (soffice) is not installed")?;
        let mut folders = vec![PathBuf::from("/etc/libreoffice")];
        folders.extend(home(&office));
        // What is too little for any document says nothing of the machine.
        let usual = PrintLimits::default();
        let room = Room::find(folders, usual.room, usual.stands()).await?;
        let with = |limits: PrintLimits| {
            Self(Arc::new(Inner {
                room: room.clone().with(limits.room, limits.stands()),
                office: office.clone(),
                limits,
                turns: Arc::new(Semaphore::new(limits.at_once.max(1))),
            }))
        };
        let printer = with(usual);
        let turn = printer.turn().await.map_err(|error| error.to_string())?;
        let page = futures::stream::iter([Ok(Bytes::from_static(br"{\rtf1 a page}"))]);
        match printer.print(turn, "rtf", page).await {
            Ok(_) => Ok(with(limits)),
            Err(error) => Err(format!("LibreOffice does not print in its room: {error}")),
        }
    }

    /// What one document can cost at most.
    pub fn limits(&self) -> &PrintLimits {
        &self.0.limits
    }

    /// Waits for a turn: a document takes seconds, and a machine prints few at a time.
    pub async fn turn(&self) -> Result<Turn, Failure> {
        let turn = timeout(self.0.limits.patience, self.0.turns.clone().acquire_owned());
        turn.await
            .map_err(|_| Failure::TimedOut)?
            .map(Turn)
            .map_err(|_| Failure::NoWorker("there are no turns any more".to_owned()))
    }

    /// The pages of a document as a PDF. `kind` is what [`prints`] said of it. When this returns, they have been made.
    pub async fn print(
        &self,
        turn: Turn,
        kind: &'static str,
        content: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + Unpin + 'static, Failure> {
        let limits = self.0.limits;
        let seconds = limits.processor.as_secs().max(1).to_string();
        let addresses = (limits.memory / 1024).to_string();
        let office = self.0.office.to_string_lossy().into_owned();
        let no_worker = |error: io::Error| Failure::NoWorker(error.to_string());
        let mut room = self
            .0
            .room
            .start(
                "sh",
                &["-c", SCRIPT, "sh", &seconds, &addresses, kind, &office],
            )
            .map_err(no_worker)?;
        let (input, output) = room.pipes().map_err(no_worker)?;
        // Dropping what was begun takes down the room and all that is in it.
        let mut printing = Printing {
            room,
            output,
            _turn: turn.0,
        };
        let first = timeout(limits.time, async {
            send(input, content, limits.input).await?;
            printing
                .next(limits.time)
                .await
                .map_err(|error| match error.kind() {
                    io::ErrorKind::TimedOut => Failure::TimedOut,
                    io::ErrorKind::InvalidData => Failure::Unreadable(error.to_string()),
                    // What befell the machine is not held against the document.
                    _ => Failure::NoWorker(error.to_string()),
                })
        })
        .await
        .map_err(|_| Failure::TimedOut)??;
        let Some(first) = first else {
            return Err(Failure::Unreadable("no pages came out".to_owned()));
        };
        let rest = futures::stream::try_unfold(printing, |mut printing| async move {
            let piece = printing.next(TAKEN).await?;
            Ok(piece.map(|piece| (piece, printing)))
        });
        Ok(Box::pin(
            futures::stream::once(async move { Ok(first) }).chain(rest),
        ))
    }
}

/// Where LibreOffice lies when that is not below `/usr`: as its makers ship it, `/opt/libreoffice…/program/soffice`. Nothing
/// that is laid out in another way is let into the room.
fn home(office: &Path) -> Option<PathBuf> {
    let program = std::fs::canonicalize(office).ok()?;
    let beside = program.parent()?;
    let home = beside.parent()?;
    let is_its_own =
        beside.file_name().is_some_and(|name| name == "program") && home.components().count() > 2;
    (!program.starts_with("/usr") && is_its_own).then(|| home.to_path_buf())
}

/// The right to have one document printed.
#[derive(Debug)]
pub struct Turn(OwnedSemaphorePermit);

struct Printing {
    room: Standing,
    output: ChildStdout,
    _turn: OwnedSemaphorePermit,
}

impl Printing {
    /// The next piece of the pages; at their end, whether that was their end.
    async fn next(&mut self, most: Duration) -> io::Result<Option<Bytes>> {
        const PIECE: usize = 64 * 1024;
        let mut piece = BytesMut::with_capacity(PIECE);
        let late = |_| io::Error::from(io::ErrorKind::TimedOut);
        let read = timeout(most, self.output.read_buf(&mut piece));
        if read.await.map_err(late)?? > 0 {
            return Ok(Some(piece.freeze()));
        }
        let status = timeout(TAKEN, self.room.0.wait()).await.map_err(late)??;
        match status.code() {
            Some(0) => Ok(None),
            Some(4) => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "no pages could be made of it",
            )),
            _ => Err(io::Error::other(format!("printing ended with {status}"))),
        }
    }
}

/// Hands over the document. A room that was taken down meanwhile says why by its end.
async fn send(
    mut input: ChildStdin,
    content: impl Stream<Item = io::Result<Bytes>> + Send,
    most: u64,
) -> Result<(), Failure> {
    let mut content = std::pin::pin!(content);
    let mut sent = 0;
    while let Some(piece) = content.next().await {
        let piece = piece.map_err(Failure::Content)?;
        sent += piece.len() as u64;
        if sent > most {
            return Err(Failure::TooLarge);
        }
        if input.write_all(&piece).await.is_err() {
            return Ok(());
        }
    }
    let _ = input.shutdown().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn what_is_printed_is_told_by_its_name_and_then_by_its_type() {
        assert_eq!(prints("Return.DOCX", ""), Some("docx"));
        assert_eq!(prints("Return", "application/msword"), Some("doc"));
        assert_eq!(prints("a.b.ods", "text/plain"), Some("ods"));
        assert_eq!(prints("notes.txt", "text/plain"), None);
        assert_eq!(prints("picture.png", "image/png"), None);
        assert_eq!(prints("docx", ""), None);
    }

    /// What a program that was taken over by a document can do: each line is tried in the room, and says `yes` or `no`.
    #[tokio::test]
    async fn the_room_has_nothing_of_the_machine_in_it() {
        let printer = Printer::find(PrintLimits::default())
            .await
            .expect("bubblewrap and LibreOffice, which `cargo xtask test` installs");
        let door = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = door.local_addr().unwrap().port();
        let folder = tempfile::tempdir_in("/var/tmp").unwrap();
        let secret = folder.path().join("keys");
        std::fs::write(&secret, "of the realm").unwrap();
        let secret = secret.display();
        let tried = format!(
            "try() {{ if eval \"$1\" >/dev/null 2>&1; then echo yes; else echo no; fi; }}
             try 'echo begun > /room/file && cat /room/file'
             try 'test -r /usr/bin/soffice'
             try 'cat {secret}'
             try 'cat /etc/passwd'
             try 'ls /root || ls /home || ls /var || ls /run'
             try 'echo begun > /dev/file || echo begun > /dev/shm/file'
             try 'exec 3<>/dev/tcp/127.0.0.1/{port}'
             try 'echo begun > /usr/file'
             try 'echo begun > /file && test -w /etc'
             try 'kill -0 {own}'
             try 'unshare --user true'
             try 'mount -t tmpfs none /room'
             try 'dd if=/dev/zero of=/room/large bs=1M count=600'",
            own = std::process::id(),
        );
        let output = printer.0.room.said("bash", &["-c", &tried]).await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let mut expected = vec!["yes"; 2];
        expected.extend(["no"; 11]);
        assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    }
}
