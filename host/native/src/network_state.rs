//! What is remembered of a server's jobs about the network: with which credential a device answered, by its name (never
//! the secret), so that the next job asks with that one first; and which job is being done, so that one which was cut short
//! is not waited for.

use crate::locked_file::{Keep, LockedFile};
use crate::{Folders, FoldersError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

/// Devices that are remembered. Of further ones every credential is tried anew.
const MOST: usize = 100_000;
const LARGEST: u64 = 16 << 20;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// Names of credentials, by address.
    devices: BTreeMap<String, String>,
    /// The job that is being done: the task, and the server's number for it.
    doing: Option<(String, String)>,
}

#[derive(Debug, Clone)]
pub struct NetworkState {
    file: LockedFile,
    folder: PathBuf,
}

impl NetworkState {
    /// Of a server, by its local name.
    pub fn of_server(folders: &Folders, server: &str) -> Result<Self, FoldersError> {
        let folder = folders.of_server(server)?;
        Ok(Self { file: LockedFile::new(folder.join("network.json"), LARGEST), folder })
    }

    /// How far the job that is being done has come ([`crate::ScanJournal`]).
    pub fn progress(&self) -> PathBuf {
        self.folder.join("network.scan")
    }

    /// Names of credentials, by the addresses that answered to them.
    pub fn devices(&self) -> io::Result<BTreeMap<String, String>> {
        Ok(self.file.read_or_set_aside::<Kept>()?.devices)
    }

    /// A job begins: its task and the server's number for it. What comes back was begun before and never ended.
    pub fn begin(&self, task: &str, number: &str) -> io::Result<Option<(String, String)>> {
        self.file.read_or_set_aside::<Kept>()?;
        self.file.change(|kept: &mut Kept| {
            let before = kept.doing.replace((task.to_owned(), number.to_owned()));
            (Some(Keep::OnDisk), before)
        })
    }

    /// What was begun and never ended; from now on it is nobody's.
    pub fn left_over(&self) -> io::Result<Option<(String, String)>> {
        self.file.read_or_set_aside::<Kept>()?;
        self.file.change(|kept: &mut Kept| {
            let before = kept.doing.take();
            (before.is_some().then_some(Keep::OnDisk), before)
        })
    }

    /// It has ended, and these devices answered.
    pub fn ended(&self, answered: BTreeMap<String, String>) -> io::Result<()> {
        self.remember(answered, true)
    }

    /// These devices answered, and it goes on.
    pub fn goes_on(&self, answered: BTreeMap<String, String>) -> io::Result<()> {
        self.remember(answered, false)
    }

    fn remember(&self, answered: BTreeMap<String, String>, is_over: bool) -> io::Result<()> {
        self.file.change(|kept: &mut Kept| {
            kept.doing = kept.doing.take().filter(|_| !is_over);
            for (address, credential) in answered {
                if kept.devices.len() < MOST || kept.devices.contains_key(&address) {
                    kept.devices.insert(address, credential);
                }
            }
            (Some(Keep::OnDisk), ())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_answered_is_remembered_and_what_was_cut_short_is_known_once() {
        let folder = tempfile::tempdir().unwrap();
        let open = || NetworkState::of_server(&Folders::new(Some(folder.path())).unwrap(), "hq").unwrap();
        assert_eq!(open().begin("netdiscovery", "187").unwrap(), None);
        assert_eq!(open().left_over().unwrap(), Some(("netdiscovery".to_owned(), "187".to_owned())));
        assert_eq!(open().left_over().unwrap(), None);
        open().begin("netdiscovery", "188").unwrap();
        open().ended(BTreeMap::from([("10.1.0.7".to_owned(), "core".to_owned())])).unwrap();
        assert_eq!(open().left_over().unwrap(), None);
        assert_eq!(open().devices().unwrap().get("10.1.0.7").map(String::as_str), Some("core"));
        std::fs::write(folder.path().join("servers/hq/network.json"), "{").unwrap();
        assert!(open().devices().unwrap().is_empty(), "a damaged file is set aside");
    }
}
