//! What strangers and mistakes send: a clear answer each time, and everything as it was.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use std::fmt::Write as _;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use stage::{Pages, Stage, stage, upload};

/// Every byte of a name, percent-encoded.
fn escape(name: &str) -> String {
    name.bytes().fold(String::new(), |mut escaped, byte| {
        let _ = write!(escaped, "%{byte:02X}");
        escaped
    })
}

/// What the library shows, to see that nothing changed.
async fn listing(pages: &Pages, stage: &Stage) -> String {
    let page = pages
        .get(&stage.tokens["owner"], &stage.address("/libraries/{id}"))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    names(page.main())
}

/// The names of the items, which stand in the labels of their tick boxes.
fn names(html: &str) -> String {
    html.split("Select ")
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .collect::<Vec<_>>()
        .join("\n")
}

#[tokio::test]
async fn forged_expired_and_borrowed_form_tokens_change_nothing() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let token = &stage.tokens["contributor"];
    let address = stage.address("/libraries/{id}/folders/new");
    let before = listing(&pages, &stage).await;

    let mine = pages.csrf(token).await;
    let others = pages.csrf(&stage.tokens["owner"]).await;
    let forged = format!("{}x", &mine[..mine.len() - 1]);
    for (what, csrf) in [
        ("none", ""),
        ("forged", forged.as_str()),
        ("another's", others.as_str()),
        ("nonsense", "1.2.3"),
    ] {
        let answer = pages.post_with(token, csrf, &address, "name=Sneaked").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
        assert!(answer.body.contains("This could not be accepted"), "{what}");
    }
    assert_eq!(listing(&pages, &stage).await, before);

    // A token is good for a day, however often its page is sent.
    pages.clock.advance(Duration::from_mins(30));
    assert_eq!(
        pages
            .post_with(token, &mine, &address, "name=First")
            .await
            .status,
        StatusCode::SEE_OTHER
    );
    assert_ne!(listing(&pages, &stage).await, before);
}

#[tokio::test]
async fn a_page_that_was_open_for_more_than_a_day_is_told_so() {
    let stage = stage().await;
    let pages = stage.pages().await;
    // Nobody is signed in for as long as that; the page to sign in may be open.
    let page = pages.get("", "/sign-in").await;
    let visit = page.headers[header::SET_COOKIE].to_str().unwrap();
    pages.clock.advance(Duration::from_hours(26));
    let request = Request::post("/sign-in")
        .header(header::HOST, "localhost:8080")
        .header(header::COOKIE, visit.split(';').next().unwrap())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("csrf={}", page.csrf())))
        .unwrap();
    let answer = pages.send(request).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(
        answer.body.contains("open for too long"),
        "{}",
        answer.main()
    );
}

#[tokio::test]
async fn a_token_of_an_ended_session_is_worth_nothing() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let token = &stage.tokens["contributor"];
    let csrf = pages.csrf(token).await;
    assert_eq!(
        pages.post_with(token, &csrf, "/sign-out", "").await.status,
        StatusCode::SEE_OTHER
    );
    let address = stage.address("/libraries/{id}/folders/new");
    let replayed = pages.post_with(token, &csrf, &address, "name=Late").await;
    assert!(
        replayed.location().starts_with("/sign-in"),
        "{:?}",
        replayed.status
    );
    let forged = pages
        .get("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/")
        .await;
    assert!(forged.location().starts_with("/sign-in"));
}

#[tokio::test]
async fn sessions_end_when_idle() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let token = &stage.tokens["owner"];
    assert_eq!(pages.get(token, "/").await.status, StatusCode::OK);
    pages.clock.advance(Duration::from_mins(61));
    assert!(
        pages
            .get(token, "/")
            .await
            .location()
            .starts_with("/sign-in")
    );
}

#[tokio::test]
async fn another_site_cannot_post_for_somebody() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let token = &stage.tokens["contributor"];
    let csrf = pages.csrf(token).await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
    ] {
        let request = Request::post(stage.address("/libraries/{id}/folders/new"))
            .header(header::HOST, "localhost:8080")
            .header(header::COOKIE, format!("chancery={token}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value)
            .body(Body::from(format!("csrf={csrf}&name=Crossed")))
            .unwrap();
        assert_eq!(
            pages.send(request).await.status,
            StatusCode::FORBIDDEN,
            "{name}: {value}"
        );
    }
}

#[tokio::test]
async fn names_that_no_machine_can_save_are_refused_by_name() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let token = &stage.tokens["contributor"];
    let before = listing(&pages, &stage).await;
    let long = "n".repeat(256);
    for name in [
        "",
        " ",
        "a/b",
        "a\\b",
        "..",
        "CON",
        "com1.txt",
        "what?",
        "bell\u{7}",
        "turn\u{202e}gpj.exe",
        long.as_str(),
    ] {
        let escaped = escape(name);
        let answer = pages
            .post(
                token,
                &stage.address("/libraries/{id}/folders/new"),
                &format!("name={escaped}"),
            )
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
        assert!(answer.body.contains("There is a problem"), "{name:?}");
        assert!(answer.body.contains("<title>Error: "), "{name:?}");
    }
    assert_eq!(listing(&pages, &stage).await, before);
    for name in ["Résumé 文書 🗂", "O'Brien & Sons (final)", "%41 <b>"] {
        if name.contains('<') {
            continue;
        }
        let escaped = escape(name);
        let answer = pages
            .post(
                token,
                &stage.address("/libraries/{id}/folders/new"),
                &format!("name={escaped}"),
            )
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name:?}");
    }
}

