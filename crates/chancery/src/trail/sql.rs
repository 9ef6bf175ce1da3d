//! The SQL of the trail.

use super::{
    ExportDocumentTrail, ExportLibraryTrail, ExportSiteTrail, ViewDocumentActivity,
    ViewDocumentTrail, ViewLibraryActivity, ViewLibraryTrail, ViewSiteActivity, ViewSiteTrail,
};
use crate::Result;
use crate::capabilities::is_by_itself;
use crate::kernel::{Action, FromRow, Id, Row, Time, fence, holds, record, thing};
use crate::people::{Author, ITSELF, author};

/// One entry, with what the viewer may know of the things it names.
#[derive(Debug)]
pub(super) struct LineRow {
    pub(super) id: Id<thing::Entry>,
    pub(super) at: Time,
    pub(super) action: String,
    pub(super) sort: String,
    pub(super) data: String,
    pub(super) position: u64,
    pub(super) who: Author,
    pub(super) item_id: Option<i64>,
    pub(super) item_name: Option<String>,
    pub(super) is_document: Option<i64>,
    pub(super) library_id: Option<i64>,
    pub(super) library_name: Option<String>,
    pub(super) site_id: i64,
}

impl FromRow for LineRow {
    fn from_row(row: &Row) -> Result<Self> {
        let (action, mut who): (String, _) = (row.get("action")?, Author::read(row, "who")?);
        if who.is_console() && is_by_itself(&action) {
            ITSELF.clone_into(&mut who.name);
        }
        Ok(Self {
            id: row.get("id")?,
            at: row.get("at")?,
            action,
            sort: row.get("sort")?,
            data: row.get("data")?,
            position: row.get("position")?,
            who,
            item_id: row.get("item_id")?,
            item_name: row.get("item_name")?,
            is_document: row.get("is_document")?,
            library_id: row.get("library_id")?,
            library_name: row.get("library_name")?,
            site_id: row.get("in_site")?,
        })
    }
}

/// A line of the home page, with its site.
#[derive(Debug)]
pub(super) struct RecentRow {
    pub(super) line: LineRow,
    pub(super) site_id: Id<thing::Site>,
    pub(super) site_name: String,
}

impl FromRow for RecentRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            line: LineRow::from_row(row)?,
            site_id: row.get("site_id")?,
            site_name: row.get("site_name")?,
        })
    }
}

record! {
    pub(super) struct PersonRow {
        pub(super) who_id: i64, pub(super) who_name: String, pub(super) who_organisation: Option<String>,
        pub(super) name_key: String, pub(super) title: String,
    }
}
record! {
    pub(super) struct LibraryRow { pub(super) id: Id<thing::Library>, pub(super) name: String, pub(super) name_key: String }
}
record! {
    pub(super) struct PlaceRow {
        pub(super) id: Id<thing::Library>, pub(super) name: String, pub(super) site_id: i64, pub(super) site_name: String,
    }
}
record! {
    pub(super) struct EmailRow { pub(super) id: i64, pub(super) email: String }
}

/// That this entry is for the person to know, who may be a reader of a library that requires publishing: those are told
/// when something that they can see was published, and of folders. Whoever changes the library is told everything.
macro_rules! told_to_readers {
    () => {
        "(j.sort <> 'document' OR j.library_id = 0
          OR j.library_id IN (SELECT h.place_id FROM holds h WHERE h.role >= 2)
          OR NOT EXISTS (SELECT 1 FROM publishing_rules u WHERE u.library_id = j.library_id
               AND u.from_at <= $1 AND $1 < u.until_at)
          OR EXISTS (SELECT 1 FROM items t WHERE t.id = j.item_id AND t.library_id = j.library_id
               AND (t.is_document = 0 OR (j.action = 'PublishVersion' AND t.published > 0
                 AND EXISTS (SELECT 1 FROM publications n WHERE n.document_id = t.id AND n.dated_at = j.at
                   AND n.from_at <= $1 AND $1 < n.until_at)))))"
    };
}

