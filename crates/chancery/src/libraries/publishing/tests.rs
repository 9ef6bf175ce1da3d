//! Drafts and published versions, and that a reader is shown nothing of a draft on any door of this crate.

mod drafts;
mod several;

use futures::TryStreamExt as _;

use super::*;
use crate::documents::{self, Content};
use crate::files::{self, Address, What};
use crate::grants::{move_as_shown, preview_move};
use crate::kernel::{Actor, Role, Time, args};
use crate::libraries::tests::fixture::{
    Cast, assert_conflict, assert_invalid, assert_refused, put,
};
use crate::libraries::{self, Listing, Sort};
use crate::notices;
use crate::sites;
use crate::testing::{assert_not_found, both};
use crate::trail;

const ON: Option<Publishing> = Some(Publishing { approval: false });
const APPROVED: Option<Publishing> = Some(Publishing { approval: true });

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| {
        let all = sql::statements();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        world.prepares(&all).await;
    })
    .await;
}

async fn bytes(content: Content) -> Vec<u8> {
    let size = content.size;
    let pieces: Vec<_> = content.read(0..size).try_collect().await.unwrap();
    pieces.concat()
}

async fn read(who: &Actor, document: Id<thing::Document>, number: Option<u64>) -> Vec<u8> {
    bytes(documents::open(who, document, number, true).await.unwrap()).await
}

async fn add_version(who: &Actor, document: Id<thing::Document>, text: &str) -> u64 {
    documents::add_version(
        who,
        document,
        "",
        text.as_bytes(),
        "What I changed in secret",
    )
    .await
    .unwrap()
    .number
}

/// What the versions are called, newest first, and whether readers see them.
async fn versions(who: &Actor, document: Id<thing::Document>) -> Vec<(String, Option<bool>)> {
    let page = documents::document(who, document, None).await.unwrap();
    page.versions
        .into_iter()
        .map(|version| (version.label, version.shown))
        .collect()
}

/// The database says of itself that it is sound.
async fn is_sound(cast: &Cast) {
    let faults = documents::faults(&cast.world.realm).await.unwrap();
    let ours: Vec<_> = faults
        .iter()
        .filter(|fault| fault.contains("readers are shown"))
        .collect();
    assert!(ours.is_empty(), "{ours:?}");
}

