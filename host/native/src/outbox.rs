//! What has to reach a server and has not yet: a folder for each server, where a report waits until the server has taken it,
//! whatever happens to this program in between.
//!
//! A report is a document (`0000000042.document`) and an entry (`0000000042.entry`, JSON). It exists from the moment at which
//! its entry does, and it is delivered in the moment at which that is renamed to `delivered.entry`: one rename takes it out of
//! the queue and makes it what the server is known to have. Whatever a crash leaves besides is swept away.
//!
//! A crash between the server's taking a report and that rename cannot be told from one before it. Then the very same bytes go
//! again under the same request id; a report is never made anew for one that was lost on the way.

use crate::kept::{at, read_kept, remove};
use crate::locked_file::sync_folder;
use crate::{Folders, FoldersError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Reports of one server that wait; and their bytes.
const MOST: usize = 100;
const MOST_BYTES: u64 = 256 << 20;
/// Of one document, and of one entry.
const LARGEST: u64 = 64 << 20;
const LARGEST_ENTRY: u64 = 1 << 20;
const DELIVERED: &str = "delivered.entry";
/// The last message about a job that was delivered; it says nothing of what the server has of this machine.
const TOLD: &str = "told.entry";
/// Kinds of documents that are such messages.
const MESSAGES: &[&str] = &["netdiscovery", "netinventory"];
/// How a file begins that has no name yet.
const UNNAMED: &str = ".tmp";

/// What is known of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number among the reports of this server, never used twice.
    pub number: u64,
    /// `inventory`
    pub kind: String,
    /// Whose: the device that is described.
    pub device: String,
    /// `json` or `xml`.
    pub format: String,
    /// UTC, when it was made.
    pub created: String,
    pub bytes: u64,
    /// Of the document, in hex.
    pub sha256: String,
    /// By which the server and proxies on the way know it again: eight hexadecimal digits.
    pub request: String,
    /// It holds only what changed since the last that was delivered.
    pub partial: bool,
    /// How many partial ones were delivered since the last whole one, this one included.
    pub partials: u32,
    /// Digests of all sections as the server knows them once it has this.
    pub sections: BTreeMap<String, String>,
    pub attempts: u32,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// The server has taken it and asks to come for the answer (Unix time).
    pub pending_until: Option<i64>,
}

/// The reports that wait for one server. One process at a time works on it (see [`crate::ServerState::session`]).
#[derive(Debug, Clone)]
pub struct Outbox {
    folder: PathBuf,
}

/// What was left out to make room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stored {
    pub number: u64,
    /// Reports that are there no more, since newer ones need their room.
    pub dropped: Vec<Entry>,
}

impl Outbox {
    /// The outbox of a server, by its local name.
    pub fn of_server(folders: &Folders, server: &str) -> Result<Self, FoldersError> {
        let folder = folders.of_server(server)?.join("outbox");
        crate::folders::private(&folder)?;
        Ok(Self { folder })
    }

    /// What waits, oldest first. An entry that cannot be read is set aside and said.
    pub fn waiting(&self) -> io::Result<Vec<Entry>> {
        let mut all = Vec::new();
        for number in self.numbers("entry")? {
            match self.read_entry(&self.path(number, "entry")) {
                Ok(Some(entry)) if entry.number == number => all.push(entry),
                Ok(None) => {}
                Ok(Some(_)) => self.set_aside(number, "it is not the entry of that number")?,
                Err(error) => self.set_aside(number, &error.to_string())?,
            }
        }
        Ok(all)
    }

    /// The last report that the server took.
    pub fn delivered(&self) -> Option<Entry> {
        self.read_entry(&self.folder.join(DELIVERED)).ok().flatten()
    }

