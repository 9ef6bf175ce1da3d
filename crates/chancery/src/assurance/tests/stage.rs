//! What these tests stand on: a realm that reads markings, with an officer, and what is said and asked in each of them.

use std::sync::Arc;

use markings::{Decision, Input, Kind, Piece, Unread};

use super::super::record::record;
use super::super::sql::{self, WaitingRow};
use super::super::{
    AlertLine, AlertState, ChangeRules, Finding, Findings, ReadMarkings, RulesChanged, ScanVersion,
    Threat, Written, alerts, begin, reading_of, rulebook,
};
use crate::kernel::{Actor, Follower, Id, Queries as _, Rules, Time, args, thing};
use crate::libraries::tests::fixture::{Cast, put};
use crate::notices::{self, About, Notices};
use crate::{Error, Result, documents};

pub(in crate::assurance) type Document = Id<thing::Document>;

/// The cast of other tests in a realm that reads markings, and an officer who has no role anywhere.
pub(in crate::assurance) struct Realm {
    pub(in crate::assurance) cast: Cast,
    pub(in crate::assurance) officer: Actor,
}

impl Realm {
    pub(in crate::assurance) async fn new(world: crate::testing::World, policy: &str) -> Self {
        begin(&world.realm, &written(policy)).await.unwrap();
        let cast = Cast::new(world).await;
        let officer = cast.person("Oriel Penn").await;
        appoint(&cast, &officer, "assurance").await;
        Self { cast, officer }
    }

    /// Brings a file; nobody has read it yet.
    pub(in crate::assurance) async fn bring(
        &self,
        who: &Actor,
        name: &str,
        content: &str,
    ) -> Document {
        documents::add(who, self.cast.papers, None, name, content.as_bytes())
            .await
            .unwrap()
            .id
    }

    /// The realm reads what waits: each version says what its content is, as a line in its header.
    pub(in crate::assurance) async fn read(&self) {
        self.read_with(|text| Input {
            pieces: vec![header(text)],
            ..Input::default()
        })
        .await;
    }

    pub(in crate::assurance) async fn read_with(&self, said: impl Fn(&str) -> Input) {
        let realm = &self.cast.world.realm;
        let console = Actor::console(realm);
        let rules = realm.rules().unwrap();
        let mut proof = console.read::<ReadMarkings>(Id::REALM).await.unwrap();
        let mut waiting: Vec<WaitingRow> = proof
            .all(sql::WAITING, args![proof.at(), 100_u64])
            .await
            .unwrap();
        let behind: Vec<WaitingRow> = proof
            .all(sql::BEHIND, args![proof.at(), rules.id, 100_u64, 1_u64])
            .await
            .unwrap();
        waiting.extend(behind);
        for row in waiting {
            let proof = console.read::<ScanVersion>(row.document_id).await.unwrap();
            let text = content_of(&self.cast, proof.target(), row.number).await;
            let decision = decide(&rules, &said(&text));
            record(
                realm,
                &rules,
                &row,
                &decision,
                &Threat::NotLooked,
                &findings(&text),
            )
            .await
            .unwrap();
        }
    }

    pub(in crate::assurance) async fn open_alerts(&self) -> Vec<AlertLine> {
        alerts(&self.officer, AlertState::Open, None, None)
            .await
            .unwrap()
            .lines
    }
}

pub(in crate::assurance) fn written(policy: &str) -> Written {
    Written {
        policy: markings::Policy::text(policy).unwrap().to_owned(),
        schemes: Vec::new(),
    }
}

/// With what could not be read wholly open, and told to officers only.
pub(in crate::assurance) fn telling() -> Written {
    let text = markings::Policy::text("il3").unwrap();
    let policy = text.replacen("unread = \"block\"", "unread = \"flag\"", 1);
    assert_ne!(policy, text);
    Written {
        policy,
        schemes: Vec::new(),
    }
}

pub(in crate::assurance) async fn appoint(cast: &Cast, who: &Actor, office: &str) {
    let id: Id<thing::Interval> = cast.world.realm.new_id();
    put(
        &cast.world,
        "INSERT INTO offices (id, person_id, office, organisation_id, from_at, until_at) VALUES ($1, $2, $3, 0, 0, $4)",
        args![id, who.me().unwrap(), office, Time::FOREVER],
    )
    .await;
}

