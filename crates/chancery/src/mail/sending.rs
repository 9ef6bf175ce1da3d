//! Sending what is due, on every node.

use std::time::Duration;

use super::mailer::{Line, SENDING};
use super::sql::{self, Claimed};
use super::{Letter, Mailer, PATIENCE, Undelivered, ViewOutgoingMail};
use crate::Result;
use crate::kernel::{Actor, Id, Read, Realm, Time, thing::Mail};

/// How often it is looked for what is due.
const LOOKS: Duration = Duration::from_secs(5);
/// How many messages one node takes at a time.
const BATCH: u32 = 10;
/// How long they are its own: longer than it can take to send them.
const CLAIM: Duration = SENDING.saturating_mul(BATCH + 5);
/// How long the first pause is after a message was not taken; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_mins(1);
/// The longest of them.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// How long it is kept what became of a message.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// What came of a round of sending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Posted {
    /// The mail server has them.
    pub sent: u64,
    /// They are tried again.
    pub later: u64,
    /// They are not tried again.
    pub given_up: u64,
}

/// Sends what is due, until the future is dropped. It runs on every node; each message is sent by one of them.
pub async fn keep_sending(realm: &Realm, mailer: &Mailer) {
    let mut ticks = tokio::time::interval(LOOKS);
    let mut hourly = tokio::time::interval(Duration::from_hours(1));
    loop {
        let outcome = tokio::select! {
            _ = ticks.tick() => send_due(realm, mailer).await.map(|posted| {
                if posted != Posted::default() {
                    tracing::info!(?posted, "mail was sent");
                }
            }),
            _ = hourly.tick() => forget(realm).await,
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "mail waits to be sent");
        }
    }
}

/// Once a day, on one of the nodes.
async fn forget(realm: &Realm) -> Result<()> {
    const DAY: Duration = Duration::from_hours(24);
    if realm.take_turn("forgetting mail", DAY).await? {
        sql::forget(realm, realm.now().minus(KEPT)).await?;
    }
    Ok(())
}

/// Sends everything that is due now and that no other node is sending.
pub async fn send_due(realm: &Realm, mailer: &Mailer) -> Result<Posted> {
    let mut posted = Posted::default();
    loop {
        // Looking first keeps an idle realm from taking the one writer of SQLite.
        let mut proof = view(realm).await?;
        if !sql::is_due(&mut proof).await? {
            return Ok(posted);
        }
        let now = realm.now();
        let claim: Id<Mail> = realm.new_id();
        if !sql::claim(realm, claim, now, now.plus(CLAIM), BATCH).await? {
            return Ok(posted);
        }
        let mut proof = view(realm).await?;
        let claimed = sql::claimed(&mut proof, claim).await?;
        let mut round = Round {
            realm,
            mailer,
            claim,
            line: None,
            posted: &mut posted,
        };
        if !round.send(&claimed).await? {
            return Ok(posted);
        }
    }
}

async fn view(realm: &Realm) -> Result<Read<ViewOutgoingMail>> {
    Actor::console(realm).read(Id::REALM).await
}

/// Some messages that are ours to send, over one connection as far as that goes.
struct Round<'a> {
    realm: &'a Realm,
    mailer: &'a Mailer,
    claim: Id<Mail>,
    line: Option<Line<'a>>,
    posted: &'a mut Posted,
}

impl Round<'_> {
    /// Says whether the mail server can be used: `false` leaves the rest for later.
    async fn send(&mut self, claimed: &[Claimed]) -> Result<bool> {
        let mut usable = true;
        for mail in claimed {
            let now = self.realm.now();
            let late = mail.created_at.plus(PATIENCE) <= now;
            if !mail.active {
                self.give_up(mail, "the person has no account any more")
                    .await?;
                continue;
            }
            // One that was never tried, since no node sent anything for two days, is late too.
            if late {
                self.give_up(mail, "it could not be sent for two days")
                    .await?;
                continue;
            }
            if !usable {
                self.wait(mail, now, "the mail server could not be used")
                    .await?;
                continue;
            }
            match self.deliver(mail).await {
                Ok(()) => {
                    // Written for each, so that whoever is ended now sends one of them again at most.
                    sql::sent(self.realm, mail.id, self.claim).await?;
                    self.posted.sent += 1;
                    count("sent");
                }
                Err(Undelivered::Never(why)) => self.give_up(mail, &why).await?,
                Err(Undelivered::Later(why)) => self.wait(mail, now, &why).await?,
                Err(Undelivered::Server(why)) => {
                    tracing::warn!(server = %self.mailer.server(), %why, "the mail server cannot be used");
                    usable = false;
                    self.wait(mail, now, &why).await?;
                }
            }
        }
        if let Some(line) = &mut self.line {
            line.quit().await;
        }
        Ok(usable)
    }

    async fn deliver(&mut self, mail: &Claimed) -> std::result::Result<(), Undelivered> {
        let mut line = match self.line.take() {
            Some(line) => line,
            None => self.mailer.connect().await?,
        };
        line.send(&self.letter(mail)).await?;
        // Where anything went wrong, the next message gets a connection of its own.
        self.line = Some(line);
        Ok(())
    }

    fn letter(&self, mail: &Claimed) -> Letter {
        Letter {
            id: mail.id.to_string(),
            address: mail.address.clone(),
            subject: mail.subject.clone(),
            body: mail.body.clone(),
            link: self.mailer.link(&mail.path),
            written_at: mail.created_at,
            realm: self.realm.settings().name.clone(),
        }
    }

    async fn wait(&mut self, mail: &Claimed, now: Time, why: &str) -> Result<()> {
        let due = now.plus(pause(mail.attempts));
        sql::later(self.realm, mail.id, self.claim, due, why).await?;
        self.posted.later += 1;
        count("later");
        Ok(())
    }

    /// What the server said may name the receiver, and is in the row alone.
    async fn give_up(&mut self, mail: &Claimed, why: &str) -> Result<()> {
        sql::given_up(self.realm, mail.id, self.claim, why).await?;
        tracing::warn!(mail = %mail.id, kind = mail.kind, attempts = mail.attempts, "a message was given up: why is in outgoing_mail.last_error");
        self.posted.given_up += 1;
        count("given up");
        Ok(())
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("chancery_mail_total", "outcome" => outcome).increment(1);
}

/// How long to wait after so many attempts: 1, 2, 4 … minutes, an hour at most.
pub(super) fn pause(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    FIRST_PAUSE
        .saturating_mul(1 << doublings)
        .min(LONGEST_PAUSE)
}
