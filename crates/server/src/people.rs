//! `chancery person`: accounts, from the machine itself.

use std::path::Path;

use chancery::kernel::{Actor, Id, thing};
use chancery::people::{self, Office, OrganisationForm, PersonForm, Sector, TokenForm};
use clap::{Args, Subcommand};

use crate::{Fault, Opened};

/// What `chancery person` does.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Give somebody an account; prints a one-time link with which they set their password.
    Add(Add),
    /// Make a token for somebody's program; prints it once.
    Token(MakeToken),
    /// Make an app password for somebody's file client (WebDAV); prints it once.
    AppPassword(MakeToken),
    /// Print a new one-time link for somebody who cannot sign in.
    Reset {
        /// Their e-mail address.
        #[arg(long)]
        email: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Their full name.
    #[arg(long)]
    name: String,
    /// Their e-mail address, with which they sign in.
    #[arg(long)]
    email: String,
    /// Their job title.
    #[arg(long, default_value = "")]
    title: String,
    /// The organisation they are of; made if there is none of this name.
    #[arg(long)]
    organisation: String,
    /// The sector of the organisation, when it is made: public, private or voluntary.
    #[arg(long, default_value = Sector::Public.name())]
    sector: String,
    /// Let them run the realm.
    #[arg(long)]
    operator: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MakeToken {
    /// The e-mail address of whoever the program acts for.
    #[arg(long)]
    email: String,
    /// What it is for.
    #[arg(long)]
    name: String,
    /// What it may do: read, contribute or, for a token, everything.
    #[arg(long)]
    may: String,
    /// For how many days it works.
    #[arg(long, default_value_t = people::TOKEN_DAYS)]
    days: u32,
}

async fn make_token(
    console: &Actor,
    make: &MakeToken,
    for_file_clients: bool,
) -> Result<(), Fault> {
    let person = by_email(console, &make.email).await?;
    let form = TokenForm {
        name: make.name.clone(),
        may: make.may.clone(),
        site: None,
        days: make.days,
    };
    let token = if for_file_clients {
        people::issue_app_password(console, person, &form).await?
    } else {
        people::issue_token(console, person, &form).await?
    };
    eprintln!("It works until {}, and is not shown again:", token.until);
    println!("{}", token.secret.as_str());
    Ok(())
}

async fn by_email(console: &Actor, email: &str) -> Result<Id<thing::Person>, Fault> {
    people::person_by_email(console, email)
        .await
        .map_err(|error| match error {
            chancery::Error::NotFound => {
                Fault::Said(format!("nobody here has the address {email}"))
            }
            other => other.into(),
        })
}

pub(crate) async fn perform(config: &Path, task: &Task) -> Result<(), Fault> {
    let opened = Opened::from_file(config).await?;
    let console = Actor::console(&opened.realm);
    let token = match task {
        Task::Add(add) => {
            let organisation = organisation(&console, add).await?;
            let form = PersonForm {
                name: add.name.clone(),
                email: add.email.clone(),
                title: add.title.clone(),
                phone: String::new(),
            };
            let (person, token) =
                people::create_person(&console, organisation, &form, None).await?;
            if add.operator {
                people::appoint(&console, person, Office::Operator, None).await?;
            }
            token
        }
        Task::Token(make) | Task::AppPassword(make) => {
            let for_file_clients = matches!(task, Task::AppPassword(_));
            let outcome = make_token(&console, make, for_file_clients).await;
            opened.realm.close().await;
            return outcome;
        }
        Task::Reset { email } => {
            let person = by_email(&console, email).await?;
            people::issue_link(&console, person).await?
        }
    };
    println!(
        "A one-time link, to be given to them alone:\n\n    {}/welcome/{}\n",
        opened.settings.server.address,
        token.as_str()
    );
    opened.realm.close().await;
    Ok(())
}

async fn organisation(console: &Actor, add: &Add) -> Result<Id<thing::Organisation>, Fault> {
    let known = people::organisations(console).await?;
    if let Some(line) = known
        .iter()
        .find(|line| line.name == add.organisation.trim())
    {
        return Ok(line.id);
    }
    let form = OrganisationForm {
        name: add.organisation.clone(),
        sector: add.sector.clone(),
        about: String::new(),
        umbrella: None,
    };
    let made = people::create_organisation(console, &form).await?;
    println!(
        "There was no organisation called {}, so it was made ({} sector).",
        form.name.trim(),
        form.sector
    );
    Ok(made)
}
