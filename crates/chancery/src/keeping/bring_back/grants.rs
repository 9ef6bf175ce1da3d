//! The access that a library had: shown, and given again when that is asked for.

use super::find::select;
use crate::grants::{Change, Subject, change};
use crate::keeping::{BringBack, Manifest, Target};
use crate::kernel::{Actor, Id, Line, Queries as _, Read, Role, Time, args, record, thing};
use crate::{Error, Result};

const HERE: &str = "SELECT subject_kind, subject_id FROM grants
  WHERE place_id = $1 AND from_at <= $2 AND $2 < until_at";
const PERSON: &str = "SELECT p.name AS value FROM people p WHERE p.id = $1
  AND EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = p.id AND a.from_at <= $2 AND $2 < a.until_at)";
const TEAM: &str = "SELECT t.name AS value FROM teams t WHERE t.id = $1 AND t.created_at <= $2";
const ORGANISATION: &str =
    "SELECT o.name AS value FROM organisations o WHERE o.id = $1 AND o.created_at <= $2";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[HERE, PERSON, TEAM, ORGANISATION];

record! {
    struct HereRow { subject_kind: i64, subject_id: i64 }
}

/// Says who had access to a library in a snapshot and has none given to them now, and with `give`
/// gives it to them again, until when it lasted. Whoever is not here any more, or has an account that
/// has ended, is named and gets nothing; whoever has some access here now keeps that.
pub async fn give_back_access(
    actor: &Actor,
    target: &Target,
    manifest: &Manifest,
    library: Id<thing::Library>,
    give: bool,
) -> Result<Vec<String>> {
    let mut proof = actor.read::<BringBack>(Id::REALM).await?;
    let lines = select(target, manifest, "grants", |line| {
        Ok(line.int("place_id")? == library.raw()
            && line.int("from_at")? <= manifest.taken_at.micros()
            && line.int("until_at")? > manifest.taken_at.micros())
    })
    .await?;
    let here: Vec<HereRow> = proof.all(HERE, args![library, proof.at()]).await?;
    let mut said = Vec::new();
    let mut changes = Vec::new();
    for line in &lines {
        let (kind, id) = (line.int("subject_kind")?, line.int("subject_id")?);
        if here
            .iter()
            .any(|row| (row.subject_kind, row.subject_id) == (kind, id))
        {
            continue;
        }
        let (change, text) = one(&mut proof, line, kind, id).await?;
        said.push(text);
        changes.extend(change);
    }
    if give && !changes.is_empty() {
        let why = format!(
            "As it was in snapshot {} of {}",
            manifest.id, manifest.taken_at
        );
        change(actor, library, &changes, &why).await?;
    }
    Ok(said)
}

async fn one(
    proof: &mut Read<BringBack>,
    line: &Line<'_>,
    kind: i64,
    id: i64,
) -> Result<(Option<Change>, String)> {
    let role =
        Role::from_level(line.int("role")?).ok_or_else(|| Error::unavailable("not a role"))?;
    let until = Time::from_micros(line.int("until_at")?).ends();
    let (to, sql) = match kind {
        1 => (Subject::Person(Id::from_raw(id)), Some(PERSON)),
        2 => (Subject::Team(Id::from_raw(id)), Some(TEAM)),
        3 => (Subject::Organisation(Id::from_raw(id)), Some(ORGANISATION)),
        _ => (Subject::Everyone, None),
    };
    let name = match sql {
        None => Some("everyone in the realm".to_owned()),
        Some(sql) => {
            let found: Option<(String,)> = proof.first(sql, args![id, proof.at()]).await?;
            found.map(|(name,)| name)
        }
    };
    let role_name = role.name();
    let Some(name) = name else {
        let id: Id<thing::Interval> = Id::from_raw(id);
        return Ok((
            None,
            format!(
                "{} {id} was {role_name} and is not here any more: gets nothing",
                to.kind()
            ),
        ));
    };
    if until.is_some_and(|until| until <= proof.at()) {
        return Ok((
            None,
            format!("{name} was {role_name} until a time that is past: gets nothing"),
        ));
    }
    let change = Change::Give { to, role, until };
    Ok((Some(change), format!("{name} was {role_name}")))
}
