//! The marks that a page is drawn with, also where its stream is not written as it ought to be.
//!
//! The library takes what it understands of a stream and lets the rest of it go without a word. Viewers go on behind whatever they
//! do not understand, and so does this.

use pdf_extract::content::{Content, Operation};
use pdf_extract::{Dictionary, Object, StringFormat};

/// How deep lists may lie in lists.
const DEPTH: usize = 20;
/// How many operands are kept for one mark: the last ones count.
const OPERANDS: usize = 4000;

/// What a stream draws.
pub(super) fn operations(content: &[u8]) -> Vec<Operation> {
    let operations = match Content::decode_strict(content) {
        Ok(content) => content.operations,
        Err(_) => Marks { content, at: 0 }.all(),
    };
    let is_one = |one: &Operation| MARKS.contains(&one.operator.as_str());
    if operations.iter().all(is_one) {
        return operations;
    }
    operations.into_iter().flat_map(divided).collect()
}

/// Marks that nothing divides are told apart by viewers: `(SECRET)'ET`.
fn divided(operation: Operation) -> Vec<Operation> {
    /// What is longer is none of them.
    const LONGEST: usize = 40;
    if operation.operator.len() > LONGEST {
        return vec![operation];
    }
    let mut marks = Vec::new();
    let mut rest = operation.operator.as_str();
    while !rest.is_empty() {
        let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) else {
            return vec![operation];
        };
        marks.push(*mark);
        rest = &rest[mark.len()..];
    }
    let mut operands = operation.operands;
    marks
        .into_iter()
        .map(|mark| Operation::new(mark, std::mem::take(&mut operands)))
        .collect()
}

/// Marks that are told apart, the longer ones first.
const MARKS: &[&str] = &[
    "BDC", "BMC", "EMC", "SCN", "scn", "BT", "ET", "Tj", "TJ", "Td", "TD", "Tf", "Tm", "T*", "TL",
    "Tc", "Tw", "Tz", "Tr", "Ts", "Do", "cm", "gs", "re", "W*", "f*", "B*", "b*", "CS", "cs", "SC",
    "sc", "RG", "rg", "BX", "EX", "'", "\"", "q", "Q", "f", "F", "S", "s", "n", "W", "h", "B", "b",
    "m", "l", "c", "v", "y", "w", "J", "j", "M", "d", "i", "G", "g", "K", "k",
];

struct Marks<'a> {
    content: &'a [u8],
    at: usize,
}

enum Token {
    Object(Object),
    Word(Vec<u8>),
    /// What ends a list or a dictionary.
    End(u8),
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !b"()<>[]{}/%".contains(&byte)
}

impl Marks<'_> {
    fn all(mut self) -> Vec<Operation> {
        let mut all = Vec::new();
        let mut operands = Vec::new();
        while let Some(token) = self.token(DEPTH) {
            match token {
                Token::Object(object) => {
                    if operands.len() >= OPERANDS {
                        operands.clear();
                    }
                    operands.push(object);
                }
                Token::Word(word) if word == b"BI" => {
                    self.pass_picture();
                    operands.clear();
                    all.push(Operation::new("BI", Vec::new()));
                }
                Token::Word(word) => {
                    let operator = String::from_utf8_lossy(&word);
                    all.push(Operation::new(&operator, std::mem::take(&mut operands)));
                }
                Token::End(_) => {}
            }
        }
        all
    }

    fn peek(&self) -> Option<u8> {
        self.content.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn pass_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self
                    .peek()
                    .is_some_and(|byte| !matches!(byte, b'\r' | b'\n'))
                {
                    self.at += 1;
                }
            } else if is_space(byte) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    fn token(&mut self, depth: usize) -> Option<Token> {
        self.pass_space();
        let byte = self.take()?;
        Some(match byte {
            b'(' => Token::Object(self.string()),
            b'/' => Token::Object(self.name()),
            b'<' if self.peek() == Some(b'<') => {
                self.at += 1;
                Token::Object(self.dictionary(depth))
            }
            b'<' => Token::Object(self.digits()),
            b'[' => Token::Object(Object::Array(self.list(depth, b']'))),
            b'>' if self.peek() == Some(b'>') => {
                self.at += 1;
                Token::End(b'>')
            }
            b']' | b'>' | b')' | b'{' | b'}' => Token::End(byte),
            _ => {
                let from = self.at - 1;
                while self.peek().is_some_and(is_regular) {
                    self.at += 1;
                }
                word(&self.content[from..self.at])
            }
        })
    }

    fn list(&mut self, depth: usize, close: u8) -> Vec<Object> {
        let mut all = Vec::new();
        let Some(depth) = depth.checked_sub(1) else {
            return all;
        };
        loop {
            let before = self.at;
            match self.token(depth) {
                Some(Token::Object(object)) => all.push(object),
                // A list that is never ended ends before what is drawn next.
                Some(Token::Word(word)) if is_mark(&word) => {
                    self.at = before;
                    return all;
                }
                Some(Token::End(byte)) if byte == close => return all,
                // It ends what lies around this.
                Some(Token::End(b']' | b'>')) => {
                    self.at = before;
                    return all;
                }
                Some(Token::Word(_) | Token::End(_)) => {}
                None => return all,
            }
        }
    }

    fn dictionary(&mut self, depth: usize) -> Object {
        let mut all = Dictionary::new();
        let mut name = None;
        for object in self.list(depth, b'>') {
            match (name.take(), object) {
                (None, Object::Name(key)) => name = Some(key),
                (None, _) => {}
                (Some(key), value) => all.set(key, value),
            }
        }
        Object::Dictionary(all)
    }

    fn name(&mut self) -> Object {
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| is_regular(*byte)) {
            self.at += 1;
            let two = self.content.get(self.at..self.at + 2);
            let code = two
                .filter(|_| byte == b'#')
                .and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
            if code.is_some() {
                self.at += 2;
            }
            name.push(code.unwrap_or(byte));
        }
        Object::Name(name)
    }

    fn string(&mut self) -> Object {
        let mut said = Vec::new();
        let mut open = 1_usize;
        while let Some(byte) = self.take() {
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                }
                b'\\' => {
                    self.escaped(&mut said);
                    continue;
                }
                _ => {}
            }
            said.push(byte);
        }
        Object::String(said, StringFormat::Literal)
    }

    fn escaped(&mut self, said: &mut Vec<u8>) {
        let Some(byte) = self.take() else {
            return;
        };
        match byte {
            b'n' => said.push(b'\n'),
            b'r' => said.push(b'\r'),
            b't' => said.push(b'\t'),
            b'b' => said.push(8),
            b'f' => said.push(12),
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
            }
            b'\n' => {}
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    self.at += 1;
                    code = code * 8 + u32::from(digit - b'0');
                }
                said.push(code.to_le_bytes()[0]);
            }
            other => said.push(other),
        }
    }

    fn digits(&mut self) -> Object {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte != b'>') {
            self.at += 1;
        }
        let said = super::streams::hexadecimal(&self.content[from..self.at]);
        self.at += 1;
        Object::String(said, StringFormat::Hexadecimal)
    }

    /// A picture that lies between the text: it ends where `EI` stands by itself.
    fn pass_picture(&mut self) {
        let rest = &self.content[self.at.min(self.content.len())..];
        let ends = |four: &[u8]| {
            is_space(four[0]) && &four[1..3] == b"EI" && (four.len() < 4 || is_space(four[3]))
        };
        let end = rest.windows(4).position(ends);
        let at_end = rest.len().checked_sub(3).filter(|at| ends(&rest[*at..]));
        self.at += match end.or(at_end) {
            Some(at) => at + 3,
            None => rest.len(),
        };
    }
}

