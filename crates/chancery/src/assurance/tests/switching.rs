//! A realm's rules are the realm's, whatever the settings of a node say, and whichever release of the program put them in force.

use super::*;

/// Rules are put in force by another node: this one has not heard of it yet.
async fn elsewhere(realm: &crate::kernel::Realm, written: &Written) -> Rules {
    let mut w = Actor::console(realm)
        .write::<ChangeRules>(Id::REALM)
        .await
        .unwrap();
    let rules = rulebook::put(&mut w, written, 0).await.unwrap();
    w.commit(RulesChanged {
        name: rules.policy.name.clone(),
        rulebook: rules.id.to_string(),
    })
    .await
    .unwrap();
    rules
}

async fn said_by(world: &crate::testing::World, program: &str) {
    put(
        world,
        "UPDATE rulebooks SET program = $1 WHERE until_at = 9223372036854775807 AND from_at < 9223372036854775807",
        args![program],
    )
    .await;
}

#[tokio::test]
async fn a_node_that_reads_nothing_opens_nothing_unread_where_others_read() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let (realm, ann, ben) = (&cast.world.realm, &cast.ann, &cast.ben);
        // A realm in which nothing is read, as its node says.
        assert_eq!(follow(realm).await.unwrap(), None);
        let add = async |name: &str, content: &'static str| {
            documents::add(ann, cast.papers, None, name, content.as_bytes())
                .await
                .unwrap()
                .id
        };
        let before = add("Before.txt", "SECRET").await;
        opens(ben, before).await.unwrap();
        // Another node puts rules in force, and this one has not even heard of it.
        elsewhere(realm, &written("il3")).await;
        assert!(realm.rules().is_none());
        let after = add("After.txt", "SECRET, too").await;
        assert_being_read(opens(ben, after).await);
        documents::add_version(ann, before, "", &b"SECRET, once more"[..], "")
            .await
            .unwrap();
        assert_being_read(opens(ben, before).await);
        documents::restore_version(ann, before, 1).await.unwrap();
        assert_being_read(opens(ben, before).await);
        // It knows now, by which a person is kept from lowering what others read, and it still reads nothing itself.
        assert_eq!(
            follow(realm).await.unwrap().as_deref(),
            Some("IL3: up to RESTRICTED")
        );
        assert_eq!(read_waiting(realm).await.unwrap(), 0);
        assert_being_read(opens(ben, after).await);
    })
    .await;
}

#[tokio::test]
async fn reading_is_switched_off_for_the_whole_realm_by_whoever_is_at_the_machine() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann, ben, world, ..
        } = &realm.cast;
        let console = world.console();
        let sealed = realm.bring(ann, "Plan.txt", "SECRET").await;
        realm.read().await;
        let waits = realm.bring(ann, "Waits.txt", "OFFICIAL").await;
        for who in [&realm.officer, ann] {
            assert_not_found(stop_reading(who, "No", true).await);
        }
        assert_invalid(stop_reading(&console, " ", true).await, "reason");
        assert_invalid(stop_reading(&console, "Trouble", false).await, "unread");
        assert_being_read(opens(ben, waits).await);
        assert_eq!(stop_reading(&console, "Trouble", true).await.unwrap(), 1);
        opens(ben, waits).await.unwrap();
        // What was sealed stays so, and a decision about it leaves nothing closed for ever.
        assert_sealed(opens(ann, sealed).await);
        let alert = realm.open_alerts().await.remove(0);
        false_alarm(&realm.officer, alert.id, "A film").await.unwrap();
        opens(ben, sealed).await.unwrap();
        let next = realm.bring(ann, "Next.txt", "SECRET, and more").await;
        opens(ben, next).await.unwrap();
        // A node that starts with a policy in its settings does not switch it on again, and none changes it by the way.
        let begun = begin(&world.realm, &written("il3")).await.unwrap();
        assert_eq!(begun, Begun::Off);
        assert!(world.realm.rules().is_none());
        assert!(propose(&console, &written("il2")).await.is_err());
        assert_conflict(stop_reading(&console, "Again", true).await);
        let kept = world
            .count(
                "SELECT COUNT(*) AS value FROM journal WHERE action = 'StopReading' AND person_id = 0",
                args![],
            )
            .await;
        assert_eq!(kept, 1);
        assert_not_found(read_again(&realm.cast.stranger).await);
        assert_eq!(
            read_again(&console).await.unwrap(),
            "IL3: up to RESTRICTED"
        );
        assert_conflict(read_again(&console).await);
        // What came meanwhile is read, and what may not be here is sealed then.
        realm.read().await;
        assert_sealed(opens(ben, next).await);
    })
    .await;
}

