//! What is asked about a file whose name or content is here already, in a real browser: by keyboard, and without scripts.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod visitor;

use std::path::Path;
use std::time::Duration;

use testkit::browser::{DESKTOP, PHONE, WCAG_2_2_AA};
use visitor::{By, Served, Visitor};

async fn fits(visitor: &Visitor) {
    let found = visitor.browser.axe(assets::axe(), WCAG_2_2_AA).await;
    let found = found.unwrap();
    assert!(found.is_empty(), "{found:?}");
}

/// Sends files to the library, and waits until the page says what became of them.
async fn send(visitor: &Visitor, library: &str, files: &[&Path], said: &str) {
    visitor.open(&format!("{library}/upload")).await;
    visitor.attach(files).await;
    if !visitor.scripts {
        visitor.press("Upload").await;
    }
    visitor.sees(said).await;
}

async fn offers(visitor: &Visitor, name: &str, work: &Path) {
    let file = |called: &str, content: &str| {
        let path = work.join(called);
        std::fs::write(&path, content).unwrap();
        path
    };
    visitor.sign_in(1).await;
    visitor.open("/sites/new").await;
    visitor.fill("name", &format!("Site of {name}")).await;
    visitor.choose("Project site").await;
    visitor.press("Open this site").await;
    visitor.follow("Documents").await;
    visitor.follow("New library").await;
    visitor.fill("name", "Papers").await;
    visitor.press("Open the library").await;
    visitor.sees("Upload").await;
    let library = visitor.here().await;

    let paper = file("Paper.txt", &format!("The first words of {name}."));
    let done = if visitor.scripts {
        "is done"
    } else {
        "1 file added"
    };
    let asks = if visitor.scripts {
        "1 needs you"
    } else {
        "1 file needs you"
    };
    send(visitor, &library, &[&paper], done).await;

    // The name is used: it is the next version, without being sent again.
    file("Paper.txt", &format!("The second words of {name}."));
    send(visitor, &library, &[&paper], asks).await;
    visitor.open("/waiting").await;
    visitor
        .sees("A document with this name is here already, at version 1")
        .await;
    fits(visitor).await;
    visitor.follow("Decide").await;
    fits(visitor).await;
    visitor.choose("Add as version 2 of Paper.txt").await;
    visitor.press("Continue").await;
    visitor.sees("Version 2").await;

    // The content is here: kept besides, for a reason that both documents say.
    let copy = file("Copy.txt", &format!("The second words of {name}."));
    send(visitor, &library, &[&copy], asks).await;
    visitor.open("/waiting").await;
    visitor
        .sees("The same content is already in Papers as Paper.txt")
        .await;
    visitor.follow("Decide").await;
    visitor.choose("Keep both").await;
    visitor.press("Continue").await;
    visitor.sees("Say why both are kept").await;
    visitor.fill("reason", "One is for the board").await;
    visitor.press("Continue").await;
    visitor.sees("Kept separately from").await;
    visitor.follow("Paper.txt").await;
    visitor.sees("One is for the board").await;
    fits(visitor).await;

    // Two at once, with one answer for both.
    file("Paper.txt", &format!("The third words of {name}."));
    file("Copy.txt", &format!("Other words of {name}."));
    let asks = if visitor.scripts {
        "2 need you"
    } else {
        "2 files need you"
    };
    send(visitor, &library, &[&paper, &copy], asks).await;
    visitor.open("/waiting").await;
    visitor.choose("Give each a name that is free").await;
    visitor.press("Do this for all of them").await;
    visitor.sees("Paper (2).txt").await;
    visitor.sees("Copy (2).txt").await;

    // A new version by its own page.
    visitor.follow("Paper.txt").await;
    let document = visitor.here().await;
    visitor.open(&format!("{document}/upload")).await;
    file("Paper.txt", &format!("The last words of {name}."));
    visitor.fill("comment", "The last words").await;
    visitor.attach(&[&paper]).await;
    visitor.press("Upload as version 3").await;
    visitor.sees("Version 3").await;
    visitor.sees("The last words").await;
}

#[tokio::test]
async fn what_is_here_already_is_offered_without_scripts_on_a_phone() {
    let served = Served::demonstration();
    let work = tempfile::tempdir().unwrap();
    let plain = Visitor::arrive_without_scripts(&served, PHONE).await;
    offers(&plain, "Plain", work.path()).await;
    plain.browser.quit().await.unwrap();
}

#[tokio::test]
async fn what_is_here_already_is_offered_by_keyboard() {
    let served = Served::demonstration();
    let work = tempfile::tempdir().unwrap();
    let keys = Visitor::arrive(&served, DESKTOP, By::Keyboard).await;
    let outcome =
        tokio::time::timeout(Duration::from_mins(3), offers(&keys, "Keys", work.path())).await;
    assert!(outcome.is_ok(), "stuck at {}", keys.here().await);
    keys.browser.quit().await.unwrap();
}
