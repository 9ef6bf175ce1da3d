//! Every address of the pages. Each page module lists its own with [`routes!`]; the access matrix
//! visits what [`ROUTES`] says, so that no address can be added unseen.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::portal::Portal;
use crate::{failure, headers, pages, remainder};

/// One address and what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// `get` or `post`; for uploads also `options`, `head`, `patch` and `delete`.
    pub method: &'static str,
    /// With its parameters in braces.
    pub path: &'static str,
}

/// Lists the addresses of a module and what answers them.
macro_rules! routes {
    ($($method:ident $path:literal => $handler:path;)*) => {
        /// The addresses of these pages.
        pub(crate) const ROUTES: &[$crate::Route] = &[
            $($crate::Route { method: stringify!($method), path: $path }),*
        ];

        /// Adds them to the router.
        pub(crate) fn add(router: axum::Router<$crate::Portal>) -> axum::Router<$crate::Portal> {
            router$(.route($path, axum::routing::$method($handler)))*
        }
    };
}
pub(crate) use routes;

/// Every address, by module.
pub const ROUTES: &[&[Route]] = pages::ROUTES;

/// The pages of a realm.
pub fn router(portal: Portal) -> Router {
    pages::add(Router::new())
        .layer(CompressionLayer::new().br(true).gzip(true))
        // Content is streamed as it is: it is compressed already, or must not be mixed with secrets.
        .merge(pages::add_content(Router::new()))
        .fallback(failure::nowhere)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(headers::forget_flash))
        .layer(from_fn(headers::same_site))
        .layer(from_fn_with_state(portal.clone(), failure::dress))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(remainder::let_arrive))
        .route("/assets/{*path}", axum::routing::get(asset))
        .layer(from_fn_with_state(portal.clone(), headers::secure))
        .with_state(portal)
}

/// A stylesheet, script or icon: its name changes with its content, so it is kept for good.
async fn asset(Path(path): Path<String>, asked: HeaderMap) -> Response {
    let Some(asset) = assets::find(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepts = |coding: &str| {
        asked
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|all| {
                all.split(',')
                    .any(|one| one.trim().split(';').next() == Some(coding))
            })
    };
    let (body, coding) = if accepts("br") {
        (asset.brotli, Some("br"))
    } else if accepts("gzip") {
        (asset.gzip, Some("gzip"))
    } else {
        (asset.bytes, None)
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(asset.content_type),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(policy) = asset.policy {
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(policy),
        );
    }
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}
