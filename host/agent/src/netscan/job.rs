//! A server's job, made out: where to look, with what, how patiently. The server's numbers are wishes: what the owner grants
//! bounds each of them.
//!
//! Credentials: those that the policy maps from the server's ids; those that came with the job, under names that begin with
//! `server:` and are usable only where a grant says `allow_server_credentials`; and all that the policy grants for the address.

use super::Kind;
use super::credentials::Secrets;
use super::credentials::{of_job, of_policy};
use super::machine::Asking;
use super::places::places;
use super::ranges::Range;
use super::scan::Target;
use airlock_gate::policy::{Rules, SERVERS_OWN, Server};
use airlock_model::Note;
use airlock_protocol::jobs::{Credential, Device, Discovery, Protocol, Query, RawJob, Secret, SnmpCredential};
use ipnet::IpNet;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// Credentials that are tried with one device.
const ATTEMPTS: usize = 12;
/// What is waited for one answer, whatever the server wishes.
const PATIENCE: Duration = Duration::from_secs(15);
/// Devices that are asked at the same time, whatever the server wishes: fewer than the owner's commands may have, since each
/// takes a socket and memory of a program that has other servers to serve.
const AT_ONCE: u32 = 64;

pub(crate) struct Job {
    pub(crate) kind: Kind,
    /// The server's number for it.
    pub(crate) pid: String,
    /// No messages of start and end.
    pub(crate) is_silent: bool,
    pub(crate) at_once: usize,
    pub(crate) asking: Asking,
    pub(crate) secrets: Secrets,
    /// What must be in no report: the secrets as they came.
    pub(crate) texts: Vec<String>,
    /// The names of the credentials, in the order in which they are tried.
    order: Vec<String>,
    /// What the server calls them.
    ids: BTreeMap<String, String>,
    what: What,
    pub(crate) notes: Vec<String>,
}

enum What {
    Ranges(Vec<Wanted>),
    Devices(Vec<Device>),
}

struct Wanted {
    range: Range,
    entity: Option<String>,
    ports: Vec<u16>,
    protocols: Vec<Protocol>,
}

/// What is outside of the networks that are granted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outside {
    pub(crate) count: u128,
    /// The first of them.
    pub(crate) first: Option<Range>,
}

impl Job {
    /// `name` is the server's, `rules` are the owner's; `number` tells the jobs of one contact apart.
    pub(crate) fn of(raw: RawJob, rules: &Rules, server: Option<&Server>, number: usize) -> anyhow::Result<Self> {
        let kind = Kind::of_job(raw.task()).ok_or_else(|| anyhow::anyhow!("no job for the network"))?;
        let (job, credentials) = raw.without_secrets(&format!("{SERVERS_OWN}{number}-"));
        let mut notes: Vec<String> = job.notes.iter().map(ToString::to_string).collect();
        let mut say = |more: &[Note]| notes.extend(more.iter().map(ToString::to_string));
        let (pid, threads, timeout, is_silent, named, what) = match kind {
            Kind::Discovery => {
                let job = Discovery::of(&job)?;
                say(&job.notes);
                let mut wanted = Vec::new();
                for range in job.ranges {
                    match Range::of(range.first, range.last) {
                        Ok(own) => wanted.push(Wanted {
                            range: own,
                            entity: range.entity,
                            ports: range.ports,
                            protocols: range.protocols,
                        }),
                        Err(why) => notes.push(format!("RANGEIP: {why}, left out")),
                    }
                }
                (job.pid, job.threads, job.timeout, false, job.credentials, What::Ranges(wanted))
            }
            Kind::Inventory => {
                let job = Query::of(&job)?;
                say(&job.notes);
                (job.pid, job.threads, job.timeout, job.silent, job.credentials, What::Devices(job.devices))
            }
        };
        let mut made = Self {
            kind,
            pid,
            is_silent,
            at_once: usize::try_from(threads.clamp(1, AT_ONCE)).unwrap_or(1),
            asking: Asking { timeout: timeout.clamp(Duration::from_secs(1), PATIENCE), retries: 0 },
            secrets: Secrets::new(),
            texts: texts(&credentials),
            order: Vec::new(),
            ids: BTreeMap::new(),
            what,
            notes,
        };
        if threads > AT_ONCE {
            made.notes.push(format!("{threads} at a time are asked for; {AT_ONCE} at most are done"));
        }
        made.take(&named, &credentials, rules, server);
        Ok(made)
    }

