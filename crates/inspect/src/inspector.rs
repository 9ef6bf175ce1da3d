//! The parent's side: one process for each file, and an end to it whatever the file does.
//!
//! Starting a process and shutting it in takes longer than reading most files, so a few are started ahead (`ahead`): they have
//! their walls up and wait for their one file. None of them has seen any file before its own, and none sees another.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::answer::{Answer, Asked, Sent, Want, is_markdown};
use crate::recogniser::{Picture, Recogniser};
use crate::worker::WORKER;
use crate::{Failure, Limits, Reading, Text, View, Walls};

/// Reads untrusted files, each in a process of its own. Cheap to clone; clones share their turns.
#[derive(Debug, Clone)]
pub struct Inspector(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    program: PathBuf,
    limits: Limits,
    turns: Semaphore,
    recogniser: Option<Recogniser>,
    /// Those that wait for a file.
    ahead: Mutex<Vec<Started>>,
}

/// A worker that has been started and has not seen a file.
#[derive(Debug)]
struct Started {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Inspector {
    /// Starts the program that this process runs, also when its file was replaced meanwhile.
    pub fn own(limits: Limits) -> io::Result<Self> {
        if cfg!(target_os = "linux") {
            Ok(Self::at("/proc/self/exe", limits))
        } else {
            Ok(Self::at(std::env::current_exe()?, limits))
        }
    }

    /// Starts this program: it asks [`worker`](crate::worker) first whether it is one.
    pub fn at(program: impl Into<PathBuf>, limits: Limits) -> Self {
        Self(Arc::new(Inner {
            program: program.into(),
            limits,
            turns: Semaphore::new(limits.at_once.max(1)),
            recogniser: None,
            ahead: Mutex::default(),
        }))
    }

    /// The same, with somebody who makes out what stands in pictures. Turns are its own.
    #[must_use]
    pub fn with_recogniser(self, recogniser: Recogniser) -> Self {
        Self(Arc::new(Inner {
            program: self.0.program.clone(),
            limits: self.0.limits,
            turns: Semaphore::new(self.0.limits.at_once.max(1)),
            recogniser: Some(recogniser),
            ahead: Mutex::default(),
        }))
    }

    /// Who makes out what stands in pictures, if anybody does.
    pub fn recogniser(&self) -> Option<&Recogniser> {
        self.0.recogniser.as_ref()
    }

    /// What one file can cost at most.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Which walls stand around a worker on this machine. Fails when nothing can be read here at all.
    pub async fn check(&self) -> Result<Walls, Failure> {
        match self
            .ask(Want::Walls, "", &[], "", futures::stream::empty())
            .await?
        {
            Answer::Walls(walls) => Ok(walls),
            _ => Err(nonsense()),
        }
    }

