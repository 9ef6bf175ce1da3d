//! The access matrix: every route, asked by everybody. One snapshot, reviewed line by line; a new
//! route changes it, so nobody can add one unseen.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;
use stage::{Answer, EVERYBODY, Pages, Stage, stage};

/// What is posted to each route so that only access decides: right in form, about things that exist.
fn form(stage: &Stage, path: &str) -> String {
    let id = |name: &str| stage.ids[name].clone();
    let item = id("items");
    match path {
        "/you/details" => "name=Test+Person&title=&phone=".to_owned(),
        "/you/tokens/new" | "/you/app-passwords/new" => {
            "name=A+script&may=read&site=&days=30".to_owned()
        }
        "/you/password" => {
            "current=correct+horse+battery&password=purple+otter+ladder&again=purple+otter+ladder"
                .to_owned()
        }
        "/sites/new" | "/sites/{id}/edit" => "name=Another+site&kind=project&purpose=".to_owned(),
        "/sites/{id}/libraries/new" | "/libraries/{id}/edit" => {
            "name=Another+library&purpose=&inherits=yes".to_owned()
        }
        "/libraries/{id}/folders/new" => "name=Another+folder".to_owned(),
        "/libraries/{id}/holds/new" => {
            format!("document={}&reason=Inquiry", id("documents"))
        }
        "/libraries/{id}/holds/{hold}/lift" => "reason=Over".to_owned(),
        "/alerts/several" => {
            format!("act=false_alarm&reason=Over&alert={}", id("alerts"))
        }
        path if path.starts_with("/alerts/") => "reason=Over&marking=gsc%2Fofficial".to_owned(),
        "/documents/{id}/marking" => "marking=gsc%2Fofficial".to_owned(),
        "/documents/{id}/sealed" => {
            format!("alert={}&marking=gsc%2Fofficial", id("alerts"))
        }
        path if path.starts_with("/documents/{id}/marking/") => {
            format!("request={}&decision=refuse&reason=No", id("alerts"))
        }
        "/libraries/{id}/default-marking" => "marking=none".to_owned(),
        "/libraries/{id}/columns/new" => "name=Due&kind=date".to_owned(),
        "/libraries/{id}/columns/{column}/edit" => "name=State&choices=Draft".to_owned(),
        "/libraries/{id}/columns/{column}/place" => "place=0".to_owned(),
        "/libraries/{id}/views/new" => "name=Mine&column-1=size".to_owned(),
        "/documents/{id}/properties" => format!("{}=Draft", id("column")),
        "/libraries/{id}/fill-in" => format!("item={item}&{0}.act=set&{0}.set=Draft", id("column")),
        "/libraries/{id}/publishing" => "how=owners".to_owned(),
        "/libraries/{id}/publish" => format!("document={}.1", id("documents")),
        "/documents/{id}/publish"
        | "/documents/{id}/ask-to-publish"
        | "/documents/{id}/withdraw-request" => "version=1".to_owned(),
        "/documents/{id}/unpublish" => "reason=Wrong".to_owned(),
        "/documents/{id}/send-back" => "version=1&reason=Wrong".to_owned(),
        "/libraries/{id}/selected" => format!("action=delete&item={item}"),
        "/libraries/{id}/move" => format!(
            "item={item}&to={}.{}&destination={}.{}",
            id("libraries"),
            id("folder"),
            id("libraries"),
            id("folder")
        ),
        "/libraries/{id}/delete" => format!("item={item}"),
        "/libraries/{id}/bin/restore" | "/libraries/{id}/bin/remove" => {
            format!("item={}", id("binned"))
        }
        "/libraries/{id}/keeping/change" => {
            "bin_days=60&keep_years=7&keep_since=added&delete_years=".to_owned()
        }
        "/waiting" => format!("what=leave&shown={}.", id("waiting")),
        "/waiting/{id}" => "what=leave".to_owned(),
        "/documents/{id}/keeping" => "keep_years=3&keep_since=changed".to_owned(),
        "/items/{id}/rename" => "name=Renamed.txt".to_owned(),
        "/operations/organisations/new" | "/organisations/{id}/edit" => {
            "name=Another+body&sector=public&about=&umbrella=".to_owned()
        }
        "/operations/teams/new" | "/teams/{id}/edit" => "name=Another+team&purpose=".to_owned(),
        "/teams/{id}/add" => "email=reader@test.example&duty=".to_owned(),
        "/organisations/{id}/people/new" | "/people/{id}/account/edit" => {
            "name=New+Person&email=another@test.example&title=&phone=&until=".to_owned()
        }
        "/sites/{id}/access/change" => format!("what=end&grant={}", id("site grant")),
        "/libraries/{id}/access/change" => format!("what=end&grant={}", id("library grant")),
        "/people/{id}/account/suspend" => "reason=Left".to_owned(),
        "/alerts/rules/propose" => "policy=ours".to_owned(),
        "/people/{id}/account/move" => format!("organisation={}", id("trust")),
        "/people/{id}/account/appoint" => {
            format!("office=coordinator&organisation={}", id("organisations"))
        }
        _ => String::new(),
    }
}

