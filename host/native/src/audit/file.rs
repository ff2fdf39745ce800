//! The audit log as a file: one line of JSON a record, only ever appended to, each tied to the one before it.
//!
//! Several processes write to one file. Each record is written under a lock, and whoever holds it first looks whether
//! the file is as it left it. What a crash cut short is said by the next record; a file that is full is put aside, and
//! the chain goes on in the next one.

use super::Anchors;
use crate::{Folders, FoldersError, system};
use airlock_gate::audit::chain::{Head, Sealed, torn};
use airlock_gate::policy::AuditSettings;
use airlock_gate::{AuditLog, Record};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// At this size a file is put aside under the name `….1`, in place of the one before it.
const FULL: u64 = 32 << 20;
/// The end of a file, in which its last record is looked for: several times the longest.
const TAIL: u64 = 256 << 10;
/// Another process writes a record in microseconds. One that holds the lock for longer is stopped or broken.
const PATIENCE: Duration = Duration::from_secs(2);

pub struct AuditFile {
    path: PathBuf,
    lock: File,
    boot: String,
    anchors: Anchors,
    state: Mutex<State>,
    /// The owner was told once that records are missing.
    failed: AtomicBool,
}

#[derive(Default)]
struct State {
    file: Option<Open>,
    head: Head,
    since_anchor: u32,
}

/// The file as this process left it.
struct Open {
    file: File,
    device: u64,
    inode: u64,
    size: u64,
}

impl AuditFile {
    /// A log without anchors.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::with_anchors(path, Anchors::default())
    }

    pub fn with_anchors(path: &Path, anchors: Anchors) -> io::Result<Self> {
        let lock = private(&path.with_added_extension("lock"), OpenOptions::new().read(true).write(true))?;
        let (state, failed) = (Mutex::default(), AtomicBool::new(false));
        let log = Self { path: path.to_owned(), lock, boot: boot(), anchors, state, failed };
        log.locked(|state| log.catch_up(state))?;
        Ok(log)
    }

    /// The log of this user's folders, anchored beside their state; that of the system's service in its journal too.
    pub fn of(folders: &Folders) -> Result<Self, FoldersError> {
        Self::under(folders, &AuditSettings::default())
    }

    /// As [`Self::of`], anchored where and as often as the owner's policy says.
    pub fn under(folders: &Folders, settings: &AuditSettings) -> Result<Self, FoldersError> {
        let path = folders.audit()?;
        let anchors = Anchors::under(settings, folders.anchors()?, folders.are_the_systems());
        Self::with_anchors(&path, anchors).map_err(|error| FoldersError::Io { path, error })
    }

    fn locked<T>(&self, work: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let began = Instant::now();
        loop {
            match self.lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if began.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(1)),
                Err(TryLockError::WouldBlock) => {
                    return Err(io::Error::new(io::ErrorKind::TimedOut, "another process holds its lock"));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        let done = work(&mut state);
        self.lock.unlock()?;
        done
    }

    /// Looks at the file under the lock: is it the one that we know, and as we left it?
    fn catch_up(&self, state: &mut State) -> io::Result<()> {
        let there = match fs::symlink_metadata(&self.path) {
            Ok(there) => Some(there),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let known = state.file.as_ref().zip(there.as_ref());
        if known.is_some_and(|(known, there)| {
            (known.device, known.inode, known.size) == (there.dev(), there.ino(), there.len())
        }) {
            return Ok(());
        }
        state.file = None;
        let mut options = OpenOptions::new();
        let file = private(&self.path, options.read(true).append(true))?;
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.uid() != system::user_id() || metadata.mode() & 0o022 != 0 {
            return Err(io::Error::other("not a file that only this user can write"));
        }
        let mut open = Open { device: metadata.dev(), inode: metadata.ino(), size: metadata.len(), file };
        let end = End::of(&open.file, open.size)?;
        let mut events = Vec::new();
        match end.head {
            Some(head) => state.head = head,
            None => self.begin(state, &mut events)?,
        }
        if end.lacks_end {
            append(&mut open, b"\n")?;
        } else if !end.torn.is_empty() {
            tracing::warn!("the audit log's last line was cut short by a crash: {} bytes", end.torn.len());
            events.insert(0, torn(&end.torn));
            append(&mut open, b"\n")?;
        }
        state.file = Some(open);
        events.into_iter().try_for_each(|event| self.append(state, event))
    }

    /// The head of a file without records: of the file that was put aside, or of the last anchor, if there is any.
    fn begin(&self, state: &mut State, events: &mut Vec<Record>) -> io::Result<()> {
        let aside = match without_links(OpenOptions::new().read(true)).open(self.aside()) {
            Ok(aside) => End::of(&aside, aside.metadata()?.len())?.head,
            Err(_) => None,
        };
        let anchored = self.anchors.last();
        if let Some(head) = aside {
            events.push(Record::event("audit.rotated", serde_json::json!({ "records": head.seq })));
            state.head = head;
        } else if let Some(head) = anchored {
            tracing::warn!("the audit log is gone: record {} was the last that was anchored", head.seq);
            events.push(Record::event("audit.lost", serde_json::json!({ "anchored": head.seq })));
            state.head = head;
        } else {
            state.head = Head::default();
        }
        Ok(())
    }

    fn aside(&self) -> PathBuf {
        self.path.with_added_extension("1")
    }

    fn append(&self, state: &mut State, mut record: Record) -> io::Result<()> {
        let Some(open) = state.file.as_mut() else { return Err(io::Error::other("the file is not open")) };
        record.set("boot", &self.boot).set("mono", system::monotonic_milliseconds());
        let durable = record.is_durable();
        let (mut line, head) = state.head.seal(record);
        line.push('\n');
        append(open, line.as_bytes())?;
        if durable {
            open.file.sync_data()?;
        }
        state.head = head;
        state.since_anchor += 1;
        if state.since_anchor >= self.anchors.every {
            self.anchors.keep(&state.head);
            state.since_anchor = 0;
        }
        Ok(())
    }

    fn rotate(&self, state: &mut State) -> io::Result<()> {
        fs::rename(&self.path, self.aside())?;
        self.catch_up(state)
    }
}

/// Writes whole or not at all: half a line would look like a crash.
fn append(open: &mut Open, bytes: &[u8]) -> io::Result<()> {
    match (&open.file).write_all(bytes) {
        Ok(()) => {
            open.size += bytes.len() as u64;
            Ok(())
        }
        Err(error) => {
            let _ = open.file.set_len(open.size);
            Err(error)
        }
    }
}

/// Opens a file of this user's own, through no link; one that is written to is made if it is not there.
fn private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    without_links(options).create(true).mode(0o600).open(path)
}

