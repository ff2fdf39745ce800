//! Whose word is taken for who a mirror is. One of the server's own origin is the server: its authorities, its pins, our
//! certificate for it. Of any other, the authorities of this system, and those that the owner named for the server; what is
//! between the server and us alone (pins, our certificate) is nothing to it.

use super::client::ServerClient;
use super::error::TransportError;
use super::tls;
use super::transport::{Transport, Trust};
use reqwest::Url;
use rustls::ClientConfig;

/// How the mirrors of one server are believed. Nothing is read before one is contacted.
#[derive(Debug, Clone)]
pub struct Mirrors(ServerClient);

impl ServerClient {
    /// How the mirrors are believed that this server names.
    pub fn mirrors(&self) -> Mirrors {
        Mirrors(self.clone())
    }
}

impl Mirrors {
    /// The settings of a connection to a URL.
    ///
    /// # Errors
    /// [`TransportError::Settings`], where the URL or the certificates that the owner named cannot be used.
    pub(crate) fn config(&self, url: &str) -> Result<ClientConfig, TransportError> {
        let url = Url::parse(url).map_err(|error| TransportError::settings("a mirror's address", error))?;
        let server = &self.0.0;
        if url.origin() == server.base.origin()
            && let Some(own) = &server.way.tls
        {
            return Ok(ClientConfig::clone(own));
        }
        tls::config(&others(&server.transport), url.host_str().unwrap_or_default(), None)
    }
}

fn others(server: &Transport) -> Transport {
    let trust = match &server.trust {
        named @ (Trust::File(_) | Trust::Folder(_)) => Trust::SystemAnd(Box::new(named.clone())),
        Trust::SystemAnd(_) => server.trust.clone(),
        // Nobody vouches for a stranger but authorities.
        Trust::System | Trust::PinsAlone | Trust::Unchecked => Trust::System,
    };
    Transport { trust, ..Transport::new(server.url.clone()) }
}
