//! What takes long to be read keeps nothing closed but itself: real files, read by the real reader and, where they are pictures, by
//! tesseract in its room.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod stage;

use std::io::{Cursor, Write as _};
use std::time::Duration;

use chancery::assurance::{self, Written};
use chancery::documents;
use chancery::kernel::{Actor, Id, Realm, thing};
use inspect::{Inspector, Limits, RecogniseLimits, Recogniser};
use stage::stage;
use tokio::time::{interval, timeout};

type Document = Id<thing::Document>;

/// How many versions a node reads at a time.
const AT_ONCE: usize = 4;
/// How wide and high pictures are, in points.
const WIDTH: u32 = 1600;
const HEIGHT: u32 = 1000;
/// How long a test hangs that fails.
const FOR_EVER: Duration = Duration::from_mins(5);

/// A grey picture (BMP) with these points.
fn picture(points: impl Iterator<Item = u8>) -> Vec<u8> {
    const SHADES: u32 = 256;
    let (length, begins) = (WIDTH * HEIGHT, 54 + 4 * SHADES);
    let mut file = b"BM".to_vec();
    for number in [
        begins + length,
        0,
        begins,
        40,
        WIDTH,
        HEIGHT,
        0x0008_0001,
        0,
        length,
        0,
        0,
        SHADES,
        0,
    ] {
        file.extend(number.to_le_bytes());
    }
    file.extend((0..=u8::MAX).flat_map(|shade| [shade, shade, shade, 0]));
    file.extend(points.take(length as usize));
    file
}

/// On this nothing can be made out, which takes seconds to find out.
fn noise(mut state: u32) -> Vec<u8> {
    picture(std::iter::from_fn(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(state.to_be_bytes()[0])
    }))
}

/// Pictures that take far longer than what is quick.
fn slow(number: u32) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..24 {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        zip.start_file(format!("{at}.bmp"), options).unwrap();
        zip.write_all(&noise(100 * number + at + 1)).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

async fn is_being_read(who: &Actor, document: Document) -> bool {
    matches!(
        documents::open(who, document, None, false).await,
        Err(chancery::Error::BeingRead)
    )
}

async fn was_read(who: &Actor, document: Document) {
    let mut often = interval(Duration::from_millis(50));
    while is_being_read(who, document).await {
        often.tick().await;
    }
}

async fn read_everything(realm: &Realm) {
    while {
        let progress = assurance::progress(realm).await.unwrap().unwrap();
        progress.unread + progress.behind > 0
    } {
        assurance::read_waiting(realm).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_quick_is_open_while_slow_files_are_read() {
    let stage = stage().await;
    let pages = stage
        .pages_within(chancery::kernel::Limits {
            hash_memory: 64,
            ..chancery::kernel::Limits::default()
        })
        .await;
    let realm = &pages.realm;
    let recogniser = Recogniser::find(RecogniseLimits::default())
        .await
        .expect("bubblewrap, tesseract and pdftoppm, which `cargo xtask test` installs");
    let reader = Inspector::at(env!("CARGO_BIN_EXE_chancery"), Limits::default());
    realm.scan_files_with(reader.with_recogniser(recogniser));
    let first = Written {
        policy: markings::Policy::text("official").unwrap().to_owned(),
        schemes: Vec::new(),
    };
    assurance::begin(realm, &first).await.unwrap();
    read_everything(realm).await;

    let person = async |who: &str| {
        let me = pages.look(&stage.programs[who], "/me").await.json();
        let id: Id<thing::Person> = me["person"]["id"].as_str().unwrap().parse().unwrap();
        Actor::person(realm, id)
    };
    let member = person("contributor").await;
    let (owner, reader) = (person("owner").await, person("reader").await);
    let library: Id<thing::Library> = stage.ids["libraries"].parse().unwrap();
    let bring = async |who: &Actor, name: &str, content: &[u8]| {
        documents::add(who, library, None, name, content)
            .await
            .unwrap()
            .id
    };
    let story = async {
        let mut slows = Vec::new();
        for number in 0..u32::try_from(AT_ONCE).unwrap() {
            let name = format!("Scans {number}.zip");
            slows.push(bring(&member, &name, &slow(number)).await);
        }
        for (name, content) in [
            ("Note.txt", b"A few words".to_vec()),
            ("Logo.bmp", picture(std::iter::repeat(0xff))),
            ("Another note.txt", b"A few words more".to_vec()),
        ] {
            let quick = bring(&owner, name, &content).await;
            was_read(&reader, quick).await;
            for slow in &slows {
                let outcome = documents::open(&reader, *slow, None, false).await;
                let what = assurance::reading_of(&member, *slow)
                    .await
                    .map(|one| one.read);
                assert!(
                    matches!(outcome, Err(chancery::Error::BeingRead)),
                    "{name} was not in time: {:?}, {what:?}",
                    outcome.map(drop)
                );
            }
        }
    };
    let outcome = timeout(FOR_EVER, async {
        tokio::select! {
            () = assurance::keep_reading(realm) => {}
            () = story => {}
        }
    });
    outcome.await.expect("what is quick is read");
}
