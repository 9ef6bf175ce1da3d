//! Random histories: what happened, in order, and what is asked about it.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::kernel::{Kind, Role};

/// How many moments a history lasts. Ends and questions reach beyond it.
pub(super) const LENGTH: i64 = 40;
/// How many ids one history has.
const IDS: i64 = 1000;

/// Somewhere that grants are on: the site (0) or one of its libraries (from 1).
pub(super) type Place = usize;

/// To whom a grant is, by their number in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    Everyone,
    Person(usize),
    Team(usize),
    Organisation(usize),
}

/// What somebody is asked to be able to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Place(Place),
    Document(usize),
    /// A folder in the library of this place.
    Folder(Place),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// An account begins, in an organisation; some have an end from the start.
    Arrive {
        person: usize,
        organisation: usize,
        until: Option<i64>,
    },
    Suspend {
        person: usize,
    },
    Reinstate {
        person: usize,
    },
    Transfer {
        person: usize,
        organisation: usize,
    },
    Join {
        person: usize,
        team: usize,
    },
    Leave {
        person: usize,
        team: usize,
    },
    Give {
        grant: usize,
        place: Place,
        to: To,
        role: Role,
        until: Option<i64>,
    },
    End {
        grant: usize,
    },
    Inherit {
        library: Place,
    },
    Stop {
        library: Place,
    },
    Add {
        document: usize,
        library: Place,
    },
    Move {
        document: usize,
        library: Place,
    },
    Seal {
        document: usize,
    },
    Unseal {
        document: usize,
    },
    Mark {
        document: usize,
        level: i64,
    },
    Clear {
        person: usize,
        level: i64,
    },
}

/// What happened to a few people around one site.
#[derive(Debug)]
pub(super) struct History {
    pub(super) seed: u64,
    pub(super) people: usize,
    pub(super) teams: usize,
    pub(super) organisations: usize,
    /// Places: the site and its libraries.
    pub(super) places: usize,
    pub(super) documents: usize,
    /// In order of time; several can be at one moment.
    pub(super) events: Vec<(i64, Event)>,
    /// Which grants are to everyone.
    everyone: Vec<usize>,
}

/// A repeatable choice.
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(1).max(1);
        usize::try_from(self.0.next_u64() % bound).unwrap_or(0)
    }

    fn moment(&mut self, from: i64, until: i64) -> i64 {
        from + i64::try_from(self.below(usize::try_from(until - from).unwrap_or(1))).unwrap_or(0)
    }

    fn one_in(&mut self, odds: usize) -> bool {
        self.below(odds) == 0
    }
}

impl History {
    /// The history of this seed: the same every time.
    pub(super) fn random(seed: u64) -> Self {
        let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
        let mut history = Self {
            seed,
            people: 2 + chance.below(3),
            teams: 1 + chance.below(2),
            organisations: 1 + chance.below(3),
            places: 2 + chance.below(2),
            documents: 1 + chance.below(2),
            events: Vec::new(),
            everyone: Vec::new(),
        };
        // One history in eight has grants to everyone.
        let open = chance.one_in(8);
        let mut told = Vec::new();
        for person in 0..history.people {
            let organisation = chance.below(history.organisations);
            let at = if chance.one_in(3) {
                chance.moment(0, LENGTH / 2)
            } else {
                0
            };
            let until = chance.one_in(6).then(|| at + chance.moment(1, LENGTH));
            told.push((
                at,
                Event::Arrive {
                    person,
                    organisation,
                    until,
                },
            ));
            if chance.one_in(2) {
                told.push((
                    0,
                    Event::Clear {
                        person,
                        level: 1 + chance.moment(0, 3),
                    },
                ));
            }
        }
        for document in 0..history.documents {
            let at = if chance.one_in(4) {
                chance.moment(0, LENGTH / 2)
            } else {
                0
            };
            told.push((
                at,
                Event::Add {
                    document,
                    library: history.any_library(&mut chance),
                },
            ));
        }
        for library in 1..history.places {
            if chance.one_in(2) {
                told.push((0, Event::Inherit { library }));
            }
        }
        let mut grants = 0;
        for _ in 0..12 + chance.below(24) {
            let at = chance.moment(0, LENGTH);
            let event = history.any_event(&mut chance, at, open, &mut grants);
            told.push((at, event));
        }
        // A stable sort: of two events at one moment the one told first is first, and nobody
        // arrives, and nothing is added, after something happened to it at an earlier moment.
        told.sort_by_key(|(at, _)| *at);
        history.events = told;
        history
    }

    fn any_library(&self, chance: &mut Chance) -> Place {
        1 + chance.below(self.places - 1)
    }

