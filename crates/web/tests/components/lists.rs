//! Finding the way, and lists.

use serde_json::Value;
use web::components::{Crumb, Hue, Link, NavItem, PageLink, Row, Status, TabItem, Tag, Task};

use super::templates::{
    BackLink, Breadcrumbs, Pagination, ServiceNavigation, SkipLink, SummaryList, Tabs, TaskList,
};
use super::{after, compare, each, on, only, text};

#[test]
fn back_link() {
    let names = ["default", "html as text", "with custom text and link"];
    compare("back-link", &names, |options| {
        only(options, &["/href", "/text"]);
        let or = |pointer: &str, otherwise: &'static str| match text(options, pointer) {
            "" => otherwise.to_owned(),
            given => given.to_owned(),
        };
        BackLink::draw(&or("/href", "#"), &or("/text", "Back"))
    });
}

#[test]
fn breadcrumbs() {
    let names = [
        "default",
        "with one level",
        "without the home section",
        "with last breadcrumb as current page",
        "html as text",
    ];
    compare("breadcrumbs", &names, |options| {
        only(options, &["/items/*/text", "/items/*/href"]);
        let crumbs: Vec<_> = each(options, "/items")
            .map(|item| Crumb::new(text(item, "/text"), text(item, "/href")))
            .collect();
        Breadcrumbs::draw(&crumbs)
    });
}

#[test]
fn pagination() {
    let names = [
        "with prev and next only",
        "with prev and next only and labels",
        "with prev and next only and very long labels",
        "with previous only",
        "with next only",
    ];
    compare("pagination", &names, |options| {
        only(
            options,
            &[
                "/previous/href",
                "/previous/labelText",
                "/next/href",
                "/next/labelText",
                "/previous/text",
                "/next/text",
            ],
        );
        let page = |which: &str| {
            options
                .get(which)
                .map(|link| PageLink::new(text(link, "/href"), text(link, "/labelText")))
        };
        let html = Pagination::draw(page("previous"), page("next"));
        // Where theirs says "Next page" in sight, ours says "page" to those who hear it, as theirs does without a label.
        if text(options, "/next/text").is_empty() {
            html
        } else {
            html.replace(
                "<span class=\"govuk-visually-hidden\"> page</span>",
                " page",
            )
        }
    });
}

#[test]
fn service_navigation() {
    let file: Value =
        serde_json::from_str(assets::fixtures("service-navigation").unwrap()).unwrap();
    for (name, exact) in [
        ("default", true),
        ("with large navigation", true),
        ("with navigation with a current item", true),
        ("with navigation with an active item", false),
    ] {
        let fixture = file["fixtures"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == name)
            .unwrap();
        let options = &fixture["options"];
        only(
            options,
            &[
                "/navigation/*/text",
                "/navigation/*/href",
                "/navigation/*/current",
                "/navigation/*/active",
            ],
        );
        let items: Vec<_> = each(options, "/navigation")
            .map(|item| {
                let current = on(item, "/current") || on(item, "/active");
                NavItem::new(text(item, "/text"), text(item, "/href"), current)
            })
            .collect();
        // Theirs has a menu button for phones, which ours does without, because its list wraps.
        let mut theirs = super::markup::flatten(fixture["html"].as_str().unwrap());
        let button = theirs
            .iter()
            .position(|line| line.starts_with("<button"))
            .unwrap();
        theirs.drain(button..button + 3);
        assert_eq!(
            super::markup::flatten(&ServiceNavigation::draw(&items, exact)),
            theirs,
            "{name}"
        );
    }
}

#[test]
fn skip_link() {
    compare(
        "skip-link",
        &["default", "custom href", "custom text", "html as text"],
        |options| {
            only(options, &["/text", "/href"]);
            let target = text(options, "/href");
            SkipLink::draw(
                text(options, "/text"),
                if target.is_empty() {
                    "#content"
                } else {
                    target
                },
            )
        },
    );
}

