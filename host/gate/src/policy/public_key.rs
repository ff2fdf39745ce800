//! The public keys that a policy names, whatever way they are written: two spellings of one key are one key.

use base64::prelude::{BASE64_STANDARD, Engine};

/// A DER envelope of an Ed25519 key (RFC 8410), before its 32 bytes.
const SPKI: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// What minisign writes before the eight bytes of a key's id.
const MINISIGN: &[u8] = b"Ed";

/// The 32 bytes of a key written `ed25519:…` (bare or in its envelope), or as minisign writes it (`RW…`).
pub(super) fn bytes_of(text: &str) -> Option<[u8; 32]> {
    let body = text.strip_prefix("ed25519:").or_else(|| text.strip_prefix("minisign:")).unwrap_or(text);
    let bytes = BASE64_STANDARD.decode(body).ok()?;
    let key = match bytes.len() {
        32 => bytes.as_slice(),
        44 => bytes.strip_prefix(SPKI)?,
        42 => bytes.strip_prefix(MINISIGN)?.get(8..)?,
        _ => return None,
    };
    key.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_key_however_it_is_written() {
        let minisign = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
        let key = bytes_of(minisign).unwrap();
        assert_eq!(bytes_of(&format!("minisign:{minisign}")), Some(key));
        assert_eq!(bytes_of(&format!("ed25519:{}", BASE64_STANDARD.encode(key))), Some(key));
        assert_eq!(bytes_of(&format!("ed25519:{}", BASE64_STANDARD.encode([SPKI, &key].concat()))), Some(key));
        for bad in ["", "RW", "ed25519:AAAA", &BASE64_STANDARD.encode([0; 44]), &BASE64_STANDARD.encode([0; 42])] {
            assert_eq!(bytes_of(bad), None, "{bad}");
        }
    }
}
