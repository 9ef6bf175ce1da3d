//! Accounts and offices: what those who look after an organisation see and change.

use crate::Result;
use crate::kernel::{
    Action, Arg, FromRow, Id, Queries, Read, Row, Time, Write, args, like, thing::Interval,
    thing::Organisation, thing::Person,
};
use crate::people::{
    Appoint, CreatePerson, Dismiss, EditMe, EditPerson, IssueLink, PersonLine, ReinstatePerson,
    SetAccountEnd, SuspendPerson, TransferPerson, ViewAccount, ViewCoordination, person_columns,
    person_joins,
};

/// How many accounts one page of an organisation holds.
pub(in crate::people) const PAGE: usize = 100;

macro_rules! account {
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT ", person_columns!(), ", who.email, who.phone, who.name_key,
               (SELECT a.until_at FROM accounts a WHERE a.person_id = who.id
                   AND a.from_at <= $1 AND $1 < a.until_at) AS open_until,
               (SELECT MAX(a.until_at) FROM accounts a WHERE a.person_id = who.id
                   AND a.from_at < a.until_at AND a.until_at <= $1) AS ended_at,
               (SELECT MAX(s.seen_at) FROM sessions s WHERE s.person_id = who.id) AS last_seen ",
            $from, person_joins!("x.person_id"), $rest
        )
    };
}

const LIST: &str = account!(
    "FROM belongings x",
    " WHERE x.organisation_id = $2 AND x.from_at <= $1 AND $1 < x.until_at
        AND (who.name_key LIKE $3 ESCAPE '\\' OR who.email_key LIKE $3 ESCAPE '\\')
        AND (who.name_key > $4 OR (who.name_key = $4 AND who.id > $5))
      ORDER BY who.name_key, who.id LIMIT $6"
);
const ONE: &str = account!(
    "FROM belongings x",
    " WHERE x.person_id = $2 AND x.from_at <= $1 AND $1 < x.until_at"
);

const PUT_PERSON: &str =
    "INSERT INTO people (id, name, name_key, email, email_key, title, phone, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (email_key) DO NOTHING";
const EDIT_PERSON: &str =
    "UPDATE people SET name = $2, name_key = $3, email = $4, email_key = $5, title = $6, phone = $7
  WHERE id = $1";
const PUT_ACCOUNT: &str =
    "INSERT INTO accounts (id, person_id, from_at, until_at) VALUES ($1, $2, $3, $4)";
const CLOSE_ACCOUNT: &str =
    "UPDATE accounts SET until_at = $1 WHERE person_id = $2 AND from_at <= $1 AND $1 < until_at";
/// When the account was to end, had it not been suspended.
const PLANNED_END: &str = "SELECT MAX(a.until_at) AS value FROM accounts a
  WHERE a.person_id = $2 AND a.from_at = a.until_at AND a.until_at > $1";
const FORGET_PLANNED_END: &str = "DELETE FROM accounts
  WHERE person_id = $2 AND from_at = until_at AND until_at > $1";
const PUT_BELONGING: &str =
    "INSERT INTO belongings (id, person_id, organisation_id, from_at, until_at)
  VALUES ($1, $2, $3, $4, 9223372036854775807)";
const CLOSE_BELONGING: &str =
    "UPDATE belongings SET until_at = $1 WHERE person_id = $2 AND until_at > $1";
const PUT_CLEARANCE: &str = "INSERT INTO clearances (id, person_id, level, from_at, until_at)
  VALUES ($1, $2, $3, $4, 9223372036854775807)";
const ORGANISATION_NAME: &str = "SELECT name AS value FROM organisations WHERE id = $1";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    LIST,
    ONE,
    PUT_PERSON,
    EDIT_PERSON,
    PUT_ACCOUNT,
    CLOSE_ACCOUNT,
    PLANNED_END,
    FORGET_PLANNED_END,
    PUT_BELONGING,
    CLOSE_BELONGING,
    PUT_CLEARANCE,
    ORGANISATION_NAME,
];

/// An account as it is stored.
#[derive(Debug, Clone)]
pub(in crate::people) struct AccountRow {
    pub(in crate::people) line: PersonLine,
    pub(in crate::people) email: String,
    pub(in crate::people) phone: String,
    pub(in crate::people) name_key: String,
    pub(in crate::people) open_until: Option<Time>,
    pub(in crate::people) ended_at: Option<Time>,
    pub(in crate::people) last_seen: Option<Time>,
}

impl AccountRow {
    /// What is said of the person, as a form would say it.
    pub(in crate::people) fn form(&self) -> crate::people::PersonForm {
        crate::people::PersonForm {
            name: self.line.name.clone(),
            email: self.email.clone(),
            title: self.line.title.clone(),
            phone: self.phone.clone(),
        }
    }
}

impl FromRow for AccountRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            line: PersonLine::from_row(row)?,
            email: row.get("email")?,
            phone: row.get("phone")?,
            name_key: row.get("name_key")?,
            open_until: row.get("open_until")?,
            ended_at: row.get("ended_at")?,
            last_seen: row.get("last_seen")?,
        })
    }
}

/// A person's details as they are stored, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::people) struct Details {
    pub(in crate::people) name: String,
    pub(in crate::people) name_key: String,
    pub(in crate::people) email: String,
    pub(in crate::people) email_key: String,
    pub(in crate::people) title: String,
    pub(in crate::people) phone: String,
}

pub(in crate::people) async fn list(
    read: &mut Read<ViewCoordination>,
    find: &str,
    after: (String, i64),
) -> Result<Vec<AccountRow>> {
    let (at, id) = (read.at(), read.target());
    let limit = PAGE as u64 + 1;
    read.all(LIST, args![at, id, like(find), after.0, after.1, limit])
        .await
}

