//! A trial changes nothing, and says what then happens.

use super::super::reading::TURN;
use super::super::trial::{Trying, note, waiting};
use super::super::trial_sql;
use super::*;
use crate::trail::Format;
use futures::StreamExt as _;

/// A scheme of a realm's own.
const OURS: &str = "id = \"ours\"\nname = \"Ours\"\nsources = [\"us\"]\n[[level]]\nid = \"red\"\nname = \"RED\"\nrank = 1\nwritten = [\"RED\"]\n";

/// The rules in force, with a clearance where there was none and none where there was one.
fn other_il3() -> Written {
    let text = markings::Policy::text("il3").unwrap();
    let changed = text
        .replacen(
            "official-sensitive = { outcome = \"clearance\", number = 3 }",
            "official-sensitive = { outcome = \"allowed\", number = 3 }",
            1,
        )
        .replacen(
            "restricted = { outcome = \"allowed\", number = 2 }",
            "restricted = { outcome = \"clearance\", number = 2 }",
            1,
        );
    assert_ne!(changed, text);
    Written {
        policy: changed,
        schemes: Vec::new(),
    }
}

impl Realm {
    /// Tries what is proposed on everything that waits; says on how many versions.
    async fn try_all(&self) -> u64 {
        let realm = &self.cast.world.realm;
        let rules = Trying::default().rules(realm).await.unwrap().unwrap();
        let rows = waiting(realm, &rules, 1000, 1).await.unwrap();
        for row in &rows {
            self.try_one(&rules, row).await;
        }
        rows.len() as u64
    }

    async fn try_one(&self, rules: &Rules, row: &WaitingRow) {
        let text = content_of(&self.cast, row.document_id, row.number).await;
        let input = Input {
            pieces: vec![header(&text)],
            ..Input::default()
        };
        let decision = decide(rules, &input);
        note(
            &self.cast.world.realm,
            rules,
            row,
            &decision,
            &Threat::NotLooked,
        )
        .await
        .unwrap();
    }

    /// What there is of everything that judging leaves behind.
    async fn traces(&self) -> Vec<i64> {
        let mut counts = Vec::new();
        for sql in [
            "SELECT COUNT(*) AS value FROM journal",
            "SELECT COUNT(*) AS value FROM scans",
            "SELECT COUNT(*) AS value FROM alerts",
            "SELECT COUNT(*) AS value FROM alerts WHERE decided_at > 0",
            "SELECT COUNT(*) AS value FROM seals",
            "SELECT COUNT(*) AS value FROM seals WHERE until_at = 9223372036854775807",
            "SELECT COUNT(*) AS value FROM markings",
            "SELECT COUNT(*) AS value FROM markings WHERE until_at = 9223372036854775807",
            "SELECT COUNT(DISTINCT judged_by) AS value FROM versions",
            "SELECT COUNT(*) AS value FROM scan_claims",
        ] {
            counts.push(self.cast.world.count(sql, args![]).await);
        }
        counts
    }

    /// Everything that would change, as the trial says it.
    async fn predicted(&self, id: Id<thing::Rulebook>) -> Vec<(&'static str, String, u64, String)> {
        let (changes, next) = trial_changes(&self.officer, id, WhichChanges::default(), None)
            .await
            .unwrap();
        assert!(next.is_none());
        let mut all: Vec<_> = changes
            .into_iter()
            .map(|one| {
                (
                    one.effect.name(),
                    one.name,
                    one.version.unwrap_or(0),
                    one.after.1,
                )
            })
            .collect();
        all.sort();
        all
    }

