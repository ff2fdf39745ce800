//! A look at how a server is reached, without sending it a request: for whoever wants to know why it is not believed.

use super::certificate::Certificate;
use super::client::{base, way};
use super::error::TransportError;
use super::fault::TlsFault;
use super::transport::Transport;
use super::verifier::Shown;
use std::net::SocketAddr;

/// What was found, as far as it went.
#[derive(Debug, Clone)]
pub struct Look {
    pub host: String,
    pub port: u16,
    /// The proxy that leads there, `host:port`.
    pub proxy: Option<String>,
    /// The server's, or the proxy's.
    pub addresses: Vec<SocketAddr>,
    /// `TLSv1_3`
    pub version: Option<String>,
    /// `TLS13_AES_256_GCM_SHA384`
    pub cipher: Option<String>,
    /// What the server showed, its own first.
    pub chain: Vec<Certificate>,
    /// The certificate of the chain that is to blame, counted from 0.
    pub link: Option<usize>,
    /// Why a session would not come about; none: it would.
    pub error: Option<TransportError>,
}

/// Connects as a session would, up to the end of the TLS handshake.
///
/// # Errors
/// [`TransportError::Settings`], when the transport cannot be used at all or is not https; what goes wrong at the server
/// is in [`Look::error`].
pub async fn look(transport: &Transport) -> Result<Look, TransportError> {
    let base = base(&transport.url)?;
    if base.scheme() != "https" {
        return Err(TransportError::settings(
            transport.url.clone(),
            "there is no TLS to look at; https:// is expected",
        ));
    }
    let shown = Shown::default();
    let way = way(transport, &base, Some(shown.clone()))?;
    let mut look = Look {
        host: way.host.clone(),
        port: way.port,
        proxy: way.route.as_ref().map(|route| route.name()),
        addresses: Vec::new(),
        version: None,
        cipher: None,
        chain: Vec::new(),
        link: None,
        error: None,
    };
    let Some(config) = &way.tls else { return Ok(look) };
    let handshake = async {
        look.addresses = way.addresses().await?;
        let stream = way.stream(&look.addresses).await?;
        way.handshake(config, stream).await
    };
    match handshake.await {
        Ok(stream) => {
            let (_, connection) = stream.get_ref();
            look.version = connection.protocol_version().map(|version| format!("{version:?}"));
            look.cipher = connection.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite()));
        }
        Err(error) => look.error = Some(error),
    }
    let shown = shown.lock().map(|shown| shown.clone()).unwrap_or_default();
    look.chain = shown.iter().filter_map(|der| Certificate::read(der)).collect();
    look.link = look.error.as_ref().and_then(|error| blamed(error, &look.chain));
    Ok(look)
}

/// Which certificate an error is about.
fn blamed(error: &TransportError, chain: &[Certificate]) -> Option<usize> {
    let TransportError::Tls(fault) = error else { return None };
    let link = match fault {
        // The last of the chain: whoever signed it is unknown.
        TlsFault::UnknownIssuer { .. } => {
            let broken =
                chain.windows(2).position(|pair| pair.first().map(|c| &c.issuer) != pair.last().map(|c| &c.subject));
            broken.unwrap_or(chain.len().checked_sub(1)?)
        }
        TlsFault::Expired { title, .. } | TlsFault::NotYet { title, .. } => {
            chain.iter().position(|certificate| certificate.title() == title)?
        }
        TlsFault::SelfSigned { .. }
        | TlsFault::WrongName { .. }
        | TlsFault::NoName { .. }
        | TlsFault::PinMismatch { .. }
        | TlsFault::Certificate { .. } => 0,
        _ => return None,
    };
    (link < chain.len()).then_some(link)
}
