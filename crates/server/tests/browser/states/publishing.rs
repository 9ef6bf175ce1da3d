//! Publishing and approvals.

use super::*;

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
