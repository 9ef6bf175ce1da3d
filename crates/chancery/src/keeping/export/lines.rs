//! The files of an export that are lines of JSON: who could see what when, and what happened.

use serde_json::{Map, Value};

use super::bundle::Files;
use crate::kernel::{Arg, Id, Queries as _, Role, Row, Snapshot, Time, thing};
use crate::{Error, Result};

/// How a column is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum As {
    /// An id, as people see ids; `null` for 0.
    Id,
    Text,
    Number,
    Flag,
    /// A moment; `null` for 0.
    Moment,
    /// The end of an interval; `null` where it has none.
    Until,
    Role,
    /// To whom a grant is given.
    Subject,
    /// What the journal keeps of an action.
    Json,
    Hash,
}

/// A file, the question that gives its lines, and how each column is written. Questions have the
/// organisation as `$1`, and give the next `$3` rows after the id `$2`.
pub(super) struct File {
    path: &'static str,
    pub(super) sql: &'static str,
    columns: &'static [(&'static str, As)],
}

const BATCH: i64 = 500;

/// The sites and libraries of the organisation, and everybody who is named with them.
macro_rules! of {
    ($select:literal) => {
        concat!(
            "WITH own(id) AS (SELECT s.id FROM sites s WHERE s.organisation_id = $1),
             places(id) AS (SELECT o.id FROM own o
               UNION SELECT l.id FROM libraries l JOIN own o ON o.id = l.site_id),
             given(kind, subject_id) AS (
               SELECT DISTINCT g.subject_kind, g.subject_id FROM grants g JOIN places p ON p.id = g.place_id),
             named(id) AS (
               SELECT b.person_id FROM belongings b WHERE b.organisation_id = $1
               UNION SELECT v.subject_id FROM given v WHERE v.kind = 1
               UNION SELECT m.person_id FROM given v JOIN memberships m ON m.team_id = v.subject_id WHERE v.kind = 2
               UNION SELECT b.person_id FROM given v JOIN belongings b ON b.organisation_id = v.subject_id WHERE v.kind = 3
               UNION SELECT g.given_by FROM grants g JOIN places p ON p.id = g.place_id
               UNION SELECT j.person_id FROM journal j JOIN own o ON o.id = j.site_id) ",
            $select
        )
    };
}

pub(super) const FILES: &[File] = &[
    File {
        path: "access/people.jsonl",
        // Contact details are of the organisation's own people alone.
        sql: of!(
            "SELECT p.id, p.name, CASE WHEN b.person_id IS NULL THEN 0 ELSE 1 END AS own,
                CASE WHEN b.person_id IS NULL THEN '' ELSE p.title END AS title,
                CASE WHEN b.person_id IS NULL THEN '' ELSE p.email END AS email,
                CASE WHEN b.person_id IS NULL THEN '' ELSE p.phone END AS phone
               FROM named n JOIN people p ON p.id = n.id
               LEFT JOIN belongings b ON b.person_id = p.id AND b.organisation_id = $1
                 AND b.until_at = 9223372036854775807
              WHERE p.id > $2 ORDER BY p.id LIMIT $3"
        ),
        columns: &[
            ("id", As::Id),
            ("name", As::Text),
            ("own", As::Flag),
            ("title", As::Text),
            ("email", As::Text),
            ("phone", As::Text),
        ],
    },
    File {
        path: "access/accounts.jsonl",
        sql: of!(
            "SELECT a.id, a.person_id, a.from_at, a.until_at FROM named n JOIN accounts a ON a.person_id = n.id
              WHERE a.id > $2 ORDER BY a.id LIMIT $3"
        ),
        columns: &[
            ("person_id", As::Id),
            ("from_at", As::Moment),
            ("until_at", As::Until),
        ],
    },
    File {
        path: "access/belongings.jsonl",
        sql: of!(
            "SELECT b.id, b.person_id, b.organisation_id, o.name AS organisation, b.from_at, b.until_at
               FROM named n JOIN belongings b ON b.person_id = n.id
               JOIN organisations o ON o.id = b.organisation_id
              WHERE b.id > $2 ORDER BY b.id LIMIT $3"
        ),
        columns: &[
            ("person_id", As::Id),
            ("organisation_id", As::Id),
            ("organisation", As::Text),
            ("from_at", As::Moment),
            ("until_at", As::Until),
        ],
    },
    File {
        path: "access/teams.jsonl",
        sql: of!(
            "SELECT t.id, t.name, t.purpose FROM given v JOIN teams t ON t.id = v.subject_id
              WHERE v.kind = 2 AND t.id > $2 ORDER BY t.id LIMIT $3"
        ),
        columns: &[("id", As::Id), ("name", As::Text), ("purpose", As::Text)],
    },
    File {
        path: "access/memberships.jsonl",
        sql: of!(
            "SELECT m.id, m.team_id, m.person_id, m.duty, m.from_at, m.until_at
               FROM given v JOIN memberships m ON m.team_id = v.subject_id
              WHERE v.kind = 2 AND m.id > $2 ORDER BY m.id LIMIT $3"
        ),
        columns: &[
            ("team_id", As::Id),
            ("person_id", As::Id),
            ("duty", As::Text),
            ("from_at", As::Moment),
            ("until_at", As::Until),
        ],
    },
    File {
        path: "access/grants.jsonl",
        sql: of!(
            "SELECT g.id, g.place_id, g.subject_kind, g.subject_id, g.role, g.from_at, g.until_at, g.given_by, g.ended_by
               FROM grants g JOIN places p ON p.id = g.place_id
              WHERE g.id > $2 ORDER BY g.id LIMIT $3"
        ),
        columns: &[
            ("id", As::Id),
            ("place_id", As::Id),
            ("subject_kind", As::Subject),
            ("subject_id", As::Id),
            ("role", As::Role),
            ("from_at", As::Moment),
            ("until_at", As::Until),
            ("given_by", As::Id),
            ("ended_by", As::Id),
        ],
    },
    File {
        path: "access/inheritances.jsonl",
        sql: of!(
            "SELECT i.id, i.library_id, l.site_id, i.from_at, i.until_at
               FROM inheritances i JOIN libraries l ON l.id = i.library_id JOIN own o ON o.id = l.site_id
              WHERE i.id > $2 ORDER BY i.id LIMIT $3"
        ),
        columns: &[
            ("library_id", As::Id),
            ("site_id", As::Id),
            ("from_at", As::Moment),
            ("until_at", As::Until),
        ],
    },
    File {
        path: "journal.jsonl",
        sql: "SELECT j.id, j.position, j.hash, j.at, j.person_id, j.session_id, j.action, j.sort, j.site_id,
                j.library_id, j.item_id, j.subject_id, j.data
               FROM journal j JOIN sites s ON s.id = j.site_id
              WHERE s.organisation_id = $1 AND j.id > $2 ORDER BY j.id LIMIT $3",
        columns: &[
            ("id", As::Id),
            ("position", As::Number),
            ("hash", As::Hash),
            ("at", As::Moment),
            ("person_id", As::Id),
            ("session_id", As::Id),
            ("action", As::Text),
            ("sort", As::Text),
            ("site_id", As::Id),
            ("library_id", As::Id),
            ("item_id", As::Id),
            ("subject_id", As::Id),
            ("data", As::Json),
        ],
    },
];

