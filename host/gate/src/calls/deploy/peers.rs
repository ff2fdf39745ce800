//! Neighbours that may have a part already. Who they are is found on this machine; each that is asked has to be granted by its
//! address (`p2p.fetch`). What comes from one is no more than bytes: it is kept if it has the part's digest.

use super::file::Sha512Sum;
use super::parts::{PartReply, in_words};
use crate::call::HostCall;
use crate::{Ask, CallError, Native, Scope, Verb};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Where agents serve parts to each other.
pub const PEER_PORT: u16 = 62354;
/// Neighbours of one machine that are asked.
pub const MOST_PEERS: usize = 512;

/// How the addresses of peers' parts begin.
pub const PEER_PATH: &str = "/deploy/getFile/";

/// Where a peer has a part: `/deploy/getFile/<c1>/<c1c2>/<sha512>`.
pub fn peer_path(part: &Sha512Sum) -> String {
    let text = part.to_string();
    let start = |count| text.get(..count).unwrap_or_default();
    format!("{PEER_PATH}{}/{}/{text}", start(1), start(2))
}

/// Who could be asked: the neighbours of this machine's own addresses, or those that are left once they were asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployPeers {}

/// Asks neighbours for a part, one after the other, until one has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployFromPeers {
    pub addresses: Vec<IpAddr>,
    pub part: String,
    pub retention_minutes: u32,
    /// It is for signed packages alone, as that which its mirror would give.
    pub is_sealed: bool,
    /// Bytes that the grant for its mirror takes.
    pub max_bytes: Option<u64>,
}

impl HostCall for DeployPeers {
    type Reply = Vec<IpAddr>;
    const NAME: &'static str = "deploy.peers";

    fn ask(&self) -> Result<Ask, CallError> {
        Ok(Ask::run())
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Vec<IpAddr>, CallError> {
        native.deploy.peers().await
    }
}

impl HostCall for DeployFromPeers {
    /// Status 200: the part is in the store; 404: none of them has it.
    type Reply = PartReply;
    const NAME: &'static str = "deploy.from-peers";
    const WEIGHED: bool = true;

    fn ask(&self) -> Result<Ask, CallError> {
        Sha512Sum::parse(&self.part)?;
        if self.addresses.is_empty() || self.addresses.len() > MOST_PEERS {
            return Err(CallError::Invalid(format!("{} neighbours; 1 to {MOST_PEERS}", self.addresses.len())));
        }
        Ok(Ask { addresses: self.addresses.clone(), port: Some(PEER_PORT), ..Ask::new(Verb::P2pFetch) })
    }

    fn size(&self) -> u64 {
        self.part.len() as u64
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

    async fn run(self, native: &Native, scope: &Scope) -> Result<PartReply, CallError> {
        let most = scope.max_bytes.into_iter().chain(self.max_bytes).min();
        let scope = Scope { max_bytes: most, is_sealed: self.is_sealed, ..scope.clone() };
        native.deploy.ask_peers(self, &scope).await
    }
}
