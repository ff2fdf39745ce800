//! What the owner trusts and what is installed, in a folder that only this user may enter.
//!
//! `trust.json` has the publishers, the revoked keys and the newest versions seen; `lock.json` says which component a
//! name stands for, by digest. Both are replaced whole, under a lock. A file that cannot be read is an error and never
//! an empty one: an empty one would trust a revoked key again, or forget what was seen.
//!
//! What is installed keeps its manifest and its signatures, and both are checked again whenever it is opened: a key that
//! is revoked today takes what it signed yesterday along.

mod lock;
mod package;
mod packages;

pub use lock::{Held, Installed, Lock};
pub use package::{LARGEST_REQUEST, Package, Ready};
pub use packages::InstalledPackage;

use crate::{Folders, FoldersError, read_document, write_document};
use airlock_trust::{Name, TrustError, TrustStore, Verified, authenticate};
use jiff::Timestamp;
use nix::fcntl::{Flock, FlockArg};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// No list of ours is longer.
const LARGEST_LIST: u64 = 16 << 20;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    #[error(transparent)]
    Folders(#[from] FoldersError),
    #[error("{path}: {error}")]
    Io { path: PathBuf, error: io::Error },
    #[error(
        "{path} is damaged ({why}); without it nothing can be told from what is trusted, so nothing is installed or run"
    )]
    Damaged { path: PathBuf, why: String },
    #[error("{0}: not installed (airlock task list)")]
    NotInstalled(String),
    #[error(transparent)]
    Trust(#[from] TrustError),
    #[error("{0}")]
    Refused(String),
}

/// The folder.
#[derive(Debug, Clone)]
pub struct TrustFolder {
    root: PathBuf,
}

impl TrustFolder {
    pub fn open(folders: &Folders) -> Result<Self, StoreError> {
        Ok(Self { root: folders.trust()? })
    }

    /// The publishers, the revoked keys and the marks.
    pub fn trust(&self) -> Result<TrustStore, StoreError> {
        read(&self.trust_file())
    }

    /// Changes them. What `change` refuses leaves everything as it was.
    pub fn change<T>(&self, change: impl FnOnce(&mut TrustStore) -> Result<T, String>) -> Result<T, StoreError> {
        let _alone = self.alone()?;
        let mut store = self.trust()?;
        let value = change(&mut store).map_err(StoreError::Refused)?;
        write(&self.trust_file(), &store)?;
        Ok(value)
    }

    /// What is installed.
    pub fn lock(&self) -> Result<Lock, StoreError> {
        read(&self.lock_file())
    }

    /// Installs a component, or, when `held` says so, keeps it beside the one that is installed and goes on running.
    /// Whoever calls this has verified it; the mark is raised here, in the same step.
    pub fn install(
        &self,
        verified: &Verified,
        package: &Package,
        new: Installed,
        allow_rollback: bool,
    ) -> Result<(), StoreError> {
        let _alone = self.alone()?;
        let name = &verified.manifest.name;
        let mut store = self.trust()?;
        let mut lock = self.lock()?;
        // Once more, now that nobody else can change the store.
        let again = authenticate(&package.manifest, &package.signatures, &store, Timestamp::now())?;
        if again.publisher != verified.publisher {
            return Err(StoreError::Refused("the trusted keys were changed meanwhile; try again".to_owned()));
        }
        if let Some(old) = lock.get(name.as_str()).filter(|old| old.publisher != again.publisher) {
            let (old, new) = (&old.publisher, &again.publisher);
            return Err(StoreError::Refused(format!(
                "{name} is installed from {old}, and this one is {new}'s; if that is right, first: airlock task remove {name}"
            )));
        }
        if !allow_rollback {
            store.check_mark(&again)?;
        }
        again.check_bytes(&package.component)?;
        package.keep(self, &again)?;
        store.raise_mark(&again);
        write(&self.trust_file(), &store)?;
        lock.put(name.clone(), new);
        write(&self.lock_file(), &lock)?;
        self.clear(&lock);
        Ok(())
    }

