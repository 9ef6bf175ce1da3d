//! What the tests from outside stand on: a small realm on SQLite with everybody the matrix asks
//! about, opened afresh for each question, and the pages in this process.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the stage"
)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

pub mod crawl;
mod programs;
mod scene;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use chancery::kernel::{Db, Limits, ManualClock, Realm, RealmSettings, SeededRng, Time};
use chancery::notices;
use tempfile::TempDir;
use tower::ServiceExt as _;
use vault::{Disk, Keys, Vault};
use web::{Portal, PortalSettings};

/// 2026-03-12T09:00:00Z.
pub const START: Time = Time::from_micros(1_773_306_000_000_000);

/// Everybody the access matrix asks about, in the order of its columns.
pub const EVERYBODY: [&str; 11] = [
    "nobody",
    "stranger",
    "neighbour",
    "reader",
    "contributor",
    "owner",
    "coordinator",
    "operator",
    "officer",
    "guest",
    "suspended",
];

/// A realm that was set up once; each question is asked of a copy of it.
pub struct Stage {
    directory: TempDir,
    /// The session cookie of each person.
    pub tokens: BTreeMap<&'static str, String>,
    /// A token for programs of each person that may do everything, and of some that may do less.
    pub programs: BTreeMap<&'static str, String>,
    /// An app password of each person, with which they may do all that file clients can.
    pub files: BTreeMap<&'static str, String>,
    /// What stands in each address, by its name there.
    pub ids: BTreeMap<&'static str, String>,
}

/// One open copy of the realm, and its pages.
pub struct Pages {
    pub realm: Realm,
    pub clock: Arc<ManualClock>,
    pub router: Router,
    copy: Option<PathBuf>,
}

/// Small enough that a test reaches them.
fn limits() -> Limits {
    Limits {
        hash_memory: 64,
        upload: 1024 * 1024,
        ..Limits::default()
    }
}

fn settings(limits: Limits) -> RealmSettings {
    RealmSettings {
        name: "Northmoor Partnership".to_owned(),
        designation: "OFFICIAL-SENSITIVE".to_owned(),
        run_by: "Northmoor Probation Trust".to_owned(),
        time_zone: jiff::tz::TimeZone::get("Europe/London").unwrap(),
        limits,
    }
}

impl Stage {
    /// With another seed, what is drawn at random is not drawn a second time in a copy.
    async fn realm(&self, file: &str, limits: Limits, seed: u64) -> (Realm, Arc<ManualClock>) {
        let directory = self.directory.path();
        let clock = Arc::new(ManualClock::at(START));
        let address = format!("sqlite:{}", directory.join(file).display());
        let keys = Keys::load_or_create(directory.join("keys.txt")).unwrap();
        let vault = Vault::new(keys, Arc::new(Disk::open(directory.join("vault")).unwrap()));
        let realm = Realm::open(
            Db::open(&address).await.unwrap(),
            vault,
            Arc::clone(&clock) as _,
            Arc::new(SeededRng::new(seed)),
            settings(limits),
        )
        .await
        .unwrap();
        realm.read_files_with(inspect::Inspector::at(
            env!("CARGO_BIN_EXE_chancery"),
            inspect::Limits::default(),
        ));
        (realm, clock)
    }

    /// The pages of a copy of the realm that nobody else changes. Its clock stands a day after everything on the stage.
    pub async fn pages(&self) -> Pages {
        self.pages_within(limits()).await
    }

    /// The same, within other limits.
    pub async fn pages_within(&self, limits: Limits) -> Pages {
        let copy = tempfile::Builder::new()
            .prefix("copy-")
            .suffix(".db")
            .tempfile_in(self.directory.path())
            .unwrap()
            .into_temp_path()
            .keep()
            .unwrap();
        std::fs::copy(self.directory.path().join("realm.db"), &copy).unwrap();
        let name = copy.file_name().unwrap().to_str().unwrap().to_owned();
        let (realm, clock) = self.realm(&name, limits, 12).await;
        clock.set(START.plus(std::time::Duration::from_mins(10)));
        let portal = Portal::new(
            realm.clone(),
            PortalSettings {
                address: "http://localhost:8080".to_owned(),
                hue: web::components::Hue::Purple,
            },
        );
        let programs = api::ApiSettings {
            address: "http://localhost:8080".to_owned(),
        };
        let files = dav::DavSettings {
            address: "http://localhost:8080".to_owned(),
        };
        Pages {
            realm: realm.clone(),
            clock,
            router: web::router(portal)
                .merge(api::router(realm.clone(), programs))
                .merge(dav::router(dav::Dav::new(realm.clone(), files))),
            copy: Some(copy),
        }
    }

