//! Alerts by number: what waits, several decided about at once, and decisions taken back.

use axum::Json;
use axum::http::StatusCode;
use chancery::assurance::several::{self, Act, LeftOut, Outcome};
use chancery::assurance::{self, AlertsWaiting, TakenBack};
use chancery::kernel::{Id, thing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::assurance::AlertReason;
use crate::lists::DONE;
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Moment};
use crate::{Body, Caller, Named};

routes! { waiting, decide, take_back }

/// What waits for assurance officers, in numbers.
#[derive(Debug, Serialize, ToSchema)]
struct WaitingAlerts {
    /// How many alerts wait for a decision.
    open: u64,
    /// How many of them somebody has in hand.
    in_hand: u64,
    /// How many of those it is you who has them in hand.
    mine: u64,
    /// Since when the oldest waits; none where none does.
    oldest: Option<Moment>,
}

impl From<AlertsWaiting> for WaitingAlerts {
    fn from(waiting: AlertsWaiting) -> Self {
        Self {
            open: waiting.open,
            in_hand: waiting.in_hand,
            mine: waiting.mine,
            oldest: waiting.oldest.map(Moment),
        }
    }
}

/// How many alerts wait for a decision
///
/// For assurance officers.
#[utoipa::path(get, path = "/alerts/waiting", tag = "assurance", operation_id = "alertsWaiting",
    responses((status = 200, description = "What waits, in numbers", body = WaitingAlerts)))]
async fn waiting(caller: Caller) -> Answer<Json<WaitingAlerts>> {
    Ok(Json(assurance::alerts_waiting(&caller.actor).await?.into()))
}

/// What is done about several alerts.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AlertsAct {
    /// They are taken in hand.
    TakeInHand,
    /// They are false alarms, or what could not be read may be here.
    FalseAlarm,
    /// Their documents stay sealed, to everybody from then on.
    KeepSealed,
}

impl From<AlertsAct> for Act {
    fn from(act: AlertsAct) -> Self {
        match act {
            AlertsAct::TakeInHand => Self::TakeInHand,
            AlertsAct::FalseAlarm => Self::FalseAlarm,
            AlertsAct::KeepSealed => Self::KeepSealed,
        }
    }
}

/// Several alerts that are to be decided about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AlertsToDecide {
    /// Up to 100 alerts.
    #[schema(value_type = Vec<schema::Id>)]
    alerts: Vec<Id<thing::Alert>>,
    /// What is done about each of them.
    act: AlertsAct,
    /// Why, up to 500 characters; not needed to take them in hand.
    #[serde(default)]
    reason: String,
}

/// An alert about which it was done.
#[derive(Debug, Serialize, ToSchema)]
struct AlertDone {
    /// Which.
    #[schema(value_type = schema::Id)]
    alert: String,
    /// Its document.
    document: schema::Named,
}

/// An alert about which it was not done.
#[derive(Debug, Serialize, ToSchema)]
struct AlertLeftOut {
    /// Which.
    #[schema(value_type = schema::Id)]
    alert: String,
    /// What its document is called; none where there is no such alert.
    name: Option<String>,
    /// `not_there`, `decided`, `in_your_hand`, `in_hand` or `gone`.
    #[schema(example = "decided")]
    why: &'static str,
    /// The same in a sentence.
    says: String,
}

impl From<LeftOut> for AlertLeftOut {
    fn from(left: LeftOut) -> Self {
        Self {
            alert: left.alert.to_string(),
            why: left.why.name(),
            says: left.why.to_string(),
            name: left.name,
        }
    }
}

/// What was done about several alerts, and what was not.
#[derive(Debug, Serialize, ToSchema)]
struct AlertsDecided {
    /// Those that it was done about.
    done: Vec<AlertDone>,
    /// Those that stay as they are, and why.
    left_out: Vec<AlertLeftOut>,
}

impl From<Outcome> for AlertsDecided {
    fn from(outcome: Outcome) -> Self {
        Self {
            done: outcome
                .done
                .into_iter()
                .map(|line| AlertDone {
                    alert: line.id.to_string(),
                    document: schema::Named::new(line.document, line.name),
                })
                .collect(),
            left_out: outcome
                .left_out
                .into_iter()
                .map(AlertLeftOut::from)
                .collect(),
        }
    }
}

/// Decide about several alerts at once
///
/// With one reason. What can be decided is, in one commit with an entry in the journal for each; the rest is named with the reason. What was
/// decided already is decided otherwise one by one only.
#[utoipa::path(post, path = "/alerts/decide", tag = "assurance", operation_id = "decideAlerts",
    request_body = AlertsToDecide,
    responses((status = 200, description = "At least one was decided", body = AlertsDecided),
        (status = 409, description = "None was decided; it says why")))]
async fn decide(caller: Caller, Body(what): Body<AlertsToDecide>) -> Answer<Json<AlertsDecided>> {
    let done = several::decide(&caller.actor, &what.alerts, what.act.into(), &what.reason).await?;
    Ok(Json(done.into()))
}

/// A decision that was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecisionTakenBack {
    /// What had been decided: `false alarm`, `downgraded`, `kept` or `answered`.
    decision: &'static str,
    /// Who decided.
    by: schema::Doer,
    /// When.
    at: Moment,
    /// Why.
    reason: String,
    /// Who took it back.
    taken_back_by: schema::Doer,
    /// When.
    taken_back_at: Moment,
    /// Why.
    why: String,
}

impl From<TakenBack> for DecisionTakenBack {
    fn from(one: TakenBack) -> Self {
        Self {
            decision: one.decided.name(),
            by: one.by.into(),
            at: one.at.into(),
            reason: one.reason,
            taken_back_by: one.undone_by.into(),
            taken_back_at: one.undone_at.into(),
            why: one.why,
        }
    }
}

/// Take back what was decided about an alert
///
/// It waits for a decision again, in your hand. Its document is closed at once as its ground asks for, and judged once more; what the decision
/// taught counts no more, also in other documents with the same content. Not once its content was destroyed.
#[utoipa::path(post, path = "/alerts/{id}/take-back", tag = "assurance", operation_id = "takeBackDecision",
    request_body = AlertReason, params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 204, description = "It waits for a decision again"),
        (status = 409, description = "Nothing was decided, or it cannot be taken back")))]
async fn take_back(
    caller: Caller,
    Named(id): Named<Id<thing::Alert>>,
    Body(why): Body<AlertReason>,
) -> Answer<StatusCode> {
    assurance::take_back(&caller.actor, id, &why.reason).await?;
    Ok(DONE)
}
