//! Many documents taken along in one ZIP file.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod stage;

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chancery::grants::{self, Change};
use chancery::kernel::{Actor, Id, thing};
use chancery::{documents, libraries, people};
use futures::StreamExt as _;
use stage::{Pages, Stage, stage};
use tower::ServiceExt as _;

/// Somebody with a session, as the verbs know them.
async fn actor(pages: &Pages, stage: &Stage, who: &str) -> Actor {
    people::actor(&pages.realm, &stage.tokens[who])
        .await
        .unwrap()
        .actor
}

fn library(stage: &Stage) -> Id<thing::Library> {
    stage.ids["libraries"].parse().unwrap()
}

async fn asked(pages: &Pages, token: &str, address: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::get(address)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty())
        .unwrap();
    let response = pages.router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    (status, body.unwrap().to_vec())
}

/// What is in a ZIP file, read by the library and not by what wrote it: its checksums are checked.
fn unpacked(zip: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    (0..archive.len())
        .map(|n| {
            let mut file = archive.by_index(n).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

async fn downloads(pages: &Pages, stage: &Stage) -> usize {
    let library = &stage.ids["libraries"];
    let address = format!("/api/v1/libraries/{library}/trail?limit=100&action=DownloadVersion");
    let (status, trail) = asked(pages, &stage.programs["owner"], &address).await;
    assert_eq!(status, StatusCode::OK);
    let trail: serde_json::Value = serde_json::from_slice(&trail).unwrap();
    trail["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn folders_keep_their_places_and_every_document_is_in_the_trail() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = actor(&pages, &stage, "owner").await;
    let library = library(&stage);
    let top = libraries::create_folder(&owner, library, None, "Minutes")
        .await
        .unwrap();
    let inner = libraries::create_folder(&owner, library, Some(top), "2026 – Überblick")
        .await
        .unwrap();
    let long = vec![b'a'; 300_000];
    for (folder, name, content) in [
        (Some(top), "April.txt", b"April".as_slice()),
        (Some(inner), "May.txt", b"May"),
        (Some(inner), "Long.txt", &long),
        (Some(inner), "Empty.txt", b""),
        (None, "April.txt", b"Another April"),
    ] {
        documents::add(&owner, library, folder, name, content)
            .await
            .unwrap();
    }
    let before = downloads(&pages, &stage).await;

    let token = &stage.programs["reader"];
    let address = format!("/api/v1/libraries/{library}/download");
    let (status, zip) = asked(&pages, token, &address).await;
    assert_eq!(status, StatusCode::OK);
    let all = unpacked(&zip);
    assert_eq!(all["April.txt"], b"Another April");
    assert_eq!(all["Minutes/April.txt"], b"April");
    assert_eq!(all["Minutes/2026 – Überblick/May.txt"], b"May");
    assert_eq!(all["Minutes/2026 – Überblick/Long.txt"], long);
    assert_eq!(all["Minutes/2026 – Überblick/Empty.txt"], b"");
    assert!(!all.contains_key("Left out.txt"));
    assert_eq!(downloads(&pages, &stage).await, before + all.len());

    // A folder within another that was selected goes with that one, and two of one name stay apart.
    let same = libraries::create_folder(&owner, library, Some(inner), "Minutes")
        .await
        .unwrap();
    documents::add(&owner, library, Some(same), "June.txt", b"June".as_slice())
        .await
        .unwrap();
    let one = format!("{address}?items={top},{inner}");
    let names: Vec<String> = unpacked(&asked(&pages, token, &one).await.1)
        .into_keys()
        .collect();
    assert_eq!(
        names,
        [
            "Minutes/2026 – Überblick/Empty.txt",
            "Minutes/2026 – Überblick/Long.txt",
            "Minutes/2026 – Überblick/May.txt",
            "Minutes/2026 – Überblick/Minutes/June.txt",
            "Minutes/April.txt",
        ]
    );
    let found = libraries::create_folder(&owner, library, None, "Other")
        .await
        .unwrap();
    let june = documents::add(
        &owner,
        library,
        Some(found),
        "june.TXT",
        b"Other".as_slice(),
    )
    .await
    .unwrap();
    let two = format!("{address}?items={same},{},{top}", june.id);
    let names: Vec<String> = unpacked(&asked(&pages, token, &two).await.1)
        .into_keys()
        .collect();
    assert!(names.contains(&"june.TXT".to_owned()), "{names:?}");

    // The page asks the same.
    let page = pages
        .get(
            &stage.tokens["reader"],
            &format!("/libraries/{library}/download?item={top}"),
        )
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.headers[header::CONTENT_TYPE], "application/zip");
    assert!(
        page.headers[header::CONTENT_DISPOSITION]
            .to_str()
            .unwrap()
            .contains("Minutes.zip")
    );
}

#[tokio::test]
async fn what_is_revoked_half_way_is_left_out_and_said() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = actor(&pages, &stage, "owner").await;
    let library = library(&stage);
    let folder = libraries::create_folder(&owner, library, None, "Two")
        .await
        .unwrap();
    let mut ids = Vec::new();
    for name in ["A.bin", "B.bin"] {
        // Too long to be sent in one piece, and nothing that becomes shorter by packing.
        let content: Vec<u8> = (0..700_000_u32)
            .map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[2])
            .collect();
        ids.push(
            documents::add(&owner, library, Some(folder), name, content.as_slice())
                .await
                .unwrap()
                .id,
        );
    }
    let address = format!("/api/v1/libraries/{library}/download?items={folder}");
    let request = Request::get(&address)
        .header(
            header::AUTHORIZATION,
            format!("Bearer {}", stage.programs["reader"]),
        )
        .body(Body::empty())
        .unwrap();
    let response = pages.router.clone().oneshot(request).await.unwrap();
    let mut pieces = response.into_body().into_data_stream();
    let mut zip = pieces.next().await.unwrap().unwrap().to_vec();
    // The second document goes while the first is on its way.
    libraries::bin(&owner, library, &[ids[1].item()])
        .await
        .unwrap();
    while let Some(piece) = pieces.next().await {
        zip.extend_from_slice(&piece.unwrap());
    }
    let unpacked = unpacked(&zip);
    assert_eq!(unpacked["Two/A.bin"].len(), 700_000);
    assert!(!unpacked.contains_key("Two/B.bin"));
    assert!(String::from_utf8_lossy(&unpacked["Left out.txt"]).contains("Two/B.bin"));
}

#[tokio::test]
async fn whoever_is_signed_out_half_way_gets_a_transfer_that_broke_off() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let owner = actor(&pages, &stage, "owner").await;
    let library = library(&stage);
    for name in ["A.bin", "B.bin"] {
        let content: Vec<u8> = (0..700_000_u32)
            .map(|n| n.wrapping_mul(2_246_822_519).to_le_bytes()[2])
            .collect();
        documents::add(&owner, library, None, name, content.as_slice())
            .await
            .unwrap();
    }
    let request = Request::get(format!("/api/v1/libraries/{library}/download"))
        .header(
            header::AUTHORIZATION,
            format!("Bearer {}", stage.programs["guest"]),
        )
        .body(Body::empty())
        .unwrap();
    let response = pages.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut pieces = response.into_body().into_data_stream();
    pieces.next().await.unwrap().unwrap();
    let grant = stage.ids["library grant"].parse().unwrap();
    grants::change(&owner, library, &[Change::End { grant }], "Left")
        .await
        .unwrap();
    let mut broke_off = false;
    while let Some(piece) = pieces.next().await {
        broke_off |= piece.is_err();
    }
    assert!(broke_off);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = stage().await;
    let pages = stage.pages().await;
    let library = library(&stage);
    let token = &stage.programs["reader"];
    let address = format!("/api/v1/libraries/{library}/download");
    let nobody_has = format!("{address}?items=0000000000001");
    assert_eq!(
        asked(&pages, token, &nobody_has).await.0,
        StatusCode::NOT_FOUND
    );
    let binned = format!("{address}?items={}", stage.ids["binned"]);
    assert_eq!(asked(&pages, token, &binned).await.0, StatusCode::NOT_FOUND);
    let unread = format!("{address}?items=nothing");
    assert_eq!(
        asked(&pages, token, &unread).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}
