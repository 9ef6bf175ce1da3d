//! What was read decides who may open a document, by every rule at once, and what officers decide is kept.

mod deciding;
mod desk;
mod ended;
mod gone;
mod judging;
mod moving;
mod reopen;
mod said;
mod several;
mod stage;
mod switching;
mod told;
mod trial;

use markings::{Decision, Input, Unread};

use super::record::record;
use super::sql::{self, WaitingRow};
use super::*;
use crate::documents;
use crate::kernel::{Actor, Id, Rules, Time, args, thing};
use crate::libraries::tests::fixture::{Cast, assert_conflict, assert_invalid, names, put};
use crate::libraries::{self, Listing, publishing};
use crate::testing::{assert_not_found, both};
use crate::{Error, Result};
use stage::*;

#[tokio::test]
async fn a_version_is_its_authors_alone_until_it_was_read() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            ben,
            rita,
            olive,
            stranger,
            papers,
            ..
        } = &realm.cast;
        let document = realm.bring(ann, "Return.txt", "OFFICIAL").await;
        opens(ann, document).await.unwrap();
        for who in [ben, rita, olive] {
            assert_being_read(opens(who, document).await);
            assert_being_read(documents::preview(who, document, 1, "text/plain").await);
            assert_being_read(documents::check_out(who, document, "").await);
        }
        assert_not_found(opens(stranger, document).await);
        let listing = libraries::list(ben, *papers, &Listing::default())
            .await
            .unwrap();
        assert!(listing.items.iter().any(|line| line.sealed));
        realm.read().await;
        for who in [ann, ben, rita, olive] {
            opens(who, document).await.unwrap();
        }
        assert_not_found(opens(stranger, document).await);

        // The next version closes it again to all but who made it; and then the next does.
        documents::add_version(ben, document, "", &b"RESTRICTED"[..], "")
            .await
            .unwrap();
        opens(ben, document).await.unwrap();
        assert_being_read(opens(ann, document).await);
        assert_being_read(documents::open(ann, document, Some(1), true).await);
        realm.read().await;
        opens(ann, document).await.unwrap();
        let page = documents::document(ann, document, None).await.unwrap();
        assert_eq!(page.marking.as_deref(), Some("RESTRICTED"));
        // Whoever may see it may see what it was before, which carried more.
        documents::add_version(ann, document, "", &b"OFFICIAL"[..], "")
            .await
            .unwrap();
        realm.read().await;
        let page = documents::document(ann, document, None).await.unwrap();
        assert_eq!(page.marking.as_deref(), Some("RESTRICTED"));
        // Restoring one makes a version too.
        documents::restore_version(ann, document, 1).await.unwrap();
        assert_being_read(opens(ben, document).await);
    })
    .await;
}

