//! What a document carries by its library when it comes into another, by whichever door.

use super::says::{Saying, say, set_default_marking};
use super::*;
use crate::files::tests::{copy, shift};

type Library = Id<thing::Library>;

/// What is carried: a marking, and by whose word.
macro_rules! is {
    ($label:literal, $source:literal) => {
        Some(($label.to_owned(), $source))
    };
}

/// What the libraries say: papers PROTECT, archive RESTRICTED, private nothing.
async fn libraries_say(realm: &Realm) {
    let Cast {
        olive,
        papers,
        archive,
        ..
    } = &realm.cast;
    for (library, marking) in [(papers, "protect"), (archive, "restricted")] {
        set_default_marking(olive, *library, Some(("gpms", marking)))
            .await
            .unwrap();
    }
}

async fn moved(who: &Actor, document: Document, from: Library, to: Library) {
    let moved = libraries::relocate(who, from, &[document.item()], to, None)
        .await
        .unwrap();
    assert_eq!(moved, 1);
}

#[tokio::test]
async fn a_move_raises_what_a_document_carries_by_its_library_and_lowers_nothing() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            papers,
            archive,
            private,
            ..
        } = &realm.cast;
        let early = realm.bring(ann, "Early.txt", "nothing early").await;
        realm.read().await;
        assert_eq!(carries(ann, early).await, None);
        libraries_say(&realm).await;
        let plain = realm.bring(ann, "Plain.txt", "nothing").await;
        let own = realm.bring(ann, "Own.txt", "OFFICIAL").await;
        realm.read().await;
        assert_eq!(carries(ann, plain).await, is!("PROTECT", "library"));
        // More is said there: that counts, of what carried nothing too. What has a marking of its own keeps it.
        for document in [early, plain, own] {
            moved(ann, document, *papers, *archive).await;
        }
        assert_eq!(carries(ann, early).await, is!("RESTRICTED", "library"));
        assert_eq!(carries(ann, plain).await, is!("RESTRICTED", "library"));
        assert_eq!(carries(ann, own).await, is!("OFFICIAL", "read"));
        // Less is said there, or nothing: it carries what it did, as somebody's word, which is lowered by agreement only.
        moved(ann, plain, *archive, *papers).await;
        assert_eq!(carries(ann, plain).await, is!("RESTRICTED", "person"));
        moved(ann, early, *archive, *private).await;
        assert_eq!(carries(ann, early).await, is!("RESTRICTED", "person"));
        moved(ann, early, *private, *papers).await;
        assert_eq!(carries(ann, early).await, is!("RESTRICTED", "person"));
        let less = Saying {
            scheme: "gpms",
            marking: "protect",
            reason: "It is less",
            seals: false,
        };
        assert!(matches!(
            say(ann, early, &less).await.unwrap(),
            says::Said::Asked(_)
        ));
        // What nobody has read yet has what the library says in which it is when it is read.
        let unread = realm.bring(ann, "Unread.txt", "nothing yet").await;
        moved(ann, unread, *papers, *archive).await;
        assert_eq!(carries(ann, unread).await, None);
        realm.read().await;
        assert_eq!(carries(ann, unread).await, is!("RESTRICTED", "library"));
        let told = realm
            .cast
            .world
            .count(
                "SELECT COUNT(*) AS value FROM journal WHERE action = 'CarryMarking' AND sort = 'marking'",
                args![],
            )
            .await;
        assert_eq!(told, 4);
    })
    .await;
}

#[tokio::test]
async fn a_folder_takes_what_its_documents_carry_along() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            papers,
            archive,
            ..
        } = &realm.cast;
        libraries_say(&realm).await;
        let folder = realm.cast.folder(None, "Old").await;
        let mut inside = Vec::new();
        for number in 0..70 {
            let (name, text) = (format!("{number}.txt"), format!("nothing {number}"));
            let added = documents::add(ann, *papers, Some(folder), &name, text.as_bytes()).await;
            inside.push(added.unwrap().id);
        }
        realm.read().await;
        libraries::relocate(ann, *papers, &[folder.item()], *archive, None)
            .await
            .unwrap();
        for document in inside {
            assert_eq!(carries(ann, document).await, is!("RESTRICTED", "library"));
        }
    })
    .await;
}

#[tokio::test]
async fn file_programs_move_and_copy_by_the_same_rule() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, .. } = &realm.cast;
        libraries_say(&realm).await;
        for name in ["Plain.txt", "Own.txt"] {
            let text = if name == "Own.txt" {
                "OFFICIAL"
            } else {
                "nothing"
            };
            realm.bring(ann, name, text).await;
        }
        realm.read().await;
        let at = async |path: &str| {
            let name = path.rsplit('/').next().unwrap().to_owned();
            let library = path.split('/').next().unwrap().to_owned();
            let rows = realm
                .cast
                .world
                .look(
                    "SELECT i.id FROM items i JOIN libraries l ON l.id = i.library_id
                      WHERE i.name = $1 AND l.name_key = $2 AND i.binned_at = 0",
                    args![name, library],
                )
                .await;
            let id: i64 = rows[0].get("id").unwrap();
            carries(ann, Id::from_raw(id)).await
        };
        // A copy begins as what it is a copy of, and comes under what its library says.
        copy(ann, "papers/Plain.txt", "archive/Copy.txt")
            .await
            .unwrap();
        assert_eq!(at("archive/Copy.txt").await, is!("RESTRICTED", "library"));
        copy(ann, "archive/Copy.txt", "papers/Back.txt")
            .await
            .unwrap();
        assert_eq!(at("papers/Back.txt").await, is!("RESTRICTED", "person"));
        copy(ann, "papers/Plain.txt", "private/Copy.txt")
            .await
            .unwrap();
        assert_eq!(at("private/Copy.txt").await, is!("PROTECT", "person"));
        copy(ann, "papers/Plain.txt", "papers/Same.txt")
            .await
            .unwrap();
        assert_eq!(at("papers/Same.txt").await, is!("PROTECT", "library"));
        copy(ann, "papers/Own.txt", "archive/Own.txt")
            .await
            .unwrap();
        assert_eq!(at("archive/Own.txt").await, is!("OFFICIAL", "person"));
        realm.read().await;
        for (path, carried) in [
            ("archive/Copy.txt", is!("RESTRICTED", "library")),
            ("papers/Back.txt", is!("RESTRICTED", "person")),
            ("private/Copy.txt", is!("PROTECT", "person")),
            ("papers/Same.txt", is!("PROTECT", "library")),
        ] {
            assert_eq!(at(path).await, carried, "{path}");
        }
        // Onto a document that carries what its library says.
        copy(ann, "archive/Copy.txt", "papers/Same.txt")
            .await
            .unwrap();
        assert_eq!(at("papers/Same.txt").await, is!("RESTRICTED", "person"));
        realm.read().await;
        shift(ann, "papers/Plain.txt", "archive/Moved.txt")
            .await
            .unwrap();
        assert_eq!(at("archive/Moved.txt").await, is!("RESTRICTED", "library"));
        shift(ann, "archive/Moved.txt", "papers/Moved.txt")
            .await
            .unwrap();
        assert_eq!(at("papers/Moved.txt").await, is!("RESTRICTED", "person"));
    })
    .await;
}
