//! A realm on a shared database and store, and browsers at its nodes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Method, Response, StatusCode, header};
use tempfile::TempDir;
use testkit::s3::{BUCKET, Server};

use crate::program::{self, Program, free_port};
use crate::workplace::{self, Workplace};

/// The realm, before any of its nodes runs.
pub struct Shared {
    pub store: Server,
    pub place: Workplace,
    pub nodes: [TempDir; 2],
    ports: [u16; 2],
}

impl Shared {
    /// Made on this database, with two machines that have its configuration and keys.
    pub async fn on(database: &str) -> Self {
        let store = Server::start().unwrap();
        let nodes = [TempDir::new().unwrap(), TempDir::new().unwrap()];
        let ports = [free_port(), free_port()];
        let first = nodes[0].path();
        workplace::init(first, database, ports[0]);
        let file = first.join("realm.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let text = format!(
            "{text}\n[vault.s3]\nendpoint = \"{}\"\nbucket = \"{BUCKET}\"\nprefix = \"content\"\n\
             access_key_id = \"{}\"\nsecret_access_key = \"{}\"\n",
            store.endpoint(),
            store.access_key(),
            store.secret_key()
        );
        std::fs::write(&file, &text).unwrap();
        let other = text.replace(&ports[0].to_string(), &ports[1].to_string());
        std::fs::copy(&file, nodes[1].path().join("realm.toml")).unwrap();
        std::fs::write(nodes[1].path().join("realm.toml"), other).unwrap();
        std::fs::copy(first.join("keys.txt"), nodes[1].path().join("keys.txt")).unwrap();
        let realm = workplace::open(first).await;
        let place = workplace::fill(&realm, 2).await;
        realm.close().await;
        assert!(
            !store.keys("content/blobs").is_empty(),
            "content is in the store"
        );
        assert!(workplace::blobs(&first.join("vault")).is_empty());
        Self {
            store,
            place,
            nodes,
            ports,
        }
    }

    pub fn serve(&self, node: usize) -> Program {
        Program::start(self.nodes[node].path(), self.ports[node], &["serve"])
    }

    /// A browser at a node, signed in as the owner.
    pub fn owner_at(&self, node: usize) -> Browser {
        Browser::at(self.ports[node], &self.place.session)
    }

    pub fn stranger_at(&self, node: usize) -> Browser {
        Browser::at(self.ports[node], "")
    }

    /// `chancery check` finds everything right.
    pub fn check(&self) {
        check(self.nodes[0].path());
    }

    /// Where files are uploaded.
    pub fn library(&self) -> String {
        self.place.libraries[0].to_string()
    }
}

pub fn check(directory: &Path) {
    let said = workplace::does(directory, &["check"]);
    assert!(said.contains("Everything is right"), "{said}");
    assert!(said.contains("bucket realm at"), "{said}");
}

/// Somebody at a node.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    port: u16,
    session: String,
}