    /// Takes a component out. What was seen of it stays known: it does not come back older.
    pub fn remove(&self, name: &str) -> Result<Installed, StoreError> {
        let _alone = self.alone()?;
        let mut lock = self.lock()?;
        let removed = lock.take(name).ok_or_else(|| StoreError::NotInstalled(name.to_owned()))?;
        write(&self.lock_file(), &lock)?;
        self.clear(&lock);
        Ok(removed)
    }

    /// An installed component with all that is known of it, if it is still what was signed, by keys that still count.
    pub fn ready(&self, name: &str, now: Timestamp) -> Result<Ready, StoreError> {
        let lock = self.lock()?;
        let installed = lock.get(name).ok_or_else(|| StoreError::NotInstalled(name.to_owned()))?.clone();
        let package = Package::kept(self, &installed.manifest_sha256, &installed.sha256)?;
        let verified = authenticate(&package.manifest, &package.signatures, &self.trust()?, now)?;
        verified.check_bytes(&package.component)?;
        let is_other = verified.manifest.name.as_str() != name
            || verified.publisher != installed.publisher
            || verified.manifest.sha256 != installed.sha256;
        if is_other {
            return Err(StoreError::Refused(format!(
                "{name}: the lock file names another component than the one that is kept"
            )));
        }
        Ok(Ready { verified, installed, package })
    }

    /// As [`Self::ready`], without the components: for lists. Nothing of it is run.
    pub fn checked(&self, installed: &Installed, now: Timestamp) -> Result<Verified, StoreError> {
        let (manifest, signatures) = Package::kept_manifest(self, &installed.manifest_sha256)?;
        Ok(authenticate(&manifest, &signatures, &self.trust()?, now)?)
    }

    fn trust_file(&self) -> PathBuf {
        self.root.join("trust.json")
    }

    fn lock_file(&self) -> PathBuf {
        self.root.join("lock.json")
    }

    /// Alone among the processes that change this folder, until it is dropped.
    fn alone(&self) -> Result<Flock<File>, StoreError> {
        let path = self.root.join("busy");
        let at = |error| StoreError::Io { path: path.clone(), error };
        let file = File::options().write(true).create(true).truncate(false).open(&path).map_err(at)?;
        Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, errno)| at(errno.into()))
    }

    /// Forgets files that no entry of the lock file names. One that cannot be removed takes up room and nothing else.
    fn clear(&self, lock: &Lock) {
        for folder in [package::COMPONENTS, package::MANIFESTS] {
            let entries = fs::read_dir(self.root.join(folder)).into_iter().flatten().flatten();
            for path in entries.map(|entry| entry.path()) {
                let digest = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.split('.').next());
                if !digest.is_some_and(|digest| lock.names(digest))
                    && let Err(error) = fs::remove_file(&path)
                {
                    tracing::debug!("{}: {error}", path.display());
                }
            }
        }
    }
}

/// Reads a list; one that was never written is empty.
fn read<T: DeserializeOwned + Default>(path: &Path) -> Result<T, StoreError> {
    let bytes = match read_document(path, LARGEST_LIST) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(T::default()),
        Err(error) => return Err(StoreError::Io { path: path.to_owned(), error }),
    };
    serde_json::from_slice(&bytes)
        .map_err(|error| StoreError::Damaged { path: path.to_owned(), why: error.to_string() })
}

fn write<T: Serialize>(path: &Path, value: &T) -> Result<(), StoreError> {
    let text = serde_json::to_vec_pretty(value).map_err(io::Error::other);
    let written = text.and_then(|text| write_document(path, &text));
    written.map_err(|error| StoreError::Io { path: path.to_owned(), error })
}

/// The name of a publisher or a component, from what was typed.
pub fn name(text: &str) -> Result<Name, TrustError> {
    Name::parse(text)
}
