//! PROPPATCH (RFC 4918 §9.2): what programs say of things, all of it or none.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use chancery::files::{self, Property, PropertyChange};
use quick_xml::escape::escape;

use crate::address::href;
use crate::answer::{small, xml};
use crate::conditions;
use crate::failure::Failure;
use crate::handler::Call;
use crate::multistatus::{BEGIN, END};
use crate::xml::{DAV, Element, parse};

pub(crate) async fn proppatch(call: Call, body: Body) -> Result<Response, Failure> {
    let conditions = conditions::of(&call.parts.headers, &call.address)?;
    let looked = call.look().await?;
    if looked.is_nothing() {
        return Err(chancery::Error::NotFound.into());
    }
    let actor = call.actor;
    let changes = changes(&small(body).await?)?;
    let guarded = |change: &PropertyChange| match change {
        PropertyChange::Set(property) => property.space == DAV,
        PropertyChange::Remove(space, _) => space == DAV,
    };
    let refused = changes.iter().any(guarded);
    let mut done = String::new();
    let mut not = String::new();
    for change in &changes {
        let (space, name) = match change {
            PropertyChange::Set(property) => (&property.space, &property.name),
            PropertyChange::Remove(space, name) => (space, name),
        };
        let written = format!("<{name} xmlns=\"{}\"/>", escape(space.as_str()));
        if guarded(change) {
            not.push_str(&written);
        } else {
            done.push_str(&written);
        }
    }
    if !refused {
        files::set_properties(&actor, &looked, changes, &conditions).await?;
    }
    let mut text = String::from(BEGIN);
    text.push_str("<D:response><D:href>");
    text.push_str(&href(looked.address.names(), looked.is_collection()));
    text.push_str("</D:href>");
    // Writing to a String cannot fail.
    if refused {
        let _ = write!(
            text,
            "<D:propstat><D:prop>{not}</D:prop><D:status>HTTP/1.1 403 Forbidden</D:status><D:error><D:cannot-modify-protected-property/></D:error></D:propstat>"
        );
    }
    if !done.is_empty() || !refused {
        let status = if refused {
            "424 Failed Dependency"
        } else {
            "200 OK"
        };
        let _ = write!(
            text,
            "<D:propstat><D:prop>{done}</D:prop><D:status>HTTP/1.1 {status}</D:status></D:propstat>"
        );
    }
    text.push_str("</D:response>\n");
    text.push_str(END);
    Ok(xml(StatusCode::MULTI_STATUS, text))
}

/// What the body changes, in its order.
fn changes(body: &[u8]) -> Result<Vec<PropertyChange>, Failure> {
    let wrong = || Failure::bad("The body does not say what is to be changed");
    let root = parse(body)?;
    if !root.is("propertyupdate") {
        return Err(wrong());
    }
    let mut all = Vec::new();
    for part in root.elements() {
        let sets = part.is("set");
        if !sets && !part.is("remove") {
            continue;
        }
        for prop in part.elements().filter(|element| element.is("prop")) {
            let language = prop
                .language()
                .or_else(|| part.language())
                .or_else(|| root.language());
            all.extend(
                prop.elements()
                    .map(|element| change(element, sets, language)),
            );
        }
    }
    if all.is_empty() {
        return Err(wrong());
    }
    Ok(all)
}

fn change(element: &Element, sets: bool, language: Option<&str>) -> PropertyChange {
    if sets {
        PropertyChange::Set(Property {
            space: element.space.to_string(),
            name: element.name.clone(),
            xml: element.in_language(language).write(),
        })
    } else {
        PropertyChange::Remove(element.space.to_string(), element.name.clone())
    }
}
