//! Tests of notices, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::documents::{CheckOutReleased, ReleaseCheckOut};
use crate::grants::{Change, Subject, access, change};
use crate::kernel::{Actor, Arg, Role, args, count_queries, thing::Organisation};
use crate::people::{
    OrganisationForm, PersonForm, create_organisation, create_person, suspend, transfer,
};
use crate::testing::{World, both};

const FOREVER: i64 = i64::MAX;

/// Three people of two organisations, a site with a library that inherits and one that does not,
/// and a document in the first.
struct Stage {
    world: World,
    lights: Id<Organisation>,
    owner: Id<Person>,
    reader: Id<Person>,
    outsider: Id<Person>,
    site: Id<Site>,
    library: Id<Library>,
    closed: Id<Library>,
    document: Id<Document>,
}

async fn put(world: &World, sql: &str, args: Vec<Arg>) {
    assert_eq!(world.realm.upkeep(sql, args).await.unwrap(), 1);
}

async fn somebody(world: &World, of: Id<Organisation>, name: &str) -> Id<Person> {
    let form = PersonForm {
        name: name.to_owned(),
        email: format!("{}@example.org", name.replace(' ', ".")),
        ..PersonForm::default()
    };
    create_person(&world.console(), of, &form, None)
        .await
        .unwrap()
        .0
}

async fn organisation(world: &World, name: &str) -> Id<Organisation> {
    let form = OrganisationForm {
        name: name.to_owned(),
        sector: "voluntary".to_owned(),
        ..OrganisationForm::default()
    };
    create_organisation(&world.console(), &form).await.unwrap()
}

async fn library(world: &World, site: Id<Site>, name: &str) -> Id<Library> {
    let id = world.realm.new_id();
    put(
        world,
        "INSERT INTO libraries (id, site_id, name, name_key, purpose, created_at, created_by) VALUES ($1, $2, $3, $3, '', $4, 0)",
        args![id, site, name, world.realm.now()],
    )
    .await;
    id
}

const GRANT: &str =
    "INSERT INTO grants (id, place_id, subject_kind, subject_id, role, from_at, until_at, given_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 0)";

async fn stage(world: World) -> Stage {
    let lights = organisation(&world, "Harbour Lights").await;
    let tessel = organisation(&world, "Tessel Housing").await;
    let owner = somebody(&world, lights, "Amara Osei").await;
    let reader = somebody(&world, lights, "Ben Okafor").await;
    let outsider = somebody(&world, tessel, "Tess Tenant").await;
    let site: Id<Site> = world.realm.new_id();
    let now = world.realm.now();
    put(
        &world,
        "INSERT INTO sites (id, name, name_key, kind, purpose, organisation_id, created_at, created_by)
         VALUES ($1, 'Resettlement', 'resettlement', 'project', '', $2, $3, 0)",
        args![site, lights, now],
    )
    .await;
    let open = library(&world, site, "Papers").await;
    let closed = library(&world, site, "Contracts").await;
    let id: Id<crate::kernel::thing::Interval> = world.realm.new_id();
    put(
        &world,
        "INSERT INTO inheritances (id, library_id, from_at, until_at) VALUES ($1, $2, $3, $4)",
        args![id, open, now, FOREVER],
    )
    .await;
    for (person, role) in [(owner, 3_i64), (reader, 1)] {
        let id: Id<crate::kernel::thing::Grant> = world.realm.new_id();
        put(
            &world,
            GRANT,
            args![id, site, 1_i64, person, role, now, FOREVER],
        )
        .await;
    }
    let document: Id<Document> = world.realm.new_id();
    put(
        &world,
        "INSERT INTO items (id, is_document, library_id, folder_id, name, name_key, created_at, created_by,
           changed_at, changed_by, version, size, media_type, binned_at, binned_by, binned_with)
         VALUES ($1, 1, $2, 0, 'Agenda.docx', 'agenda.docx', $3, $4, $3, $4, 1, 10, 'text/plain', 0, 0, 0)",
        args![document, open, now, owner],
    )
    .await;
    put(
        &world,
        "INSERT INTO placements (id, document_id, library_id, from_at, until_at) VALUES ($1, $1, $2, $3, $4)",
        args![document, open, now, FOREVER],
    )
    .await;
    world.clock.advance(Duration::from_mins(1));
    Stage {
        world,
        lights,
        owner,
        reader,
        outsider,
        site,
        library: open,
        closed,
        document,
    }
}

impl Stage {
    fn actor(&self, id: Id<Person>) -> Actor {
        self.world.as_person(id)
    }

    async fn told(&self) {
        self.world
            .realm
            .keep_up(&[Arc::new(Notices)])
            .await
            .unwrap();
    }

    async fn notices(&self, id: Id<Person>) -> Vec<NoticeLine> {
        list(&mut self.actor(id).scope().unwrap(), None)
            .await
            .unwrap()
    }

    async fn says(&self, id: Id<Person>) -> Vec<String> {
        self.notices(id)
            .await
            .into_iter()
            .map(|line| line.says)
            .collect()
    }

