//! What a password may be: long enough, and not made of what an attacker tries first.
//!
//! There are no composition rules and nothing expires (National Cyber Security Centre, "Password
//! policy: updating your approach"; NIST SP 800-63B section 5.1.1.2). A password is refused when
//! taking away everything that is easily guessed leaves next to nothing: the commonest passwords,
//! the words of the realm and the person, years, seasons, months, runs along the alphabet, the
//! digits or the keyboard, and repetition. `password123456` and `Summer2026!!` go that way;
//! three random words stay whole.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

use super::hashing::normalised;
use crate::Problems;

/// The fewest characters.
pub(super) const SHORTEST: usize = 12;
/// The most characters.
pub(super) const LONGEST: usize = 1000;
/// How many letters and digits must be left when everything easily guessed is taken away.
const LEAST_LEFT: usize = 4;

const SHORT: &str = "The password must be at least 12 characters long. Three words that do not belong together are easy to remember and hard to guess";
const LONG: &str = "The password must be 1,000 characters or fewer";
const GUESSABLE: &str = "This password is too easy to guess: it is made of common words, names, dates or runs of keys. Use three words that do not belong together";
const DIFFERENT: &str = "The two passwords are not the same. Type the new password again";

/// The commonest passwords of eight characters and more, in lower case.
static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("deny.txt")
        .lines()
        .filter(|line| !line.is_empty())
        .collect()
});

const CALENDAR: &[&str] = &[
    "spring",
    "summer",
    "autumn",
    "winter",
    "fall",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sept",
    "sep",
    "oct",
    "nov",
    "dec",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "christmas",
    "easter",
];

/// Rows of keyboards, and the columns that fingers run down, there and back.
static KEYS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    const ROWS: &[&str] = &[
        "`1234567890-=",
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "qwertzuiop",
        "yxcvbnm",
        "azertyuiop",
        "qsdfghjklm",
        "wxcvbn",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
        "1q2w3e4r5t6y7u8i9o0p",
        "qazwsxedcrfvtgbyhnujmikolp",
        "!\"£$%^&*()",
        "!@#$%^&*()",
    ];
    ROWS.iter()
        .flat_map(|row| [row.chars().collect(), row.chars().rev().collect()])
        .collect()
});

