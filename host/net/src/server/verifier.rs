//! Who a server is: the authorities' word first, then the pins. Both have to agree wherever both were asked for.

use super::authorities::Authorities;
use super::certificate::Certificate;
use super::error::TransportError;
use super::fault::TlsFault;
use super::pins::{Pin, hex, key_digest, sha256};
use super::transport::Trust;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::sync::{Arc, Mutex};

/// The chain that a server showed, leaf first, whether it was believed or not.
pub(super) type Shown = Arc<Mutex<Vec<CertificateDer<'static>>>>;

#[derive(Debug)]
pub(super) struct Verifier {
    /// As messages call the server.
    host: String,
    rule: Rule,
    pins: Vec<Pin>,
    /// Certificates that the owner named: one of them may be the server's own.
    named: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
    shown: Option<Shown>,
}

#[derive(Debug)]
enum Rule {
    Authorities(Arc<WebPkiServerVerifier>),
    PinsAlone,
    Unchecked,
}

impl Verifier {
    pub(super) fn new(
        host: &str,
        trust: &Trust,
        pins: &[Pin],
        provider: Arc<CryptoProvider>,
        shown: Option<Shown>,
    ) -> Result<Self, TransportError> {
        let authorities = Authorities::load(trust)?;
        let rule = match trust {
            Trust::PinsAlone if pins.is_empty() => {
                return Err(TransportError::Tls(TlsFault::NoPins { host: host.to_owned() }));
            }
            Trust::PinsAlone => Rule::PinsAlone,
            Trust::Unchecked => Rule::Unchecked,
            Trust::System | Trust::SystemAnd(_) | Trust::File(_) | Trust::Folder(_) => {
                let roots = Arc::new(authorities.roots);
                let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build();
                Rule::Authorities(
                    verifier.map_err(|error| TransportError::settings("the trusted certificates", error))?,
                )
            }
        };
        Ok(Self { host: host.to_owned(), rule, pins: pins.to_vec(), named: authorities.named, provider, shown })
    }

    fn by_authorities(
        &self,
        verifier: &WebPkiServerVerifier,
        leaf: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<(), TlsFault> {
        let Err(error) = verifier.verify_server_cert(leaf, rest, name, ocsp, now) else { return Ok(()) };
        let error = match error {
            Error::InvalidCertificate(error) => error,
            other => return Err(TlsFault::of(&self.host, &other)),
        };
        // The owner named this very certificate: nobody else has to vouch for it, but its names and dates still count.
        let error = match self.named.iter().any(|named| named.as_ref() == leaf.as_ref()) {
            true => match own(leaf, name, now) {
                Ok(()) => return Ok(()),
                Err(error) => error,
            },
            false => error,
        };
        let chain: Vec<Certificate> =
            std::iter::once(leaf).chain(rest).filter_map(|der| Certificate::read(der)).collect();
        Err(TlsFault::of_chain(&self.host, &error, &chain))
    }

    fn by_pins(&self, leaf: &CertificateDer<'_>) -> Result<(), TlsFault> {
        if self.pins.is_empty() || self.pins.iter().any(|pin| pin.matches(leaf)) {
            return Ok(());
        }
        let shown = match key_digest(leaf) {
            Some(digest) => Pin::Key(digest).to_string(),
            None => format!("of the certificate {}", hex(&sha256(leaf))),
        };
        Err(TlsFault::PinMismatch { host: self.host.clone(), shown })
    }
}

/// A server's own certificate: for that name, and of now.
fn own(leaf: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> Result<(), CertificateError> {
    let parsed = Certificate::read(leaf).ok_or(CertificateError::BadEncoding)?;
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if now > parsed.not_after {
        return Err(CertificateError::Expired);
    }
    if now < parsed.not_before {
        return Err(CertificateError::NotValidYet);
    }
    let certificate = webpki::EndEntityCert::try_from(leaf).map_err(|_| CertificateError::BadEncoding)?;
    certificate.verify_is_valid_for_subject_name(name).map_err(|_| CertificateError::NotValidForName)
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(mut shown) = self.shown.as_ref().and_then(|shown| shown.lock().ok()) {
            *shown = std::iter::once(leaf).chain(rest).map(|der| der.clone().into_owned()).collect();
        }
        let chain = match &self.rule {
            Rule::Authorities(verifier) => self.by_authorities(verifier, leaf, rest, name, ocsp, now),
            Rule::PinsAlone | Rule::Unchecked => Ok(()),
        };
        match chain.and_then(|()| self.by_pins(leaf)) {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(fault) => Err(CertificateError::Other(OtherError(Arc::new(fault))).into()),
        }
    }

    // That whoever answers has the key of the certificate is checked in every case.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
