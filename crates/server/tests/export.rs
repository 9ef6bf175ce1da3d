//! Everything an organisation owns, taken away by the real program and looked at from outside.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod workplace;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use chancery::documents;
use chancery::grants::{self, Subject};
use chancery::kernel::{Actor, Realm, Role};
use chancery::{libraries, people, trail};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use workplace::{Workplace, does, fill, free_port, give, init, open, refuses};

/// Every file of an export, by its path.
type Files = BTreeMap<String, Vec<u8>>;

fn in_directory(root: &Path) -> Files {
    let mut files = Files::new();
    let mut left = vec![root.to_owned()];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                files.insert(name.to_owned(), std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn in_archive(path: &Path) -> Files {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    (0..archive.len())
        .map(|number| {
            let mut file = archive.by_index(number).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn lines(files: &Files, path: &str) -> Vec<Value> {
    std::str::from_utf8(&files[path])
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut hash, byte| {
            write!(hash, "{byte:02x}").unwrap();
            hash
        })
}

fn text<'a>(line: &'a Value, field: &str) -> &'a str {
    line[field].as_str().unwrap_or_default()
}

/// Whether an interval covers a moment: moments are all written alike, so they compare as text.
fn covers(line: &Value, at: &jiff::Timestamp) -> bool {
    let moment = |field: &str| {
        line[field]
            .as_str()
            .map(|text| text.parse::<jiff::Timestamp>().unwrap())
    };
    moment("from_at").is_some_and(|from| from <= *at)
        && moment("until_at").is_none_or(|until| *at < until)
}

/// The rule of access, played from the export alone.
fn replayed(files: &Files, person: &str, library: &str, at: &jiff::Timestamp) -> Option<Role> {
    let during = |path: &str| {
        lines(files, path)
            .into_iter()
            .filter(|line| covers(line, at))
            .collect::<Vec<_>>()
    };
    let mine = |line: &&Value| text(line, "person_id") == person;
    if !during("access/accounts.jsonl")
        .iter()
        .any(|line| mine(&line))
    {
        return None;
    }
    let memberships = during("access/memberships.jsonl");
    let belongings = during("access/belongings.jsonl");
    let teams: BTreeSet<&str> = memberships
        .iter()
        .filter(mine)
        .map(|line| text(line, "team_id"))
        .collect();
    let bodies: BTreeSet<&str> = belongings
        .iter()
        .filter(mine)
        .map(|line| text(line, "organisation_id"))
        .collect();
    let mut places = BTreeSet::from([library.to_owned()]);
    for line in during("access/inheritances.jsonl") {
        if text(&line, "library_id") == library {
            places.insert(text(&line, "site_id").to_owned());
        }
    }
    during("access/grants.jsonl")
        .iter()
        .filter(|grant| places.contains(text(grant, "place_id")))
        .filter(|grant| {
            let subject = text(grant, "subject_id");
            match text(grant, "subject_kind") {
                "person" => subject == person,
                "team" => teams.contains(subject),
                "organisation" => bodies.contains(subject),
                _ => true,
            }
        })
        .filter_map(|grant| Role::from_name(text(grant, "role")))
        .max()
}

async fn the_access_is_the_same(files: &Files, realm: &Realm, place: &Workplace) {
    let owner = Actor::person(realm, place.owner);
    let journal = lines(files, "journal.jsonl");
    let moments: Vec<jiff::Timestamp> = journal
        .iter()
        .map(|line| text(line, "at").parse().unwrap())
        .collect();
    let named: BTreeSet<String> = lines(files, "access/people.jsonl")
        .iter()
        .map(|line| text(line, "id").to_owned())
        .collect();
    let mut compared = 0;
    for at in &moments {
        for person in &place.people {
            for library in &place.libraries {
                let answer = grants::why(&owner, *library, *person, Some((*at).into()))
                    .await
                    .unwrap();
                let role = answer.role.filter(|_| answer.account);
                let (person, library) = (person.to_string(), library.to_string());
                assert_eq!(
                    replayed(files, &person, &library, at),
                    role,
                    "{person} {library} {at}"
                );
                assert!(role.is_none() || named.contains(&person));
                compared += usize::from(role.is_some());
            }
        }
    }
    assert!(compared > 20, "{compared}");
}

#[allow(
    clippy::too_many_lines,
    reason = "what was taken is looked at from one end to the other"
)]
async fn what_an_organisation_owns_can_be_taken_away(database: &str) {
    let machine = TempDir::new().unwrap();
    let here = machine.path();
    init(here, database, free_port());
    let realm = open(here).await;
    let place = fill(&realm, 2).await;
    let owner = Actor::person(&realm, place.owner);
    let closed = place.libraries[1];
    // Names that differ only in capitals, and access by organisation that has ended.
    let folder = libraries::create_folder(&owner, closed, None, "2026 Plans")
        .await
        .unwrap();
    for (number, name) in ["Plan~v1.txt", "Plan.txt"].into_iter().enumerate() {
        let added = documents::add(&owner, closed, Some(folder), name, &b"one"[..])
            .await
            .unwrap();
        if number == 1 {
            documents::add_version(&owner, added.id, name, &b"two"[..], "")
                .await
                .unwrap();
        }
    }
    let guest = people::organisations(&owner).await.unwrap();
    let company = guest
        .iter()
        .find(|line| line.name == "Tessel Ltd")
        .unwrap()
        .id;
    give(&owner, closed, Subject::Organisation(company), Role::Reader).await;
    let access = grants::access(&owner, closed).await.unwrap();
    let given = access
        .grants
        .iter()
        .find(|grant| grant.subject == Subject::Organisation(company));
    let end = grants::Change::End {
        grant: given.unwrap().id,
    };
    grants::change(&owner, closed, &[end], "").await.unwrap();
    realm.seal().await.unwrap();

    let id = place.organisation.to_string();
    let words = ["export", "--organisation", &id, "--to"];
    let did = does(here, &[&words[..], &["taken"]].concat());
    assert!(did.contains("Northmoor Trust"), "{did}");
    refuses(here, &[&words[..], &["taken"]].concat(), "already");
    refuses(
        here,
        &["export", "--organisation", "0000000000001", "--to", "x"],
        "no organisation",
    );
    does(here, &[&words[..], &["taken.zip"]].concat());
    let files = in_directory(&here.join("taken"));
    let archived = in_archive(&here.join("taken.zip"));
    assert!(files.keys().eq(archived.keys()));

    // Every file is what the manifest says, and has a name that every machine can save.
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    assert_eq!(
        manifest["files"].as_object().unwrap().len() + 1,
        files.len()
    );
    for (path, bytes) in files.iter().filter(|(path, _)| *path != "manifest.json") {
        assert_eq!(manifest["files"][path]["sha256"], hash(bytes), "{path}");
        for name in path.split('/') {
            assert!(
                !name.is_empty()
                    && name != ".."
                    && !name.contains(['\\', ':', '?', '*', '"', '<', '>', '|']),
                "{path}"
            );
            assert!(!name.ends_with([' ', '.']), "{path}");
        }
    }
    let small: BTreeSet<String> = files.keys().map(|path| path.to_lowercase()).collect();
    assert_eq!(small.len(), files.len());

    // Every version names its file, and the file is the content of the vault.
    let mut current = BTreeMap::new();
    let mut seen = 0;
    for path in files
        .keys()
        .filter(|path| path.ends_with("/versions.jsonl"))
    {
        for line in lines(&files, path) {
            let file = text(&line, "file");
            assert_eq!(hash(&files[file]), text(&line, "sha256"), "{line}");
            assert_eq!(hash(&archived[file]), text(&line, "sha256"));
            seen += 1;
            let latest = current
                .entry(text(&line, "document_id").to_owned())
                .or_insert((0, ""));
            let number = line["number"].as_u64().unwrap();
            if number > latest.0 {
                *latest = (number, files.get_key_value(file).unwrap().0);
            }
        }
    }
    assert_eq!(
        seen,
        files
            .keys()
            .filter(|path| {
                ["/documents/", "/versions/", "/recycle bin/"]
                    .iter()
                    .any(|part| path.contains(part))
            })
            .count()
    );
    let contents = place.contents(&realm).await;
    for (document, bytes) in place.documents.iter().zip(&contents) {
        assert_eq!(&files[current[&document.to_string()].1], bytes);
    }
    assert!(
        files
            .keys()
            .any(|path| path.contains("recycle bin/Old.txt"))
    );

    // Access, then and now; and nobody's contact details but those of its own people.
    the_access_is_the_same(&files, &realm, &place).await;
    for line in lines(&files, "access/people.jsonl") {
        let own = line["own"].as_bool().unwrap();
        assert_eq!(!text(&line, "email").is_empty(), own, "{line}");
        assert_eq!(!text(&line, "phone").is_empty(), own, "{line}");
    }
    let everything: Vec<u8> = files.values().flatten().copied().collect();
    assert!(!String::from_utf8_lossy(&everything).contains("reader@test.example"));

    // The journal, with its positions; and the owner sees in the trail that all of it was read.
    let journal = lines(&files, "journal.jsonl");
    assert!(
        journal
            .iter()
            .all(|line| line["position"].as_u64().unwrap() == 0 || text(line, "hash").len() == 64)
    );
    assert!(
        journal
            .iter()
            .any(|line| line["position"].as_u64().unwrap() > 0)
    );
    let filter = trail::TrailFilter::default();
    let page = trail::trail(&owner, trail::Of::Library(closed), &filter)
        .await
        .unwrap();
    let said = page
        .lines
        .iter()
        .find(|line| line.says.contains("everything that Northmoor Trust owns"));
    assert!(said.is_some_and(|line| line.sort == chancery::kernel::Sort::Read));
    realm.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_organisation_owns_on_sqlite() {
    what_an_organisation_owns_can_be_taken_away("sqlite:realm.db").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_organisation_owns_on_postgres() {
    let database = testkit::postgres::fresh();
    what_an_organisation_owns_can_be_taken_away(&database.url).await;
}
