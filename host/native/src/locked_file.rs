//! A small file of JSON that several processes read and change in turn: whole or not at all, one at a time.

use crate::kept::{at, read_kept};
use nix::fcntl::{Flock, FlockArg, OFlag};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone)]
pub(crate) struct LockedFile {
    path: PathBuf,
    limit: u64,
}

/// Whether a change has to outlive the machine, or only the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    OnDisk,
    InCache,
}

impl LockedFile {
    pub(crate) fn new(path: PathBuf, limit: u64) -> Self {
        Self { path, limit }
    }

    /// What it holds; a file that is not there holds the default.
    pub(crate) fn read<T: DeserializeOwned + Default>(&self) -> io::Result<T> {
        let Some(bytes) = read_kept(&self.path, self.limit)? else { return Ok(T::default()) };
        serde_json::from_slice(&bytes).map_err(|error| self.at(&format!("damaged: {error}")))
    }

    /// As [`Self::read`]; what is damaged is set aside under another name, said, and the default holds. For what is learned
    /// anew; never for what a right hangs on.
    pub(crate) fn read_or_set_aside<T: DeserializeOwned + Default>(&self) -> io::Result<T> {
        self.read().or_else(|error| {
            let aside = self.path.with_added_extension("damaged");
            tracing::warn!("{error}; kept as {}, and begun anew", aside.display());
            std::fs::rename(&self.path, aside).map_err(|error| self.at(&error))?;
            Ok(T::default())
        })
    }

    /// Changes it while no other process does. `change` says whether there is something to write, and what to hand back.
    pub(crate) fn change<T: DeserializeOwned + Serialize + Default, R>(
        &self,
        change: impl FnOnce(&mut T) -> (Option<Keep>, R),
    ) -> io::Result<R> {
        let _lock = self.lock()?;
        let mut value: T = self.read()?;
        let (keep, result) = change(&mut value);
        if let Some(keep) = keep {
            self.write(&value, keep).map_err(|error| self.at(&error))?;
        }
        Ok(result)
    }

    fn lock(&self) -> io::Result<Flock<File>> {
        let flags = OFlag::O_NOFOLLOW.bits();
        let path = self.path.with_added_extension("lock");
        let open =
            OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).custom_flags(flags).open(path);
        let file = open.map_err(|error| self.at(&error))?;
        Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, error)| self.at(&io::Error::from(error)))
    }

    fn write<T: Serialize>(&self, value: &T, keep: Keep) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(value)?)?;
        if keep == Keep::OnDisk {
            file.as_file().sync_all()?;
        }
        file.persist(&self.path)?;
        match keep {
            Keep::OnDisk => sync_folder(folder),
            Keep::InCache => Ok(()),
        }
    }

    fn at(&self, error: &dyn std::fmt::Display) -> io::Error {
        at(&self.path, error)
    }
}

/// Makes what was renamed in a folder outlive the machine.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn add(file: &LockedFile) -> io::Result<u64> {
        file.change(|n: &mut u64| {
            *n += 1;
            (Some(Keep::InCache), *n)
        })
    }

    #[test]
    fn changes_of_several_at_once_are_all_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = LockedFile::new(folder.path().join("n.json"), 100);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..50).for_each(|_| assert!(add(&file).unwrap() > 0)));
            }
        });
        assert_eq!(file.read::<u64>().unwrap(), 200);
    }

    #[test]
    fn what_is_damaged_too_large_or_a_link_is_an_error_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("n.json");
        let file = LockedFile::new(path.clone(), 10);
        for text in ["", "x", "12 13", "12345678901", "-1"] {
            fs::write(&path, text).unwrap();
            assert!(add(&file).is_err(), "{text:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        fs::remove_file(&path).unwrap();
        fs::write(folder.path().join("other"), "5").unwrap();
        std::os::unix::fs::symlink("other", &path).unwrap();
        assert!(add(&file).is_err());
    }
}
