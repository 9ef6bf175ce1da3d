//! Locks that end by themselves, and what stands in their way.

use std::time::Duration;

use super::{
    Cast, Conditions, LockForm, both, holding, lock, look, make, put, put_if, sound, text,
};
use crate::Error;
use crate::documents;
use crate::files::{self, Stop, Swept, Wanted, What};

#[tokio::test]
async fn work_under_a_lock_that_ends_by_itself_is_published() {
    both(async |world| {
        let cast = Cast::new(world).await;
        put(&cast.ann, "papers/a.txt", "first").await.unwrap();
        let token = lock(&cast.ann, "papers/a.txt", 60).await.unwrap();
        let held = holding(&token);
        put_if(&cast.ann, "papers/a.txt", "work", &held)
            .await
            .unwrap();
        assert_eq!(text(&cast.rita, "papers/a.txt").await.unwrap(), "first");
        assert_eq!(
            files::sweep(&cast.world.realm).await.unwrap(),
            Swept::default()
        );
        cast.world.clock.advance(Duration::from_secs(61));
        let swept = files::sweep(&cast.world.realm).await.unwrap();
        assert_eq!((swept.locks, swept.published), (1, 1));
        assert_eq!(text(&cast.rita, "papers/a.txt").await.unwrap(), "work");
        // Its token is worth nothing any more.
        let looked = look(&cast.ann, "papers/a.txt").await;
        let outcome = files::unlock(&cast.ann, &looked, &token).await;
        assert!(matches!(outcome, Err(Stop::NoSuchLock)), "{outcome:?}");
        sound(&cast).await;
    })
    .await;
}

#[tokio::test]
async fn work_is_not_published_over_what_somebody_else_changed() {
    both(async |world| {
        let cast = Cast::new(world).await;
        put(&cast.ann, "papers/a.txt", "first").await.unwrap();
        let token = lock(&cast.ann, "papers/a.txt", 60).await.unwrap();
        put_if(&cast.ann, "papers/a.txt", "hers", &holding(&token))
            .await
            .unwrap();
        cast.world.clock.advance(Duration::from_secs(61));
        put(&cast.ben, "papers/a.txt", "his").await.unwrap();
        let swept = files::sweep(&cast.world.realm).await.unwrap();
        assert_eq!((swept.locks, swept.published), (1, 0));
        assert_eq!(text(&cast.rita, "papers/a.txt").await.unwrap(), "his");
        // It is not lost: it waits where drafts wait.
        let drafts = documents::my_drafts(&mut cast.ann.scope().unwrap())
            .await
            .unwrap();
        assert_eq!(drafts.len(), 1);
        sound(&cast).await;
    })
    .await;
}

#[tokio::test]
async fn a_draft_from_before_the_lock_is_nobodys_to_publish() {
    both(async |world| {
        let cast = Cast::new(world).await;
        put(&cast.ann, "papers/a.txt", "first").await.unwrap();
        let What::Document(entry) = look(&cast.ann, "papers/a.txt").await.what else {
            panic!("it is a document");
        };
        let id = crate::kernel::Id::from_raw(entry.id.raw());
        documents::check_out(&cast.ann, id, "").await.unwrap();
        documents::save_draft(&cast.ann, id, &b"private"[..])
            .await
            .unwrap();
        documents::release(&cast.olive, id).await.unwrap();
        cast.world.clock.advance(Duration::from_secs(1));
        let token = lock(&cast.ann, "papers/a.txt", 60).await.unwrap();
        assert_eq!(text(&cast.ann, "papers/a.txt").await.unwrap(), "first");
        let looked = look(&cast.ann, "papers/a.txt").await;
        files::unlock(&cast.ann, &looked, &token).await.unwrap();
        lock(&cast.ann, "papers/a.txt", 60).await.unwrap();
        cast.world.clock.advance(Duration::from_secs(61));
        assert_eq!(files::sweep(&cast.world.realm).await.unwrap().published, 0);
        assert_eq!(text(&cast.rita, "papers/a.txt").await.unwrap(), "first");
        sound(&cast).await;
    })
    .await;
}

