//! Where the machine's files are: below `/`, or below a folder that stands for a machine.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// More than any file of the kernel's or a package manager's that a collector reads; what is longer is cut there.
const LARGEST: u64 = 64 << 20;

/// What a kernel attribute holds at most, and nearly every other file that a collector reads.
const PAGE: usize = 4 << 10;

/// The root of a machine's file system. Paths given to it are absolute ones of that machine.
#[derive(Debug, Clone)]
pub struct Roots {
    root: PathBuf,
    live: bool,
}

impl Roots {
    /// This machine itself.
    pub fn live() -> Self {
        Self { root: PathBuf::from("/"), live: true }
    }

    /// A folder that holds a machine's files: a capture, or a test's own.
    pub fn folder(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), live: false }
    }

    /// True when system calls speak of the same machine as the files.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// Where a path of the machine is for this process.
    pub fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = path.as_ref();
        if self.live {
            return path.to_owned();
        }
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// The bytes of a file.
    pub fn bytes(&self, path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
        // There is room for a small file at once, so that it is read in one piece; only a bigger one is asked for its
        // length, which the kernel's own files do not know anyway.
        let mut file = File::open(self.at(path))?;
        let mut bytes = Vec::with_capacity(PAGE);
        file.by_ref().take(PAGE as u64).read_to_end(&mut bytes)?;
        if bytes.len() == PAGE {
            let length = file.metadata()?.len().min(LARGEST);
            bytes.reserve(usize::try_from(length).unwrap_or(0).saturating_sub(PAGE).saturating_add(1));
            file.take(LARGEST.saturating_sub(PAGE as u64)).read_to_end(&mut bytes)?;
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
        let mut names: Vec<String> =
            fs::read_dir(self.at(folder))?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// What a symbolic link says, as it says it.
    pub fn link(&self, path: impl AsRef<Path>) -> io::Result<PathBuf> {
        fs::read_link(self.at(path))
    }

    /// The last component of what a symbolic link says: the name of a driver, a bus, a device.
    pub fn link_name(&self, path: impl AsRef<Path>) -> Option<String> {
        Some(self.link(path).ok()?.file_name()?.to_str()?.to_owned())
    }

    /// The machine's path of a file, all symbolic links followed.
    pub fn real(&self, path: impl AsRef<Path>) -> io::Result<PathBuf> {
        let real = fs::canonicalize(self.at(path))?;
        if self.live {
            return Ok(real);
        }
        let root = fs::canonicalize(&self.root)?;
        Ok(real.strip_prefix(&root).map_or(real.clone(), |inside| Path::new("/").join(inside)))
    }

    /// True for a file that can be read at once, which a pipe cannot. For what is read without a collector's deadline:
    /// the host's name and the zone of its clock.
    pub fn is_file(&self, path: impl AsRef<Path>) -> bool {
        self.metadata(path).is_ok_and(|file| file.is_file())
    }

    pub fn metadata(&self, path: impl AsRef<Path>) -> io::Result<fs::Metadata> {
        fs::metadata(self.at(path))
    }

    pub fn exists(&self, path: impl AsRef<Path>) -> bool {
        self.at(path).exists()
    }
}
