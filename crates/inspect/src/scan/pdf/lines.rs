//! The lines of a page, made of the letters that are drawn on it by where they stand.
//!
//! A page says where each letter is, and nothing of words or lines. Letters stay in the order in which they are drawn as far as
//! that is lines of text, because columns are drawn one after the other; within a line they are put in order along its own
//! direction, and what continues a line that was drawn before goes to it.

use std::collections::HashMap;
use std::fmt;

use pdf_extract::{MediaBox, OutputDev, OutputError, Transform};

/// How many letters of one page are read.
const LETTERS: usize = 1_000_000;
/// Two directions that differ by less than this are one, in degrees.
const TURN: f64 = 1.5;
/// How many directions there may be on one page: what is turned otherwise is taken for the last.
const TURNS: usize = 400;
/// More room than this between letters that were drawn one by one, and a word ends, in sizes of the letters.
const SPACE: f64 = 0.1;
/// How wide a space usually is.
const USUAL: f64 = 0.278;
/// What stands further apart than two spaces is divided; further than this it is so in justified text too.
const APART: (f64, f64) = (0.55, 1.5);
/// The same where all letters are equally wide, and spaces too.
const APART_EQUAL: f64 = 1.3;
/// Sizes that differ by more than this are two.
const ALIKE: f64 = 1.35;
/// Letters as high as this that stand aslant are a watermark, and no writing at the axis of a diagram.
const LARGE: f64 = 24.0;

/// A line as it stands on the page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) text: String,
    /// It stands across the page.
    pub(super) across: bool,
    /// How high on the page it stands, and how large it is, where it is level.
    level: Option<(f64, f64)>,
}

/// What is drawn on a page.
#[derive(Debug, Default)]
pub(super) struct Letters {
    drawn: Vec<Letter>,
    text: String,
    /// Which showing of a string it is: letters of one belong together.
    showing: u32,
    turns: Vec<f64>,
    /// There are more than are read.
    pub(super) full: bool,
}

#[derive(Debug, Clone, Copy)]
struct Letter {
    /// Where it begins and ends along its line, and how far that line is to the left of its direction.
    start: f64,
    end: f64,
    off: f64,
    size: f64,
    turn: usize,
    showing: u32,
    from: usize,
    to: usize,
}

/// Letters that were shown together.
#[derive(Debug, Clone, Copy)]
struct Part {
    start: f64,
    end: f64,
    off: f64,
    off_end: f64,
    size: f64,
    turn: usize,
    /// Which letters; none where only room is kept for something that stands in a line of its own.
    first: usize,
    last: usize,
}

impl OutputDev for Letters {
    fn begin_page(
        &mut self,
        _: u32,
        _: &MediaBox,
        _: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        at: &Transform,
        width: f64,
        _: f64,
        size: f64,
        text: &str,
    ) -> Result<(), OutputError> {
        if self.drawn.len() >= LETTERS {
            self.full = true;
            return Err(OutputError::FormatError(fmt::Error));
        }
        let along = (at.m11 * size, at.m12 * size);
        let up = (at.m21 * size, at.m22 * size);
        let turn = self.turn(along.1.atan2(along.0).to_degrees());
        let (sin, cos) = self.turns[turn].to_radians().sin_cos();
        let finite = |number: f64| if number.is_finite() { number } else { 0.0 };
        let (x, y) = (finite(at.m31), finite(at.m32));
        let start = x * cos + y * sin;
        let from = self.text.len();
        self.text.push_str(text);
        self.drawn.push(Letter {
            start,
            end: start + finite(width * along.0.hypot(along.1)),
            off: y * cos - x * sin,
            size: finite(up.0.hypot(up.1)),
            turn,
            showing: self.showing,
            from,
            to: self.text.len(),
        });
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.showing = self.showing.wrapping_add(1);
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}

impl Letters {
    /// The number of a direction.
    fn turn(&mut self, degrees: f64) -> usize {
        let degrees = if degrees.is_finite() { degrees } else { 0.0 };
        if self.turns.is_empty() {
            self.turns.extend([0.0, 90.0, 180.0, -90.0]);
        }
        let near = |turn: f64| {
            let apart = (degrees - turn).abs();
            apart.min(360.0 - apart) < TURN
        };
        if let Some(last) = self.drawn.last()
            && near(self.turns[last.turn])
        {
            return last.turn;
        }
        if let Some(turn) = self.turns.iter().position(|turn| near(*turn)) {
            return turn;
        }
        if self.turns.len() < TURNS {
            self.turns.push(degrees);
        }
        self.turns.len() - 1
    }

