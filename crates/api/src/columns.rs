//! Columns of a library, what documents say in them, and views.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use chancery::kernel::{Id, thing};
use chancery::libraries::columns::{
    self, Column as OfLibrary, ColumnForm, ColumnKind, Filter, Property as Said, Shape as Saved,
    View as SavedView, ViewForm,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::items::Asking;
use crate::lists::{DONE, Made};
use crate::problem::{Answer, Problem};
use crate::routes::routes;
use crate::schema;
use crate::{Asked, Body, Caller, Named, Tagged};

routes! {
    list, add_column, change, place, end, properties, fill_in, fill_in_many, views, save_view, end_view, file
}

/// What a column asks for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Text,
    Choice,
    Date,
    Person,
    Number,
    YesNo,
}

impl From<ColumnKind> for Kind {
    fn from(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Text => Self::Text,
            ColumnKind::Choice => Self::Choice,
            ColumnKind::Date => Self::Date,
            ColumnKind::Person => Self::Person,
            ColumnKind::Number => Self::Number,
            ColumnKind::YesNo => Self::YesNo,
        }
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Text => ColumnKind::Text.name(),
            Self::Choice => ColumnKind::Choice.name(),
            Self::Date => ColumnKind::Date.name(),
            Self::Person => ColumnKind::Person.name(),
            Self::Number => ColumnKind::Number.name(),
            Self::YesNo => ColumnKind::YesNo.name(),
        }
    }
}

/// Something that a library asks of each of its documents.
#[derive(Debug, Serialize, ToSchema)]
struct Column {
    /// The column.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// What it asks for.
    kind: Kind,
    /// What a choice can be; empty for other kinds.
    choices: Vec<String>,
    /// Help for whoever fills it in; may be empty.
    hint: String,
    /// Whether documents that say nothing here are pointed out.
    required: bool,
}

impl From<OfLibrary> for Column {
    fn from(column: OfLibrary) -> Self {
        Self {
            id: column.id.to_string(),
            name: column.name,
            kind: column.kind.into(),
            choices: column.choices,
            hint: column.hint,
            required: column.required,
        }
    }
}

/// A column that is to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewColumn {
    /// Its name, used once among the columns of the library.
    name: String,
    /// What it asks for. It stays what it is.
    kind: Kind,
    /// What a choice can be.
    #[serde(default)]
    choices: Vec<String>,
    /// Help for whoever fills it in.
    #[serde(default)]
    hint: String,
    /// Whether documents that say nothing here are pointed out.
    #[serde(default)]
    required: bool,
}

/// What is to be said of a column: all of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ColumnChange {
    /// Its name.
    name: String,
    /// What a choice can be.
    #[serde(default)]
    choices: Vec<String>,
    /// Help for whoever fills it in.
    #[serde(default)]
    hint: String,
    /// Whether documents that say nothing here are pointed out.
    #[serde(default)]
    required: bool,
}

/// Where a column goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPlace {
    /// How many columns come before it.
    place: u32,
}

/// The columns of a library in their order
#[utoipa::path(get, path = "/libraries/{id}/columns", tag = "columns", operation_id = "columns",
    params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 200, description = "The columns", body = Vec<Column>)))]
async fn list(caller: Caller, Named(id): Named<Id<thing::Library>>) -> Answer<Json<Vec<Column>>> {
    let (_, all) = columns::columns(&caller.actor, id).await?;
    Ok(Json(all.into_iter().map(Column::from).collect()))
}

/// Add a column
#[utoipa::path(post, path = "/libraries/{id}/columns", tag = "columns", operation_id = "addColumn",
    request_body = NewColumn, params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 201, description = "It is the last one", body = Made),
        (status = 409, description = "There are as many as there can be")))]
async fn add_column(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Body(new): Body<NewColumn>,
) -> Answer<Made> {
    let form = ColumnForm {
        name: new.name,
        kind: new.kind.name().to_owned(),
        choices: new.choices,
        hint: new.hint,
        required: new.required,
    };
    let column = columns::add_column(&caller.actor, id, &form).await?;
    Ok(Made::new(&format!("/libraries/{id}/columns"), column))
}

