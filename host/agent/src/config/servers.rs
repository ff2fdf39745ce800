//! A server: its name here, where it is, and how it is reached.

use super::Period;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// `[[server]]`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServerSettings {
    /// As the policy calls it (`[server.NAME]`), and as its state is kept.
    pub(crate) name: String,
    /// Where it is asked: `https://glpi.example/front/inventory.php`. No secrets in it: they go to `login`.
    pub(crate) url: String,
    pub(crate) tag: Option<String>,
    /// In place of `[transport]`, as a whole.
    pub(crate) transport: Option<TransportSettings>,
}

/// `[transport]`, `[server.transport]`: what the policy's `tls` and `auth` of the server do not say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TransportSettings {
    /// A file of certificates, or a folder of such files; none: the system's.
    pub(crate) ca: Option<PathBuf>,
    /// A file with a certificate and its key, in PEM, by which this agent proves who it is.
    pub(crate) client_certificate: Option<PathBuf>,
    /// `sha256/BASE64` of the server's key, or `sha256$HEX` of its certificate.
    pub(crate) pins: Vec<String>,
    /// The pins alone say who the server is: names, dates and authorities of its certificate are not looked at. For
    /// certificates that nobody vouches for; without it a pin is asked for beside the authorities.
    pub(crate) pins_alone: bool,
    /// Nothing is asked of the server's certificate. What is mutating stays refused, and `policy lint` says so.
    pub(crate) no_check: bool,
    /// `none`, `environment`, or the URL of a proxy.
    pub(crate) proxy: Option<String>,
    /// Hosts that are reached without it: `host`, `*.suffix`, addresses, networks.
    pub(crate) no_proxy: Vec<String>,
    /// One request, from its start to the end of its answer.
    pub(crate) timeout: Period,
    /// Requests go as they are.
    pub(crate) no_compression: bool,
    pub(crate) user_agent: Option<String>,
    /// HTTP Basic.
    pub(crate) login: Option<Login>,
    /// OAuth2 client credentials: `user` is the client's id, its secret the password.
    pub(crate) oauth: Option<Login>,
    /// A login may go over plain http, where anybody on the way reads it.
    pub(crate) allow_cleartext_login: bool,
}

impl Default for TransportSettings {
    fn default() -> Self {
        Self {
            ca: None,
            client_certificate: None,
            pins: Vec::new(),
            pins_alone: false,
            no_check: false,
            proxy: None,
            no_proxy: Vec::new(),
            timeout: Period(Duration::from_secs(180)),
            no_compression: false,
            user_agent: None,
            login: None,
            oauth: None,
            allow_cleartext_login: false,
        }
    }
}

/// Somebody's name and secret. The secret is a file's first line; only what is taken over from another program, and what
/// this one hands to its own worker, has it as text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    pub(crate) user: String,
    #[serde(default)]
    pub(crate) password_file: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<String>,
}

/// Never with the secret.
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login")
            .field("user", &self.user)
            .field("password_file", &self.password_file)
            .finish_non_exhaustive()
    }
}

/// A name for a server of which only the URL is known: its host's, in the letters that names are made of.
pub(crate) fn server_name(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = host.chars().map(plain).take(80).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "server".to_owned() } else { name.to_owned() }
}
