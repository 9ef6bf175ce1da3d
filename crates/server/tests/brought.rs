//! Whoever brings something is told how it stands: on the page that answers without scripts, by what our script asks, in the list,
//! and by programs.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chancery::assurance;
use chancery::kernel::Realm;
use chancery::people;
use serde_json::Value;
use stage::{Answer, Pages, Stage, stage};

/// A realm that judges, of whose background nothing runs unless it is asked to.
async fn judging(stage: &Stage) -> Pages {
    let pages = stage.pages().await;
    let rules = assurance::Written {
        policy: markings::Policy::text("official").unwrap().to_owned(),
        schemes: Vec::new(),
    };
    assurance::begin(&pages.realm, &rules).await.unwrap();
    pages
}

async fn read_all(realm: &Realm) {
    while assurance::read_waiting(realm).await.unwrap() > 0 {}
}

/// What our script asks of a document that it has just sent.
async fn stands(pages: &Pages, token: &str, document: &str) -> (StatusCode, Value) {
    let request = Request::get(format!("{document}/sealed"))
        .header(header::HOST, "localhost:8080")
        .header(header::COOKIE, format!("chancery={token}"))
        .header(header::ACCEPT, "application/json")
        .body(Body::empty())
        .unwrap();
    let answer = pages.send(request).await;
    (answer.status, answer.json())
}

/// Brings a file as a form without scripts does.
async fn bring(stage: &Stage, pages: &Pages, name: &str, content: &str) -> Answer {
    let address = stage.address("/libraries/{id}/upload");
    let token = &stage.tokens["contributor"];
    let answer = pages.upload_seen(token, &address, "", name, content).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.main());
    answer
}

