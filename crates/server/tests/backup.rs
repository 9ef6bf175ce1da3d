//! Backup and restore, run as an operator runs them, against the real program and both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod workplace;

use std::fmt::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chancery::documents;
use chancery::keeping::{self, Manifest, Target};
use chancery::kernel::{Actor, Db};
use chancery::{libraries, people};
use tempfile::TempDir;
use vault::{Disk, Keys};
use workplace::{
    PASSWORD, Running, VISIT, answers, blobs, chancery, command, content, does, fill, free_port,
    init, open, refuses, said, serve, until,
};

/// The snapshots in `backups`, newest last.
async fn snapshots(here: &Path) -> (Target, Vec<Manifest>) {
    let keys = Keys::load(here.join("backup-keys.txt")).unwrap();
    let store = |name| Arc::new(Disk::open(here.join("backups").join(name)).unwrap()) as _;
    let target = Target::new(&keys, store("content"), store("parts"), store("snapshots")).unwrap();
    let all = target.snapshots().await.unwrap();
    (target, all)
}

fn begin_backups(here: &Path) {
    does(here, &["backup", "init", "--to", "backups"]);
}

/// The line of Done-when: a restore on an empty machine gives the same realm. From SQLite to
/// PostgreSQL, and from there back to SQLite, while the first goes on serving and being written to.
#[tokio::test(flavor = "multi_thread")]
async fn a_restored_realm_is_the_same_realm_on_either_engine() {
    let machines = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let first = machines[0].path();
    let port = free_port();
    init(first, "sqlite:realm.db", port);
    begin_backups(first);
    let realm = open(first).await;
    let place = fill(&realm, 3).await;
    let serving = serve(first, port);

    // Somebody goes on adding documents while the snapshot is taken.
    let done = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn({
        let (realm, done, library, by) = (
            realm.clone(),
            Arc::clone(&done),
            place.libraries[1],
            place.owner,
        );
        async move {
            let mut number = 0;
            while !done.load(Ordering::SeqCst) {
                number += 1;
                let name = format!("Meanwhile {number}.bin");
                let bytes = content(1_000 + number, 40_000);
                documents::add(&Actor::person(&realm, by), library, None, &name, &bytes[..])
                    .await
                    .unwrap();
            }
            number
        }
    });
    let taken = tokio::task::spawn_blocking({
        let first = first.to_owned();
        move || does(&first, &["backup", "--to", "backups"])
    })
    .await
    .unwrap();
    assert!(answers(port), "the realm went on serving");
    done.store(true, Ordering::SeqCst);
    assert!(writing.await.unwrap() > 0);
    assert!(taken.contains("Snapshot "), "{taken}");
    let verified = does(first, &["backup", "verify", "--from", "backups"]);
    assert!(verified.contains("Everything is right"), "{verified}");
    drop(serving);

    // Now nobody writes: this snapshot is what the realms are compared by.
    realm.seal().await.unwrap();
    does(first, &["backup", "--to", "backups"]);
    let (_, all) = snapshots(first).await;
    let (earlier, original) = (&all[0], &all[1]);
    assert!(original.journal.position > earlier.journal.position);
    let before = place.everything(&realm).await;
    let bytes = place.contents(&realm).await;
    realm.close().await;

    let database = testkit::postgres::fresh();
    let restored = machines[1].path().join("restored");
    does(
        first,
        &[
            "restore",
            "--from",
            "backups",
            "--directory",
            restored.to_str().unwrap(),
            "--database",
            &database.url,
        ],
    );
    same_realm(&restored, &database.url, original, &place, &before, &bytes).await;

    // And the restored realm, backed up to the same place, restores to the other engine. Equal rows
    // make equal parts, so what the two snapshots consist of compares every row of every table.
    let to = first.join("backups");
    let keys = first.join("backup-keys.txt");
    let words = [
        "backup",
        "--to",
        to.to_str().unwrap(),
        "--keys",
        keys.to_str().unwrap(),
    ];
    does(&restored, &words);
    let (_, all) = snapshots(first).await;
    let second = all.last().unwrap();
    for (table, parts) in original.consists_of() {
        let now = &second.consists_of()[table];
        match table {
            // The restore and the readings above are new entries.
            "journal" | "chain" | "followers" | "notices" => {}
            _ => assert_eq!(*now, parts, "{table}"),
        }
    }
    let again = machines[1].path().join("again");
    does(
        first,
        &[
            "restore",
            "--from",
            "backups",
            "--directory",
            again.to_str().unwrap(),
        ],
    );
    let address = format!("sqlite:{}", again.join("realm.db").display());
    let compared = place.everything(&open(&restored).await).await;
    same_realm(&again, &address, second, &place, &compared, &bytes).await;
}

