//! What is made once for each configured server, and checked then.

use super::auth::oauth;
use super::connection::Way;
use super::error::TransportError;
use super::proxy::Route;
use super::session::Session;
use super::tls;
use super::transport::{Auth, Transport};
use reqwest::Url;
use std::sync::Arc;

/// A server that the owner configured. Cheap to clone; each contact is a [`session`](Self::session).
#[derive(Debug, Clone)]
pub struct ServerClient(pub(super) Arc<Settings>);

/// What follows from a [`Transport`] and holds for all sessions.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) transport: Transport,
    pub(super) base: Url,
    pub(super) token_url: Url,
    pub(super) way: Way,
}

impl ServerClient {
    /// Reads the certificates that are meant, and nothing else: no name is looked up and nobody is contacted.
    ///
    /// # Errors
    /// [`TransportError::Settings`], when the URL, a certificate, a pin or the proxy cannot be used.
    pub fn new(transport: Transport) -> Result<Self, TransportError> {
        let base = base(&transport.url)?;
        let token_url = match &transport.auth {
            Auth::OAuth { token_url: Some(url), .. } => {
                let url = Url::parse(url).map_err(|error| TransportError::settings("token_url", error))?;
                if url.origin() != base.origin() {
                    let why = format!("it is not of {}", base.origin().ascii_serialization());
                    return Err(TransportError::settings("token_url", why));
                }
                url
            }
            _ => oauth::token_url(&base),
        };
        let way = way(&transport, &base, None)?;
        Ok(Self(Arc::new(Settings { transport, base, token_url, way })))
    }

    /// A contact: what it learns (cookies, tokens) and its connection end with it.
    pub fn session(&self) -> Session {
        Session::new(Arc::clone(&self.0))
    }

    /// `https://host` or `https://host:port`: what credentials and answers are bound to.
    pub fn origin(&self) -> String {
        self.0.base.origin().ascii_serialization()
    }

    /// A client for another address that this server named (a mirror, a plugin's endpoint elsewhere) and that the policy
    /// allowed: with the same certificates, proxy, deadlines and caps, but without credentials, pins and our certificate,
    /// which are between this server and us.
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`TransportError::Downgrade`] where an https server names an http address.
    pub fn stranger(&self, url: &str) -> Result<Self, TransportError> {
        let mut transport = Transport {
            url: url.to_owned(),
            auth: Auth::None,
            pins: Vec::new(),
            certificate: None,
            allow_cleartext: false,
            ..self.0.transport.clone()
        };
        // Nobody vouches for a stranger but authorities.
        if !matches!(transport.trust, super::Trust::File(_) | super::Trust::Folder(_)) {
            transport.trust = super::Trust::System;
        }
        let to = base(url)?;
        if self.0.base.scheme() == "https" && to.scheme() != "https" {
            let (origin, to) = (self.origin(), to.origin().ascii_serialization());
            return Err(TransportError::Downgrade { origin, to });
        }
        Self::new(transport)
    }
}

/// The configured URL, checked.
pub(super) fn base(text: &str) -> Result<Url, TransportError> {
    let shown = || airlock_model::short_line(text.split('?').next().unwrap_or_default(), 200);
    let wrong = |why: &str| TransportError::settings(shown(), why);
    let url = Url::parse(text).map_err(|error| {
        // What cannot be read may hold a password in any place.
        TransportError::settings("the server's address", format!("{error}; https://host/path is expected"))
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        let why = "a user or a password in it would be shown wherever it is; name them as credentials";
        return Err(TransportError::settings(url.origin().ascii_serialization(), why));
    }
    if !["http", "https"].contains(&url.scheme()) || url.host_str().is_none() {
        return Err(wrong("https://host/path is expected"));
    }
    Ok(url)
}

pub(super) fn way(
    transport: &Transport,
    base: &Url,
    shown: Option<super::verifier::Shown>,
) -> Result<Way, TransportError> {
    let host = base.host_str().unwrap_or_default().to_owned();
    let port = base.port_or_known_default().unwrap_or(443);
    let tls = match base.scheme() {
        "https" => Some(Arc::new(tls::config(transport, &host, shown)?)),
        _ => None,
    };
    let route = Route::to(base, &transport.proxy, |name| std::env::var(name).ok())?;
    Ok(Way { host, port, tls, route, deadlines: transport.deadlines, caps: transport.caps })
}
