//! One account, for those who look after it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::Response;
use chancery::kernel::{Id, thing};
use chancery::people::{self, AccountPage, Token};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::lists::{DONE, Made, given, secret};
use crate::problem::{Answer, Problem};
use crate::routes::{ROOT, routes};
use crate::schema::{self, Moment, Person};
use crate::words::{AccountState, Office};
use crate::{Api, Body, Caller, Named};

routes! { account, edit, set_end, suspend, reinstate, issue_link, transfer, appoint, dismiss }

/// An account in the list of those who look after it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountLine {
    #[serde(flatten)]
    person: Person,
    /// What they sign in with.
    email: String,
    /// Whether it can be used.
    state: AccountState,
    /// When it ends, where that is set; for a suspended account, since when it cannot be used.
    until: Option<Moment>,
    /// Their offices, in words.
    #[schema(example = json!(["Coordinator of Harbour Lights"]))]
    offices: Vec<String>,
    /// When they last used it.
    last_seen: Option<Moment>,
}

impl From<people::AccountLine> for AccountLine {
    fn from(line: people::AccountLine) -> Self {
        Self {
            person: line.line.into(),
            email: line.email,
            state: line.state.into(),
            until: line.until.map(Moment),
            offices: line.offices,
            last_seen: line.last_seen.map(Moment),
        }
    }
}

/// Everything about one account.
#[derive(Debug, Serialize, ToSchema)]
struct Account {
    #[serde(flatten)]
    person: Person,
    /// What they sign in with.
    email: String,
    /// Their telephone number; may be empty.
    phone: String,
    /// Whether it can be used.
    state: AccountState,
    /// When it ends, where that is set; for a suspended account, since when it cannot be used.
    until: Option<Moment>,
    /// Their offices.
    offices: Vec<HeldOffice>,
    /// When they last used it.
    last_seen: Option<Moment>,
    /// Whether you may change it.
    can_change: bool,
    /// Whether you may suspend it.
    can_suspend: bool,
    /// Whether you may move the person and appoint them.
    can_operate: bool,
}

/// An office that somebody holds.
#[derive(Debug, Serialize, ToSchema)]
struct HeldOffice {
    /// What ends it: `DELETE /people/{id}/account/offices/{office}`.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Which, in words.
    #[schema(example = "Coordinator of Harbour Lights")]
    says: String,
}

impl From<AccountPage> for Account {
    fn from(page: AccountPage) -> Self {
        let office = |(id, says): (Id<thing::Interval>, String)| HeldOffice {
            id: id.to_string(),
            says,
        };
        Self {
            person: page.line.into(),
            email: page.email,
            phone: page.phone,
            state: page.state.into(),
            until: page.until.map(Moment),
            offices: page.offices.into_iter().map(office).collect(),
            last_seen: page.last_seen.map(Moment),
            can_change: page.can_change,
            can_suspend: page.can_suspend,
            can_operate: page.can_operate,
        }
    }
}

/// A one-time link, with which somebody sets their password. It is told once, here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewLink {
    /// Whom it is for.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Where they go with it. Whoever has it can become them, so send it to them alone.
    #[schema(example = "https://realm.example/welcome/…")]
    link: String,
}

impl NewLink {
    pub(crate) fn new(api: &Api, person: Id<thing::Person>, token: &Token) -> Self {
        Self {
            id: person.to_string(),
            link: format!("{}/welcome/{}", api.settings().address, token.as_str()),
        }
    }

    /// Where the account is.
    pub(crate) fn location(&self) -> [(HeaderName, String); 1] {
        let address = format!("{ROOT}/people/{}/account", self.id);
        [(header::LOCATION, address)]
    }
}

/// An account, for those who look after it
#[utoipa::path(get, path = "/people/{id}/account", tag = "accounts", operation_id = "account",
    params(("id" = schema::Id, Path, description = "The person")),
    responses((status = 200, description = "Everything about it", body = Account)))]
async fn account(caller: Caller, Named(id): Named<Id<thing::Person>>) -> Answer<Json<Account>> {
    let account = people::account(&caller.actor, id).await?;
    Ok(Json(account.into()))
}

/// What changes about somebody; what is left out stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PersonChange {
    /// Their name.
    name: Option<String>,
    /// Their e-mail address: what they sign in with.
    email: Option<String>,
    /// Their job title.
    title: Option<String>,
    /// Their telephone number.
    phone: Option<String>,
}

/// Change somebody's details, as one who looks after their account
#[utoipa::path(patch, path = "/people/{id}/account", tag = "accounts", operation_id = "editPerson",
    request_body = PersonChange, params(("id" = schema::Id, Path, description = "The person")),
    responses((status = 204, description = "They are changed")))]
async fn edit(
    caller: Caller,
    Named(id): Named<Id<thing::Person>>,
    Body(change): Body<PersonChange>,
) -> Answer<StatusCode> {
    let change = people::PersonChange {
        name: change.name,
        email: change.email,
        title: change.title,
        phone: change.phone,
    };
    people::edit_person(&caller.actor, id, change).await?;
    Ok(DONE)
}

