//! Names by pattern: `acme-*`. A `*` stands for any characters of a name, none included; everything else is itself.

use crate::error::TrustError;
use crate::name::{LONGEST, is_name_byte};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A pattern for names of components.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Glob(String);

impl Glob {
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        let fits = !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|b| b == b'*' || is_name_byte(b));
        match fits {
            true => Ok(Self(text.to_owned())),
            false => Err(TrustError::Manifest(format!(
                "{text:?} is no pattern for names: lower-case letters, digits, - _ . and * for any of them"
            ))),
        }
    }

    pub fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            match rest.find(part).and_then(|at| rest.get(at + part.len()..)) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Glob {
    type Error = TrustError;

    fn try_from(text: String) -> Result<Self, TrustError> {
        Self::parse(&text)
    }
}

impl From<Glob> for String {
    fn from(glob: Glob) -> Self {
        glob.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_part_of_a_name() {
        for (pattern, yes, no) in [
            ("acme-*", &["acme-x", "acme-"][..], &["acme", "xacme-x", "other"][..]),
            ("acme", &["acme"], &["acme2", "acm", ""]),
            ("*", &["a", "anything"], &[]),
            ("a*b*c", &["abc", "a-b-c", "abbcc"], &["ab", "acb", "abcd"]),
            ("a*a", &["aa", "aba"], &["a"]),
            ("*-check", &["acme-check"], &["acme-check2"]),
            ("a**b", &["ab", "axb"], &["a"]),
        ] {
            let glob = Glob::parse(pattern).unwrap();
            yes.iter().for_each(|name| assert!(glob.matches(name), "{pattern} {name}"));
            no.iter().for_each(|name| assert!(!glob.matches(name), "{pattern} {name}"));
        }
    }

    #[test]
    fn what_is_in_no_name_is_in_no_pattern() {
        for text in ["", "A*", "a/b", "a b", "../*", "a\n", "ä*"] {
            assert!(Glob::parse(text).is_err(), "{text:?}");
        }
    }
}
