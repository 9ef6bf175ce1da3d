//! Files on their way in: streamed, never held whole.

use std::collections::BTreeMap;
use std::io;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use chancery::Error;
use chancery::kernel::Limits;
use futures::TryStreamExt as _;
use multer::{Field, Multipart};
use tokio::io::AsyncRead;
use tokio_util::io::StreamReader;

use crate::failure::Failure;
use crate::portal::Portal;
use crate::posted::{check_token, too_many_fields};

/// A form with files (RFC 7578). The token and the other fields come before the first file, so a
/// forged one is refused before any content is read.
pub(crate) struct Upload {
    multipart: Multipart<'static>,
    fields: BTreeMap<String, String>,
    next: Option<Field<'static>>,
    limits: Limits,
    /// Bytes of the fields that are no files.
    bytes: u64,
    files: u32,
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
            limits: portal.realm().settings().limits,
            bytes: 0,
            files: 0,
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
                Some(_) => {
                    self.files += 1;
                    if self.files > self.limits.form_files {
                        let most = self.limits.form_files;
                        return Err(Failure(Error::invalid(
                            "file",
                            format!(
                                "At most {most} files can be sent at once. The first {most} were taken; send the others by themselves"
                            ),
                        )));
                    }
                    return Ok(Some(field));
                }
                None => {
                    let name = field.name().unwrap_or_default().to_owned();
                    let mut text = Vec::new();
                    while let Some(chunk) = field.chunk().await.map_err(cut_off)? {
                        self.bytes += chunk.len() as u64;
                        if self.bytes > self.limits.form_bytes {
                            let limit = self.limits.form_bytes;
                            return Err(Failure(Error::TooLarge { limit }));
                        }
                        text.extend_from_slice(&chunk);
                    }
                    if self.fields.len() >= self.limits.form_fields as usize {
                        return Err(too_many_fields(self.limits.form_fields));
                    }
                    let text = String::from_utf8_lossy(&text).into_owned();
                    self.fields.insert(name, text);
                }
            }
        }
        Ok(None)
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
