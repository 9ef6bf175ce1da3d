//! Several alerts decided about at once, with one reason.
//!
//! Each is decided as it is by itself: by the same rules, with the same entry in the journal. What can be decided is, all of it in
//! one commit; what cannot is named with the reason, and stays as it is. What was decided already is decided otherwise only by
//! itself, by somebody who looks at it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use super::alerts::{AlertLine, Decided};
use super::decide::{ANOTHER_DECIDES, checked, except, excused, in_hand, kept, seal};
use super::ended::Ended;
use super::several_sql::{self, PlaceRow};
use super::{DecideSeveral, FindFalseAlarm, KeepSealed, TakeInHand, ViewAlerts};
use crate::kernel::{Actor, Arg, Id, Place, Queries, Time, Write, args, thing};
use crate::libraries::rules::shown;
use crate::{Error, Result};

/// How many alerts can be decided about at once.
pub const MOST: usize = several_sql::MOST;
/// How many alerts an error names.
const NAMED: usize = 5;

/// What can be done about several alerts at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Take them in hand.
    TakeInHand,
    /// They are false alarms, or what could not be read may be here.
    FalseAlarm,
    /// Their documents stay sealed, to everybody from then on.
    KeepSealed,
}

impl Act {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::TakeInHand, Self::FalseAlarm, Self::KeepSealed];

    /// As a form and programs name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TakeInHand => "take_in_hand",
            Self::FalseAlarm => "false_alarm",
            Self::KeepSealed => "keep_sealed",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }

    /// Whether it is a decision, with a reason.
    pub const fn decides(self) -> bool {
        !matches!(self, Self::TakeInHand)
    }

    /// What did not happen where none of them could be done.
    const fn nothing(self) -> &'static str {
        match self {
            Self::TakeInHand => "Nothing was taken in hand",
            Self::FalseAlarm | Self::KeepSealed => "Nothing was decided",
        }
    }
}

/// What would become of several alerts that an officer selected.
#[derive(Debug, Clone)]
pub struct Several {
    /// Those that it would be done about, the oldest first.
    pub ready: Vec<AlertLine>,
    /// The others, and why.
    pub left_out: Vec<LeftOut>,
}

/// One about which it is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Which.
    pub alert: Id<thing::Alert>,
    /// What its document is called; none where there is no such alert.
    pub name: Option<String>,
    /// Why.
    pub why: WhyNot,
}

/// Why it is not done about an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyNot {
    /// There is no such alert.
    NotThere,
    /// It was decided: by whom, in words, and what.
    Decided(String, &'static str),
    /// Whoever asks has it in hand already.
    InYourHand,
    /// Somebody else has it in hand: who, in words.
    InHand(String),
    /// Its document is gone for good.
    Gone,
    /// Whoever asks made the version: somebody else decides.
    Own,
}

impl WhyNot {
    /// As programs are told it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotThere => "not_there",
            Self::Decided(..) => "decided",
            Self::InYourHand => "in_your_hand",
            Self::InHand(_) => "in_hand",
            Self::Gone => "gone",
            Self::Own => "own",
        }
    }
}

impl fmt::Display for WhyNot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThere => out.write_str("There is no such alert"),
            Self::Decided(by, what) => write!(
                out,
                "{by} decided this already: {}. Open it to look at that",
                what.to_lowercase()
            ),
            Self::InYourHand => out.write_str("You have it in hand already"),
            Self::InHand(by) => write!(out, "{by} has it in hand. Open it to take it over"),
            Self::Gone => out.write_str("Its document is gone for good"),
            Self::Own => out.write_str(ANOTHER_DECIDES),
        }
    }
}

/// What was done.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The alerts that it was done about, as they were.
    pub done: Vec<AlertLine>,
    /// Those that it was not, and why.
    pub left_out: Vec<LeftOut>,
}

