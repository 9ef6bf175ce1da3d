//! The number of SQL statements of every page: known, and the same however much it shows.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use std::fmt::Write as _;

use axum::http::StatusCode;
use chancery::kernel::count_queries;
use stage::{Stage, stage_of};

/// Documents that are taken along are decided about one by one: of these one is asked for.
fn one(stage: &Stage, path: &str, of_programs: bool) -> String {
    let document = &stage.ids["documents"];
    match path {
        "/libraries/{id}/download" => {
            format!("?{}={document}", if of_programs { "items" } else { "item" })
        }
        _ => String::new(),
    }
}

async fn counts(stage: &Stage) -> Vec<(String, u64)> {
    let mut counts = Vec::new();
    for route in web::ROUTES.iter().flat_map(|routes| routes.iter()) {
        if route.method != "get" {
            continue;
        }
        // Whoever sees the most of the page: an owner, or else an operator.
        for who in ["owner", "operator"] {
            let pages = stage.pages().await;
            let address = format!(
                "{}{}",
                stage.asked(route.path),
                one(stage, route.path, false)
            );
            let (answer, queries) = count_queries(pages.get(&stage.tokens[who], &address)).await;
            if answer.status == StatusCode::OK {
                counts.push((format!("{:<48} {who}", route.path), queries));
                break;
            }
        }
    }
    counts
}

/// The same of what programs ask for.
async fn counts_of_programs(stage: &Stage) -> Vec<(String, u64)> {
    let mut counts = Vec::new();
    for route in api::ROUTES.iter().flatten() {
        if route.method != "get" {
            continue;
        }
        let path = route.path.trim_start_matches("/api/v1");
        let query = match path {
            path if path.ends_with("/subjects") => "?find=test".to_owned(),
            "/documents/{id}/compare" => "?from=1&to=2".to_owned(),
            path => one(stage, path, true),
        };
        for who in ["owner", "operator"] {
            let pages = stage.pages().await;
            let address = format!("{}{query}", stage.address(path));
            let token = &stage.programs[who];
            // The first use of a token in a minute is noted.
            pages.look(token, "/me").await;
            let (answer, queries) = count_queries(pages.look(token, &address)).await;
            if answer.status == StatusCode::OK {
                counts.push((format!("{path:<48} {who}"), queries));
                break;
            }
        }
    }
    counts
}

#[tokio::test]
async fn the_number_of_queries_of_programs_is_known_and_constant() {
    let small = counts_of_programs(&stage_of(1).await).await;
    let large = counts_of_programs(&stage_of(6).await).await;
    insta::assert_snapshot!("queries_of_programs", table(&small, &large));
}

#[tokio::test]
async fn the_number_of_queries_is_known_and_constant() {
    let small = counts(&stage_of(1).await).await;
    let large = counts(&stage_of(6).await).await;
    insta::assert_snapshot!("queries", table(&small, &large));
}

fn table(small: &[(String, u64)], large: &[(String, u64)]) -> String {
    let mut table = String::new();
    assert_eq!(small.len(), large.len());
    for ((page, few), (same, many)) in small.iter().zip(large) {
        assert_eq!(page, same);
        assert_eq!(few, many, "{page} asks more when there is more to show");
        let _ = writeln!(table, "{page:<60} {few}");
    }
    table
}
