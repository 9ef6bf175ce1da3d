//! A reader finds nothing of a draft at any address, of pages, programs and file programs. Every route is asked, so
//! that a new one is too.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "publishing/asking.rs"]
mod asking;
#[path = "publishing/several.rs"]
mod several;
mod stage;

use axum::http::StatusCode;
use chancery::documents;
use chancery::kernel::{Actor, Id, thing};
use chancery::publishing::{self, Publishing};
use stage::crawl::{Told, crawl};
use stage::stage;

/// In the name, content, comments and notes of what readers must not know of, and in nothing else.
const SECRET: &str = "zanzibar";

#[tokio::test]
async fn a_reader_finds_nothing_of_a_draft_at_any_address() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = pages.look(&stage.programs["owner"], "/me").await.json();
    let owner: Id<thing::Person> = owner["person"]["id"].as_str().unwrap().parse().unwrap();
    let owner = Actor::person(&pages.realm, owner);
    let contributor = Actor::person(&pages.realm, stage.ids["member"].parse().unwrap());
    let library: Id<thing::Library> = stage.ids["libraries"].parse().unwrap();
    let document: Id<thing::Document> = stage.ids["documents"].parse().unwrap();
    let required = Some(Publishing { approval: true });
    publishing::change_publishing(&owner, library, required, 0)
        .await
        .unwrap();
    let content = "zanzibar, and more words than before";
    let added = documents::add_version(
        &contributor,
        document,
        "",
        content.as_bytes(),
        "zanzibar comment",
    )
    .await
    .unwrap();
    assert_eq!((added.number, added.label.as_str()), (3, "2.1"));
    publishing::ask_to_publish(&contributor, document, added.number, "zanzibar note")
        .await
        .unwrap();
    documents::check_out(&contributor, document, "zanzibar work")
        .await
        .unwrap();
    let hidden = documents::add(
        &contributor,
        library,
        None,
        "Zanzibar.txt",
        &b"zanzibar"[..],
    )
    .await
    .unwrap()
    .id
    .to_string();

    let zanzibar = Told {
        word: SECRET,
        find: "zan",
        document: &hidden,
    };
    for who in ["reader", "guest"] {
        let told = crawl(&stage, &pages, who, &zanzibar).await;
        assert!(told.is_empty(), "{who} is told of a draft at {told:#?}");
    }
    // The same crawl finds it where it is told.
    let told = crawl(&stage, &pages, "contributor", &zanzibar).await;
    assert!(told.len() > 30, "only {told:#?}");

    // What does not exist for a reader looks like what does not exist.
    let mut compared = 0;
    for route in web::ROUTES.iter().flat_map(|routes| routes.iter()) {
        if route.method != "get" || !route.path.starts_with("/documents/{id}") {
            continue;
        }
        let at = |id: &str| route.path.replace("{id}", id).replace("{number}", "1");
        let there = pages.get(&stage.tokens["reader"], &at(&hidden)).await;
        let absent = pages
            .get(&stage.tokens["reader"], &at("0123456789ABC"))
            .await;
        assert_eq!(there.status, absent.status, "{}", route.path);
        if there.status == StatusCode::NOT_FOUND {
            assert_eq!(there.body, absent.body, "{}", route.path);
            compared += 1;
        }
    }
    assert!(compared > 15, "only {compared} were compared");
}