    fn take(&mut self, named: &[SnmpCredential], came: &[Credential], rules: &Rules, server: Option<&Server>) {
        for credential in named {
            let id = credential.id.clone().unwrap_or_default();
            if let Some(kind) = credential.kind.as_ref().filter(|kind| !kind.eq_ignore_ascii_case("snmp")) {
                self.notes.push(format!("AUTHENTICATION {}: {} is not for SNMP, left out", short(&id), short(kind)));
                continue;
            }
            // What the owner has under that id goes before what the server sent: its secret need not be known to the server.
            let own = server
                .map(|server| server.credential(&id).to_owned())
                .filter(|name| rules.credentials.contains_key(name));
            if let Some(name) = own {
                self.add_own(&name, rules);
                self.ids.entry(name).or_insert(id);
                continue;
            }
            let Some(secret) = came.iter().find(|one| Some(&one.handle) == credential.handle.as_ref()) else {
                self.notes.push(format!("AUTHENTICATION {}: there is nothing in it, left out", short(&id)));
                continue;
            };
            match of_job(&secret.secret) {
                Ok(ready) => {
                    self.secrets.insert(secret.handle.clone(), ready);
                    self.order.push(secret.handle.clone());
                    self.ids.insert(secret.handle.clone(), id);
                }
                Err(why) => self.notes.push(format!("AUTHENTICATION {}: {why}, left out", short(&id))),
            }
        }
        let own = rules.credentials.iter().filter(|(_, one)| one.kind.is_some_and(|kind| kind.starts_with("snmp")));
        for (name, _) in own {
            self.add_own(name, rules);
        }
    }

    fn add_own(&mut self, name: &str, rules: &Rules) {
        let Some(credential) = rules.credentials.get(name).filter(|_| !self.secrets.contains_key(name)) else { return };
        match of_policy(name, credential) {
            Ok(secret) => {
                self.secrets.insert(name.to_owned(), secret);
                self.order.push(name.to_owned());
            }
            Err(why) => self.notes.push(format!("{why}; it is not used")),
        }
    }

    /// What the server calls a credential.
    pub(crate) fn id(&self, name: &str) -> Option<&str> {
        self.ids.get(name).map(String::as_str).filter(|id| !id.is_empty())
    }

