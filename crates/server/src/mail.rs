//! `chancery mail`: whether people can be written to, from the machine itself.

use std::path::Path;
use std::process::ExitCode;

use chancery::kernel::{Clock as _, Rng as _, SystemClock, SystemRng};
use chancery::mail::{Letter, Undelivered};
use clap::Subcommand;

use crate::{Fault, Settings, SettingsError};

/// What `chancery mail` does.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Send one message to this address, and say what the mail server said.
    Test {
        /// Where to.
        address: String,
    },
}

/// Neither the database nor the vault is opened: this is for finding out what is wrong.
pub(crate) async fn perform(config: &Path, task: &Task) -> Result<ExitCode, Fault> {
    let Task::Test { address } = task;
    let settings = Settings::read(config)?;
    let Some(mail) = &settings.mail else {
        return Err(SettingsError::key(
            "mail.server",
            "is not set, so nobody is written to. Set [mail] as docs/mail.md says",
        )
        .into());
    };
    let pages = &settings.server.address;
    let mailer = mail.open(pages)?;
    let mut id = [0_u8; 8];
    SystemRng.fill(&mut id);
    let letter = Letter {
        id: format!("test-{:016x}", u64::from_be_bytes(id)),
        address: address.clone(),
        subject: format!("A test message from {}", settings.realm.name),
        body: "Somebody who runs this realm asked for this message, to see whether it arrives. You need do nothing."
            .to_owned(),
        link: pages.clone(),
        written_at: SystemClock.now(),
        realm: settings.realm.name.clone(),
    };
    println!("Sending by {}", mailer.server());
    match mailer.send(&letter).await {
        Ok(()) => {
            println!(
                "The mail server took it. Whether it arrives is for the mail server to see to: look in the mailbox of {address}."
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => {
            println!("It was not sent: {why}");
            println!("{}", advice(&why));
            Ok(ExitCode::FAILURE)
        }
    }
}

fn advice(why: &Undelivered) -> &'static str {
    match why {
        Undelivered::Server(_) => {
            "No message can be sent: look at mail.server, mail.user, mail.password_file, mail.authority and mail.from. People's messages wait meanwhile."
        }
        Undelivered::Later(_) => "Such a message would be tried again for two days.",
        Undelivered::Never(_) => "Such a message would be given up: is the address right?",
    }
}
