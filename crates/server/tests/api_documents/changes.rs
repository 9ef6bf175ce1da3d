//! A change is made to what was seen, or not at all.

use super::*;

#[tokio::test]
async fn a_change_is_made_to_what_was_seen_or_not_at_all() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = program(&stage, &pages, "owner");
    let id = &stage.ids["documents"];
    let library = &stage.ids["libraries"];
    let facts = format!("/documents/{id}");
    let tag = owner.etag(id).await;
    let known = owner
        .send("GET", &facts, &[("if-none-match", &tag)], Body::empty())
        .await;
    assert_eq!(
        (known.status, known.body.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );

    // Somebody's check-out is another description of the same edition.
    is(
        &owner
            .send(
                "POST",
                &format!("{facts}/check-out"),
                &[("if-match", &tag)],
                Body::empty(),
            )
            .await,
        StatusCode::OK,
    );
    let held = owner
        .send("GET", &facts, &[("if-none-match", &tag)], Body::empty())
        .await;
    assert_eq!(held.status, StatusCode::OK);
    is(
        &owner
            .content(
                "POST",
                &format!("{facts}/check-in"),
                &[("if-match", &tag)],
                "three",
            )
            .await,
        StatusCode::OK,
    );

    // From here on that is an old edition, and every change on its condition is refused alike.
    let outdated = [("if-match", tag.as_str())];
    let chosen = json!({"items": [id]});
    for answer in [
        owner
            .content("POST", &format!("{facts}/versions"), &outdated, "four")
            .await,
        owner
            .send(
                "POST",
                &format!("{facts}/check-out"),
                &outdated,
                Body::empty(),
            )
            .await,
        owner
            .send(
                "POST",
                &format!("{facts}/versions/1/restore"),
                &outdated,
                Body::empty(),
            )
            .await,
        owner
            .json(
                "PATCH",
                &format!("/items/{id}"),
                &outdated,
                json!({"name": "Other.txt"}),
            )
            .await,
        owner
            .json(
                "POST",
                &format!("/libraries/{library}/move"),
                &outdated,
                json!({"items": [id], "to": library, "folder": stage.ids["folder"]}),
            )
            .await,
        owner
            .json(
                "POST",
                &format!("/libraries/{library}/delete"),
                &outdated,
                chosen.clone(),
            )
            .await,
        owner
            .send("DELETE", &format!("/items/{id}"), &outdated, Body::empty())
            .await,
    ] {
        assert_eq!(
            is(&answer, StatusCode::PRECONDITION_FAILED)["type"],
            "urn:chancery:problem:changed"
        );
    }
    let now = is(&owner.get(&facts).await, StatusCode::OK);
    assert_eq!(
        (now["version"].as_u64(), now["name"].as_str()),
        (Some(3), Some("Agenda.txt"))
    );

    // The present one is changed: by name, by place, into the bin and back.
    let mut editions = vec![now["edition"].as_str().unwrap().to_owned()];
    let tag = owner.etag(id).await;
    is(
        &owner
            .json(
                "PATCH",
                &format!("/items/{id}"),
                &[("if-match", &tag)],
                json!({"name": "Other.txt"}),
            )
            .await,
        StatusCode::NO_CONTENT,
    );
    let tag = owner.etag(id).await;
    editions.push(tag.clone());
    let moving = json!({"items": [id], "to": library, "folder": stage.ids["folder"]});
    is(
        &owner
            .json(
                "POST",
                &format!("/libraries/{library}/move"),
                &[("if-match", &tag)],
                moving,
            )
            .await,
        StatusCode::OK,
    );
    let tag = owner.etag(id).await;
    editions.push(tag.clone());
    is(
        &owner
            .send(
                "DELETE",
                &format!("/items/{id}"),
                &[("if-match", &tag)],
                Body::empty(),
            )
            .await,
        StatusCode::NO_CONTENT,
    );
    is(
        &owner
            .json(
                "POST",
                &format!("/libraries/{library}/restore"),
                &[("if-match", &tag)],
                chosen.clone(),
            )
            .await,
        StatusCode::PRECONDITION_FAILED,
    );
    let tag = owner.etag(id).await;
    is(
        &owner
            .json(
                "POST",
                &format!("/libraries/{library}/restore"),
                &[("if-match", &tag)],
                chosen,
            )
            .await,
        StatusCode::OK,
    );
    editions.dedup();
    assert_eq!(editions.len(), 3);

    // Folders too.
    let folder = format!("/items/{}", stage.ids["folder"]);
    let seen = owner.get(&folder).await;
    let edition = seen.headers[header::ETAG].to_str().unwrap();
    let known = owner
        .send("GET", &folder, &[("if-none-match", edition)], Body::empty())
        .await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    let seen = [("if-match", edition)];
    let other = json!({"name": "Another name"});
    let renamed = owner.json("PATCH", &folder, &seen, other).await;
    is(&renamed, StatusCode::NO_CONTENT);
    let other = json!({"name": "A third name"});
    let late = owner.json("PATCH", &folder, &seen, other).await;
    is(&late, StatusCode::PRECONDITION_FAILED);
    let late = owner.send("DELETE", &folder, &seen, Body::empty()).await;
    is(&late, StatusCode::PRECONDITION_FAILED);
    let now = owner.get(&folder).await;
    assert_eq!(is(&now, StatusCode::OK)["name"], "Another name");
    let seen = [("if-match", now.headers[header::ETAG].to_str().unwrap())];
    let other = json!({"name": "A third name"});
    let renamed = owner.json("PATCH", &folder, &seen, other).await;
    is(&renamed, StatusCode::NO_CONTENT);

    // What looks at no condition does not pretend to.
    let folder = owner
        .json(
            "POST",
            &format!("/libraries/{library}/folders"),
            &[("if-match", &tag)],
            json!({"name": "On a condition"}),
        )
        .await;
    assert_eq!(
        is(&folder, StatusCode::UNPROCESSABLE_ENTITY)["errors"][0]["field"],
        "If-Match"
    );
}
