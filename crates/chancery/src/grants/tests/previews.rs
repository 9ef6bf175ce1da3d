//! A preview is exactly the difference that is seen after saving: over random changes.

use std::collections::BTreeMap;

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::super::{
    AccessPage, Change, Governed, Preview, Subject, access, access_at, change, change_as_shown,
    move_as_shown, preview, preview_move,
};
use super::{by_name, give, give_until};
use crate::Error;
use crate::kernel::{Id, Role, Time, args, thing};
use crate::libraries;
use crate::sites::fixture::{DAY, HOUR, Town, organisation, person, team};
use crate::testing::both;

type Roles = BTreeMap<Id<thing::Person>, Role>;

fn roles(page: &AccessPage) -> Roles {
    page.people
        .iter()
        .map(|one| (one.line.id, one.role))
        .collect()
}

fn applied(preview: &Preview, before: &Roles) -> Roles {
    let mut after = before.clone();
    for gained in &preview.gain {
        assert!(
            after.insert(gained.line.id, gained.role).is_none(),
            "gained what they had"
        );
    }
    for lost in &preview.lose {
        assert_eq!(after.remove(&lost.line.id), Some(lost.role));
    }
    for differ in &preview.differ {
        assert_ne!(differ.before, differ.after);
        assert_eq!(
            after.insert(differ.line.id, differ.after),
            Some(differ.before)
        );
    }
    after
}

fn any_subject(
    rng: &mut ChaCha8Rng,
    town: &Town,
    people: &[Id<thing::Person>],
    teams: &[Id<thing::Team>],
) -> Subject {
    match rng.random_range(0..8) {
        0 => Subject::Everyone,
        1 | 2 => Subject::Team(teams[rng.random_range(0..teams.len())]),
        3 | 4 => {
            Subject::Organisation([town.trust, town.lights, town.tessel][rng.random_range(0..3)])
        }
        _ => Subject::Person(people[rng.random_range(0..people.len())]),
    }
}

fn any_change(
    rng: &mut ChaCha8Rng,
    town: &Town,
    page: &AccessPage,
    people: &[Id<thing::Person>],
    teams: &[Id<thing::Team>],
) -> Change {
    let role = Role::ALL[rng.random_range(0..3)];
    let until = rng
        .random_ratio(1, 3)
        .then(|| town.now().plus(HOUR * rng.random_range(1..=200)));
    let own: Vec<_> = page.grants.iter().filter(|line| !line.inherited).collect();
    match rng.random_range(0..10) {
        0 | 1 if !own.is_empty() => Change::End {
            grant: own[rng.random_range(0..own.len())].id,
        },
        2 | 3 if !own.is_empty() => {
            let grant = own[rng.random_range(0..own.len())].id;
            Change::Alter { grant, role, until }
        }
        4 if page.place.library.is_some() => {
            if page.place.inherits == Some(true) {
                Change::StopInheriting { keep: rng.random() }
            } else {
                Change::Inherit
            }
        }
        _ => Change::Give {
            to: any_subject(rng, town, people, teams),
            role,
            until,
        },
    }
}

/// One random step on a place; says whether it was saved.
async fn step<P: Governed>(
    rng: &mut ChaCha8Rng,
    town: &Town,
    place: Id<P>,
    people: &[Id<thing::Person>],
    teams: &[Id<thing::Team>],
) -> bool {
    let operator = town.act(town.operator);
    let page = access(&operator, place).await.unwrap();
    let before = roles(&page);
    let changes: Vec<_> = (0..rng.random_range(1..=3))
        .map(|_| any_change(rng, town, &page, people, teams))
        .collect();
    let seen = match preview(&operator, place, &changes).await {
        Ok(seen) => seen,
        // What a preview refuses, saving refuses in the same words.
        Err(Error::Invalid(refused)) => {
            match change(&operator, place, &changes, "").await {
                Err(Error::Invalid(problems)) => assert_eq!(problems, refused),
                other => panic!("{changes:?}: {other:?}"),
            }
            return false;
        }
        Err(error) => panic!("{changes:?}: {error:?}"),
    };
    assert_eq!(
        roles(&access(&operator, place).await.unwrap()),
        before,
        "a preview changes nothing"
    );
    assert_eq!(seen.before, (page.total(), page.organisations));
    let saved = change(&operator, place, &changes, "").await;
    let after = access(&operator, place).await.unwrap();
    if !seen.can_save {
        assert!(saved.is_err() || roles(&after) == before, "{changes:?}");
        return false;
    }
    saved.unwrap_or_else(|error| panic!("{changes:?}: {error:?}"));
    assert_eq!(roles(&after), applied(&seen, &before), "{changes:?}");
    assert_eq!(
        seen.after,
        (after.total(), after.organisations),
        "{changes:?}"
    );
    assert!(after.owners > 0);
    true
}

