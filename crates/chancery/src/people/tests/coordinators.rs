//! Who looks after whom: coordinators, operators, and what neither may do.

use futures::future::join;

use super::*;
use crate::testing::assert_not_found;

#[track_caller]
fn refused<T: std::fmt::Debug>(outcome: &Result<T>) {
    assert!(matches!(outcome, Err(Error::Refused(_))), "{outcome:?}");
}

#[tokio::test]
async fn coordinators_look_after_their_own_and_members_and_nobody_else() {
    both(|world| async move {
        let umbrella = body(&world, "Northmoor Federation").await;
        let lights = member_of(&world, "Harbour Lights", Some(umbrella)).await;
        let gate = member_of(&world, "Open Gate", Some(umbrella)).await;
        let other = body(&world, "Tessel Housing").await;
        let head = newcomer(&world, umbrella, "Uma Head").await;
        let head = coordinator(&world, head, umbrella).await;
        let own = newcomer(&world, lights, "Lia Own").await;
        let own = coordinator(&world, own, lights).await;
        let of_lights = newcomer(&world, lights, "Amara Osei").await;
        let of_gate = newcomer(&world, gate, "Gareth Gate").await;
        let of_other = newcomer(&world, other, "Tess Tenant").await;
        let plain = world.as_person(of_lights);

        let names = async |actor: &Actor| -> Vec<String> {
            coordinated(actor)
                .await
                .unwrap()
                .into_iter()
                .map(|line| line.name)
                .collect()
        };
        assert_eq!(
            names(&head).await,
            ["Harbour Lights", "Northmoor Federation", "Open Gate"]
        );
        assert_eq!(names(&own).await, ["Harbour Lights"]);
        assert!(names(&plain).await.is_empty());
        assert_eq!(names(&world.console()).await.len(), 4);

        for (actor, id, may) in [
            (&head, of_lights, true),
            (&head, of_gate, true),
            (&head, of_other, false),
            (&own, of_lights, true),
            (&own, of_gate, false),
            (&own, of_other, false),
            (&plain, of_gate, false),
        ] {
            let outcomes = [
                account(actor, id).await.map(|_| ()),
                edit_person(actor, id, &form("Edi Ted"))
                    .await
                    .and(Err(Error::Conflict(String::new()))),
                issue_link(actor, id).await.map(|_| ()),
                suspend(actor, id, "Left").await,
                reinstate(actor, id).await,
                set_account_end(actor, id, None).await,
            ];
            for (index, outcome) in outcomes.into_iter().enumerate() {
                if !may {
                    assert_not_found(outcome);
                } else if index != 1 {
                    outcome.unwrap();
                }
            }
            if may {
                edit_person(actor, id, &form(&format!("Person {id}")))
                    .await
                    .unwrap();
            }
        }
        for (actor, id, may) in [
            (&head, gate, true),
            (&own, lights, true),
            (&own, gate, false),
            (&head, other, false),
            (&plain, lights, false),
        ] {
            let made = create_person(
                actor,
                id,
                &form(&format!("New {}", world.realm.new_id::<Person>())),
                None,
            )
            .await;
            if may {
                made.unwrap();
                coordination(actor, id).await.unwrap();
            } else {
                assert_not_found(made);
                assert_not_found(coordination(actor, id).await);
            }
        }
        // Coordinators do not move, appoint or open organisations.
        assert_not_found(transfer(&head, of_lights, gate).await);
        assert_not_found(appoint(&head, of_lights, Office::Coordinator, Some(lights)).await);
        assert_not_found(create_organisation(&head, &OrganisationForm::default()).await);
        assert_not_found(person_by_email(&head, "tess.tenant@example.org").await);
        // When the organisation leaves the umbrella, its head no longer looks after it.
        let form = OrganisationForm {
            name: "Open Gate".to_owned(),
            sector: "voluntary".to_owned(),
            ..OrganisationForm::default()
        };
        edit_organisation(&world.console(), gate, &form)
            .await
            .unwrap();
        assert_not_found(coordination(&head, gate).await);
        assert_not_found(account(&head, of_gate).await);
    })
    .await;
}

