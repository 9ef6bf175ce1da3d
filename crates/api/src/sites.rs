//! Sites: the places where people of several organisations work together.

use axum::Json;
use axum::http::StatusCode;
use chancery::kernel::{Id, thing};
use chancery::libraries::{self, LibraryForm};
use chancery::sites::{self, SiteForm, SiteHead, SitePage};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::lists::{DONE, Made, whole};
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Moment, Named as NamedThing, Person};
use crate::words::{Role, SiteKind, Which};
use crate::{Asked, Body, Caller, Named, Page};

routes! { list, choices, create, site, edit, members, libraries, create_library }

/// A site in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SiteLine {
    /// The site.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// What sort of site it is.
    kind: SiteKind,
    /// Who runs it.
    organisation: String,
    /// What it is for, in its owners' words; may be empty.
    purpose: String,
}

impl From<sites::SiteLine> for SiteLine {
    fn from(line: sites::SiteLine) -> Self {
        Self {
            id: line.id.to_string(),
            name: line.name,
            kind: line.kind.into(),
            organisation: line.organisation,
            purpose: line.purpose,
        }
    }
}

/// A site, and what you may do on it.
#[derive(Debug, Serialize, ToSchema)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one thing that one may do or not"
)]
pub(crate) struct SiteDetails {
    #[serde(flatten)]
    line: SiteLine,
    /// Who runs it.
    #[schema(value_type = schema::Id)]
    organisation_id: String,
    /// Your role on the site itself; null if you only have one on a library in it, or none.
    role: Option<Role>,
    /// Whether you may change what is said of it.
    can_edit: bool,
    /// Whether you may change who can see it.
    can_govern: bool,
    /// Whether you may see who is in it.
    can_see_members: bool,
    /// Whether you may see its trail.
    can_see_trail: bool,
}

impl From<SiteHead> for SiteDetails {
    fn from(head: SiteHead) -> Self {
        Self {
            line: head.line.into(),
            organisation_id: head.organisation_id.to_string(),
            role: head.role.map(Role::from),
            can_edit: head.can_edit,
            can_govern: head.can_govern,
            can_see_members: head.can_see_members,
            can_see_trail: head.can_see_trail,
        }
    }
}

/// A site's overview.
#[derive(Debug, Serialize, ToSchema)]
struct SiteOverview {
    #[serde(flatten)]
    head: SiteDetails,
    /// When it was opened.
    created_at: Moment,
    /// Who owns it: whom to ask. Only for those who have a role on the site itself.
    owners: Vec<Person>,
    /// The libraries that you can read, by name.
    libraries: Vec<LibraryLine>,
    /// How many are in it. Only for those who have a role on the site itself.
    people: Option<Exposure>,
}

impl From<SitePage> for SiteOverview {
    fn from(page: SitePage) -> Self {
        Self {
            head: page.head.into(),
            created_at: page.created_at.into(),
            owners: page.owners.into_iter().map(Person::from).collect(),
            libraries: page.libraries.into_iter().map(LibraryLine::from).collect(),
            people: page.people.map(Exposure::from),
        }
    }
}

/// How many people can see something, and from how many organisations they are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Exposure {
    /// How many people.
    people: u64,
    /// From how many organisations.
    organisations: u64,
}

impl From<(u64, u64)> for Exposure {
    fn from((people, organisations): (u64, u64)) -> Self {
        Self {
            people,
            organisations,
        }
    }
}

/// A library of a site.
#[derive(Debug, Serialize, ToSchema)]
struct LibraryLine {
    /// The library.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// What is in it, in its owners' words; may be empty.
    purpose: String,
    /// Whether it takes its site's access as well as its own.
    inherits: bool,
    /// How many documents of it you can see.
    documents: u64,
    /// When one of them last changed.
    changed_at: Option<Moment>,
}

