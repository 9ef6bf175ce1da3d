//! Who a program acts for.

use axum::http::request::Parts;
use chancery::kernel::{Actor, Realm};
use chancery::{Error, people};
use headers::authorization::Basic;
use headers::{Authorization, HeaderMapExt as _};

/// Whoever made the app password in `Authorization` (RFC 7617). The name beside it is not looked at: the password says
/// who it is. A person's own password is never tried here, and a token of the API opens nothing.
pub(crate) async fn actor(realm: &Realm, parts: &Parts) -> Result<Actor, Error> {
    // A request without any is no guess, and is not counted.
    let Authorization(basic) = parts
        .headers
        .typed_get::<Authorization<Basic>>()
        .ok_or(Error::SignedOut)?;
    people::file_client_actor(realm, basic.password(), &wire::address(parts)).await
}
