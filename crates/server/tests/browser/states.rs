//! Pages in the states that matter, each at two widths with axe: with nothing in them, with things, and with something wrong; and
//! what they are for done by keyboard alone, and without scripts.

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
            if !["403", "409", "410", "422"]
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

const LONG: usize = 501;

#[allow(clippy::too_many_lines, reason = "publishing is one story")]
#[tokio::test]
async fn pages_of_publishing_have_no_axe_violations_in_any_state() {
    let served = Served::demonstration();
    let work = tempfile::tempdir().unwrap();
    let mut found = Found::default();
    let owner = sign_in(&served, OWNER).await;
    let library = library(&owner, "Drafts").await;
    found
        .open(&owner, &format!("{library}/publishing"), "the setting")
        .await;
    unchoose(&owner).await;
    found.refused(&owner, "Save", "the setting").await;
    owner.choose("What an owner publishes").await;
    owner.press("Save").await;
    owner.sees("New versions are drafts").await;
    found
        .open(&owner, &format!("{library}/approvals"), "no approvals")
        .await;

    let ruth = sign_in(&served, CONTRIBUTOR).await;
    let files = ["A.txt", "B.txt", "C.txt", "D.txt"].map(|name| (name, name));
    bring(&ruth, &library, work.path(), &files).await;
    ruth.sees("4 are done").await;
    found.look(&ruth, "what was uploaded").await;
    found.open(&ruth, &library, "a list of drafts").await;
    let mut documents = Vec::new();
    for (name, _) in files {
        documents.push(href(&ruth, name).await);
    }
    for name in ["A.txt", "B.txt"] {
        ruth.choose(&format!("Select {name}")).await;
    }
    ruth.press("Ask for approval").await;
    ruth.sees("Ask for 2 documents to be published").await;
    found.look(&ruth, "asking for several").await;
    ruth.fill("note", &"x".repeat(LONG)).await;
    found
        .refused(&ruth, "Ask for approval", "asking for several")
        .await;
    ruth.fill("note", "Agreed by all").await;
    ruth.press("Ask for approval").await;
    ruth.sees("have been told of 2 documents").await;
    let ask = format!("{}/ask-to-publish", documents[2]);
    found.open(&ruth, &ask, "asking for one").await;
    ruth.fill("note", &"x".repeat(LONG)).await;
    found
        .refused(&ruth, "Ask for approval", "asking for one")
        .await;
    ruth.fill("note", "").await;
    ruth.press("Ask for approval").await;
    ruth.sees("have been told").await;
    found.look(&ruth, "a draft that waits").await;
    found
        .open(&ruth, &format!("{library}/approvals"), "what one waits for")
        .await;
    ruth.open(&format!("{}/ask-to-publish", documents[3])).await;
    ruth.press("Ask for approval").await;
    let withdraw = format!("{}/withdraw-request", documents[3]);
    found.open(&ruth, &withdraw, "withdrawing").await;
    ruth.press("Withdraw the request").await;
    ruth.sees("The request was withdrawn").await;

    found
        .open(&owner, &format!("{library}/approvals"), "approvals")
        .await;
    let publish = format!("{}/publish?version=1", documents[2]);
    found.open(&owner, &publish, "publishing one").await;
    owner.fill("comment", &"x".repeat(LONG)).await;
    found.refused(&owner, "Publish", "publishing one").await;
    let back = format!("{}/send-back", documents[2]);
    found.open(&owner, &back, "sending back").await;
    found.refused(&owner, "Send back", "sending back").await;
    owner.fill("reason", "Shorter").await;
    owner.press("Send back").await;
    owner.sees("Sent back").await;
    owner.open(&library).await;
    for name in ["A.txt", "B.txt"] {
        owner.choose(&format!("Select {name}")).await;
    }
    owner.press("Publish").await;
    owner.sees("Publish 2 documents").await;
    found.look(&owner, "publishing several").await;
    owner.fill("comment", &"x".repeat(LONG)).await;
    found.refused(&owner, "Publish", "publishing several").await;
    owner.fill("comment", "").await;
    // One of them is published in another tab meanwhile.
    let other = sign_in(&served, OWNER).await;
    other
        .open(&format!("{}/publish?version=1", documents[0]))
        .await;
    other.press("Publish").await;
    other.sees("Published").await;
    other.browser.quit().await.unwrap();
    owner.press("Publish").await;
    owner.sees("What was left out").await;
    found.look(&owner, "what was left out").await;
    let nothing = format!(
        "{library}/publish?item={}",
        documents[0].trim_start_matches("/documents/")
    );
    found.open(&owner, &nothing, "nothing to publish").await;
    let unpublish = format!("{}/unpublish", documents[0]);
    found.open(&owner, &unpublish, "unpublishing").await;
    found.refused(&owner, "Unpublish", "unpublishing").await;
    owner.fill("reason", "It names somebody").await;
    owner.press("Unpublish").await;
    owner.sees("Unpublished").await;
    found.look(&owner, "what was unpublished").await;
    owner.open(&format!("{library}/publishing")).await;
    owner.choose("Every version, as soon as it is there").await;
    owner.press("Save").await;
    owner.sees("Readers will see drafts").await;
    found.look(&owner, "what readers will see").await;
    // Where markings are not read.
    for page in [
        format!("{library}/default-marking"),
        format!("{}/marking", documents[0]),
    ] {
        found.open(&owner, &page, "no markings read").await;
    }
    let officer = sign_in(&served, OFFICER).await;
    for page in ["/alerts", "/alerts/rules", "/alerts/requests"] {
        found.open(&officer, page, "no markings read").await;
    }
    for visitor in [owner, ruth, officer] {
        visitor.browser.quit().await.unwrap();
    }
    found.nothing(28);
}

