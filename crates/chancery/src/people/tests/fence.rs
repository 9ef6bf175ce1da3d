//! Who may know of whom.

use super::*;
use crate::kernel::count_queries;
use crate::testing::assert_not_found;

async fn names(actor: &Actor, find: &str) -> Vec<String> {
    let page = directory(&mut actor.scope().unwrap(), find, None)
        .await
        .unwrap();
    assert_eq!(page.next, None);
    page.items.into_iter().map(|line| line.name).collect()
}

/// Everything that somebody can ask about people, as text.
async fn everything(actor: &Actor, ours: Id<Organisation>, theirs: Id<Organisation>) -> String {
    let mut scope = actor.scope().unwrap();
    let mut seen = Vec::new();
    for find in [
        "",
        "a",
        "tess",
        "tenant",
        "example.org",
        "Tessel",
        "%",
        "_",
        "\\",
    ] {
        seen.push(format!(
            "{:?}",
            directory(&mut scope, find, None).await.unwrap()
        ));
    }
    for id in [ours, theirs] {
        seen.push(format!("{:?}", organisation(actor, id).await.unwrap()));
    }
    seen.push(format!("{:?}", organisations(actor).await.unwrap()));
    seen.push(format!("{:?}", coordinated(actor).await.unwrap()));
    seen.push(format!("{:?}", teams(actor).await.unwrap()));
    seen.push(format!("{:?}", me(actor).await.unwrap()));
    seen.join("\n")
}

/// Two organisations that share nothing: whatever happens in one changes nothing in the other.
#[tokio::test]
async fn who_shares_nothing_does_not_exist() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let tessel = body(&world, "Tessel Housing").await;
        let amara = newcomer(&world, lights, "Amara Osei").await;
        let ben = newcomer(&world, lights, "Ben Okafor").await;
        let amara = world.as_person(amara);
        let before = everything(&amara, lights, tessel).await;
        assert!(before.contains("Ben Okafor") && !before.contains("Tess Tenant"));

        let tess = newcomer(&world, tessel, "Tess Tenant").await;
        coordinator(&world, tess, tessel).await;
        let team = create_team(
            &world.console(),
            &TeamForm {
                name: "Tenants".to_owned(),
                purpose: String::new(),
            },
        )
        .await
        .unwrap();
        add_to_team(&world.console(), team, "tess.tenant@example.org", "Chair")
            .await
            .unwrap();
        let theirs = site(&world, tessel, "Lettings").await;
        give(&world, theirs, 2, team.raw(), 3).await;
        give(&world, theirs, 3, tessel.raw(), 1).await;
        let ours = site(&world, lights, "Resettlement").await;
        give(&world, ours, 3, lights.raw(), 2).await;
        // A place that is open to the whole realm introduces nobody.
        let open = site(&world, tessel, "Notice board").await;
        give(&world, open, 0, 0, 1).await;
        give(&world, open, 3, tessel.raw(), 3).await;
        assert_eq!(everything(&amara, lights, tessel).await, before);

        // Nor can one tell a person who exists from one who does not.
        assert_not_found(person(&amara, tess).await);
        assert_not_found(person(&amara, Id::from_raw(7)).await);
        assert_not_found(account(&amara, tess).await);
        assert_not_found(super::team(&amara, team).await);
        assert_not_found(super::team(&amara, Id::from_raw(7)).await);
        assert_not_found(coordination(&amara, tessel).await);
        assert_not_found(suspend(&amara, tess, "Left").await);
        let (_, known) = count_queries(person(&amara, tess)).await;
        let (_, unknown) = count_queries(person(&amara, Id::from_raw(7))).await;
        assert_eq!(known, unknown);
        assert!(person(&amara, ben).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_shared_place_introduces_organisations() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let tessel = body(&world, "Tessel Housing").await;
        let gate = body(&world, "Open Gate").await;
        let amara = newcomer(&world, lights, "Amara Osei").await;
        let ben = newcomer(&world, lights, "Ben Okafor").await;
        let tess = newcomer(&world, tessel, "Tess Tenant").await;
        newcomer(&world, tessel, "Tom Tenant").await;
        let gareth = newcomer(&world, gate, "Gareth Gate").await;
        let shared = site(&world, lights, "Resettlement").await;
        give(&world, shared, 1, amara.raw(), 3).await;
        let (amara, ben) = (world.as_person(amara), world.as_person(ben));
        assert_eq!(names(&amara, "").await, ["Amara Osei", "Ben Okafor"]);

        // By name: the whole organisation is met, by Amara and not by Ben, who is not in the place.
        give(&world, shared, 1, tess.raw(), 1).await;
        assert_eq!(
            names(&amara, "").await,
            ["Amara Osei", "Ben Okafor", "Tess Tenant", "Tom Tenant"]
        );
        assert_eq!(names(&ben, "").await, ["Amara Osei", "Ben Okafor"]);
        assert_eq!(names(&world.as_person(tess), "osei").await, ["Amara Osei"]);
        assert!(person(&amara, tess).await.is_ok());
        assert_not_found(person(&ben, tess).await);
        assert_eq!(organisation(&amara, tessel).await.unwrap().people.len(), 2);
        assert!(organisation(&ben, tessel).await.unwrap().people.is_empty());

        // In a team: its members' organisations are met, and the team is known.
        let team = create_team(
            &world.console(),
            &TeamForm {
                name: "Casework".to_owned(),
                purpose: String::new(),
            },
        )
        .await
        .unwrap();
        add_to_team(&world.console(), team, "gareth.gate@example.org", "Chair")
            .await
            .unwrap();
        assert_not_found(super::team(&amara, team).await);
        give(&world, shared, 2, team.raw(), 2).await;
        assert_eq!(names(&amara, "gareth").await, ["Gareth Gate"]);
        assert_eq!(
            super::team(&amara, team).await.unwrap().members[0].duty,
            "Chair"
        );
        let page = person(&amara, gareth).await.unwrap();
        assert_eq!(page.teams[0].name, "Casework");
        assert_eq!(
            (page.sector, page.can_coordinate, page.me),
            (Sector::Voluntary, false, false)
        );
        assert!(me(&amara).await.unwrap().me);
    })
    .await;
}

