//! HTML as text, and Markdown as HTML that may stand in a page.

use std::collections::HashSet;

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};

use super::lines::within;
use super::plain;
use crate::agreed::{ELEMENTS, LINK_REL, VOID};
use crate::failure::Told;
use crate::{Limits, Text};

/// Wide enough that no paragraph is broken: where a browser breaks lines says nothing about the text.
const WIDTH: usize = 100_000;

/// What a reader of the page would see.
pub(super) fn text(file: &[u8], limits: &Limits) -> Result<Text, Told> {
    let source = plain::text(file, limits);
    let text = html2text::config::plain_no_decorate()
        .raw_mode(true)
        .no_table_borders()
        .allow_width_overflow()
        .string_from_read(source.text.as_bytes(), WIDTH)
        .map_err(Told::unreadable)?;
    let kept = within(&text, limits.text);
    Ok(Text {
        truncated: source.truncated || kept.len() < text.len(),
        text: kept.to_owned(),
    })
}

/// What Markdown stands for, without anything that acts: no scripts and no markup of its own, nor images, which would
/// have whoever looks at the page ask for something without wanting to.
pub(super) fn markdown(text: &str) -> Result<String, Told> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options);
    for node in root.descendants() {
        // The heading of the page is above them.
        if let NodeValue::Heading(heading) = &mut node.data_mut().value {
            heading.level = (heading.level + 1).min(6);
        }
    }
    let mut html = String::new();
    comrak::format_html(root, &options, &mut html).map_err(Told::unreadable)?;
    let tags: HashSet<&str> = ELEMENTS.into_iter().chain(VOID).collect();
    let schemes: HashSet<&str> = ["http", "https", "mailto"].into();
    Ok(ammonia::Builder::new()
        .tags(tags)
        .generic_attributes(HashSet::new())
        .tag_attributes([("a", ["href"].into()), ("ol", ["start"].into())].into())
        .url_schemes(schemes)
        // A link within this place would act for whoever follows it.
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some(LINK_REL))
        .clean(&html)
        .to_string())
}
