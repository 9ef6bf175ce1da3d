//! Whether the rows agree with each other and with the journal: what no interruption may leave behind.

use super::CollectGarbage;
use crate::Result;
use crate::kernel::{Actor, Id, Queries as _, Realm, thing};

/// How many things are named of each kind of fault.
const NAMED: usize = 10;

/// A kind of fault, and the statement that finds what has it.
struct Question {
    what: &'static str,
    sql: &'static str,
}

/// Each gives ids of items as `value`. 9223372036854775807 is the end of what has none.
const QUESTIONS: &[Question] = &[
    Question {
        what: "its versions do not count from 1 to the current one",
        // What an assurance officer destroyed alone is known of, and its number is nobody else's.
        sql: "SELECT i.id AS value FROM items i LEFT JOIN (SELECT a.document_id, a.number, 1 AS here FROM versions a
                 UNION ALL SELECT g.document_id, g.number, 0 FROM gone_versions g) v ON v.document_id = i.id
               WHERE i.is_document = 1 AND i.gone_at = 0 GROUP BY i.id, i.version
              HAVING COUNT(v.number) <> i.version OR MIN(v.number) <> 1 OR MAX(v.number) <> i.version
                OR MAX(CASE WHEN v.here = 1 THEN v.number ELSE 0 END) <> i.version LIMIT 10",
    },
    Question {
        what: "what is said of it is not what its current version says",
        sql: "SELECT i.id AS value FROM items i JOIN versions v ON v.document_id = i.id AND v.number = i.version
               WHERE i.is_document = 1 AND (v.size <> i.size OR v.created_at <> i.changed_at OR v.author_id <> i.changed_by)
               LIMIT 10",
    },
    Question {
        what: "a version of it has no content, or not of its size",
        sql: "SELECT v.document_id AS value FROM versions v LEFT JOIN contents t ON t.id = v.content_id
               WHERE t.id IS NULL OR t.size <> v.size LIMIT 10",
    },
    Question {
        what: "a draft of it has no content, or not of its size",
        sql: "SELECT d.document_id AS value FROM drafts d LEFT JOIN contents t ON t.id = d.content_id
               WHERE t.id IS NULL OR t.size <> d.size LIMIT 10",
    },
    Question {
        what: "somebody has more than one draft of it",
        sql: "SELECT d.document_id AS value FROM drafts d WHERE d.until_at = 9223372036854775807
               GROUP BY d.document_id, d.person_id HAVING COUNT(*) > 1 LIMIT 10",
    },
    Question {
        what: "it was checked out twice at the same time",
        sql: "SELECT a.document_id AS value FROM check_outs a
                JOIN check_outs b ON b.document_id = a.document_id AND b.id > a.id
               WHERE a.from_at < b.until_at AND b.from_at < a.until_at LIMIT 10",
    },
    Question {
        what: "it is not placed in the library that it is in",
        sql: "SELECT i.id AS value FROM items i WHERE i.is_document = 1 AND 1 <>
                (SELECT COALESCE(SUM(CASE WHEN p.library_id = i.library_id THEN 1 ELSE 2 END), 0) FROM placements p
                  WHERE p.document_id = i.id AND p.until_at = 9223372036854775807) LIMIT 10",
    },
    Question {
        what: "it is in a folder that is not there",
        sql: "SELECT i.id AS value FROM items i LEFT JOIN items f
                  ON f.id = i.folder_id AND f.is_document = 0 AND f.library_id = i.library_id AND f.binned_at = 0
               WHERE i.binned_at = 0 AND i.folder_id <> 0 AND f.id IS NULL LIMIT 10",
    },
    Question {
        what: "its versions are not those that the journal says were published",
        sql: "SELECT i.id AS value FROM items i WHERE i.is_document = 1 AND i.version <>
                (SELECT COUNT(*) FROM journal j WHERE j.item_id = i.id
                    AND j.action IN ('AddDocument', 'AddVersion', 'CheckIn', 'RestoreVersion', 'CopyItems', 'PutBack'))
               AND NOT EXISTS (SELECT 1 FROM journal b WHERE b.item_id = i.id AND b.action = 'BringBack') LIMIT 10",
    },
    Question {
        what: "it was not checked out as often as the journal says",
        sql: "SELECT i.id AS value FROM items i WHERE i.is_document = 1
                 AND (SELECT COUNT(*) FROM check_outs c WHERE c.document_id = i.id) <>
                     (SELECT COUNT(*) FROM journal j WHERE j.item_id = i.id AND j.action = 'CheckOut') LIMIT 10",
    },
    Question {
        what: "its drafts are not those that the journal says were saved",
        sql: "SELECT i.id AS value FROM items i WHERE i.is_document = 1 AND i.gone_at = 0
                 AND (SELECT COUNT(*) FROM drafts d WHERE d.document_id = i.id) <>
                     (SELECT COUNT(*) FROM journal j WHERE j.item_id = i.id AND j.action = 'SaveDraft')
                 AND NOT EXISTS (SELECT 1 FROM journal b WHERE b.item_id = i.id AND b.action IN ('BringBack', 'DestroyVersion')) LIMIT 10",
    },
    Question {
        what: "it is gone for good, and what is known of its versions does not count from 1 to its last one",
        sql: "SELECT i.id AS value FROM items i LEFT JOIN gone_versions v ON v.document_id = i.id
               WHERE i.is_document = 1 AND i.gone_at > 0 GROUP BY i.id, i.version
              HAVING COUNT(v.id) <> i.version OR MIN(v.number) <> 1 OR MAX(v.number) <> i.version LIMIT 10",
    },
    Question {
        what: "it is gone for good, and something still refers to its content",
        sql: "SELECT i.id AS value FROM items i WHERE i.gone_at > 0
                 AND (i.binned_at = 0 OR i.binned_with <> 0
                   OR EXISTS (SELECT 1 FROM versions v WHERE v.document_id = i.id)
                   OR EXISTS (SELECT 1 FROM drafts d WHERE d.document_id = i.id)) LIMIT 10",
    },
    Question {
        what: "it is here, and has versions that are said to be gone for good",
        sql: "SELECT v.document_id AS value FROM gone_versions v JOIN items i ON i.id = v.document_id
               WHERE i.gone_at = 0 AND (EXISTS (SELECT 1 FROM versions h WHERE h.document_id = v.document_id AND h.number = v.number)
                  OR NOT EXISTS (SELECT 1 FROM journal j WHERE j.item_id = i.id AND j.action = 'DestroyVersion'))
               GROUP BY v.document_id LIMIT 10",
    },
    Question {
        what: "readers are shown another version than the one that was published",
        sql: "SELECT i.id AS value FROM items i WHERE i.is_document = 1 AND i.gone_at = 0 AND (
                 (i.published IS NULL AND EXISTS (SELECT 1 FROM publishing_rules u
                    WHERE u.library_id = i.library_id AND u.until_at = 9223372036854775807))
              OR (i.published IS NOT NULL AND NOT EXISTS (SELECT 1 FROM publishing_rules u
                    WHERE u.library_id = i.library_id AND u.until_at = 9223372036854775807))
              OR (i.published IS NOT NULL AND i.published <> COALESCE((SELECT MAX(n.number) FROM publications n
                    WHERE n.document_id = i.id AND n.until_at = 9223372036854775807), 0))) LIMIT 10",
    },
    Question {
        what: "the journal speaks of it and it is not there",
        sql: "SELECT j.item_id AS value FROM journal j WHERE j.item_id <> 0
                 AND NOT EXISTS (SELECT 1 FROM items i WHERE i.id = j.item_id) GROUP BY j.item_id LIMIT 10",
    },
];

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    QUESTIONS.iter().map(|question| question.sql).collect()
}

/// What does not agree, in words; empty when everything does. Reads every row of documents and of
/// their journal: `chancery check`.
pub async fn faults(realm: &Realm) -> Result<Vec<String>> {
    let mut proof = Actor::console(realm)
        .read::<CollectGarbage>(Id::REALM)
        .await?;
    let mut faults = Vec::new();
    for question in QUESTIONS {
        let found: Vec<(i64,)> = proof.all(question.sql, Vec::new()).await?;
        let more = if found.len() == NAMED {
            ", and perhaps of others"
        } else {
            ""
        };
        faults.extend(found.iter().enumerate().map(|(place, (item,))| {
            let item: Id<thing::Item> = Id::from_raw(*item);
            let last = place + 1 == found.len();
            format!("{item}: {}{}", question.what, if last { more } else { "" })
        }));
    }
    Ok(faults)
}
