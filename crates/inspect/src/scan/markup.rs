//! HTML: what a page shows, what it hides, and what it says of itself. By the tokenizer of a browser's parser: no tree is made,
//! so nothing in it can lie too deep.

use std::cell::RefCell;
use std::collections::BTreeSet;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::gather::Gather;
use crate::reading::PieceKind;

/// Where a page says in which letters it is written.
const HEAD: usize = 4096;

/// What is found, in its order.
#[derive(Debug, Default)]
struct Found {
    pieces: Vec<(PieceKind, String)>,
    properties: Vec<(String, String)>,
    line: String,
    /// What is hidden within a line: it neither hides in a word nor divides one.
    hidden: String,
    /// How deep in elements whose letters run from right to left, whatever they are.
    turned: Vec<String>,
    /// Elements that say what is in them.
    kinds: Vec<(String, PieceKind)>,
    silent: Option<String>,
    row: Option<Vec<String>>,
    /// What elements are called, and what is kept at them for programs.
    named: BTreeSet<String>,
    /// Files that stand in addresses.
    inner: Vec<(String, Vec<u8>)>,
    /// How deep in elements that show letters as capitals.
    capitals: Vec<String>,
    /// A text for programs that is open: what looks of the page are, or what it says of itself.
    source: String,
    is_json: bool,
}

/// What an address holds that is no address but a file (RFC 2397).
pub(super) fn in_address(address: &str) -> Option<Vec<u8>> {
    let start = address.get(..5)?;
    if !start.eq_ignore_ascii_case("data:") {
        return None;
    }
    let (head, body) = address.get(5..)?.split_once(',')?;
    let (_, body) = mail_parser::decoders::hex::decode_hex(body.as_bytes());
    if head.to_ascii_lowercase().ends_with("base64") {
        mail_parser::decoders::base64::base64_decode(&body)
    } else {
        Some(body)
    }
}

/// What a style puts on the page itself: `content: "…"`.
fn contents(style: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (at, _) in style.match_indices("content") {
        let rest = style[at + "content".len()..].trim_start();
        let Some(rest) = rest.strip_prefix(':').map(str::trim_start) else {
            continue;
        };
        let Some(quote) = rest.chars().next().filter(|one| matches!(one, '"' | '\'')) else {
            continue;
        };
        let mut said = String::new();
        let mut letters = rest[1..].chars().peekable();
        while let Some(letter) = letters.next().filter(|letter| *letter != quote) {
            if letter != '\\' {
                said.push(letter);
                continue;
            }
            let mut code = 0;
            let mut digits = 0;
            while digits < 6
                && let Some(digit) = letters.peek().and_then(|one| one.to_digit(16))
            {
                code = code * 16 + digit;
                digits += 1;
                letters.next();
            }
            if digits == 0 {
                said.extend(letters.next());
            } else {
                letters.next_if(|one| *one == ' ');
                said.extend(char::from_u32(code));
            }
        }
        all.push(said);
    }
    all
}

/// What a program puts on the page in so many words.
fn written(program: &str) -> impl Iterator<Item = &str> {
    const PUTS: &[&str] = &[
        "document.write",
        "innerHTML",
        "innerText",
        "textContent",
        "document.title",
    ];
    program
        .split([';', '\n'])
        .filter(|step| PUTS.iter().any(|put| step.contains(put)))
        .flat_map(|step| step.split(['"', '\'', '`']).skip(1).step_by(2))
}

