//! Rules: in force, proposed, tried and taken back.

use super::*;

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
    // What is wrong is said in the box that it was typed in: the line, what is wrong in it, and what would be right.
    officer.open("/alerts/rules/propose").await;
    let broken = "const box = document.querySelector('textarea[name=policy]');
        box.value = box.value.replace('unread = \"block\"', 'unread = \"blok\"');
        document.querySelector('textarea[name=scheme-01]').value = 'id = \"ours\"';";
    officer.browser.run(broken).await.unwrap();
    found
        .refused(&officer, "Try these rules", "proposing a broken policy")
        .await;
    officer.sees("“blok” means nothing here").await;
    officer.sees("“name” is missing. Add a line").await;
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
    // The totals of each library, and one library alone.
    officer.open(&here).await;
    let all = "const row = document.querySelector('table tbody tr a[href*=\"library=\"]'); return row && row.getAttribute('href')";
    let one = officer.browser.run(all).await.unwrap();
    let one = one.as_str().expect("totals by library").to_owned();
    found.open(&officer, &one, "a trial, one library").await;
    officer.sees("Changes in all libraries").await;
    found
        .open(
            &officer,
            &format!("{here}/libraries"),
            "a trial, totals by library",
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
    found.nothing(14);
}
