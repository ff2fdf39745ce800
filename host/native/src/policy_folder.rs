//! The owner's policy files: read as they are, and looked at for who could have written them.
//!
//! A file, or a folder on the way to it, that others may write is said by its path: under such a policy nothing is changed
//! on this machine. A file whose name is not of the form `NN-name.toml` keeps all from loading: a rule that is silently
//! not read could have been one that forbids.

use crate::read_document;
use crate::who_can_write::{self, at};
use airlock_gate::policy::PolicyFile;
use airlock_trust::LARGEST_SIGNATURES;
use std::collections::BTreeMap;
use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A policy is read by people: files that are larger are none.
const LARGEST: u64 = 1 << 20;
const MOST_FILES: usize = 200;

#[derive(Debug, Clone)]
pub struct PolicyFolder {
    path: PathBuf,
}

/// What is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyFiles {
    /// In the order of their names; empty: there is no policy.
    pub files: Vec<PolicyFile>,
    /// Paths that somebody else could have written, each with the reason.
    pub unsafe_paths: Vec<String>,
    /// What stands beside them as `NAME.sig`, by the name of the file that it is for.
    pub signatures: BTreeMap<String, Vec<u8>>,
}

/// By what one sees that files have changed, without reading them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(Vec<(PathBuf, Result<[i64; 6], io::ErrorKind>)>);

impl PolicyFolder {
    /// A folder of policies, or one policy.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All files, or why one of them cannot be read.
    pub fn read(&self) -> Result<PolicyFiles, String> {
        let paths = self.paths()?;
        let mut found = PolicyFiles::default();
        if paths.is_empty() {
            return Ok(found);
        }
        let absolute = std::path::absolute(&self.path).map_err(|error| at(&self.path, &error))?;
        found.unsafe_paths = who_can_write::ways(&absolute);
        for path in paths {
            if let Some(signature) = signature(&path)? {
                found.signatures.insert(shown_name(&path), signature);
            }
            let (text, metadata) = read(&path).map_err(|error| at(&path, &error))?;
            found.unsafe_paths.extend(who_can_write::file(&path, &metadata, who_can_write::OWNERS));
            found.files.push(PolicyFile::new(shown_name(&path), text));
        }
        found.unsafe_paths.sort();
        found.unsafe_paths.dedup();
        Ok(found)
    }

    /// Changes whenever a file is written, replaced, added or taken away.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut all = vec![self.path.clone(), self.path.with_added_extension("sig")];
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten().map(|entry| entry.path());
        all.extend(entries.take(2 * MOST_FILES));
        all.sort();
        let look = |path: PathBuf| {
            let seen = fs::metadata(&path).map_err(|error| error.kind()).map(|m| {
                let size = i64::try_from(m.len()).unwrap_or(i64::MAX);
                let inode = i64::from_ne_bytes(m.ino().to_ne_bytes());
                [m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec(), size, inode]
            });
            (path, seen)
        };
        Fingerprint(all.into_iter().map(look).collect())
    }

    fn paths(&self) -> Result<Vec<PathBuf>, String> {
        let metadata = match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(&self.path).is_err() => {
                return Ok(Vec::new());
            }
            other => other.map_err(|error| at(&self.path, &error))?,
        };
        if !metadata.is_dir() {
            return Ok(vec![self.path.clone()]);
        }
        let mut paths = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(|error| at(&self.path, &error))? {
            let path = entry.map_err(|error| at(&self.path, &error))?.path();
            let name = shown_name(&path);
            if name.starts_with('.') || !name.ends_with(".toml") {
                continue;
            }
            if !is_numbered(&name) {
                return Err(at(
                    &path,
                    &"policies are called NN-name.toml, with 10-49 for the organisation's layer and 50-89 for the local one",
                ));
            }
            paths.push(path);
        }
        if paths.len() > MOST_FILES {
            return Err(at(&self.path, &format!("{} policies; at most {MOST_FILES}", paths.len())));
        }
        paths.sort();
        Ok(paths)
    }
}

/// The signatures of a policy file; none where there are none. They prove what they prove, whoever could write them.
fn signature(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let path = path.with_added_extension("sig");
    match read_document(&path, LARGEST_SIGNATURES as u64) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(&path, &error)),
    }
}

fn shown_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn is_numbered(name: &str) -> bool {
    let Some((number, rest)) = name.split_once('-') else { return false };
    number.len() == 2 && number.parse::<u8>().is_ok_and(|n| (10..=89).contains(&n)) && rest != ".toml"
}

