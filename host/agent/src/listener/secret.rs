//! A secret that clients have to know, and whether they do: compared in a time that says nothing of where they differ.

use sha2::{Digest, Sha256};
use std::fmt;

/// A token or a password.
#[derive(Clone)]
pub(super) struct Secret(String);

impl Secret {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    pub(super) fn is(&self, said: &str) -> bool {
        is_same(self.0.as_bytes(), said.as_bytes())
    }

    /// Of a session of the inventory plugin: what a client that knows this token answers to `nonce`.
    pub(super) fn payload(&self, nonce: &str) -> String {
        use base64::Engine as _;
        let digest = Sha256::digest(format!("{nonce}++{}", self.0).as_bytes());
        base64::engine::general_purpose::STANDARD_NO_PAD.encode(digest)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Digests are compared, all of them: neither the length of the secret nor where the first difference is shows in the time.
pub(super) fn is_same(one: &[u8], other: &[u8]) -> bool {
    let differences = Sha256::digest(one).iter().zip(Sha256::digest(other).iter()).fold(0, |all, (a, b)| all | (a ^ b));
    std::hint::black_box(differences) == 0
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_whole_or_not_at_all() {
        let secret = Secret::new("s3cret".into());
        assert!(secret.is("s3cret"));
        for wrong in ["", "s", "s3cre", "s3creT", "s3cret ", "s3crets"] {
            assert!(!secret.is(wrong), "{wrong:?}");
        }
        assert!(!format!("{secret:?}").contains("s3cret"));
    }

    /// Reckoned with `printf 'abc++s3cret' | openssl dgst -sha256 -binary | base64`.
    #[test]
    fn the_payload_is_the_unpadded_digest() {
        let payload = Secret::new("s3cret".into()).payload("abc");
        assert_eq!(payload.len(), 43, "{payload}");
        assert_eq!(payload, PAYLOAD);
    }

    const PAYLOAD: &str = "oWVTQVrm99ZHoOlaeHKYT+bvQip62UmgRVMmqsagSro";
}
