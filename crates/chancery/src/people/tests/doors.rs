//! From a password to a session.

use std::time::Duration;

use argon2::password_hash::PasswordHasher as _;

use super::*;
use crate::kernel::{Engine, Limits, count_queries};
use crate::testing::world_with;

#[tokio::test]
async fn a_right_password_opens_a_session() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (amara, _) = member(&world, lights, "Amara Osei").await;
        // However it is written.
        let session = sign_in(
            &nobody(&world),
            " AMARA.Osei@Example.ORG ",
            PASSWORD,
            &VISIT,
        )
        .await
        .unwrap();
        assert_eq!(session.person, amara);
        assert_eq!(session.token.as_str().len(), 43);
        assert!(!format!("{session:?}").contains(session.token.as_str()));

        let (arrived, queries) = count_queries(behind(&world, session.token.as_str())).await;
        let arrived = arrived.unwrap();
        assert_eq!(queries, 1);
        assert_eq!(arrived.actor.me().unwrap(), amara);
        assert_eq!(arrived.name, "Amara Osei");
        assert_eq!(
            (arrived.organisation.as_str(), arrived.organisation_id),
            ("Harbour Lights", lights)
        );
        assert!(!arrived.operator && !arrived.coordinator && !arrived.can_open_sites);
        assert_eq!(arrived.unread, 0);

        // Neither the token nor the password is kept.
        let kept = world.look("SELECT token FROM sessions", args![]).await;
        for row in kept {
            let bytes: Vec<u8> = row.get("token").unwrap();
            assert_ne!(bytes, session.token.as_str().as_bytes());
            assert_eq!(bytes.len(), 32);
        }
        let hash: String = world.look("SELECT hash FROM passwords", args![]).await[0]
            .get("hash")
            .unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{hash}");
        assert_eq!(journalled(&world, "SignIn", amara.raw()).await, 2);
    })
    .await;
}

#[tokio::test]
async fn arrivals_say_what_one_may_open() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (olu, session) = member(&world, lights, "Olu Adeyemi").await;
        let place = site(&world, lights, "Resettlement").await;
        give(&world, place, 1, olu.raw(), 2).await;
        assert!(
            !behind(&world, session.token.as_str())
                .await
                .unwrap()
                .can_open_sites
        );
        give(&world, place, 3, lights.raw(), 3).await;
        assert!(
            behind(&world, session.token.as_str())
                .await
                .unwrap()
                .can_open_sites
        );

        let (ines, session) = member(&world, lights, "Ines Duarte").await;
        appoint(&world.console(), ines, Office::Coordinator, Some(lights))
            .await
            .unwrap();
        let arrived = behind(&world, session.token.as_str()).await.unwrap();
        assert!(arrived.coordinator && arrived.can_open_sites && !arrived.operator);
        appoint(&world.console(), ines, Office::Operator, None)
            .await
            .unwrap();
        assert!(
            behind(&world, session.token.as_str())
                .await
                .unwrap()
                .operator
        );
    })
    .await;
}

/// Unknown address, wrong password, password never set, account suspended, account ended: one
/// answer, as many statements, and an entry each.
#[tokio::test]
async fn what_is_wrong_cannot_be_told() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        member(&world, lights, "Amara Osei").await;
        newcomer(&world, lights, "Never Came").await;
        let (suspended, _) = member(&world, lights, "Sus Pended").await;
        suspend(&world.console(), suspended, "Left").await.unwrap();
        let end = world.realm.now().plus(Duration::from_mins(5));
        let (_, link) = create_person(&world.console(), lights, &form("Short Stay"), Some(end))
            .await
            .unwrap();
        use_link(&nobody(&world), link.as_str(), PASSWORD, PASSWORD, &VISIT)
            .await
            .unwrap();
        world.clock.advance(Duration::from_mins(5));

        let mut answers = Vec::new();
        for (name, password) in [
            ("Nobody Here", PASSWORD),
            ("Amara Osei", "gravel otter mandoline"),
            ("Amara Osei", &"x".repeat(100_000)),
            ("Never Came", PASSWORD),
            ("Sus Pended", PASSWORD),
            ("Short Stay", PASSWORD),
            ("Nobody\u{0}\u{202E} Here", PASSWORD),
        ] {
            let (outcome, queries) = count_queries(enter(&world, name, password)).await;
            answers.push((problem(outcome, "email"), queries));
        }
        assert!(
            answers.iter().all(|answer| *answer == answers[0]),
            "{answers:?}"
        );
        let failed = world
            .count(
                "SELECT COUNT(*) AS value FROM journal WHERE action = 'FailSignIn'",
                args![],
            )
            .await;
        assert_eq!(failed, 7);
        assert_eq!(journalled(&world, "FailSignIn", suspended.raw()).await, 1);
        // What was typed is nowhere.
        assert_eq!(
            world
                .count(
                    "SELECT COUNT(*) AS value FROM journal WHERE data LIKE '%nobody%'",
                    args![]
                )
                .await,
            0
        );

        let blank = sign_in(&nobody(&world), " \u{200B} ", PASSWORD, &VISIT).await;
        assert_eq!(problem(blank, "email"), "Enter your email address");
        assert!(!problem(enter(&world, "Amara Osei", "").await, "password").is_empty());
    })
    .await;
}

