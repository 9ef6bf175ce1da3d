//! The secrets of sessions, one-time links and programs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::kernel::Rng;

/// A secret of 256 random bits, as 43 characters of base64url (RFC 4648 section 5). The realm
/// keeps only its BLAKE3 hash, so a copy of the database opens nobody's session.
pub struct Token(Zeroizing<String>);

impl Token {
    /// A new secret.
    pub(crate) fn random(rng: &dyn Rng) -> Self {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        rng.fill(&mut *bytes);
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes)))
    }

    /// The same as a program shows it: recognised by its beginning.
    pub(crate) fn for_programs(self) -> Self {
        Self(Zeroizing::new(format!(
            "{}{}",
            super::TOKEN_PREFIX,
            self.0.as_str()
        )))
    }

    /// How many letters and digits there are in a secret that is typed by hand.
    pub(crate) const TYPED: usize = 24;

    /// A secret of 120 random bits for typing: four groups of six letters and digits, none of which is taken for another
    /// (Crockford's base 32, in small letters).
    pub(crate) fn to_be_typed(rng: &dyn Rng) -> Self {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut bytes = Zeroizing::new([0_u8; Self::TYPED]);
        rng.fill(&mut *bytes);
        let letters: Zeroizing<String> = Zeroizing::new(
            bytes
                .iter()
                .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
                .collect(),
        );
        Self(Zeroizing::new(Self::grouped(&letters)))
    }

    /// As it is shown and kept: in groups of six.
    pub(crate) fn grouped(letters: &str) -> String {
        let letters: Vec<char> = letters.chars().collect();
        let groups: Vec<String> = letters
            .chunks(6)
            .map(|group| group.iter().collect())
            .collect();
        groups.join("-")
    }

    /// The secret itself: for the cookie, the link or the program, and nowhere else.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the realm keeps of it.
    pub(crate) fn kept(&self) -> Vec<u8> {
        kept(&self.0)
    }
}

/// What the realm keeps of a token that somebody shows.
pub(crate) fn kept(token: &str) -> Vec<u8> {
    blake3::hash(token.as_bytes()).as_bytes().to_vec()
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}
