//! Pins: what a server's certificate or its key has to be. A pin narrows what the authorities vouch for and never widens
//! it; only the server's own certificate is looked at, for whoever sends a chain may put any certificate into it.

use base64::prelude::{BASE64_STANDARD, Engine};
use sha2::{Digest, Sha256};
use std::fmt;
use x509_parser::parse_x509_certificate;

/// The SHA-256 of a certificate, or of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pin {
    /// `sha256/BASE64`, as RFC 7469 section 2.4 writes it: of the SubjectPublicKeyInfo.
    Key([u8; 32]),
    /// `sha256$HEX`, as older agents write it: of the whole certificate.
    Certificate([u8; 32]),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no pin; one is sha256/ and the SHA-256 of the server's key in base64, or sha256$ and that of its certificate \
     in hexadecimal digits (`airlock doctor tls URL` prints both)"
)]
pub struct PinError(String);

impl Pin {
    /// Reads `sha256/BASE64` (a key), `sha256$HEX` (a certificate) or `sha256$pub$HEX` (a key); colons between the digits are
    /// passed over.
    pub fn parse(text: &str) -> Result<Self, PinError> {
        let wrong = || PinError(airlock_model::short_line(text, 120));
        let text = text.trim();
        if let Some(digest) = text.strip_prefix("sha256/") {
            let bytes = BASE64_STANDARD.decode(digest).map_err(|_| wrong())?;
            return Ok(Self::Key(bytes.try_into().map_err(|_| wrong())?));
        }
        let rest = text.strip_prefix("sha256$").ok_or_else(wrong)?;
        match rest.strip_prefix("pub$") {
            Some(digits) => Ok(Self::Key(from_hex(digits).ok_or_else(wrong)?)),
            None => Ok(Self::Certificate(from_hex(rest).ok_or_else(wrong)?)),
        }
    }

    /// Whether a certificate (DER) is this one, or has this key.
    pub fn matches(&self, certificate: &[u8]) -> bool {
        match self {
            Self::Certificate(digest) => sha256(certificate) == *digest,
            Self::Key(digest) => key_digest(certificate).is_some_and(|found| found == *digest),
        }
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(digest) => write!(f, "sha256/{}", BASE64_STANDARD.encode(digest)),
            Self::Certificate(digest) => write!(f, "sha256${}", hex(digest)),
        }
    }
}

/// The SHA-256 of the key of a certificate (DER); none when it is no certificate.
pub(super) fn key_digest(certificate: &[u8]) -> Option<[u8; 32]> {
    let (_, parsed) = parse_x509_certificate(certificate).ok()?;
    Some(sha256(parsed.public_key().raw))
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(digits: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = digits.bytes().filter(|byte| *byte != b':').collect();
    let mut digest = [0; 32];
    if digits.len() != 2 * digest.len() {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
        // Two digits and no sign, which from_str_radix would take.
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|d| d.is_ascii_hexdigit()))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_read_as_it_is_written() {
        let key = Pin::Key([7; 32]);
        assert_eq!(Pin::parse(&key.to_string()), Ok(key));
        let certificate = Pin::Certificate([0xab; 32]);
        assert_eq!(Pin::parse(&certificate.to_string()), Ok(certificate));
        assert_eq!(Pin::parse(&format!("sha256${}", ["AB"; 32].join(":"))), Ok(certificate));
        assert_eq!(Pin::parse(&format!("sha256$pub${}", "07".repeat(32))), Ok(key));
    }

    #[test]
    fn what_is_no_pin_is_refused() {
        let short = "ab".repeat(31);
        let signs = "+1".repeat(32);
        for bad in ["", "sha256/", "sha256/AAAA", "sha1$00", "sha256$zz", &format!("sha256${short}")] {
            assert!(Pin::parse(bad).is_err(), "{bad}");
        }
        assert!(Pin::parse(&format!("sha256${signs}")).is_err());
        assert!(Pin::parse("\u{1b}[2J").unwrap_err().to_string().starts_with("\"\u{fffd}[2J\" is no pin"));
    }

    #[test]
    fn junk_has_no_key() {
        assert_eq!(key_digest(b"junk"), None);
        assert!(!Pin::Key(sha256(b"")).matches(b"junk"));
    }
}
