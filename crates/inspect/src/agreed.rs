//! What a view of a file may be. The worker keeps to it, and its parent does not rely on that: a worker may have been taken
//! over by its file.

use crate::answer::View;

/// How many rows of a table are shown, how many cells of a row, how many of all of it, and how many letters of each.
pub(crate) const ROWS: usize = 200;
const COLUMNS: usize = 50;
const CELLS: usize = 20_000;
const LETTERS: usize = 2_000;

/// How deep elements may lie in each other in a page.
const DEEPEST: usize = 200;

impl View {
    /// The view as its parent takes it; nothing where it is not what can have been made of such a file.
    pub(crate) fn agreed(self, markdown: bool) -> Option<Self> {
        match self {
            Self::Html { html, .. } if !markdown || !is_harmless(&html) => None,
            Self::Table {
                mut rows,
                truncated,
            } => {
                let cut = bound(&mut rows);
                Some(Self::Table {
                    rows,
                    truncated: truncated || cut,
                })
            }
            other => Some(other),
        }
    }
}

/// Cuts a table down to what is shown of it, and says whether anything was cut off.
pub(crate) fn bound(rows: &mut Vec<Vec<String>>) -> bool {
    let mut cut = rows.len() > ROWS;
    rows.truncate(ROWS);
    let mut left = CELLS;
    for row in &mut *rows {
        let most = left.min(COLUMNS);
        cut |= row.len() > most;
        row.truncate(most);
        left -= row.len();
        for cell in row {
            if let Some((end, _)) = cell.char_indices().nth(LETTERS) {
                cell.truncate(end);
                cut = true;
            }
        }
    }
    cut
}

/// The elements that may be in HTML made of a file, each closed where it was opened. The worker cleans by this list, and
/// whoever asked checks by it.
pub(crate) const ELEMENTS: [&str; 22] = [
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "em",
    "strong",
    "del",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "a",
];
/// Those that are never closed.
pub(crate) const VOID: [&str; 2] = ["br", "hr"];
/// The `rel` of every link.
pub(crate) const LINK_REL: &str = "noopener noreferrer nofollow";

/// Whether HTML is what `ammonia` writes with the rules that the worker gives it: only these elements, each closed where it
/// was opened, and only these attributes. It is one look at each byte, and not another parser that a file could occupy.
fn is_harmless(html: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some((_, from)) = rest.split_once('<') {
        if let Some(from) = from.strip_prefix('/') {
            let Some((name, after)) = from.split_once('>') else {
                return false;
            };
            if open.pop() != Some(name) {
                return false;
            }
            rest = after;
            continue;
        }
        let end = from.find([' ', '>']).unwrap_or(from.len());
        let name = &from[..end];
        let Some(after) = attributes(name, &from[end..]) else {
            return false;
        };
        rest = after;
        if VOID.contains(&name) {
            continue;
        }
        if !ELEMENTS.contains(&name) || open.len() == DEEPEST {
            return false;
        }
        open.push(name);
    }
    open.is_empty()
}

/// What comes after the attributes of an element, if they are such as it may have.
fn attributes<'a>(element: &str, mut rest: &'a str) -> Option<&'a str> {
    loop {
        if let Some(after) = rest.strip_prefix('>') {
            return Some(after);
        }
        let (name, from) = rest.strip_prefix(' ')?.split_once("=\"")?;
        let (value, after) = from.split_once('"')?;
        let good = match (element, name) {
            ("a", "href") => ["http:", "https:", "mailto:"].iter().any(|scheme| {
                value
                    .get(..scheme.len())
                    .is_some_and(|said| said.eq_ignore_ascii_case(scheme))
            }),
            ("a", "rel") => value == LINK_REL,
            ("ol", "start") => value.bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        if !good {
            return None;
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(html: &str) -> View {
        View::Html {
            html: html.to_owned(),
            truncated: false,
        }
    }

    #[test]
    fn only_what_markdown_becomes_is_taken_for_a_page() {
        let good = "<h2>A &lt; b</h2>\n<ol start=\"3\"><li>x<br>y</li></ol><hr>\
            <p><a href=\"https://example.org/?a=1&amp;b\" rel=\"noopener noreferrer nofollow\">t</a></p>";
        assert!(html(good).agreed(true).is_some());
        assert!(html(good).agreed(false).is_none());
        for bad in [
            "<script>alert(1)</script>",
            "<p onclick=\"x\">a</p>",
            "<p><img src=\"/sign-out\"></p>",
            "<a href=\"/sign-out\">a</a>",
            "<a href=\"javascript:alert(1)\">a</a>",
            "<a href=\"//example.org\">a</a>",
            "<a href='https://example.org'>a</a>",
            "<a href=\"https://a\" target=\"x\">a</a>",
            "</div><p>a</p>",
            "<p>a</p></p>",
            "<p>a",
            "<p",
            "<",
            "<!-- a -->",
            "<p/>",
            "<P>a</P>",
            "<em\n>a</em>",
            "<svg></svg>",
        ] {
            assert!(html(bad).agreed(true).is_none(), "{bad}");
        }
        let deep = format!("{}{}", "<em>".repeat(201), "</em>".repeat(201));
        assert!(html(&deep).agreed(true).is_none());
    }

    #[test]
    fn a_table_is_cut_down() {
        let agreed = |rows: Vec<Vec<String>>| {
            let view = View::Table {
                rows,
                truncated: false,
            };
            match view.agreed(false) {
                Some(View::Table { rows, truncated }) => (rows, truncated),
                other => panic!("{other:?}"),
            }
        };
        let cell = || "x".to_owned();
        let small = vec![vec![cell(); 50]; 200];
        assert_eq!(agreed(small.clone()), (small, false));
        let (rows, cut) = agreed(vec![vec![cell(); 2]; 201]);
        assert_eq!((rows.len(), cut), (200, true));
        let (rows, cut) = agreed(vec![vec![cell(); 51]]);
        assert_eq!((rows[0].len(), cut), (50, true));
        let (rows, cut) = agreed(vec![vec!["ä".repeat(2_001)]]);
        assert_eq!((rows[0][0].chars().count(), cut), (2_000, true));
    }
}
