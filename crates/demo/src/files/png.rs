//! Pictures: a chart, or a floor plan where the subject is one.

use rand_chacha::ChaCha8Rng;

use super::paper::Paper;
use super::{draw, plan};

pub(super) fn write(paper: &Paper<'_>, rng: &mut ChaCha8Rng) -> Vec<u8> {
    if paper.spec.subject != "floor-plan" {
        return draw::chart(&paper.chart(), Some(paper.spec)).encode(paper.spec);
    }
    if !paper.spec.large {
        return plan::floor(paper.spec, 1, rng).encode(paper.spec);
    }
    let mut scan = plan::floor(paper.spec, 2, rng);
    plan::grain(&mut scan.pixels, 3, rng);
    scan.encode(paper.spec)
}