#[tokio::test]
async fn a_preview_is_the_difference_seen_after_saving() {
    both(async |world| {
        let engine = world.realm.engine();
        let town = Town::new(world).await;
        let mut people = vec![town.amira, town.peter, town.daniel, town.ellen, town.grace];
        for (number, of) in [town.trust, town.lights, town.tessel, town.lights]
            .into_iter()
            .enumerate()
        {
            people.push(person(&town.world, &format!("Person {number}"), of).await);
        }
        let board = team(
            &town.world,
            "Board",
            &[(town.amira, ""), (town.grace, "Chair"), (people[6], "")],
        )
        .await;
        let teams = [town.casework, board];
        let mut saved = 0;
        for seed in 0..150_u64 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            println_on_failure(seed, engine);
            town.world.clock.advance(HOUR * rng.random_range(0..40));
            // Some lose their account or come back, and the preview counts as the rule does.
            let who = people[rng.random_range(0..people.len())];
            match rng.random_range(0..6) {
                0 => town.suspend(who).await,
                1 => {
                    town.run(
                        "UPDATE accounts SET until_at = $1 WHERE person_id = $2",
                        args![Time::FOREVER, who],
                    )
                    .await;
                }
                _ => {}
            }
            saved += u32::from(match rng.random_range(0..3) {
                0 => step(&mut rng, &town, town.site, &people, &teams).await,
                1 => step(&mut rng, &town, town.guidance, &people, &teams).await,
                _ => step(&mut rng, &town, town.cases, &people, &teams).await,
            });
        }
        assert!(
            saved > 60,
            "most of the random changes can be saved: {saved}"
        );
    })
    .await;
}

/// An end date in place of none takes access away later, and that is said by name beforehand.
#[tokio::test]
async fn an_end_date_says_who_loses_access_when_it_has_come() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        let lights = Subject::Organisation(town.lights);
        change(&peter, town.cases, &[give(lights, Role::Reader)], "")
            .await
            .unwrap();
        let end = town.now().plus(DAY);
        let shorter = [give_until(lights, Role::Reader, end)];
        let seen = preview(&peter, town.cases, &shorter).await.unwrap();
        assert!(seen.gain.is_empty() && seen.lose.is_empty() && seen.differ.is_empty());
        let later = seen.later.unwrap();
        assert_eq!((later.at, later.organisations), (end, 1));
        let mut expected: Vec<_> = later.lose.iter().map(|one| one.line.id).collect();
        expected.sort();
        assert_eq!(expected.len(), 2, "both people of the organisation");
        change(&peter, town.cases, &shorter, "").await.unwrap();
        let before = roles(&access(&peter, town.cases).await.unwrap());
        let then = roles(&access_at(&peter, town.cases, end).await.unwrap());
        let mut lost: Vec<_> = before
            .into_keys()
            .filter(|id| !then.contains_key(id))
            .collect();
        lost.sort();
        assert_eq!(lost, expected);
        // Letting somebody in until a date takes nothing from anybody.
        let guest = [give_until(by_name(town.grace), Role::Reader, end)];
        let seen = preview(&peter, town.cases, &guest).await.unwrap();
        assert_eq!((seen.gain.len(), seen.later), (1, None));
    })
    .await;
}

/// The seed of a step, shown by the test runner when the step fails.
fn println_on_failure(seed: u64, engine: crate::kernel::Engine) {
    #[allow(
        clippy::print_stdout,
        reason = "the runner shows it only when the test fails"
    )]
    {
        println!("seed {seed} on {engine:?}");
    }
}

