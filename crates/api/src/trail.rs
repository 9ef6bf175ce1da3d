//! Who did what and who read what, for owners; the same without the reads, for members.

use axum::response::{IntoResponse, Response};
use chancery::capabilities::spoken;
use chancery::kernel::{Id, thing};
use chancery::trail::{self, Format, Of, TrailFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Caller;
use crate::answer::onward;
use crate::problem::{Answer, Problem};
use crate::routes::routes;
use crate::schema::{self, Moment, Named as NamedThing};
use crate::words::Sort;

routes! {
    sites::trail, sites::activity, sites::csv, sites::json_lines,
    libraries::trail, libraries::activity, libraries::csv, libraries::json_lines,
    documents::trail, documents::activity, documents::csv, documents::json_lines,
}

/// One line of a trail: the same fields as a line of an export as JSON Lines.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrailLine {
    /// The entry.
    #[schema(value_type = schema::Id)]
    entry: String,
    /// Its place in the sealed journal; null for the moment until it is sealed.
    position: Option<u64>,
    /// When it happened.
    at: Moment,
    /// Who did it; null for the operator's console.
    #[schema(value_type = Option<schema::Id>)]
    person: Option<String>,
    /// Their name.
    name: String,
    /// Their organisation at that time.
    organisation: String,
    /// The action's name in the journal.
    #[schema(example = "CheckOut")]
    action: String,
    /// What it is about.
    about: Sort,
    /// What they did, after their name.
    #[schema(example = "checked out Agenda.docx")]
    says: String,
    /// The document or folder, as it is called now; null where you can no longer open it.
    document: Option<NamedThing>,
    /// The library it happened in, where you can open that, or (for a change of access) decide who can.
    library: Option<NamedThing>,
    /// What the journal keeps of it.
    #[schema(value_type = Object)]
    data: serde_json::Value,
}

impl From<trail::TrailLine> for TrailLine {
    fn from(line: trail::TrailLine) -> Self {
        let who = schema::Doer::from(line.who);
        Self {
            entry: line.id.to_string(),
            position: line.position,
            at: line.at.into(),
            person: who.id,
            name: who.name,
            organisation: who.organisation,
            action: line.action,
            about: line.sort.into(),
            says: line.says,
            document: line.document.map(|(id, name, _)| (id, name).into()),
            library: line.library.map(NamedThing::from),
            data: line.data,
        }
    }
}

/// Some lines of a trail.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrailPage {
    /// The lines.
    items: Vec<TrailLine>,
    /// What to send as `after` for the lines after these; none at the end. The header `Link` has
    /// the whole address.
    next: Option<String>,
    /// That something is not listed because you may not see it, in a sentence; null where nothing is.
    left_out: Option<String>,
}

impl IntoResponse for TrailPage {
    fn into_response(self) -> Response {
        let next = self.next.clone();
        onward(self, next)
    }
}

/// Which lines of a trail.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Chosen {
    /// Only what this person did.
    #[param(value_type = Option<schema::Id>)]
    person: Option<Id<thing::Person>>,
    /// Only what is about this.
    about: Option<Sort>,
    /// Only this action, by its name in the journal.
    action: Option<String>,
    /// Only from this moment on.
    from: Option<Moment>,
    /// Only before this moment.
    until: Option<Moment>,
}

/// Which lines of a trail, and where to go on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ChosenPage {
    /// Only what this person did.
    #[param(value_type = Option<schema::Id>)]
    person: Option<Id<thing::Person>>,
    /// Only what is about this.
    about: Option<Sort>,
    /// Only this action, by its name in the journal.
    action: Option<String>,
    /// Only from this moment on.
    from: Option<Moment>,
    /// Only before this moment.
    until: Option<Moment>,
    /// The `next` of the page before.
    #[param(value_type = Option<schema::Id>)]
    after: Option<Id<thing::Entry>>,
    /// How many lines; 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Where to go on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Onward {
    /// The `next` of the page before.
    #[param(value_type = Option<schema::Id>)]
    after: Option<Id<thing::Entry>>,
    /// How many lines; 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

impl Chosen {
    fn filter(self) -> Answer<TrailFilter> {
        if let Some(action) = &self.action
            && spoken(action).is_none()
        {
            return Err(Problem::field(
                "action",
                "Send the name of an action as the trail has it, such as CheckOut",
            ));
        }
        Ok(TrailFilter {
            person: self.person,
            from: self.from.map(|from| from.0),
            until: self.until.map(|until| until.0),
            sort: self.about.map(Into::into),
            action: self.action,
            ..TrailFilter::default()
        })
    }
}

impl ChosenPage {
    fn filter(self) -> Answer<TrailFilter> {
        let onward = Onward {
            after: self.after,
            limit: self.limit,
        };
        let chosen = Chosen {
            person: self.person,
            about: self.about,
            action: self.action,
            from: self.from,
            until: self.until,
        };
        Ok(TrailFilter {
            before: onward.after,
            limit: onward.lines()?,
            ..chosen.filter()?
        })
    }
}

