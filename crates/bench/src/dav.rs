//! WebDAV, beside other servers on the same machine, one after the other in one run.
//!
//! Each of ours is signed in, decided about and in the journal, and what is put is on the disk before it is answered; theirs
//! is none of that, unless its name says so.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, StatusCode};

use crate::figures::Figures;
use crate::load::{Load, Make, Until};
use crate::measures::{MEGABYTE, Pace, copy};
use crate::peers::{Kind, Peer, files};
use crate::program::{Program, Served};
use crate::report::Report;
use crate::requests::noise;
use crate::scene::{Engine, SITE, SMALL, SMALL_FILES, Scene, Size, UPLOADS, returns};
use crate::wire::{Body, Wire, pieces, whole};
use crate::{Outcome, Wanted};

/// What file clients ask of everything in a folder.
const PROPFIND: &str = r#"<?xml version="1.0" encoding="utf-8"?><D:propfind xmlns:D="DAV:"><D:prop><D:displayname/><D:resourcetype/><D:getcontentlength/><D:getlastmodified/><D:getetag/></D:prop></D:propfind>"#;

/// Measures ours on each database, and the others.
pub(crate) async fn measure(wanted: &Wanted) -> Outcome {
    let mut report = Report::new(wanted);
    let size = if wanted.quick {
        Size::QUICK
    } else {
        Size::WHOLE
    };
    let directory = tempfile::tempdir()?;
    let scene = Scene::set(&wanted.program, directory.path(), "sqlite:realm.db", size).await?;
    let program =
        Program::start(&wanted.program, &scene.config, scene.port, Engine::Sqlite).await?;
    let mut of = Dav {
        root: format!("/dav/{}/", escaped(SITE)),
        authorization: Some(HeaderValue::from_str(&scene.basic)?),
        disk: directory.path(),
        size,
        pace: Pace::of(wanted),
        report: &mut report,
    };
    of.small(&program).await?;
    of.large(&program).await?;
    let (now, most) = program.memory()?;
    of.say(Figures::value(
        "SQLite",
        "memory, after all of it",
        now,
        "MB",
    ));
    of.say(Figures::value("SQLite", "memory: the most", most, "MB"));
    program.stop().await?;

    for kind in Kind::ALL {
        let directory = tempfile::tempdir()?;
        let files = files(directory.path(), size, kind == Kind::ApacheSynchronous)?;
        let peer = Peer::start(kind, directory.path(), &files).await?;
        let mut of = Dav {
            root: "/".to_owned(),
            authorization: None,
            disk: directory.path(),
            size,
            pace: Pace::of(wanted),
            report: &mut report,
        };
        of.small(&peer).await?;
        if kind != Kind::ApacheSynchronous {
            // There it takes minutes: each of its small writes waits for the disk.
            of.large(&peer).await?;
        }
        let memory = peer.memory();
        of.say(Figures::value(
            peer.name(),
            "memory, after all of it",
            memory,
            "MB",
        ));
        peer.stop().await?;
    }
    print!("{}", report.table());
    if let Some(out) = &wanted.out {
        report.write(out, "dav")?;
    }
    Ok(())
}

/// Percent-encodes a name for a path.
fn escaped(name: &str) -> String {
    name.replace(' ', "%20").replace(',', "%2C")
}

struct Dav<'a> {
    /// Where the libraries, or directories, are.
    root: String,
    authorization: Option<HeaderValue>,
    disk: &'a Path,
    size: Size,
    pace: Pace,
    report: &'a mut Report,
}

