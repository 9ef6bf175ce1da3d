//! Files that come piece by piece, asked of the real program: what the protocol says (tus 1.0), and that nothing
//! that was acknowledged is lost when a line breaks or the program is killed.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod program;

use std::io::Write as _;
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use program::{Answer, Browser, Program, Realm, status, until};
use sha2::Digest as _;

const PIECE: &str = "application/offset+octet-stream";

/// Somebody with a library, and the token that a form of theirs has.
struct Sender {
    realm: Realm,
    browser: Browser,
    cookie: String,
    library: String,
    form: String,
}

impl Sender {
    async fn settled() -> (Self, Program) {
        let realm = Realm::new();
        let link = realm.operator("one@test.example");
        let program = realm.serve();
        let browser = Browser::at(&program);
        let cookie = browser.settle(&link).await;
        let path = browser.library().await;
        let form = browser.get("/you").await.csrf();
        let library = path.rsplit('/').next().unwrap().to_owned();
        let sender = Self {
            realm,
            browser,
            cookie,
            library,
            form,
        };
        (sender, program)
    }

    fn metadata(&self, name: &str, more: &[(&str, &str)]) -> String {
        let pairs = [("filename", name), ("library", self.library.as_str())];
        pairs
            .iter()
            .chain(more)
            .map(|(name, value)| format!("{name} {}", STANDARD.encode(value)))
            .collect::<Vec<_>>()
            .join(",")
    }

    /// Sends with what every request of ours has.
    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let cookie = format!("chancery={}", self.cookie);
        let mut all = vec![
            ("cookie", cookie.as_str()),
            ("tus-resumable", "1.0.0"),
            ("chancery-form", self.form.as_str()),
        ];
        all.extend_from_slice(headers);
        self.browser.send(method, path, &all, body.to_vec()).await
    }

    async fn begin(&self, name: &str, size: usize) -> String {
        let headers = [
            ("upload-length", size.to_string()),
            ("upload-metadata", self.metadata(name, &[])),
        ];
        let headers = headers
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let begun = self.send("POST", "/uploads", &headers, b"").await;
        assert_eq!(begun.status, 201, "{}", begun.body);
        assert_eq!(begun.header("upload-offset"), "0");
        assert!(begun.header("upload-expires").ends_with(" GMT"));
        path_of(begun.header("location"))
    }

    async fn piece(&self, path: &str, offset: usize, bytes: &[u8]) -> Answer {
        self.checked(path, offset, bytes, &[]).await
    }

    async fn checked(
        &self,
        path: &str,
        offset: usize,
        bytes: &[u8],
        more: &[(&str, &str)],
    ) -> Answer {
        let offset = offset.to_string();
        let mut headers = vec![("content-type", PIECE), ("upload-offset", offset.as_str())];
        headers.extend_from_slice(more);
        self.send("PATCH", path, &headers, bytes).await
    }

    async fn offset(&self, path: &str) -> usize {
        let looked = self.send("HEAD", path, &[], b"").await;
        assert_eq!(looked.status, 200);
        assert_eq!(looked.header("cache-control"), "no-store");
        looked.header("upload-offset").parse().unwrap()
    }

    /// Begins to send a piece and stops in the middle of it.
    fn half(&self, program: &Program, path: &str, length: usize, sent: &[u8]) -> TcpStream {
        let mut line = program.connect();
        let head = format!(
            "PATCH {path} HTTP/1.1\r\nHost: localhost:{}\r\nCookie: chancery={}\r\nTus-Resumable: 1.0.0\r\n\
             Chancery-Form: {}\r\nContent-Type: {PIECE}\r\nUpload-Offset: 0\r\nContent-Length: {length}\r\n\r\n",
            self.realm.port(),
            self.cookie,
            self.form,
        );
        line.write_all(head.as_bytes()).unwrap();
        line.write_all(sent).unwrap();
        line
    }

    async fn content(&self, document: &str) -> String {
        let content = format!("{document}/content");
        self.send("GET", &content, &[], b"").await.body
    }
}

fn path_of(address: &str) -> String {
    let at = address.find("/uploads/").unwrap();
    address[at..].to_owned()
}

/// Waits a little: whoever polls another process cannot do better.
fn moment() {
    let mut first = true;
    until("a moment has passed", || !std::mem::take(&mut first));
}

/// Text of so many bytes, in which no two places look alike.
fn text(length: usize) -> Vec<u8> {
    let mut text: Vec<u8> = (0..=length / 8)
        .flat_map(|number| format!("{number:07}\n").into_bytes())
        .collect();
    text.truncate(length);
    text
}

