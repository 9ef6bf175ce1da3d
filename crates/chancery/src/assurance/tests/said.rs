//! What people say of a marking: up at once, down when somebody else agrees, and what its author answers.

use super::says::{
    Answer, Deciding, Does, Said, Saying, agree, answer, default_marking, marking, refuse, request,
    requests, requests_of_library, say, set_default_marking, withdraw,
};
use super::*;
use crate::kernel::Role;
use crate::libraries::tests::fixture::assert_refused;
use crate::notices::About;

/// The rules of IL3, which ask whoever adds a document without a marking what it is.
fn asking() -> Written {
    let text = markings::Policy::text("il3").unwrap();
    let policy = text.replacen("unmarked = \"accept\"", "unmarked = \"ask\"", 1);
    assert_ne!(policy, text);
    Written {
        policy,
        schemes: Vec::new(),
    }
}

async fn use_rules(realm: &Realm, written: &Written) {
    let mut w = Actor::console(&realm.cast.world.realm)
        .write::<ChangeRules>(Id::REALM)
        .await
        .unwrap();
    let rules = rulebook::put(&mut w, written, 0).await.unwrap();
    let name = rules.policy.name.clone();
    w.commit(RulesChanged {
        name,
        rulebook: rules.id.to_string(),
    })
    .await
    .unwrap();
    rulebook::refresh(&realm.cast.world.realm).await.unwrap();
}

/// Everything is read again, by rules that say the same.
async fn read_again(realm: &Realm) {
    use_rules(realm, &written("il3")).await;
    realm.read().await;
}

fn gpms(marking: &'static str, reason: &'static str) -> Saying<'static> {
    Saying {
        scheme: "gpms",
        marking,
        reason,
        seals: false,
    }
}

async fn says(
    who: &Actor,
    document: Document,
    marking: &'static str,
    reason: &'static str,
) -> Result<Said> {
    say(who, document, &gpms(marking, reason)).await
}

async fn asks(who: &Actor, document: Document, marking: &'static str) -> Id<thing::MarkingRequest> {
    match says(who, document, marking, "It was re-graded")
        .await
        .unwrap()
    {
        Said::Asked(id) => id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn upwards_it_counts_at_once_and_its_history_is_kept() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            ben,
            rita,
            stranger,
            ..
        } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "OFFICIAL").await;
        realm.read().await;
        assert_refused(says(rita, document, "restricted", "").await);
        for who in [stranger, &realm.officer] {
            assert_not_found(says(who, document, "restricted", "").await);
            assert_not_found(marking(who, document).await);
        }
        assert_invalid(says(ben, document, "blue", "").await, "marking");
        assert_eq!(says(ben, document, "restricted", "").await.unwrap(), Said::Marked);
        let expected = Some(("RESTRICTED".to_owned(), "person"));
        assert_eq!(carries(rita, document).await, expected);
        assert!(assert_conflict(says(ann, document, "restricted", "").await).contains("already"));
        let page = marking(ann, document).await.unwrap();
        let lines: Vec<_> = page
            .lines
            .iter()
            .map(|one| (one.label.as_str(), one.by.name().0, one.until.is_some()))
            .collect();
        assert_eq!(lines, [("RESTRICTED", "person", false), ("OFFICIAL", "read", false)]);
        let does = |scheme: &str, level: &str| {
            let found = page.choices.iter().find(|one| one.scheme == scheme && one.marking == level);
            found.map(|one| one.does)
        };
        assert_eq!(does("gpms", "restricted"), Some(Does::Nothing));
        assert_eq!(does("gsc", "official"), Some(Does::Asks));
        assert_eq!(does("gsc", "official-sensitive"), Some(Does::Marks));
        assert_eq!(does("gpms", "confidential"), Some(Does::Holds));
        assert_eq!(does("nato", "secret"), Some(Does::Seals));
        assert!(marking(rita, document).await.unwrap().choices.is_empty());
        // What needs a clearance hides it from those who have none, whoever says so.
        let sensitive = Saying { scheme: "gsc", marking: "official-sensitive", ..Saying::default() };
        say(ann, document, &sensitive).await.unwrap();
        for who in [ann, ben, rita] {
            assert_not_found(opens(who, document).await);
        }
        let ended = realm.cast.world.count(
            "SELECT COUNT(*) AS value FROM markings WHERE document_id = $1 AND source = 'person' AND until_at < 9223372036854775807",
            args![document],
        ).await;
        assert_eq!(ended, 1);
    })
    .await;
}