impl Dav<'_> {
    fn say(&mut self, figures: Figures) {
        eprintln!("{}", Report::line(&figures));
        self.report.add(figures);
    }

    fn maker(
        &self,
        request: impl Fn(u64) -> (Method, String, Bytes) + Send + Sync + 'static,
    ) -> Make {
        let authorization = self.authorization.clone();
        let root = self.root.clone();
        Arc::new(move |number| {
            let (method, path, body) = request(number);
            send(
                method,
                &format!("{root}{path}"),
                authorization.as_ref(),
                body.len() as u64,
                whole(body),
            )
        })
    }

    async fn small(&mut self, served: &impl Served) -> Outcome {
        self.lists(served).await?;
        self.downloads(served).await?;
        self.uploads(served).await
    }

    async fn lists(&mut self, served: &impl Served) -> Outcome {
        let propfind = Method::from_bytes(b"PROPFIND")?;
        for count in self.size.libraries {
            let (method, path) = (propfind.clone(), format!("{}/", escaped(&returns(count))));
            let load = Load {
                measure: format!("PROPFIND, depth 1, of {count}"),
                connections: 1,
                until: Until::Time(self.pace.load),
                first: 0,
                warm_up: 2,
                expect: StatusCode::MULTI_STATUS,
                make: self.maker(move |_| (method.clone(), path.clone(), Bytes::from(PROPFIND))),
            };
            let (figures, _) = load.put(served).await?;
            self.say(figures);
        }
        Ok(())
    }

    async fn downloads(&mut self, served: &impl Served) -> Outcome {
        let (small, folder) = (self.size.small, escaped(SMALL_FILES));
        for connections in [1, 16] {
            let folder = folder.clone();
            let load = Load {
                measure: "GET of 10 KB".to_owned(),
                connections,
                until: Until::Time(self.pace.load),
                first: 0,
                warm_up: 64,
                expect: StatusCode::OK,
                make: self.maker(move |number| {
                    let path = format!("{folder}/File%20{}.bin", number % small);
                    (Method::GET, path, Bytes::new())
                }),
            };
            let (figures, _) = load.put(served).await?;
            self.say(figures);
        }
        Ok(())
    }

    async fn uploads(&mut self, served: &impl Served) -> Outcome {
        let mut first = 0;
        for connections in [1, 8] {
            let load = Load {
                measure: "PUT of distinct 10 KB".to_owned(),
                connections,
                until: Until::Count(self.pace.uploads),
                first,
                warm_up: 16,
                expect: StatusCode::CREATED,
                make: self.maker(|number| {
                    let path = format!("{UPLOADS}/Upload%20{number}.bin");
                    (Method::PUT, path, noise(3_000_000 + number, SMALL).into())
                }),
            };
            let (figures, next) = load.put(served).await?;
            first = next;
            self.say(figures);
        }
        Ok(())
    }

    async fn large(&mut self, served: &impl Served) -> Outcome {
        let piece = Bytes::from(noise(7, 1_000_000));
        let times = usize::try_from(self.pace.large / MEGABYTE)?;
        let rate = |took: std::time::Duration| self.pace.large as f64 / 1e6 / took.as_secs_f64();
        let disk = rate(copy(self.disk, &piece, times)?);
        let path = format!("{}{UPLOADS}/Large.bin", self.root);
        let authorization = self.authorization.as_ref();

        let mut wire = Wire::open(served.address()).await?;
        let body = pieces(std::iter::repeat_n(piece, times));
        let put = send(Method::PUT, &path, authorization, self.pace.large, body)?;
        let begun = Instant::now();
        let answer = wire.send(put, false).await?;
        let up = rate(begun.elapsed());
        if answer.status != StatusCode::CREATED {
            return Err(format!("large: answered {}", answer.status).into());
        }
        let get = send(Method::GET, &path, authorization, 0, whole(Bytes::new()))?;
        let begun = Instant::now();
        let answer = wire.send(get, false).await?;
        let down = rate(begun.elapsed());
        if answer.length != self.pace.large {
            return Err(format!("large: {} bytes came back", answer.length).into());
        }
        for (measure, value, unit) in [
            ("large: cp and fsync of 1 GB", disk, "MB/s"),
            ("large: PUT of 1 GB", up, "MB/s"),
            ("large: PUT against cp and fsync", up / disk * 100.0, "%"),
            ("large: GET of 1 GB", down, "MB/s"),
        ] {
            self.say(Figures::value(served.name(), measure, value, unit));
        }
        Ok(())
    }
}

fn send(
    method: Method,
    path: &str,
    authorization: Option<&HeaderValue>,
    length: u64,
    body: Body,
) -> Outcome<Request<Body>> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost")
        .header("depth", "1")
        .header(header::CONTENT_LENGTH, length);
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    Ok(request.body(body)?)
}