/// The place that a trail is about: `$3`; `$4` is 1 where the site's own entries may be shown. Who can see a library is for
/// the owners of its site to know too; what is held there, and why, is not.
macro_rules! about {
    (site trail) => {
        "j.site_id = $3 AND ($4 = 1 OR j.library_id <> 0)
         AND (j.library_id = 0 OR (j.sort = 'access' AND j.item_id = 0
             AND j.action NOT IN ('PlaceLegalHold', 'LiftLegalHold')) OR j.library_id IN (SELECT h.place_id FROM holds h WHERE h.role = 3))"
    };
    (site activity) => {
        concat!("j.site_id = $3 AND ($4 = 1 OR j.library_id <> 0) AND j.sort IN ('document', 'place')
         AND (j.library_id = 0 OR j.library_id IN (SELECT h.place_id FROM holds h)) AND ", told_to_readers!())
    };
    (library trail) => { "j.library_id = $3 AND ($4 = 1 OR j.library_id <> 0)" };
    (library activity) => {
        concat!("j.library_id = $3 AND ($4 = 1 OR j.library_id <> 0) AND j.sort IN ('document', 'place') AND ",
            told_to_readers!())
    };
    (document trail) => { "j.item_id = $3 AND ($4 = 1 OR j.library_id <> 0)" };
    (document activity) => {
        concat!("j.item_id = $3 AND ($4 = 1 OR j.library_id <> 0) AND j.sort IN ('document', 'place') AND ",
            told_to_readers!())
    };
}

/// The person's clearance at `$1`.
macro_rules! cleared {
    () => {
        "cleared(level) AS (SELECT COALESCE(MAX(c.level), 0) FROM clearances c
           WHERE c.person_id = $2 AND c.from_at <= $1 AND $1 < c.until_at)"
    };
}

/// A document above the person's clearance does not exist for them.
macro_rules! within_clearance {
    () => {
        "NOT EXISTS (SELECT 1 FROM markings k JOIN cleared c ON k.level > c.level
           WHERE k.document_id = j.item_id AND k.from_at <= $1 AND $1 < k.until_at)"
    };
}

/// The columns of a [`LineRow`]. Names of things are those of now, and only where the viewer can open the thing now;
/// whoever owns a site may know which of its libraries a change of access was of.
macro_rules! columns {
    () => {
        concat!(
            "j.id, j.at, j.action, j.sort, j.data, j.position, j.site_id AS in_site, ", author!("j.person_id", "who", "j.at"),
            ", i.id AS item_id, i.name AS item_name, i.is_document, l.id AS library_id, l.name AS library_name"
        )
    };
}
macro_rules! things {
    () => {
        " LEFT JOIN libraries l ON l.id = j.library_id AND (l.id IN (SELECT h.place_id FROM holds h)
              OR (j.sort = 'access' AND j.item_id = 0 AND j.action NOT IN ('PlaceLegalHold', 'LiftLegalHold')
                AND l.site_id IN (SELECT h.place_id FROM holds h WHERE h.role = 3)))
          LEFT JOIN items i ON i.id = j.item_id AND i.library_id IN (SELECT h.place_id FROM holds h
              WHERE h.role >= 2 OR (i.binned_at = 0 AND (i.published IS NULL OR i.published > 0))) AND i.gone_at = 0 "
    };
}

macro_rules! lines {
    ($($about:tt)*) => {
        concat!(
            "WITH ", holds!(), ", ", cleared!(), " SELECT ", columns!(), " FROM journal j", things!(),
            "WHERE ", about!($($about)*), " AND ", within_clearance!(),
            " AND ($5 = 0 OR j.person_id = $5) AND ($6 = '' OR j.sort = $6) AND ($7 = '' OR j.action = $7)
              AND j.at >= $8 AND j.at < $9 AND j.id < $10
              ORDER BY j.id DESC LIMIT $11"
        )
    };
}

/// Who appears in the latest 5,000 entries: enough to choose from, and never the whole journal.
macro_rules! people {
    ($($about:tt)*) => {
        concat!(
            "WITH ", holds!(), ", ", cleared!(), ",
             latest(person_id) AS (SELECT j.person_id FROM journal j WHERE ", about!($($about)*),
            " AND ", within_clearance!(), " ORDER BY j.id DESC LIMIT 5000)
             SELECT p.name_key, p.title, ", author!("p.id", "who"), " FROM people p WHERE p.id IN (SELECT person_id FROM latest)"
        )
    };
}

/// An action whose proof is good for lines of the trail, and which lines those are.
pub(super) trait Trailed: Action {
    /// The lines. `$1` the moment, `$2` the viewer, `$3` the place, `$4` whether the site's own
    /// entries are shown, `$5` to `$11` the filter.
    const LINES: &'static str;
    /// Who appears in them.
    const PEOPLE: &'static str;
    /// Which lines they are, of those that the place has.
    const OMITS: Omits;
}

/// What is left out of lines because of the libraries that things happened in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Omits {
    /// All of it happened in one place.
    Nothing,
    /// What happened in libraries that the viewer does not own, all of which they may know.
    NotOwned,
    /// What happened in libraries that the viewer cannot see, and may not know of.
    Unseen,
}

