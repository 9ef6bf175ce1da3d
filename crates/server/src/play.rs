//! Plays the fictional world into a new realm, through the product's own verbs and at the times it says.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery::assurance::says;
use chancery::documents;
use chancery::grants::{self, Change, Governed, Subject};
use chancery::kernel::{
    Actor, Clock as _, Id, ManualClock, Realm, Rng as _, Role, SystemClock, SystemRng, Time, thing,
};
use chancery::libraries::{self, LibraryForm};
use chancery::people::{self, OrganisationForm, PersonForm, TeamForm, Visit};
use chancery::sites::{self, SiteForm};
use demo::{Event, Key, Moment, Place, World};

use crate::open::open;
use crate::serve::followers;
use crate::{Fault, Settings};

/// Every demonstration realm is the same but for its times.
pub(crate) const SEED: u64 = 2026;

const VISIT: Visit<'static> = Visit {
    address: "192.0.2.10",
    device: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
};

/// A file that is marked above every designation. Nobody wrote it, and nothing in it is so.
const SPILL: (&str, &str) = (
    "Joint exercise outline.txt",
    "SECRET\n\nJoint exercise outline\n\nThis file is invented for the demonstration. It is marked so that the realm seals it, and there is\nnothing in it that anybody would have to protect.\n",
);

/// A file about whose marking somebody asks something.
const ROTA: (&str, &str) = (
    "Duty rota.txt",
    "Duty rota\n\nThis file is invented for the demonstration, and says nothing.\n",
);

/// A file that was marked before 2014, whose originator must say whether it may be here. Nothing in it is so.
const ORIGINATED: (&str, &str) = (
    "Visit report 2012.txt",
    "CONFIDENTIAL\n\nVisit report\n\nThis file is invented for the demonstration, and there is nothing in it that anybody would have to protect.\n",
);

/// Makes a demonstration realm in a directory that has none. It is made beside its place and moved
/// there when it is whole, so that an interruption leaves no half of one.
pub(crate) async fn make(
    directory: &Path,
    settings: &str,
    write_settings: fn(&Path, &str) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let occupied = directory
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some());
    if occupied {
        return Err(Fault::Said(format!(
            "{} has something in it that is not a realm; name another directory or empty it",
            directory.display()
        )));
    }
    let absolute =
        std::path::absolute(directory).map_err(Fault::machine("finding the directory"))?;
    let parent: PathBuf = absolute.parent().unwrap_or(&absolute).to_owned();
    std::fs::create_dir_all(&parent)
        .map_err(Fault::machine(format!("making {}", parent.display())))?;
    let making = tempfile::Builder::new()
        .prefix(".realm-")
        .tempdir_in(&parent)
        .map_err(Fault::machine("making a directory for the realm"))?;
    let file = making.path().join("realm.toml");
    write_settings(&file, settings)?;
    println!("Making the demonstration realm.");
    play(&Settings::read(&file)?).await?;
    let made = making.keep();
    if absolute.exists() {
        std::fs::remove_dir(&absolute).map_err(Fault::machine("replacing the empty directory"))?;
    }
    std::fs::rename(&made, &absolute).map_err(Fault::machine("putting the realm in its place"))
}

/// What somebody who can sign in is there to show.
pub(crate) fn part(world: &World, person: &demo::Person) -> String {
    let owns = |place: &Place| {
        world.grants.iter().any(|grant| {
            grant.place == *place
                && grant.subject == demo::Subject::Person(person.key)
                && grant.role == demo::Role::Owner
        })
    };
    if person.offices.contains(&demo::Office::Operator) {
        return "operator".to_owned();
    }
    if person.offices.contains(&demo::Office::Assurance) {
        return "assurance officer".to_owned();
    }
    match world.sites.iter().find(|site| owns(&Place::Site(site.key))) {
        Some(site) => format!("owner of the site {}", site.name),
        None => person.title.to_owned(),
    }
}

