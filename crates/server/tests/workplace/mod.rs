//! A small realm on disk, made by the program itself and then filled through the product's verbs:
//! several organisations, a restricted library, versions small and large, a check-out with a draft,
//! somebody suspended.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the workplace"
)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use chancery::documents;
use chancery::grants::{self, Change, Governed, Subject};
use chancery::kernel::{Actor, Id, Realm, Role, thing};
use chancery::libraries::{self, LibraryForm, Listing};
use chancery::people::{self, OrganisationForm, PersonForm, TeamForm, Visit};
use chancery::sites::{self, SiteForm};
use chancery::trail;
use futures::TryStreamExt as _;
use server::Opened;

pub const VISIT: Visit<'static> = Visit {
    address: "192.0.2.1",
    device: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0",
};
pub const PASSWORD: &str = "correct horse battery";

/// Runs the program in a directory.
pub fn chancery(directory: &Path, words: &[&str]) -> Output {
    command(directory, words).output().unwrap()
}

pub fn command(directory: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
    command
        .args(words)
        .current_dir(directory)
        .env("CHANCERY_LOG", "warn");
    command
}

pub fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Runs the program and gives what it said; it must succeed.
#[track_caller]
pub fn does(directory: &Path, words: &[&str]) -> String {
    let output = chancery(directory, words);
    assert!(output.status.success(), "{words:?}: {}", said(&output));
    said(&output)
}

/// Runs the program, which must refuse and say this.
#[track_caller]
pub fn refuses(directory: &Path, words: &[&str], because: &str) -> String {
    let output = chancery(directory, words);
    let said = said(&output);
    assert!(!output.status.success(), "{words:?} was done: {said}");
    assert!(said.contains(because), "{words:?}: {said}");
    said
}