impl Browser {
    pub fn at(port: u16, session: &str) -> Self {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_mins(1))
            .build()
            .unwrap();
        Self {
            client,
            port,
            session: session.to_owned(),
        }
    }

    /// The same session at another browser's node.
    pub fn with_session(&self, session: &str) -> Self {
        Self {
            session: session.to_owned(),
            ..self.clone()
        }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let address = format!("http://127.0.0.1:{}{path}", self.port);
        let cookie = format!("chancery={}; chancery-visit=visit", self.session);
        let cookie = if self.session.is_empty() {
            "chancery-visit=0123456789012345678901234567890123456789012".to_owned()
        } else {
            cookie
        };
        self.client
            .request(method, address)
            .header(header::COOKIE, cookie)
            .header(header::HOST, format!("localhost:{}", self.port))
    }

    pub async fn get(&self, path: &str) -> reqwest::Result<Response> {
        self.request(Method::GET, path).send().await
    }

    pub async fn status(&self, path: &str) -> StatusCode {
        self.get(path).await.unwrap().status()
    }

    /// The token for forms, from a page that has one.
    async fn csrf(&self, page: &str) -> reqwest::Result<Option<String>> {
        let page = self.get(page).await?.text().await?;
        let marker = "name=\"csrf\" value=\"";
        let token = page
            .split_once(marker)
            .and_then(|(_, rest)| rest.split('"').next());
        Ok(token.map(str::to_owned))
    }

    pub async fn post(&self, path: &str, form_on: &str, fields: &[(&str, &str)]) -> Response {
        let csrf = self.csrf(form_on).await.unwrap().unwrap_or_default();
        let mut form = vec![("csrf", csrf.as_str())];
        form.extend(fields);
        self.request(Method::POST, path)
            .form(&form)
            .send()
            .await
            .unwrap()
    }

    /// Signs in; the new session.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<String, StatusCode> {
        let fields = [("email", email), ("password", password), ("next", "")];
        let answer = self.post("/sign-in", "/sign-in", &fields).await;
        let status = answer.status();
        let cookies = answer.headers().get_all(header::SET_COOKIE);
        let session = cookies
            .iter()
            .filter_map(|cookie| cookie.to_str().ok()?.strip_prefix("chancery="))
            .find_map(|rest| rest.split(';').next());
        session.map(str::to_owned).ok_or(status)
    }

    /// Uploads a file; where the document is, or the status, the wait that is asked for, and the page.
    pub async fn upload(
        &self,
        library: &str,
        name: &str,
        content: Vec<u8>,
    ) -> Result<String, Refusal> {
        let path = format!("/libraries/{library}/upload");
        let page = self
            .get("/you")
            .await
            .map_err(|error| Refusal::lost(&error))?;
        if !page.status().is_success() {
            return Err(Refusal::of(page).await);
        }
        let page = page.text().await.map_err(|error| Refusal::lost(&error))?;
        let csrf = token(&page).unwrap_or_default();
        let file = reqwest::multipart::Part::bytes(content).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new()
            .text("csrf", csrf)
            .text("folder", "")
            .part("file", file);
        let sent = self
            .request(Method::POST, &path)
            .header(header::ACCEPT, "application/json")
            .multipart(form)
            .send()
            .await;
        let answer = sent.map_err(|error| Refusal::lost(&error))?;
        if !answer.status().is_success() {
            return Err(Refusal::of(answer).await);
        }
        let told: serde_json::Value = answer.json().await.map_err(|error| Refusal::lost(&error))?;
        Ok(told["href"].as_str().unwrap_or_default().to_owned())
    }

    /// Announces a file that comes piece by piece; its address.
    pub async fn announce(&self, library: &str, name: &str, size: usize) -> String {
        let coded = |text: &str| STANDARD.encode(text);
        let said = format!("filename {},library {}", coded(name), coded(library));
        let answer = self
            .piece_of(Method::POST, "/uploads")
            .await
            .header("upload-length", size)
            .header("upload-metadata", said)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let address = answer.headers()[header::LOCATION].to_str().unwrap();
        address.to_owned()
    }

    /// Sends a piece of it; the answer.
    pub async fn piece(&self, upload: &str, offset: usize, bytes: &[u8]) -> Response {
        self.piece_of(Method::PATCH, upload)
            .await
            .header("upload-offset", offset)
            .header(header::CONTENT_TYPE, "application/offset+octet-stream")
            .body(bytes.to_vec())
            .send()
            .await
            .unwrap()
    }

    async fn piece_of(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let csrf = self.csrf("/you").await.unwrap().unwrap_or_default();
        self.request(method, path)
            .header("tus-resumable", "1.0.0")
            .header("chancery-form", csrf)
    }

    /// The bytes of a document.
    pub async fn download(&self, document: &str) -> Result<Vec<u8>, String> {
        let answer = self
            .get(&format!("{document}/content"))
            .await
            .map_err(|error| error.to_string())?;
        if !answer.status().is_success() {
            return Err(answer.status().to_string());
        }
        let bytes = answer.bytes().await.map_err(|error| error.to_string())?;
        Ok(bytes.to_vec())
    }
}

/// Why an upload was not acknowledged.
#[derive(Debug, Default)]
pub struct Refusal {
    pub status: Option<StatusCode>,
    pub again: Option<String>,
    pub said: String,
}

/// The token of the first form on a page.
fn token(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"")?;
    rest.split('"').next().map(str::to_owned)
}

impl Refusal {
    async fn of(answer: Response) -> Self {
        Self {
            status: Some(answer.status()),
            again: answer
                .headers()
                .get(header::RETRY_AFTER)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            said: answer.text().await.unwrap_or_default(),
        }
    }

    fn lost(error: &reqwest::Error) -> Self {
        Self {
            said: error.to_string(),
            ..Self::default()
        }
    }
}

/// Uploads that were acknowledged, and what was uploaded.
pub type Kept = Arc<std::sync::Mutex<Vec<(String, Vec<u8>)>>>;

/// Every acknowledged upload is there, byte for byte.
pub async fn all_there(browser: &Browser, kept: &Kept) -> usize {
    let kept = kept.lock().unwrap().clone();
    for (document, content) in &kept {
        let found = browser.download(document).await;
        assert!(
            found.as_ref() == Ok(content),
            "{document}: {:?}",
            found.map(|found| found.len())
        );
    }
    kept.len()
}

pub fn until_ready(node: &Program) {
    program::until("the node is ready", || {
        program::status(&node.get("/readyz")) == 200
    });
}
