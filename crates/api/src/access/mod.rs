//! Who can see a place and why; what a change of it would do, and the change itself.

mod nouns;

use axum::Json;
use axum::http::StatusCode;
use chancery::grants::{self, Governed};
use chancery::kernel::{Id, thing};
use serde::Deserialize;
use utoipa::IntoParams;

use self::nouns::{AccessSummary, Changes, Grant, Holder, Preview, SubjectChoice, Why};
use crate::lists::{DONE, whole};
use crate::problem::{Answer, Problem};
use crate::routes::routes;
use crate::schema::{self, Moment};
use crate::{Caller, Page};

routes! {
    sites::holders, sites::summary, sites::grants, sites::why, sites::subjects, sites::preview, sites::change,
    libraries::holders, libraries::summary, libraries::grants, libraries::why, libraries::subjects,
    libraries::preview, libraries::change,
}

/// How many people are named at a time, unless fewer are asked for.
const AT_A_TIME: u32 = 200;
const MOST: u32 = 1000;

/// Where to go on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Onward {
    /// The `next` of the page before.
    #[param(value_type = Option<schema::Id>)]
    after: Option<Id<thing::Person>>,
    /// How many people; 200 without it.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// At which moment.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct When {
    /// Past or to come; now without it.
    at: Option<Moment>,
}

/// Whom a text can mean.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Whom {
    /// A part of a name, or a whole e-mail address.
    find: String,
}

async fn holders<P: Governed>(caller: &Caller, id: Id<P>, onward: &Onward) -> Answer<Page<Holder>> {
    let limit = onward.limit.unwrap_or(AT_A_TIME);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::field(
            "limit",
            "Ask for 1 to 1,000 people at a time",
        ));
    }
    let (people, next) = grants::holders(&caller.actor, id, onward.after, limit).await?;
    Ok(Page {
        items: people.into_iter().map(Holder::from).collect(),
        next: next.map(|person| person.to_string()),
    })
}

async fn summary<P: Governed>(caller: &Caller, id: Id<P>) -> Answer<Json<AccessSummary>> {
    Ok(Json(grants::summary(&caller.actor, id).await?.into()))
}

async fn in_force<P: Governed>(caller: &Caller, id: Id<P>) -> Answer<Page<Grant>> {
    Ok(whole(grants::grants(&caller.actor, id).await?))
}

async fn why<P: Governed>(
    caller: &Caller,
    id: Id<P>,
    person: Id<thing::Person>,
    when: &When,
) -> Answer<Json<Why>> {
    let at = when.at.map(|at| at.0);
    Ok(Json(
        grants::why(&caller.actor, id, person, at).await?.into(),
    ))
}

async fn subjects<P: Governed>(
    caller: &Caller,
    id: Id<P>,
    whom: &Whom,
) -> Answer<Page<SubjectChoice>> {
    Ok(whole(
        grants::find_subjects(&caller.actor, id, &whom.find).await?,
    ))
}

async fn preview<P: Governed>(
    caller: &Caller,
    id: Id<P>,
    asked: &Changes,
) -> Answer<Json<Preview>> {
    let preview = grants::preview(&caller.actor, id, &asked.made()).await?;
    Ok(Json(preview.into()))
}

async fn change<P: Governed>(caller: &Caller, id: Id<P>, asked: &Changes) -> Answer<StatusCode> {
    let (actor, made) = (&caller.actor, asked.made());
    match &asked.fingerprint {
        Some(shown) => grants::change_as_shown(actor, id, &made, &asked.why, shown).await?,
        None => grants::change(actor, id, &made, &asked.why).await?,
    }
    Ok(DONE)
}