/// What is wrong with a new password, and with its repetition: fields `password` and `again`.
/// `about` is what the attacker knows too: the names of the realm, the person and their
/// organisation, the e-mail address.
pub(super) fn check(new: &str, again: &str, about: &[&str]) -> Result<(), Problems> {
    let mut problems = Problems::new();
    let password = normalised(new);
    let length = password.chars().count();
    if length < SHORTEST {
        problems.add("password", SHORT);
    } else if length > LONGEST {
        problems.add("password", LONG);
    } else if is_guessable(&password, about) {
        problems.add("password", GUESSABLE);
    }
    if normalised(again) != password {
        problems.add("again", DIFFERENT);
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

fn is_guessable(password: &str, about: &[&str]) -> bool {
    let letters: Vec<char> = password.chars().flat_map(char::to_lowercase).collect();
    is_repetition(&letters) || left(&letters, &words(about)) < LEAST_LEFT
}

/// A few characters over and over.
fn is_repetition(letters: &[char]) -> bool {
    (1..=4).any(|period| {
        letters.len() >= period * 3
            && letters
                .iter()
                .zip(letters.iter().skip(period))
                .all(|(one, other)| one == other)
    })
}

/// The words of at least three letters in what the attacker knows.
fn words(about: &[&str]) -> Vec<Vec<char>> {
    let mut words: Vec<Vec<char>> = about
        .iter()
        .flat_map(|text| {
            let text: String = text.nfkc().flat_map(char::to_lowercase).collect();
            text.split(|letter: char| !letter.is_alphanumeric())
                .map(|word| word.chars().collect::<Vec<_>>())
                .collect::<Vec<_>>()
        })
        .filter(|word| word.len() >= 3)
        .collect();
    words.sort();
    words.dedup();
    words
}

/// How many letters and digits are left when, from the front, the longest stretch that is easily
/// guessed is taken away wherever one begins.
fn left(letters: &[char], about: &[Vec<char>]) -> usize {
    let plain: Vec<Vec<char>> = [('i', 'a'), ('l', 'a')]
        .iter()
        .map(|(one, at)| {
            letters
                .iter()
                .map(|letter| undisguised(*letter, *one, *at))
                .collect()
        })
        .collect();
    let (mut place, mut left) = (0, 0);
    while place < letters.len() {
        let taken = std::iter::once(letters)
            .chain(plain.iter().map(Vec::as_slice))
            .map(|spelling| word_at(&spelling[place..], about))
            .chain([
                run_at(&letters[place..]),
                keys_at(&letters[place..]),
                year_at(&letters[place..]),
            ])
            .max()
            .unwrap_or(0);
        if taken == 0 {
            left += usize::from(letters[place].is_alphanumeric());
            place += 1;
        } else {
            place += taken;
        }
    }
    left
}

/// What a sign stands for when somebody writes `P@55w0rd`.
fn undisguised(letter: char, one: char, at: char) -> char {
    match letter {
        '0' => 'o',
        '1' | '!' | '|' => one,
        '3' | '€' => 'e',
        '4' | '@' => at,
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    }
}

fn word_at(letters: &[char], about: &[Vec<char>]) -> usize {
    let text: String = letters.iter().take(40).collect();
    let listed = text
        .char_indices()
        .map(|(index, letter)| index + letter.len_utf8())
        .enumerate()
        .filter(|(count, end)| count + 1 >= 8 && COMMON.contains(&text[..*end]))
        .map(|(count, _)| count + 1)
        .max();
    let calendar = CALENDAR
        .iter()
        .filter(|word| text.starts_with(*word))
        .map(|word| word.len())
        .max();
    let known = about
        .iter()
        .filter(|word| letters.starts_with(word))
        .map(Vec::len)
        .max();
    listed.max(calendar).max(known).unwrap_or(0)
}

/// `aaa`, `abc`, `987`: at least three that stand still or go one step at a time.
fn run_at(letters: &[char]) -> usize {
    [-1_i64, 0, 1]
        .into_iter()
        .map(|step| {
            1 + letters
                .windows(2)
                .take_while(|pair| {
                    let next = i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
                    // The digits go round: after 9 comes 0.
                    next == step
                        || (step == 1 && **pair == ['9', '0'])
                        || (step == -1 && **pair == ['0', '9'])
                })
                .count()
        })
        .max()
        .filter(|length| *length >= 3)
        .unwrap_or(0)
}

/// At least four keys in a row, in either direction.
fn keys_at(letters: &[char]) -> usize {
    KEYS.iter()
        .map(|row| {
            (0..row.len())
                .map(|start| {
                    row[start..]
                        .iter()
                        .zip(letters)
                        .take_while(|(key, letter)| key == letter)
                        .count()
                })
                .max()
                .unwrap_or(0)
        })
        .max()
        .filter(|length| *length >= 4)
        .unwrap_or(0)
}

/// 1900 to 2099.
fn year_at(letters: &[char]) -> usize {
    let digits: Option<Vec<u32>> = letters
        .get(..4)
        .and_then(|four| four.iter().map(|letter| letter.to_digit(10)).collect());
    match digits.as_deref() {
        Some([1, 9, _, _] | [2, 0, _, _]) => 4,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: &[&str] = &[
        "Northmoor Partnership",
        "Amara Osei",
        "amara.osei@harbourlights.example.org",
        "Harbour Lights",
    ];

    fn problem(password: &str) -> Option<String> {
        check(password, password, ABOUT)
            .err()
            .and_then(|problems| problems.of("password").map(str::to_owned))
    }

    #[test]
    fn what_is_refused() {
        for (password, why) in [
            ("", SHORT),
            ("elevenchars", SHORT),
            ("👩‍🚀👩‍🚀", SHORT),
            (&"long ".repeat(201), LONG),
            ("password123456", GUESSABLE),
            ("Password123456!", GUESSABLE),
            ("P@55w0rdP@55w0rd", GUESSABLE),
            ("passw0rd!!!!!!!!", GUESSABLE),
            ("aaaaaaaaaaaaaaaa", GUESSABLE),
            ("abababababab", GUESSABLE),
            ("xyz7xyz7xyz7", GUESSABLE),
            ("abcdefghijkl", GUESSABLE),
            ("zyxwvutsrqponm", GUESSABLE),
            ("1234567890123", GUESSABLE),
            ("098765432109", GUESSABLE),
            ("qwertyuiopasdfgh", GUESSABLE),
            ("1qaz2wsx3edc4rfv", GUESSABLE),
            ("poiuytrewq0987", GUESSABLE),
            ("Summer2026!!", GUESSABLE),
            ("Winter-2025-Winter", GUESSABLE),
            ("January1999January", GUESSABLE),
            ("monday tuesday", GUESSABLE),
            ("northmoor2026", GUESSABLE),
            ("AmaraOsei2026!", GUESSABLE),
            ("harbourlights1", GUESSABLE),
            ("H4rb0urL1ghts!!", GUESSABLE),
            ("sunshine princess", GUESSABLE),
            ("ｐａｓｓｗｏｒｄ１２３４５６", GUESSABLE),
            ("            ", GUESSABLE),
            ("!!!!????....,,,,", GUESSABLE),
        ] {
            assert_eq!(problem(password).as_deref(), Some(why), "{password}");
        }
    }

    #[test]
    fn what_is_taken() {
        for password in [
            "gravel otter mandolin",
            "correcthorsebattery",
            "twelvechars!",
            "vQ3#rN8kLp2w",
            "la montagne est haute",
            "каштан фонарь ветер",
            "山は高く川は長く海は広い",
            "summer gravel otter",
            "northmoor kettle vandal",
            &"gravel otter ".repeat(76),
        ] {
            assert_eq!(problem(password), None, "{password}");
        }
    }

    #[test]
    fn both_must_be_the_same_however_they_were_typed() {
        // é as one character and as two.
        let composed = "caf\u{e9} gravel otter";
        let decomposed = "cafe\u{301} gravel otter";
        assert!(check(composed, decomposed, ABOUT).is_ok());
        let problems = check(composed, "cafe gravel otter", ABOUT).expect_err("they differ");
        assert!(problems.of("again").is_some() && problems.of("password").is_none());
    }

    #[test]
    fn the_list_is_sound() {
        assert!(COMMON.len() >= 300, "{}", COMMON.len());
        for word in COMMON.iter() {
            assert!(word.chars().count() >= 8, "{word} is shorter than eight");
            assert_eq!(*word, word.to_lowercase(), "{word}");
        }
    }
}
