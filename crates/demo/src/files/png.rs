//! Pictures: a chart, or a floor plan where the subject is one.

use rand_chacha::ChaCha8Rng;

use super::paper::Paper;
use super::{draw, plan};

pub(super) fn write(paper: &Paper<'_>, rng: &mut ChaCha8Rng) -> Vec<u8> {
    let spec = paper.spec;
    if spec.subject != "floor-plan" {
        return draw::chart(&paper.chart(), Some(spec)).encode(spec);
    }
    let plan = plan::floor(spec, rng);
    if spec.large {
        plan::scan(&plan, rng).encode(spec)
    } else {
        plan.encode(spec)
    }
}
