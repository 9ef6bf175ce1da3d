//! What columns say, in which order it comes, and that it stays true wherever a document goes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::StreamExt as _;

use super::*;
use crate::Error;
use crate::documents;
use crate::kernel::{Actor, Role};
use crate::libraries::cursor::{Cursor, Key};
use crate::libraries::tests::fixture::{
    Cast, assert_conflict, assert_invalid, assert_refused, put,
};
use crate::libraries::{self, COUNTED, Listing, Sort};
use crate::testing::{World, assert_not_found, both};
use crate::trail;

mod told;

type ColumnId = Id<thing::Column>;
type DocumentId = Id<thing::Document>;

async fn column(
    cast: &Cast,
    library: Id<thing::Library>,
    name: &str,
    kind: ColumnKind,
) -> ColumnId {
    let form = ColumnForm {
        name: name.to_owned(),
        kind: kind.name().to_owned(),
        choices: ["Draft", "Agreed", "Published"].map(str::to_owned).to_vec(),
        ..ColumnForm::default()
    };
    add_column(&cast.olive, library, &form).await.unwrap()
}

async fn say(cast: &Cast, document: DocumentId, column: ColumnId, text: &str) {
    let said = fill_in(
        &cast.ben,
        cast.papers,
        &[document],
        &[(column, text.to_owned())],
    )
    .await;
    assert_eq!(said.unwrap(), 1, "{text}");
}

async fn shown(who: &Actor, document: DocumentId) -> Vec<String> {
    let page = properties(who, document).await.unwrap();
    page.values.into_iter().map(|value| value.shown).collect()
}

/// **Invariant:** every document has one row in every column of its library and in no other, and it says what the
/// interval that is open says.
async fn cells_say_what_values_say(world: &World) {
    let wrong = "SELECT COUNT(*) AS value FROM (
        SELECT i.id AS item, c.id AS col FROM items i JOIN library_columns c ON c.library_id = i.library_id
         WHERE i.is_document = 1 AND c.until_at > $1
           AND (SELECT COUNT(*) FROM cells f WHERE f.item_id = i.id AND f.column_id = c.id) <> 1
        UNION ALL
        SELECT f.item_id, f.column_id FROM cells f JOIN items i ON i.id = f.item_id
          LEFT JOIN library_columns c ON c.id = f.column_id AND c.library_id = i.library_id AND c.until_at > $1
         WHERE c.id IS NULL
        UNION ALL
        SELECT f.item_id, f.column_id FROM cells f
         WHERE f.value <> COALESCE((SELECT v.value FROM column_values v WHERE v.item_id = f.item_id
                 AND v.column_id = f.column_id AND v.until_at > $1), '')
            OR f.lacks <> CASE WHEN f.value = '' THEN 1 ELSE 0 END) wrong";
    assert_eq!(world.count(wrong, args![world.realm.now()]).await, 0);
}

