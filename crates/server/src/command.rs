//! The program's commands.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::{
    Fault, LogFormat, Opened, Settings, backup, check, export, log, mail, people, play, ready,
    restore, rotate, rules, scan, serve, settings,
};

/// Chancery: a place where organisations that do not share an IT system work together in confidence.
#[derive(Debug, Parser)]
#[command(name = "chancery", version, about)]
pub struct Command {
    /// The configuration of the realm.
    #[arg(
        long,
        global = true,
        env = "CHANCERY_CONFIG",
        default_value = "realm.toml"
    )]
    config: PathBuf,
    /// How the log is written to standard error, whatever the configuration says.
    #[arg(long, global = true, env = "CHANCERY_LOG_FORMAT", value_enum)]
    log_format: Option<LogFormat>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Make a new realm: its configuration, its keys and its database.
    Init(Init),
    /// Serve the realm's pages until interrupted.
    Serve,
    /// Make a fictional demonstration realm, if the directory has none yet, and serve it.
    Demo(Demo),
    /// Look the realm over: configuration, certificate, database, vault, keys, journal.
    Check,
    /// Ask the program that serves this realm whether it is ready; fails when it is not.
    Ready,
    /// Bring the database's schema up to this program's, and stop.
    Migrate,
    /// Copy the whole realm, encrypted, while it goes on serving; and look after the copies.
    Backup(backup::Backup),
    /// Bring a realm back from a backup.
    Restore(restore::Restore),
    /// Take away everything that one organisation owns, in open formats.
    Export(export::Export),
    /// Change the key that content is encrypted under, while the realm serves.
    RotateKey(rotate::Rotate),
    /// Read files for their protective marking and say what was found and why. Answers 0 when nothing is above the policy, 2 when
    /// something is, 3 when somebody has to decide.
    Scan(scan::Scan),
    /// By which rules documents are judged for their markings: see them, have others tried, switch those on.
    #[command(subcommand)]
    Rules(rules::Task),
    /// Accounts, from the machine itself: how the first operator gets in.
    #[command(subcommand)]
    Person(people::Task),
    /// Whether people can be written to by e-mail.
    #[command(subcommand)]
    Mail(mail::Task),
}

