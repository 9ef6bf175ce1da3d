//! Somebody at a real browser before a real demonstration realm, as the README says to run it.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the visitor"
)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use testkit::browser::thirtyfour::prelude::*;
use testkit::browser::{Browser, Viewport};

/// What is not about markings waits for none to be read.
const OFF: [(&str, &str); 1] = [("CHANCERY__MARKINGS__POLICY", "off")];

/// The program, serving a demonstration realm of its own.
pub struct Served {
    program: Child,
    directory: TempDir,
    /// Where it is.
    pub address: String,
}

impl Served {
    /// Makes a demonstration realm and serves it.
    pub fn demonstration() -> Self {
        Self::demonstration_on(&[])
    }

    /// The same, with further words for the command.
    pub fn demonstration_on(words: &[&str]) -> Self {
        Self::begin(words, &OFF)
    }

    /// The same, which reads what is brought for its marking, as it does where nothing else is said.
    pub fn demonstration_that_reads() -> Self {
        Self::begin(&[], &[])
    }

    /// The same, in which nothing that is brought comes to be read: whoever looks for malware is away.
    pub fn demonstration_whose_scanner_is_away() -> Self {
        Self::begin(
            &[],
            &[("CHANCERY__MALWARE__CLAMD", "unix:/nowhere/clamd.ctl")],
        )
    }

    fn begin(words: &[&str], settings: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let port = free_port();
        let mut program = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args([
                "demo",
                "--listen",
                &format!("127.0.0.1:{port}"),
                "--directory",
            ])
            .arg(directory.path().join("realm"))
            .args(words)
            .env("CHANCERY_LOG", "warn")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let address = format!("http://localhost:{port}");
        let ready = lines.any(|line| line.is_ok_and(|line| line.contains(&address)));
        assert!(ready, "the program ended without serving");
        // The rest of what it prints is read too, or it would wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            program,
            directory,
            address,
        }
    }

    /// Where its realm is.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// A passphrase of the demonstration, by the part of the person in it: "operator", "owner"…
pub fn sign_in_of(number: usize) -> (String, String) {
    let world = demo::world(2026, 0);
    let person = world.sign_ins().nth(number).unwrap();
    (person.email.clone(), person.password.unwrap().to_owned())
}

/// How somebody works a page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By pointing.
    Mouse,
    /// By Tab, Enter and Space alone.
    Keyboard,
}

/// Somebody at a browser.
pub struct Visitor {
    pub browser: Browser,
    pub address: String,
    pub by: By,
    /// Whether the scripts of pages run.
    pub scripts: bool,
}

impl Visitor {
    /// With scripts, as most people.
    pub async fn arrive(served: &Served, viewport: Viewport, by: By) -> Self {
        let browser = Browser::start(viewport).await.unwrap();
        let address = served.address.clone();
        Self {
            browser,
            address,
            by,
            scripts: true,
        }
    }

    /// Where scripts are switched off.
    pub async fn arrive_without_scripts(served: &Served, viewport: Viewport) -> Self {
        let browser = Browser::start_without_scripts(viewport).await.unwrap();
        let address = served.address.clone();
        Self {
            browser,
            address,
            by: By::Mouse,
            scripts: false,
        }
    }

    /// Goes to an address.
    pub async fn open(&self, path: &str) {
        self.browser
            .goto(format!("{}{path}", self.address))
            .await
            .unwrap();
    }

    /// Signs in as one of the four of the demonstration.
    pub async fn sign_in(&self, number: usize) {
        let (email, password) = sign_in_of(number);
        self.open("/sign-in").await;
        self.fill("email", &email).await;
        self.fill("password", &password).await;
        self.press("Sign in").await;
        self.sees("My sites").await;
    }

    async fn find(&self, xpath: &str) -> WebElement {
        let mut found = None;
        for _ in 0..50 {
            for element in self.browser.find_all(By_::XPath(xpath)).await.unwrap() {
                if element.is_displayed().await.unwrap_or(false) {
                    found = Some(element);
                    break;
                }
            }
            if found.is_some() {
                break;
            }
            pause().await;
        }
        match found {
            Some(element) => element,
            None => panic!(
                "{xpath} is not on the page {}:\n{}",
                self.here().await,
                self.text().await
            ),
        }
    }

    /// Brings the focus to an element by Tab alone, or fails.
    async fn tab_to(&self, element: &WebElement) {
        let id = element.element_id().to_string();
        for _ in 0..300 {
            let active = self.browser.active_element().await.unwrap();
            if active.element_id().to_string() == id {
                return;
            }
            // Pressed on the keyboard itself: a file field would take it for a name.
            let press = self.browser.action_chain();
            press
                .key_down(Key::Tab)
                .key_up(Key::Tab)
                .perform()
                .await
                .unwrap();
        }
        panic!(
            "the keyboard does not reach {}",
            element.outer_html().await.unwrap_or_default()
        );
    }

