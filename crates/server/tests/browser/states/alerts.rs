//! The alerts of the realm, and one of them in each of its ends.

use super::*;

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
    found
        .open(&officer, "/help/markings", "help with markings")
        .await;
    officer.open(&alert).await;
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
    found.nothing(18);
}
