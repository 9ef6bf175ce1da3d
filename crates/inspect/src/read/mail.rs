//! E-mail (RFC 5322, MIME).

use mail_parser::{Address, MessageParser, MimeHeaders as _};

use super::lines::{Lines, Stop, within};
use crate::failure::Told;
use crate::{Attachment, Limits, Mail, Text};

/// Headers that say how a message is to be treated, shown as they are.
const MARKS: &[&str] = &["X-Protective-Marking", "Sensitivity", "Importance"];

/// How many names of attachments and characters of a header are given.
const MOST: usize = 1000;

pub(super) fn mail(file: &[u8], limits: &Limits) -> Result<Mail, Told> {
    let message = MessageParser::default()
        .parse(file)
        .ok_or_else(|| Told::unreadable("it is no e-mail"))?;
    let mut headers = Vec::new();
    let mut header = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            headers.push((name.to_owned(), value.chars().take(MOST).collect()));
        }
    };
    header("From", message.from().map(people));
    header("To", message.to().map(people));
    header("Cc", message.cc().map(people));
    header("Date", message.date().map(mail_parser::DateTime::to_rfc822));
    header("Subject", message.subject().map(str::to_owned));
    for mark in MARKS {
        let said = message.header(*mark).and_then(|value| value.as_text());
        header(mark, said.map(str::to_owned));
    }
    if headers.is_empty() {
        return Err(Told::unreadable(
            "it has nothing that stands above an e-mail",
        ));
    }
    let mut text = String::new();
    for number in 0..message.text_body_count() {
        if let Some(part) = message.body_text(number) {
            text.push_str(&part.replace("\r\n", "\n"));
            if !text.ends_with('\n') {
                text.push('\n');
            }
        }
    }
    let kept = within(&text, limits.text);
    let body = Text {
        truncated: kept.len() < text.len(),
        text: kept.to_owned(),
    };
    let attachments = message
        .attachments()
        .take(MOST)
        .map(|part| Attachment {
            name: part
                .attachment_name()
                .unwrap_or("without a name")
                .chars()
                .take(MOST)
                .collect(),
            size: part.len() as u64,
        })
        .collect();
    Ok(Mail {
        headers,
        body,
        attachments,
    })
}

/// An e-mail as lines of text.
pub(super) fn lines(mail: &Mail, lines: &mut Lines) -> Result<(), Stop> {
    for (name, value) in &mail.headers {
        lines.line(&format!("{name}: {value}"))?;
    }
    lines.push("\n")?;
    lines.push(&mail.body.text)?;
    lines.end()?;
    for attachment in &mail.attachments {
        lines.line(&format!("Attachment: {}", attachment.name))?;
    }
    if mail.body.truncated {
        return Err(Stop::Full);
    }
    Ok(())
}

fn people(addresses: &Address<'_>) -> String {
    let one = |address: &mail_parser::Addr<'_>| match (address.name(), address.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => String::new(),
    };
    let named: Vec<String> = addresses.iter().take(MOST).map(one).collect();
    named.join(", ")
}
