//! The program as an operator runs it: a realm of its own, real processes, real sockets.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the program"
)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A realm that nobody has used yet.
pub struct Realm {
    directory: TempDir,
    port: u16,
}

/// The program, serving a realm.
pub struct Program {
    child: Child,
    port: u16,
    log: Arc<Mutex<String>>,
}

/// An address that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Asks again until it is so; whoever polls another process cannot do better.
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let tries = 600;
    for _ in 0..tries {
        if so() {
            return;
        }
        pause();
    }
    panic!("it never came to this: {what}");
}

#[allow(clippy::disallowed_methods, reason = "polls another process")]
fn pause() {
    std::thread::sleep(PATIENCE / 600);
}

impl Realm {
    /// Made with `chancery init` on SQLite.
    pub fn new() -> Self {
        Self::on("sqlite:realm.db")
    }

    /// The same on another database.
    pub fn on(database: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let port = free_port();
        let made = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(["init", "--name", "Test realm", "--designation", "OFFICIAL"])
            .args(["--run-by", "Testers", "--database", database])
            .args(["--markings", "off"])
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .current_dir(directory.path())
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        Self { directory, port }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Says more in a section of the configuration.
    pub fn say(&self, section: &str, lines: &str) {
        let file = self.path("realm.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        // Not one that a new realm's file suggests in a comment.
        let heading = format!("\n[{section}]\n");
        let text = if text.contains(&heading) {
            text.replace(&heading, &format!("{heading}{lines}\n"))
        } else {
            format!("{text}{heading}{lines}\n")
        };
        std::fs::write(file, text).unwrap();
    }

    /// Replaces a part of the configuration.
    pub fn replace(&self, from: &str, to: &str) {
        let file = self.path("realm.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(file, text.replace(from, to)).unwrap();
    }

    /// A command of the program about this realm: whether it went well, and all that it said.
    pub fn command(&self, words: &[&str]) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(words)
            .current_dir(self.directory.path())
            .env("CHANCERY_LOG", "warn")
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// Serves it.
    pub fn serve(&self) -> Program {
        Program::start(self.directory.path(), self.port, &["serve"])
    }
}

impl Program {
    /// Runs the program in a directory until it says where it is.
    pub fn start(directory: &Path, port: u16, words: &[&str]) -> Self {
        Self::start_with(directory, port, words, &[])
    }

    /// The same with more in the environment.
    pub fn start_with(
        directory: &Path,
        port: u16,
        words: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(words)
            .current_dir(directory)
            // Nothing here is about markings, and nobody waits for one to be read.
            .env("CHANCERY__MARKINGS__POLICY", "off")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn({
            let log = Arc::clone(&log);
            move || {
                let mut line = String::new();
                while errors.read_line(&mut line).is_ok_and(|read| read > 0) {
                    log.lock().unwrap().push_str(&line);
                    line.clear();
                }
            }
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let serves = lines.any(|line| line.is_ok_and(|line| line.contains(" is at http")));
        let program = Self { child, port, log };
        assert!(serves, "it ended without serving:\n{}", program.log());
        std::thread::spawn(move || lines.for_each(drop));
        program
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// A connection to it.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Asks for a page, over a connection of its own; the whole answer.
    pub fn get(&self, path: &str) -> String {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        ))
    }

    /// Sends these bytes; everything that comes back until the other side closes.
    pub fn send(&self, request: &str) -> String {
        let mut stream = self.connect();
        // The other side may have heard enough before we have said everything.
        let _ = stream.write_all(request.as_bytes());
        read(&mut stream)
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until it ends.
    pub fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        until("the program ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// Whether it runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything until the other side closes.
pub fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(read) = stream.read(&mut piece) {
        if read == 0 {
            break;
        }
        bytes.extend_from_slice(&piece[..read]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The status of a raw answer; 0 when there was none.
pub fn status(answer: &str) -> u16 {
    answer
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

/// Somebody at a browser without scripts: keeps cookies and fills in forms.
pub struct Browser {
    client: reqwest::Client,
    address: String,
}

impl Browser {
    /// Before this program.
    pub fn at(program: &Program) -> Self {
        let client = reqwest::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            client,
            address: format!("http://localhost:{}", program.port),
        }
    }

    /// The status, where it leads to, and the page.
    pub async fn get(&self, path: &str) -> Answer {
        let sent = self.client.get(format!("{}{path}", self.address));
        Answer::of(sent.send().await.unwrap()).await
    }

    /// Fills in the form of a page and sends it to an address.
    pub async fn post(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get(page).await.csrf();
        let mut form = vec![("csrf", csrf.as_str())];
        form.extend_from_slice(fields);
        let sent = self.client.post(format!("{}{path}", self.address));
        Answer::of(sent.form(&form).send().await.unwrap()).await
    }

    /// Sends a file with the form of a page.
    pub async fn upload(&self, path: &str, name: &str, content: &str) -> Answer {
        let csrf = self.get(path).await.csrf();
        let file = reqwest::multipart::Part::text(content.to_owned()).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new()
            .text("csrf", csrf)
            .part("file", file);
        let sent = self.client.post(format!("{}{path}", self.address));
        Answer::of(sent.multipart(form).send().await.unwrap()).await
    }

    /// Sends whatever a script could.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut sent = self
            .client
            .request(method, format!("{}{path}", self.address));
        for (name, value) in headers {
            sent = sent.header(*name, *value);
        }
        Answer::of(sent.body(body).send().await.unwrap()).await
    }

    /// Sends several small files of these names.
    pub async fn upload_all(&self, path: &str, csrf: &str, names: &[&str]) -> Answer {
        let mut form = reqwest::multipart::Form::new().text("csrf", csrf.to_owned());
        for name in names {
            let content = format!("the content of {name}");
            let file = reqwest::multipart::Part::text(content).file_name((*name).to_owned());
            form = form.part("file", file);
        }
        let sent = self.client.post(format!("{}{path}", self.address));
        Answer::of(sent.multipart(form).send().await.unwrap()).await
    }
}

/// What a browser got.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Answer {
    async fn of(response: reqwest::Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap_or_default(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The token of the first form.
    pub fn csrf(&self) -> String {
        let marker = "name=\"csrf\" value=\"";
        let start = self.body.find(marker).map(|at| at + marker.len());
        start
            .and_then(|start| self.body[start..].split('"').next())
            .unwrap_or_default()
            .to_owned()
    }

    /// The first link of the page that begins like this.
    pub fn link(&self, beginning: &str) -> String {
        let marker = format!("href=\"{beginning}");
        let start = self
            .body
            .find(&marker)
            .unwrap_or_else(|| panic!("no {beginning}: {}", self.body));
        let rest = &self.body[start + 6..];
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

/// The demonstration realm, made once for a test.
pub struct Demonstration {
    directory: TempDir,
    port: u16,
}

impl Demonstration {
    pub fn new() -> Self {
        Self::on("sqlite:realm.db")
    }

    pub fn on(database: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let port = free_port();
        let made = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(["demo", "--make-only", "--directory", "realm"])
            .args(["--database", database])
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .current_dir(directory.path())
            .env("CHANCERY_LOG", "warn")
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        Self { directory, port }
    }

    pub fn realm(&self) -> PathBuf {
        self.directory.path().join("realm")
    }

    /// Says more at the end of its configuration.
    pub fn say(&self, lines: &str) {
        let file = self.realm().join("realm.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("{text}\n{lines}\n")).unwrap();
    }

    pub fn serve(&self) -> Program {
        Program::start(&self.realm(), self.port, &["serve"])
    }

    /// Serves it with more in the environment.
    pub fn serve_with(&self, environment: &[(&str, &str)]) -> Program {
        Program::start_with(&self.realm(), self.port, &["serve"], environment)
    }

    /// A command of the program about this realm: all that it said.
    pub fn command(&self, words: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(words)
            .current_dir(self.realm())
            .env("CHANCERY_LOG", "warn")
            .output()
            .unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }
}

/// Somebody of the demonstration who can sign in: 0 runs the realm, 1 owns a site.
pub fn somebody(number: usize) -> (String, String) {
    let world = demo::world(2026, 0);
    let person = world.sign_ins().nth(number).unwrap();
    (person.email.clone(), person.password.unwrap().to_owned())
}

/// A passphrase that nobody else has.
pub const PASSWORD: &str = "violet-harbour-lantern-88";

impl Realm {
    /// Gives somebody an account that runs the realm: the path of their one-time link.
    pub fn operator(&self, email: &str) -> String {
        let (right, said) = self.command(&[
            "person",
            "add",
            "--operator",
            "--organisation",
            "Testers",
            "--name",
            "Test Operator",
            "--email",
            email,
        ]);
        assert!(right, "{said}");
        let start = said.find("/welcome/").unwrap();
        said[start..].split_whitespace().next().unwrap().to_owned()
    }
}

impl Browser {
    /// Follows a one-time link and sets the password; the session's cookie, as it is sent.
    pub async fn settle(&self, link: &str) -> String {
        let fields = [("password", PASSWORD), ("again", PASSWORD)];
        let settled = self.post(link, link, &fields).await;
        assert_eq!(settled.status, 303, "{}", settled.body);
        let cookie = settled.cookie();
        assert_eq!(cookie.len(), 43, "{:?}", settled.headers);
        cookie
    }

    /// Opens a site with a library: the path of the library.
    pub async fn library(&self) -> String {
        let site = [
            ("name", "Papers"),
            ("kind", "project"),
            ("purpose", "To keep papers"),
        ];
        let site = self.post("/sites/new", "/sites/new", &site).await;
        assert_eq!(site.status, 303, "{}", site.body);
        let new = format!("{}/libraries/new", site.header("location"));
        let library = [
            ("name", "Minutes"),
            ("purpose", "To keep minutes"),
            ("inherits", "yes"),
        ];
        let library = self.post(&new, &new, &library).await;
        assert_eq!(library.status, 303, "{}", library.body);
        library.header("location").to_owned()
    }
}

impl Answer {
    /// The session that it begins.
    pub fn cookie(&self) -> String {
        self.headers
            .get_all("set-cookie")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .find_map(|value| value.strip_prefix("chancery="))
            .and_then(|rest| rest.split(';').next())
            .unwrap_or_default()
            .to_owned()
    }
}
