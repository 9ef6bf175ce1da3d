//! Tokens, by which programs act for people.

use crate::kernel::{
    Action, Id, May, Queries as _, Read, Realm, Time, Write, args, holds, record, thing::Person,
    thing::Site, thing::Token,
};
use crate::people::{
    EndAppPassword, EndToken, IssueAppPassword, IssueToken, MakeAppPassword, MakeToken,
    SetPassword, SuspendPerson, TokenLine, TokenSite, ViewMe, ViewSignIn, ViewTokenSites,
};
use crate::{Error, Result};

/// One look at one index. The account is asked every time: a suspension ends every token at once.
const ARRIVED: &str = "SELECT t.id, t.person_id, t.may, t.site_id, t.seen_at
  FROM tokens t JOIN accounts a ON a.person_id = t.person_id AND a.from_at <= $1 AND $1 < a.until_at
 WHERE t.token = $2 AND t.until_at > $1 AND t.door = $3";
const SEEN: &str =
    "UPDATE tokens SET seen_at = $1 WHERE id = $2 AND seen_at <= $3 AND until_at > $1";
const LIST: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT t.id, t.name, t.may, t.site_id, t.created_at, t.seen_at, t.until_at,
       (SELECT s.name FROM sites s WHERE s.id = t.site_id
          AND (s.id IN (SELECT h.place_id FROM holds h)
            OR s.id IN (SELECT l.site_id FROM libraries l JOIN holds h ON h.place_id = l.id))) AS site
      FROM tokens t WHERE t.person_id = $2 AND t.until_at > $1 AND t.door = $3 ORDER BY t.id DESC"
);
const SITES: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT s.id, s.name FROM sites s
      WHERE s.id IN (SELECT h.place_id FROM holds h
        UNION SELECT l.site_id FROM libraries l JOIN holds h ON h.place_id = l.id)
      ORDER BY s.name_key, s.id"
);
const SITE: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT s.name AS value FROM sites s
      WHERE s.id = $3 AND (s.id IN (SELECT h.place_id FROM holds h)
         OR s.id IN (SELECT l.site_id FROM libraries l JOIN holds h ON h.place_id = l.id))"
);
const COUNT: &str =
    "SELECT COUNT(*) AS value FROM tokens t WHERE t.person_id = $1 AND t.until_at > $2";
const NAME: &str = "SELECT name AS value FROM people WHERE id = $1";
const PUT: &str =
    "INSERT INTO tokens (id, token, person_id, name, may, site_id, created_at, seen_at, until_at, door)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)";
const END: &str =
    "UPDATE tokens SET until_at = $1 WHERE person_id = $2 AND id = $3 AND until_at > $1 AND door = $4
  RETURNING name AS value";
const END_ALL: &str = "UPDATE tokens SET until_at = $1 WHERE person_id = $2 AND until_at > $1";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    ARRIVED, SEEN, LIST, SITES, SITE, COUNT, NAME, PUT, END, END_ALL,
];

record! {
    pub(in crate::people) struct ArrivedRow {
        pub(in crate::people) id: Id<Token>,
        pub(in crate::people) person_id: Id<Person>,
        pub(in crate::people) may: String,
        site_id: i64,
        pub(in crate::people) seen_at: Time,
    }
}

impl ArrivedRow {
    pub(in crate::people) fn site(&self) -> Option<Id<Site>> {
        (self.site_id != 0).then(|| Id::from_raw(self.site_id))
    }
}

record! {
    pub(in crate::people) struct TokenRow {
        id: Id<Token>, name: String, may: String, site_id: i64, site: Option<String>,
        created_at: Time, seen_at: Time, until_at: Time,
    }
}

impl TokenRow {
    pub(in crate::people) fn line(self) -> Result<TokenLine> {
        Ok(TokenLine {
            id: self.id,
            name: self.name,
            may: May::from_name(&self.may)
                .ok_or_else(|| Error::unavailable("not what a token may"))?,
            site: match (self.site_id, self.site) {
                (0, _) => TokenSite::Every,
                (_, None) => TokenSite::Unseen,
                (id, Some(name)) => TokenSite::One(Id::from_raw(id), name),
            },
            created_at: self.created_at,
            seen_at: (self.seen_at != Time::default()).then_some(self.seen_at),
            until: self.until_at,
        })
    }
}

record! {
    struct SiteRow { id: Id<Site>, name: String }
}

/// What a token is made with.
pub(in crate::people) struct Details<'a> {
    pub(in crate::people) door: Door,
    pub(in crate::people) name: &'a str,
    pub(in crate::people) may: &'static str,
    pub(in crate::people) site: Option<Id<Site>>,
}

