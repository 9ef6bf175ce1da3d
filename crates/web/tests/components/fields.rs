//! Fields: what asks a person something.

use serde_json::Value;
use web::components::{Choice, Control, DatePart, DateParts, Field};

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
            field.id = text(options, id).to_owned();
        }
    }
    let prefix = if grouped {
        "govuk-fieldset__legend--"
    } else {
        "govuk-label--"
    };
    field.label_size = after(text(options, classes), prefix);
    field.heading = on(options, heading);
    field.hint = text(options, "/hint/text").to_owned();
    field.error = text(options, "/errorMessage/text").to_owned();
    field.value = written(options, "/value");
    field.class = text(options, "/classes").to_owned();
    field.group_class = text(options, "/formGroup/classes").to_owned();
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
            let chosen = text(options, "/value");
            let ticked = each(options, "/values").any(|one| one == value.as_str());
            Choice {
                checked: on(item, "/checked")
                    || on(item, "/selected")
                    || (!chosen.is_empty() && chosen == value)
                    || ticked,
                disabled: on(item, "/disabled"),
                exclusive: text(item, "/behaviour") == "exclusive",
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
        field.prefix = text(options, "/prefix/text").to_owned();
        field.suffix = text(options, "/suffix/text").to_owned();
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
fn password_is_never_sent_back() {
    let field = Field::password("password", "Password").value("correct horse");
    assert!(!field.to_string().contains("correct horse"));
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
        "with hint",
        "with default value",
        "with default value exceeding limit",
        "with label as page heading",
        "id",
        "classes",
        "with hint",
        "with spellcheck enabled",
        "with spellcheck disabled",
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
        "with legend as page heading",
        "with a divider",
        "with hints on items",
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
        "with disabled",
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
        "with pre-checked values",
        "with divider and None",
        "with hints on items",
        "with legend as a page heading",
        "with error message",
        "with very long option text",
        "small",
        "small with long text",
        "small with error",
        "small with hint",
        "small with divider and None",
        "with disabled item",
        "with idPrefix",
        "classes",
        "with fieldset describedBy",
        "with checked item",
        "multiple hints",
        "with error message and hint",
        "with error, hint and fieldset describedBy",
        "with error and idPrefix",
        "with error message and fieldset describedBy",
    ];
    compare("checkboxes", &names, |options| {
        only(options, &[GROUPED, ITEM].concat());
        let mut field = field(Control::Checkboxes, options);
        field.choices = choices(options);
        field.to_string()
    });
}

#[test]
fn what_a_choice_reveals() {
    let until = Field::date("until", "Until when", DateParts::default());
    let asked = Field::radios(
        "end",
        "Does this access end?",
        [
            Choice::new("no", "No"),
            Choice::new("yes", "Yes, on a date").reveal(until),
        ],
    );
    let html = asked.to_string();
    assert!(html.contains(r#"id="end-2" name="end" type="radio" value="yes" data-aria-controls="conditional-end-2""#), "{html}");
    assert!(html.contains(r#"<div class="govuk-radios__conditional govuk-radios__conditional--hidden" id="conditional-end-2">"#), "{html}");
    assert!(html.contains(r#"name="until-month""#), "{html}");
    assert!(!asked.value("yes").to_string().contains("--hidden"));
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
        "with errors only",
        "with hint and described by",
        "with error message and described by",
        "with optional form-group classes",
        "classes",
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
        field.name = text(options, "/namePrefix").to_owned();
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
fn dates_as_people_type_them() {
    let parts = |day: &str, month: &str, year: &str| DateParts {
        day: day.to_owned(),
        month: month.to_owned(),
        year: year.to_owned(),
    };
    for (day, month, year, read) in [
        ("3", "3", "2026", Some("2026-03-03")),
        (" 03 ", "03", "2026", Some("2026-03-03")),
        ("3", "March", "2026", Some("2026-03-03")),
        ("3", "mar", "2026", Some("2026-03-03")),
        ("3", "ma", "2026", None),
        ("29", "2", "2026", None),
        ("29", "2", "2028", Some("2028-02-29")),
        ("3", "13", "2026", None),
        ("3", "3", "26", None),
        ("", "", "", None),
        ("-3", "3", "2026", None),
    ] {
        let date = parts(day, month, year).date();
        assert_eq!(
            date.map(|date| date.to_string()).as_deref(),
            read,
            "{day} {month} {year}"
        );
    }
    assert!(parts(" ", "", "").is_blank());
    assert!(!parts("", "", "2026").is_blank());
    let date = "2026-03-12".parse::<jiff::civil::Date>().unwrap();
    assert_eq!(DateParts::from(date), parts("12", "3", "2026"));
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

#[test]
fn problems_lead_to_the_first_wrong_control() {
    let fields = [
        Field::text("name", "Name").error(Some("Enter a name")),
        Field::text("place", "Place"),
        Field::date("until", "Until", DateParts::default()).error(Some("Enter a date")),
        Field {
            wrong_part: Some(DatePart::Year),
            ..Field::date("from", "From", DateParts::default())
        }
        .error(Some("The year must have four digits")),
        Field::radios("role", "Role", [Choice::new("reader", "Reader")])
            .error(Some("Choose a role")),
    ];
    let problems = web::components::problems(&fields);
    let hrefs: Vec<_> = problems
        .iter()
        .map(|problem| problem.href.as_str())
        .collect();
    assert_eq!(hrefs, ["#name", "#until-day", "#from-year", "#role"]);
    for (href, field) in hrefs
        .iter()
        .zip(fields.iter().filter(|field| !field.error.is_empty()))
    {
        let id = format!("id=\"{}\"", &href[1..]);
        assert!(field.to_string().contains(&id), "{href} leads nowhere");
    }
}

#[test]
fn what_people_type_stays_text() {
    let hostile = r#""><script>alert(1)</script>"#;
    let choice = Choice::new(hostile, hostile).hint(hostile);
    for control in [
        Control::Input,
        Control::Password,
        Control::Textarea,
        Control::Select,
        Control::Radios,
        Control::Checkboxes,
        Control::Date,
        Control::File,
    ] {
        let field = Field::new(control, hostile, hostile)
            .hint(hostile)
            .error(Some(hostile))
            .choices([choice.clone()])
            .value(hostile)
            .attribute("data-note", hostile);
        let field = Field {
            prefix: hostile.to_owned(),
            date: DateParts {
                day: hostile.to_owned(),
                ..DateParts::default()
            },
            ..field
        };
        assert!(!field.to_string().contains("<script"), "{control:?}");
    }
}
