//! What ties a record to the one before it: `hash = SHA-256(prev || record)`, where `record` is the line as it is
//! written without its `hash`, and `prev`, which is in it too, the digest before, both as text. So a shell can check a
//! record: `printf '%s%s' "$prev" "$record" | sha256sum`.

use super::Record;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Digits of a digest.
const DIGITS: usize = 64;

/// Before the first record.
const NONE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The last record of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub seq: u64,
    pub hash: String,
}

impl Default for Head {
    /// Of a chain without records.
    fn default() -> Self {
        Self { seq: 0, hash: NONE.to_owned() }
    }
}

impl Head {
    /// True before the first record.
    pub fn is_start(&self) -> bool {
        self.seq == 0
    }

    /// The line that comes next, without its end, and the head it makes.
    #[must_use]
    pub fn seal(&self, mut record: Record) -> (String, Head) {
        let seq = self.seq.saturating_add(1);
        record.set("seq", seq).set("prev", &self.hash);
        let mut line = record.line();
        let hash = digest(&self.hash, &line);
        line.pop();
        let _ = write!(line, ",\"hash\":\"{hash}\"}}");
        (line, Head { seq, hash })
    }
}

/// A sealed line as it says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Sealed {
    pub seq: u64,
    pub prev: String,
    pub hash: String,
    /// All members, `hash` aside.
    pub record: Value,
    /// Whether `hash` is the digest of what is there.
    pub is_whole: bool,
}

impl Sealed {
    /// None: not a record.
    pub fn read(line: &str) -> Option<Sealed> {
        let body_end = line.len().checked_sub(DIGITS + 11)?;
        let (body, seal) = (line.get(..body_end)?, line.get(body_end..)?);
        let hash = seal.strip_prefix(",\"hash\":\"")?.strip_suffix("\"}")?;
        let body = format!("{body}}}");
        let record: Value = serde_json::from_str(&body).ok()?;
        let seq = record.get("seq")?.as_u64()?;
        let prev = record.get("prev")?.as_str()?.to_owned();
        let is_digest = |text: &str| text.len() == DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_digest(&prev) || !is_digest(hash) {
            return None;
        }
        let is_whole = digest(&prev, &body) == hash;
        Some(Sealed { seq, prev, hash: hash.to_owned(), record, is_whole })
    }

    pub fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash.clone() }
    }
}

/// What is left of a line that a crash cut off, as the record behind it says: how much, and its digest.
pub fn torn(bytes: &[u8]) -> Record {
    let mut record = Record::now();
    record.set("event", "audit.torn").set("bytes", bytes.len()).set("sha256", hex(Sha256::digest(bytes).as_slice()));
    record
}

/// Whether a record says of the line before it that it was cut off.
pub(super) fn says_torn(record: &Value, line: &[u8]) -> bool {
    let is = |name: &str, value: &str| record.get(name).and_then(Value::as_str) == Some(value);
    is("event", "audit.torn") && is("sha256", &hex(Sha256::digest(line).as_slice()))
}

fn digest(prev: &str, body: &str) -> String {
    hex(Sha256::new().chain_update(prev).chain_update(body).finalize().as_slice())
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_sealed_and_read_back() {
        let mut record = Record::default();
        record.set("verb", "files.read");
        let (line, head) = Head::default().seal(record);
        assert!(line.starts_with(&format!(r#"{{"prev":"{NONE}","seq":1,"verb":"files.read","hash":""#)), "{line}");
        let sealed = Sealed::read(&line).unwrap();
        assert!(sealed.is_whole);
        assert_eq!((sealed.head(), sealed.prev.as_str()), (head.clone(), NONE));
        // Nothing but the digest is needed to check it.
        let body = line.replace(&format!(",\"hash\":\"{}\"", head.hash), "");
        assert_eq!(hex(Sha256::digest(format!("{NONE}{body}")).as_slice()), head.hash);
    }

    #[test]
    fn a_change_of_any_byte_is_seen() {
        let mut record = Record::default();
        record.set("decision", "deny");
        let (line, _) = Head::default().seal(record);
        for at in 0..line.len() {
            let mut bytes = line.clone().into_bytes();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(Sealed::read(&changed).is_none_or(|sealed| !sealed.is_whole), "{changed}");
        }
    }

    #[test]
    fn what_is_no_record_is_none() {
        for line in ["", "{}", "null", "é", &"x".repeat(80), &format!("{{\"a\":1,\"hash\":\"{NONE}\"}}")] {
            assert_eq!(Sealed::read(line), None, "{line}");
        }
    }
}
