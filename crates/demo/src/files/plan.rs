//! Floor plans: rooms on both sides of a corridor, drawn in code.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

use super::Spec;
use super::draw::{BOLD, Canvas, Colour, GREY, INK, LARGE, Letters, MIDDLE, SMALL, WHITE};
use crate::times::long;

const WALL: usize = 8;
const DOOR: usize = 46;
const GLASS: Colour = [120, 170, 205];
const FLOORS: [Colour; 4] = [
    [246, 243, 236],
    [238, 244, 240],
    [240, 242, 248],
    [248, 240, 240],
];

/// A plan of one floor, `scale` times as large as an ordinary one.
pub(super) fn floor(spec: &Spec, scale: usize, rng: &mut ChaCha8Rng) -> Canvas {
    let (wide, high) = (1240 * scale, 860 * scale);
    let mut canvas = Canvas::new(wide, high);
    canvas.mark(spec.marking);
    let (left, right, top, bottom) = (60, wide - 60, 64, high - 190);
    let corridor = (bottom - top) / 8;
    let upper = top + (bottom - top - corridor) * rng.random_range(45..56) / 100;
    canvas.fill(left, top, right - left, bottom - top, INK);
    canvas.fill(left + WALL, upper, right - left - 2 * WALL, corridor, WHITE);
    canvas.centred(
        wide / 2,
        upper + corridor / 2 - 12,
        "Corridor",
        MIDDLE,
        GREY,
    );
    // The way in is at the left end of the corridor, the way out of a fire at the right.
    for x in [left, right - WALL] {
        canvas.fill(x, upper + corridor / 2 - 30, WALL, 60, WHITE);
    }
    canvas.text(8, upper + corridor / 2 - 48, "Way in", SMALL, INK);
    canvas.text(right - 4, upper + corridor / 2 - 48, "Exit", SMALL, INK);
    let mut names = vec![
        "Kitchen", "Lounge", "Office", "Bathroom", "Shower", "Laundry", "Store",
    ];
    names.shuffle(rng);
    let mut numbers = 1..;
    for (y, high, above) in [
        (top, upper - top, true),
        (upper + corridor, bottom - upper - corridor, false),
    ] {
        let count = rng.random_range(4..7) + scale - 1;
        let mut x = left;
        for place in 0..count {
            let rest = right - x - WALL;
            let even = rest / (count - place);
            let share = if place + 1 == count {
                rest
            } else {
                even * rng.random_range(80..121) / 100
            };
            let bedroom = format!("Room {}", numbers.clone().next().unwrap_or(1));
            let name = match rng.random_bool(0.62) {
                true => {
                    numbers.next();
                    bedroom
                }
                false => names
                    .pop()
                    .map_or_else(|| "Store".to_owned(), str::to_owned),
            };
            room(&mut canvas, [x, y, share, high], above, &name, scale, rng);
            x += share;
        }
    }
    legend(&mut canvas, spec, scale);
    canvas
}

/// One room: its floor, its window to the outside, its door to the corridor, its name and area.
fn room(
    canvas: &mut Canvas,
    [x, y, wide, high]: [usize; 4],
    above: bool,
    name: &str,
    scale: usize,
    rng: &mut ChaCha8Rng,
) {
    let (x, y, wide, high) = (
        x + WALL,
        y + if above { WALL } else { 0 },
        wide - WALL,
        high - WALL,
    );
    let inner = if above { y } else { y + WALL };
    let height = high - WALL;
    canvas.fill(
        x,
        inner,
        wide,
        height,
        FLOORS[rng.random_range(0..FLOORS.len())],
    );
    let outside = if above { y - WALL } else { y + high };
    let pane = wide / 3;
    canvas.fill(x + pane, outside, pane, WALL, WHITE);
    canvas.fill(x + pane, outside + WALL / 2 - 1, pane, 2, GLASS);
    let side = if above { inner + height } else { y };
    let hinge = x + wide / 8;
    canvas.fill(hinge, side, DOOR, WALL, WHITE);
    swing(canvas, hinge, side, above);
    let middle = (x + wide / 2, inner + height / 2);
    let letters = if scale > 1 { LARGE } else { BOLD };
    canvas.centred(middle.0, middle.1 - 26, name, letters, INK);
    // 40 pixels to the metre, so 1,600 to the square metre; a plan twice as large shows a house twice as large.
    let tenths = wide * height / 160 / scale;
    canvas.centred(
        middle.0,
        middle.1 + 2,
        &format!("{}.{} m²", tenths / 10, tenths % 10),
        MIDDLE,
        GREY,
    );
}

/// A door that opens into the room, and the quarter circle that it sweeps.
fn swing(canvas: &mut Canvas, hinge: usize, side: usize, above: bool) {
    for step in 0..=DOOR * 2 {
        // Points of a circle by whole numbers: along in half pixels, up by Pythagoras.
        let up = (DOOR * DOOR * 4 - step * step).isqrt() / 2;
        let y = |up: usize| {
            if above {
                side.saturating_sub(up)
            } else {
                side + WALL + up
            }
        };
        canvas.blend(hinge + step / 2, y(up), GREY, 255);
        canvas.blend(hinge, y(step / 2), INK, 255);
        canvas.blend(hinge + 1, y(step / 2), INK, 255);
    }
}

/// Scale, north and title below the plan.
fn legend(canvas: &mut Canvas, spec: &Spec, scale: usize) {
    let (y, right) = (canvas.high - 160, canvas.wide - 60);
    for metre in 0..5 {
        canvas.fill(
            60 + metre * 40,
            y + 20,
            40,
            10,
            if metre % 2 == 0 { INK } else { GREY },
        );
    }
    canvas.text(60, y + 36, "0", SMALL, INK);
    canvas.text(244, y + 36, &format!("{} m", 5 * scale), SMALL, INK);
    canvas.text(330, y + 2, "N", LARGE, INK);
    for row in 0..30 {
        canvas.fill(336 - row / 3, y + 28 + row, 1 + row / 3 * 2, 1, INK);
    }
    canvas.fill(400, y, right - 400, 112, INK);
    canvas.fill(402, y + 2, right - 404, 108, WHITE);
    let large = Letters(RasterHeight::Size32, FontWeight::Bold);
    let fits = large.wide(&spec.title) < right - 440;
    canvas.text(
        418,
        y + 12,
        &spec.title,
        if fits { large } else { LARGE },
        INK,
    );
    let line = format!(
        "Reference {}, revision {}, {}",
        spec.reference,
        spec.version,
        long(spec.dated)
    );
    canvas.text(418, y + 54, &line, MIDDLE, INK);
    canvas.text(
        418,
        y + 80,
        "Measured on site. Not for construction.",
        MIDDLE,
        GREY,
    );
}

/// What a scanner adds: every byte a little darker, by up to `depth`, which is one less than a power of two.
pub(super) fn grain(bytes: &mut [u8], depth: u8, rng: &mut ChaCha8Rng) {
    let mut noise = vec![0; bytes.len()];
    rng.fill_bytes(&mut noise);
    for (byte, noise) in bytes.iter_mut().zip(noise) {
        *byte = byte.saturating_sub(noise & depth);
    }
}
