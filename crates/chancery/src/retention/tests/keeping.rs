//! How long things are kept, with the clock moved on by years.

use std::time::Duration;

use crate::documents;
use crate::kernel::{Actor, Id, Realm, args, thing};
use crate::libraries;
use crate::libraries::tests::fixture::{
    Cast, assert_conflict, assert_invalid, assert_refused, put,
};
use crate::retention::{
    Keep, Retention, Since, Upkept, document_retention, gone, gone_list, lift_legal_hold,
    place_legal_hold, removal, remove_for_good, retention, set_document_retention, set_retention,
};
use crate::testing::{World, assert_not_found, both};

const DAY: Duration = Duration::from_hours(24);

fn pass(world: &World, days: u32) {
    world.clock.advance(DAY * days);
}

/// What two days' upkeep does: what was due on the first goes on the second.
async fn upkeep(realm: &Realm) -> crate::Result<Upkept> {
    let first = crate::retention::upkeep(realm).await?;
    let second = crate::retention::upkeep(realm).await?;
    Ok(Upkept {
        announced: first.announced + second.announced,
        deleted: first.deleted + second.deleted,
        gone: first.gone + second.gone,
    })
}

fn keep(years: u32, since: Since) -> Keep {
    Keep { years, since }
}

async fn bin(cast: &Cast, document: Id<thing::Document>) {
    libraries::bin(&cast.ben, cast.papers, &[document.item()])
        .await
        .unwrap();
}

async fn goes(cast: &Cast, id: Id<thing::Item>) -> Option<crate::kernel::Time> {
    let page = libraries::bin_list(&cast.olive, cast.papers, None)
        .await
        .unwrap();
    let line = page.items.iter().find(|line| line.id == id).unwrap();
    line.goes_at
}

async fn sound(world: &World) {
    let faults = documents::faults(&world.realm).await.unwrap();
    // The cast's people and places were put there behind the product's back; documents were not.
    assert!(faults.is_empty(), "{faults:?}");
}

#[tokio::test]
async fn what_was_in_the_bin_for_its_time_goes_for_good_and_is_known_of() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        let document = cast.document("a.txt").await;
        documents::add_version(&cast.ann, document, "", &b"more"[..], "second")
            .await
            .unwrap();
        let kept = cast.document("kept.txt").await;
        bin(&cast, document).await;
        let binned_at = world.realm.now();
        let at = goes(&cast, document.item()).await.unwrap();
        assert_eq!((at.micros() - binned_at.micros()) / 86_400_000_000, 93);

        pass(&world, 92);
        assert_eq!(upkeep(&world.realm).await.unwrap(), Upkept::default());
        pass(&world, 1);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 1);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 0);

        for who in [&cast.olive, &cast.ben, &cast.rita] {
            assert_not_found(documents::document(who, document, None).await);
            assert_not_found(documents::open(who, document, Some(1), true).await);
            assert_not_found(
                documents::add_version(who, document, "", &b"x"[..], "").await,
            );
        }
        let bin = libraries::bin_list(&cast.ben, cast.papers, None).await;
        assert!(bin.unwrap().items.is_empty());
        assert_not_found(libraries::restore(&cast.ben, cast.papers, &[document.item()]).await);

        // Owners know that it was here, what it was called, who deleted it and when it went.
        let page = gone_list(&cast.olive, cast.papers, None).await.unwrap();
        let [line] = &page.lines[..] else {
            panic!("{page:?}")
        };
        assert_eq!(
            (line.name.as_str(), line.versions, line.binned_by.name.as_str()),
            ("a.txt", 2, "Ben Field")
        );
        assert!(line.gone_by.is_console() && page.next.is_none());
        assert_refused(gone_list(&cast.ben, cast.papers, None).await);
        let scope = |who: &Actor| who.scope().unwrap();
        let (library, known) = gone(&mut scope(&cast.olive), document).await.unwrap();
        assert_eq!((library, &known), (cast.papers, line));
        for who in [&cast.ben, &cast.rita, &cast.stranger, &cast.elsewhere] {
            assert_not_found(gone(&mut scope(who), document).await);
        }
        assert_not_found(gone(&mut scope(&cast.olive), kept).await);

        // Nothing refers to its content, which is garbage a day later; what others refer to stays.
        assert_eq!(documents::collect_garbage(&world.realm).await.unwrap().contents, 0);
        pass(&world, 1);
        assert_eq!(documents::collect_garbage(&world.realm).await.unwrap().contents, 2);
        let facts = world
            .count(
                "SELECT COUNT(*) AS value FROM gone_versions v WHERE v.document_id = $1",
                args![document],
            )
            .await;
        assert_eq!(facts, 2);
        documents::open(&cast.rita, kept, None, true).await.unwrap();
        sound(&world).await;
        // Its name is free, and its trail is there.
        cast.document("a.txt").await;
        let told = world
            .count(
                "SELECT COUNT(*) AS value FROM journal j WHERE j.item_id = $1 AND j.action = 'ExpireItems'",
                args![document],
            )
            .await;
        assert_eq!(told, 1);
    })
    .await;
}

