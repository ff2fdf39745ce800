//! Sessions with a server that the owner configured: TLS and pins, credentials, proxies, deadlines, caps.
//!
//! A [`ServerClient`] is made once per configured server from a [`Transport`], which is plain data. Each contact is a
//! [`Session`]: one connection kept alive, cookies, a proven credential, all of which end with it.
//!
//! ```no_run
//! # async fn example() -> Result<(), airlock_net::server::TransportError> {
//! use airlock_net::server::{Request, ServerClient, Transport};
//! let client = ServerClient::new(Transport::new("https://glpi.example/front/inventory.php"))?;
//! let session = client.session();
//! let answer = session.send(Request::post("", "{}").header("Content-Type", "application/json")).await?;
//! println!("{} {} bytes", answer.status, answer.body.len());
//! # Ok(()) }
//! ```
//!
//! What it refuses: other origins than the one configured (so that nothing of this server's ever goes elsewhere; see
//! [`ServerClient::stranger`]), a redirect of what was sent, a redirect to another origin or from https to http,
//! credentials over plain http unless the owner allowed exactly that, a certificate whose pin does not match, whatever
//! authority vouches for it. Nothing is taken from the environment unless the owner said so. Bodies are given as they
//! came: what is compressed is for airlock-protocol to inflate, with bounds of its own.

mod addresses;
mod auth;
mod authorities;
mod certificate;
mod client;
mod connection;
mod cookies;
mod error;
mod exchange;
mod fault;
mod look;
mod message;
mod mirrors;
mod pins;
mod proxy;
mod redirects;
mod retry;
mod secret;
mod session;
mod tls;
mod transport;
mod verifier;
mod watched;

pub use certificate::Certificate;
pub use client::ServerClient;
pub use error::{Phase, TransportError};
pub use fault::TlsFault;
pub use look::{Look, look};
pub use message::{Answer, Method, Request};
pub use mirrors::Mirrors;
pub use pins::{Pin, PinError};
pub use proxy::{Proxy, ProxySettings};
pub use secret::Secret;
pub use session::Session;
pub use transport::{Auth, Caps, ClientCertificate, Deadlines, Transport, Trust};
