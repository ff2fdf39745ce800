//! One record as canonical JSON: members sorted by name, no white space, and nothing in it that a terminal would obey or
//! that could begin another line. Whatever a call brings along, a record stays small: what is cut off is counted.

use crate::redact::without_secrets;
use airlock_model::is_obeyed;
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::time::SystemTime;

/// A longer text is cut.
const LONGEST_TEXT: usize = 4096;
/// Of a longer list the first are kept.
const LONGEST_LIST: usize = 256;
/// A larger record says that it would have been.
const LARGEST: usize = 48 << 10;

/// A record that is being made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    members: Map<String, Value>,
    durable: bool,
}

impl Record {
    /// An empty record of now.
    pub fn now() -> Self {
        Self::at(SystemTime::now())
    }

    pub fn at(time: SystemTime) -> Self {
        let mut record = Self::default();
        let time = jiff::Timestamp::try_from(time).unwrap_or_default();
        record.set("time", format!("{time:.3}"));
        record
    }

    /// Something that happened outside of any run: a policy was loaded, a job approved, the program stopped.
    pub fn event(what: &str, details: impl Serialize) -> Self {
        let mut record = Self::now();
        record.set("event", what);
        record.set("details", details);
        // What changes the rules has to outlive a power cut.
        record.durable = true;
        record
    }

    /// Sets a member; what serialises to nothing is left out.
    pub fn set(&mut self, name: &str, value: impl Serialize) -> &mut Self {
        // None of our types fails to serialise; one that did would leave a record that says so.
        let value = serde_json::to_value(value).unwrap_or_else(|error| Value::String(format!("({error})")));
        if !value.is_null() {
            self.members.insert(name.to_owned(), bounded(value));
        }
        self
    }

    /// It has to be on the disk before its effect.
    pub fn durable(mut self) -> Self {
        self.durable = true;
        self
    }

    pub fn is_durable(&self) -> bool {
        self.durable
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// As a line, without its end.
    pub fn line(&self) -> String {
        let mut line = String::with_capacity(512);
        write_object(&mut line, &self.members);
        if line.len() <= LARGEST {
            return line;
        }
        // What tells the record from others stays.
        let mut short = self.members.clone();
        let too_long = line.len();
        for name in ["ask", "details", "why", "outcome", "counted"] {
            if short.contains_key(name) {
                short.insert(name.to_owned(), Value::String(format!("(truncated: {too_long} bytes)")));
            }
        }
        line.clear();
        write_object(&mut line, &short);
        line
    }
}

fn bounded(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(bounded_text(text)),
        Value::Array(mut items) => {
            let more = items.len().saturating_sub(LONGEST_LIST);
            items.truncate(LONGEST_LIST);
            let mut items: Vec<Value> = items.into_iter().map(bounded).collect();
            if more > 0 {
                items.push(Value::String(format!("(truncated: {more} more)")));
            }
            Value::Array(items)
        }
        Value::Object(members) => {
            let more = members.len().saturating_sub(LONGEST_LIST);
            let mut kept: Map<String, Value> = members
                .into_iter()
                .take(LONGEST_LIST)
                .map(|(name, value)| (bounded_text(name), bounded(value)))
                .collect();
            if more > 0 {
                kept.insert("truncated".to_owned(), Value::from(more));
            }
            Value::Object(kept)
        }
        other => other,
    }
}

fn bounded_text(text: String) -> String {
    let text = match without_secrets(&text) {
        std::borrow::Cow::Owned(clean) => clean,
        std::borrow::Cow::Borrowed(_) => text,
    };
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    let kept = text.get(..text.floor_char_boundary(LONGEST_TEXT)).unwrap_or_default();
    format!("{kept}… (truncated {} bytes)", text.len() - kept.len())
}

fn write_value(line: &mut String, value: &Value) {
    match value {
        Value::Null => line.push_str("null"),
        Value::Bool(yes) => line.push_str(if *yes { "true" } else { "false" }),
        Value::Number(number) => {
            let _ = write!(line, "{number}");
        }
        Value::String(text) => write_text(line, text),
        Value::Array(items) => {
            line.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    line.push(',');
                }
                write_value(line, item);
            }
            line.push(']');
        }
        Value::Object(members) => write_object(line, members),
    }
}

fn write_object(line: &mut String, members: &Map<String, Value>) {
    // Sorted whatever order the map keeps.
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    line.push('{');
    for (i, (name, value)) in sorted.into_iter().enumerate() {
        if i > 0 {
            line.push(',');
        }
        write_text(line, name);
        line.push(':');
        write_value(line, value);
    }
    line.push('}');
}

fn write_text(line: &mut String, text: &str) {
    line.push('"');
    for character in text.chars() {
        match character {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            c if is_obeyed(c) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(line, "\\u{unit:04x}");
                }
            }
            c => line.push(c),
        }
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line(value: Value) -> String {
        let mut record = Record::default();
        record.set("ask", value);
        record.line()
    }

    #[test]
    fn members_are_sorted_and_what_is_obeyed_is_escaped() {
        let text = "ok\n[error] compromised\r\u{1b}[2J\u{9b}1m\u{202e}\u{2028}\u{e0041}\"\\é";
        let line = line(json!({"b": 1, "a": [true, null, text]}));
        assert_eq!(
            line,
            r#"{"ask":{"a":[true,null,"ok\u000a[error] compromised\u000d\u001b[2J\u009b1m\u202e\u2028\udb40\udc41\"\\é"],"b":1}}"#
        );
        let back: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(back["ask"]["a"][2], text);
    }

    #[test]
    fn a_record_stays_small_and_says_what_was_cut() {
        let long = line(json!("x".repeat(100_000)));
        assert!(long.len() < 5000 && long.contains("(truncated 95904 bytes)"), "{}", long.len());
        let list = line(json!(vec!["y"; 1000]));
        assert!(list.len() < 2000 && list.contains("(truncated: 744 more)"), "{list}");
        let wide = line(json!(vec!["z".repeat(4000); 200]));
        assert!(wide.len() < 200 && wide.contains("truncated: "), "{wide}");
    }

    #[test]
    fn secrets_of_urls_are_not_kept() {
        assert_eq!(line(json!({"origin": "https://u:p@h"})), r#"{"ask":{"origin":"https://***@h"}}"#);
    }

    #[test]
    fn the_time_is_utc() {
        let record = Record::at(SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(1_700_000_000_123));
        assert_eq!(record.line(), r#"{"time":"2023-11-14T22:13:20.123Z"}"#);
    }
}