    /// The name under which a device's credential is remembered: by the server's own id where it came with a job.
    pub(crate) fn lasting<'j>(&'j self, name: &'j str) -> Option<String> {
        match name.starts_with(SERVERS_OWN) {
            true => self.id(name).map(|id| format!("{SERVERS_OWN}{id}")),
            false => Some(name.to_owned()),
        }
    }

    /// The order in which credentials are tried with a device; first the one that it answered to before.
    fn order(&self, before: Option<&String>, asked_for: Option<&str>) -> Vec<String> {
        let mut order: Vec<&String> = self.order.iter().collect();
        let is_first = |name: &String| {
            let remembered = before.is_some() && self.lasting(name).as_ref() == before;
            let named = asked_for.is_some() && self.id(name) == asked_for;
            // What the server says of this device counts, then what is remembered of it.
            (!named, !remembered)
        };
        if let Some(id) = asked_for {
            // Of the credentials that came along, only the one that is said to be for this device.
            order.retain(|name| !name.starts_with(SERVERS_OWN) || self.id(name) == Some(id));
        }
        order.sort_by_key(|name| is_first(name));
        order.into_iter().take(ATTEMPTS).cloned().collect()
    }

    /// How many addresses it is about within these networks, and what is outside.
    pub(crate) fn size(&self, granted: &[IpNet]) -> (u64, Outside) {
        let ranges: Vec<Range> = match &self.what {
            What::Ranges(wanted) => wanted.iter().map(|one| one.range).collect(),
            What::Devices(devices) => devices.iter().map(|device| Range::one(device.address)).collect(),
        };
        let (mut inside, mut outside) = (0_u128, Outside::default());
        for range in ranges {
            let within: u128 = range.within(granted).iter().map(|part| part.len()).sum();
            inside += within;
            if within < range.len() {
                outside.count += range.len() - within;
                outside.first = outside.first.or(Some(range));
            }
        }
        (u64::try_from(inside).unwrap_or(u64::MAX), outside)
    }

    /// The devices to look at, one by one. `before`: the credentials that they answered to, by address.
    pub(crate) fn targets<'j>(
        &'j self,
        granted: &'j [IpNet],
        before: &'j BTreeMap<String, String>,
    ) -> Box<dyn Iterator<Item = Target> + Send + 'j> {
        let targets: Box<dyn Iterator<Item = Target> + Send + 'j> = match &self.what {
            What::Ranges(wanted) => Box::new(wanted.iter().enumerate().flat_map(move |(number, one)| {
                let addresses = one.range.within(granted).into_iter().flat_map(|part| part.iter());
                addresses.map(move |address| Target {
                    unit: 0,
                    number,
                    address,
                    places: ways(address, &one.ports, &one.protocols),
                    job: "{}".to_owned(),
                    credentials: Some(self.order(before.get(&address.to_string()), None)),
                })
            })),
            What::Devices(devices) => Box::new(devices.iter().enumerate().map(move |(number, device)| Target {
                unit: 0,
                number,
                address: device.address,
                places: ways(device.address, &device.ports, &device.protocols),
                job: json!({ "type": device.kind, "id": device.id }).to_string(),
                credentials: Some(self.order(before.get(&device.address.to_string()), device.credential.as_deref())),
            })),
        };
        Box::new((0..).zip(targets).map(|(unit, target)| Target { unit, ..target }))
    }

    /// What a result says of the server's own names for things.
    pub(crate) fn entity(&self, number: usize) -> Option<&str> {
        match &self.what {
            What::Ranges(wanted) => wanted.get(number)?.entity.as_deref(),
            What::Devices(_) => None,
        }
    }

    pub(crate) fn device(&self, number: usize) -> Option<&Device> {
        match &self.what {
            What::Ranges(_) => None,
            What::Devices(devices) => devices.get(number),
        }
    }
}

/// How a server may have a device asked: by SNMP over UDP, for no grant speaks of anything else. Where it names nothing but
/// TCP, there is no way.
fn ways(address: IpAddr, ports: &[u16], protocols: &[Protocol]) -> Vec<String> {
    let is_tcp = |protocol: &Protocol| matches!(protocol, Protocol::Tcp | Protocol::TcpIpv4 | Protocol::TcpIpv6);
    let left: Vec<Protocol> = protocols.iter().filter(|protocol| !is_tcp(protocol)).copied().collect();
    if left.is_empty() && !protocols.is_empty() { Vec::new() } else { places(address, ports, &left) }
}

fn short(text: &str) -> String {
    airlock_model::short_line(text, 40)
}

/// Every word of the secrets.
fn texts(credentials: &[Credential]) -> Vec<String> {
    let of = |one: &Credential| match &one.secret {
        Secret::Snmp { community, auth_passphrase, priv_passphrase, .. } => {
            vec![community.clone(), auth_passphrase.clone(), priv_passphrase.clone()]
        }
        Secret::Login { password, .. } | Secret::Url { password, .. } => vec![Some(password.clone())],
        Secret::Other { value, .. } => vec![Some(value.clone())],
    };
    let all = credentials.iter().flat_map(of).flatten().map(|text| text.reveal().to_owned());
    all.filter(|text| text.len() > 3 && !["public", "private"].contains(&text.as_str())).collect()
}