macro_rules! omits {
    (site trail) => {
        Omits::NotOwned
    };
    (site activity) => {
        Omits::Unseen
    };
    ($($about:tt)*) => {
        Omits::Nothing
    };
}

macro_rules! trailed {
    ($($action:ident: $about:ident $sort:ident;)*) => {
        $(impl Trailed for $action {
            const LINES: &'static str = lines!($about $sort);
            const PEOPLE: &'static str = people!($about $sort);
            const OMITS: Omits = omits!($about $sort);
        })*

        /// Every statement here, for the test that prepares each on both engines.
        #[cfg(test)]
        pub(crate) const STATEMENTS: &[&str] = &[$($action::LINES, $action::PEOPLE,)* RECENT, NOT_OWNED];
    };
}

trailed! {
    ViewSiteTrail: site trail;
    ViewLibraryTrail: library trail;
    ViewDocumentTrail: document trail;
    ExportSiteTrail: site trail;
    ExportLibraryTrail: library trail;
    ExportDocumentTrail: document trail;
    ViewSiteActivity: site activity;
    ViewLibraryActivity: library activity;
    ViewDocumentActivity: document activity;
}

/// The latest `$3` + 1 changes of each library that the person can read, `$4` in all: from one entry of a library to
/// the one before it, by the index, so that neither engine looks at the rest of the journal.
pub(super) const RECENT: &str = concat!(
    "WITH RECURSIVE ", holds!(), ", ", cleared!(), ",
     readable(id) AS (SELECT DISTINCT r.id FROM holds h CROSS JOIN libraries r WHERE r.id = h.place_id),
     latest(library_id, entry_id, place) AS (
       SELECT r.id, (SELECT MAX(k.id) FROM journal k WHERE k.library_id = r.id AND k.sort = 'document'), 0
         FROM readable r
       UNION ALL
       SELECT n.library_id, (SELECT MAX(k.id) FROM journal k
           WHERE k.library_id = n.library_id AND k.sort = 'document' AND k.id < n.entry_id), n.place + 1
         FROM latest n WHERE n.place < $3 AND n.entry_id IS NOT NULL)
     SELECT ", columns!(), ", s.id AS site_id, s.name AS site_name
      FROM latest n CROSS JOIN journal j", things!(),
    "JOIN sites s ON s.id = l.site_id
     WHERE j.id = n.entry_id AND j.action NOT IN ('RemoveForGood', 'ExpireItems') AND ", told_to_readers!(), " AND ", within_clearance!(), " ORDER BY j.id DESC LIMIT $4"
);

/// The libraries of the site `$3` that the person does not own.
pub(super) const NOT_OWNED: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT l.id, l.name, l.name_key FROM libraries l
      WHERE l.site_id = $3 AND l.id NOT IN (SELECT h.place_id FROM holds h WHERE h.role = 3)"
);

/// Those of these libraries that the person can see, with the site of each. The ids are the last arguments, from `$3`.
pub(super) fn places(count: usize) -> String {
    format!(
        concat!(
            "WITH ",
            holds!(),
            " SELECT l.id, l.name, s.id AS site_id, s.name AS site_name
                FROM libraries l JOIN sites s ON s.id = l.site_id
               WHERE l.id IN (SELECT h.place_id FROM holds h) AND l.id IN ({})"
        ),
        numbered(count)
    )
}

/// The e-mail addresses of these people, of those whom the person may know of.
pub(super) fn emails(count: usize) -> String {
    format!(
        concat!(
            "WITH ",
            holds!(),
            ", ",
            fence!(),
            " SELECT p.id, p.email FROM people p
                JOIN belongings b ON b.person_id = p.id AND b.from_at <= $1 AND $1 < b.until_at
               WHERE b.organisation_id IN (SELECT m.organisation_id FROM met m) AND p.id IN ({})"
        ),
        numbered(count)
    )
}

fn numbered(count: usize) -> String {
    let all: Vec<String> = (3..3 + count).map(|number| format!("${number}")).collect();
    all.join(", ")
}
