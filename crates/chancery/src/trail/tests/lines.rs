//! What a line says, to whom, and which lines are found.

use super::super::{Of, TrailFilter, activity, recent, trail};
use super::{Told, checked_in, members_see, seen, told};
use crate::kernel::{Id, Sort, Time, args, count_queries, thing};
use crate::testing::both;

#[tokio::test]
async fn a_document_above_the_clearance_is_in_no_line() {
    both(async |world| {
        let Told { town, guide, .. } = told(world).await;
        town.mark(guide, 3).await;
        let amira = town.act(town.amira);
        let site = Of::Site(town.site);
        for lines in [
            seen(&amira, site).await,
            seen(&amira, Of::Library(town.guidance)).await,
            members_see(&town.act(town.grace), site).await,
        ] {
            assert!(
                lines.iter().all(|line| !line.contains("Guide.pdf")),
                "{lines:?}"
            );
        }
        let page = trail(&amira, site, &TrailFilter::default()).await.unwrap();
        assert!(
            page.people.iter().all(|who| who.who.id != town.grace.raw()),
            "nor who read it"
        );
        let mut scope = town.act(town.grace).scope().unwrap();
        assert!(recent(&mut scope, 5).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_line_names_things_only_while_the_viewer_can_open_them() {
    both(async |world| {
        let Told { town, guide, .. } = told(world).await;
        let grace = town.act(town.grace);
        let first = async || activity(&grace, Of::Library(town.guidance), &TrailFilter::default()).await.unwrap().lines.remove(0);
        let line = first().await;
        assert_eq!(line.document, Some((guide.item(), "Guide.pdf".to_owned(), true)));
        assert_eq!(line.library, Some((town.guidance, "Provider guidance".to_owned())));
        assert_eq!((line.label, line.sort, line.action.as_str()), ("Checked in", Sort::Document, "CheckIn"));
        assert_eq!(line.data["comment"], "Figures");
        assert_eq!(line.who.organisation, "Tessel Housing Ltd");
        // Moved where she cannot see it, and renamed there: neither the place nor the new name shows.
        town.run("UPDATE items SET library_id = $1, name = 'Hidden.pdf' WHERE id = $2", args![town.cases, guide]).await;
        let line = first().await;
        assert_eq!(line.document, None);
        assert_eq!(line.says, "checked in Guide.pdf as version 2");
        // In the recycle bin it is named to those who can bring it back.
        town.run("UPDATE items SET library_id = $1, binned_at = 5 WHERE id = $2", args![town.guidance, guide]).await;
        assert!(first().await.document.is_some());
        town.run("UPDATE grants SET role = 1 WHERE subject_id = $1", args![town.grace]).await;
        assert_eq!(first().await.document, None);
        // Who acted is shown with the organisation of that time.
        town.run("UPDATE belongings SET until_at = $1 WHERE person_id = $2", args![town.now(), town.grace]).await;
        town.run(
            "INSERT INTO belongings (id, person_id, organisation_id, from_at, until_at) VALUES (1, $1, $2, $3, $4)",
            args![town.grace, town.lights, town.now(), Time::FOREVER],
        ).await;
        assert_eq!(first().await.who.organisation, "Tessel Housing Ltd");
    })
    .await;
}

#[tokio::test]
async fn filters_and_pages_find_each_line_once() {
    both(async |world| {
        let Told { town, guide, .. } = told(world).await;
        let amira = town.act(town.amira);
        let site = Of::Site(town.site);
        let all = trail(&amira, site, &TrailFilter::default())
            .await
            .unwrap()
            .lines;
        let mut found = Vec::new();
        let mut before = None;
        loop {
            let filter = TrailFilter {
                limit: 2,
                before,
                ..TrailFilter::default()
            };
            let page = trail(&amira, site, &filter).await.unwrap();
            assert!(page.lines.len() <= 2);
            found.extend(page.lines.iter().map(|line| line.id));
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(found, all.iter().map(|line| line.id).collect::<Vec<_>>());
        let count =
            async |filter: TrailFilter| trail(&amira, site, &filter).await.unwrap().lines.len();
        let usual = TrailFilter::default();
        assert_eq!(
            count(TrailFilter {
                person: Some(town.grace),
                ..usual.clone()
            })
            .await,
            2
        );
        assert_eq!(
            count(TrailFilter {
                sort: Some(Sort::Read),
                ..usual.clone()
            })
            .await,
            1
        );
        assert_eq!(
            count(TrailFilter {
                action: Some("CheckIn".to_owned()),
                ..usual.clone()
            })
            .await,
            1
        );
        assert_eq!(
            count(TrailFilter {
                action: Some("' OR 1=1 --".to_owned()),
                ..usual.clone()
            })
            .await,
            0
        );
        assert_eq!(
            count(TrailFilter {
                from: Some(all[1].at),
                ..usual.clone()
            })
            .await,
            2
        );
        assert_eq!(
            count(TrailFilter {
                until: Some(all[1].at),
                ..usual.clone()
            })
            .await,
            3
        );
        // Sealed entries say their place in the journal.
        assert_eq!(all[0].position, None);
        town.world.realm.seal().await.unwrap();
        let line = trail(&amira, Of::Document(guide), &usual)
            .await
            .unwrap()
            .lines
            .remove(0);
        assert!(line.position.unwrap() > 1);
        let (_, queries) = count_queries(trail(&amira, site, &usual)).await;
        assert_eq!(queries, 4);
    })
    .await;
}

#[tokio::test]
async fn what_changed_lately_is_of_readable_libraries_a_few_of_each() {
    both(async |world| {
        let Told {
            town,
            guide,
            agenda,
        } = told(world).await;
        for _ in 0..7 {
            checked_in(&town, town.grace, guide, "Guide.pdf").await;
        }
        checked_in(&town, town.peter, agenda, "Agenda.docx").await;
        let lately = async |who: Id<thing::Person>, each: u32| {
            let mut scope = town.act(who).scope().unwrap();
            let (sites, queries) = count_queries(recent(&mut scope, each)).await;
            assert_eq!(queries, 1);
            sites.unwrap()
        };
        let mine = lately(town.grace, 5).await;
        assert_eq!(mine.len(), 1);
        assert_eq!(mine[0].site, (town.site, "Resettlement Pathway".to_owned()));
        assert_eq!(mine[0].lines.len(), 5);
        assert!(
            mine[0]
                .lines
                .iter()
                .all(|line| line.says == "checked in Guide.pdf as version 2")
        );
        assert!(
            mine[0]
                .lines
                .is_sorted_by(|newer, older| newer.id > older.id)
        );
        assert_eq!(lately(town.grace, 50).await[0].lines.len(), 9);
        assert_eq!(
            lately(town.peter, 5).await[0].lines.len(),
            3,
            "of his library alone"
        );
        assert!(lately(town.ellen, 5).await.is_empty());
        assert!(
            recent(&mut town.world.console().scope().unwrap(), 5)
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}
