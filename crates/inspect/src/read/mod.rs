//! What a file is, and which reader reads it. All of this runs in the worker only.

mod kind;
pub(crate) mod lines;
mod mail;
mod markup;
mod office;
mod parts;
mod pdf;
mod plain;
mod rtf;
pub(crate) mod xml;

use kind::Kind;
use lines::{Lines, Stop};
pub(crate) use rtf::Control;

use crate::agreed::{ROWS, bound};
use crate::answer::Asked;
use crate::failure::Told;
use crate::reading::PieceKind;
use crate::{Limits, Text, View};

pub(crate) fn text(asked: &Asked, file: &[u8]) -> Result<Text, Told> {
    let limits = &asked.limits;
    match Kind::of(asked, file)? {
        Kind::Plain | Kind::Markdown | Kind::Csv => Ok(plain::text(file, limits)),
        Kind::Html => markup::text(file, limits),
        Kind::Mail => {
            let mail = mail::mail(file, limits)?;
            gathered(limits, |lines| mail::lines(&mail, lines))
        }
        Kind::Word => gathered(limits, |lines| office::word(file, limits, lines)),
        Kind::Sheets => gathered(limits, |lines| office::sheets(file, limits, lines)),
        Kind::Slides => gathered(limits, |lines| office::slides(file, limits, lines)),
        Kind::OpenDocument => gathered(limits, |lines| office::open_document(file, limits, lines)),
        Kind::Pdf => pdf::text(file, limits),
        Kind::Rtf => gathered(limits, |lines| rtf::text(file, limits, lines)),
        Kind::Compound => compound(asked, file),
    }
}

/// A document or message as Office wrote them before 2007. What a scan reads is told, of the places that its reader sees.
fn compound(asked: &Asked, file: &[u8]) -> Result<Text, Told> {
    let (reading, _) = crate::scan::scan(asked, file);
    let seen = |kind| {
        use PieceKind::{Body, Cell, Comment, Footer, Header, Note, Subject};
        matches!(
            kind,
            Body | Cell | Comment | Footer | Header | Note | Subject
        )
    };
    let mut said = reading
        .pieces
        .iter()
        .filter(|piece| piece.file == 0 && seen(piece.kind))
        .peekable();
    if said.peek().is_none() {
        return Err(Told::unreadable(
            "it is damaged, protected by a password, or says nothing",
        ));
    }
    gathered(&asked.limits, |lines| {
        said.try_for_each(|piece| lines.line(&piece.text))
    })
}

pub(crate) fn view(asked: &Asked, file: &[u8]) -> Result<View, Told> {
    let limits = &asked.limits;
    Ok(match Kind::of(asked, file)? {
        Kind::Plain => View::Plain(plain::text(file, limits)),
        Kind::Markdown => {
            let text = plain::text(file, limits);
            View::Html {
                html: markup::markdown(&text.text)?,
                truncated: text.truncated,
            }
        }
        Kind::Csv => {
            let text = plain::text(file, limits);
            let (mut rows, more) = plain::rows(&text.text, ROWS);
            let cut = bound(&mut rows);
            View::Table {
                rows,
                truncated: more || cut || text.truncated,
            }
        }
        Kind::Mail => View::Mail(mail::mail(file, limits)?),
        _ => View::Extract(text(asked, file)?),
    })
}

/// What a reader gathered; where it met the limit, that is not a failure.
fn gathered(
    limits: &Limits,
    read: impl FnOnce(&mut Lines) -> Result<(), Stop>,
) -> Result<Text, Told> {
    let mut lines = Lines::new(limits.text);
    match read(&mut lines) {
        Ok(()) => Ok(lines.text(false)),
        Err(Stop::Full) => Ok(lines.text(true)),
        Err(Stop::Failed(told)) => Err(told),
    }
}
