//! Documents by the API: content both ways, conditions, what is done once, what is refused.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::too_many_lines,
    reason = "a story is told from its beginning to its end"
)]

mod stage;

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use chancery::kernel::Limits;
use futures::stream;
use serde_json::{Value, json};
use stage::{Answer, Pages, Stage, stage};
use tower::ServiceExt as _;

/// A program at work.
struct Program<'a> {
    pages: &'a Pages,
    token: &'a str,
}

impl Program<'_> {
    fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> axum::http::request::Builder {
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        self.pages
            .send(
                self.request(method, path, headers)
                    .body(body.into())
                    .unwrap(),
            )
            .await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty()).await
    }

    async fn json(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> Answer {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/json"));
        self.send(method, path, &headers, body.to_string()).await
    }

    /// Raw content, as a program sends it.
    async fn content(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        content: &'static str,
    ) -> Answer {
        let length = content.len().to_string();
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/octet-stream"));
        headers.push(("content-length", &length));
        self.send(method, path, &headers, content).await
    }

    async fn etag(&self, document: &str) -> String {
        let facts = self.get(&format!("/documents/{document}")).await;
        facts.headers[header::ETAG].to_str().unwrap().to_owned()
    }
}

fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body)
        .unwrap_or_else(|_| panic!("{} {}", answer.status, answer.body))
}

#[track_caller]
fn is(answer: &Answer, status: StatusCode) -> Value {
    assert_eq!(answer.status, status, "{}", answer.body);
    if answer.body.is_empty() {
        Value::Null
    } else {
        body(answer)
    }
}

fn program<'a>(stage: &'a Stage, pages: &'a Pages, who: &str) -> Program<'a> {
    Program {
        pages,
        token: &stage.programs[who],
    }
}

#[tokio::test]
async fn a_document_from_its_first_version_to_the_recycle_bin_and_back() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = program(&stage, &pages, "owner");
    let library = &stage.ids["libraries"];
    let folder = &stage.ids["folder"];

    let added = owner
        .content(
            "POST",
            &format!("/libraries/{library}/documents?name=Plan.txt&folder={folder}"),
            &[],
            "one",
        )
        .await;
    let made = is(&added, StatusCode::CREATED);
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        added.headers[header::LOCATION],
        format!("/api/v1/documents/{id}")
    );
    let facts = is(
        &owner.get(&format!("/documents/{id}")).await,
        StatusCode::OK,
    );
    assert_eq!(facts["name"], "Plan.txt");
    assert_eq!(facts["folders"][0]["name"], "2026");
    assert_eq!(facts["can"]["check_out"], true);
    assert_eq!(facts["created_at"], "2026-03-12T09:10:00Z");

    is(
        &owner
            .json(
                "POST",
                &format!("/documents/{id}/check-out"),
                &[],
                json!({"note": "Figures"}),
            )
            .await,
        StatusCode::OK,
    );
    let held = is(&owner.get("/me/held").await, StatusCode::OK);
    assert_eq!(held["items"][0]["note"], "Figures");
    let contributor = program(&stage, &pages, "contributor");
    let theirs = contributor
        .content("POST", &format!("/documents/{id}/versions"), &[], "theirs")
        .await;
    assert_eq!(
        is(&theirs, StatusCode::CONFLICT)["type"],
        "urn:chancery:problem:checked-out"
    );
    is(
        &owner
            .content("PUT", &format!("/documents/{id}/draft"), &[], "two")
            .await,
        StatusCode::NO_CONTENT,
    );
    assert_eq!(
        owner.get(&format!("/documents/{id}/draft")).await.body,
        "two"
    );
    let draft = contributor.get(&format!("/documents/{id}/draft")).await;
    is(&draft, StatusCode::NOT_FOUND);
    is(
        &owner
            .send(
                "POST",
                &format!("/documents/{id}/renew"),
                &[],
                Body::empty(),
            )
            .await,
        StatusCode::OK,
    );
    let checked_in = owner
        .send(
            "POST",
            &format!("/documents/{id}/check-in?draft=true&comment=Done"),
            &[],
            Body::empty(),
        )
        .await;
    let made = is(&checked_in, StatusCode::OK);
    assert_eq!((&made["version"], &made["label"]), (&2.into(), &"2".into()));
    assert_eq!(made["draft"], false);
    assert_eq!(
        owner.get(&format!("/documents/{id}/content")).await.body,
        "two"
    );
    assert_eq!(
        owner
            .get(&format!("/documents/{id}/versions/1/content"))
            .await
            .body,
        "one"
    );
    let restored = owner
        .send(
            "POST",
            &format!("/documents/{id}/versions/1/restore"),
            &[],
            Body::empty(),
        )
        .await;
    let made = is(&restored, StatusCode::CREATED);
    assert_eq!((&made["version"], &made["label"]), (&3.into(), &"3".into()));
    let versions = is(
        &owner.get(&format!("/documents/{id}/versions")).await,
        StatusCode::OK,
    );
    let numbers: Vec<_> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [3, 2, 1]);
    assert_eq!(versions["items"][0]["restored_from"], 1);

    is(
        &owner
            .json(
                "PATCH",
                &format!("/items/{id}"),
                &[],
                json!({"name": "Scheme.txt"}),
            )
            .await,
        StatusCode::NO_CONTENT,
    );
    let moved = owner
        .json(
            "POST",
            &format!("/libraries/{library}/move"),
            &[],
            json!({"items": [id], "to": library}),
        )
        .await;
    assert_eq!(is(&moved, StatusCode::OK)["count"], 1);
    let list = is(
        &owner
            .get(&format!("/libraries/{library}/items?find=scheme"))
            .await,
        StatusCode::OK,
    );
    assert_eq!(list["items"][0]["id"], id);
    assert_eq!(list["items"][0]["kind"], "document");
    is(
        &owner
            .send("DELETE", &format!("/items/{id}"), &[], Body::empty())
            .await,
        StatusCode::NO_CONTENT,
    );
    let bin = is(
        &owner.get(&format!("/libraries/{library}/bin")).await,
        StatusCode::OK,
    );
    assert_eq!(bin["items"][0]["name"], "Scheme.txt");
    is(
        &owner
            .json(
                "POST",
                &format!("/libraries/{library}/restore"),
                &[],
                json!({"items": [id]}),
            )
            .await,
        StatusCode::OK,
    );
    assert_eq!(
        owner.get(&format!("/documents/{id}/content")).await.body,
        "one"
    );
}