#[tokio::test]
async fn a_list_is_ordered_by_each_kind_and_what_says_nothing_comes_last() {
    both(async |world| {
        let cast = Cast::new(world).await;
        cast.folder(None, "A folder").await;
        let mut documents = Vec::new();
        for name in ["a.txt", "b.txt", "c.txt", "d.txt"] {
            documents.push(cast.document(name).await);
        }
        for (kind, said) in [
            (ColumnKind::Text, ["Émile", "zoe", "Anna"]),
            (ColumnKind::Choice, ["published", "Draft", "agreed"]),
            (ColumnKind::Date, ["2026-03-27", "1999-12-31", "2026-03-26"]),
            (ColumnKind::Number, ["10", "-2.5", "9.75"]),
            (
                ColumnKind::Person,
                ["Olive Marsh", "person1@harbour-lights.example", "Ben Field"],
            ),
        ] {
            let column = column(&cast, cast.papers, kind.name(), kind).await;
            for (document, text) in documents.iter().zip(said) {
                say(&cast, *document, column, text).await;
            }
            let sorted: Vec<&str> = match kind {
                ColumnKind::Text => vec!["c.txt", "a.txt", "b.txt"],
                ColumnKind::Choice => vec!["c.txt", "b.txt", "a.txt"],
                _ => vec!["b.txt", "c.txt", "a.txt"],
            };
            for (flat, descending) in [(false, false), (true, false), (false, true), (true, true)] {
                let mut expected = sorted.clone();
                if descending {
                    expected.reverse();
                }
                expected.push("d.txt");
                if !flat {
                    expected.insert(0, "A folder");
                }
                let listing = Listing {
                    sort: Sort::Column(column),
                    flat,
                    descending,
                    ..Listing::default()
                };
                // "É" comes after "z" where text is ordered by its bytes.
                if kind == ColumnKind::Text {
                    let names = cast.names(&cast.rita, &listing).await;
                    assert_eq!(names.last().unwrap(), "d.txt");
                    assert_eq!(names.len(), expected.len());
                } else {
                    assert_eq!(
                        cast.names(&cast.rita, &listing).await,
                        expected,
                        "{kind:?} {flat}"
                    );
                }
                // One line at a time is the same list.
                let mut one_by_one = Vec::new();
                let mut next = Some(Listing {
                    limit: 1,
                    ..listing.clone()
                });
                while let Some(asked) = next.take() {
                    let page = libraries::list(&cast.rita, cast.papers, &asked)
                        .await
                        .unwrap();
                    assert_eq!(page.total, expected.len() as u64);
                    one_by_one.extend(page.items.into_iter().map(|item| item.name));
                    next = page.next.map(|after| Listing {
                        after: Some(after),
                        ..asked
                    });
                }
                assert_eq!(one_by_one, cast.names(&cast.rita, &listing).await);
            }
        }
        cells_say_what_values_say(&cast.world).await;
    })
    .await;
}

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "every filter stands in one table")]
async fn every_filter_finds_what_it_asks_for() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let folder = cast.folder(None, "Returns").await;
        let (a, b) = (
            cast.document_in(Some(folder), "a.pdf").await,
            cast.document("b.txt").await,
        );
        cast.document("c.txt").await;
        let status = column(&cast, cast.papers, "Status", ColumnKind::Choice).await;
        let due = column(&cast, cast.papers, "Due", ColumnKind::Date).await;
        let lead = column(&cast, cast.papers, "Lead", ColumnKind::Person).await;
        let about = column(&cast, cast.papers, "About", ColumnKind::Text).await;
        let price = column(&cast, cast.papers, "Cost", ColumnKind::Number).await;
        let open = column(&cast, cast.papers, "Open", ColumnKind::YesNo).await;
        for (document, says) in [
            (
                a,
                [
                    "Draft",
                    "2026-03-27",
                    "Olive Marsh",
                    "100% of Homes",
                    "12.5",
                    "yes",
                ],
            ),
            (
                b,
                ["Agreed", "2026-04-01", "Ben Field", "Hostels", "-3", "no"],
            ),
        ] {
            let says: Vec<_> = [status, due, lead, about, price, open]
                .into_iter()
                .zip(says.map(str::to_owned))
                .collect();
            fill_in(&cast.ben, cast.papers, &[document], &says)
                .await
                .unwrap();
        }
        let me = cast.ben.me().unwrap().to_string();
        let day = cast.world.realm.now().timestamp().to_string()[..10].to_owned();
        for (on, test, value, expected) in [
            (status.to_string(), "is", "DRAFT", "a.pdf"),
            (status.to_string(), "none", "", "c.txt"),
            (due.to_string(), "from", "2026-03-28", "b.txt"),
            (due.to_string(), "to", "2026-03-31", "a.pdf"),
            (due.to_string(), "is", "2026-03-31", ""),
            (lead.to_string(), "is", "olive  marsh", "a.pdf"),
            (lead.to_string(), "is", me.as_str(), "b.txt"),
            (lead.to_string(), "is", "Nobody Such", ""),
            (about.to_string(), "contains", "of homes", "a.pdf"),
            (about.to_string(), "contains", "0%", "a.pdf"),
            (about.to_string(), "starts", "host", "b.txt"),
            (about.to_string(), "starts", "ostels", ""),
            (about.to_string(), "is", "hostels", "b.txt"),
            (price.to_string(), "from", "0", "a.pdf"),
            (price.to_string(), "is", "-3.0", "b.txt"),
            (open.to_string(), "is", "yes", "a.pdf"),
            ("kind".to_owned(), "is", "pdf", "a.pdf"),
            ("by".to_owned(), "is", "Ann Brook", "a.pdf b.txt c.txt"),
            ("by".to_owned(), "is", "Rita Stone", ""),
            ("held-by".to_owned(), "is", "Ann Brook", ""),
            (
                "changed".to_owned(),
                "from",
                day.as_str(),
                "a.pdf b.txt c.txt",
            ),
            ("changed".to_owned(), "to", "2001-01-01", ""),
            ("changed".to_owned(), "days", "7", "a.pdf b.txt c.txt"),
        ] {
            for (sort, folder) in [
                (Sort::Name, None),
                (Sort::Column(price), None),
                (Sort::Kind, None),
                (Sort::Column(price), Some(folder)),
            ] {
                let listing = Listing {
                    filters: vec![Filter::new(on.clone(), test, value)],
                    sort,
                    folder,
                    ..Listing::default()
                };
                let page = libraries::list(&cast.rita, cast.papers, &listing)
                    .await
                    .unwrap();
                let mut names: Vec<_> = page.items.iter().map(|item| item.name.as_str()).collect();
                names.sort_unstable();
                let expected: Vec<&str> = expected
                    .split(' ')
                    .filter(|name| folder.is_none() || *name == "a.pdf")
                    .filter(|name| !name.is_empty())
                    .collect();
                assert_eq!(names, expected, "{on} {test} {value} {sort:?} {folder:?}");
                assert_eq!(page.total, names.len() as u64);
                assert!(page.items.iter().all(|item| item.where_.is_some()));
            }
        }
        // Two ends of one range, and two columns, hold together.
        let listing = Listing {
            filters: vec![
                Filter::new(due.to_string(), "from", "2026-03-27"),
                Filter::new(due.to_string(), "to", "2026-03-27"),
                Filter::new(status.to_string(), "is", "Draft"),
            ],
            ..Listing::default()
        };
        assert_eq!(cast.names(&cast.rita, &listing).await, ["a.pdf"]);
        for (on, test, value) in [
            ("0000000000000", "is", "x"),
            ("colour", "is", "x"),
            ("kind", "is", "sculpture"),
            ("changed", "days", "none"),
        ] {
            let listing = Listing {
                filters: vec![Filter::new(on, test, value)],
                ..Listing::default()
            };
            assert_invalid(
                libraries::list(&cast.rita, cast.papers, &listing).await,
                "filters",
            );
        }
        let listing = Listing {
            filters: vec![Filter::new(price.to_string(), "from", "dear")],
            ..Listing::default()
        };
        assert_invalid(
            libraries::list(&cast.rita, cast.papers, &listing).await,
            "filters",
        );
    })
    .await;
}

