//! Signing in with a password, and proving a session.

use std::time::Duration;

use super::sql::sign_in as sql;
use super::throttle::Attempt;
use super::{
    Arrived, FailSignIn, SignIn, SignInFailed, SignedIn, SignedInSession, Token, ViewSignIn, Visit,
    device, hashing, rules, text, token,
};
use crate::kernel::{Actor, Id, Passage, Realm, Time, thing::Person};
use crate::{Error, Problems, Result};

/// One sentence for every reason: an address that nobody has, a password that is wrong or was
/// never set, an account that cannot be used.
const WRONG: &str = "The email address or password is wrong, or the account cannot be used";

/// Sessions that ended longer ago than this are in the journal only.
const REMEMBERED: Duration = Duration::from_hours(30 * 24);

/// The longest address and User-Agent that are kept, in characters.
const LONGEST_DEVICE: usize = 200;
const LONGEST_ADDRESS: usize = 64;

/// Opens a session for whoever has this address and password.
///
/// Whatever is wrong, the answer is [`Error::Invalid`] on `email` with one sentence, after the
/// same work. After 5 failures of an account within 15 minutes, or 20 of an address,
/// [`Error::TooMany`]: for a minute at first, twice as long each time, 15 minutes at most.
pub async fn sign_in(
    nobody: &Actor,
    email: &str,
    password: &str,
    visit: &Visit<'_>,
) -> Result<SignedInSession> {
    let outcome = attempt(nobody.realm(), email, password, visit).await;
    let how = match &outcome {
        Ok(_) => "signed in",
        Err(Error::TooMany { .. }) => "throttled",
        Err(_) => "refused",
    };
    metrics::counter!("chancery_sign_ins_total", "outcome" => how).increment(1);
    outcome
}

async fn attempt(
    realm: &Realm,
    email: &str,
    password: &str,
    visit: &Visit<'_>,
) -> Result<SignedInSession> {
    let mut read = Actor::nobody(realm).read::<ViewSignIn>(Id::REALM).await?;
    let email_key = text::name_key(email);
    let mut problems = Problems::new();
    if email_key.is_empty() {
        problems.add("email", "Enter your email address");
    }
    if password.is_empty() {
        problems.add("password", "Enter your password");
    }
    problems.check()?;

    let attempt = Attempt::count(&mut read, &email_key, Some(visit.address)).await?;
    let candidate = sql::candidate(&mut read, &email_key).await?;
    let stored = candidate
        .as_ref()
        .and_then(|candidate| candidate.hash.as_deref());
    let verdict = hashing::verify(realm, password, stored).await?;
    let Some(candidate) = candidate
        .as_ref()
        .filter(|candidate| candidate.active && verdict.right)
    else {
        let person = candidate.map(|candidate| candidate.id);
        return Err(fail(realm, person, visit, attempt.locks).await);
    };
    let hash = candidate.hash.as_deref();
    let opened = match open(realm, candidate.id, hash, visit).await {
        // Suspended, or given another password, since the look above.
        Err(Error::SignedOut | Error::NotFound) => {
            return Err(fail(realm, Some(candidate.id), visit, attempt.locks).await);
        }
        outcome => outcome?,
    };
    attempt.succeeded(realm).await?;
    if let Some(old) = hash.filter(|_| verdict.outdated) {
        let new = hashing::hash(realm, password).await?;
        sql::rehash(realm, candidate.id, old, &new).await?;
    }
    Ok(opened)
}

/// Journals a failed attempt, and gives the one answer.
async fn fail(realm: &Realm, person: Option<Id<Person>>, visit: &Visit<'_>, locked: bool) -> Error {
    let journalled = async {
        let mut write = Actor::nobody(realm).write::<FailSignIn>(Id::REALM).await?;
        write.place_mut().subject = person.map(Id::raw);
        let address = rules::shorten(visit.address, LONGEST_ADDRESS);
        write.commit(SignInFailed { address, locked }).await
    };
    match journalled.await {
        Ok(()) => Error::invalid("email", WRONG),
        Err(error) => error,
    }
}

/// Opens a session for somebody who has proved who they are: by their password, whose hash must
/// still be this one, or (`None`) by a link that was spent to set it.
pub(super) async fn open(
    realm: &Realm,
    person: Id<Person>,
    hash: Option<&str>,
    visit: &Visit<'_>,
) -> Result<SignedInSession> {
    let session = realm.new_id();
    let mut write = Actor::with_session(realm, person, session)
        .write::<SignIn>(person)
        .await?;
    if let Some(hash) = hash
        && sql::hash(&mut write).await?.as_deref() != Some(hash)
    {
        return Err(Error::SignedOut);
    }
    let token = Token::random(realm.rng());
    let until = write.at().plus(realm.settings().limits.session);
    let user_agent = rules::shorten(visit.device, LONGEST_DEVICE);
    let address = rules::shorten(visit.address, LONGEST_ADDRESS);
    let failures_before = sql::failures_before(&mut write).await?;
    sql::open_session(
        &mut write,
        session,
        token.kept(),
        &user_agent,
        &address,
        until,
    )
    .await?;
    let long_ago = write.at().minus(REMEMBERED);
    sql::forget_sessions(&mut write, long_ago).await?;
    write
        .commit(SignedIn {
            address,
            device: device::words(&user_agent),
            failures_before,
        })
        .await?;
    Ok(SignedInSession {
        token,
        person,
        until,
    })
}

/// Whoever this session's token belongs to: asked once for every request, with one statement.
///
/// [`Error::SignedOut`] when there is no such session, when it ended or was idle for too long, and
/// when the account cannot be used (any more).
pub async fn actor(realm: &Realm, token: &str) -> Result<Arrived> {
    // What is not a token at all is not worth a question.
    if token.len() != 43 || !token.is_ascii() {
        return Err(Error::SignedOut);
    }
    let limits = &realm.settings().limits;
    let mut read = Actor::nobody(realm).read::<ViewSignIn>(Id::REALM).await?;
    let now: Time = read.at();
    let row = sql::arrived(
        &mut read,
        token::kept(token),
        now.minus(limits.idle_session),
    )
    .await?
    .ok_or(Error::SignedOut)?;
    Passage::arrived(row.person_id)?;
    if row.seen_at.plus(rules::touch_every(limits.idle_session)) <= now
        && let Err(error) = sql::seen(realm, row.session_id, now).await
    {
        // Reading goes on while the database cannot be written to.
        tracing::warn!(%error, "that a session is in use could not be written down");
    }
    Ok(Arrived {
        actor: Actor::with_session(realm, row.person_id, row.session_id),
        name: row.person_name,
        organisation: row.organisation_name,
        organisation_id: row.organisation_id,
        operator: row.operator,
        coordinator: row.coordinator,
        alerts: row.assurance.then_some(row.alerts),
        unread: row.unread,
        can_open_sites: row.operator || row.coordinator || row.opens_sites,
    })
}
