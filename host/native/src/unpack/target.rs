//! The folder that is unpacked into, as an open folder. Below it the way is gone name by name, no link is followed, and
//! what is made is a plain file or folder with plain rights. A file that is there already gives way; nothing else does.

use super::error::UnpackError;
use crate::beneath::{Mounts, step};
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag};
use nix::sys::stat::{Mode, SFlag, fchmod, fstatat, mkdirat};
use nix::unistd::{UnlinkatFlags, unlinkat};
use std::fs::File;
use std::os::fd::OwnedFd;

const FOLDER: OFlag = OFlag::O_RDONLY.union(OFlag::O_DIRECTORY).union(OFlag::O_NOFOLLOW).union(OFlag::O_CLOEXEC);
const NEW: OFlag =
    OFlag::O_WRONLY.union(OFlag::O_CREAT).union(OFlag::O_EXCL).union(OFlag::O_NOFOLLOW).union(OFlag::O_CLOEXEC);

pub(super) struct Target<'a> {
    into: &'a OwnedFd,
    /// The folders on the way to where the last entry went: the next one is often beside it.
    way: Vec<(String, OwnedFd)>,
}

impl<'a> Target<'a> {
    pub(super) fn new(into: &'a OwnedFd) -> Self {
        Self { into, way: Vec::new() }
    }

    /// Makes a folder with those above it, as far as they are not there.
    pub(super) fn folder(&mut self, path: &[String]) -> Result<(), UnpackError> {
        let same = self.way.iter().zip(path).take_while(|((name, _), wanted)| name == *wanted).count();
        self.way.truncate(same);
        for name in path.iter().skip(same) {
            let fd = enter(self.last(), name).map_err(|error| {
                let why = match error {
                    Errno::ENOTDIR | Errno::ELOOP => "it is there already and is not a folder",
                    other => other.desc(),
                };
                UnpackError::target(&path.join("/"), why)
            })?;
            self.way.push((name.clone(), fd));
        }
        Ok(())
    }

    /// Makes a file, open for writing.
    pub(super) fn create(&mut self, folders: &[String], name: &str, executable: bool) -> Result<File, UnpackError> {
        self.folder(folders)?;
        let mode = Mode::from_bits_truncate(if executable { 0o755 } else { 0o644 });
        let folder = self.last();
        let made = match step(folder, name, NEW, mode, Mounts::Refused) {
            Err(Errno::EEXIST) => remove(folder, name).and_then(|()| step(folder, name, NEW, mode, Mounts::Refused)),
            made => made,
        };
        let made = made.and_then(|fd| fchmod(&fd, mode).map(|()| fd)).map_err(|error| {
            let why = match error {
                Errno::EEXIST => "it is there already and is not a plain file",
                other => other.desc(),
            };
            UnpackError::target(&[folders.join("/").as_str(), name].join("/"), why)
        })?;
        Ok(File::from(made))
    }

    fn last(&self) -> &OwnedFd {
        self.way.last().map_or(self.into, |(_, fd)| fd)
    }
}

fn enter(folder: &OwnedFd, name: &str) -> nix::Result<OwnedFd> {
    let mode = Mode::from_bits_truncate(0o755);
    let is_new = match mkdirat(folder, name, mode) {
        Ok(()) => true,
        Err(Errno::EEXIST) => false,
        Err(error) => return Err(error),
    };
    let fd = step(folder, name, FOLDER, Mode::empty(), Mounts::Refused)?;
    if is_new {
        fchmod(&fd, mode)?;
    }
    Ok(fd)
}

/// A plain file gives way to the one of the archive; its name does, not its content, which may have other names.
fn remove(folder: &OwnedFd, name: &str) -> nix::Result<()> {
    let stat = fstatat(folder, name, AtFlags::AT_SYMLINK_NOFOLLOW)?;
    match SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == SFlag::S_IFREG {
        true => unlinkat(folder, name, UnlinkatFlags::NoRemoveDir),
        false => Err(Errno::EEXIST),
    }
}
