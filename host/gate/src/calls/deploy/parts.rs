//! Parts of packages: whether one is there, where it comes from, and what they make together. What is asked of the store is
//! `pkg.fetch` without an origin, for nothing goes anywhere; a download names its origin, and the addresses that the name has.

use super::file::{FileId, JobFile, Sha512Sum};
use crate::approvals::Approvable;
use crate::call::HostCall;
use crate::calls::Target;
use crate::calls::http::{MOST_ADDRESSES, addresses_of};
use crate::{Ask, CallError, Effect, Native, Scope, Verb};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Whether a part is in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployHas {
    pub part: String,
}

/// The addresses of a mirror.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployResolve {
    pub target: Target,
    /// What is downloaded.
    #[serde(default)]
    pub file: FileId,
}

/// One request for a part, to one of `addresses`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployFetch {
    pub target: Target,
    /// What the name resolved to: the only addresses that may be contacted.
    pub addresses: Vec<IpAddr>,
    pub part: String,
    /// What it is a part of.
    #[serde(default)]
    pub file: FileId,
    pub retention_minutes: u32,
    pub shared: bool,
}

/// How a mirror answered. With status 200 the part is in the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartReply {
    pub status: u16,
    /// Where a redirect leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    pub bytes: u64,
}

impl PartReply {
    /// For the audit, wherever the part came from.
    pub(super) fn in_words(&self) -> String {
        format!("status {}, {} bytes", self.status, self.bytes)
    }
}

/// A part, for the audit: enough of its digest to know it by.
pub(super) fn in_words(part: &str) -> String {
    format!("part {part:.16}…")
}

/// Puts a file together in the job's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployAssemble {
    pub file: JobFile,
}

/// A person approves a file: its name, and the digest without which nothing of it is used. From which of the job's mirrors
/// it comes, and at which address that is today, is the grant's to say.
fn approvable(file: &FileId) -> Option<Approvable> {
    Some(Approvable::of(&Ask {
        name: Some(file.name.clone()),
        sha512: Some(file.sha512.clone()),
        ..Ask::new(Verb::PkgFetch)
    }))
}

fn ask(target: &Target, addresses: Vec<IpAddr>) -> Ask {
    Ask { origin: Some(target.origin()), addresses, port: Some(target.port), ..Ask::new(Verb::PkgFetch) }
}

impl HostCall for DeployHas {
    type Reply = bool;
    const NAME: &'static str = "deploy.has-part";

    fn ask(&self) -> Result<Ask, CallError> {
        Sha512Sum::parse(&self.part)?;
        Ok(Ask::new(Verb::PkgFetch))
    }

    /// What is in the store was downloaded before.
    fn approvable(&self, _ask: &Ask) -> Option<Approvable> {
        None
    }

    fn effect(&self, _ask: &Ask) -> Effect {
        Effect::Read
    }

    fn size(&self) -> u64 {
        self.part.len() as u64
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<bool, CallError> {
        native.deploy.has_part(&Sha512Sum::parse(&self.part)?).await
    }
}

impl HostCall for DeployResolve {
    type Reply = Vec<IpAddr>;
    const NAME: &'static str = "deploy.resolve";
    const CAN_WAIT: bool = true;

    fn ask(&self) -> Result<Ask, CallError> {
        self.target.check()?;
        Ok(ask(&self.target, self.target.literal().into_iter().collect()))
    }

    fn approvable(&self, _ask: &Ask) -> Option<Approvable> {
        approvable(&self.file)
    }

    /// None: nobody was asked ([`HostCall::CAN_WAIT`]).
    async fn run(self, native: &Native, scope: &Scope) -> Result<Vec<IpAddr>, CallError> {
        if scope.is_awaited {
            return Ok(Vec::new());
        }
        addresses_of(&self.target, native).await
    }
}

impl HostCall for DeployFetch {
    type Reply = PartReply;
    const NAME: &'static str = "deploy.fetch-part";
    const REHEARSED: bool = true;
    const WEIGHED: bool = true;

    fn ask(&self) -> Result<Ask, CallError> {
        self.target.check()?;
        Sha512Sum::parse(&self.part)?;
        let is_known = self.target.literal().is_none_or(|address| self.addresses == [address]);
        if !is_known || self.addresses.len() > MOST_ADDRESSES {
            return Err(CallError::Invalid(format!("{} does not have these addresses", self.target.host)));
        }
        if self.addresses.is_empty() {
            return Err(CallError::NotFound);
        }
        Ok(ask(&self.target, self.addresses.clone()))
    }

    fn approvable(&self, _ask: &Ask) -> Option<Approvable> {
        approvable(&self.file)
    }

    fn size(&self) -> u64 {
        (self.target.path.len() + self.part.len()) as u64
    }

    fn detail(&self) -> Option<String> {
        Some(in_words(&self.part))
    }

    fn outcome(reply: &PartReply) -> String {
        reply.in_words()
    }

    fn weight(reply: &PartReply) -> u64 {
        reply.bytes
    }

    fn planned(&self) -> Option<PartReply> {
        Some(PartReply { status: 200, ..PartReply::default() })
    }

    fn intent(&self, _scope: &Scope) -> String {
        format!("fetch {}", self.target.url())
    }

    async fn run(self, native: &Native, scope: &Scope) -> Result<PartReply, CallError> {
        native.deploy.fetch_part(self, scope).await
    }
}

impl HostCall for DeployAssemble {
    type Reply = u64;
    const NAME: &'static str = "deploy.assemble";
    const WEIGHED: bool = true;
    const CAN_WAIT: bool = true;

    fn ask(&self) -> Result<Ask, CallError> {
        self.file.check()?;
        Ok(Ask { name: Some(self.file.name.clone()), ..Ask::new(Verb::PkgFetch) })
    }

    fn approvable(&self, _ask: &Ask) -> Option<Approvable> {
        approvable(&self.file.id())
    }

    fn effect(&self, _ask: &Ask) -> Effect {
        Effect::Read
    }

    fn size(&self) -> u64 {
        self.file.parts.iter().map(|part| part.len() as u64).sum()
    }

    fn outcome(reply: &u64) -> String {
        format!("{reply} bytes")
    }

    fn weight(reply: &u64) -> u64 {
        *reply
    }

    async fn run(self, native: &Native, scope: &Scope) -> Result<u64, CallError> {
        native.deploy.assemble(&self.file, scope).await
    }
}
