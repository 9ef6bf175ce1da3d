//! The page of a document.

use super::rules::can;
use super::sql::{self, OwnersRow, PageRow};
use super::versions::look;
use super::{DocumentPage, DraftLine, Holding, Shown, VersionLine, ViewDocument};
use crate::Result;
use crate::kernel::{Actor, FromRow, Id, Queries as _, Role, Row, Standing, Time, args, thing};
use crate::libraries::publishing::{self, Label};
use crate::libraries::{Closing, Edition, head_of, path_of};
use crate::people::{Author, PersonLine};
use crate::retention::Kept;

/// How many versions a page shows.
const VERSIONS: usize = 20;

/// A document: its facts, who holds it, its versions (those before `before`, or the newest), and
/// what this person may do. At most eleven queries.
pub async fn document(
    actor: &Actor,
    document: Id<thing::Document>,
    before: Option<u64>,
) -> Result<DocumentPage> {
    let mut proof = actor.read::<ViewDocument>(document).await?;
    let me = actor.me()?;
    let at = proof.at();
    let now = look(&mut proof, at, document, me).await?;
    let head = head_of(&mut proof).await?;
    let realm_days = i64::from(actor.realm().settings().limits.bin_days);
    let row: PageRow = proof
        .one(sql::PAGE, args![at, document, realm_days])
        .await?;
    let holding: Option<HoldingRow> = proof.first(sql::HOLDING, args![at, document]).await?;
    let mut versions: Vec<VersionLine> = proof
        .all(
            sql::VERSIONS,
            args![document, before.unwrap_or(u64::MAX), VERSIONS as u64 + 1],
        )
        .await?;
    let more = versions.len() > VERSIONS;
    versions.truncate(VERSIONS);
    let required = row.approval.is_some();
    for version in &mut versions {
        version.called(required);
    }
    let label = if required {
        row.label.name(now.version)
    } else {
        now.version.to_string()
    };
    let mut standing = standing(proof.standing(), &row, now.version, me);
    if let Some(shown) = standing.as_mut().filter(|_| row.published == Some(0)) {
        shown.unpublished = publishing::unpublished(&mut proof, at, document).await?;
    }
    let mut can = can(proof.standing(), &now, me);
    can.delete &= !row.legally_held;
    let for_owners: Vec<OwnersRow> = if can.own {
        proof.all(sql::FOR_OWNERS, args![at, document]).await?
    } else {
        Vec::new()
    };
    let readers = for_owners.first().map(|row| row.readers);
    let kept = Kept {
        held: row.legally_held,
        holds: for_owners.into_iter().filter_map(|row| row.hold).collect(),
        until: row.kept_until.filter(|until| *until > at),
        goes_at: row
            .over_at
            .filter(|_| !row.legally_held)
            .map(|over| over.max(row.kept_until.unwrap_or_default())),
    };
    Ok(DocumentPage {
        edition: Edition::of(
            now.version,
            &now.name,
            head.id,
            row.folder_id,
            row.binned_at != Time::default(),
            row.filled,
        ),
        path: path_of(&mut proof, head.id, row.folder_id).await?,
        head,
        id: document,
        draft: now.draft.as_ref().map(|draft| DraftLine {
            saved_at: draft.saved_at,
            size: draft.size,
            based_on: draft.based_on,
            stale: draft.based_on < now.version,
        }),
        name: now.name,
        media_type: row.media_type,
        size: row.size,
        version: now.version,
        label,
        next_label: standing.as_ref().map(|_| row.label.next().to_string()),
        standing,
        changed_at: row.changed_at,
        changed_by: row.changed_by,
        created_at: row.created_at,
        created_by: row.created_by,
        marking: row.marking,
        mine_alone: Closing::from_level(row.closing),
        binned: (row.binned_at != Time::default()).then_some((row.binned_at, row.binned_by)),
        held: holding.map(|holding| Holding {
            mine: holding.by.id == me,
            by: holding.by,
            since: holding.since,
            until: holding.until,
            note: holding.note,
        }),
        older: versions.last().filter(|_| more).map(|last| last.number),
        versions,
        readers,
        kept,
        can,
    })
}

/// How a document stands towards its readers, for those who change it where publishing is required.
fn standing(who: &Standing, row: &PageRow, version: u64, me: Id<thing::Person>) -> Option<Shown> {
    let changes = who.role >= Some(Role::Contributor);
    row.approval.filter(|_| changes).map(|approval| Shown {
        draft: row.published != Some(version),
        readers_see: row
            .published
            .zip(row.shown)
            .map(|(number, label)| (number, label.name(number))),
        approval,
        asked: row.asked,
        can: publishing::offers(
            who,
            approval,
            (version, row.published.unwrap_or(0), row.asked.unwrap_or(0)),
            row.asked_by == Some(me.raw()),
        ),
        withdrawn: row.withdrawn,
        unpublished: None,
    })
}

impl VersionLine {
    /// Where publishing is not required, a version is called by its number, and everybody sees it.
    pub(super) fn called(&mut self, required: bool) {
        if !required {
            self.label = self.number.to_string();
            self.shown = None;
            self.draft = false;
        }
    }
}

struct HoldingRow {
    by: PersonLine,
    since: Time,
    until: Time,
    note: String,
}

impl FromRow for HoldingRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            by: PersonLine::from_row(row)?,
            since: row.get("since")?,
            until: row.get("until")?,
            note: row.get("note")?,
        })
    }
}

impl FromRow for VersionLine {
    fn from_row(row: &Row) -> Result<Self> {
        let restored_from: u64 = row.get("restored_from")?;
        let number = row.get("number")?;
        let label = Label {
            major: row.get("major")?,
            minor: row.get("minor")?,
        };
        Ok(Self {
            number,
            label: label.name(number),
            shown: Some(row.get("shown")?),
            draft: label.is_draft(),
            author: Author::read(row, "author")?,
            at: row.get("created_at")?,
            size: row.get("size")?,
            media_type: row.get("media_type")?,
            comment: row.get("comment")?,
            restored_from: (restored_from > 0).then_some(restored_from),
        })
    }
}
