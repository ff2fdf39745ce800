//! Servers, the credentials that are used for them and with them, publishers of components, approvals.

use super::limits::LimitSet;
use super::matching::{HostPattern, OriginPattern};
use crate::Location;
use crate::redact::Glob;
use crate::terms::ApprovalRule;
use ipnet::IpNet;
use std::collections::BTreeMap;

/// `[server.NAME]`
#[derive(Debug, Clone)]
pub struct Server {
    pub at: Location,
    /// `https://glpi.example`
    pub origin: String,
    pub tls: Tls,
    pub auth: Option<Auth>,
    /// The dialects that are spoken with it; empty: any.
    pub dialects: Vec<&'static str>,
    pub server_may_set: Vec<&'static str>,
    /// Its names of credentials to ours.
    pub credential_map: BTreeMap<String, String>,
    pub limits: LimitSet,
}

impl Server {
    /// Whether it may set this, within the limits of the policy: `contact_interval`, `tag`, `inventory.categories`,
    /// `no-category`.
    pub fn may_set(&self, what: &str) -> bool {
        self.server_may_set.contains(&what)
    }

    /// Our name for what it calls a credential: what is mapped, else the same name.
    pub fn credential<'a>(&'a self, theirs: &'a str) -> &'a str {
        self.credential_map.get(theirs).map_or(theirs, String::as_str)
    }

    /// Whether a connection to it proves who it is.
    pub fn is_proven_by_tls(&self) -> bool {
        self.origin.starts_with("https://")
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// `system`, or a file of certificates.
    pub ca: Option<String>,
    /// `sha256/BASE64` of the keys that it may have; empty: any that the authority vouches for.
    pub pin_spki: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auth {
    pub kind: &'static str,
    pub credential: Option<String>,
}

/// `[credential.NAME]`: a name for a secret that no task ever sees.
#[derive(Debug, Clone)]
pub struct Credential {
    pub at: Location,
    pub kind: Option<&'static str>,
    pub source: String,
    pub user: Option<String>,
    pub auth: Option<&'static str>,
    pub privacy: Option<&'static str>,
    pub level: Option<&'static str>,
    /// What it is bound to: it is used nowhere else.
    pub use_for: Vec<Binding>,
    /// Where `use_for` stands, and as it was written.
    pub(super) use_for_span: std::ops::Range<usize>,
    pub(super) use_for_written: String,
    pub(super) use_for_at: Location,
}

impl Credential {
    /// Whether it is bound to an origin (`https://glpi.example`); if not, what it is bound to, and where that stands.
    pub fn is_for_origin(&self, origin: &str) -> Result<(), String> {
        let covers = |binding: &Binding| matches!(binding, Binding::Origin(pattern) if pattern.matches(origin));
        match self.use_for.iter().any(covers) {
            true => Ok(()),
            false => Err(format!("it is for {} ({})", self.use_for_written, self.use_for_at)),
        }
    }
}

/// What a credential may be used with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    Net(IpNet),
    Origin(OriginPattern),
    Host(HostPattern),
}

/// `[publisher.NAME]`: who may sign components and packages, and of which names.
#[derive(Debug, Clone)]
pub struct Publisher {
    pub at: Location,
    pub keys: Vec<String>,
    pub threshold: u64,
    pub names: Vec<Glob>,
}

/// `[approval.NAME]`: a person here says yes before the call happens.
#[derive(Debug, Clone)]
pub struct Approval {
    pub at: Location,
    pub rule: ApprovalRule,
}

/// `[audit]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditSettings {
    pub anchor: Vec<&'static str>,
    pub anchor_every: Option<u64>,
    /// Where the tables stand.
    pub at: Vec<crate::Location>,
    /// Runs of each installed task that are kept as recordings.
    pub recordings: Option<u64>,
}

impl AuditSettings {
    /// What is kept where no file says otherwise.
    pub const RECORDINGS: u64 = 20;
    /// No file says more.
    pub(in crate::policy) const MOST_RECORDINGS: u64 = 1_000;
}
