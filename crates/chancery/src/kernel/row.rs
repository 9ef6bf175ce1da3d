//! What goes into a statement and what comes out, the same for both engines.

use rusqlite::types::Value;
use sqlx::postgres::PgRow;
use sqlx::{Row as _, TypeInfo as _, ValueRef as _};

use super::sqlite::SqliteRow;
use super::{Id, Time};
use crate::{Error, Result};

/// One bound argument. Columns are TEXT, BIGINT and BLOB/BYTEA only, so three kinds are enough.
#[derive(Debug, Clone)]
pub(crate) enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! arg_from {
    ($($from:ty => |$value:ident| $arg:expr;)*) => {$(
        impl From<$from> for Arg {
            fn from($value: $from) -> Self { $arg }
        }
    )*};
}

arg_from! {
    i64 => |value| Self::Int(Some(value));
    Option<i64> => |value| Self::Int(value);
    u32 => |value| Self::Int(Some(i64::from(value)));
    u64 => |value| Self::Int(Some(i64::try_from(value).unwrap_or(i64::MAX)));
    bool => |value| Self::Int(Some(i64::from(value)));
    Time => |value| Self::Int(Some(value.micros()));
    &str => |value| Self::Text(Some(value.to_owned()));
    String => |value| Self::Text(Some(value));
    &String => |value| Self::Text(Some(value.clone()));
    Option<String> => |value| Self::Text(value);
    &[u8] => |value| Self::Bytes(Some(value.to_vec()));
    Vec<u8> => |value| Self::Bytes(Some(value));
    Option<Vec<u8>> => |value| Self::Bytes(value);
    super::Role => |value| Self::Int(Some(value.level()));
}

impl<T: ?Sized> From<Id<T>> for Arg {
    fn from(id: Id<T>) -> Self {
        Self::Int(Some(id.raw()))
    }
}

impl<T: ?Sized> From<Option<Id<T>>> for Arg {
    fn from(id: Option<Id<T>>) -> Self {
        Self::Int(id.map(Id::raw))
    }
}

/// The arguments of a statement, in the order of `$1`, `$2`…
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::kernel::Arg::from($value)),*] };
}
pub(crate) use args;

/// One row from either engine.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// Reads a column by name. NULL where the field is not an `Option` is an error on both
    /// engines (left alone, SQLite would read it as 0).
    pub(crate) fn get<C: Column>(&self, name: &str) -> Result<C> {
        C::read(self, name).map_err(|error| match error {
            Error::Unavailable(source) => Error::unavailable(format!("column {name}: {source}")),
            other => other,
        })
    }

    fn is_null(&self, name: &str) -> Result<bool> {
        Ok(match self {
            Self::Sqlite(row) => *row.value(name)? == Value::Null,
            Self::Postgres(row) => row.try_get_raw(name)?.is_null(),
        })
    }

    fn int(&self, name: &str) -> Result<Option<i64>> {
        match self {
            Self::Sqlite(row) => match row.value(name)? {
                Value::Null => Ok(None),
                Value::Integer(value) => Ok(Some(*value)),
                other => Err(not_a("number", other)),
            },
            Self::Postgres(_) if self.is_null(name)? => Ok(None),
            // A literal or CASE in a query is INT4 on PostgreSQL; columns are always BIGINT.
            Self::Postgres(row) if row.try_get_raw(name)?.type_info().name() == "INT4" => {
                Ok(Some(i64::from(row.try_get::<i32, _>(name)?)))
            }
            Self::Postgres(row) => Ok(row.try_get(name)?),
        }
    }

    fn text(&self, name: &str) -> Result<Option<String>> {
        match self {
            Self::Sqlite(row) => match row.value(name)? {
                Value::Null => Ok(None),
                Value::Text(value) => Ok(Some(value.clone())),
                other => Err(not_a("text", other)),
            },
            Self::Postgres(row) => Ok(row.try_get(name)?),
        }
    }

    fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Sqlite(row) => match row.value(name)? {
                Value::Null => Ok(None),
                Value::Blob(value) => Ok(Some(value.clone())),
                other => Err(not_a("row of bytes", other)),
            },
            Self::Postgres(row) => Ok(row.try_get(name)?),
        }
    }
}

fn not_a(wanted: &str, found: &Value) -> Error {
    Error::unavailable(format!("{} is not a {wanted}", found.data_type()))
}

/// A type that a column can be read as.
pub(crate) trait Column: Sized {
    fn read(row: &Row, name: &str) -> Result<Self>;
}

fn present<V>(value: Option<V>) -> Result<V> {
    value.ok_or_else(|| Error::unavailable("NULL where a value is required"))
}

macro_rules! column {
    ($($kind:ty => |$row:ident, $name:ident| $read:expr;)*) => {$(
        impl Column for $kind {
            fn read($row: &Row, $name: &str) -> Result<Self> { $read }
        }
        impl Column for Option<$kind> {
            fn read(row: &Row, name: &str) -> Result<Self> {
                if row.is_null(name)? { Ok(None) } else { <$kind>::read(row, name).map(Some) }
            }
        }
    )*};
}

column! {
    i64 => |row, name| present(row.int(name)?);
    u64 => |row, name| u64::try_from(present(row.int(name)?)?).map_err(Error::unavailable);
    u32 => |row, name| u32::try_from(present(row.int(name)?)?).map_err(Error::unavailable);
    bool => |row, name| Ok(present(row.int(name)?)? != 0);
    Time => |row, name| Ok(Time::from_micros(present(row.int(name)?)?));
    String => |row, name| present(row.text(name)?);
    Vec<u8> => |row, name| present(row.bytes(name)?);
    super::Role => |row, name| super::Role::from_level(present(row.int(name)?)?)
        .ok_or_else(|| Error::unavailable("not a role"));
}

impl<T: ?Sized> Column for Id<T> {
    fn read(row: &Row, name: &str) -> Result<Self> {
        Ok(Self::from_raw(present(row.int(name)?)?))
    }
}

impl<T: ?Sized> Column for Option<Id<T>> {
    fn read(row: &Row, name: &str) -> Result<Self> {
        Ok(row.int(name)?.map(Id::from_raw))
    }
}

/// A struct that a whole row can be read as.
pub(crate) trait FromRow: Sized {
    fn from_row(row: &Row) -> Result<Self>;
}

impl<C: Column> FromRow for (C,) {
    /// The single column must be called `value`.
    fn from_row(row: &Row) -> Result<Self> {
        Ok((row.get("value")?,))
    }
}

/// Declares a struct whose fields are read from the columns of the same names.
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $kind:ty),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        $vis struct $name { $($(#[$field_meta])* $field_vis $field: $kind),* }

        impl $crate::kernel::FromRow for $name {
            fn from_row(row: &$crate::kernel::Row) -> $crate::Result<Self> {
                Ok(Self { $($field: row.get(stringify!($field))?),* })
            }
        }
    };
}
pub(crate) use record;
