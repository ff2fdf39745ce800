//! A component with what came along: its manifest, the signatures, and what its publisher asks the owner to allow.

use super::{Installed, StoreError, TrustFolder};
use crate::{read_document, write_document};
use airlock_trust::{LARGEST_COMPONENT, LARGEST_MANIFEST, LARGEST_SIGNATURES, Verified};
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

pub(super) const COMPONENTS: &str = "components";
pub(super) const MANIFESTS: &str = "manifests";
/// No request of a publisher is larger.
pub const LARGEST_REQUEST: u64 = 256 << 10;

/// What a source brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub manifest: Vec<u8>,
    pub signatures: Vec<u8>,
    pub component: Vec<u8>,
    /// A policy that the publisher would like: shown, never applied.
    pub request: Option<Vec<u8>>,
}

/// An installed component that may be run, as far as its signatures go.
#[derive(Debug)]
pub struct Ready {
    pub verified: Verified,
    pub installed: Installed,
    pub package: Package,
}

impl Package {
    /// Writes the files, by digest. Those of the same digest that are there are replaced by the same.
    pub(super) fn keep(&self, folder: &TrustFolder, verified: &Verified) -> Result<(), StoreError> {
        let manifest = &verified.manifest_sha256;
        put(folder, COMPONENTS, &format!("{}.wasm", verified.manifest.sha256), &self.component)?;
        put(folder, MANIFESTS, &format!("{manifest}.toml"), &self.manifest)?;
        put(folder, MANIFESTS, &format!("{manifest}.minisig"), &self.signatures)?;
        match &self.request {
            Some(request) => put(folder, MANIFESTS, &format!("{manifest}.request"), request),
            None => Ok(()),
        }
    }

    pub(super) fn kept(folder: &TrustFolder, manifest: &str, component: &str) -> Result<Self, StoreError> {
        let (bytes, signatures) = Self::kept_manifest(folder, manifest)?;
        Ok(Self {
            manifest: bytes,
            signatures,
            component: get(folder, COMPONENTS, &format!("{component}.wasm"), LARGEST_COMPONENT)?,
            request: get(folder, MANIFESTS, &format!("{manifest}.request"), LARGEST_REQUEST).ok(),
        })
    }

    pub(super) fn kept_manifest(folder: &TrustFolder, manifest: &str) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
        Ok((
            get(folder, MANIFESTS, &format!("{manifest}.toml"), LARGEST_MANIFEST as u64)?,
            get(folder, MANIFESTS, &format!("{manifest}.minisig"), LARGEST_SIGNATURES as u64)?,
        ))
    }
}

fn put(folder: &TrustFolder, kind: &str, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let parent = folder.root.join(kind);
    let path = parent.join(name);
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&parent);
    made.and_then(|()| write_document(&path, bytes)).map_err(|error| StoreError::Io { path, error })
}

fn get(folder: &TrustFolder, kind: &str, name: &str, limit: u64) -> Result<Vec<u8>, StoreError> {
    let path: PathBuf = folder.root.join(kind).join(name);
    // A name comes from the lock file, which may have been edited by hand: it is one file of that folder.
    let error = match name.contains('/') {
        true => io::Error::other("no name of a file"),
        false => match read_document(&path, limit) {
            Ok(bytes) => return Ok(bytes),
            Err(error) => error,
        },
    };
    Err(StoreError::Io { path, error })
}
