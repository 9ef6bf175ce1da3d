//! Tests of the kernel, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    unreachable_pub,
    reason = "the macro declares public actions, here for these tests alone"
)]

mod failing;
mod nodes;
mod silent;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{
    Actor, Entry, Follower, Following, Id, Kind, Needs, Once, Outcome, Role, SeededRng, Spoken,
    Standing, Time, actions, args, like, thing,
};
use crate::testing::{START, World, both};
use crate::{Error, Result};

actions! {
    /// An action of the tests alone.
    Knock(Realm) needs Needs::Operate, People, "Knock", "knocked {times} times on {door}" => Knocked { door: String, times: i64 }
}

async fn knock(world: &World, door: &str) -> Result<()> {
    let w = world.console().write::<Knock>(Id::REALM).await?;
    w.commit(Knocked {
        door: door.to_owned(),
        times: 3,
    })
    .await
}

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| {
        world.prepares(super::access::STATEMENTS).await;
        world.prepares(super::seal::STATEMENTS).await;
        world.prepares(super::follow::STATEMENTS).await;
        world.prepares(super::node::STATEMENTS).await;
        world.prepares(super::whole::STATEMENTS).await;
        world.prepares(super::figures::STATEMENTS).await;
        world.prepares(super::once::STATEMENTS).await;
    })
    .await;
}

#[tokio::test]
async fn a_commit_keeps_rows_and_entry_together_and_a_drop_keeps_neither() {
    both(async |world| {
        knock(&world, "front").await.unwrap();
        let mut dropped = world.console().write::<Knock>(Id::REALM).await.unwrap();
        dropped
            .execute(
                "INSERT INTO leases (name, holder, until_at) VALUES ($1, $2, $3)",
                args!["left", 1_i64, 1_i64],
            )
            .await
            .unwrap();
        drop(dropped);
        assert_eq!(
            world
                .count("SELECT COUNT(*) AS value FROM journal", vec![])
                .await,
            1
        );
        assert_eq!(
            world
                .count("SELECT COUNT(*) AS value FROM leases", vec![])
                .await,
            0
        );
    })
    .await;
}

/// Every commit is answered, however they fall together: each waits for a sync that others may lead.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commits_that_fall_together_are_all_answered() {
    both(async |world| {
        let mut knocks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let world = world.clone();
            knocks.spawn(async move {
                for _ in 0..40 {
                    knock(&world, "front").await.unwrap();
                }
            });
        }
        let all = tokio::time::timeout(Duration::from_mins(1), knocks.join_all());
        assert!(all.await.is_ok(), "a commit was never answered");
        let kept = "SELECT COUNT(*) AS value FROM journal";
        assert_eq!(world.count(kept, vec![]).await, 320);
    })
    .await;
}

#[tokio::test]
async fn the_sealer_chains_what_happened_and_a_check_names_what_was_changed() {
    both(async |world| {
        for door in ["front", "back", "side"] {
            knock(&world, door).await.unwrap();
        }
        assert_eq!(world.realm.seal().await.unwrap(), 3);
        assert_eq!(world.realm.seal().await.unwrap(), 0);
        let clean = world.realm.check_journal().await.unwrap();
        assert_eq!((clean.sealed, clean.waiting, clean.fault), (3, 0, None));

        world
            .realm
            .upkeep(
                "UPDATE journal SET data = $1 WHERE position = 2",
                args!["{\"door\":\"none\"}"],
            )
            .await
            .unwrap();
        let changed = world.realm.check_journal().await.unwrap().fault.unwrap();
        assert_eq!(changed.position, 2);

        world
            .realm
            .upkeep("DELETE FROM journal WHERE position >= 2", vec![])
            .await
            .unwrap();
        let cut = world.realm.check_journal().await.unwrap().fault.unwrap();
        assert_eq!(cut.position, 2);
    })
    .await;
}

#[derive(Default)]
struct Doors(std::sync::Mutex<Vec<String>>);

#[async_trait]
impl Follower for Doors {
    fn name(&self) -> &'static str {
        "doors"
    }

    async fn follow(&self, _: &mut Following<'_>, entries: &[Entry]) -> Result<()> {
        let mut doors = self.0.lock().unwrap();
        doors.extend(entries.iter().map(|entry| entry.data["door"].to_string()));
        Ok(())
    }
}

#[tokio::test]
async fn a_follower_takes_each_entry_once_and_in_order() {
    both(async |world| {
        let doors = Arc::new(Doors::default());
        for door in ["a", "b"] {
            knock(&world, door).await.unwrap();
        }
        world.realm.keep_up(&[doors.clone() as _]).await.unwrap();
        knock(&world, "c").await.unwrap();
        world.realm.keep_up(&[doors.clone() as _]).await.unwrap();
        world.realm.keep_up(&[doors.clone() as _]).await.unwrap();
        assert_eq!(*doors.0.lock().unwrap(), ["\"a\"", "\"b\"", "\"c\""]);
    })
    .await;
}

