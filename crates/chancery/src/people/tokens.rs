//! Tokens: how a program acts for the person who made them.
//!
//! A token is shown once, when it is made, and reaches no further than its person: less far when it
//! was limited ([`Reach`]), and nowhere at all once their account cannot be used. It ends by its
//! date, by hand, when the account is suspended, and when the password is set by a one-time link:
//! whoever needed a link may have lost control of the account, and then of its tokens too.

use std::time::Duration;

use super::sql::tokens::{self as sql, Details, Door};
use super::throttle;
use super::{
    EndToken, IssueToken, MadeToken, MakeToken, Token, TokenEnded, TokenForm, TokenIssued,
    TokenLine, TokenMade, ViewMe, ViewSignIn, ViewTokenSites, text, token,
};
use crate::kernel::{Actor, Id, May, Passage, Reach, Realm, Time, Who, Write, thing};
use crate::{Error, Problems, Result};

/// What every token begins with, so that whoever scans for secrets that were published finds it.
pub const TOKEN_PREFIX: &str = "chancery_";

const DAY: Duration = Duration::from_hours(24);
/// How long a token works unless its maker says otherwise, in days.
pub const TOKEN_DAYS: u32 = 90;
/// How long it can work at most.
pub const TOKEN_DAYS_MOST: u32 = 366;
/// How many tokens one person can have at a time.
const MOST: i64 = 50;
/// The longest name, in characters.
const LONGEST_NAME: usize = 100;
/// A token in use is written down this often.
const TOUCH_EVERY: Duration = Duration::from_mins(1);

/// Makes a token for oneself. Problems are on `name`, `may`, `site` and `days`. No token makes another.
pub async fn make_token(actor: &Actor, form: &TokenForm) -> Result<MadeToken> {
    actor.not_by_token()?;
    let mut write = actor.write::<MakeToken>(actor.me()?).await?;
    let secret = Token::random(actor.realm().rng()).for_programs();
    let made = put(&mut write, form, Door::Programs, secret).await?;
    write
        .commit(TokenMade {
            token: made.name.clone(),
            may: made.may.name().to_owned(),
            site: made.site.clone(),
        })
        .await?;
    Ok(made.made)
}

/// Makes a token for somebody, for scripts on the machine itself. Nobody else makes one for another.
pub async fn issue_token(
    console: &Actor,
    person: Id<thing::Person>,
    form: &TokenForm,
) -> Result<MadeToken> {
    if console.who() != Who::Console {
        return Err(Error::Refused("Everybody makes their own tokens"));
    }
    let mut write = console.write::<IssueToken>(person).await?;
    let secret = Token::random(console.realm().rng()).for_programs();
    let made = put(&mut write, form, Door::Programs, secret).await?;
    let person = sql::name(&mut write).await?;
    write
        .commit(TokenIssued {
            token: made.name.clone(),
            person,
            may: made.may.name().to_owned(),
        })
        .await?;
    Ok(made.made)
}

pub(super) struct Put {
    pub(super) made: MadeToken,
    pub(super) name: String,
    pub(super) may: May,
    pub(super) site: String,
}

