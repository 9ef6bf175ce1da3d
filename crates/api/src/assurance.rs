//! Alerts: what assurance officers decide about, what owners see of it, and what was read in a document.

use axum::Json;
use axum::http::StatusCode;
use chancery::assurance::{self, AlertKind, AlertLine, AlertState, Elsewhere, Removed};
use chancery::kernel::{Id, Time, thing};
use chancery::{Error, libraries};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::alerts::DecisionTakenBack;
use crate::lists::DONE;
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Moment};
use crate::{Asked, Body, Caller, Named, Page};

routes! { list, show, in_hand, false_alarm, downgrade, keep_sealed, destroy, destroy_version, certificate, of_library, marking }

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
    /// `false alarm`, `downgraded`, `kept`, `destroyed`, `rules` (the rules changed) or `answered` (its author said what it is).
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

/// Where else the same content is. What is nobody's to see but somebody's own is counted.
#[derive(Debug, Serialize, ToSchema)]
struct ContentElsewhere {
    /// Other documents with a version of it, in recycle bins too.
    documents: u64,
    /// The names of the libraries of those; at most 50.
    libraries: Vec<String>,
    /// Drafts of other documents.
    drafts: u64,
    /// Uploads that wait for whoever sent them, as far as their content is known.
    uploads: u64,
    /// Files that file programs keep beside documents for a day.
    scraps: u64,
}

impl From<Elsewhere> for ContentElsewhere {
    fn from(found: Elsewhere) -> Self {
        Self {
            documents: found.documents,
            libraries: found.libraries,
            drafts: found.drafts,
            uploads: found.uploads,
            scraps: found.scraps,
        }
    }
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

/// The marking that a document should have had.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Correction {
    /// The scheme of the marking.
    #[schema(example = "gsc")]
    scheme: String,
    /// The marking in it: one that the realm may hold.
    #[schema(example = "official")]
    marking: String,
    /// Why, up to 500 characters.
    reason: String,
}

/// The certificate that was made.
#[derive(Debug, Serialize, ToSchema)]
struct DestroyedBy {
    /// The certificate.
    #[schema(value_type = schema::Id)]
    certificate: String,
}

/// Take an alert in hand
#[utoipa::path(post, path = "/alerts/{id}/in-hand", tag = "assurance", operation_id = "takeInHand",
    params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 204, description = "It is in your hand"),
        (status = 409, description = "It was decided already")))]
async fn in_hand(caller: Caller, Named(id): Named<Id<thing::Alert>>) -> Answer<StatusCode> {
    assurance::take_in_hand(&caller.actor, id).await?;
    Ok(DONE)
}

/// Find that an alert was a false alarm, or that what could not be read may be here
///
/// The seal is lifted, and the same content raises no such alert again.
#[utoipa::path(post, path = "/alerts/{id}/false-alarm", tag = "assurance", operation_id = "falseAlarm",
    request_body = AlertReason, params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 204, description = "It is decided"),
        (status = 409, description = "It was decided already")))]
async fn false_alarm(
    caller: Caller,
    Named(id): Named<Id<thing::Alert>>,
    Body(why): Body<AlertReason>,
) -> Answer<StatusCode> {
    assurance::false_alarm(&caller.actor, id, &why.reason).await?;
    Ok(DONE)
}

/// Give a document the marking that it should have had, and lift its seal
#[utoipa::path(post, path = "/alerts/{id}/downgrade", tag = "assurance", operation_id = "downgrade",
    request_body = Correction, params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 204, description = "It is decided"),
        (status = 409, description = "It was decided already")))]
async fn downgrade(
    caller: Caller,
    Named(id): Named<Id<thing::Alert>>,
    Body(to): Body<Correction>,
) -> Answer<StatusCode> {
    assurance::downgrade(&caller.actor, id, &to.scheme, &to.marking, &to.reason).await?;
    Ok(DONE)
}

/// Keep a document sealed, to its author too
#[utoipa::path(post, path = "/alerts/{id}/keep-sealed", tag = "assurance", operation_id = "keepSealed",
    request_body = AlertReason, params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 204, description = "It is decided"),
        (status = 409, description = "It was decided already")))]
async fn keep_sealed(
    caller: Caller,
    Named(id): Named<Id<thing::Alert>>,
    Body(why): Body<AlertReason>,
) -> Answer<StatusCode> {
    assurance::keep_sealed(&caller.actor, id, &why.reason).await?;
    Ok(DONE)
}

/// Destroy all content of the document of an alert
///
/// Every version and draft, and the keys that they are encrypted under. Nobody can bring it back; backups that were made before
/// hold it until they are deleted.
#[utoipa::path(post, path = "/alerts/{id}/destroy", tag = "assurance", operation_id = "destroyContent",
    request_body = AlertReason, params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 200, description = "It is destroyed", body = DestroyedBy),
        (status = 409, description = "It was decided already, or is under legal hold")))]
async fn destroy(
    caller: Caller,
    Named(id): Named<Id<thing::Alert>>,
    Body(why): Body<AlertReason>,
) -> Answer<Json<DestroyedBy>> {
    let made = assurance::destroy(&caller.actor, id, &why.reason).await?;
    Ok(Json(DestroyedBy {
        certificate: made.to_string(),
    }))
}

