//! Whose a manifest is, and whether what it stands for may come in.

use crate::error::TrustError;
use crate::key::Key;
use crate::manifest::{LARGEST_MANIFEST, Manifest};
use crate::name::Name;
use crate::sha256_hex;
use crate::signature::Signatures;
use crate::store::{Marks, Publisher, Signer, TrustStore};
use jiff::Timestamp;
use semver::Version;

/// A manifest that enough keys of a publisher have signed for its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub manifest: Manifest,
    /// SHA-256 of the manifest's own bytes, in hex.
    pub manifest_sha256: String,
    pub publisher: Name,
    /// The keys that count: neither revoked nor outside their names.
    pub keys: Vec<Key>,
    pub freshness: Freshness,
}

/// How old a manifest is, measured by its own period (from issue to expiry).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    Fresh,
    /// Past its expiry: said, and it may still be used.
    Expired,
    /// Past its expiry for as long again as it was meant to hold: nothing that changes anything runs any longer.
    Frozen,
}

/// Refuses what is unsigned, by unknown, revoked or undelegated keys, by too few of them, or older than what was seen.
pub fn verify(manifest: &[u8], signatures: &[u8], store: &TrustStore, now: Timestamp) -> Result<Verified, TrustError> {
    let verified = authenticate(manifest, signatures, store, now)?;
    store.check_mark(&verified)?;
    Ok(verified)
}

/// As [`verify`], but for one that is older than what was seen: for the owner's explicit word, and for components that
/// were let in before.
pub fn authenticate(
    manifest: &[u8],
    signatures: &[u8],
    store: &TrustStore,
    now: Timestamp,
) -> Result<Verified, TrustError> {
    let valid = signers(manifest, signatures, store)?;
    let digest = sha256_hex(manifest);
    let manifest = Manifest::parse(manifest)?;
    let (publisher, keys) = publisher_of(&manifest.name, &valid, store, &store.marks)?;
    // A clock that was set back makes nothing fresh again: it is at least as late as what this publisher issued last.
    let issued = store.mark(&publisher, &manifest.name).map_or(manifest.issued, |mark| mark.issued);
    let freshness = freshness(&manifest, now.max(issued));
    Ok(Verified { manifest, manifest_sha256: digest, publisher, keys, freshness })
}

/// The keys that the owner trusts for something, not revoked, that signed exactly these bytes.
pub(crate) fn signers(manifest: &[u8], signatures: &[u8], store: &TrustStore) -> Result<Vec<Key>, TrustError> {
    if manifest.len() > LARGEST_MANIFEST {
        return Err(TrustError::Manifest(format!("{} bytes; at most {LARGEST_MANIFEST} are read", manifest.len())));
    }
    let signatures = Signatures::parse(signatures)?;
    // The bytes first: of what nobody trusted has signed, nothing is read.
    let keys = signatures.signers(manifest, store.keys().chain(store.revoked.keys().copied()));
    if keys.is_empty() {
        return Err(TrustError::UnknownKey(signatures.ids().join(", ")));
    }
    let (revoked, valid): (Vec<Key>, Vec<Key>) = keys.into_iter().partition(|key| store.revoked.contains_key(key));
    if valid.is_empty() {
        return Err(TrustError::Revoked(words(revoked.iter())));
    }
    Ok(valid)
}

/// The publisher whose keys make up its threshold for that name; the one that had the name before, if there are two.
pub(crate) fn publisher_of(
    name: &Name,
    valid: &[Key],
    store: &TrustStore,
    marks: &Marks,
) -> Result<(Name, Vec<Key>), TrustError> {
    let mut best: Option<(Name, Vec<Key>)> = None;
    let mut refusal = None;
    for (id, publisher) in &store.publishers {
        let signed: Vec<&Signer> = publisher.keys.iter().filter(|signer| valid.contains(&signer.key)).collect();
        if signed.is_empty() {
            continue;
        }
        match enough(id, publisher, &signed, name) {
            Ok(keys) if best.is_none() || marks.get(id).is_some_and(|names| names.contains_key(name)) => {
                best = Some((id.clone(), keys))
            }
            Ok(_) => {}
            // Too few of the right keys says more than another's key.
            Err(error) if !matches!(refusal, Some(TrustError::Threshold { .. })) => refusal = Some(error),
            Err(_) => {}
        }
    }
    best.ok_or_else(|| refusal.unwrap_or_else(|| TrustError::UnknownKey(words(valid.iter()))))
}

