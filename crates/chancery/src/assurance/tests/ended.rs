//! What is said of seals when an alert is over is what happened to them.

use super::*;
use crate::retention;
use crate::trail::{self, Of, TrailFilter};

impl Realm {
    /// Other rules are in force from now on, and everything is read again by them.
    async fn judge_by(&self, rules: &Written, said: impl Fn(&str) -> Input) {
        let id = propose(&self.officer, rules).await.unwrap();
        switch_on(&self.officer, id, true).await.unwrap();
        self.read_with(said).await;
    }

    /// What the trail of the library says of markings, newest first, without what was only read and who began to judge.
    async fn said(&self) -> Vec<String> {
        let filter = TrailFilter {
            sort: Some(crate::kernel::Sort::Marking),
            ..TrailFilter::default()
        };
        let of = Of::Library(self.cast.papers);
        let page = trail::trail(&self.cast.olive, of, &filter).await.unwrap();
        page.lines
            .into_iter()
            .map(|line| line.says)
            .filter(|says| !says.starts_with("read "))
            .collect()
    }

    async fn told(&self, who: &Actor) -> Vec<String> {
        keep_up(self).await;
        let told = told(who).await;
        told.into_iter().map(|(says, _)| says).collect()
    }
}

fn marked(text: &str) -> Input {
    Input {
        pieces: vec![header(text)],
        ..Input::default()
    }
}

const STAYS: &str = "It stays sealed for another reason";

#[tokio::test]
async fn a_seal_that_stays_is_not_said_to_be_lifted() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let (ann, officer) = (&realm.cast.ann, &realm.officer);
        let document = realm.bring(ann, "Plan.txt", "RESTRICTED").await;
        realm.read().await;
        documents::add_version(ann, document, "", &b"RESTRICTED "[..], "")
            .await
            .unwrap();
        realm.read().await;
        // Both versions are above what the realm may hold then, and each is sealed.
        realm.judge_by(&written("il2"), marked).await;
        let open = realm.open_alerts().await;
        assert_eq!(open.len(), 2, "{open:?}");
        false_alarm(officer, open[0].id, "An exercise")
            .await
            .unwrap();
        let said = realm.said().await;
        assert_eq!(
            said[0],
            format!("found that the alert about Plan.txt was a false alarm: An exercise. {STAYS}")
        );
        assert!(realm.told(ann).await[0].ends_with(STAYS));
        downgrade(officer, open[1].id, "gsc", "official", "By mistake")
            .await
            .unwrap();
        assert_eq!(
            realm.said().await[0],
            "marked Plan.txt as OFFICIAL and lifted its seal: By mistake"
        );

        // By rules that allow it the seals go one after the other: the first leaves it sealed.
        let other = realm.bring(ann, "Other.txt", "OFFICIAL").await;
        realm.read().await;
        documents::add_version(ann, other, "", &b"OFFICIAL "[..], "")
            .await
            .unwrap();
        realm.read().await;
        let sealing = markings::Policy::text("il2").unwrap().replacen(
            "official = { outcome = \"allowed\"",
            "official = { outcome = \"above\"",
            1,
        );
        assert_ne!(sealing, markings::Policy::text("il2").unwrap());
        let sealing = Written {
            policy: sealing,
            schemes: Vec::new(),
        };
        realm.judge_by(&sealing, marked).await;
        realm.judge_by(&written("il2"), marked).await;
        let lifted: Vec<String> = realm
            .said()
            .await
            .into_iter()
            .filter(|says| says.contains("Other.txt") && !says.starts_with("sealed"))
            .collect();
        let [last, first] = &lifted[..] else {
            panic!("{lifted:?}")
        };
        assert!(
            first.starts_with("ended an alert about Other.txt: ") && first.ends_with(STAYS),
            "{first}"
        );
        assert!(
            last.starts_with("lifted the seal on Other.txt: ") && !last.contains(STAYS),
            "{last}"
        );
        let told = realm.told(ann).await;
        assert!(
            told.iter().any(
                |says| says.starts_with("An alert about Other.txt is over: ")
                    && says.ends_with(STAYS)
            ),
            "{told:?}"
        );
        assert!(
            told.iter()
                .any(|says| says.starts_with("The seal on Other.txt was lifted: ")),
            "{told:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn an_alert_without_a_seal_ends_without_one() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let (ann, officer) = (&realm.cast.ann, &realm.officer);
        realm.judge_by(&telling(), locked).await;
        realm.bring(ann, "Locked.docx", "x").await;
        realm.read_with(locked).await;
        let alert = realm.open_alerts().await.remove(0);
        assert_eq!(alert.sealed, None);
        // It is read this time.
        realm
            .judge_by(&written("il3"), |_| marked("OFFICIAL"))
            .await;
        let said = realm.said().await;
        assert!(
            said[0].starts_with("ended the alert about Locked.docx: "),
            "{said:?}"
        );
        let told = realm.told(ann).await;
        assert!(
            told[0].starts_with("An alert about Locked.docx is over: ")
                && !told[0].contains("seal"),
            "{told:?}"
        );

        // Nor is it kept sealed where it was not.
        realm.judge_by(&telling(), locked).await;
        let alert = realm.open_alerts().await.remove(0);
        keep_sealed(officer, alert.id, "Nobody can say")
            .await
            .unwrap();
        assert_eq!(
            realm.said().await[0],
            "decided that Locked.docx is sealed from now on: Nobody can say"
        );
        keep_sealed(officer, alert.id, "Nobody can say yet")
            .await
            .unwrap();
        assert_eq!(
            realm.said().await[0],
            "decided that Locked.docx stays sealed: Nobody can say yet"
        );
    })
    .await;
}

#[tokio::test]
async fn owners_are_told_of_what_was_destroyed_that_it_was() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, olive, papers, .. } = &realm.cast;
        let document = realm.bring(ann, "Plan.txt", "SECRET").await;
        realm.read().await;
        let alert = realm.open_alerts().await.remove(0);
        destroy(&realm.officer, alert.id, "A spill").await.unwrap();
        let (_, line) = retention::gone(&mut olive.scope().unwrap(), document)
            .await
            .unwrap();
        assert_eq!(line.destroyed.as_deref(), Some("A spill"));
        let page = retention::gone_list(olive, *papers, None).await.unwrap();
        assert_eq!(page.lines, [line]);
        for who in [ann, olive] {
            assert!(
                realm.told(who).await[0].ends_with(
                    "destroyed all content of Plan.txt: A spill. Its name and its trail stay, and a certificate lists what was destroyed"
                ),
            );
        }
    })
    .await;
}
