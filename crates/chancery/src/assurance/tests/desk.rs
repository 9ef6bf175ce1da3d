//! What takes long keeps nothing closed but itself: told by the order in which things happen, and not by a clock.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

use inspect::Reading;

use super::super::desk;
use super::super::desk::{AT_ONCE, LONG_AT_ONCE, Task, keep_busy};
use super::super::reading::{Came, Leave, Looked, in_turn};
use super::*;

/// Nothing here takes so long, on however slow a machine: it is how long a test hangs that fails.
const FOR_EVER: Duration = Duration::from_mins(1);

/// Reads for the realm, one version at a time of each slot: what is called "slow" is not ready until it is told to be.
async fn serve(realm: &Realm, slow: Arc<Notify>, told: mpsc::UnboundedSender<String>) {
    let world = &realm.cast.world;
    keep_busy(&world.realm, |task| {
        let (slow, told) = (Arc::clone(&slow), told.clone());
        async move {
            let Task { row, rules, .. } = &task;
            let text = content_of(&realm.cast, row.document_id, row.number).await;
            let looked = in_turn(&world.realm, row, &task.leave, |_, _| async {
                told.send(format!("begins {text}")).unwrap();
                if text.contains("slow") {
                    slow.notified().await;
                }
                Ok((Reading::default(), Threat::NotLooked))
            });
            match looked.await? {
                Looked::NotOurs | Looked::Gone => return Ok(Came::NotOurs),
                Looked::PutOff => {
                    told.send(format!("makes room {text}")).unwrap();
                    return Ok(Came::PutOff);
                }
                Looked::Says(..) => {}
            }
            let input = Input {
                pieces: vec![header("OFFICIAL")],
                ..Input::default()
            };
            let decision = decide(rules, &input);
            let found = findings("OFFICIAL");
            record(
                &world.realm,
                rules,
                row,
                &decision,
                &Threat::NotLooked,
                &found,
            )
            .await?;
            told.send(format!("ends {text}")).unwrap();
            Ok(Came::Done)
        }
    })
    .await;
}

/// What is told of texts: "begins …", "ends …", "makes room …".
type Heard = mpsc::UnboundedReceiver<String>;

/// Has the realm read while something happens.
async fn served(realm: &Realm, story: impl AsyncFnOnce(&Notify, &mut Heard)) {
    let slow = Arc::new(Notify::new());
    let (told, mut heard) = mpsc::unbounded_channel::<String>();
    let both = async {
        tokio::select! {
            () = serve(realm, Arc::clone(&slow), told) => {}
            () = story(&slow, &mut heard) => {}
        }
    };
    timeout(FOR_EVER, both)
        .await
        .expect("what is quick is not kept waiting");
}

async fn next(heard: &mut Heard) -> String {
    heard.recv().await.unwrap()
}

