//! What the server of a job is told while the job goes on: lines of its record, results of a collection, what a person
//! answered. It belongs to the run, as its report does: no rule is asked, and it is no answer that a recording would have.
//! The host bounds it and decides how it leaves; it goes to the job's own server and to nobody else.

use crate::call::HostCall;
use crate::{Ask, CallError, Native, Scope, Spent};
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    Checking,
    Downloading,
    Prepare,
    Processing,
}

impl Step {
    /// The server's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Step::Checking => "checking",
            Step::Downloading => "downloading",
            Step::Prepare => "prepare",
            Step::Processing => "processing",
        }
    }
}

/// A line of a job's record at its server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// One of [`STATUSES`]; none: the job goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    pub message: String,
    /// SHA-512 of the file that it is about, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The number of the action that it is about, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<u32>,
    /// The number of the check that it is about, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<u32>,
}

/// What a line may say of its end.
pub const STATUSES: &[&str] = &["ok", "ko", "warning", "info", "ignore"];
/// Bytes of a message; what is over is cut off and counted.
pub const LONGEST_MESSAGE: usize = 2048;
/// Lines, answers and questions of one run.
pub const MOST_TOLD: usize = 10_000;
/// Fields of one answer, and the bytes of all its names and values.
const MOST_FIELDS: usize = 256;
const LARGEST_ANSWER: usize = 64 << 10;
/// Bytes of a word that a person's answer is told with.
const LONGEST_WORD: usize = 256;

/// Tells the server a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tell {
    pub line: StatusLine,
}

/// One result of a collection: names and values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub fields: Vec<(String, String)>,
}

/// What a person answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// `before`, `after_download`, `after`, …
    pub kind: String,
    /// `continue`, `stop`, `postpone`, …
    pub behavior: String,
    /// `on_ok`, `on_timeout`, …
    pub event: String,
    pub user: String,
}

impl HostCall for Tell {
    type Reply = ();
    const NAME: &'static str = "status.tell";
    const RECORDED: bool = false;

    fn ask(&self) -> Result<Ask, CallError> {
        let line = &self.line;
        if let Some(status) = line.status.as_deref().filter(|status| !STATUSES.contains(status)) {
            let known = STATUSES.join(", ");
            return Err(CallError::Invalid(format!("no status is called {status:?} (there are: {known})")));
        }
        if let Some(file) = line.file.as_deref().filter(|file| !is_sha512(file)) {
            return Err(CallError::Invalid(format!("{file:?} is no SHA-512 in hexadecimal")));
        }
        Ok(Ask::run())
    }

    fn size(&self) -> u64 {
        self.line.message.len() as u64
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<(), CallError> {
        let mut line = self.line;
        line.message = short(line.message, LONGEST_MESSAGE);
        native.report.tell(line)
    }
}

impl HostCall for Answer {
    type Reply = ();
    const NAME: &'static str = "status.answer";
    const RECORDED: bool = false;

    fn ask(&self) -> Result<Ask, CallError> {
        let bytes: usize = self.fields.iter().map(|(name, value)| name.len().saturating_add(value.len())).sum();
        if self.fields.len() > MOST_FIELDS || bytes > LARGEST_ANSWER {
            return Err(CallError::Invalid(format!(
                "an answer of {} fields and {bytes} bytes; at most {MOST_FIELDS} and {LARGEST_ANSWER}",
                self.fields.len()
            )));
        }
        if let Some((name, _)) = self.fields.iter().find(|(name, _)| name.is_empty() || name.starts_with('_')) {
            // `_sid`, `_cpt` and the token are the host's to fill in.
            return Err(CallError::Invalid(format!("an answer has no field of its own that is called {name:?}")));
        }
        Ok(Ask::run())
    }

    fn size(&self) -> u64 {
        self.fields.iter().map(|(name, value)| (name.len() + value.len()) as u64).sum()
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<(), CallError> {
        native.report.answer(self.fields)
    }
}

impl HostCall for Asked {
    type Reply = ();
    const NAME: &'static str = "status.asked";
    const RECORDED: bool = false;

