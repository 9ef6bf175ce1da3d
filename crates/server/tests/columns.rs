//! Columns of a library on its pages and for programs: filled in, sorted and filtered by, seen in a view, taken along.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use stage::{Answer, Pages, stage};

/// The links of the rows of a list, in their order.
fn rows(answer: &Answer) -> Vec<String> {
    answer
        .main()
        .split("<span class=\"ch-name\">")
        .skip(1)
        .filter_map(|row| Some(row.split_once("href=\"")?.1.split_once('"')?.0.to_owned()))
        .collect()
}

async fn json(
    pages: &Pages,
    token: &str,
    method: &str,
    address: &str,
    body: &str,
    edition: &str,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{address}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    if !edition.is_empty() {
        request = request.header(header::IF_MATCH, edition);
    }
    pages
        .send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "one story from beginning to end")]
async fn what_is_filled_in_is_shown_found_and_taken_along() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let (owner, reader) = (&stage.tokens["owner"], &stage.tokens["reader"]);
    let contributor = &stage.tokens["contributor"];
    let (column, document) = (&stage.ids["column"], &stage.ids["documents"]);
    let library = stage.address("/libraries/{id}");

    let wrong = pages
        .post(
            contributor,
            &format!("/documents/{document}/properties"),
            &format!("{column}=Finished"),
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.main().contains("Status must be one of its choices"));
    assert!(
        wrong.main().contains(&format!("href=\"#p-{column}\"")),
        "it leads to the question"
    );
    let right = pages
        .post(
            contributor,
            &format!("/documents/{document}/properties"),
            &format!("{column}=Agreed"),
        )
        .await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
    // What was left as it stood when the form was opened is nobody's to change: others have said something else by now.
    let form = pages
        .get(contributor, &format!("/documents/{document}/properties"))
        .await;
    let was = format!("name=\"was.{column}\" value=\"Agreed\"");
    assert!(form.main().contains(&was), "{}", form.main());
    let late = pages
        .post(
            contributor,
            &format!("/documents/{document}/properties"),
            &format!("{column}=Draft&was.{column}=Draft"),
        )
        .await;
    assert_eq!(late.status, StatusCode::SEE_OTHER);
    // And a choice that was taken away may stay; what stood there is carried through a page with a problem.
    let gone = pages
        .post(
            contributor,
            &format!("/documents/{document}/properties"),
            &format!("{column}=Taken+away&was.{column}=Taken+away"),
        )
        .await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.main());
    let wrong = pages
        .post(
            contributor,
            &format!("/documents/{document}/properties"),
            &format!("{column}=Finished&was.{column}=Draft"),
        )
        .await;
    assert!(wrong.main().contains(&was.replace("Agreed", "Draft")));
    let page = pages.get(reader, &format!("/documents/{document}")).await;
    assert!(page.main().contains("Status") && page.main().contains("Agreed"));

    // Sorted by it, what says nothing comes last; filtered by it, nothing else is there.
    let sorted = pages
        .get(reader, &format!("{library}?flat=yes&sort={column}"))
        .await;
    assert_eq!(rows(&sorted)[0], format!("/documents/{document}"));
    assert!(rows(&sorted).len() > 3);
    assert!(sorted.main().contains("aria-sort=\"ascending\""));
    let found = pages
        .get(reader, &format!("{library}?{column}.is=agreed"))
        .await;
    assert_eq!(rows(&found), [format!("/documents/{document}")]);
    let lacking = pages
        .get(reader, &format!("{library}?{column}.is=*none"))
        .await;
    assert!(!rows(&lacking).contains(&format!("/documents/{document}")));
    // What cannot be asked shows no list that would be taken for the answer, and everything that is wrong.
    let nonsense = pages
        .get(
            reader,
            &format!("{library}?{column}.from=agreed&changed.from=yesterday&changed.to=soon"),
        )
        .await;
    assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = nonsense.main();
    assert!(
        said.contains("Status cannot be asked in this way"),
        "{said}"
    );
    assert!(
        said.contains("href=\"#f-changed-from\"") && said.contains("href=\"#f-changed-to\""),
        "{said}"
    );
    assert!(
        said.contains("such as 27/3/2026") && !said.contains("2026-03-27"),
        "a day as its box takes it: {said}"
    );
    assert!(rows(&nonsense).is_empty());
    assert!(said.contains("Nothing is shown until the filter is right"));
    // A place in a list that was ordered otherwise begins at its first page.
    let lost = pages
        .get(reader, &format!("{library}?sort={column}&after=nonsense"))
        .await;
    assert_eq!(lost.status, StatusCode::OK);

    let file = pages
        .get(reader, &format!("{library}/list.csv?{column}.is=Agreed"))
        .await;
    assert_eq!(
        file.headers[header::CONTENT_TYPE],
        "text/csv; charset=utf-8; header=present"
    );
    assert_eq!(file.body.lines().count(), 2, "{}", file.body);
    assert!(file.body.contains(",Agreed,"), "{}", file.body);

    // Many at once.
    let other = rows(&lacking)
        .into_iter()
        .find_map(|href| href.strip_prefix("/documents/").map(str::to_owned))
        .unwrap();
    let ticked = format!("action=fill-in&item={document}&item={other}&back=flat%3Dyes");
    let chosen = pages
        .post(contributor, &format!("{library}/selected"), &ticked)
        .await;
    let form = pages.get(contributor, chosen.location()).await;
    assert!(
        form.main().contains("Edit properties of 2 items"),
        "{}",
        form.main()
    );
    let set =
        format!("item={document}&item={other}&back=flat%3Dyes&{column}.act=set&{column}.set=");
    let empty = pages
        .post(contributor, &format!("{library}/fill-in"), &set)
        .await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Without a script a value can be typed beside another choice.
    let beside = pages
        .post(
            contributor,
            &format!("{library}/fill-in"),
            &format!("{}Draft", set.replace("act=set", "act=leave")),
        )
        .await;
    assert_eq!(beside.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        beside.main().contains("You entered “Draft” for Status"),
        "{}",
        beside.main()
    );
    let done = pages
        .post(
            contributor,
            &format!("{library}/fill-in"),
            &format!("{set}Draft"),
        )
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let found = pages
        .get(reader, &format!("{library}?{column}.is=Draft"))
        .await;
    assert_eq!(rows(&found).len(), 2);
    pages.realm.keep_up(&[]).await.unwrap();
    let activity = pages
        .get(reader, &format!("/documents/{document}/activity"))
        .await;
    assert!(
        activity.main().contains("Status: Draft"),
        "{}",
        activity.main()
    );

    // A view that everybody sees at first, and can look past.
    let saved =
        format!("back={column}.is%3DDraft&name=Drafts&column-1={column}&shared=yes&default=yes");
    let saved = pages
        .post(owner, &format!("{library}/views/new"), &saved)
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    let view = pages.get(reader, &library).await;
    assert_eq!(rows(&view).len(), 2);
    assert!(view.main().contains("<strong>Drafts</strong>"));
    let all = pages.get(reader, &format!("{library}?view=all")).await;
    assert!(rows(&all).len() > 2);

    // A column that has ended is in no view any more.
    let ended = pages
        .post(owner, &format!("{library}/columns/{column}/end"), "")
        .await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    let view = pages.get(reader, &library).await;
    assert_eq!(view.status, StatusCode::OK);
    let sorted = pages.get(reader, &format!("{library}?sort={column}")).await;
    assert_eq!(sorted.status, StatusCode::OK);
}

