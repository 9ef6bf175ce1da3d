//! What is sent twice, come back to, or cannot be done now: it ends where it makes sense, and says why.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chancery::kernel::{Actor, Id};
use chancery::people::{self, PersonForm};
use stage::{Answer, Pages, stage};

/// Where a page leads to, and what it says there.
async fn next(pages: &Pages, token: &str, answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
    let said = answer
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .find_map(|value| value.to_str().unwrap().split(';').next())
        .unwrap_or_default()
        .to_owned();
    let request = Request::get(answer.location())
        .header(header::HOST, "localhost:8080")
        .header(header::COOKIE, format!("chancery={token}; {said}"))
        .body(Body::empty())
        .unwrap();
    let page = pages.send(request).await;
    assert_eq!(page.status, StatusCode::OK);
    (answer.location().to_owned(), page.body)
}

#[tokio::test]
async fn a_move_that_is_sent_twice_leads_to_where_it_is() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = &stage.tokens["owner"];
    let (item, closed) = (&stage.ids["items"], &stage.ids["closed"]);
    let address = stage.address("/libraries/{id}/move");
    // Within the library.
    let folder = &stage.ids["folder"];
    let form = format!("item={item}&back=&to={}.{folder}", stage.ids["libraries"]);
    for said in ["1 item was moved here", "It is here already"] {
        let moved = pages.post(owner, &address, &form).await;
        let (_, page) = next(&pages, owner, &moved).await;
        assert!(page.contains(said), "{said}");
    }
    // To another.
    let form = format!("item={item}&back=&to={closed}");
    let there = format!("/libraries/{closed}");
    for said in ["1 item was moved here", "Agenda.txt is here already"] {
        let moved = pages.post(owner, &address, &form).await;
        let (location, page) = next(&pages, owner, &moved).await;
        assert_eq!(location, there);
        assert!(page.contains(said), "{said}");
    }
    // So does the page that asked, when one goes back to it.
    let page = pages.get(owner, &format!("{address}?item={item}")).await;
    assert_eq!(page.location(), there);
    // Whoever may not see it there learns nothing.
    let contributor = &stage.tokens["contributor"];
    let answer = pages.post(contributor, &address, &form).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_deleted_or_restored_twice_is_said_to_be_so_already() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = &stage.tokens["owner"];
    let binned = format!("item={}", stage.ids["binned"]);
    let restore = stage.address("/libraries/{id}/bin/restore");
    for said in ["1 item was restored", "not in the recycle bin any more"] {
        let answer = pages.post(owner, &restore, &binned).await;
        let (location, page) = next(&pages, owner, &answer).await;
        assert_eq!(location, stage.address("/libraries/{id}"));
        assert!(page.contains(said), "{said}");
    }
    let delete = stage.address("/libraries/{id}/delete");
    for said in ["put in the recycle bin", "in the recycle bin already"] {
        let answer = pages.post(owner, &delete, &binned).await;
        let (_, page) = next(&pages, owner, &answer).await;
        assert!(page.contains(said), "{said}");
    }
    // The list names whoever deleted it with their organisation, and the document speaks to them.
    let bin = pages
        .get(owner, &stage.address("/libraries/{id}/bin"))
        .await;
    assert!(
        bin.main().contains("Test owner, Northmoor Trust"),
        "{}",
        bin.main()
    );
    let document = format!("/documents/{}", stage.ids["binned"]);
    assert!(
        pages
            .get(owner, &document)
            .await
            .main()
            .contains("You deleted this on")
    );
}