#[tokio::test]
async fn a_large_folder_and_a_filter_that_leaves_much_are_paged_to_the_end() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let price = column(&cast, cast.papers, "Cost", ColumnKind::Number).await;
        cast.many(None, "Doc", 2_300).await;
        // They came behind the product's back.
        put(
            &cast.world,
            "INSERT INTO cells (id, column_id, item_id, lacks, number, text, person_id, value)
             SELECT CAST(c.id AS TEXT) || '.' || CAST(i.id AS TEXT), c.id, i.id,
               CASE WHEN i.size = 0 THEN 1 ELSE 0 END, i.size * 10000, '', 0, CASE WHEN i.size = 0 THEN '' ELSE CAST(i.size AS TEXT) END
               FROM items i, library_columns c WHERE i.is_document = 1
                AND NOT EXISTS (SELECT 1 FROM cells f WHERE f.item_id = i.id AND f.column_id = c.id)",
            args![],
        )
        .await;
        let mut lengths = Vec::new();
        for (sort, filters, flat) in [
            (Sort::Column(price), Vec::new(), false),
            (Sort::Version, Vec::new(), false),
            (Sort::Column(price), vec![Filter::new(price.to_string(), "from", "1")], true),
            (Sort::Name, vec![Filter::new(price.to_string(), "none", "")], true),
        ] {
            let mut listing = Listing {
                sort,
                filters,
                flat,
                limit: 200,
                properties: true,
                ..Listing::default()
            };
            let mut seen = Vec::new();
            let mut total = None;
            loop {
                let page = libraries::list(&cast.rita, cast.papers, &listing).await.unwrap();
                let all = *total.get_or_insert(page.total);
                assert_eq!(page.total, all);
                seen.extend(page.items.iter().map(|item| item.id));
                let Some(next) = page.next else { break };
                listing.after = Some(next);
            }
            let counted = (seen.len() as u64).min(COUNTED + 1);
            assert_eq!(counted, total.unwrap(), "{sort:?}");
            lengths.push(seen.len());
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), *lengths.last().unwrap(), "nothing comes twice");
        }
        assert_eq!(lengths[..2], [2_300, 2_300]);
        assert_eq!(lengths[2] + lengths[3], 2_300, "each says something or nothing");
        // And taken along whole.
        let listing = Listing {
            sort: Sort::Column(price),
            ..Listing::default()
        };
        let file = export(&cast.rita, cast.papers, &listing, &[]).await.unwrap();
        let mut lines: Vec<String> = text(file).await.lines().map(str::to_owned).collect();
        lines.sort();
        lines.dedup();
        assert_eq!(lines.len(), 2_301, "a heading, and a line for each");
    })
    .await;
}

