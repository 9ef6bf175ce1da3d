//! What was decided can be taken back: then it is as if it had not been decided, from that moment on and wherever the content is.

use std::time::Duration;

use super::super::rules::{Closed, closes, judge};
use super::*;

fn later(realm: &Realm) {
    realm.cast.world.clock.advance(Duration::from_secs(1));
}

/// An alert about this text, found a false alarm, with everything read again.
async fn excused(realm: &Realm, name: &str, text: &str) -> (Document, Id<thing::Alert>) {
    let document = realm.bring(&realm.cast.ann, name, text).await;
    realm.read().await;
    let alert = realm.open_alerts().await.remove(0).id;
    later(realm);
    false_alarm(&realm.officer, alert, "It names a film")
        .await
        .unwrap();
    realm.read().await;
    later(realm);
    (document, alert)
}

#[tokio::test]
async fn a_false_alarm_that_was_none_is_sealed_again_wherever_its_content_is() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            ben,
            rita,
            olive,
            stranger,
            world,
            ..
        } = &realm.cast;
        let (document, alert) = excused(&realm, "Plan.txt", "SECRET").await;
        let copy = realm.bring(ben, "Copy.txt", "SECRET").await;
        let other = realm.bring(ben, "Other.txt", "OFFICIAL").await;
        realm.read().await;
        for who in [ann, ben, rita, olive] {
            opens(who, document).await.unwrap();
            opens(who, copy).await.unwrap();
        }
        for who in [ann, olive, stranger] {
            assert_not_found(take_back(who, alert, "no").await);
        }
        assert_invalid(take_back(&realm.officer, alert, " ").await, "reason");
        assert!(
            super::super::alert(&realm.officer, alert)
                .await
                .unwrap()
                .can_take_back
        );
        take_back(&realm.officer, alert, "It is the plan itself")
            .await
            .unwrap();
        // At once: to everybody, and where the content is elsewhere to all but who brought it there.
        for who in [ann, ben, rita, olive] {
            assert_sealed(opens(who, document).await);
        }
        for who in [ann, rita, olive] {
            assert_being_read(opens(who, copy).await);
            opens(who, other).await.unwrap();
        }
        realm.read().await;
        for who in [ann, ben, rita, olive] {
            assert_sealed(opens(who, document).await);
            assert_sealed(opens(who, copy).await);
        }
        let open = realm.open_alerts().await;
        assert_eq!(
            open.iter()
                .map(|line| (line.name.as_str(), line.kind, line.sealed))
                .collect::<Vec<_>>(),
            [
                ("Plan.txt", AlertKind::Above, Some(Sealed::ToAll)),
                ("Copy.txt", AlertKind::Above, Some(Sealed::ToAll))
            ]
        );
        // It is in the hand of whoever took it back, and what was decided is told.
        let (by, _) = open[0].in_hand.clone().unwrap();
        assert_eq!(by.name, "Oriel Penn");
        let details = super::super::alert(&realm.officer, alert).await.unwrap();
        let [before] = &details.taken_back[..] else {
            panic!("{:?}", details.taken_back)
        };
        assert_eq!(
            (
                before.decided,
                before.reason.as_str(),
                before.why.as_str(),
                before.undone_by.name.as_str()
            ),
            (
                Decided::FalseAlarm,
                "It names a film",
                "It is the plan itself",
                "Oriel Penn"
            )
        );
        assert!(!details.can_take_back);
        assert!(
            assert_conflict(take_back(&realm.officer, alert, "Twice").await)
                .contains("taken it back already")
        );
        // The same content raises it from now on; deciding again teaches again.
        let third = realm.bring(ben, "Third.txt", "SECRET").await;
        realm.read().await;
        assert_sealed(opens(ben, third).await);
        false_alarm(&realm.officer, alert, "It was a film after all")
            .await
            .unwrap();
        realm.read().await;
        opens(rita, document).await.unwrap();
        let said = world
            .count(
                "SELECT COUNT(*) AS value FROM journal WHERE action = 'TakeBackDecision' AND item_id = $1 AND sort = 'marking'",
                args![document],
            )
            .await;
        assert_eq!(said, 1);
    })
    .await;
}

