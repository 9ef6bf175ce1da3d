//! How programs save: recorded from what Word, Excel, LibreOffice, editors, Windows' redirector and macOS's Finder are
//! known to send. Each ends as one document with its history, and as nothing else that anybody sees.

use crate::Scene;

#[test]
fn words_dance_on_a_mapped_drive_ends_as_one_more_version() {
    let scene = Scene::set();
    let ann = scene.ann();
    assert_eq!(ann.put("/Return.docx", "first"), 201);
    let (id, version) = ann.document("Return.docx");
    assert_eq!(version, 1);
    // Word says who has it open, and writes beside it.
    assert_eq!(ann.put("/~$Return.docx", "Ann"), 201);
    assert_eq!(ann.put("/~WRD0000.tmp", "second"), 201);
    assert_eq!(
        ann.to(
            "MOVE",
            "/Return.docx",
            "/~WRL0001.tmp",
            &[("Overwrite", "F")]
        )
        .status,
        201
    );
    // For Word it is gone; for everybody else it is where it was.
    assert_eq!(ann.get("/Return.docx").status, 404);
    assert_eq!(ann.get("/~WRL0001.tmp").body, "first");
    assert_eq!(scene.bob().get("/Return.docx").body, "first");
    assert!(!ann.list("/").contains(&"Return.docx".to_owned()));
    assert_eq!(scene.bob().list("/"), ["Return.docx"]);
    assert_eq!(
        ann.to(
            "MOVE",
            "/~WRD0000.tmp",
            "/Return.docx",
            &[("Overwrite", "F")]
        )
        .status,
        201
    );
    assert_eq!(ann.get("/Return.docx").body, "second");
    assert_eq!(ann.delete("/~WRL0001.tmp"), 204);
    assert_eq!(ann.delete("/~$Return.docx"), 204);
    assert_eq!(ann.document("Return.docx"), (id, 2));
    assert_eq!(ann.everybody_sees(), ["Return.docx"]);
    assert_eq!(ann.list("/"), ["Return.docx"]);
    assert!(ann.bin().is_empty());
    assert!(!ann.trail().contains("~W"), "{}", ann.trail());
    scene.check();
}

#[test]
fn a_document_that_is_out_of_the_way_can_come_back() {
    let scene = Scene::set();
    let ann = scene.ann();
    ann.put("/a.docx", "first");
    let (id, _) = ann.document("a.docx");
    assert_eq!(ann.to("MOVE", "/a.docx", "/~WRL0002.tmp", &[]).status, 201);
    assert_eq!(
        ann.to("MOVE", "/~WRL0002.tmp", "/a.docx", &[("Overwrite", "F")])
            .status,
        201
    );
    assert_eq!(ann.get("/a.docx").body, "first");
    assert_eq!(ann.document("a.docx"), (id.clone(), 1));
    // Under another name it is renamed after all.
    assert_eq!(ann.to("MOVE", "/a.docx", "/~WRL0003.tmp", &[]).status, 201);
    assert_eq!(
        ann.to("MOVE", "/~WRL0003.tmp", "/b.docx", &[("Overwrite", "F")])
            .status,
        201
    );
    assert_eq!(ann.document("b.docx"), (id, 1));
    assert_eq!(ann.everybody_sees(), ["b.docx"]);
    scene.check();
}

#[test]
fn excels_dance_ends_as_one_more_version() {
    let scene = Scene::set();
    let ann = scene.ann();
    ann.put("/Sums.xlsx", "first");
    let (id, _) = ann.document("Sums.xlsx");
    // Excel's file beside it has eight letters and no ending.
    assert_eq!(ann.put("/5F3A0000", "second"), 201);
    assert_eq!(
        ann.to("MOVE", "/Sums.xlsx", "/9B1C2D3E.tmp", &[("Overwrite", "F")])
            .status,
        201
    );
    assert_eq!(
        ann.to("MOVE", "/5F3A0000", "/Sums.xlsx", &[("Overwrite", "F")])
            .status,
        201
    );
    assert_eq!(ann.delete("/9B1C2D3E.tmp"), 204);
    assert_eq!(ann.document("Sums.xlsx"), (id, 2));
    assert_eq!(ann.get("/Sums.xlsx").body, "second");
    assert_eq!(ann.everybody_sees(), ["Sums.xlsx"]);
    assert!(ann.bin().is_empty());
    scene.check();
}

