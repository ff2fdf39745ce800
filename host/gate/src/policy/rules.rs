//! What policy files say, as values: everything is checked, every name that is used is known.

use super::file::{FileHead, LayerName, PolicyFile};
use super::limits::LimitSet;
use super::problem::Problem;
use super::rule::Rule;
use super::servers::{Approval, AuditSettings, Credential, Publisher, Server};
use super::template::Template;
use super::testcase::TestCase;
use crate::redact::Profile;
use std::collections::BTreeMap;

/// The rules of all files together. Their order says nothing.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    pub files: Vec<FileHead>,
    /// The files as they were read: changes to them are tried before they are suggested.
    pub(super) texts: Vec<PolicyFile>,
    pub servers: BTreeMap<String, Server>,
    pub credentials: BTreeMap<String, Credential>,
    pub publishers: BTreeMap<String, Publisher>,
    pub templates: BTreeMap<String, Template>,
    pub profiles: BTreeMap<String, Profile>,
    pub approvals: BTreeMap<String, Approval>,
    pub audit: AuditSettings,
    /// The limits of the machine, one set for each file that has some.
    pub limits: Vec<LimitSet>,
    pub grants: Vec<Rule>,
    pub forbids: Vec<Rule>,
    pub tests: Vec<TestCase>,
    /// What is odd but loads.
    pub warnings: Vec<Problem>,
}

impl Rules {
    /// The layers that there are, the organisation's first.
    pub fn layers(&self) -> Vec<LayerName> {
        let mut layers: Vec<LayerName> = self.files.iter().map(|file| file.layer).collect();
        layers.sort_unstable();
        layers.dedup();
        layers
    }

    /// The server that answers at an origin under a TLS identity: nothing that it says of itself. `spki` is the digest of
    /// the key that it proved to have, as in `pin_spki`; none where nothing was proven.
    pub fn server_for(&self, origin: &str, spki: Option<&str>) -> Option<(&str, &Server)> {
        let found = self.servers.iter().find(|(_, server)| {
            let pins = &server.tls.pin_spki;
            server.origin == origin && (pins.is_empty() || spki.is_some_and(|spki| pins.iter().any(|pin| pin == spki)))
        })?;
        Some((found.0, found.1))
    }
}
