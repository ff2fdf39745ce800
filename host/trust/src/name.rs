//! What a component may be called. A name becomes a part of paths and stands in policies: it is one word in ASCII, so
//! that no two names look alike and none leads anywhere.

use crate::error::TrustError;
use serde::{Deserialize, Serialize};
use std::fmt;

pub(crate) const LONGEST: usize = 64;

/// A name: lower-case letters, digits, `-`, `_` and `.`, beginning and ending with a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

pub(crate) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
}

impl Name {
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        let is_end = |end: Option<&u8>| end.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = text.as_bytes();
        let fits = bytes.len() <= LONGEST
            && bytes.iter().copied().all(is_name_byte)
            && is_end(bytes.first())
            && is_end(bytes.last())
            && !text.contains("..");
        match fits {
            true => Ok(Self(text.to_owned())),
            false => Err(TrustError::Manifest(format!(
                "{text:?} is no name: at most {LONGEST} lower-case letters, digits, - _ and . between them"
            ))),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Name {
    type Error = TrustError;

    fn try_from(text: String) -> Result<Self, TrustError> {
        Self::parse(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_plain_word() {
        for good in ["a", "acme-check", "a.b_c-9", "0x"] {
            assert!(Name::parse(good).is_ok(), "{good}");
        }
        let long = "a".repeat(LONGEST + 1);
        for bad in ["", ".", "..", "a..b", "-a", "a-", "A", "a/b", "a\\b", "a\0", "a b", "ä", "а", "a\n", &long] {
            assert!(Name::parse(bad).is_err(), "{bad:?}");
        }
    }
}
