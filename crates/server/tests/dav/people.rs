//! A realm with a library and two people who work in it, each with a secret for their file programs. What they send
//! goes over the wire as it is written here: no library makes an odd address look right.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};

use serde_json::{Value, json};

use crate::program::{Program, Realm};

/// Where the library is.
pub(crate) const LIBRARY: &str = "/dav/Papers/Minutes";

pub(crate) struct Scene {
    pub(crate) realm: Realm,
    pub(crate) program: Program,
    pub(crate) library: String,
    pub(crate) site: String,
    ann: String,
    bob: String,
    /// With which Ann's scripts make what is not made by file programs.
    token: String,
}

/// Somebody with a file program.
#[derive(Clone, Copy)]
pub(crate) struct Who<'a> {
    scene: &'a Scene,
    secret: &'a str,
}

/// What they were told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Told {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value.trim())
    }
}

/// A token, or an app password: it is alone on its line.
fn secret(realm: &Realm, email: &str, what: &str, may: &str) -> String {
    let words = [
        "person", what, "--email", email, "--name", "Files", "--may", may,
    ];
    let (right, said) = realm.command(&words);
    assert!(right, "{said}");
    let alone = |line: &&str| line.len() > 20 && !line.contains(' ');
    said.lines().map(str::trim).find(alone).unwrap().to_owned()
}

impl Scene {
    pub(crate) fn set() -> Self {
        Self::on("sqlite:realm.db")
    }

    /// On another database.
    pub(crate) fn on(database: &str) -> Self {
        let realm = Realm::on(database);
        for (email, name) in [
            ("ann@test.example", "Ann Archer"),
            ("bob@test.example", "Bob Baker"),
        ] {
            let words = [
                "person",
                "add",
                "--operator",
                "--organisation",
                "Testers",
                "--name",
                name,
                "--email",
                email,
            ];
            let (right, said) = realm.command(&words);
            assert!(right, "{said}");
        }
        let (ann, bob) = (
            secret(&realm, "ann@test.example", "app-password", "contribute"),
            secret(&realm, "bob@test.example", "app-password", "contribute"),
        );
        let token = secret(&realm, "ann@test.example", "token", "everything");
        let program = realm.serve();
        let mut scene = Self {
            realm,
            program,
            library: String::new(),
            site: String::new(),
            ann,
            bob,
            token,
        };
        let ann = scene.ann();
        let site = ann.made(
            "/sites",
            &json!({"name": "Papers", "kind": "project", "purpose": ""}),
        );
        let library = ann.made(
            &format!("/sites/{site}/libraries"),
            &json!({"name": "Minutes", "purpose": "", "inherits": true}),
        );
        let everybody = json!({"changes": [{"what": "give", "to": {"kind": "everyone"}, "role": "contributor"}], "why": ""});
        let given = ann.api(
            "POST",
            &format!("/sites/{site}/access/change"),
            Some(&everybody),
        );
        assert_eq!(given.status, 204, "{}", given.body);
        scene.site = site;
        scene.library = library;
        scene
    }

    pub(crate) fn ann(&self) -> Who<'_> {
        Who {
            scene: self,
            secret: &self.ann,
        }
    }

    pub(crate) fn bob(&self) -> Who<'_> {
        Who {
            scene: self,
            secret: &self.bob,
        }
    }

    /// With another secret.
    pub(crate) fn with<'a>(&'a self, secret: &'a str) -> Who<'a> {
        Who {
            scene: self,
            secret,
        }
    }

    /// Where the library is, for other programs.
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}{LIBRARY}/", self.realm.port())
    }

    /// That the rows agree with each other and with the journal.
    pub(crate) fn check(&self) {
        let (right, said) = self.realm.command(&["check"]);
        assert!(right, "{said}");
    }
}

