//! How long somebody at a browser waits until they see a page: from following an address to the first paint of what is on
//! it, as Chromium itself tells (`first-contentful-paint`, W3C Paint Timing).

use std::time::{Duration, Instant};

use testkit::browser::thirtyfour::Cookie;
use testkit::browser::{Browser, DESKTOP};

use crate::Outcome;
use crate::figures::{Figures, Percentiles, times};

/// Views that are not counted: of the first, the stylesheet and the scripts come too.
const WARM_UP: usize = 2;

/// Somebody who is signed in, at a browser of their own.
pub(crate) struct Viewer {
    browser: Browser,
    address: String,
}

impl Viewer {
    /// Opens the door with the session that the cookie names. Nobody where there is no Chromium.
    pub(crate) async fn arrive(port: u16, cookie: &str) -> Outcome<Option<Self>> {
        let browser = match Browser::start(DESKTOP).await {
            Ok(browser) => browser,
            Err(trouble) => {
                eprintln!("when pages are painted is not measured: {trouble}");
                return Ok(None);
            }
        };
        let address = format!("http://localhost:{port}");
        // A cookie is taken for the place that is shown.
        browser.goto(format!("{address}/sign-in")).await?;
        let (name, value) = cookie.split_once('=').ok_or("a cookie without a name")?;
        browser.add_cookie(Cookie::new(name, value)).await?;
        Ok(Some(Self { browser, address }))
    }

    /// Looks at a page so many times.
    pub(crate) async fn look(
        &self,
        engine: &'static str,
        what: &str,
        page: &str,
        views: usize,
    ) -> Outcome<Figures> {
        let mut painted = times()?;
        let begun = Instant::now();
        for view in 0..views + WARM_UP {
            self.browser.goto(format!("{}{page}", self.address)).await?;
            let took = self.painted().await?;
            if view >= WARM_UP {
                let took = std::time::Duration::try_from_secs_f64(took / 1000.0)?;
                painted.record(u64::try_from(took.as_micros())?)?;
            }
        }
        let mut figures = Figures {
            engine,
            measure: format!("columns: {what}, painted"),
            connections: Some(1),
            wall: Percentiles::of(&painted),
            ..Figures::default()
        };
        figures.rate(u64::try_from(views)?, begun.elapsed());
        Ok(figures)
    }

    /// Milliseconds from following the address of the page that is shown to its first paint.
    async fn painted(&self) -> Outcome<f64> {
        let script = "const paint = performance.getEntriesByName('first-contentful-paint')[0];
            return document.querySelector('main table, main ul') && paint ? paint.startTime : null;";
        for _ in 0..200 {
            if let Some(took) = self.browser.run(script).await?.as_f64() {
                return Ok(took);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err("the page was not painted, or is no list".into())
    }

    pub(crate) async fn leave(self) -> Outcome {
        Ok(self.browser.quit().await?)
    }
}