#[tokio::test]
async fn what_takes_long_keeps_nothing_closed_but_itself() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        served(&realm, async |slow, heard| {
            let first = realm.bring(ann, "Slow.pdf", "slow").await;
            assert_eq!(next(heard).await, "begins slow");
            // It was brought after that one was begun, and is read and open before it is ready; and so is the next.
            for (name, text) in [("One.docx", "one"), ("Two.docx", "two")] {
                let quick = realm.bring(ann, name, text).await;
                assert_eq!(next(heard).await, format!("begins {text}"));
                assert_eq!(next(heard).await, format!("ends {text}"));
                opens(ben, quick).await.unwrap();
                assert_being_read(opens(ben, first).await);
            }
            slow.notify_one();
            assert_eq!(next(heard).await, "ends slow");
            opens(ben, first).await.unwrap();
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn so_many_are_read_at_a_time_and_no_more() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        served(&realm, async |slow, heard| {
            for number in 0..=AT_ONCE {
                let (name, text) = (format!("{number}.pdf"), format!("slow {number}"));
                realm.bring(ann, &name, &text).await;
            }
            for _ in 0..AT_ONCE {
                assert!(next(heard).await.starts_with("begins slow"));
            }
            // A place is free when one of them is ready, and then the next is begun in it.
            let last = realm.bring(ben, "Quick.docx", "quick").await;
            assert!(heard.recv().now_or_never().is_none());
            slow.notify_one();
            assert!(next(heard).await.starts_with("ends slow"));
            // Everybody's first comes before anybody's second.
            assert_eq!(next(heard).await, "begins quick");
            assert_eq!(next(heard).await, "ends quick");
            opens(ann, last).await.unwrap();
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn what_is_read_again_leaves_a_place_for_what_is_brought() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        for number in 0..2 * AT_ONCE {
            let (name, text) = (format!("{number}.pdf"), format!("slow {number}"));
            realm.bring(ann, &name, &text).await;
        }
        realm.read().await;
        put_in_force(&realm.cast.world.realm, &written("il2")).await;
        served(&realm, async |_, heard| {
            for _ in 0..AT_ONCE - 1 {
                assert!(next(heard).await.starts_with("begins slow"));
            }
            // All of these take for ever, and what is brought is open at once.
            for text in ["one", "two"] {
                let quick = realm.bring(ann, &format!("{text}.docx"), text).await;
                assert_eq!(next(heard).await, format!("begins {text}"));
                assert_eq!(next(heard).await, format!("ends {text}"));
                opens(ben, quick).await.unwrap();
            }
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn slow_files_of_several_people_leave_a_place_for_what_is_quick() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann, ben, olive, ..
        } = &realm.cast;
        served(&realm, async |slow, heard| {
            for number in 0..=AT_ONCE {
                let text = format!("slow {number}");
                let who = if number % 2 == 0 { ann } else { ben };
                realm.bring(who, &format!("{number}.pdf"), &text).await;
            }
            for _ in 0..AT_ONCE {
                assert!(next(heard).await.starts_with("begins slow"));
            }
            // All places are taken by what is never ready. One of them makes room, and the next in line has a try.
            let quick = realm.bring(olive, "Quick.docx", "quick").await;
            let left = next(heard).await;
            let left = left.strip_prefix("makes room ").unwrap().to_owned();
            assert_eq!(next(heard).await, "begins quick");
            assert_eq!(next(heard).await, "ends quick");
            opens(ann, quick).await.unwrap();
            let last = next(heard).await;
            let last = last.strip_prefix("begins ").unwrap().to_owned();
            assert_eq!(next(heard).await, format!("makes room {last}"));
            // They are known now: the place is free, whoever brings something, and for as long as they take.
            for text in ["one", "two", "three"] {
                let quick = realm.bring(ann, &format!("{text}.docx"), text).await;
                assert_eq!(next(heard).await, format!("begins {text}"));
                assert_eq!(next(heard).await, format!("ends {text}"));
                opens(olive, quick).await.unwrap();
            }
            assert!(heard.recv().now_or_never().is_none());
            // And nothing is lost: what has made room is begun where one of the others has ended, and stays then.
            let mut rest = Vec::new();
            while rest.len() < LONG_AT_ONCE + 2 + 2 {
                slow.notify_one();
                rest.push(next(heard).await);
            }
            for text in [left, last] {
                assert!(rest.contains(&format!("begins {text}")), "{rest:?}");
                assert!(rest.contains(&format!("ends {text}")), "{rest:?}");
            }
            let claims = realm
                .cast
                .world
                .look("SELECT COUNT(*) AS value FROM scan_claims", args![]);
            assert_eq!(claims.await[0].get::<i64>("value").unwrap(), 0);
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn what_has_made_room_has_not_been_tried() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, .. } = &realm.cast;
        realm.bring(ann, "Slow.pdf", "slow").await;
        let node = &realm.cast.world.realm;
        for _ in 0..4 {
            let rows = desk::waiting(node, 1).await.unwrap();
            let leave = Leave::default();
            leave.now();
            let looked = in_turn(node, &rows[0], &leave, |_, attempts| async move {
                assert_eq!(attempts, 1);
                futures::future::pending().await
            });
            assert!(matches!(looked.await.unwrap(), Looked::PutOff));
        }
        let rows = desk::waiting(node, 1).await.unwrap();
        assert!(rows[0].takes_long, "every node knows that it takes long");
    })
    .await;
}

#[tokio::test]
async fn what_is_being_read_is_its_authors_turn() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        for number in 0..3 {
            let name = format!("{number}.pdf");
            realm.bring(ann, &name, &format!("ann {number}")).await;
        }
        let bens = realm.bring(ben, "Quick.docx", "ben").await;
        let node = &realm.cast.world.realm;
        let rows = desk::waiting(node, 1).await.unwrap();
        // Ann's first is being read: Ben's first is before her second, though hers was there earlier.
        let leave = Leave::default();
        let reading = in_turn(node, &rows[0], &leave, |_, _| futures::future::pending());
        let story = async {
            loop {
                let rows = desk::waiting(node, 1).await.unwrap();
                if rows[0].document_id == bens {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        let both = async {
            tokio::select! {
                _ = reading => {}
                () = story => {}
            }
        };
        timeout(FOR_EVER, both).await.expect("it is Ben's turn");
    })
    .await;
}
