//! Recorded runs of installed tasks, in a ring: what a new version of a task would ask for is told by what was asked before.
//!
//! A recording holds what the machine answered, so each is a file for this user alone, in the folder of the state. Only so
//! many of a task are kept, and only so many bytes of all: the oldest go first.

use crate::kept::remove;
use crate::{Folders, FoldersError, list_folder, write_document};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Of one recording.
pub const LARGEST_RECORDING: u64 = 16 << 20;
/// Of all of them.
const BYTES: u64 = 128 << 20;
const ENDING: &str = ".cassette";

/// The folder.
#[derive(Debug, Clone)]
pub struct Recordings {
    folder: PathBuf,
}

impl Recordings {
    pub fn open(folders: &Folders) -> Result<Self, FoldersError> {
        Ok(Self { folder: folders.recordings()? })
    }

    /// Keeps one more of a task (the name that it is installed by), and of that task at most `most`.
    pub fn keep(&self, task: &str, text: &str, most: usize) -> Result<(), FoldersError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        // So many digits that names sort as they were made.
        let path = self.folder.join(format!("{task}@{now:024}-{}{ENDING}", std::process::id()));
        let kept = match text.len() as u64 > LARGEST_RECORDING {
            true => Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("more than {LARGEST_RECORDING} bytes"))),
            false => write_document(&path, text.as_bytes()),
        };
        kept.and_then(|()| self.forget_old(task, most)).map_err(|error| FoldersError::Io { path, error })
    }

    /// The newest of a task, oldest first.
    pub fn last(&self, task: &str, number: usize) -> Result<Vec<PathBuf>, FoldersError> {
        let mut all = self.of(task).map_err(|error| FoldersError::Io { path: self.folder.clone(), error })?;
        Ok(all.split_off(all.len().saturating_sub(number)))
    }

    /// Forgets all of a task.
    pub fn forget(&self, task: &str) -> Result<(), FoldersError> {
        let forget = || self.of(task)?.iter().try_for_each(|path| remove(path));
        forget().map_err(|error| FoldersError::Io { path: self.folder.clone(), error })
    }

    fn of(&self, task: &str) -> io::Result<Vec<PathBuf>> {
        Ok(self.all()?.into_iter().filter(|path| parts(path).is_some_and(|(of, _)| of == task)).collect())
    }

    /// All recordings, by task and age.
    fn all(&self) -> io::Result<Vec<PathBuf>> {
        let entries = list_folder(&self.folder)?;
        Ok(entries.into_iter().map(|(path, _)| path).filter(|path| parts(path).is_some()).collect())
    }

    fn forget_old(&self, task: &str, most: usize) -> io::Result<()> {
        let of_task = self.of(task)?;
        of_task.iter().take(of_task.len().saturating_sub(most)).try_for_each(|path| remove(path))?;
        let mut all = self.all()?;
        // The newest of all first.
        all.sort_by(|a, b| parts(b).map(|(_, when)| when).cmp(&parts(a).map(|(_, when)| when)));
        let mut bytes = 0_u64;
        for path in all {
            bytes = bytes.saturating_add(fs::symlink_metadata(&path).map_or(0, |file| file.len()));
            if bytes > BYTES {
                remove(&path)?;
            }
        }
        Ok(())
    }
}

/// The task and the time of a recording; none for what is no recording of ours.
fn parts(path: &Path) -> Option<(&str, &str)> {
    path.file_name()?.to_str()?.strip_suffix(ENDING)?.rsplit_once('@')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    fn ring() -> (tempfile::TempDir, Recordings) {
        let folder = tempfile::tempdir().unwrap();
        let recordings = Recordings::open(&Folders::new(Some(folder.path())).unwrap()).unwrap();
        (folder, recordings)
    }

    fn texts(recordings: &Recordings, task: &str, number: usize) -> Vec<String> {
        recordings.last(task, number).unwrap().iter().map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    #[test]
    fn the_newest_of_each_task_are_kept_for_this_user_alone() {
        let (folder, recordings) = ring();
        for n in 0..7 {
            recordings.keep("acme-check", &n.to_string(), 5).unwrap();
            recordings.keep("acme", &format!("other {n}"), 2).unwrap();
        }
        assert_eq!(texts(&recordings, "acme-check", 100), ["2", "3", "4", "5", "6"]);
        assert_eq!(texts(&recordings, "acme-check", 2), ["5", "6"]);
        assert_eq!(texts(&recordings, "acme", 100), ["other 5", "other 6"]);
        assert!(texts(&recordings, "check", 9).is_empty());
        let kept = &recordings.last("acme", 1).unwrap()[0];
        assert_eq!(fs::metadata(kept).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(folder.path().join("recordings")).unwrap().mode() & 0o777, 0o700);
        recordings.forget("acme").unwrap();
        assert_eq!((texts(&recordings, "acme", 9).len(), texts(&recordings, "acme-check", 9).len()), (0, 5));
    }

    #[test]
    fn all_of_them_have_a_bound_and_each_one_too() {
        let (_folder, recordings) = ring();
        let large = "x".repeat(usize::try_from(LARGEST_RECORDING).unwrap());
        assert!(recordings.keep("a", &format!("{large}x"), 5).is_err());
        for task in 0..9 {
            recordings.keep(&format!("task-{task}"), &large, 5).unwrap();
        }
        assert_eq!(recordings.all().unwrap().len(), 8);
        assert!(recordings.last("task-0", 9).unwrap().is_empty(), "the oldest went");
    }
}
