//! What discovery and inventory of the network have in common: the job's parameters, credentials, ports, protocols.

use super::{Job, JobError};
use crate::answers::lenient::{list, member, texts, truth};
use airlock_model::{Notes, shown};
use serde_json::{Map, Value};
use std::time::Duration;

/// How SNMP travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Udp,
    UdpIpv4,
    UdpIpv6,
    Tcp,
    TcpIpv4,
    TcpIpv6,
}

impl Protocol {
    fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "udp" => Self::Udp,
            "udp/ipv4" => Self::UdpIpv4,
            "udp/ipv6" => Self::UdpIpv6,
            "tcp" => Self::Tcp,
            "tcp/ipv4" => Self::TcpIpv4,
            "tcp/ipv6" => Self::TcpIpv6,
            _ => return None,
        })
    }
}

/// A credential that the job names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnmpCredential {
    /// What the server calls it; reported back as `AUTHSNMP`.
    pub id: Option<String>,
    /// Stands for the secret (see [`super::Credential`]); none when there was nothing in it.
    pub handle: Option<String>,
    /// `TYPE`: none or `snmp`; `esx`, `ssh`, `winrm` for other ways in.
    pub kind: Option<String>,
    /// Where and how to try it when the range does not say.
    pub ports: Vec<u16>,
    pub protocols: Vec<Protocol>,
}

/// `PARAM` of a network job.
pub(super) struct Param {
    /// The number under which results are reported.
    pub(super) pid: Option<String>,
    pub(super) threads: u32,
    pub(super) timeout: Duration,
    pub(super) silent: bool,
}

/// There is nothing to report under.
pub(super) const NO_PID: JobError =
    JobError::Missing { what: "PARAM with a PID", expected: "the number under which results are reported" };

/// The number of a job or of a device.
pub(super) fn pid(said: &Map<String, Value>) -> Option<String> {
    member(said, "PID").filter(|pid| pid.len() <= 64)
}

/// The parameters of a job for `task`; `threads` is the name of the member with their number.
pub(super) fn param(job: &Job, task: &'static str, threads: &str) -> Result<Param, JobError> {
    if job.task != task {
        return Err(JobError::Task { expected: task, found: shown(&job.task) });
    }
    let param = elements(job, "PARAM").first().and_then(|param| param.as_object()).ok_or(NO_PID)?;
    let number = |name: &str| member(param, name).and_then(|text| text.parse::<u32>().ok()).filter(|n| *n > 0);
    Ok(Param {
        // It is echoed; nothing else is known of it, not even that it is a number.
        pid: pid(param),
        threads: number(threads).unwrap_or(1),
        timeout: Duration::from_secs(number("TIMEOUT").unwrap_or(60).into()),
        silent: param.get("NO_START_STOP").is_some_and(truth),
    })
}

/// The elements of a name.
pub(super) fn elements<'a>(job: &'a Job, name: &str) -> &'a [Value] {
    job.body.get(name).map(list).unwrap_or_default()
}

pub(super) fn credentials(job: &Job, notes: &mut Notes) -> Result<Vec<SnmpCredential>, JobError> {
    const MOST: usize = 500;
    let elements = elements(job, "AUTHENTICATION");
    if elements.len() > MOST {
        return Err(JobError::Many { what: "AUTHENTICATION", count: elements.len(), most: MOST });
    }
    let one = |said: &Map<String, Value>, notes: &mut Notes| SnmpCredential {
        id: member(said, "ID"),
        handle: member(said, "credential"),
        kind: member(said, "TYPE"),
        ports: ports(said, notes),
        protocols: protocols(said, notes),
    };
    Ok(elements.iter().filter_map(Value::as_object).map(|said| one(said, notes)).collect())
}

/// `PORT`: numbers with commas between them, each once.
pub(super) fn ports(said: &Map<String, Value>, notes: &mut Notes) -> Vec<u16> {
    several(said, "PORT", "a port", |word| word.parse().ok().filter(|port| *port != 0), notes)
}

/// `PROTOCOL`: words with commas between them, in the order in which they are to be tried.
pub(super) fn protocols(said: &Map<String, Value>, notes: &mut Notes) -> Vec<Protocol> {
    several(said, "PROTOCOL", "a protocol", Protocol::of, notes)
}

fn several<T: PartialEq>(
    said: &Map<String, Value>,
    name: &str,
    expected: &str,
    read: impl Fn(&str) -> Option<T>,
    notes: &mut Notes,
) -> Vec<T> {
    const MOST: usize = 50;
    let mut all = Vec::new();
    for word in said.get(name).map(texts).unwrap_or_default() {
        match read(&word) {
            Some(one) if all.contains(&one) => {}
            Some(_) if all.len() == MOST => notes.add(format!("{name}: more than {MOST}, the rest left out")),
            Some(one) => all.push(one),
            None => notes.add(format!("{name}: {} is not {expected}, left out", shown(&word))),
        }
    }
    all
}
