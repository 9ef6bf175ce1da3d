//! Rules are proposed, tried by the real reader, reported on and switched on: on pages and by programs.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use std::time::Duration;

use axum::http::StatusCode;
use chancery::assurance::{self, Written};
use chancery::documents;
use chancery::kernel::{Actor, Id, Realm, thing};
use chancery::people::{self, Office};
use serde_json::json;
use stage::stage;

fn policy(name: &str) -> String {
    markings::Policy::text(name).unwrap().to_owned()
}

/// Reads and tries, as a node does in the background, until the trial is whole.
#[allow(
    clippy::disallowed_methods,
    reason = "asks again what a loop in the background has done"
)]
async fn until_tried(realm: &Realm, officer: &Actor, id: Id<thing::Rulebook>) {
    let whole = async {
        loop {
            let page = assurance::rulebook(officer, id).await.unwrap();
            if page.trial.unwrap().is_whole() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let patient = tokio::time::timeout(Duration::from_mins(2), async {
        tokio::select! {
            () = assurance::keep_reading(realm) => {}
            () = whole => {}
        }
    });
    patient.await.expect("the trial comes to an end");
}

#[allow(
    clippy::too_many_lines,
    reason = "rules from their proposal on are one story"
)]
#[tokio::test]
async fn rules_are_proposed_tried_and_switched_on() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let realm = &pages.realm;
    let first = Written {
        policy: policy("il3"),
        schemes: Vec::new(),
    };
    assurance::begin(realm, &first).await.unwrap();
    // It may be here by the rules in force, and not by those that are proposed.
    let contributor = people::actor(realm, &stage.tokens["contributor"]).await;
    let library = stage.ids["libraries"].parse().unwrap();
    let route = &b"RESTRICTED\n\nThe route of the visit.\n"[..];
    documents::add(
        &contributor.unwrap().actor,
        library,
        None,
        "Route.txt",
        route,
    )
    .await
    .unwrap();
    let owner = people::person_by_email(&Actor::console(realm), "owner@test.example")
        .await
        .unwrap();
    people::appoint(&Actor::console(realm), owner, Office::Assurance, None)
        .await
        .unwrap();
    let officer = Actor::person(realm, owner);
    let (token, program) = (&stage.tokens["owner"], &stage.programs["owner"]);

    let form = pages.get(token, "/alerts/rules/propose").await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.main().contains("IL3: up to RESTRICTED"));
    let wrong = pages
        .post(token, "/alerts/rules/propose", "policy=id+%3D+3")
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.main().contains("id = 3"), "what was typed is kept");
    // The box that it was typed in says the line, what is wrong with it and what would be right.
    let lines = policy("il2").replacen("unread = \"block\"", "unread = \"blok\"", 1);
    let form = format!(
        "policy={}&scheme-01={}",
        wire::url_escape(&lines),
        wire::url_escape("id = \"ours\"\n")
    );
    let wrong = pages.post(token, "/alerts/rules/propose", &form).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in [
        "href=\"#policy\"",
        "href=\"#scheme-01\"",
        "id=\"policy-error\"",
        "id=\"scheme-01-error\"",
        "Line 12 (unread = &#34;blok&#34;): “blok” means nothing here",
        "“name” is missing. Add a line such as name = &#34;Ours&#34;",
        "IL2: up to PROTECT",
    ] {
        assert!(wrong.main().contains(said), "{said}: {}", wrong.main());
    }
    let by_program = json!({ "policy": lines, "schemes": [] });
    let wrong = pages
        .call(program, "post", "/rulebooks", Some(&by_program))
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.json()["errors"][0]["field"], "policy");
    let rules = json!({ "policy": policy("il2") });
    let made = pages
        .call(program, "post", "/rulebooks", Some(&rules))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let again = pages
        .call(program, "post", "/rulebooks", Some(&rules))
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT);

    let here = format!("/alerts/rules/{id}");
    let report = pages.get(token, &here).await;
    assert_eq!(report.status, StatusCode::OK);
    // How far it is changes by itself where scripts run, and with a link elsewhere.
    assert!(report.main().contains("data-live") && report.main().contains(">Refresh<"));
    // Before it is finished it says so, and asks again.
    let early = pages.post(token, &format!("{here}/switch-on"), "").await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.main().contains("the report is not whole"));

    until_tried(realm, &officer, id.parse().unwrap()).await;
    let report = pages.get(token, &here).await;
    assert!(!report.main().contains("data-live") && !report.main().contains(">Refresh<"));
    for said in [
        "the report is whole",
        "By library",
        "As CSV",
        "As JSON Lines",
    ] {
        assert!(report.main().contains(said), "{said}: {}", report.main());
    }
    let whole = pages
        .look(program, &format!("/rulebooks/{id}"))
        .await
        .json();
    assert_eq!(whole["rulebook"]["state"], "proposed");
    assert_eq!(whole["trial"]["done"], whole["trial"]["total"]);
    let changes = pages
        .every(program, &format!("/rulebooks/{id}/changes"))
        .await;
    let counted: u64 = whole["trial"]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["number"].as_u64().unwrap())
        .sum();
    assert_eq!(changes.len() as u64, counted);
    let libraries = pages
        .every(program, &format!("/rulebooks/{id}/libraries"))
        .await;
    let by_library: u64 = libraries
        .iter()
        .flat_map(|one| one["changes"].as_array().unwrap().iter())
        .map(|one| one["number"].as_u64().unwrap())
        .sum();
    assert_eq!(by_library, counted);
    let library = libraries[0]["library"]["id"].as_str().unwrap();
    let only = pages
        .every(
            program,
            &format!("/rulebooks/{id}/changes?library={library}"),
        )
        .await;
    assert!(!only.is_empty() && only.iter().all(|one| one["library"]["id"] == library));
    for (address, lines) in [
        (format!("/rulebooks/{id}/changes.csv"), counted + 1),
        (format!("/rulebooks/{id}/changes.jsonl"), counted),
        (
            format!("/rulebooks/{id}/changes.jsonl?library={library}"),
            only.len() as u64,
        ),
    ] {
        let file = pages.look(program, &address).await;
        assert_eq!(file.status, StatusCode::OK, "{address}");
        assert_eq!(file.body.lines().count() as u64, lines, "{address}");
    }
    for (address, said) in [
        (
            format!("{here}?library={library}"),
            "Changes in all libraries",
        ),
        (
            format!("{here}/libraries"),
            "What would change in each library",
        ),
        (
            format!("{here}/export?format=csv"),
            "What would be done,Document",
        ),
        (format!("{here}/export?format=jsonl"), "\"effect\""),
    ] {
        let answer = pages.get(token, &address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        assert!(answer.body.contains(said), "{address}: {}", answer.body);
    }

    let done = pages.post(token, &format!("{here}/switch-on"), "").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert!(done.location().starts_with("/alerts/rules/"));
    assert_ne!(done.location(), here);
    let states: Vec<_> = pages
        .every(program, "/rulebooks")
        .await
        .iter()
        .map(|one| one["state"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(states, ["in_force", "switched_on", "over"]);
    let late = pages
        .call(program, "delete", &format!("/rulebooks/{id}"), None)
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    // To others none of it is there.
    for who in ["reader", "contributor", "stranger", "operator"] {
        let (libraries, export) = (format!("{here}/libraries"), format!("{here}/export"));
        for address in ["/alerts/rules/propose", &here, &libraries, &export] {
            let answer = pages.get(&stage.tokens[who], address).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{who} {address}");
        }
    }
}
