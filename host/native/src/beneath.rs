//! Opening what a grant covers, and nothing else. The folder that the owner named is opened as the owner wrote it; below it
//! the way is gone name by name from one open folder to the next, and a link of any kind ends it (openat2(2), with
//! `RESOLVE_BENEATH`, `RESOLVE_NO_SYMLINKS` and `RESOLVE_NO_MAGICLINKS`). Whoever moves things about on the way changes what is
//! found, never where. Folders and files of the agent's own are refused by what they are, whatever they are called.

use crate::own_files::OwnFiles;
use airlock_gate::{CallError, Code};
use nix::errno::Errno;
use nix::fcntl::{OFlag, open, openat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat};
use std::ffi::OsStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// Where a path leads: a name in an open folder; without a name it is the folder that the grant names itself.
#[derive(Debug)]
pub(crate) struct Place {
    /// The folder that holds the name, or the granted thing itself.
    pub(crate) folder: OwnedFd,
    pub(crate) name: Option<String>,
    /// Whether other file systems that are mounted on the way are gone into.
    mounts: Mounts,
}

/// What is done where another file system is mounted below a granted folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mounts {
    Entered,
    /// `RESOLVE_NO_XDEV`: as a link, it leads somewhere else.
    Refused,
}

/// What stands at a place, open for looking at (`O_PATH`) alone.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) stat: FileStat,
    fd: OwnedFd,
}

impl Found {
    pub(crate) fn is_file(&self) -> bool {
        is(&self.stat, SFlag::S_IFREG)
    }

    /// For what asks about it, and neither reads nor writes.
    pub(crate) fn fd(&self) -> &OwnedFd {
        &self.fd
    }

    pub(crate) fn is_folder(&self) -> bool {
        is(&self.stat, SFlag::S_IFDIR)
    }

    fn same_as(&self, other: &FileStat) -> bool {
        (self.stat.st_dev, self.stat.st_ino) == (other.st_dev, other.st_ino)
    }
}

fn is(stat: &FileStat, kind: SFlag) -> bool {
    SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == kind
}

const LOOK: OFlag = OFlag::O_PATH.union(OFlag::O_NOFOLLOW).union(OFlag::O_CLOEXEC);

/// Goes the way from `root` to `path`, up to its last name.
pub(crate) fn place(path: &str, root: &str, own: &OwnFiles) -> Result<Place, CallError> {
    place_among(path, root, own, Mounts::Entered)
}

/// As [`place`], with a word on mounts.
pub(crate) fn place_among(path: &str, root: &str, own: &OwnFiles, mounts: Mounts) -> Result<Place, CallError> {
    let below = path.strip_prefix(root).filter(|rest| rest.is_empty() || rest.starts_with('/') || root == "/");
    let below = below.ok_or_else(|| CallError::Invalid(format!("{path:?} is not below {root:?}")))?;
    let mut folder =
        open(Path::new(root), OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty()).map_err(|e| failed(path, e))?;
    if own.covers(folder.as_fd()) {
        return Err(CallError::Refused(Code::AgentPath));
    }
    let mut names = below.split('/').filter(|name| !name.is_empty()).peekable();
    while let Some(name) = names.next() {
        if matches!(name, "." | "..") {
            return Err(CallError::Invalid(format!("{path:?} is not plain")));
        }
        own.check_process(folder.as_fd(), name)?;
        if names.peek().is_none() {
            return Ok(Place { folder, name: Some(name.to_owned()), mounts });
        }
        let next = step(&folder, name, LOOK, Mode::empty(), mounts).map_err(|e| failed(path, e))?;
        let stat = fstat(&next).map_err(|e| failed(path, e))?;
        if is(&stat, SFlag::S_IFLNK) {
            return Err(CallError::Refused(Code::Link));
        }
        if !is(&stat, SFlag::S_IFDIR) {
            return Err(CallError::NotFound);
        }
        if own.is(&stat) {
            return Err(CallError::Refused(Code::AgentPath));
        }
        folder = next;
    }
    Ok(Place { folder, name: None, mounts })
}

