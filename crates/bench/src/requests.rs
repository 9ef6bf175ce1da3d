//! The requests that are sent, as a browser would send them.

use bytes::Bytes;
use hyper::{Method, Request, header};

use crate::Outcome;
use crate::wire::{Body, whole};

const BOUNDARY: &str = "a-boundary-of-the-bench";

fn request(method: Method, address: &str, cookie: &str) -> hyper::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(address)
        .header(header::HOST, "localhost")
        .header(header::COOKIE, cookie)
}

/// A page, as a browser asks for it.
pub(crate) fn page(address: &str, cookie: &str) -> Outcome<Request<Body>> {
    Ok(request(Method::GET, address, cookie)
        .header(header::ACCEPT, "text/html")
        .header(header::ACCEPT_ENCODING, "gzip, deflate, br")
        .body(whole(Bytes::new()))?)
}

/// The same, uncompressed, to be read here.
pub(crate) fn readable(address: &str, cookie: &str) -> Outcome<Request<Body>> {
    Ok(request(Method::GET, address, cookie).body(whole(Bytes::new()))?)
}

/// A posted form.
pub(crate) fn form(address: &str, cookie: &str, form: String) -> Outcome<Request<Body>> {
    Ok(request(Method::POST, address, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(whole(form))?)
}

/// What a program with a token asks for.
pub(crate) fn api(address: &str, bearer: &str) -> Outcome<Request<Body>> {
    Ok(with_token(Method::GET, address, bearer).body(whole(Bytes::new()))?)
}

/// A file on its way into a library from a program with a token: the body as it is.
pub(crate) fn put(address: &str, bearer: &str, length: u64, body: Body) -> Outcome<Request<Body>> {
    Ok(with_token(Method::POST, address, bearer)
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header(header::CONTENT_LENGTH, length)
        .body(body)?)
}

fn with_token(method: Method, address: &str, bearer: &str) -> hyper::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(format!("/api/v1{address}"))
        .header(header::HOST, "localhost")
        .header(header::AUTHORIZATION, bearer)
}

/// A file on its way into a library through the form of its page.
pub(crate) struct Upload<'a> {
    pub(crate) address: &'a str,
    pub(crate) cookie: &'a str,
    pub(crate) csrf: &'a str,
    pub(crate) name: &'a str,
}

impl Upload<'_> {
    fn head(&self) -> String {
        format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n\
             --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            self.csrf, self.name
        )
    }

    fn tail() -> String {
        format!("\r\n--{BOUNDARY}--\r\n")
    }

    fn send(&self, length: u64, body: Body) -> Outcome<Request<Body>> {
        Ok(request(Method::POST, self.address, self.cookie)
            .header(header::ACCEPT, "application/json")
            .header(
                header::CONTENT_TYPE,
                format!("multipart/form-data; boundary={BOUNDARY}"),
            )
            .header(header::CONTENT_LENGTH, length)
            .body(body)?)
    }

    /// Small content.
    pub(crate) fn whole(&self, content: &[u8]) -> Outcome<Request<Body>> {
        let body = [self.head().as_bytes(), content, Self::tail().as_bytes()].concat();
        self.send(body.len() as u64, whole(body))
    }
}

/// Bytes that do not compress and are never the same for two seeds (splitmix64).
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 8);
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    while bytes.len() < length {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bytes.extend_from_slice(&(word ^ (word >> 31)).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
