//! Who decides, what a decision ends, and what goes when one version is destroyed.

use super::says::{Said, Saying, marking, say};
use super::*;
use crate::kernel::Role;

async fn says(who: &Actor, document: Document, marking: &str) -> Said {
    let saying = Saying {
        scheme: "gpms",
        marking,
        reason: "It is",
        seals: true,
    };
    say(who, document, &saying).await.unwrap()
}

#[tokio::test]
async fn nobody_decides_about_what_they_have_brought_themselves() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            olive, papers, ben, ..
        } = &realm.cast;
        let own = &realm.officer;
        realm.cast.give(papers.raw(), own, Role::Contributor).await;
        let closed = realm.bring(own, "Locked.docx", "x").await;
        realm.read_with(locked).await;
        let above = realm.bring(own, "Plan.txt", "SECRET").await;
        realm.read().await;
        let open = realm.open_alerts().await;
        assert_eq!(open.len(), 2);
        let mine = |said: Result<()>, others: bool| match said {
            Err(Error::Refused(why)) => assert_eq!(
                why.contains("there is no other assurance officer"),
                !others,
                "{why}"
            ),
            other => panic!("{other:?}"),
        };
        // Alone in the office too, whatever it is about; and nothing came of any of it.
        for others in [false, true] {
            for alert in open.iter().map(|line| line.id) {
                assert!(super::super::alert(own, alert).await.unwrap().own);
                mine(take_in_hand(own, alert).await, others);
                mine(false_alarm(own, alert, "I know it").await, others);
                mine(
                    downgrade(own, alert, "gpms", "protect", "I know it").await,
                    others,
                );
                mine(keep_sealed(own, alert, "I know it").await, others);
                mine(destroy(own, alert, "I know it").await.map(drop), others);
                mine(
                    destroy_version(own, alert, "I know it").await.map(drop),
                    others,
                );
            }
            assert_eq!(realm.open_alerts().await.len(), 2);
            if !others {
                appoint(&realm.cast, olive, "assurance").await;
            }
        }
        assert_sealed(opens(ben, above).await);
        assert_sealed(opens(ben, closed).await);
        for line in &open {
            assert!(!super::super::alert(olive, line.id).await.unwrap().own);
            false_alarm(olive, line.id, "It is not").await.unwrap();
        }
        assert!(realm.open_alerts().await.is_empty());
        // A version that somebody else added to it is not one's own.
        documents::add_version(ben, above, "", &b"TOP SECRET"[..], "")
            .await
            .unwrap_err();
        realm.read().await;
        documents::add_version(ben, above, "", &b"TOP SECRET"[..], "")
            .await
            .unwrap();
        realm.read().await;
        let alert = realm.open_alerts().await.remove(0);
        keep_sealed(own, alert.id, "It is").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_officers_word_stands_until_somebody_says_something_newer() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "nothing").await;
        realm.read().await;
        assert_eq!(says(ben, document, "restricted").await, Said::Marked);
        documents::add_version(ann, document, "", &b"SECRET"[..], "")
            .await
            .unwrap();
        realm.read().await;
        let alert = realm.open_alerts().await.remove(0);
        downgrade(&realm.officer, alert.id, "gpms", "protect", "An old form")
            .await
            .unwrap();
        realm.read().await;
        let officers = Some(("PROTECT".to_owned(), "officer"));
        assert_eq!(carries(ben, document).await, officers);
        // Nor does what was said before come back when it is read by other rules.
        for policy in ["il2", "il3"] {
            put_in_force(&realm.cast.world.realm, &written(policy)).await;
            realm.read().await;
        }
        assert_eq!(carries(ben, document).await, officers);
        let lines = marking(ben, document).await.unwrap().lines;
        assert!(
            lines
                .iter()
                .any(|one| one.label == "RESTRICTED" && one.until.is_some()),
            "what was said is kept as history: {lines:?}"
        );
        // Somebody says something newer, which is more: that counts.
        assert_eq!(says(ann, document, "restricted").await, Said::Marked);
        let newer = Some(("RESTRICTED".to_owned(), "person"));
        assert_eq!(carries(ben, document).await, newer);
    })
    .await;
}

