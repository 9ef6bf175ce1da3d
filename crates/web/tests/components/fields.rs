//! Fields: what asks a person something, in the person's own words.

use serde_json::Value;
use web::components::{Control, Field};

use super::{after, compare, constant, on, only, text, written};

/// The options that fields share, where the label is a label.
pub(super) const LABELLED: &[&str] = &[
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
pub(super) const GROUPED: &[&str] = &[
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

pub(super) fn field(control: Control, options: &Value) -> Field {
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
