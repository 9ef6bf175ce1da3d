//! Who and what is on the stage.

use std::collections::BTreeMap;

use chancery::documents;
use chancery::grants::{self, Change, Subject};
use chancery::kernel::{Actor, Id, ManualClock, Realm, Role, thing};
use chancery::libraries::columns::{self, ColumnForm, Shape, ViewForm};
use chancery::libraries::{self, LibraryForm};
use chancery::people::{self, Office, OrganisationForm, PersonForm, TeamForm, TokenForm, Visit};
use chancery::retention;
use chancery::sites::{self, SiteForm};
use chancery::uploads::{self, Beginning, To};

use super::{START, Stage};

const VISIT: Visit<'static> = Visit {
    address: "192.0.2.1",
    device: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0",
};

async fn organisation(
    realm: &Realm,
    name: &str,
    sector: &str,
    umbrella: Option<Id<thing::Organisation>>,
) -> Id<thing::Organisation> {
    let form = OrganisationForm {
        name: name.to_owned(),
        sector: sector.to_owned(),
        about: String::new(),
        umbrella,
    };
    people::create_organisation(&Actor::console(realm), &form)
        .await
        .unwrap()
}

/// Somebody with an account who has signed in; gives the session's token.
async fn person(
    realm: &Realm,
    name: &str,
    of: Id<thing::Organisation>,
) -> (Id<thing::Person>, String) {
    let form = PersonForm {
        name: format!("Test {name}"),
        email: format!("{}@test.example", name.to_lowercase().replace(' ', "-")),
        title: "Tester".to_owned(),
        phone: "01632 960000".to_owned(),
    };
    let (id, link) = people::create_person(&Actor::console(realm), of, &form, None)
        .await
        .unwrap();
    let session = people::use_link(
        &Actor::nobody(realm),
        link.as_str(),
        "correct horse battery",
        "correct horse battery",
        &VISIT,
    )
    .await
    .unwrap();
    (id, session.token.as_str().to_owned())
}

/// A token with which a program acts for somebody.
async fn program(realm: &Realm, of: Id<thing::Person>, may: &str) -> String {
    let form = TokenForm {
        name: format!("A script that may {may}"),
        may: may.to_owned(),
        site: None,
        days: 90,
    };
    let made = people::make_token(&Actor::person(realm, of), &form).await;
    made.unwrap().secret.as_str().to_owned()
}

/// An app password with which a file client does all that it can for somebody.
async fn app_password(realm: &Realm, of: Id<thing::Person>) -> String {
    let form = TokenForm {
        name: "A file client".to_owned(),
        may: "contribute".to_owned(),
        site: None,
        days: 90,
    };
    let made = people::make_app_password(&Actor::person(realm, of), &form).await;
    made.unwrap().secret.as_str().to_owned()
}

async fn give<P: grants::Governed>(by: &Actor, place: Id<P>, to: Subject, role: Role) {
    let change = Change::Give {
        to,
        role,
        until: None,
    };
    grants::change(by, place, &[change], "For the test")
        .await
        .unwrap();
}