/// A document whose second version is above the designation, with a draft that was made from it.
async fn half_bad(realm: &Realm) -> (Document, AlertLine) {
    let Cast { ann, ben, .. } = &realm.cast;
    let document = realm.bring(ann, "Plan.txt", "OFFICIAL").await;
    realm.read().await;
    opens(ben, document).await.unwrap();
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
    assert_sealed(opens(ben, document).await);
    (document, realm.open_alerts().await.remove(0))
}

#[tokio::test]
async fn one_version_is_destroyed_and_the_document_goes_on_with_the_others() {
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
        let (document, alert) = half_bad(&realm).await;
        let officer = &realm.officer;
        for who in [ann, olive, &realm.cast.stranger] {
            assert_not_found(destroy_version(who, alert.id, "no").await);
            assert_not_found(version_destruction(who, alert.id).await);
        }
        assert_invalid(destroy_version(officer, alert.id, " ").await, "reason");
        let details = super::super::alert(officer, alert.id).await.unwrap();
        assert!(details.leaves && details.kept.is_nowhere());
        let goes = version_destruction(officer, alert.id).await.unwrap();
        assert_eq!(
            goes.iter().map(|one| (one.version, one.size)).collect::<Vec<_>>(),
            [(2, 140_000)]
        );
        let hold = crate::retention::place_legal_hold(olive, *papers, None, "Inquiry")
            .await
            .unwrap();
        assert!(
            assert_conflict(destroy_version(officer, alert.id, "Spill").await)
                .contains("legal hold")
        );
        crate::retention::lift_legal_hold(olive, *papers, hold, "Over")
            .await
            .unwrap();
        // The vault knows by the machine's clock how old a blob is. This is 2090, for which there are ids.
        world.clock.set(Time::from_micros(3_786_912_000_000_000));
        let id = destroy_version(officer, alert.id, "Spill").await.unwrap();
        // What is left is read once more before others open it.
        assert_being_read(opens(ben, document).await);
        realm.read().await;
        for who in [ann, ben, olive] {
            opens(who, document).await.unwrap();
            assert_not_found(documents::open(who, document, Some(2), true).await);
        }
        documents::open(ben, document, Some(1), true).await.unwrap();
        let page = documents::document(ben, document, None).await.unwrap();
        assert_eq!((page.version, page.size), (3, 8));
        assert_eq!(content_of(&realm.cast, document, 3).await, "OFFICIAL");
        assert_eq!(
            world
                .count("SELECT COUNT(*) AS value FROM contents", args![])
                .await,
            1
        );
        assert_eq!(documents::unreferred(&world.realm).await.unwrap(), 0);
        let faults = documents::faults(&world.realm).await.unwrap();
        assert_eq!(faults, Vec::<String>::new());

        let certificate = super::super::certificate(officer, id).await.unwrap();
        assert!(!certificate.whole);
        assert_eq!(certificate.removed, goes);
        assert_eq!(certificate.elsewhere, Some(Elsewhere::default()));
        let after = super::super::alert(officer, alert.id).await.unwrap();
        assert_eq!(
            after.line.decided.as_ref().map(|one| one.0),
            Some(Decided::Destroyed)
        );
        assert_eq!((after.line.sealed, after.certificate), (None, Some(id)));
        assert!(
            after
                .findings
                .evidence
                .iter()
                .all(|one| one.text.is_empty() && one.after.is_empty())
        );
        assert!(realm.open_alerts().await.is_empty());
        assert_conflict(destroy_version(officer, alert.id, "Again").await);
        // The next one has a number of its own.
        let next = documents::add_version(ben, document, "", &b"OFFICIAL, later"[..], "")
            .await
            .unwrap();
        assert_eq!(next.number, 4);
        realm.read().await;
        opens(ann, document).await.unwrap();
        let entries = world
            .count(
                "SELECT COUNT(*) AS value FROM journal WHERE action IN ('DestroyVersion', 'PutBack') AND item_id = $1",
                args![document],
            )
            .await;
        assert_eq!(entries, 2);
        let faults = documents::faults(&world.realm).await.unwrap();
        assert_eq!(faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn what_was_made_of_it_goes_with_it_and_what_it_was_made_into_stays_named() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            ben,
            olive,
            private,
            world,
            ..
        } = &realm.cast;
        let officer = &realm.officer;
        // The only version of a document is not destroyed alone.
        let alone = realm.bring(ann, "Alone.txt", "TOP SECRET").await;
        realm.read().await;
        let alert = realm.open_alerts().await.remove(0);
        assert!(!super::super::alert(officer, alert.id).await.unwrap().leaves);
        assert!(
            assert_conflict(destroy_version(officer, alert.id, "Spill").await)
                .contains("Destroy all content")
        );
        destroy(officer, alert.id, "Spill").await.unwrap();
        assert_not_found(opens(ann, alone).await);

        // Rules change after others have worked with it: a draft was made from it, it was restored, and it is elsewhere.
        let document = realm.bring(ann, "Plan.txt", "OFFICIAL").await;
        realm.read().await;
        documents::add_version(ann, document, "", &b"RESTRICTED"[..], "")
            .await
            .unwrap();
        realm.read().await;
        documents::check_out(ben, document, "Work").await.unwrap();
        documents::save_draft(ben, document, &b"RESTRICTED, and mine"[..])
            .await
            .unwrap();
        documents::release(olive, document).await.unwrap();
        let other = documents::add(ann, *private, None, "Twin.txt", &b"RESTRICTED"[..])
            .await
            .unwrap()
            .id;
        let third = realm.bring(ben, "Third.txt", "PROTECT").await;
        realm.read().await;
        documents::check_out(ben, third, "").await.unwrap();
        documents::save_draft(ben, third, &b"RESTRICTED"[..])
            .await
            .unwrap();
        put_in_force(&world.realm, &written("il2")).await;
        realm.read().await;
        let open = realm.open_alerts().await;
        let about = |id: Document| open.iter().find(|line| line.document == id).unwrap().id;
        let details = super::super::alert(officer, about(document)).await.unwrap();
        let expected = Elsewhere {
            documents: 1,
            libraries: vec!["Private".to_owned()],
            drafts: 1,
            ..Elsewhere::default()
        };
        assert_eq!(details.kept, expected);
        let id = destroy_version(officer, about(document), "Spill")
            .await
            .unwrap();
        let certificate = super::super::certificate(officer, id).await.unwrap();
        let removed: Vec<_> = certificate
            .removed
            .iter()
            .map(|one| (one.version, one.size))
            .collect();
        assert_eq!(removed, [(0, 20), (2, 10)], "the draft was made from it");
        assert_eq!(certificate.elsewhere, Some(expected));
        // The same content stays with the others, which are sealed for it.
        assert_eq!(content_of(&realm.cast, other, 1).await, "RESTRICTED");
        realm.read().await;
        opens(ben, document).await.unwrap();
        assert_sealed(opens(ann, other).await);
        let faults = documents::faults(&world.realm).await.unwrap();
        assert_eq!(faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn readers_are_shown_what_is_still_published_when_a_version_was_destroyed() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            rita,
            olive,
            papers,
            world,
            ..
        } = &realm.cast;
        let rule = publishing::Publishing { approval: false };
        publishing::change_publishing(olive, *papers, Some(rule), 0)
            .await
            .unwrap();
        let document = realm.bring(ann, "Plan.txt", "OFFICIAL").await;
        realm.read().await;
        publishing::publish(ann, document, 1, "").await.unwrap();
        documents::add_version(ann, document, "", &b"RESTRICTED"[..], "")
            .await
            .unwrap();
        realm.read().await;
        publishing::publish(ann, document, 2, "").await.unwrap();
        put_in_force(&world.realm, &written("il2")).await;
        realm.read().await;
        let alert = realm.open_alerts().await.remove(0);
        destroy_version(&realm.officer, alert.id, "Spill")
            .await
            .unwrap();
        realm.read().await;
        let page = documents::document(rita, document, None).await.unwrap();
        assert_eq!((page.version, page.size), (1, 8));
        opens(rita, document).await.unwrap();
        let page = documents::document(ann, document, None).await.unwrap();
        assert_eq!(page.version, 3);
        let faults = documents::faults(&world.realm).await.unwrap();
        assert_eq!(faults, Vec::<String>::new());
    })
    .await;
}