#[tokio::test]
async fn what_may_not_be_here_is_sealed_in_the_moment_in_which_somebody_says_so() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            ben,
            rita,
            olive,
            ..
        } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "OFFICIAL").await;
        realm.read().await;
        let sure = |marking| Saying {
            seals: true,
            ..gpms(marking, "It is their plan")
        };
        assert_invalid(says(ben, document, "secret", "").await, "seals");
        opens(rita, document).await.unwrap();
        assert_refused(say(rita, document, &sure("secret")).await);
        let Said::Sealed(id) = say(ben, document, &sure("secret")).await.unwrap() else {
            panic!()
        };
        for who in [ann, ben, rita, olive] {
            assert_sealed(opens(who, document).await);
            assert_sealed(says(who, document, "restricted", "No").await);
        }
        let alert = realm.open_alerts().await.remove(0);
        assert_eq!(
            (alert.id, alert.kind, alert.label.as_str(), alert.sealed),
            (id, AlertKind::Above, "SECRET", Some(Sealed::ToAll))
        );
        let details = super::super::alert(&realm.officer, id).await.unwrap();
        assert_eq!(
            details.findings.remarks,
            [
                "Ben Field of Harbour Lights said that it is marked SECRET",
                "They said: It is their plan"
            ]
        );
        assert_eq!(rule_says(&details.rule), "Somebody said so");
        let why = &sealed(ann, document).await.unwrap().why[0];
        assert_eq!(
            why.says("RESTRICTED"),
            "Ben Field of Harbour Lights said that it is marked SECRET, which is above RESTRICTED"
        );
        keep_up(&realm).await;
        assert!(
            told(ann).await[0]
                .0
                .contains("was sealed, because Ben Field of Harbour Lights said")
        );
        assert_eq!(told(&realm.officer).await[0].1, Some(About::Alert(id)));
        assert_eq!(told(olive).await.len(), 1);
        assert!(told(ben).await.is_empty());
        // That nothing such is read in it does not end what somebody said.
        read_again(&realm).await;
        assert_sealed(opens(ann, document).await);
        assert_eq!(realm.open_alerts().await.len(), 1);
        false_alarm(&realm.officer, id, "It is another plan")
            .await
            .unwrap();
        realm.read().await;
        opens(rita, document).await.unwrap();
        // Their word excuses no content: where it is read, it counts.
        let other = realm.bring(ann, "Other.txt", "SECRET").await;
        realm.read().await;
        assert_sealed(opens(ann, other).await);

        // What its originator is to be asked about is open to whoever made it.
        let Said::Sealed(_) = say(ben, document, &sure("confidential")).await.unwrap() else {
            panic!()
        };
        opens(ann, document).await.unwrap();
        for who in [ben, olive] {
            assert_sealed(opens(who, document).await);
        }
    })
    .await;
}