#[tokio::test]
async fn what_was_there_counts_as_published_and_what_comes_is_a_draft_until_it_is_published() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let old = cast.document("old.txt").await;
        add_version(&cast.ben, old, "second").await;
        assert_eq!(versions(&cast.rita, old).await[0], ("2".to_owned(), None));

        assert_refused(change_publishing(&cast.ben, cast.papers, ON, 0).await);
        assert_refused(change_publishing(&cast.rita, cast.papers, ON, 0).await);
        assert_not_found(change_publishing(&cast.stranger, cast.papers, ON, 0).await);
        change_publishing(&cast.olive, cast.papers, ON, 0)
            .await
            .unwrap();
        let seen = ["2.0", "1.0"].map(|label| (label.to_owned(), Some(true)));
        assert_eq!(versions(&cast.rita, old).await, seen);
        assert_eq!(versions(&cast.ben, old).await, seen);
        is_sound(&cast).await;

        add_version(&cast.ben, old, "third").await;
        add_version(&cast.ben, old, "fourth").await;
        assert_eq!(
            versions(&cast.rita, old).await,
            seen,
            "readers see what they saw"
        );
        assert_eq!(read(&cast.rita, old, None).await, b"second");
        assert_eq!(read(&cast.ben, old, None).await, b"fourth");
        let labels: Vec<_> = versions(&cast.ben, old).await;
        assert_eq!(labels[0], ("2.2".to_owned(), Some(false)));
        assert_eq!(labels[1], ("2.1".to_owned(), Some(false)));

        let new = cast.document("new.txt").await;
        assert_eq!(
            versions(&cast.ben, new).await,
            [("0.1".to_owned(), Some(false))]
        );
        assert_not_found(documents::document(&cast.rita, new, None).await);

        // The latest is published, under the next number; nobody can publish what is not the latest.
        assert!(assert_conflict(publish(&cast.ben, old, 3, "").await).contains("newer version"));
        assert_conflict(publish(&cast.ben, old, 2, "").await);
        assert_not_found(publish(&cast.ben, old, 5, "").await.map(|_| ()));
        assert_refused(publish(&cast.rita, old, 4, "").await);
        assert_not_found(publish(&cast.rita, new, 1, "").await.map(|_| ()));
        assert_eq!(publish(&cast.ben, old, 4, "Agreed").await.unwrap(), "3.0");
        assert_eq!(publish(&cast.olive, new, 1, "").await.unwrap(), "1.0");
        assert_eq!(read(&cast.rita, old, None).await, b"fourth");
        let seen = ["3.0", "2.0", "1.0"].map(|label| (label.to_owned(), Some(true)));
        assert_eq!(versions(&cast.rita, old).await, seen);
        assert_not_found(
            documents::open(&cast.rita, old, Some(3), true)
                .await
                .map(|_| ()),
        );
        assert_eq!(read(&cast.ben, old, Some(3)).await, b"third");
        is_sound(&cast).await;

        // What readers saw is not shown again when something else is published after it was withdrawn.
        assert_invalid(unpublish(&cast.ben, old, " ").await, "reason");
        unpublish(&cast.ben, old, "It names somebody")
            .await
            .unwrap();
        assert_conflict(unpublish(&cast.ben, old, "Again").await);
        assert_not_found(documents::document(&cast.rita, old, None).await);
        is_sound(&cast).await;
        add_version(&cast.ben, old, "fifth").await;
        assert_eq!(versions(&cast.ben, old).await[0].0, "3.1");
        publish(&cast.ben, old, 5, "").await.unwrap();
        assert_eq!(
            versions(&cast.rita, old).await,
            [("4.0".to_owned(), Some(true))]
        );
        // The same version again, under its name.
        unpublish(&cast.ben, old, "A mistake").await.unwrap();
        assert_eq!(publish(&cast.ben, old, 5, "").await.unwrap(), "4.0");
        is_sound(&cast).await;

        // Turned off, readers see everything; whoever decides is told how many drafts that are.
        add_version(&cast.ben, old, "sixth").await;
        let page = setting(&cast.olive, cast.papers).await.unwrap();
        assert_eq!((page.documents, page.drafts, page.unpublished), (2, 1, 0));
        assert!(
            assert_conflict(change_publishing(&cast.olive, cast.papers, None, 0).await)
                .contains("1 now")
        );
        change_publishing(&cast.olive, cast.papers, None, 1)
            .await
            .unwrap();
        assert_eq!(read(&cast.rita, old, None).await, b"sixth");
        assert_eq!(versions(&cast.rita, old).await[0], ("6".to_owned(), None));
        assert_eq!(versions(&cast.rita, old).await.len(), 6);
        is_sound(&cast).await;
        assert_conflict(publish(&cast.ben, old, 6, "").await);
    })
    .await;
}

