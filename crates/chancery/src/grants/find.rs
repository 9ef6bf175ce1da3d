//! Finding somebody to give access to.

use super::sql::ChoiceRow;
use super::{Governed, Subject, rules, sql};
use crate::Result;
use crate::kernel::{Actor, Id, Queries as _, args, like, searchable};
use crate::people::text::name_key;

/// How many of each kind are offered.
const OFFERED: u32 = 10;

/// Somebody to whom access can be given.
#[derive(Debug, Clone)]
pub struct SubjectChoice {
    /// Who.
    pub subject: Subject,
    /// Their name.
    pub name: String,
    /// What tells them from others of that name: "Tenancy officer, Tessel Housing Ltd".
    pub detail: String,
}

/// Whom the text can mean: organisations, and teams and people that this person may know of; and
/// anybody in the realm by their exact e-mail address. Nothing for nothing.
pub async fn find_subjects<P: Governed>(
    actor: &Actor,
    place: Id<P>,
    find: &str,
) -> Result<Vec<SubjectChoice>> {
    let mut proof = actor.read::<P::View>(place).await?;
    searchable(find)?;
    let key = name_key(find);
    if key.is_empty() {
        return Ok(Vec::new());
    }
    // An operator may know of everybody; the console is nobody's person.
    let everybody = proof.standing().operator;
    let me = actor.me().map_or(0, Id::raw);
    let mut rows: Vec<ChoiceRow> = proof
        .all(
            sql::CHOICES,
            args![proof.at(), me, like(&key), &key, everybody, OFFERED],
        )
        .await?;
    // What begins with the text is likelier meant than what has it somewhere.
    rows.sort_by_key(|row| {
        let begins = row.email_key == key || row.name_key.starts_with(&key);
        (!begins, row.name_key.clone(), row.kind, row.id)
    });
    let mut choices = Vec::with_capacity(rows.len() + 1);
    if rules::EVERYONE.starts_with(&key) {
        choices.push(SubjectChoice {
            subject: Subject::Everyone,
            name: "Everyone in the realm".to_owned(),
            detail: "Everybody with an account, now and later".to_owned(),
        });
    }
    choices.extend(rows.into_iter().map(|row| {
        let subject = Subject::from_stored(row.kind, row.id);
        SubjectChoice {
            detail: rules::detail(subject, row.people, row.organisations, &row.note),
            subject,
            name: row.name,
        }
    }));
    Ok(choices)
}
