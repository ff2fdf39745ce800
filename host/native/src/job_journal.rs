//! A server's job from the moment at which it came until its server knows how it ended: kept here, whatever happens to this
//! program in between.
//!
//! A folder a job, named by the digest of the job's text: `job.json` is the job as it is handed to the task and never
//! changes; `events` grows by a line for each thing that happened (JSON). A line that a crash cut short is dropped when the
//! file is opened again. What the job's fate hangs on (it was admitted, a change of the machine begins, it ended) is on the
//! disk before anything follows from it; a line for the server outlives the program at once and the machine with the next
//! of those.

use crate::kept::{at, read_kept};
use crate::locked_file::{Keep, LockedFile, sync_folder};
use crate::{Folders, FoldersError};
use airlock_gate::approvals::Bound;
use airlock_gate::calls::{Asked, StatusLine};
use airlock_gate::jobs::digest;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Of a job's text with its files, and of what happened to it.
const LARGEST_JOB: u64 = 16 << 20;
const LARGEST_EVENTS: u64 = 64 << 20;
/// Jobs of one server that are not done.
pub const MOST_JOBS: usize = 200;
/// Jobs that are done and whose server knows it are kept so long, and so many of a server, for people and for a server that
/// sends one again.
const KEPT_SECONDS: u64 = 30 * 86_400;
const KEPT_JOBS: usize = 200;
const JOB: &str = "job.json";
const EVENTS: &str = "events";

/// A job as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptJob {
    /// People know it by this number.
    pub number: u64,
    pub server: String,
    pub task: String,
    /// The server's name for it.
    pub uuid: String,
    /// Where its server wants to hear of it.
    pub remote: String,
    /// What a collection's server calls the question, handed back with each result; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sid: String,
    /// What the task is handed: JSON, without secrets.
    pub text: String,
    /// Seconds since 1970.
    pub came: u64,
    /// It was remembered as one that ran before when it came.
    pub was_known: bool,
}

/// Something that the server is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    Line(StatusLine),
    Asked(Asked),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Event {
    /// It may run, and is remembered by its digest.
    Admitted,
    /// A run of it begins.
    Began,
    /// What has to reach the server.
    Word(Word),
    /// So many of these the server has, or does not take.
    Sent(usize),
    /// The machine is about to be changed.
    Change { call: String },
    /// It waits for a person.
    Waits { on: Vec<Bound>, policy: String },
    /// Its end, in words for people, and when (seconds since 1970).
    Done { how: String, at: u64 },
}

/// What is known of a job.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JobState {
    pub admitted: bool,
    /// Runs that began.
    pub runs: u32,
    pub words: Vec<Word>,
    /// How many of these the server has.
    pub sent: usize,
    /// The first change of the machine that the last run began, and how many words there were then.
    pub change: Option<(String, usize)>,
    /// What it waits for: requests of the queue of approvals, under the policy with this digest.
    pub waits: Option<(Vec<Bound>, String)>,
    /// How it ended, and when.
    pub done: Option<(String, u64)>,
}

impl JobState {
    fn learn(&mut self, event: Event) {
        match event {
            Event::Admitted => self.admitted = true,
            Event::Began => {
                self.runs = self.runs.saturating_add(1);
                self.change = None;
                self.waits = None;
            }
            Event::Word(word) => self.words.push(word),
            Event::Sent(count) => self.sent = count.min(self.words.len()),
            Event::Change { call } => {
                self.change.get_or_insert((call, self.words.len()));
            }
            Event::Waits { on, policy } => self.waits = Some((on, policy)),
            Event::Done { how, at } => self.done = Some((how, at)),
        }
    }

    /// The newest line for the server.
    pub fn last_line(&self) -> Option<&StatusLine> {
        self.words.iter().rev().find_map(|word| match word {
            Word::Line(line) => Some(line),
            Word::Asked(_) => None,
        })
    }

    /// Nothing more has to be done, and nothing more told.
    pub fn is_over(&self) -> bool {
        self.done.is_some() && self.sent >= self.words.len()
    }
}

/// The jobs of one server. One process at a time works on them (see [`crate::ServerState::session`]); others look.
#[derive(Debug, Clone)]
pub struct JobJournals {
    folder: PathBuf,
    numbers: LockedFile,
}

/// One job's journal.
#[derive(Debug)]
pub struct JobJournal {
    folder: PathBuf,
    pub job: KeptJob,
    pub state: JobState,
    events: File,
}

impl JobJournals {
    /// Of a server, by its local name.
    pub fn of_server(folders: &Folders, server: &str) -> Result<Self, FoldersError> {
        let folder = folders.of_server(server)?.join("jobs");
        crate::folders::private(&folder)?;
        let numbers = LockedFile::new(folders.state()?.join("job-number.json"), 100);
        Ok(Self { folder, numbers })
    }

