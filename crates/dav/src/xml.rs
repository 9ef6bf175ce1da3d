//! The XML that programs send (RFC 4918 §14): small, shallow, without a DTD and without entities of its own, so
//! that nothing in it can grow or fetch anything.

use std::borrow::Cow;
use std::fmt::Write as _;

use quick_xml::XmlVersion;
use quick_xml::escape::{escape, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use crate::failure::Failure;

/// How large a body of XML may be, in bytes.
pub(crate) const LARGEST: usize = 64 * 1024;
/// How deep.
const DEEPEST: usize = 32;

/// The namespace of WebDAV itself.
pub(crate) const DAV: &str = "DAV:";
/// That of `xml:lang`.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) space: String,
    pub(crate) name: String,
    attributes: Vec<Attribute>,
    children: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Attribute {
    space: String,
    name: String,
    value: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Element(Element),
    Text(String),
}

/// The one element of a body.
pub(crate) fn parse(bytes: &[u8]) -> Result<Element, Failure> {
    read(bytes).ok_or_else(|| {
        Failure::bad(
            "The body is not XML as it is understood here: UTF-8, well formed, without a DTD",
        )
    })
}

fn read(bytes: &[u8]) -> Option<Element> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.trim_start_matches('\u{FEFF}');
    let mut reader = NsReader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                if root.is_some() || open.len() >= DEEPEST {
                    return None;
                }
                open.push(element(&reader, &start)?);
            }
            Event::Empty(start) => {
                let element = element(&reader, &start)?;
                close(&mut open, &mut root, element)?;
            }
            Event::End(_) => {
                let element = open.pop()?;
                close(&mut open, &mut root, element)?;
            }
            Event::Text(text) => say(&mut open, &text.xml_content(XmlVersion::Implicit1_0))?,
            Event::CData(text) => say(&mut open, &text.xml_content(XmlVersion::Implicit1_0))?,
            Event::GeneralRef(name) => {
                let letter = match name.resolve_char_ref().ok()? {
                    Some(letter) => letter,
                    // The five that XML itself knows; there are no others without a DTD.
                    None => match &*name {
                        "lt" => '<',
                        "gt" => '>',
                        "amp" => '&',
                        "apos" => '\'',
                        "quot" => '"',
                        _ => return None,
                    },
                };
                if letter.is_control() && !matches!(letter, '\t' | '\n' | '\r') {
                    return None;
                }
                open.last()?;
                say(&mut open, letter.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return None,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => return root.filter(|_| open.is_empty()),
        }
    }
}

fn element(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Option<Element> {
    let resolver = reader.resolver();
    let (space, name) = resolver.resolve_element(start.name());
    let mut element = Element {
        space: resolved(&space)?,
        name: name.into_inner().to_owned(),
        ..Element::default()
    };
    if element.name.is_empty() {
        return None;
    }
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
        if attribute.key.as_namespace_binding().is_some() {
            // A prefix cannot be bound to nothing (Namespaces in XML 1.0).
            if value.is_empty() && attribute.key.prefix().is_some() {
                return None;
            }
            continue;
        }
        let (space, name) = resolver.resolve_attribute(attribute.key);
        element.attributes.push(Attribute {
            space: resolved(&space)?,
            name: name.into_inner().to_owned(),
            value: value.into_owned(),
        });
    }
    Some(element)
}

fn resolved(space: &ResolveResult<'_>) -> Option<String> {
    match space {
        ResolveResult::Unbound => Some(String::new()),
        ResolveResult::Bound(space) => unescape(space.0).ok().map(Cow::into_owned),
        ResolveResult::Unknown(_) => None,
    }
}

fn close(open: &mut [Element], root: &mut Option<Element>, element: Element) -> Option<()> {
    match open.last_mut() {
        Some(parent) => parent.children.push(Node::Element(element)),
        None if root.is_none() => *root = Some(element),
        None => return None,
    }
    Some(())
}

fn say(open: &mut [Element], text: &str) -> Option<()> {
    match open.last_mut() {
        Some(parent) => match parent.children.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ => parent.children.push(Node::Text(text.to_owned())),
        },
        None if text.trim().is_empty() => {}
        None => return None,
    }
    Some(())
}

