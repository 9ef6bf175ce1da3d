//! Documents for reading, PDF 1.7 (ISO 32000-1): A4 pages of selectable text in the two faces that every reader has,
//! so that no font travels with the file.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};
use jiff::{Timestamp, tz::TimeZone};
use pdf_writer::{Content, Date, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use rand_chacha::ChaCha8Rng;

use super::draw::ceiling;
use super::paper::{Block, Chart, Paper, Table};
use super::pdf_text::{BOLD, Face, PLAIN, wide, winansi, wrap};
use super::plan;

/// A4 in points, and the edges of the text on it.
const PAGE: (f32, f32) = (595.0, 842.0);
const LEFT: f32 = 57.0;
const RIGHT: f32 = 538.0;
const TOP: f32 = 776.0;
const BOTTOM: f32 = 70.0;

const INK: [f32; 3] = [0.04, 0.05, 0.05];
const BLUE: [f32; 3] = [0.11, 0.21, 0.34];
const GREY: [f32; 3] = [0.31, 0.35, 0.37];

/// Pages, filled from top to bottom.
struct Pages {
    done: Vec<Content>,
    page: Content,
    /// Where the next line's top is.
    y: f32,
}

pub(super) fn write(paper: &Paper<'_>, rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut pages = Pages {
        done: Vec::new(),
        page: Content::new(),
        y: TOP,
    };
    pages.text(&paper.spec.title, BOLD, 19.0, BLUE, LEFT, 4.0);
    pages.text(&paper.facts(), PLAIN, 8.5, GREY, LEFT, 4.0);
    pages.rule(LEFT, pages.y, RIGHT);
    pages.y -= 12.0;
    for block in &paper.blocks {
        match block {
            Block::Heading(text) => pages.heading(text),
            Block::Text(text) => pages.text(text, PLAIN, 10.5, INK, LEFT, 7.0),
            Block::Bullets(items) => pages.bullets(items),
            Block::Table(table) => pages.table(table),
            Block::Chart(chart) => pages.chart(chart),
        }
    }
    // Scanned pages at 150 dots to the inch, in grey.
    let mut scans = Vec::new();
    for plate in 1..=if paper.spec.large { 2 } else { 0 } {
        let scan = plan::scan(&plan::floor(paper.spec, rng), rng);
        let grey: Vec<u8> = scan.pixels.chunks_exact(3).map(|pixel| pixel[1]).collect();
        pages.turn();
        pages.text(&format!("Plate {plate}"), BOLD, 12.0, BLUE, LEFT, 8.0);
        scans.push((pages.done.len(), scan.wide, scan.high, grey));
    }
    pages.turn();
    assemble(paper, pages.done, &scans)
}

impl Pages {
    /// Goes on to the next page.
    fn turn(&mut self) {
        self.done
            .push(std::mem::replace(&mut self.page, Content::new()));
        self.y = TOP;
    }

    /// Makes sure that so much fits below.
    fn room(&mut self, high: f32) {
        if self.y - high < BOTTOM {
            self.turn();
        }
    }

    /// Lines of text from `x` to the right edge, and `after` below them.
    fn text(&mut self, text: &str, face: Face, size: f32, colour: [f32; 3], x: f32, after: f32) {
        for line in wrap(text, face, size, RIGHT - x) {
            self.room(size * 1.35);
            self.y -= size * 1.35;
            show(
                &mut self.page,
                &line,
                face,
                size,
                colour,
                x,
                self.y + size * 0.3,
            );
        }
        self.y -= after;
    }

    fn rule(&mut self, x: f32, y: f32, right: f32) {
        self.page
            .set_stroke_rgb(0.6, 0.65, 0.69)
            .set_line_width(0.6)
            .move_to(x, y)
            .line_to(right, y)
            .stroke();
    }

    fn heading(&mut self, text: &str) {
        // A heading never stands alone at the foot of a page.
        self.room(64.0);
        self.y -= 8.0;
        self.text(text, BOLD, 13.0, BLUE, LEFT, 4.0);
    }

    fn bullets(&mut self, items: &[String]) {
        for item in items {
            self.room(14.2);
            let y = self.y - 14.2 + 3.1;
            show(&mut self.page, "•", PLAIN, 10.5, INK, LEFT + 8.0, y);
            self.text(item, PLAIN, 10.5, INK, LEFT + 21.0, 2.5);
        }
        self.y -= 5.0;
    }

