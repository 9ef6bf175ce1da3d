//! MKCOL, DELETE, COPY and MOVE (RFC 4918 §9.3, §9.6, §9.8 and §9.9).

use axum::body::{Body, HttpBody as _};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chancery::files::{self, How};

use crate::address::destination;
use crate::answer::changed;
use crate::conditions::{self, Depth, depth, overwrite};
use crate::failure::Failure;
use crate::handler::Call;

pub(crate) async fn mkcol(call: Call, body: Body) -> Result<Response, Failure> {
    if !body.is_end_stream() && body.size_hint().exact() != Some(0) {
        return Err(Failure::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "A folder is made without a body",
        ));
    }
    let conditions = conditions::of(&call.parts.headers, &call.address)?;
    let looked = call.look().await?;
    let made = files::make_folder(&call.actor, &looked, &conditions).await?;
    Ok(changed(&made))
}

pub(crate) async fn delete(call: Call) -> Result<Response, Failure> {
    let conditions = conditions::of(&call.parts.headers, &call.address)?;
    let looked = call.look().await?;
    if looked.is_collection() && depth(&call.parts.headers, Depth::Infinity)? != Depth::Infinity {
        return Err(Failure::bad("A folder is deleted with everything in it"));
    }
    files::remove(&call.actor, &looked, &conditions).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(crate) async fn copy(call: Call) -> Result<Response, Failure> {
    let headers = &call.parts.headers;
    let conditions = conditions::of(headers, &call.address)?;
    let how = How {
        overwrite: overwrite(headers)?,
        deep: match depth(headers, Depth::Infinity)? {
            Depth::Zero => false,
            Depth::Infinity => true,
            Depth::One => return Err(Failure::bad("A copy is of Depth 0 or infinity")),
        },
    };
    let to = destination(headers, &call.address)?;
    let from = call.look().await?;
    let to = call.look_at(&to).await?;
    let copied = files::copy(&call.actor, &from, &to, how, &conditions).await?;
    Ok(changed(&copied))
}

pub(crate) async fn shift(call: Call) -> Result<Response, Failure> {
    let headers = &call.parts.headers;
    let conditions = conditions::of(headers, &call.address)?;
    let overwrite = overwrite(headers)?;
    let to = destination(headers, &call.address)?;
    let from = call.look().await?;
    if from.is_collection() && depth(headers, Depth::Infinity)? != Depth::Infinity {
        return Err(Failure::bad("A folder is moved with everything in it"));
    }
    let to = call.look_at(&to).await?;
    let moved = files::shift(&call.actor, &from, &to, overwrite, &conditions).await?;
    Ok(changed(&moved))
}