type OfColumn = Named<(Id<thing::Library>, Id<thing::Column>)>;

/// Change what is said of a column
#[utoipa::path(put, path = "/libraries/{id}/columns/{column}", tag = "columns", operation_id = "changeColumn",
    request_body = ColumnChange, params(("id" = schema::Id, Path, description = "The library"),
        ("column" = schema::Id, Path, description = "The column")),
    responses((status = 204, description = "It is changed")))]
async fn change(
    caller: Caller,
    Named((id, column)): OfColumn,
    Body(change): Body<ColumnChange>,
) -> Answer<StatusCode> {
    let form = ColumnForm {
        name: change.name,
        kind: String::new(),
        choices: change.choices,
        hint: change.hint,
        required: change.required,
    };
    columns::edit_column(&caller.actor, id, column, &form).await?;
    Ok(DONE)
}

/// Put a column in another place among the others
#[utoipa::path(post, path = "/libraries/{id}/columns/{column}/place", tag = "columns", operation_id = "placeColumn",
    request_body = NewPlace, params(("id" = schema::Id, Path, description = "The library"),
        ("column" = schema::Id, Path, description = "The column")),
    responses((status = 204, description = "It is there")))]
async fn place(
    caller: Caller,
    Named((id, column)): OfColumn,
    Body(to): Body<NewPlace>,
) -> Answer<StatusCode> {
    let place = usize::try_from(to.place).unwrap_or(usize::MAX);
    columns::place_column(&caller.actor, id, column, place).await?;
    Ok(DONE)
}

/// End a column
///
/// It is asked no more. What was filled in stays in the trail of each document.
#[utoipa::path(post, path = "/libraries/{id}/columns/{column}/end", tag = "columns", operation_id = "endColumn",
    params(("id" = schema::Id, Path, description = "The library"),
        ("column" = schema::Id, Path, description = "The column")),
    responses((status = 204, description = "It has ended")))]
async fn end(caller: Caller, Named((id, column)): OfColumn) -> Answer<StatusCode> {
    columns::end_column(&caller.actor, id, column).await?;
    Ok(DONE)
}

/// What a column says of a document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Property {
    /// The column.
    #[schema(value_type = schema::Id)]
    column: String,
    /// Text, a day as `2026-03-27`, a number as `1234.5`, `yes` or `no`, the id of a person. Empty for a person of whom you
    /// may not know.
    value: String,
    /// The same to be read: a person by name.
    shown: String,
}

impl From<Said> for Property {
    fn from(said: Said) -> Self {
        Self {
            column: said.column.to_string(),
            value: said.value,
            shown: said.shown,
        }
    }
}

/// The properties of a document.
#[derive(Debug, Serialize, ToSchema)]
struct Properties {
    /// The columns of its library.
    columns: Vec<Column>,
    /// What they say, where they say something.
    values: Vec<Property>,
}

/// What is to be said in a column.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToSay {
    /// The column.
    #[schema(value_type = schema::Id)]
    column: Id<thing::Column>,
    /// As in `Property`; a person also by e-mail address or full name. Empty says nothing any more.
    value: String,
}

/// What is to be said of a document; columns that are not named stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FillIn {
    /// In which columns what.
    values: Vec<ToSay>,
}

/// The same of many documents.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FillInMany {
    /// Up to 5,000 documents of the library.
    #[schema(value_type = Vec<schema::Id>)]
    documents: Vec<Id<thing::Document>>,
    /// In which columns what.
    values: Vec<ToSay>,
}

/// How many documents say something else now.
#[derive(Debug, Serialize, ToSchema)]
struct Filled {
    /// Those that said so already are not among them.
    changed: u64,
}

fn says(values: Vec<ToSay>) -> Vec<(Id<thing::Column>, String)> {
    values
        .into_iter()
        .map(|say| (say.column, say.value))
        .collect()
}