impl From<sites::LibraryLine> for LibraryLine {
    fn from(line: sites::LibraryLine) -> Self {
        Self {
            id: line.id.to_string(),
            name: line.name,
            purpose: line.purpose,
            inherits: line.inherits,
            documents: line.documents,
            changed_at: line.changed_at.map(Moment),
        }
    }
}

/// Which sites.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Choose {
    /// `mine`, as without it: those on which you have a role, or on a library in them; or `all` of
    /// the realm, for operators.
    #[param(required = false)]
    #[param(inline)]
    which: Which,
}

/// Your sites, or for operators those of the realm
///
/// All of them, by name.
#[utoipa::path(get, path = "/sites", tag = "sites", operation_id = "sites", params(Choose),
    responses((status = 200, description = "All of them", body = Page<SiteLine>)))]
async fn list(caller: Caller, Asked(choose): Asked<Choose>) -> Answer<Page<SiteLine>> {
    let lines = match choose.which {
        Which::Mine => sites::mine(&mut caller.scope()?).await?,
        Which::All => sites::all(&caller.actor).await?,
    };
    Ok(whole(lines))
}

/// Who may run a site that you open.
#[derive(Debug, Serialize, ToSchema)]
struct NewSiteChoices {
    /// The organisations that may run it, by name.
    organisations: Vec<NamedThing>,
    /// The one that runs it when none is chosen.
    #[schema(value_type = Option<schema::Id>)]
    mine: Option<String>,
}

/// Who may run a site that you open
#[utoipa::path(get, path = "/sites/new", tag = "sites", operation_id = "newSiteChoices",
    responses((status = 200, description = "The organisations", body = NewSiteChoices)))]
async fn choices(caller: Caller) -> Answer<Json<NewSiteChoices>> {
    let new = sites::new_site(&caller.actor).await?;
    Ok(Json(NewSiteChoices {
        organisations: new
            .organisations
            .into_iter()
            .map(NamedThing::from)
            .collect(),
        mine: new.mine.map(|id| id.to_string()),
    }))
}

/// A new site.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSite {
    /// Its name.
    name: String,
    /// What sort of site it is.
    kind: SiteKind,
    /// What it is for.
    #[serde(default)]
    purpose: String,
    /// Who runs it: your own organisation, as without it, or one that you look after.
    #[schema(value_type = Option<schema::Id>)]
    organisation: Option<Id<thing::Organisation>>,
}

/// Open a site
///
/// You own it, and only you can see it until you give others access.
#[utoipa::path(post, path = "/sites", tag = "sites", operation_id = "createSite",
    request_body = NewSite,
    responses((status = 201, description = "It is open", body = Made)))]
async fn create(caller: Caller, Body(new): Body<NewSite>) -> Answer<Made> {
    let form = SiteForm {
        name: new.name,
        kind: sites::SiteKind::from(new.kind).name().to_owned(),
        purpose: new.purpose,
        organisation: new.organisation,
    };
    let id = sites::create(&caller.actor, &form).await?;
    Ok(Made::new("/sites", id))
}

/// A site's overview
#[utoipa::path(get, path = "/sites/{id}", tag = "sites", operation_id = "site",
    params(("id" = schema::Id, Path, description = "The site")),
    responses((status = 200, description = "What it is, and what is in it", body = SiteOverview)))]
async fn site(caller: Caller, Named(id): Named<Id<thing::Site>>) -> Answer<Json<SiteOverview>> {
    Ok(Json(sites::site(&caller.actor, id).await?.into()))
}

/// What changes about a site; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SiteChange {
    /// Its name.
    name: Option<String>,
    /// What sort of site it is.
    kind: Option<SiteKind>,
    /// What it is for.
    purpose: Option<String>,
    /// Who runs it.
    #[schema(value_type = Option<schema::Id>)]
    organisation: Option<Id<thing::Organisation>>,
}

