//! Several documents published in one decision, or asked for at once.

use super::*;
use crate::kernel::count_queries;

fn why(left_out: &[LeftOut]) -> Vec<(Option<&str>, &str)> {
    left_out
        .iter()
        .map(|left| (left.name.as_deref(), left.why.name()))
        .collect()
}

fn called(outcome: &Outcome) -> Vec<(&str, String)> {
    outcome
        .done
        .iter()
        .map(|(_, name, (_, label))| (name.as_str(), label.to_string()))
        .collect()
}

#[allow(
    clippy::too_many_lines,
    reason = "each of several is left out for another reason"
)]
#[tokio::test]
async fn what_can_be_published_is_and_the_rest_is_named_with_the_reason() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let unchanged = cast.document("unchanged.txt").await;
        let changed = cast.document("changed.txt").await;
        let elsewhere = documents::add(
            &cast.ann,
            cast.archive,
            None,
            "elsewhere.txt",
            &b"elsewhere"[..],
        );
        let elsewhere = elsewhere.await.unwrap().id;
        let items = [changed.item()];
        assert_conflict(several(&cast.ben, cast.papers, &items).await);
        change_publishing(&cast.olive, cast.papers, ON, 0)
            .await
            .unwrap();
        add_version(&cast.ben, changed, "second").await;
        let fresh = cast.document("fresh.txt").await;
        let mine = cast.document("mine.txt").await;
        documents::check_out(&cast.ben, mine, "").await.unwrap();
        let anns = cast.document("anns.txt").await;
        documents::check_out(&cast.ann, anns, "").await.unwrap();
        let sealed = cast.document("sealed.txt").await;
        cast.seal(sealed).await;
        let above = cast.document("above.txt").await;
        cast.mark(above).await;
        let folder = cast.folder(None, "Folder").await;
        let binned = cast.document("binned.txt").await;
        libraries::bin(&cast.ben, cast.papers, &[binned.item()])
            .await
            .unwrap();

        let selected: Vec<_> = [
            unchanged, changed, fresh, mine, anns, sealed, above, elsewhere, binned,
        ]
        .map(Id::<thing::Document>::item)
        .into_iter()
        .chain([folder.item()])
        .collect();
        let page = several(&cast.ben, cast.papers, &selected).await.unwrap();
        assert!(!page.asks);
        let ready: Vec<_> = page
            .ready
            .iter()
            .map(|one| {
                let (number, label) = one.version;
                let sees = one.readers_see.map(|label| label.to_string());
                let becomes = one.becomes.to_string();
                (one.name.as_str(), number, label.to_string(), becomes, sees)
            })
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            ready,
            [
                (
                    "changed.txt",
                    2,
                    "1.1".to_owned(),
                    "2.0".to_owned(),
                    some("1.0")
                ),
                ("fresh.txt", 1, "0.1".to_owned(), "1.0".to_owned(), None),
            ]
        );
        let mut left = why(&page.left_out);
        left.sort_unstable();
        let expected = [
            (None, "not_here"),
            (None, "not_here"),
            (None, "not_here"),
            (Some("Folder"), "folder"),
            (Some("anns.txt"), "checked_out"),
            (Some("mine.txt"), "checked_out"),
            (Some("sealed.txt"), "closed"),
            (Some("unchanged.txt"), "nothing_new"),
        ];
        assert_eq!(left, expected);
        let said = page.left_out.iter().map(|left| left.why.to_string());
        let said: Vec<_> = said.collect();
        assert!(
            said.iter()
                .any(|says| says.starts_with("Ann Brook of Harbour Lights has it")),
            "{said:?}"
        );
        assert!(said.iter().any(|says| says.starts_with("You have it")));

        // Only those who change the library come here.
        assert_refused(
            several(&cast.rita, cast.papers, &selected)
                .await
                .map(|_| ()),
        );
        assert_not_found(
            several(&cast.stranger, cast.papers, &selected)
                .await
                .map(|_| ()),
        );
        let wanted: Vec<_> = selected
            .iter()
            .map(|item| {
                let number = if *item == changed.item() { 2 } else { 1 };
                (Id::from_raw(item.raw()), number)
            })
            .collect();
        let publish_by = async |who: &Actor| {
            publish_several(who, cast.papers, &wanted, "Agreed on Monday").await
        };
        assert_refused(publish_by(&cast.rita).await.map(|_| ()));
        assert_not_found(publish_by(&cast.stranger).await.map(|_| ()));
        assert_invalid(
            publish_several(&cast.ben, cast.papers, &[], "")
                .await
                .map(|_| ()),
            "documents",
        );
        let many: Vec<_> = (1..=1_001).map(|id| (Id::from_raw(id), 1)).collect();
        let too_many = publish_several(&cast.ben, cast.papers, &many, "").await;
        assert_invalid(too_many.map(|_| ()), "documents");
        let long = "x".repeat(501);
        let unsaid = publish_several(&cast.ben, cast.papers, &wanted, &long).await;
        assert_invalid(unsaid.map(|_| ()), "comment");
        assert_not_found(documents::document(&cast.rita, fresh, None).await);

        let outcome = publish_by(&cast.ben).await.unwrap();
        assert_eq!(
            called(&outcome),
            [
                ("changed.txt", "2.0".to_owned()),
                ("fresh.txt", "1.0".to_owned())
            ]
        );
        let mut left = why(&outcome.left_out);
        left.sort_unstable();
        assert_eq!(left, expected);
        assert_eq!(read(&cast.rita, changed, None).await, b"second");
        assert_eq!(
            versions(&cast.rita, fresh).await,
            [("1.0".to_owned(), Some(true))]
        );
        assert_not_found(documents::document(&cast.rita, mine, None).await);
        is_sound(&cast).await;

        // Each has its own entry, with what readers are told.
        let activity = trail::activity(
            &cast.rita,
            trail::Of::Library(cast.papers),
            &trail::TrailFilter::default(),
        )
        .await
        .unwrap();
        let said = format!("{activity:?}");
        for what in [
            "published version 2.0 of changed.txt",
            "published version 1.0 of fresh.txt",
        ] {
            assert!(said.contains(what), "{what}: {said}");
        }
        assert!(!said.contains("mine.txt") && !said.contains("sealed.txt"));

        // The next drafts go on from there; a second time there is nothing to do, and it says why.
        add_version(&cast.ben, changed, "third").await;
        assert_eq!(versions(&cast.ben, changed).await[0].0, "2.1");
        let stale = [(changed, 2), (fresh, 1)];
        let why = assert_conflict(publish_several(&cast.ben, cast.papers, &stale, "").await);
        assert!(
            why.starts_with("Nothing was published. changed.txt: It was changed")
                && why.contains("fresh.txt: Readers see its latest version already"),
            "{why}"
        );
        assert_eq!(read(&cast.rita, changed, None).await, b"second");

        // What was withdrawn comes back under its name.
        unpublish(&cast.ben, fresh, "A mistake").await.unwrap();
        let outcome = publish_several(&cast.ben, cast.papers, &[(fresh, 1), (changed, 3)], "")
            .await
            .unwrap();
        assert_eq!(
            called(&outcome),
            [
                ("changed.txt", "3.0".to_owned()),
                ("fresh.txt", "1.0".to_owned())
            ]
        );
        is_sound(&cast).await;
    })
    .await;
}