    /// Those of a server, for whoever only looks; nothing is made or set aside.
    pub fn look_at(folders: &Folders, server: &str) -> Result<Vec<(KeptJob, JobState)>, FoldersError> {
        let folder = folders.of_server(server)?.join("jobs");
        let Ok(entries) = fs::read_dir(&folder) else { return Ok(Vec::new()) };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let jobs = paths.filter(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_digest));
        Ok(jobs.filter_map(|path| look(&path).ok().flatten()).collect())
    }

    /// All of them, the oldest first. One that cannot be read is said and set aside.
    pub fn all(&self) -> io::Result<Vec<(KeptJob, JobState)>> {
        let mut all = Vec::new();
        for item in fs::read_dir(&self.folder)? {
            let path = item?.path();
            let is_one = path.file_name().and_then(|name| name.to_str()).is_some_and(is_digest);
            match is_one.then(|| look(&path)) {
                None | Some(Ok(None)) => {}
                Some(Ok(Some(known))) => all.push(known),
                Some(Err(error)) => {
                    tracing::error!("a job that was kept cannot be read, and is set aside: {error}");
                    fs::rename(&path, path.with_extension("damaged"))?;
                }
            }
        }
        all.sort_by_key(|(job, _)| job.number);
        Ok(all)
    }

    /// The job with this text, if it is kept.
    pub fn open(&self, text: &str) -> io::Result<Option<JobJournal>> {
        let folder = self.folder.join(digest(text));
        let Some((job, state)) = look(&folder)? else { return Ok(None) };
        let events = open_events(&folder)?;
        Ok(Some(JobJournal { folder, job, state, events }))
    }

    /// Keeps a job that is new; its number is given here. An error where too many are not done.
    pub fn keep(&self, job: KeptJob) -> io::Result<JobJournal> {
        let waiting = self.all()?.iter().filter(|(_, state)| state.done.is_none()).count();
        if waiting >= MOST_JOBS {
            return Err(io::Error::other(format!("{MOST_JOBS} jobs of this server are not done yet")));
        }
        let number = self.numbers.change(|last: &mut u64| {
            *last = last.saturating_add(1);
            (Some(Keep::OnDisk), *last)
        })?;
        let job = KeptJob { number, ..job };
        let folder = self.folder.join(digest(&job.text));
        crate::folders::private(&folder).map_err(io::Error::other)?;
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        file.write_all(&serde_json::to_vec(&job)?)?;
        file.as_file().sync_all()?;
        file.persist(folder.join(JOB))?;
        sync_folder(&folder)?;
        sync_folder(&self.folder)?;
        let events = open_events(&folder)?;
        Ok(JobJournal { folder, job, state: JobState::default(), events })
    }

    /// Forgets the job with this text, whatever became of it.
    pub fn forget(&self, text: &str) -> io::Result<()> {
        match fs::remove_dir_all(self.folder.join(digest(text))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// Forgets jobs that are over: after a while, and where there are many.
    pub fn sweep(&self, now: u64) -> io::Result<()> {
        let over: Vec<(KeptJob, u64)> =
            self.all()?.into_iter().filter(|(_, state)| state.is_over()).map(done).collect();
        let many = over.len().saturating_sub(KEPT_JOBS);
        for (number, (job, at)) in over.iter().enumerate() {
            if number < many || now >= at.saturating_add(KEPT_SECONDS) {
                fs::remove_dir_all(self.folder.join(digest(&job.text)))?;
            }
        }
        Ok(())
    }
}

fn done((job, state): (KeptJob, JobState)) -> (KeptJob, u64) {
    let at = state.done.map_or(job.came, |(_, at)| at);
    (job, at)
}

impl JobJournal {
    pub fn admitted(&mut self) -> io::Result<()> {
        self.write(Event::Admitted, true)
    }

    pub fn begins(&mut self) -> io::Result<()> {
        self.write(Event::Began, true)
    }

    /// Has something to tell the server.
    pub fn word(&mut self, word: Word) -> io::Result<()> {
        self.write(Event::Word(word), false)
    }

    /// The server has so many of the words, or does not take them.
    pub fn sent(&mut self, count: usize) -> io::Result<()> {
        self.write(Event::Sent(count), false)
    }

    /// The machine is about to be changed: only the first one of a run has to be known.
    pub fn change(&mut self, call: &str) -> io::Result<()> {
        match self.state.change {
            Some(_) => Ok(()),
            None => self.write(Event::Change { call: call.to_owned() }, true),
        }
    }

    pub fn waits(&mut self, on: Vec<Bound>, policy: &str) -> io::Result<()> {
        self.write(Event::Waits { on, policy: policy.to_owned() }, true)
    }

    pub fn done(&mut self, how: &str, now: u64) -> io::Result<()> {
        self.write(Event::Done { how: how.to_owned(), at: now }, true)
    }

    fn write(&mut self, event: Event, on_disk: bool) -> io::Result<()> {
        let wrong = |error: &dyn std::fmt::Display| at(&self.folder.join(EVENTS), error);
        let mut line = serde_json::to_vec(&event)?;
        line.push(b'\n');
        self.events.write_all(&line).map_err(|error| wrong(&error))?;
        if on_disk {
            self.events.sync_all().map_err(|error| wrong(&error))?;
        }
        self.state.learn(event);
        Ok(())
    }
}

fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// None: nothing was kept there, or a crash came before all of it was.
fn look(folder: &Path) -> io::Result<Option<(KeptJob, JobState)>> {
    let path = folder.join(JOB);
    let Some(bytes) = read_kept(&path, LARGEST_JOB)? else { return Ok(None) };
    let job: KeptJob = serde_json::from_slice(&bytes).map_err(|error| at(&path, &error))?;
    let mut state = JobState::default();
    let path = folder.join(EVENTS);
    let events = read_kept(&path, LARGEST_EVENTS)?.unwrap_or_default();
    for line in whole_lines(&events).split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        state.learn(serde_json::from_slice(line).map_err(|error| at(&path, &error))?);
    }
    Ok(Some((job, state)))
}

