//! Heads of the audit's chain, written down outside of it: to a file in the folder of state, and to the system's journal,
//! which may keep them on another machine. Who writes the log anew does not get at those.

use super::file::without_links;
use crate::journal::{Journal, Weight};
use airlock_gate::audit::Anchor;
use airlock_gate::audit::chain::Head;
use airlock_gate::policy::AuditSettings;
use serde_json::Value;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Some thousands of anchors; then the file is put aside, in place of the one before it.
const FULL: u64 = 1 << 20;
/// A line of an anchor has some 150 bytes.
const LONGEST: u64 = 1024;

/// Where heads are written down, and how often.
#[derive(Debug, Clone)]
pub struct Anchors {
    pub file: Option<PathBuf>,
    pub to_journal: bool,
    /// After so many records, and at the end of each run.
    pub every: u32,
}

impl Default for Anchors {
    fn default() -> Self {
        Self { file: None, to_journal: false, every: 50 }
    }
}

impl Anchors {
    /// As the owner's policy says it. The file is always kept: by it the log itself is found cut short.
    pub(super) fn under(settings: &AuditSettings, file: PathBuf, are_the_systems: bool) -> Self {
        let named = |anchor: &&str| matches!(*anchor, "journal" | "syslog");
        let to_journal = settings.anchor.iter().any(named) || (settings.anchor.is_empty() && are_the_systems);
        let every =
            settings.anchor_every.map_or(Self::default().every, |every| u32::try_from(every).unwrap_or(u32::MAX));
        Self { file: Some(file), to_journal, every: every.max(1) }
    }

    /// Best effort: a head that is not written down proves less, and stops nothing.
    pub(super) fn keep(&self, head: &Head) {
        if let Some(Err(error)) = self.file.as_deref().map(|path| append(path, head)) {
            tracing::debug!("the audit's head is not anchored: {error}");
        }
        if self.to_journal
            && let Err(error) = to_journal(head)
        {
            tracing::debug!("the audit's head does not reach the journal: {error}");
        }
    }

    /// The last head in the file.
    pub(super) fn last(&self) -> Option<Head> {
        let mut file = open(self.file.as_deref()?).ok()?;
        let length = file.metadata().ok()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LONGEST))).ok()?;
        let mut tail = Vec::new();
        file.take(LONGEST).read_to_end(&mut tail).ok()?;
        let text = String::from_utf8_lossy(&tail);
        text.lines().rev().find_map(parse).map(|(head, _)| head)
    }
}

/// All heads in a file, and in the one that was put aside before it.
pub fn read_anchors(path: &Path) -> io::Result<Vec<Anchor>> {
    let mut all = Vec::new();
    for path in [path.with_added_extension("1"), path.to_owned()] {
        let file = match open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other?,
        };
        for line in BufReader::new(file.take(2 * FULL)).lines() {
            if let Some((head, time)) = parse(&line?) {
                all.push(Anchor { seq: head.seq, hash: head.hash, from: format!("{} {time}", path.display()) });
            }
        }
    }
    Ok(all)
}

fn open(path: &Path) -> io::Result<fs::File> {
    without_links(OpenOptions::new().read(true)).open(path)
}

fn parse(line: &str) -> Option<(Head, String)> {
    let anchor: Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| anchor.get(name).and_then(Value::as_str).map(str::to_owned);
    Some((Head { seq: anchor.get("seq")?.as_u64()?, hash: text("hash")? }, text("time").unwrap_or_default()))
}

fn append(path: &Path, head: &Head) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.len() >= FULL) {
        fs::rename(path, path.with_added_extension("1"))?;
    }
    let mut file = without_links(OpenOptions::new().append(true).create(true).mode(0o600)).open(path)?;
    let mut record = airlock_gate::Record::at(SystemTime::now());
    record.set("seq", head.seq).set("hash", &head.hash);
    file.write_all(format!("{}\n", record.line()).as_bytes())
}

fn to_journal(head: &Head) -> io::Result<()> {
    let message = format!("audit anchor seq={} hash={}", head.seq, head.hash);
    Journal::default().tell(Weight::Informational, &message)
}
