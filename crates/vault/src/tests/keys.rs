//! The key file, rotation and rewrapping.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use proptest::prelude::*;

use super::{content, files, raw, read, read_all, row, store};
use crate::{Error, HEAD, Kept, KeyId, Keys, Memory, Vault, key_file};

fn place() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("vault.keys");
    (directory, path)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn why(result: Result<Keys, Error>) -> String {
    match result {
        Err(Error::Keys { why, .. }) => why,
        other => panic!("not refused: {other:?}"),
    }
}

fn same(one: &Keys, other: &Keys) -> bool {
    let secrets = |keys: &Keys| {
        let all = std::iter::once(&keys.address).chain(&keys.wrapping);
        all.map(|key| *key.secret.bytes()).collect::<Vec<_>>()
    };
    secrets(one) == secrets(other)
}

#[test]
fn keys_are_made_once_and_come_back() {
    let (directory, path) = place();
    assert_eq!(why(Keys::load(&path)), "it does not exist");
    let made = Keys::load_or_create(&path).unwrap();
    assert_eq!(mode(&path), 0o600);
    assert!(same(&made, &Keys::load(&path).unwrap()));
    assert!(same(&made, &Keys::load_or_create(&path).unwrap()));
    assert_eq!(why(Keys::create(&path)), "it exists and is not replaced");
    assert!(same(&made, &Keys::load(&path).unwrap()));
    assert_eq!(
        files(directory.path()).len(),
        1,
        "no temporary file is left"
    );

    let nowhere = directory.path().join("nowhere").join("vault.keys");
    assert_eq!(
        why(Keys::create(&nowhere)),
        "the directory for it does not exist"
    );
}

#[test]
fn two_that_start_at_once_share_the_same_keys() {
    for _ in 0..20 {
        let (_directory, path) = place();
        let start = || Keys::load_or_create(&path).unwrap();
        let (one, other) = std::thread::scope(|threads| {
            let (one, other) = (threads.spawn(start), threads.spawn(start));
            (one.join().unwrap(), other.join().unwrap())
        });
        assert!(same(&one, &other));
    }
}

#[test]
fn a_file_that_others_can_use_is_refused() {
    let (_directory, path) = place();
    Keys::create(&path).unwrap();
    for wrong in [
        0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o666, 0o777,
    ] {
        fs::set_permissions(&path, fs::Permissions::from_mode(wrong)).unwrap();
        let advice = format!("chmod 600 {}", path.display());
        for result in [Keys::load(&path), Keys::load_or_create(&path)] {
            let why = why(result);
            assert!(
                why.contains(&advice) && why.contains(&format!("{wrong:04o}")),
                "{why}"
            );
        }
    }
    for right in [0o600, 0o400] {
        fs::set_permissions(&path, fs::Permissions::from_mode(right)).unwrap();
        Keys::load(&path).unwrap();
    }
}

#[test]
fn rotation_adds_a_key_and_keeps_the_others() {
    let (directory, path) = place();
    let mut keys = Keys::create(&path).unwrap();
    let first = keys.current();
    let second = keys.rotate().unwrap();
    let third = keys.rotate().unwrap();
    assert_eq!(keys.ids().collect::<Vec<_>>(), [first, second, third]);
    assert_eq!(keys.current(), third);
    assert!(same(&keys, &Keys::load(&path).unwrap()));
    assert_eq!(mode(&path), 0o600);
    assert_eq!(
        files(directory.path()).len(),
        1,
        "no temporary file is left"
    );

    // A link to the file, as a mount of secrets would be, stays a link.
    let link = directory.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let fourth = Keys::load(&link).unwrap().rotate().unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(Keys::load(&path).unwrap().current(), fourth);
}

