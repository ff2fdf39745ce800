//! How a server is reached, as plain data: what the owner wrote, and nothing that was looked up.

use super::pins::Pin;
use super::proxy::Proxy;
use super::secret::Secret;
use std::path::PathBuf;
use std::time::Duration;

/// All of it; [`Transport::new`] has the defaults.
#[derive(Debug, Clone)]
pub struct Transport {
    /// Absolute, `http` or `https`, without a user: `https://glpi.example/front/inventory.php`. Its scheme, host and port
    /// are the origin, outside of which nothing is sent.
    pub url: String,
    pub trust: Trust,
    /// When not empty, one of them has to match the server's own certificate, **beside** what `trust` asks.
    pub pins: Vec<Pin>,
    /// What this machine shows to a server that asks who it is.
    pub certificate: Option<ClientCertificate>,
    pub proxy: Proxy,
    pub auth: Auth,
    /// The owner's word that credentials may go over plain http, for everybody on the way to read.
    pub allow_cleartext: bool,
    pub user_agent: String,
    pub deadlines: Deadlines,
    pub caps: Caps,
}

impl Transport {
    /// The system's authorities, no pin, no proxy, no credentials.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            trust: Trust::System,
            pins: Vec::new(),
            certificate: None,
            proxy: Proxy::None,
            auth: Auth::None,
            allow_cleartext: false,
            user_agent: concat!("airlock/", env!("CARGO_PKG_VERSION")).to_owned(),
            deadlines: Deadlines::default(),
            caps: Caps::default(),
        }
    }
}

/// Whose word is taken for who a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// The authorities of the system.
    System,
    /// The certificates of a PEM or DER file, and no others: authorities, or the server's own.
    File(PathBuf),
    /// Those of the files of a folder, and no others.
    Folder(PathBuf),
    /// The authorities of the system, and what is named beside them.
    SystemAnd(Box<Trust>),
    /// Nobody's: the pins alone say who the server is. Names and dates of its certificate are not looked at, and without a
    /// pin nothing is trusted.
    PinsAlone,
    /// Whoever answers is believed (`no-ssl-check` of older agents). Pins, where there are some, still have to match.
    Unchecked,
}

/// A certificate with its key, as PEM.
#[derive(Debug, Clone)]
pub struct ClientCertificate {
    /// Where it is from, for messages.
    pub source: String,
    /// The chain, leaf first, and one private key (PKCS #8, PKCS #1 or SEC 1).
    pub pem: Secret,
}

/// What is shown to a server that answers 401.
#[derive(Debug, Clone)]
pub enum Auth {
    None,
    /// RFC 7617.
    Basic {
        user: String,
        password: Secret,
    },
    /// Client credentials (RFC 6749 section 4.4), as GLPI has them.
    OAuth {
        client_id: String,
        client_secret: Secret,
        /// Of the same origin; none: derived from the configured URL, never from what was answered.
        token_url: Option<String>,
    },
}

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Looking up the name, connecting, the proxy's consent, the TLS handshake: each.
    pub connect: Duration,
    /// From the first byte of an answer to the last of its headers. A server that works on what it got has `whole`.
    pub headers: Duration,
    /// Between two parts of a body.
    pub idle: Duration,
    /// For all of one [`Session::send`](super::Session::send), redirects and credentials included.
    pub whole: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(10), headers: seconds(15), idle: seconds(60), whole: seconds(180) }
    }
}

/// How much an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Bytes of a body, as it comes.
    pub body: usize,
    /// Bytes of the status line and all headers; at least 8 KiB.
    pub header_bytes: usize,
    pub headers: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self { body: 16 << 20, header_bytes: 64 << 10, headers: 128 }
    }
}