#[allow(
    clippy::too_many_lines,
    reason = "what is asked and answered is one story"
)]
#[tokio::test]
async fn an_owner_approves_exactly_what_was_asked_for() {
    both(async |world| {
        let cast = Cast::new(world).await;
        change_publishing(&cast.olive, cast.papers, APPROVED, 0)
            .await
            .unwrap();
        let document = cast.document("policy.txt").await;
        assert_refused(publish(&cast.ben, document, 1, "").await);
        assert_refused(unpublish(&cast.ben, document, "No").await);
        ask_to_publish(&cast.ben, document, 1, "Please")
            .await
            .unwrap();
        assert_conflict(ask_to_publish(&cast.ben, document, 1, "").await);
        assert_refused(send_back(&cast.ben, document, 1, "No").await);
        let mut scope = cast.olive.scope().unwrap();
        let waits = waiting_for_me(&mut scope).await.unwrap();
        assert_eq!(waits.len(), 1);
        assert_eq!(waits[0].note, "Please");
        assert!(!waits[0].moved_on);
        let (_, waits, _) = requests(&cast.ben, cast.papers, None).await.unwrap();
        assert_eq!(waits.len(), 1);
        assert_refused(requests(&cast.rita, cast.papers, None).await.map(|_| ()));

        assert_invalid(send_back(&cast.olive, document, 1, "").await, "reason");
        send_back(&cast.olive, document, 1, "Section 3 is missing")
            .await
            .unwrap();
        assert_conflict(send_back(&cast.olive, document, 1, "Again").await);
        assert_not_found(documents::document(&cast.rita, document, None).await);
        assert_not_found(publication(&cast.rita, document).await);

        // It moves on after it was asked for: what is approved is what was asked for.
        add_version(&cast.ben, document, "asked for").await;
        ask_to_publish(&cast.ben, document, 2, "").await.unwrap();
        add_version(&cast.ben, document, "later").await;
        let stands = publication(&cast.olive, document).await.unwrap().unwrap();
        let request = stands.request.as_ref().unwrap();
        assert!(request.moved_on && request.version.0 == 2);
        assert!(stands.can.decide);
        assert_eq!(publish(&cast.olive, document, 2, "").await.unwrap(), "1.0");
        assert_eq!(read(&cast.rita, document, None).await, b"asked for");
        // Whoever reads is told what they see, and not that there is anything else.
        ask_to_publish(&cast.ben, document, 3, "Secret")
            .await
            .unwrap();
        let stands = publication(&cast.rita, document).await.unwrap().unwrap();
        let seen = (2, Label { major: 1, minor: 0 });
        assert_eq!((stands.latest, stands.shown), (seen, Some(seen)));
        assert!(stands.request.is_none() && stands.can == CanPublish::default());
        send_back(&cast.olive, document, 3, "Not yet")
            .await
            .unwrap();
        let labels: Vec<_> = versions(&cast.ben, document).await;
        let labels: Vec<_> = labels.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(labels, ["1.1", "1.0", "0.1"]);
        let mut scope = cast.olive.scope().unwrap();
        assert!(waiting_for_me(&mut scope).await.unwrap().is_empty());
        is_sound(&cast).await;

        cast.world
            .realm
            .keep_up(&[std::sync::Arc::new(notices::Notices)])
            .await
            .unwrap();
        let told = |who: Actor| async move {
            let mut scope = who.scope().unwrap();
            let lines = notices::list(&mut scope, None).await.unwrap();
            lines.into_iter().map(|line| line.says).collect::<Vec<_>>()
        };
        let owner = told(cast.olive.clone()).await;
        assert!(
            owner
                .iter()
                .any(|says| says.contains("draft 0.1 of policy.txt")),
            "{owner:?}"
        );
        let asker = told(cast.ben.clone()).await;
        assert!(
            asker
                .iter()
                .any(|says| says.contains("Section 3 is missing")),
            "{asker:?}"
        );
        assert!(
            asker
                .iter()
                .any(|says| says.contains("published version 1.0")),
            "{asker:?}"
        );
        assert!(told(cast.rita.clone()).await.is_empty());

        // Who is only a reader now is told what was published, and nothing of drafts.
        let ended = args![cast.world.realm.now(), cast.ben.me().unwrap()];
        put(
            &cast.world,
            "UPDATE grants SET until_at = $1 WHERE subject_id = $2",
            ended,
        )
        .await;
        cast.give(cast.site.raw(), &cast.ben, Role::Reader).await;
        let reader = told(cast.ben.clone()).await.join("\n");
        assert!(reader.contains("published version 1.0"), "{reader}");
        assert!(
            reader.contains("answered your request to publish something in Papers"),
            "{reader}"
        );
        for hidden in ["Section 3", "draft", "decided"] {
            assert!(!reader.contains(hidden), "{reader}");
        }
    })
    .await;
}

async fn told(cast: &Cast, who: &Actor) -> Vec<String> {
    let follower = std::sync::Arc::new(notices::Notices);
    cast.world.realm.keep_up(&[follower]).await.unwrap();
    let mut scope = who.scope().unwrap();
    let lines = notices::list(&mut scope, None).await.unwrap();
    lines.into_iter().map(|line| line.says).collect()
}

