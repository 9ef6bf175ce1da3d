//! A realm of its own for one test: its directory, its database, and the people in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use chancery::grants::{self, Change, Subject};
use chancery::kernel::{Actor, Id, Realm, Role, thing};
use chancery::libraries::{self, LibraryForm};
use chancery::people::{self, OrganisationForm, PersonForm, Visit};
use chancery::sites::{self, SiteForm};
use server::Opened;

use super::chance::{Chance, unlike_any_other};
use super::person::Person;

const PASSWORD: &str = "correct horse battery";
const VISIT: Visit<'static> = Visit {
    address: "192.0.2.1",
    device: "the harness",
};

/// Where a realm is, and where it listens.
pub struct Place {
    directory: PathBuf,
    log: PathBuf,
    port: u16,
}

impl Place {
    /// Makes a realm in a directory with `chancery init`.
    pub fn init(directory: &Path, database: &str) -> Self {
        let place = Self::named(directory);
        let made = place.try_init(database);
        assert!(made.status.success(), "{}", said(&made));
        place
    }

    /// The realm that is, or will be, in a directory.
    pub fn named(directory: &Path) -> Self {
        let port = free_port();
        Self {
            directory: directory.to_owned(),
            log: directory.with_extension("log"),
            port,
        }
    }

    /// What its program says goes into a file here: on another disk than the realm's.
    #[must_use]
    pub fn logging_to(self, directory: &Path) -> Self {
        Self {
            log: directory.join("serve.log"),
            ..self
        }
    }

    /// Where what its program says is kept.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// `chancery init`, whatever comes of it.
    pub fn try_init(&self, database: &str) -> Output {
        self.init_command(database).output().unwrap()
    }

    /// `chancery init`, not yet run.
    pub fn init_command(&self, database: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command
            .args(["init", "--name", "Harness", "--designation", "OFFICIAL"])
            .args(["--run-by", "Testers", "--database", database])
            .args(["--markings", "off"])
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .arg("--directory")
            .arg(&self.directory)
            .env("CHANCERY_LOG", "warn");
        command
    }

    /// Where it is reached.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// A command of `chancery` about it, not yet run.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command
            .arg("--config")
            .arg(self.directory.join("realm.toml"))
            .args(words)
            .env("CHANCERY_LOG", "info,sqlx=warn");
        command
    }

    /// Opens it in this process, beside the program.
    pub async fn open(&self) -> Realm {
        let config = self.directory.join("realm.toml");
        Opened::from_file(&config).await.unwrap().realm
    }

    /// `chancery check` finds nothing wrong.
    pub fn check(&self) {
        let checked = self.command(&["check"]).output().unwrap();
        let said = said(&checked);
        assert!(
            checked.status.success() && said.contains("Everything is right"),
            "{said}"
        );
    }

    /// What is on its way into the vault, or was left behind there.
    pub fn incoming(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.directory.join("vault").join("incoming"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect()
    }
}

/// A port that nobody else is given while the program is down: below those that systems hand out.
fn free_port() -> u16 {
    let mut chance = Chance::new(unlike_any_other());
    loop {
        let port = u16::try_from(10_000 + chance.below(20_000)).unwrap();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// What a command said.
pub fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Who and what is in the realm.
pub struct Cast {
    /// Owns the site and everything on it.
    pub owner: Person,
    /// Contribute to its libraries.
    pub contributors: Vec<Person>,
    /// Are given access and lose it.
    pub others: Vec<(Id<thing::Person>, String)>,
    /// The site.
    pub site: Id<thing::Site>,
    /// Two libraries that documents move between.
    pub libraries: [Id<thing::Library>; 2],
    /// A library of which only the access changes.
    pub register: Id<thing::Library>,
}

impl Cast {
    /// Sets a realm up, with so many contributors.
    pub async fn new(place: &Place, contributors: usize) -> Self {
        let realm = place.open().await;
        let console = Actor::console(&realm);
        let form = OrganisationForm {
            name: "Testers".to_owned(),
            sector: "public".to_owned(),
            ..OrganisationForm::default()
        };
        let of = people::create_organisation(&console, &form).await.unwrap();
        let owner = person(&realm, place, "Owner", of).await;
        people::appoint(&console, owner.id, people::Office::Operator, None)
            .await
            .unwrap();
        let actor = Actor::person(&realm, owner.id);
        let form = SiteForm {
            name: "Casework".to_owned(),
            kind: "project".to_owned(),
            purpose: "For the test".to_owned(),
            organisation: Some(of),
        };
        let site = sites::create(&actor, &form).await.unwrap();
        let mut cast = Self {
            contributors: Vec::new(),
            others: Vec::new(),
            site,
            libraries: [
                library(&actor, site, "Papers").await,
                library(&actor, site, "Reports").await,
            ],
            register: library(&actor, site, "Register").await,
            owner,
        };
        for number in 0..contributors {
            let person = person(&realm, place, &format!("Contributor {number}"), of).await;
            let change = Change::Give {
                to: Subject::Person(person.id),
                role: Role::Contributor,
                until: None,
            };
            grants::change(&actor, site, &[change], "For the test")
                .await
                .unwrap();
            cast.contributors.push(person);
        }
        for number in 0..3 {
            let name = format!("Other {number}");
            let person = person(&realm, place, &name, of).await;
            cast.others.push((person.id, person.name));
        }
        realm.close().await;
        cast
    }
}

async fn library(owner: &Actor, site: Id<thing::Site>, name: &str) -> Id<thing::Library> {
    let form = LibraryForm {
        name: name.to_owned(),
        purpose: String::new(),
        inherits: true,
    };
    libraries::create(owner, site, &form).await.unwrap()
}

/// Somebody who is signed in.
async fn person(realm: &Realm, place: &Place, name: &str, of: Id<thing::Organisation>) -> Person {
    let form = PersonForm {
        name: name.to_owned(),
        email: format!("{}@test.example", name.to_lowercase().replace(' ', "-")),
        title: String::new(),
        phone: String::new(),
    };
    let (id, link) = people::create_person(&Actor::console(realm), of, &form, None)
        .await
        .unwrap();
    let nobody = Actor::nobody(realm);
    let session = people::use_link(&nobody, link.as_str(), PASSWORD, PASSWORD, &VISIT)
        .await
        .unwrap();
    Person::new(id, name, session.token.as_str(), &place.address())
}
