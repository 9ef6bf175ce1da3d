//! Where a document comes from and where it is used, as its page says it.

use chancery::origins::{Origins, Other, Use};

use crate::components::Link;

/// What it began as a copy of.
pub(super) struct CopiedFrom {
    pub(super) link: Link,
    pub(super) library: String,
    /// Empty where it is a draft that whoever looks does not see.
    pub(super) version: String,
    /// The version that the other is at now, and the page that shows what has changed; none while it is still the same.
    pub(super) moved_on: Option<(String, Link)>,
}

/// Another document that has to do with this one.
pub(super) struct Used {
    pub(super) link: Link,
    /// What it has to do with it, around the link.
    pub(super) before: String,
    pub(super) after: String,
}

fn link(other: &Other) -> Link {
    Link::new(other.name.clone(), format!("/documents/{}", other.id))
}

pub(super) fn copied_from(origins: &Origins) -> Option<CopiedFrom> {
    let (other, version) = origins.copied_from.as_ref()?;
    let compare = format!(
        "/documents/{}/compare?from={version}&to={}",
        other.id, other.version
    );
    Some(CopiedFrom {
        link: link(other),
        library: other.library.clone(),
        version: match version {
            0 => String::new(),
            _ => origins.copied_label.clone(),
        },
        moved_on: (*version > 0 && other.version > *version).then(|| {
            let see = Link::new("See what has changed there", compare);
            (other.label.clone(), see)
        }),
    })
}

pub(super) fn used(origins: &Origins) -> Vec<Used> {
    origins
        .used
        .iter()
        .map(|used| match used {
            Use::Copied {
                copy,
                version,
                label,
            } => Used {
                link: link(copy),
                before: match version {
                    0 => "It was copied as".to_owned(),
                    _ => format!("Version {label} was copied as"),
                },
                after: format!("in {}", copy.library),
            },
            Use::KeptApart { other, reason, by } => Used {
                link: link(other),
                before: "Kept separately from".to_owned(),
                after: format!(
                    "in {}, which had the same content: “{reason}” ({})",
                    other.library,
                    by.in_full()
                ),
            },
        })
        .collect()
}
