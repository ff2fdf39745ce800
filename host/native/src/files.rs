//! Files of this machine: ordinary files and folders below what the policy names, nothing else. A pipe or a device is not
//! waited for, and what is written has one name only.

use crate::beneath::{Found, Place, failed, place};
use crate::off_thread::{Stopped, off_thread};
use crate::own_files::OwnFiles;
use airlock_gate::calls::{
    Bytes, FileHash, FileList, FileMkdir, FileRead, FileRemove, FileStat, FileWrite, Kind, LARGEST_PART, Stat,
};
use airlock_gate::ports::{Answer, Files};
use airlock_gate::{CallError, Code, Scope};
use nix::fcntl::OFlag;
use nix::sys::stat::{Mode, mkdirat};
use nix::unistd::{UnlinkatFlags, unlinkat};
use sha2::{Digest, Sha256, Sha512};
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Names in a folder that are looked at before it counts as too large.
const MOST_NAMES: u64 = 10_000;

/// The files of this machine.
#[derive(Debug, Clone)]
pub struct MachineFiles {
    own: Arc<OwnFiles>,
}

impl MachineFiles {
    /// Without those of the agent itself.
    pub fn new(own: Arc<OwnFiles>) -> Self {
        Self { own }
    }

    fn at<'a, T: Send + 'static>(
        &self,
        path: &str,
        scope: &Scope,
        work: impl FnOnce(Place, &str, &OwnFiles, &Stopped) -> Result<T, CallError> + Send + 'static,
    ) -> Answer<'a, T> {
        let (own, path, root) = (Arc::clone(&self.own), path.to_owned(), scope.root.clone());
        Box::pin(off_thread(move |stopped| {
            let root = root.ok_or_else(|| CallError::Failed("no folder was granted".to_owned()))?;
            let place = place(&path, &root, &own)?;
            work(place, &path, &own, stopped)
        }))
    }
}

fn open_file(place: &Place, path: &str, own: &OwnFiles) -> Result<File, CallError> {
    let found = place.look(path, own)?;
    if !found.is_file() {
        return Err(CallError::Failed(format!("{path}: not a regular file")));
    }
    place.open(&found, path, OFlag::O_RDONLY).map(File::from)
}

impl Files for MachineFiles {
    fn stat<'a>(&'a self, call: FileStat, scope: &'a Scope) -> Answer<'a, Option<Stat>> {
        let answer = self.at(&call.path, scope, |place, path, own, _| place.look(path, own).map(|found| stat(&found)));
        Box::pin(async move {
            match answer.await {
                Err(CallError::NotFound) => Ok(None),
                answer => answer.map(Some),
            }
        })
    }

    fn list<'a>(&'a self, call: FileList, scope: &'a Scope) -> Answer<'a, Vec<String>> {
        let most = scope.max_results.unwrap_or(MOST_NAMES).min(MOST_NAMES);
        self.at(&call.path, scope, move |place, path, own, stopped| {
            let found = place.look(path, own)?;
            if !found.is_folder() {
                return Err(CallError::Failed(format!("{path}: not a folder")));
            }
            let folder = place.open(&found, path, OFlag::O_RDONLY | OFlag::O_DIRECTORY)?;
            names(File::from(folder), most, path, stopped)
        })
    }

