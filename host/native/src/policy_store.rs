//! The policy that was accepted last, and the highest serial of each: one file, written whole, so that whoever is killed
//! at any step leaves the old policy or the new one and never a mix.

use crate::locked_file::{Keep, LockedFile};
use airlock_gate::policy::PolicyFile;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

const LARGEST: u64 = 512 << 20;

#[derive(Debug, Clone)]
pub struct PolicyStore {
    file: LockedFile,
}

/// A set of files that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    pub digest: String,
    /// When, as people read it.
    pub time: String,
    files: Vec<(String, String)>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    good: Option<Accepted>,
    /// By the id of the policy.
    serials: BTreeMap<String, u64>,
}

/// A set of files that wants to be accepted.
#[derive(Debug)]
pub struct Proposed<'a> {
    pub files: &'a [PolicyFile],
    /// The id of each policy, with its serial.
    pub serials: &'a [(String, u64)],
    pub allow_rollback: bool,
}

/// What accepting did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub old: Option<String>,
    pub new: String,
    /// Policies whose serial went down, by the owner's leave.
    pub rolled_back: Vec<String>,
}

impl Accepted {
    pub fn files(&self) -> Vec<PolicyFile> {
        self.files.iter().map(|(name, text)| PolicyFile::new(name.clone(), text.clone())).collect()
    }
}

impl Kept {
    fn lower(&self, serials: &[(String, u64)]) -> Vec<String> {
        let lower = |(id, serial): &(String, u64)| {
            let highest = self.serials.get(id).copied().filter(|highest| serial < highest)?;
            Some(format!("policy {id:?} has serial {serial}, and {highest} was accepted before"))
        };
        serials.iter().filter_map(lower).collect()
    }
}

impl PolicyStore {
    /// In the folder of the program's state.
    pub fn new(state: &Path) -> Self {
        Self { file: LockedFile::new(state.join("policy.json"), LARGEST) }
    }

    /// The set that was accepted last; one that is not as it was accepted is an error.
    pub fn last_good(&self) -> io::Result<Option<Accepted>> {
        let good = self.file.read::<Kept>()?.good;
        match good {
            Some(good) if digest(&good.files()) != good.digest => {
                Err(io::Error::other("the policy that was kept is damaged"))
            }
            other => Ok(other),
        }
    }

    /// Policies whose serial is lower than one that was accepted before, in words.
    pub fn lower(&self, serials: &[(String, u64)]) -> Vec<String> {
        self.file.read::<Kept>().map(|kept| kept.lower(serials)).unwrap_or_default()
    }

    /// Makes a set the last good one. The inner error is for the owner: a serial that goes back.
    pub fn accept(&self, proposed: &Proposed<'_>, time: &str) -> io::Result<Result<Change, String>> {
        self.file.change(|kept: &mut Kept| {
            let rolled_back = kept.lower(proposed.serials);
            if !proposed.allow_rollback && !rolled_back.is_empty() {
                return (None, Err(rolled_back.join("; ")));
            }
            for (id, serial) in proposed.serials {
                kept.serials.insert(id.clone(), *serial);
            }
            let new = digest(proposed.files);
            let old = kept.good.take().map(|good| good.digest);
            let files = proposed.files.iter().map(|file| (file.name.clone(), file.text.clone())).collect();
            kept.good = Some(Accepted { digest: new.clone(), time: time.to_owned(), files });
            (Some(Keep::OnDisk), Ok(Change { old, new, rolled_back }))
        })
    }
}

/// `sha256` over all files, in hex. Their order says nothing.
pub fn digest(files: &[PolicyFile]) -> String {
    let mut sorted: Vec<&PolicyFile> = files.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut hash = Sha256::new();
    for part in sorted.iter().flat_map(|file| [&file.name, &file.text]) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    fn set(text: &str, count: usize) -> Vec<PolicyFile> {
        (0..count).map(|n| PolicyFile::new(format!("{}-p.toml", 10 + n), text.repeat(20_000))).collect()
    }

    fn accept(store: &PolicyStore, files: &[PolicyFile], serial: u64, allow_rollback: bool) -> Result<Change, String> {
        let serials = [("p".to_owned(), serial)];
        store.accept(&Proposed { files, serials: &serials, allow_rollback }, "now").unwrap()
    }

    #[test]
    fn a_lower_serial_is_refused_unless_the_owner_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let store = PolicyStore::new(folder.path());
        assert!(accept(&store, &set("a", 1), 7, false).is_ok());
        assert!(accept(&store, &set("b", 1), 6, false).unwrap_err().contains("serial 6"));
        assert_eq!(store.last_good().unwrap().unwrap().files(), set("a", 1));
        assert!(accept(&store, &set("c", 1), 7, false).is_ok());
        let change = accept(&store, &set("b", 1), 6, true).unwrap();
        assert_eq!(change.rolled_back.len(), 1);
        assert_eq!(store.last_good().unwrap().unwrap().files(), set("b", 1));
        // Rolled back is rolled back: what comes next counts from there.
        assert!(accept(&store, &set("d", 1), 6, false).is_ok());
    }

    #[test]
    fn what_was_kept_and_then_changed_is_no_policy() {
        let folder = tempfile::tempdir().unwrap();
        let store = PolicyStore::new(folder.path());
        accept(&store, &set("a", 1), 1, false).unwrap();
        let path = folder.path().join("policy.json");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("aaaa", "aaab", 1)).unwrap();
        assert!(store.last_good().is_err());
        std::fs::write(&path, "{").unwrap();
        assert!(store.last_good().is_err());
    }

    const CHILD: &str = "AIRLOCK_TEST_POLICY_STORE";

    /// What the test below starts, and kills.
    #[test]
    fn child_accepts_one_and_the_other_until_it_is_killed() {
        let Some(folder) = std::env::var_os(CHILD) else { return };
        let store = PolicyStore::new(Path::new(&folder));
        for n in 0_u64.. {
            let files = if n % 2 == 0 { set("old", 3) } else { set("new", 4) };
            accept(&store, &files, n, true).unwrap();
        }
    }

    #[test]
    fn killed_at_any_moment_it_leaves_the_old_or_the_new_policy() {
        let folder = tempfile::tempdir().unwrap();
        let store = PolicyStore::new(folder.path());
        accept(&store, &set("old", 3), 0, true).unwrap();
        let mut seen = [0, 0];
        for n in 0..30 {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "policy_store::tests::child_accepts_one_and_the_other_until_it_is_killed"])
                .env(CHILD, folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(20 + 7 * n));
            child.kill().unwrap();
            child.wait().unwrap();
            let files = store.last_good().unwrap().unwrap().files();
            let which = usize::from(files != set("old", 3));
            assert!(which == 0 || files == set("new", 4), "a mix of both");
            seen[which] += 1;
        }
        assert!(seen[0] > 0 && seen[1] > 0, "the child was never in the middle of it: {seen:?}");
    }
}
