//! Rounds: people work, the program dies, it is started again, and what it remembers is compared
//! with what it had acknowledged.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chancery::documents;
use chancery::kernel::Actor;
use tempfile::TempDir;
use testkit::postgres::FreshDatabase;
use tokio::task::JoinHandle;

use super::acts::{self, Common};
use super::chance::{Chance, unlike_any_other};
use super::content::Content;
use super::desk::{Desk, Tally};
use super::disk::Disk;
use super::governing;
use super::look::{self, Look};
use super::person::Person;
use super::place::{Cast, Place};
use super::program::Program;

/// How many people work on documents at once.
const WORKERS: usize = 4;
/// How many rounds one realm lives through: then everything in it is read, and another begins.
pub const ROUNDS_OF_A_REALM: u32 = 25;

/// Which database the realm is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

/// How the program dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dies {
    /// By SIGKILL.
    Killed,
    /// With the disk that the realm is on, whose power is cut.
    InTheDark,
}

/// How many rounds, and from which seed: `CHANCERY_KILL_ROUNDS` and `CHANCERY_KILL_SEED`.
pub fn asked_for(rounds: u32) -> (u32, u64) {
    #[allow(
        clippy::disallowed_methods,
        reason = "whoever runs the tests says how long, and which run to repeat"
    )]
    let said = |name: &str| std::env::var(name).ok();
    let number = |text: String| text.parse().expect("a number");
    let seed = said("CHANCERY_KILL_SEED").map_or_else(unlike_any_other, number);
    let rounds = said("CHANCERY_KILL_ROUNDS").map_or(u64::from(rounds), number);
    (u32::try_from(rounds).unwrap(), seed)
}

/// Runs so many rounds and says what was done; any disagreement ends it with a panic. `None` when
/// there can be no disk whose power is cut.
pub async fn rounds(on: On, dies: Dies, rounds: u32, seed: u64) -> Option<Tally> {
    eprintln!("{on:?}, {dies:?}: {rounds} rounds, CHANCERY_KILL_SEED={seed}");
    let mut tally = Tally::default();
    let mut chance = Chance::new(seed);
    let mut left = rounds;
    while left > 0 {
        let these = left.min(ROUNDS_OF_A_REALM);
        let mut life = Life::begin(on, dies, &mut chance).await?;
        for round in 0..these {
            life.round(round).await;
        }
        tally.add(life.end().await);
        left -= these;
        eprintln!("{on:?}, {dies:?}: {left} rounds left, so far {tally:?}");
    }
    Some(tally)
}

/// One realm, from its making to its last look.
struct Life {
    // The order matters: the program ends before its disk and its directory go.
    program: Option<Program>,
    place: Place,
    database: Option<FreshDatabase>,
    disk: Option<Disk>,
    _directory: TempDir,
    chance: Chance,
    common: Common,
    workers: Vec<Person>,
    desks: Vec<Desk>,
    /// The owner, who gives access and ends it.
    governing: Option<(Desk, Person)>,
    seen: Vec<Content>,
}

