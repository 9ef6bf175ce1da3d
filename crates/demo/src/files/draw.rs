//! A small canvas: rectangles, text and bar charts, as PNG (ISO/IEC 15948).

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

use super::Spec;
use super::paper::Chart;
use crate::model::Marking;

/// The width and height of a chart, in pixels.
pub(super) const WIDE: usize = 1040;
pub(super) const HIGH: usize = 560;

pub(super) type Colour = [u8; 3];
pub(super) const WHITE: Colour = [255, 255, 255];
pub(super) const INK: Colour = [11, 12, 12];
pub(super) const GREY: Colour = [80, 90, 95];
const RULE: Colour = [216, 221, 225];
const BAR: Colour = [29, 83, 140];
const LAST: Colour = [0, 112, 60];

/// A picture in red, green and blue, a byte each.
pub(super) struct Canvas {
    pub(super) wide: usize,
    pub(super) high: usize,
    pub(super) pixels: Vec<u8>,
}

/// How big and bold letters are.
#[derive(Clone, Copy)]
pub(super) struct Letters(pub(super) RasterHeight, pub(super) FontWeight);

pub(super) const SMALL: Letters = Letters(RasterHeight::Size16, FontWeight::Regular);
pub(super) const MIDDLE: Letters = Letters(RasterHeight::Size20, FontWeight::Regular);
pub(super) const BOLD: Letters = Letters(RasterHeight::Size20, FontWeight::Bold);
pub(super) const LARGE: Letters = Letters(RasterHeight::Size24, FontWeight::Bold);

impl Letters {
    /// How wide a line of text is, in pixels: all letters are equally wide.
    pub(super) fn wide(self, text: &str) -> usize {
        get_raster_width(self.1, self.0) * text.chars().count()
    }
}

impl Canvas {
    pub(super) fn new(wide: usize, high: usize) -> Self {
        Self {
            wide,
            high,
            pixels: vec![255; wide * high * 3],
        }
    }

    /// A filled rectangle; what is off the canvas is left out.
    pub(super) fn fill(&mut self, x: usize, y: usize, wide: usize, high: usize, colour: Colour) {
        let right = (x + wide).min(self.wide);
        if x >= right {
            return;
        }
        let line = colour.repeat(right - x);
        for row in y..(y + high).min(self.high) {
            let start = (row * self.wide + x) * 3;
            self.pixels[start..start + line.len()].copy_from_slice(&line);
        }
    }

    /// One line of text with its top left corner at `x`, `y`; a letter that the font lacks leaves a gap.
    pub(super) fn text(
        &mut self,
        x: usize,
        y: usize,
        text: &str,
        letters: Letters,
        colour: Colour,
    ) {
        let step = letters.wide("x");
        for (place, letter) in text.chars().enumerate() {
            let letter = match letter {
                '’' | '‘' => '\'',
                '–' | '—' => '-',
                other => other,
            };
            let Some(glyph) = get_raster(letter, letters.1, letters.0) else {
                continue;
            };
            for (down, row) in glyph.rows().enumerate() {
                for (along, cover) in row.iter().enumerate().filter(|(_, cover)| **cover > 0) {
                    self.blend(x + place * step + along, y + down, colour, *cover);
                }
            }
        }
    }

    /// Text around the middle `x`.
    pub(super) fn centred(
        &mut self,
        x: usize,
        y: usize,
        text: &str,
        letters: Letters,
        colour: Colour,
    ) {
        self.text(
            x.saturating_sub(letters.wide(text) / 2),
            y,
            text,
            letters,
            colour,
        );
    }

    /// One pixel, covered so much in 255 parts.
    pub(super) fn blend(&mut self, x: usize, y: usize, colour: Colour, cover: u8) {
        if x < self.wide && y < self.high {
            let start = (y * self.wide + x) * 3;
            for (pixel, ink) in self.pixels[start..start + 3].iter_mut().zip(colour) {
                let mixed =
                    u16::from(*pixel) * u16::from(255 - cover) + u16::from(ink) * u16::from(cover);
                *pixel = u8::try_from(mixed / 255).unwrap_or(u8::MAX);
            }
        }
    }

    /// The marking at the head and foot, where a page has it.
    pub(super) fn mark(&mut self, marking: Marking) {
        let (middle, foot) = (self.wide / 2, self.high - 30);
        self.centred(middle, 8, marking.text(), BOLD, INK);
        self.centred(middle, foot, marking.text(), BOLD, INK);
    }

    /// The picture as a PNG that says its title, author and marking.
    pub(super) fn encode(&self, spec: &Spec) -> Vec<u8> {
        let (mut bytes, side) = (Vec::new(), |side: usize| {
            u32::try_from(side).expect("a canvas is small")
        });
        let mut encoder = png::Encoder::new(&mut bytes, side(self.wide), side(self.high));
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        for (name, text) in [
            ("Title", &*spec.title),
            ("Author", spec.author),
            ("Comment", spec.marking.text()),
        ] {
            encoder
                .add_itxt_chunk(name.to_owned(), text.to_owned())
                .expect("the keywords are the standard's own");
        }
        let mut writer = encoder
            .write_header()
            .expect("memory takes what is written");
        writer
            .write_image_data(&self.pixels)
            .expect("the canvas has as many pixels as it says");
        writer.finish().expect("memory takes what is written");
        bytes
    }
}

/// The next round number above the highest bar.
pub(super) fn ceiling(chart: &Chart) -> u32 {
    let most = chart
        .bars
        .iter()
        .map(|(_, value)| *value)
        .max()
        .unwrap_or(1)
        .max(1);
    let step = if most > 60 { 20 } else { 10 };
    most.div_ceil(step) * step
}

/// A bar chart with its numbers above the bars; with a marking, a page of its own with a title.
pub(super) fn chart(chart: &Chart, page: Option<&Spec>) -> Canvas {
    let mut canvas = Canvas::new(WIDE, HIGH);
    let (left, right, mut top, mut bottom) = (64, WIDE - 24, 34, HIGH - 40);
    if let Some(spec) = page {
        canvas.mark(spec.marking);
        canvas.text(left, 40, &chart.title, LARGE, INK);
        canvas.text(left, 70, &spec.reference, SMALL, GREY);
        (top, bottom) = (128, HIGH - 78);
    }
    let highest = ceiling(chart);
    let high = |value: u32| (bottom - top) * value as usize / highest as usize;
    for step in 0..=4 {
        let value = highest * step / 4;
        let y = bottom - high(value);
        canvas.fill(left, y, right - left, 1, if step == 0 { INK } else { RULE });
        let label = value.to_string();
        canvas.text(
            left - 10 - MIDDLE.wide(&label),
            y - 10,
            &label,
            MIDDLE,
            GREY,
        );
    }
    let slot = (right - left) / chart.bars.len().max(1);
    for (place, (label, value)) in chart.bars.iter().enumerate() {
        let (middle, height) = (left + place * slot + slot / 2, high(*value));
        let colour = if place + 1 == chart.bars.len() {
            LAST
        } else {
            BAR
        };
        canvas.fill(
            middle - slot * 3 / 10,
            bottom - height,
            slot * 6 / 10,
            height,
            colour,
        );
        canvas.centred(middle, bottom - height - 26, &value.to_string(), LARGE, INK);
        canvas.centred(middle, bottom + 8, label, MIDDLE, INK);
    }
    canvas
}