impl Onward {
    fn lines(&self) -> Answer<u32> {
        match self.limit {
            None => Ok(0),
            Some(limit @ 1..=200) => Ok(limit),
            Some(_) => Err(Problem::field("limit", "Ask for 1 to 200 lines at a time")),
        }
    }

    fn filter(&self) -> Answer<TrailFilter> {
        Ok(TrailFilter {
            before: self.after,
            limit: self.lines()?,
            ..TrailFilter::default()
        })
    }
}

fn page(found: trail::TrailPage) -> TrailPage {
    TrailPage {
        items: found.lines.into_iter().map(TrailLine::from).collect(),
        next: found.next.map(|entry| entry.to_string()),
        left_out: found.left_out.map(|left| left.says()),
    }
}

async fn export(caller: &Caller, of: Of, chosen: Chosen, format: Format) -> Answer<Response> {
    let lines = trail::export(&caller.actor, of, &chosen.filter()?, format).await?;
    let (kind, id) = match of {
        Of::Site(id) => ("site", id.to_string()),
        Of::Library(id) => ("library", id.to_string()),
        Of::Document(id) => ("document", id.to_string()),
    };
    let name = format!("Trail of {kind} {id}.{}", format.name());
    Ok(wire::trail_file(&name, format, lines))
}

/// The four addresses of one kind of thing.
macro_rules! trail_of {
    ($module:ident, $root:literal, $one:literal, $thing:ident, $of:ident) => {
        mod $module {
            use axum::response::Response;
            use chancery::kernel::Id;
            use chancery::kernel::thing::$thing;
            use chancery::trail::{self, Format, Of};

            use super::{Chosen, ChosenPage, Onward, TrailPage};
            use crate::problem::Answer;
            use crate::{Asked, Caller, Named, schema};

            /// Who did what and who read what
            ///
            /// For owners. Newest first.
            #[utoipa::path(get, path = concat!("/", $root, "/{id}/trail"), tag = "trail",
                operation_id = concat!($one, "Trail"),
                params(("id" = schema::Id, Path, description = $one), ChosenPage),
                responses((status = 200, description = "Some of its lines", body = TrailPage)))]
            pub(super) async fn trail(
                caller: Caller,
                Named(id): Named<Id<$thing>>,
                Asked(chosen): Asked<ChosenPage>,
            ) -> Answer<TrailPage> {
                let filter = chosen.filter()?;
                Ok(super::page(trail::trail(&caller.actor, Of::$of(id), &filter).await?))
            }

            /// What changed
            ///
            /// For everybody who can see it: without the reads and without access. Newest first.
            #[utoipa::path(get, path = concat!("/", $root, "/{id}/activity"), tag = "trail",
                operation_id = concat!($one, "Activity"),
                params(("id" = schema::Id, Path, description = $one), Onward),
                responses((status = 200, description = "Some of its lines", body = TrailPage)))]
            pub(super) async fn activity(
                caller: Caller,
                Named(id): Named<Id<$thing>>,
                Asked(onward): Asked<Onward>,
            ) -> Answer<TrailPage> {
                let filter = onward.filter()?;
                Ok(super::page(trail::activity(&caller.actor, Of::$of(id), &filter).await?))
            }

            /// The trail as comma-separated values (RFC 4180)
            ///
            /// For owners. That it is taken away is its own first line. Where something is left out because you do not own
            /// the library it happened in, the last line says so.
            #[utoipa::path(get, path = concat!("/", $root, "/{id}/trail.csv"), tag = "trail",
                operation_id = concat!($one, "TrailCsv"),
                params(("id" = schema::Id, Path, description = $one), Chosen),
                responses((status = 200, description = "All of its lines", body = String, content_type = "text/csv")))]
            pub(super) async fn csv(
                caller: Caller,
                Named(id): Named<Id<$thing>>,
                Asked(chosen): Asked<Chosen>,
            ) -> Answer<Response> {
                super::export(&caller, Of::$of(id), chosen, Format::Csv).await
            }

            /// The trail as JSON Lines
            ///
            /// For owners. That it is taken away is its own first line. Where something is left out because you do not own
            /// the library it happened in, the last line says so.
            #[utoipa::path(get, path = concat!("/", $root, "/{id}/trail.jsonl"), tag = "trail",
                operation_id = concat!($one, "TrailJsonLines"),
                params(("id" = schema::Id, Path, description = $one), Chosen),
                responses((status = 200, description = "All of its lines", body = String, content_type = "application/jsonl")))]
            pub(super) async fn json_lines(
                caller: Caller,
                Named(id): Named<Id<$thing>>,
                Asked(chosen): Asked<Chosen>,
            ) -> Answer<Response> {
                super::export(&caller, Of::$of(id), chosen, Format::JsonLines).await
            }
        }
    };
}

trail_of!(sites, "sites", "site", Site, Site);
trail_of!(libraries, "libraries", "library", Library, Library);
trail_of!(documents, "documents", "document", Document, Document);
