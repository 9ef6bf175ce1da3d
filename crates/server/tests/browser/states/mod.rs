//! Pages in the states that matter, each at two widths with axe: with nothing in them, with things, and with something wrong; and
//! what they are for done by keyboard alone, and without scripts. Divided by what they are about.

mod alerts;
mod deciding;
mod jobs;
mod markings;
mod publishing;
mod rules;
mod uploading;

use std::path::Path;

use testkit::browser::{DESKTOP, PHONE, WCAG_2_2_AA};

use crate::visitor::{By, Served, Visitor};

const OWNER: usize = 1;
const CONTRIBUTOR: usize = 2;
const READER: usize = 3;
const OFFICER: usize = 4;

/// What was found on the pages that were looked at.
#[derive(Default)]
struct Found {
    problems: Vec<String>,
    looked: usize,
}

impl Found {
    /// Looks at the page that is shown, which is called so.
    async fn look(&mut self, visitor: &Visitor, what: &str) {
        self.looked += 1;
        for viewport in [DESKTOP, PHONE] {
            visitor.browser.resize(viewport).await.unwrap();
            let width = viewport.width;
            let violations = visitor.browser.axe(assets::axe(), WCAG_2_2_AA).await;
            for violation in violations.unwrap() {
                self.problems
                    .push(format!("{what} at {width}: {violation}"));
            }
            let over = visitor
                .browser
                .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                .await
                .unwrap();
            if over.as_i64() > Some(0) {
                self.problems.push(format!(
                    "{what} at {width}: scrolls sideways by {over} pixels"
                ));
            }
        }
        visitor.browser.resize(DESKTOP).await.unwrap();
        for complaint in visitor.browser.complaints().await.unwrap() {
            // A page that says what is wrong has a status that says so too.
            if !["403", "409", "410", "422", "423"]
                .iter()
                .any(|status| complaint.contains(&format!("status of {status}")))
            {
                self.problems.push(format!("{what}: {complaint}"));
            }
        }
    }

    async fn open(&mut self, visitor: &Visitor, path: &str, what: &str) {
        visitor.open(path).await;
        self.look(visitor, what).await;
    }

    /// Presses what is refused, and looks at the page that says why.
    async fn refused(&mut self, visitor: &Visitor, button: &str, what: &str) {
        visitor.press(button).await;
        visitor.sees("There is a problem").await;
        self.look(visitor, &format!("{what} with something wrong"))
            .await;
    }

    #[track_caller]
    fn nothing(self, at_least: usize) {
        assert!(self.problems.is_empty(), "{}", self.problems.join("\n"));
        assert!(self.looked >= at_least, "only {} pages", self.looked);
    }
}

/// Where the first link of this text leads.
async fn href(visitor: &Visitor, text: &str) -> String {
    let script = format!(
        "const link = [...document.querySelectorAll('main a[href]')].find(a => a.textContent.trim() === {text:?});
         return link && link.getAttribute('href')"
    );
    for _ in 0..50 {
        let found = visitor.browser.run(&script).await.unwrap();
        if let Some(found) = found.as_str() {
            return found.to_owned();
        }
        pause().await;
    }
    panic!(
        "no link “{text}” on {}:\n{}",
        visitor.here().await,
        visitor.text().await
    )
}

/// Nothing is chosen any more.
async fn unchoose(visitor: &Visitor) {
    let script = "document.querySelectorAll('main input[type=radio]').forEach(one => { one.checked = false })";
    visitor.browser.run(script).await.unwrap();
}

async fn sign_in(served: &Served, number: usize) -> Visitor {
    let visitor = Visitor::arrive(served, DESKTOP, By::Mouse).await;
    visitor.sign_in(number).await;
    visitor
}

/// A library of a site of its own, in which somebody else may change things.
async fn library(owner: &Visitor, name: &str) -> String {
    owner.open("/sites/new").await;
    owner.fill("name", &format!("Site of {name}")).await;
    owner.choose("Project site").await;
    owner.press("Open this site").await;
    owner.sees(&format!("Site of {name}")).await;
    owner.follow("Documents").await;
    owner.follow("New library").await;
    owner.fill("name", name).await;
    owner.press("Open the library").await;
    owner.sees("Upload").await;
    let library = owner.here().await;
    owner.open(&format!("{library}/access/give")).await;
    owner.fill("find", "Ruth Pemberton").await;
    owner.press("Find").await;
    owner.choose("Contributor").await;
    owner.press("See what changes").await;
    owner.sees("gain").await;
    owner.press("Save this change").await;
    owner.sees("is changed").await;
    library
}