#[tokio::test]
async fn a_program_older_than_the_rules_in_force_does_not_take_over() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann, ben, world, ..
        } = &realm.cast;
        let console = world.console();
        let document = realm.bring(ann, "Plan.txt", "RESTRICTED").await;
        realm.read().await;
        let in_force = world.realm.rules().unwrap().id;
        let judged_by = async || {
            world
                .count("SELECT MAX(judged_by) AS value FROM versions", args![])
                .await
        };
        let before = judged_by().await;
        assert_eq!(before, in_force.raw());
        assert_conflict(take_over(&console).await);
        said_by(world, "999.0.0").await;
        let begun = begin(&world.realm, &written("il2")).await.unwrap();
        assert_eq!(begun, Begun::Newer("999.0.0".to_owned()));
        let (now, _) = rules_now(&console).await.unwrap();
        assert_eq!(now, Some(in_force), "nothing was put in their place");
        // It takes in, and leaves the reading to others; nor does it change their rules.
        let next = realm.bring(ann, "Next.txt", "OFFICIAL").await;
        assert_eq!(read_waiting(&world.realm).await.unwrap(), 0);
        assert_being_read(opens(ben, next).await);
        opens(ben, document).await.unwrap();
        let proposed = propose(&console, &written("il2")).await.unwrap();
        assert!(matches!(
            switch_on(&console, proposed, true).await,
            Err(Error::Refused(_))
        ));
        // Unless whoever went back to the release before says so.
        assert_not_found(take_over(&realm.cast.stranger).await);
        take_over(&console).await.unwrap();
        realm.read().await;
        opens(ben, next).await.unwrap();
        assert!(judged_by().await > before);

        // One that is newer takes over by itself, and reads everything again.
        said_by(world, "0.0.1").await;
        let before = world.realm.rules().unwrap().id;
        assert_eq!(
            begin(&world.realm, &written("il3")).await.unwrap(),
            Begun::Same
        );
        assert!(world.realm.rules().unwrap().id > before);
        // And what another program puts in force meanwhile, this one leaves to it.
        elsewhere(&world.realm, &written("il2")).await;
        said_by(world, "999.0.0").await;
        rulebook::refresh(&world.realm).await.unwrap();
        assert_eq!(read_waiting(&world.realm).await.unwrap(), 0);
        assert!(world.realm.rules_to_read_by().is_none());
    })
    .await;
}

#[test]
fn releases_are_in_the_order_of_their_numbers() {
    for (newer, older) in [
        ("0.10.0", "0.9.9"),
        ("1.0.0", "0.99.0"),
        ("1.2.3", "1.2"),
        ("2.0.0-rc.1", "1.9.0"),
    ] {
        assert!(rulebook::is_newer(newer, older), "{newer} {older}");
        assert!(!rulebook::is_newer(older, newer), "{older} {newer}");
    }
    assert!(!rulebook::is_newer("1.2.3", "1.2.3"));
}

#[tokio::test]
async fn an_older_rulebook_never_overwrites_a_newer_one() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann, ben, world, ..
        } = &realm.cast;
        let old = world.realm.rules().unwrap();
        let read = realm.bring(ann, "Read.txt", "RESTRICTED").await;
        realm.read().await;
        let unread = realm.bring(ann, "Unread.txt", "RESTRICTED, too").await;
        // A node has begun to read both by the rules of then, when stricter ones are put in force elsewhere.
        let new = elsewhere(&world.realm, &written("il2")).await;
        let decision = decide(
            &old,
            &Input {
                pieces: vec![header("RESTRICTED")],
                ..Input::default()
            },
        );
        let late = async |document: Document| {
            let rows = world
                .look(
                    "SELECT id FROM versions WHERE document_id = $1",
                    args![document],
                )
                .await;
            let row = WaitingRow {
                id: Id::from_raw(rows[0].get("id").unwrap()),
                document_id: document,
                number: 1,
                takes_long: false,
            };
            record(
                &world.realm,
                &old,
                &row,
                &decision,
                &Threat::NotLooked,
                &findings("RESTRICTED"),
            )
            .await
            .unwrap();
        };
        late(unread).await;
        // It is nobody's to open by rules that were over, and this node knows of the new ones by now.
        assert_being_read(opens(ben, unread).await);
        assert_eq!(world.realm.rules().unwrap().id, new.id);
        realm.read().await;
        for document in [read, unread] {
            assert_sealed(opens(ben, document).await);
        }
        late(read).await;
        late(unread).await;
        for document in [read, unread] {
            assert_sealed(opens(ben, document).await);
        }
        let judged = world
            .count(
                "SELECT COUNT(*) AS value FROM versions WHERE judged_by = $1",
                args![new.id],
            )
            .await;
        assert_eq!(judged, 2);
    })
    .await;
}