/// Whoever can make a link for an account can become its owner.
#[tokio::test]
async fn nobody_climbs_by_way_of_an_account_that_reaches_further() {
    both(|world| async move {
        let umbrella = body(&world, "Northmoor Federation").await;
        let lights = member_of(&world, "Harbour Lights", Some(umbrella)).await;
        let own = newcomer(&world, lights, "Lia Own").await;
        let own = coordinator(&world, own, lights).await;
        // Both are of the organisation that Lia looks after.
        let runs = newcomer(&world, lights, "Oren Ops").await;
        operator(&world, runs).await;
        let reaches = newcomer(&world, lights, "Uma Head").await;
        coordinator(&world, reaches, umbrella).await;
        let fellow = newcomer(&world, lights, "Fen Fellow").await;
        coordinator(&world, fellow, lights).await;
        for id in [runs, reaches] {
            let page = account(&own, id).await.unwrap();
            assert!(!page.can_change && !page.can_suspend && !page.can_operate);
            refused(&issue_link(&own, id).await);
            refused(&suspend(&own, id, "Left").await);
            refused(&reinstate(&own, id).await);
            refused(&set_account_end(&own, id, None).await);
            refused(&edit_person(&own, id, &form("Taken Over")).await);
        }
        assert!(account(&own, fellow).await.unwrap().can_change);
        issue_link(&own, fellow).await.unwrap();
        let page = account(&world.as_person(runs), reaches).await.unwrap();
        assert!(page.can_change && page.can_operate);
        assert_eq!(page.offices[0].1, "Coordinator of Northmoor Federation");
        issue_link(&world.as_person(runs), reaches).await.unwrap();
        // One's own account is not suspended by oneself.
        let mine = account(&own, own.me().unwrap()).await.unwrap();
        assert!(mine.can_change && !mine.can_suspend);
        refused(&suspend(&own, own.me().unwrap(), "Tired").await);
    })
    .await;
}

#[tokio::test]
async fn the_last_operator_stays() {
    both(|world| async move {
        let agency = body(&world, "Northmoor Probation").await;
        let first = newcomer(&world, agency, "Oren Ops").await;
        let second = newcomer(&world, agency, "Opal Ops").await;
        let first_actor = operator(&world, first).await;
        let office = async |id| account(&world.console(), id).await.unwrap().offices[0].0;
        refused(&dismiss(&first_actor, first, office(first).await).await);
        refused(&dismiss(&world.console(), first, office(first).await).await);
        refused(&suspend(&world.console(), first, "Left").await);
        assert!(matches!(
            appoint(&world.console(), first, Office::Operator, None).await,
            Err(Error::Conflict(_))
        ));

        let second_actor = operator(&world, second).await;
        // Each dismisses the other at the same moment: one stays.
        let (one, other) = join(
            dismiss(&first_actor, second, office(second).await),
            dismiss(&second_actor, first, office(first).await),
        )
        .await;
        assert_eq!(
            usize::from(one.is_ok()) + usize::from(other.is_ok()),
            1,
            "{one:?} {other:?}"
        );
        let left = world
            .count(
                "SELECT COUNT(*) AS value FROM offices WHERE until_at = 9223372036854775807",
                args![],
            )
            .await;
        assert_eq!(left, 1);

        // An operator whose account is suspended does not count as one who is left.
        let (stays, gone) = if one.is_ok() {
            (first, second)
        } else {
            (second, first)
        };
        operator(&world, gone).await;
        suspend(&world.as_person(stays), gone, "On leave")
            .await
            .unwrap();
        refused(&dismiss(&world.console(), stays, office(stays).await).await);
        assert_not_found(dismiss(&world.console(), stays, office(gone).await).await);
        dismiss(&world.console(), gone, office(gone).await)
            .await
            .unwrap();
        assert_eq!(journalled(&world, "Dismiss", gone.raw()).await, 2);
    })
    .await;
}