#[test]
fn a_temporary_file_that_takes_a_documents_place_is_its_next_version() {
    let scene = Scene::set();
    let ann = scene.ann();
    ann.put("/notes.md", "first");
    let (id, _) = ann.document("notes.md");
    assert_eq!(ann.put("/notes.md.k3j2h1", "second"), 201);
    assert_eq!(
        ann.to(
            "MOVE",
            "/notes.md.k3j2h1",
            "/notes.md",
            &[("Overwrite", "F")]
        )
        .status,
        412
    );
    assert_eq!(
        ann.to(
            "MOVE",
            "/notes.md.k3j2h1",
            "/notes.md",
            &[("Overwrite", "T")]
        )
        .status,
        204
    );
    assert_eq!(ann.document("notes.md"), (id.clone(), 2));
    assert_eq!(ann.get("/notes.md").body, "second");
    assert_eq!(ann.everybody_sees(), ["notes.md"]);
    assert!(ann.bin().is_empty());
    // An editor that keeps a backup by renaming.
    assert_eq!(ann.to("MOVE", "/notes.md", "/notes.md~", &[]).status, 201);
    assert_eq!(ann.put("/notes.md", "third"), 201);
    assert_eq!(ann.get("/notes.md~").body, "second");
    assert_eq!(ann.delete("/notes.md~"), 204);
    assert_eq!(ann.document("notes.md"), (id, 3));
    assert_eq!(ann.everybody_sees(), ["notes.md"]);
    scene.check();
}

#[test]
fn a_document_with_a_history_that_takes_anothers_place_stays_what_it_is() {
    let scene = Scene::set();
    let ann = scene.ann();
    for text in ["1", "2", "3"] {
        ann.put("/long.txt", text);
    }
    ann.put("/short.txt", "x");
    let (id, versions) = ann.document("long.txt");
    assert_eq!(versions, 3);
    assert_eq!(ann.to("MOVE", "/long.txt", "/short.txt", &[]).status, 204);
    assert_eq!(ann.document("short.txt"), (id, 3));
    assert_eq!(ann.bin(), ["short.txt"]);
    scene.check();
}

#[test]
fn what_is_deleted_and_made_anew_is_the_same_document() {
    let scene = Scene::set();
    let (ann, bob) = (scene.ann(), scene.bob());
    ann.put("/plan.txt", "first");
    let (id, _) = ann.document("plan.txt");
    assert_eq!(ann.delete("/plan.txt"), 204);
    assert_eq!(ann.put("/plan.txt", "second"), 201);
    assert_eq!(ann.document("plan.txt"), (id.clone(), 2));
    assert!(ann.bin().is_empty());
    // What somebody else deleted is theirs to bring back.
    assert_eq!(bob.delete("/plan.txt"), 204);
    assert_eq!(ann.put("/plan.txt", "third"), 201);
    assert_ne!(ann.document("plan.txt").0, id);
    assert_eq!(ann.bin(), ["plan.txt"]);
    scene.check();
}

#[test]
fn what_programs_keep_for_themselves_is_seen_by_nobody_else() {
    let scene = Scene::set();
    let (ann, bob) = (scene.ann(), scene.bob());
    let own = [
        ".~lock.a.odt%23",
        "~%24a.docx",
        ".DS_Store",
        "._a.docx",
        "Thumbs.db",
        "desktop.ini",
    ];
    for name in own {
        assert_eq!(ann.put(&format!("/{name}"), "mine"), 201, "{name}");
        assert_eq!(ann.get(&format!("/{name}")).body, "mine");
        assert_eq!(bob.get(&format!("/{name}")).status, 404, "{name}");
    }
    assert_eq!(ann.list("/").len(), own.len());
    assert!(bob.list("/").is_empty());
    assert!(ann.everybody_sees().is_empty());
    // Each has their own of the same name.
    assert_eq!(bob.put("/.DS_Store", "bob's"), 201);
    assert_eq!(ann.get("/.DS_Store").body, "mine");
    assert_eq!(bob.get("/.DS_Store").body, "bob's");
    assert!(!ann.trail().contains("DS_Store"));
    for name in own {
        assert_eq!(ann.delete(&format!("/{name}")), 204);
        assert_eq!(ann.delete(&format!("/{name}")), 404);
    }
    scene.check();
}

