//! Why nothing came back, in words that say what to do.

use super::fault::TlsFault;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

/// What was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Name,
    Connection,
    Proxy,
    Handshake,
    Headers,
    Body,
    Whole,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "its name was not resolved",
            Self::Connection => "there was no connection",
            Self::Proxy => "the proxy did not let us through",
            Self::Handshake => "the TLS handshake was not done",
            Self::Headers => "the headers of its answer were not complete",
            Self::Body => "its answer stood still",
            Self::Whole => "its answer was not complete",
        })
    }
}

/// Why a request got no answer. Every one has a [`code`](TransportError::code), which never changes.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The configuration cannot be used.
    #[error("{what}: {why}")]
    Settings { what: String, why: String },
    #[error("{host} has no address: {why}; check the name, and the resolver of this machine")]
    Name { host: String, why: String },
    #[error("{host} is not reached{}: {why}", at(tried))]
    Connect { host: String, tried: Vec<SocketAddr>, why: String },
    #[error("{host}: {phase} within {} s", after.as_secs_f32())]
    Timeout { host: String, phase: Phase, after: Duration },
    #[error(
        "the proxy {proxy} wants credentials (407) that it accepts; put a user and a password into the proxy's setting"
    )]
    ProxyCredentials { proxy: String },
    #[error("the proxy {proxy} does not lead to {host}: {why}")]
    Proxy { proxy: String, host: String, why: String },
    #[error(transparent)]
    Tls(TlsFault),
    #[error("{url} is not of {origin}, and this server's requests and credentials go nowhere else")]
    OtherOrigin { origin: String, url: String },
    /// Only what asks for something is redirected: what was sent is sent to whom it was meant for.
    #[error(
        "{origin} redirects what was sent to it to {to}; that is never followed; configure the address that it should go to"
    )]
    RedirectedPost { origin: String, to: String },
    #[error("{origin} redirects to {to}, which is another origin; that is not followed")]
    RedirectedAway { origin: String, to: String },
    #[error("{origin} redirects from https to {to}; that is never followed")]
    Downgrade { origin: String, to: String },
    #[error("{origin} redirects more than {most} times")]
    RedirectedOften { origin: String, most: usize },
    #[error("{origin} redirects nowhere: {why}")]
    RedirectedNowhere { origin: String, why: String },
    #[error(
        "{origin} wants credentials over plain http, where everybody on the way can read them; use https, or say allow_cleartext"
    )]
    Cleartext { origin: String },
    #[error("{url} gives no token: {why}; check client id, client secret and the scope `inventory` at the server")]
    Token { url: String, why: String },
    #[error("the answer of {host} has more than {most} bytes, which is all that is read of one")]
    TooLarge { host: String, most: usize },
    #[error(
        "the head of the answer of {host} is too large; at most {most} headers of {bytes} bytes in all, and a body that can be counted, are read"
    )]
    Headers { host: String, most: usize, bytes: usize },
    #[error("the answer of {host} ends before its end")]
    Truncated { host: String },
    #[error("{host} does not answer in HTTP: {why}")]
    NotHttp { host: String, why: String },
    #[error("the connection to {host} broke: {why}")]
    Broken { host: String, why: String },
}

impl TransportError {
    /// A word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Settings { .. } => "E-SETTINGS",
            Self::Name { .. } => "E-NAME",
            Self::Connect { .. } => "E-CONNECT",
            Self::Timeout { .. } => "E-TIMEOUT",
            Self::ProxyCredentials { .. } => "E-PROXY-CREDENTIALS",
            Self::Proxy { .. } => "E-PROXY",
            Self::Tls(fault) => fault.code(),
            Self::OtherOrigin { .. } => "E-OTHER-ORIGIN",
            Self::RedirectedPost { .. } => "E-REDIRECT-POST",
            Self::RedirectedAway { .. } => "E-REDIRECT-ORIGIN",
            Self::Downgrade { .. } => "E-TLS-DOWNGRADE",
            Self::RedirectedOften { .. } => "E-REDIRECT-MANY",
            Self::RedirectedNowhere { .. } => "E-REDIRECT-NOWHERE",
            Self::Cleartext { .. } => "E-CLEARTEXT",
            Self::Token { .. } => "E-TOKEN",
            Self::TooLarge { .. } => "E-TOO-LARGE",
            Self::Headers { .. } => "E-HEADERS",
            Self::Truncated { .. } => "E-TRUNCATED",
            Self::NotHttp { .. } => "E-NOT-HTTP",
            Self::Broken { .. } => "E-BROKEN",
        }
    }

    pub(super) fn settings(what: impl Into<String>, why: impl fmt::Display) -> Self {
        Self::Settings { what: what.into(), why: why.to_string() }
    }
}

fn at(tried: &[SocketAddr]) -> String {
    if tried.is_empty() {
        return String::new();
    }
    let all: Vec<_> = tried.iter().map(ToString::to_string).collect();
    format!(" (tried {})", all.join(", "))
}
