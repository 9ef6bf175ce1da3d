//! The API against its own description: the program is started with the demonstration realm, and
//! schemathesis sends every operation what fits its description and what does not.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::command;
use crate::machine::{Need, provide};
use crate::{Failure, interrupt, run};

/// What is checked of every answer: it is no fault of ours, and its status, kind, headers and content are
/// those that the document promises.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,ignored_auth,\
                      unsupported_method,missing_required_header";

/// Enough to reach every parameter of every operation; more finds the same again.
const EXAMPLES: &str = "15";
const SEED: &str = "20261124";
/// After this many seconds, for each of them, what was not found is left for the next run.
const LONGEST: &str = "60";
/// For whom it is asked: somebody who owns sites, and somebody who runs the realm.
const ACTING_FOR: [&str; 2] = ["amira-hussain", "helen-marsh"];

/// Each request comes from an address of its own, told by a proxy: whoever shows wrong tokens, as some of
/// these do on purpose, is soon told to wait, and nothing would be learnt of the others.
const HOOKS: &str = "\
import itertools
import requests

NUMBERS = itertools.count()
SEND = requests.Session.send


def send(session, request, **how):
    number = next(NUMBERS)
    address = f'10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}'
    request.headers['X-Forwarded-For'] = address
    return SEND(session, request, **how)


requests.Session.send = send
";

/// Installed beside what is built, the first time.
const VERSION: &str = "schemathesis==4.32.5";

/// The program, in a place of its own among what is built.
fn home() -> PathBuf {
    command::top().join("target/schemathesis")
}

/// Installs it, when it is not there.
fn install() -> Result<(), Failure> {
    let program = home().join("bin/schemathesis");
    if command::answer(&program.display().to_string(), &["--version"]).is_some() {
        return Ok(());
    }
    println!("schemathesis is missing: installing it, once");
    command::run(command::program("python3").args(["-m", "venv"]).arg(home()))?;
    let pip = home().join("bin/pip");
    command::run(command::program(pip).args(["install", "--quiet", VERSION]))
}

pub(crate) fn check() -> Result<(), Failure> {
    provide(&[Need::Rust, Need::C, Need::Node, Need::Python])?;
    install()?;
    let built = run::build(false)?;
    let program = || command::program(&built);
    let directory = tempfile::tempdir()?;
    let realm = directory.path().join("realm");
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let listen = format!("127.0.0.1:{port}");
    let make = ["demo", "--make-only", "--listen", &listen, "--directory"];
    command::run(program().args(make).arg(&realm))?;
    let config = realm.join("realm.toml");
    behind_a_proxy(&config)?;
    std::fs::write(directory.path().join("hooks.py"), HOOKS)?;
    let tokens: Vec<String> = ACTING_FOR
        .iter()
        .map(|who| token(program(), &config, who))
        .collect::<Result<_, _>>()?;
    let mut server = program()
        .arg("--config")
        .arg(&config)
        .arg("serve")
        // A line for each of thousands of requests would hide what was found.
        .env("CHANCERY_LOG", "warn")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let outcome = opened(&mut server).and_then(|()| {
        tokens
            .iter()
            .try_for_each(|token| schemathesis(&listen, token, directory.path()))
    });
    let _ = kill_process(Pid::from_child(&server), Signal::TERM);
    server.wait()?;
    outcome
}

/// Says that this machine is a proxy, whose word about the client's address counts.
fn behind_a_proxy(config: &Path) -> Result<(), Failure> {
    let text = std::fs::read_to_string(config)?;
    let told = text.replace("proxies = []", "proxies = [\"127.0.0.1\"]");
    if told == text {
        return Err(Failure::new("the configuration names no proxies"));
    }
    Ok(std::fs::write(config, told)?)
}

/// A token of somebody who owns sites and runs the realm: whatever an operation does, it is done.
fn token(mut make: Command, config: &Path, who: &str) -> Result<String, Failure> {
    make.arg("--config").arg(config).args([
        "person",
        "token",
        "--name",
        "schemathesis",
        "--may",
        "everything",
        "--email",
        &format!("{}@northmoor-probation.example", who.replace('-', ".")),
    ]);
    let said = make.stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    text.split_whitespace()
        .find(|word| word.starts_with("chancery_"))
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("no token was printed"))
}

/// Waits until the program says where it is.
fn opened(server: &mut Child) -> Result<(), Failure> {
    interrupt::child(Some(Pid::from_child(server)));
    let output = server
        .stdout
        .take()
        .ok_or_else(|| Failure::new("the program says nothing"))?;
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    if lines.any(|line| line.contains("http://")) {
        std::thread::spawn(move || lines.for_each(drop));
        return Ok(());
    }
    Err(Failure::new(
        "the program ended without printing an address",
    ))
}

fn schemathesis(listen: &str, token: &str, directory: &Path) -> Result<(), Failure> {
    let mut run = command::program(home().join("bin/schemathesis"));
    run.arg("run")
        .arg(format!("http://{listen}/api/v1/openapi.json"))
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args([
            "--checks",
            CHECKS,
            "--max-examples",
            EXAMPLES,
            "--seed",
            SEED,
        ])
        .args(["--max-time", LONGEST, "--request-timeout", "20"])
        .args([
            "--phases",
            "examples,coverage,fuzzing",
            "--continue-on-failure",
        ])
        .args(["--warnings", "off", "--no-shrink"])
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", directory)
        .current_dir(directory);
    command::run(&mut run)
}
