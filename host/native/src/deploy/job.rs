//! The folder of one job: its name is made here and says nothing of what a server calls the job. It goes with the run; one
//! that a killed program left behind goes when the next is made.

use crate::folders::private;
use airlock_gate::CallError;
use nix::fcntl::{Flock, FlockArg};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(super) struct JobFolder {
    folder: TempDir,
    /// Held for as long as the folder is somebody's.
    _lock: Flock<File>,
}

/// What tasks see, and where a rehearsal keeps what it would have written.
const WORK: &str = "work";
/// Files whose parts are for signed packages alone: no task names them but as a package.
const SEALED: &str = "sealed";
const ASIDE: &str = "aside";

fn io(error: impl std::fmt::Display) -> CallError {
    CallError::Failed(format!("the job's folder: {error}"))
}

impl JobFolder {
    pub(super) fn make(jobs: &Path) -> Result<Self, CallError> {
        private(jobs).map_err(io)?;
        sweep(jobs).map_err(io)?;
        let folder = tempfile::Builder::new().prefix("job-").tempdir_in(jobs).map_err(io)?;
        let handle = File::open(folder.path()).map_err(io)?;
        let lock = Flock::lock(handle, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| io(error))?;
        for name in [WORK, SEALED, ASIDE] {
            private(&folder.path().join(name)).map_err(io)?;
        }
        Ok(Self { folder, _lock: lock })
    }

    pub(super) fn work(&self) -> PathBuf {
        self.folder.path().join(WORK)
    }

    pub(super) fn sealed(&self) -> PathBuf {
        self.folder.path().join(SEALED)
    }

    pub(super) fn aside(&self) -> PathBuf {
        self.folder.path().join(ASIDE)
    }
}

/// Removes the folders that are nobody's.
fn sweep(jobs: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(jobs)? {
        let path = entry?.path();
        let Ok(handle) = File::open(&path) else { continue };
        if Flock::lock(handle, FlockArg::LockExclusiveNonblock).is_ok() {
            fs::remove_dir_all(&path)?;
        }
    }
    Ok(())
}