fn whole_lines(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    bytes.get(..end).unwrap_or_default()
}

/// To write behind the last whole line.
fn open_events(folder: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let path = folder.join(EVENTS);
    let end = whole_lines(&read_kept(&path, LARGEST_EVENTS)?.unwrap_or_default()).len() as u64;
    let flags = nix::fcntl::OFlag::O_NOFOLLOW.bits();
    let open = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).custom_flags(flags).open(&path);
    let mut file = open.map_err(|error| at(&path, &error))?;
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journals() -> (tempfile::TempDir, JobJournals) {
        let folder = tempfile::tempdir().unwrap();
        let journals = JobJournals::of_server(&Folders::new(Some(folder.path())).unwrap(), "hq").unwrap();
        (folder, journals)
    }

    fn job(text: &str) -> KeptJob {
        KeptJob {
            server: "hq".into(),
            task: "deploy".into(),
            uuid: "6b02e835".into(),
            text: text.into(),
            ..KeptJob::default()
        }
    }

    fn line(message: &str) -> Word {
        Word::Line(StatusLine { message: message.to_owned(), ..StatusLine::default() })
    }

    #[test]
    fn what_happened_is_known_to_the_next_program() {
        let (_folder, journals) = journals();
        let mut journal = journals.keep(job("{}")).unwrap();
        journal.admitted().unwrap();
        journal.begins().unwrap();
        journal.word(line("starting")).unwrap();
        journal.sent(1).unwrap();
        journal.change("files.write").unwrap();
        journal.word(line("success")).unwrap();
        journal.change("exec.template").unwrap();
        let known = journal.state.clone();
        assert_eq!(known.change, Some(("files.write".to_owned(), 1)));
        drop(journal);
        let mut again = journals.open("{}").unwrap().unwrap();
        assert_eq!((again.job.number, &again.state), (1, &known));
        again.done("failed", 5).unwrap();
        assert!(!again.state.is_over(), "a word is not told yet");
        again.sent(2).unwrap();
        assert!(again.state.is_over());
        assert!(journals.open("{ }").unwrap().is_none());
        journals.sweep(5 + KEPT_SECONDS - 1).unwrap();
        assert_eq!(journals.all().unwrap().len(), 1);
        journals.sweep(5 + KEPT_SECONDS).unwrap();
        assert!(journals.all().unwrap().is_empty());
        assert_eq!(journals.keep(job("{}")).unwrap().job.number, 2, "a number is never given twice");
    }

    #[test]
    fn a_crash_loses_at_most_the_line_that_it_cut_short() {
        let (_folder, journals) = journals();
        let mut journal = journals.keep(job("{}")).unwrap();
        for message in ["a", "b", "c"] {
            journal.word(line(message)).unwrap();
        }
        let path = journal.folder.join(EVENTS);
        let whole = fs::read(&path).unwrap();
        let whole_until = |end: usize| whole[..end].iter().filter(|byte| **byte == b'\n').count();
        for end in 0..whole.len() {
            fs::write(&path, &whole[..end]).unwrap();
            let mut again = journals.open("{}").unwrap().unwrap();
            assert_eq!(again.state.words.len(), whole_until(end), "{end}");
            again.word(line("d")).unwrap();
            assert_eq!(journals.open("{}").unwrap().unwrap().state.words.len(), whole_until(end) + 1);
        }
    }

    #[test]
    fn what_is_damaged_is_set_aside_and_the_others_stay() {
        let (_folder, journals) = journals();
        let damaged = journals.keep(job("a")).unwrap().folder;
        journals.keep(job("b")).unwrap();
        fs::write(damaged.join(EVENTS), "{\"x\":1}\n").unwrap();
        let all = journals.all().unwrap();
        assert_eq!(all.iter().map(|(job, _)| job.text.as_str()).collect::<Vec<_>>(), ["b"]);
        assert!(damaged.with_extension("damaged").exists());
    }

    #[test]
    fn so_many_jobs_wait_and_no_more() {
        let (_folder, journals) = journals();
        for number in 0..MOST_JOBS {
            journals.keep(job(&number.to_string())).unwrap();
        }
        assert!(journals.keep(job("one more")).unwrap_err().to_string().contains("not done"));
        journals.open("0").unwrap().unwrap().done("ok", 1).unwrap();
        journals.keep(job("one more")).unwrap();
    }
}
