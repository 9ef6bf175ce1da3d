//! A real browser: Chromium, driven through chromedriver by the W3C WebDriver
//! protocol.
//!
//! ```no_run
//! # async fn example(axe: &str) -> Result<(), testkit::browser::Trouble> {
//! use testkit::browser::{Browser, PHONE, WCAG_2_2_AA};
//!
//! let browser = Browser::start(PHONE).await?;
//! browser.goto("http://127.0.0.1:8080/").await?;
//! assert_eq!(browser.axe(axe, WCAG_2_2_AA).await?, []);
//! assert_eq!(browser.complaints().await?, [""; 0]);
//! browser.quit().await
//! # }
//! ```
//!
//! [`Browser`] dereferences to [`thirtyfour::WebDriver`], which finds, clicks,
//! types and waits.

mod axe;

pub use axe::{Violation, WCAG_2_2_AA};
pub use thirtyfour;

use std::fmt;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities as _;
use thirtyfour::{DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};

use crate::process::{Child, Start, on_path, tail};

/// The part of a window that shows the page, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewport {
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
}

/// A common phone, upright.
pub const PHONE: Viewport = Viewport {
    width: 390,
    height: 844,
};

/// A common laptop.
pub const DESKTOP: Viewport = Viewport {
    width: 1280,
    height: 900,
};

/// What went wrong with the browser, not with the page.
#[derive(Debug)]
pub struct Trouble(String);

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}

impl From<thirtyfour::error::WebDriverError> for Trouble {
    fn from(error: thirtyfour::error::WebDriverError) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// One browser with a profile of its own. Dropping it ends chromedriver and
/// Chromium and removes the profile; [`Browser::quit`] does so without blocking.
#[derive(Debug)]
pub struct Browser {
    // The order matters: the session ends, then its driver, then the profile goes.
    driver: WebDriver,
    port: u16,
    scripts: bool,
    _chromedriver: Child,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser as people use it.
    ///
    /// # Errors
    /// When Chromium or chromedriver is missing or does not start.
    pub async fn start(viewport: Viewport) -> Result<Self, Trouble> {
        Self::start_with(viewport, true).await
    }

    /// Starts a browser in which the scripts of pages do not run, as where an
    /// organisation has switched them off. Tests may still run theirs. It holds for the
    /// tab that is open now.
    ///
    /// # Errors
    /// When Chromium or chromedriver is missing or does not start.
    pub async fn start_without_scripts(viewport: Viewport) -> Result<Self, Trouble> {
        Self::start_with(viewport, false).await
    }

    async fn start_with(viewport: Viewport, scripts: bool) -> Result<Self, Trouble> {
        let missing = |what: &str| {
            Trouble(format!(
                "{what} is not on this machine: run the tests with `cargo xtask test`, which says how to get it"
            ))
        };
        let program = on_path("chromedriver").ok_or_else(|| missing("chromedriver"))?;
        let chromium = chromium().ok_or_else(|| missing("Chromium"))?;
        let profile = tempfile::Builder::new()
            .prefix("chancery-browser-")
            .tempdir()?;

        let (chromedriver, port) = chromedriver(&program, profile.path())?;
        let wanted = capabilities(&chromium, profile.path())?;
        let driver = WebDriver::builder(format!("http://127.0.0.1:{port}"), wanted)
            .connect()
            .await
            .map_err(|error| {
                Trouble(format!(
                    "Chromium did not start: {error}{}",
                    tail(&profile.path().join(LOG))
                ))
            })?;
        let browser = Self {
            driver,
            port,
            scripts,
            _chromedriver: chromedriver,
            _profile: profile,
        };
        browser.resize(viewport).await?;
        if !scripts {
            browser.let_scripts_run(false).await?;
        }
        Ok(browser)
    }

    /// Makes the page exactly this large. A window would not go below some 500
    /// pixels, so the size of the device is set, not that of the window.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn resize(&self, viewport: Viewport) -> Result<(), Trouble> {
        let Viewport { width, height } = viewport;
        let device =
            json!({ "width": width, "height": height, "deviceScaleFactor": 0, "mobile": false });
        self.driver
            .cdp()
            .send_raw("Emulation.setDeviceMetricsOverride", device)
            .await?;
        Ok(())
    }

    /// Checks the page that is shown with axe-core. `source` is the text of
    /// `axe.min.js`; `tags` choose the rules, see [`WCAG_2_2_AA`].
    ///
    /// # Errors
    /// When the browser does not answer or axe-core fails.
    pub async fn axe(&self, source: &str, tags: &[&str]) -> Result<Vec<Violation>, Trouble> {
        if self.scripts {
            return axe::run(&self.driver, source, tags).await;
        }
        // The checker waits by timers, which stand still where scripts do not run. Those of
        // the page have had their chance and do not start now.
        self.let_scripts_run(true).await?;
        let found = axe::run(&self.driver, source, tags).await;
        self.let_scripts_run(false).await?;
        found
    }

