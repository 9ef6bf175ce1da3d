//! What a backup brings back, and what an export takes away, in a realm that reads markings.

use std::collections::BTreeMap;
use std::io;

use super::super::{Bundle, export};
use super::*;
use crate::Error;
use crate::assurance::{self, Written};
use crate::kernel::Time;

fn il3() -> Written {
    Written {
        policy: ::markings::Policy::text("il3").unwrap().to_owned(),
        schemes: Vec::new(),
    }
}

async fn opens(who: &Actor, document: Id<thing::Document>) -> crate::Result<()> {
    documents::open(who, document, None, true).await.map(drop)
}

/// It was fine when the backup was taken, and may have been destroyed since because it was not.
#[tokio::test]
async fn what_comes_back_from_a_backup_is_read_again_before_it_is_open() {
    both(async |world| {
        let place = place(world).await;
        let reader = place.world.as_person(place.reader);
        assurance::begin(&place.world.realm, &il3()).await.unwrap();
        opens(&reader, place.agenda).await.unwrap();
        place.back_up().await;
        let lost = async || {
            place.lose_agenda().await;
            place.bring(What::Document(place.agenda), false).await
        };
        let being_read = async || {
            let outcome = opens(&reader, place.agenda).await;
            assert!(matches!(outcome, Err(Error::BeingRead)), "{outcome:?}");
        };
        let unread = async || {
            let progress = assurance::progress(&place.world.realm).await.unwrap();
            progress.map(|one| one.unread)
        };
        let did = lost().await;
        assert!(did.contains("Agenda.txt"), "{did}");
        being_read().await;
        assert_eq!(unread().await, Some(2));
        // Whoever made it opens it meanwhile, as ever.
        opens(&place.owner, place.agenda).await.unwrap();
        // A version alone that comes back to a document that is here closes it too.
        let read = "UPDATE versions SET read_at = created_at WHERE document_id = $1";
        place.lose(&[read], place.agenda.raw()).await;
        opens(&reader, place.agenda).await.unwrap();
        place
            .lose(
                &["DELETE FROM versions WHERE document_id = $1 AND number = 1"],
                place.agenda.raw(),
            )
            .await;
        let did = place.bring(What::Document(place.agenda), false).await;
        assert!(
            did.contains("version 1 of “Agenda.txt” comes back"),
            "{did}"
        );
        being_read().await;
        assert_eq!(unread().await, Some(1));
        // Where reading was switched off, nothing that comes back waits for it for ever.
        assurance::stop_reading(&place.world.console(), "Trouble", true)
            .await
            .unwrap();
        lost().await;
        opens(&reader, place.agenda).await.unwrap();
    })
    .await;
}

/// The files of an export, in memory.
#[derive(Default)]
struct InMemory {
    files: BTreeMap<String, Vec<u8>>,
    open: String,
}

impl Bundle for InMemory {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        path.clone_into(&mut self.open);
        self.files.insert(path.to_owned(), Vec::new());
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.files
            .get_mut(&self.open)
            .unwrap()
            .extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl InMemory {
    fn says(&self, text: &str) -> bool {
        self.files
            .values()
            .any(|bytes| String::from_utf8_lossy(bytes).contains(text))
    }
}

#[tokio::test]
async fn an_export_takes_away_nothing_that_is_unread_or_sealed() {
    both(async |world| {
        let place = place(world).await;
        let (owner, realm) = (&place.owner, &place.world.realm);
        let add = async |name: &str, content: &'static str| {
            let added = documents::add(owner, place.library, None, name, content.as_bytes());
            added.await.unwrap().id
        };
        let open = add("Open.txt", "what everybody reads").await;
        let sealed = add("Sealed.txt", "what nobody reads").await;
        let held = add("Held.txt", "what its author reads").await;
        documents::add_version(owner, sealed, "", &b"what nobody reads either"[..], "")
            .await
            .unwrap();
        for (document, open_to) in [(sealed, 0), (held, owner.me().unwrap().raw())] {
            let id: Id<thing::Interval> = realm.new_id();
            realm
                .upkeep(
                    "INSERT INTO seals (id, document_id, reason, from_at, until_at, open_to) VALUES ($1, $2, '', $3, $4, $5)",
                    args![id, document, realm.now(), Time::FOREVER, open_to],
                )
                .await
                .unwrap();
        }
        assurance::begin(realm, &il3()).await.unwrap();
        let unread = add("Unread.txt", "what nobody has read").await;
        documents::add_version(owner, open, "", &b"what is not read yet"[..], "")
            .await
            .unwrap();
        let organisation = place
            .world
            .count("SELECT MIN(id) AS value FROM organisations", args![])
            .await;
        let mut bundle = InMemory::default();
        let done = export(
            &place.world.console(),
            Id::from_raw(organisation),
            &mut bundle,
        )
        .await
        .unwrap();
        assert!(bundle.says("what everybody reads"));
        for secret in [
            "what nobody reads",
            "what nobody reads either",
            "what its author reads",
            "what nobody has read",
            "what is not read yet",
        ] {
            assert!(!bundle.says(secret), "{secret}");
        }
        // That they are there is said, and that they are missing.
        assert_eq!(done.sealed, 5);
        for id in [sealed, held, unread] {
            assert!(bundle.says(&id.to_string()));
        }
        assert!(done.damaged.is_empty());
    })
    .await;
}
