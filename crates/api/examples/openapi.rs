//! Prints the document that describes the API: `cargo xtask openapi` keeps it in docs/openapi.json.

#[allow(clippy::print_stdout, reason = "it prints")]
fn main() {
    match serde_json::to_string_pretty(&api::document()) {
        Ok(document) => println!("{document}"),
        Err(error) => eprintln!("{error}"),
    }
}
