//! What went wrong, as a program is told: the one mapping of the product's errors to WebDAV (RFC 4918 §9 and §16).

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chancery::files::Stop;
use chancery::{Error, NoRoom};
use quick_xml::escape::escape;

/// Why a request was not carried out. Nothing was changed.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    says: String,
    /// The name of the condition that does not hold, and whether the answer names the address.
    condition: Option<(&'static str, bool)>,
    wait: bool,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, says: impl Into<String>) -> Self {
        Self {
            status,
            says: says.into(),
            condition: None,
            wait: false,
            source: None,
        }
    }

    fn because(self, condition: &'static str, names: bool) -> Self {
        Self {
            condition: Some((condition, names)),
            ..self
        }
    }

    /// The request cannot be read.
    pub(crate) fn bad(says: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, says)
    }

    /// It names another server.
    pub(crate) fn elsewhere() -> Self {
        Self::new(
            StatusCode::BAD_GATEWAY,
            "The header Destination names another server",
        )
    }

    /// A whole tree at once is not listed (RFC 4918 §9.1.1).
    pub(crate) fn infinite() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Ask for one folder at a time: Depth: 0 or 1",
        )
        .because("propfind-finite-depth", false)
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The answer, at this address.
    pub(crate) fn answer(self, href: &str, realm: &str, reference: &str) -> Response {
        if let Some(source) = &self.source {
            tracing::error!(error = %source, reference, "a request failed");
        }
        let (kind, body) = match self.condition {
            None => ("text/plain; charset=utf-8", format!("{}.\n", self.says)),
            Some((name, names)) => {
                let inner = if names {
                    format!("<D:{name}><D:href>{}</D:href></D:{name}>", escape(href))
                } else {
                    format!("<D:{name}/>")
                };
                (
                    "application/xml; charset=utf-8",
                    format!(
                        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:error xmlns:D=\"DAV:\">{inner}</D:error>\n"
                    ),
                )
            }
        };
        let mut response = (self.status, Body::from(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if self.status == StatusCode::UNAUTHORIZED {
            let name: String = realm
                .chars()
                .filter(|letter| letter.is_ascii_graphic() || *letter == ' ')
                .filter(|letter| !matches!(letter, '"' | '\\'))
                .collect();
            let challenge = format!("Basic realm=\"{name}\", charset=\"UTF-8\"");
            if let Ok(challenge) = HeaderValue::from_str(&challenge) {
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
        }
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(
                header::ALLOW,
                HeaderValue::from_static(crate::handler::ALLOW),
            );
        }
        if self.wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Locked => {
                Self::new(StatusCode::LOCKED, "It is locked").because("lock-token-submitted", true)
            }
            Stop::LockConflict => {
                Self::new(StatusCode::LOCKED, "It is locked").because("no-conflicting-lock", true)
            }
            Stop::Condition => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "What this was asked for on the condition of is not so",
            ),
            Stop::NoSuchLock => Self::new(StatusCode::CONFLICT, "There is no such lock here")
                .because("lock-token-matches-request-uri", false),
            Stop::Exists => Self::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "There is something here already",
            ),
            Stop::NoFolder => Self::new(
                StatusCode::CONFLICT,
                "The folder that this would be in is not there",
            ),
            Stop::IsFolder => Self::new(StatusCode::METHOD_NOT_ALLOWED, "This is a folder"),
            Stop::Fixed => Self::new(
                StatusCode::FORBIDDEN,
                "Sites and libraries are changed on their pages",
            ),
            Stop::Itself => Self::new(
                StatusCode::FORBIDDEN,
                "It cannot be moved or copied into itself",
            ),
            Stop::Full(why) => Self::new(StatusCode::INSUFFICIENT_STORAGE, why),
            Stop::Other(error) => error.into(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::new(
                StatusCode::NOT_FOUND,
                "There is nothing at this address that you can see",
            ),
            Error::Refused(why) => Self::new(StatusCode::FORBIDDEN, why),
            Error::Invalid(problems) => {
                let says: Vec<&str> = problems.iter().map(|(_, message)| message).collect();
                Self::new(StatusCode::BAD_REQUEST, says.join(". "))
            }
            Error::Conflict(why) => Self::new(StatusCode::CONFLICT, why),
            Error::Changed => {
                Self::new(StatusCode::PRECONDITION_FAILED, "It has changed meanwhile")
            }
            Error::CheckedOut { by, since } => Self::new(
                StatusCode::LOCKED,
                format!("{by} has had this document checked out since {since}"),
            )
            .because("lock-token-submitted", true),
            Error::TooLarge { limit } => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("At most {limit} bytes are accepted here"),
            ),
            Error::TooMany { until } => Self {
                wait: true,
                ..Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    format!("There were too many attempts. Try again after {until}"),
                )
            },
            Error::Busy(why) => Self {
                wait: true,
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, why)
            },
            Error::Sealed => Self::new(
                StatusCode::FORBIDDEN,
                "This document is sealed. Nobody can read it until an assurance officer has decided about it",
            ),
            Error::BeingRead => Self {
                wait: true,
                ..Self::new(
                    StatusCode::LOCKED,
                    "A version that was just added is being read for its protective marking. Try again in a few seconds",
                )
            },
            Error::SignedOut => Self::new(
                StatusCode::UNAUTHORIZED,
                "Sign in with an app password, which you make on your own page. Your usual password does not work here",
            ),
            Error::Unavailable(source) => {
                let full = source.downcast_ref::<NoRoom>().is_some();
                let status = if full {
                    StatusCode::INSUFFICIENT_STORAGE
                } else {
                    StatusCode::SERVICE_UNAVAILABLE
                };
                Self {
                    wait: !full,
                    source: Some(source),
                    ..Self::new(
                        status,
                        "There is a problem with this service. Try again in a few minutes",
                    )
                }
            }
        }
    }
}
