//! Offices: who runs the realm, and who looks after an organisation.

use super::accounts::{LAST_OPERATOR, in_words};
use super::sql::accounts::{held, organisation_name};
use super::sql::offices as sql;
use super::{Appoint, Appointed, Dismiss, Dismissed, Office};
use crate::kernel::{Actor, Id, thing::Interval, thing::Organisation, thing::Person, thing::Realm};
use crate::{Error, Result};

/// Gives somebody an office: of an organisation for a coordinator, of the realm for an operator and an assurance officer.
/// What it gives back is what [`dismiss`] asks for.
pub async fn appoint(
    actor: &Actor,
    id: Id<Person>,
    office: Office,
    organisation: Option<Id<Organisation>>,
) -> Result<Id<Interval>> {
    let mut write = actor.write::<Appoint>(id).await?;
    let (of, words) = match (office, organisation) {
        (Office::Operator | Office::Assurance, _) => (0, office.label().to_owned()),
        (Office::Coordinator, Some(organisation)) => {
            let name = organisation_name(&mut write, organisation)
                .await?
                .ok_or_else(|| Error::invalid("organisation", "Select an organisation"))?;
            (
                organisation.raw(),
                format!("{} of {name}", Office::Coordinator.label()),
            )
        }
        (Office::Coordinator, None) => {
            return Err(Error::invalid(
                "organisation",
                "Select the organisation to look after",
            ));
        }
    };
    let account = held(&mut write).await?;
    if sql::holds_office(&mut write, office, of).await? {
        return Err(Error::Conflict(format!(
            "{} is {words} already",
            account.line.name
        )));
    }
    let id = sql::put_office(&mut write, office, of).await?;
    write
        .commit(Appointed {
            person: account.line.name,
            office: words,
        })
        .await?;
    Ok(id)
}

/// Ends an office. The last person who runs the realm stays.
pub async fn dismiss(actor: &Actor, id: Id<Person>, office: Id<Interval>) -> Result<()> {
    let mut write = actor.write::<Dismiss>(id).await?;
    // Two operators who dismiss each other at the same moment take turns.
    write.lock(Id::<Realm>::REALM).await?;
    let row = sql::office(&mut write, office).await?;
    if row.office == Office::Operator.name() && sql::other_operators(&mut write).await? == 0 {
        return Err(Error::Refused(LAST_OPERATOR));
    }
    let account = held(&mut write).await?;
    sql::close_office(&mut write, office).await?;
    write
        .commit(Dismissed {
            person: account.line.name,
            office: in_words(&row),
        })
        .await
}
