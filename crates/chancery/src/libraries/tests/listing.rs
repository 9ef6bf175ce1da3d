//! What is in a library, a page at a time.

use std::collections::HashSet;
use std::time::Duration;

use super::super::{self as libraries, Listing, Sort, State};
use super::fixture::{Cast, assert_invalid, put};
use crate::documents;
use crate::kernel::args;
use crate::people::text::name_key;
use crate::testing::{assert_not_found, both};

#[tokio::test]
async fn a_line_says_what_a_page_needs() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let folder = cast.folder(None, "Returns").await;
        cast.document_in(Some(folder), "inside.txt").await;
        let hidden = cast.document_in(Some(folder), "hidden.txt").await;
        cast.mark(hidden).await;
        let document = cast.document("Agenda.txt").await;
        let until = documents::check_out(&cast.ben, document, "typos")
            .await
            .unwrap();
        cast.seal(cast.document("Sealed.txt").await).await;

        let page = libraries::list(&cast.rita, cast.papers, &Listing::default())
            .await
            .unwrap();
        assert_eq!(page.total, 3);
        assert!(page.next.is_none() && page.folder.is_none());
        let [returns, agenda, sealed] = &page.items[..] else {
            panic!("{:?}", page.items)
        };
        assert_eq!(
            (returns.folder(), returns.document(), returns.inside),
            (Some(folder), None, 1)
        );
        assert_eq!((agenda.document(), agenda.folder()), (Some(document), None));
        assert_eq!(
            (agenda.name.as_str(), agenda.version, agenda.size),
            ("Agenda.txt", 1, 20)
        );
        assert_eq!(
            (agenda.media_type.as_str(), agenda.changed_by.as_str()),
            ("text/plain", "Ann Brook")
        );
        assert!(agenda.where_.is_none() && !agenda.sealed);
        let held = agenda.held.as_ref().unwrap();
        assert_eq!(
            (held.name.as_str(), held.until, held.mine),
            ("Ben Field", until, false)
        );
        assert!(sealed.sealed && sealed.held.is_none());
        let page = libraries::list(&cast.ben, cast.papers, &Listing::default())
            .await
            .unwrap();
        assert!(page.items[1].held.as_ref().unwrap().mine);
        assert_not_found(libraries::list(&cast.stranger, cast.papers, &Listing::default()).await);
    })
    .await;
}

#[tokio::test]
async fn what_is_above_ones_clearance_is_neither_listed_nor_counted() {
    both(async |world| {
        let cast = Cast::new(world).await;
        cast.document("Open.txt").await;
        let secret = cast.document("Secret.txt").await;
        cast.mark(secret).await;
        let ben = cast.ben.me().unwrap();
        put(
            &cast.world,
            "INSERT INTO clearances (id, person_id, level, from_at, until_at) VALUES (1, $1, 5, $2, $3)",
            args![ben, cast.world.realm.now(), crate::kernel::Time::FOREVER],
        )
        .await;
        let all = Listing::default();
        let found = Listing { find: "secret".to_owned(), ..Listing::default() };
        for (who, listed, hits) in [(&cast.rita, 1, 0), (&cast.ben, 2, 1)] {
            let page = libraries::list(who, cast.papers, &all).await.unwrap();
            assert_eq!((page.items.len(), page.total), (listed, listed as u64));
            let page = libraries::list(who, cast.papers, &found).await.unwrap();
            assert_eq!((page.items.len(), page.total), (hits, hits as u64));
        }
        let page = libraries::list(&cast.ben, cast.papers, &found).await.unwrap();
        assert_eq!(page.items[0].marking.as_deref(), Some("SECRET"));
    })
    .await;
}

