//! What is remembered of a server between runs: how it speaks, when it is due, how the last contact went. One small file a
//! server; nothing of one server's is in another's.

use crate::kept::at;
use crate::locked_file::{Keep, LockedFile};
use crate::{Folders, FoldersError};
use nix::fcntl::{Flock, FlockArg, OFlag};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

const LARGEST: u64 = 1 << 20;

/// Times are Unix seconds; periods are seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// Where it is asked; another URL is another server, and nothing of this holds.
    pub url: String,
    /// `json` or `xml`, as it last spoke; none before the first contact.
    pub dialect: Option<String>,
    /// What the server wishes between two contacts, as it was said and before it was clamped.
    pub wished: Option<u64>,
    /// What is kept to.
    pub period: Option<u64>,
    /// The steady beat from which `next` is drawn.
    pub beat: Option<i64>,
    /// When it is due.
    pub next: Option<i64>,
    /// Why `next` is what it is, for people.
    pub next_because: String,
    /// Errors in a row.
    pub failures: u32,
    /// The last attempt, and the last that worked.
    pub tried: Option<i64>,
    pub worked: Option<i64>,
    pub last_error: Option<String>,
    /// Its own words at the last contact, and what it offered: task to who serves it.
    pub words: Option<String>,
    pub offered: Vec<(String, String)>,
    pub disabled: Vec<String>,
    /// What it does not want to see, where the policy lets it say so.
    pub no_category: Vec<String>,
    /// A job of it changed what is installed, and the inventory of that is not in the outbox yet.
    pub owes_software: bool,
    /// What became of each task at the last run: task, and a word or sentence.
    pub results: Vec<(String, String)>,
}

/// The file of one server.
#[derive(Debug, Clone)]
pub struct ServerState {
    file: LockedFile,
    lock: PathBuf,
}

/// While it lives, no other process talks to that server for this agent.
#[derive(Debug)]
pub struct SessionLock(#[allow(dead_code)] Flock<File>);

impl ServerState {
    /// Of a server, by its local name.
    pub fn of_server(folders: &Folders, server: &str) -> Result<Self, FoldersError> {
        let folder = folders.of_server(server)?;
        Ok(Self { file: LockedFile::new(folder.join("server.json"), LARGEST), lock: folder.join("session.lock") })
    }

    /// What is remembered of the server at this URL. A damaged file is set aside, said, and nothing is remembered.
    pub fn read(&self, url: &str) -> io::Result<Remembered> {
        let known: Remembered = self.file.read_or_set_aside()?;
        Ok(if known.url == url { known } else { Remembered { url: url.to_owned(), ..Remembered::default() } })
    }

    /// Changes what is remembered, on disk before it returns.
    pub fn change(&self, url: &str, change: impl FnOnce(&mut Remembered)) -> io::Result<Remembered> {
        self.read(url)?;
        self.file.change(|known: &mut Remembered| {
            if known.url != url {
                *known = Remembered { url: url.to_owned(), ..Remembered::default() };
            }
            change(known);
            (Some(Keep::OnDisk), known.clone())
        })
    }

    /// Keeps other processes from talking to this server; none: another one does.
    pub fn session(&self) -> io::Result<Option<SessionLock>> {
        let flags = OFlag::O_NOFOLLOW.bits();
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600).custom_flags(flags).open(&self.lock);
        let file = file.map_err(|error| at(&self.lock, &error))?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => Ok(Some(SessionLock(lock))),
            Err((_, nix::errno::Errno::EWOULDBLOCK)) => Ok(None),
            Err((_, error)) => Err(io::Error::from(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> (tempfile::TempDir, ServerState) {
        let folder = tempfile::tempdir().unwrap();
        let state = ServerState::of_server(&Folders::new(Some(folder.path())).unwrap(), "hq").unwrap();
        (folder, state)
    }

    #[test]
    fn what_is_learned_of_a_server_is_kept_for_its_url() {
        let (_folder, state) = state();
        state.change("https://a/", |known| known.dialect = Some("json".into())).unwrap();
        assert_eq!(state.read("https://a/").unwrap().dialect.as_deref(), Some("json"));
        assert_eq!(state.read("https://b/").unwrap().dialect, None);
        let changed = state.change("https://b/", |known| known.failures = 1).unwrap();
        assert_eq!((changed.dialect, changed.failures), (None, 1));
    }

    #[test]
    fn a_damaged_file_is_set_aside_and_work_goes_on() {
        let (folder, state) = state();
        let path = folder.path().join("servers/hq/server.json");
        for text in ["{\"url\":", "[1]", &"[".repeat(100_000), &"x".repeat(2 << 20)] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(state.read("https://a/").unwrap().dialect, None);
            state.change("https://a/", |known| known.failures += 1).unwrap();
            assert_eq!(state.read("https://a/").unwrap().failures, 1);
            assert!(path.with_added_extension("damaged").exists());
        }
    }

    #[test]
    fn one_session_at_a_time() {
        let (_folder, state) = state();
        let first = state.session().unwrap();
        assert!(first.is_some());
        assert!(state.session().unwrap().is_none());
        drop(first);
        assert!(state.session().unwrap().is_some());
    }
}
