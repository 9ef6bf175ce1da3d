//! What strangers, slow clients and mistakes cost at most, asked of the real program over raw sockets.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod program;

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::TcpStream;

use program::{Browser, Program, Realm, read, status, until};

#[test]
fn slow_heads_and_idle_connections_are_let_go() {
    let realm = Realm::new();
    realm.say("limits", "head_seconds = 1\nkeep_alive_seconds = 1");
    let program = realm.serve();
    let mut slow = program.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: loc").unwrap();
    let mut silent = program.connect();
    let mut idle = program.connect();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    let answer = read(&mut slow);
    assert_eq!(status(&answer), 408, "{answer}");
    assert!(answer.contains("Try again"), "{answer}");
    read(&mut silent);
    assert!(read(&mut idle).ends_with("alive\n"));
    // A second request whose head never ends, on a connection that had a good one.
    let mut again = program.connect();
    again
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /heal")
        .unwrap();
    let answers = read(&mut again);
    assert!(answers.contains("alive\n"), "{answers}");
}

#[test]
fn slow_bodies_are_let_go_and_told() {
    let realm = Realm::new();
    realm.say(
        "limits",
        "stall_seconds = 1\nslowest_bytes_per_second = 1024",
    );
    let program = realm.serve();
    let head = "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n";
    let mut silent = program.connect();
    silent.write_all(head.as_bytes()).unwrap();
    silent.write_all(b"email=").unwrap();
    // A byte now and then is no better.
    let trickle = {
        let mut trickle = program.connect();
        trickle.write_all(head.as_bytes()).unwrap();
        std::thread::spawn(move || {
            let mut answer = String::new();
            program::until("the trickle is let go", || {
                let _ = trickle.write_all(b"x");
                trickle
                    .set_read_timeout(Some(std::time::Duration::from_millis(20)))
                    .unwrap();
                answer.push_str(&read(&mut trickle));
                !answer.is_empty()
            });
            answer
        })
    };
    for answer in [read(&mut silent), trickle.join().unwrap()] {
        assert_eq!(status(&answer), 408, "{answer}");
        assert!(answer.contains("Try again"), "{answer}");
    }
    assert_eq!(status(&program.get("/sign-in")), 200);
}

#[test]
fn heads_that_are_too_large_are_refused() {
    let realm = Realm::new();
    let program = realm.serve();
    let with = |headers: &str| {
        program.send(&format!(
            "GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n"
        ))
    };
    let mut many = String::new();
    for number in 0..10_000 {
        let _ = write!(many, "X-{number}: 1\r\n");
    }
    assert_eq!(status(&with(&many)), 431);
    assert_eq!(
        status(&with(&format!("X: {}\r\n", "x".repeat(1024 * 1024)))),
        431
    );
    let long = status(&program.get(&format!("/{}", "x".repeat(100_000))));
    assert!(matches!(long, 414 | 431), "{long}");
    assert_eq!(status(&with("X: y\r\n")), 200);
}

#[test]
fn one_address_has_so_many_connections_and_no_more() {
    let realm = Realm::new();
    realm.say("limits", "connections_per_address = 40");
    let program = realm.serve();
    let mut all: Vec<_> = (0..500).map(|_| program.connect()).collect();
    let turned_away = all
        .split_off(40)
        .into_iter()
        .filter_map(|mut stream| {
            let answer = read(&mut stream);
            (!answer.is_empty()).then_some(answer)
        })
        .collect::<Vec<_>>();
    assert_eq!(turned_away.len(), 460);
    for answer in &turned_away {
        assert_eq!(status(answer), 429, "{answer}");
        assert!(answer.contains("Retry-After: 5"), "{answer}");
    }
    // Those inside are served, and a place that is given back is used again.
    let mut inside = all.pop().unwrap();
    inside
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    assert_eq!(status(&read(&mut inside)), 200);
    program::until("a place is given back", || {
        status(&program.get("/healthz")) == 200
    });
}

/// A request that stays under way: its body does not come.
fn hold(program: &Program, path: &str, cookie: &str) -> TcpStream {
    let mut stream = program.connect();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: chancery={cookie}\r\nContent-Length: 100\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\ncsrf="
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn with_cookie(program: &Program, path: &str, cookie: &str) -> String {
    program.send(&format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: chancery={cookie}\r\nConnection: close\r\n\r\n"
    ))
}

fn told_to_wait(answer: &str, why: &str) {
    assert_eq!(status(answer), 429, "{answer}");
    assert!(answer.contains("retry-after: "), "{answer}");
    assert!(answer.contains(why), "{answer}");
}