#[tokio::test]
async fn a_folder_goes_whole_or_not_at_all() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        let folder = cast.folder(None, "Returns").await;
        let inner = cast.folder(Some(folder), "2026").await;
        cast.many(Some(inner), "many", 450).await;
        let one = cast.document_in(Some(folder), "one.txt").await;
        libraries::bin(&cast.ben, cast.papers, &[folder.item()])
            .await
            .unwrap();
        let hold = place_legal_hold(&cast.olive, cast.papers, Some(one), "Inquiry")
            .await
            .unwrap();
        assert_eq!(goes(&cast, folder.item()).await, None);
        pass(&world, 4000);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 0);
        lift_legal_hold(&cast.olive, cast.papers, hold, "Over")
            .await
            .unwrap();
        // Two folders and 451 documents, in parts.
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 453);
        let left = world
            .count(
                "SELECT COUNT(*) AS value FROM items i WHERE i.library_id = $1 AND i.gone_at = 0",
                args![cast.papers],
            )
            .await;
        assert_eq!(left, 0);
    })
    .await;
}

#[tokio::test]
async fn owners_choose_how_long_the_bin_keeps_things() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        let choose = |days| Retention {
            bin_days: Some(days),
            ..Retention::default()
        };
        for days in [29, 2558, 0] {
            assert_invalid(
                set_retention(&cast.olive, cast.papers, choose(days)).await,
                "bin_days",
            );
        }
        assert_refused(set_retention(&cast.ben, cast.papers, choose(30)).await);
        assert_refused(retention(&cast.ben, cast.papers).await);
        assert_not_found(set_retention(&cast.stranger, cast.papers, choose(30)).await);
        set_retention(&cast.olive, cast.papers, choose(30))
            .await
            .unwrap();
        let page = retention(&cast.olive, cast.papers).await.unwrap();
        assert_eq!((page.retention, page.realm_days), (choose(30), 93));
        let document = cast.document("a.txt").await;
        bin(&cast, document).await;
        pass(&world, 31);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 1);

        set_retention(&cast.olive, cast.papers, choose(2557))
            .await
            .unwrap();
        let document = cast.document("b.txt").await;
        bin(&cast, document).await;
        pass(&world, 2556);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 0);
        set_retention(&cast.olive, cast.papers, Retention::default())
            .await
            .unwrap();
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 1);
    })
    .await;
}

