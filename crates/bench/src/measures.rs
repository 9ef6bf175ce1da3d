//! Every measure, in the order in which they are made.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::StatusCode;
use testkit::postgres::{Cluster, Durability};

use crate::figures::Figures;
use crate::load::{Load, Make, Until};
use crate::painted::Viewer;
use crate::program::{Cpu, Program};
use crate::report::Report;
use crate::requests::{self, Upload, noise};
use crate::scene::{Engine, PASSWORD, SMALL, Scene, Size};
use crate::wire::{Wire, pieces, whole};
use crate::{Outcome, Wanted};

/// How long each load lasts, and how large the large file is.
pub(crate) struct Pace {
    pub(crate) load: Duration,
    pub(crate) uploads: u64,
    pub(crate) large: u64,
    starts: usize,
}

pub(crate) const MEGABYTE: u64 = 1_000_000;

impl Pace {
    pub(crate) fn of(wanted: &Wanted) -> Self {
        if wanted.quick {
            Self {
                load: Duration::from_millis(150),
                uploads: 20,
                large: 8 * MEGABYTE,
                starts: 1,
            }
        } else {
            Self {
                load: Duration::from_secs(3),
                uploads: 1_000,
                large: 1_000 * MEGABYTE,
                starts: 5,
            }
        }
    }
}

/// Measures everything that was asked for, on one engine.
pub(crate) async fn measure(wanted: &Wanted, engine: Engine, report: &mut Report) -> Outcome {
    let directory = tempfile::tempdir()?;
    let cluster = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(Cluster::start(Durability::Full)?),
    };
    let database = cluster
        .as_ref()
        .map_or_else(|| "sqlite:realm.db".to_owned(), Cluster::url);
    let size = if wanted.quick {
        Size::QUICK
    } else {
        Size::WHOLE
    };
    eprintln!("{engine}: making the realm");
    let begun = Instant::now();
    let scene = Scene::set(&wanted.program, directory.path(), &database, size).await?;
    eprintln!("{engine}: made in {:.1} s", begun.elapsed().as_secs_f64());
    let mut bench = Bench {
        wanted,
        engine,
        pace: Pace::of(wanted),
        scene,
        report,
    };
    let outcome = bench.all().await;
    drop(cluster);
    outcome
}

/// Makes the realm that is measured, and says how to reach it.
pub(crate) async fn keep(wanted: &Wanted, directory: &Path) -> Outcome {
    let size = if wanted.quick {
        Size::QUICK
    } else {
        Size::WHOLE
    };
    let database = wanted.database.as_deref().unwrap_or("sqlite:realm.db");
    let scene = Scene::set(&wanted.program, directory, database, size).await?;
    println!("{scene:#?}");
    Ok(())
}

struct Bench<'a> {
    wanted: &'a Wanted,
    engine: Engine,
    pace: Pace,
    scene: Scene,
    report: &'a mut Report,
}

