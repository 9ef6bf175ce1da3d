//! The document that describes the API (OpenAPI 3.1). Handlers say what is their own; what every
//! operation shares is added here, once.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use utoipa::PartialSchema as _;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, Paths};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, HttpMethod, InfoBuilder, LicenseBuilder, OpenApi, Ref, Required, Response,
    ResponseBuilder, Schema, ServerBuilder,
};

use crate::Api;
use crate::once::Recalled;
use crate::problem::{FieldProblem, ProblemBody};
use crate::routes::{ROOT, Route, all, routes};

routes! { describe }

/// What the API is, in the words of its document.
const ABOUT: &str = "Everything that the pages do, for programs. A token is made on the page \
\"Programs and tokens\" and is sent as `Authorization: Bearer chancery_…`. Errors are problem \
details (RFC 9457). Lists come in pages: `next` is sent as `after`. What may not be seen is not \
found. A request that makes something takes an `Idempotency-Key`, so that it can be sent again when \
its answer was lost. A document's `ETag` is sent as `If-Match` so that a change is made to what was \
seen, or not at all.";

/// This document
#[utoipa::path(get, path = "/openapi.json", tag = "api", operation_id = "describe", security(()),
    responses((status = 200, description = "The document", body = serde_json::Value)))]
async fn describe(State(_): State<Api>) -> impl IntoResponse {
    Json(document())
}

/// The document.
pub fn document() -> OpenApi {
    let (_, mut document) = all().split_for_parts();
    document.info = InfoBuilder::new()
        .title("Chancery")
        .version(ROOT.rsplit('/').next().unwrap_or_default())
        .description(Some(ABOUT))
        .license(Some(
            LicenseBuilder::new()
                .name("MIT OR Apache-2.0")
                .identifier(Some("MIT OR Apache-2.0"))
                .build(),
        ))
        .build();
    document.servers = Some(vec![ServerBuilder::new().url(ROOT).build()]);
    document.security = Some(vec![bearer()]);
    let components = document.components.get_or_insert_default();
    for (name, schema) in [
        ("Problem", ProblemBody::schema()),
        ("FieldProblem", FieldProblem::schema()),
        ("Recalled", Recalled::schema()),
        ("Moment", crate::schema::Moment::schema()),
        ("Id", crate::schema::Id::schema()),
    ] {
        components.schemas.insert(name.to_owned(), schema);
    }
    components.security_schemes.insert(
        "token".to_owned(),
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("chancery_ and 43 characters")
                .description(Some("A token made on the page \"Programs and tokens\"."))
                .build(),
        )
        .into(),
    );
    for (name, status, words) in PROBLEMS {
        components
            .responses
            .insert((*name).to_owned(), problem(*status, words).into());
    }
    components
        .responses
        .insert("Recalled".to_owned(), recalled().into());
    complete(&mut document.paths);
    document
}

fn bearer() -> SecurityRequirement {
    SecurityRequirement::new("token", Vec::<String>::new())
}

/// What can go wrong at every address, or at every address that changes something.
const PROBLEMS: &[(&str, u16, &str)] = &[
    ("Unreadable", 400, "What was sent cannot be read"),
    ("NoToken", 401, "There is no token, or it does not work"),
    ("Refused", 403, "You see this, and may not do it"),
    (
        "NotFound",
        404,
        "There is nothing at this address that you can see",
    ),
    ("Conflict", 409, "Something or somebody stands in the way"),
    ("Changed", 412, "It is not any more what If-Match expects"),
    ("TooLarge", 413, "What was sent is larger than is accepted"),
    (
        "MediaType",
        415,
        "What was sent is of a kind that is not taken here",
    ),
    (
        "Invalid",
        422,
        "What was sent has problems, each with its field",
    ),
    (
        "TooMany",
        429,
        "Too many attempts; the header Retry-After says when to try again",
    ),
    (
        "Unavailable",
        503,
        "A fault of the service; quote the reference",
    ),
];

fn problem(status: u16, words: &str) -> Response {
    let mut response = ResponseBuilder::new().description(words).content(
        "application/problem+json",
        ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Problem")))
            .build(),
    );
    let header = |words: &str| {
        utoipa::openapi::HeaderBuilder::new()
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .description(Some(words))
            .build()
    };
    match status {
        401 => response = response.header("WWW-Authenticate", header("Bearer")),
        429 | 503 => {
            response = response.header("Retry-After", header("In how many seconds to try again"));
        }
        _ => {}
    }
    response.build()
}

fn recalled() -> Response {
    ResponseBuilder::new()
        .description(
            "It was done under this Idempotency-Key already and its first answer was lost: what the journal knows of it",
        )
        .content(
            "application/json",
            ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Recalled")))
                .build(),
        )
        .build()
}

/// Adds to every operation what it shares with the others.
fn complete(paths: &mut Paths) {
    for item in paths.paths.values_mut() {
        let slots = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Patch, &mut item.patch),
            (HttpMethod::Delete, &mut item.delete),
        ];
        for (method, slot) in slots {
            if let Some(operation) = slot {
                complete_one(&method, operation);
            }
        }
    }
}

fn complete_one(method: &HttpMethod, operation: &mut Operation) {
    let changes = !matches!(method, HttpMethod::Get);
    let open = operation.security.is_some();
    for (name, status, _) in PROBLEMS {
        let applies = match status {
            // A list that only some may see is not there for others either, and what is in the recycle
            // bin stands in the way of looking at it.
            401 | 403 | 404 | 409 | 429 => !open,
            400 | 412 | 413 | 415 => changes,
            _ => true,
        };
        if applies {
            operation
                .responses
                .responses
                .entry(status.to_string())
                .or_insert_with(|| Ref::from_response_name(*name).into());
        }
    }
    if matches!(method, HttpMethod::Post) {
        operation
            .responses
            .responses
            .insert("208".to_owned(), Ref::from_response_name("Recalled").into());
        operation.parameters.get_or_insert_default().push(
            ParameterBuilder::new()
                .name("Idempotency-Key")
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some(
                    "Another one for each thing to be done: sent again with the same key within a day, it is done once and answered alike",
                ))
                .schema(Some(Schema::Object(
                    ObjectBuilder::new()
                        .schema_type(Type::String)
                        .min_length(Some(1))
                        .max_length(Some(255))
                        .pattern(Some("^[!-~]+$"))
                        .build(),
                )))
                .build()
                .into(),
        );
    }
}

/// Every operation of a document, with the whole path of its address.
pub(crate) fn operations(document: &OpenApi) -> Vec<Route> {
    let mut routes = Vec::new();
    for (path, item) in &document.paths.paths {
        let methods = [
            ("get", item.get.is_some()),
            ("post", item.post.is_some()),
            ("put", item.put.is_some()),
            ("patch", item.patch.is_some()),
            ("delete", item.delete.is_some()),
        ];
        for (method, there) in methods {
            if there {
                routes.push(Route {
                    method: method.to_owned(),
                    path: format!("{ROOT}{path}"),
                });
            }
        }
    }
    routes
}