#[allow(clippy::too_many_lines, reason = "what people say is one story")]
#[tokio::test]
async fn pages_of_markings_have_no_axe_violations_in_any_state() {
    let served = Served::demonstration_that_reads();
    let work = tempfile::tempdir().unwrap();
    let mut found = Found::default();
    let officer = sign_in(&served, OFFICER).await;
    until_read(&officer).await;
    found.open(&officer, "/alerts/requests", "requests").await;
    let rota = href(&officer, "Duty rota.txt").await;
    let rota = rota.trim_end_matches("/marking/decide").to_owned();

    let ruth = sign_in(&served, CONTRIBUTOR).await;
    let marking = format!("{rota}/marking");
    found.open(&ruth, &rota, "a document with a request").await;
    found
        .open(&ruth, &marking, "a marking with a request")
        .await;
    found.refused(&ruth, "Say so", "a marking").await;
    ruth.choose("SECRET").await;
    ruth.press("Say so").await;
    ruth.sees("This closes Duty rota.txt at once").await;
    found.look(&ruth, "saying what seals").await;

    let owner = sign_in(&served, OWNER).await;
    let none = library(&owner, "Unmarked").await;
    for (page, what) in [
        ("alerts", "no alerts of a library"),
        ("marking-requests", "no requests of a library"),
        ("default-marking", "no default marking"),
    ] {
        found.open(&owner, &format!("{none}/{page}"), what).await;
    }
    unchoose(&owner).await;
    found.refused(&owner, "Save", "the default marking").await;
    owner.choose("OFFICIAL").await;
    owner.press("Save").await;
    owner.sees("carry this from now on").await;
    found
        .open(
            &owner,
            &format!("{none}/default-marking"),
            "a default marking",
        )
        .await;
    owner.open(&rota).await;
    let papers = href(&owner, "Case conference papers").await;
    for (page, what) in [
        ("alerts", "alerts of a library"),
        ("marking-requests", "requests of a library"),
    ] {
        found.open(&owner, &format!("{papers}/{page}"), what).await;
    }
    let decide = format!("{marking}/decide");
    found.open(&owner, &decide, "deciding").await;
    found.refused(&owner, "Decide", "deciding").await;
    owner.choose("It may carry").await;
    owner.press("Decide").await;
    owner.sees("You agreed").await;
    found
        .open(&owner, &marking, "a marking that was agreed to")
        .await;

    // Its author is asked who agreed to it being here.
    found
        .open(
            &owner,
            &format!("{papers}?find=Visit+report"),
            "a list with what is held",
        )
        .await;
    owner.sees("Only you can open it").await;
    let report = href(&owner, "Visit report 2012.txt").await;
    found
        .open(&owner, &report, "what only its author can open")
        .await;
    let sealed = format!("{report}/sealed");
    found
        .open(&owner, &sealed, "what its author is asked")
        .await;
    found
        .refused(
            &owner,
            "Ask for it to be opened",
            "what its author is asked",
        )
        .await;

    // Three files: one that is open, one that is sealed, one that waits for its sender.
    let files = [
        ("Open.txt", "OFFICIAL\n\nNothing\n"),
        ("Sealed.txt", "TOP SECRET\n\nNothing that anybody wrote\n"),
        ("Twice.txt", "OFFICIAL\n\nThe same\n"),
    ];
    bring(&ruth, &none, work.path(), &files[2..]).await;
    ruth.sees("1 file: 1 is done").await;
    bring(&ruth, &none, work.path(), &files).await;
    ruth.sees("1 needs you").await;
    ruth.sees("It was sealed, because it is marked TOP SECRET")
        .await;
    ruth.sees("In the library.").await;
    found
        .look(&ruth, "an upload of which something is sealed")
        .await;
    found.open(&ruth, &none, "a list with what is sealed").await;
    let spill = href(&ruth, "Sealed.txt").await;
    found
        .open(&ruth, &spill, "what was sealed, for its author")
        .await;
    found.open(&ruth, "/notices", "notices").await;
    let reader = sign_in(&served, READER).await;
    reader.open("/sites").await;
    reader.open(&papers).await;
    found
        .look(&reader, "a list with what is sealed, for a reader")
        .await;
    for visitor in [officer, owner, ruth, reader] {
        visitor.browser.quit().await.unwrap();
    }
    found.nothing(22);
}

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

