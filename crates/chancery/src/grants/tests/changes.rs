//! Changing access: what it does, what it refuses, what the journal keeps of it.

use super::super::{Change, Subject, access, change, preview, why};
use super::{by_name, entries, give, give_until, line_of, problem, role_of};
use crate::kernel::{Id, Role, Time};
use crate::sites::fixture::{DAY, HOUR, Town};
use crate::testing::both;

#[tokio::test]
async fn access_is_given_changed_and_ended_and_the_past_stays() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        let start = town.now();
        change(&peter, town.cases, &[give(by_name(town.grace), Role::Reader)], "She takes over").await.unwrap();
        assert_eq!(role_of(&town, town.cases, town.grace).await, Some(Role::Reader));
        town.world.clock.advance(DAY);
        let grant = line_of(&town, town.grace).await.id;
        change(&peter, town.cases, &[Change::Alter { grant, role: Role::Contributor, until: None }], "").await.unwrap();
        assert_eq!(role_of(&town, town.cases, town.grace).await, Some(Role::Contributor));
        // The old grant has ended: it cannot be altered again.
        let again = change(&peter, town.cases, &[Change::End { grant }], "").await;
        assert!(problem(again, "change").contains("already ended"));
        town.world.clock.advance(DAY);
        let grant = line_of(&town, town.grace).await.id;
        change(&peter, town.cases, &[Change::End { grant }], "").await.unwrap();
        assert_eq!(role_of(&town, town.cases, town.grace).await, None);
        let then = why(&peter, town.cases, town.grace, Some(start)).await.unwrap();
        assert_eq!(then.role, Some(Role::Reader), "the past stays as it was");
        let said: Vec<_> = entries(&town).await;
        let grace = town.grace.raw();
        assert_eq!(said, [
            ("gave Grace Adeyemi of Tessel Housing Ltd reader".to_owned(), "She takes over".to_owned(), true, grace),
            ("changed Grace Adeyemi of Tessel Housing Ltd from reader to contributor".to_owned(), String::new(), true, grace),
            ("ended the access of Grace Adeyemi of Tessel Housing Ltd, contributor since 15 March 2026".to_owned(), String::new(), true, grace),
        ]);
    })
    .await;
}

#[tokio::test]
async fn giving_again_replaces_and_giving_the_same_leaves_no_trace() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        let to = Subject::Organisation(town.lights);
        for _ in 0..2 {
            change(&peter, town.cases, &[give(to, Role::Reader)], "").await.unwrap();
        }
        assert_eq!(entries(&town).await.len(), 1);
        let seen = preview(&peter, town.cases, &[give(to, Role::Reader)]).await.unwrap();
        assert!(!seen.can_save && seen.sentence.is_empty());
        assert_eq!(seen.warnings, ["Harbour Lights (voluntary sector) already has reader: nothing changes"]);
        change(&peter, town.cases, &[give_until(to, Role::Contributor, town.now().plus(DAY * 3))], "").await.unwrap();
        let page = access(&peter, town.cases).await.unwrap();
        assert_eq!(page.grants.iter().filter(|line| line.subject == to).count(), 1);
        assert_eq!(
            entries(&town).await[1].0,
            "changed Harbour Lights (voluntary sector) from reader to contributor until 17 March 2026"
        );
    })
    .await;
}

#[tokio::test]
async fn an_end_date_ends_by_the_clock_alone() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        let until = town.now().plus(HOUR);
        change(
            &peter,
            town.cases,
            &[give_until(by_name(town.grace), Role::Reader, until)],
            "",
        )
        .await
        .unwrap();
        town.world
            .clock
            .set(until.minus(std::time::Duration::from_micros(1)));
        assert_eq!(
            role_of(&town, town.cases, town.grace).await,
            Some(Role::Reader)
        );
        town.world.clock.set(until);
        assert_eq!(role_of(&town, town.cases, town.grace).await, None);
        assert_eq!(access(&peter, town.cases).await.unwrap().grants.len(), 1);
        let past = change(
            &peter,
            town.cases,
            &[give_until(by_name(town.grace), Role::Reader, until)],
            "",
        )
        .await;
        assert_eq!(problem(past, "until"), "The end date must be in the future");
    })
    .await;
}