/// The addresses of one kind of place.
macro_rules! access_to {
    ($module:ident, $root:literal, $one:literal, $thing:ident) => {
        mod $module {
            use axum::Json;
            use axum::http::StatusCode;
            use chancery::kernel::{Id, thing};

            use super::{
                AccessSummary, Changes, Grant, Holder, Onward, Preview, SubjectChoice, When, Whom, Why,
            };
            use crate::problem::Answer;
            use crate::{Asked, Body, Caller, Named, Page, schema};

            type Place = Id<thing::$thing>;

            /// Who can see it, each with every grant that gives it to them
            ///
            /// For its owners, the owners of its site, and operators. In the order in which people
            /// came to the realm.
            #[utoipa::path(get, path = concat!("/", $root, "/{id}/access"), tag = "access",
                operation_id = concat!($one, "Access"),
                params(("id" = schema::Id, Path, description = $one), Onward),
                responses((status = 200, description = "Some of them", body = Page<Holder>)))]
            pub(super) async fn holders(
                caller: Caller,
                Named(id): Named<Place>,
                Asked(onward): Asked<Onward>,
            ) -> Answer<Page<Holder>> {
                super::holders(&caller, id, &onward).await
            }

            /// How many can see it
            #[utoipa::path(get, path = concat!("/", $root, "/{id}/access/summary"), tag = "access",
                operation_id = concat!($one, "AccessSummary"),
                params(("id" = schema::Id, Path, description = $one)),
                responses((status = 200, description = "The counts", body = AccessSummary)))]
            pub(super) async fn summary(
                caller: Caller,
                Named(id): Named<Place>,
            ) -> Answer<Json<AccessSummary>> {
                super::summary(&caller, id).await
            }

            /// What gives access to it
            ///
            /// All grants in force: its own by role, then those that a library takes from its site.
            #[utoipa::path(get, path = concat!("/", $root, "/{id}/grants"), tag = "access",
                operation_id = concat!($one, "Grants"),
                params(("id" = schema::Id, Path, description = $one)),
                responses((status = 200, description = "All of them", body = Page<Grant>)))]
            pub(super) async fn grants(
                caller: Caller,
                Named(id): Named<Place>,
            ) -> Answer<Page<Grant>> {
                super::in_force(&caller, id).await
            }

            /// Whether a person can see it, at any moment, and why
            #[utoipa::path(get, path = concat!("/", $root, "/{id}/access/of/{person}"), tag = "access",
                operation_id = concat!($one, "AccessOf"),
                params(("id" = schema::Id, Path, description = $one),
                       ("person" = schema::Id, Path, description = "The person"), When),
                responses((status = 200, description = "The answer", body = Why)))]
            pub(super) async fn why(
                caller: Caller,
                Named((id, person)): Named<(Place, Id<thing::Person>)>,
                Asked(when): Asked<When>,
            ) -> Answer<Json<Why>> {
                super::why(&caller, id, person, &when).await
            }

            /// To whom access can be given
            ///
            /// Organisations, and teams and people that you may know of, ten of each at most; and anybody
            /// in the realm by their exact e-mail address.
            #[utoipa::path(get, path = concat!("/", $root, "/{id}/access/subjects"), tag = "access",
                operation_id = concat!($one, "AccessSubjects"),
                params(("id" = schema::Id, Path, description = $one), Whom),
                responses((status = 200, description = "Whom it can mean", body = Page<SubjectChoice>)))]
            pub(super) async fn subjects(
                caller: Caller,
                Named(id): Named<Place>,
                Asked(whom): Asked<Whom>,
            ) -> Answer<Page<SubjectChoice>> {
                super::subjects(&caller, id, &whom).await
            }

            /// What a change would do, by name
            ///
            /// Nothing is saved.
            #[utoipa::path(post, path = concat!("/", $root, "/{id}/access/preview"), tag = "access",
                operation_id = concat!($one, "AccessPreview"), request_body = Changes,
                params(("id" = schema::Id, Path, description = $one)),
                responses((status = 200, description = "Who gains, who loses", body = Preview)))]
            pub(super) async fn preview(
                caller: Caller,
                Named(id): Named<Place>,
                Body(asked): Body<Changes>,
            ) -> Answer<Json<Preview>> {
                super::preview(&caller, id, &asked).await
            }

            /// Change who can see it
            ///
            /// All the changes are made or none is. With the fingerprint of a preview, they do exactly what
            /// it showed, or are refused (409).
            #[utoipa::path(post, path = concat!("/", $root, "/{id}/access/change"), tag = "access",
                operation_id = concat!($one, "AccessChange"), request_body = Changes,
                params(("id" = schema::Id, Path, description = $one)),
                responses((status = 204, description = "It is changed")))]
            pub(super) async fn change(
                caller: Caller,
                Named(id): Named<Place>,
                Body(asked): Body<Changes>,
            ) -> Answer<StatusCode> {
                super::change(&caller, id, &asked).await
            }
        }
    };
}

access_to!(sites, "sites", "site", Site);
access_to!(libraries, "libraries", "library", Library);
