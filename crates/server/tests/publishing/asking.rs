//! Who asked for it to be published withdraws that.

use super::*;

#[allow(
    clippy::too_many_lines,
    reason = "a test tells one story from beginning to end"
)]
#[tokio::test]
async fn whoever_asked_withdraws_that_on_the_pages() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let (owner, contributor) = (&stage.tokens["owner"], &stage.tokens["contributor"]);
    let library = format!("/libraries/{}", stage.ids["libraries"]);
    let document = format!("/documents/{}", stage.ids["documents"]);
    pages
        .post(owner, &format!("{library}/publishing"), "how=owners")
        .await;
    pages
        .upload_seen(
            contributor,
            &format!("{document}/upload"),
            "2",
            "Agenda.txt",
            "agenda, the longest",
        )
        .await;
    let withdraw = format!("{document}/withdraw-request");
    let nobody = pages.get(contributor, &withdraw).await;
    assert_eq!(nobody.status, StatusCode::CONFLICT);
    pages
        .post(
            contributor,
            &format!("{document}/ask-to-publish"),
            "version=3&note=",
        )
        .await;
    let page = pages.get(contributor, &document).await;
    assert!(page.main().contains(&format!("href=\"{withdraw}\"")));
    let page = pages.get(owner, &document).await;
    assert!(!page.main().contains(&format!("href=\"{withdraw}\"")));
    let refused = pages.get(owner, &withdraw).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    // An owner has the page about it open.
    let open = pages
        .get(owner, &format!("{document}/publish?version=3"))
        .await;
    assert_eq!(open.hidden("asked"), "yes");

    let asks = pages.get(contributor, &withdraw).await;
    assert!(
        asks.main()
            .contains("Withdraw the request to publish draft 2.1 of Agenda.txt"),
        "{}",
        asks.main()
    );
    let withdrawn = pages.post(contributor, &withdraw, "version=3").await;
    assert_eq!(withdrawn.status, StatusCode::SEE_OTHER);
    let late = pages
        .post(
            owner,
            &format!("{document}/publish"),
            "version=3&asked=yes&comment=Fine",
        )
        .await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        late.main()
            .contains("has withdrawn the request to publish draft 2.1")
            && late
                .main()
                .contains("withdrew the request to publish this draft on")
            && late.main().contains("Fine"),
        "{}",
        late.main()
    );
    let late = pages.get(owner, &format!("{document}/send-back")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(
        late.body.contains("withdrew the request"),
        "{}",
        late.main()
    );
    let page = pages.get(owner, &document).await;
    assert!(
        page.main()
            .contains("The request to publish it was withdrawn")
            && page.main().contains("Readers see version 2.0"),
        "{}",
        page.main()
    );
    pages
        .realm
        .keep_up(&[std::sync::Arc::new(chancery::notices::Notices)])
        .await
        .unwrap();
    let told = pages.get(owner, "/notices").await;
    assert!(
        told.main().contains("and has withdrawn this since"),
        "{}",
        told.main()
    );

    // Programs too.
    let (owners, own) = (&stage.programs["owner"], &stage.programs["contributor"]);
    let asks = serde_json::json!({ "version": 3 });
    let asked = pages
        .call(
            own,
            "post",
            &format!("{document}/ask-to-publish"),
            Some(&asks),
        )
        .await;
    assert_eq!(asked.status, StatusCode::NO_CONTENT, "{}", asked.body);
    let stands = pages.look(own, &format!("{document}/publication")).await;
    assert_eq!(stands.json()["can"]["withdraw"], true);
    let done = pages.call(own, "post", &withdraw, Some(&asks)).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
    let stands = pages.look(owners, &format!("{document}/publication")).await;
    assert_eq!(stands.json()["withdrawn"]["version"]["label"], "2.1");
    let publish = serde_json::json!({ "version": 3, "asked": true });
    let late = pages
        .call(
            owners,
            "post",
            &format!("{document}/publish"),
            Some(&publish),
        )
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
}
