//! The egress ledger: what left this machine, for which server, and when. Each document is kept as it left, within a
//! quota, so that the owner can read it and see what was new in it. Documents that others made and that were handed over from
//! here are listed and not kept: they take no room from this machine's own.
//!
//! A document is written down before it is handed over: what cannot be written down does not leave. What the server made of
//! it is written down afterwards, in a second line for the same departure. What a server is told of a job, line by line, has
//! a room of its own, so that many small documents do not push out the large ones.

use crate::{Folders, FoldersError};
use airlock_gate::Record;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Where documents and lines of a server are, each with a quota of its own.
const DOCUMENTS_ROOM: &str = "sent";
const LINES_ROOM: &str = "told";
const ROOMS: [&str; 2] = [DOCUMENTS_ROOM, LINES_ROOM];
/// Documents of one room that are kept: in number, and in bytes.
const DOCUMENTS: usize = 50;
const BYTES: u64 = 64 << 20;
/// Of the list itself; then the older half goes.
const LIST: u64 = 1 << 20;
const LONGEST: u64 = 4096;
/// This machine's own documents, and those of others.
const OWN: &str = "list.jsonl";
const INJECTED: &str = "injected.jsonl";

/// Something that left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// UTC.
    pub time: String,
    pub server: String,
    /// What it was: `inventory`.
    pub kind: String,
    /// Where to: an address, a file.
    pub to: String,
    pub bytes: u64,
    /// Of the document, in hex.
    pub sha256: String,
    /// The file that it was read from, where others made it (`airlock inject`): such a document is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What the server made of it, in words (`taken`); none: that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
}

/// The ledger.
#[derive(Debug, Clone)]
pub struct Sent {
    folders: Folders,
}

impl Sent {
    pub fn new(folders: &Folders) -> Self {
        Self { folders: folders.clone() }
    }

    /// Writes down what is about to leave.
    pub fn record(&self, server: &str, kind: &str, to: &str, document: &[u8]) -> Result<Departure, FoldersError> {
        self.record_in(DOCUMENTS_ROOM, server, kind, to, document)
    }

    /// Writes down lines that a server is about to be told.
    pub fn record_lines(&self, server: &str, kind: &str, to: &str, lines: &str) -> Result<Departure, FoldersError> {
        self.record_in(LINES_ROOM, server, kind, to, lines.as_bytes())
    }

    fn record_in(
        &self,
        room: &str,
        server: &str,
        kind: &str,
        to: &str,
        document: &[u8],
    ) -> Result<Departure, FoldersError> {
        let folder = self.folder(server, room)?;
        let departure = departure(server, kind, to, document);
        keep(&folder, &departure, document).map_err(|error| FoldersError::Io { path: folder, error })?;
        Ok(departure)
    }

    /// Writes down that a document of others, read from the file `from`, is about to leave.
    pub fn record_injected(
        &self,
        server: &str,
        to: &str,
        from: &str,
        document: &[u8],
    ) -> Result<Departure, FoldersError> {
        let folder = self.folder(server, DOCUMENTS_ROOM)?;
        let departure = Departure { from: Some(short(from)), ..departure(server, "inventory", to, document) };
        add(&folder, INJECTED, &departure).map_err(|error| FoldersError::Io { path: folder, error })?;
        Ok(departure)
    }

    /// Writes down what the server made of it.
    pub fn ended(&self, departure: &Departure, result: &str) -> Result<(), FoldersError> {
        let folder = self.folder(&departure.server, DOCUMENTS_ROOM)?;
        let list = if departure.from.is_some() { INJECTED } else { OWN };
        let ended = Departure { result: Some(short(result)), ..departure.clone() };
        add(&folder, list, &ended).map_err(|error| FoldersError::Io { path: folder, error })
    }

    /// The same, for the last of this machine's own documents with that digest.
    pub fn last_ended(&self, server: &str, sha256: &str, result: &str) -> Result<(), FoldersError> {
        let folder = self.folder(server, DOCUMENTS_ROOM)?;
        let list = list(&folder, OWN).map_err(|error| FoldersError::Io { path: folder, error })?;
        match list.into_iter().rfind(|one| one.sha256 == sha256) {
            Some(departure) => self.ended(&departure, result),
            None => Ok(()),
        }
    }

    /// All that left, oldest first; for one server, or for any.
    pub fn all(&self, server: Option<&str>) -> Result<Vec<Departure>, FoldersError> {
        let mut all = Vec::new();
        for server in self.folders.servers()?.iter().filter(|name| server.is_none_or(|of| of == name.as_str())) {
            for (room, name) in [(DOCUMENTS_ROOM, OWN), (DOCUMENTS_ROOM, INJECTED), (LINES_ROOM, OWN)] {
                let folder = self.folder(server, room)?;
                let list = list(&folder, name).map_err(|error| FoldersError::Io { path: folder, error })?;
                all.extend(list);
            }
        }
        all.sort_by(|a, b| a.time.cmp(&b.time));
        Ok(all)
    }