    /// The text as it was drawn, without lines.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The lines of the page.
    pub(super) fn lines(&self) -> Vec<Line> {
        let mut lines = self.drawn();
        Self::continued(&mut lines);
        let mut out: Vec<Line> = Vec::new();
        let mut stack = Vec::new();
        for line in &lines {
            // Letters that stand below each other are a line that goes down.
            if let Some(letter) = self.single(line) {
                let goes_on = stack
                    .last()
                    .is_none_or(|(above, _): &(Part, char)| is_below(above, &letter.0));
                if !goes_on {
                    self.unstack(&mut stack, &mut out);
                }
                stack.push(letter);
                continue;
            }
            self.unstack(&mut stack, &mut out);
            let written = out.len();
            self.write(line, &mut out);
            let first = line.first().filter(|first| first.turn == 0);
            for line in &mut out[written..] {
                line.level = first.map(|first| (first.off, first.size));
            }
        }
        self.unstack(&mut stack, &mut out);
        by_place(out)
    }

    /// A line that is one letter.
    fn single(&self, line: &[Part]) -> Option<(Part, char)> {
        let [part] = line else { return None };
        let letters = self.drawn.get(part.first..part.last)?;
        let (first, last) = (letters.first()?, letters.last()?);
        let mut said = self.text.get(first.from..last.to)?.trim().chars();
        match (said.next(), said.next()) {
            (Some(one), None) if one.is_alphabetic() => Some((*part, one)),
            _ => None,
        }
    }

    fn unstack(&self, stack: &mut Vec<(Part, char)>, out: &mut Vec<Line>) {
        const FEWEST: usize = 4;
        if stack.len() < FEWEST {
            for (part, _) in stack.drain(..) {
                self.write(&[part], out);
            }
            return;
        }
        let mut text = String::new();
        let mut above: Option<Part> = None;
        for (part, letter) in stack.drain(..) {
            // A word ends where one letter was left out.
            if above.is_some_and(|above| (above.off - part.off).abs() > 1.8 * part.size) {
                text.push(' ');
            }
            text.push(letter);
            above = Some(part);
        }
        out.push(Line {
            text,
            across: false,
            level: None,
        });
    }

    /// Lines in the order in which they are drawn.
    fn drawn(&self) -> Vec<Vec<Part>> {
        let mut seen = Seen::new();
        let mut lines: Vec<Vec<Part>> = Vec::new();
        let mut at = 0;
        while let Some(first) = self.drawn.get(at) {
            let mut end = at + 1;
            while self.goes_on(end) {
                end += 1;
            }
            let last = self.drawn[end - 1];
            let part = Part {
                start: first.start,
                end: last.end.max(first.start),
                off: first.off,
                off_end: last.off,
                size: first.size,
                turn: first.turn,
                first: at,
                last: end,
            };
            at = end;
            let said = self.text.get(first.from..last.to).unwrap_or_default();
            if is_again(&mut seen, &part, said) {
                continue;
            }
            let above = lines.len().checked_sub(2);
            if let Some(line) = lines.last_mut()
                && let Some(before) = line.last()
            {
                if is_level(before, &part) {
                    line.push(part);
                    continue;
                }
                // A small figure that is raised stands for itself, and there is room for it in the line that it is raised from.
                if is_raised(before, &part) {
                    let room = Part {
                        off: before.off_end,
                        off_end: before.off_end,
                        size: before.size,
                        first: 0,
                        last: 0,
                        ..part
                    };
                    line.push(room);
                } else if let Some(above) = above
                    && line.iter().all(|small| small.size * ALIKE < part.size)
                    && let Some(before) = lines[above].last()
                    && before.last == 0
                    && is_level(before, &part)
                    && part.start > before.end - 0.3 * part.size
                {
                    lines[above].push(part);
                    // What is drawn next goes on in this line.
                    let small = lines.len() - 1;
                    lines.swap(above, small);
                    continue;
                }
            }
            lines.push(vec![part]);
        }
        for line in &mut lines {
            while line.len() > 1 && line.last().is_some_and(|part| part.last == 0) {
                line.pop();
            }
            if line.windows(2).any(|two| two[1].start < two[0].start) {
                let mut sorted = line.clone();
                sorted.sort_by(|one, other| one.start.total_cmp(&other.start));
                // What stands on other letters is not to be mixed with them.
                let covers = |two: &[Part]| {
                    let over = two[0].end.min(two[1].end) - two[1].start;
                    over > 0.4
                        * (two[0].end - two[0].start)
                            .min(two[1].end - two[1].start)
                            .max(0.01)
                };
                if !sorted.windows(2).any(covers) {
                    *line = sorted;
                }
            }
        }
        lines
    }

