//! A lock is a check-out: what is put under it is nobody else's until it is given back, as one version.

use crate::Scene;

#[test]
fn twenty_saves_under_a_lock_are_one_version() {
    let scene = Scene::set();
    let (ann, bob) = (scene.ann(), scene.bob());
    ann.put("/Letter.odt", "before");
    let before = bob.get("/Letter.odt").header("etag").to_owned();
    let token = ann.lock("/Letter.odt");
    for save in 1..=20 {
        let saved = ann.ask(
            "PUT",
            "/Letter.odt",
            &[("If", &token)],
            &format!("save {save}"),
        );
        assert_eq!(saved.status, 204, "{saved:?}");
        assert_ne!(saved.header("etag"), before);
    }
    // Whoever holds it sees their work, and everybody else what was published.
    assert_eq!(ann.get("/Letter.odt").body, "save 20");
    assert_eq!(bob.get("/Letter.odt").body, "before");
    assert_eq!(bob.get("/Letter.odt").header("etag"), before);
    let held = ann.json("/me/held");
    assert_eq!(held["items"].as_array().unwrap().len(), 1);
    // Nobody else writes, nor moves it away, nor deletes it, by any door.
    assert_eq!(bob.put("/Letter.odt", "mine"), 423);
    assert_eq!(bob.lock_as("/Letter.odt", "exclusive", "0").status, 423);
    assert_eq!(bob.delete("/Letter.odt"), 423);
    assert_eq!(bob.to("MOVE", "/Letter.odt", "/b.odt", &[]).status, 423);
    let (id, version) = ann.document("Letter.odt");
    assert_eq!(version, 1);
    let by_api = bob.api("POST", &format!("/documents/{id}/check-out"), None);
    assert_eq!(by_api.status, 409, "{}", by_api.body);
    // Nor oneself without saying that one holds it.
    assert_eq!(ann.put("/Letter.odt", "forgot"), 423);
    assert_eq!(ann.unlock("/Letter.odt", &token), 204);
    assert_eq!(bob.get("/Letter.odt").body, "save 20");
    assert_eq!(ann.document("Letter.odt"), (id, 2));
    assert_eq!(ann.unlock("/Letter.odt", &token), 409);
    // The next one may.
    assert_eq!(bob.put("/Letter.odt", "bob's"), 204);
    scene.check();
}

#[test]
fn a_lock_that_is_given_back_unused_leaves_no_version() {
    let scene = Scene::set();
    let ann = scene.ann();
    ann.put("/a.txt", "a");
    let token = ann.lock("/a.txt");
    let refreshed = ann.ask(
        "LOCK",
        "/a.txt",
        &[("If", &token), ("Timeout", "Second-600")],
        "",
    );
    assert_eq!(refreshed.status, 200, "{refreshed:?}");
    assert!(refreshed.body.contains("Second-600"), "{}", refreshed.body);
    assert_eq!(
        ann.ask("LOCK", "/a.txt", &[("If", "(<urn:uuid:none>)")], "")
            .status,
        412
    );
    assert_eq!(ann.unlock("/a.txt", &token), 204);
    assert_eq!(ann.document("a.txt").1, 1);
    // The same content once more is no version either.
    assert_eq!(ann.put("/a.txt", "a"), 204);
    assert_eq!(ann.document("a.txt").1, 1);
    scene.check();
}

#[test]
fn a_check_out_by_page_stands_whatever_programs_do() {
    let scene = Scene::set();
    let (ann, bob) = (scene.ann(), scene.bob());
    ann.put("/a.txt", "a");
    let (id, _) = ann.document("a.txt");
    assert_eq!(
        ann.api("POST", &format!("/documents/{id}/check-out"), None)
            .status,
        200
    );
    assert_eq!(bob.put("/a.txt", "b"), 423);
    assert_eq!(bob.lock_as("/a.txt", "exclusive", "0").status, 423);
    // What one puts on one's own check-out is work on it.
    assert_eq!(ann.put("/a.txt", "work"), 204);
    assert_eq!(ann.get("/a.txt").body, "work");
    assert_eq!(bob.get("/a.txt").body, "a");
    let token = ann.lock("/a.txt");
    assert_eq!(
        ann.ask("PUT", "/a.txt", &[("If", &token)], "more").status,
        204
    );
    assert_eq!(ann.unlock("/a.txt", &token), 204);
    assert_eq!(ann.document("a.txt").1, 1);
    assert_eq!(ann.json("/me/held")["items"].as_array().unwrap().len(), 1);
    let in_again = ann.api(
        "POST",
        &format!("/documents/{id}/check-in?draft=true"),
        None,
    );
    assert_eq!(in_again.status, 200, "{}", in_again.body);
    assert_eq!(bob.get("/a.txt").body, "more");
    scene.check();
}

