//! What a policy in `observe` mode was asked, each question once, for `airlock policy learn`.

use airlock_gate::guards::Observer;
use airlock_gate::{Ask, Asker};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// More questions than these teach nothing new.
const LARGEST: u64 = 8 << 20;

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub asker: Asker,
    pub ask: Ask,
}

pub struct ObservedFile {
    path: PathBuf,
    seen: Mutex<BTreeSet<String>>,
}

impl ObservedFile {
    /// In the folder of the program's state.
    pub fn new(state: &Path) -> Self {
        Self { path: Self::path(state), seen: Mutex::default() }
    }

    pub fn path(state: &Path) -> PathBuf {
        state.join("observed.jsonl")
    }

    fn keep(&self, line: &str) -> io::Result<()> {
        let no_link = nix::fcntl::OFlag::O_NOFOLLOW.bits();
        let options = OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(no_link).open(&self.path);
        let mut file = options?;
        if file.metadata()?.len() > LARGEST {
            return Ok(());
        }
        file.write_all(format!("{line}\n").as_bytes())
    }
}

impl Observer for ObservedFile {
    fn asked(&self, asker: &Asker, ask: &Ask) {
        let observed = Observed { asker: asker.clone(), ask: ask.clone() };
        let Ok(line) = serde_json::to_string(&observed) else { return };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.insert(line.clone()) {
            return;
        }
        if let Err(error) = self.keep(&line) {
            tracing::warn!("{}: what was asked is not kept: {error}", self.path.display());
        }
    }
}
