//! How documents are read for their markings.

use std::path::Path;

use chancery::assurance::Written as Rules;
use serde::Deserialize;

use super::SettingsError;

/// What the file says of markings, before it is checked.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenMarkings {
    policy: Option<String>,
    #[serde(default)]
    schemes: Vec<String>,
}

/// The policy that comes with the program for a designation.
fn of_designation(designation: &str) -> Option<&'static str> {
    Some(match designation {
        "PROTECT" => "il2",
        "RESTRICTED" => "il3",
        "OFFICIAL" | "OFFICIAL-SENSITIVE" => "official",
        _ => return None,
    })
}

impl WrittenMarkings {
    /// The rules, and none where markings are not read.
    pub(super) fn check(
        &self,
        designation: &str,
        base: &Path,
    ) -> Result<Option<Rules>, SettingsError> {
        let policy = match self.policy.as_deref() {
            Some("off") => return Ok(None),
            Some(named) => named,
            None => of_designation(designation).ok_or_else(|| {
                SettingsError::key(
                    "markings.policy",
                    format!(
                        "no policy comes with the program for a realm that is designated {designation}. Name the file of one, or \"off\" to read no markings"
                    ),
                )
            })?,
        };
        let read = |key: &str, file: &str| {
            let path = base.join(file);
            std::fs::read_to_string(&path)
                .map_err(|error| SettingsError::key(key, format!("{}: {error}", path.display())))
        };
        let policy = match markings::Policy::text(policy) {
            Some(text) => text.to_owned(),
            None => read("markings.policy", policy)?,
        };
        let schemes = self
            .schemes
            .iter()
            .map(|file| read("markings.schemes", file))
            .collect::<Result<_, _>>()?;
        let rules = Rules { policy, schemes };
        rules
            .parse()
            .map_err(|what| SettingsError::key("markings.policy", what))?;
        Ok(Some(rules))
    }
}
