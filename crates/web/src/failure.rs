//! Errors as pages: what happened, what was kept, what to do, a reference to read out.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chancery::kernel::{Id, Time, thing};
use chancery::{Error, NoRoom};
use wire::RequestId;

use crate::components::Link;
use crate::format;
use crate::frame::Frame;
use crate::headers::protected;
use crate::portal::Portal;

pub(crate) use wire::url_escape;

/// How soon to try again when there was too much at once.
const BUSY_SECONDS: i64 = 5;
/// How soon to try again when the disk is full.
const NO_ROOM_SECONDS: i64 = 60;

/// What a handler answers with.
pub type Answer = Result<Response, Failure>;

/// An error on its way to a page.
#[derive(Debug)]
pub struct Failure(pub Error);

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// Why a form is not taken for one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Forged {
    /// Its token was ours, and is too old.
    #[error("the token of the form has expired")]
    Expired,
    /// Its token is missing, was changed, or is of another session.
    #[error("the form did not carry a valid token")]
    Wrong,
    /// Another website sent it.
    #[error("the form came from another website")]
    Elsewhere,
}

impl Forged {
    fn bare(self) -> Bare {
        match self {
            Self::Expired => Bare::new(
                StatusCode::FORBIDDEN,
                "This page was open for too long",
                "The page you sent this from is no longer valid, so nothing was changed.",
                "Go back, reload the page and try again.",
            ),
            Self::Wrong => Bare::new(
                StatusCode::FORBIDDEN,
                "This could not be accepted",
                "What you sent does not show that it comes from a page you opened while signed in as you are now, so nothing was changed.",
                "Go back, reload the page and try again. This happens when you sign in again, or as somebody else, while a page is open.",
            ),
            Self::Elsewhere => Bare::new(
                StatusCode::FORBIDDEN,
                "This could not be accepted",
                "It was sent from another website, so nothing was changed.",
                "Open the page here and try again.",
            ),
        }
    }
}

/// What [`dress`] needs to know of an error to make its page. Carried in the response's extensions.
#[derive(Clone)]
struct Bare {
    status: StatusCode,
    title: String,
    what: String,
    todo: String,
    signed_out: bool,
    /// When the next attempt is accepted.
    until: Option<Time>,
    /// How many seconds to wait before trying again.
    wait: Option<i64>,
    /// It is about a document that is sealed: its page says more.
    sealed: bool,
    /// Where to read more.
    link: Option<Link>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let bare = Bare::of(self.0);
        let mut response = bare.status.into_response();
        response.extensions_mut().insert(bare);
        response
    }
}

impl Bare {
    fn new(status: StatusCode, title: &str, what: impl Into<String>, todo: &str) -> Self {
        Self {
            status,
            title: title.to_owned(),
            what: what.into(),
            todo: todo.to_owned(),
            signed_out: false,
            until: None,
            wait: None,
            sealed: false,
            link: None,
        }
    }

