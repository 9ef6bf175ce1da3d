//! Two versions of a document beside each other.

use askama::Template;
use chancery::Error;
use chancery::documents::{self, Comparison, Line, Piece, Row, VersionLine};
use chancery::kernel::{Id, thing};
use chancery::libraries::columns;
use serde::Deserialize;

use super::check_out::{address, frame};
use super::kind::kind;
use crate::components::{Link, NavItem};
use crate::failure::Answer;
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, page};
use crate::named::Named;
use crate::pages::libraries::said_of;
use crate::posted::Asked;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    from: Option<u64>,
    to: Option<u64>,
    show: String,
}

#[derive(Template)]
#[template(path = "documents/compare.html")]
struct Compare {
    frame: Frame,
    inline: bool,
    shows: Vec<NavItem>,
    from: String,
    to: String,
    properties: Vec<Property>,
    /// What the comparison came to, in sentences.
    told: Vec<String>,
    lines: Vec<Shown>,
    /// Where text cannot be compared: the versions to look at oneself.
    downloads: Vec<Link>,
}

/// What is said of a version, beside the same of the other.
struct Property {
    name: String,
    from: String,
    to: String,
    changed: bool,
}

/// A line of the page.
enum Shown {
    Folded(String),
    Pair(Option<Side>, Option<Side>),
    Same(u64, u64, String),
}

struct Side {
    number: u64,
    pieces: Vec<Piece>,
}

impl From<Line> for Side {
    fn from(line: Line) -> Self {
        Self {
            number: line.number,
            pieces: line.pieces,
        }
    }
}

impl From<Row> for Shown {
    fn from(row: Row) -> Self {
        match row {
            Row::Folded(1) => Self::Folded("1 line that is the same".to_owned()),
            Row::Folded(lines) => Self::Folded(format!("{lines} lines that are the same")),
            Row::Same(from, to, text) => Self::Same(from, to, text),
            Row::Changed(from, to) => Self::Pair(from.map(Side::from), to.map(Side::from)),
        }
    }
}

pub(super) async fn show(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Asked(query): Asked<Query>,
) -> Answer {
    let found = documents::document(&guest.actor, id, None).await?;
    let to = query.to.unwrap_or(found.version);
    // The one before it, of those that this person sees.
    let before = found.versions.iter().map(|line| line.number);
    let from = query
        .from
        .or_else(|| before.filter(|number| *number < to).max());
    let from = from.unwrap_or(0);
    if from == 0 || from == to {
        return Err(Error::Conflict(
            "There is only one version here, so there is nothing to compare it with".to_owned(),
        )
        .into());
    }
    let compared = documents::compare(&guest.actor, id, from, to).await?;
    let inline = query.show == "inline";
    let (one, other) = (compared.from.label.clone(), compared.to.label.clone());
    let at = format!("{}/compare?from={from}&to={to}", address(id));
    page(&Compare {
        frame: frame(
            &guest,
            &found,
            format!("Compare versions {one} and {other} of {}", found.name),
        ),
        inline,
        shows: vec![
            NavItem::new("Side by side", format!("{at}&show=side"), !inline),
            NavItem::new("In one column", format!("{at}&show=inline"), inline),
        ],
        properties: properties(&guest, &compared),
        told: told(&compared),
        downloads: if compared.difference.is_err() {
            vec![download(id, from, &one), download(id, to, &other)]
        } else {
            Vec::new()
        },
        from: one,
        to: other,
        lines: compared
            .difference
            .map(|found| found.rows.into_iter().map(Shown::from).collect())
            .unwrap_or_default(),
    })
}

fn download(id: Id<thing::Document>, number: u64, label: &str) -> Link {
    Link::new(
        format!("Download version {label}"),
        format!("{}/versions/{number}?download=1", address(id)),
    )
}

fn told(compared: &Comparison) -> Vec<String> {
    let found = match &compared.difference {
        Err(unread) => {
            return vec![
                format!("What these versions say cannot be compared here. {unread}."),
                "Download both to compare them yourself.".to_owned(),
            ];
        }
        Ok(found) => found,
    };
    let mut told = vec![if found.is_none() {
        "Both versions say the same. What is different may be a picture, or how it looks."
            .to_owned()
    } else {
        format!(
            "{} added or changed, {} taken away or changed.",
            format::count(found.added, "line was", "lines were"),
            format::count(found.removed, "line was", "lines were")
        )
    }];
    if found.truncated {
        told.push(
            "The text is too long to be read whole. Only its beginning was compared.".to_owned(),
        );
    }
    if found.cut {
        told.push("There are more differences than are shown here.".to_owned());
    }
    if found.rough {
        told.push(
            "There is so much that is different that more may be shown as changed than was."
                .to_owned(),
        );
    }
    told
}

fn properties(guest: &Guest, compared: &Comparison) -> Vec<Property> {
    let row = |name: &str, of: &dyn Fn(&VersionLine) -> String| {
        let (from, to) = (of(&compared.from), of(&compared.to));
        Property {
            name: name.to_owned(),
            changed: from != to,
            from,
            to,
        }
    };
    let said = compared.properties.iter().map(|became| {
        let of = |said: &Option<columns::Property>| {
            said.as_ref()
                .map_or_else(String::new, |said| said_of(&became.column, said))
        };
        let (from, to) = (of(&became.before), of(&became.after));
        Property {
            name: became.column.name.clone(),
            changed: from != to,
            from,
            to,
        }
    });
    [
        row("Added", &|line| {
            format::moment(line.at.timestamp(), guest.portal.zone())
        }),
        row("By", &|line| line.author.in_full()),
        row("Size", &|line| format::size(line.size)),
        row("Kind", &|line| kind(&line.media_type).to_owned()),
        row("Comment", &|line| match line.restored_from {
            Some(from) if line.comment.is_empty() => format!("Brought back from version {from}"),
            _ => line.comment.clone(),
        }),
    ]
    .into_iter()
    .chain(said)
    // What neither of them says anything in is not worth a line.
    .filter(|line| !line.from.is_empty() || !line.to.is_empty())
    .collect()
}
