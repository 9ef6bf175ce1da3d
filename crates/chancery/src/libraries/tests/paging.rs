//! Pages of a list: each order, many equal keys, and a library of any size.

use std::collections::HashSet;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::super::{self as libraries, COUNTED, ItemLine, Listing, Sort};
use super::fixture::Cast;
use crate::kernel::{Engine, Id, count_queries, thing};
use crate::testing::{both, world};

/// Whether these lines are in the order that was asked for. The engines order letters differently,
/// so names are compared only where both agree: not at all here, but their pages are.
fn in_order(items: &[ItemLine], sort: Sort, descending: bool) -> bool {
    items.windows(2).all(|pair| {
        let [one, next] = pair else { return true };
        let folders_first = !one.is_document || next.is_document;
        if one.is_document != next.is_document {
            return folders_first;
        }
        let keys = match sort {
            Sort::Changed => (one.changed_at.micros(), next.changed_at.micros()),
            Sort::Size if one.is_document => (
                i64::try_from(one.size).unwrap(),
                i64::try_from(next.size).unwrap(),
            ),
            _ => return true,
        };
        let (one, next) = if descending {
            ((keys.1, next.id), (keys.0, one.id))
        } else {
            ((keys.0, one.id), (keys.1, next.id))
        };
        one <= next
    })
}

async fn pages(cast: &Cast, listing: &Listing) -> Vec<ItemLine> {
    let mut listing = listing.clone();
    let mut all = Vec::new();
    loop {
        let page = libraries::list(&cast.rita, cast.papers, &listing)
            .await
            .unwrap();
        let limit = if listing.limit == 0 {
            50
        } else {
            listing.limit as usize
        };
        assert!(page.items.len() <= limit);
        assert!(page.next.is_none() || page.items.len() == limit);
        all.extend(page.items);
        listing.after = page.next;
        if listing.after.is_none() {
            return all;
        }
    }
}

/// Every page of every order, with many equal keys, is a piece of the one whole list, and what is
/// added between two pages moves nothing that was there.
fn pages_are_stable(engine: Engine) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let cast = runtime.block_on(async {
        let cast = Cast::new(world(engine).await).await;
        for number in 0..9 {
            cast.folder(None, &format!("Folder {}", number * 7 % 9))
                .await;
            if number % 3 == 0 {
                cast.world.clock.advance(Duration::from_micros(5));
            }
        }
        cast.many(None, "Doc", 70).await;
        cast
    });
    let added = std::cell::Cell::new(0_u32);
    let strategy = (
        0..3_usize,
        any::<bool>(),
        1..40_u32,
        any::<bool>(),
        any::<bool>(),
    );
    let mut runner = TestRunner::new(Config {
        cases: 40,
        ..Config::default()
    });
    runner
        .run(&strategy, |(sort, descending, limit, search, add)| {
            let sort = Sort::ALL[sort];
            let find = if search { "o" } else { "" }.to_owned();
            let listing = Listing {
                find,
                sort,
                descending,
                limit,
                ..Listing::default()
            };
            runtime.block_on(async {
                let whole = pages(
                    &cast,
                    &Listing {
                        limit: 200,
                        ..listing.clone()
                    },
                )
                .await;
                assert!(whole.len() >= 79);
                assert!(in_order(&whole, sort, descending));
                let ids: Vec<_> = whole.iter().map(|item| item.id).collect();
                let piecewise: Vec<_> = pages(&cast, &listing)
                    .await
                    .iter()
                    .map(|item| item.id)
                    .collect();
                assert_eq!(piecewise, ids);
                if !add {
                    return;
                }
                let first = libraries::list(&cast.rita, cast.papers, &listing)
                    .await
                    .unwrap();
                added.set(added.get() + 1);
                cast.document(&format!("Doc {} between.txt", added.get()))
                    .await;
                let mut seen: Vec<Id<thing::Item>> =
                    first.items.iter().map(|item| item.id).collect();
                if first.next.is_some() {
                    let rest = Listing {
                        after: first.next,
                        ..listing.clone()
                    };
                    seen.extend(pages(&cast, &rest).await.iter().map(|item| item.id));
                }
                let unique: HashSet<_> = seen.iter().collect();
                assert_eq!(unique.len(), seen.len(), "nothing comes twice");
                assert!(
                    ids.iter().all(|id| unique.contains(id)),
                    "nothing is left out"
                );
            });
            Ok(())
        })
        .unwrap();
}

#[test]
fn pages_are_stable_on_sqlite() {
    pages_are_stable(Engine::Sqlite);
}

#[test]
fn pages_are_stable_on_postgres() {
    pages_are_stable(Engine::Postgres);
}

#[tokio::test]
async fn the_number_of_queries_does_not_grow_with_the_library() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let folder = cast.folder(None, "Returns").await;
        cast.many(Some(folder), "Doc", 1_000).await;
        let listings = [
            Listing {
                folder: Some(folder),
                ..Listing::default()
            },
            Listing {
                folder: Some(folder),
                sort: Sort::Changed,
                descending: true,
                ..Listing::default()
            },
            Listing {
                find: "doc 7".to_owned(),
                ..Listing::default()
            },
        ];
        let mut small = Vec::new();
        for listing in &listings {
            let (page, queries) =
                count_queries(libraries::list(&cast.rita, cast.papers, listing)).await;
            assert_eq!(page.unwrap().items.len(), 50);
            small.push(queries);
        }
        assert!(small.iter().all(|queries| *queries <= 8), "{small:?}");
        cast.many(Some(folder), "More", 19_000).await;
        for (listing, small) in listings.iter().zip(small) {
            let (page, queries) =
                count_queries(libraries::list(&cast.rita, cast.papers, listing)).await;
            let page = page.unwrap();
            assert_eq!((page.items.len(), queries), (50, small));
            let total = if listing.is_search() {
                111
            } else {
                COUNTED + 1
            };
            assert_eq!(page.total, total);
        }
    })
    .await;
}
