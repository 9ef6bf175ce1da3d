//! The documents: their names, folders and places from `papers.txt`, their authors and times by the seed.

use jiff::civil::Weekday;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

use crate::files::Kind;
use crate::model::{CheckOut, Document, Folder, Key, Marking, Read, Release, Role, Version, World};
use crate::tables::{filled, rows};
use crate::times::{Calendar, DAY, HOUR, MINUTE, date, long, midnight, month};

const PAPERS: &str = include_str!("../data/papers.txt");
const COMMENTS: &str = include_str!("../data/comments.txt");
const CHECKOUTS: &str = include_str!("../data/checkouts.txt");

/// How many documents have more than one version.
const REVISED: usize = 62;

/// A document before it has an author and a folder.
struct Planned {
    at: i64,
    series: usize,
    library: Key,
    folder: String,
    name: String,
    subject: Key,
    marking: Marking,
    case: Option<String>,
    flag: &'static str,
}

/// Fills the world with folders, documents, check-outs and reads.
pub(crate) fn write(world: &mut World, calendar: &Calendar, rng: &mut ChaCha8Rng) {
    let mut planned: Vec<Planned> = Vec::new();
    for (series, row) in rows::<8>(PAPERS).enumerate() {
        plan(series, row, world, calendar, &mut planned, rng);
    }
    planned.sort_by_key(|paper| paper.at);
    for paper in planned {
        add(world, paper, calendar, rng);
    }
    revise(world, calendar, rng);
    check_out(world, calendar, rng);
    read(world, calendar, rng);
}

