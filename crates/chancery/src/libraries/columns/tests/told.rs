//! What people are told of filters that cannot be asked, and of what was filled in; and lists that a filter leaves little,
//! much or nothing of.

use super::*;
use crate::trail::{Of, TrailFilter};

#[tokio::test]
async fn everything_that_is_wrong_with_filters_is_said_at_once() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let price = column(&cast, cast.papers, "Cost", ColumnKind::Number).await;
        let due = column(&cast, cast.papers, "Due", ColumnKind::Date).await;
        let filters = vec![
            Filter::new(price.to_string(), "from", "dear"),
            Filter::new("kind", "is", "text"),
            Filter::new(due.to_string(), "to", "soon"),
        ];
        let listing = Listing {
            filters: filters.clone(),
            ..Listing::default()
        };
        let Err(Error::Invalid(problems)) =
            libraries::list(&cast.rita, cast.papers, &listing).await
        else {
            panic!("it cannot be asked");
        };
        let said = problems.of("filters").unwrap();
        assert!(said.contains("Cost must be a number"), "{said}");
        assert!(said.contains("Due must be a real date"), "{said}");
        let listing = Listing::default();
        let page = libraries::list(
            &cast.rita,
            cast.papers,
            &Listing {
                properties: true,
                ..listing
            },
        )
        .await
        .unwrap();
        let each = faults(&filters, Time::default(), &page.columns, false);
        assert!(each[0].starts_with("Cost") && each[1].is_empty() && each[2].starts_with("Due"));
    })
    .await;
}

#[tokio::test]
async fn days_are_told_in_words() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let due = column(&cast, cast.papers, "Due", ColumnKind::Date).await;
        say(&cast, document, due, "2026-03-27").await;
        say(&cast, document, due, "").await;
        let page = trail::activity(&cast.rita, Of::Document(document), &TrailFilter::default())
            .await
            .unwrap();
        let said: Vec<_> = page
            .lines
            .iter()
            .filter(|line| line.action == "FillIn")
            .map(|line| line.says.as_str())
            .collect();
        assert_eq!(
            said,
            [
                "changed the properties of a.txt: Due: nothing",
                "changed the properties of a.txt: Due: 27 March 2026"
            ]
        );
    })
    .await;
}

/// One filter is asked without knowing what it leaves, several are weighed first: both have to come to what a look at each
/// document comes to, on all pages, whatever the list is ordered by.
#[tokio::test]
async fn filters_find_the_same_whichever_way_they_are_begun() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let price = column(&cast, cast.papers, "Cost", ColumnKind::Number).await;
        let note = column(&cast, cast.papers, "Note", ColumnKind::Text).await;
        cast.many(None, "Doc", 2_300).await;
        put(&cast.world, "DELETE FROM cells", args![]).await;
        // They came behind the product's back: each costs its place among them, and of every third something is noted.
        put(
            &cast.world,
            "INSERT INTO cells (id, column_id, item_id, lacks, number, text, person_id, value)
             SELECT CAST(c.id AS TEXT) || '.' || CAST(n.id AS TEXT), c.id, n.id,
               CASE WHEN c.kind = 'text' AND n.place % 3 > 0 THEN 1 ELSE 0 END,
               CASE WHEN c.kind = 'text' THEN 0 ELSE n.place * 10000 END,
               CASE WHEN c.kind = 'text' AND n.place % 3 = 0 THEN 'note ' || CAST(n.place AS TEXT) ELSE '' END, 0, '-'
               FROM (SELECT i.id, i.library_id, (SELECT COUNT(*) FROM items o WHERE o.library_id = i.library_id
                         AND o.is_document = 1 AND o.id < i.id) AS place
                       FROM items i WHERE i.is_document = 1) n
               JOIN library_columns c ON c.library_id = n.library_id",
            args![],
        )
        .await;
        let costs = |test: &str, what: u64| Filter::new(price.to_string(), test, what.to_string());
        let notes = |what: &str| Filter::new(note.to_string(), "contains", what);
        let kind = || Filter::new("kind", "is", "image");
        for (filters, all) in [
            (vec![costs("to", 9)], 10),
            (vec![costs("from", 100)], 2_200),
            (vec![costs("from", 100), costs("to", 149)], 50),
            (vec![costs("from", 9_000)], 0),
            (vec![notes("note 22")], 36),
            (vec![notes("nothing of it")], 0),
            (vec![costs("from", 100), notes("note")], 733),
            (vec![costs("from", 0), costs("to", 2), notes("note 0")], 1),
            (vec![costs("from", 100), kind()], 0),
        ] {
            for sort in [Sort::Name, Sort::Version, Sort::Column(price), Sort::Column(note)] {
                for descending in [false, true] {
                    let mut listing = Listing {
                        sort,
                        descending,
                        filters: filters.clone(),
                        limit: 200,
                        ..Listing::default()
                    };
                    let mut seen = Vec::new();
                    loop {
                        let page = libraries::list(&cast.rita, cast.papers, &listing)
                            .await
                            .unwrap();
                        assert_eq!(page.total, all.min(COUNTED + 1), "{filters:?} {sort:?}");
                        seen.extend(page.items.iter().map(|item| item.id));
                        let Some(next) = page.next else { break };
                        listing.after = Some(next);
                    }
                    assert_eq!(seen.len() as u64, all, "{filters:?} {sort:?}");
                    seen.sort();
                    seen.dedup();
                    assert_eq!(seen.len() as u64, all, "nothing comes twice");
                }
            }
        }
    })
    .await;
}
