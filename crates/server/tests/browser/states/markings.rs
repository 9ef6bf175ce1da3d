//! What people say of markings, what owners see of it, and what those are told whose document is closed.

use super::*;

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
