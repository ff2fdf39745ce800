//! A log in a file: a line at a time, appended whole, by as many processes as there are. A file that has grown too large is
//! turned over once; nothing is written through a link.

use nix::fcntl::OFlag;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Larger than any log that somebody reads.
const LARGEST: u64 = 1 << 40;

#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    most: u64,
    open: Option<File>,
}

impl LogFile {
    /// `most` bytes, then the file is renamed to `NAME.1` and a new one begun; none: it grows.
    pub fn new(path: &Path, most: Option<u64>) -> Self {
        Self { path: path.to_owned(), most: most.unwrap_or(LARGEST).max(1), open: None }
    }

    /// Writes a line, which has its end with it.
    pub fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let there = fs::symlink_metadata(&self.path).ok();
        let full = there.as_ref().is_some_and(|there| there.is_file() && there.len() >= self.most);
        if full {
            fs::rename(&self.path, self.path.with_added_extension("1"))?;
        }
        // Another process, or the system's own rotation, may have turned it over.
        let own = self.open.as_ref().and_then(|file| file.metadata().ok()).map(|file| (file.dev(), file.ino()));
        if full || own != there.map(|there| (there.dev(), there.ino())) {
            self.open = None;
        }
        let file = match &mut self.open {
            Some(file) => file,
            None => {
                let mut options = OpenOptions::new();
                options.append(true).create(true).mode(0o640).custom_flags(OFlag::O_NOFOLLOW.bits());
                self.open.insert(options.open(&self.path)?)
            }
        };
        file.write_all(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_appended_and_a_full_file_is_turned_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("airlock.log");
        let (mut one, mut other) = (LogFile::new(&path, Some(20)), LogFile::new(&path, Some(20)));
        one.line(b"first line\n").unwrap();
        other.line(b"second line\n").unwrap();
        one.line(b"third line\n").unwrap();
        other.line(b"fourth\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "third line\nfourth\n");
        assert_eq!(fs::read_to_string(folder.path().join("airlock.log.1")).unwrap(), "first line\nsecond line\n");
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("log"), folder.path().join("other"));
        fs::write(&other, "mine").unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        assert!(LogFile::new(&path, None).line(b"x\n").is_err());
        assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
    }
}
