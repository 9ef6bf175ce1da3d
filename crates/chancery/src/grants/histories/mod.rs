//! The property that everything stands on: whatever happened, the rule of access says what an
//! independent reading of the same events says.
//!
//! Ten thousand random histories of accounts, memberships, transfers, grants, inheritance, moves,
//! seals, markings and clearances are written as interval rows. At random moments, before, in and
//! after each history, the kernel is asked in its three ways: about one person and one thing
//! ([`Actor::access_at`]), about one place and every person ([`holders!`]), and about one person
//! and every place ([`Scope`](crate::kernel::Scope)). [`replay`] answers from the list of events, without SQL and without
//! intervals. All must agree, on both databases, down to the grants that are the reason.
//!
//! Many histories are side by side in one database, each with its own people and places: what
//! leaks from one into another is a difference too. A grant to everyone lets in the people of the
//! other histories, so holders are compared for the people of the history alone.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod events;
mod product;
mod replay;
mod rows;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::{StreamExt as _, stream};

use self::events::{History, Thing};
use self::replay::{Reason, State};
use self::rows::{Batch, clear};
use crate::kernel::{
    Actor, Engine, Id, May, Queries as _, Reach, Read, Role, Row, Time, args, holders, holds,
};
use crate::people::ViewOperations;
use crate::testing::{START, World, world};

const HISTORIES: u64 = 10_000;
/// How many histories are in the database at the same time.
const TOGETHER: u64 = 100;
/// How many moments each history is asked about; each moment about one person, one thing, one
/// place and everything that the person can see.
const MOMENTS: usize = 3;
/// How many questions are under way at the same time.
const AT_ONCE: usize = 8;

const HOLDERS: &str = concat!(
    "WITH ",
    holders!(),
    " SELECT h.person_id, h.place_id, h.role, h.grant_id, h.inherited
      FROM holds h WHERE h.place_id = $2"
);
const SEEN: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT h.person_id, h.place_id, h.role, h.grant_id, h.inherited FROM holds h"
);

/// Half of them on one engine: two tests for each engine, so that they run side by side.
macro_rules! replayed {
    ($($name:ident: $engine:ident, $half:literal;)*) => {$(
        #[tokio::test]
        async fn $name() {
            let half = HISTORIES / 2;
            replay_all(Engine::$engine, $half * half..($half + 1) * half).await;
        }
    )*};
}

replayed! {
    the_first_five_thousand_histories_replayed_on_sqlite: Sqlite, 0;
    the_second_five_thousand_histories_replayed_on_sqlite: Sqlite, 1;
    the_first_five_thousand_histories_replayed_on_postgres: Postgres, 0;
    the_second_five_thousand_histories_replayed_on_postgres: Postgres, 1;
}

/// What was asked, so that the test cannot pass by asking nothing of interest.
#[derive(Debug, Default)]
struct Asked {
    granted: AtomicUsize,
    refused: AtomicUsize,
    /// Refused to somebody who has a role on the library: by a seal or a marking.
    closed: AtomicUsize,
    inherited: AtomicUsize,
    everyone: AtomicUsize,
}

fn more(counter: &AtomicUsize) {
    counter.fetch_add(1, Ordering::Relaxed);
}

async fn replay_all(engine: Engine, seeds: std::ops::Range<u64>) {
    let world = world(engine).await;
    let proof = world
        .console()
        .read::<ViewOperations>(Id::REALM)
        .await
        .unwrap();
    let asked = Asked::default();
    for first in seeds.clone().step_by(usize::try_from(TOGETHER).unwrap()) {
        let histories: Vec<History> = (first..first + TOGETHER).map(History::random).collect();
        let mut batch = Batch::default();
        for history in &histories {
            batch.write(history);
        }
        batch.insert(&world.realm).await;
        stream::iter(&histories)
            .for_each_concurrent(AT_ONCE, |history| question(&world, &proof, history, &asked))
            .await;
        clear(&world.realm).await;
    }
    let Asked {
        granted,
        refused,
        closed,
        inherited,
        everyone,
    } = asked;
    let of = |counter: AtomicUsize| counter.into_inner();
    let (granted, refused, closed) = (of(granted), of(refused), of(closed));
    let (inherited, everyone) = (of(inherited), of(everyone));
    assert_eq!(
        granted + refused,
        MOMENTS * usize::try_from(seeds.end - seeds.start).unwrap()
    );
    for (what, count) in [
        ("granted", granted),
        ("refused", refused),
        ("closed", closed),
        ("inherited", inherited),
        ("everyone", everyone),
    ] {
        assert!(count > 300, "only {count} questions were {what}");
    }
}