fn plan(
    series: usize,
    [library, folder, name, subject, marking, when, what, flag]: [&'static str; 8],
    world: &World,
    calendar: &Calendar,
    planned: &mut Vec<Planned>,
    rng: &mut ChaCha8Rng,
) {
    let opened = world
        .library(library)
        .expect("papers.txt names libraries")
        .at;
    let topics: Vec<&str> = what.split(';').map(str::trim).collect();
    let count = what.parse().unwrap_or(topics.len());
    // Later in a series is further back; a meeting or a month still to come is left out.
    let mut back = 0;
    for number in 0..count {
        let (mut at, mut about) = schedule(when, subject, back, calendar);
        while at > calendar.now - HOUR {
            back += 1;
            (at, about) = schedule(when, subject, back, calendar);
        }
        back += 1;
        at = match when {
            "start" => opened + DAY + rng.random_range(0..20 * DAY),
            // The smaller of two even draws leans towards the recent.
            "spread" => {
                calendar.now
                    - rng
                        .random_range(0..170 * DAY)
                        .min(rng.random_range(0..170 * DAY))
            }
            _ => at,
        };
        let at = calendar
            .working(at, rng)
            .max(opened + DAY + i64::try_from(series).unwrap_or(0) * MINUTE);
        let case = (folder.contains("{case}") || name.contains("{case}"))
            .then(|| format!("Case {}", 2031 + number * 3));
        let fill = |pattern: &str| {
            pattern
                .replace("{meeting}", &long(about))
                .replace("{monthname}", &date(about).strftime("%m %B").to_string())
                .replace("{month}", &date(about).strftime("%B %Y").to_string())
                .replace("{year}", &date(about).strftime("%Y").to_string())
                .replace("{topic}", topics.get(number).copied().unwrap_or_default())
                .replace("{case}", case.as_deref().unwrap_or_default())
                .replace("{n}", &(number + 1).to_string())
        };
        let (folder, name) = (fill(folder), fill(name));
        let marking = if marking == "S" {
            Marking::OfficialSensitive
        } else {
            Marking::Official
        };
        planned.push(Planned {
            at,
            series,
            library,
            folder,
            name,
            subject,
            marking,
            case: case.clone(),
            flag,
        });
    }
}

/// When the paper that is `back` from the newest was written, and what day it is about.
fn schedule(when: &str, subject: &str, back: i64, calendar: &Calendar) -> (i64, i64) {
    if let Some(step) = when.strip_prefix("meets ") {
        let step: i64 = step
            .parse()
            .expect("papers.txt writes days between meetings");
        let today = date(calendar.now);
        let thursday = today
            .nth_weekday(1, Weekday::Thursday)
            .expect("a demonstration is played in this age");
        let meeting = midnight(thursday) + 10 * HOUR - back * step * DAY;
        let written = match subject {
            "agenda" => meeting - 6 * DAY,
            "minutes" => meeting + 4 * DAY,
            _ => meeting - 3 * DAY,
        };
        return (written, meeting);
    }
    if when == "months" {
        let after = midnight(month(calendar.now, -back));
        return (
            after + 5 * DAY + 10 * HOUR,
            midnight(month(calendar.now, -back - 1)),
        );
    }
    (calendar.now - DAY, calendar.now)
}

fn add(world: &mut World, paper: Planned, calendar: &Calendar, rng: &mut ChaCha8Rng) {
    // A folder comes a few minutes before its first document, so the author could work there by then.
    let able = world.able(Role::Contributor, paper.library, paper.at - 5 * MINUTE);
    // Two or three people write most of what one series holds.
    let author = if rng.random_bool(0.7) {
        able[(paper.series + usize::from(rng.random_bool(0.3))) % able.len()]
    } else {
        able.choose(rng)
            .copied()
            .expect("every library has somebody who can contribute")
    };
    let mut folder = None;
    for (depth, name) in (0..).zip(paper.folder.split('/').filter(|name| !name.is_empty())) {
        let same = |f: &&Folder| f.library == paper.library && f.parent == folder && f.name == name;
        let found = world.folders.iter().find(same).map(|found| found.key);
        folder = found.or_else(|| {
            let key = world.folders.len();
            let at = paper.at - (4 - depth) * MINUTE;
            world.folders.push(Folder {
                key,
                library: paper.library,
                parent: folder,
                name: name.to_owned(),
                at,
                by: author,
            });
            Some(key)
        });
    }
    let ending = paper
        .name
        .rsplit('.')
        .next()
        .and_then(Kind::from_extension)
        .expect("papers.txt ends names with a kind");
    let binned = (paper.flag == "bin").then(|| {
        let at = paper.at + (calendar.now - paper.at) / 3;
        let able = world.able(Role::Contributor, paper.library, at);
        (at, able.choose(rng).copied().unwrap_or(author))
    });
    world.documents.push(Document {
        key: world.documents.len(),
        library: paper.library,
        folder,
        name: paper.name,
        kind: ending,
        marking: paper.marking,
        subject: paper.subject,
        case: paper.case,
        versions: vec![Version {
            author,
            at: paper.at,
            comment: "",
        }],
        content_seed: rng.next_u64(),
        large: paper.flag == "large",
        checked_out: None,
        binned,
    });
}

/// Gives later versions, by different people, to the documents that people work on together.
fn revise(world: &mut World, calendar: &Calendar, rng: &mut ChaCha8Rng) {
    let edited = |document: &&Document| {
        matches!(
            document.kind,
            Kind::Docx | Kind::Xlsx | Kind::Odt | Kind::Pptx
        ) && document.binned.is_none()
            && document.versions[0].at < calendar.now - 4 * DAY
    };
    let mut keys: Vec<usize> = world
        .documents
        .iter()
        .filter(edited)
        .map(|document| document.key)
        .collect();
    keys.shuffle(rng);
    for key in keys.into_iter().take(REVISED) {
        let document = &world.documents[key];
        let more = *[1, 1, 2, 2, 2, 3, 3, 4, 5]
            .choose(rng)
            .expect("the list is not empty");
        // Work on a paper is over in some weeks, except on the standing ones, which are edited to this day.
        let begun = document.versions[0].at;
        let life = if document.folder.is_some() {
            35 * DAY
        } else {
            200 * DAY
        };
        let end = (begun + life).min(calendar.now - 2 * HOUR);
        let mut times: Vec<i64> = (0..more)
            .map(|_| calendar.working(rng.random_range(begun + DAY..end), rng))
            .collect();
        times.sort_unstable();
        let comments: Vec<&'static str> = rows::<2>(COMMENTS)
            .filter(|[subject, _]| *subject == "any" || *subject == document.subject)
            .map(|[_, comment]| comment)
            .collect();
        let mut versions = document.versions.clone();
        let mut last = begun;
        for at in times {
            let at = at.max(last + 37 * MINUTE);
            if at > calendar.now - MINUTE {
                break;
            }
            let mut able = world.able(Role::Contributor, document.library, at);
            let earlier = versions[versions.len() - 1].author;
            able.retain(|key| *key != earlier || rng.random_bool(0.2));
            let author = able.choose(rng).copied().unwrap_or(earlier);
            let comment = comments.choose(rng).copied().unwrap_or_default();
            versions.push(Version {
                author,
                at,
                comment,
            });
            last = at;
        }
        world.documents[key].versions = versions;
    }
}

/// Puts out the check-outs of `checkouts.txt`, each on a document of the library that nobody changed since.
fn check_out(world: &mut World, calendar: &Calendar, rng: &mut ChaCha8Rng) {
    for [library, like, by, taken, until, release, note] in rows::<7>(CHECKOUTS) {
        let at = calendar.working(calendar.day(taken, 0), rng);
        let free = |document: &&Document| {
            document.library == library
                && matches!(document.kind, Kind::Docx | Kind::Xlsx | Kind::Odt)
                && document.binned.is_none()
                && document.checked_out.is_none()
                && document.versions[document.versions.len() - 1].at < at - HOUR
        };
        let free: Vec<&Document> = world.documents.iter().filter(free).collect();
        let called: Vec<&Document> = free
            .iter()
            .copied()
            .filter(|document| document.name.contains(like))
            .collect();
        let chosen = called.choose(rng).or_else(|| free.choose(rng));
        let key = chosen
            .expect("every library of checkouts.txt has quiet documents")
            .key;
        let release = filled(release).map(|cell| {
            let mut words = cell.split(' ');
            let by = words.next().expect("a release begins with who ended it");
            let released = calendar.day(words.next().expect("a release says when"), 0);
            Release {
                draft: at + (released - at) / 2,
                by,
                at: released,
            }
        });
        let until = calendar.day(until, 0);
        world.documents[key].checked_out = Some(CheckOut {
            by,
            at,
            until,
            note,
            release,
        });
    }
}

/// Lets people open what they can see, most often in the days after it changed.
fn read(world: &mut World, calendar: &Calendar, rng: &mut ChaCha8Rng) {
    let mut reads = Vec::new();
    for document in &world.documents {
        let last = document.binned.map_or(calendar.now, |(at, _)| at);
        for (number, version) in (1..).zip(&document.versions) {
            let next = document
                .versions
                .get(number)
                .map_or(last, |next| next.at.min(last));
            for _ in 0..rng.random_range(0..6) {
                let within = *[3, 3, 10, 60].choose(rng).expect("the list is not empty");
                let days = rng.random_range(0..within);
                let at = calendar.working(version.at + days * DAY, rng);
                if at <= version.at + MINUTE || at >= next {
                    continue;
                }
                if let Some(person) = world.able(Role::Reader, document.library, at).choose(rng) {
                    reads.push(Read {
                        person,
                        document: document.key,
                        version: number,
                        at,
                    });
                }
            }
        }
    }
    world.reads = reads;
}