#[tokio::test]
async fn a_refreshed_lock_lasts_and_an_ended_one_does_not_stand_in_the_way() {
    both(async |world| {
        let cast = Cast::new(world).await;
        make(&cast.ann, "papers/f").await;
        put(&cast.ann, "papers/f/a.txt", "first").await.unwrap();
        let token = lock(&cast.ann, "papers/f/a.txt", 60).await.unwrap();
        cast.world.clock.advance(Duration::from_secs(50));
        let looked = look(&cast.ann, "papers/f/a.txt").await;
        let again = files::refresh(&cast.ann, &looked, None, &holding(&token))
            .await
            .unwrap();
        assert_eq!(again.seconds, 60);
        cast.world.clock.advance(Duration::from_secs(50));
        let outcome = put(&cast.ben, "papers/f/a.txt", "his").await;
        assert!(matches!(outcome, Err(Stop::Locked)), "{outcome:?}");
        let form = LockForm {
            deep: true,
            ..LockForm::default()
        };
        let folder = look(&cast.ben, "papers/f").await;
        let outcome = files::lock(&cast.ben, &folder, &form, &Conditions::default()).await;
        assert!(matches!(outcome, Err(Stop::LockConflict)), "{outcome:?}");
        // A reader learns that it is locked, and takes no lock.
        let about = files::about(
            &cast.rita,
            &look(&cast.rita, "papers/f/a.txt").await,
            Wanted {
                locks: true,
                properties: true,
            },
        )
        .await
        .unwrap();
        assert_eq!(
            (
                about.locks.len(),
                about.locks[0].token.as_str(),
                about.locks[0].mine
            ),
            (1, "", false)
        );
        let outcome = lock(&cast.rita, "papers/f/a.txt", 60).await;
        assert!(
            matches!(outcome, Err(Stop::Other(Error::Refused(_)))),
            "{outcome:?}"
        );
        cast.world.clock.advance(Duration::from_secs(20));
        put(&cast.ben, "papers/f/a.txt", "his").await.unwrap();
        files::lock(&cast.ben, &folder, &form, &Conditions::default())
            .await
            .unwrap();
        let outcome = put(&cast.ann, "papers/f/b.txt", "hers").await;
        assert!(matches!(outcome, Err(Stop::Locked)), "{outcome:?}");
        sound(&cast).await;
    })
    .await;
}

#[tokio::test]
async fn a_lock_ends_with_the_check_out_that_it_is() {
    both(async |world| {
        let cast = Cast::new(world).await;
        put(&cast.ann, "papers/a.txt", "first").await.unwrap();
        let token = lock(&cast.ann, "papers/a.txt", 600).await.unwrap();
        put_if(&cast.ann, "papers/a.txt", "work", &holding(&token))
            .await
            .unwrap();
        let What::Document(entry) = look(&cast.ann, "papers/a.txt").await.what else {
            panic!("it is a document");
        };
        let id = crate::kernel::Id::from_raw(entry.id.raw());
        cast.world.clock.advance(Duration::from_secs(1));
        documents::release(&cast.olive, id).await.unwrap();
        // Whoever held it is told so, and keeps their work; others go on.
        let outcome = put_if(&cast.ann, "papers/a.txt", "more", &holding(&token)).await;
        assert!(matches!(outcome, Err(Stop::Condition)), "{outcome:?}");
        let drafts = documents::my_drafts(&mut cast.ann.scope().unwrap())
            .await
            .unwrap();
        assert_eq!(drafts.len(), 1);
        cast.world.clock.advance(Duration::from_secs(700));
        let swept = files::sweep(&cast.world.realm).await.unwrap();
        assert_eq!((swept.locks, swept.published), (1, 0));
        put(&cast.ben, "papers/a.txt", "his").await.unwrap();
        assert_eq!(text(&cast.rita, "papers/a.txt").await.unwrap(), "his");
        sound(&cast).await;
    })
    .await;
}
