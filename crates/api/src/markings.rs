//! Rules that documents are judged by: those in force, those that are proposed and tried, and what would change.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use chancery::assurance::{
    self, LibraryTotals, RulebookLine, RulebookState as State, Trial as Tried, Written,
};
use chancery::kernel::{Id, thing};
use chancery::trail::Format;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::lists::{DONE, Made};
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Moment};
use crate::words::Effect;
use crate::{Asked, Body, Caller, Named, Page};

routes! { list, propose, show, changes, changes_csv, changes_json_lines, libraries, switch_on, withdraw }

/// What became of rules.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RulebookState {
    /// They are tried, and not in force.
    Proposed,
    /// They were taken back.
    Withdrawn,
    /// They were tried and switched on, as the rules `became`.
    SwitchedOn,
    /// Documents are judged by them.
    InForce,
    /// Documents were judged by them.
    Over,
}

/// Rules, and what became of them.
#[derive(Debug, Serialize, ToSchema)]
struct Rulebook {
    /// Which.
    #[schema(value_type = schema::Id)]
    id: String,
    /// What their policy is called.
    name: String,
    /// What became of them.
    state: RulebookState,
    /// The rules that they were put in force as.
    #[schema(value_type = Option<schema::Id>)]
    became: Option<String>,
    /// Who proposed them; the console where they came with the realm's settings or a new program.
    proposed_by: schema::Doer,
    /// When.
    proposed_at: Moment,
    /// Since when they are or were in force.
    from: Option<Moment>,
    /// Until when they were.
    until: Option<Moment>,
    /// Who switched them on or took them back.
    ended_by: Option<schema::Doer>,
    /// When.
    ended_at: Option<Moment>,
}

impl From<RulebookLine> for Rulebook {
    fn from(line: RulebookLine) -> Self {
        let (ended_by, ended_at) = line.ended.unzip();
        let (state, became) = match line.state {
            State::Proposed => (RulebookState::Proposed, None),
            State::Withdrawn => (RulebookState::Withdrawn, None),
            State::SwitchedOn(new) => (RulebookState::SwitchedOn, Some(new.to_string())),
            State::InForce => (RulebookState::InForce, None),
            State::Over => (RulebookState::Over, None),
        };
        Self {
            id: line.id.to_string(),
            name: line.name,
            state,
            became,
            proposed_by: line.proposed_by.into(),
            proposed_at: line.proposed_at.into(),
            from: line.from.map(Moment),
            until: line.until.map(Moment),
            ended_by: ended_by.map(schema::Doer::from),
            ended_at: ended_at.map(Moment),
        }
    }
}

/// How many changes there would be of one kind.
#[derive(Debug, Serialize, ToSchema)]
struct EffectCount {
    /// The kind.
    effect: Effect,
    /// How many.
    number: u64,
}

/// How far a trial is, and what it found.
#[derive(Debug, Serialize, ToSchema)]
struct RulebookTrial {
    /// How many versions were tried.
    done: u64,
    /// How many there are, or were when the trial ended.
    total: u64,
    /// What would change, the gravest first.
    changes: Vec<EffectCount>,
}

impl From<Tried> for RulebookTrial {
    fn from(trial: Tried) -> Self {
        Self {
            done: trial.done,
            total: trial.total,
            changes: trial
                .counts
                .into_iter()
                .map(|(effect, number)| EffectCount {
                    effect: effect.into(),
                    number,
                })
                .collect(),
        }
    }
}

/// Rules as they are written, and what a trial of them found.
#[derive(Debug, Serialize, ToSchema)]
struct WholeRulebook {
    /// What became of them.
    rulebook: Rulebook,
    /// The text of the policy.
    policy: String,
    /// The texts of the realm's own schemes.
    schemes: Vec<String>,
    /// What a trial found; none for rules that were in force without one.
    trial: Option<RulebookTrial>,
}

/// Rules to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProposedRules {
    /// The text of a policy.
    policy: String,
    /// The texts of schemes besides those that come with the program.
    #[serde(default)]
    schemes: Vec<String>,
}

/// Whether rules are switched on before they were tried on everything.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SwitchOn {
    /// Switch them on although their trial is not finished.
    #[serde(default)]
    unfinished: bool,
}

/// Something that would change.
#[derive(Debug, Serialize, ToSchema)]
struct TrialChange {
    /// What would be done.
    effect: Effect,
    /// The document.
    document: schema::Named,
    /// The version; none where it is about the marking of the document as a whole.
    version: Option<u64>,
    /// Its library.
    library: schema::Named,
    /// The name of its site.
    site: String,
    /// The verdict when it was read last; may be empty.
    verdict_before: String,
    /// The marking that was found then; may be empty.
    label_before: String,
    /// The verdict by these rules; may be empty.
    verdict_after: String,
    /// The marking that they find; may be empty.
    label_after: String,
    /// In a sentence without a capital; may be empty.
    why: String,
}