pub(super) async fn write(
    snapshot: &mut Snapshot,
    organisation: Id<thing::Organisation>,
    files: &mut Files<'_>,
) -> Result<()> {
    for file in FILES {
        files.begin(file.path)?;
        let mut after = 0_i64;
        loop {
            let args = vec![Arg::from(organisation), Arg::from(after), Arg::from(BATCH)];
            let rows = snapshot.rows(file.sql, args).await?;
            let Some(last) = rows.last() else {
                break;
            };
            after = last.get("id")?;
            for row in &rows {
                files.write(line(row, file.columns)?.as_bytes())?;
            }
        }
        files.end()?;
    }
    Ok(())
}

/// A row as a line of JSON.
pub(super) fn line(row: &Row, columns: &[(&str, As)]) -> Result<String> {
    let mut object = Map::new();
    for (name, kind) in columns {
        object.insert((*name).to_owned(), value(row, name, *kind)?);
    }
    let mut text = serde_json::to_string(&object).map_err(Error::unavailable)?;
    text.push('\n');
    Ok(text)
}

fn value(row: &Row, name: &str, kind: As) -> Result<Value> {
    let moment = |micros: i64| Time::from_micros(micros).to_string();
    Ok(match kind {
        As::Id => match row.get::<i64>(name)? {
            0 => Value::Null,
            id => Id::<thing::Interval>::from_raw(id).to_string().into(),
        },
        As::Text => row.get::<String>(name)?.into(),
        As::Number => row.get::<i64>(name)?.into(),
        As::Flag => row.get::<bool>(name)?.into(),
        As::Moment => match row.get::<i64>(name)? {
            0 => Value::Null,
            micros => moment(micros).into(),
        },
        As::Until => row
            .get::<Time>(name)?
            .ends()
            .map(|end| end.to_string())
            .into(),
        As::Role => Role::from_level(row.get(name)?).map(Role::name).into(),
        As::Subject => match row.get::<i64>(name)? {
            1 => "person",
            2 => "team",
            3 => "organisation",
            _ => "everyone",
        }
        .into(),
        As::Json => serde_json::from_str(&row.get::<String>(name)?).map_err(Error::unavailable)?,
        As::Hash => row
            .get::<Option<Vec<u8>>>(name)?
            .map(|bytes| {
                use std::fmt::Write as _;
                bytes.iter().fold(String::new(), |mut hash, byte| {
                    let _ = write!(hash, "{byte:02x}");
                    hash
                })
            })
            .into(),
    })
}
