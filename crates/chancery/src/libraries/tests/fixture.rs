//! A small cast for the tests of libraries and documents: two sites of one organisation, their
//! libraries, and people with each role.

#![allow(
    clippy::needless_pass_by_value,
    reason = "an outcome is looked at once, where it comes about"
)]

use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::AsyncRead;

use crate::documents::{self, Added};
use crate::kernel::{Actor, Arg, Id, Role, Time, args, thing};
use crate::libraries::{self, Listing};
use crate::testing::{START, World};
use crate::{Error, Result};

type Person = Id<thing::Person>;
type Library = Id<thing::Library>;

/// Who and what the tests play with.
pub(crate) struct Cast {
    pub(crate) world: World,
    pub(crate) organisation: Id<thing::Organisation>,
    pub(crate) site: Id<thing::Site>,
    /// Inherits from the site.
    pub(crate) papers: Library,
    /// Another library of the site, that inherits too.
    pub(crate) archive: Library,
    /// On another site, where only `elsewhere` and `ann` have a role.
    pub(crate) private: Library,
    /// Owns the site.
    pub(crate) olive: Actor,
    /// Contributes on both sites.
    pub(crate) ann: Actor,
    /// Contributes on the first site.
    pub(crate) ben: Actor,
    /// Reads the first site.
    pub(crate) rita: Actor,
    /// Owns the other site.
    pub(crate) elsewhere: Actor,
    /// Has no role anywhere.
    pub(crate) stranger: Actor,
    people: AtomicU32,
}

impl Cast {
    pub(crate) async fn new(world: World) -> Self {
        let organisation: Id<thing::Organisation> = world.realm.new_id();
        put(
            &world,
            "INSERT INTO organisations (id, name, name_key, sector, about, created_at)
             VALUES ($1, 'Harbour Lights', 'harbour lights', 'voluntary', '', $2)",
            args![organisation, START],
        )
        .await;
        let nobody = Actor::nobody(&world.realm);
        let mut cast = Self {
            organisation,
            site: world.realm.new_id(),
            papers: Id::from_raw(0),
            archive: Id::from_raw(0),
            private: Id::from_raw(0),
            olive: nobody.clone(),
            ann: nobody.clone(),
            ben: nobody.clone(),
            rita: nobody.clone(),
            elsewhere: nobody.clone(),
            stranger: nobody,
            people: AtomicU32::new(0),
            world,
        };
        for who in [
            "Olive Marsh",
            "Ann Brook",
            "Ben Field",
            "Rita Stone",
            "Elsa Moor",
            "Sam Vale",
        ] {
            let person = cast.person(who).await;
            *match who {
                "Olive Marsh" => &mut cast.olive,
                "Ann Brook" => &mut cast.ann,
                "Ben Field" => &mut cast.ben,
                "Rita Stone" => &mut cast.rita,
                "Elsa Moor" => &mut cast.elsewhere,
                _ => &mut cast.stranger,
            } = person;
        }
        let other: Id<thing::Site> = cast.world.realm.new_id();
        for (site, name) in [(cast.site, "Resettlement"), (other, "Board")] {
            put(
                &cast.world,
                "INSERT INTO sites (id, name, name_key, kind, purpose, organisation_id, created_at, created_by)
                 VALUES ($1, $2, $5, 'team', '', $3, $4, 0)",
                args![site, name, organisation, START, name.to_lowercase()],
            )
            .await;
        }
        cast.papers = cast.library(cast.site, "Papers").await;
        cast.archive = cast.library(cast.site, "Archive").await;
        cast.private = cast.library(other, "Private").await;
        for (site, who, role) in [
            (cast.site, &cast.olive, Role::Owner),
            (cast.site, &cast.ann, Role::Contributor),
            (cast.site, &cast.ben, Role::Contributor),
            (cast.site, &cast.rita, Role::Reader),
            (other, &cast.elsewhere, Role::Owner),
            (other, &cast.ann, Role::Contributor),
        ] {
            cast.give(site.raw(), who, role).await;
        }
        cast
    }

