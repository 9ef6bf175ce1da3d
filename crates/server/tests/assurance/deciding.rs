//! What officers see at home, decide about several alerts, and take back.

use super::*;

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
