//! Buttons, tags and what says something.

use serde_json::Value;
use web::components::{Button, ButtonKind, Hue, Link, Problem, Tag};

use super::templates::{
    Banner, Details, ErrorMessage, ErrorSummary, Fieldset, Hint, InsetText, Label, Panel,
    Shortcuts, WarningText,
};
use super::{after, compare, constant, each, on, only, text, written};

#[test]
fn button() {
    let names = [
        "default",
        "disabled",
        "link",
        "secondary",
        "secondary disabled",
        "secondary link",
        "warning",
        "warning disabled",
        "warning link",
        "prevent double click",
        "with active state",
        "name",
        "type",
        "value",
        "id",
    ];
    let known: Value = serde_json::from_str(assets::fixtures("button").unwrap()).unwrap();
    let known: Vec<&str> = known["fixtures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fixture| fixture["name"].as_str().unwrap())
        .collect();
    let names: Vec<&str> = names
        .into_iter()
        .filter(|name| known.contains(name))
        .collect();
    assert!(names.len() >= 10, "{known:?}");
    compare("button", &names, |options| {
        only(
            options,
            &[
                "/text",
                "/href",
                "/type",
                "/name",
                "/value",
                "/disabled",
                "/preventDoubleClick",
                "/classes",
                "/id",
            ],
        );
        let classes = text(options, "/classes");
        let kind = match classes {
            "govuk-button--secondary" => ButtonKind::Secondary,
            "govuk-button--warning" => ButtonKind::Warning,
            _ => ButtonKind::Primary,
        };
        let mut button = Button {
            text: text(options, "/text").to_owned(),
            href: text(options, "/href").to_owned(),
            action: constant(text(options, "/type")),
            name: text(options, "/name").to_owned(),
            value: text(options, "/value").to_owned(),
            disabled: on(options, "/disabled"),
            once: on(options, "/preventDoubleClick"),
            kind,
            ..Button::default()
        };
        if kind == ButtonKind::Primary {
            button.class = classes.to_owned();
        }
        if !text(options, "/id").is_empty() {
            button = button.attribute("id", text(options, "/id"));
        }
        button.to_string()
    });
}

#[test]
fn buttons_by_their_short_names_are_the_same_buttons() {
    let drawn = Shortcuts::draw();
    let drawn: Vec<&str> = drawn.split('|').collect();
    let long = [
        Button::submit("Save"),
        Button::submit("New folder").secondary(),
        Button::submit("Delete").warning(),
        Button::link("Upload", "/u"),
        Button::link("Move", "/m").secondary(),
        Button::submit("Remove")
            .small()
            .hidden(" a.txt")
            .named("do", "remove"),
        Button::link("Open", "/o").small().hidden(" a.txt"),
    ];
    assert_eq!(drawn.len(), long.len());
    for (short, long) in drawn.iter().zip(&long) {
        assert_eq!(
            super::markup::flatten(short),
            super::markup::flatten(&long.to_string())
        );
    }
}

#[test]
fn details() {
    compare(
        "details",
        &[
            "default",
            "id",
            "expanded",
            "html as text",
            "summary html as text",
        ],
        |options| {
            only(options, &["/summaryText", "/text", "/open", "/id"]);
            Details::draw(
                text(options, "/summaryText"),
                on(options, "/open"),
                text(options, "/id"),
                text(options, "/text"),
            )
        },
    );
}

#[test]
fn error_message() {
    compare(
        "error-message",
        &["default", "id", "classes", "html as text"],
        |options| {
            only(options, &["/text", "/id", "/classes"]);
            ErrorMessage::draw(
                text(options, "/text"),
                text(options, "/id"),
                text(options, "/classes"),
            )
        },
    );
}

#[test]
fn error_summary() {
    let names = [
        "default",
        "without links",
        "mixed with and without links",
        "error list with html as text",
        "error list with html as text link",
    ];
    compare("error-summary", &names, |options| {
        only(
            options,
            &["/titleText", "/errorList/*/text", "/errorList/*/href"],
        );
        let problems: Vec<_> = each(options, "/errorList")
            .map(|item| Problem {
                text: text(item, "/text").to_owned(),
                href: text(item, "/href").to_owned(),
            })
            .collect();
        ErrorSummary::draw(&problems).replace("There is a problem", text(options, "/titleText"))
    });
    assert_eq!(ErrorSummary::draw(&[]).trim(), "");
}

#[test]
fn fieldset() {
    let names = [
        "default",
        "styled as xl text",
        "styled as large text",
        "styled as medium text",
        "styled as small text",
        "as page heading xl",
        "as page heading l",
        "as page heading m",
        "as page heading s",
        "as page heading without class",
        "with describedBy",
        "html as text",
        "role",
    ];
    compare("fieldset", &names, |options| {
        only(
            options,
            &[
                "/legend/text",
                "/legend/classes",
                "/legend/isPageHeading",
                "/describedBy",
                "/role",
            ],
        );
        Fieldset::draw(
            text(options, "/legend/text"),
            after(text(options, "/legend/classes"), "govuk-fieldset__legend--"),
            on(options, "/legend/isPageHeading"),
            text(options, "/describedBy"),
            text(options, "/role"),
        )
    });
}

#[test]
fn hint() {
    compare(
        "hint",
        &["default", "classes", "id", "html as text"],
        |options| {
            only(options, &["/text", "/id", "/classes"]);
            Hint::draw(
                text(options, "/text"),
                text(options, "/id"),
                text(options, "/classes"),
            )
        },
    );
}

#[test]
fn inset_text() {
    compare(
        "inset-text",
        &["default", "id", "html as text"],
        |options| {
            only(options, &["/text", "/id"]);
            InsetText::draw(text(options, "/text"), text(options, "/id"))
        },
    );
}

#[test]
fn label() {
    let names = [
        "default",
        "with bold text",
        "styled as xl text",
        "styled as large text",
        "styled as medium text",
        "styled as small text",
        "as page heading xl",
        "as page heading l",
        "as page heading m",
        "as page heading s",
        "as page heading without class",
        "empty",
        "classes",
        "html as text",
        "for",
    ];
    compare("label", &names, |options| {
        only(options, &["/text", "/for", "/classes", "/isPageHeading"]);
        Label::draw(
            text(options, "/text"),
            text(options, "/for"),
            text(options, "/classes"),
            on(options, "/isPageHeading"),
        )
    });
}

#[test]
fn notification_banner() {
    let names = [
        "default",
        "with type as success",
        "with long heading",
        "html as text",
        "with text as html",
    ];
    compare("notification-banner", &names[..4], |options| {
        only(options, &["/text", "/type"]);
        Banner::draw(text(options, "/text"), text(options, "/type") == "success")
    });
}

#[test]
fn panel() {
    compare(
        "panel",
        &[
            "title html as text",
            "title with no body text",
            "body html as text",
        ],
        |options| {
            only(options, &["/titleText", "/text"]);
            Panel::draw(text(options, "/titleText"), text(options, "/text"))
        },
    );
}

#[test]
fn tag() {
    compare(
        "tag",
        &["grey", "green", "purple", "red", "orange", "yellow"],
        |options| {
            only(options, &["/text", "/classes"]);
            let hue: Hue = after(text(options, "/classes"), "govuk-tag--")
                .parse()
                .unwrap();
            Tag::new(text(options, "/text"), hue).to_string()
        },
    );
    assert!("crown".parse::<Hue>().unwrap_err().contains("choose blue"));
}

#[test]
fn tag_of_a_marking() {
    let hue = |marking, above| Tag::marking(marking, "OFFICIAL-SENSITIVE", Hue::Teal, above).hue;
    assert_eq!(hue("OFFICIAL", false), Hue::Grey);
    assert_eq!(hue("OFFICIAL-SENSITIVE", false), Hue::Teal);
    assert_eq!(hue("SECRET", true), Hue::Red);
}

#[test]
fn warning_text() {
    compare(
        "warning-text",
        &["default", "multiple lines", "html as text"],
        |options| {
            only(options, &["/text", "/iconFallbackText"]);
            WarningText::draw(&written(options, "/text"))
        },
    );
}

#[test]
fn links_say_which_thing_is_meant() {
    let link = Link::new("Open", "/d?a=1&b=2").hidden(" <Q3>.docx");
    assert_eq!(
        link.to_string(),
        r#"<a class="govuk-link" href="/d?a=1&#38;b=2">Open<span class="govuk-visually-hidden"> &#60;Q3&#62;.docx</span></a>"#
    );
}
