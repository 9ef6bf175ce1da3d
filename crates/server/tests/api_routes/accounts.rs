//! Accounts, for those who look after them.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;

use super::Scene;

#[tokio::test]
async fn an_account_from_its_first_day_to_its_last() {
    let scene = Scene::set().await;
    let charity = scene.id("organisations").to_owned();
    let new = json!({ "name": "Ines Moreau", "email": "ines@test.example", "until": "2027-06-30T23:00:00Z" });
    let answer = scene
        .send(
            "coordinator",
            "post",
            &format!("/organisations/{charity}/people"),
            new,
        )
        .await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    let link = answer.json()["link"].as_str().unwrap().to_owned();
    let welcome = link
        .strip_prefix("http://localhost:8080")
        .unwrap()
        .to_owned();
    let page = scene.pages.get("", &welcome).await;
    assert!(page.body.contains("Ines Moreau"), "{}", page.body);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let account = format!("/people/{id}/account");
    insta::assert_snapshot!("account", scene.get("coordinator", &account).await.told());

    scene
        .done(
            "coordinator",
            "patch",
            &account,
            json!({ "phone": "01632 960001" }),
        )
        .await;
    scene
        .done(
            "coordinator",
            "put",
            &format!("{account}/end"),
            json!({ "until": null }),
        )
        .await;
    let again = scene
        .send("coordinator", "post", &format!("{account}/link"), json!({}))
        .await;
    assert_eq!(again.status.as_u16(), 200, "{}", again.body);
    let spent = scene.pages.get("", &welcome).await;
    assert!(
        !spent.body.contains("Ines Moreau"),
        "an earlier link can be followed no more"
    );
    scene
        .done(
            "coordinator",
            "post",
            &format!("{account}/suspend"),
            json!({ "reason": "Left" }),
        )
        .await;
    let now = scene.get("coordinator", &account).await.json();
    assert_eq!(
        (&now["state"], &now["phone"]),
        (&json!("suspended"), &json!("01632 960001"))
    );
    let twice = scene
        .send(
            "coordinator",
            "post",
            &format!("{account}/suspend"),
            json!({ "reason": "Left" }),
        )
        .await;
    assert_eq!(twice.status.as_u16(), 409);
    scene
        .done(
            "coordinator",
            "post",
            &format!("{account}/reinstate"),
            json!({}),
        )
        .await;

    let trust = scene.id("trust").to_owned();
    scene
        .done(
            "operator",
            "post",
            &format!("{account}/transfer"),
            json!({ "organisation": trust }),
        )
        .await;
    let office = scene
        .made(
            "operator",
            &format!("{account}/offices"),
            json!({ "office": "coordinator", "organisation": trust }),
        )
        .await;
    let now = scene.get("operator", &account).await.json();
    assert_eq!(
        now["offices"],
        json!([{ "id": office, "says": "Coordinator of Northmoor Trust" }])
    );
    scene
        .done(
            "operator",
            "delete",
            &format!("{account}/offices/{office}"),
            json!({}),
        )
        .await;
    assert_eq!(
        scene.get("operator", &account).await.json()["offices"],
        json!([])
    );

    // Nobody else knows of any of it.
    assert_eq!(scene.status("coordinator", &account).await, 404);
    assert_eq!(scene.status("owner", &account).await, 404);
    for (method, path, body, field) in [
        ("put", "/end", json!({}), "until"),
        ("put", "/end", json!({ "until": "tomorrow" }), "until"),
        (
            "put",
            "/end",
            json!({ "until": "2020-01-01T00:00:00Z" }),
            "until",
        ),
        ("post", "/suspend", json!({ "reason": "" }), "reason"),
        ("post", "/offices", json!({ "office": "king" }), "office"),
        (
            "post",
            "/offices",
            json!({ "office": "coordinator" }),
            "organisation",
        ),
        (
            "post",
            "/transfer",
            json!({ "organisation": "0123456789ABC" }),
            "organisation",
        ),
        ("patch", "", json!({ "email": "not an address" }), "email"),
    ] {
        let path = format!("{account}{path}");
        assert_eq!(
            scene.wrong("operator", method, &path, body).await,
            field,
            "{path}"
        );
    }
}

/// A secret that is told once is not kept to be told again, whatever key it was asked for with.
#[tokio::test]
async fn a_link_is_told_once() {
    let scene = Scene::set().await;
    let ask = || {
        let path = format!("/api/v1/people/{}/account/link", scene.id("member"));
        Request::post(path)
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", scene.stage.programs["operator"]),
            )
            .header("idempotency-key", "a-link-for-them")
            .body(Body::empty())
            .unwrap()
    };
    let first = scene.pages.send(ask()).await;
    assert_eq!(first.status.as_u16(), 200, "{}", first.body);
    assert!(first.json()["link"].is_string());
    let second = scene.pages.send(ask()).await;
    assert_eq!(second.status.as_u16(), 208, "{}", second.body);
    assert_eq!(second.json()["action"], "IssueLink");
    assert!(!second.body.contains("welcome"), "{}", second.body);
}
