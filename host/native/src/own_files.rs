//! The agent's own files, known by what they are (device and inode), so that another name, another mount or a hard link does
//! not hide them. What cannot be made sure of is refused.

use crate::folders::Folders;
use crate::system::program;
use airlock_gate::{CallError, Code};
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat};
use std::fs;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Folders of the agent's are small; one that is not is searched no further, and counts as holding the file.
const MOST_FILES: usize = 50_000;
/// Folders above each other.
const DEEPEST: usize = 64;

/// The program, its configuration, policy, state, keys and audit.
#[derive(Debug, Clone, Default)]
pub struct OwnFiles {
    paths: Vec<PathBuf>,
}

type Id = (u64, u64);

fn id(stat: &FileStat) -> Id {
    (stat.st_dev, stat.st_ino)
}

impl OwnFiles {
    /// Files, and folders with all that is below them. They need not be there yet.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self { paths }
    }

    /// The program, the system's folders for it, and those that it was told to use.
    pub fn of_agent(folders: Option<&Folders>) -> Self {
        let system = ["/etc/airlock", "/var/lib/airlock", "/var/log/airlock"].map(PathBuf::from);
        let told = folders.into_iter().flat_map(|folders| folders.all().map(Path::to_owned));
        Self::new(system.into_iter().chain(told).chain(program().ok()).collect())
    }

    /// Whether this is one of the paths itself; looked up each time, for files come and go.
    pub(crate) fn is(&self, stat: &FileStat) -> bool {
        let process = Path::new("/proc/self");
        let mut paths = self.paths.iter().map(PathBuf::as_path).chain([process]);
        paths.any(|path| fs::metadata(path).is_ok_and(|own| (own.dev(), own.ino()) == id(stat)))
    }

    /// Whether an open folder (or file) is one of the agent's, or inside one.
    pub(crate) fn covers(&self, fd: BorrowedFd<'_>) -> bool {
        let Ok(stat) = fstat(fd) else { return true };
        if self.is(&stat) || self.has_another_name(&stat) {
            return true;
        }
        if SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT != SFlag::S_IFDIR {
            return false;
        }
        let mut last = id(&stat);
        let mut here: Option<OwnedFd> = None;
        for _ in 0..DEEPEST {
            let from = here.as_ref().map_or(fd, AsFd::as_fd);
            let Ok(above) = openat(from, "..", OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty()) else { return false };
            let Ok(stat) = fstat(&above) else { return true };
            if id(&stat) == last {
                return false;
            }
            if self.is(&stat) {
                return true;
            }
            last = id(&stat);
            here = Some(above);
        }
        true
    }

    /// Whether a file with several names is below one of the folders under another of them.
    pub(crate) fn has_another_name(&self, stat: &FileStat) -> bool {
        let is_file = SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == SFlag::S_IFREG;
        if !is_file || stat.st_nlink < 2 {
            return false;
        }
        let mut left = MOST_FILES;
        self.paths.iter().any(|path| holds(path, id(stat), &mut left, DEEPEST))
    }

    /// A folder of the agent's own process in a file system of processes (`/proc/PID`): its memory, its environment, its open
    /// files. `/proc/self` is a link, and refused as one.
    pub(crate) fn check_process(&self, folder: BorrowedFd<'_>, name: &str) -> Result<(), CallError> {
        let is_number = !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
        if is_number && is_proc(folder) && Path::new("/proc/self/task").join(name).exists() {
            return Err(CallError::Refused(Code::AgentPath));
        }
        Ok(())
    }
}

#[cfg(target_os = "linux")]
fn is_proc(folder: BorrowedFd<'_>) -> bool {
    nix::sys::statfs::fstatfs(folder).is_ok_and(|stat| stat.filesystem_type() == nix::sys::statfs::PROC_SUPER_MAGIC)
}

#[cfg(not(target_os = "linux"))]
fn is_proc(_folder: BorrowedFd<'_>) -> bool {
    false
}

fn holds(path: &Path, wanted: Id, left: &mut usize, depth: usize) -> bool {
    if *left == 0 || depth == 0 {
        return true;
    }
    *left -= 1;
    let Ok(metadata) = fs::symlink_metadata(path) else { return false };
    if (metadata.dev(), metadata.ino()) == wanted {
        return true;
    }
    if !metadata.is_dir() {
        return false;
    }
    // A folder of the agent's that the agent cannot read holds what it holds.
    let Ok(entries) = fs::read_dir(path) else { return true };
    entries.flatten().any(|entry| holds(&entry.path(), wanted, left, depth - 1))
}
