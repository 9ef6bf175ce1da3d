//! What is asked for twice, or by two at once, is done once.

use super::*;

#[tokio::test]
async fn what_is_asked_for_twice_is_done_once() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = program(&stage, &pages, "owner");
    let library = &stage.ids["libraries"];
    let path = format!("/libraries/{library}/folders");
    let key = [("idempotency-key", "a-1")];
    let first = owner
        .json("POST", &path, &key, json!({"name": "Once"}))
        .await;
    let made = is(&first, StatusCode::CREATED);
    let again = owner
        .json("POST", &path, &key, json!({"name": "Once"}))
        .await;
    assert_eq!(is(&again, StatusCode::CREATED), made);
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(
        again.headers[header::LOCATION],
        first.headers[header::LOCATION]
    );
    assert!(first.headers.get("idempotency-replayed").is_none());

    let other = owner
        .json("POST", &path, &key, json!({"name": "Twice"}))
        .await;
    assert_eq!(
        is(&other, StatusCode::UNPROCESSABLE_ENTITY)["errors"][0]["field"],
        "idempotency-key"
    );
    // Another person's key is another key, and so is that of another token.
    let theirs = program(&stage, &pages, "owner who contributes");
    is(
        &theirs
            .json("POST", &path, &key, json!({"name": "Twice"}))
            .await,
        StatusCode::CREATED,
    );
    // What went wrong was not done, and is tried again.
    let key = [("idempotency-key", "a-2")];
    is(
        &owner
            .json("POST", &path, &key, json!({"name": "Once"}))
            .await,
        StatusCode::UNPROCESSABLE_ENTITY,
    );
    is(
        &owner
            .json("POST", &path, &key, json!({"name": "Thrice"}))
            .await,
        StatusCode::CREATED,
    );
    for bad in ["", "with space", &"x".repeat(256)] {
        let refused = owner
            .json(
                "POST",
                &path,
                &[("idempotency-key", bad)],
                json!({"name": "Bad"}),
            )
            .await;
        is(&refused, StatusCode::UNPROCESSABLE_ENTITY);
    }

    // Content, too: the same name would otherwise be a conflict.
    let upload = format!("/libraries/{library}/documents?name=Once.txt");
    let key = [("idempotency-key", "a-3")];
    let first = is(
        &owner.content("POST", &upload, &key, "once").await,
        StatusCode::CREATED,
    );
    assert_eq!(
        is(
            &owner.content("POST", &upload, &key, "once").await,
            StatusCode::CREATED
        ),
        first
    );
    is(
        &owner.content("POST", &upload, &[], "once").await,
        StatusCode::CONFLICT,
    );

    // A day later the key is free.
    pages.clock.advance(Duration::from_hours(24));
    let later = owner
        .json(
            "POST",
            &path,
            &[("idempotency-key", "a-1")],
            json!({"name": "Next day"}),
        )
        .await;
    assert!(later.headers.get("idempotency-replayed").is_none());
    is(&later, StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_at_once_are_one() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = program(&stage, &pages, "owner");
    let path = format!(
        "/documents/{}/versions?comment=Both",
        stage.ids["documents"]
    );
    let key = [("idempotency-key", "both")];
    let both =
        futures::future::join_all((0..8).map(|_| owner.content("POST", &path, &key, "both")));
    let answers = both.await;
    let mut done = 0;
    for answer in &answers {
        match answer.status {
            StatusCode::CREATED => {
                assert_eq!(body(answer)["version"], 3);
                done += 1;
            }
            StatusCode::CONFLICT => {
                assert_eq!(body(answer)["type"], "urn:chancery:problem:under-way");
                assert_eq!(answer.headers[header::RETRY_AFTER], "1");
            }
            _ => panic!("{} {}", answer.status, answer.body),
        }
    }
    assert!(done >= 1);
    let versions = is(
        &owner
            .get(&format!("/documents/{}/versions", stage.ids["documents"]))
            .await,
        StatusCode::OK,
    );
    assert_eq!(versions["items"].as_array().unwrap().len(), 3);
}
