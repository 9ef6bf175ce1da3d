//! The keys of a realm's vault.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use zeroize::{Zeroize, Zeroizing};

use crate::{Error, hex, key_file};

const FINGERPRINT: &str = "chancery vault v1 key id";
const ADDRESS: &str = "chancery vault v1 address";

/// 32 secret bytes, on the heap so that moving them leaves no copies, wiped when dropped.
pub(crate) struct Secret(Box<[u8; 32]>);

impl Secret {
    pub(crate) fn random() -> Result<Self, Error> {
        let mut secret = Self::zero();
        random(&mut *secret.0)?;
        Ok(secret)
    }

    pub(crate) fn zero() -> Self {
        Self(Box::new([0; 32]))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8; 32] {
        &mut self.0
    }

    /// An id that is derived from the secret, so that a mistyped or mixed up key shows at once.
    pub(crate) fn id(&self) -> KeyId {
        let hash = blake3::derive_key(FINGERPRINT, self.bytes());
        KeyId(*hash.first_chunk().expect("a hash has 32 bytes"))
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Fills `bytes` from the operating system's generator, by way of AWS-LC's.
pub(crate) fn random(bytes: &mut [u8]) -> Result<(), Error> {
    aws_lc_rs::rand::fill(bytes)
        .map_err(|_| Error::Io(io::Error::other("the random number generator failed")))
}

impl std::str::FromStr for KeyId {
    type Err = NotAKeyId;

    fn from_str(text: &str) -> Result<Self, NotAKeyId> {
        let mut id = Self([0; 8]);
        hex::read(text, &mut id.0).ok_or(NotAKeyId)?;
        Ok(id)
    }
}

/// The text is not 16 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the id of a key is 16 hexadecimal digits in lower case")]
pub struct NotAKeyId;

/// Names a key without telling it: the first 8 bytes of a hash of the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(crate) [u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(16);
        hex::push(&mut text, &self.0);
        f.write_str(&text)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

pub(crate) struct Named {
    pub(crate) id: KeyId,
    pub(crate) secret: Secret,
}

impl Named {
    pub(crate) fn new(secret: Secret) -> Self {
        Self {
            id: secret.id(),
            secret,
        }
    }
}

/// The keys of one realm's vault: the *address secret*, from which the addresses of content are
/// derived and which never changes, and the *wrapping keys*, of which the newest wraps the keys of
/// new content and the others still open what was written under them.
///
/// They live in a text file that only its owner may read. Without that file nothing in the vault
/// can ever be read again, so keep a copy elsewhere. They are wiped from memory when dropped, and
/// `Debug` shows only their ids.
pub struct Keys {
    pub(crate) path: Option<PathBuf>,
    pub(crate) address: Named,
    /// Oldest first, never empty.
    pub(crate) wrapping: Vec<Named>,
}

impl Keys {
    /// Makes new keys and a new file for them, mode 0600, durable when this returns. Refuses to
    /// replace a file.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let keys = Self {
            path: Some(path.into()),
            ..Self::ephemeral()?
        };
        key_file::create(&keys)?;
        Ok(keys)
    }

