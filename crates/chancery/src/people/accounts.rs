//! Accounts, for those who look after an organisation.

use std::collections::HashMap;

use super::sql::accounts::{self as sql, AccountRow, ChangesAccount};
use super::sql::offices::{self as office_sql, OfficeRow};
use super::sql::organisations as organisation_sql;
use super::sql::sign_in as session_sql;
use super::sql::tokens as token_sql;
use super::{
    AccountEndSet, AccountLine, AccountPage, Coordination, CreatePerson, EditPerson, Office,
    PersonChange, PersonCreated, PersonEdited, PersonForm, PersonReinstated, PersonSuspended,
    PersonTransferred, ReinstatePerson, SetAccountEnd, SuspendPerson, Token, TransferPerson,
    ViewAccount, ViewCoordination, rules, text, viewer,
};
use crate::kernel::{
    Actor, Id, Time, Write, searchable, thing::Organisation, thing::Person, thing::Realm,
};
use crate::{Error, Result};

/// Cleared for everything that the realm may hold: what is above its designation is sealed.
const WHOLE_REALM: i64 = i64::MAX;

pub(super) const TAKEN: &str = "Somebody in this realm has this email address already";

/// An organisation and the first hundred of its accounts, by name.
pub async fn coordination(actor: &Actor, id: Id<Organisation>) -> Result<Coordination> {
    coordination_after(actor, id, "", None).await
}

/// The accounts of an organisation whose name or address contains `find`, after those of the page
/// whose `next` this was.
pub async fn coordination_after(
    actor: &Actor,
    id: Id<Organisation>,
    find: &str,
    after: Option<(String, i64)>,
) -> Result<Coordination> {
    let mut read = actor.read::<ViewCoordination>(id).await?;
    let organisation = organisation_sql::line(&mut read).await?;
    let after = after.unwrap_or_default();
    searchable(find)?;
    let mut rows = sql::list(&mut read, &text::name_key(find), after).await?;
    let next = (rows.len() > sql::PAGE)
        .then(|| {
            rows.truncate(sql::PAGE);
            rows.last()
                .map(|row| (row.name_key.clone(), row.line.id.raw()))
        })
        .flatten();
    let mut offices: HashMap<Id<Person>, Vec<String>> = HashMap::new();
    for office in office_sql::all_offices(&mut read).await? {
        offices
            .entry(office.person_id)
            .or_default()
            .push(in_words(&office));
    }
    let people = rows
        .into_iter()
        .map(|row| {
            let (state, until) = rules::account_state(row.open_until, row.ended_at, row.last_seen);
            AccountLine {
                offices: offices.remove(&row.line.id).unwrap_or_default(),
                line: row.line,
                email: row.email,
                state,
                until,
                last_seen: row.last_seen,
            }
        })
        .collect();
    Ok(Coordination {
        organisation,
        people,
        next,
    })
}

/// "Operator", "Coordinator of Harbour Lights".
pub(super) fn in_words(office: &OfficeRow) -> String {
    let label = Office::from_name(&office.office).map_or("", Office::label);
    match &office.organisation {
        Some(organisation) => format!("{label} of {organisation}"),
        None => label.to_owned(),
    }
}

/// Everything about one account.
pub async fn account(actor: &Actor, id: Id<Person>) -> Result<AccountPage> {
    let mut read = actor.read::<ViewAccount>(id).await?;
    let row = sql::account(&mut read).await?;
    let offices = office_sql::offices(&mut read).await?;
    let operator = read.standing().operator;
    let at = read.at();
    let can_change = operator || !office_sql::outranks(&mut read, at, viewer(actor), id).await?;
    let (state, until) = rules::account_state(row.open_until, row.ended_at, row.last_seen);
    Ok(AccountPage {
        line: row.line,
        email: row.email,
        phone: row.phone,
        state,
        until,
        offices: offices
            .iter()
            .map(|office| (office.id, in_words(office)))
            .collect(),
        last_seen: row.last_seen,
        can_change,
        can_suspend: can_change && !read.standing().oneself,
        can_operate: operator,
    })
}

/// The account, when whoever writes may change it. Whoever can make a link for an account can
/// become its owner, so a coordinator may not touch one whose offices reach further than theirs.
pub(super) async fn changeable<A: ChangesAccount>(write: &mut Write<A>) -> Result<AccountRow> {
    let (at, me, id) = (write.at(), viewer(write.actor()), write.target());
    if !write.standing().operator && office_sql::outranks(write, at, me, id).await? {
        return Err(Error::Refused(
            "This person looks after more than you do: only an operator changes their account",
        ));
    }
    sql::held(write).await
}

/// Gives somebody an account, until a moment where one is given, and a one-time link with which
/// they set their password. Problems are on the form's fields and on `until`.
pub async fn create_person(
    actor: &Actor,
    organisation: Id<Organisation>,
    form: &PersonForm,
    until: Option<Time>,
) -> Result<(Id<Person>, Token)> {
    let mut write = actor.write::<CreatePerson>(organisation).await?;
    let details = rules::details(form).map_err(Error::Invalid)?;
    let until = ending(write.at(), until)?;
    let name = sql::organisation_name(&mut write, organisation)
        .await?
        .ok_or(Error::NotFound)?;
    let id: Id<Person> = write.new_id();
    if !sql::put_person(&mut write, id, &details).await? {
        return Err(Error::invalid("email", TAKEN));
    }
    sql::put_account(&mut write, id, until).await?;
    sql::put_belonging(&mut write, id, organisation).await?;
    sql::put_clearance(&mut write, id, WHOLE_REALM).await?;
    let token = Token::random(actor.realm().rng());
    let link_until = write.at().plus(actor.realm().settings().limits.link);
    session_sql::put_link(&mut write, id, token.kept(), link_until).await?;
    write.place_mut().subject = Some(id.raw());
    write
        .commit(PersonCreated {
            person: details.name,
            organisation: name,
        })
        .await?;
    Ok((id, token))
}