#[tokio::test]
async fn stopping_to_inherit_keeps_everybody_or_nobody() {
    both(async |world| {
        let town = Town::new(world).await;
        let amira = town.act(town.amira);
        let june = town.now().plus(DAY * 50);
        change(
            &amira,
            town.site,
            &[
                give_until(Subject::Organisation(town.lights), Role::Contributor, june),
                give(by_name(town.grace), Role::Reader),
            ],
            "",
        )
        .await
        .unwrap();
        // Her own grant on the library is greater already, and is not doubled.
        change(
            &amira,
            town.guidance,
            &[give(by_name(town.grace), Role::Contributor)],
            "",
        )
        .await
        .unwrap();
        let before = access(&amira, town.guidance).await.unwrap();

        let stop = [Change::StopInheriting { keep: false }];
        let seen = preview(&amira, town.guidance, &stop).await.unwrap();
        assert_eq!(seen.lose.len(), 3);
        assert!(
            problem(change(&amira, town.guidance, &stop, "").await, "change")
                .starts_with("Nobody will own this")
        );

        let keep = [Change::StopInheriting { keep: true }];
        let seen = preview(&amira, town.guidance, &keep).await.unwrap();
        assert!(seen.gain.is_empty() && seen.lose.is_empty() && seen.differ.is_empty());
        assert_eq!(seen.before, seen.after);
        change(&amira, town.guidance, &keep, "").await.unwrap();
        let after = access(&amira, town.guidance).await.unwrap();
        assert_eq!(after.place.inherits, Some(false));
        let roles = |page: &super::super::AccessPage| -> Vec<_> {
            page.people
                .iter()
                .map(|one| (one.line.id, one.role))
                .collect()
        };
        assert_eq!(roles(&before), roles(&after));
        let mut grants: Vec<_> = after
            .grants
            .iter()
            .map(|line| (line.name.as_str(), line.role, line.until, line.inherited))
            .collect();
        grants.sort_unstable();
        assert_eq!(
            grants,
            [
                ("Amira Hussain", Role::Owner, None, false),
                ("Grace Adeyemi", Role::Contributor, None, false),
                ("Harbour Lights", Role::Contributor, Some(june), false),
            ]
        );
        // From now on the site's changes are the site's alone.
        town.world.clock.advance(HOUR);
        change(
            &amira,
            town.site,
            &[give(by_name(town.peter), Role::Reader)],
            "",
        )
        .await
        .unwrap();
        assert_eq!(role_of(&town, town.guidance, town.peter).await, None);
        change(&amira, town.guidance, &[Change::Inherit], "")
            .await
            .unwrap();
        assert_eq!(
            role_of(&town, town.guidance, town.peter).await,
            Some(Role::Reader)
        );
        // Without keeping, only the library's own grants count.
        change(
            &amira,
            town.guidance,
            &[Change::StopInheriting { keep: false }],
            "",
        )
        .await
        .unwrap();
        assert_eq!(role_of(&town, town.guidance, town.peter).await, None);
        assert_eq!(
            role_of(&town, town.guidance, town.ellen).await,
            Some(Role::Contributor)
        );
        // Stopping or starting twice changes nothing, and a site inherits from nobody.
        for idle in [
            Change::StopInheriting { keep: true },
            Change::StopInheriting { keep: false },
        ] {
            assert!(
                !preview(&amira, town.guidance, &[idle])
                    .await
                    .unwrap()
                    .can_save
            );
        }
        let nonsense = change(&amira, town.site, &[Change::Inherit], "").await;
        assert!(problem(nonsense, "change").starts_with("A site"));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_given_is_said() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        let everyone = change(
            &peter,
            town.cases,
            &[give(Subject::Everyone, Role::Owner)],
            "",
        )
        .await;
        assert!(problem(everyone, "role").starts_with("Everyone in the realm"));
        for nobody in [
            Subject::Person(Id::from_raw(5)),
            Subject::Team(Id::from_raw(5)),
            Subject::Organisation(Id::from_raw(5)),
        ] {
            let refused = change(&peter, town.cases, &[give(nobody, Role::Reader)], "").await;
            assert!(problem(refused, "to").starts_with("Choose"), "{nobody:?}");
        }
        assert_eq!(
            problem(change(&peter, town.cases, &[], "").await, "change"),
            "Choose what to change"
        );
        let many = vec![give(by_name(town.grace), Role::Reader); 101];
        assert!(problem(change(&peter, town.cases, &many, "").await, "change").contains("100"));
        let long = change(
            &peter,
            town.cases,
            &[give(by_name(town.grace), Role::Reader)],
            &"x".repeat(3000),
        )
        .await;
        assert!(!problem(long, "why").is_empty());
        // A grant of another place is not found here, and the site's is changed on the site.
        let elsewhere = town
            .grant(
                town.guidance.raw(),
                (1, town.grace.raw()),
                Role::Reader,
                Time::FOREVER,
            )
            .await;
        let refused = change(&peter, town.cases, &[Change::End { grant: elsewhere }], "").await;
        assert!(problem(refused, "change").contains("already ended"));
        let sites = access(&town.act(town.amira), town.site)
            .await
            .unwrap()
            .grants[0]
            .id;
        let refused = change(
            &town.act(town.amira),
            town.guidance,
            &[Change::End { grant: sites }],
            "",
        )
        .await;
        assert!(problem(refused, "change").starts_with("This access comes from the site"));
    })
    .await;
}