    /// Whether a letter was shown together with the one before it, and after it.
    fn goes_on(&self, at: usize) -> bool {
        let (Some(before), Some(letter)) = (self.drawn.get(at - 1), self.drawn.get(at)) else {
            return false;
        };
        letter.showing == before.showing
            && letter.turn == before.turn
            && letter.start >= before.start - 0.1 * letter.size
    }

    /// Puts what continues a line that was drawn before to it.
    fn continued(lines: &mut Vec<Vec<Part>>) {
        let ends = |line: &[Part]| -> Option<(Part, f64, f64)> {
            let (first, last) = (line.first()?, line.last()?);
            let end = line.iter().map(|part| part.end).fold(last.end, f64::max);
            Some((*first, end, last.off_end))
        };
        let mut order: Vec<usize> = (0..lines.len()).collect();
        let key = |line: &[Part]| line.first().map_or((0, 0.0), |part| (part.turn, part.off));
        order.sort_by(|one, other| {
            let (one, other) = (key(&lines[*one]), key(&lines[*other]));
            one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
        });
        let mut from = 0;
        while from < order.len() {
            let mut to = from + 1;
            while to < order.len() {
                let (Some(one), Some(other)) =
                    (lines[order[to - 1]].first(), lines[order[to]].first())
                else {
                    break;
                };
                if one.turn != other.turn || other.off - one.off > 0.15 * other.size.min(one.size) {
                    break;
                }
                to += 1;
            }
            let level = &mut order[from..to];
            from = to;
            if level.len() < 2 {
                continue;
            }
            let start = |line: &[Part]| line.first().map_or(0.0, |part| part.start);
            level.sort_by(|one, other| start(&lines[*one]).total_cmp(&start(&lines[*other])));
            let mut into = level[0];
            for next in &level[1..] {
                let joins = match (ends(&lines[into]), ends(&lines[*next])) {
                    (Some((one, end, off)), Some((other, _, _))) => {
                        let gap = (other.start - end) / other.size.max(0.01);
                        is_alike(one.size, other.size)
                            && (off - other.off).abs() <= 0.2 * other.size
                            && (-0.3..0.5).contains(&gap)
                    }
                    _ => false,
                };
                if joins {
                    // The one that was drawn first keeps its place.
                    let (keep, gone) = (into.min(*next), into.max(*next));
                    let mut all = std::mem::take(&mut lines[into]);
                    all.append(&mut lines[*next]);
                    lines[keep] = all;
                    lines[gone] = Vec::new();
                    into = keep;
                } else {
                    into = *next;
                }
            }
        }
        lines.retain(|line| !line.is_empty());
    }

    /// Writes a line out: with spaces where there is room between letters, and tabs where there is much.
    fn write(&self, line: &[Part], out: &mut Vec<Line>) {
        let gaps = self.gaps(line);
        let usual = Usual::of(&gaps);
        let aslant = line
            .first()
            .and_then(|part| self.turns.get(part.turn))
            .is_some_and(|turn| is_aslant(*turn));
        let mut text = String::new();
        let mut across = false;
        for gap in &gaps {
            match gap.between {
                Between::Begin | Between::Nothing => {}
                Between::Over => out.push(Line {
                    text: std::mem::take(&mut text),
                    across,
                    level: None,
                }),
                Between::Room => text.push_str(usual.room(gap)),
                Between::Spaces => text.push_str(&usual.spaces(gap)),
            }
            text.push_str(gap.text);
            across = aslant && gap.size >= LARGE;
        }
        if !text.is_empty() {
            out.push(Line {
                text,
                across,
                level: None,
            });
        }
    }

