//! One-time links.

use std::time::Duration;

use futures::future::join;

use super::*;
use crate::testing::assert_not_found;

const NEW: &str = "kettle vandal lantern";

#[tokio::test]
async fn a_link_is_spent_once() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (amara, token) = create_person(&world.console(), lights, &form("Amara Osei"), None)
            .await
            .unwrap();
        let whose = link(&nobody(&world), token.as_str()).await.unwrap();
        assert_eq!(
            (whose.person.as_str(), whose.email.as_str()),
            ("Amara Osei", "amara.osei@example.org")
        );

        // A problem leaves it unspent.
        problem(
            use_link(
                &nobody(&world),
                token.as_str(),
                "password1234",
                "password1234",
                &VISIT,
            )
            .await,
            "password",
        );
        problem(
            use_link(&nobody(&world), token.as_str(), NEW, "other", &VISIT).await,
            "again",
        );
        let session = use_link(&nobody(&world), token.as_str(), NEW, NEW, &VISIT)
            .await
            .unwrap();
        assert_eq!(
            behind(&world, session.token.as_str())
                .await
                .unwrap()
                .actor
                .me()
                .unwrap(),
            amara
        );
        assert_not_found(link(&nobody(&world), token.as_str()).await);
        assert_not_found(
            use_link(&nobody(&world), token.as_str(), PASSWORD, PASSWORD, &VISIT).await,
        );
        assert!(enter(&world, "Amara Osei", NEW).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn two_who_follow_it_at_once() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (_, token) = create_person(&world.console(), lights, &form("Amara Osei"), None)
            .await
            .unwrap();
        let nobody = nobody(&world);
        let (one, other) = join(
            use_link(&nobody, token.as_str(), PASSWORD, PASSWORD, &VISIT),
            use_link(&nobody, token.as_str(), NEW, NEW, &VISIT),
        )
        .await;
        assert_eq!(
            usize::from(one.is_ok()) + usize::from(other.is_ok()),
            1,
            "{one:?} {other:?}"
        );
        let right = if one.is_ok() { PASSWORD } else { NEW };
        assert!(enter(&world, "Amara Osei", right).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_new_link_replaces_the_old_one_and_ends_sessions_when_used() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (amara, session) = member(&world, lights, "Amara Osei").await;
        let old = issue_link(&world.console(), amara).await.unwrap();
        let new = issue_link(&world.console(), amara).await.unwrap();
        assert_not_found(link(&nobody(&world), old.as_str()).await);
        // Making it changes nothing yet.
        assert!(behind(&world, session.token.as_str()).await.is_ok());
        use_link(&nobody(&world), new.as_str(), NEW, NEW, &VISIT)
            .await
            .unwrap();
        assert!(matches!(
            behind(&world, session.token.as_str()).await,
            Err(Error::SignedOut)
        ));
        assert!(enter(&world, "Amara Osei", PASSWORD).await.is_err());
        assert_eq!(journalled(&world, "IssueLink", amara.raw()).await, 2);
    })
    .await;
}

#[tokio::test]
async fn links_age_and_unknown_ones_lead_nowhere() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (_, token) = create_person(&world.console(), lights, &form("Amara Osei"), None)
            .await
            .unwrap();
        world
            .clock
            .advance(Duration::from_micros(3 * 24 * 60 * 60 * 1_000_000 - 1));
        assert!(link(&nobody(&world), token.as_str()).await.is_ok());
        world.clock.advance(Duration::from_micros(1));
        assert_not_found(link(&nobody(&world), token.as_str()).await);
        assert_not_found(use_link(&nobody(&world), token.as_str(), NEW, NEW, &VISIT).await);
        for token in ["", "x", &"A".repeat(43), "\u{0}", &"A".repeat(1_000_000)] {
            assert_not_found(link(&nobody(&world), token).await);
        }
    })
    .await;
}

/// A session's secret is no link, and a link's is no session.
#[tokio::test]
async fn secrets_are_not_exchanged() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (amara, session) = member(&world, lights, "Amara Osei").await;
        let token = issue_link(&world.console(), amara).await.unwrap();
        assert_not_found(link(&nobody(&world), session.token.as_str()).await);
        assert!(matches!(
            behind(&world, token.as_str()).await,
            Err(Error::SignedOut)
        ));
    })
    .await;
}

#[tokio::test]
async fn a_suspended_account_has_no_links() {
    both(|world| async move {
        let lights = body(&world, "Harbour Lights").await;
        let (amara, token) = create_person(&world.console(), lights, &form("Amara Osei"), None)
            .await
            .unwrap();
        suspend(&world.console(), amara, "Left").await.unwrap();
        assert_not_found(use_link(&nobody(&world), token.as_str(), NEW, NEW, &VISIT).await);
        assert!(matches!(
            issue_link(&world.console(), amara).await,
            Err(Error::Conflict(_))
        ));
        reinstate(&world.console(), amara).await.unwrap();
        // What was made before stays worthless.
        assert_not_found(link(&nobody(&world), token.as_str()).await);
        let token = issue_link(&world.console(), amara).await.unwrap();
        use_link(&nobody(&world), token.as_str(), NEW, NEW, &VISIT)
            .await
            .unwrap();
    })
    .await;
}
