//! Where lists begin and go on, and what was made.

use std::fmt;
use std::str::FromStr;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chancery::kernel::Id;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::routes::ROOT;
use crate::{Page, schema};

/// Where a list by name goes on: after the one of this name and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AfterName(pub(crate) (String, i64));

impl fmt::Display for AfterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, id) = &self.0;
        write!(f, "{}.{name}", Id::<()>::from_raw(*id))
    }
}

impl FromStr for AfterName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once('.')
            .and_then(|(id, name)| Some((name.to_owned(), id.parse::<Id<()>>().ok()?.raw())))
            .map(Self)
            .ok_or("Send the `next` of the page before, as it is")
    }
}

impl<'de> Deserialize<'de> for AfterName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What is looked for in a list by name, and where to go on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Find {
    /// What is looked for in names, e-mail addresses and the names of organisations.
    #[param(required = false)]
    pub(crate) find: String,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub(crate) after: Option<AfterName>,
}

/// A page of a list by name.
pub(crate) fn by_name<T, U: From<T>>(items: Vec<T>, next: Option<(String, i64)>) -> Page<U> {
    Page {
        items: items.into_iter().map(U::from).collect(),
        next: next.map(|next| AfterName(next).to_string()),
    }
}

/// A list that is short enough to be answered whole.
pub(crate) fn whole<T, U: From<T>>(items: Vec<T>) -> Page<U> {
    by_name(items, None)
}

/// Something that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Made {
    /// Its id. The header `Location` has its address.
    #[schema(value_type = schema::Id)]
    id: String,
    #[serde(skip)]
    address: String,
}

impl Made {
    /// One of the things whose addresses begin so: `/sites`.
    pub(crate) fn new<T>(of: &str, id: Id<T>) -> Self {
        Self {
            address: format!("{ROOT}{of}/{id}"),
            id: id.to_string(),
        }
    }
}

impl IntoResponse for Made {
    fn into_response(self) -> Response {
        let address = [(header::LOCATION, self.address.clone())];
        (StatusCode::CREATED, address, Json(self)).into_response()
    }
}

/// It is done, and there is nothing to add.
pub(crate) const DONE: StatusCode = StatusCode::NO_CONTENT;

/// An answer with a secret in it, which nobody on the way may keep, and neither may we.
pub(crate) fn secret(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let never = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, never);
    response
}

/// A field that is there, even if it is null: `#[serde(default, deserialize_with = "given")]` tells
/// "leave it" from "none".
#[allow(
    clippy::option_option,
    reason = "that is the difference which it is for"
)]
pub(crate) fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::AfterName;

    #[test]
    fn a_list_by_name_goes_on_where_it_stopped() {
        let after = AfterName(("o'brien. mary".to_owned(), 1234));
        assert_eq!(after.to_string().parse(), Ok(after));
        for text in ["", "name", "12.name", "0000000000016name"] {
            assert!(text.parse::<AfterName>().is_err(), "{text}");
        }
    }
}
