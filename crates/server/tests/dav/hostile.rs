//! What strangers, mistakes and broken programs send: a clear status, nothing lost, nothing held that has no bound.

use std::fmt::Write as _;

use crate::Scene;
use crate::people::LIBRARY;

#[test]
fn addresses_that_climb_or_can_be_read_in_two_ways_are_refused() {
    let scene = Scene::set();
    let ann = scene.ann();
    for path in [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc",
        "/a%2Fb.txt",
        "/a%5cb.txt",
        "/a\\b.txt",
        "/a%00.txt",
        "/a%0d%0aX: y",
        "/%c0%ae%c0%ae/x",
        "/%",
        "/%zz",
        "/CON",
        "/a.",
        "/a%20",
        "/a%3Ab.txt",
        "/%e2%80%aegnp.exe",
    ] {
        let put = ann.ask("PUT", path, &[], "x");
        assert!(matches!(put.status, 400), "{path}: {put:?}");
        let to = ann.to("MOVE", "/nothing.txt", path, &[]);
        assert!(matches!(to.status, 400 | 404), "{path}: {to:?}");
    }
    let long = format!("/{}", "a".repeat(300));
    assert_eq!(ann.ask("PUT", &long, &[], "x").status, 400);
    let deep = format!("/{}", "a/".repeat(100));
    assert_eq!(ann.ask("PUT", &deep, &[], "x").status, 400);
    let beyond = format!("/{}", "a".repeat(9000));
    assert_eq!(ann.ask("PUT", &beyond, &[], "x").status, 414);
    assert!(ann.everybody_sees().is_empty());
    for destination in [
        "http://elsewhere.example/dav/Papers/Minutes/b",
        "/api/v1/me",
        "ftp://localhost/dav/x",
    ] {
        ann.put("/a.txt", "a");
        let moved = ann.ask("MOVE", "/a.txt", &[("Destination", destination)], "");
        assert_eq!(moved.status, 502, "{destination}");
    }
    assert_eq!(ann.ask("MOVE", "/a.txt", &[], "").status, 400);
    // The upper levels are changed on their pages.
    for (method, path) in [
        ("MKCOL", "/dav/New"),
        ("DELETE", "/dav/Papers"),
        ("PUT", "/dav/Papers/x"),
        ("DELETE", LIBRARY),
        ("PROPPATCH", "/dav/Papers"),
    ] {
        let told = ann.send(
            method,
            path,
            &[],
            if method == "PROPPATCH" {
                SET.as_bytes()
            } else {
                b""
            },
        );
        assert!(
            matches!(told.status, 403..=405),
            "{method} {path}: {told:?}"
        );
    }
}

const SET: &str =
    "<propertyupdate xmlns='DAV:'><set><prop><x xmlns='urn:x'>1</x></prop></set></propertyupdate>";

#[test]
fn names_that_look_alike_are_one_document() {
    let scene = Scene::set();
    let ann = scene.ann();
    // é as one letter, as two, and as a capital.
    assert_eq!(ann.put("/Caf%C3%A9.txt", "one"), 201);
    assert_eq!(ann.put("/Cafe%CC%81.txt", "two"), 204);
    assert_eq!(ann.put("/CAF%C3%89.TXT", "three"), 204);
    assert_eq!(ann.everybody_sees(), ["Café.txt"]);
    assert_eq!(ann.get("/cafe%CC%81.txt").body, "three");
    assert_eq!(ann.ask("MKCOL", "/caf%C3%A9.txt", &[], "").status, 405);
    assert_eq!(
        ann.to("COPY", "/Caf%C3%A9.txt", "/CAFE%CC%81.txt", &[])
            .status,
        403
    );
    // Another spelling of its own name is given by renaming.
    assert_eq!(
        ann.to("MOVE", "/Caf%C3%A9.txt", "/CAFE%CC%81.txt", &[])
            .status,
        204
    );
    assert_eq!(ann.everybody_sees(), ["CAFÉ.txt"]);
    scene.check();
}