pub(in crate::assurance) fn header(text: &str) -> Piece {
    Piece {
        file: 0,
        kind: Kind::Header,
        top: true,
        bottom: false,
        text: text.to_owned(),
    }
}

pub(in crate::assurance) fn decide(rules: &Rules, input: &Input) -> Decision {
    markings::decide(input, &rules.schemes, &rules.policy)
}

pub(in crate::assurance) fn findings(text: &str) -> Findings {
    Findings {
        evidence: vec![Finding {
            place: "header 1, line 1".to_owned(),
            before: String::new(),
            text: text.to_owned(),
            after: " and what follows it".to_owned(),
            label: text.to_owned(),
            rule: "header-or-footer".to_owned(),
            strength: "certain".to_owned(),
            disguised: false,
        }],
        ..Findings::default()
    }
}

/// The content of a version, behind the product's back.
pub(in crate::assurance) async fn content_of(
    cast: &Cast,
    document: Document,
    number: u64,
) -> String {
    let rows = cast
        .world
        .look(
            "SELECT t.address, t.inline FROM versions v JOIN contents t ON t.id = v.content_id WHERE v.document_id = $1 AND v.number = $2",
            args![document, number],
        )
        .await;
    let address: Vec<u8> = rows[0].get("address").unwrap();
    let address = vault::Address::from_bytes(address.try_into().unwrap());
    let blob = cast
        .world
        .realm
        .vault()
        .open(&address, rows[0].get("inline").unwrap())
        .await
        .unwrap();
    let pieces: Vec<_> = futures::StreamExt::collect(blob.read(0..u64::MAX)).await;
    let bytes: Vec<u8> = pieces
        .into_iter()
        .flat_map(|piece| piece.unwrap())
        .collect();
    String::from_utf8(bytes).unwrap()
}

pub(in crate::assurance) async fn opens(who: &Actor, document: Document) -> Result<()> {
    documents::open(who, document, None, false)
        .await
        .map(|_| ())
}

#[track_caller]
#[allow(
    clippy::needless_pass_by_value,
    reason = "an outcome is looked at once, where it comes about"
)]
pub(in crate::assurance) fn assert_sealed<T: std::fmt::Debug>(outcome: Result<T>) {
    assert!(matches!(outcome, Err(Error::Sealed)), "{outcome:?}");
}

#[track_caller]
#[allow(
    clippy::needless_pass_by_value,
    reason = "an outcome is looked at once, where it comes about"
)]
pub(in crate::assurance) fn assert_being_read<T: std::fmt::Debug>(outcome: Result<T>) {
    assert!(matches!(outcome, Err(Error::BeingRead)), "{outcome:?}");
}

/// The realm judges by these rules from now on.
pub(in crate::assurance) async fn put_in_force(realm: &crate::kernel::Realm, written: &Written) {
    let mut w = Actor::console(realm)
        .write::<ChangeRules>(Id::REALM)
        .await
        .unwrap();
    let rules = rulebook::put(&mut w, written, 0).await.unwrap();
    let name = rules.policy.name.clone();
    w.commit(RulesChanged {
        name,
        rulebook: rules.id.to_string(),
    })
    .await
    .unwrap();
    rulebook::refresh(realm).await.unwrap();
}

/// What could not be read wholly.
pub(in crate::assurance) fn locked(_: &str) -> Input {
    Input {
        unread: vec![Unread {
            file: 0,
            why: "it is protected by a password".to_owned(),
            minor: false,
        }],
        ..Input::default()
    }
}

/// What counts of a document, as its page has it, and where that is from.
pub(in crate::assurance) async fn carries(
    who: &Actor,
    document: Document,
) -> Option<(String, &'static str)> {
    let found = reading_of(who, document).await.unwrap();
    found.marked.map(|one| {
        let source = one.by.name().0;
        (one.label, source)
    })
}

/// What somebody was told, newest first, and where it leads.
pub(in crate::assurance) async fn told(who: &Actor) -> Vec<(String, Option<About>)> {
    notices::list(&mut who.scope().unwrap(), None)
        .await
        .unwrap()
        .into_iter()
        .map(|line| (line.says, line.href_kind))
        .collect()
}

/// Whoever is to be told of what happened is.
pub(in crate::assurance) async fn keep_up(realm: &Realm) {
    let follower: Arc<dyn Follower> = Arc::new(Notices);
    realm.cast.world.realm.keep_up(&[follower]).await.unwrap();
}
