//! An S3-compatible store for tests: s3s-fs, a real S3 server over a directory, on a free port of
//! this machine, with credentials of its own. A test may spoil its [`Weather`].
//!
//! Real servers look at the condition of a write and write in one step; s3s-fs looks first. So
//! here conditional writes take turns with each other and with readers.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use http::{Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, HttpError};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::sync::{RwLock, oneshot};

/// How the store behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weather {
    /// As it should.
    #[default]
    Fair,
    /// Every connection is closed without an answer.
    Away,
    /// It takes requests and never answers.
    Silent,
    /// It answers every request with an internal error, and does nothing.
    Failing,
    /// It does what it is asked to write, and then answers with an internal error.
    Forgetful,
    /// What is read ends in the middle.
    CutShort,
    /// It ignores the conditions of conditional writes, as old servers do.
    Unconditional,
}

/// A running store. Dropping it stops the server; its directory goes when the store made it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    directory: TempDir,
    access_key: String,
    secret_key: String,
    desk: Arc<Desk>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Desk {
    service: S3Service,
    weather: Mutex<Weather>,
    turn: RwLock<()>,
    requests: AtomicU64,
}

/// The one bucket of the store.
pub const BUCKET: &str = "realm";

impl Server {
    /// Starts a store with one empty [`BUCKET`].
    ///
    /// # Errors
    /// When there is no free port, or no room for a directory.
    pub fn start() -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("chancery-s3-").tempdir()?;
        std::fs::create_dir(directory.path().join(BUCKET))?;
        let (access_key, secret_key) = (super::random_hex(), super::random_hex());
        let files = FileSystem::new(directory.path())
            .map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(
            access_key.clone(),
            secret_key.clone(),
        ));
        let desk = Arc::new(Desk {
            service: builder.build(),
            weather: Mutex::default(),
            turn: RwLock::default(),
            requests: AtomicU64::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn({
            let desk = Arc::clone(&desk);
            move || {
                runtime.block_on(async move {
                    tokio::select! {
                        () = serve(listener, desk) => {}
                        _ = stopped => {}
                    }
                });
                // What is under way is dropped with its connection, as when a server goes.
                runtime.shutdown_background();
            }
        });
        Ok(Self {
            address,
            directory,
            access_key,
            secret_key,
            desk,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it is.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The id of the key that it lets in.
    #[must_use]
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// The secret that belongs to it.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// The directory in which the objects of [`BUCKET`] are files, for looking behind its back.
    #[must_use]
    pub fn bucket(&self) -> std::path::PathBuf {
        self.directory.path().join(BUCKET)
    }

    /// The keys of all objects below a prefix, in order.
    #[must_use]
    pub fn keys(&self, prefix: &str) -> Vec<String> {
        let root = self.bucket();
        let mut found = Vec::new();
        walk(&root, &root, &mut found);
        found.retain(|key| key.starts_with(prefix));
        found.sort();
        found
    }

    /// Changes how it behaves from the next request on.
    pub fn turn(&self, weather: Weather) {
        *self
            .desk
            .weather
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = weather;
    }

    /// How many requests have reached it.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.desk.requests.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn walk(root: &Path, directory: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(root, &path, found);
        } else if let Ok(key) = path.strip_prefix(root) {
            found.push(key.display().to_string());
        }
    }
}

async fn serve(listener: TcpListener, desk: Arc<Desk>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            continue;
        };
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let service = hyper::service::service_fn(move |request| {
                let desk = Arc::clone(&desk);
                async move { desk.answer(request).await }
            });
            // A client that goes away is no fault of the server's.
            let _ = Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(socket), service)
                .await;
        });
    }
}

/// Why a connection is closed without an answer.
#[derive(Debug)]
enum Broken {
    Away,
    Service(HttpError),
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Away => f.write_str("the store is away"),
            Self::Service(error) => write!(f, "{error:?}"),
        }
    }
}

impl std::error::Error for Broken {}

impl Desk {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Broken> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let weather = *self.weather.lock().unwrap_or_else(PoisonError::into_inner);
        let writes = request.method() != Method::GET && request.method() != Method::HEAD;
        match weather {
            Weather::Away => return Err(Broken::Away),
            Weather::Silent => std::future::pending().await,
            Weather::Failing => return Ok(internal_error()),
            _ => {}
        }
        let response = self.do_it(request.map(Body::from), weather).await?;
        match weather {
            Weather::Forgetful if writes => Ok(internal_error()),
            Weather::CutShort if !writes => cut_short(response).await,
            _ => Ok(response),
        }
    }

    async fn do_it(
        &self,
        mut request: Request<Body>,
        weather: Weather,
    ) -> Result<Response<Body>, Broken> {
        let headers = request.headers_mut();
        if weather == Weather::Unconditional {
            headers.remove(header::IF_MATCH);
            headers.remove(header::IF_NONE_MATCH);
        }
        let conditional =
            headers.contains_key(header::IF_MATCH) || headers.contains_key(header::IF_NONE_MATCH);
        let outcome = if request.method() == Method::GET {
            let _turn = self.turn.read().await;
            self.service.call(request).await
        } else if conditional {
            let _turn = self.turn.write().await;
            self.service.call(request).await
        } else {
            self.service.call(request).await
        };
        outcome.map_err(Broken::Service)
    }
}

fn internal_error() -> Response<Body> {
    let mut response = Response::new(Body::from(
        "<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>bad weather</Message></Error>"
            .to_owned(),
    ));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// The head promises all of the body, and half of it comes.
async fn cut_short(response: Response<Body>) -> Result<Response<Body>, Broken> {
    let (mut parts, mut body) = response.into_parts();
    let bytes = body
        .store_all_limited(64 * 1024 * 1024)
        .await
        .map_err(|_| Broken::Away)?;
    parts
        .headers
        .insert(header::CONTENT_LENGTH, bytes.len().into());
    let half = bytes.slice(..bytes.len() / 2);
    Ok(Response::from_parts(parts, Body::from(half)))
}