#[tokio::test]
async fn the_protocol_is_spoken_as_it_is_written() {
    let (sender, _program) = Sender::settled().await;
    let options = sender
        .browser
        .send("OPTIONS", "/uploads", &[], Vec::new())
        .await;
    assert_eq!(options.status, 204);
    assert_eq!(options.header("tus-version"), "1.0.0");
    assert_eq!(
        options.header("tus-extension"),
        "creation,creation-with-upload,termination,checksum,expiration"
    );
    assert_eq!(options.header("tus-max-size"), "10737418240");
    assert!(options.header("tus-checksum-algorithm").contains("sha1"));

    // What is sent in pieces is what is there in the end.
    let content = text(100_000);
    let path = sender.begin("Pieces.txt", content.len()).await;
    assert_eq!(sender.offset(&path).await, 0);
    let first = sender.piece(&path, 0, &content[..40_000]).await;
    assert_eq!(
        (first.status, first.header("upload-offset")),
        (204, "40000")
    );
    assert_eq!(first.header("tus-resumable"), "1.0.0");

    // Who lies about where a piece begins is told where it is.
    for wrong in [0, 39_999, 40_001, 99_999_999] {
        let lied = sender.piece(&path, wrong, b"lie").await;
        assert_eq!(
            (lied.status, lied.header("upload-offset")),
            (409, "40000"),
            "{wrong}"
        );
    }
    // Who says another sum than that of what arrives is told so.
    let sum = |bytes: &[u8]| format!("sha256 {}", STANDARD.encode(sha2::Sha256::digest(bytes)));
    let other = sum(b"something else");
    let piece = &content[40_000..60_000];
    let damaged = sender
        .checked(&path, 40_000, piece, &[("upload-checksum", &other)])
        .await;
    assert_eq!(damaged.status, 460, "{}", damaged.body);
    for unknown in ["md4 YQ==", "sha1", "sha1 !!!"] {
        let refused = sender
            .checked(&path, 40_000, piece, &[("upload-checksum", unknown)])
            .await;
        assert_eq!(refused.status, 400, "{unknown}");
    }
    // More than was announced is too much.
    let more = text(60_001);
    assert_eq!(sender.piece(&path, 40_000, &more).await.status, 413);
    assert_eq!(
        sender.offset(&path).await,
        40_000,
        "nothing is lost or added"
    );
    let right = sender
        .checked(&path, 40_000, piece, &[("upload-checksum", &sum(piece))])
        .await;
    assert_eq!(right.status, 204, "{}", right.body);
    let last = sender.piece(&path, 60_000, &content[60_000..]).await;
    assert_eq!((last.status, last.header("upload-offset")), (204, "100000"));
    let document = last.header("chancery-document").to_owned();
    assert!(document.starts_with("/documents/"));
    assert_eq!(sender.content(&document).await.as_bytes(), content);
    // Asked again, after an answer that was lost, it says the same.
    let again = sender.piece(&path, 100_000, b"").await;
    assert_eq!(
        (again.status, again.header("chancery-document")),
        (204, document.as_str())
    );
    assert_eq!(sender.offset(&path).await, 100_000);
}

#[tokio::test]
async fn what_is_not_spoken_right_is_refused_by_its_status() {
    let (sender, _program) = Sender::settled().await;
    let create = async |headers: &[(&str, &str)], body: &[u8]| {
        sender.send("POST", "/uploads", headers, body).await
    };
    let named = sender.metadata("A.txt", &[]);
    let named = named.as_str();
    for (headers, expected) in [
        (&[("upload-metadata", named)][..], 400),
        (&[("upload-length", "-1"), ("upload-metadata", named)], 400),
        (&[("upload-length", "1e3"), ("upload-metadata", named)], 400),
        (
            &[("upload-defer-length", "1"), ("upload-metadata", named)],
            400,
        ),
        (&[("upload-length", "4")], 400),
        (
            &[("upload-length", "4"), ("upload-metadata", "filename !")],
            400,
        ),
        (
            &[("upload-length", "10737418241"), ("upload-metadata", named)],
            413,
        ),
    ] {
        let refused = create(headers, b"").await;
        assert_eq!(refused.status, expected, "{headers:?}: {}", refused.body);
        assert!(refused.body.contains("\"problem\""), "{}", refused.body);
    }
    let path = sender.begin("A.txt", 4).await;
    for version in ["0.2.2", "2.0.0", ""] {
        let headers = [("tus-resumable", version), ("chancery-form", &sender.form)];
        for method in ["HEAD", "PATCH", "DELETE"] {
            let other = sender
                .browser
                .send(method, &path, &headers, Vec::new())
                .await;
            assert_eq!((other.status, other.header("tus-version")), (412, "1.0.0"));
        }
    }
    // Without the token of a form nothing is taken or given up; without a session nothing is known.
    for method in ["PATCH", "DELETE"] {
        let headers = [
            ("tus-resumable", "1.0.0"),
            ("content-type", PIECE),
            ("upload-offset", "0"),
        ];
        let forged = sender
            .browser
            .send(method, &path, &headers, b"abcd".to_vec())
            .await;
        assert_eq!(forged.status, 403, "{method}");
    }
    let wrong = [("content-type", "text/plain"), ("upload-offset", "0")];
    assert_eq!(
        sender.send("PATCH", &path, &wrong, b"abcd").await.status,
        415
    );
    let unsaid = [("content-type", PIECE)];
    assert_eq!(
        sender.send("PATCH", &path, &unsaid, b"abcd").await.status,
        400
    );
    assert_eq!(sender.offset(&path).await, 0);
}

