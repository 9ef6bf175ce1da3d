//! Spreadsheets (ISO/IEC 29500-1, `SpreadsheetML`): a sheet for each table, with real numbers, sums that are
//! formulas, and charts that follow their cells.

use jiff::civil::DateTime;
use jiff::{Timestamp, tz::TimeZone};
use rust_xlsxwriter::{
    Chart as Drawing, ChartType, Color, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

use super::paper::{Block, Chart, Paper, Table, number};

/// The row of the column heads; the title and the facts are above.
const HEADS: u32 = 3;

pub(super) fn write(paper: &Paper<'_>) -> Vec<u8> {
    book(paper).expect("what a paper says is within the limits of a spreadsheet")
}

fn book(paper: &Paper<'_>) -> Result<Vec<u8>, XlsxError> {
    let spec = paper.spec;
    let mut book = Workbook::new();
    let created = DateTime::from(
        Timestamp::from_microsecond(spec.dated)
            .expect("a demonstration is played in this age")
            .to_zoned(TimeZone::UTC),
    );
    let part = |part: i8| u8::try_from(part).unwrap_or(1);
    let year = u16::try_from(created.year()).unwrap_or(1970);
    let day = ExcelDateTime::from_ymd(year, part(created.month()), part(created.day()))?;
    let created = day.and_hms(
        u16::try_from(created.hour()).unwrap_or(0),
        part(created.minute()),
        part(created.second()),
    )?;
    let properties = DocProperties::new()
        .set_title(&spec.title)
        .set_subject(&spec.reference)
        .set_author(spec.author);
    let properties = properties
        .set_company(spec.organisation)
        .set_keywords(spec.marking.text());
    book.set_properties(&properties.set_creation_datetime(&created));
    for block in &paper.blocks {
        match block {
            Block::Table(table) => grid(sheet(&mut book, paper, &table.caption)?, table)?,
            Block::Chart(chart) => figures(sheet(&mut book, paper, &chart.title)?, chart)?,
            Block::Heading(_) | Block::Text(_) | Block::Bullets(_) => {}
        }
    }
    notes(sheet(&mut book, paper, "Notes")?, paper)?;
    book.save_to_buffer()
}

/// A new sheet with the title, the facts and, on paper, the marking at head and foot.
fn sheet<'a>(
    book: &'a mut Workbook,
    paper: &Paper<'_>,
    name: &str,
) -> Result<&'a mut Worksheet, XlsxError> {
    let spec = paper.spec;
    let (marking, reference) = (spec.marking.text(), spec.reference.replace('&', "&&"));
    let sheet = book.add_worksheet();
    // A sheet's name has at most 31 letters.
    let short: String = name
        .chars()
        .filter(|letter| !"[]:*?/\\'".contains(*letter))
        .take(31)
        .collect();
    sheet.set_name(short.trim())?;
    sheet.set_header(format!("&C&\"Arial,Bold\"{marking}"));
    sheet.set_footer(format!(
        "&L{reference}&C&\"Arial,Bold\"{marking}&RPage &P of &N"
    ));
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0);
    let title = Format::new()
        .set_bold()
        .set_font_size(16)
        .set_font_color(Color::RGB(0x001D_3557));
    sheet.write_with_format(0, 0, spec.title.as_str(), &title)?;
    let facts = format!("{marking} · {}", paper.facts());
    sheet.write_with_format(
        1,
        0,
        facts,
        &Format::new().set_font_color(Color::RGB(0x0050_5A5F)),
    )?;
    Ok(sheet)
}

