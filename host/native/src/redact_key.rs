//! The keys of the `hash` operation of redaction: one for each server, made at first use and then kept, so that a value
//! is the same digest to a server each time, and another one to another server.

use crate::{Folders, FoldersError};
use airlock_gate::redact::Key;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

const LENGTH: usize = 32;

/// The key of a server, by its local name.
pub fn redaction_key(folders: &Folders, server: &str) -> Result<Key, FoldersError> {
    let path = folders.of_server(server)?.join("redact.key");
    key(&path).map_err(|error| FoldersError::Io { path, error })
}

fn key(path: &Path) -> io::Result<Key> {
    if let Some(key) = read(path)? {
        return Ok(Key::new(key));
    }
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&bytes)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => {
            fs::File::open(folder)?.sync_all()?;
            Ok(Key::new(bytes))
        }
        // Another process was first: its key counts.
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            read(path)?.map(Key::new).ok_or_else(|| io::Error::other("it was there and is gone"))
        }
        Err(error) => Err(error.error),
    }
}

/// None: there is no key yet. One that is damaged is an error: with a new one every digest would be another.
fn read(path: &Path) -> io::Result<Option<[u8; LENGTH]>> {
    let flags = nix::fcntl::OFlag::O_NOFOLLOW | nix::fcntl::OFlag::O_NONBLOCK;
    let file = match OpenOptions::new().read(true).custom_flags(flags.bits()).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    if !file.metadata()?.is_file() || file.metadata()?.mode() & 0o077 != 0 {
        return Err(io::Error::other("not a file that only this user can read (chmod 600)"));
    }
    let mut bytes = Vec::new();
    file.take(LENGTH as u64 + 1).read_to_end(&mut bytes)?;
    let wrong = |bytes: Vec<u8>| io::Error::other(format!("a key has {LENGTH} bytes, this has {}", bytes.len()));
    bytes.try_into().map(Some).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_is_made_once_and_is_each_servers_own() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::new(Some(folder.path())).unwrap();
        let hash = |server: &str| redaction_key(&folders, server).unwrap().hash("ann");
        assert_eq!(hash("hq"), hash("hq"));
        assert_ne!(hash("hq"), hash("lab"));
        let path = folder.path().join("servers/hq/redact.key");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        fs::write(&path, "short").unwrap();
        assert!(redaction_key(&folders, "hq").is_err(), "a damaged key is not replaced");
        fs::write(&path, [7; LENGTH]).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(redaction_key(&folders, "hq").is_err(), "others have read it");
    }

    #[test]
    fn a_name_of_a_server_is_no_path() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::new(Some(&folder.path().join("state"))).unwrap();
        for name in ["..", ".", "", "a/b", "../x", "a\0b", "a\nb", ".hidden"] {
            assert!(redaction_key(&folders, name).is_err(), "{name:?}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
