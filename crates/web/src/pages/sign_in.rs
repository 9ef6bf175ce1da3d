//! Signing in and out, and the one-time link that sets a password.

use std::net::SocketAddr;

use askama::Template;
use axum::extract::{ConnectInfo, FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use chancery::kernel::Actor;
use chancery::people::{self, SignedInSession, Visit};
use chancery::{Error, Problems};
use serde::Deserialize;

use crate::components::{Field, Problem};
use crate::failure::Answer;
use crate::forms::mark;
use crate::frame::Frame;
use crate::guest::{Guest, bare, go, page, problem_page};
use crate::portal::Portal;
use crate::posted::{Asked, Csrf, Posted, VISIT_COOKIE};
use crate::routes::routes;

routes! {
    get "/sign-in" => show;
    post "/sign-in" => sign_in;
    post "/sign-out" => sign_out;
    get "/welcome/{token}" => welcome;
    post "/welcome/{token}" => set_password;
}

/// Where a request comes from: its network address and what its browser calls itself.
pub(super) struct From {
    address: String,
    device: String,
}

impl From {
    fn visit(&self) -> Visit<'_> {
        Visit {
            address: &self.address,
            device: &self.device,
        }
    }
}

impl FromRequestParts<Portal> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Portal) -> Result<Self, Self::Rejection> {
        let text = |name: &str| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        // Whoever serves the pages has worked out whose address it is, proxies and all.
        let address = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip().to_string());
        Ok(Self {
            address: address.unwrap_or_default(),
            device: text(header::USER_AGENT.as_str()).unwrap_or_default(),
        })
    }
}

/// The browser of somebody who is not signed in: its cookie, made now if it had none.
pub(super) struct Stranger {
    csrf: Csrf,
    fresh: Option<Cookie<'static>>,
}

impl FromRequestParts<Portal> for Stranger {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        portal: &Portal,
    ) -> Result<Self, Self::Rejection> {
        if let Some(csrf) = Csrf::of_request(portal, &parts.headers) {
            return Ok(Self { csrf, fresh: None });
        }
        let value = portal.realm().reference() + &portal.realm().reference();
        let csrf = Csrf::of(&value);
        let cookie = Cookie::build((VISIT_COOKIE, value))
            .path("/")
            .http_only(true)
            .secure(portal.secure())
            .same_site(SameSite::Lax)
            .build();
        Ok(Self {
            csrf,
            fresh: Some(cookie),
        })
    }
}

impl Stranger {
    fn token(&self, portal: &Portal) -> String {
        self.csrf.token(portal)
    }

    fn keep(self, answer: Response) -> Response {
        match self.fresh {
            Some(cookie) => (CookieJar::new().add(cookie), answer).into_response(),
            None => answer,
        }
    }
}

#[derive(Deserialize, Default)]
struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct SignIn {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "sign_in/sign_in.html")]
struct SignInPage {
    frame: Frame,
    problems: Vec<Problem>,
    email: Field,
    password: Field,
    next: String,
}

impl SignInPage {
    fn new(portal: &Portal, csrf: String, email: &str, next: &str) -> Self {
        Self {
            frame: bare(portal, "Sign in", csrf),
            problems: Vec::new(),
            email: Field::email("email", "Email address")
                .bold()
                .value(email)
                .autocomplete("username"),
            password: Field::password("password", "Password")
                .bold()
                .autocomplete("current-password"),
            next: next.to_owned(),
        }
    }
}

async fn show(
    State(portal): State<Portal>,
    stranger: Stranger,
    guest: Result<Guest, crate::Failure>,
    Asked(next): Asked<Next>,
) -> Answer {
    if guest.is_ok() {
        return go(&safe(&next.next));
    }
    let shown = page(&SignInPage::new(
        &portal,
        stranger.token(&portal),
        "",
        &next.next,
    ))?;
    Ok(stranger.keep(shown))
}

async fn sign_in(
    State(portal): State<Portal>,
    stranger: Stranger,
    from: From,
    Posted(form): Posted<SignIn>,
) -> Answer {
    let nobody = Actor::nobody(portal.realm());
    let mut wait = None;
    let problems = match people::sign_in(&nobody, &form.email, &form.password, &from.visit()).await
    {
        Ok(session) => {
            return Ok(open(
                &portal,
                &session,
                Redirect::to(&safe(&form.next)).into_response(),
            ));
        }
        Err(Error::Invalid(problems)) => problems,
        Err(Error::TooMany { until }) => {
            let when = crate::format::moment(until.timestamp(), portal.zone());
            wait = Some((until.micros() - portal.now().micros()).max(0) / 1_000_000 + 1);
            Problems::one(
                "email",
                format!("There were too many attempts that failed. Try again after {when}"),
            )
        }
        Err(other) => return Err(other.into()),
    };
    let mut again = SignInPage::new(&portal, stranger.token(&portal), &form.email, &form.next);
    again.problems = mark(&mut [&mut again.email, &mut again.password], &problems);
    again.frame.error = true;
    let mut shown = problem_page(&again)?;
    if let Some(wait) = wait {
        *shown.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        shown
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    Ok(stranger.keep(shown))
}

/// Only an address of ours: what comes after signing in cannot lead to another site.
fn safe(next: &str) -> String {
    // Browsers leave tabs and line ends out of an address, and read a backslash as a slash.
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|letter: char| letter == '\\' || letter.is_control());
    if ours {
        next.to_owned()
    } else {
        "/".to_owned()
    }
}

