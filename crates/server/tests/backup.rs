//! Backup and restore, run as an operator runs them, against the real program and both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod workplace;

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chancery::documents;
use chancery::keeping::{self, Manifest, Target};
use chancery::kernel::{Actor, Db};
use chancery::people;
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
        &["person", "reset", "owner@test.example"],
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
