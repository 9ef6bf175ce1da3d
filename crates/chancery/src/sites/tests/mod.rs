//! Tests of sites, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod people;

use super::fixture::{DAY, Town, office, organisation, person};
use super::{
    STATEMENTS, SiteForm, SiteKind, all, create, edit, head, members, mine, new_site, rules, site,
};
use crate::Error;
use crate::kernel::{Id, Role, Time, args, count_queries, thing};
use crate::testing::{assert_not_found, both};

fn form(name: &str) -> SiteForm {
    SiteForm {
        name: name.to_owned(),
        kind: "team".to_owned(),
        purpose: String::new(),
        organisation: None,
    }
}

fn problem(outcome: crate::Result<impl std::fmt::Debug>, field: &str) -> String {
    match outcome {
        Err(Error::Invalid(problems)) => problems.of(field).unwrap_or_default().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_verb_can_be_awaited_on_any_thread() {
    fn sends(_: impl Send) {}
    fn verbs(
        actor: &crate::kernel::Actor,
        scope: &mut crate::kernel::Scope,
        place: Id<thing::Site>,
    ) {
        sends(mine(scope));
        sends(all(actor));
        sends(head(actor, place));
        sends(site(actor, place));
        sends(members(actor, place));
        sends(new_site(actor));
        sends(create(actor, &SiteForm::default()));
        sends(edit(actor, place, &SiteForm::default()));
    }
    let _ = verbs;
}

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| world.prepares(STATEMENTS).await).await;
}

#[test]
fn a_form_says_what_would_be_right() {
    let good = SiteForm {
        name: "  Housing \u{a0} liaison ".to_owned(),
        ..form("")
    };
    let said = rules::check(&good).unwrap();
    assert_eq!(
        (said.name.as_str(), said.key.as_str()),
        ("Housing liaison", "housing liaison")
    );
    for (form, field) in [
        (form(" "), "name"),
        (form(&"x".repeat(201)), "name"),
        (
            SiteForm {
                kind: "palace".to_owned(),
                ..form("A")
            },
            "kind",
        ),
        (
            SiteForm {
                purpose: "x".repeat(3000),
                ..form("A")
            },
            "purpose",
        ),
    ] {
        assert!(!problem(rules::check(&form), field).is_empty(), "{form:?}");
    }
    for kind in SiteKind::ALL {
        assert_eq!(SiteKind::from_name(kind.name()), Some(kind));
    }
}

#[tokio::test]
async fn whoever_opens_a_site_owns_it_and_the_journal_says_so() {
    both(async |world| {
        let town = Town::new(world).await;
        let amira = town.act(town.amira);
        let opened = create(&amira, &form("Housing liaison")).await.unwrap();
        let page = site(&amira, opened).await.unwrap();
        assert_eq!(page.head.role, Some(Role::Owner));
        assert!(page.head.can_edit && page.head.can_govern && page.head.can_see_members && page.head.can_see_trail);
        assert_eq!(page.owners.len(), 1);
        assert_eq!(page.people, Some((1, 1)));
        assert_eq!(page.head.line.organisation, "Northmoor Probation Trust");
        let entries = town.world.count(
            "SELECT COUNT(*) AS value FROM journal WHERE action = 'CreateSite' AND site_id = $1 AND person_id = $2",
            args![opened, town.amira],
        ).await;
        assert_eq!(entries, 1);
    })
    .await;
}

#[tokio::test]
async fn sites_are_opened_by_those_who_own_one_coordinators_and_operators() {
    both(async |world| {
        let town = Town::new(world).await;
        let daniel = town.act(town.daniel);
        assert!(matches!(
            create(&daniel, &form("Mine")).await,
            Err(Error::Refused(_))
        ));
        assert!(matches!(new_site(&daniel).await, Err(Error::Refused(_))));
        office(&town.world, town.daniel, "coordinator").await;
        town.run(
            "UPDATE offices SET organisation_id = $1 WHERE person_id = $2",
            args![town.lights, town.daniel],
        )
        .await;
        let offered = new_site(&daniel).await.unwrap();
        assert_eq!(offered.mine, Some(town.lights));
        assert_eq!(
            offered.organisations,
            [(town.lights, "Harbour Lights".to_owned())]
        );
        create(&daniel, &form("Mine")).await.unwrap();

        // An organisation that one does not look after runs nobody's site.
        let other = SiteForm {
            organisation: Some(town.tessel),
            ..form("Theirs")
        };
        assert!(problem(create(&daniel, &other).await, "organisation").starts_with("Choose"));
        let nowhere = SiteForm {
            organisation: Some(Id::from_raw(99)),
            ..form("Nowhere")
        };
        assert!(problem(create(&daniel, &nowhere).await, "organisation").starts_with("Choose"));
        // An operator looks after all of them.
        let operator = town.act(town.operator);
        let theirs = create(&operator, &other).await.unwrap();
        assert_eq!(
            head(&operator, theirs).await.unwrap().line.organisation,
            "Tessel Housing Ltd"
        );
        assert_eq!(new_site(&operator).await.unwrap().organisations.len(), 3);
        // The console is nobody who could own a site.
        assert!(matches!(
            create(&town.world.console(), &form("X")).await,
            Err(Error::SignedOut)
        ));
    })
    .await;
}