#[tokio::test]
async fn whoever_asked_can_withdraw_that_while_it_waits() {
    both(async |world| {
        let cast = Cast::new(world).await;
        change_publishing(&cast.olive, cast.papers, APPROVED, 0)
            .await
            .unwrap();
        let document = cast.document("policy.txt").await;
        assert_conflict(withdraw(&cast.ben, document, 1).await);
        ask_to_publish(&cast.ben, document, 1, "Soon")
            .await
            .unwrap();
        assert!(told(&cast, &cast.olive).await[0].ends_with("to be published: Soon"));
        let can = async |who: &Actor| publication(who, document).await.unwrap().unwrap().can;
        assert!(can(&cast.ben).await.withdraw);
        assert!(!can(&cast.ann).await.withdraw && !can(&cast.olive).await.withdraw);
        let page = documents::document(&cast.ben, document, None)
            .await
            .unwrap();
        assert!(page.standing.unwrap().can.withdraw);

        // Nobody else does it for them, and only the version that waits is meant.
        assert_refused(withdraw(&cast.ann, document, 1).await);
        assert_refused(withdraw(&cast.olive, document, 1).await);
        assert_not_found(withdraw(&cast.rita, document, 1).await);
        assert_not_found(withdraw(&cast.stranger, document, 1).await);
        assert_conflict(withdraw(&cast.ben, document, 2).await);
        withdraw(&cast.ben, document, 1).await.unwrap();

        // An owner who had it before them is told, and publishes nothing by it.
        let why = assert_conflict(publish_asked(&cast.olive, document, 1, "").await);
        assert!(
            why.contains("Ben") && why.contains("has withdrawn the request to publish draft 0.1"),
            "{why}"
        );
        let why = assert_conflict(send_back(&cast.olive, document, 1, "No").await);
        assert!(why.contains("has withdrawn the request"), "{why}");
        assert_conflict(withdraw(&cast.ben, document, 1).await);
        assert_not_found(documents::document(&cast.rita, document, None).await);
        let (_, waits, _) = requests(&cast.ben, cast.papers, None).await.unwrap();
        assert!(waits.is_empty());
        let mut scope = cast.olive.scope().unwrap();
        assert!(waiting_for_me(&mut scope).await.unwrap().is_empty());
        let stands = publication(&cast.olive, document).await.unwrap().unwrap();
        assert_eq!(stands.withdrawn.as_ref().unwrap().version.0, 1);
        assert!(stands.request.is_none() && !stands.can.decide);
        let page = documents::document(&cast.olive, document, None)
            .await
            .unwrap();
        assert_eq!(page.standing.unwrap().withdrawn, Some(1));
        let says = told(&cast, &cast.olive).await;
        assert_eq!(says.len(), 1, "one withdraws without another notice");
        assert!(
            says[0].ends_with("to be published, and has withdrawn this since: Soon"),
            "{says:?}"
        );
        let trail = trail::trail(
            &cast.olive,
            trail::Of::Document(document),
            &trail::TrailFilter::default(),
        )
        .await
        .unwrap();
        assert!(
            format!("{trail:?}")
                .contains("withdrew the request to publish draft 0.1 of policy.txt")
        );

        // It can be asked for again: then what was withdrawn before is past.
        cast.world.clock.advance(std::time::Duration::from_hours(1));
        ask_to_publish(&cast.ben, document, 1, "").await.unwrap();
        let stands = publication(&cast.olive, document).await.unwrap().unwrap();
        assert!(stands.withdrawn.is_none() && stands.can.decide);
        let says = told(&cast, &cast.olive).await;
        assert!(says[0].ends_with("to be published"), "{says:?}");
        publish_asked(&cast.olive, document, 1, "").await.unwrap();
        assert_conflict(withdraw(&cast.ben, document, 1).await);
        // Whoever reads is not told that anything was asked or withdrawn.
        let stands = publication(&cast.rita, document).await.unwrap().unwrap();
        assert!(stands.withdrawn.is_none() && !stands.can.withdraw);
        is_sound(&cast).await;
    })
    .await;
}