#[tokio::test]
async fn what_another_officer_decided_about_the_same_content_does_not_undo_it() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        let one = realm.bring(ann, "One.txt", "SECRET").await;
        let two = realm.bring(ben, "Two.txt", "SECRET").await;
        realm.read().await;
        let alerts = realm.open_alerts().await;
        let [first, second] = &alerts[..] else {
            panic!("{alerts:?}")
        };
        for alert in [first, second] {
            false_alarm(&realm.officer, alert.id, "A film")
                .await
                .unwrap();
        }
        realm.read().await;
        opens(ben, one).await.unwrap();
        later(&realm);
        let alert = if first.document == one { first } else { second };
        take_back(&realm.officer, alert.id, "No film")
            .await
            .unwrap();
        realm.read().await;
        assert_sealed(opens(ben, one).await);
        assert_sealed(opens(ann, two).await);
        assert_eq!(realm.open_alerts().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_corrected_marking_that_is_taken_back_ends_and_what_it_replaced_is_again() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "SECRET").await;
        realm.read().await;
        let alert = realm.open_alerts().await.remove(0).id;
        let marking = async || {
            let page = documents::document(ben, document, None).await.unwrap();
            page.marking
        };
        later(&realm);
        downgrade(&realm.officer, alert, "gpms", "protect", "Out of date")
            .await
            .unwrap();
        realm.read().await;
        assert_eq!(marking().await.as_deref(), Some("PROTECT"));
        later(&realm);
        take_back(&realm.officer, alert, "It is not").await.unwrap();
        realm.read().await;
        assert_sealed(opens(ann, document).await);
        let markings = realm
            .cast
            .world
            .count(
                "SELECT COUNT(*) AS value FROM markings WHERE document_id = $1 AND until_at = 9223372036854775807",
                args![document],
            )
            .await;
        assert_eq!(markings, 0, "nothing is marked by what was taken back");
        // Another correction replaces it, and is itself taken back: what it replaced counts again.
        later(&realm);
        downgrade(&realm.officer, alert, "gpms", "protect", "Re-graded")
            .await
            .unwrap();
        realm.read().await;
        later(&realm);
        documents::add_version(ann, document, "", &b"TOP SECRET"[..], "")
            .await
            .unwrap();
        realm.read().await;
        let next = realm.open_alerts().await.remove(0).id;
        later(&realm);
        downgrade(&realm.officer, next, "gpms", "restricted", "Less than that")
            .await
            .unwrap();
        realm.read().await;
        assert_eq!(marking().await.as_deref(), Some("RESTRICTED"));
        later(&realm);
        take_back(&realm.officer, next, "It is that").await.unwrap();
        realm.read().await;
        assert_sealed(opens(ann, document).await);
        let rows = realm
            .cast
            .world
            .look(
                "SELECT label FROM markings WHERE document_id = $1 AND until_at = 9223372036854775807",
                args![document],
            )
            .await;
        let labels: Vec<String> = rows.iter().map(|row| row.get("label").unwrap()).collect();
        assert_eq!(labels, ["PROTECT"]);
    })
    .await;
}

#[tokio::test]
async fn what_was_kept_is_as_the_rules_have_it_and_what_was_destroyed_stays_so() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        let locked = |_: &str| Input {
            unread: vec![Unread {
                file: 0,
                why: "it is protected by a password".to_owned(),
                minor: false,
            }],
            ..Input::default()
        };
        let document = realm.bring(ann, "Locked.docx", "x").await;
        realm.read_with(locked).await;
        let alert = realm.open_alerts().await.remove(0).id;
        assert!(
            assert_conflict(take_back(&realm.officer, alert, "What?").await)
                .contains("Nothing was decided")
        );
        keep_sealed(&realm.officer, alert, "Nobody has the password")
            .await
            .unwrap();
        assert_sealed(opens(ann, document).await);
        later(&realm);
        take_back(&realm.officer, alert, "Its author has it")
            .await
            .unwrap();
        opens(ann, document).await.unwrap();
        assert_sealed(opens(ben, document).await);
        realm.read_with(locked).await;
        opens(ann, document).await.unwrap();
        assert_sealed(opens(ben, document).await);
        assert_eq!(realm.open_alerts().await.len(), 1);
        destroy(&realm.officer, alert, "Nobody needs it")
            .await
            .unwrap();
        let late = take_back(&realm.officer, alert, "We do").await;
        assert!(assert_conflict(late).contains("cannot be taken back"));
        let details = super::super::alert(&realm.officer, alert).await.unwrap();
        assert!(!details.can_take_back);

        // Nor what was decided before about a document that another alert's decision destroyed.
        let (other, first) = excused(&realm, "Plan.txt", "SECRET").await;
        documents::add_version(ann, other, "", &b"TOP SECRET"[..], "")
            .await
            .unwrap();
        realm.read().await;
        let second = realm.open_alerts().await.remove(0).id;
        destroy(&realm.officer, second, "A spill").await.unwrap();
        let late = take_back(&realm.officer, first, "It was none").await;
        assert!(assert_conflict(late).contains("gone for good"));
        let details = super::super::alert(&realm.officer, first).await.unwrap();
        assert!(!details.can_take_back);
    })
    .await;
}

