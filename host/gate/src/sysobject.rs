//! An index of sysObjectIDs, read from a text of tab separated columns: `id`, `vendor`, `type`, `model`, `module`, where the id
//! is below 1.3.6.1.4.1 and columns at the end may be missing. Lines that begin with `#` are remarks.
//!
//! A machine's installed file and a mock's are read by the same words. A line that makes no sense is left out and counted:
//! the file is somebody else's, and one slip in it is no reason to know nothing.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ops::Range;

/// Of one such file: many times the largest there is.
pub const LARGEST_DATABASE: usize = 16 << 20;
/// Where makers have their numbers (RFC 2578, 3: `enterprises`).
const ENTERPRISES: &str = "1.3.6.1.4.1.";

/// What is known of an id. An empty column is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// `NETWORKING`, `PRINTER`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
}

/// The whole text, and where in it the line of each id is: thousands of rows cost one allocation each for none of their texts.
#[derive(Debug, Clone, Default)]
pub struct Sysobjects {
    text: String,
    lines: HashMap<Box<str>, Range<usize>>,
    /// Lines that make no sense.
    pub skipped: usize,
}

impl Sysobjects {
    /// Of two lines with the same id, the later one holds.
    pub fn parse(text: String) -> Result<Self, String> {
        if text.len() > LARGEST_DATABASE {
            return Err(format!("{} bytes; at most {LARGEST_DATABASE}", text.len()));
        }
        let (mut lines, mut skipped) = (HashMap::new(), 0);
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let range = start..start + line.len();
            start = range.end;
            let line = line.trim_end_matches(['\n', '\r']);
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            match line.split('\t').next().and_then(plain_id) {
                Some(id) => drop(lines.insert(id.into(), range)),
                None => skipped += 1,
            }
        }
        Ok(Self { text, lines, skipped })
    }

    /// By the whole id, then by the ones above it, in the end by the maker's number. None for what is not below
    /// 1.3.6.1.4.1.
    pub fn find(&self, id: &str) -> Option<Entry> {
        let mut id = id.trim_start_matches('.').strip_prefix(ENTERPRISES)?;
        loop {
            if let Some(line) = self.lines.get(id) {
                return self.text.get(line.clone()).map(entry);
            }
            id = id.rsplit_once('.')?.0;
        }
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// Numbers with dots between them, at most as many as an OID has.
fn plain_id(text: &str) -> Option<&str> {
    let text = text.trim().trim_start_matches('.');
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()) && part.parse::<u32>().is_ok();
    (text.split('.').count() <= 128 && text.split('.').all(is_number)).then_some(text)
}

fn entry(line: &str) -> Entry {
    let mut columns = line.split('\t').skip(1).map(|column| Some(column.trim()).filter(|text| !text.is_empty()));
    let mut next = || columns.next().flatten().map(str::to_owned);
    Entry { vendor: next(), kind: next(), model: next(), module: next() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "# id\tvendor\ttype\tmodel\n\n99999\tAcme\n99999.1\tAcme\tNETWORKING\r\n99999.1.7\tAcme\tPRINTER\tP 7\tToner\n99998.2\t\tPHONE\nnonsense\tX\n99999.1.x\tX\n99998.2\tBolt\t\tB\n";

    fn found(id: &str) -> Option<(String, String, String)> {
        let entry = Sysobjects::parse(TEXT.to_owned()).unwrap().find(id)?;
        let text = |text: Option<String>| text.unwrap_or_default();
        Some((text(entry.vendor), text(entry.kind), text(entry.model)))
    }

    #[test]
    fn the_nearest_line_is_found() {
        let words = |a: &str, b: &str, c: &str| Some((a.to_owned(), b.to_owned(), c.to_owned()));
        for (id, expected) in [
            ("1.3.6.1.4.1.99999.1.7", words("Acme", "PRINTER", "P 7")),
            (".1.3.6.1.4.1.99999.1.7.3.2", words("Acme", "PRINTER", "P 7")),
            ("1.3.6.1.4.1.99999.1.70", words("Acme", "NETWORKING", "")),
            ("1.3.6.1.4.1.99999.8", words("Acme", "", "")),
            ("1.3.6.1.4.1.99999", words("Acme", "", "")),
            ("1.3.6.1.4.1.99998.2", words("Bolt", "", "B")),
            ("1.3.6.1.4.1.99998", None),
            ("1.3.6.1.4.1.9", None),
            ("1.3.6.1.2.1.99999.1", None),
            ("1.3.6.1.4.1.", None),
            ("", None),
        ] {
            assert_eq!(found(id), expected, "{id}");
        }
        let index = Sysobjects::parse(TEXT.to_owned()).unwrap();
        assert_eq!((index.len(), index.skipped), (4, 2));
        let entry = index.find("1.3.6.1.4.1.99999.1.7").unwrap();
        assert_eq!(entry.module.as_deref(), Some("Toner"));
    }

    #[test]
    fn a_file_that_is_too_large_is_none() {
        assert!(Sysobjects::parse("x".repeat(LARGEST_DATABASE + 1)).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[\\PC\t\n\r.0-9]{0,200}", id in "[0-9.]{0,40}") {
            let index = Sysobjects::parse(text).unwrap();
            let _ = index.find(&id);
            let _ = index.find(&format!("{ENTERPRISES}{id}"));
        }
    }
}
