//! From a document that may not be here to the decision about it, as officers, owners, its author and others meet it on pages.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

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

#[allow(clippy::too_many_lines, reason = "an officer's day is one story")]
#[tokio::test]
async fn officers_see_at_home_what_waits_decide_about_several_and_take_it_back() {
    let stage = stage().await;
    let (pages, document) = spilled(&stage).await;
    let token = |who: &str| stage.tokens[who].clone();
    let officer = token("officer");
    let home = pages.get(&officer, "/").await;
    for said in [
        "href=\"/alerts\"",
        "Decide about 1 alert",
        "It has waited for",
        "Nobody has it in hand",
    ] {
        assert!(home.main().contains(said), "{said}: {}", home.main());
    }
    for who in ["owner", "contributor", "reader", "operator", "stranger"] {
        let theirs = pages.get(&token(who), "/").await;
        assert!(!theirs.main().contains("Decide about 1 alert"), "{who}");
    }
    let program = &stage.programs["officer"];
    let waiting = pages.look(program, "/alerts/waiting").await.json();
    assert_eq!(
        (&waiting["open"], &waiting["in_hand"]),
        (&1.into(), &0.into())
    );
    for who in ["owner", "operator"] {
        let answer = pages.look(&stage.programs[who], "/alerts/waiting").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{who}");
    }

    // Two more, and one that is decided by itself.
    let contributor: Actor = people::actor(&pages.realm, &token("contributor"))
        .await
        .unwrap()
        .actor;
    for name in ["Two.txt", "Three.txt"] {
        let content = format!("SECRET\n\n{name} is no plan.\n");
        let library = stage.ids["libraries"].parse().unwrap();
        documents::add(&contributor, library, None, name, content.as_bytes())
            .await
            .unwrap();
    }
    while assurance::read_waiting(&pages.realm).await.unwrap() > 0 {}
    let list = pages.get(&officer, "/alerts").await;
    let ids: Vec<String> = list
        .body
        .split("name=\"alert\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 3, "{}", list.main());
    for act in ["take_in_hand", "false_alarm", "keep_sealed"] {
        let button = format!("name=\"act\" value=\"{act}\"");
        assert!(list.main().contains(&button), "{button}: {}", list.main());
    }
    let alert = format!("/alerts/{}", ids[0]);
    let shown = pages.get(&officer, &alert).await;
    for said in [
        "You are shown the words that were found and not the document",
        "who added it, or an owner of",
        "Nobody can take it back.",
        "/help/markings#officers",
    ] {
        assert!(shown.main().contains(said), "{said}: {}", shown.main());
    }

    let none = pages
        .get(
            &officer,
            "/alerts/several?act=false_alarm&back=state%3Dopen%26kind%3D",
        )
        .await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        none.main()
            .contains("Tick the alerts that you want to decide about, then choose False alarm")
    );
    let chosen = format!(
        "act=false_alarm&alert={}&alert={}&alert={}",
        ids[0], ids[1], ids[2]
    );
    let several = format!("/alerts/several?{chosen}");
    for who in ["owner", "contributor", "operator", "stranger"] {
        let theirs = pages.get(&token(who), &several).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{who}");
        let theirs = pages
            .post(
                &token(who),
                "/alerts/several",
                &format!("{chosen}&reason=No"),
            )
            .await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{who}");
    }
    let asked = pages.get(&officer, &several).await;
    assert!(
        asked.main().contains("3 alerts are false alarms"),
        "{}",
        asked.main()
    );
    let bare = pages.post(&officer, "/alerts/several", &chosen).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bare.main().contains("Say why") && bare.main().contains(&ids[2]));
    pages
        .post(
            &officer,
            &format!("/alerts/{}/keep-sealed", ids[2]),
            "reason=Asked",
        )
        .await;
    let done = pages
        .post(
            &officer,
            "/alerts/several",
            &format!("{chosen}&reason=An+exercise"),
        )
        .await;
    assert_eq!(done.status, StatusCode::OK);
    for said in [
        "2 alerts were decided as false alarms, 1 was not",
        "decided this already: kept sealed",
    ] {
        assert!(done.main().contains(said), "{said}: {}", done.main());
    }
    while assurance::read_waiting(&pages.realm).await.unwrap() > 0 {}
    let page = format!("/documents/{document}");
    assert_eq!(
        pages.get(&token("reader"), &page).await.status,
        StatusCode::OK
    );

    // It was no exercise.
    let shown = pages.get(&officer, &alert).await;
    let back = format!("{alert}/take-back");
    assert!(shown.main().contains(&back), "{}", shown.main());
    let asked = pages.get(&officer, &back).await;
    for said in [
        "“An exercise”",
        "sealed to everybody at once",
        "in other documents too",
    ] {
        assert!(asked.main().contains(said), "{said}: {}", asked.main());
    }
    let bare = pages.post(&officer, &back, "reason=+").await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    for who in ["owner", "contributor", "operator"] {
        let theirs = pages.post(&token(who), &back, "reason=No").await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{who}");
    }
    let done = pages.post(&officer, &back, "reason=No+exercise").await;
    assert_eq!(done.location(), alert, "{}", done.main());
    for who in ["reader", "owner", "contributor"] {
        let closed = pages.get(&token(who), &page).await;
        assert_eq!(closed.status, StatusCode::FORBIDDEN, "{who}");
    }
    let shown = pages.get(&officer, &alert).await;
    for said in [
        "Decided before, and taken back",
        "“An exercise”",
        "“No exercise”",
        "Decide",
    ] {
        assert!(shown.main().contains(said), "{said}: {}", shown.main());
    }
    let again = pages.post(&officer, &back, "reason=Twice").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);

    // The same by program.
    let second = &ids[1];
    let done = pages
        .call(
            program,
            "post",
            &format!("/alerts/{second}/take-back"),
            Some(&json!({ "reason": "No" })),
        )
        .await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
    let whole = pages
        .look(program, &format!("/alerts/{second}"))
        .await
        .json();
    assert_eq!(whole["taken_back"][0]["decision"], "false alarm");
    assert_eq!(whole["alert"]["decided"], serde_json::Value::Null);
    let what =
        json!({ "alerts": [ids[0], second, ids[2]], "act": "keep_sealed", "reason": "A spill" });
    let done = pages
        .call(program, "post", "/alerts/decide", Some(&what))
        .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    let done = done.json();
    assert_eq!(done["done"].as_array().unwrap().len(), 2);
    assert_eq!(done["left_out"][0]["why"], "decided");
    let none = pages
        .call(program, "post", "/alerts/decide", Some(&what))
        .await;
    assert_eq!(none.status, StatusCode::CONFLICT);
    let wrong = json!({ "alerts": [], "act": "keep_sealed", "reason": "A spill" });
    let wrong = pages
        .call(program, "post", "/alerts/decide", Some(&wrong))
        .await;
    assert_eq!(wrong.json()["errors"][0]["field"], "alerts");
    // Nothing waits, and home says nothing of it.
    let home = pages.get(&officer, "/").await;
    assert!(!home.main().contains("Decide about"), "{}", home.main());
    for who in ["", officer.as_str()] {
        let help = pages.get(who, "/help/markings").await;
        assert_eq!(help.status, StatusCode::OK);
        assert!(
            help.main().contains("How to judge an alert")
                || help.main().contains("how to judge an alert")
        );
    }
}