    /// What happened since `before`, found out from what there is now and was then.
    async fn happened(&self, before: Time) -> Vec<(&'static str, String, u64, String)> {
        let rows = self
            .cast
            .world
            .look(
                "WITH raised(effect, document_id, version) AS (
                   SELECT CASE WHEN e.id IS NULL THEN 'alerted' WHEN e.open_to = 0 THEN 'sealed' ELSE 'held' END, a.document_id, a.version
                     FROM alerts a LEFT JOIN seals e ON e.alert_id = a.id WHERE a.raised_at > $1),
                 touched(effect, document_id, version) AS (
                   SELECT r.effect, r.document_id, r.version FROM raised r
                   UNION ALL
                   SELECT 'lifted', a.document_id, a.version FROM alerts a WHERE a.decided_at > $1 AND a.decision = 'rules'
                      AND NOT EXISTS (SELECT 1 FROM raised r WHERE r.document_id = a.document_id AND r.version = a.version)),
                 latest(document_id, version, label, verdict) AS (
                   SELECT s.document_id, s.version, s.label, s.verdict FROM scans s WHERE s.id = (SELECT MAX(z.id) FROM scans z
                     WHERE z.document_id = s.document_id AND z.version = s.version)),
                 former(document_id, version, label, verdict) AS (
                   SELECT s.document_id, s.version, s.label, s.verdict FROM scans s WHERE s.id = (SELECT MAX(z.id) FROM scans z
                     WHERE z.document_id = s.document_id AND z.version = s.version AND z.at <= $1))
                 SELECT t.effect, i.name, t.version, n.label FROM touched t JOIN items i ON i.id = t.document_id
                   JOIN latest n ON n.document_id = t.document_id AND n.version = t.version
                 UNION ALL
                 SELECT 'read', i.name, n.version, n.label FROM latest n JOIN items i ON i.id = n.document_id
                   JOIN former f ON f.document_id = n.document_id AND f.version = n.version
                  WHERE (f.label <> n.label OR f.verdict <> n.verdict)
                    AND NOT EXISTS (SELECT 1 FROM touched t WHERE t.document_id = n.document_id AND t.version = n.version)
                 UNION ALL
                 SELECT 'marked', i.name, 0, m.label FROM markings m JOIN items i ON i.id = m.document_id
                  WHERE m.source = 'read' AND m.until_at = 9223372036854775807 AND NOT EXISTS (SELECT 1 FROM markings o
                    WHERE o.document_id = m.document_id AND o.source = 'read' AND o.from_at <= $1 AND $1 < o.until_at
                      AND o.label = m.label AND o.level = m.level AND o.rank = m.rank)
                 UNION ALL
                 SELECT 'marked', i.name, 0, m.label FROM markings m JOIN items i ON i.id = m.document_id
                  WHERE m.source <> 'read' AND m.from_at > $1 AND m.until_at = 9223372036854775807",
                args![before],
            )
            .await;
        let mut all: Vec<_> = rows
            .iter()
            .map(|row| {
                let effect: String = row.get("effect").unwrap();
                (
                    Effect::from_name(&effect).unwrap().name(),
                    row.get("name").unwrap(),
                    row.get("version").unwrap(),
                    row.get("label").unwrap(),
                )
            })
            .collect();
        all.sort();
        all
    }

    async fn one_of_each(&self) {
        let ann = &self.cast.ann;
        for text in [
            "OFFICIAL",
            "OFFICIAL-SENSITIVE",
            "PROTECT",
            "RESTRICTED",
            "CONFIDENTIAL",
            "SECRET",
            "no marking",
        ] {
            self.bring(ann, &format!("{text}.txt"), text).await;
        }
        // What is sealed takes no further version.
        let rules = self.cast.world.realm.rules().unwrap();
        let order = match rules.policy.id.as_str() {
            "il3" => ["RESTRICTED", "OFFICIAL"],
            _ => ["OFFICIAL", "RESTRICTED"],
        };
        let several = self.bring(ann, "Several.txt", order[0]).await;
        self.read().await;
        documents::add_version(ann, several, "", order[1].as_bytes(), "")
            .await
            .unwrap();
        self.read().await;
    }
}

#[tokio::test]
async fn a_trial_changes_nothing_and_says_what_then_happens() {
    both(async |world| {
        for (first, then) in [
            ("il3", written("il2")),
            ("il2", written("il3")),
            ("il3", other_il3()),
        ] {
            let world = crate::testing::world(world.realm.engine()).await;
            let realm = Realm::new(world, first).await;
            realm.one_of_each().await;
            let before = realm.traces().await;
            let id = propose(&realm.officer, &then).await.unwrap();
            assert_eq!(realm.try_all().await, 9);
            assert_eq!(realm.try_all().await, 0);
            let mut after = realm.traces().await;
            // That they were proposed is in the journal, and nothing else is anywhere.
            after[0] -= 1;
            assert_eq!(before, after);
            let page = rulebook(&realm.officer, id).await.unwrap();
            let trial = page.trial.unwrap();
            assert_eq!((trial.done, trial.total), (9, 9));
            let predicted = realm.predicted(id).await;
            assert!(!predicted.is_empty());
            let counted: u64 = trial.counts.iter().map(|(_, number)| number).sum();
            assert_eq!(counted, predicted.len() as u64);

            let moment = realm.cast.world.realm.now();
            realm
                .cast
                .world
                .clock
                .advance(std::time::Duration::from_secs(1));
            let in_force = switch_on(&realm.officer, id, false).await.unwrap();
            realm.read().await;
            assert_eq!(predicted, realm.happened(moment).await, "{first}");
            let page = rulebook(&realm.officer, id).await.unwrap();
            assert_eq!(page.line.state, RulebookState::SwitchedOn(in_force));
            assert_eq!(page.trial.map(|trial| trial.done), Some(9));
            let (lines, _) = rulebooks(&realm.officer, None).await.unwrap();
            let states: Vec<_> = lines.iter().map(|line| line.state.name()).collect();
            assert_eq!(states, ["in force", "switched on", "over"]);
        }
    })
    .await;
}

