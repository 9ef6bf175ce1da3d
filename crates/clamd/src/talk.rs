//! One conversation with clamd.

use std::io;
use std::pin::pin;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split};

use crate::Failure;

/// The longest piece that is sent with one length before it.
const PIECE: usize = 64 * 1024;
/// The longest answer that is listened to.
const ANSWER: u64 = 4096;

/// What came of handing a content over.
pub(crate) enum Heard {
    /// It is longer than what may be handed over.
    TooMuch,
    /// clamd said something: after everything was sent, or before.
    Said { text: String, after_all: bool },
}

/// How sending ended.
enum Sent {
    All,
    TooMuch,
    /// clamd takes no more: it says why.
    CutOff,
}

/// Sends a content, and listens meanwhile: clamd says at once what is wrong with a stream, and closes.
pub(crate) async fn talk(
    line: impl AsyncRead + AsyncWrite + Send,
    content: impl Stream<Item = io::Result<Bytes>> + Send,
    largest: u64,
) -> Result<Heard, Failure> {
    let (read, write) = split(line);
    let mut sending = pin!(send(write, content, largest));
    let mut listening = pin!(listen(read));
    tokio::select! {
        // Sending is looked at first: when both are ready, the answer is to all of it.
        biased;
        sent = &mut sending => {
            let after_all = match sent? {
                Sent::TooMuch => return Ok(Heard::TooMuch),
                Sent::All => true,
                Sent::CutOff => false,
            };
            Ok(Heard::Said { text: listening.await?, after_all })
        }
        said = &mut listening => Ok(Heard::Said { text: said?, after_all: false }),
    }
}

async fn send(
    mut to: impl AsyncWrite + Unpin,
    content: impl Stream<Item = io::Result<Bytes>> + Send,
    largest: u64,
) -> Result<Sent, Failure> {
    if to.write_all(b"zINSTREAM\0").await.is_err() {
        return Ok(Sent::CutOff);
    }
    let mut content = pin!(content);
    let mut length = 0_u64;
    while let Some(bytes) = content.next().await {
        let bytes = bytes.map_err(Failure::Content)?;
        length += bytes.len() as u64;
        if length > largest {
            return Ok(Sent::TooMuch);
        }
        // An empty piece would be the end of the stream; there is none among these.
        for piece in bytes.chunks(PIECE) {
            let header = u32::try_from(piece.len()).unwrap_or_default().to_be_bytes();
            if to.write_all(&header).await.is_err() || to.write_all(piece).await.is_err() {
                return Ok(Sent::CutOff);
            }
        }
    }
    if to.write_all(&[0; 4]).await.is_err() || to.flush().await.is_err() {
        return Ok(Sent::CutOff);
    }
    Ok(Sent::All)
}

/// Asks something that needs no content.
pub(crate) async fn answer(
    line: &mut (impl AsyncRead + AsyncWrite + Unpin),
    command: &[u8],
) -> Result<String, Failure> {
    line.write_all(command).await.map_err(Failure::Away)?;
    listen(line).await
}

/// Answers to commands that begin with z end with a NUL: one that does not was cut off.
async fn listen(from: impl AsyncRead + Unpin) -> Result<String, Failure> {
    let mut answer = Vec::new();
    let mut from = from.take(ANSWER);
    loop {
        if let Some(end) = answer.iter().position(|byte| *byte == 0) {
            answer.truncate(end);
            return Ok(String::from_utf8_lossy(&answer).trim().to_owned());
        }
        if from.limit() == 0 {
            return Err(Failure::Nonsense("more than an answer".to_owned()));
        }
        let more = from.read_buf(&mut answer).await.map_err(Failure::Away)?;
        if more == 0 {
            return Err(Failure::Away(io::ErrorKind::UnexpectedEof.into()));
        }
    }
}
