//! Messages of other agents that wait to be passed on, and answers that nobody came for yet: on disk, so that a restart loses
//! neither. A message is there before its sender is told that it was taken, and until its answer is; an answer until it was
//! given, or grew old. Anybody nearby may send: the number, the bytes and the age of what is kept are bounded, and what does
//! not fit is refused to its sender, who keeps it.

use crate::folders::private;
use crate::kept::{at, read_kept, remove};
use crate::locked_file::sync_folder;
use crate::passed_store::make_sure_of_room;
use crate::{Folders, FoldersError};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Files, bytes in all, and seconds.
const MOST: usize = 500;
const MOST_BYTES: u64 = 64 << 20;
pub const KEPT: i64 = 3600;
/// Of one file: a message of 16 MiB, and what is known of it.
const LARGEST: u64 = 17 << 20;
const MESSAGE: &str = "message";
const ANSWER: &str = "answer";

/// What is known of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passing {
    /// By which its sender asks for the answer: eight hexadecimal digits.
    pub request: String,
    /// Its sender: a UUID.
    pub agent: String,
    /// When it came (Unix time).
    pub since: i64,
    pub stage: Stage,
}

/// How far it got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// It is on its way; the document is the message.
    Message { action: String, device: String, proxies: Vec<String> },
    /// The document is the answer: JSON, or XML.
    Answer { json: bool },
    /// There is no answer, and will be none.
    Failed { why: String },
}

/// The folder. One process at a time works there: the daemon.
#[derive(Debug)]
pub struct PassingStore {
    folder: PathBuf,
    // What is counted must still hold when it is written.
    writing: Mutex<()>,
}

impl PassingStore {
    pub fn new(folders: &Folders) -> Result<Self, FoldersError> {
        let folder = private(&folders.state()?.join("passing"))?;
        Ok(Self { folder, writing: Mutex::new(()) })
    }

    /// Keeps a message, or in its place what came of it. When this returns it is on disk.
    ///
    /// # Errors
    /// The folder is full, or cannot be written; what was kept of that message before is as it was.
    pub fn keep(&self, passing: &Passing, document: &[u8]) -> io::Result<()> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let is_message = matches!(passing.stage, Stage::Message { .. });
        let path = self.path(&passing.request, if is_message { MESSAGE } else { ANSWER })?;
        let mut head = serde_json::to_vec(passing)?;
        head.push(b'\n');
        let bytes = head.len().saturating_add(document.len()) as u64;
        if bytes > LARGEST {
            return Err(at(&path, &format!("{bytes} bytes; at most {LARGEST} are kept")));
        }
        make_sure_of_room(&self.folder, bytes, MOST, MOST_BYTES)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&head)?;
        file.write_all(document)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| at(&path, &error.error))?;
        if !is_message {
            remove(&self.path(&passing.request, MESSAGE)?)?;
        }
        sync_folder(&self.folder)
    }

    /// Its answer was given, or nobody comes for it.
    pub fn forget(&self, request: &str) -> io::Result<()> {
        // The answer last: without it the message would seem to be on its way again.
        remove(&self.path(request, MESSAGE)?)?;
        remove(&self.path(request, ANSWER)?)
    }

    /// What a daemon that ended left, as far as it is not too old at `now` (Unix time): oldest first. What is too old, or
    /// cannot be read, goes; the latter is said.
    pub fn left(&self, now: i64) -> io::Result<Vec<Passing>> {
        let mut left: Vec<Passing> = Vec::new();
        for name in crate::file_names(&self.folder)? {
            let path = self.folder.join(&name);
            let read = match read(&path) {
                Ok((passing, _)) if self.belongs(&passing, &path) => Some(passing),
                Ok(_) => None,
                Err(error) => {
                    tracing::warn!("{error}: it is left out");
                    None
                }
            };
            // Of two stages the answer counts; its name comes first.
            let lasts = |one: &Passing| {
                (0..KEPT).contains(&now.saturating_sub(one.since))
                    && !left.iter().any(|other| other.request == one.request)
            };
            match read.filter(lasts) {
                Some(passing) => left.push(passing),
                None => remove(&path)?,
            }
        }
        left.sort_by_key(|passing| passing.since);
        Ok(left)
    }

    /// The message, or the answer.
    pub fn document(&self, passing: &Passing) -> io::Result<Vec<u8>> {
        let is_message = matches!(passing.stage, Stage::Message { .. });
        let path = self.path(&passing.request, if is_message { MESSAGE } else { ANSWER })?;
        let (kept, document) = read(&path)?;
        if kept != *passing {
            return Err(at(&path, &"it is another one"));
        }
        Ok(document)
    }

    fn belongs(&self, passing: &Passing, path: &Path) -> bool {
        let is_message = matches!(passing.stage, Stage::Message { .. });
        self.path(&passing.request, if is_message { MESSAGE } else { ANSWER }).is_ok_and(|own| own == path)
    }

    fn path(&self, request: &str, ending: &str) -> io::Result<PathBuf> {
        if request.len() != 8 || !request.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "expected eight hexadecimal digits"));
        }
        Ok(self.folder.join(format!("{request}.{ending}")))
    }
}