/// What people said, agreed to and set counts in a trial as it does afterwards.
#[tokio::test]
async fn a_trial_knows_what_people_have_said() {
    both(async |world| {
        for then in [written("il2"), other_il3()] {
            let world = crate::testing::world(world.realm.engine()).await;
            let realm = Realm::new(world, "il3").await;
            let Cast {
                ann, olive, papers, ..
            } = &realm.cast;
            says::set_default_marking(olive, *papers, Some(("gpms", "protect")))
                .await
                .unwrap();
            let lowered = realm.bring(ann, "Lowered.txt", "RESTRICTED").await;
            realm.bring(ann, "By default.txt", "nothing").await;
            let raised = realm.bring(ann, "Raised.txt", "OFFICIAL").await;
            realm.read().await;
            let saying = |marking, reason| says::Saying {
                scheme: "gpms",
                marking,
                reason,
                seals: false,
            };
            let asked = says::say(ann, lowered, &saying("protect", "Re-graded")).await;
            let says::Said::Asked(request) = asked.unwrap() else {
                panic!()
            };
            says::agree(olive, lowered, request).await.unwrap();
            says::say(ann, raised, &saying("restricted", ""))
                .await
                .unwrap();

            let id = propose(&realm.officer, &then).await.unwrap();
            assert_eq!(realm.try_all().await, 3);
            let predicted = realm.predicted(id).await;
            let moment = realm.cast.world.realm.now();
            realm
                .cast
                .world
                .clock
                .advance(std::time::Duration::from_secs(1));
            switch_on(&realm.officer, id, false).await.unwrap();
            realm.read().await;
            assert_eq!(predicted, realm.happened(moment).await);
            // What was said needs what these rules ask for, and is sealed where it may not be here.
            if then == written("il2") {
                assert_sealed(opens(ann, raised).await);
                let open = realm.open_alerts().await;
                assert!(open.iter().any(|one| one.document == raised));
            } else {
                assert_not_found(opens(ann, raised).await);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_clearance_that_the_rules_change_is_needed_from_then_on() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast { ann, ben, .. } = &realm.cast;
        realm.one_of_each().await;
        let several = realm
            .cast
            .world
            .look(
                "SELECT id AS value FROM items WHERE name = 'Several.txt'",
                args![],
            )
            .await;
        let several: Document = several[0].get("value").unwrap();
        opens(ben, several).await.unwrap();
        let id = propose(&realm.officer, &other_il3()).await.unwrap();
        realm.try_all().await;
        switch_on(&realm.officer, id, false).await.unwrap();
        realm.read().await;
        // Its first version needs a clearance now, and so does all of it: also of whoever made it.
        for who in [ann, ben] {
            assert_not_found(opens(who, several).await);
        }
        let shown = realm
            .cast
            .world
            .count(
                "SELECT level AS value FROM markings WHERE document_id = $1 AND source = 'read' AND until_at = $2",
                args![several, Time::FOREVER],
            )
            .await;
        assert_eq!(shown, 2);
    })
    .await;
}

#[tokio::test]
async fn a_trial_goes_on_where_a_node_was_killed_and_counts_a_version_once() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        realm.one_of_each().await;
        let id = propose(&realm.officer, &written("il2")).await.unwrap();
        let node = &realm.cast.world.realm;
        let rules = Trying::default().rules(node).await.unwrap().unwrap();
        let rows = waiting(node, &rules, 1000, 1).await.unwrap();
        // A node takes one in turn, reads three, and is killed.
        let (held, now) = (rows[8].id, node.now());
        node.upkeep(sql::CLAIM, args![held, 1_i64, now.plus(TURN), now])
            .await
            .unwrap();
        for row in &rows[..3] {
            realm.try_one(&rules, row).await;
        }
        let far = async || {
            let trial = rulebook(&realm.officer, id).await.unwrap().trial.unwrap();
            (trial.done, trial.total)
        };
        assert_eq!(far().await, (3, 9));
        // Another goes on with what is left, but for what the first one had taken, until that turn is over.
        assert_eq!(realm.try_all().await, 5);
        assert_eq!(realm.try_all().await, 0);
        assert_eq!(far().await, (8, 9));
        let refused = switch_on(&realm.officer, id, false).await;
        assert_invalid(refused, "unfinished");
        realm.cast.world.clock.advance(TURN);
        assert_eq!(realm.try_all().await, 1);
        let found = realm.predicted(id).await;
        // The first was only slow: what it says late is what is known.
        for row in &rows {
            realm.try_one(&rules, row).await;
        }
        assert_eq!(far().await, (9, 9));
        assert_eq!(realm.predicted(id).await, found);
        // What comes while rules are tried is tried too, once it was read.
        realm.bring(&realm.cast.ann, "Late.txt", "RESTRICTED").await;
        assert_eq!(realm.try_all().await, 0);
        assert_eq!(far().await, (9, 10));
        realm.read().await;
        assert_eq!(realm.try_all().await, 1);
        assert_eq!(far().await, (10, 10));
        assert_eq!(realm.predicted(id).await.len(), found.len() + 1);
    })
    .await;
}

