//! Serving the pages and the API, and keeping the journal meanwhile.

use std::sync::Arc;
use std::time::Duration;

use api::ApiSettings;
use axum::Router;
use chancery::keeping;
use chancery::kernel::{Follower, Realm};
use chancery::notices::Notices;
use web::{Portal, PortalSettings};

use crate::door::{Door, Keeper};
use crate::stop::{AtOnce, Stop, Stopper};
use crate::{Fault, Opened, Settings, health};

/// Everything that follows the journal.
pub(crate) fn followers() -> Vec<Arc<dyn Follower>> {
    vec![Arc::new(Notices)]
}

/// Listens where the settings say; `ready` is called once that works. Returns when the program
/// was told to stop and has.
pub(crate) async fn serve(opened: Opened, ready: impl FnOnce(&Settings)) -> Result<(), Fault> {
    let Opened { realm, settings } = opened;
    let (stopper, stop) = Stopper::new();
    let server = &settings.server;
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
    tracing::info!(listen = %server.listen, "serving");
    ready(&settings);
    let orderly = async {
        door.keep(server.finish).await;
        keeper.abort();
        if let Some(fresh) = fresh {
            fresh.abort();
        }
        loaded.abort();
        if let Err(error) = ring.leave().await {
            tracing::warn!(%error, "it could not be said that this node has stopped");
        }
        finish(&realm).await;
    };
    tokio::select! {
        () = orderly => {
            tracing::info!("stopped");
            Ok(())
        }
        AtOnce = stopper.on_signals(server.drain) => Err(Fault::Said(
            "stopped at once by a second signal. Nothing that was acknowledged is lost; the journal is sealed at the next start".to_owned(),
        )),
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
    web::router(portal)
        .merge(api::router(realm.clone(), programs))
        .merge(health::router(realm.clone(), stop.clone()))
}

/// What was committed is sealed before the program ends; if that fails, the next start does it.
async fn finish(realm: &Realm) {
    const PATIENCE: Duration = Duration::from_secs(10);
    match tokio::time::timeout(PATIENCE, realm.keep_up(&followers())).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the journal is sealed at the next start"),
        Err(_) => tracing::warn!("the journal is sealed at the next start: it took too long"),
    }
    let _ = tokio::time::timeout(PATIENCE, realm.close()).await;
}
