//! The access rule, asked of every method by everybody: one snapshot, reviewed line by line. What may not be seen is
//! told apart from what does not exist by nobody.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::people::base64;
use crate::stage::{Answer, EVERYBODY, Pages, stage};

const LOCK: &str = "<lockinfo xmlns='DAV:'><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>";
const SET: &str =
    "<propertyupdate xmlns='DAV:'><set><prop><x xmlns='urn:x'>1</x></prop></set></propertyupdate>";
const SITE: &str = "/dav/Resettlement%20Pathway";
const OPEN: &str = "/dav/Resettlement%20Pathway/Case%20papers";
const CLOSED: &str = "/dav/Resettlement%20Pathway/Owners%20only";

async fn ask(
    pages: &Pages,
    secret: &str,
    method: &str,
    path: &str,
    to: &str,
    body: &str,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost:8080");
    if !secret.is_empty() {
        request = request.header(
            header::AUTHORIZATION,
            format!("Basic {}", base64(format!("me:{secret}").as_bytes())),
        );
    }
    if !to.is_empty() {
        request = request.header("destination", to);
    }
    if method == "PROPFIND" {
        request = request.header("depth", "1");
    }
    pages
        .send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

fn word(answer: &Answer) -> &'static str {
    match answer.status {
        StatusCode::OK
        | StatusCode::CREATED
        | StatusCode::NO_CONTENT
        | StatusCode::MULTI_STATUS => "yes",
        StatusCode::UNAUTHORIZED => "sign in",
        StatusCode::NOT_FOUND => "absent",
        StatusCode::FORBIDDEN => "refused",
        StatusCode::CONFLICT => "conflict",
        StatusCode::LOCKED => "locked",
        StatusCode::METHOD_NOT_ALLOWED => "method",
        StatusCode::PRECONDITION_FAILED => "412",
        _ => "other",
    }
}

