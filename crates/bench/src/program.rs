//! The program that is measured, as a process of its own.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use crate::scene::Engine;
use crate::wire::Wire;
use crate::{Outcome, requests};

/// A free port of this machine.
pub(crate) fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A running program. It goes with this value.
pub(crate) struct Program {
    child: Child,
    pid: u32,
    pub(crate) address: SocketAddr,
    pub(crate) engine: Engine,
    /// From its start as a process to its first answer.
    pub(crate) start_up: Duration,
}

impl Program {
    /// Starts it over a realm, and waits for its first answer.
    pub(crate) async fn start(
        program: &Path,
        config: &Path,
        port: u16,
        engine: Engine,
    ) -> Outcome<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let log = std::fs::File::create(config.with_extension("log"))?;
        let begun = Instant::now();
        let child = Command::new(program)
            .arg("--config")
            .arg(config)
            .arg("serve")
            .env("CHANCERY__SERVER__TIMING", "true")
            .env("CHANCERY_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let pid = child.id().ok_or("the program ended at once")?;
        let mut program = Self {
            child,
            pid,
            address,
            engine,
            start_up: Duration::ZERO,
        };
        while begun.elapsed() < Duration::from_mins(1) {
            if let Some(status) = program.child.try_wait()? {
                let log = std::fs::read_to_string(config.with_extension("log"))?;
                return Err(format!("the program ended with {status}: {log}").into());
            }
            if let Ok(mut wire) = Wire::open(address).await {
                let answer = wire.send(requests::page("/sign-in", "")?, false).await?;
                if answer.status == hyper::StatusCode::OK {
                    program.start_up = begun.elapsed();
                    return Ok(program);
                }
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err("the program did not answer within a minute".into())
    }

    /// Resident memory in MB: now, and the most there was.
    pub(crate) fn memory(&self) -> Outcome<(f64, f64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let field = |name: &str| -> Option<f64> {
            let line = status.lines().find(|line| line.starts_with(name))?;
            let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
            Some(kib * 1024.0 / 1e6)
        };
        field("VmRSS:")
            .zip(field("VmHWM:"))
            .ok_or_else(|| "this machine does not say how much memory a process has".into())
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn stop(mut self) -> Outcome {
        if let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) {
            kill_process(pid, Signal::TERM)?;
        }
        let ended = tokio::time::timeout(Duration::from_mins(1), self.child.wait()).await;
        ended.map_err(|_| "the program did not stop within a minute")??;
        Ok(())
    }
}

/// Something that answers requests, and whose processor time can be read.
pub(crate) trait Served {
    /// Where it listens.
    fn address(&self) -> SocketAddr;
    /// What it is called in the tables.
    fn name(&self) -> &'static str;
    /// What it used so far.
    fn cpu(&self) -> Cpu;
}

impl Served for Program {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn name(&self) -> &'static str {
        self.engine.name()
    }

    fn cpu(&self) -> Cpu {
        Cpu::now(self)
    }
}

/// What a process and those that it started used so far.
pub(crate) fn used_by(pid: u32) -> Duration {
    family(pid).into_iter().map(|(_, stat)| stat.used).sum()
}

/// Resident memory of a process and of those that it started, in MB. Pages that they share are counted for each.
pub(crate) fn resident(pid: u32) -> f64 {
    family(pid)
        .into_iter()
        .filter_map(|(pid, _)| std::fs::read_to_string(format!("/proc/{pid}/status")).ok())
        .filter_map(|status| {
            let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok()
        })
        .map(|kib| kib * 1024.0 / 1e6)
        .sum()
}

/// Every process there is.
fn processes() -> Vec<(u32, Stat)> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|pid| Some((pid, Stat::of(pid)?)))
        .collect()
}

fn family(pid: u32) -> Vec<(u32, Stat)> {
    processes()
        .into_iter()
        .filter(|(own, stat)| *own == pid || stat.parent == pid)
        .collect()
}

/// Processor time that was used so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cpu {
    /// By the program.
    pub(crate) server: Duration,
    /// By PostgreSQL, as far as this run started it.
    pub(crate) database: Duration,
}

impl Cpu {
    pub(crate) fn now(program: &Program) -> Self {
        let mut cpu = Self {
            server: Stat::of(program.pid).map_or(Duration::ZERO, |stat| stat.used),
            database: Duration::ZERO,
        };
        if program.engine == Engine::Postgres {
            cpu.database = postgres();
        }
        cpu
    }
}

struct Stat {
    name: String,
    parent: u32,
    used: Duration,
}

impl Stat {
    /// From `/proc/…/stat` (proc(5)): the name stands in parentheses and may hold anything.
    fn of(pid: u32) -> Option<Self> {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (before, after) = text.rsplit_once(')')?;
        let fields: Vec<&str> = after.split_whitespace().collect();
        // Its own, and that of the children that it has waited for.
        let ticks: u64 = fields
            .get(11..15)?
            .iter()
            .filter_map(|field| field.parse::<u64>().ok())
            .sum();
        Some(Self {
            name: before.split_once('(')?.1.to_owned(),
            parent: fields.get(1)?.parse().ok()?,
            // A hundred ticks are a second to every process on Linux.
            used: Duration::from_millis(ticks * 10),
        })
    }
}

/// Of the server that this process started, and of its backends.
fn postgres() -> Duration {
    let ours = std::process::id();
    let main = processes()
        .into_iter()
        .find(|(_, stat)| stat.parent == ours && stat.name.starts_with("postgres"));
    main.map_or(Duration::ZERO, |(pid, _)| used_by(pid))
}
