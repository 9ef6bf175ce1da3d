//! The door: where connections come in. It decides how many there may be, how long each may keep
//! us waiting, whose address a request really comes from, and how everybody is seen out when the
//! program stops. What a request asks for is no business of the door.

mod acme;
mod connection;
mod hops;
mod pace;
mod places;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

pub(crate) use acme::Renewal;
pub(crate) use connection::Brought;
pub(crate) use hops::Network;
pub(crate) use pace::Slow;
pub(crate) use tls::{Certificate, Tls};

use crate::Fault;
use crate::settings::{ServerSettings, SettingsError};
use crate::stop::Stop;
use places::{Full, Place, Places};

/// What a stranger's connection can cost at most.
#[derive(Debug, Clone)]
pub struct DoorSettings {
    /// How many connections may be open.
    pub connections: usize,
    /// How many of them one address may have; proxies of ours are not counted.
    pub connections_per_address: usize,
    /// How long the head of a request, or the handshake of TLS, may take.
    pub head: Duration,
    /// How long a connection may stay open with nothing asked.
    pub keep_alive: Duration,
    /// How long a client may send nothing, or take nothing, in the middle of a body.
    pub stall: Duration,
    /// How many bytes a second it must send or take, once it kept us waiting for a while.
    pub pace: u64,
    /// How many bytes the head of a request may have before it is cut off unread.
    pub head_bytes: usize,
    /// How many requests of one HTTP/2 connection may be under way.
    pub streams: u32,
    /// The proxies whose word about the client's address counts.
    pub proxies: Vec<Network>,
}

/// What keeps a certificate fresh, for as long as the door is open.
pub(crate) enum Keeper {
    /// It is in files that somebody else changes.
    Files(Arc<Certificate>),
    /// An authority gives it.
    Authority(Renewal),
}

impl Keeper {
    /// How connections are made private, and what keeps that so; `None` for plain HTTP.
    pub(crate) fn of(server: &ServerSettings) -> Result<Option<(Tls, Self)>, SettingsError> {
        if let Some(settings) = &server.tls {
            let certificate = Certificate::read(settings)?;
            let tls = certificate
                .tls()
                .map_err(|error| SettingsError::key("server.tls", error))?;
            return Ok(Some((tls, Self::Files(certificate))));
        }
        let Some(settings) = &server.acme else {
            return Ok(None);
        };
        let (tls, renewal) = acme::prepare(settings)?;
        Ok(Some((tls, Self::Authority(renewal))))
    }

    /// Runs until it is dropped.
    pub(crate) async fn keep(self) {
        match self {
            Self::Files(certificate) => certificate.watch().await,
            Self::Authority(renewal) => renewal.run().await,
        }
    }
}

impl Default for DoorSettings {
    fn default() -> Self {
        Self {
            connections: 4096,
            connections_per_address: 256,
            head: Duration::from_secs(10),
            keep_alive: Duration::from_mins(1),
            stall: Duration::from_secs(30),
            pace: 1024,
            head_bytes: 64 * 1024,
            streams: 64,
            proxies: Vec::new(),
        }
    }
}

/// A listener with its rules.
pub(crate) struct Door {
    listener: TcpListener,
    shared: Arc<Shared>,
}

/// What every connection of a door needs.
struct Shared {
    settings: DoorSettings,
    http: Builder<TokioExecutor>,
    app: Router,
    tls: Option<Tls>,
    stop: Stop,
}

impl Door {
    /// Listens.
    pub(crate) async fn open(
        listen: SocketAddr,
        settings: DoorSettings,
        app: Router,
        tls: Option<Tls>,
        stop: Stop,
    ) -> Result<Self, Fault> {
        let listener = TcpListener::bind(listen)
            .await
            .map_err(Fault::machine(format!("listening on {listen}")))?;
        let http = protocol(&settings);
        Ok(Self {
            listener,
            shared: Arc::new(Shared {
                settings,
                http,
                app,
                tls,
                stop,
            }),
        })
    }

    /// Lets connections in until it is time to close; then nobody new, and those inside finish
    /// what they are at. Whoever is not done by `finish` is cut off.
    pub(crate) async fn keep(self, finish: Duration) {
        let Self { listener, shared } = self;
        let places = Places::new(
            shared.settings.connections,
            shared.settings.connections_per_address,
        );
        let mut inside = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                () = shared.stop.closing() => break,
                Some(ended) = inside.join_next() => report(ended),
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => shared.admit(&places, &mut inside, stream, peer),
                    Err(error) => {
                        // Out of descriptors, mostly: those inside leave in a moment.
                        tracing::warn!(%error, "a connection could not be accepted");
                        let pause = Duration::from_millis(100);
                        let _ = tokio::time::timeout(pause, shared.stop.closing()).await;
                    }
                },
            }
        }
        drop(listener);
        let all_out = async {
            while let Some(ended) = inside.join_next().await {
                report(ended);
            }
        };
        if tokio::time::timeout(finish, all_out).await.is_err() {
            tracing::warn!(
                connections = inside.len(),
                "requests that were not finished in time are cut off"
            );
            inside.shutdown().await;
        }
    }
}

impl Shared {
    fn admit(
        self: &Arc<Self>,
        places: &Places,
        inside: &mut JoinSet<()>,
        stream: TcpStream,
        peer: SocketAddr,
    ) {
        let ours = hops::among(peer.ip(), &self.settings.proxies);
        match places.take((!ours).then(|| peer.ip())) {
            Ok(place) => {
                let shared = Arc::clone(self);
                inside.spawn(async move { shared.attend(stream, peer, place).await });
            }
            Err(full) => {
                metrics::counter!("chancery_connections_turned_away_total").increment(1);
                tracing::debug!(?full, "a connection was turned away");
                if self.tls.is_none() {
                    turn_away(&stream, full);
                }
            }
        }
    }

    async fn attend(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, _place: Place) {
        // Answers are written whole, so waiting to fill a packet only delays them.
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else {
            return connection::serve(&self, stream, peer).await;
        };
        match tokio::time::timeout(self.settings.head, tls.accept(stream)).await {
            Ok(Ok(stream)) => connection::serve(&self, stream, peer).await,
            Ok(Err(error)) => tracing::debug!(%error, %peer, "no handshake"),
            Err(_) => tracing::debug!(%peer, "the handshake took too long"),
        }
    }
}

fn protocol(settings: &DoorSettings) -> Builder<TokioExecutor> {
    const WINDOW: u32 = 1024 * 1024;
    let mut http = Builder::new(TokioExecutor::new());
    http.http1()
        // The connection watches this itself, so that it can tell a pause from a slow head.
        .header_read_timeout(None)
        .max_buf_size(settings.head_bytes.max(64 * 1024));
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(settings.streams)
        .max_header_list_size(u32::try_from(settings.head_bytes).unwrap_or(u32::MAX))
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(4 * WINDOW)
        .keep_alive_interval(settings.stall)
        .keep_alive_timeout(settings.stall);
    http
}

/// Said to a connection that there is no place for, if it can be said at once. Over TLS it would
/// not be understood, and closing says the same.
fn turn_away(stream: &TcpStream, full: Full) {
    let (status, text) = match full {
        Full::All => (
            "503 Service Unavailable",
            "Everybody at once: there are too many connections. Try again in a few seconds.",
        ),
        Full::Address => (
            "429 Too Many Requests",
            "There are too many connections from your address. Close some and try again in a few seconds.",
        ),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Retry-After: 5\r\nConnection: close\r\n\r\n{text}\n",
        text.len() + 1
    );
    let _ = stream.try_write(answer.as_bytes());
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a connection failed");
    }
}