/// What a text of a program stands for.
fn in_a_program(said: &str) -> String {
    super::encoded::unescaped(said).unwrap_or_else(|| said.to_owned())
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

    fn inner(&mut self, name: &str, bytes: Vec<u8>) {
        const MOST: usize = 1000;
        if self.inner.len() < MOST {
            self.inner.push((name.to_owned(), bytes));
        }
    }

    fn say(&mut self, text: &str) {
        let text = if self.capitals.is_empty() {
            text.to_owned()
        } else {
            text.to_uppercase()
        };
        let text = if self.turned.is_empty() {
            text
        } else {
            text.chars().rev().collect()
        };
        match self.kinds.last() {
            Some((name, PieceKind::Hidden)) if WITHIN.contains(&name.as_str()) => {
                self.hidden.push_str(&text);
            }
            _ => self.line.push_str(&text),
        }
    }

    fn end_line(&mut self) {
        let hidden = std::mem::take(&mut self.hidden);
        if !hidden.trim().is_empty() {
            self.pieces.push((PieceKind::Hidden, hidden));
        }
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

    /// What attributes say for programs, and the files in them.
    fn attributes(&mut self, name: &str, tag: &Tag) {
        const SHORT: usize = 200;
        const NAMED: usize = 2000;
        for attribute in &tag.attrs {
            let key = &*attribute.name.local;
            let value = attribute.value.trim();
            if let Some(key) = key.strip_prefix("data-")
                && super::tree::is_telling(key)
            {
                self.properties.push((key.to_owned(), value.to_owned()));
            }
            if (matches!(
                key,
                "id" | "name" | "download" | "label" | "content" | "summary"
            ) || key.starts_with("data-"))
                && name != "meta"
                && value.len() <= SHORT
                && super::leftover::is_words(value)
                && self.named.len() < NAMED
            {
                self.named.insert(value.replace('_', " "));
            }
            if key == "style" {
                let said = contents(value);
                self.pieces
                    .extend(said.into_iter().map(|one| (PieceKind::Body, one)));
            }
            // A page or a picture within the page, in letters.
            if key == "srcdoc" {
                self.inner(name, value.as_bytes().to_vec());
            } else if matches!(key, "src" | "href" | "data" | "srcset" | "poster")
                && let Some(bytes) = in_address(value)
            {
                self.inner(name, bytes);
            }
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
                ["name", "property", "itemprop", "http-equiv"]
                    .into_iter()
                    .find_map(attribute),
                attribute("content"),
            )
        {
            self.properties.push((named, content));
        }
        for key in [
            "alt",
            "title",
            "placeholder",
            "aria-label",
            "aria-description",
        ] {
            if let Some(value) = attribute(key) {
                self.pieces.push((PieceKind::Aside, value));
            }
        }
        self.attributes(name, tag);
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
        let empty = matches!(
            name,
            "br" | "img" | "input" | "meta" | "hr" | "wbr" | "link"
        );
        if style.contains("text-transform:uppercase") && !empty && !tag.self_closing {
            self.capitals.push(name.to_owned());
        }
        let is_turned = name == "bdo" && attribute("dir").is_some_and(|to| to == "rtl")
            || style.contains("unicode-bidi:bidi-override") && style.contains("direction:rtl");
        if is_turned && !empty && !tag.self_closing {
            self.turned.push(name.to_owned());
        }
        if let Some(kind) = kind
            && !tag.self_closing
        {
            self.kinds.push((name.to_owned(), kind));
        }
    }

    fn end(&mut self, name: &str) {
        if let Some(at) = self.capitals.iter().rposition(|open| open == name) {
            self.capitals.truncate(at);
        }
        if let Some(at) = self.turned.iter().rposition(|open| open == name) {
            self.turned.truncate(at);
        }
        if !WITHIN.contains(&name)
            || self
                .kinds
                .last()
                .is_some_and(|(open, kind)| open == name && *kind != PieceKind::Hidden)
        {
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
                        let source = std::mem::take(&mut found.source);
                        if name == "style" {
                            let said = contents(&source);
                            found
                                .pieces
                                .extend(said.into_iter().map(|one| (PieceKind::Body, one)));
                        } else if found.is_json {
                            found.inner("data", source.into_bytes());
                        } else {
                            let said = written(&source);
                            found
                                .pieces
                                .extend(said.map(|one| (PieceKind::Body, in_a_program(one))));
                        }
                        return TokenSinkResult::Continue;
                    }
                    found.end(&name);
                    return TokenSinkResult::Continue;
                }
                found.start(&name, &tag);
                match name.as_str() {
                    "script" | "style" => {
                        found.is_json = tag.attrs.iter().any(|one| one.value.contains("json"));
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
            Token::CharacterTokens(text) if found.silent.is_some() => found.source.push_str(&text),
            Token::CharacterTokens(text) => found.say(&text),
            Token::CommentToken(text) => {
                // Some programs show what stands in a remark that asks which they are.
                if text.starts_with("[if") {
                    found.inner("remark", text.as_bytes().to_vec());
                } else {
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
    let head = text[..text.floor_char_boundary(HEAD)].to_ascii_lowercase();
    let head = head.replace(['"', '\'', ' '], "");
    let text = if head.contains("charset=utf-7") || head.starts_with("+adw-") {
        super::encoded::from_utf7(&text)
    } else {
        text
    };
    page(gather, text, true);
}

fn page(gather: &mut Gather<'_>, text: String, outermost: bool) {
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
    gather.place("names in the page", None);
    for said in &found.named {
        gather.piece(PieceKind::Aside, said);
    }
    for (name, value) in &found.properties {
        gather.property("meta", name, value);
    }
    for (name, bytes) in std::mem::take(&mut found.inner) {
        if name == "remark" {
            // Within it are elements again, but no remarks: those end with the first that ends.
            if outermost {
                let text = String::from_utf8_lossy(&bytes);
                let text = text.split_once("]>").map_or("", |(_, rest)| rest);
                page(gather, text.replace("<![endif]", ""), false);
            }
        } else {
            super::illustration(gather, &name, &bytes);
        }
        if gather.is_full() {
            return;
        }
    }
}
