//! A page with every component, all of its people plainly made up.

use askama::Template;
use web::components::{
    Button, Choice, Crumb, DateParts, Field, Hue, Link, NavItem, PageLink, Problem, Row, Status,
    TabItem, Tag, Task, problems,
};
use web::frame::{Flash, Frame, Me, SiteHead};

#[derive(Template)]
#[template(path = "gallery.html")]
pub(crate) struct Gallery {
    pub(crate) frame: Frame,
    problems: Vec<Problem>,
    filters: Vec<Field>,
    bulk: Vec<Button>,
    files: Vec<File>,
    previous: Option<PageLink>,
    next: Option<PageLink>,
    change: Link,
    tasks: Vec<Task>,
    rows: Vec<Row>,
    upload_files: Field,
    questions: Vec<Field>,
    tab_list: Vec<TabItem>,
}

struct File {
    name: &'static str,
    select: String,
    marking: Tag,
    state: Option<Tag>,
    version: u32,
    ticked: bool,
}

const REALM: &str = "OFFICIAL-SENSITIVE";

pub(crate) fn frame() -> Frame {
    let items = |names: &[&str], current: &str| {
        names
            .iter()
            .map(|name| NavItem::new(*name, "#", *name == current))
            .collect::<Vec<_>>()
    };
    Frame {
        realm: "Northmoor Partnership".to_owned(),
        designation: REALM.to_owned(),
        run_by: "Northmoor Probation Trust".to_owned(),
        person: Some(Me {
            name: "Amira Hussain".to_owned(),
            href: "/account".to_owned(),
        }),
        notices: 3,
        navigation: items(&["Home", "Sites", "People", "Practice"], "Sites"),
        site: Some(SiteHead {
            name: "Resettlement Pathway".to_owned(),
            href: "/sites/pathway".to_owned(),
            kind_line: "Project site, run by Northmoor Probation Trust".to_owned(),
            items: items(
                &[
                    "Overview",
                    "Documents",
                    "Meetings",
                    "Surveys",
                    "Pages",
                    "People",
                    "Activity",
                    "Access",
                ],
                "Documents",
            ),
        }),
        crumbs: vec![Crumb::new("Documents", "#")],
        title: "Case conference papers".to_owned(),
        csrf: "token-of-this-session".to_owned(),
        search: true,
        ..Frame::default()
    }
}

fn file(name: &'static str, marking: &str, version: u32) -> File {
    File {
        name,
        select: format!("Select {name}"),
        marking: Tag::marking(marking, REALM, Hue::Purple, marking == "SECRET"),
        state: None,
        version,
        ticked: false,
    }
}

fn questions() -> Vec<Field> {
    let until = Field::date("until", "Last day", DateParts::default())
        .hint("For example, 31 3 2026")
        .error(Some("Enter the last day"));
    vec![
        Field::text("name", "Name of the library")
            .bold()
            .value("Case conference papers"),
        Field::email("email", "Email address")
            .hint("The one the invitation goes to")
            .value("ruth")
            .error(Some("Enter an email address, like name@example.org")),
        Field::password("password", "Password"),
        Field::textarea("why", "Why are you making this change?")
            .limit(200)
            .rows(3),
        Field::select(
            "marking",
            "Marking",
            [
                Choice::new("official", "OFFICIAL"),
                Choice::new("sensitive", REALM),
            ],
        )
        .value("sensitive"),
        Field::radios(
            "end",
            "Does this access end?",
            [
                Choice::new("no", "No").hint("It is reviewed every six months"),
                Choice::new("yes", "Yes, on a date").reveal(until),
                Choice::divider("or"),
                Choice::new("later", "Decide later"),
            ],
        )
        .bold()
        .value("yes"),
        Field::checkboxes(
            "tell",
            "Who is told?",
            [
                Choice::new("gained", "People who gain access"),
                Choice::new("owners", "The other owners").checked(true),
            ],
        )
        .bold()
        .class("govuk-checkboxes--small"),
        Field::tick("agree", "I have checked who this lets in", false),
        Field::date("from", "From when", DateParts::default()).bold(),
        Field::file("picture", "Picture of the site"),
        Field::number("days", "Days"),
    ]
}

pub(crate) fn page() -> Gallery {
    let questions = questions();
    let mut files = vec![
        file("Accommodation plan, Case 2041.docx", REALM, 6),
        file("Agenda 19 March 2026.docx", "OFFICIAL", 2),
        file("Transfer notice.pdf", "SECRET", 1),
        file(
            "A_name_that_is_one_very_long_word_because_somebody_exported_it_from_a_case_management_system.pdf",
            "OFFICIAL",
            1,
        ),
    ];
    files[0].state = Some(Tag::new("Checked out", Hue::Blue));
    files[1].ticked = true;
    Gallery {
        frame: Frame {
            error: true,
            flash: Some(
                Flash::success("6 people now have access")
                    .link(Link::new("See who", "#").hidden(" can see this library")),
            ),
            ..frame()
        },
        problems: problems(&questions),
        filters: vec![
            Field {
                kind: "search",
                ..Field::text("within", "Find in this library")
            },
            Field::select(
                "filter-marking",
                "Marking",
                [Choice::new("", "Any marking")],
            ),
            Field::select("filter-state", "State", [Choice::new("", "Any state")]),
            Field::select("filter-changed", "Changed", [Choice::new("", "Any time")]),
        ],
        bulk: ["Download as zip", "Move", "Copy", "Delete"]
            .into_iter()
            .map(|text| Button::submit(text).small().named("do", text))
            .collect(),
        files,
        previous: Some(PageLink::new("?before=1", "")),
        next: Some(PageLink::new(
            "?after=4",
            "From “Verification checklist.docx”",
        )),
        change: Link::new("Change", "#").hidden(" the access of Amira Hussain"),
        tasks: vec![
            Task::new(
                "Send the referral figures to Ashcombe Vale Council",
                "#",
                Status::Tag(Tag::new("Overdue since 10 March", Hue::Red)),
            )
            .hint("Your action from Programme board, 19 February 2026"),
            Task::new(
                "Confirm who can see Case conference papers",
                "#",
                Status::Text("Due 20 March".to_owned()),
            ),
            Task::new(
                "Approve the release",
                "",
                Status::Waiting("Somebody else must ask first".to_owned()),
            ),
        ],
        rows: vec![
            Row::new("Marking", "OFFICIAL-SENSITIVE, read from the document")
                .action(Link::new("Change", "#").hidden(" the marking")),
            Row::new("Size", "4 pages, 86 KB"),
        ],
        upload_files: Field {
            multiple: true,
            ..Field::file("file", "Add files")
                .bold()
                .hint("Choose as many as you like, or drop them here. Up to 2 GB each.")
        },
        questions,
        tab_list: vec![
            TabItem::new("drafts", "Drafts"),
            TabItem::new("published", "Published"),
        ],
    }
}
