//! Who can see a place, why, and who is asked about it.

use super::super::{STATEMENTS, Subject, access, change, grants, holders, sql};
use super::{by_name, give, give_until};
use crate::Error;
use crate::documents::{DownloadVersion, OpenVersion, VersionDownloaded, VersionOpened};
use crate::kernel::{Action as _, Role, Time, count_queries};
use crate::people::Sector;
use crate::sites::fixture::{DAY, Town, person};
use crate::testing::{assert_not_found, both};

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| world.prepares(STATEMENTS).await).await;
}

#[test]
fn last_opened_knows_the_actions_by_their_names() {
    for name in [OpenVersion::NAME, DownloadVersion::NAME] {
        assert!(sql::LAST_OPENED.contains(&format!("'{name}'")), "{name}");
    }
}

#[tokio::test]
async fn the_page_answers_who_and_why() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        let june = town.now().plus(DAY * 100);
        change(
            &peter,
            town.cases,
            &[
                give(Subject::Team(town.casework), Role::Contributor),
                give_until(Subject::Organisation(town.lights), Role::Reader, june),
                give(by_name(town.grace), Role::Reader),
            ],
            "Housing joins",
        )
        .await
        .unwrap();
        let page = access(&peter, town.cases).await.unwrap();
        let said: Vec<_> = page
            .people
            .iter()
            .map(|one| {
                let because: Vec<_> = one.because.iter().map(|why| why.subject.says()).collect();
                (
                    one.line.organisation.as_str(),
                    one.line.name.as_str(),
                    one.role.name(),
                    because.join("; "),
                )
            })
            .collect();
        assert_eq!(
            said,
            [
                (
                    "Harbour Lights",
                    "Daniel Okafor",
                    "contributor",
                    "in the team Resettlement casework; everyone in Harbour Lights".to_owned()
                ),
                (
                    "Harbour Lights",
                    "Ellen Frost",
                    "reader",
                    "everyone in Harbour Lights".to_owned()
                ),
                (
                    "Northmoor Probation Trust",
                    "Peter Nowak",
                    "owner",
                    "given by name; in the team Resettlement casework".to_owned()
                ),
                (
                    "Tessel Housing Ltd",
                    "Grace Adeyemi",
                    "reader",
                    "given by name".to_owned()
                ),
            ]
        );
        assert_eq!(
            (
                page.owners,
                page.contributors,
                page.readers,
                page.organisations,
                page.total()
            ),
            (1, 1, 2, 3, 4)
        );
        assert_eq!(page.people[1].because[0].until, Some(june));
        assert_eq!(page.people[3].sector, Sector::Private);
        assert!(page.i_can_read && page.shows_last_opened);
        assert!(page.libraries.is_empty(), "a library has none");
        let grants: Vec<_> = page
            .grants
            .iter()
            .map(|line| {
                (
                    line.name.as_str(),
                    line.detail.as_str(),
                    line.role.name(),
                    line.given_by.name.as_str(),
                )
            })
            .collect();
        assert_eq!(
            grants,
            [
                (
                    "Peter Nowak",
                    "Northmoor Probation Trust",
                    "owner",
                    "The operator's console"
                ),
                (
                    "Resettlement casework",
                    "Team, 2 people from 2 organisations",
                    "contributor",
                    "Peter Nowak"
                ),
                (
                    "Grace Adeyemi",
                    "Tessel Housing Ltd",
                    "reader",
                    "Peter Nowak"
                ),
                (
                    "Harbour Lights",
                    "Organisation, 2 people",
                    "reader",
                    "Peter Nowak"
                ),
            ]
        );
        assert_eq!(page.place.name, "Case conference papers");
        assert_eq!(page.place.inherits, Some(false));
        let library = page.place.library.unwrap();
        assert_eq!((library.people, library.organisations), (4, 3));
        assert!(library.can_own && library.can_govern);
        assert_eq!(
            page.place.site.role, None,
            "Peter owns the library and is not in the site"
        );
    })
    .await;
}

#[tokio::test]
async fn inherited_grants_are_shown_as_the_sites() {
    both(async |world| {
        let town = Town::new(world).await;
        let amira = town.act(town.amira);
        change(
            &amira,
            town.guidance,
            &[give(by_name(town.grace), Role::Reader)],
            "",
        )
        .await
        .unwrap();
        let page = access(&amira, town.guidance).await.unwrap();
        assert_eq!(page.place.inherits, Some(true));
        let shown: Vec<_> = page
            .grants
            .iter()
            .map(|line| (line.name.as_str(), line.inherited))
            .collect();
        assert_eq!(shown, [("Grace Adeyemi", false), ("Amira Hussain", true)]);
        assert!(page.people[0].because[0].inherited);
        assert!(!page.people[1].because[0].inherited);
        let page = access(&amira, town.site).await.unwrap();
        assert_eq!((page.place.inherits, page.total()), (None, 1));
        assert!(page.place.library.is_none());
    })
    .await;
}

