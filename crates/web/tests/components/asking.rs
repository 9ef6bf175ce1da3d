//! What fields do beyond their fixtures.

use web::components::{Choice, Control, DatePart, DateParts, Field};

#[test]
fn password_is_never_sent_back() {
    let field = Field::password("password", "Password").value("correct horse");
    assert!(!field.to_string().contains("correct horse"));
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
        Control::Day,
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
