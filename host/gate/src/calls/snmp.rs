//! `snmp.read`: one device, by a credential that has a name. The secret is the host's; a task learns which name answered.

use crate::call::HostCall;
use crate::{Ask, CallError, Native, Scope, Verb};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Names in one request, and tables in one walk: what fits a datagram, and then some.
pub const MOST_NAMES: usize = 64;
/// The most rows of one walk, all its tables together.
pub const MOST_ROWS: u32 = 200_000;
/// The numbers that a VLAN can have (IEEE 802.1Q).
const VLANS: std::ops::RangeInclusive<u32> = 1..=4094;
/// What a device is asked first, to see whether it answers: sysObjectID.0 (RFC 3418).
pub(crate) const FIRST_QUESTION: &str = "1.3.6.1.2.1.1.2.0";

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    #[default]
    Udp,
    /// RFC 3430.
    Tcp,
}

impl Transport {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    fn is_udp(&self) -> bool {
        *self == Self::Udp
    }
}

/// One device, and with what it is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Peer {
    pub address: IpAddr,
    pub port: u16,
    #[serde(default, skip_serializing_if = "Transport::is_udp")]
    pub transport: Transport,
    /// What the device knows of one VLAN alone: the context `vlan-10` (SNMPv3), the community with `@10` behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan: Option<u32>,
    /// A credential's name.
    pub credential: String,
}

impl Peer {
    /// `tcp, vlan 10`: what the audit does not know from the question.
    fn detail(&self) -> Option<String> {
        let transport = (!self.transport.is_udp()).then(|| "tcp".to_owned());
        let words: Vec<String> = transport.into_iter().chain(self.vlan.map(|vlan| format!("vlan {vlan}"))).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// Finds the credential that a device answers to, among those that the policy grants for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnmpOpen {
    #[serde(flatten)]
    pub peer: Peer,
}

/// GET of a few names. A name that the device has no readable value for is answered by what it says of it, or left out and
/// said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnmpGet {
    #[serde(flatten)]
    pub peer: Peer,
    /// Dotted decimal without a leading dot.
    pub oids: Vec<String>,
}

/// All instances below each of `roots`, by GETBULK where the version has it; at most `max` rows in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnmpWalk {
    #[serde(flatten)]
    pub peer: Peer,
    pub roots: Vec<String>,
    pub max: u32,
}

/// What was read below one root.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walked {
    pub binds: Vec<VarBind>,
    /// Why that is not all of it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
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

fn ask(peer: &Peer, oids: &[String]) -> Result<Ask, CallError> {
    if let Some(vlan) = peer.vlan.filter(|vlan| !VLANS.contains(vlan)) {
        return Err(CallError::Invalid(format!("{vlan} is no VLAN: they are {} to {}", VLANS.start(), VLANS.end())));
    }
    if oids.len() > MOST_NAMES {
        return Err(CallError::Invalid(format!("{} names in one request; at most {MOST_NAMES}", oids.len())));
    }
    let oids = oids.iter().map(|text| oid(text).map(str::to_owned)).collect::<Result<_, _>>()?;
    Ok(Ask {
        addresses: vec![peer.address],
        port: Some(peer.port),
        credential: Some(peer.credential.clone()),
        oids,
        ..Ask::new(Verb::SnmpRead)
    })
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
        ask(&self.peer, &[FIRST_QUESTION.to_owned()])
    }

    fn detail(&self) -> Option<String> {
        self.peer.detail()
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<(), CallError> {
        native.snmp.open(&self).await
    }
}

impl HostCall for SnmpGet {
    type Reply = Walked;
    const NAME: &'static str = "snmp.get";

    fn ask(&self) -> Result<Ask, CallError> {
        ask(&self.peer, &self.oids)
    }

    fn size(&self) -> u64 {
        text_size(&self.oids)
    }

    fn reply_size(reply: &Walked) -> u64 {
        size(&reply.binds)
    }

    fn detail(&self) -> Option<String> {
        self.peer.detail()
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Walked, CallError> {
        native.snmp.get(&self).await
    }
}

impl HostCall for SnmpWalk {
    type Reply = Vec<Walked>;
    const NAME: &'static str = "snmp.walk";

    fn ask(&self) -> Result<Ask, CallError> {
        if self.max > MOST_ROWS {
            return Err(CallError::Invalid(format!("{} rows of one walk; at most {MOST_ROWS}", self.max)));
        }
        ask(&self.peer, &self.roots)
    }

    fn size(&self) -> u64 {
        text_size(&self.roots)
    }

    fn reply_size(reply: &Vec<Walked>) -> u64 {
        reply.iter().map(|table| size(&table.binds)).sum()
    }

    fn detail(&self) -> Option<String> {
        self.peer.detail()
    }

    fn outcome(reply: &Vec<Walked>) -> String {
        let (mut rows, mut cut) = (0, 0);
        for table in reply {
            rows += table.binds.len();
            cut += usize::from(table.cut.is_some());
        }
        if cut == 0 { format!("{rows} rows") } else { format!("{rows} rows; {cut} of {} tables are cut", reply.len()) }
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Vec<Walked>, CallError> {
        native.snmp.walk(&self).await
    }
}

fn text_size(oids: &[String]) -> u64 {
    oids.iter().map(|oid| oid.len() as u64).sum()
}
