//! From a request to its verb.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use chancery::Error;
use chancery::files::{self, Address, Looked, What};
use chancery::kernel::{Actor, Realm};
use tower_http::catch_panic::CatchPanicLayer;
use wire::RequestId;

use crate::failure::Failure;
use crate::{address, caller, change, content, lock, propfind, proppatch};

/// What can be asked for here.
pub const METHODS: [&str; 12] = [
    "OPTIONS",
    "GET",
    "HEAD",
    "PUT",
    "DELETE",
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "COPY",
    "MOVE",
    "LOCK",
    "UNLOCK",
];
/// The same, for the header.
pub(crate) const ALLOW: &str =
    "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH, MKCOL, COPY, MOVE, LOCK, UNLOCK";

/// How files are reached, which the realm itself does not know.
#[derive(Debug, Clone, Default)]
pub struct DavSettings {
    /// The address that people type, without a slash at the end: `https://realm.example`.
    pub address: String,
}

/// A realm, open to file programs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Dav(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    realm: Realm,
    settings: DavSettings,
}

impl Dav {
    /// Of this realm.
    pub fn new(realm: Realm, settings: DavSettings) -> Self {
        Self(Arc::new(Inner { realm, settings }))
    }
}

/// Files of a realm.
pub fn router(dav: Dav) -> Router {
    Router::new()
        .route("/dav", any(attend))
        .route("/dav/", any(attend))
        .route("/dav/{*path}", any(attend))
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::new())
        .with_state(dav)
}

/// Windows asks the top of the host what it can do before it goes further down (and so do some others): it is
/// told, and everything else goes on.
pub async fn around(State(dav): State<Dav>, request: Request, next: Next) -> Response {
    if request.uri().path() != "/" {
        return next.run(request).await;
    }
    match request.method().as_str() {
        "OPTIONS" => options(),
        "PROPFIND" => {
            let (mut parts, body) = request.into_parts();
            parts.uri = axum::http::Uri::from_static("/dav/");
            attend(State(dav), Request::from_parts(parts, body)).await
        }
        _ => next.run(request).await,
    }
}

/// A request on its way to its verb.
pub(crate) struct Call {
    pub(crate) actor: Actor,
    pub(crate) parts: Parts,
    /// The address that people type.
    pub(crate) address: String,
    at: Address,
}

impl Call {
    /// What there is at the address of the request.
    pub(crate) async fn look(&self) -> Result<Looked, Failure> {
        self.find(&self.at).await
    }

    /// What there is at another address.
    pub(crate) async fn look_at(&self, at: &Address) -> Result<Looked, Failure> {
        match self.find(at).await {
            // A site or library that cannot be seen is no folder to put something in.
            Err(failure) if failure.status() == StatusCode::NOT_FOUND => {
                Err(files::Stop::NoFolder.into())
            }
            other => other,
        }
    }

    async fn find(&self, at: &Address) -> Result<Looked, Failure> {
        let looked = files::look(&self.actor, at).await?;
        let method = &self.parts.method;
        let reads = *method == Method::GET || *method == Method::HEAD;
        if reads && matches!(looked.what, What::Nothing | What::Nowhere) {
            return Err(Error::NotFound.into());
        }
        Ok(looked)
    }
}

async fn attend(State(dav): State<Dav>, request: Request) -> Response {
    let Inner { realm, settings } = &*dav.0;
    let reference = request
        .extensions()
        .get::<RequestId>()
        .map(|id| id.0.clone())
        .unwrap_or_default();
    let path = request.uri().path().to_owned();
    let mut response = match answer(realm, settings, request).await {
        Ok(response) => response,
        Err(failure) => failure.answer(&path, &realm.settings().name, &reference),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; sandbox",
        ),
        (header::CACHE_CONTROL, "private, no-cache"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if settings.address.starts_with("https://") {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

fn options() -> Response {
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static("dav"),
        HeaderValue::from_static("1, 2, 3"),
    );
    headers.insert(
        HeaderName::from_static("ms-author-via"),
        HeaderValue::from_static("DAV"),
    );
    headers.insert(header::ALLOW, HeaderValue::from_static(ALLOW));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    response
}

async fn answer(
    realm: &Realm,
    settings: &DavSettings,
    request: Request,
) -> Result<Response, Failure> {
    // What can be asked for is no secret, and some programs ask before they sign in.
    if request.method() == Method::OPTIONS {
        return Ok(options());
    }
    let (parts, body) = request.into_parts();
    let actor = caller::actor(realm, &parts).await?;
    let at = address::parse(parts.uri.path())?;
    let method = parts.method.clone();
    let call = Call {
        actor,
        parts,
        address: settings.address.clone(),
        at,
    };
    match method.as_str() {
        "GET" | "HEAD" => content::get(call).await,
        "PUT" => content::put(call, body).await,
        "DELETE" => change::delete(call).await,
        "PROPFIND" => propfind::propfind(call, body).await,
        "PROPPATCH" => proppatch::proppatch(call, body).await,
        "MKCOL" => change::mkcol(call, body).await,
        "COPY" => change::copy(call).await,
        "MOVE" => change::shift(call).await,
        "LOCK" => lock::lock(call, body).await,
        "UNLOCK" => lock::unlock(call).await,
        _ => Err(Failure::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "This cannot be asked for here",
        )),
    }
}