#[tokio::test]
async fn rules_are_proposed_by_officers_one_at_a_time_and_taken_back() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let console = Actor::console(&realm.cast.world.realm);
        let Cast { ann, olive, stranger, .. } = &realm.cast;
        let il2 = written("il2");
        let first = propose(&console, &il2).await.unwrap();
        for who in [ann, olive, stranger] {
            assert_not_found(propose(who, &il2).await);
            assert_not_found(rulebook(who, first).await);
            assert_not_found(rulebooks(who, None).await);
            assert_not_found(rules_now(who).await);
            assert_not_found(trial_changes(who, first, WhichChanges::default(), None).await);
            assert_not_found(trial_libraries(who, first, None).await);
            assert!(
                export_trial(who, first, WhichChanges::default(), Format::Csv)
                    .await
                    .is_err()
            );
            assert_not_found(switch_on(who, first, true).await);
            assert_not_found(withdraw(who, first).await);
        }
        // The console knows the numbers and no names.
        assert!(rulebook(&console, first).await.unwrap().trial.is_some());
        assert_not_found(trial_changes(&console, first, WhichChanges::default(), None).await);
        let again = propose(&realm.officer, &il2).await;
        assert!(assert_conflict(again).contains("has proposed rules already"));
        withdraw(&realm.officer, first).await.unwrap();
        let late = switch_on(&realm.officer, first, true).await;
        assert!(assert_conflict(late).contains("Oriel Penn"));
        assert_conflict(withdraw(&console, first).await);
        let (in_force, proposed) = rules_now(&realm.officer).await.unwrap();
        assert_eq!(proposed, None);
        assert_conflict(switch_on(&realm.officer, in_force.unwrap(), true).await);
        assert_not_found(switch_on(&realm.officer, Id::from_raw(7), true).await);

        assert_invalid(propose(&realm.officer, &written("il3")).await, "policy");
        let with_returns = Written {
            policy: written("il3").policy.replace('\n', "\r\n"),
            schemes: vec![" ".to_owned()],
        };
        assert_invalid(propose(&realm.officer, &with_returns).await, "policy");
        let wrong = Written {
            policy: il2.policy.replacen("unread = \"block\"", "unread = \"blok\"", 1),
            schemes: vec!["id = \"ours\"\nname = 3\n".to_owned()],
        };
        match propose(&realm.officer, &wrong).await {
            Err(Error::Invalid(problems)) => {
                let policy = problems.of("policy").unwrap();
                assert!(policy.starts_with("Line 12 (unread = \"blok\"): “blok” means nothing here"), "{policy}");
                let schemes = problems.of("schemes").unwrap();
                assert!(schemes.starts_with("Scheme 1: Line 2 (name = 3): here stands a number"), "{schemes}");
            }
            other => panic!("{other:?}"),
        }
        // Two with one id: the second is wrong.
        let twice = Written {
            policy: il2.policy.clone(),
            schemes: vec![OURS.to_owned(), OURS.to_owned()],
        };
        let broken = twice.broken();
        assert!(
            broken.iter().any(|(file, one)| *file == RulesFile::Scheme(2)
                && one.line == Some(1)
                && one.what.contains("already")),
            "{broken:?}"
        );
        assert_eq!(il2.broken(), []);
        for (policy, schemes, field) in [
            ("", vec![], "policy"),
            ("id = 3", vec![], "policy"),
            (il2.policy.as_str(), vec!["id = 3".to_owned()], "schemes"),
        ] {
            let wrong = Written {
                policy: policy.to_owned(),
                schemes,
            };
            assert_invalid(propose(&realm.officer, &wrong).await, field);
        }
        let second = propose(&realm.officer, &il2).await.unwrap();
        assert!(second > first);
        // Tried on nothing, because there is nothing: that is all of it.
        switch_on(&console, second, false).await.unwrap();
        assert_eq!(realm.cast.world.realm.rules().unwrap().policy.id, "il2");
        let said = realm
            .cast
            .world
            .count(
                "SELECT COUNT(*) AS value FROM journal WHERE action IN ('ProposeRules', 'WithdrawRules')",
                args![],
            )
            .await;
        assert_eq!(said, 3);
    })
    .await;
}

