//! Which components may come in: keys, signed manifests, versions that never go back.
//!
//! A component from outside comes with a [`Manifest`] (TOML) and signatures over its exact bytes, in the format of the
//! minisign tool. [`authenticate`] finds out whose it is, by the keys that the owner trusts and the names that each of
//! them may sign; [`verify`] refuses, besides, what is older than what was seen before. [`Verified::check_bytes`] and
//! [`Verified::check_declared`] then hold the component itself to what was signed. Nothing here touches a file, a
//! socket or the clock: whoever asks brings bytes and the time.

mod error;
mod glob;
mod key;
mod manifest;
mod moment;
mod name;
mod owner;
mod package;
mod secret;
mod signature;
mod store;
mod verify;

pub use error::TrustError;
pub use glob::Glob;
pub use key::Key;
pub use manifest::{FORMAT, LARGEST_COMPONENT, LARGEST_MANIFEST, Manifest};
pub use name::Name;
pub use owner::{OWNER, signed_by_owner};
pub use package::{LARGEST_PACKAGE, PackageManifest, VerifiedPackage, authenticate_package};
pub use secret::{KeyPair, Password, SecretKey};
pub use signature::{LARGEST_SIGNATURES, Signatures};
pub use store::{Mark, Marks, Publisher, Revoked, Signer, TrustStore};
pub use verify::{Freshness, Verified, authenticate, verify};

use sha2::{Digest as _, Sha256};

/// SHA-256 in hex, as manifests and lock files write it.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
