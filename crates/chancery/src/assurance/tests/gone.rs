//! What becomes of an alert when its document goes for good, and of what was destroyed when somebody sends it again.

use super::*;
use crate::retention;
use crate::trail::{self, Of, TrailFilter};
use crate::uploads::{self, Became, Beginning, Outcome, To};

/// There is nothing to decide about, nor to be taken back.
async fn nothing_is_left_to_decide(officer: &Actor, decided: &[AlertLine]) {
    let alert = decided[1].id;
    let details = super::super::alert(officer, alert).await.unwrap();
    assert!(!details.can_take_back);
    assert!(assert_conflict(take_back(officer, alert, "No").await).contains("went for good"));
    assert!(
        assert_conflict(false_alarm(officer, alert, "Nothing").await).contains("went for good")
    );
    let ids: Vec<_> = decided.iter().map(|line| line.id).collect();
    let several =
        super::super::several::look(officer, &ids, super::super::several::Act::FalseAlarm)
            .await
            .unwrap();
    assert!(several.ready.is_empty());
    assert!(
        several
            .left_out
            .iter()
            .all(|one| one.why == super::super::several::WhyNot::Gone)
    );
}

#[tokio::test]
async fn an_alert_ends_when_its_document_goes_for_good() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            olive,
            papers,
            world,
            ..
        } = &realm.cast;
        let officer = &realm.officer;
        put_in_force(&world.realm, &telling()).await;
        let [first, second, third] = ["One.docx", "Two.docx", "Three.docx"];
        let mut documents = Vec::new();
        for name in [first, second, third] {
            documents.push(realm.bring(ann, name, name).await);
        }
        realm.read_with(locked).await;
        let open = realm.open_alerts().await;
        assert_eq!(open.len(), 3);
        assert!(open.iter().all(|line| line.sealed.is_none()));

        // In the recycle bin it waits: it can come back.
        for document in &documents[..2] {
            libraries::bin(olive, *papers, &[document.item()])
                .await
                .unwrap();
        }
        assert_eq!(alerts_waiting(officer).await.unwrap().open, 3);
        retention::remove_for_good(olive, *papers, documents[0].item())
            .await
            .unwrap();
        let waiting = alerts_waiting(officer).await.unwrap();
        assert_eq!(waiting.open, 2);
        // What nobody removes goes when its time is over, and says so too.
        for _ in 0..3 {
            world
                .clock
                .advance(std::time::Duration::from_hours(100 * 24));
            retention::upkeep(&world.realm).await.unwrap();
        }
        let page = alerts(officer, AlertState::Open, None, None).await.unwrap();
        assert_eq!(page.lines.len(), 1);
        assert_eq!(page.lines[0].name, third);
        assert_eq!(page.counts.iter().map(|count| count.open).sum::<u64>(), 1);
        assert_eq!(alerts_waiting(officer).await.unwrap().open, 1);

        let decided = alerts(officer, AlertState::Decided, None, None)
            .await
            .unwrap()
            .lines;
        let said: Vec<_> = decided
            .iter()
            .map(|line| {
                let (decided, by, _, why) = line.decided.as_ref().unwrap();
                (line.name.as_str(), *decided, by.id, why.as_str())
            })
            .collect();
        let removed = "It was removed from the recycle bin for good";
        let by = olive.me().unwrap().raw();
        assert_eq!(
            said,
            [
                (
                    second,
                    Decided::Gone,
                    0,
                    "Its time in the recycle bin was over"
                ),
                (first, Decided::Gone, by, removed),
            ]
        );
        let filter = TrailFilter {
            sort: Some(crate::kernel::Sort::Marking),
            ..TrailFilter::default()
        };
        let trail = trail::trail(olive, Of::Library(*papers), &filter)
            .await
            .unwrap();
        let said: Vec<_> = trail.lines.iter().map(|line| line.says.as_str()).collect();
        for says in [
            format!("ended the alert about {first}: {removed}"),
            format!("ended the alert about {second}: Its time in the recycle bin was over"),
        ] {
            assert!(said.contains(&says.as_str()), "{said:?}");
        }

        nothing_is_left_to_decide(officer, &decided).await;
    })
    .await;
}

fn beginning(to: To, name: &str, size: usize) -> Beginning {
    Beginning {
        name: name.to_owned(),
        size: size as u64,
        to,
        once: None,
        asks: false,
    }
}

