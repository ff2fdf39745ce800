//! A recording out of text. It may come from anywhere: everything in it has a bound, and every call and answer is read as
//! what it says that it is before anything is played.

use super::{Answer, Cassette, Denied, Exchange, FORMAT, Header};
use crate::calls::registry::{NAMES, Visitor, by_name};
use crate::{CallError, Code, HostCall};
use serde::Deserialize;
use serde_json::Value;

/// The largest recording, in bytes: what a run may receive, and the calls.
pub const LARGEST: u64 = 512 << 20;
/// A run may make fewer calls than this.
const MOST_LINES: usize = 1_000_000;

/// What is wrong with a recording, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct CassetteError {
    pub line: usize,
    pub why: String,
}

/// A line after the first: which of its members are there says what it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: Option<String>,
    call: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    reply: Option<Value>,
    error: Option<CallError>,
    denied: Option<Code>,
    end: Option<String>,
}

/// A reply may be `null`, which is not the same as none.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Cassette {
    pub fn parse(text: &str) -> Result<Self, CassetteError> {
        let at = |line: usize, why: String| CassetteError { line, why };
        if text.len() as u64 > LARGEST {
            return Err(at(1, format!("a recording of {} bytes; at most {LARGEST}", text.len())));
        }
        let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
        let Some((_, first)) = lines.next() else { return Err(at(1, "empty: no recording".to_owned())) };
        let header = header(first).map_err(|why| at(1, why))?;
        let (mut exchanges, mut denied, mut end) = (Vec::new(), Vec::new(), None);
        let mut last = 1;
        for (number, line) in lines {
            last = number;
            if number > MOST_LINES {
                return Err(at(number, format!("more than {MOST_LINES} lines")));
            }
            if end.is_some() {
                return Err(at(number, "something behind the end".to_owned()));
            }
            match self::line(line).map_err(|why| at(number, why))? {
                Read::Exchange(exchange) => exchanges.push(exchange),
                Read::Denied(one) => denied.push(one),
                Read::End(how) => end = Some(how),
            }
        }
        let end = end.ok_or_else(|| at(last, "cut off: the line with the run's end is not there".to_owned()))?;
        Ok(Self { header, exchanges, denied, end })
    }
}

fn header(line: &str) -> Result<Header, String> {
    #[derive(Deserialize)]
    struct Format {
        cassette: u32,
    }
    let format: Format =
        serde_json::from_str(line).map_err(|error| format!("not a recording of a run: {}", without_place(&error)))?;
    if format.cassette != FORMAT {
        return Err(format!("a recording of the form {}; this program reads the form {FORMAT}", format.cassette));
    }
    serde_json::from_str(line).map_err(|error| without_place(&error))
}

enum Read {
    Exchange(Exchange),
    Denied(Denied),
    End(String),
}

fn line(line: &str) -> Result<Read, String> {
    let line: Line = serde_json::from_str(line).map_err(|error| without_place(&error))?;
    match line {
        Line { name: Some(name), call: Some(call), reply: Some(reply), error: None, denied: None, end: None } => {
            let call = known(&name, call, Some(&reply))?;
            Ok(Read::Exchange(Exchange { name, call, answer: Answer::Reply(reply) }))
        }
        Line { name: Some(name), call: Some(call), reply: None, error: Some(error), denied: None, end: None } => {
            let call = known(&name, call, None)?;
            Ok(Read::Exchange(Exchange { name, call, answer: Answer::Error(error) }))
        }
        Line { name: Some(name), call: Some(call), reply: None, error: None, denied: Some(code), end: None } => {
            Ok(Read::Denied(Denied { call: known(&name, call, None)?, name, code }))
        }
        Line { name: None, call: None, reply: None, error: None, denied: None, end: Some(end) } => Ok(Read::End(end)),
        _ => {
            Err("expected a `name` and a `call` with either a `reply`, an `error` or `denied`; or the `end`".to_owned())
        }
    }
}

