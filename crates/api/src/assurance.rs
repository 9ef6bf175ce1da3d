//! Alerts: what assurance officers decide about, what owners see of it, and what was read in a document.

mod decide;
mod destroy;
mod marking;

use axum::Json;
use chancery::Error;
use chancery::assurance::{self, AlertKind, AlertLine, AlertState};
use chancery::kernel::{Id, thing};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use self::destroy::ContentElsewhere;
use crate::alerts::DecisionTakenBack;
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Moment};
use crate::{Asked, Caller, Named, Page};

routes! {
    list, show, decide::in_hand, decide::false_alarm, decide::downgrade, decide::keep_sealed, destroy::destroy,
    destroy::destroy_version, destroy::certificate, of_library, marking::marking
}

/// Who has an alert in hand.
#[derive(Debug, Serialize, ToSchema)]
struct InHand {
    /// Who.
    by: schema::Doer,
    /// Since when.
    since: Moment,
}

/// What was decided about an alert.
#[derive(Debug, Serialize, ToSchema)]
struct AlertDecision {
    /// `false alarm`, `downgraded`, `kept`, `destroyed`, `rules` (the rules changed), `answered` (its author said what it is) or
    /// `gone` (the document went for good).
    #[schema(example = "kept")]
    decision: &'static str,
    /// Who decided; the console where the realm itself did.
    by: schema::Doer,
    /// When.
    at: Moment,
    /// Why.
    reason: String,
}

/// Something that an assurance officer decides about.
#[derive(Debug, Serialize, ToSchema)]
struct AlertItem {
    /// The alert.
    #[schema(value_type = schema::Id)]
    id: String,
    /// `malware`, `above`, `unread`, `ask`, `doubtful`, `unmarked` or `odd`.
    #[schema(example = "above")]
    kind: &'static str,
    /// The marking that was found, or the malware; may be empty.
    label: String,
    /// The document.
    document: schema::Named,
    /// The version of it.
    version: u64,
    /// Its library.
    library: schema::Named,
    /// The name of its site.
    site: String,
    /// Who made that version.
    placed_by: schema::Doer,
    /// When the alert was raised.
    raised_at: Moment,
    /// Who has it in hand.
    in_hand: Option<InHand>,
    /// Whether its seal stands: `to_all`, or `to_others` where whoever made the version can open it.
    sealed: Option<&'static str>,
    /// What was decided.
    decided: Option<AlertDecision>,
}

impl From<AlertLine> for AlertItem {
    fn from(line: AlertLine) -> Self {
        Self {
            id: line.id.to_string(),
            kind: line.kind.name(),
            label: line.label,
            document: schema::Named::new(line.document, line.name),
            version: line.version,
            library: line.library.into(),
            site: line.site,
            placed_by: line.placed_by.into(),
            raised_at: line.raised_at.into(),
            in_hand: line.in_hand.map(|(by, since)| InHand {
                by: by.into(),
                since: since.into(),
            }),
            sealed: line.sealed.map(assurance::Sealed::name),
            decided: line.decided.map(|(decided, by, at, reason)| AlertDecision {
                decision: decided.name(),
                by: by.into(),
                at: at.into(),
                reason,
            }),
        }
    }
}

/// Which alerts are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AlertsAsked {
    /// `open` (those that wait, the oldest first; if nothing is said), `decided` or `all` (the newest first).
    #[param(example = "open")]
    state: Option<String>,
    /// Only those of this kind.
    #[param(example = "above")]
    kind: Option<String>,
    /// The `next` of the page before.
    #[param(value_type = Option<schema::Id>)]
    after: Option<Id<thing::Alert>>,
}

/// Where to go on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AlertsOnwards {
    /// The `next` of the page before.
    #[param(value_type = Option<schema::Id>)]
    after: Option<Id<thing::Alert>>,
}

fn asked_state(name: Option<&str>) -> Result<AlertState, Error> {
    name.map_or(Ok(AlertState::default()), |name| {
        AlertState::from_name(name)
            .ok_or_else(|| Error::invalid("state", "Send open, decided or all"))
    })
}

fn asked_kind(name: Option<&str>) -> Result<Option<AlertKind>, Error> {
    name.map(|name| {
        AlertKind::from_name(name).ok_or_else(|| {
            Error::invalid(
                "kind",
                "Send malware, above, unread, ask, doubtful, unmarked or odd",
            )
        })
    })
    .transpose()
}

/// What waits for a decision of an assurance officer, or was decided; 50 at a time
#[utoipa::path(get, path = "/alerts", tag = "assurance", operation_id = "alerts", params(AlertsAsked),
    responses((status = 200, description = "Some of them", body = Page<AlertItem>)))]
async fn list(caller: Caller, Asked(asked): Asked<AlertsAsked>) -> Answer<Page<AlertItem>> {
    let state = asked_state(asked.state.as_deref())?;
    let kind = asked_kind(asked.kind.as_deref())?;
    let page = assurance::alerts(&caller.actor, state, kind, asked.after).await?;
    Ok(Page {
        items: page.lines.into_iter().map(AlertItem::from).collect(),
        next: page.next.map(|next| next.to_string()),
    })
}