async fn play(settings: &Settings) -> Result<(), Fault> {
    let now = SystemClock.now();
    let world = demo::world(SEED, now.micros());
    let clock = Arc::new(ManualClock::at(Time::from_micros(world.opened)));
    // What happened before now was read then: nothing waits to be read while others open it.
    let unjudged = Settings {
        markings: None,
        ..settings.clone()
    };
    let realm = open(&unjudged, Arc::clone(&clock) as _, Arc::new(SystemRng)).await?;
    let mut stage = Stage {
        realm: realm.clone(),
        world: &world,
        organisations: HashMap::new(),
        people: HashMap::new(),
        teams: HashMap::new(),
        sites: HashMap::new(),
        libraries: HashMap::new(),
        folders: HashMap::new(),
        documents: HashMap::new(),
    };
    let events = world.events();
    for (number, moment) in events.iter().enumerate() {
        clock.set(Time::from_micros(moment.at));
        stage.perform(moment).await.map_err(|fault| {
            Fault::Said(format!(
                "playing event {number} ({:?}): {fault}",
                short(moment)
            ))
        })?;
        if (number + 1) % 250 == 0 {
            println!("  {} of {} things have happened", number + 1, events.len());
        }
    }
    clock.set(now);
    if let Some(rules) = &settings.markings {
        chancery::assurance::begin(&realm, rules).await?;
        stage.spill().await?;
        stage.marks().await?;
    }
    realm.keep_up(&followers()).await?;
    realm.close().await;
    Ok(())
}

fn short(moment: &Moment<'_>) -> String {
    let text = format!("{:?}", moment.event);
    text.chars().take(160).collect()
}

/// Who and what is on the stage already, by the world's keys.
struct Stage<'a> {
    realm: Realm,
    world: &'a World,
    organisations: HashMap<Key, Id<thing::Organisation>>,
    people: HashMap<Key, Id<thing::Person>>,
    teams: HashMap<Key, Id<thing::Team>>,
    sites: HashMap<Key, Id<thing::Site>>,
    libraries: HashMap<Key, Id<thing::Library>>,
    folders: HashMap<usize, Id<thing::Folder>>,
    documents: HashMap<usize, Id<thing::Document>>,
}

fn of<K: std::hash::Hash + Eq + std::fmt::Debug, V: Copy>(
    map: &HashMap<K, V>,
    key: &K,
) -> Result<V, Fault> {
    map.get(key)
        .copied()
        .ok_or_else(|| Fault::Said(format!("{key:?} is not there yet")))
}