#[tokio::test]
async fn what_is_filled_in_is_checked_and_done_together_or_not_at_all() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let (a, b) = (cast.document("a.txt").await, cast.document("b.txt").await);
        let status = column(&cast, cast.papers, "Status", ColumnKind::Choice).await;
        let lead = column(&cast, cast.papers, "Lead", ColumnKind::Person).await;
        let price = column(&cast, cast.papers, "Cost", ColumnKind::Number).await;
        for (column, wrong) in [
            (status, "Finished"),
            (price, "a lot"),
            (lead, "Sam Vale"),
            (lead, "Nobody"),
        ] {
            let says = [(column, wrong.to_owned()), (price, "1".to_owned())];
            let says = if column == price {
                &says[..1]
            } else {
                &says[..]
            };
            let outcome = fill_in(&cast.ben, cast.papers, &[a, b], says).await;
            assert_invalid(outcome, &column.to_string());
        }
        assert!(shown(&cast.rita, a).await.is_empty());
        let says = [(status, "draft".to_owned()), (price, "1,000.50".to_owned())];
        assert_eq!(
            fill_in(&cast.ben, cast.papers, &[a, b], &says)
                .await
                .unwrap(),
            2
        );
        assert_eq!(shown(&cast.rita, b).await, ["Draft", "1000.5"]);
        assert_eq!(
            fill_in(&cast.ben, cast.papers, &[a, b], &says)
                .await
                .unwrap(),
            0,
            "what is said already changes nothing"
        );
        fill_in(&cast.ben, cast.papers, &[a], &[(status, String::new())])
            .await
            .unwrap();
        assert_eq!(shown(&cast.rita, a).await, ["1000.5"]);
        // Somebody else may have it checked out: that is about its content.
        documents::check_out(&cast.ann, b, "").await.unwrap();
        fill_in(
            &cast.ben,
            cast.papers,
            &[b],
            &[(lead, "Rita Stone".to_owned())],
        )
        .await
        .unwrap();
        assert_eq!(
            shown(&cast.olive, b).await,
            ["Draft", "Rita Stone, Harbour Lights", "1000.5"]
        );

        let one = [(status, "Agreed".to_owned())];
        assert_refused(fill_in(&cast.rita, cast.papers, &[a], &one).await);
        assert_not_found(fill_in(&cast.stranger, cast.papers, &[a], &one).await);
        assert_not_found(fill_in(&cast.olive, cast.archive, &[a], &[]).await);
        let gone = cast.document("gone.txt").await;
        libraries::bin(&cast.ben, cast.papers, &[gone.item()])
            .await
            .unwrap();
        assert_not_found(fill_in(&cast.ben, cast.papers, &[a, gone], &one).await);
        assert_eq!(
            shown(&cast.rita, a).await,
            ["1000.5"],
            "nothing was half done"
        );
        let folder = cast.folder(None, "F").await;
        let folder = Id::from_raw(folder.raw());
        assert_invalid(
            fill_in(&cast.ben, cast.papers, &[folder], &one).await,
            "items",
        );
        assert_invalid(fill_in(&cast.ben, cast.papers, &[], &one).await, "items");
        let marked = cast.document("marked.txt").await;
        cast.mark(marked).await;
        assert_not_found(fill_in(&cast.ben, cast.papers, &[marked], &one).await);
        cells_say_what_values_say(&cast.world).await;
    })
    .await;
}

