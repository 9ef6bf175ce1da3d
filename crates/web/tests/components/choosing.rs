//! Fields: what a person chooses, and dates.

use serde_json::Value;
use web::components::{Choice, ChoiceKind, Control, DatePart, DateParts, Field};

use super::fields::{GROUPED, LABELLED, field};
use super::{compare, each, on, only, text, written};

fn choices(options: &Value) -> Vec<Choice> {
    each(options, "/items")
        .map(|item| {
            let divider = text(item, "/divider");
            if !divider.is_empty() {
                return Choice::divider(divider);
            }
            let value = written(item, "/value");
            let chosen = written(options, "/value");
            let ticked = each(options, "/values").any(|one| one == value.as_str());
            Choice {
                checked: ["/checked", "/selected"]
                    .into_iter()
                    .find_map(|key| item.pointer(key).and_then(Value::as_bool))
                    .unwrap_or(ticked || (!chosen.is_empty() && chosen == value)),
                disabled: on(item, "/disabled"),
                kind: if text(item, "/behaviour") == "exclusive" {
                    ChoiceKind::Exclusive
                } else {
                    ChoiceKind::Ordinary
                },
                name: text(item, "/name").to_owned(),
                ..Choice::new(value, text(item, "/text")).hint(text(item, "/hint/text"))
            }
        })
        .collect()
}

const ITEM: &[&str] = &[
    "/items/*/value",
    "/items/*/text",
    "/items/*/hint/text",
    "/items/*/checked",
    "/items/*/selected",
    "/items/*/disabled",
    "/items/*/divider",
    "/items/*/behaviour",
    "/items/*/name",
    "/values",
];

#[test]
fn select() {
    let names = [
        "default",
        "with hint text and error message",
        "with label as page heading",
        "with full width override",
        "with describedBy",
        "hint",
        "hint and describedBy",
        "error",
        "error and describedBy",
        "id",
        "with selected value",
        "item selected overrides value",
        "with optional form-group classes",
    ];
    compare("select", &names, |options| {
        only(options, &[LABELLED, ITEM].concat());
        let mut field = field(Control::Select, options);
        field.choices = choices(options);
        // An item that says `selected: false` overrules the value of the select.
        for (choice, item) in field.choices.iter_mut().zip(each(options, "/items")) {
            if item.get("selected") == Some(&Value::Bool(false)) {
                choice.checked = false;
            }
        }
        field.to_string()
    });
}

#[test]
fn radios() {
    let names = [
        "default",
        "with hint",
        "inline",
        "with a divider",
        "without fieldset",
        "with fieldset and error message",
        "with very long option text",
        "small",
        "small with long text",
        "small with error",
        "small with hint",
        "small inline",
        "small with a divider",
        "with idPrefix",
        "minimal items and name",
        "fieldset with describedBy",
        "with hints on parent and items",
        "with describedBy and hint",
        "with error message",
        "with error message and idPrefix",
        "with hint and error message",
        "with hint, error message and describedBy",
        "with fieldset, error message and describedBy",
        "prechecked using value",
    ];
    compare("radios", &names, |options| {
        only(options, &[GROUPED, ITEM].concat());
        let mut field = field(Control::Radios, options);
        field.choices = choices(options);
        field.to_string()
    });
}

#[test]
fn checkboxes() {
    let names = [
        "default",
        "with hint",
        "with divider and None",
        "with legend as a page heading",
        "with error message",
        "with very long option text",
        "small",
        "small with long text",
        "small with error",
        "small with hint",
        "small with divider and None",
        "with idPrefix",
        "classes",
        "with fieldset describedBy",
        "with checked item",
        "multiple hints",
        "with error message and hint",
        "with error, hint and fieldset describedBy",
        "with error and idPrefix",
        "with error message and fieldset describedBy",
        "item checked overrides values",
        "with single option set 'aria-describedby' on input, and describedBy",
        "with single option (and hint) set 'aria-describedby' on input, and describedBy",
    ];
    compare("checkboxes", &names, |options| {
        only(options, &[GROUPED, ITEM, &["/describedBy"]].concat());
        let mut field = field(Control::Checkboxes, options);
        field.choices = choices(options);
        field.to_string()
    });
}

#[test]
fn date_input() {
    let names = [
        "default",
        "with values and name prefix",
        "with error message and hint",
        "with error on day input",
        "with error on month input",
        "with error on year input",
        "with hint and described by",
        "with error message and described by",
        "with optional form-group classes",
        "with values",
        "with error on single field",
    ];
    compare("date-input", &names, |options| {
        only(
            options,
            &[
                GROUPED,
                &[
                    "/namePrefix",
                    "/values",
                    "/day/error",
                    "/month/error",
                    "/year/error",
                    "/day/value",
                    "/month/value",
                    "/year/value",
                ],
            ]
            .concat(),
        );
        let mut field = field(Control::Date, options);
        field.name = text(options, "/namePrefix").into();
        let values = &options["values"];
        let part = |name: &str| {
            let prefixed = format!("/{}-{name}", field.name);
            written(values, &prefixed)
                + &written(values, &format!("/{name}"))
                + &written(options, &format!("/{name}/value"))
        };
        field.date = DateParts {
            day: part("day"),
            month: part("month"),
            year: part("year"),
        };
        for (name, which) in [
            ("day", DatePart::Day),
            ("month", DatePart::Month),
            ("year", DatePart::Year),
        ] {
            if on(options, &format!("/{name}/error")) {
                field.wrong_part = Some(which);
            }
        }
        // Our names always carry the name of the field; theirs only with a prefix.
        let html = field.to_string();
        if field.name.is_empty() {
            html.replace("name=\"-", "name=\"")
        } else {
            html
        }
    });
}

#[test]
fn choices_in_groups_are_drawn_under_the_names_of_the_groups() {
    let choices = || {
        [
            Choice::new("", "Choose a place"),
            Choice::new("1", "Papers").group("Harbour & Sons"),
            Choice::new("2", "Minutes").group("Harbour & Sons"),
            Choice::new("3", "Papers").group("Open Latch"),
        ]
    };
    let select = Field::select("to", "Where to", choices()).to_string();
    let place = |text: &str| select.find(text).expect(text);
    assert!(place("Choose a place") < place("<optgroup label=\"Harbour &#38; Sons\">"));
    assert_eq!(select.matches("<optgroup").count(), 2);
    assert_eq!(select.matches("</optgroup>").count(), 2);
    let radios = Field::radios("to", "Where to", choices()).to_string();
    assert_eq!(radios.matches("ch-group").count(), 2);
    // Whoever hears one choice alone hears where it is.
    assert!(
        radios.contains("Papers<span class=\"govuk-visually-hidden\"> on Open Latch</span>"),
        "{radios}"
    );
}
