//! Where the machine's files are: below `/`, or below a folder that stands for a machine.
//!
//! In a folder, links are followed as if it were the whole file system (openat2(2), `RESOLVE_IN_ROOT`): a captured machine
//! comes from a stranger, and nothing in it leads to the files of this one.

use crate::recorder::Recorder;
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2, readlinkat};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// More than any file of the kernel's or a package manager's that a collector reads; what is longer is cut there.
const LARGEST: u64 = 64 << 20;

/// What a kernel attribute holds at most, and nearly every other file that a collector reads.
const PAGE: usize = 4 << 10;

/// In a captured folder: what system calls answered, one JSON object a line.
pub(crate) const ANSWERS: &str = "/.airlock/answers.jsonl";

/// The root of a machine's file system. Paths given to it are absolute ones of that machine.
#[derive(Debug, Clone)]
pub struct Roots {
    root: PathBuf,
    kind: Kind,
    /// Who keeps what is read.
    recorder: Option<Arc<Recorder>>,
}

#[derive(Debug, Clone)]
enum Kind {
    Live,
    Folder(Arc<Captured>),
}

/// A folder that stands for a machine.
#[derive(Debug, Default)]
struct Captured {
    /// The folder itself; none when it cannot be opened, and then nothing can.
    folder: Option<File>,
    answers: OnceLock<BTreeMap<String, String>>,
}

/// One question to the kernel that is no file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) question: String,
    pub(crate) answer: String,
}

impl Roots {
    /// This machine itself.
    pub fn live() -> Self {
        Self { root: PathBuf::from("/"), kind: Kind::Live, recorder: None }
    }

    /// The same; everything that is read is kept.
    pub(crate) fn recorded(mut self, recorder: Arc<Recorder>) -> Self {
        self.recorder = Some(recorder);
        self
    }

    /// A folder that holds a machine's files: a capture, or a test's own.
    pub fn folder(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        let folder = File::open(&root).ok();
        let kind = Kind::Folder(Arc::new(Captured { folder, answers: OnceLock::new() }));
        Self { root, kind, recorder: None }
    }

    /// True when system calls speak of the same machine as the files.
    pub fn is_live(&self) -> bool {
        !matches!(self.kind, Kind::Folder(_))
    }

    pub(crate) fn recorder(&self) -> Option<&Arc<Recorder>> {
        self.recorder.as_ref()
    }

    /// What a system call says of the machine: asked now of this one, and looked up for a captured one.
    pub(crate) fn answer(&self, question: &str, ask: impl FnOnce() -> Option<String>) -> Option<String> {
        match &self.kind {
            Kind::Live => {
                let answer = ask()?;
                if let Some(recorder) = &self.recorder {
                    recorder.answer(question, &answer);
                }
                Some(answer)
            }
            Kind::Folder(captured) => captured.answers.get_or_init(|| self.answers()).get(question).cloned(),
        }
    }

