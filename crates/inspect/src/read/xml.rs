//! XML, read event by event: never as a tree, never with an entity of its own, never from elsewhere.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::lines::Stop;
use crate::Limits;
use crate::failure::Told;

/// What is met while reading, by names without their prefixes.
pub(crate) enum Met<'a> {
    Begin(&'a str, &'a Attributes),
    End(&'a str),
    Text(&'a str),
    /// What nobody is shown.
    Remark(&'a str),
}

/// The attributes of an element, by names without their prefixes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attributes(Vec<(String, String)>);

impl Attributes {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value under this name, whatever the prefixes.
    pub(crate) fn every<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(element: &BytesStart<'_>) -> Result<Self, Stop> {
        element
            .attributes()
            .map(|attribute| {
                let attribute = attribute.map_err(Told::unreadable)?;
                let name = attribute.key.local_name().as_ref().to_owned();
                // What stands for letters is put for them; an entity of the file's own stands for nothing.
                let value = quick_xml::escape::unescape(&attribute.value).map_or_else(
                    |_| attribute.value.replace("&amp;", "&"),
                    std::borrow::Cow::into_owned,
                );
                Ok((name, value))
            })
            .collect::<Result<_, Told>>()
            .map(Self)
            .map_err(Stop::Failed)
    }
}

/// Tells of everything in a part in turn. An element that is empty begins and ends.
pub(crate) fn walk(
    part: &[u8],
    limits: &Limits,
    mut tell: impl FnMut(Met<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut reader = Reader::from_reader(part);
    let mut buffer = Vec::new();
    let mut depth = 0_usize;
    loop {
        buffer.clear();
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(Told::unreadable)?;
        match event {
            Event::Start(element) => {
                depth += 1;
                if depth > limits.depth {
                    return Err(Told::unreadable("its elements lie too deep in each other").into());
                }
                let attributes = Attributes::of(&element)?;
                tell(Met::Begin(element.local_name().as_ref(), &attributes))?;
            }
            Event::Empty(element) => {
                let attributes = Attributes::of(&element)?;
                tell(Met::Begin(element.local_name().as_ref(), &attributes))?;
                tell(Met::End(element.local_name().as_ref()))?;
            }
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                tell(Met::End(element.local_name().as_ref()))?;
            }
            Event::Text(text) => tell(Met::Text(&text.xml10_content()))?,
            Event::CData(text) => tell(Met::Text(&text.xml10_content()))?,
            Event::GeneralRef(reference) => {
                let mut one = [0; 4];
                let letter = match reference.resolve_char_ref().map_err(Told::unreadable)? {
                    Some(letter) => &*letter.encode_utf8(&mut one),
                    // An entity that a file declares for itself stands for nothing here: that is how they are made to explode.
                    None => {
                        quick_xml::escape::resolve_predefined_entity(&reference.xml10_content())
                            .unwrap_or("\u{fffd}")
                    }
                };
                tell(Met::Text(letter))?;
            }
            Event::Eof if depth > 0 => return Err(Told::unreadable("it ends in the middle").into()),
            Event::Eof => return Ok(()),
            Event::Comment(text) => tell(Met::Remark(&text.xml10_content()))?,
            Event::PI(text) => tell(Met::Remark(text.content()))?,
            Event::Decl(_) | Event::DocType(_) => {}
        }
    }
}