#[allow(clippy::too_many_lines, reason = "what an owner decides is one story")]
#[tokio::test]
async fn an_owner_decides_what_readers_see_on_the_pages() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let (owner, contributor, reader) = (
        &stage.tokens["owner"],
        &stage.tokens["contributor"],
        &stage.tokens["reader"],
    );
    let library = format!("/libraries/{}", stage.ids["libraries"]);
    let document = format!("/documents/{}", stage.ids["documents"]);
    let setting = format!("{library}/publishing");
    let wrong = pages.post(owner, &setting, "how=never").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Choose what readers see"));
    let changed = pages.post(owner, &setting, "how=owners").await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);

    let added = pages
        .upload_seen(
            contributor,
            &format!("{document}/upload"),
            "2",
            "Agenda.txt",
            "agenda, the longest",
        )
        .await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    let same = pages
        .upload_seen(
            contributor,
            &format!("{document}/upload"),
            "3",
            "Agenda.txt",
            "agenda, the longest",
        )
        .await;
    assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        same.body
            .contains("This file is the same as the latest version"),
        "{}",
        same.main()
    );
    let page = pages.get(contributor, &document).await;
    assert!(
        page.body.contains("Draft 2.1, added") && page.body.contains("Readers see version 2.0")
    );
    let list = pages.get(contributor, &library).await;
    assert!(list.body.contains("Draft 2.1"));
    let page = pages.get(reader, &document).await;
    assert!(!page.body.contains("2.1") && page.body.contains("Version 2.0"));

    let asked = pages
        .post(
            contributor,
            &format!("{document}/ask-to-publish"),
            "version=3&note=Please",
        )
        .await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let home = pages.get(owner, "/").await;
    assert!(
        home.body
            .contains("Decide about publishing draft 2.1 of Agenda.txt")
    );
    let waiting = pages.get(owner, &format!("{library}/approvals")).await;
    assert!(waiting.body.contains("Agenda.txt") && waiting.body.contains("Please"));
    let send_back = format!("{document}/send-back");
    let unsaid = pages.post(owner, &send_back, "version=3&reason=").await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    let look = pages.get(owner, &format!("{document}/publish")).await;
    assert!(
        look.body
            .contains(&format!("{document}/compare?from=2&amp;to=3"))
            || look
                .body
                .contains(&format!("{document}/compare?from=2&#38;to=3")),
        "{}",
        look.main()
    );
    let refused = pages.get(reader, &format!("{document}/publish")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let sent = pages
        .post(owner, &send_back, "version=3&reason=Shorter")
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let published = pages
        .post(owner, &format!("{document}/publish"), "version=3&comment=")
        .await;
    assert_eq!(published.status, StatusCode::SEE_OTHER);
    let page = pages.get(reader, &document).await;
    assert!(page.body.contains("Version 3.0"), "{}", page.main());

    // Turning it off says first what readers gain.
    let added = pages
        .upload_seen(
            contributor,
            &format!("{document}/upload"),
            "3",
            "Agenda.txt",
            "agenda",
        )
        .await;
    assert_eq!(added.status, StatusCode::SEE_OTHER);
    let first = pages.post(owner, &setting, "how=no").await;
    assert!(first.body.contains("Readers will see drafts of 1 document"));
    let page = pages.get(reader, &document).await;
    assert!(page.body.contains("Version 3.0"));
    let late = pages.post(owner, &setting, "how=no&drafts=7").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(
        late.body
            .contains("Nothing was changed: when you were asked, 7 documents had drafts"),
        "{}",
        late.main()
    );
    let off = pages.post(owner, &setting, "how=no&drafts=1").await;
    assert_eq!(off.status, StatusCode::SEE_OTHER);
    let page = pages.get(reader, &document).await;
    assert!(page.body.contains("Version 4"), "{}", page.main());
}

