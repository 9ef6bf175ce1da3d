//! Several alerts at once are decided as each is by itself, or not at all.

use super::super::several::{self, Act, MOST, WhyNot};
use super::super::several_sql;
use super::*;
use crate::kernel::{Engine, count_queries};
use crate::testing::world;

/// Alerts about as many documents, the oldest first.
async fn raised(realm: &Realm, texts: &[&str]) -> Vec<AlertLine> {
    for (number, text) in texts.iter().enumerate() {
        realm
            .bring(&realm.cast.ann, &format!("{number}.txt"), text)
            .await;
    }
    realm.read().await;
    realm.open_alerts().await
}

fn ids(lines: &[AlertLine]) -> Vec<Id<thing::Alert>> {
    lines.iter().map(|line| line.id).collect()
}

async fn entries(realm: &Realm, action: &str, document: Document) -> i64 {
    realm
        .cast
        .world
        .count(
            "SELECT COUNT(*) AS value FROM journal WHERE action = $1 AND item_id = $2 AND library_id = $3 AND sort = 'marking'",
            args![action, document, realm.cast.papers],
        )
        .await
}

#[tokio::test]
async fn what_can_be_decided_is_and_the_rest_is_named() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            ben,
            olive,
            stranger,
            ..
        } = &realm.cast;
        let lines = raised(&realm, &["SECRET", "SECRET\n", "SECRET\n\n", "CONFIDENTIAL"]).await;
        let all = ids(&lines);
        assert_eq!(all.len(), 4);
        for who in [ann, olive, stranger] {
            assert_not_found(several::look(who, &all, Act::FalseAlarm).await);
            assert_not_found(several::decide(who, &all, Act::FalseAlarm, "no").await);
        }
        assert_invalid(several::look(&realm.officer, &[], Act::FalseAlarm).await, "alerts");
        let most = i64::try_from(MOST).unwrap();
        let many: Vec<Id<thing::Alert>> = (1..=most + 1).map(Id::from_raw).collect();
        assert_invalid(
            several::decide(&realm.officer, &many, Act::TakeInHand, "").await,
            "alerts",
        );
        assert_invalid(
            several::decide(&realm.officer, &all, Act::FalseAlarm, " ").await,
            "reason",
        );
        // One is decided meanwhile, and one there never was.
        keep_sealed(&realm.officer, all[1], "It is that").await.unwrap();
        let nowhere = Id::from_raw(7);
        let chosen = [all[0], all[1], all[3], nowhere];
        let found = several::look(&realm.officer, &chosen, Act::FalseAlarm)
            .await
            .unwrap();
        assert_eq!(ids(&found.ready), [all[0], all[3]]);
        let outcome = several::decide(&realm.officer, &chosen, Act::FalseAlarm, "Only films")
            .await
            .unwrap();
        assert_eq!(ids(&outcome.done), [all[0], all[3]]);
        let left: Vec<_> = outcome
            .left_out
            .iter()
            .map(|one| (one.alert, one.name.as_deref(), one.why.name()))
            .collect();
        assert_eq!(
            left,
            [
                (nowhere, None, "not_there"),
                (all[1], Some("1.txt"), "decided")
            ]
        );
        assert_eq!(
            outcome.left_out[1].why.to_string(),
            "Oriel Penn of Harbour Lights decided this already: kept sealed. Open it to look at that"
        );
        realm.read().await;
        for (line, open) in [(&lines[0], true), (&lines[1], false), (&lines[3], true)] {
            assert_eq!(opens(ben, line.document).await.is_ok(), open, "{}", line.name);
            let decided = super::super::alert(&realm.officer, line.id).await.unwrap();
            let (what, by, _, reason) = decided.line.decided.unwrap();
            assert_eq!(by.name, "Oriel Penn");
            if open {
                assert_eq!((what, reason.as_str()), (Decided::FalseAlarm, "Only films"));
                assert_eq!(entries(&realm, "FindFalseAlarm", line.document).await, 1);
            }
        }
        // What it taught counts as when it is decided by itself.
        let copy = realm.bring(ben, "Copy.txt", "SECRET").await;
        realm.read().await;
        opens(ann, copy).await.unwrap();
        // Where nothing can be done, nothing is, and it is said why.
        let nothing = several::decide(&realm.officer, &chosen, Act::KeepSealed, "Late").await;
        let says = assert_conflict(nothing);
        assert!(
            says.starts_with("Nothing was decided") && says.contains("0.txt"),
            "{says}"
        );
    })
    .await;
}