/// What would become of these alerts. Two queries after the decision.
pub async fn look(actor: &Actor, alerts: &[Id<thing::Alert>], act: Act) -> Result<Several> {
    let mut proof = actor.read::<ViewAlerts>(Id::REALM).await?;
    let ids = chosen(alerts)?;
    let (at, me) = (proof.at(), actor.me()?);
    let places = places(&mut proof, &ids).await?;
    let (ready, left_out) = pick(&mut proof, at, me, &ids, &places, act).await?;
    Ok(Several { ready, left_out })
}

/// Does the same thing about these alerts, with one reason, which only taking in hand does without. Gives what was done and what
/// was not; [`Error::Conflict`] where nothing was. Problems are on `alerts` and `reason`.
pub async fn decide(
    actor: &Actor,
    alerts: &[Id<thing::Alert>],
    act: Act,
    reason: &str,
) -> Result<Outcome> {
    let mut w = actor.write::<DecideSeveral>(Id::REALM).await?;
    let ids = chosen(alerts)?;
    let reason = if act.decides() {
        checked(reason)?
    } else {
        String::new()
    };
    let me = actor.me()?;
    // Every document has its turn, always in the same order; then it is asked what is so.
    let documents: BTreeSet<i64> = places(&mut w, &ids)
        .await?
        .values()
        .map(|place| place.document_id.raw())
        .collect();
    for document in documents {
        w.lock(Id::<thing::Document>::from_raw(document)).await?;
    }
    let places = places(&mut w, &ids).await?;
    let at = w.at();
    let (ready, left_out) = pick(&mut w, at, me, &ids, &places, act).await?;
    if ready.is_empty() {
        return Err(nothing(act, &left_out));
    }
    for_all(&mut w, &ready, act, &reason).await?;
    for line in &ready {
        let place = places.get(&line.id.raw()).map(PlaceRow::place);
        let place = place.ok_or_else(|| Error::unavailable("an alert without a place"))?;
        one(&mut w, line.clone(), place, act, &reason).await?;
    }
    w.commit_each().await?;
    Ok(Outcome {
        done: ready,
        left_out,
    })
}

/// What is the same for all of them is asked once. All seals are lifted before it is said what stays.
async fn for_all(
    w: &mut Write<DecideSeveral>,
    ready: &[AlertLine],
    act: Act,
    reason: &str,
) -> Result<()> {
    let ids: Vec<i64> = ready.iter().map(|line| line.id.raw()).collect();
    let (at, by) = (w.at(), w.by());
    let decided = match act {
        Act::TakeInHand => {
            let args = with_ids(args![by, at], &ids);
            w.execute(&several_sql::in_hand(), args).await?;
            return Ok(());
        }
        Act::FalseAlarm => {
            // Each is judged once more before others open it.
            let args = with_ids(args![at], &ids);
            w.execute(&several_sql::judge_anew(), args).await?;
            Decided::FalseAlarm
        }
        Act::KeepSealed => Decided::Kept,
    };
    for sql in [several_sql::lift(), several_sql::overtake()] {
        w.execute(&sql, with_ids(args![at], &ids)).await?;
    }
    let args = with_ids(args![decided.name(), reason, by, at], &ids);
    w.execute(&several_sql::decide(), args).await?;
    Ok(())
}

/// What is left to be done about one of them, and its entry: as when it is decided about by itself.
async fn one(
    w: &mut Write<DecideSeveral>,
    line: AlertLine,
    place: Place,
    act: Act,
    reason: &str,
) -> Result<()> {
    match act {
        Act::TakeInHand => w.also_of::<TakeInHand>(place, &in_hand(line)),
        Act::FalseAlarm => {
            let ended = Ended::after(w, line.document, line.sealed.is_some()).await?;
            except(w, &line, reason, false).await?;
            let event = excused(line, reason.to_owned(), Some(ended));
            w.also_of::<FindFalseAlarm>(place, &event)
        }
        Act::KeepSealed => {
            seal(w, &line, reason, 0).await?;
            w.also_of::<KeepSealed>(place, &kept(line, reason.to_owned()))
        }
    }
}

