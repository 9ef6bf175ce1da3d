//! The realm that is measured: what is in it, and how that comes there.
//!
//! People, access and the first document of every library are made by the product's own verbs. The
//! many documents of a library are copies of its first one, row by row with its entry in the
//! journal, made behind the product by SQL; the journal is then sealed as always, so that
//! `chancery check` finds it whole.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chancery::documents;
use chancery::grants::{self, Change, Subject};
use chancery::kernel::{Actor, Id, May, Realm, Role, thing};
use chancery::libraries::columns::{self, ColumnForm, ColumnKind};
use chancery::libraries::{self, LibraryForm};
use chancery::notices::Notices;
use chancery::people::{self, Office, OrganisationForm, PersonForm, TokenForm, Visit};
use chancery::sites::{self, SiteForm};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use server::Opened;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::requests::noise;
use crate::{Outcome, program};

/// The databases that a realm can be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Engine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Sqlite, Self::Postgres]
            .into_iter()
            .find(|engine| engine.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| format!("{text} is not a database: sqlite or postgresql"))
    }
}

/// How much of everything there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Documents of the libraries whose pages are measured.
    pub(crate) libraries: [u64; 4],
    /// Documents and folders of the library that has columns.
    pub(crate) cabinet: (u64, u64),
    /// People who can see the site.
    pub(crate) people: usize,
    /// Documents of 10 KB to be downloaded.
    pub(crate) small: u64,
    /// People who sign in.
    pub(crate) sign_ins: usize,
}

impl Size {
    pub(crate) const WHOLE: Self = Self {
        libraries: [100, 1_000, 10_000, 100_000],
        cabinet: (100_000, 5_000),
        people: 2_000,
        small: 1_000,
        sign_ins: 16,
    };
    pub(crate) const QUICK: Self = Self {
        libraries: [20, 60, 100, 1_000],
        cabinet: (1_000, 50),
        people: 40,
        small: 20,
        // As many as sign in at once: five unfinished attempts at one account begin a pause.
        sign_ins: 8,
    };
}

/// The names of what is made, which are its addresses to file clients.
pub(crate) const SITE: &str = "Resettlement programme";
pub(crate) const SMALL_FILES: &str = "Small files";
pub(crate) const UPLOADS: &str = "Uploads";

/// The library of so many documents.
pub(crate) fn returns(count: u64) -> String {
    format!("Returns, {count}")
}

/// How long small content is.
pub(crate) const SMALL: usize = 10 * 1024;
pub(crate) const PASSWORD: &str = "correct horse battery";
/// How many organisations the people are of; the first half is let in as a whole, the people of
/// the others one by one.
const ORGANISATIONS: usize = 20;
const AT_ONCE: usize = 16;

const VISIT: Visit<'static> = Visit {
    address: "192.0.2.1",
    device: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0",
};

/// A realm that was made and filled, and the addresses in it.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) config: PathBuf,
    pub(crate) port: u16,
    /// The owner's session, as a browser sends it.
    pub(crate) cookie: String,
    /// A token of the owner's, as a program sends it.
    pub(crate) bearer: String,
    /// An app password of the owner's, as a file client sends it.
    pub(crate) basic: String,
    pub(crate) site: String,
    /// With how many documents each has.
    pub(crate) libraries: Vec<(u64, String)>,
    /// The library that has columns, with what they are called and their ids.
    pub(crate) cabinet: (String, Vec<(&'static str, String)>),
    /// A folder of it.
    pub(crate) drawer: String,
    pub(crate) document: String,
    /// Documents of 10 KB.
    pub(crate) small: Arc<Vec<String>>,
    /// A library to upload to.
    pub(crate) uploads: String,
    /// E-mail addresses of people who can sign in.
    pub(crate) sign_ins: Arc<Vec<String>>,
}

impl Scene {
    /// Makes a realm in an empty directory, and fills it.
    pub(crate) async fn set(
        program: &Path,
        directory: &Path,
        database: &str,
        size: Size,
    ) -> Outcome<Self> {
        // What reading markings costs is measured by itself.
        let port = begun(program, directory, database, "off")?;
        let config = directory.join("realm.toml");
        let Opened { realm, settings } = Opened::from_file(&config).await?;
        let mut behind = Behind::open(settings.database.expose()).await?;
        let scene = fill(&realm, &mut behind, size, config, port).await?;
        realm.keep_up(&[Arc::new(Notices) as _]).await?;
        behind.finish().await?;
        realm.close().await;
        Ok(scene)
    }
}

/// Makes a realm that judges by this policy in an empty directory, and says which port it is to listen on.
fn begun(program: &Path, directory: &Path, database: &str, policy: &str) -> Outcome<u16> {
    let port = program::free_port()?;
    let made = Command::new(program)
        .args(["init", "--name", "Bench", "--designation", "OFFICIAL"])
        .args(["--run-by", "Nobody", "--database", database])
        .args(["--markings", policy])
        .arg("--listen")
        .arg(format!("127.0.0.1:{port}"))
        .arg("--directory")
        .arg(directory)
        .output()?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into_owned().into());
    }
    Ok(port)
}

