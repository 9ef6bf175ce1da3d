//! LOCK and UNLOCK (RFC 4918 §9.10 and §9.11).

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chancery::files::{self, LockForm, LockLine, Stop};

use crate::answer::{small, xml};
use crate::conditions::{self, Depth, depth, lock_token, timeout};
use crate::failure::Failure;
use crate::handler::Call;
use crate::multistatus::active;
use crate::xml::{Element, parse};

pub(crate) async fn lock(call: Call, body: Body) -> Result<Response, Failure> {
    let headers = &call.parts.headers;
    let conditions = conditions::of(headers, &call.address)?;
    let seconds = timeout(headers)?;
    let deep = depth(headers, Depth::Infinity)?;
    if deep == Depth::One {
        return Err(Failure::bad("A lock is of Depth 0 or infinity"));
    }
    let looked = call.look().await?;
    let actor = call.actor;
    let body = small(body).await?;
    let names = looked.address.names();
    if body.is_empty() {
        let lock = files::refresh(&actor, &looked, seconds, &conditions)
            .await
            .map_err(|stop| match stop {
                Stop::NoSuchLock => Failure::from(Stop::Condition),
                other => other.into(),
            })?;
        return Ok(discovered(
            StatusCode::OK,
            &lock,
            names,
            looked.is_collection(),
            false,
        ));
    }
    let form = LockForm {
        seconds,
        deep: deep == Depth::Infinity && looked.is_collection(),
        ..form(&body)?
    };
    let taken = files::lock(&actor, &looked, &form, &conditions).await?;
    let status = if taken.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(discovered(
        status,
        &taken.lock,
        names,
        looked.is_collection(),
        true,
    ))
}

fn discovered(
    status: StatusCode,
    lock: &LockLine,
    names: &[String],
    collection: bool,
    new: bool,
) -> Response {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:prop xmlns:D=\"DAV:\"><D:lockdiscovery>",
    );
    active(lock, names, collection, &mut text);
    text.push_str("</D:lockdiscovery></D:prop>\n");
    let mut response = xml(status, text);
    if let (true, Ok(token)) = (new, HeaderValue::from_str(&format!("<{}>", lock.token))) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("lock-token"), token);
    }
    response
}

/// Which lock the body asks for.
fn form(body: &[u8]) -> Result<LockForm, Failure> {
    /// How much a program may say of who holds a lock, in bytes.
    const LONGEST_OWNER: usize = 4 * 1024;
    let wrong = || Failure::bad("The body does not say which lock is asked for");
    let root = parse(body)?;
    if !root.is("lockinfo") {
        return Err(wrong());
    }
    let scope = root.child("lockscope").ok_or_else(wrong)?;
    let kind = root.child("locktype").ok_or_else(wrong)?;
    if kind.child("write").is_none() {
        return Err(wrong());
    }
    let shared = match (scope.child("exclusive"), scope.child("shared")) {
        (Some(_), None) => false,
        (None, Some(_)) => true,
        _ => return Err(wrong()),
    };
    let owner = root
        .child("owner")
        .map(Element::write_inside)
        .unwrap_or_default();
    if owner.len() > LONGEST_OWNER {
        return Err(Failure::bad("It says too much of who holds the lock"));
    }
    Ok(LockForm {
        shared,
        owner,
        ..LockForm::default()
    })
}

pub(crate) async fn unlock(call: Call) -> Result<Response, Failure> {
    let token = lock_token(&call.parts.headers)?;
    let looked = call.look().await?;
    files::unlock(&call.actor, &looked, &token).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