#[tokio::test]
async fn a_preview_warns_of_what_matters() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        let warned = async |changes: &[Change]| preview(&peter, town.cases, changes).await.unwrap().warnings;
        assert_eq!(
            warned(&[give(Subject::Organisation(town.tessel), Role::Reader)]).await,
            ["This would be the first private sector organisation to see this library"]
        );
        let second = organisation(&town.world, "Second Bloom", "voluntary").await;
        person(&town.world, "Rose Field", second).await;
        assert_eq!(
            warned(&[
                give(Subject::Organisation(town.lights), Role::Reader),
                give(Subject::Organisation(second), Role::Reader)
            ]).await,
            ["These would be the first voluntary sector organisations to see this library"]
        );
        assert!(warned(&[give(by_name(town.amira), Role::Reader)]).await.is_empty());
        let everyone = warned(&[give(Subject::Everyone, Role::Reader)]).await;
        assert_eq!(everyone[0], "Everyone in the realm will be able to see this library, and so will everybody who joins later");
        let own = access(&peter, town.cases).await.unwrap().grants[0].id;
        let handed = [give(by_name(town.amira), Role::Owner), Change::End { grant: own }];
        let seen = preview(&peter, town.cases, &handed).await.unwrap();
        assert_eq!(seen.warnings, ["You will lose access yourself"]);
        assert!(seen.can_save);
        assert_eq!(seen.sentence, [
            "Give Amira Hussain of Northmoor Probation Trust owner",
            "End the access of Peter Nowak of Northmoor Probation Trust, owner since 13 March 2026",
        ]);
        assert_eq!((seen.gain_organisations, seen.lose_organisations), (1, 1));
        assert_eq!((seen.before, seen.after), ((1, 1), (1, 1)));
        let less = [give(by_name(town.amira), Role::Owner), give(by_name(town.peter), Role::Reader)];
        assert_eq!(preview(&peter, town.cases, &less).await.unwrap().warnings, ["You will not own this any more"]);
        // A change on the site reaches the libraries that inherit.
        let site = preview(&town.act(town.amira), town.site, &[give(by_name(town.peter), Role::Reader)]).await.unwrap();
        assert_eq!(site.warnings, ["1 library takes its access from this site and changes with it"]);
        town.world.clock.advance(DAY);
    })
    .await;
}

/// What is saved is what was shown, or nothing: somebody else's change in between is seen.
#[tokio::test]
async fn only_what_was_shown_is_saved() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        let open = [give(Subject::Organisation(town.lights), Role::Reader)];
        let seen = preview(&peter, town.cases, &open).await.unwrap();
        let other = [give(by_name(town.ellen), Role::Contributor)];
        change(&peter, town.cases, &other, "").await.unwrap();
        town.world.clock.advance(HOUR);
        let before = roles(&access(&peter, town.cases).await.unwrap());
        match change_as_shown(&peter, town.cases, &open, "", &seen.fingerprint).await {
            Err(Error::Conflict(why)) => assert!(why.contains("is different now"), "{why}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(roles(&access(&peter, town.cases).await.unwrap()), before);
        let again = preview(&peter, town.cases, &open).await.unwrap();
        assert_ne!(again.fingerprint, seen.fingerprint);
        change_as_shown(&peter, town.cases, &open, "", &again.fingerprint)
            .await
            .unwrap();
        let after = roles(&access(&peter, town.cases).await.unwrap());
        assert_eq!(after, applied(&again, &before));
    })
    .await;
}

