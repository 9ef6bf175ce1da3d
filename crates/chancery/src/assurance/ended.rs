//! What became of the seals of a document when an alert about it is over: said in the trail and in notices as it was.

use super::alerts::AlertLine;
use super::sql;
use crate::Result;
use crate::kernel::{Action, Id, Queries as _, Write, args, thing};

/// What follows the sentence where another seal keeps the document closed.
const STAYS: &str = ". It stays sealed for another reason";

/// What became of the seals of a document when an alert about it was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ended {
    /// The alert had a seal, which was lifted.
    lifted: bool,
    /// Another seal keeps the document closed.
    stays: bool,
}

impl Ended {
    /// Lifts the seal of an alert, if it has one.
    pub(super) async fn lift<A: Action>(w: &mut Write<A>, alert: &AlertLine) -> Result<Self> {
        let lifted = w.execute(sql::LIFT, args![w.at(), alert.id]).await? > 0;
        Self::after(w, alert.document, lifted).await
    }

    /// After the seal of an alert about this document was lifted, or it had none.
    pub(super) async fn after<A: Action>(
        w: &mut Write<A>,
        document: Id<thing::Document>,
        lifted: bool,
    ) -> Result<Self> {
        let (left,): (i64,) = w.one(sql::SEALS, args![w.at(), document]).await?;
        Ok(Self {
            lifted,
            stays: left > 0,
        })
    }

    /// The same where something else seals the document in the same commit.
    pub(super) const fn or_sealed(self, anew: bool) -> Self {
        Self {
            stays: self.stays || anew,
            ..self
        }
    }

    /// What was done, before the name of the document.
    pub(super) const fn did(self) -> &'static str {
        match (self.lifted, self.stays) {
            (true, false) => "lifted the seal on",
            (false, false) => "ended the alert about",
            (_, true) => "ended an alert about",
        }
    }

    /// The same, after the document was named.
    pub(super) const fn did_to_it(self) -> &'static str {
        match (self.lifted, self.stays) {
            (true, false) => "lifted its seal",
            (false, false) => "ended the alert about it",
            (_, true) => "ended an alert about it",
        }
    }

    /// What else there is to know, after the reason.
    pub(super) const fn besides(self) -> &'static str {
        if self.stays { STAYS } else { "" }
    }
}