    fn of(error: Error) -> Self {
        match error {
            Error::NotFound => Self::absent(),
            Error::Refused(why) => Self::new(
                StatusCode::FORBIDDEN,
                "You cannot do this",
                format!("{why}. Nothing was changed."),
                "If you think you should be able to, ask an owner of this place.",
            ),
            Error::Invalid(problems) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "There is a problem with what was sent",
                problems
                    .iter()
                    .map(|(_, text)| text)
                    .collect::<Vec<_>>()
                    .join(". "),
                "Go back and correct it. Nothing was changed.",
            ),
            Error::Conflict(why) => Self::new(
                StatusCode::CONFLICT,
                "Something has changed meanwhile",
                format!("{why}."),
                "Go back and look again. Nothing was changed.",
            ),
            Error::Changed => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "Something has changed meanwhile",
                "This is not any more what you have seen of it.",
                "Go back and look again. Nothing was changed.",
            ),
            Error::CheckedOut { by, .. } => Self::new(
                StatusCode::CONFLICT,
                "Somebody else is working on this",
                format!("{by} has this document checked out, so nobody else can change it."),
                "Ask them to check it in, or ask an owner to release it. Nothing was changed.",
            ),
            Error::TooLarge { limit } => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "This is too large",
                format!(
                    "At most {} can be sent here at once.",
                    format::at_most(limit)
                ),
                "Split it, or ask the people who run this realm. Nothing was kept of it.",
            ),
            Error::TooMany { until } => Self {
                until: Some(until),
                ..Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "Too many attempts",
                    "There were too many attempts that failed.",
                    "Wait a while and try again.",
                )
            },
            Error::Busy(why) => Self {
                wait: Some(BUSY_SECONDS),
                ..Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "Too much at once",
                    format!("{why}. Nothing was changed."),
                    "Wait until some of them are done, and try again.",
                )
            },
            Error::Sealed => Self {
                sealed: true,
                ..Self::new(
                    StatusCode::FORBIDDEN,
                    "This document is sealed",
                    "Nobody can open it until an assurance officer has decided about it.",
                    "You do not need to do anything, unless you added it. Whoever did, and the owners of its library, are told when it is decided.",
                )
            },
            Error::BeingRead => Self {
                wait: Some(BUSY_SECONDS),
                ..Self::new(
                    StatusCode::LOCKED,
                    "This document is being checked",
                    "Somebody has just added a version, which is being read for its protective marking. That usually takes a few seconds.",
                    "Wait a moment and try again.",
                )
            },
            Error::SignedOut => Self {
                signed_out: true,
                ..Self::new(
                    StatusCode::UNAUTHORIZED,
                    "You are not signed in",
                    "You were signed out, or this page needs you to sign in. Nothing was changed.",
                    "Sign in and try again.",
                )
            },
            Error::Unavailable(source) => Self::of_fault(&*source),
        }
    }

    /// A fault of the machinery; its source goes to the log.
    fn of_fault(source: &(dyn std::error::Error + Send + Sync + 'static)) -> Self {
        if let Some(forged) = source.downcast_ref::<Forged>() {
            return forged.bare();
        }
        tracing::error!(error = %source, "a request failed");
        if source.is::<NoRoom>() {
            return Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "There is no room left in this realm",
                "Its disk is full, so nothing new was kept. Everything that was here before is safe.",
                "Tell the people who run this realm and read them the reference below. As soon as they have made room, try again.",
            );
        }
        Self {
            // A standby takes over, or a connection comes back, within seconds.
            wait: Some(BUSY_SECONDS),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "Sorry, there is a problem with this service",
                "What you were doing may not have been kept. What was kept before is safe.",
                "Try again in a few seconds. If it happens again, tell the people who run this realm and read them the reference below.",
            )
        }
    }

    fn absent() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Page not found",
            "There is nothing at this address that you can see.",
            "If you typed the address, check that it is right. If somebody sent you the link, ask them to give you access.",
        )
    }
}

/// A handler for addresses that lead nowhere: the same page as for what may not be seen.
pub(crate) async fn nowhere() -> Failure {
    Failure(Error::NotFound)
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    frame: Frame,
    what: String,
    todo: String,
    link: Option<Link>,
    reference: Option<String>,
}