impl Element {
    /// Whether it is this one of WebDAV's own.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.space == DAV && self.name == name
    }

    /// The elements in it.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first of WebDAV's own of this name in it.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.elements().find(|element| element.is(name))
    }

    /// `xml:lang`, where it says so itself.
    pub(crate) fn language(&self) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.space == XML && attribute.name == "lang")
            .map(|attribute| attribute.value.as_str())
    }

    /// The same in this language, unless it says another.
    pub(crate) fn in_language(&self, language: Option<&str>) -> Self {
        let mut element = self.clone();
        if let (None, Some(language)) = (self.language(), language) {
            element.attributes.push(Attribute {
                space: XML.to_owned(),
                name: "lang".to_owned(),
                value: language.to_owned(),
            });
        }
        element
    }

    /// The element, well formed by itself wherever it is put.
    pub(crate) fn write(&self) -> String {
        let mut text = String::new();
        self.write_in(None, &mut text);
        text
    }

    /// What is in it, well formed by itself wherever it is put.
    pub(crate) fn write_inside(&self) -> String {
        let mut text = String::new();
        for child in &self.children {
            child.write_in(None, &mut text);
        }
        text
    }

    fn write_in(&self, around: Option<&str>, text: &mut String) {
        text.push('<');
        text.push_str(&self.name);
        if around != Some(self.space.as_str()) {
            text.push_str(" xmlns=\"");
            text.push_str(&escape(self.space.as_str()));
            text.push('"');
        }
        for (place, attribute) in self.attributes.iter().enumerate() {
            let prefix = match attribute.space.as_str() {
                "" => String::new(),
                XML => "xml:".to_owned(),
                space => {
                    let bound = format!(" xmlns:n{place}=\"{}\"", escape(space));
                    text.push_str(&bound);
                    format!("n{place}:")
                }
            };
            text.push(' ');
            text.push_str(&prefix);
            text.push_str(&attribute.name);
            text.push_str("=\"");
            for letter in attribute.value.chars() {
                match letter {
                    '\t' | '\n' | '\r' => {
                        // Writing to a String cannot fail.
                        let _ = write!(text, "&#{};", u32::from(letter));
                    }
                    other => text.push_str(&escape(other.encode_utf8(&mut [0; 4]) as &str)),
                }
            }
            text.push('"');
        }
        if self.children.is_empty() {
            text.push_str("/>");
            return;
        }
        text.push('>');
        for child in &self.children {
            child.write_in(Some(&self.space), text);
        }
        text.push_str("</");
        text.push_str(&self.name);
        text.push('>');
    }
}

impl Node {
    fn write_in(&self, around: Option<&str>, text: &mut String) {
        match self {
            Self::Element(element) => element.write_in(around, text),
            Self::Text(said) => text.push_str(&escape(said.as_str()).replace('\r', "&#13;")),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn again(text: &str) -> String {
        parse(text.as_bytes()).unwrap().write()
    }

    #[test]
    fn an_element_is_the_same_wherever_it_is_put() {
        let text = r#"<?xml version="1.0"?><a:x xmlns:a="urn:a" xmlns="urn:d" k="1 &lt;" a:k="2" xml:lang="en"><y>t &amp; &#228;</y><z xmlns=""/><![CDATA[<c>]]></a:x>"#;
        let written = again(text);
        assert_eq!(
            written,
            r#"<x xmlns="urn:a" k="1 &lt;" xmlns:n1="urn:a" n1:k="2" xml:lang="en"><y xmlns="urn:d">t &amp; ä</y><z xmlns=""/>&lt;c&gt;</x>"#
        );
        assert_eq!(again(&written), written);
    }

    #[test]
    fn what_grows_fetches_or_is_not_well_formed_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(50), "</a>".repeat(50));
        for wrong in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a>&other;</a>",
            "<!DOCTYPE a><a/>",
            r#"<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>"#,
            r#"<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>"#,
            "<p:a/>",
            r#"<p:a xmlns:p=""/>"#,
            "<a k='1' k='2'/>",
            "<a k='&other;'/>",
            "<a>&#0;</a>",
            "&#97;",
            &deep,
        ] {
            assert!(parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert!(parse(b"<a>\xff</a>").is_err());
        assert!(parse("\u{FEFF}<a/>".as_bytes()).is_ok());
    }
}
