//! Destroying what an alert is about, and nothing else of its document: the page that asks, and the answer.

use std::fmt::Write as _;

use chancery::assurance::{self, AlertDetails, Elsewhere};
use chancery::kernel::{Id, thing};

use super::decide::{Typed, form, here, why};
use super::guidance::offers;
use super::show::removed_said;
use crate::components::Button;
use crate::failure::{Answer, Failure};
use crate::format;
use crate::forms::FormPage;
use crate::guest::{Guest, done, go};
use crate::named::Named;
use crate::posted::Posted;

type Alert = Id<thing::Alert>;

/// Where else the same content "is" or "was", in sentences; what is nobody's to see is counted.
pub(super) fn elsewhere_said(found: &Elsewhere, is: &str) -> String {
    let mut said = whole_said(found, is);
    if found.unfinished > 0 {
        let (one, many, when) = if is == "is" {
            (
                "upload that is not whole may be of it, and ends",
                "uploads that are not whole may be of it, and end",
                "when it is destroyed",
            )
        } else {
            (
                "upload that was not whole may have been of it, and ended",
                "uploads that were not whole may have been of it, and ended",
                "with it",
            )
        };
        let uploads = format::count(found.unfinished, one, many);
        let _ = write!(
            said,
            " Besides, {uploads} {when}: by the same person and as long as it, or for the same document."
        );
    }
    said
}

fn whole_said(found: &Elsewhere, is: &str) -> String {
    if found.is_nowhere() {
        return format!("It was looked for, and {is} nowhere else in this realm.");
    }
    let count =
        |number: u64, one: &str, many: &str| (number > 0).then(|| format::count(number, one, many));
    let kinds: Vec<String> = [
        count(found.documents, "other document", "other documents"),
        count(
            found.drafts,
            "draft of another document",
            "drafts of other documents",
        ),
        count(
            found.uploads,
            "upload that waits for its sender",
            "uploads that wait for their senders",
        ),
        count(
            found.scraps,
            "file that a file program keeps for a day",
            "files that file programs keep for a day",
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut said = format!("The same content {is} in {}.", format::list(&kinds));
    if !found.libraries.is_empty() {
        let _ = write!(
            said,
            " The documents {} in {}.",
            if is == "is" { "are" } else { "were" },
            format::list(&found.libraries)
        );
    }
    said
}

async fn asking(guest: &Guest, found: &AlertDetails, typed: &Typed) -> Result<FormPage, Failure> {
    let goes = assurance::version_destruction(&guest.actor, found.line.id).await?;
    let title = format!(
        "Destroy version {} of {}",
        found.line.version, found.line.name
    );
    let page = form(
        guest,
        found,
        title,
        vec![why(typed)],
        Button::submit("Destroy this version").warning(),
    );
    Ok(page
        .warning("Nobody can bring it back after this, in this realm.")
        .intro("The document goes on with its other versions. Where its latest version goes, the newest that is left becomes the latest again, and is read once more before others open it.")
        .intro("What stays: who added which version and when, the trail, the alert without the words that were found, and a certificate that lists what was removed.")
        .intro("Backups that were made before still hold the content until they are deleted. Copies that somebody downloaded are where they took them.")
        .intro(elsewhere_said(&found.kept, "is"))
        .intro("What goes for good, with the key that it is encrypted under and the pages that were made of it:")
        .what(goes.iter().map(removed_said).collect()))
}

pub(super) async fn ask(guest: Guest, Named(id): Named<Alert>) -> Answer {
    let found = assurance::alert(&guest.actor, id).await?;
    if !offers(&found, "destroy-version") {
        return go(&here(id));
    }
    asking(&guest, &found, &Typed::default()).await?.ask()
}

pub(super) async fn destroy(
    guest: Guest,
    Named(id): Named<Alert>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let found = assurance::alert(&guest.actor, id).await?;
    let again = asking(&guest, &found, &typed).await?;
    let outcome = assurance::destroy_version(&guest.actor, id, &typed.reason).await;
    again.after(outcome, |certificate| {
        done(
            &format!("/alerts/certificates/{certificate}"),
            "The version is destroyed. This is the certificate.",
        )
    })
}
