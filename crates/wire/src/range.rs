//! Which part of a content is asked for (RFC 9110 §14).

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// What the `Range` of a request asks of a content of a certain size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// All of it. Also where the field cannot be read, which is then ignored (§14.2), and where it names several
    /// parts, of which we give the whole as §14.2 allows.
    Whole,
    /// This part, which is in it.
    Part(Range<u64>),
    /// A part that begins beyond its end.
    Beyond,
}

impl Asked {
    /// Reads the field.
    pub(crate) fn read(headers: &HeaderMap, size: u64) -> Self {
        let mut fields = headers.get_all(header::RANGE).iter();
        match (fields.next(), fields.next()) {
            (Some(field), None) => field
                .to_str()
                .ok()
                .and_then(|field| Self::of(field, size))
                .unwrap_or(Self::Whole),
            _ => Self::Whole,
        }
    }

    /// None when it is not a set of ranges of bytes.
    fn of(field: &str, size: u64) -> Option<Self> {
        let (unit, set) = field.split_once('=')?;
        if !unit.trim().eq_ignore_ascii_case("bytes") {
            return None;
        }
        let mut part = None;
        let mut several = false;
        for spec in set.split(',').map(str::trim) {
            // A list may have empty elements (§5.6.1).
            if spec.is_empty() {
                continue;
            }
            let asked = one(spec, size)?;
            several |= part.is_some();
            part = match (part, asked) {
                (Some(Self::Part(before)), _) => Some(Self::Part(before)),
                (_, asked) => Some(asked),
            };
        }
        match part? {
            Self::Part(_) if several => Some(Self::Whole),
            asked => Some(asked),
        }
    }
}

/// One range: `5-9`, `5-`, or `-5` for the last five. None when it is none of these.
fn one(spec: &str, size: u64) -> Option<Asked> {
    let (first, last) = spec.split_once('-')?;
    if first.is_empty() {
        let length = number(last)?;
        return Some(match (length, size) {
            (0, _) => Asked::Beyond,
            // The last bytes of nothing are all of it, and no part of it has a first byte.
            (_, 0) => Asked::Whole,
            (length, size) => Asked::Part(size.saturating_sub(length)..size),
        });
    }
    let first = number(first)?;
    let end = match last {
        "" => size,
        last => {
            let last = number(last)?;
            if last < first {
                return None;
            }
            last.saturating_add(1).min(size)
        }
    };
    Some(if first < size {
        Asked::Part(first..end)
    } else {
        Asked::Beyond
    })
}

/// A number of any length: more than any content has is as good as the most that we can count.
fn number(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::Asked::{self, Beyond, Part, Whole};

    fn asked(field: &'static str, size: u64) -> Asked {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static(field));
        Asked::read(&headers, size)
    }

    #[test]
    fn a_range_is_given_ignored_or_refused_as_the_rfc_says() {
        let table = [
            ("bytes=0-4", Part(0..5)),
            ("bytes=5-", Part(5..10)),
            ("bytes=-3", Part(7..10)),
            ("bytes=-30", Part(0..10)),
            ("Bytes = 0-0", Part(0..1)),
            ("bytes=9-9", Part(9..10)),
            // An end beyond the content is the end of it.
            ("bytes=0-99999999999", Part(0..10)),
            ("bytes=2-99999999999999999999999999", Part(2..10)),
            // What cannot be read counts as not asked.
            ("bytes=abc", Whole),
            ("bytes=5-2", Whole),
            ("bytes=", Whole),
            ("bytes=-", Whole),
            ("bytes=+1-2", Whole),
            ("bytes=1 -2", Whole),
            ("bytes", Whole),
            ("lines=0-4", Whole),
            ("bytes=0-1,x", Whole),
            ("bytes=0-1,5-2", Whole),
            // Only a beginning beyond the content cannot be given.
            ("bytes=10-", Beyond),
            ("bytes=10-12", Beyond),
            ("bytes=99999999999999999999999999-", Beyond),
            ("bytes=-0", Beyond),
            ("bytes=10-,20-", Beyond),
            // Several at once are answered with the whole.
            ("bytes=0-1,4-5", Whole),
            ("bytes=0-1,20-", Whole),
            ("bytes=20-,0-1", Whole),
            ("bytes=,0-1,", Part(0..2)),
        ];
        for (field, expected) in table {
            assert_eq!(asked(field, 10), expected, "{field}");
        }
        assert_eq!(asked("bytes=0-", 0), Beyond);
        assert_eq!(asked("bytes=-5", 0), Whole);
        let mut twice = HeaderMap::new();
        twice.append(header::RANGE, HeaderValue::from_static("bytes=0-1"));
        twice.append(header::RANGE, HeaderValue::from_static("bytes=2-3"));
        assert_eq!(Asked::read(&twice, 10), Whole);
    }
}