#[tokio::test]
async fn those_who_look_after_people_see_them() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let tessel = body(&world, "Tessel Housing").await;
        newcomer(&world, tessel, "Tess Tenant").await;
        let ines = newcomer(&world, lights, "Ines Duarte").await;
        let ines = coordinator(&world, ines, tessel).await;
        assert_eq!(names(&ines, "").await, ["Ines Duarte", "Tess Tenant"]);
        let oren = newcomer(&world, lights, "Oren Ops").await;
        let oren = operator(&world, oren).await;
        assert_eq!(
            names(&oren, "").await,
            ["Ines Duarte", "Oren Ops", "Tess Tenant"]
        );
        // The console reads nothing by the fence; it has the operators' lists.
        assert!(names(&world.console(), "").await.is_empty());
        assert_eq!(
            organisation(&world.console(), tessel)
                .await
                .unwrap()
                .people
                .len(),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn the_directory_goes_on_page_by_page() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let mut first = None;
        for count in 0..115 {
            // Many have the same name.
            let name = format!("Person {}", count / 40);
            let form = PersonForm {
                email: format!("p{count}@example.org"),
                ..form(&name)
            };
            let (id, _) = create_person(&world.console(), lights, &form, None)
                .await
                .unwrap();
            first.get_or_insert(id);
        }
        let me = world.as_person(first.unwrap());
        let (mut after, mut seen, mut pages) =
            (None, std::collections::BTreeSet::new(), Vec::new());
        loop {
            let mut scope = me.scope().unwrap();
            let (page, queries) = count_queries(directory(&mut scope, "", after)).await;
            let page = page.unwrap();
            assert_eq!(queries, 1);
            pages.push(page.items.len());
            seen.extend(page.items.iter().map(|line| line.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(pages, [50, 50, 15]);
        assert_eq!(seen.len(), 115);
        let found = directory(&mut me.scope().unwrap(), "HARBOUR  lights", None)
            .await
            .unwrap();
        assert_eq!(found.items.len(), 50);
        let found = directory(&mut me.scope().unwrap(), "p114@", None)
            .await
            .unwrap();
        assert_eq!(found.items.len(), 1);
        // An organisation's page names the first of its people.
        assert!(!organisation(&me, lights).await.unwrap().more_people);
        let (_, queries) = count_queries(organisation(&me, lights)).await;
        assert_eq!(queries, 4);
        let (_, queries) = count_queries(super::me(&me)).await;
        assert_eq!(queries, 3);
    })
    .await;
}

/// Whose account cannot be used has no page, as they are not in the directory; but for those who look after them.
#[tokio::test]
async fn whoever_is_suspended_is_seen_by_those_who_look_after_them() {
    crate::testing::both(async |world| {
        let town = crate::sites::fixture::Town::new(world).await;
        town.grant(
            town.site.raw(),
            (1, town.daniel.raw()),
            crate::kernel::Role::Reader,
            crate::kernel::Time::FOREVER,
        )
        .await;
        let (amira, operator) = (town.act(town.amira), town.act(town.operator));
        assert!(
            crate::people::person(&amira, town.daniel)
                .await
                .unwrap()
                .active
        );
        town.suspend(town.daniel).await;
        assert_not_found(crate::people::person(&amira, town.daniel).await);
        assert!(
            !crate::people::person(&operator, town.daniel)
                .await
                .unwrap()
                .active
        );
    })
    .await;
}
