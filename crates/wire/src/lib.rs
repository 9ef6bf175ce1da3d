//! What the faces share of HTTP: content on its way out, the name of a request, where it comes
//! from, and texts in addresses. What a face says, and how it says that something went wrong, is its own.
//!
//! **Invariant:** nothing here sees `sqlx`, a database connection or a path on disk.

mod bundle;
pub mod content;
mod origin;
mod range;
mod trail;

pub use bundle::zip_file;
pub use origin::{RequestId, address};
pub use trail::{list_file, trail_file};

/// Percent-encodes a text for a query (RFC 3986, everything but unreserved characters and `/`).
pub fn url_escape(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
