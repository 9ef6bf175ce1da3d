//! Tests of the trail, on both databases. What happened is put in the journal through the
//! kernel's own doors, as the capabilities do it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use futures::TryStreamExt as _;
use serde_json::Value;

use super::{Format, Of, STATEMENTS, TrailFilter, TrailPage, activity, export, recent, trail};
use crate::Error;
use crate::documents::{AddDocument, CheckIn, CheckedIn, DocumentAdded, OpenVersion, VersionOpened};
use crate::grants::{Change, Subject, change};
use crate::kernel::{Actor, Id, Role, Sort, Time, args, count_queries, thing};
use crate::sites::fixture::{DAY, HOUR, Town};
use crate::testing::{assert_not_found, both};

async fn opened(town: &Town, who: Id<thing::Person>, document: Id<thing::Document>, name: &str) {
    let event = VersionOpened { document: name.to_owned(), version: 1 };
    town.act(who).read::<OpenVersion>(document).await.unwrap().record(&event).await.unwrap();
    town.world.clock.advance(HOUR);
}

async fn checked_in(town: &Town, who: Id<thing::Person>, document: Id<thing::Document>, name: &str) {
    let w = town.act(who).write::<CheckIn>(document).await.unwrap();
    let event = CheckedIn { document: name.to_owned(), version: 2, comment: "Figures".to_owned() };
    w.commit(event).await.unwrap();
    town.world.clock.advance(HOUR);
}

async fn added(town: &Town, who: Id<thing::Person>, library: Id<thing::Library>, name: &str) -> Id<thing::Document> {
    let document = town.document(library, name).await;
    let mut w = town.act(who).write::<AddDocument>(library).await.unwrap();
    w.place_mut().item = Some(document.item());
    w.commit(DocumentAdded { document: name.to_owned(), size: 10 }).await.unwrap();
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
        &[Change::Give { to: Subject::Person(town.grace), role: Role::Contributor, until: None }],
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
    Told { town, guide, agenda }
}

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| world.prepares(STATEMENTS).await).await;
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
        let people: Vec<_> = page.people.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(people, ["Amira Hussain", "Grace Adeyemi", "Helen Marsh"], "Peter is of another library");
        // To read the other library is not to own it; to own it is.
        let grant = town.grant(town.cases.raw(), (1, town.amira.raw()), Role::Contributor, Time::FOREVER).await;
        assert_eq!(seen(&amira, site).await, of_site);
        town.run("UPDATE grants SET role = 3 WHERE id = $1", args![grant]).await;
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
        let Told { town, guide, agenda } = told(world).await;
        let site = Of::Site(town.site);
        assert_eq!(members_see(&town.act(town.grace), site).await, [
            "Grace Adeyemi checked in Guide.pdf as version 2",
            "Amira Hussain added Guide.pdf",
            "Helen Marsh opened the site Resettlement Pathway",
        ]);
        // Peter has the one library only: the site's own entries are not his either.
        assert_eq!(members_see(&town.act(town.peter), site).await, [
            "Peter Nowak checked in Agenda.docx as version 2",
            "Peter Nowak added Agenda.docx",
        ]);
        assert_eq!(members_see(&town.act(town.grace), Of::Library(town.guidance)).await.len(), 2);
        assert_eq!(members_see(&town.act(town.grace), Of::Document(guide)).await.len(), 2);
        let nothing = TrailFilter::default();
        assert_not_found(activity(&town.act(town.grace), Of::Library(town.cases), &nothing).await);
        assert_not_found(activity(&town.act(town.grace), Of::Document(agenda), &nothing).await);
        assert_not_found(activity(&town.act(town.ellen), site, &nothing).await);
        // Asking for reads does not give them.
        let reads = TrailFilter { sort: Some(Sort::Read), ..TrailFilter::default() };
        assert!(activity(&town.act(town.grace), site, &reads).await.unwrap().lines.is_empty());
    })
    .await;
}

