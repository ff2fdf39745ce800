//! What collectors read of a machine, kept so that a folder can stand for the machine later.
//!
//! Everything is kept as it was when it was read: files with their bytes, folders with the names in them, links with what
//! they say, tools with what they printed, and what system calls answered. A file that was only looked for is kept empty.

use crate::commands::Recorded;
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// More than this is not kept of one machine; what is left out is said.
const ROOM: usize = 512 << 20;
/// As the kernel follows links.
const MOST_LINKS: usize = 40;

#[derive(Debug, Default)]
pub(crate) struct Recorder {
    /// Of a folder that stands for a machine: paths are taken as they are.
    folder: bool,
    inner: Mutex<Records>,
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// By their real paths.
    pub(crate) entries: BTreeMap<PathBuf, Entry>,
    /// Which section's collector read a file or ran a command first.
    pub(crate) readers: BTreeMap<String, &'static str>,
    /// What system calls answered, by the question.
    pub(crate) answers: BTreeMap<String, String>,
    pub(crate) commands: Vec<Recorded>,
    /// Files for which there was no room.
    pub(crate) left_out: Vec<PathBuf>,
    used: usize,
    /// Folders that are known to be their own real path, and links' targets.
    resolved: HashMap<PathBuf, PathBuf>,
}

/// Something at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    Folder,
    Link(PathBuf),
    File {
        /// None when it was not read.
        bytes: Option<Vec<u8>>,
        modified: Option<SystemTime>,
    },
}

thread_local! {
    /// The section that is being read on this thread.
    static SECTION: Cell<&'static str> = const { Cell::new("") };
}

/// Says which section is read on this thread from now on.
pub(crate) fn reading(section: &'static str) {
    SECTION.set(section);
}

impl Recorder {
    pub(crate) fn of_folder() -> Self {
        Self { folder: true, inner: Mutex::default() }
    }

    /// Where something is kept.
    fn place(&self, records: &mut Records, path: &Path) -> Option<PathBuf> {
        if self.folder { Some(path.to_owned()) } else { records.real(path) }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Records> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn file(&self, path: &Path, bytes: &[u8]) {
        let mut records = self.lock();
        let Some(path) = self.place(&mut records, path) else { return };
        records.readers.entry(path.display().to_string()).or_insert(SECTION.get());
        if records.used.saturating_add(bytes.len()) > ROOM {
            records.left_out.push(path);
            return;
        }
        records.used += bytes.len();
        let modified = fs::metadata(&path).and_then(|meta| meta.modified()).ok();
        records.entries.insert(path, Entry::File { bytes: Some(bytes.to_vec()), modified });
    }

    /// Something that was looked for or looked at, and not read.
    pub(crate) fn seen(&self, path: &Path) {
        let mut records = self.lock();
        if let Some(path) = self.place(&mut records, path) {
            records.placeholder(path);
        }
    }

    pub(crate) fn names(&self, folder: &Path, names: &[String]) {
        let mut records = self.lock();
        let Some(folder) = self.place(&mut records, folder) else { return };
        for name in names {
            let path = folder.join(name);
            match fs::read_link(&path) {
                Ok(target) => {
                    records.entries.insert(path, Entry::Link(target));
                }
                Err(_) => records.placeholder(path),
            }
        }
        records.entries.entry(folder).or_insert(Entry::Folder);
    }

    pub(crate) fn link(&self, path: &Path, target: &Path) {
        let mut records = self.lock();
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return };
        if let Some(folder) = self.place(&mut records, folder) {
            records.entries.insert(folder.join(name), Entry::Link(target.to_owned()));
        }
    }

    pub(crate) fn answer(&self, question: &str, answer: &str) {
        self.lock().answers.insert(question.to_owned(), answer.to_owned());
    }

    pub(crate) fn command(&self, recorded: Recorded) {
        let mut records = self.lock();
        records.readers.entry(recorded.argv.join(" ")).or_insert(SECTION.get());
        if !records.commands.contains(&recorded) {
            records.commands.push(recorded);
        }
    }
}

impl Records {
    /// The path with every link on it followed, and the links and folders on the way kept; none when it leads nowhere.
    fn real(&mut self, path: &Path) -> Option<PathBuf> {
        let mut left: Vec<PathBuf> = steps(path);
        let (mut real, mut links) = (PathBuf::from("/"), 0);
        while let Some(step) = left.pop() {
            if step.as_os_str() == ".." {
                real.pop();
                continue;
            }
            let next = real.join(&step);
            if self.resolved.contains_key(&next) {
                real = next;
                continue;
            }
            match fs::symlink_metadata(&next) {
                Ok(meta) if meta.is_symlink() => {
                    links += 1;
                    let target = fs::read_link(&next).ok().filter(|_| links <= MOST_LINKS)?;
                    if target.is_absolute() {
                        real = PathBuf::from("/");
                    }
                    left.extend(steps(&target));
                    self.entries.insert(next, Entry::Link(target));
                }
                Ok(meta) => {
                    if meta.is_dir() {
                        self.entries.entry(next.clone()).or_insert(Entry::Folder);
                        self.resolved.insert(next.clone(), next.clone());
                    }
                    real = next;
                }
                Err(_) => return None,
            }
        }
        Some(real)
    }

    /// The path with the first link on it followed that was read: that of a device's own folder.
    pub(crate) fn followed(&self, path: &Path) -> PathBuf {
        match self.entries.get(path) {
            Some(Entry::Link(target)) => {
                let mut real = path.parent().map(Path::to_owned).unwrap_or_default();
                for step in target.components() {
                    match step {
                        Component::ParentDir => drop(real.pop()),
                        Component::Normal(name) => real.push(name),
                        _ => real = PathBuf::from("/"),
                    }
                }
                real
            }
            _ => path.to_owned(),
        }
    }

    fn placeholder(&mut self, path: PathBuf) {
        if self.entries.contains_key(&path) {
            return;
        }
        let Ok(meta) = fs::symlink_metadata(&path) else { return };
        let entry =
            if meta.is_dir() { Entry::Folder } else { Entry::File { bytes: None, modified: meta.modified().ok() } };
        self.entries.insert(path, entry);
    }
}

/// The names on a path, last one first.
fn steps(path: &Path) -> Vec<PathBuf> {
    let names = path.components().filter_map(|step| match step {
        Component::Normal(name) => Some(PathBuf::from(name)),
        Component::ParentDir => Some(PathBuf::from("..")),
        _ => None,
    });
    let mut names: Vec<PathBuf> = names.collect();
    names.reverse();
    names
}