    /// Lines that are none are left out.
    fn answers(&self) -> BTreeMap<String, String> {
        let text = self.text(ANSWERS).unwrap_or_default();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Answer>(line).ok());
        lines.map(|line| (line.question, line.answer)).collect()
    }

    /// Where a path of the machine is for this process. For what is only written or shown: reading goes through
    /// [`Roots::open`], which keeps to the folder.
    pub fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = path.as_ref();
        if self.is_live() {
            return path.to_owned();
        }
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Opens a file or a folder for reading.
    pub(crate) fn open(&self, path: impl AsRef<Path>) -> io::Result<File> {
        self.opened(path.as_ref(), OFlag::O_RDONLY)
    }

    /// Opens a folder; anything else is an error and is not waited for.
    pub(crate) fn open_folder(&self, path: impl AsRef<Path>) -> io::Result<File> {
        self.opened(path.as_ref(), OFlag::O_RDONLY | OFlag::O_DIRECTORY)
    }

    fn opened(&self, path: &Path, flags: OFlag) -> io::Result<File> {
        let Kind::Folder(captured) = &self.kind else {
            return match flags == OFlag::O_RDONLY {
                true => File::open(path),
                false => Ok(nix::fcntl::open(path, flags | OFlag::O_CLOEXEC, nix::sys::stat::Mode::empty())?.into()),
            };
        };
        let Some(folder) = &captured.folder else { return Err(io::ErrorKind::NotFound.into()) };
        let how = OpenHow::new().flags(flags | OFlag::O_CLOEXEC).resolve(ResolveFlag::RESOLVE_IN_ROOT);
        match openat2(folder, path, how) {
            Ok(file) => Ok(file.into()),
            // Before Linux 5.6, and under a filter that does not know it.
            Err(Errno::ENOSYS | Errno::EPERM) => self.opened_slowly(path, flags),
            Err(error) => Err(error.into()),
        }
    }

    /// The same where the kernel cannot: what leads out of the folder is refused.
    fn opened_slowly(&self, path: &Path, flags: OFlag) -> io::Result<File> {
        let real = fs::canonicalize(self.at(path))?;
        if !real.starts_with(fs::canonicalize(&self.root)?) {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "a link out of the captured folder"));
        }
        Ok(nix::fcntl::open(&real, flags | OFlag::O_CLOEXEC, nix::sys::stat::Mode::empty())?.into())
    }

    /// The bytes of a file.
    pub fn bytes(&self, path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
        let path = path.as_ref();
        // There is room for a small file at once, so that it is read in one piece; only a bigger one is asked for its
        // length, which the kernel's own files do not know anyway.
        let mut file = self.open(path)?;
        let mut bytes = Vec::with_capacity(PAGE);
        file.by_ref().take(PAGE as u64).read_to_end(&mut bytes)?;
        if bytes.len() == PAGE {
            let length = file.metadata()?.len().min(LARGEST);
            bytes.reserve(usize::try_from(length).unwrap_or(0).saturating_sub(PAGE).saturating_add(1));
            file.take(LARGEST.saturating_sub(PAGE as u64)).read_to_end(&mut bytes)?;
        }
        if let Some(recorder) = self.recorder() {
            recorder.file(path, &bytes);
        }
        Ok(bytes)
    }

    /// The text of a file; bytes that are not UTF-8 become U+FFFD.
    pub fn text(&self, path: impl AsRef<Path>) -> io::Result<String> {
        self.bytes(path).map(|bytes| match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(other) => String::from_utf8_lossy(other.as_bytes()).into_owned(),
        })
    }

    /// The names in a folder, sorted.
    pub fn names(&self, folder: impl AsRef<Path>) -> io::Result<Vec<String>> {
        let folder = folder.as_ref();
        let entries = match &self.kind {
            Kind::Folder(_) => fs::read_dir(itself(&self.open_folder(folder)?))?,
            _ => fs::read_dir(folder)?,
        };
        let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort_unstable();
        if let Some(recorder) = self.recorder() {
            recorder.names(folder, &names);
        }
        Ok(names)
    }

    /// What a symbolic link says, as it says it.
    pub fn link(&self, path: impl AsRef<Path>) -> io::Result<PathBuf> {
        let path = path.as_ref();
        let target = match &self.kind {
            Kind::Folder(_) => {
                let link = self.opened(path, OFlag::O_PATH | OFlag::O_NOFOLLOW)?;
                readlinkat(&link, "").map(PathBuf::from).map_err(|error| match error {
                    // So the kernel says that this is no link.
                    Errno::ENOENT => io::ErrorKind::InvalidInput.into(),
                    other => io::Error::from(other),
                })?
            }
            _ => fs::read_link(path)?,
        };
        if let Some(recorder) = self.recorder() {
            recorder.link(path, &target);
        }
        Ok(target)
    }

    /// The last component of what a symbolic link says: the name of a driver, a bus, a device.
    pub fn link_name(&self, path: impl AsRef<Path>) -> Option<String> {
        Some(self.link(path).ok()?.file_name()?.to_str()?.to_owned())
    }

    /// The machine's path of a file, all symbolic links followed.
    pub fn real(&self, path: impl AsRef<Path>) -> io::Result<PathBuf> {
        let path = path.as_ref();
        if let Some(recorder) = self.recorder() {
            recorder.seen(path);
        }
        let Kind::Folder(_) = &self.kind else { return fs::canonicalize(path) };
        let real = fs::read_link(itself(&self.opened(path, OFlag::O_PATH)?))?;
        let root = fs::canonicalize(&self.root)?;
        Ok(real.strip_prefix(&root).map_or(real.clone(), |inside| Path::new("/").join(inside)))
    }

    /// True for a file that can be read at once, which a pipe cannot. For what is read without a collector's deadline:
    /// the host's name and the zone of its clock.
    pub fn is_file(&self, path: impl AsRef<Path>) -> bool {
        self.metadata(path).is_ok_and(|file| file.is_file())
    }

    pub fn metadata(&self, path: impl AsRef<Path>) -> io::Result<fs::Metadata> {
        let path = path.as_ref();
        if let Some(recorder) = self.recorder() {
            recorder.seen(path);
        }
        match &self.kind {
            Kind::Folder(_) => self.opened(path, OFlag::O_PATH)?.metadata(),
            _ => fs::metadata(path),
        }
    }

    /// The number of the user to whom something belongs: in a captured folder everything is whoever's unpacked it.
    pub(crate) fn owner(&self, path: &str) -> Option<u32> {
        use std::os::unix::fs::MetadataExt;
        let asked = || self.metadata(path).ok().map(|meta| meta.uid());
        if self.is_live() && self.recorder.is_none() {
            return asked();
        }
        let known = self.answer(&format!("owner {path}"), || asked().map(|owner| owner.to_string()));
        known.and_then(|owner| owner.parse().ok()).or_else(asked)
    }

    pub fn exists(&self, path: impl AsRef<Path>) -> bool {
        self.metadata(path).is_ok()
    }
}

/// An open file's own path, wherever it has been moved to.
fn itself(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn links_in_a_folder_stay_in_it() {
        let machine = TestMachine::of(&[("etc/real", "text"), ("sys/devices/a/name", "a")]);
        machine.link("etc/absolute", "/etc/real");
        machine.link("etc/upwards", "../../../../../etc/real");
        machine.link("etc/outside", "/etc/passwd");
        machine.link("sys/class", "devices");
        let roots = machine.roots();
        assert_eq!(roots.text("/etc/absolute").unwrap(), "text");
        assert_eq!(roots.text("/etc/upwards").unwrap(), "text");
        assert!(roots.text("/etc/outside").is_err() && !roots.exists("/etc/outside"));
        assert!(roots.text("/../../etc/passwd").is_err());
        assert_eq!(roots.names("/sys/class").unwrap(), ["a"]);
        assert_eq!(roots.link("/etc/outside").unwrap(), Path::new("/etc/passwd"));
        assert!(roots.link("/etc/real").is_err());
        assert_eq!(roots.real("/sys/class/a").unwrap(), Path::new("/sys/devices/a"));
        assert!(roots.is_file("/etc/absolute") && !roots.is_file("/etc"));
    }

    #[test]
    fn a_folder_that_is_not_there_holds_nothing() {
        let roots = Roots::folder("/no/such/folder");
        assert!(roots.bytes("/etc/passwd").is_err() && roots.names("/").is_err() && !roots.exists("/"));
    }
}