/// What is known, in a line of its own, and the document.
fn read(path: &Path) -> io::Result<(Passing, Vec<u8>)> {
    let mut bytes = read_kept(path, LARGEST)?.ok_or_else(|| at(path, &"it is gone"))?;
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(|| at(path, &"damaged: it has no first line"))?;
    let document = bytes.split_off(end + 1);
    let passing = serde_json::from_slice(&bytes).map_err(|error| at(path, &format!("damaged: {error}")))?;
    Ok((passing, document))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const NOW: i64 = 1_800_000_000;

    fn store() -> (tempfile::TempDir, PassingStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = PassingStore::new(&Folders::new(Some(folder.path())).unwrap()).unwrap();
        (folder, store)
    }

    fn message(request: &str, since: i64) -> Passing {
        let stage = Stage::Message { action: "inventory".into(), device: "pc-1".into(), proxies: vec!["a".into()] };
        Passing { request: request.into(), agent: "a".into(), since, stage }
    }

    #[test]
    fn a_message_is_there_until_its_answer_is_and_that_until_it_was_given() {
        let (folder, store) = store();
        let message = message("0000000A", NOW);
        store.keep(&message, b"{\"a\":\n1}").unwrap();
        assert_eq!(store.left(NOW).unwrap(), std::slice::from_ref(&message));
        assert_eq!(store.document(&message).unwrap(), b"{\"a\":\n1}");
        let answer = Passing { stage: Stage::Answer { json: true }, ..message.clone() };
        store.keep(&answer, b"{}").unwrap();
        assert_eq!(crate::file_names(&folder.path().join("passing")).unwrap(), ["0000000A.answer"]);
        // Cut short between the two.
        store.keep(&message, b"{}").unwrap();
        assert_eq!(store.left(NOW).unwrap(), std::slice::from_ref(&answer));
        assert!(store.document(&message).is_err() && store.document(&answer).unwrap() == b"{}");
        store.forget("0000000A").unwrap();
        assert_eq!(store.left(NOW).unwrap(), []);
    }

    #[test]
    fn what_is_old_damaged_or_has_no_name_of_ours_goes() {
        let (folder, store) = store();
        store.keep(&message("0000000A", NOW - KEPT), b"{}").unwrap();
        store.keep(&message("0000000B", NOW + 10), b"{}").unwrap();
        store.keep(&message("0000000C", NOW - 10), b"{}").unwrap();
        let at = |name: &str| folder.path().join("passing").join(name);
        fs::copy(at("0000000C.message"), at("0000000D.message")).unwrap();
        fs::write(at("0000000E.answer"), "{").unwrap();
        fs::write(at(".tmpABC"), "x\n").unwrap();
        let left = store.left(NOW).unwrap();
        assert_eq!(left.iter().map(|one| one.request.as_str()).collect::<Vec<_>>(), ["0000000C"]);
        assert_eq!(crate::file_names(&folder.path().join("passing")).unwrap(), ["0000000C.message"]);
        for request in ["", "../../ab", "0000000", "0000000G", "000000000"] {
            assert!(store.keep(&message(request, NOW), b"").is_err() && store.forget(request).is_err(), "{request}");
        }
    }

    #[test]
    fn what_is_kept_is_bounded_in_number_and_in_bytes() {
        let (_folder, store) = store();
        let large = vec![b' '; 16 << 20];
        let kept = (0..10).filter(|n| store.keep(&message(&format!("{n:08X}"), NOW), &large).is_ok()).count();
        assert_eq!(kept, 3);
        for n in 0..3 {
            store.forget(&format!("{n:08X}")).unwrap();
        }
        let kept = (0..600).filter(|n| store.keep(&message(&format!("{n:08X}"), NOW), b"{}").is_ok()).count();
        assert_eq!(kept, MOST);
    }
}