    /// The text of a file. `media_type` and `name` say what it is where the file itself does not.
    pub async fn text(
        &self,
        name: &str,
        media_type: &str,
        content: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<Text, Failure> {
        match self.ask(Want::Text, name, &[], media_type, content).await? {
            Answer::Text(text) => Ok(text),
            _ => Err(nonsense()),
        }
    }

    /// What of a file can be shown on a page.
    pub async fn view(
        &self,
        name: &str,
        media_type: &str,
        content: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<View, Failure> {
        match self.ask(Want::View, name, &[], media_type, content).await? {
            Answer::View(view) => view.agreed(is_markdown(name, media_type)).ok_or_else(|| {
                Failure::Unreadable("what was made of it is not fit for a page".to_owned())
            }),
            _ => Err(nonsense()),
        }
    }

    /// All that a file says, wherever in it that is, and what could not be read. `folders` are the names of those that it lies in,
    /// the nearest last. Fails only where no worker read it to its end: whoever asks must not take such a file for one that says
    /// nothing ([`Reading::failed`]).
    pub async fn scan(
        &self,
        name: &str,
        folders: &[&str],
        media_type: &str,
        content: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<Reading, Failure> {
        let (answer, rest) = self
            .converse_in_turn(Want::Scan, name, folders, media_type, content)
            .await?;
        let Answer::Scan(reading, sent) = answer else {
            return Err(nonsense());
        };
        let mut reading = reading.agreed().ok_or_else(nonsense)?;
        // The worker is gone, and its turn given back: pictures take longer than all else.
        if let Some(recogniser) = &self.0.recogniser {
            let pictures = taken(sent, &rest).ok_or_else(nonsense)?;
            recogniser.add(&mut reading, &pictures).await;
        }
        Ok(reading)
    }

    async fn ask(
        &self,
        want: Want,
        name: &str,
        folders: &[&str],
        media_type: &str,
        content: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<Answer, Failure> {
        let answered = self.converse_in_turn(want, name, folders, media_type, content);
        answered.await.map(|(answer, _)| answer)
    }

    /// The answer, and the bytes that come after it.
    async fn converse_in_turn(
        &self,
        want: Want,
        name: &str,
        folders: &[&str],
        media_type: &str,
        content: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<(Answer, Vec<u8>), Failure> {
        let Inner { limits, turns, .. } = &*self.0;
        let _turn = timeout(limits.patience, turns.acquire())
            .await
            .map_err(|_| Failure::TimedOut)?
            .map_err(|_| Failure::NoWorker("there are no turns any more".to_owned()))?;
        let asked = Asked {
            want,
            // The end of a name is what says something.
            name: name
                .chars()
                .rev()
                .take(300)
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect(),
            folder: folders
                .iter()
                .rev()
                .take(16)
                .rev()
                .map(|folder| folder.chars().take(300).collect())
                .collect(),
            media_type: media_type.chars().take(300).collect(),
            limits: *limits,
            pictures: self.0.recogniser.as_ref().map(|recogniser| {
                let limits = recogniser.limits();
                (limits.pictures, limits.pages, limits.bytes)
            }),
        };
        // The worker is killed when this future is dropped: by the time running out, or by whoever asked going away.
        match timeout(limits.time, self.converse(&asked, content)).await {
            Ok(Ok((answer, rest))) => match answer {
                Answer::Failed(told) => Err(told.into()),
                other => Ok((other, rest)),
            },
            Ok(Err(failure)) => Err(failure),
            Err(_) => Err(Failure::TimedOut),
        }
    }

    async fn converse(
        &self,
        asked: &Asked,
        content: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<(Answer, Vec<u8>), Failure> {
        let no_worker = |error: io::Error| Failure::NoWorker(error.to_string());
        let Started {
            mut child,
            input,
            output,
        } = self.0.next().map_err(no_worker)?;
        let most = match asked.want {
            Want::Scan => {
                self.0.limits.answer_to_scan() + asked.pictures.map_or(0, |(_, _, bytes)| bytes)
            }
            _ => self.0.limits.answer(),
        };
        let ((), answer) = tokio::try_join!(send(input, asked, content), receive(output, most))?;
        if answer.len() as u64 > most {
            return Err(nonsense());
        }
        let status = child.wait().await.map_err(no_worker)?;
        if status.success() {
            return apart(answer).ok_or_else(nonsense);
        }
        Err(end(status))
    }
}

impl Inner {
    /// A worker for one file. Another is started in its stead, which gets ready while this one reads.
    fn next(&self) -> io::Result<Started> {
        let mut ready = self.waiting().pop();
        // One that has come to an end while it waited was ended by somebody else: its file is not to suffer for it.
        while let Some(started) = &mut ready
            && !matches!(started.child.try_wait(), Ok(None))
        {
            ready = self.waiting().pop();
        }
        let next = ready.map_or_else(|| self.start(), Ok)?;
        if self.waiting().len() < self.limits.at_once
            && let Ok(another) = self.start()
        {
            self.waiting().push(another);
        }
        Ok(next)
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Started>> {
        // Nothing in there can be half done.
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a worker and tells it its limits, with which it shuts itself in.
    fn start(&self) -> io::Result<Started> {
        // It gets nothing of ours: no variable, no directory, no other descriptor. What it would say on standard
        // error could quote the file, and is not listened to.
        let limits = serde_json::to_string(&self.limits)?;
        let mut child = Command::new(&self.program)
            .args(WORKER)
            .arg(limits)
            .env_clear()
            // An allocator that reserves a gigabyte at its start would have taken all of the limit on memory before it is set.
            .env("MIMALLOC_ARENA_RESERVE", "64MiB")
            // Pages of two megabytes are cleared before the first byte of each is used, which most files do not need.
            .env("MIMALLOC_ALLOW_THP", "0")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("it has no pipes"));
        };
        Ok(Started {
            child,
            input,
            output,
        })
    }
}

/// Hands the worker its request and the file. A worker that has heard enough closes its end, which is no fault.
async fn send(
    mut input: ChildStdin,
    asked: &Asked,
    content: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Result<(), Failure> {
    let request = serde_json::to_vec(asked).map_err(|_| nonsense())?;
    let length = u32::try_from(request.len()).map_err(|_| nonsense())?;
    let begun = async {
        input.write_all(&length.to_be_bytes()).await?;
        input.write_all(&request).await
    };
    if begun.await.is_err() {
        return Ok(());
    }
    let mut content = std::pin::pin!(content);
    while let Some(piece) = content.next().await {
        if input
            .write_all(&piece.map_err(Failure::Content)?)
            .await
            .is_err()
        {
            return Ok(());
        }
    }
    let _ = input.shutdown().await;
    Ok(())
}

/// The answer, and what comes after it.
fn apart(mut answer: Vec<u8>) -> Option<(Answer, Vec<u8>)> {
    let mut said = serde_json::Deserializer::from_slice(&answer).into_iter::<Answer>();
    let first = said.next()?.ok()?;
    let end = said.byte_offset();
    Some((first, answer.split_off(end)))
}

/// The pictures that come after an answer: as many and as long as it says.
fn taken(sent: Vec<Sent>, mut rest: &[u8]) -> Option<Vec<Picture>> {
    let mut pictures = Vec::new();
    for Sent { length, shown } in sent {
        let bytes = rest.split_off(..length)?.to_vec();
        pictures.push(Picture { bytes, shown });
    }
    rest.is_empty().then_some(pictures)
}

async fn receive(output: ChildStdout, most: u64) -> Result<Vec<u8>, Failure> {
    let mut answer = Vec::new();
    let heard = output
        .take(most.saturating_add(1))
        .read_to_end(&mut answer)
        .await;
    match heard {
        Ok(_) => Ok(answer),
        Err(error) => Err(Failure::Crashed(error.to_string())),
    }
}

fn end(status: ExitStatus) -> Failure {
    /// SIGXCPU: the limit on computing time was reached.
    const OUT_OF_TIME: i32 = 24;
    match status.signal() {
        Some(OUT_OF_TIME) => Failure::TimedOut,
        Some(signal) => Failure::Crashed(format!("signal {signal}")),
        None => Failure::Crashed(status.to_string()),
    }
}

fn nonsense() -> Failure {
    Failure::Crashed("it did not answer as agreed".to_owned())
}
