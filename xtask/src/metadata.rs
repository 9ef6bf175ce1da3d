//! What `cargo metadata` says of the workspace, as far as it is used here.

use std::process::Stdio;

use serde_json::Value;

use crate::{Failure, command};

/// One of our own packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) has_library: bool,
    pub(crate) dependencies: Vec<Dependency>,
}

/// What a package names under its dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Only its tests use it.
    pub(crate) for_tests: bool,
}

/// Our own packages, by name.
pub(crate) fn packages() -> Result<Vec<Package>, Failure> {
    let output = command::cargo(&["metadata", "--format-version=1", "--no-deps"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(Failure::new("cargo metadata failed"));
    }
    let mut packages = read(&serde_json::from_slice(&output.stdout)?);
    packages.sort_by(|one, two| one.name.cmp(&two.name));
    Ok(packages)
}

fn read(metadata: &Value) -> Vec<Package> {
    list(&metadata["packages"])
        .map(|package| Package {
            name: text(&package["name"]),
            has_library: list(&package["targets"])
                .any(|target| list(&target["kind"]).any(|kind| kind == "lib")),
            dependencies: list(&package["dependencies"])
                .map(|dependency| Dependency {
                    name: text(&dependency["name"]),
                    for_tests: dependency["kind"] == "dev",
                })
                .collect(),
        })
        .collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_kinds_and_libraries_are_read() {
        let metadata = json!({ "packages": [{
            "name": "web",
            "targets": [{ "kind": ["lib"] }, { "kind": ["test"] }],
            "dependencies": [{ "name": "axum", "kind": null }, { "name": "testkit", "kind": "dev" }],
        }]});
        let dependency = |name: &str, for_tests| Dependency {
            name: name.to_owned(),
            for_tests,
        };
        let web = Package {
            name: "web".to_owned(),
            has_library: true,
            dependencies: vec![dependency("axum", false), dependency("testkit", true)],
        };
        assert_eq!(read(&metadata), [web]);
    }
}