#[tokio::test]
async fn nobody_and_strangers_are_refused_alike() {
    both(async |world| {
        let nobody = Actor::nobody(&world.realm);
        assert!(matches!(
            nobody.read::<Knock>(Id::REALM).await,
            Err(Error::SignedOut)
        ));
        let stranger = world.as_person(Id::from_raw(42));
        assert!(matches!(
            stranger.read::<Knock>(Id::REALM).await,
            Err(Error::SignedOut)
        ));
    })
    .await;
}

#[tokio::test]
async fn a_null_is_never_read_as_zero() {
    both(async |world| {
        let rows = world
            .look(
                "SELECT CAST(NULL AS BIGINT) AS value, CAST(NULL AS TEXT) AS words",
                vec![],
            )
            .await;
        assert!(rows[0].get::<i64>("value").is_err());
        assert!(rows[0].get::<String>("words").is_err());
        assert_eq!(rows[0].get::<Option<i64>>("value").unwrap(), None);
    })
    .await;
}

#[test]
fn ids_are_ordered_unique_and_survive_their_text() {
    let ids = super::id::Ids::default();
    let rng = SeededRng::new(1);
    let mut last = Id::<thing::Site>::from_raw(0);
    for step in 0..20_000 {
        let id = ids.next::<thing::Site>(START.plus(Duration::from_micros(step * 30)), &rng);
        assert!(id > last);
        assert_eq!(id.to_string().parse::<Id<thing::Site>>().unwrap(), id);
        assert_eq!(id.to_string().len(), 13);
        last = id;
    }
    for bad in ["", "7", "ZZZZZZZZZZZZZ", "000000000000U", "00000000000000"] {
        assert!(bad.parse::<Id<thing::Site>>().is_err(), "{bad}");
    }
}

#[test]
fn entries_are_spoken_from_their_fields() {
    let spoken = Spoken {
        action: "Knock",
        ..ACTIONS[0]
    };
    let data = serde_json::json!({ "door": "front", "times": 3 });
    assert_eq!(spoken.speak(&data), "knocked 3 times on front");
    assert_eq!(spoken.speak(&serde_json::json!({})), "knocked … times on …");
    // What entries from before have not is said by a word of its own, which may be empty.
    let later = Spoken {
        says: "{did|'knocked on'} {door}{besides|''}",
        ..spoken
    };
    assert_eq!(later.speak(&data), "knocked on front");
    let data =
        serde_json::json!({ "door": "front", "did": "opened", "besides": ". It was locked" });
    assert_eq!(later.speak(&data), "opened front. It was locked");
    let data = serde_json::json!({ "door": "front", "did": "", "besides": "" });
    assert_eq!(later.speak(&data), "knocked on front");
}

#[test]
fn what_somebody_types_is_looked_for_literally() {
    assert_eq!(like("50%_a\\b"), "%50\\%\\_a\\\\b%");
}

#[test]
fn moments_saturate() {
    assert_eq!(Time::FOREVER.plus(Duration::from_secs(1)), Time::FOREVER);
    assert_eq!(Time::FOREVER.ends(), None);
}

/// Every need against every standing that matters: the rule as a table.
#[test]
#[allow(clippy::too_many_lines, reason = "it is one table")]
fn the_rule_decides() {
    let nobody = Standing::NOBODY;
    let active = Standing {
        active: true,
        ..nobody
    };
    let with = |role| Standing {
        role: Some(role),
        glimpse: true,
        ..active
    };
    let reader = with(Role::Reader);
    let contributor = with(Role::Contributor);
    let owner = with(Role::Owner);
    let say = |outcome: Result<()>| match outcome {
        Ok(()) => "yes",
        Err(Error::NotFound) => "absent",
        Err(Error::Refused(_)) => "refused",
        Err(Error::Sealed) => "sealed",
        Err(Error::Conflict(_)) => "conflict",
        Err(Error::SignedOut) => "signed out",
        Err(_) => "other",
    };
    let read = Needs::Role(Role::Reader);
    let add = Needs::Role(Role::Contributor);
    let own = Needs::Role(Role::Owner);
    let table = [
        (Needs::Nobody, nobody, "yes"),
        (Needs::SignedIn, nobody, "signed out"),
        (Needs::SignedIn, active, "yes"),
        (
            read,
            Standing {
                role: Some(Role::Owner),
                ..nobody
            },
            "signed out",
        ),
        (read, active, "absent"),
        (read, reader, "yes"),
        (add, reader, "refused"),
        (add, contributor, "yes"),
        (own, contributor, "refused"),
        (own, owner, "yes"),
        (
            read,
            Standing {
                above_clearance: true,
                ..owner
            },
            "absent",
        ),
        (
            read,
            Standing {
                sealed: true,
                ..reader
            },
            "sealed",
        ),
        (
            read,
            Standing {
                binned: true,
                ..reader
            },
            "absent",
        ),
        (
            add,
            Standing {
                binned: true,
                ..contributor
            },
            "conflict",
        ),
        (
            read,
            Standing {
                operator: true,
                ..active
            },
            "absent",
        ),
        (
            Needs::Govern,
            Standing {
                operator: true,
                ..active
            },
            "yes",
        ),
        (
            Needs::Govern,
            Standing {
                site_role: Some(Role::Owner),
                ..active
            },
            "yes",
        ),
        (Needs::Govern, owner, "yes"),
        (Needs::Govern, contributor, "refused"),
        (Needs::Govern, active, "absent"),
        (Needs::Glimpse, active, "absent"),
        (
            Needs::Glimpse,
            Standing {
                glimpse: true,
                ..active
            },
            "yes",
        ),
        (Needs::Oneself, active, "absent"),
        (
            Needs::Oneself,
            Standing {
                oneself: true,
                ..active
            },
            "yes",
        ),
        (Needs::Meet, active, "absent"),
        (
            Needs::Meet,
            Standing {
                met: true,
                ..active
            },
            "yes",
        ),
        (
            Needs::Operate,
            Standing {
                coordinator: true,
                ..active
            },
            "absent",
        ),
        (
            Needs::Operate,
            Standing {
                operator: true,
                ..active
            },
            "yes",
        ),
        (Needs::Coordinate, active, "absent"),
        (
            Needs::Coordinate,
            Standing {
                coordinator: true,
                ..active
            },
            "yes",
        ),
        (Needs::OpenSites, active, "refused"),
        (
            Needs::OpenSites,
            Standing {
                opens_sites: true,
                ..active
            },
            "yes",
        ),
    ];
    for (needs, standing, expected) in table {
        assert_eq!(
            say(standing.decide(needs, false)),
            expected,
            "{needs:?} {standing:?}"
        );
    }
    let binned = Standing {
        binned: true,
        ..contributor
    };
    assert_eq!(
        say(binned.decide(add, true)),
        "yes",
        "what is offered in the bin"
    );
    assert_eq!(owner.effective(), Some(Role::Owner));
    assert_eq!(
        Standing {
            sealed: true,
            ..owner
        }
        .effective(),
        None
    );
    let _ = Kind::Realm;
}