#[tokio::test]
async fn programs_fill_in_what_they_have_seen() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let token = &stage.programs["contributor"];
    let (column, document) = (&stage.ids["column"], &stage.ids["documents"]);
    let library = stage.address("/libraries/{id}");
    let address = format!("/documents/{document}/properties");
    let before = json(&pages, token, "GET", &address, "", "").await;
    let etag = before.headers[header::ETAG].to_str().unwrap().to_owned();
    let body = format!("{{\"values\": [{{\"column\": \"{column}\", \"value\": \"Draft\"}}]}}");
    let said = json(&pages, token, "PATCH", &address, &body, &etag).await;
    assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.body);
    let late = json(
        &pages,
        token,
        "PATCH",
        &address,
        &body.replace("Draft", "Agreed"),
        &etag,
    )
    .await;
    assert_eq!(
        late.status,
        StatusCode::PRECONDITION_FAILED,
        "{}",
        late.body
    );
    let wrong = json(
        &pages,
        token,
        "PATCH",
        &address,
        &body.replace("Draft", "Finished"),
        "",
    )
    .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains(column), "{}", wrong.body);

    let filters = format!(
        "%5B%7B%22on%22%3A%22{column}%22%2C%22test%22%3A%22is%22%2C%22value%22%3A%22draft%22%7D%5D"
    );
    let address = format!("{library}/items?properties=true&sort={column}&filters={filters}");
    let list = json(&pages, token, "GET", &address, "", "").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.body);
    let list: serde_json::Value = serde_json::from_str(&list.body).unwrap();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["properties"][0]["value"], "Draft");
    let address = format!("{library}/items?filters=nonsense");
    let wrong = json(&pages, token, "GET", &address, "", "").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let file = json(
        &pages,
        token,
        "GET",
        &format!("{library}/list.csv?columns={column}"),
        "",
        "",
    )
    .await;
    assert!(
        file.body
            .starts_with("\u{feff}Name,Folder,Type,Status,Id\r\n"),
        "{}",
        file.body
    );
}