/// Where the document of this name is, by the list.
async fn address_of(stage: &Stage, pages: &Pages, name: &str) -> String {
    let list = format!("{}?find={name}", stage.address("/libraries/{id}"));
    let page = pages.get(&stage.tokens["contributor"], &list).await;
    let row = page.main().split("scope=\"row\"").nth(1).unwrap();
    let at = row.find("href=\"").unwrap() + 6;
    row[at..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_page_that_answers_says_what_was_found_or_that_it_is_being_read() {
    let stage = stage().await;
    let pages = judging(&stage).await;
    let form = pages
        .get(
            &stage.tokens["contributor"],
            &stage.address("/libraries/{id}/upload"),
        )
        .await;
    assert!(form.main().contains("It is read for its marking first"));
    // Nothing reads it: the page waits a moment, and says that.
    let answer = bring(&stage, &pages, "Slow.txt", "OFFICIAL\n").await;
    assert!(
        answer.main().contains("1 file added")
            && answer.main().contains("Only you can open it yet")
            && !answer.main().contains("can see"),
        "{}",
        answer.main()
    );
    // Somebody reads it: the page says what was found.
    for (name, content, says) in [
        ("Open.txt", "OFFICIAL\n\nOne\n", "can see it."),
        (
            "Secret.txt",
            "SECRET\n\nNobody wrote this.\n",
            "It was sealed, because it is marked SECRET",
        ),
    ] {
        let answer = tokio::select! {
            () = assurance::keep_reading(&pages.realm) => panic!("reading ends"),
            answer = bring(&stage, &pages, name, content) => answer,
        };
        assert!(answer.main().contains(says), "{}", answer.main());
        let document = address_of(&stage, &pages, name).await;
        let asks = answer.main().contains(&format!("{document}/sealed"));
        assert_eq!(asks, name == "Secret.txt");
    }
}

#[tokio::test]
async fn a_script_and_the_list_are_told_of_each_state_and_others_are_told_nothing_of_it() {
    let stage = stage().await;
    let pages = judging(&stage).await;
    read_all(&pages.realm).await;
    let (author, reader) = (&stage.tokens["contributor"], &stage.tokens["reader"]);
    let asking = markings::Policy::text("official").unwrap().replacen(
        "unmarked = \"accept\"",
        "unmarked = \"ask\"",
        1,
    );
    let contributor = people::actor(&pages.realm, author).await.unwrap().actor;
    let library = stage.ids["libraries"].parse().unwrap();
    let add = async |name: &str, content: &'static str| {
        let content = content.as_bytes();
        let added = chancery::documents::add(&contributor, library, None, name, content).await;
        format!("/documents/{}", added.unwrap().id)
    };
    let rows = async |token: &str, name: &str| {
        let list = format!("{}?find={name}", stage.address("/libraries/{id}"));
        pages.get(token, &list).await.main().to_owned()
    };
    let open = add("Zebra.txt", "OFFICIAL\n\nOne\n").await;
    let (status, told) = stands(&pages, author, &open).await;
    assert_eq!(
        (status, &told["state"]),
        (StatusCode::OK, &"being_read".into())
    );
    let mine = rows(author, "Zebra").await;
    assert!(
        mine.contains("Being checked") && mine.contains("Only you can open it until that is done"),
        "{mine}"
    );
    let theirs = rows(reader, "Zebra").await;
    assert!(
        theirs.contains("Being checked") && !theirs.contains("Only you"),
        "{theirs}"
    );
    read_all(&pages.realm).await;
    let (_, told) = stands(&pages, author, &open).await;
    assert_eq!(told["state"], "open");
    assert!(told["says"].as_str().unwrap().contains("can see it."));
    assert!(!rows(author, "Zebra").await.contains("Being checked"));

    let sealed = add("Secret.txt", "SECRET\n\nNobody wrote this.\n").await;
    let program = &stage.programs["contributor"];
    let listed = format!("{}?find=Secret", stage.address("/libraries/{id}/items"));
    let items = pages.look(program, &listed).await.json();
    assert_eq!(items["items"][0]["mine_alone"], "being_read");
    let items = pages.look(&stage.programs["reader"], &listed).await.json();
    assert_eq!(items["items"][0]["mine_alone"], Value::Null);
    assert_eq!(items["items"][0]["closing"], "being_read");
    let facts = pages.look(program, &sealed).await.json();
    assert_eq!(facts["mine_alone"], "being_read");
    read_all(&pages.realm).await;
    let (_, told) = stands(&pages, author, &sealed).await;
    assert_eq!(
        (&told["state"], &told["href"]),
        (&"sealed".into(), &format!("{sealed}/sealed").into())
    );
    assert!(
        told["says"]
            .as_str()
            .unwrap()
            .contains("it is marked SECRET")
    );
    let (_, told) = stands(&pages, reader, &sealed).await;
    assert!(!told["says"].as_str().unwrap().contains("SECRET"), "{told}");
    let (status, _) = stands(&pages, &stage.tokens["stranger"], &sealed).await;
    assert_eq!(status, StatusCode::NOT_FOUND);

    // What is held is its author's alone, and says so to them and to nobody else.
    let rules = assurance::Written {
        policy: asking,
        schemes: Vec::new(),
    };
    let console = chancery::kernel::Actor::console(&pages.realm);
    let id = assurance::propose(&console, &rules).await.unwrap();
    assurance::switch_on(&console, id, true).await.unwrap();
    let held = add("Note.txt", "A note.\n").await;
    read_all(&pages.realm).await;
    let (_, told) = stands(&pages, author, &held).await;
    assert_eq!(told["state"], "held");
    assert!(
        told["says"]
            .as_str()
            .unwrap()
            .contains("Only you can open it")
    );
    let mine = rows(author, "Note").await;
    assert!(
        mine.contains("Held") && mine.contains("Only you can open it. Its page says why"),
        "{mine}"
    );
    let theirs = rows(reader, "Note").await;
    assert!(
        !theirs.contains("Only you") && theirs.contains("Held"),
        "{theirs}"
    );
}

#[tokio::test]
async fn programs_are_told_that_what_they_bring_is_read_first_and_what_it_is_called() {
    let stage = stage().await;
    let pages = judging(&stage).await;
    let program = &stage.programs["contributor"];
    let send = async |path: &str| {
        let request = Request::post(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {program}"))
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .body(Body::from("Words of today"))
            .unwrap();
        pages.send(request).await
    };
    let library = stage.address("/libraries/{id}");
    let added = send(&format!("{library}/documents?name=Zebra.txt")).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    assert_eq!(added.json()["closing"], "being_read");
    let set = pages
        .post(
            &stage.tokens["owner"],
            &format!("{library}/publishing"),
            "how=contributors",
        )
        .await;
    assert_eq!(set.status, StatusCode::SEE_OTHER);
    let document = stage.address("/documents/{id}");
    let made = send(&format!("{document}/versions")).await.json();
    assert_eq!(
        (&made["version"], &made["label"], &made["draft"]),
        (&3.into(), &"2.1".into(), &true.into())
    );
    let restored = pages
        .call(
            program,
            "post",
            &format!("{document}/versions/1/restore"),
            None,
        )
        .await
        .json();
    assert_eq!(restored["label"], "2.2");
    let out = pages
        .call(program, "post", &format!("{document}/check-out"), None)
        .await;
    assert_eq!(out.status, StatusCode::OK, "{}", out.body);
    let back = send(&format!("{document}/check-in")).await.json();
    assert_eq!(
        (&back["label"], &back["draft"]),
        (&"2.3".into(), &true.into())
    );
}