#[derive(Debug, Args)]
struct Init {
    /// The directory to make the realm in.
    #[arg(long, default_value = ".")]
    directory: PathBuf,
    /// The realm's name, in the header of every page.
    #[arg(long)]
    name: String,
    /// The highest marking that it may hold.
    #[arg(long)]
    designation: String,
    /// Who runs it, in the footer of every page.
    #[arg(long)]
    run_by: String,
    /// By which policy documents are read for their markings: il2, il3, official, the file of one, or off. Without this it is
    /// what belongs to the designation.
    #[arg(long)]
    markings: Option<String>,
    /// Its database: sqlite: and a file in the directory, or postgres://…
    #[arg(long, default_value = "sqlite:realm.db")]
    database: String,
    /// Where it will listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

#[derive(Debug, Args)]
struct Demo {
    /// The directory that the demonstration realm is, or will be, in.
    #[arg(long, default_value = "realm")]
    directory: PathBuf,
    /// Its database, when it is made: sqlite: and a file in the directory, or postgres://…
    #[arg(long, default_value = "sqlite:realm.db")]
    database: String,
    /// Where it listens, when it is made.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Make the realm and stop.
    #[arg(long)]
    make_only: bool,
}

/// Does what was asked; errors go to standard error.
pub fn run(command: Command) -> ExitCode {
    // A configuration that cannot be read is told about by the command itself.
    let settings = Settings::read(&command.config).ok();
    log::open(command.log_format, settings.as_ref());
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads())
        .enable_all()
        .build()
        .map_err(Fault::machine("starting"))
        .and_then(|runtime| {
            let outcome = runtime.block_on(perform(command));
            // What is still at work now was given up on, and must not keep the program.
            runtime.shutdown_timeout(Duration::from_secs(1));
            outcome
        });
    match outcome {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("chancery: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// More than there are cores: SQLite is asked on the thread that asks, and a statement that takes long
/// must not keep everybody else waiting.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(4, |cores| 2 * cores.get().max(2))
}

async fn perform(Command { config, task, .. }: Command) -> Result<ExitCode, Fault> {
    match task {
        Task::Init(init) => make(&init).await?,
        Task::Serve => {
            serve::serve(Opened::from_file(&config).await?, |settings| {
                println!("{} is at {}", settings.realm.name, settings.server.address);
            })
            .await?;
        }
        Task::Demo(demo) => demonstrate(&demo).await?,
        Task::Check => return check::check(&config).await,
        Task::Ready => return ready::ready(&config).await,
        Task::Migrate => {
            Opened::from_file(&config).await?;
            println!("The database is up to date.");
        }
        Task::Backup(asked) => return backup::perform(&config, &asked).await,
        Task::Restore(asked) => return restore::perform(&config, &asked).await,
        Task::Export(asked) => return export::perform(&config, &asked).await,
        Task::RotateKey(asked) => return rotate::perform(&config, &asked).await,
        Task::Scan(asked) => return scan::perform(&asked).await,
        Task::Rules(task) => rules::perform(&config, &task).await?,
        Task::Person(task) => people::perform(&config, &task).await?,
        Task::Mail(task) => return mail::perform(&config, &task).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn make(init: &Init) -> Result<(), Fault> {
    let file = init.directory.join("realm.toml");
    if file.exists() {
        return Err(Fault::Said(format!("{} is there already", file.display())));
    }
    std::fs::create_dir_all(&init.directory).map_err(Fault::machine(format!(
        "making {}",
        init.directory.display()
    )))?;
    // The configuration gets its name when everything else is there, so that a realm which was
    // interrupted while it was made is no realm, and `init` can be asked for again.
    let making = init.directory.join(".realm.toml.new");
    if making.exists() {
        std::fs::remove_file(&making)
            .map_err(Fault::machine(format!("replacing {}", making.display())))?;
    }
    write_settings(
        &making,
        &settings::template(
            &init.name,
            &init.designation,
            init.markings.as_deref(),
            &init.run_by,
            &init.database,
            init.listen,
        ),
    )?;
    let opened = match Opened::from_file(&making).await {
        Ok(opened) => opened,
        Err(fault) => {
            let _ = std::fs::remove_file(&making);
            return Err(fault);
        }
    };
    opened.realm.close().await;
    std::fs::rename(&making, &file)
        .and_then(|()| sync_directory(&init.directory))
        .and_then(|()| sync_directory(&init.directory.join("..")))
        .map_err(Fault::machine(format!("writing {}", file.display())))?;
    println!(
        "The realm is made. Keep a copy of {} somewhere else: without it no content can be read.\n\
         Next, the first operator:\n\
         \n    chancery --config {} person add --operator --organisation \"…\" --name \"…\" --email …\n",
        opened.settings.keys.display(),
        file.display()
    );
    Ok(())
}

/// What was made or renamed in a directory outlives a power cut.
fn sync_directory(directory: &Path) -> io::Result<()> {
    std::fs::File::open(directory)?.sync_all()
}

/// The file may hold the database's password, so only its owner reads it.
pub(crate) fn write_settings(file: &Path, text: &str) -> Result<(), Fault> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .and_then(|mut open| {
            open.write_all(text.as_bytes())?;
            open.sync_all()
        })
        .map_err(Fault::machine(format!("writing {}", file.display())))
}

async fn demonstrate(demo: &Demo) -> Result<(), Fault> {
    let file = demo.directory.join("realm.toml");
    if !file.exists() {
        let text = settings::template(
            demo::REALM,
            demo::DESIGNATION,
            None,
            "Northmoor Probation Trust",
            &demo.database,
            demo.listen,
        );
        play::make(&demo.directory, &text, write_settings).await?;
    }
    if demo.make_only {
        return Ok(());
    }
    let opened = Opened::from_file(&file).await?;
    serve::serve(opened, announce).await
}

/// Where the realm is and how to sign in: with five people of different roles.
fn announce(settings: &Settings) {
    println!(
        "\n{} is at {}\n\nSign in as:",
        settings.realm.name, settings.server.address
    );
    let world = demo::world(play::SEED, 0);
    for person in world.sign_ins() {
        println!(
            "  {:<38} {:<34} {}",
            person.email,
            person.password.unwrap_or_default(),
            play::part(&world, person)
        );
    }
    println!("\nEverybody and everything in it is invented. Ctrl-C stops it.");
}
