//! The pages in a real browser: every kind of page at two widths with axe, and the main job by
//! mouse, by keyboard, and without scripts.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "browser/states/mod.rs"]
mod states;
mod visitor;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use testkit::browser::{DESKTOP, PHONE, WCAG_2_2_AA};
use visitor::{By, Served, Visitor};

/// `/documents/0ABC…/versions/3` is one more of `/documents/{}/versions/{}`.
fn kind_of(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.split('/')
        .map(|part| {
            let id = part.len() == 13
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
            let number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if id || number { "{}" } else { part }
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Addresses that answer with a file.
fn is_file(path: &str) -> bool {
    let kind = kind_of(path);
    kind.ends_with("/content")
        || kind.ends_with("/versions/{}")
        || kind.ends_with("/draft")
        || kind.ends_with("/versions/{}/pages")
        || kind.contains("trail.")
}

/// Follows links from these pages: one page of each kind, and three of those that differ most.
async fn crawl(
    visitor: &Visitor,
    from: &[&str],
    problems: &mut Vec<String>,
    seen: &mut BTreeMap<String, usize>,
) {
    let mut queue: VecDeque<String> = from.iter().map(|path| (*path).to_owned()).collect();
    let mut queued: BTreeSet<String> = queue.iter().cloned().collect();
    while let Some(path) = queue.pop_front() {
        let kind = kind_of(&path);
        let count = seen.entry(kind.clone()).or_default();
        *count += 1;
        let enough = if matches!(kind.as_str(), "/documents/{}" | "/libraries/{}") {
            3
        } else {
            1
        };
        if *count > enough {
            continue;
        }
        for viewport in [DESKTOP, PHONE] {
            visitor.browser.resize(viewport).await.unwrap();
            visitor.open(&path).await;
            let width = viewport.width;
            for violation in visitor
                .browser
                .axe(assets::axe(), WCAG_2_2_AA)
                .await
                .unwrap()
            {
                problems.push(format!("{path} at {width}: {violation:?}"));
            }
            let over = visitor
                .browser
                .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                .await
                .unwrap();
            if over.as_i64() > Some(0) {
                problems.push(format!(
                    "{path} at {width}: scrolls sideways by {over} pixels"
                ));
            }
        }
        for complaint in visitor.browser.complaints().await.unwrap() {
            problems.push(format!("{path}: {complaint}"));
        }
        let links = visitor
            .browser
            .run("return [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href')).filter(h => h.startsWith('/') || h.startsWith('?'))")
            .await
            .unwrap();
        for link in links
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|link| link.as_str())
        {
            let base = path.split('?').next().unwrap_or_default();
            let link = if link.starts_with('?') {
                format!("{base}{link}")
            } else {
                link.to_owned()
            };
            if !is_file(&link) && !link.starts_with("/assets") && queued.insert(link.clone()) {
                queue.push_back(link);
            }
        }
    }
}

#[tokio::test]
async fn every_kind_of_page_has_no_axe_violations_at_two_widths() {
    let served = Served::demonstration();
    let mut problems = Vec::new();
    let mut seen = BTreeMap::new();
    let nobody = Visitor::arrive(&served, DESKTOP, By::Mouse).await;
    crawl(
        &nobody,
        &[
            "/sign-in",
            "/help",
            "/accessibility",
            "/privacy",
            "/nowhere",
        ],
        &mut problems,
        &mut seen,
    )
    .await;
    nobody.browser.quit().await.unwrap();
    for number in 0..2 {
        let visitor = Visitor::arrive(&served, DESKTOP, By::Mouse).await;
        visitor.sign_in(number).await;
        // Each person sees the pages anew: an owner has what an operator has not.
        let mut theirs = BTreeMap::new();
        crawl(&visitor, &["/"], &mut problems, &mut theirs).await;
        for (kind, count) in theirs {
            *seen.entry(kind).or_default() += count;
        }
        visitor.browser.quit().await.unwrap();
    }
    // A link to nowhere is the one page that may complain, of its own status.
    problems.retain(|problem| !problem.starts_with("/nowhere: "));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let kinds: Vec<&String> = seen.keys().collect();
    assert!(
        kinds.len() > 45,
        "the links led to {} kinds of page only: {kinds:?}",
        kinds.len()
    );
}

/// The main job, from opening a site to letting somebody in and seeing who did what: the same steps
/// however they are taken.
async fn main_job(visitor: &Visitor, name: &str, work: &Path) {
    let paper = format!("{name} paper.txt");
    let first = work.join(&paper);
    std::fs::write(&first, format!("The first words of {name}.")).unwrap();
    visitor.sign_in(1).await;

    visitor.open("/sites/new").await;
    visitor.fill("name", &format!("Site of {name}")).await;
    visitor.choose("Project site").await;
    visitor.press("Open this site").await;
    visitor.sees(&format!("Site of {name}")).await;

    visitor.follow("Documents").await;
    visitor.follow("New library").await;
    visitor.fill("name", "Papers").await;
    visitor.press("Open the library").await;
    visitor.sees("Upload").await;
    let library = visitor.here().await;

    visitor.follow("Upload").await;
    visitor.attach(&[&first]).await;
    if visitor.scripts {
        // The file goes as soon as it is chosen, and its line says so.
        visitor.sees("is done").await;
    } else {
        visitor.press("Upload").await;
        visitor.sees(&paper).await;
    }
    visitor.open(&library).await;
    visitor.follow(&paper).await;
    let document = visitor.here().await;

    visitor.follow("Check out to edit").await;
    visitor.fill("note", "Adding the second words").await;
    visitor.press("Check out to edit").await;
    visitor.sees("Checked out by you").await;
    visitor.follow("Check in").await;
    std::fs::write(&first, format!("The first and the second words of {name}.")).unwrap();
    visitor.attach(&[&first]).await;
    visitor.fill("comment", "The second words").await;
    visitor.press("Check in").await;
    visitor.sees("Version 2").await;
    visitor.sees("The second words").await;

    visitor.open(&format!("{library}/access/give")).await;
    visitor.fill("find", "Tessel").await;
    visitor.press("Find").await;
    visitor.choose("Tessel").await;
    visitor.choose("Reader").await;
    visitor.press("See what changes").await;
    visitor.sees("gain access").await;
    visitor.press("Save this change").await;
    visitor.sees("is changed").await;

    visitor.open(&format!("{document}/trail")).await;
    visitor.sees("Checked in").await;
    visitor.sees("Checked out").await;

    visitor.open(&format!("{library}/folders/new")).await;
    visitor.fill("name", "Minutes").await;
    visitor.press("Make the folder").await;
    visitor.open(&library).await;
    visitor.sees("Minutes").await;
    visitor.choose(&format!("Select {paper}")).await;
    visitor.press("Delete").await;
    visitor.sees(&format!("Delete {paper}")).await;
    visitor.press(&format!("Delete {paper}")).await;
    visitor.open(&format!("{library}/bin")).await;
    visitor.sees(&paper).await;
    visitor.press("Restore").await;
    visitor.open(&document).await;
    visitor.sees("Version 2").await;
}

#[tokio::test]
async fn the_main_job_without_scripts_on_a_phone() {
    let served = Served::demonstration();
    let work = tempfile::tempdir().unwrap();
    let plain = Visitor::arrive_without_scripts(&served, PHONE).await;
    main_job(&plain, "Plain", work.path()).await;
    plain.browser.quit().await.unwrap();
}

#[tokio::test]
async fn the_main_job_by_keyboard() {
    let served = Served::demonstration();
    let work = tempfile::tempdir().unwrap();
    let keys = Visitor::arrive(&served, DESKTOP, By::Keyboard).await;
    let job = main_job(&keys, "Keys", work.path());
    let outcome = tokio::time::timeout(Duration::from_mins(3), job).await;
    assert!(outcome.is_ok(), "stuck at {}", keys.here().await);
    keys.browser.quit().await.unwrap();
}

/// The line is cut in the middle of a file; when it is mended, the rest follows by itself.
#[tokio::test]
async fn an_upload_goes_on_by_itself_after_the_line_was_cut() {
    use sha2::Digest as _;
    const SIZE: usize = 40 * 1024 * 1024;
    let served = Served::demonstration();
    let line = testkit::line::Line::to(served.address.trim_start_matches("http://")).unwrap();
    let mut visitor = Visitor::arrive(&served, DESKTOP, By::Mouse).await;
    visitor.address = format!("http://{}", line.address());
    let work = tempfile::tempdir().unwrap();
    let large = work.path().join("Large.bin");
    let bytes: Vec<u8> = (0..SIZE / 4)
        .flat_map(|number| u32::try_from(number).unwrap().to_le_bytes())
        .collect();
    std::fs::write(&large, &bytes).unwrap();

    visitor.sign_in(1).await;
    visitor.open("/sites").await;
    visitor.follow("Resettlement Pathway").await;
    visitor.follow("Documents").await;
    visitor.follow("Provider guidance").await;
    visitor.follow("Upload").await;
    line.cut_after(SIZE / 2);
    visitor.attach(&[&large]).await;
    visitor.sees("The line is broken").await;
    assert!(line.is_cut());
    line.mend();
    visitor.sees("is done").await;
    let sum = "const link = document.querySelector('.ch-file a').getAttribute('href');
        fetch(link + '/content').then(r => r.arrayBuffer()).then(b => crypto.subtle.digest('SHA-256', b))
          .then(d => { document.title = [...new Uint8Array(d)].map(n => n.toString(16).padStart(2, '0')).join(''); });";
    visitor.browser.run(sum).await.unwrap();
    let expected = sha2::Sha256::digest(&bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
    let mut title = String::new();
    for _ in 0..2000 {
        let run = visitor.browser.run("return document.title").await.unwrap();
        run.as_str().unwrap_or_default().clone_into(&mut title);
        if title == expected {
            break;
        }
        visitor.sees("is done").await;
    }
    assert_eq!(title, expected, "what arrived is what was sent");
    // Nothing was sent from the beginning: what a machine that others use would remember of it is nothing.
    let kept = visitor
        .browser
        .run("return localStorage.length")
        .await
        .unwrap();
    assert_eq!(kept.as_i64(), Some(0));
    visitor.browser.quit().await.unwrap();
}

/// Whole folders go with their files; what failed is listed, and tried again with one button.
#[tokio::test]
async fn a_folder_goes_as_a_whole_and_what_failed_is_tried_again_at_once() {
    use testkit::browser::thirtyfour::By as Which;
    let served = Served::demonstration();
    let visitor = Visitor::arrive(&served, DESKTOP, By::Mouse).await;
    let work = tempfile::tempdir().unwrap();
    let returns = work.path().join("Returns");
    std::fs::create_dir_all(returns.join("2026")).unwrap();
    std::fs::write(returns.join("Index.txt"), "All of them").unwrap();
    for month in ["March", "April"] {
        std::fs::write(returns.join(format!("2026/{month}.txt")), month).unwrap();
    }
    visitor.sign_in(1).await;
    visitor.open("/sites").await;
    visitor.follow("Resettlement Pathway").await;
    visitor.follow("Documents").await;
    visitor.follow("Provider guidance").await;
    let library = visitor.here().await;
    let send = async || {
        visitor.open(&format!("{library}/upload")).await;
        // The button opens a window of the system's own; what that would choose is chosen here.
        let shown = "document.querySelector('input[webkitdirectory]').hidden = false";
        visitor.browser.run(shown).await.unwrap();
        let folder = Which::Css("input[webkitdirectory]");
        let folder = visitor.browser.find(folder).await.unwrap();
        folder
            .send_keys(returns.display().to_string())
            .await
            .unwrap();
    };
    send().await;
    visitor.sees("3 files: 3 are done").await;
    visitor.open(&library).await;
    visitor.follow("Returns").await;
    visitor.sees("Index.txt").await;
    visitor.follow("2026").await;
    visitor.sees("March.txt").await;

    // All of them are there already; what was in the way is deleted, and each is tried again.
    send().await;
    visitor.sees("3 files: 3 need you").await;
    for viewport in [DESKTOP, PHONE] {
        visitor.browser.resize(viewport).await.unwrap();
        let hide = "document.querySelector('input[webkitdirectory]').hidden = true";
        visitor.browser.run(hide).await.unwrap();
        let found = visitor.browser.axe(assets::axe(), WCAG_2_2_AA).await;
        let found = found.unwrap();
        assert!(found.is_empty(), "{found:?}");
    }
    visitor.browser.resize(DESKTOP).await.unwrap();
    let delete = format!(
        "const page = await (await fetch('{library}')).text();
         const inside = new DOMParser().parseFromString(page, 'text/html');
         const name = [...inside.querySelectorAll('a')].find(a => a.textContent.trim() === 'Returns');
         const body = new URLSearchParams({{
           csrf: document.querySelector('input[name=csrf]').value,
           item: new URL(name.href, location.href).searchParams.get('folder'),
         }});
         document.title = (await fetch('{library}/delete', {{ method: 'POST', body, redirect: 'manual' }})).type;"
    );
    let delete = format!("(async () => {{ {delete} }})()");
    visitor.browser.run(&delete).await.unwrap();
    let mut title = String::new();
    for _ in 0..2000 {
        let run = visitor.browser.run("return document.title").await.unwrap();
        run.as_str().unwrap_or_default().clone_into(&mut title);
        if title == "opaqueredirect" {
            break;
        }
    }
    assert_eq!(title, "opaqueredirect", "the folder was deleted");
    // They wait for an answer there, which one button for all of them does not give; each has its own.
    let hidden = "return String([...document.querySelectorAll('button')].find(b => b.textContent === 'Try all of them again').hidden)";
    let hidden = visitor.browser.run(hidden).await.unwrap();
    assert_eq!(hidden.as_str(), Some("true"));
    let again = "[...document.querySelectorAll('button')].filter(b => b.textContent.startsWith('Try again')).forEach(b => b.click())";
    visitor.browser.run(again).await.unwrap();
    visitor.sees("3 files: 3 are done").await;
    visitor.browser.quit().await.unwrap();
}

/// An office document and a PDF are seen as their pages, with their words over them; without scripts the way to them is said.
#[tokio::test]
async fn documents_are_seen_as_their_pages() {
    let served = Served::demonstration();
    let visitor = Visitor::arrive(&served, DESKTOP, By::Mouse).await;
    let work = tempfile::tempdir().unwrap();
    let files = ["Return.rtf", "Broken.docx"].map(|name| work.path().join(name));
    std::fs::write(
        &files[0],
        br"{\rtf1\ansi Northmoor return\page second page}",
    )
    .unwrap();
    std::fs::write(&files[1], b"PK\x03\x04 not an archive").unwrap();
    visitor.sign_in(1).await;
    visitor.open("/sites").await;
    visitor.follow("Resettlement Pathway").await;
    visitor.follow("Documents").await;
    visitor.follow("Provider guidance").await;
    let library = visitor.here().await;
    let mut previews = Vec::new();
    for file in &files {
        visitor.open(&format!("{library}/upload")).await;
        visitor.attach(&[file]).await;
        visitor.sees("is done").await;
        visitor.open(&library).await;
        let name = file.file_name().unwrap().to_str().unwrap();
        visitor.follow(name).await;
        previews.push(format!("{}/preview", visitor.here().await));
    }
    for viewport in [DESKTOP, PHONE] {
        visitor.browser.resize(viewport).await.unwrap();
        visitor.open(&previews[0]).await;
        visitor.sees("2 pages").await;
        visitor.sees("Northmoor return").await;
        let violations = visitor.browser.axe(assets::axe(), WCAG_2_2_AA).await;
        assert!(violations.unwrap().is_empty());
        let dark = "const canvas = document.querySelector('.ch-pages__page canvas');
            const ink = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            return ink.some((value, at) => at % 4 < 3 && value < 100);";
        let mut drawn = false;
        for _ in 0..100 {
            drawn = visitor.browser.run(dark).await.unwrap().as_bool() == Some(true);
            if drawn {
                break;
            }
            visitor.sees("2 pages").await;
        }
        assert!(drawn, "the page is blank");
    }
    assert!(visitor.browser.complaints().await.unwrap().is_empty());
    visitor.open(&previews[1]).await;
    visitor.sees("could not be made").await;
    visitor.browser.quit().await.unwrap();

    let plain = Visitor::arrive_without_scripts(&served, PHONE).await;
    plain.sign_in(1).await;
    plain.open(&previews[0]).await;
    plain.sees("To see its pages, open them as a PDF").await;
    plain.follow("Read only its text").await;
    plain.sees("Northmoor return").await;
    plain.open(&previews[1]).await;
    plain.follow("Open the pages of version 1 as a PDF").await;
    plain.sees("could not be made").await;
    plain.browser.quit().await.unwrap();
}
