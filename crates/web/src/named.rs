//! The thing that an address names.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use chancery::Error;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::portal::Portal;

/// The parameters of an address, in the order of its braces: `Named(id): Named<Id<thing::Library>>`.
///
/// Text that is no id answers exactly as the id of something that may not be seen, so that
/// nothing is learnt from trying addresses. Take it after the guest: who is not signed in is asked
/// to sign in, whatever the address.
#[derive(Debug)]
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Portal> for Named<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Failure> {
        let Path(named) = Path::from_request_parts(parts, portal)
            .await
            .map_err(|_| Failure(Error::NotFound))?;
        Ok(Self(named))
    }
}