#[test]
fn summary_list() {
    let names = [
        "no-border",
        "with some actions",
        "actions href",
        "single action with anchor",
    ];
    compare("summary-list", &names, |options| {
        let action = ["href", "text", "visuallyHiddenText"]
            .map(|key| format!("/rows/*/actions/items/*/{key}"));
        let mut keys: Vec<&str> = action.iter().map(String::as_str).collect();
        keys.extend([
            "/classes",
            "/rows/*/key/text",
            "/rows/*/value/text",
            "/rows/*/value/html",
        ]);
        only(options, &keys);
        let rows: Vec<_> = each(options, "/rows")
            .map(|row| Row {
                key: text(row, "/key/text").to_owned(),
                value: format!("{}{}", text(row, "/value/text"), text(row, "/value/html")),
                actions: each(row, "/actions/items")
                    .map(|item| {
                        let hidden = match text(item, "/visuallyHiddenText") {
                            "" => String::new(),
                            words => format!(" {words}"),
                        };
                        Link::new(text(item, "/text"), text(item, "/href")).hidden(hidden)
                    })
                    .collect(),
            })
            .collect();
        // Their values may be HTML, which ours never are; the test undoes our escaping to compare the rest.
        SummaryList::draw(&rows, text(options, "/classes"))
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#34;", "\"")
    });
}

#[test]
fn tabs() {
    let items = [
        TabItem::new("past-day", "Past day"),
        TabItem::new("past-week", "Past week"),
    ];
    let ours = super::markup::flatten(&Tabs::draw(&items));
    let theirs = super::markup::flatten(
        r##"<div class="govuk-tabs" data-module="govuk-tabs"><h2 class="govuk-tabs__title">Contents</h2>
        <ul class="govuk-tabs__list"><li class="govuk-tabs__list-item govuk-tabs__list-item--selected"><a class="govuk-tabs__tab" href="#past-day">Past day</a></li>
        <li class="govuk-tabs__list-item"><a class="govuk-tabs__tab" href="#past-week">Past week</a></li></ul>
        <div class="govuk-tabs__panel" id="past-day"><p class="govuk-body">Past day panel</p></div>
        <div class="govuk-tabs__panel govuk-tabs__panel--hidden" id="past-week"><p class="govuk-body">Past week panel</p></div></div>"##,
    );
    assert_eq!(ours, theirs);
}

#[test]
fn task_list() {
    let names = [
        "default",
        "with hint text and additional states",
        "with all possible colours",
        "with very long single word tags",
        "html passed as text",
    ];
    compare("task-list", &names, |options| {
        only(
            options,
            &[
                "/items/*/title/text",
                "/items/*/href",
                "/items/*/hint/text",
                "/items/*/status/text",
                "/items/*/status/tag/text",
                "/items/*/status/tag/classes",
                "/idPrefix",
                "/items/*/status/classes",
            ],
        );
        let tasks: Vec<_> = each(options, "/items")
            .map(|item| {
                let words = text(item, "/status/text").to_owned();
                let tag = text(item, "/status/tag/text");
                let status = if !tag.is_empty() {
                    let hue = after(text(item, "/status/tag/classes"), "govuk-tag--");
                    Status::Tag(Tag::new(
                        tag,
                        if hue.is_empty() {
                            Hue::Blue
                        } else {
                            hue.parse().unwrap()
                        },
                    ))
                } else if text(item, "/status/classes").is_empty() {
                    Status::Text(words)
                } else {
                    Status::Waiting(words)
                };
                Task::new(text(item, "/title/text"), text(item, "/href"), status)
                    .hint(text(item, "/hint/text"))
            })
            .collect();
        let prefix = match text(options, "/idPrefix") {
            "" => "task-list",
            given => given,
        };
        let html = TaskList::draw(&tasks, prefix);
        // Blue is what a tag is without a colour; ours says so.
        if options.to_string().contains("govuk-tag--blue") {
            html
        } else {
            html.replace(" govuk-tag--blue", "")
        }
    });
}
