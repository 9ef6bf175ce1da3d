//! That a message exists exactly when its cause does, and what it looks like.

use std::sync::Arc;

use async_trait::async_trait;

use super::*;
use crate::Error;
use crate::kernel::{Entry, Follower};

/// Writes to one person about every entry, and may fail after that.
struct Tells {
    to: Id<Person>,
    fails: bool,
}

#[async_trait]
impl Follower for Tells {
    fn name(&self) -> &'static str {
        "tells"
    }

    async fn follow(&self, following: &mut Following<'_>, entries: &[Entry]) -> Result<()> {
        for entry in entries {
            let message = Message {
                kind: "told",
                event: entry.id.raw(),
                happened: entry.at,
                to: self.to,
                subject: "Something happened".to_owned(),
                body: "It did.".to_owned(),
                path: "/".to_owned(),
            };
            queue(following, &message).await?;
        }
        if self.fails {
            return Err(Error::unavailable("on purpose"));
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_message_exists_exactly_when_its_cause_does() {
    both(|world| async move {
        let stage = stage(world).await;
        let console = stage.world.console();
        // A write that is dropped.
        let mut w = console
            .write::<EditOrganisation>(stage.organisation)
            .await
            .unwrap();
        queue_with(&mut w, &stage.message(stage.amara, 1))
            .await
            .unwrap();
        drop(w);
        assert!(stage.rows().await.is_empty());
        // One that is committed, with the same message twice and one to somebody else.
        let (one, other) = (stage.message(stage.amara, 1), stage.message(stage.ben, 1));
        stage.put(&[one.clone(), one.clone(), other]).await;
        assert_eq!(stage.rows().await.len(), 2);
        stage.put(&[one]).await;
        assert_eq!(stage.rows().await.len(), 2);
        assert_eq!(waiting(stage.realm()).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_follower_writes_with_its_position_and_once() {
    both(|world| async move {
        let stage = stage(world).await;
        let tells = |fails| -> Arc<dyn Follower> {
            Arc::new(Tells {
                to: stage.ben,
                fails,
            })
        };
        assert!(stage.realm().keep_up(&[tells(true)]).await.is_err());
        assert!(stage.rows().await.is_empty());
        stage.realm().keep_up(&[tells(false)]).await.unwrap();
        let told = stage.rows().await.len();
        assert!(told >= 3, "{told}");
        assert_eq!(stage.send().await, posted(told as u64, 0, 0));
        // From the beginning of the journal again, at once and much later, when the rows are gone.
        let again = "DELETE FROM followers WHERE name = 'tells'";
        for days in [0, 40] {
            stage.world.clock.advance(Duration::from_hours(24 * days));
            if days > 0 {
                let now = stage.realm().now();
                let month = Duration::from_hours(30 * 24);
                let gone = sql::forget(stage.realm(), now.minus(month)).await.unwrap();
                assert_eq!(gone, told as u64);
            }
            stage.realm().upkeep(again, Vec::new()).await.unwrap();
            stage.realm().keep_up(&[tells(false)]).await.unwrap();
            assert_eq!(stage.send().await, Posted::default(), "{days}");
        }
        assert_eq!(stage.letters().len(), told);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_written_to_without_a_mail_server_or_an_account() {
    both(|world| async move {
        let silent = Arc::clone(&world.clock);
        let form = OrganisationForm {
            name: "Open Gate".to_owned(),
            sector: "voluntary".to_owned(),
            ..OrganisationForm::default()
        };
        let gate = create_organisation(&world.console(), &form).await.unwrap();
        let cleo = person(&world, gate, "Cleo").await;
        let message = Message {
            kind: "alert",
            event: 1,
            happened: world.realm.now(),
            to: cleo,
            subject: "Something".to_owned(),
            body: "It is.".to_owned(),
            path: "/".to_owned(),
        };
        let console = world.console();
        let mut w = console.write::<EditOrganisation>(gate).await.unwrap();
        queue_with(&mut w, &message).await.unwrap();
        w.commit(edited()).await.unwrap();
        let count = "SELECT COUNT(*) AS value FROM outgoing_mail";
        assert_eq!(world.count(count, Vec::new()).await, 0);

        let stage = stage(world).await;
        suspend(&stage.world.console(), cleo, "Left").await.unwrap();
        silent.advance(Duration::from_mins(1));
        stage.put(&[message]).await;
        assert!(stage.rows().await.is_empty());
        // Whose account ends after it was written, and before it is sent, is not written to either.
        stage.put(&[stage.message(stage.ben, 2)]).await;
        suspend(&stage.world.console(), stage.ben, "Left")
            .await
            .unwrap();
        silent.advance(Duration::from_mins(1));
        assert_eq!(stage.send().await, posted(0, 0, 1));
        assert!(stage.letters().is_empty());
        assert!(stage.rows().await[0].last_error.contains("no account"));
    })
    .await;
}

#[tokio::test]
async fn a_letter_is_plain_and_says_where_to_look() {
    both(|world| async move {
        let stage = stage(world).await;
        let written = stage.realm().now();
        stage.put(&[stage.message(stage.amara, 7)]).await;
        // Sent later, and to the address that the person has then.
        stage.world.clock.advance(Duration::from_hours(3));
        let moved = "UPDATE people SET email = 'amara.osei@example.org' WHERE id = $1";
        stage.realm().upkeep(moved, args![stage.amara]).await.unwrap();
        assert_eq!(stage.send().await, posted(1, 0, 0));
        let letters = stage.letters();
        let letter = &letters[0];
        assert_eq!(
            (letter.from.as_str(), letter.to.as_str()),
            ("noreply@northmoor.example", "amara.osei@example.org")
        );
        let head = |name| letter.header(name).unwrap_or_default();
        assert_eq!(head("From"), "Northmoor <noreply@northmoor.example>");
        assert_eq!(head("To"), "amara.osei@example.org");
        assert_eq!(head("Subject"), "Something to decide 7");
        assert_eq!(head("Auto-Submitted"), "auto-generated");
        assert_eq!(head("MIME-Version"), "1.0");
        assert_eq!(head("Content-Type"), "text/plain; charset=utf-8");
        let date = head("Date").replace("+0000", "GMT");
        let date = jiff::fmt::rfc2822::parse(&date).unwrap().timestamp();
        assert_eq!(date.as_second(), written.timestamp().as_second());
        let id = stage.world.count("SELECT id AS value FROM outgoing_mail", Vec::new()).await;
        let id: Id<crate::kernel::thing::Mail> = Id::from_raw(id);
        assert_eq!(head("Message-ID"), format!("<{id}@northmoor.example>"));
        assert_eq!(
            letter.body().replace("\r\n", "\n").trim_end(),
            "A document was sealed.\nSomebody has to look at it.\n\nhttps://realm.example/assurance/alerts/7\n\n--\n\
             Northmoor Partnership sent this message by itself.\nNobody reads what is sent in reply."
        );
        let row = stage.rows().await.remove(0);
        assert_eq!(row.address, "amara.osei@example.org");
        assert_eq!((row.attempts, row.claim, row.last_error.as_str()), (1, 0, ""));
        assert_eq!(stage.send().await, Posted::default());
    })
    .await;
}

#[tokio::test]
async fn nothing_that_is_written_becomes_a_header_or_another_receiver() {
    both(|world| async move {
        let stage = stage(world).await;
        let message = Message {
            subject: "Look\r\nBcc: eve@example.org\r\n\r\nat\u{0}this\u{2028}".to_owned(),
            body: "One\r\n.\r\nRCPT TO:<eve@example.org>\r\n\u{7}Two – “three”".to_owned(),
            path: "alerts/1\r\nX-Eve: 1".to_owned(),
            ..stage.message(stage.amara, 1)
        };
        let long = Message {
            subject: "ä".repeat(1000),
            body: "word ".repeat(10_000),
            ..stage.message(stage.ben, 1)
        };
        stage.put(&[message, long]).await;
        assert_eq!(stage.send().await, posted(2, 0, 0));
        let letters = stage.letters();
        let letter = letters
            .iter()
            .find(|one| one.to == "amara@example.org")
            .unwrap();
        assert_eq!(
            letter.header("Subject").unwrap(),
            "Look Bcc: eve@example.org at this"
        );
        assert_eq!((letter.header("Bcc"), letter.header("X-Eve")), (None, None));
        assert!(letters.iter().all(|letter| !letter.to.contains("eve")));
        let other = letters
            .iter()
            .find(|one| one.to == "ben@example.org")
            .unwrap();
        // Folded and encoded, so that no line is longer than a mail server takes (RFC 5322, 998).
        for letter in &letters {
            assert!(
                letter
                    .text
                    .split("\r\n")
                    .all(|line| line.len() <= 998 && line.is_ascii()),
                "{}",
                letter.text
            );
        }
        assert!(other.header("Subject").unwrap().starts_with("=?utf-8?"));
        assert!(other.body().len() > 19_000);
    })
    .await;
}
