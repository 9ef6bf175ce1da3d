//! The API, route by route, as programs of the people on the stage ask for it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::too_many_lines,
    reason = "a test tells one story from beginning to end"
)]

mod access;
mod accounts;
mod people;
mod places;
#[path = "../stage/mod.rs"]
mod stage;
mod trail;

use serde_json::Value;
use stage::{Answer, Pages, Stage};

/// A copy of the stage that one test has to itself.
struct Scene {
    stage: Stage,
    pages: Pages,
}

impl Scene {
    async fn set() -> Self {
        let stage = stage::stage().await;
        let pages = stage.pages().await;
        Self { stage, pages }
    }

    fn id(&self, name: &str) -> &str {
        &self.stage.ids[name]
    }

    async fn get(&self, who: &str, path: &str) -> Answer {
        self.pages.look(&self.stage.programs[who], path).await
    }

    async fn send(&self, who: &str, method: &str, path: &str, body: Value) -> Answer {
        let token = &self.stage.programs[who];
        self.pages.call(token, method, path, Some(&body)).await
    }

    /// That it is done, with nothing to add.
    #[track_caller]
    fn assert_done(answer: &Answer) {
        assert_eq!(answer.status.as_u16(), 204, "{}", answer.body);
        assert!(answer.body.is_empty(), "{}", answer.body);
    }

    async fn done(&self, who: &str, method: &str, path: &str, body: Value) {
        Self::assert_done(&self.send(who, method, path, body).await);
    }

    /// That something was made; gives its id and checks that its address is said.
    async fn made(&self, who: &str, path: &str, body: Value) -> String {
        let answer = self.send(who, "post", path, body).await;
        assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        assert!(
            answer.location().starts_with("/api/v1/"),
            "{}",
            answer.location()
        );
        assert!(answer.location().contains(&id), "{}", answer.location());
        id
    }

    /// That this is refused with this status, and of which field it speaks.
    async fn wrong(&self, who: &str, method: &str, path: &str, body: Value) -> String {
        let answer = self.send(who, method, path, body).await;
        assert_eq!(
            answer.status.as_u16(),
            422,
            "{method} {path}: {}",
            answer.body
        );
        answer.json()["errors"][0]["field"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    async fn status(&self, who: &str, path: &str) -> u16 {
        self.get(who, path).await.status.as_u16()
    }
}

/// Whatever a page does, a program can do, or docs/api.md says why not; and what it says is there.
#[test]
fn every_page_has_its_operation() {
    let guide = include_str!("../../../../docs/api.md");
    let table = guide.split("## Which operation").nth(1).unwrap();
    let named: Vec<&str> = table.split('`').skip(1).step_by(2).collect();
    for route in web::ROUTES.iter().flat_map(|routes| routes.iter()) {
        assert!(
            named.contains(&route.path),
            "docs/api.md does not say {}",
            route.path
        );
    }
    for name in named.iter().filter(|name| name.contains(" /")) {
        let (method, path) = name.split_once(' ').unwrap();
        let there = api::ROUTES.iter().flatten().any(|route| {
            route.method == method.to_lowercase() && route.path == format!("/api/v1{path}")
        });
        assert!(there, "docs/api.md says {name}, which is not there");
    }
}
