//! One walk: from open folder to open folder, each opened by its name in the one above and never through a link, all on the
//! file system of the first. What is found is looked at and never opened: a pipe or a device waits for nobody.
//!
//! What is not granted, and what is the agent's own, is not there. A folder that cannot be read is counted.

use super::WalkBudget;
use crate::beneath::{Found as Seen, Mounts, Place, failed, place, step};
use crate::off_thread::Stopped;
use crate::own_files::OwnFiles;
use airlock_gate::calls::{Filter, FindFiles, Found, FoundFiles, Kind};
use airlock_gate::policy::Below;
use airlock_gate::{CallError, Code, Scope, Spent};
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::fd::OwnedFd;
use std::time::Instant;

/// Folders in each other: each is open while what is below it is looked at.
const DEEPEST: usize = 200;

struct Walk<'a> {
    call: &'a FindFiles,
    filter: Filter,
    below: &'a Below,
    own: &'a OwnFiles,
    stopped: &'a Stopped,
    /// The file system of the root.
    device: u64,
    entries: u64,
    until: Instant,
    most: usize,
    reply: FoundFiles,
}

/// What a query finds, in the order of the names.
pub(super) fn find(
    call: &FindFiles,
    scope: &Scope,
    own: &OwnFiles,
    budget: WalkBudget,
    stopped: &Stopped,
) -> Result<FoundFiles, CallError> {
    let (path, filter) = (call.query.root.as_str(), call.query.filter()?);
    let nothing = || CallError::Failed("no folder was granted".to_owned());
    let (below, root) = (scope.below.as_ref().ok_or_else(nothing)?, scope.root.as_deref().ok_or_else(nothing)?);
    let place = place(path, root, own)?;
    let found = place.look(path, own)?;
    let most = call.most(scope);
    let mut walk = Walk {
        call,
        filter,
        below,
        own,
        stopped,
        device: found.stat.st_dev,
        entries: budget.entries,
        until: Instant::now() + budget.time,
        most,
        reply: FoundFiles::default(),
    };
    walk.candidate(path, path.rsplit('/').next().unwrap_or_default(), &found.stat);
    if found.is_folder() {
        walk.root(&place, &found, path)?;
    }
    if call.limit.is_none() && walk.reply.found.len() > most {
        return Err(CallError::Failed("more files than are granted: look for fewer".to_owned()));
    }
    Ok(walk.reply)
}

fn kind(stat: &FileStat) -> Kind {
    match SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT {
        SFlag::S_IFREG => Kind::File,
        SFlag::S_IFDIR => Kind::Dir,
        _ => Kind::Other,
    }
}

/// A file system that is no store of files: what is in it is made when it is read, and may never end.
#[cfg(target_os = "linux")]
fn is_kernels(folder: &OwnedFd) -> bool {
    use nix::sys::statfs;
    const KINDS: &[statfs::FsType] = &[
        statfs::PROC_SUPER_MAGIC,
        statfs::SYSFS_MAGIC,
        statfs::CGROUP_SUPER_MAGIC,
        statfs::CGROUP2_SUPER_MAGIC,
        statfs::DEBUGFS_MAGIC,
        statfs::TRACEFS_MAGIC,
        statfs::SECURITYFS_MAGIC,
        statfs::BPF_FS_MAGIC,
        statfs::DEVPTS_SUPER_MAGIC,
    ];
    statfs::fstatfs(folder).is_ok_and(|stat| KINDS.contains(&stat.filesystem_type()))
}

#[cfg(not(target_os = "linux"))]
fn is_kernels(_folder: &OwnedFd) -> bool {
    false
}

const FOLDER: OFlag = OFlag::O_RDONLY
    .union(OFlag::O_DIRECTORY)
    .union(OFlag::O_NOFOLLOW)
    .union(OFlag::O_NONBLOCK)
    .union(OFlag::O_NOCTTY)
    .union(OFlag::O_CLOEXEC);