#[allow(
    clippy::too_many_lines,
    reason = "a test tells one story from beginning to end"
)]
#[tokio::test]
async fn drafts_are_found_in_a_list_and_what_was_taken_back_says_why() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let (owner, contributor, reader) = (
        &stage.tokens["owner"],
        &stage.tokens["contributor"],
        &stage.tokens["reader"],
    );
    let library = format!("/libraries/{}", stage.ids["libraries"]);
    let document = format!("/documents/{}", stage.ids["documents"]);
    let drafts = format!("{library}?publishing.is=drafts");
    let nothing = pages.get(contributor, &drafts).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        nothing.main().contains("does not require publishing"),
        "{}",
        nothing.main()
    );
    let list = pages.get(contributor, &library).await;
    assert!(!list.main().contains("publishing.is"));
    let asked = |value: &str| {
        let filters = format!("[{{\"on\":\"publishing\",\"test\":\"is\",\"value\":\"{value}\"}}]");
        format!("{library}/items?filters={}", wire::url_escape(&filters))
    };
    let (program, own) = (&stage.programs["reader"], &stage.programs["contributor"]);
    let nothing = pages.look(own, &asked("drafts")).await;
    assert_eq!(
        nothing.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        nothing.body
    );
    assert!(nothing.body.contains("does not require publishing"));

    pages
        .post(owner, &format!("{library}/publishing"), "how=owners")
        .await;
    let offer = pages.get(contributor, &format!("{document}/upload")).await;
    assert!(
        offer.main().contains("Upload as draft 2.1")
            && offer.main().contains("It becomes draft 2.1"),
        "{}",
        offer.main()
    );
    pages
        .upload_seen(
            contributor,
            &format!("{document}/upload"),
            "2",
            "Agenda.txt",
            "agenda, the longest",
        )
        .await;
    let restore = pages
        .get(contributor, &format!("{document}/versions/1/restore"))
        .await;
    assert!(
        restore.main().contains("Restore version 1.0 as draft 2.2"),
        "{}",
        restore.main()
    );
    let list = pages.get(contributor, &library).await;
    assert!(list.main().contains("Not published, or with newer drafts"));
    let found = pages.get(contributor, &drafts).await;
    assert_eq!(found.status, StatusCode::OK);
    let rows = |answer: &stage::Answer| answer.main().matches("scope=\"row\"").count();
    assert!(
        rows(&found) == 1 && found.main().contains("Agenda.txt"),
        "{}",
        found.main()
    );
    assert!(
        found.main().contains("<option value=\"drafts\" selected>"),
        "{}",
        found.main()
    );
    // Kept in a view that everybody sees, in which readers find nothing.
    let view = "back=publishing.is%3Ddrafts&name=Drafts&column-1=version&shared=yes";
    let saved = pages
        .post(owner, &format!("{library}/views/new"), view)
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    let view = saved.location().to_owned();
    assert_eq!(rows(&pages.get(contributor, &view).await), 1);
    let hidden = pages.get(reader, &view).await;
    assert!(
        hidden.status == StatusCode::OK && rows(&hidden) == 0,
        "{}",
        hidden.main()
    );
    assert!(!hidden.main().contains("publishing.is"));
    let found = pages.look(own, &asked("drafts")).await.json();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(found["items"][0]["next_label"], "2.2");
    let found = pages.look(program, &asked("drafts")).await.json();
    assert_eq!(found["items"].as_array().unwrap().len(), 0);
    let found = pages.look(own, &asked("waiting")).await.json();
    assert_eq!(found["items"].as_array().unwrap().len(), 0);
    let wrong = pages.look(own, &asked("nonsense")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    // Whoever may see drafts reads why readers see nothing; and what one has checked out oneself is called so.
    pages
        .post(
            owner,
            &format!("{document}/unpublish"),
            "reason=It+names+somebody",
        )
        .await;
    let page = pages.get(contributor, &document).await;
    assert!(
        page.main().contains("unpublished it on") && page.main().contains("“It names somebody”"),
        "{}",
        page.main()
    );
    let page = pages.get(owner, &document).await;
    assert!(page.main().contains("You unpublished it on"));
    let stands = pages.look(own, &format!("{document}/publication")).await;
    assert_eq!(stands.json()["unpublished"]["reason"], "It names somebody");
    let page = pages.get(reader, &document).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let mine = pages
        .get(contributor, &format!("{library}?state=mine"))
        .await;
    assert!(
        mine.main().contains("Checked out by you</strong> since"),
        "{}",
        mine.main()
    );
    let held = format!("/documents/{}", stage.ids["held"]);
    let page = pages.get(contributor, &held).await;
    assert!(
        page.main().contains("Checked out by you") && page.main().contains("Since "),
        "{}",
        page.main()
    );

    // A library that no longer requires publishing has no drafts: the view asks nothing of them any more.
    let off = pages
        .post(owner, &format!("{library}/publishing"), "how=no&drafts=1")
        .await;
    assert_eq!(off.status, StatusCode::SEE_OTHER, "{}", off.main());
    let all = pages.get(contributor, &view).await;
    assert!(
        all.status == StatusCode::OK && rows(&all) > 1,
        "{}",
        all.main()
    );
}
