//! Tests of the trail, on both databases. What happened is put in the journal through the
//! kernel's own doors, as the capabilities do it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::too_many_lines,
    reason = "a test tells one story from beginning to end"
)]

mod exports;
mod lines;
mod seen;

use super::{
    Format, LeftOut, Of, STATEMENTS, TrailFilter, TrailPage, activity, export, recent, sql, trail,
};
use crate::Error;
use crate::documents::{
    AddDocument, CheckIn, CheckedIn, DocumentAdded, OpenVersion, VersionOpened,
};
use crate::grants::{Change, Subject, change};
use crate::kernel::{Actor, Id, Role, Sort, Time, args, thing};
use crate::sites::fixture::{HOUR, Town};
use crate::testing::{assert_not_found, both};

async fn opened(town: &Town, who: Id<thing::Person>, document: Id<thing::Document>, name: &str) {
    let event = VersionOpened {
        document: name.to_owned(),
        version: 1,
        label: String::new(),
    };
    town.act(who)
        .read::<OpenVersion>(document)
        .await
        .unwrap()
        .record(&event)
        .await
        .unwrap();
    town.world.clock.advance(HOUR);
}

async fn checked_in(
    town: &Town,
    who: Id<thing::Person>,
    document: Id<thing::Document>,
    name: &str,
) {
    let w = town.act(who).write::<CheckIn>(document).await.unwrap();
    let event = CheckedIn {
        document: name.to_owned(),
        version: 2,
        label: String::new(),
        comment: "Figures".to_owned(),
    };
    w.commit(event).await.unwrap();
    town.world.clock.advance(HOUR);
}

async fn added(
    town: &Town,
    who: Id<thing::Person>,
    library: Id<thing::Library>,
    name: &str,
) -> Id<thing::Document> {
    let document = town.document(library, name).await;
    let mut w = town.act(who).write::<AddDocument>(library).await.unwrap();
    w.place_mut().item = Some(document.item());
    w.commit(DocumentAdded {
        document: name.to_owned(),
        size: 10,
    })
    .await
    .unwrap();
    town.world.clock.advance(HOUR);
    document
}

fn said(page: &TrailPage) -> Vec<String> {
    page.lines
        .iter()
        .map(|line| format!("{} {}", line.who.name, line.says))
        .collect()
}

async fn seen(actor: &Actor, of: Of) -> Vec<String> {
    said(&trail(actor, of, &TrailFilter::default()).await.unwrap())
}

async fn members_see(actor: &Actor, of: Of) -> Vec<String> {
    said(&activity(actor, of, &TrailFilter::default()).await.unwrap())
}

/// A guide in the library that inherits, an agenda in the one that does not; each read and changed.
struct Told {
    town: Town,
    guide: Id<thing::Document>,
    agenda: Id<thing::Document>,
}

async fn told(world: crate::testing::World) -> Told {
    let town = Town::new(world).await;
    change(
        &town.act(town.amira),
        town.site,
        &[Change::Give {
            to: Subject::Person(town.grace),
            role: Role::Contributor,
            until: None,
        }],
        "She joins",
    )
    .await
    .unwrap();
    town.world.clock.advance(HOUR);
    let guide = added(&town, town.amira, town.guidance, "Guide.pdf").await;
    let agenda = added(&town, town.peter, town.cases, "Agenda.docx").await;
    opened(&town, town.grace, guide, "Guide.pdf").await;
    opened(&town, town.peter, agenda, "Agenda.docx").await;
    checked_in(&town, town.grace, guide, "Guide.pdf").await;
    checked_in(&town, town.peter, agenda, "Agenda.docx").await;
    Told {
        town,
        guide,
        agenda,
    }
}

#[test]
fn every_verb_can_be_awaited_on_any_thread() {
    fn sends(_: impl Send) {}
    fn verbs(actor: &Actor, scope: &mut crate::kernel::Scope, filter: &TrailFilter) {
        let of = Of::Site(Id::from_raw(1));
        sends(trail(actor, of, filter));
        sends(activity(actor, of, filter));
        sends(export(actor, of, filter, Format::Csv));
        sends(recent(scope, 1));
    }
    let _ = verbs;
}

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| {
        world.prepares(STATEMENTS).await;
        let made = [sql::places(2), sql::emails(2)];
        world.prepares(&made.each_ref().map(String::as_str)).await;
    })
    .await;
}

