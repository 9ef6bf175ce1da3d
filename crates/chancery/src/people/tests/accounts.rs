//! Accounts: how they are made, end and are found.

use std::time::Duration;

use futures::future::join;

use super::*;
use crate::kernel::count_queries;
use crate::testing::assert_not_found;

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn suspension_ends_everything_at_once() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (amara, first) = member(&world, lights, "Amara Osei").await;
        let second = enter(&world, "Amara Osei", PASSWORD).await.unwrap();
        let me = behind(&world, second.token.as_str()).await.unwrap().actor;
        let place = site(&world, lights, "Resettlement").await;
        give(&world, place, 1, amara.raw(), 3).await;
        let link = issue_link(&world.console(), amara).await.unwrap();

        world.clock.advance(Duration::from_mins(1));
        problem(suspend(&world.console(), amara, " ").await, "reason");
        problem(
            suspend(&world.console(), amara, "bell \u{7}").await,
            "reason",
        );
        suspend(&world.console(), amara, "Left the organisation")
            .await
            .unwrap();
        for token in [&first.token, &second.token] {
            assert!(matches!(
                behind(&world, token.as_str()).await,
                Err(Error::SignedOut)
            ));
        }
        assert_not_found(super::link(&nobody(&world), link.as_str()).await);
        assert!(enter(&world, "Amara Osei", PASSWORD).await.is_err());
        // An actor that was made a moment ago can do nothing either.
        assert!(matches!(super::me(&me).await, Err(Error::SignedOut)));
        assert!(matches!(devices(&me).await, Err(Error::SignedOut)));
        assert!(matches!(organisations(&me).await, Err(Error::SignedOut)));
        assert!(
            directory(&mut me.scope().unwrap(), "", None)
                .await
                .unwrap()
                .items
                .is_empty()
        );
        assert!(matches!(
            me.read::<crate::sites::ViewSite>(place).await,
            Err(Error::SignedOut)
        ));
        // Nobody finds them in the directory; who looks after them sees them.
        let (_, other) = member(&world, lights, "Ben Okafor").await;
        let other = behind(&world, other.token.as_str()).await.unwrap().actor;
        let names: Vec<_> = directory(&mut other.scope().unwrap(), "", None)
            .await
            .unwrap()
            .items;
        assert_eq!(
            names
                .iter()
                .map(|line| line.name.as_str())
                .collect::<Vec<_>>(),
            ["Ben Okafor"]
        );
        let page = account(&world.console(), amara).await.unwrap();
        assert_eq!(
            (page.state, page.until),
            (AccountState::Suspended, Some(world.realm.now()))
        );
        assert!(matches!(
            suspend(&world.console(), amara, "Again").await,
            Err(Error::Conflict(_))
        ));

        world.clock.advance(DAY);
        reinstate(&world.console(), amara).await.unwrap();
        // The sessions of before stay ended; the password and the grants are as they were.
        assert!(matches!(
            behind(&world, first.token.as_str()).await,
            Err(Error::SignedOut)
        ));
        let again = enter(&world, "Amara Osei", PASSWORD).await.unwrap();
        let me = behind(&world, again.token.as_str()).await.unwrap().actor;
        assert!(me.read::<crate::sites::ViewSite>(place).await.is_ok());
        assert!(matches!(
            reinstate(&world.console(), amara).await,
            Err(Error::Conflict(_))
        ));
        assert_eq!(journalled(&world, "SuspendPerson", amara.raw()).await, 1);
        assert_eq!(journalled(&world, "ReinstatePerson", amara.raw()).await, 1);
    })
    .await;
}