/// Brings files of these names, each with these words.
async fn bring(visitor: &Visitor, library: &str, work: &Path, files: &[(&str, &str)]) {
    let paths: Vec<_> = files
        .iter()
        .map(|(name, words)| {
            let path = work.join(name);
            std::fs::write(&path, words).unwrap();
            path
        })
        .collect();
    visitor.open(&format!("{library}/upload")).await;
    let all: Vec<&Path> = paths.iter().map(std::path::PathBuf::as_path).collect();
    visitor.attach(&all).await;
    if !visitor.scripts {
        visitor.press("Upload").await;
    }
}

/// Waits until all that is sent from this page has arrived: leaving it then loses nothing, and it asks nobody.
async fn at_rest(visitor: &Visitor) {
    const ASKS_NOBODY: &str = "const summary = document.querySelector('main form > [role=status]');
        return !!summary && !summary.hidden && window.dispatchEvent(new Event('beforeunload', { cancelable: true }))";
    for _ in 0..200 {
        if visitor.browser.run(ASKS_NOBODY).await.unwrap().as_bool() == Some(true) {
            return;
        }
        pause().await;
    }
    panic!("it is still being sent:\n{}", visitor.text().await)
}

/// Adds a file with these words as the next version of a document, which is number `becomes`.
async fn bring_version(visitor: &Visitor, document: &str, becomes: u64, work: &Path, words: &str) {
    let path = work.join(format!("version-{becomes}.txt"));
    std::fs::write(&path, words).unwrap();
    visitor.open(&format!("{document}/upload")).await;
    visitor.attach(&[&path]).await;
    visitor.press(&format!("Upload as version {becomes}")).await;
    for _ in 0..50 {
        if !visitor.here().await.ends_with("/upload") {
            return;
        }
        pause().await;
    }
    panic!("version {becomes} does not arrive");
}

/// Brings files of these names in one form, each with these words, as a browser does in which the page's own script does not run.
async fn bring_by_form(visitor: &Visitor, library: &str, files: &[(&str, &str)]) {
    visitor.open(&format!("{library}/upload")).await;
    let files: Vec<String> = files
        .iter()
        .map(|(name, words)| format!("files.items.add(new File([{words:?}], {name:?}));"))
        .collect();
    let script = format!(
        "const files = new DataTransfer(); {}
         const field = document.querySelector('input[type=file]'); field.files = files.files;
         HTMLFormElement.prototype.submit.call(field.form)",
        files.concat()
    );
    visitor.browser.run(&script).await.unwrap();
}

/// Takes an officer to the alert about the document of this name; gives its address.
async fn alert_about(officer: &Visitor, name: &str) -> String {
    officer.open("/alerts").await;
    let alert = href(officer, name).await;
    officer.open(&alert).await;
    alert
}

/// More than fits into the box of a reason.
const LONG: usize = 501;

/// The demonstration's own files have been read, so that there is something to decide.
async fn until_read(officer: &Visitor) {
    for _ in 0..120 {
        officer.open("/alerts").await;
        let text = officer.text().await;
        if text.contains("Joint exercise outline.txt") && text.contains("Visit report 2012.txt") {
            return;
        }
        officer.sees("Alerts").await;
        pause().await;
    }
    panic!("nothing to decide:\n{}", officer.text().await);
}

#[allow(
    clippy::disallowed_methods,
    reason = "polls what another process reads"
)]
async fn pause() {
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
}

/// Nothing in this library is being checked any more.
async fn settled(visitor: &Visitor, library: &str) {
    for _ in 0..120 {
        visitor.open(library).await;
        if !visitor.text().await.contains("Being checked") {
            return;
        }
        pause().await;
    }
    panic!("reading does not come to an end");
}