#[tokio::test]
async fn a_search_looks_below_and_takes_what_is_typed_literally() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let returns = cast.folder(None, "Returns").await;
        let year = cast.folder(Some(returns), "2026").await;
        let other = cast.folder(None, "Other").await;
        cast.document_in(Some(year), "100% return.txt").await;
        cast.document_in(Some(year), "1000 return.txt").await;
        cast.document_in(Some(other), "a_b return.txt").await;
        cast.document_in(Some(other), "a\u{301}xb RETURN.txt").await;
        cast.document("top.txt").await;
        let find = |text: &str, folder| Listing {
            find: text.to_owned(),
            folder,
            ..Listing::default()
        };

        for (text, expected) in [
            ("100%", &["100% return.txt"][..]),
            ("a_b", &["a_b return.txt"][..]),
            ("áxb Ret", &["áxb RETURN.txt"][..]),
            ("top", &["top.txt"][..]),
            ("  TOP.  ", &["top.txt"][..]),
            ("\\", &[][..]),
            ("\0", &["Other", "Returns", "top.txt"][..]),
            ("2026", &["2026"][..]),
        ] {
            let listing = find(text, None);
            let names: HashSet<String> =
                cast.names(&cast.rita, &listing).await.into_iter().collect();
            if text == "\0" {
                assert!(names.len() == 8, "nothing is left to look for: {names:?}");
            } else {
                let expected: HashSet<String> =
                    expected.iter().map(|name| (*name).to_owned()).collect();
                assert_eq!(names, expected, "{text}");
            }
        }
        let page = libraries::list(&cast.rita, cast.papers, &find("return", None))
            .await
            .unwrap();
        assert_eq!(page.items[0].name, "Returns");
        assert_eq!(page.items[0].where_.as_deref(), Some(""));
        let one = page
            .items
            .iter()
            .find(|item| item.name == "100% return.txt")
            .unwrap();
        assert_eq!(one.where_.as_deref(), Some("Returns / 2026"));
        assert_eq!(page.total, 5);
        let page = libraries::list(&cast.rita, cast.papers, &find("return", Some(returns)))
            .await
            .unwrap();
        assert_eq!(page.total, 2);
        assert!(
            page.items
                .iter()
                .all(|item| item.where_.as_deref() == Some("Returns / 2026"))
        );
    })
    .await;
}

#[tokio::test]
async fn documents_are_found_by_who_holds_them_and_when_they_changed() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let folder = cast.folder(None, "Returns").await;
        let old = cast.document_in(Some(folder), "old.txt").await;
        cast.world.clock.advance(Duration::from_mins(1));
        let since = cast.world.realm.now();
        cast.folder(None, "New folder").await;
        let new = cast.document("new.txt").await;
        documents::check_out(&cast.ann, old, "").await.unwrap();
        documents::check_out(&cast.ben, new, "").await.unwrap();
        let state = |state| Listing {
            state,
            ..Listing::default()
        };
        assert_eq!(
            cast.names(&cast.ann, &state(State::CheckedOut)).await,
            ["new.txt", "old.txt"]
        );
        assert_eq!(
            cast.names(&cast.ann, &state(State::Mine)).await,
            ["old.txt"]
        );
        assert!(cast.names(&cast.rita, &state(State::Mine)).await.is_empty());
        let changed = Listing {
            changed_since: Some(since),
            ..Listing::default()
        };
        let page = libraries::list(&cast.rita, cast.papers, &changed)
            .await
            .unwrap();
        assert_eq!(
            (page.items.len(), page.total, page.items[0].name.as_str()),
            (1, 1, "new.txt")
        );

        cast.world
            .clock
            .advance(cast.world.realm.settings().limits.check_out);
        assert!(
            cast.names(&cast.ann, &state(State::CheckedOut))
                .await
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    both(async |world| {
        let cast = Cast::new(world).await;
        for name in ["a.txt", "b.txt"] {
            cast.document(name).await;
        }
        let mut listing = Listing {
            limit: 1,
            ..Listing::default()
        };
        let page = libraries::list(&cast.rita, cast.papers, &listing)
            .await
            .unwrap();
        listing.after = page.next;
        listing.sort = Sort::Size;
        assert_invalid(
            libraries::list(&cast.rita, cast.papers, &listing).await,
            "after",
        );
        listing.after = Some("%00 nonsense".to_owned());
        assert_invalid(
            libraries::list(&cast.rita, cast.papers, &listing).await,
            "after",
        );
    })
    .await;
}

#[tokio::test]
async fn names_are_ordered_without_regard_to_capitals() {
    both(async |world| {
        let cast = Cast::new(world).await;
        for name in ["banana", "Apple", "cherry", "BLUEBERRY"] {
            cast.document(name).await;
        }
        let names = cast.names(&cast.rita, &Listing::default()).await;
        assert_eq!(names, ["Apple", "banana", "BLUEBERRY", "cherry"]);
        let descending = Listing {
            descending: true,
            ..Listing::default()
        };
        let names = cast.names(&cast.rita, &descending).await;
        assert_eq!(names, ["cherry", "BLUEBERRY", "banana", "Apple"]);
        assert_eq!(name_key("BLUEBERRY"), "blueberry");
    })
    .await;
}
