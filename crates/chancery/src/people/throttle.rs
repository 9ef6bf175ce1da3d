//! Counting failed attempts, for an account (whether or not it exists) and for an address.

use std::time::Duration;

use super::ViewSignIn;
use super::rules::{self, ACCOUNT_LIMIT, ADDRESS_LIMIT};
use super::sql::throttle as sql;
use crate::kernel::{Read, Realm, Time};
use crate::{Error, Result};

/// What is kept of failures for a day, in case somebody looks, and then no longer.
const LONG_PAST: Duration = Duration::from_hours(24);

/// An attempt that was counted as failed before it was made.
pub(super) struct Attempt {
    account: String,
    address: Option<(String, Time)>,
    /// This attempt begins a pause, unless it succeeds.
    pub(super) locks: bool,
}

impl Attempt {
    /// Counts an attempt; [`Error::TooMany`] when there were too many before it.
    pub(super) async fn count(
        read: &mut Read<ViewSignIn>,
        email_key: &str,
        address: Option<&str>,
    ) -> Result<Self> {
        let mut locks = false;
        let address = match address {
            Some(address) => {
                let subject = rules::address_subject(address);
                let until = count(read, &subject, ADDRESS_LIMIT).await?;
                locks |= until > read.at();
                Some((subject, until))
            }
            None => None,
        };
        let account = rules::account_subject(email_key);
        locks |= count(read, &account, ACCOUNT_LIMIT).await? > read.at();
        Ok(Self {
            account,
            address,
            locks,
        })
    }

    /// It succeeded: the account begins anew, and the address gets its attempt back.
    pub(super) async fn succeeded(self, realm: &Realm) -> Result<()> {
        sql::clear_failures(realm, &self.account, realm.now().minus(LONG_PAST)).await?;
        if let Some((subject, until)) = self.address {
            sql::ease_failures(realm, &subject, until).await?;
        }
        Ok(())
    }
}

/// Counts a token that is not one, for the address it comes from; [`Error::TooMany`] when there were
/// too many before it. Apart from failed passwords: a script with an old token must not keep the
/// people at the same address from signing in.
pub(super) async fn count_token(read: &mut Read<ViewSignIn>, address: &str) -> Result<()> {
    let subject = format!("token {}", rules::address_subject(address));
    count(read, &subject, ADDRESS_LIMIT).await?;
    Ok(())
}

/// Counts one attempt, and says when the pause that it begins would end.
async fn count(read: &mut Read<ViewSignIn>, subject: &str, limit: i64) -> Result<Time> {
    // Others may be counted at the same moment: as long as that is so, somebody makes progress.
    const TRIES: u32 = 64;
    let realm = read.actor().realm().clone();
    for _ in 0..TRIES {
        let before = sql::failures(read, subject).await?;
        let after =
            rules::attempt(before, read.at(), limit).map_err(|until| Error::TooMany { until })?;
        if sql::put_failures(&realm, subject, before, after).await? {
            return Ok(after.until_at);
        }
    }
    Err(Error::unavailable(
        "failed attempts could not be counted: too many at the same moment",
    ))
}