impl From<assurance::TrialChange> for TrialChange {
    fn from(change: assurance::TrialChange) -> Self {
        Self {
            effect: change.effect.into(),
            document: schema::Named::new(change.document, change.name),
            version: change.version,
            library: change.library.into(),
            site: change.site,
            verdict_before: change.before.0,
            label_before: change.before.1,
            verdict_after: change.after.0,
            label_after: change.after.1,
            why: change.why,
        }
    }
}

/// Where a list of rules goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct AfterRules {
    /// The `next` of the page before.
    #[param(value_type = Option<schema::Id>)]
    after: Option<Id<thing::Rulebook>>,
}

/// Which changes are asked for, and where to go on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct WhichChanges {
    /// Those of this kind only.
    effect: Option<Effect>,
    /// Those in this library only.
    #[param(value_type = Option<schema::Id>)]
    library: Option<Id<thing::Library>>,
    /// The `next` of the page before.
    #[param(value_type = Option<schema::Id>)]
    after: Option<Id<thing::Interval>>,
}

/// Which changes are taken away.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct TakenChanges {
    /// Those of this kind only.
    effect: Option<Effect>,
    /// Those in this library only.
    #[param(value_type = Option<schema::Id>)]
    library: Option<Id<thing::Library>>,
}

impl From<TakenChanges> for assurance::WhichChanges {
    fn from(taken: TakenChanges) -> Self {
        Self {
            effect: taken.effect.map(assurance::Effect::from),
            library: taken.library,
        }
    }
}

/// Where a list of libraries goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct AfterLibrary {
    /// The `next` of the page before.
    #[param(value_type = Option<schema::Id>)]
    after: Option<Id<thing::Library>>,
}

/// What would change in one library.
#[derive(Debug, Serialize, ToSchema)]
struct LibraryChanges {
    /// Which.
    library: schema::Named,
    /// The name of its site.
    site: String,
    /// How many changes there would be of each kind, also where there are none: the gravest first.
    changes: Vec<EffectCount>,
}

impl From<LibraryTotals> for LibraryChanges {
    fn from(one: LibraryTotals) -> Self {
        Self {
            library: one.library.into(),
            site: one.site,
            changes: one
                .counts
                .into_iter()
                .map(|(effect, number)| EffectCount {
                    effect: effect.into(),
                    number,
                })
                .collect(),
        }
    }
}

/// Rules that documents are judged by, in force, proposed and earlier: the newest first
#[utoipa::path(get, path = "/rulebooks", tag = "markings", operation_id = "rulebooks",
    params(AfterRules), responses((status = 200, body = Page<Rulebook>)))]
async fn list(caller: Caller, Asked(from): Asked<AfterRules>) -> Answer<Page<Rulebook>> {
    let (lines, next) = assurance::rulebooks(&caller.actor, from.after).await?;
    Ok(Page {
        items: lines.into_iter().map(Rulebook::from).collect(),
        next: next.map(|next| next.to_string()),
    })
}

/// Propose rules
///
/// Every version is read by them in the background and nothing is done about what they find, until they are switched on. One proposal at a time.
#[utoipa::path(post, path = "/rulebooks", tag = "markings", operation_id = "proposeRules",
    request_body = ProposedRules,
    responses((status = 201, description = "They are tried from now on", body = Made),
        (status = 409, description = "Others are proposed already")))]
async fn propose(caller: Caller, Body(rules): Body<ProposedRules>) -> Answer<Made> {
    let written = Written {
        policy: rules.policy,
        schemes: rules.schemes,
    };
    let id = assurance::propose(&caller.actor, &written).await?;
    Ok(Made::new("/rulebooks", id))
}

/// Rules as they are written, and what a trial of them found
#[utoipa::path(get, path = "/rulebooks/{id}", tag = "markings", operation_id = "rulebook",
    params(("id" = schema::Id, Path, description = "The rules")),
    responses((status = 200, body = WholeRulebook)))]
async fn show(
    caller: Caller,
    Named(id): Named<Id<thing::Rulebook>>,
) -> Answer<Json<WholeRulebook>> {
    let page = assurance::rulebook(&caller.actor, id).await?;
    Ok(Json(WholeRulebook {
        rulebook: page.line.into(),
        policy: page.written.policy,
        schemes: page.written.schemes,
        trial: page.trial.map(RulebookTrial::from),
    }))
}

/// What would change, or would have changed, by rules that were tried
#[utoipa::path(get, path = "/rulebooks/{id}/changes", tag = "markings", operation_id = "trialChanges",
    params(("id" = schema::Id, Path, description = "The rules"), WhichChanges),
    responses((status = 200, body = Page<TrialChange>)))]