    fn table(&mut self, table: &Table) {
        self.room(70.0);
        self.y -= 5.0;
        self.text(&table.caption, BOLD, 9.5, INK, LEFT, 3.0);
        let mut edges = vec![LEFT];
        table
            .shares()
            .iter()
            .for_each(|share| edges.push(edges[edges.len() - 1] + share * (RIGHT - LEFT)));
        self.row(&table.heads, &edges, true);
        for cells in &table.rows {
            if self.row(cells, &edges, false) {
                // The row went over to a new page and is drawn below the heads.
                self.row(&table.heads, &edges, true);
                self.row(cells, &edges, false);
            }
        }
        table.total().iter().for_each(|cells| {
            self.row(cells, &edges, true);
        });
        self.y -= 12.0;
    }

    /// One row of a table. True where it does not fit here: then the page is turned and nothing drawn.
    fn row(&mut self, cells: &[String], edges: &[f32], head: bool) -> bool {
        let (face, size) = (if head { BOLD } else { PLAIN }, 8.5);
        let column =
            |(text, edge): (&String, &[f32])| wrap(text, face, size, edge[1] - edge[0] - 8.0);
        let cells: Vec<Vec<String>> = cells.iter().zip(edges.windows(2)).map(column).collect();
        let lines = cells.iter().map(Vec::len).max().unwrap_or(1).max(1);
        let high = u16::try_from(lines).map_or(1.0, f32::from) * size * 1.25 + 6.0;
        if self.y - high < BOTTOM {
            self.turn();
            if !head {
                return true;
            }
        }
        let (top, bottom) = (self.y, self.y - high);
        self.page
            .set_stroke_rgb(0.6, 0.65, 0.69)
            .set_line_width(0.6)
            .set_fill_rgb(0.89, 0.91, 0.94);
        for edge in edges.windows(2) {
            self.page.rect(edge[0], bottom, edge[1] - edge[0], high);
            if head {
                self.page.fill_nonzero_and_stroke()
            } else {
                self.page.stroke()
            };
        }
        for (lines, edge) in cells.iter().zip(edges) {
            let mut y = top - 3.0 - size;
            for line in lines {
                show(&mut self.page, line, face, size, INK, edge + 4.0, y);
                y -= size * 1.25;
            }
        }
        self.y = bottom;
        false
    }

    fn chart(&mut self, chart: &Chart) {
        let high = 150.0;
        self.room(high + 60.0);
        self.y -= 5.0;
        self.text(&chart.title, BOLD, 9.5, INK, LEFT, 16.0);
        let bottom = self.y - high;
        self.rule(LEFT, bottom, RIGHT);
        let count = u16::try_from(chart.bars.len()).map_or(1.0, f32::from);
        let small = |number: u32| u16::try_from(number).map_or(0.0, f32::from);
        let (slot, most) = ((RIGHT - LEFT) / count, small(ceiling(chart)));
        let mut x = LEFT;
        for (label, value) in &chart.bars {
            let up = high * small(*value) / most;
            self.page
                .set_fill_rgb(0.11, 0.33, 0.55)
                .rect(x + slot * 0.2, bottom, slot * 0.6, up)
                .fill_nonzero();
            let middle = |text: &str, face, size| x + slot / 2.0 - wide(text, face, size) / 2.0;
            let value = value.to_string();
            show(
                &mut self.page,
                &value,
                BOLD,
                8.5,
                INK,
                middle(&value, BOLD, 8.5),
                bottom + up + 4.0,
            );
            show(
                &mut self.page,
                label,
                PLAIN,
                8.0,
                INK,
                middle(label, PLAIN, 8.0),
                bottom - 12.0,
            );
            x += slot;
        }
        self.y = bottom - 26.0;
    }
}

/// One line of text with its baseline at `x`, `y`.
fn show(
    page: &mut Content,
    text: &str,
    face: Face,
    size: f32,
    [red, green, blue]: [f32; 3],
    x: f32,
    y: f32,
) {
    page.begin_text()
        .set_fill_rgb(red, green, blue)
        .set_font(Name(face.name), size)
        .next_line(x, y);
    page.show(Str(&winansi(text))).end_text();
}

