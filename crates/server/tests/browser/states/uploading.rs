//! What an upload says that is answered with one page, and what waits to be read.

use super::*;

const FILES: [(&str, &str); 4] = [
    ("Open.txt", "OFFICIAL\n\nNothing\n"),
    ("Sealed.txt", "TOP SECRET\n\nNothing that anybody wrote\n"),
    ("Held.txt", "CONFIDENTIAL\n\nWhoever marked it must say\n"),
    ("Twice.txt", "OFFICIAL\n\nThe same\n"),
];

#[tokio::test]
async fn pages_that_answer_an_upload_have_no_axe_violations_in_any_state() {
    let served = Served::demonstration_that_reads();
    let mut found = Found::default();
    let owner = sign_in(&served, OWNER).await;
    let library = library(&owner, "Brought").await;
    let ruth = sign_in(&served, CONTRIBUTOR).await;
    found
        .open(&ruth, &format!("{library}/upload"), "an upload")
        .await;
    bring_by_form(&ruth, &library, &[]).await;
    ruth.sees("Choose a file to upload").await;
    found.look(&ruth, "an upload of nothing").await;
    bring_by_form(&ruth, &library, &FILES[3..]).await;
    ruth.sees("1 file added").await;
    found.look(&ruth, "an upload of one").await;
    bring_by_form(&ruth, &library, &FILES).await;
    ruth.sees("1 file added, 2 held or sealed, 1 needs you")
        .await;
    ruth.sees("It was sealed, because it is marked TOP SECRET")
        .await;
    ruth.sees("It is held until somebody has decided about it, because it is marked CONFIDENTIAL")
        .await;
    found.look(&ruth, "an upload of every kind").await;
    for visitor in [owner, ruth] {
        visitor.browser.quit().await.unwrap();
    }
    found.nothing(4);
}

#[tokio::test]
async fn pages_of_what_nobody_has_read_have_no_axe_violations() {
    let served = Served::demonstration_whose_scanner_is_away();
    let mut found = Found::default();
    let owner = sign_in(&served, OWNER).await;
    let library = library(&owner, "Waiting").await;
    let ruth = sign_in(&served, CONTRIBUTOR).await;
    bring_by_form(&ruth, &library, &FILES[..2]).await;
    ruth.sees("Only you can open it yet").await;
    found.look(&ruth, "an upload that nobody has read").await;
    found
        .open(&ruth, &library, "a list that nobody has read")
        .await;
    let document = href(&ruth, "Open.txt").await;
    found
        .open(&owner, &document, "a document that is being checked")
        .await;
    owner.sees("is being checked").await;
    let officer = sign_in(&served, OFFICER).await;
    officer.open("/alerts").await;
    officer.sees("not read for their marking yet").await;
    found
        .look(&officer, "alerts, and what nobody has read")
        .await;
    found.open(&officer, "/", "the home of an officer").await;
    for visitor in [owner, ruth, officer] {
        visitor.browser.quit().await.unwrap();
    }
    found.nothing(5);
}
