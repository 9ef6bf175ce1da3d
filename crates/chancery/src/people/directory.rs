//! People, as others may know them.

use super::sql::accounts as account_sql;
use super::sql::people::{self as sql, LooksAtPerson};
use super::{
    EditMe, MeEdited, Page, PersonChange, PersonLine, PersonPage, TeamDuty, ViewMe, ViewOperations,
    ViewPerson, rules, text,
};
use crate::kernel::{Actor, Id, Read, Scope, searchable, thing::Person};
use crate::{Error, Result};

/// Me, as others may know me.
pub async fn me(actor: &Actor) -> Result<PersonPage> {
    let read = actor.read::<ViewMe>(actor.me()?).await?;
    page(read).await
}

/// Somebody with whom I share a place, or whom I look after.
pub async fn person(actor: &Actor, id: Id<Person>) -> Result<PersonPage> {
    let read = actor.read::<ViewPerson>(id).await?;
    page(read).await
}

async fn page<A: LooksAtPerson>(mut read: Read<A>) -> Result<PersonPage> {
    let standing = *read.standing();
    let row = sql::person(&mut read).await?;
    let can_coordinate = standing.operator || standing.coordinator;
    // Whose account cannot be used is not in the directory, and so has no page either: that it was suspended
    // is a matter between them and those who look after them, who see the page and what it says of it.
    // What they did stays named where it was done.
    if !row.active && !can_coordinate {
        return Err(Error::NotFound);
    }
    let teams = sql::teams_of(&mut read, standing.operator).await?;
    Ok(PersonPage {
        line: row.line,
        email: row.email,
        phone: row.phone,
        sector: row.sector,
        teams: teams
            .into_iter()
            .map(|team| TeamDuty {
                id: team.id,
                name: team.name,
                duty: team.duty,
            })
            .collect(),
        active: row.active,
        can_coordinate,
        me: standing.oneself,
    })
}

/// Changes my details. The e-mail address is changed by those who look after my organisation:
/// it is what others know me by, and must not be able to pass for somebody else's.
pub async fn edit_me(actor: &Actor, change: impl Into<PersonChange>) -> Result<()> {
    let change = change.into();
    let mut write = actor.write::<EditMe>(actor.me()?).await?;
    let account = account_sql::held(&mut write).await?;
    let mut details = rules::details(&change.of(account.form())).map_err(Error::Invalid)?;
    if details.email_key != text::name_key(&account.email) {
        return Err(Error::invalid(
            "email",
            "Ask the coordinator of your organisation to change your email address",
        ));
    }
    details.email = account.email;
    account_sql::edit_person(&mut write, &details).await?;
    let person = details.name;
    write.commit(MeEdited { person }).await
}

/// The people whom this person may know of, by name, 50 at a time: those of the organisations with
/// whom they share a place, and those they look after. `find` is sought in names, e-mail addresses
/// and the names of organisations; `after` is the `next` of the page before.
pub async fn directory(
    scope: &mut Scope,
    find: &str,
    after: Option<(String, i64)>,
) -> Result<Page<PersonLine>> {
    searchable(find)?;
    let mut rows = sql::directory(scope, &text::name_key(find), after.unwrap_or_default()).await?;
    let next = (rows.len() > sql::PAGE)
        .then(|| {
            rows.truncate(sql::PAGE);
            rows.last()
                .map(|row| (row.name_key.clone(), row.line.id.raw()))
        })
        .flatten();
    Ok(Page {
        items: rows.into_iter().map(|row| row.line).collect(),
        next,
    })
}

/// Whoever has this e-mail address, for operators and the console.
pub async fn person_by_email(actor: &Actor, email: &str) -> Result<Id<Person>> {
    let mut read = actor.read::<ViewOperations>(Id::REALM).await?;
    sql::by_email(&mut read, &text::name_key(email)).await
}