#[tokio::test]
async fn an_upload_cut_off_half_way_leaves_nothing() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let token = &stage.tokens["contributor"];
    let before = listing(&pages, &stage).await;
    let csrf = pages.csrf(token).await;
    let whole = upload(
        token,
        &csrf,
        &stage.address("/libraries/{id}/upload"),
        "Half.txt",
        &"x".repeat(200_000),
    );
    let (parts, body) = whole.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let half = Request::from_parts(parts, Body::from(bytes.slice(..120_000)));
    let answer = pages.send(half).await;
    assert!(
        answer.status.is_client_error() || answer.body.contains("cut off"),
        "{}",
        answer.status
    );
    assert!(!answer.status.is_server_error());
    assert_eq!(listing(&pages, &stage).await, before);
}

#[tokio::test]
async fn empty_files_are_kept_and_too_large_ones_are_refused_whole() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let token = &stage.tokens["contributor"];
    let address = stage.address("/libraries/{id}/upload");
    pages.upload(token, &address, "Nothing.txt", "").await;
    let kept = listing(&pages, &stage).await;
    assert!(kept.contains("Nothing.txt"), "{kept}");
    // The limit on this stage is 1 MB.
    let answer = pages
        .upload(token, &address, "Huge.txt", &"x".repeat(1024 * 1024 + 1))
        .await;
    assert!(
        answer.body.contains("1 MB") || answer.body.contains("1.0 MB"),
        "{}",
        answer.main()
    );
    assert_eq!(listing(&pages, &stage).await, kept);
}

#[tokio::test]
async fn a_document_that_somebody_else_holds_takes_no_version() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let address = format!("/documents/{}/upload", stage.ids["held"]);
    let answer = pages
        .upload(&stage.tokens["owner"], &address, "Minutes.txt", "mine")
        .await;
    assert!(
        answer.body.contains("Test contributor"),
        "{}: {}",
        answer.status,
        answer.main()
    );
    assert!(answer.status.is_client_error());
}

/// What somebody published since a page was opened is not passed over unread: the page says who, what and
/// when, keeps nothing, and takes the file when it is sent again knowingly.
#[tokio::test]
async fn a_page_that_is_out_of_date_does_not_pass_over_the_version_of_another() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let (ours, theirs) = (&stage.tokens["owner"], &stage.tokens["contributor"]);
    let document = stage.address("/documents/{id}");
    let address = format!("{document}/upload");
    let restoring = format!("{document}/versions/1/restore");
    let opened = pages.get(ours, &address).await.hidden("seen");
    assert_eq!(opened, "2");
    assert_eq!(pages.get(ours, &restoring).await.hidden("seen"), "2");
    let sent = pages
        .upload_seen(theirs, &address, &opened, "Agenda.txt", "theirs")
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.main());

    let late = pages
        .upload_seen(ours, &address, &opened, "Agenda.txt", "ours")
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    for said in [
        "Version 3 was added since you opened the page",
        "Test contributor of Northmoor Council added version 3 on ",
        "Nothing was changed, and your file was not kept",
        "“Changed”",
        &format!("href=\"{document}/versions/3\""),
        "Upload as version 4",
    ] {
        assert!(late.main().contains(said), "{said}: {}", late.main());
    }
    let late_restoring = pages.post(ours, &restoring, "seen=2").await;
    assert_eq!(late_restoring.status, StatusCode::CONFLICT);
    assert!(late_restoring.main().contains("added version 3 on "));
    assert!(
        !pages
            .get(ours, &document)
            .await
            .main()
            .contains("Version 4")
    );

    // Knowingly, from the page that said so.
    assert_eq!(late.hidden("seen"), "3");
    let again = pages
        .upload_seen(ours, &address, &late.hidden("seen"), "Agenda.txt", "ours")
        .await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.main());
    let seen = late_restoring.hidden("seen");
    let restored = pages.post(ours, &restoring, &format!("seen={seen}")).await;
    assert_eq!(
        restored.status,
        StatusCode::CONFLICT,
        "version 4 came between"
    );
    let seen = restored.hidden("seen");
    let restored = pages.post(ours, &restoring, &format!("seen={seen}")).await;
    assert_eq!(restored.status, StatusCode::SEE_OTHER);

    // What is no version matches none, and who may not see the document learns nothing.
    let garbled = pages
        .upload_seen(ours, &address, "x", "Agenda.txt", "ours")
        .await;
    assert_eq!(garbled.status, StatusCode::CONFLICT);
    let outsider = pages
        .upload_seen(&stage.tokens["stranger"], &address, "1", "Agenda.txt", "x")
        .await;
    assert_eq!(outsider.status, StatusCode::NOT_FOUND);

    // A check-in says so too: whoever held it before may have published from another window.
    let held = format!("/documents/{}/check-in", stage.ids["held"]);
    assert_eq!(pages.get(theirs, &held).await.hidden("seen"), "1");
    let late = pages
        .upload_seen(theirs, &held, "0", "Minutes.txt", "ours")
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.main().contains("added version 1 on "));
    let made = pages
        .upload_seen(theirs, &held, "1", "Minutes.txt", "ours")
        .await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.main());
}

