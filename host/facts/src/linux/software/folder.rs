//! Folders whose contents somebody else may change while they are read, such as a user's home: no link in them is
//! followed, and nothing in them can lead out of them.
//!
//! Every step is taken from the open folder (openat(2) with `O_NOFOLLOW`), so that what was looked at is what is read.

use crate::Roots;
use crate::recorder::Recorder;
use nix::fcntl::{OFlag, openat, readlinkat};
use nix::sys::stat::Mode;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An open folder.
pub(super) struct Folder {
    file: File,
    /// Its path on the machine, and who keeps what is read of it.
    recorded: Option<(PathBuf, Arc<Recorder>)>,
}

impl Folder {
    /// Of a path that only the machine's owner can change: links in it are followed.
    pub(super) fn at(roots: &Roots, path: &str) -> io::Result<Self> {
        let file = roots.open_folder(path)?;
        Ok(Self { file, recorded: roots.recorder().map(|recorder| (PathBuf::from(path), Arc::clone(recorder))) })
    }

    /// A folder in this one.
    pub(super) fn folder(&self, name: &str) -> io::Result<Self> {
        let file = self.open(name, OFlag::O_DIRECTORY)?;
        let recorded = self.recorded.as_ref().map(|(path, recorder)| (path.join(name), Arc::clone(recorder)));
        if let Some((path, recorder)) = &recorded {
            recorder.seen(path);
        }
        Ok(Self { file, recorded })
    }

    /// The beginning of an ordinary file in this folder.
    pub(super) fn head(&self, name: &str, bytes: u64) -> io::Result<Vec<u8>> {
        // What is no ordinary file may be one that nobody ever writes to: opening it must not wait.
        let file = self.open(name, OFlag::O_NONBLOCK)?;
        if !file.metadata()?.is_file() {
            return Err(ErrorKind::InvalidInput.into());
        }
        let mut head = Vec::new();
        file.take(bytes).read_to_end(&mut head)?;
        if let Some((path, recorder)) = &self.recorded {
            recorder.file(&path.join(name), &head);
        }
        Ok(head)
    }

    /// What a link in this folder says, if that is a name in the same folder.
    pub(super) fn link(&self, name: &str) -> Option<String> {
        let target = readlinkat(&self.file, one(name).ok()?).ok()?.into_string().ok()?;
        if let Some((path, recorder)) = &self.recorded {
            recorder.link(&path.join(name), Path::new(&target));
        }
        one(&target).is_ok().then_some(target)
    }

    /// The names in this folder, sorted; no more than so many.
    pub(super) fn names(&self, most: usize) -> io::Result<Vec<String>> {
        // The path is that of the open folder itself, wherever it has been moved to.
        let entries = fs::read_dir(format!("/proc/self/fd/{}", self.file.as_raw_fd()))?;
        let names = entries.take(most).filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        if let Some((path, recorder)) = &self.recorded {
            recorder.names(path, &names);
        }
        Ok(names)
    }

    pub(super) fn metadata(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }

    fn open(&self, name: &str, flags: OFlag) -> io::Result<File> {
        let flags = flags | OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        Ok(openat(&self.file, one(name)?, flags, Mode::empty())?.into())
    }
}

/// One step, and not one back.
fn one(name: &str) -> io::Result<&str> {
    let steps = !name.is_empty() && !matches!(name, "." | "..") && !name.contains(['/', '\0']);
    if steps { Ok(name) } else { Err(ErrorKind::InvalidInput.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn home() -> (TestMachine, Folder) {
        let machine = TestMachine::of(&[("outside/secret", "s"), ("home/inside/file", "text")]);
        let folder = Folder::at(machine.roots(), "/home").unwrap();
        (machine, folder)
    }

    #[test]
    fn what_is_in_the_folder_is_read() {
        let (machine, folder) = home();
        machine.link("home/active", "inside");
        assert_eq!(folder.names(9).unwrap(), ["active", "inside"]);
        assert_eq!(folder.names(1).unwrap().len(), 1);
        assert_eq!(folder.link("active").as_deref(), Some("inside"));
        let inside = folder.folder("inside").unwrap();
        assert_eq!(inside.head("file", 2).unwrap(), b"te");
        assert_eq!(inside.head("file", 99).unwrap(), b"text");
    }

    #[test]
    fn nothing_leads_out_of_it() {
        let (machine, folder) = home();
        let outside = machine.path("outside");
        machine.link("home/absolute", &outside);
        machine.link("home/relative", "../outside");
        machine.link("home/secret", outside.join("secret"));
        for name in ["absolute", "relative", "..", ".", "", "/etc", "inside/..", "a\0b"] {
            assert!(folder.folder(name).is_err(), "{name}");
        }
        assert!(folder.head("secret", 9).is_err());
        assert!(folder.head("../outside/secret", 9).is_err());
        assert_eq!(folder.link("absolute"), None);
        assert_eq!(folder.link("relative"), None);
    }

    #[test]
    fn what_is_no_file_is_not_waited_for() {
        let (machine, folder) = home();
        nix::unistd::mkfifo(&machine.path("home/pipe"), Mode::S_IRWXU).unwrap();
        assert!(folder.head("pipe", 9).is_err());
        assert!(folder.folder("pipe").is_err());
        assert!(folder.head("inside", 9).is_err());
    }
}
