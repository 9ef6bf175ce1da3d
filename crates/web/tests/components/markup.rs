//! HTML as a stream of tags and words, without what does not matter.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

#[derive(Default)]
struct Sink {
    lines: RefCell<Vec<String>>,
    words: RefCell<String>,
}

impl Sink {
    fn end_words(&self) {
        let words = self.words.take();
        let words: Vec<_> = words.split_whitespace().collect();
        if !words.is_empty() {
            self.lines.borrow_mut().push(words.join(" "));
        }
    }

    fn tag(&self, tag: &Tag) {
        self.end_words();
        let mut attributes: Vec<String> = tag
            .attrs
            .iter()
            .map(|attribute| {
                let name = attribute.name.local.to_string();
                let mut value: Vec<_> = attribute.value.split_whitespace().collect();
                if name == "class" {
                    value.sort_unstable();
                }
                format!(" {name}={:?}", value.join(" "))
            })
            .filter(|attribute| attribute != " class=\"\"")
            .collect();
        attributes.sort();
        let slash = if tag.kind == TagKind::EndTag { "/" } else { "" };
        self.lines
            .borrow_mut()
            .push(format!("<{slash}{}{}>", tag.name, attributes.concat()));
    }
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => self.tag(&tag),
            Token::CharacterTokens(words) => self.words.borrow_mut().push_str(&words),
            Token::EOFToken => self.end_words(),
            Token::ParseError(problem) => panic!("not HTML: {problem}"),
            Token::CommentToken(_) | Token::DoctypeToken(_) | Token::NullCharacterToken => {}
        }
        TokenSinkResult::Continue
    }
}

/// One line for each tag and each run of words. Attributes and classes are in alphabetical order.
pub(crate) fn flatten(html: &str) -> Vec<String> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.lines.take()
}

#[test]
fn what_does_not_matter_is_left_out() {
    let one = flatten("<p  id=a class='b  a'>\n  Two\n  words </p>");
    let other = flatten("<p class=\"a b\" id=\"a\">Two words</p>");
    assert_eq!(one, other);
    assert_eq!(one, ["<p class=\"a b\" id=\"a\">", "Two words", "</p>"]);
    assert_ne!(flatten("<p>Two</p>"), flatten("<p>Tow</p>"));
    assert_ne!(flatten("<p id=a>"), flatten("<p id=b>"));
}
