//! A file that belongs to a job, and the digests that it and its parts go by.

use crate::CallError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Parts of one file: 10 MB each they are 1 TB.
const MOST_PARTS: usize = 100_000;
/// The longest name, in bytes.
const LONGEST_NAME: usize = 128;

/// A SHA-512, read from exactly 128 hexadecimal digits: what is made of it is made of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha512Sum([u8; 64]);

impl Sha512Sum {
    pub fn new(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    pub fn parse(text: &str) -> Result<Self, CallError> {
        let wrong = || CallError::Invalid(format!("{text:.150?} is no SHA-512: 128 hexadecimal digits"));
        let digits = text.as_bytes();
        if digits.len() != 128 {
            return Err(wrong());
        }
        let mut bytes = [0; 64];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = pair else { return Err(wrong()) };
            let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
            let (Some(high), Some(low)) = (digit(*high), digit(*low)) else { return Err(wrong()) };
            *byte = high << 4 | low;
        }
        Ok(Self(bytes))
    }

    pub fn bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Display for Sha512Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha512Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A file of a job, as its task names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobFile {
    pub name: String,
    pub sha512: String,
    pub parts: Vec<String>,
    pub retention_minutes: u32,
    pub shared: bool,
}

/// What a file is called, and what it is: its digest, without which nothing of it is used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileId {
    pub name: String,
    pub sha512: String,
}

impl JobFile {
    pub(crate) fn id(&self) -> FileId {
        // In one spelling: it is compared with what a person was shown.
        FileId { name: self.name.clone(), sha512: self.sha512.to_ascii_lowercase() }
    }

    /// Its name is one name, its digests are digests.
    pub(crate) fn check(&self) -> Result<(), CallError> {
        one_name(&self.name)?;
        Sha512Sum::parse(&self.sha512)?;
        if self.parts.len() > MOST_PARTS {
            return Err(CallError::Invalid(format!("a file of {} parts; at most {MOST_PARTS}", self.parts.len())));
        }
        self.parts.iter().try_for_each(|part| Sha512Sum::parse(part).map(drop))
    }
}

/// One component of a path, and nothing that is more.
pub(crate) fn one_name(name: &str) -> Result<(), CallError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'-');
    let is_name = (1..=LONGEST_NAME).contains(&name.len()) && !matches!(name, "." | "..") && name.bytes().all(plain);
    if is_name {
        return Ok(());
    }
    Err(CallError::Invalid(format!(
        "{name:.150?} is not the name of a file: letters, digits, `.`, `_`, `+`, `-`, {LONGEST_NAME} at most"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_its_digits_and_nothing_else() {
        let text = "0123456789abcdef".repeat(8);
        let sum = Sha512Sum::parse(&text).unwrap();
        assert_eq!((sum.to_string(), sum.bytes()[1]), (text.clone(), 0x23));
        assert_eq!(Sha512Sum::parse(&text.to_uppercase()), Ok(sum));
        for wrong in ["", "../../aaaaaaaaaa", &text[1..], &format!("{text}0"), &text.replace('a', "g"), &"é".repeat(64)]
        {
            assert!(Sha512Sum::parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(Sha512Sum::parse(&text.replace("01", "+1")).is_err());
    }

    #[test]
    fn a_name_is_one_name() {
        for name in ["acme-1.2.deb", "a", "..a", "a+b_c-d", &"a".repeat(128)] {
            assert_eq!(one_name(name), Ok(()), "{name}");
        }
        for name in
            ["", ".", "..", "a/b", "/etc/cron.d/x", "../x", "a\\b", "a b", "a\0", "é", "a:b", "~x", &"a".repeat(129)]
        {
            assert!(one_name(name).is_err(), "{name:?}");
        }
    }
}
