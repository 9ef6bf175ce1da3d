//! One-time links, with which somebody sets their password.

use super::sql::sign_in as sql;
use super::sql::throttle::clear_failures;
use super::sql::tokens as token_sql;
use super::{
    IssueLink, LinkFor, LinkIssued, PasswordSet, SetPassword, SignedInSession, Token, ViewSignIn,
    Visit, accounts, hashing, passwords, rules, sign_in, text, token,
};
use crate::kernel::{Actor, Id, thing::Person};
use crate::{Error, Result};

/// Makes a one-time link for somebody; earlier ones can no longer be followed.
pub async fn issue_link(actor: &Actor, id: Id<Person>) -> Result<Token> {
    let mut write = actor.write::<IssueLink>(id).await?;
    if write.standing().oneself {
        // A program that acts for an operator must not become them.
        actor.not_by_token()?;
    }
    let account = accounts::changeable(&mut write).await?;
    if account.open_until.is_none() {
        return Err(Error::Conflict(
            "This account cannot be used. Reinstate it first".to_owned(),
        ));
    }
    sql::end_links(&mut write).await?;
    let token = Token::random(actor.realm().rng());
    let until = write.at().plus(actor.realm().settings().limits.link);
    sql::put_link(&mut write, id, token.kept(), until).await?;
    let person = account.line.name;
    write.commit(LinkIssued { person }).await?;
    Ok(token)
}

/// Whom a link is for; [`Error::NotFound`] when it is unknown, spent or too old.
pub async fn link(nobody: &Actor, token: &str) -> Result<LinkFor> {
    let mut read = Actor::nobody(nobody.realm())
        .read::<ViewSignIn>(Id::REALM)
        .await?;
    let holder = sql::link(&mut read, token::kept(token))
        .await?
        .ok_or(Error::NotFound)?;
    Ok(LinkFor {
        person: holder.name,
        email: holder.email,
    })
}

/// Spends a link: sets the password, ends every session, token and other link, and signs in.
/// Problems are on `password` and `again`, and leave the link unspent.
pub async fn use_link(
    nobody: &Actor,
    token: &str,
    new: &str,
    again: &str,
    visit: &Visit<'_>,
) -> Result<SignedInSession> {
    let realm = nobody.realm();
    let mut read = Actor::nobody(realm).read::<ViewSignIn>(Id::REALM).await?;
    let kept = token::kept(token);
    let holder = sql::link(&mut read, kept.clone())
        .await?
        .ok_or(Error::NotFound)?;
    let about = [
        realm.settings().name.as_str(),
        holder.name.as_str(),
        holder.email.as_str(),
        holder.organisation.as_str(),
    ];
    passwords::check(new, again, &about).map_err(Error::Invalid)?;
    let hash = hashing::hash(realm, new).await?;
    let mut write = Actor::person(realm, holder.id)
        .write::<SetPassword>(holder.id)
        .await
        .map_err(|error| match error {
            Error::SignedOut => Error::NotFound,
            other => other,
        })?;
    if !sql::spend_link(&mut write, kept).await? {
        return Err(Error::NotFound);
    }
    sql::put_password(&mut write, &hash).await?;
    sql::end_links(&mut write).await?;
    sql::end_sessions(&mut write, None).await?;
    token_sql::end_all(&mut write).await?;
    write.commit(PasswordSet { by_link: true }).await?;
    // Whoever was kept out by a stranger's failures is let in.
    let account = rules::account_subject(&text::name_key(&holder.email));
    clear_failures(realm, &account, crate::kernel::Time::default()).await?;
    sign_in::open(realm, holder.id, None, visit).await
}
