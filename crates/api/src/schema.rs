//! The words that answers share: ids, moments, people.

use chancery::kernel::Time;
use chancery::people::{Author, PersonLine};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

/// An id, as the document describes it: `#[schema(value_type = Id)]` on a field that holds one.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^[0-7][0-9A-HJKMNP-TV-Z]{12}$", example = "0D1R5PGZ8E4QK")]
#[allow(dead_code, reason = "it stands in the document for chancery's own ids")]
pub struct Id(String);

/// A moment (RFC 3339), in UTC.
#[derive(Debug, Clone, Copy)]
pub struct Moment(pub Time);

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A moment (RFC 3339), in UTC."))
            .examples([serde_json::json!("2026-03-12T09:00:00Z")])
            .build()
            .into()
    }
}

impl ToSchema for Moment {}

impl From<Time> for Moment {
    fn from(time: Time) -> Self {
        Self(time)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse::<Time>()
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

/// Content as it is, for the document.
#[derive(Debug, Clone, Copy)]
pub struct Bytes;

impl PartialSchema for Bytes {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some("The content, as it is."))
            .build()
            .into()
    }
}

impl ToSchema for Bytes {}

/// A thing with its name, wherever one is named.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Named {
    /// Which.
    #[schema(value_type = Id)]
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Named {
    /// This thing, called so.
    pub fn new<T>(id: chancery::kernel::Id<T>, name: String) -> Self {
        Self {
            id: id.to_string(),
            name,
        }
    }
}

/// A person, wherever one is named.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Person {
    /// The person.
    #[schema(value_type = Id)]
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their job title; may be empty.
    pub title: String,
    /// Their organisation.
    #[schema(value_type = Id)]
    pub organisation_id: String,
    /// Its name.
    pub organisation: String,
}

impl From<PersonLine> for Person {
    fn from(line: PersonLine) -> Self {
        Self {
            id: line.id.to_string(),
            name: line.name,
            title: line.title,
            organisation_id: line.organisation_id.to_string(),
            organisation: line.organisation,
        }
    }
}

impl<T> From<(chancery::kernel::Id<T>, String)> for Named {
    fn from((id, name): (chancery::kernel::Id<T>, String)) -> Self {
        Self::new(id, name)
    }
}

/// Who did something: a person, or the operator's console, which has no id.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Doer {
    /// The person.
    #[schema(value_type = Option<Id>)]
    pub id: Option<String>,
    /// Their name.
    pub name: String,
    /// Their organisation; empty for the console.
    pub organisation: String,
}

impl From<Author> for Doer {
    fn from(author: Author) -> Self {
        Self {
            id: (!author.is_console()).then(|| {
                chancery::kernel::Id::<chancery::kernel::thing::Person>::from_raw(author.id)
                    .to_string()
            }),
            name: author.name,
            organisation: author.organisation,
        }
    }
}