#[tokio::test]
async fn a_trial_is_told_by_library_and_goes_out_as_a_file() {
    both(async |world| {
        let realm = Realm::new(world, "il3").await;
        let Cast {
            ann,
            olive,
            papers,
            archive,
            ..
        } = &realm.cast;
        realm.one_of_each().await;
        let other = *archive;
        documents::add(olive, other, None, "=Far.txt", &b"RESTRICTED"[..])
            .await
            .unwrap();
        realm.read().await;
        let id = propose(&realm.officer, &written("il2")).await.unwrap();
        realm.try_all().await;
        let (all, _) = trial_changes(&realm.officer, id, WhichChanges::default(), None)
            .await
            .unwrap();
        let (totals, next) = trial_libraries(&realm.officer, id, None).await.unwrap();
        assert!(next.is_none());
        let names: Vec<_> = totals.iter().map(|one| one.library.1.as_str()).collect();
        assert_eq!(
            names,
            ["Papers", "Archive"],
            "those first in which most is closed"
        );
        for one in &totals {
            for (effect, number) in one.counts {
                let which = WhichChanges {
                    effect: Some(effect),
                    library: Some(one.library.0),
                };
                let (some, _) = trial_changes(&realm.officer, id, which, None)
                    .await
                    .unwrap();
                assert_eq!(some.len() as u64, number, "{effect:?} in {}", one.library.1);
                assert!(some.iter().all(|change| change.library.0 == one.library.0));
            }
        }
        let counted: u64 = totals
            .iter()
            .flat_map(|one| one.counts.map(|(_, number)| number))
            .sum();
        assert_eq!(counted, all.len() as u64);
        // After the first comes the second, and after that nothing.
        let (rest, _) = trial_libraries(&realm.officer, id, Some(*papers))
            .await
            .unwrap();
        assert_eq!(rest, totals[1..]);
        let (none, _) = trial_libraries(&realm.officer, id, Some(other))
            .await
            .unwrap();
        assert_eq!(none, []);
        let console = Actor::console(&realm.cast.world.realm);
        for who in [ann, olive, &console] {
            assert_not_found(trial_libraries(who, id, None).await);
        }

        let file = async |which, format| {
            let pieces: Vec<_> = export_trial(&realm.officer, id, which, format)
                .await
                .unwrap()
                .collect()
                .await;
            let bytes: Vec<u8> = pieces.into_iter().flat_map(Result::unwrap).collect();
            String::from_utf8(bytes).unwrap()
        };
        let csv = file(WhichChanges::default(), Format::Csv).await;
        assert_eq!(csv.lines().count(), all.len() + 1);
        assert!(
            csv.contains("Sealed to everybody,'=Far.txt,1,Archive,Resettlement,"),
            "{csv}"
        );
        let of_library = WhichChanges {
            library: Some(other),
            effect: Some(Effect::Sealed),
        };
        let lines = file(of_library, Format::JsonLines).await;
        let one: serde_json::Value = serde_json::from_str(lines.trim()).unwrap();
        assert_eq!(one["document"]["name"], "=Far.txt");
        assert_eq!(one["label_after"], "RESTRICTED");
        let said = realm
            .cast
            .world
            .count(
                "SELECT COUNT(*) AS value FROM journal WHERE action = 'ExportTrial'",
                args![],
            )
            .await;
        assert_eq!(said, 2);
        let nowhere = export_trial(
            &realm.officer,
            Id::from_raw(7),
            WhichChanges::default(),
            Format::Csv,
        )
        .await;
        assert!(matches!(nowhere, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn every_statement_of_trials_is_accepted_by_both_engines() {
    both(async |world| {
        world.prepares(trial_sql::STATEMENTS).await;
    })
    .await;
}
