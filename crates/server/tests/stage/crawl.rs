//! What somebody is told, wherever they ask. Every route is asked, so that a new one is too.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;

use super::{Answer, Pages, Stage};

/// What somebody may not be told.
pub struct Told<'a> {
    /// A word, in small letters, that is in this and in nothing else.
    pub word: &'a str,
    /// What is looked for that should not lead to it.
    pub find: &'a str,
    /// A document besides the one on the stage.
    pub document: &'a str,
}

pub async fn dav(pages: &Pages, who: &str, secret: &str, method: &str, path: &str) -> Answer {
    let coded = base64::engine::general_purpose::STANDARD.encode(format!("{who}:{secret}"));
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Basic {coded}"))
        .header("depth", "1")
        .body(Body::empty())
        .unwrap();
    pages.send(request).await
}

/// What somebody is told at every address of pages, programs and file programs: where the word is.
pub async fn crawl(stage: &Stage, pages: &Pages, who: &str, what: &Told<'_>) -> Vec<String> {
    let hidden = what.document;
    let tells = |answer: &Answer| answer.body.to_lowercase().contains(what.word);
    let (find, looked_for) = (format!("find={}", what.find), what.find);
    let mut ids = stage.ids.clone();
    let (seen, library) = (ids["documents"].clone(), ids["libraries"].clone());
    ids.insert("documents", hidden.to_owned());
    ids.insert("items", hidden.to_owned());
    let mut told = Vec::new();
    let mut addresses: Vec<String> = Vec::new();
    for route in web::ROUTES.iter().flat_map(|routes| routes.iter()) {
        if route.method == "get" {
            addresses.push(stage.asked(route.path));
            addresses.push(Stage::address_of(route.path, &ids));
        }
    }
    for number in 1..=3 {
        addresses.push(format!("/documents/{seen}/versions/{number}"));
        addresses.push(format!("/documents/{seen}/preview?version={number}"));
        addresses.push(format!("/documents/{seen}/compare?from={number}&to=2"));
    }
    for query in [
        find.as_str(),
        "find=a&sort=changed",
        "sort=size&order=descending",
        "state=checked-out",
    ] {
        addresses.push(format!("/libraries/{library}?{query}"));
    }
    for address in &addresses {
        let answer = pages.get(&stage.tokens[who], address).await;
        let echo = address.contains(&find);
        if tells(&answer) && !echo {
            told.push(address.clone());
        }
    }
    addresses.clear();
    for route in api::ROUTES.iter().flat_map(|routes| routes.iter()) {
        if route.method == "get" {
            let path = route.path.trim_start_matches("/api/v1");
            addresses.push(stage.address(path));
            addresses.push(Stage::address_of(path, &ids));
        }
    }
    addresses.push(format!("/libraries/{library}/items?find={looked_for}"));
    for number in 1..=3 {
        addresses.push(format!("/documents/{seen}/versions/{number}/content"));
        addresses.push(format!("/documents/{seen}/text?version={number}"));
        addresses.push(format!("/documents/{seen}/compare?from={number}&to=2"));
    }
    for address in &addresses {
        let answer = pages.look(&stage.programs[who], address).await;
        if tells(&answer) {
            told.push(format!("/api/v1{address}"));
        }
    }
    let at = "/dav/Resettlement%20Pathway/Case%20papers";
    for (method, path) in [
        ("PROPFIND", ""),
        ("PROPFIND", "/Agenda.txt"),
        ("PROPFIND", "/Zanzibar.txt"),
        ("GET", "/Agenda.txt"),
        ("GET", "/Zanzibar.txt"),
    ] {
        let answer = dav(
            pages,
            who,
            &stage.files[who],
            method,
            &format!("{at}{path}"),
        )
        .await;
        assert_ne!(answer.status, StatusCode::UNAUTHORIZED);
        let body = answer.body.to_lowercase();
        // A refusal may repeat the name that was asked for.
        if body.contains(what.word) && answer.status.is_success() {
            told.push(format!("{method} {path}"));
        }
    }
    told
}