#[tokio::test]
async fn what_is_above_is_sealed_to_everybody_until_an_officer_decides() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, rita, olive, papers, .. } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "SECRET").await;
        // Its author sent it to themselves, and knows; somebody else has seen an earlier version.
        realm.read().await;
        for who in [ann, ben, rita, olive] {
            assert_sealed(opens(who, document).await);
            assert_sealed(documents::open(who, document, Some(1), true).await);
            assert_sealed(documents::preview(who, document, 1, "text/plain").await);
            assert_sealed(documents::compare(who, document, 1, 1).await);
            assert_sealed(documents::check_out(who, document, "").await);
            assert_sealed(documents::add_version(who, document, "", &b"OFFICIAL"[..], "").await);
        }
        assert_not_found(opens(&realm.officer, document).await);
        let open = realm.open_alerts().await;
        let [alert] = &open[..] else { panic!("{open:?}") };
        assert_eq!((alert.kind, alert.label.as_str(), alert.sealed), (AlertKind::Above, "SECRET", Some(Sealed::ToAll)));
        assert_eq!(alert.placed_by.name, "Ann Brook");
        let (_, of_library) = library_alerts(olive, *papers, None).await.unwrap();
        assert_eq!(of_library.lines, open);
        for who in [ann, ben] {
            assert!(library_alerts(who, *papers, None).await.is_err());
        }
        // Nobody else knows of alerts, nor decides.
        for who in [ann, olive, &realm.cast.stranger] {
            assert_not_found(alerts(who, AlertState::All, None, None).await);
            assert_not_found(super::alert(who, alert.id).await);
            assert_not_found(take_in_hand(who, alert.id).await);
            assert_not_found(false_alarm(who, alert.id, "no").await);
            assert_not_found(keep_sealed(who, alert.id, "no").await);
            assert_not_found(downgrade(who, alert.id, "gsc", "official", "no").await);
            assert_not_found(destroy(who, alert.id, "no").await);
        }
        take_in_hand(&realm.officer, alert.id).await.unwrap();
        assert_invalid(false_alarm(&realm.officer, alert.id, " ").await, "reason");
        false_alarm(&realm.officer, alert.id, "It names a film").await.unwrap();
        // It is judged once more, in case there is something else.
        assert_being_read(opens(ben, document).await);
        realm.read().await;
        for who in [ann, ben, rita, olive] {
            opens(who, document).await.unwrap();
        }
        assert!(realm.open_alerts().await.is_empty());
        let again = keep_sealed(&realm.officer, alert.id, "Late").await;
        assert!(assert_conflict(again).contains("Oriel Penn"));
        // The same content raises no such alert again, wherever it is; other content does.
        let copy = realm.bring(ben, "Copy.txt", "SECRET").await;
        let other = realm.bring(ben, "Other.txt", "SECRET\n").await;
        realm.read().await;
        opens(rita, copy).await.unwrap();
        assert_sealed(opens(rita, other).await);
        // And it is all in the trail of the library.
        let said = realm.cast.world.count(
            "SELECT COUNT(*) AS value FROM journal WHERE action IN ('RecordScan', 'SealDocument', 'TakeInHand', 'FindFalseAlarm') AND item_id = $1",
            args![document],
        ).await;
        assert_eq!(said, 5);
    })
    .await;
}

