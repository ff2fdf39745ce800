//! Telling a server how its job goes: word by word, in order. What it does not take now waits in the journal and goes first
//! the next time. All of it is in the egress ledger before it leaves, as it leaves.

use super::JobLog;
use crate::session::{SessionError, Wire};
use airlock_gate::calls::{StatusLine, Step};
use airlock_native::{FoldersError, JobState, KeptJob, Sent, Word};
use airlock_protocol::requests::{Part, Rest, Step as Theirs};
use std::time::{Duration, Instant};

/// Lines of one job that are told one by one; of what comes then, only what a server has to know.
const MOST_LINES: usize = 1_000;
/// How often a server may refuse one line before the next has its turn.
const REFUSALS: u32 = 3;
/// Words that go into the ledger at once.
const BATCH: usize = 100;
/// What the ledger calls them.
const KIND: &str = "status";
/// So long a server that could not be told is left alone while the job goes on.
const PAUSE: Duration = Duration::from_secs(5);

/// The way to one job's server.
pub(crate) struct Telling<'a> {
    wire: &'a Wire,
    device: &'a str,
    log: &'a JobLog,
    ledger: Sent,
    /// So many words are in the ledger.
    noted: usize,
    not_before: Option<Instant>,
    refused: u32,
}

/// Puts requests into the ledger that are about to go to a server.
pub(crate) fn note(ledger: &Sent, server: &str, remote: &str, requests: &[&Rest]) -> Result<(), FoldersError> {
    let mut lines = String::new();
    for request in requests {
        lines += &format!("{}{}\n", request.url(remote), request.body().map(|b| format!(" {b}")).unwrap_or_default());
    }
    ledger.record_lines(server, KIND, remote, &lines).map(drop)
}

impl<'a> Telling<'a> {
    pub(crate) fn new(wire: &'a Wire, device: &'a str, log: &'a JobLog, ledger: Sent) -> Self {
        Self { wire, device, log, ledger, noted: 0, not_before: None, refused: 0 }
    }

    /// Tells what there is to tell, but leaves a server alone that could not be told a moment ago.
    pub(crate) fn now_and_then(&mut self) {
        if self.not_before.is_some_and(|time| Instant::now() < time) {
            return;
        }
        if let Err(error) = self.all() {
            tracing::warn!("the server is not told how its job goes, for now: {error:#}");
            self.not_before = Some(Instant::now() + PAUSE);
        }
    }

    /// Tells all that there is to tell.
    pub(crate) fn all(&mut self) -> anyhow::Result<()> {
        loop {
            let batch = self.log.with(|journal| batch(&journal.job, &journal.state, self.device));
            let Some(last) = batch.last().map(|next| next.index) else { return Ok(()) };
            let new: Vec<&Rest> =
                batch.iter().filter(|next| next.index >= self.noted).flat_map(|next| &next.requests).collect();
            if !new.is_empty() {
                let (server, remote) =
                    self.log.with(|journal| (journal.job.server.clone(), journal.job.remote.clone()));
                note(&self.ledger, &server, &remote, &new)?;
            }
            self.noted = self.noted.max(last + 1);
            for Next { index, requests } in batch {
                for request in requests {
                    self.send(&request)?;
                }
                self.log.with(|journal| journal.sent(index + 1))?;
            }
        }
    }

