//! Sessions: how they end, and what I can do about mine.

use std::time::Duration;

use super::*;
use crate::kernel::count_queries;
use crate::testing::assert_not_found;

fn hours(count: u64) -> Duration {
    Duration::from_hours(count)
}

fn minutes(count: u64) -> Duration {
    Duration::from_mins(count)
}

#[tokio::test]
async fn sessions_end_when_idle_and_after_their_time() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (_, idle) = member(&world, lights, "Amara Osei").await;
        world.clock.advance(minutes(59));
        assert!(behind(&world, idle.token.as_str()).await.is_ok());
        // That was use: the hour begins anew.
        world.clock.advance(minutes(59));
        assert!(behind(&world, idle.token.as_str()).await.is_ok());
        world.clock.advance(minutes(60));
        assert!(matches!(
            behind(&world, idle.token.as_str()).await,
            Err(Error::SignedOut)
        ));

        let busy = enter(&world, "Amara Osei", PASSWORD).await.unwrap();
        assert_eq!(busy.until, world.realm.now().plus(hours(12)));
        for _ in 0..23 {
            world.clock.advance(minutes(30));
            assert!(behind(&world, busy.token.as_str()).await.is_ok());
        }
        world.clock.advance(minutes(30));
        assert!(matches!(
            behind(&world, busy.token.as_str()).await,
            Err(Error::SignedOut)
        ));
    })
    .await;
}

#[tokio::test]
async fn use_is_written_down_every_five_minutes_at_most() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (_, session) = member(&world, lights, "Amara Osei").await;
        let seen = async || {
            let (arrived, queries) = count_queries(behind(&world, session.token.as_str())).await;
            arrived.unwrap();
            queries
        };
        world.clock.advance(Duration::from_secs(299));
        assert_eq!(seen().await, 1);
        world.clock.advance(Duration::from_secs(1));
        assert_eq!(seen().await, 2);
        assert_eq!(seen().await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_token_opens_nothing() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (_, session) = member(&world, lights, "Amara Osei").await;
        let mut other = session.token.as_str().to_owned();
        let last = if other.pop() == Some('A') { 'E' } else { 'A' };
        other.push(last);
        for token in [
            "",
            "x",
            &other,
            &"A".repeat(43),
            &"ä".repeat(43),
            &"A".repeat(1_000_000),
            "' OR 1=1 --",
        ] {
            assert!(matches!(behind(&world, token).await, Err(Error::SignedOut)));
        }
    })
    .await;
}

#[tokio::test]
async fn my_devices_and_nobody_elses() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (_, first) = member(&world, lights, "Amara Osei").await;
        world.clock.advance(minutes(1));
        let second = sign_in(
            &nobody(&world),
            &email("Amara Osei"),
            PASSWORD,
            &Visit {
                address: "2001:db8::1\u{0}",
                device: &"Safari/ iPhone ".repeat(100),
            },
        )
        .await
        .unwrap();
        let (_, stranger) = member(&world, lights, "Ben Okafor").await;
        let me = behind(&world, second.token.as_str()).await.unwrap().actor;
        let list = devices(&me).await.unwrap();
        let shown: Vec<_> = list
            .iter()
            .map(|line| (line.device.as_str(), line.address.as_str(), line.this))
            .collect();
        assert_eq!(
            shown,
            [
                ("Safari on iPhone", "2001:db8::1", true),
                ("Firefox on Linux", "192.0.2.10", false)
            ]
        );

        let other = behind(&world, stranger.token.as_str()).await.unwrap().actor;
        assert_not_found(end_session(&other, list[1].id).await);
        assert!(behind(&world, first.token.as_str()).await.is_ok());
        end_session(&me, list[1].id).await.unwrap();
        assert!(matches!(
            behind(&world, first.token.as_str()).await,
            Err(Error::SignedOut)
        ));
        assert_not_found(end_session(&me, list[1].id).await);

        for _ in 0..3 {
            enter(&world, "Amara Osei", PASSWORD).await.unwrap();
        }
        assert_eq!(end_other_sessions(&me).await.unwrap(), 3);
        assert_eq!(end_other_sessions(&me).await.unwrap(), 0);
        assert_eq!(devices(&me).await.unwrap().len(), 1);
        assert_eq!(
            journalled(&world, "EndSession", second.person.raw()).await,
            4
        );

        sign_out(&me).await.unwrap();
        assert!(matches!(
            behind(&world, second.token.as_str()).await,
            Err(Error::SignedOut)
        ));
        assert!(behind(&world, stranger.token.as_str()).await.is_ok());
        // A session that has ended cannot be signed out of again, and the console has none.
        assert_not_found(sign_out(&me).await);
        assert!(matches!(
            sign_out(&world.console()).await,
            Err(Error::SignedOut)
        ));
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (amara, first) = member(&world, lights, "Amara Osei").await;
        let here = enter(&world, "Amara Osei", PASSWORD).await.unwrap();
        let me = behind(&world, here.token.as_str()).await.unwrap().actor;
        let new = "kettle vandal lantern";

        assert!(
            !problem(
                set_password(&me, PASSWORD, "short", "short").await,
                "password"
            )
            .is_empty()
        );
        assert!(!problem(set_password(&me, PASSWORD, new, "kettle").await, "again").is_empty());
        assert!(
            !problem(
                set_password(&me, PASSWORD, PASSWORD, PASSWORD).await,
                "password"
            )
            .is_empty()
        );
        // Words of the realm, the organisation and the person are known to whoever tries.
        for guess in ["northmoor2026", "HarbourLights1!", "amara.osei.2026"] {
            assert!(
                problem(set_password(&me, PASSWORD, guess, guess).await, "password")
                    .contains("easy to guess")
            );
        }
        assert!(!problem(set_password(&me, "wrong", new, new).await, "current").is_empty());
        assert!(behind(&world, first.token.as_str()).await.is_ok());

        let link = issue_link(&world.console(), amara).await.unwrap();
        set_password(&me, PASSWORD, new, new).await.unwrap();
        assert!(matches!(
            behind(&world, first.token.as_str()).await,
            Err(Error::SignedOut)
        ));
        assert!(behind(&world, here.token.as_str()).await.is_ok());
        assert_not_found(super::link(&nobody(&world), link.as_str()).await);
        assert!(enter(&world, "Amara Osei", PASSWORD).await.is_err());
        assert!(enter(&world, "Amara Osei", new).await.is_ok());
        assert_eq!(journalled(&world, "SetPassword", amara.raw()).await, 2);
    })
    .await;
}

#[tokio::test]
async fn old_sessions_are_forgotten() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (amara, _) = member(&world, lights, "Amara Osei").await;
        world.clock.advance(hours(24 * 31));
        enter(&world, "Amara Osei", PASSWORD).await.unwrap();
        assert_eq!(
            world
                .count("SELECT COUNT(*) AS value FROM sessions", args![])
                .await,
            1
        );
        let page = account(&world.console(), amara).await.unwrap();
        assert_eq!(page.last_seen, Some(world.realm.now()));
        assert_eq!(page.state, AccountState::Active);
    })
    .await;
}
