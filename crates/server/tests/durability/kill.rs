//! What was acknowledged survives SIGKILL at any moment, and a power cut; what was not is there
//! wholly or not at all.

use crate::harness::chance::Chance;
use crate::harness::place::{Place, said};
use crate::harness::rounds::{Dies, On, asked_for, rounds};

async fn killed(on: On) {
    let (number, seed) = asked_for(25);
    let tally = rounds(on, Dies::Killed, number, seed).await.unwrap();
    assert!(
        tally.changes > u64::from(number) && tally.reads > 0 && tally.compared > 0,
        "too little was done to prove anything: {tally:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_on_sqlite() {
    killed(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_on_postgres() {
    killed(On::Postgres).await;
}

async fn dark(on: On) {
    let (number, seed) = asked_for(10);
    if let Some(tally) = rounds(on, Dies::InTheDark, number, seed).await {
        assert!(
            tally.changes > u64::from(number),
            "too little was done to prove anything: {tally:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_power_cut_on_sqlite() {
    dark(On::Sqlite).await;
}

/// PostgreSQL is elsewhere and keeps its word; the vault and the keys are in the dark.
#[tokio::test(flavor = "multi_thread")]
async fn content_in_the_vault_survives_a_power_cut() {
    dark(On::Postgres).await;
}

/// `init` that was killed is no realm yet, and can be asked for again.
fn init_is_killed(database: impl Fn() -> (String, Option<testkit::postgres::FreshDatabase>)) {
    let (_, seed) = asked_for(0);
    eprintln!("CHANCERY_KILL_SEED={seed}");
    let mut chance = Chance::new(seed);
    for _ in 0..6 {
        let directory = tempfile::tempdir().unwrap();
        let (url, _keep) = database();
        let place = Place::named(&directory.path().join("realm"));
        let mut making = place.init_command(&url).spawn().unwrap();
        #[allow(
            clippy::disallowed_methods,
            reason = "the moment at which the program dies is the test itself"
        )]
        std::thread::sleep(chance.millis(0, 160));
        making.kill().unwrap();
        let made = making.wait().unwrap().success();
        let again = place.try_init(&url);
        let said = said(&again);
        assert!(
            again.status.success() || (made || said.contains("is there already")),
            "{said}"
        );
        place.check();
    }
}

#[test]
fn init_can_be_killed_and_asked_for_again_on_sqlite() {
    init_is_killed(|| ("sqlite:realm.db".to_owned(), None));
}

#[test]
fn init_can_be_killed_and_asked_for_again_on_postgres() {
    init_is_killed(|| {
        let database = testkit::postgres::fresh();
        (database.url.clone(), Some(database))
    });
}