/// The time that an unknown address takes is that of a wrong password: the hash is the cost. On a
/// busy machine a single attempt says little, so the shortest of many are compared, until they
/// agree; without the hash they never would.
#[tokio::test]
async fn unknown_addresses_take_as_long() {
    let limits = Limits {
        hash_memory: 16 * 1024,
        ..Limits::default()
    };
    let world = world_with(Engine::Sqlite, limits).await;
    let lights = body(&world, "Harbour Lights").await;
    member(&world, lights, "Amara Osei").await;
    newcomer(&world, lights, "Never Came").await;
    let mut shortest = [Duration::MAX; 3];
    for _ in 0..60 {
        for (name, shortest) in ["Amara Osei", "Nobody Here", "Never Came"]
            .iter()
            .zip(&mut shortest)
        {
            #[allow(clippy::disallowed_methods, reason = "a measurement")]
            let start = std::time::Instant::now();
            problem(enter(&world, name, "gravel otter mandoline").await, "email");
            *shortest = start.elapsed().min(*shortest);
        }
        // Failures must not add up.
        world.clock.advance(Duration::from_mins(15));
        let least = shortest.iter().min().unwrap();
        if shortest.iter().all(|time| *time < *least * 2) {
            return;
        }
    }
    panic!("{shortest:?}");
}

#[tokio::test]
async fn the_same_password_from_another_keyboard() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (_, link) = create_person(&world.console(), lights, &form("Amara Osei"), None)
            .await
            .unwrap();
        let composed = "caf\u{e9} gravel otter";
        use_link(&nobody(&world), link.as_str(), composed, composed, &VISIT)
            .await
            .unwrap();
        assert!(
            enter(&world, "Amara Osei", "cafe\u{301} gravel otter")
                .await
                .is_ok()
        );
        assert!(
            enter(&world, "Amara Osei", "cafe gravel otter")
                .await
                .is_err()
        );
    })
    .await;
}

/// When the realm asks for more work, a password is hashed anew at its next use.
#[tokio::test]
async fn old_hashes_are_renewed() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (amara, _) = member(&world, lights, "Amara Osei").await;
        let old = argon2::Argon2::new(
            argon2::Algorithm::Argon2id,
            argon2::Version::V0x13,
            argon2::Params::new(32, 1, 1, None).unwrap(),
        )
        .hash_password_with_salt(PASSWORD.as_bytes(), b"sixteen bytes ok")
        .unwrap()
        .to_string();
        world
            .realm
            .upkeep("UPDATE passwords SET hash = $1", args![old])
            .await
            .unwrap();
        assert!(
            enter(&world, "Amara Osei", "gravel otter mandoline")
                .await
                .is_err()
        );
        assert!(enter(&world, "Amara Osei", PASSWORD).await.is_ok());
        let hash: String = world
            .look(
                "SELECT hash FROM passwords WHERE person_id = $1",
                args![amara],
            )
            .await[0]
            .get("hash")
            .unwrap();
        assert!(hash.contains("m=64,t=2,p=1"), "{hash}");
        assert!(enter(&world, "Amara Osei", PASSWORD).await.is_ok());
    })
    .await;
}