fn grid(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let cell = || {
        Format::new()
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(0x009A_A5B1))
    };
    let cell = || cell().set_align(FormatAlign::Top);
    let head = cell()
        .set_bold()
        .set_background_color(Color::RGB(0x00E3_E8EF))
        .set_text_wrap();
    let wide = |share: f32| (f64::from(share) * 130.0).clamp(9.0, 44.0);
    let wide: Vec<f64> = table.shares().into_iter().map(wide).collect();
    for (column, (text, wide)) in table.heads.iter().zip(&wide).enumerate() {
        // The head of a column of numbers stands where the numbers do.
        let numbers = table.rows.iter().all(|row| number(&row[column]).is_some());
        let head = if numbers {
            head.clone().set_align(FormatAlign::Right)
        } else {
            head.clone()
        };
        let column = u16::try_from(column).unwrap_or(0);
        sheet.set_column_width(column, *wide)?;
        sheet.write_with_format(HEADS, column, text, &head)?;
    }
    let money = |format: Format, is: bool| {
        if is {
            format.set_num_format("£#,##0")
        } else {
            format
        }
    };
    for (row, cells) in (HEADS + 1..).zip(&table.rows) {
        let lines = cells
            .iter()
            .zip(&wide)
            .map(|(text, wide)| lines(text, *wide))
            .max();
        sheet.set_row_height(row, 15 * lines.unwrap_or(1))?;
        for (column, text) in (0..).zip(cells) {
            match number(text) {
                Some((value, pounds)) => {
                    sheet.write_with_format(row, column, value, &money(cell(), pounds))?
                }
                None => sheet.write_with_format(row, column, text, &cell().set_text_wrap())?,
            };
        }
    }
    let last = HEADS + u32::try_from(table.rows.len()).unwrap_or(0);
    sheet
        .set_freeze_panes(HEADS + 1, 0)?
        .set_repeat_rows(HEADS, HEADS)?;
    let columns = u16::try_from(table.heads.len()).unwrap_or(1);
    sheet.autofilter(HEADS, 0, last, columns.saturating_sub(1))?;
    for (column, text) in (0..).zip(table.total().unwrap_or_default()) {
        // The sum is written beside its formula, for readers that do not calculate.
        match number(&text) {
            Some((value, pounds)) => {
                let name = rust_xlsxwriter::utility::column_number_to_name(column);
                let sum = Formula::new(format!("=SUM({name}{}:{name}{})", HEADS + 2, last + 1))
                    .set_result(value.to_string());
                sheet.write_formula_with_format(
                    last + 1,
                    column,
                    sum,
                    &money(head.clone(), pounds),
                )?;
            }
            None => {
                sheet.write_with_format(last + 1, column, &text, &head)?;
            }
        }
    }
    Ok(())
}

fn figures(sheet: &mut Worksheet, chart: &Chart) -> Result<(), XlsxError> {
    let head = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0x00E3_E8EF));
    sheet.set_column_width(0, 16)?;
    sheet
        .write_with_format(HEADS, 0, "When", &head)?
        .write_with_format(HEADS, 1, "Number", &head)?;
    for (row, (label, value)) in (HEADS + 1..).zip(&chart.bars) {
        sheet.write(row, 0, label)?.write(row, 1, *value)?;
    }
    let last = HEADS + u32::try_from(chart.bars.len()).unwrap_or(0);
    let name = sheet.name();
    let mut drawing = Drawing::new(ChartType::Column);
    let series = drawing.add_series();
    series
        .set_categories((name.as_str(), HEADS + 1, 0, last, 0))
        .set_values((name.as_str(), HEADS + 1, 1, last, 1));
    series.set_gap(60);
    drawing.title().set_name(&chart.title);
    drawing.legend().set_hidden();
    drawing
        .set_width(760)
        .set_height(400)
        .set_alt_text(&chart.title);
    sheet.insert_chart(HEADS, 3, &drawing)?;
    Ok(())
}

fn notes(sheet: &mut Worksheet, paper: &Paper<'_>) -> Result<(), XlsxError> {
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_column_width(0, 100)?;
    let texts = paper.blocks.iter().flat_map(|block| match block {
        Block::Heading(text) | Block::Text(text) => std::slice::from_ref(text),
        Block::Bullets(items) => items,
        Block::Table(_) | Block::Chart(_) => &[],
    });
    for (row, text) in (HEADS..).zip(texts) {
        sheet.write_with_format(row, 0, text, &wrapped)?;
        sheet.set_row_height(row, 15 * lines(text, 100.0))?;
    }
    Ok(())
}

/// How many lines a wrapped text takes in a column so many digits wide. Not every program reckons this when it opens
/// a file.
fn lines(text: &str, wide: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a column is 9 to 100 digits wide"
    )]
    let room = wide as usize;
    u32::try_from(text.chars().count().div_ceil(room).max(1)).unwrap_or(1)
}