impl Life {
    async fn begin(on: On, dies: Dies, chance: &mut Chance) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let disk = match dies {
            Dies::Killed => None,
            Dies::InTheDark => Some(Disk::lossy()?),
        };
        let here: PathBuf = disk
            .as_ref()
            .map_or_else(|| directory.path().to_owned(), Disk::mounted);
        let database = (on == On::Postgres).then(testkit::postgres::fresh);
        let url = database
            .as_ref()
            .map_or("sqlite:realm.db", |database| &database.url);
        let place = Place::init(&here.join("realm"), url).logging_to(directory.path());
        let cast = Cast::new(&place, WORKERS).await;
        let realm = place.open().await;
        let owner = Actor::person(&realm, cast.owner.id);
        let first = Content::small(chance);
        let add = async |name: &str| {
            documents::add(&owner, cast.libraries[0], None, name, &first.bytes()[..])
                .await
                .unwrap()
                .id
        };
        let common = Common {
            site: cast.site,
            libraries: cast.libraries,
            register: cast.register,
            shared: add("shared.txt").await,
            contested: add("contested.txt").await,
            others: cast.others,
            dark: Arc::new(AtomicBool::new(false)),
        };
        realm.close().await;
        Some(Self {
            program: None,
            place,
            database,
            disk,
            _directory: directory,
            common,
            desks: (0..WORKERS)
                .map(|number| Desk::new(format!("w{number}"), Chance::new(chance.next())))
                .collect(),
            governing: Some((Desk::new("owner", Chance::new(chance.next())), cast.owner)),
            workers: cast.contributors,
            seen: vec![first],
            chance: Chance::new(chance.next()),
        })
    }

    /// Starts, looks, works, dies; now and then dies again while it starts.
    async fn round(&mut self, round: u32) {
        self.start();
        self.look(false).await;
        if round % 6 == 5 {
            self.look_at_trail().await;
            self.place.check();
        }
        let tasks = self.set_to_work();
        pause(self.chance.millis(60, 700)).await;
        self.die();
        self.gather(tasks).await;
        self.power();
        while self.chance.once_in(4) {
            let program = Program::launch(&self.place);
            pause(self.chance.millis(0, 250)).await;
            self.program = Some(program);
            self.die();
            self.power();
        }
    }

    /// The last look, at everything; then the realm stops in good order and is looked over.
    async fn end(mut self) -> Tally {
        self.start();
        self.look(true).await;
        self.look_at_trail().await;
        self.program.take().unwrap().stop();
        assert!(self.place.incoming().is_empty(), "nothing is left behind");
        self.place.check();
        let mut tally = self
            .governing
            .map_or(Tally::default(), |(desk, _)| desk.tally);
        for desk in &self.desks {
            tally.add(desk.tally);
        }
        tally
    }

    fn start(&mut self) {
        if let Some(database) = &self.database {
            // What the last program had sent is carried out or dropped before anybody looks.
            database.wait_until_left();
        }
        self.program = Some(Program::start(&self.place));
        assert!(
            self.place.incoming().is_empty(),
            "what a dead program was receiving is cleared away by the next"
        );
        self.common.dark.store(false, Ordering::SeqCst);
        let owner = self.governing.as_mut().map(|(_, person)| person);
        for person in self.workers.iter_mut().chain(owner) {
            person.reconnect();
        }
    }

    async fn look_at_trail(&self) {
        let (_, owner) = self.governing.as_ref().unwrap();
        look::at_trail(&self.common, &self.desks, &self.workers, owner).await;
    }

    async fn look(&mut self, whole: bool) {
        let look = Look {
            realm: self.place.open().await,
            common: self.common.clone(),
            whole,
        };
        let (governing, owner) = self.governing.as_mut().unwrap();
        for (desk, person) in self.desks.iter_mut().zip(&self.workers) {
            look.at(desk, person).await;
        }
        look.at_shared(&mut self.desks, owner, &mut self.seen).await;
        look.at_contested(&mut self.desks, &self.workers).await;
        look.at_access(governing, owner).await;
        // Closed before the program dies: it alone is to find what it left.
        look.realm.close().await;
    }

    /// The last task is the owner's.
    fn set_to_work(&mut self) -> Vec<JoinHandle<(Desk, Person)>> {
        let desks = std::mem::take(&mut self.desks);
        let workers = std::mem::take(&mut self.workers);
        let mut tasks: Vec<_> = desks
            .into_iter()
            .zip(workers)
            .map(|(mut desk, person)| {
                let common = self.common.clone();
                tokio::spawn(async move {
                    acts::work(&mut desk, &person, &common).await;
                    (desk, person)
                })
            })
            .collect();
        if let Some((mut desk, person)) = self.governing.take() {
            let common = self.common.clone();
            tasks.push(tokio::spawn(async move {
                governing::govern(&mut desk, &person, &common).await;
                (desk, person)
            }));
        }
        tasks
    }

    async fn gather(&mut self, tasks: Vec<JoinHandle<(Desk, Person)>>) {
        for task in tasks {
            let (desk, person) = task.await.unwrap_or_else(|failed| {
                let log = std::fs::read_to_string(self.place.log()).unwrap_or_default();
                panic!("somebody could not go on: {failed}\n{}", tail(&log))
            });
            self.desks.push(desk);
            self.workers.push(person);
        }
        self.governing = self.desks.pop().zip(self.workers.pop());
    }

    fn die(&mut self) {
        self.common
            .dark
            .store(self.disk.is_some(), Ordering::SeqCst);
        if let Some(disk) = &self.disk {
            disk.cut();
        }
        self.program.take().unwrap().kill();
    }

    fn power(&self) {
        if let Some(disk) = &self.disk {
            disk.power();
        }
    }
}

fn tail(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

#[allow(
    clippy::disallowed_methods,
    reason = "the moment at which the program dies is the test itself"
)]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}