#[tokio::test]
async fn a_token_is_made_once_however_often_its_form_is_sent() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = &stage.tokens["owner"];
    let asked = pages.get(owner, "/you/tokens/new").await;
    let once = asked.hidden("once");
    assert!(!once.is_empty());
    let form = format!("once={once}&name=A+copy&may=read&site=&days=30");
    let made = pages.post(owner, "/you/tokens/new", &form).await;
    assert_eq!(made.status, StatusCode::OK);
    assert!(made.main().contains("chancery_"));
    let again = pages.post(owner, "/you/tokens/new", &form).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.main().contains("has been made already"));
    assert!(again.main().contains("is shown once"));
    assert!(!again.body.contains("chancery_"));
    let list = pages.get(owner, "/you/tokens").await;
    assert_eq!(
        list.main().matches("A copy").count(),
        2,
        "its line and its action"
    );

    // Its end is asked about first, and is said once.
    let start = list.main().find("A copy").unwrap();
    let end = list.main()[start..]
        .split("href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap()
        .to_owned();
    let asked = pages.get(owner, &end).await;
    assert!(
        asked.main().contains("End the token A copy"),
        "{}",
        asked.main()
    );
    for said in ["The token is ended", "nothing to end"] {
        let ended = pages.post(owner, &end, "").await;
        assert!(next(&pages, owner, &ended).await.1.contains(said), "{said}");
    }

    // What is wrong is said in the order of the questions, and by their names.
    let wrong = pages
        .post(owner, "/you/tokens/new", "may=read&days=x")
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (first, second) = ("Enter what it is for", "Enter a number of days");
    let place = |text: &str| wrong.main().find(text).unwrap();
    assert!(place(first) < place(second));
}

#[tokio::test]
async fn a_welcome_link_that_is_sent_twice_says_that_it_was_used() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let form = PersonForm {
        name: "New Person".to_owned(),
        email: "new@test.example".to_owned(),
        ..PersonForm::default()
    };
    let organisation: Id<_> = stage.ids["organisations"].parse().unwrap();
    let console = Actor::console(&pages.realm);
    let (_, link) = people::create_person(&console, organisation, &form, None)
        .await
        .unwrap();
    let address = format!("/welcome/{}", link.as_str());
    let page = pages.get("", &address).await;
    let visit = page.headers[header::SET_COOKIE].to_str().unwrap();
    let visit = visit.split(';').next().unwrap().to_owned();
    let send = async |cookies: &str| {
        let form = format!(
            "csrf={}&password=purple+otter+ladder&again=purple+otter+ladder",
            page.csrf()
        );
        let request = Request::post(&address)
            .header(header::HOST, "localhost:8080")
            .header(header::COOKIE, cookies)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .unwrap();
        pages.send(request).await
    };
    let first = send(&visit).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.body);
    let session = first.headers[header::SET_COOKIE].to_str().unwrap();
    let session = session.split(';').next().unwrap();
    // The second press was sent before the browser had its session, or after.
    for (cookies, said) in [
        (visit.clone(), "sign in</a>"),
        (format!("{visit}; {session}"), "You are signed in"),
    ] {
        let second = send(&cookies).await;
        assert_eq!(second.status, StatusCode::NOT_FOUND);
        assert!(
            second.body.contains("This link cannot be used"),
            "{}",
            second.body
        );
        assert!(second.body.contains("It was used before"));
        assert!(second.body.contains(said), "{said}");
    }
}

#[tokio::test]
async fn a_version_that_one_added_oneself_is_ones_own() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = &stage.tokens["owner"];
    let address = stage.address("/documents/{id}/upload");
    let first = pages
        .upload_seen(owner, &address, "2", "Agenda.txt", "mine")
        .await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let again = pages
        .upload_seen(owner, &address, "2", "Agenda.txt", "mine")
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(
        again.main().contains("You added version 3"),
        "{}",
        again.main()
    );
}