#[tokio::test]
async fn accounts_end_on_their_day() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let now = world.realm.now();
        problem(
            create_person(&world.console(), lights, &form("Temp One"), Some(now)).await,
            "until",
        );
        let end = now.plus(DAY * 30);
        let (temp, link) = create_person(&world.console(), lights, &form("Temp One"), Some(end))
            .await
            .unwrap();
        let state = async || {
            let page = account(&world.console(), temp).await.unwrap();
            (page.state, page.until)
        };
        assert_eq!(state().await, (AccountState::NeverSignedIn, Some(end)));
        let session = use_link(&nobody(&world), link.as_str(), PASSWORD, PASSWORD, &VISIT)
            .await
            .unwrap();
        assert_eq!(state().await, (AccountState::Active, Some(end)));

        // A suspension does not make the account last longer.
        world.clock.advance(DAY);
        suspend(&world.console(), temp, "On leave").await.unwrap();
        assert_eq!(
            state().await,
            (AccountState::Suspended, Some(world.realm.now()))
        );
        world.clock.advance(DAY);
        reinstate(&world.console(), temp).await.unwrap();
        assert_eq!(state().await, (AccountState::Active, Some(end)));
        assert!(behind(&world, session.token.as_str()).await.is_err());

        let later = end.plus(DAY);
        problem(
            set_account_end(&world.console(), temp, Some(world.realm.now())).await,
            "until",
        );
        set_account_end(&world.console(), temp, Some(later))
            .await
            .unwrap();
        assert_eq!(state().await, (AccountState::Active, Some(later)));
        world.clock.set(end);
        let session = enter(&world, "Temp One", PASSWORD).await.unwrap();
        assert!(behind(&world, session.token.as_str()).await.is_ok());
        world.clock.set(later);
        assert!(behind(&world, session.token.as_str()).await.is_err());
        assert_eq!(state().await, (AccountState::Suspended, Some(later)));
        assert!(matches!(
            set_account_end(&world.console(), temp, None).await,
            Err(Error::Conflict(_))
        ));
        reinstate(&world.console(), temp).await.unwrap();
        assert_eq!(state().await, (AccountState::Active, None));
    })
    .await;
}

#[tokio::test]
async fn moving_to_another_organisation() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let gate = body(&world, "Open Gate").await;
        let (amara, session) = member(&world, lights, "Amara Osei").await;
        appoint(&world.console(), amara, Office::Coordinator, Some(lights)).await.unwrap();
        problem(transfer(&world.console(), amara, lights).await, "organisation");
        problem(transfer(&world.console(), amara, Id::from_raw(7)).await, "organisation");
        assert!(matches!(transfer(&world.console(), amara, gate).await, Err(Error::Conflict(_))));
        let office = account(&world.console(), amara).await.unwrap().offices[0].0;
        dismiss(&world.console(), amara, office).await.unwrap();
        transfer(&world.console(), amara, gate).await.unwrap();
        let arrived = behind(&world, session.token.as_str()).await.unwrap();
        assert_eq!(arrived.organisation, "Open Gate");
        let open = world
            .count(
                "SELECT COUNT(*) AS value FROM belongings WHERE person_id = $1 AND until_at = 9223372036854775807",
                args![amara],
            )
            .await;
        assert_eq!(open, 1);
        assert!(coordination(&world.console(), lights).await.unwrap().people.is_empty());
        assert_eq!(coordination(&world.console(), gate).await.unwrap().people.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_address_is_had_once() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let gate = body(&world, "Open Gate").await;
        let amara = newcomer(&world, lights, "Amara Osei").await;
        let ben = newcomer(&world, gate, "Ben Okafor").await;
        for written in [
            "amara.osei@example.org",
            " AMARA.OSEI@EXAMPLE.ORG",
            "ａmara.osei@example.org",
        ] {
            let form = PersonForm {
                email: written.to_owned(),
                ..form("Amara Twin")
            };
            problem(
                create_person(&world.console(), gate, &form, None).await,
                "email",
            );
            problem(edit_person(&world.console(), ben, &form).await, "email");
        }
        // Their own address, written otherwise, is theirs.
        let form = PersonForm {
            email: "Amara.Osei@example.org".to_owned(),
            ..form("Amara Osei-Bonsu")
        };
        edit_person(&world.console(), amara, &form).await.unwrap();
        let found = person_by_email(&world.console(), "AMARA.osei@EXAMPLE.org")
            .await
            .unwrap();
        assert_eq!(found, amara);
        assert_not_found(person_by_email(&world.console(), "nobody@example.org").await);
        // Two at once.
        let twin = super::form("Twin Two");
        let console = world.console();
        let (one, other) = join(
            create_person(&console, lights, &twin, None),
            create_person(&console, gate, &twin, None),
        )
        .await;
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
        // My own address is not mine to change; the rest is.
        let me = world.as_person(ben);
        problem(edit_me(&me, &super::form("Carla Cruz")).await, "email");
        let mine = PersonForm {
            name: "Benedict Okafor".to_owned(),
            ..super::form("Ben Okafor")
        };
        edit_me(&me, &mine).await.unwrap();
        assert_eq!(super::me(&me).await.unwrap().line.name, "Benedict Okafor");
        assert_eq!(journalled(&world, "EditMe", ben.raw()).await, 1);
    })
    .await;
}

