//! People, organisations, teams, notices and oneself.

use std::fmt::Write as _;

use serde_json::json;

use super::Scene;

#[tokio::test]
async fn people_and_where_they_belong() {
    let scene = Scene::set().await;
    let mut told = String::new();
    let organisation = scene.id("organisations").to_owned();
    for path in [
        "/people?find=owner".to_owned(),
        format!("/people/{}", scene.id("member")),
        "/organisations".to_owned(),
        format!("/organisations/{organisation}"),
        "/teams".to_owned(),
        format!("/teams/{}", scene.id("teams")),
    ] {
        let answer = scene.get("owner", &path).await.told();
        let _ = write!(told, "{}\n{answer}\n\n", path.split('?').next().unwrap());
    }
    insta::assert_snapshot!(
        "people",
        told.replace(&organisation, "[id]")
            .replace(scene.id("member"), "[id]")
            .replace(scene.id("teams"), "[id]")
    );

    // The fence: who shares no place with them is told that there is nobody.
    assert_eq!(
        scene
            .status("stranger", &format!("/people/{}", scene.id("member")))
            .await,
        404
    );
    assert_eq!(
        scene
            .status("stranger", &format!("/teams/{}", scene.id("teams")))
            .await,
        404
    );
    let known = scene.get("stranger", "/people").await.json();
    let names: Vec<_> = known["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["organisation"])
        .collect();
    assert!(names.iter().all(|name| *name == "Tessel Ltd"), "{names:?}");
}

#[tokio::test]
async fn the_directory_is_visited_once() {
    let scene = Scene::set().await;
    let operator = &scene.stage.programs["operator"];
    let trust = scene.id("trust").to_owned();
    for number in 0..130 {
        let form = json!({ "name": format!("Person {number}"), "email": format!("p{number}@test.example") });
        scene
            .made("operator", &format!("/organisations/{trust}/people"), form)
            .await;
    }
    for (path, least) in [
        ("/people".to_owned(), 130),
        (format!("/organisations/{trust}/people"), 130),
    ] {
        let all = scene.pages.every(operator, &path).await;
        let mut ids: Vec<_> = all
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "{path}: somebody twice");
        assert!(count >= least, "{path}: {count}");
    }
    let first = scene.get("operator", "/people?find=Person").await;
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let link = first.headers["link"].to_str().unwrap();
    assert_eq!(
        link,
        format!(
            "</api/v1/people?find=Person&after={}>; rel=\"next\"",
            wire::url_escape(&next)
        )
    );
}

#[tokio::test]
async fn organisations_and_teams_are_made_and_changed() {
    let scene = Scene::set().await;
    let charity = scene.id("organisations").to_owned();
    let made = scene.made("operator", "/organisations", json!({
        "name": "Harbour Lights", "sector": "voluntary", "about": "Homes", "umbrella": charity,
    })).await;
    scene
        .done(
            "operator",
            "patch",
            &format!("/organisations/{made}"),
            json!({ "name": "Harbour Light" }),
        )
        .await;
    let now = scene
        .get("operator", &format!("/organisations/{made}"))
        .await
        .json();
    assert_eq!(
        (&now["name"], &now["about"]),
        (&json!("Harbour Light"), &json!("Homes"))
    );
    assert_eq!(now["umbrella"]["id"], json!(charity));
    scene
        .done(
            "operator",
            "patch",
            &format!("/organisations/{made}"),
            json!({ "umbrella": null }),
        )
        .await;
    let now = scene
        .get("operator", &format!("/organisations/{made}"))
        .await
        .json();
    assert_eq!(now["umbrella"], json!(null));

    let team = scene
        .made("operator", "/teams", json!({ "name": "Housing" }))
        .await;
    scene
        .done(
            "operator",
            "post",
            &format!("/teams/{team}/people"),
            json!({ "email": "reader@test.example", "duty": "Chair" }),
        )
        .await;
    scene
        .done(
            "operator",
            "patch",
            &format!("/teams/{team}"),
            json!({ "purpose": "Homes" }),
        )
        .await;
    let now = scene
        .get("operator", &format!("/teams/{team}"))
        .await
        .json();
    assert_eq!(
        (&now["name"], &now["purpose"], &now["members"][0]["duty"]),
        (&json!("Housing"), &json!("Homes"), &json!("Chair"))
    );
    let member = now["members"][0]["id"].as_str().unwrap();
    scene
        .done(
            "operator",
            "delete",
            &format!("/teams/{team}/people/{member}"),
            json!({}),
        )
        .await;
    let now = scene
        .get("operator", &format!("/teams/{team}"))
        .await
        .json();
    assert_eq!(now["members"], json!([]));

    // What is wrong is named, and what may not be done is not there.
    for (method, path, body, field) in [
        (
            "post",
            "/organisations".to_owned(),
            json!({ "name": "", "sector": "public" }),
            "name",
        ),
        (
            "post",
            "/organisations".to_owned(),
            json!({ "name": "New", "sector": "secret" }),
            "sector",
        ),
        (
            "post",
            "/organisations".to_owned(),
            json!({ "name": "New", "sector": "public", "umbrella": "no id" }),
            "umbrella",
        ),
        (
            "post",
            "/organisations".to_owned(),
            json!({ "name": "New", "sector": "public", "surprise": 1 }),
            "surprise",
        ),
        (
            "post",
            "/organisations".to_owned(),
            json!({ "name": "Harbour Light", "sector": "public" }),
            "name",
        ),
        (
            "post",
            format!("/teams/{team}/people"),
            json!({ "email": "nobody@test.example" }),
            "email",
        ),
    ] {
        assert_eq!(
            scene.wrong("operator", method, &path, body).await,
            field,
            "{path}"
        );
    }
    let refused = scene
        .send(
            "owner",
            "post",
            "/organisations",
            json!({ "name": "New", "sector": "public" }),
        )
        .await;
    assert_eq!(refused.status.as_u16(), 404);
}