pub(in crate::people) async fn account(read: &mut Read<ViewAccount>) -> Result<AccountRow> {
    let (at, id) = (read.at(), read.target());
    read.one(ONE, args![at, id]).await
}

/// The account, in the transaction that changes it.
pub(in crate::people) async fn held<A: ChangesAccount>(write: &mut Write<A>) -> Result<AccountRow> {
    let (at, id) = (write.at(), write.target());
    write.one(ONE, args![at, id]).await
}

/// `false` when somebody has the address already.
pub(in crate::people) async fn put_person(
    write: &mut Write<CreatePerson>,
    id: Id<Person>,
    details: &Details,
) -> Result<bool> {
    let mut put = details.args(id);
    put.push(Arg::from(write.at()));
    Ok(write.execute(PUT_PERSON, put).await? == 1)
}

impl Details {
    fn args(&self, id: Id<Person>) -> Vec<Arg> {
        args![
            id,
            &self.name,
            &self.name_key,
            &self.email,
            &self.email_key,
            &self.title,
            &self.phone,
        ]
    }
}

pub(in crate::people) async fn edit_person<A: EditsDetails>(
    write: &mut Write<A>,
    details: &Details,
) -> Result<()> {
    let id = write.target();
    write.execute(EDIT_PERSON, details.args(id)).await?;
    Ok(())
}

pub(in crate::people) async fn put_account<A: OpensAccount>(
    write: &mut Write<A>,
    person: Id<Person>,
    until: Time,
) -> Result<()> {
    let (id, at): (Id<Interval>, Time) = (write.new_id(), write.at());
    write
        .execute(PUT_ACCOUNT, args![id, person, at, until])
        .await?;
    Ok(())
}

/// `false` when the account was not open.
pub(in crate::people) async fn close_account<A: ChangesAccount>(
    write: &mut Write<A>,
) -> Result<bool> {
    let (at, id) = (write.at(), write.target());
    Ok(write.execute(CLOSE_ACCOUNT, args![at, id]).await? > 0)
}

/// Remembers when a suspended account was to end: an interval that lasts no time at all, there.
pub(in crate::people) async fn put_planned_end(
    write: &mut Write<SuspendPerson>,
    end: Time,
) -> Result<()> {
    let (id, person): (Id<Interval>, _) = (write.new_id(), write.target());
    write
        .execute(PUT_ACCOUNT, args![id, person, end, end])
        .await?;
    Ok(())
}

pub(in crate::people) async fn take_planned_end(
    write: &mut Write<ReinstatePerson>,
) -> Result<Option<Time>> {
    let (at, id) = (write.at(), write.target());
    let rows = write.rows(PLANNED_END, args![at, id]).await?;
    let end = rows.first().map_or(Ok(None), |row| row.get("value"))?;
    write.execute(FORGET_PLANNED_END, args![at, id]).await?;
    Ok(end)
}

pub(in crate::people) async fn put_belonging<A: Places>(
    write: &mut Write<A>,
    person: Id<Person>,
    organisation: Id<Organisation>,
) -> Result<()> {
    let (id, at): (Id<Interval>, Time) = (write.new_id(), write.at());
    write
        .execute(PUT_BELONGING, args![id, person, organisation, at])
        .await?;
    Ok(())
}

pub(in crate::people) async fn close_belonging(write: &mut Write<TransferPerson>) -> Result<()> {
    let (at, id) = (write.at(), write.target());
    write.execute(CLOSE_BELONGING, args![at, id]).await?;
    Ok(())
}

pub(in crate::people) async fn put_clearance(
    write: &mut Write<CreatePerson>,
    person: Id<Person>,
    level: i64,
) -> Result<()> {
    let (id, at): (Id<Interval>, Time) = (write.new_id(), write.at());
    write
        .execute(PUT_CLEARANCE, args![id, person, level, at])
        .await?;
    Ok(())
}

/// The name of an organisation, in a transaction that concerns it.
pub(in crate::people) async fn organisation_name<A: Action>(
    write: &mut Write<A>,
    organisation: Id<Organisation>,
) -> Result<Option<String>> {
    let found: Option<(String,)> = write.first(ORGANISATION_NAME, args![organisation]).await?;
    Ok(found.map(|(name,)| name))
}

macro_rules! allow {
    ($($(#[$meta:meta])* $name:ident: $($action:ident),*;)*) => {$(
        $(#[$meta])*
        pub(in crate::people) trait $name: Action {}
        $(impl $name for $action {})*
    )*};
}

allow! {
    /// The actions that open an account.
    OpensAccount: CreatePerson, ReinstatePerson, SetAccountEnd;
    /// The actions that say which organisation somebody is of.
    Places: CreatePerson, TransferPerson;
    /// The actions that make a one-time link.
    MakesLinks: CreatePerson, IssueLink;
}

/// The actions on somebody's account.
pub(in crate::people) trait ChangesAccount: Action<Target = Person> {}
impl ChangesAccount for EditPerson {}
impl ChangesAccount for EditMe {}
impl ChangesAccount for SuspendPerson {}
impl ChangesAccount for ReinstatePerson {}
impl ChangesAccount for SetAccountEnd {}
impl ChangesAccount for IssueLink {}
impl ChangesAccount for TransferPerson {}
impl ChangesAccount for Appoint {}
impl ChangesAccount for Dismiss {}

/// The actions that change somebody's details.
pub(in crate::people) trait EditsDetails: ChangesAccount {}
impl EditsDetails for EditPerson {}
impl EditsDetails for EditMe {}
