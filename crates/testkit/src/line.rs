//! A network line to a server that can fall silent, as when a machine in between is gone: nothing
//! arrives any more, and nobody is told; and that can be cut, so that both ends are.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// A line to one server.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    end: Arc<End>,
}

#[derive(Debug, Default)]
struct End {
    silent: Mutex<bool>,
    heard: Condvar,
    cut: Mutex<Cut>,
}

/// Whether the line is cut, and when it will be.
#[derive(Debug, Default)]
struct Cut {
    now: bool,
    /// After so many more bytes to the server.
    after: Option<usize>,
    open: Vec<TcpStream>,
}

impl End {
    fn wait_until_heard(&self) {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        while *silent {
            silent = self
                .heard
                .wait(silent)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn cut(&self) -> std::sync::MutexGuard<'_, Cut> {
        self.cut.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether these bytes still go to the server.
    fn carries(&self, length: usize) -> bool {
        let mut cut = self.cut();
        if let Some(left) = &mut cut.after {
            *left = left.saturating_sub(length);
            if *left == 0 {
                cut.after = None;
                cut.now = true;
                for end in cut.open.drain(..) {
                    // One that has ended by itself has nothing to be told.
                    let _ = end.shutdown(Shutdown::Both);
                }
            }
        }
        !cut.now
    }

    fn set(&self, silent: bool) {
        *self.silent.lock().unwrap_or_else(PoisonError::into_inner) = silent;
        self.heard.notify_all();
    }
}

impl Line {
    /// A line to the server at this `host:port`.
    ///
    /// # Errors
    /// When the machine has no port to give.
    pub fn to(server: &str) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let end = Arc::new(End::default());
        let (server, there) = (server.to_owned(), Arc::clone(&end));
        // It lives as long as the process of the test.
        thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                let (server, end) = (server.clone(), Arc::clone(&there));
                thread::spawn(move || connect(&caller, &server, &end));
            }
        });
        Ok(Self { address, end })
    }

    /// The same address of a database, by this line.
    ///
    /// # Errors
    /// As [`Line::to`].
    ///
    /// # Panics
    /// When the address is not of the form `postgres://who@host:port/database`.
    pub fn to_database(url: &str) -> io::Result<(Self, String)> {
        let (who, rest) = url.split_once('@').expect("who asks");
        let (server, database) = rest.split_once('/').expect("a database");
        let line = Self::to(server)?;
        let url = format!("{who}@{}/{database}", line.address);
        Ok((line, url))
    }

    /// Where it begins: `host:port`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Is cut when so many more bytes have gone to the server; nobody gets through then until it is mended.
    pub fn cut_after(&self, bytes: usize) {
        self.end.cut().after = Some(bytes);
    }

    /// Whether it is cut.
    pub fn is_cut(&self) -> bool {
        self.end.cut().now
    }

    /// Everybody gets through again who tries anew.
    pub fn mend(&self) {
        self.end.cut().now = false;
    }

    /// Nothing arrives any more; what is sent meanwhile waits.
    pub fn fall_silent(&self) {
        self.end.set(true);
    }

    /// Everything arrives again, and what waited.
    pub fn go_on(&self) {
        self.end.set(false);
    }
}

fn connect(caller: &TcpStream, server: &str, end: &Arc<End>) {
    end.wait_until_heard();
    if end.cut().now {
        return;
    }
    let Ok(server) = TcpStream::connect(server) else {
        return;
    };
    if let (Ok(one), Ok(other)) = (caller.try_clone(), server.try_clone()) {
        end.cut().open.extend([one, other]);
    }
    let both = (caller.try_clone(), server.try_clone());
    if let (Ok(from), Ok(to)) = both {
        let end = Arc::clone(end);
        thread::spawn(move || carry(from, to, &end, true));
    }
    if let Ok(caller) = caller.try_clone() {
        carry(server, caller, end, false);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, end: &End, there: bool) {
    let mut piece = [0; 16 * 1024];
    while let Ok(length) = from.read(&mut piece) {
        end.wait_until_heard();
        if there && !end.carries(length) {
            break;
        }
        if length == 0 || to.write_all(&piece[..length]).is_err() {
            break;
        }
    }
    // Best effort: the other side may be gone already.
    let _ = to.shutdown(Shutdown::Write);
}
