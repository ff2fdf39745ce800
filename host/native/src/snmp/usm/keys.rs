//! Keys out of passwords (RFC 3414, 2.6 and A.2; RFC 7860, 9.3), and signing with them.
//!
//! A password becomes a key by hashing a mebibyte, once for a credential; a key becomes a device's own by hashing a few
//! bytes. So many devices with one credential cost one mebibyte.

use crate::snmp::secret::{AuthProtocol, KeyExtension, PrivProtocol, Security};
use hmac::digest::{Digest, KeyInit};
use hmac::{Hmac, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

pub(super) type Key = Zeroizing<Vec<u8>>;

/// What is hashed of a password, repeated.
const EXPANDED: usize = 1 << 20;

macro_rules! with_hash {
    ($protocol:expr, $hash:ident => $body:expr) => {
        match $protocol {
            AuthProtocol::Md5 => {
                type $hash = Md5;
                $body
            }
            AuthProtocol::Sha1 => {
                type $hash = Sha1;
                $body
            }
            AuthProtocol::Sha224 => {
                type $hash = Sha224;
                $body
            }
            AuthProtocol::Sha256 => {
                type $hash = Sha256;
                $body
            }
            AuthProtocol::Sha384 => {
                type $hash = Sha384;
                $body
            }
            AuthProtocol::Sha512 => {
                type $hash = Sha512;
                $body
            }
        }
    };
}

/// Bytes of a signature: the first of the digest's.
pub(super) fn signature_length(protocol: AuthProtocol) -> usize {
    match protocol {
        AuthProtocol::Md5 | AuthProtocol::Sha1 => 12,
        AuthProtocol::Sha224 => 16,
        AuthProtocol::Sha256 => 24,
        AuthProtocol::Sha384 => 32,
        AuthProtocol::Sha512 => 48,
    }
}

fn hash<D: Digest>(parts: &[&[u8]]) -> Key {
    let mut digest = D::new();
    parts.iter().for_each(|part| Digest::update(&mut digest, part));
    Zeroizing::new(digest.finalize().to_vec())
}

fn of_password<D: Digest>(password: &[u8]) -> Key {
    let mut digest = D::new();
    let block: Zeroizing<Vec<u8>> =
        Zeroizing::new(password.iter().copied().cycle().take(password.len() * 64).collect());
    let mut left = if password.is_empty() { 0 } else { EXPANDED };
    while left > 0 {
        let part = block.get(..left).unwrap_or(&block);
        Digest::update(&mut digest, part);
        left -= part.len();
    }
    Zeroizing::new(digest.finalize().to_vec())
}

fn mac<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Option<M> {
    let mut mac = <M as Mac>::new_from_slice(key).ok()?;
    parts.iter().for_each(|part| mac.update(part));
    Some(mac)
}

/// The signature of a message.
pub(super) fn sign(protocol: AuthProtocol, key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let mut whole = with_hash!(protocol, D => mac::<Hmac<D>>(key, &[message])?.finalize().into_bytes().to_vec());
    whole.truncate(signature_length(protocol));
    Some(whole)
}

/// Whether a message, in parts, has this signature; in the same time wherever it differs.
pub(super) fn is_signed(protocol: AuthProtocol, key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    signature.len() == signature_length(protocol)
        && with_hash!(protocol, D => mac::<Hmac<D>>(key, parts).is_some_and(|mac| mac.verify_truncated_left(signature).is_ok()))
}

/// The key of a password, for every device.
#[derive(Clone)]
pub(super) struct Master {
    protocol: AuthProtocol,
    key: Key,
}

impl Master {
    pub(super) fn new(protocol: AuthProtocol, password: &[u8]) -> Self {
        Self { protocol, key: with_hash!(protocol, D => of_password::<D>(password)) }
    }

    /// The key for one device.
    pub(super) fn localised(&self, engine: &[u8]) -> Key {
        with_hash!(self.protocol, D => hash::<D>(&[&self.key, engine, &self.key]))
    }

    /// The key for one device, `length` bytes of it.
    fn long(&self, engine: &[u8], length: usize, extension: KeyExtension) -> Key {
        let mut key = self.localised(engine);
        let mut last = key.clone();
        while key.len() < length {
            last = match extension {
                KeyExtension::Blumenthal => with_hash!(self.protocol, D => hash::<D>(&[&key])),
                KeyExtension::Reeder => Self::new(self.protocol, &last).localised(engine),
            };
            // Grown by hand: what is left behind by growing would not be overwritten.
            let mut longer = Zeroizing::new(Vec::with_capacity(key.len() + last.len()));
            longer.extend_from_slice(&key);
            longer.extend_from_slice(&last);
            key = longer;
        }
        key.truncate(length);
        key
    }
}

/// What a user signs and hides with, before it is known with whom.
#[derive(Clone)]
pub(crate) struct Masters {
    pub(super) auth: Option<Master>,
    pub(super) privacy: Option<(PrivProtocol, Master)>,
    /// In the order in which they are tried.
    pub(super) extensions: Vec<KeyExtension>,
}

impl Masters {
    /// Hashes a mebibyte for each password.
    pub(crate) fn new(security: &Security) -> Self {
        match security {
            Security::NoAuthNoPriv => Self { auth: None, privacy: None, extensions: vec![] },
            Security::AuthNoPriv { auth, password } => {
                Self { auth: Some(Master::new(*auth, password.as_bytes())), privacy: None, extensions: vec![] }
            }
            Security::AuthPriv { auth, password, privacy, privacy_password, extension } => {
                let master = Master::new(*auth, password.as_bytes());
                let same = password == privacy_password;
                let hidden = if same { master.clone() } else { Master::new(*auth, privacy_password.as_bytes()) };
                let needed = key_length(*privacy) > hidden.key.len();
                let extensions = match (privacy, extension) {
                    _ if !needed => vec![KeyExtension::Blumenthal],
                    (PrivProtocol::TripleDes, _) => vec![KeyExtension::Reeder],
                    (_, Some(extension)) => vec![*extension],
                    _ => vec![KeyExtension::Blumenthal, KeyExtension::Reeder],
                };
                Self { auth: Some(master), privacy: Some((*privacy, hidden)), extensions }
            }
        }
    }

    pub(super) fn protocol(&self) -> Option<AuthProtocol> {
        self.auth.as_ref().map(|master| master.protocol)
    }

    pub(super) fn auth_key(&self, engine: &[u8]) -> Option<Key> {
        self.auth.as_ref().map(|master| master.localised(engine))
    }

    pub(super) fn privacy_key(&self, engine: &[u8], extension: usize) -> Option<Key> {
        let (protocol, master) = self.privacy.as_ref()?;
        let extension = self.extensions.get(extension)?;
        Some(master.long(engine, key_length(*protocol), *extension))
    }
}

/// Of the cipher's key, and of what its first block is mixed with.
fn key_length(protocol: PrivProtocol) -> usize {
    match protocol {
        PrivProtocol::Des | PrivProtocol::Aes128 => 16,
        PrivProtocol::Aes192 => 24,
        PrivProtocol::Aes256 | PrivProtocol::TripleDes => 32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// RFC 3414, A.3; the others of RFC 7860's hashes.
    #[test]
    fn keys_are_those_of_the_standard() {
        let engine = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
        for (protocol, master, localised) in [
            (AuthProtocol::Md5, "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"),
            (
                AuthProtocol::Sha1,
                "9fb5cc0381497b3793528939ff788d5d79145211",
                "6695febc9288e36282235fc7151f128497b38f3f",
            ),
        ] {
            let found = Master::new(protocol, b"maplesyrup");
            assert_eq!((hex(&found.key).as_str(), hex(&found.localised(&engine)).as_str()), (master, localised));
        }
    }

    /// draft-reeder-snmpv3-usm-3desede-00, B.1 and B.2.
    #[test]
    fn keys_are_made_longer_as_the_draft_says() {
        let engine = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
        let long = |protocol| Master::new(protocol, b"maplesyrup").long(&engine, 32, KeyExtension::Reeder);
        assert_eq!(hex(&long(AuthProtocol::Md5)), "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12");
        assert_eq!(hex(&long(AuthProtocol::Sha1)), "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9c");
    }

    #[test]
    fn a_signature_of_another_length_or_key_is_none() {
        let all = [
            AuthProtocol::Md5,
            AuthProtocol::Sha1,
            AuthProtocol::Sha224,
            AuthProtocol::Sha256,
            AuthProtocol::Sha384,
            AuthProtocol::Sha512,
        ];
        for protocol in all {
            let signature = sign(protocol, b"key", b"message").unwrap();
            assert_eq!(signature.len(), signature_length(protocol));
            assert!(is_signed(protocol, b"key", &[b"mess", b"age"], &signature));
            assert!(!is_signed(protocol, b"kay", &[b"message"], &signature));
            assert!(!is_signed(protocol, b"key", &[b"massage"], &signature));
            assert!(!is_signed(protocol, b"key", &[b"message"], &signature[..signature.len() - 1]));
            assert!(!is_signed(protocol, b"key", &[b"message"], &[]));
        }
    }
}
