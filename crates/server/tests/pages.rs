//! What the main pages say, to whom: snapshots of their status and main content.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use axum::http::StatusCode;
use stage::{Stage, stage};

/// The words of a page without its markup, ids and tokens: what a change of meaning would change.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => {
                inside = true;
                text.push('\n');
            }
            '>' => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| if is_id(line) { "[id]" } else { line })
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_id(text: &str) -> bool {
    text.rsplit('/').next().is_some_and(|last| {
        last.len() == 13
            && last
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    })
}

async fn said(stage: &Stage, who: &str, path: &str) -> String {
    let pages = stage.pages().await;
    let answer = pages.get(&stage.tokens[who], &stage.address(path)).await;
    format!("{}\n\n{}", answer.status, words(answer.main()))
}

#[tokio::test]
async fn the_main_pages_say_what_they_said() {
    let stage = stage().await;
    for (name, who, path) in [
        ("home_of_the_contributor", "contributor", "/"),
        ("site_for_a_reader", "reader", "/sites/{id}"),
        ("site_for_a_guest_of_one_library", "guest", "/sites/{id}"),
        ("library_for_the_owner", "owner", "/libraries/{id}"),
        ("library_for_a_reader", "reader", "/libraries/{id}"),
        (
            "access_to_the_site_for_the_operator",
            "operator",
            "/sites/{id}/access",
        ),
        ("document_for_the_owner", "owner", "/documents/{id}"),
        (
            "document_held_by_the_contributor",
            "contributor",
            "/documents/{id}/check-in",
        ),
        ("access_to_the_library", "owner", "/libraries/{id}/access"),
        (
            "access_to_the_library_for_the_operator",
            "operator",
            "/libraries/{id}/access",
        ),
        ("trail_of_the_library", "owner", "/libraries/{id}/trail"),
        (
            "activity_of_the_library_for_a_reader",
            "reader",
            "/libraries/{id}/activity",
        ),
        ("library_for_a_stranger", "stranger", "/libraries/{id}"),
        ("members_for_a_reader", "reader", "/sites/{id}/people"),
        (
            "organisation_for_its_coordinator",
            "coordinator",
            "/organisations/{id}/people",
        ),
    ] {
        insta::assert_snapshot!(name, said(&stage, who, path).await);
    }
}

#[tokio::test]
async fn a_move_to_another_library_says_first_who_gains_and_who_loses_sight() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = &stage.tokens["owner"];
    let (item, closed) = (&stage.ids["items"], &stage.ids["closed"]);
    let address = stage.address("/libraries/{id}/move");
    let document = stage.address("/documents/{id}");
    let where_to = pages.get(owner, &format!("{address}?item={item}")).await;
    assert_eq!(where_to.hidden("asked"), "where");
    let form = format!("item={item}&back=&to={closed}");
    let first = pages
        .post(owner, &address, &format!("{form}&asked=where"))
        .await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    // The preview has an address of its own, to which one can come back.
    let first = pages.get(owner, first.location()).await;
    assert_eq!(first.status, StatusCode::OK);
    insta::assert_snapshot!("move_to_another_library", words(first.main()));
    let reader = &stage.tokens["reader"];
    assert_eq!(pages.get(reader, &document).await.status, StatusCode::OK);

    // What was shown is what is done: something else is shown again.
    let outdated = pages
        .post(owner, &address, &format!("{form}&shown=something+else"))
        .await;
    assert_eq!(outdated.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(outdated.main().contains("is different now"));
    assert_eq!(pages.get(reader, &document).await.status, StatusCode::OK);
    let shown = first.hidden("shown");
    let moved = pages
        .post(owner, &address, &format!("{form}&shown={shown}"))
        .await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.main());
    assert_eq!(
        pages.get(reader, &document).await.status,
        StatusCode::NOT_FOUND
    );

    // A folder is no place for itself.
    let folder = &stage.ids["folder"];
    let where_to = pages.get(owner, &format!("{address}?item={folder}")).await;
    assert!(!where_to.main().contains(&format!(".{folder}\"")));
}
