//! Moving and copying between folders and libraries.

use super::{
    Cast, Conditions, assert_absent, both, copy, inside, look, make, put, shift, sound, text,
};
use crate::documents;
use crate::files::{self, Property, PropertyChange, Stop, Wanted, What};
use crate::kernel::{Actor, Id, thing};
use crate::testing::assert_not_found;

async fn document(who: &Actor, path: &str) -> Id<thing::Document> {
    match look(who, path).await.what {
        What::Document(entry) => Id::from_raw(entry.id.raw()),
        other => panic!("{path} is no document: {other:?}"),
    }
}

fn property(xml: &str) -> PropertyChange {
    PropertyChange::Set(Property {
        space: "urn:x".to_owned(),
        name: "x".to_owned(),
        xml: xml.to_owned(),
    })
}

async fn said(who: &Actor, path: &str) -> usize {
    let wanted = Wanted {
        locks: false,
        properties: true,
    };
    let about = files::about(who, &look(who, path).await, wanted)
        .await
        .unwrap();
    about.properties.len()
}

#[tokio::test]
async fn a_move_to_another_library_under_another_name_keeps_the_document() {
    both(async |world| {
        let cast = Cast::new(world).await;
        make(&cast.ann, "papers/f").await;
        put(&cast.ann, "papers/f/a.txt", "one").await.unwrap();
        put(&cast.ann, "papers/f/a.txt", "two").await.unwrap();
        let looked = look(&cast.ann, "papers/f/a.txt").await;
        files::set_properties(
            &cast.ann,
            &looked,
            vec![property("<x/>")],
            &Conditions::default(),
        )
        .await
        .unwrap();
        let id = document(&cast.ann, "papers/f/a.txt").await;
        shift(&cast.ann, "papers/f/a.txt", "private/b.txt")
            .await
            .unwrap();
        assert_eq!(document(&cast.ann, "private/b.txt").await, id);
        assert_eq!(said(&cast.ann, "private/b.txt").await, 1);
        assert_eq!(text(&cast.elsewhere, "private/b.txt").await.unwrap(), "two");
        assert!(inside(&cast.ben, "papers/f").await.is_empty());
        let page = documents::document(&cast.elsewhere, id, None)
            .await
            .unwrap();
        assert_eq!((page.version, page.name.as_str()), (2, "b.txt"));
        assert_not_found(documents::document(&cast.ben, id, None).await);
        // Ben may not see where it is, nor put anything there.
        assert!(
            files::look(&cast.ben, &super::address("private"))
                .await
                .is_err()
        );
        sound(&cast).await;
    })
    .await;
}

#[tokio::test]
async fn a_folder_goes_with_everything_in_it_and_never_into_itself() {
    both(async |world| {
        let cast = Cast::new(world).await;
        for folder in ["papers/f", "papers/f/g", "papers/f/g/h"] {
            make(&cast.ann, folder).await;
            put(&cast.ann, &format!("{folder}/a.txt"), folder)
                .await
                .unwrap();
        }
        let outcome = shift(&cast.ann, "papers/f", "papers/f/g/f").await;
        assert!(matches!(outcome, Err(Stop::Itself)), "{outcome:?}");
        let id = document(&cast.ann, "papers/f/g/h/a.txt").await;
        shift(&cast.ann, "papers/f/g", "archive/moved")
            .await
            .unwrap();
        assert_eq!(document(&cast.ann, "archive/moved/h/a.txt").await, id);
        assert_eq!(inside(&cast.ben, "papers/f").await, ["a.txt"]);
        shift(&cast.ann, "archive/moved/h", "archive/moved/Other")
            .await
            .unwrap();
        assert_eq!(
            text(&cast.rita, "archive/moved/other/a.txt").await.unwrap(),
            "papers/f/g/h"
        );
        sound(&cast).await;
    })
    .await;
}

#[tokio::test]
async fn a_copy_is_a_new_document_that_remembers_of_what() {
    both(async |world| {
        let cast = Cast::new(world).await;
        make(&cast.ann, "papers/f").await;
        make(&cast.ann, "papers/f/g").await;
        put(&cast.ann, "papers/f/g/a.txt", "one").await.unwrap();
        put(&cast.ann, "papers/f/g/a.txt", "two").await.unwrap();
        let looked = look(&cast.ann, "papers/f/g/a.txt").await;
        files::set_properties(
            &cast.ann,
            &looked,
            vec![property("<x/>")],
            &Conditions::default(),
        )
        .await
        .unwrap();
        copy(&cast.ann, "papers/f", "archive/copy").await.unwrap();
        let (id, new) = (
            document(&cast.ann, "papers/f/g/a.txt").await,
            document(&cast.ann, "archive/copy/g/a.txt").await,
        );
        assert_ne!(id, new);
        assert_eq!(said(&cast.ann, "archive/copy/g/a.txt").await, 1);
        assert_eq!(
            text(&cast.rita, "archive/copy/g/a.txt").await.unwrap(),
            "two"
        );
        let rows = cast
            .world
            .look(
                "SELECT copied_from, copied_version FROM items WHERE id = $1",
                crate::kernel::args![new],
            )
            .await;
        assert_eq!(rows[0].get::<i64>("copied_from").unwrap(), id.raw());
        assert_eq!(rows[0].get::<i64>("copied_version").unwrap(), 2);
        // Who looks after the library that it was taken out of sees that.
        let reads = async || {
            cast.world
                .count(
                    "SELECT COUNT(*) AS value FROM journal
                      WHERE action = 'DownloadVersion' AND library_id = $1 AND item_id = $2",
                    crate::kernel::args![cast.papers, id],
                )
                .await
        };
        assert_eq!(reads().await, 1);
        copy(&cast.ann, "papers/f/g/a.txt", "papers/same.txt")
            .await
            .unwrap();
        assert_eq!(reads().await, 1);
        // Onto a document it is that document's next version.
        copy(&cast.ann, "papers/f/g/a.txt", "archive/copy/g/a.txt")
            .await
            .unwrap();
        put(&cast.ann, "papers/f/g/a.txt", "three").await.unwrap();
        copy(&cast.ann, "papers/f/g/a.txt", "archive/copy/g/a.txt")
            .await
            .unwrap();
        assert_eq!(document(&cast.ann, "archive/copy/g/a.txt").await, new);
        let page = documents::document(&cast.ann, new, None).await.unwrap();
        assert_eq!(page.version, 2);
        sound(&cast).await;
    })
    .await;
}

