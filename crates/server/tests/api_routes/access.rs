//! Who can see a place and why, and changes of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Scene;

/// Who can see it, by name, with their role.
async fn seen(scene: &Scene, place: &str) -> BTreeMap<String, String> {
    let people = scene
        .pages
        .every(
            &scene.stage.programs["owner"],
            &format!("{place}/access?limit=2"),
        )
        .await;
    let count = people.len();
    let seen: BTreeMap<_, _> = people
        .iter()
        .map(|one| {
            let text = |field: &str| one[field].as_str().unwrap().to_owned();
            (text("id"), text("role"))
        })
        .collect();
    assert_eq!(seen.len(), count, "everybody is visited once");
    seen
}

fn after(mut seen: BTreeMap<String, String>, preview: &Value) -> BTreeMap<String, String> {
    let text = |one: &Value, field: &str| one[field].as_str().unwrap().to_owned();
    for one in preview["gain"].as_array().unwrap() {
        assert!(seen.insert(text(one, "id"), text(one, "role")).is_none());
    }
    for one in preview["lose"].as_array().unwrap() {
        assert_eq!(seen.remove(&text(one, "id")), Some(text(one, "role")));
    }
    for one in preview["differ"].as_array().unwrap() {
        assert_eq!(
            seen.insert(text(one, "id"), text(one, "after")),
            Some(text(one, "before"))
        );
    }
    seen
}