/// Turns errors into pages, or into one sentence of JSON for our own script, and sends who is signed out to sign in.
pub(crate) async fn dress(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", axum::http::uri::PathAndQuery::as_str)
        .to_owned();
    // Uploads are sent by a script, whatever it says that it accepts.
    let wants_json = wants_json(request.headers()) || path.starts_with("/uploads");
    let reference = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    let mut bare = match response.extensions_mut().remove::<Bare>() {
        Some(bare) => bare,
        // How long the content is (RFC 9110 §15.5.17) is the answer.
        None if response.status() == StatusCode::RANGE_NOT_SATISFIABLE => return response,
        // What axum itself refuses (a method, a body) has no page yet.
        None if response.status().is_client_error() && !has_body(&response) => Bare::new(
            response.status(),
            "This cannot be done",
            "The address does not take what was sent to it.",
            "Go back and try again. Nothing was changed.",
        ),
        None => return response,
    };
    if let Some(until) = bare.until {
        let wait = (until.micros() - portal.now().micros()).max(0) / 1_000_000 + 1;
        bare.wait = Some(wait);
        bare.todo = format!(
            "Try again after {}.",
            format::moment(until.timestamp(), portal.zone())
        );
    }
    if bare.sealed {
        bare.link = sealed_page(&path);
    }
    if bare.signed_out && !wants_json {
        let back = if method == Method::GET && path != "/" {
            format!("/sign-in?next={}", url_escape(&path))
        } else {
            "/sign-in".to_owned()
        };
        return Redirect::to(&back).into_response();
    }
    bare.answer(&portal, wants_json, reference.as_ref())
}

/// The page that says what happened to the document that this address is about.
fn sealed_page(path: &str) -> Option<Link> {
    let document = path.strip_prefix("/documents/")?.split(['/', '?']).next()?;
    let id: Id<thing::Document> = document.parse().ok()?;
    Some(Link::new(
        "See what happened to this document, and what to do",
        format!("/documents/{id}/sealed"),
    ))
}

impl Bare {
    /// The page, or one sentence of JSON for our own script.
    fn answer(self, portal: &Portal, wants_json: bool, reference: Option<&RequestId>) -> Response {
        let mut answer = if wants_json {
            let body = serde_json::json!({ "problem": format!("{} {}", self.what, self.todo) });
            (self.status, axum::Json(body)).into_response()
        } else {
            let page = ProblemPage {
                frame: Frame {
                    title: self.title,
                    ..bare_frame(portal)
                },
                what: self.what,
                todo: self.todo,
                link: self.link,
                reference: (self.status.is_server_error())
                    .then(|| reference.map(|id| id.0.clone()))
                    .flatten(),
            };
            (self.status, Html(page.render().unwrap_or_default())).into_response()
        };
        let wait = self.wait.or(match self.status {
            StatusCode::SERVICE_UNAVAILABLE => Some(BUSY_SECONDS),
            StatusCode::INSUFFICIENT_STORAGE => Some(NO_ROOM_SECONDS),
            _ => None,
        });
        if let Some(wait) = wait {
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        answer
    }
}

/// Why a request was turned away before any page looked at it.
#[derive(Debug)]
pub enum Away {
    /// The product says so.
    Error(Error),
    /// What was sent did not arrive in time.
    Slow,
    /// The address asked for is longer than any of ours.
    LongAddress,
}

/// The page for a request that was turned away, or the sentence for our own script.
pub fn away(portal: &Portal, script: bool, id: &RequestId, why: Away) -> Response {
    let bare = match why {
        Away::Error(error) => Bare::of(error),
        Away::Slow => Bare::new(
            StatusCode::REQUEST_TIMEOUT,
            "This took too long to arrive",
            "What you sent did not arrive in time. Nothing of it was kept.",
            "Try again, if you can from where the line is better.",
        ),
        Away::LongAddress => Bare::new(
            StatusCode::URI_TOO_LONG,
            "This address is too long",
            "No address of this realm is as long as this one.",
            "Go back, and search for less or choose fewer things at once.",
        ),
    };
    protected(portal, id, bare.answer(portal, script, Some(id)))
}

fn has_body(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| {
            value.as_bytes().starts_with(b"text/html")
                || value.as_bytes().starts_with(b"application/json")
        })
}

/// Whether this is our own script asking, which shows the problem itself.
pub fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.starts_with("application/json"))
}

/// The frame of a page for nobody in particular.
pub(crate) fn bare_frame(portal: &Portal) -> Frame {
    let settings = portal.realm().settings();
    Frame {
        realm: settings.name.clone(),
        designation: settings.designation.clone(),
        hue: portal.hue(),
        run_by: settings.run_by.clone(),
        ..Frame::default()
    }
}