/// When an account ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountEnd {
    /// The first moment at which it cannot be used any more; null lets it go on.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Moment>, required = true)]
    #[allow(clippy::option_option, reason = "left out is not the same as none")]
    until: Option<Option<Moment>>,
}

/// Set the end of an account, or let it go on
#[utoipa::path(put, path = "/people/{id}/account/end", tag = "accounts",
    operation_id = "setAccountEnd", request_body = AccountEnd,
    params(("id" = schema::Id, Path, description = "The person")),
    responses((status = 204, description = "It is set")))]
async fn set_end(
    caller: Caller,
    Named(id): Named<Id<thing::Person>>,
    Body(end): Body<AccountEnd>,
) -> Answer<StatusCode> {
    let until = end.until.ok_or_else(|| {
        Problem::field(
            "until",
            "Say until when, or null for an account without an end",
        )
    })?;
    people::set_account_end(&caller.actor, id, until.map(|until| until.0)).await?;
    Ok(DONE)
}

/// Why something is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reason {
    /// Kept in the record.
    reason: String,
}

/// Suspend an account
///
/// They are signed out everywhere at once and can see nothing until it is reinstated.
#[utoipa::path(post, path = "/people/{id}/account/suspend", tag = "accounts", operation_id = "suspend",
    request_body = Reason, params(("id" = schema::Id, Path, description = "The person")),
    responses((status = 204, description = "It is suspended")))]
async fn suspend(
    caller: Caller,
    Named(id): Named<Id<thing::Person>>,
    Body(asked): Body<Reason>,
) -> Answer<StatusCode> {
    people::suspend(&caller.actor, id, &asked.reason).await?;
    Ok(DONE)
}

/// Let a suspended account be used again
#[utoipa::path(post, path = "/people/{id}/account/reinstate", tag = "accounts",
    operation_id = "reinstate", params(("id" = schema::Id, Path, description = "The person")),
    responses((status = 204, description = "It can be used again")))]
async fn reinstate(caller: Caller, Named(id): Named<Id<thing::Person>>) -> Answer<StatusCode> {
    people::reinstate(&caller.actor, id).await?;
    Ok(DONE)
}

/// Make a one-time link, with which somebody sets their password
///
/// Earlier links can no longer be followed. It is told once.
#[utoipa::path(post, path = "/people/{id}/account/link", tag = "accounts", operation_id = "issueLink",
    params(("id" = schema::Id, Path, description = "The person")),
    responses((status = 200, description = "The link", body = NewLink)))]
async fn issue_link(
    State(api): State<Api>,
    caller: Caller,
    Named(id): Named<Id<thing::Person>>,
) -> Answer<Response> {
    let token = people::issue_link(&caller.actor, id).await?;
    Ok(secret(Json(NewLink::new(&api, id, &token))))
}

/// Where somebody moves to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Transfer {
    /// Their new organisation.
    #[schema(value_type = schema::Id)]
    organisation: Id<thing::Organisation>,
}

/// Move somebody to another organisation, as an operator
#[utoipa::path(post, path = "/people/{id}/account/transfer", tag = "accounts", operation_id = "transfer",
    request_body = Transfer, params(("id" = schema::Id, Path, description = "The person")),
    responses((status = 204, description = "They are moved")))]
async fn transfer(
    caller: Caller,
    Named(id): Named<Id<thing::Person>>,
    Body(to): Body<Transfer>,
) -> Answer<StatusCode> {
    people::transfer(&caller.actor, id, to.organisation).await?;
    Ok(DONE)
}

/// An office that somebody is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Appointment {
    /// Which.
    office: Office,
    /// Of which organisation, for a coordinator.
    #[schema(value_type = Option<schema::Id>)]
    organisation: Option<Id<thing::Organisation>>,
}

/// Give somebody an office, as an operator
#[utoipa::path(post, path = "/people/{id}/account/offices", tag = "accounts", operation_id = "appoint",
    request_body = Appointment, params(("id" = schema::Id, Path, description = "The person")),
    responses((status = 201, description = "They are appointed", body = Made)))]
async fn appoint(
    caller: Caller,
    Named(id): Named<Id<thing::Person>>,
    Body(asked): Body<Appointment>,
) -> Answer<Made> {
    let office = asked.office.into();
    let held = people::appoint(&caller.actor, id, office, asked.organisation).await?;
    Ok(Made::new(&format!("/people/{id}/account/offices"), held))
}

/// End an office, as an operator
#[utoipa::path(delete, path = "/people/{id}/account/offices/{office}", tag = "accounts",
    operation_id = "dismiss",
    params(("id" = schema::Id, Path, description = "The person"),
           ("office" = schema::Id, Path, description = "The office")),
    responses((status = 204, description = "It is ended")))]
async fn dismiss(
    caller: Caller,
    Named((id, office)): Named<(Id<thing::Person>, Id<thing::Interval>)>,
) -> Answer<StatusCode> {
    people::dismiss(&caller.actor, id, office).await?;
    Ok(DONE)
}
