//! The rule of access, read from the list of events: no SQL, no intervals, and no care for speed.

use std::collections::BTreeSet;

use super::events::{Event, History, Place, Thing, To};
use crate::kernel::Role;

/// That somebody has a role somewhere, by a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reason {
    pub(super) person: i64,
    pub(super) place: i64,
    pub(super) role: Role,
    pub(super) grant: i64,
    pub(super) inherited: bool,
}

/// A grant that was given and has not been ended by anybody.
#[derive(Debug, Clone, Copy)]
struct Given {
    number: usize,
    place: Place,
    to: To,
    role: Role,
    until: Option<i64>,
}

/// An account that nobody has suspended.
#[derive(Debug, Clone, Copy)]
struct Account {
    until: Option<i64>,
}

/// How things are at one moment.
#[derive(Debug)]
pub(super) struct State {
    moment: i64,
    /// Of each person: the account, once there is one that can be used.
    account: Vec<Option<Account>>,
    organisation: Vec<Option<usize>>,
    clearance: Vec<i64>,
    member: BTreeSet<(usize, usize)>,
    given: Vec<Given>,
    inherits: Vec<bool>,
    /// Of each document: the library it is in, once it is somewhere.
    library: Vec<Option<Place>>,
    sealed: Vec<bool>,
    marking: Vec<i64>,
}

impl History {
    /// Everything that had happened by this moment, one after the other.
    pub(super) fn replay(&self, moment: i64) -> State {
        let mut state = State {
            moment,
            account: vec![None; self.people],
            organisation: vec![None; self.people],
            clearance: vec![0; self.people],
            member: BTreeSet::new(),
            given: Vec::new(),
            inherits: vec![false; self.places],
            library: vec![None; self.documents],
            sealed: vec![false; self.documents],
            marking: vec![0; self.documents],
        };
        for (at, event) in &self.events {
            if *at <= moment {
                state.happened(*at, *event);
            }
        }
        state
    }
}

impl State {
    fn happened(&mut self, at: i64, event: Event) {
        match event {
            Event::Arrive {
                person,
                organisation,
                until,
            } => {
                self.account[person] = Some(Account { until });
                self.organisation[person] = Some(organisation);
            }
            Event::Suspend { person } => self.account[person] = None,
            Event::Reinstate { person } => {
                // Only somebody who has arrived, and only an account that cannot be used.
                if self.organisation[person].is_some() && !self.active_at(person, at) {
                    self.account[person] = Some(Account { until: None });
                }
            }
            Event::Transfer {
                person,
                organisation,
            } => {
                if self.organisation[person].is_some() {
                    self.organisation[person] = Some(organisation);
                }
            }
            Event::Join { person, team } => {
                self.member.insert((person, team));
            }
            Event::Leave { person, team } => {
                self.member.remove(&(person, team));
            }
            Event::Give {
                grant,
                place,
                to,
                role,
                until,
            } => {
                self.given.push(Given {
                    number: grant,
                    place,
                    to,
                    role,
                    until,
                });
            }
            Event::End { grant } => self.given.retain(|given| given.number != grant),
            Event::Inherit { library } => self.inherits[library] = true,
            Event::Stop { library } => self.inherits[library] = false,
            Event::Add { document, library } => self.library[document] = Some(library),
            Event::Move { document, library } => {
                if self.library[document].is_some() {
                    self.library[document] = Some(library);
                }
            }
            Event::Seal { document } => self.sealed[document] = true,
            Event::Unseal { document } => self.sealed[document] = false,
            Event::Mark { document, level } => self.marking[document] = level,
            Event::Clear { person, level } => self.clearance[person] = level,
        }
    }

    fn active_at(&self, person: usize, at: i64) -> bool {
        self.account[person].is_some_and(|account| account.until.is_none_or(|until| at < until))
    }

    fn includes(&self, to: To, person: usize) -> bool {
        match to {
            To::Everyone => true,
            To::Person(other) => other == person,
            To::Team(team) => self.member.contains(&(person, team)),
            To::Organisation(organisation) => self.organisation[person] == Some(organisation),
        }
    }

    /// The grants that give a person a role on a place, and whether each comes from the site.
    fn grants(&self, person: usize, place: Place) -> Vec<(Given, bool)> {
        if !self.active_at(person, self.moment) {
            return Vec::new();
        }
        self.given
            .iter()
            .filter(|given| given.until.is_none_or(|until| self.moment < until))
            .filter(|given| self.includes(given.to, person))
            .filter_map(|given| {
                if given.place == place {
                    Some((*given, false))
                } else if given.place == 0 && self.inherits[place] {
                    Some((*given, true))
                } else {
                    None
                }
            })
            .collect()
    }

    /// The library that a thing is in, or the site; for a document that is nowhere yet, the site.
    pub(super) fn place_of(&self, thing: Thing) -> Place {
        match thing {
            Thing::Place(place) | Thing::Folder(place) => place,
            Thing::Document(document) => self.library[document].unwrap_or(0),
        }
    }

    /// What a person can do with a thing.
    pub(super) fn access(&self, person: usize, thing: Thing) -> Option<Role> {
        if let Thing::Document(document) = thing {
            self.library[document]?;
            if self.sealed[document] || self.marking[document] > self.clearance[person] {
                return None;
            }
        }
        let place = self.place_of(thing);
        self.grants(person, place)
            .iter()
            .map(|(given, _)| given.role)
            .max()
    }

    /// Every reason, of one person or of all, on one place or on all.
    pub(super) fn reasons(
        &self,
        history: &History,
        only: Option<usize>,
        on: Option<Place>,
    ) -> BTreeSet<Reason> {
        let mut reasons = BTreeSet::new();
        for person in (0..history.people).filter(|person| only.is_none_or(|only| only == *person)) {
            for place in (0..history.places).filter(|place| on.is_none_or(|on| on == *place)) {
                for (given, inherited) in self.grants(person, place) {
                    reasons.insert(Reason {
                        person: history.person(person),
                        place: history.place(place),
                        role: given.role,
                        grant: history.grant(given.number),
                        inherited,
                    });
                }
            }
        }
        reasons
    }
}