#[tokio::test]
#[allow(
    clippy::too_many_lines,
    reason = "one reader goes from door to door in one world"
)]
async fn a_reader_is_shown_nothing_of_a_draft_on_any_door() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let (site, papers) = (cast.site, cast.papers);
        change_publishing(&cast.olive, papers, ON, 0).await.unwrap();
        let folder = cast.folder(None, "Policies").await;
        let shown = cast.document_in(Some(folder), "shown.txt").await;
        add_version(&cast.ben, shown, "published words").await;
        publish(&cast.ben, shown, 2, "").await.unwrap();
        let hidden = cast.document_in(Some(folder), "hidden-name.txt").await;
        let before = documents::document(&cast.rita, shown, None).await.unwrap();
        cast.world.clock.advance(std::time::Duration::from_hours(2));
        let later = cast.world.realm.now();
        // From here on there are drafts only.
        documents::check_out(&cast.ben, shown, "Rewriting section 9")
            .await
            .unwrap();
        documents::check_in(
            &cast.ben,
            shown,
            Some(&b"words of the draft, which are longer"[..]),
            "Secret comment",
        )
        .await
        .unwrap();
        documents::check_out(&cast.ben, shown, "Rewriting section 9")
            .await
            .unwrap();
        documents::check_out(&cast.olive, hidden, "Quiet")
            .await
            .unwrap();

        let after = documents::document(&cast.rita, shown, None).await.unwrap();
        assert_eq!(
            format!("{before:?}"),
            format!("{after:?}"),
            "the page of a reader is the same in every fact"
        );
        assert_eq!(after.version, 2);
        assert!(after.held.is_none() && after.standing.is_none());
        assert_eq!(
            after.versions.len(),
            1,
            "and the draft before what was published is not there"
        );
        assert_not_found(documents::document(&cast.rita, hidden, None).await);
        for number in [1, 3, 99] {
            assert_not_found(
                documents::open(&cast.rita, shown, Some(number), false)
                    .await
                    .map(|_| ()),
            );
            assert_not_found(documents::compare(&cast.rita, shown, number, 2).await);
            assert_not_found(documents::compare(&cast.rita, shown, 2, number).await);
            assert_not_found(documents::preview(&cast.rita, shown, number, "text/plain").await);
            assert_not_found(documents::text(&cast.rita, shown, Some(number)).await);
        }
        assert_eq!(
            documents::text(&cast.rita, shown, None)
                .await
                .unwrap()
                .version,
            2
        );

        // Lists, in every order, searches, counts.
        for sort in Sort::ALL {
            for descending in [false, true] {
                let listing = Listing {
                    folder: Some(folder),
                    sort,
                    descending,
                    ..Listing::default()
                };
                let page = libraries::list(&cast.rita, papers, &listing).await.unwrap();
                assert_eq!(page.total, 1);
                let [line] = &page.items[..] else {
                    panic!("{:?}", page.items)
                };
                assert_eq!(
                    (line.name.as_str(), line.version, line.size),
                    ("shown.txt", 2, 15)
                );
                assert!(line.changed_at < later && line.held.is_none());
                assert_eq!(line.label, Some(("1.0".to_owned(), false)));
            }
        }
        let top = libraries::list(&cast.rita, papers, &Listing::default())
            .await
            .unwrap();
        assert_eq!(top.items[0].inside, 1, "a folder counts what is seen in it");
        for listing in [
            Listing {
                find: "hidden".to_owned(),
                ..Listing::default()
            },
            Listing {
                changed_since: Some(later),
                ..Listing::default()
            },
            Listing {
                state: libraries::State::CheckedOut,
                ..Listing::default()
            },
        ] {
            let page = libraries::list(&cast.rita, papers, &listing).await.unwrap();
            assert!(page.items.is_empty() && page.total == 0, "{listing:?}");
            let page = libraries::list(&cast.ben, papers, &listing).await.unwrap();
            assert!(!page.items.is_empty(), "contributors find it: {listing:?}");
        }
        let mut scope = cast.rita.scope().unwrap();
        assert!(documents::held_by_me(&mut scope).await.unwrap().is_empty());
        let page = sites::site(&cast.rita, site).await.unwrap();
        let line = page
            .libraries
            .iter()
            .find(|line| line.id == papers)
            .unwrap();
        assert_eq!(line.documents, 1);
        assert!(line.changed_at.is_some_and(|at| at < later), "{line:?}");

        // What file programs see.
        let address = |name: &str| {
            Address::new(
                ["Resettlement", "Papers", "Policies", name]
                    .map(str::to_owned)
                    .to_vec(),
            )
        };
        let found = files::look(&cast.rita, &address("shown.txt"))
            .await
            .unwrap();
        let What::Document(entry) = &found.what else {
            panic!("{:?}", found.what)
        };
        assert_eq!(entry.size, 15);
        assert!(entry.changed_at < later && entry.locks.is_empty());
        assert_eq!(
            bytes(files::open(&cast.rita, &found).await.unwrap()).await,
            b"published words"
        );
        let for_ben = files::look(&cast.ben, &address("shown.txt")).await.unwrap();
        assert_ne!(for_ben.entry().unwrap().etag, entry.etag);
        let nothing = files::look(&cast.rita, &address("hidden-name.txt"))
            .await
            .unwrap();
        assert!(matches!(nothing.what, What::Nothing), "{:?}", nothing.what);
        let used = files::used(&cast.rita, papers).await.unwrap();
        assert_eq!(used, 15);
        assert!(files::used(&cast.ben, papers).await.unwrap() > used);

        // Many at once.
        let mut bundle = documents::bundle(&cast.rita, papers, &[folder.item()])
            .await
            .unwrap();
        let mut names = Vec::new();
        while let Some(bundled) = bundle.next().await.unwrap() {
            names.push(format!("{bundled:?}"));
        }
        assert!(
            names.len() == 1 && names[0].contains("shown.txt"),
            "{names:?}"
        );

        // The activity says what was published, and nothing else of documents.
        for of in [
            trail::Of::Site(site),
            trail::Of::Library(papers),
            trail::Of::Document(shown),
        ] {
            let page = trail::activity(&cast.rita, of, &trail::TrailFilter::default())
                .await
                .unwrap();
            let said = format!("{page:?}");
            for secret in [
                "hidden-name",
                "Secret comment",
                "section 9",
                "checked",
                "1.1",
                "draft",
                "ecret",
            ] {
                assert!(!said.contains(secret), "{of:?} says {secret}: {said}");
            }
            assert!(
                said.contains("published version 1.0 of shown.txt"),
                "{of:?}: {said}"
            );
        }
        assert_not_found(
            trail::activity(
                &cast.rita,
                trail::Of::Document(hidden),
                &trail::TrailFilter::default(),
            )
            .await,
        );
        let mut scope = cast.rita.scope().unwrap();
        let recent = trail::recent(&mut scope, 20).await.unwrap();
        assert!(!format!("{recent:?}").contains("hidden-name"), "{recent:?}");

        // The same content somewhere else is offered to whoever sees it there.
        cast.give(cast.private.raw(), &cast.rita, Role::Contributor)
            .await;
        let added = documents::add(
            &cast.rita,
            cast.private,
            None,
            "mine.txt",
            &b"words of the draft, which are longer"[..],
        )
        .await
        .unwrap();
        assert!(added.already.is_empty(), "{:?}", added.already);
        let added = documents::add(
            &cast.rita,
            cast.private,
            None,
            "mine too.txt",
            &b"published words"[..],
        )
        .await
        .unwrap();
        assert_eq!(
            added.already.iter().map(|same| same.id).collect::<Vec<_>>(),
            [shown]
        );
    })
    .await;
}