    /// Somebody with an account, and no role anywhere.
    pub(crate) async fn person(&self, name: &str) -> Actor {
        let id: Person = self.world.realm.new_id();
        let number = self.people.fetch_add(1, Ordering::Relaxed);
        let email = format!("person{number}@harbour-lights.example");
        put(
            &self.world,
            "INSERT INTO people (id, name, name_key, email, email_key, title, phone, created_at)
             VALUES ($1, $2, $5, $3, $3, '', '', $4)",
            args![id, name, email, START, name.to_lowercase()],
        )
        .await;
        put(
            &self.world,
            "INSERT INTO accounts (id, person_id, from_at, until_at) VALUES ($1, $1, $2, $3)",
            args![id, START, Time::FOREVER],
        )
        .await;
        put(
            &self.world,
            "INSERT INTO belongings (id, person_id, organisation_id, from_at, until_at)
             VALUES ($1, $1, $2, $3, $4)",
            args![id, self.organisation, START, Time::FOREVER],
        )
        .await;
        self.world.as_person(id)
    }

    /// A library that inherits from its site.
    pub(crate) async fn library(&self, site: Id<thing::Site>, name: &str) -> Library {
        let id: Library = self.world.realm.new_id();
        put(
            &self.world,
            "INSERT INTO libraries (id, site_id, name, name_key, purpose, created_at, created_by)
             VALUES ($1, $2, $3, $5, '', $4, 0)",
            args![id, site, name, START, name.to_lowercase()],
        )
        .await;
        put(
            &self.world,
            "INSERT INTO inheritances (id, library_id, from_at, until_at) VALUES ($1, $1, $2, $3)",
            args![id, START, Time::FOREVER],
        )
        .await;
        id
    }

    pub(crate) async fn give(&self, place: i64, who: &Actor, role: Role) {
        let id: Id<thing::Grant> = self.world.realm.new_id();
        put(
            &self.world,
            "INSERT INTO grants (id, place_id, subject_kind, subject_id, role, from_at, until_at, given_by)
             VALUES ($1, $2, 1, $3, $4, $5, $6, 0)",
            args![id, place, who.me().unwrap(), role, self.world.realm.now(), Time::FOREVER],
        )
        .await;
    }

    /// Marks a document above everybody's clearance.
    pub(crate) async fn mark(&self, document: Id<thing::Document>) {
        let id: Id<thing::Interval> = self.world.realm.new_id();
        put(
            &self.world,
            "INSERT INTO markings (id, document_id, level, label, from_at, until_at)
             VALUES ($1, $2, 5, 'SECRET', $3, $4)",
            args![id, document, self.world.realm.now(), Time::FOREVER],
        )
        .await;
    }

    /// Seals a document.
    pub(crate) async fn seal(&self, document: Id<thing::Document>) {
        let id: Id<thing::Interval> = self.world.realm.new_id();
        put(
            &self.world,
            "INSERT INTO seals (id, document_id, reason, from_at, until_at) VALUES ($1, $2, '', $3, $4)",
            args![id, document, self.world.realm.now(), Time::FOREVER],
        )
        .await;
    }

    /// Ann adds a document at the top of Papers.
    pub(crate) async fn document(&self, name: &str) -> Id<thing::Document> {
        self.document_in(None, name).await
    }

    pub(crate) async fn document_in(
        &self,
        folder: Option<Id<thing::Folder>>,
        name: &str,
    ) -> Id<thing::Document> {
        let content = format!("what {name} says");
        let added = add(&self.ann, self.papers, folder, name, content.as_bytes()).await;
        added.unwrap().id
    }

    pub(crate) async fn folder(
        &self,
        inside: Option<Id<thing::Folder>>,
        name: &str,
    ) -> Id<thing::Folder> {
        libraries::create_folder(&self.ann, self.papers, inside, name)
            .await
            .unwrap()
    }