impl Place {
    /// Looks at what is there.
    pub(crate) fn look(&self, path: &str, own: &OwnFiles) -> Result<Found, CallError> {
        let at = |error| failed(path, error);
        let fd = match &self.name {
            Some(name) => step(&self.folder, name, LOOK, Mode::empty(), self.mounts).map_err(at)?,
            None => self.folder.try_clone().map_err(|error| CallError::Failed(format!("{path}: {error}")))?,
        };
        let stat = fstat(&fd).map_err(at)?;
        if is(&stat, SFlag::S_IFLNK) {
            return Err(CallError::Refused(Code::Link));
        }
        if own.is(&stat) || own.has_another_name(&stat) {
            return Err(CallError::Refused(Code::AgentPath));
        }
        Ok(Found { stat, fd })
    }

    /// Opens what was looked at, with flags that the verb gives.
    pub(crate) fn open(&self, found: &Found, path: &str, flags: OFlag) -> Result<OwnedFd, CallError> {
        let flags = flags | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let fd = match &self.name {
            Some(name) => step(&self.folder, name, flags | OFlag::O_NOFOLLOW, Mode::empty(), self.mounts),
            None if found.is_folder() => step(&found.fd, ".", flags, Mode::empty(), self.mounts),
            // The owner named a file: open it through what is open already.
            None => reopen(found.fd.as_fd(), flags),
        };
        let fd = fd.map_err(|error| failed(path, error))?;
        match fstat(&fd) {
            Ok(stat) if found.same_as(&stat) => Ok(fd),
            Ok(_) => Err(CallError::Failed(format!("{path}: changed while it was opened"))),
            Err(error) => Err(failed(path, error)),
        }
    }

    /// Makes a file that is not there yet, and opens it for writing.
    pub(crate) fn create(&self, path: &str) -> Result<OwnedFd, CallError> {
        let Some(name) = &self.name else { return Err(CallError::NotFound) };
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        step(&self.folder, name, flags, Mode::from_bits_truncate(0o644), self.mounts)
            .map_err(|error| failed(path, error))
    }

    /// A name in the folder that was looked at here.
    pub(crate) fn inside(&self, found: &Found, name: &str, path: &str) -> Result<Place, CallError> {
        let folder = found.fd.try_clone().map_err(|error| CallError::Failed(format!("{path}: {error}")))?;
        Ok(Place { folder, name: Some(name.to_owned()), mounts: self.mounts })
    }
}

fn reopen(fd: BorrowedFd<'_>, flags: OFlag) -> nix::Result<OwnedFd> {
    use std::os::fd::AsRawFd;
    open(Path::new(&format!("/proc/self/fd/{}", fd.as_raw_fd())), flags, Mode::empty())
}

/// One name in one folder. On a kernel without openat2 (before 5.6) the same by openat and `O_NOFOLLOW`: for a single name
/// that is not `..` they allow the same.
pub(crate) fn step<N: AsRef<OsStr> + ?Sized>(
    folder: &OwnedFd,
    name: &N,
    flags: OFlag,
    mode: Mode,
    mounts: Mounts,
) -> nix::Result<OwnedFd> {
    let name = name.as_ref();
    #[cfg(target_os = "linux")]
    {
        use nix::fcntl::{OpenHow, ResolveFlag, openat2};
        let mut links = ResolveFlag::RESOLVE_NO_SYMLINKS | ResolveFlag::RESOLVE_NO_MAGICLINKS;
        if mounts == Mounts::Refused {
            links |= ResolveFlag::RESOLVE_NO_XDEV;
        }
        let mode = if flags.contains(OFlag::O_CREAT) { mode } else { Mode::empty() };
        let how = OpenHow::new().flags(flags).mode(mode).resolve(ResolveFlag::RESOLVE_BENEATH | links);
        match openat2(folder, name, how) {
            Err(Errno::ENOSYS) => {}
            answer => return answer,
        }
    }
    let fd = openat(folder, name, flags | OFlag::O_NOFOLLOW, mode)?;
    match mounts {
        Mounts::Refused if fstat(&fd)?.st_dev != fstat(folder)?.st_dev => Err(Errno::EXDEV),
        _ => Ok(fd),
    }
}

/// What a system error means to a task.
pub(crate) fn failed(path: &str, error: Errno) -> CallError {
    match error {
        Errno::ELOOP | Errno::EXDEV => CallError::Refused(Code::Link),
        Errno::ENOENT | Errno::ENOTDIR => CallError::NotFound,
        Errno::EACCES | Errno::EPERM => CallError::Failed(format!("{path}: permission denied")),
        other => CallError::Failed(format!("{path}: {}", other.desc())),
    }
}