    /// Fills in an address from the matrix: `/libraries/{id}` with the library, and so on.
    pub fn address(&self, path: &str) -> String {
        Self::address_of(path, &self.ids)
    }

    /// The same, with the query without which the page has nothing to show.
    pub fn asked(&self, path: &str) -> String {
        let id = |name: &str| &self.ids[name];
        let query = match path {
            "/libraries/{id}/move"
            | "/libraries/{id}/delete"
            | "/libraries/{id}/fill-in"
            | "/libraries/{id}/publish" => {
                format!("?item={}", id("items"))
            }
            "/libraries/{id}/bin/remove" => format!("?item={}", id("binned")),
            "/alerts/several" => format!("?act=false_alarm&alert={}", id("alerts")),
            "/sites/{id}/access/preview" => format!("?what=end&grant={}", id("site grant")),
            "/libraries/{id}/access/preview" => format!("?what=end&grant={}", id("library grant")),
            _ => String::new(),
        };
        format!("{}{query}", self.address(path))
    }

    /// The same with other ids: of things that do not exist.
    pub fn address_of(path: &str, ids: &BTreeMap<&'static str, String>) -> String {
        let first = path.split('/').nth(1).unwrap_or_default();
        // What is done with a check-out is asked of the document that the contributor holds.
        let about_holding = [
            "/renew",
            "/release",
            "/discard",
            "/work",
            "/check-in",
            "/draft",
        ];
        let kind = match first {
            "you" if path.contains("/tokens/") || path.contains("/app-passwords/") => "tokens",
            "you" | "me" => "devices",
            // There are no rules on the stage: this is the id of something else.
            "rulebooks" => "documents",
            "alerts" if path.starts_with("/alerts/rules/") => "documents",
            "documents" if about_holding.iter().any(|end| path.ends_with(end)) => "held",
            other => other,
        };
        let mut filled = path.to_owned();
        let of = |name: &str| ids.get(name).cloned().unwrap_or_default();
        for (parameter, value) in [
            (
                "{grant}",
                if first == "sites" {
                    of("site grant")
                } else {
                    of("library grant")
                },
            ),
            ("{office}", of("office")),
            ("{column}", of("column")),
            ("{view}", of("view")),
            ("{hold}", of("hold")),
            ("{alert}", of("alerts")),
            ("{person}", of("member")),
            ("{number}", "1".to_owned()),
            ("{n}", "1".to_owned()),
            ("{token}", "notatoken".to_owned()),
            ("{id}", of(kind)),
        ] {
            filled = filled.replace(parameter, &value);
        }
        assert!(
            !filled.contains('{'),
            "the stage cannot fill in {path}: {filled}"
        );
        filled
    }
}

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// Where it leads on to.
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The token of the first form on the page.
    pub fn csrf(&self) -> String {
        self.hidden("csrf")
    }

    /// The value of a hidden field of the page.
    pub fn hidden(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let start = self.body.find(&marker).map(|at| at + marker.len());
        start
            .and_then(|start| self.body[start..].split('"').next())
            .unwrap_or_default()
            .to_owned()
    }

    /// What stands between `<main` and `</main>`.
    pub fn main(&self) -> &str {
        let start = self.body.find("<main").unwrap_or(0);
        let end = self.body.find("</main>").unwrap_or(self.body.len());
        &self.body[start..end]
    }
}