/// The same access, the same content, the same journal with one entry more; nobody signed in.
async fn same_realm(
    directory: &Path,
    database: &str,
    snapshot: &Manifest,
    place: &workplace::Workplace,
    before: &str,
    bytes: &[Vec<u8>],
) {
    let checked = does(directory, &["check"]);
    assert!(checked.contains("Everything is right"), "{checked}");
    let db = Db::open(database).await.unwrap();
    assert!(keeping::is_restored_to(snapshot, &db).await.unwrap());
    db.close().await;
    let realm = open(directory).await;
    let journal = realm.check_journal().await.unwrap();
    assert_eq!(
        (journal.fault, journal.waiting, journal.sealed),
        (None, 0, snapshot.journal.position + 1),
        "one entry more, which says where the realm came from"
    );
    assert!(
        people::actor(&realm, &place.session).await.is_err(),
        "nobody is signed in"
    );
    let after = place.everything(&realm).await;
    for (one, other) in before.lines().zip(after.lines()) {
        assert_eq!(one, other);
    }
    assert_eq!(before.len(), after.len());
    assert_eq!(place.contents(&realm).await, bytes);
    people::sign_in(&Actor::nobody(&realm), &place.email, PASSWORD, &VISIT)
        .await
        .unwrap();
    realm.close().await;
}

