//! What takes long keeps nothing closed but itself: told by the order in which things happen, and not by a clock.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

use super::super::desk::{AT_ONCE, Task, keep_busy};
use super::*;

/// Nothing here takes so long, on however slow a machine: it is how long a test hangs that fails.
const FOR_EVER: Duration = Duration::from_mins(1);

/// Reads for the realm, one version at a time of each slot: what is called "slow" is not ready until it is told to be.
async fn serve(realm: &Realm, slow: Arc<Notify>, told: mpsc::UnboundedSender<String>) {
    let world = &realm.cast.world;
    keep_busy(&world.realm, |task| {
        let (slow, told) = (Arc::clone(&slow), told.clone());
        async move {
            let (Task::Read(row, rules) | Task::ReadAgain(row, rules)) = task else {
                return Ok(false);
            };
            let text = content_of(&realm.cast, row.document_id, row.number).await;
            told.send(format!("begins {text}")).unwrap();
            if text.contains("slow") {
                slow.notified().await;
            }
            let input = Input {
                pieces: vec![header("OFFICIAL")],
                ..Input::default()
            };
            let decision = decide(&rules, &input);
            record(
                &world.realm,
                &rules,
                &row,
                &decision,
                &Threat::NotLooked,
                &findings("OFFICIAL"),
            )
            .await?;
            told.send(format!("ends {text}")).unwrap();
            Ok(true)
        }
    })
    .await;
}

#[tokio::test]
async fn what_takes_long_keeps_nothing_closed_but_itself() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        let slow = Arc::new(Notify::new());
        let (told, mut heard) = mpsc::unbounded_channel::<String>();
        let story = async {
            let first = realm.bring(ann, "Slow.pdf", "slow").await;
            assert_eq!(heard.recv().await.unwrap(), "begins slow");
            // It was brought after that one was begun, and is read and open before it is ready; and so is the next.
            for (name, text) in [("One.docx", "one"), ("Two.docx", "two")] {
                let quick = realm.bring(ann, name, text).await;
                assert_eq!(heard.recv().await.unwrap(), format!("begins {text}"));
                assert_eq!(heard.recv().await.unwrap(), format!("ends {text}"));
                opens(ben, quick).await.unwrap();
                assert_being_read(opens(ben, first).await);
            }
            slow.notify_one();
            assert_eq!(heard.recv().await.unwrap(), "ends slow");
            opens(ben, first).await.unwrap();
        };
        let both = async {
            tokio::select! {
                () = serve(&realm, Arc::clone(&slow), told) => {}
                () = story => {}
            }
        };
        timeout(FOR_EVER, both)
            .await
            .expect("the quick ones do not wait for the slow one");
    })
    .await;
}

#[tokio::test]
async fn so_many_are_read_at_a_time_and_no_more() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        let slow = Arc::new(Notify::new());
        let (told, mut heard) = mpsc::unbounded_channel::<String>();
        let story = async {
            for number in 0..=AT_ONCE {
                let (name, text) = (format!("{number}.pdf"), format!("slow {number}"));
                realm.bring(ann, &name, &text).await;
            }
            for _ in 0..AT_ONCE {
                assert!(heard.recv().await.unwrap().starts_with("begins slow"));
            }
            // A place is free when one of them is ready, and then the next is begun in it.
            let last = realm.bring(ben, "Quick.docx", "quick").await;
            assert!(heard.recv().now_or_never().is_none());
            slow.notify_one();
            assert!(heard.recv().await.unwrap().starts_with("ends slow"));
            // Everybody's first comes before anybody's second.
            assert_eq!(heard.recv().await.unwrap(), "begins quick");
            assert_eq!(heard.recv().await.unwrap(), "ends quick");
            opens(ann, last).await.unwrap();
        };
        let both = async {
            tokio::select! {
                () = serve(&realm, Arc::clone(&slow), told) => {}
                () = story => {}
            }
        };
        timeout(FOR_EVER, both)
            .await
            .expect("they are read in turn");
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
        let slow = Arc::new(Notify::new());
        let (told, mut heard) = mpsc::unbounded_channel::<String>();
        let story = async {
            for _ in 0..AT_ONCE - 1 {
                assert!(heard.recv().await.unwrap().starts_with("begins slow"));
            }
            // All of these take for ever, and what is brought is open at once.
            for text in ["one", "two"] {
                let quick = realm.bring(ann, &format!("{text}.docx"), text).await;
                assert_eq!(heard.recv().await.unwrap(), format!("begins {text}"));
                assert_eq!(heard.recv().await.unwrap(), format!("ends {text}"));
                opens(ben, quick).await.unwrap();
            }
        };
        let both = async {
            tokio::select! {
                () = serve(&realm, Arc::clone(&slow), told) => {}
                () = story => {}
            }
        };
        timeout(FOR_EVER, both)
            .await
            .expect("what is brought is not kept waiting");
    })
    .await;
}
