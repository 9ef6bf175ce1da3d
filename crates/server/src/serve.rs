//! Serving the pages, and keeping the journal meanwhile.

use std::net::SocketAddr;
use std::sync::Arc;

use chancery::kernel::{Follower, Realm};
use chancery::notices::Notices;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use web::{Portal, PortalSettings};

use crate::{Fault, Opened, Settings};

/// Everything that follows the journal.
pub(crate) fn followers() -> Vec<Arc<dyn Follower>> {
    vec![Arc::new(Notices)]
}

/// Listens where the settings say; `ready` is called once that works.
pub(crate) async fn serve(opened: Opened, ready: impl FnOnce(&Settings)) -> Result<(), Fault> {
    let Opened { realm, settings } = opened;
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(Fault::machine(format!("listening on {}", settings.listen)))?;
    let portal = Portal::new(
        realm.clone(),
        PortalSettings {
            address: settings.address.clone(),
            hue: settings.hue,
            behind_proxy: settings.behind_proxy,
        },
    );
    let app = web::router(portal).into_make_service_with_connect_info::<SocketAddr>();
    let keeper = tokio::spawn({
        let realm = realm.clone();
        async move { realm.keep_journal(&followers()).await }
    });
    tracing::info!(listen = %settings.listen, "serving");
    ready(&settings);
    let outcome = axum::serve(listener, app)
        .with_graceful_shutdown(asked_to_stop())
        .await
        .map_err(Fault::machine("serving"));
    keeper.abort();
    finish(&realm).await;
    outcome
}

/// What was committed is sealed before the program ends; if that fails, the next start does it.
async fn finish(realm: &Realm) {
    if let Err(error) = realm.keep_up(&followers()).await {
        tracing::warn!(%error, "the journal is sealed at the next start");
    }
    realm.close().await;
}

async fn asked_to_stop() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping: requests under way are finished first");
}
