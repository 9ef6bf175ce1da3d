//! Sites and libraries.

use std::fmt::Write as _;

use serde_json::json;

use super::Scene;

#[tokio::test]
async fn sites_and_libraries_as_their_people_see_them() {
    let scene = Scene::set().await;
    let (site, library) = (
        scene.id("sites").to_owned(),
        scene.id("libraries").to_owned(),
    );
    let mut told = String::new();
    for (who, path) in [
        ("reader", "/sites".to_owned()),
        ("reader", format!("/sites/{site}")),
        ("guest", format!("/sites/{site}")),
        ("reader", format!("/sites/{site}/members")),
        ("reader", format!("/sites/{site}/libraries")),
        ("reader", format!("/libraries/{library}")),
        ("operator", "/sites/new".to_owned()),
    ] {
        let answer = scene.get(who, &path).await.told();
        let path = path.replace(&site, "[id]").replace(&library, "[id]");
        let _ = write!(told, "{path} for the {who}\n{answer}\n\n");
    }
    insta::assert_snapshot!("places", told);

    for who in ["stranger", "neighbour"] {
        for path in [
            format!("/sites/{site}"),
            format!("/sites/{site}/members"),
            format!("/sites/{site}/libraries"),
            format!("/libraries/{library}"),
        ] {
            assert_eq!(scene.status(who, &path).await, 404, "{path} for the {who}");
        }
        assert_eq!(scene.get(who, "/sites").await.json()["items"], json!([]));
        assert_eq!(scene.status(who, "/sites?which=all").await, 404);
    }
    let all = scene.get("operator", "/sites?which=all").await.json();
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    assert_eq!(scene.status("reader", "/sites?which=some").await, 422);
}

#[tokio::test]
async fn sites_and_libraries_are_opened_and_changed() {
    let scene = Scene::set().await;
    let site = scene
        .made(
            "operator",
            "/sites",
            json!({ "name": "Homes", "kind": "team" }),
        )
        .await;
    scene
        .done(
            "operator",
            "patch",
            &format!("/sites/{site}"),
            json!({ "purpose": "Homes for all" }),
        )
        .await;
    let now = scene
        .get("operator", &format!("/sites/{site}"))
        .await
        .json();
    assert_eq!(
        (&now["name"], &now["kind"], &now["purpose"], &now["role"]),
        (
            &json!("Homes"),
            &json!("team"),
            &json!("Homes for all"),
            &json!("owner")
        )
    );
    let library = scene
        .made(
            "operator",
            &format!("/sites/{site}/libraries"),
            json!({ "name": "Papers", "inherits": false }),
        )
        .await;
    scene
        .done(
            "operator",
            "patch",
            &format!("/libraries/{library}"),
            json!({ "name": "All papers" }),
        )
        .await;
    let now = scene
        .get("operator", &format!("/libraries/{library}"))
        .await
        .json();
    assert_eq!(
        (&now["name"], &now["inherits"]),
        (&json!("All papers"), &json!(false))
    );

    for (method, path, body, field) in [
        (
            "post",
            "/sites".to_owned(),
            json!({ "name": "Homes", "kind": "castle" }),
            "kind",
        ),
        (
            "post",
            "/sites".to_owned(),
            json!({ "kind": "team" }),
            "name",
        ),
        (
            "post",
            "/sites".to_owned(),
            json!({ "name": "X", "kind": "team", "organisation": "0123456789ABC" }),
            "organisation",
        ),
        (
            "post",
            format!("/sites/{site}/libraries"),
            json!({ "name": "More" }),
            "inherits",
        ),
        (
            "post",
            format!("/sites/{site}/libraries"),
            json!({ "name": "All papers", "inherits": true }),
            "name",
        ),
        (
            "patch",
            format!("/libraries/{library}"),
            json!({ "name": " " }),
            "name",
        ),
        (
            "patch",
            format!("/libraries/{library}"),
            json!({ "inherits": true }),
            "inherits",
        ),
    ] {
        assert_eq!(
            scene.wrong("operator", method, &path, body).await,
            field,
            "{path}"
        );
    }
    // Whoever sees it and may not change it is told so; whoever does not see it is told that it is not there.
    let (site, library) = (
        scene.id("sites").to_owned(),
        scene.id("libraries").to_owned(),
    );
    for path in [format!("/sites/{site}"), format!("/libraries/{library}")] {
        let refused = scene
            .send("reader", "patch", &path, json!({ "name": "Mine" }))
            .await;
        assert_eq!(refused.status.as_u16(), 403, "{}", refused.body);
        let refused = scene
            .send("owner who reads", "patch", &path, json!({ "name": "Mine" }))
            .await;
        assert_eq!(refused.status.as_u16(), 403, "{}", refused.body);
        let absent = scene
            .send("stranger", "patch", &path, json!({ "name": "Mine" }))
            .await;
        assert_eq!(absent.status.as_u16(), 404, "{}", absent.body);
    }
}
