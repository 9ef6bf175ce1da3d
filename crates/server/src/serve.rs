//! Serving the pages and the API, and keeping the journal meanwhile.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use api::ApiSettings;
use axum::Router;
use chancery::assurance;
use chancery::documents;
use chancery::files;
use chancery::keeping;
use chancery::kernel::{Follower, Realm};
use chancery::mail;
use chancery::notices::Notices;
use chancery::retention;
use dav::{Dav, DavSettings};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::task::JoinHandle;
use web::{Portal, PortalSettings};

use crate::door::{Door, DoorSettings, Keeper};
use crate::stop::{AtOnce, Signals, Stop, Stopper};
use crate::{Fault, Opened, Settings, figures, health, request, timing};

/// Everything that follows the journal.
pub(crate) fn followers() -> Vec<Arc<dyn Follower>> {
    vec![Arc::new(Notices)]
}

/// Listens where the settings say; `ready` is called once that works. Returns when the program
/// was told to stop and has.
pub(crate) async fn serve(opened: Opened, ready: impl FnOnce(&Settings)) -> Result<(), Fault> {
    let Opened { realm, settings } = opened;
    as_the_realm_does(&realm, &settings)?;
    room_for(settings.door.connections);
    let mailer = match &settings.mail {
        Some(mail) => Some(mail.open(&settings.server.address)?),
        None => None,
    };
    realm.join().await?;
    look_at_the_reader(&settings).await?;
    let (stopper, stop) = Stopper::new();
    // Before anybody is told that it serves, and so may be told to stop.
    let signals = Signals::expect()?;
    let server = &settings.server;
    let watching = match settings.metrics {
        Some(listen) => Some(watch(listen, &realm, &stop).await?),
        None => None,
    };
    let (tls, fresh) = match Keeper::of(server)? {
        Some((tls, keeper)) => (Some(tls), Some(tokio::spawn(keeper.keep()))),
        None => (None, None),
    };
    let door = Door::open(
        server.listen,
        settings.door.clone(),
        faces(&realm, &settings, &stop),
        tls,
        stop.clone(),
    )
    .await?;
    let keeper = tokio::spawn({
        let realm = realm.clone();
        async move { realm.keep_journal(&followers()).await }
    });
    let ring = Arc::new(keeping::Ring::new(&realm));
    let loaded = tokio::spawn({
        let (ring, file) = (Arc::clone(&ring), settings.keys.clone());
        async move { ring.keep(move || vault::Keys::load(&file)).await }
    });
    let housekeeper = tokio::spawn({
        let realm = realm.clone();
        async move { keep_house(&realm).await }
    });
    let sweeper = tokio::spawn({
        let realm = realm.clone();
        async move { sweep_files(&realm).await }
    });
    let reader = tokio::spawn({
        let realm = realm.clone();
        async move {
            look_for_a_recogniser(&realm).await;
            assurance::keep_reading(&realm).await;
        }
    });
    let postman = mailer.map(|mailer| {
        tracing::info!(server = %mailer.server(), "people are written to");
        let realm = realm.clone();
        tokio::spawn(async move { mail::keep_sending(&realm, &mailer).await })
    });
    // It prints a page to see that it works, which nobody need wait for.
    let printer = tokio::spawn({
        let realm = realm.clone();
        async move { look_for_a_printer(&realm).await }
    });
    let scanner = tokio::spawn({
        let realm = realm.clone();
        async move { look_for_the_scanner(&realm).await }
    });
    tracing::info!(listen = %server.listen, "serving");
    ready(&settings);
    let orderly = async {
        door.keep(server.finish).await;
        keeper.abort();
        housekeeper.abort();
        sweeper.abort();
        reader.abort();
        printer.abort();
        scanner.abort();
        // A message that it is sending now is sent again later.
        if let Some(postman) = postman {
            postman.abort();
        }
        loaded.abort();
        if let Err(error) = ring.leave().await {
            tracing::warn!(%error, "it could not be said that this node has stopped");
        }
        finish(&realm).await;
        for task in [fresh, watching].into_iter().flatten() {
            task.abort();
        }
    };
    tokio::select! {
        () = orderly => {
            tracing::info!("stopped");
            Ok(())
        }
        AtOnce = stopper.on_signals(signals, server.drain) => Err(Fault::Said(
            "stopped at once by a second signal. Nothing that was acknowledged is lost; the journal is sealed at the next start".to_owned(),
        )),
    }
}