/// What a document says in the columns of its library
#[utoipa::path(get, path = "/documents/{id}/properties", tag = "columns", operation_id = "properties",
    params(("id" = schema::Id, Path, description = "The document")),
    responses(
        (status = 200, body = Properties, headers(("ETag" = String, description = "The document's edition, and how this answer describes it"))),
        (status = 304, description = "`If-None-Match` has it already")))]
async fn properties(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
) -> Answer<Tagged<Properties>> {
    let found = columns::properties(&caller.actor, id).await?;
    Ok(Tagged {
        edition: found.edition.as_str().to_owned(),
        body: Properties {
            columns: found.columns.into_iter().map(Column::from).collect(),
            values: found.values.into_iter().map(Property::from).collect(),
        },
    })
}

/// Fill in the properties of a document
#[utoipa::path(patch, path = "/documents/{id}/properties", tag = "columns", operation_id = "fillIn",
    request_body = FillIn, params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 204, description = "It says that now")))]
async fn fill_in(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Body(form): Body<FillIn>,
) -> Answer<StatusCode> {
    let library = columns::properties(&caller.actor, id).await?.head.id;
    columns::fill_in(&caller.actor, library, &[id], &says(form.values)).await?;
    Ok(DONE)
}

/// Fill in the properties of many documents
///
/// All of it is done, or nothing. Each document that it changes has an entry in the journal.
#[utoipa::path(post, path = "/libraries/{id}/fill-in", tag = "columns", operation_id = "fillInMany",
    request_body = FillInMany, params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 200, description = "They say that now", body = Filled)))]
async fn fill_in_many(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Body(form): Body<FillInMany>,
) -> Answer<Json<Filled>> {
    let changed = columns::fill_in(&caller.actor, id, &form.documents, &says(form.values)).await?;
    Ok(Json(Filled { changed }))
}

/// One thing that is true of every document in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(
    clippy::struct_field_names,
    reason = "it is what the test is: is, contains, from"
)]
pub(crate) struct Test {
    /// Of what: the id of a column, or `changed`, `by`, `kind`, `held-by`, `publishing`.
    on: String,
    /// `is`, `contains`, `starts`, `from`, `to` or `none`; for `changed` also `days`.
    test: String,
    /// With what.
    #[serde(default)]
    value: String,
}

impl From<Test> for Filter {
    fn from(test: Test) -> Self {
        Self::new(test.on, &test.test, test.value)
    }
}

/// Filters in a query: a list in JSON.
pub(crate) fn filters(text: Option<&str>) -> Answer<Vec<Filter>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(Vec::new());
    };
    let tests: Vec<Test> = serde_json::from_str(text).map_err(|_| {
        Problem::field(
            "filters",
            r#"Send a list in JSON, such as [{"on":"kind","test":"is","value":"pdf"}]"#,
        )
    })?;
    Ok(tests.into_iter().map(Filter::from).collect())
}

/// How a library is seen.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Shape {
    /// Which columns after the name, in this order: `version`, `size`, `changed`, `by`, `kind`, and ids.
    #[serde(default)]
    columns: Vec<String>,
    /// What it is ordered by: `name`, `changed`, `size`, `by`, `kind`, `version`, or the id of a column.
    #[serde(default)]
    sort: String,
    /// The other way round.
    #[serde(default)]
    descending: bool,
    /// All documents, whatever folder they are in.
    #[serde(default)]
    flat: bool,
    /// Whose names contain this.
    #[serde(default)]
    find: String,
    /// `any`, `checked-out` or `mine`.
    #[serde(default)]
    state: String,
    /// Of which all of this is true.
    #[serde(default)]
    filters: Vec<Test>,
}

impl From<Saved> for Shape {
    fn from(shape: Saved) -> Self {
        let test = |filter: Filter| Test {
            on: filter.on,
            test: filter.test,
            value: filter.value,
        };
        Self {
            columns: shape.columns,
            sort: shape.sort,
            descending: shape.descending,
            flat: shape.flat,
            find: shape.find,
            state: shape.state,
            filters: shape.filters.into_iter().map(test).collect(),
        }
    }
}