#[tokio::test]
async fn what_was_destroyed_is_read_and_sealed_again_however_it_is_sent() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            ben,
            papers,
            world,
            ..
        } = &realm.cast;
        let officer = &realm.officer;
        let secret = "SECRET\n".repeat(20_000);
        let bytes = secret.as_bytes();
        let says = |_: &str| Input {
            pieces: vec![header("SECRET")],
            ..Input::default()
        };
        // The vault knows by the machine's clock how old a blob is. This is 2090, for which there are ids.
        world.clock.set(Time::from_micros(3_786_912_000_000_000));
        let document = realm.bring(ann, "Plan.txt", &secret).await;
        realm.read_with(says).await;
        let alert = realm.open_alerts().await.remove(0);

        let library = To::Library {
            library: *papers,
            folder: None,
            path: Vec::new(),
        };
        let begin = async |who: &Actor, name: &str, size: usize| {
            let what = beginning(library.clone(), name, size);
            let upload = uploads::begin(who, &what).await.unwrap().id;
            let half = &bytes[..1000];
            let outcome = uploads::receive(who, upload, 0, half, None).await;
            assert!(matches!(outcome.unwrap(), Outcome::Here { offset: 1000 }));
            upload
        };
        // Ann had begun to send it once more, and something else; Ben has the same bytes, of which nobody knows.
        let again = begin(ann, "Plan, again.txt", bytes.len()).await;
        let other = begin(ann, "Other.txt", bytes.len() + 1).await;
        let bens = begin(ben, "Mine.txt", bytes.len()).await;
        let kept = super::super::alert(officer, alert.id).await.unwrap().kept;
        assert_eq!((kept.unfinished, kept.is_nowhere()), (1, true));

        let id = destroy(officer, alert.id, "Spill").await.unwrap();
        let certificate = super::super::certificate(officer, id).await.unwrap();
        assert_eq!(certificate.elsewhere.unwrap().unfinished, 1);
        assert_not_found(opens(ann, document).await);
        assert_not_found(uploads::look(ann, again).await);
        let rest = &bytes[1000..];
        assert_not_found(uploads::receive(ann, again, 1000, rest, None).await);
        assert_eq!(uploads::look(ann, other).await.unwrap().offset, 1000);
        let pieces = world
            .count(
                "SELECT COUNT(*) AS value FROM upload_parts WHERE upload_id = $1",
                args![again],
            )
            .await;
        assert_eq!(pieces, 0);

        // What is sent again, or was under way, is closed until it was read, and sealed then.
        let outcome = uploads::receive(ben, bens, 1000, rest, None).await;
        let Outcome::Whole(Became::Document(mine)) = outcome.unwrap() else {
            panic!("it is whole");
        };
        let added = realm.bring(ann, "Plan.txt", &secret).await;
        for (document, who) in [(mine.id, ann), (added, ben)] {
            assert_being_read(opens(who, document).await);
        }
        realm.read_with(says).await;
        for document in [mine.id, added] {
            for who in [ann, ben] {
                assert_sealed(opens(who, document).await);
            }
        }
        assert_eq!(realm.open_alerts().await.len(), 2);
        let faults = documents::faults(&world.realm).await.unwrap();
        assert_eq!(faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn what_is_on_its_way_to_a_document_ends_with_all_of_it_and_not_with_one_version() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        let officer = &realm.officer;
        let document = realm.bring(ann, "Plan.txt", "OFFICIAL").await;
        realm.read().await;
        let next = To::Document {
            document,
            seen: None,
            comment: String::new(),
        };
        let bens = uploads::begin(ben, &beginning(next, "Plan.txt", 5000))
            .await
            .unwrap()
            .id;
        documents::add_version(ann, document, "", &b"TOP SECRET"[..], "")
            .await
            .unwrap();
        realm.read().await;
        let alert = realm.open_alerts().await.remove(0);
        let id = destroy_version(officer, alert.id, "Spill").await.unwrap();
        let certificate = super::super::certificate(officer, id).await.unwrap();
        assert_eq!(certificate.elsewhere.unwrap().unfinished, 0);
        uploads::look(ben, bens).await.unwrap();

        realm.read().await;
        documents::add_version(ann, document, "", &b"SECRET"[..], "")
            .await
            .unwrap();
        realm.read().await;
        let alert = realm.open_alerts().await.remove(0);
        let id = destroy(officer, alert.id, "Spill").await.unwrap();
        let certificate = super::super::certificate(officer, id).await.unwrap();
        assert_eq!(certificate.elsewhere.unwrap().unfinished, 1);
        assert_not_found(uploads::look(ben, bens).await);
    })
    .await;
}
