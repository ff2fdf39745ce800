//! The authorities that this system trusts, from where its packages put them. The variables of the environment that other
//! programs obey (`SSL_CERT_FILE`, `SSL_CERT_DIR`) are not asked: whoever starts a service by hand would bring his own.

use rustls_pki_types::CertificateDer;

/// Bundles, by distribution; the first that is there is the system's.
#[cfg(target_os = "linux")]
const BUNDLES: &[&str] = &[
    // Debian, Ubuntu, Arch, Gentoo, NixOS.
    "/etc/ssl/certs/ca-certificates.crt",
    // Fedora, Red Hat, and what is made of them.
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    // SUSE.
    "/var/lib/ca-certificates/ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    // Alpine, Void.
    "/etc/ssl/cert.pem",
];

/// All that can be read; none is no error here.
pub(crate) fn certificates() -> Vec<CertificateDer<'static>> {
    let found = load();
    for error in &found.errors {
        tracing::debug!("{error}");
    }
    found.certs
}

#[cfg(target_os = "linux")]
fn load() -> rustls_native_certs::CertificateResult {
    use std::path::Path;
    let bundle = BUNDLES.iter().map(Path::new).find(|path| path.is_file());
    let folder = bundle.is_none().then_some(Path::new("/etc/ssl/certs"));
    rustls_native_certs::load_certs_from_paths(bundle, folder)
}

/// Where the system has a store that is no file.
#[cfg(not(target_os = "linux"))]
fn load() -> rustls_native_certs::CertificateResult {
    rustls_native_certs::load_native_certs()
}
