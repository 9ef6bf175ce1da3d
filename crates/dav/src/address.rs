//! Addresses: from what a program sends to names, and back (RFC 3986, RFC 4918 §8.3).

use axum::http::{HeaderMap, Uri, header};
use chancery::files::{Address, in_address};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::ROOT;
use crate::failure::Failure;

/// Everything but the unreserved characters, so that every program reads it in the same way.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The longest name that is looked at, in bytes.
const LONGEST: usize = 1024;

/// The address that this path below `/dav` names. What could be read in two ways, or climb, is refused.
pub(crate) fn parse(path: &str) -> Result<Address, Failure> {
    let below = path
        .strip_prefix(ROOT)
        .filter(|below| below.is_empty() || below.starts_with('/'))
        .ok_or_else(|| Failure::bad("This address is not below /dav/"))?;
    let mut names = Vec::new();
    for segment in below.split('/').filter(|segment| !segment.is_empty()) {
        names.push(name(segment)?);
        if names.len() > Address::DEEPEST {
            return Err(Failure::bad("This address is too deep"));
        }
    }
    Ok(Address::new(names))
}

fn name(segment: &str) -> Result<String, Failure> {
    let wrong = || Failure::bad("A name in this address cannot be used");
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = rest.next().zip(rest.next());
            let hex = |digit: u8| digit.is_ascii_hexdigit();
            if !digits.is_some_and(|(one, other)| hex(one) && hex(other)) {
                return Err(wrong());
            }
        }
    }
    let name = percent_decode_str(segment)
        .decode_utf8()
        .map_err(|_| wrong())?;
    let climbs = matches!(name.as_ref(), "." | "..");
    let odd = name
        .chars()
        .any(|letter| letter.is_control() || matches!(letter, '/' | '\\'));
    if climbs || odd || name.len() > LONGEST {
        return Err(wrong());
    }
    Ok(name.into_owned())
}

/// How an address is written in an answer; that of a collection ends with a slash.
pub(crate) fn href(names: &[String], collection: bool) -> String {
    let mut href = String::from(ROOT);
    for (depth, name) in names.iter().enumerate() {
        href.push('/');
        push(&mut href, name, depth);
    }
    if collection {
        href.push('/');
    }
    href
}

/// Adds a name at this depth to an address.
pub(crate) fn push(href: &mut String, name: &str, depth: usize) {
    if depth < 2 {
        href.extend(utf8_percent_encode(&in_address(name), ESCAPED));
    } else {
        href.extend(utf8_percent_encode(name, ESCAPED));
    }
}

/// The header `Destination` (RFC 4918 §10.3), which must be of this realm.
pub(crate) fn destination(headers: &HeaderMap, ours: &str) -> Result<Address, Failure> {
    let text = headers
        .get("destination")
        .ok_or_else(|| Failure::bad("The header Destination is missing"))?
        .to_str()
        .map_err(|_| Failure::bad("The header Destination cannot be read"))?;
    of_uri(text, headers, ours)?.ok_or_else(Failure::elsewhere)
}

/// The address that this URI or path names; `None` when it is of another server or not below `/dav`.
pub(crate) fn of_uri(
    text: &str,
    headers: &HeaderMap,
    ours: &str,
) -> Result<Option<Address>, Failure> {
    // Some programs send spaces and letters as they are.
    let uri: Uri = match text.parse() {
        Ok(uri) => uri,
        Err(_) => return Err(Failure::bad("An address in a header cannot be read")),
    };
    if let Some(authority) = uri.authority() {
        let asked = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        let configured = ours.split_once("://").map_or(ours, |(_, host)| host);
        let named = authority.as_str();
        let named = named.rsplit_once('@').map_or(named, |(_, host)| host);
        let same = |host: &str| bare(host).eq_ignore_ascii_case(bare(named));
        if !same(asked) && !same(configured) {
            return Ok(None);
        }
    }
    if uri.path() != ROOT && !uri.path().starts_with("/dav/") {
        return Ok(None);
    }
    parse(uri.path()).map(Some)
}

/// Without the port that goes without saying.
fn bare(host: &str) -> &str {
    host.strip_suffix(":443")
        .or_else(|| host.strip_suffix(":80"))
        .unwrap_or(host)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn names(path: &str) -> Vec<String> {
        parse(path).unwrap().names().to_vec()
    }

    #[test]
    fn an_address_is_read_as_names() {
        assert!(names("/dav").is_empty());
        assert!(names("/dav/").is_empty());
        assert_eq!(names("/dav/A%20site/Papers/"), ["A site", "Papers"]);
        assert_eq!(names("/dav//A//B"), ["A", "B"]);
        assert_eq!(names("/dav/S/L/%E2%82%AC.txt"), ["S", "L", "€.txt"]);
        assert_eq!(names("/dav/S/L/a%2520b"), ["S", "L", "a%20b"]);
    }

    #[test]
    fn what_climbs_or_can_be_read_in_two_ways_is_refused() {
        for path in [
            "/dav/S/L/..",
            "/dav/S/L/%2e%2e/x",
            "/dav/S/L/%2E./x",
            "/dav/S/L/.",
            "/dav/S/L/a%2Fb",
            "/dav/S/L/a%5Cb",
            "/dav/S/L/a\\b",
            "/dav/S/L/a%00b",
            "/dav/S/L/a%0Ab",
            "/dav/S/L/%C0%AE%C0%AE",
            "/dav/S/L/%ff",
            "/dav/S/L/%zz",
            "/dav/S/L/%2",
            "/dav/S/L/%",
            "/davx/S",
            "/other",
        ] {
            assert!(parse(path).is_err(), "{path}");
        }
        assert!(parse(&format!("/dav/{}", "a/".repeat(40))).is_err());
        assert!(parse(&format!("/dav/S/L/{}", "a".repeat(2000))).is_err());
    }

    #[test]
    fn an_address_is_written_so_that_it_is_read_back() {
        let name = |text: &str| text.to_owned();
        let all = [name("A/B site"), name("L"), name("1 % 2 & ü.txt")];
        let written = href(&all, false);
        assert_eq!(
            written,
            "/dav/A%E2%88%95B%20site/L/1%20%25%202%20%26%20%C3%BC.txt"
        );
        assert_eq!(names(&written)[2], "1 % 2 & ü.txt");
        assert_eq!(href(&[], true), "/dav/");
    }

    #[test]
    fn a_destination_is_of_this_realm_or_elsewhere() {
        let mut headers = HeaderMap::new();
        headers.insert("host", "files.example:8443".parse().unwrap());
        let mut at = |text: &str| {
            headers.insert("destination", text.parse().unwrap());
            destination(&headers, "https://realm.example")
        };
        for there in [
            "/dav/S/L/x",
            "http://files.example:8443/dav/S/L/x",
            "https://FILES.example:8443/dav/S/L/x",
            "https://realm.example/dav/S/L/x",
            "https://realm.example:443/dav/S/L/x",
        ] {
            assert_eq!(at(there).unwrap().names(), ["S", "L", "x"], "{there}");
        }
        for elsewhere in [
            "https://other.example/dav/S/L/x",
            "http://files.example/dav/S/L/x",
            "/api/v1/x",
        ] {
            assert_eq!(
                at(elsewhere).unwrap_err().status().as_u16(),
                502,
                "{elsewhere}"
            );
        }
        assert_eq!(
            at("http://files.example:8443/dav/S/L/../x")
                .unwrap_err()
                .status()
                .as_u16(),
            400
        );
    }
}