    /// Stores a report; `entry`'s number, size and digest are set here. After that, no crash loses it.
    pub fn store(&self, mut entry: Entry, document: &[u8]) -> io::Result<Stored> {
        self.sweep()?;
        let dropped = self.make_room(document.len() as u64)?;
        let told = self.read_entry(&self.folder.join(TOLD)).ok().flatten();
        let done = self.delivered().into_iter().chain(told).map(|entry| entry.number);
        // One that was set aside is for people to look at: nothing takes its place.
        let last = self.numbers("entry")?.into_iter().chain(self.numbers("refused")?).chain(done).max();
        entry.number = last.unwrap_or(0) + 1;
        entry.bytes = document.len() as u64;
        entry.sha256 = crate::sent::hex_digest(document);
        self.write(&self.path(entry.number, "document"), document)?;
        self.write_entry(&entry)?;
        Ok(Stored { number: entry.number, dropped })
    }

    /// The bytes of a report; an error when they are not those that were stored.
    pub fn document(&self, entry: &Entry) -> io::Result<Vec<u8>> {
        let path = self.path(entry.number, "document");
        let bytes = read_kept(&path, LARGEST)?.ok_or_else(|| at(&path, &"it is gone"))?;
        if crate::sent::hex_digest(&bytes) != entry.sha256 {
            return Err(at(&path, &"not as it was stored: its digest is another one"));
        }
        Ok(bytes)
    }

    /// Keeps what is now known of a report that still waits.
    pub fn update(&self, entry: &Entry) -> io::Result<()> {
        self.write_entry(entry)
    }

    /// The server has taken it: it waits no more, and is what the server is known to have.
    pub fn delivered_now(&self, entry: &Entry) -> io::Result<()> {
        let is_message = MESSAGES.contains(&entry.kind.as_str());
        let known = self.folder.join(if is_message { TOLD } else { DELIVERED });
        fs::rename(self.path(entry.number, "entry"), known)?;
        sync_folder(&self.folder)?;
        remove(&self.path(entry.number, "document"))
    }

    /// What cannot be delivered, ever: kept beside, for people to look at.
    pub fn set_aside(&self, number: u64, why: &str) -> io::Result<()> {
        tracing::error!("a report that waited cannot be sent and is kept aside as {number:010}.refused: {why}");
        fs::rename(self.path(number, "entry"), self.path(number, "refused"))?;
        sync_folder(&self.folder)
    }

    /// Documents without an entry, and files that were never given their name: a crash came between.
    fn sweep(&self) -> io::Result<()> {
        for item in fs::read_dir(&self.folder)? {
            let item = item?;
            if item.file_name().to_str().is_some_and(|name| name.starts_with(UNNAMED)) {
                remove(&item.path())?;
            }
        }
        let (entries, refused) = (self.numbers("entry")?, self.numbers("refused")?);
        for number in self.numbers("document")? {
            if !entries.contains(&number) && !refused.contains(&number) {
                remove(&self.path(number, "document"))?;
            }
        }
        Ok(())
    }

    /// Oldest first until the new one fits: a newer report says more than an older one.
    fn make_room(&self, bytes: u64) -> io::Result<Vec<Entry>> {
        let waiting = self.waiting()?;
        let mut total: u64 = waiting.iter().map(|entry| entry.bytes).sum();
        let mut count = waiting.len();
        let mut dropped = Vec::new();
        for entry in waiting {
            if count < MOST && total.saturating_add(bytes) <= MOST_BYTES {
                break;
            }
            remove(&self.path(entry.number, "entry"))?;
            remove(&self.path(entry.number, "document"))?;
            count -= 1;
            total = total.saturating_sub(entry.bytes);
            dropped.push(entry);
        }
        Ok(dropped)
    }