    async fn activate(&self, element: &WebElement, key: Key) {
        match self.by {
            By::Mouse => element.click().await.unwrap(),
            By::Keyboard => {
                self.tab_to(element).await;
                let active = self.browser.active_element().await.unwrap();
                active.send_keys(key).await.unwrap();
            }
        }
    }

    /// Follows the first link of this text.
    pub async fn follow(&self, text: &str) {
        let before = self.here().await;
        let quoted = quote(text);
        let link = self
            .find(&format!(
                "//a[normalize-space(.)={quoted} or normalize-space(text())={quoted}]"
            ))
            .await;
        self.activate(&link, Key::Enter).await;
        self.arrives(&before).await;
    }

    /// Opens the menu of this text.
    pub async fn unfold(&self, text: &str) {
        let summary = self
            .find(&format!("//summary[normalize-space(.)={}]", quote(text)))
            .await;
        self.activate(&summary, Key::Enter).await;
    }

    /// Presses the button of this text.
    pub async fn press(&self, text: &str) {
        let quoted = quote(text);
        let button = self
            .find(&format!(
                "//button[normalize-space(.)={quoted} or normalize-space(text())={quoted}]"
            ))
            .await;
        let stale = self.browser.find(By_::Tag("html")).await.unwrap();
        self.activate(&button, Key::Enter).await;
        // The answer is a new page.
        for _ in 0..100 {
            if stale.tag_name().await.is_err() {
                return;
            }
            pause().await;
        }
    }

    /// Types into the field of this name.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self
            .find(&format!(
                "//*[(self::input or self::textarea) and @name={}]",
                quote(name)
            ))
            .await;
        if self.by == By::Keyboard {
            self.tab_to(&field).await;
        }
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses the radio button or tick box whose label says this.
    pub async fn choose(&self, label: &str) {
        let label = self
            .find(&format!(
                "//label[contains(normalize-space(.), {})]",
                quote(label)
            ))
            .await;
        let id = label.attr("for").await.unwrap().unwrap_or_default();
        let control = self.browser.find(By_::Id(&id)).await.unwrap();
        if self.by == By::Mouse {
            // The label of a tick box in a table is only heard; the box itself is what is pointed at.
            if label.click().await.is_err() {
                control.click().await.unwrap();
            }
            return;
        }
        if control.attr("type").await.unwrap().as_deref() != Some("radio") {
            self.activate(&control, Key::Space).await;
            return;
        }
        // Tab reaches a group of radio buttons once; arrows go on from there.
        let group = control.attr("name").await.unwrap().unwrap_or_default();
        let css = format!("input[type=radio][name='{group}']");
        let chosen = self.browser.find(By_::Css(format!("{css}:checked"))).await;
        let start = match chosen {
            Ok(chosen) => chosen,
            Err(_) => self.browser.find(By_::Css(css)).await.unwrap(),
        };
        self.activate(&start, Key::Space).await;
        for _ in 0..30 {
            if control.is_selected().await.unwrap() {
                return;
            }
            let active = self.browser.active_element().await.unwrap();
            active.send_keys(Key::Down).await.unwrap();
        }
        panic!("the arrows do not reach {id}");
    }

    /// Chooses files for the file field of this page.
    pub async fn attach(&self, files: &[&Path]) {
        let field = self
            .browser
            .find(By_::Css("input[type=file]"))
            .await
            .unwrap();
        let names: Vec<String> = files
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        field.send_keys(names.join("\n")).await.unwrap();
    }

    /// Waits until the page says this.
    pub async fn sees(&self, text: &str) {
        for _ in 0..60 {
            if self.text().await.contains(text) {
                return;
            }
            pause().await;
        }
        panic!(
            "“{text}” is not on the page {}:\n{}",
            self.here().await,
            self.text().await
        );
    }

    /// What the page says.
    pub async fn text(&self) -> String {
        match self.browser.find(By_::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// The path of the page.
    pub async fn here(&self) -> String {
        let url = self.browser.current_url().await.unwrap();
        match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        }
    }

    async fn arrives(&self, before: &str) {
        for _ in 0..50 {
            if self.here().await != before {
                return;
            }
            pause().await;
        }
    }
}

use testkit::browser::thirtyfour::By as By_;

#[allow(
    clippy::disallowed_methods,
    reason = "polls what another process draws"
)]
async fn pause() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// A text in `XPath`, which has no escapes.
fn quote(text: &str) -> String {
    if text.contains('\'') {
        format!("\"{text}\"")
    } else {
        format!("'{text}'")
    }
}