#[tokio::test]
async fn what_may_not_be_known_of_is_neither_listed_copied_nor_replaced() {
    both(async |world| {
        let cast = Cast::new(world).await;
        make(&cast.ann, "papers/f").await;
        put(&cast.ann, "papers/f/marked.txt", "secret")
            .await
            .unwrap();
        put(&cast.ann, "papers/f/plain.txt", "plain").await.unwrap();
        let marked = document(&cast.ann, "papers/f/marked.txt").await;
        cast.mark(marked).await;
        assert_eq!(inside(&cast.ben, "papers/f").await, ["plain.txt"]);
        let looked = look(&cast.ben, "papers/f/marked.txt").await;
        assert!(matches!(looked.what, What::Nothing), "{looked:?}");
        assert_absent(&files::remove(&cast.ben, &looked, &Conditions::default()).await);
        assert!(put(&cast.ben, "papers/f/marked.txt", "mine").await.is_err());
        assert!(
            shift(&cast.ben, "papers/f/plain.txt", "papers/f/marked.txt")
                .await
                .is_err()
        );
        copy(&cast.ben, "papers/f", "archive/copy").await.unwrap();
        assert_eq!(inside(&cast.ben, "archive/copy").await, ["plain.txt"]);
        let sealed = document(&cast.ann, "papers/f/plain.txt").await;
        cast.seal(sealed).await;
        assert!(copy(&cast.ben, "papers/f", "archive/again").await.is_err());
        assert!(
            shift(&cast.ben, "papers/f/plain.txt", "papers/b.txt")
                .await
                .is_err()
        );
        assert!(put(&cast.ben, "papers/f/plain.txt", "mine").await.is_err());
        sound(&cast).await;
    })
    .await;
}

#[tokio::test]
async fn what_has_a_history_of_its_own_never_becomes_a_version_of_another() {
    both(async |world| {
        let cast = Cast::new(world).await;
        put(&cast.ann, "papers/a.txt", "kept").await.unwrap();
        put(&cast.ben, "papers/others.txt", "of ben").await.unwrap();
        put(&cast.ann, "papers/marked.txt", "marked").await.unwrap();
        let (kept, others) = (
            document(&cast.ann, "papers/a.txt").await,
            document(&cast.ann, "papers/others.txt").await,
        );
        let marked = document(&cast.ann, "papers/marked.txt").await;
        cast.mark(marked).await;
        shift(&cast.ann, "papers/a.txt", "papers/a.txt.bak")
            .await
            .unwrap();
        // The name is free for Ann only: nothing is swallowed, and nothing is deleted.
        for name in ["papers/others.txt", "papers/marked.txt"] {
            let outcome = shift(&cast.ann, name, "papers/a.txt").await;
            assert!(
                matches!(
                    outcome,
                    Err(Stop::Other(
                        crate::Error::Conflict(_) | crate::Error::NotFound
                    ))
                ),
                "{outcome:?}"
            );
        }
        assert_eq!(document(&cast.ben, "papers/a.txt").await, kept);
        assert_eq!(
            text(&cast.ben, "papers/others.txt").await.unwrap(),
            "of ben"
        );
        // What is there for everybody goes to the bin, and what takes its place stays what it is.
        shift(&cast.ann, "papers/a.txt.bak", "papers/a.txt")
            .await
            .unwrap();
        shift(&cast.ann, "papers/others.txt", "papers/a.txt")
            .await
            .unwrap();
        assert_eq!(document(&cast.ann, "papers/a.txt").await, others);
        let page = documents::document(&cast.ann, kept, None).await.unwrap();
        assert_eq!(page.version, 1);
        // To another library nothing is swallowed either.
        put(&cast.ann, "archive/b.txt", "there").await.unwrap();
        put(&cast.ann, "papers/new.txt", "new").await.unwrap();
        let new = document(&cast.ann, "papers/new.txt").await;
        shift(&cast.ann, "papers/new.txt", "archive/b.txt")
            .await
            .unwrap();
        assert_eq!(document(&cast.ann, "archive/b.txt").await, new);
        sound(&cast).await;
    })
    .await;
}