#[tokio::test]
async fn who_may_do_what() {
    let stage = stage().await;
    let agenda = format!("{OPEN}/Agenda.txt");
    let held = format!("{OPEN}/2026/Minutes.txt");
    let secret = format!("{CLOSED}/Secret%20plan.txt");
    let rows: Vec<(&str, String, String, &str)> = vec![
        ("OPTIONS", OPEN.to_owned(), String::new(), ""),
        ("PROPFIND", "/dav/".to_owned(), String::new(), ""),
        ("PROPFIND", SITE.to_owned(), String::new(), ""),
        ("PROPFIND", OPEN.to_owned(), String::new(), ""),
        ("PROPFIND", agenda.clone(), String::new(), ""),
        ("PROPFIND", CLOSED.to_owned(), String::new(), ""),
        ("PROPFIND", secret.clone(), String::new(), ""),
        (
            "PROPFIND",
            format!("{CLOSED}/Nothing.txt"),
            String::new(),
            "",
        ),
        ("GET", agenda.clone(), String::new(), ""),
        ("HEAD", agenda.clone(), String::new(), ""),
        ("GET", secret.clone(), String::new(), ""),
        ("PUT", agenda.clone(), String::new(), "new"),
        ("PUT", held.clone(), String::new(), "new"),
        ("PUT", format!("{OPEN}/New.txt"), String::new(), "new"),
        ("PUT", format!("{OPEN}/.DS_Store"), String::new(), "new"),
        ("PUT", secret.clone(), String::new(), "new"),
        ("PUT", format!("{CLOSED}/Nothing.txt"), String::new(), "new"),
        ("MKCOL", format!("{OPEN}/New"), String::new(), ""),
        ("MKCOL", format!("{CLOSED}/New"), String::new(), ""),
        ("PROPPATCH", agenda.clone(), String::new(), SET),
        ("PROPPATCH", secret.clone(), String::new(), SET),
        ("LOCK", agenda.clone(), String::new(), LOCK),
        ("LOCK", held.clone(), String::new(), LOCK),
        ("LOCK", secret.clone(), String::new(), LOCK),
        ("LOCK", OPEN.to_owned(), String::new(), LOCK),
        ("DELETE", agenda.clone(), String::new(), ""),
        ("DELETE", held.clone(), String::new(), ""),
        ("DELETE", secret.clone(), String::new(), ""),
        ("DELETE", OPEN.to_owned(), String::new(), ""),
        ("MOVE", agenda.clone(), format!("{OPEN}/Moved.txt"), ""),
        ("MOVE", agenda.clone(), format!("{CLOSED}/Moved.txt"), ""),
        ("MOVE", secret.clone(), format!("{OPEN}/Moved.txt"), ""),
        ("COPY", agenda.clone(), format!("{OPEN}/Copied.txt"), ""),
        ("COPY", agenda.clone(), format!("{CLOSED}/Copied.txt"), ""),
        ("COPY", secret.clone(), format!("{OPEN}/Copied.txt"), ""),
        ("COPY", format!("{OPEN}/2026"), format!("{OPEN}/2027"), ""),
        ("POST", agenda.clone(), String::new(), ""),
    ];
    let mut table = format!("{:<96}", "");
    for who in EVERYBODY {
        let _ = write!(table, " {who:<11}");
    }
    table.push('\n');
    for (method, path, to, body) in rows {
        let mut line = format!("{method:<9} {path} {to}")
            .replace("%20", " ")
            .replace("/dav/Resettlement Pathway", "…");
        line = format!("{line:<96}");
        for who in EVERYBODY {
            let pages = stage.pages().await;
            let answer = ask(&pages, &stage.files[who], method, &path, &to, body).await;
            let _ = write!(line, " {:<11}", word(&answer));
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    insta::assert_snapshot!("dav_matrix", table);
}

#[tokio::test]
async fn what_may_not_be_seen_is_answered_like_what_does_not_exist() {
    let stage = stage().await;
    for who in ["stranger", "reader", "contributor", "guest"] {
        for method in [
            "GET",
            "PUT",
            "DELETE",
            "PROPFIND",
            "PROPPATCH",
            "LOCK",
            "MKCOL",
            "COPY",
        ] {
            let mut told = Vec::new();
            for path in [
                format!("{CLOSED}/Secret%20plan.txt"),
                format!("{CLOSED}/Not%20there.txt"),
                "/dav/Resettlement%20Pathway/Not%20there/x.txt".to_owned(),
            ] {
                let pages = stage.pages().await;
                let body = if method == "LOCK" {
                    LOCK
                } else if method == "PROPPATCH" {
                    SET
                } else {
                    ""
                };
                let answer = ask(
                    &pages,
                    &stage.files[who],
                    method,
                    &path,
                    &format!("{OPEN}/x.txt"),
                    body,
                )
                .await;
                told.push((answer.status, answer.body));
            }
            assert_eq!(told[0], told[1], "{who} {method}");
            assert_eq!(told[0], told[2], "{who} {method}");
        }
    }
}

/// The number of SQL statements of what is asked most.
#[tokio::test]
async fn the_number_of_statements_is_known_and_constant() {
    let small = stage().await;
    let large = crate::stage::stage_of(6).await;
    let mut table = String::new();
    for (method, path, body) in [
        ("GET", format!("{OPEN}/Agenda.txt"), ""),
        ("HEAD", format!("{OPEN}/Agenda.txt"), ""),
        ("PUT", format!("{OPEN}/Agenda.txt"), "another"),
        ("PUT", format!("{OPEN}/New.txt"), "new"),
        ("PROPFIND", format!("{OPEN}/Agenda.txt"), ""),
        ("PROPFIND", OPEN.to_owned(), ""),
        ("PROPFIND", "/dav/".to_owned(), ""),
        ("LOCK", format!("{OPEN}/Agenda.txt"), LOCK),
        ("MKCOL", format!("{OPEN}/New"), ""),
        ("DELETE", format!("{OPEN}/Agenda.txt"), ""),
    ] {
        let mut counts = Vec::new();
        for stage in [&small, &large] {
            let pages = stage.pages().await;
            let secret = &stage.files["contributor"];
            // The first use of a token in a minute is noted.
            ask(
                &pages,
                secret,
                "HEAD",
                &format!("{OPEN}/Agenda.txt"),
                "",
                "",
            )
            .await;
            let (answer, count) =
                chancery::kernel::count_queries(ask(&pages, secret, method, &path, "", body)).await;
            assert!(
                answer.status.is_success(),
                "{method} {path}: {}",
                answer.body
            );
            counts.push(count);
        }
        assert_eq!(counts[0], counts[1], "{method} {path}");
        let name = path.replace("%20", " ");
        let _ = writeln!(table, "{method:<9} {name:<50} {}", counts[0]);
    }
    insta::assert_snapshot!("dav_statements", table);
}
