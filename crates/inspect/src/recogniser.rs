//! The words in pictures and on scanned pages, made out by tesseract in a room of its own.
//!
//! tesseract opens more than a worker may, so it cannot be shut in as one: bubblewrap builds a room around it ([`Room`]). Pages of
//! a PDF are drawn in there too (pdftoppm, of poppler). One room is for the pictures of one file: what a picture does to the
//! program that looks at it, it does to the pictures of whoever sent it.
//!
//! **Invariant:** what takes long keeps nobody waiting but what takes long too. Pictures are looked at for [`RecogniseLimits::quick`],
//! and go on where there is a turn for what takes longer, or give their turn back and begin anew when there is one.
//!
//! **Invariant:** what was made out poorly is still not read. It is told as text all the same, because a marking may be in it.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::answer::Sent;
use crate::reading::{Piece, PieceKind, Place, Reading};
use crate::room::{Room, on_path};

mod words;

/// What the pictures of one file can cost at most.
#[derive(Debug, Clone, Copy)]
pub struct RecogniseLimits {
    /// How many pictures of one file are looked at.
    pub pictures: usize,
    /// How many pages without text of one PDF.
    pub pages: usize,
    /// What these pictures and PDFs may come to, in bytes.
    pub bytes: u64,
    /// The memory in which they lie while they are looked at, in bytes.
    pub room: u64,
    /// The addresses that each process in there may take, in bytes.
    pub memory: u64,
    /// The time that each process in there may compute: it sees one page.
    pub processor: Duration,
    /// The time that passes on the wall for all of one file. What was made out until then counts.
    pub time: Duration,
    /// For how long the pictures of one file are looked at before they take long.
    pub quick: Duration,
    /// How long a file waits for its turn: longer than those before it take.
    pub patience: Duration,
    /// For how many files that take long at one time; besides those, for one that is quick.
    pub at_once: usize,
}

impl Default for RecogniseLimits {
    fn default() -> Self {
        Self {
            pictures: 40,
            pages: 60,
            bytes: 64 * 1024 * 1024,
            room: 256 * 1024 * 1024,
            memory: 2 * 1024 * 1024 * 1024,
            processor: Duration::from_secs(30),
            time: Duration::from_mins(2),
            quick: Duration::from_secs(2),
            patience: Duration::from_mins(6),
            at_once: 1,
        }
    }
}

impl RecogniseLimits {
    /// How long a room stands at most, whatever happens.
    fn stands(&self) -> Duration {
        self.quick + self.time + Duration::from_secs(30)
    }
}

/// Makes out the words in pictures. Cheap to clone; clones share their turns.
#[derive(Debug, Clone)]
pub struct Recogniser(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    room: Room,
    limits: RecogniseLimits,
    /// For what is quick, or not known to take long yet.
    quick: Semaphore,
    /// For what takes long.
    long: Semaphore,
}

/// Pictures that a worker came upon, as it came upon them: nobody has parsed them out here, and nobody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) bytes: Vec<u8>,
    pub(crate) shown: Shown,
}

/// What is on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Shown {
    /// One picture, which was told as this of what was not read.
    Picture(usize),
    /// Pages of a PDF: their numbers, and as what they were told.
    Pages(Vec<(u32, usize)>),
}

/// What happens in the room. Its arguments: seconds of computing, KiB of addresses.
///
/// For every picture comes a line (how many bytes, what it is, its pages) and the bytes. What is said of each begins with a line
/// `=` and ends with a line `.` and how tesseract ended. A page is drawn so that its longer side has as many points as 200 to the
/// inch make of A4, however large it says that it is.
const SCRIPT: &str = r#"ulimit -c 0; ulimit -t "$1"; ulimit -v "$2"; ulimit -u 64 2>/dev/null || ulimit -p 64
look() { echo "= $2 $3"; tesseract "$1" - --psm 1 -l eng tsv 2>/dev/null </dev/null; echo ". $?"; }
number=0
while read -r length kind pages; do
  head -c "$length" > /room/picture || exit 3
  if [ "$kind" = pdf ]; then
    for page in $pages; do
      pdftoppm -singlefile -gray -scale-to 2339 -f "$page" -l "$page" /room/picture /room/page </dev/null >/dev/null 2>&1 &&
        look /room/page.pgm "$number" "$page"
      rm -f /room/page.pgm
    done
  else
    look /room/picture "$number" 0
  fi
  number=$((number + 1))