impl Walk<'_> {
    fn root(&mut self, place: &Place, found: &Seen, path: &str) -> Result<(), CallError> {
        let folder = place.open(found, path, FOLDER)?;
        if is_kernels(&folder) {
            return Err(CallError::Refused(Code::DevicePath));
        }
        self.folder(folder, path, 0)
    }

    /// One more than there may be is enough to know.
    fn is_enough(&self) -> bool {
        self.reply.found.len() >= self.most.saturating_add(usize::from(self.call.limit.is_none()))
    }

    /// Takes an entry from the budget.
    fn spend(&mut self) -> Result<(), CallError> {
        if self.stopped.is_stopped() {
            return Err(CallError::Cancelled);
        }
        self.entries = self.entries.checked_sub(1).ok_or(CallError::Exhausted(Spent::Calls))?;
        if self.entries.is_multiple_of(64) && Instant::now() > self.until {
            return Err(CallError::Exhausted(Spent::Time));
        }
        Ok(())
    }

    fn candidate(&mut self, path: &str, name: &str, stat: &FileStat) {
        let kind = kind(stat);
        let size = if kind == Kind::File { u64::try_from(stat.st_size).unwrap_or(0) } else { 0 };
        if !self.is_enough()
            && self.filter.accepts_name(path, name)
            && self.filter.accepts(kind, size)
            && self.below.shows(path)
            && !self.own.is(stat)
            && !self.own.has_another_name(stat)
        {
            self.reply.found.push(Found::new(path.to_owned(), kind, size));
        }
    }

    fn folder(&mut self, folder: OwnedFd, path: &str, depth: usize) -> Result<(), CallError> {
        if depth > DEEPEST {
            return Err(CallError::Exhausted(Spent::Handles));
        }
        for name in self.names(&folder, path)? {
            if self.is_enough() {
                return Ok(());
            }
            // A name that is no text is shown with what stands for it.
            let text = &*name.to_string_lossy();
            let below = format!("{}/{text}", path.trim_end_matches('/'));
            // One that has gone since is not there; one of another file system is not looked at.
            let Ok(stat) = fstatat(&folder, name.as_os_str(), AtFlags::AT_SYMLINK_NOFOLLOW) else { continue };
            if stat.st_dev != self.device {
                continue;
            }
            self.candidate(&below, text, &stat);
            let is_wanted = self.call.query.recursive && kind(&stat) == Kind::Dir && self.below.leads_to(&below);
            if is_wanted && !self.own.is(&stat) {
                self.enter(&folder, &name, &below, depth)?;
            }
        }
        Ok(())
    }

    fn enter(&mut self, above: &OwnedFd, name: &OsStr, path: &str, depth: usize) -> Result<(), CallError> {
        match step(above, name, FOLDER, Mode::empty(), Mounts::Entered) {
            // It may be another one than was looked at.
            Ok(folder) => match fstat(&folder) {
                Ok(stat) if stat.st_dev == self.device && !self.own.is(&stat) => self.folder(folder, path, depth + 1),
                _ => Ok(()),
            },
            Err(Errno::EACCES | Errno::EPERM) => {
                self.reply.unreadable = self.reply.unreadable.saturating_add(1);
                Ok(())
            }
            Err(Errno::EMFILE | Errno::ENFILE) => Err(CallError::Exhausted(Spent::Handles)),
            // A link by now, or gone.
            Err(_) => Ok(()),
        }
    }

    /// All names of a folder, each taken from the budget.
    fn names(&mut self, folder: &OwnedFd, path: &str) -> Result<Vec<OsString>, CallError> {
        let io = |error: std::io::Error| CallError::Failed(format!("{path}: {error}"));
        let again = step(folder, ".", FOLDER, Mode::empty(), Mounts::Entered).map_err(|error| failed(path, error))?;
        let mut names = Vec::new();
        for entry in cap_std::fs::Dir::from_std_file(File::from(again)).entries().map_err(io)? {
            self.spend()?;
            names.push(entry.map_err(io)?.file_name());
        }
        names.sort_unstable();
        Ok(names)
    }
}