pub(crate) fn enough(
    id: &Name,
    publisher: &Publisher,
    signed: &[&Signer],
    name: &Name,
) -> Result<Vec<Key>, TrustError> {
    let may_sign = |signer: &&&Signer| signer.names.iter().any(|glob| glob.matches(name.as_str()));
    let keys: Vec<Key> = signed.iter().filter(may_sign).map(|signer| signer.key).collect();
    if keys.is_empty() {
        let may: Vec<String> = signed.iter().flat_map(|s| s.names.iter().map(ToString::to_string)).collect();
        return Err(TrustError::NotDelegated { name: name.to_string(), may: may.join(", ") });
    }
    let valid = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    if valid < publisher.threshold {
        return Err(TrustError::Threshold { publisher: id.to_string(), needed: publisher.threshold, valid });
    }
    Ok(keys)
}

fn freshness(manifest: &Manifest, now: Timestamp) -> Freshness {
    let past = now.duration_since(manifest.expires);
    if past.is_negative() || past.is_zero() {
        Freshness::Fresh
    } else if past <= manifest.period() {
        Freshness::Expired
    } else {
        Freshness::Frozen
    }
}

impl Verified {
    /// Holds the component's bytes to the size and the digest that were signed.
    pub fn check_bytes(&self, component: &[u8]) -> Result<(), TrustError> {
        let (size, signed) = (component.len(), self.manifest.size);
        if u64::try_from(size) != Ok(signed) {
            return Err(TrustError::Bytes(format!("{size} bytes; {signed} were signed")));
        }
        let digest = sha256_hex(component);
        if digest != self.manifest.sha256 {
            return Err(TrustError::Bytes(format!("sha256 {digest}; {} was signed", self.manifest.sha256)));
        }
        Ok(())
    }

    /// Holds what the component really imports, and the kinds of task that it fits, to what was signed. `has` says
    /// whether a world has an import.
    pub fn check_declared(&self, imports: &[String], has: impl Fn(&str, &str) -> bool) -> Result<(), TrustError> {
        let sorted = |list: &[String]| {
            let mut list = list.to_vec();
            list.sort();
            list.dedup();
            list
        };
        let (real, signed) = (sorted(imports), sorted(&self.manifest.imports));
        if let Some(hidden) = real.iter().find(|import| !signed.contains(import)) {
            return Err(TrustError::Declared(format!(
                "the component imports {hidden}, which the manifest does not declare"
            )));
        }
        if let Some(missing) = signed.iter().find(|import| !real.contains(import)) {
            return Err(TrustError::Declared(format!(
                "the manifest declares {missing}, which the component does not import"
            )));
        }
        for world in &self.manifest.worlds {
            if let Some(outside) = imports.iter().find(|import| !has(world, import)) {
                return Err(TrustError::Declared(format!(
                    "declared for the kind {world}, which does not have {outside}"
                )));
            }
        }
        Ok(())
    }

    /// Refuses what was made for a newer program.
    pub fn check_agent(&self, here: &Version) -> Result<(), TrustError> {
        if here.cmp_precedence(&self.manifest.minimum_agent).is_lt() {
            return Err(TrustError::Agent {
                name: self.manifest.name.to_string(),
                minimum: self.manifest.minimum_agent.to_string(),
                here: here.to_string(),
            });
        }
        Ok(())
    }

    /// Whether a run may begin, given whether this kind of task can change anything.
    pub fn check_run(&self, is_mutating: bool) -> Result<(), TrustError> {
        match self.freshness {
            Freshness::Frozen if is_mutating => Err(TrustError::Frozen {
                name: self.manifest.name.to_string(),
                expired: self.manifest.expires.to_string(),
            }),
            _ => Ok(()),
        }
    }

    /// What is to be said of its age, if anything.
    pub fn warning(&self) -> Option<String> {
        let (name, expires) = (&self.manifest.name, self.manifest.expires);
        match self.freshness {
            Freshness::Fresh => None,
            Freshness::Expired => Some(format!("{name} expired on {expires}: ask its publisher for a newer one")),
            Freshness::Frozen => {
                Some(format!("{name} expired long ago ({expires}): a task of a kind that changes things would not run"))
            }
        }
    }
}

fn words<'a>(keys: impl Iterator<Item = &'a Key>) -> String {
    keys.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