#[allow(
    clippy::too_many_lines,
    reason = "what is asked and answered is one story"
)]
#[tokio::test]
async fn owners_are_asked_for_several_and_told_of_them_once() {
    both(async |world| {
        let cast = Cast::new(world).await;
        change_publishing(&cast.olive, cast.papers, APPROVED, 0)
            .await
            .unwrap();
        let mut all = Vec::new();
        for name in ["a.txt", "b.txt", "c.txt"] {
            all.push((cast.document(name).await, 1_u64));
        }
        let items: Vec<_> = all.iter().map(|(document, _)| document.item()).collect();
        let page = several(&cast.ben, cast.papers, &items).await.unwrap();
        assert!(page.asks && page.ready.len() == 3);
        assert_refused(
            publish_several(&cast.ben, cast.papers, &all, "")
                .await
                .map(|_| ()),
        );
        assert_refused(
            ask_for_several(&cast.rita, cast.papers, &all, "")
                .await
                .map(|_| ()),
        );
        let asked = ask_for_several(&cast.ben, cast.papers, &all[..2], "For Monday")
            .await
            .unwrap();
        assert_eq!(
            called(&asked),
            [("a.txt", "0.1".to_owned()), ("b.txt", "0.1".to_owned())]
        );
        // What waits already is left out, and named.
        let asked = ask_for_several(&cast.ben, cast.papers, &all, "")
            .await
            .unwrap();
        assert_eq!(called(&asked), [("c.txt", "0.1".to_owned())]);
        assert_eq!(
            why(&asked.left_out),
            [(Some("a.txt"), "waiting"), (Some("b.txt"), "waiting")]
        );
        assert_conflict(ask_for_several(&cast.ben, cast.papers, &all, "").await);
        let (_, waits, _) = requests(&cast.olive, cast.papers, None).await.unwrap();
        let notes: Vec<_> = waits.iter().map(|waits| waits.note.as_str()).collect();
        assert_eq!(notes, ["For Monday", "For Monday", ""]);
        let says = told(&cast, &cast.olive).await;
        assert_eq!(says.len(), 2, "{says:?}");
        assert!(
            says[1].ends_with("draft 0.1 of a.txt to be published, and others with it: For Monday"),
            "{says:?}"
        );
        let mut scope = cast.olive.scope().unwrap();
        let lines = notices::list(&mut scope, None).await.unwrap();
        assert_eq!(
            lines[1].href_kind,
            Some(notices::About::Approvals(cast.papers))
        );

        // One goes on after it was asked for: what is published is what was asked for. Another is asked for anew, and what
        // was asked for before is overtaken.
        let (a, b, c) = (all[0].0, all[1].0, all[2].0);
        add_version(&cast.ben, a, "later").await;
        documents::check_out(&cast.ben, a, "").await.unwrap();
        add_version(&cast.ben, b, "better").await;
        let again = ask_for_several(&cast.ben, cast.papers, &[(b, 2)], "")
            .await
            .unwrap();
        assert_eq!(called(&again), [("b.txt", "0.2".to_owned())]);
        let page = several(&cast.olive, cast.papers, &items).await.unwrap();
        assert!(!page.asks);
        let ready: Vec<_> = page
            .ready
            .iter()
            .map(|one| (one.name.as_str(), one.version.0, one.asked, one.moved_on))
            .collect();
        assert_eq!(
            ready,
            [
                ("a.txt", 1, true, true),
                ("b.txt", 2, true, false),
                ("c.txt", 1, true, false)
            ]
        );
        // Whoever asked takes one back meanwhile: it is still the latest, and the owner decided about it.
        withdraw(&cast.ben, c, 1).await.unwrap();
        let outcome = publish_several(&cast.olive, cast.papers, &[(a, 1), (b, 2)], "Agreed")
            .await
            .unwrap();
        assert_eq!(outcome.done.len(), 2);
        assert_eq!(
            versions(&cast.rita, a).await,
            [("1.0".to_owned(), Some(true))]
        );
        assert_eq!(
            versions(&cast.ben, a).await[0],
            ("1.1".to_owned(), Some(false))
        );
        let (_, waits, _) = requests(&cast.olive, cast.papers, None).await.unwrap();
        assert!(waits.is_empty());
        let open = "SELECT COUNT(*) AS value FROM publication_requests WHERE outcome = 'published'";
        assert_eq!(cast.world.count(open, args![]).await, 2);
        let says = told(&cast, &cast.ben).await;
        assert_eq!(says.len(), 1, "{says:?}");
        assert!(
            says[0]
                .ends_with("published version 1.0 of a.txt, and others that you asked for: Agreed"),
            "{says:?}"
        );
        is_sound(&cast).await;

        // Where contributors publish, nobody is asked.
        change_publishing(&cast.olive, cast.papers, ON, 0)
            .await
            .unwrap();
        assert_conflict(ask_for_several(&cast.ben, cast.papers, &[(c, 1)], "").await);
    })
    .await;
}