    /// The document, if it is still kept. One that is not as it left is an error.
    pub fn document(&self, departure: &Departure) -> Result<Option<Vec<u8>>, FoldersError> {
        for room in ROOMS {
            if let Some(document) = self.document_in(room, departure)? {
                return Ok(Some(document));
            }
        }
        Ok(None)
    }

    fn document_in(&self, room: &str, departure: &Departure) -> Result<Option<Vec<u8>>, FoldersError> {
        let path = self.folder(&departure.server, room)?.join(name(&departure.sha256));
        let read = || -> io::Result<Option<Vec<u8>>> {
            let file = match without_links(OpenOptions::new().read(true)).open(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                other => other?,
            };
            let mut bytes = Vec::new();
            file.take(departure.bytes.saturating_add(1)).read_to_end(&mut bytes)?;
            if hex_digest(&bytes) != departure.sha256 {
                return Err(io::Error::other("not as it left: its digest is another one"));
            }
            Ok(Some(bytes))
        };
        read().map_err(|error| FoldersError::Io { path: path.clone(), error })
    }

    fn folder(&self, server: &str, room: &str) -> Result<PathBuf, FoldersError> {
        let folder = self.folders.of_server(server)?.join(room);
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|error| FoldersError::Io { path: folder.clone(), error })?;
        Ok(folder)
    }
}

fn departure(server: &str, kind: &str, to: &str, document: &[u8]) -> Departure {
    let now = Record::now();
    let time = now.get("time").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let (server, kind, to, sha256) = (server.to_owned(), kind.to_owned(), short(to), hex_digest(document));
    Departure { time, server, kind, to, bytes: document.len() as u64, sha256, from: None, result: None }
}

