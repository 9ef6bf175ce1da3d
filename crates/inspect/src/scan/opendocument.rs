//! OpenDocument (ISO/IEC 26300): text, tables, slides and drawings, packed or in one file.

use super::archive::Members;
use super::gather::Gather;
use super::leftover::Leftover;
use super::paragraphs::{Capitals, Family, read as paragraphs, styled};
use super::{find, image, nested, package, tree};
use crate::read::xml::Met;
use crate::reading::{PieceKind, Why};

pub(super) fn read(gather: &mut Gather<'_>, members: &mut Members<'_>) {
    let names = members.names();
    if let Some(manifest) = members
        .has("META-INF/manifest.xml")
        .then(|| members.read(gather, "META-INF/manifest.xml"))
        .flatten()
        && find(&manifest, b"encryption-data").is_some()
    {
        gather.missing("", Why::Encrypted);
        return;
    }
    let mut capitals = Capitals::default();
    let mut leftover = Leftover::default();
    for (name, what, kind) in [
        ("meta.xml", "", PieceKind::Aside),
        ("styles.xml", "styles and pages", PieceKind::Master),
        ("content.xml", "text", PieceKind::Body),
    ] {
        if !members.has(name) {
            continue;
        }
        if let Some(part) = members.read(gather, name) {
            let mark = gather.mark();
            if name == "meta.xml" {
                meta(gather, name, &part);
            } else {
                gather.place(what, None);
                let family = Family::OpenDocument;
                styled(gather, family, kind, name, &part, &mut capitals);
                gather.unit();
            }
            leftover.tell(gather, name, &part, mark);
        }
    }
    for name in names {
        let known = matches!(
            name.as_str(),
            "meta.xml" | "styles.xml" | "content.xml" | "mimetype" | "layout-cache"
        ) || name.starts_with("META-INF/")
            || name.starts_with("Thumbnails/")
            || name.ends_with('/');
        if known || gather.is_full() {
            continue;
        }
        if image::is_called_one(&name) && !package::is_something_else(members, &name) {
            package::picture(gather, members, &name);
            continue;
        }
        let Some(part) = members.read(gather, &name) else {
            continue;
        };
        let file = name.rsplit('/').next().unwrap_or_default();
        let mark = gather.mark();
        let is_xml = file.ends_with(".xml") || file.ends_with(".rdf");
        if matches!(name.as_str(), "settings.xml" | "manifest.rdf")
            || name.starts_with("Configurations2/") && is_xml
        {
            leftover.tell(gather, &name, &part, mark);
            continue;
        }
        if matches!(file, "content.xml" | "styles.xml") {
            // An object within the document: a chart, a formula, a sheet.
            gather.place(&name, None);
            paragraphs(gather, Family::OpenDocument, PieceKind::Body, &name, &part);
        } else if file == "meta.xml" {
            meta(gather, &name, &part);
        } else if is_xml {
            gather.place(&name, None);
            tree::part(gather, PieceKind::Aside, &name, &part);
        } else if name.starts_with("ObjectReplacements/") || image::is_one(&part) {
            gather.picture(&name, Why::Picture, &part);
        } else {
            nested(gather, &name, &part);
        }
        if is_xml {
            leftover.tell(gather, &name, &part, mark);
        }
    }
}

/// A document in one file.
pub(super) fn flat(gather: &mut Gather<'_>, file: &[u8]) {
    let mark = gather.mark();
    meta(gather, "", file);
    gather.place("text", None);
    paragraphs(gather, Family::OpenDocument, PieceKind::Body, "", file);
    Leftover::default().tell(gather, "", file, mark);
    tree::packed_within(gather, file);
}

fn meta(gather: &mut Gather<'_>, part: &str, bytes: &[u8]) {
    let mut name = None;
    let mut within = 0_usize;
    let mut value = String::new();
    tree::walk(gather, part, bytes, |gather, met| match met {
        Met::Begin("meta", _) => within += 1,
        Met::End("meta") => within = within.saturating_sub(1),
        Met::Begin(element, attributes) if within > 0 => {
            value.clear();
            name = Some(
                attributes
                    .get("name")
                    .filter(|_| element == "user-defined")
                    .unwrap_or(element)
                    .to_owned(),
            );
        }
        Met::End(_) if within > 0 => {
            if let Some(name) = name.take() {
                gather.property(part, &name, &value);
            }
        }
        Met::Text(text) if within > 0 => value.push_str(text),
        _ => {}
    });
}