#[tokio::test]
async fn one_person_has_so_many_requests_and_uploads_under_way() {
    let realm = Realm::new();
    realm.say(
        "limits",
        "requests_per_person = 3\nuploads_per_person = 1\nrequests_per_address = 4",
    );
    let link = realm.operator("one@test.example");
    let other = realm.operator("other@test.example");
    let program = realm.serve();
    let one = Browser::at(&program);
    let cookie = one.settle(&link).await;
    let others = Browser::at(&program).settle(&other).await;
    let library = one.library().await;

    // A request that is just over may still be counted, and turn one of these away: another is sent then.
    // Each counts for the address until it is known whose it is, so that this may be full for a moment.
    let why = "as many requests under way as one person may have";
    let mut all = vec![hold(&program, "/you/password", &cookie)];
    let mut answer = String::new();
    until("one person has too much under way", || {
        all.push(hold(&program, "/you/password", &cookie));
        answer = with_cookie(&program, "/you", &cookie);
        answer.contains(why)
    });
    told_to_wait(&answer, why);
    assert!(answer.contains("<h1"), "{answer}");
    until("others go on", || {
        status(&with_cookie(&program, "/you", &others)) == 200
    });
    drop(all);
    until("their requests are over", || {
        status(&with_cookie(&program, "/you", &cookie)) == 200
    });

    // An upload that stands still, and another.
    let upload = format!("{library}/upload");
    let csrf = one.get(&upload).await.csrf();
    let mut standing = program.connect();
    let form = format!(
        "--X\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Standing.txt\"\r\n\r\nfirst"
    );
    let head = format!(
        "POST {upload} HTTP/1.1\r\nHost: localhost\r\nCookie: chancery={cookie}\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: 100000\r\n\r\n{form}"
    );
    standing.write_all(head.as_bytes()).unwrap();
    let mut answer = one.upload(&upload, "First.txt", "content").await;
    for number in 0..200 {
        if answer.body.contains("uploads under way") {
            break;
        }
        answer = one
            .upload(&upload, &format!("Other {number}.txt"), "content")
            .await;
    }
    assert_eq!(answer.status, 429, "{}", answer.body);
    assert!(answer.body.contains("uploads under way"), "{}", answer.body);
    assert!(!answer.header("retry-after").is_empty());

    // Strangers of one address, and a program among them.
    let mut strangers = Vec::new();
    until("the address has too much under way", || {
        strangers.push(hold(&program, "/sign-in", ""));
        status(&program.get("/sign-in")) == 429
    });
    told_to_wait(&program.get("/sign-in"), "From your network address");
    let answer = program.get("/api/v1/me");
    told_to_wait(&answer, "urn:chancery:problem:busy");
    assert!(answer.contains("application/problem+json"), "{answer}");
    assert_eq!(status(&program.get("/readyz")), 200);
    drop(strangers);
    until("the strangers are gone", || {
        status(&program.get("/sign-in")) == 200
    });
}

#[test]
fn links_that_lead_nowhere_are_followed_so_often() {
    let realm = Realm::new();
    realm.replace("proxies = []", "proxies = [\"127.0.0.1\"]");
    let program = realm.serve();
    let from = |address: &str| {
        program.send(&format!(
            "GET /welcome/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\nConnection: close\r\n\r\n"
        ))
    };
    for _ in 0..20 {
        assert_eq!(status(&from("203.0.113.5")), 404);
    }
    told_to_wait(&from("203.0.113.5"), "Too many attempts");
    // Claiming to be somebody else does not help; being somebody else does.
    told_to_wait(&from("192.0.2.77, 203.0.113.5"), "Too many attempts");
    assert_eq!(status(&from("203.0.113.6")), 404);
    drop(program);

    // Without a proxy of ours the header is worth nothing.
    realm.replace("proxies = [\"127.0.0.1\"]", "proxies = []");
    let program = realm.serve();
    for number in 0..20 {
        let answer = program.send(&format!(
            "GET /welcome/nothing HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.{number}\r\nConnection: close\r\n\r\n"
        ));
        assert_eq!(status(&answer), 404, "{answer}");
    }
    told_to_wait(&program.get("/welcome/nothing"), "Too many attempts");
}

#[tokio::test]
async fn passwords_are_tried_so_often() {
    let realm = Realm::new();
    let program = realm.serve();
    let browser = Browser::at(&program);
    let attempt = [
        ("email", "nobody@test.example"),
        ("password", "not the one"),
    ];
    for _ in 0..5 {
        assert_eq!(
            browser.post("/sign-in", "/sign-in", &attempt).await.status,
            422
        );
    }
    let answer = browser.post("/sign-in", "/sign-in", &attempt).await;
    assert_eq!(answer.status, 429);
    assert!(!answer.header("retry-after").is_empty());
    assert!(answer.body.contains("Try again after"), "{}", answer.body);
}

#[tokio::test]
async fn forms_addresses_and_searches_have_a_size() {
    let realm = Realm::new();
    realm.say(
        "limits",
        "form_kilobytes = 64\nform_fields = 20\nform_files = 3",
    );
    let link = realm.operator("one@test.example");
    let program = realm.serve();
    let browser = Browser::at(&program);
    browser.settle(&link).await;
    let library = browser.library().await;

    let long = "x".repeat(70 * 1024);
    let answer = browser
        .post("/you", "/you/details", &[("name", long.as_str())])
        .await;
    assert_eq!(answer.status, 413);
    assert!(answer.body.contains("At most 65 KB"), "{}", answer.body);
    let many = [("item", "1"); 30];
    let answer = browser.post("/you", "/you/details", &many).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("At most 20 things"), "{}", answer.body);

    let upload = format!("{library}/upload");
    let csrf = browser.get(&upload).await.csrf();
    let answer = browser
        .upload_all(&upload, &csrf, &["1.txt", "2.txt", "3.txt", "4.txt"])
        .await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    assert!(answer.body.contains("At most 3 files"), "{}", answer.body);
    let listing = browser.get(&library).await.body;
    assert!(
        listing.contains("3.txt") && !listing.contains("4.txt"),
        "{listing}"
    );

    let answer = browser
        .get(&format!("{library}?find={}", "x".repeat(300)))
        .await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("at most 256 characters"),
        "{}",
        answer.body
    );
    let answer = browser
        .get(&format!("/people?find={}", "x".repeat(9000)))
        .await;
    assert_eq!(answer.status, 414);
    assert!(answer.body.contains("too long"), "{}", answer.body);
}
