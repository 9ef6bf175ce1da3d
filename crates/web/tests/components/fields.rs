//! Fields: what asks a person something.

use serde_json::Value;
use web::components::{Choice, ChoiceKind, Control, DatePart, DateParts, Field};

use super::{after, compare, constant, each, on, only, text, written};

/// The options that fields share, where the label is a label.
const LABELLED: &[&str] = &[
    "/id",
    "/name",
    "/label/text",
    "/label/classes",
    "/label/isPageHeading",
    "/hint/text",
    "/errorMessage/text",
    "/value",
    "/classes",
    "/autocomplete",
    "/describedBy",
    "/disabled",
    "/formGroup/classes",
    "/spellcheck",
];

/// The options that fields share, where the label is a legend.
const GROUPED: &[&str] = &[
    "/id",
    "/idPrefix",
    "/name",
    "/fieldset/legend/text",
    "/fieldset/legend/classes",
    "/fieldset/legend/isPageHeading",
    "/fieldset/describedBy",
    "/hint/text",
    "/errorMessage/text",
    "/classes",
    "/formGroup/classes",
    "/value",
];

fn field(control: Control, options: &Value) -> Field {
    let name = text(options, "/name");
    let grouped = matches!(
        control,
        Control::Radios | Control::Checkboxes | Control::Date
    );
    let (label, classes, heading) = if grouped {
        (
            "/fieldset/legend/text",
            "/fieldset/legend/classes",
            "/fieldset/legend/isPageHeading",
        )
    } else {
        ("/label/text", "/label/classes", "/label/isPageHeading")
    };
    let mut field = Field::new(control, name, text(options, label));
    for id in ["/id", "/idPrefix"] {
        if !text(options, id).is_empty() {
            field.id = text(options, id).into();
        }
    }
    let prefix = if grouped {
        "govuk-fieldset__legend--"
    } else {
        "govuk-label--"
    };
    field.label_size = after(text(options, classes), prefix);
    field.heading = on(options, heading);
    field.hint = text(options, "/hint/text").into();
    field.error = text(options, "/errorMessage/text").into();
    field.value = written(options, "/value");
    field.class = text(options, "/classes").into();
    field.group_class = text(options, "/formGroup/classes").into();
    field.autocomplete = constant(text(options, "/autocomplete"));
    field.described_by = format!(
        "{}{}",
        text(options, "/describedBy"),
        text(options, "/fieldset/describedBy")
    );
    field.disabled = on(options, "/disabled");
    field.spellcheck = options.get("spellcheck").and_then(Value::as_bool);
    field
}

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
fn input() {
    let names = [
        "default",
        "with hint text",
        "with error message",
        "with error and hint",
        "with width-2 class",
        "with width-30 class",
        "with label as page heading",
        "with prefix",
        "with suffix",
        "with prefix and suffix",
        "with prefix and suffix and error",
        "classes",
        "id",
        "custom type",
        "value",
        "zero value",
        "with describedBy",
        "hint with describedBy",
        "error with describedBy",
        "with error, hint and describedBy",
        "inputmode",
        "with prefix with html as text",
        "with suffix with html as text",
        "with optional form-group classes",
        "with autocomplete attribute",
        "with spellcheck enabled",
        "with spellcheck disabled",
        "with autocapitalize turned off",
        "disabled",
    ];
    compare("input", &names, |options| {
        only(
            options,
            &[
                LABELLED,
                &[
                    "/type",
                    "/inputmode",
                    "/autocapitalize",
                    "/prefix/text",
                    "/suffix/text",
                ],
            ]
            .concat(),
        );
        let mut field = field(Control::Input, options);
        if !text(options, "/type").is_empty() {
            field.kind = constant(text(options, "/type"));
        }
        field.inputmode = constant(text(options, "/inputmode"));
        field.autocapitalize = constant(text(options, "/autocapitalize"));
        field.prefix = text(options, "/prefix/text").into();
        field.suffix = text(options, "/suffix/text").into();
        field.to_string()
    });
}

#[test]
fn password_input() {
    let names = [
        "default",
        "with hint text",
        "with error message",
        "with label as page heading",
        "with input width class",
        "classes",
        "id",
        "with describedBy",
        "with new-password autocomplete",
    ];
    compare("password-input", &names, |options| {
        only(options, LABELLED);
        let mut field = field(Control::Password, options);
        if field.autocomplete.is_empty() {
            field.autocomplete = "current-password";
        }
        field.to_string()
    });
}

#[test]
fn textarea() {
    let names = [
        "default",
        "with hint",
        "with error message",
        "with default value",
        "with custom rows",
        "with label as page heading",
        "id",
        "classes",
        "with describedBy",
        "with hint and described by",
        "with error message and described by",
        "with hint and error message",
        "with hint, error message and described by",
        "with optional form-group classes",
        "with autocomplete attribute",
        "with spellcheck enabled",
        "with spellcheck disabled",
    ];
    compare("textarea", &names, |options| {
        only(options, &[LABELLED, &["/rows"]].concat());
        let mut field = field(Control::Textarea, options);
        field.rows = written(options, "/rows").parse().unwrap_or(5);
        field.to_string()
    });
}

#[test]
fn character_count() {
    let names = [
        "default",
        "with custom rows",
        "with default value",
        "with default value exceeding limit",
        "with label as page heading",
        "id",
        "classes",
        "with hint",
        "with hint and error",
        "formGroup with classes",
        "custom classes with error message",
        "spellcheck enabled",
        "spellcheck disabled",
    ];
    compare("character-count", &names, |options| {
        only(options, &[LABELLED, &["/rows", "/maxlength"]].concat());
        let mut field = field(Control::Textarea, options);
        field.rows = written(options, "/rows").parse().unwrap_or(5);
        field.limit = Some(written(options, "/maxlength").parse().unwrap());
        field.to_string()
    });
}

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
fn file_upload() {
    let names = [
        "default",
        "with hint text",
        "with error message and hint",
        "with label as page heading",
        "classes",
        "id",
        "with describedBy",
        "with hint and describedBy",
        "error",
        "with error and describedBy",
        "with error, describedBy and hint",
        "allows multiple files",
        "disabled",
        "with optional form-group classes",
    ];
    compare("file-upload", &names, |options| {
        only(options, &[LABELLED, &["/multiple"]].concat());
        let mut field = field(Control::File, options);
        field.multiple = on(options, "/multiple");
        field.to_string()
    });
}
