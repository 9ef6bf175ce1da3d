//! Whom a token acts for.

use axum::Json;
use chancery::people;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Caller;
use crate::problem::{Answer, Problem};
use crate::routes::routes;
use crate::schema::{Id, Person};

routes! { me }

/// Whom the token acts for, and how far it reaches.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// The person.
    person: Person,
    /// Their e-mail address.
    email: String,
    /// What the token may do: `read`, `contribute` or `everything`.
    #[schema(example = "read")]
    may: String,
    /// The one site that the token reaches; none when it reaches all that its person does.
    #[schema(value_type = Option<Id>)]
    site: Option<String>,
}

/// Whom this token acts for, and how far it reaches
#[utoipa::path(get, path = "/me", tag = "me", operation_id = "me",
    responses((status = 200, body = Me)))]
async fn me(caller: Caller) -> Answer<Json<Me>> {
    let me = people::me(&caller.actor).await?;
    let reach = caller
        .actor
        .reach()
        .ok_or(chancery::Error::SignedOut)
        .map_err(Problem::from)?;
    Ok(Json(Me {
        person: me.line.into(),
        email: me.email,
        may: reach.may.name().to_owned(),
        site: reach.site.map(|site| site.to_string()),
    }))
}