#[tokio::test]
async fn any_name_that_people_have() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        for (index, (typed, kept)) in [
            ("  Amara \t\n Osei ", "Amara Osei"),
            ("Zoe\u{308} O'Brien-Smith", "Zo\u{eb} O'Brien-Smith"),
            ("Đặng Thị Hương", "Đặng Thị Hương"),
            ("محمد علي", "محمد علي"),
            ("王小明", "王小明"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("Nul%_\\' OR 1=1; --", "Nul%_\\' OR 1=1; --"),
            ("<b>Bold</b> & Sons", "<b>Bold</b> & Sons"),
            ("Robin 👩🏽‍🚀", "Robin 👩🏽‍🚀"),
            ("Pasted\u{FEFF}\u{200B} Name", "Pasted Name"),
            (&"é".repeat(200), &"é".repeat(200)),
            (&"\u{FDFA}".repeat(200), &"\u{FDFA}".repeat(200)),
        ]
        .into_iter()
        .enumerate()
        {
            let form = PersonForm {
                name: typed.to_owned(),
                ..form(&format!("Person {index}"))
            };
            let (id, _) = create_person(&world.console(), lights, &form, None)
                .await
                .unwrap();
            let page = person(&world.console(), id).await.unwrap();
            assert_eq!(page.line.name, kept);
            let found = coordination_after(&world.console(), lights, typed, None)
                .await
                .unwrap();
            assert!(
                found.people.iter().any(|line| line.line.id == id),
                "{typed}"
            );
        }
        for typed in [
            "",
            "   ",
            "\u{200B}\u{FEFF}",
            "\u{3164}\u{3164}",
            "bell\u{7}",
            "nul\u{0}byte",
            "esc\u{1b}[31m",
            "over\u{202E}ride",
            "iso\u{2066}late",
            &"x".repeat(201),
            &"x".repeat(5_000_000),
        ] {
            let form = PersonForm {
                name: typed.to_owned(),
                ..form("Never Made")
            };
            problem(
                create_person(&world.console(), lights, &form, None).await,
                "name",
            );
        }
    })
    .await;
}

#[tokio::test]
async fn the_list_of_accounts() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let gate = body(&world, "Open Gate").await;
        let (_, first) = member(&world, lights, "Aa First").await;
        let chief = coordinator(&world, first.person, lights).await;
        appoint(
            &world.console(),
            first.person,
            Office::Coordinator,
            Some(gate),
        )
        .await
        .unwrap();
        newcomer(&world, gate, "Not Ours").await;
        for count in 0..120 {
            newcomer(&world, lights, &format!("Person {count:03}")).await;
        }
        let (page, queries) = count_queries(coordination(&chief, lights)).await;
        let page = page.unwrap();
        assert_eq!(queries, 4);
        assert_eq!(page.people.len(), 100);
        assert_eq!(page.organisation.people, Some(121));
        assert_eq!(
            page.people[0].offices,
            ["Coordinator of Harbour Lights", "Coordinator of Open Gate"]
        );
        assert_eq!(page.people[0].state, AccountState::Active);
        assert_eq!(page.people[0].last_seen, Some(world.realm.now()));
        assert_eq!(page.people[1].state, AccountState::NeverSignedIn);
        let (rest, queries) =
            count_queries(coordination_after(&chief, lights, "", page.next)).await;
        let rest = rest.unwrap();
        assert_eq!((rest.people.len(), rest.next, queries), (21, None, 4));
        let found = coordination_after(&chief, lights, "PERSON 11", None)
            .await
            .unwrap();
        assert_eq!(found.people.len(), 10);
        assert!(
            coordination_after(&chief, lights, "100%", None)
                .await
                .unwrap()
                .people
                .is_empty()
        );
        assert!(
            coordination_after(&chief, lights, "\u{0}_", None)
                .await
                .unwrap()
                .people
                .is_empty()
        );
    })
    .await;
}