#[tokio::test]
async fn several_stay_sealed_and_are_taken_in_hand() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, .. } = &realm.cast;
        let other = realm.cast.person("Otto Reed").await;
        appoint(&realm.cast, &other, "assurance").await;
        let lines = raised(&realm, &["SECRET", "CONFIDENTIAL", "TOP SECRET"]).await;
        let all = ids(&lines);
        take_in_hand(&other, all[0]).await.unwrap();
        take_in_hand(&realm.officer, all[1]).await.unwrap();
        let outcome = several::decide(&realm.officer, &all, Act::TakeInHand, "")
            .await
            .unwrap();
        assert_eq!(ids(&outcome.done), [all[2]]);
        let left: Vec<_> = outcome.left_out.iter().map(|one| one.why.clone()).collect();
        assert!(matches!(&left[..], [WhyNot::InHand(by), WhyNot::InYourHand] if by.contains("Otto Reed")), "{left:?}");
        assert_eq!(entries(&realm, "TakeInHand", lines[2].document).await, 1);
        // What somebody has in hand can be decided by another, as it can by itself.
        let held = lines[1].document;
        opens(ann, held).await.unwrap();
        let outcome = several::decide(&realm.officer, &all, Act::KeepSealed, "Until we know")
            .await
            .unwrap();
        assert_eq!(outcome.done.len(), 3);
        for line in &lines {
            assert_sealed(opens(ann, line.document).await);
            assert_eq!(entries(&realm, "KeepSealed", line.document).await, 1);
        }
        let waiting = alerts_waiting(&realm.officer).await.unwrap();
        assert_eq!((waiting.open, waiting.oldest), (0, None));
    })
    .await;
}

#[tokio::test]
async fn what_is_the_same_for_all_is_asked_once() {
    // Where the turn of each document is no query.
    let realm = Realm::new(world(Engine::Sqlite).await, "il3").await;
    let texts: Vec<String> = (0..18)
        .map(|number| format!("SECRET{}", "\n".repeat(number)))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let all = ids(&raised(&realm, &texts).await);
    let mut rest = all.as_slice();
    for (act, reason, each) in [
        (Act::TakeInHand, "", 0),
        // What it teaches, and whether another seal stays.
        (Act::FalseAlarm, "Only films", 2),
        // The seal.
        (Act::KeepSealed, "It is that", 1),
    ] {
        let mut asked = Vec::new();
        for many in [1, 5] {
            let (some, others) = rest.split_at(many);
            rest = others;
            let decided = several::decide(&realm.officer, some, act, reason);
            let (outcome, queries) = count_queries(decided).await;
            assert_eq!(outcome.unwrap().done.len(), many);
            asked.push(queries);
        }
        assert_eq!(asked[1] - asked[0], 4 * each, "{act:?}: {asked:?}");
    }
}

#[tokio::test]
async fn several_seals_on_one_document_are_lifted_together() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "SECRET").await;
        realm.read().await;
        let again = realm.open_alerts().await.remove(0);
        false_alarm(&realm.officer, again.id, "A film")
            .await
            .unwrap();
        realm.read().await;
        documents::add_version(ann, document, "", &b"CONFIDENTIAL"[..], "")
            .await
            .unwrap();
        realm.read().await;
        take_back(&realm.officer, again.id, "It is no film")
            .await
            .unwrap();
        let open = ids(&realm.open_alerts().await);
        assert_eq!(open.len(), 2);
        several::decide(&realm.officer, &open, Act::FalseAlarm, "Films")
            .await
            .unwrap();
        realm.read().await;
        opens(ben, document).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_gone_for_good_is_left_out() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let lines = raised(&realm, &["SECRET"]).await;
        put(
            &realm.cast.world,
            "UPDATE items SET gone_at = 1 WHERE id = $1",
            args![lines[0].document],
        )
        .await;
        let found = several::look(&realm.officer, &ids(&lines), Act::FalseAlarm)
            .await
            .unwrap();
        assert_eq!(found.left_out[0].why, WhyNot::Gone);
    })
    .await;
}

#[tokio::test]
async fn every_statement_about_several_is_accepted_by_both_engines() {
    both(async |world| {
        world
            .prepares(&[
                &several_sql::lines(),
                &several_sql::places(),
                &several_sql::in_hand(),
                &several_sql::judge_anew(),
                &several_sql::lift(),
                &several_sql::overtake(),
                &several_sql::decide(),
            ])
            .await;
    })
    .await;
}