    /// Documents `0 to count` in a folder of Papers, put there all at once, behind the product's back.
    pub(crate) async fn many(&self, folder: Option<Id<thing::Folder>>, prefix: &str, count: i64) {
        let document = self
            .document_in(folder, &format!("{prefix} first.txt"))
            .await;
        // Far above every id that the realm makes.
        let base = (1 << 62) + i64::from(self.people.fetch_add(1, Ordering::Relaxed)) * 1_000_000;
        let numbers = "WITH RECURSIVE n(x) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT x + 1 FROM n WHERE x < $3) ";
        for (insert, select) in [
            (
                "INSERT INTO items (id, is_document, library_id, folder_id, name, name_key, created_at, created_by,
                   changed_at, changed_by, version, size, media_type, binned_at, binned_by, binned_with) ",
                "SELECT $2 + x, 1, i.library_id, i.folder_id, $4 || x, LOWER($4 || x), i.created_at, i.created_by,
                   i.changed_at + (x % 7), i.changed_by, 1, x % 5, i.media_type, 0, 0, 0
                   FROM n, items i WHERE i.id = $1",
            ),
            (
                "INSERT INTO placements (id, document_id, library_id, from_at, until_at) ",
                "SELECT $2 + x, $2 + x, p.library_id, p.from_at, p.until_at
                   FROM n, placements p WHERE p.document_id = $1 AND $4 <> ''",
            ),
            (
                "INSERT INTO versions (id, document_id, number, content_id, size, media_type, comment,
                   author_id, created_at, restored_from, read_at) ",
                "SELECT $2 + x, $2 + x, 1, v.content_id, v.size, v.media_type, '', v.author_id, v.created_at, 0, v.read_at
                   FROM n, versions v WHERE v.document_id = $1 AND $4 <> ''",
            ),
        ] {
            put(
                &self.world,
                &format!("{insert}{numbers}{select}"),
                args![document, base, count - 1, format!("{prefix} ")],
            )
            .await;
        }
    }

    /// The names in a listing of Papers, as this person sees it.
    pub(crate) async fn names(&self, who: &Actor, listing: &Listing) -> Vec<String> {
        names(who, self.papers, listing).await
    }
}

/// The names in a listing.
pub(crate) async fn names(who: &Actor, library: Library, listing: &Listing) -> Vec<String> {
    let page = libraries::list(who, library, listing).await.unwrap();
    page.items.into_iter().map(|item| item.name).collect()
}

pub(crate) async fn add(
    who: &Actor,
    library: Library,
    folder: Option<Id<thing::Folder>>,
    name: &str,
    content: impl AsyncRead + Send + Unpin,
) -> Result<Added> {
    documents::add(who, library, folder, name, content).await
}

/// Changes rows behind the product's back.
pub(crate) async fn put(world: &World, sql: &str, args: Vec<Arg>) {
    world.realm.upkeep(sql, args).await.unwrap();
}

#[track_caller]
pub(crate) fn assert_conflict<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match outcome {
        Err(Error::Conflict(why)) => why,
        other => panic!("not a conflict: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn assert_invalid<T: std::fmt::Debug>(outcome: Result<T>, field: &str) -> String {
    match outcome {
        Err(Error::Invalid(problems)) => problems
            .of(field)
            .unwrap_or_else(|| panic!("no problem with {field}: {problems:?}"))
            .to_owned(),
        other => panic!("not invalid: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn assert_refused<T: std::fmt::Debug>(outcome: Result<T>) {
    assert!(matches!(outcome, Err(Error::Refused(_))), "{outcome:?}");
}

#[track_caller]
pub(crate) fn assert_held<T: std::fmt::Debug>(outcome: Result<T>, holder: &str) {
    match outcome {
        Err(Error::CheckedOut { by, .. }) => assert_eq!(by, format!("{holder} of Harbour Lights")),
        other => panic!("not checked out: {other:?}"),
    }
}