/// A realm that reads what is brought: whoever brings it and whoever waits for it, as programs with tokens.
pub(crate) struct Readers {
    pub(crate) config: PathBuf,
    pub(crate) port: u16,
    /// The library's address.
    pub(crate) library: String,
    /// Whoever uploads.
    pub(crate) author: String,
    /// Somebody else, who may read there.
    pub(crate) other: String,
}

impl Readers {
    /// Makes it in an empty directory.
    pub(crate) async fn set(program: &Path, directory: &Path, database: &str) -> Outcome<Self> {
        let port = begun(program, directory, database, "il2")?;
        let config = directory.join("realm.toml");
        let Opened { realm, .. } = Opened::from_file(&config).await?;
        let console = Actor::console(&realm);
        let agency = organisation(&realm, "The Agency").await?;
        let mut bearers = Vec::new();
        for name in ["author", "other"] {
            let (id, link) = people::create_person(&console, agency, &person(name), None).await?;
            let nobody = Actor::nobody(&realm);
            people::use_link(&nobody, link.as_str(), PASSWORD, PASSWORD, &VISIT).await?;
            bearers.push((id, bearer(&console, id).await?));
        }
        let [(author, brings), (other, waits)] =
            <[_; 2]>::try_from(bearers).map_err(|_| "two people were to be made")?;
        people::appoint(&console, author, Office::Operator, None).await?;
        let author = Actor::person(&realm, author);
        let place = sites::create(&author, &programme(agency)).await?;
        let reader = Change::Give {
            to: Subject::Person(other),
            role: Role::Reader,
            until: None,
        };
        grants::change(&author, place, &[reader], "For the measurements").await?;
        let library = library(&author, place, UPLOADS).await?;
        realm.close().await;
        Ok(Self {
            config,
            port,
            library: format!("/libraries/{library}"),
            author: brings,
            other: waits,
        })
    }
}

/// A token of this person's, as a program sends it.
async fn bearer(console: &Actor, person: Id<thing::Person>) -> Outcome<String> {
    let token = people::issue_token(console, person, &measurements()).await?;
    Ok(format!("Bearer {}", token.secret.as_str()))
}

fn measurements() -> TokenForm {
    TokenForm {
        name: "Measurements".to_owned(),
        may: May::Contribute.name().to_owned(),
        site: None,
        days: 1,
    }
}

fn programme(agency: Id<thing::Organisation>) -> SiteForm {
    SiteForm {
        name: SITE.to_owned(),
        kind: "project".to_owned(),
        purpose: "Homes on release".to_owned(),
        organisation: Some(agency),
    }
}

