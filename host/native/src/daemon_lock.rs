//! One daemon for one folder of state: held by a lock on an open file, which ends with the process whatever happens, and not
//! by a number in a file.

use crate::{Folders, FoldersError};
use nix::fcntl::{Flock, FlockArg, OFlag};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;

/// While it lives, there is no other daemon.
#[derive(Debug)]
pub struct DaemonLock(Flock<File>);

impl DaemonLock {
    /// None: there is one; its process number, where it says it.
    pub fn take(folders: &Folders) -> Result<Result<Self, Option<u32>>, FoldersError> {
        let taken = Self::take_quietly(folders)?;
        Ok(taken.map(|mut lock| {
            // For people; nothing is decided by it.
            let told = lock.0.set_len(0).and_then(|()| writeln!(lock.0, "{}", std::process::id()));
            if let Err(error) = told {
                tracing::warn!("daemon.lock: {error}");
            }
            lock
        }))
    }

    fn take_quietly(folders: &Folders) -> Result<Result<Self, Option<u32>>, FoldersError> {
        let path = folders.state()?.join("daemon.lock");
        let at = |error| FoldersError::Io { path: path.clone(), error };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(OFlag::O_NOFOLLOW.bits());
        let file = options.open(&path).map_err(at)?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => Ok(Ok(Self(lock))),
            Err((file, nix::errno::Errno::EWOULDBLOCK)) => {
                let mut text = String::new();
                let _ = file.take(32).read_to_string(&mut text);
                Ok(Err(text.trim().parse().ok()))
            }
            Err((_, error)) => Err(at(io::Error::from(error))),
        }
    }
}

impl DaemonLock {
    /// The process that holds it, if one does; 0 where it does not say who it is.
    pub fn holder(folders: &Folders) -> Result<Option<u32>, FoldersError> {
        // Taken and given back: nobody else starts in that moment but waits for nothing either.
        Ok(match Self::take_quietly(folders)? {
            Ok(_) => None,
            Err(pid) => Some(pid.unwrap_or(0)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_daemon() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::new(Some(folder.path())).unwrap();
        let first = DaemonLock::take(&folders).unwrap();
        assert!(first.is_ok());
        assert_eq!(DaemonLock::take(&folders).unwrap().unwrap_err(), Some(std::process::id()));
        drop(first);
        assert!(DaemonLock::take(&folders).unwrap().is_ok());
    }
}