#[tokio::test]
async fn a_document_filled_in_is_another_edition() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let a = cast.document("a.txt").await;
        let status = column(&cast, cast.papers, "Status", ColumnKind::Choice).await;
        let before = properties(&cast.ben, a).await.unwrap().edition;
        assert_eq!(
            before,
            documents::document(&cast.ben, a, None)
                .await
                .unwrap()
                .edition
        );
        say(&cast, a, status, "Draft").await;
        let after = properties(&cast.ben, a).await.unwrap().edition;
        assert_ne!(before, after);
        assert_eq!(
            after,
            libraries::item(&cast.ben, a.item()).await.unwrap().edition
        );
        let stale = cast.ben.clone().expecting(vec![before.as_str().to_owned()]);
        let says = [(status, "Agreed".to_owned())];
        assert!(fill_in(&stale, cast.papers, &[a], &says).await.is_err());
        let fresh = cast.ben.clone().expecting(vec![after.as_str().to_owned()]);
        fill_in(&fresh, cast.papers, &[a], &says).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_said_goes_along_where_it_is_asked_too() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let folder = cast.folder(None, "Returns").await;
        let a = cast.document_in(Some(folder), "a.txt").await;
        let status = column(&cast, cast.papers, "Status", ColumnKind::Choice).await;
        let price = column(&cast, cast.papers, "Cost", ColumnKind::Number).await;
        column(&cast, cast.archive, "STATUS", ColumnKind::Choice).await;
        column(&cast, cast.archive, "Cost", ColumnKind::Text).await;
        column(&cast, cast.archive, "Box", ColumnKind::Text).await;
        say(&cast, a, status, "Draft").await;
        say(&cast, a, price, "7").await;
        let late = cast.document("late.txt").await;
        assert!(shown(&cast.rita, late).await.is_empty());
        libraries::relocate(
            &cast.ben,
            cast.papers,
            &[folder.item(), late.item()],
            cast.archive,
            None,
        )
        .await
        .unwrap();
        cells_say_what_values_say(&cast.world).await;
        assert_eq!(shown(&cast.rita, a).await, ["Draft"]);
        libraries::bin(&cast.ben, cast.archive, &[folder.item()])
            .await
            .unwrap();
        libraries::restore(&cast.ben, cast.archive, &[folder.item()])
            .await
            .unwrap();
        libraries::relocate(&cast.ben, cast.archive, &[folder.item()], cast.papers, None)
            .await
            .unwrap();
        cells_say_what_values_say(&cast.world).await;
        assert_eq!(shown(&cast.rita, a).await, ["Draft"]);
        let listing = Listing {
            filters: vec![Filter::new(price.to_string(), "none", "")],
            ..Listing::default()
        };
        assert_eq!(cast.names(&cast.rita, &listing).await, ["a.txt"]);
    })
    .await;
}

#[tokio::test]
async fn owners_define_columns_and_others_see_them() {
    both(async |world| {
        let cast = Cast::new(world).await;
        cast.document("a.txt").await;
        let form = |name: &str, kind: &str| ColumnForm {
            name: name.to_owned(),
            kind: kind.to_owned(),
            ..ColumnForm::default()
        };
        assert_refused(add_column(&cast.ben, cast.papers, &form("A", "text")).await);
        assert_not_found(add_column(&cast.stranger, cast.papers, &form("A", "text")).await);
        assert_invalid(
            add_column(&cast.olive, cast.papers, &form(" ", "text")).await,
            "name",
        );
        assert_invalid(
            add_column(&cast.olive, cast.papers, &form("A", "colour")).await,
            "kind",
        );
        assert_invalid(
            add_column(&cast.olive, cast.papers, &form("A", "choice")).await,
            "choices",
        );
        let one = add_column(&cast.olive, cast.papers, &form("One", "text"))
            .await
            .unwrap();
        let two = add_column(&cast.olive, cast.papers, &form("Two", "date"))
            .await
            .unwrap();
        assert_invalid(
            add_column(&cast.olive, cast.papers, &form("ONE", "date")).await,
            "name",
        );
        assert_invalid(
            edit_column(&cast.olive, cast.papers, two, &form("one", "")).await,
            "name",
        );
        edit_column(&cast.olive, cast.papers, two, &form("Due", "text"))
            .await
            .unwrap();
        place_column(&cast.olive, cast.papers, two, 0)
            .await
            .unwrap();
        let three = add_column(&cast.olive, cast.papers, &form("Three", "text"))
            .await
            .unwrap();
        let names = async || -> Vec<String> {
            let (_, columns) = columns(&cast.rita, cast.papers).await.unwrap();
            columns.into_iter().map(|column| column.name).collect()
        };
        assert_eq!(names().await, ["Due", "One", "Three"]);
        let (_, all) = columns(&cast.rita, cast.papers).await.unwrap();
        assert_eq!(all[0].kind, ColumnKind::Date, "the kind stays");
        assert_refused(end_column(&cast.ben, cast.papers, one).await);
        assert_not_found(end_column(&cast.olive, cast.archive, one).await);
        end_column(&cast.olive, cast.papers, one).await.unwrap();
        assert_not_found(end_column(&cast.olive, cast.papers, one).await);
        assert_eq!(names().await, ["Due", "Three"]);
        cells_say_what_values_say(&cast.world).await;
        let gone = Listing {
            sort: Sort::Column(one),
            ..Listing::default()
        };
        assert_invalid(
            libraries::list(&cast.rita, cast.papers, &gone).await,
            "sort",
        );
        for number in 2..MOST_FOR_TEST {
            add_column(
                &cast.olive,
                cast.papers,
                &form(&format!("C{number}"), "text"),
            )
            .await
            .unwrap();
        }
        assert_conflict(add_column(&cast.olive, cast.papers, &form("More", "text")).await);
        let _ = three;
    })
    .await;
}

