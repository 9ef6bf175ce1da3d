//! A program with a token.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, header};
use chancery::kernel::{Actor, Scope};
use chancery::{Error, people};

use crate::Api;
use crate::problem::Problem;

/// A program with a token: whom it acts for, and how far the token reaches.
///
/// What `If-Match` says is expected of the change goes with them, so that the verb looks at it where
/// nobody can change it meanwhile.
#[derive(Clone)]
pub struct Caller {
    /// Who they are: what every verb begins with.
    pub actor: Actor,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Caller").field(&self.actor.who()).finish()
    }
}

impl Caller {
    /// The set of things that they may see.
    pub fn scope(&self) -> Result<Scope, Problem> {
        Ok(self.actor.scope()?)
    }

    pub(crate) async fn of(parts: &Parts, api: &Api) -> Result<Self, Problem> {
        let address = wire::address(parts);
        // A request without any token is no guess, and is not counted.
        let token = bearer(parts).ok_or(Error::SignedOut)?;
        let actor = people::token_actor(api.realm(), token, &address).await?;
        let actor = match expected(parts)? {
            Some(editions) => actor.expecting(editions),
            None => actor,
        };
        Ok(Self { actor })
    }
}

impl FromRequestParts<Api> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match parts.extensions.get::<Self>() {
            Some(known) => Ok(known.clone()),
            None => Self::of(parts, api).await,
        }
    }
}

/// The token of the header `Authorization` (RFC 6750).
fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_start())
}

/// What `If-Match` expects of a change (RFC 9110 §13.1.1); `*` expects no more than every verb does.
fn expected(parts: &Parts) -> Result<Option<Vec<String>>, Problem> {
    if parts.method == Method::GET || parts.method == Method::HEAD {
        return Ok(None);
    }
    let mut editions = Vec::new();
    for value in parts.headers.get_all(header::IF_MATCH) {
        let value = value.to_str().map_err(|_| not_a_tag())?;
        for tag in value
            .split(',')
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
        {
            if tag == "*" {
                return Ok(None);
            }
            if tag.starts_with("W/") {
                // A weak tag never matches here; it is kept as one that nothing has.
                editions.push(String::new());
                continue;
            }
            let inner = tag
                .strip_prefix('"')
                .and_then(|tag| tag.strip_suffix('"'))
                .ok_or_else(not_a_tag)?;
            // The part before the dot is what was seen; the rest is how it was described.
            let edition = inner.split('.').next().unwrap_or_default();
            editions.push(edition.to_owned());
        }
    }
    Ok((!editions.is_empty()).then_some(editions))
}

fn not_a_tag() -> Problem {
    Problem::field(
        "If-Match",
        "Send the ETag of what you have seen, with its quotation marks",
    )
}
