//! The audit log, read again: oldest file first, as a stream.

use super::file::without_links;
use airlock_gate::audit::{Anchor, Decided, Fault, Question, Verified, find, verify};
use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Equal decisions that are counted at most.
const COUNTED: usize = 10_000;

pub struct AuditReader {
    path: PathBuf,
}

/// Where a reader that follows a log has got to.
#[derive(Debug, Default, Clone, Copy)]
pub struct Position {
    inode: u64,
    offset: u64,
}

impl AuditReader {
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The files, oldest first; none when nothing was ever recorded.
    fn files(&self) -> io::Result<Vec<(String, BufReader<File>)>> {
        let mut files = Vec::new();
        for path in [self.path.with_added_extension("1"), self.path.clone()] {
            match open(&path) {
                Ok(file) => files.push((path.display().to_string(), BufReader::with_capacity(64 << 10, file))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(files)
    }

    /// What was decided, oldest first.
    pub fn decided(&self, question: &Question) -> io::Result<VecDeque<Decided>> {
        let mut found = VecDeque::new();
        for (name, mut file) in self.files()? {
            let odd = find(&mut file, question, &mut found)?;
            if odd > 0 {
                tracing::warn!("{name}: {odd} lines are no records (airlock audit verify)");
            }
        }
        Ok(found)
    }

    /// The last refusal, of a server or of anyone.
    pub fn last_denied(&self, server: Option<&str>) -> io::Result<Option<Decided>> {
        let server = server.map(str::to_owned);
        let question = Question { last: 1, only_denied: true, server, ..Question::default() };
        Ok(self.decided(&question)?.pop_back())
    }

    /// How often the same was decided (same server, task, question and code), and since when (UTC).
    pub fn seen(&self, decided: &Decided) -> io::Result<(u64, Option<String>)> {
        let question = Question { last: COUNTED, like: Some(decided.record.clone()), ..Question::default() };
        let all = self.decided(&question)?;
        let since = all.front().and_then(|first| first.text("time")).map(str::to_owned);
        Ok((all.iter().map(|one| one.times).sum(), since))
    }

    /// Whether the log is as it was written.
    pub fn verify(&self, anchors: &[Anchor]) -> io::Result<Result<Verified, Fault>> {
        let mut files = self.files()?;
        let mut readers: Vec<(String, &mut dyn BufRead)> =
            files.iter_mut().map(|(name, file)| (name.clone(), file as &mut dyn BufRead)).collect();
        Ok(verify(&mut readers, anchors))
    }

    /// The end of the log, for a reader that follows it.
    pub fn end(&self) -> Position {
        let metadata = open(&self.path).and_then(|file| file.metadata());
        metadata.map_or_else(|_| Position::default(), |file| Position { inode: file.ino(), offset: file.len() })
    }

    /// What came behind `position`, as whole lines; the position moves on. In a file that took the place of the one before
    /// it everything is new.
    pub fn since(&self, position: &mut Position) -> io::Result<Vec<u8>> {
        let mut file = match open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let metadata = file.metadata()?;
        if metadata.ino() != position.inode || metadata.len() < position.offset {
            *position = Position { inode: metadata.ino(), offset: 0 };
        }
        file.seek(SeekFrom::Start(position.offset))?;
        let mut new = Vec::new();
        file.take(4 << 20).read_to_end(&mut new)?;
        let whole = new.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        new.truncate(whole);
        position.offset += whole as u64;
        Ok(new)
    }
}

fn open(path: &Path) -> io::Result<File> {
    without_links(OpenOptions::new().read(true)).open(path)
}
