//! A real browser on a page of our own.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use serde_json::json;
use testkit::browser::thirtyfour::By;
use testkit::browser::{Browser, DESKTOP, PHONE, WCAG_2_2_AA};

const PAGE: &str = "<!doctype html><html lang=en><head><title>A page</title>\
    <link rel=icon href='data:,'></head><body><main><h1>A page</h1>\
    <p id=scripts>off</p><noscript><p id=without>No scripts here</p></noscript>\
    <label for=name>Name</label> <input id=name>\
    <div style='height: 3000px'></div><p id=end>The end</p></main>\
    <script>document.getElementById('scripts').textContent = 'on'</script></body></html>";

/// Serves the page with one policy to whoever asks, as long as the test runs.
fn serve(policy: &'static str) -> String {
    serve_page(PAGE, policy)
}

fn serve_page(page: &'static str, policy: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a visitor");
            let mut request = [0; 8192];
            let _ = stream.read(&mut request);
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
                 content-security-policy: {policy}\r\nconnection: close\r\n\r\n{page}",
                page.len()
            );
        }
    });
    format!("http://{address}/")
}

const LENIENT: &str = "default-src 'self' 'unsafe-inline' data:";

#[tokio::test]
async fn a_page_is_read_typed_into_and_shown_at_phone_width() {
    let url = serve(LENIENT);
    let browser = Browser::start(PHONE).await.expect("a browser");
    browser.goto(&url).await.expect("the page");

    let scripts = browser.find(By::Id("scripts")).await.expect("the element");
    assert_eq!(scripts.text().await.expect("its text"), "on");
    let name = browser.find(By::Id("name")).await.expect("the input");
    name.send_keys("Ann").await.expect("typing");
    assert_eq!(
        name.value().await.expect("its value").as_deref(),
        Some("Ann")
    );
    let size = "return [innerWidth, innerHeight, document.documentElement.clientWidth]";
    assert_eq!(
        browser.run(size).await.expect("its size"),
        json!([390, 844, 390])
    );
    browser.resize(DESKTOP).await.expect("another size");
    assert_eq!(
        browser.run(size).await.expect("its size"),
        json!([1280, 900, 1280])
    );
    assert_eq!(browser.complaints().await.expect("the log"), [""; 0]);

    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("page.png");
    browser.screenshot(&file).await.expect("a picture");
    let png = std::fs::read(&file).expect("the picture");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    assert_eq!((&png[1..4], number(16)), (&b"PNG"[..], 1280));
    assert!(
        number(20) > 3000,
        "the whole page, {} pixels high",
        number(20)
    );
    browser.quit().await.expect("the end");
}

#[tokio::test]
async fn without_scripts_the_page_shows_what_it_has_for_that() {
    let browser = Browser::start_without_scripts(DESKTOP)
        .await
        .expect("a browser");
    browser.goto(serve(LENIENT)).await.expect("the page");
    let text = browser
        .run("return document.body.innerText")
        .await
        .expect("its text");
    let text = text.as_str().expect("text");
    assert!(
        text.contains("off") && text.contains("No scripts here"),
        "{text}"
    );
}

#[tokio::test]
async fn a_refused_script_is_a_complaint() {
    let browser = Browser::start(DESKTOP).await.expect("a browser");
    browser
        .goto(serve(
            "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
        ))
        .await
        .expect("the page");
    let complaints = browser.complaints().await.expect("the log");
    assert!(
        complaints
            .iter()
            .any(|text| text.contains("Content Security Policy")),
        "{complaints:?}"
    );
}

#[tokio::test]
async fn axe_finds_what_is_planted_and_nothing_else() {
    const PLANTED: &str = "<!doctype html><html lang=en><head><title>A page</title></head><body>\
        <main><h1>A page</h1><img class=planted src='data:,'>\
        <p style='color: #aaa; background: #fff' id=pale>Pale</p></main></body></html>";
    // Even where the page may run no script at all, the checker runs.
    let strict = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
    let browser = Browser::start_without_scripts(PHONE)
        .await
        .expect("a browser");

    browser
        .goto(serve_page(PLANTED, strict))
        .await
        .expect("the page");
    let mut found: Vec<(String, Vec<String>)> = browser
        .axe(assets::axe(), WCAG_2_2_AA)
        .await
        .expect("the rules")
        .into_iter()
        .map(|violation| (violation.id, violation.targets))
        .collect();
    found.sort();
    let planted = |rule: &str, target: &str| (rule.to_owned(), vec![target.to_owned()]);
    assert_eq!(
        found,
        [
            planted("color-contrast", "#pale"),
            planted("image-alt", "img")
        ]
    );

    browser
        .goto(serve_page(PAGE, strict))
        .await
        .expect("the page");
    let found = browser
        .axe(assets::axe(), WCAG_2_2_AA)
        .await
        .expect("the rules");
    assert_eq!(found, [], "a page without mistakes");
    let text = browser
        .run("return document.getElementById('scripts').innerText")
        .await;
    assert_eq!(
        text.expect("its text"),
        "off",
        "the page's own script has still not run"
    );

    let trouble = browser
        .axe(assets::axe(), &[])
        .await
        .expect_err("no rules to check");
    assert!(
        trouble.to_string().starts_with("axe-core failed: "),
        "{trouble}"
    );
}

#[tokio::test]
async fn nothing_is_left_behind() {
    let profile = {
        let browser = Browser::start(DESKTOP).await.expect("a browser");
        let told = serde_json::to_value(browser.capabilities()).expect("JSON");
        let profile = told["chrome"]["userDataDir"]
            .as_str()
            .expect("a profile")
            .to_owned();
        assert!(running(&profile) > 0);
        profile
    };
    assert_eq!(running(&profile), 0, "processes of {profile}");
    assert!(!std::path::Path::new(&profile).exists());
}

/// How many processes name this profile on their command line.
fn running(profile: &str) -> usize {
    let listed = Command::new("ps")
        .args(["axww", "-o", "args"])
        .output()
        .expect("ps");
    String::from_utf8_lossy(&listed.stdout)
        .lines()
        .filter(|line| line.contains(profile))
        .count()
}
