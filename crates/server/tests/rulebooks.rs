//! Rules are proposed, tried by the real reader, reported on and switched on: on pages and by programs.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use std::time::Duration;

use axum::http::StatusCode;
use chancery::assurance::{self, Written};
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
    assert!(report.main().contains("Look again"));
    // Before it is finished it says so, and asks again.
    let early = pages.post(token, &format!("{here}/switch-on"), "").await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.main().contains("the report is not whole"));

    until_tried(realm, &officer, id.parse().unwrap()).await;
    let report = pages.get(token, &here).await;
    assert!(!report.main().contains("Look again"));
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
        for address in ["/alerts/rules/propose", here.as_str()] {
            let answer = pages.get(&stage.tokens[who], address).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{who} {address}");
        }
    }
}