    async fn let_scripts_run(&self, run: bool) -> Result<(), Trouble> {
        let disabled = json!({ "value": !run });
        let method = "Emulation.setScriptExecutionDisabled";
        self.driver.cdp().send_raw(method, disabled).await?;
        Ok(())
    }

    /// What the browser complained about since this was last asked: errors and
    /// warnings of scripts, refusals of the Content-Security-Policy, things that
    /// could not be loaded.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn complaints(&self) -> Result<Vec<String>, Trouble> {
        let entries = self.driver.browser_log().await?;
        Ok(entries
            .into_iter()
            .filter(|entry| matches!(entry.level.as_str(), "SEVERE" | "WARNING"))
            .map(|entry| entry.message)
            .collect())
    }

    /// Writes a picture (PNG) of the whole page, however long it is.
    ///
    /// # Errors
    /// When the browser does not answer or the file cannot be written.
    pub async fn screenshot(&self, path: &Path) -> Result<(), Trouble> {
        let cdp = self.driver.cdp();
        let size = cdp.send_raw("Page.getLayoutMetrics", ()).await?;
        let size = &size["cssContentSize"];
        let clip =
            json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let wanted = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = cdp.send_raw("Page.captureScreenshot", wanted).await?;
        let png = picture["data"]
            .as_str()
            .and_then(|data| base64::prelude::BASE64_STANDARD.decode(data).ok())
            .ok_or_else(|| Trouble("the browser sent no picture".to_owned()))?;
        Ok(std::fs::write(path, png)?)
    }

    /// Runs a script on the page, the body of a function, and returns what it returns.
    ///
    /// # Errors
    /// When the browser does not answer or the script throws.
    pub async fn run(&self, script: &str) -> Result<Value, Trouble> {
        Ok(self
            .driver
            .execute(script, Vec::new())
            .await?
            .json()
            .clone())
    }

    /// Ends the browser.
    ///
    /// # Errors
    /// When the browser does not answer; it is ended all the same.
    pub async fn quit(self) -> Result<(), Trouble> {
        Ok(self.driver.clone().quit().await?)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Left to itself thirtyfour asks for the end through a client that belongs to
        // this very runtime, which is waiting here: two minutes until it gives up.
        let session = self.driver.session_id().to_string();
        if self.driver.clone().leak().is_ok() {
            // On failure chromedriver is ended next, and Chromium with it.
            let _ = end_session(self.port, &session);
        }
    }
}

/// Ends a session without a runtime.
fn end_session(port: u16, session: &str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let question = format!(
        "DELETE /session/{session} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(question.as_bytes())?;
    // The answer comes when Chromium has gone.
    stream.read_exact(&mut [0; 12])
}

impl Deref for Browser {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.driver
    }
}

const LOG: &str = "chromedriver.log";

fn capabilities(
    chromium: &Path,
    profile: &Path,
) -> Result<thirtyfour::ChromeCapabilities, Trouble> {
    let mut wanted = DesiredCapabilities::chrome();
    wanted.set_binary(&chromium.display().to_string())?;
    for argument in [
        "--headless=new",
        // Chromium refuses its sandbox to root and in most containers; it only meets our own pages.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--lang=en-GB",
        // Through a pipe instead of a port: Chromium then ends by itself when chromedriver
        // is gone, however it went. Through a port, killing chromedriver leaves nine processes.
        "--remote-debugging-pipe",
    ] {
        wanted.add_arg(argument)?;
    }
    wanted.add_arg(&format!(
        "--user-data-dir={}",
        profile.join("profile").display()
    ))?;
    wanted.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    Ok(wanted)
}

/// Starts chromedriver on a free port.
///
/// It takes a port that is free on IPv6 and gives up if that one is not free on
/// IPv4 as well, which does happen on a busy machine: then another is tried.
fn chromedriver(program: &Path, directory: &Path) -> Result<(Child, u16), Trouble> {
    for _ in 0..10 {
        let chromedriver = Child::start(Start {
            program: program.to_owned(),
            arguments: vec!["--port=0".to_owned()],
            directory: directory.to_owned(),
            log: LOG,
            identity: None,
            ends_on: Signal::TERM,
            // In the test's own group, so that a runner that ends a slow test ends it too.
            own_group: false,
        })?;
        // "ChromeDriver was started successfully on port 33883."
        while let Some(line) = chromedriver.next_line(Duration::from_secs(30)) {
            if let Some((_, port)) = line.split_once("started successfully on port ")
                && let Ok(port) = port.trim_end_matches('.').parse()
            {
                return Ok((chromedriver, port));
            }
        }
    }
    Err(Trouble(format!(
        "chromedriver did not start{}",
        tail(&directory.join(LOG))
    )))
}

fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(on_path)
}
