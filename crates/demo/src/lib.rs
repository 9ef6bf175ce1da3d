//! The fictional world of the demonstration realm, as pure data, and the generator of its documents.
//!
//! [`world`] makes one small partnership, half a year old: organisations, people, teams, sites, libraries, grants
//! and three hundred documents with their versions. [`World::events`] gives all of it in the order in which it
//! happened, so that it can be played through the product's real verbs with a clock that is set to each moment.
//! [`World::content`] gives the bytes of any version: real files, which office programs and browsers open.
//!
//! Everything follows from a seed and from the moment that is called now. Nothing here reads a clock, a file or the
//! network, and nothing here knows the product.
//!
//! Who and what there is stands in plain tables under `data/`, one line each; `content.txt` there says what the
//! papers say. Every person, body, place and number is invented: mail addresses end in the reserved `.example`, and
//! telephone numbers are from the ranges kept free for drama.

mod access;
pub mod files;
mod model;
mod papers;
mod people;
mod places;
mod play;
mod tables;
mod times;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

pub use files::{Kind, Spec, file};
pub use model::{
    CheckOut, Document, Folder, Grant, Key, Library, Marking, Member, Office, Organisation, Person,
    Place, Read, Release, Role, Sector, Site, SiteKind, Subject, Team, Version, World,
};
pub use play::{Event, Moment};

/// What the demonstration realm is called.
pub const REALM: &str = "Northmoor Partnership";

/// The designation of the demonstration realm: the highest marking that it may hold.
pub const DESIGNATION: &str = Marking::OfficialSensitive.text();

/// The world that follows from `seed`, as it is at `now` (microseconds since 1970, UTC). It begins about 26 weeks
/// before `now`, on a Monday morning.
pub fn world(seed: u64, now: i64) -> World {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let calendar = times::Calendar::new(now);
    let organisations = people::organisations(&calendar);
    let people = people::people(&organisations, &calendar);
    let mut world = World {
        now,
        opened: calendar.opened,
        teams: people::teams(&calendar),
        members: people::members(&calendar),
        sites: places::sites(&calendar),
        libraries: places::libraries(&calendar),
        grants: places::grants(&calendar),
        folders: Vec::new(),
        documents: Vec::new(),
        reads: Vec::new(),
        organisations,
        people,
    };
    papers::write(&mut world, &calendar, &mut rng);
    world
}