/// The ids that came with the form: not yet known to be anything.
fn chosen(alerts: &[Id<thing::Alert>]) -> Result<Vec<i64>> {
    let ids: BTreeSet<i64> = alerts.iter().map(|id| id.raw()).collect();
    if ids.is_empty() {
        return Err(Error::invalid("alerts", "Select at least one alert"));
    }
    if ids.len() > MOST {
        return Err(Error::invalid(
            "alerts",
            format!("Select up to {MOST} alerts at a time"),
        ));
    }
    Ok(ids.into_iter().collect())
}

/// The arguments, with these ids at their end: always as many, so that there is one text of each statement.
fn with_ids(mut args: Vec<Arg>, ids: &[i64]) -> Vec<Arg> {
    let last = ids.last().copied().unwrap_or_default();
    let all = ids.iter().copied().chain(std::iter::repeat(last));
    args.extend(all.take(MOST).map(Arg::from));
    args
}

/// Where the documents of these alerts are, by alert.
async fn places(queries: &mut impl Queries, ids: &[i64]) -> Result<BTreeMap<i64, PlaceRow>> {
    let rows: Vec<PlaceRow> = queries
        .all(&several_sql::places(), with_ids(Vec::new(), ids))
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Of these alerts those about which it can be done, and the rest with the reason.
async fn pick(
    queries: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    ids: &[i64],
    places: &BTreeMap<i64, PlaceRow>,
    act: Act,
) -> Result<(Vec<AlertLine>, Vec<LeftOut>)> {
    let lines: Vec<AlertLine> = queries
        .all(&several_sql::lines(), with_ids(args![at], ids))
        .await?;
    let there: BTreeSet<i64> = lines.iter().map(|line| line.id.raw()).collect();
    let mut left_out: Vec<LeftOut> = ids
        .iter()
        .filter(|id| !there.contains(id))
        .map(|id| LeftOut {
            alert: Id::from_raw(*id),
            name: None,
            why: WhyNot::NotThere,
        })
        .collect();
    let mut ready = Vec::new();
    for line in lines {
        let gone = places.get(&line.id.raw()).is_none_or(|place| place.gone);
        match why_not(&line, gone, me, act) {
            None => ready.push(line),
            Some(why) => left_out.push(LeftOut {
                alert: line.id,
                name: Some(line.name),
                why,
            }),
        }
    }
    Ok((ready, left_out))
}

fn why_not(line: &AlertLine, gone: bool, me: Id<thing::Person>, act: Act) -> Option<WhyNot> {
    if matches!(line.decided, Some((Decided::Gone, ..))) {
        return Some(WhyNot::Gone);
    }
    if let Some((decided, by, ..)) = &line.decided {
        return Some(WhyNot::Decided(by.in_words(), decided.label()));
    }
    if gone {
        return Some(WhyNot::Gone);
    }
    if line.placed_by.id == me.raw() {
        return Some(WhyNot::Own);
    }
    match &line.in_hand {
        Some((by, _)) if act == Act::TakeInHand && by.id == me.raw() => Some(WhyNot::InYourHand),
        // Somebody who looks at it by itself may take it over; nobody takes over many without looking.
        Some((by, _)) if act == Act::TakeInHand => Some(WhyNot::InHand(by.in_words())),
        _ => None,
    }
}

fn nothing(act: Act, left_out: &[LeftOut]) -> Error {
    let mut says = act.nothing().to_owned();
    for one in left_out.iter().take(NAMED) {
        let name = one.name.as_deref().unwrap_or("Something that you selected");
        // Writing to a String cannot fail.
        let _ = write!(says, ". {}: {}", shown(name), one.why);
    }
    if left_out.len() > NAMED {
        let _ = write!(says, ". And {} more", left_out.len() - NAMED);
    }
    Error::Conflict(says)
}
