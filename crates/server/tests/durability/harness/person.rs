//! Somebody who is signed in and works through the pages' own forms.

use std::sync::OnceLock;
use std::time::Duration;

use chancery::kernel::{Id, thing};
use reqwest::header::{ACCEPT, COOKIE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, StatusCode};

/// Somebody with a session.
pub struct Person {
    pub id: Id<thing::Person>,
    pub name: String,
    cookie: String,
    address: String,
    csrf: OnceLock<String>,
    http: Client,
}

/// What came of a request.
pub enum Came {
    /// An answer, whole or at least its head.
    Answer(Answer),
    /// The connection broke: it may have been done or not.
    Lost,
    /// There was no connection: it was not done.
    NotSent,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// `None` when the connection broke while it was read.
    pub body: Option<Vec<u8>>,
}

impl Answer {
    /// Where it leads on to.
    pub fn location(&self) -> &str {
        let value = self.headers.get(LOCATION);
        value.and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// When to come again, in seconds.
    pub fn retry_after(&self) -> Option<u32> {
        let value = self.headers.get(RETRY_AFTER)?;
        value.to_str().ok()?.parse().ok()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.body.as_deref().unwrap_or_default()).into_owned()
    }

    /// What stands on the page, without the tags.
    pub fn words(&self) -> String {
        let text = self.text();
        let main = text.find("<main").map_or(text.as_str(), |at| &text[at..]);
        let mut words = String::new();
        let mut inside = false;
        for letter in main.chars() {
            match letter {
                '<' => inside = true,
                '>' => inside = false,
                letter if !inside => words.push(letter),
                _ => {}
            }
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Came {
    /// The answer, which must have come.
    #[track_caller]
    pub fn answer(self) -> Answer {
        match self {
            Self::Answer(answer) => answer,
            Self::Lost => panic!("the connection broke"),
            Self::NotSent => panic!("there was no connection"),
        }
    }
}

impl Person {
    pub fn new(id: Id<thing::Person>, name: &str, token: &str, address: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            cookie: format!("chancery={token}"),
            address: address.to_owned(),
            csrf: OnceLock::new(),
            http: client(),
        }
    }

    /// Forgets the connections of a program that has ended.
    pub fn reconnect(&mut self) {
        self.http = client();
    }

    async fn send(&self, request: RequestBuilder) -> Came {
        let response = match request.header(COOKIE, &self.cookie).send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Came::NotSent,
            Err(_) => return Came::Lost,
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.ok().map(|bytes| bytes.to_vec());
        Came::Answer(Answer {
            status,
            headers,
            body,
        })
    }

    /// Asks for a page.
    pub async fn get(&self, path: &str) -> Came {
        self.send(self.http.get(format!("{}{path}", self.address)))
            .await
    }

    /// The token of this session's forms. Asked for once: it is good for a day.
    async fn csrf(&self) -> Result<&str, Came> {
        if let Some(csrf) = self.csrf.get() {
            return Ok(csrf);
        }
        let page = match self.get("/you").await {
            Came::Answer(answer) if answer.status == 200 && answer.body.is_some() => answer,
            // Nothing was asked for yet.
            _ => return Err(Came::NotSent),
        };
        let csrf = between(&page.text(), "name=\"csrf\" value=\"", "\"").to_owned();
        assert!(!csrf.is_empty(), "{page:?}");
        Ok(self.csrf.get_or_init(|| csrf))
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Came {
        let csrf = match self.csrf().await {
            Ok(csrf) => csrf,
            Err(came) => return came,
        };
        let mut all = vec![("csrf", csrf)];
        all.extend_from_slice(fields);
        let request = self.http.post(format!("{}{path}", self.address)).form(&all);
        self.send(request).await
    }

    /// Sends a form with a file, or without one where its name is empty; asks for JSON.
    pub async fn upload(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        name: &str,
        bytes: Vec<u8>,
    ) -> Came {
        let csrf = match self.csrf().await {
            Ok(csrf) => csrf,
            Err(came) => return came,
        };
        let mut form = Form::new().text("csrf", csrf.to_owned());
        for (field, value) in fields {
            form = form.text((*field).to_owned(), (*value).to_owned());
        }
        if !name.is_empty() {
            form = form.part("file", Part::bytes(bytes).file_name(name.to_owned()));
        }
        let request = self.http.post(format!("{}{path}", self.address));
        self.send(request.multipart(form)).await
    }

    /// Uploads a file into a library, as the page's script does.
    pub async fn add(
        &self,
        library: Id<thing::Library>,
        folder: &str,
        name: &str,
        bytes: Vec<u8>,
    ) -> Came {
        let csrf = match self.csrf().await {
            Ok(csrf) => csrf,
            Err(came) => return came,
        };
        let form = Form::new()
            .text("csrf", csrf.to_owned())
            .text("folder", folder.to_owned())
            .part("file", Part::bytes(bytes).file_name(name.to_owned()));
        let path = format!("{}/libraries/{library}/upload", self.address);
        let request = self.http.post(path).header(ACCEPT, "application/json");
        self.send(request.multipart(form)).await
    }
}

/// What stands between two texts; empty when they are not there.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let Some((_, rest)) = text.split_once(before) else {
        return "";
    };
    rest.split_once(after).map_or("", |(found, _)| found)
}

fn client() -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_mins(1))
        .build()
        .unwrap()
}