    /// The letters of a line that are seen, with what is before each.
    fn gaps(&self, line: &[Part]) -> Vec<Gap<'_>> {
        let mut out: Vec<Gap<'_>> = Vec::new();
        let (mut end, mut start) = (0.0, 0.0);
        let mut spaces = String::new();
        let mut room = 0.0;
        let mut kept = false;
        let mut before: Option<&Part> = None;
        for part in line {
            if part.last == 0 {
                (kept, end) = (true, part.end.max(end));
                continue;
            }
            let over = before.is_some_and(|before| is_over(before, part));
            for (at, letter) in self.drawn[part.first..part.last].iter().enumerate() {
                let text = &self.text[letter.from..letter.to];
                let size = letter.size.max(0.01);
                if text.chars().all(char::is_whitespace) {
                    spaces.push_str(text);
                    room += (letter.end - letter.start) / size;
                    continue;
                }
                let gap = (letter.start - end) / size;
                let other_size = out
                    .last()
                    .is_some_and(|last| last.size.max(size) > 1.45 * last.size.min(size));
                let joined = at == 0 && spaces.is_empty();
                let divided = kept
                    || other_size
                    // The number of a note before its text.
                    || joined && is_number(&out) && text.chars().all(char::is_uppercase)
                    // It begins on the end of something else, which is hidden there.
                    || joined && gap < -0.5 && part.last - part.first > 1;
                let between = if out.is_empty() {
                    Between::Begin
                } else if at == 0 && over {
                    Between::Over
                } else if !spaces.is_empty() {
                    Between::Spaces
                } else if at == 0 && (!(-0.5..=SPACE).contains(&gap) || divided) {
                    Between::Room
                } else {
                    Between::Nothing
                };
                out.push(Gap {
                    text,
                    between,
                    far: gap,
                    step: (part.last - part.first == 1).then(|| (letter.start - start) / size),
                    spaces: std::mem::take(&mut spaces),
                    room,
                    size: letter.size,
                    width: (letter.end - letter.start) / size,
                    divided,
                });
                room = 0.0;
                kept = false;
                (start, end) = (letter.start, letter.end);
            }
            before = Some(part);
        }
        out
    }
}

/// Whether two distances are the same, but for rounding.
fn is_pitch(step: f64, pitch: f64) -> bool {
    (step - pitch).abs() < 0.05 * pitch
}

/// Whether what was met of a line is a short number.
fn is_number(met: &[Gap<'_>]) -> bool {
    (1..=3).contains(&met.len())
        && met
            .iter()
            .all(|one| one.text.chars().all(|letter| letter.is_ascii_digit()))
}

/// A letter that is seen, and what is before it.
#[derive(Debug)]
struct Gap<'a> {
    text: &'a str,
    between: Between,
    /// How far from the letter before it, in sizes.
    far: f64,
    /// How far its beginning is from that of the letter before it, where it was shown by itself.
    step: Option<f64>,
    /// Spaces that were shown between, and how much room these take.
    spaces: String,
    room: f64,
    size: f64,
    width: f64,
    /// Something else begins, however near it is.
    divided: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    Begin,
    Nothing,
    Room,
    Spaces,
    /// It stands on the same place.
    Over,
}

/// How far letters and words of a line usually are from each other.
#[derive(Debug)]
struct Usual {
    letters: f64,
    words: f64,
    apart: f64,
    /// Letters are shown one by one, with room between them.
    spread: bool,
    /// Letters are shown one by one, and each begins so far from the one before it, however wide that is.
    pitch: Option<f64>,
}

