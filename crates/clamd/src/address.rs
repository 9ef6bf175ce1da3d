//! Where a clamd is.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

/// The text says no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be unix: and an absolute path, such as unix:/run/clamav/clamd.ctl, or tcp:// with a host and a port, such as tcp://127.0.0.1:3310"
)]
pub struct NotAnAddress;

/// A socket on this machine, or a host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Unix(PathBuf),
    Tcp { host: String, port: u16 },
}

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path);
            return if path.is_absolute() {
                Ok(Self::Unix(path))
            } else {
                Err(NotAnAddress)
            };
        }
        let (host, port) = text
            .strip_prefix("tcp://")
            .and_then(|rest| rest.rsplit_once(':'))
            .ok_or(NotAnAddress)?;
        let port = port.parse().ok().filter(|port| *port > 0);
        let host = match host.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']').ok_or(NotAnAddress)?,
            None if host.contains(':') => return Err(NotAnAddress),
            None => host,
        };
        let clean = |letter: char| letter.is_ascii_alphanumeric() || "-._:".contains(letter);
        match port {
            Some(port) if !host.is_empty() && host.chars().all(clean) => Ok(Self::Tcp {
                host: host.to_owned(),
                port,
            }),
            _ => Err(NotAnAddress),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp://{host}:{port}"),
        }
    }
}

impl Address {
    pub(crate) async fn connect(&self) -> io::Result<Line> {
        Ok(match self {
            Self::Unix(path) => Line::Unix(UnixStream::connect(path).await?),
            Self::Tcp { host, port } => {
                Line::Tcp(TcpStream::connect((host.as_str(), *port)).await?)
            }
        })
    }
}

/// A connection, of either kind.
#[derive(Debug)]
pub(crate) enum Line {
    Unix(UnixStream),
    Tcp(TcpStream),
}

macro_rules! either {
    ($line:expr, $stream:ident => $does:expr) => {
        match $line.get_mut() {
            Line::Unix($stream) => {
                let $stream = Pin::new($stream);
                $does
            }
            Line::Tcp($stream) => {
                let $stream = Pin::new($stream);
                $does
            }
        }
    };
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_read(cx, into))
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self, stream => stream.poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_shutdown(cx))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for text in [
            "unix:/run/clamav/clamd.ctl",
            "tcp://127.0.0.1:3310",
            "tcp://scanner.example.org:3310",
            "tcp://[::1]:3310",
        ] {
            let address: Address = text.parse().expect(text);
            assert_eq!(address.to_string(), text);
        }
        for text in [
            "",
            "unix:",
            "unix:clamd.ctl",
            "/run/clamav/clamd.ctl",
            "tcp://127.0.0.1",
            "tcp://:3310",
            "tcp://host:0",
            "tcp://host:99999",
            "tcp://::1:3310",
            "tcp://[::1:3310",
            "tcp://user@host:3310",
            "tcp://host/path:3310",
            "http://host:3310",
        ] {
            assert_eq!(text.parse::<Address>(), Err(NotAnAddress), "{text}");
        }
    }
}