    fn read<'a>(&'a self, call: FileRead, scope: &'a Scope) -> Answer<'a, Bytes> {
        self.at(&call.path, scope, move |place, path, own, _| {
            let file = open_file(&place, path, own)?;
            let mut bytes = vec![0; usize::try_from(call.length.min(LARGEST_PART)).unwrap_or(0)];
            let mut filled = 0;
            while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
                match file.read_at(rest, call.offset.saturating_add(filled as u64)) {
                    Ok(0) => break,
                    Ok(count) => filled += count,
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(CallError::Failed(format!("{path}: {error}"))),
                }
            }
            bytes.truncate(filled);
            Ok(Bytes(bytes))
        })
    }

    fn hash<'a>(&'a self, call: FileHash, scope: &'a Scope) -> Answer<'a, String> {
        let most = scope.max_bytes.unwrap_or(u64::MAX);
        self.at(&call.path, scope, move |place, path, own, stopped| {
            let file = open_file(&place, path, own)?;
            match call.algorithm.as_str() {
                "sha256" => digest(Sha256::new(), file, most, path, stopped),
                "sha512" => digest(Sha512::new(), file, most, path, stopped),
                other => Err(CallError::Invalid(format!("{other:.40?} is neither sha256 nor sha512"))),
            }
        })
    }

    fn write<'a>(&'a self, call: FileWrite, scope: &'a Scope) -> Answer<'a, ()> {
        let FileWrite { path, offset, data } = call;
        self.at(&path, scope, move |place, path, own, _| {
            let file = match place.look(path, own) {
                Ok(found) => {
                    check_writable(&found, path)?;
                    File::from(place.open(&found, path, OFlag::O_WRONLY)?)
                }
                Err(CallError::NotFound) => File::from(place.create(path)?),
                Err(error) => return Err(error),
            };
            let io = |error: std::io::Error| CallError::Failed(format!("{path}: {error}"));
            if offset == 0 {
                file.set_len(0).map_err(io)?;
            }
            file.write_all_at(&data, offset).map_err(io)
        })
    }

    fn mkdir<'a>(&'a self, call: FileMkdir, scope: &'a Scope) -> Answer<'a, ()> {
        self.at(&call.path, scope, |place, path, own, _| {
            let Some(name) = &place.name else { return Err(CallError::Failed(format!("{path}: is there already"))) };
            // What is there already is refused for what it is, first.
            match place.look(path, own) {
                Ok(_) => Err(CallError::Failed(format!("{path}: is there already"))),
                Err(CallError::NotFound) => mkdirat(&place.folder, name.as_str(), Mode::from_bits_truncate(0o755))
                    .map_err(|error| failed(path, error)),
                Err(error) => Err(error),
            }
        })
    }

    fn remove<'a>(&'a self, call: FileRemove, scope: &'a Scope) -> Answer<'a, ()> {
        self.at(&call.path, scope, |place, path, own, _| {
            let found = place.look(path, own)?;
            let Some(name) = &place.name else {
                return Err(CallError::Failed(format!("{path}: what a grant names is not removed")));
            };
            let flag = match (found.is_file(), found.is_folder()) {
                (true, _) => UnlinkatFlags::NoRemoveDir,
                (_, true) => UnlinkatFlags::RemoveDir,
                _ => return Err(CallError::Failed(format!("{path}: neither a regular file nor a folder"))),
            };
            unlinkat(&place.folder, name.as_str(), flag).map_err(|error| failed(path, error))
        })
    }
}

/// A file that may be written: with one name, for a second would be changed too, and not one that runs as somebody else.
pub(crate) fn check_writable(found: &Found, path: &str) -> Result<(), CallError> {
    if !found.is_file() {
        return Err(CallError::Failed(format!("{path}: not a regular file")));
    }
    if found.stat.st_nlink > 1 {
        return Err(CallError::Refused(Code::Link));
    }
    if found.stat.st_mode & 0o6000 != 0 {
        return Err(CallError::Failed(format!(
            "{path}: runs with the rights of its owner or group, and is not written"
        )));
    }
    Ok(())
}

pub(crate) fn stat(found: &Found) -> Stat {
    let kind = match (found.is_file(), found.is_folder()) {
        (true, _) => Kind::File,
        (_, true) => Kind::Dir,
        _ => Kind::Other,
    };
    let size = if kind == Kind::File { u64::try_from(found.stat.st_size).unwrap_or(0) } else { 0 };
    Stat { kind, size, modified: u64::try_from(found.stat.st_mtime).unwrap_or(0) }
}

pub(crate) fn names(folder: File, most: u64, path: &str, stopped: &Stopped) -> Result<Vec<String>, CallError> {
    let io = |error: std::io::Error| CallError::Failed(format!("{path}: {error}"));
    let mut names = Vec::new();
    for entry in cap_std::fs::Dir::from_std_file(folder).entries().map_err(io)? {
        if names.len() as u64 >= most {
            return Err(CallError::Failed(format!("{path}: more names than are granted")));
        }
        if stopped.is_stopped() {
            return Err(CallError::Cancelled);
        }
        names.push(entry.map_err(io)?.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}

pub(crate) fn digest<D: Digest>(
    mut hasher: D,
    file: File,
    most: u64,
    path: &str,
    stopped: &Stopped,
) -> Result<String, CallError> {
    let too_large = || CallError::Failed(format!("{path}: the file is larger than is granted"));
    let mut file = file.take(most.saturating_add(1));
    let mut chunk = vec![0; 128 << 10];
    let mut hashed = 0_u64;
    loop {
        let count = match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(CallError::Failed(format!("{path}: {error}"))),
        };
        hashed = hashed.saturating_add(count as u64);
        if hashed > most {
            return Err(too_large());
        }
        if stopped.is_stopped() {
            return Err(CallError::Cancelled);
        }
        hasher.update(chunk.get(..count).unwrap_or_default());
    }
    Ok(hasher.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