async fn changes(
    caller: Caller,
    Named(id): Named<Id<thing::Rulebook>>,
    Asked(which): Asked<WhichChanges>,
) -> Answer<Page<TrialChange>> {
    let of = assurance::WhichChanges {
        effect: which.effect.map(assurance::Effect::from),
        library: which.library,
    };
    let (changes, next) = assurance::trial_changes(&caller.actor, id, of, which.after).await?;
    Ok(Page {
        items: changes.into_iter().map(TrialChange::from).collect(),
        next: next.map(|next| next.to_string()),
    })
}

async fn export(
    caller: &Caller,
    id: Id<thing::Rulebook>,
    which: TakenChanges,
    format: Format,
) -> Answer<Response> {
    let lines = assurance::export_trial(&caller.actor, id, which.into(), format).await?;
    let name = format!("What would change by rules {id}.{}", format.name());
    Ok(wire::trail_file(&name, format, lines))
}

/// What would change by rules that were tried, as comma-separated values (RFC 4180)
///
/// For assurance officers. That it is taken away is in the journal. Without a word of any document.
#[utoipa::path(get, path = "/rulebooks/{id}/changes.csv", tag = "markings", operation_id = "trialChangesCsv",
    params(("id" = schema::Id, Path, description = "The rules"), TakenChanges),
    responses((status = 200, description = "All of its lines", body = String, content_type = "text/csv")))]
async fn changes_csv(
    caller: Caller,
    Named(id): Named<Id<thing::Rulebook>>,
    Asked(which): Asked<TakenChanges>,
) -> Answer<Response> {
    export(&caller, id, which, Format::Csv).await
}

/// What would change by rules that were tried, as JSON Lines
///
/// For assurance officers. That it is taken away is in the journal. Without a word of any document.
#[utoipa::path(get, path = "/rulebooks/{id}/changes.jsonl", tag = "markings", operation_id = "trialChangesJsonLines",
    params(("id" = schema::Id, Path, description = "The rules"), TakenChanges),
    responses((status = 200, description = "All of its lines", body = String, content_type = "application/jsonl")))]
async fn changes_json_lines(
    caller: Caller,
    Named(id): Named<Id<thing::Rulebook>>,
    Asked(which): Asked<TakenChanges>,
) -> Answer<Response> {
    export(&caller, id, which, Format::JsonLines).await
}

/// What would change in each library by rules that were tried: those first in which most would be closed
#[utoipa::path(get, path = "/rulebooks/{id}/libraries", tag = "markings", operation_id = "trialLibraries",
    params(("id" = schema::Id, Path, description = "The rules"), AfterLibrary),
    responses((status = 200, body = Page<LibraryChanges>)))]
async fn libraries(
    caller: Caller,
    Named(id): Named<Id<thing::Rulebook>>,
    Asked(from): Asked<AfterLibrary>,
) -> Answer<Page<LibraryChanges>> {
    let (found, next) = assurance::trial_libraries(&caller.actor, id, from.after).await?;
    Ok(Page {
        items: found.into_iter().map(LibraryChanges::from).collect(),
        next: next.map(|next| next.to_string()),
    })
}

/// Switch on rules that were proposed
///
/// Documents are judged by them from now on, and everything is read again in the background. They are put in force as new rules, which are made here.
#[utoipa::path(post, path = "/rulebooks/{id}/switch-on", tag = "markings", operation_id = "switchRulesOn",
    request_body = SwitchOn, params(("id" = schema::Id, Path, description = "The rules")),
    responses((status = 201, description = "They are in force, as these", body = Made),
        (status = 409, description = "They are not proposed any more"),
        (status = 422, description = "They were not tried on everything, and it was not said that they are switched on all the same")))]
async fn switch_on(
    caller: Caller,
    Named(id): Named<Id<thing::Rulebook>>,
    Body(sure): Body<SwitchOn>,
) -> Answer<Made> {
    let new = assurance::switch_on(&caller.actor, id, sure.unfinished).await?;
    Ok(Made::new("/rulebooks", new))
}

/// Take back rules that were proposed
///
/// What their trial has found so far can still be seen.
#[utoipa::path(delete, path = "/rulebooks/{id}", tag = "markings", operation_id = "withdrawRules",
    params(("id" = schema::Id, Path, description = "The rules")),
    responses((status = 204, description = "They are taken back"),
        (status = 409, description = "They are not proposed any more")))]
async fn withdraw(caller: Caller, Named(id): Named<Id<thing::Rulebook>>) -> Answer<StatusCode> {
    assurance::withdraw(&caller.actor, id).await?;
    Ok(DONE)
}