async fn fill(
    realm: &Realm,
    behind: &mut Behind,
    size: Size,
    config: PathBuf,
    port: u16,
) -> Outcome<Scene> {
    let console = Actor::console(realm);
    let agency = organisation(realm, "The Agency").await?;
    let (owner, link) = people::create_person(&console, agency, &person("owner"), None).await?;
    let nobody = Actor::nobody(realm);
    let session = people::use_link(&nobody, link.as_str(), PASSWORD, PASSWORD, &VISIT).await?;
    people::appoint(&console, owner, Office::Operator, None).await?;
    let bearer = bearer(&console, owner).await?;
    let owner = Actor::person(realm, owner);
    let typed = people::make_app_password(&owner, &measurements()).await?;
    let mut sign_ins = Vec::new();
    for number in 0..size.sign_ins {
        let form = person(&format!("visitor-{number}"));
        let (_, link) = people::create_person(&console, agency, &form, None).await?;
        people::use_link(&nobody, link.as_str(), PASSWORD, PASSWORD, &VISIT).await?;
        sign_ins.push(form.email);
    }
    let place = sites::create(&owner, &programme(agency)).await?;
    let_in(realm, &owner, place, size.people).await?;

    let mut counted = Vec::new();
    for count in size.libraries {
        let library = library(&owner, place, &returns(count)).await?;
        let name = format!("Return {FIRST}.txt");
        let added = documents::add(&owner, library, None, &name, &noise(count, SMALL)[..]).await?;
        behind.multiply(added.id, count).await?;
        counted.push((count, format!("/libraries/{library}")));
    }
    let (cabinet, drawer) = cabinet(&owner, behind, place, size.cabinet).await?;
    let papers = library(&owner, place, "Papers").await?;
    let document = documents::add(&owner, papers, None, "Minutes.txt", &b"1"[..]).await?;
    for version in 2_u64..=6 {
        let text = version.to_string();
        documents::add_version(
            &owner,
            document.id,
            "Minutes.txt",
            text.as_bytes(),
            "Changed",
        )
        .await?;
        documents::open(&owner, document.id, None, false).await?;
    }
    documents::check_out(&owner, document.id, "Minutes of the next meeting").await?;
    let small = library(&owner, place, SMALL_FILES).await?;
    let small: Vec<String> = stream::iter(0..size.small)
        .map(|number| {
            let owner = owner.clone();
            async move {
                let name = format!("File {number}.bin");
                let content = noise(1_000_000 + number, SMALL);
                documents::add(&owner, small, None, &name, &content[..]).await
            }
        })
        .buffer_unordered(AT_ONCE)
        .map_ok(|added| format!("/documents/{}", added.id))
        .try_collect()
        .await?;
    let uploads = library(&owner, place, UPLOADS).await?;
    Ok(Scene {
        config,
        port,
        cookie: format!("chancery={}", session.token.as_str()),
        bearer,
        basic: basic("owner@bench.example", typed.secret.as_str()),
        site: format!("/sites/{place}"),
        libraries: counted,
        cabinet,
        drawer,
        document: format!("/documents/{}", document.id),
        small: Arc::new(small),
        uploads: format!("/libraries/{uploads}"),
        sign_ins: Arc::new(sign_ins),
    })
}

