//! Our macros against the expected HTML that GOV.UK Frontend ships with each of its components.
//!
//! A fixture is a set of options and the HTML that they make. Here its options become our own structs, our macro draws
//! them, and both are compared as streams of tags and words: the order of attributes and classes, and blanks around
//! tags, do not matter. Each list names the fixtures whose options our macros take; a fixture that disappears or
//! changes with a new version of GOV.UK Frontend fails here.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "components/asking.rs"]
mod asking;
#[path = "components/choosing.rs"]
mod choosing;
#[path = "components/fields.rs"]
mod fields;
#[path = "components/lists.rs"]
mod lists;
#[path = "components/markup.rs"]
mod markup;
#[path = "components/parts.rs"]
mod parts;
#[path = "components/templates.rs"]
mod templates;

use serde_json::Value;

/// Compares our drawing of each named fixture of a component with its own.
fn compare(component: &str, names: &[&str], draw: impl Fn(&Value) -> String) {
    let file: Value = serde_json::from_str(assets::fixtures(component).unwrap()).unwrap();
    let fixtures = file["fixtures"].as_array().unwrap();
    for name in names {
        let fixture = fixtures
            .iter()
            .find(|fixture| fixture["name"] == *name)
            .unwrap_or_else(|| panic!("{component} has no fixture {name:?}"));
        let ours = draw(&fixture["options"]);
        let theirs = fixture["html"].as_str().unwrap();
        let (ours_flat, theirs_flat) = (markup::flatten(&ours), markup::flatten(theirs));
        assert!(
            ours_flat == theirs_flat,
            "{component}, {name}\n\nours:\n{}\n\ntheirs:\n{}",
            ours_flat.join("\n"),
            theirs_flat.join("\n"),
        );
    }
}

/// The text of an option, or nothing.
fn text<'a>(options: &'a Value, pointer: &str) -> &'a str {
    options
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or("")
}

/// The text of an option that may be a number.
fn written(options: &Value, pointer: &str) -> String {
    match options.pointer(pointer) {
        Some(Value::String(words)) => words.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Whether an option is on.
fn on(options: &Value, pointer: &str) -> bool {
    options
        .pointer(pointer)
        .and_then(Value::as_bool)
        .unwrap_or(false)
}

/// The entries of a list of options.
fn each<'a>(options: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    options
        .pointer(pointer)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// A text that a struct of ours holds as a constant of the program.
fn constant(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

/// What follows a prefix in a list of classes, such as the size in `govuk-label--l`.
fn after(classes: &str, prefix: &str) -> &'static str {
    classes
        .split_whitespace()
        .find_map(|class| class.strip_prefix(prefix))
        .map_or("", constant)
}

/// Fails the test when the options hold anything but these, so that no fixture passes by leaving something out.
fn only(options: &Value, pointers: &[&str]) {
    fn walk(value: &Value, at: &str, pointers: &[&str]) {
        if pointers.contains(&at) {
            return;
        }
        match value {
            Value::Object(map) => {
                for (key, inner) in map {
                    walk(inner, &format!("{at}/{key}"), pointers);
                }
            }
            Value::Array(list) => {
                for inner in list {
                    walk(inner, &format!("{at}/*"), pointers);
                }
            }
            _ => panic!("our macro does not take {at}: {value}"),
        }
    }
    walk(options, "", pointers);
}
