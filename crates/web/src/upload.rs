//! Files on their way in: streamed, never held whole.

use std::collections::BTreeMap;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody as _};
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use chancery::Error;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use multer::{Field, Multipart};
use tokio::io::AsyncRead;
use tokio_util::io::StreamReader;

use crate::failure::Failure;
use crate::portal::Portal;
use crate::posted::check_token;

/// How large a field that is not a file may be, in bytes.
const LARGEST_FIELD: usize = 64 * 1024;
/// How many fields there may be before the first file.
const MOST_FIELDS: usize = 64;

/// A form with files (RFC 7578). The token and the other fields come before the first file, so a
/// forged one is refused before any content is read.
pub(crate) struct Upload {
    multipart: Multipart<'static>,
    fields: BTreeMap<String, String>,
    next: Option<Field<'static>>,
}

/// One file of the form; read it before asking for the next.
pub(crate) struct UploadedFile {
    /// The name it had on the person's machine.
    pub(crate) name: String,
    field: Field<'static>,
}

impl UploadedFile {
    /// Its content.
    pub(crate) fn content(self) -> impl AsyncRead + Send + Unpin {
        StreamReader::new(self.field.map_err(io::Error::other))
    }
}

impl FromRequest<Portal> for Upload {
    type Rejection = Failure;

    async fn from_request(request: Request<Body>, portal: &Portal) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let boundary = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|kind| multer::parse_boundary(kind).ok())
            .ok_or_else(|| Error::invalid("file", "Choose a file to upload"))?;
        let mut upload = Self {
            multipart: Multipart::new(body.into_data_stream(), boundary),
            fields: BTreeMap::new(),
            next: None,
        };
        upload.next = upload.advance().await?;
        check_token(portal, &parts.headers, upload.field("csrf"))?;
        Ok(upload)
    }
}

impl Upload {
    /// A field that came before the first file; empty when there was none.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// The next file that was chosen. A control left empty counts as no file.
    pub(crate) async fn next_file(&mut self) -> Result<Option<UploadedFile>, Failure> {
        let field = match self.next.take() {
            Some(field) => Some(field),
            None => self.advance().await?,
        };
        Ok(field.map(|field| UploadedFile {
            name: field.file_name().unwrap_or_default().to_owned(),
            field,
        }))
    }

    /// Reads what is left and lets it go. A browser that is still sending hears no answer, so this
    /// comes before one that says no.
    pub(crate) async fn drain(&mut self) {
        while let Ok(Some(_)) = self.next_file().await {}
    }

    async fn advance(&mut self) -> Result<Option<Field<'static>>, Failure> {
        while let Some(mut field) = self.multipart.next_field().await.map_err(cut_off)? {
            match field.file_name() {
                Some("") => {}
                Some(_) => return Ok(Some(field)),
                None => {
                    let name = field.name().unwrap_or_default().to_owned();
                    let mut text = Vec::new();
                    while let Some(chunk) = field.chunk().await.map_err(cut_off)? {
                        if text.len() + chunk.len() > LARGEST_FIELD
                            || self.fields.len() >= MOST_FIELDS
                        {
                            return Err(Failure(Error::TooLarge {
                                limit: LARGEST_FIELD as u64,
                            }));
                        }
                        text.extend_from_slice(&chunk);
                    }
                    let text = String::from_utf8_lossy(&text).into_owned();
                    self.fields.insert(name, text);
                }
            }
        }
        Ok(None)
    }
}

/// How much more is read of what was refused, and for how long.
const HEARD_OUT: u64 = 256 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads what is left of a request that is answered with an error, and lets it go: a browser that
/// is still sending when the connection is closed hears no answer, and shows its own.
pub(crate) async fn hear_out(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // Who asks first whether to send hears the answer without sending.
    if body.is_end_stream() || parts.headers.contains_key(header::EXPECT) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let said = Arc::new(Mutex::new(body.into_data_stream()));
    let rest = Arc::clone(&said);
    let body = Body::from_stream(stream::poll_fn(move |context| {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.poll_next_unpin(context)
    }));
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        let _ = tokio::time::timeout(PATIENCE, drain(&rest)).await;
    }
    response
}

async fn drain(rest: &Mutex<BodyDataStream>) {
    let mut heard = 0;
    while heard < HEARD_OUT {
        let piece = stream::poll_fn(|context| {
            let mut rest = rest.lock().unwrap_or_else(PoisonError::into_inner);
            rest.poll_next_unpin(context)
        });
        match pin!(piece).next().await {
            Some(Ok(bytes)) => heard += bytes.len() as u64,
            Some(Err(_)) | None => return,
        }
    }
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err takes"
)]
fn cut_off(error: multer::Error) -> Failure {
    tracing::info!(%error, "an upload was cut off");
    Failure(Error::invalid(
        "file",
        "The upload was cut off before it was complete. Nothing was kept of it. Try again",
    ))
}
