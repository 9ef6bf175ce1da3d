//! Text that is gathered line by line, up to a limit.

use crate::Text;
use crate::failure::Told;

/// Why a reader ends before the file does.
#[derive(Debug)]
pub(crate) enum Stop {
    /// There is as much text as is wanted.
    Full,
    Failed(Told),
}

impl From<Told> for Stop {
    fn from(told: Told) -> Self {
        Self::Failed(told)
    }
}

/// Text that is gathered line by line, up to a limit.
#[derive(Debug)]
pub(super) struct Lines {
    text: String,
    limit: usize,
}

impl Lines {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            text: String::new(),
            limit,
        }
    }

    /// Goes on with the line.
    pub(super) fn push(&mut self, piece: &str) -> Result<(), Stop> {
        if self.text.len() + piece.len() > self.limit {
            self.text
                .push_str(within(piece, self.limit - self.text.len()));
            return Err(Stop::Full);
        }
        self.text.push_str(piece);
        Ok(())
    }

    /// Ends the line, if one has begun.
    pub(super) fn end(&mut self) -> Result<(), Stop> {
        while self.text.ends_with(['\t', ' ']) {
            self.text.pop();
        }
        if self.text.is_empty() || self.text.ends_with('\n') {
            return Ok(());
        }
        self.push("\n")
    }

    /// A line of its own.
    pub(super) fn line(&mut self, line: &str) -> Result<(), Stop> {
        self.end()?;
        self.push(line)?;
        self.end()
    }

    pub(super) fn text(mut self, truncated: bool) -> Text {
        if !truncated {
            let _ = self.end();
        }
        Text {
            text: self.text,
            truncated,
        }
    }
}

/// As much of a text as this many bytes hold, with no letter cut in two.
pub(super) fn within(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}