#[tokio::test]
async fn one_is_given_up_or_whole_at_once_or_its_name_is_taken() {
    let (sender, _program) = Sender::settled().await;
    let create = async |headers: &[(&str, &str)], body: &[u8]| {
        sender.send("POST", "/uploads", headers, body).await
    };
    let path = sender.begin("A.txt", 4).await;
    // One that is given up is gone.
    assert_eq!(sender.send("DELETE", &path, &[], b"").await.status, 204);
    for method in ["HEAD", "DELETE"] {
        assert_eq!(sender.send(method, &path, &[], b"").await.status, 404);
    }
    assert_eq!(sender.piece(&path, 0, b"abcd").await.status, 404);

    // What comes with the beginning counts, and nothing at all is a whole file.
    let begun = create(
        &[
            ("upload-length", "4"),
            (
                "upload-metadata",
                &sender.metadata("B.txt", &[("path", "Returns/2026")]),
            ),
            ("content-type", PIECE),
        ],
        b"abcd",
    )
    .await;
    assert_eq!(
        (begun.status, begun.header("upload-offset")),
        (201, "4"),
        "{}",
        begun.body
    );
    let document = begun.header("chancery-document");
    assert!(sender.browser.get(document).await.body.contains("Returns"));
    let empty = create(
        &[
            ("upload-length", "0"),
            ("upload-metadata", &sender.metadata("Empty.txt", &[])),
        ],
        b"",
    )
    .await;
    assert!(empty.header("chancery-document").starts_with("/documents/"));
    // A name that is taken is said before anything is sent, with the way out.
    let taken = create(
        &[
            ("upload-length", "4"),
            ("upload-metadata", &sender.metadata("empty.TXT", &[])),
        ],
        b"",
    )
    .await;
    assert_eq!(taken.status, 422);
    assert!(
        taken.body.contains("Upload it as version 2"),
        "{}",
        taken.body
    );
}

#[tokio::test]
async fn a_line_that_breaks_loses_nothing_that_had_arrived() {
    let (sender, program) = Sender::settled().await;
    let content = text(50_000);
    let path = sender.begin("Broken.txt", content.len()).await;
    drop(sender.half(&program, &path, content.len(), &content[..20_000]));
    let mut arrived = 0;
    for _ in 0..200 {
        arrived = sender.offset(&path).await;
        if arrived > 0 {
            break;
        }
        moment();
    }
    assert_eq!(arrived, 20_000);
    let last = sender.piece(&path, arrived, &content[arrived..]).await;
    assert_eq!(last.status, 204, "{}", last.body);
    let document = last.header("chancery-document").to_owned();
    assert_eq!(sender.content(&document).await.as_bytes(), content);
}

#[tokio::test]
async fn a_program_that_is_killed_in_the_middle_goes_on_where_it_stopped() {
    const ONE: usize = 8 * 1024 * 1024;
    let (mut sender, program) = Sender::settled().await;
    let content = text(3 * ONE);
    let path = sender.begin("Killed.txt", content.len()).await;
    let first = sender.piece(&path, 0, &content[..1000]).await;
    assert_eq!(first.header("upload-offset"), "1000");
    // In the middle of the second piece of its own; the first was never acknowledged to us, and may be there.
    let other = sender.begin("Half.txt", content.len()).await;
    let line = sender.half(&program, &other, content.len(), &content[..ONE + ONE / 2]);
    let mut there = 0;
    for _ in 0..600 {
        there = sender.offset(&other).await;
        if there > 0 {
            break;
        }
        moment();
    }
    assert_eq!(
        there, ONE,
        "a long piece is on the disk in pieces of its own"
    );
    program.signal(rustix::process::Signal::KILL);
    drop(program);
    drop(line);

    let program = sender.realm.serve();
    sender.browser = Browser::at(&program);
    assert_eq!(
        sender.offset(&path).await,
        1000,
        "what was acknowledged is there"
    );
    assert_eq!(sender.offset(&other).await, ONE);
    for (path, from) in [(&path, 1000), (&other, ONE)] {
        let last = sender.piece(path, from, &content[from..]).await;
        assert_eq!(last.status, 204, "{}", last.body);
        let document = last.header("chancery-document").to_owned();
        assert!(
            sender.content(&document).await.as_bytes() == content,
            "{path}"
        );
    }
    assert_eq!(status(&program.get("/healthz")), 200);
}
