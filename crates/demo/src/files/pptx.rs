//! Presentations in Office Open XML (ISO/IEC 29500-1, `PresentationML`): a slide for each heading, table and chart.

use super::draw;
use super::package::{Part, escape, opc, part, relationships, zip};
use super::paper::{Block, Paper, Table};

const NAMESPACES: &str = r#"xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main""#;

const MASTER: &str = include_str!("pptx_master.xml");
const THEME: &str = include_str!("pptx_theme.xml");

/// The left edge and the width of what a slide holds, in English Metric Units (36,000 to the millimetre).
const LEFT: i32 = 640_000;
const WIDTH: i32 = 10_912_000;

/// How many rows of a table one slide holds.
const ROWS: usize = 9;

/// What is on one slide.
struct Slide<'a> {
    title: String,
    inside: Inside<'a>,
}

enum Inside<'a> {
    Facts(String),
    Bullets(Vec<&'a str>),
    Rows(&'a Table, Vec<Vec<String>>),
    Picture(Vec<u8>),
}

pub(super) fn write(paper: &Paper<'_>) -> Vec<u8> {
    let slides = slides(paper);
    let names: Vec<String> = (1..=slides.len())
        .map(|number| format!("ppt/slides/slide{number}.xml"))
        .collect();
    let mut overrides = vec![
        ("ppt/presentation.xml", "presentationml.presentation.main"),
        (
            "ppt/slideMasters/slideMaster1.xml",
            "presentationml.slideMaster",
        ),
        (
            "ppt/slideLayouts/slideLayout1.xml",
            "presentationml.slideLayout",
        ),
        (
            "ppt/slideLayouts/slideLayout2.xml",
            "presentationml.slideLayout",
        ),
        ("ppt/theme/theme1.xml", "theme"),
    ];
    overrides.extend(
        names
            .iter()
            .map(|name| (name.as_str(), "presentationml.slide")),
    );
    let mut parts = opc(paper, "Microsoft Office PowerPoint", &overrides);
    let list: String = (0..slides.len())
        .map(|n| format!(r#"<p:sldId id="{}" r:id="rId{}"/>"#, 256 + n, n + 3))
        .collect();
    let presentation = format!(
        r#"<p:presentation {NAMESPACES} saveSubsetFonts="1"><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst>{list}</p:sldIdLst><p:sldSz cx="12192000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>"#
    );
    let short: Vec<String> = names.iter().map(|name| name.replace("ppt/", "")).collect();
    let mut targets = vec![
        ("slideMaster", "slideMasters/slideMaster1.xml"),
        ("theme", "theme/theme1.xml"),
    ];
    targets.extend(short.iter().map(|name| ("slide", name.as_str())));
    let layouts = [
        ("slideLayout", "../slideLayouts/slideLayout1.xml"),
        ("slideLayout", "../slideLayouts/slideLayout2.xml"),
    ];
    let master = [("slideMaster", "../slideMasters/slideMaster1.xml")];
    let below = |name: &str, targets: &[(&str, &str)]| {
        relationships(&format!("ppt/{name}.xml.rels"), targets)
    };
    parts.extend([
        part("ppt/presentation.xml", presentation),
        below("_rels/presentation", &targets),
        part(
            "ppt/slideMasters/slideMaster1.xml",
            MASTER.replace("NAMESPACES", NAMESPACES),
        ),
        below(
            "slideMasters/_rels/slideMaster1",
            &[layouts[0], layouts[1], ("theme", "../theme/theme1.xml")],
        ),
        layout(
            1,
            "title",
            "Title slide",
            [
                ("ctrTitle", 1_900_000, 1_500_000),
                ("subTitle", 3_600_000, 1_000_000),
            ],
        ),
        below("slideLayouts/_rels/slideLayout1", &master),
        layout(
            2,
            "obj",
            "Title and content",
            [("title", 560_000, 900_000), ("body", 1_620_000, 4_500_000)],
        ),
        below("slideLayouts/_rels/slideLayout2", &master),
        part("ppt/theme/theme1.xml", THEME),
    ]);
    for (number, slide) in (1..).zip(&slides) {
        let first = matches!(slide.inside, Inside::Facts(_));
        let mut targets = vec![layouts[usize::from(!first)]];
        let picture = format!("../media/image{number}.png");
        if let Inside::Picture(bytes) = &slide.inside {
            parts.push((format!("ppt/media/image{number}.png"), bytes.clone()));
            targets.push(("image", &picture));
        }
        parts.push(part(
            format!("ppt/slides/slide{number}.xml"),
            page(slide, number, paper),
        ));
        parts.push(below(&format!("slides/_rels/slide{number}"), &targets));
    }
    zip(&parts)
}

fn slides<'a>(paper: &'a Paper<'_>) -> Vec<Slide<'a>> {
    let facts = paper.facts();
    let mut slides = vec![Slide {
        title: paper.spec.title.clone(),
        inside: Inside::Facts(facts),
    }];
    let mut heading = paper.spec.title.clone();
    for block in &paper.blocks {
        let (title, inside) = match block {
            Block::Heading(text) => {
                heading.clone_from(text);
                continue;
            }
            Block::Text(text) => (heading.clone(), Inside::Bullets(vec![text])),
            Block::Bullets(items) => (
                heading.clone(),
                Inside::Bullets(items.iter().map(String::as_str).collect()),
            ),
            Block::Chart(chart) => (
                chart.title.clone(),
                Inside::Picture(draw::chart(chart, None).encode(paper.spec)),
            ),
            Block::Table(table) => {
                for rows in table.body().chunks(ROWS) {
                    let title = format!("{heading}: {}", table.caption.to_lowercase());
                    slides.push(Slide {
                        title,
                        inside: Inside::Rows(table, rows.to_vec()),
                    });
                }
                continue;
            }
        };
        slides.push(Slide { title, inside });
    }
    slides
}

/// A shape of the kind that layout and slide share. Not every program finds the frame of a footer in the master, so
/// footers say theirs; the others take it from the layout.
fn placeholder(id: u8, kind: &str, paragraphs: &str) -> String {
    let (index, frame, style) = match kind {
        "body" => (r#" idx="1""#, String::new(), ""),
        "subTitle" => (
            r#" idx="1""#,
            String::new(),
            r#"<a:lvl1pPr marL="0" indent="0"><a:buNone/><a:defRPr sz="1600"/></a:lvl1pPr>"#,
        ),
        "ftr" => (
            r#" sz="quarter" idx="11""#,
            frame(3_038_400, 6_356_350, 6_115_200, 365_125),
            FOOT,
        ),
        "sldNum" => (
            r#" sz="quarter" idx="12""#,
            frame(9_752_000, 6_356_350, 1_800_000, 365_125),
            COUNT,
        ),
        _ => ("", String::new(), ""),
    };
    format!(
        r#"<p:sp><p:nvSpPr><p:cNvPr id="{id}" name="{kind} {id}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="{kind}"{index}/></p:nvPr></p:nvSpPr><p:spPr>{frame}</p:spPr><p:txBody><a:bodyPr/><a:lstStyle>{style}</a:lstStyle>{paragraphs}</p:txBody></p:sp>"#
    )
}

const FOOT: &str = r#"<a:lvl1pPr algn="ctr"><a:defRPr sz="1200" b="1"><a:latin typeface="+mn-lt"/></a:defRPr></a:lvl1pPr>"#;
const COUNT: &str = r#"<a:lvl1pPr algn="r"><a:defRPr sz="1200"><a:latin typeface="+mn-lt"/></a:defRPr></a:lvl1pPr>"#;

fn frame(x: i32, y: i32, wide: i32, high: i32) -> String {
    format!(r#"<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>"#)
}

fn paragraph(text: &str) -> String {
    format!(
        r#"<a:p><a:r><a:rPr lang="en-GB"/><a:t>{}</a:t></a:r></a:p>"#,
        escape(text)
    )
}

fn page(slide: &Slide<'_>, number: usize, paper: &Paper<'_>) -> String {
    let (main, inside) = match &slide.inside {
        Inside::Facts(facts) => ("ctrTitle", placeholder(3, "subTitle", &paragraph(facts))),
        Inside::Bullets(items) => {
            let items: String = items.iter().map(|item| paragraph(item)).collect();
            ("title", placeholder(3, "body", &items))
        }
        Inside::Rows(table, rows) => ("title", grid(table, rows)),
        Inside::Picture(_) => ("title", picture(&slide.title)),
    };
    let title = placeholder(2, main, &paragraph(&slide.title));
    let foot = placeholder(4, "ftr", &paragraph(paper.spec.marking.text()));
    let count = format!(
        r#"<a:p><a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum"><a:rPr lang="en-GB"/><a:t>{number}</a:t></a:fld></a:p>"#
    );
    let count = placeholder(5, "sldNum", &count);
    // Slides have no header of their own: the marking at the top is a plain text box.
    let head = format!(
        r#"<p:sp><p:nvSpPr><p:cNvPr id="6" name="Marking"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="{LEFT}" y="130000"/><a:ext cx="{WIDTH}" cy="320000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody><a:bodyPr wrap="square" anchor="ctr"/><a:lstStyle/><a:p><a:pPr algn="ctr"/><a:r><a:rPr lang="en-GB" sz="1200" b="1"/><a:t>{}</a:t></a:r></a:p></p:txBody></p:sp>"#,
        paper.spec.marking.text()
    );
    format!(
        "<p:sld {NAMESPACES}><p:cSld><p:spTree>{GROUP}{title}{inside}{head}{foot}{count}</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>"
    )
}

const GROUP: &str = r#"<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>"#;

fn grid(table: &Table, rows: &[Vec<String>]) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a share of the slide's width is small and positive"
    )]
    let widths = table
        .shares()
        .into_iter()
        .map(|share| (f64::from(share) * f64::from(WIDTH)) as i32);
    let columns: String = widths
        .map(|wide| format!(r#"<a:gridCol w="{wide}"/>"#))
        .collect();
    let line = |side: &str| {
        format!(
            r#"<a:{side} w="6350"><a:solidFill><a:srgbClr val="9AA5B1"/></a:solidFill></a:{side}>"#
        )
    };
    let lines: String = ["lnL", "lnR", "lnT", "lnB"].map(line).concat();
    let row = |cells: &[String], head: bool| {
        let (bold, fill) = if head {
            (" b=\"1\"", "E3E8EF")
        } else {
            ("", "FFFFFF")
        };
        let cells: String = cells
            .iter()
            .map(|text| {
                let text = escape(text);
                format!(
                    r#"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr lang="en-GB" sz="1400"{bold}><a:solidFill><a:srgbClr val="0B0C0C"/></a:solidFill></a:rPr><a:t>{text}</a:t></a:r></a:p></a:txBody><a:tcPr>{lines}<a:solidFill><a:srgbClr val="{fill}"/></a:solidFill></a:tcPr></a:tc>"#
                )
            })
            .collect();
        format!(r#"<a:tr h="400000">{cells}</a:tr>"#)
    };
    let rows: String = std::iter::once(row(&table.heads, true))
        .chain(rows.iter().map(|cells| row(cells, false)))
        .collect();
    format!(
        r#"<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="3" name="Table 3"/><p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="{LEFT}" y="1620000"/><a:ext cx="{WIDTH}" cy="4000000"/></p:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr firstRow="1"/><a:tblGrid>{columns}</a:tblGrid>{rows}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"#
    )
}

fn picture(title: &str) -> String {
    let (high, pixels) = (
        4_500_000,
        i32::try_from(draw::WIDE * 1000 / draw::HIGH).unwrap_or(1857),
    );
    let wide = high / 1000 * pixels;
    let (left, title) = (LEFT + (WIDTH - wide) / 2, escape(title));
    format!(
        r#"<p:pic><p:nvPicPr><p:cNvPr id="3" name="Chart 3" descr="{title}"/><p:cNvPicPr><a:picLocks noChangeAspect="1"/></p:cNvPicPr><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed="rId2"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr><a:xfrm><a:off x="{left}" y="1620000"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>"#
    )
}

/// A layout with two placeholders, each with its top and height; footers are where the master has them.
fn layout(number: u8, kind: &str, name: &str, shapes: [(&str, i32, i32); 2]) -> Part {
    let shapes: String = (2..)
        .zip(shapes)
        .map(|(id, (kind, top, high))| {
            let shape = placeholder(id, kind, &paragraph("Click to edit"));
            shape.replace(
                "<p:spPr></p:spPr>",
                &format!("<p:spPr>{}</p:spPr>", frame(LEFT, top, WIDTH, high)),
            )
        })
        .collect();
    let foot = placeholder(4, "ftr", "<a:p/>") + &placeholder(5, "sldNum", "<a:p/>");
    part(
        format!("ppt/slideLayouts/slideLayout{number}.xml"),
        format!(
            r#"<p:sldLayout {NAMESPACES} type="{kind}" preserve="1"><p:cSld name="{name}"><p:spTree>{GROUP}{shapes}{foot}</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"#
        ),
    )
}
