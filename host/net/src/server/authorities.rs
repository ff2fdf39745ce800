//! Whose word is taken: the certificates of the system, of a file or of a folder.

use super::error::TransportError;
use super::transport::Trust;
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes of one file of certificates, files of a folder.
const LARGEST: u64 = 8 << 20;
const MOST_FILES: usize = 4096;

/// The certificates that are believed.
#[derive(Debug)]
pub(super) struct Authorities {
    pub(super) roots: RootCertStore,
    /// Those that the owner named, whole: a server's own certificate may be among them.
    pub(super) named: Vec<CertificateDer<'static>>,
}

impl Authorities {
    /// Those that are meant; none at all is an error here and not a riddle at the first connection.
    pub(super) fn load(trust: &Trust) -> Result<Self, TransportError> {
        let mut all = Self { roots: RootCertStore::empty(), named: Vec::new() };
        let place = match trust {
            Trust::SystemAnd(named) => {
                all = Self::load(named)?;
                all.roots.add_parsable_certificates(crate::system_roots::certificates());
                return Ok(all);
            }
            Trust::PinsAlone | Trust::Unchecked => return Ok(all),
            Trust::System => {
                all.roots.add_parsable_certificates(crate::system_roots::certificates());
                "the certificates of this system".to_owned()
            }
            Trust::File(path) => {
                all.named = certificates(path)?;
                path.display().to_string()
            }
            Trust::Folder(path) => {
                all.named = folder(path)?;
                path.display().to_string()
            }
        };
        all.roots.add_parsable_certificates(all.named.iter().cloned());
        if all.roots.is_empty() {
            let why = "none can be used as an authority; install the package ca-certificates, or name a file: ca = \"/path/to/ca.pem\"";
            return Err(TransportError::settings(place, why));
        }
        Ok(all)
    }
}

/// The certificates of a file, PEM or DER.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TransportError> {
    let wrong = |why: &dyn std::fmt::Display| TransportError::settings(path.display().to_string(), why);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| wrong(&error))?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| wrong(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(wrong(&format!("more than {LARGEST} bytes are no list of certificates")));
    }
    read(bytes).map_err(|why| wrong(&why))
}

fn read(bytes: Vec<u8>) -> Result<Vec<CertificateDer<'static>>, String> {
    if x509_parser::parse_x509_certificate(&bytes).is_ok() {
        return Ok(vec![CertificateDer::from(bytes)]);
    }
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        Ok(_) => Err("no certificate is in it; PEM begins with -----BEGIN CERTIFICATE-----".to_owned()),
        Err(error) => Err(format!("{error}")),
    }
}

/// Those of all files of a folder; what is no certificate is passed over and said.
fn folder(path: &Path) -> Result<Vec<CertificateDer<'static>>, TransportError> {
    let wrong = |why: &dyn std::fmt::Display| TransportError::settings(path.display().to_string(), why);
    let mut all = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(path).map_err(|error| wrong(&error))? {
        let file = entry.map_err(|error| wrong(&error))?.path();
        // Links are usual here: OpenSSL's folders have one by hash for each file.
        if !file.is_file() {
            continue;
        }
        count += 1;
        if count > MOST_FILES {
            return Err(wrong(&format!("more than {MOST_FILES} files are no folder of certificates")));
        }
        match certificates(&file) {
            Ok(found) => all.extend(found),
            Err(error) => tracing::warn!("passed over: {error}"),
        }
    }
    all.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
    all.dedup();
    Ok(all)
}
