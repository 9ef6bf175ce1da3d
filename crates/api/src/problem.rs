//! Errors as problem details (RFC 9457): the one mapping of the product's errors to answers.

use std::any::Any;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chancery::Error;
use chancery::kernel::Time;
use serde::Serialize;
use utoipa::ToSchema;

use crate::schema::Moment;

/// What a handler answers with.
pub type Answer<T> = Result<T, Problem>;

/// What went wrong, and what to do (RFC 9457).
#[derive(Debug, Clone)]
pub struct Problem {
    kind: &'static str,
    title: &'static str,
    status: StatusCode,
    detail: String,
    errors: Vec<FieldProblem>,
    until: Option<Time>,
    pub(crate) source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// A problem with one field of what was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The field: in the body its path, otherwise the name of the parameter or header.
    pub field: String,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

/// What went wrong, and what to do (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// Which sort of problem it is: the same text for the same sort, for ever.
    #[serde(rename = "type")]
    #[schema(example = "urn:chancery:problem:not-found")]
    kind: String,
    /// The sort in words.
    #[schema(example = "Not found")]
    title: &'a str,
    /// The status of the answer.
    #[schema(example = 404)]
    status: u16,
    /// What happened here, in a sentence.
    #[schema(example = "There is nothing at this address that you can see.")]
    detail: &'a str,
    /// The name of this request in the realm's log: read it out when you ask for help.
    #[schema(example = "8ZK2V0Q4M7RD")]
    reference: &'a str,
    /// Which fields are wrong, and what would be right.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    errors: &'a [FieldProblem],
    /// When the next attempt is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Moment>,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            title,
            status,
            detail: detail.into(),
            errors: Vec::new(),
            until: None,
            source: None,
        }
    }

    /// What was sent has a problem in this field.
    pub(crate) fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            errors: vec![FieldProblem {
                field: field.into(),
                message: message.into(),
            }],
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "There is a problem with what was sent",
                "Correct what `errors` names, and send it again. Nothing was changed.",
            )
        }
    }

    /// What was sent cannot be read.
    pub(crate) fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "unreadable",
            "This cannot be read",
            detail,
        )
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The answer itself, once the name of the request is known.
    pub(crate) fn dressed(&self, reference: &str, now: Time) -> Response {
        let body = ProblemBody {
            kind: format!("urn:chancery:problem:{}", self.kind),
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            reference,
            errors: &self.errors,
            until: self.until.map(Moment),
        };
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"chancery\""),
            );
        }
        let wait = match (self.until, self.status) {
            (Some(until), _) => Some((until.micros() - now.micros()).max(0) / 1_000_000 + 1),
            (None, StatusCode::SERVICE_UNAVAILABLE) => Some(5),
            (None, _) if self.kind == "under-way" || self.kind == "being-read" => Some(1),
            (None, _) => None,
        };
        if let Some(wait) = wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}

impl IntoResponse for Problem {
    /// Without its reference yet, which [`dress`](crate::answer::dress) adds.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::new(
                StatusCode::NOT_FOUND,
                "not-found",
                "Not found",
                "There is nothing at this address that you can see.",
            ),
            Error::Refused(why) => Self::new(
                StatusCode::FORBIDDEN,
                "refused",
                "You cannot do this",
                format!("{why}. Nothing was changed."),
            ),
            Error::Invalid(problems) => Self {
                errors: problems
                    .iter()
                    .map(|(field, message)| FieldProblem {
                        field: field.to_owned(),
                        message: message.to_owned(),
                    })
                    .collect(),
                ..Self::field("", "")
            },
            Error::Conflict(why) => Self::new(
                StatusCode::CONFLICT,
                "conflict",
                "Something stands in the way",
                format!("{why}."),
            ),
            Error::Changed => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "changed",
                "It has changed meanwhile",
                "This is not any more what If-Match expects. Look at it again. Nothing was changed.",
            ),
            Error::CheckedOut { by, since } => Self::new(
                StatusCode::CONFLICT,
                "checked-out",
                "Somebody else is working on this",
                format!("{by} has had this document checked out since {since}."),
            ),
            Error::TooLarge { limit } => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "This is too large",
                format!("At most {limit} bytes are accepted here. Nothing was kept of it."),
            ),
            Error::TooMany { until } => Self {
                until: Some(until),
                ..Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too-many",
                    "Too many attempts",
                    "There were too many attempts. Try again after `until`.",
                )
            },
            Error::Busy(why) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "busy",
                "Too much at once",
                format!(
                    "{why}. Nothing was changed. Wait until some of them are done, and try again."
                ),
            ),
            Error::Sealed => Self::new(
                StatusCode::FORBIDDEN,
                "sealed",
                "This document is sealed",
                "Nobody can read it until an assurance officer has decided about it.",
            ),
            Error::BeingRead => Self::new(
                StatusCode::LOCKED,
                "being-read",
                "This document is being checked",
                "A version that was just added is being read for its protective marking. Try again in a few seconds.",
            ),
            Error::SignedOut => Self::new(
                StatusCode::UNAUTHORIZED,
                "no-token",
                "A token is needed",
                "Send a token that works in the header Authorization: Bearer. Tokens end; make another one on the page \"Programs and tokens\".",
            ),
            Error::Unavailable(source) => Self {
                source: Some(Arc::from(source)),
                ..Self::unavailable()
            },
        }
    }
}

impl Problem {
    fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "There is a problem with this service",
            "What you asked for may not have been done. Try again in a few minutes; if it happens again, tell the people who run this realm the reference.",
        )
    }

    /// What the router itself refuses, in the same form.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::from(Error::NotFound),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(
                status,
                "method",
                "This address does not take this method",
                "The header Allow says which methods it takes.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(status, "too-large", "This is too large", "Send less.")
            }
            status if status.is_server_error() => Self::unavailable(),
            status => Self {
                status,
                ..Self::unreadable("The address does not take what was sent to it.")
            },
        }
    }
}

/// For an address that exists and does not take this method.
pub(crate) async fn wrong_method() -> Problem {
    Problem::of_status(StatusCode::METHOD_NOT_ALLOWED)
}

/// Nothing of ours panics; if something does, it is a fault like another.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the shape that the layer takes"
)]
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<&str>()
        .map(|words| (*words).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned());
    Problem::from(Error::unavailable(words)).into_response()
}
