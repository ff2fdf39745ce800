//! What was wrong with a TLS connection, in words that say what to do about it.

use super::certificate::Certificate;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

/// Why a server was not believed, or could not be spoken with. Texts of certificates are made harmless to show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsFault {
    #[error(
        "the certificate of {host} is signed by {issuer:?}, which is not among the trusted; if it should be, ask whoever runs \
         {host} for that authority's certificate and name it: tls = {{ ca = \"/path/to/ca.pem\" }}"
    )]
    UnknownIssuer { host: String, issuer: String },
    #[error(
        "the certificate of {host} is signed by itself; ask whoever runs {host} for it and name it: \
         tls = {{ ca = \"/path/to/certificate.pem\" }}"
    )]
    SelfSigned { host: String },
    #[error(
        "the certificate that {host} shows is for {}, not for {host}; use one of these names, or get a certificate with the right one",
        list(names)
    )]
    WrongName { host: String, names: Vec<String> },
    #[error(
        "the certificate of {host} says for no host what it is for (it has no subjectAltName; a common name is not looked at); \
         get one that does"
    )]
    NoName { host: String },
    #[error(
        "the certificate {title:?} in the chain of {host} ended on {date}; it has to be renewed there (or the clock of this machine is wrong)"
    )]
    Expired { host: String, title: String, date: String },
    #[error(
        "the certificate {title:?} in the chain of {host} begins on {date} only; is the clock of this machine right?"
    )]
    NotYet { host: String, title: String, date: String },
    #[error(
        "{host} shows a certificate whose key is {shown}, which is none of its pins; if its key was changed on purpose, replace \
         the pin; if not, somebody else answers"
    )]
    PinMismatch { host: String, shown: String },
    #[error("{host} is trusted by its pins alone, and has none: name one (`airlock doctor tls` prints it)")]
    NoPins { host: String },
    #[error(
        "{host} offers no version of TLS from 1.2 on, and older ones are not spoken; it has to be brought up to date"
    )]
    OldVersion { host: String },
    #[error("{host} and this program know no common way to encrypt; the server's settings for TLS are too old")]
    NothingInCommon { host: String },
    #[error("{host} does not speak TLS at this port; is it http, or another port?")]
    NotTls { host: String },
    #[error(
        "{host} wants to see a certificate of this machine's: {alert}; name one, with its key, as credential of kind mtls"
    )]
    WantsCertificate { host: String, alert: String },
    #[error(
        "the certificate of {host} is not trusted by this machine: {why}; if it should be, add its authority's certificate to the \
         system's (on Debian: /usr/local/share/ca-certificates and update-ca-certificates)"
    )]
    Untrusted { host: String, why: String },
    #[error("the certificate of {host} is not usable: {why}")]
    Certificate { host: String, why: String },
    #[error("no TLS with {host}: {why}")]
    Other { host: String, why: String },
}

impl TlsFault {
    /// A word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownIssuer { .. } | Self::Untrusted { .. } => "E-TLS-ISSUER",
            Self::SelfSigned { .. } => "E-TLS-SELF-SIGNED",
            Self::WrongName { .. } | Self::NoName { .. } => "E-TLS-NAME",
            Self::Expired { .. } | Self::NotYet { .. } => "E-TLS-DATE",
            Self::PinMismatch { .. } | Self::NoPins { .. } => "E-TLS-PIN",
            Self::OldVersion { .. } | Self::NothingInCommon { .. } => "E-TLS-VERSION",
            Self::NotTls { .. } => "E-TLS-NONE",
            Self::WantsCertificate { .. } => "E-TLS-CLIENT",
            Self::Certificate { .. } => "E-TLS-CERTIFICATE",
            Self::Other { .. } => "E-TLS",
        }
    }

    /// What an authority's check found, with what the chain (leaf first) says of itself.
    pub(super) fn of_chain(host: &str, error: &CertificateError, chain: &[Certificate]) -> Self {
        let host = host.to_owned();
        let now = jiff::Timestamp::now().as_second();
        let leaf = chain.first();
        match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                let found = chain.iter().find(|c| c.not_after < now).or(leaf);
                let (title, date) = found.map(|c| (c.title().to_owned(), day(c.not_after))).unwrap_or_default();
                Self::Expired { host, title, date }
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                let found = chain.iter().find(|c| c.not_before > now).or(leaf);
                let (title, date) = found.map(|c| (c.title().to_owned(), day(c.not_before))).unwrap_or_default();
                Self::NotYet { host, title, date }
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                match leaf.map(|leaf| leaf.names.clone()) {
                    Some(names) if !names.is_empty() => Self::WrongName { host, names },
                    _ => Self::NoName { host },
                }
            }
            CertificateError::UnknownIssuer => match (leaf, chain.last()) {
                (Some(leaf), _) if leaf.subject == leaf.issuer => Self::SelfSigned { host },
                (_, Some(last)) => Self::UnknownIssuer { host, issuer: last.issuer.clone() },
                _ => Self::UnknownIssuer { host, issuer: String::new() },
            },
            // An authority's certificate in the place of a server's: what `openssl req -x509` makes.
            CertificateError::Other(_) if leaf.is_some_and(|leaf| leaf.subject == leaf.issuer) => {
                Self::SelfSigned { host }
            }
            other => Self::Certificate { host, why: other.to_string() },
        }
    }

    /// What TLS says, where an error is of it.
    pub(crate) fn that_is(host: &str, error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        let inner = error.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref());
        let inner = inner.and_then(|inner| inner.downcast_ref::<Error>());
        error.downcast_ref::<Error>().or(inner).map(|error| Self::of(host, error))
    }

    /// What went wrong between the two ends.
    pub(crate) fn of(host: &str, error: &Error) -> Self {
        let host = host.to_owned();
        match error {
            Error::InvalidCertificate(CertificateError::Other(other)) => match other.0.downcast_ref::<TlsFault>() {
                Some(fault) => fault.clone(),
                None => Self::Certificate { host, why: other.to_string() },
            },
            // What the system's own check of certificates says: it may know no authority at all.
            Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
                Self::Untrusted { host, why: "it is from an authority unknown here".to_owned() }
            }
            Error::General(why) if why.starts_with("No CA certificates") => {
                Self::Untrusted { host, why: format!("no authority is known here ({why})") }
            }
            Error::InvalidCertificate(error) => Self::Certificate { host, why: error.to_string() },
            Error::InvalidMessage(InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion) => {
                Self::NotTls { host }
            }
            Error::AlertReceived(AlertDescription::ProtocolVersion)
            | Error::PeerIncompatible(
                PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
                | PeerIncompatible::SupportedVersionsExtensionRequired
                | PeerIncompatible::ServerDoesNotSupportTls12Or13,
            ) => Self::OldVersion { host },
            Error::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity)
            | Error::PeerIncompatible(_) => Self::NothingInCommon { host },
            Error::AlertReceived(
                alert @ (AlertDescription::CertificateRequired
                | AlertDescription::BadCertificate
                | AlertDescription::UnknownCA
                | AlertDescription::AccessDenied
                | AlertDescription::CertificateUnknown
                | AlertDescription::CertificateExpired),
            ) => Self::WantsCertificate { host, alert: format!("{alert:?}") },
            other => Self::Other { host, why: other.to_string() },
        }
    }
}

/// `2026-11-22`, of seconds since 1970.
pub(super) fn day(seconds: i64) -> String {
    match jiff::Timestamp::from_second(seconds) {
        Ok(time) => time.strftime("%Y-%m-%d").to_string(),
        Err(_) => format!("second {seconds}"),
    }
}

fn list(names: &[String]) -> String {
    names.join(", ")
}
