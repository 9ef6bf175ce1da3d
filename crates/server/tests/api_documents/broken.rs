//! What cannot be read is said to be so.

use super::*;

#[tokio::test]
async fn what_cannot_be_read_is_said_to_be_so() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = program(&stage, &pages, "owner");
    let path = format!("/libraries/{}/folders", stage.ids["libraries"]);
    let json = [("content-type", "application/json")];
    let cases = [
        (
            owner.send("POST", &path, &json, "{\"name\": ").await,
            StatusCode::BAD_REQUEST,
            "unreadable",
        ),
        (
            owner
                .send("POST", &path, &json, "{\"name\": \"A\"} and more")
                .await,
            StatusCode::BAD_REQUEST,
            "unreadable",
        ),
        (
            owner
                .send("POST", &path, &json, "{\"name\": \"A\", \"colour\": 1}")
                .await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
        ),
        (
            owner.send("POST", &path, &json, "{\"name\": 7}").await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
        ),
        (
            owner.send("POST", &path, &json, "{}").await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
        ),
        (
            owner
                .send(
                    "POST",
                    &path,
                    &json,
                    "{\"name\": \"A\", \"inside\": \"nonsense\"}",
                )
                .await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
        ),
        (
            owner
                .send("POST", &path, &[("content-type", "text/plain")], "name=A")
                .await,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media-type",
        ),
        (
            owner
                .send(
                    "POST",
                    &path,
                    &json,
                    format!("{{\"name\": \"{}\"}}", "x".repeat(70_000)),
                )
                .await,
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
        ),
    ];
    for (answer, status, kind) in cases {
        let said = is(&answer, status);
        assert_eq!(
            said["type"],
            format!("urn:chancery:problem:{kind}"),
            "{said}"
        );
        assert_eq!(
            answer.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
    }
    let large = "x".repeat(1024 * 1024 + 1);
    let upload = format!(
        "/libraries/{}/documents?name=Large.txt",
        stage.ids["libraries"]
    );
    let answer = owner
        .send(
            "POST",
            &upload,
            &[("content-type", "application/octet-stream")],
            large,
        )
        .await;
    assert_eq!(
        is(&answer, StatusCode::PAYLOAD_TOO_LARGE)["type"],
        "urn:chancery:problem:too-large"
    );
}
