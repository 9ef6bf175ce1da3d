//! Zips of XML parts, as both Office Open XML (the Open Packaging Conventions, ISO/IEC 29500-2) and OpenDocument
//! (ISO/IEC 26300-2) have them.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::paper::Paper;
use crate::times::iso;

pub(super) const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// A part: its name in the zip and its bytes.
pub(super) type Part = (String, Vec<u8>);

/// A part of XML; the declaration is put before it.
pub(super) fn part(name: impl Into<String>, xml: impl AsRef<str>) -> Part {
    (name.into(), format!("{XML}{}", xml.as_ref()).into_bytes())
}

/// The parts in one zip, in order. Every part has the oldest date that a zip can say, so that the same parts always
/// make the same bytes.
pub(super) fn zip(parts: &[Part]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
    for (name, bytes) in parts {
        // OpenDocument: the media type comes first and is not compressed. A picture is compressed already.
        let picture = name.contains("media/") || name.contains("Pictures/");
        let stored = name == "mimetype" || picture;
        let method = if stored {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        };
        zip.start_file(name.as_str(), options.compression_method(method))
            .expect("names of parts are short and different");
        zip.write_all(bytes).expect("memory takes what is written");
    }
    zip.finish()
        .expect("memory takes what is written")
        .into_inner()
}

/// Text as XML character data or as an attribute's value. Control characters, which XML 1.0 has no way to say, are
/// left out.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// What every Office Open XML package has: the list of content types, the first relationships and the document
/// properties. `overrides` are part names and their content types, the first being the main part.
pub(super) fn opc(paper: &Paper<'_>, application: &str, overrides: &[(&str, &str)]) -> Vec<Part> {
    let types: String = overrides
        .iter()
        .map(|(name, kind)| {
            let family = "application/vnd.openxmlformats-officedocument";
            format!(r#"<Override PartName="/{name}" ContentType="{family}.{kind}+xml"/>"#)
        })
        .collect();
    let main = overrides.first().map_or("", |(name, _)| name);
    let spec = paper.spec;
    let (title, author, company) = (
        escape(&spec.title),
        escape(spec.author),
        escape(spec.organisation),
    );
    let (reference, marking) = (escape(&spec.reference), spec.marking.text());
    let (created, modified, revision) = (iso(spec.begun), iso(spec.dated), spec.version);
    vec![
        part(
            "[Content_Types].xml",
            format!(
                r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>{types}<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>"#
            ),
        ),
        relationships(
            "_rels/.rels",
            &[
                ("officeDocument", main),
                ("metadata/core-properties", "docProps/core.xml"),
                ("extended-properties", "docProps/app.xml"),
            ],
        ),
        part(
            "docProps/core.xml",
            format!(
                r#"<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{title}</dc:title><dc:subject>{reference}</dc:subject><dc:creator>{author}</dc:creator><cp:keywords>{marking}</cp:keywords><cp:lastModifiedBy>{author}</cp:lastModifiedBy><cp:revision>{revision}</cp:revision><dcterms:created xsi:type="dcterms:W3CDTF">{created}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">{modified}</dcterms:modified></cp:coreProperties>"#
            ),
        ),
        part(
            "docProps/app.xml",
            format!(
                r#"<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>{application}</Application><Company>{company}</Company></Properties>"#
            ),
        ),
    ]
}

/// A part of relationships, numbered rId1, rId2, … in order; each is the end of its type and its target.
pub(super) fn relationships(name: &str, targets: &[(&str, &str)]) -> Part {
    let lines: String = (1..)
        .zip(targets)
        .map(|(id, (kind, target))| {
            // Core properties alone belong to the package and not to the office document.
            let family = if kind.starts_with("metadata/") {
                "package/2006/relationships"
            } else {
                "officeDocument/2006/relationships"
            };
            let kind = format!("http://schemas.openxmlformats.org/{family}/{kind}");
            format!(r#"<Relationship Id="rId{id}" Type="{kind}" Target="{target}"/>"#)
        })
        .collect();
    part(
        name,
        format!(
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>"#
        ),
    )
}
