//! `NETDISCOVERY`: ranges of addresses that are to be looked through.

use super::network::{self, Protocol, SnmpCredential};
use super::{Job, JobError};
use crate::answers::lenient::member;
use airlock_model::{Note, Notes, shown};
use std::net::IpAddr;
use std::time::Duration;

/// The most ranges of one job.
const RANGES: usize = 10_000;

/// A job to discover what is on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// What results are reported under, as `PROCESSNUMBER`.
    pub pid: String,
    /// How many addresses the server wants tried at a time; as it says, unbounded.
    pub threads: u32,
    /// For an SNMP answer.
    pub timeout: Duration,
    /// At least one.
    pub ranges: Vec<Range>,
    pub credentials: Vec<SnmpCredential>,
    pub notes: Vec<Note>,
}

/// Addresses from the first to the last, both included, of one family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    pub id: Option<String>,
    pub first: IpAddr,
    pub last: IpAddr,
    /// Echoed in results.
    pub entity: Option<String>,
    pub ports: Vec<u16>,
    pub protocols: Vec<Protocol>,
}

impl Discovery {
    pub fn of(job: &Job) -> Result<Self, JobError> {
        let param = network::param(job, "NETDISCOVERY", "THREADS_DISCOVERY")?;
        let pid = param.pid.clone().ok_or(network::NO_PID)?;
        let mut notes = Notes::default();
        let elements = network::elements(job, "RANGEIP");
        if elements.len() > RANGES {
            return Err(JobError::Many { what: "RANGEIP", count: elements.len(), most: RANGES });
        }
        let mut ranges = Vec::new();
        for said in elements.iter().filter_map(|element| element.as_object()) {
            let end = |name| member(said, name).unwrap_or_default();
            let (from, to) = (end("IPSTART"), end("IPEND"));
            match (from.parse::<IpAddr>(), to.parse::<IpAddr>()) {
                (Ok(first), Ok(last)) if first.is_ipv4() == last.is_ipv4() && first <= last => ranges.push(Range {
                    id: member(said, "ID"),
                    first,
                    last,
                    entity: member(said, "ENTITY"),
                    ports: network::ports(said, &mut notes),
                    protocols: network::protocols(said, &mut notes),
                }),
                _ => notes.add(format!("RANGEIP: from {} to {} is no range, left out", shown(&from), shown(&to))),
            }
        }
        if ranges.is_empty() {
            return Err(JobError::Missing { what: "RANGEIP", expected: "IPSTART and IPEND, two addresses" });
        }
        let credentials = network::credentials(job, &mut notes)?;
        let (threads, timeout) = (param.threads, param.timeout);
        Ok(Self { pid, threads, timeout, ranges, credentials, notes: notes.done() })
    }
}