/// A library of many documents in many folders, each with something said in a column of every kind but for a few.
async fn cabinet(
    owner: &Actor,
    behind: &mut Behind,
    site: Id<thing::Site>,
    (documents, folders): (u64, u64),
) -> Outcome<((String, Vec<(&'static str, String)>), String)> {
    let library = library(owner, site, "Cabinet").await?;
    let mut named = Vec::new();
    for kind in ColumnKind::ALL {
        let form = ColumnForm {
            name: kind.name().to_owned(),
            kind: kind.name().to_owned(),
            choices: ["Draft", "Agreed", "Published", "Withdrawn"]
                .map(str::to_owned)
                .to_vec(),
            ..ColumnForm::default()
        };
        let column = columns::add_column(owner, library, &form).await?;
        named.push((kind.name(), column));
    }
    let folder = libraries::create_folder(owner, library, None, &format!("Drawer {FIRST}")).await?;
    behind.drawers(folder, folders).await?;
    let name = format!("Paper {FIRST}.txt");
    let added = documents::add(owner, library, Some(folder), &name, &noise(7, SMALL)[..]).await?;
    behind.multiply(added.id, documents).await?;
    behind.sort_into(library, added.id, folder, folders).await?;
    for (kind, column) in &named {
        behind.say(*column, kind, added.id).await?;
    }
    let named = named.into_iter().map(|(kind, id)| (kind, id.to_string()));
    let address = format!("/libraries/{library}");
    let drawer = format!("{address}?folder={folder}");
    Ok(((address, named.collect()), drawer))
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn person(name: &str) -> PersonForm {
    PersonForm {
        name: format!("Test {name}"),
        email: format!("{name}@bench.example"),
        title: "Tester".to_owned(),
        phone: String::new(),
    }
}

async fn organisation(realm: &Realm, name: &str) -> Outcome<Id<thing::Organisation>> {
    let form = OrganisationForm {
        name: name.to_owned(),
        sector: "voluntary".to_owned(),
        about: String::new(),
        umbrella: None,
    };
    Ok(people::create_organisation(&Actor::console(realm), &form).await?)
}

async fn library(owner: &Actor, site: Id<thing::Site>, name: &str) -> Outcome<Id<thing::Library>> {
    let form = LibraryForm {
        name: name.to_owned(),
        purpose: String::new(),
        inherits: true,
    };
    Ok(libraries::create(owner, site, &form).await?)
}

/// This many people can see the site: half through their organisation, half by name.
async fn let_in(realm: &Realm, owner: &Actor, site: Id<thing::Site>, people: usize) -> Outcome {
    let console = Actor::console(realm);
    let mut changes = Vec::new();
    for number in 0..ORGANISATIONS {
        let organisation = organisation(realm, &format!("Partner {number:02}")).await?;
        let joined: Vec<Id<thing::Person>> = stream::iter(0..people / ORGANISATIONS)
            .map(|member| {
                let console = console.clone();
                async move {
                    let form = person(&format!("member-{number}-{member}"));
                    people::create_person(&console, organisation, &form, None).await
                }
            })
            .buffer_unordered(AT_ONCE)
            .map_ok(|(id, _)| id)
            .try_collect()
            .await?;
        let give = |to| Change::Give {
            to,
            role: Role::Reader,
            until: None,
        };
        if number < ORGANISATIONS / 2 {
            changes.push(give(Subject::Organisation(organisation)));
        } else {
            changes.extend(joined.into_iter().map(|id| give(Subject::Person(id))));
        }
    }
    for some in changes.chunks(50) {
        grants::change(owner, site, some, "For the measurements").await?;
    }
    Ok(())
}

/// The number in the name of the first document of a library. Its copies count on from it.
const FIRST: u64 = 1_000_000;

/// The realm's database, behind the product's back.
enum Behind {
    Sqlite(rusqlite::Connection),
    Postgres(PgConnection),
}

impl Behind {
    async fn open(address: &str) -> Outcome<Self> {
        Ok(match address.strip_prefix("sqlite:") {
            Some(path) => {
                let connection = rusqlite::Connection::open(path)?;
                connection.busy_timeout(std::time::Duration::from_secs(20))?;
                Self::Sqlite(connection)
            }
            None => Self::Postgres(PgConnection::connect(address).await?),
        })
    }

    async fn run(&mut self, script: String) -> Outcome {
        match self {
            Self::Sqlite(connection) => connection.execute_batch(&script)?,
            Self::Postgres(connection) => {
                let script = sqlx::raw_sql(AssertSqlSafe(script));
                connection.execute(script).await?;
            }
        }
        Ok(())
    }

    /// Makes a library of `count` documents out of its first one. Ids step on within the
    /// millisecond of the first; nothing else is made while this runs.
    async fn multiply(&mut self, first: Id<thing::Document>, count: u64) -> Outcome {
        let first = first.raw();
        let copies = count - 1;
        let counted = format!(
            "WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {copies})"
        );
        let number = format!("CAST({FIRST} + n.i AS TEXT)");
        let step = "n.i * 17";
        self.run(format!(
            "BEGIN;
             INSERT INTO items (id, is_document, library_id, folder_id, name, name_key, created_at, created_by,
                 changed_at, changed_by, version, size, media_type, binned_at, binned_by, binned_with)
               {counted} SELECT d.id + {step}, d.is_document, d.library_id, d.folder_id,
                 REPLACE(d.name, '{FIRST}', {number}), REPLACE(d.name_key, '{FIRST}', {number}), d.created_at, d.created_by,
                 d.changed_at - n.i * 1000, d.changed_by, d.version, d.size, d.media_type, 0, 0, 0
                FROM items d, n WHERE d.id = {first};
             INSERT INTO placements (id, document_id, library_id, from_at, until_at)
               {counted} SELECT p.id + {step}, {first} + {step}, p.library_id, p.from_at, p.until_at
                FROM placements p, n WHERE p.document_id = {first};
             INSERT INTO versions (id, document_id, number, content_id, size, media_type, comment, author_id,
                 created_at, restored_from, read_at)
               {counted} SELECT v.id + {step}, {first} + {step}, v.number, v.content_id, v.size, v.media_type,
                 v.comment, v.author_id, v.created_at - n.i * 1000, v.restored_from, v.created_at
                FROM versions v, n WHERE v.document_id = {first};
             INSERT INTO journal (id, at, person_id, session_id, action, sort, site_id, library_id, item_id, subject_id, data)
               {counted} SELECT j.id + {step}, j.at, j.person_id, j.session_id, j.action, j.sort, j.site_id,
                 j.library_id, {first} + {step}, j.subject_id, REPLACE(j.data, '{FIRST}', {number})
                FROM journal j, n WHERE j.item_id = {first} AND j.action = 'AddDocument';
             COMMIT;"
        ))
        .await
    }

    /// Makes so many folders out of the first one.
    async fn drawers(&mut self, first: Id<thing::Folder>, count: u64) -> Outcome {
        let (first, copies) = (first.raw(), count - 1);
        self.run(format!(
            "INSERT INTO items (id, is_document, library_id, folder_id, name, name_key, created_at, created_by,
                 changed_at, changed_by, version, size, media_type, binned_at, binned_by, binned_with)
               WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {copies})
               SELECT d.id + n.i * 17, 0, d.library_id, d.folder_id,
                 REPLACE(d.name, '{FIRST}', CAST({FIRST} + n.i AS TEXT)), REPLACE(d.name_key, '{FIRST}', CAST({FIRST} + n.i AS TEXT)),
                 d.created_at, d.created_by, d.changed_at, d.changed_by, 0, 0, '', 0, 0, 0
                FROM items d, n WHERE d.id = {first}"
        ))
        .await
    }

    /// Puts the documents of a library into its folders, and makes them differ in what no version says otherwise.
    async fn sort_into(
        &mut self,
        library: Id<thing::Library>,
        first: Id<thing::Document>,
        folder: Id<thing::Folder>,
        folders: u64,
    ) -> Outcome {
        let (library, first, folder) = (library.raw(), first.raw(), folder.raw());
        let number = format!("((id - {first}) / 17)");
        self.run(format!(
            "UPDATE items SET folder_id = {folder} + ({number} % {folders}) * 17, author_key = 'test owner',
               media_type = CASE {number} % 4 WHEN 0 THEN 'application/pdf' WHEN 1 THEN 'text/plain' WHEN 2 THEN 'image/png'
                 ELSE 'application/msword' END
              WHERE library_id = {library} AND is_document = 1"
        ))
        .await
    }

    /// Says something of every document in a column of this kind, but of one in ten.
    async fn say(
        &mut self,
        column: Id<thing::Column>,
        kind: &str,
        first: Id<thing::Document>,
    ) -> Outcome {
        let (column, first) = (column.raw(), first.raw());
        let n = format!("((i.id - {first}) / 17)");
        let (number, text, person, value) = match kind {
            "text" => (
                "0".to_owned(),
                format!("'case ' || CAST(({n} * 7919) % 100003 AS TEXT)"),
                "0",
                format!("'Case ' || CAST(({n} * 7919) % 100003 AS TEXT)"),
            ),
            "choice" => {
                let of = format!(
                    "CASE WHEN {n} % 1000 = 0 THEN 'Withdrawn' WHEN {n} % 5 = 0 THEN 'Draft' WHEN {n} % 7 = 0 THEN 'Agreed' ELSE 'Published' END"
                );
                ("0".to_owned(), format!("LOWER({of})"), "0", of)
            }
            "date" => (
                format!("15000 + ({n} * 31) % 7000"),
                "''".to_owned(),
                "0",
                "'2026-03-27'".to_owned(),
            ),
            "person" => (
                "0".to_owned(),
                "'test owner'".to_owned(),
                "i.created_by",
                "'0'".to_owned(),
            ),
            "number" => (
                format!("({n} * 7919) % 1000003 * 10000"),
                "''".to_owned(),
                "0",
                format!("CAST(({n} * 7919) % 1000003 AS TEXT)"),
            ),
            _ => (
                format!("{n} % 2"),
                "''".to_owned(),
                "0",
                format!("CASE WHEN {n} % 2 = 1 THEN 'yes' ELSE 'no' END"),
            ),
        };
        let lacks = format!("({n} % 10 = 9)");
        self.run(format!(
            "DELETE FROM cells WHERE column_id = {column};
             INSERT INTO cells (id, column_id, item_id, lacks, number, text, person_id, value)
               SELECT CAST({column} AS TEXT) || '.' || CAST(i.id AS TEXT), {column}, i.id,
                 CASE WHEN {lacks} THEN 1 ELSE 0 END, CASE WHEN {lacks} THEN 0 ELSE {number} END,
                 CASE WHEN {lacks} THEN '' ELSE {text} END, CASE WHEN {lacks} THEN 0 ELSE {person} END,
                 CASE WHEN {lacks} THEN '' ELSE {value} END
                FROM items i JOIN library_columns c ON c.library_id = i.library_id
               WHERE c.id = {column} AND i.is_document = 1"
        ))
        .await
    }

    /// PostgreSQL learns by itself, within minutes, what is in its tables; the run does not wait for that.
    async fn finish(mut self) -> Outcome {
        if matches!(self, Self::Postgres(_)) {
            self.run("ANALYZE".to_owned()).await?;
        }
        match self {
            Self::Sqlite(connection) => connection.close().map_err(|(_, error)| error)?,
            Self::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }
}
