//! Content in parts, and streamed both ways.

use super::*;

#[tokio::test]
async fn content_comes_whole_in_parts_or_not_again() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let reader = program(&stage, &pages, "reader");
    let path = format!("/documents/{}/content", stage.ids["documents"]);
    let whole = reader.get(&path).await;
    assert_eq!(
        (whole.status, whole.body.as_str()),
        (StatusCode::OK, "agenda, longer")
    );
    assert_eq!(whole.headers[header::ACCEPT_RANGES], "bytes");
    let tag = whole.headers[header::ETAG].to_str().unwrap().to_owned();
    let ask =
        async |headers: &[(&str, &str)]| reader.send("GET", &path, headers, Body::empty()).await;
    let part = ask(&[("range", "bytes=0-5")]).await;
    assert_eq!(
        (part.status, part.body.as_str()),
        (StatusCode::PARTIAL_CONTENT, "agenda")
    );
    assert_eq!(part.headers[header::CONTENT_RANGE], "bytes 0-5/14");
    let end = ask(&[("range", "bytes=-6"), ("if-range", &tag)]).await;
    assert_eq!(
        (end.status, end.body.as_str()),
        (StatusCode::PARTIAL_CONTENT, "longer")
    );
    let other = ask(&[("range", "bytes=0-5"), ("if-range", "\"other\"")]).await;
    assert_eq!((other.status, other.body.len()), (StatusCode::OK, 14));
    let beyond = ask(&[("range", "bytes=99-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.headers[header::CONTENT_RANGE], "bytes */14");
    let known = ask(&[("if-none-match", &tag)]).await;
    assert_eq!(
        (known.status, known.body.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );
}

/// The most memory that this process has had, in KiB.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// 100 MB go in and come out, and at no time is more than a little of it held.
#[tokio::test]
async fn content_is_streamed_both_ways() {
    const PIECE: usize = 64 * 1024;
    const PIECES: usize = 1600;
    let stage = stage().await;
    let pages = stage
        .pages_within(Limits {
            hash_memory: 64,
            ..Limits::default()
        })
        .await;
    let owner = program(&stage, &pages, "owner");
    let before = most_memory();
    let pieces = stream::iter((0..PIECES).map(|number| {
        let mut piece = vec![0_u8; PIECE];
        piece[..8].copy_from_slice(&(number as u64).to_be_bytes());
        Ok::<_, std::io::Error>(Bytes::from(piece))
    }));
    let path = format!(
        "/libraries/{}/documents?name=Large.bin",
        stage.ids["libraries"]
    );
    let added = owner
        .send(
            "POST",
            &path,
            &[("content-type", "application/octet-stream")],
            Body::from_stream(pieces),
        )
        .await;
    let made = is(&added, StatusCode::CREATED);
    let request = owner
        .request(
            "GET",
            &format!("/documents/{}/content", made["id"].as_str().unwrap()),
            &[],
        )
        .body(Body::empty())
        .unwrap();
    let response = pages.router.clone().oneshot(request).await.unwrap();
    let headers: &HeaderMap = response.headers();
    assert_eq!(
        headers[header::CONTENT_LENGTH],
        (PIECE * PIECES).to_string()
    );
    let mut length = 0;
    let mut content = response.into_body().into_data_stream();
    while let Some(piece) = futures::StreamExt::next(&mut content).await {
        length += piece.unwrap().len();
    }
    assert_eq!(length, PIECE * PIECES);
    let grown = most_memory() - before;
    assert!(
        grown < 40 * 1024,
        "it grew by {grown} KiB for {} KiB of content",
        PIECE * PIECES / 1024
    );
}