fn ending(now: Time, until: Option<Time>) -> Result<Time> {
    match until {
        Some(until) if until <= now => Err(Error::invalid(
            "until",
            "The last day must be in the future",
        )),
        Some(until) => Ok(until),
        None => Ok(Time::FOREVER),
    }
}

/// Changes somebody's details; what the change does not name stays as it is then.
pub async fn edit_person(
    actor: &Actor,
    id: Id<Person>,
    change: impl Into<PersonChange>,
) -> Result<()> {
    let change = change.into();
    let mut write = actor.write::<EditPerson>(id).await?;
    let account = changeable(&mut write).await?;
    let details = rules::details(&change.of(account.form())).map_err(Error::Invalid)?;
    sql::edit_person(&mut write, &details)
        .await
        .map_err(|error| match error {
            Error::Conflict(_) => Error::invalid("email", TAKEN),
            other => other,
        })?;
    let person = details.name;
    write.commit(PersonEdited { person }).await
}

/// Stops an account at once: its sessions and links end, and nothing can be done with it until it
/// is reinstated. What the person made, and what they were given, stays.
pub async fn suspend(actor: &Actor, id: Id<Person>, reason: &str) -> Result<()> {
    let mut write = actor.write::<SuspendPerson>(id).await?;
    if write.standing().oneself {
        return Err(Error::Refused("Somebody else must suspend your account"));
    }
    let account = changeable(&mut write).await?;
    let reason = text::clean_line(reason, text::LONGEST_NAME)
        .map_err(|unfit| Error::invalid("reason", unfit))?;
    if reason.is_empty() {
        return Err(Error::invalid(
            "reason",
            "Enter why the account is suspended",
        ));
    }
    let Some(until) = account.open_until else {
        return Err(Error::Conflict(
            "This account is suspended already".to_owned(),
        ));
    };
    write.lock(Id::<Realm>::REALM).await?;
    if office_sql::holds_office(&mut write, Office::Operator, 0).await?
        && office_sql::other_operators(&mut write).await? == 0
    {
        return Err(Error::Refused(LAST_OPERATOR));
    }
    sql::close_account(&mut write).await?;
    if until.ends().is_some() {
        sql::put_planned_end(&mut write, until).await?;
    }
    session_sql::end_sessions(&mut write, None).await?;
    session_sql::end_links(&mut write).await?;
    token_sql::end_all(&mut write).await?;
    let person = account.line.name;
    write.commit(PersonSuspended { person, reason }).await
}

pub(super) const LAST_OPERATOR: &str =
    "This is the last person who runs the realm: appoint another operator first";

/// Lets a suspended account be used again, until the day on which it was to end.
pub async fn reinstate(actor: &Actor, id: Id<Person>) -> Result<()> {
    let mut write = actor.write::<ReinstatePerson>(id).await?;
    let account = changeable(&mut write).await?;
    if account.open_until.is_some() {
        return Err(Error::Conflict(
            "This account can be used already".to_owned(),
        ));
    }
    let until = sql::take_planned_end(&mut write).await?;
    sql::put_account(&mut write, id, until.unwrap_or(Time::FOREVER)).await?;
    let person = account.line.name;
    write.commit(PersonReinstated { person }).await
}

/// Sets the end of an account that can be used, or (`None`) lets it go on. A problem is on `until`.
pub async fn set_account_end(actor: &Actor, id: Id<Person>, until: Option<Time>) -> Result<()> {
    let mut write = actor.write::<SetAccountEnd>(id).await?;
    let account = changeable(&mut write).await?;
    let end = ending(write.at(), until)?;
    if !sql::close_account(&mut write).await? {
        return Err(Error::Conflict(
            "This account cannot be used. Reinstate it first".to_owned(),
        ));
    }
    sql::put_account(&mut write, id, end).await?;
    let zone = actor.realm().settings().time_zone.clone();
    let until = until.map_or_else(
        || "no set day".to_owned(),
        |until| {
            until
                .timestamp()
                .to_zoned(zone)
                .strftime("%-d %B %Y")
                .to_string()
        },
    );
    let person = account.line.name;
    write.commit(AccountEndSet { person, until }).await
}

/// Moves somebody to another organisation. What they were given by name and in teams stays; what
/// they had through their organisation goes with it.
pub async fn transfer(actor: &Actor, id: Id<Person>, to: Id<Organisation>) -> Result<()> {
    let mut write = actor.write::<TransferPerson>(id).await?;
    let account = sql::held(&mut write).await?;
    let after = sql::organisation_name(&mut write, to)
        .await?
        .ok_or_else(|| Error::invalid("organisation", "Select an organisation"))?;
    let from = account.line.organisation_id;
    if from == to {
        return Err(Error::invalid(
            "organisation",
            "This is the organisation that they are of already",
        ));
    }
    if office_sql::holds_office(&mut write, Office::Coordinator, from.raw()).await? {
        return Err(Error::Conflict(format!(
            "They look after {}: end that appointment first",
            account.line.organisation
        )));
    }
    sql::close_belonging(&mut write).await?;
    sql::put_belonging(&mut write, id, to).await?;
    write
        .commit(PersonTransferred {
            person: account.line.name,
            before: account.line.organisation,
            after,
        })
        .await
}