    async fn release(&self, actor: &Actor, holder: Id<Person>) {
        let write = actor.write::<ReleaseCheckOut>(self.document).await.unwrap();
        let event = CheckOutReleased {
            document: "Agenda.docx".to_owned(),
            holder: "Ben Okafor".to_owned(),
            holder_id: holder.to_string(),
        };
        write.commit(event).await.unwrap();
    }
}

#[tokio::test]
async fn every_statement_is_accepted() {
    both(|world| async move { world.prepares(sql::STATEMENTS).await }).await;
}

#[tokio::test]
async fn a_holder_is_told_of_a_release() {
    both(|world| async move {
        let stage = stage(world).await;
        let owner = stage.actor(stage.owner);
        stage.release(&owner, stage.reader).await;
        // One's own is no news.
        stage.release(&owner, stage.owner).await;
        stage.told().await;
        // Following again tells nothing twice.
        stage.told().await;
        let lines = stage.notices(stage.reader).await;
        assert_eq!(lines.len(), 1);
        assert_eq!(
            lines[0].says,
            "Amara Osei (Harbour Lights) released your check-out of Agenda.docx. What you had saved as a draft is kept"
        );
        assert_eq!(lines[0].href_kind, Some(About::Document(stage.document)));
        assert!(!lines[0].read);
        assert_eq!(lines[0].at, stage.world.realm.now());
        assert!(stage.notices(stage.owner).await.is_empty());
        assert!(stage.notices(stage.outsider).await.is_empty());

        mark_all_read(&stage.actor(stage.reader).scope().unwrap()).await.unwrap();
        assert!(stage.notices(stage.reader).await[0].read);
        let unread = stage
            .world
            .count("SELECT COUNT(*) AS value FROM notices WHERE read_at = 0", args![])
            .await;
        assert_eq!(unread, 0);
    })
    .await;
}

fn give(to: Id<Person>, role: Role) -> Change {
    Change::Give {
        to: Subject::Person(to),
        role,
        until: None,
    }
}

#[tokio::test]
async fn whoever_is_given_access_by_name_is_told_once() {
    both(|world| async move {
        let stage = stage(world).await;
        let owner = stage.actor(stage.owner);
        // By name and with an organisation, at the same moment.
        let changes = [
            give(stage.outsider, Role::Reader),
            Change::Give {
                to: Subject::Organisation(stage.lights),
                role: Role::Reader,
                until: None,
            },
        ];
        change(&owner, stage.site, &changes, "").await.unwrap();
        stage.told().await;
        let lines = stage.notices(stage.outsider).await;
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(
            lines[0].says,
            "Amara Osei (Harbour Lights) gave you access to Resettlement"
        );
        assert_eq!(lines[0].href_kind, Some(About::Site(stage.site)));
        // An owner's own change is no news to the owners, nor what they give themselves.
        assert!(stage.notices(stage.owner).await.is_empty());

        // More is news; less is not, nor is the end.
        let outsider_grant = async || {
            let page = access(&owner, stage.site).await.unwrap();
            page.grants
                .iter()
                .find(|line| line.subject == Subject::Person(stage.outsider))
                .unwrap()
                .id
        };
        for (role, told) in [(Role::Contributor, 2), (Role::Reader, 2)] {
            stage.world.clock.advance(Duration::from_mins(1));
            let alter = Change::Alter {
                grant: outsider_grant().await,
                role,
                until: None,
            };
            change(&owner, stage.site, &[alter], "").await.unwrap();
            stage.told().await;
            assert_eq!(stage.notices(stage.outsider).await.len(), told);
        }
        stage.world.clock.advance(Duration::from_mins(1));
        let end = Change::End {
            grant: outsider_grant().await,
        };
        change(&owner, stage.site, &[end], "").await.unwrap();
        stage.told().await;
        let lines = stage.notices(stage.outsider).await;
        assert_eq!(lines.len(), 2);
        // What it is called now is not told to those who can no longer see it.
        assert!(
            lines
                .iter()
                .all(|line| line.href_kind.is_none() && !line.says.contains("Resettlement"))
        );
    })
    .await;
}

#[tokio::test]
async fn owners_are_told_when_somebody_else_changes_access() {
    both(|world| async move {
        let stage = stage(world).await;
        let console = stage.world.console();
        change(&console, stage.site, &[give(stage.outsider, Role::Owner)], "").await.unwrap();
        stage.told().await;
        let said = stage.says(stage.owner).await;
        assert_eq!(said.len(), 1);
        assert!(
            said[0].starts_with("The operator's console changed who can see Resettlement: gave Tess Tenant"),
            "{said:?}"
        );
        // The new owner is told of their own role, and not of the rest.
        assert_eq!(stage.says(stage.outsider).await, ["The operator's console gave you access to Resettlement"]);
        assert!(stage.notices(stage.reader).await.is_empty());

        // An owner whom the change takes the place away from is told too.
        stage.world.clock.advance(Duration::from_mins(1));
        let page = access(&console, stage.site).await.unwrap();
        let grant = page.grants.iter().find(|line| line.subject == Subject::Person(stage.owner)).unwrap().id;
        change(&console, stage.site, &[Change::End { grant }], "").await.unwrap();
        stage.told().await;
        let lines = stage.notices(stage.owner).await;
        assert_eq!(lines.len(), 2);
        assert!(
            lines[0].says.starts_with("The operator's console changed who can see a place that you can no longer see: ended"),
            "{lines:?}"
        );
        assert_eq!(lines[0].href_kind, None);
        assert!(lines.iter().all(|line| !line.says.contains("Resettlement")), "{lines:?}");
        let other = stage.notices(stage.outsider).await;
        assert!(other[0].says.contains("who can see Resettlement: ended"), "{other:?}");
        assert_eq!(other[0].href_kind, Some(About::Site(stage.site)));
    })
    .await;
}

