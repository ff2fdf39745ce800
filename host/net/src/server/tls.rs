//! How TLS is spoken with a server: 1.2 and 1.3, every connection checked anew, our own certificate where the owner named
//! one.

use super::error::TransportError;
use super::transport::{ClientCertificate, Transport};
use super::verifier::{Shown, Verifier};
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;

/// The settings of connections to `host`; `shown` gets the chain that it shows.
pub(super) fn config(transport: &Transport, host: &str, shown: Option<Shown>) -> Result<ClientConfig, TransportError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new(host, &transport.trust, &transport.pins, Arc::clone(&provider), shown)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| TransportError::settings("TLS", error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match &transport.certificate {
        None => builder.with_no_client_auth(),
        Some(certificate) => {
            let (chain, key) = own(certificate)?;
            let wrong = |error: rustls::Error| TransportError::settings(certificate.source.clone(), error);
            builder.with_client_auth_cert(chain, key).map_err(wrong)?
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A resumed session shows no certificate, and one that has ended or was exchanged meanwhile would go on being believed.
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn own(
    certificate: &ClientCertificate,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TransportError> {
    let wrong = |why: &str| TransportError::settings(certificate.source.clone(), why);
    let pem = certificate.pem.expose().as_bytes();
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let chain = chain.map_err(|_| wrong("it is no PEM"))?;
    if chain.is_empty() {
        return Err(wrong("no certificate is in it; certificate and key are expected in one PEM file"));
    }
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| {
        wrong("no private key is in it; certificate and key are expected in one PEM file, the key not encrypted")
    })?;
    Ok((chain, key))
}
