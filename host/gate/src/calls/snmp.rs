//! `snmp.read`: one device, by a credential that has a name. The secret is the host's; a task learns which name answered.

use crate::call::HostCall;
use crate::{Ask, CallError, Native, Scope, Verb};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Names in one request: what fits a datagram, and then some.
const MOST: usize = 64;
/// The most rows of one walk.
pub const MOST_ROWS: u32 = 200_000;
/// What a device is asked first, to see whether it answers: sysObjectID.0 (RFC 3418).
pub(crate) const FIRST_QUESTION: &str = "1.3.6.1.2.1.1.2.0";

/// Finds the credential that a device answers to, among those that the policy grants for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnmpOpen {
    pub address: IpAddr,
    pub port: u16,
    /// A credential's name.
    pub credential: String,
}

/// GET of a few names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnmpGet {
    pub address: IpAddr,
    pub port: u16,
    pub credential: String,
    /// Dotted decimal without a leading dot.
    pub oids: Vec<String>,
}

/// All instances below `root`, by GETBULK where the version has it; at most `max`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnmpWalk {
    pub address: IpAddr,
    pub port: u16,
    pub credential: String,
    pub root: String,
    pub max: u32,
}

/// A value as a device gives it (RFC 2578, 7.1; RFC 3416, 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "value")]
pub enum Syntax {
    Null,
    Integer(i64),
    Octets(#[serde(with = "super::bytes")] Vec<u8>),
    Oid(String),
    IpAddress([u8; 4]),
    Counter32(u32),
    Gauge32(u32),
    TimeTicks(u32),
    Counter64(u64),
    Opaque(#[serde(with = "super::bytes")] Vec<u8>),
    NoSuchObject,
    NoSuchInstance,
    EndOfMibView,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VarBind {
    pub oid: String,
    pub value: Syntax,
}

fn ask(address: IpAddr, port: u16, credential: &str) -> Ask {
    Ask {
        addresses: vec![address],
        port: Some(port),
        credential: Some(credential.to_owned()),
        ..Ask::new(Verb::SnmpRead)
    }
}

pub(super) fn oid(text: &str) -> Result<&str, CallError> {
    let is_oid = text.len() <= 1024
        && text.split('.').count() <= 128
        && text.split('.').all(|part| !part.is_empty() && part.parse::<u32>().is_ok() && !part.starts_with('+'));
    if is_oid { Ok(text) } else { Err(CallError::Invalid(format!("{text:.100?} is no OID in dotted decimal"))) }
}

fn size(reply: &[VarBind]) -> u64 {
    let value = |value: &Syntax| match value {
        Syntax::Octets(bytes) | Syntax::Opaque(bytes) => bytes.len(),
        Syntax::Oid(oid) => oid.len(),
        _ => 8,
    };
    reply.iter().map(|bind| (bind.oid.len() + value(&bind.value) + 16) as u64).sum()
}

impl HostCall for SnmpOpen {
    type Reply = ();
    const NAME: &'static str = "snmp.open";

    fn ask(&self) -> Result<Ask, CallError> {
        Ok(Ask { oid: Some(FIRST_QUESTION.to_owned()), ..ask(self.address, self.port, &self.credential) })
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<(), CallError> {
        native.snmp.open(&self).await
    }
}

impl HostCall for SnmpGet {
    type Reply = Vec<VarBind>;
    const NAME: &'static str = "snmp.get";

    fn ask(&self) -> Result<Ask, CallError> {
        if self.oids.len() > MOST {
            return Err(CallError::Invalid(format!("{} names in one request; at most {MOST}", self.oids.len())));
        }
        let first = self.oids.iter().map(|text| oid(text)).collect::<Result<Vec<_>, _>>()?;
        // Names below one root are asked for together; each root is a question of its own.
        Ok(Ask { oid: common(&first), ..ask(self.address, self.port, &self.credential) })
    }

    fn size(&self) -> u64 {
        self.oids.iter().map(|oid| oid.len() as u64).sum()
    }

    fn reply_size(reply: &Vec<VarBind>) -> u64 {
        size(reply)
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Vec<VarBind>, CallError> {
        native.snmp.get(&self).await
    }
}

impl HostCall for SnmpWalk {
    type Reply = Vec<VarBind>;
    const NAME: &'static str = "snmp.walk";

    fn ask(&self) -> Result<Ask, CallError> {
        if self.max > MOST_ROWS {
            return Err(CallError::Invalid(format!("{} rows of one walk; at most {MOST_ROWS}", self.max)));
        }
        let root = oid(&self.root)?.to_owned();
        Ok(Ask { oid: Some(root), ..ask(self.address, self.port, &self.credential) })
    }

    fn reply_size(reply: &Vec<VarBind>) -> u64 {
        size(reply)
    }

    fn outcome(reply: &Vec<VarBind>) -> String {
        format!("{} rows", reply.len())
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Vec<VarBind>, CallError> {
        native.snmp.walk(&self).await
    }
}

/// The longest root that all names are below; a grant of it covers them all.
fn common(oids: &[&str]) -> Option<String> {
    let mut parts: Vec<&str> = oids.first()?.split('.').collect();
    for oid in oids {
        let same = parts.iter().zip(oid.split('.')).take_while(|(a, b)| **a == *b).count();
        parts.truncate(same);
    }
    Some(parts.join("."))
}
