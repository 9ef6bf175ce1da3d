//! Passwords, sessions, one-time links and failed attempts.

use crate::Result;
use crate::kernel::{
    Id, Queries as _, Read, Realm, Time, Write, args, record, thing::Interval, thing::Organisation,
    thing::Person, thing::Session,
};
use crate::people::{
    EndSession, IssueLink, SetPassword, SignIn, SignOut, SuspendPerson, ViewMe, ViewSignIn,
    person_columns, person_joins,
};

const CANDIDATE: &str = "SELECT p.id, w.hash,
    CASE WHEN EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = p.id
           AND a.from_at <= $1 AND $1 < a.until_at) THEN 1 ELSE 0 END AS active
  FROM people p LEFT JOIN passwords w ON w.person_id = p.id WHERE p.email_key = $2";

/// Everything that a request needs to know of whoever sends it, in one statement.
const ARRIVED: &str = concat!(
    "WITH visit(session_id, person_id, seen_at) AS MATERIALIZED (
       SELECT s.id, s.person_id, s.seen_at FROM sessions s
        WHERE s.token = $2 AND s.until_at > $1 AND s.seen_at > $3), ",
    crate::kernel::rule!(
        " AND x.person_id = (SELECT v.person_id FROM visit v)",
        " AND x.person_id = (SELECT v.person_id FROM visit v)",
        " AND x.person_id = (SELECT v.person_id FROM visit v)",
        " AND x.person_id = (SELECT v.person_id FROM visit v)",
        "subjects s CROSS JOIN grants g",
        " AND g.role = 3",
        "",
        "reached r CROSS JOIN libraries l CROSS JOIN inheritances i",
        ""
    ),
    " SELECT v.session_id, v.seen_at, ", person_columns!(), ",
       CASE WHEN EXISTS (SELECT 1 FROM offices o WHERE o.person_id = v.person_id AND o.office = 'operator'
              AND o.from_at <= $1 AND $1 < o.until_at) THEN 1 ELSE 0 END AS operator,
       CASE WHEN EXISTS (SELECT 1 FROM offices o WHERE o.person_id = v.person_id AND o.office = 'coordinator'
              AND o.from_at <= $1 AND $1 < o.until_at) THEN 1 ELSE 0 END AS coordinator,
       CASE WHEN EXISTS (SELECT 1 FROM offices o WHERE o.person_id = v.person_id AND o.office = 'assurance'
              AND o.from_at <= $1 AND $1 < o.until_at) THEN 1 ELSE 0 END AS assurance,
       CASE WHEN EXISTS (SELECT 1 FROM offices o WHERE o.person_id = v.person_id AND o.office = 'assurance'
              AND o.from_at <= $1 AND $1 < o.until_at)
            THEN (SELECT COUNT(*) FROM alerts a WHERE a.decided_at = 0) ELSE 0 END AS alerts,
       CASE WHEN EXISTS (SELECT 1 FROM holds h JOIN sites s ON s.id = h.place_id) THEN 1 ELSE 0 END AS opens_sites,
       (SELECT COUNT(*) FROM notices n WHERE n.person_id = v.person_id AND n.read_at = 0) AS unread
      FROM visit v
      JOIN accounts act ON act.person_id = v.person_id AND act.from_at <= $1 AND $1 < act.until_at",
    person_joins!("v.person_id")
);

const SEEN: &str =
    "UPDATE sessions SET seen_at = $1 WHERE id = $2 AND seen_at < $1 AND until_at > $1";
const HASH: &str = "SELECT hash AS value FROM passwords WHERE person_id = $1";
const FAILURES: &str = "SELECT COUNT(*) AS value FROM journal f
  WHERE f.subject_id = $1 AND f.action = 'FailSignIn' AND f.id > COALESCE(
    (SELECT s.id FROM journal s WHERE s.subject_id = $1 AND s.action = 'SignIn' ORDER BY s.id DESC LIMIT 1), 0)";
