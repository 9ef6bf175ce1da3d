//! What programs keep beside the documents.

use std::time::Duration;

use super::{Cast, both, inside, look, put, shift, sound, text};
use crate::Error;
use crate::documents;
use crate::files::{self, Stop, What};
use crate::kernel::Id;
use crate::libraries::Listing;

#[tokio::test]
async fn a_scrap_is_gone_after_a_day_and_its_content_with_it() {
    both(async |world| {
        let cast = Cast::new(world).await;
        put(&cast.ann, "papers/.DS_Store", "scrap").await.unwrap();
        put(&cast.ann, "papers/a.txt", "kept").await.unwrap();
        assert_eq!(inside(&cast.ann, "papers").await, ["a.txt", ".DS_Store"]);
        assert_eq!(inside(&cast.ben, "papers").await, ["a.txt"]);
        assert_eq!(cast.names(&cast.ann, &Listing::default()).await, ["a.txt"]);
        cast.world.clock.advance(Duration::from_hours(25));
        assert_eq!(inside(&cast.ann, "papers").await, ["a.txt"]);
        // Its content is not garbage while its row is there.
        assert_eq!(
            documents::collect_garbage(&cast.world.realm)
                .await
                .unwrap()
                .contents,
            0
        );
        assert_eq!(files::sweep(&cast.world.realm).await.unwrap().scraps, 1);
        assert_eq!(
            documents::collect_garbage(&cast.world.realm)
                .await
                .unwrap()
                .contents,
            1
        );
        assert_eq!(text(&cast.ann, "papers/a.txt").await.unwrap(), "kept");
        sound(&cast).await;
    })
    .await;
}

#[tokio::test]
async fn a_document_that_never_came_back_is_where_it_was_after_a_day() {
    both(async |world| {
        let cast = Cast::new(world).await;
        put(&cast.ann, "papers/a.docx", "first").await.unwrap();
        shift(&cast.ann, "papers/a.docx", "papers/~WRL0001.tmp")
            .await
            .unwrap();
        assert!(look(&cast.ann, "papers/a.docx").await.is_nothing());
        assert_eq!(inside(&cast.ann, "papers").await, ["~WRL0001.tmp"]);
        assert_eq!(text(&cast.ben, "papers/a.docx").await.unwrap(), "first");
        // The other puts a version meanwhile: nobody's work is lost.
        put(&cast.ben, "papers/a.docx", "second").await.unwrap();
        cast.world.clock.advance(Duration::from_hours(25));
        files::sweep(&cast.world.realm).await.unwrap();
        assert_eq!(text(&cast.ann, "papers/a.docx").await.unwrap(), "second");
        sound(&cast).await;
    })
    .await;
}

#[tokio::test]
async fn what_a_document_was_before_is_read_as_its_version() {
    both(async |world| {
        let cast = Cast::new(world).await;
        put(&cast.ann, "papers/a.txt", "first").await.unwrap();
        shift(&cast.ann, "papers/a.txt", "papers/a.txt.bak")
            .await
            .unwrap();
        put(&cast.ann, "papers/a.txt", "second").await.unwrap();
        assert_eq!(text(&cast.ann, "papers/a.txt.bak").await.unwrap(), "first");
        // It is no content of its own: it goes nowhere but back.
        for name in ["papers/b.txt", "archive/a.txt", "archive/~$a.txt"] {
            let outcome = shift(&cast.ann, "papers/a.txt.bak", name).await;
            assert!(
                matches!(outcome, Err(Stop::Other(Error::Refused(_)))),
                "{outcome:?}"
            );
        }
        let What::Document(entry) = look(&cast.ann, "papers/a.txt").await.what else {
            panic!("no document");
        };
        shift(&cast.ann, "papers/a.txt.bak", "papers/a.txt")
            .await
            .unwrap();
        assert_eq!(text(&cast.ben, "papers/a.txt").await.unwrap(), "first");
        // Marked meanwhile, it is nobody's to read.
        shift(&cast.ann, "papers/a.txt", "papers/a.txt~")
            .await
            .unwrap();
        put(&cast.ann, "papers/a.txt", "third").await.unwrap();
        cast.mark(Id::from_raw(entry.id.raw())).await;
        assert!(text(&cast.ann, "papers/a.txt~").await.is_err());
        sound(&cast).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_put_under_an_ordinary_name_is_a_document() {
    both(async |world| {
        let cast = Cast::new(world).await;
        put(&cast.ann, "papers/a.txt", "first").await.unwrap();
        shift(&cast.ann, "papers/a.txt", "papers/a.txt.bak")
            .await
            .unwrap();
        put(&cast.ann, "papers/a.txt", "second").await.unwrap();
        put(&cast.ann, "papers/a.txt.bak", "kept").await.unwrap();
        assert_eq!(inside(&cast.ben, "papers").await, ["a.txt", "a.txt.bak"]);
        cast.world.clock.advance(Duration::from_hours(25));
        assert_eq!(text(&cast.ann, "papers/a.txt.bak").await.unwrap(), "kept");
        // A scrap that is renamed onto its own name is still there.
        put(&cast.ann, "papers/~$a.txt", "scrap").await.unwrap();
        let _ = shift(&cast.ann, "papers/~$a.txt", "papers/~$A.txt").await;
        assert_eq!(text(&cast.ann, "papers/~$a.txt").await.unwrap(), "scrap");
        sound(&cast).await;
    })
    .await;
}