#[tokio::test]
async fn several_are_published_in_few_statements() {
    both(async |world| {
        let cast = Cast::new(world).await;
        cast.many(None, "Doc", 130).await;
        change_publishing(&cast.olive, cast.papers, ON, 0)
            .await
            .unwrap();
        let mut all = Vec::new();
        for line in libraries::list(
            &cast.ben,
            cast.papers,
            &Listing {
                limit: 200,
                ..Listing::default()
            },
        )
        .await
        .unwrap()
        .items
        {
            let document = line.document().unwrap();
            let number = add_version(&cast.ben, document, &line.name).await;
            all.push((document, number));
        }
        let items: Vec<_> = all.iter().map(|(document, _)| document.item()).collect();
        let (few, asked) = count_queries(several(&cast.ben, cast.papers, &items[..2])).await;
        assert_eq!(few.unwrap().ready.len(), 2);
        let (many, asked_of_many) = count_queries(several(&cast.ben, cast.papers, &items)).await;
        assert_eq!(many.unwrap().ready.len(), 130);
        assert_eq!(asked, asked_of_many);
        let (done, few) =
            count_queries(publish_several(&cast.ben, cast.papers, &all[..2], "")).await;
        assert_eq!(done.unwrap().done.len(), 2);
        let (done, many) =
            count_queries(publish_several(&cast.ben, cast.papers, &all[2..], "")).await;
        assert_eq!(done.unwrap().done.len(), 128);
        // Two batches of the rows, and of the entries.
        assert!(many <= few + 8, "{few} for two, {many} for 128");
        is_sound(&cast).await;
    })
    .await;
}

#[tokio::test]
async fn of_two_who_publish_at_one_moment_each_version_has_a_name_of_its_own() {
    both(async |world| {
        let cast = Cast::new(world).await;
        change_publishing(&cast.olive, cast.papers, ON, 0)
            .await
            .unwrap();
        let mut all = Vec::new();
        for number in 0..8 {
            all.push((cast.document(&format!("{number}.txt")).await, 1_u64));
        }
        let (alone, together, other) = tokio::join!(
            publish(&cast.ann, all[3].0, 1, "alone"),
            publish_several(&cast.ben, cast.papers, &all[..6], "together"),
            publish_several(&cast.olive, cast.papers, &all[2..], "too"),
        );
        let alone = usize::from(alone.is_ok());
        let several =
            [together, other].map(|outcome| outcome.map_or(0, |outcome| outcome.done.len()));
        assert_eq!(alone + several[0] + several[1], 8, "{alone} {several:?}");
        for (document, _) in &all {
            assert_eq!(
                versions(&cast.rita, *document).await,
                [("1.0".to_owned(), Some(true))]
            );
        }
        let open = "SELECT COUNT(*) AS value FROM publications WHERE until_at = $1";
        assert_eq!(cast.world.count(open, args![Time::FOREVER]).await, 8);
        is_sound(&cast).await;
    })
    .await;
}