/// Windows' redirector (`WebClient`) saving a new document from Notepad: it asks the top of the host first, makes an
/// empty file, locks it, says its own times of it, puts the content, and unlocks it.
#[test]
fn windows_redirector_makes_a_document() {
    let scene = Scene::set();
    let ann = scene.ann();
    let agent = ("User-Agent", "Microsoft-WebDAV-MiniRedir/10.0.19045");
    let options = ann.send("OPTIONS", "/", &[agent], b"");
    assert_eq!((options.status, options.header("dav")), (200, "1, 2, 3"));
    assert_eq!(options.header("ms-author-via"), "DAV");
    let nobody = scene.with("");
    let refused = nobody.send("PROPFIND", "/dav/Papers", &[agent, ("Depth", "0")], b"");
    assert_eq!(refused.status, 401);
    assert!(
        refused
            .header("www-authenticate")
            .starts_with("Basic realm=")
    );
    assert_eq!(
        ann.send("PROPFIND", "/", &[agent, ("Depth", "0")], b"")
            .status,
        207
    );
    assert_eq!(
        ann.send(
            "PROPFIND",
            "/dav/Papers/Minutes",
            &[agent, ("Depth", "1")],
            b""
        )
        .status,
        207
    );
    assert_eq!(
        ann.ask("PROPFIND", "/New.txt", &[agent, ("Depth", "0")], "")
            .status,
        404
    );
    assert_eq!(ann.ask("PUT", "/New.txt", &[agent], "").status, 201);
    let token = ann.lock("/New.txt");
    let times = r#"<?xml version="1.0" encoding="utf-8" ?><D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop><Z:Win32CreationTime>Thu, 12 Mar 2026 09:00:00 GMT</Z:Win32CreationTime><Z:Win32LastModifiedTime>Thu, 12 Mar 2026 09:00:00 GMT</Z:Win32LastModifiedTime><Z:Win32FileAttributes>00000020</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>"#;
    let held = ("If", token.as_str());
    assert_eq!(
        ann.ask("PROPPATCH", "/New.txt", &[agent, held], times)
            .status,
        207
    );
    assert_eq!(ann.ask("HEAD", "/New.txt", &[agent], "").status, 200);
    assert_eq!(
        ann.ask("PUT", "/New.txt", &[agent, held], "written").status,
        204
    );
    assert_eq!(
        ann.ask("PROPPATCH", "/New.txt", &[agent, held], times)
            .status,
        207
    );
    assert_eq!(ann.unlock("/New.txt", &token), 204);
    let found = ann.ask("PROPFIND", "/New.txt", &[agent, ("Depth", "0")], "");
    assert!(found.body.contains("00000020"), "{}", found.body);
    assert!(
        found.body.contains("<D:getcontentlength>7<"),
        "{}",
        found.body
    );
    assert_eq!(ann.get("/New.txt").body, "written");
    assert_eq!(ann.everybody_sees(), ["New.txt"]);
    assert_eq!(ann.document("New.txt").1, 2);
    scene.check();
}

/// macOS's Finder copying a file: its own second half first and last, a lock around each, quota asked for.
#[test]
fn finder_copies_a_file() {
    let scene = Scene::set();
    let ann = scene.ann();
    let agent = (
        "User-Agent",
        "WebDAVFS/3.0.0 (03008000) Darwin/25.0.0 (arm64)",
    );
    assert_eq!(ann.ask("OPTIONS", "/", &[agent], "").status, 200);
    let asks = r#"<?xml version="1.0" encoding="utf-8"?><D:propfind xmlns:D="DAV:"><D:prop><D:getlastmodified/><D:getcontentlength/><D:creationdate/><D:resourcetype/></D:prop></D:propfind>"#;
    assert_eq!(
        ann.ask("PROPFIND", "/", &[agent, ("Depth", "0")], asks)
            .status,
        207
    );
    let quota = r#"<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:prop><D:quota-available-bytes/><D:quota-used-bytes/><D:quota/><D:quotaused/></D:prop></D:propfind>"#;
    let told = ann.ask("PROPFIND", "/", &[agent, ("Depth", "0")], quota);
    assert!(
        told.body.contains("<D:quota-used-bytes>0<"),
        "{}",
        told.body
    );
    assert!(told.body.contains("404 Not Found"), "{}", told.body);
    for name in ["._Plan.pages", "Plan.pages"] {
        let path = format!("/{name}");
        assert_eq!(
            ann.ask("PROPFIND", &path, &[agent, ("Depth", "0")], asks)
                .status,
            404
        );
        assert_eq!(ann.ask("PUT", &path, &[agent], "").status, 201);
        let token = ann.lock(&path);
        let held = ("If", token.as_str());
        let chunked = [
            agent,
            held,
            ("Transfer-Encoding", "chunked"),
            ("X-Expected-Entity-Length", "4"),
        ];
        let put = ann.ask("PUT", &path, &chunked, "4\r\nplan\r\n0\r\n\r\n");
        assert!(matches!(put.status, 201 | 204), "{put:?}");
        assert_eq!(ann.unlock(&path, &token), 204, "{name}");
        assert_eq!(ann.get(&path).body, "plan");
    }
    assert_eq!(ann.delete("/._Plan.pages"), 204);
    assert_eq!(ann.everybody_sees(), ["Plan.pages"]);
    assert!(ann.bin().is_empty());
    scene.check();
}
