//! A place keeps an owner, and the journal says whether an owner changed it.

use super::super::{Change, Subject, access, change, preview};
use super::{by_name, entries, give, give_until, line_of, problem, role_of};
use crate::Error;
use crate::kernel::Role;
use crate::sites::fixture::{DAY, Town};
use crate::testing::{assert_not_found, both};

#[tokio::test]
async fn the_last_owner_cannot_be_removed() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        let own = line_of(&town, town.peter).await.id;
        let later = town.now().plus(DAY);
        let refused = [
            vec![Change::End { grant: own }],
            vec![Change::Alter {
                grant: own,
                role: Role::Contributor,
                until: None,
            }],
            vec![Change::Alter {
                grant: own,
                role: Role::Owner,
                until: Some(later),
            }],
            vec![give(by_name(town.peter), Role::Reader)],
            // Somebody else owns it then, but only for a day.
            vec![
                give_until(by_name(town.grace), Role::Owner, later),
                Change::End { grant: own },
            ],
        ];
        for changes in refused {
            let seen = preview(&peter, town.cases, &changes).await.unwrap();
            assert!(
                !seen.can_save && seen.warnings[0].starts_with("Nobody will own this"),
                "{changes:?}"
            );
            let said = problem(change(&peter, town.cases, &changes, "").await, "change");
            assert_eq!(said, seen.warnings[0]);
        }
        assert_eq!(
            role_of(&town, town.cases, town.peter).await,
            Some(Role::Owner),
            "nothing of it was kept"
        );
        assert_eq!(role_of(&town, town.cases, town.grace).await, None);
        assert!(entries(&town).await.is_empty());
        // With another owner it goes through, in one step.
        change(
            &peter,
            town.cases,
            &[
                give(by_name(town.grace), Role::Owner),
                Change::End { grant: own },
            ],
            "",
        )
        .await
        .unwrap();
        assert_eq!(role_of(&town, town.cases, town.peter).await, None);
        // The site's last owner likewise.
        let amira = access(&town.act(town.amira), town.site)
            .await
            .unwrap()
            .grants[0]
            .id;
        let refused = change(
            &town.act(town.amira),
            town.site,
            &[Change::End { grant: amira }],
            "",
        )
        .await;
        assert!(problem(refused, "change").starts_with("Nobody will own this"));
    })
    .await;
}

#[tokio::test]
async fn an_owner_who_is_suspended_does_not_count() {
    both(async |world| {
        let town = Town::new(world).await;
        let peter = town.act(town.peter);
        change(
            &peter,
            town.cases,
            &[give(by_name(town.grace), Role::Owner)],
            "",
        )
        .await
        .unwrap();
        town.suspend(town.grace).await;
        let own = line_of(&town, town.peter).await.id;
        let refused = change(&peter, town.cases, &[Change::End { grant: own }], "").await;
        assert!(problem(refused, "change").starts_with("Nobody will own this"));
        // A place without an owner is mended by whoever governs it.
        town.suspend(town.peter).await;
        let operator = town.act(town.operator);
        let wrong = change(
            &operator,
            town.cases,
            &[give(by_name(town.amira), Role::Reader)],
            "",
        )
        .await;
        assert!(problem(wrong, "change").starts_with("Nobody will own this"));
        change(
            &operator,
            town.cases,
            &[give(by_name(town.amira), Role::Owner)],
            "",
        )
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_governs_without_owning_is_journalled_as_such() {
    both(async |world| {
        let town = Town::new(world).await;
        for (who, to) in [
            (town.operator, town.grace),
            (town.amira, town.ellen),
            (town.peter, town.daniel),
        ] {
            change(
                &town.act(who),
                town.cases,
                &[give(by_name(to), Role::Reader)],
                "Asked for",
            )
            .await
            .unwrap();
        }
        change(
            &town.world.console(),
            town.cases,
            &[give(Subject::Everyone, Role::Reader)],
            "",
        )
        .await
        .unwrap();
        let by_owner: Vec<_> = entries(&town)
            .await
            .into_iter()
            .map(|entry| (entry.2, entry.3))
            .collect();
        assert_eq!(
            by_owner,
            [
                (false, town.grace.raw()),
                (false, town.ellen.raw()),
                (true, town.daniel.raw()),
                (false, 0),
            ]
        );
        for stranger in [town.ellen, town.grace, town.daniel] {
            let refused = change(
                &town.act(stranger),
                town.cases,
                &[give(by_name(stranger), Role::Owner)],
                "",
            )
            .await;
            assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        }
        let absent = change(
            &town.act(town.grace),
            town.site,
            &[give(by_name(town.grace), Role::Owner)],
            "",
        )
        .await;
        assert_not_found(absent);
        assert!(
            preview(
                &town.act(town.grace),
                town.cases,
                &[give(by_name(town.grace), Role::Owner)]
            )
            .await
            .is_err()
        );
    })
    .await;
}
