//! What programs keep beside the documents.

use std::time::Duration;

use super::{Cast, both, inside, look, put, shift, sound, text};
use crate::documents;
use crate::files;
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