/// Reads a call as the call that it says that it is, and gives it back as that call writes itself: so equal calls are
/// equal texts, however they were written.
fn known(name: &str, call: Value, reply: Option<&Value>) -> Result<Value, String> {
    struct Check<'a> {
        name: &'a str,
        call: Value,
        reply: Option<&'a Value>,
    }
    impl Visitor for Check<'_> {
        type Output = Result<Value, String>;

        fn visit<C: HostCall>(self) -> Result<Value, String> {
            let name = self.name;
            let call: C = serde_json::from_value(self.call).map_err(|error| format!("the call {name}: {error}"))?;
            if let Some(reply) = self.reply {
                C::Reply::deserialize(reply).map_err(|error| format!("the reply to {name}: {error}"))?;
            }
            serde_json::to_value(call).map_err(|error| error.to_string())
        }
    }
    by_name(name, Check { name, call, reply })
        .unwrap_or_else(|| Err(format!("no call is named {name:.80?} (there are {})", NAMES.join(", "))))
}

/// A line is all that there is of the document: its own number would only confuse.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split_once(" at line ").map_or(text.clone(), |(words, _)| format!("{words} (column {})", error.column()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = r#"{"cassette":1,"program":"0.1.0","task":"t","digest":"00","world":"base","job":"{}","created":"2026-11-22T12:00:00Z"}"#;
    const NOW: &str = r#"{"name":"run.now","call":{},"reply":{"seconds":1,"local":"1970-01-01 00:00:01"}}"#;
    const END: &str = r#"{"end":"ok"}"#;

    fn parse(lines: &[&str]) -> Result<Cassette, CassetteError> {
        Cassette::parse(&lines.join("\n"))
    }

    #[test]
    fn what_is_written_is_read_again() {
        let stat = r#"{"name":"files.stat","call":{"path":"/a"},"reply":null}"#;
        let gone = r#"{"name":"files.read","call":{"length":1,"offset":0,"path":"/a"},"error":"not-found"}"#;
        let link = r#"{"name":"files.stat","call":{"path":"/b"},"error":{"refused":"LINK"}}"#;
        let denied = r#"{"name":"files.stat","call":{"path":"/etc"},"denied":"NO_GRANT"}"#;
        let cassette = parse(&[HEADER, NOW, stat, gone, link, denied, END]).unwrap();
        assert_eq!((cassette.exchanges.len(), cassette.denied.len()), (4, 1));
        assert_eq!(cassette.exchanges[1].answer, Answer::Reply(Value::Null));
        assert_eq!(cassette.exchanges[3].answer, Answer::Error(CallError::Refused(Code::Link)));
        assert_eq!(Cassette::parse(&cassette.to_text().unwrap()).unwrap(), cassette);
    }

    #[test]
    fn damage_is_found_with_its_line() {
        let future = HEADER.replace("\"cassette\":1", "\"cassette\":2");
        let typo = HEADER.replace("\"world\"", "\"wrld\"");
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let long = format!(r#"{{"name":"files.stat","call":{},"reply":null}}"#, deep);
        for (lines, line, words) in [
            (vec![""], 1, "empty"),
            (vec!["{}"], 1, "not a recording"),
            (vec![future.as_str(), END], 1, "the form 2"),
            (vec![typo.as_str(), END], 1, "`wrld`"),
            (vec![HEADER, NOW], 2, "cut off"),
            (vec![HEADER], 1, "cut off"),
            (vec![HEADER, &NOW[..40]], 2, "EOF"),
            (vec![HEADER, NOW, END, NOW], 4, "behind the end"),
            (vec![HEADER, NOW, "", END], 3, "EOF"),
            (vec![HEADER, r#"{"name":"run.noow","call":{},"reply":null}"#, END], 2, "no call is named \"run.noow\""),
            (vec![HEADER, r#"{"name":"run.now","call":{},"reply":7}"#, END], 2, "the reply to run.now"),
            (vec![HEADER, r#"{"name":"files.stat","call":{},"reply":null}"#, END], 2, "missing field `path`"),
            (vec![HEADER, r#"{"name":"run.now","call":{}}"#, END], 2, "expected a `name`"),
            (
                vec![HEADER, r#"{"name":"run.now","call":{},"reply":null,"error":"timeout"}"#, END],
                2,
                "expected a `name`",
            ),
            (vec![HEADER, r#"{"name":"run.now","call":{},"denied":"NO_SUCH"}"#, END], 2, "NO_SUCH"),
            (vec![HEADER, r#"{"end":"ok","extra":1}"#], 2, "`extra`"),
            (vec![HEADER, &long, END], 2, "recursion"),
        ] {
            let error = parse(&lines).unwrap_err();
            assert!(error.line == line && error.why.contains(words), "{words}: {error}");
        }
    }
}