#[test]
fn shared_locks_folders_and_names_that_are_free() {
    let scene = Scene::set();
    let (ann, bob) = (scene.ann(), scene.bob());
    ann.put("/a.txt", "a");
    let hers = ann.lock_as("/a.txt", "shared", "0");
    let his = bob.lock_as("/a.txt", "shared", "0");
    assert_eq!((hers.status, his.status), (200, 200), "{his:?}");
    assert_eq!(ann.lock_as("/a.txt", "exclusive", "0").status, 423);
    let hers = format!("({})", hers.header("lock-token"));
    assert_eq!(ann.put("/a.txt", "without"), 423);
    assert_eq!(
        ann.ask("PUT", "/a.txt", &[("If", &hers)], "with").status,
        204
    );
    // Nobody learns, or uses, the token of somebody else.
    let found = bob.ask("PROPFIND", "/a.txt", &[("Depth", "0")], "");
    assert_eq!(
        found.body.matches("<D:activelock>").count(),
        2,
        "{}",
        found.body
    );
    assert_eq!(
        found.body.matches("<D:locktoken>").count(),
        1,
        "{}",
        found.body
    );
    assert_eq!(
        bob.ask("PUT", "/a.txt", &[("If", &hers)], "stolen").status,
        423
    );
    assert_eq!(bob.unlock("/a.txt", &hers), 403);

    assert_eq!(ann.ask("MKCOL", "/f", &[], "").status, 201);
    let folder = ann.lock_as("/f", "exclusive", "infinity");
    assert_eq!(folder.status, 200, "{folder:?}");
    let token = format!("({})", folder.header("lock-token"));
    assert_eq!(bob.put("/f/x.txt", "x"), 423);
    assert_eq!(ann.put("/f/x.txt", "x"), 423);
    assert_eq!(
        ann.ask(
            "PUT",
            "/f/x.txt",
            &[("If", &format!("</dav/Papers/Minutes/f> {token}"))],
            "x"
        )
        .status,
        201
    );
    assert_eq!(bob.to("COPY", "/a.txt", "/f/y.txt", &[]).status, 423);
    assert_eq!(bob.delete("/f"), 423);
    let inside = bob.ask("PROPFIND", "/f/x.txt", &[("Depth", "0")], "");
    assert!(
        inside
            .body
            .contains("/dav/Papers/Minutes/f/</D:href></D:lockroot>"),
        "{}",
        inside.body
    );
    assert_eq!(ann.unlock("/f/x.txt", &token), 204);
    assert_eq!(bob.put("/f/x.txt", "bob's"), 204);

    let new = ann.lock_as("/new.txt", "exclusive", "0");
    assert_eq!(new.status, 201, "{new:?}");
    assert_eq!(bob.get("/new.txt").body, "");
    assert_eq!(bob.put("/new.txt", "taken"), 423);
    let token = format!("({})", new.header("lock-token"));
    assert_eq!(
        ann.ask("PUT", "/new.txt", &[("If", &token)], "filled")
            .status,
        204
    );
    assert_eq!(
        ann.to("MOVE", "/new.txt", "/moved.txt", &[("If", &token)])
            .status,
        201
    );
    // What was put under a lock that stays behind is not lost.
    assert_eq!(bob.get("/moved.txt").body, "filled");
    assert_eq!(bob.put("/moved.txt", "free"), 204);
    scene.check();
}
