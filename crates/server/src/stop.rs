//! Stopping in order: first the world is told, then the door closes, then the program ends.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::Fault;

/// How far stopping has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Serving,
    /// Still serving, but no longer ready: whoever shares the load among nodes sends it elsewhere.
    Draining,
    /// Nobody new is let in; requests under way are finished.
    Closing,
}

/// Whether it is time to stop. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<Stage>);

/// Moves [`Stop`] on.
#[derive(Debug)]
pub(crate) struct Stopper(watch::Sender<Stage>);

/// The signals that mean to stop. From the moment this exists they no longer end the program by
/// themselves.
#[derive(Debug)]
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    pub(crate) fn expect() -> Result<Self, Fault> {
        let listen = |kind| signal(kind).map_err(Fault::machine("listening for signals"));
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn came(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// The program was told twice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AtOnce;

impl Stopper {
    pub(crate) fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(Stage::Serving);
        (Self(sender), Stop(receiver))
    }

    /// Waits for the signal to stop, drains, and closes the door. The future ends only with a
    /// second signal, which means at once.
    pub(crate) async fn on_signals(self, mut signals: Signals, drain: Duration) -> AtOnce {
        signals.came().await;
        tracing::info!(?drain, "stopping: no longer ready");
        self.0.send_replace(Stage::Draining);
        if tokio::time::timeout(drain, signals.came()).await.is_ok() {
            return AtOnce;
        }
        tracing::info!("stopping: requests under way are finished first");
        self.0.send_replace(Stage::Closing);
        signals.came().await;
        AtOnce
    }
}

impl Stop {
    /// Whether new work should go elsewhere.
    pub(crate) fn draining(&self) -> bool {
        *self.0.borrow() >= Stage::Draining
    }

    /// Waits until the door closes.
    pub(crate) async fn closing(&self) {
        let mut stage = self.0.clone();
        // The stopper lives as long as the program serves.
        if stage
            .wait_for(|stage| *stage >= Stage::Closing)
            .await
            .is_err()
        {
            std::future::pending::<()>().await;
        }
    }
}
