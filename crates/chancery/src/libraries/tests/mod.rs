//! Tests of libraries, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod bin;
pub(crate) mod fixture;
mod folders;
mod listing;
mod moving;
mod names;
mod paging;

use std::collections::HashSet;

use self::fixture::{Cast, assert_invalid, assert_refused};
use super::LibraryForm;
use crate::kernel::{Role, args};
use crate::testing::{assert_not_found, both, makes_all_publications};

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    let statements = super::sql::statements();
    let statements: HashSet<&str> = statements.iter().map(String::as_str).collect();
    let statements: Vec<&str> = statements.into_iter().collect();
    assert!(!statements.iter().any(|sql| makes_all_publications(sql)));
    both(|world| {
        let statements = statements.clone();
        async move { world.prepares(&statements).await }
    })
    .await;
}

fn form(name: &str, inherits: bool) -> LibraryForm {
    LibraryForm {
        name: name.to_owned(),
        purpose: "What we keep".to_owned(),
        inherits,
    }
}

#[tokio::test]
async fn an_owner_opens_a_library_and_owns_it_when_it_stands_alone() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let open = super::create(&cast.olive, cast.site, &form("Returns", true)).await.unwrap();
        let head = super::head(&cast.rita, open).await.unwrap();
        assert!(head.inherits && !head.can_contribute && !head.can_own);
        assert_eq!((head.name.as_str(), head.role), ("Returns", Some(Role::Reader)));
        assert_eq!((head.people, head.organisations), (4, 1));

        let closed = super::create(&cast.olive, cast.site, &form("Complaints", false)).await.unwrap();
        let head = super::head(&cast.olive, closed).await.unwrap();
        assert!(!head.inherits && head.can_own && head.can_govern);
        assert_eq!((head.people, head.organisations), (1, 1));
        assert_not_found(super::head(&cast.rita, closed).await);
        let entries = cast
            .world
            .count(
                "SELECT COUNT(*) AS value FROM journal WHERE action = 'CreateLibrary' AND library_id IN ($1, $2)",
                args![open, closed],
            )
            .await;
        assert_eq!(entries, 2);
    })
    .await;
}

#[tokio::test]
async fn a_library_has_a_name_of_its_own_in_its_site() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let first = super::create(&cast.olive, cast.site, &form("Returns", true))
            .await
            .unwrap();
        assert_invalid(
            super::create(&cast.olive, cast.site, &form("RETURNS ", true)).await,
            "name",
        );
        assert_invalid(
            super::create(&cast.olive, cast.site, &form(" ", true)).await,
            "name",
        );
        let second = super::create(&cast.olive, cast.site, &form("Letters", true))
            .await
            .unwrap();
        assert_invalid(
            super::edit(&cast.olive, second, &form("returns", true)).await,
            "name",
        );
        super::edit(&cast.olive, first, &form("RETURNS", false))
            .await
            .unwrap();
        let head = super::head(&cast.olive, first).await.unwrap();
        assert!(head.inherits, "an edit never changes who can see it");
        assert_eq!(
            (head.name.as_str(), head.purpose.as_str()),
            ("RETURNS", "What we keep")
        );
    })
    .await;
}

#[tokio::test]
async fn only_owners_open_and_change_libraries() {
    both(async |world| {
        let cast = Cast::new(world).await;
        for who in [&cast.ann, &cast.rita] {
            assert_refused(super::create(who, cast.site, &form("Mine", true)).await);
            assert_refused(super::edit(who, cast.papers, &form("Mine", true)).await);
        }
        assert_not_found(super::create(&cast.stranger, cast.site, &form("Mine", true)).await);
        assert_not_found(super::edit(&cast.stranger, cast.papers, &form("Mine", true)).await);
        assert_not_found(super::head(&cast.stranger, cast.papers).await);
    })
    .await;
}