#[tokio::test]
async fn downwards_somebody_else_agrees_and_the_old_marking_stays_away() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, rita, olive, stranger, papers, .. } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "RESTRICTED").await;
        realm.read().await;
        documents::add_version(ann, document, "", &b"RESTRICTED - STAFF"[..], "").await.unwrap();
        realm.read().await;
        assert_invalid(says(ann, document, "protect", " ").await, "reason");
        let id = asks(ann, document, "protect").await;
        assert!(assert_conflict(says(ben, document, "protect", "Me too").await).contains("Ann Brook"));
        assert_eq!(carries(rita, document).await.map(|one| one.1), Some("read"));
        keep_up(&realm).await;
        assert_eq!(
            told(olive).await[0],
            (
                "Ann Brook (Harbour Lights) asked for Plan.txt to be marked PROTECT: It was re-graded. Decide about it".to_owned(),
                Some(About::MarkingRequest(document))
            )
        );
        assert!(told(&realm.officer).await.is_empty());
        // Who may see and decide it.
        for who in [ann, ben, rita] {
            assert_refused(agree(who, document, id).await);
            assert_refused(refuse(who, document, id, "No").await);
            assert_refused(request(who, document).await);
            assert!(requests_of_library(who, *papers, None).await.is_err());
            assert_not_found(requests(who, None).await);
        }
        for who in [stranger, &realm.cast.elsewhere] {
            assert_not_found(agree(who, document, id).await);
            assert_not_found(request(who, document).await);
            assert_not_found(withdraw(who, document, id).await);
        }
        for (who, sees) in [(ann, true), (ben, false), (rita, false), (olive, true)] {
            assert_eq!(reading_of(who, document).await.unwrap().request.is_some(), sees);
        }
        for who in [ben, rita, olive] {
            assert_not_found(withdraw(who, document, id).await);
        }
        let page = request(olive, document).await.unwrap();
        assert_eq!(page.deciding, Deciding::Yes);
        let versions: Vec<_> = page.versions.iter().map(|one| (one.0, one.2)).collect();
        assert_eq!(versions, [(1, true), (2, true)]);
        assert_eq!(requests_of_library(olive, *papers, None).await.unwrap().1.len(), 1);
        assert_eq!(requests(&realm.officer, None).await.unwrap().0.len(), 1);

        agree(olive, document, id).await.unwrap();
        let expected = Some(("PROTECT".to_owned(), "person"));
        assert_eq!(carries(rita, document).await, expected);
        assert!(assert_conflict(agree(olive, document, id).await).contains("decided or taken back"));
        assert_not_found(agree(&realm.officer, document, id).await);
        keep_up(&realm).await;
        assert!(told(ann).await[0].0.starts_with("Olive Marsh (Harbour Lights) agreed to Plan.txt being marked PROTECT"));
        // Reading it again brings the old marking back no more; a new version does, and elsewhere it never went away.
        read_again(&realm).await;
        assert_eq!(carries(rita, document).await, expected);
        let copy = realm.bring(ben, "Copy.txt", "RESTRICTED").await;
        realm.read().await;
        assert_eq!(carries(rita, copy).await.map(|one| one.1), Some("read"));
        documents::add_version(ben, document, "", &b"RESTRICTED, once more"[..], "").await.unwrap();
        realm
            .read_with(|_| Input { pieces: vec![header("RESTRICTED")], ..Input::default() })
            .await;
        assert_eq!(carries(rita, document).await, Some(("RESTRICTED".to_owned(), "read")));
        // Asked once more, and a version comes in between: that is not what was agreed to.
        let id = asks(ann, document, "protect").await;
        documents::add_version(ben, document, "", &b"RESTRICTED, and again"[..], "").await.unwrap();
        realm
            .read_with(|_| Input { pieces: vec![header("RESTRICTED")], ..Input::default() })
            .await;
        let page = request(olive, document).await.unwrap();
        assert!(page.request.moved_on);
        assert_eq!(page.versions.iter().map(|one| (one.0, one.2)).collect::<Vec<_>>(), [(3, true), (4, false)]);
        agree(olive, document, id).await.unwrap();
        assert_eq!(carries(rita, document).await, Some(("RESTRICTED".to_owned(), "read")));
    })
    .await;
}

#[tokio::test]
async fn nobody_decides_about_their_own_request() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann, olive, ben, ..
        } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "RESTRICTED").await;
        realm.read().await;
        let id = asks(olive, document, "protect").await;
        keep_up(&realm).await;
        assert_eq!(
            told(&realm.officer).await[0].1,
            Some(About::MarkingRequest(document))
        );
        assert_refused(agree(olive, document, id).await);
        assert_refused(refuse(olive, document, id, "No").await);
        assert_eq!(
            request(olive, document).await.unwrap().deciding,
            Deciding::Mine
        );
        withdraw(olive, document, id).await.unwrap();
        assert_conflict(withdraw(olive, document, id).await);
        // Refused with a reason, and asked again.
        let id = asks(olive, document, "protect").await;
        assert_invalid(refuse(&realm.officer, document, id, " ").await, "reason");
        let page = request(&realm.officer, document).await.unwrap();
        assert!(page.head.is_none() && page.deciding == Deciding::Yes);
        refuse(&realm.officer, document, id, "Ask its originator")
            .await
            .unwrap();
        assert_eq!(
            carries(olive, document).await.map(|one| one.0).as_deref(),
            Some("RESTRICTED")
        );
        // Another owner decides as well.
        let id = asks(olive, document, "protect").await;
        realm
            .cast
            .give(realm.cast.papers.raw(), ben, Role::Owner)
            .await;
        agree(ben, document, id).await.unwrap();
        assert_eq!(
            carries(olive, document).await.map(|one| one.0).as_deref(),
            Some("PROTECT")
        );
    })
    .await;
}