impl<'a> Who<'a> {
    pub(crate) fn secret(&self) -> &'a str {
        self.secret
    }

    /// Sends these bytes after the head, whatever the head says of them.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Told {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n",
            self.scene.realm.port()
        );
        if !self.secret.is_empty() {
            let basic = base64(format!("anybody:{}", self.secret).as_bytes());
            let _ = write!(head, "Authorization: Basic {basic}\r\n");
        }
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let says = |name: &str| {
            headers
                .iter()
                .any(|(said, _)| said.eq_ignore_ascii_case(name))
        };
        if !says("content-length") && !says("transfer-encoding") {
            let _ = write!(head, "Content-Length: {}\r\n", body.len());
        }
        head.push_str("\r\n");
        let mut stream = self.scene.program.connect();
        // The other side may have heard enough before everything was said.
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(body);
        // Whoever breaks off says no more; whoever said everything waits for the answer.
        let broken =
            says("content-length") || says("transfer-encoding") && !body.ends_with(b"0\r\n\r\n");
        if broken {
            let _ = stream.shutdown(std::net::Shutdown::Write);
        }
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        told(&bytes)
    }

    /// Asks in the library: `path` is below it.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Told {
        self.send(
            method,
            &format!("{LIBRARY}{path}"),
            headers,
            body.as_bytes(),
        )
    }

    #[track_caller]
    pub(crate) fn put(&self, path: &str, body: &str) -> u16 {
        self.ask("PUT", path, &[], body).status
    }

    pub(crate) fn get(&self, path: &str) -> Told {
        self.ask("GET", path, &[], "")
    }

    pub(crate) fn delete(&self, path: &str) -> u16 {
        self.ask("DELETE", path, &[], "").status
    }

    /// `MOVE` or `COPY`.
    pub(crate) fn to(&self, method: &str, from: &str, to: &str, headers: &[(&str, &str)]) -> Told {
        let destination = format!("http://localhost:{}{LIBRARY}{to}", self.scene.realm.port());
        let mut all = vec![("Destination", destination.as_str())];
        all.extend_from_slice(headers);
        self.ask(method, from, &all, "")
    }

    /// An exclusive lock: its token as `If` wants it, `(<…>)`.
    pub(crate) fn lock(&self, path: &str) -> String {
        let locked = self.lock_as(path, "exclusive", "0");
        assert!(matches!(locked.status, 200 | 201), "{locked:?}");
        format!("({})", locked.header("lock-token"))
    }

    pub(crate) fn lock_as(&self, path: &str, scope: &str, depth: &str) -> Told {
        let body = format!(
            "<?xml version='1.0'?><D:lockinfo xmlns:D='DAV:'><D:lockscope><D:{scope}/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner><D:href>a program</D:href></D:owner></D:lockinfo>"
        );
        self.ask(
            "LOCK",
            path,
            &[("Depth", depth), ("Timeout", "Second-300")],
            &body,
        )
    }

    pub(crate) fn unlock(&self, path: &str, token: &str) -> u16 {
        let token = token.trim_start_matches('(').trim_end_matches(')');
        self.ask("UNLOCK", path, &[("Lock-Token", token)], "")
            .status
    }

    /// What is in a folder, as file programs are told, by name, without the folder itself.
    pub(crate) fn list(&self, path: &str) -> Vec<String> {
        let body = "<propfind xmlns='DAV:'><prop><resourcetype/></prop></propfind>";
        let told = self.ask("PROPFIND", path, &[("Depth", "1")], body);
        assert_eq!(told.status, 207, "{told:?}");
        let mut names: Vec<String> = told
            .body
            .split("<D:href>")
            .skip(2)
            .filter_map(|rest| rest.split('<').next())
            .map(|href| {
                href.trim_end_matches('/')
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect();
        names.sort();
        names
    }

    /// A call of the API.
    pub(crate) fn api(&self, method: &str, path: &str, body: Option<&Value>) -> Told {
        let bearer = format!("Bearer {}", self.scene.token);
        let text = body.map(Value::to_string).unwrap_or_default();
        let who = Who {
            scene: self.scene,
            secret: "",
        };
        let mut headers = vec![("Authorization", bearer.as_str())];
        if body.is_some() {
            headers.push(("Content-Type", "application/json"));
        }
        who.send(method, &format!("/api/v1{path}"), &headers, text.as_bytes())
    }

    fn made(&self, path: &str, body: &Value) -> String {
        let made = self.api("POST", path, Some(body));
        assert_eq!(made.status, 201, "{}", made.body);
        let made: Value = serde_json::from_str(&made.body).unwrap();
        made["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        let told = self.api("GET", path, None);
        assert_eq!(told.status, 200, "{path}: {}", told.body);
        serde_json::from_str(&told.body).unwrap()
    }

    /// What is at the top of the library, as everybody sees it: the names.
    pub(crate) fn everybody_sees(&self) -> Vec<String> {
        let page = self.json(&format!("/libraries/{}/items", self.scene.library));
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The id and the number of versions of the document of this name.
    pub(crate) fn document(&self, name: &str) -> (String, u64) {
        let page = self.json(&format!("/libraries/{}/items", self.scene.library));
        let items = page["items"].as_array().unwrap();
        let item = items
            .iter()
            .find(|item| item["name"] == name)
            .unwrap_or_else(|| panic!("no {name}: {page}"));
        let id = item["id"].as_str().unwrap().to_owned();
        let facts = self.json(&format!("/documents/{id}"));
        (id, facts["version"].as_u64().unwrap())
    }

    /// The names in the recycle bin.
    pub(crate) fn bin(&self) -> Vec<String> {
        let page = self.json(&format!("/libraries/{}/bin", self.scene.library));
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The sentences of the site's trail, oldest first.
    pub(crate) fn trail(&self) -> String {
        self.api(
            "GET",
            &format!("/sites/{}/trail.csv", self.scene.site),
            None,
        )
        .body
    }
}

fn told(bytes: &[u8]) -> Told {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    Told {
        status: crate::program::status(head),
        head: head.to_owned(),
        body: if chunked {
            whole(body)
        } else {
            body.to_owned()
        },
    }
}

/// A chunked body, put together.
fn whole(mut rest: &str) -> String {
    let mut text = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let Ok(size) = usize::from_str_radix(size.trim(), 16) else {
            break;
        };
        if size == 0 {
            break;
        }
        let Some(piece) = after.get(..size) else {
            text.push_str(after);
            break;
        };
        text.push_str(piece);
        rest = after.get(size + 2..).unwrap_or_default();
    }
    text
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for piece in bytes.chunks(3) {
        let mut bits = 0_usize;
        for place in 0..3 {
            bits = bits << 8 | usize::from(piece.get(place).copied().unwrap_or(0));
        }
        for place in 0..4 {
            text.push(if place <= piece.len() {
                char::from(LETTERS[bits >> (18 - 6 * place) & 63])
            } else {
                '='
            });
        }
    }
    text
}