/// `sha256` of a document.
pub(crate) fn hex_digest(document: &[u8]) -> String {
    Sha256::digest(document).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A document by its digest: the same one twice is kept once.
fn name(sha256: &str) -> String {
    format!("{}.document", sha256.chars().filter(char::is_ascii_hexdigit).take(64).collect::<String>())
}

fn short(text: &str) -> String {
    airlock_model::short_line(&airlock_gate::redact::without_secrets(text), 500)
}

fn keep(folder: &Path, departure: &Departure, document: &[u8]) -> io::Result<()> {
    let path = folder.join(name(&departure.sha256));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(document)?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    add(folder, OWN, departure)?;
    File::open(folder)?.sync_all()?;
    forget(folder)
}

/// One more line of a list.
fn add(folder: &Path, name: &str, departure: &Departure) -> io::Result<()> {
    let listed = folder.join(name);
    if fs::symlink_metadata(&listed).is_ok_and(|list| list.len() > LIST) {
        halve(folder, name)?;
    }
    let line = serde_json::to_string(departure).map_err(io::Error::other)?;
    let mut list = without_links(OpenOptions::new().append(true).create(true).mode(0o600)).open(&listed)?;
    list.write_all(format!("{line}\n").as_bytes())?;
    list.sync_data()
}

fn halve(folder: &Path, name: &str) -> io::Result<()> {
    let all = list(folder, name)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    for departure in all.iter().skip(all.len() / 2) {
        let line = serde_json::to_string(departure).map_err(io::Error::other)?;
        file.write_all(format!("{line}\n").as_bytes())?;
    }
    file.as_file().sync_all()?;
    file.persist(folder.join(name))?;
    Ok(())
}

/// Documents that are over the quota go, oldest first; the list still says that they left.
fn forget(folder: &Path) -> io::Result<()> {
    let mut kept: Vec<String> = Vec::new();
    let mut bytes = 0_u64;
    for departure in list(folder, OWN)?.into_iter().rev() {
        let name = name(&departure.sha256);
        let fits = kept.len() < DOCUMENTS && bytes.saturating_add(departure.bytes) <= BYTES;
        // The newest is kept whatever its size: it is what `--diff` compares with.
        if !kept.contains(&name) && (fits || kept.is_empty()) {
            bytes = bytes.saturating_add(departure.bytes);
            kept.push(name);
        }
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".document") && !kept.contains(&name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// What is listed, each departure once, with what came of it; a line that a crash cut short is none.
fn list(folder: &Path, name: &str) -> io::Result<Vec<Departure>> {
    let file = match without_links(OpenOptions::new().read(true)).open(folder.join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut all: Vec<Departure> = Vec::new();
    let mut known = HashMap::new();
    for line in BufReader::new(file.take(2 * LIST + LONGEST)).split(b'\n') {
        let Ok(departure) = serde_json::from_slice::<Departure>(&line?) else { continue };
        let key = (departure.time.clone(), departure.sha256.clone(), departure.from.clone());
        let earlier = departure.result.is_some().then(|| known.get(&key).copied()).flatten();
        match earlier.and_then(|at: usize| all.get_mut(at)) {
            Some(earlier) => earlier.result = departure.result,
            None => {
                known.insert(key, all.len());
                all.push(departure);
            }
        }
    }
    Ok(all)
}

fn without_links(options: &mut OpenOptions) -> &mut OpenOptions {
    let flags = nix::fcntl::OFlag::O_NOFOLLOW | nix::fcntl::OFlag::O_NONBLOCK;
    options.custom_flags(flags.bits())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    fn ledger() -> (tempfile::TempDir, Sent) {
        let folder = tempfile::tempdir().unwrap();
        let sent = Sent::new(&Folders::new(Some(folder.path())).unwrap());
        (folder, sent)
    }

    #[test]
    fn what_left_is_listed_and_kept_as_it_left() {
        let (folder, sent) = ledger();
        assert_eq!(sent.all(None).unwrap(), []);
        let one = sent.record("hq", "inventory", "https://u:p@hq/front", b"first").unwrap();
        sent.record("lab", "inventory", "a file", b"second").unwrap();
        assert_eq!((one.bytes, one.to.as_str()), (5, "https://***@hq/front"));
        assert_eq!(sent.all(None).unwrap().len(), 2);
        assert_eq!(sent.all(Some("hq")).unwrap(), std::slice::from_ref(&one));
        assert_eq!(sent.document(&one).unwrap().as_deref(), Some(b"first".as_slice()));
        let path = folder.path().join("servers/hq/sent").join(name(&one.sha256));
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        fs::write(&path, "other").unwrap();
        assert!(sent.document(&one).is_err());
        fs::remove_file(&path).unwrap();
        assert_eq!(sent.document(&one).unwrap(), None);
    }

    #[test]
    fn lines_do_not_push_documents_out() {
        let (_folder, sent) = ledger();
        let inventory = sent.record("hq", "inventory", "file", b"an inventory").unwrap();
        for n in 0..60 {
            sent.record_lines("hq", "status", "https://hq/", &format!("line {n}")).unwrap();
        }
        let all = sent.all(Some("hq")).unwrap();
        assert_eq!((all.len(), &all[0]), (61, &inventory));
        assert_eq!(sent.document(&inventory).unwrap().as_deref(), Some(b"an inventory".as_slice()));
        assert_eq!(sent.document(&all[60]).unwrap().as_deref(), Some(b"line 59".as_slice()));
        assert_eq!(sent.document(&all[1]).unwrap(), None);
    }

    #[test]
    fn documents_are_kept_within_a_quota_and_the_list_says_what_left() {
        let (folder, sent) = ledger();
        for n in 0..60 {
            sent.record("hq", "inventory", "file", format!("document {n}").as_bytes()).unwrap();
        }
        let all = sent.all(None).unwrap();
        assert_eq!(all.len(), 60);
        let kept = fs::read_dir(folder.path().join("servers/hq/sent")).unwrap();
        assert_eq!(
            kept.filter(|e| e.as_ref().is_ok_and(|e| e.path().extension().is_some_and(|x| x == "document"))).count(),
            50
        );
        assert_eq!(sent.document(&all[0]).unwrap(), None);
        assert!(sent.document(&all[59]).unwrap().is_some());
    }

    #[test]
    fn what_came_of_it_is_said_and_documents_of_others_take_no_room() {
        let (folder, sent) = ledger();
        let own = sent.record("hq", "inventory", "http://hq/", b"own").unwrap();
        sent.last_ended("hq", &own.sha256, "taken").unwrap();
        sent.last_ended("hq", "none", "taken").unwrap();
        for n in 0..60 {
            let document = format!("document {n}");
            let one = sent.record_injected("hq", "http://hq/", "pc.json", document.as_bytes()).unwrap();
            assert_eq!(sent.document(&one).unwrap(), None);
            sent.ended(&one, if n == 0 { "not taken: no room" } else { "taken" }).unwrap();
        }
        let all = sent.all(Some("hq")).unwrap();
        assert_eq!(all.len(), 61);
        let of = |n: usize| (all[n].from.as_deref(), all[n].result.as_deref());
        assert_eq!((of(0), of(1)), ((None, Some("taken")), (Some("pc.json"), Some("not taken: no room"))));
        assert_eq!(sent.document(&all[0]).unwrap().as_deref(), Some(b"own".as_slice()), "it is still kept");
        let names = crate::file_names(&folder.path().join("servers/hq/sent")).unwrap();
        assert_eq!(names.len(), 3, "{names:?}");
    }

    #[test]
    fn a_line_that_was_cut_short_costs_that_line() {
        let (folder, sent) = ledger();
        sent.record("hq", "inventory", "file", b"1").unwrap();
        let path = folder.path().join("servers/hq/sent/list.jsonl");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{}\n{text}", &text[..20])).unwrap();
        assert_eq!(sent.all(None).unwrap().len(), 1);
    }
}
