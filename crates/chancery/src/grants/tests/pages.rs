//! Who can see a place, why, and who is asked about it.

use super::super::{
    STATEMENTS, Subject, SubjectName, access, change, exposure, find_subjects, sql, why,
};
use super::{by_name, give, give_until};
use crate::Error;
use crate::documents::{DownloadVersion, OpenVersion, VersionDownloaded, VersionOpened};
use crate::kernel::{Action as _, Actor, Id, Kind, Queries as _, Role, Time, args, count_queries, thing};
use crate::people::{Sector, ViewOperations};
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
        change(&peter, town.cases, &[
            give(Subject::Team(town.casework), Role::Contributor),
            give_until(Subject::Organisation(town.lights), Role::Reader, june),
            give(by_name(town.grace), Role::Reader),
        ], "Housing joins").await.unwrap();
        let page = access(&peter, town.cases).await.unwrap();
        let said: Vec<_> = page
            .people
            .iter()
            .map(|one| {
                let because: Vec<_> = one.because.iter().map(|why| why.subject.says()).collect();
                (one.line.organisation.as_str(), one.line.name.as_str(), one.role.name(), because.join("; "))
            })
            .collect();
        assert_eq!(said, [
            ("Harbour Lights", "Daniel Okafor", "contributor", "in the team Resettlement casework; everyone in Harbour Lights".to_owned()),
            ("Harbour Lights", "Ellen Frost", "reader", "everyone in Harbour Lights".to_owned()),
            ("Northmoor Probation Trust", "Peter Nowak", "owner", "given by name; in the team Resettlement casework".to_owned()),
            ("Tessel Housing Ltd", "Grace Adeyemi", "reader", "given by name".to_owned()),
        ]);
        assert_eq!((page.owners, page.contributors, page.readers, page.organisations, page.total()), (1, 1, 2, 3, 4));
        assert_eq!(page.people[1].because[0].until, Some(june));
        assert_eq!(page.people[3].sector, Sector::Private);
        assert!(page.i_can_read && page.shows_last_opened);
        let grants: Vec<_> = page
            .grants
            .iter()
            .map(|line| (line.name.as_str(), line.detail.as_str(), line.role.name(), line.given_by.name.as_str()))
            .collect();
        assert_eq!(grants, [
            ("Peter Nowak", "Northmoor Probation Trust", "owner", "The operator's console"),
            ("Resettlement casework", "Team, 2 people from 2 organisations", "contributor", "Peter Nowak"),
            ("Grace Adeyemi", "Tessel Housing Ltd", "reader", "Peter Nowak"),
            ("Harbour Lights", "Organisation, 2 people", "reader", "Peter Nowak"),
        ]);
        assert_eq!(page.place.name, "Case conference papers");
        assert_eq!(page.place.inherits, Some(false));
        let library = page.place.library.unwrap();
        assert_eq!((library.people, library.organisations), (4, 3));
        assert!(library.can_own && library.can_govern);
        assert_eq!(page.place.site.role, None, "Peter owns the library and is not in the site");
    })
    .await;
}

#[tokio::test]
async fn inherited_grants_are_shown_as_the_sites() {
    both(async |world| {
        let town = Town::new(world).await;
        let amira = town.act(town.amira);
        change(&amira, town.guidance, &[give(by_name(town.grace), Role::Reader)], "").await.unwrap();
        let page = access(&amira, town.guidance).await.unwrap();
        assert_eq!(page.place.inherits, Some(true));
        let shown: Vec<_> = page.grants.iter().map(|line| (line.name.as_str(), line.inherited)).collect();
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
        let opened = VersionOpened { document: "Agenda.docx".to_owned(), version: 1 };
        town.act(town.peter).read::<OpenVersion>(document).await.unwrap().record(&opened).await.unwrap();
        for governor in [town.operator, town.amira] {
            let page = access(&town.act(governor), town.cases).await.unwrap();
            assert!(!page.i_can_read && !page.shows_last_opened);
            assert_eq!(page.people[0].last_opened, None, "reads are for the owners");
            let library = page.place.library.unwrap();
            assert!(library.role.is_none() && library.can_govern && !library.can_own && !library.can_contribute);
        }
        assert_eq!(
            access(&town.act(town.peter), town.cases).await.unwrap().people[0].last_opened,
            Some(town.now())
        );
        assert_eq!(access(&town.world.console(), town.cases).await.unwrap().total(), 1);
        for stranger in [town.grace, town.ellen] {
            assert_not_found(access(&town.act(stranger), town.cases).await.map(|page| page.total()));
        }
        town.grant(town.cases.raw(), (1, town.grace.raw()), Role::Contributor, Time::FOREVER).await;
        let refused = access(&town.act(town.grace), town.cases).await.map(|page| page.total());
        assert!(matches!(refused, Err(Error::Refused(_))));
        // Peter owns a library and not its site.
        assert_not_found(access(&town.act(town.grace), town.site).await.map(|page| page.total()));
        assert_not_found(access(&town.act(town.peter), town.site).await.map(|page| page.total()));
    })
    .await;
}