/// One cell: the outcome in a word.
fn word(answer: &Answer) -> String {
    match answer.status {
        StatusCode::SEE_OTHER if answer.location().starts_with("/sign-in") => "sign in".to_owned(),
        StatusCode::SEE_OTHER => "done".to_owned(),
        StatusCode::OK | StatusCode::CREATED | StatusCode::NO_CONTENT => "yes".to_owned(),
        StatusCode::UNAUTHORIZED => "no token".to_owned(),
        StatusCode::NOT_FOUND => "absent".to_owned(),
        StatusCode::FORBIDDEN => "refused".to_owned(),
        StatusCode::CONFLICT => "conflict".to_owned(),
        StatusCode::UNPROCESSABLE_ENTITY => "invalid".to_owned(),
        other => other.as_u16().to_string(),
    }
}

/// Routes that take a file.
fn takes_file(path: &str) -> bool {
    path.ends_with("/upload") || path.ends_with("/work") || path.ends_with("/check-in")
}

#[tokio::test]
async fn everybody_at_every_route() {
    let stage = stage().await;
    let mut table = format!("{:<58}", "");
    for who in EVERYBODY {
        let _ = write!(table, "{who:<12}");
    }
    table.truncate(table.trim_end().len());
    table.push('\n');
    for route in web::ROUTES.iter().flat_map(|routes| routes.iter()) {
        let _ = write!(table, "{:<58}", format!("{} {}", route.method, route.path));
        let address = stage.asked(route.path);
        for who in EVERYBODY {
            let token = &stage.tokens[who];
            let pages = stage.pages().await;
            let answer = match route.method {
                "get" => pages.get(token, &address).await,
                _ if takes_file(route.path) => {
                    pages
                        .upload(token, &address, "Agenda.txt", "new words")
                        .await
                }
                method if route.path.starts_with("/uploads") => {
                    let library = &stage.ids["libraries"];
                    pages.piece(token, method, &address, library).await
                }
                _ => pages.post(token, &address, &form(&stage, route.path)).await,
            };
            let _ = write!(table, "{:<12}", word(&answer));
        }
        table.truncate(table.trim_end().len());
        table.push('\n');
    }
    insta::assert_snapshot!("access_matrix", table);
}

/// Who asks by API besides everybody: the same people with tokens that may do less.
const LESS: [&str; 3] = [
    "owner who contributes",
    "owner who reads",
    "operator who reads",
];

/// What a program sends to each address so that only access decides.
fn sent(stage: &Stage, method: &str, path: &str) -> (String, &'static str, String) {
    let id = |name: &str| stage.ids[name].clone();
    let item = id("items");
    let json = "application/json";
    let raw = "application/octet-stream";
    let one = format!("{{\"items\": [\"{item}\"]}}");
    match (method, path) {
        ("post", "/libraries/{id}/documents") => {
            ("?name=New.txt".to_owned(), raw, "new".to_owned())
        }
        ("post", "/documents/{id}/versions" | "/documents/{id}/check-in")
        | ("put", "/documents/{id}/draft") => (String::new(), raw, "new words".to_owned()),
        ("post", "/libraries/{id}/folders") => {
            (String::new(), json, "{\"name\": \"Another\"}".to_owned())
        }
        ("patch", "/items/{id}") => (String::new(), json, "{\"name\": \"Other.txt\"}".to_owned()),
        ("post", "/libraries/{id}/move") => (
            String::new(),
            json,
            format!(
                "{{\"items\": [\"{item}\"], \"to\": \"{}\", \"folder\": \"{}\"}}",
                id("libraries"),
                id("folder")
            ),
        ),
        ("post", "/libraries/{id}/delete") => (String::new(), json, one),
        ("post", "/libraries/{id}/restore") => (
            String::new(),
            json,
            format!("{{\"items\": [\"{}\"]}}", id("binned")),
        ),
        ("post", "/libraries/{id}/bin/remove") => (
            String::new(),
            json,
            format!("{{\"item\": \"{}\"}}", id("binned")),
        ),
        (_, "/documents/{id}/compare") => ("?from=1&to=2".to_owned(), json, String::new()),
        (_, path) if path.ends_with("/access/subjects") => {
            ("?find=test".to_owned(), json, String::new())
        }
        _ => (
            String::new(),
            json,
            about_people_and_places(stage, method, path)
                .map_or_else(String::new, |body| body.to_string()),
        ),
    }
}

