//! The headers that make a request conditional, and those that say how much is meant: `If-Match`, `If-None-Match`
//! (RFC 9110 §13), `If`, `Depth`, `Overwrite`, `Timeout`, `Lock-Token` (RFC 4918 §10).

use axum::http::{HeaderMap, header};
use chancery::files::{Address, Conditions, List, Said, State, Tags};

use crate::address;
use crate::failure::Failure;

/// The longest header `If`, in bytes, and the most lists in it.
const LONGEST_IF: usize = 8 * 1024;
const MOST_LISTS: usize = 64;

/// Everything that the request is made conditional on.
pub(crate) fn of(headers: &HeaderMap, ours: &str) -> Result<Conditions, Failure> {
    Ok(Conditions {
        matches: tags(headers, &header::IF_MATCH)?,
        matches_not: tags(headers, &header::IF_NONE_MATCH)?,
        lists: lists(headers, ours)?,
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Failure> {
    headers
        .get(name)
        .map(|value| value.to_str())
        .transpose()
        .map_err(|_| Failure::bad("A header cannot be read"))
}

fn tags(headers: &HeaderMap, name: &header::HeaderName) -> Result<Tags, Failure> {
    let mut all = Vec::new();
    for value in headers.get_all(name) {
        let value = value
            .to_str()
            .map_err(|_| Failure::bad("A header cannot be read"))?;
        for tag in value
            .split(',')
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
        {
            if tag == "*" {
                return Ok(Tags::Any);
            }
            all.push(tag.to_owned());
        }
    }
    Ok(if all.is_empty() {
        Tags::Unsaid
    } else {
        Tags::These(all)
    })
}

fn lists(headers: &HeaderMap, ours: &str) -> Result<Vec<List>, Failure> {
    let Some(text) = text(headers, "if")? else {
        return Ok(Vec::new());
    };
    if text.len() > LONGEST_IF {
        return Err(Failure::bad("The header If is too long"));
    }
    parse(text, |uri| {
        // What is not of this realm has no state that could be meant.
        Ok(address::of_uri(uri, headers, ours)?.unwrap_or_default())
    })
}

fn parse(
    text: &str,
    mut address: impl FnMut(&str) -> Result<Address, Failure>,
) -> Result<Vec<List>, Failure> {
    let wrong = || Failure::bad("The header If cannot be read");
    let mut rest = text.trim_start();
    let mut of = None;
    let mut lists = Vec::new();
    let mut waits = false;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('<') {
            // A tag is for the lists after it, and there must be one.
            if waits || (of.is_none() && !lists.is_empty()) {
                return Err(wrong());
            }
            let (uri, after) = after.split_once('>').ok_or_else(wrong)?;
            of = Some(address(uri)?);
            waits = true;
            rest = after.trim_start();
        } else if let Some(after) = rest.strip_prefix('(') {
            let (all, after) = conditions(after).ok_or_else(wrong)?;
            lists.push(List {
                of: of.clone(),
                all,
            });
            waits = false;
            rest = after.trim_start();
        } else {
            return Err(wrong());
        }
        if lists.len() > MOST_LISTS {
            return Err(wrong());
        }
    }
    if waits || lists.is_empty() {
        return Err(wrong());
    }
    Ok(lists)
}

/// What stands in a list, up to its end.
fn conditions(text: &str) -> Option<(Vec<Said>, &str)> {
    let mut rest = text.trim_start();
    let mut all = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix(')') {
            return (!all.is_empty()).then_some((all, after));
        }
        let not = match rest.get(..3) {
            Some(word) if word.eq_ignore_ascii_case("not") => {
                rest = rest.get(3..)?.trim_start();
                true
            }
            _ => false,
        };
        let state;
        if let Some(after) = rest.strip_prefix('<') {
            let (token, after) = after.split_once('>')?;
            state = State::Token(token.to_owned());
            rest = after.trim_start();
        } else {
            let after = rest.strip_prefix('[')?;
            let (tag, after) = after.split_once(']')?;
            state = State::Tag(tag.trim().to_owned());
            rest = after.trim_start();
        }
        all.push(Said { not, state });
        if all.len() > MOST_LISTS {
            return None;
        }
    }
}

/// How deep something is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    Zero,
    One,
    Infinity,
}

