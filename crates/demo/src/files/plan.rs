//! Floor plans: rooms on both sides of a corridor, drawn in code.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

use super::Spec;
use super::draw::{BOLD, Canvas, Colour, GREY, INK, LARGE, Letters, MIDDLE, SMALL, WHITE};
use crate::times::long;

/// How many pixels a metre is.
const METRE: usize = 60;
const WALL: usize = 8;
const DOOR: usize = 48;
const GLASS: Colour = [120, 170, 205];
const FLOORS: [Colour; 4] = [
    [246, 243, 236],
    [238, 244, 240],
    [240, 242, 248],
    [248, 240, 240],
];

/// A plan of one floor.
pub(super) fn floor(spec: &Spec, rng: &mut ChaCha8Rng) -> Canvas {
    let mut canvas = Canvas::new(1240, 860);
    canvas.mark(spec.marking);
    let (left, right, top, bottom) = (60, canvas.wide - 60, 64, canvas.high - 190);
    let corridor = METRE * 5 / 4;
    let upper = top + (bottom - top - corridor) * rng.random_range(45..56) / 100;
    canvas.fill(left, top, right - left, bottom - top, INK);
    canvas.fill(left + WALL, upper, right - left - 2 * WALL, corridor, WHITE);
    // The way in is at the left end of the corridor, the way out of a fire at the right.
    for x in [left, right - WALL] {
        canvas.fill(x, upper + 8, WALL, corridor - 16, WHITE);
    }
    let middle = upper + corridor / 2;
    canvas.text(left + 16, middle - 8, "Way in", SMALL, INK);
    canvas.centred(canvas.wide / 2, middle - 12, "Corridor", MIDDLE, GREY);
    canvas.text(right - 120, middle - 8, "Fire exit", SMALL, INK);
    let mut names = vec![
        "Kitchen", "Bathroom", "Lounge", "Office", "Laundry", "Shower", "Store",
    ];
    names[2..].shuffle(rng);
    let mut names = names.into_iter();
    let mut number = 0;
    for (y, high, above) in [
        (top, upper - top, true),
        (upper + corridor, bottom - upper - corridor, false),
    ] {
        let count = rng.random_range(5..8);
        let mut x = left;
        for place in 0..count {
            let rest = right - x - WALL;
            let even = rest / (count - place);
            let wide = if place + 1 == count {
                rest
            } else {
                even * rng.random_range(80..121) / 100
            };
            // Every third room is shared.
            let shared = (place % 3 == 1).then(|| names.next()).flatten();
            let name = shared.map_or_else(
                || {
                    number += 1;
                    format!("Room {number}")
                },
                str::to_owned,
            );
            room(&mut canvas, [x, y, wide, high], above, &name, rng);
            x += wide;
        }
    }
    legend(&mut canvas, spec);
    canvas
}

/// One room: its floor, its window to the outside, its door to the corridor, its name and area.
fn room(
    canvas: &mut Canvas,
    [x, y, wide, high]: [usize; 4],
    above: bool,
    name: &str,
    rng: &mut ChaCha8Rng,
) {
    let (x, wide, high) = (x + WALL, wide - WALL, high - 2 * WALL);
    let y = y + WALL;
    canvas.fill(x, y, wide, high, FLOORS[rng.random_range(0..FLOORS.len())]);
    let (outside, inside) = if above {
        (y - WALL, y + high)
    } else {
        (y + high, y - WALL)
    };
    let pane = wide / 3;
    canvas.fill(x + pane, outside, pane, WALL, WHITE);
    canvas.fill(x + pane, outside + WALL / 2 - 1, pane, 2, GLASS);
    let hinge = x + wide / 8;
    canvas.fill(hinge, inside, DOOR, WALL, WHITE);
    swing(canvas, hinge, inside, above);
    let (across, down) = (x + wide / 2, y + high / 2);
    canvas.centred(across, down - 26, name, BOLD, INK);
    let tenths = wide * high * 10 / METRE / METRE;
    canvas.centred(
        across,
        down + 2,
        &format!("{}.{} m²", tenths / 10, tenths % 10),
        MIDDLE,
        GREY,
    );
}

/// A door that opens into the room, and the quarter circle that it sweeps.
fn swing(canvas: &mut Canvas, hinge: usize, wall: usize, above: bool) {
    let steps = DOOR * 4;
    for step in 0..=steps {
        // Points of a circle in whole numbers: along in quarter pixels, up by Pythagoras; and the other way round, so
        // that there is no gap where the circle is steep.
        let other = (steps * steps - step * step).isqrt() / 4;
        let y = |up: usize| {
            if above {
                wall.saturating_sub(up)
            } else {
                wall + WALL + up
            }
        };
        canvas.blend(hinge + step / 4, y(other), GREY, 255);
        canvas.blend(hinge + other, y(step / 4), GREY, 255);
        canvas.blend(hinge, y(step / 4), INK, 255);
        canvas.blend(hinge + 1, y(step / 4), INK, 255);
    }
}

/// Scale, north and title below the plan.
fn legend(canvas: &mut Canvas, spec: &Spec) {
    let (y, left, right) = (canvas.high - 160, 480, canvas.wide - 60);
    for metre in 0..5 {
        canvas.fill(
            60 + metre * METRE,
            y + 20,
            METRE,
            10,
            if metre % 2 == 0 { INK } else { GREY },
        );
    }
    canvas.text(60, y + 36, "0", SMALL, INK);
    canvas.text(330, y + 36, "5 m", SMALL, INK);
    canvas.text(414, y + 2, "N", LARGE, INK);
    for row in 0..30 {
        canvas.fill(420 - row / 3, y + 28 + row, 1 + row / 3 * 2, 1, INK);
    }
    canvas.fill(left, y, right - left, 112, INK);
    canvas.fill(left + 2, y + 2, right - left - 4, 108, WHITE);
    let large = Letters(RasterHeight::Size32, FontWeight::Bold);
    let fits = large.wide(&spec.title) < right - left - 40;
    canvas.text(
        left + 18,
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
    canvas.text(left + 18, y + 54, &line, MIDDLE, INK);
    canvas.text(
        left + 18,
        y + 80,
        "Measured on site. Not for construction.",
        MIDDLE,
        GREY,
    );
}

/// The plan as it comes from a scanner: twice as many dots each way, and a grain that hardly shows.
pub(super) fn scan(plan: &Canvas, rng: &mut ChaCha8Rng) -> Canvas {
    let mut scan = Canvas::new(plan.wide * 2, plan.high * 2);
    let rows = plan.pixels.chunks_exact(plan.wide * 3);
    for (row, twice) in rows.zip(scan.pixels.chunks_exact_mut(scan.wide * 6)) {
        let (upper, lower) = twice.split_at_mut(scan.wide * 3);
        for (pixel, pair) in row.chunks_exact(3).zip(upper.chunks_exact_mut(6)) {
            pair[..3].copy_from_slice(pixel);
            pair[3..].copy_from_slice(pixel);
        }
        lower.copy_from_slice(upper);
    }
    let mut noise = vec![0; scan.pixels.len()];
    rng.fill_bytes(&mut noise);
    for (byte, noise) in scan.pixels.iter_mut().zip(noise) {
        *byte = byte.saturating_sub(noise & 1);
    }
    scan
}
