//! Who is in a site, and how many can see a place.

use super::super::fixture::Town;
use super::super::{all, exposure, members, site};
use crate::kernel::{Id, Role, Time};
use crate::testing::{assert_not_found, both};

#[tokio::test]
async fn members_are_named_with_their_duties_and_everyone_is_not_expanded() {
    both(async |world| {
        let town = Town::new(world).await;
        let place = town.site.raw();
        town.grant(
            place,
            (2, town.casework.raw()),
            Role::Contributor,
            Time::FOREVER,
        )
        .await;
        town.grant(place, (3, town.lights.raw()), Role::Reader, Time::FOREVER)
            .await;
        town.grant(place, (0, 0), Role::Reader, Time::FOREVER).await;
        let seen = members(&town.act(town.daniel), town.site).await.unwrap();
        let names: Vec<_> = seen
            .people
            .iter()
            .map(|one| (one.line.name.as_str(), one.role))
            .collect();
        assert_eq!(
            names,
            [
                ("Amira Hussain", Role::Owner),
                ("Daniel Okafor", Role::Contributor),
                ("Peter Nowak", Role::Contributor),
                ("Ellen Frost", Role::Reader),
            ]
        );
        assert_eq!(seen.people[2].team_duties, ["Chair, Resettlement casework"]);
        assert_eq!(seen.people[1].team_duties, ["Resettlement casework"]);
        assert_eq!(seen.people[1].email, "daniel.okafor@example.org");
        assert_eq!((seen.total, seen.open_to_everyone), (4, Some(Role::Reader)));

        // Grace comes in with everyone: she has met nobody, and sees whom to ask.
        let seen = members(&town.act(town.grace), town.site).await.unwrap();
        let names: Vec<_> = seen
            .people
            .iter()
            .map(|one| one.line.name.as_str())
            .collect();
        assert_eq!((names, seen.total), (vec!["Amira Hussain"], 1));
        // Somebody suspended is in nothing.
        town.suspend(town.peter).await;
        assert_eq!(
            members(&town.act(town.daniel), town.site)
                .await
                .unwrap()
                .total,
            3
        );
    })
    .await;
}

#[tokio::test]
async fn exposure_counts_people_and_organisations_by_the_rule() {
    both(async |world| {
        let town = Town::new(world).await;
        let counted = async |place: i64| {
            let mut proof = town
                .act(town.operator)
                .read::<crate::people::ViewOperations>(Id::REALM)
                .await
                .unwrap();
            exposure(&mut proof, place, town.now()).await.unwrap()
        };
        assert_eq!(counted(town.site.raw()).await, (1, 1));
        town.grant(
            town.site.raw(),
            (3, town.lights.raw()),
            Role::Reader,
            Time::FOREVER,
        )
        .await;
        town.grant(
            town.site.raw(),
            (2, town.casework.raw()),
            Role::Reader,
            Time::FOREVER,
        )
        .await;
        assert_eq!(counted(town.site.raw()).await, (4, 2));
        assert_eq!(counted(town.guidance.raw()).await, (4, 2), "it inherits");
        assert_eq!(counted(town.cases.raw()).await, (1, 1), "it does not");
        town.suspend(town.daniel).await;
        assert_eq!(counted(town.site.raw()).await, (3, 2));
    })
    .await;
}

#[tokio::test]
async fn operators_list_every_site_and_nobody_else_does() {
    both(async |world| {
        let town = Town::new(world).await;
        let listed = all(&town.act(town.operator)).await.unwrap();
        assert_eq!(
            listed.iter().map(|line| line.id).collect::<Vec<_>>(),
            [town.site]
        );
        assert_not_found(all(&town.act(town.amira)).await.map(|lines| lines.len()));
        assert_eq!(all(&town.world.console()).await.unwrap().len(), 1);
        // An operator does not see into the site.
        assert_not_found(
            site(&town.act(town.operator), town.site)
                .await
                .map(|page| page.purpose),
        );
    })
    .await;
}
