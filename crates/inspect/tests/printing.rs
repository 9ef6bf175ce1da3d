//! LibreOffice in its room: what comes out, and what it cannot do there.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use inspect::{Failure, PrintLimits, Printer};

fn content(bytes: impl Into<Bytes>) -> impl futures::Stream<Item = io::Result<Bytes>> + Send {
    stream::iter([Ok(bytes.into())])
}

async fn printer(limits: PrintLimits) -> Printer {
    Printer::find(limits)
        .await
        .expect("bubblewrap and LibreOffice, which `cargo xtask test` installs")
}

async fn printed(printer: &Printer, kind: &'static str, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let turn = printer.turn().await?;
    let pages = printer.print(turn, kind, content(bytes.to_vec())).await?;
    let pages: Vec<Bytes> = pages.try_collect().await.map_err(Failure::Content)?;
    Ok(pages.concat())
}

#[tokio::test]
async fn a_document_becomes_its_pages_and_damage_does_not() {
    let printer = printer(PrintLimits::default()).await;
    let rtf = br"{\rtf1\ansi Northmoor return\page second page}";
    let pages = printed(&printer, "rtf", rtf).await.unwrap();
    let text = pdf_extract::extract_text_from_mem(&pages).unwrap();
    assert!(text.contains("Northmoor return"), "{text}");
    assert!(text.contains("second page"), "{text}");

    let damaged = printed(&printer, "docx", b"PK\x03\x04 not an archive").await;
    assert!(
        matches!(damaged, Err(Failure::Unreadable(_))),
        "{damaged:?}"
    );
}

#[tokio::test]
async fn what_takes_too_long_or_is_too_large_is_ended() {
    let short = printer(PrintLimits {
        time: Duration::from_millis(300),
        ..PrintLimits::default()
    })
    .await;
    let late = printed(&short, "rtf", br"{\rtf1 late}").await;
    assert!(matches!(late, Err(Failure::TimedOut)), "{late:?}");

    let small = printer(PrintLimits {
        input: 10,
        ..PrintLimits::default()
    })
    .await;
    let large = printed(&small, "rtf", br"{\rtf1 more than ten bytes}").await;
    assert!(matches!(large, Err(Failure::TooLarge)), "{large:?}");

    // A turn is given back whatever became of it.
    let again = printed(&small, "rtf", b"{}").await;
    assert!(again.is_ok() || matches!(again, Err(Failure::Unreadable(_))));
}

#[tokio::test]
#[allow(clippy::disallowed_methods, reason = "a sender that is slow")]
async fn whoever_goes_away_takes_the_room_down() {
    let printer = printer(PrintLimits::default()).await;
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(b"{\\rtf1 "))).then(|piece| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        piece
    });
    let turn = printer.turn().await.unwrap();
    let printing = printer.print(turn, "rtf", endless);
    let begun = tokio::time::timeout(Duration::from_millis(400), printing).await;
    assert!(begun.is_err());
    let pages = printed(&printer, "rtf", br"{\rtf1 next}").await.unwrap();
    assert!(pages.starts_with(b"%PDF-"));
}