    /// Reads the keys from their file. Refuses a file that anybody but its owner may read or write.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        key_file::read(path)?.ok_or_else(|| key_file::failed(path, "it does not exist"))
    }

    /// Reads the keys from their file, or makes them when there is no such file: for the first
    /// start of a realm.
    ///
    /// A caller that already holds content should use [`Keys::load`], so that a key file that went
    /// missing is an error at the start rather than a second set of keys.
    pub fn load_or_create(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        if let Some(keys) = key_file::read(path)? {
            return Ok(keys);
        }
        // Another process that starts at the same moment may be first; its file then stands.
        Self::create(path).or_else(|error| key_file::read(path)?.ok_or(error))
    }

    /// Keys that live in memory only and die with the process: for tests and for trying things.
    pub fn ephemeral() -> Result<Self, Error> {
        Ok(Self {
            path: None,
            address: Named::new(Secret::random()?),
            wrapping: vec![Named::new(Secret::random()?)],
        })
    }

    /// The keys that a text holds, as [`Keys::text`] gave it; they have no file.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        key_file::parse(text).map_err(|why| key_file::failed(Path::new("(text)"), why))
    }

    /// The text of a file of these keys: for a copy that is itself encrypted.
    pub fn text(&self) -> Zeroizing<String> {
        key_file::print(self)
    }

    /// Writes these keys to a new file, mode 0600, durable when this returns. Refuses to replace one.
    pub fn save(self, path: impl Into<PathBuf>) -> Result<Self, Error> {
        let keys = Self {
            path: Some(path.into()),
            ..self
        };
        key_file::create(&keys)?;
        Ok(keys)
    }

    /// Adds a wrapping key, which new content is wrapped under from now on, and gives its id. The
    /// file is replaced durably before this returns; a key that another process added meanwhile is
    /// kept. Existing content stays readable: [`Vault::rewrap`](crate::Vault::rewrap) moves it to
    /// the new key.
    pub fn rotate(&mut self) -> Result<KeyId, Error> {
        let added = Named::new(Secret::random()?);
        let id = added.id;
        self.change(|keys| {
            keys.wrapping.push(added);
            Ok(())
        })?;
        Ok(id)
    }

    /// Adds a wrapping key that opens content from now on and wraps none yet, and gives its id: so
    /// that every process can load it before the first one writes under it.
    pub fn prepare(&mut self) -> Result<KeyId, Error> {
        let added = Named::new(Secret::random()?);
        let id = added.id;
        self.change(|keys| {
            keys.wrapping.insert(keys.wrapping.len() - 1, added);
            Ok(())
        })?;
        Ok(id)
    }

    /// Lets new content be wrapped under this key, which must be there already.
    pub fn adopt(&mut self, id: KeyId) -> Result<(), Error> {
        self.change(|keys| {
            let key = keys.take(id)?;
            keys.wrapping.push(key);
            Ok(())
        })
    }

    /// Takes out a wrapping key for good. What is still wrapped under it can never be read again,
    /// so the caller must have made sure that nothing is. Refuses the current one.
    pub fn retire(&mut self, id: KeyId) -> Result<(), Error> {
        self.change(|keys| {
            if keys.current() == id {
                return Err(format!(
                    "key {id} is the one that new content is wrapped under"
                ));
            }
            keys.take(id).map(drop)
        })
    }

    fn take(&mut self, id: KeyId) -> Result<Named, String> {
        let at = self.wrapping.iter().position(|key| key.id == id);
        at.map(|at| self.wrapping.remove(at))
            .ok_or_else(|| format!("it holds no wrapping key {id}"))
    }

    /// Changes the keys and their file, durably, from what the file holds at that moment.
    fn change(
        &mut self,
        change: impl FnOnce(&mut Self) -> Result<(), String>,
    ) -> Result<(), Error> {
        match self.path.clone() {
            None => change(self).map_err(|why| key_file::failed(Path::new("(in memory)"), why)),
            Some(path) => {
                *self = key_file::change(&path, self.address.id, change)?;
                Ok(())
            }
        }
    }

    /// These keys, with the wrapping keys of `other` that they lack before their own: they open what
    /// either opens and wrap as before. [`Error::Keys`] if those are the keys of another vault.
    pub fn with_older(mut self, other: Self) -> Result<Self, Error> {
        if self.address.id != other.address.id {
            let path = other.path.unwrap_or_default();
            return Err(key_file::failed(
                &path,
                "it holds the keys of another vault",
            ));
        }
        let known: Vec<KeyId> = self.ids().collect();
        let older = other
            .wrapping
            .into_iter()
            .filter(|key| !known.contains(&key.id));
        self.wrapping.splice(0..0, older);
        Ok(self)
    }

    /// Which vault these are the keys of: the id of its address secret.
    pub fn vault(&self) -> KeyId {
        self.address.id
    }

    /// The wrapping key for new content.
    pub fn current(&self) -> KeyId {
        self.newest().id
    }

    /// All wrapping keys, oldest first.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        self.wrapping.iter().map(|key| key.id)
    }

    pub(crate) fn newest(&self) -> &Named {
        self.wrapping
            .last()
            .expect("keys always hold at least one wrapping key")
    }

    pub(crate) fn wrapping(&self, id: KeyId) -> Result<&Named, Error> {
        self.wrapping
            .iter()
            .find(|key| key.id == id)
            .ok_or(Error::KeyUnknown { id })
    }

    /// The keyed hash that makes addresses.
    pub(crate) fn hasher(&self) -> blake3::Hasher {
        let mut key = blake3::derive_key(ADDRESS, self.address.secret.bytes());
        let hasher = blake3::Hasher::new_keyed(&key);
        key.zeroize();
        hasher
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("path", &self.path)
            .field("address", &self.address.id)
            .field("wrapping", &self.ids().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