const MOST_FOR_TEST: usize = COLUMNS_MOST;

#[tokio::test]
async fn a_person_is_named_only_to_those_who_may_know_of_them() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let a = cast.document("a.txt").await;
        let lead = column(&cast, cast.papers, "Lead", ColumnKind::Person).await;
        say(&cast, a, lead, "Rita Stone").await;
        // Somebody of another organisation who came in with everybody has met nobody.
        let organisation: Id<thing::Organisation> = cast.world.realm.new_id();
        let at = cast.world.realm.now();
        put(
            &cast.world,
            "INSERT INTO organisations (id, name, name_key, sector, about, created_at) VALUES ($1, 'Far', 'far', 'public', '', $2)",
            args![organisation, at],
        )
        .await;
        let far = cast.person("Fay Far").await;
        put(
            &cast.world,
            "UPDATE belongings SET organisation_id = $1 WHERE person_id = $2",
            args![organisation, far.me().unwrap()],
        )
        .await;
        let grant: Id<thing::Grant> = cast.world.realm.new_id();
        put(
            &cast.world,
            "INSERT INTO grants (id, place_id, subject_kind, subject_id, role, from_at, until_at, given_by) VALUES ($1, $2, 0, 0, $3, $4, $5, 0)",
            args![grant, cast.papers, Role::Reader, at, Time::FOREVER],
        )
        .await;
        let page = properties(&far, a).await.unwrap();
        assert_eq!(page.values[0].value, "");
        assert!(page.values[0].shown.starts_with("Somebody"));
        for asked in ["Rita Stone", &cast.rita.me().unwrap().to_string()] {
            let listing = Listing {
                filters: vec![Filter::new(lead.to_string(), "is", asked)],
                ..Listing::default()
            };
            assert!(cast.names(&far, &listing).await.is_empty());
            assert_eq!(cast.names(&cast.ben, &listing).await, ["a.txt"]);
        }
        let file = export(&far, cast.papers, &Listing::default(), &[lead.to_string()]).await.unwrap();
        assert!(!text(file).await.contains("Rita"));
        // Nor by the activity, which says to others whom it is.
        let of = trail::Of::Document(a);
        for (who, says) in [
            (&cast.ben, "Lead: Rita Stone, "),
            (&far, "Lead: Somebody you may not know of"),
        ] {
            let page = trail::activity(who, of, &trail::TrailFilter::default()).await.unwrap();
            let line = page.lines.iter().find(|line| line.action == "FillIn").unwrap();
            assert!(line.says.contains(says), "{}", line.says);
            let (_, after) = line.moved.clone().unwrap();
            assert!(after.starts_with(says), "{after}");
        }
    })
    .await;
}

async fn text(file: ViewFile) -> String {
    let pieces: Vec<_> = file.content.collect().await;
    pieces
        .into_iter()
        .map(|piece| String::from_utf8(piece.unwrap().to_vec()).unwrap())
        .collect()
}