/// What a move to another library shows is the difference between who can see the two: everybody is counted,
/// and named are those of whom the mover may know.
#[tokio::test]
async fn a_move_is_seen_by_those_who_can_see_where_it_goes() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        for (who, role) in [(town.peter, Role::Contributor), (town.daniel, Role::Reader)] {
            town.grant(town.site.raw(), (1, who.raw()), role, Time::FOREVER)
                .await;
        }
        let there = preview_move(&peter, town.guidance, town.cases)
            .await
            .unwrap();
        let from = roles(&access(&town.act(town.amira), town.guidance).await.unwrap());
        let to = roles(&access(&town.act(town.amira), town.cases).await.unwrap());
        let lost: BTreeMap<_, _> = there
            .lose
            .iter()
            .map(|one| (one.line.id, one.role))
            .collect();
        let expected: Roles = from
            .iter()
            .filter(|(id, _)| !to.contains_key(id))
            .map(|(id, role)| (*id, *role))
            .collect();
        assert_eq!(lost, expected);
        assert!(lost.contains_key(&town.daniel));
        assert_eq!(there.lose_count.0, lost.len() as u64);
        assert_eq!(there.before.0, from.len() as u64);
        assert_eq!(there.after.0, to.len() as u64);
        let back = preview_move(&peter, town.cases, town.guidance)
            .await
            .unwrap();
        assert_eq!((back.gain, back.gain_count), (there.lose, there.lose_count));
        let same = preview_move(&peter, town.cases, town.cases).await.unwrap();
        assert!(same.changes_nothing());

        // Open to everyone: counted, and whoever the mover never meets is not named.
        town.grant(town.site.raw(), (0, 0), Role::Reader, Time::FOREVER)
            .await;
        let open = preview_move(&peter, town.cases, town.guidance)
            .await
            .unwrap();
        assert!(open.gain.iter().all(|one| one.line.id != town.grace));
        assert!(open.gain_count.0 > open.gain.len() as u64);

        // What was shown before that is not what would be done now, so nothing is.
        let folder = libraries::create_folder(&peter, town.guidance, None, "Papers")
            .await
            .unwrap();
        let items = [folder.item()];
        let moved = async |shown: &str| {
            move_as_shown(&peter, town.guidance, &items, town.cases, None, shown, 0).await
        };
        let outcome = moved(&there.fingerprint).await;
        assert!(matches!(outcome, Err(Error::Conflict(_))), "{outcome:?}");
        let now = preview_move(&peter, town.guidance, town.cases)
            .await
            .unwrap();
        assert_ne!(now.fingerprint, there.fingerprint);
        assert_eq!(moved(&now.fingerprint).await.unwrap(), 1);

        // Whoever may not move it learns nothing.
        let daniel = town.act(town.daniel);
        let outcome = preview_move(&daniel, town.guidance, town.cases).await;
        assert!(matches!(outcome, Err(Error::Refused(_))), "{outcome:?}");
        let outcome = preview_move(&peter, town.guidance, Id::from_raw(7)).await;
        assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
    })
    .await;
}

/// Stopping to take the site's access says in words who is left, and which owners of the site are not.
#[tokio::test]
async fn a_restriction_says_who_is_left_out() {
    both(async |world| {
        let town = Town::new(world).await;
        let stop = [Change::StopInheriting { keep: false }];
        town.grant(town.site.raw(), (1, town.daniel.raw()), Role::Reader, Time::FOREVER)
            .await;
        let operator = town.act(town.operator);
        let nobody = preview(&operator, town.guidance, &stop).await.unwrap();
        assert!(!nobody.can_save, "nobody would own it");
        town.grant(town.guidance.raw(), (1, town.peter.raw()), Role::Owner, Time::FOREVER)
            .await;
        let seen = preview(&operator, town.guidance, &stop).await.unwrap();
        assert_eq!(seen.lose.len(), 2);
        assert_eq!(
            seen.warnings,
            [
                "Everybody but Peter Nowak of Northmoor Probation Trust loses access",
                "Amira Hussain of Northmoor Probation Trust, who owns the site, loses access. They cannot open this library then, but can still change who can see it",
            ]
        );
        let mine = preview(&town.act(town.amira), town.guidance, &stop)
            .await
            .unwrap();
        assert_eq!(mine.warnings[0], "You will lose access yourself");
        let left = preview(&town.act(town.peter), town.guidance, &stop)
            .await
            .unwrap();
        assert_eq!(left.warnings[0], "Everybody but you loses access");
        // What was shown is what is done.
        change(&operator, town.guidance, &stop, "").await.unwrap();
        let after = access(&operator, town.guidance).await.unwrap();
        assert_eq!(roles(&after), BTreeMap::from([(town.peter, Role::Owner)]));
    })
    .await;
}