#[tokio::test]
async fn what_a_rule_keeps_can_be_deleted_and_does_not_go_for_good() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        let rule = Retention {
            keep: Some(keep(7, Since::Changed)),
            ..Retention::default()
        };
        set_retention(&cast.olive, cast.papers, rule).await.unwrap();
        let moved = cast.document("moved.txt").await;
        let document = cast.document("a.txt").await;
        bin(&cast, document).await;
        // A rule follows what was under it.
        libraries::relocate(&cast.ben, cast.papers, &[moved.item()], cast.archive, None)
            .await
            .unwrap();
        libraries::bin(&cast.ben, cast.archive, &[moved.item()])
            .await
            .unwrap();
        pass(&world, 7 * 365);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 0);
        for (library, item) in [(cast.papers, document), (cast.archive, moved)] {
            let why = assert_conflict(remove_for_good(&cast.olive, library, item.item()).await);
            assert!(why.contains("until 12 March 2033"), "{why}");
            let asked = removal(&cast.olive, library, item.item()).await.unwrap();
            assert_eq!(asked.hindrance, Some(why));
        }
        pass(&world, 2);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 2);

        // From when it was added, with a change that does not count.
        let rule = Retention {
            keep: Some(keep(1, Since::Added)),
            ..Retention::default()
        };
        set_retention(&cast.olive, cast.papers, rule).await.unwrap();
        let document = cast.document("b.txt").await;
        pass(&world, 300);
        documents::add_version(&cast.ben, document, "", &b"more"[..], "")
            .await
            .unwrap();
        bin(&cast, document).await;
        pass(&world, 94);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 1);
        sound(&world).await;
    })
    .await;
}

#[tokio::test]
async fn one_document_has_a_rule_of_its_own() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        let (document, other) = (cast.document("a.txt").await, cast.document("b.txt").await);
        assert_refused(
            set_document_retention(&cast.ben, document, Some(keep(3, Since::Added))).await,
        );
        assert_invalid(
            set_document_retention(&cast.olive, document, Some(keep(101, Since::Added))).await,
            "keep_years",
        );
        set_document_retention(&cast.olive, document, Some(keep(3, Since::Added)))
            .await
            .unwrap();
        let said = document_retention(&cast.olive, document).await.unwrap();
        assert_eq!(said, ("a.txt".to_owned(), Some(keep(3, Since::Added))));
        let page = retention(&cast.olive, cast.papers).await.unwrap();
        assert_eq!(page.own.len(), 1);
        bin(&cast, document).await;
        bin(&cast, other).await;
        pass(&world, 94);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 1);
        pass(&world, 3 * 365);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 1);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_changed_for_years_is_announced_and_then_deleted() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        let rule = Retention {
            delete_years: Some(2),
            ..Retention::default()
        };
        set_retention(&cast.olive, cast.papers, rule).await.unwrap();
        let old = cast.document("old.txt").await;
        let held = cast.document("held.txt").await;
        let changed = cast.document("changed.txt").await;
        place_legal_hold(&cast.olive, cast.papers, Some(held), "Inquiry")
            .await
            .unwrap();
        pass(&world, 690);
        assert_eq!(upkeep(&world.realm).await.unwrap(), Upkept::default());
        pass(&world, 20);
        let told = upkeep(&world.realm).await.unwrap();
        assert_eq!((told.announced, told.deleted), (1, 0));
        let page = retention(&cast.olive, cast.papers).await.unwrap();
        let names: Vec<(&str, bool)> = page
            .due
            .iter()
            .map(|due| (due.name.as_str(), due.held))
            .collect();
        assert_eq!(
            names,
            [
                ("old.txt", false),
                ("held.txt", true),
                ("changed.txt", false)
            ]
        );
        documents::add_version(&cast.ben, changed, "", &b"more"[..], "")
            .await
            .unwrap();
        pass(&world, 29);
        assert_eq!(upkeep(&world.realm).await.unwrap().deleted, 0);
        pass(&world, 1);
        assert_eq!(upkeep(&world.realm).await.unwrap().deleted, 1);
        let page = libraries::bin_list(&cast.ben, cast.papers, None)
            .await
            .unwrap();
        assert_eq!(page.items.len(), 1);
        assert_eq!(page.items[0].id, old.item());
        assert!(page.items[0].binned_by.is_console());
        documents::document(&cast.rita, held, None).await.unwrap();
        documents::document(&cast.rita, changed, None)
            .await
            .unwrap();

        // Brought back, it is announced anew before it is deleted again.
        libraries::restore(&cast.ben, cast.papers, &[old.item()])
            .await
            .unwrap();
        assert_eq!(upkeep(&world.realm).await.unwrap().deleted, 0);
        sound(&world).await;
    })
    .await;
}

