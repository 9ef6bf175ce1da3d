//! Somebody signed in, and the frame of their pages.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse as _, Redirect};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chancery::kernel::{Actor, Scope};
use chancery::people::{self, Arrived, Author};
use chancery::{Error, libraries, sites};

use crate::components::{Crumb, NavItem};
use crate::failure::{Answer, Failure, bare_frame};
use crate::frame::{Flash, Frame, Me, SiteHead};
use crate::portal::Portal;
use crate::posted::Csrf;

const FLASH_COOKIE: &str = "chancery-said";

/// Where in the realm a page is, for the primary navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Home,
    Sites,
    People,
    Operations,
    Alerts,
    /// Under nothing in the navigation: one's own account, help.
    None,
}

/// Where in a site a page is, for its navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InSite {
    Overview,
    Documents,
    People,
    Activity,
    Access,
    Trail,
}

/// Somebody signed in.
pub struct Guest {
    /// Who they are: what every verb begins with.
    pub actor: Actor,
    pub(crate) arrived: Arrived,
    pub(crate) portal: Portal,
    csrf: Csrf,
    flash: Option<Flash>,
}

impl FromRequestParts<Portal> for Guest {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Failure> {
        let jar = CookieJar::from_headers(&parts.headers);
        let token = jar.get(portal.session_cookie()).ok_or(Error::SignedOut)?;
        let arrived = people::actor(portal.realm(), token.value()).await?;
        Ok(Self {
            actor: arrived.actor.clone(),
            arrived,
            portal: portal.clone(),
            csrf: Csrf::of(token.value()),
            flash: jar
                .get(FLASH_COOKIE)
                .and_then(|cookie| read_flash(cookie.value())),
        })
    }
}

impl Guest {
    /// Whoever did something, as a sentence addressed to this guest begins: "You", or by name and organisation.
    pub(crate) fn who(&self, author: &Author) -> String {
        if self.is_me(author) {
            "You".to_owned()
        } else {
            author.in_words()
        }
    }

    /// The same inside a sentence: "you".
    pub(crate) fn by(&self, author: &Author) -> String {
        if self.is_me(author) {
            "you".to_owned()
        } else {
            author.in_words()
        }
    }

    fn is_me(&self, author: &Author) -> bool {
        self.actor.me().is_ok_and(|me| me.raw() == author.id)
    }

    /// The set of things that they may see.
    pub(crate) fn scope(&self) -> Result<Scope, Failure> {
        Ok(self.actor.scope()?)
    }

    /// The token that their forms post.
    pub(crate) fn csrf(&self) -> String {
        self.csrf.token(&self.portal)
    }

    /// The frame of a page outside any site.
    pub(crate) fn frame(&self, title: impl Into<String>, part: Part) -> Frame {
        let item = |text: &str, href: &str, of: Part| NavItem::new(text, href, part == of);
        let mut navigation = vec![
            item("Home", "/", Part::Home),
            item("Sites", "/sites", Part::Sites),
            item("People", "/people", Part::People),
        ];
        if self.arrived.operator || self.arrived.coordinator {
            navigation.push(item("Operations", "/operations", Part::Operations));
        }
        if let Some(waiting) = self.arrived.alerts {
            let text = match waiting {
                0 => "Alerts".to_owned(),
                waiting => format!("Alerts ({waiting})"),
            };
            navigation.push(item(&text, "/alerts", Part::Alerts));
        }
        Frame {
            person: Some(Me {
                name: self.arrived.name.clone(),
                href: "/you".to_owned(),
            }),
            notices: self.arrived.unread,
            navigation,
            title: title.into(),
            csrf: self.csrf(),
            flash: self.flash.clone(),
            ..bare_frame(&self.portal)
        }
    }

    /// The frame of a page in a site.
    pub(crate) fn in_site(
        &self,
        title: impl Into<String>,
        head: &sites::SiteHead,
        at: InSite,
    ) -> Frame {
        let root = format!("/sites/{}", head.line.id);
        let item = |text: &str, path: &str, of: InSite| {
            NavItem::new(text, format!("{root}{path}"), at == of)
        };
        let mut items = vec![
            item("Overview", "", InSite::Overview),
            item("Documents", "/documents", InSite::Documents),
        ];
        if head.can_see_members {
            items.push(item("People", "/people", InSite::People));
        }
        items.push(item("Activity", "/activity", InSite::Activity));
        if head.can_see_trail {
            items.push(item("Trail", "/trail", InSite::Trail));
        }
        if head.can_govern {
            items.push(item("Access", "/access", InSite::Access));
        }
        Frame {
            site: Some(SiteHead {
                name: head.line.name.clone(),
                href: root,
                kind_line: format!(
                    "{}, run by {}",
                    head.line.kind.label(),
                    head.line.organisation
                ),
                items,
            }),
            ..self.frame(title, Part::Sites)
        }
    }

    /// The frame of a page in a library; `under` are the places between the library and the page.
    pub(crate) fn in_library(
        &self,
        title: impl Into<String>,
        head: &libraries::LibraryHead,
        under: Vec<Crumb>,
    ) -> Frame {
        let mut crumbs = vec![
            Crumb::new(
                "Documents",
                format!("/sites/{}/documents", head.site.line.id),
            ),
            Crumb::new(head.name.clone(), format!("/libraries/{}", head.id)),
        ];
        crumbs.extend(under);
        Frame {
            crumbs,
            ..self.in_site(title, &head.site, InSite::Documents)
        }
    }
}

/// A page, answered.
pub(crate) fn page(template: &impl Template) -> Answer {
    let html = template.render().map_err(Error::unavailable)?;
    Ok(Html(html).into_response())
}

/// A page with problems, answered so that programs see that it was not accepted.
pub(crate) fn problem_page(template: &impl Template) -> Answer {
    let html = template.render().map_err(Error::unavailable)?;
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response())
}

/// A page about something that others changed meanwhile: nothing was done, and it asks again.
pub(crate) fn overtaken_page(template: &impl Template) -> Answer {
    let html = template.render().map_err(Error::unavailable)?;
    Ok((axum::http::StatusCode::CONFLICT, Html(html)).into_response())
}

/// After a change: on to the page that shows it, and what was done said there once.
#[allow(
    clippy::unnecessary_wraps,
    reason = "it is the last line of handlers, which answer so"
)]
pub(crate) fn done(to: &str, said: impl Into<String>) -> Answer {
    let cookie = Cookie::build((FLASH_COOKIE, URL_SAFE_NO_PAD.encode(said.into())))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .build();
    let jar = CookieJar::new().add(cookie);
    Ok((jar, Redirect::to(to)).into_response())
}

/// On to another page, with nothing to say.
#[allow(
    clippy::unnecessary_wraps,
    reason = "it is the last line of handlers, which answer so"
)]
pub(crate) fn go(to: &str) -> Answer {
    Ok(Redirect::to(to).into_response())
}

fn read_flash(value: &str) -> Option<Flash> {
    let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    (!text.is_empty() && text.len() < 2000).then(|| Flash::success(text))
}

/// A page of nobody in particular.
pub(crate) fn bare(portal: &Portal, title: impl Into<String>, csrf: String) -> Frame {
    Frame {
        title: title.into(),
        csrf,
        ..bare_frame(portal)
    }
}