    /// A line that the server refuses again and again is passed over: those after it may be what ends the job.
    fn send(&mut self, request: &Rest) -> Result<(), SessionError> {
        let remote = self.log.with(|journal| journal.job.remote.clone());
        loop {
            match self.wire.rest(&remote, request) {
                Ok(_) => {
                    self.refused = 0;
                    return Ok(());
                }
                Err(
                    error @ (SessionError::Refused { status: 200..500, .. }
                    | SessionError::Answer { status: 200..500, .. }),
                ) => {
                    self.refused += 1;
                    if self.refused >= REFUSALS {
                        self.refused = 0;
                        tracing::warn!("the server does not take a line about its job, which is left out: {error}");
                        return Ok(());
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// What is said next, and with which word of the journal it is done.
struct Next {
    index: usize,
    requests: Vec<Rest>,
}

/// What there is to say, from the first word that the server does not have.
fn batch(job: &KeptJob, state: &JobState, device: &str) -> Vec<Next> {
    let mut from = state.sent;
    let mut all = Vec::new();
    while all.len() < BATCH
        && let Some(next) = next(job, state, from, device)
    {
        from = next.index + 1;
        all.push(next);
    }
    all
}

fn next(job: &KeptJob, state: &JobState, from: usize, device: &str) -> Option<Next> {
    let mut index = from;
    let mut passed_over = 0_usize;
    loop {
        let word = state.words.get(index)?;
        let is_last = index + 1 == state.words.len();
        if index < MOST_LINES || has_to_be_told(word) {
            let mut requests = Vec::new();
            if index > MOST_LINES {
                let more = index - MOST_LINES;
                let number = job.number;
                let note = format!("{more} more lines are kept at the machine (airlock jobs show j-{number})");
                requests.push(Rest::set_status(device, &job.uuid, Part::Job, None, "info", &note));
            }
            requests.push(request(job, state, index, word, device));
            return Some(Next { index, requests });
        }
        passed_over += 1;
        if is_last {
            // Kept, and done with: what comes later says that there was more.
            return (passed_over > 0).then_some(Next { index, requests: Vec::new() });
        }
        index += 1;
    }
}

/// What ends a job for its server, and what a person said.
fn has_to_be_told(word: &Word) -> bool {
    match word {
        Word::Line(line) => line.status.as_deref() == Some("ko") || (line.step.is_none() && line.status.is_some()),
        Word::Asked(_) => true,
    }
}

fn request(job: &KeptJob, state: &JobState, index: usize, word: &Word, device: &str) -> Rest {
    match word {
        Word::Line(line) => {
            let part = line.file.as_deref().map_or(Part::Job, Part::File);
            let status = line.status.as_deref().unwrap_or_default();
            let request = Rest::set_status(device, &job.uuid, part, line.step.map(theirs), status, &line.message);
            request.of_action(line.action.unwrap_or(0).into()).of_check(line.check.unwrap_or(0).into())
        }
        Word::Asked(asked) => {
            let before = state.words.get(..index).unwrap_or_default();
            let step = lines(before).rev().find_map(|line| line.step).map(theirs);
            let (kind, behavior, event, user) = (&asked.kind, &asked.behavior, &asked.event, &asked.user);
            Rest::set_user_event(device, &job.uuid, kind, behavior, event, user, step)
        }
    }
}

fn theirs(step: Step) -> Theirs {
    match step {
        Step::Checking => Theirs::Checking,
        Step::Downloading => Theirs::Downloading,
        Step::Prepare => Theirs::Prepare,
        Step::Processing => Theirs::Processing,
    }
}

fn lines(words: &[Word]) -> impl DoubleEndedIterator<Item = &StatusLine> {
    words.iter().filter_map(|word| match word {
        Word::Line(line) => Some(line),
        Word::Asked(_) => None,
    })
}

/// Nothing comes after this line: it says how the job ended. (A check of one action that fails skips that action.)
pub(crate) fn is_last(line: &StatusLine) -> bool {
    match line.status.as_deref() {
        Some("ko") => line.check.is_none() || line.action.is_none(),
        Some("ok") => line.step.is_none(),
        _ => false,
    }
}

/// What is said of a job that ended in the middle of a change: during which action, by what was told of the ones before.
pub(crate) fn interrupted(job: &KeptJob, state: &JobState) -> StatusLine {
    let is_success = |line: &&StatusLine| line.step == Some(Step::Processing) && line.status.as_deref() == Some("ok");
    let last = lines(&state.words).rev().find(|line| line.action.is_some() || line.step == Some(Step::Processing));
    let at = last.map_or(0, |line| line.action.unwrap_or(0).saturating_add(u32::from(is_success(&line))));
    let document: serde_json::Value = serde_json::from_str(&job.text).unwrap_or_default();
    let action = document.pointer(&format!("/job/actions/{at}"));
    let parameters = action.and_then(|action| action.as_object()?.values().next());
    let name = parameters.and_then(|parameters| parameters.get("name")?.as_str());
    let name = name.map(|name| format!(" ({})", airlock_model::short_line(name, 100))).unwrap_or_default();
    let number = at.saturating_add(1);
    StatusLine {
        step: Some(Step::Processing),
        status: Some("ko".to_owned()),
        message: format!("interrupted during action #{number}{name}; not run again"),
        action: Some(at),
        ..StatusLine::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(step: Option<Step>, status: Option<&str>, message: &str, action: Option<u32>) -> Word {
        let (status, message) = (status.map(str::to_owned), message.to_owned());
        Word::Line(StatusLine { step, status, message, action, ..StatusLine::default() })
    }

    fn job() -> KeptJob {
        let text = r#"{"job":{"actions":[{"mkdir":{"list":[]}},{"copy":{"name":"copy all"}}]}}"#;
        KeptJob { number: 3, uuid: "6b02e835".to_owned(), text: text.to_owned(), ..KeptJob::default() }
    }

    fn urls(next: &Next) -> Vec<String> {
        next.requests.iter().map(|request| request.url("")).collect()
    }

    #[test]
    fn a_word_is_told_as_the_protocol_has_it() {
        let state = JobState {
            words: vec![line(Some(Step::Processing), Some("ok"), "copy all, processing success", Some(1))],
            ..JobState::default()
        };
        let next = next(&job(), &state, state.sent, "vm-1").unwrap();
        assert_eq!(
            urls(&next),
            ["?action=setStatus&machineid=vm-1&uuid=6b02e835&part=job&currentStep=processing&status=ok\
              &msg=copy%20all%2C%20processing%20success&actionnum=1"]
        );
    }

    #[test]
    fn a_flood_is_cut_short_and_its_end_is_told() {
        let mut state = JobState::default();
        let flood = || line(Some(Step::Processing), None, "line", Some(0));
        state.words.extend((0..MOST_LINES + 500).map(|_| flood()));
        let mut told = Vec::new();
        while let Some(next) = next(&job(), &state, state.sent, "vm-1") {
            told.extend(urls(&next));
            state.sent = next.index + 1;
        }
        assert_eq!((told.len(), state.sent), (MOST_LINES, state.words.len()));
        state.words.push(line(None, Some("ok"), "job successfully completed", None));
        let next = next(&job(), &state, state.sent, "vm-1").unwrap();
        let told = urls(&next);
        assert_eq!(told.len(), 2);
        assert!(told[0].contains("500%20more%20lines%20are%20kept"), "{told:?}");
        assert!(told[1].contains("job%20successfully%20completed"), "{told:?}");
    }

    #[test]
    fn where_it_was_interrupted_is_said() {
        let success = |action| line(Some(Step::Processing), Some("ok"), "…, processing success", action);
        let of = |words: Vec<Word>| interrupted(&job(), &JobState { words, ..JobState::default() }).message;
        let prepared = || line(Some(Step::Prepare), Some("ok"), "success", None);
        assert_eq!(of(vec![prepared()]), "interrupted during action #1; not run again");
        for first in [None, Some(0)] {
            let words = vec![prepared(), success(first)];
            assert_eq!(of(words), "interrupted during action #2 (copy all); not run again");
        }
        let output = line(Some(Step::Processing), None, "copy all: a line", Some(1));
        assert_eq!(of(vec![success(Some(0)), output]), "interrupted during action #2 (copy all); not run again");
    }
}
