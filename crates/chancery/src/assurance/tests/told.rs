//! Who is told what of a document that is closed, on its page and in notices.

use std::time::Duration;

use futures::StreamExt as _;

use super::*;
use crate::notices::About;
use crate::trail::Format;

/// How the list says that only whoever looks can open it.
async fn alone_in_list(who: &Actor, cast: &Cast) -> Option<Closing> {
    let listing = libraries::list(who, cast.papers, &Listing::default())
        .await
        .unwrap();
    listing.items[0].mine_alone
}

async fn closing_in_list(who: &Actor, cast: &Cast) -> Option<Closing> {
    let listing = libraries::list(who, cast.papers, &Listing::default())
        .await
        .unwrap();
    listing.items[0].closing
}

#[tokio::test]
async fn who_may_know_of_it_is_told_that_it_is_closed_and_few_are_told_why() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let cast = &realm.cast;
        let Cast {
            ann,
            ben,
            rita,
            olive,
            stranger,
            ..
        } = cast;
        let document = realm.bring(ann, "Plan.txt", "SECRET").await;
        let told = sealed(ben, document).await.unwrap();
        assert_eq!(
            (told.closing, told.since, told.open_to_me),
            (Some(Closing::BeingRead), None, false)
        );
        assert!(sealed(ann, document).await.unwrap().open_to_me);
        assert_eq!(closing_in_list(ben, cast).await, Some(Closing::BeingRead));
        assert_eq!(closing_in_list(ann, cast).await, None);
        // Its author is told that it is theirs alone, and nobody else is.
        assert_eq!(alone_in_list(ann, cast).await, Some(Closing::BeingRead));
        assert_eq!(alone_in_list(ben, cast).await, None);
        realm.read().await;
        assert_eq!(alone_in_list(ann, cast).await, None);
        for who in [ann, olive] {
            let told = sealed(who, document).await.unwrap();
            assert_eq!(told.closing, Some(Closing::Sealed));
            assert!(!told.open_to_me && told.since.is_some());
            let [why] = &told.why[..] else { panic!() };
            assert_eq!(why.mine, who.me().unwrap() == ann.me().unwrap());
            assert_eq!(
                why.says("RESTRICTED"),
                "it is marked SECRET (header 1, line 1), which is above RESTRICTED"
            );
        }
        for who in [ben, rita] {
            let told = sealed(who, document).await.unwrap();
            assert_eq!((told.closing, told.why.len()), (Some(Closing::Sealed), 0));
            assert_eq!(closing_in_list(who, cast).await, Some(Closing::Sealed));
            assert!(matches!(
                reading_of(who, document).await,
                Err(crate::Error::Sealed)
            ));
        }
        for who in [stranger, &realm.officer] {
            assert_not_found(sealed(who, document).await);
            assert_not_found(reading_of(who, document).await);
        }
        let alert = realm.open_alerts().await.remove(0);
        false_alarm(&realm.officer, alert.id, "It names a film")
            .await
            .unwrap();
        realm.read().await;
        let told = sealed(rita, document).await.unwrap();
        assert_eq!((told.closing, told.open_to_me), (None, true));
        let found = reading_of(rita, document).await.unwrap().read.unwrap();
        assert_eq!(
            (found.verdict, found.label.as_str(), found.place.as_str()),
            (Verdict::Above, "SECRET", "header 1, line 1")
        );
        // What is above somebody's clearance is not there, sealed or not.
        cast.mark(document).await;
        cast.seal(document).await;
        assert_not_found(sealed(rita, document).await);
    })
    .await;
}

#[tokio::test]
async fn what_is_held_is_open_to_its_author_who_is_told_so() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let cast = &realm.cast;
        let Cast { ann, ben, .. } = cast;
        let document = realm.bring(ann, "Locked.docx", "x").await;
        realm.read_with(locked).await;
        let mine = sealed(ann, document).await.unwrap();
        assert_eq!(
            (mine.closing, mine.open_to_me, mine.why.len()),
            (Some(Closing::Held), true, 1)
        );
        let theirs = sealed(ben, document).await.unwrap();
        assert_eq!(
            (theirs.closing, theirs.open_to_me, theirs.why.len()),
            (Some(Closing::Held), false, 0)
        );
        assert_eq!(closing_in_list(ben, cast).await, Some(Closing::Held));
        assert_eq!(closing_in_list(ann, cast).await, None);
        assert_eq!(alone_in_list(ann, cast).await, Some(Closing::Held));
        assert_eq!(alone_in_list(ben, cast).await, None);
        let found = reading_of(ann, document).await.unwrap();
        assert_eq!(found.read.unwrap().verdict, Verdict::Unread);
        assert_eq!(found.marked, None);
    })
    .await;
}