done"#;

/// The most that is heard of one page and of one file, in bytes: a word is a line of about sixty.
const SAID: (usize, usize) = (512 * 1024, 16 * 1024 * 1024);

impl Recogniser {
    /// Finds bubblewrap, tesseract with its English, and pdftoppm on this machine. Says what is missing.
    pub async fn find(limits: RecogniseLimits) -> Result<Self, String> {
        on_path("tesseract").ok_or("tesseract (tesseract-ocr) is not installed")?;
        on_path("pdftoppm").ok_or("pdftoppm (poppler-utils) is not installed")?;
        let room = Room::find(Vec::new(), limits.room, limits.stands()).await?;
        let languages = room.said("tesseract", &["--list-langs"]);
        let languages = timeout(Duration::from_secs(30), languages)
            .await
            .map_err(|_| "tesseract does not end".to_owned())?
            .map_err(|error| format!("tesseract cannot be started: {error}"))?;
        let said = String::from_utf8_lossy(&languages.stdout).into_owned();
        if !said.lines().any(|line| line.trim() == "eng") {
            return Err("tesseract has no English (tesseract-ocr-eng) in its room".to_owned());
        }
        Ok(Self(Arc::new(Inner {
            room,
            limits,
            quick: Semaphore::new(1),
            long: Semaphore::new(limits.at_once.max(1)),
        })))
    }

    /// What the pictures of one file can cost at most.
    pub fn limits(&self) -> &RecogniseLimits {
        &self.0.limits
    }

    /// Adds to a reading what is in its pictures, and takes away from what was not read what was made out well. Where something
    /// comes between, what was made out until then counts, and the rest is as unread as it was.
    pub(crate) async fn add(&self, reading: &mut Reading, pictures: &[Picture]) {
        if pictures.is_empty() {
            return;
        }
        let Inner {
            limits,
            quick,
            long,
            ..
        } = &*self.0;
        let (mut said, mut is_late) = (Vec::new(), false);
        let is_done = {
            let Ok(Ok(turn)) = timeout(limits.patience, quick.acquire()).await else {
                return;
            };
            let mut looking = pin!(self.look(pictures, &mut said));
            if timeout(limits.quick.min(limits.time), &mut looking)
                .await
                .is_ok()
            {
                true
            } else if let Ok(_turn) = long.try_acquire() {
                drop(turn);
                is_late |= timeout(limits.time, looking).await.is_err();
                true
            } else {
                false
            }
        };
        // Its room is gone, and its turn given back.
        if !is_done && let Ok(Ok(_turn)) = timeout(limits.patience, long.acquire()).await {
            said.clear();
            is_late |= timeout(limits.time, self.look(pictures, &mut said))
                .await
                .is_err();
        }
        if is_late {
            // What was made out until then counts.
            tracing::debug!("the pictures of a file took too long to be made out");
        }
        tell(reading, pictures, &String::from_utf8_lossy(&said));
    }

    /// Has pictures looked at in a room, which goes with this, and all that is in there.
    async fn look(&self, pictures: &[Picture], said: &mut Vec<u8>) {
        let Inner { room, limits, .. } = &*self.0;
        let seconds = limits.processor.as_secs().max(1).to_string();
        let addresses = (limits.memory / 1024).to_string();
        let Ok(mut standing) = room.start("sh", &["-c", SCRIPT, "sh", &seconds, &addresses]) else {
            return;
        };
        let Ok((input, mut output)) = standing.pipes() else {
            return;
        };
        let pages: usize = pictures.iter().map(Picture::pages).sum();
        let most = SAID.1.min(pages * SAID.0);
        let (_, ()) = tokio::join!(send(input, pictures), receive(&mut output, said, most));
    }
}

