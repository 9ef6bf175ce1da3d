//! What is not published, or has newer drafts, found in a list; and why something is not published any more.

use super::*;
use crate::kernel::count_queries;
use crate::libraries::columns::{self, Filter, Shape, ViewForm};
use crate::libraries::tests::fixture::names;

fn asking(value: &str) -> Listing {
    Listing {
        filters: vec![Filter::new("publishing", "is", value)],
        ..Listing::default()
    }
}

fn drafts() -> Listing {
    asking("drafts")
}

#[allow(
    clippy::too_many_lines,
    reason = "what is asked of one library is one story"
)]
#[tokio::test]
async fn drafts_are_found_by_those_who_may_see_them() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let old = cast.document("old.txt").await;
        let same = cast.document("same.txt").await;
        let why = assert_invalid(
            libraries::list(&cast.ben, cast.papers, &drafts())
                .await
                .map(|_| ()),
            "filters",
        );
        assert!(why.contains("does not require publishing"), "{why}");
        let kept = |name: &str| ViewForm {
            name: name.to_owned(),
            shared: true,
            shape: Shape {
                filters: drafts().filters,
                ..Shape::default()
            },
            ..ViewForm::default()
        };
        let kept_here = columns::save_view(&cast.olive, cast.papers, &kept("Drafts")).await;
        assert_invalid(kept_here.map(|_| ()), "filters");

        change_publishing(&cast.olive, cast.papers, APPROVED, 0)
            .await
            .unwrap();
        let folder = cast.folder(None, "Folder").await;
        add_version(&cast.ben, old, "newer").await;
        let fresh = cast.document_in(Some(folder), "fresh.txt").await;
        let gone = cast.document("gone.txt").await;
        publish(&cast.olive, gone, 1, "").await.unwrap();
        unpublish(&cast.olive, gone, "It names somebody")
            .await
            .unwrap();
        let above = cast.document("above.txt").await;
        cast.mark(above).await;
        let binned = cast.document("binned.txt").await;
        libraries::bin(&cast.ben, cast.papers, &[binned.item()])
            .await
            .unwrap();
        ask_to_publish(&cast.ben, fresh, 1, "").await.unwrap();

        let found = async |who: &Actor, listing: &Listing| names(who, cast.papers, listing).await;
        for who in [&cast.ben, &cast.olive] {
            assert_eq!(
                found(who, &drafts()).await,
                ["fresh.txt", "gone.txt", "old.txt"]
            );
            assert_eq!(found(who, &asking("waiting")).await, ["fresh.txt"]);
            let page = libraries::list(who, cast.papers, &drafts()).await.unwrap();
            assert_eq!((page.total, page.next), (3, None));
        }
        // In any order, below a folder, and beside other questions.
        for sort in Sort::ALL {
            for descending in [false, true] {
                let listing = Listing {
                    sort,
                    descending,
                    ..drafts()
                };
                let mut all = found(&cast.ben, &listing).await;
                all.sort_unstable();
                assert_eq!(all, ["fresh.txt", "gone.txt", "old.txt"], "{sort:?}");
            }
        }
        let below = Listing {
            folder: Some(folder),
            ..drafts()
        };
        assert_eq!(found(&cast.ben, &below).await, ["fresh.txt"]);
        let named = Listing {
            find: "old".to_owned(),
            ..drafts()
        };
        assert_eq!(found(&cast.ben, &named).await, ["old.txt"]);
        let both_of = Listing {
            filters: [drafts().filters, asking("waiting").filters].concat(),
            ..Listing::default()
        };
        assert_eq!(found(&cast.ben, &both_of).await, ["fresh.txt"]);
        documents::check_out(&cast.ben, old, "").await.unwrap();
        let held = Listing {
            state: libraries::State::Mine,
            ..drafts()
        };
        assert_eq!(found(&cast.ben, &held).await, ["old.txt"]);
        let line = &libraries::list(&cast.ben, cast.papers, &held)
            .await
            .unwrap()
            .items[0];
        assert!(line.held.as_ref().unwrap().mine);
        assert_eq!(line.next_label.as_deref(), Some("1.2"));

        // Who reads knows of none, and not that anybody waits: not by name, and not by number.
        for listing in [drafts(), asking("waiting"), held, both_of] {
            let page = libraries::list(&cast.rita, cast.papers, &listing)
                .await
                .unwrap();
            assert!(page.items.is_empty() && page.total == 0, "{listing:?}");
        }
        let page = libraries::list(&cast.rita, cast.papers, &Listing::default())
            .await
            .unwrap();
        assert!(page.items.iter().all(|line| line.next_label.is_none()));
        assert_not_found(
            libraries::list(&cast.stranger, cast.papers, &drafts())
                .await
                .map(|_| ()),
        );

        for (test, value) in [("is", "nonsense"), ("none", ""), ("contains", "drafts")] {
            let wrong = Listing {
                filters: vec![Filter::new("publishing", test, value)],
                ..Listing::default()
            };
            assert_invalid(
                libraries::list(&cast.ben, cast.papers, &wrong)
                    .await
                    .map(|_| ()),
                "filters",
            );
        }

        // It is kept in views, and taken along as a file.
        let view = columns::save_view(&cast.olive, cast.papers, &kept("Drafts"))
            .await
            .unwrap();
        let views = columns::known_views(&cast.ben, cast.papers).await.unwrap();
        let view = views.into_iter().find(|other| other.id == view).unwrap();
        assert_eq!(view.shape.filters, drafts().filters);
        let keys = ["version".to_owned()];
        let file = columns::export(&cast.ben, cast.papers, &drafts(), &keys).await;
        assert!(file.is_ok());

        // What is published is in the list no more; and once publishing is not required, nothing can be asked.
        publish(&cast.olive, fresh, 1, "").await.unwrap();
        assert_eq!(found(&cast.ben, &drafts()).await, ["gone.txt", "old.txt"]);
        assert!(found(&cast.ben, &asking("waiting")).await.is_empty());
        let page = documents::document(&cast.ben, same, None).await.unwrap();
        assert_eq!(page.next_label.as_deref(), Some("1.1"));
        let page = documents::document(&cast.rita, same, None).await.unwrap();
        assert_eq!(page.next_label, None);
        change_publishing(&cast.olive, cast.papers, None, 10)
            .await
            .unwrap();
        assert_invalid(
            libraries::list(&cast.ben, cast.papers, &drafts())
                .await
                .map(|_| ()),
            "filters",
        );
    })
    .await;
}

