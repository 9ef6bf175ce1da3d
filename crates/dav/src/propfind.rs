//! PROPFIND (RFC 4918 §9.1): what there is, and what is known and said of it. A long list is written while it is
//! read.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use chancery::files::{self, Children, Looked, Wanted, What};
use futures::stream;

use crate::address::{href, push};
use crate::answer::{small, xml};
use crate::conditions::{Depth, depth};
use crate::failure::Failure;
use crate::handler::Call;
use crate::multistatus::{Asked, BEGIN, END, Name, Thing};
use crate::xml::{Element, parse};

pub(crate) async fn propfind(call: Call, body: Body) -> Result<Response, Failure> {
    let deep = depth(&call.parts.headers, Depth::Infinity)?;
    let looked = call.look().await?;
    if looked.is_nothing() {
        return Err(chancery::Error::NotFound.into());
    }
    if deep == Depth::Infinity && looked.is_collection() {
        return Err(Failure::infinite());
    }
    let actor = call.actor;
    let asked = asked(&small(body).await?)?;
    let wanted = Wanted {
        locks: asked.locks(),
        properties: asked.dead(),
    };
    let mut about = files::About::default();
    if wanted.locks || wanted.properties {
        about = files::about(&actor, &looked, wanted).await?;
    }
    let names = looked.address.names().to_vec();
    let used = match (
        &looked.spot,
        asked.asks("quota-used-bytes") || asked.asks("quota-available-bytes"),
    ) {
        (Some(spot), true) if looked.is_collection() => {
            Some(files::used(&actor, spot.library).await?)
        }
        _ => None,
    };
    let mut text = String::from(BEGIN);
    let here = href(&names, looked.is_collection());
    itself(&looked, &about, &here, used).write(&asked, &mut text);
    if deep == Depth::Zero || !looked.is_collection() {
        text.push_str(END);
        return Ok(xml(StatusCode::MULTI_STATUS, text));
    }
    let site = match &looked.what {
        What::Realm => Some(None),
        What::Site(name) => Some(Some(name.as_str())),
        _ => None,
    };
    if let Some(site) = site {
        for (name, at) in files::places(&actor, site).await? {
            let mut below = names.clone();
            below.push(files::in_address(&name));
            let there = href(&below, true);
            let thing = Thing {
                href: &there,
                names: &below,
                name: &name,
                collection: true,
                created_at: Some(at),
                changed_at: Some(at),
                size: 0,
                media_type: "",
                etag: "",
                locks: &[],
                dead: &[],
                lockable: site.is_some(),
                used: None,
            };
            thing.write(&asked, &mut text);
        }
        text.push_str(END);
        return Ok(xml(StatusCode::MULTI_STATUS, text));
    }
    let children = files::children(&actor, &looked, wanted, &about.locks).await?;
    let listing = Listing {
        children,
        asked,
        here,
        names,
        text: Some(text),
    };
    Ok(xml(StatusCode::MULTI_STATUS, listing.body()))
}

fn itself<'a>(
    looked: &'a Looked,
    about: &'a files::About,
    here: &'a str,
    used: Option<u64>,
) -> Thing<'a> {
    let names = looked.address.names();
    if let Some(entry) = looked.entry() {
        return Thing {
            locks: &about.locks,
            dead: &about.properties,
            used,
            ..Thing::of(entry, here, names)
        };
    }
    let name = match (&looked.what, &looked.spot) {
        (What::Site(name), _) => name.as_str(),
        (_, Some(spot)) => spot.library_name.as_str(),
        _ => "Files",
    };
    Thing {
        href: here,
        names,
        name,
        collection: true,
        created_at: None,
        changed_at: None,
        size: 0,
        media_type: "",
        etag: "",
        locks: &about.locks,
        dead: &about.properties,
        lockable: looked.spot.is_some(),
        used,
    }
}

/// A list on its way out, a page at a time.
struct Listing {
    children: Children,
    asked: Asked,
    here: String,
    names: Vec<String>,
    /// What is written and not sent yet; `None` once the end is.
    text: Option<String>,
}

