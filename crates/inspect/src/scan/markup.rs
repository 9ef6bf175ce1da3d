//! HTML: what a page shows, what it hides, and what it says of itself. By the tokenizer of a browser's parser: no tree is made,
//! so nothing in it can lie too deep.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::gather::Gather;
use crate::reading::PieceKind;

/// What is found, in its order.
#[derive(Debug, Default)]
struct Found {
    pieces: Vec<(PieceKind, String)>,
    properties: Vec<(String, String)>,
    line: String,
    /// Elements that say what is in them.
    kinds: Vec<(String, PieceKind)>,
    silent: Option<String>,
    row: Option<Vec<String>>,
}

/// Elements within a line.
const WITHIN: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "tt", "u", "var", "wbr", "img", "o:p",
];

impl Found {
    fn kind(&self) -> PieceKind {
        self.kinds.last().map_or(PieceKind::Body, |(_, kind)| *kind)
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            return;
        }
        let kind = self.kind();
        match (&mut self.row, kind) {
            (Some(row), PieceKind::Body) => match row.last_mut() {
                Some(cell) if cell.is_empty() => *cell = line,
                Some(cell) => {
                    cell.push('\n');
                    cell.push_str(&line);
                }
                None => row.push(line),
            },
            _ => self.pieces.push((kind, line)),
        }
    }

    fn end_row(&mut self) {
        self.end_line();
        let Some(row) = self.row.take() else {
            return;
        };
        let filled = row.iter().filter(|cell| !cell.is_empty()).count();
        if filled > 1 && row.iter().all(|cell| !cell.contains('\n')) {
            self.pieces.push((PieceKind::Cell, row.join("\t")));
        } else {
            let lines = row.iter().flat_map(|cell| cell.split('\n'));
            let lines: Vec<String> = lines
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect();
            self.pieces
                .extend(lines.into_iter().map(|line| (PieceKind::Body, line)));
        }
    }

    fn start(&mut self, name: &str, tag: &Tag) {
        let attribute = |name: &str| {
            tag.attrs
                .iter()
                .find(|attribute| &*attribute.name.local == name)
                .map(|attribute| attribute.value.to_string())
        };
        if !WITHIN.contains(&name) {
            self.end_line();
        }
        if name == "meta"
            && let (Some(named), Some(content)) = (
                attribute("name").or_else(|| attribute("property")),
                attribute("content"),
            )
        {
            self.properties.push((named, content));
        }
        for key in ["alt", "title", "placeholder"] {
            if let Some(value) = attribute(key) {
                self.pieces.push((PieceKind::Aside, value));
            }
        }
        if name == "input"
            && let Some(value) = attribute("value")
        {
            let hidden = attribute("type").is_some_and(|kind| kind == "hidden");
            self.pieces.push((
                if hidden {
                    PieceKind::Hidden
                } else {
                    PieceKind::Body
                },
                value,
            ));
        }
        match name {
            "tr" => {
                self.end_row();
                self.row = Some(Vec::new());
            }
            "td" | "th" => {
                if let Some(row) = &mut self.row {
                    row.push(String::new());
                }
            }
            _ => {}
        }
        let style = attribute("style")
            .unwrap_or_default()
            .to_ascii_lowercase()
            .replace(' ', "");
        let kind = match name {
            "header" => Some(PieceKind::Header),
            "footer" => Some(PieceKind::Footer),
            "title" => Some(PieceKind::Subject),
            // A list to choose from says nothing of the page.
            "option" | "datalist" => Some(PieceKind::Aside),
            _ if style.contains("display:none")
                || style.contains("visibility:hidden")
                || attribute("hidden").is_some() =>
            {
                Some(PieceKind::Hidden)
            }
            _ => None,
        };
        if let Some(kind) = kind
            && !tag.self_closing
        {
            self.kinds.push((name.to_owned(), kind));
        }
    }

    fn end(&mut self, name: &str) {
        if !WITHIN.contains(&name) || self.kinds.last().is_some_and(|(open, _)| open == name) {
            self.end_line();
        }
        if matches!(name, "tr" | "table") {
            self.end_row();
        }
        if let Some(at) = self.kinds.iter().rposition(|(open, _)| open == name) {
            self.kinds.truncate(at);
        }
    }
}

#[derive(Debug, Default)]
struct Sink(RefCell<Found>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let found = &mut *self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                let name = tag.name.to_string();
                if tag.kind == TagKind::EndTag {
                    if found.silent.as_ref() == Some(&name) {
                        found.silent = None;
                        return TokenSinkResult::Continue;
                    }
                    found.end(&name);
                    return TokenSinkResult::Continue;
                }
                found.start(&name, &tag);
                match name.as_str() {
                    "script" | "style" => {
                        found.silent = Some(name.clone());
                        let raw = if name == "script" {
                            RawKind::ScriptData
                        } else {
                            RawKind::Rawtext
                        };
                        return TokenSinkResult::RawData(raw);
                    }
                    "title" | "textarea" => return TokenSinkResult::RawData(RawKind::Rcdata),
                    _ => {}
                }
            }
            Token::CharacterTokens(text) if found.silent.is_none() => found.line.push_str(&text),
            Token::CommentToken(text) => {
                let conditional = text.starts_with("[if");
                if !conditional {
                    let kind = PieceKind::Hidden;
                    found
                        .pieces
                        .extend(text.lines().map(|line| (kind, line.to_owned())));
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

pub(super) fn read(gather: &mut Gather<'_>, file: &[u8]) {
    let text = super::plain::decoded(file);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(text));
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    // A script stands in the way of what follows it in a browser; here it is passed by.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    let found = &mut *tokenizer.sink.0.borrow_mut();
    found.end_row();
    found.end_line();
    gather.place("page", None);
    for (kind, text) in &found.pieces {
        gather.piece(*kind, text);
    }
    gather.unit();
    for (name, value) in &found.properties {
        gather.property("meta", name, value);
    }
}
