//! A length of time as people write it: `90` (seconds), `"15m"`, `"6h"`, `"1d"`.

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize, Serializer};
use std::time::Duration;

/// The longest that is taken: ten years.
const LONGEST: u64 = 10 * 366 * 86_400;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Period(pub(crate) Duration);

impl Period {
    pub(crate) fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds.min(LONGEST)))
    }

    /// From text; an error says what was expected.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let expected = || format!("{text:?} is no length of time: expected a number of seconds, or 15m, 6h, 1d");
        let text = text.trim();
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let number: u64 = digits.parse().map_err(|_not_one| expected())?;
        let unit = match text.get(digits.len()..).unwrap_or_default() {
            "" | "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return Err(expected()),
        };
        number.checked_mul(unit).filter(|seconds| *seconds <= LONGEST).map(Self::seconds).ok_or_else(expected)
    }
}

/// As seconds.
impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0.as_secs())
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a length of time: a number of seconds, or \"15m\", \"6h\", \"1d\"")]
        enum Written {
            Number(u64),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(seconds) => Self::of(&seconds.to_string()).map_err(D::Error::custom),
            Written::Text(text) => Self::of(&text).map_err(D::Error::custom),
        }
    }
}