impl Bench<'_> {
    async fn start(&self) -> Outcome<Program> {
        let scene = &self.scene;
        Program::start(&self.wanted.program, &scene.config, scene.port, self.engine).await
    }

    fn say(&mut self, figures: Figures) {
        eprintln!("{}", Report::line(&figures));
        self.report.add(figures);
    }

    async fn all(&mut self) -> Outcome {
        if self.wanted.asks("start") {
            self.start_up().await?;
        }
        let program = self.start().await?;
        if self.wanted.asks("memory") {
            self.memory(&program, "memory, idle")?;
        }
        if self.wanted.asks("page") {
            self.pages(&program).await?;
        }
        if self.wanted.asks("columns") {
            self.columns(&program).await?;
        }
        if self.wanted.asks("download") {
            self.downloads(&program).await?;
        }
        if self.wanted.asks("upload") {
            self.uploads(&program).await?;
        }
        if self.wanted.asks("large") {
            self.large(&program).await?;
        }
        if self.wanted.asks("sign-in") {
            self.sign_ins(&program).await?;
        }
        if self.wanted.asks("memory") {
            self.memory(&program, "memory, after load")?;
        }
        program.stop().await?;
        self.check()
    }

    async fn start_up(&mut self) -> Outcome {
        let mut taken = Vec::new();
        for _ in 0..self.pace.starts {
            let program = self.start().await?;
            taken.push(program.start_up);
            program.stop().await?;
        }
        taken.sort();
        let median = taken[taken.len() / 2].as_secs_f64();
        self.say(Figures::value(
            self.engine.name(),
            "start, to the first answer",
            median,
            "s",
        ));
        Ok(())
    }

    fn memory(&mut self, program: &Program, measure: &str) -> Outcome {
        let (now, most) = program.memory()?;
        let name = self.engine.name();
        self.say(Figures::value(name, measure, now, "MB"));
        self.say(Figures::value(
            name,
            format!("{measure}: the most so far"),
            most,
            "MB",
        ));
        Ok(())
    }

    /// The library that has columns: opened, sorted by each kind, filtered, further on.
    async fn columns(&mut self, program: &Program) -> Outcome {
        let (cabinet, named) = self.scene.cabinet.clone();
        let id = |kind: &str| {
            let found = named.iter().find(|(name, _)| *name == kind);
            found.map_or("", |(_, id)| id.as_str())
        };
        let mut pages = vec![
            ("opened".to_owned(), cabinet.clone()),
            ("a folder".to_owned(), self.scene.drawer.clone()),
            (
                "a folder, by a column".to_owned(),
                format!("{}&sort={}", self.scene.drawer, id("date")),
            ),
        ];
        let mut flat = |what: &str, query: String| {
            pages.push((what.to_owned(), format!("{cabinet}?flat=yes&{query}")));
        };
        for sort in ["name", "changed", "size", "by", "kind", "version"] {
            flat(&format!("all, by {sort}"), format!("sort={sort}"));
        }
        for (kind, column) in &named {
            flat(&format!("all, by {kind}"), format!("sort={column}"));
            flat(
                &format!("all, by {kind}, down"),
                format!("sort={column}&order=down"),
            );
        }
        let (choice, date) = (id("choice"), id("date"));
        for (what, query) in [
            ("choice: few", format!("{choice}.is=Withdrawn&sort={date}")),
            ("choice: some", format!("{choice}.is=Agreed&sort={date}")),
            ("choice: most", format!("{choice}.is=Published&sort={date}")),
            ("nothing said", format!("{date}.is=*none")),
            (
                "days: few",
                format!("{date}.from=2026-01-01&{date}.to=2026-01-03"),
            ),
            ("days: most", format!("{date}.from=2012-01-01&sort=size")),
            ("number: few", format!("{}.to=100", id("number"))),
            ("text: few", format!("{}.contains=case+777", id("text"))),
            ("text: all", format!("{}.contains=case", id("text"))),
            (
                "person: most",
                format!("{}.is=owner@bench.example", id("person")),
            ),
            ("type", "kind.is=pdf&sort=size".to_owned()),
            ("checked out", "state=checked-out".to_owned()),
            (
                "two filters",
                format!("{choice}.is=Published&{}.is=yes&sort={date}", id("yes-no")),
            ),
        ] {
            flat(&format!("filter {what}"), query);
        }
        let later = self
            .later(program, &format!("{cabinet}?flat=yes&sort={date}"), 10)
            .await?;
        if let Some(later) = later {
            pages.push(("all, by date, page 11".to_owned(), later));
        }
        let second = self.later(program, &cabinet, 1).await?;
        let mut seen = vec![
            ("opened", cabinet.clone()),
            ("all, by date", format!("{cabinet}?flat=yes&sort={date}")),
            (
                "filter choice: most",
                format!("{cabinet}?flat=yes&{choice}.is=Published&sort={date}"),
            ),
        ];
        seen.extend(second.map(|second| ("second page", second)));
        for (what, address) in pages {
            let cookie = self.scene.cookie.clone();
            let load = Load {
                measure: format!("columns: {what}"),
                connections: 1,
                until: Until::Time(self.pace.load.min(Duration::from_secs(2))),
                first: 0,
                warm_up: 8,
                expect: StatusCode::OK,
                make: Arc::new(move |_| requests::page(&address, &cookie)),
            };
            let (figures, _) = load.put(program).await?;
            self.say(figures);
        }
        let views = if self.wanted.quick { 2 } else { 40 };
        if let Some(viewer) = Viewer::arrive(self.scene.port, &self.scene.cookie).await? {
            for (what, page) in &seen {
                let name = self.engine.name();
                let figures = viewer.look(name, what, page, views).await?;
                self.say(figures);
            }
            viewer.leave().await?;
        }
        Ok(())
    }

    /// The page of a list that comes so many after the first, if it has so many.
    async fn later(
        &self,
        program: &Program,
        address: &str,
        pages: usize,
    ) -> Outcome<Option<String>> {
        let mut wire = Wire::open(program.address).await?;
        let mut address = address.to_owned();
        for _ in 0..pages {
            let page = requests::readable(&address, &self.scene.cookie)?;
            let body = String::from_utf8(wire.send(page, true).await?.body)?;
            let Some((before, _)) = body.split_once("\" rel=\"next\"") else {
                return Ok(None);
            };
            let (_, href) = before
                .rsplit_once("href=\"")
                .ok_or("a link without an address")?;
            address = href.replace("&#38;", "&").replace("&amp;", "&");
        }
        Ok(Some(address))
    }

    async fn pages(&mut self, program: &Program) -> Outcome {
        let scene = &self.scene;
        let mut pages = vec![
            ("page: home".to_owned(), "/".to_owned()),
            ("page: site".to_owned(), scene.site.clone()),
        ];
        for (count, library) in &scene.libraries {
            pages.push((format!("page: library of {count}"), library.clone()));
        }
        if let Some((count, largest)) = scene.libraries.last() {
            for (what, query) in [
                ("by size", "?sort=size"),
                ("newest first", "?sort=changed"),
                ("search of a name", "?find=1000999"),
            ] {
                let name = format!("page: library of {count}, {what}");
                pages.push((name, format!("{largest}{query}")));
            }
        }
        pages.push(("page: document".to_owned(), scene.document.clone()));
        pages.push((
            "page: access of a site".to_owned(),
            format!("{}/access", scene.site),
        ));
        let lists: Vec<_> = scene
            .libraries
            .iter()
            .map(|(count, library)| {
                let name = format!("page: API, 100 of a library of {count}");
                (name, format!("{library}/items?limit=100"))
            })
            .collect();
        for connections in [1, 16] {
            for (name, address) in pages.iter().chain(&lists) {
                let make: Make = if address.ends_with("/items?limit=100") {
                    let (address, bearer) = (address.clone(), self.scene.bearer.clone());
                    Arc::new(move |_| requests::api(&address, &bearer))
                } else {
                    let (address, cookie) = (address.clone(), self.scene.cookie.clone());
                    Arc::new(move |_| requests::page(&address, &cookie))
                };
                let load = Load {
                    measure: name.clone(),
                    connections,
                    until: Until::Time(self.pace.load.min(Duration::from_secs(2))),
                    first: 0,
                    warm_up: 16,
                    expect: StatusCode::OK,
                    make,
                };
                let (figures, _) = load.put(program).await?;
                self.say(figures);
            }
        }
        Ok(())
    }

    async fn downloads(&mut self, program: &Program) -> Outcome {
        for by_token in [false, true] {
            for connections in [1, 16] {
                let (small, cookie) = (Arc::clone(&self.scene.small), self.scene.cookie.clone());
                let bearer = self.scene.bearer.clone();
                let make: Make = Arc::new(move |number| {
                    let at = usize::try_from(number).unwrap_or_default() % small.len();
                    if by_token {
                        requests::api(&format!("{}/content", small[at]), &bearer)
                    } else {
                        requests::page(&format!("{}/content?download=1", small[at]), &cookie)
                    }
                });
                let load = Load {
                    measure: format!("download of 10 KB, journalled{}", how(by_token)),
                    connections,
                    until: Until::Time(self.pace.load),
                    first: 0,
                    warm_up: 64,
                    expect: StatusCode::OK,
                    make,
                };
                let (figures, _) = load.put(program).await?;
                self.say(figures);
            }
        }
        Ok(())
    }

    /// A token for the forms of the owner's session.
    async fn csrf(&self, program: &Program) -> Outcome<String> {
        let page = requests::readable("/you", &self.scene.cookie)?;
        Wire::open(program.address)
            .await?
            .send(page, true)
            .await?
            .csrf()
    }

    async fn uploads(&mut self, program: &Program) -> Outcome {
        let csrf = self.csrf(program).await?;
        let mut first = 0;
        for by_token in [false, true] {
            for connections in [1, 8] {
                let (csrf, library) = (csrf.clone(), self.scene.uploads.clone());
                let (cookie, bearer) = (self.scene.cookie.clone(), self.scene.bearer.clone());
                let make: Make = Arc::new(move |number| {
                    let content = noise(2_000_000 + number, SMALL);
                    if by_token {
                        let address = format!("{library}/documents?name=Upload+{number}.bin");
                        return requests::put(&address, &bearer, SMALL as u64, whole(content));
                    }
                    let upload = Upload {
                        address: &format!("{library}/upload"),
                        cookie: &cookie,
                        csrf: &csrf,
                        name: &format!("Upload {number}.bin"),
                    };
                    upload.whole(&content)
                });
                let load = Load {
                    measure: format!("upload of 10 KB, durable{}", how(by_token)),
                    connections,
                    until: Until::Count(self.pace.uploads),
                    first,
                    warm_up: 16,
                    expect: StatusCode::CREATED,
                    make,
                };
                let (figures, next) = load.put(program).await?;
                first = next;
                self.say(figures);
            }
        }
        Ok(())
    }

    /// A large file to the disk, into the realm and out again.
    async fn large(&mut self, program: &Program) -> Outcome {
        let name = self.engine.name();
        let directory = self.scene.config.parent().unwrap_or(Path::new("."));
        let piece = Bytes::from(noise(7, 1_000_000));
        let times = usize::try_from(self.pace.large / MEGABYTE)?;
        let copied = copy(directory, &piece, times)?;
        let rate = |took: Duration| self.pace.large as f64 / 1e6 / took.as_secs_f64();
        let disk = rate(copied);
        self.say(Figures::value(
            name,
            "large: cp and fsync of 1 GB",
            disk,
            "MB/s",
        ));

        let address = format!("{}/documents?name=Large.bin", self.scene.uploads);
        let body = pieces(std::iter::repeat_n(piece, times));
        let upload = requests::put(&address, &self.scene.bearer, self.pace.large, body)?;
        let mut wire = Wire::open(program.address).await?;
        let before = Cpu::now(program);
        let begun = Instant::now();
        let answer = wire.send(upload, true).await?;
        let took = begun.elapsed();
        if answer.status != StatusCode::CREATED {
            return Err(format!("large: answered {}", answer.status).into());
        }
        let spent = Cpu::now(program).server.saturating_sub(before.server);
        let up = self.pace.large as f64 / 1e6 / took.as_secs_f64();
        self.say(Figures::value(
            name,
            "large: upload of 1 GB, durable",
            up,
            "MB/s",
        ));
        self.say(Figures::value(
            name,
            "large: upload, processor time",
            spent.as_secs_f64(),
            "s",
        ));
        self.say(Figures::value(
            name,
            "large: upload against cp and fsync",
            up / disk * 100.0,
            "%",
        ));

        let answer: serde_json::Value = serde_json::from_slice(&answer.body)?;
        let document = answer["id"].as_str().ok_or("an upload without an id")?;
        let address = format!("/documents/{document}/content");
        let before = Cpu::now(program);
        let begun = Instant::now();
        let answer = wire
            .send(requests::api(&address, &self.scene.bearer)?, false)
            .await?;
        let took = begun.elapsed();
        if answer.length != self.pace.large {
            return Err(format!("large: {} bytes came back", answer.length).into());
        }
        let spent = Cpu::now(program).server.saturating_sub(before.server);
        let down = self.pace.large as f64 / 1e6 / took.as_secs_f64();
        self.say(Figures::value(
            name,
            "large: download of 1 GB, journalled",
            down,
            "MB/s",
        ));
        self.say(Figures::value(
            name,
            "large: download, processor time",
            spent.as_secs_f64(),
            "s",
        ));
        Ok(())
    }

    async fn sign_ins(&mut self, program: &Program) -> Outcome {
        let mut wire = Wire::open(program.address).await?;
        let door = wire.send(requests::readable("/sign-in", "")?, true).await?;
        let csrf = door.csrf()?;
        let cookie = door
            .headers
            .get("set-cookie")
            .and_then(|value| value.to_str().ok()?.split(';').next())
            .ok_or("a sign-in page without a cookie")?
            .to_owned();
        let people = Arc::clone(&self.scene.sign_ins);
        let make: Make = Arc::new(move |number| {
            let at = usize::try_from(number).unwrap_or_default() % people.len();
            let password = PASSWORD.replace(' ', "+");
            let form = format!("csrf={csrf}&email={}&password={password}", people[at]);
            requests::form("/sign-in", &cookie, form)
        });
        for connections in [1, 8] {
            let load = Load {
                measure: "sign-in, argon2id as shipped".to_owned(),
                connections,
                until: Until::Time(self.pace.load),
                first: 0,
                warm_up: 2,
                expect: StatusCode::SEE_OTHER,
                make: Arc::clone(&make),
            };
            let (figures, _) = load.put(program).await?;
            self.say(figures);
        }
        Ok(())
    }

    /// What was measured must also be right.
    fn check(&self) -> Outcome {
        let begun = Instant::now();
        let checked = std::process::Command::new(&self.wanted.program)
            .arg("--config")
            .arg(&self.scene.config)
            .arg("check")
            .output()?;
        let said = String::from_utf8_lossy(&checked.stdout).into_owned();
        if !checked.status.success() {
            return Err(format!("the realm is not whole after the measurements:\n{said}").into());
        }
        eprintln!(
            "{}: chancery check finds the realm whole, in {:.1} s",
            self.engine,
            begun.elapsed().as_secs_f64()
        );
        Ok(())
    }
}

fn how(by_token: bool) -> &'static str {
    if by_token { ", API" } else { ", form" }
}

/// How long `cp` and an fsync take for a file of so many pieces on the realm's own disk.
pub(crate) fn copy(directory: &Path, piece: &Bytes, times: usize) -> Outcome<Duration> {
    let (from, to) = (directory.join("large"), directory.join("copy"));
    let mut file = std::fs::File::options()
        .create(true)
        .truncate(true)
        .read(true)
        .write(true)
        .open(&from)?;
    for _ in 0..times {
        file.write_all(piece)?;
    }
    file.sync_all()?;
    // Read once, so that it is copied from memory.
    file.seek(SeekFrom::Start(0))?;
    let mut buffer = vec![0; 1 << 20];
    while file.read(&mut buffer)? > 0 {}
    let begun = Instant::now();
    let copied = std::process::Command::new("cp")
        .arg(&from)
        .arg(&to)
        .status()?;
    std::fs::File::open(&to)?.sync_all()?;
    let took = begun.elapsed();
    std::fs::remove_file(from)?;
    std::fs::remove_file(to)?;
    if !copied.success() {
        return Err("cp failed".into());
    }
    Ok(took)
}
