//! Too many failed attempts.

use std::time::Duration;

use futures::future::join_all;

use super::*;

const WRONG: &str = "gravel otter mandoline";

fn minutes(count: u64) -> Duration {
    Duration::from_mins(count)
}

#[track_caller]
fn paused_until<T: std::fmt::Debug>(outcome: Result<T>) -> crate::kernel::Time {
    match outcome {
        Err(Error::TooMany { until }) => until,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_account_pauses_after_five_failures_and_longer_each_time() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        member(&world, lights, "Amara Osei").await;
        // The same for an address that nobody has.
        for name in ["Amara Osei", "Nobody Here"] {
            for _ in 0..5 {
                problem(enter(&world, name, WRONG).await, "email");
            }
            for pause in [1, 2, 4, 8, 15, 15] {
                let until = world.realm.now().plus(minutes(pause));
                // Not even the right password is looked at.
                assert_eq!(paused_until(enter(&world, name, PASSWORD).await), until);
                assert_eq!(paused_until(enter(&world, name, WRONG).await), until);
                world.clock.set(until);
                problem(enter(&world, name, WRONG).await, "email");
            }
            world.clock.advance(minutes(30));
        }
        assert!(enter(&world, "Amara Osei", PASSWORD).await.is_ok());
        let locked = world
            .count(
                "SELECT COUNT(*) AS value FROM journal WHERE action = 'FailSignIn' AND data LIKE '%\"locked\":true%'",
                args![],
            )
            .await;
        assert_eq!(locked, 2 * 7);
    })
    .await;
}

#[tokio::test]
async fn success_begins_anew_and_says_what_went_before() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (amara, _) = member(&world, lights, "Amara Osei").await;
        for _ in 0..3 {
            for _ in 0..4 {
                problem(enter(&world, "Amara Osei", WRONG).await, "email");
            }
            enter(&world, "Amara Osei", PASSWORD).await.unwrap();
        }
        let data: String = world
            .look(
                "SELECT data FROM journal WHERE action = 'SignIn' AND subject_id = $1 ORDER BY id DESC",
                args![amara],
            )
            .await[0]
            .get("data")
            .unwrap();
        assert!(data.contains("\"failures_before\":4"), "{data}");
    })
    .await;
}

#[tokio::test]
async fn failures_far_apart_do_not_add_up() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        member(&world, lights, "Amara Osei").await;
        for _ in 0..12 {
            problem(enter(&world, "Amara Osei", WRONG).await, "email");
            world.clock.advance(minutes(15));
        }
        assert!(enter(&world, "Amara Osei", PASSWORD).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn an_address_pauses_after_twenty() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        member(&world, lights, "Amara Osei").await;
        // Sprayed over many accounts, with right passwords between that are not counted.
        for count in 0..20 {
            problem(
                enter(&world, &format!("Guess {count}"), WRONG).await,
                "email",
            );
            if count < 19 {
                enter(&world, "Amara Osei", PASSWORD).await.unwrap();
            }
        }
        let until = world.realm.now().plus(minutes(1));
        assert_eq!(
            paused_until(enter(&world, "Amara Osei", PASSWORD).await),
            until
        );
        // From elsewhere the account is open: it was not the one that failed.
        let elsewhere = Visit {
            address: "198.51.100.7",
            device: "",
        };
        assert!(
            sign_in(&nobody(&world), &email("Amara Osei"), PASSWORD, &elsewhere)
                .await
                .is_ok()
        );
    })
    .await;
}

/// A hundred attempts at once are no better than a hundred in turn.
#[tokio::test]
async fn attempts_at_once_are_counted_one_by_one() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        member(&world, lights, "Amara Osei").await;
        let outcomes = join_all((0..16).map(|_| enter(&world, "Amara Osei", WRONG))).await;
        let looked_at = outcomes
            .iter()
            .filter(|outcome| matches!(outcome, Err(Error::Invalid(_))))
            .count();
        let paused = outcomes
            .iter()
            .filter(|outcome| matches!(outcome, Err(Error::TooMany { .. })))
            .count();
        assert_eq!((looked_at, paused), (5, 11), "{outcomes:?}");
    })
    .await;
}

#[tokio::test]
async fn guessing_the_present_password_counts_too() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (_, session) = member(&world, lights, "Amara Osei").await;
        let me = behind(&world, session.token.as_str()).await.unwrap().actor;
        let new = "kettle vandal lantern";
        for _ in 0..5 {
            problem(set_password(&me, WRONG, new, new).await, "current");
        }
        paused_until(set_password(&me, PASSWORD, new, new).await);
        paused_until(enter(&world, "Amara Osei", PASSWORD).await);
    })
    .await;
}

/// Whoever is kept out by a stranger's failures comes in by a link.
#[tokio::test]
async fn a_link_ends_the_pause() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (amara, _) = member(&world, lights, "Amara Osei").await;
        for _ in 0..5 {
            problem(enter(&world, "Amara Osei", WRONG).await, "email");
        }
        let link = issue_link(&world.console(), amara).await.unwrap();
        let new = "kettle vandal lantern";
        use_link(&nobody(&world), link.as_str(), new, new, &VISIT)
            .await
            .unwrap();
        assert!(enter(&world, "Amara Osei", new).await.is_ok());
    })
    .await;
}
