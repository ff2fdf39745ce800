//! The sandbox's cache of compiled components, in the owner's folder.

use airlock_native::{CodeFolder, Folders};
use airlock_sandbox::{CodeCache, NoCache};

struct Kept(CodeFolder);

impl CodeCache for Kept {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.get(key)
    }

    fn put(&self, key: &str, code: &[u8]) {
        self.0.put(key, code);
    }
}

/// The cache; none when there is no safe folder for it, which costs time and nothing else.
pub(crate) fn open(folders: Option<&Folders>) -> Box<dyn CodeCache> {
    match folders.map(Folders::compiled) {
        Some(Ok(folder)) => Box::new(Kept(CodeFolder::new(folder))),
        Some(Err(error)) => {
            tracing::debug!("compiled components are not kept: {error}");
            Box::new(NoCache)
        }
        None => Box::new(NoCache),
    }
}