#[tokio::test]
async fn rules_that_block_or_only_flag_count_for_what_was_read_before() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        let document = realm.bring(ann, "Locked.docx", "x").await;
        let locked = |_: &str| Input {
            unread: vec![Unread {
                file: 0,
                why: "it is protected by a password".to_owned(),
                minor: false,
            }],
            ..Input::default()
        };
        realm.read_with(locked).await;
        assert_sealed(opens(ben, document).await);
        let blocks = written("il3");
        let flags = Written {
            policy: blocks
                .policy
                .replace("unread = \"block\"", "unread = \"flag\""),
            ..blocks.clone()
        };
        assert_ne!(flags.policy, blocks.policy);
        for (rules, sealed) in [(&flags, None), (&blocks, Some(Sealed::ToOthers))] {
            put_in_force(&realm.cast.world.realm, rules).await;
            realm.read_with(locked).await;
            let alerts = realm.open_alerts().await;
            assert_eq!(alerts.len(), 1, "the one before is over");
            assert_eq!(
                (alerts[0].kind, alerts[0].sealed),
                (AlertKind::Unread, sealed)
            );
            assert_eq!(opens(ben, document).await.is_ok(), sealed.is_none());
            opens(ann, document).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn what_nobody_can_say_anything_of_is_open_to_its_author() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann, ben, olive, ..
        } = &realm.cast;
        let document = realm.bring(ann, "Locked.docx", "x").await;
        let locked = |_: &str| Input {
            unread: vec![Unread {
                file: 0,
                why: "it is protected by a password".to_owned(),
                minor: false,
            }],
            ..Input::default()
        };
        realm.read_with(locked).await;
        opens(ann, document).await.unwrap();
        for who in [ben, olive] {
            assert_sealed(opens(who, document).await);
        }
        let alert = realm.open_alerts().await.remove(0);
        assert_eq!(
            (alert.kind, alert.sealed),
            (AlertKind::Unread, Some(Sealed::ToOthers))
        );
        // Kept sealed, it is closed to its author too.
        keep_sealed(&realm.officer, alert.id, "Nobody has the password")
            .await
            .unwrap();
        assert_sealed(opens(ann, document).await);
        // What was kept can be looked at again.
        false_alarm(&realm.officer, alert.id, "They gave me the password")
            .await
            .unwrap();
        realm.read_with(locked).await;
        opens(ben, document).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_marking_that_needs_clearance_hides_a_document_from_the_others() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, papers, .. } = &realm.cast;
        let id: Id<thing::Interval> = realm.cast.world.realm.new_id();
        put(
            &realm.cast.world,
            "INSERT INTO clearances (id, person_id, level, from_at, until_at) VALUES ($1, $2, 3, 0, $3)",
            args![id, ann.me().unwrap(), Time::FOREVER],
        )
        .await;
        let document = realm.bring(ann, "Assessment.txt", "OFFICIAL-SENSITIVE").await;
        realm.read().await;
        opens(ann, document).await.unwrap();
        assert_not_found(opens(ben, document).await);
        assert!(names(ben, *papers, &Listing::default()).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn other_rules_raise_and_lift_what_they_ask_for() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        let restricted = realm.bring(ann, "Restricted.txt", "RESTRICTED").await;
        let official = realm.bring(ann, "Official.txt", "OFFICIAL").await;
        realm.read().await;
        opens(ben, restricted).await.unwrap();
        let entries = async || {
            realm
                .cast
                .world
                .count(
                    "SELECT COUNT(*) AS value FROM journal WHERE sort = 'marking'",
                    args![],
                )
                .await
        };
        let use_policy =
            async |policy: &str| put_in_force(&realm.cast.world.realm, &written(policy)).await;
        use_policy("il2").await;
        let before = entries().await;
        let progress = progress(&realm.cast.world.realm).await.unwrap().unwrap();
        assert_eq!(
            (progress.unread, progress.behind, progress.total),
            (0, 2, 2)
        );
        realm.read().await;
        assert_sealed(opens(ben, restricted).await);
        opens(ben, official).await.unwrap();
        // What is as it was makes no entry.
        assert_eq!(entries().await, before + 2);
        use_policy("il3").await;
        realm.read().await;
        opens(ben, restricted).await.unwrap();
        assert!(realm.open_alerts().await.is_empty());
        let decided = alerts(&realm.officer, AlertState::Decided, None, None)
            .await
            .unwrap();
        assert_eq!(
            decided.lines[0].decided.as_ref().map(|one| one.0),
            Some(Decided::Rules)
        );
    })
    .await;
}