#[tokio::test]
async fn a_view_is_taken_along_as_far_as_it_may_be_seen() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let status = column(&cast, cast.papers, "Status", ColumnKind::Text).await;
        let a = cast.document("a.txt").await;
        let b = cast.document("b.txt").await;
        say(&cast, a, status, "=HYPERLINK(1)").await;
        let hidden = cast.document("hidden.txt").await;
        cast.mark(hidden).await;
        let shown = ["version".to_owned(), status.to_string()];
        let file = export(&cast.rita, cast.papers, &Listing::default(), &shown).await.unwrap();
        let text = text(file).await;
        assert_eq!(
            text,
            format!(
                "\u{feff}Name,Folder,Type,Version,Status,Id\r\na.txt,,Document,1,'=HYPERLINK(1),{a}\r\nb.txt,,Document,1,,{b}\r\n"
            )
        );
        assert_not_found(export(&cast.stranger, cast.papers, &Listing::default(), &shown).await.map(|_| ()));
        // What is revoked half way is not in the rest of it.
        cast.many(None, "Doc", 600).await;
        let mut file = export(&cast.rita, cast.papers, &Listing::default(), &shown).await.unwrap();
        file.content.next().await.unwrap().unwrap();
        file.content.next().await.unwrap().unwrap();
        put(
            &cast.world,
            "UPDATE grants SET until_at = $1 WHERE subject_id = $2",
            args![cast.world.realm.now(), cast.rita.me().unwrap()],
        )
        .await;
        assert!(matches!(file.content.next().await.unwrap(), Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn views_are_ones_own_or_everybodys() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let status = column(&cast, cast.papers, "Status", ColumnKind::Choice).await;
        let form = |name: &str, shared| ViewForm {
            name: name.to_owned(),
            shared,
            is_default: shared,
            shape: Shape {
                columns: vec!["size".to_owned(), status.to_string()],
                sort: status.to_string(),
                flat: true,
                filters: vec![Filter::new(status.to_string(), "is", "Draft")],
                ..Shape::default()
            },
        };
        save_view(&cast.rita, cast.papers, &form("Mine", false))
            .await
            .unwrap();
        assert_refused(save_view(&cast.rita, cast.papers, &form("All", true)).await);
        assert_not_found(save_view(&cast.stranger, cast.papers, &form("Mine", false)).await);
        let first = save_view(&cast.olive, cast.papers, &form("All", true))
            .await
            .unwrap();
        let second = save_view(&cast.olive, cast.papers, &form("Other", true))
            .await
            .unwrap();
        let again = save_view(&cast.olive, cast.papers, &form("ALL", true))
            .await
            .unwrap();
        assert_ne!(first, again);
        let seen = async |who: &Actor| -> Vec<(String, bool, bool)> {
            let (_, _, all) = views(who, cast.papers).await.unwrap();
            all.into_iter()
                .map(|view| (view.name, view.shared, view.is_default))
                .collect()
        };
        let line = |name: &str, shared, default| (name.to_owned(), shared, default);
        assert_eq!(
            seen(&cast.rita).await,
            [
                line("ALL", true, true),
                line("Other", true, false),
                line("Mine", false, false)
            ]
        );
        assert_eq!(seen(&cast.ben).await.len(), 2);
        let (_, _, all) = views(&cast.rita, cast.papers).await.unwrap();
        assert_eq!(all[0].shape, form("", true).shape);
        assert_refused(end_view(&cast.rita, cast.papers, second).await);
        assert_not_found(end_view(&cast.olive, cast.papers, all[2].id).await);
        end_view(&cast.rita, cast.papers, all[2].id).await.unwrap();
        end_view(&cast.olive, cast.papers, second).await.unwrap();
        assert_eq!(seen(&cast.rita).await.len(), 1);
        let mut wrong = form("Wrong", false);
        wrong.shape.columns.push("colour".to_owned());
        assert_invalid(save_view(&cast.rita, cast.papers, &wrong).await, "columns");
        let mut wrong = form("Wrong", false);
        wrong.shape.sort = "colour".to_owned();
        assert_invalid(save_view(&cast.rita, cast.papers, &wrong).await, "sort");
    })
    .await;
}

#[tokio::test]
async fn two_versions_are_compared_with_what_was_said_of_them_while_they_were_current() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let status = column(&cast, cast.papers, "Status", ColumnKind::Choice).await;
        let price = column(&cast, cast.papers, "Cost", ColumnKind::Number).await;
        let hour = std::time::Duration::from_hours(1);
        say(&cast, document, status, "Draft").await;
        cast.world.clock.advance(hour);
        documents::add_version(&cast.ben, document, "", &b"second"[..], "")
            .await
            .unwrap();
        cast.world.clock.advance(hour);
        say(&cast, document, status, "Agreed").await;
        say(&cast, document, price, "12").await;
        let compared = documents::compare(&cast.ben, document, 1, 2).await.unwrap();
        let shown = |said: &Option<super::Property>| said.as_ref().map(|said| said.shown.clone());
        let all: Vec<_> = compared
            .properties
            .iter()
            .map(|became| (shown(&became.before), shown(&became.after)))
            .collect();
        let some = |what: &str| Some(what.to_owned());
        assert_eq!(all, [(some("Draft"), some("Agreed")), (None, some("12"))]);
    })
    .await;
}