/// The marking at the head and foot of the page, with the reference and the page's number.
fn margins(page: &mut Content, paper: &Paper<'_>, number: usize, of: usize) {
    let marking = paper.spec.marking.text();
    let middle = PAGE.0 / 2.0 - wide(marking, BOLD, 10.0) / 2.0;
    show(page, marking, BOLD, 10.0, INK, middle, PAGE.1 - 38.0);
    show(page, marking, BOLD, 10.0, INK, middle, 34.0);
    let place = format!("Page {number} of {of}");
    show(page, &paper.spec.reference, PLAIN, 8.5, GREY, LEFT, 34.0);
    show(
        page,
        &place,
        PLAIN,
        8.5,
        GREY,
        RIGHT - wide(&place, PLAIN, 8.5),
        34.0,
    );
}

fn squeeze(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder
        .write_all(bytes)
        .expect("memory takes what is written");
    encoder.finish().expect("memory takes what is written")
}

/// The file: one object for each page and its content, and one for each scan on page `.0`.
fn assemble(
    paper: &Paper<'_>,
    pages: Vec<Content>,
    scans: &[(usize, usize, usize, Vec<u8>)],
) -> Vec<u8> {
    let mut numbers = 1..;
    let mut next = || Ref::new(numbers.next().expect("a file has few objects"));
    let (catalog, tree, about, plain, bold) = (next(), next(), next(), next(), next());
    let ids: Vec<(Ref, Ref, Ref)> = pages.iter().map(|_| (next(), next(), next())).collect();
    let mut pdf = Pdf::new();
    let mut root = pdf.catalog(catalog);
    root.pages(tree).lang(TextStr("en-GB"));
    root.viewer_preferences().display_doc_title(true);
    root.finish();
    pdf.pages(tree)
        .kids(ids.iter().map(|(page, ..)| *page))
        .count(i32::try_from(ids.len()).unwrap_or(1));
    let spec = paper.spec;
    let mut info = pdf.document_info(about);
    info.title(TextStr(&spec.title))
        .author(TextStr(spec.author))
        .subject(TextStr(&spec.reference));
    info.keywords(TextStr(spec.marking.text()))
        .creation_date(stamp(spec.begun))
        .modified_date(stamp(spec.dated));
    info.finish();
    for (id, face) in [(plain, PLAIN), (bold, BOLD)] {
        pdf.type1_font(id)
            .base_font(Name(face.font))
            .encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    let of = pages.len();
    for (number, (mut content, (page, text, picture))) in (1..).zip(pages.into_iter().zip(ids)) {
        margins(&mut content, paper, number, of);
        let scan = scans.iter().find(|scan| scan.0 + 1 == number);
        if let Some((_, across, down, grey)) = scan {
            let side = |side: usize| i32::try_from(side).unwrap_or(1);
            let ratio = f32::from(u16::try_from(down * 1000 / across).unwrap_or(700)) / 1000.0;
            let high = (RIGHT - LEFT) * ratio;
            content
                .save_state()
                .transform([RIGHT - LEFT, 0.0, 0.0, high, LEFT, TOP - 40.0 - high]);
            content.x_object(Name(b"Scan")).restore_state();
            let bytes = squeeze(grey);
            let mut image = pdf.image_xobject(picture, &bytes);
            image
                .width(side(*across))
                .height(side(*down))
                .bits_per_component(8);
            image.filter(Filter::FlateDecode);
            image.color_space().device_gray();
        }
        let bytes = squeeze(&content.finish());
        pdf.stream(text, &bytes).filter(Filter::FlateDecode);
        let mut page = pdf.page(page);
        page.parent(tree)
            .media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1))
            .contents(text);
        let mut resources = page.resources();
        resources
            .fonts()
            .pair(Name(PLAIN.name), plain)
            .pair(Name(BOLD.name), bold);
        if scan.is_some() {
            resources.x_objects().pair(Name(b"Scan"), picture);
        }
    }
    pdf.finish()
}

fn stamp(at: i64) -> Date {
    let at = Timestamp::from_microsecond(at)
        .expect("a demonstration is played in this age")
        .to_zoned(TimeZone::UTC);
    let part = |part: i8| u8::try_from(part).unwrap_or(1);
    let date = Date::new(u16::try_from(at.year()).unwrap_or(1970))
        .month(part(at.month()))
        .day(part(at.day()));
    date.hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
}