#[tokio::test]
async fn a_site_is_changed_by_its_owners() {
    both(async |world| {
        let town = Town::new(world).await;
        town.grant(
            town.site.raw(),
            (3, town.lights.raw()),
            Role::Contributor,
            Time::FOREVER,
        )
        .await;
        assert!(matches!(
            edit(&town.act(town.daniel), town.site, &form("Other")).await,
            Err(Error::Refused(_))
        ));
        assert_not_found(edit(&town.act(town.grace), town.site, &form("Other")).await);
        assert_not_found(edit(&town.act(town.operator), town.site, &form("Other")).await);
        edit(&town.act(town.amira), town.site, &form("Resettlement"))
            .await
            .unwrap();
        let head = head(&town.act(town.daniel), town.site).await.unwrap();
        assert_eq!(
            (head.line.name.as_str(), head.line.kind),
            ("Resettlement", SiteKind::Team)
        );
        assert_eq!(
            head.organisation_id, town.trust,
            "nothing was chosen, so nothing changed"
        );
        assert!(!head.can_edit && !head.can_govern && !head.can_see_trail && head.can_see_members);
        let stray = SiteForm {
            organisation: Some(town.lights),
            ..form("Resettlement")
        };
        assert!(
            problem(
                edit(&town.act(town.amira), town.site, &stray).await,
                "organisation"
            )
            .starts_with("Choose")
        );
    })
    .await;
}

#[tokio::test]
async fn a_role_on_one_library_shows_the_site_and_nothing_else_of_it() {
    both(async |world| {
        let town = Town::new(world).await;
        let grace = town.act(town.grace);
        assert_not_found(
            site(&grace, town.site)
                .await
                .map(|page| page.head.line.name),
        );
        assert!(mine(&mut grace.scope().unwrap()).await.unwrap().is_empty());
        town.grant(
            town.cases.raw(),
            (3, town.tessel.raw()),
            Role::Reader,
            Time::FOREVER,
        )
        .await;
        let page = site(&grace, town.site).await.unwrap();
        assert_eq!(
            page.libraries
                .iter()
                .map(|line| line.id)
                .collect::<Vec<_>>(),
            [town.cases]
        );
        assert_eq!(page.head.role, None);
        assert!(
            page.owners.is_empty(),
            "the site's owners are not hers to know"
        );
        assert_eq!(page.people, None);
        assert!(!page.head.can_see_members);
        assert_not_found(
            members(&grace, town.site)
                .await
                .map(|members| members.total),
        );
        assert_eq!(mine(&mut grace.scope().unwrap()).await.unwrap().len(), 1);
        // The site's owner sees the libraries that inherit, and not the one that does not.
        let page = site(&town.act(town.amira), town.site).await.unwrap();
        assert_eq!(
            page.libraries
                .iter()
                .map(|line| line.id)
                .collect::<Vec<_>>(),
            [town.guidance]
        );
        assert!(page.libraries[0].inherits);
    })
    .await;
}

#[tokio::test]
async fn documents_above_the_clearance_are_not_counted() {
    both(async |world| {
        let town = Town::new(world).await;
        let open = town.document(town.cases, "Agenda.docx").await;
        town.world.clock.advance(DAY);
        let secret = town.document(town.cases, "Transfer.pdf").await;
        let peter = town.act(town.peter);
        let line = async || site(&peter, town.site).await.unwrap().libraries.remove(0);
        assert_eq!(
            (line().await.documents, line().await.changed_at),
            (2, Some(town.now()))
        );
        town.mark(secret, 3).await;
        let seen = line().await;
        assert_eq!(
            (seen.documents, seen.changed_at),
            (1, Some(town.now().minus(DAY)))
        );
        town.run("UPDATE items SET binned_at = 1 WHERE id = $1", args![open])
            .await;
        let seen = line().await;
        assert_eq!((seen.documents, seen.changed_at), (0, None));
    })
    .await;
}

#[tokio::test]
async fn the_number_of_queries_does_not_grow_with_the_site() {
    both(async |world| {
        let town = Town::new(world).await;
        let amira = town.act(town.amira);
        let (_, few) = count_queries(site(&amira, town.site)).await;
        for number in 0..12 {
            let library = town.library(&format!("Library {number}"), true).await;
            town.document(library, "Agenda.docx").await;
        }
        let (page, many) = count_queries(site(&amira, town.site)).await;
        assert_eq!(page.unwrap().libraries.len(), 13);
        assert_eq!(few, many);
        assert!(many <= 5, "{many}");
    })
    .await;
}

#[tokio::test]
async fn members_of_an_umbrella_run_sites_of_their_members() {
    both(async |world| {
        let town = Town::new(world).await;
        let umbrella = organisation(&town.world, "Kestrel Bridge", "voluntary").await;
        let josephine: Id<thing::Person> = person(&town.world, "Josephine Adair", umbrella).await;
        office(&town.world, josephine, "coordinator").await;
        town.run("UPDATE offices SET organisation_id = $1 WHERE person_id = $2", args![umbrella, josephine]).await;
        town.run(
            "INSERT INTO umbrellas (id, member_id, umbrella_id, from_at, until_at) VALUES (1, $1, $2, $3, $4)",
            args![town.lights, umbrella, town.now(), Time::FOREVER],
        ).await;
        let theirs = SiteForm { organisation: Some(town.lights), ..form("For the members") };
        let opened = create(&town.act(josephine), &theirs).await.unwrap();
        let head = head(&town.act(josephine), opened).await.unwrap();
        assert_eq!(head.organisation_id, town.lights);
        assert_eq!(new_site(&town.act(josephine)).await.unwrap().organisations.len(), 2);
    })
    .await;
}
