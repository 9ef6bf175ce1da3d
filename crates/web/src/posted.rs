//! Forms that prove they came from our own page.
//!
//! The token is bound to the browser's cookie by a keyed hash, carries its hour and a nonce (so
//! that a compressed page does not give it away letter by letter), and is good for a day.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chancery::Error;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::{Failure, Forged};
use crate::portal::Portal;

const HOUR: i64 = 3_600_000_000;
const HOURS_VALID: i64 = 24;

/// The cookie of a browser that nobody is signed in with.
pub(crate) const VISIT_COOKIE: &str = "chancery-visit";

/// Makes and checks tokens for one browser.
#[derive(Clone)]
pub(crate) struct Csrf {
    key: [u8; 32],
}

impl Csrf {
    /// For the browser that holds this cookie.
    pub(crate) fn of(cookie: &str) -> Self {
        Self {
            key: blake3::derive_key("chancery 2026 token of forms", cookie.as_bytes()),
        }
    }

    /// The one of this request's browser: its session, or else its visit.
    pub(crate) fn of_request(portal: &Portal, headers: &HeaderMap) -> Option<Self> {
        let jar = CookieJar::from_headers(headers);
        jar.get(portal.session_cookie())
            .or_else(|| jar.get(VISIT_COOKIE))
            .map(|cookie| Self::of(cookie.value()))
    }

    fn mac(&self, hour: i64, nonce: &[u8]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(&hour.to_be_bytes());
        hasher.update(nonce);
        *hasher.finalize().as_bytes()
    }

    /// A token for a page made now.
    pub(crate) fn token(&self, portal: &Portal) -> String {
        let hour = portal.now().micros() / HOUR;
        let nonce = portal.realm().reference();
        let mac = URL_SAFE_NO_PAD.encode(self.mac(hour, nonce.as_bytes()));
        format!("{hour}.{nonce}.{mac}")
    }

    /// Whether this token was made for this browser, within the last day.
    pub(crate) fn accepts(&self, portal: &Portal, token: &str) -> Result<(), Forged> {
        let hour = self.hour(token).ok_or(Forged::Wrong)?;
        let age = (portal.now().micros() / HOUR).saturating_sub(hour);
        // The hour may have begun a moment earlier on the node that made the page.
        if (-1..=HOURS_VALID).contains(&age) {
            Ok(())
        } else {
            Err(Forged::Expired)
        }
    }

    /// The hour of a token that was made for this browser.
    fn hour(&self, token: &str) -> Option<i64> {
        let mut parts = token.splitn(3, '.');
        let (hour, nonce, mac) = (parts.next()?, parts.next()?, parts.next()?);
        let hour: i64 = hour.parse().ok()?;
        let mac = <[u8; 32]>::try_from(URL_SAFE_NO_PAD.decode(mac).ok()?).ok()?;
        // blake3's own comparison takes the same time wherever the first difference is.
        (blake3::Hash::from_bytes(mac)
            == blake3::Hash::from_bytes(self.mac(hour, nonce.as_bytes())))
        .then_some(hour)
    }
}

/// Refuses a token that is missing, forged, expired or of another session.
pub(crate) fn check_token(
    portal: &Portal,
    headers: &HeaderMap,
    token: &str,
) -> Result<(), Failure> {
    Csrf::of_request(portal, headers)
        .ok_or(Forged::Wrong)
        .and_then(|csrf| csrf.accepts(portal, token))
        .map_err(|forged| Failure(Error::unavailable(forged)))
}

/// A posted form whose token was right. Fields that appear several times become a `Vec`.
#[derive(Debug)]
pub struct Posted<T>(pub T);

#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned> FromRequest<Portal> for Posted<T> {
    type Rejection = Failure;

    async fn from_request(request: Request<Body>, portal: &Portal) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let limits = &portal.realm().settings().limits;
        let bytes = read_form(body, limits.form_bytes).await?;
        let fields = bytes.split(|byte| *byte == b'&').count();
        if fields > limits.form_fields as usize {
            return Err(too_many_fields(limits.form_fields));
        }
        let envelope: Envelope = parse(&bytes)?;
        check_token(portal, &parts.headers, &envelope.csrf)?;
        Ok(Self(parse(&bytes)?))
    }
}

async fn read_form(body: Body, limit: u64) -> Result<Bytes, Failure> {
    axum::body::to_bytes(body, usize::try_from(limit).unwrap_or(usize::MAX))
        .await
        .map_err(|_| Failure(Error::TooLarge { limit }))
}

/// A form has more fields than any of ours.
pub(crate) fn too_many_fields(limit: u32) -> Failure {
    Failure(Error::invalid(
        "form",
        format!("At most {limit} things can be sent at once. Choose fewer and try again"),
    ))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_html_form::from_bytes(bytes).map_err(|error| {
        Failure(Error::invalid(
            "form",
            format!("The form could not be read: {error}"),
        ))
    })
}

/// The parts of the query of an address; what cannot be read counts as absent, so that no
/// mistyped address is an error page.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned + Default + Send> FromRequestParts<Portal> for Asked<T> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Portal) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(serde_html_form::from_str(query).unwrap_or_default()))
    }
}
