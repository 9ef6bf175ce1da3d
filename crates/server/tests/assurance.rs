//! From a document that may not be here to the decision about it, as officers, owners, its author and others meet it on pages.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "assurance/answers.rs"]
mod answers;
#[path = "assurance/deciding.rs"]
mod deciding;
#[path = "assurance/one_version.rs"]
mod one_version;
mod stage;

use axum::http::StatusCode;
use chancery::kernel::{Actor, Id, thing};
use chancery::{assurance, documents, people};
use serde_json::json;
use stage::{Pages, Stage, stage};

/// A realm that judges, in which the contributor has just added something that is marked above its designation.
async fn spilled(stage: &Stage) -> (Pages, Id<thing::Document>) {
    let pages = stage.pages().await;
    let rules = assurance::Written {
        policy: include_str!("../../markings/policies/official.toml").to_owned(),
        schemes: Vec::new(),
    };
    assurance::begin(&pages.realm, &rules).await.unwrap();
    let contributor: Actor = people::actor(&pages.realm, &stage.tokens["contributor"])
        .await
        .unwrap()
        .actor;
    let library = stage.ids["libraries"].parse().unwrap();
    let content = &b"SECRET\n\nA plan that nobody made.\n"[..];
    let added = documents::add(&contributor, library, None, "Spill.txt", content)
        .await
        .unwrap();
    while assurance::read_waiting(&pages.realm).await.unwrap() > 0 {}
    (pages, added.id)
}

#[allow(clippy::too_many_lines, reason = "a spill is one story")]
#[tokio::test]
async fn a_spill_is_told_to_each_as_far_as_they_may_know_and_decided_by_officers() {
    let stage = stage().await;
    let (pages, document) = spilled(&stage).await;
    let token = |who: &str| stage.tokens[who].clone();
    let page = format!("/documents/{document}");

    let author = pages.get(&token("contributor"), &page).await;
    assert_eq!(author.status, StatusCode::FORBIDDEN);
    for said in ["Spill.txt is sealed", "it is marked SECRET", "What to do"] {
        assert!(author.main().contains(said), "{said}: {}", author.main());
    }
    let reader = pages.get(&token("reader"), &page).await;
    assert_eq!(reader.status, StatusCode::FORBIDDEN);
    assert!(reader.main().contains("is sealed") && !reader.main().contains("marked"));
    let sealed = format!("{page}/sealed");
    for (who, status) in [
        ("stranger", StatusCode::NOT_FOUND),
        ("officer", StatusCode::NOT_FOUND),
        ("reader", StatusCode::OK),
        ("owner", StatusCode::OK),
    ] {
        assert_eq!(
            pages.get(&token(who), &sealed).await.status,
            status,
            "{who}"
        );
    }
    // Other pages of it lead there.
    let preview = pages
        .get(&token("reader"), &format!("{page}/preview"))
        .await;
    assert!(preview.main().contains(&sealed), "{}", preview.main());

    let of_library = stage.address("/libraries/{id}/alerts");
    let owner = pages.get(&token("owner"), &of_library).await;
    assert!(owner.main().contains("Spill.txt") && owner.main().contains("SECRET"));
    assert!(!owner.body.contains("<mark>"));
    assert_ne!(
        pages.get(&token("reader"), &of_library).await.status,
        StatusCode::OK
    );

    let officer = token("officer");
    let list = pages.get(&officer, "/alerts").await;
    assert!(list.main().contains("Spill.txt") && list.body.contains("Alerts (1)"));
    let start = list.body.find("href=\"/alerts/0").unwrap() + 6;
    let alert = list.body[start..].split('"').next().unwrap().to_owned();
    assert_eq!(
        pages.get(&token("owner"), &alert).await.status,
        StatusCode::NOT_FOUND
    );
    let shown = pages.get(&officer, &alert).await;
    assert!(
        shown.main().contains("<mark>SECRET</mark>"),
        "{}",
        shown.main()
    );
    assert!(shown.main().contains("Nobody else has opened it"));
    for (path, said) in [
        ("/alerts/export?format=csv", ",SECRET,Spill.txt,1,"),
        ("/alerts/export?format=jsonl", "\"Spill.txt\""),
        ("/alerts/rules", "Above: sealed"),
        ("/alerts?state=decided", "Nothing here matches"),
    ] {
        let answer = pages.get(&officer, path).await;
        assert!(answer.body.contains(said), "{path}: {}", answer.body);
    }

    let post =
        async |what: &str, form: &str| pages.post(&officer, &format!("{alert}/{what}"), form).await;
    assert_eq!(post("in-hand", "").await.status, StatusCode::SEE_OTHER);
    for what in ["false-alarm", "downgrade", "keep-sealed", "destroy"] {
        let asked = pages.get(&officer, &format!("{alert}/{what}")).await;
        assert_eq!(asked.status, StatusCode::OK, "{what}");
        let refused = post(what, "reason=+").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
        assert!(refused.main().contains("Say why"), "{}", refused.main());
    }
    let above = post("downgrade", "reason=Old&marking=gsc%2Fsecret").await;
    assert!(
        above
            .main()
            .contains("Select a marking that this realm may hold")
    );
    assert_eq!(
        post("keep-sealed", "reason=Asked").await.status,
        StatusCode::SEE_OTHER
    );
    let kept = pages.get(&token("contributor"), &sealed).await;
    assert!(
        kept.main()
            .contains("decided that it stays sealed: “Asked”")
    );
    let asked = pages.get(&officer, &format!("{alert}/destroy")).await;
    assert!(
        asked.main().contains("Version 1, 33 bytes"),
        "{}",
        asked.main()
    );
    let destroyed = post("destroy", "reason=A+spill").await;
    assert_eq!(
        destroyed.status,
        StatusCode::SEE_OTHER,
        "{}",
        destroyed.main()
    );
    let certificate = pages.get(&officer, destroyed.location()).await;
    assert!(certificate.main().contains("Version 1, 33 bytes"));
    let after = pages.get(&officer, &alert).await;
    assert!(!after.body.contains("<mark>") && after.main().contains("Content destroyed"));
    assert_eq!(
        pages.get(&token("reader"), &sealed).await.status,
        StatusCode::NOT_FOUND
    );
    // Owners find there what happened, and that it was not the recycle bin.
    let gone = pages.get(&token("owner"), &page).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(
        gone.main()
            .contains("The content of Spill.txt was destroyed")
            && gone.main().contains("“A spill”")
            && gone.main().contains("A certificate lists")
            && !gone.main().contains("recycle bin"),
        "{}",
        gone.main()
    );
    let list = pages
        .get(&token("owner"), &stage.address("/libraries/{id}/bin/gone"))
        .await;
    assert!(
        list.main().contains("Content destroyed by Test officer")
            && list.main().contains("It was not"),
        "{}",
        list.main()
    );
    let again = post("false-alarm", "reason=Late").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.main().contains("decided this already"));
}
