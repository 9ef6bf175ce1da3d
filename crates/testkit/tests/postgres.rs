//! A server of one's own, and databases on it.

use std::process::Command;

use testkit::postgres::{Cluster, Durability, VARIABLE, fresh};

fn psql(url: &str, sql: &str) -> Result<String, String> {
    let output = Command::new("psql")
        .args([
            "--no-psqlrc",
            "-qAt",
            "-v",
            "ON_ERROR_STOP=1",
            url,
            "-c",
            sql,
        ])
        .output()
        .expect("psql is installed with PostgreSQL");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    }
}

#[test]
fn two_tests_share_a_server_and_nothing_else() {
    let (one, two) = (fresh(), fresh());
    psql(
        &one.url,
        "CREATE TABLE mine (n BIGINT); INSERT INTO mine VALUES (7)",
    )
    .expect("own database");
    assert_eq!(psql(&one.url, "SELECT n FROM mine").as_deref(), Ok("7"));
    let refused = psql(&two.url, "SELECT n FROM mine").expect_err("another test's table");
    assert!(refused.contains("does not exist"), "{refused}");

    // Advisory locks are a database's own, which a schema would not have given.
    let lock = "SELECT pg_try_advisory_lock(42), pg_sleep(2)";
    let held = std::thread::spawn({
        let url = one.url.clone();
        move || psql(&url, lock)
    });
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(2)%' AND pid <> pg_backend_pid()";
    while psql(&one.url, waiting).as_deref() == Ok("0") {}
    assert_eq!(
        psql(&one.url, "SELECT pg_try_advisory_lock(42)").as_deref(),
        Ok("f")
    );
    assert_eq!(
        psql(&two.url, "SELECT pg_try_advisory_lock(42)").as_deref(),
        Ok("t")
    );
    assert_eq!(held.join().expect("the other session").as_deref(), Ok("t|"));
}

#[test]
fn a_database_goes_with_its_test() {
    let keep = fresh();
    let url = fresh().url.clone();
    let count = format!(
        "SELECT count(*) FROM pg_database WHERE datname = '{}'",
        name(&url)
    );
    assert_eq!(psql(&keep.url, &count).as_deref(), Ok("0"));
}

#[test]
fn the_role_is_no_superuser_and_the_server_collates_as_people_do() {
    let own = fresh();
    let asked = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user";
    assert_eq!(psql(&own.url, asked).as_deref(), Ok("f"));
    assert_eq!(
        psql(&own.url, "SELECT 'a' < 'B' AND 'B' < 'c'").as_deref(),
        Ok("t")
    );
}

#[test]
fn a_cluster_starts_is_durable_when_asked_and_is_gone_afterwards() {
    let mut cluster = Cluster::start(Durability::Full).expect("PostgreSQL is installed");
    let url = cluster.url();
    assert_eq!(cluster.has_ended(), None);
    assert_eq!(psql(&url, "SHOW fsync").as_deref(), Ok("on"));
    let password = url.split(['@', ':']).nth(2).expect("a password");
    let wrong = psql(&url.replace(password, "guess"), "SELECT 1").expect_err("a guessed password");
    assert!(wrong.contains("password authentication failed"), "{wrong}");
    drop(cluster);
    assert!(psql(&url, "SELECT 1").is_err());
}

#[test]
fn without_a_server_the_message_says_how_to_start_one() {
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "a_database_goes_with_its_test"])
        .env_remove(VARIABLE)
        .output()
        .expect("this test runs again");
    assert!(!output.status.success());
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("cargo xtask postgres"), "{said}");
}

fn name(url: &str) -> &str {
    let end = url.rsplit('/').next().expect("a path");
    end.split('?').next().expect("a name")
}