#[tokio::test]
async fn pages_of_alerts_have_no_axe_violations_in_any_state() {
    let served = Served::demonstration_that_reads();
    let mut found = Found::default();
    let officer = sign_in(&served, OFFICER).await;
    found
        .open(&officer, "/alerts?state=decided", "none decided")
        .await;
    until_read(&officer).await;
    found.look(&officer, "alerts").await;
    let alert = href(&officer, "Joint exercise outline.txt").await;
    found
        .open(&officer, &alert, "an alert with its evidence")
        .await;
    officer.sees("SECRET").await;
    officer.press("Take in hand").await;
    officer.sees("You have this alert in hand").await;
    found.look(&officer, "an alert in hand").await;
    for (page, button) in [
        ("false-alarm", "It is a false alarm"),
        ("downgrade", "Correct the marking"),
        ("keep-sealed", "Keep it sealed"),
        ("destroy", "Destroy all content"),
    ] {
        found.open(&officer, &format!("{alert}/{page}"), page).await;
        found.refused(&officer, button, page).await;
    }
    officer.open(&format!("{alert}/keep-sealed")).await;
    officer.fill("reason", "Asked").await;
    officer.press("Keep it sealed").await;
    officer.sees("is sealed to everybody").await;
    found.look(&officer, "an alert that was kept").await;
    officer.open(&format!("{alert}/destroy")).await;
    officer.fill("reason", "A spill").await;
    officer.press("Destroy all content").await;
    officer.sees("This is the certificate").await;
    found.look(&officer, "a certificate").await;
    found
        .open(&officer, &alert, "an alert about what was destroyed")
        .await;
    found
        .open(&officer, "/alerts?state=decided", "decided")
        .await;
    let owner = sign_in(&served, OWNER).await;
    found.open(&owner, "/notices", "notices").await;
    for visitor in [officer, owner] {
        visitor.browser.quit().await.unwrap();
    }
    found.nothing(17);
}

