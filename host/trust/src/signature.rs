//! Signatures as the minisign tool makes them (`minisign -Sm NAME.manifest.toml`). One file holds one or several, one
//! after another (`cat a.minisig b.minisig`): a publisher may need more than one.

use crate::error::TrustError;
use crate::key::Key;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign_verify::{PublicKey, Signature};

/// No file of signatures is larger.
pub const LARGEST_SIGNATURES: usize = 16 << 10;
/// And none has more signatures: each is tried with every key that is trusted.
const MOST: usize = 16;
/// A comment, the signature, the signed comment, the signature over both.
const LINES: usize = 4;

/// The signatures over a manifest.
pub struct Signatures(Vec<One>);

struct One {
    signature: Signature,
    /// The key's id, as the signature has it: a hint, not a proof.
    id: [u8; 8],
}

impl Signatures {
    pub fn parse(bytes: &[u8]) -> Result<Self, TrustError> {
        let bad = |why: &str| TrustError::Signature(why.to_owned());
        if bytes.len() > LARGEST_SIGNATURES {
            return Err(bad("more than 16 KiB"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| bad("not UTF-8"))?;
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        if lines.is_empty() {
            return Err(TrustError::Unsigned);
        }
        let chunks = lines.chunks_exact(LINES);
        if !chunks.remainder().is_empty() || chunks.len() > MOST {
            return Err(bad("a signature of minisign has four lines, and there are at most 16 of them"));
        }
        chunks
            .map(|chunk| one(chunk).ok_or_else(|| bad("not in the format of minisign")))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The keys, out of `known`, that signed exactly these bytes.
    pub(crate) fn signers(&self, bytes: &[u8], known: impl Iterator<Item = Key>) -> Vec<Key> {
        let signed = |key: &Key| {
            self.0.iter().any(|one| {
                let key = PublicKey::from_base64(&key.as_minisign(one.id));
                key.is_ok_and(|key| key.verify(bytes, &one.signature, false).is_ok())
            })
        };
        let mut keys: Vec<Key> = known.filter(signed).collect();
        keys.sort();
        keys.dedup();
        keys
    }

    /// The ids of keys that the signatures name, as the minisign tool prints them.
    pub fn ids(&self) -> Vec<String> {
        self.0.iter().map(|one| format!("{:016X}", u64::from_le_bytes(one.id))).collect()
    }
}

fn one(lines: &[&str]) -> Option<One> {
    let encoded = STANDARD.decode(lines.get(1)?).ok()?;
    let id = encoded.get(2..10)?.try_into().ok()?;
    Some(One { signature: Signature::decode(&lines.join("\n")).ok()?, id })
}