/// Destroy the content that an alert is about, and nothing else of its document
///
/// The version, every other with the same content, and the drafts that were made from them. The document goes on with its other
/// versions; where its latest goes, the newest that is left becomes the latest again, and is read once more.
#[utoipa::path(post, path = "/alerts/{id}/destroy-version", tag = "assurance", operation_id = "destroyVersion",
    request_body = AlertReason, params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 200, description = "It is destroyed", body = DestroyedBy),
        (status = 409, description = "It was decided already, is under legal hold, or nothing would be left")))]
async fn destroy_version(
    caller: Caller,
    Named(id): Named<Id<thing::Alert>>,
    Body(why): Body<AlertReason>,
) -> Answer<Json<DestroyedBy>> {
    let made = assurance::destroy_version(&caller.actor, id, &why.reason).await?;
    Ok(Json(DestroyedBy {
        certificate: made.to_string(),
    }))
}

/// A version or draft that was destroyed.
#[derive(Debug, Serialize, ToSchema)]
struct RemovedContent {
    /// The number of the version; 0 for a draft.
    version: u64,
    /// How long it was, in bytes.
    size: u64,
    /// What kind of content it was (RFC 6838).
    media_type: String,
    /// When it was made.
    made_at: Moment,
    /// Who made it, with their organisation as it was then.
    made_by: String,
    /// The address of its content: a keyed hash that tells nothing of it, in hexadecimal.
    address: String,
}

impl From<Removed> for RemovedContent {
    fn from(one: Removed) -> Self {
        Self {
            version: one.version,
            size: one.size,
            media_type: one.media_type,
            made_at: Time::from_micros(one.made_at).into(),
            made_by: one.made_by,
            address: one.address,
        }
    }
}

/// A certificate that content was destroyed.
#[derive(Debug, Serialize, ToSchema)]
struct DestructionCertificate {
    /// The certificate.
    #[schema(value_type = schema::Id)]
    id: String,
    /// The alert that was decided so.
    #[schema(value_type = schema::Id)]
    alert: String,
    /// The document, and what it was called.
    document: schema::Named,
    /// What was removed.
    removed: Vec<RemovedContent>,
    /// That was all content of the document; otherwise what one version had.
    whole: bool,
    /// Where else the same content was found when it was destroyed; none where that was not looked for.
    elsewhere: Option<ContentElsewhere>,
    /// Why.
    reason: String,
    /// Who destroyed it.
    by: schema::Doer,
    /// When.
    at: Moment,
}

/// A certificate that content was destroyed
#[utoipa::path(get, path = "/certificates/{id}", tag = "assurance", operation_id = "certificate",
    params(("id" = schema::Id, Path, description = "The certificate")),
    responses((status = 200, description = "What was destroyed", body = DestructionCertificate)))]
async fn certificate(
    caller: Caller,
    Named(id): Named<Id<thing::Certificate>>,
) -> Answer<Json<DestructionCertificate>> {
    let found = assurance::certificate(&caller.actor, id).await?;
    Ok(Json(DestructionCertificate {
        id: found.id.to_string(),
        alert: found.alert.to_string(),
        document: schema::Named::new(found.document, found.name),
        removed: found.removed.into_iter().map(Into::into).collect(),
        whole: found.whole,
        elsewhere: found.elsewhere.map(Into::into),
        reason: found.reason,
        by: found.by.into(),
        at: found.at.into(),
    }))
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

/// The marking that counts of a document.
#[derive(Debug, Serialize, ToSchema)]
struct MarkedAs {
    /// The marking.
    label: String,
    /// Where it is from: `read` in the document, an assurance `officer`, a `person`, or its `library`, for documents in which none is
    /// found.
    #[schema(example = "read")]
    source: &'static str,
    /// Who set it; nobody where it was read.
    by: Option<schema::Doer>,
    /// Since when.
    since: Moment,
}

/// What was found when a version was read.
#[derive(Debug, Serialize, ToSchema)]
struct VersionRead {
    /// The version.
    version: u64,
    /// When it was read.
    at: Moment,
    /// `unmarked`, `allowed`, `clearance`, `doubtful`, `ask`, `unread` or `above`.
    #[schema(example = "allowed")]
    verdict: &'static str,
    /// The marking that was found; empty for none.
    label: String,
    /// Where it stands; empty for nowhere.
    place: String,
}

/// What is known of the marking of a document.
#[derive(Debug, Serialize, ToSchema)]
struct DocumentMarking {
    /// How it is closed to others or to you: `being_read`, `held` or `sealed`; none where it is open.
    closing: Option<&'static str>,
    /// The marking that counts.
    marked: Option<MarkedAs>,
    /// What was found in the newest version that was read.
    read: Option<VersionRead>,
}

/// The marking of a document, and what was found when it was read
///
/// Never the words that were found. A document that is sealed to you answers so.
#[utoipa::path(get, path = "/documents/{id}/marking", tag = "documents", operation_id = "documentMarking",
    params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 200, description = "What is known", body = DocumentMarking)))]
async fn marking(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
) -> Answer<Json<DocumentMarking>> {
    let found = assurance::reading_of(&caller.actor, id).await?;
    let closing = assurance::sealed(&caller.actor, id).await?.closing;
    Ok(Json(DocumentMarking {
        closing: closing.map(libraries::Closing::name),
        marked: found.marked.map(|marked| {
            let (source, by) = marked.by.name();
            MarkedAs {
                source,
                by: by.cloned().map(Into::into),
                label: marked.label,
                since: marked.since.into(),
            }
        }),
        read: found.read.map(|read| VersionRead {
            version: read.version,
            at: read.at.into(),
            verdict: assurance::verdict_name(read.verdict),
            label: read.label,
            place: read.place,
        }),
    }))
}
