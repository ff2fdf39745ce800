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
    /// All of it was looked at: what is left is to say so.
    is_scanned: bool,
}

/// A job that was begun, and of which its server does not know yet how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOver {
    pub task: String,
    /// The server's number for it.
    pub number: String,
    /// It went well, and the server was about to be told.
    pub is_scanned: bool,
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

    /// A job begins: its task and the server's number for it.
    pub fn begin(&self, task: &str, number: &str) -> io::Result<()> {
        self.file.read_or_set_aside::<Kept>()?;
        self.file.change(|kept: &mut Kept| {
            (kept.doing, kept.is_scanned) = (Some((task.to_owned(), number.to_owned())), false);
            (Some(Keep::OnDisk), ())
        })
    }

    /// What was begun and has not [ended](Self::ended).
    pub fn left_over(&self) -> io::Result<Option<LeftOver>> {
        let kept = self.file.read_or_set_aside::<Kept>()?;
        Ok(kept.doing.map(|(task, number)| LeftOver { task, number, is_scanned: kept.is_scanned }))
    }

    /// These devices answered.
    pub fn answered(&self, devices: BTreeMap<String, String>) -> io::Result<()> {
        self.change(|kept| {
            for (address, credential) in devices {
                if kept.devices.len() < MOST || kept.devices.contains_key(&address) {
                    kept.devices.insert(address, credential);
                }
            }
        })
    }

    /// The job went well: that is what its server is told now, whatever becomes of this program.
    pub fn scanned(&self) -> io::Result<()> {
        self.change(|kept| kept.is_scanned = true)
    }

    /// What there is to say about the job's end is where it is not lost.
    pub fn ended(&self) -> io::Result<()> {
        self.change(|kept| (kept.doing, kept.is_scanned) = (None, false))
    }

    fn change(&self, change: impl FnOnce(&mut Kept)) -> io::Result<()> {
        self.file.change(|kept: &mut Kept| {
            change(kept);
            (Some(Keep::OnDisk), ())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_answered_is_remembered_and_what_was_cut_short_is_known_until_it_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let open = || NetworkState::of_server(&Folders::new(Some(folder.path())).unwrap(), "hq").unwrap();
        let left = |number: &str, is_scanned| {
            Some(LeftOver { task: "netdiscovery".to_owned(), number: number.to_owned(), is_scanned })
        };
        assert_eq!(open().left_over().unwrap(), None);
        open().begin("netdiscovery", "187").unwrap();
        assert_eq!(open().left_over().unwrap(), left("187", false));
        open().answered(BTreeMap::from([("10.1.0.7".to_owned(), "core".to_owned())])).unwrap();
        open().scanned().unwrap();
        assert_eq!(open().left_over().unwrap(), left("187", true), "until its end is told");
        open().begin("netdiscovery", "188").unwrap();
        assert_eq!(open().left_over().unwrap(), left("188", false));
        open().ended().unwrap();
        assert_eq!(open().left_over().unwrap(), None);
        assert_eq!(open().devices().unwrap().get("10.1.0.7").map(String::as_str), Some("core"));
        std::fs::write(folder.path().join("servers/hq/network.json"), "{").unwrap();
        assert!(open().devices().unwrap().is_empty(), "a damaged file is set aside");
    }
}
