//! The one rule of access, applied to the world: so that nobody in it does what the product would refuse.

use crate::model::{Grant, Key, Library, Organisation, Person, Place, Role, Subject, World};

impl World {
    /// The person with this key.
    pub fn person(&self, key: Key) -> Option<&Person> {
        self.people.iter().find(|person| person.key == key)
    }

    /// The organisation with this key.
    pub fn organisation(&self, key: Key) -> Option<&Organisation> {
        self.organisations
            .iter()
            .find(|organisation| organisation.key == key)
    }

    /// The library with this key.
    pub fn library(&self, key: Key) -> Option<&Library> {
        self.libraries.iter().find(|library| library.key == key)
    }

    /// The highest role that the person has at the place at that time, by any grant: an inheriting library counts the grants of its
    /// site. None for an account that is not there yet or suspended.
    pub fn role_at(&self, person: Key, place: Place, at: i64) -> Option<Role> {
        let person = self.person(person)?;
        if at < person.at || person.suspended.is_some_and(|since| since <= at) {
            return None;
        }
        let inherited = match place {
            Place::Library(key) => self
                .library(key)
                .filter(|library| library.inherits)
                .map(|l| Place::Site(l.site)),
            Place::Site(_) => None,
        };
        let here = |grant: &&Grant| grant.place == place || Some(grant.place) == inherited;
        let then = |grant: &&Grant| grant.from <= at && grant.until.is_none_or(|until| at < until);
        let grants = self.grants.iter().filter(here).filter(then);
        grants
            .filter(|grant| self.includes(grant.subject, person, at))
            .map(|grant| grant.role)
            .max()
    }

    fn includes(&self, subject: Subject, person: &Person, at: i64) -> bool {
        match subject {
            Subject::Person(key) => key == person.key,
            Subject::Organisation(key) => key == person.organisation,
            Subject::Everyone => true,
            Subject::Team(key) => self.members.iter().any(|member| {
                member.team == key
                    && member.person == person.key
                    && member.from <= at
                    && member.until.is_none_or(|until| at < until)
            }),
        }
    }

    /// Who had at least this role in the library at that time and had signed in by then.
    pub(crate) fn able(&self, role: Role, library: Key, at: i64) -> Vec<Key> {
        let place = Place::Library(library);
        let here = self
            .people
            .iter()
            .filter(|person| person.signed_in.is_some_and(|since| since <= at));
        here.map(|person| person.key)
            .filter(|key| self.role_at(key, place, at) >= Some(role))
            .collect()
    }
}
