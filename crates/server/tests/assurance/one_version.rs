//! One version destroyed, and the document going on.

use super::*;

#[allow(clippy::too_many_lines, reason = "one decision, by each of the doors")]
#[tokio::test]
async fn one_version_is_destroyed_on_pages_and_by_programs_and_not_by_whoever_made_it() {
    let stage = stage().await;
    let (pages, _) = spilled(&stage).await;
    let officer = stage.tokens["officer"].clone();
    let contributor: Actor = people::actor(&pages.realm, &stage.tokens["contributor"])
        .await
        .unwrap()
        .actor;
    let library = stage.ids["libraries"].parse().unwrap();
    let mut alerts = Vec::new();
    for name in ["Pages.txt", "Programs.txt"] {
        let good = format!("OFFICIAL\n\n{name}\n");
        let id = documents::add(&contributor, library, None, name, good.as_bytes())
            .await
            .unwrap()
            .id;
        while assurance::read_waiting(&pages.realm).await.unwrap() > 0 {}
        let bad = format!("SECRET\n\n{name}\n");
        documents::add_version(&contributor, id, name, bad.as_bytes(), "")
            .await
            .unwrap();
        while assurance::read_waiting(&pages.realm).await.unwrap() > 0 {}
        let open = assurance::alerts(
            &people::actor(&pages.realm, &officer).await.unwrap().actor,
            assurance::AlertState::Open,
            None,
            None,
        )
        .await
        .unwrap();
        let line = open.lines.into_iter().find(|line| line.document == id);
        alerts.push((id, line.unwrap().id));
    }
    let (document, alert) = alerts[0];
    let here = format!("/alerts/{alert}");
    let shown = pages.get(&officer, &here).await;
    for said in ["Destroy this version only", "is nowhere else in this realm"] {
        assert!(shown.main().contains(said), "{said}: {}", shown.main());
    }
    let asked = pages
        .get(&officer, &format!("{here}/destroy-version"))
        .await;
    for said in ["Destroy version 2 of Pages.txt", "Version 2, 18 bytes"] {
        assert!(asked.main().contains(said), "{said}: {}", asked.main());
    }
    assert!(!asked.main().contains("Version 1,"));
    let empty = pages
        .post(&officer, &format!("{here}/destroy-version"), "reason=+")
        .await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = pages
        .post(
            &officer,
            &format!("{here}/destroy-version"),
            "reason=A+spill",
        )
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let certificate = pages.get(&officer, done.location()).await;
    for said in [
        "Version 2, 18 bytes",
        "Other versions of the document stay",
        "was nowhere else in this realm",
    ] {
        assert!(
            certificate.main().contains(said),
            "{said}: {}",
            certificate.main()
        );
    }
    let after = pages.get(&officer, &here).await;
    assert!(after.main().contains("Content destroyed"));
    assert!(!after.main().contains("Destroy this version only"));
    assert!(after.main().contains("Version 2 was marked"));
    // What cannot be decided any more is not asked: the alert says what was.
    for page in ["destroy-version", "destroy", "false-alarm", "take-back"] {
        let asked = pages.get(&officer, &format!("{here}/{page}")).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{page}");
        assert_eq!(asked.location(), here, "{page}");
    }
    while assurance::read_waiting(&pages.realm).await.unwrap() > 0 {}
    let page = pages
        .get(&stage.tokens["reader"], &format!("/documents/{document}"))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.main().contains("Version 2 was destroyed"),
        "{}",
        page.main()
    );

    // Whoever made it is an officer too: they see it, and another decides.
    let author = contributor.me().unwrap();
    people::appoint(
        &Actor::console(&pages.realm),
        author,
        people::Office::Assurance,
        None,
    )
    .await
    .unwrap();
    let (_, alert) = alerts[1];
    let own = pages
        .get(&stage.tokens["contributor"], &format!("/alerts/{alert}"))
        .await;
    assert!(
        own.main()
            .contains("another assurance officer decides about it")
            && !own.main().contains("False alarm"),
        "{}",
        own.main()
    );
    let asked = pages
        .get(
            &stage.tokens["contributor"],
            &format!("/alerts/{alert}/false-alarm"),
        )
        .await;
    assert_eq!(asked.location(), format!("/alerts/{alert}"));
    let refused = pages
        .post(
            &stage.tokens["contributor"],
            &format!("/alerts/{alert}/false-alarm"),
            "reason=Mine",
        )
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.main());
    let program = &stage.programs["officer"];
    let whole = pages
        .look(program, &format!("/alerts/{alert}"))
        .await
        .json();
    assert_eq!(
        (&whole["own"], &whole["leaves"]),
        (&false.into(), &true.into())
    );
    assert_eq!(whole["kept"]["documents"], 0);
    let made = pages
        .call(
            program,
            "post",
            &format!("/alerts/{alert}/destroy-version"),
            Some(&serde_json::json!({ "reason": "A spill" })),
        )
        .await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let id = made.json()["certificate"].as_str().unwrap().to_owned();
    let certificate = pages
        .look(program, &format!("/certificates/{id}"))
        .await
        .json();
    assert_eq!(certificate["whole"], false);
    assert_eq!(certificate["removed"][0]["version"], 2);
    assert_eq!(certificate["elsewhere"]["drafts"], 0);
}