pub(in crate::people) async fn arrived(
    read: &mut Read<ViewSignIn>,
    token: Vec<u8>,
    door: Door,
) -> Result<Option<ArrivedRow>> {
    read.first(ARRIVED, args![read.at(), token, door.name()])
        .await
}

/// Nobody's act: that a token is in use. Of many requests at once, one writes.
pub(in crate::people) async fn seen(
    realm: &Realm,
    token: Id<Token>,
    at: Time,
    before: Time,
) -> Result<()> {
    realm.upkeep(SEEN, args![at, token, before]).await?;
    Ok(())
}

pub(in crate::people) async fn tokens(
    read: &mut Read<ViewMe>,
    door: Door,
) -> Result<Vec<TokenRow>> {
    let (id, at) = (read.target(), read.at());
    read.all(LIST, args![at, id, door.name()]).await
}

pub(in crate::people) async fn sites(
    read: &mut Read<ViewTokenSites>,
) -> Result<Vec<(Id<Site>, String)>> {
    let (id, at) = (read.target(), read.at());
    let rows: Vec<SiteRow> = read.all(SITES, args![at, id]).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The name of the site, while the person sees it.
pub(in crate::people) async fn site<A: MakesTokens>(
    write: &mut Write<A>,
    site: Id<Site>,
) -> Result<Option<String>> {
    let (id, at) = (write.target(), write.at());
    let found: Option<(String,)> = write.first(SITE, args![at, id, site]).await?;
    Ok(found.map(|(name,)| name))
}

/// How many tokens the person has.
pub(in crate::people) async fn count<A: MakesTokens>(write: &mut Write<A>) -> Result<i64> {
    let (id, at) = (write.target(), write.at());
    let (count,): (i64,) = write.one(COUNT, args![id, at]).await?;
    Ok(count)
}

pub(in crate::people) async fn name<A: MakesTokens>(write: &mut Write<A>) -> Result<String> {
    let id = write.target();
    let (name,): (String,) = write.one(NAME, args![id]).await?;
    Ok(name)
}

pub(in crate::people) async fn put<A: MakesTokens>(
    write: &mut Write<A>,
    token: Id<Token>,
    kept: Vec<u8>,
    details: &Details<'_>,
    until: Time,
) -> Result<()> {
    let (id, at) = (write.target(), write.at());
    let put = args![
        token,
        kept,
        id,
        details.name,
        details.may,
        details.site.map_or(0, Id::raw),
        at,
        until,
        details.door.name(),
    ];
    write.execute(PUT, put).await?;
    Ok(())
}

/// Ends the token and gives its name; `None` when it is not the person's or has ended.
pub(in crate::people) async fn end<A: EndsToken>(
    write: &mut Write<A>,
    token: Id<Token>,
) -> Result<Option<String>> {
    let (id, at) = (write.target(), write.at());
    let ended: Option<(String,)> = write
        .first(END, args![at, id, token, A::DOOR.name()])
        .await?;
    Ok(ended.map(|(name,)| name))
}

/// Ends every token of the person.
pub(in crate::people) async fn end_all<A: EndsTokens>(write: &mut Write<A>) -> Result<()> {
    let (id, at) = (write.target(), write.at());
    write.execute(END_ALL, args![at, id]).await?;
    Ok(())
}

/// Which door a token opens. One never opens the other: what an app password is typed into, and kept by, is not what
/// a token of a program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::people) enum Door {
    /// The API.
    Programs,
    /// WebDAV.
    FileClients,
}

impl Door {
    /// As it is stored.
    const fn name(self) -> &'static str {
        match self {
            Self::Programs => "programs",
            Self::FileClients => "file clients",
        }
    }
}

/// The actions that end a token of their target.
pub(in crate::people) trait EndsToken: Action<Target = Person> {
    const DOOR: Door;
}
impl EndsToken for EndToken {
    const DOOR: Door = Door::Programs;
}
impl EndsToken for EndAppPassword {
    const DOOR: Door = Door::FileClients;
}

/// The actions that make a token of their target.
pub(in crate::people) trait MakesTokens: Action<Target = Person> {}
impl MakesTokens for MakeToken {}
impl MakesTokens for IssueToken {}
impl MakesTokens for MakeAppPassword {}
impl MakesTokens for IssueAppPassword {}

/// The actions that end every token of their target.
pub(in crate::people) trait EndsTokens: Action<Target = Person> {}
impl EndsTokens for SetPassword {}
impl EndsTokens for SuspendPerson {}
