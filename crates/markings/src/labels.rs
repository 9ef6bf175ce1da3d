//! What files and messages say of their marking in properties, by the programs that write them.

use std::collections::BTreeMap;

use base64::Engine as _;

use crate::input::Property;

/// What a property says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// In words: a marking stands in them, in whatever case.
    Words {
        /// The property.
        property: usize,
        /// The words, and where in the value they stand.
        words: String,
        at: usize,
        /// Who lays down what they mean, where it says so.
        namespace: Option<String>,
        /// They count only where nothing else stands beside the marking.
        whole: bool,
    },
    /// A label by its id, with the name that was given to it, if one was.
    Label {
        property: usize,
        id: String,
        name: Option<String>,
    },
}

/// Names of properties that hold nothing but a marking.
const NAMES: &[&str] = &[
    "classification",
    "securityclassification",
    "documentclassification",
    "governmentclassification",
    "protectivemarking",
    "securitymarking",
    "documentmarking",
    "marking",
    "bjdocumentsecuritylabel",
    "bjlabel",
    "bjheadermarking",
    "bjfootermarking",
    "titusclassification",
    "tituslabel",
    "classificationlabel",
    "xclassification",
    "xprotectivemarking",
    "xsecuritylabel",
    "siolabel",
    "tsclassification",
];

/// How names end of properties that hold a marking in the words of an organisation's own: Titus calls them after it
/// (`AcmeClassification`, the header `x-acmeclassification`), as Exchange does (`x-microsoft-classification`).
const ENDINGS: &[&str] = &[
    "classification",
    "classifications",
    "marking",
    "markings",
    "securitylabel",
    "securitylevel",
    "securityclass",
    "sensitivitylabel",
    "sensitivity",
    "confidentiality",
];

fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// Everything that properties say of a marking, by file.
pub(crate) fn said(properties: &[Property]) -> Vec<Said> {
    let mut all = Vec::new();
    let mut labels: BTreeMap<(usize, String), Microsoft> = BTreeMap::new();
    for (number, property) in properties.iter().enumerate() {
        let name = plain(&property.name);
        if let Some((id, key)) = microsoft(&property.name) {
            labels
                .entry((property.file, id))
                .or_insert_with(|| Microsoft::new(number))
                .set(number, &key, &property.value);
        } else if name == "msiplabels" {
            for part in property.value.split(';') {
                if let Some((key, value)) = part.split_once('=')
                    && let Some((id, key)) = microsoft(key.trim())
                {
                    labels
                        .entry((property.file, id))
                        .or_insert_with(|| Microsoft::new(number))
                        .set(number, &key, value.trim());
                }
            }
        } else if name.starts_with("bjdocumentlabelxml") || name == "sisl" {
            for id in attributes(&property.value, "uid") {
                all.push(Said::Label {
                    property: number,
                    id,
                    name: None,
                });
            }
        } else if name == "xprotectivemarking" {
            australian(number, &property.value, &mut all);
        } else if name == "siolabel" {
            neutral(number, &property.value, &mut all);
        } else if name.starts_with("xtitusmetadata") || name == "titusmetadata" {
            titus(number, &property.value, &mut all);
        } else if name.starts_with("xtituslabsclassifications")
            || property.value.trim_start().starts_with("TLPropertyRoot=")
        {
            pairs(number, &property.value, &mut all);
        } else if NAMES.contains(&name.as_str())
            // bjHeaderBothDocProperty, PM_ProtectiveMarkingValue_Header: one for every place in which it prints.
            || ["bjheader", "bjfooter", "pmprotectivemarking"]
                .iter()
                .any(|start| name.starts_with(start))
            || name.contains("bails") && !property.value.is_empty()
            || name.contains("businessauthorizationcategoryname")
        {
            all.push(words(number, &property.value, 0, None, false));
        } else if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            for part in property.value.split([';', ',', '\n']) {
                let at = offset(&property.value, part);
                all.push(words(number, part, at, None, true));
            }
        }
    }
    for ((_, id), label) in labels {
        if label.off {
            continue;
        }
        all.push(Said::Label {
            property: label.property,
            id,
            name: label.name,
        });
    }
    all
}