/// A program that runs until this is dropped; it is killed outright then.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Serves the realm in this directory, and returns once it answers.
pub fn serve(directory: &Path, port: u16) -> Running {
    let child = command(directory, &["serve"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let running = Running(child);
    until("the realm answers", || answers(port));
    running
}

/// Whether something accepts connections there.
pub fn answers(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Waits until this is so, for up to a minute.
#[track_caller]
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if so() {
            return;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    panic!("not within a minute: {what}");
}

/// How many blobs are below a directory.
pub fn blobs(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![directory.join("blobs")];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What the tests ask about.
pub struct Workplace {
    pub people: Vec<Id<thing::Person>>,
    pub email: String,
    pub session: String,
    pub organisation: Id<thing::Organisation>,
    pub sites: Vec<Id<thing::Site>>,
    pub libraries: Vec<Id<thing::Library>>,
    pub documents: Vec<Id<thing::Document>>,
    pub owner: Id<thing::Person>,
}

/// Makes an empty realm.
pub fn init(directory: &Path, database: &str, port: u16) {
    let listen = format!("127.0.0.1:{port}");
    let words = [
        "init",
        "--name",
        "Test realm",
        "--designation",
        "OFFICIAL",
        "--markings",
        "off",
        "--run-by",
        "Testers",
        "--database",
        database,
        "--listen",
        &listen,
    ];
    does(directory, &words);
}

pub async fn open(directory: &Path) -> Realm {
    Opened::from_file(&directory.join("realm.toml"))
        .await
        .unwrap()
        .realm
}

/// Bytes that do not repeat.
pub fn content(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

async fn organisation(realm: &Realm, name: &str, sector: &str) -> Id<thing::Organisation> {
    let form = OrganisationForm {
        name: name.to_owned(),
        sector: sector.to_owned(),
        about: String::new(),
        umbrella: None,
    };
    people::create_organisation(&Actor::console(realm), &form)
        .await
        .unwrap()
}

async fn person(
    realm: &Realm,
    name: &str,
    of: Id<thing::Organisation>,
) -> (Id<thing::Person>, String) {
    let form = PersonForm {
        name: format!("Test {name}"),
        email: format!("{}@test.example", name.to_lowercase()),
        title: "Tester".to_owned(),
        phone: "01632 960000".to_owned(),
    };
    let (id, link) = people::create_person(&Actor::console(realm), of, &form, None)
        .await
        .unwrap();
    (id, link.as_str().to_owned())
}

pub async fn give<P: Governed>(by: &Actor, place: Id<P>, to: Subject, role: Role) {
    let until = None;
    grants::change(
        by,
        place,
        &[Change::Give { to, role, until }],
        "For the test",
    )
    .await
    .unwrap();
}

/// Fills the realm. `large` contents of 200 KB are among it.
#[allow(
    clippy::too_many_lines,
    reason = "a workplace is furnished from top to bottom"
)]
pub async fn fill(realm: &Realm, large: u64) -> Workplace {
    let console = Actor::console(realm);
    let trust = organisation(realm, "Northmoor Trust", "public").await;
    let charity = organisation(realm, "Open Latch", "voluntary").await;
    let company = organisation(realm, "Tessel Ltd", "private").await;
    let mut everybody = Vec::new();
    let mut links = Vec::new();
    for (name, of) in [
        ("Owner", trust),
        ("Contributor", charity),
        ("Reader", charity),
        ("Guest", company),
        ("Stranger", company),
        ("Suspended", charity),
    ] {
        let (id, link) = person(realm, name, of).await;
        everybody.push(id);
        links.push(link);
    }
    let [owner, contributor, reader, guest, _, suspended] = everybody[..] else {
        unreachable!()
    };
    people::appoint(&console, owner, people::Office::Operator, None)
        .await
        .unwrap();
    let session = people::use_link(&Actor::nobody(realm), &links[0], PASSWORD, PASSWORD, &VISIT)
        .await
        .unwrap();
    let team = TeamForm {
        name: "Casework".to_owned(),
        purpose: "Cases".to_owned(),
    };
    let team = people::create_team(&console, &team).await.unwrap();
    people::add_to_team(&console, team, "contributor@test.example", "Lead")
        .await
        .unwrap();

    let owner = Actor::person(realm, owner);
    let contributor = Actor::person(realm, contributor);
    let site = SiteForm {
        name: "Resettlement Pathway".to_owned(),
        kind: "project".to_owned(),
        purpose: "Homes on release".to_owned(),
        organisation: Some(trust),
    };
    let site = sites::create(&owner, &site).await.unwrap();
    give(&owner, site, Subject::Team(team), Role::Contributor).await;
    give(&owner, site, Subject::Person(reader), Role::Reader).await;
    give(&owner, site, Subject::Person(suspended), Role::Owner).await;
    let library = |name: &str, inherits| LibraryForm {
        name: name.to_owned(),
        purpose: "Papers".to_owned(),
        inherits,
    };
    let open = libraries::create(&owner, site, &library("Case papers", true))
        .await
        .unwrap();
    let closed = libraries::create(&owner, site, &library("Owners: only?", false))
        .await
        .unwrap();
    give(&owner, open, Subject::Person(guest), Role::Reader).await;

    let mut papers = Vec::new();
    let folder = libraries::create_folder(&contributor, open, None, "2026")
        .await
        .unwrap();
    let add = async |by: &Actor, library, folder, name: &str, content: &[u8]| {
        documents::add(by, library, folder, name, content)
            .await
            .unwrap()
            .id
    };
    papers.push(add(&contributor, open, None, "Agenda.txt", b"agenda").await);
    documents::add_version(
        &contributor,
        papers[0],
        "Agenda.txt",
        &content(1, 90_000)[..],
        "Longer",
    )
    .await
    .unwrap();
    papers.push(add(&contributor, open, Some(folder), "Minutes.txt", b"minutes").await);
    documents::check_out(&contributor, papers[1], "Writing them up")
        .await
        .unwrap();
    documents::save_draft(&contributor, papers[1], &content(2, 70_000)[..])
        .await
        .unwrap();
    papers.push(add(&owner, closed, None, "Secret plan.txt", b"plan").await);
    papers.push(add(&contributor, open, None, "Old.txt", b"old").await);
    libraries::bin(&contributor, open, &[papers[3].item()])
        .await
        .unwrap();
    papers.push(add(&contributor, open, None, "Empty.txt", b"").await);
    for number in 0..large {
        let bytes = content(100 + number, 200_000);
        papers.push(
            add(
                &contributor,
                open,
                None,
                &format!("Scan {number}.pdf"),
                &bytes,
            )
            .await,
        );
    }
    let read = documents::open(&Actor::person(realm, reader), papers[0], None, false).await;
    drop(read.unwrap());
    people::suspend(&console, suspended, "For the test")
        .await
        .unwrap();
    realm
        .keep_up(&[std::sync::Arc::new(chancery::notices::Notices) as _])
        .await
        .unwrap();
    Workplace {
        owner: everybody[0],
        people: everybody,
        email: "owner@test.example".to_owned(),
        session: session.token.as_str().to_owned(),
        organisation: trust,
        sites: vec![site],
        libraries: vec![open, closed],
        documents: papers,
    }
}

fn tell(text: &mut String, what: &str, outcome: chancery::Result<impl std::fmt::Debug>) {
    match outcome {
        Ok(page) => writeln!(text, "{what}: {page:?}").unwrap(),
        Err(error) => writeln!(text, "{what}: {error}").unwrap(),
    }
}

impl Workplace {
    /// Everything that everybody may see of every place, and what they are told where they may not.
    pub async fn everything(&self, realm: &Realm) -> String {
        let mut text = String::new();
        let filter = trail::TrailFilter::default();
        for person in &self.people {
            let actor = Actor::person(realm, *person);
            writeln!(text, "=== {person}").unwrap();
            tell(&mut text, "me", people::me(&actor).await);
            for site in &self.sites {
                tell(&mut text, "site", sites::site(&actor, *site).await);
                tell(&mut text, "access", grants::access(&actor, *site).await);
                tell(
                    &mut text,
                    "trail",
                    trail::trail(&actor, trail::Of::Site(*site), &filter).await,
                );
            }
            for library in &self.libraries {
                let listing = Listing {
                    limit: 200,
                    ..Listing::default()
                };
                tell(
                    &mut text,
                    "library",
                    libraries::list(&actor, *library, &listing).await,
                );
                tell(&mut text, "access", grants::access(&actor, *library).await);
                tell(
                    &mut text,
                    "bin",
                    libraries::bin_list(&actor, *library, None).await,
                );
            }
            for document in &self.documents {
                tell(
                    &mut text,
                    "document",
                    documents::document(&actor, *document, None).await,
                );
            }
        }
        text
    }

    /// The bytes of the current version of every document, as its owner reads them.
    pub async fn contents(&self, realm: &Realm) -> Vec<Vec<u8>> {
        let owner = Actor::person(realm, self.owner);
        let mut all = Vec::new();
        for document in &self.documents {
            let opened = documents::open(&owner, *document, None, true)
                .await
                .unwrap();
            let size = opened.size;
            let pieces: Vec<_> = opened.read(0..size).try_collect().await.unwrap();
            all.push(pieces.concat());
        }
        all
    }
}