#[tokio::test]
async fn who_can_see_a_place_and_why() {
    let scene = Scene::set().await;
    let (site, library) = (
        format!("/sites/{}", scene.id("sites")),
        format!("/libraries/{}", scene.id("libraries")),
    );
    let mut told = String::new();
    for path in [
        format!("{site}/access/summary"),
        format!("{library}/access/summary"),
        format!("{library}/access?limit=2"),
        format!("{library}/grants"),
        format!("{library}/access/of/{}", scene.id("member")),
        format!(
            "{library}/access/of/{}?at=2026-01-01T00:00:00Z",
            scene.id("member")
        ),
        format!("{site}/access/subjects?find=open"),
    ] {
        let answer = scene.get("owner", &path).await.told();
        let path = path
            .replace(scene.id("sites"), "[id]")
            .replace(scene.id("libraries"), "[id]")
            .replace(scene.id("member"), "[id]");
        let _ = write!(told, "{path}\n{answer}\n\n");
    }
    insta::assert_snapshot!("access", told);

    // The pages that visit everybody add up to the counts.
    for place in [&site, &library] {
        let summary = scene
            .get("owner", &format!("{place}/access/summary"))
            .await
            .json();
        assert_eq!(
            json!(seen(&scene, place).await.len()),
            summary["people"],
            "{place}"
        );
    }
    for (who, expected) in [
        ("reader", 403),
        ("guest", 403),
        ("stranger", 404),
        ("neighbour", 404),
    ] {
        for end in [
            "/access",
            "/access/summary",
            "/grants",
            "/access/subjects?find=open",
        ] {
            assert_eq!(
                scene.status(who, &format!("{library}{end}")).await,
                expected,
                "{end} for the {who}"
            );
        }
    }
    for wrong in ["limit=0", "limit=1001", "after=x", "of=me"] {
        assert_eq!(
            scene
                .status("owner", &format!("{library}/access?{wrong}"))
                .await,
            422,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_preview_is_the_difference_seen_after_the_change() {
    let scene = Scene::set().await;
    let (site, library) = (
        format!("/sites/{}", scene.id("sites")),
        format!("/libraries/{}", scene.id("libraries")),
    );
    let reader = scene.id("site grant").to_owned();
    for (place, changes) in [
        (
            &site,
            json!([{ "what": "give", "to": { "kind": "organisation", "id": scene.id("organisations") }, "role": "contributor", "until": "2026-07-01T00:00:00Z" }]),
        ),
        (
            &site,
            json!([{ "what": "alter", "grant": reader, "role": "owner" }, { "what": "give", "to": { "kind": "everyone" }, "role": "reader" }]),
        ),
        (
            &library,
            json!([{ "what": "stop_inheriting", "keep": false }, { "what": "give", "to": { "kind": "person", "id": scene.id("member") }, "role": "owner" }]),
        ),
        (&library, json!([{ "what": "inherit" }])),
    ] {
        let before = seen(&scene, place).await;
        let asked = json!({ "changes": changes, "why": "For the test" });
        let preview = scene
            .send(
                "owner",
                "post",
                &format!("{place}/access/preview"),
                asked.clone(),
            )
            .await;
        assert_eq!(preview.status.as_u16(), 200, "{}", preview.body);
        let preview = preview.json();
        assert_eq!(seen(&scene, place).await, before, "a preview saves nothing");
        assert_eq!(preview["can_save"], json!(true), "{preview}");
        let mut shown = asked.clone();
        shown["fingerprint"] = preview["fingerprint"].clone();
        let saved = scene
            .send(
                "owner",
                "post",
                &format!("{place}/access/change"),
                shown.clone(),
            )
            .await;
        if place == &library
            && before.len() > 1
            && preview["lose"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["name"] == "Test owner")
        {
            // The owner of the site goes on governing a library that they cannot read.
            assert_eq!(saved.status.as_u16(), 204, "{}", saved.body);
        }
        Scene::assert_done(&saved);
        assert_eq!(
            seen(&scene, place).await,
            after(before, &preview),
            "{changes}"
        );
        // What was shown then is not what it would do now.
        let stale = scene
            .send("owner", "post", &format!("{place}/access/change"), shown)
            .await;
        // It does something else now, or cannot be done at all any more: either is news.
        assert_eq!(stale.status.as_u16(), 409, "{}", stale.body);
        assert!(stale.body.contains("different now"), "{}", stale.body);
    }
    let trail = scene
        .get("owner", &format!("{site}/trail?about=access&limit=1"))
        .await
        .json();
    assert_eq!(trail["items"][0]["data"]["why"], "For the test", "{trail}");
}

#[tokio::test]
async fn a_change_that_cannot_be_made_names_what_is_wrong() {
    let scene = Scene::set().await;
    let (site, library) = (
        format!("/sites/{}", scene.id("sites")),
        format!("/libraries/{}", scene.id("libraries")),
    );
    let give = |to: Value, role: &str| json!([{ "what": "give", "to": to, "role": role }]);
    let everyone = || json!({ "kind": "everyone" });
    for (place, changes, field) in [
        (&site, json!([]), "change"),
        (&site, give(everyone(), "owner"), "role"),
        (
            &site,
            give(json!({ "kind": "person", "id": "0123456789ABC" }), "reader"),
            "to",
        ),
        (&site, json!([{ "what": "inherit" }]), "change"),
        (
            &site,
            json!([{ "what": "end", "grant": "0123456789ABC" }]),
            "change",
        ),
        (
            &site,
            json!([{ "what": "give", "to": everyone(), "role": "reader", "until": "2020-01-01T00:00:00Z" }]),
            "until",
        ),
        (&site, give(everyone(), "king"), "changes[0]"),
        (&site, json!([{ "what": "conquer" }]), "changes[0].what"),
        (
            &site,
            give(json!({ "kind": "team", "id": "x" }), "reader"),
            "changes[0]",
        ),
    ] {
        for end in ["preview", "change"] {
            let asked = json!({ "changes": changes });
            let path = format!("{place}/access/{end}");
            assert_eq!(
                scene.wrong("owner", "post", &path, asked).await,
                field,
                "{changes}"
            );
        }
    }
    let asked = json!({ "changes": give(everyone(), "reader") });
    for (who, expected) in [
        ("reader", 403),
        ("owner who reads", 403),
        ("owner who contributes", 403),
        ("stranger", 404),
    ] {
        for end in ["preview", "change"] {
            let answer = scene
                .send(
                    who,
                    "post",
                    &format!("{library}/access/{end}"),
                    asked.clone(),
                )
                .await;
            assert_eq!(answer.status.as_u16(), expected, "{who}: {}", answer.body);
        }
    }
}