#[tokio::test]
async fn drafts_are_paged_whether_they_are_few_or_most_of_a_library() {
    both(async |world| {
        let cast = Cast::new(world).await;
        cast.many(None, "Doc", 2_300).await;
        change_publishing(&cast.olive, cast.papers, ON, 0)
            .await
            .unwrap();
        let some = "UPDATE items SET published = 0 WHERE library_id = $1 AND is_document = 1 AND id IN
           (SELECT o.id FROM items o WHERE o.library_id = $1 AND o.is_document = 1 ORDER BY o.id LIMIT $2)";
        let mut asked = Vec::new();
        for wanted in [3_usize, 120, 2_300] {
            let args = args![cast.papers, wanted as u64];
            cast.world.realm.upkeep(some, args).await.unwrap();
            for sort in [Sort::Name, Sort::Changed, Sort::By] {
                let mut listing = Listing {
                    sort,
                    limit: 200,
                    ..drafts()
                };
                let mut all = Vec::new();
                loop {
                    let (page, queries) =
                        count_queries(libraries::list(&cast.ben, cast.papers, &listing)).await;
                    let page = page.unwrap();
                    let total = (wanted as u64).min(libraries::COUNTED + 1);
                    assert_eq!(page.total, total, "{sort:?}");
                    asked.push(queries);
                    all.extend(page.items.into_iter().map(|line| line.id));
                    match page.next {
                        Some(next) => listing.after = Some(next),
                        None => break,
                    }
                }
                all.sort_unstable();
                all.dedup();
                assert_eq!(all.len(), wanted, "{sort:?}");
            }
        }
        // However many there are, a page is one statement, or three where they are most of the library.
        let least = asked.iter().min().unwrap();
        assert!(asked.iter().all(|queries| queries <= &(least + 3)), "{asked:?}");
    })
    .await;
}

#[tokio::test]
async fn those_who_see_drafts_are_told_why_something_is_not_published_any_more() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        change_publishing(&cast.olive, cast.papers, ON, 0)
            .await
            .unwrap();
        let why = async |who: &Actor| {
            let page = documents::document(who, document, None).await.unwrap();
            let shown = page.standing.unwrap().unpublished;
            let stands = publication(who, document).await.unwrap().unwrap();
            assert_eq!(shown, stands.unpublished);
            shown.map(|shown| (shown.reason, shown.by.name))
        };
        assert_eq!(why(&cast.ben).await, None);
        cast.world.clock.advance(std::time::Duration::from_hours(1));
        unpublish(&cast.ben, document, "It names somebody")
            .await
            .unwrap();
        let told = Some(("It names somebody".to_owned(), "Ben Field".to_owned()));
        for who in [&cast.ann, &cast.ben, &cast.olive] {
            assert_eq!(why(who).await, told);
        }
        assert_not_found(documents::document(&cast.rita, document, None).await);
        assert_not_found(publication(&cast.rita, document).await.map(|_| ()));
        // A newer draft changes nothing about that; another publication does.
        cast.world.clock.advance(std::time::Duration::from_hours(1));
        add_version(&cast.ben, document, "without the name").await;
        assert_eq!(why(&cast.ann).await, told);
        publish(&cast.ben, document, 2, "").await.unwrap();
        assert_eq!(why(&cast.ann).await, None);
        cast.world.clock.advance(std::time::Duration::from_hours(1));
        unpublish(&cast.olive, document, "Another name")
            .await
            .unwrap();
        let told = Some(("Another name".to_owned(), "Olive Marsh".to_owned()));
        assert_eq!(why(&cast.ann).await, told);
        // What was new to its library since then was never unpublished there.
        cast.world.clock.advance(std::time::Duration::from_hours(1));
        let go = async |from, to| {
            libraries::relocate(&cast.olive, from, &[document.item()], to, None)
                .await
                .unwrap();
        };
        go(cast.papers, cast.archive).await;
        go(cast.archive, cast.papers).await;
        assert_eq!(why(&cast.ann).await, None);
    })
    .await;
}
