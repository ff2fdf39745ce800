//! How far a scan of a network has come: a bit for each of its addresses, in a file, so that a scan which was killed goes on
//! where it was. Of a /8 that is 2 MiB, whatever becomes of it.
//!
//! A bit is written as soon as its address is done, which outlives the program, and brought to the disk every other second,
//! which outlives the machine: what a power cut takes is asked again. A file of another scan, or one that is damaged, counts
//! as none; one that another process works on is an error.

use crate::kept::at;
use nix::fcntl::{Flock, FlockArg, OFlag};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The most units of one scan: the addresses of a /8.
const MOST: u64 = 1 << 24;
const SYNC: Duration = Duration::from_secs(2);
/// Where the bits begin; before that stands whose they are.
const HEADER: usize = 128;
/// In the header: that the server knows of the scan's begin.
const TOLD: usize = HEADER - 2;

/// What was done when the scan was cut short.
#[derive(Debug, Clone, Default)]
pub struct Done(Vec<u8>);

impl Done {
    pub fn contains(&self, unit: u64) -> bool {
        let byte = usize::try_from(unit / 8).ok().and_then(|byte| self.0.get(byte));
        byte.is_some_and(|byte| byte & bit(unit) != 0)
    }

    pub fn count(&self) -> u64 {
        self.0.iter().map(|byte| u64::from(byte.count_ones())).sum()
    }
}

/// Of the scan that this process is doing.
#[derive(Debug)]
pub struct ScanJournal {
    file: Flock<File>,
    path: PathBuf,
    bits: Vec<u8>,
    is_told: bool,
    synced: Instant,
}

impl ScanJournal {
    /// For the scan of that name (a digest of all that makes it this scan and no other). `resumes`: what a scan of the same
    /// name has left behind counts; else it is begun anew.
    ///
    /// # Errors
    /// Another process is doing it (`WouldBlock`), or the file cannot be made.
    pub fn open(path: &Path, name: &str, resumes: bool) -> io::Result<Self> {
        let mut open = OpenOptions::new();
        open.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = open.custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits()).open(path);
        let file = file.map_err(|error| at(path, &error))?;
        let file = Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, _errno)| {
            io::Error::new(io::ErrorKind::WouldBlock, "another process is doing the very same scan")
        })?;
        let header = header(name).ok_or_else(|| at(path, &"no name of a scan"))?;
        let kept = read(&file, &header).map_err(|error| at(path, &error))?.filter(|_| resumes);
        let (bits, is_told) = match kept {
            Some(kept) => kept,
            None => {
                file.set_len(0)?;
                file.write_all_at(&header, 0)?;
                file.sync_data()?;
                (Vec::new(), false)
            }
        };
        Ok(Self { file, path: path.to_owned(), bits, is_told, synced: Instant::now() })
    }

    /// Whether a scan of that name was cut short.
    pub fn is_left(path: &Path, name: &str) -> bool {
        let open =
            OpenOptions::new().read(true).custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits()).open(path);
        let header = header(name);
        open.ok().zip(header).is_some_and(|(file, header)| read(&file, &header).is_ok_and(|kept| kept.is_some()))
    }

    /// What was done before.
    pub fn done(&self) -> Done {
        Done(self.bits.clone())
    }

    /// A unit is done, and what came of it is where it is not lost.
    pub fn mark(&mut self, unit: u64) -> io::Result<()> {
        let index = usize::try_from(unit / 8).unwrap_or(usize::MAX);
        if unit >= MOST {
            return Err(at(&self.path, &format!("no scan has a unit {unit}")));
        }
        if self.bits.len() <= index {
            self.bits.resize(index + 1, 0);
        }
        if let Some(byte) = self.bits.get_mut(index) {
            *byte |= bit(unit);
            self.file.write_all_at(&[*byte], place(index)).map_err(|error| at(&self.path, &error))?;
        }
        if self.synced.elapsed() >= SYNC {
            self.synced = Instant::now();
            self.file.sync_data().map_err(|error| at(&self.path, &error))?;
        }
        Ok(())
    }

    /// Whether whoever gets the results was told that the scan begins.
    pub fn is_told(&self) -> bool {
        self.is_told
    }

    pub fn tell(&mut self) -> io::Result<()> {
        self.is_told = true;
        self.file.write_all_at(b"t", TOLD as u64).map_err(|error| at(&self.path, &error))
    }

    /// Of the files in a folder of such journals, only so many are left, the latest. Those that cannot be looked at stay.
    pub fn prune(folder: &Path, most: usize) {
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut all: Vec<_> =
            files.filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path()))).collect();
        all.sort_unstable();
        let old = all.len().saturating_sub(most);
        all.into_iter().take(old).for_each(|(_, path)| drop(fs::remove_file(path)));
    }

    /// The scan is over: nothing of it is kept.
    pub fn end(self) -> io::Result<()> {
        fs::remove_file(&self.path).map_err(|error| at(&self.path, &error))
    }

    /// Nothing is left of any scan.
    pub fn forget(path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path, &error)),
            _ => Ok(()),
        }
    }
}

