//! Trails and what changed.

use serde_json::Value;

use super::Scene;

/// Takes the moment out of a line.
fn moment(line: &mut Value) -> jiff::Timestamp {
    line["at"].take().as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_trail_is_visited_once_and_exported_whole() {
    let scene = Scene::set().await;
    let owner = &scene.stage.programs["owner"];
    let library = format!("/libraries/{}", scene.id("libraries"));
    let first = scene
        .get(
            "owner",
            &format!("{library}/trail?limit=1&action=OpenVersion"),
        )
        .await;
    let first_downloaded = scene
        .get("owner", &format!("{library}/trail?limit=2&about=read"))
        .await;
    insta::assert_snapshot!(
        "trail",
        format!("{}\n\n{}", first.told(), first_downloaded.told())
    );
    for root in [
        library.clone(),
        format!("/sites/{}", scene.id("sites")),
        format!("/documents/{}", scene.id("documents")),
    ] {
        let all = scene
            .pages
            .every(owner, &format!("{root}/trail?limit=7"))
            .await;
        let entries: Vec<&str> = all
            .iter()
            .map(|line| line["entry"].as_str().unwrap())
            .collect();
        assert!(
            entries.is_sorted_by(|one, other| one > other),
            "newest first, each once"
        );
        let export = scene.get("owner", &format!("{root}/trail.jsonl")).await;
        assert_eq!(export.headers["content-type"], "application/jsonl");
        assert!(
            export.headers["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with("attachment; filename=\"Trail of ")
        );
        let lines: Vec<Value> = export
            .body
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        // Its own line comes first, and the others are the same in every field but their place in the
        // journal, which may have been given meanwhile; a file always writes milliseconds.
        assert_eq!(lines.len(), all.len() + 1, "{root}");
        for (line, told) in lines[1..].iter().zip(&all) {
            let (mut line, mut told) = (line.clone(), told.clone());
            line["position"] = Value::Null;
            told["position"] = Value::Null;
            assert_eq!(moment(&mut line), moment(&mut told));
            assert_eq!(line, told);
        }
        let csv = scene
            .get("owner", &format!("{root}/trail.csv?about=document"))
            .await;
        assert_eq!(
            csv.headers["content-type"],
            "text/csv; charset=utf-8; header=present"
        );
        assert!(csv.body.starts_with("\u{feff}Time,Person,"), "{}", csv.body);
        let activity = scene
            .pages
            .every(owner, &format!("{root}/activity?limit=9"))
            .await;
        assert!(
            activity
                .iter()
                .all(|line| line["about"] != "read" && line["about"] != "access")
        );
        assert!(!activity.is_empty());
    }
}

#[tokio::test]
async fn a_trail_is_for_owners_and_activity_for_members() {
    let scene = Scene::set().await;
    for root in [
        format!("/libraries/{}", scene.id("libraries")),
        format!("/documents/{}", scene.id("documents")),
    ] {
        for (who, trail, activity) in [
            ("reader", 403, 200),
            ("contributor", 403, 200),
            ("owner who reads", 403, 200),
            ("stranger", 404, 404),
        ] {
            for end in ["trail", "trail.csv", "trail.jsonl"] {
                assert_eq!(
                    scene.status(who, &format!("{root}/{end}")).await,
                    trail,
                    "{root}/{end} for the {who}"
                );
            }
            assert_eq!(
                scene.status(who, &format!("{root}/activity")).await,
                activity,
                "{root} for the {who}"
            );
        }
        for wrong in [
            "about=gossip",
            "action=Conquer",
            "from=yesterday",
            "person=x",
            "limit=0",
            "limit=201",
            "kind=read",
        ] {
            assert_eq!(
                scene
                    .status("owner", &format!("{root}/trail?{wrong}"))
                    .await,
                422,
                "{wrong}"
            );
        }
        let answer = scene
            .get("owner", &format!("{root}/trail?from=yesterday"))
            .await
            .json();
        assert_eq!(answer["errors"][0]["field"], "from", "{answer}");
    }
}