impl From<Shape> for Saved {
    fn from(shape: Shape) -> Self {
        Self {
            columns: shape.columns,
            sort: shape.sort,
            descending: shape.descending,
            flat: shape.flat,
            find: shape.find,
            state: shape.state,
            filters: shape.filters.into_iter().map(Filter::from).collect(),
        }
    }
}

/// A view of a library.
#[derive(Debug, Serialize, ToSchema)]
struct View {
    /// The view.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// Whether it is everybody's; otherwise it is yours.
    shared: bool,
    /// Whether it is what everybody sees who asks for no other.
    default: bool,
    /// How.
    shape: Shape,
}

impl From<SavedView> for View {
    fn from(view: SavedView) -> Self {
        Self {
            id: view.id.to_string(),
            name: view.name,
            shared: view.shared,
            default: view.is_default,
            shape: view.shape.into(),
        }
    }
}

/// A view that is to be saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewView {
    /// Its name. A view of this name that is there already is saved anew.
    name: String,
    /// For everybody, which only owners may; otherwise for yourself.
    #[serde(default)]
    shared: bool,
    /// What everybody sees who asks for no other; only where it is shared.
    #[serde(default)]
    default: bool,
    /// How.
    shape: Shape,
}

/// The views of a library: everybody's, then yours
#[utoipa::path(get, path = "/libraries/{id}/views", tag = "columns", operation_id = "views",
    params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 200, description = "The views", body = Vec<View>)))]
async fn views(caller: Caller, Named(id): Named<Id<thing::Library>>) -> Answer<Json<Vec<View>>> {
    let (_, _, all) = columns::views(&caller.actor, id).await?;
    Ok(Json(all.into_iter().map(View::from).collect()))
}

/// Save a view
#[utoipa::path(post, path = "/libraries/{id}/views", tag = "columns", operation_id = "saveView",
    request_body = NewView, params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 201, description = "It is saved", body = Made)))]
async fn save_view(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Body(new): Body<NewView>,
) -> Answer<Made> {
    let form = ViewForm {
        name: new.name,
        shared: new.shared,
        is_default: new.default,
        shape: new.shape.into(),
    };
    let view = columns::save_view(&caller.actor, id, &form).await?;
    Ok(Made::new(&format!("/libraries/{id}/views"), view))
}

/// End a view
#[utoipa::path(post, path = "/libraries/{id}/views/{view}/end", tag = "columns", operation_id = "endView",
    params(("id" = schema::Id, Path, description = "The library"), ("view" = schema::Id, Path, description = "The view")),
    responses((status = 204, description = "It has ended")))]
async fn end_view(
    caller: Caller,
    Named((id, view)): Named<(Id<thing::Library>, Id<thing::View>)>,
) -> Answer<StatusCode> {
    columns::end_view(&caller.actor, id, view).await?;
    Ok(DONE)
}

/// A list of a library as comma-separated values (RFC 4180)
///
/// All of it, from the first page to the last. What cells say is safe to open in a spreadsheet.
#[utoipa::path(get, path = "/libraries/{id}/list.csv", tag = "columns", operation_id = "listCsv",
    params(("id" = schema::Id, Path, description = "The library"), Asking),
    responses((status = 200, description = "All of its lines", body = String, content_type = "text/csv")))]
async fn file(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Asked(asking): Asked<Asking>,
) -> Answer<Response> {
    let mut shown: Vec<String> = asking
        .columns
        .as_deref()
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    if shown.is_empty() {
        let (_, all) = columns::columns(&caller.actor, id).await?;
        shown.extend(columns::BUILT_IN.map(str::to_owned));
        shown.extend(all.into_iter().map(|column| column.id.to_string()));
    }
    let listing = asking.listing()?;
    let file = columns::export(&caller.actor, id, &listing, &shown).await?;
    Ok(wire::list_file(&file.head.name, file.content))
}