/// Whether markings are read is the realm's, and not each node's: one that would read none where others do is told of at its start,
/// and not when somebody wonders why it did not.
fn as_the_realm_does(realm: &Realm, settings: &Settings) -> Result<(), Fault> {
    match assurance::in_force_name(realm) {
        Some(name) if settings.markings.is_none() => Err(Fault::Said(format!(
            "markings.policy is \"off\" in the settings of this node, and rules are in force in this realm ({name}), which count for every node. Leave markings.policy out; or stop reading in the whole realm with: chancery rules off"
        ))),
        _ => Ok(()),
    }
}

/// Says at the start which walls there are around whoever reads files, rather than when one is hostile. A realm that may hold
/// more than PROTECT or OFFICIAL does not serve without all of them.
async fn look_at_the_reader(settings: &Settings) -> Result<(), Fault> {
    let strict = settings.markings.is_some()
        && !["OFFICIAL", "OFFICIAL-SENSITIVE", "PROTECT"]
            .contains(&settings.realm.designation.as_str());
    let designation = &settings.realm.designation;
    let checked = match crate::open::reader() {
        Ok(reader) => reader.check().await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match checked {
        Ok(walls) if walls.stand() => {
            tracing::info!(%walls, "files are read in a process that is shut in");
            Ok(())
        }
        Ok(walls) if strict => Err(Fault::Said(format!(
            "a realm that is designated {designation} reads files only in a process that is shut in by every wall, and this machine lacks one: {walls}"
        ))),
        Ok(walls) => {
            tracing::warn!(%walls, "files are read in a process that is shut in, but not by every wall");
            Ok(())
        }
        Err(error) if strict => Err(Fault::Said(format!(
            "a realm that is designated {designation} must read every file for its marking, and cannot here: {error}"
        ))),
        Err(error) => {
            tracing::warn!(%error, "the text of files cannot be read");
            Ok(())
        }
    }
}

/// What stands in pictures is made out where tesseract and the room for it are installed; elsewhere a picture is unread. It is
/// found out before anything is read, so that nothing is taken for unread that only had to wait.
async fn look_for_a_recogniser(realm: &Realm) {
    let Ok(reader) = crate::open::reader() else {
        return;
    };
    match inspect::Recogniser::find(inspect::RecogniseLimits::default()).await {
        Ok(recogniser) => {
            tracing::info!(
                "what stands in pictures is made out by tesseract shut in by bubblewrap"
            );
            realm.scan_files_with(reader.with_recogniser(recogniser));
        }
        Err(missing) => tracing::info!(%missing, "what stands in pictures is not read"),
    }
}

/// Office documents are shown as pages where LibreOffice and the room for it are installed, and as text elsewhere.
async fn look_for_a_printer(realm: &Realm) {
    match inspect::Printer::find(inspect::PrintLimits::default()).await {
        Ok(printer) => {
            tracing::info!(
                "office documents are shown as pages, made by LibreOffice shut in by bubblewrap"
            );
            realm.print_with(printer);
        }
        Err(missing) => tracing::info!(%missing, "office documents are shown as text"),
    }
}

/// Says at the start whether clamd answers and which it is, rather than when the first upload waits for it.
async fn look_for_the_scanner(realm: &Realm) {
    let Some(malware) = realm.malware() else {
        tracing::info!("nobody looks for malware: malware.clamd is not set");
        return;
    };
    match malware.clamd.version().await {
        Ok(version) => tracing::info!(clamd = %malware.clamd, %version, "clamd looks for malware"),
        Err(error) => {
            tracing::warn!(clamd = %malware.clamd, %error, when_away = ?malware.when_away, "nobody looks for malware until clamd answers");
        }
    }
}

/// Each connection is a file for the system. As many as the system lets us have are taken; when
/// they are fewer than the settings want, that is said at the start and not at the worst moment.
fn room_for(connections: usize) {
    const OTHERS: u64 = 256;
    let mut limits = getrlimit(Resource::Nofile);
    let wanted = connections as u64 + OTHERS;
    if limits.current.is_some_and(|current| current < wanted) {
        limits.current = Some(limits.maximum.map_or(wanted, |most| most.min(wanted)));
        // Whether that went well shows below.
        let _ = setrlimit(Resource::Nofile, limits);
    }
    if let Some(current) = getrlimit(Resource::Nofile).current
        && current < wanted
    {
        tracing::warn!(
            files = current,
            connections,
            "the system allows fewer open files than limits.connections needs: raise LimitNOFILE, or lower the limit"
        );
    }
}

/// Everything that is reached over the network.
fn faces(realm: &Realm, settings: &Settings, stop: &Stop) -> Router {
    let portal = Portal::new(
        realm.clone(),
        PortalSettings {
            address: settings.server.address.clone(),
            hue: settings.hue,
        },
    );
    let programs = ApiSettings {
        address: settings.server.address.clone(),
    };
    let files = Dav::new(
        realm.clone(),
        DavSettings {
            address: settings.server.address.clone(),
        },
    );
    let faces = web::router(portal.clone())
        .merge(api::router(realm.clone(), programs))
        .merge(dav::router(files.clone()))
        .layer(axum::middleware::from_fn_with_state(files, dav::around));
    let mut faces = request::around(faces, portal);
    if settings.server.timing {
        faces = faces.layer(axum::middleware::from_fn(timing::tell));
    }
    // Whoever watches asks every few seconds: not worth a line in the log.
    faces.merge(health::router(realm.clone(), stop.clone()))
}

/// Opens the operator's own listener: figures and health, for this machine or a network of its own.
async fn watch(listen: SocketAddr, realm: &Realm, stop: &Stop) -> Result<JoinHandle<()>, Fault> {
    let handle = figures::begin(realm.now())?;
    let router =
        figures::router(realm.clone(), handle).merge(health::router(realm.clone(), stop.clone()));
    let settings = DoorSettings {
        connections: 64,
        connections_per_address: 64,
        ..DoorSettings::default()
    };
    // It is watched to the last, so this door never closes by itself.
    let (never, open) = Stopper::new();
    let door = Door::open(listen, settings, router, None, open).await?;
    tracing::info!(%listen, "figures and health");
    Ok(tokio::spawn(async move {
        door.keep(Duration::ZERO).await;
        drop(never);
    }))
}

/// Does, once a day on one of the nodes, what rules of retention ask for, and clears away what that and uploads that never came to their end left in the vault.
async fn keep_house(realm: &Realm) {
    const DAY: Duration = Duration::from_hours(24);
    let mut hourly = tokio::time::interval(Duration::from_hours(1));
    loop {
        hourly.tick().await;
        let outcome = async {
            if realm.take_turn("housekeeping", DAY).await? {
                // What is in the way of one does not keep the vault from being cleared.
                match retention::upkeep(realm).await {
                    Ok(upkept) => {
                        tracing::info!(?upkept, "what rules of retention ask for was done");
                    }
                    Err(error) => {
                        tracing::warn!(%error, "what rules of retention ask for is done tomorrow");
                    }
                }
                let garbage = documents::collect_garbage(realm).await?;
                tracing::info!(?garbage, "what nothing refers to was cleared away");
            }
            Ok::<(), chancery::Error>(())
        };
        if let Err(error) = outcome.await {
            tracing::warn!(%error, "the house could not be kept; trying again in an hour");
        }
    }
}

/// Ends, every minute on one of the nodes, what file programs left behind: locks whose time is over, with the work
/// that was put under them, and files beside documents that are a day old.
async fn sweep_files(realm: &Realm) {
    const MINUTE: Duration = Duration::from_mins(1);
    let mut minutes = tokio::time::interval(MINUTE);
    loop {
        minutes.tick().await;
        let outcome = async {
            if realm.take_turn("files", MINUTE / 2).await? {
                let swept = files::sweep(realm).await?;
                if swept != files::Swept::default() {
                    tracing::info!(?swept, "what file programs left behind was cleared away");
                }
            }
            Ok::<(), chancery::Error>(())
        };
        if let Err(error) = outcome.await {
            tracing::warn!(%error, "what file programs left behind stays for now; trying again in a minute");
        }
    }
}

/// What was committed is sealed before the program ends; if that fails, the next start does it.
async fn finish(realm: &Realm) {
    const PATIENCE: Duration = Duration::from_secs(10);
    match tokio::time::timeout(PATIENCE, realm.keep_up(&followers())).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the journal is sealed at the next start"),
        Err(_) => tracing::warn!("the journal is sealed at the next start: it took too long"),
    }
    // Another node seals at once, rather than when the lease of this one has run out.
    if let Ok(Err(error)) = tokio::time::timeout(PATIENCE, realm.leave()).await {
        tracing::warn!(%error, "it could not be said that this node has stopped");
    }
    let _ = tokio::time::timeout(PATIENCE, realm.close()).await;
}