#[tokio::test]
async fn the_owners_are_told_of_what_will_be_deleted() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        let rule = Retention {
            delete_years: Some(1),
            ..Retention::default()
        };
        set_retention(&cast.olive, cast.papers, rule).await.unwrap();
        cast.document("old.txt").await;
        pass(&world, 350);
        assert_eq!(upkeep(&world.realm).await.unwrap().announced, 1);
        let follower: std::sync::Arc<dyn crate::kernel::Follower> =
            std::sync::Arc::new(crate::notices::Notices);
        world.realm.keep_up(&[follower]).await.unwrap();
        let told = crate::notices::list(&mut cast.olive.scope().unwrap(), None)
            .await
            .unwrap();
        assert_eq!(told.len(), 1);
        assert!(
            told[0]
                .says
                .starts_with("Documents of Papers in Resettlement that nobody has changed for 1 year will be deleted"),
            "{told:?}"
        );
        let others = crate::notices::list(&mut cast.ben.scope().unwrap(), None).await;
        assert!(others.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn owners_remove_one_thing_for_good_and_nobody_else_does() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        let document = cast.document("a.txt").await;
        assert_not_found(remove_for_good(&cast.olive, cast.papers, document.item()).await);
        bin(&cast, document).await;
        assert_refused(remove_for_good(&cast.ben, cast.papers, document.item()).await);
        assert_not_found(remove_for_good(&cast.stranger, cast.papers, document.item()).await);
        assert_not_found(remove_for_good(&cast.olive, cast.archive, document.item()).await);
        let hold = place_legal_hold(&cast.olive, cast.papers, None, "All of it")
            .await
            .unwrap();
        let outcome = remove_for_good(&cast.olive, cast.papers, document.item()).await;
        assert!(assert_conflict(outcome).contains("legal hold"));
        lift_legal_hold(&cast.olive, cast.papers, hold, "Over")
            .await
            .unwrap();
        assert_eq!(
            remove_for_good(&cast.olive, cast.papers, document.item())
                .await
                .unwrap(),
            1
        );
        assert_not_found(remove_for_good(&cast.olive, cast.papers, document.item()).await);
        let page = gone_list(&cast.olive, cast.papers, None).await.unwrap();
        assert_eq!(page.lines[0].gone_by.name, "Olive Marsh");
        // One above one's clearance is not there.
        let marked = cast.document("marked.txt").await;
        bin(&cast, marked).await;
        cast.mark(marked).await;
        assert_not_found(removal(&cast.olive, cast.papers, marked.item()).await);
        assert_not_found(remove_for_good(&cast.olive, cast.papers, marked.item()).await);
        sound(&world).await;
    })
    .await;
}

/// A hold that is placed at the moment at which something goes: either it is too late, or it holds.
#[tokio::test]
async fn a_hold_and_the_end_of_the_bins_time_do_not_overtake_each_other() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        for round in 0..12 {
            let document = cast.document(&format!("{round}.txt")).await;
            bin(&cast, document).await;
            pass(&world, 94);
            let (placed, upkept) = tokio::join!(
                place_legal_hold(&cast.olive, cast.papers, Some(document), "Inquiry"),
                upkeep(&world.realm)
            );
            let gone = upkept.unwrap().gone;
            assert_eq!(placed.is_ok(), gone == 0, "{placed:?} and {gone} went");
            let there = libraries::bin_list(&cast.olive, cast.papers, None)
                .await
                .unwrap();
            assert_eq!(
                there
                    .items
                    .iter()
                    .any(|line| line.id == document.item() && line.held),
                placed.is_ok()
            );
        }
    })
    .await;
}