impl Pages {
    /// Sends a request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX)
            .await
            .unwrap_or_default();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Asks for a page with this session; an empty token is nobody's.
    pub async fn get(&self, token: &str, address: &str) -> Answer {
        self.send(
            with_session(Request::get(address), token)
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    /// A token for the forms of this session, from a page that everybody has.
    pub async fn csrf(&self, token: &str) -> String {
        if token.is_empty() {
            return String::new();
        }
        self.get(token, "/you").await.csrf()
    }

    /// Posts a form; the token against forgery is added.
    pub async fn post(&self, token: &str, address: &str, form: &str) -> Answer {
        let csrf = self.csrf(token).await;
        self.post_with(token, &csrf, address, form).await
    }

    /// Posts a form with this token against forgery.
    pub async fn post_with(&self, token: &str, csrf: &str, address: &str, form: &str) -> Answer {
        let request = with_session(Request::post(address), token)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf={csrf}&{form}")))
            .unwrap();
        self.send(request).await
    }

    /// Posts a form with one file, from a page that was opened on this version.
    pub async fn upload_seen(
        &self,
        token: &str,
        address: &str,
        seen: &str,
        name: &str,
        content: &str,
    ) -> Answer {
        let csrf = self.csrf(token).await;
        self.send(upload_seen(token, &csrf, address, seen, name, content))
            .await
    }

    /// Sends what our script sends of an upload: four bytes, from the beginning, into this library.
    pub async fn piece(&self, token: &str, method: &str, address: &str, library: &str) -> Answer {
        use base64::Engine as _;
        let coded = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        let csrf = self.csrf(token).await;
        let method = method.to_uppercase();
        let request = with_session(
            Request::builder().uri(address).method(method.as_str()),
            token,
        )
        .header("chancery-form", csrf)
        .header("tus-resumable", "1.0.0")
        .header("upload-length", "4")
        .header("upload-offset", "0")
        .header(
            "upload-metadata",
            format!("filename {},library {}", coded("Sent.txt"), coded(library)),
        )
        .header(header::CONTENT_TYPE, "application/offset+octet-stream");
        let body = match method.as_str() {
            "POST" | "PATCH" => Body::from("sent"),
            _ => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    /// Posts a form with one file.
    pub async fn upload(&self, token: &str, address: &str, name: &str, content: &str) -> Answer {
        let csrf = self.csrf(token).await;
        self.send(upload(token, &csrf, address, name, content))
            .await
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        for file in self
            .copy
            .take()
            .into_iter()
            .flat_map(|copy| ["", "-wal", "-shm"].map(|end| format!("{}{end}", copy.display())))
        {
            let _ = std::fs::remove_file(file);
        }
    }
}

/// A multipart request with the token, then one file.
pub fn upload(token: &str, csrf: &str, address: &str, name: &str, content: &str) -> Request<Body> {
    upload_seen(token, csrf, address, "", name, content)
}

/// The same from a page that was opened on this version.
pub fn upload_seen(
    token: &str,
    csrf: &str,
    address: &str,
    seen: &str,
    name: &str,
    content: &str,
) -> Request<Body> {
    let body = format!(
        "--X\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n\
         --X\r\nContent-Disposition: form-data; name=\"seen\"\r\n\r\n{seen}\r\n\
         --X\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\nChanged\r\n\
         --X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n{content}\r\n--X--\r\n"
    );
    with_session(Request::post(address), token)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
        .body(Body::from(body))
        .unwrap()
}

fn with_session(
    builder: axum::http::request::Builder,
    token: &str,
) -> axum::http::request::Builder {
    let builder = builder.header(header::HOST, "localhost:8080");
    if token.is_empty() {
        builder
    } else {
        builder.header(header::COOKIE, format!("chancery={token}"))
    }
}

/// Sets the stage.
pub async fn stage() -> Stage {
    stage_of(1).await
}

/// Sets the stage with `size` times as much of what lists show.
pub async fn stage_of(size: usize) -> Stage {
    let mut stage = Stage {
        directory: tempfile::tempdir().unwrap(),
        tokens: BTreeMap::new(),
        programs: BTreeMap::new(),
        files: BTreeMap::new(),
        ids: BTreeMap::new(),
    };
    let (realm, clock) = stage.realm("realm.db", limits(), 11).await;
    scene::set(&mut stage, &realm, &clock, size).await;
    realm
        .keep_up(&[Arc::new(notices::Notices) as _])
        .await
        .unwrap();
    realm.close().await;
    stage
}