const OPEN_SESSION: &str =
    "INSERT INTO sessions (id, token, person_id, device, address, created_at, seen_at, until_at)
  VALUES ($1, $2, $3, $4, $5, $6, $6, $7)";
const FORGET_SESSIONS: &str = "DELETE FROM sessions WHERE person_id = $1 AND until_at < $2";
const DEVICES: &str = "SELECT id, device, address, created_at, seen_at FROM sessions
  WHERE person_id = $1 AND until_at > $2 AND seen_at > $3 ORDER BY seen_at DESC, id DESC";
const SESSIONS_OPEN: &str =
    "SELECT COUNT(*) AS value FROM sessions WHERE until_at > $1 AND seen_at > $2";
const ONE_DEVICE: &str = "SELECT id, device, address, created_at, seen_at FROM sessions
  WHERE person_id = $1 AND id = $2 AND until_at > $3 AND seen_at > $4";
const END_ONE: &str =
    "UPDATE sessions SET until_at = $1 WHERE person_id = $2 AND id = $3 AND until_at > $1";
const END_OTHERS: &str =
    "UPDATE sessions SET until_at = $1 WHERE person_id = $2 AND id <> $3 AND until_at > $1";
const PUT_PASSWORD: &str = "INSERT INTO passwords (person_id, hash, set_at) VALUES ($1, $2, $3)
  ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at";
const REHASH: &str = "UPDATE passwords SET hash = $1 WHERE person_id = $2 AND hash = $3";
const LINK: &str = "SELECT p.id, p.name, p.email, o.name AS organisation
  FROM links l JOIN people p ON p.id = l.person_id
  JOIN accounts a ON a.person_id = p.id AND a.from_at <= $1 AND $1 < a.until_at
  JOIN belongings b ON b.person_id = p.id AND b.from_at <= $1 AND $1 < b.until_at
  JOIN organisations o ON o.id = b.organisation_id
 WHERE l.token = $2 AND l.until_at > $1";
const MINE: &str = "SELECT p.id, p.name, p.email, o.name AS organisation
  FROM people p
  JOIN belongings b ON b.person_id = p.id AND b.from_at <= $1 AND $1 < b.until_at
  JOIN organisations o ON o.id = b.organisation_id WHERE p.id = $2";
const SPEND_LINK: &str =
    "UPDATE links SET until_at = $1 WHERE person_id = $2 AND token = $3 AND until_at > $1";
const END_LINKS: &str = "UPDATE links SET until_at = $1 WHERE person_id = $2 AND until_at > $1";
const PUT_LINK: &str =
    "INSERT INTO links (id, person_id, token, created_at, until_at) VALUES ($1, $2, $3, $4, $5)";
/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    CANDIDATE,
    ARRIVED,
    SEEN,
    HASH,
    FAILURES,
    OPEN_SESSION,
    FORGET_SESSIONS,
    DEVICES,
    SESSIONS_OPEN,
    ONE_DEVICE,
    END_ONE,
    END_OTHERS,
    PUT_PASSWORD,
    REHASH,
    LINK,
    MINE,
    SPEND_LINK,
    END_LINKS,
    PUT_LINK,
];

