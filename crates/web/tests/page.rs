//! A whole page: what the frame says, and what no page may do.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "page/gallery.rs"]
mod gallery;

use std::collections::BTreeSet;

use askama::Template;
use web::frame::{Flash, Frame, Me, SiteHead};

#[derive(Template)]
#[template(
    source = r#"{% extends "bare.html" %}{% block content %}<h1 class="govuk-heading-l">{{ frame.title }}</h1>{% endblock %}"#,
    ext = "html"
)]
struct Bare {
    frame: Frame,
}

#[derive(Template)]
#[template(
    source = r#"{% extends "frame.html" %}{% block beforecontent %}{{ back_link::show("/up") }}{% endblock %}{% block content %}<h1 class="govuk-heading-l">{{ frame.title }}</h1>{% endblock %}"#,
    ext = "html"
)]
struct Framed {
    frame: Frame,
}

/// The values of an attribute, in the order of the page.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(start.as_str())
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect()
}

#[test]
fn title_says_designation_page_site_and_realm() {
    let frame = gallery::frame();
    assert_eq!(
        frame.page_title(),
        "OFFICIAL-SENSITIVE: Case conference papers – Resettlement Pathway – Northmoor Partnership"
    );
    let failed = Frame {
        error: true,
        ..gallery::frame()
    };
    assert!(
        failed
            .page_title()
            .starts_with("Error: OFFICIAL-SENSITIVE: Case")
    );
    let overview = Frame {
        title: "Resettlement Pathway".to_owned(),
        ..gallery::frame()
    };
    assert_eq!(
        overview.page_title(),
        "OFFICIAL-SENSITIVE: Resettlement Pathway – Northmoor Partnership"
    );
    let home = Frame {
        site: None,
        title: "Home".to_owned(),
        ..gallery::frame()
    };
    assert_eq!(
        home.page_title(),
        "OFFICIAL-SENSITIVE: Home – Northmoor Partnership"
    );
    assert_eq!(Frame::default().page_title(), "");
}

#[test]
fn notices_are_counted_up_to_ninety_nine() {
    let html = |notices| {
        Framed {
            frame: Frame {
                notices,
                ..gallery::frame()
            },
        }
        .render()
        .unwrap()
    };
    assert!(!html(0).contains("moj-notification-badge"));
    assert!(html(1).contains("(1 unread)"));
    assert!(html(98).contains(">98<"));
    assert!(html(99).contains(">99+<") && html(99).contains("(99 or more unread)"));
}

#[test]
fn page_has_one_heading_one_main_and_each_id_once() {
    let html = gallery::page().render().unwrap();
    assert_eq!(html.matches("<h1").count(), 1);
    assert_eq!(html.matches("<main").count(), 1);
    let ids = values(&html, "id");
    let mut seen = BTreeSet::new();
    for id in &ids {
        assert!(seen.insert(*id), "the id {id:?} is there twice");
    }
    for attribute in [
        "for",
        "aria-describedby",
        "aria-labelledby",
        "aria-controls",
        "form",
    ] {
        for named in values(&html, attribute) {
            for id in named.split_whitespace() {
                assert!(seen.contains(id), "{attribute}={named:?} leads nowhere");
            }
        }
    }
    assert!(html.contains(r##"<a href="#main" class="govuk-skip-link""##));
}

#[test]
fn page_needs_one_stylesheet_and_one_script_and_nothing_inline() {
    let html = gallery::page().render().unwrap();
    assert_eq!(html.matches("<link rel=\"stylesheet\"").count(), 1);
    assert_eq!(html.matches("<script").count(), 1);
    assert!(values(&html, "style").is_empty());
    assert!(!html.contains("<style"));
    for event in ["onclick", "onload", "onsubmit", "onchange"] {
        assert!(values(&html, event).is_empty(), "{event}");
    }
    for source in values(&html, "src") {
        assert!(source.starts_with("/assets/"), "{source}");
    }
    // PAGES: under 60 KB compressed; this page, with everything in it, is not even that before.
    assert!(html.len() < 60_000, "{}", html.len());
}

#[test]
fn every_form_that_posts_carries_the_token_first() {
    let html = gallery::page().render().unwrap();
    let mut forms = 0;
    for form in html.split("<form").skip(1) {
        let (open, inside) = form.split_once('>').unwrap();
        if open.contains("method=\"post\"") {
            forms += 1;
            let first = inside.trim_start();
            assert!(
                first.starts_with(
                    r#"<input type="hidden" name="csrf" value="token-of-this-session">"#
                ),
                "{open}: {first:.80}"
            );
        }
    }
    assert_eq!(forms, 4, "sign out, bulk, upload and questions");
}

#[test]
fn bare_page_has_no_navigation_and_no_person() {
    let html = Bare {
        frame: gallery::frame(),
    }
    .render()
    .unwrap();
    assert!(!html.contains("Amira Hussain"));
    assert!(!html.contains("<nav"));
    assert!(!html.contains("<search"));
    assert!(html.contains("<strong>OFFICIAL-SENSITIVE</strong>"));
    assert!(html.contains("Run by Northmoor Probation Trust"));
}

#[test]
fn search_box_only_where_there_is_a_search() {
    let html = |search| {
        Framed {
            frame: Frame {
                search,
                ..gallery::frame()
            },
        }
        .render()
        .unwrap()
    };
    assert!(html(true).contains("<search>"));
    assert!(!html(false).contains("<search>"));
}

#[test]
fn current_place_is_a_page_or_a_place_above_it() {
    let framed = |frame| Framed { frame }.render().unwrap();
    let deep = framed(gallery::frame());
    assert_eq!(values(&deep, "aria-current"), ["true", "true"]);
    let library = framed(Frame {
        crumbs: Vec::new(),
        ..gallery::frame()
    });
    assert_eq!(values(&library, "aria-current"), ["true", "page"]);
    let top = framed(Frame {
        crumbs: Vec::new(),
        site: None,
        ..gallery::frame()
    });
    assert_eq!(values(&top, "aria-current"), ["page"]);
    assert!(deep.contains("govuk-back-link"));
}

#[test]
fn what_people_named_things_stays_text() {
    let hostile = "\"><script>alert(1)</script>".to_owned();
    let frame = Frame {
        realm: hostile.clone(),
        designation: hostile.clone(),
        run_by: hostile.clone(),
        person: Some(Me {
            name: hostile.clone(),
            href: hostile.clone(),
        }),
        site: Some(SiteHead {
            name: hostile.clone(),
            href: hostile.clone(),
            kind_line: hostile.clone(),
            items: vec![web::components::NavItem::new(&hostile, &hostile, true)],
        }),
        crumbs: vec![web::components::Crumb::new(&hostile, &hostile)],
        title: hostile.clone(),
        csrf: hostile.clone(),
        flash: Some(Flash::important(&hostile)),
        ..gallery::frame()
    };
    let html = Framed { frame }.render().unwrap();
    assert_eq!(html.matches("<script").count(), 1, "only our own");
}