#[test]
fn bodies_that_grow_fetch_or_never_end_are_refused() {
    let scene = Scene::set();
    let ann = scene.ann();
    ann.put("/a.txt", "a");
    let bomb = "<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><propfind xmlns='DAV:'><prop><x>&c;</x></prop></propfind>";
    let fetch = "<?xml version='1.0'?><!DOCTYPE l SYSTEM 'file:///etc/passwd'><propfind xmlns='DAV:'><allprop/></propfind>";
    let entity = "<!DOCTYPE l [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><lockinfo xmlns='DAV:'><lockscope><exclusive/></lockscope><locktype><write/></locktype><owner>&x;</owner></lockinfo>";
    let deep = format!(
        "<propfind xmlns='DAV:'>{}{}</propfind>",
        "<a>".repeat(5000),
        "</a>".repeat(5000)
    );
    for body in [bomb, fetch, entity, &deep, "<propfind", "nonsense", "<x/>"] {
        for method in ["PROPFIND", "PROPPATCH", "LOCK"] {
            let told = ann.ask(method, "/a.txt", &[("Depth", "0")], body);
            assert_eq!(told.status, 400, "{method} {body:.60}: {told:?}");
        }
    }
    let large = format!(
        "<propfind xmlns='DAV:'><!--{}--><allprop/></propfind>",
        "x".repeat(70_000)
    );
    for method in ["PROPFIND", "PROPPATCH", "LOCK"] {
        assert_eq!(
            ann.ask(method, "/a.txt", &[("Depth", "0")], &large).status,
            413
        );
    }
    for path in ["/dav/", "/dav/Papers/", "/dav/Papers/Minutes/"] {
        for headers in [&[("Depth", "infinity")][..], &[]] {
            let told = ann.send("PROPFIND", path, headers, b"");
            assert_eq!(told.status, 403, "{path}");
            assert!(told.body.contains("propfind-finite-depth"), "{}", told.body);
        }
    }
    // What is said of a thing has a bound, and is said wholly or not at all.
    let long = SET.replace('1', &"y".repeat(60_000));
    assert_eq!(ann.ask("PROPPATCH", "/a.txt", &[], &long).status, 207);
    let second = long.replace("<x xmlns", "<z xmlns").replace("</x>", "</z>");
    assert_eq!(ann.ask("PROPPATCH", "/a.txt", &[], &second).status, 507);
    let mixed = "<propertyupdate xmlns='DAV:'><set><prop><q xmlns='urn:x'>1</q><getetag>x</getetag></prop></set></propertyupdate>";
    let told = ann.ask("PROPPATCH", "/a.txt", &[], mixed);
    assert!(
        told.body.contains("403 Forbidden") && told.body.contains("424 Failed"),
        "{}",
        told.body
    );
    assert!(
        !ann.ask("PROPFIND", "/a.txt", &[("Depth", "0")], "")
            .body
            .contains("<q ")
    );
    scene.check();
}

#[test]
fn lengths_that_lie_leave_nothing() {
    let scene = Scene::set();
    let ann = scene.ann();
    let short = ann.ask("PUT", "/a.txt", &[("Content-Length", "100")], "only this");
    assert!(matches!(short.status, 0 | 400), "{short:?}");
    let chunked = [
        ("Transfer-Encoding", "chunked"),
        ("X-Expected-Entity-Length", "100"),
    ];
    assert_eq!(
        ann.ask("PUT", "/a.txt", &chunked, "4\r\nfour\r\n0\r\n\r\n")
            .status,
        400
    );
    let cut = ann.ask(
        "PUT",
        "/a.txt",
        &[("Transfer-Encoding", "chunked")],
        "4\r\nfo",
    );
    assert!(matches!(cut.status, 0 | 400), "{cut:?}");
    assert_eq!(
        ann.ask("PUT", "/a.txt", &[("OC-Total-Length", "9")], "four")
            .status,
        400
    );
    assert_eq!(
        ann.ask(
            "PUT",
            "/a.txt",
            &[("Content-Range", "bytes 0-3/10")],
            "four"
        )
        .status,
        400
    );
    assert_eq!(ann.get("/a.txt").status, 404);
    assert!(ann.everybody_sees().is_empty());
    scene.check();
}

