//! Files and trees, by what is found on the way to them: no link is followed, no other file system is gone into, nothing but
//! ordinary files and folders is touched, and nothing of the agent's own.

use crate::beneath::{Found, Mounts, Place as Beneath, failed, place_among};
use crate::files::{check_writable, names};
use crate::off_thread::Stopped;
use crate::own_files::OwnFiles;
use airlock_gate::calls::{Kind, MOST_ENTRIES, TreeEntry};
use airlock_gate::{CallError, Code};
use nix::fcntl::{OFlag, openat, renameat};
use nix::sys::stat::{Mode, mkdirat};
use nix::unistd::{UnlinkatFlags, unlinkat};
use std::fs::{File, Permissions};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;

/// Folders in folders.
const DEEPEST: usize = 64;

/// A place that is open for looking: where it is, and whose files are not touched there.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    /// The folder that is opened as it is written, and what is below it.
    pub(super) root: String,
    pub(super) path: String,
    pub(super) own: std::sync::Arc<OwnFiles>,
    /// As people know it.
    pub(super) shown: String,
}

impl Spot {
    pub(super) fn open(&self) -> Result<Beneath, CallError> {
        place_among(&self.path, &self.root, &self.own, Mounts::Refused)
    }

    pub(super) fn below(&self, path: &str) -> Self {
        let join = |base: &str| match (path.is_empty(), base.ends_with(['/', ':'])) {
            (true, _) => base.to_owned(),
            (false, true) => format!("{base}{path}"),
            (false, false) => format!("{base}/{path}"),
        };
        Self { path: join(&self.path), shown: join(&self.shown), ..self.clone() }
    }

    /// What is there.
    pub(super) fn look(&self) -> Result<(Beneath, Found), CallError> {
        let place = self.open()?;
        let found = place.look(&self.shown, &self.own)?;
        Ok((place, found))
    }

    pub(super) fn file(&self) -> Result<(File, Found), CallError> {
        let (place, found) = self.look()?;
        if !found.is_file() {
            return Err(CallError::Failed(format!("{}: not a regular file", self.shown)));
        }
        Ok((File::from(place.open(&found, &self.shown, OFlag::O_RDONLY)?), found))
    }
}

/// Everything that a place consists of.
pub(super) fn tree(spot: &Spot, stopped: &Stopped) -> Result<Vec<TreeEntry>, CallError> {
    let (place, found) = spot.look()?;
    let mut entries = Vec::new();
    walk(spot, &place, &found, String::new(), 0, &mut entries, stopped)?;
    Ok(entries)
}

fn walk(
    spot: &Spot,
    place: &Beneath,
    found: &Found,
    path: String,
    depth: usize,
    entries: &mut Vec<TreeEntry>,
    stopped: &Stopped,
) -> Result<(), CallError> {
    let shown = spot.below(&path).shown;
    if stopped.is_stopped() {
        return Err(CallError::Cancelled);
    }
    if entries.len() >= MOST_ENTRIES || depth > DEEPEST {
        return Err(CallError::Failed(format!(
            "{}: more than {MOST_ENTRIES} files and folders, or more than {DEEPEST} of them in each other",
            spot.shown
        )));
    }
    let kind = match (found.is_file(), found.is_folder()) {
        (true, _) => Kind::File,
        (_, true) => Kind::Dir,
        _ => return Err(CallError::Failed(format!("{shown}: neither a regular file nor a folder"))),
    };
    let size = if kind == Kind::File { u64::try_from(found.stat.st_size).unwrap_or(0) } else { 0 };
    entries.push(TreeEntry { path: path.clone(), kind, size, may_be_made: true, is_awaited: false });
    if kind == Kind::File {
        return Ok(());
    }
    let folder = place.open(found, &shown, OFlag::O_RDONLY | OFlag::O_DIRECTORY)?;
    for name in names(File::from(folder), MOST_ENTRIES as u64, &shown, stopped)? {
        let inner = place.inside(found, &name, &shown)?;
        let below = if path.is_empty() { name } else { format!("{path}/{name}") };
        let found = inner.look(&spot.below(&below).shown, &spot.own)?;
        walk(spot, &inner, &found, below, depth + 1, entries, stopped)?;
    }
    Ok(())
}

/// Copies these entries and nothing else. How many files.
pub(super) fn copy(from: &Spot, entries: &[TreeEntry], to: &Spot, stopped: &Stopped) -> Result<u32, CallError> {
    let mut files = 0;
    for entry in entries {
        if stopped.is_stopped() {
            return Err(CallError::Cancelled);
        }
        let (source, target) = (from.below(&entry.path), to.below(&entry.path));
        match entry.kind {
            Kind::Dir => folder(&target, entry.may_be_made)?,
            _ => {
                copy_file(&source, entry.size, &target)?;
                files += 1;
            }
        }
    }
    Ok(files)
}

