//! What authors, owners and officers come for, done by keyboard alone, and without scripts on a phone.

use super::*;

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
    } else {
        ruth.sees("1 file added, 1 held or sealed").await;
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

/// Several alerts decided at once, and one version of a document destroyed, by the page that asks to the certificate.
async fn decisions(owner: &Visitor, ruth: &Visitor, officer: &Visitor, work: &Path) {
    let library = library(owner, "Decisions").await;
    let files = [
        ("One.txt", "TOP SECRET\n\nNobody wrote this one\n"),
        ("Two.txt", "TOP SECRET\n\nNor this\n"),
    ];
    bring(ruth, &library, work, &files).await;
    ruth.sees(if ruth.scripts {
        "2 are done"
    } else {
        "2 files held or sealed"
    })
    .await;
    settled(ruth, &library).await;
    officer.open("/alerts").await;
    officer.choose("Select One.txt").await;
    officer.choose("Select Two.txt").await;
    officer.press("False alarm").await;
    officer.sees("2 alerts are false alarms").await;
    officer.fill("reason", "An exercise").await;
    officer.press("They are false alarms").await;
    officer.sees("2 alerts were decided as false alarms").await;
    settled(ruth, &library).await;

    ruth.open(&library).await;
    ruth.follow("One.txt").await;
    let document = ruth.here().await;
    let words = "TOP SECRET\n\nThis is not what it was\n";
    bring_version(ruth, &document, 2, work, words).await;
    settled(ruth, &library).await;
    officer.open("/alerts").await;
    officer.follow("One.txt").await;
    officer.follow("Destroy this version only").await;
    officer.fill("reason", "A spill").await;
    officer.press("Destroy this version").await;
    officer.sees("This is the certificate").await;
    settled(ruth, &library).await;
    ruth.open(&document).await;
    ruth.sees("Version 3").await;
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
    decisions(&all[0], &all[1], &all[2], work.path()).await;
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
    decisions(&all[0], &all[1], &all[2], work.path()).await;
    for visitor in all {
        visitor.browser.quit().await.unwrap();
    }
}
