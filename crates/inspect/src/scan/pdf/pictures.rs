//! Which pages are handed over to have their pictures made out, and as what they are told.

use std::collections::BTreeSet;

use pdf_extract::ObjectId;

use super::drawn::{Drawing, Drawn, Room};
use crate::reading::Why;
use crate::scan::gather::Gather;

/// What part of a page a picture of all of it covers at least.
const WHOLE: f64 = 0.75;
/// A page with fewer letters than this has a little text.
const LITTLE: usize = 100;
/// What part of a page is its top, and its bottom: a picture may begin there and be larger.
const EDGE: f64 = 0.15;
/// The least that words take up, across and up, in points.
const LEAST: (f64, f64) = (40.0, 6.0);
/// How many pages are handed over for a picture at their top or bottom.
const EDGES: usize = 10;

/// Pages that are to be looked at.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    /// How much it matters, the least first; the page, and as what it was told.
    unread: Vec<(u8, u32, usize)>,
    /// Pictures that were met: a letterhead is on every page.
    met: BTreeSet<ObjectId>,
    edges: usize,
}

impl Pictures {
    /// A page that is not read for this reason.
    pub(super) fn unread_page(&mut self, gather: &mut Gather<'_>, number: u32, why: Why) {
        self.tell(gather, number, why, 0);
    }

    fn tell(&mut self, gather: &mut Gather<'_>, number: u32, why: Why, order: u8) {
        gather.missing(&format!("page {number}"), why);
        if let Some(told) = gather.told() {
            self.unread.push((order, number, told));
        }
    }

    /// The pictures of a page that has so many letters as well.
    pub(super) fn beside_text(
        &mut self,
        gather: &mut Gather<'_>,
        number: u32,
        drawn: &Drawn,
        letters: usize,
        (room, is_turned): (Room, bool),
    ) {
        // A scanner draws a page in one piece or in strips.
        let covered: f64 = drawn
            .pictures
            .iter()
            .map(|picture| covered(picture.room, room))
            .sum();
        if covered >= WHOLE {
            // Who sees the page sees the picture: its text is what a scanner added, or what it believed to read.
            if letters < LITTLE || drawn.unseen > drawn.seen {
                self.tell(gather, number, Why::NoText, 0);
            } else {
                self.tell(gather, number, Why::Picture, 1);
            }
            return;
        }
        let mut new = false;
        for picture in &drawn.pictures {
            if is_at_edge(picture, room, is_turned) {
                new |= picture.id.is_none_or(|id| self.met.insert(id));
            }
        }
        if new && self.edges < EDGES {
            self.edges += 1;
            self.tell(gather, number, Why::Picture, 2);
        }
    }

    /// The pages that are handed over, those first that matter most.
    pub(super) fn unread(mut self) -> Vec<(u32, usize)> {
        self.unread.sort_unstable();
        self.unread
            .into_iter()
            .map(|(_, page, told)| (page, told))
            .collect()
    }
}

/// What part of a page a picture covers.
fn covered(picture: Room, page: Room) -> f64 {
    let common =
        |one: (f64, f64), other: (f64, f64)| (one.1.min(other.1) - one.0.max(other.0)).max(0.0);
    let all = (page.0.1 - page.0.0) * (page.1.1 - page.1.0);
    common(picture.0, page.0) * common(picture.1, page.1) / all.max(1.0)
}

/// Whether a picture stands where markings do, and is large enough for one.
fn is_at_edge(picture: &Drawing, page: Room, is_turned: bool) -> bool {
    let (mut picture, mut page) = (picture.room, page);
    if is_turned {
        (picture, page) = ((picture.1, picture.0), (page.1, page.0));
    }
    let ((left, right), (bottom, top)) = picture;
    let height = page.1.1 - page.1.0;
    right - left >= LEAST.0
        && top - bottom >= LEAST.1
        && covered(picture, page) > 0.0
        && (bottom - page.1.0 < EDGE * height || page.1.1 - top < EDGE * height)
}
