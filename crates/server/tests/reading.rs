//! Documents previewed, compared and read as text: by a process of the program's own, and in the journal each time.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use axum::http::StatusCode;
use chancery::documents;
use chancery::kernel::{Actor, Id, thing};
use chancery::people;
use stage::{Pages, Stage, stage};

async fn add(pages: &Pages, stage: &Stage, name: &str, content: &[u8]) -> String {
    let library: Id<thing::Library> = stage.ids["libraries"].parse().unwrap();
    let arrived = people::actor(&pages.realm, &stage.tokens["contributor"])
        .await
        .unwrap();
    let actor: &Actor = &arrived.actor;
    let added = documents::add(actor, library, None, name, content)
        .await
        .unwrap();
    added.id.to_string()
}

#[tokio::test]
async fn two_versions_are_compared_and_both_readings_are_in_the_trail() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let document = &stage.ids["documents"];
    let reader = &stage.tokens["reader"];
    for (show, column) in [("side", "colspan=\"2\""), ("inline", "Line of version 1")] {
        let address = format!("/documents/{document}/compare?from=1&to=2&show={show}");
        let answer = pages.get(reader, &address).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains("<ins>"), "{}", answer.body);
        assert!(answer.body.contains(column), "{}", answer.body);
    }
    pages.realm.keep_up(&[]).await.unwrap();
    let trail = pages
        .get(
            &stage.tokens["owner"],
            &format!("/documents/{document}/trail"),
        )
        .await;
    // Each of the two looks at the comparison opened each of the two versions; version 2 was opened before.
    let opened = |number| {
        trail
            .body
            .matches(&format!("<span class=\"ch-sub\">Version {number}</span>"))
            .count()
    };
    assert_eq!((opened(1), opened(2)), (2, 3), "{}", trail.body);
    let answer = pages
        .get(
            reader,
            &format!("/documents/{document}/compare?from=1&to=9"),
        )
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let answer = pages
        .look(
            &stage.programs["reader"],
            &format!("/documents/{document}/compare?from=1&to=2"),
        )
        .await;
    assert_eq!(answer.json()["added"], 1, "{}", answer.body);
}

#[tokio::test]
async fn what_cannot_be_compared_is_offered_for_download() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let id = add(&pages, &stage, "Picture.png", b"\x89PNG\r\n\x1a\n\0one").await;
    let arrived = people::actor(&pages.realm, &stage.tokens["contributor"])
        .await
        .unwrap();
    documents::add_version(
        &arrived.actor,
        id.parse().unwrap(),
        "Picture.png",
        &b"\x89PNG\r\n\x1a\n\0two"[..],
        "",
    )
    .await
    .unwrap();
    let answer = pages
        .get(&stage.tokens["reader"], &format!("/documents/{id}/compare"))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        answer.body.contains("cannot be compared here"),
        "{}",
        answer.body
    );
    assert!(
        answer.body.contains("Download version 1"),
        "{}",
        answer.body
    );
    let text = pages
        .look(&stage.programs["reader"], &format!("/documents/{id}/text"))
        .await;
    assert_eq!(text.json()["unread"], "not-text", "{}", text.body);
}

#[tokio::test]
async fn previews_are_harmless_and_say_what_they_are() {
    let stage = stage().await;
    let pages = stage.pages().await;
    for (name, content, shown, not_shown) in [
        (
            "A.txt",
            &b"<script>words</script>"[..],
            "&#60;script&#62;words",
            "<script>words",
        ),
        (
            "A.md",
            b"# Aims\n\n<img src=x onerror=y> **all**\n\n**some**",
            "<strong>some</strong>",
            "onerror",
        ),
        (
            "A.csv",
            b"name,sum\nrent,400\n",
            "<td class=\"govuk-table__cell\">400</td>",
            "<script>",
        ),
        (
            "A.eml",
            b"From: a@example.org\r\nSubject: Rent\r\n\r\nSee below\r\n",
            "See below",
            "<script>",
        ),
        (
            "A.html",
            b"<p>Hello</p><script>evil()</script>",
            "only its text",
            "evil()",
        ),
        (
            "A.png",
            b"\x89PNG\r\n\x1a\n\0",
            "<img class=\"ch-preview__picture\"",
            "Download it to view it",
        ),
        ("A.bin", b"\0\x01\x02", "Download it to view it", "<pre"),
        ("A.docx", b"no archive", "Download it to view it", "<pre"),
    ] {
        let id = add(&pages, &stage, name, content).await;
        let answer = pages
            .get(&stage.tokens["reader"], &format!("/documents/{id}/preview"))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        assert!(answer.body.contains(shown), "{name}: {}", answer.body);
        assert!(!answer.body.contains(not_shown), "{name}: {}", answer.body);
    }
}

#[tokio::test]
async fn text_is_given_to_programs() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let document = &stage.ids["documents"];
    let token = &stage.programs["reader"];
    let answer = pages
        .look(token, &format!("/documents/{document}/text"))
        .await;
    assert_eq!(answer.json()["text"], "agenda, longer", "{}", answer.body);
    assert_eq!(answer.json()["version"], 2);
    let answer = pages
        .look(token, &format!("/documents/{document}/text?version=1"))
        .await;
    assert_eq!(answer.json()["text"], "agenda", "{}", answer.body);
}