#[tokio::test]
async fn what_an_officer_has_set_is_lowered_by_officers_only() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, olive, .. } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "SECRET").await;
        realm.read().await;
        let alert = realm.open_alerts().await.remove(0);
        downgrade(&realm.officer, alert.id, "gpms", "restricted", "Re-graded")
            .await
            .unwrap();
        realm.read().await;
        let id = asks(ann, document, "protect").await;
        keep_up(&realm).await;
        assert!(
            told(&realm.officer).await[0]
                .0
                .contains("asked for Plan.txt to be marked PROTECT")
        );
        assert_eq!(
            request(olive, document).await.unwrap().deciding,
            Deciding::Officers
        );
        assert_refused(agree(olive, document, id).await);
        agree(&realm.officer, document, id).await.unwrap();
        read_again(&realm).await;
        assert_eq!(
            carries(olive, document).await,
            Some(("PROTECT".to_owned(), "person"))
        );
    })
    .await;
}

#[tokio::test]
async fn its_author_says_what_a_document_without_a_marking_is() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        use_rules(&realm, &asking()).await;
        let Cast {
            ann,
            ben,
            rita,
            olive,
            stranger,
            ..
        } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "nothing").await;
        realm.read().await;
        let alert = realm.open_alerts().await.remove(0);
        assert_eq!(alert.kind, AlertKind::Unmarked);
        assert!(sealed(ann, document).await.unwrap().why[0].asks_me());
        let marked = |marking| Answer::Marked {
            scheme: "gpms",
            marking,
            reason: "",
            seals: false,
        };
        for who in [ben, rita, stranger] {
            assert_not_found(answer(who, document, alert.id, &marked("protect")).await);
        }
        assert_refused(answer(olive, document, alert.id, &marked("protect")).await);
        let none = Answer::NoMarking {
            marking: None,
            reason: "None",
        };
        assert_invalid(answer(ann, document, alert.id, &none).await, "answer");
        assert_invalid(
            answer(ann, document, alert.id, &marked("secret")).await,
            "seals",
        );
        assert_conflict(says(ann, document, "protect", "").await);
        let other = realm.bring(ann, "Other.txt", "nothing either").await;
        assert_not_found(answer(ann, other, alert.id, &marked("protect")).await);
        assert_eq!(
            answer(ann, document, alert.id, &marked("protect"))
                .await
                .unwrap(),
            Said::Marked
        );
        // The same in another tab.
        let again = answer(ann, document, alert.id, &marked("restricted")).await;
        assert!(
            assert_conflict(again)
                .contains("Ann Brook of Harbour Lights decided this already: answered")
        );
        // It is judged once more before others open it.
        assert_being_read(opens(ben, document).await);
        realm.read().await;
        opens(rita, document).await.unwrap();
        assert_eq!(
            carries(rita, document).await,
            Some(("PROTECT".to_owned(), "person"))
        );
        let details = super::super::alert(&realm.officer, alert.id).await.unwrap();
        let (decided, by, _, reason) = details.line.decided.unwrap();
        assert_eq!(
            (decided, by.name.as_str(), reason.as_str()),
            (Decided::Answered, "Ann Brook", "It is marked PROTECT")
        );
        keep_up(&realm).await;
        assert!(
            told(olive).await[0]
                .0
                .contains("answered the alert about Plan.txt: It is marked PROTECT")
        );
        // What it was said to be counts for its next version too.
        documents::add_version(ann, document, "", &b"nothing new"[..], "")
            .await
            .unwrap();
        realm.read().await;
        opens(rita, document).await.unwrap();
        // Other documents are asked about.
        let open = realm.open_alerts().await;
        assert_eq!(
            open.iter().map(|one| one.document).collect::<Vec<_>>(),
            [other]
        );
    })
    .await;
}