/// Keeps what is needed to know this secret again. Problems are on `name`, `may`, `site` and `days`.
pub(super) async fn put<A: sql::MakesTokens>(
    write: &mut Write<A>,
    form: &TokenForm,
    door: Door,
    secret: Token,
) -> Result<Put> {
    let mut problems = Problems::new();
    let name = text::clean_name(&form.name)
        .and_then(|name| match name.chars().count() {
            0..=LONGEST_NAME => Ok(name),
            _ => Err("What it is for can have up to 100 characters"),
        })
        .unwrap_or_else(|unfit| {
            let asked = "Enter what it is for";
            problems.add("name", if unfit == text::EMPTY { asked } else { unfit });
            String::new()
        });
    // Whoever decides who can see a place does so on its pages.
    let may =
        May::from_name(&form.may).filter(|may| door == Door::Programs || *may != May::Everything);
    if may.is_none() {
        problems.add("may", "Choose what it may do");
    }
    if form.days == 0 || form.days > TOKEN_DAYS_MOST {
        problems.add("days", "Enter a number of days from 1 to 366");
    }
    let site = match form.site {
        Some(site) => {
            let found = sql::site(write, site).await?;
            if found.is_none() {
                problems.add("site", "Choose one of your sites");
            }
            found
        }
        None => None,
    };
    problems.check()?;
    let may = may.unwrap_or(May::Read);
    if sql::count(write).await? >= MOST {
        return Err(Error::Conflict(
            "You have 50 tokens and app passwords. End one that is not needed any more first"
                .to_owned(),
        ));
    }
    let id: Id<thing::Token> = write.new_id();
    let until = write.at().plus(DAY * form.days);
    let details = Details {
        door,
        name: &name,
        may: may.name(),
        site: form.site,
    };
    sql::put(write, id, secret.kept(), &details, until).await?;
    write.place_mut().site = form.site;
    Ok(Put {
        made: MadeToken { id, secret, until },
        name,
        may,
        site: site.unwrap_or_default(),
    })
}

/// My tokens that work, the newest first. A site is named while I can see it.
pub async fn tokens(actor: &Actor) -> Result<Vec<TokenLine>> {
    actor.reaches_everything()?;
    let mut read = actor.read::<ViewMe>(actor.me()?).await?;
    let rows = sql::tokens(&mut read, Door::Programs).await?;
    rows.into_iter().map(sql::TokenRow::line).collect()
}

/// The sites to which a token of mine can be limited, by name.
pub async fn token_sites(actor: &Actor) -> Result<Vec<(Id<thing::Site>, String)>> {
    let mut read = actor.read::<ViewTokenSites>(actor.me()?).await?;
    sql::sites(&mut read).await
}

/// Ends one of my tokens; [`Error::NotFound`] when it is not mine or has ended.
pub async fn end_token(actor: &Actor, token: Id<thing::Token>) -> Result<()> {
    let mut write = actor.write::<EndToken>(actor.me()?).await?;
    let name = sql::end(&mut write, token).await?.ok_or(Error::NotFound)?;
    write.commit(TokenEnded { token: name }).await
}

/// Whoever this token acts for: asked once for every request, with one statement.
///
/// [`Error::SignedOut`] when there is no such token, when it ended, and when the account cannot be
/// used. Tokens that are wrong are counted for the address they come from: after 20 within 15
/// minutes, [`Error::TooMany`]. A right one is never made to wait for the wrong ones of others.
pub async fn token_actor(realm: &Realm, shown: &str, address: &str) -> Result<Actor> {
    arrived(
        realm,
        is_token(shown).then_some(shown),
        Door::Programs,
        address,
    )
    .await
}

/// Whoever the secret shown at this door acts for. What cannot be one is `None`, and not worth a question.
pub(super) async fn arrived(
    realm: &Realm,
    shown: Option<&str>,
    door: Door,
    address: &str,
) -> Result<Actor> {
    let mut read = Actor::nobody(realm).read::<ViewSignIn>(Id::REALM).await?;
    let now: Time = read.at();
    let found = match shown {
        Some(shown) => sql::arrived(&mut read, token::kept(shown), door).await?,
        None => None,
    };
    let Some(row) = found else {
        throttle::count_token(&mut read, address).await?;
        return Err(Error::SignedOut);
    };
    Passage::arrived(row.person_id)?;
    if row.seen_at.plus(TOUCH_EVERY) <= now
        && let Err(error) = sql::seen(realm, row.id, now, now.minus(TOUCH_EVERY)).await
    {
        // Reading goes on while the database cannot be written to.
        tracing::warn!(%error, "that a token is in use could not be written down");
    }
    let reach = Reach {
        may: May::from_name(&row.may).ok_or_else(|| Error::unavailable("not what a token may"))?,
        site: row.site(),
    };
    Ok(Actor::with_token(realm, row.person_id, row.id, reach))
}

fn is_token(text: &str) -> bool {
    text.len() == TOKEN_PREFIX.len() + 43 && text.starts_with(TOKEN_PREFIX) && text.is_ascii()
}
