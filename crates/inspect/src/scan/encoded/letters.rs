//! Bytes that are written in letters, in the ways that there are; nothing where a letter is none of theirs.

pub(super) fn from_2(digits: &[u8]) -> Option<Vec<u8>> {
    digits.len().is_multiple_of(8).then(|| {
        digits
            .chunks_exact(8)
            .map(|eight| eight.iter().fold(0, |all, one| all << 1 | (one & 1)))
            .collect()
    })
}

pub(super) fn from_16(digits: &[u8]) -> Option<Vec<u8>> {
    let half = |one: u8| u8::try_from(char::from(one).to_digit(16)?).ok();
    digits
        .chunks_exact(2)
        .map(|two| Some(half(two[0])? << 4 | half(two[1])?))
        .collect()
}

pub(super) fn from_32(letters: &[u8]) -> Option<Vec<u8>> {
    let value = |one: u8| match one {
        b'A'..=b'Z' => Some(one - b'A'),
        b'2'..=b'7' => Some(one - b'2' + 26),
        _ => None,
    };
    packed(letters, 5, value)
}

pub(super) fn from_64(letters: &[u8]) -> Option<Vec<u8>> {
    let value = |one: u8| match one {
        b'A'..=b'Z' => Some(one - b'A'),
        b'a'..=b'z' => Some(one - b'a' + 26),
        b'0'..=b'9' => Some(one - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    packed(letters, 6, value)
}

/// Letters that stand for so many bits each, up to what fills them up.
fn packed(letters: &[u8], bits: u32, value: impl Fn(u8) -> Option<u8>) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(letters.len());
    let (mut held, mut count) = (0_u32, 0);
    for letter in letters.iter().filter(|one| **one != b'=') {
        held = held << bits | u32::from(value(*letter)?);
        count += bits;
        if count >= 8 {
            count -= 8;
            out.push((held >> count).to_le_bytes()[0]);
            held &= (1 << count) - 1;
        }
    }
    Some(out)
}

pub(super) fn from_85(letters: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut five: Vec<u32> = Vec::new();
    let put = |five: &[u32], out: &mut Vec<u8>| -> Option<()> {
        let count = five.len();
        let padded = five.iter().copied().chain(std::iter::repeat(84)).take(5);
        let mut all = 0_u32;
        for one in padded {
            all = all.checked_mul(85)?.checked_add(one)?;
        }
        out.extend(&all.to_be_bytes()[..count - 1]);
        Some(())
    };
    for letter in letters.bytes().filter(|one| !one.is_ascii_whitespace()) {
        match letter {
            b'z' if five.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => five.push(u32::from(letter - b'!')),
            _ => return None,
        }
        if five.len() == 5 {
            put(&five, &mut out)?;
            five.clear();
        }
    }
    if five.len() > 1 {
        put(&five, &mut out)?;
    }
    Some(out)
}

/// Files in a message that are written as eight bits (yEnc): what they are called, and their bytes.
pub(in super::super) fn yenc(raw: &[u8]) -> Vec<(String, Vec<u8>)> {
    const MOST: usize = 20;
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut open: Option<(String, Vec<u8>)> = None;
    for line in raw.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b"=ybegin ") {
            let head = String::from_utf8_lossy(line);
            let name = head.split_once("name=").map_or("file", |(_, name)| name);
            open = Some((name.to_owned(), Vec::new()));
        } else if line.starts_with(b"=yend") {
            files.extend(open.take().filter(|_| files.len() < MOST));
        } else if let Some((_, bytes)) = &mut open
            && !line.starts_with(b"=ypart")
        {
            let mut escaped = false;
            for byte in line {
                if *byte == b'=' && !escaped {
                    escaped = true;
                    continue;
                }
                let less = if std::mem::take(&mut escaped) {
                    106
                } else {
                    42
                };
                bytes.push(byte.wrapping_sub(less));
            }
        }
    }
    files.extend(open);
    files
}
