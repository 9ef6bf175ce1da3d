//! The document that describes the API, against itself and against the copy in docs.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use serde_json::Value;

fn document() -> Value {
    serde_json::to_value(api::document()).unwrap()
}

#[test]
fn the_copy_in_docs_is_what_is_served() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let copy: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert!(
        copy == document(),
        "docs/openapi.json is not what is served any more: run `cargo xtask openapi`, and read the difference"
    );
}

#[test]
fn every_operation_says_what_it_is() {
    let document = document();
    let mut names = BTreeSet::new();
    let mut count = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if method == "parameters" {
                continue;
            }
            count += 1;
            let here = format!("{method} {path}");
            let name = operation["operationId"].as_str().unwrap().to_owned();
            assert!(names.insert(name), "{here}: its operationId is used twice");
            assert_eq!(
                operation["tags"].as_array().unwrap().len(),
                1,
                "{here}: one tag"
            );
            assert!(operation["summary"].is_string(), "{here}: a summary");
            let responses = operation["responses"].as_object().unwrap();
            assert!(
                responses.keys().any(|status| status.starts_with('2')),
                "{here}: what it answers with"
            );
            assert!(responses.contains_key("503"), "{here}: problems");
            let braces = path.matches('{').count();
            let parameters = operation["parameters"].as_array().map_or(0, |all| {
                all.iter().filter(|one| one["in"] == "path").count()
            });
            assert_eq!(braces, parameters, "{here}: its parameters");
        }
    }
    assert_eq!(count, api::ROUTES.iter().map(Vec::len).sum::<usize>());
}

/// Every reference leads somewhere.
#[test]
fn nothing_is_left_open() {
    fn walk(value: &Value, document: &Value, lost: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    let pointer = reference.trim_start_matches('#');
                    if document.pointer(pointer).is_none() {
                        lost.push(reference.clone());
                    }
                }
                fields
                    .values()
                    .for_each(|value| walk(value, document, lost));
            }
            Value::Array(values) => values.iter().for_each(|value| walk(value, document, lost)),
            _ => {}
        }
    }
    let document = document();
    let mut lost = Vec::new();
    walk(&document, &document, &mut lost);
    assert!(lost.is_empty(), "{lost:?}");
}