#[tokio::test]
async fn its_author_says_whether_what_is_in_doubt_is_a_marking() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, rita, .. } = &realm.cast;
        // In small letters it may be a marking, and may be what every business writes.
        let doubt = async |name: &str, content: &str| {
            let document = realm.bring(ann, name, content).await;
            realm
                .read_with(|_| Input {
                    pieces: vec![header("Confidential")],
                    ..Input::default()
                })
                .await;
            let alert = realm.open_alerts().await.pop().unwrap();
            assert_eq!(
                (alert.kind, alert.document),
                (AlertKind::Doubtful, document)
            );
            (document, alert.id)
        };
        let again = async || {
            realm
                .read_with(|_| Input {
                    pieces: vec![header("Confidential")],
                    ..Input::default()
                })
                .await;
        };
        let (document, alert) = doubt("Menu.txt", "one").await;
        let none = |reason| Answer::NoMarking {
            marking: None,
            reason,
        };
        assert_invalid(answer(ann, document, alert, &none(" ")).await, "reason");
        answer(ann, document, alert, &none("It is the name of a menu"))
            .await
            .unwrap();
        again().await;
        opens(rita, document).await.unwrap();
        assert_eq!(carries(rita, document).await, None);
        // Other rules that find the same find it answered; elsewhere it is not.
        use_rules(&realm, &written("il3")).await;
        again().await;
        opens(rita, document).await.unwrap();
        assert!(realm.open_alerts().await.is_empty());
        let (copy, alert) = doubt("Copy.txt", "one").await;
        let protect = Answer::NoMarking {
            marking: Some(("gpms", "protect")),
            reason: "Its stamp says so",
        };
        answer(ann, copy, alert, &protect).await.unwrap();
        again().await;
        assert_eq!(
            carries(rita, copy).await,
            Some(("PROTECT".to_owned(), "person"))
        );

        // It is a marking, and one that may not be here.
        let (spill, alert) = doubt("Spill.txt", "two").await;
        let secret = |seals| Answer::Marked {
            scheme: "gpms",
            marking: "secret",
            reason: "",
            seals,
        };
        assert_invalid(answer(ann, spill, alert, &secret(false)).await, "seals");
        opens(ann, spill).await.unwrap();
        let Said::Sealed(raised) = answer(ann, spill, alert, &secret(true)).await.unwrap() else {
            panic!()
        };
        assert_sealed(opens(ann, spill).await);
        again().await;
        let open = realm.open_alerts().await;
        assert_eq!(
            open.iter()
                .map(|one| (one.id, one.kind))
                .collect::<Vec<_>>(),
            [(raised, AlertKind::Above)]
        );
        assert_conflict(answer(ann, spill, alert, &secret(true)).await);
        // Nobody is asked about what is above.
        assert_refused(answer(ann, spill, raised, &secret(true)).await);
        // Officers have the words that the doubt was about.
        let details = super::super::alert(&realm.officer, raised).await.unwrap();
        assert!(!details.findings.evidence.is_empty());
    })
    .await;
}

#[tokio::test]
async fn that_its_originator_agreed_is_agreed_to_while_it_is_held() {
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
        let document = realm.bring(ann, "Plan.txt", "CONFIDENTIAL").await;
        realm.read().await;
        let alert = realm.open_alerts().await.remove(0);
        assert_eq!(alert.kind, AlertKind::Ask);
        let agreed = |who, on, marking| Answer::Agreed {
            who,
            on,
            marking: ("gpms", marking),
            reason: "It was re-graded",
        };
        let now = realm.cast.world.realm.now();
        let tomorrow = now.plus(std::time::Duration::from_hours(48)).timestamp();
        let tomorrow = tomorrow.strftime("%Y-%m-%d").to_string();
        for (bad, field) in [
            (agreed(" ", "2026-01-02", "restricted"), "who"),
            (
                agreed("J. Smith of the Ministry", "soon", "restricted"),
                "on",
            ),
            (
                agreed("J. Smith of the Ministry", tomorrow.as_str(), "restricted"),
                "on",
            ),
            (
                agreed("J. Smith of the Ministry", "2026-01-02", "secret"),
                "marking",
            ),
        ] {
            assert_invalid(answer(ann, document, alert.id, &bad).await, field);
        }
        let good = agreed("J. Smith of the Ministry", "2026-01-02", "restricted");
        let Said::Asked(id) = answer(ann, document, alert.id, &good).await.unwrap() else {
            panic!()
        };
        assert!(
            assert_conflict(answer(ann, document, alert.id, &good).await)
                .contains("You have asked")
        );
        // It stays as it is until somebody agrees: an owner, to whom it is sealed, or an officer.
        assert_sealed(opens(olive, document).await);
        keep_up(&realm).await;
        for who in [olive, &realm.officer] {
            let lines = told(who).await;
            assert!(
                lines[0].0.contains(
                    "J. Smith of the Ministry agreed on 2 January 2026: It was re-graded"
                ),
                "{lines:?}"
            );
            assert_eq!(lines[0].1, Some(About::MarkingRequest(document)));
        }
        assert_eq!(
            requests_of_library(olive, *papers, None)
                .await
                .unwrap()
                .1
                .len(),
            1
        );
        assert_refused(agree(ben, document, id).await);
        // Refused, it can be answered again; withdrawn too.
        refuse(olive, document, id, "Who is that?").await.unwrap();
        let Said::Asked(id) = answer(ann, document, alert.id, &good).await.unwrap() else {
            panic!()
        };
        agree(olive, document, id).await.unwrap();
        realm.read().await;
        opens(rita, document).await.unwrap();
        assert_eq!(
            carries(rita, document).await,
            Some(("RESTRICTED".to_owned(), "person"))
        );
        let details = super::super::alert(&realm.officer, alert.id).await.unwrap();
        let (decided, by, _, reason) = details.line.decided.unwrap();
        assert_eq!(
            (decided, by.name.as_str()),
            (Decided::Answered, "Ann Brook")
        );
        assert!(
            reason.ends_with("It is RESTRICTED here; Olive Marsh of Harbour Lights agreed"),
            "{reason}"
        );
        read_again(&realm).await;
        opens(rita, document).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_an_officer_decides_while_an_answer_waits_is_decided() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, olive, .. } = &realm.cast;
        let good = Answer::Agreed {
            who: "J. Smith of the Ministry",
            on: "2026-01-02",
            marking: ("gpms", "restricted"),
            reason: "",
        };
        let other = realm.bring(ann, "Other.txt", "CONFIDENTIAL\n").await;
        realm
            .read_with(|_| Input {
                pieces: vec![header("CONFIDENTIAL")],
                ..Input::default()
            })
            .await;
        let alert = realm.open_alerts().await.remove(0);
        let Said::Asked(id) = answer(ann, other, alert.id, &good).await.unwrap() else {
            panic!()
        };
        keep_sealed(&realm.officer, alert.id, "I asked them: no")
            .await
            .unwrap();
        assert_conflict(agree(olive, other, id).await);
        assert!(
            assert_conflict(answer(ann, other, alert.id, &good).await).contains("stays sealed")
        );
    })
    .await;
}

