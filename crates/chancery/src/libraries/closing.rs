//! How a document can be closed to those who may know of it.

/// How a document is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Closing {
    /// A version has yet to be read for its marking: a moment.
    BeingRead,
    /// Only whoever made the version can open it, until somebody has decided.
    Held,
    /// Nobody can open it until somebody has decided.
    Sealed,
}

impl Closing {
    /// As programs are told it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BeingRead => "being_read",
            Self::Held => "held",
            Self::Sealed => "sealed",
        }
    }

    /// From how statements say it; 0 where a document is open, and less than that where it is closed to others only.
    pub(crate) const fn from_level(level: i64) -> Option<Self> {
        match level {
            ..=0 => None,
            1 => Some(Self::BeingRead),
            2 => Some(Self::Held),
            _ => Some(Self::Sealed),
        }
    }

    /// The same of how a document is closed to everybody but whoever looks.
    pub(crate) const fn to_others(level: i64) -> Option<Self> {
        Self::from_level(level.saturating_neg())
    }
}

/// How this document is closed to the person `$2` at `$1`, as a number: 0 where it is not. It is more than 0 exactly when
/// [`is_closed!`](super::is_closed) says so, and less than 0 where it is closed to everybody else: whatever closes it then is
/// about versions that this person made, which nobody else is told so.
macro_rules! closing {
    ($document:literal) => {
        concat!(
            "CASE WHEN EXISTS (SELECT 1 FROM seals y WHERE y.document_id = ",
            $document,
            " AND y.from_at <= $1 AND $1 < y.until_at AND y.open_to = 0) THEN 3
              WHEN EXISTS (SELECT 1 FROM seals y WHERE y.document_id = ",
            $document,
            " AND y.from_at <= $1 AND $1 < y.until_at AND y.open_to <> $2) THEN 2
              WHEN EXISTS (SELECT 1 FROM versions e WHERE e.document_id = ",
            $document,
            " AND e.read_at > $1 AND e.author_id <> $2) THEN 1
              WHEN EXISTS (SELECT 1 FROM seals y WHERE y.document_id = ",
            $document,
            " AND y.from_at <= $1 AND $1 < y.until_at) THEN -2
              WHEN EXISTS (SELECT 1 FROM versions e WHERE e.document_id = ",
            $document,
            " AND e.read_at > $1) THEN -1 ELSE 0 END"
        )
    };
}
pub(crate) use closing;
