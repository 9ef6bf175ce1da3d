//! Who a program acts for.

use axum::http::request::Parts;
use chancery::kernel::{Actor, Realm};
use chancery::{Error, people};
use headers::authorization::{Basic, Bearer};
use headers::{Authorization, HeaderMapExt as _};

/// Whoever the secret in `Authorization` belongs to. The name beside it is not looked at: the secret says who it
/// is. A person's own password is never tried here.
pub(crate) async fn actor(realm: &Realm, parts: &Parts) -> Result<Actor, Error> {
    let secret = match parts.headers.typed_get::<Authorization<Basic>>() {
        Some(Authorization(basic)) => basic.password().to_owned(),
        None => match parts.headers.typed_get::<Authorization<Bearer>>() {
            Some(Authorization(bearer)) => bearer.token().to_owned(),
            // A request without any is no guess, and is not counted.
            None => return Err(Error::SignedOut),
        },
    };
    proven(realm, &secret, &wire::address(parts)).await
}

/// The one place that says which secrets a file program may sign in with.
async fn proven(realm: &Realm, secret: &str, address: &str) -> Result<Actor, Error> {
    people::token_actor(realm, secret, address).await
}