#[tokio::test]
async fn a_list_goes_on_where_its_link_says() {
    let stage = stage::stage_of(2).await;
    let pages = stage.pages().await;
    let reader = program(&stage, &pages, "reader");
    let library = &stage.ids["libraries"];
    let mut seen = Vec::new();
    let mut path = format!("/libraries/{library}/items?limit=4&sort=changed&descending=true");
    loop {
        let answer = reader.get(&path).await;
        let page = is(&answer, StatusCode::OK);
        for item in page["items"].as_array().unwrap() {
            seen.push(item["id"].as_str().unwrap().to_owned());
        }
        let Some(link) = answer.headers.get(header::LINK) else {
            assert_eq!(page["next"], Value::Null);
            break;
        };
        let link = link.to_str().unwrap();
        let address = link
            .strip_prefix("</api/v1")
            .unwrap()
            .strip_suffix(">; rel=\"next\"")
            .unwrap();
        path = address.to_owned();
    }
    let whole = is(
        &reader
            .get(&format!(
                "/libraries/{library}/items?sort=changed&descending=true"
            ))
            .await,
        StatusCode::OK,
    );
    let whole: Vec<_> = whole["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(seen, whole);
    assert!(seen.len() > 10);
}

#[tokio::test]
async fn content_comes_whole_in_parts_or_not_again() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let reader = program(&stage, &pages, "reader");
    let path = format!("/documents/{}/content", stage.ids["documents"]);
    let whole = reader.get(&path).await;
    assert_eq!(
        (whole.status, whole.body.as_str()),
        (StatusCode::OK, "agenda, longer")
    );
    assert_eq!(whole.headers[header::ACCEPT_RANGES], "bytes");
    let tag = whole.headers[header::ETAG].to_str().unwrap().to_owned();
    let ask =
        async |headers: &[(&str, &str)]| reader.send("GET", &path, headers, Body::empty()).await;
    let part = ask(&[("range", "bytes=0-5")]).await;
    assert_eq!(
        (part.status, part.body.as_str()),
        (StatusCode::PARTIAL_CONTENT, "agenda")
    );
    assert_eq!(part.headers[header::CONTENT_RANGE], "bytes 0-5/14");
    let end = ask(&[("range", "bytes=-6"), ("if-range", &tag)]).await;
    assert_eq!(
        (end.status, end.body.as_str()),
        (StatusCode::PARTIAL_CONTENT, "longer")
    );
    let other = ask(&[("range", "bytes=0-5"), ("if-range", "\"other\"")]).await;
    assert_eq!((other.status, other.body.len()), (StatusCode::OK, 14));
    let beyond = ask(&[("range", "bytes=99-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.headers[header::CONTENT_RANGE], "bytes */14");
    let known = ask(&[("if-none-match", &tag)]).await;
    assert_eq!(
        (known.status, known.body.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );
}

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

#[tokio::test]
async fn what_cannot_be_read_is_said_to_be_so() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = program(&stage, &pages, "owner");
    let path = format!("/libraries/{}/folders", stage.ids["libraries"]);
    let json = [("content-type", "application/json")];
    let cases = [
        (
            owner.send("POST", &path, &json, "{\"name\": ").await,
            StatusCode::BAD_REQUEST,
            "unreadable",
        ),
        (
            owner
                .send("POST", &path, &json, "{\"name\": \"A\"} and more")
                .await,
            StatusCode::BAD_REQUEST,
            "unreadable",
        ),
        (
            owner
                .send("POST", &path, &json, "{\"name\": \"A\", \"colour\": 1}")
                .await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
        ),
        (
            owner.send("POST", &path, &json, "{\"name\": 7}").await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
        ),
        (
            owner.send("POST", &path, &json, "{}").await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
        ),
        (
            owner
                .send(
                    "POST",
                    &path,
                    &json,
                    "{\"name\": \"A\", \"inside\": \"nonsense\"}",
                )
                .await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
        ),
        (
            owner
                .send("POST", &path, &[("content-type", "text/plain")], "name=A")
                .await,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media-type",
        ),
        (
            owner
                .send(
                    "POST",
                    &path,
                    &json,
                    format!("{{\"name\": \"{}\"}}", "x".repeat(70_000)),
                )
                .await,
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
        ),
    ];
    for (answer, status, kind) in cases {
        let said = is(&answer, status);
        assert_eq!(
            said["type"],
            format!("urn:chancery:problem:{kind}"),
            "{said}"
        );
        assert_eq!(
            answer.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
    }
    let large = "x".repeat(1024 * 1024 + 1);
    let upload = format!(
        "/libraries/{}/documents?name=Large.txt",
        stage.ids["libraries"]
    );
    let answer = owner
        .send(
            "POST",
            &upload,
            &[("content-type", "application/octet-stream")],
            large,
        )
        .await;
    assert_eq!(
        is(&answer, StatusCode::PAYLOAD_TOO_LARGE)["type"],
        "urn:chancery:problem:too-large"
    );
}

#[tokio::test]
async fn a_token_that_reads_changes_nothing_and_says_so() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let reads = program(&stage, &pages, "owner who reads");
    let id = &stage.ids["documents"];
    let facts = is(
        &reads.get(&format!("/documents/{id}")).await,
        StatusCode::OK,
    );
    for (name, can) in facts["can"].as_object().unwrap() {
        assert_eq!(can, false, "{name}");
    }
    assert_eq!(facts["readers"], Value::Null);
    let written = reads
        .content("POST", &format!("/documents/{id}/versions"), &[], "no")
        .await;
    let said = is(&written, StatusCode::FORBIDDEN);
    assert!(
        said["detail"]
            .as_str()
            .unwrap()
            .starts_with("This token may only read"),
        "{said}"
    );
    let contributes = program(&stage, &pages, "owner who contributes");
    is(
        &contributes
            .content("POST", &format!("/documents/{id}/versions"), &[], "yes")
            .await,
        StatusCode::CREATED,
    );
    let released = contributes
        .send(
            "POST",
            &format!("/documents/{}/release", stage.ids["held"]),
            &[],
            Body::empty(),
        )
        .await;
    assert!(
        is(&released, StatusCode::FORBIDDEN)["detail"]
            .as_str()
            .unwrap()
            .contains("This token")
    );
}

/// The most memory that this process has had, in KiB.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// 100 MB go in and come out, and at no time is more than a little of it held.
#[tokio::test]
async fn content_is_streamed_both_ways() {
    const PIECE: usize = 64 * 1024;
    const PIECES: usize = 1600;
    let stage = stage().await;
    let pages = stage
        .pages_within(Limits {
            hash_memory: 64,
            ..Limits::default()
        })
        .await;
    let owner = program(&stage, &pages, "owner");
    let before = most_memory();
    let pieces = stream::iter((0..PIECES).map(|number| {
        let mut piece = vec![0_u8; PIECE];
        piece[..8].copy_from_slice(&(number as u64).to_be_bytes());
        Ok::<_, std::io::Error>(Bytes::from(piece))
    }));
    let path = format!(
        "/libraries/{}/documents?name=Large.bin",
        stage.ids["libraries"]
    );
    let added = owner
        .send(
            "POST",
            &path,
            &[("content-type", "application/octet-stream")],
            Body::from_stream(pieces),
        )
        .await;
    let made = is(&added, StatusCode::CREATED);
    let request = owner
        .request(
            "GET",
            &format!("/documents/{}/content", made["id"].as_str().unwrap()),
            &[],
        )
        .body(Body::empty())
        .unwrap();
    let response = pages.router.clone().oneshot(request).await.unwrap();
    let headers: &HeaderMap = response.headers();
    assert_eq!(
        headers[header::CONTENT_LENGTH],
        (PIECE * PIECES).to_string()
    );
    let mut length = 0;
    let mut content = response.into_body().into_data_stream();
    while let Some(piece) = futures::StreamExt::next(&mut content).await {
        length += piece.unwrap().len();
    }
    assert_eq!(length, PIECE * PIECES);
    let grown = most_memory() - before;
    assert!(
        grown < 40 * 1024,
        "it grew by {grown} KiB for {} KiB of content",
        PIECE * PIECES / 1024
    );
}