fn bit(unit: u64) -> u8 {
    1 << (unit % 8)
}

fn place(index: usize) -> u64 {
    index.saturating_add(HEADER) as u64
}

/// `airlock scan 1`, the name; padded, with room for a mark.
fn header(name: &str) -> Option<Vec<u8>> {
    let text = format!("airlock scan 1\n{name}\n");
    let fits = text.len() < TOLD && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| format!("{text:width$}-\n", width = TOLD).into_bytes())
}

/// The bits, and the mark; nothing when it is the file of another scan.
fn read(file: &File, header: &[u8]) -> io::Result<Option<(Vec<u8>, bool)>> {
    let mut bytes = Vec::new();
    file.take(MOST / 8 + HEADER as u64 + 1).read_to_end(&mut bytes)?;
    let Some((found, bits)) = bytes.split_at_checked(HEADER) else { return Ok(None) };
    let same = found.get(..TOLD) == header.get(..TOLD);
    Ok(same.then(|| (bits.to_vec(), found.get(TOLD) == Some(&b't'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "0f0f";

    #[test]
    fn what_was_done_is_known_to_the_next_program_and_to_no_other_scan() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.scan");
        let open = |name: &str, resumes| ScanJournal::open(&path, name, resumes).unwrap();
        let mut journal = open(NAME, true);
        for unit in [0, 7, 8, 65_535] {
            journal.mark(unit).unwrap();
        }
        journal.tell().unwrap();
        assert!(journal.mark(MOST).is_err());
        // As a kill leaves it: nothing is written at the end.
        drop(journal);
        assert!(ScanJournal::is_left(&path, NAME) && !ScanJournal::is_left(&path, "0f10"));
        let journal = open(NAME, true);
        let done = journal.done();
        assert!([0, 7, 8, 65_535].into_iter().all(|unit| done.contains(unit)) && journal.is_told());
        assert!([1, 6, 9, 65_534, 70_000].into_iter().all(|unit| !done.contains(unit)) && done.count() == 4);
        drop(journal);
        assert_eq!(open(NAME, false).done().count(), 0, "begun anew");
        open(NAME, true).mark(5).unwrap();
        let other = open("0f10", true);
        assert!(other.done().count() == 0 && !other.is_told());
        drop(other);
        open(NAME, true).end().unwrap();
        assert!(!ScanJournal::is_left(&path, NAME) && !path.exists());
    }

    #[test]
    fn a_scan_is_done_once_at_a_time_and_never_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.scan");
        let first = ScanJournal::open(&path, NAME, true).unwrap();
        assert_eq!(ScanJournal::open(&path, NAME, true).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        drop(first);
        let link = folder.path().join("link.scan");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(ScanJournal::open(&link, NAME, true).is_err());
    }

    #[test]
    fn what_is_no_journal_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.scan");
        for text in ["", "airlock scan 1\n", &"x".repeat(500)] {
            fs::write(&path, text).unwrap();
            assert_eq!(ScanJournal::open(&path, NAME, true).unwrap().done().count(), 0);
        }
    }

    /// A /8, all of it: as large as it gets.
    #[test]
    fn the_largest_scan_keeps_two_megabytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.scan");
        let mut journal = ScanJournal::open(&path, NAME, true).unwrap();
        journal.mark(MOST - 1).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), MOST / 8 + HEADER as u64);
        drop(journal);
        assert!(ScanJournal::open(&path, NAME, true).unwrap().done().contains(MOST - 1));
    }
}
