//! Documents by the API: content both ways, conditions, what is done once, what is refused.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::too_many_lines,
    reason = "a story is told from its beginning to its end"
)]

#[path = "api_documents/broken.rs"]
mod broken;
#[path = "api_documents/changes.rs"]
mod changes;
#[path = "api_documents/content.rs"]
mod content;
mod stage;
#[path = "api_documents/twice.rs"]
mod twice;

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