/// The header `Depth`.
pub(crate) fn depth(headers: &HeaderMap, unless_said: Depth) -> Result<Depth, Failure> {
    match text(headers, "depth")?.map(str::trim) {
        None => Ok(unless_said),
        Some("0") => Ok(Depth::Zero),
        Some("1") => Ok(Depth::One),
        Some(word) if word.eq_ignore_ascii_case("infinity") => Ok(Depth::Infinity),
        Some(_) => Err(Failure::bad("The header Depth is 0, 1 or infinity")),
    }
}

/// The header `Overwrite`.
pub(crate) fn overwrite(headers: &HeaderMap) -> Result<bool, Failure> {
    match text(headers, "overwrite")?.map(str::trim) {
        None | Some("T" | "t") => Ok(true),
        Some("F" | "f") => Ok(false),
        Some(_) => Err(Failure::bad("The header Overwrite is T or F")),
    }
}

/// The header `Timeout`: the first of its wishes that can be read, in seconds; `None` where it says nothing.
pub(crate) fn timeout(headers: &HeaderMap) -> Result<Option<u64>, Failure> {
    let Some(text) = text(headers, "timeout")? else {
        return Ok(None);
    };
    Ok(text.split(',').map(str::trim).find_map(|wish| {
        if wish.eq_ignore_ascii_case("infinite") {
            return Some(u64::MAX);
        }
        let (unit, seconds) = wish.split_once('-')?;
        unit.eq_ignore_ascii_case("second")
            .then(|| seconds.trim().parse().ok())?
    }))
}

/// The header `Lock-Token`.
pub(crate) fn lock_token(headers: &HeaderMap) -> Result<String, Failure> {
    text(headers, "lock-token")?
        .map(str::trim)
        .and_then(|text| text.strip_prefix('<')?.strip_suffix('>'))
        .map(str::to_owned)
        .ok_or_else(|| Failure::bad("The header Lock-Token is missing or cannot be read"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn read(text: &str) -> Option<Vec<List>> {
        parse(text, address::parse).ok()
    }

    fn token(not: bool, text: &str) -> Said {
        Said {
            not,
            state: State::Token(text.to_owned()),
        }
    }

    #[test]
    fn lists_are_read_with_what_they_speak_of() {
        let lists = read("(<urn:uuid:1> [\"tag\"]) (Not <DAV:no-lock>)").unwrap();
        assert_eq!(lists.len(), 2);
        assert_eq!(lists[0].of, None);
        assert_eq!(lists[0].all.len(), 2);
        assert_eq!(lists[0].all[1].state, State::Tag("\"tag\"".to_owned()));
        assert_eq!(lists[1].all, [token(true, "DAV:no-lock")]);

        let lists =
            read("</dav/S/L/a> (<urn:uuid:1>)(not [W/\"x\"]) </dav/S/L/b>(<urn:uuid:2>)").unwrap();
        assert_eq!(lists.len(), 3);
        assert_eq!(lists[1].of.as_ref().unwrap().names(), ["S", "L", "a"]);
        assert_eq!(lists[2].of.as_ref().unwrap().names(), ["S", "L", "b"]);
        assert_eq!(lists[2].all, [token(false, "urn:uuid:2")]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for wrong in [
            "",
            "()",
            "(",
            "(<a>",
            "(<a)",
            "([\"a\")",
            "(Not)",
            "(Not Not <a>)",
            "<urn:uuid:1>",
            "</dav/S>",
            "(<a>) </dav/S/L> (<b>)",
            "</dav/a> </dav/b> (<c>)",
            "(<a>) x",
            "(a)",
        ] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
        assert!(read(&"(<a>)".repeat(100)).is_none());
        assert!(read(&format!("({})", "<a>".repeat(100))).is_none());
    }

    #[test]
    fn wishes_for_a_time_are_read() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("timeout", text.parse().unwrap());
            timeout(&headers).unwrap()
        };
        assert_eq!(of("Second-600"), Some(600));
        assert_eq!(of("Infinite, Second-4100000000"), Some(u64::MAX));
        assert_eq!(of("Extend, Second-30"), Some(30));
        assert_eq!(of("Second-x"), None);
        assert_eq!(of("Second-99999999999999999999"), None);
        assert_eq!(timeout(&HeaderMap::new()).unwrap(), None);
    }
}