/// Nor does opening a pipe wait for anyone.
pub(super) fn without_links(options: &mut OpenOptions) -> &mut OpenOptions {
    let flags = nix::fcntl::OFlag::O_NOFOLLOW | nix::fcntl::OFlag::O_NONBLOCK;
    options.custom_flags(flags.bits())
}

/// What stands at the end of a file.
struct End {
    head: Option<Head>,
    /// Behind the last end of a line.
    torn: Vec<u8>,
    /// What is behind it is a whole record: only its end did not get to the disk.
    lacks_end: bool,
}

impl End {
    fn of(file: &File, size: u64) -> io::Result<Self> {
        // A record has a few hundred bytes: mostly a little is enough.
        let small = Self::within(file, size, 4096)?;
        if small.head.is_some() { Ok(small) } else { Self::within(file, size, TAIL) }
    }

    fn within(file: &File, size: u64, most: u64) -> io::Result<Self> {
        let length = size.min(most);
        let mut tail = vec![0; usize::try_from(length).unwrap_or(0)];
        file.read_exact_at(&mut tail, size - length)?;
        let ended = tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let torn = tail.split_off(ended);
        let sealed = |line: &[u8]| Sealed::read(std::str::from_utf8(line).ok()?);
        if let Some(whole) = sealed(&torn).filter(|sealed| sealed.is_whole) {
            return Ok(Self { head: Some(whole.head()), torn, lacks_end: true });
        }
        let mut lines = tail.split(|byte| *byte == b'\n').rev();
        let head = lines.find_map(|line| Some(sealed(line)?.head()));
        Ok(Self { head, torn, lacks_end: false })
    }
}

impl AuditLog for AuditFile {
    fn write(&self, record: Record) -> io::Result<()> {
        let written = self.locked(|state| {
            self.catch_up(state)?;
            if state.file.as_ref().is_some_and(|open| open.size >= FULL) {
                self.rotate(state)?;
            }
            self.append(state, record)
        });
        if let Err(error) = &written
            && !self.failed.swap(true, Ordering::Relaxed)
        {
            tracing::warn!("the audit log cannot be written: {error}");
        }
        written
    }

    fn anchor(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.since_anchor > 0 {
            self.anchors.keep(&state.head);
            state.since_anchor = 0;
        }
    }
}

/// Which start of the system this is, in a few digits.
fn boot() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.chars().filter(char::is_ascii_alphanumeric).take(8).collect()
}
