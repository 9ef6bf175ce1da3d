//! The file that the keys live in: its text, its permissions, and how it is replaced.

use std::{
    fmt::Display,
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::Path,
};

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::{
    Error, KeyId, Keys,
    files::{Directory, parent},
    hex,
    keys::{Named, Secret},
};

const FIRST_LINE: &str = "chancery-vault-keys 1";
const PREFACE: &str = "\
# The keys of a Chancery vault. Whoever has this file can read everything in the vault, and
# without it nobody can. Keep a copy in a safe place away from this machine.
# Each line: what the key is for, its id, the key. The last wrapping key wraps new content.
";
const LONGEST_LINE: usize = 100;
const LARGEST: u64 = 1024 * 1024;

pub(crate) fn failed(path: &Path, why: impl Display) -> Error {
    Error::Keys {
        path: path.to_owned(),
        why: why.to_string(),
    }
}

/// The keys in a file; `None` if there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<Keys>, Error> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, error)),
    };
    // Asked of the open file, not of the path, which could name another file by now.
    let metadata = file.metadata().map_err(|error| failed(path, error))?;
    only_its_owner(path, &metadata)?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        return Err(failed(path, "it is not a key file"));
    }
    // With room for all of it, so that it is not copied about while it is read.
    let room = usize::try_from(metadata.len()).unwrap_or_default() + 1;
    let mut text = Zeroizing::new(String::with_capacity(room));
    file.take(LARGEST)
        .read_to_string(&mut text)
        .map_err(|error| failed(path, error))?;
    let keys = parse(&text).map_err(|why| failed(path, why))?;
    Ok(Some(Keys {
        path: Some(path.to_owned()),
        ..keys
    }))
}

#[cfg(unix)]
fn only_its_owner(path: &Path, metadata: &fs::Metadata) -> Result<(), Error> {
    const OTHERS: u32 = 0o077;
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777;
    if mode & OTHERS == 0 {
        return Ok(());
    }
    let why = format!(
        "people other than its owner can use it (its mode is {mode:04o}). If nobody has read it, \
         make it yours alone with: chmod 600 {}",
        path.display()
    );
    Err(failed(path, why))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
fn only_its_owner(_: &Path, _: &fs::Metadata) -> Result<(), Error> {
    Ok(())
}

/// Writes new keys to a file that must not exist yet.
pub(crate) fn create(keys: &Keys) -> Result<(), Error> {
    let path = keys.path.as_deref().expect("keys with a file have a path");
    let write = || {
        let directory = Directory::open(parent(path))?;
        let file = durable(path, keys)?;
        file.persist_noclobber(path)?;
        directory.sync()
    };
    write().map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => failed(path, "it exists and is not replaced"),
        io::ErrorKind::NotFound => failed(path, "the directory for it does not exist"),
        _ => failed(path, error),
    })
}

/// Changes the keys in a file and gives all of them. Reads the file again under a lock, since a key
/// that is dropped from it takes the content wrapped under it along.
pub(crate) fn change(
    path: &Path,
    address: KeyId,
    change: impl FnOnce(&mut Keys) -> Result<(), String>,
) -> Result<Keys, Error> {
    let changed = || {
        // Renaming onto a symbolic link would leave the real file as it was.
        let real = fs::canonicalize(path).map_err(|error| failed(path, error))?;
        let directory = Directory::locked(parent(&real)).map_err(|error| failed(path, error))?;
        let mut keys = read(&real)?.ok_or_else(|| failed(path, "it does not exist"))?;
        if keys.address.id != address {
            return Err(failed(path, "it holds the keys of another vault now"));
        }
        change(&mut keys).map_err(|why| failed(path, why))?;
        durable(&real, &keys)
            .and_then(|file| Ok(file.persist(&real)?))
            .and_then(|_| directory.sync())
            .map_err(|error| failed(path, error))?;
        Ok(keys)
    };
    changed().map(|keys| Keys {
        path: Some(path.to_owned()),
        ..keys
    })
}

/// A synced temporary file beside `path`, mode 0600.
fn durable(path: &Path, keys: &Keys) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
    let mut file = builder.prefix(".keys-").tempfile_in(parent(path))?;
    file.write_all(print(keys).as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

pub(crate) fn print(keys: &Keys) -> Zeroizing<String> {
    let room = PREFACE.len() + LONGEST_LINE * (keys.wrapping.len() + 2);
    let mut text = Zeroizing::new(String::with_capacity(room));
    text.push_str(PREFACE);
    text.push_str(FIRST_LINE);
    text.push('\n');
    let address = [("address", &keys.address)];
    for (kind, key) in address
        .into_iter()
        .chain(keys.wrapping.iter().map(|key| ("wrapping", key)))
    {
        text.push_str(kind);
        text.push(' ');
        hex::push(&mut text, &key.id.0);
        text.push(' ');
        hex::push(&mut text, key.secret.bytes());
        text.push('\n');
    }
    text
}

/// Says what is wrong by line number, never with the line.
pub(crate) fn parse(text: &str) -> Result<Keys, String> {
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    if lines.next().is_none_or(|(_, line)| line != FIRST_LINE) {
        return Err(format!("it does not begin with “{FIRST_LINE}”"));
    }
    let mut address = None;
    let mut wrapping = Vec::<Named>::new();
    for (number, line) in lines {
        let wrong = |why: &str| Err(format!("line {number}: {why}"));
        let mut words = line.split_ascii_whitespace();
        let (Some(kind), Some(id), Some(secret), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return wrong("not three words: what the key is for, its id, the key");
        };
        let key = {
            let (mut named, mut bytes) = (KeyId([0; 8]), Secret::zero());
            let read = hex::read(id, &mut named.0).and(hex::read(secret, bytes.bytes_mut()));
            if read.is_none() {
                return wrong("an id is 16 and a key 64 hexadecimal digits in lower case");
            }
            let key = Named::new(bytes);
            if key.id != named {
                return wrong("the key does not belong to its id; one of them was mistyped");
            }
            key
        };
        match kind {
            "address" if address.is_none() => address = Some(key),
            "address" => return wrong("there is more than one address secret"),
            "wrapping" if wrapping.iter().any(|known| known.id == key.id) => {
                return wrong("this wrapping key is there twice");
            }
            "wrapping" => wrapping.push(key),
            _ => return wrong("a key is for “address” or for “wrapping”"),
        }
    }
    match address {
        Some(_) if wrapping.is_empty() => Err("it holds no wrapping key".into()),
        Some(address) => Ok(Keys {
            path: None,
            address,
            wrapping,
        }),
        None => Err("it holds no address secret".into()),
    }
}