/// Kills the program outright once this is so.
fn kill_when(here: &Path, words: &[&str], mut so: impl FnMut() -> bool) {
    let mut running = Running(command(here, words).spawn().unwrap());
    until("there is something to interrupt", || {
        so() || running.0.try_wait().unwrap().is_some()
    });
    running.0.kill().unwrap();
    let status = running.0.wait().unwrap();
    assert!(
        !status.success(),
        "it ended before it could be killed: make the realm larger"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_killed_half_way_goes_on_where_it_was() {
    let machine = TempDir::new().unwrap();
    let here = machine.path();
    init(here, "sqlite:realm.db", free_port());
    begin_backups(here);
    let realm = open(here).await;
    let place = fill(&realm, 60).await;
    realm.close().await;

    let copied = here.join("backups/content");
    kill_when(here, &["backup", "--to", "backups"], || {
        blobs(&copied).len() >= 5
    });
    let (_, none) = snapshots(here).await;
    assert!(none.is_empty(), "without its manifest there is no snapshot");
    let early: Vec<_> = blobs(&copied)
        .into_iter()
        .map(|path| (path.metadata().unwrap().ino(), path))
        .collect();
    does(here, &["backup", "--to", "backups"]);
    for (inode, path) in early {
        assert_eq!(
            path.metadata().unwrap().ino(),
            inode,
            "what is there is not copied again"
        );
    }
    let again = does(here, &["backup", "--to", "backups"]);
    assert!(again.contains("\n0 contents were copied"), "{again}");

    let words = ["restore", "--from", "backups", "--directory", "restored"];
    let vault = here.join("restored/vault");
    kill_when(here, &words, || blobs(&vault).len() >= 5);
    let restored = here.join("restored");
    refuses(&restored, &["serve"], "did not finish");
    refuses(
        &restored,
        &["person", "reset", "--email", "owner@test.example"],
        "did not finish",
    );
    does(here, &words);
    let checked = does(&restored, &["check"]);
    assert!(checked.contains("Everything is right"), "{checked}");
    let (one, other) = (open(here).await, open(&restored).await);
    assert_eq!(place.contents(&one).await, place.contents(&other).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_refused_and_said() {
    let machine = TempDir::new().unwrap();
    let here = machine.path();
    init(here, "sqlite:realm.db", free_port());
    refuses(here, &["backup", "--to", "backups"], "backup init");
    begin_backups(here);
    refuses(here, &["backup", "init", "--to", "backups"], "already");
    refuses(
        here,
        &["restore", "--from", "backups", "--directory", "new"],
        "there is none yet",
    );
    let realm = open(here).await;
    fill(&realm, 2).await;
    does(here, &["backup", "--to", "backups"]);

    // Keys that others can read, or of other backups.
    let keys = here.join("backup-keys.txt");
    let mode =
        |mode| std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o644);
    refuses(here, &["backup", "--to", "backups"], "600");
    mode(0o600);
    refuses(
        here,
        &["backup", "list", "--from", "backups", "--keys", "keys.txt"],
        "other backups",
    );

    // Places that are not empty.
    refuses(
        here,
        &["restore", "--from", "backups", "--directory", "."],
        "not empty",
    );
    let database = testkit::postgres::fresh();
    let words = [
        "restore",
        "--from",
        "backups",
        "--database",
        &database.url,
        "--directory",
    ];
    does(here, &[&words[..], &["one"]].concat());
    refuses(
        here,
        &[&words[..], &["two"]].concat(),
        "database is not empty",
    );
    assert!(!here.join("two/realm.toml").exists() && !here.join("two/keys.txt").exists());

    // A blob that was damaged in the backup, and one that the realm has lost.
    let blob = &blobs(&here.join("backups/content"))[0];
    let mut bytes = std::fs::read(blob).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(blob, &bytes).unwrap();
    refuses(
        here,
        &["backup", "verify", "--from", "backups"],
        "WRONG  content",
    );
    does(here, &["backup", "--to", "backups", "--no-verify"]);
    refuses(
        here,
        &["backup", "prune", "--from", "backups", "--keep", "1"],
        "nothing was removed",
    );
    refuses(
        here,
        &["restore", "--from", "backups", "--directory", "three"],
        "nothing was restored",
    );
    bytes[last] ^= 1;
    std::fs::write(blob, &bytes).unwrap();
    let pruned = does(
        here,
        &["backup", "prune", "--from", "backups", "--keep", "1"],
    );
    assert!(pruned.contains("1 snapshots stay"), "{pruned}");
    does(here, &["backup", "verify", "--from", "backups"]);

    // A part of the database's rows.
    let largest = blobs(&here.join("backups/parts"))
        .into_iter()
        .max_by_key(|path| path.metadata().unwrap().len())
        .unwrap();
    std::fs::remove_file(largest).unwrap();
    refuses(
        here,
        &["backup", "verify", "--from", "backups"],
        "can be read",
    );
    let mended = chancery(here, &["backup", "--to", "backups"]);
    assert!(mended.status.success(), "{}", said(&mended));
    does(here, &["backup", "verify", "--from", "backups"]);
}

/// The id of the wrapping key in the head of a blob: docs/vault-format.md.
fn key_of(blob: &Path) -> String {
    let head = std::fs::read(blob).unwrap();
    head[24..32].iter().fold(String::new(), |mut id, byte| {
        write!(id, "{byte:02x}").unwrap();
        id
    })
}

#[allow(
    clippy::too_many_lines,
    reason = "one realm, walked through to its end"
)]
async fn the_key_is_changed_while_the_realm_serves(database: &str, scans: u64) {
    let machine = TempDir::new().unwrap();
    let here = machine.path();
    let port = free_port();
    init(here, database, port);
    begin_backups(here);
    let realm = open(here).await;
    let place = fill(&realm, scans).await;
    does(here, &["backup", "--to", "backups"]);
    let bytes = place.contents(&realm).await;
    realm.close().await;
    let old = Keys::load(here.join("keys.txt"))
        .unwrap()
        .current()
        .to_string();
    let serving = serve(here, port);

    let added = does(here, &["rotate-key", "--add"]);
    let new = added.split_whitespace().nth(1).unwrap().to_owned();
    let keys = Keys::load(here.join("keys.txt")).unwrap();
    assert_eq!(
        keys.current().to_string(),
        old,
        "nothing is written under it yet"
    );
    // Waits until the node has loaded it.
    does(here, &["rotate-key", "--use", &new]);
    refuses(here, &["rotate-key", "--retire", &new], "the one in use");
    refuses(here, &["rotate-key", "--retire", &old], "--rewrap` first");

    let vault = here.join("vault");
    let moved = || {
        blobs(&vault)
            .iter()
            .filter(|blob| key_of(blob) == new)
            .count()
    };
    if scans > 20 {
        kill_when(here, &["rotate-key", "--rewrap"], || moved() >= 3);
        assert!(moved() < blobs(&vault).len());
    }
    does(here, &["rotate-key", "--rewrap"]);
    assert_eq!(moved(), blobs(&vault).len());
    let again = does(here, &["rotate-key", "--rewrap"]);
    assert!(again.contains("0 contents were moved"), "{again}");
    let checked = does(here, &["check"]);
    assert!(
        checked.contains(&format!("0 contents under key {old};")),
        "{checked}"
    );

    // The node wrote under the old key until a moment ago; once it has stopped nobody can.
    refuses(
        here,
        &["rotate-key", "--retire", &old],
        "try again in a minute",
    );
    assert!(answers(port), "the realm went on serving");
    let pid = serving.0.id().to_string();
    assert!(Command::new("kill").arg(&pid).status().unwrap().success());
    let mut serving = serving;
    until("the node has stopped", || {
        serving.0.try_wait().unwrap().is_some()
    });
    does(here, &["rotate-key", "--retire", &old]);
    assert!(
        !std::fs::read_to_string(here.join("keys.txt"))
            .unwrap()
            .contains(&old)
    );
    let checked = does(here, &["check"]);
    assert!(checked.contains("Everything is right"), "{checked}");
    let realm = open(here).await;
    assert_eq!(place.contents(&realm).await, bytes);
    realm.close().await;

    // Backups from before the change are as good as those after it.
    does(here, &["backup", "--to", "backups"]);
    let (_, all) = snapshots(here).await;
    for (number, manifest) in all.iter().enumerate() {
        does(
            here,
            &[
                "backup",
                "verify",
                "--from",
                "backups",
                "--snapshot",
                &manifest.id,
            ],
        );
        let directory = format!("from-{number}");
        let words = [
            "restore",
            "--from",
            "backups",
            "--snapshot",
            &manifest.id,
            "--directory",
        ];
        does(
            here,
            &[&words[..], &[&directory, "--database", "sqlite:realm.db"]].concat(),
        );
        let restored = open(&here.join(&directory)).await;
        assert_eq!(place.contents(&restored).await, bytes);
        restored.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_changed_on_sqlite() {
    the_key_is_changed_while_the_realm_serves("sqlite:realm.db", 60).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_changed_on_postgres() {
    let database = testkit::postgres::fresh();
    the_key_is_changed_while_the_realm_serves(&database.url, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_living_realm_lacks_comes_back() {
    let machine = TempDir::new().unwrap();
    let here = machine.path();
    init(here, "sqlite:realm.db", free_port());
    begin_backups(here);
    let realm = open(here).await;
    let place = fill(&realm, 2).await;
    let bytes = place.contents(&realm).await;
    does(here, &["backup", "--to", "backups"]);

    let lost = &blobs(&here.join("vault"))[0];
    std::fs::remove_file(lost).unwrap();
    refuses(here, &["check"], "WRONG  content");
    let words = ["restore", "--from", "backups", "--missing-content"];
    let would = does(here, &[&words[..], &["--dry-run"]].concat());
    assert!(would.contains("would come back from snapshot"), "{would}");
    assert!(!lost.exists());
    does(here, &words);
    let checked = does(here, &["check"]);
    assert!(checked.contains("Everything is right"), "{checked}");
    assert_eq!(place.contents(&realm).await, bytes);

    // A deletion that was a mistake.
    let owner = Actor::person(&realm, place.owner);
    libraries::bin(&owner, place.libraries[0], &[place.documents[0].item()])
        .await
        .unwrap();
    let id = place.documents[0].to_string();
    let words = ["restore", "--from", "backups", "--document", &id];
    let would = does(here, &[&words[..], &["--dry-run"]].concat());
    assert!(would.contains("Nothing was changed"), "{would}");
    let did = does(here, &words);
    assert!(did.contains("comes out of the recycle bin"), "{did}");
    let page = documents::document(&owner, place.documents[0], None)
        .await
        .unwrap();
    assert!(page.binned.is_none());
    realm.close().await;
}

/// Nothing of the backups is on the machine but what says where they are; another machine needs only
/// that, and their keys.
#[tokio::test(flavor = "multi_thread")]
async fn backups_are_kept_in_an_object_store_too() {
    let objects = testkit::s3::Server::start().unwrap();
    let machine = TempDir::new().unwrap();
    let here = machine.path();
    init(here, "sqlite:realm.db", free_port());
    let settings = format!(
        "endpoint = \"{}\"\nbucket = \"{}\"\nprefix = \"backups/north\"\naccess_key_id = \"{}\"\nsecret_access_key = \"{}\"\n",
        objects.endpoint(),
        testkit::s3::BUCKET,
        objects.access_key(),
        objects.secret_key()
    );
    std::fs::write(here.join("objects.toml"), &settings).unwrap();
    let begin = ["backup", "init", "--to", "backups", "--s3", "objects.toml"];
    does(here, &begin);
    let mode = std::fs::metadata(here.join("backups/s3.toml"))
        .unwrap()
        .mode();
    assert_eq!(mode & 0o077, 0, "others can read the secret");

    let realm = open(here).await;
    let place = fill(&realm, 2).await;
    does(here, &["backup", "--to", "backups"]);
    let before = objects.keys("backups/north/content/blobs").len();
    assert!(before > 0, "content is in the store");
    assert!(!here.join("backups/content").exists());
    let owner = Actor::person(&realm, place.owner);
    let bytes = content(77, 90_000);
    let library = place.libraries[0];
    documents::add(&owner, library, None, "More.bin", &bytes[..])
        .await
        .unwrap();
    does(here, &["backup", "--to", "backups"]);
    let after = objects.keys("backups/north/content/blobs").len();
    assert_eq!(after, before + 1, "only what is new is copied");
    let pruned = does(
        here,
        &["backup", "prune", "--from", "backups", "--keep", "1"],
    );
    assert!(pruned.contains("1 snapshots stay"), "{pruned}");
    let verified = does(here, &["backup", "verify", "--from", "backups"]);
    assert!(verified.contains("Everything is right"), "{verified}");
    let bytes = place.contents(&realm).await;
    realm.close().await;

    // Without the keys that is somebody else's place.
    let other = TempDir::new().unwrap();
    let there = other.path();
    std::fs::write(there.join("objects.toml"), &settings).unwrap();
    refuses(there, &begin, "backups in that place already");
    std::fs::copy(here.join("backup-keys.txt"), there.join("backup-keys.txt")).unwrap();
    let found = does(there, &begin);
    assert!(found.contains("1 snapshots are there"), "{found}");
    does(
        there,
        &["restore", "--from", "backups", "--directory", "restored"],
    );
    let restored = open(&there.join("restored")).await;
    assert_eq!(place.contents(&restored).await, bytes);
    restored.close().await;
    let checked = does(&there.join("restored"), &["check"]);
    assert!(checked.contains("Everything is right"), "{checked}");
}
