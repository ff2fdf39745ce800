//! A public key (Ed25519), however it is written: as the minisign tool writes it, as the policy language does, or as
//! the file `minisign.pub`. Two ways of writing one key are one key: thresholds count keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key([u8; 32]);

/// The beginning of an Ed25519 key in `SubjectPublicKeyInfo` (RFC 8410, section 4).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// What a key of minisign begins with, before the eight bytes of its id.
const MINISIGN: &[u8] = b"Ed";

/// Points of small order, without their sign: under such a "key", signatures can be made up by anyone.
const WEAK: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

impl Key {
    /// Reads a key: `RWQ…` (minisign), `ed25519:…` (policies), or the two lines of a file `minisign.pub`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let text = match text.split_once('\n') {
            Some((comment, key)) if comment.starts_with("untrusted comment:") => key.trim(),
            Some(_) => return Err("a file of a minisign public key has a comment line and one line of key".to_owned()),
            None => text,
        };
        let (encoded, is_plain) = match text.strip_prefix("ed25519:") {
            Some(encoded) => (encoded, true),
            None => (text, false),
        };
        let bytes = STANDARD.decode(encoded).map_err(|_| {
            "a public key is written RW… (as in minisign.pub) or ed25519:… followed by base64".to_owned()
        })?;
        let key = match is_plain {
            true => bytes.strip_prefix(SPKI.as_slice()).unwrap_or(&bytes),
            false => bytes.strip_prefix(MINISIGN).and_then(|rest| rest.get(8..)).unwrap_or_default(),
        };
        let key: [u8; 32] = key
            .try_into()
            .map_err(|_| format!("{} bytes are no public key of this kind; an Ed25519 key has 32", bytes.len()))?;
        Self::from_bytes(key)
    }

    pub(crate) fn from_bytes(key: [u8; 32]) -> Result<Self, String> {
        let mut unsigned = key;
        if let Some(last) = unsigned.last_mut() {
            *last &= 0x7f;
        }
        let hex: String = unsigned.iter().map(|byte| format!("{byte:02x}")).collect();
        match WEAK.contains(&hex.as_str()) {
            true => Err("a weak key: anyone can make signatures that fit it".to_owned()),
            false => Ok(Self(key)),
        }
    }

    /// The key as minisign has it, under the id that a signature names.
    pub(crate) fn as_minisign(&self, id: [u8; 8]) -> String {
        STANDARD.encode([MINISIGN, &id, &self.0].concat())
    }

    /// Enough of it to tell keys apart on a screen.
    pub fn short(&self) -> String {
        let text = self.to_string();
        let start = text.len().saturating_sub(12);
        format!("…{}", text.get(start..).unwrap_or_default())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ed25519:{}", STANDARD.encode([SPKI.as_slice(), &self.0].concat()))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Key {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINISIGN_KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";

    #[test]
    fn a_key_is_the_same_however_it_is_written() {
        let key = Key::parse(MINISIGN_KEY).unwrap();
        assert_eq!(Key::parse(&format!("untrusted comment: mine\n{MINISIGN_KEY}\n")), Ok(key));
        assert_eq!(Key::parse(&key.to_string()), Ok(key));
        assert_eq!(Key::parse(&format!("ed25519:{}", STANDARD.encode(key.0))), Ok(key));
        let other_id = key.as_minisign([7; 8]);
        assert_ne!(other_id, MINISIGN_KEY);
        assert_eq!(Key::parse(&other_id), Ok(key));
    }

    #[test]
    fn what_is_no_key_is_said() {
        for bad in [
            "",
            "RWQ",
            "ed25519:",
            "ed25519:AAAA",
            "x",
            "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GF",
            "a\nb",
        ] {
            assert!(Key::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn weak_keys_are_refused_under_either_sign() {
        for weak in WEAK {
            let mut bytes: Vec<u8> =
                (0..32).map(|at| u8::from_str_radix(&weak[2 * at..2 * at + 2], 16).unwrap()).collect();
            for sign in [0, 0x80] {
                bytes[31] |= sign;
                assert!(Key::from_bytes(bytes.clone().try_into().unwrap()).is_err(), "{weak}");
            }
        }
    }
}
