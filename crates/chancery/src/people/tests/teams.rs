//! Teams.

use super::*;
use crate::testing::assert_not_found;

fn said(name: &str) -> TeamForm {
    TeamForm {
        name: name.to_owned(),
        purpose: "Cases that cross organisations.".to_owned(),
    }
}

#[tokio::test]
async fn who_is_in_a_team() {
    both(|world| async move {
        let console = world.console();
        let lights = body(&world, "Harbour Lights").await;
        let gate = body(&world, "Open Gate").await;
        let amara = newcomer(&world, lights, "Amara Osei").await;
        let gareth = newcomer(&world, gate, "Gareth Gate").await;
        let team = create_team(&console, &said("Casework")).await.unwrap();
        add_to_team(&console, team, "amara.osei@example.org", "Chair")
            .await
            .unwrap();
        add_to_team(&console, team, "GARETH.gate@example.org ", "")
            .await
            .unwrap();
        problem(
            add_to_team(&console, team, "nobody@example.org", "").await,
            "email",
        );
        problem(
            add_to_team(&console, team, "amara.osei@example.org", "Chair").await,
            "email",
        );
        problem(
            add_to_team(&console, team, "amara.osei@example.org", "bell\u{7}").await,
            "duty",
        );
        world.clock.advance(std::time::Duration::from_secs(1));
        add_to_team(&console, team, "amara.osei@example.org", "Finance lead")
            .await
            .unwrap();

        let page = super::team(&world.as_person(gareth), team).await.unwrap();
        let members: Vec<_> = page
            .members
            .iter()
            .map(|member| (member.line.name.as_str(), member.duty.as_str()))
            .collect();
        assert_eq!(
            members,
            [("Amara Osei", "Finance lead"), ("Gareth Gate", "")]
        );
        assert!(!page.can_edit);
        assert_eq!(page.members[0].email, "amara.osei@example.org");
        let lines = teams(&world.as_person(amara)).await.unwrap();
        assert_eq!((lines[0].name.as_str(), lines[0].people), ("Casework", 2));

        suspend(&console, gareth, "On leave").await.unwrap();
        assert_eq!(teams(&world.as_person(amara)).await.unwrap()[0].people, 1);
        assert_eq!(super::team(&console, team).await.unwrap().members.len(), 1);
        reinstate(&console, gareth).await.unwrap();

        remove_from_team(&console, team, gareth).await.unwrap();
        assert_not_found(remove_from_team(&console, team, gareth).await);
        assert!(teams(&world.as_person(gareth)).await.unwrap().is_empty());
        assert_not_found(super::team(&world.as_person(gareth), team).await);
        assert_eq!(teams(&console).await.unwrap().len(), 1);
        assert_eq!(journalled(&world, "AddToTeam", team.raw()).await, 3);
        assert_eq!(journalled(&world, "RemoveFromTeam", team.raw()).await, 1);
    })
    .await;
}

#[tokio::test]
async fn teams_are_made_by_operators() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let amara = newcomer(&world, lights, "Amara Osei").await;
        let amara = coordinator(&world, amara, lights).await;
        assert_not_found(create_team(&amara, &said("Casework")).await);
        let team = create_team(&world.console(), &said("Casework"))
            .await
            .unwrap();
        problem(
            create_team(&world.console(), &said(" casework ")).await,
            "name",
        );
        let other = create_team(&world.console(), &said("Board")).await.unwrap();
        problem(
            edit_team(&world.console(), other, &said("CASEWORK")).await,
            "name",
        );
        problem(
            edit_team(&world.console(), other, &TeamForm::default()).await,
            "name",
        );
        edit_team(&world.console(), other, &said("The board"))
            .await
            .unwrap();
        assert_eq!(
            super::team(&world.console(), other).await.unwrap().name,
            "The board"
        );
        add_to_team(&world.console(), team, "amara.osei@example.org", "Chair")
            .await
            .unwrap();
        // Members do not change it either, though they see it.
        assert_not_found(edit_team(&amara, team, &said("Mine")).await);
        assert_not_found(add_to_team(&amara, team, "amara.osei@example.org", "").await);
        assert_not_found(remove_from_team(&amara, team, amara.me().unwrap()).await);
    })
    .await;
}
