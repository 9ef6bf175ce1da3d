//! What is to be done about a version by some rules: worked out before anything is done, so that rules can be tried.

use markings::{Decision, Policy, Verdict};

use super::rules::{Carries, Judgement, judge, row_of};
use super::says::{self, ByRules};
use super::sql::{
    self, CarriedRow, ExceptionRow, MarkedRow, RaisedRow, SaidRow, ScanRow, VersionRow, WaitingRow,
};
use super::{AlertKind, Threat};
use crate::Result;
use crate::kernel::{Queries, Rules, Time, args};

/// What is to be done about a version.
pub(super) struct Plan {
    /// The version.
    pub(super) version: VersionRow,
    /// What the rules say.
    pub(super) judged: Judgement,
    pub(super) verdict: &'static str,
    /// The marking that was read, as it is written; may be empty.
    pub(super) label: String,
    /// The same as the policy names it: scheme and level.
    pub(super) marking: (String, String),
    /// The malware that it is; empty for none.
    pub(super) malware: String,
    /// What was found when it was read last.
    pub(super) before: Option<ScanRow>,
    /// The alert that is to be raised: none where it was raised already.
    pub(super) raise: Option<AlertKind>,
    /// The alerts that are over, and their seals with them.
    pub(super) over: Vec<RaisedRow>,
    /// What becomes of what people have said.
    pub(super) said: ByRules,
    /// Something that was decided about this content was weighed.
    pub(super) excused: bool,
}

impl Plan {
    /// Works it out; none where the version went.
    pub(super) async fn of(
        queries: &mut impl Queries,
        rules: &Rules,
        row: &WaitingRow,
        at: Time,
        decision: &Decision,
        threat: &Threat,
    ) -> Result<Option<Self>> {
        let version: Option<VersionRow> = queries
            .first(sql::VERSION, args![row.document_id, row.id])
            .await?;
        let Some(version) = version else {
            return Ok(None);
        };
        let excepted: Vec<ExceptionRow> = queries
            .all(
                sql::EXCEPTIONS,
                args![at, version.content_id, row.document_id],
            )
            .await?;
        let said: Vec<SaidRow> = queries.all(sql::SAID, args![at, row.document_id]).await?;
        let somebody = said
            .iter()
            .any(|one| one.source != "library" && one.set_by != 0);
        let mut judged = judge(
            decision,
            threat,
            &rules.policy,
            &rules.policy.designation,
            |kind, label| {
                // Where somebody has said what its marking is, nobody has to be asked.
                kind == AlertKind::Unmarked && somebody
                    || excepted
                        .iter()
                        .any(|one| one.kind == kind.name() && one.label == label)
            },
        );
        judged.carries = judged.carries.filter(|own| {
            !excepted.iter().any(|one| {
                one.kind == says::READING
                    && (one.scheme.as_str(), one.marking.as_str())
                        == (own.scheme.as_str(), own.marking.as_str())
            })
        });
        let raised: Vec<RaisedRow> = queries
            .all(sql::RAISED, args![row.document_id, row.number, at])
            .await?;
        let is_same = |one: &RaisedRow| judged.alert.is_some_and(|kind| kind.name() == one.kind);
        // Rules that close what was only told, or open it, raise the same anew.
        let stands = |one: &RaisedRow| {
            let closed = one.seals > 0;
            is_same(one) && (one.decision == "kept" || closed == judged.closed.is_some())
        };
        let raise = judged.alert.filter(|_| !raised.iter().any(stands));
        // The first of its kind stands; what an officer has decided to keep sealed is over with nobody else.
        let standing = raised.iter().find(|one| stands(one)).map(|one| one.id);
        // An alert is over when it is known that its ground is not there, and not because nobody could look.
        let over = raised
            .into_iter()
            .filter(|one| one.decision.is_empty() && Some(one.id) != standing)
            .filter(|one| is_same(one) && !stands(one) || is_gone(&one.kind, decision, threat))
            .collect();
        let before: Option<ScanRow> = queries
            .first(sql::LATEST_SCAN, args![row.document_id, row.number])
            .await?;
        let malware = match threat {
            Threat::Malware(name) => name.clone(),
            _ => String::new(),
        };
        // What an officer found to be no malware has the marking that was read.
        let is_malware = judged.alert == Some(AlertKind::Malware);
        Ok(Some(Self {
            said: ByRules::of(rules, &said, version.number == version.latest),
            version,
            judged,
            verdict: super::verdict_name(decision.verdict),
            label: decision
                .marking
                .as_ref()
                .map_or_else(String::new, markings::Marking::label),
            marking: decision
                .marking
                .as_ref()
                .filter(|_| !is_malware)
                .map_or_else(Default::default, |marking| {
                    (marking.scheme.clone(), marking.level.clone())
                }),
            malware,
            before,
            raise,
            over,
            excused: !excepted.is_empty(),
        }))
    }

    /// Whether the same was found before, by the same name.
    pub(super) fn is_known(&self) -> bool {
        self.before.as_ref().is_some_and(|scan| {
            scan.verdict == self.verdict
                && scan.label == self.label
                && scan.malware == self.malware
                && (scan.scheme.as_str(), scan.marking.as_str())
                    == (self.marking.0.as_str(), self.marking.1.as_str())
        })
    }

    /// The marking that the document is to carry by what was read, where that is another than it carries. It is the highest of
    /// all its versions: whoever may see it may see its earlier versions too.
    pub(super) async fn marks(
        &self,
        queries: &mut impl Queries,
        policy: &Policy,
        row: &WaitingRow,
        at: Time,
    ) -> Result<Option<Carries>> {
        let carried: Option<CarriedRow> = queries
            .first(sql::CARRIED, args![at, row.document_id])
            .await?;
        let mut marked: Vec<MarkedRow> =
            queries.all(sql::MARKED, args![at, row.document_id]).await?;
        marked.retain(|one| one.version != row.number);
        // What was read before it was kept how a policy names it can only be what the document carries.
        let unnamed = marked
            .iter()
            .any(|one| one.scheme.is_empty() && !one.label.is_empty() && one.malware.is_empty());
        let mut all: Vec<(u64, Carries)> = marked
            .into_iter()
            .filter_map(|one| {
                Some((
                    one.version,
                    row_of(policy, &one.scheme, &one.marking, &one.label)?,
                ))
            })
            .collect();
        all.extend(self.judged.carries.clone().map(|own| (row.number, own)));
        let highest = all
            .into_iter()
            .max_by_key(|(version, one)| (one.clearance, one.rank, *version))
            .map(|(_, one)| one);
        Ok(highest.filter(|new| {
            carried.is_none_or(|old| {
                let more = (old.level, old.rank) > (new.clearance, new.rank);
                let same =
                    old.label == new.label && (old.level, old.rank) == (new.clearance, new.rank);
                !(same || unnamed && more)
            })
        }))
    }
}

/// Whether it was seen that what an alert of this kind was raised for is not there.
fn is_gone(kind: &str, decision: &Decision, threat: &Threat) -> bool {
    let read = decision.verdict != Verdict::Unread
        && decision.unread.is_empty()
        && !decision
            .alerts
            .iter()
            .any(|alert| matches!(alert, markings::Alert::Pictures { .. }));
    match AlertKind::from_name(kind) {
        Some(AlertKind::Malware) => *threat == Threat::None,
        Some(AlertKind::Above | AlertKind::Ask | AlertKind::Doubtful) => read,
        _ => true,
    }
}