impl Stage<'_> {
    fn actor(&self, by: Option<Key>) -> Result<Actor, Fault> {
        Ok(match by {
            None => Actor::console(&self.realm),
            Some(key) => Actor::person(&self.realm, of(&self.people, &key)?),
        })
    }

    /// Somebody adds what may not be here, so that the assurance officer has something to decide about once the realm is served.
    async fn spill(&self) -> Result<(), Fault> {
        let actor = self.actor(Some("ruth-pemberton"))?;
        let library = of(&self.libraries, &"case-papers")?;
        documents::add(&actor, library, None, SPILL.0, SPILL.1.as_bytes()).await?;
        Ok(())
    }

    /// Somebody asks an owner for a document to carry less, and the owner has one whose originator is to be asked.
    async fn marks(&self) -> Result<(), Fault> {
        let library = of(&self.libraries, &"case-papers")?;
        let asker = self.actor(Some("ruth-pemberton"))?;
        let rota = documents::add(&asker, library, None, ROTA.0, ROTA.1.as_bytes()).await?;
        for (marking, reason) in [
            ("protect", ""),
            ("not-protectively-marked", "It names shifts, and nobody"),
        ] {
            let saying = says::Saying {
                scheme: "gpms",
                marking,
                reason,
                seals: false,
            };
            says::say(&asker, rota.id, &saying).await?;
        }
        let owner = self.actor(Some("amira-hussain"))?;
        documents::add(&owner, library, None, ORIGINATED.0, ORIGINATED.1.as_bytes()).await?;
        Ok(())
    }

    async fn perform(&mut self, moment: &Moment<'_>) -> Result<(), Fault> {
        let actor = self.actor(moment.by)?;
        match moment.event {
            Event::OrganisationJoined(_)
            | Event::PersonAdded(_)
            | Event::SignedIn(_)
            | Event::PersonSuspended(_)
            | Event::TeamFormed(_)
            | Event::TeamJoined(_)
            | Event::TeamLeft(_) => self.perform_people(&actor, moment.event).await,
            Event::SiteOpened(_)
            | Event::LibraryOpened(_)
            | Event::AccessGiven(_)
            | Event::FolderMade(_) => self.perform_places(&actor, moment.event).await,
            _ => self.perform_documents(&actor, moment.event).await,
        }
    }

    async fn perform_people(&mut self, actor: &Actor, event: Event<'_>) -> Result<(), Fault> {
        match event {
            Event::OrganisationJoined(organisation) => {
                let umbrella = match organisation.umbrella {
                    Some(key) => Some(of(&self.organisations, &key)?),
                    None => None,
                };
                let form = OrganisationForm {
                    name: organisation.name.to_owned(),
                    sector: sector(organisation.sector).name().to_owned(),
                    about: String::new(),
                    umbrella,
                };
                let id = people::create_organisation(actor, &form).await?;
                self.organisations.insert(organisation.key, id);
            }
            Event::PersonAdded(person) => {
                let form = PersonForm {
                    name: person.name.to_owned(),
                    email: person.email.clone(),
                    title: person.title.to_owned(),
                    phone: person.phone.to_owned(),
                };
                let organisation = of(&self.organisations, &person.organisation)?;
                let (id, _) = people::create_person(actor, organisation, &form, None).await?;
                self.people.insert(person.key, id);
                for office in &person.offices {
                    let (office, organisation) = match office {
                        demo::Office::Operator => (people::Office::Operator, None),
                        demo::Office::Assurance => (people::Office::Assurance, None),
                        demo::Office::Coordinator(key) => (
                            people::Office::Coordinator,
                            Some(of(&self.organisations, key)?),
                        ),
                    };
                    people::appoint(&Actor::console(&self.realm), id, office, organisation).await?;
                }
            }
            Event::SignedIn(person) => {
                let id = of(&self.people, &person.key)?;
                let link = people::issue_link(&Actor::console(&self.realm), id).await?;
                let password = match person.password {
                    Some(password) => password.to_owned(),
                    // Nobody is told this one: only the sign-ins that are announced can be used.
                    None => unguessable(),
                };
                let nobody = Actor::nobody(&self.realm);
                people::use_link(&nobody, link.as_str(), &password, &password, &VISIT).await?;
            }
            Event::PersonSuspended(person) => {
                let id = of(&self.people, &person.key)?;
                people::suspend(actor, id, "Left the organisation").await?;
            }
            Event::TeamFormed(team) => {
                let form = TeamForm {
                    name: team.name.to_owned(),
                    purpose: team.purpose.to_owned(),
                };
                let id = people::create_team(&self.operator(), &form).await?;
                self.teams.insert(team.key, id);
            }
            Event::TeamJoined(member) => {
                let email = self.email(member.person)?;
                let team = of(&self.teams, &member.team)?;
                people::add_to_team(&self.operator(), team, &email, member.role).await?;
            }
            Event::TeamLeft(member) => {
                let person = of(&self.people, &member.person)?;
                let team = of(&self.teams, &member.team)?;
                people::remove_from_team(&self.operator(), team, person).await?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Teams are made by operators: the first there is, or the console before there is one.
    fn operator(&self) -> Actor {
        self.world
            .people
            .iter()
            .filter(|person| person.offices.contains(&demo::Office::Operator))
            .find_map(|person| self.people.get(person.key))
            .map_or_else(
                || Actor::console(&self.realm),
                |id| Actor::person(&self.realm, *id),
            )
    }

    fn email(&self, key: Key) -> Result<String, Fault> {
        self.world
            .people
            .iter()
            .find(|person| person.key == key)
            .map(|person| person.email.clone())
            .ok_or_else(|| Fault::Said(format!("{key} is nobody")))
    }

    async fn perform_places(&mut self, actor: &Actor, event: Event<'_>) -> Result<(), Fault> {
        match event {
            Event::SiteOpened(site) => {
                let form = SiteForm {
                    name: site.name.to_owned(),
                    kind: kind(site.kind).name().to_owned(),
                    purpose: site.purpose.to_owned(),
                    organisation: Some(of(&self.organisations, &site.organisation)?),
                };
                let id = sites::create(actor, &form).await?;
                self.sites.insert(site.key, id);
            }
            Event::LibraryOpened(library) => {
                let form = LibraryForm {
                    name: library.name.to_owned(),
                    purpose: library.purpose.to_owned(),
                    inherits: library.inherits,
                };
                let id = libraries::create(actor, of(&self.sites, &library.site)?, &form).await?;
                self.libraries.insert(library.key, id);
            }
            Event::AccessGiven(grant) => match grant.place {
                Place::Site(key) => {
                    let opened_by = self
                        .world
                        .sites
                        .iter()
                        .find(|site| site.key == key)
                        .map(|site| site.by);
                    self.give(actor, of(&self.sites, &key)?, grant, opened_by)
                        .await?;
                }
                Place::Library(key) => {
                    let opened_by = self
                        .world
                        .libraries
                        .iter()
                        .find(|library| library.key == key)
                        .map(|library| library.by);
                    self.give(actor, of(&self.libraries, &key)?, grant, opened_by)
                        .await?;
                }
            },
            Event::FolderMade(folder) => {
                let inside = match folder.parent {
                    Some(parent) => Some(of(&self.folders, &parent)?),
                    None => None,
                };
                let library = of(&self.libraries, &folder.library)?;
                let id = libraries::create_folder(actor, library, inside, &folder.name).await?;
                self.folders.insert(folder.key, id);
            }
            _ => {}
        }
        Ok(())
    }

    /// Gives a role. Whoever opens a place owns it at once; when it was opened for somebody else,
    /// the first owner is let in by the opener, who then leaves.
    async fn give<P: Governed>(
        &self,
        actor: &Actor,
        place: Id<P>,
        grant: &demo::Grant,
        opened_by: Option<Key>,
    ) -> Result<(), Fault> {
        let to = self.subject(grant.subject)?;
        let change = Change::Give {
            to,
            role: role(grant.role),
            until: grant.until.map(Time::from_micros),
        };
        if !grant.first {
            return Ok(grants::change(actor, place, &[change], "").await?);
        }
        let Some(opener) = opened_by.filter(|key| grant.subject != demo::Subject::Person(key))
        else {
            return Ok(());
        };
        let opener_id = of(&self.people, &opener)?;
        let opener = Actor::person(&self.realm, opener_id);
        let mut changes = vec![change];
        let access = grants::access(&opener, place).await?;
        changes.extend(
            access
                .grants
                .iter()
                .filter(|line| line.subject == Subject::Person(opener_id) && !line.inherited)
                .map(|line| Change::End { grant: line.id }),
        );
        Ok(grants::change(&opener, place, &changes, "").await?)
    }

    fn subject(&self, subject: demo::Subject) -> Result<Subject, Fault> {
        Ok(match subject {
            demo::Subject::Person(key) => Subject::Person(of(&self.people, &key)?),
            demo::Subject::Team(key) => Subject::Team(of(&self.teams, &key)?),
            demo::Subject::Organisation(key) => {
                Subject::Organisation(of(&self.organisations, &key)?)
            }
            demo::Subject::Everyone => Subject::Everyone,
        })
    }

    async fn perform_documents(&mut self, actor: &Actor, event: Event<'_>) -> Result<(), Fault> {
        match event {
            Event::DocumentAdded(document) => {
                let folder = match document.folder {
                    Some(key) => Some(of(&self.folders, &key)?),
                    None => None,
                };
                let content = self.world.content(document, 1);
                let library = of(&self.libraries, &document.library)?;
                let added =
                    documents::add(actor, library, folder, &document.name, &content[..]).await?;
                self.documents.insert(document.key, added.id);
            }
            Event::VersionAdded(document, number) => {
                let content = self.world.content(document, number);
                let id = of(&self.documents, &document.key)?;
                let comment = document.versions[number - 1].comment;
                documents::add_version(actor, id, &document.name, &content[..], comment).await?;
            }
            Event::DocumentRead(document, read) => {
                let id = of(&self.documents, &document.key)?;
                let number = u64::try_from(read.version).ok();
                documents::open(actor, id, number, read.at % 3 == 0).await?;
            }
            Event::CheckedOut(document, out) => {
                documents::check_out(actor, of(&self.documents, &document.key)?, out.note).await?;
            }
            Event::DraftSaved(document, _) => {
                let content = self.world.content(document, document.versions.len() + 1);
                documents::save_draft(actor, of(&self.documents, &document.key)?, &content[..])
                    .await?;
            }
            Event::CheckOutReleased(document, _) => {
                documents::release(actor, of(&self.documents, &document.key)?).await?;
            }
            Event::DocumentBinned(document) => {
                let id = of(&self.documents, &document.key)?;
                let library = of(&self.libraries, &document.library)?;
                libraries::bin(actor, library, &[id.item()]).await?;
            }
            _ => {}
        }
        Ok(())
    }
}

fn unguessable() -> String {
    let mut bytes = [0_u8; 16];
    SystemRng.fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}

fn sector(sector: demo::Sector) -> people::Sector {
    match sector {
        demo::Sector::Public => people::Sector::Public,
        demo::Sector::Private => people::Sector::Private,
        demo::Sector::Voluntary => people::Sector::Voluntary,
    }
}

fn kind(kind: demo::SiteKind) -> sites::SiteKind {
    match kind {
        demo::SiteKind::Team => sites::SiteKind::Team,
        demo::SiteKind::Project => sites::SiteKind::Project,
        demo::SiteKind::Community => sites::SiteKind::Community,
        demo::SiteKind::Organisation => sites::SiteKind::Organisation,
    }
}

fn role(role: demo::Role) -> Role {
    match role {
        demo::Role::Reader => Role::Reader,
        demo::Role::Contributor => Role::Contributor,
        demo::Role::Owner => Role::Owner,
    }
}