    fn any_to(&self, chance: &mut Chance, open: bool) -> To {
        match chance.below(if open { 12 } else { 9 }) {
            0..3 => To::Person(chance.below(self.people)),
            3..6 => To::Team(chance.below(self.teams)),
            6..9 => To::Organisation(chance.below(self.organisations)),
            _ => To::Everyone,
        }
    }

    fn any_event(&mut self, chance: &mut Chance, at: i64, open: bool, grants: &mut usize) -> Event {
        let person = chance.below(self.people);
        let team = chance.below(self.teams);
        let document = chance.below(self.documents);
        let library = self.any_library(chance);
        match chance.below(24) {
            0..7 => {
                let grant = *grants;
                *grants += 1;
                let to = self.any_to(chance, open);
                if to == To::Everyone {
                    self.everyone.push(grant);
                }
                Event::Give {
                    grant,
                    place: chance.below(self.places),
                    to,
                    role: Role::ALL[chance.below(3)],
                    until: chance.one_in(3).then(|| at + chance.moment(1, LENGTH)),
                }
            }
            7..10 => Event::End {
                grant: chance.below((*grants).max(1)),
            },
            10..13 => Event::Join { person, team },
            13 => Event::Leave { person, team },
            14 => Event::Suspend { person },
            15 => Event::Reinstate { person },
            16 => Event::Transfer {
                person,
                organisation: chance.below(self.organisations),
            },
            17 => Event::Inherit { library },
            18 => Event::Stop { library },
            19 => Event::Move { document, library },
            20 => Event::Seal { document },
            21 => Event::Unseal { document },
            22 => Event::Mark {
                document,
                level: chance.moment(0, 4),
            },
            _ => Event::Clear {
                person,
                level: chance.moment(0, 4),
            },
        }
    }

    /// What is asked: moments before, in, at the very edge of and after what happened.
    pub(super) fn questions(&self, count: usize) -> Vec<(i64, usize, Thing)> {
        let mut chance = Chance(ChaCha8Rng::seed_from_u64(!self.seed));
        (0..count)
            .map(|_| {
                let edge = self.events[chance.below(self.events.len())].0;
                let moment = match chance.below(8) {
                    0 => chance.moment(-2, 2 * LENGTH + 2),
                    1 => edge - 1,
                    // Long after everything: open intervals last.
                    2 => i64::MAX / 4,
                    3 => edge,
                    _ => chance.moment(LENGTH / 3, LENGTH + 8),
                };
                let thing = match chance.below(6) {
                    0 => Thing::Place(0),
                    1 | 2 => Thing::Place(self.any_library(&mut chance)),
                    3 => Thing::Folder(self.any_library(&mut chance)),
                    _ => Thing::Document(chance.below(self.documents)),
                };
                (moment, chance.below(self.people), thing)
            })
            .collect()
    }

    fn id(&self, kind: i64, number: usize) -> i64 {
        let base = i64::try_from(self.seed + 1).unwrap_or(i64::MAX) * IDS;
        base + kind * 50 + i64::try_from(number).unwrap_or(0)
    }

    pub(super) fn person(&self, number: usize) -> i64 {
        self.id(0, number)
    }

    /// Teams and organisations have the ids of people: only its kind says whom a grant is to.
    pub(super) fn team(&self, number: usize) -> i64 {
        self.person(number)
    }

    pub(super) fn organisation(&self, number: usize) -> i64 {
        self.person(number)
    }

    pub(super) fn place(&self, place: Place) -> i64 {
        self.id(3, place)
    }

    pub(super) fn document(&self, number: usize) -> i64 {
        self.id(4, number)
    }

    pub(super) fn folder(&self, library: Place) -> i64 {
        self.id(5, library)
    }

    pub(super) fn grant(&self, number: usize) -> i64 {
        self.id(6, number)
    }

    /// An id for a row that nothing refers to.
    pub(super) fn row(&self, number: usize) -> i64 {
        self.id(8, number)
    }

    pub(super) fn is_to_everyone(&self, grant: i64) -> bool {
        self.everyone
            .iter()
            .any(|number| self.grant(*number) == grant)
    }

    /// Whether an id is of this history.
    pub(super) fn owns(&self, id: i64) -> bool {
        let base = self.id(0, 0);
        (base..base + IDS).contains(&id)
    }

    /// A thing as the kernel names it.
    pub(super) fn target(&self, thing: Thing) -> (Kind, i64) {
        match thing {
            Thing::Place(0) => (Kind::Site, self.place(0)),
            Thing::Place(library) => (Kind::Library, self.place(library)),
            Thing::Document(number) => (Kind::Item, self.document(number)),
            Thing::Folder(library) => (Kind::Item, self.folder(library)),
        }
    }
}