/// Gives the browser its session.
fn open(portal: &Portal, session: &SignedInSession, answer: Response) -> Response {
    let cookie = Cookie::build((portal.session_cookie(), session.token.as_str().to_owned()))
        .path("/")
        .http_only(true)
        .secure(portal.secure())
        .same_site(SameSite::Lax)
        .build();
    (CookieJar::new().add(cookie), answer).into_response()
}

#[derive(Deserialize)]
struct Nothing {}

async fn sign_out(
    State(portal): State<Portal>,
    guest: Guest,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    people::sign_out(&guest.actor).await?;
    let mut gone = Cookie::build((portal.session_cookie(), ""))
        .path("/")
        .http_only(true)
        .secure(portal.secure())
        .same_site(SameSite::Lax)
        .build();
    gone.make_removal();
    let jar = CookieJar::new().add(gone);
    // The browser forgets what it kept of this realm, so that "back" shows nothing on a shared machine.
    let forget = [("clear-site-data", "\"cache\", \"storage\"")];
    Ok((jar, forget, Redirect::to("/sign-in")).into_response())
}

#[derive(Deserialize)]
struct NewPassword {
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

#[derive(Template)]
#[template(path = "sign_in/welcome.html")]
struct WelcomePage {
    frame: Frame,
    problems: Vec<Problem>,
    person: String,
    email: String,
    password: Field,
    again: Field,
}

/// The two questions of a new password.
pub(super) fn new_password() -> (Field, Field) {
    (
        Field::password("password", "New password").bold()
            .hint("At least 12 characters. Three words that do not belong together are easy to remember and hard to guess")
            .autocomplete("new-password"),
        Field::password("again", "The new password again").bold().autocomplete("new-password"),
    )
}

async fn welcome_page(
    portal: &Portal,
    csrf: String,
    token: &str,
) -> Result<WelcomePage, crate::Failure> {
    let link = people::link(&Actor::nobody(portal.realm()), token).await?;
    let (password, again) = new_password();
    Ok(WelcomePage {
        frame: bare(portal, "Set your password", csrf),
        problems: Vec::new(),
        person: link.person,
        email: link.email,
        password,
        again,
    })
}

async fn welcome(
    State(portal): State<Portal>,
    stranger: Stranger,
    guest: Result<Guest, crate::Failure>,
    Path(token): Path<String>,
) -> Answer {
    let shown = match welcome_page(&portal, stranger.token(&portal), &token).await {
        Ok(welcome) => page(&welcome)?,
        Err(crate::Failure(Error::NotFound)) => spent(&portal, &guest)?,
        Err(other) => return Err(other),
    };
    Ok(stranger.keep(shown))
}

#[derive(Template)]
#[template(path = "sign_in/spent.html")]
struct SpentPage {
    frame: Frame,
    /// Whether somebody is signed in with this browser, perhaps by the link itself.
    signed_in: bool,
}

/// The answer to every link that is none, whatever the reason, so that nothing is learnt from trying.
fn spent(portal: &Portal, guest: &Result<Guest, crate::Failure>) -> Answer {
    let shown = page(&SpentPage {
        frame: bare(portal, "This link cannot be used", String::new()),
        signed_in: guest.is_ok(),
    })?;
    Ok((StatusCode::NOT_FOUND, shown).into_response())
}

async fn set_password(
    State(portal): State<Portal>,
    stranger: Stranger,
    from: From,
    guest: Result<Guest, crate::Failure>,
    Path(token): Path<String>,
    form: Result<Posted<NewPassword>, crate::Failure>,
) -> Answer {
    let nobody = Actor::nobody(portal.realm());
    let form = match form {
        Ok(Posted(form)) => form,
        // Sent twice: the first opened a session, of which this form is not. The link is what matters here.
        Err(refused) => {
            return match people::link(&nobody, &token).await {
                Err(Error::NotFound) => Ok(stranger.keep(spent(&portal, &guest)?)),
                _ => Err(refused),
            };
        }
    };
    match people::use_link(&nobody, &token, &form.password, &form.again, &from.visit()).await {
        Ok(session) => Ok(open(&portal, &session, Redirect::to("/").into_response())),
        Err(Error::Invalid(problems)) => {
            let mut again = welcome_page(&portal, stranger.token(&portal), &token).await?;
            again.problems = mark(&mut [&mut again.password, &mut again.again], &problems);
            again.frame.error = true;
            Ok(stranger.keep(problem_page(&again)?))
        }
        Err(Error::NotFound) => Ok(stranger.keep(spent(&portal, &guest)?)),
        Err(other) => Err(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn after_signing_in_one_stays_here() {
        for ours in ["/", "/libraries/1?sort=name", "/a//b"] {
            assert_eq!(safe(ours), ours);
        }
        for elsewhere in [
            "",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\u{85}/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
        ] {
            assert_eq!(safe(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
