//! What people say of markings: an author who is asked, and a lower marking that somebody asks for.

use super::*;

/// A realm that asks whoever adds a document without a marking what it is, in which the contributor has just added one.
async fn unmarked(stage: &Stage) -> (Pages, Id<thing::Document>) {
    let pages = stage.pages().await;
    let policy = include_str!("../../../markings/policies/official.toml");
    let asking = policy.replacen("unmarked = \"accept\"", "unmarked = \"ask\"", 1);
    assert_ne!(asking, policy);
    let rules = assurance::Written {
        policy: asking,
        schemes: Vec::new(),
    };
    assurance::begin(&pages.realm, &rules).await.unwrap();
    let contributor: Actor = people::actor(&pages.realm, &stage.tokens["contributor"])
        .await
        .unwrap()
        .actor;
    let library = stage.ids["libraries"].parse().unwrap();
    let added = documents::add(&contributor, library, None, "Note.txt", &b"A note.\n"[..])
        .await
        .unwrap();
    while assurance::read_waiting(&pages.realm).await.unwrap() > 0 {}
    (pages, added.id)
}

#[tokio::test]
async fn its_author_answers_by_form_what_its_marking_is() {
    let stage = stage().await;
    let (pages, document) = unmarked(&stage).await;
    let token = |who: &str| stage.tokens[who].clone();
    let sealed = format!("/documents/{document}/sealed");
    let author = token("contributor");
    let asked = pages.get(&author, &sealed).await;
    assert!(
        asked.main().contains("Say what its marking is"),
        "{}",
        asked.main()
    );
    for who in ["owner", "reader"] {
        let theirs = pages.get(&token(who), &sealed).await;
        assert!(!theirs.main().contains("Say what its marking is"), "{who}");
    }
    let alert = asked.body.split("name=\"alert\" value=\"").nth(1).unwrap();
    let alert = alert.split('"').next().unwrap();
    let empty = pages
        .post(&author, &sealed, &format!("alert={alert}&reason=Kept"))
        .await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.main().contains("Choose its marking") && empty.main().contains("Kept"));
    // What may not be here is said twice.
    let secret = format!("alert={alert}&marking=gsc%2Fsecret&reason=Kept");
    let sure = pages.post(&author, &sealed, &secret).await;
    assert_eq!(sure.status, StatusCode::OK);
    for said in [
        "This closes Note.txt at once",
        "to everybody and to you",
        "value=\"gsc/secret\"",
    ] {
        assert!(sure.main().contains(said), "{said}: {}", sure.main());
    }
    let official = format!("alert={alert}&marking=gsc%2Fofficial");
    let refused = pages.post(&token("reader"), &sealed, &official).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let done = pages.post(&author, &sealed, &official).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    // The same in another tab, whose page is older.
    let late = pages.post(&author, &sealed, &official).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(
        late.body.contains("decided this already"),
        "{}",
        late.main()
    );
    while assurance::read_waiting(&pages.realm).await.unwrap() > 0 {}
    let page = pages
        .get(&token("reader"), &format!("/documents/{document}"))
        .await;
    assert!(page.main().contains("OFFICIAL, set by"), "{}", page.main());
}

#[tokio::test]
async fn a_lower_marking_is_asked_for_and_agreed_to_on_pages() {
    let stage = stage().await;
    let (pages, document) = spilled(&stage).await;
    let token = |who: &str| stage.tokens[who].clone();
    let (author, owner) = (token("contributor"), token("owner"));
    // What is sealed can be marked by nobody.
    let spill = format!("/documents/{document}/marking");
    let sealed = pages.get(&author, &spill).await;
    assert_eq!(sealed.status, StatusCode::FORBIDDEN);
    assert!(sealed.main().contains("nobody else can mark it lower here"));

    let agenda = stage.address("/documents/{id}");
    let marking = format!("{agenda}/marking");
    let shown = pages.get(&author, &marking).await;
    assert!(
        shown.main().contains("It carries no marking") && shown.main().contains("seals it at once"),
        "{}",
        shown.main()
    );
    let said = pages
        .post(&author, &marking, "marking=gpms%2Frestricted")
        .await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.main());
    let lower = pages
        .post(&author, &marking, "marking=gsc%2Fofficial&reason=+")
        .await;
    assert!(lower.main().contains("Say why it should carry less"));
    let asked = pages
        .post(&author, &marking, "marking=gsc%2Fofficial&reason=Re-graded")
        .await;
    assert_eq!(asked.location(), marking);
    let page = pages.get(&author, &agenda).await;
    assert!(page.main().contains("Take it back"), "{}", page.main());
    let list = pages
        .get(&owner, &stage.address("/libraries/{id}/marking-requests"))
        .await;
    let decide = format!("{marking}/decide");
    assert!(list.main().contains(&decide) && list.main().contains("Re-graded"));
    for (who, status) in [
        ("contributor", StatusCode::FORBIDDEN),
        ("reader", StatusCode::FORBIDDEN),
        ("stranger", StatusCode::NOT_FOUND),
        ("officer", StatusCode::OK),
        ("owner", StatusCode::OK),
    ] {
        let answer = pages.get(&token(who), &decide).await;
        assert_eq!(answer.status, status, "{who}");
    }
    let form = pages.get(&owner, &decide).await;
    let request = form.body.split("name=\"request\" value=\"").nth(1).unwrap();
    let request = request.split('"').next().unwrap();
    let none = pages
        .post(&owner, &decide, &format!("request={request}"))
        .await;
    assert!(none.main().contains("Say whether it may carry that"));
    let bare = pages
        .post(
            &owner,
            &decide,
            &format!("request={request}&decision=refuse"),
        )
        .await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    let agreed = format!("request={request}&decision=agree");
    let done = pages.post(&owner, &decide, &agreed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let late = pages.post(&owner, &decide, &agreed).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let page = pages.get(&token("reader"), &marking).await;
    assert!(
        page.main().contains("It carries OFFICIAL, set by") && page.main().contains("RESTRICTED"),
        "{}",
        page.main()
    );
    assert!(!page.main().contains("Re-graded"));
}
