//! Tests of keeping, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod coming_back;
mod markings;

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::TryStreamExt as _;
use vault::{Keys, Memory};

use super::{Asked, Target, What, back_up, bring_back, give_back_access, put_back_missing, verify};
use crate::documents;
use crate::grants::{self, Change, Subject};
use crate::kernel::{Actor, Engine, Id, Role, TABLES, args, thing};
use crate::libraries::{self, LibraryForm};
use crate::people::{self, OrganisationForm, PersonForm};
use crate::sites::{self, SiteForm};
use crate::testing::{World, both};

/// A migration that adds a table has to say here what becomes of it in a backup.
#[tokio::test]
async fn every_table_is_named() {
    both(async |world| {
        let sql = match world.realm.engine() {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            }
            Engine::Postgres => {
                "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            }
        };
        let there: BTreeSet<String> = world
            .look(sql, Vec::new())
            .await
            .iter()
            .map(|row| row.get("name").unwrap())
            .collect();
        let named: BTreeSet<String> = TABLES.iter().map(|table| table.name.to_owned()).collect();
        assert_eq!(there, named, "kernel/whole.rs names every table of the schema");
    })
    .await;
}

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| {
        world.prepares(super::restore::STATEMENTS).await;
        world.prepares(super::keys::STATEMENTS).await;
        world.prepares(super::missing::STATEMENTS).await;
        world.prepares(&super::bring_back::statements()).await;
        world.prepares(&super::export::statements()).await;
    })
    .await;
}

/// A library with two documents, and who may do what there.
struct Place {
    world: World,
    owner: Actor,
    reader: Id<thing::Person>,
    leaver: Id<thing::Person>,
    library: Id<thing::Library>,
    folder: Id<thing::Folder>,
    agenda: Id<thing::Document>,
    plan: Id<thing::Document>,
    target: Target,
}

const LARGE: usize = 50_000;

async fn place(world: World) -> Place {
    let console = world.console();
    let trust = OrganisationForm {
        name: "Northmoor Trust".to_owned(),
        sector: "public".to_owned(),
        about: String::new(),
        umbrella: None,
    };
    let trust = people::create_organisation(&console, &trust).await.unwrap();
    let mut made = Vec::new();
    for name in ["owner", "reader", "leaver"] {
        let form = PersonForm {
            name: format!("Test {name}"),
            email: format!("{name}@test.example"),
            title: String::new(),
            phone: String::new(),
        };
        made.push(
            people::create_person(&console, trust, &form, None)
                .await
                .unwrap()
                .0,
        );
    }
    people::appoint(&console, made[0], people::Office::Operator, None)
        .await
        .unwrap();
    let owner = world.as_person(made[0]);
    let site = SiteForm {
        name: "Resettlement".to_owned(),
        kind: "project".to_owned(),
        purpose: String::new(),
        organisation: Some(trust),
    };
    let site = sites::create(&owner, &site).await.unwrap();
    let form = LibraryForm {
        name: "Case papers".to_owned(),
        purpose: String::new(),
        inherits: true,
    };
    let library = libraries::create(&owner, site, &form).await.unwrap();
    for person in &made[1..] {
        let give = Change::Give {
            to: Subject::Person(*person),
            role: Role::Reader,
            until: None,
        };
        grants::change(&owner, library, &[give], "").await.unwrap();
    }
    let folder = libraries::create_folder(&owner, library, None, "2026")
        .await
        .unwrap();
    let add = async |folder, name: &str, content: &[u8]| {
        let added = documents::add(&owner, library, folder, name, content).await;
        added.unwrap().id
    };
    let agenda = add(Some(folder), "Agenda.txt", b"small").await;
    documents::add_version(
        &owner,
        agenda,
        "Agenda.txt",
        &vec![7_u8; LARGE][..],
        "Longer",
    )
    .await
    .unwrap();
    let plan = add(None, "Plan.txt", b"plan").await;
    let keys = Keys::ephemeral().unwrap();
    let store = || Arc::new(Memory::new()) as _;
    Place {
        owner,
        reader: made[1],
        leaver: made[2],
        library,
        folder,
        agenda,
        plan,
        target: Target::new(&keys, store(), store(), store()).unwrap(),
        world,
    }
}

impl Place {
    async fn back_up(&self) -> super::Manifest {
        let asked = Asked {
            keys: &|| Keys::from_text(&self.world.keys),
            configuration: String::new(),
            verify: true,
        };
        let taken = back_up(&self.world.console(), &self.target, &asked).await;
        taken.unwrap().manifest
    }