#[tokio::test]
async fn last_opened_is_of_documents_and_the_latest() {
    both(async |world| {
        let town = Town::new(world).await;
        let document = town.document(town.guidance, "Guide.pdf").await;
        town.grant(town.site.raw(), (1, town.grace.raw()), Role::Reader, Time::FOREVER).await;
        let grace = town.act(town.grace);
        let event = VersionOpened { document: "Guide.pdf".to_owned(), version: 1 };
        grace.read::<OpenVersion>(document).await.unwrap().record(&event).await.unwrap();
        town.world.clock.advance(DAY);
        let event = VersionDownloaded { document: "Guide.pdf".to_owned(), version: 1 };
        grace.read::<DownloadVersion>(document).await.unwrap().record(&event).await.unwrap();
        let last = town.now();
        town.world.clock.advance(DAY);
        for page in [
            access(&town.act(town.amira), town.guidance).await.unwrap(),
            access(&town.act(town.amira), town.site).await.unwrap(),
        ] {
            let opened: Vec<_> = page.people.iter().map(|one| (one.line.name.as_str(), one.last_opened)).collect();
            assert_eq!(opened, [("Amira Hussain", None), ("Grace Adeyemi", Some(last))]);
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
            town.grant(town.cases.raw(), (1, newcomer.raw()), Role::Reader, Time::FOREVER).await;
        }
        let (page, many) = count_queries(access(&peter, town.cases)).await;
        assert_eq!(page.unwrap().people.len(), 31);
        assert_eq!(few, many);
        assert!(many <= 8, "{many}");
    })
    .await;
}

#[tokio::test]
async fn why_answers_for_any_moment_as_the_rule_does() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        let before = town.now();
        town.world.clock.advance(DAY);
        let june = town.now().plus(DAY * 10);
        change(&peter, town.cases, &[
            give_until(Subject::Organisation(town.lights), Role::Reader, june),
            give(Subject::Team(town.casework), Role::Contributor),
        ], "").await.unwrap();
        let given = town.now();
        town.world.clock.advance(DAY);
        town.suspend(town.daniel).await;
        let suspended = town.now();
        town.world.clock.advance(DAY);

        let mut proof = town.act(town.operator).read::<ViewOperations>(Id::REALM).await.unwrap();
        for who in [town.daniel, town.ellen, town.grace, town.peter, town.amira] {
            for at in [before, given, suspended, town.now(), june.minus(std::time::Duration::from_micros(1)), june] {
                let answer = why(&peter, town.cases, who, Some(at)).await.unwrap();
                let enforced = Actor::access_at(&proof, who, Kind::Library, town.cases.raw(), at).await.unwrap();
                assert_eq!(answer.role, enforced, "{} at {at}", answer.line.name);
                assert_eq!(answer.role, answer.because.iter().map(|one| one.role).max());
                assert_eq!(answer.account, who != town.daniel || at < suspended);
            }
        }
        let answer = why(&peter, town.cases, town.daniel, Some(given)).await.unwrap();
        let reasons: Vec<_> = answer.because.iter().map(|one| one.subject.clone()).collect();
        assert_eq!(reasons, [
            SubjectName::Team("Resettlement casework".to_owned()),
            SubjectName::Organisation("Harbour Lights".to_owned()),
        ]);
        let ellen = why(&peter, town.cases, town.ellen, None).await.unwrap();
        assert_eq!((ellen.role, ellen.at), (Some(Role::Reader), town.now()));
        assert_not_found(why(&peter, town.cases, Id::from_raw(9), None).await.map(|answer| answer.at));
        let _: Vec<(i64,)> = proof.all("SELECT 1 AS value", args![]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn exposure_is_the_number_on_the_page() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        change(&peter, town.cases, &[give(Subject::Organisation(town.lights), Role::Reader)], "").await.unwrap();
        let page = access(&peter, town.cases).await.unwrap();
        let mut proof = town.act(town.operator).read::<ViewOperations>(Id::REALM).await.unwrap();
        let exposed = exposure(&mut proof, town.cases.raw(), town.now()).await.unwrap();
        assert_eq!(exposed, (page.total(), page.organisations));
    })
    .await;
}

#[tokio::test]
async fn subjects_are_found_within_the_fence_and_by_exact_address() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        let found = async |actor: &Actor, text: &str| -> Vec<String> {
            let choices = find_subjects(actor, town.cases, text).await.unwrap();
            choices.into_iter().map(|one| format!("{} ({})", one.name, one.detail)).collect()
        };
        assert_eq!(found(&peter, "amira").await, ["Amira Hussain (Caseworker, Northmoor Probation Trust)"]);
        assert!(found(&peter, "Grace").await.is_empty(), "they have not met");
        assert!(found(&peter, "grace.adeyemi@example").await.is_empty(), "only a whole address");
        assert_eq!(found(&peter, " Grace.Adeyemi@Example.org").await, ["Grace Adeyemi (Caseworker, Tessel Housing Ltd)"]);
        assert_eq!(found(&peter, "harbour").await, ["Harbour Lights (Organisation, voluntary sector)"]);
        assert_eq!(found(&peter, "casework").await, ["Resettlement casework (Team, 2 people from 2 organisations)"]);
        assert!(found(&town.act(town.amira), "casework").await.is_empty(), "a team that she does not know of");
        assert_eq!(found(&peter, "every").await, ["Everyone in the realm (Everybody with an account, now and later)"]);
        assert!(found(&peter, "  ").await.is_empty());
        assert!(found(&peter, "%").await.is_empty(), "what is typed is taken literally");
        // Operators may know of everybody, and so may the console.
        assert_eq!(found(&town.act(town.operator), "grace").await.len(), 1);
        assert_eq!(found(&town.world.console(), "grace").await.len(), 1);
        // Somebody whose account has ended is not offered.
        town.suspend(town.grace).await;
        assert!(found(&peter, "grace.adeyemi@example.org").await.is_empty());
        let refused: crate::Result<usize> = find_subjects(&town.act(town.grace), town.cases, "a").await.map(|all| all.len());
        assert!(matches!(refused, Err(Error::SignedOut)));
        let _: Option<Id<thing::Grant>> = None;
    })
    .await;
}
