//! A document that may not be here is served to nobody, at no address: what it says is read by the real reader, shut in, and every
//! route of pages, programs and file programs is asked as everybody.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use std::io::{Cursor, Read as _};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chancery::assurance::{self, AlertKind, AlertState, Written};
use chancery::documents;
use chancery::kernel::{Actor, Id, Realm, thing};
use chancery::people::{self, Office};
use stage::crawl::{Told, crawl, dav};
use stage::{EVERYBODY, Pages, Stage, stage};
use tower::ServiceExt as _;

/// In the content of what is sealed, and in nothing else; the marking stands in other lines.
const WORD: &str = "quagga";

async fn read_everything(realm: &Realm) {
    for _ in 0..100 {
        assurance::read_waiting(realm).await.unwrap();
        let progress = assurance::progress(realm).await.unwrap().unwrap();
        if progress.unread + progress.behind == 0 {
            return;
        }
    }
    panic!("reading does not come to an end");
}

async fn begin(realm: &Realm, policy: &str) {
    let first = Written {
        policy: markings::Policy::text(policy).unwrap().to_owned(),
        schemes: Vec::new(),
    };
    assurance::begin(realm, &first).await.unwrap();
}

fn person(stage: &Stage, pages: &Pages, who: &str) -> Actor {
    Actor::person(&pages.realm, stage.ids[who].parse().unwrap())
}

/// Somebody without a role anywhere, who is an assurance officer now.
async fn appointed(stage: &Stage, pages: &Pages) -> Actor {
    let officer = person(stage, pages, "people");
    people::appoint(
        &Actor::console(&pages.realm),
        officer.me().unwrap(),
        Office::Assurance,
        None,
    )
    .await
    .unwrap();
    officer
}

/// The bytes of everything in the library as a ZIP, unpacked.
async fn bundled(stage: &Stage, pages: &Pages, who: &str) -> Vec<u8> {
    let address = format!("/api/v1/libraries/{}/download", stage.ids["libraries"]);
    let request = Request::get(address)
        .header(
            header::AUTHORIZATION,
            format!("Bearer {}", stage.programs[who]),
        )
        .body(Body::empty())
        .unwrap();
    let response = pages.router.clone().oneshot(request).await.unwrap();
    if response.status() != StatusCode::OK {
        return Vec::new();
    }
    let body = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap();
    let mut all = Vec::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(body.to_vec())).unwrap();
    for n in 0..archive.len() {
        archive.by_index(n).unwrap().read_to_end(&mut all).unwrap();
    }
    all
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes
        .windows(word.len())
        .any(|window| window == word.as_bytes())
}

/// Everywhere that somebody of the stage is told of the word.
async fn told(stage: &Stage, pages: &Pages, document: &str) -> Vec<String> {
    let what = Told {
        word: WORD,
        find: "qua",
        document,
    };
    let mut told = Vec::new();
    for who in EVERYBODY {
        if who == "nobody" || who == "suspended" {
            for route in web::ROUTES.iter().flat_map(|routes| routes.iter()) {
                if route.method == "get" {
                    let answer = pages
                        .get(&stage.tokens[who], &stage.asked(route.path))
                        .await;
                    if answer.body.contains(WORD) {
                        told.push(format!("{who}: {}", route.path));
                    }
                }
            }
            continue;
        }
        for address in crawl(stage, pages, who, &what).await {
            told.push(format!("{who}: {address}"));
        }
        if holds(&bundled(stage, pages, who).await, WORD) {
            told.push(format!("{who}: zip"));
        }
    }
    told
}

