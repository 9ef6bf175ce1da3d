//! What comes back from a backup, and what of it does not.

use super::*;

#[tokio::test]
async fn what_had_gone_for_good_before_the_backup_stays_gone() {
    both(async |world| {
        let place = place(world).await;
        let item = place.agenda.item();
        libraries::bin(&place.owner, place.library, &[place.folder.item()])
            .await
            .unwrap();
        crate::retention::remove_for_good(&place.owner, place.library, place.folder.item())
            .await
            .unwrap();
        place.back_up().await;
        let said = place.bring(What::Library(place.library), false).await;
        assert!(said.contains("1 document had gone for good before"), "{said}");
        let gone = "SELECT COUNT(*) AS value FROM items WHERE gone_at > 0";
        assert_eq!(place.world.count(gone, args![]).await, 2);
        let faults = documents::faults(&place.world.realm).await.unwrap();
        assert_eq!(faults, Vec::<String>::new());
        // And when all of the library was lost, what is known of them comes back, and not they.
        let statements = [
            "DELETE FROM gone_versions WHERE document_id IN (SELECT id FROM items WHERE library_id = $1)",
            "DELETE FROM versions WHERE document_id IN (SELECT id FROM items WHERE library_id = $1)",
            "DELETE FROM check_outs WHERE document_id IN (SELECT id FROM items WHERE library_id = $1)",
            "DELETE FROM placements WHERE library_id = $1",
            "DELETE FROM items WHERE library_id = $1",
            "DELETE FROM grants WHERE place_id = $1",
            "DELETE FROM inheritances WHERE library_id = $1",
            "DELETE FROM libraries WHERE id = $1",
        ];
        place.lose(&statements, place.library.raw()).await;
        let said = place.bring(What::Library(place.library), false).await;
        assert!(said.contains("“Agenda.txt” had gone for good before"), "{said}");
        assert_eq!(place.world.count(gone, args![]).await, 2);
        let document = documents::document(&place.owner, place.agenda, None).await;
        assert!(matches!(document, Err(crate::Error::NotFound)), "{item}");
        let faults = documents::faults(&place.world.realm).await.unwrap();
        assert_eq!(faults, Vec::<String>::new());
    })
    .await;
}

/// What was published after the backup is not in it, and readers are not shown what is not there.
#[tokio::test]
async fn what_was_published_later_does_not_come_back_with_a_document() {
    use crate::libraries::publishing::{Publishing, ask_to_publish, change_publishing, publish};
    both(async |world| {
        let place = place(world).await;
        let (owner, agenda) = (&place.owner, place.agenda);
        let rule = Some(Publishing { approval: true });
        change_publishing(owner, place.library, rule, 0).await.unwrap();
        place.back_up().await;
        documents::add_version(owner, agenda, "", &b"third"[..], "").await.unwrap();
        publish(owner, agenda, 3, "").await.unwrap();
        documents::add_version(owner, agenda, "", &b"fourth"[..], "").await.unwrap();
        ask_to_publish(owner, agenda, 4, "").await.unwrap();
        let remove = async || {
            libraries::bin(owner, place.library, &[agenda.item()]).await.unwrap();
            crate::retention::remove_for_good(owner, place.library, agenda.item()).await.unwrap();
        };
        remove().await;
        place.bring(What::Document(agenda), false).await;
        let reader = place.world.as_person(place.reader);
        let page = documents::document(&reader, agenda, None).await.unwrap();
        assert_eq!((page.version, page.size), (2, LARGE as u64));
        let open = "SELECT COUNT(*) AS value FROM publication_requests WHERE outcome = ''";
        assert_eq!(place.world.count(open, args![]).await, 0);
        let sound = async || {
            let faults = documents::faults(&place.world.realm).await.unwrap();
            assert_eq!(faults, Vec::<String>::new());
        };
        sound().await;
        // Where publishing is not required any more, all of it is shown and nothing counts as published.
        remove().await;
        change_publishing(owner, place.library, None, 0).await.unwrap();
        place.bring(What::Document(agenda), false).await;
        let open = "SELECT COUNT(*) AS value FROM publications WHERE document_id = $1 AND until_at = 9223372036854775807";
        assert_eq!(place.world.count(open, args![agenda]).await, 0);
        let shown = "SELECT COUNT(*) AS value FROM items WHERE id = $1 AND published IS NULL AND published_size IS NULL";
        assert_eq!(place.world.count(shown, args![agenda]).await, 1);
        sound().await;
    })
    .await;
}

/// What is held and kept comes back held and kept, and what was in the recycle bin has its time there from now on.
#[tokio::test]
async fn holds_rules_and_the_time_of_the_bin_come_back() {
    both(async |world| {
        let place = place(world).await;
        let owner = &place.owner;
        crate::retention::place_legal_hold(owner, place.library, Some(place.agenda), "Inquiry")
            .await
            .unwrap();
        let rule = crate::retention::Retention {
            bin_days: Some(40),
            ..Default::default()
        };
        crate::retention::set_retention(owner, place.library, rule).await.unwrap();
        libraries::bin(owner, place.library, &[place.plan.item()]).await.unwrap();
        place.back_up().await;
        place.world.clock.advance(std::time::Duration::from_hours(24 * 100));
        let statements = [
            "DELETE FROM legal_holds WHERE library_id = $1",
            "DELETE FROM retention_rules WHERE library_id = $1",
            "DELETE FROM versions WHERE document_id IN (SELECT id FROM items WHERE library_id = $1)",
            "DELETE FROM placements WHERE library_id = $1",
            "DELETE FROM items WHERE library_id = $1",
            "DELETE FROM grants WHERE place_id = $1",
            "DELETE FROM inheritances WHERE library_id = $1",
            "DELETE FROM libraries WHERE id = $1",
        ];
        place.lose(&statements, place.library.raw()).await;
        place.bring(What::Library(place.library), false).await;
        for table in ["legal_holds", "retention_rules"] {
            let sql = format!("SELECT COUNT(*) AS value FROM {table} WHERE library_id = $1");
            assert_eq!(place.world.count(&sql, args![place.library]).await, 1, "{table}");
        }
        let binned = "SELECT COUNT(*) AS value FROM items WHERE id = $1 AND binned_at = $2 AND binned_with = id";
        let args = args![place.plan, place.world.realm.now()];
        assert_eq!(place.world.count(binned, args).await, 1);
    })
    .await;
}

/// A folder that comes out of the recycle bin leaves there what was in it already when the backup was taken.
#[tokio::test]
async fn a_folder_leaves_in_the_bin_what_does_not_come_with_it() {
    both(async |world| {
        let place = place(world).await;
        let owner = &place.owner;
        let before = place.back_up().await;
        let later = documents::add(
            owner,
            place.library,
            Some(place.folder),
            "Later.txt",
            &b"later"[..],
        )
        .await
        .unwrap();
        libraries::bin(owner, place.library, &[place.folder.item()])
            .await
            .unwrap();
        let console = place.world.console();
        let what = What::Library(place.library);
        bring_back(&console, &place.target, &before, what, false)
            .await
            .unwrap();
        let bin = libraries::bin_list(owner, place.library, None)
            .await
            .unwrap();
        let ids: Vec<_> = bin.items.iter().map(|line| line.id).collect();
        assert_eq!(ids, [later.id.item()]);
    })
    .await;
}
