//! The owner's own keys: what they sign are the owner's files. They are trusted as those of a publisher called `owner`, and
//! for the names of the files that each of them may sign.

use crate::error::TrustError;
use crate::key::Key;
use crate::name::Name;
use crate::signature::Signatures;
use crate::store::TrustStore;
use crate::verify::enough;

/// Under this name the owner's keys are trusted.
pub const OWNER: &str = "owner";

/// The owner's keys that signed exactly these bytes for a file of that name; an error when they are too few, revoked, or
/// not for that name.
pub fn signed_by_owner(
    bytes: &[u8],
    signatures: &[u8],
    name: &str,
    store: &TrustStore,
) -> Result<Vec<Key>, TrustError> {
    let (owner, name) = (Name::parse(OWNER)?, Name::parse(name)?);
    let signatures = Signatures::parse(signatures)?;
    let unknown = || TrustError::UnknownKey(signatures.ids().join(", "));
    let publisher = store.publishers.get(&owner).ok_or_else(unknown)?;
    let known = publisher.keys.iter().map(|signer| signer.key);
    let signers = signatures.signers(bytes, known);
    let (revoked, valid): (Vec<Key>, Vec<Key>) = signers.into_iter().partition(|key| store.revoked.contains_key(key));
    if valid.is_empty() {
        let words: Vec<String> = revoked.iter().map(Key::short).collect();
        return Err(if words.is_empty() { unknown() } else { TrustError::Revoked(words.join(", ")) });
    }
    let signed: Vec<_> = publisher.keys.iter().filter(|signer| valid.contains(&signer.key)).collect();
    enough(&owner, publisher, &signed, &name)
}