impl Picture {
    /// What is said of it before it comes.
    pub(crate) fn sent(&self) -> Sent {
        Sent {
            length: self.bytes.len(),
            shown: self.shown.clone(),
        }
    }

    fn pages(&self) -> usize {
        match &self.shown {
            Shown::Picture(_) => 1,
            Shown::Pages(pages) => pages.len(),
        }
    }

    /// As which of what was not read this page was told.
    fn missing(&self, page: u32) -> Option<usize> {
        match &self.shown {
            Shown::Picture(missing) => Some(*missing),
            Shown::Pages(pages) => pages
                .iter()
                .find(|(number, _)| *number == page)
                .map(|(_, missing)| *missing),
        }
    }
}

async fn send(mut input: ChildStdin, pictures: &[Picture]) -> io::Result<()> {
    for picture in pictures {
        let what = match &picture.shown {
            Shown::Picture(_) => "picture".to_owned(),
            Shown::Pages(pages) => {
                let pages: Vec<String> = pages.iter().map(|(page, _)| page.to_string()).collect();
                format!("pdf {}", pages.join(" "))
            }
        };
        let line = format!("{} {what}\n", picture.bytes.len());
        input.write_all(line.as_bytes()).await?;
        input.write_all(&picture.bytes).await?;
    }
    input.shutdown().await
}

async fn receive(output: &mut ChildStdout, said: &mut Vec<u8>, most: usize) {
    // Into what outlives this, so that it is not lost when the time runs out.
    while said.len() < most && matches!(output.read_buf(said).await, Ok(1..)) {}
}

/// Adds what was said of the pictures.
fn tell(reading: &mut Reading, pictures: &[Picture], said: &str) {
    let mut done = Vec::new();
    for look in words::looks(said) {
        let Some(missing) = pictures
            .get(look.picture)
            .and_then(|picture| picture.missing(look.page))
        else {
            continue;
        };
        // A number of a worker's: it may lead anywhere.
        let Some(of) = reading
            .missing
            .get(missing)
            .filter(|of| of.why.may_be_made_out())
        else {
            continue;
        };
        let (file, part) = (of.file, of.part.clone());
        for (number, page) in look.pages.iter().enumerate() {
            let is_page = look.page > 0;
            let place = Place {
                part: match (is_page, part.is_empty()) {
                    (true, _) => "page".to_owned(),
                    (false, true) => "picture".to_owned(),
                    (false, false) => format!("picture {part}"),
                },
                page: match (is_page, look.pages.len()) {
                    (true, _) => Some(look.page),
                    (false, 1) => None,
                    (false, _) => u32::try_from(number + 1).ok(),
                },
                recognised: true,
            };
            reading.places.push(place);
            add(reading, file, &page.lines);
        }
        if look.is_good() {
            done.push(missing);
        }
    }
    let mut at = 0;
    reading.missing.retain(|_| {
        at += 1;
        !done.contains(&(at - 1))
    });
}

/// How many lines at the beginning and end of a page are its top and bottom.
const EDGE: usize = 3;

fn add(reading: &mut Reading, file: usize, lines: &[String]) {
    let place = reading.places.len() - 1;
    for (at, line) in lines.iter().enumerate() {
        reading.pieces.push(Piece {
            file,
            place,
            line: u32::try_from(at + 1).unwrap_or(u32::MAX),
            kind: PieceKind::Body,
            top: at < EDGE,
            bottom: at + EDGE >= lines.len(),
            text: line.clone(),
        });
    }
}

#[cfg(test)]
mod tests;
