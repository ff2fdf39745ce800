//! A file of somebody else's that is read, kept from others who keep to locks, and perhaps taken away: a document that waits
//! in a folder for being sent. What is taken away is what was read, never what has come in its place meanwhile.

use crate::kept::at;
use nix::fcntl::{Flock, FlockArg, OFlag};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// While it lives, no other program that asks for the lock has it.
#[derive(Debug)]
pub struct HeldDocument {
    path: PathBuf,
    file: Flock<File>,
    was: Metadata,
}

impl HeldDocument {
    /// Opens an ordinary file of at most `limit` bytes and reads it. With `through_links` its name may be a link: for a name
    /// that a person wrote, not for one that was found.
    ///
    /// # Errors
    /// Another program holds it; it is no ordinary file, or larger; it cannot be read.
    pub fn read(path: &Path, limit: u64, through_links: bool) -> io::Result<(Self, Vec<u8>)> {
        let mut flags = OFlag::O_NONBLOCK;
        flags.set(OFlag::O_NOFOLLOW, !through_links);
        let file = File::options().read(true).custom_flags(flags.bits()).open(path);
        let file = file.map_err(|error| match error.raw_os_error() {
            Some(nix::libc::ELOOP) => io::Error::other("a link, which is not followed out of a folder"),
            _ => error,
        })?;
        let was = file.metadata()?;
        if !was.is_file() {
            return Err(io::Error::other("not an ordinary file"));
        }
        let file = Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| match error {
            nix::errno::Errno::EWOULDBLOCK => io::Error::other("another program holds it (its lock) just now"),
            error => error.into(),
        })?;
        let mut bytes = Vec::new();
        (&*file).take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("more than {limit} bytes")));
        }
        Ok((Self { path: path.to_owned(), file, was }, bytes))
    }

    /// Takes the file away, if its name still means what was read, and that has not changed.
    ///
    /// # Errors
    /// It has changed, or is another one, or cannot be removed; then it is still there.
    pub fn remove(self) -> io::Result<()> {
        let same = |now: &Metadata| {
            let of = |file: &Metadata| (file.dev(), file.ino(), file.size(), file.mtime(), file.mtime_nsec());
            of(now) == of(&self.was)
        };
        if !same(&self.file.metadata()?) || !same(&fs::metadata(&self.path)?) {
            return Err(at(&self.path, &"it has changed since it was read, and stays"));
        }
        fs::remove_file(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_taken_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xml");
        fs::write(&path, b"one").unwrap();
        let (held, bytes) = HeldDocument::read(&path, 3, false).unwrap();
        assert_eq!(bytes, b"one");
        assert!(HeldDocument::read(&path, 3, false).unwrap_err().to_string().contains("another program holds it"));
        // Another one under the same name.
        fs::write(folder.path().join("new"), b"two").unwrap();
        fs::rename(folder.path().join("new"), &path).unwrap();
        assert!(held.remove().is_err() && path.exists());
        let (held, _) = HeldDocument::read(&path, 3, false).unwrap();
        fs::write(&path, b"three").unwrap();
        assert!(held.remove().is_err() && path.exists());
        HeldDocument::read(&path, 5, false).unwrap().0.remove().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn links_pipes_and_what_is_too_large_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link, pipe) = (folder.path().join("f"), folder.path().join("l"), folder.path().join("p"));
        fs::write(&path, b"12345").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert!(HeldDocument::read(&path, 4, false).is_err());
        assert!(HeldDocument::read(&link, 5, false).unwrap_err().to_string().contains("a link"));
        assert!(HeldDocument::read(&link, 5, true).is_ok());
        assert!(HeldDocument::read(&pipe, 5, true).unwrap_err().to_string().contains("not an ordinary file"));
    }
}