#[tokio::test]
async fn what_the_rules_ended_is_taken_back_by_rules_and_not_by_officers() {
    both(async |world| {
        let realm = Realm::new(world, "il2").await;
        realm.bring(&realm.cast.ann, "Plan.txt", "RESTRICTED").await;
        realm.read().await;
        put_in_force(&realm.cast.world.realm, &written("il3")).await;
        realm.read().await;
        let page = alerts(&realm.officer, AlertState::Decided, None, None)
            .await
            .unwrap();
        let late = take_back(&realm.officer, page.lines[0].id, "It is above").await;
        assert!(assert_conflict(late).contains("rules in force"));
    })
    .await;
}

#[tokio::test]
async fn its_author_and_owners_are_told_that_it_is_closed_again() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann, olive, rita, ..
        } = &realm.cast;
        let (_, alert) = excused(&realm, "Plan.txt", "SECRET").await;
        take_back(&realm.officer, alert, "It is the plan itself")
            .await
            .unwrap();
        keep_up(&realm).await;
        let last = async |who: &Actor| told(who).await.into_iter().map(|one| one.0).next();
        let says = "Oriel Penn (Harbour Lights) took back what was decided about Plan.txt (false alarm), which is sealed to everybody again: It is the plan itself";
        for who in [ann, olive] {
            assert_eq!(last(who).await.as_deref(), Some(says));
        }
        assert_eq!(last(rita).await, None);
        // An officer is told what waits, and how much of it is in whose hand.
        let waiting = alerts_waiting(&realm.officer).await.unwrap();
        assert_eq!((waiting.open, waiting.in_hand, waiting.mine), (1, 1, 1));
        assert!(waiting.oldest.is_some());
        for who in [ann, olive, rita] {
            assert_not_found(alerts_waiting(who).await);
        }
        let details = super::super::alert(&realm.officer, alert).await.unwrap();
        let owners: Vec<_> = details.owners.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(owners, [olive_named(&realm).await]);
    })
    .await;
}

async fn olive_named(realm: &Realm) -> String {
    let rows = realm
        .cast
        .world
        .look(
            "SELECT name FROM people WHERE id = $1",
            args![realm.cast.olive.me().unwrap()],
        )
        .await;
    rows[0].get("name").unwrap()
}

/// What is closed again is closed as reading closes it.
#[test]
fn an_alert_closes_as_the_rules_do() {
    let (schemes, policy) = written("il3").parse().unwrap();
    let (mut asking, mut flagging) = (policy.clone(), policy.clone());
    asking.unmarked = markings::Unmarked::Ask;
    flagging.unread = markings::Unreadable::Flag;
    let unread = Input {
        unread: vec![Unread {
            file: 0,
            why: "a password".to_owned(),
            minor: false,
        }],
        ..Input::default()
    };
    let said = |text: &str| Input {
        pieces: vec![header(text)],
        ..Input::default()
    };
    let malware = Threat::Malware("Eicar".to_owned());
    for (input, threat, policy, blocks) in [
        (said("SECRET"), Threat::None, &policy, true),
        (said("CONFIDENTIAL"), Threat::None, &policy, true),
        (said("OFFICIAL"), malware, &policy, true),
        (unread.clone(), Threat::None, &policy, true),
        (unread, Threat::None, &flagging, true),
        (said("nothing"), Threat::None, &asking, true),
        (
            said("OFFICIAL"),
            Threat::Unscanned { block: true },
            &policy,
            true,
        ),
        (
            said("OFFICIAL"),
            Threat::Unscanned { block: false },
            &policy,
            false,
        ),
        (said("UK EYES ONLY"), Threat::None, &policy, true),
    ] {
        let decision = markings::decide(&input, &schemes, policy);
        let judged = judge(&decision, &threat, policy, "RESTRICTED", |_, _| false);
        let Some(kind) = judged.alert else {
            panic!("{input:?} raises no alert")
        };
        assert_eq!(
            closes(kind, &judged.label, Some(policy), blocks),
            judged.closed,
            "{kind:?} {:?}",
            judged.label
        );
    }
    // Where nobody knows by which rules, as much as any does.
    assert_eq!(
        closes(AlertKind::Unread, "", None, true),
        Some(Closed::Others)
    );
}

#[tokio::test]
async fn every_statement_of_taking_back_is_accepted_by_both_engines() {
    both(async |world| {
        world.prepares(super::super::reopen_sql::STATEMENTS).await;
    })
    .await;
}
