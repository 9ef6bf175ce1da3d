//! Rows that do not agree are found.

use crate::documents::{self, faults};
use crate::kernel::{Id, args, thing};
use crate::libraries::tests::fixture::{Cast, put};
use crate::testing::both;

const FOREVER: i64 = i64::MAX;

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "one harm after the other")]
async fn what_an_interruption_must_never_leave_is_found() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let realm = &cast.world.realm;
        let add = async |name: &str| {
            documents::add(&cast.ann, cast.papers, None, name, name.as_bytes())
                .await
                .unwrap()
                .id
        };
        let worked = add("worked on.txt").await;
        documents::add_version(&cast.ann, worked, "", &b"second"[..], "")
            .await
            .unwrap();
        documents::check_out(&cast.ann, worked, "").await.unwrap();
        documents::save_draft(&cast.ann, worked, &b"draft"[..])
            .await
            .unwrap();
        documents::check_in(&cast.ann, worked, None::<tokio::io::Empty>, "")
            .await
            .unwrap();
        assert_eq!(faults(realm).await.unwrap(), Vec::<String>::new());

        let mut expected = Vec::new();
        let mut harm = async |sql: &str, id: Id<thing::Document>, says: &str| {
            put(&cast.world, sql, args![id]).await;
            expected.push((id, says.to_owned()));
        };
        for (name, sql, says) in [
            (
                "ahead",
                "UPDATE items SET version = 2 WHERE id = $1",
                "do not count",
            ),
            (
                "other size",
                "UPDATE items SET size = size + 1 WHERE id = $1",
                "what is said of it",
            ),
            (
                "of no size",
                "UPDATE versions SET size = size + 1 WHERE document_id = $1",
                "no content, or not of its size",
            ),
            (
                "misplaced",
                "UPDATE placements SET until_at = from_at WHERE document_id = $1",
                "not placed",
            ),
            (
                "lost",
                "UPDATE items SET folder_id = 7 WHERE id = $1",
                "a folder that is not there",
            ),
            (
                "unsaid",
                "DELETE FROM journal WHERE item_id = $1 AND action = 'AddDocument'",
                "those that the journal says were published",
            ),
        ] {
            let document = add(name).await;
            harm(sql, document, says).await;
        }
        let twice = add("held twice").await;
        documents::check_out(&cast.ann, twice, "").await.unwrap();
        documents::save_draft(&cast.ann, twice, &b"draft"[..])
            .await
            .unwrap();
        harm(
            "INSERT INTO check_outs (id, document_id, person_id, note, outcome, from_at, until_at)
             SELECT id + 1, document_id, person_id, note, outcome, from_at, until_at FROM check_outs WHERE document_id = $1",
            twice,
            "twice at the same time",
        )
        .await;
        harm(
            "INSERT INTO drafts (id, document_id, person_id, content_id, size, media_type, saved_at, based_on, until_at)
             SELECT id + 1, document_id, person_id, content_id, size, media_type, saved_at, based_on, until_at
               FROM drafts WHERE document_id = $1",
            twice,
            "more than one draft",
        )
        .await;
        harm(
            "UPDATE drafts SET size = size + 1 WHERE document_id = $1",
            twice,
            "a draft of it has no content",
        )
        .await;
        let found = faults(realm).await.unwrap();
        for (id, says) in &expected {
            let named = found
                .iter()
                .any(|fault| fault.starts_with(&id.to_string()) && fault.contains(says));
            assert!(named, "{id} {says}: {found:#?}");
        }
        let entry = "INSERT INTO journal (id, at, person_id, session_id, action, sort, site_id, library_id, item_id, subject_id, data)
             VALUES ($1, 0, 0, 0, 'AddDocument', 'document', 0, 0, 12345, 0, '{}')";
        put(&cast.world, entry, args![FOREVER - 1]).await;
        let found = faults(realm).await.unwrap();
        assert!(
            found.iter().any(|fault| fault.contains("it is not there")),
            "{found:#?}"
        );
    })
    .await;
}
