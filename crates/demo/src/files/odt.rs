//! Word processor documents in OpenDocument 1.3 (ISO/IEC 26300).

use super::draw;
use super::package::{Part, escape, part, zip};
use super::paper::{Block, Paper, Table};
use crate::times::iso;

const NAMESPACES: &str = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" office:version="1.3""#;

const STYLES: &str = include_str!("odt_styles.xml");

/// Tables take their look from the document itself: named styles for them are not shown by every program.
const TABLES: &str = include_str!("odt_tables.xml");

pub(super) fn write(paper: &Paper<'_>) -> Vec<u8> {
    let spec = paper.spec;
    let (marking, reference) = (spec.marking.text(), escape(&spec.reference));
    let mut columns = TABLES.to_owned();
    let mut body = heading(1, "Title", &spec.title) + &paragraph("Facts", &paper.facts());
    let mut pictures: Vec<Part> = Vec::new();
    for (number, block) in paper.blocks.iter().enumerate() {
        match block {
            Block::Heading(text) => body += &heading(2, "Heading", text),
            Block::Text(text) => body += &paragraph("Body", text),
            Block::Bullets(items) => {
                let items: String = items
                    .iter()
                    .map(|item| {
                        format!(
                            "<text:list-item>{}</text:list-item>",
                            paragraph("Bullet", item)
                        )
                    })
                    .collect();
                body += &format!(r#"<text:list text:style-name="Bullets">{items}</text:list>"#);
            }
            Block::Table(table) => body += &grid(number, table, &mut columns),
            Block::Chart(chart) => {
                let name = format!("Pictures/chart{number}.png");
                let (title, high) = (escape(&chart.title), 170 * draw::HIGH / draw::WIDE);
                body += &paragraph("Caption", &chart.title);
                body += &format!(
                    r#"<text:p text:style-name="Body"><draw:frame draw:name="Chart {number}" text:anchor-type="as-char" svg:width="170mm" svg:height="{high}mm"><draw:image xlink:href="{name}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/><svg:title>{title}</svg:title></draw:frame></text:p>"#
                );
                pictures.push((name, draw::chart(chart, None).encode(spec)));
            }
        }
    }
    let entry = |path: &str, kind: &str| {
        format!(
            r#"<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>"#
        )
    };
    let names: String = pictures
        .iter()
        .map(|(name, _)| entry(name, "image/png"))
        .collect();
    let main = "application/vnd.oasis.opendocument.text";
    let manifest = format!(
        r#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">{}{}{}{}{names}</manifest:manifest>"#,
        entry("/", main),
        entry("content.xml", "text/xml"),
        entry("styles.xml", "text/xml"),
        entry("meta.xml", "text/xml"),
    );
    let properties = format!(
        "<meta:generator>Office suite</meta:generator><dc:title>{}</dc:title><dc:subject>{reference}</dc:subject><meta:keyword>{marking}</meta:keyword><meta:initial-creator>{author}</meta:initial-creator><dc:creator>{author}</dc:creator><meta:creation-date>{}</meta:creation-date><dc:date>{}</dc:date><meta:editing-cycles>{}</meta:editing-cycles>",
        escape(&spec.title),
        iso(spec.begun),
        iso(spec.dated),
        spec.version,
        author = escape(spec.author),
    );
    let mut parts = vec![
        ("mimetype".to_owned(), main.as_bytes().to_vec()),
        part("META-INF/manifest.xml", manifest),
        part(
            "content.xml",
            format!(
                "<office:document-content {NAMESPACES}><office:automatic-styles>{columns}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>"
            ),
        ),
        part(
            "styles.xml",
            STYLES
                .replace("NAMESPACES", NAMESPACES)
                .replace("MARKING", marking)
                .replace("REFERENCE", &reference),
        ),
        part(
            "meta.xml",
            format!(
                "<office:document-meta {NAMESPACES}><office:meta>{properties}</office:meta></office:document-meta>"
            ),
        ),
    ];
    parts.extend(pictures);
    zip(&parts)
}

fn heading(level: u8, style: &str, text: &str) -> String {
    let text = escape(text);
    format!(r#"<text:h text:style-name="{style}" text:outline-level="{level}">{text}</text:h>"#)
}

fn paragraph(style: &str, text: &str) -> String {
    format!(
        r#"<text:p text:style-name="{style}">{}</text:p>"#,
        escape(text)
    )
}

/// A table; the widths of its columns go into the automatic styles.
fn grid(number: usize, table: &Table, styles: &mut String) -> String {
    let mut columns = String::new();
    for (place, share) in table.shares().into_iter().enumerate() {
        let (name, wide) = (format!("T{number}.{place}"), share * 170.0);
        *styles += &format!(
            r#"<style:style style:name="{name}" style:family="table-column"><style:table-column-properties style:column-width="{wide:.1}mm"/></style:style>"#
        );
        columns += &format!(r#"<table:table-column table:style-name="{name}"/>"#);
    }
    let row = |cells: &[String], style: &str| {
        let cells: String = cells
            .iter()
            .map(|text| {
                format!(
                    r#"<table:table-cell table:style-name="{style}" office:value-type="string">{}</table:table-cell>"#,
                    paragraph(style, text)
                )
            })
            .collect();
        format!(r#"<table:table-row table:style-name="Row">{cells}</table:table-row>"#)
    };
    let head = row(&table.heads, "HeadCell");
    let rows: String = table.rows.iter().map(|cells| row(cells, "Cell")).collect();
    let total = table
        .total()
        .map_or(String::new(), |cells| row(&cells, "HeadCell"));
    let caption = paragraph("Caption", &table.caption);
    format!(
        r#"{caption}<table:table table:name="Table {number}" table:style-name="Grid">{columns}<table:table-header-rows>{head}</table:table-header-rows>{rows}{total}</table:table>"#
    )
}