#[tokio::test]
async fn a_check_out_in_the_way_of_a_move_is_said_once_with_the_way_out() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let (held, closed) = (&stage.ids["held"], &stage.ids["closed"]);
    let address = stage.address("/libraries/{id}/move");
    let owner = &stage.tokens["owner"];
    let page = pages.get(owner, &format!("{address}?item={held}")).await;
    let said = "Test contributor of Northmoor Council has had “Minutes.txt” checked out since";
    assert_eq!(page.main().matches(said).count(), 1, "{}", page.main());
    assert!(page.main().contains(&format!("href=\"/documents/{held}\"")));
    assert!(
        page.main()
            .contains(&format!("href=\"/documents/{held}/release\""))
    );
    // Within the library it can be moved; elsewhere it cannot, and is not offered.
    assert!(!page.main().contains(&format!("value=\"{closed}\"")));
    let form = format!("item={held}&back=&asked=where&to={closed}");
    let tried = pages.post(owner, &address, &form).await;
    assert_eq!(
        tried.main().matches("checked out").count(),
        1,
        "{}",
        tried.main()
    );
    assert!(!tried.main().contains("There is a problem"));
    // A contributor cannot release it, and is not led there; nor is there a form to delete it.
    let operator_address = stage.address("/libraries/{id}/delete");
    let page = pages
        .get(owner, &format!("{operator_address}?item={held}"))
        .await;
    assert_eq!(page.main().matches("checked out").count(), 1);
    assert!(!page.main().contains("<form"));
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_shows_no_list_and_no_export() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = &stage.tokens["owner"];
    let trail = stage.address("/libraries/{id}/trail");
    for query in [
        "from=tomorrow",
        "person=x",
        "kind=odd",
        "from=2/3/2026&until=1/3/2026",
    ] {
        let page = pages.get(owner, &format!("{trail}?{query}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(page.main().contains("There is a problem"), "{query}");
        assert!(!page.main().contains("<table"), "{query}");
        assert!(!page.main().contains("trail.csv"), "{query}");
    }
    let page = pages.get(owner, &format!("{trail}?kind=read")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.main().contains("trail.csv?kind=read"));

    let access = stage.address("/libraries/{id}/access");
    let page = pages.get(owner, &format!("{access}?on=31/2/2026")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.main().contains("must be a real date"));
    assert!(
        !page.main().contains("can see this</h1>"),
        "{}",
        page.main()
    );
    assert!(!page.main().contains("<table"));
}

#[tokio::test]
async fn a_preview_of_a_change_of_access_has_an_address() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = &stage.tokens["owner"];
    let access = stage.address("/libraries/{id}/access");
    let preview = format!("{access}/preview");
    let form = pages
        .get(owner, &format!("{access}/give?find=everyone"))
        .await;
    assert!(form.main().contains(&format!("<form action=\"{preview}\"")));
    let page = pages
        .get(
            owner,
            &format!("{preview}?what=give&who=everyone%3A&role=reader"),
        )
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.main().contains("Nothing has changed yet"));
    let page = pages
        .get(
            owner,
            &format!("{preview}?what=give&find=everyone&role=reader"),
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.main().contains("Choose who to give access to"));
    let grant = &stage.ids["library grant"];
    let page = pages
        .get(
            owner,
            &format!("{preview}?what=alter&grant={grant}&role=nobody"),
        )
        .await;
    assert!(page.main().contains("Choose what they can do"));
    let page = pages.get(owner, &format!("{preview}?what=stop")).await;
    assert!(page.main().contains("Choose what happens to people"));
    // Why it is made is not in it, and a reason that nobody can see is none.
    let change = format!("{access}/change");
    let saved = pages
        .post(
            owner,
            &change,
            &format!("what=end&grant={grant}&why=%E2%81%A3&shown={}", {
                let page = pages
                    .get(owner, &format!("{preview}?what=end&grant={grant}"))
                    .await;
                page.hidden("shown")
            }),
        )
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    // Sent again, it says that it was done.
    let again = pages
        .post(owner, &change, &format!("what=end&grant={grant}&shown=x"))
        .await;
    let (location, said) = next(&pages, owner, &again).await;
    assert_eq!(location, access);
    assert!(said.contains("has already ended"), "{said}");
    let trail = stage.address("/libraries/{id}/trail?kind=access");
    let page = pages.get(owner, &trail).await;
    let reasons = page.main().matches('“').count();
    let others = page.main().contains("“Inquiry”") && page.main().contains("“For the test”");
    assert!(
        others && reasons == 2,
        "those of a legal hold and of another change: {}",
        page.main()
    );
}

#[tokio::test]
async fn nobody_is_led_to_the_page_of_somebody_who_cannot_be_reached() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = &stage.tokens["owner"];
    let document = format!("/documents/{}", stage.ids["held"]);
    let page = pages.get(owner, &document).await;
    assert!(page.main().contains("How to reach Test contributor"));
    let member: Id<_> = stage.ids["member"].parse().unwrap();
    people::suspend(&Actor::console(&pages.realm), member, "Left")
        .await
        .unwrap();
    let page = pages.get(owner, &document).await;
    assert!(page.main().contains("Checked out by Test contributor"));
    assert!(!page.main().contains("How to reach"), "{}", page.main());
}
