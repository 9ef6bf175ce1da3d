//! What those who watch over the program see of it, and what they never see.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod program;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use program::{Browser, PASSWORD, Program, Realm, free_port, read, status, until};
use serde_json::Value;

/// Every line of the log, as an object.
fn lines(program: &Program) -> Vec<Value> {
    program
        .log()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// The line of a request, which is written a moment after its answer was read.
fn line_of(program: &Program, id: &str) -> Value {
    let mut found = None;
    until("the request is in the log", || {
        found = lines(program)
            .into_iter()
            .find(|line| line["target"] == "request" && line["span"]["id"] == id);
        found.is_some()
    });
    found.unwrap()
}

#[tokio::test]
async fn the_log_has_every_request_and_no_secret() {
    let database = testkit::postgres::fresh();
    let realm = Realm::on(&database.url);
    let link = realm.operator("operator@test.example");
    let environment = [("CHANCERY_LOG", "trace"), ("CHANCERY_LOG_FORMAT", "json")];
    let program = Program::start_with(&realm.path("."), realm.port(), &["serve"], &environment);
    let browser = Browser::at(&program);

    let mut secrets: Vec<(&str, String)> = vec![
        ("password", PASSWORD.to_owned()),
        ("link", link.rsplit('/').next().unwrap().to_owned()),
        ("database's password", password_of(&database.url)),
        ("content", "a sentence that only the paper has".to_owned()),
    ];
    let welcome = browser.get(&link).await;
    assert_eq!(welcome.status, 200);
    secrets.push(("token of the welcome form", welcome.csrf()));
    secrets.push(("visit", visit_of(&welcome)));
    secrets.push(("first session", browser.settle(&link).await));
    let id = welcome.header("x-request-id").to_owned();
    let told = line_of(&program, &id);
    assert_eq!(told["route"], "/welcome/{token}");
    assert_eq!(
        (&told["method"], &told["status"]),
        (&"GET".into(), &200.into())
    );
    assert_eq!(told["person"], "");

    let out = browser.post("/you", "/sign-out", &[]).await;
    assert_eq!(out.status, 303);
    assert_eq!(
        line_of(&program, out.header("x-request-id"))["person"]
            .as_str()
            .unwrap()
            .len(),
        13
    );
    let wrong = "wrong-harbour-lantern-99";
    secrets.push(("wrong password", wrong.to_owned()));
    let email = "operator@test.example";
    let refused = browser
        .post(
            "/sign-in",
            "/sign-in",
            &[("email", email), ("password", wrong)],
        )
        .await;
    assert_eq!(refused.status, 422);
    let signed_in = browser
        .post(
            "/sign-in",
            "/sign-in",
            &[("email", email), ("password", PASSWORD)],
        )
        .await;
    assert_eq!(signed_in.status, 303, "{}", signed_in.body);
    secrets.push(("second session", signed_in.cookie()));

    for token in tokens(&program, &browser).await {
        secrets.push(("token", token));
    }

    let library = browser.library().await;
    let upload = format!("{library}/upload");
    let kept = browser.upload(&upload, "Paper.txt", &secrets[3].1).await;
    assert!(kept.status < 400, "{}", kept.body);

    // A fault has a reference on its page, and the log has the fault under it.
    std::fs::rename(realm.path("vault"), realm.path("elsewhere")).unwrap();
    let fault = browser
        .upload(&upload, "Long.txt", &"long ".repeat(20_000))
        .await;
    assert_eq!(fault.status, 503, "{}", fault.body);
    let id = fault.header("x-request-id").to_owned();
    assert!(fault.body.contains(&id), "{}", fault.body);
    line_of(&program, &id);
    let said = lines(&program).into_iter().any(|line| {
        line["level"] == "ERROR" && line["span"]["id"] == id.as_str() && line["error"].is_string()
    });
    assert!(said, "{}", program.log());
    std::fs::rename(realm.path("elsewhere"), realm.path("vault")).unwrap();

    let log = program.log();
    for (what, secret) in secrets {
        assert!(secret.len() > 7, "{what} was not caught: {secret:?}");
        assert!(!log.contains(&secret), "the {what} is in the log");
        let encoded = secret.bytes().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        assert!(
            !log.contains(&encoded),
            "the {what} is in the log, in hexadecimal"
        );
    }
}

/// A token at work, and one that nobody has here and so might be somebody's elsewhere.
async fn tokens(program: &Program, browser: &Browser) -> [String; 2] {
    let new = "/you/tokens/new";
    let fields = [
        ("name", "Copy"),
        ("may", "read"),
        ("site", ""),
        ("days", "30"),
    ];
    let made = browser.post(new, new, &fields).await;
    let prefix = chancery::people::TOKEN_PREFIX;
    let mine = made
        .body
        .match_indices(prefix)
        .filter_map(|(at, _)| made.body.get(at..at + prefix.len() + 43))
        .find(|text| !text.contains(['<', '"', ' ']))
        .unwrap_or_else(|| panic!("{}: {}", made.status, made.body))
        .to_owned();
    let nobodys = format!("{prefix}{}", &"Zq7".repeat(15)[..43]);
    for (token, allowed) in [(&mine, 200), (&nobodys, 401)] {
        let answer = program.send(&format!(
            "GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        ));
        assert_eq!(status(&answer), allowed, "{answer}");
    }
    [mine, nobodys]
}

/// What stands between the name and the host of an address.
fn password_of(url: &str) -> String {
    let (before, _) = url.rsplit_once('@').unwrap();
    before.rsplit_once(':').unwrap().1.to_owned()
}

fn visit_of(answer: &program::Answer) -> String {
    answer
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find_map(|value| value.strip_prefix("chancery-visit="))
        .and_then(|rest| rest.split(';').next())
        .unwrap()
        .to_owned()
}

#[test]
fn only_our_proxies_name_requests() {
    let named = "GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: from-outside-1\r\nConnection: close\r\n\r\n";
    let realm = Realm::new();
    let program = realm.serve();
    assert!(!program.send(named).contains("from-outside-1"));
    drop(program);
    realm.replace("proxies = []", "proxies = [\"127.0.0.1\"]");
    let program = realm.serve();
    let answer = program.send(named);
    assert!(answer.contains("x-request-id: from-outside-1"), "{answer}");
    until("its line has that name", || {
        program.log().contains("from-outside-1")
    });
}

/// The names that the dashboard asks for.
fn asked_for() -> BTreeSet<String> {
    let text = include_str!("../../../docs/grafana-dashboard.json");
    let dashboard: Value = serde_json::from_str(text).unwrap();
    let mut names = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expression = target["expr"].as_str().unwrap();
            let words =
                expression.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            names.extend(
                words
                    .filter(|word| {
                        ["chancery_", "vault_", "process_"]
                            .iter()
                            .any(|prefix| word.starts_with(prefix))
                    })
                    .map(str::to_owned),
            );
        }
    }
    names
}

/// The names that are exported.
fn exported(figures: &str) -> BTreeSet<String> {
    figures
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(['{', ' ']).next())
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn the_figures_are_those_of_the_dashboard_and_name_nobody() {
    let realm = Realm::new();
    let link = realm.operator("operator@test.example");
    let port = free_port();
    realm.say("metrics", &format!("listen = \"127.0.0.1:{port}\""));
    let mut program = realm.serve();
    let browser = Browser::at(&program);
    let session = browser.settle(&link).await;
    let library = browser.library().await;
    let id = library.rsplit('/').next().unwrap();
    let upload = format!("{library}/upload");
    assert!(browser.upload(&upload, "Paper.txt", "a paper").await.status < 400);
    let page = browser.get(&library).await;
    let document = page.link("/documents/");
    assert_eq!(
        browser.get(&format!("{document}/content")).await.status,
        200
    );

    let figures = || {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        read(&mut stream)
    };
    until("the sealer and the follower have caught up", || {
        let figures = figures();
        figures.contains("chancery_journal_unsealed 0")
            && figures.contains("chancery_journal_sealer 1")
            && figures.contains("chancery_follower_lag{follower=\"notices\"} 0")
    });
    let figures = figures();
    assert_eq!(status(&figures), 200);
    let (asked_for, exported) = (asked_for(), exported(&figures));
    // The realm of this test does not end TLS.
    let tls = "chancery_tls_certificate_expires_seconds";
    assert!(
        asked_for.len() > 20 && asked_for.contains(tls),
        "{asked_for:?}"
    );
    let missing: Vec<_> = asked_for
        .iter()
        .filter(|name| *name != tls && !exported.contains(*name))
        .collect();
    assert!(missing.is_empty(), "{missing:?} of {exported:?}");

    let has = |line: &str| assert!(figures.contains(line), "{line}: {figures}");
    has(
        "chancery_requests_total{method=\"POST\",route=\"/libraries/{id}/upload\",status=\"2xx\"} 1",
    );
    has("chancery_request_seconds_count{method=\"GET\",route=\"/documents/{id}/content\"} 1");
    has("vault_deposits_total 1");
    has("vault_deposited_bytes_total 7");
    has("vault_read_bytes_total 7");
    has("chancery_sessions 1");
    has("chancery_ready 1");
    has("# HELP chancery_queries_total ");
    for secret in [
        id,
        &session,
        "operator@test",
        "Paper.txt",
        document.rsplit('/').next().unwrap(),
    ] {
        assert!(!figures.contains(secret), "{secret}");
    }
    // The operator's listener says how the program is; the other one has no figures.
    let ready = realm.command(&["ready"]);
    assert!(ready.0 && ready.1.contains("\"ready\":true"), "{ready:?}");
    assert_eq!(status(&program.get("/metrics")), 404);
    program.signal(rustix::process::Signal::TERM);
    assert!(program.ended().success());
    assert!(!realm.command(&["ready"]).0);
}
