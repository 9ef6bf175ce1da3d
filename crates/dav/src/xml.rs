//! The XML that programs send (RFC 4918 §14): small, shallow, without a DTD and without entities of its own, so
//! that nothing in it can grow or fetch anything. What is understood can be written out to others, and is well formed there.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

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
/// How long the name of a namespace, in bytes: it is written anew wherever it is needed.
const LONGEST_SPACE: usize = 1024;

/// The namespace of WebDAV itself.
pub(crate) const DAV: &str = "DAV:";
/// That of `xml:lang`.
const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// That of the declarations of namespaces. Nothing that a program says is in it.
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) space: Arc<str>,
    pub(crate) name: String,
    attributes: Vec<Attribute>,
    children: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Attribute {
    space: Arc<str>,
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
    if !text.chars().all(is_char) {
        return None;
    }
    let mut spaces = Spaces::default();
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
                open.push(element(&reader, &start, &mut spaces)?);
            }
            Event::Empty(start) => {
                let element = element(&reader, &start, &mut spaces)?;
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
                if !is_char(letter) {
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

fn element(
    reader: &NsReader<&[u8]>,
    start: &BytesStart<'_>,
    spaces: &mut Spaces,
) -> Option<Element> {
    let resolver = reader.resolver();
    let (space, name) = resolver.resolve_element(start.name());
    let mut element = Element {
        space: spaces.of(&space)?,
        name: name.into_inner().to_owned(),
        ..Element::default()
    };
    // These two are never the namespace that is meant where none is named, which is how elements are written.
    if !is_qualified(start.name().into_inner()) || matches!(&*element.space, XML | XMLNS) {
        return None;
    }
    let mut seen = HashSet::new();
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
        if !is_qualified(attribute.key.into_inner()) || !value.chars().all(is_char) {
            return None;
        }
        if attribute.key.as_namespace_binding().is_some() {
            // A prefix cannot be bound to nothing (Namespaces in XML 1.0).
            if value.is_empty() && attribute.key.prefix().is_some() {
                return None;
            }
            continue;
        }
        let (space, name) = resolver.resolve_attribute(attribute.key);
        let space = spaces.of(&space)?;
        let name = name.into_inner().to_owned();
        // Two prefixes may stand for one namespace.
        if *space == *XMLNS || !seen.insert((Arc::clone(&space), name.clone())) {
            return None;
        }
        element.attributes.push(Attribute {
            space,
            name,
            value: value.into_owned(),
        });
    }
    Some(element)
}

/// The namespaces of a body, each of them once.
#[derive(Default)]
struct Spaces(HashSet<Arc<str>>);

impl Spaces {
    fn of(&mut self, space: &ResolveResult<'_>) -> Option<Arc<str>> {
        let name = match space {
            ResolveResult::Unbound => "".into(),
            ResolveResult::Bound(space) if space.0.len() > LONGEST_SPACE => return None,
            ResolveResult::Bound(space) => unescape(space.0).ok()?,
            ResolveResult::Unknown(_) => return None,
        };
        if let Some(known) = self.0.get(&*name) {
            return Some(Arc::clone(known));
        }
        let new: Arc<str> = Arc::from(&*name);
        self.0.insert(Arc::clone(&new));
        Some(new)
    }
}

/// Whether a letter can be in XML at all, also by its number (XML 1.0 §2.2).
fn is_char(letter: char) -> bool {
    matches!(
        letter,
        '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..
    )
}

/// Whether this is a name, with or without a prefix (Namespaces in XML 1.0 §4).
fn is_qualified(name: &str) -> bool {
    match name.split_once(':') {
        Some((prefix, local)) => is_name(prefix) && is_name(local),
        None => is_name(name),
    }
}

/// Whether this is a name without a colon (XML 1.0 §2.3).
fn is_name(name: &str) -> bool {
    let begins = |letter: char| {
        matches!(letter,
            'A'..='Z' | 'a'..='z' | '_'
            | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
            | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
            | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
            | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
    };
    let goes_on = |letter: char| {
        begins(letter)
            || matches!(letter,
                '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
    };
    name.starts_with(begins) && name.chars().all(goes_on)
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
        *self.space == *DAV && self.name == name
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
            .find(|attribute| *attribute.space == *XML && attribute.name == "lang")
            .map(|attribute| attribute.value.as_str())
    }

    /// The same in this language, unless it says another.
    pub(crate) fn in_language(&self, language: Option<&str>) -> Self {
        let mut element = self.clone();
        if let (None, Some(language)) = (self.language(), language) {
            element.attributes.push(Attribute {
                space: XML.into(),
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
        if around != Some(&*self.space) {
            text.push_str(" xmlns=\"");
            text.push_str(&escape(&*self.space));
            text.push('"');
        }
        for (place, attribute) in self.attributes.iter().enumerate() {
            let prefix = match &*attribute.space {
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
    fn what_is_written_is_well_formed() {
        for wrong in [
            "<1/>",
            "<-a/>",
            "<a\"b/>",
            "<a&b/>",
            "<a'/>",
            "<a,b/>",
            "<a:b:c xmlns:a='u'/>",
            "<:a/>",
            "<a: xmlns:a='u'/>",
            "<a 1='x'/>",
            "<a b,c='x'/>",
            "<a xmlns:p='u' p:1='x'/>",
            "<a xmlns:1='u'/>",
            "<a>\u{1}</a>",
            "<a>\u{FFFE}</a>",
            "<a>&#1;</a>",
            "<a>&#xFFFF;</a>",
            "<a b='&#1;'/>",
            "<a b='&#xFFFE;'/>",
            "<a b='\u{1}'/>",
            "<a xmlns='u&#2;'/>",
            "<xml:a/>",
            "<xmlns:a/>",
            "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
            "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
            "<a xmlns:p='u' xmlns:q='u' p:k='1' q:k='2'/>",
        ] {
            assert!(parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
        for right in [
            "<ä-1.b/>",
            "<_/>",
            "<名前 xmlns='u'/>",
            "<a b='&#9;&#xE000;'>\u{10FFFF}&#x85;</a>",
        ] {
            let written = again(right);
            assert_eq!(again(&written), written, "{right}");
        }
    }

    #[test]
    fn a_namespace_is_short_and_there_once() {
        let long = |length| format!("<a xmlns='{}'/>", "u".repeat(length));
        assert!(parse(long(1024).as_bytes()).is_ok());
        assert!(parse(long(1025).as_bytes()).is_err());
        let many = format!("<p:a xmlns:p='urn:p'>{}</p:a>", "<p:b/>".repeat(100));
        let root = parse(many.as_bytes()).unwrap();
        assert!(
            root.elements()
                .all(|element| Arc::ptr_eq(&element.space, &root.space))
        );
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