/// Asks about one history at its moments.
async fn question(world: &World, proof: &Read<ViewOperations>, history: &History, asked: &Asked) {
    for (moment, person, thing) in history.questions(MOMENTS) {
        let at = Time::from_micros(START.micros() + moment);
        let say = || {
            format!(
                "history {} on {:?}, person {person} at {moment}: {thing:?}\n{history:#?}",
                history.seed,
                world.realm.engine()
            )
        };
        let state = history.replay(moment);

        // One person, one thing.
        let (kind, target) = history.target(thing);
        let found = Actor::access_at(
            proof,
            Id::from_raw(history.person(person)),
            None,
            kind,
            target,
            at,
        )
        .await
        .unwrap();
        let expected = state.access(person, thing);
        assert_eq!(found, expected, "access_at, {}", say());
        more(if expected.is_some() {
            &asked.granted
        } else {
            &asked.refused
        });

        // One place, every person.
        let place = state.place_of(thing);
        let rows = world.look(HOLDERS, args![at, history.place(place)]).await;
        let found: BTreeSet<Reason> = reasons(&rows, history);
        let expected: BTreeSet<Reason> = state.reasons(history, None, Some(place));
        assert_eq!(found, expected, "holders, {}", say());

        // One person, every place.
        let actor = Actor::person(&world.realm, Id::from_raw(history.person(person)));
        let rows = actor
            .scope_at(at)
            .unwrap()
            .rows(SEEN, args![])
            .await
            .unwrap();
        let found: BTreeSet<Reason> = reasons(&rows, history);
        let expected: BTreeSet<Reason> = state.reasons(history, Some(person), None);
        assert_eq!(found, expected, "scope, {}", say());

        by_tokens(
            world,
            proof,
            history,
            (at, person, thing),
            &state,
            &expected,
        )
        .await;

        // Somebody with a role on the library cannot read what is sealed or above their clearance.
        let on_place = expected
            .iter()
            .any(|reason| reason.place == history.place(place));
        if on_place && state.access(person, thing).is_none() {
            more(&asked.closed);
        }
        if expected.iter().any(|reason| reason.inherited) {
            more(&asked.inherited);
        }
        if expected
            .iter()
            .any(|reason| history.is_to_everyone(reason.grant))
        {
            more(&asked.everyone);
        }
    }
}

/// The same by tokens that reach less far: as much of it as fits, and nothing beside their site.
async fn by_tokens(
    world: &World,
    proof: &Read<ViewOperations>,
    history: &History,
    (at, person, thing): (Time, usize, Thing),
    state: &State,
    whole: &BTreeSet<Reason>,
) {
    let (kind, target) = history.target(thing);
    let id = Id::from_raw(history.person(person));
    let site = history.place(0);
    for (may, only) in [
        (May::Read, None),
        (May::Contribute, Some(site)),
        (May::Everything, Some(i64::MAX)),
    ] {
        let reach = Reach {
            may,
            site: only.map(Id::from_raw),
        };
        let here = only.is_none_or(|only| only == site);
        let most = |role: Role| role.min(may.ceiling());
        let say = || {
            let engine = world.realm.engine();
            format!(
                "{reach:?}, history {} on {engine:?}, person {person} at {at}: {thing:?}",
                history.seed
            )
        };
        let found = Actor::access_at(proof, id, Some(reach), kind, target, at)
            .await
            .unwrap();
        let access = state.access(person, thing).filter(|_| here).map(most);
        assert_eq!(found, access, "{}", say());
        let program = Actor::with_token(&world.realm, id, Id::from_raw(1), reach);
        let mut scope = program.scope_at(at).unwrap();
        let rows = scope.rows(SEEN, args![]).await.unwrap();
        let narrowed: BTreeSet<Reason> = whole
            .iter()
            .filter(|_| here)
            .map(|reason| Reason {
                role: most(reason.role),
                ..*reason
            })
            .collect();
        assert_eq!(reasons(&rows, history), narrowed, "{}", say());
    }
}

/// The rows that are about the people and places of this history.
fn reasons(rows: &[Row], history: &History) -> BTreeSet<Reason> {
    rows.iter()
        .map(|row| Reason {
            person: row.get("person_id").unwrap(),
            place: row.get("place_id").unwrap(),
            role: row.get::<Role>("role").unwrap(),
            grant: row.get("grant_id").unwrap(),
            inherited: row.get("inherited").unwrap(),
        })
        .filter(|reason| history.owns(reason.person) && history.owns(reason.place))
        .collect()
}