fn read(path: &Path) -> io::Result<(String, Metadata)> {
    let file = OpenOptions::new().read(true).custom_flags(nix::fcntl::OFlag::O_NONBLOCK.bits()).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("not an ordinary file"));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other(format!("more than {LARGEST} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|b| **b == b'\n').count() + 1;
        io::Error::other(format!("not UTF-8 in line {line}"))
    })?;
    Ok((text, metadata))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn folder(files: &[&str]) -> (tempfile::TempDir, PolicyFolder) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.d");
        fs::create_dir(&path).unwrap();
        chmod(&path, 0o755);
        for name in files {
            fs::write(path.join(name), "policy_version = 1\n").unwrap();
            chmod(&path.join(name), 0o644);
        }
        (folder, PolicyFolder::new(&path))
    }

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn files_come_in_the_order_of_their_names() {
        let (_folder, policies) = folder(&["50-hq.toml", "10-org.toml", "README", ".50-hq.toml.swp"]);
        let found = policies.read().unwrap();
        assert_eq!(found.files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["10-org.toml", "50-hq.toml"]);
        assert_eq!(found.unsafe_paths, [""; 0]);
    }

    #[test]
    fn no_folder_and_an_empty_one_are_no_policy_and_one_that_cannot_be_read_is_an_error() {
        let (folder, policies) = folder(&[]);
        assert_eq!(policies.read().unwrap(), PolicyFiles::default());
        assert_eq!(PolicyFolder::new(&folder.path().join("none")).read().unwrap(), PolicyFiles::default());
        symlink("nowhere", folder.path().join("link")).unwrap();
        assert!(PolicyFolder::new(&folder.path().join("link")).read().is_err());
        fs::create_dir(policies.path().join("50-a.toml")).unwrap();
        assert!(policies.read().is_err());
    }

    #[test]
    fn a_name_that_says_no_layer_keeps_all_from_loading() {
        for name in ["hq.toml", "5-hq.toml", "99-hq.toml", "00-hq.toml", "50hq.toml", "500-hq.toml", "50-.toml"] {
            let (_folder, policies) = folder(&["50-hq.toml", name]);
            assert!(policies.read().unwrap_err().contains(name), "{name}");
        }
    }

    #[test]
    fn what_others_could_have_written_is_said_by_its_path() {
        let said = |change: &dyn Fn(&Path)| {
            let (_folder, policies) = folder(&["50-hq.toml"]);
            change(policies.path());
            let found = policies.read().unwrap();
            assert_eq!(found.files.len(), 1);
            found.unsafe_paths.join("\n")
        };
        assert_eq!(said(&|_| {}), "");
        for mode in [0o664, 0o646, 0o666, 0o755, 0o4644] {
            assert!(said(&|path| chmod(&path.join("50-hq.toml"), mode)).contains("50-hq.toml"), "{mode:o}");
        }
        for mode in [0o600, 0o640, 0o444] {
            assert_eq!(said(&|path| chmod(&path.join("50-hq.toml"), mode)), "", "{mode:o}");
        }
        for mode in [0o775, 0o757, 0o1777] {
            assert!(said(&|path| chmod(path, mode)).contains("policy.d: can be written"), "{mode:o}");
        }
        assert!(said(&|path| chmod(path.parent().unwrap(), 0o777)).contains("can be written by others"));
        assert!(
            said(&|path| {
                fs::rename(path.join("50-hq.toml"), path.join("other")).unwrap();
                symlink("other", path.join("50-hq.toml")).unwrap();
            })
            .contains("is a link")
        );
        assert!(
            said(&|path| fs::hard_link(path.join("50-hq.toml"), path.join("other")).unwrap()).contains("hard link")
        );
    }

    #[test]
    fn a_link_on_the_way_is_said() {
        let (folder, _policies) = folder(&["50-hq.toml"]);
        symlink("policy.d", folder.path().join("link")).unwrap();
        let found = PolicyFolder::new(&folder.path().join("link")).read().unwrap();
        assert!(found.unsafe_paths[0].contains("link: is a link"), "{:?}", found.unsafe_paths);
        let found = PolicyFolder::new(&folder.path().join("policy.d/../policy.d")).read().unwrap();
        assert!(found.unsafe_paths[0].contains("'..'"), "{:?}", found.unsafe_paths);
    }

    #[test]
    fn a_change_is_seen_without_reading() {
        let (_folder, policies) = folder(&["50-hq.toml"]);
        let before = policies.fingerprint();
        assert_eq!(before, policies.fingerprint());
        fs::write(policies.path().join("51-new.toml"), "").unwrap();
        let added = policies.fingerprint();
        assert_ne!(before, added);
        fs::write(policies.path().join("51-new.toml"), "#").unwrap();
        assert_ne!(added, policies.fingerprint());
    }

    #[test]
    fn what_is_too_large_or_no_text_is_refused() {
        let (_folder, policies) = folder(&["50-hq.toml"]);
        let path = policies.path().join("50-hq.toml");
        fs::write(&path, b"a = 1\n\xff").unwrap();
        assert!(policies.read().unwrap_err().contains("line 2"));
        fs::File::create(&path).unwrap().set_len(LARGEST + 1).unwrap();
        assert!(policies.read().is_err());
    }
}