record! {
    /// Who has an e-mail address, and what they sign in with.
    pub(in crate::people) struct Candidate {
        pub(in crate::people) id: Id<Person>,
        pub(in crate::people) hash: Option<String>,
        pub(in crate::people) active: bool,
    }
}
record! {
    pub(in crate::people) struct ArrivedRow {
        pub(in crate::people) session_id: Id<Session>,
        pub(in crate::people) seen_at: Time,
        pub(in crate::people) person_id: Id<Person>,
        pub(in crate::people) person_name: String,
        pub(in crate::people) organisation_id: Id<Organisation>,
        pub(in crate::people) organisation_name: String,
        pub(in crate::people) operator: bool,
        pub(in crate::people) coordinator: bool,
        pub(in crate::people) assurance: bool,
        pub(in crate::people) alerts: u64,
        pub(in crate::people) opens_sites: bool,
        pub(in crate::people) unread: u64,
    }
}
record! {
    /// Somebody who sets a password: what it must not be made of.
    pub(in crate::people) struct Holder {
        pub(in crate::people) id: Id<Person>,
        pub(in crate::people) name: String,
        pub(in crate::people) email: String,
        pub(in crate::people) organisation: String,
    }
}
record! {
    #[allow(clippy::struct_field_names, reason = "the names are those of the columns")]
    pub(in crate::people) struct DeviceRow {
        pub(in crate::people) id: Id<Session>,
        pub(in crate::people) device: String,
        pub(in crate::people) address: String,
        pub(in crate::people) created_at: Time,
        pub(in crate::people) seen_at: Time,
    }
}
pub(in crate::people) async fn candidate(
    read: &mut Read<ViewSignIn>,
    email_key: &str,
) -> Result<Option<Candidate>> {
    read.first(CANDIDATE, args![read.at(), email_key]).await
}

pub(in crate::people) async fn arrived(
    read: &mut Read<ViewSignIn>,
    token: Vec<u8>,
    idle_since: Time,
) -> Result<Option<ArrivedRow>> {
    read.first(ARRIVED, args![read.at(), token, idle_since])
        .await
}

/// Nobody's act: that a session is in use.
pub(in crate::people) async fn seen(realm: &Realm, session: Id<Session>, at: Time) -> Result<()> {
    realm.upkeep(SEEN, args![at, session]).await?;
    Ok(())
}

/// The hash of the password as the transaction sees it.
pub(in crate::people) async fn hash<A: SetsOrUsesPassword>(
    write: &mut Write<A>,
) -> Result<Option<String>> {
    let id = write.target();
    let found: Option<(String,)> = write.first(HASH, args![id]).await?;
    Ok(found.map(|(hash,)| hash))
}

/// How many attempts failed since the person last signed in.
pub(in crate::people) async fn failures_before(write: &mut Write<SignIn>) -> Result<i64> {
    let id = write.target();
    let (count,): (i64,) = write.one(FAILURES, args![id]).await?;
    Ok(count)
}

pub(in crate::people) async fn open_session(
    write: &mut Write<SignIn>,
    session: Id<Session>,
    token: Vec<u8>,
    device: &str,
    address: &str,
    until: Time,
) -> Result<()> {
    let (id, at) = (write.target(), write.at());
    write
        .execute(
            OPEN_SESSION,
            args![session, token, id, device, address, at, until],
        )
        .await?;
    Ok(())
}

/// Sessions that ended before this moment are forgotten; the journal remembers them.
pub(in crate::people) async fn forget_sessions(
    write: &mut Write<SignIn>,
    ended_before: Time,
) -> Result<()> {
    let id = write.target();
    write
        .execute(FORGET_SESSIONS, args![id, ended_before])
        .await?;
    Ok(())
}

pub(in crate::people) async fn sessions_open(
    read: &mut Read<ViewSignIn>,
    idle_since: Time,
) -> Result<u64> {
    let at = read.at();
    let (open,) = read.one(SESSIONS_OPEN, args![at, idle_since]).await?;
    Ok(open)
}

pub(in crate::people) async fn devices(
    read: &mut Read<ViewMe>,
    idle_since: Time,
) -> Result<Vec<DeviceRow>> {
    let (id, at) = (read.target(), read.at());
    read.all(DEVICES, args![id, at, idle_since]).await
}

pub(in crate::people) async fn open_devices(
    write: &mut Write<EndSession>,
    idle_since: Time,
) -> Result<Vec<DeviceRow>> {
    let (id, at) = (write.target(), write.at());
    write.all(DEVICES, args![id, at, idle_since]).await
}

pub(in crate::people) async fn device<A: EndsOneSession>(
    write: &mut Write<A>,
    session: Id<Session>,
    idle_since: Time,
) -> Result<DeviceRow> {
    let (id, at) = (write.target(), write.at());
    write
        .one(ONE_DEVICE, args![id, session, at, idle_since])
        .await
}

