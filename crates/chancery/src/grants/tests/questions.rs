//! Can somebody see it and why, how many can, and who is found by what is typed.

use super::super::{Subject, SubjectName, access, change, find_subjects, why};
use super::{give, give_until};
use crate::Error;
use crate::kernel::{Actor, Id, Kind, Role};
use crate::people::ViewOperations;
use crate::sites::exposure;
use crate::sites::fixture::{DAY, Town};
use crate::testing::{assert_not_found, both};

#[tokio::test]
async fn why_answers_for_any_moment_as_the_rule_does() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        let before = town.now();
        town.world.clock.advance(DAY);
        let june = town.now().plus(DAY * 10);
        change(
            &peter,
            town.cases,
            &[
                give_until(Subject::Organisation(town.lights), Role::Reader, june),
                give(Subject::Team(town.casework), Role::Contributor),
            ],
            "",
        )
        .await
        .unwrap();
        let given = town.now();
        town.world.clock.advance(DAY);
        town.suspend(town.daniel).await;
        let suspended = town.now();
        town.world.clock.advance(DAY);

        let proof = town
            .act(town.operator)
            .read::<ViewOperations>(Id::REALM)
            .await
            .unwrap();
        for who in [town.daniel, town.ellen, town.grace, town.peter, town.amira] {
            for at in [
                before,
                given,
                suspended,
                town.now(),
                june.minus(std::time::Duration::from_micros(1)),
                june,
            ] {
                let answer = why(&peter, town.cases, who, Some(at)).await.unwrap();
                let enforced =
                    Actor::access_at(&proof, who, None, Kind::Library, town.cases.raw(), at)
                        .await
                        .unwrap();
                assert_eq!(answer.role, enforced, "{} at {at}", answer.line.name);
                assert_eq!(answer.role, answer.because.iter().map(|one| one.role).max());
                assert_eq!(answer.account, who != town.daniel || at < suspended);
            }
        }
        let answer = why(&peter, town.cases, town.daniel, Some(given))
            .await
            .unwrap();
        let reasons: Vec<_> = answer
            .because
            .iter()
            .map(|one| one.subject.clone())
            .collect();
        assert_eq!(
            reasons,
            [
                SubjectName::Team("Resettlement casework".to_owned()),
                SubjectName::Organisation("Harbour Lights".to_owned()),
            ]
        );
        let ellen = why(&peter, town.cases, town.ellen, None).await.unwrap();
        assert_eq!((ellen.role, ellen.at), (Some(Role::Reader), town.now()));
        assert_not_found(
            why(&peter, town.cases, Id::from_raw(9), None)
                .await
                .map(|answer| answer.at),
        );
    })
    .await;
}

#[tokio::test]
async fn exposure_is_the_number_on_the_page() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        change(
            &peter,
            town.cases,
            &[give(Subject::Organisation(town.lights), Role::Reader)],
            "",
        )
        .await
        .unwrap();
        let page = access(&peter, town.cases).await.unwrap();
        let mut proof = town
            .act(town.operator)
            .read::<ViewOperations>(Id::REALM)
            .await
            .unwrap();
        let exposed = exposure(&mut proof, town.cases.raw(), town.now())
            .await
            .unwrap();
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
            choices
                .into_iter()
                .map(|one| format!("{} ({})", one.name, one.detail))
                .collect()
        };
        assert_eq!(
            found(&peter, "amira").await,
            ["Amira Hussain (Caseworker, Northmoor Probation Trust)"]
        );
        assert!(found(&peter, "Grace").await.is_empty(), "they have not met");
        assert!(
            found(&peter, "grace.adeyemi@example").await.is_empty(),
            "only a whole address"
        );
        assert_eq!(
            found(&peter, " Grace.Adeyemi@Example.org").await,
            ["Grace Adeyemi (Caseworker, Tessel Housing Ltd)"]
        );
        assert_eq!(
            found(&peter, "harbour").await,
            ["Harbour Lights (Organisation, voluntary sector)"]
        );
        assert_eq!(
            found(&peter, "casework").await,
            ["Resettlement casework (Team, 2 people from 2 organisations)"]
        );
        assert!(
            found(&town.act(town.amira), "casework").await.is_empty(),
            "a team that she does not know of"
        );
        assert_eq!(
            found(&peter, "every").await,
            ["Everyone in the realm (Everybody with an account, now and later)"]
        );
        assert!(found(&peter, "  ").await.is_empty());
        assert!(
            found(&peter, "%").await.is_empty(),
            "what is typed is taken literally"
        );
        // Operators may know of everybody, and so may the console.
        assert_eq!(found(&town.act(town.operator), "grace").await.len(), 1);
        assert_eq!(found(&town.world.console(), "grace").await.len(), 1);
        // Somebody whose account has ended is not offered.
        town.suspend(town.grace).await;
        assert!(found(&peter, "grace.adeyemi@example.org").await.is_empty());
        let refused: crate::Result<usize> = find_subjects(&town.act(town.grace), town.cases, "a")
            .await
            .map(|all| all.len());
        assert!(matches!(refused, Err(Error::SignedOut)));
    })
    .await;
}