    fn ask(&self) -> Result<Ask, CallError> {
        let words = [&self.kind, &self.behavior, &self.event, &self.user];
        match words.iter().find(|word| word.len() > LONGEST_WORD) {
            Some(word) => Err(CallError::Invalid(format!("a word of {} bytes; at most {LONGEST_WORD}", word.len()))),
            None => Ok(Ask::run()),
        }
    }

    fn size(&self) -> u64 {
        (self.kind.len() + self.behavior.len() + self.event.len() + self.user.len()) as u64
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<(), CallError> {
        native.report.asked(self)
    }
}

fn is_sha512(text: &str) -> bool {
    text.len() == 128 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn short(mut text: String, most: usize) -> String {
    let whole = text.len();
    if whole > most {
        let kept = text.floor_char_boundary(most);
        text.truncate(kept);
        text.push_str(&format!("… (truncated {} bytes)", whole - kept));
    }
    text
}

/// What a run told its server, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub lines: Vec<StatusLine>,
    pub answers: Vec<Vec<(String, String)>>,
    pub asked: Vec<Asked>,
}

/// Keeps what a run tells, up to the bound of one run: for a run that nobody else listens to.
#[derive(Debug, Default)]
pub struct Telling(Mutex<Told>);

impl Telling {
    pub fn tell(&self, line: StatusLine) -> Result<(), CallError> {
        self.room().map(|mut told| told.lines.push(line))
    }

    pub fn answer(&self, fields: Vec<(String, String)>) -> Result<(), CallError> {
        self.room().map(|mut told| told.answers.push(fields))
    }

    pub fn asked(&self, asked: Asked) -> Result<(), CallError> {
        self.room().map(|mut told| told.asked.push(asked))
    }

    /// What was told so far.
    pub fn told(&self) -> Told {
        self.lock().clone()
    }

    fn room(&self) -> Result<MutexGuard<'_, Told>, CallError> {
        let told = self.lock();
        let so_far = told.lines.len().saturating_add(told.answers.len()).saturating_add(told.asked.len());
        if so_far >= MOST_TOLD { Err(CallError::Exhausted(Spent::Calls)) } else { Ok(told) }
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(status: Option<&str>, file: Option<&str>) -> Tell {
        let (status, file) = (status.map(str::to_owned), file.map(str::to_owned));
        Tell { line: StatusLine { status, file, message: "m".to_owned(), ..StatusLine::default() } }
    }

    #[test]
    fn a_line_says_what_the_protocol_knows() {
        let digest = "0a".repeat(64);
        for call in [line(None, None), line(Some("ok"), Some(&digest)), line(Some("ignore"), None)] {
            assert_eq!(call.ask(), Ok(Ask::run()), "{call:?}");
        }
        for call in
            [line(Some("OK"), None), line(Some(""), None), line(None, Some("../x")), line(None, Some(&digest[1..]))]
        {
            assert!(matches!(call.ask(), Err(CallError::Invalid(_))), "{call:?}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut_and_counted() {
        assert_eq!(short("ä".repeat(3), 6), "äää");
        assert_eq!(short("ä".repeat(4), 5), "ää… (truncated 4 bytes)");
    }

    #[test]
    fn an_answer_is_bounded_and_does_not_name_what_is_the_hosts() {
        let answer = |fields: &[(&str, &str)]| {
            let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            Answer { fields: fields.iter().map(own).collect() }.ask()
        };
        assert_eq!(answer(&[("path", "/x"), ("size", "9")]), Ok(Ask::run()));
        let large = "v".repeat(LARGEST_ANSWER);
        for fields in [&[("_sid", "1")][..], &[("", "1")], &[("a", &large)], &[("a", "b"); MOST_FIELDS + 1]] {
            assert!(matches!(answer(fields), Err(CallError::Invalid(_))));
        }
    }

    #[test]
    fn a_run_tells_so_much_and_no_more() {
        let telling = Telling::default();
        for _ in 0..MOST_TOLD {
            assert_eq!(telling.tell(StatusLine::default()), Ok(()));
        }
        assert_eq!(telling.tell(StatusLine::default()), Err(CallError::Exhausted(Spent::Calls)));
        assert_eq!(telling.answer(vec![]), Err(CallError::Exhausted(Spent::Calls)));
        assert_eq!(telling.told().lines.len(), MOST_TOLD);
    }
}