#[tokio::test]
async fn destroyed_content_is_nowhere_and_its_facts_stay() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            ben,
            olive,
            papers,
            world,
            ..
        } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "OFFICIAL").await;
        realm.read().await;
        // Somebody looks before it goes wrong, and after.
        opens(ben, document).await.unwrap();
        world.clock.advance(std::time::Duration::from_mins(1));
        let large = "SECRET\n".repeat(20_000);
        documents::add_version(ann, document, "", large.as_bytes(), "")
            .await
            .unwrap();
        realm
            .read_with(|_| Input {
                pieces: vec![header("SECRET")],
                ..Input::default()
            })
            .await;
        assert_sealed(opens(ann, document).await);
        let alert = realm.open_alerts().await.remove(0);
        let details = super::alert(&realm.officer, alert.id).await.unwrap();
        assert!(details.exposed.is_empty(), "{:?}", details.exposed);
        assert!(details.findings.evidence[0].after.contains("follows"));
        let hold = crate::retention::place_legal_hold(olive, *papers, None, "Inquiry")
            .await
            .unwrap();
        assert!(
            assert_conflict(destroy(&realm.officer, alert.id, "Spill").await)
                .contains("legal hold")
        );
        crate::retention::lift_legal_hold(olive, *papers, hold, "Over")
            .await
            .unwrap();
        let twin = realm.bring(ben, "Twin.txt", "OFFICIAL").await;
        // The vault knows by the machine's clock how old a blob is.
        world.clock.set(Time::from_micros(32_503_680_000_000_000));
        let certificate = destroy(&realm.officer, alert.id, "Spill").await.unwrap();
        for who in [ann, ben, olive] {
            assert_not_found(opens(who, document).await);
        }
        // What another document has too stays with that one.
        assert_eq!(content_of(&realm.cast, twin, 1).await, "OFFICIAL");
        assert_eq!(
            world
                .count("SELECT COUNT(*) AS value FROM contents", args![])
                .await,
            1
        );
        assert_eq!(documents::unreferred(&world.realm).await.unwrap(), 0);
        let certificate = super::certificate(&realm.officer, certificate)
            .await
            .unwrap();
        assert_eq!(
            certificate
                .removed
                .iter()
                .map(|one| (one.version, one.size))
                .collect::<Vec<_>>(),
            [(1, 8), (2, 140_000)]
        );
        assert_eq!(
            (certificate.name.as_str(), certificate.reason.as_str()),
            ("Plan.txt", "Spill")
        );
        assert_not_found(super::certificate(olive, certificate.id).await);
        let after = super::alert(&realm.officer, alert.id).await.unwrap();
        assert_eq!(
            after.line.decided.as_ref().map(|one| one.0),
            Some(Decided::Destroyed)
        );
        assert!(
            after
                .findings
                .evidence
                .iter()
                .all(|one| one.text.is_empty() && one.after.is_empty())
        );
        assert_eq!(after.certificate, Some(certificate.id));
    })
    .await;
}

#[tokio::test]
async fn who_saw_it_meanwhile_is_named() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, rita, .. } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "RESTRICTED").await;
        realm.read().await;
        for _ in 0..2 {
            opens(ben, document).await.unwrap();
        }
        documents::open(rita, document, None, true).await.unwrap();
        opens(ann, document).await.unwrap();
        // The rules change, and what was fine is above.
        let mut w = Actor::console(&realm.cast.world.realm)
            .write::<ChangeRules>(Id::REALM)
            .await
            .unwrap();
        let rules = rulebook::put(&mut w, &written("il2"), 0).await.unwrap();
        w.commit(RulesChanged {
            name: rules.policy.name.clone(),
            rulebook: rules.id.to_string(),
        })
        .await
        .unwrap();
        rulebook::refresh(&realm.cast.world.realm).await.unwrap();
        realm.read().await;
        let alert = realm.open_alerts().await.remove(0);
        let details = super::alert(&realm.officer, alert.id).await.unwrap();
        let saw: Vec<_> = details
            .exposed
            .iter()
            .map(|one| (one.who.name.as_str(), one.opened, one.downloaded))
            .collect();
        assert_eq!(saw, [("Ben Field", 2, 0), ("Rita Stone", 0, 1)]);
    })
    .await;
}

#[tokio::test]
async fn a_draft_that_is_being_read_closes_nothing_to_readers() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            ben,
            rita,
            olive,
            papers,
            ..
        } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "OFFICIAL").await;
        realm.read().await;
        publishing::change_publishing(
            olive,
            *papers,
            Some(publishing::Publishing { approval: false }),
            0,
        )
        .await
        .unwrap();
        documents::add_version(ann, document, "", &b"PROTECT"[..], "")
            .await
            .unwrap();
        opens(rita, document).await.unwrap();
        let listing = libraries::list(rita, *papers, &Listing::default())
            .await
            .unwrap();
        assert!(listing.items.iter().all(|line| !line.sealed));
        assert_being_read(opens(ben, document).await);
        realm.read().await;
        opens(ben, document).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| {
        for statements in sql::STATEMENTS {
            world.prepares(statements).await;
        }
        world.prepares(told_sql::STATEMENTS).await;
        world.prepares(&[&told_sql::levels()]).await;
        world.prepares(says::STATEMENTS).await;
        world.prepares(elsewhere::STATEMENTS).await;
        world.prepares(super::gone::STATEMENTS).await;
        world.prepares(destroy_version::STATEMENTS).await;
    })
    .await;
}