#[tokio::test]
async fn what_was_brought_is_waited_for_together_by_those_who_may_know_of_it() {
    const NOT_AT_ALL: Duration = Duration::ZERO;
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann, ben, stranger, ..
        } = &realm.cast;
        let plan = realm.bring(ann, "Plan.txt", "SECRET").await;
        let mut all = vec![plan];
        // More of them than one statement asks about.
        for number in 0..=told_sql::AT_ONCE {
            let name = format!("Open {number}.txt");
            all.push(realm.bring(ann, &name, "PROTECT").await);
        }
        let (plan, last) = (all[0], all[all.len() - 1]);
        let unread = |open_to_me| Closed {
            closing: Some(Closing::BeingRead),
            open_to_me,
        };
        for (who, mine) in [(ann, true), (ben, false)] {
            let found = until_read(who, &all, NOT_AT_ALL).await.unwrap();
            assert_eq!(found.len(), all.len());
            assert!(found.values().all(|one| *one == unread(mine)));
        }
        for who in [stranger, &realm.officer] {
            assert!(until_read(who, &all, NOT_AT_ALL).await.unwrap().is_empty());
        }
        let long = Duration::from_mins(1);
        let (found, ()) = tokio::join!(until_read(ann, &all, long), realm.read());
        let found = found.unwrap();
        assert_eq!(
            found[&plan],
            Closed {
                closing: Some(Closing::Sealed),
                open_to_me: false
            }
        );
        assert_eq!(
            found[&last],
            Closed {
                closing: None,
                open_to_me: true
            }
        );
        assert_eq!(found.len(), all.len());
        // What is above somebody's clearance is not there for them.
        realm.cast.mark(last).await;
        let found = until_read(ben, &[plan, last], NOT_AT_ALL).await.unwrap();
        assert_eq!(found.into_keys().collect::<Vec<_>>(), [plan]);
    })
    .await;
}

#[tokio::test]
async fn what_is_held_is_closed_to_everybody_but_whoever_made_it() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        let document = realm.bring(ann, "Locked.docx", "x").await;
        realm.read_with(locked).await;
        for (who, mine) in [(ann, true), (ben, false)] {
            let found = until_read(who, &[document], Duration::ZERO).await.unwrap();
            let held = Closed {
                closing: Some(Closing::Held),
                open_to_me: mine,
            };
            assert_eq!(found[&document], held);
        }
    })
    .await;
}

#[tokio::test]
async fn officers_owners_and_authors_are_told_and_nobody_is_told_a_name_they_may_not_know() {
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
        let document = realm.bring(ann, "Plan.txt", "SECRET").await;
        realm.read().await;
        keep_up(&realm).await;
        let alert = realm.open_alerts().await.remove(0);
        let why = "it is marked SECRET, which is above";
        let of_author = told(ann).await;
        assert!(of_author[0].0.starts_with(&format!(
            "Your document Plan.txt was sealed, because {why}"
        )));
        assert_eq!(of_author[0].1, Some(About::Seal(document)));
        let of_officer = told(&realm.officer).await;
        assert!(of_officer[0]
            .0
            .starts_with(&format!("Plan.txt was sealed, because {why}")));
        assert_eq!(of_officer[0].1, Some(About::Alert(alert.id)));
        let of_owner = told(olive).await;
        assert!(of_owner[0].0.starts_with(&format!(
            "Plan.txt in Papers in Resettlement was sealed, because {why}"
        )), "{of_owner:?}");
        assert_eq!(of_owner[0].1, Some(About::LibraryAlerts(*papers)));
        for who in [ben, rita] {
            assert!(told(who).await.is_empty());
        }
        // The notices that are about the alert tell nobody of the document who did not know.
        let details = super::super::alert(&realm.officer, alert.id).await.unwrap();
        assert!(details.exposed.is_empty());
        // Above their clearance, they are told neither name nor reason.
        realm.cast.mark(document).await;
        for who in [ann, olive] {
            let lines = told(who).await;
            assert!(!lines[0].0.contains("Plan") && !lines[0].0.contains("SECRET"));
            assert_ne!(lines[0].1, Some(About::Seal(document)));
        }
        crate::libraries::tests::fixture::put(
            &realm.cast.world,
            "DELETE FROM markings WHERE document_id = $1",
            crate::kernel::args![document],
        )
        .await;
        keep_sealed(&realm.officer, alert.id, "It is what it says")
            .await
            .unwrap();
        keep_up(&realm).await;
        for (who, leads) in [
            (ann, About::Seal(document)),
            (olive, About::LibraryAlerts(*papers)),
        ] {
            assert_eq!(
                told(who).await[0],
                (
                    "Oriel Penn (Harbour Lights) decided that Plan.txt stays sealed: It is what it says"
                        .to_owned(),
                    Some(leads)
                )
            );
        }
        assert_eq!(told(&realm.officer).await.len(), 1);
        // Destroyed, it leads nowhere for its author, who is told all the same.
        destroy(&realm.officer, alert.id, "Spill").await.unwrap();
        keep_up(&realm).await;
        let last = told(ann).await.remove(0);
        assert!(last.0.contains("destroyed all content of Plan.txt: Spill"));
        assert_eq!(last.1, None);
        // Who loses the office, or the role, is not told names any more.
        crate::libraries::tests::fixture::put(
            &realm.cast.world,
            "UPDATE offices SET until_at = 1 WHERE person_id = $1 AND office = 'assurance'",
            crate::kernel::args![realm.officer.me().unwrap()],
        )
        .await;
        let of_officer = told(&realm.officer).await.remove(0);
        assert!(!of_officer.0.contains("Plan") && of_officer.1.is_none());
    })
    .await;
}

