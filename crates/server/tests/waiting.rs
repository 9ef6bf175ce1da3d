//! What becomes of files that wait is decided for what the page showed, and for nothing that came since.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use axum::http::StatusCode;
use chancery::documents;
use chancery::kernel::{Actor, Id, thing};
use chancery::uploads::{self, Brought};
use stage::stage;

#[tokio::test]
async fn an_answer_is_for_what_the_page_showed() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let token = &stage.tokens["contributor"];
    let who = Actor::person(&pages.realm, stage.ids["member"].parse().unwrap());
    let library: Id<thing::Library> = stage.ids["libraries"].parse().unwrap();
    let agenda: Id<thing::Document> = stage.ids["documents"].parse().unwrap();
    let one = format!("/waiting/{}", stage.ids["waiting"]);
    let shown = |page: &stage::Answer| {
        let marker = "name=\"shown\" value=\"";
        let parts = page.body.split(marker).skip(1);
        parts
            .map(|part| format!("shown={}", part.split('"').next().unwrap()))
            .collect::<Vec<_>>()
            .join("&")
    };
    let bring = async |name: &str| {
        let brought = uploads::bring(&who, library, None, name, &b"brought"[..]).await;
        let Brought::Waits(upload) = brought.unwrap() else {
            panic!("{name} is there")
        };
        upload
    };
    let version = async || {
        let page = documents::document(&who, agenda, None).await.unwrap();
        page.version
    };

    // Another version comes after the page of one file was opened: it is not overwritten unseen.
    let opened = pages.get(token, &one).await;
    let form = format!("what=version&namesake={}", opened.hidden("namesake"));
    documents::add_version(&who, agenda, "", &b"meanwhile"[..], "")
        .await
        .unwrap();
    let before = version().await;
    let refused = pages.post(token, &one, &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Look again"), "{}", refused.body);
    assert_eq!(version().await, before);

    // All of them: one that came later waits on, and one whose namesake changed too.
    let second = bring("Agenda.txt").await;
    let list = pages.get(token, "/waiting").await;
    let fields = shown(&list);
    assert_eq!(fields.matches("shown=").count(), 2);
    let third = bring("Agenda.txt").await;
    documents::add_version(&who, agenda, "", &b"once more"[..], "")
        .await
        .unwrap();
    let before = version().await;
    let form = format!("what=version&{fields}");
    let answered = pages.post(token, "/waiting", &form).await;
    // Nothing could be done in this way, which is no success.
    assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answered
            .body
            .contains("None of the files could be dealt with in this way"),
        "{}",
        answered.main()
    );
    assert_eq!(version().await, before);
    let form = format!("what=leave&{fields}");
    pages.post(token, "/waiting", &form).await;
    let left: Vec<_> = uploads::waiting(&who).await.unwrap();
    assert_eq!(left.iter().map(|left| left.id).collect::<Vec<_>>(), [third]);
    assert!(uploads::look(&who, second).await.is_err());

    // Answered in two tabs it is one version, and both lead there.
    let page = format!("/waiting/{third}");
    let opened = pages.get(token, &page).await;
    let form = format!("what=version&namesake={}", opened.hidden("namesake"));
    for _ in 0..2 {
        let answered = pages.post(token, &page, &form).await;
        assert_eq!(answered.location(), format!("/documents/{agenda}"));
    }
    assert_eq!(version().await, before + 1);
}