fn words(property: usize, words: &str, at: usize, namespace: Option<String>, whole: bool) -> Said {
    Said::Words {
        property,
        words: words.to_owned(),
        at,
        namespace,
        whole,
    }
}

#[derive(Debug)]
struct Microsoft {
    property: usize,
    name: Option<String>,
    off: bool,
}

impl Microsoft {
    fn new(property: usize) -> Self {
        Self {
            property,
            name: None,
            off: false,
        }
    }

    fn set(&mut self, property: usize, key: &str, value: &str) {
        let value = value.trim();
        match key {
            "name" if !value.is_empty() => {
                self.name = Some(value.to_owned());
                self.property = property;
            }
            "enabled" if value.eq_ignore_ascii_case("false") || value == "0" => self.off = true,
            "removed" if value.eq_ignore_ascii_case("true") || value == "1" => self.off = true,
            _ => {}
        }
    }
}

/// `MSIP_Label_<id>_Name` and its like: the id, and what it says of it.
fn microsoft(name: &str) -> Option<(String, String)> {
    let lower = name.to_ascii_lowercase();
    let rest = lower.strip_prefix("msip_label_")?;
    // The id has dashes only, what is said of it may have more of these.
    let (id, key) = rest.split_once('_')?;
    Some((id.trim_matches(['{', '}']).to_owned(), key.to_owned()))
}

/// The values of attributes of this name in a little XML that was written by a program.
fn attributes(xml: &str, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = xml;
    while let Some((_, after)) = rest.split_once(name) {
        rest = after;
        let value = after.trim_start().strip_prefix('=').map(str::trim_start);
        if let Some(value) = value
            && let Some(mark @ ('"' | '\'')) = value.chars().next()
            && let Some((value, _)) = value[1..].split_once(mark)
            && !value.is_empty()
        {
            found.push(value.to_owned());
        }
    }
    found
}

/// `VER=2018.4, NS=gov.au, SEC=OFFICIAL:Sensitive, ACCESS=Legal-Privilege`.
fn australian(property: usize, value: &str, all: &mut Vec<Said>) {
    let mut namespace = None;
    let mut any = false;
    for part in value.split(',') {
        let Some((key, said)) = part.split_once('=') else {
            continue;
        };
        match key.trim().to_ascii_uppercase().as_str() {
            "NS" => namespace = Some(said.trim().to_ascii_lowercase()),
            "SEC" => {
                any = true;
                let at = offset(value, said);
                all.push(words(property, said, at, namespace.clone(), false));
            }
            _ => {}
        }
    }
    if !any {
        all.push(words(property, value, 0, None, false));
    }
}

/// `TLPropertyRoot=ACME;Classification=SECRET;ReleasableTo=GBR;`: the first says whose properties these are.
fn pairs(property: usize, value: &str, all: &mut Vec<Said>) {
    for part in value.split(';') {
        if let Some((key, said)) = part.split_once('=')
            && key.trim() != "TLPropertyRoot"
        {
            let at = offset(value, said);
            all.push(words(property, said, at, None, true));
        }
    }
}

/// `marking="UK SECRET"; fgcolor=red; type=":ess"; label="…"` (RFC 7444).
fn neutral(property: usize, value: &str, all: &mut Vec<Said>) {
    // Some divide what it says by commas.
    let mut quoted = false;
    let parts = value.split(|letter: char| {
        quoted ^= letter == '"';
        !quoted && matches!(letter, ';' | ',')
    });
    for part in parts {
        let Some((key, said)) = part.split_once('=') else {
            continue;
        };
        // Long ones are continued as in RFC 2231: marking*0=…
        let key = key.trim().to_ascii_lowercase();
        if key == "marking" || key.starts_with("marking*") {
            all.push(words(property, said, offset(value, said), None, false));
        }
    }
}

/// JSON in base64: `{"Metadata":{"props":[{"n":"Classification","vals":[{"value":"SECRET"}]}]}}`.
fn titus(property: usize, value: &str, all: &mut Vec<Said>) {
    let plain: String = value.chars().filter(char::is_ascii_graphic).collect();
    let decoded = base64::engine::general_purpose::STANDARD.decode(plain);
    let json = decoded.map_or_else(
        |_| value.to_owned(),
        |bytes| String::from_utf8_lossy(&bytes).into_owned(),
    );
    let mut rest = json.as_str();
    while let Some((_, after)) = rest.split_once("\"value\"") {
        rest = after;
        let said = after.trim_start().strip_prefix(':').map(str::trim_start);
        if let Some((said, _)) = said
            .and_then(|said| said.strip_prefix('"'))
            .and_then(|said| said.split_once('"'))
        {
            all.push(words(property, said, 0, None, false));
        }
    }
}