#[tokio::test]
async fn operators_and_site_owners_govern_what_they_cannot_read() {
    both(async |world| {
        let town = Town::new(world).await;
        let document = town.document(town.cases, "Agenda.docx").await;
        let opened = VersionOpened {
            document: "Agenda.docx".to_owned(),
            version: 1,
            label: String::new(),
        };
        town.act(town.peter)
            .read::<OpenVersion>(document)
            .await
            .unwrap()
            .record(&opened)
            .await
            .unwrap();
        for governor in [town.operator, town.amira] {
            let page = access(&town.act(governor), town.cases).await.unwrap();
            assert!(!page.i_can_read && !page.shows_last_opened);
            assert_eq!(page.people[0].last_opened, None, "reads are for the owners");
            let library = page.place.library.unwrap();
            assert!(
                library.role.is_none()
                    && library.can_govern
                    && !library.can_own
                    && !library.can_contribute
            );
        }
        assert_eq!(
            access(&town.act(town.peter), town.cases)
                .await
                .unwrap()
                .people[0]
                .last_opened,
            Some(town.now())
        );
        assert_eq!(
            access(&town.world.console(), town.cases)
                .await
                .unwrap()
                .total(),
            1
        );
        for stranger in [town.grace, town.ellen] {
            assert_not_found(
                access(&town.act(stranger), town.cases)
                    .await
                    .map(|page| page.total()),
            );
        }
        town.grant(
            town.cases.raw(),
            (1, town.grace.raw()),
            Role::Contributor,
            Time::FOREVER,
        )
        .await;
        let refused = access(&town.act(town.grace), town.cases)
            .await
            .map(|page| page.total());
        assert!(matches!(refused, Err(Error::Refused(_))));
        // Peter owns a library and not its site.
        assert_not_found(
            access(&town.act(town.grace), town.site)
                .await
                .map(|page| page.total()),
        );
        assert_not_found(
            access(&town.act(town.peter), town.site)
                .await
                .map(|page| page.total()),
        );
    })
    .await;
}

#[tokio::test]
async fn last_opened_is_of_documents_and_the_latest() {
    both(async |world| {
        let town = Town::new(world).await;
        let document = town.document(town.guidance, "Guide.pdf").await;
        town.grant(
            town.site.raw(),
            (1, town.grace.raw()),
            Role::Reader,
            Time::FOREVER,
        )
        .await;
        let grace = town.act(town.grace);
        let event = VersionOpened {
            document: "Guide.pdf".to_owned(),
            version: 1,
            label: String::new(),
        };
        grace
            .read::<OpenVersion>(document)
            .await
            .unwrap()
            .record(&event)
            .await
            .unwrap();
        town.world.clock.advance(DAY);
        let event = VersionDownloaded {
            document: "Guide.pdf".to_owned(),
            version: 1,
            label: String::new(),
        };
        grace
            .read::<DownloadVersion>(document)
            .await
            .unwrap()
            .record(&event)
            .await
            .unwrap();
        let last = town.now();
        town.world.clock.advance(DAY);
        for page in [
            access(&town.act(town.amira), town.guidance).await.unwrap(),
            access(&town.act(town.amira), town.site).await.unwrap(),
        ] {
            let opened: Vec<_> = page
                .people
                .iter()
                .map(|one| (one.line.name.as_str(), one.last_opened))
                .collect();
            assert_eq!(
                opened,
                [("Amira Hussain", None), ("Grace Adeyemi", Some(last))]
            );
        }
    })
    .await;
}

#[tokio::test]
async fn the_number_of_queries_does_not_grow_with_the_people() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        let (_, few) = count_queries(access(&peter, town.cases)).await;
        for number in 0..30 {
            let newcomer = person(&town.world, &format!("Person {number}"), town.lights).await;
            town.grant(
                town.cases.raw(),
                (1, newcomer.raw()),
                Role::Reader,
                Time::FOREVER,
            )
            .await;
        }
        let (page, many) = count_queries(access(&peter, town.cases)).await;
        assert_eq!(page.unwrap().people.len(), 31);
        assert_eq!(few, many);
        assert!(many <= 8, "{many}");
    })
    .await;
}

/// However few are asked for at a time, everybody is visited once, with the reasons that the page gives.
#[tokio::test]
async fn everybody_is_visited_once() {
    both(async |world| {
        let town = Town::new(world).await;
        let amira = town.act(town.amira);
        let given = [
            give(Subject::Everyone, Role::Reader),
            give(Subject::Team(town.casework), Role::Contributor),
        ];
        change(&amira, town.site, &given, "").await.unwrap();
        let page = access(&amira, town.site).await.unwrap();
        for limit in [1, 2, 1000] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let (people, next) = holders(&amira, town.site, after, limit).await.unwrap();
                assert!(people.len() <= limit as usize);
                seen.extend(people);
                if next.is_none() {
                    break;
                }
                after = next;
            }
            let mut expected = page.people.clone();
            expected.sort_by_key(|holder| holder.line.id);
            let said = |holders: &[super::super::Holder]| format!("{holders:?}");
            assert_eq!(said(&seen), said(&expected));
        }
        let lines = grants(&amira, town.site).await.unwrap();
        assert_eq!(format!("{lines:?}"), format!("{:?}", page.grants));
        assert_not_found(holders(&town.act(town.grace), town.cases, None, 9).await);
        assert_not_found(grants(&town.act(town.grace), town.cases).await);
    })
    .await;
}
