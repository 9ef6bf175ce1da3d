//! A command that serves pages: started, looked at as a browser would, and ended
//! as a person would.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::{Failure, interrupt};

/// Time enough to build the program and to make the realm.
const OPENS_WITHIN: Duration = Duration::from_mins(30);
/// Time enough to finish what is under way.
const ENDS_WITHIN: Duration = Duration::from_secs(30);

/// Starts the command, waits for the address it prints, asks for that page, sends
/// Ctrl-C and expects it to end in good order.
pub(crate) fn look(command: &mut Command) -> Result<String, Failure> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let pid = Pid::from_child(&child);
    interrupt::child(Some(pid));
    let outcome = visit(&mut child);
    if outcome.is_err() {
        let _ = kill_process(pid, Signal::TERM);
    }
    let ended = end(&mut child);
    interrupt::child(None);
    let seen = outcome?;
    ended?;
    Ok(seen)
}

fn visit(child: &mut Child) -> Result<String, Failure> {
    let output = child.stdout.take().expect("it was asked for");
    let (say, said) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            println!("  {line}");
            if let Some(address) = address(&line) {
                let _ = say.send(address);
            }
        }
    });
    let address = match said.recv_timeout(OPENS_WITHIN) {
        Ok(address) => address,
        Err(RecvTimeoutError::Disconnected) => {
            return Err(Failure::new("it ended without printing an address"));
        }
        Err(RecvTimeoutError::Timeout) => return Err(Failure::new("it printed no address")),
    };
    let page = fetch(&address)?;
    Ok(format!("{address} answers {page}"))
}

/// Sends Ctrl-C and waits for a good ending.
fn end(child: &mut Child) -> Result<(), Failure> {
    let _ = kill_process(Pid::from_child(child), Signal::INT);
    let asked = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return if status.success() {
                Ok(())
            } else {
                Err(Failure::new(format!("after Ctrl-C it ended with {status}")))
            };
        }
        if asked.elapsed() > ENDS_WITHIN {
            child.kill()?;
            child.wait()?;
            return Err(Failure::new(format!(
                "after Ctrl-C it went on for {} seconds",
                ENDS_WITHIN.as_secs()
            )));
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// The address in a line such as "`Open http://127.0.0.1:8080/ in a browser.`"
fn address(line: &str) -> Option<String> {
    let start = line.find("http://")?;
    let address = line[start..].split_whitespace().next()?;
    Some(
        address
            .trim_end_matches(['.', ',', ')', '"', '\''])
            .to_owned(),
    )
}

/// Asks for a page, follows it to where it sends us, and says what came: it has
/// to be a page of HTML.
fn fetch(address: &str) -> Result<String, Failure> {
    let mut address = address.to_owned();
    for _ in 0..5 {
        let place = address
            .strip_prefix("http://")
            .ok_or_else(|| Failure::new(format!("{address}: not http")))?;
        let (host, path) = place.split_once('/').unwrap_or((place, ""));
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        let question = format!(
            "GET /{path} HTTP/1.1\r\nhost: {host}\r\naccept: text/html\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(question.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split_whitespace().nth(1).unwrap_or("nothing");
        match (status, header(head, "location")) {
            ("200", _) if body.contains("<html") => {
                return Ok(format!("200 with {} bytes of HTML", body.len()));
            }
            ("301" | "302" | "303" | "307" | "308", Some(next)) => {
                address = if next.starts_with("http://") {
                    next.to_owned()
                } else {
                    format!("http://{host}{next}")
                };
            }
            _ => {
                return Err(Failure::new(format!(
                    "{address} answers {}",
                    head.lines().next().unwrap_or("nothing")
                )));
            }
        }
    }
    Err(Failure::new(format!(
        "{address}: one redirection after another"
    )))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn an_address_is_found_in_a_sentence() {
        assert_eq!(
            address("Open http://127.0.0.1:8080/.").as_deref(),
            Some("http://127.0.0.1:8080/")
        );
        assert_eq!(address("nothing yet"), None);
    }

    /// A shell script stands for the program.
    fn program(script: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        shell
    }

    #[test]
    fn a_program_that_ends_early_or_says_nothing_fails() {
        let failure = look(&mut program("exit 3")).unwrap_err().to_string();
        assert_eq!(failure, "it ended without printing an address");
    }

    #[test]
    fn a_program_whose_address_does_not_answer_fails() {
        // Port 1 on the loopback interface: nobody listens there.
        let failure = look(&mut program("echo http://127.0.0.1:1/; exec sleep 60"))
            .unwrap_err()
            .to_string();
        assert!(failure.contains("refused"), "{failure}");
    }

    #[test]
    fn a_program_that_serves_and_ends_on_ctrl_c_passes() {
        let (address, server) = two_pages();
        let script =
            format!("trap 'exit 0' INT; echo It is at {address}; while :; do sleep 0.1; done");
        let seen = look(&mut program(&script)).unwrap();
        assert_eq!(seen, format!("{address} answers 200 with 28 bytes of HTML"));
        server.join().unwrap();

        let (address, server) = two_pages();
        let script = format!("trap 'exit 7' INT; echo {address}; while :; do sleep 0.1; done");
        let failure = look(&mut program(&script)).unwrap_err().to_string();
        assert_eq!(failure, "after Ctrl-C it ended with exit status: 7");
        server.join().unwrap();
    }

    #[test]
    fn a_page_is_followed_to_where_it_is() {
        let (address, server) = two_pages();
        assert_eq!(fetch(&address).unwrap(), "200 with 28 bytes of HTML");
        server.join().unwrap();
    }

    /// Serves a redirection and then the page it leads to.
    fn two_pages() -> (String, thread::JoinHandle<()>) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            for answer in [
                "HTTP/1.1 303 See Other\r\nLocation: /sign-in\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n<!doctype html><html></html>",
            ] {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 1024];
                let length = stream.read(&mut request).unwrap();
                let asked = String::from_utf8_lossy(&request[..length]).into_owned();
                stream.write_all(answer.as_bytes()).unwrap();
                if answer.contains("200 OK") {
                    assert!(asked.starts_with("GET /sign-in "), "{asked}");
                }
            }
        });
        (address, server)
    }
}
