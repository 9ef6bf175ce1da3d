//! What the stage's programs ask, and what they are told.

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::Value;

use super::{Answer, Pages};

impl Pages {
    /// Asks the API with this token (an empty one is none), with a JSON body where one is given.
    pub async fn call(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let method: Method = method.to_uppercase().parse().unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"));
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    /// Asks for what stands at this address of the API.
    pub async fn look(&self, token: &str, path: &str) -> Answer {
        self.call(token, "get", path, None).await
    }

    /// Every item of a list, page by page; each page is asked for where the one before said.
    pub async fn every(&self, token: &str, path: &str) -> Vec<Value> {
        let (mut items, mut after) = (Vec::new(), String::new());
        for _ in 0..1000 {
            let joint = if path.contains('?') { '&' } else { '?' };
            let answer = self.look(token, &format!("{path}{after}")).await;
            let page = answer.json();
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("{joint}after={}", wire::url_escape(next)),
                None => return items,
            }
        }
        panic!("{path} never ends");
    }
}

impl Answer {
    /// Its body.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    /// Its status and body, without what is another at every run.
    pub fn told(&self) -> String {
        if self.body.is_empty() {
            return self.status.to_string();
        }
        let mut body = self.json();
        settle(&mut body);
        format!(
            "{}\n{}",
            self.status,
            serde_json::to_string_pretty(&body).unwrap()
        )
    }
}

/// Puts a word in place of what is another at every run: ids, references, secrets.
fn settle(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), &*value) {
                    ("reference" | "fingerprint" | "link", Value::String(_)) => {
                        *value = Value::String(format!("[{name}]"));
                    }
                    _ => settle(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(settle),
        Value::String(text) if is_id(text) => *value = Value::String("[id]".to_owned()),
        _ => {}
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 13
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}