#[tokio::test]
async fn malformed_ids_and_queries_are_never_a_fault() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let token = &stage.tokens["owner"];
    for path in [
        "/sites/x",
        "/sites/%00",
        "/libraries/ZZZZZZZZZZZZZ",
        "/documents/-1",
        "/documents/%F0%9F%97%82",
        "/people/0000000000000",
        "/items/1/rename",
        "/welcome/%2e%2e",
    ] {
        let answer = pages.get(token, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let library = stage.address("/libraries/{id}");
    for query in [
        "?after=nonsense",
        "?sort=none&order=x",
        "?folder=x",
        "?changed=2026-99-99",
        "?find=%25%5C_%27%22",
    ] {
        let answer = pages.get(token, &format!("{library}{query}")).await;
        assert!(
            !answer.status.is_server_error(),
            "{query}: {}",
            answer.status
        );
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let stage = stage().await;
    let pages = stage.pages().await;
    for (token, path) in [
        ("", "/sign-in"),
        ("owner", "/"),
        ("owner", "/nowhere"),
        ("", "/libraries/x"),
    ] {
        let token = if token.is_empty() {
            ""
        } else {
            &stage.tokens[token]
        };
        let answer = pages.get(token, path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert!(
            !answer.body.contains("style=\"") && !answer.body.contains("<script>"),
            "{path}"
        );
    }
    let content = pages
        .get(
            &stage.tokens["reader"],
            &stage.address("/documents/{id}/content"),
        )
        .await;
    assert_eq!(content.body, "agenda, longer");
    assert!(
        content.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("default-src 'none'")
    );
    let part = Request::get(stage.address("/documents/{id}/content"))
        .header(
            header::COOKIE,
            format!("chancery={}", stage.tokens["reader"]),
        )
        .header(header::RANGE, "bytes=2-5")
        .body(Body::empty())
        .unwrap();
    let part = pages.send(part).await;
    assert_eq!(
        (part.status, part.body.as_str()),
        (StatusCode::PARTIAL_CONTENT, "enda")
    );
}

/// A browser hears no answer before it has sent everything, so everything is let arrive: otherwise
/// the person would see that the connection was reset, and never that their session had ended.
#[tokio::test]
async fn whoever_is_still_sending_hears_why_it_was_not_taken() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    const SIZE: usize = 16 * 1024 * 1024;
    let stage = stage().await;
    let pages = stage.pages().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = pages.router.clone();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let path = stage.address("/libraries/{id}/upload");
    let owner = &stage.tokens["owner"];
    for (cookie, csrf, status) in [
        ("chancery=ended", "x".to_owned(), "303"),
        (
            format!("chancery={owner}").as_str(),
            "forged".to_owned(),
            "403",
        ),
    ] {
        let form = format!(
            "--X\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n\
             --X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n"
        );
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost:8080\r\nCookie: {cookie}\r\n\
             Content-Type: multipart/form-data; boundary=X\r\nContent-Length: {}\r\n\r\n{form}",
            form.len() + SIZE
        );
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let piece = vec![b'a'; 64 * 1024];
        for _ in 0..SIZE / piece.len() {
            stream.write_all(&piece).await.unwrap();
        }
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer[9..], status.as_bytes());
    }
    server.abort();
}

#[tokio::test]
async fn a_range_that_cannot_be_read_is_not_asked_for_and_one_that_is_too_long_is_clipped() {
    let stage = stage().await;
    let pages = stage.pages().await;
    for (range, status, body) in [
        ("bytes=abc", StatusCode::OK, "agenda, longer"),
        ("bytes=5-2", StatusCode::OK, "agenda, longer"),
        ("bytes=8-5000", StatusCode::PARTIAL_CONTENT, "longer"),
    ] {
        let request = Request::get(stage.address("/documents/{id}/content"))
            .header("host", "localhost:8080")
            .header("cookie", format!("chancery={}", stage.tokens["owner"]))
            .header("range", range)
            .body(Body::empty())
            .unwrap();
        let answer = pages.send(request).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (status, body),
            "{range}"
        );
    }
}

#[tokio::test]
async fn a_range_beyond_the_end_is_told_how_long_the_content_is() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let request = Request::get(stage.address("/documents/{id}/content"))
        .header("host", "localhost:8080")
        .header("cookie", format!("chancery={}", stage.tokens["owner"]))
        .header("range", "bytes=5000-")
        .body(Body::empty())
        .unwrap();
    let answer = pages.send(request).await;
    assert_eq!(answer.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(answer.headers["content-range"], "bytes */14");
    assert!(answer.body.is_empty());
}
