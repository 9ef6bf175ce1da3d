//! Tests of files, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod locking;
mod moving;
mod scraps;

use futures::TryStreamExt as _;

use super::{
    Address, Changed, Conditions, How, List, LockForm, Looked, Outcome, Said, State, Stop,
};
use crate::kernel::Actor;
use crate::libraries::tests::fixture::Cast;
use crate::testing::{both, makes_all_publications};
use crate::{Error, Result};

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| {
        let statements = super::sql::statements();
        let all: Vec<&str> = statements.iter().map(String::as_str).collect();
        world.prepares(&all).await;
        // What is asked before a change reads from the tables themselves.
        let mut reads = all.iter().filter(|sql| **sql != super::sql::FACTS);
        assert!(!reads.any(|sql| makes_all_publications(sql)));
    })
    .await;
}

/// The address of what is below the library of this name on the first site, or on the other.
fn address(path: &str) -> Address {
    let site = if path.starts_with("private") {
        "board"
    } else {
        "resettlement"
    };
    let names = std::iter::once(site).chain(path.split('/'));
    Address::new(names.map(str::to_owned).collect())
}

async fn look(who: &Actor, path: &str) -> Looked {
    super::look(who, &address(path)).await.unwrap()
}

async fn put(who: &Actor, path: &str, text: &str) -> Outcome<Changed> {
    put_if(who, path, text, &Conditions::default()).await
}

async fn put_if(who: &Actor, path: &str, text: &str, conditions: &Conditions) -> Outcome<Changed> {
    super::put(who, &look(who, path).await, conditions, text.as_bytes()).await
}

/// On the condition that the lock of this token is held.
fn holding(token: &str) -> Conditions {
    let said = Said {
        not: false,
        state: State::Token(token.to_owned()),
    };
    Conditions {
        lists: vec![List {
            of: None,
            all: vec![said],
        }],
        ..Conditions::default()
    }
}

pub(crate) async fn shift(who: &Actor, from: &str, to: &str) -> Outcome<Changed> {
    let (from, to) = (look(who, from).await, look(who, to).await);
    super::shift(who, &from, &to, true, &Conditions::default()).await
}

pub(crate) async fn copy(who: &Actor, from: &str, to: &str) -> Outcome<Changed> {
    let (from, to) = (look(who, from).await, look(who, to).await);
    let how = How {
        overwrite: true,
        deep: true,
    };
    super::copy(who, &from, &to, how, &Conditions::default()).await
}

async fn make(who: &Actor, path: &str) {
    super::make_folder(who, &look(who, path).await, &Conditions::default())
        .await
        .unwrap();
}

async fn lock(who: &Actor, path: &str, seconds: u64) -> Outcome<String> {
    let form = LockForm {
        seconds: Some(seconds),
        ..LockForm::default()
    };
    let locked = super::lock(who, &look(who, path).await, &form, &Conditions::default()).await?;
    Ok(locked.lock.token)
}

async fn text(who: &Actor, path: &str) -> Result<String> {
    let content = super::open(who, &look(who, path).await).await?;
    let size = content.size;
    let pieces: Vec<bytes::Bytes> = content.read(0..size).try_collect().await.unwrap();
    Ok(String::from_utf8(pieces.concat()).unwrap())
}

/// What is in a folder, for this person.
async fn inside(who: &Actor, path: &str) -> Vec<String> {
    let looked = look(who, path).await;
    let mut children = super::children(who, &looked, super::Wanted::default(), &[])
        .await
        .unwrap();
    let mut names = Vec::new();
    while let Some(page) = children.next().await.unwrap() {
        names.extend(page.into_iter().map(|entry| entry.name));
    }
    names
}

async fn sound(cast: &Cast) {
    let faults = crate::documents::faults(&cast.world.realm).await.unwrap();
    assert!(faults.is_empty(), "{faults:?}");
}

#[track_caller]
fn assert_absent<T: std::fmt::Debug>(outcome: &Outcome<T>) {
    assert!(
        matches!(outcome, Err(Stop::Other(Error::NotFound))),
        "{outcome:?}"
    );
}
