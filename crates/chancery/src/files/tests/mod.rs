//! Tests of files, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::testing::both;

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| {
        let statements = super::sql::statements();
        let all: Vec<&str> = statements.iter().map(String::as_str).collect();
        world.prepares(&all).await;
    })
    .await;
}
