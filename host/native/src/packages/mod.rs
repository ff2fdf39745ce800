//! Signed packages: archives that a job brings with a manifest and signatures beside them (`NAME.manifest.toml`,
//! `NAME.manifest.toml.minisig`). What is unsigned, signed by others, changed, expired or older than what was installed
//! before is refused; the rest is unpacked into a folder of its version, which stands whole or not at all.

mod install;
#[cfg(test)]
mod tests;

pub(crate) use install::{Allowed, install};

use crate::beneath::{Mounts, step};
use crate::off_thread::Stopped;
use crate::trust_store::{StoreError, TrustFolder};
use airlock_gate::{CallError, Code};
use airlock_trust::{
    LARGEST_MANIFEST, LARGEST_PACKAGE, LARGEST_SIGNATURES, TrustError, VerifiedPackage, authenticate_package,
};
use jiff::Timestamp;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::fd::OwnedFd;
use std::path::Path;

/// The endings of what stands beside a package.
pub const MANIFEST_ENDING: &str = ".manifest.toml";
pub const SIGNATURES_ENDING: &str = ".manifest.toml.minisig";

/// A package with what stands beside it, open.
pub(crate) struct SignedFiles {
    pub(crate) name: String,
    package: File,
    manifest: Vec<u8>,
    signatures: Vec<u8>,
}

impl SignedFiles {
    /// Opens a package and what stands beside it: by their names, which `open` finds, or finds not there.
    pub(crate) fn open(name: &str, open: &dyn Fn(&str) -> Result<Option<File>, CallError>) -> Result<Self, CallError> {
        let package = open(name)?.ok_or(CallError::NotFound)?;
        let beside = |ending: &str, most| {
            let name = format!("{name}{ending}");
            open(&name)?.map_or(Ok(Vec::new()), |file| document(file, &name, most))
        };
        let manifest = beside(MANIFEST_ENDING, LARGEST_MANIFEST)?;
        let signatures = beside(SIGNATURES_ENDING, LARGEST_SIGNATURES)?;
        Ok(Self { name: name.to_owned(), package, manifest, signatures })
    }

    /// Those in one folder.
    pub(crate) fn in_folder(folder: &OwnedFd, name: &str) -> Result<Self, CallError> {
        Self::open(name, &|name| plain_file(folder, name))
    }

    /// Whose the package is, by the keys that the owner trusts, and that it is what was signed.
    pub(crate) fn verify(&mut self, trust: &TrustFolder, stopped: &Stopped) -> Result<VerifiedPackage, CallError> {
        let store = trust.trust().map_err(of_store)?;
        let verified = authenticate_package(&self.manifest, &self.signatures, &store, Timestamp::now());
        let verified = verified.map_err(|error| self.unfit(&error))?;
        store.check_package(&verified).map_err(|error| self.unfit(&error))?;
        let (size, sha256) = digest(&mut self.package, &self.name, verified.manifest.size, stopped)?;
        verified.check_bytes(size, &sha256).map_err(|error| self.unfit(&error))?;
        Ok(verified)
    }

    fn unfit(&self, error: &TrustError) -> CallError {
        let code = if matches!(error, TrustError::Rollback { .. }) { Code::Rollback } else { Code::Unsigned };
        CallError::Unfit { code, why: format!("the package {} is refused: {error} ({})", self.name, error.code()) }
    }
}

/// Bytes and SHA-256, in hex, of a file; one that is longer than it may be is read no further.
fn digest(file: &mut File, name: &str, most: u64, stopped: &Stopped) -> Result<(u64, String), CallError> {
    let io = |error: std::io::Error| CallError::Failed(format!("{name}: {error}"));
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    let mut content = file.take(most.saturating_add(1));
    let (mut hasher, mut chunk, mut size) = (Sha256::new(), vec![0; 128 << 10], 0_u64);
    loop {
        if stopped.is_stopped() {
            return Err(CallError::Cancelled);
        }
        match content.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => {
                hasher.update(chunk.get(..count).unwrap_or_default());
                size = size.saturating_add(count as u64);
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(io(error)),
        }
    }
    Ok((size, hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// Bytes and SHA-256, in hex, of a package that is to be signed.
pub fn package_digest(path: &Path) -> Result<(u64, String), CallError> {
    let (folder, name) = folder_of(path)?;
    let mut file =
        plain_file(&folder, &name)?.ok_or_else(|| CallError::Failed(format!("{}: no such file", path.display())))?;
    digest(&mut file, &name, LARGEST_PACKAGE, &Stopped::default())
}

/// Whose a package is, with what stands beside it: as it would be verified when a job installs it.
pub fn verify_package(path: &Path, trust: &TrustFolder) -> Result<VerifiedPackage, CallError> {
    let (folder, name) = folder_of(path)?;
    let mut files = match SignedFiles::in_folder(&folder, &name) {
        Err(CallError::NotFound) => return Err(CallError::Failed(format!("{}: no such file", path.display()))),
        files => files?,
    };
    files.verify(trust, &Stopped::default())
}

fn folder_of(path: &Path) -> Result<(OwnedFd, String), CallError> {
    let shown = path.display();
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| CallError::Failed(format!("{shown}: no name of a file")))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = File::open(folder).map_err(|error| CallError::Failed(format!("{shown}: {error}")))?;
    Ok((OwnedFd::from(folder), name.to_owned()))
}

fn of_store(error: StoreError) -> CallError {
    CallError::Failed(error.to_string())
}

fn document(file: File, name: &str, most: usize) -> Result<Vec<u8>, CallError> {
    let mut bytes = Vec::new();
    let read = file.take(most as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| CallError::Failed(format!("{name}: {error}")))?;
    match bytes.len() > most {
        true => Err(CallError::Failed(format!("{name}: larger than the {most} bytes that are read"))),
        false => Ok(bytes),
    }
}

fn plain_file(folder: &OwnedFd, name: &str) -> Result<Option<File>, CallError> {
    let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let file = match step(folder, name, flags, Mode::empty(), Mounts::Refused) {
        Ok(fd) => File::from(fd),
        Err(Errno::ENOENT) => return Ok(None),
        Err(error) => return Err(crate::beneath::failed(name, error)),
    };
    match file.metadata() {
        Ok(meta) if meta.is_file() => Ok(Some(file)),
        Ok(_) => Err(CallError::Failed(format!("{name}: not a regular file"))),
        Err(error) => Err(CallError::Failed(format!("{name}: {error}"))),
    }
}
