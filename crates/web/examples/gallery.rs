//! Prints a page that shows every component: `cargo run -p web --example gallery > gallery.html`.
//!
//! The stylesheet and script are those of the running program, so open it through a server that has them.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../tests/page/gallery.rs"]
mod gallery;

use askama::Template as _;

fn main() -> Result<(), askama::Error> {
    println!("{}", gallery::page().render()?);
    Ok(())
}
