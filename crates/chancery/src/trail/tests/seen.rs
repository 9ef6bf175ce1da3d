//! What a reader may know beyond the lines of their own libraries, and that it is said where something is left out.

use super::exports::text;
use super::{LeftOut, Told, seen, told};
use crate::grants::{Change, change};
use crate::kernel::{Role, Sort, Time, args};
use crate::libraries::relocate;
use crate::retention::place_legal_hold;
use crate::sites::fixture::HOUR;
use crate::testing::both;
use crate::trail::{Format, Of, TrailFilter, activity, export, trail};

#[tokio::test]
async fn a_library_that_stops_inheriting_does_not_vanish_from_its_sites_trail_unsaid() {
    both(async |world| {
        let Told { town, .. } = told(world).await;
        let (peter, amira) = (town.act(town.peter), town.act(town.amira));
        let site = Of::Site(town.site);
        town.grant(
            town.guidance.raw(),
            (1, town.peter.raw()),
            Role::Owner,
            Time::FOREVER,
        )
        .await;
        town.world.clock.advance(HOUR);
        let stop = Change::StopInheriting { keep: false };
        change(&peter, town.guidance, &[stop], "").await.unwrap();
        // What is held there, and why, is not for her to know.
        place_legal_hold(&peter, town.guidance, None, "A quiet inquiry")
            .await
            .unwrap();
        town.world.clock.advance(HOUR);
        let page = trail(&amira, site, &TrailFilter::default()).await.unwrap();
        let first = &page.lines[0];
        assert_eq!(
            first.says,
            "stopped this library taking its access from the site"
        );
        // She cannot see the library any more, and still decides who can.
        let guidance = (town.guidance, "Provider guidance".to_owned());
        assert_eq!(first.library, Some(guidance.clone()));
        assert!(
            page.lines
                .iter()
                .all(|line| !line.says.contains("Guide.pdf")
                    && !line.says.contains("A quiet inquiry")),
            "nothing of what is in it"
        );
        let cases = (town.cases, "Case conference papers".to_owned());
        let left_out = LeftOut::Libraries(vec![cases, guidance]);
        assert_eq!(page.left_out, Some(left_out.clone()));
        let access = TrailFilter {
            sort: Some(Sort::Access),
            ..TrailFilter::default()
        };
        let page = trail(&amira, site, &access).await.unwrap();
        assert_eq!((page.lines.len(), page.left_out), (2, None));
        // The file says it too.
        let csv = export(&amira, site, &TrailFilter::default(), Format::Csv).await;
        let csv = text(csv.unwrap()).await;
        let last = csv.trim_end().lines().last().unwrap();
        assert!(last.contains(&left_out.says()), "{last}");
        // Who only sees the site is told that there may be more, and not of what.
        let page = activity(&town.act(town.grace), site, &TrailFilter::default()).await;
        let said = page.unwrap().left_out.unwrap();
        assert_eq!(said, LeftOut::Unseen);
        assert!(!said.says().contains("Case"));
        // A library's own trail leaves out nothing.
        let own = Of::Library(town.guidance);
        let page = trail(&peter, own, &TrailFilter::default()).await.unwrap();
        assert_eq!(page.left_out, None);
    })
    .await;
}

#[tokio::test]
async fn a_move_names_the_other_library_to_those_who_can_see_it() {
    both(async |world| {
        let Told { town, guide, .. } = told(world).await;
        let peter = town.act(town.peter);
        town.grant(
            town.site.raw(),
            (1, town.peter.raw()),
            Role::Owner,
            Time::FOREVER,
        )
        .await;
        town.world.clock.advance(HOUR);
        let items = [guide.item()];
        relocate(&peter, town.guidance, &items, town.cases, None)
            .await
            .unwrap();
        town.world.clock.advance(HOUR);
        let from = Of::Library(town.guidance);
        assert_eq!(
            seen(&peter, from).await[0],
            "Peter Nowak moved Guide.pdf from the top of the library to the library Case conference papers"
        );
        assert_eq!(
            seen(&peter, Of::Document(guide)).await[0],
            "Peter Nowak moved Guide.pdf from the library Provider guidance to the top of the library"
        );
        // Amira owns the one library and cannot see the other.
        assert_eq!(
            seen(&town.act(town.amira), from).await[0],
            "Peter Nowak moved Guide.pdf from the top of the library to another library"
        );
        let page = trail(&peter, from, &TrailFilter::default()).await.unwrap();
        assert_eq!(page.lines[0].data["after"], "another library");
        assert_eq!(
            page.lines[0].moved.as_ref().map(|(_, after)| after.as_str()),
            Some("the library Case conference papers")
        );
    })
    .await;
}

#[tokio::test]
async fn two_of_one_name_are_told_apart() {
    both(async |world| {
        let Told { town, .. } = told(world).await;
        let amira = town.act(town.amira);
        let named = async || {
            let page = trail(&amira, Of::Site(town.site), &TrailFilter::default()).await;
            let people = page.unwrap().people;
            people
                .iter()
                .map(|one| format!("{}|{}", one.who.in_full(), one.apart))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            named().await,
            [
                "Amira Hussain, Northmoor Probation Trust|",
                "Grace Adeyemi, Tessel Housing Ltd|",
                "Helen Marsh, Northmoor Probation Trust|",
            ]
        );
        town.run(
            "UPDATE people SET name = 'Amira Hussain', name_key = 'amira hussain', title = 'Director' WHERE id = $1",
            args![town.operator],
        )
        .await;
        let trust = "Amira Hussain, Northmoor Probation Trust";
        let apart = named().await;
        assert!(apart.contains(&format!("{trust}|Caseworker")), "{apart:?}");
        assert!(apart.contains(&format!("{trust}|Director")), "{apart:?}");
        town.run(
            "UPDATE people SET title = 'Caseworker' WHERE id = $1",
            args![town.operator],
        )
        .await;
        let apart = named().await;
        assert!(apart.contains(&format!("{trust}|amira.hussain@example.org")), "{apart:?}");
        assert!(apart.contains(&format!("{trust}|helen.marsh@example.org")), "{apart:?}");
    })
    .await;
}
