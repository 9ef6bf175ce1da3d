//! Several published in one decision.

use super::*;

/// The name that a line of a table begins with, and whether it is there.
fn lists(answer: &stage::Answer, caption: &str, name: &str) -> bool {
    let tables = answer.main().split("<table").skip(1);
    let table = tables
        .into_iter()
        .find(|table| table.contains(&format!(">{caption}</caption>")));
    table.is_some_and(|table| table.contains(&format!(">{name}</a>")))
}

#[allow(
    clippy::too_many_lines,
    reason = "what becomes of several is one story"
)]
#[tokio::test]
async fn several_are_published_in_one_decision_on_the_pages() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let (owner, contributor, reader) = (
        &stage.tokens["owner"],
        &stage.tokens["contributor"],
        &stage.tokens["reader"],
    );
    let (id, agenda) = (&stage.ids["libraries"], &stage.ids["documents"]);
    let library = format!("/libraries/{id}");
    let list = pages.get(contributor, &library).await;
    assert!(!list.main().contains("value=\"publish\""));
    pages
        .post(owner, &format!("{library}/publishing"), "how=owners")
        .await;
    let member = Actor::person(&pages.realm, stage.ids["member"].parse().unwrap());
    let papers: Id<thing::Library> = id.parse().unwrap();
    let mut fresh = Vec::new();
    for name in ["Fresh.txt", "Other.txt"] {
        let added = documents::add(&member, papers, None, name, name.as_bytes()).await;
        fresh.push(added.unwrap().id);
    }
    let list = pages.get(reader, &library).await;
    assert!(!list.main().contains("value=\"publish\""));
    let list = pages.get(contributor, &library).await;
    assert!(list.main().contains("Ask for approval"), "{}", list.main());
    let selected = format!("{library}/selected");
    let nothing = pages
        .post(contributor, &selected, "action=publish&back=")
        .await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        nothing
            .main()
            .contains("Tick the documents that readers are to see, then choose Ask for approval")
    );
    let ticked = format!(
        "action=publish&item={agenda}&item={}&item={}&back=sort%3Dchanged",
        fresh[0], fresh[1]
    );
    let asks = pages.post(contributor, &selected, &ticked).await;
    let page = pages.get(contributor, asks.location()).await;
    assert!(
        page.main().contains("Ask for 2 documents to be published")
            && lists(&page, "What you ask for", "Fresh.txt")
            && lists(&page, "What is left out", "Agenda.txt")
            && page
                .main()
                .contains("Readers see its latest version already"),
        "{}",
        page.main()
    );
    let form = |asks: &str, documents: &str| {
        format!("asks={asks}&comment=&note=Both&back=sort%3Dchanged{documents}")
    };
    let both = format!("&document={}.1&document={}.1", fresh[0], fresh[1]);
    let address = format!("{library}/publish");
    let refused = pages.post(contributor, &address, &form("", &both)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let asked = pages.post(contributor, &address, &form("yes", &both)).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    assert_eq!(asked.location(), format!("{library}?sort=changed"));
    // They wait: there is nothing left to ask for.
    let again = pages.post(contributor, &address, &form("yes", &both)).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        again.main().contains("There is nothing to ask for")
            && again.main().contains("It waits for an owner already"),
        "{}",
        again.main()
    );

    let asks = pages.post(owner, &selected, &ticked).await;
    let page = pages.get(owner, asks.location()).await;
    assert!(
        page.main().contains("Publish 2 documents")
            && page.main().contains("Draft 0.1, as version 1.0")
            && page.main().contains("Asked for"),
        "{}",
        page.main()
    );
    // One of them has another version by the time of the decision: that is left out, and named.
    documents::add_version(&member, fresh[1], "", &b"another"[..], "")
        .await
        .unwrap();
    publishing::withdraw(&member, fresh[1], 1).await.unwrap();
    let part = pages.post(owner, &address, &form("", &both)).await;
    assert_eq!(part.status, StatusCode::OK);
    assert!(
        part.main().contains("1 document was published, 1 was not")
            && lists(&part, "What was published", "Fresh.txt")
            && lists(&part, "What was left out", "Other.txt"),
        "{}",
        part.main()
    );
    let list = pages.get(reader, &library).await;
    assert!(list.main().contains("Fresh.txt") && !list.main().contains("Other.txt"));

    // Programs: what is not there for whoever asks is not told from what is nowhere.
    let several = |documents: serde_json::Value| serde_json::json!({ "documents": documents });
    let program = &stage.programs["owner"];
    let body = several(serde_json::json!([
        { "document": fresh[1].to_string(), "version": 2 },
        { "document": "0123456789ABC", "version": 1 },
    ]));
    let done = pages.call(program, "post", &address, Some(&body)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    let done = done.json();
    assert_eq!(done["done"][0]["version"]["label"], "1.0");
    assert_eq!(done["left_out"][0]["why"], "not_here");
    assert!(done["left_out"][0]["name"].is_null());
    let late = pages.call(program, "post", &address, Some(&body)).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
    let none = pages
        .call(
            program,
            "post",
            &address,
            Some(&several(serde_json::json!([]))),
        )
        .await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.body.contains("\"documents\""), "{}", none.body);
    let ask = format!("{library}/ask-to-publish");
    let body = several(serde_json::json!([{ "document": agenda, "version": 2 }]));
    let nothing = pages
        .call(&stage.programs["contributor"], "post", &ask, Some(&body))
        .await;
    assert_eq!(nothing.status, StatusCode::CONFLICT, "{}", nothing.body);
    let refused = pages
        .call(&stage.programs["reader"], "post", &ask, Some(&body))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