/// A piece of evidence where it stands.
#[derive(Debug, Serialize, ToSchema)]
struct AlertEvidence {
    /// Where: the file within the file, the part, the page, the line.
    place: String,
    /// The line before it.
    before: String,
    /// The words themselves; empty once the content was destroyed.
    text: String,
    /// The line after it.
    after: String,
    /// What marking they are.
    label: String,
    /// The rule that says so.
    rule: String,
    /// How sure that is, in a word.
    strength: String,
    /// Letters of it only look like what they are taken for.
    disguised: bool,
}

/// Somebody who opened the document, or was told of it.
#[derive(Debug, Serialize, ToSchema)]
struct AlertExposure {
    /// Who.
    who: schema::Doer,
    /// How often they opened it.
    opened: u64,
    /// How often they downloaded it.
    downloaded: u64,
    /// How often they were told of it in a notice.
    told: u64,
    /// When that was first.
    first: Moment,
    /// And last.
    last: Moment,
}

/// Another document with the same content.
#[derive(Debug, Serialize, ToSchema)]
struct SameContent {
    /// Its name.
    name: String,
    /// The name of its library.
    library: String,
}

/// All that is known about an alert.
#[derive(Debug, Serialize, ToSchema)]
struct WholeAlert {
    /// The alert.
    alert: AlertItem,
    /// What was found, the strongest first.
    evidence: Vec<AlertEvidence>,
    /// What an officer should know besides.
    remarks: Vec<String>,
    /// What was not read, and why.
    unread: Vec<String>,
    /// How sure the finding is, in per cent.
    confidence: u64,
    /// The rule that decided.
    rule: String,
    /// When the version was made.
    placed_at: Moment,
    /// Who opened it since then, or was told of it, whoever made it aside.
    exposed: Vec<AlertExposure>,
    /// What else has the same content.
    elsewhere: Vec<SameContent>,
    /// The same counted, with drafts and uploads.
    kept: ContentElsewhere,
    /// You made the version: another assurance officer decides.
    own: bool,
    /// The document has other versions, which would be left if that of the alert was destroyed alone.
    leaves: bool,
    /// The certificate of its destruction.
    #[schema(value_type = Option<schema::Id>)]
    certificate: Option<String>,
    /// Who owns its library, and can be asked about it: the first of them.
    owners: Vec<schema::Doer>,
    /// What was decided before and taken back, the newest first.
    taken_back: Vec<DecisionTakenBack>,
    /// Whether what was decided can be taken back.
    can_take_back: bool,
}

/// One alert, with its evidence
#[utoipa::path(get, path = "/alerts/{id}", tag = "assurance", operation_id = "alert",
    params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 200, description = "All that is known about it", body = WholeAlert)))]
async fn show(caller: Caller, Named(id): Named<Id<thing::Alert>>) -> Answer<Json<WholeAlert>> {
    let found = assurance::alert(&caller.actor, id).await?;
    Ok(Json(WholeAlert {
        alert: found.line.into(),
        evidence: found
            .findings
            .evidence
            .into_iter()
            .map(|one| AlertEvidence {
                place: one.place,
                before: one.before,
                text: one.text,
                after: one.after,
                label: one.label,
                rule: one.rule,
                strength: one.strength,
                disguised: one.disguised,
            })
            .collect(),
        remarks: found.findings.remarks,
        unread: found.findings.unread,
        confidence: found.confidence,
        rule: found.rule,
        placed_at: found.placed_at.into(),
        exposed: found
            .exposed
            .into_iter()
            .map(|one| AlertExposure {
                who: one.who.into(),
                opened: one.opened,
                downloaded: one.downloaded,
                told: one.told,
                first: one.first.into(),
                last: one.last.into(),
            })
            .collect(),
        elsewhere: found
            .elsewhere
            .into_iter()
            .map(|(name, library)| SameContent { name, library })
            .collect(),
        kept: found.kept.into(),
        own: found.own,
        leaves: found.leaves,
        certificate: found.certificate.map(|id| id.to_string()),
        owners: found.owners.into_iter().map(Into::into).collect(),
        taken_back: found.taken_back.into_iter().map(Into::into).collect(),
        can_take_back: found.can_take_back,
    }))
}

/// Why it is decided so.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlertReason {
    /// Why, up to 500 characters.
    pub(crate) reason: String,
}

/// The alerts of a library, for its owners: without the words that were found; the newest first, 50 at a time
#[utoipa::path(get, path = "/libraries/{id}/alerts", tag = "assurance", operation_id = "libraryAlerts",
    params(("id" = schema::Id, Path, description = "The library"), AlertsOnwards),
    responses((status = 200, description = "Some of them", body = Page<AlertItem>)))]
async fn of_library(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Asked(from): Asked<AlertsOnwards>,
) -> Answer<Page<AlertItem>> {
    let (_, page) = assurance::library_alerts(&caller.actor, id, from.after).await?;
    Ok(Page {
        items: page.lines.into_iter().map(AlertItem::from).collect(),
        next: page.next.map(|next| next.to_string()),
    })
}
