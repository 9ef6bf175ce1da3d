//! Deciding: about several alerts at once, about one version of a document, and otherwise than before.

use super::*;

/// A library in which these files are sealed or held, and its address.
async fn with_alerts(
    owner: &Visitor,
    ruth: &Visitor,
    work: &Path,
    name: &str,
    files: &[(&str, &str)],
) -> String {
    let library = library(owner, name).await;
    bring(ruth, &library, work, files).await;
    at_rest(ruth).await;
    settled(ruth, &library).await;
    library
}

async fn tick(officer: &Visitor, names: &[&str]) {
    officer.open("/alerts").await;
    for name in names {
        officer.choose(&format!("Select {name}")).await;
    }
}

#[allow(clippy::too_many_lines, reason = "deciding about several is one story")]
#[tokio::test]
async fn pages_of_several_alerts_have_no_axe_violations_in_any_state() {
    let served = Served::demonstration_that_reads();
    let work = tempfile::tempdir().unwrap();
    let mut found = Found::default();
    let owner = sign_in(&served, OWNER).await;
    let ruth = sign_in(&served, CONTRIBUTOR).await;
    let officer = sign_in(&served, OFFICER).await;
    let files = ["A.txt", "B.txt", "C.txt", "D.txt"];
    let words = files.map(|name| format!("TOP SECRET\n\nNobody wrote {name}\n"));
    let all: Vec<(&str, &str)> = files
        .into_iter()
        .zip(words.iter().map(String::as_str))
        .collect();
    with_alerts(&owner, &ruth, work.path(), "Several", &all).await;

    officer.open("/alerts").await;
    officer.press("False alarm").await;
    officer.sees("Tick the alerts").await;
    found.look(&officer, "nothing ticked").await;
    tick(&officer, &["A.txt", "B.txt"]).await;
    officer.press("Take in hand").await;
    officer.sees("Take 2 alerts in hand").await;
    found.look(&officer, "taking several in hand").await;
    officer.press("Take them in hand").await;
    officer.sees("2 alerts were taken in hand").await;
    found.look(&officer, "several in hand").await;
    // Those are left out where they are in hand already.
    tick(&officer, &["A.txt", "C.txt"]).await;
    officer.press("Take in hand").await;
    officer.sees("What is left out").await;
    found
        .look(&officer, "taking in hand what is left out")
        .await;
    tick(&officer, &["A.txt"]).await;
    officer.press("Take in hand").await;
    officer.sees("There is nothing to take in hand").await;
    found.look(&officer, "nothing to take in hand").await;

    tick(&officer, &["A.txt", "B.txt", "C.txt"]).await;
    officer.press("Keep sealed").await;
    officer.sees("Keep 3 documents sealed").await;
    found.look(&officer, "keeping several").await;
    found
        .refused(&officer, "Keep them sealed", "keeping several")
        .await;
    officer.fill("reason", &"x".repeat(LONG)).await;
    found
        .refused(
            &officer,
            "Keep them sealed",
            "keeping several, too long a reason",
        )
        .await;
    officer.fill("reason", "They are asked").await;
    // One of them is decided in another tab meanwhile.
    let other = sign_in(&served, OFFICER).await;
    let alert = alert_about(&other, "B.txt").await;
    other.open(&format!("{alert}/false-alarm")).await;
    other.fill("reason", "It names a film").await;
    other.press("It is a false alarm").await;
    other.sees("The alert is decided").await;
    officer.press("Keep them sealed").await;
    officer.sees("What was left out").await;
    found.look(&officer, "what was left out of several").await;

    tick(&officer, &["D.txt"]).await;
    officer.press("False alarm").await;
    officer.sees("1 alert is a false alarm").await;
    found.look(&officer, "several that are one").await;
    found
        .refused(&officer, "They are false alarms", "false alarms")
        .await;
    officer.fill("reason", "It names a ship").await;
    officer.press("They are false alarms").await;
    officer.sees("1 alert was decided as a false alarm").await;
    found.look(&officer, "several decided").await;
    found
        .open(&officer, "/alerts?state=decided", "all that was decided")
        .await;
    for visitor in [owner, ruth, officer, other] {
        visitor.browser.quit().await.unwrap();
    }
    found.nothing(13);
}

