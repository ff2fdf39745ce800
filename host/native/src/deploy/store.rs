//! Parts of packages, each by the digest of its bytes: who asks for the same part gets the same file, whichever job or server
//! it was downloaded for. A part is there only as a whole; when it may go is the time of its file, which lies ahead.

use super::fresh::{Fresh, UNFINISHED};
use super::hashing::Hashing;
use crate::folders::private;
use airlock_gate::CallError;
use airlock_gate::calls::Sha512Sum;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use sha2::{Digest, Sha512};
use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// For how long parts are kept that nobody said more about: alone, and where neighbours may have them.
const KEPT: Duration = Duration::from_secs(86_400);
const KEPT_SHARED: Duration = Duration::from_secs(3 * 86_400);
/// Whatever a server says.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

/// A folder of parts.
#[derive(Debug, Clone)]
pub(super) struct Store {
    folder: PathBuf,
    /// Of parts that came in for signed packages alone.
    sealed: PathBuf,
}

fn io(error: impl std::fmt::Display) -> CallError {
    CallError::Failed(format!("the store of packages: {error}"))
}

fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|is| is.is_file())
}

/// When a part may go.
pub(super) fn until(retention_minutes: u32, shared: bool) -> SystemTime {
    let asked = Duration::from_secs(u64::from(retention_minutes) * 60).min(LONGEST);
    let kept = if shared { KEPT_SHARED } else { KEPT };
    SystemTime::now() + if asked.is_zero() { kept } else { asked }
}

/// What came, as it comes: hashed and written, side by side.
pub(super) struct Incoming<'f> {
    fresh: Fresh<'f>,
    hashing: Hashing,
}

impl<'f> Incoming<'f> {
    pub(super) fn new(folder: &'f OwnedFd, most: u64) -> Result<Self, CallError> {
        Ok(Self { fresh: Fresh::new(folder, most)?, hashing: Hashing::begin().map_err(io)? })
    }

    pub(super) fn take(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.hashing.update(bytes);
        self.fresh.write_all(bytes)
    }

    /// Keeps it under a name if it is what it should be. Bytes.
    pub(super) fn keep_if(self, wanted: &Sha512Sum, name: &str) -> Result<Option<u64>, CallError> {
        let (is, bytes) = (self.hashing.end().map_err(io)?, self.fresh.written());
        if is != wanted.bytes() {
            return Ok(None);
        }
        self.fresh.keep(name)?;
        Ok(Some(bytes))
    }
}

impl Store {
    /// The folder is made; what is over its time goes.
    pub(super) fn open(folder: &Path) -> Result<Self, CallError> {
        let sealed = folder.with_added_extension("sealed");
        let store = Self { folder: private(folder).map_err(io)?, sealed: private(&sealed).map_err(io)? };
        store.clean(SystemTime::now()).map_err(io)?;
        Ok(store)
    }

    /// As the store of what came in for signed packages alone.
    pub(super) fn sealed(&self) -> Self {
        Self { folder: self.sealed.clone(), sealed: self.sealed.clone() }
    }

    /// Made of the digest's bytes, and so of hexadecimal digits alone.
    fn name(part: &Sha512Sum) -> String {
        part.to_string()
    }

    /// Where a part is: one that anybody may have goes before one that is sealed.
    fn path(&self, part: &Sha512Sum) -> PathBuf {
        let (open, sealed) = (self.folder.join(Self::name(part)), self.sealed.join(Self::name(part)));
        if is_file(&sealed) && !is_file(&open) { sealed } else { open }
    }

    pub(super) fn has(&self, part: &Sha512Sum) -> bool {
        is_file(&self.path(part))
    }

    /// Whether a part is there for signed packages alone.
    pub(super) fn is_sealed(&self, part: &Sha512Sum) -> bool {
        self.path(part).starts_with(&self.sealed)
    }

    /// The folder, for a file that is to come into it.
    pub(super) fn handle(&self) -> Result<OwnedFd, CallError> {
        open(&self.folder, OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty()).map_err(io)
    }

    /// Takes what came into the store.
    pub(super) fn keep(
        &self,
        incoming: Incoming<'_>,
        part: &Sha512Sum,
        until: SystemTime,
    ) -> Result<Option<u64>, CallError> {
        let kept = incoming.keep_if(part, &Self::name(part))?;
        if kept.is_some() {
            self.prolong(part, until);
        }
        Ok(kept)
    }

    /// A part, to be read.
    pub(super) fn read(&self, part: &Sha512Sum) -> Result<File, CallError> {
        match OpenOptions::new().read(true).custom_flags(OFlag::O_NOFOLLOW.bits()).open(self.path(part)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(CallError::NotFound),
            file => file.map_err(io),
        }
    }

    /// Keeps a part for longer, if it is.
    pub(super) fn prolong(&self, part: &Sha512Sum, until: SystemTime) {
        let file = OpenOptions::new().read(true).custom_flags(OFlag::O_NOFOLLOW.bits()).open(self.path(part));
        let changed = file.and_then(|file| match file.metadata()?.modified()? >= until {
            true => Ok(()),
            false => file.set_times(FileTimes::new().set_modified(until)),
        });
        if let Err(error) = changed {
            tracing::debug!("the store of packages: how long a part is kept: {error}");
        }
    }

    /// Takes out parts that are not what they are called: after a power cut a file may be there without its bytes. Whether
    /// there were any.
    pub(super) fn recheck(&self, parts: &[Sha512Sum]) -> Result<bool, CallError> {
        let mut found = false;
        let mut chunk = vec![0; 128 << 10];
        for part in parts {
            let (mut file, mut hasher) = (self.read(part)?, Sha512::new());
            loop {
                let count = file.read(&mut chunk).map_err(io)?;
                if count == 0 {
                    break;
                }
                hasher.update(chunk.get(..count).unwrap_or_default());
            }
            if hasher.finalize().as_slice() != part.bytes() {
                tracing::warn!("the store of packages: part {part:.16}… was damaged, and is gone");
                fs::remove_file(self.path(part)).map_err(io)?;
                found = true;
            }
        }
        Ok(found)
    }

    /// Removes what is over its time, and what was never finished.
    pub(super) fn clean(&self, now: SystemTime) -> std::io::Result<()> {
        for entry in fs::read_dir(&self.folder)?.chain(fs::read_dir(&self.sealed)?) {
            let entry = entry?;
            let name = entry.file_name();
            let old = entry.metadata().and_then(|is| is.modified()).is_ok_and(|until| until <= now);
            let unfinished = name.to_string_lossy().starts_with(UNFINISHED);
            // One that another process is about to finish is young.
            let idle = now.checked_sub(KEPT);
            let forgotten = entry.metadata().and_then(|is| is.modified()).is_ok_and(|at| idle.is_some_and(|i| at < i));
            if (old && !unfinished) || forgotten {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}