/// A folder that is there, or is made.
fn folder(at: &Spot, may_be_made: bool) -> Result<(), CallError> {
    let place = at.open()?;
    match place.look(&at.shown, &at.own) {
        Ok(found) if found.is_folder() => Ok(()),
        Ok(_) => Err(CallError::Failed(format!("{}: is there, and is no folder", at.shown))),
        Err(CallError::NotFound) if !may_be_made => Err(CallError::Refused(Code::NoGrant)),
        Err(CallError::NotFound) => match &place.name {
            Some(name) => mkdirat(&place.folder, name.as_str(), Mode::from_bits_truncate(0o755))
                .map_err(|error| failed(&at.shown, error)),
            None => Err(CallError::NotFound),
        },
        Err(error) => Err(error),
    }
}

/// Under another name first: whoever looks sees the old file or the new one.
fn copy_file(from: &Spot, size: u64, to: &Spot) -> Result<(), CallError> {
    let (source, found) = from.file()?;
    let place = to.open()?;
    match place.look(&to.shown, &to.own) {
        Ok(there) => check_writable(&there, &to.shown)?,
        Err(CallError::NotFound) => {}
        Err(error) => return Err(error),
    }
    let Some(name) = &place.name else {
        return Err(CallError::Failed(format!("{}: is a folder that is granted, and no file", to.shown)));
    };
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| CallError::Failed(error.to_string()))?;
    let unfinished = format!("{}{:016x}", super::fresh::UNFINISHED, u64::from_le_bytes(bytes));
    let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    // What it is on the way is nobody else's.
    let at = |error| failed(&to.shown, error);
    let file = openat(&place.folder, unfinished.as_str(), flags, Mode::from_bits_truncate(0o600)).map_err(at)?;
    let io = |error: std::io::Error| CallError::Failed(format!("{}: {error}", to.shown));
    let done = (|| {
        let mut file = File::from(file);
        let copied = std::io::copy(&mut source.take(size.saturating_add(1)), &mut file).map_err(io)?;
        if copied != size {
            return Err(CallError::Failed(format!("{}: changed while it was copied", from.shown)));
        }
        let mode = if found.stat.st_mode & 0o100 == 0 { 0o644 } else { 0o755 };
        file.set_permissions(Permissions::from_mode(mode)).map_err(io)?;
        renameat(&place.folder, unfinished.as_str(), &place.folder, name.as_str()).map_err(at)
    })();
    if done.is_err() {
        let _ = unlinkat(&place.folder, unfinished.as_str(), UnlinkatFlags::NoRemoveDir);
    }
    done
}

/// Removes these entries and nothing else.
pub(super) fn remove(at: &Spot, entries: &[TreeEntry], keeps_root: bool, stopped: &Stopped) -> Result<(), CallError> {
    // What is in a folder goes before it.
    for entry in entries.iter().rev() {
        if stopped.is_stopped() {
            return Err(CallError::Cancelled);
        }
        if keeps_root && entry.path.is_empty() {
            continue;
        }
        let spot = at.below(&entry.path);
        let (place, found) = match spot.look() {
            Err(CallError::NotFound) => continue,
            looked => looked?,
        };
        let Some(name) = &place.name else {
            return Err(CallError::Failed(format!("{}: what a grant names is not removed", spot.shown)));
        };
        let flag = match (entry.kind, found.is_file(), found.is_folder()) {
            (Kind::File, true, _) => UnlinkatFlags::NoRemoveDir,
            (Kind::Dir, _, true) => UnlinkatFlags::RemoveDir,
            _ => return Err(CallError::Failed(format!("{}: has become something else", spot.shown))),
        };
        unlinkat(&place.folder, name.as_str(), flag).map_err(|error| failed(&spot.shown, error))?;
    }
    Ok(())
}

/// A folder with at most so many of those above it.
pub(super) fn make_dir(at: &Spot, above: usize) -> Result<(), CallError> {
    let below = at.path.strip_prefix(&at.root).unwrap_or_default();
    let names: Vec<&str> = below.split('/').filter(|name| !name.is_empty()).collect();
    let root = Spot { path: at.root.clone(), shown: at.root.clone(), ..at.clone() };
    let first_made = names.len().saturating_sub(above.saturating_add(1));
    for count in 1..=names.len() {
        let path = names.get(..count).unwrap_or_default().join("/");
        folder(&root.below(&path), count > first_made)?;
    }
    if names.is_empty() { folder(at, false) } else { Ok(()) }
}
