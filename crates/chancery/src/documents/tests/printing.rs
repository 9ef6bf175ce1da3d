//! The pages of office documents: made once by LibreOffice in its room, kept with the content, and seen by nobody else.

use std::time::Duration;

use inspect::{PrintLimits, Printer};

use super::{blobs, read, rows};
use crate::Error;
use crate::documents::{self, Unread, collect_garbage};
use crate::kernel::{Time, args};
use crate::libraries::tests::fixture::{Cast, put};
use crate::testing::both;

const RETURN: &[u8] = br"{\rtf1\ansi Northmoor return}";
/// Later than the machine's clock, by which the vault knows how old a blob is.
const LATER: Time = Time::from_micros(32_503_680_000_000_000);

async fn printer() -> Printer {
    Printer::find(PrintLimits::default())
        .await
        .expect("bubblewrap and LibreOffice, which `cargo xtask test` installs")
}

#[tokio::test]
async fn pages_are_made_once_and_go_with_their_content() {
    both(async |world| {
        let cast = Cast::new(world).await;
        cast.world.realm.print_with(printer().await);
        let add = async |name: &str, content: &[u8]| {
            documents::add(&cast.ann, cast.papers, None, name, content)
                .await
                .unwrap()
                .id
        };
        let document = add("Return.rtf", RETURN).await;
        let reading = documents::pages(&cast.ann, document, 1).await.unwrap();
        let pages = reading.found.unwrap();
        assert_eq!(
            (pages.name.as_str(), pages.media_type.as_str()),
            ("Return.rtf.pdf", "application/pdf")
        );
        let etag = pages.etag.clone();
        let first = read(pages).await;
        assert!(first.starts_with(b"%PDF-"));

        // The same content elsewhere has the same pages; made again they would say another time of making.
        let twin = add("Twin.rtf", RETURN).await;
        let again = documents::pages(&cast.ann, twin, 1).await.unwrap();
        let again = again.found.unwrap();
        assert_ne!(again.etag, etag);
        assert!(read(again).await == first);
        assert_eq!(rows(&cast.world, "printed").await, 1);
        assert!(documents::has_pages(&cast.ann, "Return.rtf", ""));
        assert!(!documents::has_pages(&cast.ann, "Return.txt", "text/plain"));

        // Whoever may not see the document sees no pages, and there is no version 0 or 2.
        let stranger = documents::pages(&cast.stranger, document, 1).await;
        assert!(matches!(stranger, Err(Error::NotFound)));
        for number in [0, 2, u64::MAX] {
            let none = documents::pages(&cast.ann, document, number).await;
            assert!(matches!(none, Err(Error::NotFound)), "{number}");
        }

        // They stay while the content does, and go with it.
        cast.world.clock.set(LATER);
        put(&cast.world, "UPDATE printed SET made_at = $1", args![LATER]).await;
        collect_garbage(&cast.world.realm).await.unwrap();
        assert_eq!(rows(&cast.world, "printed").await, 1);
        put(
            &cast.world,
            "DELETE FROM versions WHERE document_id IN ($1, $2)",
            args![document, twin],
        )
        .await;
        collect_garbage(&cast.world.realm).await.unwrap();
        assert_eq!(rows(&cast.world, "printed").await, 0);
        assert_eq!(blobs(&cast.world).await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_printed_is_remembered_for_a_day() {
    both(async |world| {
        let cast = Cast::new(world).await;
        let add = async |name: &str, content: &[u8]| {
            documents::add(&cast.ann, cast.papers, None, name, content)
                .await
                .unwrap()
                .id
        };
        let broken = add("Broken.docx", b"PK\x03\x04 no archive").await;
        let pages = async |document| {
            let reading = documents::pages(&cast.ann, document, 1).await.unwrap();
            reading.found.map(|_| ()).unwrap_err()
        };
        // Without a printer there are none, and that is not held against the document.
        assert_eq!(pages(broken).await, Unread::NoReader);
        cast.world.realm.print_with(printer().await);
        assert_eq!(pages(broken).await, Unread::Broken);
        // Not tried again: what is noted is what is answered.
        put(
            &cast.world,
            "UPDATE printed SET failure = 'timed out' WHERE failure = $1",
            args!["broken"],
        )
        .await;
        assert_eq!(pages(broken).await, Unread::TimedOut);
        let day = Duration::from_hours(24);
        cast.world.clock.set(cast.world.realm.now().plus(day));
        assert_eq!(pages(broken).await, Unread::Broken);

        assert_eq!(
            pages(add("Notes.txt", b"words").await).await,
            Unread::NotText
        );
        // A PDF is its own pages, and needs nobody to make them.
        let pdf = add("Plan.pdf", b"%PDF-1.4 as it is").await;
        let reading = documents::pages(&cast.ann, pdf, 1).await.unwrap();
        assert_eq!(read(reading.found.unwrap()).await, b"%PDF-1.4 as it is");
    })
    .await;
}