#[tokio::test]
async fn a_place_in_the_order_of_persons_names_nobody() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let (a, b) = (cast.document("a.txt").await, cast.document("b.txt").await);
        let lead = column(&cast, cast.papers, "Lead", ColumnKind::Person).await;
        say(&cast, a, lead, "Olive Marsh").await;
        say(&cast, b, lead, "Rita Stone").await;
        let sort = Sort::Column(lead);
        let mut listing = Listing {
            sort,
            limit: 1,
            ..Listing::default()
        };
        let page = libraries::list(&cast.rita, cast.papers, &listing)
            .await
            .unwrap();
        let next = page.next.unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&next).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("olive"));
        // Where a name would be cannot be asked either.
        let asked = Cursor {
            folder: false,
            key: Key::Cell(0, "zoe".to_owned()),
            id: a.raw(),
        };
        for after in [next.clone(), asked.write(sort, false)] {
            listing.after = Some(after);
            assert_eq!(cast.names(&cast.rita, &listing).await, ["b.txt"]);
        }
        listing.after = Some(next);
        cast.mark(a).await;
        assert_invalid(
            libraries::list(&cast.rita, cast.papers, &listing).await,
            "after",
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_has_another_name_now_is_still_found() {
    both(async |world| {
        let cast = Cast::new(world).await;
        cast.document("a.txt").await;
        put(
            &cast.world,
            "UPDATE people SET name = 'Ann Rivers', name_key = 'ann rivers' WHERE id = $1",
            args![cast.ann.me().unwrap()],
        )
        .await;
        for (who, expected) in [("Ann Rivers", vec!["a.txt"]), ("Ben Field", vec![])] {
            let listing = Listing {
                filters: vec![Filter::new("by", "is", who)],
                ..Listing::default()
            };
            let names = cast.names(&cast.rita, &listing).await;
            assert_eq!(names, expected, "{who}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_that_is_taken_along_keeps_its_columns_and_its_numbers() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let price = column(&cast, cast.papers, "Cost", ColumnKind::Number).await;
        let note = column(&cast, cast.papers, "Note", ColumnKind::Text).await;
        let a = cast.document("a.txt").await;
        say(&cast, a, price, "-2.5").await;
        say(&cast, a, note, "-2.5").await;
        cast.many(None, "Doc", 600).await;
        let shown = [price.to_string(), note.to_string()];
        let mut file = export(&cast.rita, cast.papers, &Listing::default(), &shown)
            .await
            .unwrap();
        let heading = file.content.next().await.unwrap().unwrap();
        assert!(heading.ends_with(b"Name,Folder,Type,Cost,Note,Id\r\n"));
        let first = file.content.next().await.unwrap().unwrap();
        let line = format!("a.txt,,Document,-2.5,'-2.5,{a}\r\n");
        assert!(first.starts_with(line.as_bytes()));
        // A column that ends half way leaves its cells empty.
        end_column(&cast.olive, cast.papers, price).await.unwrap();
        let rest = text(file).await;
        assert!(rest.lines().count() > 50);
        for line in rest.lines() {
            assert_eq!(line.matches(',').count(), 5, "{line}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_shared_names_nobody_by_their_address() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let lead = column(&cast, cast.papers, "Lead", ColumnKind::Person).await;
        // Olive is the first whom the cast has.
        let address = "person0@harbour-lights.example";
        let form = |shared, address: &str| ViewForm {
            name: "Olive's".to_owned(),
            shared,
            shape: Shape {
                filters: ["by", "held-by", &lead.to_string()]
                    .map(|on| Filter::new(on, "is", address))
                    .to_vec(),
                ..Shape::default()
            },
            ..ViewForm::default()
        };
        save_view(&cast.olive, cast.papers, &form(true, address))
            .await
            .unwrap();
        save_view(&cast.olive, cast.papers, &form(false, address))
            .await
            .unwrap();
        let values = async |who: &Actor| -> Vec<String> {
            let all = known_views(who, cast.papers).await.unwrap();
            let filters = all.into_iter().flat_map(|view| view.shape.filters);
            filters.map(|filter| filter.value).collect()
        };
        let olive = cast.olive.me().unwrap().to_string();
        assert_eq!(values(&cast.rita).await, [olive.as_str(); 3]);
        assert_eq!(values(&cast.olive).await[3..], [address; 3]);
        let unknown = form(true, "nobody@example.org");
        assert_invalid(
            save_view(&cast.olive, cast.papers, &unknown).await,
            "filters",
        );
    })
    .await;
}