#[tokio::test]
async fn alerts_go_out_as_a_file_without_the_words_that_were_found() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, olive, .. } = &realm.cast;
        realm.bring(ann, "=Plan.txt", "SECRET").await;
        realm.bring(ann, "Other.txt", "TOP SECRET").await;
        realm.read().await;
        let whole = async |who: &Actor, kind, format| -> crate::Result<String> {
            let pieces: Vec<_> = export_alerts(who, AlertState::Open, kind, format)
                .await?
                .collect()
                .await;
            let bytes: Vec<u8> = pieces.into_iter().flat_map(Result::unwrap).collect();
            Ok(String::from_utf8(bytes).unwrap())
        };
        let text = whole(&realm.officer, None, Format::Csv).await.unwrap();
        assert_eq!(text.lines().count(), 3);
        assert!(text.contains(",SECRET,'=Plan.txt,1,Papers,Resettlement,Ann Brook,"));
        assert!(!text.contains("follows"));
        let lines = whole(&realm.officer, Some(AlertKind::Above), Format::JsonLines)
            .await
            .unwrap();
        let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        assert_eq!(first["document"]["name"], "=Plan.txt");
        assert!(
            whole(&realm.officer, Some(AlertKind::Malware), Format::JsonLines)
                .await
                .unwrap()
                .is_empty()
        );
        assert_not_found(whole(olive, None, Format::Csv).await);
        assert_not_found(in_force(olive).await);
        let rules = in_force(&realm.officer).await.unwrap().unwrap();
        assert!(rules.allowed().any(|(_, one)| one.level == "restricted"));
        assert!(rules.allowed().all(|(_, one)| one.level != "secret"));
        let alert = realm.open_alerts().await.remove(0);
        assert_eq!(
            destruction(&realm.officer, alert.id).await.unwrap().len(),
            1
        );
        assert_not_found(destruction(olive, alert.id).await);
    })
    .await;
}

#[tokio::test]
async fn officers_are_written_to_once_for_what_comes_at_once() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        crate::mail::write_to_people(&realm.cast.world.realm);
        for name in ["One.txt", "Two.txt", "Three.txt"] {
            realm.bring(&realm.cast.ann, name, "SECRET").await;
        }
        realm.read().await;
        keep_up(&realm).await;
        let letters = realm
            .cast
            .world
            .look(
                "SELECT m.person_id AS person_id, m.subject AS subject, m.body AS body FROM outgoing_mail m",
                args![],
            )
            .await;
        assert_eq!(letters.len(), 1, "one for all three, to the one officer");
        let to: i64 = letters[0].get("person_id").unwrap();
        assert_eq!(to, realm.officer.me().unwrap().raw());
        let text = format!(
            "{}{}",
            letters[0].get::<String>("subject").unwrap(),
            letters[0].get::<String>("body").unwrap()
        );
        for name in ["One.txt", "Two.txt", "Three.txt", "SECRET"] {
            assert!(!text.contains(name), "{text}");
        }
    })
    .await;
}
