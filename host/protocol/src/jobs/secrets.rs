//! Secrets that were taken out of jobs.

use std::fmt;

/// A secret text. Printed, it shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the connection that it opens.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// A secret and the handle that stands for it in the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// What the job says in its place.
    pub handle: String,
    /// What the server calls it: the `ID` of an `AUTHENTICATION`, to be reported back as `AUTHSNMP`.
    pub id: Option<String>,
    pub secret: Secret,
}

/// What was in the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// For SNMP devices (RFC 3414 for version 3). Empty words are none.
    Snmp {
        /// `1`, `2c` or `3`, as the server wrote it; empty is 1.
        version: String,
        community: Option<SecretText>,
        user: Option<String>,
        /// As the server displays it: `MD5`, `SHA`, ….
        auth_protocol: Option<String>,
        auth_passphrase: Option<SecretText>,
        /// `DES`, `AES`, `3DES`.
        priv_protocol: Option<String>,
        priv_passphrase: Option<SecretText>,
    },
    /// For a host that the job names beside it.
    Login { user: Option<String>, password: SecretText },
    /// For one origin (`scheme://host:port`, in lower case): it stood before the host in a URL of the job.
    Url { origin: String, user: String, password: SecretText },
    /// A member that is secret by its name, alone.
    Other { member: String, value: SecretText },
}
