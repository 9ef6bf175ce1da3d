//! What a worker might do once a hostile file has taken it over: for the tests of the walls, and no part of any program
//! that is shipped. It is told what to do by its last argument, or by the name that it is started under.

#![allow(
    clippy::print_stdout,
    reason = "it says on standard output how far it got"
)]

use std::fs::File;
use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use inspect::{Limits, shut_in};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let started = Path::new(&arguments[0])
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let what = match arguments.get(1).map(String::as_str) {
        Some("worker") | None => started,
        Some(what) => what,
    };
    if what == "honest" {
        return honest();
    }
    #[cfg(target_os = "linux")]
    if what == "without seccomp" {
        take_seccomp_away();
        return honest();
    }
    let mut limits = Limits {
        memory: 256 * 1024 * 1024,
        ..Limits::default()
    };
    // On a busy machine, taking all the memory takes more than a second too.
    if what == "spin" {
        limits.processor = Duration::from_secs(1);
    }
    match shut_in(&limits) {
        Ok(walls) if what == "look" => println!("{walls}"),
        Ok(_) => act(what),
        Err(why) => println!("not shut in: {why}"),
    }
    ExitCode::SUCCESS
}

/// As on a machine that has none: no filter can be set in this process any more.
#[cfg(target_os = "linux")]
fn take_seccomp_away() {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

    #[allow(clippy::cast_sign_loss, reason = "an error number is not negative")]
    let refused = SeccompAction::Errno(libc::ENOSYS as u32);
    let filter = std::env::consts::ARCH.try_into().and_then(|machine| {
        let rules = [(libc::SYS_seccomp, Vec::new())].into();
        SeccompFilter::new(rules, SeccompAction::Allow, refused, machine)
    });
    let program: Result<BpfProgram, _> = filter.and_then(TryInto::try_into);
    if let Ok(program) = program {
        let _ = seccompiler::apply_filter(&program);
    }
}

fn honest() -> ExitCode {
    inspect::worker(std::env::args_os().skip(1)).unwrap_or(ExitCode::FAILURE)
}

fn act(what: &str) {
    let outcome = match what {
        "open" => File::open("/etc/passwd").map(drop),
        "look around" => std::fs::read_dir("/").map(drop),
        "write" => File::create("/tmp/chancery-mischief").map(drop),
        "connect" => TcpStream::connect("127.0.0.1:9").map(drop),
        "listen" => TcpListener::bind("127.0.0.1:0").map(drop),
        "send" => UdpSocket::bind("127.0.0.1:0").map(drop),
        "talk" => UnixStream::pair().map(drop),
        "start" => Command::new("/bin/true").spawn().map(drop),
        "become" => Err(Command::new("/bin/true").exec()),
        "multiply" => std::thread::Builder::new().spawn(|| ()).map(drop),
        "allocate" => {
            let mut all: Vec<Vec<u8>> = Vec::new();
            loop {
                all.push(black_box(vec![1; 1 << 20]));
            }
        }
        "spin" => loop {
            black_box(0);
        },
        "overflow" => {
            println!("{}", deeper(1));
            Ok(())
        }
        // Badly behaved towards whoever reads the answer.
        "flood" => loop {
            if std::io::stdout().write_all(&[b'x'; 4096]).is_err() {
                return;
            }
        },
        "keep silent" => loop {
            let _ = std::io::stdin().read(&mut [0; 16]);
        },
        "babble" => {
            println!("[1, 2");
            Ok(())
        }
        other => {
            println!("there is no {other}");
            return;
        }
    };
    match outcome {
        Ok(()) => println!("done"),
        Err(error) => println!("{error}"),
    }
}

#[allow(unconditional_recursion, reason = "that is the mischief")]
fn deeper(by: u64) -> u64 {
    let room = black_box([by; 64]);
    deeper(room[0] + 1) + room[1]
}