#[tokio::test]
async fn a_library_that_does_not_inherit_is_its_own_place() {
    both(|world| async move {
        let stage = stage(world).await;
        let owner = stage.actor(stage.owner);
        // Ben reads the site: being given the library that inherits is no news, the closed one is.
        for (library, news) in [(stage.library, 0), (stage.closed, 1)] {
            let changes = [
                give(stage.reader, Role::Reader),
                give(stage.owner, Role::Owner),
            ];
            change(&owner, library, &changes, "").await.unwrap();
            stage.told().await;
            assert_eq!(stage.notices(stage.reader).await.len(), news);
            stage.world.clock.advance(Duration::from_mins(1));
        }
        let line = stage.notices(stage.reader).await.remove(0);
        assert_eq!(
            line.says,
            "Amara Osei (Harbour Lights) gave you access to Contracts in Resettlement"
        );
        assert_eq!(line.href_kind, Some(About::Library(stage.closed)));

        // Nobody gains anything when a library keeps the grants of its site.
        let stop = Change::StopInheriting { keep: true };
        change(&owner, stage.library, &[stop], "").await.unwrap();
        stage.told().await;
        assert_eq!(stage.notices(stage.reader).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn many_notices_page_by_page_with_one_query() {
    both(|world| async move {
        let stage = stage(world).await;
        let owner = stage.actor(stage.owner);
        for _ in 0..60 {
            stage.release(&owner, stage.reader).await;
        }
        stage.told().await;
        let mut scope = stage.actor(stage.reader).scope().unwrap();
        let (first, queries) = count_queries(list(&mut scope, None)).await;
        let first = first.unwrap();
        assert_eq!((first.len(), queries), (50, 1));
        let rest = list(&mut scope, first.last().map(|line| line.id))
            .await
            .unwrap();
        assert_eq!(rest.len(), 10);
        assert!(rest.iter().all(|line| line.id < first[49].id));

        // Whoever is suspended is told nothing.
        suspend(&stage.world.console(), stage.reader, "Left")
            .await
            .unwrap();
        let mut scope = stage.actor(stage.reader).scope().unwrap();
        assert!(list(&mut scope, None).await.unwrap().is_empty());
        // Whoever moves is named by the organisation they are of now.
        let other = organisation(&stage.world, "Open Gate").await;
        transfer(&stage.world.console(), stage.owner, other)
            .await
            .unwrap();
        assert_ne!(other, stage.lights);
    })
    .await;
}

#[tokio::test]
async fn a_sites_owners_are_told_when_a_library_stops_or_resumes_taking_its_access() {
    both(|world| async move {
        let stage = stage(world).await;
        let owner = stage.actor(stage.owner);
        // Tess owns the one library, and nothing else.
        let outsider = stage.actor(stage.outsider);
        change(&owner, stage.library, &[give(stage.outsider, Role::Owner)], "").await.unwrap();
        stage.world.clock.advance(Duration::from_mins(1));
        let stop = Change::StopInheriting { keep: false };
        change(&outsider, stage.library, &[stop], "").await.unwrap();
        stage.told().await;
        let lines = stage.notices(stage.owner).await;
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(
            lines[0].says,
            "Tess Tenant (Tessel Housing) changed who can see Papers in Resettlement: stopped this library taking its access from the site"
        );
        // They cannot open it any more, and decide who can.
        assert_eq!(lines[0].href_kind, Some(About::Access(stage.library)));
        assert!(stage.notices(stage.reader).await.is_empty());

        stage.world.clock.advance(Duration::from_mins(1));
        change(&outsider, stage.library, &[Change::Inherit], "").await.unwrap();
        stage.told().await;
        let lines = stage.notices(stage.owner).await;
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].href_kind, Some(About::Library(stage.library)));
        // One's own doing is no news, and whoever is told already is told once.
        change(&owner, stage.library, &[Change::StopInheriting { keep: true }], "").await.unwrap();
        stage.told().await;
        assert_eq!(stage.notices(stage.owner).await.len(), 2);
        change(&stage.world.console(), stage.library, &[Change::Inherit], "").await.unwrap();
        stage.told().await;
        assert_eq!(stage.notices(stage.owner).await.len(), 3);
    })
    .await;
}
