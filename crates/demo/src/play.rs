//! The world as a play: everything that happened, in the order in which it happened, and the words of each version.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::files::{Spec, file};
use crate::model::{
    CheckOut, Document, Folder, Grant, Key, Library, Member, Office, Organisation, Person, Read,
    Release, Site, Team, World,
};

/// One thing that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment<'a> {
    /// When.
    pub at: i64,
    /// Who did it; nobody for the opening of the realm.
    pub by: Option<Key>,
    /// What.
    pub event: Event<'a>,
}

/// What can happen, in the words of the product. Each event is possible after those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// An organisation joined the realm.
    OrganisationJoined(&'a Organisation),
    /// An account was made, with the offices that the person holds.
    PersonAdded(&'a Person),
    /// A person signed in for the first time.
    SignedIn(&'a Person),
    /// An account was suspended.
    PersonSuspended(&'a Person),
    /// A team was formed, with nobody in it.
    TeamFormed(&'a Team),
    /// A person joined a team.
    TeamJoined(&'a Member),
    /// A person left a team.
    TeamLeft(&'a Member),
    /// A site was opened.
    SiteOpened(&'a Site),
    /// A library was opened.
    LibraryOpened(&'a Library),
    /// Access was given; its end date, where it has one, was given with it.
    AccessGiven(&'a Grant),
    /// A folder was made.
    FolderMade(&'a Folder),
    /// A document was added: its version 1.
    DocumentAdded(&'a Document),
    /// A later version was checked in, the number counting from 1.
    VersionAdded(&'a Document, usize),
    /// A version was opened.
    DocumentRead(&'a Document, &'a Read),
    /// A document was checked out.
    CheckedOut(&'a Document, &'a CheckOut),
    /// The holder of a check-out saved a draft.
    DraftSaved(&'a Document, &'a CheckOut),
    /// An owner ended a check-out.
    CheckOutReleased(&'a Document, &'a Release),
    /// A document was put in the recycle bin.
    DocumentBinned(&'a Document),
}

impl World {
    /// Everything that happened, in order of time; of two things at one moment, the one that the other needs is first. Nothing is
    /// after [`World::now`]. A check-out that has run out by itself and a grant that has ended make no event: time alone does that.
    pub fn events(&self) -> Vec<Moment<'_>> {
        let mut play: Vec<Moment<'_>> = Vec::new();
        let mut tell = |at, by: Option<Key>, event| play.push(Moment { at, by, event });
        for organisation in &self.organisations {
            tell(
                organisation.at,
                organisation.by,
                Event::OrganisationJoined(organisation),
            );
        }
        for person in &self.people {
            tell(person.at, person.by, Event::PersonAdded(person));
            if let Some(at) = person.signed_in {
                tell(at, Some(person.key), Event::SignedIn(person));
            }
            if let Some(at) = person.suspended {
                tell(at, person.by, Event::PersonSuspended(person));
            }
        }
        for team in &self.teams {
            tell(team.at, Some(team.by), Event::TeamFormed(team));
            for member in self.members.iter().filter(|member| member.team == team.key) {
                tell(member.from, Some(team.by), Event::TeamJoined(member));
                if let Some(at) = member.until {
                    tell(at, Some(team.by), Event::TeamLeft(member));
                }
            }
        }
        for site in &self.sites {
            tell(site.at, Some(site.by), Event::SiteOpened(site));
        }
        for library in &self.libraries {
            tell(library.at, Some(library.by), Event::LibraryOpened(library));
        }
        for grant in &self.grants {
            tell(grant.from, Some(grant.by), Event::AccessGiven(grant));
        }
        for folder in &self.folders {
            tell(folder.at, Some(folder.by), Event::FolderMade(folder));
        }
        for document in &self.documents {
            life(document, &mut tell);
        }
        for read in &self.reads {
            tell(
                read.at,
                Some(read.person),
                Event::DocumentRead(&self.documents[read.document], read),
            );
        }
        play.sort_by_key(|moment| moment.at);
        play
    }

    /// The people as whom a visitor can sign in, each with a passphrase: an operator, an owner, a contributor, a reader, and at
    /// last the assurance officer.
    pub fn sign_ins(&self) -> impl Iterator<Item = &Person> {
        let of = |assures: bool| {
            self.people.iter().filter(move |person| {
                person.password.is_some() && person.offices.contains(&Office::Assurance) == assures
            })
        };
        of(false).chain(of(true))
    }

    /// The bytes of a version of the document, counted from 1. One more than the last version is the draft of a
    /// check-out, by its holder at the time of the draft.
    ///
    /// # Panics
    /// Where the document has neither such a version nor a draft.
    pub fn content(&self, document: &Document, version: usize) -> Vec<u8> {
        let draft = |document: &Document| {
            let out = document
                .checked_out
                .as_ref()
                .expect("a draft belongs to a check-out");
            let saved = out.release.as_ref().map_or(out.at, |release| release.draft);
            (out.by, saved)
        };
        let made = document.versions.get(version - 1);
        let (author, dated) = made.map_or_else(|| draft(document), |made| (made.author, made.at));
        let person = self.person(author).expect("every author is a person");
        let organisation = self
            .organisation(person.organisation)
            .expect("every person has an organisation");
        let title = document
            .name
            .rsplit_once('.')
            .map_or(document.name.as_str(), |(stem, _)| stem);
        let spec = Spec {
            title: title.to_owned(),
            subject: document.subject,
            author: person.name,
            organisation: organisation.name,
            marking: document.marking,
            reference: format!(
                "NP/{}/{:04}",
                initials(document.library),
                1200 + document.key
            ),
            case: document.case.clone(),
            begun: document.versions[0].at,
            dated,
            version,
            large: document.large,
        };
        file(
            document.kind,
            &spec,
            &mut ChaCha8Rng::seed_from_u64(document.content_seed),
        )
    }
}

/// "CP" for "case-papers".
fn initials(key: &str) -> String {
    key.split('-')
        .filter_map(|word| word.chars().next())
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

/// What happened to one document.
fn life<'a>(document: &'a Document, tell: &mut impl FnMut(i64, Option<Key>, Event<'a>)) {
    for (number, version) in (1..).zip(&document.versions) {
        let event = if number == 1 {
            Event::DocumentAdded(document)
        } else {
            Event::VersionAdded(document, number)
        };
        tell(version.at, Some(version.author), event);
    }
    if let Some(out) = &document.checked_out {
        tell(out.at, Some(out.by), Event::CheckedOut(document, out));
        if let Some(release) = &out.release {
            tell(
                release.draft,
                Some(out.by),
                Event::DraftSaved(document, out),
            );
            tell(
                release.at,
                Some(release.by),
                Event::CheckOutReleased(document, release),
            );
        }
    }
    if let Some((at, by)) = document.binned {
        tell(at, Some(by), Event::DocumentBinned(document));
    }
}
