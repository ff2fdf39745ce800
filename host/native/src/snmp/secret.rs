//! The secrets with which devices are asked: what a credential's name stands for. They are shown to nobody: not to a task,
//! not in a log, not by `{:?}`; and when they are dropped, what they were is overwritten.

use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// RFC 3414, 6 and 7; RFC 7860.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthProtocol {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// RFC 3414, 8; RFC 3826; the longer ones of AES and 3DES as drafts have them and devices do them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrivProtocol {
    Des,
    TripleDes,
    Aes128,
    Aes192,
    Aes256,
}

/// How a key is made longer than its digest is. Where none is said, both are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyExtension {
    /// draft-blumenthal-aes-usm-04
    Blumenthal,
    /// draft-reeder-snmpv3-usm-3desede-00; for 3DES always.
    Reeder,
}

/// What the messages to and from a device have at least; a device that offers less is not answered.
#[derive(Clone, PartialEq, Eq)]
pub enum Security {
    NoAuthNoPriv,
    AuthNoPriv {
        auth: AuthProtocol,
        password: Zeroizing<String>,
    },
    AuthPriv {
        auth: AuthProtocol,
        password: Zeroizing<String>,
        privacy: PrivProtocol,
        privacy_password: Zeroizing<String>,
        extension: Option<KeyExtension>,
    },
}

/// What a credential is.
#[derive(Clone, PartialEq, Eq)]
pub enum SnmpSecret {
    V1 { community: Zeroizing<String> },
    V2c { community: Zeroizing<String> },
    V3 { user: String, security: Security },
}

impl SnmpSecret {
    pub fn v1(community: &str) -> Self {
        Self::V1 { community: Zeroizing::new(community.to_owned()) }
    }

    pub fn v2c(community: &str) -> Self {
        Self::V2c { community: Zeroizing::new(community.to_owned()) }
    }

    /// `1`, `2c` or `3`.
    pub fn version(&self) -> &'static str {
        match self {
            Self::V1 { .. } => "1",
            Self::V2c { .. } => "2c",
            Self::V3 { .. } => "3",
        }
    }
}

impl fmt::Debug for SnmpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SnmpSecret(version {})", self.version())
    }
}

impl fmt::Debug for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAuthNoPriv => "noAuthNoPriv",
            Self::AuthNoPriv { .. } => "authNoPriv",
            Self::AuthPriv { .. } => "authPriv",
        })
    }
}

/// Where secrets are found by the names of their credentials.
pub trait SnmpSecrets: Send + Sync {
    /// None: there is no such credential, or it is not for SNMP.
    fn get(&self, name: &str) -> Option<SnmpSecret>;
}

/// Secrets that were read before.
impl SnmpSecrets for BTreeMap<String, SnmpSecret> {
    fn get(&self, name: &str) -> Option<SnmpSecret> {
        BTreeMap::get(self, name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let word = || Zeroizing::new("s3cret".to_owned());
        let (auth, privacy) = (AuthProtocol::Sha256, PrivProtocol::Aes128);
        let security =
            Security::AuthPriv { auth, password: word(), privacy, privacy_password: word(), extension: None };
        let user = "reader".to_owned();
        for secret in [SnmpSecret::v1("s3cret"), SnmpSecret::v2c("s3cret"), SnmpSecret::V3 { user, security }] {
            let shown = format!("{secret:?} {:?}", Some(&secret));
            assert!(!shown.contains("s3cret") && shown.contains("version"), "{shown}");
        }
        assert_eq!(format!("{:?}", Security::AuthNoPriv { auth, password: word() }), "authNoPriv");
    }
}
