//! axe-core: the accessibility rules that a machine can check.

use std::fmt;

use serde::Deserialize;
use serde_json::json;
use thirtyfour::WebDriver;

use super::Trouble;

/// The tags of axe-core's rules for the Web Content Accessibility Guidelines
/// 2.2, levels A and AA: what the United Kingdom's public bodies must meet.
pub const WCAG_2_2_AA: &[&str] = &["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/// A rule that the page breaks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Violation {
    /// axe-core's name of the rule, such as `image-alt`.
    pub id: String,
    /// How bad it is: minor, moderate, serious or critical.
    pub impact: Option<String>,
    /// What the rule asks for.
    pub help: String,
    /// CSS selectors of the elements that break it.
    pub targets: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let impact = self.impact.as_deref().unwrap_or("unrated");
        write!(
            f,
            "{} ({impact}): {}: {}",
            self.id,
            self.help,
            self.targets.join(", ")
        )
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Violations(Vec<Violation>),
    Failure(String),
}

const RUN: &str = r"
    const [tags, done] = arguments;
    axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
        .then(result => done({ violations: result.violations.map(rule => ({
            id: rule.id,
            impact: rule.impact,
            help: rule.help,
            targets: rule.nodes.map(node => node.target.flat().join(' ')),
        })) }))
        .catch(error => done({ failure: String(error) }));
";

pub(super) async fn run(
    driver: &WebDriver,
    source: &str,
    tags: &[&str],
) -> Result<Vec<Violation>, Trouble> {
    let loaded = driver
        .execute("return typeof axe === 'object'", Vec::new())
        .await?;
    if loaded.json() != &json!(true) {
        driver.execute(source, Vec::new()).await?;
    }
    let answer = driver.execute_async(RUN, vec![json!(tags)]).await?;
    match answer.convert()? {
        Answer::Violations(violations) => Ok(violations),
        Answer::Failure(failure) => Err(Trouble(format!("axe-core failed: {failure}"))),
    }
}