#[tokio::test]
async fn pages_of_rules_have_no_axe_violations_in_any_state() {
    let served = Served::demonstration_that_reads();
    let mut found = Found::default();
    let officer = sign_in(&served, OFFICER).await;
    found.open(&officer, "/alerts/rules", "rules").await;
    found
        .open(&officer, "/alerts/rules/propose", "proposing")
        .await;
    // A policy is longer than anybody types.
    let policy = "const box = document.querySelector('textarea[name=policy]'); box.dataset.was = box.value; box.value = 'id = 3';";
    officer.browser.run(policy).await.unwrap();
    found
        .refused(&officer, "Try these rules", "proposing")
        .await;
    officer.open("/alerts/rules/propose").await;
    let sealing = "const box = document.querySelector('textarea[name=policy]');
        box.value = box.value.replace('official = { outcome = \"allowed\"', 'official = { outcome = \"above\"');";
    officer.browser.run(sealing).await.unwrap();
    officer.press("Try these rules").await;
    officer.sees("The rules are tried from now on").await;
    let here = officer.here().await;
    found.look(&officer, "a trial").await;
    // What would change is found on the way; the whole of it takes longer than anybody waits here.
    for _ in 0..120 {
        officer.open(&here).await;
        if officer.text().await.contains("All changes") {
            break;
        }
        pause().await;
    }
    officer.sees("All changes").await;
    found.look(&officer, "a trial with changes").await;
    found
        .open(
            &officer,
            &format!("{here}?effect=sealed"),
            "a trial, one kind of change",
        )
        .await;
    found
        .open(&officer, &format!("{here}/switch-on"), "switching on")
        .await;
    officer.press("Switch on these rules").await;
    found
        .look(&officer, "switching on what is not tried wholly")
        .await;
    found
        .open(&officer, "/alerts/rules", "rules with what is proposed")
        .await;
    officer.browser.quit().await.unwrap();

    // In a realm of its own, because switching on begins to seal there.
    let served = Served::demonstration_that_reads();
    let officer = sign_in(&served, OFFICER).await;
    officer.open("/alerts/rules/propose").await;
    officer.browser.run(sealing).await.unwrap();
    officer.press("Try these rules").await;
    let here = officer.here().await;
    found
        .open(&officer, &format!("{here}/withdraw"), "taking back")
        .await;
    officer.press("Take back these rules").await;
    officer.sees("The rules are taken back").await;
    found.look(&officer, "what was taken back").await;
    officer.browser.quit().await.unwrap();
    found.nothing(11);
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

/// From a draft to its publication, from a marking that is asked for to the decision, and from an alert to the decision about it:
/// the same steps however they are taken.
async fn jobs(owner: &Visitor, ruth: &Visitor, officer: &Visitor, work: &Path) {
    let library = library(owner, "Jobs").await;
    owner.open(&format!("{library}/publishing")).await;
    owner.choose("What an owner publishes").await;
    owner.press("Save").await;
    owner.sees("New versions are drafts").await;
    let files = [
        ("Draft.txt", "PROTECT\n\nOne\n"),
        ("Spill.txt", "TOP SECRET\n\nNobody wrote this\n"),
    ];
    bring(ruth, &library, work, &files).await;
    if ruth.scripts {
        ruth.sees("It was sealed, because it is marked TOP SECRET")
            .await;
        ruth.sees("once it is published").await;
    }
    settled(ruth, &library).await;
    ruth.sees("Sealed").await;
    ruth.open(&library).await;
    ruth.choose("Select Draft.txt").await;
    ruth.press("Ask for approval").await;
    ruth.fill("note", "Agreed by all").await;
    ruth.press("Ask for approval").await;
    ruth.sees("have been told of 1 document").await;
    owner.open(&format!("{library}/approvals")).await;
    owner.follow("Draft.txt").await;
    owner.press("Publish").await;
    owner.sees("Readers see version 1.0 now").await;
    let document = owner.here().await;

    ruth.open(&format!("{document}/marking")).await;
    ruth.choose("NOT PROTECTIVELY MARKED").await;
    ruth.fill("reason", "It names nobody").await;
    ruth.press("Say so").await;
    ruth.sees("have been asked").await;
    owner.open(&format!("{library}/marking-requests")).await;
    owner.follow("Draft.txt").await;
    owner.choose("It stays as it is").await;
    owner.fill("reason", "It does").await;
    owner.press("Decide").await;
    owner.sees("It stays as it is").await;

    officer.open("/alerts").await;
    officer.follow("Spill.txt").await;
    officer.press("Take in hand").await;
    officer.sees("You have this alert in hand").await;
    officer.follow("False alarm").await;
    officer.fill("reason", "An exercise").await;
    officer.press("It is a false alarm").await;
    officer.sees("The alert is decided").await;
}

#[tokio::test]
async fn what_authors_owners_and_officers_do_is_done_by_keyboard() {
    let served = Served::demonstration_that_reads();
    let work = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for number in [OWNER, CONTRIBUTOR, OFFICER] {
        let visitor = Visitor::arrive(&served, DESKTOP, By::Keyboard).await;
        visitor.sign_in(number).await;
        all.push(visitor);
    }
    jobs(&all[0], &all[1], &all[2], work.path()).await;
    for visitor in all {
        visitor.browser.quit().await.unwrap();
    }
}

#[tokio::test]
async fn what_authors_owners_and_officers_do_is_done_without_scripts_on_a_phone() {
    let served = Served::demonstration_that_reads();
    let work = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for number in [OWNER, CONTRIBUTOR, OFFICER] {
        let visitor = Visitor::arrive_without_scripts(&served, PHONE).await;
        visitor.sign_in(number).await;
        all.push(visitor);
    }
    jobs(&all[0], &all[1], &all[2], work.path()).await;
    for visitor in all {
        visitor.browser.quit().await.unwrap();
    }
}
