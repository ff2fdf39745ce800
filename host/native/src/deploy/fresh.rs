//! A file that nobody sees before it is what it should be: it has no name until it is linked (`O_TMPFILE`). A program that is
//! killed meanwhile leaves nothing. Where a file system has no such files, it has a name that says what it is.

use airlock_gate::CallError;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::sys::stat::Mode;
use nix::sys::statvfs::fstatvfs;
use nix::unistd::{LinkatFlags, UnlinkatFlags, linkat, unlinkat};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

/// How names begin that are not there to stay.
pub(super) const UNFINISHED: &str = ".unfinished-";
/// Bytes that stay free on a file system whatever is downloaded.
const RESERVE: u64 = 256 << 20;
/// Bytes between two looks at what is free.
const LOOK: u64 = 32 << 20;

/// A file in a folder that is open, without a name of its own, and with a bound.
pub(super) struct Fresh<'f> {
    folder: &'f OwnedFd,
    file: File,
    /// Only where there are no files without one.
    name: Option<String>,
    written: u64,
    most: u64,
}

fn io(error: impl std::fmt::Display) -> CallError {
    CallError::Failed(format!("the store of packages: {error}"))
}

impl<'f> Fresh<'f> {
    /// At most `most` bytes.
    pub(super) fn new(folder: &'f OwnedFd, most: u64) -> Result<Self, CallError> {
        let mode = Mode::from_bits_truncate(0o600);
        #[cfg(target_os = "linux")]
        match openat(folder, ".", OFlag::O_RDWR | OFlag::O_CLOEXEC | OFlag::O_TMPFILE, mode) {
            Err(Errno::EOPNOTSUPP | Errno::EISDIR | Errno::EINVAL) => {}
            Err(error) => return Err(io(error)),
            Ok(fd) => return Ok(Self { folder, file: fd.into(), name: None, written: 0, most }),
        }
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(io)?;
        let name = format!("{UNFINISHED}{:016x}", u64::from_le_bytes(bytes));
        let flags = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW;
        let fd = openat(folder, name.as_str(), flags, mode).map_err(io)?;
        Ok(Self { folder, file: fd.into(), name: Some(name), written: 0, most })
    }

    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Gives it a name; what had it before goes.
    pub(super) fn keep(mut self, name: &str) -> Result<(), CallError> {
        match self.name.take() {
            Some(unfinished) => nix::fcntl::renameat(self.folder, unfinished.as_str(), self.folder, name).map_err(io),
            None => {
                let path = format!("/proc/self/fd/{}", self.file.as_raw_fd());
                let link = || linkat(AT_FDCWD, Path::new(&path), self.folder, name, LinkatFlags::AT_SYMLINK_FOLLOW);
                match link() {
                    Err(Errno::EEXIST) => {
                        unlinkat(self.folder, name, UnlinkatFlags::NoRemoveDir).map_err(io)?;
                        link().map_err(io)
                    }
                    linked => linked.map_err(io),
                }
            }
        }
    }
}

impl Write for Fresh<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let after = self.written.saturating_add(bytes.len() as u64);
        if after > self.most {
            return Err(io::Error::other(format!("there is more than the {} bytes that are granted", self.most)));
        }
        if self.written == 0 || after / LOOK != self.written / LOOK {
            let free = fstatvfs(self.folder.as_fd())?;
            let free = free.blocks_available().saturating_mul(free.fragment_size());
            if free < RESERVE.saturating_add(bytes.len() as u64) {
                return Err(io::Error::other(format!("no space left: {} MB are kept free", RESERVE >> 20)));
            }
        }
        let count = self.file.write(bytes)?;
        self.written = self.written.saturating_add(count as u64);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Fresh<'_> {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            let _ = unlinkat(self.folder, name.as_str(), UnlinkatFlags::NoRemoveDir);
        }
    }
}