impl Listing {
    fn body(self) -> Body {
        Body::from_stream(stream::try_unfold(self, |mut listing| async move {
            let Some(mut text) = listing.text.take() else {
                return Ok::<_, io::Error>(None);
            };
            match listing.children.next().await {
                Ok(Some(entries)) => {
                    let mut there = listing.here.clone();
                    let kept = there.len();
                    let depth = listing.names.len();
                    listing.names.push(String::new());
                    for entry in &entries {
                        there.truncate(kept);
                        push(&mut there, &entry.name, depth);
                        if entry.is_folder {
                            there.push('/');
                        }
                        listing.names[depth].clone_from(&entry.name);
                        Thing::of(entry, &there, &listing.names).write(&listing.asked, &mut text);
                    }
                    listing.names.pop();
                    listing.text = Some(String::with_capacity(text.len()));
                    Ok(Some((Bytes::from(text), listing)))
                }
                Ok(None) => {
                    text.push_str(END);
                    Ok(Some((Bytes::from(text), listing)))
                }
                Err(error) => {
                    // The transfer is not completed, and is seen as such.
                    tracing::error!(%error, "a list broke off");
                    Err(io::Error::other(error))
                }
            }
        }))
    }
}

/// How many names one can ask for, and how long they may be together, in bytes: they are written for each thing that does not
/// have them.
const NAMES_MOST: usize = 200;
const NAMES_BYTES: usize = 16 * 1024;

/// The names in an element, each of them once.
fn names(element: &Element) -> Result<Vec<Name>, Failure> {
    let mut seen = HashSet::new();
    let mut names = Vec::new();
    let mut bytes = 0;
    for element in element.elements() {
        let name = Name {
            space: Arc::clone(&element.space),
            name: element.name.clone(),
        };
        if !seen.insert(name.clone()) {
            continue;
        }
        bytes += name.space.len() + name.name.len();
        if names.len() == NAMES_MOST || bytes > NAMES_BYTES {
            return Err(Failure::bad("It asks for too many properties at once"));
        }
        names.push(name);
    }
    Ok(names)
}

/// What the body asks for; everything when there is none.
fn asked(body: &[u8]) -> Result<Asked, Failure> {
    if body.is_empty() {
        return Ok(Asked::All(Vec::new()));
    }
    let wrong = || Failure::bad("The body does not say what is asked for");
    let root = parse(body)?;
    if !root.is("propfind") {
        return Err(wrong());
    }
    let kinds = ["allprop", "propname", "prop"].map(|kind| root.child(kind));
    match kinds {
        [Some(_), None, None] => {
            let more = root.child("include").map(names).transpose()?;
            Ok(Asked::All(more.unwrap_or_default()))
        }
        [None, Some(_), None] => Ok(Asked::Names),
        [None, None, Some(prop)] => Ok(Asked::These(names(prop)?)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_body_says_what_is_asked_for() {
        let of =
            |inner: &str| asked(format!("<propfind xmlns='DAV:'>{inner}</propfind>").as_bytes());
        assert!(matches!(asked(b"").unwrap(), Asked::All(more) if more.is_empty()));
        assert!(matches!(of("<allprop/>").unwrap(), Asked::All(_)));
        assert!(
            matches!(of("<allprop/><include><x xmlns='y'/></include>").unwrap(), Asked::All(more) if more.len() == 1)
        );
        assert!(matches!(of("<propname/>").unwrap(), Asked::Names));
        assert!(
            matches!(of("<prop><getetag/><x xmlns='y'/></prop>").unwrap(), Asked::These(names) if names.len() == 2)
        );
        assert!(of("<prop/><allprop/>").is_err());
        assert!(of("").is_err());
        assert!(asked(b"<propfind/>").is_err());
    }

    #[test]
    fn only_so_much_is_asked_for_at_once() {
        let of = |space: &str, names: Vec<String>| {
            let names = names.concat();
            let body =
                format!("<propfind xmlns='DAV:' xmlns:p='{space}'><prop>{names}</prop></propfind>");
            asked(body.as_bytes())
        };
        let many = |count: usize| (0..count).map(|each| format!("<p:a{each}/>")).collect();
        assert!(matches!(of("u", many(200)).unwrap(), Asked::These(names) if names.len() == 200));
        assert!(of("u", many(201)).is_err());
        let same = vec!["<p:a/>".to_owned(); 5_000];
        assert!(matches!(of("u", same).unwrap(), Asked::These(names) if names.len() == 1));
        assert!(of(&"u".repeat(1024), many(10)).is_ok());
        assert!(of(&"u".repeat(1024), many(20)).is_err());
        assert!(of(&"u".repeat(1025), many(1)).is_err());
    }
}