#[tokio::test]
async fn libraries_and_documents_have_trails_of_their_own() {
    both(async |world| {
        let Told { town, guide, agenda } = told(world).await;
        let peter = town.act(town.peter);
        assert_eq!(seen(&peter, Of::Library(town.cases)).await, [
            "Peter Nowak checked in Agenda.docx as version 2",
            "Peter Nowak opened version 1 of Agenda.docx",
            "Peter Nowak added Agenda.docx",
        ]);
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

#[tokio::test]
async fn a_document_above_the_clearance_is_in_no_line() {
    both(async |world| {
        let Told { town, guide, .. } = told(world).await;
        town.mark(guide, 3).await;
        let amira = town.act(town.amira);
        let site = Of::Site(town.site);
        for lines in [
            seen(&amira, site).await,
            seen(&amira, Of::Library(town.guidance)).await,
            members_see(&town.act(town.grace), site).await,
        ] {
            assert!(lines.iter().all(|line| !line.contains("Guide.pdf")), "{lines:?}");
        }
        let page = trail(&amira, site, &TrailFilter::default()).await.unwrap();
        assert!(page.people.iter().all(|(id, _)| *id != town.grace), "nor who read it");
        let mut scope = town.act(town.grace).scope().unwrap();
        assert!(recent(&mut scope, 5).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_line_names_things_only_while_the_viewer_can_open_them() {
    both(async |world| {
        let Told { town, guide, .. } = told(world).await;
        let grace = town.act(town.grace);
        let first = async || activity(&grace, Of::Library(town.guidance), &TrailFilter::default()).await.unwrap().lines.remove(0);
        let line = first().await;
        assert_eq!(line.document, Some((guide.item(), "Guide.pdf".to_owned(), true)));
        assert_eq!(line.library, Some((town.guidance, "Provider guidance".to_owned())));
        assert_eq!((line.label, line.sort, line.action.as_str()), ("Checked in", Sort::Document, "CheckIn"));
        assert_eq!(line.data["comment"], "Figures");
        assert_eq!(line.who.organisation, "Tessel Housing Ltd");
        // Moved where she cannot see it, and renamed there: neither the place nor the new name shows.
        town.run("UPDATE items SET library_id = $1, name = 'Hidden.pdf' WHERE id = $2", args![town.cases, guide]).await;
        let line = first().await;
        assert_eq!(line.document, None);
        assert_eq!(line.says, "checked in Guide.pdf as version 2");
        // In the recycle bin it is named to those who can bring it back.
        town.run("UPDATE items SET library_id = $1, binned_at = 5 WHERE id = $2", args![town.guidance, guide]).await;
        assert!(first().await.document.is_some());
        town.run("UPDATE grants SET role = 1 WHERE subject_id = $1", args![town.grace]).await;
        assert_eq!(first().await.document, None);
        // Who acted is shown with the organisation of that time.
        town.run("UPDATE belongings SET until_at = $1 WHERE person_id = $2", args![town.now(), town.grace]).await;
        town.run(
            "INSERT INTO belongings (id, person_id, organisation_id, from_at, until_at) VALUES (1, $1, $2, $3, $4)",
            args![town.grace, town.lights, town.now(), Time::FOREVER],
        ).await;
        assert_eq!(first().await.who.organisation, "Tessel Housing Ltd");
    })
    .await;
}

#[tokio::test]
async fn filters_and_pages_find_each_line_once() {
    both(async |world| {
        let Told { town, guide, .. } = told(world).await;
        let amira = town.act(town.amira);
        let site = Of::Site(town.site);
        let all = trail(&amira, site, &TrailFilter::default()).await.unwrap().lines;
        let mut found = Vec::new();
        let mut before = None;
        loop {
            let filter = TrailFilter { limit: 2, before, ..TrailFilter::default() };
            let page = trail(&amira, site, &filter).await.unwrap();
            assert!(page.lines.len() <= 2);
            found.extend(page.lines.iter().map(|line| line.id));
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(found, all.iter().map(|line| line.id).collect::<Vec<_>>());
        let count = async |filter: TrailFilter| trail(&amira, site, &filter).await.unwrap().lines.len();
        let usual = TrailFilter::default();
        assert_eq!(count(TrailFilter { person: Some(town.grace), ..usual.clone() }).await, 2);
        assert_eq!(count(TrailFilter { sort: Some(Sort::Read), ..usual.clone() }).await, 1);
        assert_eq!(count(TrailFilter { action: Some("CheckIn".to_owned()), ..usual.clone() }).await, 1);
        assert_eq!(count(TrailFilter { action: Some("' OR 1=1 --".to_owned()), ..usual.clone() }).await, 0);
        assert_eq!(count(TrailFilter { from: Some(all[1].at), ..usual.clone() }).await, 2);
        assert_eq!(count(TrailFilter { until: Some(all[1].at), ..usual.clone() }).await, 3);
        // Sealed entries say their place in the journal.
        assert_eq!(all[0].position, None);
        town.world.realm.seal().await.unwrap();
        let line = trail(&amira, Of::Document(guide), &usual).await.unwrap().lines.remove(0);
        assert!(line.position.unwrap() > 1);
        let (_, queries) = count_queries(trail(&amira, site, &usual)).await;
        assert_eq!(queries, 3);
    })
    .await;
}

#[tokio::test]
async fn an_export_is_journalled_first_and_streams_every_line() {
    both(async |world| {
        let Told { town, .. } = told(world).await;
        let amira = town.act(town.amira);
        let hostile = "=cmd|' /C calc'!A0, \"x\".xls";
        for number in 0..620 {
            let event = VersionOpened { document: hostile.to_owned(), version: number };
            let proof = amira.read::<OpenVersion>(Id::from_raw(town_guide(&town).await)).await.unwrap();
            proof.record(&event).await.unwrap();
        }
        let filter = TrailFilter { limit: 3, before: Some(Id::from_raw(1)), ..TrailFilter::default() };
        let csv = text(export(&amira, Of::Library(town.guidance), &filter, Format::Csv).await.unwrap()).await;
        let lines: Vec<_> = csv.trim_end().split("\r\n").collect();
        assert!(lines[0].starts_with("\u{feff}Time,Person,"));
        assert_eq!(lines.len(), 1 + 1 + 620 + 3, "a heading, the export itself, every entry");
        assert!(lines[1].contains("exported the trail of this library as CSV"), "{}", lines[1]);
        assert!(lines[2].contains("\"opened version 619 of =cmd|' /C calc'!A0, \"\"x\"\".xls\""), "{}", lines[2]);
        for cell in csv.split(['\n', ',']) {
            assert!(!cell.starts_with(['=', '+', '@']), "{cell:?}");
        }
        town.world.clock.advance(DAY);
        let json = text(export(&amira, Of::Site(town.site), &TrailFilter::default(), Format::JsonLines).await.unwrap()).await;
        let objects: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(objects.len(), 1 + 1 + 620 + 5);
        assert_eq!(objects[0]["action"], "ExportSiteTrail");
        assert_eq!(objects[0]["data"]["filter"], "everything");
        assert_eq!(objects[0]["person"], town.amira.to_string());
        assert_eq!(objects[2]["document"]["name"], "Guide.pdf", "as it is called now");
        assert!(objects[2]["says"].as_str().unwrap().contains(hostile), "and as it was called then");
        let reads = TrailFilter { sort: Some(Sort::Access), ..TrailFilter::default() };
        let access = text(export(&amira, Of::Site(town.site), &reads, Format::JsonLines).await.unwrap()).await;
        assert_eq!(access.lines().count(), 1);
        // Who may not see the trail takes nothing away, and leaves no entry.
        let before = town.world.count("SELECT COUNT(*) AS value FROM journal", args![]).await;
        for stranger in [town.grace, town.peter, town.operator] {
            assert!(export(&town.act(stranger), Of::Site(town.site), &filter, Format::Csv).await.is_err());
        }
        assert_eq!(town.world.count("SELECT COUNT(*) AS value FROM journal", args![]).await, before);
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(format));
        }
    })
    .await;
}

async fn town_guide(town: &Town) -> i64 {
    town.world
        .count("SELECT id AS value FROM items WHERE library_id = $1", args![town.guidance])
        .await
}

async fn text(export: super::Export) -> String {
    let pieces: Vec<bytes::Bytes> = export.try_collect().await.unwrap();
    String::from_utf8(pieces.concat()).unwrap()
}

#[tokio::test]
async fn what_changed_lately_is_of_readable_libraries_a_few_of_each() {
    both(async |world| {
        let Told { town, guide, agenda } = told(world).await;
        for _ in 0..7 {
            checked_in(&town, town.grace, guide, "Guide.pdf").await;
        }
        checked_in(&town, town.peter, agenda, "Agenda.docx").await;
        let lately = async |who: Id<thing::Person>, each: u32| {
            let mut scope = town.act(who).scope().unwrap();
            let (sites, queries) = count_queries(recent(&mut scope, each)).await;
            assert_eq!(queries, 1);
            sites.unwrap()
        };
        let mine = lately(town.grace, 5).await;
        assert_eq!(mine.len(), 1);
        assert_eq!(mine[0].site, (town.site, "Resettlement Pathway".to_owned()));
        assert_eq!(mine[0].lines.len(), 5);
        assert!(mine[0].lines.iter().all(|line| line.says == "checked in Guide.pdf as version 2"));
        assert!(mine[0].lines.is_sorted_by(|newer, older| newer.id > older.id));
        assert_eq!(lately(town.grace, 50).await[0].lines.len(), 9);
        assert_eq!(lately(town.peter, 5).await[0].lines.len(), 3, "of his library alone");
        assert!(lately(town.ellen, 5).await.is_empty());
        assert!(recent(&mut town.world.console().scope().unwrap(), 5).await.unwrap().is_empty());
    })
    .await;
}
