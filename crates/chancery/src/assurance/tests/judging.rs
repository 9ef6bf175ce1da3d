//! What an officer decides about one ground leaves the others, and a reading that failed opens nothing.

use super::super::rules::{Closed, judge};
use super::*;

fn il3() -> (markings::Schemes, markings::Policy) {
    written("il3").parse().unwrap()
}

fn said(text: &str) -> Decision {
    let (schemes, policy) = il3();
    let input = Input {
        pieces: vec![header(text)],
        ..Input::default()
    };
    markings::decide(&input, &schemes, &policy)
}

#[test]
fn a_decision_about_one_ground_leaves_the_others() {
    let (_, policy) = il3();
    let malware = Threat::Malware("Eicar".to_owned());
    let blocked = Threat::Unscanned { block: true };
    for (text, threat, excepted, alert, closed) in [
        (
            "SECRET",
            &malware,
            &[][..],
            Some(AlertKind::Malware),
            Some(Closed::All),
        ),
        (
            "SECRET",
            &malware,
            &[(AlertKind::Malware, "Eicar")],
            Some(AlertKind::Above),
            Some(Closed::All),
        ),
        (
            "SECRET",
            &blocked,
            &[(AlertKind::Above, "SECRET")],
            Some(AlertKind::Unread),
            Some(Closed::Others),
        ),
        (
            "OFFICIAL",
            &malware,
            &[(AlertKind::Malware, "Eicar")],
            None,
            None,
        ),
        // Of another name, or another marking, nobody has decided anything.
        (
            "OFFICIAL",
            &malware,
            &[(AlertKind::Malware, "Other")],
            Some(AlertKind::Malware),
            Some(Closed::All),
        ),
        (
            "TOP SECRET",
            &Threat::None,
            &[(AlertKind::Above, "SECRET")],
            Some(AlertKind::Above),
            Some(Closed::All),
        ),
    ] {
        let judged = judge(&said(text), threat, &policy, "RESTRICTED", |kind, label| {
            excepted.contains(&(kind, label))
        });
        assert_eq!(
            (judged.alert, judged.closed),
            (alert, closed),
            "{text} {threat:?} {excepted:?}"
        );
    }
}

#[tokio::test]
async fn a_reading_that_failed_lifts_no_seal() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "SECRET").await;
        realm.read().await;
        assert_sealed(opens(ann, document).await);
        // Everything is read again, and this time it cannot be.
        let mut w = Actor::console(&realm.cast.world.realm)
            .write::<ChangeRules>(Id::REALM)
            .await
            .unwrap();
        let rules = rulebook::put(&mut w, &written("il3"), 0).await.unwrap();
        w.commit(RulesChanged {
            name: rules.policy.name.clone(),
            rulebook: rules.id.to_string(),
        })
        .await
        .unwrap();
        rulebook::refresh(&realm.cast.world.realm).await.unwrap();
        realm
            .read_with(|_| Input {
                unread: vec![Unread {
                    file: 0,
                    why: "reading it took too long".to_owned(),
                    minor: false,
                }],
                ..Input::default()
            })
            .await;
        for who in [ann, ben] {
            assert_sealed(opens(who, document).await);
        }
        let open = realm.open_alerts().await;
        assert!(
            open.iter().any(|one| one.kind == AlertKind::Above),
            "{open:?}"
        );
    })
    .await;
}