#[test]
fn no_key_is_lost_when_many_rotate_at_once() {
    let (_directory, path) = place();
    let first = Keys::create(&path).unwrap().current();
    let rotate = || Keys::load(&path).unwrap().rotate().unwrap();
    let mut added: Vec<KeyId> = std::thread::scope(|threads| {
        let threads: Vec<_> = (0..16).map(|_| threads.spawn(rotate)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    added.push(first);
    added.sort();
    let mut held: Vec<_> = Keys::load(&path).unwrap().ids().collect();
    held.sort();
    assert_eq!(held, added);
}

#[test]
fn the_file_of_another_vault_is_not_rotated() {
    let (_directory, path) = place();
    let mut keys = Keys::create(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let other = Keys::create(&path).unwrap();
    assert!(matches!(keys.rotate(), Err(Error::Keys { .. })));
    assert!(same(&other, &Keys::load(&path).unwrap()));
}

#[test]
fn what_is_wrong_with_a_file_is_said_without_showing_it() {
    let (_directory, path) = place();
    Keys::create(&path).unwrap();
    let good = fs::read_to_string(&path).unwrap();
    assert!(key_file::parse(&good).is_ok());
    let lines: Vec<_> = good.lines().map(str::to_owned).collect();
    let [first, address, wrapping] = &lines[lines.len() - 3..] else {
        panic!("{lines:?}")
    };
    let flipped = |line: &str| {
        let (rest, last) = line.split_at(line.len() - 1);
        format!("{rest}{}", if last == "0" { "1" } else { "0" })
    };
    let number = lines.len();
    for (text, expected) in [
        (String::new(), "it does not begin".to_owned()),
        (
            format!("{address}\n{wrapping}"),
            "it does not begin".to_owned(),
        ),
        (first.clone(), "it holds no address secret".into()),
        (
            format!("{first}\n{wrapping}"),
            "it holds no address secret".into(),
        ),
        (
            format!("{first}\n{address}"),
            "it holds no wrapping key".into(),
        ),
        (
            good.replace(wrapping, &flipped(wrapping)),
            format!("line {number}: the key does not"),
        ),
        (
            good.replace(address, &flipped(address)),
            format!("line {}: the key", number - 1),
        ),
        (
            good.replace(wrapping, &wrapping[..80]),
            format!("line {number}: an id is 16"),
        ),
        (
            good.replace(wrapping, &wrapping.to_uppercase()),
            format!("line {number}: an id is"),
        ),
        (
            good.replace("wrapping ", "unwrapping "),
            format!("line {number}: a key is for"),
        ),
        (
            format!("{good}{wrapping}"),
            format!("line {}: this wrapping key is", number + 1),
        ),
        (
            format!("{good}{address}"),
            format!("line {}: there is more", number + 1),
        ),
        (
            format!("{good}{wrapping} more"),
            format!("line {}: not three words", number + 1),
        ),
        (
            good.replace("keys 1", "keys 2"),
            "it does not begin".to_owned(),
        ),
    ] {
        fs::write(&path, &text).unwrap();
        let why = why(Keys::load(&path));
        assert!(why.starts_with(&expected), "“{why}”, not “{expected}…”");
        let shown = why
            .split(|c: char| !c.is_ascii_hexdigit())
            .any(|word| word.len() > 8);
        assert!(!shown, "it shows a secret: {why}");
    }
    let spaced = good
        .replace('\n', "\r\n\n")
        .replace("wrapping ", "  wrapping\t ");
    assert!(
        key_file::parse(&spaced).is_ok(),
        "blank space does not matter"
    );
    fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(matches!(Keys::load(&path), Err(Error::Keys { .. })));
    fs::write(&path, vec![b'#'; 2_000_000]).unwrap();
    assert_eq!(why(Keys::load(&path)), "it is not a key file");
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused(text in "(chancery-vault-keys 1\n)?((address|wrapping|#)? ?[0-9a-fé]{0,16} ?[0-9a-f]{0,64}\n?){0,4}") {
        prop_assert!(key_file::parse(&text).is_err(), "a key without a matching id was accepted");
    }
}

#[tokio::test]
async fn rewrapping_moves_content_to_the_newest_key() {
    let (_directory, path) = place();
    let memory = Memory::new();
    let vault = || {
        Vault::new(
            Keys::load_or_create(&path).unwrap(),
            Arc::new(memory.clone()),
        )
    };
    let content = content(150_000);
    let old = vault();
    let address = store(&old, &content).await;
    let small = old.deposit(&b"small"[..], 10).await.unwrap();
    assert_eq!(
        old.rewrap(&address, None).await.unwrap(),
        None,
        "nothing to be done"
    );

    let first = Keys::load(&path).unwrap().current();
    let second = Keys::load(&path).unwrap().rotate().unwrap();
    let new = vault();
    // Old content is readable before anything is rewrapped, and new content is the newest key's.
    assert_eq!(read_all(&new, &address, None).await.unwrap(), content);
    let newer = new.deposit(&b"newer"[..], 10).await.unwrap();
    assert_eq!(key_of(&row(&newer)), second);
    // A process that does not have the new key yet says which is missing, and can be given it.
    let unknown = old
        .open(&newer.address, Some(row(&newer)))
        .await
        .unwrap_err();
    assert!(matches!(unknown, Error::KeyUnknown { id } if id == second));
    old.replace_keys(Keys::load(&path).unwrap()).unwrap();
    assert_eq!(
        read_all(&old, &newer.address, Some(row(&newer)))
            .await
            .unwrap(),
        b"newer"
    );
    let others = old.replace_keys(Keys::ephemeral().unwrap());
    assert!(matches!(others, Err(Error::Keys { .. })));

    let before = raw(&memory, &address).await;
    let reading = new.open(&address, None).await.unwrap();
    assert_eq!(
        new.rewrap(&address, None).await.unwrap(),
        Some(Kept::Stored)
    );
    let after = raw(&memory, &address).await;
    assert_eq!((key_of(&before), key_of(&after)), (first, second));
    assert_eq!(
        before[..24],
        after[..24],
        "what does not depend on the wrapping key stays"
    );
    assert_ne!(before[32..HEAD], after[32..HEAD]);
    assert_eq!(before[HEAD..], after[HEAD..]);
    // Who opened it before can go on reading.
    assert_eq!(read(&reading, 0..u64::MAX).await.unwrap(), content);
    assert_eq!(new.verify(&address, None).await.unwrap(), 150_000);
    assert_eq!(new.rewrap(&address, None).await.unwrap(), None);

    let rewrapped = new.rewrap(&small.address, Some(row(&small))).await.unwrap();
    let Some(Kept::Inline(rewrapped)) = rewrapped else {
        panic!("{rewrapped:?}")
    };
    assert_eq!(key_of(&rewrapped), second);

    // The old key may now be taken out of the file.
    let text = fs::read_to_string(&path).unwrap();
    let without: Vec<_> = text
        .lines()
        .filter(|line| !line.contains(&first.to_string()))
        .collect();
    fs::write(&path, without.join("\n")).unwrap();
    let last = vault();
    assert_eq!(last.verify(&address, None).await.unwrap(), 150_000);
    assert_eq!(
        last.verify(&small.address, Some(rewrapped)).await.unwrap(),
        5
    );
    let gone = last
        .open(&small.address, Some(row(&small)))
        .await
        .unwrap_err();
    assert!(matches!(gone, Error::KeyUnknown { id } if id == first));
    // The address secret is the same, so equal content still has the same address.
    assert_eq!(store(&last, &content).await, address);
}

#[tokio::test]
async fn damaged_blobs_are_not_rewrapped() {
    let (_directory, path) = place();
    let memory = Memory::new();
    let keys = Keys::create(&path).unwrap();
    let vault = Vault::new(keys, Arc::new(memory.clone())).with_inline_limit(0);
    let address = store(&vault, &content(70_000)).await;
    Keys::load(&path).unwrap().rotate().unwrap();
    vault.replace_keys(Keys::load(&path).unwrap()).unwrap();
    let mut bytes = raw(&memory, &address).await;
    bytes.pop();
    super::overwrite(&memory, &address, &bytes).await;
    assert!(matches!(
        vault.rewrap(&address, None).await,
        Err(Error::Damaged { .. })
    ));
    assert_eq!(raw(&memory, &address).await, bytes);
    let absent = crate::Address::from_bytes([0; 32]);
    assert!(matches!(
        vault.rewrap(&absent, None).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        vault.rewrap(&absent, Some(vec![0; 5])).await,
        Err(Error::Damaged { .. })
    ));
}

fn key_of(blob: &[u8]) -> KeyId {
    crate::format::key_id(blob.first_chunk().unwrap())
}
