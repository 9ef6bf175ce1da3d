//! Who a program acts for.

use axum::http::request::Parts;
use chancery::kernel::{Actor, Realm};
use chancery::{Error, people};
use headers::authorization::Basic;
use headers::{Authorization, HeaderMapExt as _};

/// Whoever the app password in `Authorization` belongs to. The name beside it is not looked at: the password says who
/// it is. A person's own password is never tried here.
pub(crate) async fn actor(realm: &Realm, parts: &Parts) -> Result<Actor, Error> {
    let Some(Authorization(basic)) = parts.headers.typed_get::<Authorization<Basic>>() else {
        // A request without any is no guess, and is not counted.
        return Err(Error::SignedOut);
    };
    people::file_client_actor(realm, basic.password(), &wire::address(parts)).await
}