    fn numbers(&self, extension: &str) -> io::Result<Vec<u64>> {
        let mut numbers = Vec::new();
        for item in fs::read_dir(&self.folder)? {
            let name = item?.file_name();
            let number: Option<u64> =
                name.to_str().and_then(|name| name.strip_suffix(extension)?.strip_suffix('.')?.parse().ok());
            numbers.extend(number);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn path(&self, number: u64, extension: &str) -> PathBuf {
        self.folder.join(format!("{number:010}.{extension}"))
    }

    fn read_entry(&self, path: &Path) -> io::Result<Option<Entry>> {
        let Some(bytes) = read_kept(path, LARGEST_ENTRY)? else { return Ok(None) };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| at(path, &error))
    }

    fn write_entry(&self, entry: &Entry) -> io::Result<()> {
        self.write(&self.path(entry.number, "entry"), &serde_json::to_vec(entry)?)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(UNNAMED).tempfile_in(&self.folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        sync_folder(&self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbox() -> (tempfile::TempDir, Outbox) {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::of_server(&Folders::new(Some(folder.path())).unwrap(), "hq").unwrap();
        (folder, outbox)
    }

    fn report(text: &str) -> Entry {
        Entry { kind: "inventory".into(), device: text.into(), ..Entry::default() }
    }

    #[test]
    fn a_report_waits_until_it_is_delivered() {
        let (_folder, outbox) = outbox();
        assert_eq!(outbox.waiting().unwrap(), []);
        for text in ["a", "b"] {
            outbox.store(report(text), text.as_bytes()).unwrap();
        }
        let waiting = outbox.waiting().unwrap();
        let numbers: Vec<u64> = waiting.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, [1, 2]);
        let first = waiting.first().unwrap();
        assert_eq!(outbox.document(first).unwrap(), b"a");
        outbox.update(&Entry { attempts: 3, ..first.clone() }).unwrap();
        assert_eq!(outbox.waiting().unwrap().first().unwrap().attempts, 3);
        outbox.delivered_now(first).unwrap();
        assert_eq!(outbox.delivered().unwrap().device, "a");
        outbox.delivered_now(waiting.last().unwrap()).unwrap();
        assert_eq!(outbox.waiting().unwrap(), []);
        assert_eq!(outbox.store(report("c"), b"c").unwrap().number, 3, "a number is never used twice");
    }

    #[test]
    fn what_a_crash_leaves_is_no_report_and_goes() {
        let (_folder, outbox) = outbox();
        outbox.write(&outbox.path(7, "document"), b"half").unwrap();
        let unnamed = outbox.folder.join(".tmpAb3xYz");
        fs::write(&unnamed, b"ha").unwrap();
        assert_eq!(outbox.waiting().unwrap(), []);
        outbox.store(report("a"), b"a").unwrap();
        assert!(!unnamed.exists());
        assert!(!outbox.path(7, "document").exists());
        assert_eq!(outbox.document(outbox.waiting().unwrap().first().unwrap()).unwrap(), b"a");
    }

    #[test]
    fn what_is_damaged_is_kept_aside_and_the_others_go_on() {
        let (_folder, outbox) = outbox();
        for text in ["a", "b", "c"] {
            outbox.store(report(text), text.as_bytes()).unwrap();
        }
        fs::write(outbox.path(1, "entry"), b"{\"number\":").unwrap();
        fs::write(outbox.path(2, "document"), b"other").unwrap();
        let waiting = outbox.waiting().unwrap();
        assert_eq!(waiting.len(), 2);
        assert!(outbox.path(1, "refused").exists());
        assert!(outbox.document(waiting.first().unwrap()).is_err());
        assert_eq!(outbox.document(waiting.last().unwrap()).unwrap(), b"c");
        outbox.set_aside(3, "a test").unwrap();
        assert_eq!(
            outbox.store(report("d"), b"d").unwrap().number,
            4,
            "nothing takes the place of what was kept aside"
        );
        assert_eq!(fs::read(outbox.path(3, "document")).unwrap(), b"c");
    }

    #[test]
    fn the_oldest_make_room_for_the_newest_and_it_is_said() {
        let (_folder, outbox) = outbox();
        for n in 0..MOST {
            assert_eq!(outbox.store(report(&n.to_string()), b"x").unwrap().dropped, []);
        }
        let stored = outbox.store(report("new"), b"x").unwrap();
        assert_eq!(stored.dropped.iter().map(|entry| entry.device.as_str()).collect::<Vec<_>>(), ["0"]);
        assert_eq!(outbox.waiting().unwrap().len(), MOST);
    }
}
