//! `SNMPQUERY`: devices that are to be inventoried by SNMP.

use super::network::{self, Protocol, SnmpCredential};
use super::{Job, JobError};
use crate::answers::lenient::member;
use airlock_model::{Note, Notes, shown};
use std::net::IpAddr;
use std::time::Duration;

/// The most devices of one job.
const DEVICES: usize = 100_000;

/// A job to inventory devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// What results are reported under, as `PROCESSNUMBER`; the number of a device, where the job has none.
    pub pid: String,
    /// How many devices the server wants asked at a time; as it says, unbounded.
    pub threads: u32,
    /// For an SNMP answer.
    pub timeout: Duration,
    /// The server wants no messages of start and end.
    pub silent: bool,
    /// At least one.
    pub devices: Vec<Device>,
    pub credentials: Vec<SnmpCredential>,
    pub notes: Vec<Note>,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// What the server calls it; reported back.
    pub id: Option<String>,
    pub address: IpAddr,
    /// What it is, if the server knows: `NETWORKING`, `PRINTER`, ….
    pub kind: Option<String>,
    /// The `ID` of the credential to use.
    pub credential: Option<String>,
    pub ports: Vec<u16>,
    pub protocols: Vec<Protocol>,
    /// A number of its own to report under.
    pub pid: Option<String>,
}

impl Query {
    pub fn of(job: &Job) -> Result<Self, JobError> {
        let param = network::param(job, "SNMPQUERY", "THREADS_QUERY")?;
        let mut notes = Notes::default();
        let elements = network::elements(job, "DEVICE");
        if elements.len() > DEVICES {
            return Err(JobError::Many { what: "DEVICE", count: elements.len(), most: DEVICES });
        }
        let mut devices = Vec::new();
        for said in elements.iter().filter_map(|element| element.as_object()) {
            if said.contains_key("FILE") {
                // A file of this machine in place of a device: no server's business.
                notes.add("DEVICE: FILE is not heard".to_owned());
            }
            let address = member(said, "IP").unwrap_or_default();
            match address.parse() {
                Ok(address) => devices.push(Device {
                    id: member(said, "ID"),
                    address,
                    kind: member(said, "TYPE"),
                    credential: member(said, "AUTHSNMP_ID"),
                    ports: network::ports(said, &mut notes),
                    protocols: network::protocols(said, &mut notes),
                    pid: network::pid(said),
                }),
                Err(_) => notes.add(format!("DEVICE: {} is no address, left out", shown(&address))),
            }
        }
        if devices.is_empty() {
            return Err(JobError::Missing { what: "DEVICE", expected: "an IP, which is an address" });
        }
        let silent = param.silent || devices.iter().any(|device| device.pid.is_some());
        let credentials = network::credentials(job, &mut notes)?;
        // Servers that number their devices leave out the job's own number.
        let of_device = || devices.iter().find_map(|device| device.pid.clone());
        let pid = param.pid.or_else(of_device).ok_or(network::NO_PID)?;
        let (threads, timeout) = (param.threads, param.timeout);
        Ok(Self { pid, threads, timeout, silent, devices, credentials, notes: notes.done() })
    }
}
