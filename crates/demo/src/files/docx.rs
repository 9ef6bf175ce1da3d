//! Word processor documents in Office Open XML (ISO/IEC 29500-1, `WordprocessingML`).

use super::draw;
use super::package::{Part, escape, opc, part, relationships, zip};
use super::paper::{Block, Paper, Table};

const NAMESPACES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture""#;

/// The width of the text on A4 with margins of 2 cm, in twentieths of a point.
const WIDTH: f32 = 9638.0;

const STYLES: &str = include_str!("docx_styles.xml");

const NUMBERING: &str = r#"<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="hybridMultilevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="454" w:hanging="284"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#;

pub(super) fn write(paper: &Paper<'_>) -> Vec<u8> {
    let mut parts = opc(
        paper,
        "Microsoft Office Word",
        &[
            ("word/document.xml", "wordprocessingml.document.main"),
            ("word/styles.xml", "wordprocessingml.styles"),
            ("word/numbering.xml", "wordprocessingml.numbering"),
            ("word/settings.xml", "wordprocessingml.settings"),
            ("word/header1.xml", "wordprocessingml.header"),
            ("word/footer1.xml", "wordprocessingml.footer"),
        ],
    );
    let (marking, reference) = (paper.spec.marking.text(), escape(&paper.spec.reference));
    let mut targets = vec![
        ("styles", "styles.xml".to_owned()),
        ("numbering", "numbering.xml".to_owned()),
        ("settings", "settings.xml".to_owned()),
        ("header", "header1.xml".to_owned()),
        ("footer", "footer1.xml".to_owned()),
    ];
    let mut body = paragraph("Title", &paper.spec.title) + &paragraph("Subtitle", &paper.facts());
    for block in &paper.blocks {
        match block {
            Block::Heading(text) => body += &paragraph("Heading1", text),
            Block::Text(text) => body += &paragraph("BodyText", text),
            Block::Bullets(items) => items
                .iter()
                .for_each(|item| body += &paragraph("ListBullet", item)),
            Block::Table(table) => body += &grid(table),
            Block::Chart(chart) => {
                let name = format!("media/chart{}.png", targets.len());
                parts.push((
                    format!("word/{name}"),
                    draw::chart(chart, None).encode(paper.spec),
                ));
                targets.push(("image", name));
                body += &paragraph("Caption", &chart.title);
                body += &picture(targets.len(), &chart.title);
            }
        }
    }
    let sides = r#"<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" w:right="1134" w:bottom="1304" w:left="1134" w:header="624" w:footer="567" w:gutter="0"/>"#;
    let section = format!(
        r#"<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:footerReference w:type="default" r:id="rId5"/>{sides}</w:sectPr>"#
    );
    let root = |name: &str, inner: &str| part(format!("word/{name}.xml"), inner);
    let field = |code: &str| {
        format!(r#"<w:fldSimple w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>"#)
    };
    let foot = format!(
        r#"<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr><w:r><w:t>{reference}</w:t><w:tab/></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>{marking}</w:t></w:r><w:r><w:tab/><w:t xml:space="preserve">Page </w:t></w:r>{}<w:r><w:t xml:space="preserve"> of </w:t></w:r>{}</w:p>"#,
        field("PAGE"),
        field("NUMPAGES")
    );
    let settings = r#"<w:zoom w:percent="100"/><w:defaultTabStop w:val="567"/><w:themeFontLang w:val="en-GB"/>"#;
    parts.extend([
        root(
            "document",
            &format!("<w:document {NAMESPACES}><w:body>{body}{section}</w:body></w:document>"),
        ),
        root("styles", STYLES),
        root(
            "numbering",
            &format!("<w:numbering {NAMESPACES}>{NUMBERING}</w:numbering>"),
        ),
        root(
            "settings",
            &format!("<w:settings {NAMESPACES}>{settings}</w:settings>"),
        ),
        root(
            "header1",
            &format!(
                "<w:hdr {NAMESPACES}>{}</w:hdr>",
                paragraph("Header", marking)
            ),
        ),
        root("footer1", &format!("<w:ftr {NAMESPACES}>{foot}</w:ftr>")),
        links(&targets),
    ]);
    zip(&parts)
}

fn links(targets: &[(&str, String)]) -> Part {
    let targets: Vec<(&str, &str)> = targets
        .iter()
        .map(|(kind, name)| (*kind, name.as_str()))
        .collect();
    relationships("word/_rels/document.xml.rels", &targets)
}

fn paragraph(style: &str, text: &str) -> String {
    let text = escape(text);
    format!(
        r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>"#
    )
}

fn grid(table: &Table) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a share of the page's width is small and positive"
    )]
    let widths: Vec<i32> = table
        .shares()
        .into_iter()
        .map(|share| (share * WIDTH) as i32)
        .collect();
    let columns: String = widths
        .iter()
        .map(|width| format!(r#"<w:gridCol w:w="{width}"/>"#))
        .collect();
    let row = |cells: &[String], style: &str, properties: &str| {
        let cells: String = cells
            .iter()
            .zip(&widths)
            .map(|(text, width)| {
                let shade = if style == "TableHead" {
                    r#"<w:shd w:val="clear" w:color="auto" w:fill="E3E8EF"/>"#
                } else {
                    ""
                };
                let width =
                    format!(r#"<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>"#);
                format!("<w:tc>{width}{}</w:tc>", paragraph(style, text))
            })
            .collect();
        format!("<w:tr><w:trPr><w:cantSplit/>{properties}</w:trPr>{cells}</w:tr>")
    };
    let mut rows = row(&table.heads, "TableHead", "<w:tblHeader/>");
    table
        .rows
        .iter()
        .for_each(|cells| rows += &row(cells, "TableText", ""));
    table
        .total()
        .iter()
        .for_each(|cells| rows += &row(cells, "TableHead", ""));
    let caption = paragraph("Caption", &table.caption);
    let properties = format!(
        r#"<w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>"#,
        widths.iter().sum::<i32>()
    );
    // A paragraph after the table keeps it apart from a table that follows.
    format!(
        "{caption}<w:tbl>{properties}<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>{}",
        paragraph("TableText", "")
    )
}

/// The picture of relationship `id`, as wide as the text.
fn picture(id: usize, title: &str) -> String {
    // English Metric Units: 36,000 to the millimetre.
    let (wide, high) = (170 * 36_000, 170 * 36_000 / draw::WIDE * draw::HIGH);
    let title = escape(title);
    format!(
        r#"<w:p><w:pPr><w:pStyle w:val="BodyText"/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/><wp:docPr id="{id}" name="Chart {id}" descr="{title}"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="{id}" name="Chart {id}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId{id}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"#
    )
}
