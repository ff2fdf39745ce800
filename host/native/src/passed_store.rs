//! The owner's folder of reports that came through this agent: a file for each device, on disk before whoever sent it is
//! told so. What is kept is bounded, for anybody nearby may send.

use crate::locked_file::sync_folder;
use crate::{make_folder, write_document};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Devices, bytes in all, and reports of changed parts between two whole ones of a device.
const MOST_FILES: usize = 20_000;
const MOST_BYTES: u64 = 4 << 30;
const MOST_PARTS: usize = 100;

/// The folder. One process at a time writes there.
#[derive(Debug)]
pub struct PassedStore {
    folder: PathBuf,
    // One report at a time: what is counted must still hold when it is written.
    writing: Mutex<()>,
}

impl PassedStore {
    /// A folder that the owner named; it is made if it is not there.
    pub fn new(folder: &Path) -> io::Result<Self> {
        make_folder(folder).map_err(|error| at(folder, &error))?;
        Ok(Self { folder: folder.to_owned(), writing: Mutex::new(()) })
    }

    /// Keeps a report, as `DEVICE.json` or `DEVICE.xml` in place of the one before. One that is `partial` (of changed parts
    /// only) is kept beside the whole one as `DEVICE.part-1.json` and so on, until the next whole one comes. `device` is a
    /// plain name (see `airlock_protocol::heard`), looked at again here; `ending` is `json` or `xml`.
    pub fn keep(&self, device: &str, ending: &str, partial: bool, document: &[u8]) -> io::Result<PathBuf> {
        if device.is_empty() || device.starts_with('.') || device.contains(['/', '\\', '\0']) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the device's id is no name of a file"));
        }
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        make_sure_of_room(&self.folder, document.len() as u64, MOST_FILES, MOST_BYTES)?;
        let parts = (1..=MOST_PARTS).map(|n| self.folder.join(format!("{device}.part-{n}.{ending}")));
        let mut there = parts.clone().take_while(|path| crate::is_there(path));
        let path = if partial {
            let mut free = parts.clone().filter(|path| !crate::is_there(path));
            let full = || io::Error::other(format!("{device}: {MOST_PARTS} partial reports since the last whole one"));
            free.next().ok_or_else(full)?
        } else {
            self.folder.join(format!("{device}.{ending}"))
        };
        write_document(&path, document).map_err(|error| at(&path, &error))?;
        if !partial {
            there.try_for_each(fs::remove_file)?;
            sync_folder(&self.folder)?;
        }
        Ok(path)
    }
}

/// # Errors
/// With so many bytes more, the folder would hold more than `most` files or `most_bytes` bytes.
pub(crate) fn make_sure_of_room(folder: &Path, bytes: u64, most: usize, most_bytes: u64) -> io::Result<()> {
    let (mut files, mut total) = (0_usize, bytes);
    for entry in fs::read_dir(folder).map_err(|error| at(folder, &error))? {
        files += 1;
        total = total.saturating_add(entry?.metadata().map_or(0, |metadata| metadata.len()));
    }
    if files >= most || total > most_bytes {
        let why = format!("it is full: at most {most} files and {most_bytes} bytes are kept");
        return Err(at(folder, &io::Error::other(why)));
    }
    Ok(())
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_whole_report_and_what_changed_since() {
        let folder = tempfile::tempdir().unwrap();
        let store = PassedStore::new(&folder.path().join("a/b")).unwrap();
        let names = || crate::file_names(&folder.path().join("a/b")).unwrap();
        let first = store.keep("pc-1", "json", false, b"1").unwrap();
        store.keep("pc-1", "json", true, b"2").unwrap();
        store.keep("pc-1", "json", true, b"3").unwrap();
        store.keep("pc-2", "xml", false, b"4").unwrap();
        assert_eq!(names(), ["pc-1.json", "pc-1.part-1.json", "pc-1.part-2.json", "pc-2.xml"]);
        assert_eq!(fs::read(first).unwrap(), b"1", "what changed is beside it");
        store.keep("pc-1", "json", false, b"5").unwrap();
        assert_eq!(names(), ["pc-1.json", "pc-2.xml"]);
    }

    #[test]
    fn no_device_leads_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let store = PassedStore::new(&folder.path().join("store")).unwrap();
        for device in ["", ".", "..", "../x", "a/b", "/etc/x", "a\0b", ".x"] {
            assert!(store.keep(device, "json", false, b"1").is_err(), "{device:?}");
        }
        assert_eq!(crate::file_names(folder.path()).unwrap(), ["store"]);
    }

    #[test]
    fn a_device_that_sends_parts_for_ever_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let store = PassedStore::new(folder.path()).unwrap();
        let kept = (0..200).filter(|_| store.keep("pc", "json", true, b"1").is_ok()).count();
        assert_eq!(kept, MOST_PARTS);
    }
}
