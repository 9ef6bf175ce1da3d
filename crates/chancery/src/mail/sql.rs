//! The SQL of outgoing mail.

use crate::Result;
use crate::kernel::{Arg, Id, Queries as _, Read, Realm, Time, args, record, thing::Mail};

use super::{Message, ViewOutgoingMail};

/// For a person with an account, once.
pub(super) const QUEUE: &str = "INSERT INTO outgoing_mail
    (id, person_id, address, kind, event_id, subject, body, path, created_at, due_at, claim, attempts, sent_at, failed_at, last_error)
  SELECT $1, p.id, p.email, $3, $4, $5, $6, $7, $8, $8, 0, 0, 0, 0, ''
    FROM people p
   WHERE p.id = $2 AND EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = p.id AND a.from_at <= $8 AND $8 < a.until_at)
  ON CONFLICT (kind, event_id, person_id) DO NOTHING";

const DUE: &str = "SELECT id AS value FROM outgoing_mail WHERE sent_at = 0 AND failed_at = 0 AND due_at <= $1 LIMIT 1";

/// Two nodes that claim at once take turns at each row, and the second one finds that it is not due any more.
const CLAIM: &str = "UPDATE outgoing_mail SET claim = $1, due_at = $2, attempts = attempts + 1,
      address = (SELECT p.email FROM people p WHERE p.id = outgoing_mail.person_id)
  WHERE id IN (SELECT m.id FROM outgoing_mail m WHERE m.sent_at = 0 AND m.failed_at = 0 AND m.due_at <= $3
                ORDER BY m.due_at, m.id LIMIT $4)
    AND sent_at = 0 AND failed_at = 0 AND due_at <= $3";

const CLAIMED: &str = "SELECT m.id, m.kind, m.address, m.subject, m.body, m.path, m.created_at, m.attempts,
    CASE WHEN EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = m.person_id AND a.from_at <= $2 AND $2 < a.until_at)
         THEN 1 ELSE 0 END AS active
  FROM outgoing_mail m WHERE m.claim = $1 AND m.claim <> 0 ORDER BY m.id";

const SENT: &str = "UPDATE outgoing_mail SET sent_at = $1, claim = 0, last_error = '' WHERE id = $2 AND claim = $3";
const LATER: &str =
    "UPDATE outgoing_mail SET due_at = $1, claim = 0, last_error = $2 WHERE id = $3 AND claim = $4";
const GIVEN_UP: &str = "UPDATE outgoing_mail SET failed_at = $1, claim = 0, last_error = $2 WHERE id = $3 AND claim = $4";
const WAITING: &str =
    "SELECT COUNT(*) AS value FROM outgoing_mail WHERE sent_at = 0 AND failed_at = 0";
const FORGET: &str = "DELETE FROM outgoing_mail WHERE created_at < $1";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    QUEUE, DUE, CLAIM, CLAIMED, SENT, LATER, GIVEN_UP, WAITING, FORGET,
];

record! {
    /// A message that is ours to send.
    pub(super) struct Claimed {
        pub(super) id: Id<Mail>,
        pub(super) kind: String,
        pub(super) address: String,
        pub(super) subject: String,
        pub(super) body: String,
        pub(super) path: String,
        pub(super) created_at: Time,
        pub(super) attempts: u32,
        /// Whether the person still has an account.
        pub(super) active: bool,
    }
}

pub(super) fn queue(id: Id<Mail>, message: &Message, at: Time) -> Vec<Arg> {
    args![
        id,
        message.to,
        message.kind,
        message.event,
        &message.subject,
        &message.body,
        &message.path,
        at
    ]
}

pub(super) async fn is_due(proof: &mut Read<ViewOutgoingMail>) -> Result<bool> {
    let at = proof.at();
    let due: Option<(i64,)> = proof.first(DUE, args![at]).await?;
    Ok(due.is_some())
}

/// Says that up to so many of the messages that are due are ours until then.
pub(super) async fn claim(
    realm: &Realm,
    claim: Id<Mail>,
    now: Time,
    until: Time,
    most: u32,
) -> Result<bool> {
    let claimed = realm.upkeep(CLAIM, args![claim, until, now, most]).await?;
    Ok(claimed > 0)
}

pub(super) async fn claimed(
    proof: &mut Read<ViewOutgoingMail>,
    claim: Id<Mail>,
) -> Result<Vec<Claimed>> {
    let at = proof.at();
    proof.all(CLAIMED, args![claim, at]).await
}

pub(super) async fn sent(realm: &Realm, id: Id<Mail>, claim: Id<Mail>) -> Result<()> {
    let args = args![realm.now(), id, claim];
    realm.upkeep(SENT, args).await.map(drop)
}

pub(super) async fn later(
    realm: &Realm,
    id: Id<Mail>,
    claim: Id<Mail>,
    due: Time,
    why: &str,
) -> Result<()> {
    let args = args![due, why, id, claim];
    realm.upkeep(LATER, args).await.map(drop)
}

pub(super) async fn given_up(
    realm: &Realm,
    id: Id<Mail>,
    claim: Id<Mail>,
    why: &str,
) -> Result<()> {
    let args = args![realm.now(), why, id, claim];
    realm.upkeep(GIVEN_UP, args).await.map(drop)
}

pub(super) async fn waiting(proof: &mut Read<ViewOutgoingMail>) -> Result<u64> {
    let (count,): (u64,) = proof.one(WAITING, Vec::new()).await?;
    Ok(count)
}

pub(super) async fn forget(realm: &Realm, before: Time) -> Result<u64> {
    realm.upkeep(FORGET, args![before]).await
}