    /// Something that no verb does: a loss.
    async fn lose(&self, statements: &[&'static str], id: i64) {
        for sql in statements {
            self.world.realm.upkeep(sql, args![id]).await.unwrap();
        }
    }

    async fn lose_agenda(&self) {
        let statements = [
            "DELETE FROM versions WHERE document_id = $1",
            "DELETE FROM placements WHERE document_id = $1",
            "DELETE FROM items WHERE id = $1",
            "DELETE FROM contents WHERE id NOT IN (SELECT content_id FROM versions) AND id <> $1",
        ];
        self.lose(&statements, self.agenda.raw()).await;
    }

    async fn bytes(&self, version: u64) -> Vec<u8> {
        let opened = documents::open(&self.owner, self.agenda, Some(version), true).await;
        let opened = opened.unwrap();
        let size = opened.size;
        let pieces: Vec<_> = opened.read(0..size).try_collect().await.unwrap();
        pieces.concat()
    }

    async fn bring(&self, what: What, dry_run: bool) -> String {
        let manifest = self.target.snapshot(None).await.unwrap();
        let console = self.world.console();
        let said = bring_back(&console, &self.target, &manifest, what, dry_run).await;
        said.unwrap().join("\n")
    }

    async fn entries(&self) -> i64 {
        let sql = "SELECT COUNT(*) AS value FROM journal WHERE action = 'BringBack'";
        self.world.count(sql, vec![]).await
    }
}

#[tokio::test]
async fn a_document_that_is_gone_comes_back_with_its_history() {
    both(async |world| {
        let place = place(world).await;
        let manifest = place.back_up().await;
        assert!(
            verify(&place.target, &manifest)
                .await
                .unwrap()
                .faults
                .is_empty()
        );
        let before = documents::document(&place.owner, place.agenda, None)
            .await
            .unwrap();
        let what = What::Document(place.agenda);
        assert_eq!(
            place.bring(what, false).await,
            "Nothing is missing: all of it is here."
        );
        assert_eq!(place.entries().await, 0);

        place.lose_agenda().await;
        let usurper = documents::add(
            &place.owner,
            place.library,
            Some(place.folder),
            "Agenda.txt",
            &b"another"[..],
        )
        .await
        .unwrap();
        let would = place.bring(what, true).await;
        assert!(
            documents::document(&place.owner, place.agenda, None)
                .await
                .is_err()
        );
        let did = place.bring(what, false).await;
        assert_eq!(would, did, "a dry run says exactly what will be");
        assert!(did.contains("Agenda (restored).txt"), "{did}");
        let after = documents::document(&place.owner, place.agenda, None)
            .await
            .unwrap();
        assert_eq!(after.name, "Agenda (restored).txt");
        assert_eq!(after.path, before.path);
        assert_eq!(
            format!("{:?}", after.versions),
            format!("{:?}", before.versions)
        );
        assert_eq!(place.bytes(1).await, b"small");
        assert_eq!(place.bytes(2).await, vec![7; LARGE]);
        assert_eq!(place.entries().await, 1);
        let untouched = documents::document(&place.owner, usurper.id, None)
            .await
            .unwrap();
        assert_eq!(untouched.name, "Agenda.txt");
        assert_eq!(
            place.bring(what, true).await.lines().count(),
            1,
            "it is here, under another name"
        );
    })
    .await;
}

#[tokio::test]
async fn a_library_comes_back_and_its_access_when_that_is_asked_for() {
    both(async |world| {
        let place = place(world).await;
        let manifest = place.back_up().await;
        let what = What::Library(place.library);

        // A bad deletion: what is in the bin comes out of it.
        libraries::bin(&place.owner, place.library, &[place.plan.item(), place.folder.item()])
            .await
            .unwrap();
        let did = place.bring(what, false).await;
        assert_eq!(did.matches("comes out of the recycle bin").count(), 3, "{did}");
        let plan = documents::document(&place.owner, place.plan, None).await.unwrap();
        assert!(plan.binned.is_none());
        let agenda = documents::document(&place.owner, place.agenda, None).await.unwrap();
        assert_eq!(agenda.path.len(), 1);

        // And all of it gone.
        people::suspend(&place.world.console(), place.leaver, "Left").await.unwrap();
        place.lose_agenda().await;
        let statements = [
            "DELETE FROM versions WHERE document_id IN (SELECT id FROM items WHERE library_id = $1)",
            "DELETE FROM placements WHERE library_id = $1",
            "DELETE FROM items WHERE library_id = $1",
            "DELETE FROM grants WHERE place_id = $1",
            "DELETE FROM inheritances WHERE library_id = $1",
            "DELETE FROM libraries WHERE id = $1",
        ];
        place.lose(&statements, place.library.raw()).await;
        let would = place.bring(what, true).await;
        assert_eq!(would, place.bring(what, false).await);
        assert_eq!(place.bytes(2).await, vec![7; LARGE]);
        let reader = place.world.as_person(place.reader);
        assert!(documents::document(&reader, place.agenda, None).await.is_err());

        let console = place.world.console();
        for give in [false, true] {
            let said = give_back_access(&console, &place.target, &manifest, place.library, give)
                .await
                .unwrap()
                .join("\n");
            assert!(said.contains("Test reader was reader"), "{said}");
            assert!(said.contains("is not here any more: gets nothing"), "{said}");
            assert_eq!(documents::document(&reader, place.agenda, None).await.is_ok(), give);
        }
        let again = give_back_access(&console, &place.target, &manifest, place.library, true)
            .await
            .unwrap();
        assert_eq!(again.len(), 1, "only the one who left: {again:?}");
    })
    .await;
}

#[tokio::test]
async fn content_that_was_lost_or_damaged_is_put_back() {
    both(async |world| {
        let place = place(world).await;
        place.back_up().await;
        let console = place.world.console();
        let realm = &place.world.realm;
        // A row that was overwritten, and a blob that is gone.
        let sql = "UPDATE contents SET inline = $1 WHERE inline IS NOT NULL AND size = 5";
        realm.upkeep(sql, args![vec![0_u8; 40]]).await.unwrap();
        let stored: Vec<_> = realm.vault().stored().try_collect().await.unwrap();
        for address in &stored {
            realm.vault().discard(address).await.unwrap();
        }
        let damaged = place.back_up().await;
        assert_eq!(
            damaged.content.damaged.len(),
            1,
            "the snapshot says what it lacks; of the blob it has the copy of the one before"
        );
        assert!(
            verify(&place.target, &damaged)
                .await
                .unwrap()
                .faults
                .is_empty()
        );

        let would = put_back_missing(&console, &place.target, true)
            .await
            .unwrap();
        assert_eq!((would.whole, would.back.len(), would.lost.len()), (1, 2, 0));
        assert!(!documents::verify(realm).await.unwrap().damaged.is_empty());
        let did = put_back_missing(&console, &place.target, false)
            .await
            .unwrap();
        assert_eq!(did.back.len(), 2);
        assert!(documents::verify(realm).await.unwrap().damaged.is_empty());
        assert_eq!(place.bytes(1).await, b"small");
        assert_eq!(place.bytes(2).await, vec![7; LARGE]);
        let again = put_back_missing(&console, &place.target, false)
            .await
            .unwrap();
        assert_eq!((again.whole, again.back.len()), (3, 0));
    })
    .await;
}

#[tokio::test]
async fn what_went_for_good_is_in_backups_and_comes_back_from_one() {
    both(async |world| {
        let place = place(world).await;
        place.back_up().await;
        let item = place.agenda.item();
        let remove = async || {
            libraries::bin(&place.owner, place.library, &[item])
                .await
                .unwrap();
            crate::retention::remove_for_good(&place.owner, place.library, item)
                .await
                .unwrap();
            let day = std::time::Duration::from_hours(25);
            place.world.clock.advance(day);
            let garbage = documents::collect_garbage(&place.world.realm).await;
            assert_eq!(garbage.unwrap().contents, 2);
            let faults = documents::faults(&place.world.realm).await.unwrap();
            assert_eq!(faults, Vec::<String>::new());
        };
        remove().await;
        let said = place.bring(What::Document(place.agenda), false).await;
        assert!(said.contains("had gone for good"), "{said}");
        assert_eq!(place.bytes(1).await, b"small");
        assert_eq!(place.bytes(2).await, vec![7; LARGE]);
        let faults = documents::faults(&place.world.realm).await.unwrap();
        assert_eq!(faults, Vec::<String>::new());
        // What is known of it is in the next backup, and that is whole.
        remove().await;
        let manifest = place.back_up().await;
        assert_eq!(manifest.table("gone_versions").unwrap().rows, 2);
        let checked = verify(&place.target, &manifest).await.unwrap();
        assert!(checked.faults.is_empty(), "{:?}", checked.faults);
    })
    .await;
}
