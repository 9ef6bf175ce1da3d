//! What the page offers is what the verbs decide.

use super::NONE;
use crate::Error;
use crate::documents::{self, Can};
use crate::kernel::{Actor, Id, thing};
use crate::libraries;
use crate::libraries::tests::fixture::Cast;
use crate::testing::both;

type Document = Id<thing::Document>;

#[derive(Debug, Clone, Copy)]
enum State {
    Free,
    HeldByAnn,
    HeldByBen,
    LeftByAnn,
    LeftByAnnHeldByBen,
    Binned,
}

impl State {
    const ALL: [Self; 6] = [
        Self::Free,
        Self::HeldByAnn,
        Self::HeldByBen,
        Self::LeftByAnn,
        Self::LeftByAnnHeldByBen,
        Self::Binned,
    ];

    async fn arrange(self, cast: &Cast, name: &str) -> Document {
        let document = cast.document(name).await;
        let left = matches!(self, Self::LeftByAnn | Self::LeftByAnnHeldByBen);
        if left || matches!(self, Self::HeldByAnn) {
            documents::check_out(&cast.ann, document, "").await.unwrap();
            documents::save_draft(&cast.ann, document, name.as_bytes())
                .await
                .unwrap();
        }
        if left {
            documents::release(&cast.olive, document).await.unwrap();
        }
        if matches!(self, Self::HeldByBen | Self::LeftByAnnHeldByBen) {
            documents::check_out(&cast.ben, document, "").await.unwrap();
        }
        if matches!(self, Self::Binned) {
            libraries::bin(&cast.ann, cast.papers, &[document.item()])
                .await
                .unwrap();
        }
        document
    }
}

/// A button of the page, and its verb.
#[derive(Debug, Clone, Copy)]
enum Verb {
    AddVersion,
    CheckOut,
    CheckIn,
    PublishDraft,
    Discard,
    Renew,
    Release,
    Rename,
    Delete,
    Restore,
}

impl Verb {
    const ALL: [Self; 10] = [
        Self::AddVersion,
        Self::CheckOut,
        Self::CheckIn,
        Self::PublishDraft,
        Self::Discard,
        Self::Renew,
        Self::Release,
        Self::Rename,
        Self::Delete,
        Self::Restore,
    ];

    fn offered(self, can: Can) -> bool {
        match self {
            Self::AddVersion => can.add_version,
            Self::CheckOut => can.check_out,
            Self::CheckIn => can.check_in || can.publish_draft,
            Self::PublishDraft => can.publish_draft,
            Self::Discard => can.discard,
            Self::Renew => can.renew,
            Self::Release => can.release,
            Self::Rename => can.rename,
            Self::Delete => can.delete,
            Self::Restore => can.restore,
        }
    }

    async fn attempt(self, cast: &Cast, who: &Actor, document: Document) -> Result<(), Error> {
        let item = document.item();
        match self {
            Self::AddVersion => documents::add_version(who, document, "", &b"new"[..], "")
                .await
                .map(|_| ()),
            Self::CheckOut => documents::check_out(who, document, "").await.map(|_| ()),
            Self::CheckIn => documents::check_in(who, document, Some(&b"new"[..]), "")
                .await
                .map(|_| ()),
            Self::PublishDraft => documents::check_in(who, document, NONE, "")
                .await
                .map(|_| ()),
            Self::Discard => documents::discard(who, document).await,
            Self::Renew => documents::renew(who, document).await.map(|_| ()),
            Self::Release => documents::release(who, document).await,
            Self::Rename => libraries::rename(who, item, &format!("{document}.txt")).await,
            Self::Delete => libraries::bin(who, cast.papers, &[item]).await.map(|_| ()),
            Self::Restore => libraries::restore(who, cast.papers, &[item])
                .await
                .map(|_| ()),
        }
    }
}

#[tokio::test]
async fn what_the_page_offers_is_what_the_verbs_allow() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let people = [&cast.olive, &cast.ann, &cast.rita];
        let mut number = 0;
        for state in State::ALL {
            for who in people {
                for verb in Verb::ALL {
                    number += 1;
                    let document = state.arrange(&cast, &format!("{number}.txt")).await;
                    let offered = match documents::document(who, document, None).await {
                        Ok(page) => verb.offered(page.can),
                        Err(_) => false,
                    };
                    // Who holds a document with a draft can check that in too; that is offered as a check-in.
                    let draft_of_holder =
                        matches!((state, verb), (State::HeldByAnn, Verb::PublishDraft))
                            && who.who() == cast.ann.who();
                    let outcome = verb.attempt(&cast, who, document).await;
                    assert_eq!(
                        outcome.is_ok(),
                        offered || draft_of_holder,
                        "{state:?} {verb:?} {:?}: {outcome:?}",
                        who.who()
                    );
                    if let Err(error) = outcome {
                        let expected = matches!(
                            error,
                            Error::NotFound
                                | Error::Refused(_)
                                | Error::Conflict(_)
                                | Error::CheckedOut { .. }
                                | Error::Invalid(_)
                        );
                        assert!(expected, "{error:?}");
                    }
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_stranger_finds_nothing_and_somebody_suspended_is_signed_out() {
    both(async |world| {
        let cast = Cast::new(world).await;
        for state in State::ALL {
            let document = state.arrange(&cast, &format!("{state:?}.txt")).await;
            for verb in Verb::ALL {
                for who in [&cast.stranger, &cast.elsewhere] {
                    let outcome = verb.attempt(&cast, who, document).await;
                    assert!(
                        matches!(outcome, Err(Error::NotFound)),
                        "{state:?} {verb:?}: {outcome:?}"
                    );
                }
                let nobody = Actor::nobody(&cast.world.realm);
                let outcome = verb.attempt(&cast, &nobody, document).await;
                assert!(
                    matches!(outcome, Err(Error::SignedOut)),
                    "{state:?} {verb:?}: {outcome:?}"
                );
            }
        }
    })
    .await;
}