impl Usual {
    fn of(gaps: &[Gap<'_>]) -> Self {
        let median = |mut all: Vec<f64>| -> Option<f64> {
            all.sort_by(f64::total_cmp);
            all.get(all.len().saturating_sub(1) / 2).copied()
        };
        let between = gaps
            .iter()
            .filter(|gap| matches!(gap.between, Between::Nothing | Between::Room))
            .map(|gap| gap.far.max(0.0))
            .collect();
        let mut usual = Self {
            letters: median(between).unwrap_or(0.0),
            words: USUAL,
            apart: APART.0,
            spread: false,
            pitch: Self::pitch(gaps),
        };
        let count = |what: Between| gaps.iter().filter(|gap| gap.between == what).count();
        usual.spread = usual.letters > SPACE && count(Between::Room) > count(Between::Nothing);
        let all_words: Vec<f64> = gaps
            .iter()
            .filter(|gap| matches!(gap.between, Between::Room | Between::Spaces))
            .map(|gap| usual.between(gap))
            .filter(|gap| *gap > SPACE)
            .collect();
        // In justified text all spaces are wide. Two gaps are too few to tell.
        if all_words.len() > 2 {
            usual.words = median(all_words).unwrap_or(USUAL).max(USUAL);
        }
        let first = gaps.first().map_or(0.0, |gap| gap.width);
        if first > 0.5 && gaps.len() > 3 && gaps.iter().all(|gap| (gap.width - first).abs() < 0.01)
        {
            usual.apart = APART_EQUAL;
        }
        usual
    }

    /// Where every letter was shown by itself, and nearly all of them at the same distance.
    fn pitch(gaps: &[Gap<'_>]) -> Option<f64> {
        const FEWEST: usize = 4;
        const FARTHEST: f64 = 4.0;
        let steps: Vec<f64> = gaps
            .iter()
            .skip(1)
            .map(|gap| gap.step)
            .collect::<Option<_>>()?;
        let least = steps.iter().copied().reduce(f64::min)?;
        let alike = steps.iter().filter(|step| is_pitch(**step, least)).count();
        (steps.len() >= FEWEST && least > SPACE && least < FARTHEST && alike * 5 >= steps.len() * 4)
            .then_some(least)
    }

    /// The room between two words, without what is between all letters, as if there were one usual space.
    fn between(&self, gap: &Gap<'_>) -> f64 {
        let spaced = gap.far - 2.0 * self.letters;
        if gap.spaces.is_empty() {
            spaced
        } else {
            spaced - gap.room + USUAL
        }
    }

    fn is_wide(&self, gap: &Gap<'_>) -> bool {
        let between = self.between(gap);
        between > self.apart && (between > APART.1.max(self.apart) || between > 1.8 * self.words)
    }

    fn room(&self, gap: &Gap<'_>) -> &'static str {
        // A letter that is left out is the room between two words.
        let steps = |number: f64| {
            let both = gap.step.zip(self.pitch);
            both.is_some_and(|(step, pitch)| is_pitch(step, number * pitch))
        };
        if steps(1.0) {
            ""
        } else if steps(2.0) {
            "   "
        } else if self.is_wide(gap) || gap.divided && gap.far < SPACE {
            "\t"
        } else if self.spread && gap.far > 1.6 * self.letters + 0.15 {
            // Between words whose letters stand apart is more room than between these.
            "   "
        } else {
            " "
        }
    }

    fn spaces(&self, gap: &Gap<'_>) -> String {
        if self.is_wide(gap) {
            return "\t".to_owned();
        }
        let mut spaces = gap.spaces.clone();
        if self.spread {
            spaces.push_str("  ");
        }
        spaces
    }
}

/// Lines in the order in which they are read, for those that were drawn out of turn: many programs draw the header and the footer
/// before or after all of the page. What stands apart at the top of the page is its first line, and what does at the bottom its last.
fn by_place(mut lines: Vec<Line>) -> Vec<Line> {
    /// How many lines of each margin.
    const MOST: usize = 3;
    let (mut top, mut bottom) = (Vec::new(), Vec::new());
    for _ in 0..MOST {
        if let Some(at) = apart(&lines, |one, other| one > other) {
            top.push(lines.remove(at));
        }
        if let Some(at) = apart(&lines, |one, other| one < other) {
            bottom.push(lines.remove(at));
        }
    }
    bottom.reverse();
    top.extend(lines);
    top.extend(bottom);
    top
}

/// The line that stands further out than every other, and apart from them.
fn apart(lines: &[Line], further: fn(f64, f64) -> bool) -> Option<usize> {
    /// So many of its own heights.
    const APART: f64 = 1.8;
    /// What differs by less stands in one row with it.
    const SAME: f64 = 0.3;
    let levels = || {
        lines
            .iter()
            .enumerate()
            .filter_map(|(at, line)| Some((at, line.level?)))
    };
    let (at, (place, size)) = levels().reduce(|best, one| {
        if further(one.1.0, best.1.0) {
            one
        } else {
            best
        }
    })?;
    let others = levels().filter(|(other, _)| *other != at).count();
    let alone = levels().all(|(other, (there, _))| {
        let far = (place - there).abs();
        other == at || far < SAME * size || further(place, there) && far > APART * size
    });
    (others > 0 && alone).then_some(at)
}

/// Whether a line in this direction stands aslant.
fn is_aslant(degrees: f64) -> bool {
    let off = degrees.rem_euclid(90.0);
    off.min(90.0 - off) > 8.0
}

fn is_alike(one: f64, other: f64) -> bool {
    one.max(other) <= ALIKE * one.min(other).max(0.01)
}

/// Whether two parts stand on one line.
fn is_level(before: &Part, part: &Part) -> bool {
    let apart = (before.off_end - part.off).abs();
    before.turn == part.turn
        && if is_alike(before.size, part.size) {
            apart <= 0.4 * before.size.min(part.size)
        } else {
            apart <= 0.1 * before.size.max(part.size)
        }
}

/// Whether a part is a small one right behind the other, above or below its line.
fn is_raised(before: &Part, part: &Part) -> bool {
    before.turn == part.turn
        && before.last > 0
        && part.size * ALIKE < before.size
        && (before.off_end - part.off).abs() < 0.7 * before.size
        && (part.start - before.end).abs() < 0.5 * before.size
}

/// Whether two parts with several letters stand on the same place.
fn is_over(before: &Part, part: &Part) -> bool {
    let over = before.end.min(part.end) - part.start;
    part.last - part.first > 1
        && before.last - before.first > 1
        && over > 0.6 * (before.end - before.start).min(part.end - part.start)
}

/// Whether a letter stands below another.
fn is_below(above: &Part, below: &Part) -> bool {
    let middle = |part: &Part| f64::midpoint(part.start, part.end);
    let down = (above.off - below.off) / below.size.max(0.01);
    above.turn == below.turn
        && is_alike(above.size, below.size)
        && (middle(above) - middle(below)).abs() < 0.3 * below.size
        && (0.6..3.2).contains(&down)
}

/// Where what begins with a letter was drawn, by its direction and roughly by its place.
type Seen<'a> = HashMap<(usize, u8, i64, i64), (&'a str, f64, f64)>;

/// Whether the same was drawn before at nearly the same place, as printers make letters bold.
fn is_again<'a>(seen: &mut Seen<'a>, part: &Part, said: &'a str) -> bool {
    let near = 0.12 * part.size;
    let Some(begins) = said.trim_start().bytes().next() else {
        return false;
    };
    if near <= 0.0 || part.end - part.start <= 1.5 * near {
        return false;
    }
    // What is near lies in the same cell or in one of those beside it, which is seen by the end that it is nearer to.
    #[allow(clippy::cast_possible_truncation, reason = "it stops at the ends")]
    let cell = |at: f64| (at / (2.0 * near)).floor() as i64;
    for along in [part.start - near, part.start + near].map(cell) {
        for off in [part.off - near, part.off + near].map(cell) {
            if let Some((text, start, at)) = seen.get(&(part.turn, begins, along, off))
                && *text == said
                && (start - part.start).abs() <= near
                && (at - part.off).abs() <= near
            {
                return true;
            }
        }
    }
    let key = (part.turn, begins, cell(part.start), cell(part.off));
    seen.insert(key, (said, part.start, part.off));
    false
}