#[tokio::test]
async fn a_sites_trail_shows_nothing_of_libraries_that_the_viewer_does_not_own() {
    both(async |world| {
        let Told { town, .. } = told(world).await;
        let site = Of::Site(town.site);
        let amira = town.act(town.amira);
        let of_site = [
            "Grace Adeyemi checked in Guide.pdf as version 2",
            "Grace Adeyemi opened version 1 of Guide.pdf",
            "Amira Hussain added Guide.pdf",
            "Amira Hussain gave Grace Adeyemi of Tessel Housing Ltd contributor",
            "Helen Marsh opened the site Resettlement Pathway",
        ];
        assert_eq!(seen(&amira, site).await, of_site);
        let page = trail(&amira, site, &TrailFilter::default()).await.unwrap();
        let people: Vec<_> = page
            .people
            .iter()
            .map(|one| one.who.name.as_str())
            .collect();
        assert_eq!(
            people,
            ["Amira Hussain", "Grace Adeyemi", "Helen Marsh"],
            "Peter is of another library"
        );
        // To read the other library is not to own it; to own it is.
        let grant = town
            .grant(
                town.cases.raw(),
                (1, town.amira.raw()),
                Role::Contributor,
                Time::FOREVER,
            )
            .await;
        assert_eq!(seen(&amira, site).await, of_site);
        town.run("UPDATE grants SET role = 3 WHERE id = $1", args![grant])
            .await;
        assert_eq!(seen(&amira, site).await.len(), of_site.len() + 3);
        // A trail is for owners: refused to members, absent to everybody else.
        let grace = trail(&town.act(town.grace), site, &TrailFilter::default()).await;
        assert!(matches!(grace, Err(Error::Refused(_))));
        for stranger in [town.peter, town.ellen, town.operator] {
            assert_not_found(trail(&town.act(stranger), site, &TrailFilter::default()).await);
        }
    })
    .await;
}

#[tokio::test]
async fn activity_shows_nothing_of_libraries_that_the_viewer_cannot_read_and_no_reads() {
    both(async |world| {
        let Told {
            town,
            guide,
            agenda,
        } = told(world).await;
        let site = Of::Site(town.site);
        assert_eq!(
            members_see(&town.act(town.grace), site).await,
            [
                "Grace Adeyemi checked in Guide.pdf as version 2",
                "Amira Hussain added Guide.pdf",
                "Helen Marsh opened the site Resettlement Pathway",
            ]
        );
        // Peter has the one library only: the site's own entries are not his either.
        assert_eq!(
            members_see(&town.act(town.peter), site).await,
            [
                "Peter Nowak checked in Agenda.docx as version 2",
                "Peter Nowak added Agenda.docx",
            ]
        );
        assert_eq!(
            members_see(&town.act(town.grace), Of::Library(town.guidance))
                .await
                .len(),
            2
        );
        assert_eq!(
            members_see(&town.act(town.grace), Of::Document(guide))
                .await
                .len(),
            2
        );
        let nothing = TrailFilter::default();
        assert_not_found(activity(&town.act(town.grace), Of::Library(town.cases), &nothing).await);
        assert_not_found(activity(&town.act(town.grace), Of::Document(agenda), &nothing).await);
        assert_not_found(activity(&town.act(town.ellen), site, &nothing).await);
        // Asking for reads does not give them.
        let reads = TrailFilter {
            sort: Some(Sort::Read),
            ..TrailFilter::default()
        };
        assert!(
            activity(&town.act(town.grace), site, &reads)
                .await
                .unwrap()
                .lines
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn libraries_and_documents_have_trails_of_their_own() {
    both(async |world| {
        let Told {
            town,
            guide,
            agenda,
        } = told(world).await;
        let peter = town.act(town.peter);
        assert_eq!(
            seen(&peter, Of::Library(town.cases)).await,
            [
                "Peter Nowak checked in Agenda.docx as version 2",
                "Peter Nowak opened version 1 of Agenda.docx",
                "Peter Nowak added Agenda.docx",
            ]
        );
        assert_eq!(seen(&peter, Of::Document(agenda)).await.len(), 3);
        let filter = TrailFilter::default();
        assert_not_found(trail(&peter, Of::Document(guide), &filter).await);
        assert_not_found(trail(&town.act(town.amira), Of::Library(town.cases), &filter).await);
        assert_not_found(trail(&town.act(town.operator), Of::Library(town.cases), &filter).await);
        let refused = trail(&town.act(town.grace), Of::Document(guide), &filter).await;
        assert!(matches!(refused, Err(Error::Refused(_))));
    })
    .await;
}
