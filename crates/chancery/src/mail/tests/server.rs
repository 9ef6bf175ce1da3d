//! Mail servers that refuse, are away, hang, or want to be sure of us; nodes that die.

use std::path::PathBuf;

use testkit::post::Manner;

use super::*;

#[test]
fn pauses_grow_to_an_hour() {
    let minutes: Vec<u64> = (1..=9).map(|n| pause(n).as_secs() / 60).collect();
    assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    assert_eq!(pause(u32::MAX), Duration::from_hours(1));
    assert_eq!(pause(0), Duration::from_mins(1));
}

#[tokio::test]
async fn a_server_that_refuses_or_is_away_is_tried_again() {
    both(|world| async move {
        let mut stage = stage(world).await;
        let messages: Vec<Message> = (0..12).map(|n| stage.message(stage.amara, n)).collect();
        stage.put(&messages).await;
        stage.post.mood(Mood::Busy, true);
        // One was refused; the rest of those that were ours wait without being tried.
        assert_eq!(stage.send().await, posted(0, 10, 0));
        let rows = stage.rows().await;
        let told: Vec<_> = rows
            .iter()
            .filter(|row| row.last_error.contains("451"))
            .collect();
        assert_eq!(told.len(), 1);
        assert!(
            rows.iter()
                .all(|row| row.claim == 0 && row.sent_at == Time::default())
        );
        // Not from us at all is a fault of the settings, and not of any message.
        stage.post.mood(Mood::Busy, false);
        stage.post.mood(Mood::Stranger, true);
        assert_eq!(stage.send().await, posted(0, 2, 0));
        assert_eq!(stage.send().await, Posted::default());
        stage.world.clock.advance(Duration::from_mins(1));
        stage.post.kill();
        assert_eq!(stage.send().await, posted(0, 10, 0));
        let now = stage.realm().now();
        let due: Vec<_> = stage
            .rows()
            .await
            .into_iter()
            .filter(|row| row.attempts == 2)
            .collect();
        assert_eq!(due.len(), 10);
        assert!(
            due.iter()
                .all(|row| row.due_at == now.plus(Duration::from_mins(2)))
        );
        stage.post.mood(Mood::Stranger, false);
        stage.post.start_again().unwrap();
        stage.world.clock.advance(Duration::from_mins(3));
        assert_eq!(stage.send().await, posted(12, 0, 0));
        assert_eq!(stage.letters().len(), 12);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_address_is_given_up_at_once_and_a_full_mailbox_after_two_days() {
    both(|world| async move {
        let stage = stage(world).await;
        let nobody = person(&stage.world, stage.organisation, "Nobody").await;
        let full = person(&stage.world, stage.organisation, "Full").await;
        stage
            .put(&[
                stage.message(nobody, 1),
                stage.message(full, 1),
                stage.message(stage.ben, 1),
            ])
            .await;
        assert_eq!(stage.send().await, posted(1, 1, 1));
        assert_eq!(stage.letters().len(), 1);
        let rows = stage.rows().await;
        let of = |address: &str| {
            rows.iter()
                .find(|row| row.address.starts_with(address))
                .unwrap()
        };
        assert!(
            of("nobody").last_error.contains("No such mailbox"),
            "{rows:?}"
        );
        assert!(of("nobody").failed_at > Time::default());
        assert!(of("full").last_error.contains("Mailbox full"), "{rows:?}");
        assert_eq!(of("full").failed_at, Time::default());
        let mut attempts = 1;
        let mut hours = 0;
        while waiting(stage.realm()).await.unwrap() > 0 {
            stage.world.clock.advance(Duration::from_hours(1));
            hours += 1;
            let came = stage.send().await;
            attempts += came.later;
            assert!(
                came == posted(0, 1, 0) || came == posted(0, 0, 1),
                "{came:?}"
            );
            assert!(hours <= 48);
        }
        assert_eq!((hours, attempts), (48, 48));
        let rows = stage.rows().await;
        assert!(
            rows.iter().any(|row| row.last_error.contains("two days")),
            "{rows:?}"
        );
        // What a server never takes, whatever is in it, is given up too.
        stage.post.mood(Mood::Broken, true);
        stage.put(&[stage.message(stage.ben, 2)]).await;
        assert_eq!(stage.send().await, posted(0, 0, 1));
    })
    .await;
}

#[tokio::test]
async fn each_message_is_sent_by_one_node() {
    both(|world| async move {
        let stage = stage(world).await;
        let messages: Vec<Message> = (0..35).map(|n| stage.message(stage.ben, n)).collect();
        stage.put(&messages).await;
        let (one, two, three) = tokio::join!(
            Box::pin(stage.send()),
            Box::pin(stage.send()),
            Box::pin(stage.send())
        );
        assert_eq!(one.sent + two.sent + three.sent, 35);
        let mut subjects: Vec<_> = stage
            .letters()
            .iter()
            .map(|letter| letter.header("Subject").unwrap())
            .collect();
        assert_eq!(subjects.len(), 35);
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), 35);
    })
    .await;
}

#[tokio::test]
async fn what_a_node_that_died_was_sending_is_sent_by_another() {
    both(|world| async move {
        let mut stage = stage(world).await;
        stage
            .put(&[stage.message(stage.amara, 1), stage.message(stage.ben, 1)])
            .await;
        stage.post.mood(Mood::Hang, true);
        let dying = tokio::spawn({
            let (realm, mailer) = (stage.realm().clone(), stage.mailer.clone());
            async move { send_due(&realm, &mailer).await }
        });
        let mut looks = tokio::time::interval(Duration::from_millis(10));
        while !stage.post.hangs() {
            looks.tick().await;
        }
        // Both are its own: nobody else takes them, as long as it may be at it.
        assert_eq!(stage.send().await, Posted::default());
        dying.abort();
        assert!(dying.await.is_err());
        stage.post.kill();
        stage.post.mood(Mood::Hang, false);
        stage.post.start_again().unwrap();
        stage.world.clock.advance(Duration::from_mins(14));
        assert_eq!(stage.send().await, Posted::default());
        stage.world.clock.advance(Duration::from_mins(1));
        assert_eq!(stage.send().await, posted(2, 0, 0));
        assert_eq!(stage.letters().len(), 2);
        assert!(stage.rows().await.iter().all(|row| row.attempts == 2));
    })
    .await;
}

#[tokio::test]
async fn who_took_over_is_not_overruled_by_who_was_slow() {
    both(|world| async move {
        let stage = stage(world).await;
        stage.put(&[stage.message(stage.ben, 1)]).await;
        let (now, realm) = (stage.realm().now(), stage.realm());
        let slow = realm.new_id();
        assert!(
            sql::claim(realm, slow, now, now.plus(Duration::from_mins(15)), 1)
                .await
                .unwrap()
        );
        stage.world.clock.advance(Duration::from_mins(16));
        assert_eq!(stage.send().await, posted(1, 0, 0));
        let id = stage
            .world
            .count("SELECT id AS value FROM outgoing_mail", Vec::new())
            .await;
        let id = Id::from_raw(id);
        sql::later(realm, id, slow, realm.now(), "slow")
            .await
            .unwrap();
        sql::given_up(realm, id, slow, "slow").await.unwrap();
        let row = stage.rows().await.remove(0);
        assert!(row.sent_at > Time::default() && row.failed_at == Time::default());
        assert_eq!(row.last_error, "");
    })
    .await;
}

/// A certificate for localhost of an authority of its own: the authority, the certificate and its key in PEM.
fn certificate() -> (tempfile::TempDir, PathBuf, PathBuf, Vec<u8>) {
    let directory = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (
        directory.path().join("certificate.pem"),
        directory.path().join("key.pem"),
    );
    let pem = made.cert.pem();
    std::fs::write(&certificate, &pem).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (directory, certificate, key, pem.into_bytes())
}

fn letter() -> Letter {
    Letter {
        id: "0000000000001".to_owned(),
        address: "amara@example.org".to_owned(),
        subject: "A test".to_owned(),
        body: "It is one.".to_owned(),
        link: "https://realm.example/".to_owned(),
        written_at: crate::testing::START,
        realm: "Northmoor".to_owned(),
    }
}

fn server_says(outcome: std::result::Result<(), Undelivered>, word: &str) {
    let Err(Undelivered::Server(why)) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(why.to_lowercase().contains(word), "{why} should say {word}");
}

#[tokio::test]
async fn over_tls_the_server_is_who_it_should_be_and_so_are_we() {
    let (_keep, certificate, key, pem) = certificate();
    for implicit in [false, true] {
        let user = Some(("realm".to_owned(), "open sesame".to_owned()));
        let post = Post::with(Manner {
            certificate: Some((certificate.clone(), key.clone())),
            implicit,
            user,
        })
        .unwrap();
        let encryption = if implicit {
            Encryption::Tls
        } else {
            Encryption::StartTls
        };
        let right = MailSettings {
            host: "localhost".to_owned(),
            encryption,
            user: Some(("realm".to_owned(), "open sesame".to_owned().into())),
            authority: Some(pem.clone()),
            ..settings(post.port())
        };
        let send =
            async |settings: MailSettings| Mailer::new(settings).unwrap().send(&letter()).await;
        send(right.clone()).await.unwrap();
        let letters = post.letters();
        assert_eq!(letters.len(), 1);
        assert!(letters[0].encrypted);
        assert_eq!(letters[0].user, "realm");

        // A wrong password is ours to put right, and no fault of any message.
        let user = Some(("realm".to_owned(), "open barley".to_owned().into()));
        let wrong = MailSettings {
            user,
            ..right.clone()
        };
        assert!(!format!("{wrong:?}").contains("barley"));
        let shown = format!("{:?}", Mailer::new(wrong.clone()).unwrap());
        assert!(
            !shown.contains("barley") && shown.contains("realm"),
            "{shown}"
        );
        server_says(send(wrong).await, "535");
        // An authority that nobody knows, and a name that the certificate has not.
        let strange = MailSettings {
            authority: None,
            ..right.clone()
        };
        server_says(send(strange).await, "certificate");
        let other = MailSettings {
            host: "127.0.0.1".to_owned(),
            ..right.clone()
        };
        server_says(send(other).await, "certificate");
        assert_eq!(post.letters().len(), 1);
    }
    // A server that offers no STARTTLS gets neither a password nor a message.
    let post = Post::start().unwrap();
    let stripped = MailSettings {
        host: "localhost".to_owned(),
        encryption: Encryption::StartTls,
        authority: Some(pem),
        ..settings(post.port())
    };
    server_says(Mailer::new(stripped).unwrap().check().await, "starttls");
}

#[tokio::test]
async fn what_is_set_wrongly_is_named() {
    let wrong = |change: fn(&mut MailSettings)| {
        let mut settings = settings(25);
        change(&mut settings);
        Mailer::new(settings).unwrap_err().0
    };
    assert_eq!(wrong(|it| it.from = "nobody".to_owned()), "from");
    assert_eq!(
        wrong(|it| it.from = "a@b.example, c@d.example".to_owned()),
        "from"
    );
    let broken = |it: &mut MailSettings| {
        it.encryption = Encryption::Tls;
        it.authority = Some(b"no certificate".to_vec());
    };
    assert_eq!(wrong(broken), "authority");
    let nowhere = Mailer::new(settings(1)).unwrap().check().await;
    assert!(
        matches!(nowhere, Err(Undelivered::Server(_))),
        "{nowhere:?}"
    );
}