/// Whether a word shows text or ends what does.
fn is_mark(word: &[u8]) -> bool {
    matches!(
        word,
        b"Tj" | b"TJ" | b"'" | b"\"" | b"ET" | b"BT" | b"Td" | b"Tf" | b"Tm" | b"Do"
    )
}

fn word(word: &[u8]) -> Token {
    if !matches!(word.first(), Some(b'0'..=b'9' | b'+' | b'-' | b'.')) {
        return match word {
            b"true" => Token::Object(Object::Boolean(true)),
            b"false" => Token::Object(Object::Boolean(false)),
            b"null" => Token::Object(Object::Null),
            other => Token::Word(other.to_vec()),
        };
    }
    // Some programs write two signs, or numbers that end with a letter.
    let text = String::from_utf8_lossy(word);
    let sign = if text.starts_with('-') { "-" } else { "" };
    let text = text.trim_start_matches(['+', '-']);
    let end = text
        .find(|one: char| !one.is_ascii_digit() && one != '.')
        .unwrap_or(text.len());
    let number = format!("{sign}{}", &text[..end]);
    if let Ok(whole) = number.parse() {
        return Token::Object(Object::Integer(whole));
    }
    Token::Object(Object::Real(number.parse().unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(content: &str) -> Vec<String> {
        operations(content.as_bytes())
            .into_iter()
            .filter_map(|one| match one.operands.into_iter().next_back() {
                Some(Object::String(said, _)) => Some(String::from_utf8_lossy(&said).into_owned()),
                Some(Object::Array(all)) => Some(format!("{}", all.len())),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn what_is_not_understood_is_passed_by_and_what_follows_is_read() {
        for before in [
            ")",
            "] >>",
            "0 1 2 d1",
            "--5 0 Td",
            "1e3 w",
            "/A <</B [1 2 /C (d)>> DP",
            "BI /W 1 /H 1 ID x\nEI",
            "{ 1 add }",
            "1 %a remark (\n0 Td",
        ] {
            let said = shown(&format!("{before} (SECRET) Tj"));
            assert_eq!(said.last().map(String::as_str), Some("SECRET"), "{before}");
        }
        assert_eq!(shown("} <53454352 4554> '"), ["SECRET"]);
        assert_eq!(shown("} (S\\105C(R)E\\\nT\\)"), [] as [&str; 0]);
        assert_eq!(shown("} (S\\105C(R)E\\\nT\\)) Tj"), ["SEC(R)ET)"]);
        assert_eq!(shown("(SECRET)'ET"), ["SECRET"]);
        assert_eq!(operations(b"(a)TjET")[1].operator, "ET");
        // A list that is never ended.
        assert_eq!(shown("} [(S) 20 (E) TJ (C) Tj"), ["3", "C"]);
    }

    #[test]
    fn lists_in_lists_end() {
        let deep = format!("{} (SECRET) Tj", "[".repeat(100_000));
        operations(deep.as_bytes());
    }
}