#[allow(
    clippy::too_many_lines,
    clippy::similar_names,
    reason = "a stage is set from top to bottom, and what is on it is what it is called"
)]
pub(super) async fn set(stage: &mut Stage, realm: &Realm, clock: &ManualClock, size: usize) {
    let console = Actor::console(realm);
    let trust = organisation(realm, "Northmoor Trust", "public", None).await;
    let council = organisation(realm, "Northmoor Council", "public", None).await;
    let umbrella = organisation(realm, "Moor Voices", "voluntary", None).await;
    let charity = organisation(realm, "Open Latch", "voluntary", Some(umbrella)).await;
    let company = organisation(realm, "Tessel Ltd", "private", None).await;
    let mut people_by_name = BTreeMap::new();
    for (name, of) in [
        ("stranger", company),
        ("neighbour", council),
        ("reader", charity),
        ("contributor", council),
        ("owner", trust),
        ("coordinator", umbrella),
        ("operator", trust),
        ("officer", company),
        ("guest", company),
        ("suspended", charity),
    ] {
        let (id, token) = person(realm, name, of).await;
        people_by_name.insert(name, id);
        stage.tokens.insert(name, token);
    }
    stage.tokens.insert("nobody", String::new());
    let id = |name: &str| people_by_name[name];
    people::appoint(&console, id("operator"), Office::Operator, None)
        .await
        .unwrap();
    people::appoint(&console, id("officer"), Office::Assurance, None)
        .await
        .unwrap();
    people::appoint(
        &console,
        id("coordinator"),
        Office::Coordinator,
        Some(umbrella),
    )
    .await
    .unwrap();
    // Another operator and coordinator, so that an office can be ended.
    let (second, _) = person(realm, "second operator", charity).await;
    people::appoint(&console, second, Office::Operator, None)
        .await
        .unwrap();

    for (name, id) in &people_by_name {
        let token = program(realm, *id, "everything").await;
        stage.programs.insert(name, token);
        let password = app_password(realm, *id).await;
        stage.files.insert(name, password);
    }
    stage.programs.insert("nobody", String::new());
    stage.files.insert("nobody", String::new());
    for (name, of, may) in [
        ("owner who reads", "owner", "read"),
        ("owner who contributes", "owner", "contribute"),
        ("operator who reads", "operator", "read"),
    ] {
        let token = program(realm, id(of), may).await;
        stage.programs.insert(name, token);
    }

    let team = people::create_team(
        &console,
        &TeamForm {
            name: "Casework".to_owned(),
            purpose: "Cases".to_owned(),
        },
    )
    .await
    .unwrap();
    people::add_to_team(&console, team, "contributor@test.example", "Lead")
        .await
        .unwrap();

    let operator = Actor::person(realm, id("operator"));
    let owner = Actor::person(realm, id("owner"));
    let contributor = Actor::person(realm, id("contributor"));
    let site = sites::create(
        &operator,
        &SiteForm {
            name: "Resettlement Pathway".to_owned(),
            kind: "project".to_owned(),
            purpose: "Homes on release".to_owned(),
            organisation: Some(trust),
        },
    )
    .await
    .unwrap();
    give(&operator, site, Subject::Person(id("owner")), Role::Owner).await;
    give(&owner, site, Subject::Team(team), Role::Contributor).await;
    give(&owner, site, Subject::Person(id("reader")), Role::Reader).await;
    give(&owner, site, Subject::Person(id("suspended")), Role::Owner).await;
    // The operator opened the site for somebody else, and leaves it.
    let access = grants::access(&owner, site).await.unwrap();
    let theirs = access
        .grants
        .iter()
        .find(|grant| grant.subject == Subject::Person(id("operator")))
        .unwrap()
        .id;
    grants::change(&owner, site, &[Change::End { grant: theirs }], "")
        .await
        .unwrap();

    let library = libraries::create(
        &owner,
        site,
        &LibraryForm {
            name: "Case papers".to_owned(),
            purpose: "Papers".to_owned(),
            inherits: true,
        },
    )
    .await
    .unwrap();
    give(&owner, library, Subject::Person(id("guest")), Role::Reader).await;
    let closed = libraries::create(
        &owner,
        site,
        &LibraryForm {
            name: "Owners only".to_owned(),
            purpose: String::new(),
            inherits: false,
        },
    )
    .await
    .unwrap();
    documents::add(&owner, closed, None, "Secret plan.txt", &b"plan"[..])
        .await
        .unwrap();

    let folder = libraries::create_folder(&contributor, library, None, "2026")
        .await
        .unwrap();
    let document = documents::add(&contributor, library, None, "Agenda.txt", &b"agenda"[..])
        .await
        .unwrap()
        .id;
    documents::add_version(
        &contributor,
        document,
        "Agenda.txt",
        &b"agenda, longer"[..],
        "More",
    )
    .await
    .unwrap();
    let held = documents::add(
        &contributor,
        library,
        Some(folder),
        "Minutes.txt",
        &b"minutes"[..],
    )
    .await
    .unwrap()
    .id;
    documents::check_out(&contributor, held, "Writing them up")
        .await
        .unwrap();
    documents::save_draft(&contributor, held, &b"draft"[..])
        .await
        .unwrap();
    let binned = documents::add(&contributor, library, None, "Old.txt", &b"old"[..])
        .await
        .unwrap()
        .id;
    libraries::bin(&contributor, library, &[binned.item()])
        .await
        .unwrap();
    let _ = documents::open(&Actor::person(realm, id("reader")), document, None, false)
        .await
        .unwrap();

    let to = To::Library {
        library,
        folder: None,
        path: Vec::new(),
    };
    let beginning = Beginning {
        name: "On its way.txt".to_owned(),
        size: 4,
        to,
        once: None,
        asks: false,
    };
    let upload = uploads::begin(&contributor, &beginning).await.unwrap().id;

    let status = ColumnForm {
        name: "Status".to_owned(),
        kind: "choice".to_owned(),
        choices: vec!["Draft".to_owned(), "Agreed".to_owned()],
        ..ColumnForm::default()
    };
    let column = columns::add_column(&owner, library, &status).await.unwrap();
    let view = ViewForm {
        name: "By status".to_owned(),
        shared: true,
        shape: Shape {
            sort: column.to_string(),
            ..Shape::default()
        },
        ..ViewForm::default()
    };
    let view = columns::save_view(&owner, library, &view).await.unwrap();
    let brought = uploads::bring(&contributor, library, None, "Agenda.txt", &b"more"[..]);
    let uploads::Brought::Waits(waiting) = brought.await.unwrap() else {
        panic!("there is an Agenda.txt already")
    };

    let mut hold = None;
    for number in 1..size * 12 {
        clock.advance(std::time::Duration::from_secs(1));
        let name = format!("Paper {number}.txt");
        let added = documents::add(&contributor, library, None, &name, name.as_bytes())
            .await
            .unwrap();
        if number == 7 {
            let placed = retention::place_legal_hold(&owner, library, Some(added.id), "Inquiry");
            hold = Some(placed.await.unwrap());
        }
        if number % 3 == 0 {
            documents::add_version(
                &contributor,
                added.id,
                &name,
                format!("{name} again").as_bytes(),
                "",
            )
            .await
            .unwrap();
            documents::check_out(&contributor, added.id, "")
                .await
                .unwrap();
        }
        if number % 4 == 0 {
            libraries::create_folder(&contributor, library, None, &format!("Folder {number}"))
                .await
                .unwrap();
            let (member, _) = person(realm, &format!("member {number}"), council).await;
            give(&owner, site, Subject::Person(member), Role::Reader).await;
        }
    }
    clock.set(START.plus(std::time::Duration::from_secs(500)));
    people::suspend(&console, id("suspended"), "For the test")
        .await
        .unwrap();

    let grant = |access: &grants::AccessPage, of: Subject| {
        access
            .grants
            .iter()
            .find(|grant| grant.subject == of)
            .unwrap()
            .id
            .to_string()
    };
    let site_access = grants::access(&owner, site).await.unwrap();
    let library_access = grants::access(&owner, library).await.unwrap();
    let offices = people::account(&operator, second).await.unwrap().offices;
    stage.ids = BTreeMap::from([
        ("sites", site.to_string()),
        ("libraries", library.to_string()),
        ("closed", closed.to_string()),
        ("documents", document.to_string()),
        ("held", held.to_string()),
        ("binned", binned.to_string()),
        ("hold", hold.unwrap().to_string()),
        ("column", column.to_string()),
        ("view", view.to_string()),
        ("uploads", upload.to_string()),
        ("waiting", waiting.to_string()),
        ("items", document.to_string()),
        ("folder", folder.to_string()),
        ("people", second.to_string()),
        ("organisations", charity.to_string()),
        ("teams", team.to_string()),
        ("trust", trust.to_string()),
        ("member", id("contributor").to_string()),
        ("devices", "0000000000001".to_owned()),
        ("alerts", "0000000000001".to_owned()),
        ("certificates", "0000000000001".to_owned()),
        ("tokens", "0000000000001".to_owned()),
        ("office", offices[0].0.to_string()),
        (
            "site grant",
            grant(&site_access, Subject::Person(id("reader"))),
        ),
        (
            "library grant",
            grant(&library_access, Subject::Person(id("guest"))),
        ),
    ]);
    assert!(realm.now() > START);
}