/// The same for what is not about documents.
fn about_people_and_places(stage: &Stage, method: &str, path: &str) -> Option<serde_json::Value> {
    let id = |name: &str| stage.ids[name].clone();
    let end = |grant: &str| json!({ "changes": [{ "what": "end", "grant": id(grant) }] });
    Some(match (method, path) {
        ("post", "/rulebooks") => json!({ "policy": "ours" }),
        ("post", "/rulebooks/{id}/switch-on") => json!({}),
        ("patch", "/me") => json!({ "title": "Tester" }),
        ("post", "/organisations") => json!({ "name": "Another body", "sector": "public" }),
        ("patch", "/organisations/{id}") => json!({ "about": "Another" }),
        ("post", "/organisations/{id}/people") => {
            json!({ "name": "New Person", "email": "another@test.example" })
        }
        ("patch", "/people/{id}/account") => json!({ "phone": "" }),
        ("put", "/people/{id}/account/end") => json!({ "until": null }),
        ("post", "/people/{id}/account/suspend") => json!({ "reason": "Left" }),
        ("post", "/people/{id}/account/transfer") => json!({ "organisation": id("trust") }),
        ("post", "/people/{id}/account/offices") => {
            json!({ "office": "coordinator", "organisation": id("organisations") })
        }
        ("post", "/teams") => json!({ "name": "Another team" }),
        ("post", "/teams/{id}/people") => json!({ "email": "reader@test.example" }),
        ("post", "/sites") => json!({ "name": "Another site", "kind": "project" }),
        ("post", "/libraries/{id}/holds") => {
            json!({ "document": id("documents"), "reason": "Inquiry" })
        }
        ("post", "/libraries/{id}/holds/{hold}/lift") => json!({ "reason": "Over" }),
        ("post", "/alerts/{id}/downgrade") => {
            json!({ "scheme": "gsc", "marking": "official", "reason": "Over" })
        }
        ("post", "/alerts/decide") => {
            json!({ "alerts": [id("alerts")], "act": "false_alarm", "reason": "Over" })
        }
        ("post", path) if path.starts_with("/alerts/") && !path.ends_with("/in-hand") => {
            json!({ "reason": "Over" })
        }
        ("post", "/documents/{id}/marking") => json!({ "scheme": "gsc", "marking": "official" }),
        ("post", "/documents/{id}/marking/refuse") => {
            json!({ "request": id("alerts"), "reason": "No" })
        }
        ("post", path) if path.starts_with("/documents/{id}/marking/") => {
            json!({ "request": id("alerts") })
        }
        ("post", "/documents/{id}/alerts/{alert}/answer") => {
            json!({ "marked": { "scheme": "gsc", "marking": "official" } })
        }
        ("put", "/libraries/{id}/default-marking") => json!({ "marking": null }),
        ("post", "/libraries/{id}/columns") => json!({ "name": "Due", "kind": "date" }),
        ("put", "/libraries/{id}/columns/{column}") => {
            json!({ "name": "State", "choices": ["Draft"] })
        }
        ("post", "/libraries/{id}/columns/{column}/place") => json!({ "place": 0 }),
        ("post", "/libraries/{id}/views") => {
            json!({ "name": "All", "shared": true, "shape": { "sort": "size" } })
        }
        ("patch", "/documents/{id}/properties") => {
            json!({ "values": [{ "column": id("column"), "value": "Draft" }] })
        }
        ("post", "/libraries/{id}/fill-in") => json!({
            "documents": [id("documents")],
            "values": [{ "column": id("column"), "value": "Draft" }]
        }),
        ("put", "/libraries/{id}/retention") => json!({ "bin_days": 60 }),
        ("put", "/documents/{id}/retention") => {
            json!({ "keep": { "years": 3, "since": "added" } })
        }
        ("post", "/libraries/{id}/publish" | "/libraries/{id}/ask-to-publish") => json!({
            "documents": [{ "document": id("documents"), "version": 1 }],
        }),
        ("put", "/libraries/{id}/publishing") => json!({ "required": true, "approval": true }),
        ("post", "/documents/{id}/publish" | "/documents/{id}/ask-to-publish") => {
            json!({ "version": 1 })
        }
        ("post", "/documents/{id}/unpublish") => json!({ "reason": "Wrong" }),
        ("post", "/documents/{id}/send-back") => json!({ "version": 1, "reason": "Wrong" }),
        ("post", "/documents/{id}/withdraw-request") => json!({ "version": 1 }),
        ("patch", "/teams/{id}" | "/sites/{id}" | "/libraries/{id}") => {
            json!({ "purpose": "Another" })
        }
        ("post", "/sites/{id}/libraries") => json!({ "name": "Another library", "inherits": true }),
        ("post", "/sites/{id}/access/preview" | "/sites/{id}/access/change") => end("site grant"),
        ("post", "/libraries/{id}/access/preview" | "/libraries/{id}/access/change") => {
            end("library grant")
        }
        _ => return None,
    })
}