#[tokio::test]
async fn pages_of_destroying_one_version_have_no_axe_violations_in_any_state() {
    let served = Served::demonstration_that_reads();
    let work = tempfile::tempdir().unwrap();
    let mut found = Found::default();
    let owner = sign_in(&served, OWNER).await;
    let ruth = sign_in(&served, CONTRIBUTOR).await;
    let officer = sign_in(&served, OFFICER).await;
    let one = [("Plan.txt", "OFFICIAL\n\nThe plan\n")];
    let library = with_alerts(&owner, &ruth, work.path(), "Versions", &one).await;
    ruth.open(&library).await;
    let document = href(&ruth, "Plan.txt").await;
    let spill = "TOP SECRET\n\nNobody wrote this plan\n";
    bring_version(&ruth, &document, 2, work.path(), spill).await;
    settled(&ruth, &library).await;
    found
        .open(&ruth, &document, "a sealed version, for its author")
        .await;

    let alert = alert_about(&officer, "Plan.txt").await;
    found
        .look(&officer, "an alert about one of several versions")
        .await;
    let destroy = format!("{alert}/destroy-version");
    found
        .open(&officer, &destroy, "destroying one version")
        .await;
    found
        .refused(&officer, "Destroy this version", "destroying one version")
        .await;
    officer.fill("reason", &"x".repeat(LONG)).await;
    found
        .refused(
            &officer,
            "Destroy this version",
            "destroying one version, too long a reason",
        )
        .await;
    officer.fill("reason", "A spill").await;
    officer.press("Destroy this version").await;
    officer.sees("This is the certificate").await;
    officer.sees("Other versions of the document stay").await;
    found.look(&officer, "a certificate of one version").await;
    found
        .open(
            &officer,
            &alert,
            "an alert about a version that was destroyed",
        )
        .await;
    officer.sees("See the certificate of destruction").await;
    settled(&ruth, &library).await;
    found
        .open(
            &ruth,
            &document,
            "a document of which a version was destroyed",
        )
        .await;
    // It cannot be destroyed again: the page that asks leads to the alert, which says what was done.
    officer.open(&destroy).await;
    assert_eq!(officer.here().await, alert);
    officer.sees("Content destroyed by you").await;
    for visitor in [owner, ruth, officer] {
        visitor.browser.quit().await.unwrap();
    }
    found.nothing(8);
}

#[tokio::test]
async fn pages_of_decisions_that_are_taken_back_have_no_axe_violations_in_any_state() {
    let served = Served::demonstration_that_reads();
    let work = tempfile::tempdir().unwrap();
    let mut found = Found::default();
    let owner = sign_in(&served, OWNER).await;
    let ruth = sign_in(&served, CONTRIBUTOR).await;
    let officer = sign_in(&served, OFFICER).await;
    let files = [
        ("Film.txt", "TOP SECRET\n\nThe name of a film\n"),
        ("Old.txt", "TOP SECRET\n\nOut of date\n"),
        ("Doubt.txt", "Secret\n\nThe agenda of the day\n"),
    ];
    let library = with_alerts(&owner, &ruth, work.path(), "Taken back", &files).await;

    let film = alert_about(&officer, "Film.txt").await;
    officer.open(&format!("{film}/false-alarm")).await;
    officer.fill("reason", "It names a film").await;
    officer.press("It is a false alarm").await;
    officer.sees("The alert is decided").await;
    found.look(&officer, "a false alarm").await;
    let old = alert_about(&officer, "Old.txt").await;
    officer.open(&format!("{old}/downgrade")).await;
    let choose = "const list = document.querySelector('select[name=marking]');
        list.value = [...list.options].find(one => one.textContent.trim() === 'OFFICIAL').value";
    officer.browser.run(choose).await.unwrap();
    officer.fill("reason", "It is out of date").await;
    officer.press("Correct the marking").await;
    officer.sees("The marking is corrected").await;
    officer.sees("Marking corrected by you, to OFFICIAL").await;
    found.look(&officer, "a marking that was corrected").await;
    officer.open(&format!("{old}/downgrade")).await;
    assert_eq!(officer.here().await, old);

    // Of the third its author is asked whether that is a marking.
    let doubt = alert_about(&officer, "Doubt.txt").await;
    found.look(&officer, "an alert that is a doubt").await;
    ruth.open(&library).await;
    let document = href(&ruth, "Doubt.txt").await;
    found
        .open(
            &ruth,
            &format!("{document}/sealed"),
            "what an author is asked about a doubt",
        )
        .await;
    ruth.sees("Doubt.txt is held").await;
    found.refused(&ruth, "Say so", "a doubt").await;
    ruth.choose("No, that is no marking").await;
    ruth.fill("reason", "It names a day").await;
    ruth.press("Say so").await;
    ruth.sees("You answered").await;
    found
        .open(&officer, &doubt, "an alert that its author answered")
        .await;
    officer.sees("Answered by Ruth Pemberton").await;

    for (alert, what) in [
        (&film, "a false alarm"),
        (&old, "a corrected marking"),
        (&doubt, "an answer"),
    ] {
        let back = format!("{alert}/take-back");
        found
            .open(&officer, &back, &format!("taking back {what}"))
            .await;
        found
            .refused(&officer, "Take it back", &format!("taking back {what}"))
            .await;
        officer.fill("reason", "The officer was wrong").await;
        officer.press("Take it back").await;
        officer.sees("The decision is taken back").await;
        officer.sees("Decided before, and taken back").await;
        found.look(&officer, &format!("{what}, taken back")).await;
        // It is not decided any more, so there is nothing to take back.
        officer.open(&back).await;
        assert_eq!(officer.here().await, *alert);
    }
    settled(&ruth, &library).await;
    found
        .open(&ruth, "/notices", "notices of what was taken back")
        .await;
    found
        .open(
            &owner,
            &format!("{library}/alerts"),
            "alerts of a library, taken back",
        )
        .await;
    for visitor in [owner, ruth, officer] {
        visitor.browser.quit().await.unwrap();
    }
    found.nothing(17);
}