#[allow(clippy::too_many_lines, reason = "one decision, by each of the doors")]
#[tokio::test]
async fn one_version_is_destroyed_on_pages_and_by_programs_and_not_by_whoever_made_it() {
    let stage = stage().await;
    let (pages, _) = spilled(&stage).await;
    let officer = stage.tokens["officer"].clone();
    let contributor: Actor = people::actor(&pages.realm, &stage.tokens["contributor"])
        .await
        .unwrap()
        .actor;
    let library = stage.ids["libraries"].parse().unwrap();
    let mut alerts = Vec::new();
    for name in ["Pages.txt", "Programs.txt"] {
        let good = format!("OFFICIAL\n\n{name}\n");
        let id = documents::add(&contributor, library, None, name, good.as_bytes())
            .await
            .unwrap()
            .id;
        while assurance::read_waiting(&pages.realm).await.unwrap() > 0 {}
        let bad = format!("SECRET\n\n{name}\n");
        documents::add_version(&contributor, id, name, bad.as_bytes(), "")
            .await
            .unwrap();
        while assurance::read_waiting(&pages.realm).await.unwrap() > 0 {}
        let open = assurance::alerts(
            &people::actor(&pages.realm, &officer).await.unwrap().actor,
            assurance::AlertState::Open,
            None,
            None,
        )
        .await
        .unwrap();
        let line = open.lines.into_iter().find(|line| line.document == id);
        alerts.push((id, line.unwrap().id));
    }
    let (document, alert) = alerts[0];
    let here = format!("/alerts/{alert}");
    let shown = pages.get(&officer, &here).await;
    for said in ["Destroy this version only", "is nowhere else in this realm"] {
        assert!(shown.main().contains(said), "{said}: {}", shown.main());
    }
    let asked = pages
        .get(&officer, &format!("{here}/destroy-version"))
        .await;
    for said in ["Destroy version 2 of Pages.txt", "Version 2, 18 bytes"] {
        assert!(asked.main().contains(said), "{said}: {}", asked.main());
    }
    assert!(!asked.main().contains("Version 1,"));
    let empty = pages
        .post(&officer, &format!("{here}/destroy-version"), "reason=+")
        .await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = pages
        .post(
            &officer,
            &format!("{here}/destroy-version"),
            "reason=A+spill",
        )
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let certificate = pages.get(&officer, done.location()).await;
    for said in [
        "Version 2, 18 bytes",
        "Other versions of the document stay",
        "is nowhere else in this realm",
    ] {
        assert!(
            certificate.main().contains(said),
            "{said}: {}",
            certificate.main()
        );
    }
    let after = pages.get(&officer, &here).await;
    assert!(after.main().contains("Content destroyed"));
    assert!(!after.main().contains("Destroy this version only"));
    while assurance::read_waiting(&pages.realm).await.unwrap() > 0 {}
    let page = pages
        .get(&stage.tokens["reader"], &format!("/documents/{document}"))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.main().contains("Version 2 was destroyed"),
        "{}",
        page.main()
    );

    // Whoever made it is an officer too: they see it, and another decides.
    let author = contributor.me().unwrap();
    people::appoint(
        &Actor::console(&pages.realm),
        author,
        people::Office::Assurance,
        None,
    )
    .await
    .unwrap();
    let (_, alert) = alerts[1];
    let own = pages
        .get(&stage.tokens["contributor"], &format!("/alerts/{alert}"))
        .await;
    assert!(
        own.main()
            .contains("another assurance officer decides about it")
            && !own.main().contains("False alarm"),
        "{}",
        own.main()
    );
    let refused = pages
        .post(
            &stage.tokens["contributor"],
            &format!("/alerts/{alert}/false-alarm"),
            "reason=Mine",
        )
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.main());
    let program = &stage.programs["officer"];
    let whole = pages
        .look(program, &format!("/alerts/{alert}"))
        .await
        .json();
    assert_eq!(
        (&whole["own"], &whole["leaves"]),
        (&false.into(), &true.into())
    );
    assert_eq!(whole["kept"]["documents"], 0);
    let made = pages
        .call(
            program,
            "post",
            &format!("/alerts/{alert}/destroy-version"),
            Some(&serde_json::json!({ "reason": "A spill" })),
        )
        .await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let id = made.json()["certificate"].as_str().unwrap().to_owned();
    let certificate = pages
        .look(program, &format!("/certificates/{id}"))
        .await
        .json();
    assert_eq!(certificate["whole"], false);
    assert_eq!(certificate["removed"][0]["version"], 2);
    assert_eq!(certificate["elsewhere"]["drafts"], 0);
}

/// A realm that asks whoever adds a document without a marking what it is, in which the contributor has just added one.
async fn unmarked(stage: &Stage) -> (Pages, Id<thing::Document>) {
    let pages = stage.pages().await;
    let policy = include_str!("../../markings/policies/official.toml");
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
