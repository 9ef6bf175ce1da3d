//! What the realm writes to its people by e-mail: short messages in plain text that say that something happened and lead to
//! the page where it is.
//!
//! A message is a row, put down in the transaction of what it tells of ([`queue`], [`queue_with`]): it exists exactly when
//! that does. Every node sends what is due ([`keep_sending`]): it says in the row that it is at it, sends, and says what
//! came of it. A node that dies in between leaves a row that is due again a while later, so a message is sent **at least**
//! once; a second copy has the same `Message-ID`, by which mail programs know it.
//!
//! **Invariant:** one event makes one message of a kind for each person, however often it is looked at.

mod letter;
mod mailer;
mod sending;
mod sql;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use letter::Letter;
pub use mailer::{Encryption, MailSettings, Mailer, Undelivered};
pub use sending::{Posted, keep_sending, send_due};

use crate::Result;
use crate::kernel::{
    Action, Actor, Following, Id, Needs, Realm, Time, Write, thing::Person, views,
};

views! {
    /// What waits to be sent.
    ViewOutgoingMail(Realm) needs Needs::Operate;
}

/// How long a message is tried. What happened longer ago than that is not written about at all, so that a follower that is
/// rebuilt from the beginning of the journal sends nothing.
pub const PATIENCE: Duration = Duration::from_hours(48);

/// The longest subject, in characters: a line of any mail program.
const LONGEST_SUBJECT: usize = 150;
/// The longest text, in characters.
const LONGEST_BODY: usize = 20_000;

/// Something to be told to one person by e-mail.
#[derive(Debug, Clone)]
pub struct Message {
    /// Of which kind: `alert`. With `event` and `to` it is what makes the message one.
    pub kind: &'static str,
    /// What it tells of: the id of the entry of the journal, or of the row that the same commit makes.
    pub event: i64,
    /// When that happened.
    pub happened: Time,
    /// Who is told.
    pub to: Id<Person>,
    /// What it is about, in a few words. Who reads it over somebody's shoulder reads it too.
    pub subject: String,
    /// What happened, in plain English. Whoever calls sees to it that the person may know all of it; what else there is they see
    /// on the page, as what they may see then.
    pub body: String,
    /// The page where it is, from the realm's address on: `/assurance/alerts/…`.
    pub path: String,
}

impl Message {
    /// As it is kept: without what has no place in a letter.
    fn cleaned(&self) -> Self {
        let line = |text: &str, longest: usize| {
            let words: Vec<&str> = text
                .split(|letter: char| letter.is_whitespace() || letter.is_control())
                .filter(|word| !word.is_empty())
                .collect();
            words.join(" ").chars().take(longest).collect::<String>()
        };
        let body: String = self
            .body
            .replace("\r\n", "\n")
            .chars()
            .filter(|letter| *letter == '\n' || !letter.is_control())
            .take(LONGEST_BODY)
            .collect();
        let path: String = self
            .path
            .chars()
            .filter(|letter| !letter.is_whitespace() && !letter.is_control())
            .collect();
        Self {
            subject: line(&self.subject, LONGEST_SUBJECT),
            body: body.trim().to_owned(),
            path: format!("/{}", path.trim_start_matches('/')),
            ..self.clone()
        }
    }

    fn is_for(&self, realm: &Realm, now: Time) -> bool {
        realm.writes_to_people() && self.happened.plus(PATIENCE) > now
    }
}

/// From now on this realm's people are written to: its nodes must send what is put down. A realm that was not told so puts
/// nothing down.
pub fn write_to_people(realm: &Realm) {
    realm.begin_to_write();
}

/// Puts a message down in the transaction of a follower of the journal. Whoever has no account (any more) is not written to.
pub async fn queue(following: &mut Following<'_>, message: &Message) -> Result<()> {
    let now = following.now();
    if message.is_for(following.realm(), now) {
        let id = following.new_id();
        let args = sql::queue(id, &message.cleaned(), now);
        following.execute(sql::QUEUE, args).await?;
    }
    Ok(())
}

/// Puts a message down in the transaction of a write. The write's own entry has no id yet: `event` is that of a row which
/// the write makes.
pub async fn queue_with<A: Action>(w: &mut Write<A>, message: &Message) -> Result<()> {
    let now = w.at();
    if message.is_for(w.actor().realm(), now) {
        let id = w.new_id();
        let args = sql::queue(id, &message.cleaned(), now);
        w.execute(sql::QUEUE, args).await?;
    }
    Ok(())
}

/// How many messages wait to be sent: for the figures.
pub async fn waiting(realm: &Realm) -> Result<u64> {
    let mut proof = Actor::console(realm)
        .read::<ViewOutgoingMail>(Id::REALM)
        .await?;
    sql::waiting(&mut proof).await
}
