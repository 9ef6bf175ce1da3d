//! A trail as a file.

use futures::TryStreamExt as _;
use serde_json::Value;

use super::super::{Export, Format, Of, TrailFilter, export};
use super::{Told, told};
use crate::documents::{OpenVersion, VersionOpened};
use crate::kernel::{Id, Sort, args};
use crate::sites::fixture::{DAY, Town};
use crate::testing::both;

#[tokio::test]
async fn an_export_is_journalled_first_and_streams_every_line() {
    both(async |world| {
        let Told { town, .. } = told(world).await;
        let amira = town.act(town.amira);
        let hostile = "=cmd|' /C calc'!A0, \"x\".xls";
        for number in 0..620 {
            let event = VersionOpened {
                document: hostile.to_owned(),
                version: number,
                label: String::new(),
            };
            let proof = amira
                .read::<OpenVersion>(Id::from_raw(town_guide(&town).await))
                .await
                .unwrap();
            proof.record(&event).await.unwrap();
        }
        let filter = TrailFilter {
            limit: 3,
            before: Some(Id::from_raw(1)),
            ..TrailFilter::default()
        };
        let csv = text(
            export(&amira, Of::Library(town.guidance), &filter, Format::Csv)
                .await
                .unwrap(),
        )
        .await;
        let lines: Vec<_> = csv.trim_end().split("\r\n").collect();
        assert!(lines[0].starts_with("\u{feff}Time,Person,"));
        assert_eq!(
            lines.len(),
            1 + 1 + 620 + 3,
            "a heading, the export itself, every entry"
        );
        assert!(
            lines[1].contains("exported the trail of this library as CSV"),
            "{}",
            lines[1]
        );
        assert!(
            lines[2].contains("\"opened version 619 of =cmd|' /C calc'!A0, \"\"x\"\".xls\""),
            "{}",
            lines[2]
        );
        for cell in csv.split(['\n', ',']) {
            assert!(!cell.starts_with(['=', '+', '@']), "{cell:?}");
        }
        town.world.clock.advance(DAY);
        let json = text(
            export(
                &amira,
                Of::Site(town.site),
                &TrailFilter::default(),
                Format::JsonLines,
            )
            .await
            .unwrap(),
        )
        .await;
        let objects: Vec<Value> = json
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(objects.len(), 1 + 1 + 620 + 5 + 1);
        let left_out = objects.last().unwrap()["left_out"].as_str().unwrap();
        assert!(left_out.contains("Case conference papers"), "{left_out}");
        assert_eq!(objects[0]["action"], "ExportSiteTrail");
        assert_eq!(objects[0]["data"]["filter"], "everything");
        assert_eq!(objects[0]["person"], town.amira.to_string());
        assert_eq!(
            objects[2]["document"]["name"], "Guide.pdf",
            "as it is called now"
        );
        assert!(
            objects[2]["says"].as_str().unwrap().contains(hostile),
            "and as it was called then"
        );
        let reads = TrailFilter {
            sort: Some(Sort::Access),
            ..TrailFilter::default()
        };
        let access = text(
            export(&amira, Of::Site(town.site), &reads, Format::JsonLines)
                .await
                .unwrap(),
        )
        .await;
        assert_eq!(access.lines().count(), 1);
        // Who may not see the trail takes nothing away, and leaves no entry.
        let before = town
            .world
            .count("SELECT COUNT(*) AS value FROM journal", args![])
            .await;
        for stranger in [town.grace, town.peter, town.operator] {
            assert!(
                export(
                    &town.act(stranger),
                    Of::Site(town.site),
                    &filter,
                    Format::Csv
                )
                .await
                .is_err()
            );
        }
        assert_eq!(
            town.world
                .count("SELECT COUNT(*) AS value FROM journal", args![])
                .await,
            before
        );
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(format));
        }
    })
    .await;
}

async fn town_guide(town: &Town) -> i64 {
    town.world
        .count(
            "SELECT id AS value FROM items WHERE library_id = $1",
            args![town.guidance],
        )
        .await
}

pub(super) async fn text(export: Export) -> String {
    let pieces: Vec<bytes::Bytes> = export.try_collect().await.unwrap();
    String::from_utf8(pieces.concat()).unwrap()
}
