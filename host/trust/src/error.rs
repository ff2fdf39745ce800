//! Why a component does not come in, by name.

/// Why a component does not come in. [`TrustError::code`] is what the audit calls it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    #[error("the manifest makes no sense: {0}")]
    Manifest(String),
    #[error("not signed: it comes in only under a signature of a publisher that is trusted here")]
    Unsigned,
    #[error("the signatures make no sense: {0}")]
    Signature(String),
    #[error(
        "no trusted key signed this manifest as it is (the signatures name the keys {0}); either the publisher is not \
         trusted here (airlock task trust), or the manifest was changed after it was signed"
    )]
    UnknownKey(String),
    #[error("signed by a key that is revoked here: {0}")]
    Revoked(String),
    #[error("{name} is no name that the key which signed it may sign: {may}")]
    NotDelegated { name: String, may: String },
    #[error("{publisher} needs {needed} signatures and {valid} of a valid key {} there", if *.valid == 1 { "is" } else { "are" })]
    Threshold { publisher: String, needed: u32, valid: u32 },
    #[error("{name} {offered} is older than what was seen of it before ({seen}): {why}")]
    Rollback { name: String, offered: String, seen: String, why: String },
    #[error(
        "{name}: expired on {expired}, and as long again has passed since: whoever hands it out may hold back what came \
         after it"
    )]
    Frozen { name: String, expired: String },
    #[error("{name} {version} expired on {expired}: ask its publisher for a newer one")]
    Expired { name: String, version: String, expired: String },
    #[error("not the bytes that were signed: {0}")]
    Bytes(String),
    #[error("not what was signed: {0}")]
    Declared(String),
    #[error("{name} needs airlock {minimum} or newer; this is {here}")]
    Agent { name: String, minimum: String, here: String },
}

impl TrustError {
    /// The name of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Manifest(_) => "BAD_MANIFEST",
            Self::Unsigned => "UNSIGNED",
            Self::Signature(_) => "BAD_SIGNATURE",
            Self::UnknownKey(_) => "UNKNOWN_KEY",
            Self::Revoked(_) => "REVOKED_KEY",
            Self::NotDelegated { .. } => "NOT_DELEGATED",
            Self::Threshold { .. } => "THRESHOLD",
            Self::Rollback { .. } => "ROLLBACK",
            Self::Frozen { .. } => "FROZEN",
            Self::Expired { .. } => "EXPIRED",
            Self::Bytes(_) => "OTHER_BYTES",
            Self::Declared(_) => "OTHER_IMPORTS",
            Self::Agent { .. } => "OLD_AGENT",
        }
    }
}
