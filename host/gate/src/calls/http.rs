//! `http.fetch`: a request to an origin that the policy names, in two calls. The name is resolved first, and *every*
//! address that it has is part of the request that the policy then decides on; the connection goes to one of those
//! addresses and nowhere else. So a name that changes its mind between check and use changes nothing.
//!
//! Redirects are not followed here: [`crate::Gate::fetch`] makes each hop a call of its own.

use crate::call::HostCall;
use crate::http::check_headers;
use crate::{Ask, CallError, Effect, Native, Scope, Verb};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Addresses of one host: more than any name has that means well.
pub(super) const MOST_ADDRESSES: usize = 64;
/// Bytes of an answer when no grant says less.
const MOST_BYTES: u64 = 16 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
        }
    }
}

/// A URL in its parts: what a policy looks at, and what it does not. No credentials, no fragment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// `http` or `https`.
    pub scheme: String,
    /// A name in lower case and ASCII, or an address without brackets.
    pub host: String,
    pub port: u16,
    /// From the first `/` on, with the query.
    pub path: String,
}

impl Target {
    /// `https://host:port`; the scheme's own port is left out (RFC 6454).
    pub fn origin(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match (self.scheme.as_str(), self.port) {
            ("https", 443) | ("http", 80) => format!("{}://{host}", self.scheme),
            (scheme, port) => format!("{scheme}://{host}:{port}"),
        }
    }
}

/// The addresses of a host. Asked for under the same grant as the request itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpResolve {
    pub method: Method,
    pub target: Target,
}

/// One request to one of `addresses`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpSend {
    pub method: Method,
    pub target: Target,
    /// What the name resolved to: the only addresses that may be contacted.
    pub addresses: Vec<IpAddr>,
    pub headers: Vec<(String, String)>,
    #[serde(with = "super::bytes")]
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpReply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    #[serde(with = "super::bytes")]
    pub body: Vec<u8>,
}

fn ask(method: Method, target: &Target) -> Ask {
    Ask {
        origin: Some(target.origin()),
        method: Some(method.name().to_owned()),
        port: Some(target.port),
        ..Ask::new(Verb::HttpFetch)
    }
}

impl HostCall for HttpResolve {
    type Reply = Vec<IpAddr>;
    const NAME: &'static str = "http.resolve";

    fn ask(&self) -> Result<Ask, CallError> {
        self.target.check()?;
        // An address is decided on at once: there is nothing to look up.
        Ok(Ask { addresses: self.target.literal().into_iter().collect(), ..ask(self.method, &self.target) })
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Vec<IpAddr>, CallError> {
        addresses_of(&self.target, native).await
    }
}

/// All addresses of a target, an address being its own.
pub(super) async fn addresses_of(target: &Target, native: &Native) -> Result<Vec<IpAddr>, CallError> {
    if let Some(address) = target.literal() {
        return Ok(vec![address]);
    }
    let addresses = native.http.resolve(target).await?;
    if addresses.len() > MOST_ADDRESSES {
        return Err(CallError::Failed(format!("{} has {} addresses", target.host, addresses.len())));
    }
    Ok(addresses)
}

impl HostCall for HttpSend {
    type Reply = HttpReply;
    const NAME: &'static str = "http.send";

    fn ask(&self) -> Result<Ask, CallError> {
        self.target.check()?;
        check_headers(&self.headers)?;
        let is_known = self.target.literal().is_none_or(|address| self.addresses == [address]);
        if !is_known || self.addresses.len() > MOST_ADDRESSES {
            return Err(CallError::Invalid(format!("{} does not have these addresses", self.target.host)));
        }
        if self.addresses.is_empty() {
            return Err(CallError::NotFound);
        }
        if matches!(self.method, Method::Get | Method::Head) && !self.body.is_empty() {
            return Err(CallError::Invalid(format!("{} with a body", self.method.name())));
        }
        Ok(Ask { addresses: self.addresses.clone(), ..ask(self.method, &self.target) })
    }

    fn effect(&self, _ask: &Ask) -> Effect {
        Effect::Network
    }

    /// The path; not the values of its query.
    fn detail(&self) -> Option<String> {
        let (path, query) = self.target.path.split_once('?').unwrap_or((&self.target.path, ""));
        let mark = if query.is_empty() { "" } else { "?…" };
        Some(format!("{path}{mark}, {} bytes sent", self.body.len()))
    }

    fn size(&self) -> u64 {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        (self.body.len() + self.target.path.len() + headers) as u64
    }

    fn reply_size(reply: &HttpReply) -> u64 {
        let headers: usize = reply.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        (reply.body.len() + headers) as u64
    }

    fn outcome(reply: &HttpReply) -> String {
        format!("status {}, {} bytes", reply.status, reply.body.len())
    }

    /// A rehearsal looks (GET, HEAD) and does not send.
    fn planned(&self) -> Option<HttpReply> {
        matches!(self.method, Method::Post | Method::Put).then(HttpReply::default)
    }

    fn intent(&self, _scope: &Scope) -> String {
        let (method, origin, path) = (self.method.name(), self.target.origin(), &self.target.path);
        format!("send {method} {origin}{path} ({} bytes)", self.body.len())
    }

    async fn run(self, native: &Native, scope: &Scope) -> Result<HttpReply, CallError> {
        let most = scope.max_bytes.unwrap_or(MOST_BYTES);
        let scope = Scope { max_bytes: Some(most), ..scope.clone() };
        let origin = self.target.origin();
        let reply = native.http.send(self, &scope).await?;
        if reply.body.len() as u64 > most {
            return Err(CallError::Failed(format!("{origin} answers with more bytes than are granted")));
        }
        Ok(reply)
    }
}
