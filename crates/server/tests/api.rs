//! The API as a program meets it: who is let in, what every answer has in common.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::Value;
use stage::{Answer, Pages, stage};

/// Asks with this token; an empty one is none.
async fn ask(pages: &Pages, token: &str, method: Method, path: &str, body: Body) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"));
    if !token.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    pages.send(request.body(body).unwrap()).await
}

async fn get(pages: &Pages, token: &str, path: &str) -> Answer {
    ask(pages, token, Method::GET, path, Body::empty()).await
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

/// That this is a problem in the one form (RFC 9457), of this sort.
#[track_caller]
fn assert_problem(answer: &Answer, status: StatusCode, kind: &str) -> Value {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(
        answer.headers[header::CONTENT_TYPE],
        "application/problem+json"
    );
    let body = json(answer);
    assert_eq!(body["type"], format!("urn:chancery:problem:{kind}"));
    assert_eq!(body["status"], status.as_u16());
    assert_eq!(
        body["reference"].as_str().unwrap(),
        answer.headers["x-request-id"]
    );
    assert!(body["detail"].as_str().unwrap().len() > 10);
    body
}

#[tokio::test]
async fn a_token_lets_in_whoever_made_it() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let me = get(&pages, &stage.programs["reader"], "/me").await;
    assert_eq!(me.status, StatusCode::OK);
    assert_eq!(json(&me)["person"]["name"], "Test reader");
    assert_eq!(json(&me)["may"], "everything");

    let none = get(&pages, "", "/me").await;
    assert_problem(&none, StatusCode::UNAUTHORIZED, "no-token");
    assert_eq!(
        none.headers[header::WWW_AUTHENTICATE],
        "Bearer realm=\"chancery\""
    );
    let wrong = format!("chancery_{}", "x".repeat(43));
    assert_problem(
        &get(&pages, &wrong, "/me").await,
        StatusCode::UNAUTHORIZED,
        "no-token",
    );
    // A session is not a token, and a token is no session.
    let session = get(&pages, &stage.tokens["reader"], "/me").await;
    assert_problem(&session, StatusCode::UNAUTHORIZED, "no-token");
    let page = pages.get(&stage.programs["reader"], "/you").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let suspended = get(&pages, &stage.programs["suspended"], "/me").await;
    assert_problem(&suspended, StatusCode::UNAUTHORIZED, "no-token");
}

#[tokio::test]
async fn wrong_tokens_are_throttled_and_right_ones_are_not() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let wrong = format!("chancery_{}", "x".repeat(43));
    let mut last = get(&pages, &wrong, "/me").await;
    for _ in 0..20 {
        last = get(&pages, &wrong, "/me").await;
    }
    assert_problem(&last, StatusCode::TOO_MANY_REQUESTS, "too-many");
    let wait: u64 = last.headers[header::RETRY_AFTER]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    let right = get(&pages, &stage.programs["reader"], "/me").await;
    assert_eq!(right.status, StatusCode::OK);
}

#[tokio::test]
async fn whatever_goes_wrong_is_a_problem_in_one_form() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let token = &stage.programs["owner"];
    let nowhere = get(&pages, token, "/nowhere/at/all").await;
    assert_problem(&nowhere, StatusCode::NOT_FOUND, "not-found");
    let method = ask(&pages, token, Method::DELETE, "/me", Body::empty()).await;
    assert_problem(&method, StatusCode::METHOD_NOT_ALLOWED, "method");
    assert_eq!(method.headers[header::ALLOW], "GET,HEAD,PATCH");
    let no_id = get(&pages, token, "/documents/nonsense/content").await;
    assert_problem(&no_id, StatusCode::NOT_FOUND, "not-found");
    let no_such = get(&pages, token, "/documents/0123456789ABC/content").await;
    assert_problem(&no_such, StatusCode::NOT_FOUND, "not-found");
    let document = &stage.ids["documents"];
    let query = get(
        &pages,
        token,
        &format!("/documents/{document}/content?mistyped=1"),
    )
    .await;
    let body = assert_problem(&query, StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert!(
        body["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("mistyped"),
        "{body}"
    );
}

#[tokio::test]
async fn the_document_is_served_to_everybody() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let answer = get(&pages, "", "/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    let served = json(&answer);
    assert_eq!(served, serde_json::to_value(api::document()).unwrap());
    assert_eq!(served["openapi"], "3.1.0");
}
