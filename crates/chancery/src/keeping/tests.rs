//! Tests of keeping, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use crate::kernel::{Engine, TABLES};
use crate::testing::both;

/// A migration that adds a table has to say here what becomes of it in a backup.
#[tokio::test]
async fn every_table_is_named() {
    both(async |world| {
        let sql = match world.realm.engine() {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            }
            Engine::Postgres => {
                "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            }
        };
        let there: BTreeSet<String> = world
            .look(sql, Vec::new())
            .await
            .iter()
            .map(|row| row.get("name").unwrap())
            .collect();
        let named: BTreeSet<String> = TABLES.iter().map(|table| table.name.to_owned()).collect();
        assert_eq!(there, named, "kernel/whole.rs names every table of the schema");
    })
    .await;
}

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| {
        world.prepares(super::restore::STATEMENTS).await;
        world.prepares(super::keys::STATEMENTS).await;
        world.prepares(super::missing::STATEMENTS).await;
    })
    .await;
}
