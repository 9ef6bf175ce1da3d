//! Help, the accessibility statement and privacy: for anybody, signed in or not.

use askama::Template;
use axum::extract::State;

use crate::failure::{Answer, bare_frame};
use crate::frame::Frame;
use crate::guest::{Guest, Part, page};
use crate::portal::Portal;
use crate::routes::routes;

routes! {
    get "/help" => help;
    get "/help/markings" => markings;
    get "/accessibility" => accessibility;
    get "/privacy" => privacy;
}

#[derive(Template)]
#[template(path = "about/help.html")]
struct Help {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "about/markings.html")]
struct Markings {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "about/accessibility.html")]
struct Accessibility {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "about/privacy.html")]
struct Privacy {
    frame: Frame,
}

fn frame(portal: &Portal, guest: Option<&Guest>, title: &str) -> Frame {
    match guest {
        Some(guest) => guest.frame(title, Part::None),
        None => Frame {
            title: title.to_owned(),
            ..bare_frame(portal)
        },
    }
}

async fn help(State(portal): State<Portal>, guest: Result<Guest, crate::Failure>) -> Answer {
    page(&Help {
        frame: frame(&portal, guest.as_ref().ok(), "Help"),
    })
}

async fn markings(State(portal): State<Portal>, guest: Result<Guest, crate::Failure>) -> Answer {
    page(&Markings {
        frame: frame(&portal, guest.as_ref().ok(), "Markings"),
    })
}

async fn accessibility(
    State(portal): State<Portal>,
    guest: Result<Guest, crate::Failure>,
) -> Answer {
    page(&Accessibility {
        frame: frame(&portal, guest.as_ref().ok(), "Accessibility statement"),
    })
}

async fn privacy(State(portal): State<Portal>, guest: Result<Guest, crate::Failure>) -> Answer {
    page(&Privacy {
        frame: frame(&portal, guest.as_ref().ok(), "Privacy"),
    })
}