async fn ask(
    stage: &Stage,
    pages: &Pages,
    who: &str,
    (method, path): (&str, &str),
    ids: &BTreeMap<&'static str, String>,
) -> Answer {
    let short = path.strip_prefix("/api/v1").unwrap();
    let (query, kind, body) = sent(stage, method, short);
    let address = format!("/api/v1{}{query}", Stage::address_of(short, ids));
    let mut request = Request::builder()
        .method(method.to_uppercase().as_str())
        .uri(address);
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    let token = &stage.programs[who];
    if !token.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    pages.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn everybody_at_every_address_of_the_api() {
    let stage = stage().await;
    let columns = || EVERYBODY.iter().chain(&LESS);
    let mut table = format!("{:<58}", "");
    for who in columns() {
        let _ = write!(
            table,
            "{:<12}",
            who.replace("owner who ", "o. ")
                .replace("operator who ", "op. ")
        );
    }
    table.truncate(table.trim_end().len());
    table.push('\n');
    let mut pages = stage.pages().await;
    for route in api::ROUTES.iter().flat_map(|routes| routes.iter()) {
        let _ = write!(table, "{:<58}", format!("{} {}", route.method, route.path));
        for who in columns() {
            let what = (route.method.as_str(), route.path.as_str());
            let answer = ask(&stage, &pages, who, what, &stage.ids).await;
            if route.method != "get" && answer.status.is_success() {
                // What was done must not decide about the next.
                pages = stage.pages().await;
            }
            let _ = write!(table, "{:<12}", word(&answer));
        }
        table.truncate(table.trim_end().len());
        table.push('\n');
    }
    insta::assert_snapshot!("access_matrix_of_the_api", table);
}

/// What may not be seen and what does not exist are the same problem, but for the name of the request.
#[tokio::test]
async fn forbidden_and_absent_look_alike_to_programs() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let nothing = nothing(&stage);
    let mut compared = 0;
    for route in api::ROUTES.iter().flat_map(|routes| routes.iter()) {
        if !route.path.contains('{') || route.path.contains("/me/") {
            continue;
        }
        let what = (route.method.as_str(), route.path.as_str());
        for who in ["stranger", "neighbour"] {
            let there = ask(&stage, &pages, who, what, &stage.ids).await;
            if there.status != StatusCode::NOT_FOUND {
                continue;
            }
            let absent = ask(&stage, &pages, who, what, &nothing).await;
            assert_eq!(there.told(), absent.told(), "{what:?} for {who}");
            compared += 1;
        }
    }
    assert!(compared > 100, "only {compared} answers were compared");
}

/// Ids of things that do not exist.
fn nothing(stage: &Stage) -> BTreeMap<&'static str, String> {
    stage
        .ids
        .keys()
        .map(|name| (*name, "0123456789ABC".to_owned()))
        .collect()
}

/// What may not be seen and what does not exist are the same page, letter for letter.
#[tokio::test]
async fn forbidden_and_absent_look_alike() {
    let stage = stage().await;
    let nothing = nothing(&stage);
    let pages = stage.pages().await;
    let mut compared = 0;
    for route in web::ROUTES.iter().flat_map(|routes| routes.iter()) {
        if route.method != "get" || !route.path.contains('{') {
            continue;
        }
        for who in ["stranger", "neighbour", "suspended"] {
            let token = &stage.tokens[who];
            let there = pages.get(token, &stage.address(route.path)).await;
            if there.status != StatusCode::NOT_FOUND {
                continue;
            }
            let absent = pages
                .get(token, &Stage::address_of(route.path, &nothing))
                .await;
            assert_eq!(absent.status, StatusCode::NOT_FOUND, "{}", route.path);
            assert_eq!(there.body, absent.body, "{} for {who}", route.path);
            compared += 1;
        }
    }
    assert!(compared > 30, "only {compared} routes were compared");
}
