//! Tests of outgoing mail, on both databases, with a real mail server.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod server;
mod writing;

use std::time::Duration;

use testkit::Post;
use testkit::post::{Letter as Came, Mood};

use super::sending::pause;
use super::*;
use crate::kernel::{args, record, thing::Organisation};
use crate::people::{
    EditOrganisation, OrganisationEdited, OrganisationForm, PersonForm, create_organisation,
    create_person, suspend,
};
use crate::testing::{World, both};

/// A realm that writes to its people, and two of them.
struct Stage {
    world: World,
    post: Post,
    mailer: Mailer,
    organisation: Id<Organisation>,
    amara: Id<Person>,
    ben: Id<Person>,
}

fn settings(port: u16) -> MailSettings {
    MailSettings {
        host: "127.0.0.1".to_owned(),
        port,
        encryption: Encryption::None,
        from: "Northmoor <noreply@northmoor.example>".to_owned(),
        user: None,
        authority: None,
        pages: "https://realm.example".to_owned(),
    }
}

async fn person(world: &World, of: Id<Organisation>, name: &str) -> Id<Person> {
    let form = PersonForm {
        name: name.to_owned(),
        email: format!("{}@example.org", name.to_lowercase()),
        ..PersonForm::default()
    };
    create_person(&world.console(), of, &form, None)
        .await
        .unwrap()
        .0
}

async fn stage(world: World) -> Stage {
    let form = OrganisationForm {
        name: "Harbour Lights".to_owned(),
        sector: "voluntary".to_owned(),
        ..OrganisationForm::default()
    };
    let organisation = create_organisation(&world.console(), &form).await.unwrap();
    let amara = person(&world, organisation, "Amara").await;
    let ben = person(&world, organisation, "Ben").await;
    let post = Post::start().unwrap();
    let mailer = Mailer::new(settings(post.port())).unwrap();
    write_to_people(&world.realm);
    Stage {
        world,
        post,
        mailer,
        organisation,
        amara,
        ben,
    }
}

record! {
    struct MailRow { address: String, attempts: i64, sent_at: Time, failed_at: Time, due_at: Time, claim: i64, last_error: String }
}

impl Stage {
    fn realm(&self) -> &Realm {
        &self.world.realm
    }

    fn message(&self, to: Id<Person>, event: i64) -> Message {
        Message {
            kind: "alert",
            event,
            happened: self.realm().now(),
            to,
            subject: format!("Something to decide {event}"),
            body: "A document was sealed.\nSomebody has to look at it.".to_owned(),
            path: format!("/assurance/alerts/{event}"),
        }
    }

    /// Puts them down in the transaction of some change.
    async fn put(&self, messages: &[Message]) {
        let console = self.world.console();
        let mut w = console
            .write::<EditOrganisation>(self.organisation)
            .await
            .unwrap();
        for message in messages {
            queue_with(&mut w, message).await.unwrap();
        }
        w.commit(edited()).await.unwrap();
    }

    async fn rows(&self) -> Vec<MailRow> {
        let sql = "SELECT address, attempts, sent_at, failed_at, due_at, claim, last_error FROM outgoing_mail ORDER BY id";
        let rows = self.world.look(sql, Vec::new()).await;
        rows.iter()
            .map(crate::kernel::FromRow::from_row)
            .collect::<Result<_>>()
            .unwrap()
    }

    async fn send(&self) -> Posted {
        send_due(self.realm(), &self.mailer).await.unwrap()
    }

    fn letters(&self) -> Vec<Came> {
        self.post.letters()
    }
}

fn edited() -> OrganisationEdited {
    OrganisationEdited {
        organisation: "Harbour Lights".to_owned(),
    }
}

fn posted(sent: u64, later: u64, given_up: u64) -> Posted {
    Posted {
        sent,
        later,
        given_up,
    }
}

#[tokio::test]
async fn every_statement_is_accepted() {
    both(|world| async move { world.prepares(sql::STATEMENTS).await }).await;
}
