//! Organisations and umbrella bodies.

use super::*;
use crate::testing::assert_not_found;

fn said(name: &str, umbrella: Option<Id<Organisation>>) -> OrganisationForm {
    OrganisationForm {
        name: name.to_owned(),
        sector: "public".to_owned(),
        about: "What it does.\r\n\r\n\r\nAnd why.".to_owned(),
        umbrella,
    }
}

#[tokio::test]
async fn what_is_said_of_an_organisation() {
    both(|world| async move {
        let umbrella = body(&world, "Northmoor Federation").await;
        let lights = body(&world, "Harbour Lights").await;
        let amara = newcomer(&world, lights, "Amara Osei").await;
        let console = world.console();
        edit_organisation(
            &console,
            lights,
            &said("Harbour Lights Trust", Some(umbrella)),
        )
        .await
        .unwrap();
        let page = organisation(&world.as_person(amara), lights).await.unwrap();
        assert_eq!(page.name, "Harbour Lights Trust");
        assert_eq!(page.about, "What it does.\n\nAnd why.");
        assert_eq!(page.sector, Sector::Public);
        assert_eq!(
            page.umbrella,
            Some((umbrella, "Northmoor Federation".to_owned()))
        );
        assert!(!page.can_edit && !page.can_coordinate);
        let above = organisation(&console, umbrella).await.unwrap();
        assert_eq!(above.members, [(lights, "Harbour Lights Trust".to_owned())]);
        assert!(above.can_edit && above.can_coordinate);

        // Everybody knows which there are; how many people is for those who look after them.
        let lines = organisations(&world.as_person(amara)).await.unwrap();
        assert_eq!(
            lines
                .iter()
                .map(|line| line.name.as_str())
                .collect::<Vec<_>>(),
            ["Harbour Lights Trust", "Northmoor Federation"]
        );
        assert!(lines.iter().all(|line| line.people.is_none()));
        assert_eq!(lines[0].umbrella.as_deref(), Some("Northmoor Federation"));
        let lines = organisations(&console).await.unwrap();
        assert_eq!(
            lines.iter().map(|line| line.people).collect::<Vec<_>>(),
            [Some(1), Some(0)]
        );
        assert!(matches!(
            organisations(&nobody(&world)).await,
            Err(Error::SignedOut)
        ));
        assert_not_found(
            edit_organisation(&world.as_person(amara), lights, &said("Mine", None)).await,
        );
        assert_not_found(organisation(&console, Id::from_raw(7)).await);
    })
    .await;
}

#[tokio::test]
async fn problems_of_the_form() {
    both(|world| async move {
        let console = world.console();
        let lights = body(&world, "Harbour Lights").await;
        let gate = body(&world, "Open Gate").await;
        problem(
            create_organisation(&console, &OrganisationForm::default()).await,
            "name",
        );
        let sector = OrganisationForm {
            sector: "fourth".to_owned(),
            ..said("New", None)
        };
        problem(create_organisation(&console, &sector).await, "sector");
        let about = OrganisationForm {
            about: "x".repeat(2001),
            ..said("New", None)
        };
        problem(create_organisation(&console, &about).await, "about");
        for taken in [
            "Harbour Lights",
            "HARBOUR  lights",
            "Harbour\u{200B} Lights",
            "Ｈarbour Lights",
        ] {
            problem(
                create_organisation(&console, &said(taken, None)).await,
                "name",
            );
            problem(
                edit_organisation(&console, gate, &said(taken, None)).await,
                "name",
            );
        }
        problem(
            create_organisation(&console, &said("New", Some(Id::from_raw(7)))).await,
            "umbrella",
        );
        // What was refused was not half done.
        assert_eq!(organisations(&console).await.unwrap().len(), 2);

        // No circles.
        problem(
            edit_organisation(&console, lights, &said("Harbour Lights", Some(lights))).await,
            "umbrella",
        );
        edit_organisation(&console, gate, &said("Open Gate", Some(lights)))
            .await
            .unwrap();
        let third = create_organisation(&console, &said("Third", Some(gate)))
            .await
            .unwrap();
        problem(
            edit_organisation(&console, lights, &said("Harbour Lights", Some(third))).await,
            "umbrella",
        );
        edit_organisation(&console, third, &said("Third", None))
            .await
            .unwrap();
        edit_organisation(&console, lights, &said("Harbour Lights", Some(third)))
            .await
            .unwrap();
    })
    .await;
}
