//! Tokens: what they let a program do, and when they end.

use std::time::Duration;

use super::*;
use crate::kernel::{May, Needs, Reach, Role, thing};
use crate::testing::assert_not_found;

const DAY: Duration = Duration::from_hours(24);

fn token(may: &str, site: Option<Id<Site>>) -> TokenForm {
    TokenForm {
        name: "Nightly copy".to_owned(),
        may: may.to_owned(),
        site,
        days: TOKEN_DAYS,
    }
}

async fn by(world: &World, shown: &str) -> Result<Actor> {
    token_actor(&world.realm, shown, "192.0.2.20").await
}

async fn made(
    world: &World,
    id: Id<Person>,
    may: &str,
    site: Option<Id<Site>>,
) -> (Id<thing::Token>, Actor) {
    let made = make_token(&world.as_person(id), &token(may, site))
        .await
        .unwrap();
    let actor = by(world, made.secret.as_str()).await.unwrap();
    (made.id, actor)
}

fn refused<T: std::fmt::Debug>(outcome: Result<T>) -> &'static str {
    match outcome {
        Err(Error::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_is_found_by_its_beginning_and_kept_as_a_hash() {
    both(async |world| {
        let of = body(&world, "Open Latch").await;
        let (id, _) = member(&world, of, "Asha").await;
        let made = make_token(&world.as_person(id), &token("read", None))
            .await
            .unwrap();
        let shown = made.secret.as_str().to_owned();
        assert!(shown.starts_with("chancery_"));
        assert_eq!(shown.len(), 9 + 43);
        assert_eq!(format!("{:?}", made.secret), "Token(…)");
        assert_eq!(made.until, world.realm.now().plus(DAY * 90));
        let kept = world.look("SELECT token FROM tokens", args![]).await;
        assert_eq!(
            kept[0].get::<Vec<u8>>("token").unwrap(),
            token::kept(&shown)
        );

        let (program, questions) = crate::kernel::count_queries(by(&world, &shown)).await;
        // One look, and the first use written down.
        assert_eq!(questions, 2);
        let (again, questions) = crate::kernel::count_queries(by(&world, &shown)).await;
        assert_eq!(questions, 1);
        assert_eq!(again.unwrap().me().unwrap(), id);
        assert_eq!(
            program.unwrap().reach(),
            Some(Reach {
                may: May::Read,
                site: None
            })
        );
        assert!(matches!(
            by(&world, &shown.replace("chancery_", "")).await,
            Err(Error::SignedOut)
        ));
        assert!(matches!(
            behind(&world, &shown).await,
            Err(Error::SignedOut)
        ));
    })
    .await;
}

#[tokio::test]
async fn a_list_says_when_each_was_used_to_within_a_minute() {
    both(async |world| {
        let of = body(&world, "Open Latch").await;
        let (id, _) = member(&world, of, "Asha").await;
        let me = world.as_person(id);
        let secret = make_token(&me, &token("read", None)).await.unwrap().secret;
        assert_eq!(tokens(&me).await.unwrap()[0].seen_at, None);
        by(&world, secret.as_str()).await.unwrap();
        let first = world.realm.now();
        world.clock.advance(Duration::from_secs(50));
        by(&world, secret.as_str()).await.unwrap();
        assert_eq!(tokens(&me).await.unwrap()[0].seen_at, Some(first));
        world.clock.advance(Duration::from_secs(10));
        by(&world, secret.as_str()).await.unwrap();
        assert_eq!(
            tokens(&me).await.unwrap()[0].seen_at,
            Some(world.realm.now())
        );
    })
    .await;
}

#[tokio::test]
async fn it_ends_by_its_date_by_hand_with_the_account_and_with_a_link() {
    both(async |world| {
        let of = body(&world, "Open Latch").await;
        let (id, _) = member(&world, of, "Asha").await;
        let me = world.as_person(id);
        let mut secrets = Vec::new();
        for _ in 0..4 {
            secrets.push(make_token(&me, &token("read", None)).await.unwrap());
        }
        let shown = |n: usize| secrets[n].secret.as_str().to_owned();

        end_token(&me, secrets[0].id).await.unwrap();
        assert!(matches!(by(&world, &shown(0)).await, Err(Error::SignedOut)));
        assert_not_found(end_token(&me, secrets[0].id).await);
        let (other, _) = member(&world, of, "Ben").await;
        assert_not_found(end_token(&world.as_person(other), secrets[1].id).await);

        // A new password, set with the present one, leaves them.
        set_password(&me, PASSWORD, "purple otter ladder", "purple otter ladder")
            .await
            .unwrap();
        by(&world, &shown(1)).await.unwrap();
        let link = issue_link(&world.console(), id).await.unwrap();
        use_link(&nobody(&world), link.as_str(), PASSWORD, PASSWORD, &VISIT)
            .await
            .unwrap();
        assert!(matches!(by(&world, &shown(1)).await, Err(Error::SignedOut)));

        let kept = make_token(&me, &token("read", None)).await.unwrap().secret;
        suspend(&world.console(), id, "Left").await.unwrap();
        assert!(matches!(
            by(&world, kept.as_str()).await,
            Err(Error::SignedOut)
        ));
        reinstate(&world.console(), id).await.unwrap();
        assert!(matches!(
            by(&world, kept.as_str()).await,
            Err(Error::SignedOut)
        ));

        let short = TokenForm {
            days: 1,
            ..token("read", None)
        };
        let short = make_token(&me, &short).await.unwrap().secret;
        world
            .clock
            .advance(DAY.saturating_sub(Duration::from_secs(1)));
        by(&world, short.as_str()).await.unwrap();
        world.clock.advance(Duration::from_secs(1));
        assert!(matches!(
            by(&world, short.as_str()).await,
            Err(Error::SignedOut)
        ));
        assert_eq!(journalled(&world, "MakeToken", id.raw()).await, 6);
        assert_eq!(journalled(&world, "EndToken", id.raw()).await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_form_is_said_of_its_field() {
    both(async |world| {
        let of = body(&world, "Open Latch").await;
        let (id, _) = member(&world, of, "Asha").await;
        let me = world.as_person(id);
        let hidden = site(&world, of, "Hidden").await;
        for (form, field) in [
            (
                TokenForm {
                    name: " ".to_owned(),
                    ..token("read", None)
                },
                "name",
            ),
            (
                TokenForm {
                    name: "x".repeat(101),
                    ..token("read", None)
                },
                "name",
            ),
            (token("rule", None), "may"),
            (
                TokenForm {
                    days: 0,
                    ..token("read", None)
                },
                "days",
            ),
            (
                TokenForm {
                    days: 367,
                    ..token("read", None)
                },
                "days",
            ),
            (token("read", Some(hidden)), "site"),
        ] {
            problem(make_token(&me, &form).await, field);
        }
        for _ in 0..50 {
            make_token(&me, &token("read", None)).await.unwrap();
        }
        assert!(matches!(
            make_token(&me, &token("read", None)).await,
            Err(Error::Conflict(_))
        ));
    })
    .await;
}

#[tokio::test]
async fn no_token_makes_a_token_or_a_way_in() {
    both(async |world| {
        let of = body(&world, "Open Latch").await;
        let (id, _) = member(&world, of, "Asha").await;
        operator(&world, id).await;
        let (_, program) = made(&world, id, "everything", None).await;
        refused(make_token(&program, &token("read", None)).await);
        refused(
            set_password(
                &program,
                PASSWORD,
                "purple otter ladder",
                "purple otter ladder",
            )
            .await,
        );
        refused(issue_link(&program, id).await);
        refused(issue_token(&program, id, &token("read", None)).await);
        // What else is theirs, they may: all that was asked for.
        devices(&program).await.unwrap();
        assert_eq!(tokens(&program).await.unwrap().len(), 1);
        create_organisation(
            &program,
            &OrganisationForm {
                name: "Another".to_owned(),
                sector: "public".to_owned(),
                about: String::new(),
                umbrella: None,
            },
        )
        .await
        .unwrap();
        let (token, _) = made(&world, id, "read", None).await;
        end_token(&program, token).await.unwrap();
        let entry = world
            .look(
                "SELECT session_id FROM journal WHERE action = 'EndToken'",
                args![],
            )
            .await;
        // The journal says that it was by token, and by which.
        assert_eq!(
            entry[0].get::<i64>("session_id").unwrap(),
            program.token().unwrap().raw()
        );
    })
    .await;
}

#[tokio::test]
async fn less_than_everything_is_no_office_and_not_ones_own_account() {
    both(async |world| {
        let of = body(&world, "Open Latch").await;
        let (id, _) = member(&world, of, "Asha").await;
        let (ben, _) = member(&world, of, "Ben").await;
        operator(&world, id).await;
        coordinator(&world, id, of).await;
        let here = site(&world, of, "Here").await;
        give(&world, here, 1, id.raw(), 3).await;
        for (may, where_) in [
            ("read", None),
            ("contribute", None),
            ("everything", Some(here)),
        ] {
            let (_, program) = made(&world, id, may, where_).await;
            assert_eq!(me(&program).await.unwrap().line.id, id);
            assert_not_found(suspend(&program, ben, "No").await);
            assert_not_found(issue_link(&program, ben).await);
            refused(edit_me(&program, &form("Asha")).await);
            refused(devices(&program).await);
            refused(tokens(&program).await);
            refused(end_other_sessions(&program).await);
            assert_not_found(
                create_organisation(
                    &program,
                    &OrganisationForm {
                        name: "No".to_owned(),
                        sector: "public".to_owned(),
                        about: String::new(),
                        umbrella: None,
                    },
                )
                .await,
            );
        }
    })
    .await;
}

/// A token of one site knows of the people of that site alone, and of no other place.
#[tokio::test]
async fn one_site_is_one_site() {
    both(async |world| {
        let ours = body(&world, "Open Latch").await;
        let theirs = body(&world, "Northmoor Council").await;
        let third = body(&world, "Tessel").await;
        let (id, _) = member(&world, ours, "Asha").await;
        member(&world, ours, "Colleague").await;
        let (ben, _) = member(&world, theirs, "Ben").await;
        let (cleo, _) = member(&world, third, "Cleo").await;
        let here = site(&world, ours, "Here").await;
        let there = site(&world, ours, "There").await;
        for place in [here, there] {
            give(&world, place, 1, id.raw(), 3).await;
        }
        give(&world, here, 1, ben.raw(), 1).await;
        give(&world, there, 1, cleo.raw(), 1).await;
        let names = async |actor: &Actor| -> Vec<String> {
            let page = directory(&mut actor.scope().unwrap(), "", None)
                .await
                .unwrap();
            page.items.into_iter().map(|line| line.name).collect()
        };
        assert_eq!(
            names(&world.as_person(id)).await,
            ["Asha", "Ben", "Cleo", "Colleague"]
        );
        let (_, program) = made(&world, id, "everything", Some(here)).await;
        let met = names(&program).await;
        assert!(
            met.contains(&"Ben".to_owned()) && !met.contains(&"Cleo".to_owned()),
            "{met:?}"
        );
        person(&program, ben).await.unwrap();
        assert_not_found(person(&program, cleo).await);
        assert_eq!(token_sites(&program).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn wrong_tokens_are_counted_apart_from_wrong_passwords() {
    both(async |world| {
        let of = body(&world, "Open Latch").await;
        member(&world, of, "Asha").await;
        let wrong = format!("{TOKEN_PREFIX}{}", "x".repeat(43));
        for _ in 0..20 {
            let outcome = token_actor(&world.realm, &wrong, VISIT.address).await;
            assert!(matches!(outcome, Err(Error::SignedOut)));
        }
        let outcome = token_actor(&world.realm, &wrong, VISIT.address).await;
        assert!(matches!(outcome, Err(Error::TooMany { .. })));
        enter(&world, "Asha", PASSWORD).await.unwrap();
    })
    .await;
}

#[test]
fn the_limit_of_a_token_has_its_own_word() {
    let reach = |may| Reach { may, site: None };
    let site = Some(Id::from_raw(7));
    let one_site = Reach {
        may: May::Everything,
        site,
    };
    let ok = || Ok(());
    let no = || Err(Error::Refused("Only an owner can do this"));
    let word = |reach: Reach, decided: Result<()>, needs, writes| match reach
        .weigh(decided, needs, writes)
    {
        Ok(()) => "yes",
        Err(Error::Refused("Only an owner can do this")) => "the person's",
        Err(Error::Refused(_)) => "the token's",
        Err(_) => "other",
    };
    let owner = Needs::Role(Role::Owner);
    let contributor = Needs::Role(Role::Contributor);
    let reader = Needs::Role(Role::Reader);
    for (reach, decided, needs, writes, expected) in [
        (reach(May::Read), ok(), reader, false, "yes"),
        (reach(May::Read), ok(), reader, true, "the token's"),
        (reach(May::Read), no(), contributor, true, "the token's"),
        (reach(May::Read), Err(Error::NotFound), owner, true, "other"),
        (reach(May::Read), ok(), Needs::Oneself, false, "yes"),
        (reach(May::Read), ok(), Needs::Oneself, true, "the token's"),
        (reach(May::Contribute), ok(), contributor, true, "yes"),
        (reach(May::Contribute), no(), owner, true, "the token's"),
        (
            reach(May::Contribute),
            no(),
            Needs::Govern,
            true,
            "the token's",
        ),
        (
            reach(May::Contribute),
            ok(),
            Needs::Oneself,
            true,
            "the token's",
        ),
        (reach(May::Everything), ok(), Needs::Oneself, true, "yes"),
        (reach(May::Everything), no(), owner, true, "the person's"),
        (one_site, ok(), Needs::Govern, true, "yes"),
        (one_site, ok(), Needs::OpenSites, false, "the token's"),
        (one_site, ok(), Needs::Oneself, true, "the token's"),
        (one_site, no(), owner, true, "the person's"),
    ] {
        assert_eq!(
            word(reach, decided, needs, writes),
            expected,
            "{reach:?} {needs:?} {writes}"
        );
    }
}