#[tokio::test]
async fn oneself() {
    let scene = Scene::set().await;
    scene
        .done("reader", "patch", "/me", json!({ "title": "Caseworker" }))
        .await;
    let me = scene.get("reader", "/me").await.json();
    assert_eq!(
        (&me["person"]["title"], &me["person"]["name"]),
        (&json!("Caseworker"), &json!("Test reader"))
    );
    assert_eq!(
        scene
            .wrong(
                "reader",
                "patch",
                "/me",
                json!({ "email": "other@test.example" })
            )
            .await,
        "email"
    );
    let limited = scene
        .send(
            "owner who contributes",
            "patch",
            "/me",
            json!({ "title": "Chief" }),
        )
        .await;
    assert_eq!(limited.status.as_u16(), 403, "{}", limited.body);

    let devices = scene.get("reader", "/me/devices").await.json();
    assert_eq!(devices["items"][0]["device"], "Chrome on Linux");
    let device = devices["items"][0]["id"].as_str().unwrap().to_owned();
    let theirs = scene
        .send(
            "owner",
            "delete",
            &format!("/me/devices/{device}"),
            json!({}),
        )
        .await;
    assert_eq!(theirs.status.as_u16(), 404);
    scene
        .done(
            "reader",
            "delete",
            &format!("/me/devices/{device}"),
            json!({}),
        )
        .await;
    assert_eq!(
        scene.get("reader", "/me/devices").await.json()["items"],
        json!([])
    );
    scene
        .done("owner", "delete", "/me/devices", json!({}))
        .await;
    assert_eq!(
        scene.get("owner", "/me/devices").await.json()["items"],
        json!([])
    );

    let held = scene.get("contributor", "/me/held").await.json();
    assert_eq!(held["items"][0]["name"], "Minutes.txt");
    let changes = scene.get("reader", "/me/changes").await.json();
    assert_eq!(changes["items"][0]["site"]["name"], "Resettlement Pathway");
    assert_eq!(changes["items"][0]["lines"][0]["action"], "AddDocument");
    assert_eq!(
        scene.get("stranger", "/me/changes").await.json()["items"],
        json!([])
    );
}

#[tokio::test]
async fn notices_are_told_once_and_read() {
    let scene = Scene::set().await;
    let unread = scene.get("guest", "/notices").await;
    insta::assert_snapshot!("notices", unread.told());
    scene
        .done("guest", "post", "/notices/read", json!({}))
        .await;
    let read = scene.get("guest", "/notices").await.json();
    assert!(
        read["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["read"] == true),
        "{read}"
    );
}

/// Each names one field, and neither undoes the other.
#[tokio::test]
async fn two_changes_at_the_same_moment_are_both_kept() {
    let scene = Scene::set().await;
    let member = scene.id("member");
    for (who, path, one, other) in [
        (
            "owner",
            format!("/sites/{}", scene.id("sites")),
            "name",
            "purpose",
        ),
        (
            "owner",
            format!("/libraries/{}", scene.id("libraries")),
            "name",
            "purpose",
        ),
        (
            "operator",
            format!("/teams/{}", scene.id("teams")),
            "name",
            "purpose",
        ),
        (
            "operator",
            format!("/organisations/{}", scene.id("organisations")),
            "name",
            "about",
        ),
        (
            "operator",
            format!("/people/{member}/account"),
            "title",
            "phone",
        ),
        ("reader", "/me".to_owned(), "title", "name"),
    ] {
        for round in 0..5 {
            let (first, second) = (format!("First {round}"), format!("0161 496 000{round}"));
            let (here, there) = tokio::join!(
                scene.send(who, "patch", &path, json!({ one: first })),
                scene.send(who, "patch", &path, json!({ other: second })),
            );
            Scene::assert_done(&here);
            Scene::assert_done(&there);
            let now = scene.get(who, &path).await.json();
            let now = now.to_string();
            assert!(now.contains(&first), "{path}: {one} is lost: {now}");
            assert!(now.contains(&second), "{path}: {other} is lost: {now}");
        }
    }
}
