//! Pure decisions: nothing here asks the database.

use crate::{Error, Result};

/// How long a piece is that is kept by itself: what is lost at most when the machine stops in the middle.
pub(super) const PIECE: u64 = 8 * 1024 * 1024;
/// How many pieces one upload can have.
pub(super) const PIECES: u64 = 20_000;
/// How many unfinished uploads one person can have.
pub(super) const UNFINISHED: u64 = 1_000;
/// The longest key that a sender may give.
const LONGEST_KEY: usize = 100;
/// How deep a folder can be that is sent as a whole.
const DEEPEST: usize = 50;

/// The folders of a path as a browser gives it ("Returns/2026/March.xlsx" without its last part).
pub(super) fn folders(path: &[String]) -> Result<Vec<&str>> {
    let folders: Vec<&str> = path
        .iter()
        .map(String::as_str)
        .filter(|name| !name.is_empty())
        .collect();
    if folders.len() > DEEPEST {
        return Err(Error::invalid(
            "folder",
            format!("Folders can be in each other up to {DEEPEST} deep"),
        ));
    }
    Ok(folders)
}

/// A key that a sender gave.
pub(super) fn key(given: &str) -> Result<&str> {
    if (1..=LONGEST_KEY).contains(&given.len()) && given.bytes().all(|byte| byte.is_ascii_graphic())
    {
        Ok(given)
    } else {
        Err(Error::invalid(
            "once",
            format!("Send a key of up to {LONGEST_KEY} visible ASCII characters"),
        ))
    }
}

/// Whether another piece can be kept.
pub(super) fn has_room(pieces: u64) -> Result<()> {
    if pieces < PIECES {
        Ok(())
    } else {
        Err(Error::Conflict(
            "This came in too many small pieces. Send it again in larger ones".to_owned(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::{PIECES, folders, has_room};

    #[test]
    fn a_path_is_a_list_of_folders() {
        let path =
            |names: &[&str]| -> Vec<String> { names.iter().map(|n| (*n).to_owned()).collect() };
        assert!(folders(&[]).expect("none").is_empty());
        assert_eq!(
            folders(&path(&["", "Returns", "", "2026"])).expect("two"),
            ["Returns", "2026"]
        );
        assert!(folders(&path(&["a"; 51])).is_err());
    }

    #[test]
    fn the_number_of_pieces_is_bounded() {
        assert!(has_room(0).is_ok());
        assert!(has_room(PIECES - 1).is_ok());
        assert!(has_room(PIECES).is_err());
    }
}