#[test]
fn conditions_are_weighed_with_the_change() {
    let scene = Scene::set();
    let ann = scene.ann();
    assert_eq!(
        ann.ask("PUT", "/a.txt", &[("If-Match", "*")], "x").status,
        412
    );
    assert_eq!(
        ann.ask("PUT", "/a.txt", &[("If-None-Match", "*")], "a")
            .status,
        201
    );
    assert_eq!(
        ann.ask("PUT", "/a.txt", &[("If-None-Match", "*")], "b")
            .status,
        412
    );
    let tag = ann.get("/a.txt").header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 8, "{tag}");
    assert_eq!(
        ann.ask("GET", "/a.txt", &[("If-None-Match", &tag)], "")
            .status,
        304
    );
    assert_eq!(
        ann.ask("PUT", "/a.txt", &[("If-Match", "\"other\"")], "b")
            .status,
        412
    );
    assert_eq!(
        ann.ask("PUT", "/a.txt", &[("If", &format!("([{tag}])"))], "b")
            .status,
        204
    );
    assert_eq!(
        ann.ask("PUT", "/a.txt", &[("If-Match", &tag)], "c").status,
        412
    );
    assert_eq!(
        ann.ask(
            "PUT",
            "/a.txt",
            &[("If", &format!("([{tag}]) (Not [{tag}])"))],
            "c"
        )
        .status,
        204
    );
    assert_eq!(
        ann.ask("DELETE", "/a.txt", &[("If-Match", &tag)], "")
            .status,
        412
    );
    assert_eq!(
        ann.ask(
            "MOVE",
            "/a.txt",
            &[
                ("Destination", "/dav/Papers/Minutes/b.txt"),
                ("If", "(<urn:uuid:forged>)")
            ],
            ""
        )
        .status,
        412
    );
    let part = ann.ask("GET", "/a.txt", &[("Range", "bytes=0-0")], "");
    assert_eq!((part.status, part.body.as_str()), (206, "c"));
    assert_eq!(
        ann.ask("GET", "/a.txt", &[("Range", "bytes=5-")], "")
            .status,
        416
    );
    let modified = ann.get("/a.txt").header("last-modified").to_owned();
    assert_eq!(
        ann.ask("GET", "/a.txt", &[("If-Modified-Since", &modified)], "")
            .status,
        304
    );
    scene.check();
}

/// Whoever takes locks without end is told where the end is, and nobody else is the slower for it.
#[test]
fn ten_thousand_locks_are_more_than_anybody_gets() {
    let scene = Scene::set();
    let ann = scene.ann();
    ann.put("/a.txt", "a");
    // On one thing there are few, and on all things together not many.
    for _ in 0..16 {
        assert_eq!(ann.lock_as("/a.txt", "shared", "0").status, 200);
    }
    assert_eq!(ann.lock_as("/a.txt", "shared", "0").status, 507);
    let mut taken = 16;
    let mut last = 0;
    for number in 0..1_100 {
        let name = format!("/{}.txt", number / 16);
        if number % 16 == 0 {
            assert_eq!(ann.put(&name, "a"), 201);
        }
        let told = ann.lock_as(&name, "shared", "0");
        last = told.status;
        if told.status != 200 {
            break;
        }
        taken += 1;
    }
    assert_eq!((taken, last), (1_000, 507));
    let bob = scene.bob();
    assert_eq!(bob.put("/b.txt", "b"), 201);
    let found = bob.ask("PROPFIND", "/", &[("Depth", "1")], "");
    assert_eq!(found.status, 207);
    for token in [
        "",
        "<>",
        "<urn:uuid:00000000-0000-4000-8000-000000000000>",
        "<opaquelocktoken:x>",
        "nonsense",
    ] {
        let told = ann.ask("UNLOCK", "/a.txt", &[("Lock-Token", token)], "");
        assert!(matches!(told.status, 400 | 409), "{token}: {told:?}");
        let condition = format!("({token})");
        let told = ann.ask("PUT", "/a.txt", &[("If", &condition)], "x");
        assert!(matches!(told.status, 400 | 423), "{token}: {told:?}");
    }
    let mut lists = String::new();
    for number in 0..500 {
        let _ = write!(lists, "(<urn:uuid:{number}>)");
    }
    assert_eq!(ann.ask("PUT", "/b.txt", &[("If", &lists)], "x").status, 400);
}

#[test]
fn a_password_that_is_a_persons_own_opens_nothing() {
    let scene = Scene::set();
    let nobody = scene.with("");
    for (method, status) in [
        ("OPTIONS", 200),
        ("GET", 401),
        ("PUT", 401),
        ("PROPFIND", 401),
        ("LOCK", 401),
        ("BREW", 401),
    ] {
        assert_eq!(
            nobody.ask(method, "/a.txt", &[], "").status,
            status,
            "{method}"
        );
    }
    assert_eq!(
        scene.with("correct horse battery").get("/a.txt").status,
        401
    );
    assert_eq!(scene.ann().ask("BREW", "/a.txt", &[], "").status, 405);
    assert_eq!(scene.ann().ask("POST", "/a.txt", &[], "").status, 405);
}
