//! What a file program means by what it does: pure decisions, tested alone.
//!
//! Office programs and file managers save in several steps (a file beside the document, a change of
//! names), and leave files of their own about. Taken literally these would end as new documents without
//! a history and as debris for everybody.

use std::time::Duration;

use crate::kernel::Time;

/// How long a lock lasts at most before it is refreshed.
pub(super) const LONGEST_LOCK: Duration = Duration::from_hours(1);
/// How long it lasts when the program does not say.
const USUAL_LOCK: Duration = Duration::from_mins(10);
/// How many locks one person may have at a time.
pub(super) const LOCKS_MOST: i64 = 1_000;
/// How many locks may be on one thing at a time: all of them are told to whoever asks, for each thing inside.
pub(super) const LOCKS_ON_ONE_MOST: i64 = 16;
/// How many locks may be on what is in a folder that is changed as a whole.
pub(super) const LOCKS_BELOW_MOST: usize = 2_000;
/// How long what is beside the documents is kept.
pub(super) const SCRAP_LASTS: Duration = Duration::from_hours(24);
/// How many scraps one person may have at a time.
pub(super) const SCRAPS_MOST: i64 = 1_000;
/// How many bytes may be said of one thing, and in how many properties.
pub(super) const PROPERTIES_BYTES: usize = 64 * 1024;
/// See [`PROPERTIES_BYTES`].
pub(super) const PROPERTIES_MOST: usize = 200;
/// How many things are copied at once.
pub(super) const COPIED_MOST: usize = 10_000;
/// How soon a document that was deleted is the same again when it is made anew.
const RECREATED_WITHIN: Duration = Duration::from_mins(2);
/// How soon after it was made a file that takes a document's place was made for that.
const TEMPORARY_WITHIN: Duration = Duration::from_mins(10);

/// How long a lock lasts, of what the program asked for; `None` when it did not say.
pub(super) fn lasts(asked: Option<u64>) -> Duration {
    asked.map_or(USUAL_LOCK, |seconds| {
        Duration::from_secs(seconds.clamp(1, LONGEST_LOCK.as_secs()))
    })
}

/// A file that a program keeps for itself or its machine beside the documents: it is seen only by
/// whoever put it there, and gone after a day. The patterns are narrow: what a person might have named
/// so is a document.
pub fn is_scrap(name: &str) -> bool {
    let lower = name.to_lowercase();
    // LibreOffice's and Office's lock files, macOS's second halves of files.
    (lower.starts_with(".~lock.") && lower.ends_with('#'))
        || lower.starts_with("~$")
        || lower.starts_with("._")
        || matches!(
            lower.as_str(),
            ".ds_store"
                | ".localized"
                | ".apdisk"
                | ".metadata_never_index"
                | ".metadata_never_index_unless_rootfs"
                | ".ql_disablethumbnails"
                | ".ql_disablecache"
                | "thumbs.db"
                | "ehthumbs.db"
                | "desktop.ini"
        )
        || is_words_own(&lower)
}

/// `~WRD0000.tmp` and its like: what Word writes before it changes names.
fn is_words_own(lower: &str) -> bool {
    lower
        .strip_prefix("~wr")
        .and_then(|rest| rest.strip_suffix(".tmp"))
        .is_some_and(|rest| {
            let mut letters = rest.chars();
            letters.next().is_some_and(|kind| kind.is_ascii_lowercase())
                && letters.clone().count() == 4
                && letters.all(|digit| digit.is_ascii_hexdigit())
        })
}

/// Whether moving a document to this name only takes it out of the way of what will be put in its
/// place: Word's and Excel's temporary names, an editor's backup, macOS's safe saving.
pub(super) fn out_of_the_way(from: &str, to: &str) -> bool {
    let (from, to) = (from.to_lowercase(), to.to_lowercase());
    let excels = to
        .strip_suffix(".tmp")
        .is_some_and(|stem| stem.len() == 8 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_words_own(&to)
        || excels
        || to == format!("{from}~")
        || to == format!("{from}.bak")
        || to.starts_with(&format!("{from}.sb-"))
}

/// Whether what was deleted then by the person who now makes a document of its name is that document.
pub(super) fn recreated_since(now: Time) -> Time {
    now.minus(RECREATED_WITHIN)
}

/// Whether a document that is moved onto another was made to become its next version: it was made a
/// moment ago by the person who moves it, and has no history of its own.
pub(super) fn is_temporary(made_at: Time, by_me: bool, versions: u64, now: Time) -> bool {
    by_me && versions <= 2 && made_at.plus(TEMPORARY_WITHIN) >= now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_leave_about_is_known_by_its_name() {
        for scrap in [
            ".~lock.Return.odt#",
            "~$Return.docx",
            "._Return.docx",
            ".DS_Store",
            "Thumbs.db",
            "desktop.ini",
            "Desktop.ini",
            "~WRD0000.tmp",
            "~WRL0001.tmp",
            "~wrd00a3.TMP",
        ] {
            assert!(is_scrap(scrap), "{scrap}");
        }
        for document in [
            "Return.docx",
            "notes.tmp",
            "~WRD.tmp",
            "~WRD00000.tmp",
            "lock.odt#",
            ".htaccess",
            "Return.docx~",
            "1A2B3C4D.tmp",
            "folder.jpg",
            "",
        ] {
            assert!(!is_scrap(document), "{document}");
        }
    }

    #[test]
    fn a_document_is_only_out_of_the_way_under_names_that_say_so() {
        assert!(out_of_the_way("Return.docx", "~WRL0001.tmp"));
        assert!(out_of_the_way("Return.xlsx", "9F3A21B0.tmp"));
        assert!(out_of_the_way("notes.txt", "notes.txt~"));
        assert!(out_of_the_way("Notes.txt", "notes.txt.bak"));
        assert!(out_of_the_way("a.pages", "a.pages.sb-1a2b3c-xyz"));
        assert!(!out_of_the_way("notes.txt", "other.txt~"));
        assert!(!out_of_the_way("notes.txt", "notes.tmp"));
        assert!(!out_of_the_way("notes.txt", "Notes 2.txt"));
    }

    #[test]
    fn a_lock_lasts_as_long_as_it_may() {
        assert_eq!(lasts(None), USUAL_LOCK);
        assert_eq!(lasts(Some(90)), Duration::from_secs(90));
        assert_eq!(lasts(Some(0)), Duration::from_secs(1));
        assert_eq!(lasts(Some(u64::MAX)), LONGEST_LOCK);
    }

    #[test]
    fn only_what_was_made_a_moment_ago_by_whoever_moves_it_is_temporary() {
        let now = Time::from_micros(1_773_306_000_000_000);
        let before = |minutes| now.minus(Duration::from_mins(minutes));
        assert!(is_temporary(before(1), true, 1, now));
        assert!(is_temporary(before(10), true, 2, now));
        assert!(!is_temporary(before(11), true, 1, now));
        assert!(!is_temporary(before(1), false, 1, now));
        assert!(!is_temporary(before(1), true, 3, now));
    }
}