pub(in crate::people) async fn end_session<A: EndsOneSession>(
    write: &mut Write<A>,
    session: Id<Session>,
) -> Result<()> {
    let (id, at) = (write.target(), write.at());
    write.execute(END_ONE, args![at, id, session]).await?;
    Ok(())
}

/// Ends every session of the person but this one (`None` keeps none).
pub(in crate::people) async fn end_sessions<A: EndsSessions>(
    write: &mut Write<A>,
    but: Option<Id<Session>>,
) -> Result<u64> {
    let (id, at) = (write.target(), write.at());
    write
        .execute(END_OTHERS, args![at, id, but.map_or(0, Id::raw)])
        .await
}

pub(in crate::people) async fn put_password(
    write: &mut Write<SetPassword>,
    hash: &str,
) -> Result<()> {
    let (id, at) = (write.target(), write.at());
    write.execute(PUT_PASSWORD, args![id, hash, at]).await?;
    Ok(())
}

/// Nobody's act: the same password, hashed as the realm now hashes.
pub(in crate::people) async fn rehash(
    realm: &Realm,
    person: Id<Person>,
    old: &str,
    new: &str,
) -> Result<()> {
    realm.upkeep(REHASH, args![new, person, old]).await?;
    Ok(())
}

/// Whose an unspent link is, while their account is active.
pub(in crate::people) async fn link(
    read: &mut Read<ViewSignIn>,
    token: Vec<u8>,
) -> Result<Option<Holder>> {
    read.first(LINK, args![read.at(), token]).await
}

pub(in crate::people) async fn mine(read: &mut Read<ViewMe>) -> Result<Holder> {
    let (id, at) = (read.target(), read.at());
    read.one(MINE, args![at, id]).await
}

/// Spends the link, once: `false` when it was spent already.
pub(in crate::people) async fn spend_link(
    write: &mut Write<SetPassword>,
    token: Vec<u8>,
) -> Result<bool> {
    let (id, at) = (write.target(), write.at());
    Ok(write.execute(SPEND_LINK, args![at, id, token]).await? == 1)
}

pub(in crate::people) async fn end_links<A: EndsLinks>(write: &mut Write<A>) -> Result<()> {
    let (id, at) = (write.target(), write.at());
    write.execute(END_LINKS, args![at, id]).await?;
    Ok(())
}

/// A new link for this person; `A` says on whose word.
pub(in crate::people) async fn put_link<A: super::accounts::MakesLinks>(
    write: &mut Write<A>,
    person: Id<Person>,
    token: Vec<u8>,
    until: Time,
) -> Result<()> {
    let (id, at): (Id<Interval>, Time) = (write.new_id(), write.at());
    write
        .execute(PUT_LINK, args![id, person, token, at, until])
        .await?;
    Ok(())
}

/// The actions that look at the present password of their target.
pub(in crate::people) trait SetsOrUsesPassword:
    crate::kernel::Action<Target = Person>
{
}
impl SetsOrUsesPassword for SignIn {}
impl SetsOrUsesPassword for SetPassword {}

/// The actions that end one session of their target.
pub(in crate::people) trait EndsOneSession:
    crate::kernel::Action<Target = Person>
{
}
impl EndsOneSession for SignOut {}
impl EndsOneSession for EndSession {}

/// The actions that end the sessions of their target.
pub(in crate::people) trait EndsSessions:
    crate::kernel::Action<Target = Person>
{
}
impl EndsSessions for EndSession {}
impl EndsSessions for SetPassword {}
impl EndsSessions for SuspendPerson {}

/// The actions that make the one-time links of their target worthless.
pub(in crate::people) trait EndsLinks:
    crate::kernel::Action<Target = Person>
{
}
impl EndsLinks for IssueLink {}
impl EndsLinks for SetPassword {}
impl EndsLinks for SuspendPerson {}