#[tokio::test]
async fn a_library_says_what_documents_carry_in_which_nothing_is_found() {
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
        let before = realm.bring(ann, "Before.txt", "nothing").await;
        realm.read().await;
        for who in [ann, ben, rita] {
            assert_refused(set_default_marking(who, *papers, Some(("gpms", "protect"))).await);
            assert_refused(default_marking(who, *papers).await);
        }
        assert_not_found(set_default_marking(stranger, *papers, Some(("gpms", "protect"))).await);
        assert_invalid(
            set_default_marking(olive, *papers, Some(("gpms", "secret"))).await,
            "marking",
        );
        set_default_marking(olive, *papers, Some(("gpms", "protect")))
            .await
            .unwrap();
        let page = default_marking(olive, *papers).await.unwrap();
        assert!(
            page.counts
                && page
                    .set
                    .is_some_and(|set| set.label == "PROTECT" && set.allowed)
        );
        let library = Some(("PROTECT".to_owned(), "library"));
        let plain = realm.bring(ann, "Plain.txt", "nothing new").await;
        let read = realm.bring(ann, "Read.txt", "OFFICIAL").await;
        realm.read().await;
        assert_eq!(carries(rita, plain).await, library);
        assert_eq!(
            carries(rita, read).await,
            Some(("OFFICIAL".to_owned(), "read"))
        );
        // What was read before has nothing, and reading it again changes that no more than trying rules does.
        read_again(&realm).await;
        assert_eq!(carries(rita, before).await, None);
        assert_eq!(carries(rita, plain).await, library);
        // What is read in it then counts, also where it is less; and so does what somebody says.
        documents::add_version(ann, plain, "", &b"UNCLASSIFIED"[..], "")
            .await
            .unwrap();
        realm.read().await;
        assert_eq!(
            carries(rita, plain).await,
            Some(("UNCLASSIFIED".to_owned(), "read"))
        );
        let said = realm.bring(ann, "Said.txt", "nothing at all").await;
        realm.read().await;
        says(ann, said, "protect", "").await.unwrap();
        assert_eq!(
            carries(rita, said).await,
            Some(("PROTECT".to_owned(), "person"))
        );
        set_default_marking(olive, *papers, None).await.unwrap();
        let last = realm.bring(ann, "Last.txt", "nothing more").await;
        realm.read().await;
        assert_eq!(carries(rita, last).await, None);
        let kept = realm
            .cast
            .world
            .count("SELECT COUNT(*) AS value FROM library_markings", args![])
            .await;
        assert_eq!(kept, 1);
    })
    .await;
}