fn offset(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property(name: &str, value: &str) -> Property {
        Property {
            file: 0,
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    fn told(name: &str, value: &str) -> Vec<String> {
        said(&[property(name, value)])
            .into_iter()
            .map(|said| match said {
                Said::Words {
                    words,
                    at,
                    namespace,
                    ..
                } => {
                    assert_eq!(&value[at..at + words.len()], words);
                    format!(
                        "{}{}",
                        words,
                        namespace.map_or(String::new(), |name| format!("@{name}"))
                    )
                }
                Said::Label { id, name, .. } => format!("#{id} {}", name.unwrap_or_default()),
            })
            .collect()
    }

    #[test]
    fn each_program_writes_it_its_own_way() {
        for (name, value, expected) in [
            (
                "bjDocumentSecurityLabel",
                "OFFICIAL-SENSITIVE",
                "OFFICIAL-SENSITIVE",
            ),
            ("Classification", "Secret", "Secret"),
            (
                "X-Protective-Marking",
                "VER=2018.4, NS=gov.au, SEC=OFFICIAL:Sensitive, ACCESS=Legal-Privilege",
                "OFFICIAL:Sensitive@gov.au",
            ),
            ("X-Protective-Marking", "RESTRICTED", "RESTRICTED"),
            (
                "SIO-Label",
                "marking=\"UK SECRET\"; fgcolor=red; type=\":ess\"; label=\"MQ==\"",
                "\"UK SECRET\"",
            ),
            (
                "SIO-Label",
                "Version=\"1.0\", FgClr=\"black\", Marking=\"SECRET, AND PERSONAL\", Policy=\"UK\"",
                "\"SECRET, AND PERSONAL\"",
            ),
            ("PM_ProtectiveMarkingValue_Header", "Secret", "Secret"),
            ("bjHeaderBothDocProperty", "Secret", "Secret"),
            (
                "bjDocumentLabelXML",
                "<sisl policy=\"p\"><element uid='id_classification_secret' value=\"\"/></sisl>",
                "#id_classification_secret ",
            ),
            (
                "msip_labels",
                "MSIP_Label_a-b_Enabled=true; MSIP_Label_a-b_Name=Official;",
                "#a-b Official",
            ),
            ("MSIP_Label_a-b_Name", "General", "#a-b General"),
            ("AcmeClassification", "Secret", "Secret"),
            ("x-microsoft-classification", "Secret", "Secret"),
            ("X-Titus-Classification", "Secret", "Secret"),
            (
                "x-tituslabs-classifications-30",
                "TLPropertyRoot=ACME;Classification=NATO SECRET;",
                "NATO SECRET",
            ),
            (
                "urn:bails:BusinessAuthorizationCategory:Name",
                "Secret",
                "Secret",
            ),
        ] {
            assert_eq!(told(name, value), [expected], "{name}");
        }
    }

    #[test]
    fn titus_packs_what_it_says() {
        let json = r#"{"Metadata":{"props":[{"n":"Classification","vals":[{"value":"SECRET"}]}]}}"#;
        let packed = base64::engine::general_purpose::STANDARD.encode(json);
        let all = said(&[property("x-titus-metadata-40", &packed)]);
        assert!(matches!(&all[..], [Said::Words { words, .. }] if words == "SECRET"));
    }

    #[test]
    fn a_label_that_was_taken_off_says_nothing() {
        assert!(
            said(&[
                property("MSIP_Label_a_Name", "Secret"),
                property("MSIP_Label_a_Enabled", "false"),
            ])
            .is_empty()
        );
        assert!(said(&[property("MSIP_Label_a_Removed", "1")]).is_empty());
        assert!(said(&[property("Company", "Secret Ltd")]).is_empty());
        assert!(said(&[property("X-Classification-ID", "4b48")]).is_empty());
    }
}