#[tokio::test]
async fn what_is_sealed_is_served_to_nobody_at_any_address() {
    let stage = stage().await;
    let pages = stage.pages().await;
    begin(&pages.realm, "official").await;
    read_everything(&pages.realm).await;
    let contributor = person(&stage, &pages, "member");
    let officer = appointed(&stage, &pages).await;
    let library: Id<thing::Library> = stage.ids["libraries"].parse().unwrap();
    let document: Id<thing::Document> = stage.ids["documents"].parse().unwrap();
    let before = documents::text(&contributor, document, None).await.unwrap();
    assert!(before.found.is_ok());
    let page = "TOP SECRET\n\nThe quagga lives here.\n\nTOP SECRET\n";
    documents::add_version(&contributor, document, "", page.as_bytes(), "")
        .await
        .unwrap();
    let other = documents::add(
        &contributor,
        library,
        None,
        "Herd.html",
        &b"<html><body><p>SECRET</p><p>A herd of quagga.</p><p>SECRET</p></body></html>"[..],
    )
    .await
    .unwrap()
    .id;
    // The first is being worked on too: the draft has the same in it.
    documents::check_out(&contributor, other, "").await.unwrap();
    documents::save_draft(&contributor, other, &b"SECRET\n\nquagga again"[..])
        .await
        .unwrap();

    // Before it was read it is its author's alone.
    let at = told(&stage, &pages, &other.to_string()).await;
    assert!(
        at.iter().all(|line| line.starts_with("contributor: ")),
        "{at:#?}"
    );
    assert!(at.len() > 5, "its author sees it: {at:#?}");

    read_everything(&pages.realm).await;
    let open = assurance::alerts(&officer, AlertState::Open, Some(AlertKind::Above), None)
        .await
        .unwrap();
    assert_eq!(open.lines.len(), 2, "{open:#?}");
    let at = told(&stage, &pages, &other.to_string()).await;
    assert!(
        at.is_empty(),
        "the content of what is sealed is told at {at:#?}"
    );
    let secret = &stage.files["contributor"];
    let library_at = "/dav/Resettlement%20Pathway/Case%20papers";
    // HEAD says what a list says: how long it is, and since when.
    for method in ["GET", "COPY", "MOVE", "LOCK"] {
        let path = format!("{library_at}/Herd.html");
        let answer = dav(&pages, "contributor", secret, method, &path).await;
        assert!(!answer.status.is_success(), "{method}: {}", answer.status);
    }

    // Everything that is known of it is with officers: the line with the words, not the content.
    let alert = open
        .lines
        .iter()
        .find(|line| line.document == document)
        .unwrap();
    let details = assurance::alert(&officer, alert.id).await.unwrap();
    assert_eq!(details.line.label, "TOP SECRET");
    let evidence = &details.findings.evidence;
    assert!(
        evidence
            .iter()
            .any(|one| one.text == "TOP SECRET" && one.place.contains("line 1")),
        "{evidence:#?}"
    );
    assert!(!serde_json::to_string(evidence).unwrap().contains(WORD));

    // The same crawl finds it once it may be there.
    for line in &open.lines {
        assurance::false_alarm(&officer, line.id, "An exercise")
            .await
            .unwrap();
    }
    read_everything(&pages.realm).await;
    let at = told(&stage, &pages, &other.to_string()).await;
    assert!(at.len() > 30, "only {at:#?}");

    // Taken back, it is served to nobody again: from that moment on, and not once it was read again.
    for line in &open.lines {
        assurance::take_back(&officer, line.id, "No exercise")
            .await
            .unwrap();
    }
    let at = told(&stage, &pages, &other.to_string()).await;
    assert!(at.is_empty(), "taken back, it is told at {at:#?}");
    read_everything(&pages.realm).await;
    let at = told(&stage, &pages, &other.to_string()).await;
    assert!(at.is_empty(), "read again, it is told at {at:#?}");
    // And nobody meets a word of it by deciding about several at once.
    let ids: Vec<_> = open.lines.iter().map(|line| line.id).collect();
    assurance::several::decide(
        &officer,
        &ids,
        assurance::several::Act::KeepSealed,
        "For good",
    )
    .await
    .unwrap();
    let at = told(&stage, &pages, &other.to_string()).await;
    assert!(at.is_empty(), "kept sealed, it is told at {at:#?}");
}

#[tokio::test]
async fn what_was_destroyed_is_served_to_nobody_and_leaves_no_fault() {
    let stage = stage().await;
    let pages = stage.pages().await;
    begin(&pages.realm, "official").await;
    let contributor = person(&stage, &pages, "member");
    let officer = appointed(&stage, &pages).await;
    let library: Id<thing::Library> = stage.ids["libraries"].parse().unwrap();
    let content = format!("SECRET\n\n{}\n\nSECRET\n", "quagga ".repeat(10_000));
    let document = documents::add(&contributor, library, None, "Herd.txt", content.as_bytes())
        .await
        .unwrap()
        .id;
    read_everything(&pages.realm).await;
    let open = assurance::alerts(&officer, AlertState::Open, Some(AlertKind::Above), None)
        .await
        .unwrap();
    let alert = open
        .lines
        .iter()
        .find(|line| line.document == document)
        .unwrap();
    assurance::destroy(&officer, alert.id, "A spill")
        .await
        .unwrap();
    let at = told(&stage, &pages, &document.to_string()).await;
    assert!(at.is_empty(), "{at:#?}");
    assert_eq!(documents::faults(&pages.realm).await.unwrap().len(), 0);
}

/// Malware is sealed like what is above, and while its scanner is away what is brought stays its author's alone until it is back.
#[tokio::test]
async fn what_clamd_finds_is_sealed_and_nothing_is_open_while_it_is_away() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let contributor = person(&stage, &pages, "member");
    let library: Id<thing::Library> = stage.ids["libraries"].parse().unwrap();
    let owner = pages.look(&stage.programs["owner"], "/me").await.json();
    let owner: Id<thing::Person> = owner["person"]["id"].as_str().unwrap().parse().unwrap();
    let owner = Actor::person(&pages.realm, owner);
    let bring = async |name: &str, content: &[u8]| {
        documents::add(&contributor, library, None, name, content)
            .await
            .unwrap()
            .id
    };
    let mut scanner = testkit::Clamd::start().unwrap();
    let clamd = clamd::Clamd::at(&scanner.address(), clamd::Limits::default()).unwrap();
    pages
        .realm
        .scan_malware_with(clamd, chancery::kernel::WhenAway::Block);
    begin(&pages.realm, "official").await;
    read_everything(&pages.realm).await;
    let bad = bring("Invoice.txt", &testkit::clamd::eicar()).await;
    let good = bring("Minutes.txt", b"OFFICIAL").await;
    read_everything(&pages.realm).await;
    let opened = documents::open(&owner, bad, None, false).await;
    assert!(matches!(opened, Err(chancery::Error::Sealed)));
    let opened = documents::open(&contributor, bad, None, false).await;
    assert!(matches!(opened, Err(chancery::Error::Sealed)));
    documents::open(&owner, good, None, false).await.unwrap();

    scanner.kill();
    let later = bring("Later.txt", b"OFFICIAL").await;
    assert_eq!(assurance::read_waiting(&pages.realm).await.unwrap(), 0);
    documents::open(&contributor, later, None, false)
        .await
        .unwrap();
    let opened = documents::open(&owner, later, None, false).await;
    assert!(matches!(opened, Err(chancery::Error::BeingRead)));
    scanner.start_again().unwrap();
    pages.clock.advance(std::time::Duration::from_mins(2));
    read_everything(&pages.realm).await;
    documents::open(&owner, later, None, false).await.unwrap();
}