/// What was chosen is asked about again when its library's turn was taken.
#[tokio::test]
async fn what_was_held_after_it_was_chosen_stays() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        let document = cast.document("a.txt").await;
        bin(&cast, document).await;
        pass(&world, 94);
        place_legal_hold(&cast.olive, cast.papers, Some(document), "Inquiry")
            .await
            .unwrap();
        let chosen = crate::retention::keep_sql::ExpiredRow {
            library_id: cast.papers,
            site_id: cast.site,
            id: document.raw(),
        };
        let console = world.console();
        let outcome =
            crate::retention::gone::expire_part(&console, &chosen, 93, world.realm.now()).await;
        assert_eq!(outcome.unwrap(), None);
        let page = documents::document(&cast.ben, document, None)
            .await
            .unwrap();
        assert!(page.kept.held && page.kept.holds.is_empty() && page.kept.goes_at.is_none());
        let page = documents::document(&cast.olive, document, None)
            .await
            .unwrap();
        assert_eq!(page.kept.holds[0].0, "Inquiry");
    })
    .await;
}

/// What was in a bin before there was an end of its time has all of that time from then on.
#[tokio::test]
async fn what_was_deleted_before_has_its_whole_time_from_then_on() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        let document = cast.document("a.txt").await;
        bin(&cast, document).await;
        pass(&world, 400);
        put(
            &world,
            "UPDATE migrations SET applied_at = $1 WHERE number = 17",
            args![world.realm.now()],
        )
        .await;
        pass(&world, 92);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 0);
        pass(&world, 2);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 1);
    })
    .await;
}

/// A clock that is put forward by years lets nothing go before a day has passed in which somebody can see it.
#[tokio::test]
async fn a_clock_that_is_put_forward_lets_nothing_go_at_once() {
    both(async |world| {
        use crate::retention::upkeep;
        let cast = Cast::new(world.clone()).await;
        let document = cast.document("a.txt").await;
        bin(&cast, document).await;
        pass(&world, 200);
        // The first time ever nothing is known of a time before.
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 0);
        libraries::restore(&cast.ben, cast.papers, &[document.item()])
            .await
            .unwrap();
        bin(&cast, document).await;
        pass(&world, 1);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 0);
        pass(&world, 3650);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 0);
        pass(&world, 1);
        assert_eq!(upkeep(&world.realm).await.unwrap().gone, 1);
        assert_eq!(
            documents::collect_garbage(&world.realm)
                .await
                .unwrap()
                .contents,
            0
        );
    })
    .await;
}

/// What one may not know of is neither counted nor spoken of.
#[tokio::test]
async fn what_is_above_ones_clearance_is_not_told_of_when_its_folder_is_removed() {
    both(async |world| {
        let cast = Cast::new(world.clone()).await;
        let folder = cast.folder(None, "Returns").await;
        let marked = cast.document_in(Some(folder), "marked.txt").await;
        cast.document_in(Some(folder), "one.txt").await;
        let hold = place_legal_hold(&cast.olive, cast.papers, Some(marked), "Inquiry")
            .await
            .unwrap();
        lift_legal_hold(&cast.olive, cast.papers, hold, "For the test")
            .await
            .unwrap();
        libraries::bin(&cast.ben, cast.papers, &[folder.item()])
            .await
            .unwrap();
        place_legal_hold(&cast.olive, cast.papers, Some(marked), "Inquiry")
            .await
            .unwrap();
        cast.mark(marked).await;
        let asked = removal(&cast.olive, cast.papers, folder.item())
            .await
            .unwrap();
        assert_eq!(asked.inside, 1);
        let why = asked.hindrance.unwrap();
        assert!(!why.contains("hold") && !why.contains("marked"), "{why}");
        put(
            &world,
            "UPDATE legal_holds SET until_at = $1",
            args![world.realm.now()],
        )
        .await;
        let removed = remove_for_good(&cast.olive, cast.papers, folder.item()).await;
        assert_eq!(removed.unwrap(), 1);
    })
    .await;
}