async fn knock_as(actor: Actor, door: &str) -> Result<()> {
    let w = actor.write::<Knock>(Id::REALM).await?;
    w.commit(Knocked {
        door: door.to_owned(),
        times: 3,
    })
    .await
}

#[tokio::test]
async fn a_key_is_written_with_what_was_done_and_stands_for_it() {
    both(async |world| {
        let once = |print: u8| Arc::new(Once::new("key".to_owned(), [print; 32]));
        let count = async || {
            let sql = "SELECT COUNT(*) AS value FROM journal";
            world.count(sql, vec![]).await
        };
        let first = once(1);
        assert!(
            world
                .console()
                .done_already(&first)
                .await
                .unwrap()
                .is_none()
        );
        knock_as(world.console().once(Arc::clone(&first)), "front")
            .await
            .unwrap();
        assert!(first.was_kept());

        // The answer was lost: the journal knows.
        let again = once(1);
        let done = world.console().done_already(&again).await.unwrap().unwrap();
        assert!(done.same && done.answer.is_none());
        assert_eq!(
            (done.entry.action.as_str(), &done.entry.data["door"]),
            ("Knock", &"front".into())
        );
        let answer = Outcome {
            status: 201,
            headers: "location: /there\n".to_owned(),
            body: b"{}".to_vec(),
        };
        world.console().keep_outcome(&first, &answer).await.unwrap();
        let done = world.console().done_already(&again).await.unwrap().unwrap();
        assert_eq!(done.answer, Some(answer));
        let other = world
            .console()
            .done_already(&once(2))
            .await
            .unwrap()
            .unwrap();
        assert!(!other.same);

        // Whoever comes second at the same moment does nothing.
        let second = once(1);
        let outcome = knock_as(world.console().once(Arc::clone(&second)), "back").await;
        assert!(matches!(outcome, Err(Error::Conflict(_))), "{outcome:?}");
        assert!(second.was_lost() && !second.was_kept());
        assert_eq!(count().await, 1);

        // What was dropped was not done.
        let dropped = Arc::new(Once::new("dropped".to_owned(), [3; 32]));
        let w = world.console().once(Arc::clone(&dropped));
        drop(w.write::<Knock>(Id::REALM).await.unwrap());
        assert!(
            world
                .console()
                .done_already(&dropped)
                .await
                .unwrap()
                .is_none()
        );

        // A day later the key is free, swept or not.
        world.clock.advance(Duration::from_hours(24));
        assert!(
            world
                .console()
                .done_already(&again)
                .await
                .unwrap()
                .is_none()
        );
        knock_as(world.console().once(once(2)), "side")
            .await
            .unwrap();
        assert_eq!(count().await, 2);
        world.clock.advance(Duration::from_hours(25));
        assert_eq!(world.realm.forget_done_once().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_committed_on_a_condition_that_nobody_looked_at() {
    both(async |world| {
        let expecting = world.console().expecting(vec!["seen".to_owned()]);
        let outcome = knock_as(expecting, "front").await;
        assert!(matches!(outcome, Err(Error::Invalid(_))), "{outcome:?}");
        let sql = "SELECT COUNT(*) AS value FROM journal";
        assert_eq!(world.count(sql, vec![]).await, 0);
    })
    .await;
}
