//! Compiled components, kept in a folder of the user's own.
//!
//! The engine runs what it is given without looking: one flipped byte would run. So a file counts only if it belongs to
//! this user, nobody else may write it, and its bytes, as they were read, have the digest that was stored with them.

use crate::system;
use sha2::{Digest, Sha256};
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;

const MAGIC: &[u8] = b"airlock code 1\n\0";
const DIGEST: usize = 32;
/// Code of the largest component accepted, and then some.
const LARGEST: u64 = 256 << 20;
/// Old code is of no use: what was not read for this many other components goes.
const KEPT: usize = 16;

pub struct CodeFolder {
    folder: PathBuf,
}

impl CodeFolder {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The code that was kept under `key`, if it is as it was kept.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        match self.read(key) {
            Ok(code) => code,
            Err(error) => {
                tracing::debug!("compiled code {key}: {error}");
                None
            }
        }
    }

    /// Keeps code. Failure costs the next run some time and nothing else.
    pub fn put(&self, key: &str, code: &[u8]) {
        if let Err(error) = self.write(key, code) {
            tracing::debug!("compiled code {key} is not kept: {error}");
        }
    }

    fn path(&self, key: &str) -> io::Result<PathBuf> {
        let is_name = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if is_name { Ok(self.folder.join(key)) } else { Err(io::Error::other("no name for a file")) }
    }

    fn read(&self, key: &str) -> io::Result<Option<Vec<u8>>> {
        let no_link = nix::fcntl::OFlag::O_NOFOLLOW.bits();
        let file = match OpenOptions::new().read(true).custom_flags(no_link).open(self.path(key)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.uid() != system::user_id() || metadata.mode() & 0o022 != 0 {
            return Err(io::Error::other("not a file that only this user can write"));
        }
        let mut header = [0; MAGIC.len() + DIGEST];
        let mut file = file.take(LARGEST);
        file.read_exact(&mut header)?;
        let (magic, digest) = header.split_at(MAGIC.len());
        let mut code = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
        file.read_to_end(&mut code)?;
        if magic != MAGIC || Sha256::digest(&code).as_slice() != digest {
            return Err(io::Error::other("damaged"));
        }
        Ok(Some(code))
    }

    fn write(&self, key: &str, code: &[u8]) -> io::Result<()> {
        let path = self.path(key)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(MAGIC)?;
        file.write_all(Sha256::digest(code).as_slice())?;
        file.write_all(code)?;
        // A torn file is found out by its digest: no need to wait for the disk.
        file.persist(&path)?;
        self.forget_old()
    }

    fn forget_old(&self) -> io::Result<()> {
        let mut files: Vec<_> = fs::read_dir(&self.folder)?
            .filter_map(|entry| {
                let entry = entry.ok()?;
                Some((entry.metadata().ok()?.modified().ok()?, entry.path()))
            })
            .collect();
        files.sort();
        let surplus = files.len().saturating_sub(KEPT);
        files.into_iter().take(surplus).try_for_each(|(_, path)| fs::remove_file(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn kept() -> (tempfile::TempDir, CodeFolder, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let code = CodeFolder::new(folder.path().to_owned());
        code.put("abc-1", b"machine code");
        let path = folder.path().join("abc-1");
        (folder, code, path)
    }

    #[test]
    fn code_comes_back_as_it_was_kept() {
        let (_folder, code, _) = kept();
        assert_eq!(code.get("abc-1").as_deref(), Some(b"machine code".as_slice()));
        assert_eq!(code.get("abc-2"), None);
    }

    #[test]
    fn damaged_code_is_none() {
        let (_folder, code, path) = kept();
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert_eq!(code.get("abc-1"), None);
        fs::write(&path, &bytes[..20]).unwrap();
        assert_eq!(code.get("abc-1"), None);
    }

    #[test]
    fn code_that_others_may_write_is_none() {
        let (_folder, code, path) = kept();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(code.get("abc-1"), None);
    }

    #[test]
    fn code_behind_a_link_is_none() {
        let (folder, code, path) = kept();
        std::os::unix::fs::symlink(&path, folder.path().join("abc-2")).unwrap();
        assert_eq!(code.get("abc-2"), None);
    }

    #[test]
    fn a_key_is_no_path() {
        let (_folder, code, _) = kept();
        code.put("../escape", b"x");
        assert_eq!(code.get("../escape"), None);
    }

    #[test]
    fn only_the_newest_are_kept() {
        let (folder, code, _) = kept();
        for n in 0..40 {
            code.put(&format!("k{n}"), b"x");
        }
        assert!(fs::read_dir(folder.path()).unwrap().count() <= KEPT);
    }
}
