//! What a certificate says of itself, for people. All of it is what somebody claims, and is made harmless to show.

use super::pins::{Pin, hex, sha256};
use airlock_model::short_line;
use std::net::{Ipv4Addr, Ipv6Addr};
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;
use x509_parser::prelude::X509Certificate;

/// Bytes of a name that are shown, and names of one certificate.
const LONGEST_NAME: usize = 200;
const MOST_NAMES: usize = 30;

/// A certificate, as far as it matters to who may be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// `CN=glpi.example, O=Example`, as RFC 4514 writes names.
    pub subject: String,
    pub issuer: String,
    /// Hosts and addresses that it is for (subjectAltName); at most 30, the rest is counted in the last.
    pub names: Vec<String>,
    /// Seconds since 1970.
    pub not_before: i64,
    pub not_after: i64,
    pub is_authority: bool,
    /// Of the whole certificate, in hexadecimal digits.
    pub sha256: String,
    /// The pin of its key, `sha256/BASE64`.
    pub pin: String,
}

impl Certificate {
    /// Reads a certificate (DER); none when it is none.
    pub fn read(der: &[u8]) -> Option<Self> {
        let (_, parsed) = parse_x509_certificate(der).ok()?;
        let validity = parsed.validity();
        Some(Self {
            subject: short_line(&parsed.subject().to_string(), LONGEST_NAME),
            issuer: short_line(&parsed.issuer().to_string(), LONGEST_NAME),
            names: names(&parsed),
            not_before: validity.not_before.timestamp(),
            not_after: validity.not_after.timestamp(),
            is_authority: parsed.is_ca(),
            sha256: hex(&sha256(der)),
            pin: Pin::Key(sha256(parsed.public_key().raw)).to_string(),
        })
    }

    /// The name that people know it by: the first that it is for, else its subject.
    pub fn title(&self) -> &str {
        self.names.first().unwrap_or(&self.subject)
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let all = &extension.value.general_names;
    let mut names: Vec<String> = all.iter().take(MOST_NAMES).map(name).collect();
    if all.len() > MOST_NAMES {
        names.push(format!("… and {} more", all.len() - MOST_NAMES));
    }
    names
}

fn name(name: &GeneralName<'_>) -> String {
    let text = match name {
        GeneralName::DNSName(host) => (*host).to_owned(),
        GeneralName::IPAddress(bytes) => match (<[u8; 4]>::try_from(*bytes), <[u8; 16]>::try_from(*bytes)) {
            (Ok(v4), _) => Ipv4Addr::from(v4).to_string(),
            (_, Ok(v6)) => Ipv6Addr::from(v6).to_string(),
            _ => format!("an address of {} bytes", bytes.len()),
        },
        other => format!("{other:?}"),
    };
    short_line(&text, LONGEST_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junk_is_no_certificate() {
        assert_eq!(Certificate::read(b""), None);
        assert_eq!(Certificate::read(&[0x30; 4096]), None);
    }
}
