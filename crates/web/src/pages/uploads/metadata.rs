//! What is said of an upload before it comes: the header `Upload-Metadata` of tus 1.0.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chancery::uploads::{Beginning, To};

/// The pairs of the header, each value out of its base64.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Metadata(BTreeMap<String, String>);

impl Metadata {
    /// None when it is not as the protocol says.
    pub(super) fn read(field: &str) -> Option<Self> {
        let mut pairs = BTreeMap::new();
        for pair in field.split(',').map(str::trim) {
            let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
            if name.is_empty() {
                return None;
            }
            let value = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
            if pairs.insert(name.to_owned(), value).is_some() {
                return None;
            }
        }
        Some(Self(pairs))
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// What is about to be sent: `filename` into a `library`, perhaps a `folder` of it and a `path` below that
    /// ("Returns/2026"), or as the next version of a `document`, perhaps with the version `seen` and a `comment`.
    /// With a key in `once` it is begun once; with `asks` its sender is asked when the content is here already.
    pub(super) fn beginning(&self, size: u64) -> Option<Beginning> {
        let name = self.get("filename").to_owned();
        if name.is_empty() {
            return None;
        }
        let to = match (self.get("library"), self.get("document")) {
            ("", document) => To::Document {
                document: document.parse().ok()?,
                seen: match self.get("seen") {
                    "" => None,
                    seen => Some(seen.parse().ok()?),
                },
                comment: self.get("comment").to_owned(),
            },
            (library, "") => To::Library {
                library: library.parse().ok()?,
                folder: match self.get("folder") {
                    "" => None,
                    folder => Some(folder.parse().ok()?),
                },
                path: match self.get("path") {
                    "" => Vec::new(),
                    path => path.split('/').map(str::to_owned).collect(),
                },
            },
            _ => return None,
        };
        let once = match self.get("once") {
            "" => None,
            once => Some(once.to_owned()),
        };
        Some(Beginning {
            name,
            size,
            to,
            once,
            asks: self.get("asks") == "yes",
        })
    }
}

#[cfg(test)]
mod tests {
    use chancery::kernel::Id;
    use chancery::uploads::To;

    use super::Metadata;

    #[test]
    fn what_is_said_of_an_upload_is_read_or_refused() {
        // "a.txt", the library 1, and "Returns/2026".
        let library = Id::<()>::from_raw(1).to_string();
        let coded = |text: &str| {
            use base64::Engine as _;
            base64::engine::general_purpose::STANDARD.encode(text)
        };
        let field = format!(
            "filename {},library {}, path {},empty",
            coded("a.txt"),
            coded(&library),
            coded("Returns/2026")
        );
        let beginning = Metadata::read(&field).and_then(|said| said.beginning(5));
        let beginning = beginning.expect("it is as the protocol says");
        assert_eq!((beginning.name.as_str(), beginning.size), ("a.txt", 5));
        let To::Library { path, folder, .. } = beginning.to else {
            panic!("it goes into a library");
        };
        assert_eq!(
            (path, folder),
            (vec!["Returns".to_owned(), "2026".to_owned()], None)
        );
        for wrong in ["", "filename !", "filename YQ==,filename YQ=="] {
            assert_eq!(Metadata::read(wrong), None, "{wrong}");
        }
        let nowhere = Metadata::read("filename YQ==").expect("read");
        assert!(nowhere.beginning(1).is_none());
    }
}