/// Change what is said of a site
#[utoipa::path(patch, path = "/sites/{id}", tag = "sites", operation_id = "editSite",
    request_body = SiteChange, params(("id" = schema::Id, Path, description = "The site")),
    responses((status = 204, description = "It is changed")))]
async fn edit(
    caller: Caller,
    Named(id): Named<Id<thing::Site>>,
    Body(change): Body<SiteChange>,
) -> Answer<StatusCode> {
    let kind = change.kind.map(sites::SiteKind::from);
    let change = sites::SiteChange {
        name: change.name,
        kind: kind.map(|kind| kind.name().to_owned()),
        purpose: change.purpose,
        organisation: change.organisation,
    };
    sites::edit(&caller.actor, id, change).await?;
    Ok(DONE)
}

/// Who is in a site.
#[derive(Debug, Serialize, ToSchema)]
struct Members {
    /// The people, greatest role first, then by name; at most 1,000.
    people: Vec<SiteMember>,
    /// The role that everyone in the realm has besides: they are not listed.
    open_to_everyone: Option<Role>,
    /// How many people there are who could be listed.
    total: u64,
}

/// Somebody in a site.
#[derive(Debug, Serialize, ToSchema)]
struct SiteMember {
    #[serde(flatten)]
    person: Person,
    /// Their e-mail address.
    email: String,
    /// Their telephone number; may be empty.
    phone: String,
    /// The greatest role they have on the site by more than a grant to everyone.
    role: Role,
    /// What they do in the teams that are let in.
    #[schema(example = json!(["Chair, Resettlement casework"]))]
    team_duties: Vec<String>,
}

impl From<sites::MemberLine> for SiteMember {
    fn from(line: sites::MemberLine) -> Self {
        Self {
            person: line.line.into(),
            email: line.email,
            phone: line.phone,
            role: line.role.into(),
            team_duties: line.team_duties,
        }
    }
}

/// Who is in a site, and how to reach them
#[utoipa::path(get, path = "/sites/{id}/members", tag = "sites", operation_id = "members",
    params(("id" = schema::Id, Path, description = "The site")),
    responses((status = 200, description = "The people", body = Members)))]
async fn members(caller: Caller, Named(id): Named<Id<thing::Site>>) -> Answer<Json<Members>> {
    let members = sites::members(&caller.actor, id).await?;
    Ok(Json(Members {
        people: members.people.into_iter().map(SiteMember::from).collect(),
        open_to_everyone: members.open_to_everyone.map(Role::from),
        total: members.total,
    }))
}

/// The libraries of a site that you can read
///
/// All of them, by name.
#[utoipa::path(get, path = "/sites/{id}/libraries", tag = "libraries", operation_id = "libraries",
    params(("id" = schema::Id, Path, description = "The site")),
    responses((status = 200, description = "All of them", body = Page<LibraryLine>)))]
async fn libraries(caller: Caller, Named(id): Named<Id<thing::Site>>) -> Answer<Page<LibraryLine>> {
    Ok(whole(sites::site(&caller.actor, id).await?.libraries))
}

/// A new library.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLibrary {
    /// Its name.
    name: String,
    /// What is in it.
    #[serde(default)]
    purpose: String,
    /// Whether everybody who can see the site can see it, now and when that changes. Otherwise only you
    /// can, until you give others access.
    inherits: bool,
}

/// Open a library in a site
#[utoipa::path(post, path = "/sites/{id}/libraries", tag = "libraries", operation_id = "createLibrary",
    request_body = NewLibrary, params(("id" = schema::Id, Path, description = "The site")),
    responses((status = 201, description = "It is open", body = Made)))]
async fn create_library(
    caller: Caller,
    Named(id): Named<Id<thing::Site>>,
    Body(new): Body<NewLibrary>,
) -> Answer<Made> {
    let form = LibraryForm {
        name: new.name,
        purpose: new.purpose,
        inherits: new.inherits,
    };
    let library = libraries::create(&caller.actor, id, &form).await?;
    Ok(Made::new("/libraries", library))
}