#[tokio::test]
async fn at_an_earlier_moment_the_rule_answers_as_it_did_then() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let hour = std::time::Duration::from_hours(1);
        let mut moments: Vec<(Time, bool)> = Vec::new();
        let mut mark = |cast: &Cast, sees: bool| {
            moments.push((cast.world.realm.now(), sees));
            cast.world.clock.advance(hour);
        };
        mark(&cast, true);
        change_publishing(&cast.olive, cast.papers, ON, 0)
            .await
            .unwrap();
        mark(&cast, true);
        unpublish(&cast.olive, document, "Why").await.unwrap();
        mark(&cast, false);
        publish(&cast.olive, document, 1, "").await.unwrap();
        mark(&cast, true);
        unpublish(&cast.olive, document, "Why").await.unwrap();
        mark(&cast, false);
        change_publishing(&cast.olive, cast.papers, None, 1)
            .await
            .unwrap();
        mark(&cast, true);
        let proof = cast
            .olive
            .read::<ViewPublishing>(cast.papers)
            .await
            .unwrap();
        for who in [&cast.rita, &cast.ben] {
            let person = who.me().unwrap();
            for (at, sees) in &moments {
                let role = Actor::access_at(
                    &proof,
                    person,
                    None,
                    crate::kernel::Kind::Item,
                    document.raw(),
                    *at,
                )
                .await
                .unwrap();
                let expected = *sees || person == cast.ben.me().unwrap();
                assert_eq!(role.is_some(), expected, "{at:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_readers_saw_stays_what_they_see_when_a_document_moves() {
    both(async |world| {
        let cast = Cast::new(world).await;
        change_publishing(&cast.olive, cast.papers, ON, 0)
            .await
            .unwrap();
        let document = cast.document("a.txt").await;
        add_version(&cast.ben, document, "published").await;
        publish(&cast.ben, document, 2, "").await.unwrap();
        add_version(&cast.ben, document, "draft").await;
        let go = async |from, to| {
            libraries::relocate(&cast.olive, from, &[document.item()], to, None)
                .await
                .unwrap();
            is_sound(&cast).await;
        };
        let seen =
            drafts_shown_by_moving(&cast.olive, cast.papers, &[document.item()], cast.archive)
                .await
                .unwrap();
        assert_eq!(seen, 1, "the draft would be seen there");
        go(cast.papers, cast.archive).await;
        assert_eq!(
            versions(&cast.ben, document).await[0],
            ("3".to_owned(), None)
        );
        let seen =
            drafts_shown_by_moving(&cast.olive, cast.archive, &[document.item()], cast.papers)
                .await
                .unwrap();
        assert_eq!(seen, 0);
        go(cast.archive, cast.papers).await;
        assert_eq!(
            versions(&cast.rita, document).await.len(),
            3,
            "all of them were seen there"
        );
        add_version(&cast.ben, document, "another").await;
        assert_eq!(versions(&cast.ben, document).await[0].0, "3.1");
        assert_eq!(versions(&cast.rita, document).await.len(), 3);

        // Between two that require it nothing changes; in the bin neither.
        change_publishing(&cast.olive, cast.archive, APPROVED, 0)
            .await
            .unwrap();
        go(cast.papers, cast.archive).await;
        assert_eq!(versions(&cast.ben, document).await[0].0, "3.1");
        libraries::bin(&cast.olive, cast.archive, &[document.item()])
            .await
            .unwrap();
        change_publishing(&cast.olive, cast.archive, None, 0)
            .await
            .unwrap();
        is_sound(&cast).await;
        change_publishing(&cast.olive, cast.archive, ON, 0)
            .await
            .unwrap();
        is_sound(&cast).await;
        let rows = cast
            .world
            .count(
                "SELECT COUNT(*) AS value FROM publications WHERE until_at > $1",
                args![cast.world.realm.now()],
            )
            .await;
        assert_eq!(rows, 4);
    })
    .await;
}

#[tokio::test]
async fn a_draft_before_what_is_published_is_counted_and_is_shown_only_to_whoever_was_told() {
    both(async |world| {
        let cast = Cast::new(world).await;
        change_publishing(&cast.olive, cast.papers, ON, 0)
            .await
            .unwrap();
        let document = cast.document("a.txt").await;
        add_version(&cast.ben, document, "the latest").await;
        publish(&cast.ben, document, 2, "").await.unwrap();
        let page = setting(&cast.olive, cast.papers).await.unwrap();
        assert_eq!((page.documents, page.drafts, page.unpublished), (1, 1, 0));
        assert_conflict(change_publishing(&cast.olive, cast.papers, None, 0).await);
        let items = [document.item()];
        let seen = drafts_shown_by_moving(&cast.olive, cast.papers, &items, cast.archive).await;
        assert_eq!(seen.unwrap(), 1, "the draft before it would be seen there");
        let preview = preview_move(&cast.olive, cast.papers, cast.archive)
            .await
            .unwrap();
        let go = async |told| {
            let (from, to) = (cast.papers, cast.archive);
            move_as_shown(
                &cast.olive,
                from,
                &items,
                to,
                None,
                &preview.fingerprint,
                told,
            )
            .await
        };
        assert!(assert_conflict(go(0).await).contains("1 of these documents"));
        assert_eq!(versions(&cast.rita, document).await.len(), 1);
        assert_eq!(go(1).await.unwrap(), 1);
        assert_eq!(versions(&cast.rita, document).await.len(), 2);
        is_sound(&cast).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_published_twice() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let document = cast.document("a.txt").await;
        let id: Id<thing::Interval> = cast.world.realm.new_id();
        let now = cast.world.realm.now();
        put(
            &cast.world,
            "INSERT INTO publications (id, document_id, number, published_by, dated_at, from_at, until_at)
             VALUES ($1, $2, 1, 0, $3, $3, $4)",
            args![id, document, now, Time::FOREVER],
        )
        .await;
        change_publishing(&cast.olive, cast.papers, ON, 0)
            .await
            .unwrap();
        assert_eq!(versions(&cast.rita, document).await.len(), 1);
        let open = cast
            .world
            .count(
                "SELECT COUNT(*) AS value FROM publications WHERE until_at = $1",
                args![Time::FOREVER],
            )
            .await;
        assert_eq!(open, 1);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_ask_at_one_moment_one_is_told_that_it_waits_already() {
    both(async |world| {
        let cast = Cast::new(world).await;
        change_publishing(&cast.olive, cast.papers, APPROVED, 0)
            .await
            .unwrap();
        for name in ["a.txt", "b.txt", "c.txt"] {
            let document = cast.document(name).await;
            let (one, other) = tokio::join!(
                ask_to_publish(&cast.ben, document, 1, "Ben asks"),
                ask_to_publish(&cast.ann, document, 1, "Ann asks"),
            );
            assert_eq!(
                u8::from(one.is_ok()) + u8::from(other.is_ok()),
                1,
                "{one:?} {other:?}"
            );
            assert_conflict(if one.is_ok() { other } else { one });
        }
        let (_, waits, _) = requests(&cast.ben, cast.papers, None).await.unwrap();
        assert_eq!(waits.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_large_library_is_settled_and_unsettled_whole_and_its_neighbour_is_left_alone() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let elsewhere = documents::add(
            &cast.ann,
            cast.archive,
            None,
            "elsewhere.txt",
            &b"elsewhere"[..],
        );
        let elsewhere = elsewhere.await.unwrap().id;
        cast.many(None, "Doc", 2_100).await;
        let open = async || {
            cast.world
                .count(
                    "SELECT COUNT(*) AS value FROM publications WHERE until_at = $1",
                    args![Time::FOREVER],
                )
                .await
        };
        let settled = "SELECT COUNT(*) AS value FROM items WHERE published IS NOT NULL";
        change_publishing(&cast.olive, cast.papers, ON, 0)
            .await
            .unwrap();
        assert_eq!(open().await, 2_100);
        assert_eq!(cast.world.count(settled, args![]).await, 2_100);
        assert_eq!(versions(&cast.rita, elsewhere).await[0].1, None);
        is_sound(&cast).await;
        change_publishing(&cast.olive, cast.papers, None, 0)
            .await
            .unwrap();
        assert_eq!(open().await, 0);
        assert_eq!(cast.world.count(settled, args![]).await, 0);
        is_sound(&cast).await;
    })
    .await;
}
