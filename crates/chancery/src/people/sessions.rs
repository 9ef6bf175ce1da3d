//! The devices on which I am signed in, and my password.

use super::sql::sign_in as sql;
use super::throttle::Attempt;
use super::{
    Device, EndSession, PasswordSet, SessionEnded, SetPassword, SignOut, SignedOut, ViewMe,
    ViewSignIn, device, hashing, passwords, text,
};
use crate::kernel::{Actor, Id, Time, thing::Session};
use crate::{Error, Result};

/// Sessions that were last seen before this have ended by themselves.
fn idle_since(actor: &Actor, now: Time) -> Time {
    now.minus(actor.realm().settings().limits.idle_session)
}

/// Ends this session.
pub async fn sign_out(actor: &Actor) -> Result<()> {
    let session = actor.session()?;
    let mut write = actor.write::<SignOut>(actor.me()?).await?;
    let idle_since = idle_since(actor, write.at());
    let row = sql::device(&mut write, session, idle_since).await?;
    sql::end_session(&mut write, session).await?;
    let device = device::words(&row.device);
    write.commit(SignedOut { device }).await
}

/// Where I am signed in, the last used first.
pub async fn devices(actor: &Actor) -> Result<Vec<Device>> {
    actor.reaches_everything()?;
    let mut read = actor.read::<ViewMe>(actor.me()?).await?;
    let this = actor.session().ok();
    let idle_since = idle_since(actor, read.at());
    let rows = sql::devices(&mut read, idle_since).await?;
    Ok(rows
        .into_iter()
        .map(|row| Device {
            this: this == Some(row.id),
            id: row.id,
            device: device::words(&row.device),
            address: row.address,
            created_at: row.created_at,
            seen_at: row.seen_at,
        })
        .collect())
}

/// Ends one of my sessions; [`Error::NotFound`] when it is not mine or has ended.
pub async fn end_session(actor: &Actor, session: Id<Session>) -> Result<()> {
    let mut write = actor.write::<EndSession>(actor.me()?).await?;
    let idle_since = idle_since(actor, write.at());
    let row = sql::device(&mut write, session, idle_since).await?;
    sql::end_session(&mut write, session).await?;
    let device = device::words(&row.device);
    write.commit(SessionEnded { device }).await
}

/// Ends all my sessions but this one, and says how many that were.
pub async fn end_other_sessions(actor: &Actor) -> Result<u64> {
    let this = actor.session().ok();
    let mut write = actor.write::<EndSession>(actor.me()?).await?;
    let idle_since = idle_since(actor, write.at());
    let others: Vec<_> = sql::open_devices(&mut write, idle_since)
        .await?
        .into_iter()
        .filter(|row| Some(row.id) != this)
        .collect();
    // Those that were idle for too long are closed too: the limit may be raised one day.
    sql::end_sessions(&mut write, this).await?;
    if others.is_empty() {
        return Ok(0);
    }
    let place = write.standing().place;
    for row in &others {
        let device = device::words(&row.device);
        write.also(place, &SessionEnded { device })?;
    }
    write.commit_each().await?;
    Ok(others.len() as u64)
}

/// Sets my password, given the present one; my other sessions end, and links that were made for me.
///
/// Problems are on `current`, `password` and `again`. Wrong present passwords count as failures of
/// the account, as at the door.
pub async fn set_password(actor: &Actor, current: &str, new: &str, again: &str) -> Result<()> {
    actor.not_by_token()?;
    let realm = actor.realm();
    let mut me = actor.read::<ViewMe>(actor.me()?).await?;
    let holder = sql::mine(&mut me).await?;
    let about = [
        realm.settings().name.as_str(),
        holder.name.as_str(),
        holder.email.as_str(),
        holder.organisation.as_str(),
    ];
    passwords::check(new, again, &about).map_err(Error::Invalid)?;
    if *hashing::normalised(current) == *hashing::normalised(new) {
        return Err(Error::invalid(
            "password",
            "The new password is the same as the present one",
        ));
    }
    let mut read = Actor::nobody(realm).read::<ViewSignIn>(Id::REALM).await?;
    let email_key = text::name_key(&holder.email);
    let attempt = Attempt::count(&mut read, &email_key, None).await?;
    let stored = sql::candidate(&mut read, &email_key)
        .await?
        .filter(|candidate| candidate.id == holder.id)
        .and_then(|candidate| candidate.hash);
    if !hashing::verify(realm, current, stored.as_deref())
        .await?
        .right
    {
        return Err(Error::invalid(
            "current",
            "This is not your present password",
        ));
    }
    let hash = hashing::hash(realm, new).await?;
    let mut write = actor.write::<SetPassword>(holder.id).await?;
    if sql::hash(&mut write).await? != stored {
        return Err(Error::Conflict(
            "Your password was changed somewhere else just now. Sign in again".to_owned(),
        ));
    }
    sql::put_password(&mut write, &hash).await?;
    sql::end_links(&mut write).await?;
    sql::end_sessions(&mut write, actor.session().ok()).await?;
    write.commit(PasswordSet { by_link: false }).await?;
    attempt.succeeded(realm).await
}
